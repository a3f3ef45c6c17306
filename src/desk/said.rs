//! Staff who work by answering letters: the first line says what to do, the answer is the task's fresh state.
//!
//! Obeyed only from a member of staff's own address, with the reference that was made for that person and task, and
//! where the receiving mail server vouches for the sender. Whatever lacks one of these changes nothing.

mod authentic;
mod line;
pub(super) mod outsiders;
mod taps;
mod told;

pub(super) use taps::taps;

use super::{
    Arrival, Command, Documents, Policy, absence,
    ask::{Ask, Asked, Stop, refuse},
    commands,
    drafting::Drafting,
    intake::{Decided, Known},
    letters::{self, NOTICE, ToStaff},
    says::Answer,
};
use crate::domain::{
    Timestamp,
    decision::Cause,
    event::Event,
    id::*,
    letter::Audience,
    message::Outcome,
    person::Person,
    seal::Reference,
    task::End,
    text::{cut, folded},
    workflow::Party,
};
use crate::message::{Message, PartKind};
use authentic::Doubt;
use chrono::{NaiveDate, NaiveTime};
use line::Line;

/// Answers to one person in an hour at most: more is no person's typing, and may be two machines'.
pub(super) const ANSWERS_PER_HOUR: usize = 40;
/// Bytes of a text that are quoted back.
const QUOTED_MAX: usize = 4000;
/// Characters of a first line that history keeps.
const LINE_MAX: usize = 300;

/// What a message from a member of staff is to the desk.
pub(super) enum Heard<'p> {
    /// Mail between people.
    Mail,
    /// An answer that tells the desk what to do with this task.
    Order(Box<Order<'p>>),
    /// An answer in somebody's name that is not obeyed, and why.
    Doubted(&'p Person, String),
    /// It is theirs, but the letter that they answered was not.
    NotTheirs(&'p Person),
}

/// Tells mail from orders. Orders are mail to us alone, from a member of staff's address, that carries a reference of
/// a letter to staff.
pub(super) fn heard<'p>(arrival: &Arrival, references: &[Reference], now: Timestamp, policy: &'p Policy) -> Heard<'p> {
    let message = &arrival.message;
    let (Some(id), true) = (&policy.answers.authserv_id, policy.answers.are_commands()) else { return Heard::Mail };
    let Some(person) = message.from.as_ref().and_then(|f| policy.person_at(&f.address)) else { return Heard::Mail };
    let automatic = message.automatic.reason().is_some();
    let to_others = message.to.iter().chain(&message.cc).any(|m| !policy.is_own(&m.address));
    if automatic || to_others || arrival.trouble.is_some() {
        return Heard::Mail;
    }
    let personal: Vec<_> = references.iter().filter(|r| r.looks_personal()).collect();
    if personal.is_empty() {
        return Heard::Mail;
    }
    if message.authors != 1 {
        return Heard::Doubted(person, "its From names more than one sender".to_owned());
    }
    if let Err(doubt) = authentic::check(&message.authentication_results, id, &person.address) {
        return Heard::Doubted(person, doubt.words());
    }
    let mut tasks: Vec<TaskId> =
        personal.iter().filter(|r| policy.answers.key.is_of(r, &person.id)).map(|r| r.task).collect();
    tasks.dedup();
    match tasks.as_slice() {
        [task] => Heard::Order(Box::new(Order::of(arrival, person, *task, now, policy))),
        _ => Heard::NotTheirs(person),
    }
}

/// Whether a message that claims to be by staff is contradicted by the mail server: then it is nobody's we know.
/// Where the server said nothing (mail within the office often passes it by), the claim stands as it always did.
pub(super) fn is_contradicted(policy: &Policy, message: &Message) -> bool {
    let (Some(id), Some(from)) = (&policy.answers.authserv_id, &message.from) else { return false };
    matches!(authentic::check(&message.authentication_results, id, &from.address), Err(Doubt::NotPassed(_)))
}

/// An answer that is obeyed.
pub(super) struct Order<'p> {
    person: &'p Person,
    /// The task whose letter was answered.
    task: TaskId,
    text: Written,
    /// What the first line says; `None` where it is none of the lines that the desk knows.
    says: Option<Says>,
    /// What that asks for, or why it asks for nothing.
    command: Result<Command, String>,
    cause: Cause,
}

/// What a first line says.
enum Says {
    /// Something about the task.
    OfTheTask(Line),
    /// Whether somebody is here.
    OfPresence,
}

