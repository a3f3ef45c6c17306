//! Which plain words of patterns stand in a sentence: what decides which patterns are worth trying there.
//!
//! Most words must begin where a word of the text begins, so they are looked for only there, and a place where none of
//! them stands costs two or three bytes. Knows no pattern: words have numbers.

use super::{
    folded::{Folded, Sentence, Zone},
    matcher::is_word,
    phrase::Plain,
    trie::Trie,
};

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

/// Words, and by their number in the trie whose they are.
#[derive(Debug)]
struct Table {
    trie: Trie,
    words: Vec<Word>,
}

#[derive(Debug, Clone, Copy)]
struct Word {
    number: u32,
    /// Whether its last letter must end a word.
    ends: bool,
    /// Whether the next one has the same letters.
    again: bool,
}

impl Prefilter {
    /// Numbers words in the order in which they come, each with the zones in which it is asked for; those with the same
    /// letters stand together.
    pub(super) fn new<'a>(plain: impl Iterator<Item = (&'a Plain, u16)> + Clone) -> Self {
        let in_zones = |zones: u16| {
            let asked = (0..).zip(plain.clone()).filter(move |(_, (_, asked))| asked & zones != 0);
            let numbered = asked.map(|(number, (plain, _))| (number, plain));
            let at_words = Table::new(numbered.clone().filter(|(_, p)| p.begins));
            Words { at_words, anywhere: Table::new(numbered.filter(|(_, p)| !p.begins)) }
        };
        Self { prose: in_zones(PROSE), around: in_zones(!PROSE) }
    }

    /// Calls `found` with the number of each word that stands in a sentence, as often as it does.
    pub(super) fn find(&self, folded: &Folded, sentence: &Sentence, mut found: impl FnMut(usize)) {
        let words = if sentence.zone.bit() & PROSE == 0 { &self.around } else { &self.prose };
        let text = folded.bytes.get(..sentence.end).unwrap_or_default();
        for &(start, _) in folded.words_of(sentence) {
            words.at_words.find(text, start as usize, &mut found);
        }
        for start in words.anywhere.trie.places(text, sentence.start) {
            words.anywhere.find(text, start, &mut found);
        }
    }
}

impl Table {
    fn new<'a>(plain: impl Iterator<Item = (u32, &'a Plain)> + Clone) -> Self {
        let next = plain.clone().skip(1).map(|(_, p)| Some(&p.bytes)).chain([None]);
        let word = |((number, p), next): ((u32, &Plain), Option<&Vec<u8>>)| Word {
            number,
            ends: p.ends,
            again: next == Some(&p.bytes),
        };
        let words = plain.clone().zip(next).map(word).collect();
        Self { trie: Trie::new(plain.zip(0..).map(|((_, p), at)| (p.bytes.as_slice(), at))), words }
    }

    /// Calls `found` with each word that begins right at `from`.
    #[inline]
    fn find(&self, text: &[u8], from: usize, found: &mut impl FnMut(usize)) {
        self.trie.each_at(text, from, |first, end| {
            let in_word = text.get(end).copied().is_some_and(is_word);
            for word in self.words.get(first as usize..).unwrap_or_default() {
                if !(word.ends && in_word) {
                    found(word.number as usize);
                }
                if !word.again {
                    break;
                }
            }
        });
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
        let prefilter = Prefilter::new(words.iter().map(|(plain, zones)| (plain, *zones)));
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
