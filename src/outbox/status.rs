//! How sending is doing, for the daemon to tell.

use crate::domain::Timestamp;
use tokio::sync::watch;

/// How sending is doing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Status {
    /// Nothing was sent yet.
    #[default]
    Untried,
    /// The server let us in when it was last spoken to.
    Well,
    /// It cannot be reached, or refuses the login.
    Trouble {
        /// Since when.
        since: Timestamp,
        /// Why, in a sentence.
        why: String,
    },
}

/// What a pump needs of its surroundings.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// The time of day.
    pub clock: fn() -> Timestamp,
    /// Who wants to know how sending is doing.
    pub status: watch::Sender<Status>,
}

impl Surroundings {
    /// Surroundings, and the end at which the status is read.
    #[must_use]
    pub fn new(clock: fn() -> Timestamp) -> (Self, watch::Receiver<Status>) {
        let (status, reader) = watch::channel(Status::default());
        (Self { clock, status }, reader)
    }

    pub(super) fn well(&self) {
        self.status.send_if_modified(|old| {
            let changed = *old != Status::Well;
            *old = Status::Well;
            changed
        });
    }

    pub(super) fn trouble(&self, why: String) {
        let now = (self.clock)();
        self.status.send_modify(|old| {
            let since = if let Status::Trouble { since, .. } = old { *since } else { now };
            *old = Status::Trouble { since, why };
        });
    }
}
