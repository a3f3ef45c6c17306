//! What is still to be asked: what the reading misses, less what the account book holds and what a later mail brought.
//!
//! The questions are the pages' words, in the letter's language.

use super::{
    PageOfWork,
    clocks::SURE,
    matching::{INSURED_FIELD, POLICY_FIELD},
};
use crate::domain::{
    account::{Account, Policy as Held},
    field::{Field, FieldValue, Provenance},
    task::Missing,
    text::{Address, folded},
};

/// What is missing, and what the account book knew instead of it.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Gaps {
    /// To be asked for.
    pub(super) missing: Vec<Missing>,
    /// Known from the book.
    pub(super) from_book: Vec<Field>,
}

/// Sorts the names of missing fields into those the book answers and those the client must.
pub(super) fn gaps(
    names: &[String],
    fields: &[Field],
    account: Option<&Account>,
    writer: Option<&Address>,
    page: Option<&PageOfWork>,
    language: &str,
) -> Gaps {
    let mut gaps = Gaps::default();
    for name in names {
        let held = account.and_then(|a| book_holds(name, a, fields, writer).map(|v| (a, v)));
        match held {
            Some((account, value)) => gaps.from_book.push(Field {
                name: name.clone(),
                value,
                from: Provenance::Book { account: account.id.clone() },
                confidence: 100,
                doubt: None,
            }),
            None if gaps.missing.iter().any(|m| m.field == *name) => {}
            None => gaps.missing.push(Missing { field: name.clone(), question: question(name, page, language) }),
        }
    }
    gaps
}

/// What the account book says of a field, where it is certain: of several policies it names none.
fn book_holds(name: &str, account: &Account, fields: &[Field], writer: Option<&Address>) -> Option<FieldValue> {
    let text = |s: &str| (!s.is_empty()).then(|| FieldValue::Text(s.to_owned()));
    let contact = || writer.and_then(|w| account.contacts.iter().find(|c| c.address.as_ref() == Some(w)));
    match name {
        INSURED_FIELD => text(account.name.as_str()),
        POLICY_FIELD => the_policy(account, fields).and_then(|p| text(&p.number)),
        "contact_name" => contact().and_then(|c| text(c.name.as_str())),
        "contact_phone" => contact().and_then(|c| c.phone.as_deref()).and_then(text),
        "expiration_date" => the_policy(account, fields).and_then(|p| p.expiration).map(FieldValue::Date),
        _ => None,
    }
}

/// The one policy that is meant: the one whose number stands in the message, or the only one.
fn the_policy<'a>(account: &'a Account, fields: &[Field]) -> Option<&'a Held> {
    let named: Vec<String> =
        fields.iter().filter(|f| f.name == POLICY_FIELD).map(|f| folded(&f.value.shown())).collect();
    let mut meant = account.policies.iter().filter(|p| named.contains(&folded(&p.number)));
    match (meant.next(), meant.next(), account.policies.as_slice()) {
        (Some(p), None, _) => Some(p),
        (None, _, [only]) if named.is_empty() => Some(only),
        _ => None,
    }
}

/// The page's question in the letter's language; in English where the page has no other; else a plain one.
pub(super) fn question(name: &str, page: Option<&PageOfWork>, language: &str) -> String {
    let asked = page.and_then(|p| p.questions.get(name));
    if let Some(words) = asked.and_then(|q| q.get(language).or_else(|| q.get("en"))) {
        return words.clone();
    }
    let plain = name.replace('_', " ");
    if language == "es" { format!("Por favor, indíquenos: {plain}.") } else { format!("Please tell us: {plain}.") }
}

/// Whether a field answers the question for it: sure, without doubt, and whole.
fn answers(f: &Field) -> bool {
    f.confidence >= SURE && f.doubt.is_none() && !matches!(&f.value, FieldValue::Party { address: None, .. })
}

/// What is missing after a later mail brought these fields.
pub(super) fn left_after(missing: &[Missing], brought: &[Field]) -> Vec<Missing> {
    missing.iter().filter(|m| !brought.iter().any(|f| f.name == m.field && answers(f))).cloned().collect()
}

/// What was known and what a later mail brought, in that order, each value once.
pub(super) fn merged(known: &[Field], brought: &[Field]) -> Vec<Field> {
    let mut all = known.to_vec();
    for f in brought {
        let key = folded(&f.value.shown());
        if !all.iter().any(|k| k.name == f.name && folded(&k.value.shown()) == key) {
            all.push(f.clone());
        }
    }
    all
}
