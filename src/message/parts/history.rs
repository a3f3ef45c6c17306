//! Where older messages begin in a body, and whether they are quoted or forwarded. Knows no signatures and no notices.

use super::header_block::{self, HeaderBlock};
use super::lines::{Line, next_text};
use super::signals::Signals;
use super::{Around, attribution};
use crate::message::PartKind;
use crate::message::html::Mark;

/// A quoted line this long may have been wrapped by a careless program, which leaves a word or two without `>`.
const WRAPPED_AT: usize = 60;

/// Forwarded messages that are told apart.
const HOPS_MAX: usize = 100;
/// Forwards within forwards that are told apart.
const DEPTH_MAX: usize = 20;
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

/// A forwarded message: its header, and the lines it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hop<'a> {
    /// Who, when, about what.
    pub block: HeaderBlock<'a>,
    /// 1 for what the sender forwarded.
    pub depth: usize,
    /// The line of its mark, or the first of its header.
    pub start: usize,
    /// One past the last line of its text.
    pub end: usize,
}

/// The message that is being read: the mail itself, or one forwarded in it.
struct Level<'a> {
    start: usize,
    from: &'a str,
    /// Its own recipients, as text.
    to: String,
    prefix: Prefix,
    /// Which hop it is; none for the mail itself.
    hop: Option<usize>,
    /// It was announced as a forward: the same mark may close it.
    announced: bool,
}

/// The walk through the lines.
struct Walk<'a, 'l> {
    lines: &'l [Line<'a>],
    levels: Vec<Level<'a>>,
    sections: Vec<Section<'a>>,
    hops: Vec<Hop<'a>>,
}

impl<'a> Walk<'a, '_> {
    /// What the current level has said so far is a section.
    fn section(&mut self, end: usize) {
        if let Some(level) = self.levels.last() {
            self.sections.push(Section { start: level.start, end, from: level.from });
        }
    }
    /// A forwarded message begins.
    fn enter(&mut self, at: usize, boundary: Boundary<'a>) {
        self.section(at);
        let block = boundary.block;
        self.levels.push(Level {
            start: boundary.end,
            from: block.from,
            to: block.to.join(" ").to_lowercase(),
            prefix: prefix(block.subject),
            hop: Some(self.hops.len()),
            announced: boundary.says_forward,
        });
        let depth = self.levels.len() - 1;
        self.hops.push(Hop { block, depth, start: at, end: self.lines.len() });
    }
    /// The innermost forwarded message ends before line `at`; what follows, from `next` on, is its forwarder's.
    fn leave(&mut self, at: usize, next: usize) {
        if self.levels.len() < 2 {
            return;
        }
        self.section(at);
        if let Some(hop) = self.levels.pop().and_then(|l| l.hop).and_then(|n| self.hops.get_mut(n)) {
            hop.end = at;
        }
        if let Some(level) = self.levels.last_mut() {
            level.start = next;
        }
    }
    /// The header of the innermost forwarded message goes on up to line `end`.
    fn lengthen_header(&mut self, end: usize) {
        let Some(level) = self.levels.last_mut() else { return };
        level.start = end;
        if let Some(hop) = level.hop.and_then(|n| self.hops.get_mut(n)) {
            hop.block.end = end;
        }
    }
    fn forwarding(&self) -> bool {
        self.levels.len() > 1
    }
}

