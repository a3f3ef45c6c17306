//! The one pass over a text that finds every cue word of every field, every word a date can begin with, and every place
//! where a pattern for a value may match.
//!
//! Extractors look only where a cue stands; a text without cues costs this pass and nothing more. It goes from the end
//! to the beginning: so it is known at each place which words are still to come, and a pattern that needs one that does
//! not is not tried.

mod collect;
mod seeds;

use crate::reading::matcher::is_word;
use crate::reading::stretches::{Stretch, stretch};
use crate::reading::trie::Trie;
pub use collect::{Beginning, Beginnings};
pub use seeds::{Feast, Period, Seed};

/// Which list of a field a cue stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Stands before the value, like “policy number” or “certificate holder”.
    Labels,
    /// Stands right before the value, with only small words between, like “by” before a date.
    Near,
    /// Stands somewhere before the value in the same sentence.
    Words,
    /// An event whose date counts where no plainer one is given.
    Event,
    /// Stands right after the value.
    After,
    /// Says that what follows is something else.
    Not,
    /// Says that the message is about a document to be issued.
    Documents,
    /// A maker of vehicles.
    Makes,
    /// A model of vehicle.
    Models,
}

/// A cue: a list of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cue {
    /// Index of the field's rule.
    pub field: u16,
    /// Which list.
    pub kind: Kind,
}

impl Cue {
    /// Its list's number among all lists of all fields.
    fn slot(self) -> usize {
        usize::from(self.field) * KINDS + self.kind as usize
    }
}

/// A cue in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct FieldHit {
    /// Whose.
    pub cue: Cue,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl FieldHit {
    /// By field, list and place, in one number, so that sorting costs little; a sheet is shorter than 2^24 bytes.
    fn order(&self) -> u64 {
        (self.cue.slot() as u64) << 48 | (self.start as u64) << 24 | self.end as u64
    }
}

/// A date word in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeedHit {
    /// What it means.
    pub seed: Seed,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// All cue words, compiled.
#[derive(Debug)]
pub struct Cues {
    /// Words that begin where a word of the text begins.
    at_words: Trie,
    /// Those that may begin anywhere.
    anywhere: Trie,
    /// By their number in the two: what they mean.
    words: Vec<Meaning>,
    cues: Vec<Cue>,
    prefixes: Vec<Prefix>,
    serves: Vec<Serves>,
    needs: Vec<u32>,
    /// How many sets of words there are that patterns need.
    sets: usize,
}

/// What a word of the shared pass means; pairs of numbers are from where to where in the lists of [`Cues`].
#[derive(Debug, Clone, Copy)]
struct Meaning {
    cues: Stretch,
    seed: Option<Seed>,
    /// Patterns that begin with it.
    prefixes: Stretch,
    /// Sets that it stands in.
    serves: Stretch,
}

/// How a vocabulary's pattern begins.
#[derive(Debug, Clone, Copy)]
struct Prefix {
    /// Number of the vocabulary.
    vocabulary: u16,
    /// Number of its pattern.
    pattern: u16,
    /// The rarest set that it needs; [`NONE`] where it needs none.
    need: u32,
    /// The others: from where to where in `Cues::needs`.
    others: Stretch,
    /// The longest text that it matches, in bytes.
    reach: u32,
    /// Whether it begins at a word's border only: “umb” is not looked at in “number”.
    bordered: bool,
}

/// A set that has a word, and at which of the word's ends a word must border.
#[derive(Debug, Clone, Copy)]
struct Serves {
    set: u32,
    begins: bool,
    ends: bool,
}

/// No set.
const NONE: u32 = u32::MAX;

/// What the shared pass found in a text.
#[derive(Debug, Default)]
pub struct Found {
    hits: Vec<FieldHit>,
    /// By field and kind: where its hits begin in `hits`.
    index: Vec<u32>,
    /// Date words, in order.
    pub seeds: Vec<SeedHit>,
    starts: Vec<Start>,
}

/// Where a vocabulary's pattern may begin: vocabulary, place and pattern in one number, so that sorting them costs
/// little.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Start(u64);

impl Start {
    fn new(vocabulary: u16, at: u32, pattern: u16) -> Self {
        Self(u64::from(vocabulary) << 48 | u64::from(at) << 16 | u64::from(pattern))
    }
    fn vocabulary(self) -> usize {
        (self.0 >> 48) as usize
    }
    fn at(self) -> usize {
        (self.0 >> 16) as u32 as usize
    }
    fn pattern(self) -> usize {
        usize::from(self.0 as u16)
    }
}

