//! `intaked learn`: makes the table of words (`rules/wording.csv`) from labelled mail. Needs no daemon.

use super::{
    Ending,
    classify::source,
    eval,
    ground::{By, Ground},
    print,
};
use crate::{
    message::Message,
    reading::{Lesson, Teacher},
};
use anyhow::Context as _;
use serde_json::Value;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Learn from labelled mail which words speak for which page.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  intaked export corrections ~/corrections
  intaked learn ~/corrections --rules rules/ --out rules/wording.csv
                                 keeps what the table knows, and learns what people corrected
  intaked learn tests/mail --afresh --out rules/wording.csv
                                 forgets the table, and makes it from this mail alone

A folder holds messages (.eml) and labels.jsonl, as for intaked eval. Keep a part of your mail out of it and score the
new table on that part: on mail that it has learned from, a table always looks good.
Exit codes: 0 well; 1 a message could not be read; 3 the labels or the pages have mistakes.")]
pub(super) struct Args {
    /// Folders of labelled messages
    #[arg(required = true, value_name = "FOLDER")]
    folders: Vec<PathBuf>,
    /// The table to write: wording.csv in the folder of your pages
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Begin from nothing instead of from the pages' table
    #[arg(long)]
    afresh: bool,
    #[command(flatten)]
    by: By,
}

/// Runs the command.
pub(super) fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let ground = match Ground::lay(&args.by) {
        Ok(ground) => ground,
        Err(mistakes) => {
            print::mistakes(out, &mistakes)?;
            return Ok(Ending::Mistakes);
        }
    };
    let begun = (!args.afresh).then(|| ground.rulebook.wording_file());
    let ready = eval::load_all(&args.folders, &ground.rulebook).and_then(|all| Ok((all, Teacher::new(begun)?)));
    let (all, mut teacher) = match ready {
        Ok(ready) => ready,
        Err(mistakes) => {
            print::mistakes(out, &mistakes)?;
            writeln!(out, "Nothing was learned.")?;
            return Ok(Ending::Mistakes);
        }
    };
    for one in &all {
        let message = Message::parse(&source::read(&one.path)?);
        let types = one.labels.get("request_types").and_then(Value::as_array);
        let types: Vec<String> = types.into_iter().flatten().filter_map(|t| Some(t.as_str()?.to_owned())).collect();
        teacher.add(Lesson::of(&message, &types));
    }
    for lesson in ground.rulebook.example_lessons() {
        teacher.add(lesson);
    }
    keep(&args.out, &teacher.taught()).with_context(|| format!("{} cannot be written", args.out.display()))?;
    writeln!(out, "{} messages and the pages' examples taught {}.", all.len(), args.out.display())?;
    Ok(Ending::Well)
}

/// Writes the file whole or not at all: whoever reads it meanwhile sees the old one.
fn keep(path: &Path, text: &str) -> std::io::Result<()> {
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(".unfinished");
    let mut file = File::create(&unfinished)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&unfinished, path)
}

#[cfg(test)]
#[path = "learn_tests.rs"]
mod tests;
