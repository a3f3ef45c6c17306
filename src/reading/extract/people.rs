//! Who to answer, and how names are told from the words around them.

use super::closing::Closing;
use super::cues::{FieldHit, Kind};
use super::layout::{Layout, spoken_name};
use super::names;
use super::rules::{Extractor, FieldRule};
use super::sheet::{Sheet, Stretch};
use crate::domain::field::{Field, FieldValue};
use memchr::memmem;

/// The person who wrote: from the closing block, a form's label, or “this is …”.
pub fn contact_name(index: usize, rule: &FieldRule, layout: &Layout<'_, '_>, closing: &Closing) -> Option<Field> {
    let sheet = layout.main_sheet()?;
    if let Some(field) = in_two_lines(sheet, rule) {
        return Some(field);
    }
    // A telephone company's “TOMCZAK AGNES” is turned round and cut off: what the caller says is plainer.
    let shouted = |w: &str| layout.writer.is_machine() && !w.chars().any(char::is_lowercase);
    let labels = sheet.hits(index, Kind::Labels);
    if let Some(field) = labelled(sheet, labels, rule, |w| names::is_person(w, false) && !shouted(w), 90) {
        return Some(field);
    }
    // What a member of staff took down names the caller; the staff's own name under it is nobody to answer.
    let took_down = layout.own && layout.writer.at.is_none();
    let closing = &if took_down { Closing { name: None, ..*closing } } else { *closing };
    if closing.name.is_none()
        && let Some((start, end)) = here(sheet)
    {
        return Some(sheet.found_text(&rule.name, start, end, &rule.name, 78));
    }
    let intro = || {
        let hits = || sheet.hits(index, Kind::Near);
        hits().find_map(|h| introduced_by(sheet, h)).or_else(|| hits().find_map(|h| lower_name(sheet, h.start, h.end)))
    };
    // “this is Eleanor Bixby …” in a transcript is plainer than a line that merely looks like a name.
    if let Some((start, end)) = closing.name.filter(|_| closing.agrees || intro().is_none()) {
        if let Some(full) = attached_in_full(rule, layout, sheet.slice(start, end)) {
            return Some(full);
        }
        return Some(sheet.found_text(&rule.name, start, end, &rule.name, if closing.agrees { 93 } else { 80 }));
    }
    if let Some((start, end)) = intro() {
        return Some(sheet.found_text(&rule.name, start, end, &rule.name, 75));
    }
    if let Some((start, end)) = behind_thanks(sheet) {
        return Some(sheet.found_text(&rule.name, start, end, &rule.name, 68));
    }
    // A text message often ends in its writer's name: “… who do I call. Cody Brekke”, “… - Bart Neely”.
    let last = sheet.lines.iter().rev().find(|l| !l.is_blank() && !is_gateway_line(sheet.slice(l.start, l.end)))?;
    let words = sheet.slice(last.start, last.end);
    // “Call me. Vern Oster 715-555-0133”: the number is not the name's.
    let words = words.trim_end_matches(|c: char| !c.is_alphabetic());
    let mark = words.char_indices().rev().find(|(_, c)| matches!(c, ',' | '.' | '-' | '!' | '?' | '–' | '—' | ';'))?;
    let (start, end) = sheet.trimmed(last.start + mark.0 + mark.1.len_utf8(), last.start + words.len());
    names::is_person(sheet.slice(start, end), false).then(|| sheet.found_text(&rule.name, start, end, &rule.name, 65))
}

/// “thx Ray”, “Thanks, Barb Cole”: the name in the last line, behind its thanks.
fn behind_thanks(sheet: &Sheet<'_>) -> Option<(usize, usize)> {
    let last = sheet.lines.iter().rev().filter(|l| !l.is_blank()).take(3);
    last.filter(|l| l.end - l.start <= 48).find_map(|line| {
        let (a, b) = sheet.word_after(line.start);
        if !matches!(
            sheet.low(a, b),
            b"thanks" | b"thx" | b"thank" | b"ty" | b"gracias" | b"regards" | b"best" | b"cheers"
        ) {
            return None;
        }
        let (c, d) = sheet.word_after(b);
        let from = if matches!(sheet.low(c, d), b"you" | b"again" | b"much" | b"so") { d } else { b };
        let (start, end) = sheet.trimmed(from, line.end);
        let bare = sheet.slice(start, end).trim_start_matches(['!', '.', ' ']).trim_end_matches(['.', '!']);
        let start = end.min(start + sheet.slice(start, end).find(bare)?);
        let end = start + bare.len();
        names::is_person(bare, true).then_some((start, end))
    })
}

