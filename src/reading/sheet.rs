//! A rule file taken apart so that every mistake in it is found at once, each with its line.
//!
//! serde stops at the first mistake of what it is given; so each table and each item of a list is given to it alone.
//! Knows no key of any page.

use super::RuleFile;
use crate::domain::mistake::{Mistake, line_of};
use serde::Deserialize;
use toml::{
    Spanned,
    de::{DeTable, DeValue, ValueDeserializer},
};

/// One table of a rule file whose keys are taken out one by one; what is left is unknown.
pub(super) struct Sheet<'a> {
    file: &'a RuleFile,
    /// Its name in mistakes: empty for the file itself, `[work]` for a table in it.
    within: String,
    start: usize,
    table: DeTable<'a>,
}

/// An item of a list with the place it stands at.
pub(super) struct Item<T> {
    pub(super) value: T,
    pub(super) line: usize,
}

impl<'a> Sheet<'a> {
    /// Reads a file; bad TOML is reported, and what could be read is used.
    pub(super) fn open(file: &'a RuleFile, mistakes: &mut Vec<Mistake>) -> Self {
        let (table, errors) = DeTable::parse_recoverable(&file.text);
        for e in errors {
            mistakes.push(Mistake {
                file: file.name.clone(),
                line: e.span().map(|s| line_of(&file.text, s.start)),
                what: format!("this is not TOML: {}", one_line(e.message())),
                mend: "Texts stand between quotes; patterns with a backslash between single quotes.".to_owned(),
            });
        }
        Self { file, within: String::new(), start: 0, table: table.into_inner() }
    }

    /// Takes a table out; an empty one where it is missing.
    pub(super) fn inside(&mut self, key: &str, mistakes: &mut Vec<Mistake>) -> Option<Sheet<'a>> {
        let value = self.take(key)?;
        let start = value.span().start;
        let kind = value.get_ref().type_str();
        match value.into_inner() {
            DeValue::Table(table) => Some(Sheet { file: self.file, within: format!("[{key}] "), start, table }),
            _ => {
                mistakes.push(self.mistake(start, format!("“{key}” is a {kind}; it has to be a table, [{key}]"), ""));
                None
            }
        }
    }

    /// The line at which it begins.
    pub(super) fn line(&self) -> usize {
        line_of(&self.file.text, self.start)
    }

    /// Takes one value out; `None` where it is missing or wrong.
    pub(super) fn one<T: Deserialize<'a>>(&mut self, key: &str, mistakes: &mut Vec<Mistake>) -> Option<T> {
        let value = self.take(key)?;
        self.read(key, value, mistakes)
    }

    /// Takes one value out that has to be there.
    pub(super) fn must<T: Deserialize<'a>>(&mut self, key: &str, mend: &str, mistakes: &mut Vec<Mistake>) -> Option<T> {
        match self.take(key) {
            Some(value) => self.read(key, value, mistakes),
            None => {
                mistakes.push(self.mistake(self.start, format!("{}“{key}” is missing", self.within), mend));
                None
            }
        }
    }

    /// Takes a list of tables out, each item read alone.
    pub(super) fn each<T: Deserialize<'a>>(&mut self, key: &str, mistakes: &mut Vec<Mistake>) -> Vec<Item<T>> {
        let Some(value) = self.take(key) else { return Vec::new() };
        let start = value.span().start;
        let kind = value.get_ref().type_str();
        let DeValue::Array(items) = value.into_inner() else {
            let what = format!("“{key}” is a {kind}; it has to be a list, each item under [[{key}]]");
            mistakes.push(self.mistake(start, what, ""));
            return Vec::new();
        };
        let mut out = Vec::new();
        for item in items {
            let line = line_of(&self.file.text, item.span().start);
            if let Some(value) = self.read(key, item, mistakes) {
                out.push(Item { value, line });
            }
        }
        out
    }

    /// Reports every key that nobody has taken.
    pub(super) fn close(self, known: &[&str], mistakes: &mut Vec<Mistake>) {
        for key in self.table.keys() {
            let name = key.get_ref().as_ref();
            mistakes.push(self.mistake(
                key.span().start,
                format!("{}there is no key “{name}”", self.within),
                &format!("Known here: {}.", known.join(", ")),
            ));
        }
    }

    fn take(&mut self, key: &str) -> Option<Spanned<DeValue<'a>>> {
        self.table.remove(key)
    }

    fn read<T: Deserialize<'a>>(
        &self,
        key: &str,
        value: Spanned<DeValue<'a>>,
        mistakes: &mut Vec<Mistake>,
    ) -> Option<T> {
        let start = value.span().start;
        T::deserialize(ValueDeserializer::from(value))
            .map_err(|e| {
                let at = e.span().map_or(start, |s| s.start);
                mistakes.push(self.mistake(at, format!("{}{key}: {}", self.within, one_line(e.message())), ""));
            })
            .ok()
    }

    fn mistake(&self, at: usize, what: String, mend: &str) -> Mistake {
        let line = Some(line_of(&self.file.text, at));
        Mistake { file: self.file.name.clone(), line, what, mend: mend.to_owned() }
    }

    /// A mistake about this file at a line.
    pub(super) fn wrong(&self, line: usize, what: String, mend: &str) -> Mistake {
        Mistake { file: self.file.name.clone(), line: Some(line), what, mend: mend.to_owned() }
    }
}

fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}
