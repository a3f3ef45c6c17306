//! What an answer by mail is answered with: what came of it, or that it was not obeyed.

use super::{ANSWER, DOUBTED, ToStaff, references, to_staff};
use crate::desk::{Arrival, drafting::Drafting, escalation, says::Answer, view};
use crate::domain::{id::TaskId, person::Person, workflow::Listener};

/// What came of an answer by mail, to the person who gave it and nobody else: at once, whatever the hour.
pub(in crate::desk) fn answer(d: &mut Drafting<'_>, to: &Person, arrival: &Arrival, tasks: &[TaskId], answer: Answer) {
    let letter = ToStaff { kind: ANSWER, at_once: true, answer: Some(answer), ..ToStaff::default() };
    to_staff(d, &to.id, tasks, letter);
    in_thread(d, arrival);
}

/// Tells a person, and whoever runs the office, that an answer in the person's name was not obeyed. No task's data is
/// in it: whoever wrote may read it.
pub(in crate::desk) fn doubted(d: &mut Drafting<'_>, named: &Person, arrival: &Arrival, why: &str, action: &str) {
    let mut told = vec![named.id.clone()];
    for manager in escalation::listeners(d.policy, &named.id, &[Listener::OperationsManager]) {
        let manager = d.deputy(&manager, true);
        if !told.contains(&manager) {
            told.push(manager);
        }
    }
    for person in told {
        let letter = ToStaff {
            kind: DOUBTED,
            why: why.to_owned(),
            action: action.to_owned(),
            at_once: true,
            ..ToStaff::default()
        };
        to_staff(d, &person, &[], letter);
        if let Some(intent) = d.intents.last_mut() {
            intent.says.subject = arrival.message.subject.to_string();
            intent.says.by = view::person(d.policy, &named.id);
            intent.answers = Some(arrival.key.clone());
        }
    }
}

/// The letter written last answers this message.
fn in_thread(d: &mut Drafting<'_>, arrival: &Arrival) {
    if let Some(intent) = d.intents.last_mut() {
        intent.answers = Some(arrival.key.clone());
        intent.in_reply_to.clone_from(&arrival.message.message_id);
        intent.references = references(&arrival.message);
        intent.auto_replied = true;
    }
}
