//! The engine under all patterns: many small programs in one compact table, run by backtracking that never tries the
//! same place twice.
//!
//! General engines keep for each pattern automata in both directions and a cache that grows with what is read. Two
//! thousand patterns on sentences of a hundred bytes need neither: here a step is twelve bytes, what a search remembers
//! is shared by all patterns, and its work is bounded by steps × length. Finds what the usual leftmost-first search
//! finds. Knows no page and no field.

mod compile;
mod gaps;
mod words;

#[cfg(test)]
#[path = "matcher/matcher_tests.rs"]
mod matcher_tests;

pub(super) use compile::parse;
use regex_automata::util::look::{Look, LookMatcher};
use std::sync::{Mutex, PoisonError};
use words::kind;
pub(super) use words::{ByPair, WordStart, Worded, bits, note_words};

/// One step of a program; `next` and the like are indices into the matcher's tables.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// These very bytes.
    Literal { from: u32, len: u16, next: u32 },
    /// One byte of a set.
    Class { set: u16, next: u32 },
    /// One byte, and by which it is the next step.
    Switch { from: u32, len: u16 },
    /// Several ways, the preferred first. `mark` is its number among the program's forks.
    Fork { from: u32, len: u16, mark: u16 },
    /// So many words, each with the blank behind it, the fewer the better; `mark` as of a fork. What is `next` can begin
    /// with the bytes of the set `first`, or is [`ANY`].
    Gap { min: u8, max: u8, mark: u16, first: u16, next: u32 },
    /// A border of a word, the beginning or the end.
    Border { look: Look, next: u32 },
    /// The pattern stands here.
    Found { pattern: u16 },
    /// No way on.
    Dead,
}

/// A byte of `low..=high` leads to `next`.
#[derive(Debug, Clone, Copy)]
struct Way {
    low: u8,
    high: u8,
    next: u32,
}

/// One of a fork's ways.
#[derive(Debug, Clone, Copy)]
struct Branch {
    next: u32,
    /// The [`kind`]s of byte it can begin with, as bits of a set.
    first: u64,
}

/// The set that has every byte and the end of the text.
const ANY: u16 = u16::MAX;

/// A set of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
struct Bytes([u64; 4]);

impl Bytes {
    #[inline]
    fn has(&self, byte: u8) -> bool {
        self.0.get(usize::from(byte >> 6)).is_some_and(|word| word >> (byte & 63) & 1 == 1)
    }
    fn add(&mut self, low: u8, high: u8) {
        for byte in low..=high {
            if let Some(word) = self.0.get_mut(usize::from(byte >> 6)) {
                *word |= 1 << (byte & 63);
            }
        }
    }
    fn each(&self) -> impl Iterator<Item = u8> {
        (0..4_u8).zip(self.0).flat_map(|(nth, word)| {
            let after = |word: &u64| Some(word & word.wrapping_sub(1)).filter(|rest| *rest != 0);
            let words = std::iter::successors(Some(word).filter(|word| *word != 0), after);
            // Fewer than 64 zeros: there is a one.
            words.map(move |word| nth << 6 | u8::try_from(word.trailing_zeros()).unwrap_or(63))
        })
    }
}

/// One pattern, or several of which the first is preferred.
#[derive(Debug, Clone, Copy)]
pub(super) struct Program {
    start: u32,
    /// How many forks it has.
    marks: u16,
    /// The bytes it can begin with, as an index of a set.
    first: u16,
    /// The two bytes it can begin with, as a set of their [`pair`]s.
    first_two: u64,
    /// Whether it can begin only where a word begins.
    at_words: bool,
    /// Whether it can begin only where the text begins.
    at_start: bool,
}

/// Where a program matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Match {
    /// First byte.
    pub(super) start: usize,
    /// One past the last byte.
    pub(super) end: usize,
    /// Which of the program's patterns.
    pub(super) pattern: usize,
}

/// All programs.
#[derive(Debug, Default)]
pub(super) struct Matcher {
    steps: Vec<Step>,
    literals: Vec<u8>,
    sets: Vec<Bytes>,
    ways: Vec<Way>,
    forks: Vec<Branch>,
    pool: Mutex<Vec<Scratch>>,
}

