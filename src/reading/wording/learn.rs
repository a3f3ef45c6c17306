//! Learning the table of words from labelled mail: for each page the border that best parts its messages from all others.
//!
//! It starts from a table where there is one, and then moves no further from it than the lessons ask. Knows no page.

use super::{
    Folded, LENGTH_MIN, each_word, loudness,
    table::{ABOUT, Table},
};
use crate::{
    domain::mistake::Mistake,
    message::Message,
    reading::{RuleFile, border::Border},
};
use std::collections::BTreeMap;

/// How dear a lesson is that the table does not follow, against large weights.
const DEARNESS: f64 = 0.5;
/// Words of fewer lessons are names and chance.
const LESSONS_MIN: usize = 3;
/// Weights below this are left out of the file.
const WEIGHT_MIN: f64 = 0.05;

/// One labelled message: how often it says which word, and what it asks for.
#[derive(Debug, Clone)]
pub struct Lesson {
    words: BTreeMap<String, usize>,
    types: Vec<String>,
}

impl Lesson {
    /// What a message and its label teach; `types` has the primary one first.
    #[must_use]
    pub fn of(message: &Message, types: &[String]) -> Self {
        let folded = Folded::of(message);
        let mut words = BTreeMap::new();
        each_word(&folded, |word, _| {
            *words.entry(String::from_utf8_lossy(word).into_owned()).or_insert(0) += 1;
        });
        Self { words, types: types.to_vec() }
    }
}

/// Who learns: a table, or none, and the lessons so far.
#[derive(Debug, Default)]
pub struct Teacher {
    begun: Table,
    lessons: Vec<Lesson>,
}

impl Teacher {
    /// Starts from the table in `file`, and adds to it; from nothing where there is none.
    ///
    /// # Errors
    /// Every mistake in the file.
    pub fn new(file: Option<&RuleFile>) -> Result<Self, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let begun = file.map(|f| Table::read(f, &mut mistakes)).unwrap_or_default();
        if mistakes.is_empty() { Ok(Self { begun, lessons: Vec::new() }) } else { Err(mistakes) }
    }

    /// Adds a lesson.
    pub fn add(&mut self, lesson: Lesson) {
        self.lessons.push(lesson);
    }

    /// The table that follows from all lessons, as the file `wording.csv`.
    #[must_use]
    pub fn taught(&self) -> String {
        let table = self.frame();
        let words: Vec<(&String, f64)> = table.rows.iter().map(|(w, (rarity, _))| (w, *rarity)).collect();
        let index: BTreeMap<&str, usize> = words.iter().enumerate().map(|(i, (w, _))| (w.as_str(), i)).collect();
        let seen: Vec<Vec<(usize, f64)>> = self
            .lessons
            .iter()
            .map(|lesson| {
                let of = |(word, times): (&String, &usize)| {
                    let at = *index.get(word.as_str())?;
                    Some((at, loudness(*times) * words.get(at)?.1))
                };
                unit(lesson.words.iter().filter_map(of).collect())
            })
            .collect();
        let mut out = table.clone();
        for (column, page) in table.pages.iter().enumerate() {
            let mut border = Border {
                weights: table.rows.values().map(|(_, w)| w.get(column).copied().unwrap_or_default()).collect(),
                start: table.start.get(column).copied().unwrap_or_default(),
            };
            // What is asked for besides says neither yes nor no.
            let of = |(lesson, words): (&Lesson, _)| match lesson.types.iter().position(|t| t == page) {
                Some(0) => Some((1.0, words)),
                Some(_) => None,
                None => Some((-1.0, words)),
            };
            let lessons: Vec<(f64, &[(usize, f64)])> =
                self.lessons.iter().zip(seen.iter().map(Vec::as_slice)).filter_map(of).collect();
            border.part(&lessons, DEARNESS);
            if let Some(start) = out.start.get_mut(column) {
                *start = border.start;
            }
            for ((_, weights), new) in out.rows.values_mut().zip(border.weights) {
                if let Some(w) = weights.get_mut(column) {
                    *w = if new.abs() < WEIGHT_MIN { 0.0 } else { new };
                }
            }
        }
        out.rows.retain(|_, (_, weights)| weights.iter().any(|w| *w != 0.0));
        out.written(ABOUT)
    }

    /// The table before it learns: the words and pages of the old one, and those that the lessons bring.
    fn frame(&self) -> Table {
        let mut table = self.begun.clone();
        let mut pages: Vec<&String> = self.lessons.iter().filter_map(|l| l.types.first()).collect();
        pages.sort();
        pages.dedup();
        for page in pages {
            if !table.pages.contains(page) {
                table.pages.push(page.clone());
                table.start.push(0.0);
            }
        }
        let columns = table.pages.len();
        for (_, weights) in table.rows.values_mut() {
            weights.resize(columns, 0.0);
        }
        let mut lessons_of: BTreeMap<&String, usize> = BTreeMap::new();
        for word in self.lessons.iter().flat_map(|l| l.words.keys()) {
            *lessons_of.entry(word).or_default() += 1;
        }
        // Beside a table that was learned from much mail a new word is as rare as its rarest.
        let rarest = self.begun.rows.values().map(|(rarity, _)| *rarity).fold(0.0, f64::max);
        for (word, times) in lessons_of.into_iter().filter(|(_, times)| *times >= LESSONS_MIN) {
            let here = ((1 + self.lessons.len()) as f64 / (1 + times) as f64).ln() + 1.0;
            let rarity = (here.max(rarest) * 100.0).round() / 100.0;
            table.rows.entry(word.clone()).or_insert_with(|| (rarity, vec![0.0; columns]));
        }
        table
    }
}

/// The same direction, of length 1 at most.
fn unit(mut words: Vec<(usize, f64)>) -> Vec<(usize, f64)> {
    let length = words.iter().map(|(_, x)| x * x).sum::<f64>().sqrt();
    words.iter_mut().for_each(|(_, x)| *x /= length.max(LENGTH_MIN));
    words
}
