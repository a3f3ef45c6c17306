//! Mail addresses to which the finished document is to be sent.

use super::cues::Kind;
use super::layout::Layout;
use super::rules::FieldRule;
use super::sheet::{Sheet, Stretch};
use crate::domain::field::Field;
use crate::domain::text::Address;

/// How far before an address the verb may stand, in bytes.
const REACH: usize = 90;

/// Addresses among which the one is looked for that stands alone; a list of more names nobody.
const LOOKED_AT: usize = 16;

/// Every address that words like “send to”, “copy” announce in the same sentence.
pub fn delivery(index: usize, rule: &FieldRule, layout: &Layout<'_, '_>, own_domains: &[String]) -> Vec<Field> {
    let mut out: Vec<Field> = Vec::new();
    for sheet in layout.sheets.iter().filter(|s| matches!(s.stretch, Stretch::Body | Stretch::Attachment)) {
        let mut last_end = None;
        for (start, end) in outside(sheet, own_domains) {
            let from = above(sheet, start);
            let announced = sheet.last_hit(index, Kind::Near, from, REACH).is_some_and(|h| {
                if !leads_to(sheet, h.start, h.end, from) {
                    return false;
                }
                sheet.hits(index, Kind::Not).rev().find(|n| n.end <= start).is_none_or(|n| n.start < h.start)
            });
            // “… and also b@y.example”: one announced address vouches for the next.
            let carried = last_end.and_then(|e| start.checked_sub(e)).is_some_and(|gap| gap <= 6);
            if announced || carried {
                last_end = Some(end);
                let words = sheet.slice(start, end);
                if !out.iter().any(|f| f.value.shown().eq_ignore_ascii_case(words)) {
                    out.push(sheet.found_text(&rule.name, start, end, &rule.name, 85));
                }
            }
        }
    }
    if out.is_empty() { in_passing(index, rule, layout, own_domains).into_iter().collect() } else { out }
}

/// The one address that stands among the words of somebody who wants a document, and to which no verb leads: “email it
/// straight to her, jodi@…”, “before 4 please. finance2@… or fax …”.
fn in_passing(index: usize, rule: &FieldRule, layout: &Layout<'_, '_>, own_domains: &[String]) -> Option<Field> {
    let sheet = layout.main_sheet()?;
    if !layout.sheets.iter().any(|s| s.has(index, Kind::Documents)) {
        return None;
    }
    let open = |(start, end): &(usize, usize)| {
        let line = sheet.lines.get(sheet.line_at(*start)).map_or(0, |l| l.start);
        let before = sheet.low(line, *start).trim_ascii_end();
        // “E-mail: …” and a bar or a telephone number before it say whose address it is, and so does an angle bracket.
        let labelled = before.last().is_some_and(|b| matches!(b, b':' | b'|' | b'<' | b'=' | b'\t'));
        let (a, b) = sheet.word_before(*start);
        let labelled = labelled || matches!(sheet.low(a, b), b"email" | b"e-mail" | b"mail" | b"correo");
        let beside_a_number = before.iter().filter(|b| b.is_ascii_digit()).count() >= 7;
        let said = before.iter().chain(sheet.low(*end, (*end + 40).min(sheet.closing))).any(u8::is_ascii_alphabetic);
        *end <= sheet.closing
            && said
            && !labelled
            && !beside_a_number
            && sheet.last_hit(index, Kind::Not, *start, REACH).is_none()
    };
    let all = outside(sheet, own_domains);
    if all.len() > LOOKED_AT {
        return None;
    }
    let mut found = all.into_iter().filter(open);
    let (start, end) = found.next()?;
    let words = sheet.slice(start, end);
    let alone = found.all(|(a, b)| sheet.slice(a, b).eq_ignore_ascii_case(words));
    alone.then(|| sheet.found_text(&rule.name, start, end, &rule.name, 75))
}

/// An address on a line of its own goes with the line above that ends in “to”, “at”: “Forward the page to⏎ins@…”.
fn above(sheet: &Sheet<'_>, start: usize) -> usize {
    let line = sheet.line_at(start);
    let own = sheet.lines.get(line).is_some_and(|l| l.start == start);
    let before = line.checked_sub(1).and_then(|i| sheet.lines.get(i)).filter(|l| own && !l.is_blank());
    let leads = before.filter(|l| {
        let (a, b) = sheet.word_before(l.end);
        b == l.end && matches!(sheet.low(a, b), b"to" | b"at" | b"a" | b"al" | b"cc" | b"via")
    });
    leads.map_or(start, |l| l.end)
}

/// Whether a verb leads to an address: it stands right before it, or “to”, “at”, “cc” does. “Email: a@b” in a form's
/// line or a signature only says whose address it is.
fn leads_to(sheet: &Sheet<'_>, verb_start: usize, verb_end: usize, address: usize) -> bool {
    let (a, b) = sheet.word_before(address);
    let lead = matches!(
        sheet.low(a, b),
        b"to"
            | b"at"
            | b"cc"
            | b"copy"
            | b"and"
            | b"or"
            | b"it"
            | b"attn"
            | b"a"
            | b"al"
            | b"via"
            | b"with"
            | b"please"
            | b"correo"
    );
    let bare = sheet.low(verb_end, address);
    let right_before = !bare.iter().any(u8::is_ascii_alphanumeric);
    let line = sheet.lines.get(sheet.line_at(verb_start)).map_or(0, |l| l.start);
    let noun = matches!(sheet.low(verb_start, verb_end), b"email" | b"mail" | b"e-mail" | b"correo");
    let label = right_before && (bare.contains(&b':') || bare.contains(&b'.') || bare.len() > 2) && noun;
    !(label || noun && right_before && line == verb_start) && (lead || right_before)
}

/// Where addresses of others stand: whoever says that they wrote to us before wants nothing sent to us.
fn outside(sheet: &Sheet<'_>, own_domains: &[String]) -> Vec<(usize, usize)> {
    let ours = |domain: &str| own_domains.iter().any(|own| own.eq_ignore_ascii_case(domain));
    let mut all = addresses(sheet);
    all.retain(|(start, end)| !sheet.slice(*start, *end).rsplit('@').next().is_some_and(ours));
    all
}

/// Where mail addresses stand.
fn addresses(sheet: &Sheet<'_>) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    for (at, _) in sheet.text.match_indices('@') {
        let local = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b'+' | b'%' | b'\'' | b'&');
        let (mut start, mut end) = (at, at + 1);
        while start > 0 && local(sheet.before(start)) {
            start -= 1;
        }
        while sheet.byte(end).is_ascii_alphanumeric() || matches!(sheet.byte(end), b'.' | b'-') {
            end += 1;
        }
        while matches!(sheet.before(end), b'.' | b'-') {
            end -= 1;
        }
        if end > at + 3 && sheet.slice(at, end).contains('.') && Address::new(sheet.slice(start, end)).is_some() {
            out.push((start, end));
        }
    }
    out
}
