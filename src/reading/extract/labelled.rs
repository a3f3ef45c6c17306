//! What a label announces: claim and invoice numbers, and the free words of a form's line.

use super::cues::{FieldHit, Kind};
use super::dates::Mention;
use super::layout::Layout;
use super::people::value_after;
use super::policy_number::run_at;
use super::rules::FieldRule;
use super::sheet::Sheet;
use super::spoken;
use crate::domain::field::{Field, FieldValue};

/// The first number behind one of the field's labels: “claim number is KM-26-448107”, “Invoice #20931”.
pub fn number(index: usize, rule: &FieldRule, layout: &Layout<'_, '_>, dates: &[Vec<Mention>]) -> Option<Field> {
    let bodies = layout.sheets.iter().zip(dates).skip(1);
    let subject = layout.sheets.iter().zip(dates).take(1);
    for (sheet, dates) in bodies.chain(subject) {
        for hit in sheet.hits(index, Kind::Labels) {
            if let Some((start, end, value)) = spoken::number_after(sheet, hit.end) {
                return Some(sheet.found(&rule.name, FieldValue::Text(value), start, end, &rule.name, 70));
            }
            let Some(at) = first_token(sheet, hit.end) else { continue };
            let Some(run) = run_at(sheet, at) else { continue };
            let date = dates.iter().any(|m| m.start < run.end && run.start < m.end && m.end - m.start >= 6);
            let plain = sheet.slice(run.start, run.end);
            if run.digits >= 4 && !date && sheet.before(run.start) != b'$' && !plain.contains("555-01") {
                return Some(sheet.found_text(&rule.name, run.start, run.end, &rule.name, 90));
            }
        }
    }
    None
}

/// Longest label that can be a part of its number, in bytes.
const MARK: usize = 4;

/// A number that says by its first letters what it is: a short label in capitals right before a dash and a digit, “for the
/// umbrella, INV-20931”.
pub fn marked(index: usize, rule: &FieldRule, layout: &Layout<'_, '_>) -> Option<Field> {
    layout.read().find_map(|sheet| {
        let marks = |h: &FieldHit| {
            let mark = sheet.slice(h.start, h.end);
            mark.len() <= MARK
                && mark.bytes().all(|b| b.is_ascii_uppercase())
                && sheet.byte(h.end) == b'-'
                && sheet.byte(h.end + 1).is_ascii_digit()
        };
        let hit = sheet.hits(index, Kind::Labels).find(marks)?;
        let end = (hit.end + 1..).find(|i| !sheet.byte(*i).is_ascii_alphanumeric() && sheet.byte(*i) != b'-')?;
        (end > hit.end + 4).then(|| sheet.found_text(&rule.name, hit.start, end, &rule.name, 88))
    })
}

/// The first letter or digit after a label, past “number is #:”.
fn first_token(sheet: &Sheet<'_>, at: usize) -> Option<usize> {
    let mut i = at;
    for _ in 0..4 {
        let (a, b) = sheet.word_after(i);
        if a == b || a > i + 6 {
            return None;
        }
        match sheet.low(a, b) {
            b"number" | b"no" | b"num" | b"is" | b"the" | b"id" | b"reference" | b"ref" | b"was" | b"assigned" => i = b,
            _ => return Some(a),
        }
    }
    None
}

/// The words behind a label, to the end of their line.
pub fn text(index: usize, rule: &FieldRule, layout: &Layout<'_, '_>) -> Option<Field> {
    for sheet in layout.read() {
        for hit in sheet.hits(index, Kind::Labels) {
            if let Some((start, end)) = value_after(sheet, hit.start, hit.end).filter(|(s, e)| e > s && e - s <= 200) {
                return Some(sheet.found_text(&rule.name, start, end, &rule.name, 85));
            }
        }
    }
    None
}
