//! What is odd about a book as a whole: told to whoever imports it, and kept.

use crate::domain::{account::*, id::*, mistake::Mistake, text::folded};
use std::collections::BTreeMap;

/// Tells of accounts that no mail can be found to belong to, and of what two accounts have in common.
pub(super) fn oddities(file: &str, accounts: &BTreeMap<AccountId, Account>, mistakes: &mut Vec<Mistake>) {
    let mut wrong = |what: String, mend: &str| {
        mistakes.push(Mistake { file: file.to_owned(), line: None, what, mend: mend.to_owned() });
    };
    for account in accounts.values() {
        if account.contacts.is_empty() && account.policies.is_empty() && account.domains.is_empty() {
            let what = format!("the account {} has no contact, no policy and no domain", account.id);
            wrong(what, "it was kept, but no mail can be found to be its");
        }
    }
    let policies = |a: &Account| a.policies.iter().map(|p| (folded(&p.number), p.number.clone())).collect();
    for (number, one, other) in shared(accounts, policies) {
        let what = format!("the policy {number} is at {one} and at {other}");
        wrong(what, "both were kept; mail that names it goes to a person to decide");
    }
    let addresses = |a: &Account| {
        let all = a.contacts.iter().filter_map(|c| c.address.as_ref());
        all.map(|x| (x.to_string(), x.to_string())).collect()
    };
    for (address, one, other) in shared(accounts, addresses) {
        let what = format!("{address} is a contact of {one} and of {other}");
        wrong(what, "both were kept; mail from there goes to a person to decide unless it names a policy");
    }
    let domains = |a: &Account| a.domains.iter().map(|d| (d.clone(), d.clone())).collect();
    for (domain, one, other) in shared(accounts, domains) {
        let what = format!("the mail domain {domain} is of {one} and of {other}");
        wrong(what, "both were kept; mail from there goes to a person to decide unless it says more");
    }
}

/// What stands at two accounts, with both.
fn shared(
    accounts: &BTreeMap<AccountId, Account>,
    keys: impl Fn(&Account) -> Vec<(String, String)>,
) -> Vec<(String, &AccountId, &AccountId)> {
    let mut holders: BTreeMap<String, &AccountId> = BTreeMap::new();
    let mut out = Vec::new();
    for account in accounts.values() {
        for (key, shown) in keys(account) {
            match holders.insert(key, &account.id) {
                Some(other) if *other != account.id => out.push((shown, other, &account.id)),
                _ => {}
            }
        }
    }
    out
}
