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
        *address == self.agency.address
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

    /// How far the daemon goes on its own with a task: what is said for its type and for its assignee wins over the
    /// agency's mode; where both are said, the more careful one holds.
    #[must_use]
    pub fn mode_for(&self, request_type: Option<&RequestType>, assignee: &PersonId) -> Mode {
        let of_type = request_type.and_then(|t| self.mode_of.get(t)).copied();
        let of_person = self.person(assignee).and_then(|p| p.mode);
        [of_type, of_person].into_iter().flatten().min().unwrap_or(self.mode)
    }
}
