//! Finds the dates of a sheet, as they are written: where each stands and what it says. Which day that is, `dates` knows.

use super::numeric::numeric;
use super::{Mention, MonthOf, When, Which, relative};
use crate::reading::extract::cues::{Feast, Seed};
use crate::reading::extract::sheet::{Sheet, seed_of};
use crate::reading::extract::spoken;
use chrono::{NaiveDate, Weekday};

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
        // “within 48 hours of this message” was found at its “within”.
        if let Some(m) = mention_at(sheet, at, JOINTS).filter(|m| m.start >= free) {
            free = m.end;
            // “tomorrow end of day”, “Friday, close of business”: the time of the day that was told.
            let end_of_day =
                m.when == When::Offset(0) && seed_of(sheet.seeds(), at).is_some_and(|(seed, _)| seed == Seed::EndOfDay);
            match out.last_mut() {
                Some(day) if end_of_day && is_its_hour(sheet, *day, m.start) => {
                    day.end = m.end;
                }
                _ => out.push(m),
            }
        }
    }
    relative::told(sheet, &mut out);
    out
}

fn mention_at(sheet: &Sheet<'_>, start: usize, joints: u8) -> Option<Mention> {
    if sheet.folded.get(start).is_some_and(u8::is_ascii_digit) {
        return numeric(sheet, start);
    }
    let (seed, end) = seed_of(sheet.seeds(), start)?;
    let one = |when, end| Some(Mention::of(start, end, when));
    match seed {
        Seed::Month(m) => {
            match after_month(sheet, m, end) {
                Some((when, end)) => one(when, end),
                // “el quince de octubre”, “el catorce de marzo del noventa y ocho”.
                None if let Some((start, day)) = spoken::day_before(sheet, start) => {
                    let year = spoken::year_after(sheet, end);
                    let exact = year.and_then(|(y, e)| Some((When::Exact(NaiveDate::from_ymd_opt(y, m, day)?), e)));
                    let (when, end) = exact.unwrap_or((When::MonthDay(m, day), end));
                    Some(Mention::of(start, end, when))
                }
                None => part_of_month(sheet, m, start, end),
            }
        }
        Seed::Weekday(w) => on_weekday(sheet, start, end, w, joints),
        Seed::Day(n) => {
            // “el sábado en la mañana” is a time of day.
            let (c, d) = sheet.word_before(start);
            if n == 1 && sheet.low(c, d) == b"la" && sheet.low(start, end).starts_with(b"ma") {
                return None;
            }
            // “tomorrow, November 6”: the date is plainer.
            match joined(sheet, end, joints).filter(|m| !matches!(m.when, When::Offset(_))) {
                Some(m) => one(m.when, m.end),
                None => {
                    Some(relative::from_today(sheet, start, end, n).unwrap_or(Mention::of(start, end, When::Offset(n))))
                }
            }
        }
        Seed::EndOfDay => match joined(sheet, end, joints) {
            Some(m) => one(m.when, m.end),
            None => one(When::Offset(0), end),
        },
        Seed::EndOf(period) => match joined(sheet, end, joints) {
            Some(m) => one(m.when, m.end),
            None => one(When::EndOf(period), end),
        },
        Seed::Within => within(sheet, start, end),
        Seed::Given => given(sheet, start, end),
        Seed::Ordinal(n) => ordinal_in_words(sheet, start, end, n),
        Seed::Feast(feast) => holiday(sheet, start, end, feast),
        Seed::Hence => relative::from_letter(sheet, start, end),
        Seed::Ago | Seed::Before | Seed::After | Seed::Earlier(_) | Seed::Sum => None,
    }
}

/// Whether what begins at `hour` is a time of the day that was told: “tomorrow by end of day”, but “11/20 by EOD” tells two.
fn is_its_hour(sheet: &Sheet<'_>, day: Mention, hour: usize) -> bool {
    match sheet.low(day.end, hour) {
        b" " | b", " | b" at " => true,
        b" by " => matches!(day.when, When::Offset(_) | When::Weekday(..)),
        _ => false,
    }
}

/// How many words for one day may stand behind each other, “end of day Friday, November 6”; more of them are no way to tell
/// a day, and following them all could take time without end.
const JOINTS: u8 = 2;

