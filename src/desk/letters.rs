//! The letters the desk wants written, as intents: which kind, to whom, about what, when, and in which mode.
//!
//! Knows no wording and no mail format; `crate::letters` makes mail of an intent.

mod answered;
mod questions;
mod scheduled;
mod to_client;

pub(super) use answered::{answer, doubted};
pub(super) use questions::{Thread, client_of, questions};
pub(super) use scheduled::scheduled;
pub(super) use to_client::{ToClient, to_client};

use super::{
    Arrival, Documents, Intent, Policy,
    drafting::Drafting,
    escalation, rounds, said,
    says::{Answer, Digest, ProofView, ReportView, Says, TaskView, Undelivered},
    view,
};
use crate::domain::{
    id::*,
    letter::{Audience, Disposition, LetterRecord},
    person::{Mode, Person},
    reading::SenderKind,
    spent::spent,
    task::{Asking, ClientTold, Task},
    text::{HeaderText, Mailbox},
    workflow::Clock,
};
use std::sync::Arc;

/// Received: to whoever wrote.
pub(super) const ACKNOWLEDGEMENT: &str = "acknowledgement";
/// Here is work for you: to the assignee.
pub(super) const NOTICE: &str = "notice";
/// A clock ran out: to whom the page says.
pub(super) const ESCALATION: &str = "escalation";
/// A letter of ours did not arrive: to a person.
pub(super) const UNDELIVERED: &str = "undelivered";
/// A danger: at once, whatever the hour.
pub(super) const HAZARD: &str = "hazard";

/// The morning's letter: to everybody, what is theirs; to the owner, the whole desk.
pub(super) const DIGEST: &str = "digest";
/// A sign of life, to an address outside.
pub(super) const HEARTBEAT: &str = "heartbeat";

/// The week in figures: to the owners.
pub(super) const REPORT: &str = "report";

/// Here is work for you: to an external team.
pub(super) const HANDOVER: &str = "handover";
/// A member of staff's own words, to the client.
pub(super) const MESSAGE: &str = "to-client";
/// A question of a member of staff, to the client.
pub(super) const QUESTION: &str = "question";
/// What is missing, to the client: the other half, or because a person wants it asked.
pub(super) const QUESTIONS: &str = "questions";
/// The same, when no answer came.
pub(super) const REMINDER: &str = "reminder";
/// Tasks that came of another: to whoever has them.
pub(super) const PREPARED: &str = "prepared";
/// What came of an answer by mail: to whoever gave it.
pub(super) const ANSWER: &str = "answer";
/// Somebody wrote in a person's name, or it cannot be told.
pub(super) const DOUBTED: &str = "doubted";

/// Message-IDs named in References at most: the first, and the newest ones.
const REFERENCES_MAX: usize = 20;

/// The template for a kind of letter about a task: the page's own in the place of the usual one.
pub(super) fn template(policy: &Policy, task: Option<&Task>, usual: &str) -> String {
    task.and_then(|t| policy.practice_of(t.request_type.as_ref()).letters.get(usual))
        .map_or_else(|| usual.to_owned(), Clone::clone)
}

/// Whether a letter of this kind told of an undelivered one; its own failure never causes another letter.
pub(super) fn is_undelivered(policy: &Policy, kind: &str) -> bool {
    kind == UNDELIVERED
        || policy
            .pages
            .values()
            .map(|p| &p.practice)
            .chain([&policy.triage])
            .any(|p| p.letters.get(UNDELIVERED).is_some_and(|k| k == kind))
}

/// What a mode makes of a letter to the outside.
fn disposition(mode: Mode) -> Disposition {
    match mode {
        Mode::Observe => Disposition::Observe,
        Mode::Review => Disposition::Review,
        Mode::Live => Disposition::Send,
    }
}

/// What becomes of a letter to the outside about these tasks, in that mode. What was imported for the first time has
/// proved nothing yet: a letter that rests on it waits.
fn outside(d: &Drafting<'_>, tasks: &[TaskId], mode: Mode) -> Disposition {
    let rests_on_the_book = || tasks.iter().filter_map(|id| d.task(*id)).any(|t| t.account.is_some());
    match disposition(mode) {
        Disposition::Send if d.book_is_held && rests_on_the_book() => Disposition::Held,
        other => other,
    }
}

