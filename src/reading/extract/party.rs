//! Which address is whose: certificate holder, lienholder, new location. Addresses are found first; the words before
//! each say what it is for.

use super::address::{Found, addresses, is_lenders, is_way, name_before};
use super::cues::{FieldHit, Kind};
use super::labelled::value_after;
use super::layout::Layout;
use super::lead::lead_len;
use super::named::{name_after, name_len};
use super::names;
use super::rules::{Extractor, FieldRule};
use super::sheet::{Sheet, Stretch, one_line};
use crate::domain::field::{Field, FieldValue};

/// How far before an address the words for it may stand, in bytes.
const REACH: usize = 260;
/// How far behind a name its address may follow in a sentence of its own, in bytes.
const APART: usize = 220;

/// A field that has addresses, with its rule's index.
type Fields<'r> = [(usize, &'r FieldRule)];

/// Every party and address field of the message.
pub fn parties(rules: &[FieldRule], layout: &Layout<'_, '_>) -> Vec<Field> {
    let fields: Vec<(usize, &FieldRule)> = rules
        .iter()
        .enumerate()
        .filter(|(i, r)| matches!(r.extractor, Extractor::Party | Extractor::Address) && layout.wants(*i))
        .collect();
    let wanted: Vec<usize> = fields
        .iter()
        .filter(|(i, r)| layout.read().any(|s| s.has(*i, Kind::Documents)) || r.documents && layout.asked_for(*i, r))
        .map(|(i, _)| *i)
        .collect();
    let mut out: Vec<Field> = Vec::new();
    for sheet in layout.sheets.iter().filter(|s| matches!(s.stretch, Stretch::Body | Stretch::Attachment)) {
        for (index, rule) in fields.iter().filter(|(_, r)| r.extractor == Extractor::Party) {
            if !out.iter().any(|f| f.name == rule.name) {
                out.extend(form(sheet, *index, rule).or_else(|| form_beneath(sheet, *index, rule)));
            }
        }
        let found = addresses(sheet, layout.writer.is_machine());
        let mut left: Vec<&Found> = Vec::new();
        for (n, one) in found.iter().enumerate() {
            if taken(sheet, &out, one) {
                continue;
            }
            let floor = n.checked_sub(1).and_then(|i| found.get(i)).map_or(0, |f| f.address.1);
            let default = || {
                let free = one.named() && one.start < sheet.closing;
                wanted.first().filter(|_| {
                    free && fields.iter().any(|(i, r)| Some(i) == wanted.first() && r.extractor == Extractor::Party)
                })
            };
            let lender = || {
                let worded = one.named() && is_lenders(sheet.slice(one.name.0, one.name.1)) && layout.typed;
                let plain = |(_, r): &&(usize, &FieldRule)| r.extractor == Extractor::Party && !r.documents;
                fields.iter().find(plain).filter(|_| worded && wanted.is_empty()).map(|(i, _)| (*i, 70))
            };
            let Some((index, confidence)) = role(sheet, &fields, &wanted, one, floor)
                .or_else(lender)
                .or_else(|| default().map(|i| (*i, 62)))
                .or_else(|| place(layout, sheet, &fields, &wanted, one))
            else {
                left.push(one);
                continue;
            };
            let Some((_, rule)) = fields.iter().find(|(i, _)| *i == index) else { continue };
            if !out.iter().any(|f| f.name == rule.name) {
                out.extend(field(sheet, rule, one, confidence));
            }
        }
        for (index, rule) in fields.iter().filter(|(_, r)| r.extractor == Extractor::Party) {
            if !out.iter().any(|f| f.name == rule.name) {
                out.extend(named_alone(layout, sheet, *index, rule, &left));
            }
        }
    }
    out
}

/// An address that nothing claims is the new place's where the message speaks of one and asks for no document, or where
/// what is asked for has one and nobody is named with the address: whoever holds a document has a name.
fn place(
    layout: &Layout<'_, '_>,
    sheet: &Sheet<'_>,
    fields: &Fields<'_>,
    wanted: &[usize],
    one: &Found,
) -> Option<(usize, u8)> {
    let nameless = layout.typed && !one.named() && !layout.writer.is_institution();
    if !wanted.is_empty() && !nameless || one.address.0 >= sheet.closing {
        return None;
    }
    let (index, _) = fields.iter().find(|(_, r)| r.extractor == Extractor::Address)?;
    let spoken_of = nameless || sheet.hits(*index, Kind::Words).any(|h| h.start < sheet.closing);
    let refused = sheet.hits(*index, Kind::Not).any(|h| h.end <= one.address.0 && one.address.0 - h.end < REACH);
    (spoken_of && !refused).then_some((*index, 58))
}

