//! The simulated office: the true desk on the store in memory, moved on from one moment to the next.
//!
//! What happens next is the earliest of: a message arrives, somebody's work or answer is ready, a clock of the desk is due.
//! Mail is read elsewhere ([`super::reader`]) while the desk goes on, the replies that clients write included: they are on
//! their way for a while.

use super::dice::Dice;
use super::mail::{Coming, Written};
use super::reader::{Arrivals, Replies};
use super::staff::{Answered, Doing, Staff};
use super::{Load, Plan, Run};
use crate::desk::{self, Arrival, Command, Input, Intent, Policy, Step};
use crate::domain::{
    Timestamp, account::Account, calendar::Calendar, decision::*, event::Event, id::*, letter::*, message::*,
    task::Task, text::*,
};
use crate::message::Message;
use crate::reading::{Circumstances, Rulebook};
use crate::reports::Gathering;
use crate::store::{Commit, Store, StoreError, memory::MemoryStore};
use chrono::{Duration, NaiveTime};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::sync::Arc;

/// Tasks whose clocks are looked at in one go.
const DUE: usize = 64;

/// Between a client's beginning to write a reply and its arrival; meanwhile it is read, and the desk goes on.
const ON_ITS_WAY: Duration = Duration::minutes(15);

/// What happens at a moment that is known before.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Happening {
    /// Somebody is through with what they were doing.
    Through(PersonId, Doing),
    /// Somebody outside has answered.
    Answer(TaskId, Answered),
    /// A client wants to know how it stands.
    Chase(TaskId),
    /// A client says thanks, or that something is wrong.
    Echo(TaskId, bool),
    /// The oldest reply on its way arrives; where it answers what this task waits for, its person goes on.
    Reply(Option<TaskId>),
    /// The office opens.
    Opening,
}

/// The office.
pub(super) struct Office<'a> {
    pub(super) plan: &'a Plan,
    pub(super) policy: &'a Policy,
    replies: Replies,
    store: MemoryStore,
    pub(super) now: Timestamp,
    pub(super) gathered: Gathering,
    ahead: BinaryHeap<Reverse<(Timestamp, u64, Happening)>>,
    counted: u64,
    pub(super) dice: Dice,
    pub(super) staff: Staff,
    pub(super) truth: BTreeMap<MessageKey, RequestType>,
    /// The last letter to the client about a task, to be answered.
    letter_to_client: BTreeMap<TaskId, String>,
    messages: usize,
    /// Replies that clients wrote.
    written: u64,
    letters: usize,
    told: usize,
    refused: BTreeMap<String, usize>,
    end: Timestamp,
}

impl<'a> Office<'a> {
    /// An office with its book imported and released, and all sending stopped: nothing is sent in a simulation.
    pub(super) fn open(plan: &'a Plan, replies: Replies, accounts: &[Account]) -> Result<Self, StoreError> {
        let calendar = &plan.policy.calendar;
        let begin = calendar.instant(plan.first.and_time(NaiveTime::MIN));
        let end = calendar.instant(plan.last.succ_opt().unwrap_or(plan.last).and_time(NaiveTime::MIN));
        let mut office = Self {
            plan,
            policy: &plan.policy,
            replies,
            store: MemoryStore::forgetful(),
            now: begin,
            gathered: Gathering::new(),
            ahead: BinaryHeap::new(),
            counted: 0,
            dice: Dice::new(plan.seed, 3),
            staff: Staff::new(&plan.policy),
            truth: BTreeMap::new(),
            letter_to_client: BTreeMap::new(),
            messages: 0,
            written: 0,
            letters: 0,
            told: 0,
            refused: BTreeMap::new(),
            end,
        };
        let by = plan.policy.people.first().map(|p| p.id.clone()).unwrap_or_default();
        let file = "an invented book".to_owned();
        office.say(&Input::Import { by: by.clone(), accounts: accounts.to_vec(), whole: true, file, seen: None })?;
        office.command(&by, Command::ReleaseBook)?;
        office.command(&by, Command::Pause { paused: true })?;
        office.say(&Input::Presence)?;
        office.at(calendar.next_open(begin), Happening::Opening);
        Ok(office)
    }

