//! Which job or event a document is for: behind a label, in quotation marks, or where a pattern tells it.

use super::cues::Kind;
use super::labelled::value_after;
use super::layout::Layout;
use super::rules::FieldRule;
use super::sheet::{Sheet, Stretch};
use super::vocabulary::Vocabulary;
use crate::domain::{field::Field, text::cut};
use memchr::memmem;

/// Longest description kept, in bytes.
const LONGEST: usize = 260;

/// The project: behind a label, else in quotation marks that words lead to, else what a pattern finds (its group of words
/// up to the end of the clause).
pub fn project(index: usize, rule: &FieldRule, layout: &Layout<'_, '_>, vocabulary: &Vocabulary) -> Option<Field> {
    for sheet in layout.sheets.iter().filter(|s| matches!(s.stretch, Stretch::Body | Stretch::Attachment)) {
        let mut labels = sheet.hits(index, Kind::Labels).peekable();
        while let Some(hit) = labels.next() {
            // Of “job” and “job name” the longer one, which comes behind.
            if labels.peek().is_some_and(|next| next.start == hit.start) {
                continue;
            }
            let Some((start, end)) = value_after(sheet, hit.start, hit.end) else { continue };
            let end = wrapped_end(sheet, start, end).min(sheet.sentence_end(start));
            let (start, end) = bare(sheet, start, quote_end(sheet, start, end));
            if end > start + 3
                && end - start <= LONGEST
                && !sheet.slice(start, end).bytes().all(|b| b.is_ascii_digit() || b == b'-')
            {
                return Some(sheet.found_text(&rule.name, start, end, &rule.name, 85));
            }
        }
    }
    // Without a label only where a document is asked for: elsewhere “job” and “project” name no project to be shown.
    if !layout.asked_for(index, rule) && !layout.read().any(|s| s.has(index, Kind::Documents)) {
        return None;
    }
    for sheet in layout.sheets.iter().filter(|s| matches!(s.stretch, Stretch::Body | Stretch::Attachment)) {
        if let Some((start, end)) = quoted(index, sheet) {
            return Some(sheet.found_text(&rule.name, start, end, &rule.name, 75));
        }
    }
    let bodies = layout.sheets.iter().filter(|s| matches!(s.stretch, Stretch::Body | Stretch::Attachment));
    for sheet in bodies.chain(layout.sheets.iter().filter(|s| s.stretch == Stretch::Subject)) {
        let named = vocabulary.find(sheet).into_iter().find_map(|hit| {
            // The value's name says how many words before the project belong to the pattern alone.
            let from =
                hit.value.parse::<usize>().ok().map_or(hit.start, |skip| after_words(sheet, hit.start, hit.end, skip));
            let end = clause_end(sheet, from, quote_end(sheet, from, hit.end));
            let (start, end) = bare(sheet, from, end);
            // “for our policy DWP-90 as of …” is no project.
            (end > start + 3 && !is_refused(index, sheet, from, start)).then_some((start, end))
        });
        if let Some((start, end)) = named {
            return Some(sheet.found_text(&rule.name, start, end, &rule.name, 60));
        }
    }
    None
}

/// Whether what begins at `start`, or at `bare` without what leads to it, is something else.
fn is_refused(index: usize, sheet: &Sheet<'_>, start: usize, bare: usize) -> bool {
    sheet.hits(index, Kind::Not).any(|h| h.start == start || h.start == bare)
}

/// The words in quotation marks that are said to be put on the paper: “it should say "Lemonade stand, County Fair"”.
fn quoted(index: usize, sheet: &Sheet<'_>) -> Option<(usize, usize)> {
    /// How far the words that say so may stand before the mark, in bytes.
    const REACH: usize = 16;
    quotations(sheet).into_iter().find_map(|(start, end)| {
        let near = |from: usize, to: usize| {
            let between = sheet.low(from, to);
            between.len() <= REACH && !between.iter().any(|b| matches!(b, b'.' | b'\n' | b'?' | b';'))
        };
        let led = || sheet.hits(index, Kind::Near).any(|h| h.end <= start && near(h.end, start));
        let followed =
            || sheet.hits(index, Kind::After).any(|h| h.start >= end && near(end, h.start) && h.start < end + 6);
        let (first, last) = bare(sheet, start, end);
        let of_words = sheet.slice(first, last).split_whitespace().nth(1).is_some();
        (of_words && (led() || followed()) && !is_refused(index, sheet, start, first)).then_some((first, last))
    })
}

/// Where words stand in quotation marks, from the first mark that opens to the next that closes; the first few of a text.
fn quotations(sheet: &Sheet<'_>) -> Vec<(usize, usize)> {
    /// How many are looked at, and how long one may be, in bytes: more is a list of names or somebody's speech.
    const MOST: (usize, usize) = (40, 100);
    let text = sheet.slice(0, sheet.text.len());
    let (mut out, mut free) = (Vec::new(), 0);
    for (at, mark) in text.match_indices(['"', '“']).take(4 * MOST.0) {
        let start = at + mark.len();
        let spaced = !text.get(..at).unwrap_or_default().ends_with(|c: char| c.is_alphanumeric());
        let opens = spaced && text.get(start..).unwrap_or_default().starts_with(|c: char| c.is_alphanumeric());
        if at < free || !opens {
            continue;
        }
        let told = cut(text.get(start..).unwrap_or_default(), MOST.1);
        let Some(len) = told.find(['"', '”']).filter(|len| !told.get(..*len).unwrap_or_default().contains("\n\n"))
        else {
            continue;
        };
        out.push((start, start + len));
        free = start + len + 1;
        if out.len() >= MOST.0 {
            break;
        }
    }
    out
}

