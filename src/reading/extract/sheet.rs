//! One stretch of a message laid out for the extractors: its lines, a folded copy, the cue words in it.
//!
//! Made once a stretch, read by every extractor. Knows no field by name.

mod laid;
mod table;

use super::cues::{Cues, FieldHit, Found, Kind, Seed, SeedHit};
use crate::domain::field::{Field, FieldValue, Place, Provenance, Span};
use crate::domain::id::MessageKey;
use laid::{digit_runs, fold, lines_of};

/// Longest stretch that is read, in bytes; what an agency's clients write by hand is far shorter.
pub const SHEET_MAX: usize = 48 * 1024;

/// Which stretch this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stretch {
    /// The subject.
    Subject,
    /// What the sender wrote, with their signature.
    Body,
    /// The header block of a forwarded message.
    ForwardHeader,
    /// The text of an attachment.
    Attachment,
}

/// A line: bytes `start..end` of the sheet's text, white space at both ends left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// First byte that is not white space.
    pub start: usize,
    /// One past the last such byte.
    pub end: usize,
}

impl Line {
    /// Whether nothing stands on it.
    pub fn is_blank(self) -> bool {
        self.start >= self.end
    }
}

/// One stretch, laid out.
#[derive(Debug)]
pub struct Sheet<'a> {
    /// Which text of the message it is part of.
    pub place: Place,
    /// Where it begins in that text.
    pub base: usize,
    /// Its text.
    pub text: &'a str,
    /// What it is.
    pub stretch: Stretch,
    /// Its lines.
    pub lines: Vec<Line>,
    /// The text in lower-case ASCII, byte for byte as long: wrapped lines joined by a space, ends of clauses as `\n`,
    /// dashes and no-break spaces made plain.
    pub folded: Vec<u8>,
    /// Where the closing block (name, firm, telephone) begins; the text's length where there is none.
    pub closing: usize,
    /// Where digits stand, in runs.
    pub runs: Vec<(usize, usize)>,
    found: Found,
    phones: std::cell::OnceCell<Vec<super::phone::Phone>>,
}

impl<'a> Sheet<'a> {
    /// Lays out `text`, which stands at `base` of `place`.
    pub fn new(place: Place, base: usize, text: &'a str, stretch: Stretch, cues: &Cues) -> Self {
        let text = crate::domain::text::cut(text, SHEET_MAX);
        let lines = lines_of(text);
        let folded = fold(text, &lines);
        let found = cues.find(&folded);
        let runs = digit_runs(&folded);
        Self {
            place,
            base,
            text,
            stretch,
            lines,
            folded,
            closing: text.len(),
            runs,
            found,
            phones: std::cell::OnceCell::new(),
        }
    }

    /// The From header, which is only pointed at: no lines, no cues.
    pub fn of_from(text: &'a str) -> Self {
        Self {
            place: Place::From,
            base: 0,
            text,
            stretch: Stretch::Subject,
            lines: Vec::new(),
            folded: Vec::new(),
            closing: 0,
            runs: Vec::new(),
            found: Found::default(),
            phones: std::cell::OnceCell::new(),
        }
    }

