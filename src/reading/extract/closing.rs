//! The closing block of a letter: who signs, for which firm. Finds it from below, by the writer's name, a farewell or
//! the look of its lines.

mod firm;

use super::layout::{Writer, spoken_name};
use super::names;
use super::sheet::Sheet;
use firm::{firm_after, is_firm_line, looks_like_address};
use memchr::memmem;

/// How many lines from below are looked at; notices of confidentiality are cut off before this.
const LINES: usize = 16;

/// A closing block.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Closing {
    /// Where the person's name stands.
    pub name: Option<(usize, usize)>,
    /// Where the firm's name stands.
    pub firm: Option<(usize, usize)>,
    /// Where the block begins.
    pub start: usize,
    /// The name agrees with the From header.
    pub agrees: bool,
}

pub const FAREWELLS: &[&str] = &[
    "thanks",
    "thank you",
    "regards",
    "best regards",
    "kind regards",
    "best",
    "sincerely",
    "cheers",
    "respectfully",
    "warm regards",
    "thx",
    "many thanks",
    "with gratitude",
    "yours truly",
    "take care",
    "cordially",
    "gracias",
    "saludos",
    "atentamente",
    "all the best",
    "xo",
    "ty",
    "warmly",
    "thanks again",
    "thanks so much",
    "thank you so much",
    "thanks a bunch",
    "thanks in advance",
    "thank you in advance",
    "have a great day",
    "talk soon",
    "appreciate it",
    "much appreciated",
    "appreciated",
    "god bless",
    "blessings",
    "peace",
    "yours",
    "yours sincerely",
    "very truly yours",
    "sincerely yours",
    "with thanks",
    "thanks very much",
    "thank you very much",
    "thanks much",
    "many thanks in advance",
    "cheers and thanks",
    "happy holidays",
    "be well",
    "in christ",
    "love",
    "muchas gracias",
    "mil gracias",
    "de antemano gracias",
    "gracias de antemano",
    "cordialmente",
    "un saludo",
    "un abrazo",
    "saludos cordiales",
    "bendiciones",
    "quedo atento",
    "quedo atenta",
    "atte",
];

/// Whether a line only says farewell.
fn is_farewell(line: &str) -> bool {
    let words = line.trim_matches(|c: char| !c.is_alphanumeric());
    if words.len() > 24 {
        return false;
    }
    let low = words.to_lowercase();
    FAREWELLS.contains(&low.as_str())
}

/// The part of a line that may be a name: up to a comma, bar, dash, double space or the first digit.
fn head(line: &str) -> &str {
    let mut end = line.len();
    let mut before = ' ';
    for (i, c) in line.char_indices() {
        let stops = matches!(c, ',' | '|' | '–' | '—' | '•' | '·' | '(' | '\t' | '<' | ':' | '@') || c.is_ascii_digit();
        let spaced = before == ' ' && i > 0 && matches!(c, '-' | '/' | ' ');
        // A dash before the name is no end: “- Bart Neely”.
        if (stops || spaced) && line.get(..i).is_some_and(|l| l.chars().any(char::is_alphanumeric)) {
            end = i;
            break;
        }
        before = c;
    }
    line.get(..end)
        .unwrap_or("")
        .trim()
        .trim_start_matches(['-', '~', '*', '–', '—', ' ', '\u{a0}'])
        .trim_end_matches(['*', '~', ' '])
}

