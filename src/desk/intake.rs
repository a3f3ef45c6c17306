//! A message becomes tasks, joins one, is held for a person, or needs no work: exactly one outcome, with its reason.
//!
//! Gathers everything in three rounds at most: what the message itself names, the tasks those belong to, and their
//! accounts.

use super::{
    Arrival, Policy,
    answering::{self, Written},
    ask::{Ask, Asked, all},
    carriers,
    drafting::Drafting,
    escalation, letters, links,
    matching::{self, Clues, Match},
    opening::{self, Counters, Source},
    outgoing, partner, pipeline, references,
    said::{self, Heard},
    same,
    thread::{self, Thread},
    undelivered,
};
use crate::domain::{
    Timestamp,
    decision::Cause,
    event::Event,
    id::*,
    letter::LetterRecord,
    message::{MessageRecord, Outcome},
    past::Past,
    person::Person,
    pipeline::TermTask,
    reading::{Certainty, Complexity, Request},
    seal::Reference,
    task::{ClientTold, Task},
    text::{Mailbox, cut},
};
use chrono::Duration;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Message-IDs of a thread that are looked up: the newest ones.
const THREAD_MAX: usize = 100;
/// Tasks of a thread that are looked up.
const THREAD_TASKS_MAX: usize = 20;
/// Open tasks of an account that are looked up: the newest.
const SIBLINGS_MAX: usize = 40;

/// Bytes of a message's words in the notice that tells of it.
const NEWS_MAX: usize = 4000;

/// What an outcome is and why, in a sentence.
pub(super) struct Decided {
    pub(super) outcome: Outcome,
    pub(super) reason: String,
}

/// All that is known when a new message is decided.
pub(super) struct Known<'a> {
    pub(super) arrival: &'a Arrival,
    /// Who wrote, as far as that is believed: a colleague's address that the mail server contradicts is nobody's.
    pub(super) writer: Option<&'a Mailbox>,
    pub(super) matched: Match,
    pub(super) written: Written,
    pub(super) thread: Thread,
    /// What staff had sent in answer to it before it was read.
    pub(super) answered: Option<MessageRecord>,
    /// Tasks that went on when one of its thread ended.
    went_on: Vec<Arc<Task>>,
    /// Open tasks of the account that it is about, outside its thread.
    pub(super) siblings: Vec<Arc<Task>>,
    /// What the accounts that it is or may be about asked for last, the newest first.
    pub(super) past: BTreeMap<AccountId, Vec<Arc<Past>>>,
    /// The tasks that the dates of that account's policies brought.
    pub(super) terms: Vec<TermTask>,
    /// Answers that went to its writer in the last hour, where that is a member of staff; else to the member of staff whose
    /// letter it answers with an order.
    pub(super) answered_lately: usize,
    /// The letter of ours that a delivery report is about, and its tasks.
    reported: Option<(LetterRecord, Vec<TaskId>)>,
    /// The message is a letter of ours that came back to the inbox.
    our_own: Option<LetterRecord>,
    same_id_as: Option<MessageKey>,
}

