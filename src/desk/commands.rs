//! What a person says becomes events, or a sentence that says why not. Every act of a person on a task is a touch.

mod account;
mod correct;
mod letter;
mod new;
mod pieces;
mod policy;
mod task;
mod tell;
mod wait_for;

use super::{
    Command, Policy,
    ask::{Ask, Asked, all, refuse},
    book,
    drafting::Drafting,
    opening::Counters,
    pipeline, presence,
    spawning::Heirs,
    view,
};
use crate::domain::{
    Timestamp,
    account::Account,
    decision::Cause,
    event::Event,
    id::*,
    message::MessageRecord,
    person::Person,
    task::{Task, TaskState, Tie},
};
use std::sync::Arc;

/// Open tasks of a client that are looked at: the newest.
const SIBLINGS_MAX: usize = 40;

/// Decides a command of `by`, who gave it to the daemon itself.
pub(super) fn decide<'p>(
    ask: &Ask<'_>,
    by: &PersonId,
    command: &Command,
    now: Timestamp,
    policy: &'p Policy,
) -> Asked<Drafting<'p>> {
    because(ask, by, command, now, policy, Cause::Person(by.clone()))
}

/// Decides a command of `by` that came in some way.
pub(super) fn because<'p>(
    ask: &Ask<'_>,
    by: &PersonId,
    command: &Command,
    now: Timestamp,
    policy: &'p Policy,
    cause: Cause,
) -> Asked<Drafting<'p>> {
    let Some(person) = policy.person(by) else {
        let known: Vec<&str> = policy.people.iter().map(|p| p.id.as_str()).collect();
        return refuse(format!(
            "“{by}” is not one of the agency's people; those are {}. Add a [[person]] to intaked.toml.",
            known.join(", ")
        ));
    };
    let said = Said { ask, person, now, policy, cause };
    match command {
        Command::New { requester, address, words, reading } => {
            new::open(&said, requester, address.as_ref(), words, reading)
        }
        Command::Take { task } => task::take(&said, *task),
        Command::Note { task, text } => task::note(&said, *task, text),
        Command::Wait { task, on, until, why, policy } => {
            task::wait(&said, *task, &task::Wanted { on: *on, until: *until, policy: policy.as_deref() }, why)
        }
        Command::Snooze { task, until, why } => task::snooze(&said, *task, *until, why),
        Command::Resume { task } => task::resume(&said, *task),
        Command::Step { task, step, waive, policy } => {
            task::step(&said, *task, step, policy.as_deref(), waive.as_deref())
        }
        Command::WaitFor { task, other } => wait_for::wait_for(&said, *task, *other),
        Command::Needs { task, words } => wait_for::needs(&said, *task, words),
        Command::AskMissing { task } => tell::ask_missing(&said, *task),
        Command::Assign { task, to, reason } => task::assign(&said, *task, to, reason),
        Command::SetType { task, request_type, needs } => {
            correct::set_type(&said, *task, request_type, needs.as_deref())
        }
        Command::SetField { task, name, values, elsewhere } => {
            correct::set_field(&said, *task, name, values, *elsewhere)
        }
        Command::Reread { task, rules, read } => correct::reread(&said, *task, rules, read),
        Command::End { task, how, reason } => task::end(&said, *task, *how, reason),
        Command::Reopen { task, reason } => task::reopen(&said, *task, reason),
        Command::Finish { task } => task::finish(&said, *task),
        Command::Did { task, steps, policy } => task::did(&said, *task, steps, policy.as_deref()),
        Command::Tell { task, text, documents, to_sender } => {
            tell::tell(&said, *task, text, documents.as_ref(), *to_sender)
        }
        Command::Question { task, words, until } => tell::question(&said, *task, words, *until),
        Command::PolicyIs { task, number } => policy::policy_is(&said, *task, number),
        Command::NameError { task, whose } => task::name_error(&said, *task, *whose),
        Command::Merge { task, into } => pieces::merge(&said, *task, *into),
        Command::Split { task, words } => pieces::split(&said, *task, words),
        Command::Release { letter } => letter::release(&said, letter),
        Command::Drop { letter } => letter::drop(&said, letter),
        Command::SetAccount { task, account } => account::set(&said, *task, account.as_ref()),
        Command::Presence { words } => presence::said(ask, person, words, now, policy, said.cause),
        Command::ReleaseBook => book::release(ask, by, now, policy, said.cause),
        Command::Pause { paused } => {
            let mut d = said.drafting()?;
            d.record(Event::SendingPaused { paused: *paused, by: by.clone() });
            Ok(d)
        }
    }
}

/// A command's circumstances: who said it, when, and by which rules it is judged.
struct Said<'s, 'p> {
    ask: &'s Ask<'s>,
    person: &'p Person,
    now: Timestamp,
    policy: &'p Policy,
    cause: Cause,
}

/// A task that a command is about, with its account.
struct Subject<'p, 's> {
    d: Drafting<'p>,
    task: &'s Task,
    account: Option<&'s Arc<Account>>,
}

