//! `intaked simulate`: months of the desk in seconds, and what a load, a team or a standard comes to.

use super::{Ending, classify::source, print, report::Show};
use crate::config::Config;
use crate::daemon::{demo, guidance, past, run::mistakes_as_error};
use crate::domain::{id::RequestType, workflow::Span};
use crate::reading::Rulebook;
use crate::reports::{By, Figure, Period, Report};
use crate::simulate::{self, Coming, Load, Model, Plan, Run};
use crate::{desk::Policy, message::Message};
use anyhow::{Context as _, bail, ensure};
use chrono::{Months, NaiveDate};
use serde::Serialize;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Run months of the desk in seconds: the true rules, the true desk, invented mail and people.
///
/// Mail is made of the examples that your own pages bring, in the amounts of a model, or is your own: a folder of
/// messages. The people of the simulation take what is due first, ask, wait for carriers, and end tasks. The report is
/// the one of `intaked report`. Nothing is read from a mailbox, written to a store, or sent.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  intaked simulate                                  a quarter of three people with 50 new messages a day
  intaked simulate --months 12 --people 2,3,4       how many people the load needs
  intaked simulate --standard certificate=1h        what a tighter standard costs, beside the pages' own
  intaked simulate --config intaked.toml --mail ~/mail --people yours
  intaked simulate --show-model > model.toml        every assumption; edit it, then --model model.toml
What comes out is as good as the model: its numbers are assumptions until `intaked survey` and `intaked report` give yours.")]
pub(super) struct Args {
    /// How many people there are, each of whom does everything; several numbers are compared. `yours` takes those of
    /// --config
    #[arg(long, value_name = "N,N", value_delimiter = ',', default_value = "3")]
    people: Vec<String>,
    /// How many months
    #[arg(long, value_name = "N", default_value = "3", value_parser = clap::value_parser!(u32).range(1..=120))]
    months: u32,
    /// The first day
    #[arg(long, value_name = "DAY", default_value = "2026-01-05")]
    from: NaiveDate,
    /// New messages on an average business day, in the place of the model's
    #[arg(long, value_name = "N")]
    a_day: Option<f64>,
    /// A turnaround standard to try, as PAGE=SPAN (certificate=1h, claim=4 office hours); compared with the pages' own
    #[arg(long, value_name = "PAGE=SPAN", value_parser = standard)]
    standard: Vec<(RequestType, Span)>,
    /// Your own messages in the place of invented ones: a folder of .eml files, each at its own Date
    #[arg(long, value_name = "FOLDER")]
    mail: Option<PathBuf>,
    /// The assumptions
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Print the assumptions that come with the program, to edit
    #[arg(long)]
    show_model: bool,
    /// The agency: its calendar, its pages, its standards
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Pages in the place of those of --config
    #[arg(long, value_name = "FOLDER")]
    rules: Option<PathBuf>,
    /// From which everything is drawn: the same seed gives the same months
    #[arg(long, value_name = "N", default_value = "1")]
    seed: u64,
    /// The part of tasks, in percent, that has to be done within its standard for a team to be enough
    #[arg(long, value_name = "PERCENT", default_value = "90", value_parser = clap::value_parser!(u32).range(1..=100))]
    aim: u32,
    #[command(flatten)]
    show: Show,
}

fn standard(text: &str) -> Result<(RequestType, Span), String> {
    let (page, span) = text.split_once('=').ok_or("write PAGE=SPAN, such as certificate=1h")?;
    Ok((RequestType(page.trim().to_owned()), Span::try_from(span.trim().to_owned())?))
}

/// One team under one set of standards.
struct Variant {
    people: usize,
    standards: &'static str,
    policy: Policy,
}

/// What came of it, in the figures that teams are compared by.
#[derive(Debug, Serialize)]
struct Compared {
    people: usize,
    standards: &'static str,
    messages: usize,
    tasks: f64,
    busy: f64,
    first_touch_p90: Option<f64>,
    turnaround_p90: Option<f64>,
    within_standard: Option<f64>,
    open: f64,
    told: usize,
}

#[derive(Serialize)]
struct Out<'a> {
    compared: &'a [Compared],
    report: &'a Report,
}

