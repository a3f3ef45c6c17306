//! `[book]`: which columns file explains the agency's export.

use super::tree::*;
use crate::book::{self, Mapping};
use crate::domain::nearest::nearest;
use std::path::Path;

/// What `[book]` says.
#[derive(Debug, Clone, PartialEq)]
pub struct BookSettings {
    /// Which column of the export is what.
    pub mapping: Mapping,
}

/// A columns file by the name of a built-in one, or by its path.
///
/// # Errors
/// A sentence: what is wrong, and how to mend it.
pub fn mapping(name: &str, base: &Path) -> Result<Mapping, (String, String)> {
    if let Some(mapping) = Mapping::built_in(name) {
        return Ok(mapping);
    }
    let path = base.join(name);
    if !path.is_file() {
        let names: Vec<&str> = book::presets().map(|(n, _)| n).collect();
        let mend = match nearest(name, names.iter().copied()) {
            Some(close) => format!("did you mean “{close}”?"),
            None => format!("name one of {}, or a file of your own", names.join(", ")),
        };
        return Err((format!("there is no columns file “{name}”"), mend));
    }
    let text = std::fs::read_to_string(&path)
        .map_err(|e| (format!("{} cannot be read: {e}", path.display()), "save it as UTF-8 text".to_owned()))?;
    Mapping::read(&path.display().to_string(), &text).map_err(|m| {
        let line = m.line.map_or_else(String::new, |l| format!(":{l}"));
        (format!("{}{line}: {}", m.file, m.what), m.mend)
    })
}

/// Reads `[book]`; left out, the book has intaked's own columns.
pub(super) fn read(whole: &Section<'_, '_>, base: &Path) -> Option<BookSettings> {
    let section = match whole.table("book", "[book]") {
        Some(section) => Some(section),
        None if whole.has("book") => return None,
        None => None,
    };
    if let Some(section) = &section {
        section.only(&["columns"]);
    }
    let given = section.as_ref().and_then(|s| s.text("columns"));
    let name = given.as_ref().map_or(book::USUAL, |at| at.value.as_str());
    match mapping(name, base) {
        Ok(mapping) => Some(BookSettings { mapping }),
        Err((what, mend)) => {
            match &given {
                Some(at) => whole.source().wrong(at, what, mend),
                None => whole.source().mistake_anywhere(what, mend),
            }
            None
        }
    }
}
