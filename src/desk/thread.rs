//! A message in a task's thread: who wrote it decides whether it belongs there, and what it asks whether it wakes the
//! task, opens another, or is filed in silence.

use super::{
    Policy, again, answers, carriers,
    chasing::chased,
    clocks,
    drafting::Drafting,
    escalation,
    intake::{self, Decided, Known},
    letters, links,
    matching::POLICY_FIELD,
    missing,
    opening::{self, Counters},
    partner, pipeline, questions,
    routing::{self, Route},
    view,
};
use crate::domain::{
    account::Account,
    account::is_free_mail,
    event::Event,
    id::*,
    message::Outcome,
    reading::{Certainty, Request, SenderKind},
    task::{ClientTold, Task, TaskState, Waiting},
    text::{Address, Mailbox, folded},
    workflow::Party,
};
use chrono::Duration;
use std::sync::Arc;

/// A request on a task that ended longer ago than this is a new one that merely answers an old mail.
const REOPEN_WITHIN_DAYS: i64 = 30;

/// The tasks that a message's thread belongs to, each with its account.
#[derive(Debug, Default)]
pub(super) struct Thread {
    pub(super) tasks: Vec<(Arc<Task>, Option<Arc<Account>>)>,
}

impl Thread {
    /// Leaves out the tasks that only a reference in the subject leads to, unless the writer is known there: a number
    /// can be guessed.
    pub(super) fn without_guesses(mut self, policy: &Policy, by_number: &[TaskId], from: Option<&Mailbox>) -> Self {
        self.tasks.retain(|(t, a)| !by_number.contains(&t.id) || writer(policy, from, t, a.as_deref()).is_some());
        self
    }
}

/// Who a writer is to a task.
pub(super) enum Writer {
    Outside,
    Staff(Option<PersonId>),
}

/// A message by somebody known in the thread, and the task of the thread that it is about.
struct Reply<'k> {
    known: &'k Known<'k>,
    writer: Writer,
    task: Arc<Task>,
    /// Requests of types that no task of the thread has.
    others: Vec<&'k Request>,
    automatic: bool,
}

/// Joins the message to a task of its thread; `None` where it belongs to none and is to be decided like a new one.
pub(super) fn join(d: &mut Drafting<'_>, known: &Known<'_>, counters: &mut Counters) -> Option<Decided> {
    if known.thread.tasks.is_empty() {
        return None;
    }
    let arrival = known.arrival;
    let reading = &arrival.reading;
    let automatic = reading.sender_kind == SenderKind::Automated || arrival.message.automatic.reason().is_some();
    let asks = !reading.requests.is_empty() || !reading.hazards.is_empty();
    let (task, account) = choose(d.policy, known)?;
    let id = task.id;

    // Out-of-office replies and the like come from addresses nobody knows, too: what asks for nothing is filed.
    if automatic && !asks && arrival.trouble.is_none() {
        if arrival.message.from.as_ref().is_some_and(|f| is_mail_system(&f.address)) {
            return Some(a_bounce_without_a_report(d, known, counters, id, account.as_deref()));
        }
        return Some(silently(d, known, id, "An automatic reply in its thread; it changes nothing."));
    }
    let Some(writer) = writer(d.policy, known.writer, task, account.as_deref()) else {
        let by_carrier = carriers::about_work_in_hand(d, known, counters);
        return Some(by_carrier.unwrap_or_else(|| by_a_stranger(d, known, counters, id)));
    };
    let answers = matches!(writer, Writer::Outside) && answers::may_answer(task, reading);
    if arrival.trouble.is_none() && !asks && !reading.no_work.is_empty() && !answers {
        touch_by_staff(d, known, id, &writer);
        return Some(silently(d, known, id, "A reply in its thread that asks for nothing."));
    }
    let doubtful = reading.certainty == Certainty::Doubtful && reading.hazards.is_empty();
    if matches!(writer, Writer::Staff(_)) && !task.is_open() && doubtful && arrival.trouble.is_none() {
        // Staff who end a task and then answer its notice in a few words do not ask for it to be opened again.
        touch_by_staff(d, known, id, &writer);
        return Some(silently(
            d,
            known,
            id,
            "Staff wrote in the thread of a task that is over, and ask for nothing clear.",
        ));
    }
    let reply = Reply { known, writer, task: task.clone(), others: requests_of_their_own(d, known, task), automatic };
    if task.is_open() {
        escalation::reassign_from_the_departed(d, task, account.as_deref(), &counters.load);
        return Some(into_open(d, counters, &reply));
    }
    let decided = after_the_end(d, counters, &reply);
    if d.task(id).is_some_and(Task::is_open) {
        escalation::reassign_from_the_departed(d, task, account.as_deref(), &counters.load);
    }
    Some(decided)
}

