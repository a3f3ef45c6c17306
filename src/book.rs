//! Importing the account book: accounts, contacts, policies and certificate holders from the agency's AMS, as a CSV
//! file or a workbook.
//!
//! A columns file says which column of the export is what. Bad rows are listed with line, reason and mend, and the good
//! ones are kept. Knows no store and no daemon: what is imported goes through the desk's one door like everything else.

mod column;
mod mapping;
mod row;
mod sheet;
mod whole;

pub use mapping::{Mapping, USUAL, preset, presets};

use crate::domain::{account::*, id::*, mistake::Mistake, person::Person};
use std::collections::BTreeMap;

/// A book as a file has it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Book {
    /// The accounts, by key.
    pub accounts: Vec<Account>,
    /// What was left out or taken with doubt, by line.
    pub mistakes: Vec<Mistake>,
    /// Rows below the head line.
    pub rows: usize,
    /// Rows that were left out.
    pub left_out: usize,
}

/// Reads a CSV file or a workbook (.xlsx) by a columns file; `file` is its name for mistakes. `staff` are the agency's
/// people, whom it may name by id, name or address; without any, nobody is checked.
///
/// Several rows of one account become one account: each may bring a policy, contacts, a certificate, or all of them.
#[must_use]
pub fn read(file: &str, bytes: &[u8], mapping: &Mapping, staff: &[Person]) -> Book {
    let mut book = Book::default();
    let sheet = sheet::read(file, bytes, &mut book.mistakes);
    let mut accounts: BTreeMap<AccountId, Account> = BTreeMap::new();
    let found = column::find(file, &sheet.lines, mapping, &mut book.mistakes);
    if found.is_none() && !book.mistakes.is_empty() {
        return book;
    }
    let (columns, below) = found.unwrap_or_default();
    for line in sheet.lines.iter().skip(below) {
        book.rows += 1;
        let mut wrong = |what: String, mend: &str| {
            let (file, mend) = (file.to_owned(), mend.to_owned());
            book.mistakes.push(Mistake { file, line: Some(line.number), what, mend });
        };
        let taken = match &line.cells {
            None => {
                wrong("this row is not UTF-8; it was left out".to_owned(), "save the file as “CSV UTF-8”");
                false
            }
            Some(cells) if cells.len() > columns.width || (cells.len() < columns.width && !sheet.ragged) => {
                let (has, wants) = (cells.len(), columns.width);
                let what = format!("this row has {has} cells and the head line {wants}; it was left out");
                wrong(what, "a comma within a cell needs quotes around the cell");
                false
            }
            Some(cells) => {
                let row = row::Row { file, line: line.number, columns: &columns, mapping, staff, cells };
                row.join(&mut accounts, &mut book.mistakes)
            }
        };
        book.left_out += usize::from(!taken);
    }
    if book.rows == 0 {
        book.mistakes.push(Mistake {
            file: file.to_owned(),
            line: None,
            what: "there is no account in this file".to_owned(),
            mend: "it needs a row an account below the head line".to_owned(),
        });
    }
    whole::oddities(file, &accounts, &mut book.mistakes);
    book.accounts = accounts.into_values().collect();
    book.mistakes.sort_by_key(|m| m.line.unwrap_or(usize::MAX));
    book
}

#[cfg(test)]
#[path = "book/book_tests.rs"]
mod tests;
