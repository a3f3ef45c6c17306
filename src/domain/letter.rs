//! One outgoing mail: who gets it, its finished bytes, and how far it has got.

use super::{Timestamp, id::*, message::RawRef, text::*};
use serde::{Deserialize, Serialize};

/// For whom a letter is, which decides what it may say and when it may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Anybody outside the agency.
    Client,
    /// The agency's own people.
    Staff,
}

/// What becomes of a letter once it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Disposition {
    /// It goes out.
    Send,
    /// It waits for a person's yes (mode `review`).
    Review,
    /// It rests on an account book that nobody has released yet: it goes with the release, or with a yes of its own.
    Held,
    /// It is kept to be looked at and never goes (mode `observe`).
    Observe,
}

/// A finished letter. Its bytes and its Message-ID are fixed when it is committed and never change afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// Its name.
    pub id: LetterId,
    /// The template's name, such as `acknowledgement`, `notice`, `escalation`.
    pub kind: String,
    /// For whom.
    pub audience: Audience,
    /// The one recipient (one envelope a recipient, so that one refused address stops nobody else's letter).
    pub to: Mailbox,
    /// MAIL FROM; `None` is the null sender `<>`.
    pub envelope_from: Option<Address>,
    /// Without brackets.
    pub message_id: String,
    /// The subject, as in the bytes.
    pub subject: HeaderText,
    /// The tasks it speaks of.
    pub tasks: Vec<TaskId>,
    /// The message it answers, where it answers one.
    pub answers: Option<MessageKey>,
    /// What becomes of it.
    pub disposition: Disposition,
    /// It does not go before this moment (staff letters: office hours).
    pub not_before: Timestamp,
    /// The mail itself.
    pub mail: Mail,
}

/// A mail's bytes, in which a raw message is inserted when it is sent (so that the journal holds no attachments).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// Everything up to the inserted message; ASCII, CRLF. The whole mail where nothing is inserted.
    pub before: String,
    /// The raw message that is inserted as a message/rfc822 part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original: Option<RawRef>,
    /// Not the raw message itself goes along but these of its documents, by name, each as an attachment of its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<String>,
    /// What follows the inserted message: the closing boundary.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub after: String,
}

/// How far a letter has got.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LetterState {
    /// To be sent at this moment or after.
    Due(Timestamp),
    /// Waits for a person's yes.
    Review,
    /// Kept, never sent.
    Observed,
    /// An attempt was recorded at this moment, and no result yet. After a crash it is tried again, and then it may
    /// arrive twice.
    Trying(Timestamp),
    /// Accepted by the mail server.
    Sent {
        /// When.
        at: Timestamp,
    },
    /// Given up: refused for good, or in vain for days.
    Failed {
        /// When.
        at: Timestamp,
        /// The server's words, or ours.
        why: String,
    },
    /// A person said no.
    Dropped {
        /// When.
        at: Timestamp,
    },
}

/// The desk's record of a letter; the bytes stay in the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterRecord {
    /// Its name.
    pub id: LetterId,
    /// The template's name.
    pub kind: String,
    /// For whom.
    pub audience: Audience,
    /// Recipient.
    pub to: Mailbox,
    /// Subject.
    pub subject: HeaderText,
    /// Message-ID without brackets.
    pub message_id: String,
    /// The tasks it speaks of.
    pub tasks: Vec<TaskId>,
    /// When it was written.
    pub written: Timestamp,
    /// It waits, or waited, for the release of the account book.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub held: bool,
    /// How far it has got.
    pub state: LetterState,
    /// Attempts so far.
    pub attempts: u32,
    /// First attempt, from which the days of trying count.
    pub first_attempt: Option<Timestamp>,
    /// The last refusal's words.
    pub last_trouble: Option<String>,
    /// An attempt ended without an answer, so it may have arrived twice.
    pub possibly_twice: bool,
}

/// How one attempt to send ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attempt {
    /// The server took it: its answer.
    Sent(String),
    /// Not now (4xx, no connection): the words. `unanswered`: the connection died after the final dot.
    Later {
        /// What the server or the network said.
        why: String,
        /// It may have been taken all the same.
        unanswered: bool,
    },
    /// Never (5xx): the words.
    Refused(String),
}