/// What a search remembers; used again, and cut back after a very long text.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    /// A bit for each fork at each place: been there, in vain.
    seen: Vec<u64>,
    /// The words of `seen` that are not 0.
    dirty: Vec<u32>,
    /// Ways not yet tried: step, place.
    open: Vec<(u32, u32)>,
    /// Steps taken since it was borrowed: what hostile text costs, whatever the machine.
    pub(super) work: u64,
}

/// Scratches kept for the next reader; more than the threads that read.
const POOL_MAX: usize = 4;
/// Entries of a scratch's lists that are kept.
const KEPT: usize = 8 * 1024;

impl Matcher {
    /// A scratch to search with; give it back.
    pub(super) fn borrow(&self) -> Scratch {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    /// Takes a scratch back.
    pub(super) fn give_back(&self, mut scratch: Scratch) {
        scratch.clear();
        scratch.work = 0;
        scratch.seen.truncate(KEPT);
        scratch.seen.shrink_to(KEPT);
        scratch.dirty.shrink_to(KEPT);
        scratch.open.shrink_to(KEPT);
        let mut pool = self.pool.lock().unwrap_or_else(PoisonError::into_inner);
        if pool.len() < POOL_MAX {
            pool.push(scratch);
        }
    }

    /// Puts the tables into no more room than they need.
    pub(super) fn close(&mut self) {
        self.steps.shrink_to_fit();
        self.literals.shrink_to_fit();
        self.sets.shrink_to_fit();
        self.ways.shrink_to_fit();
        self.forks.shrink_to_fit();
    }

    /// The first place at or after `from` where a program matches; borders see the whole text.
    pub(super) fn find(&self, program: &Program, text: &[u8], from: usize, scratch: &mut Scratch) -> Option<Match> {
        let first = self.sets.get(usize::from(program.first)).copied().unwrap_or_default();
        scratch.clear();
        let mut places = text.iter().enumerate().skip(from).take(if program.at_start { 1 } else { usize::MAX });
        places.find_map(|(start, byte)| {
            let (end, pattern) = first.has(*byte).then(|| self.run(program, text, from, start, scratch))??;
            Some(Match { start, end, pattern })
        })
    }

    /// The first place where a program matches in a text of which it is known where its words begin.
    pub(super) fn find_in(
        &self,
        program: &Program,
        text: &Worded<'_>,
        by_pair: &ByPair,
        scratch: &mut Scratch,
    ) -> Option<Match> {
        if !program.at_words {
            return self.find(program, text.bytes, 0, scratch);
        }
        let near = by_pair.with(program.first_two);
        let far = text.words.get(64..).unwrap_or_default();
        if near == 0 && far.is_empty() {
            return None;
        }
        scratch.clear();
        let near = bits(near).filter_map(|n| text.words.get(n));
        let far = far.iter().filter(|(_, pair)| program.first_two >> pair & 1 == 1);
        near.chain(far).find_map(|(start, _)| {
            let start = (*start as usize).checked_sub(text.base)?;
            let (end, pattern) = self.run(program, text.bytes, 0, start, scratch)?;
            Some(Match { start, end, pattern })
        })
    }

    /// Whether a program matches right at `start`.
    pub(super) fn find_here(
        &self,
        program: &Program,
        text: &[u8],
        start: usize,
        scratch: &mut Scratch,
    ) -> Option<Match> {
        scratch.clear();
        let (end, pattern) = self.run(program, text, start, start, scratch)?;
        Some(Match { start, end, pattern })
    }

    #[inline]
    fn can_begin(&self, first: u16, byte: Option<u8>) -> bool {
        first == ANY || byte.is_some_and(|b| self.sets.get(usize::from(first)).is_some_and(|s| s.has(b)))
    }

    /// Tries a program at one place. What was tried in vain from an earlier place of the same search is not tried again.
    fn run(
        &self,
        program: &Program,
        text: &[u8],
        origin: usize,
        start: usize,
        scratch: &mut Scratch,
    ) -> Option<(usize, usize)> {
        let looks = LookMatcher::new();
        let marks = usize::from(program.marks);
        scratch.open.clear();
        let (mut step, mut at) = (program.start, start);
        loop {
            scratch.work += 1;
            let on = match self.steps.get(step as usize)? {
                Step::Literal { from, len, next } => {
                    let (from, len) = (*from as usize, usize::from(*len));
                    // Most are told by their first byte, and most others are short.
                    let stands = self.literals.get(from..from + len).is_some_and(|literal| {
                        literal.first() == text.get(at)
                            && text.get(at..at + len).is_some_and(|here| here.iter().eq(literal))
                    });
                    stands.then_some((*next, at + len))
                }
                Step::Class { set, next } => {
                    let byte = text.get(at).copied();
                    let within = byte.is_some_and(|b| self.sets.get(usize::from(*set)).is_some_and(|s| s.has(b)));
                    within.then_some((*next, at + 1))
                }
                Step::Switch { from, len } => text.get(at).and_then(|&byte| {
                    let ways = self.ways.get(*from as usize..*from as usize + usize::from(*len))?;
                    let way = ways.iter().find(|w| byte <= w.high)?;
                    (way.low <= byte).then_some((way.next, at + 1))
                }),
                Step::Fork { from, len, mark } => {
                    let ways = self.forks.get(*from as usize..*from as usize + usize::from(*len))?;
                    if scratch.is_new((at - origin) * marks + usize::from(*mark)) {
                        let (kind, place) = (kind(text.get(at)), u32::try_from(at).ok()?);
                        // From behind, so that the preferred way is tried first; ways that cannot begin here are not
                        // worth a step.
                        let mut preferred = None;
                        for way in ways.iter().rev() {
                            if way.first >> kind & 1 == 0 {
                                continue;
                            }
                            if let Some(later) = preferred.replace((way.next, place)) {
                                scratch.open.push(later);
                            }
                        }
                        preferred.map(|(way, _)| (way, at))
                    } else {
                        None
                    }
                }
                Step::Gap { min, max, mark, first, next } => {
                    if scratch.is_new((at - origin) * marks + usize::from(*mark)) {
                        self.push_exits(text, at, (*min, *max), (*first, *next), scratch);
                    }
                    None
                }
                Step::Border { look, next } => looks.matches(*look, text, at).then_some((*next, at)),
                Step::Found { pattern } => return Some((at, usize::from(*pattern))),
                Step::Dead => None,
            };
            (step, at) = match on {
                Some(on) => on,
                None => scratch.open.pop().map(|(step, at)| (step, at as usize))?,
            };
        }
    }
}

impl Matcher {
    /// Opens the ways behind each number of words from `at` on, so that the nearest is tried first.
    fn push_exits(
        &self,
        text: &[u8],
        at: usize,
        (min, max): (u8, u8),
        (first, next): (u16, u32),
        scratch: &mut Scratch,
    ) {
        let (open, mut place) = (scratch.open.len(), at);
        for words in 0..=max {
            if words >= min
                && self.can_begin(first, text.get(place).copied())
                && let Ok(here) = u32::try_from(place)
            {
                scratch.open.push((next, here));
            }
            let rest = text.get(place..).unwrap_or_default();
            let Some(len) = rest.iter().position(|b| matches!(b, 9..=13 | b' ')) else { break };
            if len == 0 || rest.get(len) != Some(&b' ') {
                break;
            }
            place += len + 1;
        }
        scratch.work += u64::from(max);
        scratch.open.get_mut(open..).unwrap_or_default().reverse();
    }
}

impl Scratch {
    #[inline]
    fn clear(&mut self) {
        for word in self.dirty.drain(..) {
            if let Some(slot) = self.seen.get_mut(word as usize) {
                *slot = 0;
            }
        }
        self.open.clear();
    }

    /// Notes a bit; whether it was not yet noted.
    #[inline]
    fn is_new(&mut self, bit: usize) -> bool {
        let word = bit / 64;
        if word >= self.seen.len() {
            self.seen.resize((word + 1).next_power_of_two(), 0);
        }
        let (Some(slot), Ok(index)) = (self.seen.get_mut(word), u32::try_from(word)) else { return false };
        let bit = 1 << (bit % 64);
        if *slot & bit != 0 {
            return false;
        }
        if *slot == 0 {
            self.dirty.push(index);
        }
        *slot |= bit;
        true
    }
}

/// Whether a byte is part of a word, as `\b` has it.
#[inline]
pub(super) const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
