//! Accounts are looked at when their policies' dates come near or the book has changed: one task for each account and
//! last day is opened, once, and goes along with the book afterwards.
//!
//! A look that comes late does what an earlier one would have done, and looking twice changes nothing.

use super::pages;
use crate::desk::{
    Policy,
    ask::{Ask, Asked, all},
    drafting::Drafting,
    letters,
    matching::{Match, POLICY_FIELD},
    opening::{self, Counters, Source},
};
use crate::domain::{
    Timestamp,
    account::{Account, Policy as Held},
    decision::Cause,
    event::Event,
    field::{Field, FieldValue, Provenance},
    id::*,
    pipeline::{Expiring, Pipeline, Since, Term, TermTask, days_before},
    reading::{Certainty, Complexity, Reading, Request},
    task::{ClientTold, Task},
    text::{HeaderText, Mailbox, folded},
};
use chrono::NaiveDate;
use std::{collections::BTreeSet, sync::Arc};

/// Accounts that are looked at in one decision: their tasks come in one notice a person.
const AT_ONCE: u16 = 50;
/// A last day that moves by more is a new term, not the old one corrected.
const A_NEW_TERM: i64 = 180;

/// What is known of an account that is looked at.
struct Known<'a> {
    id: AccountId,
    /// `None` where it is in the book no longer.
    account: Option<&'a Arc<Account>>,
    terms: &'a [TermTask],
    /// Its open tasks.
    open: Vec<&'a Arc<Task>>,
}

/// Looks at the accounts that are due.
pub(in crate::desk) fn look<'p>(ask: &Ask<'_>, now: Timestamp, policy: &'p Policy) -> Asked<Drafting<'p>> {
    let (schedule, due) = (ask.schedule(), ask.accounts_due(now, AT_ONCE));
    let (circumstances, next) = (ask.circumstances(), ask.next_task());
    let (schedule, due, circumstances, next) = (schedule?, due?, circumstances?, next?);
    let mut counters = Counters { next, load: circumstances.roster.clone() };
    if circumstances.book_is_held {
        return Ok(Drafting::silent(Cause::Clock, now, policy));
    }
    let by = super::schedule_of(policy);
    if by != schedule {
        let mut d = Drafting::silent(Cause::Clock, now, policy);
        d.record(Event::PipelineScheduled { schedule: by });
        return Ok(d);
    }
    let accounts: Vec<_> = due.iter().map(|id| ask.account(id)).collect();
    let terms: Vec<_> = due.iter().map(|id| ask.terms_of(id)).collect();
    let open: Vec<_> = due.iter().map(|id| ask.open_tasks_of_account(id)).collect();
    let (accounts, terms, open) = (all(accounts)?, all(terms)?, all(open)?);
    let tasks: Vec<_> = open.iter().flat_map(|ids| ids.iter()).map(|id| ask.task(*id)).collect();
    all(tasks)?;
    let mut known = Vec::new();
    for (((id, account), terms), open) in due.iter().zip(accounts).zip(terms).zip(open) {
        let open = all(open.iter().map(|id| ask.task(*id)).collect())?.into_iter().flatten().collect();
        known.push(Known { id: id.clone(), account, terms, open });
    }
    let mut d = Drafting::amid(circumstances, Cause::Clock, now, policy);
    let mut listed = Vec::new();
    let mut told = Vec::new();
    for account in &known {
        for (page, pipeline) in pages(policy) {
            let of_page = OfPage { page, pipeline, known: account };
            told.extend(of_page.follow(&mut d));
            listed.extend(of_page.list(&mut d, &mut counters));
        }
        let next = account.account.and_then(|a| next_look(policy, a, now));
        d.record(Event::AccountLooked { account: account.id.clone(), next });
    }
    letters::notices(&mut d, &listed, "Its day on the list has come: policies end then.", None);
    for (task, why) in told {
        letters::notices(&mut d, &[task], &why, None);
    }
    Ok(d)
}

