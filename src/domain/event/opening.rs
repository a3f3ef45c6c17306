//! What a task is opened with: what never changes afterwards, and first values of what may.

use crate::domain::{Timestamp, id::*, reading::*, text::*};
use serde::{Deserialize, Serialize};

/// What a task is opened with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Opening {
    /// The page; `None` in triage.
    pub request_type: Option<RequestType>,
    /// The kind's name for people.
    pub type_title: String,
    /// When the request arrived.
    pub arrived: Timestamp,
    /// Subject, or the words of who took the call.
    pub subject: HeaderText,
    /// Who asked.
    pub requester: Option<Mailbox>,
    /// What they are.
    pub sender_kind: SenderKind,
    /// How it came.
    pub channel: Channel,
    /// The language to write in.
    pub language: String,
    /// The client's own new words.
    pub words: String,
    /// The message; `None` for a call or a walk-in.
    pub message: Option<MessageKey>,
    /// How much experience it needs.
    pub complexity: Complexity,
    /// Rushed.
    pub urgent: bool,
    /// Why it is taken for this type.
    pub evidence: std::sync::Arc<Vec<Evidence>>,
    /// Second-best guesses.
    pub guesses: Vec<RequestType>,
    /// What done means.
    pub done_when: String,
    /// Whose it is.
    pub assigned_to: PersonId,
    /// Why them.
    pub assigned_because: String,
    /// For whom they stand in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standing_in_for: Option<PersonId>,
    /// The rules were not sure what it is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub uncertain: bool,
}
