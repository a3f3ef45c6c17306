//! Learning `dates.csv` from labelled mail: for each field of dates the border that best parts its mentions from others.
//!
//! It starts from a table where there is one, and then moves no further from it than the lessons ask.

use super::traits::{self, Shown};
use crate::domain::mistake::Mistake;
use crate::reading::{RuleFile, border::Border, wording::Table};
use std::collections::BTreeMap;

/// How dear a lesson is that the table does not follow, against large weights.
const DEARNESS: f64 = 0.03;
/// Traits of fewer lessons are names and chance.
const LESSONS_MIN: usize = 3;
/// What stands above the table.
const ABOUT: &str = "\
# What shows at a date what it is for, and how loudly; learned from labelled mail by `intaked learn`, see README.md.
# A row is a trait: a word before or after the date, how the date is written, what the message asks for, which cue words
# of fields.toml claim it. A positive weight speaks for a field, a negative one against it. The column rarity is how
# loudly the trait counts. The row (start) holds before a trait is heard.
";

/// One mention of a date whose meaning is known.
#[derive(Debug, Clone)]
pub struct DateLesson {
    /// Its traits, each with how loudly it counts.
    traits: BTreeMap<String, f64>,
    /// For each field of which that is known: whether the mention is its date.
    says: BTreeMap<String, bool>,
}

impl DateLesson {
    pub(super) fn of(shown: &Shown<'_>, says: BTreeMap<String, bool>) -> Self {
        let mut all = BTreeMap::new();
        traits::each(shown, |name, loudness| {
            // What the table cannot hold in a cell is no trait.
            if let Ok(name) = std::str::from_utf8(name) {
                all.insert(name.to_owned(), (f64::from(loudness) * 100.0).round() / 100.0);
            }
        });
        Self { traits: all, says }
    }
}

/// Who learns: a table, or none, and the lessons so far.
#[derive(Debug, Default)]
pub struct DateTeacher {
    begun: Table,
    lessons: Vec<DateLesson>,
}

impl DateTeacher {
    /// Starts from the table in `file`, and adds to it; from nothing where there is none.
    ///
    /// # Errors
    /// Every mistake in the file.
    pub fn new(file: Option<&RuleFile>) -> Result<Self, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let begun = file.map(|f| Table::read(f, &mut mistakes)).unwrap_or_default();
        if mistakes.is_empty() { Ok(Self { begun, lessons: Vec::new() }) } else { Err(mistakes) }
    }

    /// Adds lessons.
    pub fn add(&mut self, lessons: impl IntoIterator<Item = DateLesson>) {
        self.lessons.extend(lessons);
    }

    /// The table that follows from all lessons, as the file `dates.csv`.
    #[must_use]
    pub fn taught(&self) -> String {
        let mut table = self.frame();
        let index: BTreeMap<&str, usize> = table.rows.keys().enumerate().map(|(i, w)| (w.as_str(), i)).collect();
        let seen: Vec<Vec<(usize, f64)>> = self
            .lessons
            .iter()
            .map(|l| l.traits.iter().filter_map(|(t, x)| Some((*index.get(t.as_str())?, *x))).collect())
            .collect();
        for (column, field) in table.pages.clone().iter().enumerate() {
            let mut border = Border {
                weights: table.rows.values().map(|(_, w)| w.get(column).copied().unwrap_or_default()).collect(),
                start: table.start.get(column).copied().unwrap_or_default(),
            };
            let lessons: Vec<(f64, &[(usize, f64)])> = self
                .lessons
                .iter()
                .zip(&seen)
                .filter_map(|(l, x)| Some((if *l.says.get(field)? { 1.0 } else { -1.0 }, x.as_slice())))
                .collect();
            border.part(&lessons, DEARNESS);
            if let Some(start) = table.start.get_mut(column) {
                *start = border.start;
            }
            for ((_, weights), new) in table.rows.values_mut().zip(border.weights) {
                if let Some(w) = weights.get_mut(column) {
                    *w = new;
                }
            }
        }
        table.rows.retain(|_, (_, weights)| weights.iter().any(|w| w.abs() >= 0.005));
        table.written(ABOUT)
    }

    /// The table before it learns: the traits and fields of the old one, and those that the lessons bring.
    fn frame(&self) -> Table {
        let mut table = self.begun.clone();
        let mut fields: Vec<&String> = self.lessons.iter().flat_map(|l| l.says.keys()).collect();
        fields.sort();
        fields.dedup();
        for field in fields {
            if !table.pages.contains(field) {
                table.pages.push(field.clone());
                table.start.push(0.0);
            }
        }
        let columns = table.pages.len();
        table.rows.values_mut().for_each(|(_, weights)| weights.resize(columns, 0.0));
        let mut times: BTreeMap<&String, (usize, f64)> = BTreeMap::new();
        for (name, loudness) in self.lessons.iter().flat_map(|l| &l.traits) {
            let (n, loud) = times.entry(name).or_default();
            *n += 1;
            *loud = *loudness;
        }
        for (name, (_, loudness)) in times.into_iter().filter(|(_, (n, _))| *n >= LESSONS_MIN) {
            table.rows.entry(name.clone()).or_insert_with(|| (loudness, vec![0.0; columns]));
        }
        table
    }
}
