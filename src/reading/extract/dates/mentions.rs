//! Finds the dates of a sheet, as they are written: where each stands and what it says. Which day that is, `dates` knows.

use super::numeric::numeric;
use super::{Mention, When, Which};
use crate::reading::extract::cues::Seed;
use crate::reading::extract::sheet::{Sheet, seed_of};
use crate::reading::extract::spoken;
use chrono::NaiveDate;

/// Every date in a sheet, in order, without overlaps.
pub fn mentions(sheet: &Sheet<'_>) -> Vec<Mention> {
    let mut out: Vec<Mention> = Vec::new();
    let mut seeds = sheet.seeds().iter().map(|s| s.start).peekable();
    let mut digits = sheet.runs.iter().map(|r| r.0).filter(|at| !sheet.before(*at).is_ascii_alphanumeric()).peekable();
    let mut free = 0;
    loop {
        let at = match (seeds.peek().copied(), digits.peek().copied()) {
            (Some(a), Some(b)) => a.min(b),
            (Some(a), None) | (None, Some(a)) => a,
            (None, None) => break,
        };
        seeds.next_if(|s| *s <= at);
        digits.next_if(|d| *d <= at);
        if at < free {
            continue;
        }
        if let Some(m) = mention_at(sheet, at) {
            free = m.end;
            out.push(m);
        }
    }
    let before = told_again(sheet, &out);
    out.extend(before);
    out.sort_by_key(|m| m.start);
    out
}

/// “before then”, “as of that day”: the day that was told last.
fn told_again(sheet: &Sheet<'_>, told: &[Mention]) -> Vec<Mention> {
    const LEADS: &[&[u8]] = &[
        b"before",
        b"by",
        b"from",
        b"of",
        b"effective",
        b"starting",
        b"starts",
        b"start",
        b"begins",
        b"begin",
        b"on",
        b"de",
        b"desde",
    ];
    const AGAIN: &[&[u8]] = &[
        b"then",
        b"that day",
        b"that date",
        b"that same day",
        b"the same day",
        b"the same date",
        b"same day",
        b"ese dia",
        "ese día".as_bytes(),
        "ese mismo día".as_bytes(),
        b"ese mismo dia",
        b"esa fecha",
        "el mismo día".as_bytes(),
    ];
    let Some(first) = told.first() else { return Vec::new() };
    let mut out: Vec<Mention> = Vec::new();
    for start in first.end..sheet.folded.len() {
        let begins =
            matches!(sheet.folded.get(start), Some(b't' | b's' | b'e')) && sheet.before(start).is_ascii_whitespace();
        if !begins {
            continue;
        }
        let rest = sheet.low(start, start + 16);
        if !matches!(rest, [b't', b'h', ..] | [b's', b'a', ..] | [b'e', b's' | b'l', ..]) {
            continue;
        }
        let Some(words) = AGAIN.iter().find(|w| rest.starts_with(w)) else { continue };
        let end = start + words.len();
        let (a, b) = sheet.word_before(start);
        if sheet.folded.get(end).is_some_and(u8::is_ascii_alphanumeric) || !LEADS.contains(&sheet.low(a, b)) {
            continue;
        }
        let last = told.iter().rev().find(|m| m.end <= start && !matches!(m.when, When::EndOf(_)));
        out.extend(last.map(|m| Mention { start, end, when: m.when }));
    }
    out
}

fn mention_at(sheet: &Sheet<'_>, start: usize) -> Option<Mention> {
    if sheet.folded.get(start).is_some_and(u8::is_ascii_digit) {
        return numeric(sheet, start);
    }
    let (seed, end) = seed_of(sheet.seeds(), start)?;
    let one = |when, end| Some(Mention { start, end, when });
    match seed {
        Seed::Month(m) => {
            match after_month(sheet, m, end) {
                Some((when, end)) => one(when, end),
                // “el quince de octubre”, “el catorce de marzo del noventa y ocho”.
                None if let Some((start, day)) = spoken::day_before(sheet, start) => {
                    let year = spoken::year_after(sheet, end);
                    let exact = year.and_then(|(y, e)| Some((When::Exact(NaiveDate::from_ymd_opt(y, m, day)?), e)));
                    let (when, end) = exact.unwrap_or((When::MonthDay(m, day), end));
                    Some(Mention { start, end, when })
                }
                // “by the end of October”.
                None => {
                    let (a, b) = sheet.word_before(start);
                    let (c, d) = sheet.word_before(a);
                    let last = sheet.low(a, b) == b"of" && sheet.low(c, d) == b"end";
                    last.then_some(Mention { start: c, end, when: When::EndOfMonth(m) })
                }
            }
        }
        Seed::Weekday(w) => on_weekday(sheet, start, end, w),
        Seed::Day(n) => {
            // “tomorrow, November 6”: the date is plainer.
            match joined(sheet, end) {
                Some(m) => one(m.when, m.end),
                None => Some(from_today(sheet, start, end, n).unwrap_or(Mention { start, end, when: When::Offset(n) })),
            }
        }
        Seed::EndOfDay => match joined(sheet, end) {
            Some(m) => one(m.when, m.end),
            None => one(When::Offset(0), end),
        },
        Seed::EndOf(period) => match joined(sheet, end) {
            Some(m) => one(m.when, m.end),
            None => one(When::EndOf(period), end),
        },
        Seed::Within => within(sheet, start, end),
        Seed::Ordinal(n) => ordinal_in_words(sheet, start, end, n),
        Seed::Ago | Seed::Sum => None,
    }
}

