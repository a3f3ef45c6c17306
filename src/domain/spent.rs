//! Whose time a task took: the agency's own, the client's, the carrier's, apart. Everything in office time.

use super::{
    Timestamp,
    calendar::Calendar,
    task::{Task, TaskState},
    workflow::Party,
};
use chrono::Duration;

/// Office time of a task by whose turn it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spent {
    /// The agency's own.
    pub agency: Duration,
    /// The client's.
    pub client: Duration,
    /// The carrier's.
    pub carrier: Duration,
    /// Anybody else's.
    pub third_party: Duration,
}

impl Default for Spent {
    fn default() -> Self {
        let none = Duration::zero();
        Self { agency: none, client: none, carrier: none, third_party: none }
    }
}

impl Spent {
    /// Of somebody outside.
    #[must_use]
    pub fn of(&self, party: Party) -> Duration {
        match party {
            Party::Client => self.client,
            Party::Carrier => self.carrier,
            Party::ThirdParty => self.third_party,
        }
    }
}

/// Whose time the task took from its arrival until it ended, or until `now`. Time in which it was over and had not
/// been opened again is nobody's.
#[must_use]
pub fn spent(task: &Task, calendar: &Calendar, now: Timestamp) -> Spent {
    let until = match task.state {
        TaskState::Ended { at, .. } => at,
        TaskState::New | TaskState::InProgress => now,
    };
    let waits = task.waiting.as_ref().map(|w| (Some(w.on), task.waiting_since.unwrap_or(w.since), until));
    let mut out = Spent { agency: calendar.office_between(task.arrived, until), ..Spent::default() };
    for (on, since, until) in task.waited.iter().map(|w| (w.on, w.since, w.until)).chain(waits) {
        let time = calendar.office_between(since.max(task.arrived), until);
        out.agency -= time;
        match on {
            Some(Party::Client) => out.client += time,
            Some(Party::Carrier) => out.carrier += time,
            Some(Party::ThirdParty) => out.third_party += time,
            None => {}
        }
    }
    out.agency = out.agency.max(Duration::zero());
    out
}
