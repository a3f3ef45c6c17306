//! The command line: a file per sub-command, parsed here and handed on.
//!
//! Commands that work on tasks speak to the running daemon over its socket and know no store. Exit codes: 0 well, 1
//! refused or failed, 2 the command line is wrong, 3 mistakes were found.

mod book;
mod check;
mod classify;
mod client;
mod demo;
pub mod eval;
mod export;
mod ground;
mod history;
mod learn;
mod letters;
mod logging;
mod moment;
mod new;
mod parts;
mod people;
mod print;
mod renewals;
mod report;
mod reread;
mod run;
mod show;
mod simulate;
mod status;
mod store;
mod survey;
mod tasks;

pub use client::Daemon;
pub use ground::Ground;
pub use learn::Teachers;
pub use logging::start as start_logging;

use crate::domain::mistake::Mistakes;
use clap::{Parser, Subcommand};
use std::io::Write;
use std::process::ExitCode;

/// Takes in the mail of an insurance agency: every request becomes a task with one owner and a deadline.
#[derive(Debug, Parser)]
#[command(name = "intaked", version, about, after_help = AFTER, max_term_width = 100, disable_help_subcommand = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

const AFTER: &str = "\
Where to begin:
  intaked classify mail.eml                 what the rules find in a message, and why
  intaked eval tests/mail                   how well the rules read labelled mail
  intaked check --config intaked.toml       find every mistake before anything starts
  intaked tasks                             what is open, newest first
  intaked tasks show T-12                   one task with its facts, evidence and history
  intaked tasks take T-12 --as ana          it is mine from now on
  intaked renewals                          what policies' dates have brought, by days left

Exit codes: 0 well; 1 refused or failed; 2 the command line is wrong; 3 mistakes were found.
Log lines go to standard error; RUST_LOG=debug shows more of them.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Watch the mailboxes and do the work: the daemon
    Run(run::Args),
    /// See it work on a bundled agency, without servers and without configuration
    Demo(demo::Args),
    /// Check configuration, pages and letters, and report every mistake at once
    Check(check::Args),
    /// Show what the rules find in messages, and why; needs no daemon
    Classify(classify::Args),
    /// Show what in messages is new, what is quoted, what was forwarded by whom; needs no daemon
    Parts(parts::Args),
    /// Score the rules on labelled mail; needs no daemon
    Eval(eval::Args),
    /// Learn from labelled mail which words speak for which page; needs no daemon
    Learn(learn::Args),
    /// List the tasks, show one, work on one
    Tasks(Box<tasks::Args>),
    /// Show what edited rules would change on open tasks, and let them
    Reread(reread::Args),
    /// Write out what people corrected, as labelled mail
    Export(export::Args),
    /// Make a task of a phone call or a walk-in
    New(new::Args),
    /// Show what became of a message, and why
    Show(show::Args),
    /// Look at letters, release or drop those in review, stop all sending
    Letters(letters::Args),
    /// Import the account book
    Book(book::Args),
    /// List what policies' dates have brought, by days left
    Renewals(renewals::Args),
    /// List who is here, or say that somebody is out, leaves, or is back
    People(people::Args),
    /// Show what came in, how soon it was done, what is open, in whose court the time was
    Report(Box<report::Args>),
    /// Run months of the desk in seconds: how many people a load needs, what a tighter standard costs
    Simulate(Box<simulate::Args>),
    /// Tell what the mail was like before anything is changed; reads mailboxes and changes nothing
    Survey(Box<survey::Args>),
    /// Show how the daemon is
    Status(status::Args),
    /// Prove or rebuild the store of a stopped daemon
    #[command(subcommand)]
    Store(store::Args),
    /// What the daemon starts for itself to open attached documents
    #[command(name = crate::daemon::opener::child::NAME, hide = true)]
    OpenDocuments {
        /// What that may cost, as JSON
        limits: String,
    },
}

/// How a command ended, when it did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// All is well.
    Well,
    /// Mistakes were found and told.
    Mistakes,
}

/// Runs the command line of this process.
#[must_use]
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(e) => {
            // clap prints help and version to standard output, mistakes to standard error.
            let _ = e.print();
            return ExitCode::from(u8::try_from(e.exit_code()).unwrap_or(2));
        }
    };
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let ended = cli.run(&mut out).and_then(|ending| Ok(out.flush().map(|()| ending)?));
    match ended {
        Ok(Ending::Well) => ExitCode::SUCCESS,
        Ok(Ending::Mistakes) => ExitCode::from(3),
        // `intaked tasks | head` is no failure.
        Err(e) if is_broken_pipe(&e) => ExitCode::SUCCESS,
        Err(e) => {
            let _ = out.flush();
            let _ = writeln!(std::io::stderr(), "intaked: {}", print::plain(&format!("{e:#}")));
            if e.is::<Mistakes>() { ExitCode::from(3) } else { ExitCode::FAILURE }
        }
    }
}

fn is_broken_pipe(e: &anyhow::Error) -> bool {
    e.chain()
        .filter_map(|c| c.downcast_ref::<std::io::Error>())
        .any(|e| e.kind() == std::io::ErrorKind::BrokenPipe && e.to_string().contains("os error 32"))
}

/// The threads on which a daemon lives.
fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?)
}

impl Cli {
    /// Runs the command and writes what it has to say to `out`.
    fn run(self, out: &mut dyn Write) -> anyhow::Result<Ending> {
        match self.command {
            Command::Run(args) => run::run(&args),
            Command::Demo(args) => demo::run(args),
            Command::Store(args) => store::run(&args, out),
            Command::Check(args) => check::run(&args, out),
            Command::Classify(args) => classify::run(&args, out),
            Command::Parts(args) => parts::run(&args, out),
            Command::Eval(args) => eval::run(&args, out),
            Command::Learn(args) => learn::run(&args, out),
            Command::Tasks(args) => tasks::run(*args, out),
            Command::Reread(args) => reread::run(&args, out),
            Command::Export(args) => export::run(&args, out),
            Command::New(args) => new::run(args, out),
            Command::Show(args) => show::run(&args, out),
            Command::Letters(args) => letters::run(args, out),
            Command::Book(args) => book::run(args, out),
            Command::Renewals(args) => renewals::run(&args, out),
            Command::People(args) => people::run(&args, out),
            Command::Report(args) => report::run(&args, out),
            Command::Simulate(args) => simulate::run(&args, out),
            Command::Survey(args) => survey::run(&args, out),
            Command::Status(args) => status::run(&args, out),
            Command::OpenDocuments { limits } => {
                crate::daemon::opener::child::serve(&limits)?;
                Ok(Ending::Well)
            }
        }
    }
}

#[cfg(test)]
#[path = "cli/cli_tests.rs"]
mod tests;
