//! `intaked report`: the figures of a period, as a table, JSON, CSV, or a page with drawings.

use super::{Ending, client::*, print};
use crate::reports::against::{self, Against};
use crate::reports::survey::Survey;
use crate::reports::{By, Figure, Report, page, sheet};
use crate::web::{Given, ReportGiven};
use anyhow::{Context as _, anyhow};
use chrono_tz::Tz;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use std::io::Write;
use std::path::{Path, PathBuf};

/// How a report is shown; `intaked simulate` shows it alike.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct Show {
    /// By what tasks are grouped: type, person, account, carrier or week
    #[arg(long, value_name = "WHAT", default_value = "type")]
    pub(super) by: By,
    /// Print JSON for programs, with the tasks behind each figure
    #[arg(long)]
    pub(super) json: bool,
    /// Print CSV for a spreadsheet
    #[arg(long, conflicts_with = "json")]
    pub(super) csv: bool,
    /// Write one HTML file with drawings, to read, to print or to send
    #[arg(long, value_name = "FILE", conflicts_with_all = ["json", "csv"])]
    pub(super) html: Option<PathBuf>,
    /// List the tasks that a figure was made of, such as turnaround_p90; `all` names the figures
    #[arg(long, value_name = "FIGURE", conflicts_with_all = ["json", "csv", "html"])]
    pub(super) trace: Option<String>,
}

impl Show {
    /// Nothing else belongs into what is printed.
    pub(super) fn is_for_a_file(&self) -> bool {
        self.csv || self.trace.is_some()
    }

    /// Shows a report.
    pub(super) fn show(&self, out: &mut dyn Write, report: &Report, zone: Tz) -> anyhow::Result<Ending> {
        if self.json {
            print::json(out, report)?;
        } else if self.csv {
            write!(out, "{}", sheet::csv(report))?;
        } else if let Some(path) = &self.html {
            let cannot = || format!("{} cannot be written", path.display());
            std::fs::write(path, page::html(report, zone)).with_context(cannot)?;
            writeln!(out, "The report of {} is in {}.", report.period.words(), path.display())?;
        } else if let Some(key) = &self.trace {
            trace(out, report, key, zone)?;
        } else {
            table(out, report)?;
        }
        Ok(Ending::Well)
    }
}

/// Show what came in, how soon it was touched and done, what is open, and whose court the time was spent in.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  intaked report                                   last week, by request type
  intaked report last-month --by person
  intaked report 2026-11 --by carrier --html november.html
  intaked report 30d --trace within_standard       the tasks behind one figure
  intaked report 30d --against baseline.json       beside what was before the pilot (intaked survey --json)
Periods: last-week, this-week, last-month, this-month, this-year, 30d, 2026, 2026-11, 2026-W47, 2026-11-02..2026-11-20.")]
pub(super) struct Args {
    #[command(flatten)]
    daemon: Reach,
    /// Of which time
    #[arg(value_name = "PERIOD", default_value = "last-week")]
    period: String,
    #[command(flatten)]
    show: Show,
    /// Hold it against the survey of before (the file of intaked survey --json): volume, time to the first answer, what
    /// nobody answered, by request type
    #[arg(long, value_name = "FILE", conflicts_with_all = ["csv", "trace", "by"])]
    against: Option<PathBuf>,
}

/// Where the daemon is.
#[derive(Debug, Clone, Default, clap::Args)]
struct Reach {
    /// The daemon's socket; else the one of the configuration, else /run/intaked/intaked.sock
    #[arg(long, env = "INTAKED_SOCKET", value_name = "PATH")]
    socket: Option<PathBuf>,
    /// The configuration that names the socket
    #[arg(long, env = "INTAKED_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Runs the command.
pub(super) fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let Reach { socket, config } = args.daemon.clone();
    let client = Client::new(&Daemon { socket, config, by: None, json: false })?;
    let by = By::ALL.iter().find(|(_, by)| *by == args.show.by).map_or("type", |(word, _)| word);
    let period = utf8_percent_encode(&args.period, NON_ALPHANUMERIC);
    let given: Given<ReportGiven> = client.get(&format!("/report?period={period}&by={by}"))?;
    match &args.against {
        Some(path) => beside(args, path, out, &given.answer.report, given.zone),
        None => args.show.show(out, &given.answer.report, given.zone),
    }
}

