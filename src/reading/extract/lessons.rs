//! Learning the tables of traits (`dates.csv`, `kinds.csv`, `names.csv`, `complex.csv`) from labelled mail: for each column
//! the border that best parts what is its own from what is not.
//!
//! It starts from a table where there is one, and then moves no further from it than the lessons ask. Knows no trait and
//! no column by name.

use super::pieces::{Piece, letters_of};
use crate::domain::mistake::Mistake;
use crate::reading::{RuleFile, border::Border, wording::Table};
use std::collections::BTreeMap;

/// How dear a lesson is that the table does not follow, against large weights.
const DEARNESS: f64 = 0.06;
/// A weight that is written as 0.
const WRITTEN_MIN: f64 = 0.005;

/// What stands above the table of dates.
const ABOUT_DATES: &str = "\
# What shows at a date what it is for, and how loudly; learned from labelled mail by `intaked learn`, see README.md.
# A row is a trait: a word before or after the date, how the date is written, what the message asks for, which cue words
# of fields.toml claim it. A positive weight speaks for a field, a negative one against it. The column rarity is how
# loudly the trait counts. The row (start) holds before a trait is heard.
";
/// What stands above the table of kinds.
const ABOUT_KINDS: &str = "\
# Which words of a message speak for which value of the field that fields.toml calls weighed, and how loudly; learned from
# labelled mail by `intaked learn`, see README.md. A row is a word, two words that stand in one sentence next to each
# other or with one between, or in brackets a field that was found. A positive weight speaks for a value, a negative one
# against it. The column rarity is how loudly the trait counts. The row (start) holds before a word is read.
";

/// What stands above the table of names.
const ABOUT_NAMES: &str = "\
# What shows at a name whose it is, and how loudly; learned from labelled mail by `intaked learn`, see README.md.
# A row is a trait: a word before or after the name, its label, where it stands, what it has to do with the sender, what the
# message asks for. So “1 before insured” is the word right before a name, as in “your insured Meridian Movers”. A positive
# weight speaks for a field, a negative one against it. The column rarity is how loudly the trait counts. The row (start)
# holds before a trait is heard.
";

/// What stands above the table of what is complex.
const ABOUT_COMPLEX: &str = "\
# What makes a request complex, and how loudly; learned from labelled mail by `intaked learn`, see README.md. A row is a
# trait: a word, two words that stand in one sentence next to each other or with one between, a word where a page is asked
# for, or in brackets what is asked for (and beside), who wrote, a field that was found or several of it, a value of it. A
# positive weight speaks for complex, a negative one for simple. The column rarity is how loudly the trait counts. The row
# (start) holds before a trait is heard.
";

/// How a table is learned.
#[derive(Debug, Clone, Copy)]
struct Plan {
    /// What stands above the table.
    about: &'static str,
    /// Traits of fewer lessons are names and chance.
    lessons_min: usize,
    /// A trait that moves nothing as far as this is not kept, but for those in brackets, which are no words.
    murmur: f64,
}

const DATES: Plan = Plan { about: ABOUT_DATES, lessons_min: 3, murmur: 0.0 };
const KINDS: Plan = Plan { about: ABOUT_KINDS, lessons_min: 3, murmur: 0.0 };
const NAMES: Plan = Plan { about: ABOUT_NAMES, lessons_min: 5, murmur: 0.0 };
/// Twenty thousand words murmur here: of 601 messages that taught none of them 548 are told rightly without, 549 with them.
const COMPLEX: Plan = Plan { about: ABOUT_COMPLEX, lessons_min: 5, murmur: 0.012 };

/// One thing whose meaning is known: a mention of a date, a message, a name.
#[derive(Debug, Clone)]
pub struct TraitLesson {
    /// Its traits, each with how loudly it counts.
    traits: BTreeMap<String, f64>,
    /// For each column of which that is known: whether it is so.
    says: BTreeMap<String, bool>,
}

