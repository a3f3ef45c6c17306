//! Opening tasks from a reading: one for each request, or one for triage. Used for messages and for calls alike.

use super::{
    again, clocks,
    drafting::Drafting,
    matching::{INSURED_FIELD, Match, POLICY_FIELD},
    missing,
    roster::Roster,
    routing, steps, view,
};
use crate::domain::{
    Timestamp,
    event::{Event, Opening},
    field::{Field, Provenance},
    id::*,
    past::Past,
    reading::*,
    task::{Missing, Task},
    text::{HeaderText, Mailbox, cut},
    workflow::Practice,
};
use std::sync::Arc;

/// Words kept of a request, in bytes.
const WORDS_MAX: usize = 4000;
/// Guesses shown in triage at most.
const GUESSES_MAX: usize = 4;

/// Where a request comes from.
#[derive(Debug)]
pub(super) struct Source<'a> {
    /// What the rules found.
    pub(super) reading: &'a Reading,
    /// When it arrived.
    pub(super) arrived: Timestamp,
    /// Subject of the message, or the first words of a call.
    pub(super) subject: HeaderText,
    /// Who asked.
    pub(super) requester: Option<Mailbox>,
    /// Their own new words.
    pub(super) words: String,
    /// The message, where it is one.
    pub(super) message: Option<MessageKey>,
    /// The account, and why.
    pub(super) matched: &'a Match,
    /// Attachments that could not be read, by name: what is missing may stand there.
    pub(super) unread: Vec<String>,
    /// Tasks of the same client: what is missing may be known from there.
    pub(super) earlier: Vec<&'a Task>,
    /// What that account asked for before, the newest first.
    pub(super) past: &'a [Arc<Past>],
}

/// Another piece of work, of this kind, that a person found in a task.
pub(super) fn said_of(task: &Task, kind: &RequestType) -> Request {
    Request {
        request_type: kind.clone(),
        score: 0,
        complexity: task.complexity,
        missing: Vec::new(),
        unsure: Vec::new(),
        evidence: Vec::new(),
        again: Vec::new(),
    }
}

/// What is known of such a piece of work from the task it was found in: whose it is, and nothing that was asked for.
pub(super) fn of_the_same_client(task: &Task) -> Reading {
    let whose = |name: &str| name == INSURED_FIELD || name == POLICY_FIELD;
    Reading {
        certainty: Certainty::Clear,
        sender_kind: task.sender_kind,
        channel: task.channel,
        language: task.language.clone(),
        fields: task.fields.iter().filter(|f| whose(&f.name)).cloned().collect(),
        ..Reading::default()
    }
}

/// The numbers and the load that opening uses up as it goes.
#[derive(Debug)]
pub(super) struct Counters {
    /// Number of the next task.
    pub(super) next: u64,
    /// Who is here, with the tasks of this decision.
    pub(super) load: Roster,
}

impl Source<'_> {
    /// The fields, with the message they come from filled in.
    pub(super) fn fields(&self) -> Vec<Field> {
        fields_of(self.reading, self.message.as_ref())
    }

    fn language(&self) -> String {
        if self.reading.language.is_empty() { "en".to_owned() } else { self.reading.language.clone() }
    }
}

/// A reading's fields, with the message they come from filled in.
pub(super) fn fields_of(reading: &Reading, message: Option<&MessageKey>) -> Vec<Field> {
    let mut fields = reading.fields.clone();
    if let Some(key) = message {
        came_with(&mut fields, key);
    }
    fields
}

/// Fills in the message that these were read in.
pub(super) fn came_with(fields: &mut [Field], key: &MessageKey) {
    for f in fields {
        if let Provenance::Message { message, .. } = &mut f.from {
            message.clone_from(key);
        }
    }
}

/// The requests of a reading that a page exists for, each type once, the surest first as the reading has them.
pub(super) fn requests<'a>(d: &Drafting<'_>, reading: &'a Reading) -> Vec<&'a Request> {
    let mut list: Vec<&Request> = Vec::new();
    for r in &reading.requests {
        if d.policy.pages.contains_key(&r.request_type) && !list.iter().any(|k| k.request_type == r.request_type) {
            list.push(r);
        }
    }
    list
}

/// Opens a task for each of these requests.
pub(super) fn open_for(
    d: &mut Drafting<'_>,
    source: &Source<'_>,
    requests: &[&Request],
    counters: &mut Counters,
) -> Vec<TaskId> {
    requests.iter().map(|r| open_one(d, source, Some(r), counters)).collect()
}

/// Opens one task for triage: a person has to say what it is.
pub(super) fn open_for_triage(d: &mut Drafting<'_>, source: &Source<'_>, counters: &mut Counters) -> TaskId {
    open_one(d, source, None, counters)
}

