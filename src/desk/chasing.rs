//! “Any update?”: how often a client has had to ask. Knows no words; the rules find them.

use super::{drafting::Drafting, escalation, intake::Known};
use crate::domain::{event::Event, id::TaskId, reading::Hazard};

/// “Any update?” is counted; the second time is a danger.
pub(super) fn chased(d: &mut Drafting<'_>, known: &Known<'_>, id: TaskId) {
    if known.arrival.reading.chases.is_empty() {
        return;
    }
    d.record(Event::Chased { task: id, message: known.arrival.key.clone() });
    if d.task(id).is_some_and(|t| t.chased.len() >= 2) {
        let evidence = known.arrival.reading.chases.clone();
        let hazard = Hazard { key: CHASED.0.to_owned(), title: CHASED.1.to_owned(), evidence };
        escalation::alert(d, &[id], &[hazard]);
    }
}

/// The danger of a client who has to ask again: its key, as `rules/hazards.toml` has it for those who say so
/// themselves, and its name.
const CHASED: (&str, &str) = ("chased_again", "The client asks for the second time");
