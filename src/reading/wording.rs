//! Which words speak for which page: a table of weights, learned from labelled mail, and what it says of a message.
//!
//! Signs see what somebody thought of. The table sees how people speak of whom nobody thought: each word weighs a little
//! for some pages and against others, and all words of a message together are a second voice beside the signs.
//! Knows no page and no word; both stand in `wording.csv`.

mod learn;
mod table;

pub use learn::{Lesson, Teacher};
pub(super) use table::Table;

use super::{
    folded::{Folded, Zone},
    sign::NOWHERE,
};
use crate::domain::{reading::Evidence, text::WordMap};

/// Longer words are names, codes or noise.
const WORD_MAX: usize = 24;
/// With fewer words that the table knows it says nothing.
const KNOWN_MIN: usize = 2;
/// A message whose words are shorter than this counts as if it had this length: three words are no strong voice.
const LENGTH_MIN: f64 = 12.0;
/// How many words are shown as evidence for a page.
const SHOWN: usize = 5;
/// Words that move a page by fewer points are not shown.
const SHOWN_MIN: i32 = 2;

/// The table, its columns in the order of the rulebook's pages.
#[derive(Debug, Default)]
pub(super) struct Wording {
    rows: WordMap<Vec<u8>, u32>,
    /// How rare each row's word is: rare words say more.
    rarity: Vec<f32>,
    /// A row's weights stand together, one for each page.
    weights: Vec<f32>,
    /// What holds before a word is read.
    start: Vec<f32>,
    /// Whether the table has a column for the page.
    known: Vec<bool>,
}

/// What the table says of one message.
#[derive(Debug, Default, Clone)]
pub(super) struct Said {
    /// The rows of its words, each once, with how much it counts; all together have a length of 1 at most.
    rows: Vec<(u32, f32)>,
    /// For each page: how far the message stands on its side (above 0) or beyond its border.
    sides: Vec<f32>,
}

/// What the table says of each sentence of a message, by its words alone.
#[derive(Debug)]
pub(super) struct Votes<'w> {
    /// Whether the table has a column for the page.
    known: &'w [bool],
    /// Sentences in which it knows a word, in order.
    sentences: Vec<usize>,
    /// For each of them the sides of all pages.
    sides: Vec<f32>,
}

impl Votes<'_> {
    /// Whether the table has a column for the page.
    pub(super) fn know(&self, page: usize) -> bool {
        self.known.get(page) == Some(&true)
    }

    /// For each sentence, in order: how many points further it stands on a page's side than on another's, where one full
    /// step is worth `weight`. Empty where the table has no column for one of them.
    pub(super) fn apart(&self, page: usize, other: usize, weight: i32) -> impl Iterator<Item = (usize, f32)> {
        let sides = self.sides.chunks_exact(self.known.len().max(1));
        let both = self.know(page) && self.know(other);
        let of = move |(sentence, sides): (&usize, &[f32])| {
            Some((*sentence, (sides.get(page)? - sides.get(other)?) * weight as f32))
        };
        self.sentences.iter().zip(sides).filter(move |_| both).filter_map(of)
    }
}

/// A word of a message that the table knows, and where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    row: u32,
    /// The number of its sentence.
    sentence: usize,
    start: usize,
    end: usize,
}

impl Wording {
    /// The words of a message that the table knows, in order: looked up once, heard several times.
    pub(super) fn known(&self, folded: &Folded) -> Vec<Known> {
        let mut known = Vec::with_capacity(256);
        each_word(folded, |word, At { sentence, start, end }| {
            if let Some(row) = self.rows.get(word) {
                known.push(Known { row: *row, sentence, start, end });
            }
        });
        known
    }

    /// What the words of the sentences say whose numbers are heard; `None` where too few words are known.
    pub(super) fn said(&self, known: &[Known], heard: impl Fn(usize) -> bool) -> Option<Said> {
        let mut seen: Vec<u32> = known.iter().filter(|k| heard(k.sentence)).map(|k| k.row).collect();
        let rows = self.counted(&mut seen);
        if rows.len() < KNOWN_MIN {
            return None;
        }
        let mut sides = self.start.clone();
        self.lean(&rows, &mut sides);
        Some(Said { rows, sides })
    }

