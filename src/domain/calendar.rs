//! The agency's office hours, holidays, closures and zone. Governs the clocks, and when letters to staff go out.
//!
//! All arithmetic is on instants; a day's opening and closing are found in the agency's zone first, so that daylight
//! saving neither adds nor takes an office minute.

use super::{Timestamp, workflow::Span};
use chrono::{Datelike, Duration, NaiveDate, NaiveDateTime, NaiveTime, Weekday};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

mod openings;
mod yearly;
mod zone;
use openings::Openings;
pub use yearly::Yearly;
use zone::Zone;

/// Office hours of a week, Monday first; `None` is closed.
pub type Week = [Option<Hours>; 7];

/// Office hours of one weekday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    /// When the office opens, in the agency's zone.
    pub opens: NaiveTime,
    /// When it closes; later than `opens`.
    pub closes: NaiveTime,
}

/// When the office opens on a day, and when it closes.
pub type Opening = (Timestamp, Timestamp);

/// Office hours, holidays and zone of the agency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    zone: Zone,
    week: Week,
    holidays: BTreeSet<NaiveDate>,
    /// Holidays that come every year.
    yearly: Vec<Yearly>,
    /// Days with hours of their own, whatever their weekday; `None` is closed.
    days: BTreeMap<NaiveDate, Option<Hours>>,
    /// What all of that comes to, day by day.
    openings: Openings,
}

/// Days searched for an opening before the calendar is taken to have none (a year that is closed throughout is
/// refused by the configuration).
const SEARCH_DAYS: u32 = 400;
/// Days over which office time is counted, ahead and back: nine years. What does not fit there is counted by the clock.
const COUNTED_DAYS: u32 = SEARCH_DAYS * 8;

impl Calendar {
    /// A calendar; `week` starts on Monday.
    #[must_use]
    pub fn new(zone: Tz, week: Week, holidays: BTreeSet<NaiveDate>) -> Self {
        Self {
            zone: Zone::new(zone),
            week,
            holidays,
            yearly: Vec::new(),
            days: BTreeMap::new(),
            openings: Openings::default(),
        }
    }

    /// The same with holidays that come every year.
    #[must_use]
    pub fn with_yearly(self, yearly: Vec<Yearly>) -> Self {
        Self { yearly, openings: Openings::default(), ..self }
    }

    /// The same with days that have hours of their own: closed, or shorter or longer than their weekday. They win over
    /// holidays.
    #[must_use]
    pub fn with_days(self, days: BTreeMap<NaiveDate, Option<Hours>>) -> Self {
        Self { days, openings: Openings::default(), ..self }
    }

    /// The calendar of somebody who keeps these hours instead. Where the office is closed for a day, so are they; what
    /// the office opens on one day alone is not theirs.
    #[must_use]
    pub fn kept_by(&self, week: Week) -> Self {
        let closed = self.days.iter().filter(|(_, hours)| hours.is_none()).map(|(day, _)| (*day, None)).collect();
        Self { week, days: closed, openings: Openings::of_the_moment(), ..self.clone() }
    }

    /// Monday to Friday, 08:30 to 17:00, no holidays: what `classify` assumes when it is told nothing.
    #[must_use]
    pub fn usual(zone: Tz) -> Self {
        let hours = NaiveTime::from_hms_opt(8, 30, 0)
            .zip(NaiveTime::from_hms_opt(17, 0, 0))
            .map(|(opens, closes)| Hours { opens, closes });
        Self::new(zone, [hours, hours, hours, hours, hours, None, None], BTreeSet::new())
    }

    /// The agency's zone.
    #[must_use]
    pub fn zone(&self) -> Tz {
        self.zone.name()
    }

    /// The day in the agency's zone.
    #[must_use]
    pub fn day(&self, at: Timestamp) -> NaiveDate {
        self.local(at).date()
    }

    /// What the agency's clocks show at an instant.
    #[must_use]
    pub fn local(&self, at: Timestamp) -> NaiveDateTime {
        self.zone.local(at)
    }

    /// The instant at which clocks of the agency show `local`: the first one where it comes twice, the end of the gap
    /// where daylight saving skips it (before 2015 and after 2049 up to an hour later).
    #[must_use]
    pub fn instant(&self, local: NaiveDateTime) -> Timestamp {
        self.zone.instant(local)
    }

    /// Whether the office opens on that day at all.
    #[must_use]
    pub fn is_business_day(&self, day: NaiveDate) -> bool {
        self.hours(day).is_some()
    }

