//! The figures: one definition each, in a sentence that every report prints, and in the code that makes it.
//!
//! Office time is time in which the agency was open, by its calendar. A figure of a group of tasks is made of the cases
//! handed to [`Figure::of`] and names the tasks that went into it.

use super::case::{Case, Court, Ending};
use super::period::Period;
use crate::domain::{
    Timestamp,
    calendar::Calendar,
    id::*,
    task::{End, Whose},
    workflow::Span,
};
use serde::{Deserialize, Serialize};

/// What a figure counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Pieces.
    Count,
    /// A part of a whole, 0 to 1.
    Share,
    /// Minutes in which the agency was open.
    OfficeMinutes,
    /// Days by the wall.
    Days,
    /// Business days of the agency.
    BusinessDays,
    /// Pieces a business day.
    PerDay,
}

impl Unit {
    /// A value as people read it.
    #[must_use]
    pub fn say(self, value: f64) -> String {
        match self {
            Self::Count => grouped(value),
            Self::Share => format!("{:.0} %", value * 100.0),
            Self::OfficeMinutes if value < 60.0 => format!("{value:.0} min"),
            Self::OfficeMinutes if value < 6_000.0 => format!("{:.1} h", value / 60.0),
            Self::OfficeMinutes => format!("{} h", grouped(value / 60.0)),
            Self::Days | Self::BusinessDays => format!("{value:.1} d"),
            Self::PerDay => format!("{value:.1} a day"),
        }
    }
}

/// `12,345`.
fn grouped(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) && c != '-' {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// A figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "each is defined in words by `Figure::meaning`")]
pub enum Figure {
    OpenBefore,
    Arrived,
    Ended,
    Done,
    CompletionRate,
    Open,
    OldestOpen,
    FirstTouchMedian,
    FirstTouchP90,
    FirstTouchWithin,
    NeverTouched,
    TurnaroundMedian,
    TurnaroundP90,
    WithinStandard,
    Reopened,
    ReopenedAgency,
    ReopenedClient,
    ReopenedCarrier,
    ReopenedNobody,
    ReopenedUnnamed,
    Asked,
    CourtAgency,
    CourtClient,
    CourtCarrier,
    CourtThirdParty,
    Pace,
    DueSoon,
    DaysOfWork,
}

/// By what figures are made.
#[derive(Clone, Copy)]
pub struct Measure<'a> {
    /// Of which time.
    pub period: &'a Period,
    /// Whose office time.
    pub calendar: &'a Calendar,
    /// The pages' standard for the first touch, by type; `None` is triage.
    pub first_touch: &'a dyn Fn(Option<&RequestType>) -> Span,
}

/// Business days that “soon” means.
const SOON: u32 = 5;

/// A value with the tasks it was made of.
pub type Made = (Option<f64>, Vec<TaskId>);

impl Figure {
    /// All of them, in the order of a report.
    pub const ALL: [Self; 28] = [
        Self::OpenBefore,
        Self::Arrived,
        Self::Reopened,
        Self::Ended,
        Self::Open,
        Self::Done,
        Self::CompletionRate,
        Self::OldestOpen,
        Self::FirstTouchMedian,
        Self::FirstTouchP90,
        Self::FirstTouchWithin,
        Self::NeverTouched,
        Self::TurnaroundMedian,
        Self::TurnaroundP90,
        Self::WithinStandard,
        Self::ReopenedAgency,
        Self::ReopenedClient,
        Self::ReopenedCarrier,
        Self::ReopenedNobody,
        Self::ReopenedUnnamed,
        Self::Asked,
        Self::CourtAgency,
        Self::CourtClient,
        Self::CourtCarrier,
        Self::CourtThirdParty,
        Self::Pace,
        Self::DueSoon,
        Self::DaysOfWork,
    ];

