//! Forwards that a program quotes, so that a request would look like history: Apple's Mail puts `>` before all of it,
//! iOS before header and text, Proton before the text. Takes one mark off. Knows no header fields but by asking.

use super::header_block;
use super::history;
use super::lines::Line;
use super::signals::Signals;

/// Lines a header may take between the mark and the quoted text.
const HEADER_MAX: usize = 30;

/// The text without the marks of forwards.
pub(super) struct Unquoted {
    /// As many lines as before.
    pub text: String,
    /// The lines with which a quoted forward has ended.
    pub ends: Vec<usize>,
}

/// Where the walk is.
#[derive(Debug, Clone, Copy)]
enum State {
    /// In no quoted forward.
    Outside,
    /// Below a mark that is not quoted itself: header lines may come, then the quote.
    Announced { lines: usize },
    /// In the quote: so many marks come off.
    Inside,
}

/// `text` with one `>` less before each line of a quoted forward; `None` where there is none.
pub(super) fn forwards(text: &str, lines: &[Line<'_>]) -> Option<Unquoted> {
    let marks = |l: &Line<'_>| announces(l, l.text.strip_prefix('>').map_or(l.text, str::trim_ascii_start));
    if !lines.iter().any(Line::is_quoted) || !lines.iter().any(marks) {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut ends = Vec::new();
    let mut state = State::Outside;
    let mut above: Option<&Line<'_>> = None;
    let mut changed = false;
    for (i, line) in lines.iter().enumerate() {
        let bare = line.text.strip_prefix('>').map(str::trim_ascii_start);
        state = match (state, bare) {
            (_, _) if line.is_blank() => state,
            (State::Outside, None) if announces(line, line.text) => State::Announced { lines: 0 },
            // A mark within the quoted history of a reply is history too.
            (State::Outside, Some(content)) if announces(line, content) => {
                let first = above.is_none_or(|l| !l.is_quoted() && !l.signals().has(Signals::WROTE));
                if first { State::Inside } else { State::Outside }
            }
            (State::Announced { .. }, Some(_)) => State::Inside,
            (State::Announced { lines: n }, None) if n < HEADER_MAX && (n == 0 || is_header(lines, i)) => {
                // The line below the mark may be anything; then there have to be fields.
                if header_block::is_field(line.text) || n > 0 {
                    State::Announced { lines: n + 1 }
                } else {
                    State::Outside
                }
            }
            (State::Announced { .. }, None) => State::Outside,
            (State::Inside, None) => {
                ends.push(i);
                if announces(line, line.text) { State::Announced { lines: 0 } } else { State::Outside }
            }
            (state, _) => state,
        };
        let whole = text.get(line.start..line.end).unwrap_or_default();
        match (state, whole.trim_ascii_start().strip_prefix('>')) {
            (State::Inside, Some(rest)) => {
                out.push_str(rest.strip_prefix(' ').unwrap_or(rest));
                changed = true;
            }
            _ => out.push_str(whole),
        }
        if !line.text.bytes().all(|b| b == b'>' || b == b' ') {
            above = Some(line);
        }
    }
    changed.then_some(Unquoted { text: out, ends })
}

fn announces(line: &Line<'_>, content: &str) -> bool {
    // Quoted lines are many: what costs a search comes last.
    history::is_separator(content) && line.signals().has(Signals::FORWARD)
}

/// A field, or a line between two fields.
fn is_header(lines: &[Line<'_>], i: usize) -> bool {
    [i, i + 1].iter().any(|n| lines.get(*n).is_some_and(|l| header_block::is_field(l.text)))
}