    /// Works until the last day is over.
    pub(super) fn work(&mut self, arrivals: Arrivals) -> Result<(), StoreError> {
        let mut arrivals = arrivals.peekable();
        loop {
            let mail = arrivals.peek().map(|(at, ..)| *at);
            let happening = self.ahead.peek().map(|Reverse((at, ..))| *at);
            let clock = self.store.next_moment()?;
            let Some(next) = [mail, happening, clock].into_iter().flatten().min().filter(|at| *at < self.end) else {
                return Ok(());
            };
            self.now = self.now.max(next);
            if clock == Some(next) {
                self.tick()?;
            } else if mail == Some(next) {
                if let Some((_, truth, arrival)) = arrivals.next() {
                    self.truth.extend(truth.map(|t| (arrival.key.clone(), t)));
                    self.receive(arrival)?;
                }
            } else if let Some(Reverse((_, _, happening))) = self.ahead.pop() {
                self.happen(happening)?;
            }
            self.set_to_work()?;
        }
    }

    /// What came of it.
    pub(super) fn close(self) -> Run {
        let begin = self.plan.policy.calendar.instant(self.plan.first.and_time(NaiveTime::MIN));
        let there_were =
            super::staff::minutes(self.policy.calendar.office_between(begin, self.end)) * self.plan.model.work.share;
        let load = |p: &crate::domain::person::Person| Load {
            person: p.id.clone(),
            worked: self.staff.worked(&p.id) * self.plan.model.work.share,
            there_were,
        };
        Run {
            load: self.policy.people.iter().map(load).collect(),
            gathered: self.gathered,
            messages: self.messages,
            letters: self.letters,
            told: self.told,
            refused: self.refused,
            ended: self.end,
        }
    }

    /// Something will happen then.
    pub(super) fn at(&mut self, when: Timestamp, what: Happening) {
        self.counted += 1;
        self.ahead.push(Reverse((when.max(self.now), self.counted, what)));
    }

    /// The moment after so much office time from now.
    pub(super) fn after(&self, minutes: f64) -> Timestamp {
        #[allow(clippy::cast_possible_truncation, reason = "a few days in seconds")]
        let seconds = (minutes.clamp(0.1, 500_000.0) * 60.0) as i64;
        self.policy.calendar.after_office_time(self.now, Duration::seconds(seconds))
    }

    fn tick(&mut self) -> Result<(), StoreError> {
        if self.store.presence_due()?.is_some_and(|at| at <= self.now) {
            self.say(&Input::Presence)?;
        }
        if self.store.accounts_due()?.is_some_and(|at| at <= self.now) {
            self.say(&Input::Accounts)?;
        }
        let due = self.store.tasks_due(self.now, DUE)?;
        for task in &due {
            self.say(&Input::Clock(*task))?;
        }
        if due.is_empty() {
            // Whatever ran out belongs in the letters that tell of it, so all of it happens first.
            for person in self.store.rounds_due(self.now, DUE)? {
                self.say(&Input::Round(person))?;
            }
        }
        Ok(())
    }

    fn receive(&mut self, arrival: Arrival) -> Result<(), StoreError> {
        self.messages += 1;
        self.say(&Input::Message(Box::new(arrival)))?;
        Ok(())
    }

    /// A client writes in the thread of a task; `answers` is the task that waits for it, where one does.
    pub(super) fn client_writes(&mut self, task: &Task, words: &str, answers: Option<TaskId>) {
        let Some(from) = task.requester.as_ref() else { return };
        let from = format!("{} <{}>", from.name, from.address);
        let about = self.letter_to_client.get(&task.id).cloned();
        let header: Vec<String> = about.map(|id| format!("In-Reply-To: <{id}>")).into_iter().collect();
        let subject = format!("Re: {}", task.subject);
        self.written += 1;
        let number = 1_000_000 + self.written;
        let written = Written {
            from: &from,
            to: &self.policy.agency.address,
            subject: &subject,
            id: &format!("reply.{number}"),
            headers: &header,
            text: words,
            attachments: &[],
        };
        let at = self.now + ON_ITS_WAY;
        let raw = written.bytes(at, &self.policy.calendar);
        // Its reader lives as long as the office.
        if self.replies.write(number, Coming { at, raw, truth: None }) {
            self.at(at, Happening::Reply(answers));
        }
    }

    /// The oldest reply on its way; waits until it is read.
    pub(super) fn reply_arrives(&mut self) -> Result<(), StoreError> {
        self.replies.oldest().map_or(Ok(()), |arrival| self.receive(arrival))
    }

    /// A person says something; whether the desk did it.
    pub(super) fn command(&mut self, by: &PersonId, command: Command) -> Result<bool, StoreError> {
        self.say(&Input::Command { by: by.clone(), command })
    }

