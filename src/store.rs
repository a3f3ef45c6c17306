//! The store's contract, and raw mail, journal and sled behind it. Knows only `domain`; no sled type leaves here.

use crate::domain::{Timestamp, account::Account, decision::*, id::*, letter::*, message::*, task::Task};
use std::{collections::BTreeSet, path::Path, sync::Arc};

mod answers;
mod check;
#[cfg(test)]
mod contract;
mod journal;
mod json;
mod keys;
mod kv;
mod ledger;
pub mod memory;
mod past;
mod projection;
pub mod raw;
mod records;
pub mod sled;

pub use check::{Report, rebuild, verify};
pub use past::read_journal;

/// What can go wrong with a store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process has it.
    #[error(
        "{path} is in use by another intaked; stop it first (systemctl stop intaked), or give this one a folder of its own"
    )]
    Locked {
        /// The folder.
        path: String,
    },
    /// The disk said no.
    #[error("{what} {path}: {source}")]
    Io {
        /// What was tried: “cannot write”.
        what: &'static str,
        /// On which file.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A record of the journal is not what was written.
    #[error("the journal {path} is damaged at byte {offset}: {why}")]
    Damaged {
        /// The segment.
        path: String,
        /// Where.
        offset: u64,
        /// What does not fit.
        why: String,
    },
    /// The desk's index failed; `intaked store rebuild` makes it anew from the journal.
    #[error("the desk's index failed: {0}; stop the daemon and run `intaked store rebuild`")]
    Index(String),
}

impl StoreError {
    /// “cannot write /var/lib/intaked/journal: Permission denied …”, with the mend where there is a usual one.
    pub(crate) fn io(what: &'static str, path: &Path, source: std::io::Error) -> Self {
        use std::io::{Error, ErrorKind};
        let mend = match source.kind() {
            ErrorKind::PermissionDenied => "; it must belong to the user that intaked runs as",
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "; make room on that disk",
            ErrorKind::ReadOnlyFilesystem => "; mount that disk for writing, or set folders.data to another one",
            _ => "",
        };
        let source = if mend.is_empty() { source } else { Error::new(source.kind(), format!("{source}{mend}")) };
        Self::Io { what, path: path.display().to_string(), source }
    }

    pub(crate) fn damaged(path: &Path, offset: u64, why: impl Into<String>) -> Self {
        Self::Damaged { path: path.display().to_string(), offset, why: why.into() }
    }
}

/// How a commit ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Commit {
    /// Taken, at this position; durable after the next [`Store::sync`].
    Taken(Sequence),
    /// Something it rests on has changed since it was looked up: decide again. Nothing was written.
    Conflict,
}

/// Where a folder's reading stands.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Cursor {
    /// The UIDVALIDITY that `base` belongs to.
    pub uid_validity: u32,
    /// Every message up to this UID is settled or not ours.
    pub base: u64,
    /// Messages taken in by the server before this moment are not ours.
    pub since: Timestamp,
}

/// A journal record, as history shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its position.
    pub sequence: Sequence,
    /// The decision.
    pub decision: Decision,
}

/// Which tasks are asked for. All conditions hold together.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TaskFilter {
    /// Open ones only.
    #[serde(default)]
    pub open: bool,
    /// Of this assignee.
    #[serde(default)]
    pub assignee: Option<PersonId>,
    /// Of this account.
    #[serde(default)]
    pub account: Option<AccountId>,
    /// Of this type.
    #[serde(default)]
    pub request_type: Option<RequestType>,
    /// At most so many; 0 is all.
    #[serde(default)]
    pub limit: usize,
    /// Only numbers below this one (newest first, for paging).
    #[serde(default)]
    pub below: Option<TaskId>,
}

