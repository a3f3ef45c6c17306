//! United States addresses, anchored on the state and ZIP code at their end: as a block of lines, or within a sentence.

mod said;
mod state;
mod street;

use super::lead::{PAPER, item_len, lead_len};
use super::names;
use super::sheet::Sheet;
use memchr::memmem;
use said::said;
pub use said::written;
pub use state::is_state;
use state::state_before;
pub use street::is_way;
use street::street_start;

/// Most lines of an address block, name lines included.
const BLOCK_LINES: usize = 7;
/// Longest line of a block; longer ones are prose.
const BLOCK_LINE: usize = 74;
/// Longest line of a block in which a lender's wording stands.
const WORDED_LINE: usize = 120;
/// Most lines of a department between a name and its street.
const DEPARTMENTS: usize = 2;
/// What a line holds that only leads to a name, “ISSUE IT TO”: “Home Show” leads to none.
const LEADING: [&str; 12] =
    ["must", "should", "issue", "issued", "make", "made", "send", "address", "addressed", "holder", "coi", "please"];
/// Longest label before a form's only dot, in bytes.
const LABEL: usize = 30;
/// How far before the state an address within a sentence may begin, in bytes.
const INLINE: usize = 130;

/// An address, with the name before it where there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The name before the address; empty range where there is none.
    pub name: (usize, usize),
    /// The address.
    pub address: (usize, usize),
    /// Where the whole begins: what stands before it says what it is for.
    pub start: usize,
    /// Written over several lines.
    pub block: bool,
}

impl Found {
    /// Whether a name goes with it.
    pub fn named(&self) -> bool {
        self.name.0 < self.name.1
    }
}

/// Every address of a sheet, in order; `spoken`: also those that are said aloud.
pub fn addresses(sheet: &Sheet<'_>, spoken: bool) -> Vec<Found> {
    let mut out = written_down(sheet);
    if spoken {
        out.extend(said(sheet));
        out.sort_by_key(|f| f.address.0);
    }
    out
}

fn written_down(sheet: &Sheet<'_>) -> Vec<Found> {
    let mut out: Vec<Found> = Vec::new();
    for (at, end) in sheet.runs.iter().copied().filter(|(a, e)| e - a == 5) {
        if sheet.before(at).is_ascii_alphanumeric()
            || sheet.before(at) == b'-'
            || out.last().is_some_and(|f| at < f.address.1)
        {
            continue;
        }
        let Some(state) = state_before(sheet, at).or_else(|| town_before(sheet, at)) else { continue };
        let long = sheet.byte(end) == b'-'
            && (end + 1..end + 5).all(|i| sheet.byte(i).is_ascii_digit())
            && !sheet.byte(end + 5).is_ascii_digit();
        let zip_end = if long { end + 5 } else { end };
        let floor = out.last().map_or(0, |f| f.address.1);
        out.extend(block(sheet, state, zip_end, floor).or_else(|| inline(sheet, state, zip_end, floor)));
    }
    out
}

/// Where a ZIP code begins that stands behind a street and its town without a state: “900 W Carver St Chicago 60607”.
fn town_before(sheet: &Sheet<'_>, zip: usize) -> Option<usize> {
    let (start, end) = sheet.word_before(zip);
    let town = sheet.slice(start, end);
    if end + 1 != zip
        || town.len() < 4
        || !names::is_capitalised(town)
        || !town.bytes().all(|b| b.is_ascii_alphabetic())
    {
        return None;
    }
    let street = street_start(sheet, sheet.sentence_start(start).max(start.saturating_sub(60)), start)?;
    sheet.slice(street, start).split_whitespace().skip(1).any(is_way).then_some(zip)
}

