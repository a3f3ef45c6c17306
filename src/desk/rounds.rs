//! What a person is told when they work: everything that ran out for them since, in one letter, most urgent first.
//! What somebody has acted on meanwhile is left out. Knows no ladder: whether a step happens is `escalation`'s.

use super::{
    Policy,
    ask::{Ask, Asked, all},
    counting, digest,
    drafting::Drafting,
    escalation,
    letters::{self, ESCALATION, ToStaff},
    outages,
};
use crate::domain::{
    Timestamp,
    account::Account,
    decision::Cause,
    event::Event,
    id::*,
    round::{Of, Owed, Round},
    task::Task,
    workflow::{Clock, Listener},
};
use std::{collections::BTreeMap, sync::Arc};

/// Tasks that one letter shows; of more it says how many.
const SHOWN_MAX: usize = 20;

/// A person is to hear of this when they work next.
pub(super) fn owe(d: &mut Drafting<'_>, person: &PersonId, owed: Vec<Owed>) {
    if owed.is_empty() {
        return;
    }
    let tell_at = d.policy.at_work(person, d.now);
    d.record(Event::Owed { person: person.clone(), owed, more: 0, tell_at });
}

/// The moment has come: they are told, or whoever stands in for them is.
pub(super) fn decide<'p>(ask: &Ask<'_>, person: &PersonId, now: Timestamp, policy: &'p Policy) -> Asked<Drafting<'p>> {
    let (rounds, circumstances, upkeep) = (ask.rounds(), ask.circumstances(), ask.upkeep());
    let Some(round) = rounds?.get(person) else { return Ok(Drafting::silent(Cause::Clock, now, policy)) };
    let upkeep = upkeep?;
    let known = policy.person(person).filter(|_| policy.digest.is_some());
    let is_due = round.digest_due().is_some_and(|at| at <= now);
    let waits = is_due && known.is_some_and(|p| counting::is_awaited(policy, p, round, upkeep, now));
    let digest_is_due = is_due && !waits;
    let figures = known.filter(|_| digest_is_due).map(|p| digest::figures(ask, p, now, policy));
    let tasks = Tasks::of(ask, round);
    let (figures, tasks) = (figures.transpose()?, tasks?);
    let mut d = Drafting::amid(circumstances?, Cause::Clock, now, policy);
    if waits {
        counting::wait(&mut d, person);
    }
    match (known, figures) {
        (Some(person), Some(figures)) => digest::write(&mut d, person, &figures),
        // Whoever has left, or an agency that wants no digests any more.
        _ if digest_is_due => d.record(Event::DigestSet { person: person.clone(), at: None }),
        _ => {}
    }
    if round.tell_at.is_some_and(|at| at <= now) {
        tell(&mut d, person, round, &tasks);
    }
    Ok(d)
}

/// The tasks that a round speaks of, with all that letters about them need.
struct Tasks<'a> {
    tasks: Vec<&'a Arc<Task>>,
    accounts: BTreeMap<AccountId, &'a Arc<Account>>,
}

impl<'a> Tasks<'a> {
    fn of(ask: &Ask<'a>, round: &Round) -> Asked<Self> {
        let mut ids: Vec<TaskId> = round.owed.iter().filter_map(|o| task_of(&o.of)).collect();
        ids.sort_unstable();
        ids.dedup();
        let tasks: Vec<&Arc<Task>> =
            all(ids.into_iter().map(|id| ask.task(id)).collect())?.into_iter().flatten().collect();
        let mut of_clients: Vec<&AccountId> = tasks.iter().filter_map(|t| t.account.as_ref()).collect();
        of_clients.sort_unstable();
        of_clients.dedup();
        let accounts = all(of_clients.into_iter().map(|id| ask.account(id)).collect())?;
        Ok(Self { tasks, accounts: accounts.into_iter().flatten().map(|a| (a.id.clone(), a)).collect() })
    }
}

fn task_of(of: &Of) -> Option<TaskId> {
    match of {
        Of::Step { task, .. } => Some(*task),
        Of::Unreachable { .. } | Of::Back { .. } => None,
    }
}

