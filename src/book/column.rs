//! The columns of an account book, whatever their order, and the names that AMS reports give them.

use crate::domain::mistake::Mistake;
use crate::domain::nearest::nearest;

/// A column that the book understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Column {
    Account,
    Name,
    Contact,
    Email,
    Phone,
    Domain,
    Policy,
    Carrier,
    Line,
    Effective,
    Expiration,
    Csr,
    AccountManager,
    Instructions,
}

const NAMES: [(&str, Column); 14] = [
    ("account", Column::Account),
    ("name", Column::Name),
    ("contact", Column::Contact),
    ("email", Column::Email),
    ("phone", Column::Phone),
    ("domain", Column::Domain),
    ("policy", Column::Policy),
    ("carrier", Column::Carrier),
    ("line", Column::Line),
    ("effective", Column::Effective),
    ("expiration", Column::Expiration),
    ("csr", Column::Csr),
    ("account_manager", Column::AccountManager),
    ("instructions", Column::Instructions),
];

/// Where each column is.
pub(super) struct Columns {
    places: Vec<(Column, usize)>,
}

impl Columns {
    /// Finds the columns by the head line; unknown, doubled and missing ones are mistakes.
    pub fn find(file: &str, head: &[String], mistakes: &mut Vec<Mistake>) -> Self {
        let mut places: Vec<(Column, usize)> = Vec::new();
        let mut wrong = |what: String, mend: String| {
            mistakes.push(Mistake { file: file.to_owned(), line: Some(1), what, mend });
        };
        for (i, title) in head.iter().enumerate() {
            let name = title.trim().to_lowercase().replace([' ', '-'], "_");
            if name.is_empty() {
                continue;
            }
            match NAMES.iter().find(|(n, _)| *n == name) {
                Some((_, column)) if places.iter().any(|(c, _)| c == column) => {
                    wrong(
                        format!("the column “{title}” is there twice"),
                        "take one out; the first was read".to_owned(),
                    );
                }
                Some((_, column)) => places.push((*column, i)),
                None => {
                    let mend = match nearest(&name, NAMES.iter().map(|(n, _)| *n)) {
                        Some(close) => format!("did you mean “{close}”? It was not read"),
                        None => {
                            let all: Vec<&str> = NAMES.iter().map(|(n, _)| *n).collect();
                            format!("it was not read; known are {}", all.join(", "))
                        }
                    };
                    wrong(format!("the column “{title}” is unknown"), mend);
                }
            }
        }
        for (name, column) in NAMES.iter().filter(|(_, c)| matches!(c, Column::Account | Column::Name)) {
            if !places.iter().any(|(c, _)| c == column) {
                wrong(
                    format!("the column “{name}” is missing"),
                    format!("add it; the head line was: {}", head.join(", ")),
                );
            }
        }
        Self { places }
    }
    /// Whether rows can be read at all.
    pub fn usable(&self) -> bool {
        self.place(Column::Account).is_some() && self.place(Column::Name).is_some()
    }
    /// The index of a column.
    pub fn place(&self, column: Column) -> Option<usize> {
        self.places.iter().find(|(c, _)| *c == column).map(|(_, i)| *i)
    }
}

/// The delimiter of the head line: Excel writes semicolons in some countries, and reports come with tabs.
pub(super) fn delimiter(text: &[u8]) -> u8 {
    let head = text.split(|b| *b == b'\n').next().unwrap_or_default();
    let count = |d: u8| head.iter().filter(|b| **b == d).count();
    [b',', b';', b'\t'].into_iter().max_by_key(|d| (count(*d), *d == b',')).unwrap_or(b',')
}
