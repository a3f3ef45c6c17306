//! The people of a simulation: whoever is free takes the task of theirs that is due first, works on it for a while of
//! office time, and hands it on, asks, or ends it. All of it through the desk's own commands.

use super::office::{Happening, Office};
use crate::desk::{Command, Policy};
use crate::domain::{
    Timestamp,
    id::*,
    reading::{Complexity, SenderKind},
    task::{End, StepMark, StepState, Task, Whose},
    workflow::Party,
};
use crate::reports::Case;
use crate::store::StoreError;
use std::collections::{BTreeMap, BTreeSet};

/// What somebody is busy with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Doing {
    /// Saying what a message is.
    Sorting(TaskId),
    /// Writing a question to the client.
    Asking(TaskId),
    /// The steps before somebody outside has to do theirs.
    Handing(TaskId, StepId, Party),
    /// The rest.
    Ending(TaskId),
}

/// Who outside has answered.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Answered {
    /// The client, what they were asked.
    Question,
    /// Whoever this step waited for.
    Step(StepId),
}

/// How far the simulated people know a task to be.
#[derive(Debug, Clone, Default)]
struct Known {
    asked: bool,
    chased: bool,
    was_over: bool,
}

/// The people, and what lies on their desks.
#[derive(Debug)]
pub(super) struct Staff {
    free: BTreeMap<PersonId, bool>,
    worked: BTreeMap<PersonId, f64>,
    /// What somebody could work on, what is due first in front.
    lies: BTreeMap<PersonId, BTreeSet<(Timestamp, TaskId)>>,
    placed: BTreeMap<TaskId, (PersonId, Timestamp)>,
    known: BTreeMap<TaskId, Known>,
    /// Tasks that just went past their standard's moment are looked for when their clients lose patience.
    late: Vec<(TaskId, Timestamp)>,
    ended: Vec<TaskId>,
}

impl Staff {
    pub(super) fn new(policy: &Policy) -> Self {
        Self {
            free: policy.people.iter().map(|p| (p.id.clone(), true)).collect(),
            worked: BTreeMap::new(),
            lies: BTreeMap::new(),
            placed: BTreeMap::new(),
            known: BTreeMap::new(),
            late: Vec::new(),
            ended: Vec::new(),
        }
    }

    /// Minutes of office time in which somebody was busy.
    pub(super) fn worked(&self, person: &PersonId) -> f64 {
        self.worked.get(person).copied().unwrap_or(0.0)
    }

    /// A task changed: it lies on another desk now, or on none.
    pub(super) fn sees(&mut self, case: &Case, now: Timestamp) {
        let open = case.ends.len() == case.reopened.len();
        let fresh = !self.known.contains_key(&case.id);
        let known = self.known.entry(case.id).or_default();
        if !open && !known.was_over {
            self.ended.push(case.id);
        }
        known.was_over = !open;
        let due = [case.deadline, case.standard_due].into_iter().flatten().min().unwrap_or(case.arrived);
        if fresh {
            self.late.extend(case.standard_due.map(|at| (case.id, at.max(now))));
        }
        let place = (open && case.waiting.is_none()).then(|| (case.assignee.clone(), due));
        if self.placed.get(&case.id) == place.as_ref() {
            return;
        }
        if let Some((person, at)) = self.placed.remove(&case.id)
            && let Some(lies) = self.lies.get_mut(&person)
        {
            lies.remove(&(at, case.id));
        }
        if let Some((person, at)) = place {
            self.lies.entry(person.clone()).or_default().insert((at, case.id));
            self.placed.insert(case.id, (person, at));
        }
    }

    /// Somebody who is free, and what they do next.
    fn next(&self) -> Option<(PersonId, TaskId)> {
        let free = self.free.iter().filter(|(_, free)| **free).map(|(person, _)| person);
        let mut next = free.filter_map(|p| Some((p.clone(), self.lies.get(p)?.first()?.1)));
        next.next()
    }
}