/// Runs the command.
pub(super) fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<Ending> {
    if args.show_model {
        write!(out, "{}", simulate::USUAL)?;
        return Ok(Ending::Well);
    }
    let (rulebook, policy) = agency(args)?;
    let mut model = match &args.model {
        Some(path) => {
            let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
            Model::read(&text).map_err(|why| anyhow::anyhow!("{}: {why}", path.display()))?
        }
        None => Model::usual().map_err(anyhow::Error::msg)?,
    };
    if let Some(a_day) = args.a_day {
        ensure!(a_day > 0.0 && a_day <= 20_000.0, "--a-day {a_day} is out of range: above 0 and up to 20000");
        model.mail.a_day = a_day;
    }
    let mail = args.mail.as_deref().map(own_mail).transpose()?;
    let (first, last) = days(args, &policy, mail.as_deref())?;
    let variants = variants(args, &policy)?;
    let mut compared = Vec::new();
    let mut shown = None;
    for variant in variants {
        let plan =
            Plan { policy: variant.policy, model: model.clone(), first, last, mail: mail.clone(), seed: args.seed };
        let run = simulate::run(&plan, &rulebook)?;
        let report = report(&plan, &run, args.show.by)?;
        compared.push(Compared::of(variant.people, variant.standards, &run, &report));
        // Of several the last one is shown whole: the largest team, with what was tried.
        shown = Some((plan, run, report));
    }
    let Some((plan, run, report)) = shown else { bail!("--people names nobody") };
    if args.show.json {
        print::json(out, &Out { compared: &compared, report: &report })?;
        return Ok(Ending::Well);
    }
    if args.show.is_for_a_file() {
        return args.show.show(out, &report, plan.policy.calendar.zone());
    }
    table(out, &compared, args.aim)?;
    loads(out, &run)?;
    writeln!(out)?;
    args.show.show(out, &report, plan.policy.calendar.zone())
}

/// Pages and agency: the reader's, or the bundled ones.
fn agency(args: &Args) -> anyhow::Result<(Rulebook, Policy)> {
    let config = match &args.config {
        Some(path) => Config::load(path).map_err(mistakes_as_error)?,
        None => demo::agency()?,
    };
    let folder = args.rules.as_deref().or(config.folders.rules.as_deref());
    let rulebook = guidance::rulebook(folder).map_err(mistakes_as_error)?;
    let policy = config.policy_of(guidance::pages_of(&rulebook), rulebook.triage().clone(), rulebook.version(), "");
    let mut policy = policy.map_err(mistakes_as_error)?;
    // There are no servers to be counted here, and nobody reads a report but whoever runs this.
    (policy.watched, policy.weekly) = (Vec::new(), None);
    Ok((rulebook, policy))
}

fn days(args: &Args, policy: &Policy, mail: Option<&[Coming]>) -> anyhow::Result<(NaiveDate, NaiveDate)> {
    if let Some(own) = mail {
        let (Some(first), Some(last)) = (own.first(), own.last()) else {
            bail!("there is no message to simulate with")
        };
        // A few days more, so that the last ones are worked on, too.
        let (first, last) = (policy.calendar.day(first.at), policy.calendar.day(last.at));
        return Ok((first, (0..5).fold(last, |day, _| policy.calendar.next_business_day(day))));
    }
    let last = args.from.checked_add_months(Months::new(args.months)).and_then(|d| d.pred_opt());
    Ok((args.from, last.context("--from and --months lead beyond the calendar")?))
}

fn variants(args: &Args, policy: &Policy) -> anyhow::Result<Vec<Variant>> {
    let mut all = Vec::new();
    for word in &args.people {
        let staffed = if word.trim() == "yours" {
            ensure!(args.config.is_some(), "--people yours needs --config: whose people are they?");
            policy.clone()
        } else {
            let n: usize =
                word.trim().parse().with_context(|| format!("--people “{word}”: write a number, or yours"))?;
            simulate::with_people(policy, n).map_err(anyhow::Error::msg)?
        };
        let people = staffed.people.len();
        if !args.standard.is_empty() {
            let tried = simulate::with_standards(&staffed, &args.standard).map_err(anyhow::Error::msg)?;
            all.push(Variant { people, standards: "as the pages say", policy: staffed });
            all.push(Variant { people, standards: "as tried", policy: tried });
        } else {
            all.push(Variant { people, standards: "as the pages say", policy: staffed });
        }
    }
    Ok(all)
}

