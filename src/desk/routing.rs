//! Whose task it is: the account's own people where they may do it and are here, else their stand-ins, else who is on
//! duty with the least open work, else the operations manager.
//!
//! Gives exactly one person and a sentence that says why, whoever is out.

use super::{
    Policy,
    roster::{self, Out, Roster},
    view,
};
use crate::domain::{
    Timestamp,
    account::Account,
    id::{PersonId, RequestType},
    person::{Person, Role},
    reading::Complexity,
    task::Task,
};

/// Whose, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Route {
    /// The one person.
    pub(super) person: PersonId,
    /// Why them.
    pub(super) because: String,
    /// For whom they stand in: untouched, the task goes back there.
    pub(super) standing_in_for: Option<PersonId>,
    /// Nobody who does such work is available: they must hear at once.
    pub(super) nobody_else: bool,
}

/// A piece of work, as far as it matters who does it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Work {
    /// Who does such work.
    pub(super) role: Role,
    /// How much it is.
    pub(super) weight: u32,
    /// It goes to whoever is there now.
    pub(super) at_once: bool,
    /// The page; `None` in triage.
    pub(super) request_type: Option<RequestType>,
}

/// A piece of work of a page; a danger makes it urgent whatever the page says.
pub(super) fn work(policy: &Policy, request_type: Option<&RequestType>, complexity: Complexity, danger: bool) -> Work {
    let practice = policy.practice_of(request_type);
    Work {
        role: match complexity {
            Complexity::Simple => practice.staff.simple,
            Complexity::Complex => practice.staff.complex,
        },
        weight: practice.weight.of(complexity),
        at_once: practice.at_once || danger,
        request_type: request_type.cloned(),
    }
}

/// The work of a task.
pub(super) fn work_of(policy: &Policy, task: &Task) -> Work {
    work(policy, task.request_type.as_ref(), task.complexity, !task.hazards.is_empty())
}

/// A role as a sentence names it.
pub(super) fn role_name(role: Role) -> &'static str {
    match role {
        Role::Csr => "CSR",
        Role::AccountManager => "account manager",
        Role::SeniorUnderwriter => "senior underwriter",
        Role::Producer => "producer",
        Role::OperationsManager => "operations manager",
        Role::Owner => "owner",
    }
}

/// Finds the one person for new work.
pub(super) fn route(policy: &Policy, account: Option<&Account>, work: &Work, roster: &Roster) -> Route {
    let mut scene = Scene::new(policy, work, roster);
    // While the office is closed nobody but whoever is on call is there.
    let on_call = (work.at_once && !policy.calendar.is_open(scene.at)).then(|| scene.on_the_rota()).flatten();
    let found = on_call.or_else(|| account.and_then(|a| scene.of_account(a))).or_else(|| scene.on_duty());
    scene.ended(found)
}

/// Finds the one person for work that was `from`'s, who is out: first whoever stands in for them.
pub(super) fn route_from(
    policy: &Policy,
    from: &Person,
    account: Option<&Account>,
    work: &Work,
    roster: &Roster,
) -> Route {
    let mut scene = Scene::new(policy, work, roster);
    let Some(out) = roster.out(policy, from, scene.at) else { return route(policy, account, work, roster) };
    let found = scene.stand_in(from, &Busy::Out(out.clone())).or_else(|| {
        scene.pass_over(format!("{} {}.", from.name, roster::how_out(policy, &out)));
        account.and_then(|a| scene.of_account(a)).or_else(|| scene.on_duty())
    });
    let mut route = scene.ended(found);
    route.standing_in_for = Some(from.id.clone()).filter(|id| out.until.is_some() && *id != route.person);
    route
}

/// Which tasks of somebody who is out move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Even {
    /// What they have not begun on: whoever is back one day goes on with what they have begun.
    Untouched,
    /// All of it, and to who is here now: it cannot wait.
    Begun,
}

