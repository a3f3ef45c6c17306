//! Where the name stands to which words lead, “this is …”, “your insured …”: its first byte and its last.

use super::address::is_way;
use super::cues::{FieldHit, Kind};
use super::layout::Layout;
use super::names;
use super::sheet::Sheet;
use crate::domain::field::{Field, FieldValue, Provenance};
use memchr::memmem;

/// The person named right after `at`: “this is Ana Lopez from …”.
pub fn person_after(sheet: &Sheet<'_>, at: usize) -> Option<(usize, usize)> {
    let from = at + sheet.slice(at, sheet.text.len()).len()
        - sheet.slice(at, sheet.text.len()).trim_start_matches([' ', ':', ',', '\n']).len();
    // “this is uh Vince Tardelli”
    let (a, b) = sheet.word_after(from);
    let from = if a == from && matches!(sheet.low(a, b), b"uh" | b"um") { (b + 1).min(sheet.text.len()) } else { from };
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
    let said = hits.filter_map(|h| introduced_by(sheet, h).or_else(|| lower_name(sheet, h.start, h.end)));
    let mut ends: Vec<usize> = said.map(|(_, end)| end).collect();
    if layout.writer.is_machine() {
        ends.extend(beside_a_firm(sheet));
    }
    ends
}

/// Where names end in a text or a call that stand right before their firm: “Pete at Rainbow Valley Preschool. can someone
/// …”, “… Dez @ Ironquill Security”.
fn beside_a_firm(sheet: &Sheet<'_>) -> Vec<usize> {
    let mut ends = Vec::new();
    let mut at = 0;
    while at < sheet.text.len() && ends.len() < 8 {
        let (a, b) = sheet.word_after(at);
        if a == b {
            break;
        }
        at = b;
        let (c, d) = sheet.word_after(b);
        let gap = sheet.low(b, c);
        let joined = gap == b" " && matches!(sheet.low(c, d), b"at" | b"w" | b"with" | b"from" | b"over")
            || gap == b" @ " && sheet.byte(c).is_ascii_uppercase();
        if joined && sheet.byte(a).is_ascii_uppercase() && names::is_person(sheet.slice(a, b), true) {
            ends.push(b);
        }
    }
    ends
}

/// The person behind “this is”, in the same line: “its⏎Willow Bend Townhomes” begins an address.
pub fn introduced_by(sheet: &Sheet<'_>, hit: FieldHit) -> Option<(usize, usize)> {
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
pub fn lower_name(sheet: &Sheet<'_>, cue: usize, at: usize) -> Option<(usize, usize)> {
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

/// Ends a firm's name before the full stop of its sentence.
pub fn end_with_the_name(field: &mut Field) {
    let (FieldValue::Text(name) | FieldValue::Party { name, .. }) = &mut field.value else { return };
    let Some(bare) = name.strip_suffix('.').filter(|bare| *bare == names::without_the_sentences_stop(name)) else {
        return;
    };
    let whole = std::mem::replace(name, bare.to_owned());
    // Where the name is what was read last, its place ends with it.
    if let Provenance::Message { words, span, .. } = &mut field.from
        && words.ends_with(&whole)
    {
        words.pop();
        span.end -= 1;
    }
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
        // “Carver Homes 40 Mill Rd”: the number is a house's.
        let street = || text.get(len + word.len()..).unwrap_or("").split_whitespace().take(3).any(is_way);
        let before = || names::bare(text.get(..len).unwrap_or("").trim_end().rsplit(' ').next().unwrap_or(""));
        let number = words > 0
            && (core.starts_with(['#']) && core.len() <= 5
                || digits && (goes_on() && !street() || names::is_numbered(&before())));
        if core.is_empty()
            || !(names::is_capitalised(core) || joiner || number)
            || words >= 9
            || (names::ends_name(core) && words > 0)
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
            let suffix = || names::bare(next.split_whitespace().next().unwrap_or(""));
            let goes_on = plain.ends_with(',')
                && matches!(
                    suffix().as_str(),
                    "inc" | "llc" | "corp" | "ltd" | "lp" | "co" | "llp" | "pc" | "pllc" | "sc" | "isaoa" | "na"
                )
                || plain.ends_with('.')
                    && (core.len() <= 2
                        || matches!(names::bare(core).as_str(), "st" | "dr" | "mr" | "mrs" | "ms" | "bros"));
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
            let suffix = || matches!(names::bare(core).as_str(), "llc" | "inc" | "corp" | "ltd" | "llp" | "pllc");
            if next.starts_with(['\n', ' ']) || label || suffix() {
                break;
            }
        }
    }
    good
}