/// Whether an address already is part of a field.
fn taken(sheet: &Sheet<'_>, out: &[Field], one: &Found) -> bool {
    let (from, to) = (sheet.base + one.address.0, sheet.base + one.address.1);
    out.iter().any(|f| match &f.from {
        crate::domain::field::Provenance::Message { span, .. } => {
            span.place == sheet.place && (span.start as usize) < to && from < span.end as usize
        }
        _ => false,
    })
}

fn field(sheet: &Sheet<'_>, rule: &FieldRule, one: &Found, confidence: u8) -> Option<Field> {
    let address = address_line(sheet.slice(one.address.0, one.address.1));
    if rule.extractor == Extractor::Address {
        return Some(sheet.found(
            &rule.name,
            FieldValue::Text(address),
            one.address.0,
            one.address.1,
            &rule.name,
            confidence,
        ));
    }
    // The label and its name may stand apart: “Holder is Acme Corp. They are at 12 Main St, …”.
    (one.named() && is_party_name(rule, sheet.slice(one.name.0, one.name.1))).then(|| {
        let value = FieldValue::Party { name: name_line(sheet.slice(one.name.0, one.name.1)), address: Some(address) };
        sheet.found(&rule.name, value, one.name.0, one.address.1, &rule.name, confidence)
    })
}

/// An address on one line, its parts joined by “, ”.
pub fn address_line(words: &str) -> String {
    // Where not even the ZIP code has a figure, it was said aloud.
    if !words.bytes().any(|b| b.is_ascii_digit()) {
        return super::address::written(words).replace(" in ", ", ");
    }
    let mut out = String::new();
    let lines: Vec<String> = words.split('\n').map(one_line).filter(|l| !l.is_empty()).collect();
    for line in &lines {
        if !out.is_empty() {
            // A wrapped sentence goes on; a line of a block is a part.
            out.push_str(if lines.len() == 2 && words.len() > 30 && wraps(&out, line) { " " } else { ", " });
        }
        out.push_str(line.trim_end_matches(','));
    }
    out
}

/// Whether a line break falls within a part of an address: before a ZIP code, before what a street is called, within a
/// street.
fn wraps(before: &str, after: &str) -> bool {
    let last = before.rsplit([' ', ',']).next().unwrap_or("");
    // “2200 N Halsted / Street, Suite 410”; but “St. Paul” is a town.
    let first = after.split([' ', ',']).next().unwrap_or("");
    let way = is_way(first) && names::bare(first) != "st";
    (way && !is_way(last))
        || super::address::is_state(last)
        || (before.bytes().all(|b| !b.is_ascii_whitespace()) && after.contains(','))
}

/// A name on one line.
fn name_line(words: &str) -> String {
    one_line(words).trim_end_matches([',', ';', ':', '-']).trim().to_owned()
}

/// The field whose words stand nearest before an address.
fn role(sheet: &Sheet<'_>, fields: &Fields<'_>, wanted: &[usize], one: &Found, floor: usize) -> Option<(usize, u8)> {
    let mut best: Option<(usize, usize, u8)> = None;
    // A label may also have been taken into the block's first line.
    let limit = if one.named() { one.name.0.max(one.start) } else { one.address.0 };
    let issued = |index: usize| sheet.has(index, Kind::Documents) || wanted.contains(&index);
    for (index, rule) in fields {
        if rule.extractor == Extractor::Party && !one.named() {
            continue;
        }
        let refused = last(sheet, *index, Kind::Not, limit, floor);
        for (kind, confidence) in [(Kind::Labels, 92), (Kind::Near, 80)] {
            // “naming”, “showing” and their like mean a holder only where a document is asked for.
            if kind == Kind::Near && rule.extractor == Extractor::Party && rule.documents && !issued(*index) {
                continue;
            }
            let Some(hit) = last(sheet, *index, kind, limit, floor) else { continue };
            let gap = limit - hit.end;
            // “there is no bank”: the refusal may hold the word itself.
            let holds = |r: FieldHit| r.start > hit.start || r.start <= hit.start && hit.end <= r.end;
            if gap > REACH || refused.is_some_and(holds) {
                continue;
            }
            let better = best.is_none_or(|(other, g, _)| {
                gap < g || (gap == g && wanted.contains(index) && !wanted.contains(&other))
            });
            if better {
                best = Some((*index, gap, confidence));
            }
        }
    }
    best.map(|(index, gap, confidence)| (index, if gap > 120 { confidence - 25 } else { confidence }))
}