impl<'s, 'p> Said<'s, 'p> {
    fn drafting(&self) -> Asked<Drafting<'p>> {
        Ok(Drafting::amid(self.ask.circumstances()?, self.cause.clone(), self.now, self.policy))
    }

    /// The task with all that letters about it need; refused where there is none.
    fn subject(&self, id: TaskId) -> Asked<Subject<'p, 's>> {
        let drafting = self.drafting();
        let Some(task) = self.ask.task(id)? else { return refuse(format!("There is no task {id}.")) };
        let account = task.account.as_ref().map(|a| self.ask.account(a)).transpose();
        let past = task.account.as_ref().map(|a| self.ask.last_of_account(a)).transpose();
        let message = task.messages.first().map(|m| self.ask.message(m)).transpose();
        let tied = self.tied(task);
        let (account, message, tied) = (account?.flatten(), message?.flatten(), tied?);
        let (mut d, past) = (drafting?, past?);
        d.adopt(task);
        for (task, account, message) in tied {
            d.adopt(task);
            if let Some(a) = account {
                d.know_account(a);
            }
            if let Some(m) = message {
                d.know_original(&m.key, &m.raw, Vec::new());
            }
        }
        if let Some(a) = account {
            d.know_account(a);
            d.know_past(&a.id, past.unwrap_or_default());
        }
        if let Some(m) = message {
            d.know_original(&m.key, &m.raw, Vec::new());
        }
        Ok(Subject { d, task, account })
    }

    /// The tasks that it waits for, and those that wait for it or did when it ended, with what letters about them need.
    #[expect(clippy::type_complexity, reason = "three records that belong together, used in one place")]
    fn tied(&self, task: &Task) -> Asked<Vec<(&'s Arc<Task>, Option<&'s Arc<Account>>, Option<&'s MessageRecord>)>> {
        let ties = task.tied(Tie::WaitsForIt).chain(task.tied(Tie::ItWaits)).chain(task.went_on());
        let others = ties.map(|l| self.ask.task(l.other));
        let others: Vec<&Arc<Task>> = all(others.collect())?.into_iter().flatten().collect();
        let accounts = others.iter().map(|t| t.account.as_ref().map(|a| self.ask.account(a)).transpose());
        let messages = others.iter().map(|t| t.messages.first().map(|m| self.ask.message(m)).transpose());
        let (accounts, messages) = (all(accounts.collect()), all(messages.collect()));
        let with = others.into_iter().zip(accounts?).zip(messages?);
        Ok(with.map(|((t, a), m)| (t, a.flatten(), m.flatten())).collect())
    }

    /// What opening tasks needs, where a step of this task's page brings tasks about.
    fn heirs(&self, id: TaskId) -> Asked<Heirs<'s>> {
        let Some(task) = self.ask.task(id)? else { return Ok(Heirs::default()) };
        if self.policy.practice_of(task.request_type.as_ref()).steps.iter().all(|s| s.spawns.is_none()) {
            return Ok(Heirs::default());
        }
        let (next, load) = (self.ask.next_task(), self.ask.load());
        let siblings = match &task.account {
            Some(account) => {
                let open = self.ask.open_tasks_of_account(account)?;
                all(open.iter().rev().take(SIBLINGS_MAX).map(|t| self.ask.task(*t)).collect())
            }
            None => Ok(Vec::new()),
        };
        let counters = Counters { next: next?, load: load? };
        Ok(Heirs {
            counters: Some(counters),
            siblings: siblings?.into_iter().flatten().map(Arc::as_ref).collect(),
            opened: Vec::new(),
        })
    }

    /// What policies' dates have brought for the client whom a task is about, or is said to be: by the page that it is of,
    /// or is said to be.
    fn listed(
        &self,
        id: TaskId,
        page: Option<&RequestType>,
        account: Option<&AccountId>,
    ) -> Asked<pipeline::Listed<'s>> {
        let Some(task) = self.ask.task(id)? else { return Ok(pipeline::Listed::default()) };
        let (page, account) = (page.or(task.request_type.as_ref()), account.or(task.account.as_ref()));
        pipeline::Listed::of(self.ask, self.policy, account, page)
    }

    /// The same, and it has to be open.
    fn open_subject(&self, id: TaskId) -> Asked<Subject<'p, 's>> {
        let subject = self.subject(id)?;
        if let TaskState::Ended { how, at, .. } = &subject.task.state {
            return refuse(format!(
                "{id} is over ({}, {}); reopen it first if there is more to do.",
                how,
                view::time(self.policy, *at, "en")
            ));
        }
        Ok(subject)
    }

    fn touched(&self, task: TaskId) -> Event {
        Event::Touched { task, by: self.person.id.clone() }
    }
}

/// Words that must be there.
fn needed<'w>(words: &'w str, sentence: &str) -> Asked<&'w str> {
    let words = words.trim();
    if words.is_empty() { refuse(sentence) } else { Ok(words) }
}
