//! `intaked new`: a phone call or a walk-in becomes a task, through the rules like a message.

use super::{Ending, client::*, print};
use crate::desk::Command;
use crate::domain::text::{Address, HeaderText};
use crate::web::{Given, TaskDetail};
use anyhow::{Context as _, bail};
use std::io::{Read as _, Write};

/// Make a task of a phone call or a walk-in. The words are read by the rules like a message, so the task gets its
/// kind, its facts, an owner and a deadline.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  intaked new --from \"Tony Marchetti\" --address tony@trucks.example \\
      \"Needs a certificate for Lakeside Mall, 200 Shore Dr, by Friday\"
  intaked new --from \"Walk-in, Ms. Lee\" -        (the words come from standard input)")]
pub(super) struct Args {
    #[command(flatten)]
    daemon: Daemon,
    /// Who asked
    #[arg(long, value_name = "NAME")]
    from: String,
    /// Where they can be reached by mail; then they get an acknowledgement as if they had written
    #[arg(long, value_name = "ADDRESS")]
    address: Option<String>,
    /// What they want, in their words; `-` reads standard input
    words: String,
}

/// Runs the command.
pub(super) fn run(args: Args, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let words = words(args.words)?;
    let address = match &args.address {
        Some(a) => Some(Address::new(a).with_context(|| format!("“{a}” is not a mail address"))?),
        None => None,
    };
    let client = Client::new(&args.daemon)?;
    let requester = HeaderText::new(&args.from);
    let command = Command::New { requester, address, words, reading: Box::default() };
    let done = client.command(&command)?;
    if args.daemon.json {
        print::json(out, &done)?;
        return Ok(Ending::Well);
    }
    for id in &done.answer.tasks {
        let Given { answer, zone, .. } = client.get::<TaskDetail>(&format!("/tasks/{id}"))?;
        let t = answer.task;
        let due = print::due_of(&t).map_or_else(String::new, |at| format!(", due {}", print::moment(at, zone)));
        writeln!(out, "{id}: {}, {}{due}", print::plain(&t.type_title), t.assigned.person)?;
        writeln!(out, "    {}", print::plain(&t.assigned.reason))?;
        for m in &t.missing {
            writeln!(out, "    to ask: {}", print::plain(&m.question))?;
        }
    }
    Ok(Ending::Well)
}

fn words(given: String) -> anyhow::Result<String> {
    let words = if given == "-" {
        let mut text = String::new();
        // More than a person dictates, and less than the daemon refuses.
        std::io::stdin().take(512 << 10).read_to_string(&mut text).context("standard input cannot be read")?;
        text
    } else {
        given
    };
    if words.trim().is_empty() {
        bail!("there are no words; write what they want");
    }
    Ok(words)
}
