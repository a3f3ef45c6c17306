//! A message's words made plain for the patterns: lower case, no accents, one space, cut into sentences.
//!
//! Every byte remembers where it came from, so that a match can be shown in the message itself. Knows no page and no
//! pattern.

use super::matcher::{WordStart, Worded, note_words};
use crate::{
    domain::field::{Place, Span},
    message::{Message, PartKind},
};
use aho_corasick::{AhoCorasick, Match};
use std::sync::LazyLock;

/// Where in a message a sentence stands, as pages name it with `in = [...]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Zone {
    /// The subject line.
    Subject,
    /// What the sender wrote now, forwarded messages included.
    Text,
    /// The file name of an attachment.
    Attachment,
    /// The text of an attachment; looked at only where the body asks for nothing.
    AttachmentText,
    /// Name, title and telephone under the text.
    Signature,
    /// Disclaimers, footers of gateways and lists.
    Footer,
    /// Display name and address of the sender.
    From,
    /// Other header fields, as `name: value`.
    Header,
}

impl Zone {
    /// The zone as one bit of a set.
    pub(super) const fn bit(self) -> u16 {
        1 << (self as u16)
    }
}

/// One sentence, heading or line of a message.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sentence {
    pub(super) zone: Zone,
    /// Which text its offsets are of; `None` for header fields, which have no place of their own.
    pub(super) place: Option<Place>,
    pub(super) start: usize,
    pub(super) end: usize,
    /// Its words: from where to where in `Folded::words`.
    words: (usize, usize),
}

/// A message's words, folded.
#[derive(Debug, Default)]
pub(super) struct Folded {
    pub(super) bytes: Vec<u8>,
    /// For each byte of `bytes`, from where to where in its place's own text the character stands that it was folded
    /// from.
    origins: Vec<(u32, u32)>,
    pub(super) sentences: Vec<Sentence>,
    words: Vec<WordStart>,
}

/// Longest attachment text that is folded; requests stand at the top.
const ATTACHMENT_TEXT_MAX: usize = 16 * 1024;
/// Longest body that is folded; a request that starts after 64 KiB of new text has not been seen.
const BODY_MAX: usize = 64 * 1024;
/// A line shorter than this was ended by its writer, not by a mail program's wrapping (usually at 66 to 78).
const WRAPPED_LINE_MIN: usize = 52;

/// The stretches of a text between what a form offers and nobody ticked: “( ) Change to my policy”, up to the next box or
/// the end of its line. Where nothing at all is ticked, boxes are somebody's list, and nothing is left out.
fn without_empty_boxes(text: &str) -> Vec<(usize, usize)> {
    const EMPTY: [&str; 6] = ["( )", "()", "[ ]", "[]", "[_]", "☐"];
    const TICKED: [&str; 8] = ["(x)", "(X)", "[x]", "[X]", "[✓]", "☒", "☑", "(•)"];
    static BOXES: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new(EMPTY.iter().chain(&TICKED)).ok());
    let boxes: Vec<_> = BOXES.iter().flat_map(|b| b.find_iter(text)).collect();
    let is_empty = |found: &Match| found.pattern().as_usize() < EMPTY.len();
    let (mut out, mut from) = (Vec::new(), 0);
    if !boxes.iter().all(is_empty) {
        for (n, found) in boxes.iter().enumerate().filter(|(_, found)| is_empty(found)) {
            let next = boxes.get(n + 1).map_or(text.len(), Match::start);
            let offered = text.get(found.end()..next).unwrap_or("");
            out.push((from, found.start()));
            from = found.end() + offered.find('\n').unwrap_or(offered.len());
        }
    }
    out.push((from, text.len()));
    out
}