/// Whether the client hears of it, as far as the acknowledgement goes.
fn told(disposition: Disposition) -> ClientTold {
    let why = match disposition {
        Disposition::Send => return ClientTold::Yes,
        Disposition::Review => "the acknowledgement waits for a person's yes (mode review)",
        Disposition::Held => "the account book is new, and nobody has released it yet; the acknowledgement waits",
        Disposition::Observe => "letters to clients are kept, not sent (mode observe)",
    };
    ClientTold::No(why.to_owned())
}

/// A person as a recipient.
pub(super) fn mailbox_of(person: &Person) -> Mailbox {
    Mailbox { name: person.name.clone(), address: person.address.clone() }
}

fn views(d: &Drafting<'_>, tasks: &[TaskId], audience: Audience, language: &str) -> Vec<super::says::TaskView> {
    tasks
        .iter()
        .filter_map(|id| d.task(*id))
        .map(|t| view::task(d.policy, t, around(d, t), audience, language))
        .collect()
}

/// What a letter about a task may tell of what is around it.
fn around<'d>(d: &'d Drafting<'_>, task: &Task) -> view::Around<'d> {
    view::Around {
        account: d.account_of(task).map(Arc::as_ref),
        past: d.past_of(task),
        attachments: d.attachments_of(task),
        today: d.policy.calendar.day(d.now),
    }
}

/// The acknowledgement of one message, however many tasks came of it. `certain`: the kind of work may be named.
pub(super) fn acknowledgement(d: &mut Drafting<'_>, arrival: &Arrival, to: &Mailbox, tasks: &[TaskId], certain: bool) {
    let mode = tasks
        .iter()
        .filter_map(|id| d.task(*id))
        .map(|t| d.policy.mode_for(t.request_type.as_ref(), &t.assigned.person))
        .min()
        .unwrap_or(d.policy.mode);
    let disposition = outside(d, tasks, mode);
    let m = &arrival.message;
    let language = arrival.reading.language.clone();
    let language = if language.is_empty() { "en".to_owned() } else { language };
    // Of several pages the one with words of its own is heard: its “phone first” must not get lost.
    let mut of_pages = tasks.iter().filter_map(|id| d.task(*id)).map(|t| template(d.policy, Some(t), ACKNOWLEDGEMENT));
    let kind = of_pages.find(|k| k != ACKNOWLEDGEMENT).unwrap_or_else(|| ACKNOWLEDGEMENT.to_owned());
    let mut shown = views(d, tasks, Audience::Client, &language);
    // What a guess misses is not asked for, nor is a stranger asked what only the client can know.
    let asks = certain && !matches!(arrival.reading.sender_kind, SenderKind::ThirdParty | SenderKind::Carrier);
    let mut asked: Vec<(TaskId, Vec<String>)> = Vec::new();
    for (view, task) in shown.iter_mut().zip(tasks.iter().filter_map(|id| d.task(*id))) {
        let fields = if asks { super::questions::certain(task) } else { Vec::new() };
        view.missing.retain(|q| fields.contains(&q.field));
        asked.push((task.id, fields));
    }
    let says = Says {
        agency: view::agency(d.policy),
        to: view::who(to),
        tasks: shown,
        subject: m.subject.to_string(),
        sender_kind: view::sender_kind(arrival.reading.sender_kind).to_owned(),
        certain,
        ..Says::default()
    };
    d.intents.push(Intent {
        language,
        tasks: tasks.to_vec(),
        answers: Some(arrival.key.clone()),
        in_reply_to: m.message_id.clone(),
        references: references(m),
        disposition,
        auto_replied: true,
        ..Intent::new(kind, Audience::Client, to.clone(), d.now, says)
    });
    let told = told(disposition);
    let assignee = tasks.first().and_then(|id| d.task(*id)).and_then(|t| d.policy.person(&t.assigned.person));
    let tell = assignee.map(mailbox_of);
    if let Some(intent) = d.intents.last_mut() {
        intent.tell = tell;
    }
    for id in tasks {
        d.record(crate::domain::event::Event::ClientToldSet { task: *id, told: told.clone() });
    }
    for (id, fields) in asked {
        super::questions::record(d, id, Asking::Acknowledgement, fields, disposition);
    }
}

/// References of an answer (RFC 5322 3.6.4): the thread's, then the message itself; cut in the middle when long.
pub(super) fn references(m: &crate::message::Message) -> Vec<String> {
    let mut all: Vec<String> = m.thread.clone();
    if let Some(id) = &m.message_id
        && !all.contains(id)
    {
        all.push(id.clone());
    }
    if all.len() > REFERENCES_MAX {
        let newest = all.split_off(all.len() - (REFERENCES_MAX - 1));
        all.truncate(1);
        all.extend(newest);
    }
    all
}

