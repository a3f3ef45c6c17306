//! Importing the account book: accounts, contacts and policies from the agency's AMS, as a CSV file.
//!
//! Bad rows are listed with line, reason and mend, and the good ones are kept. Knows no store and no daemon: what is
//! imported goes through the desk's one door like everything else.

mod column;
mod row;

use crate::domain::{account::*, id::*, mistake::Mistake};
use std::collections::BTreeMap;
use std::io::Read;

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

/// Reads a CSV file; `file` is its name for mistakes. `staff` are the known persons; without any, nobody is checked
/// (the daemon checks them again).
///
/// Several rows of one account become one account: each may bring a policy, a contact, or both.
#[must_use]
pub fn read(file: &str, source: impl Read, staff: &[PersonId]) -> Book {
    let mut book = Book::default();
    let mut bytes = Vec::new();
    let wrong = |line: Option<u64>, what: String, mend: &str| {
        let line = line.and_then(|l| usize::try_from(l).ok());
        Mistake { file: file.to_owned(), line, what, mend: mend.to_owned() }
    };
    let mut source = source;
    if let Err(e) = source.read_to_end(&mut bytes) {
        book.mistakes.push(wrong(None, format!("cannot be read: {e}"), ""));
        return book;
    }
    // Excel saves “CSV UTF-8” with a byte order mark, which would become part of the first column's name.
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF".as_slice()).unwrap_or(&bytes);
    let delimiter = column::delimiter(text);
    let mut csv = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).trim(csv::Trim::All).from_reader(text);
    let head = match csv.byte_headers() {
        Ok(head) => head.iter().map(|h| String::from_utf8_lossy(h).into_owned()).collect::<Vec<_>>(),
        Err(e) => {
            book.mistakes.push(wrong(Some(1), format!("the head line cannot be read: {e}"), ""));
            return book;
        }
    };
    let columns = column::Columns::find(file, &head, &mut book.mistakes);
    if !columns.usable() {
        return book;
    }
    let mut accounts: BTreeMap<AccountId, Account> = BTreeMap::new();
    let mut record = csv::ByteRecord::new();
    loop {
        let line = csv.position().line();
        match csv.read_byte_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {}
            Err(e) => {
                book.mistakes.push(wrong(Some(line), format!("cannot be read: {e}"), ""));
                break;
            }
        }
        let line = record.position().map_or(line, csv::Position::line);
        if record.iter().all(<[u8]>::is_empty) {
            continue;
        }
        book.rows += 1;
        let row = row::Row { file, line, columns: &columns, cells: &record, width: head.len() };
        if !row.join(&mut accounts, staff, &mut book.mistakes) {
            book.left_out += 1;
        }
    }
    if book.rows == 0 {
        book.mistakes.push(wrong(
            None,
            "there is no account in this file".to_owned(),
            "it needs a row an account below the head line",
        ));
    }
    for account in accounts.values_mut() {
        row::finish(file, account, &mut book.mistakes);
    }
    row::shared_policies(file, &accounts, &mut book.mistakes);
    book.accounts = accounts.into_values().collect();
    book.mistakes.sort_by_key(|m| m.line.unwrap_or(usize::MAX));
    book
}

#[cfg(test)]
#[path = "book/book_tests.rs"]
mod tests;
