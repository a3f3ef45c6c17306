//! Who comes and goes: untouched work moves to whoever stands in, and comes back when they do.
//!
//! Looks at everybody anew each time, so that looking twice changes nothing and no moment can be missed: a look that
//! comes late does what an earlier one would have done.

use super::{
    Policy,
    absence::{What, read},
    ask::{Ask, Asked, all, refuse},
    digest,
    drafting::Drafting,
    letters,
    roster::Roster,
    routing::{self, Even, Route},
    weekly,
};
use crate::domain::{
    Timestamp,
    absence::Absence,
    account::Account,
    decision::Cause,
    event::Event,
    id::*,
    person::{Person, Role},
    task::Task,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// The moment has come at which somebody goes or is back.
pub(super) fn look<'p>(ask: &Ask<'_>, now: Timestamp, policy: &'p Policy) -> Asked<Drafting<'p>> {
    let (due, circumstances, rounds, upkeep) = (ask.presence_due(), ask.circumstances(), ask.rounds(), ask.upkeep());
    let (due, circumstances, rounds, upkeep) = (due?, circumstances?, rounds?, upkeep?);
    let mut roster = circumstances.roster.clone();
    let work = Work::of(ask, policy, &roster)?;
    let mut d = Drafting::amid(circumstances, Cause::Clock, now, policy);
    move_all(&mut d, &work, &mut roster);
    digest::appoint(&mut d, rounds);
    weekly::appoint(&mut d, upkeep);
    next_look(&mut d, &roster, due);
    Ok(d)
}

/// Somebody says that somebody is out, leaves, or is back.
pub(super) fn said<'p>(
    ask: &Ask<'_>,
    by: &Person,
    words: &str,
    now: Timestamp,
    policy: &'p Policy,
    cause: Cause,
) -> Asked<Drafting<'p>> {
    let said = match read(words, Some(&by.id), policy, now) {
        Some(Ok(said)) => said,
        Some(Err(why)) => return refuse(why),
        None => {
            return refuse(
                "That says of nobody whether they are here; say “ana out until Friday”, “ana out 12/24 to 1/2”, \
                 “ana leaving 12/31”, or “ana back”.",
            );
        }
    };
    if said.person != by.id && !manages(by) {
        let managers: Vec<&str> = policy.people.iter().filter(|p| manages(p)).map(|p| p.name.as_str()).collect();
        return refuse(format!(
            "Of others only {} can say that; everybody says it of themselves.",
            managers.join(" or ")
        ));
    }
    let (due, circumstances) = (ask.presence_due(), ask.circumstances());
    let (due, circumstances) = (due?, circumstances?);
    let mut roster = circumstances.roster.clone();
    let before = roster.said(&said.person).to_vec();
    let after = changed(&before, &said.what, by, now);
    if before == after {
        let name = policy.person(&said.person).map_or_else(|| said.person.to_string(), |p| p.name.to_string());
        return refuse(match said.what {
            What::Back { .. } => format!("Nothing says that {name} is out. What intaked.toml says is changed there."),
            _ => format!("That is known of {name} already."),
        });
    }
    roster.set(&said.person, after.clone());
    // Whoever is back may take what stayed with somebody who is out for want of anybody.
    let work = Work::of(ask, policy, &roster)?;
    let mut d = Drafting::amid(circumstances, cause, now, policy);
    d.record(Event::AbsencesSet { person: said.person, absences: after });
    move_all(&mut d, &work, &mut roster);
    next_look(&mut d, &roster, due);
    Ok(d)
}

/// Whoever answers for the work of others, and so may say where they are.
pub(super) fn manages(person: &Person) -> bool {
    person.is(Role::OperationsManager) || person.is(Role::Owner)
}

/// The absences as they are when this was said. What is over is forgotten; a new one takes the place of those it
/// overlaps.
fn changed(before: &[Absence], what: &What, by: &Person, now: Timestamp) -> Vec<Absence> {
    let mut list: Vec<Absence> = before.iter().filter(|a| a.until.is_none_or(|u| u > now)).cloned().collect();
    let overlaps = |a: &Absence, from: Timestamp, until: Option<Timestamp>| {
        a.until.is_none_or(|u| u > from) && until.is_none_or(|u| a.from < u)
    };
    match what {
        What::Out { from, until, stand_in } => {
            list.retain(|a| !overlaps(a, *from, *until));
            let (stand_in, said_by) = (stand_in.clone(), by.id.clone());
            let same = |a: &&Absence| a.until == *until && a.stand_in == stand_in && a.from <= *from;
            // Said again of an absence that has begun: nothing new.
            match before.iter().find(same).filter(|a| a.covers(*from)) {
                Some(known) => list.push(known.clone()),
                None => list.push(Absence { from: *from, until: *until, stand_in, said_by }),
            }
        }
        What::Back { at } => {
            // What lies ahead of that moment stays; what covers it ends there.
            for a in list.iter_mut().filter(|a| a.covers(now) || a.covers(*at)) {
                a.until = Some(*at);
            }
            list.retain(|a| a.until.is_none_or(|u| u > now));
        }
    }
    list.sort_by_key(|a| a.from);
    list
}