    /// What each sentence says by its words alone.
    pub(super) fn votes(&self, known: &[Known]) -> Votes<'_> {
        let width = self.start.len();
        let mut votes = Votes { known: &self.known, sentences: Vec::new(), sides: Vec::new() };
        for of_one in known.chunk_by(|a, b| a.sentence == b.sentence) {
            let mut seen: Vec<u32> = of_one.iter().map(|k| k.row).collect();
            let from = votes.sides.len();
            votes.sides.resize(from + width, 0.0);
            self.lean(&self.counted(&mut seen), votes.sides.get_mut(from..).unwrap_or_default());
            votes.sentences.extend(of_one.first().map(|k| k.sentence));
        }
        votes
    }

    /// Each row once, with how much it counts; all together have a length of 1 at most.
    fn counted(&self, seen: &mut [u32]) -> Vec<(u32, f32)> {
        seen.sort_unstable();
        let mut rows: Vec<(u32, f32)> = Vec::with_capacity(seen.len());
        rows.extend(seen.chunk_by(|a, b| a == b).filter_map(|same| {
            let row = *same.first()?;
            let rarity = self.rarity.get(row as usize)?;
            let loudness = if same.len() == 1 { 1.0 } else { loudness(same.len()) };
            Some((row, loudness as f32 * rarity))
        }));
        let length = rows.iter().map(|(_, x)| x * x).sum::<f32>().sqrt().max(LENGTH_MIN as f32);
        rows.iter_mut().for_each(|(_, x)| *x /= length);
        rows
    }

    /// Moves to the sides of the pages for which these rows speak.
    fn lean(&self, rows: &[(u32, f32)], sides: &mut [f32]) {
        for (row, x) in rows {
            for (side, weight) in sides.iter_mut().zip(self.row(*row)) {
                *side += *x * weight;
            }
        }
    }

    fn row(&self, row: u32) -> &[f32] {
        let from = row as usize * self.start.len();
        self.weights.get(from..from + self.start.len()).unwrap_or_default()
    }

    /// The points that the words give the page of this index, where one full step to its side is worth `weight`; `None`
    /// where the table has no column for it.
    pub(super) fn points(&self, said: &Said, page: usize, weight: i32) -> Option<i32> {
        let side = said.sides.get(page).filter(|_| self.known.get(page) == Some(&true))?;
        Some((side * weight as f32).round() as i32)
    }

    /// The words that speak loudest for the page, and what is left of its points.
    pub(super) fn shown(
        &self,
        said: &Said,
        page: usize,
        weight: i32,
        known: &[Known],
        folded: &Folded,
    ) -> Vec<Evidence> {
        let Some(points) = self.points(said, page, weight) else { return Vec::new() };
        let of = |(row, x): &(u32, f32)| {
            let w = self.row(*row).get(page).copied().unwrap_or_default();
            let points = x * w * weight as f32;
            // Most are told without rounding.
            (points >= SHOWN_MIN as f32 - 0.5).then(|| (*row, points.round() as i32))
        };
        let mut loudest: Vec<(u32, i32)> = said.rows.iter().filter_map(of).collect();
        loudest.sort_by_key(|(row, points)| (std::cmp::Reverse(*points), *row));
        loudest.truncate(SHOWN);
        let mut shown: Vec<Evidence> = Vec::with_capacity(loudest.len() + 1);
        for at in known {
            // Each is shown where it first stands.
            let Some(nth) = loudest.iter().position(|(row, _)| *row == at.row) else { continue };
            let (_, points) = loudest.swap_remove(nth);
            let words = String::from_utf8_lossy(folded.bytes.get(at.start..at.end).unwrap_or_default()).into_owned();
            let sentence = folded.sentences.get(at.sentence);
            let span = sentence.and_then(|s| folded.span(s, at.start, at.end)).unwrap_or(NOWHERE);
            shown.push(Evidence { rule: Evidence::BY_WORDS.to_owned(), words, span, weight: points });
        }
        let rest = points - shown.iter().map(|e| e.weight).sum::<i32>();
        if rest != 0 {
            let words = "all other words".to_owned();
            shown.push(Evidence { rule: Evidence::BY_WORDS.to_owned(), words, span: NOWHERE, weight: rest });
        }
        shown
    }
}

/// How much a word counts that stands there so often: the tenth time says little more than the second.
fn loudness(times: usize) -> f64 {
    1.0 + (times as f64).ln()
}

/// Where a word stands in the folded text.
#[derive(Debug, Clone, Copy)]
struct At {
    /// The number of its sentence.
    sentence: usize,
    start: usize,
    end: usize,
}

/// Every word of subject and new text: letters, digits and apostrophes, a run of digits as one 0, addresses left out.
fn each_word(folded: &Folded, mut seen: impl FnMut(&[u8], At)) {
    let mut word = Vec::with_capacity(WORD_MAX);
    for (number, sentence) in folded.sentences.iter().enumerate() {
        if !matches!(sentence.zone, Zone::Subject | Zone::Text) {
            continue;
        }
        let text = folded.bytes.get(..sentence.end).unwrap_or_default();
        let mut next = sentence.start;
        while next < text.len() {
            // A piece between two blanks.
            let (mut end, mut address) = (next, false);
            while let Some(byte) = text.get(end).filter(|b| **b != b' ') {
                address |= *byte == b'@';
                end += 1;
            }
            let mut at = next;
            next = end + 1;
            while at < end && !address {
                let (start, mut digits) = (at, false);
                while let Some(byte) = text.get(at).filter(|b| is_word(**b)) {
                    digits |= byte.is_ascii_digit();
                    at += 1;
                }
                if start == at {
                    at += 1;
                    continue;
                }
                let here = At { sentence: number, start, end: at };
                let run = text.get(start..at).unwrap_or_default();
                if !digits {
                    let plain = without_marks(run.get(..WORD_MAX + 1).unwrap_or(run));
                    if !plain.is_empty() && plain.len() <= WORD_MAX {
                        seen(plain, here);
                    }
                    continue;
                }
                word.clear();
                for b in run {
                    match b {
                        b'0'..=b'9' if word.last() == Some(&b'0') => {}
                        b'0'..=b'9' => word.push(b'0'),
                        _ if word.len() > WORD_MAX => break,
                        b => word.push(*b),
                    }
                }
                let plain = without_marks(&word);
                if !plain.is_empty() && plain.len() <= WORD_MAX {
                    seen(plain, here);
                }
            }
        }
    }
}

/// A word without the apostrophes around it.
fn without_marks(mut word: &[u8]) -> &[u8] {
    while let [b'\'', rest @ ..] | [rest @ .., b'\''] = word {
        word = rest;
    }
    word
}

#[inline]
fn is_word(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'\''
}

#[cfg(test)]
#[path = "wording/wording_tests.rs"]
mod tests;
