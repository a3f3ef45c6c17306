//! When a task's clocks run out: a pure reckoning from the task as it stands, its page and the calendar.
//!
//! Nothing here depends on the time of day, so reckoning twice gives the same, and a restart or a reload needs no
//! memory: what has happened stands in [`Task::escalated`] by (clock, epoch, rung).

use super::Policy;
use crate::domain::{
    Timestamp,
    calendar::Calendar,
    field::{Field, FieldValue},
    task::{Due, Task, TaskState},
    workflow::{Clock, Practice, Span},
};
use chrono::{Duration, NaiveTime};

/// The field in which the client's deadline stands.
pub(super) const DEADLINE_FIELD: &str = "deadline";

/// Below this a field is a suggestion only: it sets no deadline and answers no question.
pub(super) const SURE: u8 = 50;

/// What the task's clocks have still to do, soonest first; nothing when it is over.
pub(super) fn due(task: &Task, policy: &Policy) -> Vec<Due> {
    if !task.is_open() {
        return Vec::new();
    }
    let practice = policy.practice_of(task.request_type.as_ref());
    let mut list: Vec<Due> = Vec::new();
    for (rung, step) in rungs(practice) {
        for (epoch, base) in running(task, practice, &policy.calendar, step.clock) {
            if !has_happened(task, step.clock, epoch, rung) {
                let at = step.after.map_or(base, |span| policy.calendar.after(base, span));
                list.push(Due { at, clock: step.clock, rung, epoch, tell: step.tell.clone() });
            }
        }
    }
    list.sort();
    list
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
        Clock::Untouched => (task.state == TaskState::New && task.first_touch.is_none())
            .then(|| (task.arrived, calendar.after(task.arrived, standard.first_touch))),
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
    let standard = if task.waiting.is_some() { None } else { task.standard_due };
    [task.deadline, standard].into_iter().flatten().min()
}

/// Since when the agency has had the ball without a human act.
fn own_since(task: &Task) -> Timestamp {
    let back = task.waited.last().map(|(_, until)| *until);
    [task.last_human_act, back].into_iter().flatten().max().unwrap_or(task.arrived)
}

/// When the standard wants a task done that arrived then, leaving out the time that others had the ball.
pub(super) fn standard_due(
    arrived: Timestamp,
    turnaround: Span,
    waited: &[(Timestamp, Timestamp)],
    calendar: &Calendar,
) -> Timestamp {
    let mut due = calendar.after(arrived, turnaround);
    for (since, until) in waited {
        due = pushed_out(due, *since, *until, turnaround, calendar);
    }
    due
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
    let days =
        fields.iter().filter(|f| f.name == DEADLINE_FIELD && f.confidence >= SURE).filter_map(|f| match f.value {
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
