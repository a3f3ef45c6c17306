//! A file of rows, whatever it is: CSV and its like, or a workbook's first sheet. Knows no column's meaning.

use crate::domain::mistake::Mistake;
use calamine::{DataRef, Reader as _, Xlsx};
use std::io::Cursor;

/// Columns of a workbook's row that are read; exports have some dozens.
const COLUMNS_MAX: u32 = 400;

/// A row that is not empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// Its number in the file, counted from 1.
    pub number: usize,
    /// Its cells; `None` where they are no UTF-8.
    pub cells: Option<Vec<String>>,
}

/// The rows of a file.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub lines: Vec<Line>,
    /// A row holds its cells up to the last one that is filled: fewer than the head line are no mistake.
    pub ragged: bool,
}

/// Takes a file apart; a part that cannot be read is told, and what came before it is kept.
pub(super) fn read(file: &str, bytes: &[u8], mistakes: &mut Vec<Mistake>) -> Sheet {
    let mut wrong = |line: Option<usize>, what: String, mend: &str| {
        mistakes.push(Mistake { file: file.to_owned(), line, what, mend: mend.to_owned() });
    };
    if bytes.starts_with(b"PK") {
        return workbook(bytes).unwrap_or_else(|why| {
            wrong(None, why, "save it as a workbook (.xlsx) without a password, or as “CSV UTF-8”");
            Sheet::default()
        });
    }
    // The old Excel format, of which every file begins so ([MS-CFB] 2.2).
    if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        let what = "this is a workbook of the old format (.xls), or one with a password";
        wrong(None, what.to_owned(), "save it as .xlsx without a password, or as “CSV UTF-8”");
        return Sheet::default();
    }
    separated(bytes, &mut wrong)
}

fn separated(bytes: &[u8], wrong: &mut impl FnMut(Option<usize>, String, &str)) -> Sheet {
    // Excel saves “CSV UTF-8” with a byte order mark, which would become part of the first column's name.
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF".as_slice()).unwrap_or(bytes);
    let mut csv = csv::ReaderBuilder::new()
        .has_headers(false)
        .delimiter(delimiter(text))
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text);
    let mut sheet = Sheet::default();
    let mut record = csv::ByteRecord::new();
    let mut lines = LineNumbers { text, byte: 0, line: 1 };
    loop {
        match csv.read_byte_record(&mut record) {
            Ok(false) => return sheet,
            Ok(true) if record.iter().all(<[u8]>::is_empty) => {}
            Ok(true) => {
                let number = lines.at(record.position().map_or(0, csv::Position::byte));
                let cells = record.iter().map(|c| std::str::from_utf8(c).ok().map(str::to_owned)).collect();
                sheet.lines.push(Line { number, cells });
            }
            Err(e) => {
                wrong(Some(lines.at(csv.position().byte())), format!("cannot be read: {e}"), "");
                return sheet;
            }
        }
    }
}

/// Counts lines as a person does. The reader's own count leaves out empty lines before a record.
struct LineNumbers<'t> {
    text: &'t [u8],
    byte: usize,
    line: usize,
}

impl LineNumbers<'_> {
    /// The line on which the record stands that begins at this byte, or behind empty lines there.
    fn at(&mut self, byte: u64) -> usize {
        let byte = usize::try_from(byte).unwrap_or(usize::MAX).min(self.text.len());
        let empty = self.text.get(byte..).unwrap_or_default().iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
        let passed = self.text.get(self.byte..byte + empty).unwrap_or_default();
        self.line += passed.iter().filter(|b| **b == b'\n').count();
        self.byte = self.byte.max(byte + empty);
        self.line
    }
}

/// The character that separates the cells: Excel writes semicolons in some countries, and reports come with tabs. It
/// is the one that stands most often in any of the first lines; a title above the head line holds none.
fn delimiter(text: &[u8]) -> u8 {
    let count = |d: u8| {
        let lines = text.split(|b| *b == b'\n').take(20);
        lines.map(|line| line.iter().filter(|b| **b == d).count()).max().unwrap_or(0)
    };
    [b',', b';', b'\t', b'|'].into_iter().max_by_key(|d| (count(*d), *d == b',')).unwrap_or(b',')
}

/// The first sheet of a workbook that holds anything.
fn workbook(bytes: &[u8]) -> Result<Sheet, String> {
    let damaged = |e: &dyn std::fmt::Display| format!("the workbook cannot be read: {e}");
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).map_err(|e| damaged(&e))?;
    for name in book.sheet_names() {
        // A chart on a sheet of its own holds no cells.
        let Ok(mut cells) = book.worksheet_cells_reader(&name) else { continue };
        let mut lines: Vec<Line> = Vec::new();
        while let Some(cell) = cells.next_cell().map_err(|e| damaged(&e))? {
            let (row, column) = cell.get_position();
            if *cell.get_value() == DataRef::Empty || column >= COLUMNS_MAX {
                continue;
            }
            let words = crate::message::attached::cell_words(cell.get_value()).trim().to_owned();
            if words.is_empty() {
                continue;
            }
            let (number, column) = (row as usize + 1, column as usize);
            if lines.last().is_none_or(|l| l.number != number) {
                lines.push(Line { number, cells: Some(Vec::new()) });
            }
            let Some(cells) = lines.last_mut().and_then(|l| l.cells.as_mut()) else { continue };
            if cells.len() <= column {
                cells.resize(column + 1, String::new());
            }
            if let Some(slot) = cells.get_mut(column) {
                *slot = words;
            }
        }
        if !lines.is_empty() {
            return Ok(Sheet { lines, ragged: true });
        }
    }
    Ok(Sheet::default())
}
