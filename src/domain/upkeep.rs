//! What the desk knows of the house it works in: what its mail servers hold beside what came of it, what of the house
//! cannot be reached, and when the owners' report is written.

use super::{Timestamp, id::MailboxId, workflow::Listener};
use serde::{Deserialize, Serialize};

/// Messages without an outcome that are named; of more only the number is told.
pub const NAMED_MAX: usize = 20;

/// What the desk knows of the house.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Upkeep {
    /// What was last counted in each folder that is watched.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub counted: Vec<Counted>,
    /// What cannot be reached, and that people were told of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outages: Vec<Outage>,
    /// When the owners' next report is written; `None` where they get none.
    #[serde(default)]
    pub report_at: Option<Timestamp>,
}

/// What a mail server holds in one folder, of those messages that it took in during a stretch of time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// Which `[[mailbox]]`.
    pub mailbox: MailboxId,
    /// Which folder of it.
    pub folder: String,
    /// When the server was asked.
    pub at: Timestamp,
    /// Messages that it took in from then on…
    pub from: Timestamp,
    /// …and before that.
    pub until: Timestamp,
    /// What it said.
    pub said: Said,
}

/// What a server said of a folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    /// It was asked, and answered.
    Holds {
        /// Messages of that time that are there.
        there: u64,
        /// Of them, those that the server took in before the folder was watched.
        before: u64,
        /// Messages of that time, or found earlier and there still, that have no outcome; at most [`NAMED_MAX`] of them.
        unexplained: Vec<Unexplained>,
        /// So many more.
        #[serde(default)]
        more: u64,
    },
    /// It could not be asked: why.
    Nothing(String),
}

/// A message on a mail server that the desk knows no outcome of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unexplained {
    /// Its UID.
    pub uid: u64,
    /// When the server took it in, where it says so.
    pub received: Option<Timestamp>,
    /// Who wrote it, for whoever looks for it; may be empty.
    pub from: String,
    /// Its subject; may be empty.
    pub subject: String,
}

impl Counted {
    /// Whether this is the count of that folder.
    #[must_use]
    pub fn is_of(&self, mailbox: &MailboxId, folder: &str) -> bool {
        self.mailbox == *mailbox && self.folder == folder
    }

    /// How many messages have no outcome; 0 where the server could not be asked.
    #[must_use]
    pub fn unexplained(&self) -> u64 {
        match &self.said {
            Said::Holds { unexplained, more, .. } => unexplained.len() as u64 + more,
            Said::Nothing(_) => 0,
        }
    }
}

/// A part of the house that cannot be reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outage {
    /// Its name.
    pub part: String,
    /// Since when.
    pub since: Timestamp,
    /// It is where letters go: nobody can be told of it by mail before it is back.
    #[serde(default)]
    pub sends: bool,
    /// Who was told, or is when it is back.
    pub told: Vec<Listener>,
}

impl Upkeep {
    /// The outage of a part, where it has one.
    #[must_use]
    pub fn outage(&self, part: &str) -> Option<&Outage> {
        self.outages.iter().find(|o| o.part == part)
    }
}
