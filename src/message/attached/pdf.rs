//! PDF: text by lines, and the filled fields of its form (ISO 32000-1, 12.7). Knows nothing of mail.

use super::{Caps, FormField, Held, Opened, acord, paper::Paper};
use pdf_extract::{ConvertToFmt, Dictionary, Document, Object, ObjectId, PlainTextOutput, output_doc_page};
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Letters and digits under which a page is taken for a picture with a stamp on it.
const SCAN: usize = 20;
/// Fields within fields within fields: no form goes deeper.
const DEPTH_MAX: usize = 16;
/// Nodes above a page in the tree of pages: a tree of millions of pages is not as high.
const PARENTS_MAX: usize = 64;

/// Reads a PDF.
pub(super) fn read(bytes: &[u8], caps: &Caps) -> Result<Opened, String> {
    let mut pdf = Document::load_mem(bytes).map_err(|e| trouble(&e))?;
    // Many are encrypted only against changes: with an empty password. What is left after loading was not opened by it.
    if pdf.trailer.get(b"Encrypt").is_ok() && pdf.decrypt("").is_err() {
        return Err("it is protected with a password".to_owned());
    }
    let mut paper = Paper::new(caps.text);
    let (fields, xfa) = fields(&pdf, caps);
    let listed = pdf.get_pages();
    let pages = listed.len();
    let printed = printed(&pdf, caps, &listed);
    let form = acord::form(&printed, fields.iter().map(|(name, _)| name.as_str()));
    let mut held = Held { acord: form.map(acord::Form::called), ..Held::default() };
    if let Some(form) = form {
        paper.line(&form.title());
    }
    for line in acord::lines(&fields) {
        let pieces = line.pieces.iter().map(|(separator, _, value)| (*separator, *value));
        let Some(at) = paper.pieces(&line.label, pieces) else { continue };
        let named = line.pieces.iter().zip(at).filter(|(_, at)| at.start < at.end);
        held.form.extend(named.map(|((_, name, _), value)| FormField { name: (*name).to_owned(), value }));
    }
    // What is printed on every ACORD form says nothing about this one; where nothing is filled, it may have been
    // printed and scanned, or filled by a program that leaves no fields.
    if form.is_none() || held.form.is_empty() {
        paper.gap();
        for line in printed.lines() {
            if paper.line(line).is_none() && paper.full {
                break;
            }
        }
    }
    let letters = printed.bytes().filter(u8::is_ascii_alphanumeric).count();
    held.unread = if xfa && fields.is_empty() {
        Some("it is a form that only Adobe's own reader shows".to_owned())
    } else if letters < SCAN && fields.is_empty() {
        Some(match pages {
            0 => "it has no pages that could be read".to_owned(),
            _ => "it is a scan without text, or a picture".to_owned(),
        })
    } else if pages > caps.pages {
        Some(format!("it has {pages} pages, of which the first {} were read", caps.pages))
    } else if paper.full {
        Some(format!("its text is longer than {} KB, of which the beginning was read", caps.text / 1024))
    } else {
        None
    };
    Ok(Opened { text: paper.done(), held })
}

fn trouble(e: &pdf_extract::Error) -> String {
    let said = e.to_string().to_lowercase();
    if said.contains("password") || said.contains("encrypt") || said.contains("decrypt") {
        "it is protected with a password".to_owned()
    } else {
        "it is damaged, or no PDF".to_owned()
    }
}

/// What stands on the first pages. A page that cannot be read is left out; the others are not.
fn printed(pdf: &Document, caps: &Caps, pages: &BTreeMap<u32, ObjectId>) -> String {
    let mut all = String::new();
    for (number, id) in pages.iter().take(caps.pages) {
        if !parents_end(pdf, *id) {
            continue;
        }
        let mut page = Bounded { text: String::new(), left: (2 * caps.text).saturating_sub(all.len()) };
        // It panics on what it does not expect: no media box, an odd font.
        let done = catch_unwind(AssertUnwindSafe(|| {
            output_doc_page(pdf, &mut PlainTextOutput::new(&mut page), *number).is_ok()
        }));
        let full = page.left == 0;
        all.push_str(&page.text);
        all.push('\n');
        if full {
            break;
        }
        // A page that broke off keeps what it gave.
        drop(done);
    }
    all
}

/// Whether the nodes above a page come to an end: pdf-extract follows them for what a page inherits, and never stops on
/// one that is its own parent.
fn parents_end(pdf: &Document, page: ObjectId) -> bool {
    let parent = |id: &ObjectId| pdf.get_dictionary(*id).ok()?.get(b"Parent").ok()?.as_reference().ok();
    std::iter::successors(Some(page), parent).take(PARENTS_MAX + 1).count() <= PARENTS_MAX
}

