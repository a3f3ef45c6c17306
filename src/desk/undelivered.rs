//! A letter of ours did not arrive: refused by a server, given up after days, or reported back by mail. A person hears.
//!
//! Never silently, and never in a loop: what tells of an undelivered letter causes no other when it fails itself.

use super::{
    Arrival,
    drafting::Drafting,
    escalation,
    intake::Decided,
    letters::{self, ToStaff, UNDELIVERED},
    roster::Roster,
    thread,
};
use crate::domain::{
    event::Event,
    id::*,
    letter::{Attempt, Audience, LetterRecord, LetterState},
    message::Outcome,
    person::Role,
    task::ClientTold,
    workflow::Listener,
};
use crate::message::DeliveryReport;

/// A delivery report about a letter of ours.
pub(super) fn reported(
    d: &mut Drafting<'_>,
    arrival: &Arrival,
    report: &DeliveryReport,
    letter: &LetterRecord,
    tasks: &[TaskId],
    load: &Roster,
) -> Decided {
    let why = format!("{} {}", report.status, report.diagnostic).trim().to_owned();
    let failed = report.action.eq_ignore_ascii_case("failed");
    let reason = format!(
        "A delivery report about our letter to {}: {}{}.",
        letter.to.address,
        if report.action.is_empty() { "no action named" } else { &report.action },
        if why.is_empty() { String::new() } else { format!(", {why}") }
    );
    let tasks: Vec<TaskId> = tasks.iter().copied().filter(|id| d.task(*id).is_some()).collect();
    for task in &tasks {
        d.record(Event::MessageJoined { task: *task, message: arrival.key.clone(), reason: reason.clone() });
    }
    if failed && !matches!(letter.state, LetterState::Failed { .. }) {
        let why = if why.is_empty() { "the mail system could not deliver it".to_owned() } else { why };
        d.record(Event::LetterAnswered {
            letter: letter.id.clone(),
            attempt: Attempt::Refused(why.clone()),
            again: None,
        });
        tell(d, letter, &why, load);
    }
    let outcome = match tasks.last() {
        Some(task) => Outcome::Joined { task: *task, opened: Vec::new() },
        None => Outcome::NoWork,
    };
    Decided { outcome, reason }
}

/// Notes it on the letter's tasks, opens them again where the client was not reached, and tells a person. The tasks
/// are adopted already.
pub(super) fn tell(d: &mut Drafting<'_>, letter: &LetterRecord, why: &str, load: &Roster) {
    let told_of_another = letters::is_undelivered(d.policy, &letter.kind);
    for id in &letter.tasks {
        if d.task(*id).is_none() {
            continue;
        }
        let text = format!("The letter “{}” to {} could not be delivered: {why}", letter.subject, letter.to.address);
        d.record(Event::Noted { task: *id, by: None, text });
        if letter.audience != Audience::Client {
            continue;
        }
        let told = ClientTold::No(format!("our letter to {} came back: {why}", letter.to.address));
        d.record(Event::ClientToldSet { task: *id, told });
        d.record(Event::CameBack { task: *id, letter: letter.id.clone() });
        if d.task(*id).is_some_and(|t| !t.is_open()) {
            thread::reopen(d, *id, "A letter to the client could not be delivered.");
            if let Some(task) = d.held(*id) {
                let account = d.account_of(&task).cloned();
                escalation::reassign_from_the_departed(d, &task, account.as_deref(), load);
            }
        }
    }
    if told_of_another {
        return;
    }
    for (person, tasks) in whom_to_tell(d, letter) {
        let outside = letter.audience == Audience::Client;
        let action = if outside {
            "Call the client, or find another address."
        } else {
            "See that the person's address is right, and that they know."
        };
        let message = ToStaff {
            kind: UNDELIVERED,
            why: format!("Our letter to {} could not be delivered.", letter.to.address),
            action: action.to_owned(),
            undelivered: Some(letters::undelivered_view(letter, why)),
            ..ToStaff::default()
        };
        letters::to_staff(d, &person, &tasks, message);
    }
}

/// Letters to clients: the assignees. Letters to staff: the operations managers, or who comes after them, other than
/// the one whose letter failed.
fn whom_to_tell(d: &Drafting<'_>, letter: &LetterRecord) -> Vec<(PersonId, Vec<TaskId>)> {
    let known: Vec<TaskId> = letter.tasks.iter().copied().filter(|id| d.task(*id).is_some()).collect();
    let mut list: Vec<(PersonId, Vec<TaskId>)> = Vec::new();
    if letter.audience == Audience::Client {
        for id in &known {
            let Some(assignee) = d.task(*id).map(|t| t.assigned.person.clone()) else { continue };
            // Of an assignee who is not here any more the operations manager hears instead.
            let listener =
                if d.policy.person(&assignee).is_some() { Listener::Assignee } else { Listener::OperationsManager };
            for person in escalation::listeners(d.policy, &assignee, &[listener]) {
                let person = d.hears(&person, Some(*id), false);
                match list.iter_mut().find(|(p, _)| *p == person) {
                    Some((_, tasks)) => tasks.push(*id),
                    None => list.push((person, vec![*id])),
                }
            }
        }
        return list;
    }
    for role in [Role::OperationsManager, Role::Owner] {
        let failed = |id: &PersonId| d.policy.person(id).is_some_and(|p| p.address == letter.to.address);
        for other in d.policy.people.iter().filter(|p| p.is(role) && !failed(&p.id)) {
            // Whoever is out is stood in for, but not by the one whom the letter did not reach.
            let hears = Some(d.deputy(&other.id, false)).filter(|id| !failed(id)).unwrap_or_else(|| other.id.clone());
            if !list.iter().any(|(p, _)| *p == hears) {
                list.push((hears, known.clone()));
            }
        }
        if !list.is_empty() {
            break;
        }
    }
    list
}
