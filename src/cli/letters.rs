//! `intaked letters`: those that wait for a person's yes, one whole, and the one switch that stops all sending.

use super::{Ending, client::*, print};
use crate::desk::Command;
use crate::domain::id::{LetterId, TaskId};
use crate::web::{LetterDetail, LetterList};
use clap::Subcommand;
use std::io::Write;

/// Letters that wait for a person's yes (mode `review`), one letter whole, and the switch that stops all sending.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// List the letters in review, or those of a task
    List {
        #[command(flatten)]
        daemon: Daemon,
        /// Those of this task, whatever their state
        #[arg(long, value_name = "T-12")]
        task: Option<TaskId>,
    },
    /// Print a letter as it is sent
    Show {
        #[command(flatten)]
        daemon: Daemon,
        /// Which letter
        letter: String,
    },
    /// Let a letter in review go, or try a failed one again
    Release {
        #[command(flatten)]
        daemon: Daemon,
        /// Which letters
        #[arg(required = true)]
        letters: Vec<String>,
    },
    /// Keep a letter in review from going
    Drop {
        #[command(flatten)]
        daemon: Daemon,
        /// Which letters
        #[arg(required = true)]
        letters: Vec<String>,
    },
    /// Stop all sending at once; mail is still taken in, and letters wait
    Pause {
        #[command(flatten)]
        daemon: Daemon,
    },
    /// Send again
    Resume {
        #[command(flatten)]
        daemon: Daemon,
    },
}

/// Runs the command.
pub(super) fn run(args: Args, out: &mut dyn Write) -> anyhow::Result<Ending> {
    match args.what {
        What::List { daemon, task } => list(&daemon, task, out)?,
        What::Show { daemon, letter } => show(&daemon, &letter, out)?,
        What::Release { daemon, letters } => {
            let release = |letter| Command::Release { letter };
            each(&daemon, &letters, release, "released", out)?;
        }
        What::Drop { daemon, letters } => each(&daemon, &letters, |letter| Command::Drop { letter }, "dropped", out)?,
        What::Pause { daemon } => pause(&daemon, true, out)?,
        What::Resume { daemon } => pause(&daemon, false, out)?,
    }
    Ok(Ending::Well)
}

fn list(daemon: &Daemon, task: Option<TaskId>, out: &mut dyn Write) -> anyhow::Result<()> {
    let client = Client::new(daemon)?;
    let query = task.map_or_else(|| "review=true".to_owned(), |t| format!("task={t}"));
    let given = client.get::<LetterList>(&format!("/letters?{query}"))?;
    if daemon.json {
        return print::json(out, &given);
    }
    if given.answer.letters.is_empty() {
        let none = task.map_or_else(|| "No letter waits for a yes.".to_owned(), |t| format!("{t} has no letters."));
        writeln!(out, "{none}")?;
        return Ok(());
    }
    print::letters(out, &given.answer.letters, given.zone)?;
    Ok(())
}

fn show(daemon: &Daemon, letter: &str, out: &mut dyn Write) -> anyhow::Result<()> {
    let given = Client::new(daemon)?.get::<LetterDetail>(&format!("/letters/{}", encoded(letter)))?;
    if daemon.json {
        return print::json(out, &given);
    }
    let mail = &given.answer.letter.mail;
    writeln!(out, "{}", print::plain(&mail.before.replace("\r\n", "\n")))?;
    if let Some(original) = &mail.original {
        writeln!(out, "[the original message, {} bytes, is attached here]", original.size)?;
        writeln!(out, "{}", print::plain(&mail.after.replace("\r\n", "\n")))?;
    }
    Ok(())
}

fn each(
    daemon: &Daemon,
    letters: &[String],
    command: impl Fn(LetterId) -> Command,
    said: &str,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let client = Client::new(daemon)?;
    for letter in letters {
        let done = client.command(&command(LetterId(letter.clone())))?;
        if daemon.json { print::json(out, &done)? } else { writeln!(out, "{}: {said}", print::plain(letter))? }
    }
    Ok(())
}

fn pause(daemon: &Daemon, paused: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    let done = Client::new(daemon)?.command(&Command::Pause { paused })?;
    if daemon.json {
        return print::json(out, &done);
    }
    let said = if paused {
        "Sending has stopped. Mail is still taken in; letters wait for `intaked letters resume`."
    } else {
        "Letters go out again."
    };
    writeln!(out, "{said}")?;
    Ok(())
}
