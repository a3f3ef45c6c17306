//! What can be wrong with the steps of a page: alone, and beside the other pages, the fields and the hazards.

use super::Page;
use crate::domain::{
    mistake::Mistake,
    workflow::{Step, When},
};
use std::collections::BTreeMap;

/// What is wrong with a step by itself: what, and the mend.
pub(super) fn wrong(step: &Step) -> Vec<(String, &'static str)> {
    let id = &step.id;
    let mut all: Vec<(String, &'static str)> = Vec::new();
    if step.follow_up.is_some() && step.waits_on.is_none() {
        all.push((
            format!("the step “{id}” has a follow_up, and waits on nobody"),
            "Say on whom: waits_on = \"carrier\", \"client\" or \"third_party\"; or leave follow_up out.",
        ));
    }
    if !step.needs_when.is_empty() && step.needs.is_none() {
        all.push((
            format!("the step “{id}” says when it needs a task, and not of which page"),
            "needs = \"…\", the id of a page.",
        ));
    }
    if step.before_waiting && (!step.required || step.waits_on.is_some()) {
        all.push((
            format!(
                "the step “{id}” is to be done before the task waits, and so has to be required and the agency's own"
            ),
            "Leave out required = false and waits_on, or before_waiting.",
        ));
    }
    if conditions(step).any(|(_, w)| w.is_empty()) {
        all.push((
            format!("the step “{id}” has an empty condition"),
            "Give it fields, hazards, from or not_granted, or leave it out.",
        ));
    }
    if step.title.trim().is_empty() {
        all.push((format!("the step “{id}” has no words"), "title = \"What to do\", as an instruction."));
    }
    all
}

/// All conditions of a step, with the key under which they stand.
fn conditions(step: &Step) -> impl Iterator<Item = (&'static str, &When)> {
    step.when.iter().map(|w| ("when", w)).chain(step.needs_when.iter().map(|w| ("needs_when", w)))
}

/// What only shows when all pages, fields and hazards are there.
pub(in crate::reading) fn check(
    pages: &[Page],
    texts: &BTreeMap<&str, &str>,
    fields: &[String],
    hazards: &[&str],
    mistakes: &mut Vec<Mistake>,
) {
    let known = |id: &str| pages.iter().find(|p| p.id.as_str() == id);
    let workable: Vec<&str> = pages.iter().filter(|p| p.practice.is_some()).map(|p| p.id.as_str()).collect();
    for page in pages {
        let Some(practice) = &page.practice else { continue };
        let text = texts.get(page.file.as_str()).copied().unwrap_or_default();
        for step in &practice.steps {
            let line = text.lines().position(|l| names(l, step.id.as_str())).map(|n| n + 1);
            let mut wrong = |what: String, mend: String| {
                mistakes.push(Mistake { file: page.file.clone(), line, what, mend });
            };
            let named = [("needs", step.needs.as_ref()), ("spawns", step.spawns.as_ref().map(|s| &s.page))];
            for (key, other) in named.into_iter().filter_map(|(k, o)| o.map(|o| (k, o))) {
                let is_there = known(other.as_str()).is_some_and(|p| p.practice.is_some());
                if !is_there || *other == page.id {
                    let why = if is_there { "that is this page itself" } else { "there is no such page with work" };
                    let mend = format!("Pages: {}.", workable.join(", "));
                    wrong(format!("the step “{}”: {key} names “{other}”, and {why}", step.id), mend);
                }
            }
            for (key, condition) in conditions(step) {
                for field in condition.fields.keys().filter(|f| !fields.contains(*f)) {
                    let what = format!("the step “{}”: {key} names the field “{field}”, and there is none", step.id);
                    wrong(what, "Fields are those of fields.toml.".to_owned());
                }
                for hazard in condition.hazards.iter().filter(|h| !hazards.contains(&h.as_str())) {
                    let what = format!("the step “{}”: {key} names the hazard “{hazard}”, and there is none", step.id);
                    wrong(what, format!("Hazards: {}.", hazards.join(", ")));
                }
            }
        }
    }
}

/// Whether a line gives a step this id.
fn names(line: &str, id: &str) -> bool {
    let value = line.trim_start().strip_prefix("id").map(str::trim_start).and_then(|l| l.strip_prefix('='));
    value.is_some_and(|v| v.trim().trim_matches('"') == id)
}
