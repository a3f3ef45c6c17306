//! What the desk goes by, and what several rules ask of it: who is who, which page, which mode.

use super::{Digest, Partner, Shift, Weekly};
use crate::domain::{
    calendar::Calendar,
    decision::Versions,
    field::Piece,
    id::*,
    person::{Mode, Person},
    seal::SealKey,
    text::{Address, HeaderText},
    workflow::Practice,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the desk goes by: pages, calendar, people, modes. Immutable; a reload makes a new one.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// The agency.
    pub agency: Agency,
    /// Its calendar.
    pub calendar: Calendar,
    /// Its people.
    pub people: Vec<Person>,
    /// Who is on duty for work that nobody owns, in turn by least open work; never empty.
    pub duty: Vec<PersonId>,
    /// Who is on duty when, before `duty`; may be empty.
    pub rota: Vec<Shift>,
    /// External licensed teams; usually none.
    pub partners: Vec<Partner>,
    /// How far the daemon goes on its own.
    pub mode: Mode,
    /// The mode per request type, where it differs.
    pub mode_of: BTreeMap<RequestType, Mode>,
    /// The working half of each page.
    pub pages: BTreeMap<RequestType, PageOfWork>,
    /// How what the rules cannot place is worked.
    pub triage: Practice,
    /// Answers at most, to guard against loops.
    pub caps: Caps,
    /// Shall the original be attached to notices for staff?
    pub attach_original: bool,
    /// A person who was told what ran out hears nothing more of that kind for so long, but of what presses.
    pub gather: chrono::Duration,
    /// What answers to letters may do.
    pub answers: Answers,
    /// Folders of mail that staff sent themselves.
    pub sent: Vec<(MailboxId, String)>,
    /// When digests are written; `None` writes none.
    pub digest: Option<Digest>,
    /// Folders of mail servers that are counted before owners' digests.
    pub watched: Vec<(MailboxId, String)>,
    /// When the owners' weekly report is written; `None` writes none.
    pub weekly: Option<Weekly>,
    /// Where a sign of life goes with the owner's digest, outside the agency's own mail.
    pub heartbeat: Option<Address>,
    /// How long sending is tried before a letter is given up, and the waits between attempts.
    pub retry: Retry,
    /// With what all of this was made.
    pub versions: Versions,
}

/// The agency, as letters show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agency {
    /// Its name.
    pub name: HeaderText,
    /// The shared inbox: From and Reply-To of letters.
    pub address: Address,
    /// Its telephone.
    pub phone: Option<String>,
    /// Its office hours, in words.
    pub hours: String,
    /// Claim hotlines and the like, in words, for acknowledgements of urgent mail.
    pub after_hours: Option<String>,
    /// Mail domains of its own.
    pub domains: Vec<String>,
}

/// What the desk needs of a page.
#[derive(Debug, Clone, PartialEq)]
pub struct PageOfWork {
    /// Name for people, by language (`en` always there).
    pub title: BTreeMap<String, String>,
    /// What else people call it.
    pub names: Vec<String>,
    /// The questions to the client: field name → language → question.
    pub questions: BTreeMap<String, BTreeMap<String, String>>,
    /// What a CSR needs before starting, by field.
    pub needs: BTreeMap<String, NeedOfWork>,
    /// The facts that are taken over where the client points to what was done last.
    pub again: Vec<String>,
    /// The working half.
    pub practice: Practice,
}

/// What the desk knows of something that a CSR needs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NeedOfWork {
    /// Pieces of the field that are needed too.
    pub parts: Vec<Piece>,
    /// Fields that do as well.
    pub or: Vec<String>,
    /// The question for the other half, by language; empty where the page has none.
    pub rest: BTreeMap<String, String>,
}

/// What answers to letters may do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answers {
    /// The receiving mail server's name in Authentication-Results fields (RFC 8601 2.5). Without it no answer is a
    /// command: anybody can write a From.
    pub authserv_id: Option<String>,
    /// The mail server delivers `service+anything@…` like `service@…`, so reply addresses may carry a reference.
    pub plus_addressing: bool,
    /// The secret behind the references in letters. No part of any version: it decides nothing.
    pub key: SealKey,
}

impl Answers {
    /// Whether staff can tell the desk what to do by answering its letters.
    #[must_use]
    pub fn are_commands(&self) -> bool {
        self.authserv_id.is_some() && self.key.is_there()
    }
}

/// Answers at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caps {
    /// To one address in 24 hours.
    pub per_address_per_day: u32,
    /// To one mail domain in 24 hours.
    pub per_domain_per_day: u32,
}

/// How sending is repeated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retry {
    /// Waits after the first, second … failure; the last one repeats.
    pub waits: Vec<chrono::Duration>,
    /// Given up after this long (RFC 5321 4.5.4.1: at least 4 to 5 days).
    pub give_up_after: chrono::Duration,
}

impl Policy {
    /// A person by key; `None` for one who is not, or not any more, with the agency.
    #[must_use]
    pub fn person(&self, id: &PersonId) -> Option<&Person> {
        self.people.iter().find(|p| p.id == *id)
    }

    /// The moment itself where that person is at work then, else their next opening; of somebody unknown the office's.
    #[must_use]
    pub fn at_work(&self, person: &PersonId, at: crate::domain::Timestamp) -> crate::domain::Timestamp {
        match self.person(person).and_then(|p| p.hours) {
            Some(hours) => self.calendar.kept_by(hours).next_open(at),
            None => self.calendar.next_open(at),
        }
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
