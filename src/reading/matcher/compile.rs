//! From regular expressions to the matcher's programs. Knows nothing of searching.

use super::{
    ANY, Branch, Bytes, Matcher, Program, Step, Way,
    gaps::{self, BLACK},
    is_word,
    words::{kind, pair},
};
use regex_automata::{
    nfa::thompson::{Compiler, NFA, State, WhichCaptures},
    util::{look::Look, primitives::StateID},
};
use regex_syntax::{Error, ParserBuilder, hir::Hir};
use std::borrow::Borrow;

/// Memory one pattern may take while it is compiled; a page's pattern needs a few KiB.
const PATTERN_SIZE_MAX: usize = 4 << 20;
/// No step yet.
const NONE: u32 = u32::MAX;
/// States looked at to see how a match can begin; past it, anything is expected.
const CLOSURE_MAX: usize = 600;
/// Longest literal in one step.
const LITERAL_MAX: usize = 255;

/// A pattern on ASCII text, taken apart. It is done once for each pattern: it takes the most time of all that loading does.
///
/// # Errors
/// What is wrong, in the engine's words.
pub(in super::super) fn parse(pattern: &str) -> Result<Hir, Box<Error>> {
    Ok(ParserBuilder::new().unicode(false).utf8(false).build().parse(pattern)?)
}

impl Matcher {
    /// Compiles patterns into one program; where several match at one place, the first is found.
    ///
    /// # Errors
    /// What is wrong, in the engine's words.
    pub(in super::super) fn compile<P: Borrow<Hir>>(&mut self, patterns: &[P]) -> Result<Program, String> {
        let marked: Vec<Option<Hir>> = patterns.iter().map(|p| gaps::marked(p.borrow())).collect();
        let with_marks: Vec<&Hir> =
            marked.iter().zip(patterns).map(|(marked, plain)| marked.as_ref().unwrap_or(plain.borrow())).collect();
        // Where the compiler tears a gap's mark apart, the pattern is compiled as it is written.
        let nfa = nfa_of(&with_marks)?;
        let nfa = if gaps::are_whole(&nfa) { nfa } else { nfa_of(patterns)? };
        self.take_over(&nfa).ok_or_else(|| "the patterns together are too large".to_owned())
    }

    fn take_over(&mut self, nfa: &NFA) -> Option<Program> {
        let mut step_of = vec![NONE; nfa.states().len()];
        let mut todo = Vec::new();
        let mut marks: u16 = 0;
        let start = self.step_for(nfa, nfa.start_anchored(), &mut step_of, &mut todo)?;
        while let Some((id, step)) = todo.pop() {
            let made = self.step(nfa, id, &mut marks, &mut step_of, &mut todo)?;
            *self.steps.get_mut(step as usize)? = made;
        }
        let begins = beginning(nfa, nfa.start_anchored());
        let first = self.set(begins.set)?;
        let first_two = first_two(nfa, &begins);
        Some(Program { start, marks, first, first_two, at_words: begins.at_words, at_start: begins.at_start })
    }

    /// The step of a state, made room for where it has none yet.
    fn step_for(&mut self, nfa: &NFA, id: StateID, step_of: &mut [u32], todo: &mut Vec<(StateID, u32)>) -> Option<u32> {
        let id = behind_captures(nfa, id);
        let slot = step_of.get_mut(id.as_usize())?;
        if *slot == NONE {
            *slot = u32::try_from(self.steps.len()).ok().filter(|n| *n != NONE)?;
            self.steps.push(Step::Dead);
            todo.push((id, *slot));
        }
        Some(*slot)
    }

