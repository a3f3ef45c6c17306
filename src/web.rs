//! The API of the desk, `/api/v1`, over a Unix socket: what commands of this machine and programs speak.
//!
//! Speaks HTTP and JSON on one side and to whoever implements [`Desk`] on the other. Knows no store, no rule and no
//! mail; decides nothing but who may talk.

pub mod answers;
mod peer;
mod problem;
mod routes;

pub use answers::*;
pub use peer::Peer;

use crate::desk::{Command, pipeline::Foreseen};
use crate::domain::{
    Timestamp,
    account::Account,
    id::*,
    letter::{Letter, LetterRecord},
    message::{MessageRecord, Sighting},
    past::Past,
    task::Task,
};
use crate::reports::{By, Report};
use crate::store::{Entry, TaskFilter};
use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::UnixListener;
use tokio_util::sync::CancellationToken;

/// Why something is not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The desk says no, in a sentence for the person who asked. Nothing changed.
    #[error("{0}")]
    Refused(String),
    /// It cannot be done at present: shutting down, disk full, store in trouble.
    #[error("{0}")]
    Unavailable(String),
}

/// What was asked of the desk, or why not.
pub type Answered<T> = Result<T, Refusal>;

/// Whoever holds the desk: the daemon, or a test. What a call reports as done is durable when it returns.
pub trait Desk: Send + Sync + 'static {
    /// The time, and the agency's zone in which people read it.
    fn clock(&self) -> (Timestamp, chrono_tz::Tz);
    /// Who a Unix user of this machine is.
    fn person_of(&self, unix_user: &str) -> Option<PersonId>;
    /// Whether there is such a person.
    fn knows(&self, person: &PersonId) -> bool;

    /// Tasks, newest first.
    fn tasks(&self, filter: TaskFilter) -> impl Future<Output = Answered<Vec<Task>>> + Send;
    /// A task.
    fn task(&self, id: TaskId) -> impl Future<Output = Answered<Option<Task>>> + Send;
    /// An account.
    fn account(&self, id: AccountId) -> impl Future<Output = Answered<Option<Account>>> + Send;
    /// What an account asked for last, the newest first.
    fn last_of_account(&self, id: AccountId) -> impl Future<Output = Answered<Vec<Past>>> + Send;
    /// Everything that was decided about a task, oldest first.
    fn history(&self, id: TaskId) -> impl Future<Output = Answered<Vec<Entry>>> + Send;
    /// Letters of a task, oldest first.
    fn letters_of(&self, id: TaskId) -> impl Future<Output = Answered<Vec<LetterRecord>>> + Send;
    /// Letters that wait for a person's yes.
    fn letters_in_review(&self) -> impl Future<Output = Answered<Vec<LetterRecord>>> + Send;
    /// A letter, bytes and all.
    fn letter(&self, id: LetterId) -> impl Future<Output = Answered<Option<Letter>>> + Send;
    /// Messages of this Message-ID (without brackets).
    fn find_messages(&self, message_id: String) -> impl Future<Output = Answered<Vec<MessageRecord>>> + Send;
    /// A message by its key.
    fn message(&self, key: MessageKey) -> impl Future<Output = Answered<Option<MessageRecord>>> + Send;
    /// Everything that was decided about a message, oldest first.
    fn message_history(&self, key: MessageKey) -> impl Future<Output = Answered<Vec<Entry>>> + Send;
    /// Where copies of a message were seen.
    fn sightings(&self, key: MessageKey) -> impl Future<Output = Answered<Vec<Sighting>>> + Send;
    /// The agency's people.
    fn people(&self) -> impl Future<Output = Answered<Vec<PersonLine>>> + Send;
    /// The account book.
    fn accounts(&self) -> impl Future<Output = Answered<Vec<Account>>> + Send;
    /// What policies' dates have brought; what they would bring, while the book waits for its release.
    fn pipeline(&self) -> impl Future<Output = Answered<PipelineList>> + Send;
    /// What the dates of these accounts' policies would bring now, and have not brought.
    fn foreseen(&self, accounts: Vec<Account>) -> impl Future<Output = Answered<Vec<Foreseen>>> + Send;
    /// What a person says. For [`Command::New`], [`Command::SetType`] and [`Command::Reread`] the
    /// implementor fills in what the rules find in the words or in the stored mail.
    fn command(&self, by: PersonId, command: Command) -> impl Future<Output = Answered<CommandOutcome>> + Send;
    /// The account book as a person imports it.
    fn import(&self, by: PersonId, order: ImportOrder) -> impl Future<Output = Answered<()>> + Send;
    /// What the rules as they are on the disk would change on open tasks, or on one; nothing changes.
    fn reread(&self, only: Option<TaskId>) -> impl Future<Output = Answered<Rereads>> + Send;
    /// Messages of tasks that people corrected, labelled with what they said.
    fn corrections(&self) -> impl Future<Output = Answered<Vec<Example>>> + Send;
    /// A message's bytes, as they came.
    fn raw(&self, key: MessageKey) -> impl Future<Output = Answered<Option<Vec<u8>>>> + Send;
    /// The figures of a period, as people write one, with the tasks behind them.
    fn report(&self, period: String, by: By) -> impl Future<Output = Answered<Report>> + Send;
    /// How the daemon is.
    fn status(&self) -> impl Future<Output = Answered<Status>> + Send;
}

