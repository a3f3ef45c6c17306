//! Work that the dates of policies bring: listed in time, kept in step with the account book, reminded of day by day.
//!
//! Here is the reckoning: which day of a task's schedule is when. What happens then is in [`listing`] (tasks opened and
//! followed), [`letters`] (the client is written to) and [`joining`] (mail finds its task). Knows no page by name.

mod by_hand;
mod joining;
mod key_dates;
mod letters;
mod listing;
mod outlook;

pub(super) use by_hand::{Listed, news};
pub(super) use joining::{heard, join, list_opened};
pub use key_dates::{Dated, key_dates};
pub(super) use listing::{carry, look};
pub use outlook::{Foreseen, Outlook, foreseen, is_undecided, outlook};
pub(super) use outlook::{at_stake, stake};

use super::{Policy, drafting::Drafting, view};
use crate::domain::{
    Timestamp,
    calendar::Calendar,
    event::Event,
    id::{RequestType, TaskId},
    pipeline::{Pipeline, Term, days_before, schedule},
    task::{Due, StepMark, Task},
    workflow::{Clock, Listener, Practice, Step},
};
use chrono::{Days, NaiveDate, NaiveTime};
use letters::write;

/// The rung of letters to the client: no page says it, the steps do.
const LETTERS: u16 = u16::MAX;
/// The rung of the daily reminder.
const DAILY: u16 = u16::MAX - 1;

/// The pages that policies' dates bring work of, and how.
pub(super) fn pages(policy: &Policy) -> impl Iterator<Item = (&RequestType, &Pipeline)> {
    policy.pages.iter().filter_map(|(id, page)| page.practice.pipeline.as_ref().map(|p| (id, p)))
}

/// Whether policies' dates bring work of a type.
pub(super) fn is_listed(policy: &Policy, request_type: &RequestType) -> bool {
    policy.pages.get(request_type).is_some_and(|p| p.practice.pipeline.is_some())
}

/// The schedule of all pages, in words: accounts are looked at anew when it is another one.
fn schedule_of(policy: &Policy) -> String {
    schedule(pages(policy))
}

/// The first moment of a day, whatever the office hours: holidays that are loaded later do not move it.
fn midnight(calendar: &Calendar, day: NaiveDate) -> Timestamp {
    calendar.instant(day.and_time(NaiveTime::MIN))
}

/// When what is due on a day is done: as soon as the office is open.
fn opening(calendar: &Calendar, day: NaiveDate) -> Timestamp {
    calendar.next_open(midnight(calendar, day))
}

/// The open steps of a task that have a day, with that day.
fn dated<'p>(task: &Task, practice: &'p Practice) -> Vec<(&'p Step, NaiveDate)> {
    let Some(term) = &task.term else { return Vec::new() };
    let is_open = |s: &Step| task.steps.iter().any(|t| t.id == s.id && t.mark == StepMark::Open);
    let day = |s: &'p Step| s.days_before.map(|d| (s, days_before(term.expiration, d)));
    practice.steps.iter().filter(|s| is_open(s)).filter_map(day).collect()
}

/// For each dated step that is open: its day, and when the desk speaks of it. A day that had passed when the task was
/// listed is spoken of a business day later, or a late listing would sound like neglect.
pub(super) fn days(task: &Task, practice: &Practice, calendar: &Calendar) -> Vec<(Timestamp, Timestamp)> {
    let Some(term) = &task.term else { return Vec::new() };
    let spoken_of = |day: NaiveDate| {
        let at = opening(calendar, day);
        if at > term.listed { at } else { calendar.after(term.listed, crate::domain::workflow::Span::Days(1)) }
    };
    let mut days: Vec<_> =
        dated(task, practice).into_iter().map(|(_, day)| (midnight(calendar, day), spoken_of(day))).collect();
    days.extend(key_dates::days(task, practice, calendar));
    // Two steps of one day are one moment.
    days.sort();
    days.dedup();
    days
}

/// Whether it is settled: one of the page's steps that settle it is ticked or waived.
pub(super) fn is_settled(task: &Task, pipeline: &Pipeline) -> bool {
    task.steps.iter().any(|s| s.mark != StepMark::Open && pipeline.settled_by.contains(&s.id))
}

/// What the schedule has still to do besides the page's rungs: letters, and the daily reminder.
pub(super) fn due(task: &Task, practice: &Practice, calendar: &Calendar) -> Vec<Due> {
    let (Some(term), Some(pipeline)) = (&task.term, &practice.pipeline) else { return Vec::new() };
    let letters = letters::to_come(task, term, practice);
    let due = |day: NaiveDate, rung, tell| Due {
        at: opening(calendar, day).max(term.listed),
        clock: Clock::Scheduled,
        rung,
        epoch: midnight(calendar, day),
        tell,
    };
    let mut list: Vec<Due> = letters.iter().map(|(_, _, day)| due(*day, LETTERS, Vec::new())).collect();
    list.dedup();
    if let Some(day) = next_reminder(task, term, pipeline) {
        let mut tell = vec![Listener::Assignee];
        if day >= term.expiration {
            tell.push(Listener::OperationsManager);
        }
        list.push(due(day, DAILY, tell));
    }
    list
}

