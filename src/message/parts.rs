//! What is new in a body, and what is quoted, signature, disclaimer, forward header or footer. Knows nothing of MIME.
//!
//! Line by line: first where older messages begin ([`history`]), then, within each new section, what stands above and
//! below the text ([`notices`]) and who signed it ([`signature`]). What nothing speaks against is new.

mod attribution;
mod header_block;
mod history;
mod lines;
mod notices;
mod phrases;
mod sign_off;
mod signals;
mod signature;
mod unquote;
mod written_date;

use super::{Forward, Message, Part, PartKind, Party, body::Readable, html::Mark};
use crate::domain::text::{HeaderText, Mailbox};
use history::{Hop, Section};
use lines::Line;
use signals::Signals;

/// Programs that wrap do so at 72 to 80 characters, the odd one at 98.
const UNWRAPPED_AT: usize = 120;

/// Lines of a signature that stands alone below a forward.
const SIGNED_MAX: usize = 12;

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

/// A body taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Divided {
    /// The body's text; marks before forwards that their program quotes are taken off.
    pub text: String,
    /// Its parts: in order, without gaps, without overlaps.
    pub parts: Vec<Part>,
    /// The messages forwarded in it, in order.
    pub forwards: Vec<Forward>,
}

/// Forwards quoted within quoted forwards that are unwrapped.
const QUOTED_FORWARDS_MAX: usize = 6;

/// Divides `body` into parts.
pub(super) fn divide(mut body: Readable, around: &Around<'_>) -> Divided {
    let marked = std::mem::take(&mut body.marked);
    let mut text = body.text;
    let mut ends = Vec::new();
    let mut lines = lines::of(&text);
    lines::mark(&mut lines, &marked);
    for _ in 0..QUOTED_FORWARDS_MAX {
        let Some(unquoted) = unquote::forwards(&text, &lines) else { break };
        // The lines are as many as before, and what the page said of them holds.
        let marks: Vec<Option<Mark>> = lines.iter().map(|l| l.mark).collect();
        text = unquoted.text;
        ends.extend(unquoted.ends);
        lines = lines::of(&text);
        lines.iter_mut().zip(marks).for_each(|(l, m)| l.mark = m);
    }
    ends.sort_unstable();
    let mut kinds = vec![PartKind::New; lines.len()];
    let (sections, mut hops) = history::mark(&lines, around, &ends, &mut kinds);
    for section in &sections {
        below_and_above(body.unwrapped, &lines, &mut kinds, section);
    }
    sender_signs_below(&lines, around, &mut hops, &kinds);
    give_blank_lines_to_their_neighbours(&lines, &mut kinds);
    let parts = join(&lines, &kinds);
    let forwards = hops.iter().map(|hop| forward(hop, &lines)).collect();
    Divided { parts, forwards, text }
}

/// What is known of a forwarded message.
fn forward(hop: &Hop<'_>, lines: &[Line<'_>]) -> Forward {
    let at = |line: usize| lines.get(line).map_or_else(|| lines.last().map_or(0, |l| l.end), |l| l.start);
    let block = &hop.block;
    let body = block.end.max(hop.start + 1);
    let list = |pieces: &[&str]| Party::list(&pieces.join(" "));
    Forward {
        depth: hop.depth,
        from: Party::read(&[block.from, block.from_more].join(" ")),
        to: list(&block.to),
        cc: list(&block.cc),
        date: HeaderText::new(block.date),
        sent: written_date::read(block.date, block.english),
        subject: HeaderText::new(&[block.subject, block.subject_more].join(" ")),
        header: at(hop.start)..at(body),
        body: at(body)..at(hop.end.max(body)),
    }
}

/// Thunderbird and mutt put the sender's own `-- ` signature below what he forwards: it is not the original's.
fn sender_signs_below(lines: &[Line<'_>], around: &Around<'_>, hops: &mut [Hop<'_>], kinds: &[PartKind]) {
    let Some(name) = around.from.map(|m| m.name.as_str()).filter(|n| !n.is_empty()) else { return };
    let Some(last) = hops.last().filter(|h| h.end == lines.len()) else { return };
    let body = last.block.end.max(last.start + 1);
    if last.block.from.contains(name) {
        return;
    }
    let signed = |i: &usize| kinds.get(*i) == Some(&PartKind::Signature);
    let delimiter =
        (body..lines.len()).rev().take_while(signed).find(|i| lines.get(*i).is_some_and(|l| l.text == "--"));
    let Some(at) = delimiter else { return };
    if lines.iter().skip(at + 1).take(3).any(|l| l.text.contains(name)) {
        hops.iter_mut().filter(|h| h.end == lines.len()).for_each(|h| h.end = at);
    }
}

/// Signature, notices, banners of one section.
fn below_and_above(unwrapped: bool, lines: &[Line<'_>], kinds: &mut [PartKind], section: &Section<'_>) {
    let Section { start, end, from } = *section;
    if start > 0 && signs_only(lines, start, end) {
        return set(kinds, start, end, PartKind::Signature);
    }
    let before: Vec<PartKind> = kinds.get(start..end).unwrap_or_default().to_vec();
    notices::mark_banners(lines, kinds, start, end);
    // A line this long has not been wrapped, whatever the format says.
    let long =
        |i: usize| kinds.get(i) == Some(&PartKind::New) && lines.get(i).is_some_and(|l| l.text.len() > UNWRAPPED_AT);
    let unwrapped = unwrapped || (start..end).any(long);
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
    if mark_signed_by_the_page(lines, kinds, start, end) {
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

/// Below what was forwarded, a `-- ` and a few lines are the sender's signature; his text stands above.
fn signs_only(lines: &[Line<'_>], start: usize, end: usize) -> bool {
    let mut text = lines.iter().take(end).skip(start).filter(|l| !l.is_blank());
    text.next().is_some_and(|l| l.text == "--") && text.count() <= SIGNED_MAX
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
fn mark_signed_by_the_page(lines: &[Line<'_>], kinds: &mut [PartKind], start: usize, end: usize) -> bool {
    let before: Vec<PartKind> = kinds.get(start..end).unwrap_or_default().to_vec();
    let mut any = false;
    for (i, line) in lines.iter().enumerate().take(end).skip(start) {
        let signed = line.mark == Some(Mark::Signature) && !line.signals().has(Signals::MOBILE);
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
