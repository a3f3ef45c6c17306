//! `intaked letters`: those that wait for a person's yes, one whole, and the one switch that stops all sending.

use super::{Ending, client::*, print};
use crate::config::Config;
use crate::daemon::guidance;
use crate::desk::Command;
use crate::domain::id::{LetterId, TaskId};
use crate::domain::mistake::Mistake;
use crate::letters::{self, Preview, Templates};
use crate::web::{LetterDetail, LetterList};
use anyhow::Context as _;
use clap::Subcommand;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Letters that wait for a person's yes (mode `review`), one letter whole, and the switch that stops all sending.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// List the letters in review, or those of a task
    List {
        #[command(flatten)]
        daemon: Daemon,
        /// Those of this task, whatever their state
        #[arg(long, value_name = "T-12")]
        task: Option<TaskId>,
    },
    /// Print a letter as it is sent
    Show {
        #[command(flatten)]
        daemon: Daemon,
        /// Which letter
        letter: String,
    },
    /// Let a letter in review go, or try a failed one again
    Release {
        #[command(flatten)]
        daemon: Daemon,
        /// Which letters
        #[arg(required = true)]
        letters: Vec<String>,
    },
    /// Keep a letter in review from going
    Drop {
        #[command(flatten)]
        daemon: Daemon,
        /// Which letters
        #[arg(required = true)]
        letters: Vec<String>,
    },
    /// Show every letter with a sample task, as it would go out; needs no daemon
    #[command(after_help = "\
Examples:
  intaked letters preview                              every letter in every language, as text
  intaked letters preview acknowledgement --language es
  intaked letters preview --templates templates/ --out /tmp/letters
                                                       text and HTML in files, to look at in a browser")]
    Preview {
        /// One kind of letter, by its folder
        kind: Option<String>,
        /// One language, by two letters
        #[arg(long, value_name = "es")]
        language: Option<String>,
        /// Letters of this folder; else those of --config, else the built-in ones
        #[arg(long, value_name = "FOLDER")]
        templates: Option<PathBuf>,
        /// The agency's configuration
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
        /// Write each letter's text and HTML into this folder
        #[arg(long, value_name = "FOLDER")]
        out: Option<PathBuf>,
        /// Print as JSON
        #[arg(long)]
        json: bool,
    },
    /// Stop all sending at once; mail is still taken in, and letters wait
    Pause {
        #[command(flatten)]
        daemon: Daemon,
    },
    /// Send again
    Resume {
        #[command(flatten)]
        daemon: Daemon,
    },
}

/// Runs the command.
pub(super) fn run(args: Args, out: &mut dyn Write) -> anyhow::Result<Ending> {
    match args.what {
        What::List { daemon, task } => list(&daemon, task, out)?,
        What::Show { daemon, letter } => show(&daemon, &letter, out)?,
        What::Release { daemon, letters } => {
            let release = |letter| Command::Release { letter };
            each(&daemon, &letters, release, "released", out)?;
        }
        What::Drop { daemon, letters } => each(&daemon, &letters, |letter| Command::Drop { letter }, "dropped", out)?,
        What::Preview { kind, language, templates, config, out: folder, json } => {
            let of_config = match config.as_deref().map(Config::load).transpose() {
                Ok(config) => config.and_then(|c| c.folders.templates),
                Err(mistakes) => return wrong(out, &mistakes),
            };
            let templates = match guidance::templates(templates.or(of_config).as_deref()) {
                Ok(templates) => templates,
                Err(mistakes) => return wrong(out, &mistakes),
            };
            let shown =
                letters::preview(&templates, kind.as_deref(), language.as_deref()).map_err(anyhow::Error::msg)?;
            anyhow::ensure!(!shown.is_empty(), "{}", no_such(&templates, kind.as_deref(), language.as_deref()));
            preview(&shown, folder.as_deref(), json, out)?;
        }
        What::Pause { daemon } => pause(&daemon, true, out)?,
        What::Resume { daemon } => pause(&daemon, false, out)?,
    }
    Ok(Ending::Well)
}

