//! A task: one request with one owner. It is the fold of its events (`event`), and this is its shape.

mod asked;
mod correction;
mod link;
mod step;

pub use asked::*;
pub use correction::*;
pub use link::*;
pub use step::*;

use super::{Timestamp, account::Candidate, field::Field, id::*, pipeline::Term, reading::*, text::*, workflow::*};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, sync::Arc};

/// How far a task is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskState {
    /// No person has touched it.
    New,
    /// Somebody works on it, or waits for others.
    InProgress,
    /// It is over.
    Ended {
        /// How.
        how: End,
        /// Why, in words; may be empty for `done`.
        reason: String,
        /// When.
        at: Timestamp,
    },
}

/// How a task can end. Only `Done` counts as completed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// All required steps ticked or waived.
    Done,
    /// The client took it back.
    Withdrawn,
    /// The agency or carrier said no.
    Declined,
    /// The client never answered.
    NoResponse,
    /// Another task does it.
    Duplicate,
    /// Nothing had to be done.
    NotNeeded,
    /// The client took the business elsewhere.
    Lost,
    /// The cover ended, and nothing took its place.
    Lapsed,
}

impl std::fmt::Display for End {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Done => "done",
            Self::Withdrawn => "withdrawn",
            Self::Declined => "declined",
            Self::NoResponse => "no response",
            Self::Duplicate => "duplicate",
            Self::NotNeeded => "not needed",
            Self::Lost => "lost",
            Self::Lapsed => "lapsed",
        })
    }
}

/// Whose task it is, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// The one person responsible.
    pub person: PersonId,
    /// Why them, in a sentence.
    pub reason: String,
    /// Since when.
    pub at: Timestamp,
    /// For whom they stand in: untouched, the task goes back there.
    #[serde(default)]
    pub standing_in_for: Option<PersonId>,
    /// They have done something about it since it is theirs.
    #[serde(default)]
    pub touched: bool,
}

/// An external team that has a task in hand; the assignee stays responsible.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WithPartner {
    /// Its key.
    pub id: String,
    /// Its name.
    pub name: HeaderText,
    /// From where it answers.
    pub address: Address,
}

/// A person put it off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snoozed {
    /// Nobody is reminded of it before this moment, the client's own deadline aside.
    pub until: Timestamp,
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub why: String,
}

/// One future moment at which a clock step is due on a task.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Due {
    /// When.
    pub at: Timestamp,
    /// Which clock.
    pub clock: Clock,
    /// Which rung of the page's ladder.
    pub rung: u16,
    /// Since which moment the clock runs: its epoch. (task, clock, epoch, rung) happens once.
    pub epoch: Timestamp,
    /// Whom to tell.
    pub tell: Vec<Listener>,
}

/// An escalation that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Escalated {
    /// Which clock.
    pub clock: Clock,
    /// Which rung.
    pub rung: u16,
    /// The clock's epoch.
    pub epoch: Timestamp,
    /// When.
    pub at: Timestamp,
    /// Who was told.
    pub told: Vec<PersonId>,
}

/// Has the client heard that the request arrived?
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientTold {
    /// A letter is on its way or was sent.
    Yes,
    /// No, and why: “automatic mail is not answered”, “mode observe”, “came by voicemail”.
    No(String),
}

/// A note of a person, or of the desk about what it could not do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// When.
    pub at: Timestamp,
    /// By whom; `None` is the daemon.
    pub by: Option<PersonId>,
    /// The words.
    pub text: String,
}