/// When an account's policies bring something that they have not brought yet.
fn next_look(policy: &Policy, account: &Account, now: Timestamp) -> Option<Timestamp> {
    let (calendar, today) = (&policy.calendar, policy.calendar.day(now));
    let days = pages(policy).flat_map(|(_, p)| p.dates(account, today).into_keys().map(|day| p.listed_on(day)));
    days.filter(|day| *day > today).min().map(|day| super::opening(calendar, day))
}

struct OfPage<'k> {
    page: &'k RequestType,
    pipeline: &'k Pipeline,
    known: &'k Known<'k>,
}

impl OfPage<'_> {
    /// Lists what is to be listed by today: the tasks that were opened.
    fn list(&self, d: &mut Drafting<'_>, counters: &mut Counters) -> Vec<TaskId> {
        let Some(account) = self.known.account else { return Vec::new() };
        let today = d.policy.calendar.day(d.now);
        let dates = self.pipeline.dates(account, today);
        let in_time: Vec<_> = dates.iter().filter(|(day, _)| self.pipeline.listed_on(**day) <= today).collect();
        let mut opened = Vec::new();
        for (day, policies) in &in_time {
            let has_it = self.known.terms.iter().any(|t| t.page == *self.page && t.expiration == **day);
            // One that has just moved to this day is of this decision.
            let moved = self.known.open.iter().filter_map(|t| d.task(t.id));
            if has_it || moved.filter_map(|t| t.term.as_ref()).any(|t| t.page == *self.page && t.expiration == **day) {
                continue;
            }
            let term = Term::listed(self.page, **day, policies, d.now);
            match self.asked_by_mail(d, &term, in_time.len() == 1) {
                Some(task) => adopt(d, &task, account, term),
                None => opened.push(open(d, account, self.page, term, &self.known.open, counters)),
            }
        }
        opened
    }

    /// An open task of the page that mail opened about these policies, and that no date has brought.
    fn asked_by_mail(&self, d: &Drafting<'_>, term: &Term, is_only_one: bool) -> Option<Task> {
        let fits = |t: &Task| {
            let named = named(t);
            t.request_type.as_ref() == Some(self.page)
                && t.term.is_none()
                && if named.is_empty() { is_only_one } else { term.has_any(&named) }
        };
        self.known.open.iter().map(|t| d.task(t.id).unwrap_or(t.as_ref())).find(|t| fits(t)).cloned()
    }

    /// Goes along with the book: policies that come, go, or move their day. What somebody has to hear of it, by task.
    fn follow(&self, d: &mut Drafting<'_>) -> Vec<(TaskId, String)> {
        let mut told = Vec::new();
        for task in &self.known.open {
            let Some(term) = task.term.as_ref().filter(|t| t.page == *self.page) else { continue };
            let (after, why) = self.in_the_book(task, term, d.policy.calendar.day(d.now));
            if after == *term {
                continue;
            }
            d.adopt(task);
            if let Some(account) = self.known.account {
                d.know_account(account);
            }
            let moved = (after.expiration != term.expiration).then_some(after.expiration);
            d.record(Event::TermSet { task: task.id, term: Box::new(after) });
            if let Some(day) = moved {
                set_deadline(d, task.id, day);
            }
            if !why.is_empty() {
                let why = why.join(" ");
                d.record(Event::Noted { task: task.id, by: None, text: why.clone() });
                if moved.is_some() || !super::is_settled(task, self.pipeline) {
                    told.push((task.id, why));
                }
            }
        }
        told
    }

    /// The term as the book has it now, and what is new about it.
    fn in_the_book(&self, task: &Task, term: &Term, today: NaiveDate) -> (Term, Vec<String>) {
        let held: &[Held] = self.known.account.map_or(&[], |a| &a.policies);
        let find = |number: &str| held.iter().find(|p| folded(&p.number) == folded(number));
        let mut after = term.clone();
        let mut why = Vec::new();
        // The day that all of them have moved to, where no other task has it.
        let days: BTreeSet<NaiveDate> =
            term.policies.iter().filter_map(|p| find(&p.number)).filter_map(|p| p.expiration).collect();
        if let [day] = days.iter().copied().collect::<Vec<_>>().as_slice()
            && *day != term.expiration
            && (*day - term.expiration).num_days().abs() < A_NEW_TERM
            && !self.known.terms.iter().any(|t| t.page == *self.page && t.expiration == *day && t.task != task.id)
        {
            why.push(format!("The account book has {day} as the last day now, in the place of {}.", term.expiration));
            after.expiration = *day;
        }
        let mut kept = Vec::new();
        for was in &term.policies {
            let (now, since) = match find(&was.number).map(|p| (p, p.expiration)) {
                None => (was.clone(), Some(Since::Gone)),
                Some((p, Some(day))) if day == after.expiration => (Expiring::from(p), None),
                Some((_, Some(day))) if (day - after.expiration).num_days() >= A_NEW_TERM => {
                    (was.clone(), Some(Since::Until(day)))
                }
                Some((p, day)) => {
                    let day = day.map_or_else(|| "no day".to_owned(), |d| d.to_string());
                    why.push(format!(
                        "{} has another last day in the account book now: {day}. It is not part of this any more.",
                        p.number
                    ));
                    continue;
                }
            };
            if since != was.since {
                why.extend(match since {
                    Some(Since::Gone) => {
                        Some(format!("{} is no longer in the account book; find out why.", was.number))
                    }
                    Some(Since::Until(day)) => Some(format!("The account book has {} until {day} now.", was.number)),
                    None => Some(format!("{} is in the account book again.", was.number)),
                });
            }
            kept.push(Expiring { since, ..now });
        }
        if after.expiration >= today {
            for new in held.iter().filter(|p| p.expiration == Some(after.expiration) && !self.pipeline.is_exception(p))
            {
                if !kept.iter().any(|k| folded(&k.number) == folded(&new.number)) {
                    why.push(format!("{} has come to the account book with the same last day.", new.number));
                    kept.push(Expiring::from(new));
                }
            }
        }
        if kept.is_empty() {
            why.push("No policy is left in it: end it, or say what it is about.".to_owned());
        }
        after.policies = kept;
        (after, why)
    }
}

