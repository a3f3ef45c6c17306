//! Which column of an export is what: read from a columns file, of which the usual ones are built in.
//!
//! Knows no row. The built-in files under `presets/` say where their names come from; an agency writes its own beside.

use crate::domain::mistake::{Mistake, line_of};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;

/// The columns files that are compiled in: name and text.
const PRESETS: [(&str, &str); 7] = [
    ("intaked", include_str!("presets/intaked.toml")),
    ("ams360", include_str!("presets/ams360.toml")),
    ("applied_epic", include_str!("presets/applied_epic.toml")),
    ("ezlynx", include_str!("presets/ezlynx.toml")),
    ("hawksoft", include_str!("presets/hawksoft.toml")),
    ("nowcerts", include_str!("presets/nowcerts.toml")),
    ("qqcatalyst", include_str!("presets/qqcatalyst.toml")),
];

/// The columns file that holds where nobody names one.
pub const USUAL: &str = "intaked";

/// Something the book knows of an account or a policy, one to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Column {
    Account,
    Name,
    Domain,
    Policy,
    Carrier,
    Line,
    Effective,
    Expiration,
    Premium,
    Grants,
    Class,
    Billing,
    Language,
    Csr,
    AccountManager,
    Producer,
    Instructions,
}

/// Where a value stands: the first of several places that is not empty; a place is one column, or several joined by
/// a blank (“First Name + Last Name”).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Places(pub(super) Vec<Vec<String>>);

impl Places {
    /// As a columns file writes it.
    pub fn words(&self) -> String {
        let places: Vec<String> = self.0.iter().map(|p| p.join(" + ")).collect();
        places.join(" or ")
    }
}

impl<'de> Deserialize<'de> for Places {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "a column's title in quotes, or a list of them")]
        enum Written {
            One(String),
            Several(Vec<String>),
        }
        let places = match Written::deserialize(d)? {
            Written::One(one) => vec![one],
            Written::Several(several) => several,
        };
        let titles = |place: &String| place.split(" + ").map(|t| t.trim().to_owned()).collect::<Vec<_>>();
        let places: Vec<Vec<String>> = places.iter().map(titles).collect();
        if places.is_empty() || places.iter().flatten().any(String::is_empty) {
            return Err(serde::de::Error::custom("a column's title is empty; write it as the export does"));
        }
        Ok(Self(places))
    }
}

/// The columns of one contact; a row may hold several contacts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ContactColumns {
    pub name: Option<Places>,
    pub email: Option<Places>,
    pub phone: Option<Places>,
}

/// The columns of one certificate holder and of a certificate that was issued to it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct HolderColumns {
    pub name: Option<Places>,
    pub address: Option<Places>,
    pub issued: Option<Places>,
    pub project: Option<Places>,
}

/// Which column of an export is what.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// What kind of export it is for, in words.
    pub title: String,
    pub(super) columns: BTreeMap<Column, Places>,
    #[serde(default, rename = "contact")]
    pub(super) contacts: Vec<ContactColumns>,
    #[serde(default, rename = "holder")]
    pub(super) holders: Vec<HolderColumns>,
    /// Columns of yes and no → what a yes grants others.
    #[serde(default)]
    pub(super) grants: BTreeMap<String, String>,
    /// Columns that are known and not needed.
    #[serde(default)]
    pub(super) ignore: Vec<String>,
    /// What the export calls a person → their id; an empty id is nobody (“House account”).
    #[serde(default)]
    pub(super) people: BTreeMap<String, String>,
}

impl Mapping {
    /// Reads a columns file; `file` is its name for mistakes.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn read(file: &str, text: &str) -> Result<Self, Mistake> {
        let wrong =
            |line, what: String, mend: &str| Mistake { file: file.to_owned(), line, what, mend: mend.to_owned() };
        let mapping: Self = toml::from_str(text).map_err(|e| {
            let line = e.span().map(|s| line_of(text, s.start));
            let mend = "`intaked book columns NAME` prints a built-in columns file to begin with";
            wrong(line, e.message().trim().to_owned(), mend)
        })?;
        for (column, name) in [(Column::Account, "account"), (Column::Name, "name")] {
            if !mapping.columns.contains_key(&column) {
                let what = format!("[columns] does not say which column is “{name}”");
                return Err(wrong(None, what, "every account needs a key and a name"));
            }
        }
        Ok(mapping)
    }

    /// The built-in columns file of that name.
    #[must_use]
    pub fn built_in(name: &str) -> Option<Self> {
        Self::read(name, preset(name)?).ok()
    }
}

/// The text of a built-in columns file, to copy and change.
#[must_use]
pub fn preset(name: &str) -> Option<&'static str> {
    PRESETS.iter().find(|(n, _)| *n == name).map(|(_, text)| *text)
}

/// The built-in columns files by name.
pub fn presets() -> impl Iterator<Item = (&'static str, Mapping)> {
    PRESETS.iter().filter_map(|(name, text)| Some((*name, Mapping::read(name, text).ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_columns_file_is_good_and_says_what_it_is_for() {
        for (name, text) in PRESETS {
            let mapping = Mapping::read(name, text).unwrap_or_else(|m| panic!("{m}"));
            assert!(!mapping.title.is_empty(), "{name}");
            assert!(text.starts_with("# "), "{name} says where its names come from");
        }
        assert_eq!(presets().count(), PRESETS.len());
        assert!(Mapping::built_in(USUAL).is_some() && Mapping::built_in("of nobody").is_none());
    }

    #[test]
    fn a_wrong_columns_file_says_where_and_how_to_mend_it() {
        let told = |text: &str| Mapping::read("mine.toml", text).unwrap_err().to_string();
        assert!(
            told("title = \"x\"\n[columns]\nacount = \"A\"\n").starts_with("mine.toml:3: unknown variant `acount`")
        );
        assert!(told("title = \"x\"\n[columns]\naccount = 3\n").contains(":3: a column's title in quotes, or a list"));
        assert!(told("title = \"x\"\n[columns]\naccount = \"A + \"\n").contains("a column's title is empty"));
        assert_eq!(
            told("title = \"x\"\n[columns]\naccount = \"A\"\n"),
            "mine.toml: [columns] does not say which column is “name”\n    every account needs a key and a name"
        );
    }
}