impl Folded {
    /// Folds all of a message that rules may ask for.
    pub(super) fn of(message: &Message) -> Self {
        let own = message.parts.iter().filter(|p| p.kind != PartKind::Quoted).map(|p| p.end.saturating_sub(p.start));
        let room = own.sum::<usize>().min(BODY_MAX) + 1024;
        let mut folded = Self {
            bytes: Vec::with_capacity(room),
            origins: Vec::with_capacity(room),
            sentences: Vec::with_capacity(64),
            words: Vec::with_capacity(room / 4),
        };
        folded.add(message.subject.as_str(), 0, Zone::Subject, Some(Place::Subject));
        let mut left = BODY_MAX;
        for part in &message.parts {
            let zone = match part.kind {
                PartKind::New => Zone::Text,
                PartKind::Signature => Zone::Signature,
                PartKind::Disclaimer | PartKind::Footer => Zone::Footer,
                PartKind::ForwardHeader | PartKind::Quoted => continue,
            };
            let Some(text) = message.text.get(part.start..part.end) else { continue };
            let text = crate::domain::text::cut(text, left);
            left -= text.len();
            for (start, end) in without_empty_boxes(text) {
                folded.add(text.get(start..end).unwrap_or(""), part.start + start, zone, Some(Place::Text));
            }
        }
        for (i, a) in message.attachments.iter().enumerate().take(usize::from(u16::MAX)) {
            let i = u16::try_from(i).unwrap_or(u16::MAX);
            if !a.inline {
                folded.add(&a.name, 0, Zone::Attachment, Some(Place::AttachmentName(i)));
            }
            if let Some(text) = &a.text {
                let text = crate::domain::text::cut(text, ATTACHMENT_TEXT_MAX);
                folded.add(text, 0, Zone::AttachmentText, Some(Place::AttachmentText(i)));
            }
        }
        if let Some(from) = &message.from {
            folded.add(&from.to_string(), 0, Zone::From, Some(Place::From));
        }
        for (name, value) in &message.headers {
            folded.add(&format!("{name}: {value}"), 0, Zone::Header, None);
        }
        folded
    }

    /// Where bytes `start..end` stand in the message; `None` for header fields.
    pub(super) fn span(&self, sentence: &Sentence, start: usize, end: usize) -> Option<Span> {
        let (from, _) = *self.origins.get(start)?;
        let (_, to) = *self.origins.get(end.checked_sub(1)?)?;
        Some(Span { place: sentence.place?, start: from, end: to })
    }

    /// `start..end` without blanks around it: a folded blank stands for white space of any length, so words end before.
    pub(super) fn trimmed(&self, start: usize, end: usize) -> (usize, usize) {
        let words = self.bytes.get(start..end).unwrap_or_default();
        let before = words.len() - words.trim_ascii_start().len();
        let after = words.len() - words.trim_ascii_end().len();
        if before == words.len() { (start, end) } else { (start + before, end - after) }
    }

    /// The folded words of a sentence.
    #[inline]
    pub(super) fn words(&self, sentence: &Sentence) -> &[u8] {
        self.bytes.get(sentence.start..sentence.end).unwrap_or_default()
    }

    /// Where the words of a sentence begin in `bytes`.
    #[inline]
    pub(super) fn words_of(&self, sentence: &Sentence) -> &[WordStart] {
        self.words.get(sentence.words.0..sentence.words.1).unwrap_or_default()
    }

