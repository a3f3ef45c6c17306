//! Drivers: a name with a birth date or a licence number, or a name that is put on or taken off as a driver.

use super::cues::Kind;
use super::dates::{Mention, Sense, When};
use super::layout::Layout;
use super::named::person_after;
use super::names;
use super::rules::FieldRule;
use super::sheet::{Sheet, Stretch};
use crate::domain::field::{Field, FieldValue};
use chrono::NaiveDate;
use memchr::memmem;

/// Days after which somebody may drive.
const ADULT: i64 = 14 * 365;

/// A driver, growing.
#[derive(Debug, Clone, Default, PartialEq)]
struct Driver {
    name: Option<(usize, usize)>,
    dob: Option<(NaiveDate, usize, usize)>,
    license: Option<(usize, usize)>,
}

/// Every driver of the message. Cue lists: `labels` announce a birth date, `words` a licence number, `near` and `after` a name,
/// `event` points to who was named before.
pub fn drivers(index: usize, rule: &FieldRule, layout: &Layout<'_, '_>, dates: &[Vec<Mention>]) -> Vec<Field> {
    let mut out = Vec::new();
    for (sheet, dates) in layout.sheets.iter().zip(dates) {
        if sheet.stretch == Stretch::ForwardHeader || sheet.stretch == Stretch::Subject {
            continue;
        }
        let mut found: Vec<Driver> = Vec::new();
        for hit in sheet.hits(index, Kind::Near) {
            // A name alone is a driver's only where its sentence speaks of driving or of the policy.
            let (from, to) = (sheet.sentence_start(hit.start), sheet.sentence_end(hit.end));
            let sentence = sheet.low(from, to);
            let about =
                [&b"driv"[..], b"policy", b" auto", b"insurance", b"licen", b" van", b"truck", b"road test", b"manej"]
                    .iter()
                    .any(|w| memmem::find(sentence, w).is_some());
            if !about || hit.start >= sheet.closing {
                continue;
            }
            // “add Monday” names nobody; “our new guy Benny” does.
            let kin = !matches!(
                sheet.low(hit.start, hit.end),
                b"add"
                    | b"take"
                    | b"remove"
                    | b"please take"
                    | b"please remove"
                    | b"please add"
                    | b"hired"
                    | b"we hired"
                    | b"remove:"
                    | b"add:"
            );
            if let Some(name) = person_after(sheet, hit.end).filter(|(s, e)| {
                names::is_person(sheet.slice(*s, *e), kin)
                    && sheet.slice(*s, *e).chars().any(char::is_lowercase)
                    && !names::is_firm(sheet.slice(*s, *e))
                    && !names::is_institution(sheet.slice(*s, *e))
            }) {
                add(&mut found, sheet, Driver { name: Some(name), ..Driver::default() });
            }
        }
        // “Maddie passed her road test”, “Tyrell Mosby gonna be driving the van”.
        for hit in sheet.hits(index, Kind::After).filter(|h| h.start < sheet.closing) {
            let (a, b) = sheet.word_before(hit.start);
            if b + 1 != hit.start || !names::is_person(sheet.slice(a, b), true) {
                continue;
            }
            let name = person_ending(sheet, b, sheet.sentence_start(a)).unwrap_or((a, b));
            // “Floor is done”, “the Ford quit”: a word alone that leaves is mostly a thing.
            let leaves = [&b"quit"[..], b"is done", b"is no longer"]
                .iter()
                .any(|w| sheet.low(hit.start, hit.end).starts_with(w));
            if leaves && name == (a, b) {
                continue;
            }
            let opens = person_after(sheet, name.0).is_some();
            if opens && !names::is_firm(sheet.slice(name.0, name.1)) {
                add(&mut found, sheet, Driver { name: Some(name), ..Driver::default() });
            }
        }
        // “Well, Dan Ortiz is gone … take him off as a driver”: whoever was named last, and does not sign.
        for hit in sheet.hits(index, Kind::Event).filter(|h| h.start < sheet.closing) {
            let greeting = sheet.lines.iter().find(|l| !l.is_blank()).filter(|l| sheet.byte(l.end.max(1) - 1) == b',');
            let pointed = named_before(sheet, hit.start, greeting.map_or(0, |l| l.end));
            let writer = |(s, e): &(usize, usize)| layout.writer.name.contains(sheet.slice(*s, *e));
            if let Some(name) = pointed.filter(|n| !writer(n)) {
                add(&mut found, sheet, Driver { name: Some(name), ..Driver::default() });
            }
        }
        if sheet.has(index, Kind::Labels) || sheet.has(index, Kind::Words) {
            for driver in rows(sheet, dates, layout) {
                add(&mut found, sheet, driver);
            }
        }
        for hit in sheet.hits(index, Kind::Labels) {
            let Some(m) = dates.iter().find(|m| m.start >= hit.end && m.start - hit.end <= 16) else { continue };
            let When::Exact(day) = m.when else { continue };
            let Some(day) = m.day(day, Sense::Behind, layout.calendar) else { continue };
            let name = person_before(sheet, hit.start);
            add(&mut found, sheet, Driver { name, dob: Some((day, m.start, m.end)), license: None });
        }
        // “Theo Vance, 3/4/2010”: a day that long ago, right behind a name, is a birthday.
        for m in dates {
            let When::Exact(day) = m.when else { continue };
            if layout.today.signed_duration_since(day).num_days() < ADULT || m.start >= sheet.closing {
                continue;
            }
            let (a, b) = sheet.word_before(m.start);
            let near = a < b && matches!(sheet.low(b, m.start), b", " | b" " | b" (" | b" - ");
            let name = person_ending(sheet, b, m.start.saturating_sub(60)).filter(|_| near);
            if let Some(name) = name.filter(|(s, e)| names::is_person(sheet.slice(*s, *e), false)) {
                add(&mut found, sheet, Driver { name: Some(name), dob: Some((day, m.start, m.end)), license: None });
            }
        }
        for hit in sheet.hits(index, Kind::Words).filter(|h| h.start < sheet.closing) {
            let Some(license) = license_after(sheet, hit.end) else { continue };
            let name = person_before(sheet, hit.start);
            add(&mut found, sheet, Driver { name, dob: None, license: Some(license) });
        }
        let names: Vec<String> =
            found.iter().filter_map(|d| d.name).map(|(s, e)| sheet.slice(s, e).to_lowercase() + " ").collect();
        // “Greta passed her road test … Greta Anne Brandvold, born 3/22/2010” is one.
        let again = |d: &Driver| {
            let name = d.name.map(|(s, e)| sheet.slice(s, e).to_lowercase() + " ");
            let bare = d.dob.is_none() && d.license.is_none();
            bare && name.is_some_and(|n| names.iter().any(|o| o.len() > n.len() && o.starts_with(&n)))
        };
        found.retain(|d| !again(d));
        out.extend(found.into_iter().filter_map(|d| field(sheet, rule, d)));
    }
    out
}