/// The task of the thread that the message is about: one where its writer is known before others, open before over, of
/// the type it asks for before others, the newest.
pub(super) fn choose<'a>(policy: &Policy, known: &'a Known<'_>) -> Option<&'a (Arc<Task>, Option<Arc<Account>>)> {
    let asked =
        |t: &Task| known.arrival.reading.requests.iter().any(|r| Some(&r.request_type) == t.request_type.as_ref());
    let knows = |t: &Task, a: Option<&Account>| writer(policy, known.writer, t, a).is_some();
    known.thread.tasks.iter().max_by_key(|(t, a)| (knows(t, a.as_deref()), t.is_open(), asked(t), t.id))
}

/// Who wrote, as far as this task is concerned: its requester, a contact of its account, staff; else nobody known.
pub(super) fn writer(
    policy: &Policy,
    from: Option<&Mailbox>,
    task: &Task,
    account: Option<&Account>,
) -> Option<Writer> {
    let from = &from?.address;
    if policy.is_own(from) {
        return Some(Writer::Staff(policy.person_at(from).map(|p| p.id.clone())));
    }
    let is_requester = task.requester.as_ref().is_some_and(|r| r.address == *from);
    let is_partner = partner::has(task, from);
    (is_requester || is_partner || account.is_some_and(|a| speaks_for(a, from))).then_some(Writer::Outside)
}

fn speaks_for(account: &Account, from: &Address) -> bool {
    let contact = account.contacts.iter().any(|c| c.address.as_ref() == Some(from));
    contact || (!is_free_mail(from.domain()) && account.domains.iter().any(|d| d.eq_ignore_ascii_case(from.domain())))
}

/// Clear requests of types that no task of the thread has: each is work of its own, where a sign of it stands in what
/// the reply says. The subject is mostly the old one, and how a few words sound is no wish.
fn requests_of_their_own<'a>(d: &Drafting<'_>, known: &'a Known<'_>, task: &Task) -> Vec<&'a Request> {
    let reading = &known.arrival.reading;
    let unclear = reading.certainty == Certainty::Doubtful || known.arrival.trouble.is_some();
    if unclear || answers::is_an_answer(task, reading) {
        return Vec::new();
    }
    let subject = folded(known.arrival.message.subject.as_str());
    let is_of = |old: &str| !old.is_empty() && subject.contains(old);
    let old_subject = known.thread.tasks.iter().any(|(t, _)| is_of(&folded(t.subject.as_str())));
    let says = |r: &Request| if old_subject { r.shows_below_the_subject() } else { r.shows() };
    let has = |r: &Request| known.thread.tasks.iter().any(|(t, _)| t.request_type.as_ref() == Some(&r.request_type));
    opening::requests(d, reading).into_iter().filter(|r| !has(r) && says(r)).collect()
}

/// Addresses from which mail systems report what they could not deliver.
fn is_mail_system(address: &Address) -> bool {
    matches!(address.local(), "mailer-daemon" | "postmaster" | "mail-daemon")
}

/// A mail system writes in the task's thread, but not in the form of RFC 3464: what it says is for a person to read.
fn a_bounce_without_a_report(
    d: &mut Drafting<'_>,
    known: &Known<'_>,
    counters: &Counters,
    id: TaskId,
    account: Option<&Account>,
) -> Decided {
    let decided = silently(d, known, id, "A mail system writes in its thread: a letter may not have arrived.");
    let told = ClientTold::No("a mail system wrote that a letter may not have arrived".to_owned());
    d.record(Event::ClientToldSet { task: id, told });
    if let Some(task) = d.task(id).filter(|t| t.is_open()).cloned() {
        escalation::reassign_from_the_departed(d, &task, account, &counters.load);
    }
    letters::notices(d, &[id], "A mail system says that a letter may not have arrived; read what it says.", None);
    decided
}