/// What a letter to staff has of its own.
#[derive(Debug, Default)]
pub(super) struct ToStaff {
    /// The usual name of the template.
    pub(super) kind: &'static str,
    /// Why it is written, in a sentence.
    pub(super) why: String,
    /// Which clock ran out, in words.
    pub(super) clock: String,
    /// The one action asked for.
    pub(super) action: String,
    /// The letter that did not arrive.
    pub(super) undelivered: Option<Undelivered>,
    /// It does not wait for office hours.
    pub(super) at_once: bool,
    /// The raw message goes along, where the agency wants it.
    pub(super) with_original: bool,
    /// What came of an answer.
    pub(super) answer: Option<Answer>,
    /// The morning's figures.
    pub(super) digest: Option<Digest>,
    /// The week's figures.
    pub(super) report: Option<ReportView>,
    /// A document that goes along.
    pub(super) document: Option<Documents>,
    /// Which clocks ran out on which task, the most urgent first.
    pub(super) ran_out: Vec<(TaskId, Vec<Clock>)>,
}

/// A task, handed to an external team: what it has to know of this task, and of no other.
pub(super) fn handover(d: &mut Drafting<'_>, to: Mailbox, id: TaskId, facts: &[String]) {
    let Some(task) = d.held(id) else { return };
    let whole = view::task(d.policy, &task, around(d, &task), Audience::Staff, "en");
    let shown = TaskView {
        reference: whole.reference,
        title: whole.title,
        request_type: whole.request_type,
        insured: whole.insured,
        assignee: whole.assignee,
        arrived: whole.arrived,
        deadline: whole.deadline,
        standard_due: whole.standard_due,
        urgent: whole.urgent,
        done_when: whole.done_when,
        facts: whole.facts.into_iter().filter(|f| facts.contains(&f.name)).collect(),
        ..TaskView::default()
    };
    let says = Says {
        agency: view::agency(d.policy),
        to: view::who(&to),
        tasks: vec![shown],
        subject: task.subject.to_string(),
        words: super::mask::words(&task.words, &task.fields),
        sender_kind: view::sender_kind(task.sender_kind).to_owned(),
        certain: true,
        ..Says::default()
    };
    d.intents.push(Intent {
        tasks: vec![id],
        ..Intent::new(
            template(d.policy, Some(&task), HANDOVER),
            Audience::Staff,
            to,
            d.policy.calendar.next_open(d.now),
            says,
        )
    });
}

/// A sign of life to an address outside: that the desk works, and yesterday's counts. It names nobody.
pub(super) fn heartbeat(d: &mut Drafting<'_>, to: crate::domain::text::Address, proof: ProofView) {
    let to = Mailbox { name: HeaderText::default(), address: to };
    let digest = Digest { day: view::day(d.policy, d.now), proof: Some(proof), ..Digest::default() };
    let says = Says {
        agency: view::agency(d.policy),
        to: view::who(&to),
        digest: Some(digest),
        certain: true,
        ..Says::default()
    };
    d.intents.push(Intent::new(HEARTBEAT.to_owned(), Audience::Staff, to, d.now, says));
}

