//! Where older messages begin in a body, and whether they are quoted or forwarded. Knows no signatures and no notices.

use super::Around;
use super::header_block::{self, HeaderBlock};
use super::lines::Line;
use super::signals::Signals;
use crate::message::PartKind;

/// A quoted line this long may have been wrapped by a careless program, which leaves a word or two without `>`.
const WRAPPED_AT: usize = 60;

/// A stretch of new lines that one person wrote: where it lies and who that was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Section<'a> {
    /// First line.
    pub start: usize,
    /// One past the last line.
    pub end: usize,
    /// Display name, or the From line of a forwarded message.
    pub from: &'a str,
}

/// What a subject says about the text below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Prefix {
    Reply,
    Forward,
    None,
}

/// The message that is being read: the mail itself, or one forwarded in it.
struct Level<'a> {
    start: usize,
    from: &'a str,
    /// Its own recipients, as text.
    to: String,
    prefix: Prefix,
}

/// Marks each line New, Quoted or ForwardHeader in `kinds`, and gives the new sections.
pub(super) fn mark<'a>(lines: &[Line<'a>], around: &Around<'a>, kinds: &mut [PartKind]) -> Vec<Section<'a>> {
    let mut sections = Vec::new();
    let to = around.to.iter().map(|m| m.address.as_str()).collect::<Vec<_>>().join(" ");
    let name = around.from.map_or("", |m| if m.name.is_empty() { m.address.local() } else { m.name.as_str() });
    let mut level = Level { start: 0, from: name, to, prefix: prefix(around.subject.as_str()) };
    let sender = around.from.map_or("", |m| m.address.as_str());
    let mut i = 0;
    while let Some(line) = lines.get(i) {
        if line.is_blank() {
            i += 1;
            continue;
        }
        if line.is_quoted() || is_remnant(lines, i) {
            set(kinds, i, i + 1, PartKind::Quoted);
            i += 1;
            continue;
        }
        if let Some(end) = attribution(lines, i) {
            let quoted_below = next_text(lines, end).is_none_or(|n| lines.get(n).is_some_and(Line::is_quoted));
            if quoted_below {
                set(kinds, i, end, PartKind::Quoted);
                i = end;
                continue;
            }
            set(kinds, i, lines.len(), PartKind::Quoted);
            sections.push(Section { start: level.start, end: i, from: level.from });
            return sections;
        }
        let Some(boundary) = boundary(lines, i) else {
            i += 1;
            continue;
        };
        let empty_above = !has_new(lines, kinds, level.start, i);
        if boundary.says_forward || is_forward(&level, &boundary.block, sender, empty_above) {
            sections.push(Section { start: level.start, end: i, from: level.from });
            set(kinds, i, boundary.end, PartKind::ForwardHeader);
            level = Level {
                start: boundary.end,
                from: boundary.block.from,
                to: boundary.block.to.to_lowercase(),
                prefix: prefix(boundary.block.subject),
            };
            i = boundary.end;
            continue;
        }
        set(kinds, i, lines.len(), PartKind::Quoted);
        sections.push(Section { start: level.start, end: i, from: level.from });
        return sections;
    }
    sections.push(Section { start: level.start, end: lines.len(), from: level.from });
    // A mail that is nothing but quote marks: whatever its program meant by them, somebody sent it for its content.
    let first = sections.first().copied();
    if prefix(around.subject.as_str()) != Prefix::Reply && sections.len() == 1 && !has_new(lines, kinds, 0, lines.len())
    {
        kinds.iter_mut().for_each(|k| *k = PartKind::New);
        return first.into_iter().collect();
    }
    sections
}

fn set(kinds: &mut [PartKind], start: usize, end: usize, kind: PartKind) {
    if let Some(slots) = kinds.get_mut(start..end) {
        slots.fill(kind);
    }
}