fn next_look(d: &mut Drafting<'_>, roster: &Roster, due: Option<Timestamp>) {
    let next = roster.next_change(d.policy);
    if next != due {
        d.record(Event::PresenceLooked { next });
    }
}

/// The tasks that may have to move, each with its account.
struct Work<'a> {
    /// Of those who are out or gone, a list for each.
    left: Vec<Vec<&'a Arc<Task>>>,
    /// Lent by those who are here, a list for each.
    lent: Vec<Vec<&'a Arc<Task>>>,
    accounts: BTreeMap<AccountId, &'a Arc<Account>>,
}

impl<'a> Work<'a> {
    fn of(ask: &Ask<'a>, policy: &Policy, roster: &Roster) -> Asked<Self> {
        let at = policy.calendar.next_open(roster.now);
        let is_out = |id: &PersonId| policy.person(id).is_none_or(|p| roster.out(policy, p, at).is_some());
        let known = policy.people.iter().map(|p| p.id.clone());
        let strangers = roster.loaded().into_iter().filter(|id| policy.person(id).is_none()).cloned();
        let (left, lent): (Vec<PersonId>, Vec<PersonId>) = known.chain(strangers).partition(is_out);
        // All that can be known at once is asked for before the first answer is needed.
        let of_left: Vec<_> = left.iter().map(|id| ask.open_tasks_of(id)).collect();
        let of_lent: Vec<_> = lent.iter().map(|id| ask.open_tasks_lent_by(id)).collect();
        let (of_left, of_lent) = (all(of_left)?, all(of_lent)?);
        let asked: Vec<_> = of_left.iter().chain(&of_lent).flat_map(|ids| ids.iter()).map(|id| ask.task(*id)).collect();
        all(asked)?;
        let tasks = |ids: &[TaskId]| -> Asked<Vec<&'a Arc<Task>>> {
            Ok(all(ids.iter().map(|id| ask.task(*id)).collect())?.into_iter().flatten().collect())
        };
        let left = all(of_left.into_iter().map(&tasks).collect())?;
        let lent = all(of_lent.into_iter().map(tasks).collect())?;
        let of_clients = left.iter().flatten();
        let ids: BTreeSet<&AccountId> = of_clients.filter_map(|t| t.account.as_ref()).collect();
        let accounts = all(ids.into_iter().map(|id| ask.account(id)).collect())?;
        let accounts = accounts.into_iter().flatten().map(|a| (a.id.clone(), a)).collect();
        Ok(Self { left, lent, accounts })
    }
}

/// Work of those who are back returns first, so that they are counted with it when others' work looks for somebody.
fn move_all(d: &mut Drafting<'_>, work: &Work<'_>, roster: &mut Roster) {
    d.roster = roster.clone();
    for tasks in &work.lent {
        let moved: Vec<TaskId> = tasks.iter().filter_map(|t| give_back(d, t, roster)).collect();
        letters::notices(d, &moved, "You are back, and nobody had begun on it.", None);
    }
    for tasks in &work.left {
        let moved: Vec<(TaskId, String)> =
            tasks.iter().filter_map(|t| hand_over(d, t, &work.accounts, roster)).collect();
        let ids: Vec<TaskId> = moved.iter().map(|(id, _)| *id).collect();
        // All of them moved for the one reason.
        if let Some((_, why)) = moved.first() {
            letters::notices(d, &ids, why, None);
        }
    }
}

fn give_back(d: &mut Drafting<'_>, task: &Arc<Task>, roster: &mut Roster) -> Option<TaskId> {
    let Route { person, because: reason, standing_in_for, .. } = routing::back_to_its_lender(d.policy, task, roster)?;
    d.adopt(task);
    roster.takes(&person, routing::work_of(d.policy, task).weight);
    d.record(Event::Assigned { task: task.id, person, reason, standing_in_for });
    Some(task.id)
}

/// The task and what became of its assignee; `None` where it stays.
fn hand_over(
    d: &mut Drafting<'_>,
    held: &Arc<Task>,
    accounts: &BTreeMap<AccountId, &Arc<Account>>,
    roster: &mut Roster,
) -> Option<(TaskId, String)> {
    // It may just have gone back to whom it was lent by.
    let task = d.task(held.id).unwrap_or(held).clone();
    let account = task.account.as_ref().and_then(|id| accounts.get(id)).copied();
    let (route, why) =
        routing::from_whoever_is_away(d.policy, &task, account.map(Arc::as_ref), roster, Even::Untouched)?;
    if let Some(a) = account {
        d.know_account(a);
    }
    d.adopt(held);
    if route.nobody_else {
        d.nobody_else.insert(task.id);
    }
    roster.takes(&route.person, routing::work_of(d.policy, &task).weight);
    let Route { person, because: reason, standing_in_for, .. } = route;
    d.record(Event::Assigned { task: task.id, person, reason, standing_in_for });
    Some((task.id, why))
}