/// The rows of a table of drivers: a cell with a name beside one with a birth date or a licence, or beside a word that
/// puts the driver on or takes them off.
fn rows(sheet: &Sheet<'_>, dates: &[Mention], layout: &Layout<'_, '_>) -> Vec<Driver> {
    let mut out = Vec::new();
    for line in &sheet.lines {
        let mut driver = Driver::default();
        let mut told = false;
        let cells = cells(sheet, line.start, line.end);
        if cells.len() < 2 {
            continue;
        }
        for (start, end) in cells {
            let words = sheet.slice(start, end);
            let mention = dates.iter().find(|m| m.start >= start && m.end <= end);
            let digits = words.bytes().filter(u8::is_ascii_digit).count();
            if let Some(m) = mention.filter(|m| matches!(m.when, When::Exact(_))) {
                let day = m.day(layout.today, Sense::Behind, layout.calendar);
                let old = day.filter(|d| layout.today.signed_duration_since(*d).num_days() > ADULT);
                driver.dob = driver.dob.or(old.map(|d| (d, m.start, m.end)));
            } else if driver.name.is_some() && digits >= 5 && words.len() <= 24 && !words.contains('/') {
                let first = words.split_whitespace().find(|w| w.bytes().any(|b| b.is_ascii_digit())).unwrap_or(words);
                let from = start + words.find(first).unwrap_or(0);
                driver.license = driver.license.or(Some((from, from + first.len())));
            } else if driver.name.is_none() && names::is_person(words, false) && !names::is_firm(words) {
                driver.name = Some((start, end));
            } else if matches!(sheet.low(start, end), b"add" | b"remove" | b"delete" | b"new" | b"+" | b"-") {
                told = true;
            }
        }
        if driver.name.is_some() && (driver.dob.is_some() || told) {
            out.push(driver);
        }
    }
    out
}