fn has_new(lines: &[Line<'_>], kinds: &[PartKind], start: usize, end: usize) -> bool {
    lines
        .iter()
        .zip(kinds)
        .take(end)
        .skip(start)
        .any(|(l, k)| *k == PartKind::New && !l.is_blank() && !l.signals().has(Signals::MOBILE.with(Signals::BANNER)))
}

fn next_text(lines: &[Line<'_>], from: usize) -> Option<usize> {
    lines.iter().enumerate().skip(from).find(|(_, l)| !l.is_blank()).map(|(i, _)| i)
}

/// A word or two between two quoted lines, in lower case, after a long one: the end of a quoted line, wrapped.
fn is_remnant(lines: &[Line<'_>], i: usize) -> bool {
    let (Some(line), Some(before)) = (lines.get(i), i.checked_sub(1).and_then(|b| lines.get(b))) else { return false };
    before.is_quoted()
        && before.text.len() >= WRAPPED_AT
        && line.words() <= 4
        && line.text.starts_with(|c: char| c.is_lowercase() || c.is_ascii_digit())
        && lines.get(i + 1).is_some_and(Line::is_quoted)
}

/// “On … wrote:”, on one line or wrapped over up to four: the first line after it.
fn attribution(lines: &[Line<'_>], i: usize) -> Option<usize> {
    let first = lines.get(i)?;
    let opens = opens_attribution(first.text);
    let reach = if opens { 4 } else { 1 };
    for j in i..(i + reach).min(lines.len()) {
        let line = lines.get(j)?;
        if line.is_blank() || line.is_quoted() {
            return None;
        }
        if !line.signals().has(Signals::WROTE) {
            continue;
        }
        // German and French end otherwise: “schrieb Ann <a@b>:”, “a écrit :”; the colon may be a line further down.
        let ends = |l: &Line<'_>| l.text.ends_with(':') || l.text.ends_with(": ");
        let end = if ends(line) {
            j + 1
        } else if opens && lines.get(j + 1).is_some_and(|l| ends(l) && l.words() <= 8) {
            j + 2
        } else {
            return None;
        };
        let dated =
            lines.get(i..end)?.iter().any(|l| l.text.bytes().any(|b| b.is_ascii_digit()) || l.text.contains('@'));
        let quoted_below = next_text(lines, end).and_then(|n| lines.get(n)).is_some_and(Line::is_quoted);
        // “Ann wrote:” without a date needs its quote below it; people write sentences like that.
        let sure = (opens && dated) || quoted_below || (dated && first.text.contains('@') && first.words() <= 14);
        return sure.then_some(end);
    }
    None
}

fn opens_attribution(text: &str) -> bool {
    let text = text.trim_start_matches(['-', ' ']);
    ["On ", "on ", "El ", "Le ", "Am ", "Em ", "Il ", "No dia ", "Le\u{A0}", "At "].iter().any(|o| text.starts_with(o))
        || text.bytes().take(4).all(|b| b.is_ascii_digit()) && text.len() > 10
}

/// A place where an older message begins.
struct Boundary<'a> {
    end: usize,
    says_forward: bool,
    block: HeaderBlock<'a>,
}

fn boundary<'a>(lines: &[Line<'a>], i: usize) -> Option<Boundary<'a>> {
    let line = lines.get(i)?;
    let bare = line.text.trim_matches(['-', '_', '*', '=', ' ', ':', '.']);
    if line.signals().has(Signals::FORWARD) && is_separator(line.text, bare) {
        let below = next_text(lines, i + 1).unwrap_or(i + 1);
        let block = header_block::at(lines, below).or_else(|| loose_block(lines, below));
        let block = block.unwrap_or(HeaderBlock { end: i + 1, ..HeaderBlock::default() });
        return Some(Boundary { end: block.end, says_forward: true, block });
    }
    let divides = bare.is_empty() && line.text.len() >= 5;
    if (line.signals().has(Signals::ORIGINAL) && is_separator(line.text, bare)) || divides {
        let block = next_text(lines, i + 1).and_then(|below| header_block::at(lines, below));
        if let Some(block) = block {
            return Some(Boundary { end: block.end, says_forward: false, block });
        }
        // “-----Original Message-----” begins history with or without a block; a row of dashes does not.
        return (!divides && line.text.starts_with('-')).then_some(Boundary {
            end: i + 1,
            says_forward: false,
            block: HeaderBlock::default(),
        });
    }
    let block = header_block::at(lines, i)?;
    Some(Boundary { end: block.end, says_forward: false, block })
}