/// Filed with the task; nothing else changes.
fn silently(d: &mut Drafting<'_>, known: &Known<'_>, task: TaskId, reason: &str) -> Decided {
    d.record(Event::MessageJoined { task, message: known.arrival.key.clone(), reason: reason.to_owned() });
    Decided { outcome: Outcome::Joined { task, opened: Vec::new() }, reason: format!("Joined to {task}. {reason}") }
}

/// Somebody nobody knows quotes the thread: never let in, but linked.
fn by_a_stranger(d: &mut Drafting<'_>, known: &Known<'_>, counters: &mut Counters, thread: TaskId) -> Decided {
    let arrival = known.arrival;
    let who = arrival.message.from.as_ref().map_or("Somebody without an address".to_owned(), |f| f.address.to_string());
    let link = format!("{who} wrote in the thread of {thread}, but is not known there; compare the two.");
    if let Some(why) = intake::to_be_held(d, known) {
        let task = intake::hold(d, known, counters, &why);
        d.record(Event::Noted { task, by: None, text: link.clone() });
        return Decided { outcome: Outcome::Held(task), reason: format!("{why} {link}") };
    }
    let requests = opening::requests(d, &arrival.reading);
    if requests.is_empty() {
        return Decided {
            outcome: Outcome::NoWork,
            reason: format!("{who} wrote in the thread of {thread} and asks for nothing."),
        };
    }
    let tasks = intake::open(d, known, counters, &requests);
    for task in &tasks {
        d.record(Event::Noted { task: *task, by: None, text: link.clone() });
    }
    Decided { outcome: Outcome::Tasks(tasks), reason: format!("It asks for work. {link}") }
}

/// A reply to a task that is open.
fn into_open(d: &mut Drafting<'_>, counters: &mut Counters, reply: &Reply<'_>) -> Decided {
    let Reply { known, writer, task, others, automatic } = reply;
    let reason = "A reply in its thread by somebody known there.";
    let mut why = "A reply came in.".to_owned();
    d.record(Event::MessageJoined { task: task.id, message: known.arrival.key.clone(), reason: reason.to_owned() });
    touch_by_staff(d, known, task.id, writer);
    bring_facts(d, known, task.id);
    let mut flagged = None;
    // Automatic mail never changes a task's state.
    if !*automatic {
        wake(d, known, task, writer);
        if matches!(writer, Writer::Outside) {
            chased(d, known, task.id);
            why = questions::answered(d, known, task, others.is_empty()).unwrap_or(why);
            flagged = pipeline::heard(d, known, task.id);
        }
    }
    escalation::alert(d, &[task.id], &known.arrival.reading.hazards);
    if !known.arrival.reading.chases.is_empty() && matches!(writer, Writer::Outside) {
        why = format!("{} asks how it stands.", view::writer(known.arrival.reading.sender_kind));
    }
    tell_assignee(d, task.id, writer, &flagged.unwrap_or(why));
    let opened = open_others(d, known, counters, task.id, others);
    joined(task.id, opened, reason)
}

/// A reply to a task that is over: reopened only when it asks for something.
fn after_the_end(d: &mut Drafting<'_>, counters: &mut Counters, reply: &Reply<'_>) -> Decided {
    let Reply { known, writer, task, others, automatic } = reply;
    let id = task.id;
    let long_over = match &task.state {
        TaskState::Ended { at, .. } => d.now - *at > Duration::days(REOPEN_WITHIN_DAYS),
        _ => false,
    };
    let clear = known.arrival.reading.certainty == Certainty::Clear && known.arrival.trouble.is_none();
    let requests = opening::requests(d, &known.arrival.reading);
    let only_others = !others.is_empty() && others.len() == requests.len();
    if clear && !requests.is_empty() && (only_others || long_over || *automatic) {
        let opened = intake::open(d, known, counters, &requests);
        let link = format!("Came as a reply in the thread of {id}, which is over.");
        for t in &opened {
            d.record(Event::Noted { task: *t, by: None, text: link.clone() });
        }
        return Decided { outcome: Outcome::Tasks(opened), reason: format!("It asks for new work. {link}") };
    }
    if *automatic {
        let why = "An automatic message in the thread of a task that is over; a person has to look at it.";
        let held = intake::hold(d, known, counters, why);
        d.record(Event::Noted { task: held, by: None, text: format!("It came in the thread of {id}.") });
        return Decided { outcome: Outcome::Held(held), reason: why.to_owned() };
    }
    let reason = "A reply asks for something on a task that was over.";
    d.record(Event::MessageJoined { task: id, message: known.arrival.key.clone(), reason: reason.to_owned() });
    reopen(d, id, reason);
    if matches!(writer, Writer::Outside) {
        chased(d, known, id);
    }
    touch_by_staff(d, known, id, writer);
    bring_facts(d, known, id);
    escalation::alert(d, &[id], &known.arrival.reading.hazards);
    tell_assignee(d, id, writer, REOPENED);
    let opened = open_others(d, known, counters, id, others);
    joined(id, opened, reason)
}

