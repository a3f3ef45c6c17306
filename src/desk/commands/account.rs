//! A person says which client a task is about. Untouched, it goes to whoever serves that client.

use super::{Drafting, Said, Subject, pieces};
use crate::desk::{
    ask::{Asked, refuse},
    letters, routing,
};
use crate::domain::{event::Event, id::*};
use std::sync::Arc;

/// It is about this client, or about none in the book.
pub(super) fn set<'p>(said: &Said<'_, 'p>, id: TaskId, account: Option<&AccountId>) -> Asked<Drafting<'p>> {
    let wanted = account.map(|a| said.ask.account(a)).transpose();
    let listed = said.listed(id, None, account);
    let Subject { mut d, task, .. } = said.open_subject(id)?;
    let listed = listed?;
    let wanted = match (wanted?.flatten(), account) {
        (None, Some(key)) => {
            let known: Vec<&str> = task.candidates.iter().map(|c| c.account.as_str()).collect();
            let may_be = if known.is_empty() { String::new() } else { format!(" It may be {}.", known.join(" or ")) };
            return refuse(format!("There is no account “{key}” in the book.{may_be}"));
        }
        (found, _) => found,
    };
    if task.account.as_ref() == account && (account.is_none() || task.candidates.is_empty()) {
        return refuse(match wanted {
            Some(a) => format!("{id} is {}'s already.", a.name),
            None => format!("{id} is about no client in the book already."),
        });
    }
    if let Some(a) = wanted {
        d.know_account(a);
    }
    let insured = wanted.map(|a| a.name.clone()).or_else(|| task.insured.clone());
    let reason = format!("{} said whom it is about.", said.person.name);
    d.record(Event::AccountSet { task: id, account: account.cloned(), insured, reason, candidates: Vec::new() });
    if pieces::place(said, &mut d, id, wanted, &listed).is_some() {
        return Ok(d);
    }
    let touched = task.first_touch.is_some();
    let work = routing::work_of(said.policy, task);
    // Whoever has begun goes on, and so does the account's person who says so themselves.
    if !touched && wanted.is_some() {
        let route = routing::route(said.policy, wanted.map(Arc::as_ref), &work, &d.roster);
        if route.person != task.assigned.person && said.policy.person(&route.person).is_some() {
            let why = format!("{} said that it is about {}.", said.person.name, insured_name(wanted.map(Arc::as_ref)));
            let reason = format!("{why} {}", route.because);
            let standing_in_for = route.standing_in_for;
            d.record(Event::Assigned { task: id, person: route.person, reason, standing_in_for });
            d.record(said.touched(id));
            letters::notices(&mut d, &[id], &why, Some(&said.person.id));
            return Ok(d);
        }
    }
    d.record(said.touched(id));
    Ok(d)
}

fn insured_name(account: Option<&crate::domain::account::Account>) -> String {
    account.map_or_else(|| "nobody in the book".to_owned(), |a| a.name.to_string())
}
