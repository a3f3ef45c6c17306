//! The account book, imported as a difference: only what changed becomes an event.

use super::{
    Policy,
    ask::{Ask, Asked, all, refuse},
    drafting::Drafting,
};
use crate::domain::{Timestamp, account::Account, decision::Cause, event::Event, id::*};
use std::collections::BTreeSet;

/// Compares the file with the book.
pub(super) fn import<'p>(
    ask: &Ask<'_>,
    by: &PersonId,
    accounts: &[Account],
    whole: bool,
    now: Timestamp,
    policy: &'p Policy,
) -> Asked<Drafting<'p>> {
    let mut ids: BTreeSet<&AccountId> = BTreeSet::new();
    for a in accounts {
        if a.id.as_str().is_empty() {
            return refuse(format!("The account “{}” has no key; give each account one of its own.", a.name));
        }
        if !ids.insert(&a.id) {
            return refuse(format!("Two accounts have the key “{}”; give each one of its own.", a.id));
        }
    }
    if whole && accounts.is_empty() {
        return refuse("The file holds no account; nothing was removed. Check that it is the right one.");
    }
    let held: Vec<_> = accounts.iter().map(|a| ask.account(&a.id)).collect();
    let all_ids = if whole { ask.all_accounts() } else { Ok(&[][..]) };
    let (held, all_ids) = (all(held)?, all_ids?);
    let mut d = Drafting::new(Cause::Import(by.clone()), now, policy);
    for (new, old) in accounts.iter().zip(held) {
        if old != Some(new) {
            d.record(Event::AccountSaved { account: Box::new(new.clone()) });
        }
    }
    for gone in all_ids.iter().filter(|id| !ids.contains(id)) {
        d.record(Event::AccountRemoved { account: gone.clone() });
    }
    Ok(d)
}