fn last(sheet: &Sheet<'_>, index: usize, kind: Kind, before: usize, floor: usize) -> Option<FieldHit> {
    sheet.hits(index, kind).rev().find(|h| h.end <= before && h.start >= floor)
}

/// A form's lines: “Certificate Holder Name: …”, “… Street: …”, “… City/State/ZIP: …”.
fn form(sheet: &Sheet<'_>, index: usize, rule: &FieldRule) -> Option<Field> {
    let mut name: Option<(usize, usize)> = None;
    let mut parts: Vec<(usize, usize)> = Vec::new();
    let mut goes_on = None;
    for hit in sheet.hits(index, Kind::Labels) {
        let line = sheet.lines.get(sheet.line_at(hit.start)).copied()?;
        let Some(colon) = sheet.slice(hit.end, line.end).find(':').filter(|c| *c <= 30) else { continue };
        if line.start != hit.start {
            continue;
        }
        let what = String::from_utf8_lossy(sheet.low(hit.end, hit.end + colon)).trim().to_owned();
        let (start, end) = sheet.trimmed(hit.end + colon + 1, line.end);
        if start >= end || says_nothing(sheet.low(start, end)) {
            continue;
        }
        if what == "name" {
            name = name.or(Some((start, end)));
        } else if ["street", "address", "city", "zip", "line", "suite", "state"].iter().any(|w| what.contains(w))
            && !parts.contains(&(start, end))
        {
            parts.push((start, end));
            goes_on = below(sheet, start);
        }
    }
    parts.extend(goes_on);
    let (name, first, last) = (name?, parts.first()?, parts.last()?);
    let address = parts.iter().map(|(s, e)| one_line(sheet.slice(*s, *e))).collect::<Vec<_>>().join(", ");
    let value = FieldValue::Party { name: name_line(sheet.slice(name.0, name.1)), address: Some(address) };
    Some(sheet.found(&rule.name, value, name.0.min(first.0), last.1, &rule.name, 94))
}

/// Lines of a form that lead to an address have one of these in their label.
const ADDRESS_LABELS: [&str; 9] =
    ["address", "street", "city", "zip", "suite", "mailing", "town", "dirección", "direccion"];

/// A form that asks for the name in one line and for the address in those below it: “Who needs the certificate?: …”,
/// “Their address: …”.
fn form_beneath(sheet: &Sheet<'_>, index: usize, rule: &FieldRule) -> Option<Field> {
    sheet.hits(index, Kind::Labels).find_map(|hit| {
        let at = sheet.line_at(hit.start);
        let (start, end) = value_after(sheet, hit.start, hit.end).filter(|(s, _)| sheet.line_at(*s) <= at + 1)?;
        let (start, end) = sheet.trimmed(start, start + sheet.slice(start, end).trim_end_matches('*').len());
        let parts: Vec<(usize, usize)> = sheet
            .lines
            .iter()
            .skip(sheet.line_at(start) + 1)
            .filter(|l| !l.is_blank())
            .map_while(|l| address_part(sheet, (l.start, l.end)))
            .take(4)
            .collect();
        let last = parts.last().filter(|_| is_party_name(rule, sheet.slice(start, end)))?;
        let address = parts.iter().map(|(s, e)| one_line(sheet.slice(*s, *e))).collect::<Vec<_>>().join(", ");
        let value = FieldValue::Party { name: name_line(sheet.slice(start, end)), address: Some(address) };
        Some(sheet.found(&rule.name, value, start, last.1, &rule.name, 92))
    })
}

