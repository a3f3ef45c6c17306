//! The head line of an export, found and resolved by a columns file. A title that nobody explained is told, never
//! guessed.

use super::mapping::{self, Column, Mapping, Places};
use super::sheet::Line;
use crate::domain::{mistake::Mistake, nearest::nearest, text::folded};
use std::collections::BTreeMap;

/// Lines in which the head line is looked for; reports put a title and a date above it.
const HEAD_WITHIN: usize = 20;

/// Where a value is: for each place its columns.
pub(super) type Found = Vec<Vec<usize>>;

/// Where the columns of one contact are.
#[derive(Debug, Default)]
pub(super) struct ContactFound {
    pub name: Found,
    pub email: Found,
    pub phone: Found,
}

/// Where the columns of one certificate holder are.
#[derive(Debug, Default)]
pub(super) struct HolderFound {
    pub name: Found,
    pub address: Found,
    pub issued: Found,
    pub project: Found,
}

/// Where each column is.
#[derive(Debug, Default)]
pub(super) struct Columns {
    places: BTreeMap<Column, Found>,
    titles: BTreeMap<Column, String>,
    pub contacts: Vec<ContactFound>,
    pub holders: Vec<HolderFound>,
    /// Columns of yes and no: what a yes grants, the column's title, and where it is.
    pub grants: Vec<(String, String, Found)>,
    /// Cells of the head line.
    pub width: usize,
}

impl Columns {
    /// Where a value is.
    pub fn place(&self, column: Column) -> Option<&Found> {
        self.places.get(&column)
    }
    /// What the export calls a column, for mistakes.
    pub fn title(&self, column: Column) -> &str {
        self.titles.get(&column).map_or("", String::as_str)
    }
}

/// Finds the head line and resolves it: the columns, and the index of the first line below it. Unknown, doubled and
/// missing columns are mistakes; without key and name there is nothing to read.
pub(super) fn find(
    file: &str,
    lines: &[Line],
    mapping: &Mapping,
    mistakes: &mut Vec<Mistake>,
) -> Option<(Columns, usize)> {
    let heads = lines.iter().take(HEAD_WITHIN).enumerate();
    let head = heads.clone().find(|(_, l)| l.cells.as_deref().is_some_and(|cells| is_head(cells, mapping)));
    let (index, line) = head.or_else(|| heads.clone().next())?;
    let cells = line.cells.as_deref()?;
    let mut wrong = |what: String, mend: String| {
        mistakes.push(Mistake { file: file.to_owned(), line: Some(line.number), what, mend });
    };
    if head.is_none() {
        for (column, name) in [(Column::Account, "account"), (Column::Name, "name")] {
            let places = mapping.columns.get(&column)?;
            if resolve(places, cells).is_empty() {
                let wanted = places.words();
                let is = if wanted == name { String::new() } else { format!(" ({name})") };
                wrong(format!("the column “{wanted}”{is} is missing"), mend_for(lines, cells));
            }
        }
        return None;
    }
    unexplained(cells, mapping, &mut wrong);
    let of = |places: &Option<Places>| places.as_ref().map(|p| resolve(p, cells)).unwrap_or_default();
    let mut columns = Columns { width: cells.len(), ..Columns::default() };
    for (column, places) in &mapping.columns {
        let found = resolve(places, cells);
        columns.titles.insert(*column, places.words());
        if !found.is_empty() {
            columns.places.insert(*column, found);
        }
    }
    for c in &mapping.contacts {
        columns.contacts.push(ContactFound { name: of(&c.name), email: of(&c.email), phone: of(&c.phone) });
    }
    for h in &mapping.holders {
        let (name, address) = (of(&h.name), of(&h.address));
        columns.holders.push(HolderFound { name, address, issued: of(&h.issued), project: of(&h.project) });
    }
    for (title, granted) in &mapping.grants {
        let found = resolve(&Places(vec![vec![title.clone()]]), cells);
        if !found.is_empty() {
            columns.grants.push((granted.clone(), title.clone(), found));
        }
    }
    Some((columns, index + 1))
}

/// Whether a line holds the titles of key and name.
fn is_head(cells: &[String], mapping: &Mapping) -> bool {
    [Column::Account, Column::Name]
        .iter()
        .all(|c| mapping.columns.get(c).is_some_and(|places| !resolve(places, cells).is_empty()))
}

/// The places whose columns are all there.
fn resolve(places: &Places, cells: &[String]) -> Found {
    let at = |title: &String| cells.iter().position(|c| folded(c) == folded(title));
    places.0.iter().filter_map(|place| place.iter().map(at).collect::<Option<Vec<_>>>()).collect()
}

/// Tells of titles that the columns file does not know, and of those that are there twice.
fn unexplained(cells: &[String], mapping: &Mapping, wrong: &mut impl FnMut(String, String)) {
    let contacts = mapping.contacts.iter().flat_map(|c| [&c.name, &c.email, &c.phone]);
    let holders = mapping.holders.iter().flat_map(|h| [&h.name, &h.address, &h.issued, &h.project]);
    let of_lists = contacts.chain(holders).filter_map(Option::as_ref);
    let read: Vec<&str> =
        mapping.columns.values().chain(of_lists).flat_map(|p| p.0.iter().flatten()).map(String::as_str).collect();
    let read: Vec<&str> = read.into_iter().chain(mapping.grants.keys().map(String::as_str)).collect();
    let mut seen: Vec<String> = Vec::new();
    for title in cells.iter().filter(|c| !folded(c).is_empty()) {
        let key = folded(title);
        if mapping.ignore.iter().any(|i| folded(i) == key) {
            continue;
        }
        if seen.contains(&key) {
            let what = format!("the column “{title}” is there twice");
            wrong(what, "take one out; the first was read".to_owned());
        } else if !read.iter().any(|r| folded(r) == key) {
            let mend = match nearest(title, read.iter().copied()) {
                Some(close) => format!("did you mean “{close}”? It was not read"),
                None => format!(
                    "it was not read; known are {}. List it under `ignore` to hear no more of it",
                    read.join(", ")
                ),
            };
            wrong(format!("the column “{title}” is unknown"), mend);
        }
        seen.push(key);
    }
}

/// What to do about a head line that does not fit: another built-in columns file may.
fn mend_for(lines: &[Line], cells: &[String]) -> String {
    let fits = |mapping: &Mapping| {
        lines.iter().take(HEAD_WITHIN).any(|l| l.cells.as_deref().is_some_and(|cells| is_head(cells, mapping)))
    };
    let other: Vec<&str> = mapping::presets().filter(|(_, m)| fits(m)).map(|(name, _)| name).collect();
    let head = cells.join(", ");
    match other.as_slice() {
        [] => format!("add it; the head line was: {head}"),
        fitting => format!("it looks like an export for --columns {}; the head line was: {head}", fitting.join(" or ")),
    }
}
