//! The account book: the agency's clients, whom they may be reached by, and what they hold.

use super::{id::*, text::*};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A client of the agency.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Account {
    /// The book's key.
    pub id: AccountId,
    /// Legal name of the firm or person.
    pub name: HeaderText,
    /// Who may write for it.
    pub contacts: Vec<Contact>,
    /// Mail domains of its own (never a free-mail one).
    pub domains: Vec<String>,
    /// Its policies.
    pub policies: Vec<Policy>,
    /// Who serves it day to day.
    pub csr: Option<PersonId>,
    /// Who answers for it.
    pub account_manager: Option<PersonId>,
    /// What staff must know before they do anything for it.
    #[serde(default)]
    pub instructions: Option<String>,
}

/// Somebody who may write for an account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contact {
    /// Name.
    pub name: HeaderText,
    /// Mail address.
    pub address: Option<Address>,
    /// Telephone.
    pub phone: Option<String>,
}

/// A policy that an account holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    /// The number, as the carrier writes it.
    pub number: String,
    /// The carrier.
    pub carrier: Option<String>,
    /// Line of insurance.
    pub line: Option<String>,
    /// First day.
    pub effective: Option<NaiveDate>,
    /// Last day.
    pub expiration: Option<NaiveDate>,
}

/// Mail domains where anybody can have an address: they say nothing about whom a sender belongs to.
const FREE_MAIL: [&str; 57] = [
    "aim.com",
    "ameritech.net",
    "aol.com",
    "att.net",
    "bellsouth.net",
    "centurylink.net",
    "charter.net",
    "comcast.net",
    "cox.net",
    "duck.com",
    "earthlink.net",
    "email.com",
    "fastmail.com",
    "frontier.com",
    "frontiernet.net",
    "gmail.com",
    "gmx.com",
    "gmx.net",
    "googlemail.com",
    "hey.com",
    "hotmail.co.uk",
    "hotmail.com",
    "hotmail.es",
    "hushmail.com",
    "icloud.com",
    "juno.com",
    "live.com",
    "mac.com",
    "mail.com",
    "me.com",
    "msn.com",
    "netzero.net",
    "optimum.net",
    "optonline.net",
    "outlook.com",
    "outlook.es",
    "pacbell.net",
    "pm.me",
    "proton.me",
    "protonmail.com",
    "roadrunner.com",
    "rocketmail.com",
    "rr.com",
    "sbcglobal.net",
    "spectrum.net",
    "swbell.net",
    "tutanota.com",
    "twc.com",
    "verizon.net",
    "windstream.net",
    "xfinity.com",
    "yahoo.ca",
    "yahoo.co.uk",
    "yahoo.com",
    "yahoo.es",
    "ymail.com",
    "zoho.com",
];

/// Whether anybody can have an address at this mail domain.
#[must_use]
pub fn is_free_mail(domain: &str) -> bool {
    let domain = domain.to_lowercase();
    FREE_MAIL.binary_search(&domain.as_str()).is_ok()
}

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

/// What changes when `after` is imported over `before`; accounts that are not in it go only where it is the whole book.
#[must_use]
pub fn difference(before: &[Account], after: &[Account], whole: bool) -> Difference {
    let old: std::collections::BTreeMap<&AccountId, &Account> = before.iter().map(|a| (&a.id, a)).collect();
    let mut out = Difference::default();
    let mut seen = std::collections::BTreeSet::new();
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
    for (what, x, y) in [("csr", &a.csr, &b.csr), ("account manager", &a.account_manager, &b.account_manager)] {
        if x != y {
            out.push(format!("{what}: {} → {}", person(x), person(y)));
        }
    }
    if a.instructions != b.instructions {
        out.push("instructions".to_owned());
    }
    if a.domains != b.domains {
        out.push(format!("domains: {} → {}", a.domains.len(), b.domains.len()));
    }
    if a.contacts != b.contacts {
        out.push(format!("contacts: {} → {}", a.contacts.len(), b.contacts.len()));
    }
    if a.policies != b.policies {
        let numbers = |x: &Account| x.policies.iter().map(|p| p.number.clone()).collect::<Vec<_>>();
        let (x, y) = (numbers(a), numbers(b));
        let new: Vec<_> = y.iter().filter(|n| !x.contains(n)).map(|n| format!("+{n}")).collect();
        let gone: Vec<_> = x.iter().filter(|n| !y.contains(n)).map(|n| format!("-{n}")).collect();
        let words = [new, gone].concat();
        out.push(if words.is_empty() {
            "policies: details".to_owned()
        } else {
            format!("policies: {}", words.join(" "))
        });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(id: &str, csr: &str) -> Account {
        Account {
            id: id.into(),
            name: "Marchetti Trucking".into(),
            contacts: Vec::new(),
            domains: Vec::new(),
            policies: Vec::new(),
            csr: Some(csr.into()),
            account_manager: None,
            instructions: None,
        }
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
    }
    #[test]
    fn free_mail_is_nobodys_own_domain() {
        assert!(FREE_MAIL.is_sorted(), "it is searched by halves");
        assert!(is_free_mail("Gmail.com") && is_free_mail("aim.com") && is_free_mail("zoho.com"));
        assert!(!is_free_mail("marchettitrucking.example"));
    }
}
