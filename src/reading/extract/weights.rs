//! The tables of traits, such as `dates.csv` and `kinds.csv`, as they are used: which traits speak for which column, and
//! how loudly.
//!
//! Knows no trait and no column by name.

use super::pieces::{Piece, piece, sum_of};
use crate::domain::{mistake::Mistake, text::WordMap};
use crate::reading::{RuleFile, matcher::bits, wording::Table};

/// Weights of traits, a column for each field or value that the table knows.
#[derive(Debug, Default)]
pub struct Weights {
    /// By what a trait comes to: its row.
    rows: WordMap<u64, u32>,
    /// How loudly each row's trait counts.
    loudness: Vec<f32>,
    /// A row's weights stand together, one for each column.
    weights: Vec<f32>,
    /// What holds before a trait is heard, by column.
    start: Vec<f32>,
    /// What each column stands for, by the index that whoever reads the table gave it.
    columns: Vec<usize>,
}

impl Weights {
    /// Reads the table. `index_of` says what a column stands for; where the agency has a table of its own (`own`), each
    /// column has to be a `called`, and `mend` is how to mend one that is none.
    pub fn read(
        file: &RuleFile,
        own: bool,
        (called, mend): (&str, &str),
        index_of: impl Fn(&str) -> Option<usize>,
        mistakes: &mut Vec<Mistake>,
    ) -> Self {
        let table = Table::read(file, mistakes);
        for column in table.pages.iter().filter(|c| own && index_of(c).is_none()) {
            mistakes.push(Mistake {
                file: file.name.clone(),
                line: None,
                what: format!("the column “{column}” is no {called} that is there"),
                mend: mend.to_owned(),
            });
        }
        let columns: Vec<(usize, usize)> =
            table.pages.iter().enumerate().filter_map(|(at, c)| Some((at, index_of(c)?))).collect();
        let used = |all: &[f64]| -> Vec<f32> {
            columns.iter().map(|(at, _)| all.get(*at).copied().unwrap_or_default() as f32).collect()
        };
        let mut weights = Self {
            start: used(&table.start),
            columns: columns.iter().map(|(_, index)| *index).collect(),
            ..Self::default()
        };
        for (n, (word, (loudness, row))) in (0..).zip(&table.rows) {
            weights.rows.insert(sum_of(&[piece(word.as_bytes())]), n);
            weights.loudness.push(*loudness as f32);
            weights.weights.extend(used(row));
        }
        weights
    }

    /// Whether it knows no column.
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// Whether it has a column that stands for this.
    pub fn knows(&self, index: usize) -> bool {
        self.columns.contains(&index)
    }

    /// Whether it knows a trait.
    pub fn has(&self, name: &[Piece<'_>]) -> bool {
        self.rows.contains_key(&sum_of(name))
    }

    /// How far what `tell` tells trait by trait stands on the side of each column; below 0 it is beyond its border.
    pub fn sides(&self, tell: impl FnOnce(&mut dyn FnMut(&[Piece<'_>], f32))) -> Vec<(usize, f32)> {
        let mut sides = self.start.clone();
        if sides.is_empty() {
            return Vec::new();
        }
        // A bit for each row: one that is heard twice counts once, and they are added up in the order of the table.
        let mut heard = vec![0_u64; self.loudness.len().div_ceil(64)];
        tell(&mut |name, _| {
            if let Some(row) = self.rows.get(&sum_of(name))
                && let Some(rows) = heard.get_mut(*row as usize / 64)
            {
                *rows |= 1 << (row % 64);
            }
        });
        for (first, rows) in (0..).step_by(64).zip(heard).filter(|(_, rows)| *rows != 0) {
            for row in bits(rows) {
                let (loudness, weights) = self.row(first + row);
                sides.iter_mut().zip(weights).for_each(|(side, weight)| *side += loudness * weight);
            }
        }
        self.columns.iter().copied().zip(sides).collect()
    }

    /// How loudly a trait speaks for what a column stands for; 0 where the table does not know the two.
    pub fn voice(&self, name: &[Piece<'_>], index: usize) -> f32 {
        let column = self.columns.iter().position(|c| *c == index);
        let (Some(row), Some(column)) = (self.rows.get(&sum_of(name)), column) else { return 0.0 };
        let (loudness, weights) = self.row(*row as usize);
        weights.get(column).map_or(0.0, |weight| loudness * weight)
    }

    /// How loudly a row's trait counts, and its weights.
    fn row(&self, at: usize) -> (f32, &[f32]) {
        let from = at * self.columns.len();
        let weights = self.weights.get(from..from + self.columns.len()).unwrap_or_default();
        (self.loudness.get(at).copied().unwrap_or_default(), weights)
    }
}
