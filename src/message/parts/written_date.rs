//! A date as mail programs write it above a message, in their users' languages → what the clock showed. Knows no zones.

use chrono::{NaiveDate, NaiveDateTime};

/// The beginnings of month names in English, Spanish, French, German, Portuguese, Italian, Dutch.
const MONTHS: [&[&str]; 12] = [
    &["jan", "ene", "gen"],
    &["feb", "fév", "fev"],
    &["mar", "mär", "maa", "mrt"],
    &["apr", "abr", "avr"],
    &["may", "mai", "mag", "mei"],
    &["jun", "juin", "giu"],
    &["jul", "juil", "lug"],
    &["aug", "ago", "aoû", "aou"],
    &["sep", "set"],
    &["oct", "okt", "out", "ott"],
    &["nov"],
    &["dec", "dic", "déc", "dez"],
];

/// Reads `Monday, November 16, 2026 9:12 AM`, `16/11/26 09:12`, `Mo., 16. Nov. 2026 um 09:12 Uhr`. `month_first` says
/// how `11/12/26` is meant where its numbers do not tell.
pub(super) fn read(written: &str, month_first: bool) -> Option<NaiveDateTime> {
    let lower = crate::domain::text::cut(written, 120).to_lowercase();
    let (mut day, mut month, mut year) = (None, None, None);
    let mut time = None;
    let mut afternoon = None;
    for word in lower.split(|c: char| c.is_whitespace() || c == ',' || c == '(' || c == ')') {
        let word = word.trim_end_matches(['.', ';', ':']).trim_start_matches(['.', ':']);
        if word.is_empty() {
            continue;
        }
        if let Some((found, half)) = clock(word) {
            if time.is_none() {
                time = Some(found);
                afternoon = afternoon.or(half);
            }
        } else if let Some(half) = half_of_day(word) {
            afternoon = afternoon.or(Some(half));
        } else if let Some((y, m, d)) = numeric(word, month_first) {
            if year.is_none() {
                (year, month, day) = (Some(y), Some(m), Some(d));
            }
        } else if word.starts_with(|c: char| c.is_ascii_digit()) {
            let digits = word.trim_end_matches(|c: char| !c.is_ascii_digit());
            match digits.parse::<i32>() {
                Ok(n) if digits.len() == 4 && year.is_none() => year = Some(n),
                Ok(n) if digits.len() <= 2 && day.is_none() => day = u32::try_from(n).ok(),
                _ => {}
            }
        } else {
            // The last one counts: `mar. 3 nov.` is a Tuesday.
            month = month_of(word).or(month);
        }
    }
    let (mut hour, minute, second) = time.unwrap_or_default();
    match afternoon {
        Some(true) if hour < 12 => hour += 12,
        Some(false) if hour == 12 => hour = 0,
        _ => {}
    }
    NaiveDate::from_ymd_opt(year?, month?, day?)?.and_hms_opt(hour, minute, second)
}

/// `november`, `nov`; the days that begin like a month are none.
fn month_of(word: &str) -> Option<u32> {
    if ["martes", "mardi", "martedì", "maandag"].contains(&word) {
        return None;
    }
    let n = MONTHS.iter().position(|names| names.iter().any(|n| word.starts_with(n)))?;
    u32::try_from(n + 1).ok()
}

/// `9:12`, `09:12:44`, `9:12am`, `9h12`, `09.12` is a date's.
fn clock(word: &str) -> Option<((u32, u32, u32), Option<bool>)> {
    let digits_end = word.find(|c: char| !c.is_ascii_digit() && c != ':' && c != 'h').unwrap_or(word.len());
    let (digits, rest) = word.split_at_checked(digits_end)?;
    let mut pieces = digits.split([':', 'h']);
    let hour = pieces.next()?.parse().ok()?;
    let minute = pieces.next()?.parse().ok()?;
    let second = pieces.next().and_then(|s| s.parse().ok()).unwrap_or(0);
    (hour < 24 && minute < 60 && second < 60).then_some(((hour, minute, second), half_of_day(rest)))
}

fn half_of_day(word: &str) -> Option<bool> {
    match word {
        "am" | "a.m" | "a.m." | "a" => Some(false),
        "pm" | "p.m" | "p.m." | "p" => Some(true),
        _ => None,
    }
}

/// `11/16/26`, `16.11.2026`, `2026-11-16`, `16-11-2026`: year, month, day.
fn numeric(word: &str, month_first: bool) -> Option<(i32, u32, u32)> {
    let mark = ['/', '.', '-'].into_iter().find(|m| word.matches(*m).count() == 2)?;
    let mut numbers = word.split(mark).map(str::parse::<u32>);
    let (a, b, c) = (numbers.next()?.ok()?, numbers.next()?.ok()?, numbers.next()?.ok()?);
    if a > 31 {
        return Some((i32::try_from(a).ok()?, b, c));
    }
    let year = i32::try_from(if c < 100 { 2000 + c } else { c }).ok()?;
    let month_first = b > 12 || (month_first && mark == '/' && a <= 12);
    Some(if month_first { (year, a, b) } else { (year, b, a) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_programs_write_them() {
        for written in [
            "Monday, November 16, 2026 9:12 AM",
            "Mon, Nov 16, 2026 at 9:12 AM",
            "Mon, 16 Nov 2026 09:12:00 -0600",
            "lunes, 16 de noviembre de 2026 9:12",
            "lun, 16 nov 2026 a la(s) 9:12 a.m.",
            "lundi 16 novembre 2026 09:12",
            "Montag, 16. November 2026 09:12",
            "Mo., 16. Nov. 2026 um 09:12 Uhr",
            "segunda-feira, 16 de novembro de 2026 09:12",
            "lunedì 16 novembre 2026 09:12",
            "maandag 16 november 2026 09:12",
            "11/16/26 9:12 AM (GMT-06:00)",
            "16.11.2026 09:12",
            "2026-11-16 09:12",
            "16-11-2026 09:12",
            "16/11/2026 09:12",
            "On Monday, November 16th, 2026 at 9:12 AM",
            "11/16/2026 09:12AM",
        ] {
            let read = read(written, true).map(|d| d.format("%Y-%m-%d %H:%M").to_string());
            assert_eq!(read.as_deref(), Some("2026-11-16 09:12"), "{written}");
        }
        let at = |w, first| read(w, first).map(|d| d.format("%m-%d %H").to_string()).unwrap_or_default();
        assert_eq!(at("3/4/26 1:00 PM", true), "03-04 13");
        assert_eq!(at("3/4/26 12:30 AM", false), "04-03 00");
        assert_eq!(at("martes, 3 de marzo de 2026 9:00", false), "03-03 09");
        assert_eq!(at("mar. 3 nov. 2026 à 9:00", false), "11-03 09");
        assert_eq!(at("yesterday", true), "");
        assert_eq!(at("99/99/9999 99:99", true), "");
    }
}