/// A letter to one member of staff; nobody of that name is nobody to write to.
pub(super) fn to_staff(d: &mut Drafting<'_>, to: &PersonId, tasks: &[TaskId], letter: ToStaff) {
    let Some(person) = d.policy.person(to) else { return };
    let to = mailbox_of(person);
    let first = tasks.first().and_then(|id| d.held(*id));
    // What has just come in is what they have to read; the request itself stands in the task.
    let news = d.news.as_ref().filter(|_| letter.answer.is_none());
    let masked = |t: &Task| super::mask::words(news.map_or(&*t.words, |(words, _)| words), &t.fields);
    let words = first.as_deref().map(masked).unwrap_or_default();
    let kind = news.map(|(_, kind)| *kind).or(first.as_ref().map(|t| t.sender_kind));
    let sender_kind = kind.map(|k| view::sender_kind(k).to_owned()).unwrap_or_default();
    let mut shown = views(d, tasks, Audience::Staff, "en");
    for (view, task) in shown.iter_mut().zip(tasks.iter().filter_map(|id| d.task(*id))) {
        let clocks = letter.ran_out.iter().find(|(id, _)| *id == task.id).map_or(&[][..], |(_, clocks)| clocks);
        view.clock = rounds::in_words(d, task, clocks);
        view.action = clocks.first().map(|c| escalation::action(*c, task, d.now)).unwrap_or_default();
        view.hours_left = hours_left(d, task);
        view.court = court(task);
        view.spent = view::spent(&spent(task, &d.policy.calendar, d.now));
    }
    let may_answer = d.policy.answers.are_commands() && !tasks.is_empty();
    if may_answer {
        for (view, task) in shown.iter_mut().zip(tasks.iter().filter_map(|id| d.task(*id))) {
            view.taps = said::taps(d.policy, person, task);
        }
    }
    let says = Says {
        agency: view::agency(d.policy),
        to: view::person(d.policy, &person.id),
        tasks: shown,
        subject: first.as_ref().map(|t| t.subject.to_string()).unwrap_or_default(),
        words,
        sender_kind,
        certain: first.as_ref().is_some_and(|t| t.request_type.is_some()),
        why: letter.why,
        clock: letter.clock,
        hours_left: first.as_ref().and_then(|t| hours_left(d, t)),
        court: first.as_deref().map(court).unwrap_or_default(),
        action: letter.action,
        undelivered: letter.undelivered,
        digest: letter.digest,
        report: letter.report,
        answer: letter.answer,
        may_answer,
        ..Says::default()
    };
    let original = first
        .as_ref()
        .filter(|_| letter.with_original && d.policy.attach_original)
        .and_then(|t| d.original_of(t))
        .cloned();
    let (original, documents) = match letter.document {
        Some(document) => (Some(document.raw), document.names),
        None => (original, Vec::new()),
    };
    d.intents.push(Intent {
        tasks: tasks.to_vec(),
        original,
        documents,
        ..Intent::new(
            template(d.policy, first.as_deref(), letter.kind),
            Audience::Staff,
            to,
            if letter.at_once { d.now } else { d.policy.at_work(&person.id, d.now) },
            says,
        )
    });
}

/// Hours by the wall until the deadline or the standard, whichever is first, to a tenth.
fn hours_left(d: &Drafting<'_>, task: &Task) -> Option<f64> {
    let until = super::clocks::overdue_at(task)?;
    let minutes = i32::try_from((until - d.now).num_minutes()).ok()?;
    Some((f64::from(minutes) / 6.0).round() / 10.0)
}

/// Whose court the ball is in.
fn court(task: &Task) -> String {
    task.waiting.as_ref().map_or_else(|| "us".to_owned(), |w| w.on.to_string())
}

/// Notices to whoever has these tasks: one letter for each person and template, however many tasks.
/// `except` wrote or did it themselves and need not be told.
pub(super) fn notices(d: &mut Drafting<'_>, tasks: &[TaskId], why: &str, except: Option<&PersonId>) {
    let mut groups: Vec<(PersonId, String, Vec<TaskId>)> = Vec::new();
    for id in tasks {
        let Some(t) = d.task(*id) else { continue };
        let kind = template(d.policy, Some(t), NOTICE);
        if except == Some(&t.assigned.person) {
            continue;
        }
        // Nobody who is out is left alone with a letter.
        let person = d.hears(&t.assigned.person, Some(*id), false);
        match groups.iter_mut().find(|(p, k, _)| *p == person && *k == kind) {
            Some((_, _, list)) => list.push(*id),
            None => groups.push((person, kind, vec![*id])),
        }
    }
    for (person, _, tasks) in groups {
        let action = tasks
            .first()
            .and_then(|id| d.task(*id))
            .and_then(Task::next_step)
            .map(|s| s.title.clone())
            .unwrap_or_default();
        let why = tasks
            .first()
            .and_then(|id| d.task(*id))
            .map_or_else(|| why.to_owned(), |t| in_whose_place(d, t, &person, why));
        let at_once = tasks.iter().any(|id| d.nobody_else.contains(id));
        let letter = ToStaff { kind: NOTICE, why, action, at_once, with_original: true, ..ToStaff::default() };
        to_staff(d, &person, &tasks, letter);
    }
}

/// Why somebody hears of a task that is another's.
fn in_whose_place(d: &Drafting<'_>, task: &Task, person: &PersonId, why: &str) -> String {
    let owner = &task.assigned.person;
    if owner == person {
        return why.to_owned();
    }
    let name = view::person(d.policy, owner).name;
    format!("{why} It is {name}'s, who is out; you hear of it in their place.")
}

/// What an undelivered letter was, for the letter that tells of it.
pub(super) fn undelivered_view(letter: &LetterRecord, why: &str) -> Undelivered {
    Undelivered {
        to: letter.to.to_string(),
        subject: letter.subject.to_string(),
        why: HeaderText::new(why).to_string(),
    }
}
