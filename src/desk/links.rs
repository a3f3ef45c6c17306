//! Tasks that wait for tasks: one is done first, and when it ends the other comes back to whoever has it. Every tie is
//! written down with both tasks, and ends with both.

use super::{
    ask::{Asked, refuse},
    drafting::Drafting,
    escalation,
    letters::{self, ToStaff},
    steps, thread,
};
use crate::domain::{
    event::Event,
    id::{PersonId, StepId, TaskId},
    task::{End, StepMark, StepState, Task, TaskState, Tie},
    workflow::{Listener, Party, Step},
};
use std::{collections::BTreeSet, sync::Arc};

/// The first step of a task that waits for a task of another page, and is still to do.
pub(super) fn step_that_needs<'p>(d: &Drafting<'p>, task: &Task) -> Option<&'p Step> {
    let open = |s: &&Step| task.steps.iter().any(|t| t.id == s.id && t.mark == StepMark::Open);
    d.policy.practice_of(task.request_type.as_ref()).steps.iter().filter(|s| s.needs.is_some()).find(open)
}

/// `waiting` waits for `other` from now on.
pub(super) fn tie(d: &mut Drafting<'_>, waiting: TaskId, other: TaskId, step: Option<&Step>, why: &str) {
    let Some(title) = d.task(other).map(|t| t.type_title.clone()) else { return };
    let Some(task) = d.held(waiting) else { return };
    if d.task(other).is_none_or(|o| may_wait(&task, o, |id| d.task(id)).is_err()) {
        return;
    }
    let of = step.map(|s| s.id.clone());
    both(d, waiting, other, Tie::WaitsForIt, of.clone(), why);
    let follow_up =
        step.and_then(|s| s.follow_up).unwrap_or(d.policy.practice_of(task.request_type.as_ref()).standard.follow_up);
    let until = d.policy.calendar.after(d.now, follow_up);
    thread::resume_of(d, waiting, None);
    let on = step.and_then(|s| s.waits_on).unwrap_or(Party::Carrier);
    let why = format!("{other} first: {title}");
    d.record(Event::WaitingBegan { task: waiting, on, until, why, step: of, policy: None });
}

/// Writes a tie down with both tasks.
pub(super) fn both(d: &mut Drafting<'_>, task: TaskId, other: TaskId, how: Tie, step: Option<StepId>, why: &str) {
    let why = why.to_owned();
    d.record(Event::Linked { task, other, how, step: step.clone(), why: why.clone() });
    d.record(Event::Linked { task: other, other: task, how: how.from_there(), step, why });
}

/// Why `task` may not wait for `other`; `known` has what `other` waits for itself, and what that waits for.
pub(super) fn may_wait<'t>(task: &Task, other: &'t Task, known: impl Fn(TaskId) -> Option<&'t Task>) -> Asked<()> {
    let (id, into) = (task.id, other.id);
    if id == into {
        return refuse(format!("{id} cannot wait for itself; name the other task."));
    }
    if let TaskState::Ended { how, .. } = &other.state {
        return refuse(format!("{into} is over ({how}); there is nothing to wait for."));
    }
    if task.tied(Tie::WaitsForIt).any(|l| l.other == into) {
        return refuse(format!("{id} waits for {into} already."));
    }
    if task.tied(Tie::ItWaits).any(|l| l.other == into) {
        return refuse(format!("{into} waits for {id}; the two cannot wait for each other."));
    }
    if let Some(way) = way(other, id, &known) {
        let rest: Vec<String> = way.iter().map(|t| format!("for {t}")).collect();
        return refuse(format!(
            "{into} waits {}; were {id} to wait for {into}, all of them would wait for each other. Say first which of \
             them goes on: “waits no longer”.",
            rest.join(", which waits ")
        ));
    }
    Ok(())
}

/// The tasks by which `from` comes to wait for `to`, `to` included; `None` where it does not.
fn way<'t>(from: &'t Task, to: TaskId, known: &impl Fn(TaskId) -> Option<&'t Task>) -> Option<Vec<TaskId>> {
    let mut ways: Vec<(&Task, Vec<TaskId>)> = vec![(from, Vec::new())];
    let mut seen: BTreeSet<TaskId> = BTreeSet::from([from.id]);
    // Depth first, each task once: there may be several ways.
    while let Some((task, so_far)) = ways.pop() {
        for next in task.tied(Tie::WaitsForIt).map(|l| l.other).filter(|t| seen.insert(*t)).collect::<Vec<_>>() {
            let way: Vec<TaskId> = so_far.iter().copied().chain([next]).collect();
            if next == to {
                return Some(way);
            }
            ways.extend(known(next).map(|t| (t, way)));
        }
    }
    None
}

