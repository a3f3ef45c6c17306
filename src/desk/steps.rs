//! A task's steps: those of its page that are there, for each policy that they are done for, and kept up to date as
//! facts come in. Knows no step by name.

use super::{
    Policy,
    ask::{Asked, refuse},
    drafting::Drafting,
    links, partner, spawning, thread,
};
use crate::domain::{
    account::Account,
    event::Event,
    id::{StepId, TaskId},
    task::{StepMark, StepState, Task},
    text::folded,
    workflow::{Known, Party, Practice, Step},
};
use std::sync::Arc;

/// The word for all policies of a step at once.
const ALL: &str = "all";

/// What is known of a task, as far as steps hang on it.
pub(super) fn known<'a>(task: &'a Task, account: Option<&'a Account>) -> Known<'a> {
    Known { fields: &task.fields, hazards: &task.hazards, sender: task.sender_kind, account }
}

/// A page's steps for what is known, all open.
pub(super) fn of(practice: &Practice, known: &Known<'_>) -> Vec<StepState> {
    practice.steps.iter().filter(|s| s.is_there(known)).flat_map(|s| states(s, known)).collect()
}

/// A step as tasks have it: once, or once for each policy.
fn states(step: &Step, known: &Known<'_>) -> Vec<StepState> {
    let state = |policy: Option<String>| StepState {
        id: step.id.clone(),
        title: step.title.clone(),
        required: step.required || step.certainly_needs(known),
        who: step.who,
        policy,
        waits_on: step.waits_on,
        sends: step.sends,
        mark: StepMark::Open,
    };
    let policies = step.policies(known);
    if policies.is_empty() { vec![state(None)] } else { policies.into_iter().map(|p| state(Some(p))).collect() }
}

/// The step of the task's page with this key.
pub(super) fn on_page<'p>(policy: &'p Policy, task: &Task, step: &StepId) -> Option<&'p Step> {
    policy.practice_of(task.request_type.as_ref()).steps.iter().find(|s| s.id == *step)
}

/// Puts in the steps that what has come in since calls for. What stood there before stays as it is: pages that changed
/// meanwhile change no task.
pub(super) fn bring_up_to_date(d: &mut Drafting<'_>, before: Option<&Task>, id: TaskId) {
    let Some(task) = d.held(id) else { return };
    let practice = d.policy.practice_of(task.request_type.as_ref());
    let depends = |s: &Step| !s.when.is_empty() || s.per_policy.is_some();
    if task.steps.is_empty() || !practice.steps.iter().any(depends) {
        return;
    }
    // As known as it was: nothing comes and nothing is divided.
    let same = |b: &Task| {
        b.request_type == task.request_type
            && Arc::ptr_eq(&b.fields, &task.fields)
            && b.hazards == task.hazards
            && b.sender_kind == task.sender_kind
    };
    if before.is_some_and(same) {
        return;
    }
    let account = d.account_of(&task).cloned();
    let now = known(&task, account.as_deref());
    let then = before.filter(|b| b.request_type == task.request_type).map(|b| known(b, account.as_deref()));
    let mut steps = task.steps.to_vec();
    for (place, step) in practice.steps.iter().enumerate().filter(|(_, s)| depends(s)) {
        let was_there = then.as_ref().is_some_and(|t| step.is_there(t));
        let here: Vec<&StepState> = steps.iter().filter(|s| s.id == step.id).collect();
        if here.is_empty() {
            if step.is_there(&now) && !was_there {
                let earlier = |s: &StepState| practice.steps.iter().take(place).any(|e| e.id == s.id);
                let at = steps.iter().rposition(earlier).map_or(0, |i| i + 1);
                steps.splice(at..at, states(step, &now));
            }
            continue;
        }
        let policies = step.policies(&now);
        let had = |p: &String| here.iter().any(|s| s.policy.as_deref().is_some_and(|h| folded(h) == folded(p)));
        let new: Vec<&String> = policies.iter().filter(|p| !had(p)).collect();
        let undivided = here.iter().any(|s| s.policy.is_none());
        let touched = here.iter().any(|s| s.mark != StepMark::Open);
        if new.is_empty() || then.as_ref().is_some_and(|t| step.policies(t) == policies) || (undivided && touched) {
            continue;
        }
        let at = steps.iter().position(|s| s.id == step.id).unwrap_or(0);
        if undivided {
            steps.retain(|s| s.id != step.id);
            steps.splice(at..at, states(step, &now));
        } else {
            let last = steps.iter().rposition(|s| s.id == step.id).map_or(at, |i| i + 1);
            let added: Vec<StepState> = states(step, &now)
                .into_iter()
                .filter(|s| s.policy.as_ref().is_some_and(|p| new.contains(&p)))
                .collect();
            steps.splice(last..last, added);
        }
    }
    if steps != *task.steps {
        d.record(Event::StepsSet { task: id, steps: steps.into() });
    }
}

/// Marks a step that can be marked so, of the policy that is named where it is done for several; what waited for it
/// waits no longer, and what it brings about is brought about.
pub(super) fn mark(
    d: &mut Drafting<'_>,
    id: TaskId,
    step: &StepId,
    policy: Option<&str>,
    mark: &StepMark,
    heirs: &mut spawning::Heirs<'_>,
) -> Asked<()> {
    let Some(task) = d.held(id) else { return Ok(()) };
    for state in meant(&task, step, policy, mark)? {
        record(d, id, &state, mark.clone(), heirs);
    }
    Ok(())
}