/// A request with one owner, the facts to start with, a workflow and a deadline.
///
/// A task is copied with every event that is folded into it, so what is long and seldom changes is shared between copies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// Its number.
    pub id: TaskId,
    /// What kind of work; `None` in triage: a person has to say.
    pub request_type: Option<RequestType>,
    /// The kind's name for people, such as “Certificate of insurance”; “To be sorted” in triage.
    pub type_title: Arc<str>,
    /// How far it is.
    pub state: TaskState,
    /// When the request arrived.
    pub arrived: Timestamp,
    /// When the task was opened.
    pub opened: Timestamp,
    /// The subject of the message, or the words of who took the call.
    pub subject: HeaderText,
    /// Who asked; `None` for a walk-in without an address.
    pub requester: Option<Mailbox>,
    /// What the requester is.
    pub sender_kind: SenderKind,
    /// How it came.
    pub channel: Channel,
    /// The language to write in.
    pub language: String,
    /// The client's own new words, cut at 4,000 bytes, for notices and pages.
    pub words: Arc<str>,
    /// The messages of it, first one first.
    pub messages: Vec<MessageKey>,
    /// The account, where it is known.
    pub account: Option<AccountId>,
    /// The account's name, or the insured's name as read.
    pub insured: Option<HeaderText>,
    /// Why this account, or why none: in a sentence.
    pub account_reason: String,
    /// Accounts that a person may have to choose from, with what speaks for each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<Candidate>,
    /// Whose it is.
    pub assigned: Assignment,
    /// How much experience it needs.
    pub complexity: Complexity,
    /// Rushed.
    pub urgent: bool,
    /// Facts.
    pub fields: Arc<Vec<Field>>,
    /// An external team has it in hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with_partner: Option<WithPartner>,
    /// Why it is taken for this type.
    pub evidence: Arc<Vec<Evidence>>,
    /// Second-best guesses, shown in triage.
    pub guesses: Vec<RequestType>,
    /// What is to be asked for.
    pub missing: Vec<Missing>,
    /// Dangers.
    pub hazards: Vec<Hazard>,
    /// The workflow.
    pub steps: Arc<Vec<StepState>>,
    /// What done means.
    pub done_when: Arc<str>,
    /// The moment by which the client wants it.
    pub deadline: Option<Timestamp>,
    /// The moment by which the agency's own standard wants it done.
    pub standard_due: Option<Timestamp>,
    /// First act of a person.
    pub first_touch: Option<Timestamp>,
    /// Last act of a person.
    pub last_human_act: Option<Timestamp>,
    /// It waits for somebody.
    pub waiting: Option<Waiting>,
    /// What was waited for before, and the time from an end to a reopening: time that is not the agency's own.
    pub waited: Vec<Waited>,
    /// The rules were not sure what it is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub uncertain: bool,
    /// A letter to the client came back then, and nobody has done anything since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undelivered: Option<Timestamp>,
    /// It is put off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snoozed: Option<Snoozed>,
    /// For whom it waits, by policy where several are concerned. `waiting` is the first of these to come back, where
    /// nothing is left for the agency to do meanwhile.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waits: Vec<Waiting>,
    /// Since when nothing is left for the agency to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting_since: Option<Timestamp>,
    /// What it has to do with other tasks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    /// When the client was asked for what is missing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asked: Vec<Asked>,
    /// When the client has to be reminded, or a person told that no answer came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remind_at: Option<Timestamp>,
    /// What its clocks will do next, soonest first.
    pub due: Vec<Due>,
    /// What its clocks did.
    pub escalated: Vec<Escalated>,
    /// Its letters.
    pub letters: Vec<LetterId>,
    /// Has the client heard?
    pub client_told: ClientTold,
    /// Notes.
    pub notes: Vec<Note>,
    /// How often it was reopened.
    pub reopened: u32,
    /// Whose error the last reopening was; `None` while nobody has said it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Whose>,
    /// When the client asked how it stands.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chased: Vec<Timestamp>,
    /// It goes on in this task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<TaskId>,
    /// Where people knew better than the rules, the last word on each thing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrections: Vec<Correction>,
    /// The policies whose date brought it, where one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub term: Option<Term>,
}

