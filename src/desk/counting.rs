//! Yesterday's proof is held against the mail servers themselves: what each folder holds, and whether every message in
//! it has an outcome. Asking them is the daemon's; here is what is to be asked, when, and what owners read of it.

use super::{
    Policy,
    ask::{Ask, Asked},
    digest,
    drafting::Drafting,
    says::ProofView,
    view,
};
use crate::domain::{
    Timestamp,
    decision::Cause,
    event::Event,
    id::*,
    person::{Person, Role},
    round::Round,
    upkeep::{Counted, Said, Unexplained, Upkeep},
};
use chrono::Duration;
use std::collections::BTreeMap;

/// The servers are asked so long before an owner's digest.
const LEAD: Duration = Duration::minutes(10);
/// An owner's digest waits so long for the count, and no longer: silence has to mean something.
const PATIENCE: Duration = Duration::minutes(5);
/// What could not be counted is counted later, as far back as this.
const REACH: Duration = Duration::days(31);

/// A count that is to be made now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// When the digest comes that it is made for: until then a server that does not answer is asked again.
    pub due: Timestamp,
    /// The folders, each with the first moment that counts.
    pub folders: Vec<(MailboxId, String, Timestamp)>,
    /// The first moment that counts no more.
    pub until: Timestamp,
}

/// What is to be counted now; `None` where no owner's digest is near, or everything is counted for it.
#[must_use]
pub fn wanted(policy: &Policy, rounds: &BTreeMap<PersonId, Round>, upkeep: &Upkeep, now: Timestamp) -> Option<Wanted> {
    let owners = policy.people.iter().filter(|p| p.is(Role::Owner));
    let due = owners.filter_map(|p| rounds.get(&p.id)?.digest_at).min()?;
    if policy.digest.is_none() || due - LEAD > now {
        return None;
    }
    let (from, until) = digest::yesterday(policy, now.max(due));
    let left = policy.watched.iter().filter(|folder| !is_fresh(upkeep, folder, due, until));
    let folders: Vec<_> = left.map(|f| (f.0.clone(), f.1.clone(), since(upkeep, f, from, until))).collect();
    (!folders.is_empty()).then_some(Wanted { due, folders, until })
}

/// The count of a folder, of that day and made for that digest.
fn is_fresh(upkeep: &Upkeep, (mailbox, folder): &(MailboxId, String), due: Timestamp, until: Timestamp) -> bool {
    count_of(upkeep, mailbox, folder).is_some_and(|c| c.until == until && c.at >= due - LEAD)
}

fn count_of<'u>(upkeep: &'u Upkeep, mailbox: &MailboxId, folder: &str) -> Option<&'u Counted> {
    upkeep.counted.iter().find(|c| c.is_of(mailbox, folder))
}

/// From when on a folder is counted: from yesterday on, or from where the last count ended, or from what it found.
fn since(upkeep: &Upkeep, (mailbox, folder): &(MailboxId, String), from: Timestamp, until: Timestamp) -> Timestamp {
    let Some(last) = count_of(upkeep, mailbox, folder) else { return from };
    let back = match &last.said {
        Said::Holds { unexplained, .. } => unexplained.iter().filter_map(|u| u.received).chain([last.until]).min(),
        Said::Nothing(_) => Some(last.from),
    };
    back.map_or(from, |back| from.min(back)).max(until - REACH)
}

/// Whether an owner's digest has to wait for the count that is made for it; it does so once.
pub(super) fn is_awaited(policy: &Policy, person: &Person, round: &Round, upkeep: &Upkeep, now: Timestamp) -> bool {
    let Some(due) = round.digest_at.filter(|_| person.is(Role::Owner) && round.digest_waits.is_none()) else {
        return false;
    };
    let (_, until) = digest::yesterday(policy, now);
    policy.watched.iter().any(|folder| !is_fresh(upkeep, folder, due, until))
}

/// A digest waits for the count.
pub(super) fn wait(d: &mut Drafting<'_>, person: &PersonId) {
    d.record(Event::DigestWaits { person: person.clone(), until: Some(d.now + PATIENCE) });
}

/// The servers were asked: digests that waited for it wait no longer.
pub(super) fn counted<'p>(
    ask: &Ask<'_>,
    counts: &[Counted],
    now: Timestamp,
    policy: &'p Policy,
) -> Asked<Drafting<'p>> {
    let (rounds, upkeep) = (ask.rounds(), ask.upkeep());
    let (rounds, mut upkeep) = (rounds?, upkeep?.clone());
    let mut d = Drafting::silent(Cause::Inbox, now, policy);
    for counted in counts {
        let event = Event::Counted { counted: Box::new(counted.clone()) };
        upkeep = crate::domain::fold::upkeep(upkeep, &event);
        d.record(event);
    }
    for (id, round) in rounds.iter().filter(|(_, r)| r.digest_waits.is_some()) {
        let fresh = Round { digest_waits: None, ..round.clone() };
        if policy.person(id).is_none_or(|p| !is_awaited(policy, p, &fresh, &upkeep, now)) {
            d.record(Event::DigestWaits { person: id.clone(), until: None });
        }
    }
    Ok(d)
}

/// What owners read of it, added to what the journal counts.
pub(super) fn tell(policy: &Policy, upkeep: &Upkeep, until: Timestamp, proof: &mut ProofView) {
    for (mailbox, folder) in &policy.watched {
        let name = format!("{mailbox}, {folder}");
        match count_of(upkeep, mailbox, folder).filter(|c| c.until == until) {
            None => proof.not_counted.push(format!("{name}: it was not asked in time")),
            Some(Counted { said: Said::Nothing(why), .. }) => proof.not_counted.push(format!("{name}: {why}")),
            Some(counted) => {
                let Said::Holds { there, before, unexplained, more } = &counted.said else { continue };
                let missing = counted.unexplained();
                let lacking = match missing {
                    0 => "each with an outcome".to_owned(),
                    n => format!("{n} without an outcome"),
                };
                let before = match before {
                    0 => String::new(),
                    n => format!(", {n} of them from before it was watched"),
                };
                proof.servers.push(format!("{name}: {there} there{before}; {lacking}"));
                proof.unexplained += missing;
                proof.look_for.extend(unexplained.iter().map(|u| where_it_lies(policy, &name, u)));
                if *more > 0 {
                    proof.look_for.push(format!("and {more} more in {name}"));
                }
            }
        }
    }
}

fn where_it_lies(policy: &Policy, folder: &str, message: &Unexplained) -> String {
    let Unexplained { uid, received, from, subject } = message;
    let when = received.map_or_else(|| "at an unknown time".to_owned(), |at| view::time(policy, at, "en"));
    let subject = if subject.is_empty() { "no subject" } else { subject };
    let from = if from.is_empty() { "nobody named" } else { from };
    format!("{folder}: “{subject}”, from {from}, received {when} (UID {uid})")
}
