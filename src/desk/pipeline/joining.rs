//! Mail about policies whose date has brought a task finds that task, and flags it where it says more than yes or no.

use super::listing;
use crate::desk::{
    chasing::chased,
    drafting::Drafting,
    escalation,
    intake::{self, Decided, Known},
    matching,
    opening::Counters,
    thread::{self, Writer},
};
use crate::domain::{
    Timestamp,
    event::Event,
    field::{Field, FieldValue},
    id::TaskId,
    pipeline::{Flag, Pipeline, Term},
    reading::{Complexity, Request, SenderKind},
    task::Task,
};
use std::sync::Arc;

/// Joins a message to the open task of the policies that it is about; `None` where there is none, or it cannot be told
/// which. What else it asks for is opened as ever.
pub(in crate::desk) fn join(
    d: &mut Drafting<'_>,
    known: &Known<'_>,
    counters: &mut Counters,
    requests: &[&Request],
) -> Option<Decided> {
    let (task, request, participant) = requests.iter().find_map(|r| find(d, known, r).map(|(t, w)| (t, *r, w)))?;
    let account = known.matched.account.as_ref()?;
    d.adopt(&task);
    d.know_account(account);
    let id = task.id;
    let reason = "It is about policies whose date has brought this task.";
    d.record(Event::MessageJoined { task: id, message: known.arrival.key.clone(), reason: reason.to_owned() });
    // A carrier's word is shown and changes no fact: anybody can write like one.
    if participant.is_some() {
        thread::bring_facts(d, known, id);
    }
    let writer = participant.unwrap_or(Writer::Outside);
    if request.complexity == Complexity::Complex && task.complexity == Complexity::Simple {
        let (request_type, type_title) = (task.request_type.clone(), task.type_title.to_string());
        let (done_when, complexity) = (task.done_when.to_string(), Complexity::Complex);
        d.record(Event::TypeSet { task: id, request_type, type_title, done_when, complexity });
    }
    if known.arrival.message.automatic.reason().is_none() {
        thread::wake(d, known, &task, &writer);
        chased(d, known, id);
    }
    let flagged = heard(d, known, id);
    // A carrier is never answered, and whether the client has heard is as it was.
    if matches!(writer, Writer::Outside) && known.arrival.reading.sender_kind != SenderKind::Carrier {
        intake::acknowledge(d, known, &[id], true);
    }
    escalation::alert(d, &[id], &known.arrival.reading.hazards);
    let why = flagged.unwrap_or_else(|| "A message came in about it.".to_owned());
    thread::tell_assignee(d, id, &writer, &why);
    let others: Vec<&Request> = requests.iter().copied().filter(|r| r.request_type != request.request_type).collect();
    let opened = if others.is_empty() { Vec::new() } else { intake::open(d, known, counters, &others) };
    Some(thread::joined(id, opened, reason))
}

/// The task, and who wrote, if they are the client or known in the task. Anybody else is heard only where they are the
/// carrier and name the policy.
fn find(d: &Drafting<'_>, known: &Known<'_>, request: &Request) -> Option<(Arc<Task>, Option<Writer>)> {
    let account = known.matched.account.as_ref()?;
    let reading = &known.arrival.reading;
    let named = matching::policies_named(&reading.fields);
    let of_page = |t: &&Arc<Task>| {
        let listed = t.term.as_ref().is_some_and(|term| term.page == request.request_type);
        t.is_open() && listed && t.account.as_ref() == Some(&account.id)
    };
    let tasks: Vec<&Arc<Task>> = known.siblings.iter().filter(of_page).collect();
    let of = |t: &Task, test: &dyn Fn(&Term) -> bool| t.term.as_ref().is_some_and(test);
    let by_policy: Vec<&Arc<Task>> = tasks.iter().copied().filter(|t| of(t, &|term| term.has_any(&named))).collect();
    let task = match (by_policy.as_slice(), tasks.as_slice()) {
        ([one], _) => *one,
        ([], [one]) if named.is_empty() => *one,
        ([], several) if named.is_empty() => {
            let says = |term: &Term| reading.fields.iter().any(|f| f.value == FieldValue::Date(term.expiration));
            let mut of_day = several.iter().filter(|t| of(t, &says));
            let first = of_day.next()?;
            if of_day.next().is_some() {
                return None;
            }
            first
        }
        _ => return None,
    };
    let by_carrier = reading.sender_kind == SenderKind::Carrier && !by_policy.is_empty();
    let writer = thread::writer(d.policy, known.writer, task, Some(account));
    (writer.is_some() || by_carrier).then(|| (task.clone(), writer))
}

/// Somebody outside has written about a task of the pipeline: the desk remembers when, and what makes it more than a
/// matter of course; that, in words for whoever has it.
pub(in crate::desk) fn heard(d: &mut Drafting<'_>, known: &Known<'_>, id: TaskId) -> Option<String> {
    let task = d.task(id)?.clone();
    let before = task.term.as_ref()?;
    let practice = d.policy.practice_of(Some(&before.page));
    let pipeline = practice.pipeline.as_ref()?;
    let reading = &known.arrival.reading;
    let by_a_machine = known.arrival.message.automatic.reason().is_some();
    let mut term = before.clone();
    if !by_a_machine && matches!(reading.sender_kind, SenderKind::Client | SenderKind::Carrier) {
        term.heard = Some(d.now);
    }
    if !by_a_machine && reading.sender_kind == SenderKind::Client {
        term.answered = Some(d.now);
    }
    let titles = flag(&mut term, pipeline, &reading.fields, d.now);
    if term != *before {
        d.record(Event::TermSet { task: id, term: Box::new(term) });
    }
    (!titles.is_empty()).then(|| format!("{}.", titles.join("; ")))
}

/// Flags a term with what these facts show beyond a matter of course: what is new, in words.
pub(super) fn flag(term: &mut Term, pipeline: &Pipeline, fields: &[Field], at: Timestamp) -> Vec<String> {
    let field = pipeline.flagged_by.as_deref().unwrap_or_default();
    let mut titles: Vec<String> = Vec::new();
    for found in fields.iter().filter(|f| f.name == field && f.is_sure()) {
        let key = found.value.shown();
        if !term.flags.iter().any(|f| f.key == key) {
            let title = pipeline.flags.get(&key).cloned().unwrap_or_else(|| key.replace('_', " "));
            titles.push(title.clone());
            term.flags.push(Flag { key, title, at });
        }
    }
    titles
}

/// A task that mail has just opened is the one of the policies that it is about, where their date has brought none:
/// so there is one task for them, whichever came first.
pub(in crate::desk) fn list_opened(d: &mut Drafting<'_>, known: &Known<'_>, opened: &[TaskId]) {
    let Some(account) = &known.matched.account else { return };
    for id in opened {
        let Some(task) = d.held(*id) else { continue };
        let Some(page) = task.request_type.clone().filter(|_| task.term.is_none()) else { continue };
        let named = matching::policies_named(&known.arrival.reading.fields);
        if let Some(term) = listing::term_for(d.policy, &page, account, &known.terms, &named, d.now) {
            listing::adopt(d, &task, account, term);
            heard(d, known, *id);
        }
    }
}
