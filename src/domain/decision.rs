//! What the desk asks for, what it is told, and what it decides. The store commits a decision whole or not at all.

use super::{
    Timestamp,
    absence::Absence,
    account::{Account, BookStanding},
    event::Event,
    id::*,
    letter::*,
    message::MessageRecord,
    past::Past,
    pipeline::TermTask,
    proof::Proof,
    round::Round,
    task::Task,
    text::Address,
    upkeep::Upkeep,
    workload::Workload,
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};

/// A position in the journal; the first decision is 1, and 0 is “nothing yet”.
pub type Sequence = u64;

/// A record, or a short list of records, that the desk needs before it can decide.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lookup {
    /// The number of the next task: [`Answer::Number`].
    NextTask,
    /// A message: [`Answer::Message`].
    Message(MessageKey),
    /// Messages whose Message-ID header is this (without brackets): [`Answer::Messages`].
    MessagesById(String),
    /// Sent mail of staff that answers this Message-ID and was read before it: [`Answer::Messages`].
    AnswersTo(String),
    /// Tasks that a Message-ID belongs to, be it of a message or of a letter of ours: [`Answer::Tasks`].
    TasksByMessageId(String),
    /// A task: [`Answer::Task`].
    Task(TaskId),
    /// The tasks that a task waits for, and those that they wait for in turn, by number: [`Answer::Tasks`].
    WaitsBehind(TaskId),
    /// An account: [`Answer::Accounts`] with one or none.
    Account(AccountId),
    /// Accounts with a contact of this address: [`Answer::Accounts`].
    AccountsByAddress(Address),
    /// Accounts that own this mail domain: [`Answer::Accounts`].
    AccountsByDomain(String),
    /// Accounts with a policy of this number, [`super::text::folded`]: [`Answer::Accounts`].
    AccountsByPolicy(String),
    /// Accounts of the last 50 tasks that this address asked for, at most 5: [`Answer::Accounts`].
    AccountsByRequester(Address),
    /// Accounts of this name, by [`super::account::name_key`]: [`Answer::Accounts`].
    AccountsByName(String),
    /// Every account's key: [`Answer::AccountIds`].
    AllAccounts,
    /// Open tasks of an account: [`Answer::Tasks`].
    OpenTasksOfAccount(AccountId),
    /// The last [`super::past::LAST_MAX`] tasks of an account, open ones and those that are over, the newest first:
    /// [`Answer::Past`].
    LastOfAccount(AccountId),
    /// Open tasks by assignee: [`Answer::Load`].
    Load,
    /// Open tasks of an assignee: [`Answer::Tasks`].
    OpenTasksOf(PersonId),
    /// Open tasks that somebody has who stands in for this person: [`Answer::Tasks`].
    OpenTasksLentBy(PersonId),
    /// How many tasks were given to a person at that moment or later and are still theirs, at most 1000:
    /// [`Answer::Number`].
    AssignedSince(PersonId, Timestamp),
    /// When people are not at work: [`Answer::Absences`].
    Absences,
    /// When people's presence has to be looked at: [`Answer::Moment`].
    PresenceDue,
    /// Open tasks of a type, at most 200: [`Answer::Tasks`].
    OpenTasksOfType(RequestType),
    /// Open tasks with a danger, at most 200: [`Answer::Tasks`].
    TasksInDanger,
    /// Open tasks that are late by then, the longest late first, at most 200: [`Answer::Tasks`].
    TasksLateBy(Timestamp),
    /// The open tasks with the lowest numbers, at most 12: [`Answer::Tasks`].
    OldestOpenTasks,
    /// What became of the mail that got its outcome from the first moment until before the second: [`Answer::Proof`].
    Proof(Timestamp, Timestamp),
    /// Where the journal ends: [`Answer::Head`].
    Head,
    /// What people are still to be told, and when: [`Answer::Rounds`].
    Rounds,
    /// What is known of the house: [`Answer::Upkeep`].
    Upkeep,
    /// The tasks, open or over, that the dates of an account's policies brought: [`Answer::Terms`].
    TermsOf(AccountId),
    /// Accounts whose policies have to be looked at by then, the longest due first, at most so many:
    /// [`Answer::AccountIds`].
    AccountsDue(Timestamp, u16),
    /// The schedule by which accounts were looked at: [`Answer::Words`].
    Schedule,
    /// Where the account book comes from: [`Answer::Book`].
    Book,
    /// When letters to this address were written, newest first, at most 50; to staff those only that answer a message:
    /// [`Answer::Times`].
    LettersTo(Address),
    /// The same for all addresses of this domain, at most 200: [`Answer::Times`].
    LettersToDomain(String),
    /// A letter: [`Answer::Letter`].
    Letter(LetterId),
    /// A letter by its Message-ID: [`Answer::Letter`].
    LetterByMessageId(String),
    /// The letters that wait for the release of the account book: [`Answer::Letters`].
    LettersHeld,
}

