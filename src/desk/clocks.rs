//! When a task's clocks run out: a pure reckoning from the task as it stands, its page and the calendar.
//!
//! Nothing here depends on the time of day, so reckoning twice gives the same, and a restart or a reload needs no
//! memory: what has happened stands in [`Task::escalated`] by (clock, epoch, rung).

use super::{Policy, pipeline};
use crate::domain::{
    Timestamp,
    calendar::Calendar,
    field::{Field, FieldValue},
    task::{Due, Task, TaskState, Waited},
    workflow::{Clock, Listener, Practice, Span},
};
use chrono::{Duration, NaiveTime};

/// The field in which the client's deadline stands.
pub(super) const DEADLINE_FIELD: &str = "deadline";

/// What the task's clocks have still to do, soonest first; nothing when it is over. An open task has always something
/// due: where the page has told everybody and nobody acted, it is told again.
pub(super) fn due(task: &Task, policy: &Policy) -> Vec<Due> {
    if !task.is_open() {
        return Vec::new();
    }
    let practice = policy.practice_of(task.request_type.as_ref());
    let mut list: Vec<Due> = Vec::new();
    for (rung, step) in rungs(practice) {
        for (epoch, base) in running(task, practice, &policy.calendar, step.clock) {
            if !has_happened(task, step.clock, epoch, rung) {
                let at = step.after.map_or(base, |span| policy.calendar.after(stopped(task, base), span));
                let at = put_off(task, step.clock, epoch, at);
                list.push(Due { at, clock: step.clock, rung, epoch, tell: step.tell.clone() });
            }
        }
    }
    list.extend(pipeline::due(task, practice, &policy.calendar));
    if list.is_empty() {
        list.push(still_open(task, practice, &policy.calendar));
    }
    list.sort();
    list
}

/// Whoever acts stops the ladder where it is: its later rungs count from that act.
fn stopped(task: &Task, base: Timestamp) -> Timestamp {
    task.last_human_act.map_or(base, |act| act.max(base))
}

/// A task that was put off rings no clock before that, but those of the client's own deadline: the client did not put
/// it off.
fn put_off(task: &Task, clock: Clock, epoch: Timestamp, at: Timestamp) -> Timestamp {
    let clients_own = clock == Clock::DeadlineNear || (clock == Clock::Overdue && task.deadline == Some(epoch));
    match &task.snoozed {
        Some(snoozed) if !clients_own => at.max(snoozed.until),
        _ => at,
    }
}

/// What is due where nothing else is: nothing is open for ever without anybody hearing of it.
fn still_open(task: &Task, practice: &Practice, calendar: &Calendar) -> Due {
    let told = task.escalated.iter().map(|e| e.at).max();
    let epoch = [told, task.last_human_act].into_iter().flatten().max().unwrap_or(task.opened);
    // A page that says “again after nothing” would ring without end.
    let at = calendar.after(epoch, practice.standard.again).max(calendar.after(epoch, Span::Days(1)));
    Due {
        at: put_off(task, Clock::StillOpen, epoch, at),
        clock: Clock::StillOpen,
        rung: 0,
        epoch,
        tell: vec![Listener::Assignee, Listener::OperationsManager],
    }
}

/// Whether what happened then is so still: its clock runs yet, and nobody has acted since.
pub(super) fn stands(task: &Task, clock: Clock, epoch: Timestamp, happened: Timestamp, policy: &Policy) -> bool {
    if !task.is_open() || task.last_human_act.is_some_and(|act| act > happened) {
        return false;
    }
    if put_off(task, clock, epoch, happened) > happened {
        return false;
    }
    let practice = policy.practice_of(task.request_type.as_ref());
    if clock == Clock::Scheduled {
        return pipeline::stands(task, practice, &policy.calendar, epoch);
    }
    clock == Clock::StillOpen || running(task, practice, &policy.calendar, clock).iter().any(|(e, _)| *e == epoch)
}

/// The rungs of a page's ladder, counted from 0 over the whole list.
pub(super) fn rungs(practice: &Practice) -> impl Iterator<Item = (u16, &crate::domain::workflow::Escalation)> {
    practice.escalations.iter().enumerate().filter_map(|(i, e)| u16::try_from(i).ok().map(|i| (i, e)))
}

/// Did this happen already?
fn has_happened(task: &Task, clock: Clock, epoch: Timestamp, rung: u16) -> bool {
    task.escalated.iter().any(|e| e.clock == clock && e.epoch == epoch && e.rung == rung)
}

