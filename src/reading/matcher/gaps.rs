//! “Up to so many words between”: `(?:\S+ ){0,6}?`, which ` .. ` on a page means, as one step instead of two for each
//! letter. Knows only how a pattern is written; what the step does stands with the others.
//!
//! The compiler below us knows no such step, so it is handed three bytes in its place: one that no text has, and how many
//! words at most and at least.

use regex_automata::nfa::thompson::{NFA, State};
use regex_automata::util::primitives::StateID;
use regex_syntax::hir::{Capture, Class, Hir, HirKind, Repetition};

/// Stands in no text that is UTF-8.
const GAP: u8 = 0xFF;
/// More words between are not worth a step of their own.
const WORDS_MAX: u32 = 20;

/// What stands between two words: at least, at most so many words, and what follows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gap {
    pub(super) min: u8,
    pub(super) max: u8,
    pub(super) then: StateID,
}

/// The pattern with its gaps replaced; `None` where it has none or says something of the byte that stands for them.
pub(super) fn marked(hir: &Hir) -> Option<Hir> {
    let mut gaps = 0;
    let marked = with_marks(hir, &mut gaps)?;
    (gaps > 0).then_some(marked)
}

/// `None` where the pattern itself asks for the byte.
fn with_marks(hir: &Hir, gaps: &mut usize) -> Option<Hir> {
    Some(match hir.kind() {
        HirKind::Literal(literal) if literal.0.contains(&GAP) => return None,
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) | HirKind::Look(_) => hir.clone(),
        HirKind::Repetition(r) => Hir::repetition(Repetition { sub: Box::new(with_marks(&r.sub, gaps)?), ..r.clone() }),
        HirKind::Capture(c) => Hir::capture(Capture { sub: Box::new(with_marks(&c.sub, gaps)?), ..c.clone() }),
        HirKind::Alternation(parts) => {
            Hir::alternation(parts.iter().map(|p| with_marks(p, gaps)).collect::<Option<_>>()?)
        }
        HirKind::Concat(parts) => {
            let mut made = Vec::with_capacity(parts.len());
            for (at, part) in parts.iter().enumerate() {
                let (before, _) = parts.split_at(at);
                match gap(part).filter(|_| follows_blank(before)) {
                    Some((min, max)) => {
                        *gaps += 1;
                        made.push(Hir::literal([GAP, max, min]));
                    }
                    None => made.push(with_marks(part, gaps)?),
                }
            }
            Hir::concat(made)
        }
    })
}

/// How many words at least and at most, where a part is such a gap.
fn gap(part: &Hir) -> Option<(u8, u8)> {
    let HirKind::Repetition(Repetition { min, max: Some(max), greedy: false, sub }) = part.kind() else { return None };
    let HirKind::Concat(word) = sub.kind() else { return None };
    let [letters, blank] = word.as_slice() else { return None };
    let HirKind::Repetition(Repetition { min: 1, max: None, greedy: true, sub: letter }) = letters.kind() else {
        return None;
    };
    let (HirKind::Class(Class::Bytes(class)), HirKind::Literal(blank)) = (letter.kind(), blank.kind()) else {
        return None;
    };
    let black = class.ranges().iter().map(|r| (r.start(), r.end())).eq(BLACK);
    let fits = black && *blank.0 == *b" " && *max <= WORDS_MAX;
    fits.then_some((u8::try_from(*min).ok()?, u8::try_from(*max).ok()?))
}

/// The bytes that are no white space.
pub(super) const BLACK: [(u8, u8); 3] = [(0, 8), (14, 31), (33, 255)];

/// Whether a blank was read before whatever follows these parts: then the gap is entered once a word at most, and its
/// work grows with the text and not with its square.
fn follows_blank(before: &[Hir]) -> bool {
    for part in before.iter().rev() {
        match part.kind() {
            HirKind::Repetition(r) if r.min == 0 && ends_in_blank(&r.sub) => {}
            _ => return ends_in_blank(part),
        }
    }
    false
}

fn ends_in_blank(part: &Hir) -> bool {
    match part.kind() {
        HirKind::Literal(l) => l.0.last() == Some(&b' '),
        HirKind::Capture(c) => ends_in_blank(&c.sub),
        HirKind::Repetition(r) => r.min >= 1 && ends_in_blank(&r.sub),
        HirKind::Concat(parts) => parts.last().is_some_and(ends_in_blank),
        HirKind::Alternation(parts) => parts.iter().all(ends_in_blank),
        _ => false,
    }
}

/// Whether the compiler kept the three bytes of each gap together.
pub(super) fn are_whole(nfa: &NFA) -> bool {
    nfa.states().iter().enumerate().all(|(id, state)| match state {
        State::ByteRange { trans } if (trans.start, trans.end) == (GAP, GAP) => {
            StateID::new(id).is_ok_and(|id| at(nfa, id).is_some())
        }
        State::Sparse(sparse) => sparse.transitions.iter().all(|t| (t.start, t.end) != (GAP, GAP)),
        State::Dense(dense) => {
            let leads = |byte: u8| dense.transitions.get(usize::from(byte));
            leads(GAP) == leads(GAP - 1)
        }
        _ => true,
    })
}

/// The gap that a state is, where it is one.
pub(super) fn at(nfa: &NFA, id: StateID) -> Option<Gap> {
    let one = |id: StateID| match nfa.state(id) {
        State::ByteRange { trans } if trans.start == trans.end => Some((trans.start, trans.next)),
        _ => None,
    };
    let (mark, next) = one(id)?;
    if mark != GAP {
        return None;
    }
    let (max, next) = one(next)?;
    let (min, then) = one(next)?;
    Some(Gap { min, max, then })
}