const REOPENED: &str = "The task was over, and a reply asks for something. It is open again; say whose error that was.";

pub(super) fn joined(task: TaskId, opened: Vec<TaskId>, reason: &str) -> Decided {
    let more = if opened.is_empty() {
        String::new()
    } else {
        let names: Vec<String> = opened.iter().map(ToString::to_string).collect();
        format!(" It also asks for other work: {}.", names.join(", "))
    };
    Decided { outcome: Outcome::Joined { task, opened }, reason: format!("Joined to {task}. {reason}{more}") }
}

/// Opens the task again, with the standard's whole time from now on, and tells whoever went on because it was over.
pub(super) fn reopen(d: &mut Drafting<'_>, id: TaskId, reason: &str) {
    let was = d.held(id);
    d.record(Event::Reopened { task: id, reason: reason.to_owned() });
    if let Some(was) = was {
        links::reopened(d, &was, reason);
    }
    // Whoever lent it may have come back while it was over.
    let lent = d.task(id).and_then(|task| routing::back_to_its_lender(d.policy, task, &d.roster));
    if let Some(Route { person, because: reason, standing_in_for, .. }) = lent {
        d.record(Event::Assigned { task: id, person, reason, standing_in_for });
    }
    let Some(task) = d.task(id) else { return };
    let turnaround = d.policy.practice_of(task.request_type.as_ref()).standard.turnaround;
    let standard_due = Some(clocks::standard_due(d.now, turnaround, &[], &d.policy.calendar));
    let deadline = task.deadline.filter(|at| *at > d.now);
    d.record(Event::DeadlinesSet { task: id, deadline, standard_due });
}

/// Facts and a new deadline that the reply brought; what it answers is no longer missing.
pub(super) fn bring_facts(d: &mut Drafting<'_>, known: &Known<'_>, id: TaskId) {
    let arrival = known.arrival;
    let Some(task) = d.held(id) else { return };
    let brought = answers::brought(&arrival.reading, &arrival.key, &task.fields, &task.missing);
    let fields = missing::merged(&task.fields, &brought);
    let page = task.request_type.as_ref().and_then(|t| d.policy.pages.get(t));
    let left = missing::left_after(&task.missing, &task.fields, &brought, page);
    let again = answers::again(d, &arrival.reading, &task, &fields);
    let fields = again::taken_over(fields, &again.fields);
    let left = missing::left_after(&left, &[], &again.fields, page);
    if let Some(text) = again.note {
        d.record(Event::Noted { task: id, by: None, text });
    }
    if fields != *task.fields {
        d.record(Event::FieldsSet { task: id, fields: fields.into() });
    }
    if left != task.missing {
        d.record(Event::MissingSet { task: id, missing: left });
    }
    match clocks::deadline(&brought, arrival.received, &d.policy.calendar) {
        Ok(Some(deadline)) if task.deadline != Some(deadline) => {
            d.record(Event::DeadlinesSet { task: id, deadline: Some(deadline), standard_due: task.standard_due });
        }
        Ok(_) => {}
        Err(why) => d.record(Event::Noted { task: id, by: None, text: why }),
    }
    // Which attachments could not be read, and what an attached contract demands; a date that is none is no news here.
    for note in arrival.reading.notes.iter().filter(|n| !arrival.message.defects.contains(n)) {
        d.record(Event::Noted { task: id, by: None, text: note.clone() });
    }
}