/// Marks each line New, Quoted or ForwardHeader in `kinds`, and gives the new sections and the forwarded messages.
/// `ends` are lines with which a forward is known to have ended.
pub(super) fn mark<'a>(
    lines: &[Line<'a>],
    around: &Around<'a>,
    ends: &[usize],
    kinds: &mut [PartKind],
) -> (Vec<Section<'a>>, Vec<Hop<'a>>) {
    let to = around.to.iter().map(|m| m.address.as_str()).collect::<Vec<_>>().join(" ");
    let name = around.from.map_or("", |m| if m.name.is_empty() { m.address.local() } else { m.name.as_str() });
    let sender = around.from.map_or("", |m| m.address.as_str());
    let prefix = prefix(around.subject.as_str());
    let own = Level { start: 0, from: name, to, prefix, hop: None, announced: false };
    let mut walk = Walk { lines, levels: vec![own], sections: Vec::new(), hops: Vec::new() };
    let mut ends = ends.iter().copied().peekable();
    let mut i = 0;
    while let Some(line) = lines.get(i) {
        while ends.next_if(|e| *e <= i).is_some() {
            walk.leave(i, i);
        }
        if line.is_blank() {
            i += 1;
            continue;
        }
        // Where the history goes on to: the end, or the end of the quoted forward it stands in.
        let stop = ends.peek().copied().filter(|_| walk.forwarding()).unwrap_or(lines.len());
        let unmarked = line.is_quoted()
            && is_groupwise(line.text)
            && next_text(lines, i + 1).and_then(|n| lines.get(n)).is_some_and(|l| !l.is_quoted());
        if !unmarked && (line.is_quoted() || is_remnant(lines, i)) {
            set(kinds, i, i + 1, PartKind::Quoted);
            i += 1;
            continue;
        }
        if unmarked {
            walk.section(i);
            set(kinds, i, stop, PartKind::Quoted);
            i = silence(&mut walk, stop);
            continue;
        }
        if let Some(end) = attribution::at(lines, i) {
            let quoted_below = next_text(lines, end).is_none_or(|n| lines.get(n).is_some_and(Line::is_quoted));
            if quoted_below {
                set(kinds, i, end, PartKind::Quoted);
                i = end;
                continue;
            }
            walk.section(i);
            set(kinds, i, stop, PartKind::Quoted);
            i = silence(&mut walk, stop);
            continue;
        }
        if walk.forwarding() && closes_a_forward(lines, i) {
            // KMail draws a line below what it forwards.
            set(kinds, i, i + 1, PartKind::ForwardHeader);
            walk.leave(i, i + 1);
            i += 1;
            continue;
        }
        let Some(mut boundary) = boundary(lines, i) else {
            i += 1;
            continue;
        };
        wrapped_subject(lines, &mut boundary, around.subject.as_str());
        let Some(level) = walk.levels.last() else { break };
        if boundary.says_forward && boundary.block.end == 0 && level.announced {
            // “End forwarded message”, or the mark that announced it once more: Zoho's, directly below the header,
            // belongs to it.
            set(kinds, i, i + 1, PartKind::ForwardHeader);
            if has_new(lines, kinds, level.start, i) {
                walk.leave(i, i + 1)
            } else {
                walk.lengthen_header(i + 1)
            }
            i += 1;
            continue;
        }
        let empty_above = !has_new(lines, kinds, level.start, i);
        let end = boundary.end;
        if boundary.says_forward || is_forward(level, &boundary.block, sender, empty_above) {
            set(kinds, i, end, PartKind::ForwardHeader);
            // More are a page's mischief: their text belongs to the last one that is told apart.
            if walk.levels.len() <= DEPTH_MAX && walk.hops.len() < HOPS_MAX {
                walk.enter(i, boundary);
            }
            i = end;
            continue;
        }
        walk.section(i);
        set(kinds, i, stop, PartKind::Quoted);
        i = silence(&mut walk, stop);
    }
    walk.section(lines.len());
    let Walk { sections, hops, .. } = walk;
    for hop in &hops {
        reveal(lines, kinds, hop);
    }
    let mut hops = hops;
    if prefix == Prefix::Forward && hops.is_empty() {
        hops.extend(quoted_forward(lines, kinds, bare_subject(around.subject.as_str())));
    }
    // A mail that is nothing but quote marks: whatever its program meant by them, somebody sent it for its content.
    if prefix != Prefix::Reply && sections.len() == 1 && !has_new(lines, kinds, 0, lines.len()) {
        kinds.iter_mut().for_each(|k| *k = PartKind::New);
        return (vec![Section { start: 0, end: lines.len(), from: name }], hops);
    }
    (sections, hops)
}

