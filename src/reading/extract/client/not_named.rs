//! The client of a message that names none: in another party's letter the firm that it speaks of, else who writes.

use super::{Known, name_at, names_a_client};
use crate::domain::field::{Field, FieldValue, Provenance};
use crate::reading::extract::cues::Kind;
use crate::reading::extract::layout::{Layout, spoken_name};
use crate::reading::extract::named::{name_after, name_len};
use crate::reading::extract::names;
use crate::reading::extract::rules::FieldRule;
use crate::reading::extract::sheet::{Sheet, Stretch};

/// The client that nothing points at: in another party's letter a firm that is neither its own nor the holder, else who
/// writes.
pub(super) fn not_named(index: usize, rule: &FieldRule, layout: &Layout<'_, '_>, known: &Known<'_>) -> Option<Field> {
    let main = layout.main_sheet();
    let firm = known.closing.firm.and_then(|(s, e)| main.map(|m| m.slice(s, e)));
    let holds = |words: &str| {
        known.holders.iter().any(|h| crate::domain::text::folded(h) == crate::domain::text::folded(words))
    };
    let other = layout.read().any(|s| s.has(index, Kind::Not))
        || firm.is_some_and(|f| names::is_institution(f) || holds(f))
        || layout.writer.is_institution()
        || names::is_institution(&layout.writer.name) && !known.closing.agrees;
    let third_party = || {
        from_subject(rule, layout, firm.unwrap_or(""), &holds)
            .or_else(|| first_firm(rule, layout, firm.unwrap_or(""), &holds))
    };
    if other {
        return third_party();
    }
    if let Some(field) = introduced(rule, layout, known) {
        return Some(field);
    }
    let took_down = layout.own && layout.writer.at.is_none();
    if let (Some(sheet), Some((start, end))) = (main, known.closing.firm.filter(|_| !took_down)) {
        // “Tallgrass Bookkeeping, for Prairie Star Diner”: who signs for somebody else.
        let (start, end) =
            sheet.low(end, end + 6).eq(b", for ").then(|| name_after(sheet, end + 6)).flatten().unwrap_or((start, end));
        return Some(sheet.found_text(&rule.name, start, end, &rule.name, 80));
    }
    if let Some(field) = firm_of_domain(rule, layout).filter(|_| !layout.writer.is_machine() && !took_down) {
        // Who is to hold the certificate is not insured by it.
        return if holds(&field.value.shown()) { third_party() } else { Some(field) };
    }
    if let Some(contact) = known.contact.filter(|c| c.value.shown().contains(' ')) {
        let mut field = contact.clone();
        field.name.clone_from(&rule.name);
        field.confidence = 72;
        return Some(field);
    }
    from_header(rule, layout)
}

/// The firm that somebody introduces themselves from: “this is Ana at Cobalt Catering”, “Gus, G&M Roofing”.
fn introduced(rule: &FieldRule, layout: &Layout<'_, '_>, known: &Known<'_>) -> Option<Field> {
    let sheet = layout.main_sheet()?;
    let contact = known.contact.and_then(|c| match &c.from {
        Provenance::Message { span, .. } if span.place == sheet.place && span.start as usize >= sheet.base => {
            (span.end as usize).checked_sub(sheet.base)
        }
        _ => None,
    });
    let places = contact.into_iter().chain(known.introduced.iter().copied()).filter(|at| *at < sheet.closing);
    places.into_iter().find_map(|at| firm_behind(rule, sheet, at))
}

/// The firm behind a person's name that ends at `at`.
fn firm_behind(rule: &FieldRule, sheet: &Sheet<'_>, mut at: usize) -> Option<Field> {
    // “Dez @ Ironquill Security”
    let mut led = sheet.low(at, at + 3) == b" @ ";
    for _ in 0..5 {
        let (a, b) = sheet.word_after(at);
        if a > at + 3 || sheet.byte(a).is_ascii_uppercase() || sheet.sentence_ends_between(at, a) {
            break;
        }
        match sheet.low(a, b) {
            b"at" | b"from" | b"with" | b"of" | b"w" | b"de" | b"con" => led = true,
            b"la" | b"los" | b"las" | b"el" | b"over" | b"here" | b"uh" | b"um" | b"the" | b"calling" | b"out" => {}
            _ if led => break,
            _ => return None,
        }
        at = b;
    }
    let (start, end) = name_after(sheet, at).or_else(|| led.then(|| lower_firm(sheet, at)).flatten())?;
    let words = sheet.slice(start, end);
    let names_firm = names::is_firm(words) || led && words.split_whitespace().count() >= 2;
    (names_firm && !names::is_institution(words) && start < at + 4)
        .then(|| sheet.found_text(&rule.name, start, end, &rule.name, 76))
}

/// A firm in small letters, as transcripts write it: “patricia wendell with wendell piano moving that's …”.
fn lower_firm(sheet: &Sheet<'_>, at: usize) -> Option<(usize, usize)> {
    const ENDS: [&[u8]; 24] = [
        b"that", b"thats", b"i", b"im", b"we", b"were", b"uh", b"um", b"calling", b"and", b"my", b"our", b"so", b"the",
        b"need", b"just", b"here", b"out", b"in", b"on", b"you", b"it", b"can", b"could",
    ];
    let (start, _) = sheet.word_after(at);
    let (mut end, mut words) = (start, 0);
    while words < 5 {
        let (a, b) = sheet.word_after(end);
        let apart = words > 0 && sheet.low(end, a) != b" ";
        if a == b || apart || ENDS.contains(&sheet.low(a, b)) || sheet.byte(a).is_ascii_digit() {
            break;
        }
        end = b;
        words += 1;
    }
    (words >= 2 && start < at + 3).then_some((start, end))
}

