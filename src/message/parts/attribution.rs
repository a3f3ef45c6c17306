//! The line by which a program says who wrote what is quoted below it: “On … wrote:” in its users' languages, wrapped or
//! not. Knows nothing of what follows from it.

use super::header_block;
use super::lines::{Line, next_text};
use super::signals::Signals;
use crate::message::html::Mark;

/// Lines an attribution may be wrapped over.
pub(super) const LINES_MAX: usize = 4;

/// “On … wrote:”, on one line or wrapped over up to four: the first line after it.
pub(super) fn at(lines: &[Line<'_>], i: usize) -> Option<usize> {
    let first = lines.get(i)?;
    if first.mark == Some(Mark::Attribution) {
        return marked_attribution(lines, i);
    }
    if first.mark == Some(Mark::History) && ends(first) && first.words() >= 4 {
        // Whatever the language: what stands first in a container of history and ends in a colon.
        return Some(i + 1);
    }
    if names_writer_and_time(first.text) {
        return Some(i + 1);
    }
    // Nearly every line ends here: the verb is not far, and nothing blank or quoted stands before it.
    let near = || lines.iter().skip(i).take(LINES_MAX).take_while(|l| !l.is_blank() && !l.is_quoted());
    if !near().any(|l| l.signals().has(Signals::WROTE)) {
        return None;
    }
    let opens = opens_attribution(first.text);
    // A line that neither opens one nor holds an address or “wrote” does not begin one.
    if !opens && !first.signals().has(Signals::WROTE) && !first.text.contains('@') {
        return None;
    }
    let reach = if opens { LINES_MAX } else { 2 };
    for j in i..(i + reach).min(lines.len()) {
        let line = lines.get(j)?;
        if line.is_blank() || line.is_quoted() {
            return None;
        }
        if !line.signals().has(Signals::WROTE) {
            continue;
        }
        // German and French end otherwise: “schrieb Ann <a@b>:”, “a écrit :”; the colon may be a line further down.
        let end = if ends(line) {
            j + 1
        } else if opens && lines.get(j + 1).is_some_and(|l| ends(l) && l.words() <= 8) {
            j + 2
        } else if opens && runs_into_the_quote(line.text) {
            return Some(j + 1);
        } else {
            return None;
        };
        let dated = lines.get(i..end)?.iter().any(|l| l.text.contains('@') || has_clock_or_year(l.text));
        let words: usize = lines.get(i..end)?.iter().map(Line::words).sum();
        let quoted_below = next_text(lines, end).and_then(|n| lines.get(n)).is_some_and(Line::is_quoted);
        // “Ann wrote:” and “On the 3rd I wrote:” need their quote below them: people write sentences like that.
        let dashed = first.text.starts_with("--") && first.text.ends_with("--");
        let sure = (opens && dated) || quoted_below || dashed || (dated && first.text.contains('@') && words <= 20);
        return sure.then_some(end);
    }
    None
}

/// `2026-11-16 9:12 GMT+01:00 Ann <ann@b.example>:`, `16 Nov 2026, 09:12 by ann@b.example:`: in some languages Gmail
/// and Tuta write no verb.
fn names_writer_and_time(text: &str) -> bool {
    text.ends_with([':', '：'])
        && text.contains('@')
        && (text.ends_with(">:") || text.ends_with(">：") || text.starts_with(|c: char| c.is_ascii_digit()))
        && has_clock_or_year(text)
        && text.split_ascii_whitespace().count() <= 20
}

/// Yahoo's telephones write the quote on the attribution's own line: `On …, Ann <ann@b.example> wrote:   Which van?`
fn runs_into_the_quote(text: &str) -> bool {
    has_clock_or_year(text)
        && ["> wrote:", "> escribió:", "> a écrit :", "> schrieb", "> ha scritto:", "> escreveu:"]
            .iter()
            .any(|verb| text.find(verb).is_some_and(|at| text.get(..at).is_some_and(|head| head.contains('@'))))
}

/// The lines that the page itself marks for the attribution, unless a forward is announced in them.
fn marked_attribution(lines: &[Line<'_>], i: usize) -> Option<usize> {
    let n = lines.iter().skip(i).take(12).take_while(|l| l.mark == Some(Mark::Attribution)).count();
    let of = lines.get(i..i + n)?;
    let other = Signals::FORWARD.with(Signals::ORIGINAL);
    (n <= LINES_MAX && of.iter().all(|l| !l.signals().has(other) && !header_block::is_field(l.text))).then_some(i + n)
}

/// A colon, a full-width one, or the dashes that Notes and Zoho draw round it.
pub(super) fn ends(line: &Line<'_>) -> bool {
    line.text.ends_with([':', '：']) || (line.text.ends_with("--") && line.signals().has(Signals::WROTE))
}

/// `9:12`, `09h12`, `2026`.
pub(super) fn has_clock_or_year(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digit = |b: &u8| b.is_ascii_digit();
    bytes.windows(4).any(|w| {
        matches!(w, [b'2', b'0', c, d] if digit(c) && digit(d))
            || matches!(w, [a, b':' | b'h', c, d] if digit(a) && digit(c) && digit(d))
    })
}

fn opens_attribution(text: &str) -> bool {
    const OPENINGS: [&str; 17] = [
        "On ", "on ", "El ", "En ", "Le ", "Am ", "Em ", "Il ", "Op ", "A ", "Den ", "No dia ", "Le\u{A0}", "At ",
        "W dniu ", "In data ", "Dnia ",
    ];
    let text = text.trim_start_matches(['-', ' ', '*', '_']);
    OPENINGS.iter().any(|o| text.starts_with(o))
        || (text.len() > 10 && text.bytes().take(2).all(|b| b.is_ascii_digit()))
        || opens_with_a_day(text)
}

/// `lunedì 16 novembre`, `pon., 16 lis 2026`, `Segunda-feira, 16 de`: a word, then the day of the month.
fn opens_with_a_day(text: &str) -> bool {
    let mut words = text.split_ascii_whitespace();
    let (Some(day), Some(number)) = (words.next(), words.next()) else { return false };
    day.len() <= 16
        && day.chars().all(|c| c.is_alphabetic() || "-.,".contains(c))
        && number.trim_end_matches(['.', ',']).len() <= 2
        && number.starts_with(|c: char| c.is_ascii_digit())
}
