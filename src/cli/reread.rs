//! `intaked reread`: what edited rules would change on the mail of open tasks, and letting them.

use super::{
    Ending,
    client::{Client, Daemon, encoded},
    print::{self, plain, short},
};
use crate::desk::{
    Command,
    reread::{Change, Proposal},
};
use crate::domain::id::TaskId;
use crate::web::Rereads;
use std::io::Write;

/// Rules shown for one change at most.
const BECAUSE_MAX: usize = 3;

/// Show what the rules as they are on the disk would change on open tasks: type, fields, what is missing, complexity,
/// each with the words that speak for it. Nothing changes until it is applied. What people corrected stays as they
/// said; tasks that are over, and those whose message a person has to place, are never changed.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  intaked reread                           what would change; edit the pages and look as often as you like
  intaked reread T-12                      on one task, its notes included
  systemctl reload intaked                 the daemon goes by the edited pages from now on
  intaked reread --apply T-12 T-15 --as ana
  intaked reread --apply-all --as ana")]
pub(super) struct Args {
    #[command(flatten)]
    daemon: Daemon,
    /// The task to look at; else all open ones
    #[arg(value_name = "TASK", conflicts_with_all = ["apply", "apply_all"])]
    task: Option<TaskId>,
    /// Let the rules have their way with these tasks
    #[arg(long, value_name = "TASK", num_args = 1.., conflicts_with = "apply_all")]
    apply: Vec<TaskId>,
    /// Let the rules have their way with every task that would change
    #[arg(long)]
    apply_all: bool,
}

/// Runs the command.
pub(super) fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let client = Client::new(&args.daemon)?;
    let path = match args.task {
        Some(task) => format!("/reread?task={}", encoded(&task.to_string())),
        None => "/reread".to_owned(),
    };
    let found = client.get::<Rereads>(&path)?;
    let rereads = &found.answer;
    if args.apply.is_empty() && !args.apply_all {
        if args.daemon.json {
            print::json(out, &found)?;
        } else {
            show(out, rereads, args.task.is_some())?;
        }
        return Ok(Ending::Well);
    }
    anyhow::ensure!(
        rereads.rules == rereads.loaded,
        "the pages on the disk are not those the daemon goes by: have it load them first (systemctl reload intaked), \
         look again, then apply"
    );
    let changing = |p: &&Proposal| p.withheld.is_none() && !p.changes.is_empty();
    let wanted: Vec<TaskId> = if args.apply_all {
        rereads.proposals.iter().filter(changing).map(|p| p.task).collect()
    } else {
        args.apply.clone()
    };
    let (mut applied, mut refused) = (Vec::new(), 0_usize);
    for task in wanted {
        // The daemon reads the mail itself; what it says holds.
        match client.command(&Command::Reread { task, rules: rereads.rules.clone(), read: Vec::new() }) {
            Ok(_) => {
                applied.push(task);
                if let Some(p) = rereads.proposals.iter().find(|p| p.task == task).filter(|_| !args.daemon.json) {
                    proposal(out, p)?;
                }
            }
            Err(e) => {
                refused += 1;
                writeln!(std::io::stderr(), "intaked: {}", plain(&format!("{e:#}")))?;
            }
        }
        out.flush()?;
    }
    if args.daemon.json {
        print::json(out, &serde_json::json!({ "applied": applied, "refused": refused, "rules": rereads.rules }))?;
    } else {
        writeln!(out, "Applied to {}.", tasks(applied.len()))?;
    }
    anyhow::ensure!(
        refused == 0,
        "{} not changed; see above",
        if refused == 1 { "1 task was" } else { "some tasks were" }
    );
    Ok(Ending::Well)
}

fn tasks(n: usize) -> String {
    if n == 1 { "1 task".to_owned() } else { format!("{n} tasks") }
}

fn show(out: &mut dyn Write, rereads: &Rereads, one: bool) -> std::io::Result<()> {
    for p in &rereads.proposals {
        proposal(out, p)?;
        if one && p.changes.is_empty() {
            writeln!(out, "    nothing would change")?;
        }
    }
    let changing = rereads.proposals.iter().filter(|p| !p.changes.is_empty()).count();
    let applicable = rereads.proposals.iter().filter(|p| !p.changes.is_empty() && p.withheld.is_none()).count();
    if !one {
        writeln!(
            out,
            "{} looked at; {} would change. Nothing has changed.",
            tasks(rereads.looked_at),
            tasks(changing)
        )?;
    }
    if rereads.rules != rereads.loaded {
        writeln!(
            out,
            "These are the pages on the disk ({}); the daemon goes by others ({}) until it is told to load them \
             (systemctl reload intaked).",
            rereads.rules, rereads.loaded
        )?;
    } else if applicable > 0 {
        writeln!(out, "Apply with: intaked reread --apply TASK…, or --apply-all.")?;
    }
    Ok(())
}

fn proposal(out: &mut dyn Write, p: &Proposal) -> std::io::Result<()> {
    writeln!(out, "{}  {}", p.task, plain(&p.type_title))?;
    p.changes.iter().try_for_each(|c| change(out, c))?;
    p.notes.iter().try_for_each(|n| writeln!(out, "    note  {}", short(n, 150)))?;
    match &p.withheld {
        Some(why) => writeln!(out, "    cannot be applied: {}", short(why, 180)),
        None => Ok(()),
    }
}

fn change(out: &mut dyn Write, c: &Change) -> std::io::Result<()> {
    let side = |values: &[String]| if values.is_empty() { "nothing".to_owned() } else { values.join("; ") };
    writeln!(out, "    {:<22} {} → {}", c.what, short(&side(&c.old), 70), short(&side(&c.new), 70))?;
    for b in c.because.iter().take(BECAUSE_MAX) {
        let words = if b.words.is_empty() { String::new() } else { format!(" “{}”", short(&b.words, 60)) };
        writeln!(out, "      because  {}{words}", plain(&b.rule))?;
    }
    Ok(())
}