    /// The words between two offsets, `""` where these are no characters' borders.
    pub fn slice(&self, start: usize, end: usize) -> &'a str {
        self.text.get(start..end).unwrap_or("")
    }

    /// The same in lower case, as bytes.
    pub fn low(&self, start: usize, end: usize) -> &[u8] {
        self.folded.get(start..end.min(self.folded.len())).unwrap_or(&[])
    }

    /// The byte at an offset, 0 past the end.
    pub fn byte(&self, at: usize) -> u8 {
        self.text.as_bytes().get(at).copied().unwrap_or(0)
    }

    /// The byte before an offset, 0 at the start.
    pub fn before(&self, at: usize) -> u8 {
        at.checked_sub(1).map_or(0, |i| self.byte(i))
    }

    /// Cue words of a field's list, in order.
    pub fn hits(&self, field: usize, kind: Kind) -> impl DoubleEndedIterator<Item = FieldHit> + '_ {
        self.found.of(field, kind).iter().copied()
    }

    /// Words with which a date can begin, in order.
    pub fn seeds(&self) -> &[SeedHit] {
        &self.found.seeds
    }

    /// Where a vocabulary's patterns may begin, and which, in order.
    pub fn starts(&self, vocabulary: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.found.starts(vocabulary)
    }

    /// Every telephone number, in order; found once.
    pub fn phones(&self) -> &[super::phone::Phone] {
        self.phones.get_or_init(|| super::phone::phones(self))
    }

    /// Whether a field's list has a word in this sheet.
    pub fn has(&self, field: usize, kind: Kind) -> bool {
        self.hits(field, kind).next().is_some()
    }

    /// The last cue word of a list that ends at or before `at`, at most `reach` bytes back, with no end of a sentence
    /// between.
    pub fn last_hit(&self, field: usize, kind: Kind, at: usize, reach: usize) -> Option<FieldHit> {
        self.hits(field, kind)
            .rev()
            .find(|h| h.end <= at)
            .filter(|h| at - h.end <= reach && !self.sentence_ends_between(h.end, at))
    }

    /// The index of the line on which an offset stands.
    pub fn line_at(&self, at: usize) -> usize {
        self.lines.partition_point(|l| l.start <= at).saturating_sub(1)
    }

    /// A line's words.
    pub fn line(&self, index: usize) -> &'a str {
        self.lines.get(index).map_or("", |l| self.slice(l.start, l.end))
    }

    /// Whether a clause ends at `at`: a hard line end, or a full stop, question or exclamation mark before a space.
    pub fn is_sentence_end(&self, at: usize) -> bool {
        match self.folded.get(at) {
            Some(b'\n') => true,
            Some(b'?' | b'!') => matches!(self.folded.get(at + 1), None | Some(b' ' | b'\n')),
            Some(b'.') => {
                if !matches!(self.folded.get(at + 1), None | Some(b' ' | b'\n')) {
                    return false;
                }
                let word = self.word_ending_at(at);
                !(word.len() == 1 && word.first().is_some_and(u8::is_ascii_alphabetic))
                    && !ABBREVIATIONS.contains(&word)
            }
            _ => false,
        }
    }

    /// Everywhere a clause ends, in order.
    pub fn sentence_ends(&self) -> impl Iterator<Item = usize> + '_ {
        let marks = self.folded.iter().enumerate().filter(|(_, b)| matches!(b, b'\n' | b'.' | b'?' | b'!'));
        marks.map(|(at, _)| at).filter(|at| self.is_sentence_end(*at))
    }

    /// The folded letters and digits right before `at`.
    pub fn word_ending_at(&self, at: usize) -> &[u8] {
        let start = (0..at.min(self.folded.len()))
            .rev()
            .take(40)
            .take_while(|i| self.folded.get(*i).is_some_and(u8::is_ascii_alphanumeric))
            .last()
            .unwrap_or(at);
        self.low(start, at)
    }

    /// The word before `at` (spaces skipped): where it starts and ends.
    pub fn word_before(&self, at: usize) -> (usize, usize) {
        let mut end = at.min(self.folded.len());
        while end > 0 && !self.folded.get(end - 1).is_some_and(u8::is_ascii_alphanumeric) {
            if self.folded.get(end - 1) == Some(&b'\n') {
                return (end, end);
            }
            end -= 1;
        }
        let word = self.word_ending_at(end);
        (end - word.len(), end)
    }

    /// The word at or after `at` (spaces and punctuation skipped, but no hard line end): where it starts and ends.
    pub fn word_after(&self, at: usize) -> (usize, usize) {
        let mut start = at;
        while let Some(b) = self.folded.get(start) {
            if b.is_ascii_alphanumeric() {
                break;
            }
            if *b == b'\n' {
                return (start, start);
            }
            start += 1;
        }
        let mut end = start;
        while self.folded.get(end).is_some_and(u8::is_ascii_alphanumeric) {
            end += 1;
        }
        (start, end)
    }

    /// Every word, in order: where it starts and ends.
    pub fn words(&self) -> impl Iterator<Item = (usize, usize)> {
        let mut at = 0;
        std::iter::from_fn(move || {
            while at < self.folded.len() {
                let (start, end) = self.word_after(at);
                if start < end {
                    at = end;
                    return Some((start, end));
                }
                // A line end.
                at = end.max(at) + 1;
            }
            None
        })
    }

    /// Whether a sentence ends somewhere in `start..end`.
    pub fn sentence_ends_between(&self, start: usize, end: usize) -> bool {
        (start..end).any(|i| matches!(self.folded.get(i), Some(b'\n' | b'.' | b'?' | b'!')) && self.is_sentence_end(i))
    }

    /// First byte of the sentence in which `at` stands.
    pub fn sentence_start(&self, at: usize) -> usize {
        let mut start = (0..at.min(self.folded.len())).rev().find(|i| self.is_sentence_end(*i)).map_or(0, |i| i + 1);
        while self.folded.get(start).is_some_and(|b| matches!(b, b' ' | b'\n')) && start < at {
            start += 1;
        }
        start
    }

    /// The end of the sentence in which `at` stands, its full stop left out.
    pub fn sentence_end(&self, at: usize) -> usize {
        (at..self.folded.len()).find(|i| self.is_sentence_end(*i)).unwrap_or(self.folded.len())
    }

    /// `start..end` without white space and loose punctuation at its ends.
    pub fn trimmed(&self, start: usize, end: usize) -> (usize, usize) {
        let words = self.slice(start, end);
        let loose = |c: char| {
            c.is_whitespace()
                || matches!(c, ',' | ';' | ':' | '|' | '*' | '"' | '“' | '”' | '–' | '—' | '-' | '_' | '<' | '>')
        };
        let rest = words.trim_start_matches(loose);
        let front = words.len() - rest.len();
        (start + front, start + front + rest.trim_end_matches(loose).len())
    }

    /// A field found here.
    pub fn found(&self, name: &str, value: FieldValue, start: usize, end: usize, rule: &str, confidence: u8) -> Field {
        let at = |i: usize| u32::try_from(self.base + i).unwrap_or(u32::MAX);
        Field {
            name: name.to_owned(),
            value,
            from: Provenance::Message {
                message: MessageKey::default(),
                span: Span { place: self.place, start: at(start), end: at(end) },
                words: self.slice(start, end).to_owned(),
                rule: format!("fields/{rule}"),
            },
            confidence,
            doubt: None,
        }
    }

    /// A field whose value is its words, white space folded.
    pub fn found_text(&self, name: &str, start: usize, end: usize, rule: &str, confidence: u8) -> Field {
        self.found(name, FieldValue::Text(one_line(self.slice(start, end))), start, end, rule, confidence)
    }
}

/// Words whose full stop does not end a sentence.
const ABBREVIATIONS: &[&[u8]] = &[
    b"st", b"ave", b"rd", b"dr", b"blvd", b"ln", b"ct", b"hwy", b"ste", b"apt", b"bldg", b"mr", b"mrs", b"ms", b"jr",
    b"sr", b"inc", b"co", b"corp", b"ltd", b"no", b"nos", b"pol", b"jan", b"feb", b"mar", b"apr", b"jun", b"jul",
    b"aug", b"sep", b"sept", b"oct", b"nov", b"dec", b"mon", b"tue", b"tues", b"wed", b"thu", b"thur", b"thurs",
    b"fri", b"sat", b"sun", b"attn", b"approx", b"eff", b"exp", b"assoc", b"dept", b"vs", b"ext", b"tel", b"ph", b"am",
    b"pm",
];

/// White space folded to single spaces.
pub fn one_line(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for word in words.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// A date word found by the shared pass.
pub fn seed_of(seeds: &[SeedHit], start: usize) -> Option<(Seed, usize)> {
    let i = seeds.partition_point(|s| s.start < start);
    seeds.get(i..)?.iter().take_while(|s| s.start == start).max_by_key(|s| s.end).map(|s| (s.seed, s.end))
}
