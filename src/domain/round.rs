//! What a person is still to be told, and when: steps of escalations wait here until their reader works, so that all of
//! them go in one letter.

use super::{Timestamp, id::TaskId, workflow::Clock};
use serde::{Deserialize, Serialize};

/// Steps kept for one letter; of more it says how many. Nobody reads further, and a host that slept for a month must
/// not fill its memory with what it missed.
pub const OWED_MAX: usize = 200;

/// What a person is still to be told, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Round {
    /// Steps, in the order in which they happened.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub owed: Vec<Owed>,
    /// Steps beyond those.
    #[serde(default)]
    pub more: u64,
    /// When they are told.
    #[serde(default)]
    pub tell_at: Option<Timestamp>,
    /// Until then nothing is told but what presses: they have had such a letter just now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet_until: Option<Timestamp>,
    /// When their next digest is written.
    #[serde(default)]
    pub digest_at: Option<Timestamp>,
    /// Until then it waits for the mail servers to be counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest_waits: Option<Timestamp>,
}

impl Round {
    /// The next moment at which something is to be written to them.
    #[must_use]
    pub fn due(&self) -> Option<Timestamp> {
        [self.tell_at, self.digest_due()].into_iter().flatten().min()
    }
    /// The moment at which their digest is written, whatever it still waits for.
    #[must_use]
    pub fn digest_due(&self) -> Option<Timestamp> {
        self.digest_at.map(|at| self.digest_waits.map_or(at, |until| at.max(until)))
    }
    /// Nothing is to be told, now or later.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Something that happened and that a person is to hear of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owed {
    /// When it happened.
    pub at: Timestamp,
    /// What.
    pub of: Of,
}

impl Owed {
    /// It does not wait for others to go in one letter with it: a client's deadline is near, or a part of the house is
    /// out of reach.
    #[must_use]
    pub fn presses(&self) -> bool {
        match self.of {
            Of::Step { clock, .. } => matches!(clock, Clock::DeadlineNear | Clock::Hazard),
            Of::Unreachable { .. } | Of::Back { .. } => true,
        }
    }
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Of {
    /// A step of a task's ladder.
    Step {
        /// The task.
        task: TaskId,
        /// Its clock.
        clock: Clock,
        /// Since when that clock ran: its epoch.
        epoch: Timestamp,
    },
    /// A mailbox cannot be read.
    Unreachable {
        /// Its name.
        part: String,
        /// Since when.
        since: Timestamp,
    },
    /// A part of the house can be reached again.
    Back {
        /// Its name.
        part: String,
        /// Since when it could not.
        since: Timestamp,
        /// It is where letters go.
        #[serde(default)]
        sends: bool,
    },
}
