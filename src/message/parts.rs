//! What is new in a body, and what is quoted, signature, disclaimer, forward header or footer. Knows nothing of MIME.
//!
//! Line by line: first where older messages begin ([`history`]), then, within each new section, what stands above and
//! below the text ([`notices`]) and who signed it ([`signature`]). What nothing speaks against is new.

mod header_block;
mod history;
mod lines;
mod notices;
mod signals;
mod signature;

use super::{Message, Part, PartKind, body::Readable};
use crate::domain::text::{HeaderText, Mailbox};
use history::Section;
use lines::Line;

/// Programs that wrap do so at 72 to 80 characters, the odd one at 98.
const UNWRAPPED_AT: usize = 120;

/// What the header says that helps to tell new from old.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around<'a> {
    /// Who wrote.
    pub from: Option<&'a Mailbox>,
    /// To whom.
    pub to: &'a [Mailbox],
    /// About what.
    pub subject: &'a HeaderText,
}

impl<'a> Around<'a> {
    /// From a message whose header has been read.
    pub(super) fn of(m: &'a Message) -> Self {
        Around { from: m.from.as_ref(), to: &m.to, subject: &m.subject }
    }
}

/// Divides `body` into parts: in order, without gaps, without overlaps.
pub(super) fn divide(body: &Readable, around: &Around<'_>) -> Vec<Part> {
    let lines = lines::of(&body.text);
    let mut kinds = vec![PartKind::New; lines.len()];
    let sections = history::mark(&lines, around, &mut kinds);
    for section in &sections {
        below_and_above(body, &lines, &mut kinds, section);
    }
    give_blank_lines_to_their_neighbours(&lines, &mut kinds);
    join(&lines, &kinds)
}

/// Signature, notices, banners of one section.
fn below_and_above(body: &Readable, lines: &[Line<'_>], kinds: &mut [PartKind], section: &Section<'_>) {
    let Section { start, end, from } = *section;
    let before: Vec<PartKind> = kinds.get(start..end).unwrap_or_default().to_vec();
    notices::mark_banners(lines, kinds, start, end);
    // A line this long has not been wrapped, whatever the format says.
    let long =
        |i: usize| kinds.get(i) == Some(&PartKind::New) && lines.get(i).is_some_and(|l| l.text.len() > UNWRAPPED_AT);
    let unwrapped = body.unwrapped || (start..end).any(long);
    let paragraphs = notices::paragraphs(lines, kinds, start, end, unwrapped);
    let mut at_the_end = true;
    for p in paragraphs.iter().rev() {
        let kind = if at_the_end { notices::at_the_end(lines, p) } else { notices::anywhere(lines, p) };
        match kind {
            Some(kind) => set(kinds, p.start, p.end, kind),
            None => at_the_end = false,
        }
    }
    // Rather too much than nothing: a section of notices only is somebody's text.
    if !has_text(lines, kinds, start, end) {
        restore(kinds, start, &before);
        return;
    }
    if mark_signed_by_the_page(body, lines, kinds, start, end) {
        return;
    }
    let Some((begin, last)) = last_signature(lines, kinds, start, end, from) else { return };
    for i in begin..last {
        if kinds.get(i) == Some(&PartKind::New) {
            set(kinds, i, i + 1, PartKind::Signature);
        }
    }
    for p in paragraphs.iter().filter(|p| p.start >= last && p.end <= end) {
        if let (Some(PartKind::New), Some(kind)) = (kinds.get(p.start), notices::below_a_signature(lines, p)) {
            set(kinds, p.start, p.end, kind);
        }
    }
}

/// The signature at the end, or above paragraphs that only below a signature can be told for notices.
fn last_signature(
    lines: &[Line<'_>],
    kinds: &[PartKind],
    start: usize,
    end: usize,
    from: &str,
) -> Option<(usize, usize)> {
    // A post scriptum, a notice without its usual words: up to three paragraphs may stand below.
    let mut end = (start..end).find(|i| lines.get(*i).is_some_and(|l| is_post_scriptum(l.text))).unwrap_or(end);
    for _ in 0..4 {
        if let Some(found) = signature::find(lines, kinds, start, end, from) {
            return Some(found);
        }
        let last = (start..end).rev().find(|i| is_text(lines, kinds, *i))?;
        let first = (start..=last).rev().take_while(|i| lines.get(*i).is_some_and(|l| !l.is_blank())).last()?;
        end = first;
    }
    None
}

/// Signatures that the HTML marks by its program's classes; true where there was one and text is left above it.
fn mark_signed_by_the_page(
    body: &Readable,
    lines: &[Line<'_>],
    kinds: &mut [PartKind],
    start: usize,
    end: usize,
) -> bool {
    let before: Vec<PartKind> = kinds.get(start..end).unwrap_or_default().to_vec();
    let mut any = false;
    for (i, line) in lines.iter().enumerate().take(end).skip(start) {
        let signed = body.signatures.iter().take(20).any(|r| line.start >= r.start && line.start < r.end);
        if signed && kinds.get(i) == Some(&PartKind::New) {
            set(kinds, i, i + 1, PartKind::Signature);
            any = true;
        }
    }
    if any && !has_text(lines, kinds, start, end) {
        restore(kinds, start, &before);
        return false;
    }
    any
}

fn is_post_scriptum(text: &str) -> bool {
    ["P.S", "p.s", "PS:", "PS ", "ps:", "P.D."].iter().any(|p| text.starts_with(p))
}

fn is_text(lines: &[Line<'_>], kinds: &[PartKind], i: usize) -> bool {
    kinds.get(i) == Some(&PartKind::New) && lines.get(i).is_some_and(|l| !l.is_blank())
}

fn has_text(lines: &[Line<'_>], kinds: &[PartKind], start: usize, end: usize) -> bool {
    (start..end).any(|i| is_text(lines, kinds, i))
}

fn set(kinds: &mut [PartKind], start: usize, end: usize, kind: PartKind) {
    if let Some(slots) = kinds.get_mut(start..end) {
        slots.fill(kind);
    }
}

fn restore(kinds: &mut [PartKind], start: usize, before: &[PartKind]) {
    if let Some(slots) = kinds.get_mut(start..start + before.len()) {
        slots.copy_from_slice(before);
    }
}

/// A blank line belongs to what stands above it, so that no part is made of nothing.
fn give_blank_lines_to_their_neighbours(lines: &[Line<'_>], kinds: &mut [PartKind]) {
    let first = lines.iter().position(|l| !l.is_blank()).and_then(|i| kinds.get(i).copied());
    let mut above = first.unwrap_or(PartKind::New);
    for (line, kind) in lines.iter().zip(kinds.iter_mut()) {
        if line.is_blank() {
            *kind = above;
        }
        above = *kind;
    }
}

fn join(lines: &[Line<'_>], kinds: &[PartKind]) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for (line, kind) in lines.iter().zip(kinds) {
        match parts.last_mut() {
            Some(last) if last.kind == *kind => last.end = line.end,
            _ => parts.push(Part { kind: *kind, start: line.start, end: line.end }),
        }
    }
    parts
}

#[cfg(test)]
#[path = "parts/parts_tests.rs"]
mod tests;
