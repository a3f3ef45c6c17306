//! The phrases by which mail programs and law firms give themselves away, found in one pass over a body. Knows not
//! what follows from them.

use super::phrases::{FOREIGN, PHRASES};
use aho_corasick::{AhoCorasick, MatchKind};
use std::sync::LazyLock;

/// What a phrase hints at; a line may hint at several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Signals(u16);

impl Signals {
    /// “wrote:” and its like in other languages.
    pub(super) const WROTE: Signals = Signals(1);
    /// “Forwarded message”.
    pub(super) const FORWARD: Signals = Signals(2);
    /// “Original message”.
    pub(super) const ORIGINAL: Signals = Signals(4);
    /// “[EXTERNAL]”, “originated from outside”.
    pub(super) const BANNER: Signals = Signals(8);
    /// Confidentiality, no binding by mail: never a person's own words.
    pub(super) const NOTICE: Signals = Signals(16);
    /// “To report a claim, call”: a notice below a signature, a question above it.
    pub(super) const WEAK_NOTICE: Signals = Signals(32);
    /// “Unsubscribe”, “this mailbox is not monitored”.
    pub(super) const FOOTER: Signals = Signals(64);
    /// “Sent from my iPhone”.
    pub(super) const MOBILE: Signals = Signals(128);

    /// Whether any of `other` is among these.
    pub(super) fn has(self, other: Signals) -> bool {
        self.0 & other.0 != 0
    }
    /// Both together.
    pub(super) fn with(self, other: Signals) -> Signals {
        Signals(self.0 | other.0)
    }
}

/// A machine for phrases, and what each of them hints at.
type Machine = Option<(AhoCorasick, Vec<Signals>)>;

static MACHINE: LazyLock<Machine> = LazyLock::new(|| machine(PHRASES));
static FOREIGN_MACHINE: LazyLock<Machine> = LazyLock::new(|| machine(FOREIGN));

fn machine(phrases: &[(Signals, &[&'static str])]) -> Machine {
    let all: Vec<(Signals, &str)> = phrases.iter().flat_map(|(s, list)| list.iter().map(move |p| (*s, *p))).collect();
    let machine = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::LeftmostLongest)
        .kind(Some(aho_corasick::AhoCorasickKind::DFA))
        .build(all.iter().map(|(_, p)| *p))
        .ok()?;
    Some((machine, all.into_iter().map(|(s, _)| s).collect()))
}

/// Every phrase in `text`, in order: where it begins, and what it hints at.
pub(super) fn find(text: &str) -> Vec<(usize, Signals)> {
    let mut found: Vec<(usize, Signals)> = found_by(&MACHINE, text).collect();
    if text.bytes().any(is_foreign) {
        found.extend(found_by(&FOREIGN_MACHINE, text));
        found.sort_unstable_by_key(|(at, _)| *at);
    }
    found
}

fn found_by<'t>(machine: &'static Machine, text: &'t str) -> impl Iterator<Item = (usize, Signals)> + use<'t> {
    machine.iter().flat_map(move |(machine, signals)| {
        machine.find_iter(text).filter_map(|m| Some((m.start(), *signals.get(m.pattern().as_usize())?)))
    })
}

/// The first byte of a letter from U+0100 on; what stands at U+2000 to U+2FFF is punctuation.
fn is_foreign(byte: u8) -> bool {
    byte >= 0xC4 && byte != 0xE2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_phrases_make_a_machine() {
        assert!(MACHINE.is_some() && FOREIGN_MACHINE.is_some());
        let found = find("CONFIDENTIALITY NOTICE: x\nSent from my iPhone\nAnn WROTE:");
        assert_eq!(found, [(0, Signals::NOTICE), (26, Signals::MOBILE), (50, Signals::WROTE)]);
    }
    #[test]
    fn phrases_in_other_letters_are_found_between_the_usual_ones() {
        let found = find("Ann wrote: x\n-- Пересылаемое сообщение --\nSent from my iPhone");
        let kinds: Vec<Signals> = found.into_iter().map(|(_, s)| s).collect();
        assert_eq!(kinds, [Signals::WROTE, Signals::FORWARD, Signals::MOBILE]);
    }
}