fn list(daemon: &Daemon, task: Option<TaskId>, out: &mut dyn Write) -> anyhow::Result<()> {
    let client = Client::new(daemon)?;
    let query = task.map_or_else(|| "review=true".to_owned(), |t| format!("task={t}"));
    let given = client.get::<LetterList>(&format!("/letters?{query}"))?;
    if daemon.json {
        return print::json(out, &given);
    }
    if given.answer.letters.is_empty() {
        let none = task.map_or_else(|| "No letter waits for a yes.".to_owned(), |t| format!("{t} has no letters."));
        writeln!(out, "{none}")?;
        return Ok(());
    }
    print::letters(out, &given.answer.letters, given.zone)?;
    Ok(())
}

fn show(daemon: &Daemon, letter: &str, out: &mut dyn Write) -> anyhow::Result<()> {
    let given = Client::new(daemon)?.get::<LetterDetail>(&format!("/letters/{}", encoded(letter)))?;
    if daemon.json {
        return print::json(out, &given);
    }
    let mail = &given.answer.letter.mail;
    writeln!(out, "{}", print::plain(&mail.before.replace("\r\n", "\n")))?;
    if let Some(original) = &mail.original {
        writeln!(out, "[the original message, {} bytes, is attached here]", original.size)?;
        writeln!(out, "{}", print::plain(&mail.after.replace("\r\n", "\n")))?;
    }
    Ok(())
}

fn wrong(out: &mut dyn Write, mistakes: &[Mistake]) -> anyhow::Result<Ending> {
    print::mistakes(out, mistakes)?;
    Ok(Ending::Mistakes)
}

/// What letters there are, where none is as asked for.
fn no_such(templates: &Templates, kind: Option<&str>, language: Option<&str>) -> String {
    let there: Vec<String> =
        templates.kinds().map(|(name, languages)| format!("{name} ({})", languages.join(", "))).collect();
    let asked = [kind, language].into_iter().flatten().collect::<Vec<_>>().join(" in ");
    format!("there is no letter “{asked}”; there are: {}", there.join(", "))
}

fn preview(letters: &[Preview], folder: Option<&Path>, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    if let Some(folder) = folder {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot create the folder {}", folder.display()))?;
        for letter in letters {
            let stem = format!("{}.{}", letter.kind, letter.language);
            let text = format!("Subject: {}\n\n{}", letter.subject, letter.text);
            let files = [Some(("txt", text.as_str())), letter.html.as_deref().map(|h| ("html", h))];
            for (ending, words) in files.into_iter().flatten() {
                let path = folder.join(format!("{stem}.{ending}"));
                std::fs::write(&path, words).with_context(|| format!("cannot write {}", path.display()))?;
                writeln!(out, "{}", path.display())?;
            }
        }
        return Ok(());
    }
    if json {
        return print::json(out, &letters);
    }
    for letter in letters {
        let html = if letter.html.is_some() { ", and HTML" } else { "" };
        writeln!(out, "──── {} ({}, to {}{html})", letter.kind, letter.language, letter.to)?;
        writeln!(out, "Subject: {}\n\n{}", print::plain(&letter.subject), print::plain(&letter.text))?;
    }
    Ok(())
}

fn each(
    daemon: &Daemon,
    letters: &[String],
    command: impl Fn(LetterId) -> Command,
    said: &str,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let client = Client::new(daemon)?;
    for letter in letters {
        let done = client.command(&command(LetterId(letter.clone())))?;
        if daemon.json { print::json(out, &done)? } else { writeln!(out, "{}: {said}", print::plain(letter))? }
    }
    Ok(())
}

fn pause(daemon: &Daemon, paused: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    let done = Client::new(daemon)?.command(&Command::Pause { paused })?;
    if daemon.json {
        return print::json(out, &done);
    }
    let said = if paused {
        "Sending has stopped. Mail is still taken in; letters wait for `intaked letters resume`."
    } else {
        "Letters go out again."
    };
    writeln!(out, "{said}")?;
    Ok(())
}
