//! “Same as last time”: what a client points to instead of saying it, found among their earlier requests and in the
//! account book.
//!
//! Which words point, and which facts are then taken over, stands on the page of the request type.

use super::{PageOfWork, same::HOLDER_FIELD};
use crate::domain::{
    Timestamp,
    account::{Account, Holder, name_key},
    field::{Field, FieldValue, Provenance},
    past::Past,
    reading::{Evidence, Request},
    text::cut,
};
use chrono::NaiveDate;
use std::sync::Arc;

/// How sure it is that what was done last is what is meant: enough to start with, not enough to leave out a look.
const CONFIDENCE: u8 = 70;
/// Bytes of the client's words that are repeated.
const WORDS_MAX: usize = 60;

/// What is taken over.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Again {
    /// Facts of the last time, with where they come from.
    pub(super) fields: Vec<Field>,
    /// What was found, or that nothing was, in a sentence for whoever has the task; `None` where nobody points back.
    pub(super) note: Option<String>,
}

/// Where the client is known: their account and what they asked for last, the newest first.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Known<'a> {
    /// The account.
    pub(super) account: Option<&'a Account>,
    /// What it asked for last.
    pub(super) past: &'a [Arc<Past>],
    /// The zone in which days are told.
    pub(super) zone: chrono_tz::Tz,
}

/// Finds what `request` points back to; `stated` is what the message says itself, and wins.
pub(super) fn found(request: &Request, page: Option<&PageOfWork>, stated: &[Field], known: Known<'_>) -> Again {
    let (Some(pointing), Some(page)) = (request.again.first(), page) else { return Again::default() };
    let wanted: Vec<&String> = page.again.iter().filter(|name| !is_whole(stated, name)).collect();
    if wanted.is_empty() {
        return Again::default();
    }
    let words = quoted(pointing);
    let earlier = wanted.iter().filter_map(|name| last(name, request, stated, known)).max_by_key(|last| last.day());
    let note = match &earlier {
        Some(last) => format!("{words}: last time it was {}. Look whether it still holds.", last.told(known.zone)),
        None => format!("{words}: nothing of the kind is on record here. Look in the AMS before you ask the client."),
    };
    let fields = earlier.map(|last| last.fields(&wanted, &words)).unwrap_or_default();
    Again { fields, note: Some(note) }
}

/// What was done last of this kind for a party, in words; `None` where nothing is on record.
pub(super) fn last_for(request: &Request, field: &str, party: &str, known: Known<'_>) -> Option<String> {
    let from = Provenance::Book { account: known.account?.id.clone() };
    let value = FieldValue::Party { name: party.to_owned(), address: None };
    let named = Field { name: field.to_owned(), value, from, confidence: CONFIDENCE, doubt: None };
    Some(last(field, request, &[named], known)?.told(known.zone))
}

/// Whether a fact was taken over from the last time.
pub(super) fn is_taken_over(field: &Field) -> bool {
    match field.from {
        Provenance::Earlier { .. } => true,
        Provenance::Book { .. } => field.confidence == CONFIDENCE,
        _ => false,
    }
}

/// The facts with what was taken over: a party that the message names without its address gets the one of last time.
pub(super) fn taken_over(mut fields: Vec<Field>, again: &[Field]) -> Vec<Field> {
    let lacks = |f: &Field| matches!(f.value, FieldValue::Party { address: None, .. });
    let brings =
        |f: &Field| again.iter().any(|a| a.name == f.name && party(a).zip(party(f)).is_some_and(|(a, b)| same(a, b)));
    fields.retain(|f| !(lacks(f) && brings(f)));
    super::missing::merged(&fields, again)
}

fn quoted(pointing: &Evidence) -> String {
    format!("“{}”", cut(pointing.words.trim(), WORDS_MAX))
}

/// Whether the message says this field itself, with nothing lacking.
fn is_whole(stated: &[Field], name: &str) -> bool {
    let lacks = |f: &Field| f.doubt.is_some() || matches!(f.value, FieldValue::Party { address: None, .. });
    let mut of_name = stated.iter().filter(|f| f.name == name).peekable();
    of_name.peek().is_some() && !of_name.any(lacks)
}

