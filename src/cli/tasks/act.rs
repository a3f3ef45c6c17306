//! What a person does with a task, as commands to the desk.

use super::super::{client::*, moment, print};
use super::{How, What};
use crate::desk::Command;
use crate::domain::id::{AccountId, PersonId, RequestType, StepId, TaskId};
use crate::domain::task::End;
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
        }
    }
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
        What::Wait { one, on, why, until } => {
            let task = one.task;
            let until = match until {
                // What a day means depends on the agency's zone, which the daemon knows.
                Some(text) => Some(moment::read(&text, Client::new(&one.daemon)?.get::<Status>("/status")?.zone)?),
                None => None,
            };
            (one, Command::Wait { task, on, until, why })
        }
        What::Step { one, step, waive } => {
            let task = one.task;
            (one, Command::Step { task, step: StepId(step), waive })
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
