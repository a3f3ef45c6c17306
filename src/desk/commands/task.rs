//! What a person does with a task.

use super::{Drafting, Said, Subject, needed};
use crate::desk::{
    ask::{Asked, refuse},
    letters, links, presence, roster,
    routing::{self, Even, Route},
    spawning, steps, thread,
};
use crate::domain::{
    Timestamp,
    event::Event,
    id::*,
    task::{End, StepMark, StepState, Task, Tie, Whose},
    workflow::Party,
};
use std::sync::Arc;

/// I take it.
pub(super) fn take<'p>(said: &Said<'_, 'p>, id: TaskId) -> Asked<Drafting<'p>> {
    let Subject { mut d, task, .. } = said.open_subject(id)?;
    if task.assigned.person != said.person.id {
        let reason = format!("{} took it.", said.person.name);
        d.record(Event::Assigned { task: id, person: said.person.id.clone(), reason, standing_in_for: None });
    }
    d.record(said.touched(id));
    Ok(d)
}

/// Something worth keeping; a task that is over takes notes, too.
pub(super) fn note<'p>(said: &Said<'_, 'p>, id: TaskId, text: &str) -> Asked<Drafting<'p>> {
    let text = needed(text, "The note is empty; write what is worth keeping.")?;
    let Subject { mut d, .. } = said.subject(id)?;
    d.record(Event::Noted { task: id, by: Some(said.person.id.clone()), text: text.to_owned() });
    d.record(said.touched(id));
    Ok(d)
}

/// For whom a task shall wait.
pub(super) struct Wanted<'w> {
    /// Whom.
    pub(super) on: Party,
    /// Until when; the follow-up of the step or the page where left out.
    pub(super) until: Option<Timestamp>,
    /// Of several policies the one that waits.
    pub(super) policy: Option<&'w str>,
}

/// It waits for somebody outside.
pub(super) fn wait<'p>(said: &Said<'_, 'p>, id: TaskId, wanted: &Wanted<'_>, why: &str) -> Asked<Drafting<'p>> {
    let why = needed(why, "Say for what it waits, so that whoever looks next knows.")?;
    let Subject { mut d, task, .. } = said.open_subject(id)?;
    let on = wanted.on;
    if let Some(first) = steps::not_before(said.policy, task, on) {
        return refuse(first);
    }
    let policy = wanted.policy.map(|p| steps::policy_named(task, p)).transpose()?;
    let open =
        |s: &&StepState| s.mark == StepMark::Open && s.waits_on == Some(on) && (policy.is_none() || s.policy == policy);
    let step = task.steps.iter().find(open).map(|s| s.id.clone());
    let of_step = step.as_ref().and_then(|s| steps::on_page(said.policy, task, s)).and_then(|s| s.follow_up);
    let follow_up = of_step.unwrap_or(said.policy.practice_of(task.request_type.as_ref()).standard.follow_up);
    let until = wanted.until.unwrap_or_else(|| said.policy.calendar.after(said.now, follow_up));
    if until <= said.now {
        return refuse("The moment until which it waits is past; give a later one.");
    }
    // What was waited for before is over: the standard's clock gets back what it had left.
    thread::resume_of(&mut d, id, policy.clone());
    d.record(Event::WaitingBegan { task: id, on, until, why: why.to_owned(), step, policy });
    d.record(said.touched(id));
    Ok(d)
}

/// Nobody is to be reminded of it before that. A danger is put off only by who answers for it.
pub(super) fn snooze<'p>(said: &Said<'_, 'p>, id: TaskId, until: Timestamp, why: &str) -> Asked<Drafting<'p>> {
    let why = needed(why, "Say why it can wait; the reason is kept.")?;
    let Subject { mut d, task, .. } = said.open_subject(id)?;
    if until <= said.now {
        return refuse("The moment until which it is put off is past; give a later one.");
    }
    if !task.hazards.is_empty() && !presence::manages(said.person) {
        let managers: Vec<&str> =
            said.policy.people.iter().filter(|p| presence::manages(p)).map(|p| p.name.as_str()).collect();
        return refuse(format!("There is danger in {id}; only {} can put it off.", managers.join(" or ")));
    }
    d.record(Event::Snoozed { task: id, by: said.person.id.clone(), until, why: why.to_owned() });
    d.record(said.touched(id));
    Ok(d)
}

