//! The one door: everything that changes the desk is an input to [`decide`]. Pure.
//!
//! The core asks for the records it needs ([`Step::Need`]), the caller answers and calls again, four rounds at most; with
//! somebody at hand who answers at once ([`decide_by`]) it is through in one.
//! Knows no store, no clock, no template; letters leave here as intents.

pub mod absence;
pub mod says;

mod again;
mod answering;
mod answers;
mod ask;
mod book;
mod carriers;
mod chasing;
mod clocks;
mod commands;
mod counting;
mod decide_by;
mod digest;
mod drafting;
mod escalation;
mod follow_up;
mod intake;
mod letters;
mod links;
mod mask;
mod matching;
mod missing;
mod opening;
mod outages;
mod outbound;
mod outgoing;
mod partner;
pub mod pipeline;
mod policy;
mod presence;
mod questions;
mod references;
pub mod reread;
mod roster;
mod rota;
mod rounds;
mod routing;
mod said;
mod same;
mod spawning;
mod steps;
mod thread;
mod undelivered;
mod view;
mod weekly;

#[cfg(test)]
mod tests;

use crate::domain::{
    Timestamp,
    account::{Account, Difference},
    decision::*,
    event::Event,
    field::FieldValue,
    id::*,
    letter::*,
    message::*,
    reading::{Reading, Request},
    seal::Reference,
    task::{End, Whose},
    text::*,
    upkeep::Counted,
    workflow::{Listener, Party},
};
use crate::message::Message;
pub use counting::{Wanted, wanted};
pub use decide_by::decide_by;
pub use digest::Digest;
pub use partner::{Partner, When};
pub use policy::{Agency, Answers, Caps, NeedOfWork, PageOfWork, Policy, Retry};
pub use rota::{Gap, Shift, gaps};
use serde::{Deserialize, Serialize};
pub use weekly::Weekly;

/// What the desk is to do something about.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// A message arrived.
    Message(Box<Arrival>),
    /// A person said something.
    Command {
        /// Who.
        by: PersonId,
        /// What.
        command: Command,
    },
    /// A moment stored with this task has come.
    Clock(TaskId),
    /// The moment has come at which this person is told of what is owed to them, or gets their digest.
    Round(PersonId),
    /// A mailbox cannot be read since then, or no letters be sent; one step of telling so.
    Unreachable {
        /// Its name.
        part: String,
        /// Since when.
        since: Timestamp,
        /// It is where letters go.
        sends: bool,
        /// Who hears of it now, or when it is back.
        tell: Listener,
    },
    /// What could not be reached can be again.
    Reachable {
        /// Its name.
        part: String,
    },
    /// The mail servers were asked what they hold.
    Counted(Vec<Counted>),
    /// The owners' weekly report is made.
    Weekly {
        /// Its figures, in words.
        report: Box<says::ReportView>,
        /// The page that goes along.
        document: Documents,
    },
    /// Somebody's absence begins or ends, or the people have changed.
    Presence,
    /// Policies of accounts have to be looked at for what their dates bring, or the pages have changed.
    Accounts,
    /// The outbox is about to send these letters.
    Trying(Vec<LetterId>),
    /// The outbox tried a letter.
    Tried {
        /// Which.
        letter: LetterId,
        /// How it ended.
        attempt: Attempt,
    },
    /// The account book was read; accounts that are not in it stay (`whole` false) or go (`whole` true).
    Import {
        /// Who imported it.
        by: PersonId,
        /// The accounts as the file has them.
        accounts: Vec<Account>,
        /// Is the file the whole book?
        whole: bool,
        /// The file's name.
        file: String,
        /// What it was seen to change; it is refused where it would change something else by now.
        seen: Option<Difference>,
    },
    /// A folder is opened for the first time, or under a new UIDVALIDITY.
    FolderOpened(Event),
    /// A folder's cursor moved.
    CursorMoved(Event),
}

