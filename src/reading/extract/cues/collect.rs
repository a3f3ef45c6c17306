//! Collects the words of the shared pass while `fields.toml` is loaded: cues, date words, and how vocabularies' patterns
//! begin and what else they cannot do without.

use super::{Cue, Cues, Meaning, NONE, Prefix, Seed, Serves, seeds::seed_words};
use crate::reading::phrase::Plain;
use crate::reading::stretches::appended;
use crate::reading::trie::Trie;
use std::collections::BTreeMap;

/// The patterns of all vocabularies while they are collected.
#[derive(Debug, Default)]
pub struct Beginnings {
    patterns: Vec<Beginning>,
}

/// A vocabulary's pattern as the shared pass looks for it.
#[derive(Debug)]
pub struct Beginning {
    /// Number of the vocabulary.
    pub vocabulary: u16,
    /// Number of its pattern.
    pub pattern: u16,
    /// Whether it begins at a word's border only.
    pub bordered: bool,
    /// One of these stands where it begins.
    pub literals: Vec<Vec<u8>>,
    /// A word of each of these sets stands in what it matches.
    pub needs: Vec<Vec<Plain>>,
    /// The longest text that it matches, in bytes; `None` where there is no end to it.
    pub reach: Option<usize>,
}

impl Beginnings {
    /// Adds a pattern.
    pub fn add(&mut self, pattern: Beginning) {
        self.patterns.push(pattern);
    }
}

/// A word while it is collected.
#[derive(Debug, Default)]
struct Word {
    cues: Vec<Cue>,
    seed: Option<Seed>,
    prefixes: Vec<Prefix>,
    serves: Vec<Serves>,
}

/// Words while they are collected: those that begin where a word of the text begins, and the others.
#[derive(Debug, Default)]
struct Words {
    at_words: BTreeMap<Vec<u8>, Word>,
    anywhere: BTreeMap<Vec<u8>, Word>,
}

impl Words {
    /// A word that stands alone, or begins where a word of the text does.
    fn alone(&mut self, word: &[u8]) -> &mut Word {
        let among =
            if word.first().is_some_and(u8::is_ascii_alphanumeric) { &mut self.at_words } else { &mut self.anywhere };
        among.entry(word.to_vec()).or_default()
    }

    fn add(&mut self, pattern: &Beginning, sets: &mut BTreeMap<Vec<Plain>, u32>, needs: &mut Vec<u32>) {
        // What every beginning holds is there whenever the pattern is tried.
        let holds = |literal: &Vec<u8>, plain: &Plain| literal.windows(plain.bytes.len()).any(|w| w == plain.bytes);
        let told = |set: &Vec<Plain>| pattern.literals.iter().all(|l| set.iter().any(|plain| holds(l, plain)));
        let mut own = Vec::new();
        for set in pattern.needs.iter().filter(|set| !told(set)) {
            let next = u32::try_from(sets.len()).unwrap_or(NONE);
            let number = *sets.entry(set.clone()).or_insert_with(|| {
                for plain in set {
                    let word = if plain.begins { self.alone(&plain.bytes) } else { self.within(&plain.bytes) };
                    word.serves.push(Serves { set: next, begins: plain.begins, ends: plain.ends });
                }
                next
            });
            own.push(number);
        }
        let (need, others) = own.split_first().map_or((NONE, &[][..]), |(first, others)| (*first, others));
        let prefix = Prefix {
            vocabulary: pattern.vocabulary,
            pattern: pattern.pattern,
            need,
            others: appended(needs, others),
            reach: pattern.reach.and_then(|reach| u32::try_from(reach).ok()).unwrap_or(u32::MAX - 1),
            bordered: pattern.bordered,
        };
        for literal in &pattern.literals {
            let word = if pattern.bordered { self.alone(literal) } else { self.within(literal) };
            word.prefixes.push(prefix);
        }
    }

    /// A word that may begin anywhere.
    fn within(&mut self, word: &[u8]) -> &mut Word {
        self.anywhere.entry(word.to_vec()).or_default()
    }
}

impl Cues {
    /// Compiles cue words (as an agency writes them: any case, single spaces) and the patterns of vocabularies.
    pub fn new(words: &[(String, Cue)], beginnings: &Beginnings) -> Self {
        let mut all = Words::default();
        for (word, cue) in words {
            let word = word.trim().to_lowercase();
            // Many type Spanish without its accents.
            let plain = crate::domain::text::folded(&word);
            let cues = &mut all.alone(word.as_bytes()).cues;
            if !cues.contains(cue) {
                cues.push(*cue);
            }
            if !word.is_ascii() && plain.is_ascii() && plain != word {
                let cues = &mut all.alone(plain.as_bytes()).cues;
                if !cues.contains(cue) {
                    cues.push(*cue);
                }
            }
        }
        for (word, seed) in seed_words() {
            all.alone(word.as_bytes()).seed = Some(seed);
        }
        let (mut sets, mut needs) = (BTreeMap::new(), Vec::new());
        for pattern in &beginnings.patterns {
            all.add(pattern, &mut sets, &mut needs);
        }
        let first = u32::try_from(all.at_words.len()).unwrap_or(u32::MAX);
        let trie =
            |words: &BTreeMap<Vec<u8>, Word>, first: u32| Trie::new(words.keys().map(Vec::as_slice).zip(first..));
        let (at_words, anywhere) = (trie(&all.at_words, 0), trie(&all.anywhere, first));
        let (mut cues, mut prefixes, mut serves) = (Vec::new(), Vec::new(), Vec::new());
        let meaning = |word: Word| Meaning {
            cues: appended(&mut cues, &word.cues),
            seed: word.seed,
            prefixes: appended(&mut prefixes, &word.prefixes),
            serves: appended(&mut serves, &word.serves),
        };
        let words = all.at_words.into_values().chain(all.anywhere.into_values()).map(meaning).collect();
        Self { at_words, anywhere, words, cues, prefixes, serves, needs, sets: sets.len() }
    }
}