fn tell(d: &mut Drafting<'_>, person: &PersonId, round: &Round, tasks: &Tasks<'_>) {
    let hears = whoever_hears(d, person);
    let at = d.policy.at_work(&hears, d.now);
    let standing = standing(d.policy, round, tasks);
    let is_written = hears == *person && at <= d.now && !standing.is_empty();
    let quiet_until = is_written.then(|| d.policy.at_work(person, d.now + d.policy.gather));
    d.record(Event::Told { person: person.clone(), quiet_until });
    if d.policy.person(&hears).is_none() {
        // Nobody is left who could hear of it; the tasks themselves find somebody by their own clocks.
        return;
    }
    if hears != *person || at > d.now {
        // Somebody else's to hear, or their hours have changed since.
        d.record(Event::Owed { person: hears, owed: round.owed.clone(), more: round.more, tell_at: at });
        return;
    }
    for task in &tasks.tasks {
        d.adopt(task);
    }
    for account in tasks.accounts.values() {
        d.know_account(account);
    }
    outages::tell(d, person, round);
    let shown: Vec<TaskId> = standing.iter().take(SHOWN_MAX).map(|(id, _)| *id).collect();
    let Some((first, clocks)) = standing.first() else { return };
    let Some(task) = d.held(*first) else { return };
    let ran_out: Vec<Clock> = clocks.iter().map(|(clock, _)| *clock).collect();
    let words = in_words(d, &task, &ran_out);
    let more = (standing.len() - shown.len()) as u64 + round.more;
    let why = match (standing.len(), more) {
        (1, 0) => format!("{first} is {words}."),
        (n, 0) => format!("{n} tasks need somebody, the most urgent first."),
        (n, _) => format!(
            "{} tasks need somebody, the most urgent first; {more} more are not shown: see “intaked tasks”.",
            n as u64 + round.more
        ),
    };
    let letter = ToStaff {
        kind: ESCALATION,
        why,
        clock: words,
        action: ran_out.first().map(|c| escalation::action(*c, &task, d.now)).unwrap_or_default(),
        ran_out: standing.into_iter().map(|(id, c)| (id, c.into_iter().map(|(clock, _)| clock).collect())).collect(),
        ..ToStaff::default()
    };
    letters::to_staff(d, person, &shown, letter);
}

/// The person, or while they are out whoever stands in for them; of one who has left the operations manager.
fn whoever_hears(d: &Drafting<'_>, person: &PersonId) -> PersonId {
    if d.policy.person(person).is_some() {
        return d.deputy(person, false);
    }
    let managers = escalation::listeners(d.policy, person, &[Listener::OperationsManager]);
    managers.first().map_or_else(|| person.clone(), |m| d.deputy(m, false))
}

/// What is so still, the most urgent task first, each with the clocks that ran out and since when.
fn standing(policy: &Policy, round: &Round, tasks: &Tasks<'_>) -> Vec<(TaskId, Vec<(Clock, Timestamp)>)> {
    let mut list: Vec<(TaskId, Vec<(Clock, Timestamp)>)> = Vec::new();
    for owed in &round.owed {
        let Of::Step { task: id, clock, epoch } = &owed.of else { continue };
        let Some(task) = tasks.tasks.iter().find(|t| t.id == *id) else { continue };
        if !super::clocks::stands(task, *clock, *epoch, owed.at, policy) {
            continue;
        }
        match list.iter_mut().find(|(t, _)| t == id) {
            Some((_, clocks)) if clocks.iter().any(|(c, _)| c == clock) => {}
            Some((_, clocks)) => clocks.push((*clock, *epoch)),
            None => list.push((*id, vec![(*clock, *epoch)])),
        }
    }
    for (_, clocks) in &mut list {
        clocks.sort_by_key(|(clock, _)| clock.urgency());
    }
    list.sort_by_key(|(id, clocks)| (clocks.first().map(|(clock, epoch)| (clock.urgency(), *epoch)), *id));
    list
}

/// All that ran out on a task, in words that follow “is”.
pub(super) fn in_words(d: &Drafting<'_>, task: &Task, clocks: &[Clock]) -> String {
    let words: Vec<String> = clocks.iter().map(|c| escalation::clock_words(*c, d.policy, task, d.now)).collect();
    words.join(", and ")
}
