//! Dates as people write them: “11/6”, “Nov. 12 at noon”, “next Tuesday”, “the 17th”, “within ten days”, “EOD”.
//!
//! A mention is found first and resolved later, because “Friday” is behind us in a loss and ahead of us in a deadline.
//! Days are the agency's: whoever calls hands in the day of the message in its zone.

mod mentions;
mod numeric;
mod relative;

use super::cues::Period;
use crate::domain::calendar::Calendar;
use chrono::{Datelike, Days, NaiveDate, Weekday};
pub use mentions::mentions;

/// A date in a text, not yet resolved.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mention {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// What is written, or the day that it is told by.
    pub when: When,
    /// How far from that day it lies.
    pub apart: Apart,
}

impl Mention {
    /// The day itself, as it is written from `start` to `end`.
    fn of(start: usize, end: usize, when: When) -> Self {
        Self { start, end, when, apart: Apart::Same }
    }

    /// Whether it is told by counting back from another day.
    pub fn counts_back(self) -> bool {
        matches!(self.apart, Apart::Days(..=-1) | Apart::BusinessDaysBefore(_) | Apart::WeekdayBefore(_))
    }

    /// The day that is meant; `today` is the day of the message in the agency's zone.
    pub fn day(self, today: NaiveDate, sense: Sense, calendar: &Calendar) -> Option<NaiveDate> {
        let told = self.when.resolve(today, sense, calendar)?;
        match self.apart {
            Apart::Same => Some(told),
            Apart::Days(n) => shift(told, n),
            Apart::BusinessDaysBefore(n) => Some((0..n.min(90)).fold(told, |d, _| calendar.previous_business_day(d))),
            Apart::WeekdayBefore(wanted) => {
                let back = (i64::from(told.weekday().num_days_from_monday()) - i64::from(wanted) - 1).rem_euclid(7) + 1;
                shift(told, -back)
            }
        }
    }
}

/// How far from a day that is told the day lies that is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Apart {
    /// It is the day itself.
    Same,
    /// Days later: “a week from Friday”; before it below 0: “two weeks ahead of the party”.
    Days(i64),
    /// Business days before it.
    BusinessDaysBefore(u32),
    /// The weekday before it, 0 is Monday.
    WeekdayBefore(u32),
}

/// What a mention says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// With its year.
    Exact(NaiveDate),
    /// Month and day.
    MonthDay(u32, u32),
    /// “the 17th”.
    Day(u32),
    /// A weekday, 0 is Monday.
    Weekday(u32, Which),
    /// “Saturday the 19th”: a weekday, 0 is Monday, and a day of the month; the two tell the month.
    WeekdayDay(u32, u32),
    /// Days from today.
    Offset(i64),
    /// Business days from today.
    BusinessDays(u32),
    /// The last day of a period: a mention that says little where nothing asks for a date.
    EndOf(Period),
    /// The last day of a month.
    EndOfMonth(u32),
    /// A weekday of a month, the first to fourth or else the last: “the third Thursday of this month”, “Thanksgiving”.
    WeekdayOf(u8, Weekday, MonthOf),
}

/// Which month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MonthOf {
    /// By its number.
    Named(u32),
    /// “this month”.
    This,
    /// “next month”.
    Next,
}

/// Which of several weekdays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Only its name.
    Plain,
    /// “this Friday”.
    This,
    /// “next Friday”.
    Next,
    /// “last Friday”.
    Last,
}

/// Where a date lies, seen from the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sense {
    /// Ahead.
    Ahead,
    /// Behind.
    Behind,
    /// Wherever it is nearer.
    Either,
}

impl When {
    /// The day that is meant; `today` is the day of the message in the agency's zone.
    pub fn resolve(self, today: NaiveDate, sense: Sense, calendar: &Calendar) -> Option<NaiveDate> {
        match self {
            Self::Exact(d) => Some(d),
            Self::MonthDay(m, d) => month_day(today, m, d, sense),
            Self::Day(d) => day_of_month(today, d, sense),
            Self::Weekday(w, which) => weekday(today, w, which, sense),
            Self::WeekdayDay(w, d) => weekday_day(today, w, d, sense),
            Self::Offset(n) => shift(today, n),
            Self::BusinessDays(n) => Some((0..n.min(90)).fold(today, |d, _| calendar.next_business_day(d))),
            Self::EndOf(period) => end_of(today, period),
            Self::EndOfMonth(m) => {
                let first = month_day(today, m, 1, sense)?;
                last_of_month(first.year(), m)
            }
            Self::WeekdayOf(nth, weekday, month) => weekday_of(today, nth, weekday, month, sense),
        }
    }
}

fn weekday_of(today: NaiveDate, nth: u8, weekday: Weekday, month: MonthOf, sense: Sense) -> Option<NaiveDate> {
    let within = match month {
        // Its middle is near enough to tell which year is meant.
        MonthOf::Named(m) => month_day(today, m, 15, sense)?,
        MonthOf::This => today,
        MonthOf::Next => last_of_month(today.year(), today.month())?.succ_opt()?,
    };
    let of = |n| NaiveDate::from_weekday_of_month_opt(within.year(), within.month(), weekday, n);
    if nth <= 4 { of(nth) } else { of(5).or_else(|| of(4)) }
}