/// Since when a clock runs (its epoch) and when it runs out. A hazard's clock runs once for each moment at which one
/// was seen; the others run once or not at all.
fn running(task: &Task, practice: &Practice, calendar: &Calendar, clock: Clock) -> Vec<(Timestamp, Timestamp)> {
    let standard = &practice.standard;
    let one = match clock {
        Clock::Scheduled => return pipeline::days(task, practice, calendar),
        Clock::Untouched if task.term.is_some() => pipeline::unheard(task)
            .filter(|_| task.first_touch.is_none())
            .map(|heard| (heard, calendar.after(heard, standard.first_touch))),
        Clock::Idle if task.term.is_some() => pipeline::unheard(task)
            .filter(|_| task.state == TaskState::InProgress && task.waiting.is_none())
            .map(|heard| (heard, calendar.after(heard, standard.idle))),
        Clock::Untouched => {
            task.first_touch.is_none().then(|| (task.arrived, calendar.after(task.arrived, standard.first_touch)))
        }
        Clock::Unread => (task.uncertain && task.first_touch.is_none())
            .then(|| (task.arrived, calendar.after(task.arrived, standard.look))),
        Clock::Unanswered => task
            .chased
            .last()
            .filter(|asked| task.last_human_act.is_none_or(|act| act < **asked))
            .map(|asked| (*asked, calendar.after(*asked, standard.answer))),
        Clock::Undelivered => task.undelivered.map(|at| (at, at)),
        // Reckoned from the rest, and on no page.
        Clock::StillOpen => None,
        Clock::DeadlineNear => task.deadline.map(|d| (d, calendar.before(d, standard.lead))),
        Clock::Overdue => overdue_at(task).map(|at| (at, at)),
        Clock::Idle => (task.state == TaskState::InProgress && task.waiting.is_none()).then(|| {
            let since = own_since(task);
            (since, calendar.after(since, standard.idle))
        }),
        Clock::WaitingTooLong => {
            // Of those that began in one moment the first to come back stands for all.
            let mut waits: Vec<(Timestamp, Timestamp)> = task.waits.iter().map(|w| (w.since, w.until)).collect();
            waits.sort();
            waits.dedup_by_key(|(since, _)| *since);
            return waits;
        }
        Clock::Hazard => {
            let mut seen: Vec<Timestamp> =
                task.escalated.iter().filter(|e| e.clock == Clock::Hazard).map(|e| e.epoch).collect();
            seen.sort();
            seen.dedup();
            return seen.into_iter().map(|at| (at, at)).collect();
        }
    };
    one.into_iter().collect()
}

/// The moment from which the task is late: the client's deadline or the agency's standard, whichever comes first.
/// While it waits for somebody outside only the client's deadline runs.
pub(super) fn overdue_at(task: &Task) -> Option<Timestamp> {
    task.late_at()
}

/// Since when the agency has had the ball without a human act.
fn own_since(task: &Task) -> Timestamp {
    let back = task.waited.last().map(|w| w.until);
    [task.last_human_act, back].into_iter().flatten().max().unwrap_or(task.arrived)
}

/// When the standard wants a task done that arrived then, leaving out the time that others had the ball.
pub(super) fn standard_due(arrived: Timestamp, turnaround: Span, waited: &[Waited], calendar: &Calendar) -> Timestamp {
    let mut due = calendar.after(arrived, turnaround);
    for w in waited {
        due = pushed_out(due, w.since, w.until, turnaround, calendar);
    }
    due
}

/// The standard's moment by this page and calendar; `None` where a person or an older version set none. After a
/// reopening the standard's whole time runs from there.
pub(super) fn standard_now(task: &Task, policy: &Policy) -> Option<Timestamp> {
    let before = task.standard_due?;
    // What ran out has run out: another calendar does not make it late a second time, or unlate.
    if task.escalated.iter().any(|e| e.clock == Clock::Overdue && e.epoch == before) {
        return Some(before);
    }
    let turnaround = policy.practice_of(task.request_type.as_ref()).standard.turnaround;
    let opened_again = task.waited.iter().rposition(|w| w.on.is_none());
    let (from, waited) = match opened_again.and_then(|i| Some((task.waited.get(i)?, task.waited.get(i + 1..)?))) {
        Some((over, since)) => (over.until, since),
        None => (task.arrived, task.waited.as_slice()),
    };
    Some(standard_due(from, turnaround, waited, &policy.calendar))
}

/// The standard's moment after others had the ball from `since` to `until`: what was left of the agency's own time
/// when they got it is left when it comes back. What was late by then stays late.
pub(super) fn pushed_out(
    due: Timestamp,
    since: Timestamp,
    until: Timestamp,
    turnaround: Span,
    calendar: &Calendar,
) -> Timestamp {
    if since >= due || until <= since {
        return due;
    }
    match turnaround {
        Span::Wall(_) => calendar.next_open(until + (due - since)),
        Span::Office(_) | Span::Days(_) => calendar.after_office_time(until, calendar.office_between(since, due)),
    }
}

/// What the deadline field says, as an instant: the close of that day; its last minute when the message came after
/// closing on the very day. `Err` is a sentence about a date that cannot be a deadline.
pub(super) fn deadline(fields: &[Field], arrived: Timestamp, calendar: &Calendar) -> Result<Option<Timestamp>, String> {
    let days = fields.iter().filter(|f| f.name == DEADLINE_FIELD && f.is_sure()).filter_map(|f| match f.value {
        FieldValue::Date(d) => Some(d),
        _ => None,
    });
    let Some(day) = days.min() else { return Ok(None) };
    let today = calendar.day(arrived);
    if day < today {
        return Err(format!("The deadline read, {day}, was past when the message came, so none was set."));
    }
    let close = calendar.close_of(day);
    if close > arrived {
        return Ok(Some(close));
    }
    let last_minute = NaiveTime::from_hms_opt(23, 59, 0).unwrap_or_default();
    Ok(Some(calendar.instant(day.and_time(last_minute)).max(arrived + Duration::minutes(1))))
}