/// A forward by its subject that has no header, only a quote with its attribution: some programs write no other mark.
/// The first quote to the end is what was forwarded.
fn quoted_forward<'a>(lines: &[Line<'a>], kinds: &mut [PartKind], subject: &'a str) -> Option<Hop<'a>> {
    let start = kinds.iter().position(|k| *k == PartKind::Quoted)?;
    if has_new(lines, kinds, start, lines.len()) {
        return None;
    }
    let mut block = HeaderBlock { end: start, subject, english: true, ..HeaderBlock::default() };
    let content = |l: &Line<'a>| l.text.trim_start_matches(['>', ' ']);
    let said = lines
        .iter()
        .enumerate()
        .skip(start)
        .take(attribution::LINES_MAX)
        .find(|(_, l)| l.signals().has(Signals::WROTE));
    if let Some((at, line)) = said.filter(|(_, l)| attribution::ends(l)) {
        let text = content(line);
        let name = text.find('<').map_or(text, |n| text.get(..n).unwrap_or_default());
        // The name is what stands behind the time: “On …, at 9:12 AM, Ann Lee <ann@b.example> wrote:”.
        let begins = name.trim_end().char_indices().rev().find(|(_, c)| *c == ',' || c.is_ascii_digit());
        block.from = text.get(begins.map_or(0, |(n, _)| n + 1)..).unwrap_or(text);
        block.date = text.get(..begins.map_or(0, |(n, _)| n + 1)).unwrap_or_default();
        block.end = at + 1;
    }
    set(kinds, start, block.end, PartKind::ForwardHeader);
    set(kinds, block.end, lines.len(), PartKind::New);
    Some(Hop { block, depth: 1, start, end: lines.len() })
}

/// A long drawn line with nothing below it.
fn closes_a_forward(lines: &[Line<'_>], i: usize) -> bool {
    let drawn = |t: &str| t.len() >= 20 && t.bytes().all(|b| b == b'-' || b == b'=');
    lines.get(i).is_some_and(|l| drawn(l.text)) && next_text(lines, i + 1).is_none()
}

/// GroupWise's `>>> Ann <ann@b.example> 11/16/2026 9:12 AM >>>`, below which nothing is marked.
fn is_groupwise(text: &str) -> bool {
    text.starts_with(">>> ") && text.ends_with(">>>") && attribution::has_clock_or_year(text)
}

/// A long subject goes on in the next line where the mail's own subject says so.
fn wrapped_subject<'a>(lines: &[Line<'a>], boundary: &mut Boundary<'a>, subject: &str) {
    let block = &mut boundary.block;
    let Some(next) = lines.get(block.end).filter(|l| !l.is_blank() && block.subject.len() >= 40) else { return };
    if subject.contains(&[block.subject, next.text].join(" ")) {
        block.subject_more = next.text;
        block.end += 1;
        boundary.end += 1;
    }
}

/// History up to `stop`: the current level says nothing until there.
fn silence(walk: &mut Walk<'_, '_>, stop: usize) -> usize {
    if let Some(level) = walk.levels.last_mut() {
        level.start = stop;
    }
    stop
}

