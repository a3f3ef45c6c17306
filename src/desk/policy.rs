//! Questions to the policy that several rules ask: who is who, which page, which mode.

use super::Policy;
use crate::domain::{
    id::*,
    person::{Mode, Person},
    text::Address,
    workflow::Practice,
};

impl Policy {
    /// A person by key; `None` for one who is not, or not any more, with the agency.
    #[must_use]
    pub fn person(&self, id: &PersonId) -> Option<&Person> {
        self.people.iter().find(|p| p.id == *id)
    }

    /// The person whose own address this is; the shared inbox is nobody's own.
    #[must_use]
    pub fn person_at(&self, address: &Address) -> Option<&Person> {
        self.people.iter().find(|p| p.address == *address && p.address != self.agency.address)
    }

    /// Whether an address is the agency's: its inbox, one of its people, or of its domains.
    #[must_use]
    pub fn is_own(&self, address: &Address) -> bool {
        self.is_inbox(address)
            || self.people.iter().any(|p| p.address == *address)
            || self.agency.domains.iter().any(|d| d.eq_ignore_ascii_case(address.domain()))
    }

    /// How work of a type is done; triage where there is no type, or no page for it any more.
    #[must_use]
    pub fn practice_of(&self, request_type: Option<&RequestType>) -> &Practice {
        request_type.and_then(|t| self.pages.get(t)).map_or(&self.triage, |p| &p.practice)
    }

    /// A type's name for people, in `language` or else in English.
    #[must_use]
    pub fn title(&self, request_type: &RequestType, language: &str) -> Option<&str> {
        let titles = &self.pages.get(request_type)?.title;
        titles.get(language).or_else(|| titles.get("en")).map(String::as_str)
    }

    /// The kind of work that people call so: by the page's id, its title in any language, or a name that it gives.
    #[must_use]
    pub fn kind_called(&self, words: &str) -> Option<&RequestType> {
        let asked = called(words);
        let fits = |name: &str| called(name) == asked;
        let mut found = self
            .pages
            .iter()
            .filter(|(id, page)| fits(id.as_str()) || page.title.values().chain(&page.names).any(|name| fits(name)));
        // A name that two pages give says nothing.
        let first = found.next().filter(|_| !asked.is_empty())?;
        found.next().is_none().then_some(first.0)
    }

    /// How far the daemon goes on its own with a task: what is said for its type and for its assignee wins over the
    /// agency's mode; where both are said, the more careful one holds.
    #[must_use]
    pub fn mode_for(&self, request_type: Option<&RequestType>, assignee: &PersonId) -> Mode {
        let of_type = request_type.and_then(|t| self.mode_of.get(t)).copied();
        let of_person = self.person(assignee).and_then(|p| p.mode);
        [of_type, of_person].into_iter().flatten().min().unwrap_or(self.mode)
    }
}

/// A name as it is compared: letters and digits in lower case, and neither an article nor the plural counts.
fn called(words: &str) -> String {
    let words = words.to_lowercase();
    let words: Vec<&str> = words.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    let words = match words.split_first() {
        Some((first, rest)) if matches!(*first, "a" | "an" | "the") => rest,
        _ => words.as_slice(),
    };
    words.iter().map(|w| w.strip_suffix('s').filter(|w| w.len() > 2).unwrap_or(w)).collect::<Vec<_>>().join(" ")
}