/// An address that has lines of its own.
fn block(sheet: &Sheet<'_>, state: usize, end: usize, floor: usize) -> Option<Found> {
    let last = sheet.line_at(state);
    let line = *sheet.lines.get(last)?;
    // The last line holds little before the state: a town, or a town after its street.
    let closing = line.end.saturating_sub(end) <= 2;
    if !closing || line.end - line.start > BLOCK_LINE || (line.start < floor) {
        return None;
    }
    let own_street = street_start(sheet, line.start, state).is_some();
    let town = sheet.slice(line.start, state);
    if !own_street && (town.split_whitespace().count() > 5 || town.contains(':')) {
        return None;
    }
    let mut first = last;
    while first > 0 && last - first < BLOCK_LINES {
        let Some(above) = sheet.lines.get(first - 1).copied() else { break };
        let words = sheet.slice(above.start, above.end);
        if above.is_blank() || above.start < floor || !is_block_line(words) {
            break;
        }
        first -= 1;
        // “Cert holder  Acme Builders”: a table's label begins its first line.
        if label_len(words) > 0 {
            break;
        }
    }
    // Where do the name lines end and the address lines begin? A lender's wording ends its name.
    let worded = |i: usize| {
        sheet.low(i, i + BLOCK_LINE).split(|b| *b == b'\n').next().is_some_and(|l| {
            let l = l.trim_ascii_end();
            l.ends_with(b"isaoa") || l.ends_with(b"atima") || l.ends_with(b"assigns")
        })
    };
    let starts_address = |i: usize| {
        sheet.lines.get(i).is_some_and(|l| is_address_line(sheet.slice(l.start, l.end)))
            || i > first && i < last && sheet.lines.get(i - 1).is_some_and(|l| worded(l.start))
    };
    let split = (first..=last).find(|i| starts_address(*i))?;
    if split == last && !own_street && first == last {
        return None;
    }
    // The street may be wrapped within the block's only line: then the sentence reader does better.
    if first == last {
        return None;
    }
    let address_start = sheet.lines.get(split)?.start;
    // “The place is⏎The Old Granary”: a line that leads to the name is none of it.
    let leads = |i: usize| {
        let last = sheet.line(i).rsplit(' ').next().unwrap_or("");
        let small = last.chars().next().is_some_and(char::is_lowercase) && !names::is_joiner(last);
        // “HOLDER MUST READ”, “Issue To”
        let asks = ["read", "to", "as", "follows", "say", "show", "below"].iter().any(|w| names::is(last, w));
        let calls = |word: &str| names::bare(word).starts_with(PAPER) || LEADING.iter().any(|w| names::is(word, w));
        let asks = asks && sheet.line(i).split_whitespace().any(calls);
        (small || asks) && label_len(sheet.line(i)) == 0
    };
    let named = (first..split).find(|i| i + 1 == split || !leads(*i)).unwrap_or(first);
    // “Paul Reed⏎Oak Tower LLC⏎5 Main St”: whoever signs for a firm, the address is the firm's.
    let (who, below) = (sheet.line(named), sheet.line(named + 1));
    let person = who.split_whitespace().count() <= 3 && names::is_person(who, false) && !names::is_firm(who);
    let firm = names::is_firm(below) && !below.contains(',') && !names::is_department(below);
    let named = named + usize::from(named + 1 < split && person && firm);
    // A department below the name, “Risk Management, Mail Stop 4”, is a line of the address. More lines than that are a
    // form's, and none of them is known to be the name.
    let apart = (named + 1..split).find(|i| !goes_on(sheet.line(i - 1), sheet.line(*i))).unwrap_or(split);
    let (split, named) = if split - apart > DEPARTMENTS { (split, split) } else { (apart, named) };
    let address_start = if split > named { sheet.lines.get(split)?.start } else { address_start };
    // “Acme LLC⏎its address is⏎1000 Recreation Drive”: a line that leads to the street is none of the name.
    let ends = sheet.line(split.saturating_sub(1)).rsplit(' ').next().unwrap_or("");
    let behind = split - usize::from(split > named && matches!(ends, "is" | "are" | "at" | "to" | "was"));
    let (mut name_start, name_end) = if behind > named {
        (sheet.lines.get(named)?.start, sheet.lines.get(behind - 1)?.end)
    } else {
        (address_start, address_start)
    };
    // “Certificate Holder: Acme Builders” on the first line: the label is not the name.
    name_start += label_len(sheet.slice(name_start, name_end));
    name_start += lead_len(sheet.slice(name_start, name_end));
    if name_start < name_end && sheet.slice(name_start, name_end).trim().is_empty() {
        name_start = name_end;
    }
    Some(Found {
        name: sheet.trimmed(name_start, name_end),
        address: (address_start, end),
        start: sheet.lines.get(first)?.start,
        block: true,
    })
}

