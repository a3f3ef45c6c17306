//! What a report is made of: every decision of the journal in its order, folded into cases and outcomes of mail.

use super::case::Case;
use crate::domain::{Timestamp, decision::Decision, event::Event, id::*, message::Outcome, text::folded};
use std::collections::{BTreeMap, BTreeSet};

/// What became of a message, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Became {
    /// It opened so many tasks.
    Tasks(u32),
    /// It was joined to a task, and opened so many besides.
    Joined(u32),
    /// Nothing was to be done.
    NoWork,
    /// A person had to say what it is; its task asks for it.
    Held,
}

/// What was decided so far.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Gathering {
    cases: BTreeMap<TaskId, Case>,
    mail: Vec<(Timestamp, Became)>,
    /// Policy number → carrier, by the account book.
    carrier_of: BTreeMap<String, String>,
    carriers_of: BTreeMap<AccountId, BTreeSet<String>>,
    decisions: u64,
}

impl Gathering {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The next decision.
    pub fn take(&mut self, decision: &Decision) {
        self.decisions += 1;
        let at = decision.at;
        for event in &decision.events {
            match event {
                Event::TaskOpened { task, .. } => {
                    self.cases.extend(Case::opened_by(event, at).map(|c| (*task, c)));
                }
                Event::MessageDecided { record, .. } => self.mail.push((at, became(&record.outcome))),
                Event::AccountSaved { account } => {
                    let mut carriers = BTreeSet::new();
                    for policy in &account.policies {
                        if let Some(carrier) = policy.carrier.as_ref().filter(|c| !c.is_empty()) {
                            self.carrier_of.insert(folded(&policy.number), carrier.clone());
                            carriers.insert(carrier.clone());
                        }
                    }
                    self.carriers_of.insert(account.id.clone(), carriers);
                }
                Event::AccountRemoved { account } => {
                    self.carriers_of.remove(account);
                }
                other => {
                    if let Some(case) = other.task().and_then(|id| self.cases.get_mut(&id)) {
                        case.take(other, at);
                    }
                }
            }
        }
    }

    /// The tasks, by number.
    pub fn cases(&self) -> impl Iterator<Item = &Case> {
        self.cases.values()
    }

    /// A task.
    #[must_use]
    pub fn case(&self, id: TaskId) -> Option<&Case> {
        self.cases.get(&id)
    }

    /// What became of each message, in the order of deciding.
    #[must_use]
    pub fn mail(&self) -> &[(Timestamp, Became)] {
        &self.mail
    }

    /// How many decisions were taken.
    #[must_use]
    pub fn decisions(&self) -> u64 {
        self.decisions
    }

    /// The carrier that a task is about: of the policy it names; else the only one that its account has.
    #[must_use]
    pub fn carrier(&self, case: &Case) -> Option<&str> {
        let named = case.policies.iter().find_map(|number| self.carrier_of.get(number));
        let only = || {
            let all = self.carriers_of.get(case.account.as_ref()?)?;
            all.first().filter(|_| all.len() == 1)
        };
        named.or_else(only).map(String::as_str)
    }
}

fn became(outcome: &Outcome) -> Became {
    let some = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    match outcome {
        Outcome::Tasks(ids) => Became::Tasks(some(ids.len())),
        Outcome::Joined { opened, .. } => Became::Joined(some(opened.len())),
        Outcome::NoWork => Became::NoWork,
        Outcome::Held(_) => Became::Held,
    }
}