/// Decides a message.
pub(super) fn decide<'p>(ask: &Ask<'_>, arrival: &Arrival, now: Timestamp, policy: &'p Policy) -> Asked<Drafting<'p>> {
    let cause = Cause::Message(arrival.key.clone());
    let references = references::of(policy, &arrival.message);
    let known = ask.message(&arrival.key);
    let heard = said::heard(arrival, &references, now, policy);
    let outside = said::outsiders::answered(arrival, &references, now, policy);
    // Asked for beside all else, so that an order takes no more rounds than one that is given to the daemon itself.
    let obeyed = if let Heard::Order(order) = &heard { Some(order.decide(ask, now, policy)) } else { None };
    let gathered = gather(ask, arrival, references, outside, now, policy);
    let circumstances = ask.circumstances();
    if known?.is_some() {
        // The same message, seen again in this or another mailbox: one outcome, no second letter.
        let mut d = Drafting::silent(cause, now, policy);
        sighted(&mut d, arrival);
        return Ok(d);
    }
    let (known, mut counters) = gathered?;
    let mut d = Drafting::amid(circumstances?, cause, now, policy);
    for (account, past) in &known.past {
        d.know_past(account, past);
    }
    let (mut d, decided) = match (heard, obeyed) {
        (Heard::Order(order), Some(obeyed)) => said::obey(ask, &known, &order, obeyed, d)?,
        (Heard::Doubted(person, why), _) => said::doubt(d, &known, person, &why),
        (Heard::NotTheirs(person), _) => said::not_theirs(d, &known, person),
        (Heard::Mail | Heard::Order(_), _) => {
            for (task, account) in &known.thread.tasks {
                d.adopt(task);
                if let Some(a) = account {
                    d.know_account(a);
                }
            }
            for task in &known.went_on {
                d.adopt(task);
            }
            d.know_original(&arrival.key, &arrival.raw, attachments(arrival));
            let news = arrival.message.new_text();
            let news = cut(news.trim(), NEWS_MAX).to_owned();
            d.news = Some((news, arrival.reading.sender_kind)).filter(|(words, _)| !words.is_empty());
            let decided = outcome(&mut d, &known, &mut counters);
            if let Some(person) = outside.filter(|_| known.answered_lately < said::ANSWERS_PER_HOUR) {
                said::outsiders::report(&mut d, arrival, person);
            }
            (d, decided)
        }
    };
    let answers = outgoing::answered(policy, &known, &decided.outcome);
    d.record(Event::MessageDecided {
        record: Box::new(MessageRecord {
            key: arrival.key.clone(),
            message_id: arrival.message.message_id.clone(),
            from: arrival.message.from.clone(),
            subject: arrival.message.subject.clone(),
            received: arrival.received,
            decided: now,
            raw: arrival.raw.clone(),
            outcome: decided.outcome,
            reason: decided.reason,
            same_id_as: known.same_id_as,
            rules_version: arrival.reading.rules_version.clone(),
            answers,
        }),
        reading: Box::new(arrival.reading.clone()),
    });
    sighted(&mut d, arrival);
    Ok(d)
}

fn sighted(d: &mut Drafting<'_>, arrival: &Arrival) {
    for sighting in &arrival.sightings {
        d.record(Event::Sighted { message: arrival.key.clone(), sighting: sighting.clone() });
    }
}

