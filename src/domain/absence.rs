//! When somebody is not at work, as a person said it. What the configuration says of it stands with the person.

use super::{Timestamp, id::PersonId};
use serde::{Deserialize, Serialize};

/// A time in which somebody is not at work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    /// From this moment on.
    pub from: Timestamp,
    /// Back at this moment; `None` is gone for good.
    pub until: Option<Timestamp>,
    /// Who takes over, before those that the configuration names.
    pub stand_in: Option<PersonId>,
    /// Who said so.
    pub said_by: PersonId,
}

impl Absence {
    /// Whether it holds at that moment.
    #[must_use]
    pub fn covers(&self, at: Timestamp) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }
}