/// Whether a name's line goes on in the next: after a comma or a joining word, or with what lenders add to theirs.
fn goes_on(line: &str, next: &str) -> bool {
    let last = line.rsplit(' ').next().unwrap_or("");
    let first = names::bare(next.split_whitespace().next().unwrap_or(""));
    let low = next.to_ascii_lowercase();
    let open = line.ends_with(',') && !names::is_title(next) && !names::is_department(next);
    open || line.ends_with(['&', '-', '/'])
        || names::is_joiner(last)
        || next.starts_with(['&', '(']) && !low.starts_with("(attn")
        || next.chars().next().is_some_and(char::is_lowercase) && !low.starts_with("c/o")
        || is_lenders(next)
        || matches!(first.as_str(), "its" | "dba" | "d/b/a" | "and" | "as" | "inc" | "llc" | "aka" | "fka" | "trustee")
}

/// Whether the words before a lone dot may be a form's label: no initial, no house number, no “St .”.
fn is_label(words: &str, dot: usize) -> bool {
    let before = words.get(..dot).unwrap_or("");
    let last = before.rsplit(' ').next().unwrap_or("");
    dot <= LABEL && last.len() > 2 && !before.bytes().any(|b| b.is_ascii_digit())
}

/// How many bytes of a line are a label before its value: up to “: ” or the gap of a table's cell.
fn label_len(words: &str) -> usize {
    // Attention and care-of lines belong to the address.
    let low = words.trim_start().to_ascii_lowercase();
    if ["attn", "attention", "c/o", "atencion", "at."].iter().any(|w| low.starts_with(w)) {
        return 0;
    }
    let colon = words.find(": ").map(|i| i + 2);
    let cell = words
        .find("  ")
        .map(|i| i + words.get(i..).unwrap_or("").len() - words.get(i..).unwrap_or("").trim_start().len());
    // “Certificate holder .. Larkspur Park District”, “Certificate holder . Larkspur …”: a form's dots lead to the value.
    let dots = words.find("..").or_else(|| words.find(" . ").filter(|i| is_label(words, *i))).map(|i| {
        let rest = words.get(i..).unwrap_or("");
        i + rest.len() - rest.trim_start_matches(['.', ' ', ':']).len()
    });
    colon.into_iter().chain(cell).chain(dots).min().filter(|n| *n < words.len()).unwrap_or(0)
}

/// Whether words hold what lenders add to their name: “its successors and/or assigns, as their interest may appear”.
pub fn is_lenders(words: &str) -> bool {
    const WORDED: [&[u8]; 6] = [b"isaoa", b"atima", b"successors and", b"assigns", b"interests may", b"interest may"];
    let begins = |(_, letter): &(usize, &u8)| matches!(letter.to_ascii_lowercase(), b'i' | b'a' | b's');
    words.as_bytes().iter().enumerate().filter(begins).any(|(at, _)| {
        let here = |worded: &&[u8]| words.as_bytes().get(at..at + worded.len());
        WORDED.iter().any(|worded| here(worded).is_some_and(|here| here.eq_ignore_ascii_case(worded)))
    })
}

fn is_block_line(words: &str) -> bool {
    // “Ridge Grove Park District, its officers, employees and volunteers”
    let added = || {
        let behind = [", its ", "and its "].iter().find_map(|its| words.get(words.find(its)? + its.len()..));
        behind.or_else(|| words.strip_prefix("its ")).is_some_and(is_addition)
    };
    if words.len() <= WORDED_LINE && !words.ends_with([':', '?']) && (is_lenders(words) || added()) {
        return true;
    }
    let prose = words.ends_with(['?', '!', ':']) || (words.ends_with('.') && !ends_with_abbreviation(words));
    let many = words
        .split_whitespace()
        .filter(|w| w.chars().next().is_some_and(char::is_lowercase) && !names::is_joiner(w))
        .count();
    words.len() <= BLOCK_LINE && !prose && !words.contains('@') && many <= 2
}