/// A date that follows another word for the same day: “Friday, November 6”, “COB 11/13”, “end of business Friday”.
fn joined(sheet: &Sheet<'_>, end: usize) -> Option<Mention> {
    let mut at = end;
    for _ in 0..2 {
        while matches!(sheet.folded.get(at), Some(b' ' | b',' | b'(' | b'.' | b'-')) && at - end < 5 {
            at += 1;
        }
        let (a, b) = sheet.word_after(at);
        if a == at && matches!(sheet.low(a, b), b"on" | b"the" | b"of" | b"this") {
            at = b + 1;
        }
    }
    let m = mention_at(sheet, at)?;
    match m.when {
        When::Exact(_) | When::MonthDay(..) | When::Day(_) | When::Weekday(..) | When::EndOfMonth(_) => Some(m),
        When::Offset(n) if n >= 0 => Some(m),
        _ => None,
    }
}

pub(super) fn number(sheet: &Sheet<'_>, at: usize, most: usize) -> Option<(u32, usize)> {
    let mut end = at;
    while end - at < most + 1 && sheet.folded.get(end).is_some_and(u8::is_ascii_digit) {
        end += 1;
    }
    if end == at || end - at > most {
        return None;
    }
    let n = sheet.low(at, end).iter().fold(0u32, |n, b| n * 10 + u32::from(b - b'0'));
    Some((n, end))
}

pub(super) fn skip(sheet: &Sheet<'_>, at: usize, what: &[u8]) -> usize {
    let mut i = at;
    while sheet.folded.get(i).is_some_and(|b| what.contains(b)) && i < at + 4 {
        i += 1;
    }
    i
}

/// Past “st”, “nd”, “rd” or “th” where they stand at `at`.
pub(super) fn past_suffix(sheet: &Sheet<'_>, at: usize) -> usize {
    if matches!(sheet.low(at, at + 2), b"st" | b"nd" | b"rd" | b"th")
        && !sheet.folded.get(at + 2).is_some_and(u8::is_ascii_alphanumeric)
    {
        at + 2
    } else {
        at
    }
}

/// A year after a day: “, 2026”, “ 2026”, “ '26”.
pub(super) fn year_after(sheet: &Sheet<'_>, at: usize) -> Option<(i32, usize)> {
    // “el 4 de mayo de 2006”.
    let at =
        [&b" de "[..], b" del "].iter().find(|w| sheet.low(at, at + w.len()) == **w).map_or(at, |w| at + w.len() - 1);
    let from = skip(sheet, at, b" ,'");
    if from == at {
        return None;
    }
    let (n, end) = number(sheet, from, 4)?;
    let closed = !sheet.folded.get(end).is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'/'));
    (closed && (1900..2100).contains(&n)).then_some((i32::try_from(n).ok()?, end))
}

/// What follows a month's name: “ 6th, 2026”.
fn after_month(sheet: &Sheet<'_>, month: u32, end: usize) -> Option<(When, usize)> {
    let at = skip(sheet, end, b" .");
    let (day, end) = match number(sheet, at, 2) {
        Some((day, end)) if (1..=31).contains(&day) => {
            let end = past_suffix(sheet, end);
            if sheet.folded.get(end).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'/') {
                return None;
            }
            (day, end)
        }
        Some(_) => return None,
        None => {
            let at = skip(sheet, at, b" ");
            match seed_of(sheet.seeds(), at) {
                Some((Seed::Ordinal(n), end)) => (n, end),
                _ => return None,
            }
        }
    };
    Some(match year_after(sheet, end).and_then(|(y, e)| Some((NaiveDate::from_ymd_opt(y, month, day)?, e))) {
        Some((date, end)) => (When::Exact(date), end),
        None => (When::MonthDay(month, day), end),
    })
}

