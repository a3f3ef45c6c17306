//! `wording.csv`: the table of words as a file that a person can open in a spreadsheet, read and written.
//!
//! Knows no page: a column is named as a page is.

use super::{super::RuleFile, Wording};
use crate::domain::mistake::Mistake;
use std::collections::{BTreeMap, BTreeSet};

/// The first two columns; one for each page follows.
const COLUMNS: [&str; 2] = ["word", "rarity"];
/// The row of what holds before a word is read.
const START: &str = "(start)";
/// What stands above the table.
pub(super) const ABOUT: &str = "\
# Which words speak for which page, and how loudly; learned from labelled mail by `intaked learn`, see README.md.
# A row is a word as it is written small and without accents, its digits as one 0. A positive weight speaks for a page,
# a negative one against it. The row (start) holds before a word is read.
";

/// The table with its columns by name.
#[derive(Debug, Default, Clone, PartialEq)]
pub(in crate::reading) struct Table {
    /// The ids of its pages.
    pub(in crate::reading) pages: Vec<String>,
    /// What holds before a word is read, by page.
    pub(in crate::reading) start: Vec<f64>,
    /// Rarity and weights of each word.
    pub(in crate::reading) rows: BTreeMap<String, (f64, Vec<f64>)>,
}

impl Table {
    /// Reads the file, telling every mistake.
    pub(in crate::reading) fn read(file: &RuleFile, mistakes: &mut Vec<Mistake>) -> Self {
        let mut wrong = |line: Option<u64>, what: String, mend: &str| {
            mistakes.push(Mistake {
                file: file.name.clone(),
                line: line.and_then(|l| usize::try_from(l).ok()),
                what,
                mend: mend.to_owned(),
            });
        };
        let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).flexible(true).from_reader(file.text.as_bytes());
        let mut table = Self::default();
        let first: Vec<String> = match reader.headers() {
            Ok(h) => h.iter().map(|c| c.trim().to_owned()).collect(),
            Err(e) => {
                wrong(None, format!("this is no CSV file: {e}"), "Save it as CSV with commas, in UTF-8.");
                return table;
            }
        };
        let line = reader.headers().ok().and_then(|h| h.position()).map(csv::Position::line);
        if first.iter().zip(COLUMNS).filter(|(a, b)| a == b).count() < COLUMNS.len() {
            let what = "the first row has to name the columns: word, rarity, then the pages".to_owned();
            wrong(line, what, "word,rarity,certificate,…");
            return table;
        }
        table.pages = first.into_iter().skip(COLUMNS.len()).collect();
        table.start = vec![0.0; table.pages.len()];
        let twice: BTreeSet<&String> = table.pages.iter().collect();
        if twice.len() < table.pages.len() {
            wrong(line, "two columns have the same name".to_owned(), "Each page has one column.");
        }
        for record in reader.records() {
            let record = match record {
                Ok(record) => record,
                Err(e) => {
                    let line = e.position().map(csv::Position::line);
                    wrong(line, "this row cannot be read".to_owned(), "Save the file as CSV with commas, in UTF-8.");
                    continue;
                }
            };
            let line = record.position().map(csv::Position::line);
            let word = record.get(0).unwrap_or_default().trim();
            let columns = table.pages.len() + COLUMNS.len();
            if word.is_empty() || record.len() != columns {
                let what = format!("this row has {} cells, and the first row has {columns}", record.len());
                let empty = "this row has no word".to_owned();
                let what = if word.is_empty() { empty } else { what };
                wrong(line, what, "A word, its rarity, and a weight or nothing for each page.");
                continue;
            }
            let numbers: Vec<f64> = record.iter().skip(1).map(|cell| number(cell).unwrap_or(f64::NAN)).collect();
            if let Some(at) = numbers.iter().position(|n| n.is_nan()) {
                let cell = record.get(at + 1).unwrap_or_default();
                let what = format!("“{cell}” in the row of “{word}” is no number between -100 and 100");
                wrong(line, what, "A number such as 0.35 or -1.2, or nothing.");
                continue;
            }
            let Some((rarity, weights)) = numbers.split_first() else { continue };
            if word == START {
                table.start = weights.to_vec();
            } else if table.rows.insert(word.to_owned(), (*rarity, weights.to_vec())).is_some() {
                wrong(line, format!("“{word}” stands in two rows"), "Keep one of them.");
            }
        }
        table
    }

    /// The file.
    pub(in crate::reading) fn written(&self, about: &str) -> String {
        let cell = |n: &f64| if n.abs() < 0.005 { String::new() } else { format!("{n:.2}") };
        let row = |word: &str, rarity: String, weights: &[f64]| {
            let weights = weights.iter().map(|w| format!(",{}", cell(w))).collect::<String>();
            format!("{word},{rarity}{weights}\n")
        };
        let pages = self.pages.iter().map(|p| format!(",{p}")).collect::<String>();
        let mut text = format!("{about}{},{}{pages}\n", COLUMNS[0], COLUMNS[1]);
        text.push_str(&row(START, String::new(), &self.start));
        for (word, (rarity, weights)) in &self.rows {
            text.push_str(&row(word, format!("{rarity:.2}"), weights));
        }
        text
    }

    /// The table as it is used: columns in the order of `pages`, those of no page left out.
    pub(super) fn used(&self, pages: &[&str]) -> Wording {
        let of: Vec<Option<usize>> = pages.iter().map(|p| self.pages.iter().position(|q| q == p)).collect();
        let ordered = |weights: &[f64]| -> Vec<f32> {
            of.iter().map(|at| at.and_then(|at| weights.get(at)).copied().unwrap_or_default() as f32).collect()
        };
        let mut wording = Wording {
            start: ordered(&self.start),
            known: of.iter().map(Option::is_some).collect(),
            ..Wording::default()
        };
        for (n, (word, (rarity, weights))) in (0..).zip(&self.rows) {
            wording.rows.insert(word.clone().into_bytes(), n);
            wording.rarity.push(*rarity as f32);
            wording.weights.extend(ordered(weights));
        }
        wording
    }
}

impl Wording {
    /// Reads the table for these pages. Where the agency has a table of its own, each column has to be a page.
    pub(in super::super) fn read(file: &RuleFile, own: bool, pages: &[&str], mistakes: &mut Vec<Mistake>) -> Self {
        let table = Table::read(file, mistakes);
        for column in table.pages.iter().filter(|c| own && !pages.contains(&c.as_str())) {
            mistakes.push(Mistake {
                file: file.name.clone(),
                line: None,
                what: format!("the column “{column}” is of no page that is there"),
                mend: "Take the column out, or bring the page back.".to_owned(),
            });
        }
        table.used(pages)
    }
}

fn number(cell: &str) -> Option<f64> {
    let cell = cell.trim();
    if cell.is_empty() {
        return Some(0.0);
    }
    cell.parse::<f64>().ok().filter(|n| n.abs() <= 100.0)
}
