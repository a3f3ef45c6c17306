//! Who is here, and with how much on the desk: what routing and letters to staff look at. Knows no account and no rule
//! of who does what.

use super::{
    Policy,
    ask::{Ask, Asked},
    view,
};
use crate::domain::{Timestamp, absence::Absence, id::PersonId, person::Person, workload::Workload};
use chrono::{NaiveDate, NaiveTime};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// People's presence and load at one moment, the tasks of this decision included.
#[derive(Debug, Clone, Default)]
pub(super) struct Roster {
    /// The moment.
    pub(super) now: Timestamp,
    absences: BTreeMap<PersonId, Vec<Absence>>,
    /// Open tasks as the store knows them; weighed where somebody asks, which few do.
    load: Arc<BTreeMap<PersonId, Workload>>,
    /// What the tasks of this decision weigh beside them.
    taken: BTreeMap<PersonId, u32>,
    /// New tasks of today, of those who have a limit.
    given: BTreeMap<PersonId, u32>,
}

/// Somebody is not at work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Out {
    /// Back then; `None` is gone for good.
    pub(super) until: Option<Timestamp>,
    /// Who takes over first.
    pub(super) stand_in: Option<PersonId>,
}

impl Roster {
    /// Asks for all of it in one round.
    pub(super) fn ask(ask: &Ask<'_>, now: Timestamp, policy: &Policy) -> Asked<Self> {
        let (load, absences) = (ask.workloads(), ask.absences());
        let today = policy.calendar.instant(policy.calendar.day(now).and_time(NaiveTime::MIN));
        let limited = policy.people.iter().filter(|p| p.daily_limit.is_some());
        let given: Vec<_> = limited.map(|p| (p.id.clone(), ask.assigned_since(&p.id, today))).collect();
        let load = load?;
        let given =
            given.into_iter().map(|(p, n)| Ok((p, u32::try_from(n?).unwrap_or(u32::MAX)))).collect::<Asked<_>>()?;
        Ok(Self { now, absences: absences?.clone(), load, taken: BTreeMap::new(), given })
    }

    /// Presence alone, for whoever only asks who is here.
    pub(super) fn of(absences: BTreeMap<PersonId, Vec<Absence>>, now: Timestamp) -> Self {
        Self { now, absences, ..Self::default() }
    }

    /// What people have said of their absences.
    pub(super) fn said(&self, person: &PersonId) -> &[Absence] {
        self.absences.get(person).map_or(&[], Vec::as_slice)
    }

    /// Takes a new list of absences in, as an event of this decision says.
    pub(super) fn set(&mut self, person: &PersonId, absences: Vec<Absence>) {
        self.absences.insert(person.clone(), absences);
    }

    /// Whether somebody is out at that moment, by configuration or by word: the longest absence counts.
    pub(super) fn out(&self, policy: &Policy, person: &Person, at: Timestamp) -> Option<Out> {
        let begins = |day: NaiveDate| policy.calendar.instant(day.and_time(NaiveTime::MIN));
        let planned = person.out.iter().map(|(from, back)| (begins(*from), Some(begins(*back)), None));
        let leaves = person.leaves.iter().map(|day| (begins(*day), None, None));
        let said = self.said(&person.id).iter().map(|a| (a.from, a.until, a.stand_in.clone()));
        let covers = |from: Timestamp, until: Option<Timestamp>| from <= at && until.is_none_or(|u| at < u);
        let all = planned.chain(leaves).chain(said).filter(|(from, until, _)| covers(*from, *until));
        let mut out: Option<Out> = None;
        for (_, until, stand_in) in all {
            let before = out.take();
            let longer = match (&before, until) {
                (None, _) | (Some(_), None) => until,
                (Some(b), Some(u)) => b.until.map(|b| b.max(u)),
            };
            out = Some(Out { until: longer, stand_in: stand_in.or(before.and_then(|b| b.stand_in)) });
        }
        out
    }

    /// Not with the agency any more: not among its people, or gone for good.
    pub(super) fn is_gone(&self, policy: &Policy, person: &PersonId) -> bool {
        policy.person(person).is_none_or(|p| self.out(policy, p, self.now).is_some_and(|o| o.until.is_none()))
    }

    /// What somebody's open tasks weigh.
    pub(super) fn weight(&self, policy: &Policy, person: &PersonId) -> u32 {
        let known = self.load.get(person).map_or(0, |work| work.weight(|kind| policy.practice_of(kind).weight));
        known + self.taken.get(person).copied().unwrap_or(0)
    }

    /// The limit of new tasks that somebody has reached today.
    pub(super) fn limit_reached(&self, person: &Person) -> Option<u32> {
        person.daily_limit.filter(|limit| self.given.get(&person.id).copied().unwrap_or(0) >= *limit)
    }

    /// Somebody gets one more task of this weight.
    pub(super) fn takes(&mut self, person: &PersonId, weight: u32) {
        *self.taken.entry(person.clone()).or_default() += weight;
        *self.given.entry(person.clone()).or_default() += 1;
    }

    /// Everybody with open tasks.
    pub(super) fn loaded(&self) -> BTreeSet<&PersonId> {
        self.load.keys().chain(self.taken.keys()).collect()
    }

    /// The next moment at which somebody's presence changes.
    pub(super) fn next_change(&self, policy: &Policy) -> Option<Timestamp> {
        let begins = |day: NaiveDate| policy.calendar.instant(day.and_time(NaiveTime::MIN));
        let planned = policy.people.iter().flat_map(|p| {
            p.out.iter().flat_map(|(from, back)| [*from, *back]).chain(p.leaves).map(begins).collect::<Vec<_>>()
        });
        let said = self.absences.values().flatten().flat_map(|a| [Some(a.from), a.until]).flatten();
        planned.chain(said).filter(|at| *at > self.now).min()
    }
}

/// How somebody is out, in words that follow their name.
pub(super) fn how_out(policy: &Policy, out: &Out) -> String {
    match out.until {
        Some(until) => format!("is out until {}", view::day(policy, until)),
        None => "is not with the agency any more".to_owned(),
    }
}