/// The mark and nothing else on the line: “I never got the forwarded message you mentioned” is a sentence.
fn is_separator(text: &str, bare: &str) -> bool {
    let words = bare.split_ascii_whitespace().count();
    let dashed = text.starts_with("--") || text.starts_with("==") || text.starts_with("__");
    (dashed && words <= 8) || (text.ends_with(':') && words <= 5)
}

/// After “Forwarded message” even two fields are a header.
fn loose_block<'a>(lines: &[Line<'a>], at: usize) -> Option<HeaderBlock<'a>> {
    let mut block = HeaderBlock::default();
    for (i, line) in lines.iter().enumerate().skip(at).take(8) {
        let Some((name, value)) = line.text.split_once(':') else { break };
        let name = name.trim_matches(['*', ' ']);
        match name {
            "From" | "De" | "Von" => block.from = value.trim_matches(['*', ' ']),
            "Subject" | "Asunto" | "Betreff" | "Objet" => block.subject = value.trim_matches(['*', ' ']),
            "To" | "Para" | "An" | "Date" | "Sent" | "Cc" | "Fecha" | "Datum" => {}
            _ => break,
        }
        block.end = i + 1;
    }
    (block.end > at).then_some(block)
}

/// Whether the message below a block without a word of its own was forwarded to us or is the history of a reply.
fn is_forward(level: &Level<'_>, block: &HeaderBlock<'_>, sender: &str, empty_above: bool) -> bool {
    match level.prefix {
        Prefix::Forward => true,
        Prefix::Reply => false,
        Prefix::None => {
            if empty_above {
                return true;
            }
            let from = block.from.to_lowercase();
            // They quote what we had written to them, or what they themselves had written to us.
            let ours = level.to.split([' ', ',', ';', '<', '>']).any(|a| a.contains('@') && shares_domain(&from, a));
            let theirs = !sender.is_empty() && from.contains(sender);
            !(ours || theirs)
        }
    }
}

fn shares_domain(from: &str, address: &str) -> bool {
    address.rsplit_once('@').is_some_and(|(_, domain)| {
        from.split([' ', '<', '>', '"', ';', ',']).any(|w| w.rsplit_once('@').is_some_and(|(_, d)| d == domain))
    })
}

/// What a subject begins with: `RE:`, `AW:`, `SV:`, `Re[2]:` answer; `FW:`, `Fwd:`, `WG:`, `TR:`, `RV:`, `ENC:` forward.
fn prefix(subject: &str) -> Prefix {
    // “[EXTERNAL] FW: …” and “[JIRA] Re: …”: tags of gateways come first.
    let mut rest = subject.trim_start();
    while let Some(tag) = rest.strip_prefix('[') {
        let Some((_, after)) = tag.split_once(']') else { break };
        rest = after.trim_start_matches([' ', ':']);
    }
    let Some((head, _)) = rest.split_once(':') else { return Prefix::None };
    let head = head.trim_end().split(['[', '(']).next().unwrap_or_default().trim();
    if head.len() > 5 {
        return Prefix::None;
    }
    let is = |list: &[&str]| list.iter().any(|p| head.eq_ignore_ascii_case(p));
    if is(&["re", "aw", "sv", "res", "rif", "antw"]) {
        Prefix::Reply
    } else if is(&["fw", "fwd", "wg", "tr", "rv", "enc", "vs", "doorst"]) {
        Prefix::Forward
    } else {
        Prefix::None
    }
}
