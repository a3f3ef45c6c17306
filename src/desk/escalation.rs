//! What happens when a task's clocks run out, and when a danger shows: who is told, once for each step. A danger is
//! told here and now; everything else is owed to its readers, who hear of it on their `rounds`.

use super::{
    Policy, answering,
    ask::{Ask, Asked},
    clocks,
    drafting::Drafting,
    letters::{self, HAZARD, ToStaff},
    pipeline, questions,
    roster::Roster,
    rounds,
    routing::{self, Even, Route},
    steps,
};
use crate::domain::{
    Timestamp,
    decision::Cause,
    event::Event,
    id::*,
    person::Role,
    reading::Hazard,
    round::{Of, Owed},
    task::{Due, Escalated, Task},
    workflow::{Clock, Listener, Practice},
};
use std::sync::Arc;

/// A moment stored with a task has come: every step that is due by now happens.
pub(super) fn decide<'p>(ask: &Ask<'_>, id: TaskId, now: Timestamp, policy: &'p Policy) -> Asked<Drafting<'p>> {
    let Some(task) = ask.task(id)?.filter(|t| t.is_open()) else {
        return Ok(Drafting::silent(Cause::Clock, now, policy));
    };
    let account = task.account.as_ref().map(|a| ask.account(a)).transpose();
    let past = task.account.as_ref().map(|a| ask.last_of_account(a)).transpose();
    let message = task.messages.first().map(|m| ask.message(m)).transpose();
    let written = task.requester.as_ref().map(|r| answering::written(ask, Some(r), now)).transpose();
    let circumstances = ask.circumstances();
    let written = written?;
    let (account, past, message) = (account?.flatten(), past?, message?.flatten());
    let mut d = Drafting::amid(circumstances?, Cause::Clock, now, policy);
    let roster = d.roster.clone();
    d.adopt(task);
    if let Some(account) = account {
        d.know_account(account);
        d.know_past(&account.id, past.unwrap_or_default());
    }
    if let Some(m) = message {
        d.know_original(&m.key, &m.raw, Vec::new());
    }
    reassign_from_the_departed(&mut d, task, account.map(Arc::as_ref), &roster);
    by_this_calendar(&mut d, id);
    if let Some(to) = task.requester.as_ref() {
        let may_write = answering::may_remind(task, to, written.unwrap_or_default(), policy);
        questions::follow_up(&mut d, id, message, may_write);
    }
    let Some(task) = d.held(id) else { return Ok(d) };
    let fired: Vec<Due> = clocks::due(&task, policy).into_iter().filter(|due| due.at <= now).collect();
    pipeline::keep(&mut d, id, &fired);
    let fired: Vec<Due> = fired.into_iter().filter(|due| !pipeline::is_letter(due)).collect();
    tell(&mut d, &task, &fired);
    Ok(d)
}

/// Another calendar, or another standard on the page, moves what has not run out yet.
fn by_this_calendar(d: &mut Drafting<'_>, id: TaskId) {
    let Some(task) = d.task(id) else { return };
    let standard_due = clocks::standard_now(task, d.policy);
    if standard_due != task.standard_due {
        d.record(Event::DeadlinesSet { task: id, deadline: task.deadline, standard_due });
    }
}

/// Where the assignee is not among the agency's people any more, or is out and has not begun, somebody else gets the
/// task.
pub(super) fn reassign_from_the_departed(
    d: &mut Drafting<'_>,
    task: &Task,
    account: Option<&crate::domain::account::Account>,
    roster: &Roster,
) {
    let id = task.id;
    let task = d.task(id).unwrap_or(task);
    let Some((route, why)) = routing::from_whoever_is_away(d.policy, task, account, roster, Even::Untouched) else {
        return;
    };
    if route.nobody_else {
        d.nobody_else.insert(id);
    }
    d.record(Event::Assigned {
        task: id,
        person: route.person,
        reason: route.because,
        standing_in_for: route.standing_in_for,
    });
    letters::notices(d, &[id], &why, None);
}