impl Task {
    /// Whether the task is still to be worked on.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !matches!(self.state, TaskState::Ended { .. })
    }
    /// How it stands, in words: `new`, `in progress`, `waiting on carrier`, `done`.
    #[must_use]
    pub fn standing(&self) -> String {
        match (&self.state, &self.waiting) {
            (TaskState::Ended { how, .. }, _) => how.to_string(),
            (_, Some(w)) => format!("waiting on {}", w.on),
            (TaskState::New, None) => "new".to_owned(),
            (TaskState::InProgress, None) => "in progress".to_owned(),
        }
    }
    /// The moment from which it is late: the client's deadline or the agency's standard, whichever comes first. While
    /// it waits for somebody outside only the client's deadline runs.
    #[must_use]
    pub fn late_at(&self) -> Option<Timestamp> {
        let standard = if self.waiting.is_some() { None } else { self.standard_due };
        [self.deadline, standard].into_iter().flatten().min()
    }
    /// The next moment at which the desk has to look at it.
    #[must_use]
    pub fn next_due(&self) -> Option<Timestamp> {
        if self.is_open() { self.due.iter().map(|d| d.at).chain(self.remind_at).min() } else { None }
    }
    /// Who called or texted, where the message says it: such mail comes from a phone system, whose name is nobody's.
    #[must_use]
    pub fn caller(&self) -> Option<String> {
        let gateway = matches!(self.channel, Channel::Voicemail | Channel::Sms);
        let named = |field: &str| self.fields.iter().find(|f| f.name == field && f.is_sure());
        gateway.then(|| named("contact_name").or_else(|| named("insured_name")))?.map(|f| f.value.shown())
    }
    /// For whom it is, in a list: the client, else whoever called, else the address of whoever wrote; may be empty.
    #[must_use]
    pub fn for_whom(&self) -> String {
        let client = self.insured.as_ref().map(ToString::to_string);
        let address = || self.requester.as_ref().map(|r| r.address.to_string());
        client.or_else(|| self.caller()).or_else(address).unwrap_or_default()
    }
    /// Whether a person has said what this field is: then no rereading touches it.
    #[must_use]
    pub fn is_peoples(&self, field: &str) -> bool {
        let said = |c: &Correction| matches!(&c.what, Corrected::Field { name, .. } if name == field);
        let by_hand = |f: &Field| f.name == field && matches!(f.from, super::field::Provenance::Person { .. });
        self.corrections.iter().any(said) || self.fields.iter().any(by_hand)
    }
    /// Whether a person has said what kind of work it is.
    #[must_use]
    pub fn type_is_peoples(&self) -> bool {
        self.corrections.iter().any(|c| matches!(c.what, Corrected::Type { .. }))
    }
    /// What is to be done next, in a sentence; empty where the task is over.
    #[must_use]
    pub fn next_in_words(&self, zone: chrono_tz::Tz) -> String {
        if !self.is_open() {
            return String::new();
        }
        let step = self.next_step().map(StepState::in_words);
        let then = step.as_ref().map_or_else(String::new, |s| format!(" Then: {s}"));
        if let Some(w) = &self.waiting {
            let until = w.until.with_timezone(&zone).format("%a %-d %b, %-I:%M %p");
            let why = w.why.trim().trim_end_matches('.');
            let why = if why.is_empty() { String::new() } else { format!(", for: {why}") };
            return format!("Wait for the {} until {until}{why}.{then}", w.on);
        }
        if self.request_type.is_none() {
            return "Say what kind of work it is.".to_owned();
        }
        if matches!(self.client_told, ClientTold::No(_)) && !self.missing.is_empty() {
            return format!("Call the client, who has not been asked yet for what is missing.{then}");
        }
        step.unwrap_or_else(|| "Nothing is left to do: answer “done”.".to_owned())
    }
    /// The first step that is still to do, of a policy for which nothing is waited where there is one.
    #[must_use]
    pub fn next_step(&self) -> Option<&StepState> {
        let open = || self.steps.iter().filter(|s| s.mark == StepMark::Open);
        let waits = |s: &&StepState| s.policy.is_some() && self.waits.iter().any(|w| w.policy == s.policy);
        open().find(|s| !waits(s)).or_else(|| open().next())
    }
    /// The required steps that are neither ticked nor waived.
    pub fn open_required(&self) -> impl Iterator<Item = &StepState> {
        self.steps.iter().filter(|s| s.required && s.mark == StepMark::Open)
    }
    /// Its ties of a kind that still hold.
    pub fn tied(&self, how: Tie) -> impl Iterator<Item = &Link> {
        self.links.iter().filter(move |l| l.how == how && l.over.is_none())
    }
    /// Its ties to those that waited for it and went on when it ended; none while it is open, or goes on in another one.
    pub fn went_on(&self) -> impl Iterator<Item = &Link> {
        let ended = match &self.state {
            TaskState::Ended { at, .. } if self.merged_into.is_none() => Some(*at),
            _ => None,
        };
        self.links.iter().filter(move |l| l.how == Tie::ItWaits && ended.is_some() && l.over == ended)
    }
    /// The tasks that it waits for, and those that they wait for in turn, each once; `known` has them.
    ///
    /// # Errors
    /// What `known` says where a task cannot be had.
    pub fn waits_behind<E>(
        &self,
        mut known: impl FnMut(TaskId) -> Result<Option<Arc<Self>>, E>,
    ) -> Result<BTreeSet<TaskId>, E> {
        let awaited = |t: &Self| t.tied(Tie::WaitsForIt).map(|l| l.other).collect::<Vec<_>>();
        let (mut next, mut found) = (awaited(self), BTreeSet::new());
        while let Some(id) = next.pop() {
            if found.insert(id)
                && let Some(task) = known(id)?
            {
                next.extend(awaited(&task));
            }
        }
        Ok(found)
    }
    /// Whether the client was asked for this field.
    #[must_use]
    pub fn was_asked(&self, field: &str) -> bool {
        self.asked.iter().any(|a| a.sent && a.fields.iter().any(|f| f == field))
    }
    /// What the client was asked for and has not answered.
    pub fn unanswered(&self) -> impl Iterator<Item = &Missing> {
        self.missing.iter().filter(|m| self.was_asked(&m.field))
    }
    /// What a person may have asked: nobody has asked it yet.
    pub fn unasked(&self) -> impl Iterator<Item = &Missing> {
        self.missing.iter().filter(|m| !self.was_asked(&m.field))
    }
}