/// Who gets a task whose assignee is gone or out, and what became of the assignee; `None` where it stays.
pub(super) fn from_whoever_is_away(
    policy: &Policy,
    task: &Task,
    account: Option<&Account>,
    roster: &Roster,
    even: Even,
) -> Option<(Route, String)> {
    let owner = &task.assigned.person;
    let work = Work { at_once: even == Even::Begun || work_of(policy, task).at_once, ..work_of(policy, task) };
    let at = if even == Even::Begun { roster.now } else { policy.calendar.next_open(roster.now) };
    let person = policy.person(owner);
    let out = person.and_then(|p| roster.out(policy, p, at));
    let gone = roster.is_gone(policy, owner);
    if !gone && (out.is_none() || (task.assigned.touched && even == Even::Untouched)) {
        return None;
    }
    let why = match (person, &out) {
        (Some(p), Some(out)) => format!("{} {}.", p.name, roster::how_out(policy, out)),
        _ => format!("“{owner}” is not among the agency's people any more."),
    };
    // The one whose task it was at first gets it back, not whoever stands in between.
    let first = task.assigned.standing_in_for.as_ref().and_then(|id| policy.person(id));
    if let Some(first) = first.filter(|p| roster.out(policy, p, at).is_none()) {
        let because = format!("{why} It was {}'s, who is here.", first.name);
        let route = Route { person: first.id.clone(), because, standing_in_for: None, nobody_else: false };
        return Some((route, why));
    }
    let mut route = match person.filter(|_| out.is_some()) {
        Some(p) => route_from(policy, p, account, &work, roster),
        None => {
            let found = route(policy, account, &work, roster);
            Route { because: format!("{why} {}", found.because), ..found }
        }
    };
    let first = first.map(|p| p.id.clone()).filter(|id| !roster.is_gone(policy, id));
    route.standing_in_for = first.or(route.standing_in_for).filter(|p| *p != route.person);
    (route.person != *owner && policy.person(&route.person).is_some()).then_some((route, why))
}

/// Who gets a task back that was lent and that nobody has begun on, where its lender is here when the office is open next.
pub(super) fn back_to_its_lender(policy: &Policy, task: &Task, roster: &Roster) -> Option<Route> {
    let lender = task.assigned.standing_in_for.as_ref().filter(|_| !task.assigned.touched)?;
    let lender = policy.person(lender)?;
    if roster.out(policy, lender, policy.calendar.next_open(roster.now)).is_some() {
        return None;
    }
    let holder = &task.assigned.person;
    let holder = policy.person(holder).map_or_else(|| holder.to_string(), |p| p.name.to_string());
    let because = format!("{} is back, and {holder} had not begun on it.", lender.name);
    Some(Route { person: lender.id.clone(), because, standing_in_for: None, nobody_else: false })
}

/// Why somebody cannot take it.
enum Busy {
    Out(Out),
    Full(u32),
}

/// Work that is looked at, and who was passed over so far.
struct Scene<'s> {
    policy: &'s Policy,
    work: &'s Work,
    roster: &'s Roster,
    /// The moment at which somebody has to be here: now, or the next opening.
    at: Timestamp,
    passed_over: Vec<String>,
    /// The account's own person who is out and will be back: whoever gets it otherwise keeps it warm for them.
    first_out: Option<PersonId>,
}

impl<'s> Scene<'s> {
    fn new(policy: &'s Policy, work: &'s Work, roster: &'s Roster) -> Self {
        let at = if work.at_once { roster.now } else { policy.calendar.next_open(roster.now) };
        Self { policy, work, roster, at, passed_over: Vec::new(), first_out: None }
    }

    fn pass_over(&mut self, sentence: String) {
        if !self.passed_over.contains(&sentence) {
            self.passed_over.push(sentence);
        }
    }

    fn busy(&self, person: &Person) -> Option<Busy> {
        if let Some(out) = self.roster.out(self.policy, person, self.at) {
            return Some(Busy::Out(out));
        }
        self.roster.limit_reached(person).filter(|_| !self.work.at_once).map(Busy::Full)
    }

    fn words(&self, busy: &Busy) -> String {
        match busy {
            Busy::Out(out) => roster::how_out(self.policy, out),
            Busy::Full(limit) => format!("has had the {limit} new tasks of today"),
        }
    }

    fn route(&self, person: &PersonId, because: String) -> Route {
        Route { person: person.clone(), because, standing_in_for: None, nobody_else: false }
    }

