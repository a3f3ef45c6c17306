//! Reading a TOML file key by key, so that every mistake in it is found in one go and each knows its line.
//!
//! serde stops at the first thing that does not fit; an administrator should not have to run `check` ten times. Knows
//! nothing of what the keys mean.

use crate::domain::mistake::{Mistake, line_of};
use crate::domain::nearest::nearest;
use std::cell::RefCell;
use toml::de::{DeTable, DeValue};

/// The file that is being read, and what was found wrong with it so far.
pub(super) struct Source<'t> {
    name: &'t str,
    text: &'t str,
    mistakes: RefCell<Vec<Mistake>>,
}

/// A value with the place it stands at.
#[derive(Debug, Clone)]
pub(super) struct At<T> {
    /// The value.
    pub value: T,
    /// Its first byte in the file.
    pub offset: usize,
    /// How to name the place to a person: `[agency] zone`.
    pub place: String,
}

impl<T> At<T> {
    /// The same place with another value.
    pub fn with<U>(&self, value: U) -> At<U> {
        At { value, offset: self.offset, place: self.place.clone() }
    }
}

impl<'t> Source<'t> {
    /// A file under the name that the person gave it.
    pub fn new(name: &'t str, text: &'t str) -> Self {
        Self { name, text, mistakes: RefCell::new(Vec::new()) }
    }
    /// Records a mistake at a byte of the file.
    pub fn mistake(&self, offset: usize, what: impl Into<String>, mend: impl Into<String>) {
        self.push(Some(line_of(self.text, offset)), what.into(), mend.into());
    }
    /// Records a mistake about the file as a whole.
    pub fn mistake_anywhere(&self, what: impl Into<String>, mend: impl Into<String>) {
        self.push(None, what.into(), mend.into());
    }
    /// Records a mistake about a value, whose place comes first in the sentence.
    pub fn wrong<T>(&self, at: &At<T>, what: impl std::fmt::Display, mend: impl Into<String>) {
        self.mistake(at.offset, format!("{}: {what}", at.place), mend);
    }
    /// The line on which a value stands.
    pub fn line<T>(&self, at: &At<T>) -> usize {
        self.line_at(at.offset)
    }
    /// The line on which a byte of the file stands.
    pub fn line_at(&self, offset: usize) -> usize {
        line_of(self.text, offset)
    }
    fn push(&self, line: Option<usize>, what: String, mend: String) {
        self.mistakes.borrow_mut().push(Mistake { file: self.name.to_owned(), line, what, mend });
    }
    /// All that was found, in the order of the file.
    pub fn into_mistakes(self) -> Vec<Mistake> {
        let mut all = self.mistakes.into_inner();
        all.sort_by_key(|m| m.line.unwrap_or(usize::MAX));
        all
    }
}

/// A table of the file: the keys below one `[header]`.
pub(super) struct Section<'s, 't> {
    source: &'s Source<'t>,
    table: &'s DeTable<'t>,
    title: String,
    offset: usize,
}

