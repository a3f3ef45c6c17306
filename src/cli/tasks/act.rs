//! What a person does with a task, as commands to the desk.

use super::super::{client::*, moment, print};
use super::{How, What};
use crate::desk::Command;
use crate::domain::id::{AccountId, PersonId, RequestType, StepId, TaskId};
use crate::domain::{
    Timestamp,
    task::{End, Whose},
};
use crate::web::{Status, TaskDetail};
use std::io::Write;

/// The one task that something is done with.
#[derive(Debug, clap::Args)]
pub(super) struct One {
    #[command(flatten)]
    pub daemon: Daemon,
    /// Which task: T-12, or 12
    pub task: TaskId,
}

impl From<How> for End {
    fn from(how: How) -> Self {
        match how {
            How::Withdrawn => Self::Withdrawn,
            How::Declined => Self::Declined,
            How::NoResponse => Self::NoResponse,
            How::Duplicate => Self::Duplicate,
            How::NotNeeded => Self::NotNeeded,
            How::Lost => Self::Lost,
            How::Lapsed => Self::Lapsed,
        }
    }
}

impl From<super::Whose> for Whose {
    fn from(whose: super::Whose) -> Self {
        match whose {
            super::Whose::Agency => Self::Agency,
            super::Whose::Client => Self::Client,
            super::Whose::Carrier => Self::Carrier,
            super::Whose::Nobody => Self::Nobody,
        }
    }
}

/// A moment as it was typed. What a day means depends on the agency's zone, which the daemon knows.
fn moment_at(one: &One, text: Option<String>) -> anyhow::Result<Option<Timestamp>> {
    let Some(text) = text else { return Ok(None) };
    let zone = Client::new(&one.daemon)?.get::<Status>("/status")?.zone;
    moment::read(&text, zone).map(Some)
}

/// Says it to the desk, and shows how the task stands then.
pub(super) fn run(what: What, out: &mut dyn Write) -> anyhow::Result<()> {
    let (one, command) = match what {
        What::Show { daemon, task } => return super::detail::run(&daemon, task, out),
        What::Take(one) => {
            let task = one.task;
            (one, Command::Take { task })
        }
        What::Resume(one) => {
            let task = one.task;
            (one, Command::Resume { task })
        }
        What::Note { one, text } => {
            let task = one.task;
            (one, Command::Note { task, text })
        }
        What::Wait { one, on, why, until, policy } => {
            let task = one.task;
            let until = moment_at(&one, until)?;
            (one, Command::Wait { task, on, until, why, policy })
        }
        What::Snooze { one, until, because: why } => {
            let task = one.task;
            let until = moment_at(&one, Some(until))?.ok_or_else(|| anyhow::anyhow!("say until when"))?;
            (one, Command::Snooze { task, until, why })
        }
        What::WaitFor { one, other } => {
            let task = one.task;
            (one, Command::WaitFor { task, other })
        }
        What::Needs { one, what } => {
            let task = one.task;
            (one, Command::Needs { task, words: what })
        }
        What::Step { one, step, waive, policy } => {
            let task = one.task;
            (one, Command::Step { task, step: StepId(step), waive, policy })
        }
        What::Assign { one, to, reason } => {
            let task = one.task;
            (one, Command::Assign { task, to: PersonId(to), reason })
        }
        What::Account { one, account, none: _ } => {
            let task = one.task;
            (one, Command::SetAccount { task, account: account.map(AccountId) })
        }
        What::Type { one, request_type } => {
            let task = one.task;
            (one, Command::SetType { task, request_type: RequestType(request_type), needs: None })
        }
        What::Field { one, name, values, address, remove: _, elsewhere } => {
            let task = one.task;
            let values = super::value::read(&name, &values, address.as_deref())?;
            (one, Command::SetField { task, name, values, elsewhere })
        }
        What::Done { one, reason } => {
            let task = one.task;
            (one, Command::End { task, how: End::Done, reason })
        }
        What::End { one, how, reason } => {
            let task = one.task;
            (one, Command::End { task, how: how.into(), reason })
        }
        What::Error { one, whose } => {
            let task = one.task;
            (one, Command::NameError { task, whose: whose.into() })
        }
        What::Tell { one, text, to_sender } => {
            let task = one.task;
            (one, Command::Tell { task, text, documents: None, to_sender })
        }
        What::Ask { one, question, until } => {
            let task = one.task;
            let until = moment_at(&one, until)?;
            let command = match question {
                Some(words) => Command::Question { task, words, until },
                None => Command::AskMissing { task },
            };
            (one, command)
        }
        What::Merge { one, into } => {
            let task = one.task;
            (one, Command::Merge { task, into })
        }
        What::Split { one, words } => {
            let task = one.task;
            (one, Command::Split { task, words })
        }
        What::Reopen { one, reason } => {
            let task = one.task;
            (one, Command::Reopen { task, reason })
        }
    };
    let client = Client::new(&one.daemon)?;
    let done = client.command(&command)?;
    if one.daemon.json {
        return print::json(out, &done);
    }
    let given = client.get::<TaskDetail>(&format!("/tasks/{}", one.task))?;
    let task = &given.answer.task;
    let title = print::plain(&task.type_title);
    write!(out, "{}: {}, {}, {}", task.id, task.standing(), task.assigned.person, title)?;
    match task.next_step() {
        Some(step) if task.is_open() => writeln!(out, "; next: {} ({})", print::plain(&step.title), step.id)?,
        _ => writeln!(out)?,
    }
    Ok(())
}