/// The desk's memory. One writer calls it; every method blocks.
///
/// One suite of tests (`store::contract`) runs on every implementation.
pub trait Store: Send {
    /// The last position taken.
    fn head(&self) -> Sequence;
    /// Answers a lookup, as of [`Store::head`].
    fn answer(&self, lookup: &Lookup) -> Result<Answer, StoreError>;
    /// Takes a decision whole, or not at all. Visible to later answers at once, durable after [`Store::sync`].
    /// `Conflict` when an answer in `facts` would be another one now.
    fn commit(&mut self, decision: &Decision, facts: &Facts) -> Result<Commit, StoreError>;
    /// Makes everything taken so far durable; returns the last durable position.
    fn sync(&mut self) -> Result<Sequence, StoreError>;

    /// Open tasks whose next moment is `now` or before, soonest first, at most `limit`.
    fn tasks_due(&self, now: Timestamp, limit: usize) -> Result<Vec<TaskId>, StoreError>;
    /// Letters whose moment is `now` or before, oldest first, at most `limit`; none while sending is paused. Letters
    /// whose attempt was cut off by a crash (`Trying`, and no attempt of this process) count as due after
    /// [`Store::open`]-time recovery.
    fn letters_due(&self, now: Timestamp, limit: usize) -> Result<Vec<LetterRecord>, StoreError>;
    /// Letters in state `Trying`: after a start they are the ones a crash cut off.
    fn letters_trying(&self) -> Result<Vec<LetterRecord>, StoreError>;
    /// Whoever is to be told something at `now` or before, soonest first, at most `limit`.
    fn rounds_due(&self, now: Timestamp, limit: usize) -> Result<Vec<PersonId>, StoreError>;
    /// The soonest moment at which a task, a letter, an account, somebody's round or people's presence is due.
    fn next_moment(&self) -> Result<Option<Timestamp>, StoreError>;
    /// When people's presence has to be looked at; `None` where it will not change.
    fn presence_due(&self) -> Result<Option<Timestamp>, StoreError>;
    /// When an account's policies have to be looked at for what their dates bring; `None` where none has to, and while
    /// the account book waits for its release.
    fn accounts_due(&self) -> Result<Option<Timestamp>, StoreError>;
    /// Is sending paused?
    fn paused(&self) -> Result<bool, StoreError>;

    /// A letter, bytes and all.
    fn letter(&self, id: &LetterId) -> Result<Option<Letter>, StoreError>;
    /// Letters of a task, oldest first.
    fn letters_of(&self, task: TaskId) -> Result<Vec<LetterRecord>, StoreError>;
    /// Letters in state `Review`.
    fn letters_in_review(&self) -> Result<Vec<LetterRecord>, StoreError>;
    /// Tasks, newest first.
    fn tasks(&self, filter: &TaskFilter) -> Result<Vec<Arc<Task>>, StoreError>;
    /// Everything that was decided about a task, oldest first.
    fn history(&self, task: TaskId) -> Result<Vec<Entry>, StoreError>;
    /// Everything that was decided about a message, oldest first.
    fn message_history(&self, key: &MessageKey) -> Result<Vec<Entry>, StoreError>;
    /// All copies of a message that were seen.
    fn sightings(&self, key: &MessageKey) -> Result<Vec<Sighting>, StoreError>;
    /// Where a folder's reading stands; `None` before it was first opened.
    fn cursor(&self, mailbox: &MailboxId, folder: &str) -> Result<Option<Cursor>, StoreError>;
    /// Which UIDs above `above` of a folder have an outcome.
    fn settled(
        &self,
        mailbox: &MailboxId,
        folder: &str,
        uid_validity: u32,
        above: u64,
    ) -> Result<BTreeSet<u64>, StoreError>;
    /// All accounts, by key.
    fn accounts(&self) -> Result<Vec<Account>, StoreError>;
    /// How many messages, open tasks and letters there are, for `intaked tasks` and logs: `(name, count)`.
    fn counts(&self) -> Result<Vec<(&'static str, u64)>, StoreError>;
}