/// A date that follows another word for the same day: “Friday, November 6”, “COB 11/13”, “end of business Friday”.
fn joined(sheet: &Sheet<'_>, end: usize, joints: u8) -> Option<Mention> {
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
    let m = mention_at(sheet, at, joints.checked_sub(1)?)?;
    match m.when {
        When::Exact(_)
        | When::MonthDay(..)
        | When::Day(_)
        | When::Weekday(..)
        | When::WeekdayDay(..)
        | When::EndOfMonth(_) => Some(m),
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

/// A month without a day: “by the end of October”, “by the last day of October”, “mid-October”, “the middle of October
/// 2027”, “before October”.
fn part_of_month(sheet: &Sheet<'_>, month: u32, start: usize, end: usize) -> Option<Mention> {
    let (a, b) = sheet.word_before(start);
    let (c, d) = sheet.word_before(a);
    let (e, f) = sheet.word_before(c);
    let joined = matches!(sheet.low(b, start), b" " | b"-");
    let on = |first, day| {
        let exact =
            year_after(sheet, end).and_then(|(y, e)| Some((When::Exact(NaiveDate::from_ymd_opt(y, month, day)?), e)));
        let (when, end) = exact.unwrap_or((When::MonthDay(month, day), end));
        Some(Mention::of(first, end, when))
    };
    match (sheet.low(e, f), sheet.low(c, d), sheet.low(a, b)) {
        (_, b"end", b"of") => Some(Mention::of(c, end, When::EndOfMonth(month))),
        (b"last", b"day", b"of") => Some(Mention::of(e, end, When::EndOfMonth(month))),
        (_, b"middle", b"of") => on(c, 15),
        (_, _, b"mid") if joined => on(a, 15),
        // “before May I ask”, “before June, my sister, …”: a month that may be a name has to end what is said.
        (_, _, b"before")
            if joined && sheet.folded.get(end).is_none_or(|b| matches!(b, b'.' | b'?' | b'!' | b'\n')) =>
        {
            on(start, 1)
        }
        _ => None,
    }
}

fn on_weekday(sheet: &Sheet<'_>, start: usize, end: usize, weekday: u32, joints: u8) -> Option<Mention> {
    let low = sheet.low(start, end);
    // “sat”, “sun”, “wed” are words of their own; in lower case they need a word that asks for a day, or end what is said.
    let (a, b) = sheet.word_before(start);
    let before = sheet.low(a, b);
    let asks = matches!(
        before,
        b"by" | b"on" | b"next" | b"this" | b"before" | b"last" | b"until" | b"till" | b"til" | b"for"
    );
    let ends = !sheet.folded.get(end).is_some_and(|b| *b == b' ' || b.is_ascii_alphanumeric() || *b == b'\'');
    let (c, d) = sheet.word_after(end);
    let hour = c == end + 1 && matches!(sheet.low(c, d), b"am" | b"pm");
    let asks = asks || hour;
    if matches!(low, b"sat" | b"sun" | b"wed" | b"mon") && !asks && !ends && !sheet.byte(start).is_ascii_uppercase() {
        return None;
    }
    // “Sat next to her at the lunch.”
    if low == b"sat" && !asks && matches!(sheet.low(c, d), b"next" | b"with" | b"down" | b"beside" | b"across") {
        return None;
    }
    if let Some(m) = joined(sheet, end, joints)
        && !matches!(m.when, When::Weekday(..) | When::Offset(_))
    {
        let when = match m.when {
            When::Day(day) => When::WeekdayDay(weekday, day),
            when => when,
        };
        return Some(Mention { start, when, ..m });
    }
    // “el lunes 26,”, “Friday 23.”: a figure that no hour has. In Spanish it may stand before another word, “el lunes 26
    // empezamos”: nothing is counted there.
    let spanish = matches!(low, b"lunes" | b"martes" | b"jueves" | b"viernes" | b"domingo")
        || low.starts_with(b"mi")
        || low.starts_with(b"s") && low.ends_with(b"bado");
    if sheet.byte(end) == b' '
        && let Some((day @ 13..=31, after)) = number(sheet, end + 1, 2)
        && (matches!(sheet.folded.get(after), None | Some(b',' | b'.' | b';' | b')' | b'\n'))
            || spanish && sheet.folded.get(after) == Some(&b' '))
        && !sheet.folded.get(after + 1).is_some_and(u8::is_ascii_digit)
    {
        return Some(Mention::of(start, after, When::WeekdayDay(weekday, day)));
    }
    // “Friday of next week”, “the last Friday in October”.
    const NEXT_WEEK: [&[u8]; 6] = [
        b" of next week",
        b" next week",
        b" of the following week",
        b" de la semana que viene",
        b" de la semana entrante",
        "\u{20}de la próxima semana".as_bytes(),
    ];
    if let Some(end) = NEXT_WEEK.iter().find_map(|w| follows(sheet, end, w)) {
        // “el viernes de la semana que viene, 18 de diciembre”: the date is plainer.
        let date = joined(sheet, end, joints).filter(|m| matches!(m.when, When::Exact(_) | When::MonthDay(..)));
        return Some(
            date.map_or(Mention::of(start, end, When::Weekday(weekday, Which::Next)), |m| Mention { start, ..m }),
        );
    }
    if before == b"last"
        && let Some((month, end)) = month_after(sheet, end)
    {
        return Some(Mention::of(a, end, When::WeekdayOf(5, day_of_week(weekday), month)));
    }
    if let Some(m) = relative::from_weekday(sheet, start, end, weekday) {
        return Some(m);
    }
    let (which, start) = match before {
        b"next" => (Which::Next, a),
        b"this" | b"coming" => (Which::This, a),
        b"last" | b"past" => (Which::Last, a),
        _ if is_over(sheet, start) => (Which::Last, start),
        _ => (Which::Plain, start),
    };
    Some(Mention::of(start, end, When::Weekday(weekday, which)))
}

/// Whether what a weekday is told for is over: “hauled it off Saturday”, “retired on Friday”. Looked for between the
/// weekday and the comma or the clause before it.
fn is_over(sheet: &Sheet<'_>, weekday: usize) -> bool {
    const OVER: [&[u8]; 29] = [
        b"sold",
        b"picked",
        b"closed",
        b"moved",
        b"went",
        b"quit",
        b"left",
        b"retired",
        b"traded",
        b"hauled",
        b"drove",
        b"took",
        b"gave",
        b"handed",
        b"passed",
        b"died",
        b"towed",
        b"totaled",
        b"wrecked",
        b"walked",
        b"resigned",
        b"happened",
        b"came",
        b"fell",
        b"stole",
        b"hit",
        b"bought",
        b"backed",
        b"caught",
    ];
    let mut at = weekday;
    // “the hearing got bumped to Friday”.
    let (c, d) = sheet.word_before(at);
    if sheet.low(c, d) == b"to" {
        return false;
    }
    // “we closed on that Monday”.
    if sheet.low(c, d) == b"that" && sheet.low(d, at) == b" " {
        at = c;
    }
    let (mut words, mut given) = (0, false);
    // The numbers of what is sold are none: “sold my 2018 Ram 1500 (1C6…) to my brother in law on Sunday”.
    while words < 10 {
        let (a, b) = sheet.word_before(at);
        let gap = sheet.low(b, at);
        let word = sheet.low(a, b);
        // “sold my Ram to my brother in law on Sunday”
        let whose = sheet.low(at, sheet.word_after(at).1);
        let to_somebody =
            word == b"to" && matches!(whose, b"my" | b"our" | b"a" | b"his" | b"her" | b"another" | b"some");
        if a == b || gap.iter().any(|c| matches!(c, b',' | b'.' | b';' | b':' | b'?' | b'!' | b'\n')) {
            return false;
        }
        words += usize::from(!word.iter().any(u8::is_ascii_digit));
        if OVER.contains(&word) {
            let gives = matches!(word, b"sold" | b"gave" | b"traded" | b"handed" | b"left");
            return !lies_ahead(sheet, a) && (!given || gives);
        }
        // A day that is wanted, or a clause with its own subject or wish: “took the job and need it Friday”.
        let other = matches!(
            word,
            b"by"
                | b"before"
                | b"until"
                | b"till"
                | b"til"
                | b"next"
                | b"need"
                | b"needs"
                | b"will"
                | b"for"
                | b"so"
                | b"and"
                | b"but"
                | b"as"
                | b"of"
                | b"starting"
                | b"from"
                | b"effective"
                | b"due"
                | b"should"
                | b"must"
                | b"that"
                | b"which"
                | b"who"
                | b"to"
                | b"start"
                | b"starts"
                | b"begin"
                | b"begins"
                | b"he"
                | b"she"
                | b"they"
                | b"we"
                | b"i"
                | b"you"
                | b"please"
                | b"pls"
                | b"add"
                | b"cancel"
                | b"remove"
                | b"take"
                | b"put"
                | b"can"
                | b"could"
                | b"want"
                | b"wants"
                | b"arrives"
                | b"opens"
        );
        if other && !to_somebody {
            return false;
        }
        given |= to_somebody;
        at = a;
    }
    false
}

/// Whether the words before a verb say that it is still to be done: “to be picked up Friday”, “gets delivered Monday”, “until
/// it is signed Friday”, “have the car towed Friday”.
fn lies_ahead(sheet: &Sheet<'_>, verb: usize) -> bool {
    let mut at = verb;
    for back in 0..4 {
        let (a, b) = sheet.word_before(at);
        if a == b || sheet.low(b, at).iter().any(|c| matches!(c, b',' | b'.' | b';' | b':' | b'\n')) {
            return false;
        }
        let word = sheet.low(a, b);
        let beside = matches!(word, b"is" | b"are" | b"if" | b"when" | b"until" | b"once");
        let wished = matches!(
            word,
            b"be"
                | b"being"
                | b"to"
                | b"get"
                | b"gets"
                | b"getting"
                | b"need"
                | b"needs"
                | b"want"
                | b"wants"
                | b"have"
        );
        // “we have sold”: the verb itself is over.
        if wished && !(back == 0 && word == b"have") || beside && back == 0 {
            return true;
        }
        at = a;
    }
    false
}

/// Where these words end, if they stand at `at` and no word goes on.
fn follows(sheet: &Sheet<'_>, at: usize, words: &[u8]) -> Option<usize> {
    let end = at + words.len();
    (sheet.low(at, end) == words && !sheet.folded.get(end).is_some_and(u8::is_ascii_alphanumeric)).then_some(end)
}

/// The month behind a weekday, “ in November”, “ of this month”, with its end.
fn month_after(sheet: &Sheet<'_>, at: usize) -> Option<(MonthOf, usize)> {
    let of = [&b" of "[..], b" in "].iter().find(|w| sheet.low(at, at + 4) == **w).map(|w| at + w.len())?;
    for (words, month) in
        [(&b"this month"[..], MonthOf::This), (b"the month", MonthOf::This), (b"next month", MonthOf::Next)]
    {
        if let Some(end) = follows(sheet, of, words) {
            return Some((month, end));
        }
    }
    match seed_of(sheet.seeds(), of) {
        Some((Seed::Month(m), end)) => Some((MonthOf::Named(m), end)),
        _ => None,
    }
}

fn day_of_week(weekday: u32) -> Weekday {
    u8::try_from(weekday).ok().and_then(|n| Weekday::try_from(n).ok()).unwrap_or(Weekday::Mon)
}

/// “by Halloween”, “before Thanksgiving”. Without such a word it may be what a party or a shop is called.
fn holiday(sheet: &Sheet<'_>, start: usize, end: usize, feast: Feast) -> Option<Mention> {
    let (a, b) = sheet.word_before(start);
    let asked = matches!(
        sheet.low(a, b),
        b"by" | b"before" | b"until" | b"till" | b"til" | b"on" | b"from" | b"since" | b"after" | b"through" | b"thru"
    );
    let when = match feast {
        Feast::On(month, day) => When::MonthDay(month, day),
        Feast::Weekday(nth, weekday, month) => When::WeekdayOf(nth, day_of_week(weekday), MonthOf::Named(month)),
    };
    asked.then_some(Mention::of(start, end, when))
}

/// “within 10 days”, “within 3 business days”.
fn within(sheet: &Sheet<'_>, start: usize, end: usize) -> Option<Mention> {
    let (a, b) = sheet.word_after(end);
    if a > end + 1 {
        return None;
    }
    let (count, end) = small_number(sheet, a, b)?;
    let (when, end) = counted(sheet, count, end)?;
    Some(Mention::of(start, end, when))
}

/// “in two weeks”, “in 24 hours”, “gave us ten days”, but not “put in two weeks notice” or “gave me two weeks notice”.
fn given(sheet: &Sheet<'_>, start: usize, end: usize) -> Option<Mention> {
    within(sheet, start, end).filter(|span| {
        let (a, b) = sheet.word_after(span.end);
        !sheet.low(a, b).starts_with(b"notice")
    })
}

/// The number that is the word `a..b`, or begins with it: “10”, “a”, “twenty five”.
pub(super) fn small_number(sheet: &Sheet<'_>, a: usize, b: usize) -> Option<(u32, usize)> {
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

fn ordinal_in_words(sheet: &Sheet<'_>, start: usize, end: usize, day: u32) -> Option<Mention> {
    let (a, b) = sheet.word_after(end);
    // “the first Monday in November”.
    if let (Some((Seed::Weekday(w), end)), Ok(nth @ 1..=4)) = (seed_of(sheet.seeds(), a), u8::try_from(day))
        && let Some((month, end)) = month_after(sheet, end)
    {
        return Some(Mention::of(start, end, When::WeekdayOf(nth, day_of_week(w), month)));
    }
    if sheet.low(a, b) == b"of" {
        let (c, d) = sheet.word_after(b);
        if let Some((Seed::Month(m), end)) = seed_of(sheet.seeds(), c) {
            return Some(Mention::of(start, end, When::MonthDay(m, day)));
        }
        if sheet.low(c, d) == b"the" && sheet.low(d, d + 6) == b" month" {
            return Some(Mention::of(start, d + 6, When::Day(day)));
        }
    }
    let (c, d) = sheet.word_before(start);
    let (e, f) = sheet.word_before(c);
    let asked =
        sheet.low(c, d) == b"the" && matches!(sheet.low(e, f), b"by" | b"on" | b"before" | b"until" | b"starting");
    // Past the dozen nobody counts things: “the fair is the twenty sixth”.
    let counted = sheet.low(c, d) == b"the" && day >= 13;
    (asked && day >= 4 || counted).then_some(Mention::of(start, end, When::Day(day)))
}