fn shift(day: NaiveDate, by: i64) -> Option<NaiveDate> {
    let n = Days::new(by.unsigned_abs());
    if by < 0 { day.checked_sub_days(n) } else { day.checked_add_days(n) }
}

fn month_day(today: NaiveDate, month: u32, day: u32, sense: Sense) -> Option<NaiveDate> {
    let year = today.year();
    let around = [year - 1, year, year + 1].into_iter().filter_map(|y| NaiveDate::from_ymd_opt(y, month, day));
    let away = |d: &NaiveDate| d.signed_duration_since(today).num_days();
    // A little slack on the wrong side: a deadline may have passed, a loss may be dated tomorrow by a slip.
    let window = match sense {
        Sense::Ahead => -45..320,
        Sense::Behind => -358..8,
        Sense::Either => -120..245,
    };
    around.filter(|d| window.contains(&away(d))).min_by_key(|d| away(d).abs())
}

/// For so many days a day of the month without its month is the one that has just been, where both are possible.
const JUST_OVER: i64 = 6;

fn day_of_month(today: NaiveDate, day: u32, sense: Sense) -> Option<NaiveDate> {
    let here = today.with_day(day);
    // “stop it as of the 13th”, written on the 14th.
    let just_over = |d: &NaiveDate| d.day() == day && sense == Sense::Either;
    if let Some(over) = (0..=JUST_OVER).filter_map(|n| shift(today, -n)).find(just_over) {
        return Some(over);
    }
    let step = match sense {
        Sense::Behind if here.is_some_and(|d| d <= today) => return here,
        Sense::Behind => -1,
        _ if here.is_some_and(|d| d >= today) => return here,
        _ => 1,
    };
    let months = today.year() * 12 + i32::try_from(today.month0()).ok()? + step;
    NaiveDate::from_ymd_opt(months.div_euclid(12), u32::try_from(months.rem_euclid(12)).ok()? + 1, day)
}

/// The nearest month in which the day is that weekday; where none of those around is, one of the two is a slip. Of two that are
/// near what is asked for is the one ahead.
fn weekday_day(today: NaiveDate, weekday: u32, day: u32, sense: Sense) -> Option<NaiveDate> {
    let months = today.year() * 12 + i32::try_from(today.month0()).ok()?;
    let of = |n: i32| NaiveDate::from_ymd_opt(n.div_euclid(12), u32::try_from(n.rem_euclid(12)).ok()? + 1, day);
    let fits = |d: &NaiveDate| d.weekday().num_days_from_monday() == weekday;
    let away = |d: &NaiveDate| d.signed_duration_since(today).num_days();
    // Nobody tells a day so that lies far behind, and no loss lies ahead.
    let window = if sense == Sense::Behind { -100..2 } else { -45..150 };
    let all = || (months - 4..=months + 5).filter_map(of).filter(fits).filter(|d| window.contains(&away(d)));
    // “by Friday the 27th”, written on 2 March: February had that day too.
    let soon = all().find(|d| sense == Sense::Ahead && (0..=31).contains(&away(d)));
    soon.or_else(|| all().min_by_key(|d| away(d).abs())).or_else(|| day_of_month(today, day, sense))
}

fn weekday(today: NaiveDate, wanted: u32, which: Which, sense: Sense) -> Option<NaiveDate> {
    let here = i64::from(today.weekday().num_days_from_monday());
    let wanted = i64::from(wanted);
    let ahead = (wanted - here).rem_euclid(7);
    let by = match (which, sense) {
        (Which::This, _) => ahead,
        (Which::Next, _) => wanted - here + 7,
        (Which::Last, _) | (Which::Plain, Sense::Behind) => ahead - 7,
        (Which::Plain, _) if ahead == 0 => 7,
        (Which::Plain, _) => ahead,
    };
    shift(today, by)
}

fn end_of(today: NaiveDate, period: Period) -> Option<NaiveDate> {
    match period {
        Period::Week => weekday(today, Weekday::Fri.num_days_from_monday(), Which::This, Sense::Ahead),
        Period::NextWeek => weekday(today, Weekday::Fri.num_days_from_monday(), Which::Next, Sense::Ahead),
        Period::Month => last_of_month(today.year(), today.month()),
        Period::NextMonth if today.month() == 12 => last_of_month(today.year() + 1, 1),
        Period::NextMonth => last_of_month(today.year(), today.month() + 1),
        Period::Year => NaiveDate::from_ymd_opt(today.year(), 12, 31),
    }
}

fn last_of_month(year: i32, month: u32) -> Option<NaiveDate> {
    let (y, m) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    NaiveDate::from_ymd_opt(y, m, 1)?.pred_opt()
}

#[cfg(test)]
#[path = "dates/dates_tests.rs"]
mod tests;
