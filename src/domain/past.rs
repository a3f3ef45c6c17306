//! What a client asked for before, and how it ended: as much of an earlier task as a later request of theirs needs.
//!
//! Knows no rule: what of it is taken over into a new task, the desk decides.

use super::{
    Timestamp,
    field::{Field, FieldValue},
    id::*,
    task::{End, Task, TaskState},
    text::{HeaderText, cut},
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Requests of an account that are looked up for a new one, the newest.
pub const LAST_MAX: usize = 12;

/// An earlier request of an account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Past {
    /// The task.
    pub task: TaskId,
    /// What kind of work it is; `None` where nobody has said it.
    pub request_type: Option<RequestType>,
    /// The kind's name for people.
    pub type_title: Arc<str>,
    /// Its subject.
    pub subject: HeaderText,
    /// When it arrived.
    pub arrived: Timestamp,
    /// How far it is, or how it ended.
    pub state: TaskState,
    /// The same in words: `waiting on carrier`, `done`.
    pub standing: String,
    /// Whose it is or was.
    pub assignee: PersonId,
    /// Its facts; those of drivers are left out, since nobody needs birth dates and licences twice.
    pub fields: Arc<Vec<Field>>,
}

impl Past {
    /// What a later request needs of a task.
    #[must_use]
    pub fn of(task: &Task) -> Self {
        let of_a_driver = |f: &Field| matches!(f.value, FieldValue::Driver { .. });
        let shared = || Arc::clone(&task.fields);
        let without = || Arc::new(task.fields.iter().filter(|f| !of_a_driver(f)).cloned().collect());
        Self {
            task: task.id,
            request_type: task.request_type.clone(),
            type_title: task.type_title.clone(),
            subject: task.subject.clone(),
            arrived: task.arrived,
            state: task.state.clone(),
            standing: task.standing(),
            assignee: task.assigned.person.clone(),
            fields: if task.fields.iter().any(of_a_driver) { without() } else { shared() },
        }
    }

    /// When it ended; when it arrived, while it is open.
    #[must_use]
    pub fn moment(&self) -> Timestamp {
        if let TaskState::Ended { at, .. } = &self.state { *at } else { self.arrived }
    }

    /// Whether a later request can point to it: it is done, or still worked on.
    #[must_use]
    pub fn holds(&self) -> bool {
        !matches!(&self.state, TaskState::Ended { how, .. } if *how != End::Done)
    }

    /// How it ended and when, or how it stands: `done Tue 3 Mar 2026`, `waiting on carrier, since Tue 3 Mar 2026`.
    #[must_use]
    pub fn ended(&self, zone: chrono_tz::Tz) -> String {
        let day = self.moment().with_timezone(&zone).format("%a %-d %b %Y");
        match &self.state {
            TaskState::Ended { how, reason, .. } if *how != End::Done && !reason.trim().is_empty() => {
                format!("{how} {day} ({})", cut(reason.trim(), REASON_MAX))
            }
            TaskState::Ended { how, .. } => format!("{how} {day}"),
            _ => format!("{}, since {day}", self.standing),
        }
    }

    /// On one line, for staff: `T-12 Certificate of insurance, done Tue 3 Mar 2026: “COI for Elm Street” (Northgate
    /// Builders LLC)`.
    #[must_use]
    pub fn told(&self, zone: chrono_tz::Tz) -> String {
        let parties: Vec<&str> = self
            .fields
            .iter()
            .filter_map(|f| if let FieldValue::Party { name, .. } = &f.value { Some(name.as_str()) } else { None })
            .take(PARTIES_MAX)
            .collect();
        let parties = if parties.is_empty() { String::new() } else { format!(" ({})", parties.join("; ")) };
        let subject = cut(self.subject.as_str(), SUBJECT_MAX);
        let subject = if subject.is_empty() { String::new() } else { format!(": “{subject}”") };
        format!("{} {}, {}{subject}{parties}", self.task, self.type_title, self.ended(zone))
    }
}

/// Bytes of a subject on such a line.
const SUBJECT_MAX: usize = 80;
/// Bytes of a reason on such a line.
const REASON_MAX: usize = 80;
/// Parties on such a line.
const PARTIES_MAX: usize = 3;