/// What stands behind an address's label in a form's line.
fn address_part(sheet: &Sheet<'_>, line: (usize, usize)) -> Option<(usize, usize)> {
    let words = sheet.slice(line.0, line.1);
    let mark = [": ", "..", "  ", "? ", " = ", " | ", " . "].map(|m| words.find(m));
    let mark = mark.into_iter().flatten().min()?;
    let label = sheet.low(line.0, line.0 + mark);
    let asks = |w: &&str| memchr::memmem::find(label, w.as_bytes()).is_some();
    let other = ["mail add", "email", "e-mail", "job", "project", "event"].iter().any(&asks);
    if other || !ADDRESS_LABELS.iter().any(&asks) {
        return None;
    }
    let value = words.get(mark..)?.trim_start_matches([':', '.', ' ', '?', '=', '|', '*', '\u{a0}']);
    let (start, end) = sheet.trimmed(line.1 - value.len(), line.1);
    let end = start + sheet.slice(start, end).trim_end_matches('*').len();
    (start < end && !says_nothing(sheet.low(start, end))).then_some((start, end))
}

/// Whether a form's value says that there is none: “N/A”, “dont know”, “(left blank)”.
fn says_nothing(value: &[u8]) -> bool {
    const NOTHING: [&[u8]; 13] = [
        b"n/a",
        b"none",
        b"unknown",
        b"tbd",
        b"not sure",
        b"dont know",
        b"don't know",
        b"do not know",
        b"i don",
        b"(left blank",
        b"left blank",
        b"(blank",
        b"no se",
    ];
    let whole = |words: &[u8]| !value.get(words.len()).is_some_and(u8::is_ascii_alphanumeric);
    NOTHING.iter().any(|words| value.starts_with(words) && (whole(words) || *words == b"i don"))
}

/// The line below a form's value, where it is indented, has no label of its own and the value's line no town yet: the
/// address goes on there.
fn below(sheet: &Sheet<'_>, start: usize) -> Option<(usize, usize)> {
    let at = sheet.line_at(start);
    let (line, next) = (sheet.lines.get(at)?, sheet.lines.get(at + 1)?);
    let indented = sheet.before(next.start) == b' ' || sheet.before(next.start) == b'\t';
    let words = sheet.slice(next.start, next.end);
    let town = |words: &str| words.split([' ', ',']).any(super::address::is_state);
    (indented && !words.contains(':') && town(words) && !town(sheet.slice(line.start, line.end)))
        .then_some((next.start, next.end))
}

/// A party that is named without an address (“Holder: Blue Heron Logistics”), or with one in a sentence of its own.
fn named_alone(
    layout: &Layout<'_, '_>,
    sheet: &Sheet<'_>,
    index: usize,
    rule: &FieldRule,
    left: &[&Found],
) -> Option<Field> {
    let mut spans: Vec<((usize, usize), u8)> = Vec::new();
    let refused = |h: &FieldHit| sheet.hits(index, Kind::Not).any(|r| r.start <= h.start && h.end <= r.end);
    for hit in sheet.hits(index, Kind::Labels).filter(|h| h.start < sheet.closing && !refused(h)) {
        let labelled = value_after(sheet, hit.start, hit.end)
            .map(|(s, e)| (s, s + name_len(sheet.slice(s, e))))
            .filter(|(s, e)| *e > s + 2)
            .or_else(|| name_after(sheet, skip_is(sheet, hit.end)));
        spans.extend(labelled.map(|s| (s, 78)));
    }
    for hit in sheet.hits(index, Kind::Words).filter(|h| h.start < sheet.closing) {
        let from = skip_is(sheet, hit.end);
        let spoken = || layout.writer.is_machine().then(|| lower_party(sheet, from)).flatten();
        spans.extend(name_after(sheet, from).map(|s| (s, 66)).or_else(|| spoken().map(|s| (s, 60))));
    }
    for hit in sheet.hits(index, Kind::After) {
        let span = name_before(sheet, hit.start, sheet.sentence_start(hit.start.saturating_sub(1)));
        spans.extend((span.0 < span.1).then_some((span, 66)));
    }
    let bare = spans.into_iter().map(|((s, e), sure)| ((s + lead_len(sheet.slice(s, e)), e), sure));
    let ((start, end), confidence) = bare.into_iter().find(|((s, e), _)| is_party_name(rule, sheet.slice(*s, *e)))?;
    let name = name_line(sheet.slice(start, end));
    let apart = left
        .iter()
        .find(|f| f.address.0 > end && f.address.0 - end <= APART && !sheet.slice(end, f.address.0).contains("\n\n"));
    let (address, end) = match apart {
        Some(f) => (Some(address_line(sheet.slice(f.address.0, f.address.1))), f.address.1),
        None => (None, end),
    };
    Some(sheet.found(&rule.name, FieldValue::Party { name, address }, start, end, &rule.name, confidence))
}

