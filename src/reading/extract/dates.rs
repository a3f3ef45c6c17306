//! Dates as people write them: “11/6”, “Nov. 12 at noon”, “next Tuesday”, “the 17th”, “within ten days”, “EOD”.
//!
//! A mention is found first and resolved later, because “Friday” is behind us in a loss and ahead of us in a deadline.
//! Days are the agency's: whoever calls hands in the day of the message in its zone.

use super::cues::{Period, Seed};
use super::sheet::{Sheet, seed_of};
use super::spoken;
use crate::domain::calendar::Calendar;
use chrono::{Datelike, Days, NaiveDate, Weekday};

/// A date in a text, not yet resolved.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mention {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// What is written.
    pub when: When,
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
    /// Days from today.
    Offset(i64),
    /// Business days from today.
    BusinessDays(u32),
    /// The last day of a period: a mention that says little where nothing asks for a date.
    EndOf(Period),
    /// The last day of a month.
    EndOfMonth(u32),
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
            Self::Offset(n) => shift(today, n),
            Self::BusinessDays(n) => Some((0..n.min(90)).fold(today, |d, _| calendar.next_business_day(d))),
            Self::EndOf(period) => end_of(today, period),
            Self::EndOfMonth(m) => {
                let first = month_day(today, m, 1, sense)?;
                last_of_month(first.year(), m)
            }
        }
    }
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

