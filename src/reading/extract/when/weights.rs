//! The table of `dates.csv` as it is used: which traits of a mention speak for which field of dates, and how loudly.
//!
//! Knows no trait and no field by name.

use super::traits::{self, Shown};
use crate::domain::{mistake::Mistake, text::WordMap};
use crate::reading::extract::rules::{Extractor, FieldRule};
use crate::reading::{RuleFile, wording::Table};

/// Weights of traits, a column for each field of dates that the table knows.
#[derive(Debug, Default)]
pub struct Weights {
    rows: WordMap<Vec<u8>, u32>,
    /// How loudly each row's trait counts.
    loudness: Vec<f32>,
    /// A row's weights stand together, one for each column.
    weights: Vec<f32>,
    /// What holds before a trait is heard, by column.
    start: Vec<f32>,
    /// The field of each column, as an index among all fields.
    fields: Vec<usize>,
}

impl Weights {
    /// Reads the table. Where the agency has a table of its own, each column has to be a field of dates.
    pub fn read(file: &RuleFile, own: bool, fields: &[FieldRule], mistakes: &mut Vec<Mistake>) -> Self {
        let table = Table::read(file, mistakes);
        let field_of =
            |column: &String| fields.iter().position(|f| f.name == *column && f.extractor == Extractor::Date);
        for column in table.pages.iter().filter(|c| own && field_of(c).is_none()) {
            mistakes.push(Mistake {
                file: file.name.clone(),
                line: None,
                what: format!("the column “{column}” is of no field of dates that is there"),
                mend: "Take the column out, or bring the field back into fields.toml.".to_owned(),
            });
        }
        let columns: Vec<(usize, usize)> =
            table.pages.iter().enumerate().filter_map(|(at, c)| Some((at, field_of(c)?))).collect();
        let used = |all: &[f64]| -> Vec<f32> {
            columns.iter().map(|(at, _)| all.get(*at).copied().unwrap_or_default() as f32).collect()
        };
        let mut weights = Self {
            start: used(&table.start),
            fields: columns.iter().map(|(_, field)| *field).collect(),
            ..Self::default()
        };
        for (n, (word, (loudness, row))) in (0..).zip(&table.rows) {
            weights.rows.insert(word.clone().into_bytes(), n);
            weights.loudness.push(*loudness as f32);
            weights.weights.extend(used(row));
        }
        weights
    }

    /// How far a mention stands on the side of each field that the table knows; below 0 it is beyond its border.
    pub fn sides(&self, shown: &Shown<'_>) -> Vec<(usize, f32)> {
        let mut sides = self.start.clone();
        if sides.is_empty() {
            return Vec::new();
        }
        let mut heard: Vec<u32> = Vec::with_capacity(80);
        traits::each(shown, |name, _| heard.extend(self.rows.get(name)));
        heard.sort_unstable();
        heard.dedup();
        for row in heard {
            let at = row as usize;
            let loudness = self.loudness.get(at).copied().unwrap_or_default();
            let from = at * sides.len();
            let weights = self.weights.get(from..from + sides.len()).unwrap_or_default();
            sides.iter_mut().zip(weights).for_each(|(side, weight)| *side += loudness * weight);
        }
        self.fields.iter().copied().zip(sides).collect()
    }
}
