//! The account book, imported as a difference: only what changed becomes an event, and only what was seen.

use super::{
    Policy,
    ask::{Ask, Asked, all, refuse},
    drafting::Drafting,
    questions,
};
use crate::domain::{
    Timestamp,
    account::{Account, Difference, difference},
    decision::Cause,
    event::Event,
    id::*,
    person::Mode,
    task::{ClientTold, Task},
};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What is imported.
pub(super) struct Import<'a> {
    /// By whom.
    pub(super) by: &'a PersonId,
    /// The accounts as the file has them.
    pub(super) accounts: &'a [Account],
    /// Is it the whole book?
    pub(super) whole: bool,
    /// The file's name.
    pub(super) file: &'a str,
    /// What a person saw that it changes.
    pub(super) seen: Option<&'a Difference>,
}

/// Compares the file with the book.
pub(super) fn import<'p>(
    ask: &Ask<'_>,
    import: &Import<'_>,
    now: Timestamp,
    policy: &'p Policy,
) -> Asked<Drafting<'p>> {
    let Import { by, accounts, whole, .. } = *import;
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
    let book = ask.book();
    // Whether there are other accounts matters where they would go, and before the first import.
    let every = whole || book.as_ref().is_ok_and(|b| b.imported.is_none());
    let all_ids = if every { ask.all_accounts() } else { Ok(&[][..]) };
    let (held, book, all_ids) = (all(held)?, book?, all_ids?);
    let mut d = Drafting::silent(Cause::Import(by.clone()), now, policy);
    let before: Vec<Account> = held.iter().copied().flatten().map(|a| Account::clone(a)).collect();
    let mut changes = difference(&before, accounts, false);
    let gone = || all_ids.iter().filter(|id| whole && !ids.contains(id));
    changes.removed = gone().cloned().collect();
    if import.seen.is_some_and(|seen| !seen.changes_the_same(&changes)) {
        return refuse("The account book has changed since you looked; nothing was imported. Look again.");
    }
    for (new, old) in accounts.iter().zip(held) {
        if old.map(Arc::as_ref) != Some(new) {
            d.record(Event::AccountSaved { account: Box::new(new.clone()) });
        }
    }
    for gone in gone() {
        d.record(Event::AccountRemoved { account: gone.clone() });
    }
    let first = book.imported.is_none() && all_ids.is_empty();
    d.record(Event::BookImported { by: by.clone(), file: import.file.to_owned(), first });
    Ok(d)
}

/// Letters outside may rest on the book from now on, and those that waited for that go out. Where the agency has become
/// more careful meanwhile, a letter goes on waiting, for a yes of its own.
pub(super) fn release<'p>(
    ask: &Ask<'_>,
    by: &PersonId,
    now: Timestamp,
    policy: &'p Policy,
    cause: Cause,
) -> Asked<Drafting<'p>> {
    let (book, held) = (ask.book(), ask.letters_held());
    if !book?.held {
        return refuse("The account book is not held; letters may rest on it.");
    }
    let held = held?;
    let tasks = all(held.iter().flat_map(|l| &l.tasks).map(|id| ask.task(*id)).collect())?;
    let mut d = Drafting::silent(cause, now, policy);
    tasks.into_iter().flatten().for_each(|t| d.adopt(t));
    d.record(Event::BookReleased { by: by.clone() });
    for letter in held {
        let tasks: Vec<Task> = letter.tasks.iter().filter_map(|id| d.task(*id)).cloned().collect();
        let mode_of = |t: &Task| policy.mode_for(t.request_type.as_ref(), &t.assigned.person);
        if tasks.iter().map(mode_of).min().unwrap_or(policy.mode) != Mode::Live {
            continue;
        }
        d.record(Event::LetterReleased { letter: letter.id.clone(), by: by.clone() });
        for task in tasks {
            d.record(Event::ClientToldSet { task: task.id, told: ClientTold::Yes });
            questions::released(&mut d, task.id, &letter.kind);
        }
    }
    Ok(d)
}
