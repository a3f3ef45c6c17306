//! Another task has to be done first: one that is there, or one that is opened for it.

use super::{Drafting, Said, Subject};
use crate::desk::{
    ask::{Asked, refuse},
    letters, links,
    matching::Match,
    opening::{self, Counters, Source},
};
use crate::domain::{event::Event, id::TaskId};

/// It waits for that task, and comes back when that one ends.
pub(super) fn wait_for<'p>(said: &Said<'_, 'p>, id: TaskId, other: TaskId) -> Asked<Drafting<'p>> {
    let (awaited, behind) = (said.ask.task(other), said.ask.waits_behind(other));
    let subject = said.open_subject(id);
    let (awaited, behind, Subject { mut d, task, .. }) = (awaited?, behind?, subject?);
    let Some(awaited) = awaited else { return refuse(format!("There is no task {other}.")) };
    links::may_wait(task, awaited, |id| behind.iter().copied().find(|t| t.id == id))?;
    d.adopt(awaited);
    let step = links::step_that_needs(&d, task).filter(|s| s.needs == awaited.request_type);
    links::tie(&mut d, id, other, step, &format!("{} said so.", said.person.name));
    d.record(said.touched(id));
    Ok(d)
}

/// It needs another piece of work first: that becomes a task for the same client, and it waits for it.
pub(super) fn needs<'p>(said: &Said<'_, 'p>, id: TaskId, words: &str) -> Asked<Drafting<'p>> {
    let (load, next) = (said.ask.load(), said.ask.next_task());
    let subject = said.open_subject(id);
    let (mut counters, Subject { mut d, task, account }) = (Counters { next: next?, load: load? }, subject?);
    let step = links::step_that_needs(&d, task);
    let kind = match words.trim() {
        "" => step.and_then(|s| s.needs.clone()),
        named => said.policy.kind_called(named).cloned(),
    };
    let Some(kind) = kind.filter(|k| said.policy.pages.contains_key(k)) else {
        let titles: Vec<&str> = said.policy.pages.keys().filter_map(|p| said.policy.title(p, "en")).collect();
        return refuse(format!("Say what {id} needs first, by the name of a kind of work: {}.", titles.join(", ")));
    };
    let request = opening::said_of(task, &kind);
    let reading = opening::of_the_same_client(task);
    let matched = Match {
        account: account.cloned(),
        reason: format!("{id} needs it: {}", task.account_reason),
        doubt: None,
        candidates: Vec::new(),
    };
    let source = Source {
        past: &[],
        reading: &reading,
        arrived: said.now,
        subject: task.subject.clone(),
        requester: task.requester.clone(),
        words: task.words.to_string(),
        message: None,
        matched: &matched,
        unread: Vec::new(),
        earlier: Vec::new(),
    };
    let opened = opening::open_one(&mut d, &source, Some(&request), &mut counters);
    let told = task.client_told.clone();
    d.record(Event::ClientToldSet { task: opened, told });
    let why = format!("{} said that {id} needs it first.", said.person.name);
    let step = step.filter(|s| s.needs.as_ref() == Some(&kind));
    links::tie(&mut d, id, opened, step, &why);
    d.record(said.touched(id));
    letters::notices(&mut d, &[opened], &why, None);
    Ok(d)
}
