//! Word (.docx): paragraphs as lines, tables as rows (ECMA-376 part 1, 17). Knows nothing of mail.

use super::{Caps, Held, Opened, Stretch, paper::Paper, paper::table};
use quick_xml::events::{BytesStart, Event};
use std::io::{Cursor, Read};

/// Entries that a document of this kind has at most; an archive of a million empty files is none.
const ENTRIES_MAX: usize = 5_000;
/// Steps of the XML reader; a document of forty pages takes some ten thousand.
const STEPS_MAX: usize = 2_000_000;

/// Reads a document.
pub(super) fn read(bytes: &[u8], caps: &Caps) -> Result<Opened, String> {
    if bytes.starts_with(b"\xD0\xCF\x11\xE0") {
        // An encrypted .docx is an OLE container (MS-OFFCRYPTO 1.3.1).
        return Err("it is protected with a password, or in an old format of Office".to_owned());
    }
    let xml = part(bytes, "word/document.xml", caps.inflated)?;
    let mut writer = Writer {
        paper: Paper::new(caps.text),
        tables: Vec::new(),
        rows: Vec::new(),
        cells: Vec::new(),
        words: String::new(),
        inside: 0,
        cells_left: caps.cells,
    };
    let whole = walk(&xml, &mut writer)?;
    let Writer { paper, tables, .. } = writer;
    let unread = if paper.full {
        Some(format!("its text is longer than {} KB, of which the beginning was read", caps.text / 1024))
    } else if !whole {
        Some("it is damaged: only its beginning was read".to_owned())
    } else if paper.is_empty() {
        Some("there is no text in it".to_owned())
    } else {
        None
    };
    let text = paper.done();
    let acord = super::acord::form(&text, std::iter::empty()).map(super::acord::Form::called);
    Ok(Opened { text, held: Held { acord, tables, unread, ..Held::default() } })
}

/// One part of the archive, inflated as far as `max` allows.
fn part(bytes: &[u8], name: &str, max: u64) -> Result<String, String> {
    let damaged = |_| "it is damaged, or no Word document".to_owned();
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    if archive.len() > ENTRIES_MAX {
        return Err("it holds more parts than a document has".to_owned());
    }
    let part = archive.by_name(name).map_err(|e| match e {
        zip::result::ZipError::UnsupportedArchive(_) => "it is protected with a password".to_owned(),
        _ => "it is damaged, or no Word document".to_owned(),
    })?;
    let mut inflated = Vec::new();
    // What the archive says of its size may be a lie; what comes out of it is counted.
    part.take(max + 1).read_to_end(&mut inflated).map_err(|_| "it is damaged".to_owned())?;
    if inflated.len() as u64 > max {
        return Err(format!("it becomes larger than {} MB when opened", max >> 20));
    }
    String::from_utf8(inflated).map_err(|_| "it is damaged".to_owned())
}

struct Writer {
    paper: Paper,
    tables: Vec<super::Table>,
    rows: Vec<Vec<Stretch>>,
    cells: Vec<String>,
    words: String,
    /// Tables around this place; what lies in an inner table belongs to the outer cell.
    inside: usize,
    cells_left: usize,
}

/// Writes the text; false where the XML broke off.
fn walk(xml: &str, out: &mut Writer) -> Result<bool, String> {
    let mut reader = quick_xml::Reader::from_str(xml);
    reader.config_mut().check_end_names = false;
    let mut skipped = 0_usize;
    let mut in_text = false;
    let mut open = 0_usize;
    for _ in 0..STEPS_MAX {
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(_) => return Ok(false),
        };
        match &event {
            Event::Start(_) => open += 1,
            Event::End(_) => open = open.saturating_sub(1),
            _ => {}
        }
        match event {
            Event::Eof => {
                out.close_all();
                return Ok(open == 0);
            }
            Event::Start(e) if skipped > 0 || is_skipped(&e) => skipped += 1,
            Event::End(_) if skipped > 0 => skipped -= 1,
            _ if skipped > 0 => {}
            Event::Start(e) => match e.local_name().as_ref() {
                "t" => in_text = true,
                "tbl" => out.open_table(),
                _ => {}
            },
            Event::Empty(e) => match e.local_name().as_ref() {
                "tab" | "br" | "cr" => out.words.push(' '),
                "noBreakHyphen" => out.words.push('-'),
                "p" => out.close_paragraph(),
                _ => {}
            },
            Event::End(e) => match e.local_name().as_ref() {
                "t" => in_text = false,
                "p" => out.close_paragraph(),
                "tc" => out.close_cell(),
                "tr" => out.close_row(),
                "tbl" => out.close_table(),
                _ => {}
            },
            Event::Text(t) if in_text => out.words.push_str(&t.xml10_content()),
            Event::GeneralRef(e) if in_text => out.reference(&e),
            Event::CData(c) if in_text => out.words.push_str(&c),
            // A document type could define entities; no program writes one here.
            Event::DocType(_) => return Err("it is damaged, or no Word document".to_owned()),
            _ => {}
        }
        if out.paper.full {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The second copy of a text box, for programs that do not know the first.
fn is_skipped(e: &BytesStart<'_>) -> bool {
    e.local_name().as_ref() == "Fallback"
}

impl Writer {
    fn reference(&mut self, e: &quick_xml::events::BytesRef<'_>) {
        match e.resolve_char_ref() {
            Ok(Some(c)) => self.words.push(c),
            _ => match &**e {
                "amp" => self.words.push('&'),
                "lt" => self.words.push('<'),
                "gt" => self.words.push('>'),
                "quot" => self.words.push('"'),
                "apos" => self.words.push('\''),
                _ => {}
            },
        }
    }

    fn close_paragraph(&mut self) {
        if self.inside > 0 {
            self.words.push(' ');
            return;
        }
        if self.paper.line(&self.words).is_none() {
            self.paper.gap();
        }
        self.words.clear();
    }

    fn open_table(&mut self) {
        if self.inside == 0 && !self.words.is_empty() {
            self.close_paragraph();
        }
        self.inside += 1;
    }

    fn close_cell(&mut self) {
        if self.inside == 1 && self.cells_left > 0 {
            self.cells_left -= 1;
            self.cells.push(std::mem::take(&mut self.words));
        }
    }

    fn close_row(&mut self) {
        if self.inside == 1 {
            self.rows.extend(self.paper.row(&self.cells, true));
            self.cells.clear();
        }
    }

    /// What stands in tags that were never closed is text as well.
    fn close_all(&mut self) {
        if self.inside > 0 {
            self.inside = 1;
            self.close_cell();
            self.close_row();
            self.close_table();
        }
        if !self.words.trim().is_empty() {
            self.close_paragraph();
        }
    }

    fn close_table(&mut self) {
        self.inside = self.inside.saturating_sub(1);
        if self.inside == 0 {
            self.tables.extend(table(std::mem::take(&mut self.rows)));
            self.paper.gap();
        }
    }
}