impl<'p> Order<'p> {
    fn of(arrival: &Arrival, person: &'p Person, task: TaskId, now: Timestamp, policy: &Policy) -> Self {
        let text = Written::of(&arrival.message, person);
        let line = line::read(&text.first, policy.calendar.day(now));
        // “Needs to be called” is a note: what is needed first has a page.
        let line =
            line.filter(|l| !matches!(l, Line::Needs(what) if !what.is_empty() && policy.kind_called(what).is_none()));
        let line = line.map(Says::OfTheTask);
        let says = line.or_else(|| absence::is_order(&text.first, &person.id, policy, now).then_some(Says::OfPresence));
        let command = match &says {
            Some(Says::OfTheTask(line)) => command(line, task, arrival, &text, policy),
            Some(Says::OfPresence) => Ok(Command::Presence { words: text.first.clone() }),
            None if text.whole().is_empty() => Err("There are no words in it.".to_owned()),
            None => Ok(Command::Note { task, text: text.whole() }),
        };
        Self { person, task, text, says, command, cause: Cause::Message(arrival.key.clone()) }
    }

    /// Decides what it asks for, like the same command that is given to the daemon itself.
    pub(super) fn decide<'q>(&self, ask: &Ask<'_>, now: Timestamp, policy: &'q Policy) -> Asked<Drafting<'q>> {
        match &self.command {
            Ok(command) => commands::because(ask, &self.person.id, command, now, policy, self.cause.clone()),
            Err(why) => refuse(why),
        }
    }
}

/// Answers an order: done or refused. `nothing` is the decision in which nothing became true.
pub(super) fn obey<'p>(
    ask: &Ask<'_>,
    known: &Known<'_>,
    order: &Order<'_>,
    obeyed: Asked<Drafting<'p>>,
    nothing: Drafting<'p>,
) -> Asked<(Drafting<'p>, Decided)> {
    let (arrival, policy) = (known.arrival, nothing.policy);
    let Order { person, task: id, text, says: read, .. } = order;
    let id = *id;
    let mut answer = Answer { line: shown(&text.first), unknown: read.is_none(), ..Answer::default() };
    let mut refused = None;
    let mut d = match obeyed {
        Ok(d) => d,
        Err(Stop::Need) => return Err(Stop::Need),
        Err(Stop::Refused(why)) => {
            refused = Some(why);
            nothing
        }
    };
    adopt(ask, &mut d, id)?;
    answer.did = told::did(policy, id, d.events());
    if let Some(letter) = d.intents.iter().find(|i| i.audience == Audience::Client) {
        answer.sent_to = letter.to.to_string();
        answer.sent = letter.says.message.clone();
        answer.did.push(told::sent(letter.disposition, &answer.sent_to, &letter.documents));
    }
    match (&read, &refused) {
        (None, None) => answer.kept = quoted(&text.whole()),
        (Some(says), None) if !takes_what_follows(says) && !text.rest().is_empty() => {
            d.record(Event::Noted { task: id, by: Some(person.id.clone()), text: text.rest().to_owned() });
            answer.kept = quoted(text.rest());
        }
        (_, Some(why)) => {
            answer.refused.clone_from(why);
            answer.rest = quoted(&text.whole());
        }
        _ => {}
    }
    d.record(Event::Said {
        task: id,
        by: person.id.clone(),
        message: arrival.key.clone(),
        line: answer.line.clone(),
        refused: refused.clone(),
    });
    let reason = match (&refused, &read) {
        (Some(why), _) => format!("{} answered a letter about {id}; not done: {why}", person.name),
        (None, Some(_)) => format!("{} answered a letter about {id}: “{}”.", person.name, answer.line),
        (None, None) => format!("{} answered a letter about {id}; the answer is kept as a note.", person.name),
    };
    if known.answered_lately < ANSWERS_PER_HOUR {
        let tasks: Vec<TaskId> = d.task(id).map(|t| t.id).into_iter().collect();
        letters::answer(&mut d, person, arrival, &tasks, answer);
    }
    if !matches!(read, Some(Says::OfPresence)) {
        tell_who_lost_it(&mut d, person, id, known);
    }
    let opened = told::opened(d.events());
    Ok((d, Decided { outcome: Outcome::Joined { task: id, opened }, reason }))
}

/// Takes the task in whose letter was answered, with its account: the answer shows how it stands.
fn adopt(ask: &Ask<'_>, d: &mut Drafting<'_>, id: TaskId) -> Asked<()> {
    let Some(task) = ask.task(id)? else { return Ok(()) };
    d.adopt(task);
    let account = task.account.as_ref().map(|a| ask.account(a)).transpose();
    let past = task.account.as_ref().map(|a| ask.last_of_account(a)).transpose();
    let (account, past) = (account?.flatten(), past?);
    if let Some(account) = account {
        d.know_account(account);
        d.know_past(&account.id, past.unwrap_or_default());
    }
    Ok(())
}

