//! text/plain, cleaned: line ends, control characters, `format=flowed`. Knows nothing of quoting styles but `>`.

use crate::domain::text::pieces;

/// Lines end in `\n`, a tab is two blanks, no control or invisible characters, no blanks at a line's end, no blank
/// lines at either end.
pub(super) fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 1);
    for line in lines(text) {
        clean_line(line, &mut out);
        out.push('\n');
    }
    trim(out)
}

/// The same for `format=flowed` (RFC 3676): a line that ends in a blank goes on in the next one.
pub(super) fn clean_flowed(text: &str, delete_space: bool) -> String {
    let mut out = String::with_capacity(text.len() + 1);
    let mut flowing: Option<usize> = None;
    for line in lines(text) {
        let depth = line.bytes().take_while(|b| *b == b'>').count();
        let content = line.get(depth..).unwrap_or_default();
        // Space-stuffing (4.4): one blank after the quote marks, or before a line that begins like one, is not text.
        let content = content.strip_prefix(' ').unwrap_or(content);
        let signature = content == "-- ";
        if flowing != Some(depth) || signature {
            if flowing.is_some() {
                out.push('\n');
            }
            if depth > 0 {
                (0..depth).for_each(|_| out.push('>'));
                out.push(' ');
            }
        }
        let flows = content.ends_with(' ') && !signature;
        let kept = if flows && delete_space { content.strip_suffix(' ').unwrap_or(content) } else { content };
        let before = out.len();
        clean_line(kept, &mut out);
        if flows {
            if !delete_space && out.len() > before {
                out.push(' ');
            }
            flowing = Some(depth);
        } else {
            out.push('\n');
            flowing = None;
        }
    }
    if flowing.is_some() {
        out.push('\n');
    }
    // A paragraph that was broken off leaves a blank at the end of its line.
    if out.contains(" \n") { clean(&out) } else { trim(out) }
}

/// Apple's Mail quotes what it forwards, so that a request would look like history: below “Begin forwarded message:” one
/// `>` is taken off. `None` where there is nothing to do.
pub(super) fn unquoted_forwards(text: &str) -> Option<String> {
    const MARKS: [&str; 4] =
        ["Begin forwarded message", "Inicio del mensaje reenviado", "Début du message", "Anfang der weitergeleiteten"];
    if !MARKS.iter().any(|m| text.contains(m)) {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut forwarding = false;
    for line in text.split_inclusive('\n') {
        let bare = line.strip_prefix('>').map(|l| l.strip_prefix(' ').unwrap_or(l));
        let content = bare.unwrap_or(line);
        if MARKS.iter().any(|m| content.trim_start().starts_with(m)) {
            forwarding = true;
        } else if bare.is_none() && !line.trim().is_empty() {
            forwarding = false;
        }
        out.push_str(if forwarding { content } else { line });
    }
    Some(out)
}

/// Lines, whatever ends them: CRLF, LF, a lone CR.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let text = text.strip_suffix('\n').unwrap_or(text);
    pieces(text, b'\n').flat_map(|l| pieces(l.strip_suffix('\r').unwrap_or(l), b'\r'))
}

fn clean_line(line: &str, out: &mut String) {
    let trimmed = line.trim_ascii_end();
    // Nearly all lines are plain ASCII; looking at each byte whatever the others are is done sixteen at a time.
    if trimmed.bytes().fold(true, |plain, b| plain & (0x20..0x7F).contains(&b)) {
        out.push_str(trimmed);
        return;
    }
    let start = out.len();
    for c in trimmed.chars() {
        push_clean(c, out);
    }
    let kept = out.get(start..).map_or(0, |s| s.trim_end_matches(' ').len());
    out.truncate(start + kept);
}

/// Pushes what `c` is as visible text.
pub(super) fn push_clean(c: char, out: &mut String) {
    match c {
        '\t' => out.push_str("  "),
        '\u{2028}' | '\u{2029}' | '\u{85}' | '\u{B}' | '\u{C}' => out.push('\n'),
        '\u{A0}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}' => out.push(' '),
        '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' => {}
        // Outlook's own list bullets, from the Symbol font.
        '\u{F0B7}' | '\u{F0A7}' => out.push('•'),
        c if c.is_control() => {}
        c => out.push(c),
    }
}

fn trim(mut out: String) -> String {
    let end = out.trim_ascii_end().len();
    out.truncate(end);
    let start = out.bytes().take_while(|b| *b == b'\n').count();
    if start > 0 {
        out.drain(..start);
    }
    if !out.is_empty() {
        out.push('\n');
    }
    out
}
