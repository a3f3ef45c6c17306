//! Days that are told by another one: “before then”, “the Friday before”, “two weeks ahead of it”, “a week from Monday”,
//! “ten days from this letter”.

use super::mentions::{counted, small_number};
use super::{Apart, Mention, When, Which};
use crate::reading::extract::cues::Seed;
use crate::reading::extract::sheet::Sheet;
use memchr::memmem;

/// How far behind “two weeks before” the day may stand before which it is, in bytes.
const REACH: usize = 48;

/// Adds the days that are told by those found already; all in order.
pub(super) fn told(sheet: &Sheet<'_>, all: &mut Vec<Mention>) {
    if all.is_empty() {
        return;
    }
    same_weekday(sheet, all);
    for seed in sheet.seeds() {
        match seed.seed {
            Seed::Before => before(sheet, all, seed.start, seed.end),
            Seed::After => after(sheet, all, seed.start, seed.end),
            Seed::Earlier(days) => earlier(sheet, all, seed.start, seed.end, days),
            _ => {}
        }
    }
    let again = again(sheet, all);
    all.extend(again);
    all.sort_by_key(|m| m.start);
}

/// “sold it last Friday … take it off with Friday's date”, “… as of Friday”: a weekday that was told as past is the same
/// where its date is spoken of again.
fn same_weekday(sheet: &Sheet<'_>, all: &mut [Mention]) {
    let mut past = [false; 7];
    for m in all {
        let When::Weekday(weekday, which) = m.when else { continue };
        let Some(told) = usize::try_from(weekday).ok().and_then(|w| past.get_mut(w)) else { continue };
        match which {
            Which::Last => *told = true,
            Which::Plain if *told && m.apart == Apart::Same && is_counted_from(sheet, m) => {
                m.when = When::Weekday(weekday, Which::Last)
            }
            _ => *told = false,
        }
    }
}

/// Whether something counts from a day: “Friday's date”, “as of Friday”, “from Friday”.
fn is_counted_from(sheet: &Sheet<'_>, day: &Mention) -> bool {
    let (a, b) = sheet.word_before(day.start);
    let (c, d) = sheet.word_before(a);
    sheet.low(day.end, day.end + 7) == b"'s date"
        || matches!((sheet.low(c, d), sheet.low(a, b)), (b"as", b"of") | (_, b"from" | b"since"))
}

/// Whether another day can be told by this one.
fn is_day(mention: &Mention) -> bool {
    matches!(
        mention.when,
        When::Exact(_)
            | When::MonthDay(..)
            | When::Day(_)
            | When::Weekday(..)
            | When::WeekdayDay(..)
            | When::WeekdayOf(..)
    ) && mention.apart == Apart::Same
}

/// “before then”, “as of that day”, “the same afternoon”: the day that was told last.
fn again(sheet: &Sheet<'_>, told: &[Mention]) -> Vec<Mention> {
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
        b"that morning",
        b"that afternoon",
        b"that evening",
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
    /// What says by itself that the day is the same.
    const ALONE: &[&[u8]] = &[b"the same morning", b"the same afternoon", b"the same evening"];
    let Some(first) = told.first() else { return Vec::new() };
    let mut out: Vec<Mention> = Vec::new();
    for start in first.end..sheet.folded.len() {
        let begins =
            matches!(sheet.folded.get(start), Some(b't' | b's' | b'e')) && sheet.before(start).is_ascii_whitespace();
        if !begins {
            continue;
        }
        let rest = sheet.low(start, start + 18);
        if !matches!(rest, [b't', b'h', ..] | [b's', b'a', ..] | [b'e', b's' | b'l', ..]) {
            continue;
        }
        let alone = ALONE.iter().find(|w| rest.starts_with(w));
        // “it has to be before that.”: what goes on behind it is another thing, “before that trailer”.
        let bare =
            || rest.starts_with(b"that") && matches!(rest.get(4), None | Some(b'.' | b',' | b';' | b'!' | b'\n'));
        let words = alone.or_else(|| AGAIN.iter().find(|w| rest.starts_with(w)));
        let Some(len) = words.map(|w| w.len()).or_else(|| bare().then_some(4)) else { continue };
        let end = start + len;
        let (a, b) = sheet.word_before(start);
        let lead = sheet.low(a, b);
        let led = alone.is_some()
            || if len == 4 && rest.starts_with(b"that") { lead == b"before" } else { LEADS.contains(&lead) };
        if sheet.folded.get(end).is_some_and(u8::is_ascii_alphanumeric) || !led {
            continue;
        }
        if told.iter().any(|m| m.start <= start && start < m.end) {
            continue;
        }
        // “he's off till Thursday”: how long somebody is away is no day of anything else.
        let away = |m: &Mention| {
            let (a, b) = sheet.word_before(m.start);
            matches!(sheet.low(a, b), b"till" | b"until" | b"til")
        };
        let mut before = told.iter().rev().filter(|m| m.end <= start && !matches!(m.when, When::EndOf(_))).peekable();
        let first = before.peek().copied();
        let last = before.find(|m| !away(m)).or(first);
        out.extend(last.map(|m| Mention { start, end, ..*m }));
    }
    out
}