    /// The account's own person, or whoever stands in for them.
    fn of_account(&mut self, account: &Account) -> Option<Route> {
        let csr = account.csr.as_ref().map(|p| (p, "CSR"));
        let manager = account.account_manager.as_ref().map(|p| (p, "account manager"));
        let producer = account.producer.as_ref().map(|p| (p, "producer"));
        let order = if self.work.role == Role::Csr { [csr, manager, producer] } else { [manager, csr, producer] };
        for (id, as_what) in order.into_iter().flatten() {
            let Some(p) = self.policy.person(id) else {
                self.pass_over(format!(
                    "The account book names “{id}” as {as_what} of {}, who is not among the agency's people.",
                    account.name
                ));
                continue;
            };
            if !p.is(self.work.role) {
                // Who brought an account need not serve it.
                if as_what != "producer" {
                    let needs = with_article(role_name(self.work.role));
                    self.pass_over(format!("{} is the {as_what} of {}, but this needs {needs}.", p.name, account.name));
                }
                continue;
            }
            let Some(busy) = self.busy(p) else {
                return Some(
                    self.route(id, format!("{} is the {as_what} of {} in the account book.", p.name, account.name)),
                );
            };
            let how = self.words(&busy);
            self.pass_over(format!("{} is the {as_what} of {}, but {how}.", p.name, account.name));
            if let Some(route) = self.stand_in(p, &busy) {
                return Some(route);
            }
            if let Busy::Out(Out { until: Some(_), .. }) = busy {
                self.first_out.get_or_insert_with(|| id.clone());
            }
        }
        None
    }

    /// The first in a chain of stand-ins who may do it and can.
    fn stand_in(&mut self, owner: &Person, busy: &Busy) -> Option<Route> {
        let first = match busy {
            Busy::Out(out) => out.stand_in.clone(),
            Busy::Full(_) => None,
        };
        let mut chain = vec![owner.id.clone()];
        let person = self.next_in_chain(owner, first, &mut chain)?;
        let returns = matches!(busy, Busy::Out(Out { until: Some(_), .. }));
        Some(Route {
            because: format!("{} stands in for {}, who {}.", person.name, owner.name, self.words(busy)),
            person: person.id.clone(),
            standing_in_for: returns.then(|| owner.id.clone()),
            nobody_else: false,
        })
    }