/// Everything that can be known at once is asked in the first round; tasks and their accounts follow.
fn gather<'a>(
    ask: &Ask<'_>,
    arrival: &'a Arrival,
    references: Vec<Reference>,
    outside: Option<&Person>,
    now: Timestamp,
    policy: &Policy,
) -> Asked<(Known<'a>, Counters)> {
    let m = &arrival.message;
    let own_id = m.message_id.as_deref().unwrap_or("");
    let same_id = ask.messages_by_id(own_id);
    let our_own = ask.letter_by_message_id(own_id);
    let staffs_answers = ask.answers_to(own_id);
    // Some reports name the message they are about only as what they answer.
    let answered = m.thread.last().map(String::as_str);
    let about = m.delivery_report.as_ref().and_then(|r| r.about.as_deref().or(answered)).unwrap_or("");
    let reported = ask.letter_by_message_id(about);
    let newest = m.thread.iter().rev().take(THREAD_MAX);
    let threads: Vec<_> = newest.map(|id| ask.tasks_by_message_id(id)).collect();
    let numbered: Vec<_> = references.iter().map(|r| ask.task(r.task)).collect();
    let writer = m.from.as_ref().filter(|f| !(policy.is_own(&f.address) && said::is_contradicted(policy, m)));
    let person = m.from.as_ref().and_then(|f| policy.person_at(&f.address)).or(outside);
    let answers = person.map(|p| ask.letters_to(&p.address)).transpose();
    let addresses: Vec<_> = [m.from.as_ref(), m.answer_to()].into_iter().flatten().map(|b| &b.address).collect();
    let name = m.from.as_ref().map(|f| &f.name);
    let clues = Clues::of(policy, &addresses, name, arrival.reading.sender_kind, &arrival.reading.fields);
    let matched = matching::find(ask, &clues);
    let written = answering::written(ask, m.answer_to(), now);
    let (load, next) = (ask.load(), ask.next_task());

    // The second round: the tasks that the thread and the reported letter belong to.
    let reported = reported?;
    let mut ids: BTreeSet<TaskId> = reported.iter().flat_map(|l| l.tasks.iter().copied()).collect();
    ids.extend(
        all(threads)?.into_iter().flatten().copied().collect::<BTreeSet<_>>().iter().rev().take(THREAD_TASKS_MAX),
    );
    // A seal of ours leads to its task like a Message-ID does. A bare number may be a guess.
    let is_ours = |r: &&Reference| {
        let key = &policy.answers.key;
        key.is_of_thread(r) || (r.looks_personal() && policy.people.iter().any(|p| key.is_of(r, &p.id)))
    };
    ids.extend(references.iter().filter(is_ours).map(|r| r.task));
    let by_number: Vec<TaskId> = references.iter().map(|r| r.task).filter(|id| !ids.contains(id)).collect();
    ids.extend(&by_number);
    all(numbered)?;
    let answered_lately = answers?.unwrap_or_default().iter().filter(|t| **t > now - Duration::hours(1)).count();
    let tasks: Vec<_> = ids.iter().map(|id| ask.task(*id)).collect();
    let matched = matched?;
    let siblings = matched.account.as_ref().map(|a| ask.open_tasks_of_account(&a.id)).transpose();
    let its_past = matched.account.as_ref().map(|a| ask.last_of_account(&a.id)).transpose();
    let asks_for_listed = || arrival.reading.requests.iter().any(|r| pipeline::is_listed(policy, &r.request_type));
    let of = matched.account.as_ref().filter(|_| asks_for_listed());
    let terms = of.map(|a| ask.terms_of(&a.id)).transpose();
    // The third: their accounts, what merged tasks went on in, and what else is open for the client.
    let mut tasks: Vec<&Arc<Task>> = all(tasks)?.into_iter().flatten().collect();
    let siblings: Vec<_> =
        siblings?.unwrap_or_default().iter().rev().take(SIBLINGS_MAX).map(|t| ask.task(*t)).collect();
    let went_on: Vec<_> = tasks.iter().flat_map(|t| t.went_on()).map(|l| ask.task(l.other)).collect();
    let merged: Vec<_> = tasks.iter().filter_map(|t| t.merged_into).map(|t| ask.task(t)).collect();
    let accounts: Vec<_> =
        tasks.iter().map(|t| t.account.as_ref().map(|a| ask.account(a)).transpose().map(Option::flatten)).collect();
    let of_thread: BTreeSet<&AccountId> = tasks.iter().filter_map(|t| t.account.as_ref()).collect();
    let pasts: Vec<_> = of_thread.iter().map(|a| ask.last_of_account(a)).collect();
    let mut past: BTreeMap<AccountId, Vec<Arc<Past>>> = BTreeMap::new();
    past.extend(matched.account.as_ref().map(|a| a.id.clone()).zip(its_past?.map(<[_]>::to_vec)));
    past.extend(of_thread.into_iter().cloned().zip(all(pasts)?.into_iter().map(<[_]>::to_vec)));
    let mut accounts = all(accounts)?;
    for task in all(merged)?.into_iter().flatten() {
        if tasks.iter().any(|t| t.id == task.id) {
            continue;
        }
        // Tasks of one client only are merged, so that the account is at hand where there is one.
        let account = accounts.iter().flatten().find(|a| Some(&a.id) == task.account.as_ref()).copied();
        tasks.push(task);
        accounts.push(account);
    }
    let went_on = all(went_on)?.into_iter().flatten().cloned().collect();
    let siblings = all(siblings)?.into_iter().flatten().filter(|t| !tasks.iter().any(|o| o.id == t.id)).cloned();
    let siblings: Vec<Arc<Task>> = siblings.collect();

    let same_id_as = same_id?.iter().map(|r| r.key.clone()).find(|k| *k != arrival.key);
    let known = Known {
        arrival,
        writer,
        matched,
        answered: staffs_answers?.first().cloned(),
        went_on,
        siblings,
        past,
        terms: terms?.unwrap_or_default().to_vec(),
        written: written?,
        thread: Thread {
            tasks: tasks.into_iter().cloned().zip(accounts.into_iter().map(Option::<&_>::cloned)).collect(),
        }
        .without_guesses(policy, &by_number, writer),
        reported: reported.map(|l| (l.clone(), l.tasks.clone())),
        answered_lately,
        our_own: our_own?.cloned(),
        same_id_as,
    };
    Ok((known, Counters { next: next?, load: load? }))
}