/// Shows a report beside the survey of before.
fn beside(args: &Args, path: &Path, out: &mut dyn Write, report: &Report, zone: Tz) -> anyhow::Result<Ending> {
    let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let survey: Survey = serde_json::from_str(&text).with_context(|| {
        format!("{} is not a survey; write one with: intaked survey --config … --json > baseline.json", path.display())
    })?;
    let against = Against::of(&survey, report);
    if args.show.json {
        print::json(out, &against)?;
    } else if let Some(page) = &args.show.html {
        let cannot = || format!("{} cannot be written", page.display());
        std::fs::write(page, page::html_against(report, &against, zone)).with_context(cannot)?;
        writeln!(out, "The report of {} beside the survey is in {}.", report.period.words(), page.display())?;
    } else {
        writeln!(out, "{}\n", against.words())?;
        let mut rows = print::table(&[&["kind"], &against::COLUMNS[..]].concat());
        for pair in against.kinds.iter().chain([&against.total]) {
            rows.add_row(std::iter::once(print::short(&pair.name, 30)).chain(pair.cells()));
        }
        print::write_table(out, &rows)?;
    }
    Ok(Ending::Well)
}

/// The figures that stand above the table by group.
const ABOVE: [Figure; 12] = [
    Figure::Arrived,
    Figure::Ended,
    Figure::Open,
    Figure::OldestOpen,
    Figure::CompletionRate,
    Figure::FirstTouchWithin,
    Figure::WithinStandard,
    Figure::CourtAgency,
    Figure::CourtClient,
    Figure::CourtCarrier,
    Figure::DueSoon,
    Figure::DaysOfWork,
];

/// The report on a terminal.
fn table(out: &mut dyn Write, report: &Report) -> anyhow::Result<()> {
    writeln!(out, "{}, {}", print::plain(&report.agency), report.period.words())?;
    writeln!(out, "{}.", report.mail.words())?;
    for three in ABOVE.chunks(3) {
        let cells: Vec<String> =
            three.iter().map(|f| format!("{:<26}", format!("{}: {}", f.title(), report.total.say(*f)))).collect();
        writeln!(out, "{}", cells.join("  ").trim_end())?;
    }
    writeln!(out)?;
    let titles: Vec<&str> =
        std::iter::once(report.by.title()).chain(page::COLUMNS.iter().map(|f| page::column(*f))).collect();
    let mut rows = print::table(&titles);
    for group in report.groups.iter().chain([&report.total]) {
        let cells = page::COLUMNS.iter().map(|f| group.say(*f));
        rows.add_row(std::iter::once(print::short(&group.name, 34)).chain(cells));
    }
    print::write_table(out, &rows)?;
    Ok(())
}

/// The tasks behind a figure.
fn trace(out: &mut dyn Write, report: &Report, key: &str, zone: Tz) -> anyhow::Result<()> {
    let Some(figure) = Figure::of_key(key) else {
        for f in Figure::ALL {
            writeln!(out, "{:<20} {}", f.key(), f.meaning())?;
        }
        if key == "all" {
            return Ok(());
        }
        return Err(anyhow!("“{key}” is not a figure; the list above has all of them"));
    };
    writeln!(out, "{}: {}", figure.title(), report.total.say(figure))?;
    writeln!(out, "{}", figure.meaning())?;
    let mut rows = print::table(&["task", "kind", "account", "with", "arrived", "first touch", "ended", "own time"]);
    for l in report.trace(figure) {
        rows.add_row([
            l.task.to_string(),
            print::short(&l.title, 28),
            print::short(l.insured.as_deref().unwrap_or("–"), 28),
            print::short(&l.person, 20),
            print::moment(l.arrived, zone),
            l.first_touch.map_or("–".to_owned(), |at| print::moment(at, zone)),
            l.ended.map_or("open".to_owned(), |(at, how)| format!("{how}, {}", print::moment(at, zone))),
            crate::reports::Unit::OfficeMinutes.say(l.own_minutes),
        ]);
    }
    print::write_table(out, &rows)?;
    Ok(())
}

/// A count as figures take it.
pub(super) fn float(n: usize) -> f64 {
    #[allow(clippy::cast_precision_loss, reason = "a count")]
    let f = n as f64;
    f
}
