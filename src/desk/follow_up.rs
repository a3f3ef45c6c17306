//! When a client who was asked has to be reminded, or a person told that no answer came: a pure reckoning from the task
//! as it stands, its page and the calendar.

use super::Policy;
use crate::domain::{
    Timestamp,
    calendar::Calendar,
    task::{Asked, Asking, Task},
    workflow::{Party, Questions},
};

/// What is due when the moment has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FollowUp {
    /// The client is reminded.
    Remind,
    /// A person hears that no answer came.
    GiveUp,
}

/// What is due next, and when; nothing where no question is open, or where somebody else has the ball.
pub(super) fn next(task: &Task, policy: &Policy) -> Option<(Timestamp, FollowUp)> {
    let questions = policy.practice_of(task.request_type.as_ref()).questions?;
    let others = task.waiting.as_ref().is_some_and(|w| w.on != Party::Client);
    if !task.is_open() || others || task.unanswered().next().is_none() {
        return None;
    }
    let since = task
        .asked
        .iter()
        .rposition(|a| a.sent && !matches!(a.how, Asking::Reminder | Asking::Unclear | Asking::GaveUp))?;
    let after: Vec<&Asked> = task.asked.iter().skip(since).collect();
    if after.iter().any(|a| matches!(a.how, Asking::Unclear | Asking::GaveUp)) {
        return None;
    }
    let reminded = after.iter().filter(|a| a.how == Asking::Reminder).count();
    let last = after.last()?.at;
    let what = if reminded < usize::from(questions.times) { FollowUp::Remind } else { FollowUp::GiveUp };
    Some((policy.calendar.after(last, questions.remind), what))
}

/// How long an answer is waited for, with so many reminders to come: until a person hears that none came.
pub(super) fn patience(questions: Questions, to_come: u8, from: Timestamp, calendar: &Calendar) -> Timestamp {
    (0..=to_come).fold(from, |at, _| calendar.after(at, questions.remind))
}

/// How many reminders are still to come since something was asked last.
pub(super) fn to_come(task: &Task, questions: Questions) -> u8 {
    let reminded = task.asked.iter().rev().take_while(|a| a.how == Asking::Reminder).count();
    questions.times.saturating_sub(u8::try_from(reminded).unwrap_or(u8::MAX))
}
