//! What a task has to do with other tasks: it waits for one, or came of it.

use crate::domain::{Timestamp, id::*};
use serde::{Deserialize, Serialize};

/// What one task is to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The other task.
    pub other: TaskId,
    /// What it is to this one.
    pub how: Tie,
    /// The step of the waiting task that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<StepId>,
    /// Why.
    pub why: String,
    /// When it was tied.
    pub since: Timestamp,
    /// It ties no longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over: Option<Timestamp>,
}

/// How two tasks hang together, seen from one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tie {
    /// This one waits for the other.
    WaitsForIt,
    /// The other waits for this one.
    ItWaits,
    /// The other came of this one.
    CameOfThis,
    /// This one came of the other.
    CameOfIt,
}

impl Tie {
    /// The same, seen from the other task.
    #[must_use]
    pub fn from_there(self) -> Self {
        match self {
            Self::WaitsForIt => Self::ItWaits,
            Self::ItWaits => Self::WaitsForIt,
            Self::CameOfThis => Self::CameOfIt,
            Self::CameOfIt => Self::CameOfThis,
        }
    }
}

impl std::fmt::Display for Tie {
    /// In words that the other task's number follows.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::WaitsForIt => "waits for",
            Self::ItWaits => "is waited for by",
            Self::CameOfThis => "brought about",
            Self::CameOfIt => "came of",
        })
    }
}