/// “two weeks ahead of the party”, “one business day before the opening”, “the Friday before”: by the day that follows in
/// the sentence, else by the one that was told last.
fn before(sheet: &Sheet<'_>, all: &mut Vec<Mention>, at: usize, end: usize) {
    let (a, b) = sheet.word_before(at);
    if b + 1 != at || sheet.low(end, end + 5) == b" last" {
        return;
    }
    // “14 days beforehand, so by the 17th”: what follows a comma is no day before which it is.
    let goes_on = sheet.folded.get(end) != Some(&b',');
    // “ten days ahead of the event, so I need it by the 10th”: nor is what follows from it.
    let near = |m: &&Mention| {
        goes_on
            && m.start >= end
            && m.start - end <= REACH
            && !sheet.sentence_ends_between(end, m.start)
            && memmem::find(sheet.low(end, m.start), b", so ").is_none()
    };
    let base = all.iter().find(|m| near(m) && is_day(m)).or_else(|| all.iter().rev().find(|m| m.end <= a && is_day(m)));
    let Some(base) = base.copied() else { return };
    if let Some(m) = all.iter_mut().find(|m| m.end == b) {
        if let When::Weekday(weekday, Which::Plain) = m.when
            && is_word(sheet, m.start, b"the")
        {
            *m = Mention { when: base.when, apart: Apart::WeekdayBefore(weekday), ..*m };
        }
        return;
    }
    let Some((start, when)) = span_before(sheet, at) else { return };
    let apart = match when {
        When::Offset(days) => Apart::Days(-days),
        When::BusinessDays(days) => Apart::BusinessDaysBefore(days),
        _ => return,
    };
    put(sheet, all, base, Mention { start, end, when: base.when, apart });
}

/// Adds a day that is told by `base`. Where that one stands right behind it, “the day before Thanksgiving”, or only points
/// to what was told, “three days before that”, the two are one.
fn put(sheet: &Sheet<'_>, all: &mut Vec<Mention>, base: Mention, told: Mention) {
    if all.iter().any(|m| m.end > told.start && m.start < told.end) {
        return;
    }
    let gap = sheet.low(told.end, base.start);
    let mut end = told.end;
    if base.start >= end && matches!(gap, b" " | b" the " | b" our " | b" on " | b" del " | b" de " | b" de la ") {
        end = base.end;
        all.retain(|m| m.start != base.start);
    } else if base.end <= told.start {
        const POINTS: [&[u8]; 4] = [b" that date", b" that day", b" that", b" then"];
        let points = |w: &&&[u8]| {
            sheet.low(end, end + w.len()) == **w
                && !sheet.folded.get(end + w.len()).is_some_and(u8::is_ascii_alphanumeric)
        };
        // “before that trailer leaves” points to no day.
        let goes_on = |w: &[u8]| w == b" that" && sheet.folded.get(end + w.len()) == Some(&b' ');
        end += POINTS.iter().find(points).filter(|w| !goes_on(w)).map_or(0, |w| w.len());
    }
    all.push(Mention { end, ..told });
    all.sort_by_key(|m| m.start);
}

