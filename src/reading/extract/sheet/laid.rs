//! How a text becomes a sheet: its lines, its folded copy, the runs of its digits. Knows no field.

use super::Line;
use crate::domain::text::pieces;

/// A line that is at least this long goes on in the next one (mail wrapped at 72 to 80 columns); a shorter one ends
/// where it ends.
const WRAPPED: usize = 52;

/// The lines of a text.
pub(super) fn lines_of(text: &str) -> Vec<Line> {
    let mut lines = Vec::with_capacity(text.len() / 40 + 1);
    let mut at = 0;
    for raw in pieces(text, b'\n') {
        let front = raw.len() - raw.trim_start().len();
        let kept = raw.trim().len();
        let start = if kept == 0 { at } else { at + front };
        lines.push(Line { start, end: start + kept });
        at += raw.len() + 1;
    }
    lines
}

/// The text in lower case, wrapped lines joined, byte for byte as long.
pub(super) fn fold(text: &str, lines: &[Line]) -> Vec<u8> {
    let mut out = text.as_bytes().to_ascii_lowercase();
    // Line ends: soft (a space) after a long line that another line of prose follows, hard elsewhere.
    for pair in lines.windows(2) {
        let [this, next] = pair else { continue };
        let wrapped = this.end - this.start >= WRAPPED && !next.is_blank() && !starts_an_item(text, *next);
        if wrapped {
            for slot in out.get_mut(this.end..next.start).unwrap_or(&mut []) {
                *slot = b' ';
            }
        }
    }
    if !text.is_ascii() {
        plain_dashes(&mut out);
    }
    for slot in &mut out {
        if matches!(*slot, b'\t' | b'\r') {
            *slot = b' ';
        }
    }
    out
}

/// Whether a line begins a list's item or a labelled value.
fn starts_an_item(text: &str, line: Line) -> bool {
    let words = text.get(line.start..line.end).unwrap_or("").as_bytes();
    match words {
        [b'-' | b'*', b' ', ..] => true,
        [d, b'.' | b')', ..] if d.is_ascii_digit() => true,
        _ => words.iter().take(28).position(|b| *b == b':').is_some_and(|i| {
            words.get(i + 1).is_none_or(|b| *b == b' ') && i > 2 && words.first().is_some_and(u8::is_ascii_uppercase)
        }),
    }
}

/// No-break spaces and long dashes as spaces and `-`, byte for byte as long.
fn plain_dashes(out: &mut [u8]) {
    let mut i = 0;
    while i < out.len() {
        match out.get(i..) {
            Some([0xC2, 0xA0, ..]) => {
                put(out, i, b"  ");
                i += 2;
            }
            Some([0xE2, 0x80, 0x90..=0x95, ..]) => {
                put(out, i, b" - ");
                i += 3;
            }
            _ => i += 1,
        }
    }
}

fn put(out: &mut [u8], at: usize, what: &[u8]) {
    if let Some(slots) = out.get_mut(at..at + what.len()) {
        slots.copy_from_slice(what);
    }
}

/// Runs of digits.
pub(super) fn digit_runs(folded: &[u8]) -> Vec<(usize, usize)> {
    let mut out = Vec::with_capacity(32);
    let mut from = None;
    for (i, b) in folded.iter().enumerate() {
        match (b.is_ascii_digit(), from) {
            (true, None) => from = Some(i),
            (false, Some(start)) => {
                out.push((start, i));
                from = None;
            }
            _ => {}
        }
    }
    out.extend(from.map(|start| (start, folded.len())));
    out
}
