//! `intaked tasks`: the list, one task in full, and everything a person can do with one.

mod act;
mod detail;
mod list;
mod value;

use super::{Ending, client::Daemon};
use crate::domain::id::TaskId;
use clap::{Subcommand, ValueEnum};
use std::io::Write;

/// List the open tasks, newest first; show one in full; work on one.
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  intaked tasks --mine                          what is mine, who I am by --as or INTAKED_USER
  intaked tasks --type certificate --all        every certificate ever asked for
  intaked tasks show T-12                       facts, evidence, steps, letters, history
  intaked tasks take T-12                       it is mine; its first-touch clock stops
  intaked tasks wait T-12 carrier --why \"confirmation of the endorsement\" --until 2026-11-25
  intaked tasks snooze T-12 --until 2026-11-30 --because \"the project starts in December\"
  intaked tasks step T-12 issue                 tick a step
  intaked tasks step T-12 confirm --policy BAP-123     of several policies one
  intaked tasks wait-for T-12 T-13              T-13 has to be done first
  intaked tasks ask T-12                        what is missing is asked of the client
  intaked tasks step T-12 file --waive \"the carrier files it\"
  intaked tasks field T-12 deadline 2026-11-25  the rules were wrong; yours holds from now on
  intaked tasks done T-12                       closed; refused while required steps are open"
)]
pub(super) struct Args {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    list: list::Wanted,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Show a task in full: facts with their evidence, what is missing, steps, letters, history
    Show {
        #[command(flatten)]
        daemon: Daemon,
        /// Which task: T-12, or 12
        task: TaskId,
    },
    /// I take it
    Take(act::One),
    /// Write down something worth keeping
    Note {
        #[command(flatten)]
        one: act::One,
        /// The words
        text: String,
    },
    /// It waits for somebody outside; its clock stops and it comes back by itself
    Wait {
        #[command(flatten)]
        one: act::One,
        /// For whom: client, carrier or third_party
        on: crate::domain::workflow::Party,
        /// For what
        #[arg(long)]
        why: String,
        /// When it comes back: 2026-11-25 or "2026-11-25 14:00"; else the page's follow-up
        #[arg(long, value_name = "WHEN")]
        until: Option<String>,
        /// Of several policies the one that waits
        #[arg(long, value_name = "NUMBER")]
        policy: Option<String>,
    },
    /// Another task has to be done first; when that ends this one comes back
    WaitFor {
        #[command(flatten)]
        one: act::One,
        /// The other task
        other: TaskId,
    },
    /// Another piece of work has to be done first: it becomes a task, and this one waits for it
    Needs {
        #[command(flatten)]
        one: act::One,
        /// What: the name of a kind of work; left out, what the page says that it may need
        #[arg(default_value = "")]
        what: String,
    },
    /// Nobody is reminded of it until then, the client's own deadline aside; where there is danger a manager says so
    Snooze {
        #[command(flatten)]
        one: act::One,
        /// Until when: 2026-11-25 or "2026-11-25 14:00"
        #[arg(long, value_name = "WHEN")]
        until: String,
        /// Why it can wait
        #[arg(long)]
        because: String,
    },
    /// It waits no longer
    Resume(act::One),
    /// Tick a step, or waive it with a reason
    Step {
        #[command(flatten)]
        one: act::One,
        /// Which step, by the key that `show` prints
        step: String,
        /// Leave it out, and why
        #[arg(long, value_name = "REASON")]
        waive: Option<String>,
        /// Of several policies the one whose step it is; all for all of them
        #[arg(long, value_name = "NUMBER")]
        policy: Option<String>,
    },
    /// Somebody else does it
    Assign {
        #[command(flatten)]
        one: act::One,
        /// Who: the id of a [[person]]
        to: String,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// Say which client it is about
    Account {
        #[command(flatten)]
        one: act::One,
        /// The account's key in the book
        #[arg(required_unless_present = "none", conflicts_with = "none")]
        account: Option<String>,
        /// About no client in the book
        #[arg(long)]
        none: bool,
    },
    /// Say what kind of work it is; ends triage
    Type {
        #[command(flatten)]
        one: act::One,
        /// The page's id, such as certificate
        request_type: String,
    },
    /// Say what a field is; what the rules had found there goes, and no rereading brings it back
    Field {
        #[command(flatten)]
        one: act::One,
        /// The field, as `show` prints it
        name: String,
        /// Its value; of a list all values. Days as 2026-11-25, drivers as '{"name": "…", "dob": "…"}'
        #[arg(value_name = "VALUE", required_unless_present = "remove", conflicts_with = "remove")]
        values: Vec<String>,
        /// The address of a certificate_holder or lienholder
        #[arg(long, value_name = "ADDRESS")]
        address: Option<String>,
        /// There is no such thing: take it away
        #[arg(long)]
        remove: bool,
        /// The message does not say it (a call did), so it is no example for the rules
        #[arg(long)]
        elsewhere: bool,
    },
    /// It is done: all required steps are ticked or waived
    Done {
        #[command(flatten)]
        one: act::One,
        /// Anything to add
        #[arg(long, default_value = "")]
        reason: String,
    },
    /// It ends otherwise than done
    End {
        #[command(flatten)]
        one: act::One,
        /// How
        how: How,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// Say whose error it was that the task had to be opened again; it is closed only then
    Error {
        #[command(flatten)]
        one: act::One,
        /// Whose
        whose: Whose,
    },
    /// Write to the client, in the client's thread, from the shared address
    Tell {
        #[command(flatten)]
        one: act::One,
        /// The words
        text: String,
        /// To whoever asked, even where that is not the client
        #[arg(long)]
        to_sender: bool,
    },
    /// Ask the client; the task waits for the answer
    Ask {
        #[command(flatten)]
        one: act::One,
        /// The question; left out, what is missing is asked in the page's words
        question: Option<String>,
        /// When it comes back: 2026-11-25 or "2026-11-25 14:00"; else the page's follow-up
        #[arg(long, value_name = "WHEN")]
        until: Option<String>,
    },
    /// It is one piece of work with another task: it goes on there, and this one ends
    Merge {
        #[command(flatten)]
        one: act::One,
        /// The task that goes on
        into: TaskId,
    },
    /// There is a second piece of work in it: that becomes a task of its own
    Split {
        #[command(flatten)]
        one: act::One,
        /// What the other piece is: the name of a kind of work, or words for whoever sorts it
        words: String,
    },
    /// It is not over after all
    Reopen {
        #[command(flatten)]
        one: act::One,
        /// Why
        #[arg(long)]
        reason: String,
    },
}

/// How a task can end other than done.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum How {
    /// The client took it back
    Withdrawn,
    /// The agency or the carrier said no
    Declined,
    /// The client never answered
    NoResponse,
    /// Another task does it
    Duplicate,
    /// Nothing had to be done
    NotNeeded,
    /// The client took the business elsewhere
    Lost,
    /// The cover ended, and nothing took its place
    Lapsed,
}

/// Whose error a reopening was.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Whose {
    /// The agency's own
    Agency,
    /// The client's
    Client,
    /// The carrier's
    Carrier,
    /// Nobody's: there is simply more to do
    Nobody,
}

/// Runs the command.
pub(super) fn run(args: Args, out: &mut dyn Write) -> anyhow::Result<Ending> {
    match args.what {
        None => list::run(&args.list, out)?,
        Some(What::Show { daemon, task }) => detail::run(&daemon, task, out)?,
        Some(what) => act::run(what, out)?,
    }
    Ok(Ending::Well)
}
