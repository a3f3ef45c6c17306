//! One gate for all connections of the pump: while the server cannot be reached, nobody runs against it.

use super::settings::Patience;
use super::status::Surroundings;
use crate::tls::backoff::Backoff;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Open while the server works; closed for a while, longer each time, after it could not be reached.
#[derive(Debug)]
pub(super) struct Gate {
    inside: Mutex<Inside>,
    around: Surroundings,
}

#[derive(Debug)]
struct Inside {
    closed_until: Option<Instant>,
    waits: Backoff,
    refused_waits: Backoff,
}

impl Gate {
    pub(super) fn new(patience: &Patience, around: Surroundings) -> Self {
        let inside = Inside {
            closed_until: None,
            waits: Backoff::new(patience.first_wait, patience.longest_wait),
            refused_waits: Backoff::new(patience.refused_wait, patience.refused_wait.saturating_mul(15)),
        };
        Self { inside: Mutex::new(inside), around }
    }

    /// Waits until the gate is open; false at shutdown.
    pub(super) async fn pass(&self, cancel: &CancellationToken) -> bool {
        loop {
            let until = self.inside().closed_until.filter(|until| *until > Instant::now());
            let Some(until) = until else { return !cancel.is_cancelled() };
            tokio::select! {
                () = cancel.cancelled() => return false,
                () = tokio::time::sleep_until(until) => {}
            }
        }
    }

    /// Is the server thought to be well?
    pub(super) fn is_well(&self) -> bool {
        self.inside().closed_until.is_none()
    }

    /// The server could not be reached, or refused the login: nobody passes for so long. Failures of several
    /// connections at once are one failure.
    pub(super) fn failed(&self, login_refused: bool, why: &str) -> Duration {
        self.around.trouble(why.to_owned());
        let mut inside = self.inside();
        let now = Instant::now();
        if let Some(until) = inside.closed_until.filter(|until| *until > now) {
            return until - now;
        }
        let wait = if login_refused { inside.refused_waits.next_wait() } else { inside.waits.next_wait() };
        inside.closed_until = Some(now + wait);
        wait
    }

    /// The server let us in.
    pub(super) fn worked(&self) {
        let mut inside = self.inside();
        inside.closed_until = None;
        inside.waits.reset();
        inside.refused_waits.reset();
        self.around.well();
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