fn ends_with_abbreviation(words: &str) -> bool {
    let last = names::bare(words.rsplit(' ').next().unwrap_or(""));
    matches!(
        last.as_str(),
        "inc"
            | "co"
            | "corp"
            | "ltd"
            | "st"
            | "ave"
            | "rd"
            | "dr"
            | "blvd"
            | "ln"
            | "llc"
            | "ste"
            | "apt"
            | "ct"
            | "no"
            | "bldg"
            | "hwy"
            | "pkwy"
            | "assoc"
            | "assn"
            | "a"
            | "na"
    )
}

/// Whether a line of a block begins the address: a house number, a post box, attention, care of, a suite.
fn is_address_line(words: &str) -> bool {
    // “1) Wolf Run Apartments LLC” is no house number.
    let words = words.get(item_len(words)..).unwrap_or("");
    let low = words.to_lowercase();
    let box_or_care = [
        "po box",
        "p.o. box",
        "p. o. box",
        "p.o.box",
        "post office box",
        "rural route ",
        "rr ",
        "attn",
        "attention",
        "c/o",
        "care of",
        "suite ",
        "ste ",
        "unit ",
        "apt ",
        "floor ",
        "dept ",
        "one ",
        "two ",
    ];
    if box_or_care.iter().any(|p| low.starts_with(p)) {
        return !matches!(low.as_str(), "one" | "two");
    }
    let mut tokens = words.split_whitespace();
    let first = tokens.next().unwrap_or("");
    first.chars().next().is_some_and(|c| c.is_ascii_digit()) && first.len() <= 8 && tokens.next().is_some()
        || matches!(first.as_bytes(), [b'N' | b'S' | b'E' | b'W', d, ..] if d.is_ascii_digit())
}

/// An address within a sentence or on one line: “…, 500 Water Street, Peoria, IL 61602”.
fn inline(sheet: &Sheet<'_>, state: usize, end: usize, floor: usize) -> Option<Found> {
    let mut from = state.saturating_sub(INLINE).max(floor);
    while !sheet.text.is_char_boundary(from) {
        from += 1;
    }
    let from = (from..state)
        .rev()
        .find(|i| sheet.folded.get(*i) == Some(&b'\n') && line_break_ends(sheet, *i))
        .map_or(from, |i| i + 1);
    let mut street = street_start(sheet, from, state)?;
    // Attention and care-of lines belong to the address.
    let name_from = street.saturating_sub(INLINE).max(floor);
    let low = sheet.low(name_from, street);
    for lead in [&b"attn"[..], b"attention", b"c/o", b"care of"] {
        if let Some(i) = memmem::rfind(low, lead)
            && low.get(i..).is_some_and(|between| between.len() < 60 && !between.contains(&b'\n'))
        {
            street = name_from + i;
            break;
        }
    }
    let name = Some(name_before(sheet, street, floor)).filter(|(a, b)| a < b);
    let name = name.or_else(|| name_with_addition(sheet, street, floor)).unwrap_or((street, street));
    let start = if name.0 < name.1 { name.0 } else { street };
    Some(Found { name, address: (street, end), start, block: false })
}

/// Whether words are nothing but what lenders and public bodies add to their name.
fn is_addition(words: &str) -> bool {
    const ADDED: &str = " its their successors successor and or and/or assigns assignees as interest interests may appear isaoa \
        atima isaoa/atima officers officials directors employees agents volunteers elected appointed boards board members \
        representatives parents parent subsidiaries affiliates affiliated companies the ";
    words.split_whitespace().all(|w| ADDED.contains(&format!(" {} ", names::bare(w))))
}

