//! Somebody who is no member of staff answers a letter to staff with an order: a display name that says otherwise, a notice
//! that was passed on outside, a mailbox that others read. Their mail stays what it is, and nobody obeys it; people hear
//! of it, because that letter was internal.

use super::{Written, line, shown};
use crate::desk::{Arrival, Policy, drafting::Drafting, letters};
use crate::domain::{Timestamp, person::Person, seal::Reference};

/// To whom the letter went that somebody outside answers with an order; `None` where it is none, or they are staff.
pub(in crate::desk) fn answered<'p>(
    arrival: &Arrival,
    references: &[Reference],
    now: Timestamp,
    policy: &'p Policy,
) -> Option<&'p Person> {
    let message = &arrival.message;
    let from = message.from.as_ref()?;
    if policy.person_at(&from.address).is_some() || message.automatic.reason().is_some() {
        return None;
    }
    let key = &policy.answers.key;
    let of = |r: &Reference| policy.people.iter().find(|p| r.looks_personal() && key.is_of(r, &p.id));
    let person = references.iter().find_map(of)?;
    let first = Written::of(message, person).first;
    line::read(&first, policy.calendar.day(now)).is_some().then_some(person)
}

/// Tells whose letter it was, and who runs the office.
pub(in crate::desk) fn report(d: &mut Drafting<'_>, arrival: &Arrival, person: &Person) {
    let Some(from) = &arrival.message.from else { return };
    let order = shown(&Written::of(&arrival.message, person).first);
    let why = format!(
        "{}, who is no member of staff, answered a letter to {} with “{order}”. That was not obeyed; their mail is kept \
         like any other.",
        from.address, person.name
    );
    let action = format!("{}: find out how they came by a letter that is internal.", person.name);
    letters::doubted(d, person, arrival, &why, &action);
}