/// The last time.
enum Last<'a> {
    /// A task of ours.
    Task(&'a Past),
    /// A certificate of the account book.
    Book(&'a Account, &'a Holder, NaiveDate),
}

impl Last<'_> {
    fn day(&self) -> NaiveDate {
        match self {
            Self::Task(past) => past.moment().date_naive(),
            Self::Book(_, _, day) => *day,
        }
    }

    /// `T-12 Certificate, done Tue 3 Mar 2026: …, certificate holder Northgate Builders LLC, 410 Quarry Rd`.
    fn told(&self, zone: chrono_tz::Tz) -> String {
        match self {
            Self::Task(past) => past.told(zone),
            Self::Book(_, holder, day) => {
                let project = holder.certificates.iter().find(|c| c.issued == *day).and_then(|c| c.project.as_deref());
                let project = project.map_or_else(String::new, |p| format!(" for {p}"));
                format!("{}, issued {}{project}, by the account book", holder.name, day.format("%a %-d %b %Y"))
            }
        }
    }

    fn fields(&self, wanted: &[&String], words: &str) -> Vec<Field> {
        let words = words.trim_matches(['“', '”']).to_owned();
        let made = |name: &str, value: FieldValue, from: Provenance| Field {
            name: name.to_owned(),
            value,
            from,
            confidence: CONFIDENCE,
            doubt: None,
        };
        match self {
            Self::Task(past) => past
                .fields
                .iter()
                .filter(|f| wanted.iter().any(|w| **w == f.name) && f.doubt.is_none())
                .map(|f| {
                    let from = Provenance::Earlier { task: past.task, words: words.clone() };
                    made(&f.name, f.value.clone(), from)
                })
                .collect(),
            Self::Book(account, holder, _) => {
                let value = FieldValue::Party { name: holder.name.to_string(), address: holder.address.clone() };
                vec![made(HOLDER_FIELD, value, Provenance::Book { account: account.id.clone() })]
            }
        }
    }
}

/// The last time that this field was known: of the same kind of work, and of the party that the message names, where
/// it names one.
fn last<'a>(name: &str, request: &Request, stated: &[Field], known: Known<'a>) -> Option<Last<'a>> {
    let named = stated.iter().filter(|f| f.name == name).find_map(party);
    let whole = |f: &Field| f.doubt.is_none() && !matches!(f.value, FieldValue::Party { address: None, .. });
    let meant = |f: &Field| named.is_none_or(|n| party(f).is_some_and(|p| same(p, n)));
    let fits = |f: &Field| f.name == name && whole(f) && meant(f);
    let of_kind = known.past.iter().filter(|p| p.request_type.as_ref() == Some(&request.request_type) && p.holds());
    let mut with_it = of_kind.filter(|p| p.fields.iter().any(fits));
    let task = with_it.next();
    let book = (name == HOLDER_FIELD).then(|| of_book(named, known.account?)).flatten();
    match (task, book) {
        (Some(past), Some((_, _, day))) if day_of(past.moment()) >= day => Some(Last::Task(past)),
        (_, Some((account, holder, day))) => Some(Last::Book(account, holder, day)),
        (Some(past), None) => Some(Last::Task(past)),
        (None, None) => None,
    }
}

/// The last certificate of the account book.
fn of_book<'a>(named: Option<&str>, account: &'a Account) -> Option<(&'a Account, &'a Holder, NaiveDate)> {
    let meant = account.holders.iter().filter(|h| named.is_none_or(|n| same(h.name.as_str(), n)));
    let issued = meant.flat_map(|h| h.certificates.iter().map(move |c| (account, h, c.issued)));
    issued.max_by_key(|(_, _, day)| *day)
}

fn day_of(at: Timestamp) -> NaiveDate {
    at.date_naive()
}

fn party(field: &Field) -> Option<&str> {
    if let FieldValue::Party { name, .. } = &field.value { Some(name) } else { None }
}

fn same(a: &str, b: &str) -> bool {
    name_key(a) == name_key(b)
}