impl Found {
    /// The hits of a field's list, in order.
    pub fn of(&self, field: usize, kind: Kind) -> &[FieldHit] {
        let slot = field * KINDS + kind as usize;
        let (Some(from), Some(to)) = (self.index.get(slot), self.index.get(slot + 1)) else { return &[] };
        self.hits.get(*from as usize..*to as usize).unwrap_or(&[])
    }

    /// Where a vocabulary's patterns may begin, and which, in order.
    pub fn starts(&self, vocabulary: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
        let from = self.starts.partition_point(|s| s.vocabulary() < vocabulary);
        let own = self.starts.iter().skip(from).take_while(move |s| s.vocabulary() == vocabulary);
        own.map(|s| (s.at(), s.pattern()))
    }
}

/// How many kinds of list there are.
const KINDS: usize = Kind::Models as usize + 1;

impl Cues {
    /// Everything in a folded text.
    pub fn find(&self, folded: &[u8]) -> Found {
        let mut found = Found { hits: Vec::with_capacity(folded.len() / 8), ..Found::default() };
        // By set: where the nearest of its words begins that are still to come.
        let mut nearest = vec![u32::MAX; self.sets];
        let mut here: Vec<(&Meaning, usize)> = Vec::with_capacity(8);
        // Each byte with the one before it and the two behind; past the text stands what begins no word.
        let padded = [b" ", folded, &[0; 2]].concat();
        for (start, [previous, first, second, third]) in padded.array_windows::<4>().enumerate().rev() {
            let letters = [*first, *second, *third];
            let opens = || first.is_ascii_alphanumeric() && !previous.is_ascii_alphanumeric();
            let mut stands = |word: u32, end: usize| {
                if let Some(meaning) = self.words.get(word as usize) {
                    here.push((meaning, end));
                }
            };
            if self.anywhere.may_begin(letters) {
                self.anywhere.each_at(folded, start, &mut stands);
            }
            if self.at_words.may_begin(letters) && opens() {
                self.at_words.each_at(folded, start, &mut stands);
            }
            if here.is_empty() {
                continue;
            }
            let at = u32::try_from(start).unwrap_or(u32::MAX);
            for (word, end) in &here {
                let (before, after) = (is_word(*previous), folded.get(*end).copied().is_some_and(is_word));
                for serves in stretch(&self.serves, word.serves) {
                    if !(serves.begins && before || serves.ends && after)
                        && let Some(slot) = nearest.get_mut(serves.set as usize)
                    {
                        *slot = at;
                    }
                }
            }
            for (word, end) in &here {
                for prefix in stretch(&self.prefixes, word.prefixes) {
                    if !(prefix.bordered && previous.is_ascii_alphanumeric()) && self.may_match(prefix, at, &nearest) {
                        found.starts.push(Start::new(prefix.vocabulary, at, prefix.pattern));
                    }
                }
                let said = word.cues.0 < word.cues.1 || word.seed.is_some();
                if said && stands_alone(folded, start, *end) {
                    for cue in stretch(&self.cues, word.cues) {
                        found.hits.push(FieldHit { cue: *cue, start, end: *end });
                    }
                    if let Some(seed) = word.seed {
                        found.seeds.push(SeedHit { seed, start, end: *end });
                    }
                }
            }
            here.clear();
        }
        found.hits.sort_unstable_by_key(FieldHit::order);
        found.seeds.sort_unstable_by_key(|s| (s.start, s.end));
        found.starts.sort_unstable();
        found.starts.dedup();
        let slots = found.hits.last().map_or(0, |h| h.cue.slot() + 1);
        found.index.reserve(slots + 1);
        for (at, hit) in (0..).zip(&found.hits) {
            // The lists up to that of this hit, where none went before it in them, begin with it.
            found.index.resize(found.index.len().max(hit.cue.slot() + 1), at);
        }
        found.index.push(u32::try_from(found.hits.len()).unwrap_or(u32::MAX));
        found
    }

    /// Whether a word of each set that a pattern needs stands near enough to the place where it begins.
    #[inline]
    fn may_match(&self, prefix: &Prefix, at: u32, nearest: &[u32]) -> bool {
        let end = at.saturating_add(prefix.reach);
        let is_near = |set: &u32| nearest.get(*set as usize).is_some_and(|nearest| *nearest < end);
        prefix.need == NONE || is_near(&prefix.need) && stretch(&self.needs, prefix.others).iter().all(is_near)
    }
}

/// Whether a word is not part of a longer one.
pub fn stands_alone(folded: &[u8], start: usize, end: usize) -> bool {
    let word = |i: usize| folded.get(i).is_some_and(|b| b.is_ascii_alphanumeric());
    let opens = start > 0 && word(start) && word(start - 1);
    let closes = end > 0 && word(end - 1) && word(end);
    !opens && !closes
}
