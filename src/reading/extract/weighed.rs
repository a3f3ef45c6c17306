//! For which values of a field all words of a message speak: a table of weights, learned from labelled mail, is a second
//! voice beside the patterns. It adds a value that no pattern found, and holds back one that a pattern found where the
//! words speak loudly against it, unless nothing else is left.
//!
//! Knows no field, no value and no word by name; they stand in `fields.toml` and `kinds.csv`.

use super::layout::Layout;
use super::lessons::TraitLesson;
use super::pieces::{Piece, piece, pieces};
use super::rules::FieldRule;
use super::sheet::{Sheet, Stretch};
use super::weights::Weights;
use crate::domain::field::{Field, FieldValue};

/// How far on a value's side the words have to stand to add it: a little beyond its border, since a change that nobody
/// hears costs more than one that a person strikes out.
const ADDED: f32 = -0.05;
/// How far on a value's side they have to stand to add it where nothing else was found.
const LEAST: f32 = -0.4;
/// How far beyond its border they have to stand to hold back what a pattern found: a pattern was written for what it
/// finds, and words that are merely not known to go with it are no voice against it.
const HELD_BACK: f32 = -0.6;
/// How loudly the loudest sentence has to speak for a value that is added: what only many murmurs tell, nobody can check …
const POINTED_TO: f32 = 0.08;
/// … unless all of them together stand so far on its side.
const MURMURED: f32 = 0.1;
/// How loudly two words count that stand together, against one alone.
const PAIR: f32 = 0.7;

/// What is taken where no voice is clear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resort {
    /// Nothing.
    None,
    /// The value for which the words speak loudest.
    Loudest,
}

/// A stretch of a sheet that is one sentence.
struct Sentence<'l> {
    sheet: &'l Sheet<'l>,
    start: usize,
    end: usize,
}

/// Every sentence of subject, text and attachments that are read: a wish may stand below the name too.
fn sentences<'l>(layout: &'l Layout<'l, 'l>) -> Vec<Sentence<'l>> {
    let mut out = Vec::new();
    for sheet in layout.sheets.iter().filter(|s| s.stretch != Stretch::ForwardHeader) {
        let last = sheet.folded.len();
        let mut start = 0;
        for end in sheet.sentence_ends().chain([last]) {
            if start < end {
                out.push(Sentence { sheet, start, end });
            }
            start = end + 1;
        }
    }
    out
}

/// Tells the words of a sentence, and each two that stand together or with one between.
fn words(sentence: &Sentence<'_>, hear: &mut dyn FnMut(&[Piece<'_>], f32)) {
    let words: Vec<Piece<'_>> = pieces(sentence.sheet.low(sentence.start, sentence.end)).flatten().collect();
    for (at, word) in words.iter().enumerate() {
        hear(&[*word], 1.0);
        for next in words.iter().skip(at + 1).take(2) {
            hear(&[*word, piece(b" "), *next], PAIR);
        }
    }
}

/// Tells what shows in a message: its words, and which other fields were found.
fn traits(sentences: &[Sentence<'_>], rule: &FieldRule, found: &[Field], hear: &mut dyn FnMut(&[Piece<'_>], f32)) {
    for sentence in sentences {
        words(sentence, hear);
    }
    for field in found.iter().filter(|f| f.name != rule.name) {
        hear(&[piece(b"(found "), piece(field.name.as_bytes()), piece(b")")], 1.0);
    }
}

/// Adds the values that the words speak for to what was found, and takes away those that they speak against.
///
/// `values`: those of the field that [`FieldRule::known_values`] tells, as the table's columns number them.
pub fn weigh(
    rule: &FieldRule,
    weights: &Weights,
    values: &[String],
    layout: &Layout<'_, '_>,
    found: &mut Vec<Field>,
    resort: Resort,
) {
    let sentences = sentences(layout);
    let sides = weights.sides(|hear| traits(&sentences, rule, found, hear));
    let told: Vec<(usize, &str, f32)> =
        sides.into_iter().filter_map(|(index, side)| Some((index, values.get(index)?.as_str(), side))).collect();
    let is = |field: &Field, value: &str| field.name == rule.name && field.value.shown() == value;
    let refused = |f: &Field| told.iter().any(|(_, value, side)| *side <= HELD_BACK && is(f, value));
    let held_back: Vec<Field> = found.extract_if(.., |f| refused(f)).collect();
    // Whatever is asked for is of some kind: where no voice is clear and no pattern found any the loudest is heard.
    let farthest = told.iter().map(|(_, _, side)| *side).fold(LEAST, f32::max);
    let unclear = resort == Resort::Loudest
        && farthest > LEAST
        && farthest <= ADDED
        && held_back.is_empty()
        && !found.iter().any(|f| f.name == rule.name);
    for (index, value, side) in told {
        let heard = side > ADDED || unclear && side >= farthest;
        if !heard || found.iter().any(|f| is(f, value)) {
            continue;
        }
        let least = if side > MURMURED { f32::MIN } else { POINTED_TO };
        let Some(said) = loudest(&sentences, weights, index, least) else { continue };
        let (start, end) = said.sheet.trimmed(said.start, said.end);
        let confidence = (62.0 + side * 20.0).clamp(50.0, 85.0) as u8;
        let value = FieldValue::Text(value.to_owned());
        found.push(said.sheet.found(&rule.name, value, start, end, &rule.name, confidence));
    }
    // What the words speak against is still better than nothing.
    if !found.iter().any(|f| f.name == rule.name) {
        found.extend(held_back);
    }
}

/// The sentence whose words speak loudest for a value; `None` where no sentence speaks as loudly as `least`.
fn loudest<'s, 'l>(
    sentences: &'s [Sentence<'l>],
    weights: &Weights,
    index: usize,
    least: f32,
) -> Option<&'s Sentence<'l>> {
    let mut best: Option<(&Sentence<'_>, f32)> = None;
    for sentence in sentences {
        // Marks alone, “--”, cannot be pointed to, nor a sentence that begins within a character, as behind a mark that was
        // made plain.
        let (start, end) = sentence.sheet.trimmed(sentence.start, sentence.end);
        if start >= end {
            continue;
        }
        let mut voice = 0.0;
        words(sentence, &mut |name, _| voice += weights.voice(name, index));
        if best.is_none_or(|(_, old)| voice > old) {
            best = Some((sentence, voice));
        }
    }
    best.filter(|(_, voice)| *voice >= least).map(|(sentence, _)| sentence)
}

/// What a message teaches that states these values.
pub fn lesson(rule: &FieldRule, layout: &Layout<'_, '_>, found: &[Field], stated: &[String]) -> TraitLesson {
    let sentences = sentences(layout);
    let says = rule.known_values().into_iter().map(|v| (v.to_owned(), stated.iter().any(|s| s == v)));
    TraitLesson::of(|hear| traits(&sentences, rule, found, hear), says.collect())
}

#[cfg(test)]
#[path = "weighed_tests.rs"]
mod tests;
