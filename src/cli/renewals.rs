//! `intaked renewals`: what the dates of policies have brought, by days left.

use super::{Ending, client::*, print};
use crate::desk::pipeline::Outlook;
use crate::web::PipelineList;
use std::io::Write;

/// What is on the list because policies end soon, by days left: account, policies, premium at stake, stage, next date
/// of a step, next key date, whose it is, flags.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  intaked renewals                          everything on the list
  intaked renewals --undecided --csv        for a spreadsheet: what nobody has bound or declined
  intaked tasks field T-12 quote_deadline 2027-01-15    a key date of its own: the carrier wants it sooner
Tick a step when it is done: intaked tasks step T-12 review. What is lost or has lapsed ends so:
  intaked tasks end T-12 lost --reason \"went to another agency\"")]
pub(super) struct Args {
    #[command(flatten)]
    daemon: Daemon,
    /// Only what is not settled
    #[arg(long)]
    undecided: bool,
    /// As CSV
    #[arg(long)]
    csv: bool,
}

const TITLES: [&str; 11] =
    ["days", "ends", "client", "policies", "at stake", "stage", "next date", "key date", "who", "task", "flags"];

/// Runs the command.
pub(super) fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let mut given = Client::new(&args.daemon)?.get::<PipelineList>("/pipeline")?;
    given.answer.lines.retain(|l| !args.undecided || !l.decided);
    if args.daemon.json {
        print::json(out, &given)?;
        return Ok(Ending::Well);
    }
    let lines = &given.answer.lines;
    if args.csv {
        let mut csv = csv::Writer::from_writer(&mut *out);
        csv.write_record(TITLES)?;
        for line in lines {
            csv.write_record(cells(line).map(|cell| harmless(&print::plain(&cell))))?;
        }
        csv.flush()?;
        return Ok(Ending::Well);
    }
    if lines.is_empty() {
        writeln!(out, "Nothing is on the list.")?;
    } else {
        let mut table = print::table(&TITLES);
        for line in lines {
            table.add_row(cells(line).map(|cell| print::short(&cell, 40)));
        }
        print::write_table(out, &table)?;
    }
    print::foreseen(out, &given.answer.foreseen)?;
    if !given.answer.foreseen.is_empty() {
        writeln!(out, "They wait for the release of the account book: intaked book release")?;
    }
    Ok(Ending::Well)
}

fn cells(line: &Outlook) -> [String; 11] {
    let client = line.insured.as_ref().map(ToString::to_string);
    let flags: Vec<&str> = line.flags.iter().map(|f| f.title.as_str()).collect();
    [
        line.days_left.to_string(),
        line.expiration.to_string(),
        client.or_else(|| line.account.as_ref().map(ToString::to_string)).unwrap_or_default(),
        line.policies.join(", "),
        line.at_stake.map(|c| c.to_string()).unwrap_or_default(),
        line.stage.as_ref().map_or_else(|| "listed".to_owned(), ToString::to_string),
        line.next_date.map(|d| d.to_string()).unwrap_or_default(),
        line.key_dates.iter().find(|d| !d.met).map(|d| format!("{} {}", d.on, d.title)).unwrap_or_default(),
        line.owner.to_string(),
        line.task.to_string(),
        flags.join("; "),
    ]
}

/// A cell that a spreadsheet does not take for a formula.
fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '@']) || (cell.starts_with('-') && cell.parse::<i64>().is_err()) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_looks_like_a_formula_stays_a_name_and_days_past_stay_a_number() {
        assert_eq!(harmless("=cmd()"), "'=cmd()");
        assert_eq!(harmless("-3"), "-3");
        assert_eq!(harmless("Marchetti"), "Marchetti");
    }
}