/// The firm in the text whose name is that of the sender's mail domain.
fn firm_of_domain(rule: &FieldRule, layout: &Layout<'_, '_>) -> Option<Field> {
    let domain = layout.writer.address.rsplit_once('@')?.1;
    let label = domain.split('.').next().filter(|l| l.len() >= 6)?;
    let label: String = label.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
    let sheets = layout.sheets.iter().filter(|s| matches!(s.stretch, Stretch::Body | Stretch::Subject));
    for sheet in sheets {
        for (a, _) in sheet.words() {
            let opens = sheet.byte(a).is_ascii_uppercase() && label.as_bytes().first() == sheet.folded.get(a);
            if opens {
                let (start, end) = name_at(sheet, a);
                let squashed: String = sheet
                    .slice(start, end)
                    .chars()
                    .filter(char::is_ascii_alphanumeric)
                    .collect::<String>()
                    .to_lowercase();
                let fits = squashed.len() >= 6
                    && (squashed.starts_with(&label)
                        || (label.starts_with(&squashed) && sheet.slice(start, end).contains(' ')));
                if fits {
                    return Some(sheet.found_text(&rule.name, start, end, &rule.name, 74));
                }
            }
        }
    }
    None
}

/// The client that the subject of another party's letter names: “Renewal submission - Iron Range Demolition (exp 12/31)”.
fn from_subject(
    rule: &FieldRule,
    layout: &Layout<'_, '_>,
    sender_firm: &str,
    holds: &dyn Fn(&str) -> bool,
) -> Option<Field> {
    let sheet = layout.sheets.first()?;
    let mut at = 0;
    let mut fallback = None;
    for part in sheet
        .text
        .split_inclusive([':', '(', ')', '/', '|', '–', '—', '[', ']'])
        .flat_map(|p| p.split_inclusive(" - "))
        .flat_map(|p| p.split_inclusive(" for "))
    {
        let plain = part.trim_end_matches(" - ").trim_end_matches(" for ");
        let (start, end) = sheet.trimmed(at, at + plain.len());
        at += part.len();
        let (start, end) = {
            let words = sheet.slice(start, end).trim_end_matches(['(', ')', '/', '|', '[', ']', ':', '–', '—']);
            sheet.trimmed(start, start + words.len())
        };
        let words = sheet.slice(start, end);
        let all_name = name_len(words) == words.len() && words.len() > 4;
        if !all_name || !names_a_client(words) || words == sender_firm || holds(words) || names::is_institution(words) {
            continue;
        }
        if names::is_firm(words) {
            return Some(sheet.found_text(&rule.name, start, end, &rule.name, 66));
        }
        if fallback.is_none() && names::is_person(words, false) {
            fallback = Some(sheet.found_text(&rule.name, start, end, &rule.name, 55));
        }
    }
    fallback
}

/// The first firm that another party's letter names and that is neither its own nor the holder: “Wolf River Charter
/// School's umbrella is on my desk”.
fn first_firm(
    rule: &FieldRule,
    layout: &Layout<'_, '_>,
    sender_firm: &str,
    holds: &dyn Fn(&str) -> bool,
) -> Option<Field> {
    let sheet = layout.main_sheet()?;
    let mut behind = 0;
    for (a, _) in sheet.words().take_while(|(a, _)| *a < sheet.closing.min(1200)) {
        if a < behind || !sheet.byte(a).is_ascii_uppercase() {
            continue;
        }
        let (start, end) = name_at(sheet, a);
        behind = end;
        let words = sheet.slice(start, end);
        let owned = ["'s", "’s"].iter().find(|s| words.ends_with(**s)).map_or(0, |s| s.len());
        let words = sheet.slice(start, end - owned);
        let firm = names::is_firm(words) && words.split_whitespace().count() >= 3 && !names::is_institution(words);
        let own = !sender_firm.is_empty() && (sender_firm.contains(words) || words.contains(sender_firm));
        if firm && !own && !holds(words) && !layout.writer.is_firm_called(words) && !names::is_title(words) {
            return Some(sheet.found_text(&rule.name, start, end - owned, &rule.name, 55));
        }
    }
    None
}

/// The name in the From header, or in a forwarded one.
fn from_header(rule: &FieldRule, layout: &Layout<'_, '_>) -> Option<Field> {
    let writer = &layout.writer;
    if layout.own && writer.at.is_none() || writer.is_machine() {
        return None;
    }
    let person = spoken_name(&writer.name).is_some_and(|n| n == writer.name);
    let firm = names::is_firm(&writer.name) && writer.name.split_whitespace().count() >= 2;
    if !(person || firm) {
        return None;
    }
    match writer.at {
        Some((sheet, start, end)) => {
            layout.sheets.get(sheet).map(|s| s.found_text(&rule.name, start, end, &rule.name, 60))
        }
        None => {
            let end = layout.from.find(" <")?;
            let words = layout.from.get(..end)?;
            let sheet = Sheet::of_from(words);
            Some(sheet.found(&rule.name, FieldValue::Text(words.to_owned()), 0, end, &rule.name, 60))
        }
    }
}
