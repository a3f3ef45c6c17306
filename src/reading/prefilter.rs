//! Which plain words of patterns stand in a sentence: what decides which patterns are worth trying there.
//!
//! Most words must begin where a word of the text begins, so they are looked for only there, and a place where none of
//! them stands costs two or three bytes. Knows no pattern: words have numbers.

use super::{
    folded::{Folded, Sentence, Zone},
    matcher::is_word,
    phrase::Plain,
};
use aho_corasick::{Anchored, BuildError, automaton::Automaton, nfa::contiguous::NFA};

/// Finds plain words.
#[derive(Debug)]
pub(super) struct Prefilter {
    /// What is looked for in what people write.
    prose: Words,
    /// What is looked for in addresses, header fields and footers.
    around: Words,
}

/// The zones of `Prefilter::prose`.
const PROSE: u16 = Zone::Subject.bit() | Zone::Text.bit() | Zone::Attachment.bit() | Zone::AttachmentText.bit();

/// The plain words of some zones.
#[derive(Debug)]
struct Words {
    /// Those that begin a word of the text.
    at_words: Table,
    /// Those that may begin anywhere.
    anywhere: Table,
}

/// Words in one automaton, and by their place there whose they are.
#[derive(Debug)]
struct Table {
    automaton: NFA,
    words: Vec<Word>,
}

#[derive(Debug, Clone, Copy)]
struct Word {
    number: u32,
    len: u32,
    /// Whether its last letter must end a word.
    ends: bool,
}

impl Prefilter {
    /// Numbers words in the order in which they come, each with the zones in which it is asked for.
    ///
    /// # Errors
    /// When they are too many for an automaton.
    pub(super) fn new<'a>(plain: impl Iterator<Item = (&'a Plain, u16)> + Clone) -> Result<Self, BuildError> {
        let in_zones = |zones: u16| {
            let asked = (0..).zip(plain.clone()).filter(move |(_, (_, asked))| asked & zones != 0);
            let numbered = asked.map(|(number, (plain, _))| (number, plain));
            let at_words = Table::new(numbered.clone().filter(|(_, p)| p.begins))?;
            Ok(Words { at_words, anywhere: Table::new(numbered.filter(|(_, p)| !p.begins))? })
        };
        Ok(Self { prose: in_zones(PROSE)?, around: in_zones(!PROSE)? })
    }

    /// Calls `found` with the number of each word that stands in a sentence, as often as it does.
    pub(super) fn find(&self, folded: &Folded, sentence: &Sentence, mut found: impl FnMut(usize)) {
        let words = if sentence.zone.bit() & PROSE == 0 { &self.around } else { &self.prose };
        let text = folded.bytes.get(..sentence.end).unwrap_or_default();
        for &(start, _) in folded.words_of(sentence) {
            words.at_words.find(text, start as usize, Anchored::Yes, &mut found);
        }
        words.anywhere.find(text, sentence.start, Anchored::No, &mut found);
    }
}

impl Table {
    fn new<'a>(plain: impl Iterator<Item = (u32, &'a Plain)> + Clone) -> Result<Self, BuildError> {
        let automaton = NFA::new(plain.clone().map(|(_, p)| &p.bytes))?;
        let len = |p: &Plain| u32::try_from(p.bytes.len()).unwrap_or(u32::MAX);
        Ok(Self { automaton, words: plain.map(|(number, p)| Word { number, len: len(p), ends: p.ends }).collect() })
    }

    /// Calls `found` with each word that begins right at `from`, or anywhere after it.
    fn find(&self, text: &[u8], from: usize, anchored: Anchored, found: &mut impl FnMut(usize)) {
        let automaton = &self.automaton;
        let Ok(mut state) = automaton.start_state(anchored) else { return };
        for (end, byte) in (from + 1..).zip(text.get(from..).unwrap_or_default()) {
            state = automaton.next_state(anchored, state, *byte);
            if automaton.is_dead(state) {
                return;
            }
            if !automaton.is_match(state) {
                continue;
            }
            for i in 0..automaton.match_len(state) {
                let number = automaton.match_pattern(state, i).as_usize();
                let Some(word) = self.words.get(number) else { continue };
                // A state also knows the words that end here and began later.
                let here = anchored == Anchored::No || word.len as usize == end - from;
                if here && !(word.ends && text.get(end).copied().is_some_and(is_word)) {
                    found(word.number as usize);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{Message, Part, PartKind};

    fn plain(bytes: &str, begins: bool, ends: bool) -> Plain {
        Plain { bytes: bytes.as_bytes().to_vec(), begins, ends }
    }

    /// The numbers found in a text, in order.
    fn found(words: &[(Plain, u16)], text: &str) -> Vec<usize> {
        let prefilter = Prefilter::new(words.iter().map(|(plain, zones)| (plain, *zones))).unwrap();
        let parts = vec![Part { kind: PartKind::New, start: 0, end: text.len() }];
        let folded = Folded::of(&Message { text: text.to_owned(), parts, ..Message::default() });
        let mut numbers = Vec::new();
        for sentence in &folded.sentences {
            prefilter.find(&folded, sentence, |number| numbers.push(number));
        }
        numbers
    }

    #[test]
    fn words_border_where_they_must() {
        let text = Zone::Text.bit();
        let words = [
            (plain("cert", true, true), text),
            (plain("cert", true, false), text),
            (plain("ert", false, false), text),
            (plain("loss run", true, false), text),
        ];
        assert_eq!(found(&words, "certs, cert"), [1, 0, 1, 2, 2]);
        assert_eq!(found(&words, "concert"), [2]);
        assert_eq!(found(&words, "a loss runs"), [3]);
        assert_eq!(found(&words, "loss"), [0; 0]);
    }
    #[test]
    fn a_word_of_another_zone_is_not_looked_for() {
        assert_eq!(found(&[(plain("cert", true, true), Zone::From.bit())], "cert"), [0; 0]);
    }
}
