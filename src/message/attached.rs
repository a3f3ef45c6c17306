//! What an attachment holds: bytes → text, form fields, tables, or a sentence on why it was not read. Pure.
//!
//! The formats are other people's (PDF, Word, workbooks), so is the code that takes them apart, and the bytes come from
//! strangers. Therefore everything here works within [`Caps`], a panic is an answer like any other, and whoever cannot
//! afford an endless loop or a full memory runs [`open`] in a process of its own (the daemon does).
//! Knows nothing of insurance but what ACORD's forms are called.

mod acord;
mod calendar;
mod cms;
mod delimited;
mod docx;
mod kind;
mod paper;
mod pdf;
mod rtf;
mod tnef;
mod workbook;

pub use acord::stem;
pub(super) use cms::{Unwrapped, unwrap};
pub use kind::Kind;
pub(super) use tnef::read as read_tnef;
pub use workbook::words as cell_words;

use serde::{Deserialize, Serialize};

/// How much of an attachment is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caps {
    /// Largest file that is opened, in bytes.
    pub bytes: usize,
    /// Most bytes that the parts of an archive (.docx, .xlsx) may become, together.
    pub inflated: u64,
    /// Pages of a PDF that are read.
    pub pages: usize,
    /// Cells of a workbook or a CSV that are read.
    pub cells: usize,
    /// Fields of a form that are read.
    pub fields: usize,
    /// Bytes of text that are kept.
    pub text: usize,
}

impl Default for Caps {
    fn default() -> Self {
        Self {
            bytes: 25 << 20,
            inflated: 32 << 20,
            pages: 40,
            cells: 20_000,
            fields: 3_000,
            text: super::ATTACHMENT_TEXT_MAX,
        }
    }
}

/// An attachment as it came.
#[derive(Debug, Clone, Copy)]
pub struct Sealed<'a> {
    /// Its file name, cleaned.
    pub name: &'a str,
    /// Its content type, in lower case.
    pub content_type: &'a str,
    /// Its decoded bytes.
    pub bytes: &'a [u8],
}

/// A stretch of an attachment's text: first byte and one past the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stretch {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Stretch {
    /// The words there; `""` where it is no stretch of `text`.
    #[must_use]
    pub fn of(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize).unwrap_or("")
    }
}

/// A filled field of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormField {
    /// Its name as the form has it, such as `F[0].P1[0].NamedInsured_FullName_A[0]`.
    pub name: String,
    /// Where its value stands in the text.
    pub value: Stretch,
}

/// A table: rows of cells, each a stretch of the text (an empty one where the cell is empty).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Table {
    /// The rows, the first of them often the headings.
    pub rows: Vec<Vec<Stretch>>,
}

/// What an attachment holds besides its text.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Held {
    /// What it was opened as.
    pub kind: Kind,
    /// The ACORD form that it is: `ACORD 25`.
    pub acord: Option<String>,
    /// Filled fields, in the order of the form.
    pub form: Vec<FormField>,
    /// Tables.
    pub tables: Vec<Table>,
    /// Why it was not read, or not wholly, as the end of a sentence: “it is protected with a password”.
    pub unread: Option<String>,
}

/// An attachment, opened.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Opened {
    /// Its text: lines that end in `\n`, no control characters; a form's filled fields come first, a line each.
    pub text: String,
    /// The rest.
    pub held: Held,
}

impl Opened {
    /// Not opened, and why.
    #[must_use]
    pub fn unread(kind: Kind, why: impl Into<String>) -> Self {
        Self { text: String::new(), held: Held { kind, unread: Some(why.into()), ..Held::default() } }
    }
}

/// Whoever opens attachments: in this process, or in another that may break.
pub trait Opener {
    /// Opens one. Total: what cannot be read says why.
    fn open(&mut self, sealed: &Sealed<'_>) -> Opened;
}

/// Opens in this process; for tests and for formats whose reader is our own.
#[derive(Debug, Clone, Copy, Default)]
pub struct Here(pub Caps);

impl Opener for Here {
    fn open(&mut self, sealed: &Sealed<'_>) -> Opened {
        open(sealed, &self.0)
    }
}

/// Opens an attachment. Never panics; time and memory are bounded by `caps` as far as the formats' own readers keep to
/// them.
#[must_use]
pub fn open(sealed: &Sealed<'_>, caps: &Caps) -> Opened {
    let kind = Kind::of(sealed);
    if sealed.bytes.is_empty() && kind.is_opened() {
        return Opened::unread(kind, "it is empty");
    }
    if sealed.bytes.len() > caps.bytes && kind.is_opened() {
        return Opened::unread(kind, format!("it is larger than {} MB", caps.bytes >> 20));
    }
    let read = || match kind {
        Kind::Pdf => pdf::read(sealed.bytes, caps),
        Kind::Word => docx::read(sealed.bytes, caps),
        Kind::Workbook => workbook::read(sealed, caps),
        Kind::Delimited => delimited::read(&super::charset::decode(sealed.bytes, None), caps),
        Kind::Calendar => calendar::read(&super::charset::decode(sealed.bytes, None), caps),
        Kind::Picture => Err("pictures are not read".to_owned()),
        Kind::Archive => Err("archives are not opened".to_owned()),
        Kind::OldOffice => Err("old formats of Office are not read".to_owned()),
        Kind::Slides => Err("slides are not read".to_owned()),
        Kind::Sound => Err("sound and film are not heard".to_owned()),
        Kind::Encrypted => Err("it is encrypted".to_owned()),
        Kind::Other => Err("files of its kind are not read".to_owned()),
        Kind::Outlook | Kind::Signed | Kind::Text | Kind::Message | Kind::Formality => Ok(Opened::default()),
    };
    let read = std::panic::catch_unwind(std::panic::AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err("it is damaged".to_owned()));
    let mut opened = read.unwrap_or_else(|why| Opened::unread(kind, why));
    opened.held.kind = kind;
    opened
}

#[cfg(test)]
#[path = "attached/attached_tests.rs"]
mod tests;
