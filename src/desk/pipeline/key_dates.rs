//! Days that matter by themselves: a carrier's deadlines, the client's decision, the day on which the new term begins.
//! The page says when they usually are, a person says it of one task by a field; each is spoken of ahead.

use crate::desk::view;
use crate::domain::{
    Timestamp,
    calendar::Calendar,
    field::FieldValue,
    pipeline::{KeyDate, days_before},
    task::{StepMark, Task},
    workflow::{Practice, Span},
};
use chrono::{NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};

/// A day that matters to a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dated {
    /// The field by which a person says another day.
    pub field: String,
    /// What people call it.
    pub title: String,
    /// The day.
    pub on: NaiveDate,
    /// It matters no more: what was due by then is done.
    pub met: bool,
}

/// The days that matter to a task, soonest first; none where no policies' date brought it.
#[must_use]
pub fn key_dates(task: &Task, practice: &Practice) -> Vec<Dated> {
    let (Some(term), Some(pipeline)) = (&task.term, &practice.pipeline) else { return Vec::new() };
    let said = |field: &str| {
        let of = task.fields.iter().filter(|f| f.name == field && f.is_sure());
        of.filter_map(|f| day_of(&f.value)).min()
    };
    let is_met = |date: &KeyDate| task.steps.iter().any(|s| s.mark != StepMark::Open && date.met_by.contains(&s.id));
    let dated = |date: &KeyDate| Dated {
        field: date.field.clone(),
        title: date.title.clone(),
        on: said(&date.field).unwrap_or_else(|| days_before(term.expiration, date.days_before)),
        met: is_met(date),
    };
    let mut dates: Vec<Dated> = pipeline.key_dates.iter().map(dated).collect();
    dates.sort_by_key(|d| d.on);
    dates
}

/// The day that a field says; a field of the agency's own is words.
fn day_of(value: &FieldValue) -> Option<NaiveDate> {
    match value {
        FieldValue::Date(day) => Some(*day),
        FieldValue::Text(words) => words.parse().ok(),
        _ => None,
    }
}

/// The moment by which a day is known: its noon, so that a step of the same day is another.
fn noon(calendar: &Calendar, day: NaiveDate) -> Timestamp {
    calendar.instant(day.and_time(NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default()))
}

/// For each day that still matters: its moment, and when the desk speaks of it, which is ahead by the page's lead. One
/// that was near when the task was listed is spoken of a business day later.
pub(super) fn days(task: &Task, practice: &Practice, calendar: &Calendar) -> Vec<(Timestamp, Timestamp)> {
    let Some(term) = &task.term else { return Vec::new() };
    let open = key_dates(task, practice).into_iter().filter(|d| !d.met);
    let spoken_of = |day: NaiveDate| {
        let ahead = calendar.before(calendar.close_of(day), practice.standard.lead);
        if ahead > term.listed { ahead } else { calendar.after(term.listed, Span::Days(1)) }
    };
    open.map(|d| (noon(calendar, d.on), spoken_of(d.on))).collect()
}

/// Whether this is the moment of a day that still matters.
pub(super) fn stands(task: &Task, practice: &Practice, calendar: &Calendar, epoch: Timestamp) -> bool {
    key_dates(task, practice).iter().any(|d| !d.met && noon(calendar, d.on) == epoch)
}

/// The days that are near or past and still matter, in words.
pub(super) fn near(task: &Task, practice: &Practice, calendar: &Calendar, now: Timestamp) -> Vec<String> {
    let open = key_dates(task, practice).into_iter().filter(|d| !d.met);
    let near = open.filter(|d| calendar.before(calendar.close_of(d.on), practice.standard.lead) <= now);
    near.map(|d| format!("{} is {}", d.title, view::date(d.on, "en"))).collect()
}