/// A message that arrived, parsed and read.
#[derive(Debug, Clone, PartialEq)]
pub struct Arrival {
    /// Its identity.
    pub key: MessageKey,
    /// The message; header only where it was over the size limit.
    pub message: Message,
    /// What the rules found.
    pub reading: Reading,
    /// Where the bytes lie.
    pub raw: RawRef,
    /// Where copies of it were seen.
    pub sightings: Vec<Sighting>,
    /// INTERNALDATE, else Date.
    pub received: Timestamp,
    /// Why it could not be read as it should (parser failed, too big): then it is held for a person.
    pub trouble: Option<String>,
}

/// What a person can say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// A phone call or a walk-in becomes a task, through the rules like a message.
    New {
        /// Who asked, as words.
        requester: HeaderText,
        /// Where they can be reached.
        address: Option<Address>,
        /// What they want.
        words: String,
        /// What the rules found in the words.
        #[serde(skip)]
        reading: Box<Reading>,
    },
    /// I take it.
    Take {
        /// The task.
        task: TaskId,
    },
    /// Something worth keeping.
    Note {
        /// The task.
        task: TaskId,
        /// The words.
        text: String,
    },
    /// It waits for somebody outside.
    Wait {
        /// The task.
        task: TaskId,
        /// For whom.
        on: Party,
        /// Until when; the page's follow-up where left out.
        until: Option<Timestamp>,
        /// For what.
        why: String,
        /// Of several policies the one that waits.
        #[serde(default)]
        policy: Option<String>,
    },
    /// Nobody is to be reminded of it before that, the client's own deadline aside.
    Snooze {
        /// The task.
        task: TaskId,
        /// Until when.
        until: Timestamp,
        /// Why.
        why: String,
    },
    /// It waits no longer.
    Resume {
        /// The task.
        task: TaskId,
    },
    /// A step is done, or waived with a reason.
    Step {
        /// The task.
        task: TaskId,
        /// Which step.
        step: StepId,
        /// Why it is left out; `None` ticks it.
        waive: Option<String>,
        /// Of several policies the one whose step it is; `all` is all of them.
        #[serde(default)]
        policy: Option<String>,
    },
    /// Another task has to be done first.
    WaitFor {
        /// The task.
        task: TaskId,
        /// The other.
        other: TaskId,
    },
    /// Another piece of work has to be done first: it becomes a task, and this one waits for it.
    Needs {
        /// The task.
        task: TaskId,
        /// What: a page's name; empty is what the page says that it may need.
        words: String,
    },
    /// What is missing, and nobody has asked for, is asked of the client in the page's words.
    AskMissing {
        /// The task.
        task: TaskId,
    },
    /// Somebody else does it.
    Assign {
        /// The task.
        task: TaskId,
        /// Who.
        to: PersonId,
        /// Why.
        reason: String,
    },
    /// It is about this client, or about none in the book.
    SetAccount {
        /// The task.
        task: TaskId,
        /// Which.
        account: Option<AccountId>,
    },
    /// It is another kind of work (and so triage ends).
    SetType {
        /// The task.
        task: TaskId,
        /// The page.
        request_type: RequestType,
        /// What that page needs of the task's mail, read anew; `None` where there is no mail to read.
        #[serde(skip)]
        needs: Option<Box<Request>>,
    },
    /// A field is this: these values and no others; none takes it away.
    SetField {
        /// The task.
        task: TaskId,
        /// The field.
        name: String,
        /// Its values.
        values: Vec<FieldValue>,
        /// The message does not say it: no example for the rules.
        #[serde(default)]
        elsewhere: bool,
    },
    /// What edited rules make of the task's mail holds from now on, people's corrections aside.
    Reread {
        /// The task.
        task: TaskId,
        /// Digest of the rules whose reading the person has seen.
        rules: String,
        /// What the rules find now in each message of the task, the first one first.
        #[serde(skip)]
        read: Vec<reread::ReadAnew>,
    },
    /// It is over.
    End {
        /// The task.
        task: TaskId,
        /// How.
        how: End,
        /// Why; needed for everything but `done`.
        reason: String,
    },
    /// It is not over after all.
    Reopen {
        /// The task.
        task: TaskId,
        /// Why.
        reason: String,
    },
    /// It is done, and so is every required step in it that is the agency's own to do.
    Finish {
        /// The task.
        task: TaskId,
    },
    /// These steps are done.
    Did {
        /// The task.
        task: TaskId,
        /// The steps.
        steps: Vec<StepId>,
        /// Of several policies the one whose steps they are; `all` is all of them.
        #[serde(default)]
        policy: Option<String>,
    },
    /// These words go to the client, in the client's thread, from the shared address.
    Tell {
        /// The task.
        task: TaskId,
        /// The words.
        text: String,
        /// Documents that go along.
        #[serde(skip)]
        documents: Option<Documents>,
        /// They go to whoever asked, even where that is not the client.
        #[serde(default)]
        to_sender: bool,
    },
    /// The client is asked, and the task waits for the answer.
    Question {
        /// The task.
        task: TaskId,
        /// The question.
        words: String,
        /// Until when it waits; the page's follow-up where left out.
        until: Option<Timestamp>,
    },
    /// This policy is meant.
    PolicyIs {
        /// The task.
        task: TaskId,
        /// Its number.
        number: String,
    },
    /// Whose error it was that the task had to be opened again.
    NameError {
        /// The task.
        task: TaskId,
        /// Whose.
        whose: Whose,
    },
    /// Both are one piece of work: it goes on in the other task.
    Merge {
        /// The task that ends.
        task: TaskId,
        /// The task that goes on.
        into: TaskId,
    },
    /// There is a second piece of work in it: that becomes a task of its own.
    Split {
        /// The task.
        task: TaskId,
        /// What the other piece is: a page's name, or words for whoever sorts it.
        words: String,
    },
    /// A letter in review may go; a failed one is tried again.
    Release {
        /// Which letter.
        letter: LetterId,
    },
    /// A letter in review shall not go.
    Drop {
        /// Which letter.
        letter: LetterId,
    },
    /// Somebody is out, leaves, or is back; [`absence::read`] has the grammar.
    Presence {
        /// The sentence.
        words: String,
    },
    /// Letters outside may rest on the account book that was imported for the first time.
    ReleaseBook,
    /// Stop all sending, or go on.
    Pause {
        /// Stop?
        paused: bool,
    },
}

