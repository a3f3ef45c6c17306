//! `intaked people`: who is here, and saying that somebody is out, leaves, or is back.

use super::{Ending, client::*, print};
use crate::desk::Command;
use crate::web::{Given, PeopleList};
use std::io::Write;

/// List the people with what they have to do and who is out; or say that somebody is out, leaves, or is back.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  intaked people                                    who is here, and who has how much
  intaked people ana out until Friday               back on Friday; her untouched work goes to whoever stands in
  intaked people ana out 12/24 to 1/2, ben covers   ahead of time, with somebody named for it
  intaked people ana back                           what nobody has begun on returns to her
  intaked people ana leaving 12/31                  from then on all of hers is others'
Everybody says it of themselves; of others an operations manager or owner does. By mail: a first line of an answer.
Say who you are before the words: intaked people --as olga ana out until Friday")]
pub(super) struct Args {
    #[command(flatten)]
    daemon: Daemon,
    /// What is to be said
    #[arg(value_name = "WORDS", trailing_var_arg = true)]
    words: Vec<String>,
}

/// Runs the command.
pub(super) fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let client = Client::new(&args.daemon)?;
    if !args.words.is_empty() {
        let done = client.command(&Command::Presence { words: args.words.join(" ") })?;
        if args.daemon.json {
            print::json(out, &done)?;
            return Ok(Ending::Well);
        }
        match done.answer.tasks.len() {
            0 => writeln!(out, "Noted; no task moved.")?,
            1 => writeln!(out, "Noted; 1 task moved.")?,
            n => writeln!(out, "Noted; {n} tasks moved.")?,
        }
    }
    let given: Given<PeopleList> = client.get("/people")?;
    if args.daemon.json {
        print::json(out, &given)?;
        return Ok(Ending::Well);
    }
    let mut table = print::table(&["who", "name", "open", "here"]);
    for p in &given.answer.people {
        let ahead = p.absences.iter().filter(|a| a.from > given.now).map(|a| {
            let until = a.until.map_or("for good".to_owned(), |u| format!("until {}", print::moment(u, given.zone)));
            format!("out from {} {until}", print::moment(a.from, given.zone))
        });
        let said: Vec<String> = p.is_out.clone().into_iter().chain(ahead).collect();
        let here = if said.is_empty() { "here".to_owned() } else { said.join("; ") };
        table.add_row([p.person.id.to_string(), p.person.name.to_string(), p.open.to_string(), print::plain(&here)]);
    }
    print::write_table(out, &table)?;
    Ok(Ending::Well)
}