/// The policy numbers that a task's facts name, folded.
pub(super) fn named(task: &Task) -> BTreeSet<String> {
    task.fields.iter().filter(|f| f.name == POLICY_FIELD).map(|f| folded(&f.value.shown())).collect()
}

/// The last day is the client's deadline; the agency's own standard is the schedule.
fn set_deadline(d: &mut Drafting<'_>, task: TaskId, day: NaiveDate) {
    let deadline = Some(d.policy.calendar.close_of(day));
    d.record(Event::DeadlinesSet { task, deadline, standard_due: None });
}

/// A task that mail opened becomes the one of these policies.
pub(super) fn adopt(d: &mut Drafting<'_>, task: &Task, account: &Arc<Account>, mut term: Term) {
    d.adopt(&Arc::new(task.clone()));
    // Whoever wrote still waits for an act.
    term.heard = term.heard.or((!task.messages.is_empty()).then_some(task.arrived));
    d.know_account(account);
    let text = format!("It is the task of {} now, which end on {}.", term.numbers().join(", "), term.expiration);
    let close = d.policy.calendar.close_of(term.expiration);
    d.record(Event::TermSet { task: task.id, term: Box::new(term) });
    d.record(Event::Noted { task: task.id, by: None, text });
    if task.deadline.is_none() {
        d.record(Event::DeadlinesSet { task: task.id, deadline: Some(close), standard_due: task.standard_due });
    }
}

/// What went on in another task goes on there with its policies and days.
pub(in crate::desk) fn carry(d: &mut Drafting<'_>, from: &Task, into: &Task) {
    if let (Some(term), None) = (&from.term, &into.term) {
        d.record(Event::TermSet { task: into.id, term: Box::new(term.clone()) });
    }
}