    fn next_in_chain(&mut self, of: &Person, first: Option<PersonId>, chain: &mut Vec<PersonId>) -> Option<&'s Person> {
        let mut round = false;
        for id in first.iter().chain(&of.stand_ins) {
            if chain.contains(id) {
                round = true;
                continue;
            }
            let Some(p) = self.policy.person(id) else {
                self.pass_over(format!("“{id}” would stand in for {}, but is not among the agency's people.", of.name));
                continue;
            };
            if !p.is(self.work.role) {
                let needs = with_article(role_name(self.work.role));
                self.pass_over(format!("{} would stand in for {}, but this needs {needs}.", p.name, of.name));
                continue;
            }
            let Some(busy) = self.busy(p) else { return Some(p) };
            let how = self.words(&busy);
            self.pass_over(format!("{} would stand in for {}, but {how}.", p.name, of.name));
            chain.push(id.clone());
            let first = match busy {
                Busy::Out(out) => out.stand_in,
                Busy::Full(_) => None,
            };
            if let Some(found) = self.next_in_chain(p, first, chain) {
                return Some(found);
            }
        }
        if round {
            let round: Vec<&str> = chain.iter().map(PersonId::as_str).collect();
            self.pass_over(format!("The stand-ins go round in a circle ({}).", round.join(" → ")));
        }
        None
    }

    /// Who is on duty by the rota.
    fn on_the_rota(&mut self) -> Option<Route> {
        if self.policy.rota.is_empty() {
            return None;
        }
        let role = self.work.role;
        let zone = self.policy.calendar.zone();
        let covers = |s: &&super::Shift| s.covers(zone, self.at, self.work.request_type.as_ref());
        let ids: Vec<PersonId> =
            self.policy.rota.iter().filter(covers).flat_map(|s| s.people.iter().cloned()).collect();
        if let Some((p, n)) = self.least_loaded(&ids) {
            let because =
                format!("{} is on duty by the rota as {} with the least open work ({n}).", p.name, role_name(role));
            return Some(self.route(&p.id, because));
        }
        let when = view::time(self.policy, self.at, "en");
        self.pass_over(if ids.is_empty() {
            format!("The rota has nobody for {when}.")
        } else {
            format!("Of the rota for {when} nobody is here who is {}.", with_article(role_name(role)))
        });
        None
    }

    /// Who is on duty with the least open work; else whoever does such work.
    fn on_duty(&mut self) -> Option<Route> {
        let role = self.work.role;
        if let Some(route) = self.on_the_rota() {
            return Some(route);
        }
        if let Some((p, n)) = self.least_loaded(&self.policy.duty) {
            let because = format!("{} is on duty as {} with the least open work ({n}).", p.name, role_name(role));
            return Some(self.route(&p.id, because));
        }
        let all: Vec<PersonId> = self.policy.people.iter().map(|p| p.id.clone()).collect();
        let (p, n) = self.least_loaded(&all)?;
        let because = format!(
            "Nobody on duty is {}; of those who are, {} has the least open work ({n}).",
            with_article(role_name(role)),
            p.name
        );
        Some(self.route(&p.id, because))
    }

    /// The first who does such work and can, with the least open work, and how much that is.
    fn least_loaded(&self, ids: &[PersonId]) -> Option<(&'s Person, String)> {
        let people = ids.iter().filter_map(|id| self.policy.person(id));
        let able = people.filter(|p| p.is(self.work.role) && self.busy(p).is_none());
        able.map(|p| (p, self.roster.weight(self.policy, &p.id))).min_by_key(|(_, n)| *n).map(|(p, n)| (p, weight(n)))
    }

    /// Nobody who does such work can: the operations manager, their stand-in, the owner; else whoever does such work and
    /// is here, over their limit; and if nobody is here at all, the operations manager all the same.
    fn management(&mut self) -> Route {
        let role = with_article(role_name(self.work.role));
        let wanted = if self.policy.people.iter().any(|p| p.is(self.work.role)) { "available as" } else { "" };
        let nobody = format!("Nobody here is {}", [wanted, &role].join(" ").trim());
        for fallback in [Role::OperationsManager, Role::Owner] {
            let holding = || self.policy.people.iter().filter(move |p| p.is(fallback));
            let here = |p: &&Person| self.roster.out(self.policy, p, self.at).is_none();
            if let Some(p) = holding().filter(here).min_by_key(|p| self.roster.weight(self.policy, &p.id)) {
                let because = format!("{nobody}, so it goes to {} as {}.", p.name, role_name(fallback));
                return Route { nobody_else: true, ..self.route(&p.id, because) };
            }
            for manager in holding() {
                let ids = manager.stand_ins.iter().filter_map(|id| self.policy.person(id));
                if let Some(p) = ids.into_iter().find(here) {
                    let because = format!(
                        "{nobody}, so it goes to {}, who stands in for {} as {}.",
                        p.name,
                        manager.name,
                        role_name(fallback)
                    );
                    return Route { nobody_else: true, ..self.route(&p.id, because) };
                }
            }
        }
        // A limit spreads work over those who are here; it leaves none with somebody who is not.
        let able = |p: &&Person| p.is(self.work.role) && self.roster.out(self.policy, p, self.at).is_none();
        let full = self.policy.people.iter().filter(able);
        if let Some(p) = full.min_by_key(|p| self.roster.weight(self.policy, &p.id)) {
            let because =
                format!("{nobody}, and no operations manager or owner is here: it goes to {} even so.", p.name);
            return self.route(&p.id, because);
        }
        let anybody = [Role::OperationsManager, Role::Owner]
            .into_iter()
            .find_map(|role| self.policy.people.iter().find(|p| p.is(role) && !self.roster.is_gone(self.policy, &p.id)))
            .or_else(|| self.policy.people.iter().find(|p| !self.roster.is_gone(self.policy, &p.id)))
            .or_else(|| self.policy.people.first());
        let (person, name) = anybody.map_or_else(Default::default, |p| (p.id.clone(), p.name.to_string()));
        let because = format!("{nobody}, and no operations manager or owner is: {name} has to see to it.");
        Route { nobody_else: true, ..self.route(&person, because) }
    }

    fn ended(&mut self, found: Option<Route>) -> Route {
        let mut route = found.unwrap_or_else(|| self.management());
        if route.standing_in_for.is_none() {
            route.standing_in_for = self.first_out.take().filter(|id| *id != route.person);
        }
        if !self.passed_over.is_empty() {
            route.because = format!("{} {}", self.passed_over.join(" "), route.because);
        }
        route
    }
}

fn weight(n: u32) -> String {
    if n == 0 { "none".to_owned() } else { format!("weight {n}") }
}

fn with_article(word: &str) -> String {
    let vowel = word.starts_with(['a', 'e', 'i', 'o', 'u']);
    format!("{} {word}", if vowel { "an" } else { "a" })
}