/// A form that asks for first and last name apart, line by line.
fn in_two_lines(sheet: &Sheet<'_>, rule: &FieldRule) -> Option<Field> {
    let after = |labels: &[&str], from: usize| {
        sheet.lines.iter().enumerate().skip(from).find_map(|(i, line)| {
            let words = sheet.slice(line.start, line.end);
            let low = words.to_ascii_lowercase().replace('_', " ");
            let label = labels.iter().find(|l| low.starts_with(**l))?;
            let rest = words.get(label.len()..)?.trim_start_matches([':', '=', '-', '.', ' ', '\t', '*']);
            let (start, end) = if rest.is_empty() {
                let next = sheet.lines.iter().skip(i + 1).take(2).find(|l| !l.is_blank())?;
                (next.start, next.end)
            } else if words.len() > label.len() + rest.len() {
                (line.end - rest.len(), line.end)
            } else {
                return None;
            };
            names::is_person(sheet.slice(start, end), true).then_some((i, start, end))
        })
    };
    let (line, start, first_end) = after(&["first name"], 0)?;
    let (_, last_start, end) = after(&["last name"], line + 1)?;
    let name = format!("{} {}", sheet.slice(start, first_end), sheet.slice(last_start, end));
    Some(sheet.found(&rule.name, FieldValue::Text(name), start, end, &rule.name, 90))
}

/// “Lupe here from Farias Concrete Cutting”, “hi its Benny w/ …”: the name before “here” in the first words.
fn here(sheet: &Sheet<'_>) -> Option<(usize, usize)> {
    let head = sheet.low(0, 60.min(sheet.folded.len()));
    let at = head.windows(6).position(|w| w == b" here " || w == b" here,")?;
    let (mut start, end) = sheet.word_before(at);
    if end != at || !names::is_person(sheet.slice(start, end), true) {
        return None;
    }
    let (a, b) = sheet.word_before(start);
    if b + 1 == start && names::is_person(sheet.slice(a, end), false) {
        start = a;
    }
    Some((start, end))
}

