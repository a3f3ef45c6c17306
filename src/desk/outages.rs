//! A mailbox that cannot be read, a mail server that takes no letters: who hears of it, and that it is back.
//!
//! Of a mailbox people hear while it is away. Where letters go, none can tell that none go: whoever is to hear does the
//! moment it is back, and until then `intaked status` and the heartbeat outside tell it.

use super::{
    ask::{Ask, Asked},
    drafting::Drafting,
    escalation,
    letters::{self, ESCALATION, ToStaff},
    policy::Policy,
    rounds, view,
};
use crate::domain::{
    Timestamp,
    decision::Cause,
    event::Event,
    id::PersonId,
    round::{Of, Owed, Round},
    upkeep::{Outage, Upkeep},
    workflow::Listener,
};
use std::collections::BTreeMap;

/// What cannot be reached.
pub(super) struct Part<'a> {
    pub(super) name: &'a str,
    pub(super) since: Timestamp,
    /// It is where letters go.
    pub(super) sends: bool,
}

/// It cannot be reached; one step of telling so.
pub(super) fn lost<'p>(
    ask: &Ask<'_>,
    part: &Part<'_>,
    tell: Listener,
    now: Timestamp,
    policy: &'p Policy,
) -> Asked<Drafting<'p>> {
    let (circumstances, upkeep) = (ask.circumstances(), ask.upkeep());
    let mut d = Drafting::amid(circumstances?, Cause::Inbox, now, policy);
    let known = upkeep?.outage(part.name).filter(|o| o.since == part.since);
    // A restart tells nobody a second time.
    if known.is_some_and(|o| o.told.contains(&tell)) {
        return Ok(d);
    }
    let (name, since, sends) = (part.name.to_owned(), part.since, part.sends);
    d.record(Event::OutageTold { part: name.clone(), since, sends, tell });
    if !sends {
        owe(&mut d, &[tell], &Of::Unreachable { part: name, since });
    }
    Ok(d)
}

/// It can be reached again: whoever was told, or could not be, hears for how long it was not.
pub(super) fn back<'p>(ask: &Ask<'_>, part: &str, now: Timestamp, policy: &'p Policy) -> Asked<Drafting<'p>> {
    let (circumstances, upkeep) = (ask.circumstances(), ask.upkeep());
    let mut d = Drafting::amid(circumstances?, Cause::Inbox, now, policy);
    let Some(Outage { part, since, sends, told }) = upkeep?.outage(part).cloned() else { return Ok(d) };
    d.record(Event::OutageOver { part: part.clone() });
    owe(&mut d, &told, &Of::Back { part, since, sends });
    Ok(d)
}

fn owe(d: &mut Drafting<'_>, tell: &[Listener], of: &Of) {
    let nobody = PersonId::from("");
    for person in escalation::listeners(d.policy, &nobody, tell) {
        if d.policy.person(&person).is_some() {
            rounds::owe(d, &person, vec![Owed { at: d.now, of: of.clone() }]);
        }
    }
}

/// What cannot be reached, and what can again, in one letter of its own: no task is concerned, and all of them are.
pub(super) fn tell(d: &mut Drafting<'_>, person: &PersonId, round: &Round) {
    let mut lost: BTreeMap<&str, Timestamp> = BTreeMap::new();
    let mut back: Vec<String> = Vec::new();
    for owed in &round.owed {
        match &owed.of {
            Of::Unreachable { part, since } => {
                lost.insert(part, *since);
            }
            Of::Back { part, since, sends } => {
                lost.remove(part.as_str());
                let (from, until) = (view::time(d.policy, *since, "en"), view::time(d.policy, owed.at, "en"));
                let meanwhile =
                    if *sends { "Letters that waited go out now." } else { "Mail that waited is taken in now." };
                let long = view::how_long(owed.at - *since);
                back.push(format!(
                    "{part} is back. It could not be reached from {from} to {until}, {long}. {meanwhile}"
                ));
            }
            Of::Step { .. } => {}
        }
    }
    if !lost.is_empty() {
        let since = |(part, at): (&&str, &Timestamp)| format!("{part} since {}", view::time(d.policy, *at, "en"));
        let named: Vec<String> = lost.iter().map(since).collect();
        back.push(format!("This could not be reached: {}. Mail that comes there is not seen.", named.join(", ")));
    }
    if back.is_empty() {
        return;
    }
    let (clock, action) = if lost.is_empty() {
        ("back", "See in “intaked status” that all is well, and find out why it was away.")
    } else {
        ("new mail is not seen", "Look at “intaked status”, and call whoever runs the mail server.")
    };
    let letter = ToStaff {
        kind: ESCALATION,
        why: back.join(" "),
        clock: clock.to_owned(),
        action: action.to_owned(),
        ..ToStaff::default()
    };
    letters::to_staff(d, person, &[], letter);
}

/// What cannot be reached now, for the owner's digest.
pub(super) fn lines(policy: &Policy, upkeep: &Upkeep) -> Vec<String> {
    let line = |o: &Outage| format!("{} since {}", o.part, view::time(policy, o.since, "en"));
    upkeep.outages.iter().map(line).collect()
}