    fn step(
        &mut self,
        nfa: &NFA,
        id: StateID,
        marks: &mut u16,
        step_of: &mut [u32],
        todo: &mut Vec<(StateID, u32)>,
    ) -> Option<Step> {
        if let Some(gap) = gaps::at(nfa, id) {
            let begins = beginning(nfa, gap.then);
            let first = if begins.maybe_empty { ANY } else { self.set(begins.set)? };
            let mark = *marks;
            *marks = marks.checked_add(1)?;
            let next = self.step_for(nfa, gap.then, step_of, todo)?;
            return Some(Step::Gap { min: gap.min, max: gap.max, mark, first, next });
        }
        Some(match nfa.state(id) {
            State::ByteRange { trans } if trans.start == trans.end => {
                let from = u32::try_from(self.literals.len()).ok()?;
                let (mut next, mut byte, mut len) = (trans.next, trans.start, 0_u16);
                loop {
                    self.literals.push(byte);
                    len += 1;
                    next = behind_captures(nfa, next);
                    match nfa.state(next) {
                        State::ByteRange { trans }
                            if trans.start == trans.end
                                && usize::from(len) < LITERAL_MAX
                                && gaps::at(nfa, next).is_none() =>
                        {
                            (next, byte) = (trans.next, trans.start);
                        }
                        _ => break,
                    }
                }
                Step::Literal { from, len, next: self.step_for(nfa, next, step_of, todo)? }
            }
            State::ByteRange { trans } => {
                let mut set = Bytes::default();
                set.add(trans.start, trans.end);
                Step::Class { set: self.set(set)?, next: self.step_for(nfa, trans.next, step_of, todo)? }
            }
            State::Sparse(sparse) => {
                let ways: Vec<_> = sparse.transitions.iter().map(|t| (t.start, t.end, t.next)).collect();
                self.switch(nfa, &ways, step_of, todo)?
            }
            State::Dense(dense) => {
                let ways: Vec<_> = (0..=u8::MAX)
                    .zip(dense.transitions.iter())
                    .filter(|(_, next)| **next != StateID::ZERO)
                    .map(|(byte, next)| (byte, byte, *next))
                    .collect();
                self.switch(nfa, &ways, step_of, todo)?
            }
            State::Look { look, next } => Step::Border { look: *look, next: self.step_for(nfa, *next, step_of, todo)? },
            State::Union { alternates } => self.fork(nfa, alternates, marks, step_of, todo)?,
            State::BinaryUnion { alt1, alt2 } => self.fork(nfa, &[*alt1, *alt2], marks, step_of, todo)?,
            State::Match { pattern_id } => Step::Found { pattern: u16::try_from(pattern_id.as_usize()).ok()? },
            State::Capture { .. } | State::Fail => Step::Dead,
        })
    }

    fn switch(
        &mut self,
        nfa: &NFA,
        ways: &[(u8, u8, StateID)],
        step_of: &mut [u32],
        todo: &mut Vec<(StateID, u32)>,
    ) -> Option<Step> {
        let mut made = Vec::with_capacity(ways.len());
        for (low, high, next) in ways {
            made.push(Way { low: *low, high: *high, next: self.step_for(nfa, *next, step_of, todo)? });
        }
        let same = made.first().map(|w| w.next).filter(|next| made.iter().all(|w| w.next == *next));
        if let Some(next) = same {
            let mut set = Bytes::default();
            made.iter().for_each(|w| set.add(w.low, w.high));
            return Some(Step::Class { set: self.set(set)?, next });
        }
        let from = u32::try_from(self.ways.len()).ok()?;
        let len = u16::try_from(made.len()).ok()?;
        self.ways.extend(made);
        Some(Step::Switch { from, len })
    }

    fn fork(
        &mut self,
        nfa: &NFA,
        alternates: &[StateID],
        marks: &mut u16,
        step_of: &mut [u32],
        todo: &mut Vec<(StateID, u32)>,
    ) -> Option<Step> {
        let mark = *marks;
        *marks = marks.checked_add(1)?;
        let mut made = Vec::with_capacity(alternates.len());
        for next in alternates {
            let begins = beginning(nfa, *next);
            let first = if begins.maybe_empty { u64::MAX } else { begins.set.kinds() };
            made.push(Branch { next: self.step_for(nfa, *next, step_of, todo)?, first });
        }
        let from = u32::try_from(self.forks.len()).ok()?;
        let len = u16::try_from(made.len()).ok()?;
        self.forks.extend(made);
        Some(Step::Fork { from, len, mark })
    }

    /// The index of a set; few sets serve all patterns.
    fn set(&mut self, set: Bytes) -> Option<u16> {
        let known = self.sets.iter().position(|s| *s == set);
        let index = known.unwrap_or(self.sets.len());
        if known.is_none() {
            self.sets.push(set);
        }
        u16::try_from(index).ok().filter(|index| *index != ANY)
    }
}

