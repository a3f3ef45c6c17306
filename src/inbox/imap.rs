//! IMAP in: one session a folder, by UID under a UIDVALIDITY, never by `\Seen`.
//!
//! ```text
//!  login ─▶ select ─▶ open the cursor ─▶ mark what a crash left unmarked ─▶ catch up ─▶ IDLE or poll ─┐
//!                                                                              ▲──────────────────────┘
//! ```
//! async-imap brings the wire format and its parser; commands are run here (see [`session`]), because its own
//! methods take a tagged `NO` for an empty answer. Any doubt about a session drops it and dials anew.

mod catchup;
mod fetch;
mod folder;
mod login;
pub mod look;
mod mark;
mod session;
#[cfg(test)]
mod tests;
mod trouble;
mod uids;

pub use trouble::Trouble;

use super::Intake;
use super::settings::MailboxSettings;
use super::status::{Board, Surroundings};
use crate::tls::client_config;
use std::sync::Arc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Watches a mailbox, all its folders, until `cancel`. Reconnects by itself, with growing waits; after a refused
/// login it waits for minutes, since quick repetition locks accounts.
///
/// At `cancel` what is in hand is finished: taken in, marked, then it returns.
pub async fn watch<I: Intake>(
    mailbox: MailboxSettings,
    intake: Arc<I>,
    cancel: CancellationToken,
    around: Surroundings,
) {
    let board = Board::new(around, &mailbox.folders);
    let mailbox = Arc::new(mailbox);
    let mut folders = JoinSet::new();
    for name in mailbox.folders.clone() {
        let folder = folder::Folder::new(mailbox.clone(), name, board.clone());
        folders.spawn(folder.watch(intake.clone(), cancel.clone()));
    }
    while let Some(ended) = folders.join_next().await {
        if let Err(e) = ended {
            tracing::error!(event = "inbox.folder_stopped", mailbox = %mailbox.name, "a folder's watcher stopped: {e}");
        }
    }
}

/// Logs in once and opens every folder, for `intaked check --online`.
///
/// # Errors
/// One sentence: what is wrong (unknown host, refused connection, untrusted certificate, wrong password, missing
/// folder), where, and how to mend it.
pub async fn check_login(mailbox: &MailboxSettings) -> Result<(), String> {
    let trust = client_config(mailbox.ca_file.as_deref()).map_err(|e| e.to_string())?;
    let mut session = login::login(mailbox, trust).await.map_err(|e| e.to_string())?;
    for folder in &mailbox.folders {
        let selected = session.select(folder).await.map_err(|e| e.to_string())?;
        if let Some(cannot) = mark::cannot(&mailbox.settled, &session, &selected) {
            return Err(format!("folder {folder}: {cannot}"));
        }
    }
    session.logout().await;
    Ok(())
}
