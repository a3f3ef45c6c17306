//! A period as people say it: `last-week`, `2026-11`, `2026-W47`, `30d`, or two days.

use crate::domain::{Timestamp, calendar::Calendar};
use chrono::{Datelike, Days, Months, NaiveDate, NaiveTime, Weekday};
use serde::{Deserialize, Serialize};

/// A stretch of days in the agency's zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// Its first day.
    pub first: NaiveDate,
    /// Its last day.
    pub last: NaiveDate,
    /// The first instant.
    pub from: Timestamp,
    /// The first instant that is not in it any more; or the moment of asking, where that is sooner.
    pub to: Timestamp,
}

impl Period {
    /// From the first day to the last, both in it, cut at `now`.
    ///
    /// # Errors
    /// The last day comes before the first one, or the period has not begun.
    pub fn of(first: NaiveDate, last: NaiveDate, calendar: &Calendar, now: Timestamp) -> Result<Self, String> {
        if last < first {
            return Err(format!("the period ends on {last}, before it begins on {first}"));
        }
        let midnight = |day: NaiveDate| calendar.instant(day.and_time(NaiveTime::MIN));
        let (from, to) = (midnight(first), midnight(last.succ_opt().unwrap_or(last)).min(now));
        if from >= now {
            return Err(format!("the period begins on {first}, which is still to come"));
        }
        Ok(Self { first, last, from, to })
    }

    /// Reads a period; `now` says which week is the last one.
    ///
    /// # Errors
    /// A sentence that says how periods are written.
    pub fn read(words: &str, calendar: &Calendar, now: Timestamp) -> Result<Self, String> {
        let today = calendar.day(now);
        let days = days(words.trim(), today).ok_or_else(|| {
            format!(
                "“{words}” is not a period: write last-week, this-week, last-month, this-month, this-year, 30d, 2026, \
                 2026-11, 2026-W47, or two days such as 2026-11-02..2026-11-20"
            )
        })?;
        Self::of(days.0, days.1, calendar, now)
    }

    /// `16 Nov to 22 Nov 2026`.
    #[must_use]
    pub fn words(&self) -> String {
        if self.first == self.last {
            return self.first.format("%-d %b %Y").to_string();
        }
        let year = if self.first.year() == self.last.year() { "" } else { " %Y" };
        format!("{} to {}", self.first.format(&format!("%-d %b{year}")), self.last.format("%-d %b %Y"))
    }
}

fn days(words: &str, today: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
    let monday = |day: NaiveDate| day.week(Weekday::Mon).first_day();
    let month = |first: NaiveDate| Some((first, first.checked_add_months(Months::new(1))?.pred_opt()?));
    match words {
        "this-week" => return Some((monday(today), today)),
        "last-week" => return Some((monday(today) - Days::new(7), monday(today) - Days::new(1))),
        "this-month" => return Some((today.with_day(1)?, today)),
        "last-month" => return month(today.with_day(1)?.checked_sub_months(Months::new(1))?),
        "this-year" => return Some((NaiveDate::from_ymd_opt(today.year(), 1, 1)?, today)),
        _ => {}
    }
    let day = |s: &str| NaiveDate::parse_from_str(s.trim(), "%Y-%m-%d").ok();
    if let Some((first, last)) = words.split_once("..") {
        return Some((day(first)?, day(last)?));
    }
    if let Some(n) = words.strip_suffix('d') {
        let n: u64 = n.parse().ok().filter(|n| (1..=4000).contains(n))?;
        return Some((today.checked_sub_days(Days::new(n - 1))?, today));
    }
    if let Some((year, week)) = words.split_once("-W") {
        let first = NaiveDate::from_isoywd_opt(year.parse().ok()?, week.parse().ok()?, Weekday::Mon)?;
        return Some((first, first + Days::new(6)));
    }
    if let Some(one) = day(words) {
        return Some((one, one));
    }
    match words.split_once('-') {
        Some((year, m)) => month(NaiveDate::from_ymd_opt(year.parse().ok()?, m.parse().ok()?, 1)?),
        None => {
            let year = words.parse().ok().filter(|y| (1970..=9999).contains(y))?;
            Some((NaiveDate::from_ymd_opt(year, 1, 1)?, NaiveDate::from_ymd_opt(year, 12, 31)?))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_read_as_people_write_them() {
        let calendar = Calendar::usual(chrono_tz::America::Chicago);
        let now: Timestamp = "2026-11-21T20:00:00Z".parse().unwrap();
        let read = |words: &str| Period::read(words, &calendar, now).map(|p| (p.first.to_string(), p.last.to_string()));
        for (words, first, last) in [
            ("last-week", "2026-11-09", "2026-11-15"),
            ("this-week", "2026-11-16", "2026-11-21"),
            ("last-month", "2026-10-01", "2026-10-31"),
            ("this-month", "2026-11-01", "2026-11-21"),
            ("30d", "2026-10-23", "2026-11-21"),
            ("2025", "2025-01-01", "2025-12-31"),
            ("2026-02", "2026-02-01", "2026-02-28"),
            ("2026-W01", "2025-12-29", "2026-01-04"),
            ("2026-11-02", "2026-11-02", "2026-11-02"),
            ("2026-11-02..2026-11-20", "2026-11-02", "2026-11-20"),
        ] {
            assert_eq!(read(words), Ok((first.to_owned(), last.to_owned())), "{words}");
        }
        for wrong in ["", "soon", "2026-13", "0d", "2026-11-20..2026-11-02", "2027"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        let day = Period::read("2026-11-02", &calendar, now).unwrap();
        assert_eq!(day.from.to_rfc3339(), "2026-11-02T06:00:00+00:00", "midnight of the agency's zone");
        assert_eq!(Period::read("this-week", &calendar, now).unwrap().to, now, "what is to come is not in it");
    }
}