/// Finds the outcome; every branch ends in exactly one.
fn outcome(d: &mut Drafting<'_>, known: &Known<'_>, counters: &mut Counters) -> Decided {
    let arrival = known.arrival;
    if let Some(letter) = &known.our_own {
        return Decided {
            outcome: Outcome::NoWork,
            reason: format!("It is our own letter to {}, which came back to the inbox.", letter.to.address),
        };
    }
    let from_us = arrival.message.from.as_ref().is_some_and(|f| f.address == d.policy.agency.address);
    if arrival.message.automatic.ours && from_us {
        return Decided {
            outcome: Outcome::NoWork,
            reason: "It is a letter of ours: it carries our mark and our address.".to_owned(),
        };
    }
    if let (Some(report), Some((letter, tasks))) = (&arrival.message.delivery_report, &known.reported) {
        return undelivered::reported(d, arrival, report, letter, tasks, &counters.load);
    }
    if let Some(seen) = outgoing::seen(d.policy, known)
        && let Some(decided) = outgoing::decide(d, known, seen)
    {
        return decided;
    }
    if let Some(decided) = thread::join(d, known, counters) {
        return decided;
    }
    fresh(d, known, counters)
}

/// A message that belongs to no task: new tasks, triage, or no work.
fn fresh(d: &mut Drafting<'_>, known: &Known<'_>, counters: &mut Counters) -> Decided {
    let reading = &known.arrival.reading;
    if let Some(decided) = carriers::about_work_in_hand(d, known, counters) {
        return decided;
    }
    if let Some(why) = to_be_held(d, known) {
        let task = hold(d, known, counters, &why);
        return Decided { outcome: Outcome::Held(task), reason: why };
    }
    let requests = opening::requests(d, reading);
    if requests.is_empty() {
        let words: Vec<String> =
            reading.no_work.iter().take(3).map(|e| format!("“{}” ({})", e.words, e.rule)).collect();
        return Decided { outcome: Outcome::NoWork, reason: format!("Nothing is to be done: {}.", words.join(", ")) };
    }
    if let Some(decided) = pipeline::join(d, known, counters, &requests) {
        return decided;
    }
    if let Some(decided) = same::on_the_same_thing(d, known, &requests) {
        return decided;
    }
    let tasks = open(d, known, counters, &requests);
    same::link_to_siblings(d, known, &tasks);
    let titles: Vec<String> =
        tasks.iter().filter_map(|id| d.task(*id)).map(|t| format!("{} ({})", t.id, t.type_title)).collect();
    let reason = format!("It asks for work: {}.", titles.join(", "));
    Decided { outcome: Outcome::Tasks(tasks), reason }
}

/// Why a person has to say what it is; `None` where the reading is clear.
pub(super) fn to_be_held(d: &Drafting<'_>, known: &Known<'_>) -> Option<String> {
    let arrival = known.arrival;
    let reading = &arrival.reading;
    if let Some(trouble) = &arrival.trouble {
        return Some(format!("It could not be read as it should: {trouble}"));
    }
    if reading.requests.is_empty() {
        if let Some(h) = reading.hazards.first() {
            return Some(format!("It asks for nothing that a page knows, but a hazard shows in it: {}.", h.title));
        }
        if reading.no_work.is_empty() {
            return Some("Nothing says what it is, and nothing says that it needs no work.".to_owned());
        }
        return (reading.certainty == Certainty::Doubtful)
            .then(|| "It may need no work, but the rules are not sure.".to_owned());
    }
    if reading.certainty == Certainty::Doubtful {
        return Some("The rules are not sure what it asks for.".to_owned());
    }
    if let Some(r) = reading.requests.iter().find(|r| !d.policy.pages.contains_key(&r.request_type)) {
        return Some(format!("It was read as “{}”, for which there is no page.", r.request_type));
    }
    None
}

/// Opens tasks for requests, tells whoever has them, raises the alarm and answers.
pub(super) fn open(
    d: &mut Drafting<'_>,
    known: &Known<'_>,
    counters: &mut Counters,
    requests: &[&Request],
) -> Vec<TaskId> {
    let source = source(known);
    let mut tasks = opening::open_for(d, &source, requests, counters);
    pipeline::list_opened(d, known, &tasks);
    let before = links::at_opening(d, &tasks, &known.siblings, |d, page| {
        let request = Request {
            request_type: page.clone(),
            score: 0,
            complexity: Complexity::Simple,
            missing: Vec::new(),
            unsure: Vec::new(),
            evidence: Vec::new(),
            again: Vec::new(),
        };
        opening::open_one(d, &source, Some(&request), counters)
    });
    defects(d, known, &tasks);
    follow_up(d, known, &tasks, true);
    if let Some(told) = tasks.first().and_then(|id| d.task(*id)).map(|t| t.client_told.clone()) {
        // Whoever asked hears of what they asked for; how it is done is the agency's matter.
        for id in &before {
            d.record(Event::ClientToldSet { task: *id, told: told.clone() });
        }
    }
    letters::notices(d, &before, "Another task needs this first.", None);
    tasks.extend(before);
    tasks
}

