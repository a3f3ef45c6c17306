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
    /// Tells most traits that have none without a look into the rows, which are too many to stay near at hand.
    may_have: Sieve,
    /// How loudly each row's trait counts.
    loudness: Vec<f32>,
    /// A row's weights stand together, one for each column.
    weights: Vec<f32>,
    /// What holds before a trait is heard, by column.
    start: Vec<f32>,
    /// What each column stands for, by the index that whoever reads the table gave it.
    columns: Vec<usize>,
}

/// Which rows of a table are heard: a bit for each. What is heard twice counts once.
#[derive(Debug, Clone)]
pub struct Heard(Vec<u64>);

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
        weights.may_have = Sieve::of(table.rows.len());
        for (n, (word, (loudness, row))) in (0..).zip(&table.rows) {
            let sum = sum_of(&[piece(word.as_bytes())]);
            weights.may_have.take(sum);
            weights.rows.insert(sum, n);
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
        self.row_of(name).is_some()
    }

    /// Where nothing is heard yet.
    pub fn silence(&self) -> Heard {
        Heard(vec![0; self.loudness.len().div_ceil(64)])
    }

    /// Hears what `tell` tells trait by trait, besides what is heard already.
    pub fn hear(&self, heard: &mut Heard, tell: impl FnOnce(&mut dyn FnMut(&[Piece<'_>], f32))) {
        tell(&mut |name, _| {
            if let Some(row) = self.row_of(name)
                && let Some(rows) = heard.0.get_mut(row / 64)
            {
                *rows |= 1 << (row % 64);
            }
        });
    }

    /// How far what is heard stands on the side of each column; below 0 it is beyond its border.
    pub fn sides_of(&self, heard: &Heard) -> Vec<(usize, f32)> {
        let mut sides = self.start.clone();
        // In the order of the table, so that the same rows always add up to the same.
        for (first, rows) in (0..).step_by(64).zip(&heard.0).filter(|(_, rows)| **rows != 0) {
            for row in bits(*rows) {
                let (loudness, weights) = self.row(first + row);
                sides.iter_mut().zip(weights).for_each(|(side, weight)| *side += loudness * weight);
            }
        }
        self.columns.iter().copied().zip(sides).collect()
    }

    /// The same of what `tell` tells trait by trait, and nothing else.
    pub fn sides(&self, tell: impl FnOnce(&mut dyn FnMut(&[Piece<'_>], f32))) -> Vec<(usize, f32)> {
        if self.is_empty() {
            return Vec::new();
        }
        let mut heard = self.silence();
        self.hear(&mut heard, tell);
        self.sides_of(&heard)
    }

    /// How loudly a trait speaks for what a column stands for; 0 where the table does not know the two.
    pub fn voice(&self, name: &[Piece<'_>], index: usize) -> f32 {
        let column = self.columns.iter().position(|c| *c == index);
        let (Some(row), Some(column)) = (self.row_of(name), column) else { return 0.0 };
        let (loudness, weights) = self.row(row);
        weights.get(column).map_or(0.0, |weight| loudness * weight)
    }

    /// A trait's row.
    #[inline]
    fn row_of(&self, name: &[Piece<'_>]) -> Option<usize> {
        let sum = sum_of(name);
        self.may_have.may_have(sum).then(|| self.rows.get(&sum)).flatten().map(|row| *row as usize)
    }

    /// How loudly a row's trait counts, and its weights.
    fn row(&self, at: usize) -> (f32, &[f32]) {
        let from = at * self.columns.len();
        let weights = self.weights.get(from..from + self.columns.len()).unwrap_or_default();
        (self.loudness.get(at).copied().unwrap_or_default(), weights)
    }
}

/// A bit for what each key comes to: where it is not set there is no such key.
#[derive(Debug, Default)]
struct Sieve {
    bits: Vec<u64>,
    /// By how much a number has to be shifted to be the place of a bit.
    shift: u32,
}

/// So many bits for each key at least: at most one of ten that are not there is let through.
const ROOM: usize = 10;

impl Sieve {
    /// Room for so many keys.
    fn of(keys: usize) -> Self {
        let bits = (keys * ROOM).next_power_of_two().max(64);
        Self { bits: vec![0; bits / 64], shift: u64::BITS - bits.trailing_zeros() }
    }

    fn take(&mut self, key: u64) {
        let at = self.place(key);
        if let Some(bits) = self.bits.get_mut(at / 64) {
            *bits |= 1 << (at % 64);
        }
    }

    #[inline]
    fn may_have(&self, key: u64) -> bool {
        let at = self.place(key);
        self.bits.get(at / 64).is_some_and(|bits| bits >> (at % 64) & 1 == 1)
    }

    #[inline]
    fn place(&self, key: u64) -> usize {
        (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> self.shift) as usize
    }
}