/// The step that waited was done or left out by a person's word: nothing is waited for there any more.
pub(super) fn step_is_settled(d: &mut Drafting<'_>, id: TaskId, step: &StepId) {
    let Some(task) = d.task(id) else { return };
    let ties: Vec<TaskId> =
        task.tied(Tie::WaitsForIt).filter(|l| l.step.as_ref() == Some(step)).map(|l| l.other).collect();
    for other in ties {
        untie(d, id, other);
    }
}

/// Nothing is waited for any more, by a person's word.
pub(super) fn untie_all(d: &mut Drafting<'_>, id: TaskId) {
    let ties: Vec<TaskId> = d.task(id).iter().flat_map(|t| t.tied(Tie::WaitsForIt)).map(|l| l.other).collect();
    for other in ties {
        untie(d, id, other);
    }
}

fn untie(d: &mut Drafting<'_>, task: TaskId, other: TaskId) {
    d.record(Event::Unlinked { task, other });
    d.record(Event::Unlinked { task: other, other: task });
}

/// A task goes on in another, and what it waited for is its own matter: `behind` are the tasks that the other waits for,
/// or that those wait for in turn.
pub(super) struct GoesOn<'t> {
    pub(super) into: TaskId,
    pub(super) behind: Vec<&'t Task>,
}

/// A task has ended: whatever waited for it comes back to whoever has it, and it waits for nothing itself. Where it goes
/// on in another one, that one is waited for, unless it waits itself for what would wait.
pub(super) fn ended(d: &mut Drafting<'_>, id: TaskId, by: &PersonId, goes_on: Option<&GoesOn<'_>>) {
    let Some(task) = d.held(id) else { return };
    let TaskState::Ended { how, reason, .. } = task.state.clone() else { return };
    for link in task.tied(Tie::WaitsForIt) {
        untie(d, id, link.other);
        let text = format!("{id}, which waited for it, is over: {how}.");
        d.record(Event::Noted { task: link.other, by: None, text });
    }
    for link in task.tied(Tie::ItWaits) {
        let waiting = link.other;
        untie(d, id, waiting);
        let Some(other) = d.task(waiting).filter(|t| t.is_open()).cloned() else { continue };
        if let Some(into) = goes_on.filter(|g| may_be_waited_for(d, g, waiting)).map(|g| g.into) {
            let already = other.tied(Tie::WaitsForIt).any(|l| l.other == into);
            if !already {
                both(d, waiting, into, Tie::WaitsForIt, link.step.clone(), &format!("{id} goes on in {into}."));
            }
            continue;
        }
        come_back(d, &other, link.step.as_ref(), id, by, how, &reason);
    }
}

fn may_be_waited_for(d: &Drafting<'_>, goes_on: &GoesOn<'_>, waiting: TaskId) -> bool {
    let known = |id: TaskId| d.task(id).or_else(|| goes_on.behind.iter().copied().find(|t| t.id == id));
    let into = d.task(goes_on.into).filter(|t| t.is_open() && t.id != waiting);
    into.is_some_and(|into| way(into, waiting, &known).is_none())
}

/// The waiting task is whoever's it is again, and they hear of it.
fn come_back(
    d: &mut Drafting<'_>,
    waiting: &Task,
    step: Option<&StepId>,
    ended: TaskId,
    by: &PersonId,
    how: End,
    reason: &str,
) {
    let id = waiting.id;
    let title = d.task(ended).map(|t| t.type_title.clone()).unwrap_or_default();
    let others = d.task(id).is_some_and(|t| t.tied(Tie::WaitsForIt).next().is_some());
    if how == End::Done
        && !others
        && let Some(state) = step.and_then(|s| waiting.steps.iter().find(|w| w.id == *s && w.mark == StepMark::Open))
    {
        let mark = StepMark::Ticked { by: by.clone(), at: d.now };
        d.record(Event::StepMarked { task: id, step: state.id.clone(), mark, policy: state.policy.clone() });
    }
    if !others && waiting.waits.iter().any(|w| w.policy.is_none() && w.step.as_ref() == step) {
        thread::resume_of(d, id, None);
    }
    let why = match how {
        End::Done => format!("{ended} ({title}), for which it waited, is done: it can go on."),
        _ => {
            let because = if reason.is_empty() { String::new() } else { format!(": {}", reason.trim_end_matches('.')) };
            format!("{ended} ({title}), for which it waited, has ended: {how}{because}. Say how it goes on.")
        }
    };
    d.record(Event::Noted { task: id, by: None, text: why.clone() });
    letters::notices(d, &[id], &why, None);
}