impl TraitLesson {
    /// The lesson of what `tell` tells trait by trait, each with how loudly it counts.
    pub(in crate::reading) fn of(
        tell: impl FnOnce(&mut dyn FnMut(&[Piece<'_>], f32)),
        says: BTreeMap<String, bool>,
    ) -> Self {
        let mut all = BTreeMap::new();
        tell(&mut |pieces, loudness| {
            // What the table cannot hold in a cell is no trait.
            if let Ok(name) = String::from_utf8(letters_of(pieces)) {
                all.insert(name, (f64::from(loudness) * 100.0).round() / 100.0);
            }
        });
        Self { traits: all, says }
    }
}

/// Who learns: a table, or none, and the lessons so far.
#[derive(Debug)]
pub struct TraitTeacher {
    begun: Table,
    lessons: Vec<TraitLesson>,
    plan: Plan,
}

impl TraitTeacher {
    /// Teaches what dates are for. Starts from the table in `file`, and adds to it; from nothing where there is none.
    ///
    /// # Errors
    /// Every mistake in the file.
    pub fn of_dates(file: Option<&RuleFile>) -> Result<Self, Vec<Mistake>> {
        Self::new(file, DATES)
    }

    /// Teaches for which values of a field the words of a message speak; the same otherwise.
    ///
    /// # Errors
    /// Every mistake in the file.
    pub fn of_kinds(file: Option<&RuleFile>) -> Result<Self, Vec<Mistake>> {
        Self::new(file, KINDS)
    }

    /// Teaches who is who in a message; the same otherwise.
    ///
    /// # Errors
    /// Every mistake in the file.
    pub fn of_names(file: Option<&RuleFile>) -> Result<Self, Vec<Mistake>> {
        Self::new(file, NAMES)
    }

    /// Teaches what makes a request complex; the same otherwise.
    ///
    /// # Errors
    /// Every mistake in the file.
    pub fn of_complex(file: Option<&RuleFile>) -> Result<Self, Vec<Mistake>> {
        Self::new(file, COMPLEX)
    }

    fn new(file: Option<&RuleFile>, plan: Plan) -> Result<Self, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let begun = file.map(|f| Table::read(f, &mut mistakes)).unwrap_or_default();
        if mistakes.is_empty() { Ok(Self { begun, lessons: Vec::new(), plan }) } else { Err(mistakes) }
    }

    /// Adds lessons; one that says nothing of any column is none.
    pub fn add(&mut self, lessons: impl IntoIterator<Item = TraitLesson>) {
        self.lessons.extend(lessons.into_iter().filter(|l| !l.says.is_empty()));
    }

    /// How many lessons it has heard.
    #[must_use]
    pub fn lessons(&self) -> usize {
        self.lessons.len()
    }

    /// The table that follows from all lessons, as a file.
    #[must_use]
    pub fn taught(&self) -> String {
        let mut table = self.frame();
        let index: BTreeMap<&str, usize> = table.rows.keys().enumerate().map(|(i, w)| (w.as_str(), i)).collect();
        let seen: Vec<Vec<(usize, f64)>> = self
            .lessons
            .iter()
            .map(|l| l.traits.iter().filter_map(|(t, x)| Some((*index.get(t.as_str())?, *x))).collect())
            .collect();
        for (column, field) in table.pages.clone().iter().enumerate() {
            let mut border = Border {
                weights: table.rows.values().map(|(_, w)| w.get(column).copied().unwrap_or_default()).collect(),
                start: table.start.get(column).copied().unwrap_or_default(),
            };
            let lessons: Vec<(f64, &[(usize, f64)])> = self
                .lessons
                .iter()
                .zip(&seen)
                .filter_map(|(l, x)| Some((if *l.says.get(field)? { 1.0 } else { -1.0 }, x.as_slice())))
                .collect();
            border.part(&lessons, DEARNESS);
            if let Some(start) = table.start.get_mut(column) {
                *start = border.start;
            }
            for ((_, weights), new) in table.rows.values_mut().zip(border.weights) {
                if let Some(w) = weights.get_mut(column) {
                    *w = new;
                }
            }
        }
        // What stands in brackets is no word: that it was taught at all says something, too.
        table.rows.retain(|name, (loudness, weights)| {
            let speaks = |w: &f64| w.abs() >= WRITTEN_MIN && w.abs() * *loudness >= self.plan.murmur;
            name.starts_with('(') || weights.iter().any(speaks)
        });
        table.written(self.plan.about)
    }

    /// The table before it learns: the traits and fields of the old one, and those that the lessons bring.
    fn frame(&self) -> Table {
        let mut table = self.begun.clone();
        let mut fields: Vec<&String> = self.lessons.iter().flat_map(|l| l.says.keys()).collect();
        fields.sort();
        fields.dedup();
        for field in fields {
            if !table.pages.contains(field) {
                table.pages.push(field.clone());
                table.start.push(0.0);
            }
        }
        let columns = table.pages.len();
        table.rows.values_mut().for_each(|(_, weights)| weights.resize(columns, 0.0));
        let mut times: BTreeMap<&String, (usize, f64)> = BTreeMap::new();
        for (name, loudness) in self.lessons.iter().flat_map(|l| &l.traits) {
            let (n, loud) = times.entry(name).or_default();
            *n += 1;
            *loud = *loudness;
        }
        for (name, (_, loudness)) in times.into_iter().filter(|(_, (n, _))| *n >= self.plan.lessons_min) {
            table.rows.entry(name.clone()).or_insert_with(|| (loudness, vec![0.0; columns]));
        }
        table
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lesson(traits: &[&str], wanted: bool) -> TraitLesson {
        TraitLesson {
            traits: traits.iter().map(|t| ((*t).to_owned(), 1.0)).collect(),
            says: [("wanted".to_owned(), wanted)].into(),
        }
    }

    fn weights(text: &str) -> BTreeMap<String, f64> {
        let rows = text.lines().filter(|l| !l.starts_with('#')).skip(1);
        rows.filter_map(|l| {
            let mut cells = l.split(',');
            Some((cells.next()?.to_owned(), cells.nth(1)?.parse().unwrap_or(0.0)))
        })
        .collect()
    }

    #[test]
    fn what_stands_at_the_dates_that_are_wanted_speaks_for_it_and_what_is_rare_is_not_learned() {
        let mut teacher = TraitTeacher::of_dates(None).unwrap();
        for n in 0..6 {
            teacher.add([lesson(&["before by", "asked paper"], true), lesson(&["before since", "asked paper"], false)]);
            teacher.add((n == 0).then(|| lesson(&["before zorblat"], true)));
        }
        let learned = weights(&teacher.taught());
        assert!(learned["before by"] > 0.05 && learned["before since"] < -0.05, "{learned:?}");
        assert!(!learned.contains_key("before zorblat"), "{learned:?}");
    }

    #[test]
    fn what_only_murmurs_is_left_out_of_the_table_of_what_is_complex() {
        // What stands in most of both leans a hair's breadth to one side.
        let taught = |mut teacher: TraitTeacher| {
            for n in 0..70 {
                let common: &[&str] = if n == 0 { &[] } else { &["the"] };
                teacher.add([lesson(&[&["suit"], common].concat(), true), lesson(&["card", "the"], false)]);
            }
            weights(&teacher.taught())
        };
        let (all, loud) =
            (taught(TraitTeacher::of_names(None).unwrap()), taught(TraitTeacher::of_complex(None).unwrap()));
        assert!(all["suit"] > 0.1 && loud["suit"] == all["suit"], "{all:?} {loud:?}");
        assert!(all["the"].abs() < COMPLEX.murmur && !loud.contains_key("the"), "{all:?} {loud:?}");
    }

    #[test]
    fn a_table_is_kept_where_nothing_new_contradicts_it_and_a_wrong_one_is_told() {
        let file = |text: &str| RuleFile { name: "dates.csv".into(), text: text.into() };
        let mut teacher =
            TraitTeacher::of_dates(Some(&file("word,rarity,wanted\n(start),,-1\nbefore by,1.00,2.5\n"))).unwrap();
        for _ in 0..3 {
            teacher.add([lesson(&["before by"], true)]);
        }
        assert!((weights(&teacher.taught())["before by"] - 2.5).abs() < 0.01);
        let wrong = TraitTeacher::of_dates(Some(&file("word,rarity,wanted\nbefore by,1.00,loud\n"))).unwrap_err();
        assert!(wrong.iter().any(|m| m.line == Some(2)), "{wrong:?}");
    }
}