/// A project without what leads to it: “the Delmar Street Lofts”, “it for the boiler replacement”. A capital belongs to
/// its name: “Las Brisas”, “Our Town”.
fn bare(sheet: &Sheet<'_>, start: usize, end: usize) -> (usize, usize) {
    const LEADS: [&[u8]; 16] = [
        b"it for ",
        b"one for ",
        b"the ",
        b"our ",
        b"my ",
        b"their ",
        b"your ",
        b"a ",
        b"an ",
        b"this ",
        b"that ",
        b"el ",
        b"la ",
        b"los ",
        b"las ",
        b"un ",
    ];
    let (mut start, end) = sheet.trimmed(start, end);
    while let Some(lead) = LEADS.iter().find(|lead| sheet.slice(start, end).as_bytes().starts_with(lead)) {
        start += lead.len();
    }
    sheet.trimmed(start, end)
}

/// Where the words end that stand in quotation marks, and nothing but where they go behind them: “put "Booth 212" in the
/// description box”.
fn quote_end(sheet: &Sheet<'_>, start: usize, end: usize) -> usize {
    let words = sheet.slice(start, end);
    let opened = words.trim_start_matches(['"', '“', ' ']);
    let from = words.len() - opened.len();
    let is_quoted = from > 0 && words.trim_start().starts_with(['"', '“']) || sheet.before(start) == b'"';
    let close = opened.find(['"', '”']).filter(|at| is_quoted && *at > 3);
    let goes_on = |at: &usize| {
        let rest = opened.get(*at..).unwrap_or("").trim_start_matches(['"', '”', '.', ',']);
        rest.trim().is_empty() || [" in ", " on ", " as ", " under ", " into "].iter().any(|w| rest.starts_with(w))
    };
    close.filter(goes_on).map_or(end, |at| start + from + at)
}

/// Where a project's words end: before a verb or a clause of its own.
fn clause_end(sheet: &Sheet<'_>, start: usize, end: usize) -> usize {
    const STOPS: [&[u8]; 54] = [
        b" de la ",
        b" el lunes",
        b" el martes",
        b" el miercoles",
        b" el jueves",
        b" el viernes",
        b" el sabado",
        b" el domingo",
        b" on saturday",
        b" on sunday",
        b" this ",
        b" next ",
        b" monday",
        b" just ",
        b" and they",
        b" and their ",
        b" and the people",
        b" and the man",
        b" and the gc",
        b" and we ",
        b" and he ",
        b" and she ",
        b" and it ",
        b" and i ",
        b" and my ",
        b" and our ",
        b" and uh",
        b" but ",
        b" again",
        b" big enough",
        b" whenever",
        b" if ",
        b" when ",
        b" that ",
        b" which ",
        b" who ",
        b" because",
        b" so ",
        b" they",
        b" he ",
        b" she ",
        b" i ",
        b" i'm",
        b" we ",
        b" starting",
        b" starts",
        b" has ",
        b" have ",
        b" is ",
        b" el padre",
        b" si ",
        b" para ",
        b"??",
        b"!!",
    ];
    let words = sheet.low(start, end);
    STOPS.iter().filter_map(|s| memmem::find(words, s)).filter(|i| *i > 0).min().map_or(end, |i| start + i)
}

fn after_words(sheet: &Sheet<'_>, start: usize, end: usize, skip: usize) -> usize {
    let mut at = start;
    for _ in 0..skip {
        let (a, b) = sheet.word_after(at);
        if b >= end || a == b {
            return start;
        }
        at = b;
    }
    at
}

/// A labelled value whose line is wrapped goes on in the next one.
fn wrapped_end(sheet: &Sheet<'_>, start: usize, end: usize) -> usize {
    // The next line of a form.
    const NEXT: [&[u8]; 13] = [
        b"need",
        b"line",
        b"addl",
        b"additional",
        b"waiver",
        b"holder",
        b"limit",
        b"coverage",
        b"send",
        b"comment",
        b"date",
        b"contact",
        b"primary",
    ];
    let line = sheet.line_at(start);
    match (sheet.lines.get(line), sheet.lines.get(line + 1)) {
        (Some(this), Some(next)) if this.end == end && !next.is_blank() && sheet.folded.get(end) == Some(&b' ') => {
            let low = sheet.low(next.start, next.end);
            let begins = |word: &&[u8]| {
                let rest = low.strip_prefix(*word);
                rest.is_some_and(|rest| {
                    let rest = rest.strip_prefix(b"ed").or_else(|| rest.strip_prefix(b"s")).unwrap_or(rest);
                    !rest.first().is_some_and(u8::is_ascii_alphabetic)
                })
            };
            if NEXT.iter().any(begins) { end } else { next.end }
        }
        _ => end,
    }
}
