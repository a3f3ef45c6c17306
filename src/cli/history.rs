//! History in sentences: what was decided, why, and what became true.

use super::print;
use crate::domain::decision::Cause;
use crate::domain::event::Event;
use crate::domain::id::TaskId;
use crate::domain::letter::Attempt;
use crate::domain::message::Outcome;
use crate::domain::task::{Asking, ClientTold, Corrected, StepMark};
use crate::web::Decided;
use chrono_tz::Tz;
use std::io::Write;

/// Writes one decision; of several tasks only what concerns `task`, where one is given. Nothing is written of a decision
/// that only the machine needs.
pub(super) fn write(out: &mut dyn Write, d: &Decided, task: Option<TaskId>, zone: Tz) -> std::io::Result<()> {
    let opens = d.events.iter().any(|e| matches!(e, Event::TaskOpened { .. }));
    let concerns = |e: &&Event| task.is_none() || e.task().is_none() || e.task() == task;
    // A new task that lacks nothing has nothing to tell of that.
    let empty = |e: &&Event| matches!(e, Event::MissingSet { missing, .. } if missing.is_empty());
    let said = d.events.iter().filter(concerns).filter(|e| !(opens && empty(e))).filter_map(|e| sentence(e, zone));
    let letters = d.letters.iter().map(|l| format!("letter {}: {} to {}: “{}”", l.id, l.kind, l.to, l.subject));
    let lines: Vec<String> = said.chain(letters).collect();
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(out, "  {}  {}", print::moment(d.at, zone), print::plain(&cause(&d.cause)))?;
    lines.iter().try_for_each(|line| writeln!(out, "      {}", print::short(line, 160)))
}

fn cause(cause: &Cause) -> String {
    match cause {
        Cause::Message(key) => format!("message {key} arrived"),
        Cause::Person(person) => format!("{person}"),
        Cause::Clock => "a clock ran out".to_owned(),
        Cause::Outbox => "the outbox reported".to_owned(),
        Cause::Inbox => "the inbox reported".to_owned(),
        Cause::Import(person) => format!("{person} imported the account book"),
        Cause::Reload => "configuration or rules were loaded anew".to_owned(),
    }
}

