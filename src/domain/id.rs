//! The names by which things are known. Each is a newtype, so that one cannot stand for another.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A task's number, counted from 1 by the desk itself (never by sled's `generate_id`, which jumps after a crash).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TaskId(pub u64);

impl fmt::Display for TaskId {
    /// The reference people see: `T-1042`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "T-{}", self.0)
    }
}

impl std::str::FromStr for TaskId {
    type Err = String;
    /// Reads `T-1042`, `t-1042`, `#T-1042` or `1042`.
    fn from_str(s: &str) -> Result<Self, String> {
        let bare = s.trim().trim_start_matches('#');
        let digits = bare.strip_prefix("T-").or_else(|| bare.strip_prefix("t-")).unwrap_or(bare);
        digits.parse().map(TaskId).map_err(|_| format!("“{s}” is not a task: write T-1042 or 1042"))
    }
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
        pub struct $name(pub String);
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(&self.0) }
        }
        impl From<&str> for $name { fn from(s: &str) -> Self { Self(s.to_owned()) } }
        impl From<String> for $name { fn from(s: String) -> Self { Self(s) } }
        impl $name {
            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str { &self.0 }
        }
    };
}

name!(
    /// A message's identity, whatever mailbox its copies lie in: 32 hex digits of a digest
    /// (see `message::identity`). Two sightings of one message have one key.
    MessageKey
);
name!(
    /// A request type: the `id` of a page under `rules/`. No request type's name occurs in the code.
    RequestType
);
name!(
    /// A client of the agency, by the account book's own key.
    AccountId
);
name!(
    /// A member of staff: the `id` of a `[[person]]` in the configuration, such as `ana`.
    PersonId
);
name!(
    /// One outgoing mail. Derived from the decision that wrote it, so that a replay gives the same name.
    LetterId
);
name!(
    /// A step of a workflow, by its page's key, such as `issue`.
    StepId
);
name!(
    /// A `[[mailbox]]` of the configuration, by its name.
    MailboxId
);