impl<'s, 't> Section<'s, 't> {
    /// The whole file as a section without a title.
    pub fn whole(source: &'s Source<'t>, table: &'s DeTable<'t>) -> Self {
        Self { source, table, title: String::new(), offset: 0 }
    }
    /// The file.
    pub fn source(&self) -> &'s Source<'t> {
        self.source
    }
    /// How the section is named to a person.
    pub fn title(&self) -> &str {
        &self.title
    }
    /// Where the section begins.
    pub fn offset(&self) -> usize {
        self.offset
    }
    fn place(&self, key: &str) -> String {
        if self.title.is_empty() { key.to_owned() } else { format!("{} {key}", self.title) }
    }
    /// Reports every key that is not one of `keys`.
    pub fn only(&self, keys: &[&str]) {
        for (key, _) in self.table {
            let name = key.get_ref().as_ref();
            if keys.contains(&name) {
                continue;
            }
            let mend = match nearest(name, keys.iter().copied()) {
                Some(close) => format!("did you mean `{close}`?"),
                None => format!("known here: {}", keys.join(", ")),
            };
            self.source.mistake(key.span().start, format!("{}: unknown key", self.place(name)), mend);
        }
    }
    /// Every key with its value's section or value, for tables whose keys are names (`[modes]`).
    pub fn named_texts(&self) -> Vec<(String, At<String>)> {
        let mut out = Vec::new();
        for (key, value) in self.table {
            let name = key.get_ref().as_ref();
            if let Some(text) = self.as_text(name, value.span().start, value.get_ref()) {
                out.push((name.to_owned(), text));
            }
        }
        out
    }
    fn find(&self, key: &str) -> Option<(usize, &'s DeValue<'t>)> {
        self.table.iter().find(|(k, _)| k.get_ref() == key).map(|(_, v)| (v.span().start, v.get_ref()))
    }
    /// Whether the key is there at all.
    pub fn has(&self, key: &str) -> bool {
        self.find(key).is_some()
    }
    /// Whether the key holds a text, whatever it should hold.
    pub fn is_text(&self, key: &str) -> bool {
        self.find(key).is_some_and(|(_, v)| v.is_str())
    }
    /// Where the key's value stands; the section's own place when it is left out.
    pub fn offset_of(&self, key: &str) -> usize {
        self.find(key).map_or(self.offset, |(offset, _)| offset)
    }
    fn expected<T>(&self, key: &str, offset: usize, wanted: &str, found: &DeValue<'_>) -> Option<T> {
        self.source.mistake(
            offset,
            format!("{}: this must be {wanted}, and is {}", self.place(key), kind(found)),
            String::new(),
        );
        None
    }
    fn as_text(&self, key: &str, offset: usize, value: &DeValue<'t>) -> Option<At<String>> {
        match value {
            DeValue::String(s) => Some(At { value: s.clone().into_owned(), offset, place: self.place(key) }),
            // A day may be written with or without quotes.
            DeValue::Datetime(d) => Some(At { value: d.to_string(), offset, place: self.place(key) }),
            other => self.expected(key, offset, "a text in quotes", other),
        }
    }
    /// A text; `None` when it is left out or is something else, which is then reported.
    pub fn text(&self, key: &str) -> Option<At<String>> {
        let (offset, value) = self.find(key)?;
        let text = self.as_text(key, offset, value)?;
        if text.value.trim().is_empty() {
            self.source.wrong(&text, "this is empty", "write something, or take the line out");
            return None;
        }
        Some(text)
    }
    /// A text that must be there.
    pub fn needed(&self, key: &str, example: &str) -> Option<At<String>> {
        self.present(key, example).then(|| self.text(key)).flatten()
    }
    /// Whether a key that must be there is there; reported if not.
    pub fn present(&self, key: &str, example: &str) -> bool {
        if !self.has(key) {
            self.source.mistake(
                self.offset,
                format!("{} is missing", self.place(key)),
                format!("add: {key} = {example}"),
            );
        }
        self.has(key)
    }
    /// A list of texts.
    pub fn texts(&self, key: &str) -> Option<Vec<At<String>>> {
        let (offset, value) = self.find(key)?;
        let DeValue::Array(items) = value else {
            return self.expected(key, offset, "a list of texts, such as [\"a\", \"b\"]", value);
        };
        Some(items.iter().filter_map(|v| self.as_text(key, v.span().start, v.get_ref())).collect())
    }
    /// A whole number within limits.
    pub fn number(&self, key: &str, least: i64, most: i64) -> Option<At<i64>> {
        let (offset, value) = self.find(key)?;
        let DeValue::Integer(digits) = value else {
            return self.expected(key, offset, "a whole number without quotes", value);
        };
        let at = At { value: (), offset, place: self.place(key) };
        match i64::from_str_radix(&digits.as_str().replace('_', ""), digits.radix()) {
            Ok(n) if (least..=most).contains(&n) => Some(at.with(n)),
            _ => {
                let mend = format!("write a number from {least} to {most}");
                self.source.wrong(&at, format!("{} is out of range", digits.as_str()), mend);
                None
            }
        }
    }
    /// `true` or `false`.
    pub fn flag(&self, key: &str) -> Option<At<bool>> {
        let (offset, value) = self.find(key)?;
        match value {
            DeValue::Boolean(b) => Some(At { value: *b, offset, place: self.place(key) }),
            other => self.expected(key, offset, "true or false", other),
        }
    }
    /// A table below this one; `title` names it to a person.
    pub fn table(&self, key: &str, title: &str) -> Option<Section<'s, 't>> {
        let (offset, value) = self.find(key)?;
        match value {
            DeValue::Table(table) => Some(Section { source: self.source, table, title: title.to_owned(), offset }),
            other => self.expected(key, offset, &format!("a table, such as {title}"), other),
        }
    }
    /// A list of tables (`[[person]]`); each is titled `[[person]]`, and by `name_key` where it has that.
    pub fn tables(&self, key: &str, name_key: &str) -> Vec<Section<'s, 't>> {
        let Some((offset, value)) = self.find(key) else { return Vec::new() };
        let below = self.title.trim_matches(['[', ']']);
        let header = if below.is_empty() { format!("[[{key}]]") } else { format!("[[{below}.{key}]]") };
        let wanted = format!("a list of tables, each beginning with {header}");
        let DeValue::Array(items) = value else {
            let _: Option<()> = self.expected(key, offset, &wanted, value);
            return Vec::new();
        };
        let mut out = Vec::new();
        for item in items.iter() {
            let DeValue::Table(table) = item.get_ref() else {
                let _: Option<()> = self.expected(key, item.span().start, &wanted, item.get_ref());
                continue;
            };
            let name = table.iter().find(|(k, _)| k.get_ref() == name_key).and_then(|(_, v)| v.get_ref().as_str());
            let title = name.map_or_else(|| header.clone(), |n| format!("{header} “{n}”"));
            out.push(Section { source: self.source, table, title, offset: item.span().start });
        }
        out
    }
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a number",
        DeValue::Float(_) => "a number with a point",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