/// The cells of a table's row: parted by bars, tabs or two spaces; a comma parts those of a list.
fn cells(sheet: &Sheet<'_>, start: usize, end: usize) -> Vec<(usize, usize)> {
    let words = sheet.slice(start, end);
    let mut out = Vec::new();
    let mut from = 0;
    for (i, _) in words.match_indices(['|', '\t', ' ', ',']) {
        let part = words.as_bytes().get(i);
        let wide = part != Some(&b' ') || words.as_bytes().get(i + 1) == Some(&b' ');
        if wide && i >= from {
            let (a, b) = sheet.trimmed(start + from, start + i);
            if a < b {
                out.push((a, b));
            }
            from = i + 1;
        }
    }
    let (a, b) = sheet.trimmed(start + from, end);
    if a < b {
        out.push((a, b));
    }
    out
}

/// Joins what belongs to one person.
fn add(found: &mut Vec<Driver>, sheet: &Sheet<'_>, new: Driver) {
    let text = |n: Option<(usize, usize)>| n.map(|(s, e)| sheet.slice(s, e).to_lowercase());
    let same = found.iter_mut().rev().find(|d| match (text(d.name), text(new.name)) {
        (Some(a), Some(b)) => a == b,
        (Some(_), None) => true,
        _ => new.name.is_none(),
    });
    match same {
        Some(d) => {
            d.dob = d.dob.or(new.dob);
            d.license = d.license.or(new.license);
        }
        None => found.push(new),
    }
}

/// How far before “take him off” the person may be named, in bytes.
const POINTED: usize = 260;

/// The last person before `at`, and behind `floor`, who is named with two words or more, the first of which begins no
/// sentence by chance: “Pete Nunnelly”.
fn named_before(sheet: &Sheet<'_>, at: usize, floor: usize) -> Option<(usize, usize)> {
    let floor = floor.max(at.saturating_sub(POINTED));
    let mut end = at;
    while end > floor {
        let (a, b) = whole_word_before(sheet, end);
        if a == b {
            end = b.checked_sub(1).filter(|e| *e > floor)?;
            continue;
        }
        if names::is_capitalised(sheet.slice(a, b)) {
            let name = person_ending(sheet, b, floor).filter(|(s, _)| *s < a);
            if let Some(name) = name.filter(|(s, e)| !names::is_institution(sheet.slice(*s, *e))) {
                return Some(name);
            }
        }
        end = a;
    }
    None
}

/// The last person named before `at`, at most 140 bytes and one sentence end back.
fn person_before(sheet: &Sheet<'_>, at: usize) -> Option<(usize, usize)> {
    let mut end = at;
    let floor = at.saturating_sub(140);
    while end > floor {
        let (a, b) = whole_word_before(sheet, end);
        if a == b {
            // A line end: go on above it.
            if end == 0 || end - 1 < floor {
                return None;
            }
            end = b.saturating_sub(1);
            continue;
        }
        if names::is_capitalised(sheet.slice(a, b))
            && let Some(name) = person_ending(sheet, b, floor)
        {
            return Some(name);
        }
        end = a;
    }
    None
}

