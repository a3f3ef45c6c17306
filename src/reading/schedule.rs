//! The table `[work.pipeline]` of a page and the days of its steps: read, and checked against each other.
//!
//! Knows the keys, not what any page says.

use super::sheet::{Item, Sheet};
use crate::domain::{
    mistake::Mistake,
    pipeline::{KeyDate, Pipeline},
    workflow::{Clock, Escalation, Step},
};

/// No policy is listed earlier than this many days before its date.
const LONGEST: u16 = 366;

const KEYS: [&str; 7] = ["list", "daily_from", "settled_by", "by_exception", "flagged_by", "flags", "date"];

/// Reads the table out of `[work]`, and checks it with the page's steps and rungs.
pub(super) fn read(
    work: &mut Sheet<'_>,
    steps: &[Item<Step>],
    escalations: &[Item<Escalation>],
    mistakes: &mut Vec<Mistake>,
) -> Option<Pipeline> {
    let Some(mut sheet) = work.inside("pipeline", mistakes) else {
        for Item { value, line } in steps.iter().filter(|s| is_dated(&s.value)) {
            mistakes.push(work.wrong(
                *line,
                format!("the step “{}” has a day, and nothing says from which date it counts", value.id),
                "Write [work.pipeline] with list = 120, or leave out days_before, letter and chase_at.",
            ));
        }
        return None;
    };
    let line = sheet.line();
    let list = sheet.must::<u16>("list", "list = 120: so many days before the policies' last day", mistakes);
    let pipeline = Pipeline {
        list: list.unwrap_or(LONGEST),
        daily_from: sheet.one("daily_from", mistakes),
        settled_by: sheet.one("settled_by", mistakes).unwrap_or_default(),
        by_exception: sheet.one("by_exception", mistakes).unwrap_or_default(),
        flagged_by: sheet.one("flagged_by", mistakes),
        flags: sheet.one("flags", mistakes).unwrap_or_default(),
        key_dates: sheet.one("date", mistakes).unwrap_or_default(),
    };
    let mut wrong = |line, what: String, mend: &str| mistakes.push(work.wrong(line, what, mend));
    if pipeline.list == 0 || pipeline.list > LONGEST {
        wrong(line, format!("list = {} is not a number of days before a date", pipeline.list), "Write 1 to 366.");
    }
    if pipeline.daily_from.is_some_and(|d| d > pipeline.list) {
        wrong(line, "daily_from comes before the day of the list".to_owned(), "Make it smaller than list.");
    }
    if pipeline.daily_from.is_some() && pipeline.settled_by.is_empty() {
        let mend = "settled_by = [\"bind\"]: the steps after which nobody is reminded.";
        wrong(line, "daily_from would remind without end".to_owned(), mend);
    }
    for id in pipeline.settled_by.iter().filter(|id| !steps.iter().any(|s| s.value.id == **id)) {
        wrong(line, format!("settled_by: there is no step “{id}” on this page"), "Name a step by its id.");
    }
    if pipeline.flagged_by.is_none() && !pipeline.flags.is_empty() {
        wrong(line, "flags are named, and no field".to_owned(), "flagged_by = the field whose values they are.");
    }
    if pipeline.by_exception.iter().any(crate::domain::pipeline::PolicyKind::is_empty) {
        let mend = "Give class, billing or lines; without any it would hold for every policy.";
        wrong(line, "by_exception has an empty kind".to_owned(), mend);
    }
    for (nth, date) in pipeline.key_dates.iter().enumerate() {
        for (what, mend) in wrong_date(date, pipeline.key_dates.get(..nth).unwrap_or_default(), pipeline.list, steps) {
            wrong(line, what, mend);
        }
    }
    for Item { value, line } in steps {
        for (what, mend) in wrong_days(value, pipeline.list) {
            wrong(*line, what, mend);
        }
    }
    let is_told = escalations.iter().any(|e| e.value.clock == Clock::Scheduled);
    let has_days = steps.iter().any(|s| s.value.days_before.is_some()) || !pipeline.key_dates.is_empty();
    if !is_told && has_days {
        let mend = "[[work.escalate]] clock = \"scheduled\", tell = [\"assignee\"].";
        wrong(line, "the page has days, and nobody is told when they come".to_owned(), mend);
    }
    sheet.close(&KEYS, mistakes);
    list.map(|_| pipeline)
}

fn is_dated(step: &Step) -> bool {
    step.days_before.is_some() || step.letter.is_some() || !step.chase_at.is_empty()
}

/// What does not fit in a day that matters by itself, each with the mend.
fn wrong_date(date: &KeyDate, before: &[KeyDate], list: u16, steps: &[Item<Step>]) -> Vec<(String, &'static str)> {
    let mut wrong = Vec::new();
    let field = &date.field;
    let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if field.is_empty() || !field.chars().all(good) {
        wrong.push((format!("the date “{field}” is no field's name"), "Write it like field = \"quote_deadline\"."));
    }
    if before.iter().any(|d| d.field == *field) {
        wrong.push((format!("the date “{field}” is there twice"), "Give each its own field."));
    }
    if date.title.trim().is_empty() {
        wrong.push((format!("the date “{field}” has no words"), "title = \"What people call it\"."));
    }
    if date.days_before > list {
        let what = format!("the date “{field}” comes before the task is on the list");
        wrong.push((what, "Make days_before smaller than list."));
    }
    for id in date.met_by.iter().filter(|id| !steps.iter().any(|s| s.value.id == **id)) {
        wrong.push((format!("the date “{field}”: there is no step “{id}” on this page"), "Name a step by its id."));
    }
    wrong
}

/// What does not fit in the days of a step, each with the mend.
fn wrong_days(step: &Step, list: u16) -> Vec<(String, &'static str)> {
    let mut wrong = Vec::new();
    let id = &step.id;
    let Some(before) = step.days_before else {
        if is_dated(step) {
            let what = format!("the step “{id}” has a letter, and no day for it");
            wrong.push((what, "days_before = 90: so many days before the policies' last day."));
        }
        return wrong;
    };
    if before > list {
        let what = format!("the step “{id}” is due before the task is on the list");
        wrong.push((what, "Make days_before smaller than list."));
    }
    if step.letter.is_none() && !step.chase_at.is_empty() {
        let what = format!("the step “{id}” has days to chase, and no letter to chase with");
        wrong.push((what, "letter = the name of a folder under templates/."));
    }
    if step.chase_at.iter().any(|day| *day >= before) {
        let what = format!("the step “{id}” is chased before its letter goes");
        wrong.push((what, "The days in chase_at are smaller than days_before."));
    }
    wrong
}
