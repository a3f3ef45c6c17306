//! What became of the mail of a stretch of time, counted: so many came, and each of them is accounted for.

use super::{
    id::TaskId,
    message::{MessageRecord, Outcome},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Tasks of clients who have not heard that are named; of more only the number is told.
pub const NOT_TOLD_MAX: usize = 50;

/// What became of the mail of a stretch of time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Proof {
    /// Messages that got an outcome.
    pub arrived: u64,
    /// Of them, those that opened tasks.
    pub opened: u64,
    /// The tasks that they opened, beside those opened by answers.
    pub tasks: u64,
    /// Messages that belong to tasks that there were: replies.
    pub joined: u64,
    /// Messages that ask for nothing, by reason.
    pub no_work: BTreeMap<String, u64>,
    /// Messages held for a person.
    pub held: u64,
    /// Open tasks of them whose client has not heard that the request arrived.
    pub not_told: Vec<TaskId>,
    /// Letters that could not be delivered, or were given up.
    pub failed: u64,
}

impl Proof {
    /// Counts a message in.
    pub fn count(&mut self, message: &MessageRecord) {
        self.arrived += 1;
        match &message.outcome {
            Outcome::Tasks(tasks) => {
                self.opened += 1;
                self.tasks += tasks.len() as u64;
            }
            Outcome::Joined { opened, .. } => {
                self.joined += 1;
                self.tasks += opened.len() as u64;
            }
            Outcome::NoWork => *self.no_work.entry(message.reason.clone()).or_default() += 1,
            Outcome::Held(_) => self.held += 1,
        }
    }

    /// Messages that none of the counts explains; anything but 0 is a defect.
    #[must_use]
    pub fn unexplained(&self) -> u64 {
        let explained = self.opened + self.joined + self.no_work.values().sum::<u64>() + self.held;
        self.arrived.abs_diff(explained)
    }
}