/// Whoever had the task until now hears that it is not theirs any more, where somebody else decided that.
fn tell_who_lost_it(d: &mut Drafting<'_>, by: &Person, id: TaskId, known: &Known<'_>) {
    let before = known.thread.tasks.iter().find(|(t, _)| t.id == id).map(|(t, _)| t.assigned.person.clone());
    let Some((before, task)) = before.zip(d.task(id)) else { return };
    let now = &task.assigned.person;
    if before == *now || before == by.id {
        return;
    }
    let why = format!("It is not yours any more: {}", task.assigned.reason);
    let hears = d.hears(&before, Some(id), false);
    if hears == *now || hears == by.id {
        return;
    }
    letters::to_staff(d, &hears, &[id], ToStaff { kind: NOTICE, why, ..ToStaff::default() });
}

/// A first line as letters and history show it.
fn shown(line: &str) -> String {
    crate::domain::text::HeaderText::new(line).as_str().chars().take(LINE_MAX).collect()
}

fn quoted(text: &str) -> String {
    cut(text, QUOTED_MAX).to_owned()
}

/// Not obeyed: nothing changes, and people hear of it.
pub(super) fn doubt<'p>(mut d: Drafting<'p>, known: &Known<'_>, person: &Person, why: &str) -> (Drafting<'p>, Decided) {
    if known.answered_lately < ANSWERS_PER_HOUR {
        let told = format!("An answer in the name of {} was not obeyed: {why}. Nothing was changed.", person.name);
        let action = format!(
            "{}: if it was you, do it again from your usual mail program, or call; if not, somebody uses your name.",
            person.name
        );
        letters::doubted(&mut d, person, known.arrival, &told, &action);
    }
    let reason = format!("It is an answer in the name of {}, and not obeyed: {why}.", person.name);
    (d, Decided { outcome: Outcome::NoWork, reason })
}

/// Theirs, but on somebody else's letter: told so, with nothing of the task in it.
pub(super) fn not_theirs<'p>(mut d: Drafting<'p>, known: &Known<'_>, person: &Person) -> (Drafting<'p>, Decided) {
    let text = Written::of(&known.arrival.message, person);
    let refused = "The letter that you answered was not written to you, or its reference was changed. Answer a letter \
                   of your own about that task, or have the task assigned to you."
        .to_owned();
    let reason = format!("{} answered a letter that was not theirs; nothing was changed.", person.name);
    if known.answered_lately < ANSWERS_PER_HOUR {
        let answer = Answer { line: shown(&text.first), refused, rest: quoted(&text.whole()), ..Answer::default() };
        letters::answer(&mut d, person, known.arrival, &[], answer);
    }
    (d, Decided { outcome: Outcome::NoWork, reason })
}

/// What a person wrote, divided where it counts.
struct Written {
    /// The first line.
    first: String,
    /// What stands below it, above quoted text and the person's own name, with the empty lines before it.
    below: String,
}

impl Written {
    fn of(message: &Message, person: &Person) -> Self {
        // What stands below the quotation was written to somebody else, or is an inline answer: never sent on unseen.
        let quoted = message.parts.iter().position(|p| matches!(p.kind, PartKind::Quoted | PartKind::ForwardHeader));
        let above = message.parts.iter().take(quoted.unwrap_or(message.parts.len()));
        let new = above.filter(|p| p.kind == PartKind::New).filter_map(|p| message.text.get(p.start..p.end));
        let text = new.collect::<Vec<_>>().join("\n");
        let mut lines = text.lines().map(str::trim_end).skip_while(|l| l.trim().is_empty());
        let first = lines.next().unwrap_or_default().trim().to_owned();
        let names = |line: &str| !line.is_empty() && folded(line) == folded(person.name.as_str());
        let rest: Vec<&str> = lines.take_while(|l| !names(l) && *l != "--").collect();
        Self { first, below: rest.join("\n") }
    }

    fn rest(&self) -> &str {
        self.below.trim()
    }

    fn whole(&self) -> String {
        self.below(&self.first)
    }

    /// What stands behind the colon of the first line, and everything below.
    fn below(&self, behind: &str) -> String {
        format!("{behind}\n{}", self.below).trim().to_owned()
    }
}

/// Lines whose words go on below them.
fn takes_what_follows(says: &Says) -> bool {
    matches!(says, Says::OfTheTask(Line::ToClient(_) | Line::ToSender(_) | Line::Note(_)))
}