/// Whoever was waited for has written: the ball is ours again. An answer that names some of the policies that wait is
/// about those.
pub(super) fn wake(d: &mut Drafting<'_>, known: &Known<'_>, task: &Task, writer: &Writer) {
    let reading = &known.arrival.reading;
    let kind = reading.sender_kind;
    let came = |on: Party| match (on, writer) {
        (_, Writer::Staff(_)) => false,
        (Party::Carrier, Writer::Outside) => kind == SenderKind::Carrier,
        (Party::Client, Writer::Outside) => kind != SenderKind::Carrier,
        (Party::ThirdParty, Writer::Outside) => kind == SenderKind::ThirdParty,
    };
    let named: Vec<String> =
        reading.fields.iter().filter(|f| f.name == POLICY_FIELD).map(|f| folded(&f.value.shown())).collect();
    let is_named = |w: &Waiting| w.policy.as_ref().is_some_and(|p| named.contains(&folded(p)));
    let some = task.waits.iter().any(|w| came(w.on) && is_named(w));
    for waiting in task.waits.iter().filter(|w| came(w.on) && (!some || w.policy.is_none() || is_named(w))) {
        resume_of(d, task.id, waiting.policy.clone());
        let of = waiting.policy.as_ref().map_or_else(String::new, |p| format!(" about {p}"));
        d.record(Event::Noted { task: task.id, by: None, text: format!("The {} has answered{of}.", waiting.on) });
    }
}

/// Ends the waiting for this policy, or all of it, and gives the standard's clock what it had left where nothing was to
/// be done meanwhile.
pub(super) fn resume_of(d: &mut Drafting<'_>, id: TaskId, policy: Option<String>) {
    let Some(task) = d.held(id) else { return };
    if !task.waits.iter().any(|w| policy.is_none() || w.policy == policy || w.policy.is_none()) {
        return;
    }
    d.record(Event::WaitingEnded { task: id, policy });
    let (Some(since), Some(now)) = (task.waiting_since, d.held(id)) else { return };
    if now.waiting.is_some() {
        return;
    }
    let turnaround = d.policy.practice_of(task.request_type.as_ref()).standard.turnaround;
    let calendar = &d.policy.calendar;
    let standard_due = task.standard_due.map(|due| clocks::pushed_out(due, since, d.now, turnaround, calendar));
    if standard_due != now.standard_due {
        d.record(Event::DeadlinesSet { task: id, deadline: now.deadline, standard_due });
    }
}

/// An answer that staff send from their own mail program is an act on the task, and where it went to the requester,
/// the client has heard.
fn touch_by_staff(d: &mut Drafting<'_>, known: &Known<'_>, id: TaskId, writer: &Writer) {
    let Writer::Staff(Some(person)) = writer else { return };
    if known.arrival.message.automatic.reason().is_some() || known.arrival.reading.sender_kind == SenderKind::Automated
    {
        return;
    }
    d.record(Event::Touched { task: id, by: person.clone() });
    let m = &known.arrival.message;
    let requester = d.task(id).and_then(|t| t.requester.as_ref()).map(|r| r.address.clone());
    let heard = requester.is_some_and(|r| m.to.iter().chain(&m.cc).any(|b| b.address == r));
    if heard && d.task(id).is_some_and(|t| t.client_told != ClientTold::Yes) {
        d.record(Event::ClientToldSet { task: id, told: ClientTold::Yes });
    }
}

pub(super) fn tell_assignee(d: &mut Drafting<'_>, id: TaskId, writer: &Writer, why: &str) {
    let except = match writer {
        Writer::Staff(person) => person.clone(),
        Writer::Outside => None,
    };
    letters::notices(d, &[id], why, except.as_ref());
}

fn open_others(
    d: &mut Drafting<'_>,
    known: &Known<'_>,
    counters: &mut Counters,
    thread: TaskId,
    others: &[&Request],
) -> Vec<TaskId> {
    if others.is_empty() {
        return Vec::new();
    }
    let opened = intake::open(d, known, counters, others);
    for task in &opened {
        let text = format!("Came as a reply in the thread of {thread}.");
        d.record(Event::Noted { task: *task, by: None, text });
    }
    opened
}