/// Opens the task of an account's policies that end on one day.
fn open(
    d: &mut Drafting<'_>,
    account: &Arc<Account>,
    page: &RequestType,
    term: Term,
    open: &[&Arc<Task>],
    counters: &mut Counters,
) -> TaskId {
    let is_personal = |number: &&str| {
        let held = account.policies.iter().find(|p| p.number == **number);
        held.is_some_and(|p| p.class == Some(crate::domain::account::Class::Personal))
    };
    // A household's is a CSR's work; a business's exposures are for somebody who knows them.
    let personal = term.numbers().iter().all(is_personal);
    let written = open.iter().max_by_key(|t| t.id).map(|t| t.language.clone());
    let language = account.language.clone().or(written).filter(|l| !l.is_empty());
    let number = |p: &Expiring| Field {
        name: POLICY_FIELD.to_owned(),
        value: FieldValue::Text(p.number.clone()),
        from: Provenance::Book { account: account.id.clone() },
        confidence: 100,
        doubt: None,
    };
    let reading = Reading {
        requests: vec![Request {
            request_type: page.clone(),
            score: 0,
            complexity: if personal { Complexity::Simple } else { Complexity::Complex },
            missing: Vec::new(),
            unsure: Vec::new(),
            evidence: Vec::new(),
            again: Vec::new(),
        }],
        certainty: Certainty::Clear,
        fields: term.policies.iter().map(number).collect(),
        language: language.unwrap_or_else(|| "en".to_owned()),
        ..Reading::default()
    };
    let matched = Match {
        account: Some(Arc::clone(account)),
        reason: format!("The account book has policies of it that end on {}.", term.expiration),
        doubt: None,
        candidates: Vec::new(),
    };
    let title = d.policy.title(page, "en").unwrap_or_default();
    let contact = account.contacts.iter().find_map(|c| c.address.clone().map(|a| (c.name.clone(), a)));
    let source = Source {
        reading: &reading,
        arrived: d.now,
        subject: HeaderText::new(&format!("{title} {}: {}", term.expiration, term.numbers().join(", "))),
        requester: contact.map(|(name, address)| Mailbox { name, address }),
        words: String::new(),
        message: None,
        matched: &matched,
        unread: Vec::new(),
        earlier: Vec::new(),
        past: &[],
    };
    let requests: Vec<&Request> = reading.requests.iter().collect();
    let id = opening::open_for(d, &source, &requests, counters).into_iter().next().unwrap_or(TaskId(0));
    let day = term.expiration;
    d.record(Event::TermSet { task: id, term: Box::new(term) });
    set_deadline(d, id, day);
    let told = ClientTold::No("it came of the account book; the schedule says when they are written to".to_owned());
    d.record(Event::ClientToldSet { task: id, told });
    id
}

/// An account's policies that a message is about, where they make a term that no task has yet: those that it names, or
/// all of the only day in the time of the list. Policies that open a task by exception only are among them.
pub(super) fn term_for(
    policy: &Policy,
    page: &RequestType,
    account: &Account,
    terms: &[TermTask],
    named: &BTreeSet<String>,
    now: Timestamp,
) -> Option<Term> {
    let pipeline = policy.pages.get(page)?.practice.pipeline.as_ref()?;
    let today = policy.calendar.day(now);
    let to_come = || account.policies.iter().filter(|p| p.expiration.is_some_and(|day| day >= today));
    let listed = |day: NaiveDate| days_before(day, pipeline.list) <= today;
    let of_mail: BTreeSet<NaiveDate> = to_come()
        .filter(
            |p| if named.is_empty() { p.expiration.is_some_and(listed) } else { named.contains(&folded(&p.number)) },
        )
        .filter_map(|p| p.expiration)
        .collect();
    let [day] = of_mail.into_iter().collect::<Vec<_>>()[..] else { return None };
    if terms.iter().any(|t| t.page == *page && t.expiration == day) {
        return None;
    }
    let is_meant = |p: &&Held| !pipeline.is_exception(p) || named.is_empty() || named.contains(&folded(&p.number));
    let policies: Vec<&Held> = to_come().filter(|p| p.expiration == Some(day)).filter(is_meant).collect();
    Some(Term::listed(page, day, &policies, now))
}
