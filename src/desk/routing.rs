//! Whose task it is: the account's own people where they may do it, else who is on duty with the least open work.
//!
//! Gives exactly one person and a sentence that says why.

use super::Policy;
use crate::domain::{
    account::Account,
    id::PersonId,
    person::{Person, Role},
    reading::Complexity,
    workflow::Staffing,
};
use std::collections::BTreeMap;

/// Whose, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Route {
    /// The one person.
    pub(super) person: PersonId,
    /// Why them.
    pub(super) because: String,
}

/// The role a piece of work needs.
pub(super) fn role_for(staff: Staffing, complexity: Complexity) -> Role {
    match complexity {
        Complexity::Simple => staff.simple,
        Complexity::Complex => staff.complex,
    }
}

/// A role as a sentence names it.
pub(super) fn role_name(role: Role) -> &'static str {
    match role {
        Role::Csr => "CSR",
        Role::AccountManager => "account manager",
        Role::SeniorUnderwriter => "senior underwriter",
        Role::Producer => "producer",
        Role::OperationsManager => "operations manager",
        Role::Owner => "owner",
    }
}

/// Finds the one person. `load` counts open tasks by assignee.
pub(super) fn route(policy: &Policy, account: Option<&Account>, role: Role, load: &BTreeMap<PersonId, u32>) -> Route {
    let mut passed_over: Vec<String> = Vec::new();
    if let Some(account) = account {
        match of_account(policy, account, role) {
            Ok(route) => return route,
            Err(reasons) => passed_over = reasons,
        }
    }
    let mut route = elsewhere(policy, role, load);
    if !passed_over.is_empty() {
        route.because = format!("{} {}", passed_over.join(" "), route.because);
    }
    route
}

/// The account's own person, or why each of them was passed over.
fn of_account(policy: &Policy, account: &Account, role: Role) -> Result<Route, Vec<String>> {
    let csr = account.csr.as_ref().map(|p| (p, "CSR"));
    let manager = account.account_manager.as_ref().map(|p| (p, "account manager"));
    let order = if role == Role::Csr { [csr, manager] } else { [manager, csr] };
    let mut passed_over = Vec::new();
    for (id, as_what) in order.into_iter().flatten() {
        match policy.person(id) {
            Some(p) if p.is(role) => {
                return Ok(Route {
                    person: id.clone(),
                    because: format!("{} is the {as_what} of {} in the account book.", p.name, account.name),
                });
            }
            Some(p) => passed_over.push(format!(
                "{} is the {as_what} of {}, but this needs {}.",
                p.name,
                account.name,
                with_article(role_name(role))
            )),
            None => passed_over.push(format!(
                "The account book names “{id}” as {as_what} of {}, who is not among the agency's people.",
                account.name
            )),
        }
    }
    Err(passed_over)
}

fn elsewhere(policy: &Policy, role: Role, load: &BTreeMap<PersonId, u32>) -> Route {
    let on_duty = policy.duty.iter().filter_map(|id| policy.person(id)).filter(|p| p.is(role));
    if let Some((p, n)) = least_loaded(on_duty, load) {
        let because = format!("{} is on duty as {} with the least open work ({}).", p.name, role_name(role), tasks(n));
        return Route { person: p.id.clone(), because };
    }
    if let Some((p, n)) = least_loaded(policy.people.iter().filter(|p| p.is(role)), load) {
        let because = format!(
            "Nobody on duty is {}; of those who are, {} has the least open work ({}).",
            with_article(role_name(role)),
            p.name,
            tasks(n)
        );
        return Route { person: p.id.clone(), because };
    }
    for fallback in [Role::OperationsManager, Role::Owner] {
        if let Some((p, _)) = least_loaded(policy.people.iter().filter(|p| p.is(fallback)), load) {
            let because = format!(
                "Nobody here is {}, so it goes to {} as {}.",
                with_article(role_name(role)),
                p.name,
                role_name(fallback)
            );
            return Route { person: p.id.clone(), because };
        }
    }
    let anybody = policy.duty.iter().find(|id| policy.person(id).is_some()).cloned();
    let person = anybody.or_else(|| policy.people.first().map(|p| p.id.clone())).unwrap_or_default();
    Route { person, because: format!("Nobody here is {} or operations manager.", with_article(role_name(role))) }
}

/// The first with the fewest open tasks, and how many those are.
fn least_loaded<'a>(
    people: impl Iterator<Item = &'a Person>,
    load: &BTreeMap<PersonId, u32>,
) -> Option<(&'a Person, u32)> {
    people.map(|p| (p, load.get(&p.id).copied().unwrap_or(0))).min_by_key(|(_, n)| *n)
}

fn tasks(n: u32) -> String {
    match n {
        0 => "none".to_owned(),
        1 => "1 task".to_owned(),
        n => format!("{n} tasks"),
    }
}

fn with_article(word: &str) -> String {
    let vowel = word.starts_with(['a', 'e', 'i', 'o', 'u']);
    format!("{} {word}", if vowel { "an" } else { "a" })
}
