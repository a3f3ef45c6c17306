//! Mail that a person places by hand belongs to the task that policies' dates have brought, as if the rules had found it.

use super::{joining, listing};
use crate::desk::{
    Policy,
    ask::{Ask, Asked, all},
    drafting::Drafting,
};
use crate::domain::{account::Account, event::Event, id::*, pipeline::TermTask, reading::SenderKind, task::Task};
use std::sync::Arc;

/// What the dates of an account's policies have brought.
#[derive(Debug, Default)]
pub(in crate::desk) struct Listed<'a> {
    open: Vec<&'a Arc<Task>>,
    terms: &'a [TermTask],
}

impl<'a> Listed<'a> {
    /// Asks for it, where the page is one that dates bring work of.
    pub(in crate::desk) fn of(
        ask: &Ask<'a>,
        policy: &Policy,
        account: Option<&AccountId>,
        page: Option<&RequestType>,
    ) -> Asked<Self> {
        let is_listed = page.is_some_and(|p| policy.practice_of(Some(p)).pipeline.is_some());
        let Some(account) = account.filter(|_| is_listed) else { return Ok(Self::default()) };
        let (open, terms) = (ask.open_tasks_of_account(account), ask.terms_of(account));
        let open: Vec<_> = open?.iter().map(|id| ask.task(*id)).collect();
        let terms = terms?;
        Ok(Self { open: all(open)?.into_iter().flatten().collect(), terms })
    }

    /// The client's open tasks.
    pub(in crate::desk) fn open(&self) -> Vec<&'a Task> {
        self.open.iter().copied().map(Arc::as_ref).collect()
    }

    /// The one task of the pipeline that this one is about; `None` where there is none, or it cannot be told which.
    pub(in crate::desk) fn home(&self, task: &Task) -> Option<&'a Arc<Task>> {
        let page = task.request_type.as_ref().filter(|_| task.term.is_none())?;
        let named = listing::named(task);
        let of_page = |t: &&&Arc<Task>| {
            let listed = t.term.as_ref().is_some_and(|term| term.page == *page);
            t.id != task.id && t.is_open() && listed && t.account == task.account
        };
        let tasks: Vec<&Arc<Task>> = self.open.iter().filter(of_page).copied().collect();
        let has_one = |t: &&Arc<Task>| t.term.as_ref().is_some_and(|term| term.has_any(&named));
        let by_policy: Vec<&Arc<Task>> = tasks.iter().copied().filter(has_one).collect();
        match (by_policy.as_slice(), tasks.as_slice()) {
            ([one], _) => Some(*one),
            ([], [one]) if named.is_empty() => Some(*one),
            _ => None,
        }
    }

    /// Where no date has brought a task for the policies that it is about, it is theirs.
    pub(in crate::desk) fn adopt(&self, d: &mut Drafting<'_>, task: &Task, account: Option<&Arc<Account>>) {
        let (Some(account), Some(page), None) = (account, &task.request_type, &task.term) else { return };
        let named = listing::named(task);
        if let Some(mut term) = listing::term_for(d.policy, page, account, self.terms, &named, d.now) {
            let pipeline = d.policy.practice_of(Some(page)).pipeline.as_ref();
            if let Some(pipeline) = pipeline {
                joining::flag(&mut term, pipeline, &task.fields, d.now);
            }
            listing::adopt(d, task, account, term);
        }
    }
}

/// What was placed is news of the pipeline's task: somebody outside has written, and it may be flagged.
pub(in crate::desk) fn news(d: &mut Drafting<'_>, placed: &Task, home: TaskId) {
    let Some(before) = d.task(home).and_then(|t| t.term.clone()) else { return };
    let Some(pipeline) = d.policy.practice_of(Some(&before.page)).pipeline.as_ref() else { return };
    let mut term = before.clone();
    joining::flag(&mut term, pipeline, &placed.fields, d.now);
    if matches!(placed.sender_kind, SenderKind::Client | SenderKind::Carrier) {
        term.heard = term.heard.max(Some(placed.arrived));
    }
    if placed.sender_kind == SenderKind::Client {
        term.answered = term.answered.max(Some(placed.arrived));
    }
    if term != before {
        d.record(Event::TermSet { task: home, term: Box::new(term) });
    }
}