/// Opens a task for triage.
pub(super) fn hold(d: &mut Drafting<'_>, known: &Known<'_>, counters: &mut Counters, why: &str) -> TaskId {
    let task = opening::open_for_triage(d, &source(known), counters);
    d.record(Event::Noted { task, by: None, text: why.to_owned() });
    defects(d, known, &[task]);
    follow_up(d, known, &[task], false);
    task
}

/// What was wrong with the bytes is for the person to know.
fn defects(d: &mut Drafting<'_>, known: &Known<'_>, tasks: &[TaskId]) {
    let defects = &known.arrival.message.defects;
    let mut notes: Vec<String> = Vec::new();
    if !defects.is_empty() {
        notes.push(format!("The message was damaged: {}.", defects.join("; ").trim_end_matches('.')));
    }
    if known.same_id_as.is_some() {
        notes.push("Another message with the same Message-ID and other content came before.".to_owned());
    }
    for id in tasks {
        for text in &notes {
            d.record(Event::Noted { task: *id, by: None, text: text.clone() });
        }
    }
}

/// Answer, alarm, notice: in this order, so that notices know whether the client has heard.
fn follow_up(d: &mut Drafting<'_>, known: &Known<'_>, tasks: &[TaskId], certain: bool) {
    let arrival = known.arrival;
    acknowledge(d, known, tasks, certain);
    if let Some(answer) = &known.answered {
        outgoing::was_answered(d, answer, tasks);
    }
    escalation::alert(d, tasks, &arrival.reading.hazards);
    if certain {
        partner::hand_out(d, tasks);
    }
    let why = if certain { "A request came in." } else { "A message came in that a person has to sort." };
    letters::notices(d, tasks, why, None);
}

/// Tells whoever wrote that it arrived, or writes down why not.
pub(super) fn acknowledge(d: &mut Drafting<'_>, known: &Known<'_>, tasks: &[TaskId], certain: bool) {
    let arrival = known.arrival;
    match answering::recipient(arrival, d.policy, known.written) {
        // A second answer, by a machine, to what a person has answered already.
        _ if known.answered.is_some() => {}
        Ok(to) => letters::acknowledgement(d, arrival, to, tasks, certain),
        Err(why) => {
            for id in tasks {
                d.record(Event::ClientToldSet { task: *id, told: ClientTold::No(why.clone()) });
            }
        }
    }
}

fn source<'a>(known: &'a Known<'_>) -> Source<'a> {
    let arrival = known.arrival;
    let account = known.matched.account.as_ref().map(|a| &a.id);
    let same = |t: &&Task| account.is_some() && t.account.as_ref() == account;
    Source {
        reading: &arrival.reading,
        arrived: arrival.received,
        subject: arrival.message.subject.clone(),
        // Reply-To where the message asks for answers there; who wrote it stands in the message.
        requester: arrival.message.answer_to().cloned(),
        words: arrival.message.new_text(),
        message: Some(arrival.key.clone()),
        matched: &known.matched,
        unread: arrival.message.unread_documents(),
        earlier: known.thread.tasks.iter().map(|(t, _)| t.as_ref()).filter(same).collect(),
        past: known.matched.account.as_ref().and_then(|a| known.past.get(&a.id)).map_or(&[], Vec::as_slice),
    }
}

/// Names and sizes of documents, logos left out.
fn attachments(arrival: &Arrival) -> Vec<String> {
    arrival
        .message
        .attachments
        .iter()
        .filter(|a| !a.inline)
        .map(|a| {
            let size = if a.size >= 1_048_576 {
                format!("{} MB", a.size / 1_048_576)
            } else {
                format!("{} KB", a.size.div_ceil(1024))
            };
            format!("{} ({size})", a.name)
        })
        .collect()
}