/// What a line asks for, as a command; or why there is none.
fn command(line: &Line, task: TaskId, arrival: &Arrival, text: &Written, policy: &Policy) -> Result<Command, String> {
    let morning = |day: Option<NaiveDate>| day.map(|d| policy.calendar.instant(d.and_time(NaiveTime::MIN)));
    Ok(match line {
        Line::Done => Command::Finish { task },
        Line::Working => Command::Take { task },
        Line::Waiting { on: Party::Client, until, words, policy: None } if !words.is_empty() => {
            Command::Question { task, words: words.clone(), until: morning(*until) }
        }
        Line::Waiting { on, until, words, policy } => {
            let why = if words.is_empty() { format!("the {on} to answer") } else { words.clone() };
            Command::Wait { task, on: *on, until: morning(*until), why, policy: policy.clone() }
        }
        Line::Snooze { until, why } => {
            let until = morning(Some(*until)).unwrap_or_default();
            Command::Snooze { task, until, why: why.clone() }
        }
        Line::WaitsFor(other) => Command::WaitFor { task, other: other.parse().map_err(|e| format!("{e}."))? },
        Line::Needs(words) => Command::Needs { task, words: words.clone() },
        Line::WaitsNoLonger => Command::Resume { task },
        Line::Ask => Command::AskMissing { task },
        Line::ToClient(words) | Line::ToSender(words) => Command::Tell {
            task,
            text: text.below(words),
            documents: documents(arrival)?,
            to_sender: matches!(line, Line::ToSender(_)),
        },
        Line::Assign { to, why } => Command::Assign { task, to: person_called(to, policy)?, reason: why.clone() },
        Line::Note(words) => Command::Note { task, text: text.below(words) },
        Line::ItIs(kind) => match policy.kind_called(kind) {
            Some(kind) => Command::SetType { task, request_type: kind.clone(), needs: None },
            None => {
                let titles = policy.pages.keys().filter_map(|id| policy.title(id, "en")).collect::<Vec<_>>();
                return Err(format!("“{kind}” is no kind of work with a page; those are: {}.", titles.join(", ")));
            }
        },
        Line::NotARequest => Command::End { task, how: End::NotNeeded, reason: "It was no request.".to_owned() },
        Line::Over { how, why } => Command::End { task, how: *how, reason: why.clone() },
        Line::Policy(number) => Command::PolicyIs { task, number: number.clone() },
        Line::Did { steps, policy } => {
            Command::Did { task, steps: steps.iter().cloned().map(StepId).collect(), policy: policy.clone() }
        }
        Line::Skip { step, why, policy } => {
            Command::Step { task, step: StepId(step.clone()), waive: Some(why.clone()), policy: policy.clone() }
        }
        Line::Reopen(reason) => Command::Reopen { task, reason: reason.clone() },
        Line::Error(whose) => Command::NameError { task, whose: *whose },
        Line::SameAs(other) => Command::Merge { task, into: other.parse().map_err(|e| format!("{e}."))? },
        Line::Split(words) => Command::Split { task, words: words.clone() },
    })
}

/// The documents that were attached; `None` where there are none.
fn documents(arrival: &Arrival) -> Result<Option<Documents>, String> {
    let attached = arrival.message.attachments.iter().filter(|a| a.is_document());
    if attached.clone().any(|a| a.content_type.starts_with("message/")) {
        return Err(
            "An attached message is never passed on: it may hold what is not the client's. Save what is meant \
                    for the client and attach that."
                .to_owned(),
        );
    }
    let names: Vec<String> = attached.map(|a| a.name.clone()).collect();
    Ok((!names.is_empty()).then(|| Documents { raw: arrival.raw.clone(), names }))
}

/// The person of that name: by key, whole name, first name, or address.
fn person_called(name: &str, policy: &Policy) -> Result<PersonId, String> {
    let asked = folded(name);
    let first = |p: &Person| p.name.as_str().split(' ').next().map(folded);
    let whole = |p: &&Person| [p.id.as_str(), p.name.as_str(), p.address.as_str()].iter().any(|n| folded(n) == asked);
    if let Some(person) = policy.people.iter().find(whole) {
        return Ok(person.id.clone());
    }
    let fits: Vec<&Person> = policy.people.iter().filter(|p| first(p).as_ref() == Some(&asked)).collect();
    match fits.as_slice() {
        [one] => Ok(one.id.clone()),
        [] => {
            let all: Vec<&str> = policy.people.iter().map(|p| p.name.as_str()).collect();
            Err(format!("“{name}” is not one of the agency's people; those are {}.", all.join(", ")))
        }
        several => {
            let all: Vec<&str> = several.iter().map(|p| p.name.as_str()).collect();
            Err(format!("“{name}” may be {}; give the whole name.", all.join(" or ")))
        }
    }
}