fn on_weekday(sheet: &Sheet<'_>, start: usize, end: usize, weekday: u32) -> Option<Mention> {
    let low = sheet.low(start, end);
    // “sat”, “sun”, “wed” are words of their own; in lower case they need a word that asks for a day, or end what is said.
    let (a, b) = sheet.word_before(start);
    let before = sheet.low(a, b);
    let asks = matches!(
        before,
        b"by" | b"on" | b"next" | b"this" | b"before" | b"last" | b"until" | b"till" | b"til" | b"for"
    );
    let ends = !sheet.folded.get(end).is_some_and(|b| *b == b' ' || b.is_ascii_alphanumeric() || *b == b'\'');
    if matches!(low, b"sat" | b"sun" | b"wed" | b"mon") && !asks && !ends && !sheet.byte(start).is_ascii_uppercase() {
        return None;
    }
    if let Some(m) = joined(sheet, end)
        && !matches!(m.when, When::Weekday(..) | When::Offset(_))
    {
        return Some(Mention { start, ..m });
    }
    let (which, start) = match before {
        b"next" => (Which::Next, a),
        b"this" | b"coming" => (Which::This, a),
        b"last" | b"past" => (Which::Last, a),
        _ => (Which::Plain, start),
    };
    Some(Mention { start, end, when: When::Weekday(weekday, which) })
}

/// “within 10 days”, “in two weeks”, “within 3 business days”, “in 24 hours”.
fn within(sheet: &Sheet<'_>, start: usize, end: usize) -> Option<Mention> {
    let (a, b) = sheet.word_after(end);
    if a > end + 1 {
        return None;
    }
    let (count, end) = small_number(sheet, a, b)?;
    let (when, end) = counted(sheet, count, end)?;
    Some(Mention { start, end, when })
}

/// The number that is the word `a..b`, or begins with it: “10”, “a”, “twenty five”.
fn small_number(sheet: &Sheet<'_>, a: usize, b: usize) -> Option<(u32, usize)> {
    if let Some((n, end)) = number(sheet, a, 3) {
        return (end == b).then_some((n, end));
    }
    if sheet.low(a, b) == b"a" {
        return Some((1, b));
    }
    let (n, end) = spoken::cardinal(sheet, a)?;
    (1.0..1000.0).contains(&n).then_some((n as u32, end))
}

/// A unit after a number: “ (10) business days”.
pub(super) fn counted(sheet: &Sheet<'_>, count: u32, end: usize) -> Option<(When, usize)> {
    let (mut a, mut b) = sheet.word_after(end);
    if sheet.low(a, b).iter().all(u8::is_ascii_digit) {
        (a, b) = sheet.word_after(b);
    }
    let business = matches!(sheet.low(a, b), b"business" | b"working");
    if business || sheet.low(a, b) == b"calendar" {
        (a, b) = sheet.word_after(b);
    }
    if a > end + 22 || count > 400 {
        return None;
    }
    let n = i64::from(count);
    let when = match sheet.low(a, b) {
        b"day" | b"days" if business => When::BusinessDays(count),
        b"day" | b"days" => When::Offset(n),
        b"week" | b"weeks" | b"wks" => When::Offset(7 * n),
        b"hour" | b"hours" | b"hrs" => When::Offset((n + 23) / 24),
        _ => return None,
    };
    Some((when, b))
}

/// “a week from today”, “two weeks from tomorrow”.
fn from_today(sheet: &Sheet<'_>, start: usize, end: usize, today: i64) -> Option<Mention> {
    let (a, b) = sheet.word_before(start);
    (sheet.low(a, b) == b"from").then_some(())?;
    let (unit, _) = sheet.word_before(a);
    let (number, after) = sheet.word_before(unit);
    let (count, _) = small_number(sheet, number, after)?;
    match counted(sheet, count, after)? {
        (When::Offset(days), _) => Some(Mention { start: number, end, when: When::Offset(days + today) }),
        _ => None,
    }
}

fn ordinal_in_words(sheet: &Sheet<'_>, start: usize, end: usize, day: u32) -> Option<Mention> {
    let (a, b) = sheet.word_after(end);
    if sheet.low(a, b) == b"of" {
        let (c, d) = sheet.word_after(b);
        if let Some((Seed::Month(m), end)) = seed_of(sheet.seeds(), c) {
            return Some(Mention { start, end, when: When::MonthDay(m, day) });
        }
        if sheet.low(c, d) == b"the" && sheet.low(d, d + 6) == b" month" {
            return Some(Mention { start, end: d + 6, when: When::Day(day) });
        }
    }
    let (c, d) = sheet.word_before(start);
    let (e, f) = sheet.word_before(c);
    let asked =
        sheet.low(c, d) == b"the" && matches!(sheet.low(e, f), b"by" | b"on" | b"before" | b"until" | b"starting");
    // Past the dozen nobody counts things: “the fair is the twenty sixth”.
    let counted = sheet.low(c, d) == b"the" && day >= 13;
    (asked && day >= 4 || counted).then_some(Mention { start, end, when: When::Day(day) })
}