/// A forwarded message whose text is quoted from the first line to the last: its program quotes what it forwards.
fn reveal(lines: &[Line<'_>], kinds: &mut [PartKind], hop: &Hop<'_>) {
    let body = hop.block.end.max(hop.start + 1);
    let mut text = lines.iter().enumerate().take(hop.end).skip(body).filter(|(_, l)| !l.is_blank());
    if text.clone().next().is_some() && text.all(|(_, l)| l.is_quoted()) {
        set(kinds, body, hop.end, PartKind::New);
    }
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

/// A word or two between two quoted lines, in lower case, after a long one: the end of a quoted line, wrapped.
fn is_remnant(lines: &[Line<'_>], i: usize) -> bool {
    let (Some(line), Some(before)) = (lines.get(i), i.checked_sub(1).and_then(|b| lines.get(b))) else { return false };
    before.is_quoted()
        && before.text.len() >= WRAPPED_AT
        && line.words() <= 4
        && line.text.starts_with(|c: char| c.is_lowercase() || c.is_ascii_digit())
        && lines.get(i + 1).is_some_and(Line::is_quoted)
}

/// A place where an older message begins.
struct Boundary<'a> {
    end: usize,
    says_forward: bool,
    block: HeaderBlock<'a>,
}

fn boundary<'a>(lines: &[Line<'a>], i: usize) -> Option<Boundary<'a>> {
    let line = lines.get(i)?;
    if line.signals().has(Signals::FORWARD) {
        let below = next_text(lines, i + 1).unwrap_or(i + 1);
        let block = header_block::announced(lines, below);
        if is_separator(line.text) || (block.is_some() && line.words() <= 5) {
            let end = block.as_ref().map_or(i + 1, |b| b.end);
            return Some(Boundary { end, says_forward: true, block: block.unwrap_or_default() });
        }
    }
    let divides = line.text.len() >= 5 && line.text.bytes().all(|b| b"-_*= :.".contains(&b));
    let original = line.signals().has(Signals::ORIGINAL) && (is_separator(line.text) || line.words() <= 3);
    if original || divides {
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
    let block = header_block::at(lines, i).or_else(|| foreign_block(lines, i))?;
    Some(Boundary { end: block.end, says_forward: false, block })
}

/// The mark and nothing else on the line: “I never got the forwarded message you mentioned” is a sentence.
pub(super) fn is_separator(text: &str) -> bool {
    let drawn = ["--", "==", "__", "**", "##"].iter().any(|d| text.starts_with(d));
    if !drawn && !text.ends_with(':') {
        return false;
    }
    let bare = text.trim_matches(['-', '_', '*', '=', ' ', ':', '.', '#']);
    let words = bare.split_ascii_whitespace().count();
    (drawn && words <= 14) || (text.ends_with(':') && words <= 5)
}

/// Where the page itself says that history begins, three `Label: value` lines are its header in whatever language.
fn foreign_block<'a>(lines: &[Line<'a>], i: usize) -> Option<HeaderBlock<'a>> {
    if lines.get(i)?.mark != Some(Mark::History) {
        return None;
    }
    let fields = lines.iter().skip(i).take(8).map_while(|l| {
        let (name, value) = l.text.split_once([':', '：'])?;
        (name.len() <= 40 && name.split_ascii_whitespace().count() <= 3).then_some(value.trim())
    });
    let values: Vec<&str> = fields.collect();
    // Programs put the sender first and the subject last.
    let (Some(first), Some(last), true) = (values.first(), values.last(), values.len() >= 3) else { return None };
    Some(HeaderBlock { end: i + values.len(), from: first, subject: last, ..HeaderBlock::default() })
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
    if head.len() > 6 {
        return Prefix::None;
    }
    let is = |list: &[&str]| list.iter().any(|p| head.eq_ignore_ascii_case(p));
    if is(&["re", "aw", "sv", "res", "rif", "antw", "r", "rép", "odp", "ynt", "回复", "答复"]) {
        Prefix::Reply
    } else if is(&["fw", "fwd", "wg", "tr", "rv", "enc", "i", "doorst", "pd", "vl", "vb", "ilt", "转发"]) {
        Prefix::Forward
    } else {
        Prefix::None
    }
}

/// What stands behind the prefix.
fn bare_subject(subject: &str) -> &str {
    subject.split_once(':').map_or(subject, |(_, rest)| rest.trim_start())
}
