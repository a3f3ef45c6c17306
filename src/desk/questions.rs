//! What is missing is asked of the client: once, in the letter that says that the request arrived; for the other half
//! where half was answered; again as often as the page says; or because a person wants it asked.

use super::{
    answering,
    ask::{Asked, refuse},
    drafting::Drafting,
    follow_up::{self, FollowUp},
    intake::Known,
    letters::{self, QUESTIONS, REMINDER, ToStaff},
    missing, steps, thread, view,
};
use crate::domain::{
    event::Event,
    id::TaskId,
    letter::Disposition,
    message::MessageRecord,
    person::Person,
    reading::SenderKind,
    task::{Asking, ClientTold, Missing, Task},
    text::Mailbox,
    workflow::Party,
};

/// For what a task waits whose client was asked; by this it is known again.
pub(super) const AN_ANSWER: &str = "an answer to what is missing";

/// What may be asked without a person: what is certainly absent, and what nobody has asked.
pub(super) fn certain(task: &Task) -> Vec<String> {
    task.unasked().filter(|m| m.doubt.is_none()).map(|m| m.field.clone()).collect()
}

/// These questions stand in a letter to the client.
pub(super) fn record(d: &mut Drafting<'_>, id: TaskId, how: Asking, fields: Vec<String>, disposition: Disposition) {
    if fields.is_empty() || disposition == Disposition::Observe {
        return;
    }
    let sent = disposition == Disposition::Send;
    d.record(Event::Asked { task: id, how, fields, sent });
    if sent {
        wait(d, id);
    }
}

/// A letter that waited for a yes has it: what it asks is asked now.
pub(super) fn released(d: &mut Drafting<'_>, id: TaskId, kind: &str) {
    let Some(task) = d.task(id).filter(|t| t.is_open()).cloned() else { return };
    let asks = [letters::ACKNOWLEDGEMENT, QUESTIONS, REMINDER];
    if !asks.iter().any(|usual| letters::template(d.policy, Some(&task), usual) == kind) {
        return;
    }
    let waits = |f: &&String| !task.was_asked(f) && task.missing.iter().any(|m| m.field == **f);
    let Some(asked) = task.asked.iter().rfind(|a| !a.sent && a.fields.iter().any(|f| waits(&f))) else { return };
    let fields: Vec<String> = asked.fields.iter().filter(waits).cloned().collect();
    record(d, id, asked.how, fields, Disposition::Send);
}

/// The task waits for the answer, where its page lets it: a danger waits for nobody, and neither does a task on which
/// something has to be done before.
fn wait(d: &mut Drafting<'_>, id: TaskId) {
    let Some(task) = d.held(id) else { return };
    let questions = d.policy.practice_of(task.request_type.as_ref()).questions.filter(|q| q.waits);
    let Some(questions) = questions else { return };
    if !task.hazards.is_empty() || steps::not_before(d.policy, &task, Party::Client).is_some() {
        return;
    }
    if task.waiting.as_ref().is_some_and(|w| w.why != AN_ANSWER) {
        return;
    }
    thread::resume_of(d, id, None);
    let until = follow_up::patience(questions, follow_up::to_come(&task, questions), d.now, &d.policy.calendar);
    let (on, why) = (Party::Client, AN_ANSWER.to_owned());
    d.record(Event::WaitingBegan { task: id, on, until, why, step: None, policy: None });
}

/// A danger showed: the task waits for no answer.
pub(super) fn wait_no_longer(d: &mut Drafting<'_>, id: TaskId) {
    if d.task(id).and_then(|t| t.waiting.as_ref()).is_some_and(|w| w.why == AN_ANSWER) {
        thread::resume_of(d, id, None);
    }
}

/// What came of a reply by the client, in a sentence for whoever has the task; `None` where it answers no question.
/// Where it answers some, the rest is asked once more, of whoever asked for the work, unless they get another letter.
pub(super) fn answered(d: &mut Drafting<'_>, known: &Known<'_>, before: &Task, may_write: bool) -> Option<String> {
    let now = d.task(before.id)?.clone();
    let is_left = |m: &Missing| now.missing.iter().any(|n| n.field == m.field);
    let answered: Vec<&str> = before.unanswered().filter(|m| !is_left(m)).map(|m| m.field.as_str()).collect();
    let left: Vec<String> = now.unanswered().map(|m| m.field.clone()).collect();
    let half: Vec<&str> = left.iter().map(String::as_str).filter(|f| came_half(f, before, &now)).collect();
    if answered.is_empty() && half.is_empty() {
        return if may_write { unclear(d, known, before, left) } else { None };
    }
    let what = in_words(answered.iter().chain(&half).copied());
    let who = view::writer(known.arrival.reading.sender_kind);
    if left.is_empty() {
        return Some(format!("{who} answered all that was asked: {what}."));
    }
    reworded(d, &now);
    let rest = in_words(left.iter().map(String::as_str));
    let once = now.asked.iter().all(|a| a.how != Asking::Rest);
    let to = answering::recipient(known.arrival, d.policy, known.written);
    let theirs = |to: &&Mailbox| now.requester.as_ref().is_some_and(|r| r.address == to.address);
    let may_write = may_write && once && now.sender_kind == SenderKind::Client;
    let Some(to) = to.ok().filter(theirs).filter(|_| may_write).cloned() else {
        return Some(format!("{who} answered: {what}. Still missing: {rest}."));
    };
    let message = &known.arrival.message;
    let thread = letters::Thread {
        answers: Some(known.arrival.key.clone()),
        in_reply_to: message.message_id.clone(),
        references: letters::references(message),
    };
    let disposition = letters::questions(d, now.id, QUESTIONS, &to, &left, thread, None);
    record(d, now.id, Asking::Rest, left, disposition);
    Some(match disposition {
        Disposition::Send => format!("{who} answered: {what}, and was asked for the rest: {rest}."),
        _ => format!("{who} answered: {what}. Still missing: {rest}."),
    })
}