/// The answer to a [`Lookup`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// A number.
    Number(u64),
    /// A message, if there is one.
    Message(Option<Arc<MessageRecord>>),
    /// Messages.
    Messages(Vec<MessageRecord>),
    /// Tasks, by number.
    Tasks(Vec<TaskId>),
    /// A task, if there is one.
    Task(Option<Arc<Task>>),
    /// Accounts.
    Accounts(Vec<Arc<Account>>),
    /// Earlier requests.
    Past(Vec<Arc<Past>>),
    /// Keys of accounts.
    AccountIds(Vec<AccountId>),
    /// Open tasks by assignee.
    Load(Arc<BTreeMap<PersonId, Workload>>),
    /// When people are not at work; whoever has no absence is not in it.
    Absences(BTreeMap<PersonId, Vec<Absence>>),
    /// What people are still to be told; whoever is to be told nothing is not in it.
    Rounds(BTreeMap<PersonId, Round>),
    /// What is known of the house.
    Upkeep(Box<Upkeep>),
    /// What became of the mail of a stretch of time.
    Proof(Proof),
    /// A position, and the hash of its envelope (hex).
    Head(Sequence, String),
    /// A moment, if there is one.
    Moment(Option<Timestamp>),
    /// Tasks that dates brought, by date and number.
    Terms(Vec<TermTask>),
    /// Words; empty where there are none.
    Words(String),
    /// Where the account book comes from.
    Book(BookStanding),
    /// Moments.
    Times(Vec<Timestamp>),
    /// A letter, if there is one.
    Letter(Option<Box<LetterRecord>>),
    /// Letters, the oldest first.
    Letters(Vec<LetterRecord>),
}

/// What the desk was told, all of it as of one sequence.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Facts {
    /// The journal's head when the answers were given.
    pub as_of: Sequence,
    /// The answers.
    pub answers: BTreeMap<Lookup, Answer>,
}

/// Who or what set a decision off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// A message arrived.
    Message(MessageKey),
    /// A person said so.
    Person(PersonId),
    /// A clock ran out.
    Clock,
    /// The outbox reported.
    Outbox,
    /// The inbox reported on a folder.
    Inbox,
    /// The account book was imported, by this person.
    Import(PersonId),
    /// Configuration, rules or calendar were loaded anew.
    Reload,
}

/// With what a decision was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Versions {
    /// Digest of the pages.
    pub rules: String,
    /// Digest of the templates.
    pub templates: String,
    /// Digest of the configuration (people, calendar, modes).
    pub policy: String,
}

/// What the desk decided: committed whole, as one journal record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// When.
    pub at: Timestamp,
    /// Why.
    pub cause: Cause,
    /// What became true.
    pub events: Vec<Event>,
    /// What is to be said, finished.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub letters: Vec<Letter>,
    /// With what it was made.
    pub versions: Versions,
}
