//! Months of the desk in seconds: invented mail and people, and the true desk on a store in memory. No network, no disk.
//!
//! Reads each message by the true rules, decides by the true desk, keeps records in the true store. What is invented is
//! the mail ([`mail`]), the people who work ([`staff`]), and how soon others answer ([`model`]); all of it is drawn from
//! one seed, so a run can be repeated. Letters are decided and not rendered: their words change nothing here.

mod book;
mod dice;
mod mail;
mod model;
mod office;
mod reader;
mod staff;

pub use mail::Coming;
pub use model::Model;

use crate::desk::Policy;
use crate::domain::{Timestamp, id::*, person::*, text::*, workflow::Span};
use crate::reading::Rulebook;
use crate::reports::Gathering;
use crate::store::StoreError;
use chrono::NaiveDate;
use office::Office;
use std::collections::BTreeMap;

/// The model that comes with the program, as a file to edit.
pub const USUAL: &str = include_str!("simulate/usual.toml");

/// What is simulated.
#[derive(Debug, Clone)]
pub struct Plan {
    /// By which the desk goes.
    pub policy: Policy,
    /// The assumptions.
    pub model: Model,
    /// The first day.
    pub first: NaiveDate,
    /// The last day on which mail comes.
    pub last: NaiveDate,
    /// A person's own messages in the place of the pages' examples, by arrival.
    pub mail: Option<Vec<Coming>>,
    /// From which everything is drawn.
    pub seed: u64,
}

/// How much somebody worked.
#[derive(Debug, Clone, PartialEq)]
pub struct Load {
    /// Who.
    pub person: PersonId,
    /// Minutes of office time spent on tasks.
    pub worked: f64,
    /// Minutes of office time there were for tasks.
    pub there_were: f64,
}

impl Load {
    /// The part of their time for tasks that they worked on one.
    #[must_use]
    pub fn share(&self) -> f64 {
        if self.there_were > 0.0 { self.worked / self.there_were } else { 0.0 }
    }
}

/// What came of a simulation.
#[derive(Debug)]
pub struct Run {
    /// Every decision, gathered for a report.
    pub gathered: Gathering,
    /// Messages that arrived.
    pub messages: usize,
    /// Letters that the desk wrote, to anybody.
    pub letters: usize,
    /// Letters that told somebody of tasks that slip, or of a danger; one may tell of many tasks.
    pub told: usize,
    /// How busy people were.
    pub load: Vec<Load>,
    /// What the desk refused people, with how often: a simulation in which much is refused tells little.
    pub refused: BTreeMap<String, usize>,
    /// The moment at which it ended.
    pub ended: Timestamp,
}

/// Runs a simulation to the end of its last day.
///
/// # Errors
/// The store in memory failed, which is a defect.
pub fn run(plan: &Plan, rulebook: &Rulebook) -> Result<Run, StoreError> {
    let people: Vec<PersonId> = plan.policy.people.iter().map(|p| p.id.clone()).collect();
    let accounts = book::accounts(&plan.model, &people, plan.first, plan.seed);
    let calendar = &plan.policy.calendar;
    let flow = || {
        let days = (plan.first, plan.last);
        mail::Flow::new(rulebook, &plan.model, calendar, &plan.policy.agency.address, &accounts, days, plan.seed)
    };
    let (reader, arrivals, replies) = reader::reader();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let coming: Box<dyn Iterator<Item = Coming>> = match &plan.mail {
                Some(own) => Box::new(own.iter().cloned()),
                None => Box::new(flow()),
            };
            reader.run(coming, |one, number| office::read(one, number, &plan.policy, rulebook));
        });
        let mut office = Office::open(plan, replies, &accounts)?;
        office.work(arrivals)?;
        // The reader ends with the ways to it.
        Ok(office.close())
    })
}

/// The agency with so many people, each of whom does everything; the first two are the ones who hear when work slips.
///
/// # Errors
/// There has to be somebody.
pub fn with_people(policy: &Policy, n: usize) -> Result<Policy, String> {
    if !(1..=500).contains(&n) {
        return Err(format!("{n} people cannot be simulated: between 1 and 500"));
    }
    let mut policy = policy.clone();
    let domain = policy.agency.address.domain().to_owned();
    let person = |i: usize| {
        let id = format!("p{i}");
        let mut roles = vec![Role::Csr, Role::AccountManager, Role::SeniorUnderwriter, Role::Producer];
        roles.extend((i <= 2 && (i == 2 || n == 1)).then_some(Role::OperationsManager));
        roles.extend((i == 1).then_some(Role::Owner));
        let address = Address::new(&format!("{id}@{domain}"))?;
        Some(Person::new(PersonId(id.clone()), HeaderText::new(&format!("Person {i}")), address, roles))
    };
    policy.people = (1..=n).filter_map(person).collect();
    policy.duty = policy.people.iter().map(|p| p.id.clone()).collect();
    policy.rota.clear();
    policy.partners.clear();
    Ok(policy)
}

/// The agency with other turnaround standards, by page.
///
/// # Errors
/// There is no such page.
pub fn with_standards(policy: &Policy, standards: &[(RequestType, Span)]) -> Result<Policy, String> {
    let mut policy = policy.clone();
    for (page, span) in standards {
        let Some(found) = policy.pages.get_mut(page) else {
            let known: Vec<&str> = policy.pages.keys().map(RequestType::as_str).collect();
            return Err(format!("there is no page “{page}”; there are {}", known.join(", ")));
        };
        found.practice.standard.turnaround = *span;
    }
    Ok(policy)
}

#[allow(clippy::cast_precision_loss, reason = "a count of things in memory")]
fn float(n: usize) -> f64 {
    n as f64
}

#[cfg(test)]
mod simulate_tests;