/// Documents of a message that go along with a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Documents {
    /// The message.
    pub raw: RawRef,
    /// Their names in it.
    pub names: Vec<String>,
}

/// A letter that is to be written: what it is and everything it says. `letters` makes mail of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Intent {
    /// The template's name.
    pub kind: String,
    /// For whom.
    pub audience: Audience,
    /// The one recipient.
    pub to: Mailbox,
    /// The language.
    pub language: String,
    /// The tasks it speaks of.
    pub tasks: Vec<TaskId>,
    /// The message it answers.
    pub answers: Option<MessageKey>,
    /// In-Reply-To, without brackets.
    pub in_reply_to: Option<String>,
    /// References, oldest first, without brackets.
    pub references: Vec<String>,
    /// What becomes of it.
    pub disposition: Disposition,
    /// Not before.
    pub not_before: Timestamp,
    /// A reply to a message that nobody asked for: `auto-replied`; else `auto-generated` (RFC 3834 5).
    pub auto_replied: bool,
    /// Attach this raw message as message/rfc822.
    pub original: Option<RawRef>,
    /// Not the message itself goes along but these of its documents.
    pub documents: Vec<String>,
    /// The reference in its subject; stamped on when the decision is finished.
    pub reference: Option<Reference>,
    /// Where answers go, when not to the shared inbox itself; stamped on likewise.
    pub reply_to: Option<Address>,
    /// A member of staff wrote its words and had them sent: no automatic letter.
    pub by_person: bool,
    /// Who hears of it when its template fails.
    pub tell: Option<Mailbox>,
    /// What the template may use. See `templates/README.md`.
    pub says: Box<says::Says>,
}

