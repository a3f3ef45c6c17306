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
    domain::mistake::Mistake,
    message::Message,
    reading::{Lesson, RuleFile, Rulebook, Teacher, TraitTeacher},
};
use anyhow::Context as _;
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

A folder holds messages (.eml) and labels.jsonl, as for intaked eval; a label with \"only\" teaches nothing of which it is
silent. Keep a part of your mail out of it and score the
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
    let ready = eval::load_all(&args.folders, &ground.rulebook).and_then(|all| {
        let teachers = if args.afresh { Teachers::afresh()? } else { Teachers::of(&ground.rulebook)? };
        Ok((all, teachers))
    });
    let (all, mut teachers) = match ready {
        Ok(ready) => ready,
        Err(mistakes) => {
            print::mistakes(out, &mistakes)?;
            writeln!(out, "Nothing was learned.")?;
            return Ok(Ending::Mistakes);
        }
    };
    for one in &all {
        teachers.add(&ground, one)?;
    }
    teachers.add_examples(&ground.rulebook);
    for (path, text) in [
        (&args.out, args.out.as_ref().map(|_| teachers.words.taught())),
        (&args.dates, args.dates.as_ref().map(|_| teachers.dates.taught())),
        (&args.kinds, args.kinds.as_ref().map(|_| teachers.kinds.taught())),
        (&args.names, args.names.as_ref().map(|_| teachers.names.taught())),
        (&args.complex, args.complex.as_ref().map(|_| teachers.complex.taught())),
    ] {
        let (Some(path), Some(text)) = (path, text) else { continue };
        keep(path, &text).with_context(|| format!("{} cannot be written", path.display()))?;
        writeln!(out, "{} messages and the pages' examples taught {}.", all.len(), path.display())?;
    }
    Ok(Ending::Well)
}

/// Who learns the tables, all from the same mail.
#[derive(Debug)]
pub struct Teachers {
    /// Of `wording.csv`.
    pub words: Teacher,
    /// Of `dates.csv`.
    pub dates: TraitTeacher,
    /// Of `kinds.csv`.
    pub kinds: TraitTeacher,
    /// Of `names.csv`.
    pub names: TraitTeacher,
    /// Of `complex.csv`.
    pub complex: TraitTeacher,
}

impl Teachers {
    /// They begin from nothing.
    ///
    /// # Errors
    /// As of [`Self::of`]; nothing holds no mistake.
    pub fn afresh() -> Result<Self, Vec<Mistake>> {
        Self::begun(|_| None)
    }

    /// They begin from the tables of these pages.
    ///
    /// # Errors
    /// Every mistake in the tables.
    pub fn of(rulebook: &Rulebook) -> Result<Self, Vec<Mistake>> {
        Self::begun(|table| Some(table(rulebook)))
    }

    fn begun<'r>(
        file: impl Fn(fn(&'r Rulebook) -> &'r RuleFile) -> Option<&'r RuleFile>,
    ) -> Result<Self, Vec<Mistake>> {
        Ok(Self {
            words: Teacher::new(file(Rulebook::wording_file))?,
            dates: TraitTeacher::of_dates(file(Rulebook::dates_file))?,
            kinds: TraitTeacher::of_kinds(file(Rulebook::kinds_file))?,
            names: TraitTeacher::of_names(file(Rulebook::names_file))?,
            complex: TraitTeacher::of_complex(file(Rulebook::complex_file))?,
        })
    }

    /// What a labelled message teaches; of what its label is silent it teaches nothing.
    ///
    /// # Errors
    /// The message cannot be read from the disk.
    pub fn add(&mut self, ground: &Ground, one: &eval::Labelled) -> anyhow::Result<()> {
        let message = Message::parse(&source::read(&one.path)?);
        let types = one.types();
        self.words.add(Lesson::of(&message, &types));
        let types: Vec<&str> = types.iter().map(String::as_str).collect();
        // What asks for no work states nothing.
        if !types.iter().any(|t| ground.rulebook.is_no_work(t)) {
            self.dates.add(ground.date_lessons(&message, one.received, &types, |field| one.date(field)));
            self.names.add(ground.name_lessons(&message, one.received, &types, |field| one.name(field)));
            self.kinds.add(ground.kind_lesson(&message, one.received, &types, |field| one.values(field)));
            let lesson = |is| ground.complex_lesson(&message, one.received, &types, is);
            self.complex.add(one.is_complex().and_then(lesson));
        }
        Ok(())
    }

    /// What the examples of these pages teach.
    pub fn add_examples(&mut self, rulebook: &Rulebook) {
        for lesson in rulebook.example_lessons() {
            self.words.add(lesson);
        }
        self.dates.add(rulebook.example_date_lessons());
        self.kinds.add(rulebook.example_kind_lessons());
        self.names.add(rulebook.example_name_lessons());
        self.complex.add(rulebook.example_complex_lessons());
    }
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
