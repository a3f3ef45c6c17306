//! Two tasks that are one piece of work, and one task that is two.

use super::{Drafting, Said, Subject, needed};
use crate::desk::{
    ask::{Asked, refuse},
    letters,
    links::{self, GoesOn},
    matching::Match,
    missing,
    opening::{self, Counters, Source},
    pipeline::{self, Listed},
};
use crate::domain::{
    account::Account,
    event::Event,
    id::TaskId,
    task::{End, Task},
};
use std::sync::Arc;

/// Both are one piece of work: `id` ends, and everything of it goes on in `into`.
pub(super) fn merge<'p>(said: &Said<'_, 'p>, id: TaskId, into: TaskId) -> Asked<Drafting<'p>> {
    if id == into {
        return refuse(format!("{id} is itself; name the other task."));
    }
    let (other, behind) = (said.ask.task(into), said.ask.waits_behind(into));
    let subject = said.open_subject(id);
    let (other, behind, Subject { mut d, task, .. }) = (other?, behind?, subject?);
    let Some(other) = other else { return refuse(format!("There is no task {into}.")) };
    if !other.is_open() {
        return refuse(format!("{into} is over; reopen it first, or let {id} go on by itself."));
    }
    if !same_client(task, other) {
        return refuse(format!(
            "{id} and {into} are not of one client: who writes in the one must not hear of the other. Say whom {id} is \
             about first."
        ));
    }
    let reason = format!("{} said that {id} and {into} are one piece of work.", said.person.name);
    go_on_in(said, &mut d, task, (other, behind), &reason);
    Ok(d)
}

/// Where a person's word shows that a task is about policies whose date has brought one already, it goes on in that one.
/// That one, where it does; else it becomes theirs where no date has brought one.
pub(super) fn place(
    said: &Said<'_, '_>,
    d: &mut Drafting<'_>,
    id: TaskId,
    account: Option<&Arc<Account>>,
    listed: &Listed<'_>,
) -> Option<TaskId> {
    let task = d.held(id)?;
    let Some(home) = listed.home(&task) else {
        listed.adopt(d, &task, account);
        return None;
    };
    let reason = format!("{} placed it: it is about policies whose date has brought {}.", said.person.name, home.id);
    go_on_in(said, d, &task, (home, listed.open()), &reason);
    pipeline::news(d, &task, home.id);
    Some(home.id)
}

/// A task ends, and everything of it goes on in the other, of which is known what it waits for.
fn go_on_in(
    said: &Said<'_, '_>,
    d: &mut Drafting<'_>,
    task: &Task,
    (other, behind): (&Arc<Task>, Vec<&Task>),
    reason: &str,
) {
    let (id, into) = (task.id, other.id);
    d.adopt(other);
    for message in task.messages.iter().filter(|m| !other.messages.contains(m)) {
        d.record(Event::MessageJoined { task: into, message: message.clone(), reason: reason.to_owned() });
    }
    let fields = missing::merged(&other.fields, &task.fields);
    let page = other.request_type.as_ref().and_then(|t| said.policy.pages.get(t));
    let left = missing::left_after(&other.missing, &other.fields, &task.fields, page);
    if fields != *other.fields {
        d.record(Event::FieldsSet { task: into, fields: fields.into() });
    }
    if left != other.missing {
        d.record(Event::MissingSet { task: into, missing: left });
    }
    for note in task.notes.iter().filter(|n| n.by.is_some()) {
        d.record(Event::Noted { task: into, by: note.by.clone(), text: note.text.clone() });
    }
    for hazard in task.hazards.iter().filter(|h| !other.hazards.iter().any(|o| o.key == h.key)) {
        d.record(Event::HazardSeen { task: into, hazard: hazard.clone() });
    }
    let deadline = [task.deadline, other.deadline].into_iter().flatten().min();
    if deadline != other.deadline {
        d.record(Event::DeadlinesSet { task: into, deadline, standard_due: other.standard_due });
    }
    pipeline::carry(d, task, other);
    d.record(Event::Merged { task: id, into, by: said.person.id.clone() });
    d.record(said.touched(id));
    d.record(Event::Ended {
        task: id,
        how: End::Duplicate,
        reason: format!("It goes on in {into}."),
        by: said.person.id.clone(),
    });
    links::ended(d, id, &said.person.id, Some(&GoesOn { into, behind }));
    d.record(said.touched(into));
    letters::notices(d, &[into], reason, Some(&said.person.id));
}

/// Of one account, or, where the book knows neither, asked for by one person.
fn same_client(a: &Task, b: &Task) -> bool {
    let requester = |t: &Task| t.requester.as_ref().map(|r| r.address.clone());
    match (&a.account, &b.account) {
        (Some(a), Some(b)) => a == b,
        _ => requester(a).is_some() && requester(a) == requester(b),
    }
}

/// There is a second piece of work in it: that becomes a task of its own, for the same client.
pub(super) fn split<'p>(said: &Said<'_, 'p>, id: TaskId, words: &str) -> Asked<Drafting<'p>> {
    let words = needed(words, "Say what the other piece of work is: “split: loss runs”.")?;
    let (load, next) = (said.ask.load(), said.ask.next_task());
    let subject = said.open_subject(id);
    let (mut counters, Subject { mut d, task, account }) = (Counters { next: next?, load: load? }, subject?);
    let request = said.policy.kind_called(words).map(|kind| opening::said_of(task, kind));
    let reading = opening::of_the_same_client(task);
    let matched = Match {
        account: account.cloned(),
        reason: format!("It came out of {id}: {}", task.account_reason),
        doubt: None,
        candidates: Vec::new(),
    };
    let source = Source {
        reading: &reading,
        arrived: said.now,
        subject: task.subject.clone(),
        requester: task.requester.clone(),
        words: format!("{words}\n\n{}", task.words),
        message: None,
        matched: &matched,
        unread: Vec::new(),
        earlier: Vec::new(),
        past: &[],
    };
    let opened = match &request {
        Some(request) => opening::open_for(&mut d, &source, &[request], &mut counters),
        None => vec![opening::open_for_triage(&mut d, &source, &mut counters)],
    };
    for new in &opened {
        if let Some(first) = task.messages.first() {
            let reason = format!("It came out of {id}.");
            d.record(Event::MessageJoined { task: *new, message: first.clone(), reason });
        }
        let text = format!("{} took it out of {id}: {words}", said.person.name);
        d.record(Event::Noted { task: *new, by: Some(said.person.id.clone()), text });
        d.record(Event::ClientToldSet { task: *new, told: task.client_told.clone() });
        d.record(Event::Noted {
            task: id,
            by: Some(said.person.id.clone()),
            text: format!("A second piece of work became {new}: {words}"),
        });
    }
    d.record(said.touched(id));
    let why = format!("{} took it out of {id}.", said.person.name);
    letters::notices(&mut d, &opened, &why, None);
    Ok(d)
}
