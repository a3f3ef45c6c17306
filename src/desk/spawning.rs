//! Tasks that a step brings about when it is ticked: one for each certificate holder in the account book, prepared with
//! what the book knows, told to staff in one letter a person and to nobody outside.

use super::{
    again,
    drafting::Drafting,
    letters::{self, PREPARED, ToStaff},
    links,
    matching::{INSURED_FIELD, Match, POLICY_FIELD},
    opening::{self, Counters, Source},
    same::HOLDER_FIELD,
};
use crate::domain::{
    account::{Holder, name_key},
    event::Event,
    field::{Field, FieldValue, Provenance},
    id::*,
    reading::{Certainty, Complexity, Reading, Request, SenderKind},
    task::{ClientTold, Task, Tie},
    workflow::{Each, Spawns},
};

/// Tasks that one step opens at most; the rest is told.
const MAX: usize = 100;

/// What is needed to open tasks while steps are marked; asked for only where the task's page spawns.
#[derive(Debug, Default)]
pub(super) struct Heirs<'a> {
    /// Numbers and load.
    pub(super) counters: Option<Counters>,
    /// Open tasks of the account.
    pub(super) siblings: Vec<&'a Task>,
    /// What was opened: for whom and why one letter has to be written.
    pub(super) opened: Vec<(TaskId, TaskId)>,
}

/// A step was ticked: what it brings about is opened.
pub(super) fn after(d: &mut Drafting<'_>, id: TaskId, step: &StepId, heirs: &mut Heirs<'_>) {
    let Some(task) = d.held(id) else { return };
    let Some(spawns) = super::steps::on_page(d.policy, &task, step).and_then(|s| s.spawns.clone()) else { return };
    if heirs.counters.is_none() || !d.policy.pages.contains_key(&spawns.page) {
        return;
    }
    match spawns.each {
        Each::Holder => for_holders(d, &task, step, &spawns, heirs),
    }
}

fn for_holders(d: &mut Drafting<'_>, task: &Task, step: &StepId, spawns: &Spawns, heirs: &mut Heirs<'_>) {
    let note = |text: String| Event::Noted { task: task.id, by: None, text };
    let Some(account) = d.account_of(task).cloned() else {
        return d.record(note(
            "The client is not in the account book, so nothing was prepared for its holders.".to_owned(),
        ));
    };
    let is_about = |t: &Task, holder: &Holder| {
        let key = name_key(holder.name.as_str());
        t.request_type.as_ref() == Some(&spawns.page)
            && t.fields.iter().any(|f| {
                f.name == HOLDER_FIELD && matches!(&f.value, FieldValue::Party { name, .. } if name_key(name) == key)
            })
    };
    // A task for them that is open already will show the new term, too.
    let (busy, free): (Vec<&Holder>, Vec<&Holder>) =
        account.holders.iter().partition(|h| heirs.siblings.iter().any(|t| is_about(t, h)));
    for holder in &busy {
        d.record(note(format!("For {} such a task is open already; none was added.", holder.name)));
    }
    if free.is_empty() {
        if busy.is_empty() {
            d.record(note("The account book names no holders, so nothing was prepared.".to_owned()));
        }
        return;
    }
    for holder in free.iter().take(MAX) {
        let opened = open(d, task, holder, spawns, heirs);
        links::both(d, task.id, opened, Tie::CameOfThis, Some(step.clone()), "One for each holder.");
        heirs.opened.push((task.id, opened));
    }
    if free.len() > MAX {
        let rest: Vec<&str> = free.iter().skip(MAX).map(|h| h.name.as_str()).collect();
        d.record(note(format!("More than {MAX} holders; no task was opened for: {}.", rest.join(", "))));
    }
}

fn open(d: &mut Drafting<'_>, task: &Task, holder: &Holder, spawns: &Spawns, heirs: &mut Heirs<'_>) -> TaskId {
    let account = d.account_of(task).cloned();
    let from = Provenance::Book { account: task.account.clone().unwrap_or_default() };
    let value = FieldValue::Party { name: holder.name.to_string(), address: holder.address.clone() };
    let mut fields = vec![Field { name: HOLDER_FIELD.to_owned(), value, from, confidence: 100, doubt: None }];
    let kept = |f: &&Field| f.name == INSURED_FIELD || f.name == POLICY_FIELD;
    fields.extend(task.fields.iter().filter(kept).cloned());
    let client = task.sender_kind == SenderKind::Client;
    let reading = Reading {
        certainty: Certainty::Clear,
        sender_kind: SenderKind::Client,
        channel: task.channel,
        language: task.language.clone(),
        fields,
        ..Reading::default()
    };
    let matched = Match {
        account,
        reason: format!("It came of {}: {}", task.id, task.account_reason),
        doubt: None,
        candidates: Vec::new(),
    };
    let request = Request {
        request_type: spawns.page.clone(),
        score: 0,
        complexity: Complexity::Simple,
        missing: Vec::new(),
        unsure: Vec::new(),
        evidence: Vec::new(),
        again: Vec::new(),
    };
    let source = Source {
        past: &[],
        reading: &reading,
        arrived: d.now,
        subject: task.subject.clone(),
        // Who asked for the other is whom a person may write to; the desk writes to nobody.
        requester: task.requester.clone().filter(|_| client),
        words: String::new(),
        message: None,
        matched: &matched,
        unread: Vec::new(),
        earlier: Vec::new(),
    };
    let mut none = Counters { next: 0, load: d.roster.clone() };
    let counters = heirs.counters.as_mut().unwrap_or(&mut none);
    let opened = opening::open_one(d, &source, Some(&request), counters);
    let known = again::Known {
        account: source.matched.account.as_deref(),
        past: d.past_of(task),
        zone: d.policy.calendar.zone(),
    };
    if let Some(last) = again::last_for(&request, HOLDER_FIELD, holder.name.as_str(), known) {
        let text = format!("Last time for {}: {last}.", holder.name);
        d.record(Event::Noted { task: opened, by: None, text });
    }
    let why = "nobody outside has asked for it; it was prepared for a person to issue".to_owned();
    d.record(Event::ClientToldSet { task: opened, told: ClientTold::No(why) });
    opened
}

/// One letter a person with the list of what was opened for them.
pub(super) fn tell(d: &mut Drafting<'_>, heirs: &Heirs<'_>) {
    let mut lists: Vec<(PersonId, TaskId, Vec<TaskId>)> = Vec::new();
    for (of, opened) in &heirs.opened {
        let Some(task) = d.task(*opened) else { continue };
        let person = d.hears(&task.assigned.person, Some(*opened), false);
        match lists.iter_mut().find(|(p, o, _)| *p == person && o == of) {
            Some((_, _, list)) => list.push(*opened),
            None => lists.push((person, *of, vec![*opened])),
        }
    }
    for (person, of, list) in lists {
        let title = d.task(of).map(|t| t.type_title.clone()).unwrap_or_default();
        let letter = ToStaff {
            kind: PREPARED,
            why: match list.len() {
                1 => format!("{of} ({title}) brought about a task for the holder."),
                n => format!("{of} ({title}) brought about {n} tasks, one for each holder."),
            },
            action: "Nobody outside has heard of it; it is for you to issue.".to_owned(),
            ..ToStaff::default()
        };
        letters::to_staff(d, &person, &list, letter);
    }
}
