//! Words that tell what happened: the sentence of a loss, cut to the clause that tells it.

use super::cues::Kind;
use super::layout::Layout;
use super::rules::FieldRule;
use super::sheet::{Sheet, Stretch};
use crate::domain::field::Field;
use memchr::memmem;

/// From how many words on a comma may end the clause that tells a loss; a shorter one goes on: “They broke the door, took
/// the safe”.
const LONG_ENOUGH: usize = 8;
/// A sentence longer than this is cut to the clause that tells the loss, in bytes.
const CLAUSE: usize = 150;

/// The first sentence of the main body that tells a loss, cut to the clause that does; one that only announces it, “there
/// was an accident”, where no other tells it.
pub fn loss(index: usize, rule: &FieldRule, layout: &Layout<'_, '_>) -> Option<Field> {
    let mut announced = None;
    for sheet in layout.sheets.iter().filter(|s| matches!(s.stretch, Stretch::Body | Stretch::Attachment)) {
        for hit in sheet.hits(index, Kind::Words) {
            let (start, end) = (sheet.sentence_start(hit.start), sheet.sentence_end(hit.end));
            let words = sheet.low(start, end);
            let asks = words.contains(&b'?') || sheet.byte(end) == b'?';
            let refused = sheet.hits(index, Kind::Not).any(|n| n.start >= start && n.end <= end);
            if asks || refused || hit.start >= sheet.closing {
                continue;
            }
            // “This is Ana with Orr Pipe and Supply”: a word of a name tells nothing.
            let (first, last) = sheet.trimmed(start, end);
            let small = sheet.slice(first, last).chars().any(char::is_lowercase);
            let labelled = sheet.low(first, hit.start).trim_ascii_end().ends_with(b":");
            if small && hit.start > first && !labelled && sheet.byte(hit.start).is_ascii_uppercase() {
                continue;
            }
            // “Date of injury: …” is a label, no story.
            if sheet.byte(hit.end) == b':' || sheet.low(start, hit.start).ends_with(b"date of ") {
                continue;
            }
            let (start, end) = part_of_letter(index, sheet, start, end, hit.start)
                .unwrap_or_else(|| clause(sheet, start, end, (hit.start, hit.end)));
            let (start, end) = within_reach(sheet, start, end, hit.start);
            let (start, end) = sheet.trimmed(start, end);
            if end > start + 8 {
                let field = sheet.found_text(&rule.name, start, end, &rule.name, 60);
                if !ANNOUNCES.contains(&sheet.low(hit.start, hit.end)) {
                    return Some(field);
                }
                announced.get_or_insert(field);
            }
        }
    }
    announced
}

/// What says that something happened, and not what.
const ANNOUNCES: [&[u8]; 17] = [
    b"a fire",
    b"wreck",
    b"got hit",
    b"was hit",
    b"been hit",
    b"water in",
    b"water coming",
    b"smoke",
    b"accident",
    b"accidente",
    b"incident",
    b"injury",
    b"injured",
    b"injuries sustained",
    b"hurt",
    b"damage to",
    b"damaged",
];