/// The word before `at` with its letters beyond ASCII, “Rincón”, which part the words of a sheet.
fn whole_word_before(sheet: &Sheet<'_>, at: usize) -> (usize, usize) {
    let (mut a, b) = sheet.word_before(at);
    // A letter behind the word: it ends later. A word that only begins behind one is its rest.
    let after = |i: usize| sheet.text.get(i..).and_then(|rest| rest.chars().next()).filter(|c| !c.is_ascii());
    let mut end = b;
    while let Some(letter) = after(end).filter(|c| a < b && end < at && c.is_alphabetic()) {
        end += letter.len_utf8();
        end += sheet.text.get(end..at).map_or(0, |t| t.bytes().take_while(u8::is_ascii_alphanumeric).count());
    }
    let before = |i: usize| sheet.text.get(..i).and_then(|t| t.chars().next_back()).filter(|c| !c.is_ascii());
    while let Some(letter) = before(a).filter(|c| a < b && c.is_alphabetic()) {
        a -= letter.len_utf8();
        a -= sheet.text.get(..a).map_or(0, |t| t.bytes().rev().take_while(u8::is_ascii_alphanumeric).count());
    }
    (a, end)
}

/// The longest person's name that ends at `end`.
fn person_ending(sheet: &Sheet<'_>, end: usize, floor: usize) -> Option<(usize, usize)> {
    let mut start = end;
    let mut best = None;
    for _ in 0..4 {
        let mut i = start;
        while i > floor && sheet.before(i) == b' ' {
            i -= 1;
        }
        let mut j = i;
        while j > 0 && !matches!(sheet.before(j), b' ' | b'\n' | b',' | b';' | b':' | b'(') {
            j -= 1;
        }
        if j == i {
            break;
        }
        let words = sheet.slice(j, end);
        if names::is_person(words, false) && !names::is_firm(words) {
            best = Some((j, end));
        } else if best.is_some() || !names::is_person(words, true) {
            break;
        }
        start = j;
    }
    best
}

/// A licence number: letters and digits in groups, at least five digits.
fn license_after(sheet: &Sheet<'_>, at: usize) -> Option<(usize, usize)> {
    let mut i = at;
    // “la licencia es de Texas, número 48120937”
    for _ in 0..6 {
        let (a, b) = sheet.word_after(i);
        // “License ........ K220”: a form's dots lead to it.
        let dots = sheet.low(i, a).iter().all(|b| matches!(b, b'.' | b' ' | b':'));
        if a == b || a > i + 4 && !(i == at && dots) {
            return None;
        }
        if sheet.low(a, b).iter().any(u8::is_ascii_digit) {
            let mut end = b;
            while sheet.byte(end) == b'-' && sheet.byte(end + 1).is_ascii_alphanumeric() {
                end = sheet.word_after(end + 1).1;
            }
            let digits = sheet.low(a, end).iter().filter(|b| b.is_ascii_digit()).count();
            return (digits >= 5 && end - a <= 24).then_some((a, end));
        }
        // “A 1234567”: a letter group before the digits belongs to it.
        if b - a == 1 && sheet.byte(a).is_ascii_uppercase() && matches!(sheet.byte(b), b'-') {
            i = a;
            let end = {
                let mut e = b;
                while sheet.byte(e) == b'-' && sheet.byte(e + 1).is_ascii_alphanumeric() {
                    e = sheet.word_after(e + 1).1;
                }
                e
            };
            let digits = sheet.low(i, end).iter().filter(|b| b.is_ascii_digit()).count();
            return (digits >= 5).then_some((i, end));
        }
        i = b;
    }
    None
}

fn field(sheet: &Sheet<'_>, rule: &FieldRule, d: Driver) -> Option<Field> {
    let spans = [d.name, d.dob.map(|(_, s, e)| (s, e)), d.license];
    let start = spans.iter().flatten().map(|(s, _)| *s).min()?;
    let end = spans.iter().flatten().map(|(_, e)| *e).max()?;
    let text = |n: Option<(usize, usize)>| n.map(|(s, e)| super::sheet::one_line(sheet.slice(s, e)));
    d.name?;
    let value = FieldValue::Driver { name: text(d.name), dob: d.dob.map(|(day, ..)| day), license: text(d.license) };
    let confidence = if d.dob.is_some() || d.license.is_some() { 90 } else { 70 };
    Some(sheet.found(&rule.name, value, start, end, &rule.name, confidence))
}