/// A firm in small letters, as transcripts and texts write it: “it's for hartsell construction that's at …”. Only what
/// ends as firms are called.
fn lower_party(sheet: &Sheet<'_>, at: usize) -> Option<(usize, usize)> {
    const ENDS: [&[u8]; 34] = [
        b"that",
        b"thats",
        b"they",
        b"theyre",
        b"at",
        b"for",
        b"uh",
        b"um",
        b"its",
        b"it",
        b"in",
        b"on",
        b"asap",
        b"pls",
        b"please",
        b"by",
        b"i",
        b"im",
        b"we",
        b"so",
        b"the",
        b"address",
        b"attention",
        b"number",
        b"by",
        b"from",
        b"with",
        b"he",
        b"she",
        b"who",
        b"to",
        b"is",
        b"are",
        b"because",
    ];
    let (start, _) = sheet.word_after(at);
    let (mut end, mut good) = (start, start);
    for words in 0..7 {
        let (a, b) = sheet.word_after(end);
        let word = sheet.low(a, b);
        let gap = sheet.low(end, a);
        let joined = words == 0 || gap == b" " || gap == b" & " || gap == b"'";
        if a == b
            || !joined
            || ENDS.contains(&word)
            || super::spoken::small(word).is_some()
            || sheet.byte(a).is_ascii_digit()
        {
            break;
        }
        end = b;
        if words > 0 && super::names::is_firm(sheet.slice(a, b)) {
            good = b;
        }
    }
    (good > start && start <= at + 2).then_some((start, good))
}

/// Past “is”, “should be”, “the” and a colon.
fn skip_is(sheet: &Sheet<'_>, at: usize) -> usize {
    let mut i = at;
    for _ in 0..5 {
        let (a, b) = sheet.word_after(i);
        let small = matches!(
            sheet.low(a, b),
            b"is"
                | b"should"
                | b"be"
                | b"to"
                | b"the"
                | b"are"
                | b"will"
                | b"read"
                | b"as"
                | b"follows"
                | b"for"
                | b"on"
                | b"gonna"
                | b"going"
                | b"has"
                | b"say"
                | b"needs"
                | b"must"
                | b"uh"
                | b"um"
                | b"ah"
                | b"would"
                | b"an"
        );
        if a <= i + 3 && small && !sheet.byte(a).is_ascii_uppercase() {
            i = b;
        } else {
            break;
        }
    }
    i
}

/// Whether words can name a party at all.
fn is_party_name(rule: &FieldRule, words: &str) -> bool {
    let first = super::names::bare(words.split_whitespace().next().unwrap_or(""));
    // “… trims the premium. Tell us …”: a sentence ends within it.
    let small = |w: &str| w.len() > 3 && w.bytes().all(|b| b.is_ascii_lowercase());
    let begins = |i: usize| words.get(i + 2..).is_some_and(|w| w.starts_with(char::is_uppercase));
    let ends = words
        .match_indices(". ")
        .any(|(i, _)| begins(i) && words.get(..i).and_then(|w| w.rsplit(' ').next()).is_some_and(small));
    !ends
        && words.chars().filter(|c| c.is_alphabetic()).count() > 2
        && !matches!(first.as_str(), "isaoa" | "atima" | "isaoa/atima")
        && !(rule.never.contains(&first) && words.split_whitespace().count() <= 2)
        && !words.contains('@')
        // “Center”, “Association”: the end of a name whose front stands elsewhere.
        && (words.contains(' ') || !super::names::is_firm(words))
}
