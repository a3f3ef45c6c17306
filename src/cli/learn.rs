//! `intaked learn`: makes the tables of words (`rules/wording.csv`), of dates (`rules/dates.csv`), of kinds
//! (`rules/kinds.csv`), of names (`rules/names.csv`) and of what is complex (`rules/complex.csv`) from labelled mail. Needs no
//! daemon.

use super::{
    Ending,
    classify::source,
    eval,
    ground::{By, Ground},
    print,
};
use crate::{
    message::Message,
    reading::{Lesson, Teacher, TraitTeacher},
};
use anyhow::Context as _;
use chrono::NaiveDate;
use serde_json::Value;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Learn from labelled mail which words speak for which page and kind of change, what shows at a date what it is for,
/// who is who, and what is complex.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  intaked export corrections ~/corrections
  intaked learn ~/corrections --rules rules/ --out rules/wording.csv
                                 keeps what the table knows, and learns what people corrected
  intaked learn tests/mail --afresh --out rules/wording.csv
                                 forgets the table, and makes it from this mail alone
  intaked learn ~/corrections --rules rules/ --dates rules/dates.csv
                                 learns what dates are for, and leaves the table of words alone
  intaked learn ~/corrections --rules rules/ --kinds rules/kinds.csv
                                 learns which words tell what is to be changed
  intaked learn ~/corrections --rules rules/ --names rules/names.csv
                                 learns who is who in a message
  intaked learn ~/corrections --rules rules/ --complex rules/complex.csv
                                 learns which requests need more experience

A folder holds messages (.eml) and labels.jsonl, as for intaked eval. Keep a part of your mail out of it and score the
new table on that part: on mail that it has learned from, a table always looks good.
Exit codes: 0 well; 1 a message could not be read; 3 the labels or the pages have mistakes.")]
pub(super) struct Args {
    /// Folders of labelled messages
    #[arg(required = true, value_name = "FOLDER")]
    folders: Vec<PathBuf>,
    /// The table of words to write: wording.csv in the folder of your pages
    #[arg(long, value_name = "FILE", required_unless_present_any = ["dates", "kinds", "names", "complex"])]
    out: Option<PathBuf>,
    /// The table of dates to write: dates.csv in the folder of your pages
    #[arg(long, value_name = "FILE")]
    dates: Option<PathBuf>,
    /// The table of kinds to write: kinds.csv in the folder of your pages
    #[arg(long, value_name = "FILE")]
    kinds: Option<PathBuf>,
    /// The table of names to write: names.csv in the folder of your pages
    #[arg(long, value_name = "FILE")]
    names: Option<PathBuf>,
    /// The table of what is complex to write: complex.csv in the folder of your pages
    #[arg(long, value_name = "FILE")]
    complex: Option<PathBuf>,
    /// Begin from nothing instead of from the pages' tables
    #[arg(long)]
    afresh: bool,
    #[command(flatten)]
    by: By,
}

/// Runs the command.
pub(super) fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let Some(ground) = Ground::or_mistakes(&args.by, out)? else { return Ok(Ending::Mistakes) };
    let begun = |file| (!args.afresh).then_some(file);
    let ready = eval::load_all(&args.folders, &ground.rulebook).and_then(|all| {
        let words = Teacher::new(begun(ground.rulebook.wording_file()))?;
        let dates = TraitTeacher::of_dates(begun(ground.rulebook.dates_file()))?;
        let kinds = TraitTeacher::of_kinds(begun(ground.rulebook.kinds_file()))?;
        let names = TraitTeacher::of_names(begun(ground.rulebook.names_file()))?;
        let complex = TraitTeacher::of_complex(begun(ground.rulebook.complex_file()))?;
        Ok((all, words, dates, kinds, names, complex))
    });
    let (all, mut words, mut dates, mut kinds, mut names, mut complex) = match ready {
        Ok(ready) => ready,
        Err(mistakes) => {
            print::mistakes(out, &mistakes)?;
            writeln!(out, "Nothing was learned.")?;
            return Ok(Ending::Mistakes);
        }
    };
    for one in &all {
        let message = Message::parse(&source::read(&one.path)?);
        let types = types_of(one);
        words.add(Lesson::of(&message, &types));
        let types: Vec<&str> = types.iter().map(String::as_str).collect();
        // What asks for no work states nothing.
        if !types.iter().any(|t| ground.rulebook.is_no_work(t)) {
            dates.add(ground.date_lessons(&message, one.received, &types, |field| date_of(one, field)));
            names.add(ground.name_lessons(&message, one.received, &types, |field| name_of(one, field)));
            kinds.add(ground.kind_lesson(&message, one.received, &types, |field| values_of(one, field)));
            let is_complex = one.labels.get("complexity").and_then(Value::as_str).map(|c| c == "complex");
            complex.add(is_complex.and_then(|is| ground.complex_lesson(&message, one.received, &types, is)));
        }
    }
    for lesson in ground.rulebook.example_lessons() {
        words.add(lesson);
    }
    dates.add(ground.rulebook.example_date_lessons());
    kinds.add(ground.rulebook.example_kind_lessons());
    names.add(ground.rulebook.example_name_lessons());
    complex.add(ground.rulebook.example_complex_lessons());
    for (path, text) in [
        (&args.out, args.out.as_ref().map(|_| words.taught())),
        (&args.dates, args.dates.as_ref().map(|_| dates.taught())),
        (&args.kinds, args.kinds.as_ref().map(|_| kinds.taught())),
        (&args.names, args.names.as_ref().map(|_| names.taught())),
        (&args.complex, args.complex.as_ref().map(|_| complex.taught())),
    ] {
        let (Some(path), Some(text)) = (path, text) else { continue };
        keep(path, &text).with_context(|| format!("{} cannot be written", path.display()))?;
        writeln!(out, "{} messages and the pages' examples taught {}.", all.len(), path.display())?;
    }
    Ok(Ending::Well)
}

/// What a label says is asked for, the first one first.
fn types_of(one: &eval::Labelled) -> Vec<String> {
    let types = one.labels.get("request_types").and_then(Value::as_array);
    types.into_iter().flatten().filter_map(|t| Some(t.as_str()?.to_owned())).collect()
}

/// The date of a field as the label has it.
fn date_of(one: &eval::Labelled, field: &str) -> Option<NaiveDate> {
    one.labels.get("fields")?.get(field)?.as_str()?.parse().ok()
}

/// The name in a field's value as the label has it.
fn name_of(one: &eval::Labelled, field: &str) -> Option<String> {
    let value = one.labels.get("fields")?.get(field)?;
    Some(value.as_str().or_else(|| value.get("name")?.as_str())?.to_owned())
}

/// The values of a field as the label has them.
fn values_of(one: &eval::Labelled, field: &str) -> Vec<String> {
    let values = one.labels.get("fields").and_then(|f| f.get(field)).and_then(Value::as_array);
    values.into_iter().flatten().filter_map(|v| Some(v.as_str()?.to_owned())).collect()
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