/// The clause of a sentence in which the cue stands: from where it opens, “… since the hail took the roof”, “… and a pipe
/// had burst”, up to where another one tells what came of it, “…, there's water everywhere”.
fn clause(sheet: &Sheet<'_>, start: usize, end: usize, cue: (usize, usize)) -> (usize, usize) {
    const OPENS: [&[u8]; 10] =
        [b" when ", b" that ", b" because ", b" since ", b" where ", b": ", b"; ", b") ", b" we had ", b" porque "];
    // Before a clause with a subject of its own; “slid and hit a pole” goes on with the old one.
    const MAY_OPEN: [&[u8]; 3] = [b" and ", b", ", b" y "];
    let lead = sheet.low(start, cue.0);
    let last = |word: &[u8]| memmem::rfind(lead, word).map(|i| start + i + word.len());
    let subject = |at: &usize| sheet.low(*at, cue.0).iter().filter(|b| **b == b' ').count() >= 2;
    let opened = OPENS.iter().filter_map(|w| last(w));
    let from = opened.chain(MAY_OPEN.iter().filter_map(|w| last(w)).filter(subject)).max().unwrap_or(start);
    let told = sheet.low(cue.1, end);
    let words = |i: usize| sheet.low(from, cue.1 + i).iter().filter(|b| **b == b' ').count() + 1;
    const ENDS: [&[u8]; 9] =
        [b"; ", b" -- ", b" so i ", b" so we ", b" but ", b" and i ", b" and we ", b" and now ", b" anyway "];
    const OTHERS: [&[u8]; 16] = [
        b"there ", b"there's", b"i ", b"i'm", b"i've", b"we ", b"we're", b"we've", b"nobody ", b"no one", b"please ",
        b"so ", b"but ", b"can ", b"what ", b"police ",
    ];
    let comma = memmem::find_iter(told, b", ").find(|i| {
        let next = told.get(i + 2..).unwrap_or_default();
        words(*i) >= LONG_ENOUGH || OTHERS.iter().any(|w| next.starts_with(w))
    });
    let ended = ENDS.iter().filter_map(|w| memmem::find(told, w)).chain(comma).min();
    let to = ended.map_or(end, |i| cue.1 + i);
    if sheet.text.is_char_boundary(from) && sheet.text.is_char_boundary(to) { (from, to) } else { (start, end) }
}

/// What others write about a loss names it beside its numbers (`near`): “Claim # 26-771903, deer strike on 12/29/26”.
/// The part in which the cue stands, without its date.
fn part_of_letter(index: usize, sheet: &Sheet<'_>, start: usize, end: usize, at: usize) -> Option<(usize, usize)> {
    if !sheet.hits(index, Kind::Near).any(|h| h.start >= start && h.end <= end) {
        return None;
    }
    let parts = |i: &usize| {
        matches!(sheet.byte(*i), b',' | b':' | b';' | b'(' | b')' | b'|') && !sheet.byte(i + 1).is_ascii_digit()
    };
    let from = (start..at).rev().find(|i| parts(i)).map_or(start, |i| i + 1);
    let to = (at..end).find(|i| parts(i)).unwrap_or(end);
    let dated =
        sheet.low(at, to).windows(5).position(|w| w.starts_with(b" on ") && w.get(4).is_some_and(u8::is_ascii_digit));
    let to = dated.map_or(to, |i| at + i);
    (to - from > 8 && to - from < end - start).then_some((from, to))
}

/// A long sentence is cut to the clause around the cue.
fn within_reach(sheet: &Sheet<'_>, start: usize, end: usize, at: usize) -> (usize, usize) {
    if end - start <= CLAUSE {
        return (start, end);
    }
    // From the last word before the cue that opens a clause; to the last comma within reach.
    const OPENS: [&[u8]; 14] = [
        b", ",
        b" when ",
        b" that ",
        b" because ",
        b" porque ",
        b": ",
        b" had ",
        b" i ",
        b" says ",
        b" and ",
        b" with ",
        b" when my ",
        b" y ",
        b" que ",
    ];
    let floor = start.max(at.saturating_sub(CLAUSE / 2));
    let lead = sheet.low(floor, at);
    let opened = OPENS.iter().filter_map(|o| memmem::find(lead, o).map(|i| floor + i + o.len())).min();
    let from = if floor == start { start } else { opened.unwrap_or(floor) };
    // A transcript knows no full stop: “… and uh the back of my car”.
    const ENDS: [&[u8]; 5] = [b" and uh ", b" and um ", b" uh ", b" um ", b" anyway "];
    let told = sheet.low(at, end.min(from + CLAUSE));
    let stop = ENDS.iter().filter_map(|e| memmem::find(told, e)).filter(|i| *i > 24).min();
    let end = stop.map_or(end, |i| at + i);
    let to = end.min(from + CLAUSE);
    let from = if opened.is_some() || from == start {
        from
    } else {
        (from..at).find(|i| sheet.byte(*i) == b' ').map_or(from, |i| i + 1)
    };
    let to = if to == end { end } else { (at..to).rev().find(|i| matches!(sheet.byte(*i), b',' | b' ')).unwrap_or(to) };
    if sheet.text.is_char_boundary(from) && sheet.text.is_char_boundary(to) { (from, to) } else { (start, end) }
}
