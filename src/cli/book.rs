//! `intaked book import`: the agency's accounts, contacts and policies from a CSV file to the desk.

use super::{Ending, client::*, print};
use crate::book;
use crate::config::Config;
use crate::domain::id::PersonId;
use crate::web::{ImportOrder, Imported};
use anyhow::Context as _;
use clap::Subcommand;
use std::io::Write;
use std::path::PathBuf;

/// Import the account book: whose client somebody is, what they hold, who serves them.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Import a CSV file
    #[command(after_help = "\
The file has a head line and one row a policy or contact; `account` and `name` are needed, all else may be left out:
  account,name,contact,email,phone,domain,policy,carrier,line,effective,expiration,csr,account_manager,instructions
  1001,Marchetti Trucking LLC,Tony Marchetti,tony@trucks.example,,trucks.example,CTP-01-558231-3,Acme,AUTO,2026-03-01,2027-03-01,ana,ben,
  1001,Marchetti Trucking LLC,Gina Marchetti,gina@trucks.example,,,WC-99812,Acme,WC,3/1/2026,3/1/2027,,,
Rows of one account are joined. Days are 2026-11-26 or 11/26/2026. csr and account_manager are ids of a [[person]].
Bad rows are listed with line and reason; the good ones are imported. Exit code 3 when a row was left out.")]
    Import {
        #[command(flatten)]
        daemon: Daemon,
        /// The CSV file
        file: PathBuf,
        /// This is the whole book: accounts that are not in it are removed
        #[arg(long)]
        whole: bool,
        /// Only say what would change
        #[arg(long)]
        dry_run: bool,
        /// Import the good rows although bad ones were found, with --whole too
        #[arg(long)]
        despite_mistakes: bool,
    },
}

/// Runs the command.
pub(super) fn run(args: Args, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let What::Import { daemon, file, whole, dry_run, despite_mistakes } = args.what;
    let name = file.display().to_string();
    let source = std::fs::File::open(&file).with_context(|| format!("{name} cannot be read"))?;
    let book = book::read(&name, source, &staff(&daemon));
    if !daemon.json {
        print::mistakes(out, &book.mistakes)?;
    }
    if book.accounts.is_empty() {
        out.flush()?;
        anyhow::bail!("no account was found in {name}; nothing was imported");
    }
    if whole && book.left_out > 0 && !dry_run && !despite_mistakes {
        // A bad row would look like a client who left.
        out.flush()?;
        anyhow::bail!(
            "{} of {} rows were left out, and with --whole their accounts would be removed; mend them, or say --despite-mistakes",
            book.left_out,
            book.rows
        );
    }
    let order = ImportOrder { accounts: book.accounts, whole, dry_run };
    let given = Client::new(&daemon)?.post::<Imported>("/accounts/import", &order)?;
    if daemon.json {
        let told = serde_json::json!({ "imported": given, "mistakes": book.mistakes, "rows": book.rows, "left_out": book.left_out });
        print::json(out, &told)?;
    } else {
        told(&given.answer, out)?;
        if book.left_out > 0 {
            writeln!(out, "{} of {} rows were left out.", book.left_out, book.rows)?;
        }
    }
    Ok(if book.left_out > 0 { Ending::Mistakes } else { Ending::Well })
}

/// The known persons, where this user can read the configuration; else the daemon is left to check them.
fn staff(daemon: &Daemon) -> Vec<PersonId> {
    let config = daemon.config.as_deref().and_then(|c| Config::load(c).ok());
    config.map(|c| c.people.into_iter().map(|p| p.id).collect()).unwrap_or_default()
}

fn told(imported: &Imported, out: &mut dyn Write) -> std::io::Result<()> {
    let d = &imported.difference;
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
    let verb = if imported.dry_run { "Nothing was changed; it would be" } else { "Imported:" };
    let (new, changed, gone) = (d.added.len(), d.changed.len(), d.removed.len());
    writeln!(out, "{verb} {new} new, {changed} changed, {gone} removed, {} as they were.", d.same)
}