/// “the day after Thanksgiving”, “two days after the 5th”: by the day that stands right behind it.
fn after(sheet: &Sheet<'_>, all: &mut Vec<Mention>, at: usize, end: usize) {
    let near = |m: &&Mention| m.start >= end && matches!(sheet.low(end, m.start), b" " | b" the " | b" on ");
    let Some(base) = all.iter().find(|m| near(m) && is_day(m)).copied() else { return };
    if let Some((start, When::Offset(days))) = span_before(sheet, at) {
        put(sheet, all, base, Mention { start, end, when: base.when, apart: Apart::Days(days) });
    }
}

/// “un día antes”: so many days before the day that was told last.
fn earlier(sheet: &Sheet<'_>, all: &mut Vec<Mention>, start: usize, end: usize, days: i64) {
    // “un día antes del 9 de noviembre”
    let near = |m: &&Mention| m.start >= end && matches!(sheet.low(end, m.start), b" del " | b" de " | b" de la ");
    let behind = all.iter().find(|m| near(m) && is_day(m));
    let base = behind.or_else(|| all.iter().rev().find(|m| m.end <= start && is_day(m)));
    let Some(base) = base.copied() else { return };
    put(sheet, all, base, Mention { start, end, when: base.when, apart: Apart::Days(-days) });
}

/// Whether the word before `at` is this one.
fn is_word(sheet: &Sheet<'_>, at: usize, word: &[u8]) -> bool {
    let (a, b) = sheet.word_before(at);
    sheet.low(a, b) == word
}

/// The span of time that ends before `at`, “five business days ”, with where it begins. “The day before” is one day.
fn span_before(sheet: &Sheet<'_>, at: usize) -> Option<(usize, When)> {
    let (mut unit, unit_end) = sheet.word_before(at);
    if unit_end + 1 != at {
        return None;
    }
    let (a, b) = sheet.word_before(unit);
    if matches!(sheet.low(a, b), b"business" | b"working" | b"calendar") {
        unit = a;
    }
    let (number, after) = sheet.word_before(unit);
    let count = match sheet.low(number, after) {
        b"the" if sheet.low(unit, unit_end) == b"day" => 1,
        b"full" | b"entire" => return None,
        _ => small_number(sheet, number, after)?.0,
    };
    let (when, end) = counted(sheet, count, after)?;
    (end == unit_end).then_some((number, when))
}

/// “a week from today”, “two weeks from tomorrow”.
pub(super) fn from_today(sheet: &Sheet<'_>, start: usize, end: usize, today: i64) -> Option<Mention> {
    match span_from(sheet, start)? {
        (number, When::Offset(days)) => Some(Mention::of(number, end, When::Offset(days + today))),
        _ => None,
    }
}

/// “a week from Friday”, “two weeks from this Monday”.
pub(super) fn from_weekday(sheet: &Sheet<'_>, start: usize, end: usize, weekday: u32) -> Option<Mention> {
    let (a, b) = sheet.word_before(start);
    let (from, which) = match sheet.low(a, b) {
        b"this" => (a, Which::This),
        b"next" => (a, Which::Next),
        _ => (start, Which::Plain),
    };
    match span_from(sheet, from)? {
        (number, When::Offset(days)) if days % 7 == 0 => {
            Some(Mention { start: number, end, when: When::Weekday(weekday, which), apart: Apart::Days(days) })
        }
        _ => None,
    }
}

/// The span of time before “from” that ends before `at`.
fn span_from(sheet: &Sheet<'_>, at: usize) -> Option<(usize, When)> {
    let (a, b) = sheet.word_before(at);
    (sheet.low(a, b) == b"from").then(|| span_before(sheet, a)).flatten()
}

/// “five business days from this notice”, “48 hours of this message”: the words from `start` on name what is at hand.
pub(super) fn from_letter(sheet: &Sheet<'_>, start: usize, end: usize) -> Option<Mention> {
    let (number, when) = span_before(sheet, start)?;
    Some(Mention::of(number, end, when))
}
