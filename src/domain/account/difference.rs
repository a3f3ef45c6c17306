//! What an import would change in the account book, in words for the person who decides on it.

use super::{Account, Contact, Holder, Policy};
use crate::domain::{id::*, text::folded};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What an import would change in the book.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Difference {
    /// Accounts that are new.
    pub added: Vec<AccountId>,
    /// Accounts that change, each with what changes, in words.
    pub changed: Vec<(AccountId, Vec<String>)>,
    /// Accounts that go.
    pub removed: Vec<AccountId>,
    /// How many stay as they are.
    pub same: usize,
}

impl Difference {
    /// Whether nothing would change.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty() && self.removed.is_empty()
    }

    /// Whether both change the same. How many accounts stay as they are is no change.
    #[must_use]
    pub fn changes_the_same(&self, other: &Self) -> bool {
        (&self.added, &self.changed, &self.removed) == (&other.added, &other.changed, &other.removed)
    }
}

/// What changes when `after` is imported over `before`; accounts that are not in it go only where it is the whole book.
#[must_use]
pub fn difference(before: &[Account], after: &[Account], whole: bool) -> Difference {
    let old: BTreeMap<&AccountId, &Account> = before.iter().map(|a| (&a.id, a)).collect();
    let mut out = Difference::default();
    let mut seen = BTreeSet::new();
    for account in after {
        seen.insert(&account.id);
        match old.get(&account.id) {
            None => out.added.push(account.id.clone()),
            Some(o) if *o == account => out.same += 1,
            Some(o) => out.changed.push((account.id.clone(), changes(o, account))),
        }
    }
    for id in old.keys().filter(|id| !seen.contains(**id)) {
        if whole { out.removed.push((*id).clone()) } else { out.same += 1 }
    }
    out
}

fn changes(a: &Account, b: &Account) -> Vec<String> {
    let mut out = Vec::new();
    if a.name != b.name {
        out.push(format!("name: {} → {}", a.name, b.name));
    }
    let person = |p: &Option<PersonId>| p.as_ref().map_or_else(|| "nobody".to_owned(), ToString::to_string);
    let people = [
        ("csr", &a.csr, &b.csr),
        ("account manager", &a.account_manager, &b.account_manager),
        ("producer", &a.producer, &b.producer),
    ];
    for (what, x, y) in people {
        if x != y {
            out.push(format!("{what}: {} → {}", person(x), person(y)));
        }
    }
    if a.instructions != b.instructions {
        let words = |i: &Option<String>| i.as_ref().map_or_else(|| "none".to_owned(), |w| format!("“{w}”"));
        out.push(format!("instructions: {} → {}", words(&a.instructions), words(&b.instructions)));
    }
    if a.language != b.language {
        let words = |l: &Option<String>| l.clone().unwrap_or_else(|| "not told".to_owned());
        out.push(format!("language: {} → {}", words(&a.language), words(&b.language)));
    }
    let same = |d: &String| (d.clone(), d.clone());
    out.extend(list("domains", a.domains.iter().map(same), b.domains.iter().map(same)));
    out.extend(list("contacts", a.contacts.iter().map(contact), b.contacts.iter().map(contact)));
    out.extend(list("policies", a.policies.iter().map(policy), b.policies.iter().map(policy)));
    out.extend(list("holders", a.holders.iter().map(holder), b.holders.iter().map(holder)));
    if out.is_empty() {
        out.push("the order of its entries".to_owned());
    }
    out
}

/// What came (+), went (-) or is otherwise now (~) in a list, each entry given by its key and its words.
fn list(
    what: &str,
    before: impl Iterator<Item = (String, String)>,
    after: impl Iterator<Item = (String, String)>,
) -> Option<String> {
    let (before, after): (BTreeMap<_, _>, BTreeMap<_, _>) = (before.collect(), after.collect());
    let mut words = Vec::new();
    for (key, now) in &after {
        match before.get(key) {
            None => words.push(format!("+{now}")),
            Some(was) if was != now => words.push(format!("~{was} → {now}")),
            Some(_) => {}
        }
    }
    words.extend(before.iter().filter(|(key, _)| !after.contains_key(*key)).map(|(_, was)| format!("-{was}")));
    (!words.is_empty()).then(|| format!("{what}: {}", words.join(", ")))
}

