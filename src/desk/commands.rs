//! What a person says becomes events, or a sentence that says why not. Every act of a person on a task is a touch.

mod account;
mod correct;
mod letter;
mod new;
mod pieces;
mod policy;
mod task;
mod tell;

use super::{
    Command, Policy,
    ask::{Ask, Asked, refuse},
    book,
    drafting::Drafting,
    presence, view,
};
use crate::domain::{
    Timestamp,
    account::Account,
    decision::Cause,
    event::Event,
    id::*,
    person::Person,
    task::{Task, TaskState},
};

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
        Command::Wait { task, on, until, why } => task::wait(&said, *task, *on, *until, why),
        Command::Snooze { task, until, why } => task::snooze(&said, *task, *until, why),
        Command::Resume { task } => task::resume(&said, *task),
        Command::Step { task, step, waive } => task::step(&said, *task, step, waive.as_deref()),
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
        Command::Did { task, steps } => task::did(&said, *task, steps),
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
    account: Option<&'s Account>,
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
        let message = task.messages.first().map(|m| self.ask.message(m)).transpose();
        let (account, message) = (account?.flatten(), message?.flatten());
        let mut d = drafting?;
        d.adopt(task);
        if let Some(a) = account {
            d.know_account(a);
        }
        if let Some(m) = message {
            d.know_original(&m.key, &m.raw, Vec::new());
        }
        Ok(Subject { d, task, account })
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