/// Writes the steps down. Of a danger each listener is told at once; the rest is owed to whoever hears it.
fn tell(d: &mut Drafting<'_>, task: &Task, fired: &[Due]) {
    let mut owed: Vec<(PersonId, Vec<Owed>)> = Vec::new();
    let mut at_once: Vec<PersonId> = Vec::new();
    for due in fired {
        let danger = due.clock == Clock::Hazard;
        let told = heard_by(d, task, listeners(d.policy, &task.assigned.person, &due.tell), danger);
        for person in &told {
            if danger {
                if !at_once.contains(person) {
                    at_once.push(person.clone());
                }
                continue;
            }
            let step = Owed { at: d.now, of: Of::Step { task: task.id, clock: due.clock, epoch: due.epoch } };
            match owed.iter_mut().find(|(p, _)| p == person) {
                Some((_, steps)) if steps.contains(&step) => {}
                Some((_, steps)) => steps.push(step),
                None => owed.push((person.clone(), vec![step])),
            }
        }
        let escalated = Escalated { clock: due.clock, rung: due.rung, epoch: due.epoch, at: d.now, told };
        d.record(Event::Escalated { task: task.id, escalated });
    }
    for (person, steps) in owed {
        rounds::owe(d, &person, steps);
    }
    for person in at_once {
        let words = clock_words(Clock::Hazard, d.policy, task, d.now);
        let letter = ToStaff {
            kind: HAZARD,
            why: format!("{} is {words}.", task.id),
            clock: words,
            action: action(Clock::Hazard, task, d.now),
            at_once: true,
            ..ToStaff::default()
        };
        letters::to_staff(d, &person, &[task.id], letter);
    }
}

/// Dangers that showed on these tasks: written down, and told at once, in one letter a person.
pub(super) fn alert(d: &mut Drafting<'_>, tasks: &[TaskId], hazards: &[Hazard]) {
    let mut heard: Vec<(PersonId, Vec<TaskId>)> = Vec::new();
    let mut titles: Vec<&str> = Vec::new();
    for id in tasks {
        let Some(task) = d.held(*id) else { continue };
        let new: Vec<&Hazard> = hazards.iter().filter(|h| !task.hazards.iter().any(|k| k.key == h.key)).collect();
        if new.is_empty() {
            continue;
        }
        for h in &new {
            d.record(Event::HazardSeen { task: *id, hazard: (*h).clone() });
            if !titles.contains(&h.title.as_str()) {
                titles.push(&h.title);
            }
        }
        // What the danger asks for stands in the letters that tell of it.
        steps::bring_up_to_date(d, Some(&task), *id);
        questions::wait_no_longer(d, *id);
        to_whoever_is_here(d, *id);
        let Some(task) = d.held(*id) else { continue };
        for (rung, tell) in at_once(d.policy, d.policy.practice_of(task.request_type.as_ref())) {
            let told = heard_by(d, &task, listeners(d.policy, &task.assigned.person, &tell), true);
            for person in &told {
                match heard.iter_mut().find(|(p, _)| p == person) {
                    Some((_, list)) if list.contains(id) => {}
                    Some((_, list)) => list.push(*id),
                    None => heard.push((person.clone(), vec![*id])),
                }
            }
            let escalated = Escalated { clock: Clock::Hazard, rung, epoch: d.now, at: d.now, told };
            d.record(Event::Escalated { task: *id, escalated });
        }
    }
    let words = titles.join(", ");
    for (person, tasks) in heard {
        let letter = ToStaff {
            kind: HAZARD,
            why: format!("Danger: {words}."),
            clock: "a hazard".to_owned(),
            action: "Call the client now; do not wait for mail.".to_owned(),
            at_once: true,
            with_original: true,
            ..ToStaff::default()
        };
        letters::to_staff(d, &person, &tasks, letter);
    }
}

/// A danger does not wait for somebody who is out: the task goes to whoever is there now.
fn to_whoever_is_here(d: &mut Drafting<'_>, id: TaskId) {
    let Some(task) = d.held(id) else { return };
    let account = d.account_of(&task).cloned();
    let found = routing::from_whoever_is_away(d.policy, &task, account.as_deref(), &d.roster, Even::Begun);
    let Some((route, _)) = found else { return };
    let Route { person, because, standing_in_for, .. } = route;
    let reason = format!("There is danger. {because}");
    d.record(Event::Assigned { task: id, person, reason, standing_in_for });
}

/// Whoever hears in the place of those who are out, each once.
fn heard_by(d: &Drafting<'_>, task: &Task, told: Vec<PersonId>, at_once: bool) -> Vec<PersonId> {
    let mut heard: Vec<PersonId> = Vec::new();
    for person in told {
        let person = if person == task.assigned.person {
            d.hears(&person, Some(task.id), at_once)
        } else {
            d.deputy(&person, at_once)
        };
        if !heard.contains(&person) {
            heard.push(person);
        }
    }
    heard
}