    /// Its key, as programs and `--trace` name it; its title; its unit; what it means.
    const fn defined(self) -> (&'static str, &'static str, Unit, &'static str) {
        use Unit::{BusinessDays, Count, Days, OfficeMinutes, PerDay, Share};
        match self {
            Self::OpenBefore => ("open_before", "Open before", Count, "Tasks that were open when the period began."),
            Self::Arrived => ("arrived", "Arrived", Count, "Tasks that were opened in the period."),
            Self::Reopened => {
                ("reopened", "Reopened", Count, "How often a task that was over was opened again in the period.")
            }
            Self::Ended => ("ended", "Ended", Count, "How often a task ended in the period, in whatever way."),
            Self::Open => (
                "open",
                "Open",
                Count,
                "Tasks that were open at the end of the period: open before + arrived + reopened − ended.",
            ),
            Self::Done => (
                "done",
                "Done",
                Count,
                "Ends in the period that were “done”; withdrawn, declined, no response, duplicate and not needed do not count.",
            ),
            Self::CompletionRate => (
                "completion_rate",
                "Completed",
                Share,
                "Of the tasks that arrived in the period, the part that was done at its end.",
            ),
            Self::OldestOpen => (
                "oldest_open",
                "Oldest open",
                Days,
                "Days since the oldest task arrived that was open at the end of the period.",
            ),
            Self::FirstTouchMedian => (
                "first_touch_median",
                "First touch, median",
                OfficeMinutes,
                "Office time from a request's arrival to the first act of a person, of tasks first touched in the period: half took no longer.",
            ),
            Self::FirstTouchP90 => {
                ("first_touch_p90", "First touch, 90th", OfficeMinutes, "The same: nine in ten took no longer.")
            }
            Self::FirstTouchWithin => (
                "first_touch_within",
                "First touch in time",
                Share,
                "Of the tasks first touched in the period, the part that was touched within its page's standard for the first touch.",
            ),
            Self::NeverTouched => (
                "never_touched",
                "Never touched",
                Count,
                "Tasks that arrived in the period by mail, longer than two business days before its end, and that no person had touched by then.",
            ),
            Self::TurnaroundMedian => (
                "turnaround_median",
                "Turnaround, median",
                OfficeMinutes,
                "The agency's own office time from arrival to done, of tasks done in the period: time in which a client, a carrier or somebody else had the ball, or the task was over, is left out. Half took no longer.",
            ),
            Self::TurnaroundP90 => {
                ("turnaround_p90", "Turnaround, 90th", OfficeMinutes, "The same: nine in ten took no longer.")
            }
            Self::WithinStandard => (
                "within_standard",
                "Within standard",
                Share,
                "Of the tasks done in the period, the part that was done by the moment that its page's standard set, which moves on while others have the ball.",
            ),
            Self::ReopenedAgency => (
                "reopened_agency",
                "Reopened: our error",
                Count,
                "Reopenings of the period that people called the agency's own error.",
            ),
            Self::ReopenedClient => (
                "reopened_client",
                "Reopened: client's error",
                Count,
                "Reopenings of the period that people called the client's error.",
            ),
            Self::ReopenedCarrier => (
                "reopened_carrier",
                "Reopened: carrier's error",
                Count,
                "Reopenings of the period that people called the carrier's error.",
            ),
            Self::ReopenedNobody => (
                "reopened_nobody",
                "Reopened: nobody's error",
                Count,
                "Reopenings of the period that were nobody's error: there was more to do.",
            ),
            Self::ReopenedUnnamed => (
                "reopened_unnamed",
                "Reopened: not said",
                Count,
                "Reopenings of the period of which nobody has said yet whose error it was.",
            ),
            Self::Asked => (
                "asked",
                "Questions asked",
                Count,
                "Letters of the period that asked a client for something a task lacked, reminders included.",
            ),
            Self::CourtAgency => (
                "court_agency",
                "Time with the agency",
                OfficeMinutes,
                "Office time of the period in which open tasks were the agency's to move, all tasks together.",
            ),
            Self::CourtClient => (
                "court_client",
                "Time with clients",
                OfficeMinutes,
                "Office time of the period in which tasks waited for their client.",
            ),
            Self::CourtCarrier => (
                "court_carrier",
                "Time with carriers",
                OfficeMinutes,
                "Office time of the period in which tasks waited for a carrier.",
            ),
            Self::CourtThirdParty => (
                "court_third_party",
                "Time with others",
                OfficeMinutes,
                "Office time of the period in which tasks waited for anybody else.",
            ),
            Self::Pace => ("pace", "Ended a day", PerDay, "Ends of the period by its business days."),
            Self::DueSoon => (
                "due_soon",
                "Due in 5 days",
                Count,
                "Tasks open at the end of the period whose deadline or standard falls before the end of the fifth business day after it, those that were late included; of tasks that wait for somebody, the deadline alone counts.",
            ),
            Self::DaysOfWork => (
                "days_of_work",
                "Open work ahead",
                BusinessDays,
                "Business days that the open tasks are worth at the pace of the period, if nothing else came.",
            ),
        }
    }

