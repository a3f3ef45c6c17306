//! Dates in digits: “11/6”, “11-06-26”, “2026-11-06”, “6 Nov”.

use super::mentions::{counted, number, past_suffix, skip, year_after};
use super::{Mention, When};
use crate::reading::extract::cues::Seed;
use crate::reading::extract::sheet::{Sheet, seed_of};
use chrono::NaiveDate;

/// The date whose first digits stand at `start`.
pub(super) fn numeric(sheet: &Sheet<'_>, start: usize) -> Option<Mention> {
    if matches!(sheet.before(start), b'-' | b'/' | b'.' | b'$' | b'#' | b'_') {
        return None;
    }
    let (first, end) = number(sheet, start, 4)?;
    let one = |when, end| Some(Mention::of(start, end, when));
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
        let de = sheet.low(a, b) == b"de";
        let plain = de || after > end.min(after) || year_after(sheet, end).is_some() || !matches!(m, 3 | 5);
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