/// A name with what lenders and public bodies add to theirs: “Corwith Lending, N.A., its successors and/or assigns, as their
/// interest may appear, ”.
fn name_with_addition(sheet: &Sheet<'_>, at: usize, floor: usize) -> Option<(usize, usize)> {
    const BEGINS: [&[u8]; 9] = [
        b"its successors",
        b"their successors",
        b"isaoa",
        b"atima",
        b"its officers",
        b"its employees",
        b"its parents",
        b"its subsidiaries",
        b"its affiliates",
    ];
    let from = sheet.sentence_start(at).max(at.saturating_sub(INLINE)).max(floor);
    let begin = BEGINS.iter().filter_map(|words| memmem::find(sheet.low(from, at), words)).min()?;
    // Nothing but the addition stands up to the street.
    if !is_addition(sheet.slice(from + begin, at)) {
        return None;
    }
    let (start, end) = name_before(sheet, from + begin, floor);
    let whole = sheet.slice(start, at).trim_end_matches([' ', ',', '\n', '-', '(', ';', '\t']).len();
    (start < end).then_some((start, start + whole))
}

/// A blank line, or a line end after a full stop, ends what an address can reach back to.
fn line_break_ends(sheet: &Sheet<'_>, at: usize) -> bool {
    sheet.byte(at + 1) == b'\n' || matches!(sheet.before(at), b'.' | b'?' | b'!' | b':' | b'\n')
}

/// The name that ends right before `at`, such as “Gatewood Construction, Inc., ”: capitalised words, back to a colon, a
/// small word or the end of a sentence.
pub fn name_before(sheet: &Sheet<'_>, at: usize, floor: usize) -> (usize, usize) {
    let mut end = at;
    while end > floor && matches!(sheet.before(end), b' ' | b',' | b'\n' | b'-' | b'(' | b';' | b'\t') {
        end -= 1;
    }
    // “… Park District and its 7700 Alder Grove Rd”
    for linking in [&b"its"[..], b"it's", b"thats", b"that's", b"and"] {
        let front = end.checked_sub(linking.len()).filter(|i| *i > floor && sheet.before(*i) == b' ');
        if let Some(front) = front.filter(|i| sheet.low(*i, end) == linking) {
            end = front - 1;
        }
    }
    // “… located at 500 Water Street”, “… of 12 Main St”.
    let (a, b) = sheet.word_before(end);
    if b == end && matches!(sheet.low(a, b), b"at" | b"located" | b"of" | b"in")
        || matches!(sheet.before(end), b'!' | b'?')
    {
        return (at, at);
    }
    let mut start = end;
    let mut last_good = end;
    let mut words = 0;
    while start > floor && words < 14 {
        let mut i = start;
        while i > floor && !sheet.before(i).is_ascii_whitespace() {
            i -= 1;
        }
        let word = sheet.slice(i, start);
        let closes = word.ends_with(':') && i + word.len() < at
            || words > 0
                && (matches!(word, "for" | "to")
                    || word.ends_with([':', ';', '?', '!', '>', '=', '–', '—'])
                    || word == "-"
                    || (word.ends_with('.') && !ends_with_abbreviation(word) && word.len() > 3));
        // “They're PlateRunner Inc.”
        let spoken = word.contains(['\'', '’'])
            && matches!(
                names::bare(word).split(['\'', '’']).next(),
                Some("they" | "it" | "that" | "we" | "he" | "she" | "there")
            );
        if word.is_empty() || closes || spoken {
            break;
        }
        if names::is_capitalised(word)
            || (words > 0
                || end - start > 0
                || names::is_numbered(&names::bare(sheet.slice(floor, i).rsplit(' ').nth(1).unwrap_or(""))))
                && word.chars().next().is_some_and(|c| c.is_ascii_digit())
                && word.len() <= 5
        {
            last_good = i;
        } else if !(names::is_joiner(word) || word == "on") {
            break;
        }
        words += 1;
        if word.starts_with(['(', '"', '“']) {
            break;
        }
        start = i;
        let mut gap = start;
        while gap > floor && sheet.before(gap).is_ascii_whitespace() {
            gap -= 1;
        }
        if sheet.slice(gap, start).contains("\n\n")
            || (sheet.slice(gap, start).contains('\n')
                && sheet.folded.get(gap..start).is_some_and(|f| f.contains(&b'\n')))
        {
            break;
        }
        start = gap;
    }
    let (start, end) = sheet.trimmed(last_good, end);
    (start + lead_len(sheet.slice(start, end)), end)
}
