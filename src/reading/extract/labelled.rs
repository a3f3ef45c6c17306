//! What a label announces: names, claim and invoice numbers, and the free words of a form's line.

use super::cues::{FieldHit, Kind};
use super::dates::Mention;
use super::layout::Layout;
use super::names;
use super::policy_number::run_at;
use super::rules::{Extractor, FieldRule};
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

/// A value on the line of a label, or in the line below it.
pub fn labelled(
    sheet: &Sheet<'_>,
    hits: impl Iterator<Item = FieldHit>,
    rule: &FieldRule,
    fits: impl Fn(&str) -> bool,
    confidence: u8,
) -> Option<Field> {
    for hit in hits {
        let Some((start, end)) = value_after(sheet, hit.start, hit.end) else { continue };
        // “Dawn Stellmacher, 715-555-0143”, “Suzette Bragg, Halvorsen Builders LLC”: a person's line goes on with more.
        let words = sheet.slice(start, end);
        let marks = |c: char| c.is_ascii_digit() || matches!(c, '(' | '<' | ',' | '/' | '|' | '–' | '—');
        let cut = words.find(marks).or_else(|| words.find(" - ")).filter(|i| *i > 4);
        let (_, short) = sheet.trimmed(start, cut.map_or(end, |i| start + i));
        let head = sheet.slice(start, short);
        let tail = sheet.trimmed(short, end);
        let behind = sheet.slice(tail.0, tail.1);
        let suffixed = names::is_firm(behind) && behind.len() <= 5;
        if short < end && names::is_person(head, false) && !names::is_firm(head) && !suffixed {
            // Who stands for a firm is answered; the firm is insured.
            let firm = rule.extractor == Extractor::Insured && names::is_firm(behind) && fits(behind);
            let (start, end) = if firm { tail } else { (start, short) };
            if fits(sheet.slice(start, end)) {
                return Some(sheet.found_text(&rule.name, start, end, &rule.name, confidence));
            }
        }
        if fits(sheet.slice(start, end)) {
            return Some(sheet.found_text(&rule.name, start, end, &rule.name, confidence));
        }
    }
    None
}

/// What a label at the start of a line announces: the rest of the line after “:”, dots, a tab or two spaces, or the next
/// line where the label has its own (a table's cell).
pub fn value_after(sheet: &Sheet<'_>, start: usize, end: usize) -> Option<(usize, usize)> {
    let line = sheet.lines.get(sheet.line_at(start)).copied()?;
    let lead = sheet.slice(line.start, start);
    let opens = lead.chars().all(|c| !c.is_alphanumeric())
        || lead.trim_end().ends_with(['.', '|', ',', ';']) && lead.len() < 60
        || lead.ends_with("  ");
    if !opens {
        return None;
    }
    let mut end = end;
    // “Business (if any) ....”: what stands in brackets belongs to the label.
    if sheet.slice(end, line.end).starts_with(" (")
        && let Some(close) = sheet.slice(end, line.end).find(')').filter(|i| *i < 30)
    {
        end += close + 1;
    }
    let rest = sheet.slice(end, line.end);
    let after = rest.trim_start_matches(['(', ')', 's', '*']);
    let gap_len = rest.len() - after.len();
    let mark = after.trim_start_matches([' ', '\u{a0}']);
    let spaces = after.len() - mark.len();
    if mark.is_empty() {
        // The value stands in the next line; a label's line holds nothing else.
        let next = sheet.lines.iter().skip(sheet.line_at(start) + 1).find(|l| !l.is_blank())?;
        let own_line = lead.trim().is_empty() && sheet.line_at(next.start) <= sheet.line_at(start) + 2;
        return own_line.then_some((next.start, next.end));
    }
    let announced = mark.starts_with([':', '=', '\t', '|'])
        || mark.starts_with("..")
        || mark.starts_with(". ") && spaces > 0
        || mark.starts_with("- ")
        || mark.starts_with("– ")
        || mark.starts_with('?')
        || spaces >= 2;
    if !announced {
        return None;
    }
    let value = mark.trim_start_matches(|c: char| {
        matches!(c, ':' | '=' | '.' | '|' | '-' | '–' | '?' | '\t' | ' ' | '\u{a0}' | '*')
    });
    if value.is_empty() {
        let next = sheet.lines.get(sheet.line_at(start) + 1).filter(|l| !l.is_blank())?;
        return Some((next.start, next.end));
    }
    let from = end + gap_len + (after.len() - value.len());
    // Another column begins after two spaces or a bar.
    let to =
        [value.find("   "), value.find(" | "), value.find('\t')].into_iter().flatten().min().unwrap_or(value.len());
    Some(sheet.trimmed(from, from + to))
}
