//! Where people knew better: what the rules had read, and whose error a reopening was.

use crate::domain::{Timestamp, id::*};
use serde::{Deserialize, Serialize};

/// Where a person knew better than the rules. A rereading never touches it, and it becomes a labelled example.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: PersonId,
    /// What.
    pub what: Corrected,
}

/// What a person corrected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Corrected {
    /// The kind of work.
    Type {
        /// What the rules had said; `None` was triage.
        was: Option<RequestType>,
        /// What it is.
        is: RequestType,
    },
    /// One field as a whole: its values are those that the task holds by a person's word, or none.
    Field {
        /// Which.
        name: String,
        /// The message does not say it (a call did): a fact, and nothing that the rules could have read.
        elsewhere: bool,
    },
}

impl Corrected {
    /// Whether both are about the same thing.
    #[must_use]
    pub fn is_about_the_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Type { .. }, Self::Type { .. }) => true,
            (Self::Field { name: a, .. }, Self::Field { name: b, .. }) => a == b,
            _ => false,
        }
    }
}

/// Whose error it was that a task had to be opened again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whose {
    /// The agency's own.
    Agency,
    /// The client's.
    Client,
    /// The carrier's.
    Carrier,
    /// Nobody's: there is simply more to do.
    Nobody,
}

impl std::fmt::Display for Whose {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Agency => "the agency's",
            Self::Client => "the client's",
            Self::Carrier => "the carrier's",
            Self::Nobody => "nobody's",
        })
    }
}