/// Opens one task: for this request, or for triage.
pub(super) fn open_one(
    d: &mut Drafting<'_>,
    source: &Source<'_>,
    request: Option<&Request>,
    counters: &mut Counters,
) -> TaskId {
    let task = TaskId(counters.next);
    counters.next += 1;
    let reading = source.reading;
    let request_type = request.map(|r| r.request_type.clone());
    let practice = d.policy.practice_of(request_type.as_ref());
    let best_guess = reading.requests.first().or(reading.also_considered.first());
    let complexity = request.or(best_guess).map(|r| r.complexity).unwrap_or_default();
    let account = source.matched.account.as_deref();
    let work = routing::work(d.policy, request_type.as_ref(), complexity, !reading.hazards.is_empty());
    let route = routing::route(d.policy, account, &work, &counters.load);
    counters.load.takes(&route.person, work.weight);
    if route.nobody_else {
        d.nobody_else.insert(task);
    }
    let title = request_type.as_ref().and_then(|t| d.policy.title(t, "en")).unwrap_or(view::to_be_sorted("en"));
    let opening = Opening {
        type_title: title.to_owned(),
        arrived: source.arrived,
        subject: source.subject.clone(),
        requester: source.requester.clone(),
        sender_kind: reading.sender_kind,
        channel: reading.channel,
        language: source.language(),
        words: cut(&source.words, WORDS_MAX).to_owned(),
        message: source.message.clone(),
        complexity,
        urgent: reading.urgent,
        evidence: request.or(best_guess).map(|r| r.evidence.clone().into()).unwrap_or_default(),
        guesses: if request.is_none() { guesses(reading) } else { Vec::new() },
        done_when: practice.done_when.clone(),
        assigned_to: route.person,
        assigned_because: route.because,
        standing_in_for: route.standing_in_for,
        uncertain: request_type.is_none() || reading.certainty != Certainty::Clear,
        request_type,
    };
    d.record(Event::TaskOpened { task, opening: Box::new(opening) });
    set_account(d, task, source);
    // In triage the best guess's gaps are kept, so that they are there once a person has said the type.
    set_facts(d, task, source, request.or(reading.requests.first()));
    let steps = d.task(task).map(|t| steps::of(practice, &steps::known(t, account))).unwrap_or_default();
    d.record(Event::StepsSet { task, steps: steps.into() });
    set_deadlines(d, task, source, practice);
    for note in &reading.notes {
        d.record(Event::Noted { task, by: None, text: note.clone() });
    }
    task
}

fn set_account(d: &mut Drafting<'_>, task: TaskId, source: &Source<'_>) {
    let matched = source.matched;
    let read = || {
        let name = source.reading.fields.iter().find(|f| f.name == INSURED_FIELD)?;
        Some(HeaderText::new(&name.value.shown()))
    };
    let insured = matched.account.as_ref().map(|a| a.name.clone()).or_else(read).filter(|n| !n.is_empty());
    let account = matched.account.as_ref().map(|a| a.id.clone());
    if let Some(a) = &matched.account {
        d.know_account(a);
    }
    d.record(Event::AccountSet {
        task,
        account,
        insured,
        reason: matched.reason.clone(),
        candidates: matched.candidates.clone(),
    });
    if let Some(doubt) = &matched.doubt {
        d.record(Event::Noted { task, by: None, text: doubt.clone() });
    }
}

fn set_facts(d: &mut Drafting<'_>, task: TaskId, source: &Source<'_>, request: Option<&Request>) {
    let mut fields = source.fields();
    let mut missing: Vec<Missing> = Vec::new();
    let mut note: Option<String> = None;
    if let Some(request) = request {
        let writer = source.requester.as_ref().map(|m| &m.address);
        let page = d.policy.pages.get(&request.request_type);
        let account = source.matched.account.as_deref();
        let gaps = missing::gaps(&request.missing, &fields, account, writer, page, &source.language());
        let known = again::Known { account, past: source.past, zone: d.policy.calendar.zone() };
        let again = again::found(request, page, &fields, known);
        fields = missing::merged(&fields, &gaps.from_book);
        fields = again::taken_over(fields, &again.fields);
        let asked = missing::doubted(gaps.missing, source, request, account);
        missing = missing::left_after(&asked, &[], &again.fields, page);
        note = again.note;
    }
    if let Some(text) = note {
        d.record(Event::Noted { task, by: None, text });
    }
    d.record(Event::FieldsSet { task, fields: fields.into() });
    d.record(Event::MissingSet { task, missing });
}

/// The deadlines of a task that has just been opened.
fn set_deadlines(d: &mut Drafting<'_>, task: TaskId, source: &Source<'_>, practice: &Practice) {
    let calendar = &d.policy.calendar;
    let deadline = clocks::deadline(&source.reading.fields, source.arrived, calendar);
    let standard_due = Some(clocks::standard_due(source.arrived, practice.standard.turnaround, &[], calendar));
    match deadline {
        Ok(deadline) => d.record(Event::DeadlinesSet { task, deadline, standard_due }),
        Err(why) => {
            d.record(Event::DeadlinesSet { task, deadline: None, standard_due });
            d.record(Event::Noted { task, by: None, text: why });
        }
    }
}

/// What it might be, best first, each once.
fn guesses(reading: &Reading) -> Vec<RequestType> {
    let mut list: Vec<RequestType> = Vec::new();
    for r in reading.requests.iter().chain(&reading.also_considered) {
        if !list.contains(&r.request_type) && list.len() < GUESSES_MAX {
            list.push(r.request_type.clone());
        }
    }
    list
}