/// The next day of daily reminders.
fn next_reminder(task: &Task, term: &Term, pipeline: &Pipeline) -> Option<NaiveDate> {
    let from = days_before(term.expiration, pipeline.daily_from?);
    if is_settled(task, pipeline) {
        return None;
    }
    let next = term.reminded_on.and_then(|day| day.checked_add_days(Days::new(1)));
    Some(next.map_or(from, |next| next.max(from)))
}

/// Whether something due is a letter of the schedule, which [`write`] deals with.
pub(super) fn is_letter(due: &Due) -> bool {
    due.clock == Clock::Scheduled && due.rung == LETTERS
}

/// Does what the schedule wants done besides telling people: writes to the client, and remembers the reminder of today.
pub(super) fn keep(d: &mut Drafting<'_>, id: TaskId, fired: &[Due]) {
    if fired.iter().any(is_letter) {
        write(d, id);
    }
    let is_daily = |due: &Due| due.clock == Clock::Scheduled && due.rung == DAILY;
    if fired.iter().any(is_daily)
        && let Some(mut term) = d.task(id).and_then(|t| t.term.clone())
    {
        term.reminded_on = Some(d.policy.calendar.day(d.now));
        d.record(Event::TermSet { task: id, term: Box::new(term) });
    }
}

/// Since when somebody outside waits for an act on a task of the pipeline: only then do the clocks of touching it and of
/// going on with it run, for nobody has to touch in January what is due in April.
pub(super) fn unheard(task: &Task) -> Option<Timestamp> {
    let heard = task.term.as_ref()?.heard;
    heard.filter(|heard| task.last_human_act.is_none_or(|act| act < *heard))
}

/// Whether what a day has brought is so still: its step is open, or it is not settled and was to be reminded of.
pub(super) fn stands(task: &Task, practice: &Practice, calendar: &Calendar, epoch: Timestamp) -> bool {
    let of_step = dated(task, practice).into_iter().any(|(_, day)| midnight(calendar, day) == epoch);
    let daily = || {
        let (term, pipeline) = (task.term.as_ref()?, practice.pipeline.as_ref()?);
        let from = midnight(calendar, days_before(term.expiration, pipeline.daily_from?));
        Some(epoch >= from && !is_settled(task, pipeline))
    };
    of_step || key_dates::stands(task, practice, calendar, epoch) || daily().unwrap_or(false)
}

/// What has run out, in words that follow “is”.
pub(super) fn words(task: &Task, policy: &Policy, now: Timestamp) -> String {
    let Some(term) = &task.term else { return "scheduled for today".to_owned() };
    let practice = policy.practice_of(task.request_type.as_ref());
    let today = policy.calendar.day(now);
    let left = match term.days_left(today) {
        0 => "the last day is today".to_owned(),
        1 => "1 day is left".to_owned(),
        -1 => "the last day was yesterday".to_owned(),
        n if n.is_negative() => format!("the last day was {} days ago", -n),
        n => format!("{n} days are left"),
    };
    let come: Vec<String> = dated(task, practice)
        .into_iter()
        .filter(|(_, day)| *day <= today)
        .map(|(step, day)| format!("“{}” (due {})", step.title.trim_end_matches('.'), view::date(day, "en")))
        .collect();
    let near = key_dates::near(task, practice, &policy.calendar, now);
    let near = if near.is_empty() { String::new() } else { format!("; {}", near.join(", ")) };
    if come.is_empty() {
        return format!("undecided, and {left}{near}");
    }
    format!("not done with {}; {left}{near}", come.join(", "))
}

/// The dates of a task for people, soonest first: the days that matter by themselves, and each step's.
pub(super) fn dates(task: &Task, policy: &Policy) -> Vec<(String, NaiveDate)> {
    let Some(term) = &task.term else { return Vec::new() };
    let practice = policy.practice_of(task.request_type.as_ref());
    let of_step = |s: &Step| Some((s.title.clone(), days_before(term.expiration, s.days_before?)));
    let matter = key_dates(task, practice).into_iter().map(|d| (d.title, d.on));
    let mut dates: Vec<_> = matter.chain(practice.steps.iter().filter_map(of_step)).collect();
    if !dates.iter().any(|(_, on)| *on == term.expiration) {
        dates.push(("Effective".to_owned(), term.expiration));
    }
    dates.sort_by_key(|(_, on)| *on);
    dates
}