impl Office<'_> {
    /// Whoever is free begins on what lies in front of them.
    pub(super) fn set_to_work(&mut self) -> Result<(), StoreError> {
        for (task, at) in std::mem::take(&mut self.staff.late) {
            if self.dice.falls(self.plan.model.habits.chase) {
                let patience = self.dice.waiting(240.0);
                let when = self.calendar().after_office_time(at, chrono::Duration::minutes(minute(patience)));
                self.at(when, Happening::Chase(task));
            }
        }
        for task in std::mem::take(&mut self.staff.ended) {
            let habits = &self.plan.model.habits;
            let (wrong, thanks) = (habits.wrong, habits.thanks);
            let echo = if self.dice.falls(wrong) { Some(true) } else { self.dice.falls(thanks).then_some(false) };
            if let Some(wrong) = echo {
                let minutes = self.dice.waiting(if wrong { 900.0 } else { 120.0 });
                self.at(self.after(minutes), Happening::Echo(task, wrong));
            }
        }
        if !self.is_open() {
            return Ok(());
        }
        while let Some((person, id)) = self.staff.next() {
            self.begin(&person, id)?;
        }
        Ok(())
    }

    /// Somebody takes a task up and knows how long it will take them.
    fn begin(&mut self, person: &PersonId, id: TaskId) -> Result<(), StoreError> {
        // Whatever comes of it, it does not lie in front of them meanwhile.
        if let Some((owner, at)) = self.staff.placed.remove(&id)
            && let Some(lies) = self.staff.lies.get_mut(&owner)
        {
            lies.remove(&(at, id));
        }
        let Some(task) = self.task(id)?.filter(|t| t.is_open()) else { return Ok(()) };
        if task.first_touch.is_none() {
            self.command(person, Command::Take { task: id })?;
            // Taken, it lies in front of them again; they have it in hand.
            if let Some((owner, at)) = self.staff.placed.remove(&id)
                && let Some(lies) = self.staff.lies.get_mut(&owner)
            {
                lies.remove(&(at, id));
            }
        }
        let (doing, minutes) = self.next_of(&task);
        let minutes = minutes * (0.5 + self.dice.part());
        let through = self.after(minutes / self.plan.model.work.share);
        *self.staff.worked.entry(person.clone()).or_default() += minutes / self.plan.model.work.share;
        self.staff.free.insert(person.clone(), false);
        self.at(through, Happening::Through(person.clone(), doing));
        Ok(())
    }

    /// What is to be done on a task next, and for how many minutes.
    fn next_of(&self, task: &Task) -> (Doing, f64) {
        let work = &self.plan.model.work;
        if task.request_type.is_none() {
            return (Doing::Sorting(task.id), work.sort);
        }
        let asked = self.staff.known.get(&task.id).is_some_and(|k| k.asked);
        if !task.missing.is_empty() && !asked && task.requester.is_some() {
            return (Doing::Asking(task.id), work.ask);
        }
        let factor = if task.complexity == Complexity::Complex { work.complex } else { 1.0 };
        let minutes = self.plan.model.minutes(task.request_type.as_ref()) * factor;
        let waits = |s: &&StepState| s.required && s.mark == StepMark::Open && s.waits_on.is_some();
        let begun = task.steps.iter().any(|s| s.waits_on.is_some() && s.mark != StepMark::Open);
        match task.steps.iter().find(waits) {
            Some(step) => {
                let party = step.waits_on.unwrap_or(Party::Carrier);
                (Doing::Handing(task.id, step.id.clone(), party), minutes * if begun { 0.15 } else { 0.6 })
            }
            None => (Doing::Ending(task.id), minutes * if begun { 0.4 } else { 1.0 }),
        }
    }

    /// Something that was to happen happens.
    pub(super) fn happen(&mut self, what: Happening) -> Result<(), StoreError> {
        match what {
            Happening::Opening => {
                let tomorrow = self.calendar().next_business_day(self.calendar().day(self.now));
                if let Some((opens, _)) = self.calendar().open_between(tomorrow) {
                    self.at(opens, Happening::Opening);
                }
                Ok(())
            }
            Happening::Through(person, doing) => {
                self.staff.free.insert(person.clone(), true);
                self.through(&person, doing)
            }
            Happening::Answer(id, answered) => self.answered(id, &answered),
            Happening::Chase(id) => {
                let Some(task) = self.task(id)?.filter(|t| t.is_open()) else { return Ok(()) };
                let late = task.standard_due.is_some_and(|at| at <= self.now) && task.waiting.is_none();
                let first = self.staff.known.get_mut(&id).is_some_and(|k| !std::mem::replace(&mut k.chased, true));
                if late && first {
                    self.client_writes(&task, "Hello, is there any update on this?\n", None);
                }
                Ok(())
            }
            Happening::Echo(id, wrong) => {
                let Some(task) = self.task(id)?.filter(|t| !t.is_open()) else { return Ok(()) };
                let words = if wrong {
                    "This is not right yet: the name on it is wrong. Please correct it and send it again.\n"
                } else {
                    "Perfect, thank you so much!\n"
                };
                self.client_writes(&task, words, None);
                Ok(())
            }
            Happening::Reply(answers) => {
                self.reply_arrives()?;
                // Words of a simulation fill no field, and mail may not have been joined: the person sees what it is.
                if let Some(id) = answers
                    && let Some(task) = self.task(id)?.filter(|t| t.is_open() && t.waiting.is_some())
                {
                    self.command(&task.assigned.person.clone(), Command::Resume { task: id })?;
                }
                Ok(())
            }
        }
    }

    /// Asks whoever wrote; on whom the task waits then, if the desk did it.
    fn asks(&mut self, person: &PersonId, task: &Task, words: String) -> Result<Option<Party>, StoreError> {
        if !matches!(task.sender_kind, SenderKind::ThirdParty | SenderKind::Carrier) {
            let did = self.command(person, Command::Question { task: task.id, words, until: None })?;
            return Ok(did.then_some(Party::Client));
        }
        let (why, on) = (words.clone(), Party::ThirdParty);
        let tell = Command::Tell { task: task.id, text: words, documents: None, to_sender: true };
        let wait = Command::Wait { task: task.id, on, until: None, why, policy: None };
        Ok((self.command(person, tell)? && self.command(person, wait)?).then_some(on))
    }

    /// Somebody is through with what they did; if the task was taken from them meanwhile, the desk says so.
    fn through(&mut self, person: &PersonId, doing: Doing) -> Result<(), StoreError> {
        let id = match &doing {
            Doing::Sorting(id) | Doing::Asking(id) | Doing::Ending(id) | Doing::Handing(id, ..) => *id,
        };
        let Some(task) = self.task(id)?.filter(|t| t.is_open()) else { return Ok(()) };
        let owner = task.assigned.person.clone();
        let person = if owner == *person { person.clone() } else { owner };
        let did = match doing {
            Doing::Sorting(_) => self.sorted(&person, &task)?,
            Doing::Asking(_) => {
                self.staff.known.entry(id).or_default().asked = true;
                let words = task.missing.iter().map(|m| m.question.as_str()).collect::<Vec<_>>().join("\n");
                let whom = self.asks(&person, &task, words)?;
                if let Some(whom) = whom {
                    self.outside_answers(id, whom, Answered::Question);
                }
                whom.is_some()
            }
            Doing::Handing(_, step, party) => {
                let own = own_steps_before(&task, &step);
                let ticked = own.is_empty()
                    || self.command(
                        &person,
                        Command::Did { task: id, steps: own, policy: Some(EVERY_POLICY.to_owned()) },
                    )?;
                let why = format!("the step “{step}”");
                let waits = ticked
                    && self.command(&person, Command::Wait { task: id, on: party, until: None, why, policy: None })?;
                if waits {
                    self.outside_answers(id, party, Answered::Step(step));
                }
                waits
            }
            Doing::Ending(_) => self.finish(&person, &task)?,
        };
        if !did {
            // What cannot be done as it should would be tried for ever; a person would go and ask. It ends here.
            let reason = "the simulation cannot work this".to_owned();
            self.command(&person, Command::End { task: id, how: End::NotNeeded, reason })?;
        }
        // What is still theirs lies in front of them again.
        if let Some(case) = self.gathered.case(id) {
            self.staff.sees(case, self.now);
        }
        Ok(())
    }

    /// What the rules could not place gets its type from somebody who sees what it is, or needs no work.
    fn sorted(&mut self, person: &PersonId, task: &Task) -> Result<bool, StoreError> {
        let truth = task.messages.first().and_then(|m| self.truth.get(m)).cloned();
        let page = truth.filter(|t| self.policy.pages.contains_key(t));
        match page {
            Some(request_type) => self.command(person, Command::SetType { task: task.id, request_type, needs: None }),
            None => {
                let reason = "nothing is asked for".to_owned();
                self.command(person, Command::End { task: task.id, how: End::NotNeeded, reason })
            }
        }
    }

    fn finish(&mut self, person: &PersonId, task: &Task) -> Result<bool, StoreError> {
        if task.reopened > 0 && task.error.is_none() {
            let whose = [Whose::Agency, Whose::Agency, Whose::Client, Whose::Carrier, Whose::Nobody];
            let whose = self.dice.pick(&whose).copied().unwrap_or(Whose::Nobody);
            self.command(person, Command::NameError { task: task.id, whose })?;
        }
        self.command(person, Command::Finish { task: task.id })
    }

    /// Somebody outside will answer after a while of office time.
    fn outside_answers(&mut self, id: TaskId, party: Party, what: Answered) {
        let others = &self.plan.model.others;
        let hours = match party {
            Party::Client => others.client,
            Party::Carrier => others.carrier,
            Party::ThirdParty => others.third_party,
        };
        let minutes = self.dice.waiting(hours * 60.0);
        self.at(self.after(minutes), Happening::Answer(id, what));
    }

    fn answered(&mut self, id: TaskId, what: &Answered) -> Result<(), StoreError> {
        let Some(task) = self.task(id)?.filter(|t| t.is_open()) else { return Ok(()) };
        let person = task.assigned.person.clone();
        match what {
            Answered::Question => {
                self.client_writes(&task, "Here is what you asked for. Please go ahead.\n", Some(id));
            }
            Answered::Step(step) => {
                let open = task.steps.iter().any(|s| s.id == *step && s.mark == StepMark::Open);
                if open {
                    self.command(
                        &person,
                        Command::Did { task: id, steps: vec![step.clone()], policy: Some(EVERY_POLICY.to_owned()) },
                    )?;
                } else if task.waiting.is_some() {
                    self.command(&person, Command::Resume { task: id })?;
                }
            }
        }
        Ok(())
    }
}

/// How a command says that a step is done for all policies of a task.
const EVERY_POLICY: &str = "all";

/// The agency's own required steps that stand before one and are still open.
fn own_steps_before(task: &Task, step: &StepId) -> Vec<StepId> {
    let before = task.steps.iter().take_while(|s| s.id != *step);
    let own = before.filter(|s| s.required && s.mark == StepMark::Open && s.waits_on.is_none());
    let mut steps: Vec<StepId> = own.map(|s| s.id.clone()).collect();
    // A step that is done for each policy stands there once for each.
    steps.dedup();
    steps
}

fn minute(n: f64) -> i64 {
    #[allow(clippy::cast_possible_truncation, reason = "a few days in minutes")]
    let whole = n as i64;
    whole
}

pub(super) fn minutes(d: chrono::Duration) -> f64 {
    #[allow(clippy::cast_precision_loss, reason = "minutes of a few years")]
    let m = d.num_minutes() as f64;
    m
}