    /// Its key.
    #[must_use]
    pub const fn key(self) -> &'static str {
        self.defined().0
    }
    /// Its name for people.
    #[must_use]
    pub const fn title(self) -> &'static str {
        self.defined().1
    }
    /// What it counts in.
    #[must_use]
    pub const fn unit(self) -> Unit {
        self.defined().2
    }
    /// What it means, in a sentence.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        self.defined().3
    }
    /// The figure of a key.
    #[must_use]
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.key() == key)
    }

    /// Makes the figure of these cases.
    #[must_use]
    pub fn of(self, cases: &[&Case], by: Measure<'_>) -> Made {
        let Period { from, to, .. } = *by.period;
        let within = |at: Timestamp| from <= at && at < to;
        let counted = |tasks: Vec<TaskId>| (Some(number(tasks.len())), tasks);
        let those = |which: &dyn Fn(&Case) -> bool| counted(cases.iter().filter(|c| which(c)).map(|c| c.id).collect());
        let ends = |which: &dyn Fn(&Ending) -> bool| -> Vec<(TaskId, &Case, Ending)> {
            let of = |c: &&'_ Case| c.ends.iter().filter(|e| within(e.at) && which(e)).copied().collect::<Vec<_>>();
            cases.iter().flat_map(|c| of(c).into_iter().map(|e| (c.id, *c, e))).collect()
        };
        let reopened = |which: &dyn Fn(Option<Whose>) -> bool| {
            let of = |c: &&Case| c.reopened.iter().filter(|(at, whose)| within(*at) && which(*whose)).count();
            counted(cases.iter().flat_map(|c| std::iter::repeat_n(c.id, of(c))).collect())
        };
        let open = || cases.iter().filter(|c| c.is_open_before(to));
        match self {
            Self::OpenBefore => those(&|c| c.is_open_before(from)),
            Self::Arrived => those(&|c| within(c.opened)),
            Self::Ended => counted(ends(&|_| true).into_iter().map(|(id, ..)| id).collect()),
            Self::Done => counted(ends(&|e| e.how == End::Done).into_iter().map(|(id, ..)| id).collect()),
            Self::Open => counted(open().map(|c| c.id).collect()),
            Self::CompletionRate => {
                let arrived: Vec<_> = cases.iter().filter(|c| within(c.opened)).collect();
                let done = |c: &&&&Case| c.over_before(to).is_some_and(|e| e.how == End::Done);
                (share(arrived.iter().filter(done).count(), arrived.len()), arrived.iter().map(|c| c.id).collect())
            }
            Self::OldestOpen => {
                let oldest = open().min_by_key(|c| (c.arrived, c.id));
                let days = oldest.map(|c| minutes(to - c.arrived) / 1440.0);
                (days, oldest.map(|c| c.id).into_iter().collect())
            }
            Self::FirstTouchMedian | Self::FirstTouchP90 | Self::FirstTouchWithin => {
                let touched: Vec<(&Case, Timestamp)> =
                    cases.iter().filter_map(|c| Some((*c, c.first_touch.filter(|at| within(*at))?))).collect();
                let tasks = touched.iter().map(|(c, _)| c.id).collect();
                if self == Self::FirstTouchWithin {
                    let in_time = |(c, at): &&(&Case, Timestamp)| {
                        *at <= by.calendar.after(c.arrived, (by.first_touch)(c.request_type.as_ref()))
                    };
                    return (share(touched.iter().filter(in_time).count(), touched.len()), tasks);
                }
                let took = touched.iter().map(|(c, at)| minutes(by.calendar.office_between(c.arrived, *at))).collect();
                (quantile(took, if self == Self::FirstTouchMedian { 0.5 } else { 0.9 }), tasks)
            }
            Self::NeverTouched => {
                let days = |day| by.calendar.previous_business_day(by.calendar.previous_business_day(day));
                let grace = days(by.calendar.day(to));
                those(&|c| {
                    let untouched = c.first_touch.is_none_or(|at| at >= to);
                    within(c.opened) && c.by_mail && untouched && by.calendar.day(c.arrived) < grace
                })
            }
            Self::TurnaroundMedian | Self::TurnaroundP90 => {
                let done = ends(&|e| e.how == End::Done);
                let took = done.iter().map(|(_, c, e)| own_time(c, e.at, by.calendar)).collect();
                let which = if self == Self::TurnaroundMedian { 0.5 } else { 0.9 };
                (quantile(took, which), done.into_iter().map(|(id, ..)| id).collect())
            }
            Self::WithinStandard => {
                let done: Vec<_> = ends(&|e| e.how == End::Done && e.standard_due.is_some());
                let kept = done.iter().filter(|(_, _, e)| kept_standard(e)).count();
                (share(kept, done.len()), done.iter().map(|(id, ..)| *id).collect())
            }
            Self::Reopened => reopened(&|_| true),
            Self::ReopenedAgency => reopened(&|w| w == Some(Whose::Agency)),
            Self::ReopenedClient => reopened(&|w| w == Some(Whose::Client)),
            Self::ReopenedCarrier => reopened(&|w| w == Some(Whose::Carrier)),
            Self::ReopenedNobody => reopened(&|w| w == Some(Whose::Nobody)),
            Self::ReopenedUnnamed => reopened(&|w| w.is_none()),
            Self::Asked => {
                let of = |c: &&Case| c.asked.iter().filter(|at| within(**at)).count();
                counted(cases.iter().flat_map(|c| std::iter::repeat_n(c.id, of(c))).collect())
            }
            Self::CourtAgency => court(cases, Court::Agency, by),
            Self::CourtClient => court(cases, Court::Client, by),
            Self::CourtCarrier => court(cases, Court::Carrier, by),
            Self::CourtThirdParty => court(cases, Court::ThirdParty, by),
            Self::Pace => {
                let (ended, tasks) = Self::Ended.of(cases, by);
                (ended.zip(business_days(by)).map(|(n, days)| n / days), tasks)
            }
            Self::DueSoon => {
                let soon = by
                    .calendar
                    .close_of((0..SOON).fold(by.calendar.day(to), |day, _| by.calendar.next_business_day(day)));
                those(&|c| {
                    let standard = c.standard_due.filter(|_| c.waiting.is_none());
                    c.is_open_before(to) && [c.deadline, standard].into_iter().flatten().any(|at| at <= soon)
                })
            }
            Self::DaysOfWork => {
                let tasks: Vec<TaskId> = open().map(|c| c.id).collect();
                let pace = Self::Pace.of(cases, by).0.filter(|p| *p > 0.0);
                (pace.map(|p| number(tasks.len()) / p), tasks)
            }
        }
    }
}

