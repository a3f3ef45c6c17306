//! Telephone numbers (North American): where they stand, and which one reaches the person who wrote.

use super::cues::Kind;
use super::layout::Layout;
use super::rules::FieldRule;
use super::sheet::{Sheet, Stretch};
use crate::domain::field::Field;

/// A telephone number in a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Phone {
    /// First byte, `+` or parenthesis included.
    pub start: usize,
    /// One past the last digit.
    pub end: usize,
}

/// Every telephone number of a sheet, in order.
pub fn phones(sheet: &Sheet<'_>) -> Vec<Phone> {
    let mut out: Vec<Phone> = Vec::new();
    let mut free = 0;
    for (start, _) in &sheet.runs {
        let before = sheet.before(*start);
        if *start < free || before.is_ascii_alphanumeric() || matches!(before, b'-' | b'/' | b'.' | b'#' | b'$') {
            continue;
        }
        if let Some(phone) = phone_at(sheet, *start) {
            free = phone.end;
            out.push(phone);
        }
    }
    out
}

fn phone_at(sheet: &Sheet<'_>, at: usize) -> Option<Phone> {
    let digits = |from: usize, n: usize| {
        ((from..from + n).all(|i| sheet.byte(i).is_ascii_digit()) && !sheet.byte(from + n).is_ascii_digit())
            .then_some(from + n)
    };
    let gap = |from: usize, most: usize| {
        let mut i = from;
        while i < from + most && matches!(sheet.byte(i), b'-' | b'.' | b' ' | b')' | b'(' | b'/') {
            i += 1;
        }
        i
    };
    let mut start = at;
    let mut i = at;
    if sheet.byte(i) == b'1' && !sheet.byte(i + 1).is_ascii_digit() {
        i = gap(i + 1, 2);
        if i == at + 1 {
            return None;
        }
    }
    // “13125550179” and “3125550179” in one run.
    if let Some(end) = digits(i, 10).or_else(|| (sheet.byte(i) == b'1').then(|| digits(i, 11)).flatten()) {
        let plus = sheet.before(start) == b'+';
        return (plus || (sheet.byte(end - 10) >= b'2' && sheet.byte(end - 7) >= b'2'))
            .then_some(Phone { start: start - usize::from(plus), end });
    }
    let a = digits(i, 3).filter(|_| sheet.byte(i) >= b'2')?;
    let b = gap(a, 3);
    if b == a {
        return None;
    }
    let c = digits(b, 3).filter(|_| sheet.byte(b) >= b'2')?;
    let d = gap(c, 2);
    if d == c {
        return None;
    }
    let end = digits(d, 4)?;
    if sheet.byte(end).is_ascii_alphabetic() || (sheet.byte(end) == b'-' && sheet.byte(end + 1).is_ascii_digit()) {
        return None;
    }
    while matches!(sheet.before(start), b'(' | b'+') {
        start -= 1;
    }
    Some(Phone { start, end })
}

/// The number of whoever wrote: in their closing block, behind a label, or the only one there is.
pub fn contact_phone(index: usize, rule: &FieldRule, layout: &Layout<'_, '_>) -> Option<Field> {
    let refused = |sheet: &Sheet<'_>, p: &Phone| {
        sheet.hits(index, Kind::Not).any(|h| {
            h.end <= p.start
                && p.start - h.end <= 12
                && !sheet.slice(h.end, p.start).contains(|c: char| c == '\n' || c.is_ascii_digit())
        }) || is_fax_letter(sheet, p.start)
    };
    let labelled = |sheet: &Sheet<'_>, p: &Phone| {
        sheet
            .hits(index, Kind::Labels)
            .any(|h| h.end <= p.start && p.start - h.end <= 24 && !sheet.sentence_ends_between(h.end, p.start))
    };
    let found = |sheet: &Sheet<'_>, p: &Phone, confidence| {
        Some(sheet.found_text(&rule.name, p.start, p.end, &rule.name, confidence))
    };
    let main = layout.main_sheet();
    if let Some(sheet) = main {
        let all: Vec<Phone> = sheet.phones().iter().copied().filter(|p| !refused(sheet, p)).collect();
        if let Some(p) = all.iter().find(|p| p.start >= sheet.closing) {
            return found(sheet, p, 92);
        }
        if let Some(p) = all.iter().find(|p| labelled(sheet, p)) {
            return found(sheet, p, 85);
        }
        if let Some(p) = all.last() {
            return found(sheet, p, if all.len() == 1 { 72 } else { 55 });
        }
    }
    for sheet in layout.sheets.iter().filter(|s| matches!(s.stretch, Stretch::Subject | Stretch::Attachment)) {
        if let Some(p) = sheet.phones().iter().find(|p| !refused(sheet, p)) {
            return found(sheet, p, 60);
        }
    }
    None
}

/// “F 262-555-0150” in a signature.
fn is_fax_letter(sheet: &Sheet<'_>, at: usize) -> bool {
    let words = sheet.slice(at.saturating_sub(4), at).trim_end_matches([' ', ':', '.', '(', '+', '\u{a0}']);
    words.ends_with(['F', 'f']) && !words.trim_end_matches(['F', 'f']).ends_with(|c: char| c.is_alphanumeric())
}