    /// A task as it stands.
    pub(super) fn task(&self, id: TaskId) -> Result<Option<Arc<Task>>, StoreError> {
        Ok(match self.store.answer(&Lookup::Task(id))? {
            Answer::Task(task) => task,
            _ => None,
        })
    }

    /// Decides and commits; whether it was decided.
    fn say(&mut self, input: &Input) -> Result<bool, StoreError> {
        let asked = desk::decide_by(input, self.now, self.policy, self.store.head(), |l| self.store.answer(l))?;
        let (facts, draft) = match asked {
            (facts, Step::Decided(draft)) => (facts, *draft),
            (_, Step::Refused(why)) => {
                *self.refused.entry(plain(&why)).or_default() += 1;
                return Ok(false);
            }
            (_, Step::Need(_)) => return Err(StoreError::Index("the desk asks without end".to_owned())),
        };
        if draft.events.is_empty() && draft.intents.is_empty() {
            return Ok(true);
        }
        let head = self.store.head();
        let told = |i: &&Intent| i.audience == Audience::Staff && !i.says.clock.is_empty();
        self.told += draft.intents.iter().filter(told).count();
        let letters = (0u64..).zip(&draft.intents).map(|(i, intent)| letter(intent, head, i)).collect();
        let decision =
            Decision { at: draft.at, cause: draft.cause, events: draft.events, letters, versions: Versions::default() };
        if self.store.commit(&decision, &facts)? == Commit::Conflict {
            return Err(StoreError::Index("a conflict without a second writer".to_owned()));
        }
        self.store.sync()?;
        self.note(&decision);
        Ok(true)
    }

    fn note(&mut self, decision: &Decision) {
        self.letters += decision.letters.len();
        for letter in decision.letters.iter().filter(|l| l.audience == Audience::Client) {
            for task in &letter.tasks {
                self.letter_to_client.insert(*task, letter.message_id.clone());
            }
        }
        self.gathered.take(decision);
        let mut tasks: Vec<TaskId> = decision.events.iter().filter_map(Event::task).collect();
        tasks.sort_unstable();
        tasks.dedup();
        for id in tasks {
            if let Some(case) = self.gathered.case(id) {
                self.staff.sees(case, decision.at);
            }
        }
    }

    /// Whether people are there.
    pub(super) fn is_open(&self) -> bool {
        self.calendar().is_open(self.now)
    }

    pub(super) fn calendar(&self) -> &'a Calendar {
        &self.policy.calendar
    }
}

/// Reads a message as the daemon does; nothing attached is opened.
pub(super) fn read(coming: &Coming, number: u64, policy: &Policy, rulebook: &Rulebook) -> Arrival {
    let own_addresses = [policy.agency.address.clone()];
    let circumstances = Circumstances {
        received: coming.at,
        calendar: &policy.calendar,
        own_domains: &policy.agency.domains,
        own_addresses: &own_addresses,
    };
    let message = Message::parse(&coming.raw);
    let reading = rulebook.read(&message, &circumstances);
    let sighting =
        Sighting { mailbox: "simulated".into(), folder: "INBOX".to_owned(), uid_validity: 1, uid: number + 1 };
    let size = u64::try_from(coming.raw.len()).unwrap_or(u64::MAX);
    Arrival {
        key: message.identity().key,
        message,
        reading,
        raw: RawRef { path: String::new(), size, sha256: String::new(), whole: true },
        sightings: vec![sighting],
        received: coming.at,
        trouble: None,
    }
}

/// A letter as the desk decided it, without its words.
fn letter(intent: &Intent, head: Sequence, number: u64) -> Letter {
    let id = format!("{head}.{number}");
    Letter {
        message_id: format!("{id}@simulated.example"),
        id: LetterId(id),
        kind: intent.kind.clone(),
        audience: intent.audience,
        to: intent.to.clone(),
        envelope_from: None,
        subject: HeaderText::default(),
        tasks: intent.tasks.clone(),
        answers: intent.answers.clone(),
        disposition: intent.disposition,
        not_before: intent.not_before,
        mail: Mail { before: String::new(), original: None, documents: Vec::new(), after: String::new() },
    }
}

/// A refusal without the number of its task, so that like ones count together.
fn plain(why: &str) -> String {
    let word = |w: &str| if w.starts_with("T-") { "T-…".to_owned() } else { w.to_owned() };
    why.split(' ').map(word).collect::<Vec<_>>().join(" ")
}
