//! How much experience a request needs: what its page says for certain, and beside it what all its words say.
//!
//! A page names what is complex whatever else is written: a suit, somebody hurt; and to what else it leans. What makes a
//! request hard is told in more ways than anybody lists; so a table of weights (`complex.csv`), learned from labelled
//! mail, hears what is asked for, who asks, which facts were found, and the words. Knows no page, no field and no word by
//! name.

use super::{
    RuleFile,
    condition::{of_channel, of_sender},
    extract::{Asked, Extractors, Heard, Piece, TraitLesson, Weights, piece, pieces},
    folded::{Folded, Zone},
};
use crate::domain::{
    field::{Field, FieldValue},
    mistake::Mistake,
};
use std::{cell::OnceCell, collections::BTreeMap};

/// The table's only column.
const COLUMN: &str = "complex";
/// How loudly a word counts, against a fact that was found.
const WORD: f32 = 0.35;
/// How loudly two words count that stand together or with one between.
const PAIR: f32 = 0.25;

/// How far the page moves a message to its side that leans, and away from it where it does not: words that are loud go
/// their own way.
const LEANING: f32 = 0.15;

/// The table, ready to be heard.
#[derive(Debug, Default)]
pub(super) struct Judge(Weights);

/// A message as the table hears it.
pub(super) struct Case<'m> {
    /// What it asks for, who asks and how.
    asked: &'m Asked<'m>,
    /// Which fields were found, and how many of each.
    found: BTreeMap<&'m str, usize>,
    /// Of the fields of which each value is one of a few: for these the value is heard, too.
    listed: Vec<&'m str>,
    /// The words of subject and new text, `None` where a sentence ends.
    words: Vec<Option<Piece<'m>>>,
    /// What the table hears of it whichever page is asked for. A case is judged by one table only, or this would be of another.
    heard: OnceCell<Heard>,
}

impl<'m> Case<'m> {
    /// Prepares a message.
    pub(super) fn new(folded: &'m Folded, fields: &'m [Field], asked: &'m Asked<'m>, extractors: &Extractors) -> Self {
        let mut words = Vec::with_capacity(folded.bytes.len() / 4);
        for sentence in folded.sentences.iter().filter(|s| matches!(s.zone, Zone::Subject | Zone::Text)) {
            words.extend(pieces(folded.bytes.get(sentence.start..sentence.end).unwrap_or_default()));
            words.push(None);
        }
        let listed = |f: &'m Field| match &f.value {
            FieldValue::Text(value) if extractors.is_listed(&f.name) => Some(value.as_str()),
            _ => None,
        };
        let listed = fields.iter().filter_map(listed).collect();
        let mut found = BTreeMap::new();
        for field in fields {
            *found.entry(field.name.as_str()).or_default() += 1;
        }
        Self { asked, found, listed, words, heard: OnceCell::new() }
    }

    /// Tells what shows whichever page is asked for.
    fn traits_of_all(&self, hear: &mut dyn FnMut(&[Piece<'_>], f32)) {
        for fact in self.facts() {
            hear(&[piece(b"("), piece(fact.as_bytes()), piece(b")")], 1.0);
        }
        for name in self.found.keys() {
            hear(&[piece(b"(found "), piece(name.as_bytes()), piece(b")")], 1.0);
        }
        for value in &self.listed {
            hear(&[piece(b"("), piece(value.as_bytes()), piece(b")")], 1.0);
        }
        let word_at = |at: usize| self.words.get(at).copied().flatten();
        for (at, word) in self.words.iter().enumerate().filter_map(|(at, word)| Some((at, (*word)?))) {
            hear(&[word], WORD);
            let Some(next) = word_at(at + 1) else { continue };
            hear(&[word, piece(b" "), next], PAIR);
            if let Some(after) = word_at(at + 2) {
                hear(&[word, piece(b" "), after], PAIR);
            }
        }
    }

    /// Tells what shows where `page` is asked for, and only there.
    fn traits_of(&self, page: &str, hear: &mut dyn FnMut(&[Piece<'_>], f32)) {
        let suffix = format!(" asked {page}");
        let asked = piece(suffix.as_bytes());
        hear(&heading(page), 1.0);
        for other in self.asked.types.iter().filter(|t| **t != page) {
            hear(&[piece(b"(beside "), piece(other.as_bytes()), piece(b")")], 1.0);
        }
        for fact in self.facts() {
            hear(&[piece(b"("), piece(fact.as_bytes()), piece(b")"), asked], 1.0);
        }
        for (name, times) in &self.found {
            let name = piece(name.as_bytes());
            hear(&[piece(b"(found "), name, piece(b")"), asked], 1.0);
            if *times > 1 {
                hear(&[piece(b"(several "), name, piece(b")"), asked], 1.0);
            }
        }
        for word in self.words.iter().flatten() {
            hear(&[*word, asked], WORD);
        }
    }

    /// Who asks, and how.
    fn facts(&self) -> [&'static str; 2] {
        [of_sender(self.asked.sender).in_words(), of_channel(self.asked.channel).in_words()]
    }

    /// What the message teaches whose first request is complex, or is not.
    pub(super) fn lesson(&self, complex: bool) -> Option<TraitLesson> {
        let page = self.asked.types.first()?;
        let tell = |hear: &mut dyn FnMut(&[Piece<'_>], f32)| {
            self.traits_of_all(hear);
            self.traits_of(page, hear);
        };
        Some(TraitLesson::of(tell, [(COLUMN.to_owned(), complex)].into()))
    }
}

/// The trait that is told of every message that asks for a page, and of no other.
fn heading(page: &str) -> [Piece<'_>; 3] {
    [piece(b"(asked "), piece(page.as_bytes()), piece(b")")]
}

impl Judge {
    /// Reads the table; `own`: the agency has a table of its own.
    pub(super) fn read(file: &RuleFile, own: bool, mistakes: &mut Vec<Mistake>) -> Self {
        let index_of = |name: &str| (name == COLUMN).then_some(0);
        let mend = format!("The table has one column besides word and rarity, “{COLUMN}”: take this one out.");
        Self(Weights::read(file, own, ("column of this table", &mend), index_of, mistakes))
    }

    /// Whether a request of this page is complex, where the page `leans` to that or does not. Of a page that the table has
    /// not learned from it says nothing.
    pub(super) fn finds_complex(&self, case: &Case<'_>, page: &str, leans: bool) -> bool {
        let Self(table) = self;
        if !table.has(&heading(page)) {
            return leans;
        }
        let of_all = case.heard.get_or_init(|| {
            let mut heard = table.silence();
            table.hear(&mut heard, |hear| case.traits_of_all(hear));
            heard
        });
        let mut heard = of_all.clone();
        table.hear(&mut heard, |hear| case.traits_of(page, hear));
        let leaning = if leans { LEANING } else { -LEANING };
        table.sides_of(&heard).first().map_or(leans, |(_, side)| side + leaning > 0.0)
    }
}

#[cfg(test)]
#[path = "complex/complex_tests.rs"]
mod tests;