    /// A sentence as the matcher takes it.
    #[inline]
    pub(super) fn worded(&self, sentence: &Sentence) -> Worded<'_> {
        Worded { bytes: self.words(sentence), words: self.words_of(sentence), base: sentence.start }
    }

    /// Adds a text whose first byte is byte `base` of its place.
    fn add(&mut self, text: &str, base: usize, zone: Zone, place: Option<Place>) {
        let prose = matches!(zone, Zone::Text | Zone::AttachmentText | Zone::Signature | Zone::Footer);
        let mut open = self.bytes.len();
        let mut gap = false;
        let mut line_start = 0;
        let mut next = 0;
        while let Some(byte) = text.as_bytes().get(next) {
            let at = next;
            let plain = plain_run(text.as_bytes().get(at..).unwrap_or_default());
            if !plain.is_empty() {
                let here = u32::try_from(base + at).unwrap_or(u32::MAX);
                if gap && self.bytes.len() > open {
                    self.push(b' ', here, here);
                }
                gap = false;
                self.push_all(plain, here);
                next += plain.len();
                continue;
            }
            // Nearly all is ASCII, which needs no decoding.
            let beyond = if byte.is_ascii() { None } else { text.get(at..).and_then(|t| t.chars().next()) };
            let c = beyond.unwrap_or(char::from(*byte));
            next += c.len_utf8();
            let here = u32::try_from(base + at).unwrap_or(u32::MAX);
            if c == '\n' && prose {
                let rest = text.get(at + 1..).unwrap_or("");
                if at - line_start < WRAPPED_LINE_MIN || starts_something(rest) {
                    self.close(&mut open, zone, place);
                    gap = false;
                } else {
                    gap = true;
                }
                line_start = at + 1;
                continue;
            }
            if c.is_whitespace() {
                gap = true;
                continue;
            }
            if gap && self.bytes.len() > open {
                self.push(b' ', here, here);
            }
            gap = false;
            if c.is_ascii() {
                let b = c as u8;
                self.push(b.to_ascii_lowercase(), here, here + 1);
                let ends = matches!(b, b'.' | b'!' | b'?' | b';') && prose;
                let behind = || text.get(next..).and_then(|t| t.chars().next());
                if ends && behind().is_some_and(char::is_whitespace) && !self.ends_in_initial(open) {
                    self.close(&mut open, zone, place);
                }
            } else {
                let until = here + u32::try_from(c.len_utf8()).unwrap_or(1);
                fold_char(c, |b| self.push(b, here, until));
            }
        }
        self.close(&mut open, zone, place);
    }

    fn push(&mut self, byte: u8, origin: u32, until: u32) {
        self.bytes.push(byte);
        self.origins.push((origin, until));
    }

    /// The same of several ASCII letters, the first of which stands at `origin`.
    fn push_all(&mut self, letters: &[u8], origin: u32) {
        let from = self.bytes.len();
        self.bytes.extend_from_slice(letters);
        self.bytes.get_mut(from..).unwrap_or_default().make_ascii_lowercase();
        let count = u32::try_from(letters.len()).unwrap_or(u32::MAX);
        self.origins.extend((0..count).map(|n| (origin + n, origin + n + 1)));
    }

    /// Whether the full stop just written belongs to an initial or a usual abbreviation, not to a sentence.
    fn ends_in_initial(&self, open: usize) -> bool {
        let so_far = self.bytes.get(open..).unwrap_or_default();
        let Some((b'.', before)) = so_far.split_last() else { return false };
        let word = before.rsplit(|b| *b == b' ').next().unwrap_or_default();
        word.len() == 1 || matches!(word, b"no" | b"st" | b"mr" | b"mrs" | b"ms" | b"dr" | b"inc" | b"co" | b"vs")
    }

    fn close(&mut self, open: &mut usize, zone: Zone, place: Option<Place>) {
        if self.bytes.len() > *open {
            let first = self.words.len();
            note_words(self.bytes.get(*open..).unwrap_or_default(), *open, &mut self.words);
            let words = (first, self.words.len());
            self.sentences.push(Sentence { zone, place, start: *open, end: self.bytes.len(), words });
            // A border that no pattern crosses.
            let last = self.origins.last().map(|(from, _)| *from).unwrap_or_default();
            self.push(b'\n', last, last);
        }
        *open = self.bytes.len();
    }
}