    /// Office hours of a weekday, holidays aside.
    #[must_use]
    pub fn week_hours(&self, day: Weekday) -> Option<Hours> {
        self.week.get(weekday_index(day)).copied().flatten()
    }

    /// Whether the office keeps that day as a holiday; closures are none.
    #[must_use]
    pub fn is_holiday(&self, day: NaiveDate) -> bool {
        self.holidays.contains(&day) || self.yearly.iter().any(|rule| rule.falls_on(day))
    }

    fn hours(&self, day: NaiveDate) -> Option<Hours> {
        if let Some(hours) = self.days.get(&day) {
            return *hours;
        }
        if self.is_holiday(day) {
            return None;
        }
        self.week_hours(day.weekday())
    }

    /// Opening and closing of that day.
    #[must_use]
    pub fn open_between(&self, day: NaiveDate) -> Option<Opening> {
        self.openings.of(day, |day| self.reckoned(day))
    }

    fn reckoned(&self, day: NaiveDate) -> Option<Opening> {
        let h = self.hours(day)?;
        let (a, b) = (self.instant(day.and_time(h.opens)), self.instant(day.and_time(h.closes)));
        (a < b).then_some((a, b))
    }

    /// Whether the office is open at that instant (the closing minute is closed).
    #[must_use]
    pub fn is_open(&self, at: Timestamp) -> bool {
        self.open_between(self.day(at)).is_some_and(|(a, b)| a <= at && at < b)
    }

    /// `at` itself when the office is open then, else the next opening.
    #[must_use]
    pub fn next_open(&self, at: Timestamp) -> Timestamp {
        let mut day = self.day(at);
        for _ in 0..SEARCH_DAYS {
            if let Some((a, b)) = self.open_between(day) {
                if at < a {
                    return a;
                }
                if at < b {
                    return at;
                }
            }
            let Some(next) = day.succ_opt() else { break };
            day = next;
        }
        at
    }

    /// Closing time of `day`, or of the last business day before it; what “by Friday” means as an instant.
    #[must_use]
    pub fn close_of(&self, day: NaiveDate) -> Timestamp {
        let at_closing = |day| self.open_between(day).map(|(_, closes)| closes);
        at_closing(day)
            .or_else(|| at_closing(self.previous_business_day(day)))
            .unwrap_or_else(|| self.instant(day.and_time(NaiveTime::from_hms_opt(17, 0, 0).unwrap_or_default())))
    }

    /// `from` plus a span. Wall time is moved to the next opening; business days keep the time of day.
    #[must_use]
    pub fn after(&self, from: Timestamp, span: Span) -> Timestamp {
        match span {
            Span::Wall(m) => self.next_open(from + Duration::minutes(i64::from(m))),
            Span::Office(m) => self.after_office_time(from, Duration::minutes(i64::from(m))),
            Span::Days(n) => self.after_days(from, n),
        }
    }

    /// The moment at which the office has been open for `left` since `from`.
    #[must_use]
    pub fn after_office_time(&self, from: Timestamp, mut left: Duration) -> Timestamp {
        let mut day = self.day(from);
        let mut end = from;
        for _ in 0..COUNTED_DAYS {
            if let Some((opens, closes)) = self.open_between(day).filter(|(_, closes)| from < *closes) {
                let (begin, room) = (from.max(opens), closes - from.max(opens));
                if left <= room {
                    return begin + left;
                }
                left -= room;
                end = closes;
            }
            let Some(next) = day.succ_opt() else { break };
            day = next;
        }
        end + left
    }

    fn after_days(&self, from: Timestamp, n: u32) -> Timestamp {
        let start = self.next_open(from);
        let local = self.zone.local(start);
        let mut day = local.date();
        for _ in 0..n {
            day = self.next_business_day(day);
        }
        if n == 0 { start } else { self.next_open(self.instant(day.and_time(local.time()))) }
    }

    /// The first business day after `day`.
    #[must_use]
    pub fn next_business_day(&self, day: NaiveDate) -> NaiveDate {
        self.step(day, NaiveDate::succ_opt)
    }

    /// The last business day before `day`.
    #[must_use]
    pub fn previous_business_day(&self, day: NaiveDate) -> NaiveDate {
        self.step(day, NaiveDate::pred_opt)
    }

    fn step(&self, day: NaiveDate, next: impl Fn(&NaiveDate) -> Option<NaiveDate>) -> NaiveDate {
        let mut d = day;
        for _ in 0..SEARCH_DAYS {
            let Some(n) = next(&d) else { return d };
            d = n;
            if self.is_business_day(d) {
                return d;
            }
        }
        d
    }

