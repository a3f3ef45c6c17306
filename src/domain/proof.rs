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

    /// The same by looking at everything: slow, and plainly right. What stores answer is held against it.
    #[cfg(test)]
    #[must_use]
    pub(crate) fn by_looking_at_all<'a>(
        (from, until): (&super::Timestamp, &super::Timestamp),
        mut messages: Vec<MessageRecord>,
        tasks: &BTreeMap<TaskId, super::task::Task>,
        letters: impl Iterator<Item = &'a super::letter::LetterRecord>,
    ) -> Self {
        use super::{letter::LetterState, task::ClientTold};
        let mut proof = Self::default();
        messages.sort_by(|a, b| (a.decided, &a.key).cmp(&(b.decided, &b.key)));
        for m in messages.iter().filter(|m| *from <= m.decided && m.decided < *until) {
            proof.count(m);
            if let Outcome::Tasks(ids) = &m.outcome {
                let of = ids.iter().filter_map(|id| tasks.get(id));
                let untold = of.filter(|t| t.is_open() && matches!(t.client_told, ClientTold::No(_)));
                proof.not_told.extend(untold.map(|t| t.id));
            }
        }
        let failed = letters.filter(|l| matches!(&l.state, LetterState::Failed { at, .. } if from <= at && at < until));
        proof.failed = failed.count() as u64;
        proof
    }

    /// Messages that none of the counts explains; anything but 0 is a defect.
    #[must_use]
    pub fn unexplained(&self) -> u64 {
        let explained = self.opened + self.joined + self.no_work.values().sum::<u64>() + self.held;
        self.arrived.abs_diff(explained)
    }
}
