//! Banners above a text, and disclaimers and footers below it. Knows no names and no signatures.

use super::lines::Line;
use super::signals::Signals;
use crate::message::PartKind;

/// Banners stand at the top: within this many lines with text.
const BANNER_LINES: usize = 8;
/// A line this long goes on in the next one, where lines were wrapped.
const WRAPPED_AT: usize = 50;
/// A footer of more words is no footer.
const FOOTER_WORDS: usize = 45;

/// How notices begin, in lower case. What begins so and holds a notice's phrase is one wherever it stands.
const NOTICE_STARTS: &[&str] = &[
    "confidential",
    "notice",
    "disclaimer",
    "this e-mail",
    "this email",
    "this message",
    "this communication",
    "this transmission",
    "the information",
    "the contents",
    "important",
    "please note",
    "privileged",
    "privacy",
    "if you are not the intended",
    "if you have received",
    "if you received",
    "aviso",
    "este mensaje",
    "este correo",
    "warning",
    "wire fraud",
    "coverage",
    "insurance coverage",
    "no coverage",
    "we cannot bind",
    "we can not bind",
    "please be advised",
    "please consider",
    "before printing",
    "virus",
    "unless",
    "note:",
    "e-mail",
    "email",
    "ce message",
    "diese e-mail",
    "any tax",
    "irs circular",
    "per irs",
    "legal",
];

const BANNER_STARTS: &[&str] = &[
    "[external",
    "[caution",
    "external",
    "caution",
    "warning",
    "this email",
    "this e-mail",
    "this message",
    "you don",
    "some people who",
    "notice",
    "attention",
    "think before",
    "do not click",
    "don't click",
    "be careful",
    "be cautious",
    "use caution",
    "alert",
    "security",
    "please use caution",
    "learn why",
    "*",
];

/// A paragraph: lines that belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Paragraph {
    /// First line.
    pub start: usize,
    /// One past the last line.
    pub end: usize,
    /// What its lines hint at.
    pub signals: Signals,
}

/// The paragraphs of the new lines from `start` to `end`; each line one, where nothing was wrapped.
pub(super) fn paragraphs(
    lines: &[Line<'_>],
    kinds: &[PartKind],
    start: usize,
    end: usize,
    unwrapped: bool,
) -> Vec<Paragraph> {
    let mut list: Vec<Paragraph> = Vec::new();
    let mut open = false;
    let alone = Signals::MOBILE;
    for (i, line) in lines.iter().enumerate().take(end).skip(start) {
        if line.is_blank() || kinds.get(i) != Some(&PartKind::New) {
            open = false;
            continue;
        }
        let before = i.checked_sub(1).and_then(|b| lines.get(b));
        let goes_on = open
            && !unwrapped
            && !line.signals().has(alone)
            && before.is_some_and(|b| {
                !b.signals().has(alone) && (b.text.len() >= WRAPPED_AT || !line.signals().has(Signals::NOTICE))
            })
            && !(line.signals().has(Signals::NOTICE) && line.signal_at() == 0);
        match list.last_mut() {
            Some(last) if goes_on => {
                last.end = i + 1;
                last.signals = last.signals.with(line.signals());
            }
            _ => list.push(Paragraph { start: i, end: i + 1, signals: line.signals() }),
        }
        open = true;
    }
    list
}

/// Marks banners at the top of a section as footers.
pub(super) fn mark_banners(lines: &[Line<'_>], kinds: &mut [PartKind], start: usize, end: usize) {
    let texts = lines.iter().enumerate().take(end).skip(start).filter(|(_, l)| !l.is_blank());
    let top: Vec<usize> = texts.take(BANNER_LINES).map(|(i, _)| i).collect();
    for i in top {
        let Some(line) = lines.get(i) else { continue };
        if !line.signals().has(Signals::BANNER) || !starts_with_any(line.text, BANNER_STARTS) {
            continue;
        }
        // “[EXTERNAL] Hi Karen, please add …” on one line is more than a banner.
        let tag_only = line.text.starts_with('[') && line.words() > 3 && !line.text.ends_with(']');
        if tag_only && !line.text.to_lowercase().contains("originated") {
            continue;
        }
        let mut last = i;
        while let (Some(this), Some(next)) = (lines.get(last), lines.get(last + 1)) {
            let wrapped = this.text.len() >= WRAPPED_AT && !this.text.ends_with(['.', '!', ']']);
            if next.is_blank() || last + 1 >= end || !(wrapped || next.signals().has(Signals::BANNER)) || last > i + 5 {
                break;
            }
            last += 1;
        }
        let heading = i.checked_sub(1).filter(|b| {
            *b >= start && lines.get(*b).is_some_and(|l| l.words() <= 4 && starts_with_any(l.text, BANNER_STARTS))
        });
        if let Some(slots) = kinds.get_mut(heading.unwrap_or(i)..=last) {
            slots.fill(PartKind::Footer);
        }
    }
}

/// What a paragraph is by its own words, wherever it stands.
pub(super) fn anywhere(lines: &[Line<'_>], p: &Paragraph) -> Option<PartKind> {
    let first = lines.get(p.start)?;
    if p.signals.has(Signals::MOBILE) && first.signal_at() <= 2 && first.words() <= 10 {
        return Some(PartKind::Footer);
    }
    (p.signals.has(Signals::NOTICE) && words(lines, p) >= 6 && starts_with_any(first.text, NOTICE_STARTS))
        .then_some(PartKind::Disclaimer)
}

/// What a paragraph is at the very end of a text.
pub(super) fn at_the_end(lines: &[Line<'_>], p: &Paragraph) -> Option<PartKind> {
    if let Some(kind) = anywhere(lines, p) {
        return Some(kind);
    }
    if p.signals.has(Signals::NOTICE) {
        return Some(PartKind::Disclaimer);
    }
    let words = words(lines, p);
    let at = lines.get(p.start).map_or(usize::MAX, |l| l.signal_at());
    (p.signals.has(Signals::FOOTER) && words <= FOOTER_WORDS && (at <= 40 || words <= 12)).then_some(PartKind::Footer)
}

/// What a paragraph is below a signature, where even weak words count.
pub(super) fn below_a_signature(lines: &[Line<'_>], p: &Paragraph) -> Option<PartKind> {
    let all = Signals::NOTICE.with(Signals::WEAK_NOTICE);
    at_the_end(lines, p)
        .or_else(|| p.signals.has(all).then_some(PartKind::Disclaimer))
        .or_else(|| p.signals.has(Signals::FOOTER).then_some(PartKind::Footer))
}

fn words(lines: &[Line<'_>], p: &Paragraph) -> usize {
    lines.iter().take(p.end).skip(p.start).map(Line::words).sum()
}

fn starts_with_any(text: &str, starts: &[&str]) -> bool {
    let text = text.trim_start_matches(['*', '_', '-', ' ', '"', '“', '(']);
    starts.iter().any(|s| text.get(..s.len()).is_some_and(|head| head.eq_ignore_ascii_case(s)))
}