/// Marks this very step.
pub(super) fn record(
    d: &mut Drafting<'_>,
    id: TaskId,
    state: &StepState,
    mark: StepMark,
    heirs: &mut spawning::Heirs<'_>,
) {
    let ticked = matches!(mark, StepMark::Ticked { .. });
    let (step, policy) = (state.id.clone(), state.policy.clone());
    d.record(Event::StepMarked { task: id, step: step.clone(), mark, policy: policy.clone() });
    let Some(task) = d.held(id) else { return };
    if step.as_str() == partner::BACK && task.with_partner.is_some() {
        d.record(Event::TakenBack { task: id });
    }
    let left = task.steps.iter().any(|s| s.id == step && s.mark == StepMark::Open);
    let over = task.waits.iter().find(|w| w.step.as_ref() == Some(&step) && (w.policy == policy || !left));
    if let Some(over) = over {
        thread::resume_of(d, id, over.policy.clone());
    }
    links::step_is_settled(d, id, &step);
    if ticked && !left {
        spawning::after(d, id, &step, heirs);
    }
}

/// The states of a step that a person means; refused where it cannot be told, or where they are marked already.
fn meant(task: &Task, step: &StepId, policy: Option<&str>, mark: &StepMark) -> Asked<Vec<StepState>> {
    let id = task.id;
    let all: Vec<&StepState> = task.steps.iter().filter(|s| s.id == *step).collect();
    let Some(first) = all.first() else {
        let mut steps: Vec<&str> = task.steps.iter().map(|s| s.id.as_str()).collect();
        steps.dedup();
        return refuse(if steps.is_empty() {
            format!("{id} has no steps.")
        } else {
            format!("{id} has no step “{step}”; its steps are {}.", steps.join(", "))
        });
    };
    let free = |s: &&&StepState| match s.mark {
        StepMark::Open => true,
        StepMark::Waived { .. } => !matches!(mark, StepMark::Waived { .. }),
        StepMark::Ticked { .. } => false,
    };
    let already = |s: &StepState| {
        let how = if matches!(s.mark, StepMark::Ticked { .. }) { "ticked" } else { "waived" };
        format!("The step “{step}” of {id} is {how} already.")
    };
    let named: Vec<&str> = all.iter().filter_map(|s| s.policy.as_deref()).collect();
    let chosen: Vec<&StepState> = match policy.map(str::trim) {
        Some(p) if named.is_empty() && !p.eq_ignore_ascii_case(ALL) => {
            return refuse(format!("The step “{step}” of {id} is one for all its policies; leave the policy out."));
        }
        Some(p) if p.eq_ignore_ascii_case(ALL) => all.iter().filter(free).copied().collect(),
        Some(p) => {
            let asked = folded(p);
            let fits: Vec<&StepState> =
                all.iter().filter(|s| s.policy.as_deref().is_some_and(|h| folded(h) == asked)).copied().collect();
            if fits.is_empty() {
                return refuse(format!("“{p}” is none of the policies of {id}; those are {}.", named.join(", ")));
            }
            fits
        }
        None => match all.iter().filter(free).copied().collect::<Vec<_>>() {
            several if several.len() > 1 => {
                let left: Vec<&str> = several.iter().filter_map(|s| s.policy.as_deref()).collect();
                return refuse(format!(
                    "{id} has the step “{step}” for each of {}; say “did {step} for {}”, or “for all”.",
                    left.join(", "),
                    left.first().copied().unwrap_or_default()
                ));
            }
            one => one,
        },
    };
    match chosen.iter().find(|s| !free(s)) {
        Some(marked) => refuse(already(marked)),
        None if chosen.is_empty() => refuse(already(first)),
        None => Ok(chosen.into_iter().cloned().collect()),
    }
}

/// The policy of a task that a person names; refused where no step of it is done for that policy by itself.
pub(super) fn policy_named(task: &Task, named: &str) -> Asked<String> {
    let known: Vec<&str> = {
        let mut list: Vec<&str> = task.steps.iter().filter_map(|s| s.policy.as_deref()).collect();
        list.sort_unstable();
        list.dedup();
        list
    };
    match known.iter().find(|p| folded(p) == folded(named)) {
        Some(p) => Ok((*p).to_owned()),
        None if known.is_empty() => {
            refuse(format!("{} is not done for each policy by itself; leave the policy out.", task.id))
        }
        None => refuse(format!("“{named}” is none of the policies of {}; those are {}.", task.id, known.join(", "))),
    }
}

/// Why a task may not wait on the client: something has to be done before.
pub(super) fn not_before(policy: &Policy, task: &Task, on: Party) -> Option<String> {
    if on != Party::Client {
        return None;
    }
    let first =
        |s: &&StepState| s.mark == StepMark::Open && on_page(policy, task, &s.id).is_some_and(|p| p.before_waiting);
    let step = task.steps.iter().find(first)?;
    Some(format!(
        "{} waits on no client before “{}” is done: {}. “to client: …” asks without waiting.",
        task.id,
        step.id,
        step.title.trim_end_matches('.')
    ))
}

/// Steps with their keys and policies, in words.
pub(super) fn named(steps: &[&StepState]) -> String {
    let one = |s: &&StepState| {
        let of = s.policy.as_ref().map_or_else(String::new, |p| format!(" for {p}"));
        format!("{}{of} ({})", s.id, s.title.trim_end_matches('.'))
    };
    steps.iter().map(one).collect::<Vec<_>>().join(", ")
}
