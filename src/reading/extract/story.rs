//! Words that tell: what happened (a loss), and which job or event a document is for.

use super::cues::Kind;
use super::labelled::value_after;
use super::layout::Layout;
use super::rules::FieldRule;
use super::sheet::{Sheet, Stretch};
use super::vocabulary::Vocabulary;
use crate::domain::field::Field;
use memchr::memmem;

/// Longest description kept, in bytes.
const LONGEST: usize = 260;
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

/// The project: behind a label, else what a pattern finds (its group of words up to the end of the clause).
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
        let told = crate::domain::text::cut(text.get(start..).unwrap_or_default(), MOST.1);
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
