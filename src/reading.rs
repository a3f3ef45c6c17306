//! The pages under `rules/` → candidates with evidence: classify, extract. Pure.
//!
//! Knows no request type by name: what exists is what the pages say. Proposes only; the desk decides.

mod again;
mod attached;
mod border;
mod complex;
mod condition;
mod examples;
pub mod extract;
mod folded;
mod hits;
mod labels;
mod lexicon;
mod manner;
mod matcher;
mod page;
mod phrase;
mod prefilter;
mod rank;
mod rulebook;
mod schedule;
mod sheet;
mod sign;
mod stretches;
mod trie;
mod wording;

pub use extract::{TraitLesson, TraitTeacher};
pub use page::{ByLanguage, Example, Page};
pub use rulebook::{Rulebook, SaidBy};
pub use wording::{Lesson, Teacher};

use crate::domain::{Timestamp, calendar::Calendar, text::Address};

/// One file of rules, as read from the folder or built in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RuleFile {
    /// Its path, as messages to people name it.
    pub name: String,
    /// Its content.
    pub text: String,
}

/// What a reading depends on besides the message and the rules.
#[derive(Debug, Clone, Copy)]
pub struct Circumstances<'a> {
    /// When the message was received; relative dates use the message's own Date where it has one.
    pub received: Timestamp,
    /// The agency's calendar and zone.
    pub calendar: &'a Calendar,
    /// Mail domains of the agency: mail from there is staff's.
    pub own_domains: &'a [String],
    /// Addresses of the agency's shared inboxes.
    pub own_addresses: &'a [Address],
}

/// The rules that come with the program: `rules/*.toml` and `rules/wording.csv` as they were when it was built.
///
/// The list stands beside the pages, in `rules/built_in.rs`, because no page is named in here.
#[must_use]
pub fn built_in_files() -> Vec<RuleFile> {
    let files: &[(&str, &str)] = include!("../rules/built_in.rs");
    files.iter().map(|(name, text)| RuleFile { name: format!("rules/{name}"), text: (*text).to_owned() }).collect()
}

#[cfg(test)]
mod pages_tests;
#[cfg(test)]
mod reading_tests;