/// Finds the closing block of a sheet whose writer is known by their From header.
pub fn find(sheet: &Sheet<'_>, writer: &Writer) -> Closing {
    let filled: Vec<usize> =
        (0..sheet.lines.len()).filter(|i| sheet.lines.get(*i).is_some_and(|l| !l.is_blank())).collect();
    let filled = without_gateway_notice(sheet, filled);
    let tail = filled.get(filled.len().saturating_sub(LINES)..).unwrap_or(&[]);
    let mut closing = Closing { start: sheet.text.len(), ..Closing::default() };
    let pick = by_writer(sheet, tail, writer)
        .map(|p| (p, true))
        .or_else(|| by_look(sheet, tail, filled.len(), writer).map(|p| (p, false)));
    if let Some((position, agrees)) = pick {
        if let Some(line) = tail.get(position).and_then(|i| sheet.lines.get(*i)) {
            let words = sheet.slice(line.start, line.end);
            let name = person_of(words);
            if let Some(front) = words.find(name) {
                let title = names::title_len(name);
                let start = line.start + front + title;
                let end = line.start + front + name.len();
                let (start, end) = without_degrees(sheet, start, end);
                closing.name = Some((start, end));
                closing.agrees = agrees;
            }
            closing.start = line.start;
            let from = closing.name.map_or(line.start, |(_, end)| end);
            closing.firm = firm_after(sheet, tail.get(position..).unwrap_or(&[]), from, writer);
            // “Marchetti Trucking” above “Lowell”: some sign with the firm first.
            if closing.firm.is_none()
                && position > 0
                && let Some(above) = tail.get(position - 1).and_then(|i| sheet.lines.get(*i))
            {
                let words = sheet.slice(above.start, above.end);
                if is_firm_line(words) && (names::is_firm(words) || writer.is_firm_called(words)) {
                    closing.firm = Some((above.start, above.end));
                    closing.start = above.start;
                }
            }
        }
    } else if writer.is_machine() {
        // A telephone system's or a portal's last lines are its own.
    } else if let Some(line) = tail.iter().rev().take(3).filter_map(|i| sheet.lines.get(*i)).find(|l| {
        let words = sheet.slice(l.start, l.end);
        words.len() < 60 && names::is_firm(head(words)) && is_firm_line(head(words)) && !words.contains(": ")
    }) {
        // No person signs: a firm alone.
        let h = head(sheet.slice(line.start, line.end));
        closing.firm = Some((line.start, line.start + h.len()));
        closing.start = line.start;
    }
    closing
}

/// Lines without what a gateway puts under a text: “--” and one long sentence.
fn without_gateway_notice(sheet: &Sheet<'_>, mut lines: Vec<usize>) -> Vec<usize> {
    if let [.., mark, last] = lines.as_slice()
        && sheet.line(*mark) == "--"
        && sheet.line(*last).len() > 60
    {
        lines.truncate(lines.len() - 2);
    }
    lines
}

/// The name in a signature line: its head, or what stands before “at”, “from” or “@”.
fn person_of(line: &str) -> &str {
    let h = head(line);
    for stop in [" at ", " from ", " with "] {
        if let Some(name) = names::joint(h, stop).and_then(|at| h.get(..at)) {
            return name;
        }
    }
    h
}

/// “Neha Kulkarni DDS” without the degree.
fn without_degrees(sheet: &Sheet<'_>, start: usize, end: usize) -> (usize, usize) {
    let words = sheet.slice(start, end);
    let last = words.rsplit(' ').next().unwrap_or("");
    let degree = matches!(
        last,
        "DDS"
            | "MD"
            | "DVM"
            | "CPA"
            | "PE"
            | "Esq"
            | "Esq."
            | "CPCU"
            | "CIC"
            | "CISR"
            | "DMD"
            | "DC"
            | "JD"
            | "PhD"
            | "RN"
            | "AIA"
            | "LCSW"
    );
    if degree { sheet.trimmed(start, end - last.len()) } else { sheet.trimmed(start, end) }
}

