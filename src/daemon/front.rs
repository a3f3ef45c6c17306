//! The desk as the API sees it: questions go to the store, commands through the one door.

use super::clock::Clock;
use super::guidance::Current;
use super::writer::{Rejection, Writer};
use crate::desk::{Command, Input};
use crate::domain::{
    Timestamp,
    account::Account,
    decision::*,
    event::Event,
    id::*,
    letter::{Letter, LetterRecord},
    message::*,
    task::Task,
};
use crate::inbox::Status as Inbox;
use crate::reading::Circumstances;
use crate::store::{Entry, TaskFilter};
use crate::web::{Answered, CommandOutcome, Desk, Part, Refusal, Status};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How the loops are, for `intaked status`.
#[derive(Debug, Default)]
pub struct Health {
    parts: Mutex<BTreeMap<String, Part>>,
}

impl Health {
    /// A loop says how it is.
    pub fn says(&self, name: &str, well: bool, says: impl Into<String>) {
        let part = Part { name: name.to_owned(), well, says: says.into() };
        self.parts.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), part);
    }
    /// A mailbox says how it is.
    pub fn mailbox(&self, name: &MailboxId, status: &Inbox, zone: chrono_tz::Tz) {
        let (well, says) = match status {
            Inbox::Connecting => (true, "connecting".to_owned()),
            Inbox::Watching => (true, "waiting for new mail".to_owned()),
            Inbox::Trouble { since, why } => {
                (false, format!("in trouble since {}: {why}", since.with_timezone(&zone).format("%a %H:%M")))
            }
        };
        self.says(&format!("mailbox {name}"), well, says);
    }
    /// All loops.
    #[must_use]
    pub fn parts(&self) -> Vec<Part> {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }
}

/// The API's way to the desk.
pub struct Front {
    /// Decides and answers.
    pub writer: Writer,
    /// By what.
    pub guidance: Current,
    /// The time.
    pub clock: Arc<Clock>,
    /// How the loops are.
    pub health: Arc<Health>,
    /// Unix user → person.
    pub unix_users: BTreeMap<String, PersonId>,
    /// Running since.
    pub started: Timestamp,
}

fn refusal(r: Rejection) -> Refusal {
    match r {
        Rejection::Refused(why) => Refusal::Refused(why),
        Rejection::Failed(why) => Refusal::Unavailable(why),
    }
}

impl Front {
    async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&dyn crate::store::Store) -> Result<T, crate::store::StoreError> + Send + 'static,
    ) -> Answered<T> {
        self.writer.read(question).await.map_err(refusal)
    }
}

impl Desk for Front {
    fn clock(&self) -> (Timestamp, chrono_tz::Tz) {
        (self.clock.now(), self.guidance.get().policy.calendar.zone())
    }
    fn person_of(&self, unix_user: &str) -> Option<PersonId> {
        self.unix_users.get(unix_user).cloned()
    }
    fn knows(&self, person: &PersonId) -> bool {
        self.guidance.get().policy.people.iter().any(|p| p.id == *person)
    }
    async fn tasks(&self, filter: TaskFilter) -> Answered<Vec<Task>> {
        self.ask(move |s| s.tasks(&filter)).await
    }
    async fn task(&self, id: TaskId) -> Answered<Option<Task>> {
        self.ask(move |s| {
            Ok(match s.answer(&Lookup::Task(id))? {
                Answer::Task(task) => task.map(|t| *t),
                _ => None,
            })
        })
        .await
    }
    async fn history(&self, id: TaskId) -> Answered<Vec<Entry>> {
        self.ask(move |s| s.history(id)).await
    }
    async fn letters_of(&self, id: TaskId) -> Answered<Vec<LetterRecord>> {
        self.ask(move |s| s.letters_of(id)).await
    }
    async fn letters_in_review(&self) -> Answered<Vec<LetterRecord>> {
        self.ask(|s| s.letters_in_review()).await
    }
    async fn letter(&self, id: LetterId) -> Answered<Option<Letter>> {
        self.ask(move |s| s.letter(&id)).await
    }
    async fn find_messages(&self, message_id: String) -> Answered<Vec<MessageRecord>> {
        self.ask(move |s| {
            Ok(match s.answer(&Lookup::MessagesById(message_id))? {
                Answer::Messages(found) => found,
                _ => Vec::new(),
            })
        })
        .await
    }
    async fn message(&self, key: MessageKey) -> Answered<Option<MessageRecord>> {
        self.ask(move |s| {
            Ok(match s.answer(&Lookup::Message(key))? {
                Answer::Message(found) => found.map(|m| *m),
                _ => None,
            })
        })
        .await
    }
    async fn message_history(&self, key: MessageKey) -> Answered<Vec<Entry>> {
        self.ask(move |s| s.message_history(&key)).await
    }
    async fn sightings(&self, key: MessageKey) -> Answered<Vec<Sighting>> {
        self.ask(move |s| s.sightings(&key)).await
    }
    async fn accounts(&self) -> Answered<Vec<Account>> {
        self.ask(|s| s.accounts()).await
    }

    async fn command(&self, by: PersonId, command: Command) -> Answered<CommandOutcome> {
        let command = match command {
            Command::New { requester, address, words, .. } => {
                let guidance = self.guidance.get();
                let circumstances = Circumstances {
                    received: self.clock.now(),
                    calendar: &guidance.policy.calendar,
                    own_domains: &guidance.policy.agency.domains,
                    own_addresses: &guidance.own_addresses,
                };
                let reading = Box::new(guidance.rulebook.read_words(&words, &circumstances));
                Command::New { requester, address, words, reading }
            }
            other => other,
        };
        let decided = self.writer.decide(Input::Command { by, command }).await.map_err(refusal)?;
        let mut outcome = CommandOutcome::default();
        if let Some(durable) = decided {
            let decision = &durable.decision;
            outcome.tasks = decision.events.iter().filter_map(Event::task).collect();
            outcome.tasks.sort_unstable();
            outcome.tasks.dedup();
            outcome.letters = decision.letters.iter().map(|l| l.id.clone()).collect();
            for event in &decision.events {
                if let Event::LetterReleased { letter, .. } | Event::LetterDropped { letter, .. } = event {
                    outcome.letters.push(letter.clone());
                }
            }
        }
        Ok(outcome)
    }

    async fn import(&self, by: PersonId, accounts: Vec<Account>, whole: bool) -> Answered<()> {
        self.writer.decide(Input::Import { by, accounts, whole }).await.map(|_| ()).map_err(refusal)
    }

    async fn status(&self) -> Answered<Status> {
        let guidance = self.guidance.get();
        let (paused, counts) = self.ask(|s| Ok((s.paused()?, s.counts()?))).await?;
        Ok(Status {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            agency: guidance.policy.agency.name.clone(),
            mode: guidance.policy.mode,
            paused,
            started: self.started,
            counts: counts.into_iter().map(|(name, n)| (name.to_owned(), n)).collect(),
            parts: self.health.parts(),
            versions: guidance.policy.versions.clone(),
        })
    }
}
