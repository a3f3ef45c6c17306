//! What the desk remembers of a message: its identity, where copies of it were seen, and its one outcome.

use super::{Timestamp, id::*, text::*};
use serde::{Deserialize, Serialize};

/// One copy of a message in one mailbox (RFC 9051 2.3.1.1: mailbox, UIDVALIDITY and UID together never repeat).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Sighting {
    /// Which `[[mailbox]]`.
    pub mailbox: MailboxId,
    /// Which folder of it, decoded.
    pub folder: String,
    /// The folder's UIDVALIDITY; 0 for a Maildir.
    pub uid_validity: u32,
    /// The message's UID; for a Maildir a digest of the unique file name.
    pub uid: u64,
}

/// What became of a message. Each has exactly one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It opened these tasks.
    Tasks(Vec<TaskId>),
    /// It belongs to this task and was joined to it (and may have opened others).
    Joined {
        /// The task.
        task: TaskId,
        /// Tasks it opened besides.
        opened: Vec<TaskId>,
    },
    /// Nothing is to be done, on positive evidence.
    NoWork,
    /// A person has to say what it is: this task asks for it.
    Held(TaskId),
}

impl Outcome {
    /// Every task that the message opened or was joined to.
    #[must_use]
    pub fn tasks(&self) -> Vec<TaskId> {
        match self {
            Self::Tasks(ids) => ids.clone(),
            Self::Joined { task, opened } => std::iter::once(*task).chain(opened.iter().copied()).collect(),
            Self::Held(id) => vec![*id],
            Self::NoWork => Vec::new(),
        }
    }
}

/// Where a message's raw bytes lie.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RawRef {
    /// Path below the spool folder, such as `2026-11-21/3f2a….eml`.
    pub path: String,
    /// Bytes in the file.
    pub size: u64,
    /// SHA-256 of the file, hex.
    pub sha256: String,
    /// False where only the header was fetched (over the size limit): the rest stands on the mail server.
    pub whole: bool,
}

/// The desk's record of a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MessageRecord {
    /// Its identity.
    pub key: MessageKey,
    /// Its Message-ID header without brackets, where it has one.
    pub message_id: Option<String>,
    /// Who wrote it.
    pub from: Option<Mailbox>,
    /// Its subject.
    pub subject: HeaderText,
    /// When the mail server took it in (INTERNALDATE), else the Date header.
    pub received: Timestamp,
    /// When its outcome was decided.
    pub decided: Timestamp,
    /// The raw bytes.
    pub raw: RawRef,
    /// What became of it.
    pub outcome: Outcome,
    /// Why, in a sentence.
    pub reason: String,
    /// Set where another message with the same Message-ID and other content had come before.
    pub same_id_as: Option<MessageKey>,
    /// Digest of the rules that read it.
    pub rules_version: String,
    /// Message-IDs that it answers, where staff sent it and none of them was known: when they come in, they have been
    /// answered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<String>,
}
