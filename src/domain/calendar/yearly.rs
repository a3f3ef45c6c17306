//! Holidays that come every year, as people write them: `December 25`, `last Monday of May`, `day after 4th Thursday of
//! November`, `July 4 observed`. Knows no office hours.

use chrono::{Datelike, Days, Month, NaiveDate, Weekday};

/// A holiday that comes every year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Yearly {
    day: Day,
    /// Days after that day.
    after: u64,
    /// On a Saturday it is kept on the Friday before, on a Sunday on the Monday after (5 U.S.C. 6103 and most agencies).
    observed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Day {
    /// The same date every year; 29 February only where there is one.
    Date { month: u32, day: u32 },
    /// The first to fourth such weekday of a month.
    Nth { n: u8, weekday: Weekday, month: u32 },
    /// Its last such weekday.
    Last { weekday: Weekday, month: u32 },
}

impl Yearly {
    /// Whether the holiday is kept on that day.
    #[must_use]
    pub fn falls_on(&self, day: NaiveDate) -> bool {
        // New Year's Day may be kept in December, and the day after New Year's Eve lies in another year.
        (-1..=1).any(|n| self.kept_in(day.year() + n) == Some(day))
    }

    /// When it is kept that falls into this year.
    fn kept_in(&self, year: i32) -> Option<NaiveDate> {
        let day = match self.day {
            Day::Date { month, day } => NaiveDate::from_ymd_opt(year, month, day),
            Day::Nth { n, weekday, month } => NaiveDate::from_weekday_of_month_opt(year, month, weekday, n),
            Day::Last { weekday, month } => {
                (4..=5).rev().find_map(|n| NaiveDate::from_weekday_of_month_opt(year, month, weekday, n))
            }
        }?;
        let day = day.checked_add_days(Days::new(self.after))?;
        match day.weekday() {
            Weekday::Sat if self.observed => day.pred_opt(),
            Weekday::Sun if self.observed => day.succ_opt(),
            _ => Some(day),
        }
    }
}

impl std::str::FromStr for Yearly {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "“{text}” is not a holiday: write \"2026-11-26\", \"December 25\", \"July 4 observed\", \
                 \"last Monday of May\", \"4th Thursday of November\" or \"day after 4th Thursday of November\""
            )
        };
        let lower = text.trim().to_lowercase();
        let (rest, observed) = lower.strip_suffix(" observed").map_or((lower.as_str(), false), |r| (r, true));
        let after = ["day after ", "the day after "].iter().find_map(|a| rest.strip_prefix(a));
        let rest = after.unwrap_or(rest).trim_start_matches("the ").trim();
        let words: Vec<&str> = rest.split_whitespace().collect();
        let month =
            |m: &str| m.trim_end_matches('.').parse::<Month>().map(|m| m.number_from_month()).map_err(|_| wrong());
        let weekday = |d: &str| d.parse::<Weekday>().map_err(|_| wrong());
        let day = match words.as_slice() {
            [nth, day, "of" | "in", in_month] => {
                let (weekday, month) = (weekday(day)?, month(in_month)?);
                match *nth {
                    "last" => Day::Last { weekday, month },
                    "first" | "1st" => Day::Nth { n: 1, weekday, month },
                    "second" | "2nd" => Day::Nth { n: 2, weekday, month },
                    "third" | "3rd" => Day::Nth { n: 3, weekday, month },
                    "fourth" | "4th" => Day::Nth { n: 4, weekday, month },
                    _ => return Err(wrong()),
                }
            }
            [in_month, day] => {
                let month = month(in_month)?;
                let day: u32 = day.trim_end_matches(|c: char| c.is_alphabetic()).parse().map_err(|_| wrong())?;
                // A leap year has every day that any year has.
                NaiveDate::from_ymd_opt(2024, month, day).ok_or_else(wrong)?;
                Day::Date { month, day }
            }
            _ => return Err(wrong()),
        };
        Ok(Self { day, after: u64::from(after.is_some()), observed })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rule(text: &str) -> Yearly {
        text.parse().unwrap()
    }
    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn holidays_are_read_as_people_write_them() {
        for (text, when) in [
            ("last Monday of May", "2027-05-31"),
            ("last Monday of May", "2026-05-25"),
            ("4th Thursday of November", "2026-11-26"),
            ("the day after the fourth Thursday of November", "2026-11-27"),
            ("first Monday in September", "2026-09-07"),
            ("December 25", "2026-12-25"),
            ("Dec 25th", "2031-12-25"),
            ("july 4 observed", "2026-07-03"),
            ("July 4 observed", "2027-07-05"),
            ("January 1 observed", "2027-12-31"),
            ("February 29", "2028-02-29"),
            ("day after December 31", "2027-01-01"),
        ] {
            assert!(rule(text).falls_on(day(when)), "{text} is {when}");
        }
        assert!(!rule("January 1 observed").falls_on(day("2028-01-01")), "it was kept the day before");
        assert!(!rule("July 4 observed").falls_on(day("2026-07-04")));
        assert!((2025..2028).all(|y| !rule("February 29").falls_on(NaiveDate::from_ymd_opt(y, 3, 1).unwrap())));
    }

    #[test]
    fn what_is_no_holiday_says_how_to_write_one() {
        for text in
            ["", "Christmas", "5th Monday of May", "February 30", "last Foo of May", "last Monday of Foo", "12-25"]
        {
            assert!(text.parse::<Yearly>().unwrap_err().contains("last Monday of May"), "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        /// Against a reckoning that walks the days of the year and counts.
        #[test]
        fn the_nth_weekday_is_found_by_counting(year in 2000i32..2100, month in 1u32..=12, n in 1u8..=4, d in 0u8..7) {
            let weekday = Weekday::try_from(d).unwrap();
            let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
            let such: Vec<NaiveDate> = first
                .iter_days()
                .take_while(|day| day.year() == year)
                .filter(|day| day.month() == month && day.weekday() == weekday)
                .collect();
            let nth = Yearly { day: Day::Nth { n, weekday, month }, after: 0, observed: false };
            let last = Yearly { day: Day::Last { weekday, month }, after: 0, observed: false };
            let kept = |rule: &Yearly| first.iter_days().take_while(|day| day.year() == year).filter(|day| rule.falls_on(*day)).collect::<Vec<_>>();
            prop_assert_eq!(kept(&nth), vec![such[usize::from(n) - 1]]);
            prop_assert_eq!(kept(&last), vec![*such.last().unwrap()]);
        }
    }
}