/// A text that takes so much and then refuses, which ends the page.
struct Bounded {
    text: String,
    left: usize,
}

impl std::fmt::Write for Bounded {
    fn write_str(&mut self, s: &str) -> std::fmt::Result {
        if s.len() > self.left {
            self.left = 0;
            return Err(std::fmt::Error);
        }
        self.left -= s.len();
        self.text.push_str(s);
        Ok(())
    }
}

impl<'a> ConvertToFmt for &'a mut Bounded {
    type Writer = &'a mut Bounded;
    fn convert(self) -> Self::Writer {
        self
    }
}

/// The filled fields by their full names, and whether there is an XFA form besides.
fn fields(pdf: &Document, caps: &Caps) -> (Vec<(String, String)>, bool) {
    let mut found = Vec::new();
    let Ok(root) = pdf.catalog() else { return (found, false) };
    let Some(form) = root.get(b"AcroForm").ok().and_then(|o| dictionary(pdf, o)) else { return (found, false) };
    let xfa = form.get(b"XFA").is_ok();
    let mut walk = Walk { pdf, seen: BTreeSet::new(), left: caps.fields, found: &mut found };
    if let Some(tops) = form.get(b"Fields").ok().and_then(|o| array(pdf, o)) {
        for top in tops {
            walk.field(top, "", None, DEPTH_MAX);
        }
    }
    (found, xfa)
}

struct Walk<'a> {
    pdf: &'a Document,
    /// Forms that refer to themselves end here.
    seen: BTreeSet<ObjectId>,
    left: usize,
    found: &'a mut Vec<(String, String)>,
}

impl<'a> Walk<'a> {
    fn field(&mut self, object: &'a Object, above: &str, kind: Option<&'a [u8]>, depth: usize) {
        if self.left == 0 || depth == 0 {
            return;
        }
        self.left -= 1;
        if let Object::Reference(id) = object
            && !self.seen.insert(*id)
        {
            return;
        }
        let Some(field) = dictionary(self.pdf, object) else { return };
        let own = field.get(b"T").ok().map(|o| string(self.pdf, o)).unwrap_or_default();
        let name = match (above.is_empty(), own.is_empty()) {
            (_, true) => above.to_owned(),
            (true, false) => own.clone(),
            (false, false) => format!("{above}.{own}"),
        };
        let kind = field.get(b"FT").ok().and_then(|o| o.as_name().ok()).or(kind);
        if let Some(value) = field.get(b"V").ok().and_then(|v| value(self.pdf, v, kind)) {
            self.found.push((name.chars().take(200).collect(), value));
        }
        if let Some(kids) = field.get(b"Kids").ok().and_then(|o| array(self.pdf, o)) {
            for kid in kids {
                self.field(kid, &name, kind, depth - 1);
            }
        }
    }
}

/// A field's value in words; a ticked box is “yes”, an empty field nothing.
fn value(pdf: &Document, object: &Object, kind: Option<&[u8]>) -> Option<String> {
    let (_, object) = pdf.dereference(object).ok()?;
    let words = match object {
        Object::Name(name) if kind == Some(b"Btn") => match name.as_slice() {
            b"Off" | b"" | b"No" | b"0" => String::new(),
            _ => "yes".to_owned(),
        },
        Object::Name(name) => String::from_utf8_lossy(name).into_owned(),
        Object::String(..) => string(pdf, object),
        Object::Integer(n) => n.to_string(),
        Object::Real(n) => n.to_string(),
        Object::Array(several) => {
            several.iter().take(20).map(|o| string(pdf, o)).filter(|s| !s.is_empty()).collect::<Vec<_>>().join(", ")
        }
        _ => String::new(),
    };
    // The lines of an address field stay apart.
    let words = words.split(['\r', '\n']).map(str::trim).filter(|l| !l.is_empty()).collect::<Vec<_>>().join(", ");
    (!words.is_empty()).then_some(words)
}

fn dictionary<'a>(pdf: &'a Document, object: &'a Object) -> Option<&'a Dictionary> {
    pdf.dereference(object).ok().and_then(|(_, o)| o.as_dict().ok())
}

fn array<'a>(pdf: &'a Document, object: &'a Object) -> Option<&'a Vec<Object>> {
    pdf.dereference(object).ok().and_then(|(_, o)| o.as_array().ok())
}

/// A text string (ISO 32000-1, 7.9.2.2).
fn string(pdf: &Document, object: &Object) -> String {
    let Ok((_, object)) = pdf.dereference(object) else { return String::new() };
    pdf_extract::decode_text_string(object).unwrap_or_default()
}