/// The hazard rungs that are told at once: the page's first one and all without `after`; triage's where the page has
/// none; and where that has none either, the assignee and the operations manager.
fn at_once(policy: &Policy, practice: &Practice) -> Vec<(u16, Vec<Listener>)> {
    for p in [practice, &policy.triage] {
        let rungs: Vec<(u16, Vec<Listener>)> = clocks::rungs(p)
            .filter(|(_, e)| e.clock == Clock::Hazard)
            .enumerate()
            .filter(|(nth, (_, e))| *nth == 0 || e.after.is_none())
            .map(|(_, (rung, e))| (rung, e.tell.clone()))
            .collect();
        if !rungs.is_empty() {
            return rungs;
        }
    }
    vec![(0, vec![Listener::Assignee, Listener::OperationsManager])]
}

/// The people behind the words of a page, each once. Where nobody holds a role, the next one up hears, and at last
/// the assignee: an escalation never goes nowhere.
pub(super) fn listeners(policy: &Policy, assignee: &PersonId, tell: &[Listener]) -> Vec<PersonId> {
    let holding = |role: Role| policy.people.iter().filter(|p| p.is(role)).map(|p| p.id.clone()).collect::<Vec<_>>();
    let mut told: Vec<PersonId> = Vec::new();
    for listener in tell {
        let mut who = match listener {
            Listener::Assignee => vec![assignee.clone()],
            Listener::OperationsManager => holding(Role::OperationsManager),
            Listener::Owner => holding(Role::Owner),
        };
        if who.is_empty() && *listener == Listener::OperationsManager {
            who = holding(Role::Owner);
        }
        if who.is_empty() {
            who = holding(Role::OperationsManager);
        }
        if who.is_empty() {
            who = vec![assignee.clone()];
        }
        for p in who {
            if !told.contains(&p) {
                told.push(p);
            }
        }
    }
    told
}

/// Whether a deadline is over: a warning that a machine slept through must not say that there is time left.
fn is_past(deadline: Option<Timestamp>, now: Timestamp) -> bool {
    deadline.is_some_and(|at| at <= now)
}

/// A clock that ran out, in words that follow “is”.
pub(super) fn clock_words(clock: Clock, policy: &Policy, task: &Task, now: Timestamp) -> String {
    let practice = policy.practice_of(task.request_type.as_ref());
    match clock {
        Clock::Untouched => format!("untouched for {}", practice.standard.first_touch),
        Clock::Unread => format!("read with doubt, and looked at by nobody for {}", practice.standard.look),
        Clock::Unanswered => format!("without an answer for {}, and the client has asked", practice.standard.answer),
        Clock::Undelivered => "without a letter to the client: ours came back".to_owned(),
        Clock::StillOpen => "still open, and everybody has been told".to_owned(),
        Clock::DeadlineNear if is_past(task.deadline, now) => "past the client's deadline".to_owned(),
        Clock::DeadlineNear => "close to the client's deadline".to_owned(),
        Clock::Overdue => "overdue".to_owned(),
        Clock::Idle => format!("without a human act for {}", practice.standard.idle),
        Clock::WaitingTooLong => {
            let on = task.waiting.as_ref().map_or("somebody".to_owned(), |w| format!("the {}", w.on));
            format!("waiting on {on} longer than planned")
        }
        Clock::Hazard => "still open with a hazard".to_owned(),
        Clock::Scheduled => pipeline::words(task, policy, now),
    }
}

/// The one thing to do.
pub(super) fn action(clock: Clock, task: &Task, now: Timestamp) -> String {
    let next = task.next_step().map(|s| format!(" Next step: {}", s.in_words())).unwrap_or_default();
    match clock {
        Clock::Unread => "Look at the message and say what it is.".to_owned(),
        Clock::Unanswered => format!("Tell the client how it stands.{next}"),
        Clock::Undelivered => "Call the client, or find another address.".to_owned(),
        Clock::StillOpen => format!("Finish it, close it, or say until when it is put off and why.{next}"),
        Clock::Untouched => format!("Take it, or give it to somebody who can.{next}"),
        Clock::DeadlineNear if is_past(task.deadline, now) => {
            format!("Call the client: the time they gave us is over.{next}")
        }
        Clock::DeadlineNear => format!("Finish it before the deadline, or call the client.{next}"),
        Clock::Overdue => format!("Finish it, or tell the client when it will be done.{next}"),
        Clock::Idle => format!("Go on with it, or set it to wait and say on whom.{next}"),
        Clock::WaitingTooLong => {
            let on = task.waiting.as_ref().map_or("whoever has it".to_owned(), |w| format!("the {}", w.on));
            format!("Chase {on}, or resume the task.")
        }
        Clock::Hazard => "Call the client now; do not wait for mail.".to_owned(),
        Clock::Scheduled => format!("Do what is due, and tick it.{next}"),
    }
}
