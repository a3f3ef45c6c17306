//! A task's steps: what is to do, how each stands, and who is waited for in it.

use crate::domain::{Timestamp, id::*, person::Role, workflow::Party};
use serde::{Deserialize, Serialize};

/// A step of a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepState {
    /// Its key.
    pub id: StepId,
    /// What to do.
    pub title: String,
    /// Must it be ticked or waived?
    pub required: bool,
    /// Who does it, where that is not whoever has the task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<Role>,
    /// Of several policies the one that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// On whom work waits once it is begun.
    pub waits_on: Option<Party>,
    /// A document goes to the client in it: sending one from the shared address ticks it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sends: bool,
    /// How it stands.
    pub mark: StepMark,
}

/// How a step stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepMark {
    /// Still to do.
    Open,
    /// Done.
    Ticked {
        /// By whom.
        by: PersonId,
        /// When.
        at: Timestamp,
    },
    /// Left out.
    Waived {
        /// By whom.
        by: PersonId,
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
}

/// The task waits for somebody outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// For whom.
    pub on: Party,
    /// Since when.
    pub since: Timestamp,
    /// When it comes back (its suspense).
    pub until: Timestamp,
    /// For what.
    pub why: String,
    /// The step it belongs to, where it belongs to one.
    pub step: Option<StepId>,
    /// Of several policies the one that waits; the whole task where it is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
}

/// A time in which the task was not the agency's to work on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waited {
    /// Who had it; `None` is nobody: it was over, and was opened again.
    pub on: Option<Party>,
    /// From then on.
    pub since: Timestamp,
    /// Until then.
    pub until: Timestamp,
}

impl StepState {
    /// What to do, and by whom, where that is not whoever has the task and the title does not say it.
    #[must_use]
    pub fn with_who(&self) -> String {
        let words = |text: &str| {
            let all = text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
            format!(" {} ", all.collect::<Vec<_>>().join(" ").to_lowercase())
        };
        let is_said = |who: &Role| words(&self.title).contains(&words(&who.to_string()));
        match self.who.filter(|who| !is_said(who)) {
            Some(who) => format!("{} ({who})", self.title.trim_end_matches('.')),
            None => self.title.clone(),
        }
    }

    /// The same in a sentence, with the policy that it is for.
    #[must_use]
    pub fn in_words(&self) -> String {
        let policy = self.policy.as_ref().map_or_else(String::new, |p| format!("{p}: "));
        let title = self.with_who();
        let title = title.trim().trim_end_matches('.');
        let end = if title.ends_with(['?', '!']) { "" } else { "." };
        format!("{policy}{title}{end}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_does_a_step_is_said_once() {
        let step = |title: &str, who| {
            let mark = StepMark::Open;
            let (id, title) = (StepId::from("x"), title.to_owned());
            StepState { id, title, who, mark, required: true, policy: None, waits_on: None, sends: false }.in_words()
        };
        assert_eq!(
            step("Order the endorsement", Some(Role::AccountManager)),
            "Order the endorsement (account manager)."
        );
        assert_eq!(step("The account manager calls", Some(Role::AccountManager)), "The account manager calls.");
        assert_eq!(step("Write to the homeowner", Some(Role::Owner)), "Write to the homeowner (owner).");
        assert_eq!(step("Is it kept?", None), "Is it kept?");
    }
}
