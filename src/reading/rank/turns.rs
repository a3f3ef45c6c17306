//! What each sentence of a message speaks for: which of two pages is asked for first, and whether one is asked for besides.
//!
//! The words of a whole message hide its second wish behind the first; those of its own sentence show it. Knows no page.

use super::{Seen, Tally, Thresholds, Zone};
use crate::reading::wording::Votes;

/// The sentences of one message, each with what its words say for each page.
pub(super) struct Turns<'s> {
    votes: Votes<'s>,
    /// Whether it has sentences of its own beside the subject.
    has_text: bool,
}

impl<'s> Turns<'s> {
    pub(super) fn of(seen: &Seen<'_, 's>) -> Self {
        let has_text = seen.folded.sentences.iter().any(|s| s.zone == Zone::Text);
        Self { votes: seen.wording.votes(seen.known), has_text }
    }

    /// Whether the table of words knows the page.
    pub(super) fn know(&self, page: usize) -> bool {
        self.votes.know(page)
    }

    fn is_text(&self, seen: &Seen<'_, '_>, sentence: usize) -> bool {
        seen.folded.sentences.get(sentence).is_some_and(|s| s.zone == Zone::Text)
    }

    /// Points for a page whose wish stands before that of the leading one: two pages are told apart by the sentence that
    /// speaks loudest for the one against the other, and by that which does so the other way round.
    pub(super) fn earlier(&self, seen: &Seen<'_, '_>, page: usize, leading: usize) -> i32 {
        let marks = seen.marks;
        let mut most = (f32::MIN, 0);
        let mut least = (f32::MAX, 0);
        for (sentence, apart) in self.votes.apart(page, leading, marks.wording) {
            if self.has_text && !self.is_text(seen, sentence) {
                continue;
            }
            if apart > most.0 {
                most = (apart, sentence);
            }
            if apart < least.0 {
                least = (apart, sentence);
            }
        }
        // As loud as the quieter of the two: both have to be there.
        let both = most.0.min(-least.0).clamp(0.0, LOUD_MAX);
        if most.1 >= least.1 { 0 } else { (hundredths(marks.earlier, both) - marks.earlier_from).max(0) }
    }

    /// How much speaks for a page as a further request beside the leading one: its signs, its words in the whole message,
    /// the sentence that speaks loudest for it against the other and denies nothing, and the one that asks for it and
    /// begins a further matter.
    pub(super) fn further(&self, seen: &Seen<'_, '_>, page: usize, sum: &Tally, leading: usize) -> i32 {
        let marks = seen.marks;
        let (mut loudest, mut begun) = (0.0_f32, 0.0_f32);
        for (sentence, apart) in self.votes.apart(page, leading, marks.wording) {
            if self.is_text(seen, sentence) && !seen.hits.denies(sentence) {
                loudest = loudest.max(apart);
            }
            let asked = || seen.folded.sentences.get(sentence).is_some_and(|s| sum.asked_within(s.start, s.end));
            if apart > begun && seen.hits.begins_further(sentence) && asked() {
                begun = apart;
            }
        }
        sum.signs(marks)
            + marks.of_words * sum.words.unwrap_or_default() / 100
            + hundredths(marks.apart, loudest)
            + hundredths(marks.begun, begun)
    }
}

/// One sentence tells no more than this, in points: three rare words are no clearer wish than two.
const LOUD_MAX: f32 = 100.0;

fn hundredths(of: i32, points: f32) -> i32 {
    (points * of as f32 / 100.0).round() as i32
}

impl Tally {
    /// What its signs say for a further request.
    fn signs(&self, marks: &Thresholds) -> i32 {
        (self.score - self.named).clamp(-2 * marks.weak, marks.loudest)
    }
}
