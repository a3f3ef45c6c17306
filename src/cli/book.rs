//! `intaked book`: the agency's accounts, contacts and policies from a file to the desk.

use super::{Ending, client::*, print};
use crate::book;
use crate::config::{self, Config};
use crate::desk::Command;
use crate::domain::{account::Difference, person::Person};
use crate::web::{ImportOrder, Imported, LetterList, PeopleList, PipelineList, Status};
use anyhow::{Context as _, anyhow, bail};
use clap::Subcommand;
use std::io::{IsTerminal as _, Write};
use std::path::{Path, PathBuf};

/// The account book: whose client somebody is, what they hold, who serves them.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Import a CSV file or a workbook, as often as you like: only what differs changes
    #[command(after_help = "\
The file has a head line and one row a policy or contact. Which column is what says a columns file: --columns, or
`columns` under [book] of the configuration; `intaked book columns` lists those that are built in. In intaked's own
`account` and `name` are needed, all else may be left out:
  account,name,contact,email,phone,domain,policy,carrier,line,effective,expiration,premium,class,billing,csr,account_manager,producer,instructions,language
  1001,Marchetti Trucking LLC,Tony Marchetti,tony@trucks.example,,trucks.example,CTP-01-558231-3,Acme,AUTO,2026-03-01,2027-03-01,,commercial,agency,ana,ben,,,en
  1001,Marchetti Trucking LLC,Gina Marchetti,gina@trucks.example,,,WC-99812,Acme,WC,3/1/2026,3/1/2027,,,,,,,,
Rows of one account are joined. Days are 2026-11-26 or 11/26/2026. People are named by id, name or address.
What would change is printed first; on a terminal it is asked for before it is done, elsewhere it is done.
Bad rows are listed with line and reason; the good ones are imported. Exit code 3 when a row was left out.")]
    Import {
        #[command(flatten)]
        daemon: Daemon,
        /// The file: .csv or .xlsx
        file: PathBuf,
        /// Which column is what: the name of a built-in columns file, or one of your own
        #[arg(long, value_name = "NAME|FILE")]
        columns: Option<String>,
        /// This is the whole book: accounts that are not in it are removed
        #[arg(long)]
        whole: bool,
        /// Only say what would change
        #[arg(long)]
        dry_run: bool,
        /// Do not ask
        #[arg(long)]
        yes: bool,
        /// Import the good rows although bad ones were found, with --whole too
        #[arg(long)]
        despite_mistakes: bool,
    },
    /// Let letters outside rest on a book that was imported for the first time; those that waited for it go out
    #[command(after_help = "\
The letters that waited are listed first; on a terminal it is asked for before they go. One that shall not go:
  intaked letters drop LETTER")]
    Release {
        #[command(flatten)]
        daemon: Daemon,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// List the built-in columns files, or print one to begin your own with
    Columns {
        /// Which one
        name: Option<String>,
    },
}

/// Runs the command.
pub(super) fn run(args: Args, out: &mut dyn Write) -> anyhow::Result<Ending> {
    match args.what {
        What::Import { daemon, file, columns, whole, dry_run, yes, despite_mistakes } => {
            let how = How { columns, whole, dry_run, yes, despite_mistakes };
            import(&daemon, &file, &how, out)
        }
        What::Release { daemon, yes } => release(&daemon, yes, out),
        What::Columns { name } => columns(name.as_deref(), out),
    }
}

/// Shows what waited, and lets it go.
fn release(daemon: &Daemon, yes: bool, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let client = Client::new(daemon)?;
    if daemon.json {
        print::json(out, &client.command(&Command::ReleaseBook)?)?;
        return Ok(Ending::Well);
    }
    let waiting = client.get::<LetterList>("/letters?review=true")?;
    let held: Vec<_> = waiting.answer.letters.into_iter().filter(|l| l.held).collect();
    if held.is_empty() {
        writeln!(out, "No letter waits for it.")?;
    } else {
        writeln!(out, "These letters wait for it, and go out:")?;
        print::letters(out, &held, waiting.zone)?;
    }
    print::foreseen(out, &client.get::<PipelineList>("/pipeline")?.answer.foreseen)?;
    if !agreed(yes, out)? {
        writeln!(out, "Nothing was released.")?;
        return Ok(Ending::Well);
    }
    client.command(&Command::ReleaseBook)?;
    writeln!(out, "Released: letters rest on the book from now on.")?;
    Ok(Ending::Well)
}

struct How {
    columns: Option<String>,
    whole: bool,
    dry_run: bool,
    yes: bool,
    despite_mistakes: bool,
}