impl Intent {
    /// A letter that answers nothing: to whom, about what, and not before when. It is written in English, by the desk, and
    /// sent; whatever is otherwise is said where it is made.
    pub(crate) fn new(kind: String, audience: Audience, to: Mailbox, not_before: Timestamp, says: says::Says) -> Self {
        Self {
            kind,
            audience,
            to,
            language: "en".to_owned(),
            tasks: Vec::new(),
            answers: None,
            in_reply_to: None,
            references: Vec::new(),
            disposition: Disposition::Send,
            not_before,
            auto_replied: false,
            original: None,
            documents: Vec::new(),
            reference: None,
            reply_to: None,
            by_person: false,
            tell: None,
            says: Box::new(says),
        }
    }
}

/// A decision whose letters are not written yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// When.
    pub at: Timestamp,
    /// Why.
    pub cause: Cause,
    /// What became true.
    pub events: Vec<Event>,
    /// What is to be said.
    pub intents: Vec<Intent>,
    /// With what it was made.
    pub versions: Versions,
}

/// One step towards a decision.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Answer these and call again.
    Need(Vec<Lookup>),
    /// Decided.
    Decided(Box<Draft>),
    /// Not possible, and why: a sentence for the person who asked. Nothing changes.
    Refused(String),
}

/// Decides one input: asks for what it has to know, then says what becomes true and what is to be said.
///
/// Pure: the same facts, input, time and policy give the same step. At most four rounds of [`Step::Need`] come before
/// the decision, each with everything that can be known at that point.
#[must_use]
pub fn decide(facts: &Facts, input: &Input, now: Timestamp, policy: &Policy) -> Step {
    let told = ask::Told::new(facts);
    match decided(&told, input, now, policy) {
        Ok(draft) => Step::Decided(Box::new(draft)),
        Err(ask::Stop::Refused(why)) => Step::Refused(why),
        Err(ask::Stop::Need) => Step::Need(told.needed()),
    }
}

/// Hands an input to whom it concerns, who asks `answers` for what there is to know.
fn decided(answers: &dyn ask::Answers, input: &Input, now: Timestamp, policy: &Policy) -> ask::Asked<Draft> {
    let ask = ask::Ask::new(answers, now, policy);
    let drafting = match input {
        Input::Message(arrival) => intake::decide(&ask, arrival, now, policy),
        Input::Command { by, command } => commands::decide(&ask, by, command, now, policy),
        Input::Clock(task) => escalation::decide(&ask, *task, now, policy),
        Input::Trying(letters) => outbound::trying(&ask, letters, now, policy),
        Input::Tried { letter, attempt } => outbound::tried(&ask, letter, attempt, now, policy),
        Input::Round(person) => rounds::decide(&ask, person, now, policy),
        Input::Unreachable { part, since, sends, tell } => {
            let part = outages::Part { name: part, since: *since, sends: *sends };
            outages::lost(&ask, &part, *tell, now, policy)
        }
        Input::Reachable { part } => outages::back(&ask, part, now, policy),
        Input::Counted(counts) => counting::counted(&ask, counts, now, policy),
        Input::Weekly { report, document } => weekly::write(&ask, report, document, now, policy),
        Input::Presence => presence::look(&ask, now, policy),
        Input::Accounts => pipeline::look(&ask, now, policy),
        Input::Import { by, accounts, whole, file, seen } => {
            let import = book::Import { by, accounts, whole: *whole, file, seen: seen.as_ref() };
            book::import(&ask, &import, now, policy)
        }
        Input::FolderOpened(event) | Input::CursorMoved(event) => folder(event, now, policy),
    };
    drafting.map(drafting::Drafting::finish)
}

/// What the inbox says of a folder is so; anything else does not come in by this door.
fn folder<'p>(event: &Event, now: Timestamp, policy: &'p Policy) -> ask::Asked<drafting::Drafting<'p>> {
    if !matches!(event, Event::FolderOpened { .. } | Event::CursorMoved { .. }) {
        return ask::refuse("The inbox may only say that a folder was opened or that its cursor moved.");
    }
    let mut d = drafting::Drafting::silent(Cause::Inbox, now, policy);
    d.record(event.clone());
    Ok(d)
}