    /// `until` minus a span, as the moment at which a warning is due: wall time is moved *back* into office hours, so
    /// that a warning never comes after what it warns of.
    #[must_use]
    pub fn before(&self, until: Timestamp, span: Span) -> Timestamp {
        match span {
            Span::Wall(m) => self.last_open(until - Duration::minutes(i64::from(m))),
            Span::Office(m) => self.before_office(until, Duration::minutes(i64::from(m))),
            Span::Days(n) => {
                let local = self.zone.local(until);
                let mut day = local.date();
                for _ in 0..n {
                    day = self.previous_business_day(day);
                }
                self.last_open(self.instant(day.and_time(local.time())))
            }
        }
    }

    /// `at` itself when the office is open then, else the opening of the last business day that began before it.
    fn last_open(&self, at: Timestamp) -> Timestamp {
        if self.is_open(at) {
            return at;
        }
        let mut day = self.day(at);
        for _ in 0..SEARCH_DAYS {
            if let Some((a, _)) = self.open_between(day).filter(|(a, _)| *a <= at) {
                return a;
            }
            let Some(p) = day.pred_opt() else { break };
            day = p;
        }
        at
    }

    fn before_office(&self, until: Timestamp, mut left: Duration) -> Timestamp {
        let mut day = self.day(until);
        let mut end = until;
        for _ in 0..COUNTED_DAYS {
            if let Some((a, b)) = self.open_between(day) {
                let top = end.min(b);
                if top > a {
                    if left <= top - a {
                        return top - left;
                    }
                    left -= top - a;
                }
                end = a;
            }
            let Some(p) = day.pred_opt() else { break };
            day = p;
        }
        end - left
    }

    /// Office time between two instants; zero when `b` is not after `a`.
    #[must_use]
    pub fn office_between(&self, a: Timestamp, b: Timestamp) -> Duration {
        let mut sum = Duration::zero();
        let mut day = self.day(a);
        let last = self.day(b);
        while day <= last {
            if let Some((o, c)) = self.open_between(day) {
                let (from, to) = (a.max(o), b.min(c));
                if from < to {
                    sum += to - from;
                }
            }
            let Some(n) = day.succ_opt() else { break };
            day = n;
        }
        sum
    }
}

fn weekday_index(w: Weekday) -> usize {
    w.num_days_from_monday() as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, Utc};

    fn chicago() -> Calendar {
        Calendar::usual(chrono_tz::America::Chicago)
    }
    fn at(s: &str) -> Timestamp {
        DateTime::parse_from_rfc3339(s).unwrap().with_timezone(&Utc)
    }

    #[test]
    fn twenty_four_hours_from_friday_afternoon_end_on_monday_morning() {
        let due = chicago().after(at("2026-11-20T15:00:00-06:00"), Span::Wall(1440));
        assert_eq!(due, at("2026-11-23T08:30:00-06:00"));
    }
    #[test]
    fn office_hours_go_on_where_they_stopped() {
        let due = chicago().after(at("2026-11-20T16:00:00-06:00"), Span::Office(120));
        assert_eq!(due, at("2026-11-23T09:30:00-06:00"));
    }
    #[test]
    fn daylight_saving_neither_adds_nor_takes_an_office_minute() {
        // The clocks go back on Sunday, 1 November 2026.
        let due = chicago().after(at("2026-10-30T16:30:00-05:00"), Span::Office(60));
        assert_eq!(due, at("2026-11-02T09:00:00-06:00"));
        assert_eq!(chicago().office_between(at("2026-10-30T16:30:00-05:00"), due), Duration::minutes(60));
    }
    #[test]
    fn a_warning_never_comes_after_what_it_warns_of() {
        let until = at("2026-11-23T09:00:00-06:00");
        for span in [Span::Wall(60), Span::Wall(1440), Span::Office(60), Span::Days(1)] {
            assert!(chicago().before(until, span) <= until, "{span}");
        }
        assert_eq!(chicago().before(until, Span::Office(60)), at("2026-11-20T16:30:00-06:00"));
    }
    #[test]
    fn a_holiday_is_no_business_day() {
        let thanksgiving = NaiveDate::from_ymd_opt(2026, 11, 26).unwrap();
        let mut c = chicago();
        c.holidays.insert(thanksgiving);
        assert_eq!(c.next_business_day(thanksgiving.pred_opt().unwrap()), thanksgiving.succ_opt().unwrap());
    }
}

#[cfg(test)]
mod slow_tests;
