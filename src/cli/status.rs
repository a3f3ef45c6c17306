//! `intaked status`: how the daemon is, in one look.

use super::{Ending, client::*, print};
use crate::domain::person::Mode;
use crate::web::Status;
use std::io::Write;

/// Show how the daemon is: since when it runs, what it watches, what waits. Exit code 1 when a part is unwell.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    daemon: Daemon,
}

/// Runs the command.
pub(super) fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let given = Client::new(&args.daemon)?.get::<Status>("/status")?;
    if args.daemon.json {
        print::json(out, &given)?;
    } else {
        let s = &given.answer;
        writeln!(out, "intaked {} for {}, since {}", s.version, s.agency, print::moment(s.started, given.zone))?;
        let mode = match s.mode {
            Mode::Observe => "observe: everything is recorded and shown, nobody outside is written to",
            Mode::Review => "review: letters to clients wait for a person's yes",
            Mode::Live => "live: letters to clients go out",
        };
        writeln!(out, "Mode {mode}.")?;
        if s.paused {
            writeln!(out, "ALL SENDING IS STOPPED; `intaked letters resume` lets letters go again.")?;
        }
        if let Some((at, by, file)) = &s.book.imported {
            let file = print::short(file, 60);
            writeln!(out, "Account book: {file}, imported {} by {by}.", print::moment(*at, given.zone))?;
        }
        if s.book.held {
            writeln!(out, "THE BOOK IS NEW: letters that rest on it wait until `intaked book release`.")?;
        }
        if !s.answers.is_empty() {
            writeln!(out, "Mail: {}.", s.answers)?;
        }
        let mut table = print::table(&["what", "how"]);
        for part in &s.parts {
            let how = if part.well { part.says.clone() } else { format!("TROUBLE: {}", part.says) };
            table.add_row([print::short(&part.name, 40), print::plain(&how)]);
        }
        for (name, count) in &s.counts {
            table.add_row([name.clone(), count.to_string()]);
        }
        print::write_table(out, &table)?;
    }
    let unwell = given.answer.parts.iter().filter(|p| !p.well).count();
    if unwell > 0 {
        out.flush()?;
        anyhow::bail!("{unwell} of {} parts are in trouble", given.answer.parts.len());
    }
    Ok(Ending::Well)
}
