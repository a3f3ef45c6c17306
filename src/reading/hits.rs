//! What the lexicon found in a message: which groups of patterns, and where.
//!
//! Knows no page: groups have numbers.

use super::folded::{Folded, Zone};
use crate::domain::field::Span;

/// The number of a group of patterns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct WordsId(pub(super) usize);

/// One group of patterns found in one sentence.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hit {
    pub(super) id: WordsId,
    pub(super) zone: Zone,
    pub(super) sentence: usize,
    /// Its sentence speaks of what is done already.
    pub(super) settled: bool,
    /// First byte and one past the last in the folded text.
    pub(super) start: usize,
    pub(super) end: usize,
}

/// What was found in a message, by group and then in the order of the message.
#[derive(Debug, Default)]
pub(super) struct Hits {
    found: Vec<Hit>,
    /// By group, and one more: where its hits begin in `found`.
    begins: Vec<u32>,
    /// The sentences that begin a further matter, in order.
    further: Vec<usize>,
    /// The sentences that say what is not so or not wanted, in order.
    denied: Vec<usize>,
}

impl Hits {
    /// Takes hits in order of groups, of which there are `groups`.
    pub(super) fn sorted(found: Vec<Hit>, groups: usize) -> Self {
        let mut begins = vec![0; groups + 1];
        for hit in &found {
            if let Some(count) = begins.get_mut(hit.id.0 + 1) {
                *count += 1;
            }
        }
        let mut at = 0;
        for begin in &mut begins {
            at += *begin;
            *begin = at;
        }
        Self { found, begins, ..Self::default() }
    }

    /// The same, with the sentences that begin a further matter and those that say what is not wanted, in order.
    pub(super) fn with_turns(self, further: Vec<usize>, denied: Vec<usize>) -> Self {
        Self { further, denied, ..self }
    }

    /// Where a group was found: at most once in each zone, and once more where that was a matter settled.
    pub(super) fn of(&self, id: WordsId) -> &[Hit] {
        let (Some(from), Some(to)) = (self.begins.get(id.0), self.begins.get(id.0 + 1)) else { return &[] };
        self.found.get(*from as usize..*to as usize).unwrap_or_default()
    }
    /// The sentences in which something was found that is done already, each perhaps several times.
    pub(super) fn settled(&self) -> impl Iterator<Item = usize> {
        self.found.iter().filter(|h| h.settled).map(|h| h.sentence)
    }
    /// Whether a sentence begins a further matter.
    pub(super) fn begins_further(&self, sentence: usize) -> bool {
        self.further.binary_search(&sentence).is_ok()
    }
    /// Whether a sentence says what is not so or not wanted.
    pub(super) fn denies(&self, sentence: usize) -> bool {
        self.denied.binary_search(&sentence).is_ok()
    }
    /// Whether a group was found at all.
    pub(super) fn has(&self, id: WordsId) -> bool {
        !self.of(id).is_empty()
    }
}

impl Hit {
    /// Where it stands in the message, and the message's own words there.
    pub(super) fn span(&self, folded: &Folded) -> Option<Span> {
        folded.span(folded.sentences.get(self.sentence)?, self.start, self.end)
    }
}
