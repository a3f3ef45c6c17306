//! Vehicles: a year, a make and a model, as “2022 Ford F-150”. What a message only half names (“the f150”) is no vehicle.

use super::cues::Kind;
use super::layout::Layout;
use super::rules::FieldRule;
use super::sheet::{Sheet, one_line};
use crate::domain::field::{Field, FieldValue};
use crate::domain::text::folded;

/// Every vehicle of the message, each once.
pub fn vehicles(index: usize, rule: &FieldRule, layout: &Layout<'_, '_>) -> Vec<Field> {
    let mut out: Vec<Field> = Vec::new();
    let mut seen: Vec<String> = Vec::new();
    for sheet in layout.read() {
        let mut spans: Vec<(usize, usize)> = sheet
            .hits(index, Kind::Makes)
            .chain(sheet.hits(index, Kind::Models))
            .filter_map(|h| span(index, sheet, h.start, h.end))
            .collect();
        spans.sort_unstable_by_key(|(s, e)| (*s, std::cmp::Reverse(*e)));
        spans.dedup_by_key(|(s, _)| *s);
        for (start, end) in spans {
            let key = folded(sheet.slice(start, end));
            if !seen.contains(&key) {
                seen.push(key);
                let value = FieldValue::Text(one_line(sheet.slice(start, end)));
                out.push(sheet.found(&rule.name, value, start, end, &rule.name, 90));
            }
        }
    }
    out
}

/// From the year before a make or model to the end of the model.
fn span(index: usize, sheet: &Sheet<'_>, start: usize, end: usize) -> Option<(usize, usize)> {
    let (a, b) = sheet.word_before(start);
    let gap = sheet.low(b, start);
    let year = sheet.low(a, b);
    let modern = year.starts_with(b"19") || year.starts_with(b"20");
    if year.len() != 4
        || !year.iter().all(u8::is_ascii_digit)
        || !modern
        || gap.len() > 8
        || gap.iter().any(|c| !matches!(c, b' ' | b'\t' | b','))
    {
        return None;
    }
    if matches!(sheet.before(a), b'/' | b'-' | b'$' | b'.') {
        return None;
    }
    let is_make = sheet.hits(index, Kind::Makes).any(|h| h.start == start);
    let mut end = sheet
        .hits(index, Kind::Makes)
        .chain(sheet.hits(index, Kind::Models))
        .filter(|h| h.start == start)
        .map(|h| h.end)
        .max()?
        .max(end);
    if is_make {
        // The longest known model after the make, else the next word that looks like one.
        let at = end + usize::from(matches!(sheet.byte(end), b' ' | b'/'));
        let known = sheet.hits(index, Kind::Models).filter(|h| h.start == at).map(|h| h.end).max();
        end = match known {
            // “NPR-HD”: what is joined to the model belongs to it.
            Some(known) if sheet.byte(known) == b'-' => word_end(sheet, known),
            Some(known) => known,
            None => word_like_a_model(sheet, end).unwrap_or(end),
        };
    }
    // A number that belongs to the model: “ProMaster 2500”, “Silverado 1500”.
    let next = word_end(sheet, end + 1);
    let figures = sheet.slice(end + 1, next);
    if sheet.byte(end) == b' '
        && matches!(figures.len(), 3 | 4)
        && figures.bytes().all(|c| c.is_ascii_digit())
        && !figures.starts_with("19")
        && !figures.starts_with("20")
    {
        end = next;
    }
    Some((a, end))
}

/// A word right after the make that begins with a capital or holds a digit.
fn word_like_a_model(sheet: &Sheet<'_>, end: usize) -> Option<usize> {
    if sheet.byte(end) != b' ' || sheet.byte(end + 1) == b' ' {
        return None;
    }
    let next = word_end(sheet, end + 1);
    let words = sheet.slice(end + 1, next);
    let plain =
        words.bytes().any(|b| b.is_ascii_digit()) || words.bytes().next().is_some_and(|b| b.is_ascii_uppercase());
    (!words.is_empty() && plain && words.len() <= 14 && !words.eq_ignore_ascii_case("vin")).then_some(next)
}

/// The end of a word with its inner hyphens: “F-150”, “CX-5”.
fn word_end(sheet: &Sheet<'_>, at: usize) -> usize {
    let mut end = at;
    while sheet.byte(end).is_ascii_alphanumeric()
        || (sheet.byte(end) == b'-' && sheet.byte(end + 1).is_ascii_alphanumeric())
    {
        end += 1;
    }
    end
}
