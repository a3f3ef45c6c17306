//! `intaked check`: every mistake in configuration, pages and letters, before anything starts.

use super::{Ending, print};
use crate::config::Config;
use crate::daemon::guidance;
use crate::domain::mistake::Mistake;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Check the configuration, the pages with their examples, and the letters. All mistakes are reported at once, each
/// with file, line and how to mend it; `run` refuses to start on the same mistakes. Hours that the rota leaves to nobody
/// are told too, and stop nothing.
///
/// With --rules or --templates only those are checked, before they take the place of what the daemon goes by.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  intaked check --config intaked.toml        configuration, its pages, its letters
  intaked check --rules rules/               pages alone, with their examples
Exit codes: 0 no mistakes (what is told then is only worth a look); 3 mistakes, each told on standard output.")]
pub(super) struct Args {
    /// The configuration
    #[arg(long, env = "INTAKED_CONFIG", value_name = "FILE", default_value = "/etc/intaked/intaked.toml")]
    config: PathBuf,
    /// Pages, in the place of a configuration
    #[arg(long, value_name = "FOLDER")]
    rules: Option<PathBuf>,
    /// Letters, in the place of a configuration
    #[arg(long, value_name = "FOLDER")]
    templates: Option<PathBuf>,
    /// Print the mistakes as JSON
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub(super) fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let alone = args.rules.is_some() || args.templates.is_some();
    let checked = if alone { folders(args) } else { all(&args.config) };
    match checked {
        Ok(good) if args.json => print::json(out, &good.remarks)?,
        Ok(good) => {
            writeln!(out, "No mistakes: {}.", good.words)?;
            if !good.remarks.is_empty() {
                writeln!(out, "Worth a look:")?;
                print::mistakes(out, &good.remarks)?;
            }
        }
        Err(mistakes) => {
            if args.json {
                print::json(out, &mistakes)?;
            } else {
                print::mistakes(out, &mistakes)?;
                let n = mistakes.len();
                writeln!(out, "{n} mistake{}.", if n == 1 { "" } else { "s" })?;
            }
            return Ok(Ending::Mistakes);
        }
    }
    Ok(Ending::Well)
}

/// What was found good, and what is worth a look all the same.
struct Good {
    words: String,
    remarks: Vec<Mistake>,
}

/// Everything that a configuration names.
fn all(path: &Path) -> Result<Good, Vec<Mistake>> {
    let (config, guidance) = guidance::load(path)?;
    let Config { people, mailboxes, .. } = &config;
    let pages = guidance.rulebook.pages().count();
    let letters = guidance.templates.kinds().count();
    let some = |n: usize, one: &str, many: &str| format!("{n} {}", if n == 1 { one } else { many });
    let words = [
        some(people.len(), "person", "people"),
        some(mailboxes.len(), "mailbox", "mailboxes"),
        some(pages, "page", "pages"),
        some(letters, "kind of letter", "kinds of letters"),
    ]
    .join(", ")
        + "; "
        + crate::daemon::front::answers(&config.answers);
    Ok(Good { words, remarks: config.remarks() })
}

/// Pages and letters alone.
fn folders(args: &Args) -> Result<Good, Vec<Mistake>> {
    let mut mistakes = Vec::new();
    let mut good = Vec::new();
    if let Some(folder) = &args.rules {
        match guidance::rulebook(Some(folder)) {
            Ok(rulebook) => {
                mistakes.extend(rulebook.check_examples());
                let examples: usize = rulebook.pages().map(|p| p.examples.len()).sum();
                good.push(format!("{} pages with {examples} examples", rulebook.pages().count()));
            }
            Err(found) => mistakes.extend(found),
        }
    }
    if let Some(folder) = &args.templates {
        match guidance::templates(Some(folder)) {
            Ok(templates) => {
                mistakes.extend(templates.check());
                good.push(format!("{} kinds of letters", templates.kinds().count()));
            }
            Err(found) => mistakes.extend(found),
        }
    }
    if mistakes.is_empty() { Ok(Good { words: good.join(", "), remarks: Vec::new() }) } else { Err(mistakes) }
}