/// The client wrote, and nothing that was asked could be read from it: a person reads it, and nobody is reminded of what
/// they may have answered.
fn unclear(d: &mut Drafting<'_>, known: &Known<'_>, before: &Task, left: Vec<String>) -> Option<String> {
    if left.is_empty() || before.asked.last().is_some_and(|a| a.how == Asking::Unclear) {
        return None;
    }
    let what = in_words(left.iter().map(String::as_str));
    d.record(Event::Asked { task: before.id, how: Asking::Unclear, fields: left, sent: false });
    let who = view::writer(known.arrival.reading.sender_kind);
    Some(format!(
        "{who} wrote, and what was asked could not be read from it: {what}. Their words are below; they are not \
         reminded any more. What they say goes in with `intaked tasks field`; ask again in your own words."
    ))
}

/// Whether something of this field came that is not all of it.
fn came_half(field: &str, before: &Task, now: &Task) -> bool {
    let values = |t: &Task| t.fields.iter().filter(|f| f.name == field).map(|f| f.value.shown()).collect::<Vec<_>>();
    values(before) != values(now)
}

/// The questions as they are now: for the other half where half is known.
fn reworded(d: &mut Drafting<'_>, task: &Task) {
    let page = task.request_type.as_ref().and_then(|t| d.policy.pages.get(t));
    let mut missing = task.missing.clone();
    for m in &mut missing {
        m.question = missing::question(&m.field, page, &task.fields, &task.language);
    }
    if missing != task.missing {
        d.record(Event::MissingSet { task: task.id, missing });
    }
}

/// A person has everything asked that nobody has asked yet.
pub(super) fn by_a_person(
    d: &mut Drafting<'_>,
    task: &Task,
    person: &Person,
    records: &[&MessageRecord],
) -> Asked<Disposition> {
    let id = task.id;
    let fields: Vec<String> = task.unasked().map(|m| m.field.clone()).collect();
    if fields.is_empty() {
        return refuse(if task.missing.is_empty() {
            format!("Nothing is missing for {id}; “waiting on client: …” asks in your own words.")
        } else {
            format!("The client was asked for all that {id} misses; “waiting on client: …” asks in your own words.")
        });
    }
    let to = letters::client_of(d, task, false)?;
    let thread = letters::Thread::of(records, &to);
    let disposition = letters::questions(d, id, QUESTIONS, &to, &fields, thread, Some(person));
    record(d, id, Asking::Person, fields, disposition);
    if disposition == Disposition::Send {
        d.record(Event::ClientToldSet { task: id, told: ClientTold::Yes });
    }
    Ok(disposition)
}

/// The moment has come at which the client is reminded, or a person hears that no answer came. `may_write` is why the
/// client may not be written to, where it is an error.
pub(super) fn follow_up(
    d: &mut Drafting<'_>,
    id: TaskId,
    first: Option<&MessageRecord>,
    may_write: Result<&Mailbox, String>,
) {
    let Some(task) = d.held(id) else { return };
    let Some((_, what)) = follow_up::next(&task, d.policy).filter(|(at, _)| *at <= d.now) else { return };
    let fields: Vec<String> = task.unanswered().map(|m| m.field.clone()).collect();
    let missing = in_words(fields.iter().map(String::as_str));
    match (what, may_write) {
        (FollowUp::Remind, Ok(to)) => {
            let records: Vec<&MessageRecord> = first.into_iter().collect();
            let thread = letters::Thread::of(&records, to);
            let disposition = letters::questions(d, id, REMINDER, to, &fields, thread, None);
            let sent = disposition == Disposition::Send;
            d.record(Event::Asked { task: id, how: Asking::Reminder, fields, sent });
            // It is waited for as long as from now on somebody will be reminded, however late the letter goes: or the
            // clock of waiting would ring shortly before the person hears that no answer came.
            if task.waiting.as_ref().is_some_and(|w| w.why == AN_ANSWER) {
                wait(d, id);
            }
        }
        (FollowUp::Remind, Err(why)) => {
            let text = format!("The client was not reminded of what is missing ({missing}): {why}.");
            d.record(Event::Noted { task: id, by: None, text });
            d.record(Event::Asked { task: id, how: Asking::Reminder, fields, sent: false });
        }
        (FollowUp::GiveUp, _) => {
            d.record(Event::Asked { task: id, how: Asking::GaveUp, fields, sent: false });
            wait_no_longer(d, id);
            let why = format!("The client has not answered what was asked, and was reminded: {missing}.");
            d.record(Event::Noted { task: id, by: None, text: why.clone() });
            let action = "Call them; if they want it no more, end it: no response.".to_owned();
            let why = format!("{why} {action}");
            let person = d.hears(&task.assigned.person, Some(id), false);
            let letter = ToStaff { kind: letters::NOTICE, why, action, with_original: true, ..ToStaff::default() };
            letters::to_staff(d, &person, &[id], letter);
        }
    }
}

fn in_words<'w>(fields: impl Iterator<Item = &'w str>) -> String {
    fields.map(|f| f.replace('_', " ")).collect::<Vec<_>>().join(", ")
}