/// It waits no longer.
pub(super) fn resume<'p>(said: &Said<'_, 'p>, id: TaskId) -> Asked<Drafting<'p>> {
    let Subject { mut d, task, .. } = said.open_subject(id)?;
    if task.waits.is_empty() && task.tied(Tie::WaitsForIt).next().is_none() {
        return refuse(format!("{id} does not wait for anybody."));
    }
    thread::resume_of(&mut d, id, None);
    links::untie_all(&mut d, id);
    d.record(said.touched(id));
    Ok(d)
}

/// A step is done, or waived with a reason.
pub(super) fn step<'p>(
    said: &Said<'_, 'p>,
    id: TaskId,
    step: &StepId,
    policy: Option<&str>,
    waive: Option<&str>,
) -> Asked<Drafting<'p>> {
    let (by, at) = (said.person.id.clone(), said.now);
    let mark = match waive {
        None => StepMark::Ticked { by, at },
        Some(reason) => {
            let reason = needed(reason, "A step is left out only with a reason; say why.")?.to_owned();
            StepMark::Waived { by, at, reason }
        }
    };
    marked(said, id, std::slice::from_ref(step), policy, &mark)
}

/// These steps are done.
pub(super) fn did<'p>(said: &Said<'_, 'p>, id: TaskId, steps: &[StepId], policy: Option<&str>) -> Asked<Drafting<'p>> {
    marked(said, id, steps, policy, &StepMark::Ticked { by: said.person.id.clone(), at: said.now })
}

fn marked<'p>(
    said: &Said<'_, 'p>,
    id: TaskId,
    which: &[StepId],
    policy: Option<&str>,
    mark: &StepMark,
) -> Asked<Drafting<'p>> {
    let heirs = said.heirs(id);
    let subject = said.open_subject(id);
    let (mut heirs, Subject { mut d, .. }) = (heirs?, subject?);
    for step in which {
        steps::mark(&mut d, id, step, policy, mark, &mut heirs)?;
    }
    d.record(said.touched(id));
    spawning::tell(&mut d, &heirs);
    Ok(d)
}

/// Somebody else does it.
pub(super) fn assign<'p>(said: &Said<'_, 'p>, id: TaskId, to: &PersonId, reason: &str) -> Asked<Drafting<'p>> {
    let Some(person) = said.policy.person(to) else {
        let known: Vec<&str> = said.policy.people.iter().map(|p| p.id.as_str()).collect();
        return refuse(format!("“{to}” is not one of the agency's people; those are {}.", known.join(", ")));
    };
    let Subject { mut d, task, .. } = said.open_subject(id)?;
    if task.assigned.person == *to {
        return refuse(format!("{id} is {}'s already.", person.name));
    }
    if let Some(out) = d.roster.out(said.policy, person, said.policy.calendar.next_open(said.now))
        && *to != said.person.id
    {
        return refuse(format!(
            "{} {}; give it to somebody who is here, or wait.",
            person.name,
            roster::how_out(said.policy, &out)
        ));
    }
    let reason = match reason.trim() {
        "" => format!("{} gave it to {}.", said.person.name, person.name),
        why => format!("{} gave it to {}: {why}", said.person.name, person.name),
    };
    d.record(Event::Assigned { task: id, person: to.clone(), reason: reason.clone(), standing_in_for: None });
    d.record(said.touched(id));
    letters::notices(&mut d, &[id], &reason, Some(&said.person.id));
    Ok(d)
}

