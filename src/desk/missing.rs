//! What is still to be asked: what the reading misses, less what the account book holds and what a later mail brought.
//!
//! The questions are the pages' words, in the letter's language.

use super::{
    PageOfWork,
    matching::{INSURED_FIELD, POLICY_FIELD},
    opening::Source,
};
use crate::domain::{
    account::{Account, Policy as Held},
    field::{Field, FieldValue, Piece, Provenance},
    reading::{MAYBE_SAID, Request},
    task::{Missing, Task},
    text::{Address, folded},
};
use std::collections::BTreeMap;

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
            None => {
                let question = question(name, page, fields, language);
                gaps.missing.push(Missing { field: name.clone(), question, doubt: None });
            }
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

/// Marks what may be known after all, although it was not read: nobody asks that without a person's word.
pub(super) fn doubted(
    mut missing: Vec<Missing>,
    source: &Source<'_>,
    request: &Request,
    account: Option<&Account>,
) -> Vec<Missing> {
    for m in &mut missing {
        let read = source.reading.half_read(&m.field);
        let known = || known_elsewhere(&m.field, source, account);
        m.doubt = read.or_else(known).or_else(|| source.reading.doubt(request, &m.field));
    }
    missing
}

/// Where a field that was not read may stand besides the message's own words; `None` where it is certainly absent.
fn known_elsewhere(name: &str, source: &Source<'_>, account: Option<&Account>) -> Option<String> {
    if let Some(file) = source.unread.first() {
        return Some(format!("it may stand in “{file}”, which could not be read"));
    }
    let held = |t: &&&Task| t.fields.iter().any(|f| f.name == name && answers(f, &[]));
    if let Some(task) = source.earlier.iter().find(held) {
        return Some(format!("it stands in {} of the same client", task.id));
    }
    if name == POLICY_FIELD
        && let Some(several) = account.map(|a| &a.policies).filter(|p| p.len() > 1)
    {
        let numbers: Vec<&str> = several.iter().map(|p| p.number.as_str()).collect();
        return Some(format!("the account book holds {}", numbers.join(", ")));
    }
    None
}

/// What was in doubt before stays in doubt; what the page alone doubts is doubted by the page that it is now.
pub(super) fn keep_doubts(missing: &mut [Missing], before: &[Missing], needs: Option<&Request>) {
    for m in missing.iter_mut().filter(|m| m.doubt.is_none()) {
        let unsure = needs.is_some_and(|n| n.unsure.contains(&m.field));
        let was = before.iter().find(|b| b.field == m.field).and_then(|b| b.doubt.clone());
        let was = was.filter(|doubt| needs.is_none() || doubt != MAYBE_SAID);
        m.doubt = was.or_else(|| unsure.then(|| MAYBE_SAID.to_owned()));
    }
}

/// The page's question in the letter's language; in English where the page has no other; else a plain one. Where half of
/// it is known the page may ask for the other half.
pub(super) fn question(name: &str, page: Option<&PageOfWork>, fields: &[Field], language: &str) -> String {
    let in_language = |q: &BTreeMap<String, String>| q.get(language).or_else(|| q.get("en")).cloned();
    let half = fields.iter().any(|f| f.name == name && f.is_sure() && f.doubt.is_none());
    let rest = page.and_then(|p| p.needs.get(name)).map(|n| &n.rest).filter(|_| half);
    let asked = page.and_then(|p| p.questions.get(name));
    if let Some(words) = rest.and_then(in_language).or_else(|| asked.and_then(in_language)) {
        return words;
    }
    let plain = name.replace('_', " ");
    if language == "es" { format!("Por favor, indíquenos: {plain}.") } else { format!("Please tell us: {plain}.") }
}

/// Whether a field answers the question for it: sure, without doubt, and whole.
fn answers(f: &Field, parts: &[Piece]) -> bool {
    let whole = match &f.value {
        FieldValue::Party { address, .. } => address.is_some(),
        FieldValue::Driver { name, dob, license } => parts.iter().all(|p| match p {
            Piece::Name => name.is_some(),
            Piece::Dob => dob.is_some(),
            Piece::License => license.is_some(),
            Piece::Address => true,
        }),
        _ => true,
    };
    f.is_sure() && f.doubt.is_none() && whole
}

/// What is missing after a later mail brought these fields: each question that is answered whole, by the mail alone or
/// together with the half that was `known`, is ticked.
pub(super) fn left_after(
    missing: &[Missing],
    known: &[Field],
    brought: &[Field],
    page: Option<&PageOfWork>,
) -> Vec<Missing> {
    let together = merged(known, brought);
    let new: Vec<&Field> = together.iter().filter(|f| !known.contains(f)).collect();
    let answered = |m: &&Missing| {
        let need = page.and_then(|p| p.needs.get(&m.field));
        let parts = need.map_or(&[][..], |n| &n.parts);
        let is_it = |f: &Field| f.name == m.field || need.is_some_and(|n| n.or.contains(&f.name));
        new.iter().copied().chain(brought).any(|f| is_it(f) && answers(f, parts))
    };
    missing.iter().filter(|m| !answered(m)).cloned().collect()
}

/// What was known and what a later mail brought, in that order, each value once; two halves become a whole.
pub(super) fn merged(known: &[Field], brought: &[Field]) -> Vec<Field> {
    let mut all = known.to_vec();
    for f in brought {
        let key = folded(&f.value.shown());
        if all.iter().any(|k| k.name == f.name && folded(&k.value.shown()) == key) {
            continue;
        }
        let whole = all.iter().enumerate().find_map(|(i, k)| (k.name == f.name).then(|| joined(k, f))?.map(|v| (i, v)));
        match whole.and_then(|(i, value)| all.get_mut(i).map(|k| (k, value))) {
            // The later mail made it whole: it is where the value comes from.
            Some((place, value)) => *place = Field { value, ..f.clone() },
            None => all.push(f.clone()),
        }
    }
    all
}

/// Two halves of one thing: a name without its address and the same name with it; a driver's name and the rest of them.
fn joined(known: &Field, brought: &Field) -> Option<FieldValue> {
    if matches!(known.from, Provenance::Person { .. }) {
        return None;
    }
    match (&known.value, &brought.value) {
        (FieldValue::Party { name: a, address: None }, FieldValue::Party { name: b, address: Some(_) })
            if folded(a) == folded(b) =>
        {
            Some(brought.value.clone())
        }
        (
            FieldValue::Driver { name: a, dob: dob_a, license: license_a },
            FieldValue::Driver { name: b, dob: dob_b, license: license_b },
        ) => {
            let one = |a: Option<&String>, b: Option<&String>| a.is_none() || b.is_none() || a == b;
            let fits = match (a, b) {
                (Some(a), Some(b)) => folded(a) == folded(b),
                (None, None) => false,
                _ => true,
            };
            let fits = fits && (dob_a.is_none() || dob_b.is_none() || dob_a == dob_b);
            (fits && one(license_a.as_ref(), license_b.as_ref())).then(|| FieldValue::Driver {
                name: a.clone().or_else(|| b.clone()),
                dob: dob_a.or(*dob_b),
                license: license_a.clone().or_else(|| license_b.clone()),
            })
        }
        _ => None,
    }
}
