//! How a mailbox is doing, for the daemon to tell.

use crate::domain::Timestamp;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;

/// How a mailbox is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// On the way to the server.
    Connecting,
    /// New mail is taken in as it comes.
    Watching,
    /// It cannot be read.
    Trouble {
        /// Since when.
        since: Timestamp,
        /// Why, in a sentence.
        why: String,
    },
}

/// What a watcher needs of its surroundings.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// The time of day.
    pub clock: fn() -> Timestamp,
    /// Who wants to know how the mailbox is doing.
    pub status: watch::Sender<Status>,
}

impl Surroundings {
    /// Surroundings, and the end at which the status is read.
    #[must_use]
    pub fn new(clock: fn() -> Timestamp) -> (Self, watch::Receiver<Status>) {
        let (status, reader) = watch::channel(Status::Connecting);
        (Self { clock, status }, reader)
    }
}

/// The statuses of one mailbox's folders, told as one: trouble in any folder is the mailbox's trouble.
#[derive(Debug, Clone)]
pub(super) struct Board {
    around: Surroundings,
    folders: Arc<Mutex<BTreeMap<String, Status>>>,
}

impl Board {
    pub(super) fn new(around: Surroundings, folders: &[String]) -> Self {
        let folders = folders.iter().map(|f| (f.clone(), Status::Connecting)).collect();
        Self { around, folders: Arc::new(Mutex::new(folders)) }
    }

    pub(super) fn now(&self) -> Timestamp {
        (self.around.clock)()
    }

    pub(super) fn connecting(&self, folder: &str) {
        // A folder in trouble stays in trouble until it is watched again: reconnecting is no good news yet.
        self.change(folder, |old| matches!(old, Status::Watching).then_some(Status::Connecting));
    }

    pub(super) fn watching(&self, folder: &str) {
        self.change(folder, |_| Some(Status::Watching));
    }

    pub(super) fn trouble(&self, folder: &str, why: String) {
        let now = self.now();
        self.change(folder, |old| match old {
            Status::Trouble { since, .. } => Some(Status::Trouble { since: *since, why }),
            _ => Some(Status::Trouble { since: now, why }),
        });
    }

    fn change(&self, folder: &str, new: impl FnOnce(&Status) -> Option<Status>) {
        // A poisoned lock still holds whole statuses: each is replaced in one step.
        let mut folders = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        let status = folders.entry(folder.to_owned()).or_insert(Status::Connecting);
        if let Some(new) = new(status) {
            *status = new;
        }
        let all = || folders.values();
        let whole = all()
            .find(|s| matches!(s, Status::Trouble { .. }))
            .or_else(|| all().find(|s| matches!(s, Status::Connecting)))
            .cloned()
            .unwrap_or(Status::Watching);
        self.around.status.send_if_modified(|old| {
            let changed = *old != whole;
            *old = whole;
            changed
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noon() -> Timestamp {
        "2026-11-21T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn one_folder_in_trouble_is_the_mailboxs_trouble_until_it_is_watched_again() {
        let (around, status) = Surroundings::new(noon);
        let board = Board::new(around, &["INBOX".into(), "Claims".into()]);
        board.watching("INBOX");
        assert_eq!(*status.borrow(), Status::Connecting);
        board.watching("Claims");
        assert_eq!(*status.borrow(), Status::Watching);
        board.trouble("Claims", "gone".into());
        board.connecting("Claims");
        assert_eq!(*status.borrow(), Status::Trouble { since: noon(), why: "gone".into() });
        board.watching("Claims");
        assert_eq!(*status.borrow(), Status::Watching);
    }
}