/// It is over.
pub(super) fn end<'p>(said: &Said<'_, 'p>, id: TaskId, how: End, reason: &str) -> Asked<Drafting<'p>> {
    let Subject { mut d, task, .. } = said.open_subject(id)?;
    if how == End::Done {
        let open: Vec<&StepState> = task.open_required().collect();
        if !open.is_empty() {
            let open = steps::named(&open);
            return refuse(format!(
                "{id} is not done: these steps are open: {open}. Tick them, or waive them with a reason."
            ));
        }
        links::still_waited_for(task)?;
        error_is_named(task)?;
    } else {
        needed(reason, "Say why it ends without being done; the reason is kept.")?;
    }
    d.record(said.touched(id));
    d.record(Event::Ended { task: id, how, reason: reason.trim().to_owned(), by: said.person.id.clone() });
    links::ended(&mut d, id, &said.person.id, None);
    Ok(d)
}

/// It is done, by somebody's word: what is the agency's own to do counts as done by it. What somebody outside had to
/// give (a carrier's confirmation) needs a word of its own.
pub(super) fn finish<'p>(said: &Said<'_, 'p>, id: TaskId) -> Asked<Drafting<'p>> {
    let heirs = said.heirs(id);
    let subject = said.open_subject(id);
    let (mut heirs, Subject { mut d, task, .. }) = (heirs?, subject?);
    let others: Vec<&StepState> = task.open_required().filter(|s| s.waits_on.is_some()).collect();
    if let Some(first) = others.first() {
        let of = first.policy.as_ref().map_or_else(String::new, |p| format!(" for {p}"));
        return refuse(format!(
            "{id} is not done: somebody outside has to do their part first: {}. If they have, say “did {}{of}”; if it \
             is not needed, “skip {}{of}: why”.",
            steps::named(&others),
            first.id,
            first.id
        ));
    }
    links::still_waited_for(task)?;
    error_is_named(task)?;
    let (by, at) = (said.person.id.clone(), said.now);
    for step in task.open_required() {
        steps::record(&mut d, id, step, StepMark::Ticked { by: by.clone(), at }, &mut heirs);
    }
    d.record(said.touched(id));
    d.record(Event::Ended { task: id, how: End::Done, reason: String::new(), by: by.clone() });
    links::ended(&mut d, id, &by, None);
    spawning::tell(&mut d, &heirs);
    Ok(d)
}

/// A task that had to be opened again ends only when somebody has said whose error that was.
fn error_is_named(task: &Task) -> Asked<()> {
    if task.reopened > 0 && task.error.is_none() {
        return refuse(format!(
            "{} was opened again, and nobody has said whose error that was: say “our error”, “client's error”, \
             “carrier's error” or “nobody's error” first (intaked tasks error).",
            task.id
        ));
    }
    Ok(())
}

/// Whose error it was that the task had to be opened again.
pub(super) fn name_error<'p>(said: &Said<'_, 'p>, id: TaskId, whose: Whose) -> Asked<Drafting<'p>> {
    let Subject { mut d, task, .. } = said.open_subject(id)?;
    if task.reopened == 0 {
        return refuse(format!("{id} was never opened again; there is no error to name."));
    }
    d.record(Event::ErrorNamed { task: id, whose, by: said.person.id.clone() });
    d.record(said.touched(id));
    Ok(d)
}

/// It is not over after all.
pub(super) fn reopen<'p>(said: &Said<'_, 'p>, id: TaskId, reason: &str) -> Asked<Drafting<'p>> {
    let reason = needed(reason, "Say why it is opened again; the reason is kept.")?;
    let Subject { mut d, task, account } = said.subject(id)?;
    if task.is_open() {
        return refuse(format!("{id} is open; there is nothing to reopen."));
    }
    thread::reopen(&mut d, id, reason);
    // As it is now: it may have gone back to whom it was lent by.
    let task = d.task(id).unwrap_or(task);
    if let Some((route, _)) =
        routing::from_whoever_is_away(said.policy, task, account.map(Arc::as_ref), &d.roster, Even::Untouched)
    {
        let Route { person, because: reason, standing_in_for, .. } = route;
        d.record(Event::Assigned { task: id, person, reason, standing_in_for });
    }
    d.record(said.touched(id));
    let why = format!("{} opened it again: {reason}", said.person.name);
    letters::notices(&mut d, &[id], &why, Some(&said.person.id));
    Ok(d)
}