/// What became true, in a sentence; `None` for what only the machine needs.
fn sentence(event: &Event, zone: Tz) -> Option<String> {
    let at = |t| print::moment(t, zone);
    Some(match event {
        Event::MessageDecided { record, .. } => format!("{}: {}", outcome(&record.outcome), record.reason),
        Event::TaskOpened { task, opening } => {
            format!(
                "{task} opened: {}, for {} because {}",
                opening.type_title, opening.assigned_to, opening.assigned_because
            )
        }
        Event::TypeSet { type_title, .. } => format!("it is {type_title}"),
        Event::MessageJoined { message, reason, .. } => format!("message {message} joined: {reason}"),
        Event::AccountSet { insured, reason, .. } => match insured {
            Some(name) => format!("client {name}: {reason}"),
            None => format!("no client: {reason}"),
        },
        Event::Assigned { person, reason, .. } => format!("given to {person}: {reason}"),
        Event::HandedOut { partner, reason, .. } => format!("handed to {}: {reason}", partner.name),
        Event::TakenBack { .. } => "back from the external team".to_owned(),
        Event::MissingSet { missing, .. } if missing.is_empty() => "nothing is missing any more".to_owned(),
        Event::MissingSet { missing, .. } => {
            format!("missing: {}", missing.iter().map(|m| m.field.as_str()).collect::<Vec<_>>().join(", "))
        }
        Event::Corrected { by, what, .. } => match what {
            Corrected::Type { is, was: Some(was) } => format!("{by} says that it is {is}, not {was}"),
            Corrected::Type { is, was: None } => format!("{by} says that it is {is}"),
            Corrected::Field { name, .. } => format!("{by} says what {name} is"),
        },
        Event::Reread { by, rules_version, .. } => format!("{by} had it read anew by rules {rules_version}"),
        Event::HazardSeen { hazard, .. } => format!("DANGER: {}", hazard.title),
        Event::StepMarked { step, mark, policy, .. } => {
            let of = of_policy(policy.as_ref());
            match mark {
                StepMark::Open => format!("step {step}{of} is open again"),
                StepMark::Ticked { .. } => format!("step {step}{of} done"),
                StepMark::Waived { reason, .. } => format!("step {step}{of} waived: {reason}"),
            }
        }
        Event::DeadlinesSet { deadline, standard_due, .. } => {
            let part = |name: &str, t: &Option<_>| t.map(|t| format!("{name} {}", at(t)));
            let parts = [part("wanted by", deadline), part("standard", standard_due)];
            parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
        }
        Event::Touched { by, .. } => format!("{by} is on it"),
        Event::WaitingBegan { on, until, why, policy, .. } => {
            format!("waiting on {on}{} until {}: {why}", of_policy(policy.as_ref()), at(*until))
        }
        Event::WaitingEnded { policy, .. } => format!("waiting no longer{}", of_policy(policy.as_ref())),
        Event::Linked { task, other, how, why, .. } => format!("{task} {how} {other}: {why}"),
        Event::Unlinked { task, other } => format!("{task} and {other} wait for each other no longer"),
        Event::Asked { how: Asking::Unclear, fields, .. } => {
            format!("the client wrote, and this could not be read from it: {}", fields.join(", "))
        }
        Event::Asked { how: Asking::GaveUp, fields, .. } => format!("no answer came: {}", fields.join(", ")),
        Event::Asked { how, fields, sent, .. } => {
            let what = match how {
                Asking::Reminder => "the client was reminded of",
                Asking::Rest => "the client was asked for the rest",
                Asking::Acknowledgement | Asking::Person | Asking::Unclear | Asking::GaveUp => {
                    "the client was asked for"
                }
            };
            let waits = if *sent { "" } else { " (the letter did not go)" };
            format!("{what} {}{waits}", fields.join(", "))
        }
        Event::Noted { by, text, .. } => match by {
            Some(person) => format!("note by {person}: {text}"),
            None => format!("note: {text}"),
        },
        Event::Ended { how, reason, .. } if reason.is_empty() => format!("ended: {}", how),
        Event::Ended { how, reason, .. } => format!("ended: {}: {reason}", how),
        Event::Reopened { reason, .. } => format!("opened again: {reason}"),
        Event::ErrorNamed { whose, by, .. } => format!("{by} says that the reopening was {whose} error"),
        Event::Said { by, line, refused: None, .. } => format!("{by} answered by mail: {line}"),
        Event::Said { by, line, refused: Some(why), .. } => format!("{by} answered by mail: {line}; not done: {why}"),
        Event::Snoozed { by, until, why, .. } => format!("{by} put it off until {}: {why}", at(*until)),
        Event::CameBack { letter, .. } => format!("letter {letter} to the client came back"),
        Event::Chased { .. } => "the client asks how it stands".to_owned(),
        Event::Merged { into, by, .. } => format!("{by} says that it is the same as {into}"),
        Event::Escalated { escalated, .. } => {
            let told: Vec<&str> = escalated.told.iter().map(|p| p.as_str()).collect();
            format!("escalation: {}; told {}", escalated.clock, told.join(", "))
        }
        Event::ClientToldSet { told, .. } => match told {
            ClientTold::Yes => "the client is told".to_owned(),
            ClientTold::No(why) => format!("the client is not told: {why}"),
        },
        Event::LetterAnswered { letter, attempt, again } => match (attempt, again) {
            (Attempt::Sent(answer), _) => format!("letter {letter} accepted: {answer}"),
            (Attempt::Later { why, .. }, Some(t)) => format!("letter {letter} again {}: {why}", at(*t)),
            (Attempt::Later { why, .. }, None) => format!("letter {letter} given up: {why}"),
            (Attempt::Refused(why), _) => format!("letter {letter} refused: {why}"),
        },
        Event::TermSet { term, .. } => {
            let flags: Vec<&str> = term.flags.iter().map(|f| f.title.as_str()).collect();
            let flags = if flags.is_empty() { String::new() } else { format!("; {}", flags.join("; ")) };
            format!("for {}, which end on {}{flags}", term.numbers().join(", "), term.expiration)
        }
        Event::LetterReleased { letter, by } => format!("letter {letter} released by {by}"),
        Event::LetterDropped { letter, by } => format!("letter {letter} dropped by {by}"),
        Event::Sighted { sighting, .. } => {
            format!("seen in {}, {}, UID {}", sighting.mailbox, sighting.folder, sighting.uid)
        }
        Event::FieldsSet { .. }
        | Event::StepsSet { .. }
        | Event::RemindSet { .. }
        | Event::ClocksSet { .. }
        | Event::AccountLooked { .. }
        | Event::PipelineScheduled { .. }
        | Event::FolderOpened { .. }
        | Event::CursorMoved { .. }
        | Event::LetterTried { .. }
        | Event::SendingPaused { .. }
        | Event::AbsencesSet { .. }
        | Event::PresenceLooked { .. }
        | Event::Owed { .. }
        | Event::Told { .. }
        | Event::DigestSet { .. }
        | Event::DigestWaits { .. }
        | Event::Counted { .. }
        | Event::OutageTold { .. }
        | Event::OutageOver { .. }
        | Event::ReportSet { .. }
        | Event::BookImported { .. }
        | Event::BookReleased { .. }
        | Event::AccountSaved { .. }
        | Event::AccountRemoved { .. } => return None,
    })
}

/// Of several policies the one.
fn of_policy(policy: Option<&String>) -> String {
    policy.map_or_else(String::new, |p| format!(" for {p}"))
}

/// An outcome, in words.
pub(super) fn outcome(outcome: &Outcome) -> String {
    let list = |tasks: &[TaskId]| tasks.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    match outcome {
        Outcome::Tasks(tasks) => format!("opened {}", list(tasks)),
        Outcome::Joined { task, opened } if opened.is_empty() => format!("joined to {task}"),
        Outcome::Joined { task, opened } => format!("joined to {task}, and opened {}", list(opened)),
        Outcome::NoWork => "no work".to_owned(),
        Outcome::Held(task) => format!("held for a person as {task}"),
    }
}