/// The last line whose name is the writer's: all of it, or its first name.
fn by_writer(sheet: &Sheet<'_>, tail: &[usize], writer: &Writer) -> Option<usize> {
    // A department or a firm in the From header signs nothing: “Premium Audit”, “Crestline Collision”.
    if names::is_title(&writer.name) || writer.is_firm_called(&writer.name) || names::is_department(&writer.name) {
        return None;
    }
    let known = spoken_name(&writer.name).unwrap_or_else(|| writer.name.clone());
    let known: Vec<String> = known.split_whitespace().map(names::bare).filter(|w| w.len() > 1).collect();
    if known.is_empty() {
        return None;
    }
    let finders: Vec<memmem::Finder<'_>> = known.iter().map(|k| memmem::Finder::new(k.as_bytes())).collect();
    let foreign = known.iter().any(|k| !k.is_ascii());
    // “Nell Abbatini” above “Abbatini Land Survey, Inc.”: the line with most of the name.
    let all = tail.iter().enumerate().filter_map(|(position, i)| {
        let line = sheet.line(*i);
        // Most lines hold none of the name's words: looked at before anything is cut out.
        let folded = sheet.lines.get(*i).map_or(&[][..], |l| sheet.low(l.start, l.end));
        let likely = (foreign || finders.iter().any(|f| f.find(folded).is_some())) && person_of(line).len() < 60;
        if !likely {
            return None;
        }
        let name = person_of(line);
        let tokens: Vec<String> = name.split_whitespace().map(names::bare).filter(|w| !w.is_empty()).collect();
        let fits = !tokens.is_empty()
            && tokens.len() <= 5
            && !line.trim_end().ends_with('?')
            && tokens.iter().any(|t| known.contains(t))
            && names::is_person(name, true)
            && (!names::is_firm(name) || name.contains('&') && tokens.iter().all(|t| known.contains(t)))
            && !writer.is_firm_called(name)
            && !line.contains('>')
            && !greets(sheet, tail, position);
        let ours = tokens.iter().filter(|t| known.contains(t)).count();
        let strange = tokens.len() - ours.min(tokens.len());
        fits.then_some((ours as i64 * 2 - strange as i64, position))
    });
    all.max().map(|(_, position)| position)
}

/// Whether a line greets rather than signs: the first line of the text, ending in a comma or dash.
fn greets(sheet: &Sheet<'_>, tail: &[usize], position: usize) -> bool {
    tail.get(position).is_some_and(|i| *i == 0 || sheet.lines.iter().take(*i).all(|l| l.is_blank()))
}

/// Below a farewell, or where a run of short lines begins that ends the text.
fn by_look(sheet: &Sheet<'_>, tail: &[usize], filled: usize, writer: &Writer) -> Option<usize> {
    if tail.is_empty() {
        return None;
    }
    let line = |position: usize| tail.get(position).map_or("", |i| sheet.line(*i));
    let person = |position: usize, short: bool| {
        let name = person_of(line(position));
        names::is_person(name, short)
            && !names::is_firm(name)
            && !names::is_title(name)
            && !names::is_department(name)
            && !writer.is_firm_called(name)
            && !(writer.is_machine() && !name.chars().any(char::is_lowercase))
            && !looks_like_address(line(position))
            && (line(position).len() < 80 || name.len() + 3 < line(position).len() && !line(position).ends_with('.'))
    };
    for position in (0..tail.len()).rev() {
        if is_farewell(line(position)) && position + 1 < tail.len() {
            if person(position + 1, true) {
                return Some(position + 1);
            }
            if position + 2 < tail.len() && person(position + 2, true) {
                return Some(position + 2);
            }
        }
    }
    // A sentence of law or advertising may stand below the block.
    let mut last = tail.len();
    while last > 1 && tail.len() - last < 2 && line(last - 1).len() > 60 && !is_signature_line(line(last - 1)) {
        last -= 1;
    }
    let tail = tail.get(..if is_signature_line(line(last - 1)) { last } else { tail.len() }).unwrap_or(tail);
    let mut first = tail.len();
    while first > 0 && is_signature_line(line(first - 1)) {
        first -= 1;
    }
    let whole_text = first == 0 && filled <= tail.len();
    let from = if whole_text { 1 } else { first };
    (from..tail.len())
        .find(|p| person(*p, false))
        .or_else(|| (from..tail.len()).find(|p| person(*p, true) && tail.len() - p <= 4))
}

/// A short line without the end of a sentence.
fn is_signature_line(line: &str) -> bool {
    // “Joan Hruska, parish secretary”: behind a name's comma a title may be in small letters.
    let front = line.split(',').next().filter(|f| names::is_person(f, false)).unwrap_or(line);
    let lower = front
        .split_whitespace()
        .filter(|w| w.chars().next().is_some_and(char::is_lowercase) && !names::is_joiner(w))
        .count();
    line.len() <= 72
        && !line.ends_with(['?', '!', ':'])
        && !(line.ends_with('.') && lower > 0)
        && (lower <= 1 || line.contains('@'))
}
