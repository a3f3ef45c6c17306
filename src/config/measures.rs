//! Durations, sizes, hours of a day and days, as people write them in `intaked.toml`.

use crate::domain::calendar::Hours;
use chrono::{NaiveDate, NaiveTime};
use std::time::Duration;

/// A number and the unit behind it: `30s` → (30, "s").
fn split(text: &str) -> Option<(u64, &str)> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, unit) = text.split_at_checked(end)?;
    Some((digits.parse().ok()?, unit.trim()))
}

/// `30s`, `5 minutes`, `2h`, `5 days`.
pub(super) fn duration(text: &str) -> Option<Duration> {
    let (n, unit) = split(text)?;
    let seconds = match unit {
        "s" | "sec" | "second" | "seconds" => 1,
        "m" | "min" | "minute" | "minutes" => 60,
        "h" | "hour" | "hours" => 3600,
        "d" | "day" | "days" => 86_400,
        _ => return None,
    };
    n.checked_mul(seconds).map(Duration::from_secs)
}

/// `25MB`, `1 GB`, `500 KB`; a kilobyte has 1024 bytes here, as in the limits of mail servers.
pub(super) fn size(text: &str) -> Option<u64> {
    let (n, unit) = split(text)?;
    let bytes: u64 = match unit.to_ascii_lowercase().as_str() {
        "b" | "bytes" => 1,
        "kb" | "kib" => 1 << 10,
        "mb" | "mib" => 1 << 20,
        "gb" | "gib" => 1 << 30,
        _ => return None,
    };
    n.checked_mul(bytes)
}

/// `2026-11-26`.
pub(super) fn day(text: &str) -> Option<NaiveDate> {
    // chrono takes "2026-1-5" and "+2026-01-05" too; one way of writing keeps a list readable.
    let shape = text.len() == 10 && text.bytes().enumerate().all(|(i, b)| (b == b'-') == (i == 4 || i == 7));
    shape.then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).flatten()
}

/// What is wrong with office hours.
pub(super) enum BadHours {
    /// Not two times at all.
    Shape,
    /// It closes when or before it opens.
    Backwards(NaiveTime, NaiveTime),
}

/// `08:30-17:00`.
pub(super) fn hours(text: &str) -> Result<Hours, BadHours> {
    let (a, b) = text.split_once(['-', '–']).ok_or(BadHours::Shape)?;
    let time = |s: &str| NaiveTime::parse_from_str(s.trim(), "%H:%M").map_err(|_| BadHours::Shape);
    let (opens, closes) = (time(a)?, time(b)?);
    if opens < closes { Ok(Hours { opens, closes }) } else { Err(BadHours::Backwards(opens, closes)) }
}

/// Days of the week as keys of `hours`, Monday first.
pub(super) const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// The week in words for letters: “Mon–Fri 8:30 AM–5:00 PM”.
pub(super) fn week_in_words(week: &[Option<Hours>; 7]) -> String {
    const NAMES: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let mut runs: Vec<(&str, &str, Hours)> = Vec::new();
    let mut previous = None;
    for (hours, name) in week.iter().zip(NAMES) {
        match (hours, runs.last_mut()) {
            (Some(h), Some(run)) if previous == Some(*h) => run.1 = name,
            (Some(h), _) => runs.push((name, name, *h)),
            (None, _) => {}
        }
        previous = *hours;
    }
    let words = runs.iter().map(|(from, to, h)| {
        let days = if from == to { (*from).to_owned() } else { format!("{from}–{to}") };
        format!("{days} {}–{}", clock(h.opens), clock(h.closes))
    });
    words.collect::<Vec<_>>().join(", ")
}

fn clock(t: NaiveTime) -> String {
    t.format("%-I:%M %p").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_sizes_are_read_as_people_write_them() {
        assert_eq!(duration("30s"), Some(Duration::from_secs(30)));
        assert_eq!(duration("5 days"), Some(Duration::from_secs(432_000)));
        assert_eq!(duration("2 h"), Some(Duration::from_secs(7200)));
        for bad in ["", "30", "s", "-1s", "1 fortnight", "99999999999999999999s", "18446744073709551615 days"] {
            assert_eq!(duration(bad), None, "{bad}");
        }
        assert_eq!(size("25MB"), Some(25 << 20));
        assert_eq!(size("1 GiB"), Some(1 << 30));
        for bad in ["", "25", "MB", "-1MB", "1 TB", "99999999999999GB"] {
            assert_eq!(size(bad), None, "{bad}");
        }
    }
    #[test]
    fn a_day_has_one_way_of_being_written() {
        assert_eq!(day("2026-11-26"), NaiveDate::from_ymd_opt(2026, 11, 26));
        for bad in ["2026-02-30", "26-11-2026", "11/26/2026", "2026-1-5", "2026-11-26T00:00:00", ""] {
            assert_eq!(day(bad), None, "{bad}");
        }
    }
    #[test]
    fn a_week_is_told_in_runs_of_like_days() {
        let week = |text: [&str; 7]| text.map(|t| hours(t).ok());
        let long = "08:30-17:00";
        assert_eq!(week_in_words(&week([long, long, long, long, long, "", ""])), "Mon–Fri 8:30 AM–5:00 PM");
        assert_eq!(
            week_in_words(&week([long, "", long, long, "09:00-12:00", "", "10:00-11:00"])),
            "Mon 8:30 AM–5:00 PM, Wed–Thu 8:30 AM–5:00 PM, Fri 9:00 AM–12:00 PM, Sun 10:00 AM–11:00 AM"
        );
        assert_eq!(week_in_words(&week([""; 7])), "");
    }
}
