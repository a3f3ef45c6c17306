//! One task as its figures need it: folded from its events, the moments kept that a task's own record forgets.
//!
//! Knows no page and no calendar; what a moment means in office time is [`super::figure`]'s.

use crate::domain::{
    Timestamp,
    event::Event,
    field::FieldValue,
    fold,
    id::*,
    task::{Asking, End, Task, Whose},
    text::folded,
    workflow::Party,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// In whose court a task was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Court {
    /// The agency's own.
    Agency,
    /// The client's.
    Client,
    /// The carrier's.
    Carrier,
    /// Anybody else's.
    ThirdParty,
}

impl From<Party> for Court {
    fn from(party: Party) -> Self {
        match party {
            Party::Client => Self::Client,
            Party::Carrier => Self::Carrier,
            Party::ThirdParty => Self::ThirdParty,
        }
    }
}

/// A time in which a task was not the agency's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stay {
    /// Whose it was; `None` while it was over.
    pub court: Option<Court>,
    /// Since when.
    pub from: Timestamp,
    /// Until when.
    pub until: Timestamp,
}

/// An end of a task; one that is opened again may have several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ending {
    /// When.
    pub at: Timestamp,
    /// How.
    pub how: End,
    /// The moment by which the agency's standard wanted it done; `None` where it had none.
    pub standard_due: Option<Timestamp>,
    /// The agency's own clock stood still since then: it waited for somebody when it ended.
    pub stood_still_since: Option<Timestamp>,
}

/// A task, from its events.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// Its number.
    pub id: TaskId,
    /// Its type; `None` in triage.
    pub request_type: Option<RequestType>,
    /// The type's name for people.
    pub title: String,
    /// Whose business it is.
    pub account: Option<AccountId>,
    /// The account's name, or the insured's as read.
    pub insured: Option<String>,
    /// Numbers of the policies it names, folded.
    pub policies: Vec<String>,
    /// Who has it.
    pub assignee: PersonId,
    /// When the request arrived: its clocks run from here.
    pub arrived: Timestamp,
    /// When the task was opened: it counts from here.
    pub opened: Timestamp,
    /// A message asked for it.
    pub by_mail: bool,
    /// The first act of a person.
    pub first_touch: Option<Timestamp>,
    /// Times in which it was not the agency's, in order.
    pub stays: Vec<Stay>,
    /// It waits now: for whom, since when, until when.
    pub waiting: Option<(Party, Timestamp, Timestamp)>,
    /// The client's deadline.
    pub deadline: Option<Timestamp>,
    /// The standard's.
    pub standard_due: Option<Timestamp>,
    /// Its ends, in order.
    pub ends: Vec<Ending>,
    /// When it was opened again, and whose error that was by what people said last.
    pub reopened: Vec<(Timestamp, Option<Whose>)>,
    /// When the client was asked something about it.
    pub asked: Vec<Timestamp>,
    /// How often somebody was told that it slips, or is dangerous.
    pub escalated: u32,
    /// The task by the desk's own fold, which knows when it waits as a whole; its words are left out.
    task: Option<Arc<Task>>,
}

/// The field in which the numbers of policies stand.
const POLICIES: &str = "policy_numbers";

impl Case {
    /// The case that an event opens; `None` for any other event.
    #[must_use]
    pub fn opened_by(event: &Event, at: Timestamp) -> Option<Self> {
        let Event::TaskOpened { task, opening } = event else { return None };
        let mut folded = fold::task(None, event, at)?;
        folded.words = Arc::default();
        folded.evidence = Arc::default();
        Some(Self {
            task: Some(Arc::new(folded)),
            id: *task,
            request_type: opening.request_type.clone(),
            title: opening.type_title.clone(),
            account: None,
            insured: None,
            policies: Vec::new(),
            assignee: opening.assigned_to.clone(),
            arrived: opening.arrived,
            by_mail: opening.message.is_some(),
            opened: at,
            first_touch: None,
            stays: Vec::new(),
            waiting: None,
            deadline: None,
            standard_due: None,
            ends: Vec::new(),
            reopened: Vec::new(),
            asked: Vec::new(),
            escalated: 0,
        })
    }

    /// The case after an event of its own, which became true at `at`.
    pub fn take(&mut self, event: &Event, at: Timestamp) {
        match event {
            Event::TypeSet { request_type, type_title, .. } => {
                self.request_type.clone_from(request_type);
                self.title.clone_from(type_title);
            }
            Event::AccountSet { account, insured, .. } => {
                self.account.clone_from(account);
                self.insured = insured.as_ref().map(ToString::to_string);
            }
            Event::Assigned { person, .. } => self.assignee = person.clone(),
            Event::FieldsSet { fields, .. } => {
                let numbers = fields.iter().filter(|f| f.name == POLICIES).filter_map(|f| match &f.value {
                    FieldValue::Text(number) => Some(folded(number)),
                    _ => None,
                });
                self.policies = numbers.collect();
            }
            Event::Asked { how, sent: true, .. } if *how != Asking::GaveUp => self.asked.push(at),
            Event::DeadlinesSet { deadline, standard_due, .. } => {
                self.deadline = *deadline;
                self.standard_due = *standard_due;
            }
            Event::Touched { .. } => {
                self.first_touch.get_or_insert(at);
            }
            Event::Escalated { .. } => self.escalated += 1,
            Event::Ended { how, .. } => {
                let stood_still_since = self.waiting.map(|(_, since, _)| since);
                self.ends.push(Ending { at, how: *how, standard_due: self.standard_due, stood_still_since });
            }
            Event::Reopened { .. } => {
                self.reopened.push((at, None));
            }
            Event::ErrorNamed { whose, .. } => {
                if let Some((_, named)) = self.reopened.last_mut() {
                    *named = Some(*whose);
                }
            }
            _ => {}
        }
        // What is long and tells no figure is not folded.
        if matches!(event, Event::Noted { .. } | Event::FieldsSet { .. } | Event::Said { .. } | Event::Reread { .. }) {
            return;
        }
        if let Some(task) = fold::shared(self.task.take(), event, at) {
            let stay =
                |w: &crate::domain::task::Waited| Stay { court: w.on.map(Court::from), from: w.since, until: w.until };
            self.stays = task.waited.iter().map(stay).collect();
            self.waiting = task.waiting.as_ref().map(|w| (w.on, task.waiting_since.unwrap_or(w.since), w.until));
            self.task = Some(task);
        }
    }

    /// Whether it was open just before that moment.
    #[must_use]
    pub fn is_open_before(&self, at: Timestamp) -> bool {
        let ended = self.ends.iter().filter(|e| e.at < at).count();
        let reopened = self.reopened.iter().filter(|(when, _)| *when < at).count();
        self.opened < at && ended == reopened
    }

    /// Its last end before that moment, where it was over then.
    #[must_use]
    pub fn over_before(&self, at: Timestamp) -> Option<&Ending> {
        if self.opened >= at || self.is_open_before(at) {
            return None;
        }
        self.ends.iter().rfind(|e| e.at < at)
    }

    /// The times up to a moment in which it was somebody else's, or over, the one that goes on included.
    pub fn elsewhere(&self, until: Timestamp) -> impl Iterator<Item = Stay> {
        let now = self.waiting.map(|(on, from, _)| Stay { court: Some(on.into()), from, until });
        let cut = move |s: Stay| Stay { until: s.until.min(until), ..s };
        self.stays.iter().copied().chain(now).map(cut).filter(|s| s.from < s.until)
    }
}