fn import(daemon: &Daemon, file: &Path, how: &How, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let name = file.display().to_string();
    let bytes = std::fs::read(file).with_context(|| format!("{name} cannot be read"))?;
    let mapping = mapping(daemon, how.columns.as_deref())?;
    let client = Client::new(daemon)?;
    let staff: Vec<Person> = client.get::<PeopleList>("/people")?.answer.people.into_iter().map(|p| p.person).collect();
    let book = book::read(&name, &bytes, &mapping, &staff);
    if !daemon.json {
        print::mistakes(out, &book.mistakes)?;
    }
    if book.accounts.is_empty() {
        out.flush()?;
        bail!("no account was found in {name}; nothing was imported");
    }
    if how.whole && book.left_out > 0 && !how.dry_run && !how.despite_mistakes {
        // A bad row would look like a client who left.
        out.flush()?;
        bail!(
            "{} of {} rows were left out, and with --whole their accounts would be removed; mend them, or say --despite-mistakes",
            book.left_out,
            book.rows
        );
    }
    let mut order =
        ImportOrder { accounts: book.accounts, whole: how.whole, dry_run: true, file: file_name(file), seen: None };
    let mut given = client.post::<Imported>("/accounts/import", &order)?;
    if !daemon.json {
        told(&given.answer.difference, out)?;
        print::foreseen(out, &given.answer.foreseen)?;
    }
    if !how.dry_run && agreed(how.yes || daemon.json, out)? {
        order.dry_run = false;
        order.seen = Some(given.answer.difference);
        given = client.post::<Imported>("/accounts/import", &order)?;
    }
    if daemon.json {
        let told = serde_json::json!({ "imported": given, "mistakes": book.mistakes, "rows": book.rows, "left_out": book.left_out });
        print::json(out, &told)?;
    } else {
        ended(&given.answer, out)?;
        if !how.dry_run && client.get::<Status>("/status")?.answer.book.held {
            writeln!(
                out,
                "This book is new: letters that rest on it, and tasks that its dates bring, wait until you say \
                 `intaked book release`."
            )?;
        }
        if book.left_out > 0 {
            writeln!(out, "{} of {} rows were left out.", book.left_out, book.rows)?;
        }
    }
    Ok(if book.left_out > 0 { Ending::Mistakes } else { Ending::Well })
}

fn file_name(file: &Path) -> String {
    file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}

/// A person at a terminal is asked; a program has said what it wants.
fn agreed(yes: bool, out: &mut dyn Write) -> anyhow::Result<bool> {
    if yes || !std::io::stdin().is_terminal() {
        return Ok(true);
    }
    write!(out, "Apply this? [y/N] ")?;
    out.flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

/// The columns file: as told, else as the configuration says, else intaked's own.
fn mapping(daemon: &Daemon, told: Option<&str>) -> anyhow::Result<book::Mapping> {
    if let Some(name) = told {
        return config::mapping(name, Path::new("")).map_err(|(what, mend)| anyhow!("{what}; {mend}"));
    }
    // Who may not read the configuration has to say --columns.
    let config = daemon.config.as_deref().and_then(|c| Config::load(c).ok());
    let usual = || book::Mapping::built_in(book::USUAL);
    config.map(|c| c.book.mapping).or_else(usual).context("there is no columns file")
}

fn columns(name: Option<&str>, out: &mut dyn Write) -> anyhow::Result<Ending> {
    match name {
        Some(name) => {
            let text = book::preset(name).ok_or_else(|| {
                anyhow!("there is no built-in columns file “{name}”; `intaked book columns` lists them")
            })?;
            write!(out, "{text}")?;
        }
        None => {
            let mut table = print::table(&["columns", "for"]);
            for (name, mapping) in book::presets() {
                table.add_row([name.to_owned(), mapping.title]);
            }
            print::write_table(out, &table)?;
            writeln!(out, "`intaked book columns NAME` prints one; copy it, change it, and name your file.")?;
        }
    }
    Ok(Ending::Well)
}

fn told(d: &Difference, out: &mut dyn Write) -> std::io::Result<()> {
    let shown = 20;
    for (what, ids) in [("new", &d.added), ("removed", &d.removed)] {
        if !ids.is_empty() {
            let names: Vec<&str> = ids.iter().take(shown).map(|i| i.as_str()).collect();
            let more = if ids.len() > shown { " …" } else { "" };
            writeln!(out, "{what}: {}{more}", print::plain(&names.join(", ")))?;
        }
    }
    for (id, changes) in d.changed.iter().take(shown) {
        writeln!(out, "changed: {id}: {}", print::plain(&changes.join("; ")))?;
    }
    if d.changed.len() > shown {
        writeln!(out, "… and {} more; --json shows all", d.changed.len() - shown)?;
    }
    Ok(())
}

fn ended(imported: &Imported, out: &mut dyn Write) -> std::io::Result<()> {
    let d = &imported.difference;
    let verb = if imported.dry_run { "Nothing was changed; it would be" } else { "Imported:" };
    let (new, changed, gone) = (d.added.len(), d.changed.len(), d.removed.len());
    writeln!(out, "{verb} {new} new, {changed} changed, {gone} removed, {} as they were.", d.same)
}
