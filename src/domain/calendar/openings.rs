//! The openings of whole years, each reckoned when it is first asked for: every clock of every task walks days, and to find
//! each day's hours, holidays and zone anew was a fourteenth of what a simulated year costs. Knows no rule of the calendar.

use super::Opening;
use chrono::{Datelike, NaiveDate};
use std::sync::{Arc, OnceLock};

/// The first year that is listed, and how many are. Other years are rare and reckoned each time.
const FIRST: i32 = 2015;
const YEARS: usize = 35;

/// The openings of a year, by the number of the day in it.
type Year = OnceLock<Vec<Option<Opening>>>;

/// What one calendar comes to; clones of a calendar share it. `None` where it is asked for a few days and thrown away.
#[derive(Debug, Clone)]
pub(super) struct Openings(Option<Arc<[Year; YEARS]>>);

impl Default for Openings {
    fn default() -> Self {
        Self(Some(Arc::new([const { Year::new() }; YEARS])))
    }
}

/// Two calendars are equal by their rules.
impl PartialEq for Openings {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Openings {}

impl Openings {
    /// Of a calendar that is made for one question: nothing is listed.
    pub(super) fn of_the_moment() -> Self {
        Self(None)
    }

    /// The opening of a day; `reckon` finds it.
    pub(super) fn of(&self, day: NaiveDate, reckon: impl Fn(NaiveDate) -> Option<Opening>) -> Option<Opening> {
        let nth = usize::try_from(day.year() - FIRST).ok();
        let Some(year) = self.0.as_ref().zip(nth).and_then(|(all, nth)| all.get(nth)) else { return reckon(day) };
        let days = (1..=366).map_while(|nth| NaiveDate::from_yo_opt(day.year(), nth));
        let of_year = || days.map(reckon).collect();
        year.get_or_init(of_year).get(day.ordinal0() as usize).copied().flatten()
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::calendar::Calendar;
    use chrono::{NaiveDate, NaiveTime};

    #[test]
    fn every_day_is_what_it_is_reckoned_to_be_within_the_listed_years_and_outside() {
        let calendar = Calendar::usual(chrono_tz::America::Chicago);
        let ends = [2014, 2015, 2024, 2025, 2049, 2050].map(|year| NaiveDate::from_ymd_opt(year, 12, 29).unwrap());
        for day in ends.into_iter().flat_map(|day| day.iter_days().take(6)) {
            assert_eq!(calendar.open_between(day), calendar.reckoned(day), "{day}");
        }
    }
    #[test]
    fn other_hours_are_listed_anew() {
        let monday = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        let calendar = Calendar::usual(chrono_tz::America::Chicago);
        let opens = |calendar: &Calendar| calendar.open_between(monday).map(|(a, _)| calendar.local(a).time());
        assert_eq!(opens(&calendar), NaiveTime::from_hms_opt(8, 30, 0));
        assert_eq!(opens(&calendar.clone().with_days([(monday, None)].into())), None);
        assert_eq!(opens(&calendar.kept_by([None; 7])), None);
        assert_eq!(opens(&calendar), NaiveTime::from_hms_opt(8, 30, 0));
    }
}