/// How long answers in hand may take to end at shutdown.
const FAREWELL: Duration = Duration::from_secs(2);

/// Opens the socket: its owner and its group may talk, nobody else. A socket that a killed daemon left is replaced.
///
/// # Errors
/// When another daemon listens there, or the folder cannot be written.
pub fn listen(path: &Path) -> std::io::Result<UnixListener> {
    use std::io::{Error, ErrorKind};
    use std::os::unix::fs::{FileTypeExt, PermissionsExt};
    let told = |e: Error, what: &str| Error::new(e.kind(), format!("{what} {}: {e}", path.display()));
    match std::fs::symlink_metadata(path) {
        Ok(m) if !m.file_type().is_socket() => {
            return Err(Error::new(ErrorKind::AlreadyExists, format!("{} is there and is no socket", path.display())));
        }
        Ok(_) => match std::os::unix::net::UnixStream::connect(path) {
            Ok(_) => {
                let what = format!("another intaked listens on {}; stop it first", path.display());
                return Err(Error::new(ErrorKind::AddrInUse, what));
            }
            Err(_) => std::fs::remove_file(path).map_err(|e| told(e, "cannot remove the old socket"))?,
        },
        Err(_) => {}
    }
    let listener = UnixListener::bind(path).map_err(|e| told(e, "cannot open the socket"))?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o660))
        .map_err(|e| told(e, "cannot set who may use the socket"))?;
    Ok(listener)
}

/// Answers on the socket until cancelled; then what is in hand is ended, for two seconds at most.
///
/// # Errors
/// When the socket fails for good.
pub async fn serve<D: Desk>(listener: UnixListener, desk: Arc<D>, cancel: CancellationToken) -> std::io::Result<()> {
    let path = listener.local_addr()?.as_pathname().map(Path::to_owned);
    let app = routes::router(desk).into_make_service_with_connect_info::<Peer>();
    let stop = cancel.clone();
    let server = axum::serve(listener, app).with_graceful_shutdown(async move { stop.cancelled().await });
    let late = async {
        cancel.cancelled().await;
        tokio::time::sleep(FAREWELL).await;
    };
    let ended = tokio::select! {
        ended = server.into_future() => ended,
        () = late => Ok(()),
    };
    // A socket that nobody listens on would only puzzle people; where it cannot be removed, the next start replaces it.
    if let Some(path) = path {
        std::fs::remove_file(path).ok();
    }
    ended
}

#[cfg(test)]
#[path = "web/web_tests.rs"]
pub(crate) mod tests;
