//! What became true. Folding events consults no rule, book or calendar, and no event holds a task.

mod opening;

pub use opening::Opening;

use super::{
    Timestamp,
    absence::Absence,
    account::{Account, Candidate},
    field::Field,
    id::*,
    letter::Attempt,
    message::*,
    pipeline::Term,
    reading::*,
    round::Owed,
    task::*,
    text::*,
    upkeep::Counted,
    workflow::{Listener, Party},
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// One thing that became true.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// A message got its outcome.
    MessageDecided {
        /// What is remembered of it.
        record: Box<MessageRecord>,
        /// What the rules found.
        reading: Box<Reading>,
    },
    /// A copy of a message was seen in a mailbox.
    Sighted {
        /// The message.
        message: MessageKey,
        /// Where.
        sighting: Sighting,
    },
    /// A folder is watched from here on.
    FolderOpened {
        /// The `[[mailbox]]`.
        mailbox: MailboxId,
        /// The folder.
        folder: String,
        /// Its UIDVALIDITY.
        uid_validity: u32,
        /// Messages up to this UID were there before and are not ours.
        base: u64,
        /// Messages taken in by the server before this moment are not ours.
        since: Timestamp,
    },
    /// Every message of a folder up to this UID is settled.
    CursorMoved {
        /// The `[[mailbox]]`.
        mailbox: MailboxId,
        /// The folder.
        folder: String,
        /// Its UIDVALIDITY.
        uid_validity: u32,
        /// The new base.
        base: u64,
    },
    /// A task was opened.
    TaskOpened {
        /// Its number.
        task: TaskId,
        /// Everything that does not change afterwards, and first values of what may.
        opening: Box<Opening>,
    },
    /// A person, or a later message, said what kind of work it is; steps and standard follow in events of their own.
    TypeSet {
        /// The task.
        task: TaskId,
        /// The page.
        request_type: Option<RequestType>,
        /// Its name for people.
        type_title: String,
        /// What done means.
        done_when: String,
        /// How much experience it needs.
        complexity: Complexity,
    },
    /// A message was joined to a task.
    MessageJoined {
        /// The task.
        task: TaskId,
        /// The message.
        message: MessageKey,
        /// Why it belongs there.
        reason: String,
    },
    /// The account was found, or set by a person.
    AccountSet {
        /// The task.
        task: TaskId,
        /// Which.
        account: Option<AccountId>,
        /// Its name.
        insured: Option<HeaderText>,
        /// Why.
        reason: String,
        /// What else it may be, for a person to say.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        candidates: Vec<Candidate>,
    },
    /// A person is responsible from now on.
    Assigned {
        /// The task.
        task: TaskId,
        /// Who.
        person: PersonId,
        /// Why.
        reason: String,
        /// For whom they stand in: untouched, the task goes back there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        standing_in_for: Option<PersonId>,
    },
    /// An external team has it in hand from now on; the assignee stays.
    HandedOut {
        /// The task.
        task: TaskId,
        /// The team.
        partner: WithPartner,
        /// Why.
        reason: String,
    },
    /// It is back from the external team.
    TakenBack {
        /// The task.
        task: TaskId,
    },
    /// The facts of the task are these (all of them, replacing what was).
    FieldsSet {
        /// The task.
        task: TaskId,
        /// The facts.
        fields: Arc<Vec<Field>>,
    },
    /// These are still to be asked for (all of them).
    MissingSet {
        /// The task.
        task: TaskId,
        /// What.
        missing: Vec<Missing>,
    },
    /// A person knew better than the rules; what is so now stands in events of its own.
    Corrected {
        /// The task.
        task: TaskId,
        /// By whom.
        by: PersonId,
        /// What.
        what: Corrected,
    },
    /// The task's mail was read anew by these rules and a person applied it; what changed stands in events of its own.
    Reread {
        /// The task.
        task: TaskId,
        /// Who applied it.
        by: PersonId,
        /// Digest of the rules.
        rules_version: String,
        /// Why it is taken for its type now.
        evidence: Arc<Vec<Evidence>>,
    },
    /// A danger showed.
    HazardSeen {
        /// The task.
        task: TaskId,
        /// Which.
        hazard: Hazard,
    },
    /// The workflow's steps are these (all of them).
    StepsSet {
        /// The task.
        task: TaskId,
        /// The steps.
        steps: Arc<Vec<StepState>>,
    },
    /// A step changed its mark.
    StepMarked {
        /// The task.
        task: TaskId,
        /// Which step.
        step: StepId,
        /// How it stands now.
        mark: StepMark,
        /// Of several policies the one whose step it is; `None` marks the step of each.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        policy: Option<String>,
    },
    /// The deadlines are these.
    DeadlinesSet {
        /// The task.
        task: TaskId,
        /// The client's.
        deadline: Option<Timestamp>,
        /// The standard's.
        standard_due: Option<Timestamp>,
    },
    /// A person acted on the task: the first time, it is its first touch, and the task is in progress.
    Touched {
        /// The task.
        task: TaskId,
        /// Who.
        by: PersonId,
    },
    /// It waits for somebody.
    WaitingBegan {
        /// The task.
        task: TaskId,
        /// For whom.
        on: Party,
        /// Until when.
        until: Timestamp,
        /// For what.
        why: String,
        /// The step it belongs to.
        step: Option<StepId>,
        /// Of several policies the one that waits; `None` is the whole task, and ends what waited before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        policy: Option<String>,
    },
    /// It waits no longer.
    WaitingEnded {
        /// The task.
        task: TaskId,
        /// The policy that waits no longer; `None` ends all waiting.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        policy: Option<String>,
    },
    /// Two tasks hang together: written down for each of them.
    Linked {
        /// The task.
        task: TaskId,
        /// The other one.
        other: TaskId,
        /// What it is to this one.
        how: Tie,
        /// The step of the waiting task that it belongs to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<StepId>,
        /// Why.
        why: String,
    },
    /// They wait for each other no longer.
    Unlinked {
        /// The task.
        task: TaskId,
        /// The other one.
        other: TaskId,
    },
    /// The client was asked for what is missing; or nobody will ask any more.
    Asked {
        /// The task.
        task: TaskId,
        /// On what occasion.
        how: Asking,
        /// The fields' names.
        fields: Vec<String>,
        /// The letter went on its way; `false` where it waits for a person's yes.
        sent: bool,
    },
    /// Then the client has to be reminded, or a person told; `None` where nothing is asked.
    RemindSet {
        /// The task.
        task: TaskId,
        /// When.
        at: Option<Timestamp>,
    },
    /// A note.
    Noted {
        /// The task.
        task: TaskId,
        /// By whom; `None` is the daemon.
        by: Option<PersonId>,
        /// The words.
        text: String,
    },
    /// The task is over.
    Ended {
        /// The task.
        task: TaskId,
        /// How.
        how: End,
        /// Why.
        reason: String,
        /// Who ended it.
        by: PersonId,
    },
    /// A task that was over is open again.
    Reopened {
        /// The task.
        task: TaskId,
        /// Why.
        reason: String,
    },
    /// A person said whose error the reopening was.
    ErrorNamed {
        /// The task.
        task: TaskId,
        /// Whose.
        whose: Whose,
        /// Who said so.
        by: PersonId,
    },
    /// A person answered a letter about the task and told the desk what to do. What came of it stands in events of its
    /// own; where it was refused nothing else became true.
    Said {
        /// The task.
        task: TaskId,
        /// Who.
        by: PersonId,
        /// The answer.
        message: MessageKey,
        /// Its first line.
        line: String,
        /// Why it was not done; `None` where it was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        refused: Option<String>,
    },
    /// A person put it off: nobody is reminded of it before that moment, the client's own deadline aside.
    Snoozed {
        /// The task.
        task: TaskId,
        /// Who.
        by: PersonId,
        /// Until then.
        until: Timestamp,
        /// Why.
        why: String,
    },
    /// A letter to the client came back.
    CameBack {
        /// The task.
        task: TaskId,
        /// The letter.
        letter: LetterId,
    },
    /// The client asked how it stands.
    Chased {
        /// The task.
        task: TaskId,
        /// In which message.
        message: MessageKey,
    },
    /// A person said that both are one piece of work; it goes on in the other task, and this one ends.
    Merged {
        /// The task that ends.
        task: TaskId,
        /// The one that goes on.
        into: TaskId,
        /// Who said so.
        by: PersonId,
    },
    /// The policies whose date brings the task, and how it stands with them, are these (all of it).
    TermSet {
        /// The task.
        task: TaskId,
        /// Policies, flags, letters.
        term: Box<Term>,
    },
    /// The task's clocks will do this next (all of it).
    ClocksSet {
        /// The task.
        task: TaskId,
        /// What is due, soonest first.
        due: Vec<Due>,
    },
    /// A clock ran out, and these were told.
    Escalated {
        /// The task.
        task: TaskId,
        /// What happened.
        escalated: Escalated,
    },
    /// Whether the client has heard.
    ClientToldSet {
        /// The task.
        task: TaskId,
        /// Has it?
        told: ClientTold,
    },
    /// An attempt to send a letter begins. Recorded before the dial.
    LetterTried {
        /// The letter.
        letter: LetterId,
    },
    /// An attempt ended.
    LetterAnswered {
        /// The letter.
        letter: LetterId,
        /// How.
        attempt: Attempt,
        /// When to try again; `None` when it was sent or is given up.
        again: Option<Timestamp>,
    },
    /// A letter in review may go, or a failed one is tried again.
    LetterReleased {
        /// The letter.
        letter: LetterId,
        /// By whom.
        by: PersonId,
    },
    /// A letter in review shall not go.
    LetterDropped {
        /// The letter.
        letter: LetterId,
        /// By whom.
        by: PersonId,
    },
    /// Sending stopped (`true`) or goes on.
    SendingPaused {
        /// Stopped?
        paused: bool,
        /// By whom.
        by: PersonId,
    },
    /// These are the times in which a person is not at work (all of them).
    AbsencesSet {
        /// Who.
        person: PersonId,
        /// When.
        absences: Vec<Absence>,
    },
    /// Everybody's presence was looked at; it has to be looked at again then.
    PresenceLooked {
        /// When; `None` where nobody's presence will change.
        next: Option<Timestamp>,
    },
    /// Steps that a person is still to be told of, in one letter.
    Owed {
        /// Who.
        person: PersonId,
        /// What happened.
        owed: Vec<Owed>,
        /// So much more, of which only the number is kept.
        #[serde(default, skip_serializing_if = "is_none")]
        more: u64,
        /// When they are told.
        tell_at: Timestamp,
    },
    /// What a person was to be told of is told, or somebody else's to hear.
    Told {
        /// Who.
        person: PersonId,
        /// They were written to: until then what does not press waits for the next letter.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        quiet_until: Option<Timestamp>,
    },
    /// When a person's next digest is written; `None` where they get none.
    DigestSet {
        /// Who.
        person: PersonId,
        /// When.
        at: Option<Timestamp>,
    },
    /// A person's digest, which is due, waits until then for the mail servers to be counted; `None`: it waits no longer.
    DigestWaits {
        /// Who.
        person: PersonId,
        /// Until when.
        until: Option<Timestamp>,
    },
    /// A mail server was asked what it holds in a folder.
    Counted {
        /// What it said.
        counted: Box<Counted>,
    },
    /// A part of the house cannot be reached, and these hear of it.
    OutageTold {
        /// Its name.
        part: String,
        /// Since when.
        since: Timestamp,
        /// It is where letters go, so that they hear when it is back.
        #[serde(default)]
        sends: bool,
        /// Who hears.
        tell: Listener,
    },
    /// It can be reached again.
    OutageOver {
        /// Its name.
        part: String,
    },
    /// When the owners' next report is written; `None` where they get none.
    ReportSet {
        /// When.
        at: Option<Timestamp>,
    },
    /// An account's policies were looked at for what their dates bring; they have to be looked at again then.
    AccountLooked {
        /// Which.
        account: AccountId,
        /// When; `None` where only a change in the book would bring something.
        next: Option<Timestamp>,
    },
    /// By these days the pages open tasks for policies from now on, so that every account has to be looked at.
    PipelineScheduled {
        /// The schedule, in words.
        schedule: String,
    },
    /// The account book was imported; what changed stands in events of its own.
    BookImported {
        /// By whom.
        by: PersonId,
        /// From which file.
        file: String,
        /// Nothing was in the book before.
        first: bool,
    },
    /// Letters outside may rest on a book that was imported for the first time.
    BookReleased {
        /// Who says so.
        by: PersonId,
    },
    /// An account is as given (new or changed).
    AccountSaved {
        /// The account.
        account: Box<Account>,
    },
    /// An account is no longer in the book.
    AccountRemoved {
        /// Which.
        account: AccountId,
    },
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it so")]
fn is_none(n: &u64) -> bool {
    *n == 0
}

impl Event {
    /// The task an event belongs to, where it belongs to one.
    #[must_use]
    pub fn task(&self) -> Option<TaskId> {
        match self {
            Self::TaskOpened { task, .. }
            | Self::TypeSet { task, .. }
            | Self::MessageJoined { task, .. }
            | Self::AccountSet { task, .. }
            | Self::Assigned { task, .. }
            | Self::HandedOut { task, .. }
            | Self::TakenBack { task }
            | Self::FieldsSet { task, .. }
            | Self::MissingSet { task, .. }
            | Self::Corrected { task, .. }
            | Self::Reread { task, .. }
            | Self::HazardSeen { task, .. }
            | Self::StepsSet { task, .. }
            | Self::StepMarked { task, .. }
            | Self::DeadlinesSet { task, .. }
            | Self::Touched { task, .. }
            | Self::WaitingBegan { task, .. }
            | Self::WaitingEnded { task, .. }
            | Self::Linked { task, .. }
            | Self::Unlinked { task, .. }
            | Self::Asked { task, .. }
            | Self::RemindSet { task, .. }
            | Self::Noted { task, .. }
            | Self::Ended { task, .. }
            | Self::Reopened { task, .. }
            | Self::ErrorNamed { task, .. }
            | Self::Said { task, .. }
            | Self::Snoozed { task, .. }
            | Self::CameBack { task, .. }
            | Self::Chased { task, .. }
            | Self::Merged { task, .. }
            | Self::TermSet { task, .. }
            | Self::ClocksSet { task, .. }
            | Self::Escalated { task, .. }
            | Self::ClientToldSet { task, .. } => Some(*task),
            Self::MessageDecided { .. }
            | Self::Sighted { .. }
            | Self::FolderOpened { .. }
            | Self::CursorMoved { .. }
            | Self::LetterTried { .. }
            | Self::LetterAnswered { .. }
            | Self::LetterReleased { .. }
            | Self::LetterDropped { .. }
            | Self::SendingPaused { .. }
            | Self::AbsencesSet { .. }
            | Self::PresenceLooked { .. }
            | Self::Owed { .. }
            | Self::Told { .. }
            | Self::DigestSet { .. }
            | Self::DigestWaits { .. }
            | Self::Counted { .. }
            | Self::OutageTold { .. }
            | Self::OutageOver { .. }
            | Self::ReportSet { .. }
            | Self::AccountLooked { .. }
            | Self::PipelineScheduled { .. }
            | Self::BookImported { .. }
            | Self::BookReleased { .. }
            | Self::AccountSaved { .. }
            | Self::AccountRemoved { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_written_before_there_were_stand_ins_and_candidates_are_still_read() {
        let assigned = r#"{"assigned":{"task":1,"person":"ana","reason":"on duty"}}"#;
        let event: Event = serde_json::from_str(assigned).unwrap();
        assert!(matches!(&event, Event::Assigned { standing_in_for: None, .. }));
        assert_eq!(serde_json::to_string(&event).unwrap(), assigned, "and written as before where there is none");
        let set = r#"{"account_set":{"task":1,"account":"7","insured":"Lakeside","reason":"a contact"}}"#;
        let event: Event = serde_json::from_str(set).unwrap();
        assert!(matches!(&event, Event::AccountSet { candidates, .. } if candidates.is_empty()));
        assert_eq!(serde_json::to_string(&event).unwrap(), set);
    }
}