impl Bytes {
    /// The [`kind`]s of its bytes, as bits of a set.
    fn kinds(&self) -> u64 {
        self.each().fold(0, |kinds, byte| kinds | 1 << kind(Some(&byte)))
    }
}

fn nfa_of<P: Borrow<Hir>>(patterns: &[P]) -> Result<NFA, String> {
    let config = NFA::config().utf8(false).which_captures(WhichCaptures::None).nfa_size_limit(Some(PATTERN_SIZE_MAX));
    Compiler::new().configure(config).build_many_from_hir(patterns).map_err(|e| e.to_string())
}

fn behind_captures(nfa: &NFA, mut id: StateID) -> StateID {
    while let State::Capture { next, .. } = nfa.state(id) {
        id = *next;
    }
    id
}

/// How a match can begin.
struct Beginning {
    /// With one of these bytes.
    set: Bytes,
    /// The same, each with what follows it; empty where anything is expected.
    ways: Vec<(u8, u8, StateID)>,
    /// Only where a word begins.
    at_words: bool,
    /// Only where the text begins.
    at_start: bool,
    /// Or without a byte.
    maybe_empty: bool,
    /// What follows the first byte is not known of all `ways`.
    open: bool,
}

/// How what matches from a state on can begin.
fn beginning(nfa: &NFA, from: StateID) -> Beginning {
    let mut begins = Beginning {
        set: Bytes::default(),
        ways: Vec::new(),
        at_words: true,
        at_start: true,
        maybe_empty: false,
        open: false,
    };
    let mut seen: Vec<(StateID, [bool; 2])> = Vec::with_capacity(16);
    let mut todo = vec![(from, [false; 2])];
    while let Some((id, border)) = todo.pop() {
        let [word, start] = border;
        if seen.contains(&(id, border)) {
            continue;
        }
        if seen.len() > CLOSURE_MAX {
            let set = Bytes([u64::MAX; 4]);
            return Beginning {
                set,
                ways: Vec::new(),
                at_words: false,
                at_start: false,
                maybe_empty: true,
                open: true,
            };
        }
        seen.push((id, border));
        if let Some(gap) = gaps::at(nfa, id) {
            BLACK.iter().for_each(|(low, high)| begins.set.add(*low, *high));
            (begins.open, begins.at_words) = (true, false);
            begins.at_start &= start;
            if gap.min == 0 {
                todo.push((gap.then, border));
            }
            continue;
        }
        let mut reads = |low: u8, high: u8, next: StateID| {
            begins.set.add(low, high);
            begins.ways.push((low, high, next));
            begins.at_words &= word && (low..=high).all(is_word);
            begins.at_start &= start;
        };
        match nfa.state(id) {
            State::ByteRange { trans } => reads(trans.start, trans.end, trans.next),
            State::Sparse(sparse) => sparse.transitions.iter().for_each(|t| reads(t.start, t.end, t.next)),
            State::Dense(dense) => (0..=u8::MAX)
                .zip(dense.transitions.iter())
                .filter(|(_, next)| **next != StateID::ZERO)
                .for_each(|(byte, next)| reads(byte, byte, *next)),
            State::Look { look, next } => {
                todo.push((*next, [word || *look == Look::WordAscii, start || *look == Look::Start]));
            }
            State::Union { alternates } => todo.extend(alternates.iter().map(|next| (*next, border))),
            State::BinaryUnion { alt1, alt2 } => todo.extend([(*alt1, border), (*alt2, border)]),
            State::Capture { next, .. } => todo.push((*next, border)),
            State::Match { .. } => begins.maybe_empty = true,
            State::Fail => {}
        }
    }
    begins
}

/// The first two bytes of what can match, as a set of their [`pair`]s.
fn first_two(nfa: &NFA, begins: &Beginning) -> u64 {
    if begins.maybe_empty || begins.open {
        return u64::MAX;
    }
    let mut pairs = 0;
    for (low, high, next) in &begins.ways {
        let then = beginning(nfa, *next);
        let seconds = if then.maybe_empty { Bytes([u64::MAX; 4]) } else { then.set };
        for second in seconds.each() {
            (*low..=*high).for_each(|first| pairs |= 1 << pair(first, second));
        }
        if pairs == u64::MAX {
            break;
        }
    }
    pairs
}