/// Whether an end came by the standard's moment; what waited for somebody when it ended had stood still since then.
fn kept_standard(end: &Ending) -> bool {
    let at = end.stood_still_since.unwrap_or(end.at);
    end.standard_due.is_some_and(|due| at <= due)
}

/// The agency's own office time of a task from its arrival to `until`, in minutes.
#[must_use]
pub fn own_time(case: &Case, until: Timestamp, calendar: &Calendar) -> f64 {
    let elsewhere: f64 = case.elsewhere(until).map(|s| minutes(calendar.office_between(s.from, s.until))).sum();
    (minutes(calendar.office_between(case.arrived, until)) - elsewhere).max(0.0)
}

/// Office minutes of the period that a task spent in a court.
#[must_use]
pub fn in_court(case: &Case, court: Court, by: Measure<'_>) -> f64 {
    let Period { from, to, .. } = *by.period;
    let until = case.over_before(to).map_or(to, |e| e.at);
    let office = |a: Timestamp, b: Timestamp| {
        let (a, b) = (a.max(from), b.min(to));
        if a < b { minutes(by.calendar.office_between(a, b)) } else { 0.0 }
    };
    let away = |whose: &dyn Fn(Option<Court>) -> bool| -> f64 {
        case.elsewhere(until).filter(|s| whose(s.court)).map(|s| office(s.from, s.until)).sum()
    };
    match court {
        Court::Agency if case.opened < to => (office(case.arrived, until) - away(&|_| true)).max(0.0),
        Court::Agency => 0.0,
        other => away(&|c| c == Some(other)),
    }
}

fn court(cases: &[&Case], court: Court, by: Measure<'_>) -> Made {
    let spent: Vec<(TaskId, f64)> =
        cases.iter().map(|c| (c.id, in_court(c, court, by))).filter(|(_, m)| *m > 0.0).collect();
    (Some(spent.iter().map(|(_, m)| m).fold(0.0, |a, b| a + b)), spent.into_iter().map(|(id, _)| id).collect())
}

/// Business days of the period, the last one in part; `None` where it has none.
fn business_days(by: Measure<'_>) -> Option<f64> {
    let Period { first, to, .. } = *by.period;
    let until = by.calendar.day(to - chrono::Duration::nanoseconds(1));
    let days = first.iter_days().take_while(|d| *d <= until).filter(|d| by.calendar.is_business_day(*d)).count();
    Some(number(days)).filter(|d| *d > 0.0)
}

/// The value that a part `q` of all does not exceed (nearest rank); `None` of nothing.
#[must_use]
pub fn quantile(mut values: Vec<f64>, q: f64) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rank among values in memory")]
    let rank = (number(values.len()) * q).ceil() as usize;
    values.get(rank.max(1) - 1).copied()
}

fn share(some: usize, all: usize) -> Option<f64> {
    (all > 0).then(|| number(some) / number(all))
}

pub(super) fn minutes(d: chrono::Duration) -> f64 {
    #[allow(clippy::cast_precision_loss, reason = "seconds of a few years")]
    let seconds = d.num_seconds() as f64;
    seconds / 60.0
}

#[allow(clippy::cast_precision_loss, reason = "a count of tasks")]
pub(super) fn number(n: usize) -> f64 {
    n as f64
}
