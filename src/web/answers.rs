//! What goes over the socket: one shape each, for the server and for the commands that read it.

use crate::desk::pipeline::{Foreseen, Outlook};
use crate::desk::reread::Proposal;
use crate::domain::{
    Timestamp,
    absence::Absence,
    account::{Account, BookStanding, Difference},
    decision::{Cause, Sequence, Versions},
    event::Event,
    id::*,
    letter::{Letter, LetterRecord},
    message::{MessageRecord, Sighting},
    past::Past,
    person::{Mode, Person},
    task::Task,
    text::HeaderText,
};
use crate::reports::Report;
use crate::store::Entry;
use serde::{Deserialize, Serialize};

/// Where the API begins.
pub const API: &str = "/api/v1";
/// The header that says for whom a command is given: a person's id.
pub const AS: &str = "intaked-as";

/// An answer, with the time it was given at and the agency's zone, so that a reader needs no clock of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Given<T> {
    /// When.
    pub now: Timestamp,
    /// The agency's zone.
    pub zone: chrono_tz::Tz,
    /// What.
    #[serde(flatten)]
    pub answer: T,
}

/// `GET tasks`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaskList {
    /// The tasks, newest first.
    pub tasks: Vec<Task>,
    /// There may be more: ask again with `below` the last number.
    pub more: bool,
}

/// `GET tasks/{id}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaskDetail {
    /// The task.
    pub task: Task,
    /// What is to be done next, in a sentence; empty where it is over.
    #[serde(default)]
    pub next: String,
    /// Its account: contacts, policies, what to take care of.
    #[serde(default)]
    pub account: Option<Account>,
    /// What that account asked for last, the newest first, this task left out.
    #[serde(default)]
    pub past: Vec<Past>,
    /// Its letters, oldest first.
    pub letters: Vec<LetterRecord>,
    /// Everything that was decided about it, oldest first.
    pub history: Vec<Decided>,
}

/// A decision as history shows it: letters by name, their bytes left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decided {
    /// Its position in the journal.
    pub sequence: Sequence,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub cause: Cause,
    /// What became true.
    pub events: Vec<Event>,
    /// What was said.
    pub letters: Vec<LetterLine>,
    /// With what it was made.
    pub versions: Versions,
}

/// A letter in one line of history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LetterLine {
    /// Its name.
    pub id: LetterId,
    /// The template's name.
    pub kind: String,
    /// To whom.
    pub to: String,
    /// Its subject.
    pub subject: HeaderText,
}

impl From<Entry> for Decided {
    fn from(entry: Entry) -> Self {
        let d = entry.decision;
        let letters = d.letters.into_iter().map(|l| LetterLine {
            id: l.id,
            kind: l.kind,
            to: l.to.address.to_string(),
            subject: l.subject,
        });
        Self {
            sequence: entry.sequence,
            at: d.at,
            cause: d.cause,
            letters: letters.collect(),
            events: d.events,
            versions: d.versions,
        }
    }
}

/// `GET messages?id=…`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MessageList {
    /// The messages of that name: one, or several where a Message-ID was used twice.
    pub messages: Vec<MessageDetail>,
}

/// A message and all that is known of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MessageDetail {
    /// The desk's record.
    pub message: MessageRecord,
    /// Where copies of it were seen.
    pub sightings: Vec<Sighting>,
    /// Everything that was decided about it, oldest first.
    pub history: Vec<Decided>,
}

/// `GET letters?review=true`, `GET letters?task=T-1`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LetterList {
    /// The letters, oldest first.
    pub letters: Vec<LetterRecord>,
}

/// `GET letters/{id}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LetterDetail {
    /// The letter, bytes and all.
    pub letter: Letter,
}

/// `GET accounts`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AccountList {
    /// The accounts, by key.
    pub accounts: Vec<Account>,
}

/// `GET report?period=last-week&by=type`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReportGiven {
    /// The report.
    pub report: Report,
}

/// `GET people`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PeopleList {
    /// Everybody, as the configuration lists them.
    pub people: Vec<PersonLine>,
}

/// A member of staff.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PersonLine {
    /// As the configuration has them.
    #[serde(flatten)]
    pub person: Person,
    /// Their open tasks.
    pub open: u32,
    /// How they are out now, in words that follow their name.
    pub is_out: Option<String>,
    /// The absences that people have said; those of the configuration stand with the person.
    pub absences: Vec<Absence>,
}

/// The body of `POST accounts/import`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportOrder {
    /// The accounts.
    pub accounts: Vec<Account>,
    /// Is it the whole book? Then accounts that are not in it go.
    #[serde(default)]
    pub whole: bool,
    /// Only say what would change.
    #[serde(default)]
    pub dry_run: bool,
    /// The file's name, for the history.
    #[serde(default)]
    pub file: String,
    /// What the person saw that it changes: refused where it would change something else by now.
    #[serde(default)]
    pub seen: Option<Difference>,
}

/// `POST accounts/import`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Imported {
    /// What changed, or would change.
    pub difference: Difference,
    /// Nothing was changed: it was only asked.
    pub dry_run: bool,
    /// Tasks and letters that the dates of its policies would bring now, and have not brought.
    #[serde(default)]
    pub foreseen: Vec<Foreseen>,
}

/// `GET pipeline`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct PipelineList {
    /// Open tasks that policies' dates have brought, the fewest days left first.
    pub lines: Vec<Outlook>,
    /// What they would bring, were the account book released; empty where it is.
    pub foreseen: Vec<Foreseen>,
}

/// `GET reread`, `GET reread?task=T-1`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rereads {
    /// Digest of the rules as they are on the disk, by which the mail was read.
    pub rules: String,
    /// Digest of the rules that the daemon goes by. Only what both agree on can be applied.
    pub loaded: String,
    /// How many tasks were looked at.
    pub looked_at: usize,
    /// What would change, newest task first.
    pub proposals: Vec<Proposal>,
}

/// `GET corrections`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Corrections {
    /// One for each message, oldest task first.
    pub examples: Vec<Example>,
}

/// A message of which people said what the rules should have found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Example {
    /// The message; its bytes are at `messages/{key}/raw`.
    pub message: MessageKey,
    /// What a line of `labels.jsonl` says: the reading, with what people corrected in its place.
    pub labels: serde_json::Value,
}

/// `POST commands`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CommandOutcome {
    /// The tasks it changed or opened.
    pub tasks: Vec<TaskId>,
    /// The letters it wrote or released.
    pub letters: Vec<LetterId>,
}

/// `GET status`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// The daemon's version.
    pub version: String,
    /// The agency's name.
    pub agency: HeaderText,
    /// How far the daemon goes on its own.
    pub mode: Mode,
    /// Is all sending stopped?
    pub paused: bool,
    /// Running since.
    pub started: Timestamp,
    /// How many messages, open tasks, letters: name and count.
    pub counts: Vec<(String, u64)>,
    /// Where the account book comes from.
    pub book: BookStanding,
    /// How each loop is: mailboxes, outbox, clock.
    pub parts: Vec<Part>,
    /// With what it decides.
    pub versions: Versions,
    /// Whether staff can work by answering letters, in words.
    #[serde(default)]
    pub answers: String,
}

/// How one loop of the daemon is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Its name: `mailbox service`, `letters out`.
    pub name: String,
    /// Does it work?
    pub well: bool,
    /// How it is, in a sentence: `waiting for new mail`, `the server cannot be reached since 10:04: …`.
    pub says: String,
}

/// Every answer that is no success.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// What is wrong, and how to mend it, in a sentence for a person.
    pub error: String,
}