/// The bytes at the front that are only put into small letters: ASCII, neither white space nor what may end a sentence.
fn plain_run(text: &[u8]) -> &[u8] {
    let plain = |b: &u8| matches!(b, 0x21..=0x7F) && !matches!(b, b'.' | b'!' | b'?' | b';');
    let end = text.iter().position(|b| !plain(b)).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// Whether the line that begins here is a new paragraph, list item or form line rather than wrapped prose.
fn starts_something(rest: &str) -> bool {
    let line = rest.split('\n').next().unwrap_or("").trim();
    let mut bytes = line.bytes();
    match bytes.next() {
        None | Some(b'-' | b'*' | b'>' | b'#' | b'=' | b'_') => true,
        Some(b'0'..=b'9') => matches!(bytes.next(), Some(b'.' | b')')),
        // “Policy number: 123”: a form's line, not prose.
        Some(_) => line.bytes().take(28).any(|b| b == b':'),
    }
}

/// Calls `push` with the plain form of a character outside ASCII; what has none becomes `~`, which no word contains.
fn fold_char(c: char, mut push: impl FnMut(u8)) {
    let plain = match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'À' | 'Á' | 'Â' | 'Ã' | 'Ä' | 'Å' => b'a',
        'è' | 'é' | 'ê' | 'ë' | 'È' | 'É' | 'Ê' | 'Ë' => b'e',
        'ì' | 'í' | 'î' | 'ï' | 'Ì' | 'Í' | 'Î' | 'Ï' => b'i',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'Ò' | 'Ó' | 'Ô' | 'Õ' | 'Ö' => b'o',
        'ù' | 'ú' | 'û' | 'ü' | 'Ù' | 'Ú' | 'Û' | 'Ü' => b'u',
        'ñ' | 'Ñ' => b'n',
        'ç' | 'Ç' => b'c',
        '\u{2018}' | '\u{2019}' | '\u{02BC}' | '\u{00B4}' => b'\'',
        '\u{201C}' | '\u{201D}' | '\u{00AB}' | '\u{00BB}' => b'"',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => b'-',
        '\u{2026}' => b'.',
        _ => b'~',
    };
    push(plain);
}

/// Folds a pattern as messages are folded, leaving regex escapes (`\S`, `\D`) as they are.
pub(super) fn fold_pattern(pattern: &str) -> String {
    let mut out = Vec::with_capacity(pattern.len());
    let mut escaped = false;
    for c in pattern.chars() {
        if c.is_ascii() {
            out.push(if escaped { c as u8 } else { c.to_ascii_lowercase() as u8 });
        } else {
            fold_char(c, |b| out.push(b));
        }
        escaped = c == '\\' && !escaped;
    }
    String::from_utf8(out).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Part;

    fn folded(text: &str) -> Vec<String> {
        let message = Message {
            text: text.to_owned(),
            parts: vec![Part { kind: PartKind::New, start: 0, end: text.len() }],
            ..Message::default()
        };
        let f = Folded::of(&message);
        f.sentences.iter().map(|s| String::from_utf8(f.words(s).to_vec()).unwrap()).collect()
    }

    #[test]
    fn what_a_form_offers_and_nobody_ticked_says_nothing() {
        let form = "I need\n( ) Change to my policy\n(x) Something else\n  [ ] Call me\n[X] A letter\n☐ No\nBob";
        assert_eq!(folded(form), ["i need", "(x) something else", "[x] a letter", "bob"]);
        assert_eq!(folded("[ ] A letter  [X] A card  [ ] A call"), ["[x] a card"]);
        assert_eq!(folded("[ ] send a letter\n[ ] call Ana"), ["[ ] send a letter", "[ ] call ana"]);
    }

    #[test]
    fn wrapped_prose_is_one_sentence_and_short_lines_are_many() {
        let wrapped =
            "Please take the 2016 Honda off of our policy, we sold it to\nour neighbour on Friday. Thanks!\nBob";
        assert_eq!(
            folded(wrapped),
            ["please take the 2016 honda off of our policy, we sold it to our neighbour on friday.", "thanks!", "bob"]
        );
    }
    #[test]
    fn accents_curly_quotes_and_case_are_folded_away() {
        assert_eq!(folded("¿Cuánto CUESTA el año? We don’t know"), ["~cuanto cuesta el ano?", "we don't know"]);
    }
    #[test]
    fn a_match_is_shown_where_it_stands_in_the_message() {
        let text = "Señor,\n\nI  need a CERT";
        let message = Message {
            text: text.to_owned(),
            parts: vec![Part { kind: PartKind::New, start: 0, end: text.len() }],
            ..Message::default()
        };
        let f = Folded::of(&message);
        let at = f.bytes.windows(4).position(|w| w == b"cert").unwrap();
        let span = f.span(f.sentences.last().unwrap(), at, at + 4).unwrap();
        assert_eq!(&text[span.start as usize..span.end as usize], "CERT");
    }
    #[test]
    fn a_pattern_keeps_its_classes() {
        assert_eq!(fold_pattern(r"COI\S+ Año"), r"coi\S+ ano");
    }
}