fn contact(c: &Contact) -> (String, String) {
    let address = c.address.as_ref().map(ToString::to_string).unwrap_or_default();
    let words = [c.name.as_str(), &address, c.phone.as_deref().unwrap_or("")];
    let key = if address.is_empty() { folded(c.name.as_str()) } else { address.clone() };
    (key, told(&words))
}

fn policy(p: &Policy) -> (String, String) {
    let term = match (p.effective, p.expiration) {
        (None, None) => String::new(),
        (Some(from), None) => format!("from {from}"),
        (None, Some(to)) => format!("to {to}"),
        (Some(from), Some(to)) => format!("{from} to {to}"),
    };
    let premium = p.premium.map_or_else(String::new, |c| c.to_string());
    let class = p.class.map_or_else(String::new, |c| c.to_string());
    let billing = p.billing.map_or_else(String::new, |b| b.to_string());
    let (carrier, line) = (p.carrier.as_deref().unwrap_or(""), p.line.as_deref().unwrap_or(""));
    (folded(&p.number), told(&[&p.number, carrier, line, &term, &premium, &class, &billing]))
}

fn holder(h: &Holder) -> (String, String) {
    let issued: Vec<String> = h
        .certificates
        .iter()
        .map(|c| c.project.as_ref().map_or_else(|| c.issued.to_string(), |p| format!("{} for {p}", c.issued)))
        .collect();
    (folded(h.name.as_str()), told(&[h.name.as_str(), h.address.as_deref().unwrap_or(""), &issued.join(" and ")]))
}

fn told(words: &[&str]) -> String {
    let there: Vec<&str> = words.iter().copied().filter(|w| !w.is_empty()).collect();
    there.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::account::{Cents, Certificate};
    use crate::domain::text::Address;
    use chrono::NaiveDate;

    fn account(id: &str, csr: &str) -> Account {
        Account { csr: Some(csr.into()), ..Account::new(id.into(), "Marchetti Trucking".into()) }
    }

    #[test]
    fn an_import_says_what_it_would_change_and_removes_only_from_a_whole_book() {
        let before = [account("1", "ana"), account("2", "ana"), account("3", "ana")];
        let after = [account("1", "ana"), account("2", "ben"), account("4", "ben")];
        let partial = difference(&before, &after, false);
        assert_eq!(partial.added, ["4".into()]);
        assert_eq!(partial.changed, [("2".into(), vec!["csr: ana → ben".to_owned()])]);
        assert!(partial.removed.is_empty());
        assert_eq!(partial.same, 2);
        let whole = difference(&before, &after, true);
        assert_eq!(whole.removed, ["3".into()]);
        assert_eq!(whole.same, 1);
        assert!(!whole.changes_the_same(&partial));
    }

    #[test]
    fn every_entry_that_comes_goes_or_changes_is_named() {
        let held = |number: &str, cents: Option<i64>| Policy {
            carrier: Some("Acme".to_owned()),
            expiration: NaiveDate::from_ymd_opt(2027, 3, 1),
            premium: cents.map(Cents),
            ..Policy::of(number)
        };
        let mut before = account("1", "ana");
        before.policies = vec![held("CTP-01", Some(120_000)), held("WC 9", None)];
        before.domains = vec!["old.example".to_owned()];
        let mut after = account("1", "ana");
        after.policies = vec![held("ctp01", Some(150_000))];
        after.domains = vec!["new.example".to_owned()];
        after.producer = Some("pia".into());
        after.contacts = vec![Contact { name: "Tony".into(), address: Address::new("tony@new.example"), phone: None }];
        let issued = NaiveDate::from_ymd_opt(2026, 1, 5).unwrap();
        after.holders = vec![Holder {
            name: "City of Aurora".into(),
            address: None,
            certificates: vec![Certificate { issued, project: Some("Elm Street".to_owned()) }],
        }];
        let d = difference(&[before], &[after], false);
        let [(_, words)] = d.changed.as_slice() else { panic!("{d:?}") };
        assert_eq!(
            words,
            &[
                "producer: nobody → pia",
                "domains: +new.example, -old.example",
                "contacts: +Tony tony@new.example",
                "policies: ~CTP-01 Acme to 2027-03-01 $1,200.00 → ctp01 Acme to 2027-03-01 $1,500.00, -WC 9 Acme to 2027-03-01",
                "holders: +City of Aurora 2026-01-05 for Elm Street",
            ]
        );
    }
}
