//! Workbooks: cells of every sheet, streamed where the format allows it. Knows nothing of mail.

use super::{Caps, Held, Opened, Sealed, Stretch, Table, paper::Paper, paper::table};
use calamine::{Data, DataRef, DataType, ExcelDateTime, Reader, Xlsx, XlsxError};
use std::io::Cursor;

/// Sheets that are read.
const SHEETS_MAX: usize = 20;
/// Columns of a row that are read: a cell in column XFD must not make a row of sixteen thousand.
const COLUMNS_MAX: u32 = 200;

/// Reads a workbook.
pub(super) fn read(sealed: &Sealed<'_>, caps: &Caps) -> Result<Opened, String> {
    let mut out =
        Rows { paper: Paper::new(caps.text), tables: Vec::new(), left: caps.cells, cut: false, damaged: false };
    if sealed.bytes.starts_with(b"PK") && !is_other_archive(sealed.name) {
        inflates_within(sealed.bytes, caps.inflated)?;
        xlsx(sealed.bytes, &mut out)?;
    } else {
        other(sealed.bytes, &mut out)?;
    }
    let Rows { paper, tables, cut, damaged, .. } = out;
    let unread = if cut || paper.full {
        Some("it has more cells than are read: only the first were".to_owned())
    } else if damaged {
        Some("it is damaged: not all of its cells could be read".to_owned())
    } else if paper.is_empty() {
        Some("there is nothing in its cells".to_owned())
    } else {
        None
    };
    Ok(Opened { text: paper.done(), held: Held { tables, unread, ..Held::default() } })
}

fn is_other_archive(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower.ends_with(".ods") || lower.ends_with(".xlsb")
}

/// What the archive's own list says that its parts become. Where the list lies, the reader's process has a limit.
fn inflates_within(bytes: &[u8], max: u64) -> Result<(), String> {
    let archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| "it is damaged, or no workbook".to_owned())?;
    match archive.decompressed_size() {
        Some(size) if size <= u128::from(max) => Ok(()),
        _ => Err(format!("it becomes larger than {} MB when opened", max >> 20)),
    }
}

struct Rows {
    paper: Paper,
    tables: Vec<Table>,
    left: usize,
    cut: bool,
    /// Some of it could not be read.
    damaged: bool,
}

impl Rows {
    fn sheet(&mut self, name: &str, several: bool) {
        if several {
            self.paper.gap();
            self.paper.line(name);
        }
    }
    fn row(&mut self, cells: &mut Vec<String>, rows: &mut Vec<Vec<Stretch>>) {
        rows.extend(self.paper.row(cells, true));
        cells.clear();
    }
    fn is_full(&self) -> bool {
        self.left == 0 || self.paper.full
    }
}

/// .xlsx: cell by cell, so that one far cell makes no huge grid.
fn xlsx(bytes: &[u8], out: &mut Rows) -> Result<(), String> {
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).map_err(|e| trouble(&e))?;
    let names: Vec<String> = book.sheet_names().into_iter().take(SHEETS_MAX).collect();
    for name in &names {
        let mut cells = match book.worksheet_cells_reader(name) {
            Ok(cells) => cells,
            // A chart on a sheet of its own.
            Err(XlsxError::NotAWorksheet(_)) => continue,
            Err(_) => {
                out.damaged = true;
                continue;
            }
        };
        out.sheet(name, names.len() > 1);
        let (mut rows, mut row, mut number) = (Vec::new(), Vec::new(), None);
        loop {
            if out.is_full() {
                out.cut = true;
                break;
            }
            let cell = match cells.next_cell() {
                Ok(Some(cell)) => cell,
                Ok(None) => break,
                Err(e) => {
                    out.damaged = true;
                    // A damaged sheet gives what it gave; behind a cell of a kind that nobody knows the next one follows.
                    if matches!(e, XlsxError::Xml(_) | XlsxError::XmlEof(_)) {
                        break;
                    }
                    out.left -= 1;
                    continue;
                }
            };
            let (line, column) = cell.get_position();
            if *cell.get_value() == DataRef::Empty || column >= COLUMNS_MAX {
                // An empty cell that has a format; it is work all the same.
                out.left -= 1;
                continue;
            }
            if number != Some(line) {
                out.row(&mut row, &mut rows);
                number = Some(line);
            }
            let column = column as usize;
            // The empty places before it are kept as well, so they count.
            let places = (column + 1).saturating_sub(row.len()).max(1);
            if places > out.left {
                out.cut = true;
                break;
            }
            out.left -= places;
            if row.len() <= column {
                row.resize(column + 1, String::new());
            }
            if let Some(slot) = row.get_mut(column) {
                *slot = words(cell.get_value());
            }
        }
        out.row(&mut row, &mut rows);
        out.tables.extend(table(rows));
    }
    Ok(())
}

/// .xls, .xlsb, .ods: these are read as a grid.
fn other(bytes: &[u8], out: &mut Rows) -> Result<(), String> {
    let mut book = calamine::open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|e| trouble(&e))?;
    let names: Vec<String> = book.sheet_names().into_iter().take(SHEETS_MAX).collect();
    for name in &names {
        let Ok(grid) = book.worksheet_range(name) else { continue };
        out.sheet(name, names.len() > 1);
        let (mut rows, mut row) = (Vec::new(), Vec::new());
        for line in grid.rows() {
            for cell in line.iter().take(COLUMNS_MAX as usize) {
                row.push(if *cell == Data::Empty { String::new() } else { words(cell) });
            }
            if out.left < row.len() || out.is_full() {
                out.cut = true;
                break;
            }
            out.left -= row.len();
            out.row(&mut row, &mut rows);
        }
        out.tables.extend(table(rows));
    }
    Ok(())
}

fn trouble(e: &dyn std::fmt::Display) -> String {
    if e.to_string().to_lowercase().contains("password") {
        "it is protected with a password".to_owned()
    } else {
        "it is damaged, or no workbook".to_owned()
    }
}

/// A cell as a person sees it: whole numbers without a point, days as 2026-11-21.
#[must_use]
pub fn words(cell: &impl DataType) -> String {
    if let Some(at) = cell.get_datetime() {
        return day(&at);
    }
    if let Some(n) = cell.get_float() {
        return if n.fract() == 0.0 && n.abs() < 1e15 { format!("{n:.0}") } else { n.to_string() };
    }
    if cell.is_error() {
        return String::new();
    }
    if let Some(b) = cell.get_bool() {
        return if b { "yes" } else { "no" }.to_owned();
    }
    if let Some(iso) = cell.get_datetime_iso() {
        return iso.split('T').next().unwrap_or_default().to_owned();
    }
    cell.as_string().unwrap_or_default()
}

fn day(at: &ExcelDateTime) -> String {
    if at.is_duration() {
        return at.as_f64().to_string();
    }
    let (year, month, day, ..) = at.to_ymd_hms_milli();
    format!("{year:04}-{month:02}-{day:02}")
}
