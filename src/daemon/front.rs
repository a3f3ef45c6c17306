//! The desk as the API sees it: questions go to the store, commands through the one door.

use super::clock::Clock;
use super::guidance::{Current, Guidance};
use super::past;
use super::stored::{self, Stored};
use super::writer::{Rejection, Writer};
use crate::desk::{self, Command, Input, pipeline::Foreseen};
use crate::domain::{
    Timestamp,
    account::{Account, BookStanding},
    decision::*,
    event::Event,
    id::*,
    letter::{Letter, LetterRecord},
    message::*,
    past::Past,
    person::Person,
    task::Task,
};
use crate::reading::Circumstances;
use crate::reports::{By, Period, Report};
use crate::store::{Entry, TaskFilter};
use crate::web::{
    Answered, CommandOutcome, Desk, Example, ImportOrder, Part, PersonLine, PipelineList, Refusal, Rereads, Status,
};
use std::collections::BTreeMap;
use std::path::PathBuf;
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
    /// Stored mail, to be read again.
    pub stored: Stored,
    /// Where the journal is, to be read for reports.
    pub data: PathBuf,
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

/// What answers of staff by mail do here.
pub(crate) fn answers(answers: &crate::desk::Answers) -> &'static str {
    if answers.authserv_id.is_some() {
        "staff can work by answering letters"
    } else {
        "answers of staff by mail are kept, not obeyed: intaked.toml names no [answers] authserv_id"
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

/// Tasks whose records are looked up in one go: the writer decides nothing meanwhile.
const LOOKED_UP: usize = 100;

impl Front {
    /// What the mail of tasks is read with: their records, looked up a few at a time.
    async fn gathered(&self, tasks: Vec<Task>) -> Answered<Vec<stored::Gathered>> {
        let mut all = Vec::with_capacity(tasks.len());
        let mut rest = tasks;
        while !rest.is_empty() {
            let later = rest.split_off(rest.len().min(LOOKED_UP));
            let some = std::mem::replace(&mut rest, later);
            let found = self.ask(move |s| some.into_iter().map(|t| stored::gather(s, t)).collect()).await?;
            all.extend::<Vec<_>>(found);
        }
        Ok(all)
    }

    /// Reading is work, and not for the threads that answer.
    async fn off_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Stored, &Guidance) -> T + Send + 'static,
    ) -> Answered<T> {
        let (stored, guidance) = (self.stored.clone(), self.guidance.get());
        let done = tokio::task::spawn_blocking(move || work(&stored, &guidance)).await;
        done.map_err(|_| Refusal::Unavailable("the rules failed on the stored mail; nothing changed".to_owned()))
    }

    /// Fills in what only stored mail can tell: what a page needs of it, what the rules find in it now.
    async fn filled_in(&self, command: Command) -> Answered<Command> {
        let id = match &command {
            Command::SetType { task, .. } | Command::Reread { task, .. } => *task,
            _ => return Ok(command),
        };
        let Some(task) = self.task(id).await? else { return Ok(command) };
        let Some(of) = self.gathered(vec![task]).await?.pop() else { return Ok(command) };
        self.off_thread(move |stored, guidance| match command {
            Command::SetType { task, request_type, .. } => {
                let needs = stored.needs(guidance, &of, &request_type).map(Box::new);
                Command::SetType { task, request_type, needs }
            }
            Command::Reread { task, rules, .. } => {
                // Mail that cannot be read any more is no reason: the desk says what it lacks.
                let read = stored.read(&guidance.rulebook, guidance, &of).unwrap_or_default();
                Command::Reread { task, rules, read }
            }
            other => other,
        })
        .await
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
        self.ask(move |s| Ok(s.tasks(&filter)?.into_iter().map(Arc::unwrap_or_clone).collect())).await
    }
    async fn task(&self, id: TaskId) -> Answered<Option<Task>> {
        self.ask(move |s| {
            Ok(match s.answer(&Lookup::Task(id))? {
                Answer::Task(task) => task.map(Arc::unwrap_or_clone),
                _ => None,
            })
        })
        .await
    }
    async fn account(&self, id: AccountId) -> Answered<Option<Account>> {
        self.ask(move |s| {
            Ok(match s.answer(&Lookup::Account(id))? {
                Answer::Accounts(found) => found.into_iter().next().map(Arc::unwrap_or_clone),
                _ => None,
            })
        })
        .await
    }
    async fn last_of_account(&self, id: AccountId) -> Answered<Vec<Past>> {
        self.ask(move |s| {
            Ok(match s.answer(&Lookup::LastOfAccount(id))? {
                Answer::Past(past) => past.into_iter().map(Arc::unwrap_or_clone).collect(),
                _ => Vec::new(),
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
                Answer::Message(found) => found.map(Arc::unwrap_or_clone),
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
    async fn people(&self) -> Answered<Vec<PersonLine>> {
        let asked = self.ask(|s| Ok((s.answer(&Lookup::Load)?, s.answer(&Lookup::Absences)?))).await?;
        let (Answer::Load(load), Answer::Absences(absences)) = asked else { return Ok(Vec::new()) };
        let (guidance, now) = (self.guidance.get(), self.clock.now());
        let line = |p: &Person| PersonLine {
            open: load.get(&p.id).map_or(0, |w| w.tasks()),
            is_out: desk::absence::standing(&guidance.policy, &absences, p, now),
            absences: absences.get(&p.id).cloned().unwrap_or_default(),
            person: p.clone(),
        };
        Ok(guidance.policy.people.iter().map(line).collect())
    }
    async fn accounts(&self) -> Answered<Vec<Account>> {
        self.ask(|s| s.accounts()).await
    }

    async fn pipeline(&self) -> Answered<PipelineList> {
        let (guidance, now) = (self.guidance.get(), self.clock.now());
        let policy = &guidance.policy;
        let mut lines = Vec::new();
        let pages = policy.pages.iter().filter(|(_, page)| page.practice.pipeline.is_some());
        for (page, _) in pages {
            let filter = TaskFilter { open: true, request_type: Some(page.clone()), ..TaskFilter::default() };
            let tasks = self.tasks(filter).await?;
            lines.extend(tasks.iter().filter_map(|t| desk::pipeline::outlook(t, policy, now)));
        }
        lines.sort_by_key(|l| (l.expiration, l.task));
        let held = self.ask(|s| s.answer(&Lookup::Book)).await?;
        let foreseen = match held {
            Answer::Book(BookStanding { held: true, .. }) => self.foreseen(self.accounts().await?).await?,
            _ => Vec::new(),
        };
        Ok(PipelineList { lines, foreseen })
    }
    async fn foreseen(&self, accounts: Vec<Account>) -> Answered<Vec<Foreseen>> {
        let (guidance, now) = (self.guidance.get(), self.clock.now());
        self.ask(move |s| {
            let mut all = Vec::new();
            for account in &accounts {
                // Most accounts bring nothing today; of those the store is not asked.
                let would = desk::pipeline::foreseen(account, &[], &guidance.policy, now);
                if would.is_empty() {
                    continue;
                }
                let Answer::Terms(terms) = s.answer(&Lookup::TermsOf(account.id.clone()))? else { continue };
                all.extend(desk::pipeline::foreseen(account, &terms, &guidance.policy, now));
            }
            all.sort_by(|a, b| (a.expiration, &a.account).cmp(&(b.expiration, &b.account)));
            Ok(all)
        })
        .await
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
            other => self.filled_in(other).await?,
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

    async fn reread(&self, only: Option<TaskId>) -> Answered<Rereads> {
        let tasks = match only {
            Some(id) => match self.task(id).await? {
                Some(task) => vec![task],
                None => return Err(Refusal::Refused(format!("There is no task {id}."))),
            },
            None => self.tasks(TaskFilter { open: true, ..TaskFilter::default() }).await?,
        };
        let gathered = self.gathered(tasks).await?;
        let all = only.is_none();
        let read = self.off_thread(move |stored, guidance| stored.propose(guidance, &gathered)).await?;
        let mut rereads = read.map_err(Refusal::Refused)?;
        // Of all tasks only those are told of which there is something to tell.
        rereads.proposals.retain(|p| !all || !p.changes.is_empty());
        Ok(rereads)
    }

    async fn corrections(&self) -> Answered<Vec<Example>> {
        let corrected = self.ask(|s| stored::corrected(s)).await?;
        let read = self.off_thread(move |stored, guidance| stored.examples(guidance, corrected)).await?;
        read.map_err(Refusal::Unavailable)
    }

    async fn raw(&self, key: MessageKey) -> Answered<Option<Vec<u8>>> {
        let Some(record) = self.message(key).await? else { return Ok(None) };
        let read = self.off_thread(move |stored, _| stored.spool.read(&record.raw.path)).await?;
        read.map(Some).map_err(|e| Refusal::Unavailable(e.to_string()))
    }

    async fn import(&self, by: PersonId, order: ImportOrder) -> Answered<()> {
        let ImportOrder { accounts, whole, file, seen, .. } = order;
        self.writer.decide(Input::Import { by, accounts, whole, file, seen }).await.map(|_| ()).map_err(refusal)
    }

    async fn report(&self, period: String, by: By) -> Answered<Report> {
        let guidance = self.guidance.get();
        let calendar = &guidance.policy.calendar;
        let period = Period::read(&period, calendar, self.clock.now()).map_err(Refusal::Refused)?;
        let last = self.ask(|s| Ok(s.head())).await?;
        let data = self.data.clone();
        let made = tokio::task::spawn_blocking(move || past::report(&data, last, period, by, &guidance.policy)).await;
        let made = made.map_err(|_| Refusal::Unavailable("the report broke off; nothing changed".to_owned()))?;
        made.map_err(|e| Refusal::Unavailable(e.to_string()))
    }

    async fn status(&self) -> Answered<Status> {
        let guidance = self.guidance.get();
        let (paused, counts, book) = self.ask(|s| Ok((s.paused()?, s.counts()?, s.answer(&Lookup::Book)?))).await?;
        let book = if let Answer::Book(book) = book { book } else { BookStanding::default() };
        Ok(Status {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            agency: guidance.policy.agency.name.clone(),
            mode: guidance.policy.mode,
            paused,
            started: self.started,
            counts: counts.into_iter().map(|(name, n)| (name.to_owned(), n)).collect(),
            book,
            parts: self.health.parts(),
            answers: answers(&guidance.policy.answers).to_owned(),
            versions: guidance.policy.versions.clone(),
        })
    }
}