fn day_of_month(today: NaiveDate, day: u32, sense: Sense) -> Option<NaiveDate> {
    let here = today.with_day(day);
    let step = match sense {
        Sense::Behind if here.is_some_and(|d| d <= today) => return here,
        Sense::Behind => -1,
        _ if here.is_some_and(|d| d >= today) => return here,
        _ => 1,
    };
    let months = today.year() * 12 + i32::try_from(today.month0()).ok()? + step;
    NaiveDate::from_ymd_opt(months.div_euclid(12), u32::try_from(months.rem_euclid(12)).ok()? + 1, day)
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
                None => one(When::Offset(n), end),
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

fn number(sheet: &Sheet<'_>, at: usize, most: usize) -> Option<(u32, usize)> {
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

fn skip(sheet: &Sheet<'_>, at: usize, what: &[u8]) -> usize {
    let mut i = at;
    while sheet.folded.get(i).is_some_and(|b| what.contains(b)) && i < at + 4 {
        i += 1;
    }
    i
}

/// Past “st”, “nd”, “rd” or “th” where they stand at `at`.
fn past_suffix(sheet: &Sheet<'_>, at: usize) -> usize {
    if matches!(sheet.low(at, at + 2), b"st" | b"nd" | b"rd" | b"th")
        && !sheet.folded.get(at + 2).is_some_and(u8::is_ascii_alphanumeric)
    {
        at + 2
    } else {
        at
    }
}

/// A year after a day: “, 2026”, “ 2026”, “ '26”.
fn year_after(sheet: &Sheet<'_>, at: usize) -> Option<(i32, usize)> {
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
    // “sat”, “sun”, “wed” are words of their own; in lower case they need a word that asks for a day.
    let (a, b) = sheet.word_before(start);
    let before = sheet.low(a, b);
    let asks = matches!(
        before,
        b"by" | b"on" | b"next" | b"this" | b"before" | b"last" | b"until" | b"till" | b"til" | b"for"
    );
    if matches!(low, b"sat" | b"sun" | b"wed" | b"mon") && !asks && !sheet.byte(start).is_ascii_uppercase() {
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

fn small_number(sheet: &Sheet<'_>, a: usize, b: usize) -> Option<(u32, usize)> {
    if let Some((n, end)) = number(sheet, a, 3) {
        return (end == b).then_some((n, end));
    }
    let tens = match sheet.low(a, b) {
        b"twenty" => Some(20),
        b"thirty" => Some(30),
        b"forty" => Some(45),
        b"sixty" => Some(60),
        b"ninety" => Some(90),
        _ => None,
    };
    if let Some(n) = tens {
        let (c, d) = sheet.word_after(b);
        let five = sheet.low(c, d) == b"five";
        return Some((if n == 45 && !five { 40 } else { n }, if five { d } else { b }));
    }
    let words: [&[u8]; 16] = [
        b"a",
        b"one",
        b"two",
        b"three",
        b"four",
        b"five",
        b"six",
        b"seven",
        b"eight",
        b"nine",
        b"ten",
        b"eleven",
        b"twelve",
        b"thirteen",
        b"fourteen",
        b"fifteen",
    ];
    let n = words.iter().position(|w| *w == sheet.low(a, b))?;
    Some((u32::try_from(n).ok()?.max(1), b))
}

/// A unit after a number: “ (10) business days”.
fn counted(sheet: &Sheet<'_>, count: u32, end: usize) -> Option<(When, usize)> {
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
    (asked && day >= 4).then_some(Mention { start, end, when: When::Day(day) })
}

fn numeric(sheet: &Sheet<'_>, start: usize) -> Option<Mention> {
    if matches!(sheet.before(start), b'-' | b'/' | b'.' | b'$' | b'#' | b'_') {
        return None;
    }
    let (first, end) = number(sheet, start, 4)?;
    let one = |when, end| Some(Mention { start, end, when });
    let sep = sheet.folded.get(end).copied().unwrap_or(0);
    if matches!(sep, b'/' | b'-' | b'.') {
        if let Some((second, end)) = number(sheet, end + 1, 2) {
            let third = (sheet.folded.get(end) == Some(&sep)).then(|| number(sheet, end + 1, 4)).flatten();
            let closed = |end: usize| {
                !sheet.folded.get(end).is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'%' | b'"'))
                    && !(sheet.folded.get(end) == Some(&b'-')
                        && sheet.folded.get(end + 1).is_some_and(u8::is_ascii_digit))
            };
            return match third {
                Some((day, end)) if first >= 1900 && closed(end) => {
                    one(When::Exact(NaiveDate::from_ymd_opt(i32::try_from(first).ok()?, second, day)?), end)
                }
                Some((year, end)) if closed(end) && first < 100 => {
                    let year = i32::try_from(year).ok()?;
                    let year = if year >= 100 { year } else { century(year) };
                    if !(1900..2100).contains(&year) {
                        return None;
                    }
                    one(When::Exact(NaiveDate::from_ymd_opt(year, first, second)?), end)
                }
                Some(_) => None,
                None if sep == b'/' && closed(end) && (1..=12).contains(&first) && (1..=31).contains(&second) => {
                    let (a, b) = sheet.word_after(end);
                    let part = matches!(
                        sheet.low(a, b),
                        b"million" | b"inch" | b"ton" | b"mile" | b"acre" | b"of" | b"hour" | b"full"
                    );
                    (!part).then_some(())?;
                    one(When::MonthDay(first, second), end)
                }
                None => None,
            };
        }
        return None;
    }
    let after = past_suffix(sheet, end);
    // “22 October 2026”, “the 22nd of October”.
    let (a, b) = sheet.word_after(after);
    let month_at = if matches!(sheet.low(a, b), b"of" | b"de") { sheet.word_after(b).0 } else { a };
    // “Booth 14, October 10”: the day stands behind its month. “UMB 0027 September”: too long for a day.
    let apart = end - start > 2
        || sheet.low(after, month_at).contains(&b',')
        || seed_of(sheet.seeds(), month_at).is_some_and(|(_, e)| number(sheet, skip(sheet, e, b" ."), 2).is_some());
    if (1..=31).contains(&first)
        && !apart
        && month_at <= after + 5
        && let Some((Seed::Month(m), end)) = seed_of(sheet.seeds(), month_at)
    {
        // “12 may not” is no date; a month that is also a word needs an ordinal or a year.
        let plain = after > end.min(after) || year_after(sheet, end).is_some() || !matches!(m, 3 | 5);
        if after > start + 2 || plain {
            return match year_after(sheet, end).and_then(|(y, e)| Some((NaiveDate::from_ymd_opt(y, m, first)?, e))) {
                Some((date, end)) => one(When::Exact(date), end),
                None => one(When::MonthDay(m, first), end),
            };
        }
    }
    if let Some((when, end)) = counted(sheet, first, end) {
        // “3 days ago”.
        let (a, b) = sheet.word_after(end);
        if let (b"ago", When::Offset(n)) = (sheet.low(a, b), when) {
            return one(When::Offset(-n), b);
        }
        // “10 days from today”, “2 weeks from now”.
        let (c, d) = sheet.word_after(b);
        if sheet.low(a, b) == b"from" && matches!(sheet.low(c, d), b"today" | b"now") {
            return one(when, d);
        }
        return None;
    }
    if after > end && (1..=31).contains(&first) {
        let (c, d) = sheet.word_before(start);
        let asked = matches!(sheet.low(c, d), b"the" | b"by" | b"on" | b"before" | b"until");
        let place = matches!(
            sheet.low(a, b),
            b"floor"
                | b"fl"
                | b"st"
                | b"street"
                | b"ave"
                | b"avenue"
                | b"year"
                | b"time"
                | b"request"
                | b"notice"
                | b"party"
                | b"place"
                | b"location"
                | b"clinic"
                | b"ward"
                | b"district"
                | b"quarter"
                | b"mortgage"
                | b"mortgagee"
                | b"car"
                | b"vehicle"
        );
        if asked && !place {
            return one(When::Day(first), after);
        }
    }
    None
}

/// Two digits of a year: birth years reach back, terms reach a little ahead.
fn century(year: i32) -> i32 {
    if year <= 45 { 2000 + year } else { 1900 + year }
}
