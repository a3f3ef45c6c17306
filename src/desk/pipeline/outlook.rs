//! The pipeline as people look at it: what is on the list, by days left, and what a book would bring.

use super::{Dated, dated, is_settled, key_dates, pages};
use crate::desk::Policy;
use crate::domain::{
    Timestamp,
    account::{Account, Cents},
    id::*,
    pipeline::{Flag, Term, TermTask},
    task::{StepMark, Task},
    text::HeaderText,
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A task of the pipeline, in a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outlook {
    /// The task.
    pub task: TaskId,
    /// The page that listed it.
    pub page: RequestType,
    /// The account.
    pub account: Option<AccountId>,
    /// Its name.
    pub insured: Option<HeaderText>,
    /// The policies' last day.
    pub expiration: NaiveDate,
    /// Days until then; below 0 once it is over.
    pub days_left: i64,
    /// The policies' numbers.
    pub policies: Vec<String>,
    /// What the client pays in the term that ends.
    pub at_stake: Option<Cents>,
    /// How far it is: the last step that was ticked, by its key; none at the beginning.
    pub stage: Option<StepId>,
    /// The next step, in words.
    pub next_step: Option<String>,
    /// The first day of a step that is not done.
    pub next_date: Option<NaiveDate>,
    /// The days that matter by themselves, soonest first.
    #[serde(default)]
    pub key_dates: Vec<Dated>,
    /// Whose it is.
    pub owner: PersonId,
    /// What makes it more than a matter of course.
    pub flags: Vec<Flag>,
    /// The client has decided.
    pub decided: bool,
}

/// A task's line; `None` where no policies' date brought it, or it is over.
#[must_use]
pub fn outlook(task: &Task, policy: &Policy, now: Timestamp) -> Option<Outlook> {
    let term = task.term.as_ref().filter(|_| task.is_open())?;
    let practice = policy.practice_of(task.request_type.as_ref());
    let ticked = task.steps.iter().rfind(|s| matches!(s.mark, StepMark::Ticked { .. }));
    Some(Outlook {
        task: task.id,
        page: term.page.clone(),
        account: task.account.clone(),
        insured: task.insured.clone(),
        expiration: term.expiration,
        days_left: term.days_left(policy.calendar.day(now)),
        policies: term.numbers().into_iter().map(str::to_owned).collect(),
        at_stake: term.at_stake(),
        stage: ticked.map(|s| s.id.clone()),
        next_step: task.next_step().map(|s| s.title.clone()),
        next_date: dated(task, practice).into_iter().map(|(_, day)| day).min(),
        key_dates: key_dates(task, practice),
        owner: task.assigned.person.clone(),
        flags: term.flags.clone(),
        decided: !is_undecided(task, policy),
    })
}

/// Whether it is of the pipeline, open, and none of the steps that settle it is done.
#[must_use]
pub fn is_undecided(task: &Task, policy: &Policy) -> bool {
    let Some(term) = task.term.as_ref().filter(|_| task.is_open()) else { return false };
    policy.practice_of(Some(&term.page)).pipeline.as_ref().is_none_or(|p| !is_settled(task, p))
}

/// Carriers of a term, and what the client pays for it: `Keystone Midland, $12,000.00`.
pub(in crate::desk) fn stake(term: &Term) -> String {
    let mut words = carriers(term);
    words.extend(term.at_stake().map(|cents| cents.to_string()));
    words.join(", ")
}

/// What is not decided, by carrier: how many tasks, and what clients pay for those policies; the largest first. A task
/// with policies of two carriers counts with each.
pub(in crate::desk) fn at_stake(undecided: &[&Task], policy: &Policy) -> Vec<String> {
    let mut by: BTreeMap<String, (u64, i64)> = BTreeMap::new();
    for task in undecided.iter().filter(|t| is_undecided(t, policy)) {
        let Some(term) = &task.term else { continue };
        let mut seen: Vec<String> = Vec::new();
        for held in &term.policies {
            let carrier = held.carrier.clone().unwrap_or_else(|| "carrier not known".to_owned());
            let (tasks, cents) = by.entry(carrier.clone()).or_default();
            *cents = cents.saturating_add(held.premium.map_or(0, |c| c.0));
            if !seen.contains(&carrier) {
                *tasks += 1;
                seen.push(carrier);
            }
        }
    }
    let mut all: Vec<_> = by.into_iter().collect();
    all.sort_by(|(a, (_, x)), (b, (_, y))| y.cmp(x).then_with(|| a.cmp(b)));
    let line = |(carrier, (tasks, cents)): (String, (u64, i64))| format!("{carrier}: {tasks}, {}", Cents(cents));
    all.into_iter().map(line).collect()
}

fn carriers(term: &Term) -> Vec<String> {
    let mut carriers: Vec<String> = Vec::new();
    for carrier in term.policies.iter().filter_map(|p| p.carrier.clone()) {
        if !carriers.contains(&carrier) {
            carriers.push(carrier);
        }
    }
    carriers
}

/// A task that the account book would bring, and has not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Foreseen {
    /// The account.
    pub account: AccountId,
    /// Its name.
    pub name: HeaderText,
    /// The page.
    pub page: RequestType,
    /// The policies' last day.
    pub expiration: NaiveDate,
    /// Their numbers.
    pub policies: Vec<String>,
    /// What the client pays in the term that ends.
    pub at_stake: Option<Cents>,
    /// The letter that would go to the client at once, where one would; later ones go on their days.
    pub letter: Option<String>,
    /// To whom; none where the book has no mail address.
    pub to: Option<String>,
}

/// What an account would bring today, beside the tasks that it has brought already.
#[must_use]
pub fn foreseen(account: &Account, terms: &[TermTask], policy: &Policy, now: Timestamp) -> Vec<Foreseen> {
    let today = policy.calendar.day(now);
    let mut list = Vec::new();
    for (page, pipeline) in pages(policy) {
        for (day, policies) in pipeline.dates(account, today) {
            let has_it = terms.iter().any(|t| t.page == *page && t.expiration == day);
            if has_it || pipeline.listed_on(day) > today {
                continue;
            }
            let term = Term::listed(page, day, &policies, now);
            let practice = policy.practice_of(Some(page));
            let days = practice.steps.iter().filter_map(|s| {
                let before = s.days_before.into_iter().chain(s.chase_at.iter().copied());
                let come = before.filter(|b| crate::domain::pipeline::days_before(day, *b) <= today).min()?;
                s.letter.clone().map(|letter| (come, letter))
            });
            let contact = account.contacts.iter().find_map(|c| c.address.as_ref());
            list.push(Foreseen {
                account: account.id.clone(),
                name: account.name.clone(),
                page: page.clone(),
                expiration: day,
                policies: term.numbers().into_iter().map(str::to_owned).collect(),
                at_stake: term.at_stake(),
                letter: days.min().map(|(_, letter)| letter).filter(|_| contact.is_some()),
                to: contact.map(ToString::to_string),
            });
        }
    }
    list
}
