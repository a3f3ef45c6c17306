//! What a reply says that only its thread makes plain: the bare answer to what was asked, and “same as last time”.
//!
//! Knows no wording; the rules tell what a few words may mean, the task which question they answer.

use super::{again, drafting::Drafting, opening, questions};
use crate::domain::{
    field::{Field, FieldValue, Place, Provenance, Span},
    id::MessageKey,
    past::Past,
    reading::{Evidence, Reading, Short},
    task::{Missing, Task},
    workflow::Party,
};
use std::sync::Arc;

/// Whether a reply may be what the task waits to hear, although nothing in it asks for work: then it is never filed in
/// silence.
pub(super) fn may_answer(task: &Task, reading: &Reading) -> bool {
    let says_something = reading.short.is_some() || points_back(task, reading).is_some();
    asked_by_a_person(task) || (task.unanswered().next().is_some() && says_something)
}

/// Whether a reply of a few words is the answer to what was asked, and no request of its own.
pub(super) fn is_an_answer(task: &Task, reading: &Reading) -> bool {
    let awaited = asked_by_a_person(task) || task.unanswered().next().is_some();
    awaited && reading.short.as_ref().is_some_and(|s| s.plain)
}

/// Somebody here has asked the client in words of their own, and waits.
fn asked_by_a_person(task: &Task) -> bool {
    task.waits.iter().any(|w| w.on == Party::Client && w.why != questions::AN_ANSWER)
}

/// The facts that a message brings to a task: its own, and where its few words answer what is `asked`, that. What
/// answers a question says nothing else: “tomorrow” is then the day that was asked for, and no deadline.
pub(super) fn brought(reading: &Reading, message: &MessageKey, known: &[Field], asked: &[Missing]) -> Vec<Field> {
    let mut own = opening::fields_of(reading, Some(message));
    let Some(short) = &reading.short else { return own };
    let sure = |name: &str| own.iter().any(|f| f.name == name && f.is_sure() && f.doubt.is_none());
    let open = asked.iter().filter(|m| !sure(&m.field));
    let mut answers: Vec<Field> = open.flat_map(|m| answer(short, known, &m.field)).collect();
    opening::came_with(&mut answers, message);
    // Words that would answer two questions answer none: a person says which.
    let fits_two = |a: &Field| answers.iter().any(|b| b.name != a.name && place(a) == place(b));
    let certain: Vec<Field> = answers.iter().filter(|a| !fits_two(a)).cloned().collect();
    let is_asked = |f: &Field| asked.iter().any(|m| m.field == f.name);
    let within = |f: &Field| place(f).is_some_and(|s| s.start >= short.span.start && s.end <= short.span.end);
    if !certain.is_empty() || own.iter().any(|f| is_asked(f) && within(f)) {
        own.retain(|f| is_asked(f) || !within(f));
    }
    own.extend(certain);
    own
}

/// What the words say as the answer to a question for this field: its value, or the half of it that was not known.
fn answer(short: &Short, known: &[Field], name: &str) -> Vec<Field> {
    let whole: Vec<Field> = short.fields.iter().filter(|f| f.name == name).cloned().collect();
    let half = known.iter().find_map(|f| match &f.value {
        FieldValue::Party { name: party, address: None } if f.name == name => Some(party.clone()),
        _ => None,
    });
    match (whole.is_empty(), half, &short.address) {
        (true, Some(party), Some(address)) => {
            let value = FieldValue::Party { name: party, address: Some(address.value.shown()) };
            vec![Field { name: name.to_owned(), value, ..address.clone() }]
        }
        _ => whole,
    }
}

fn place(field: &Field) -> Option<Span> {
    match &field.from {
        Provenance::Message { span, .. } if span.place == Place::Text => Some(*span),
        _ => None,
    }
}

/// What a reply points back to for its task, instead of saying it.
pub(super) fn again(d: &Drafting<'_>, reading: &Reading, task: &Task, stated: &[Field]) -> again::Again {
    let (Some(kind), Some(pointing)) = (&task.request_type, points_back(task, reading)) else {
        return again::Again::default();
    };
    let mut request = opening::said_of(task, kind);
    request.again = vec![pointing.clone()];
    let past: Vec<Arc<Past>> = d.past_of(task).iter().filter(|p| p.task != task.id).cloned().collect();
    let known =
        again::Known { account: d.account_of(task).map(Arc::as_ref), past: &past, zone: d.policy.calendar.zone() };
    again::found(&request, d.policy.pages.get(kind), stated, known)
}

fn points_back<'r>(task: &Task, reading: &'r Reading) -> Option<&'r Evidence> {
    let own = reading.requests.iter().filter(|r| Some(&r.request_type) == task.request_type.as_ref());
    let in_a_reply = reading.points_back.iter().filter(|(kind, _)| Some(kind) == task.request_type.as_ref());
    own.flat_map(|r| &r.again).chain(in_a_reply.map(|(_, e)| e)).next()
}