/// A person's own messages by their Date; one without a Date cannot be placed in time, and is left out.
fn own_mail(folder: &Path) -> anyhow::Result<Vec<Coming>> {
    let mut all = Vec::new();
    for path in source::files(folder)? {
        let raw = source::read(&path)?;
        if let Some(at) = Message::parse(&raw).date {
            all.push(Coming { at, raw, truth: None });
        }
    }
    ensure!(!all.is_empty(), "no message in {} has a Date; put .eml files there", folder.display());
    all.sort_by_key(|c| c.at);
    Ok(all)
}

fn report(plan: &Plan, run: &Run, by: By) -> anyhow::Result<Report> {
    let calendar = &plan.policy.calendar;
    let period = Period::of(plan.first, plan.last, calendar, run.ended).map_err(anyhow::Error::msg)?;
    let mut report = past::of(&run.gathered, period, by, &plan.policy);
    report.agency.push_str(", simulated");
    Ok(report)
}

impl Compared {
    fn of(people: usize, standards: &'static str, run: &Run, report: &Report) -> Self {
        let value = |f| report.total.value(f);
        #[allow(clippy::cast_precision_loss, reason = "a team")]
        let busy = run.load.iter().map(Load::share).sum::<f64>() / run.load.len().max(1) as f64;
        Self {
            people,
            standards,
            messages: run.messages,
            tasks: value(Figure::Arrived).unwrap_or(0.0),
            busy,
            first_touch_p90: value(Figure::FirstTouchP90),
            turnaround_p90: value(Figure::TurnaroundP90),
            within_standard: value(Figure::WithinStandard),
            open: value(Figure::Open).unwrap_or(0.0),
            told: run.told,
        }
    }
}

fn table(out: &mut dyn Write, compared: &[Compared], aim: u32) -> anyhow::Result<()> {
    let titles = [
        "people",
        "standards",
        "messages",
        "tasks",
        "busy",
        "first touch 90th",
        "turnaround 90th",
        "in time",
        "open",
        "told",
    ];
    let mut rows = print::table(&titles);
    let say = |f: Figure, v: Option<f64>| v.map_or_else(|| "–".to_owned(), |v| f.unit().say(v));
    for c in compared {
        rows.add_row([
            c.people.to_string(),
            c.standards.to_owned(),
            say(Figure::Arrived, Some(super::report::float(c.messages))),
            say(Figure::Arrived, Some(c.tasks)),
            say(Figure::WithinStandard, Some(c.busy)),
            say(Figure::FirstTouchP90, c.first_touch_p90),
            say(Figure::TurnaroundP90, c.turnaround_p90),
            say(Figure::WithinStandard, c.within_standard),
            say(Figure::Open, Some(c.open)),
            say(Figure::Arrived, Some(super::report::float(c.told))),
        ]);
    }
    print::write_table(out, &rows)?;
    let mut kinds: Vec<&str> = compared.iter().map(|c| c.standards).collect();
    kinds.dedup();
    kinds.sort_unstable();
    kinds.dedup();
    for kind in kinds {
        let enough =
            |c: &&Compared| c.standards == kind && c.within_standard.is_some_and(|v| v * 100.0 >= f64::from(aim));
        let fewest = compared.iter().filter(enough).map(|c| c.people).min();
        match fewest {
            Some(n) => writeln!(out, "Standards {kind}: {n} people keep {aim} % within them.")?,
            None => writeln!(out, "Standards {kind}: none of these teams keeps {aim} % within them.")?,
        }
    }
    Ok(())
}

fn loads(out: &mut dyn Write, run: &Run) -> anyhow::Result<()> {
    let each: Vec<String> = run.load.iter().map(|l| format!("{} {:.0} %", l.person, l.share() * 100.0)).collect();
    writeln!(out, "Busy with tasks, of the time for them: {}.", each.join(", "))?;
    let refused: usize = run.refused.values().sum();
    if refused > 0 {
        writeln!(out, "The desk refused {refused} things that the simulated people tried.")?;
        for (why, n) in run.refused.iter().take(5) {
            writeln!(out, "  {n} times: {}", print::short(why, 100))?;
        }
    }
    Ok(())
}