/// “--” and the sentence that a text gateway puts under a message.
fn is_gateway_line(line: &str) -> bool {
    line == "--" || line.starts_with("This message was sent")
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

/// The person named right after `at`: “this is Ana Lopez from …”.
pub fn person_after(sheet: &Sheet<'_>, at: usize) -> Option<(usize, usize)> {
    let from = at + sheet.slice(at, sheet.text.len()).len()
        - sheet.slice(at, sheet.text.len()).trim_start_matches([' ', ':', ',', '\n']).len();
    // “This is Mrs. Agnes Tomczak”: the title is no part of the name.
    let from = from + names::title_len(sheet.slice(from, (from + 60).min(sheet.text.len())));
    let mut end = from;
    let mut words = 0;
    for word in crate::domain::text::cut(sheet.slice(from, sheet.text.len()), 60).split([' ', '\n']) {
        // A line's end ends the name, “Opened by: Beverly Nakamura”, where it is not wrapped.
        if words > 0 && sheet.folded.get(end) == Some(&b'\n') {
            break;
        }
        let plain = word.trim_end_matches([',', '.', ';', '!', '?', ')']);
        if words >= 3 || !names::is_person(plain, true) || names::is_firm(plain) {
            break;
        }
        words += 1;
        end = end + usize::from(words > 1) + plain.len();
        if plain.len() < word.len() {
            break;
        }
    }
    // More capitals than a name has: “Dwayne Hostetler Hostetler Grain Hauling” goes on with the firm.
    let next = sheet.word_after(end);
    if words == 3 && next.0 <= end + 1 && sheet.byte(next.0).is_ascii_uppercase() {
        let two = sheet.slice(from, end).rfind(' ').unwrap_or(0);
        end = from + two;
    }
    (words > 0).then_some((from, end))
}

/// Where the names end with which people introduce themselves: “this is Lien from …”, “soy Eliseo de …”.
pub fn introductions(index: usize, layout: &Layout<'_, '_>) -> Vec<usize> {
    let Some(sheet) = layout.main_sheet() else { return Vec::new() };
    let hits = sheet.hits(index, Kind::Near).take(12);
    hits.filter_map(|h| introduced_by(sheet, h).or_else(|| lower_name(sheet, h.start, h.end)))
        .map(|(_, end)| end)
        .collect()
}

/// The person behind “this is”, in the same line: “its⏎Willow Bend Townhomes” begins an address.
fn introduced_by(sheet: &Sheet<'_>, hit: FieldHit) -> Option<(usize, usize)> {
    person_after(sheet, hit.end).filter(|(start, _)| !sheet.low(hit.end, *start).contains(&b'\n'))
}

/// Words that no name begins with, in “this is about …”, “it's not …”.
const NO_NAMES: [&[u8]; 62] = [
    b"a",
    b"an",
    b"the",
    b"not",
    b"about",
    b"regarding",
    b"for",
    b"in",
    b"on",
    b"my",
    b"our",
    b"your",
    b"their",
    b"his",
    b"her",
    b"to",
    b"just",
    b"going",
    b"been",
    b"what",
    b"where",
    b"when",
    b"how",
    b"why",
    b"who",
    b"all",
    b"only",
    b"really",
    b"very",
    b"so",
    b"still",
    b"now",
    b"time",
    b"ok",
    b"okay",
    b"urgent",
    b"from",
    b"with",
    b"at",
    b"one",
    b"due",
    b"because",
    b"that",
    b"this",
    b"kind",
    b"like",
    b"also",
    b"another",
    b"something",
    b"parked",
    b"kept",
    b"located",
    b"covered",
    b"done",
    b"different",
    b"uh",
    b"um",
    b"no",
    b"too",
    b"here",
    b"it",
    b"there",
];

/// A name in small letters, as transcripts and text messages write it: “this is patricia wendell with …”, “its beto
/// from …”. One or two words before a word that goes on with something else.
fn lower_name(sheet: &Sheet<'_>, cue: usize, at: usize) -> Option<(usize, usize)> {
    let told = sheet.low(cue, at);
    let its = told.starts_with(b"it");
    if !its && [&b"this"[..], b"name"].iter().all(|w| memmem::find(told, w).is_none()) {
        return None;
    }
    let (start, mut end) = sheet.word_after(at);
    let mut from = start;
    for _ in 0..2 {
        let word = sheet.low(from, end);
        if word.len() < 2
            || sheet.low(at, start).len() > 2
            || !word.iter().all(u8::is_ascii_lowercase)
            || !sheet.byte(from).is_ascii_lowercase()
            || NO_NAMES.contains(&word)
        {
            return None;
        }
        let (a, b) = sheet.word_after(end);
        let gap = sheet.low(end, a);
        let led = gap == b" " && matches!(sheet.low(a, b), b"from" | b"with" | b"w" | b"at" | b"de");
        let goes_on =
            gap == b" " && matches!(sheet.low(a, b), b"i" | b"im" | b"calling" | b"here" | b"over" | b"um" | b"uh");
        let ended = gap.starts_with(b",") && from > start;
        if led && word.len() > 2 || !its && (goes_on || ended) {
            return Some((start, end));
        }
        if gap != b" " {
            return None;
        }
        (from, end) = (a, b);
    }
    None
}

/// A first name under a short note, in full in what is attached: “Lorna” signs, “Prepared by Lorna Beck” stands there.
fn attached_in_full(rule: &FieldRule, layout: &Layout<'_, '_>, first: &str) -> Option<Field> {
    let full =
        spoken_name(&layout.writer.name).filter(|n| !first.contains(' ') && n.split(' ').next() == Some(first))?;
    layout.sheets.iter().filter(|s| s.stretch == Stretch::Attachment).find_map(|sheet| {
        let start = sheet.text.find(&full)?;
        Some(sheet.found_text(&rule.name, start, start + full.len(), &rule.name, 84))
    })
}

/// The name after “your insured”, “our client”, “on behalf of”.
pub fn name_after(sheet: &Sheet<'_>, at: usize) -> Option<(usize, usize)> {
    let rest = sheet.slice(at, (at + 140).min(sheet.text.len()));
    let rest = if rest.is_empty() { sheet.slice(at, sheet.text.len()) } else { rest };
    let body = rest.trim_start_matches([' ', ',', ':', '-', '–', '—', '\n', '(', '"', '“', '.', '\u{a0}']);
    let skipped = rest.len() - body.len();
    if skipped > 6 || rest.get(..skipped).is_some_and(|g| g.contains("\n\n") || g.contains(". ")) {
        return None;
    }
    let start = at + skipped;
    let len = name_len(body);
    let (start, end) = sheet.trimmed(start, start + len);
    // “your customer Amos Whitfield's 2022 Silverado”.
    let words = sheet.slice(start, end);
    let owned = ["'s", "’s"].iter().find(|s| words.ends_with(**s) && words.contains(' ')).map_or(0, |s| s.len());
    (len > 2).then_some((start, end - owned))
}

/// How many bytes of `text` are one name: capitalised words with joiners, a firm's comma included.
pub fn name_len(text: &str) -> usize {
    let mut len = 0;
    let mut good = 0;
    for (words, word) in text.split_inclusive([' ', '\n']).enumerate() {
        let plain = word.trim_end();
        let core = plain.trim_end_matches([',', ';', ':', '.', ')', '"', '”', '!', '?', '*']);
        let joiner = words > 0 && names::is_joiner(core) && core != "at" && core != "a" && core != "for";
        let digits = core.bytes().all(|b| b.is_ascii_digit()) && core.len() <= 3;
        let goes_on = || {
            let next = text.get(len + word.len()..).unwrap_or("").trim_start();
            names::is_capitalised(next.split_whitespace().next().unwrap_or("")) && !word.ends_with('\n')
        };
        let before = || names::bare(text.get(..len).unwrap_or("").trim_end().rsplit(' ').next().unwrap_or(""));
        let number = words > 0
            && (core.starts_with(['#']) && core.len() <= 5 || digits && (goes_on() || names::is_numbered(&before())));
        if core.is_empty()
            || !(names::is_capitalised(core) || joiner || number)
            || words >= 9
            || (names::ends_name(&names::bare(core)) && words > 0)
        {
            break;
        }
        if !joiner {
            good = len + core.len();
        }
        len += word.len();
        let ended = plain.len() > core.len();
        if ended {
            // A comma goes on only before “Inc.”, a full stop only after an abbreviation.
            let next = text.get(len..).unwrap_or("");
            let suffix = names::bare(next.split_whitespace().next().unwrap_or(""));
            let goes_on = plain.ends_with(',')
                && matches!(
                    suffix.as_str(),
                    "inc" | "llc" | "corp" | "ltd" | "lp" | "co" | "llp" | "pc" | "pllc" | "sc" | "isaoa" | "na"
                )
                || plain.ends_with('.')
                    && (core.len() <= 2 || matches!(names::bare(core).as_str(), "st" | "dr" | "mr" | "mrs" | "ms"));
            if plain.get(core.len()..).is_some_and(|t| t.starts_with('.'))
                && names::is_firm(core)
                && core.len() <= 5
                && !joiner
            {
                good += 1;
            }
            if !goes_on {
                break;
            }
        }
        if word.ends_with('\n') {
            let next = text.get(len..).unwrap_or("");
            let label = next
                .bytes()
                .take(28)
                .position(|b| b == b':' || b == b'\n')
                .is_some_and(|i| next.as_bytes().get(i) == Some(&b':'));
            let suffix = matches!(names::bare(core).as_str(), "llc" | "inc" | "corp" | "ltd" | "llp" | "pllc");
            if next.starts_with(['\n', ' ']) || label || suffix {
                break;
            }
        }
    }
    good
}
