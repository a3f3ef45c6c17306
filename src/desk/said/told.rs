//! What an order did, in sentences for whoever gave it: taken from what became true, so that it says nothing else.

use crate::desk::{Policy, view};
use crate::domain::{
    absence::Absence,
    event::Event,
    id::{PersonId, TaskId},
    letter::Disposition,
    task::{StepMark, Tie},
};

/// What became true, a sentence each.
pub(super) fn did(policy: &Policy, about: TaskId, events: &[Event]) -> Vec<String> {
    let name = |id: &PersonId| view::person(policy, id).name;
    let at = |t| view::time(policy, t, "en");
    let of = |policy: Option<&String>| policy.map_or_else(String::new, |p| format!(" for {p}"));
    let it = |task: TaskId| if task == about { "It".to_owned() } else { task.to_string() };
    let in_words = |fields: &[String]| fields.iter().map(|f| f.replace('_', " ")).collect::<Vec<_>>().join(", ");
    let mut out: Vec<String> = Vec::new();
    for event in events {
        let sentence = match event {
            Event::TaskOpened { task, opening } => {
                format!("{task} was opened: {}, for {}.", opening.type_title, name(&opening.assigned_to))
            }
            Event::Assigned { task, person, .. } => format!("{task} is {}'s.", name(person)),
            Event::TypeSet { type_title, .. } => format!("It is: {type_title}."),
            Event::AccountSet { task, insured: Some(insured), account: Some(_), .. } if !is_new(events, *task) => {
                format!("It is about {insured}.")
            }
            Event::FieldsSet { task, .. } if !is_new(events, *task) => "The facts are brought up to date.".to_owned(),
            Event::StepMarked { task, step, mark: StepMark::Ticked { .. }, policy } => {
                format!("{task}: step “{step}”{} is ticked.", of(policy.as_ref()))
            }
            Event::StepMarked { task, step, mark: StepMark::Waived { .. }, policy } => {
                format!("{task}: step “{step}”{} is left out.", of(policy.as_ref()))
            }
            Event::WaitingBegan { task, on, until, policy, .. } => {
                let it = policy.as_ref().map_or_else(|| it(*task), |p| format!("{} for {p}", it(*task)));
                format!("{it} waits on the {on}, and comes back {}.", at(*until))
            }
            Event::Snoozed { until, .. } => format!("It is put off until {}.", at(*until)),
            Event::WaitingEnded { task, policy } => format!("{}{} waits no longer.", it(*task), of(policy.as_ref())),
            Event::Linked { task, other, how: Tie::WaitsForIt, .. } => format!("{task} waits for {other}."),
            Event::Asked { sent: true, fields, .. } => format!("The client was asked for: {}.", in_words(fields)),
            Event::Asked { sent: false, fields, .. } => format!("The question waits for a yes: {}.", in_words(fields)),
            Event::Noted { task, by: Some(_), .. } => format!("The note is kept with {task}."),
            Event::Ended { task, how, .. } => format!("{task} is closed: {how}."),
            Event::Reopened { task, .. } => format!("{task} is open again."),
            Event::ErrorNamed { whose, .. } => format!("The reopening counts as {whose} error."),
            Event::Merged { task, into, .. } => format!("What came in as {task} goes on in {into}."),
            Event::AbsencesSet { person, absences } => presence(policy, &name(person), absences),
            _ => continue,
        };
        if !out.contains(&sentence) {
            out.push(sentence);
        }
    }
    out
}

/// Where somebody is from now on, as it was understood: a day that was meant otherwise is seen at once.
fn presence(policy: &Policy, name: &str, absences: &[Absence]) -> String {
    let day = |at| view::day(policy, at);
    let told: Vec<String> = absences
        .iter()
        .map(|a| match a.until {
            Some(until) => format!("out from {} until {}", day(a.from), day(until)),
            None => format!("not with the agency from {} on", day(a.from)),
        })
        .collect();
    if told.is_empty() { format!("{name} is here.") } else { format!("{name} is {}.", told.join(", and ")) }
}

fn is_new(events: &[Event], id: TaskId) -> bool {
    opened(events).contains(&id)
}

/// The tasks that were opened.
pub(super) fn opened(events: &[Event]) -> Vec<TaskId> {
    let opened = events.iter().filter_map(|e| match e {
        Event::TaskOpened { task, .. } => Some(*task),
        _ => None,
    });
    opened.collect()
}

/// What becomes of the letter to the client.
pub(super) fn sent(disposition: Disposition, to: &str, documents: &[String]) -> String {
    let with = if documents.is_empty() { String::new() } else { format!(" with {}", documents.join(", ")) };
    match disposition {
        Disposition::Send => format!("Sent to {to}{with}."),
        Disposition::Review => {
            format!(
                "A letter to {to}{with} WAITS for a yes (mode review): it was NOT sent. See `intaked letters list`."
            )
        }
        Disposition::Held => {
            format!(
                "A letter to {to}{with} WAITS until the new account book is released: it was NOT sent. See `intaked letters list`."
            )
        }
        Disposition::Observe => {
            format!("A letter to {to}{with} was written and NOT sent: the agency runs in mode observe.")
        }
    }
}