/// A task is open again: those that went on because it had ended hear of it, and say what comes of it. They do not wait
/// again by themselves: what is corrected may not concern them, and one that waited unseen would be late unseen. But
/// nothing that rests on it goes out as done: a step that its end had ticked is open again.
pub(super) fn reopened(d: &mut Drafting<'_>, was: &Task, reason: &str) {
    let TaskState::Ended { how, .. } = &was.state else { return };
    for link in was.went_on() {
        let Some(other) = d.held(link.other) else { continue };
        let (again, waited) = (was.id, other.id);
        let by_its_end = |s: &&StepState| {
            Some(&s.id) == link.step.as_ref() && matches!(s.mark, StepMark::Ticked { at, .. } if link.over == Some(at))
        };
        for step in other.steps.iter().filter(by_its_end).filter(|_| other.is_open()) {
            let (step, policy) = (step.id.clone(), step.policy.clone());
            d.record(Event::StepMarked { task: waited, step, mark: StepMark::Open, policy });
        }
        let then = if other.is_open() {
            format!(
                "Send nothing that rests on it before you have looked; to wait for it again, say “waits for {again}”."
            )
        } else {
            format!("{waited} is over: look whether what went out still holds; if not, say “reopen: why”.")
        };
        let title = &was.type_title;
        let because = reason.trim_end_matches('.');
        let why =
            format!("{again} ({title}), for which it had waited and which was {how}, is open again: {because}. {then}");
        d.record(Event::Noted { task: waited, by: None, text: why.clone() });
        let text =
            format!("{waited} had waited for it and went on; whoever has that one was told that it is open again.");
        d.record(Event::Noted { task: again, by: None, text });
        tell_whoever_has(d, &other, &why);
    }
}

/// A notice to whoever has a task; of one that is over and whose person has left, to the operations manager.
fn tell_whoever_has(d: &mut Drafting<'_>, task: &Task, why: &str) {
    let assignee = &task.assigned.person;
    if d.policy.person(assignee).is_some() {
        return letters::notices(d, &[task.id], why, None);
    }
    for person in escalation::listeners(d.policy, assignee, &[Listener::OperationsManager]) {
        let person = d.hears(&person, Some(task.id), false);
        let letter = ToStaff { kind: letters::NOTICE, why: why.to_owned(), ..ToStaff::default() };
        letters::to_staff(d, &person, &[task.id], letter);
    }
}

/// What stands in the way of a task being done: another one that it waits for.
pub(super) fn still_waited_for(task: &Task) -> Asked<()> {
    let Some(link) = task.tied(Tie::WaitsForIt).next() else { return Ok(()) };
    let other = link.other;
    let step = link.step.as_ref().map_or_else(String::new, |s| format!(" or “skip {s}: why”"));
    refuse(format!("{} waits for {other}, which is open; end that first, or say “waits no longer”{step}.", task.id))
}

/// A new task waits for those that its steps need: for one that the same message asked for, else for one that is opened
/// now where it is certainly needed. Those opened are returned.
pub(super) fn at_opening(
    d: &mut Drafting<'_>,
    tasks: &[TaskId],
    siblings: &[Arc<Task>],
    mut open: impl FnMut(&mut Drafting<'_>, &crate::domain::id::RequestType) -> TaskId,
) -> Vec<TaskId> {
    let mut opened: Vec<TaskId> = Vec::new();
    for id in tasks {
        let Some(task) = d.held(*id) else { continue };
        let practice = d.policy.practice_of(task.request_type.as_ref());
        for step in &practice.steps {
            let Some(page) = &step.needs else { continue };
            if !task.steps.iter().any(|s| s.id == step.id) {
                continue;
            }
            let is_it = |t: &&Task| t.request_type.as_ref() == Some(page) && t.id != *id;
            let beside = tasks.iter().chain(&opened).filter_map(|t| d.task(*t)).find(is_it).map(|t| t.id);
            if let Some(other) = beside {
                tie(d, *id, other, Some(step), "The same message asks for both, and this has to be done first.");
                continue;
            }
            let account = d.account_of(&task).cloned();
            if !step.certainly_needs(&steps::known(&task, account.as_deref())) || !d.policy.pages.contains_key(page) {
                continue;
            }
            if let Some(other) = siblings.iter().map(Arc::as_ref).filter(|t| t.is_open()).find(is_it) {
                let text = format!(
                    "{} is needed first, and {} is open for this client; if that is it, say “waits for {}”, else “needs {}”.",
                    title(d, page),
                    other.id,
                    other.id,
                    page
                );
                d.record(Event::Noted { task: *id, by: None, text });
                continue;
            }
            let other = open(d, page);
            opened.push(other);
            tie(
                d,
                *id,
                other,
                Some(step),
                "The policies, as the account book has them, do not grant what is asked for.",
            );
        }
    }
    opened
}

fn title(d: &Drafting<'_>, page: &crate::domain::id::RequestType) -> String {
    format!("“{}”", d.policy.title(page, "en").unwrap_or(page.as_str()))
}
