//! A decision in the making: events are folded as they are written down, so that later rules see what earlier ones did.
//!
//! Knows no rule of its own but one: whatever changed a task, its steps and clocks are brought up to date at the end.

use super::{Draft, Intent, Policy, clocks, follow_up, references, roster::Roster, routing, steps};
use crate::domain::{
    Timestamp,
    account::Account,
    decision::Cause,
    event::Event,
    fold,
    id::*,
    message::RawRef,
    past::Past,
    person::{Person, Role},
    reading::SenderKind,
    task::Task,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// What no letter is written without: who is here to read it, and whether the account book can be relied on.
#[derive(Debug, Clone)]
pub(super) struct Circumstances {
    /// Who is here, with how much on the desk.
    pub(super) roster: Roster,
    /// Letters outside that rest on the account book wait for its release.
    pub(super) book_is_held: bool,
}

/// A decision in the making.
#[derive(Debug)]
pub(super) struct Drafting<'a> {
    /// When.
    pub(super) now: Timestamp,
    /// What the desk goes by.
    pub(super) policy: &'a Policy,
    /// The letters so far.
    pub(super) intents: Vec<Intent>,
    /// Who is here, as far as it was asked for.
    pub(super) roster: Roster,
    /// Tasks that nobody who does such work could take: whoever has them hears at once.
    pub(super) nobody_else: BTreeSet<TaskId>,
    /// Letters outside that rest on the account book wait for its release.
    pub(super) book_is_held: bool,
    /// What the message says that is being decided, and who wrote it: the news for whoever has its tasks.
    pub(super) news: Option<(String, SenderKind)>,
    /// The circumstances were asked for, so that letters may be written.
    may_write: bool,
    cause: Cause,
    events: Vec<Event>,
    tasks: BTreeMap<TaskId, Arc<Task>>,
    /// The tasks that were taken in, as they stood then.
    before: BTreeMap<TaskId, Arc<Task>>,
    accounts: BTreeMap<AccountId, Arc<Account>>,
    /// What accounts asked for last, the newest first.
    past: BTreeMap<AccountId, Vec<Arc<Past>>>,
    /// Raw messages by key, for letters that carry the original.
    originals: BTreeMap<MessageKey, RawRef>,
    /// Attachments' names by message, for notices.
    attachments: BTreeMap<MessageKey, Vec<String>>,
}

impl<'a> Drafting<'a> {
    /// Nothing decided yet, and letters may come of it.
    pub(super) fn amid(circumstances: Circumstances, cause: Cause, now: Timestamp, policy: &'a Policy) -> Self {
        let Circumstances { roster, book_is_held } = circumstances;
        Self { roster, book_is_held, may_write: true, ..Self::silent(cause, now, policy) }
    }

    /// Nothing decided yet; a decision of which no letter can come.
    pub(super) fn silent(cause: Cause, now: Timestamp, policy: &'a Policy) -> Self {
        Self {
            now,
            policy,
            intents: Vec::new(),
            roster: Roster::default(),
            nobody_else: BTreeSet::new(),
            book_is_held: false,
            news: None,
            may_write: false,
            cause,
            events: Vec::new(),
            tasks: BTreeMap::new(),
            before: BTreeMap::new(),
            accounts: BTreeMap::new(),
            past: BTreeMap::new(),
            originals: BTreeMap::new(),
            attachments: BTreeMap::new(),
        }
    }

    /// Takes a task in as it stands; its clocks are looked at when the decision is finished.
    pub(super) fn adopt(&mut self, task: &Arc<Task>) {
        self.tasks.entry(task.id).or_insert_with(|| Arc::clone(task));
        self.before.entry(task.id).or_insert_with(|| Arc::clone(task));
    }

    /// Remembers an account, for letters about its tasks.
    pub(super) fn know_account(&mut self, account: &Arc<Account>) {
        self.accounts.insert(account.id.clone(), Arc::clone(account));
    }

    /// Remembers what an account asked for last, for letters about its tasks.
    pub(super) fn know_past(&mut self, account: &AccountId, past: &[Arc<Past>]) {
        self.past.insert(account.clone(), past.to_vec());
    }

    /// Remembers a raw message and its attachments, for letters about its tasks.
    pub(super) fn know_original(&mut self, message: &MessageKey, raw: &RawRef, attachments: Vec<String>) {
        self.originals.insert(message.clone(), raw.clone());
        self.attachments.insert(message.clone(), attachments);
    }

    /// Writes down what became true.
    pub(super) fn record(&mut self, event: Event) {
        if let Some(id) = event.task()
            && let Some(after) = fold::shared(self.tasks.remove(&id), &event, self.now)
        {
            self.tasks.insert(id, after);
        }
        self.events.push(event);
    }

    /// Who hears in somebody's place of what is theirs: they themselves, or while they are out whoever stands in.
    pub(super) fn hears(&self, person: &PersonId, task: Option<TaskId>, at_once: bool) -> PersonId {
        let at = if at_once { self.now } else { self.policy.calendar.next_open(self.now) };
        let Some(p) = self.policy.person(person) else { return person.clone() };
        if self.roster.out(self.policy, p, at).is_none() {
            return person.clone();
        }
        let Some(task) = task.and_then(|id| self.task(id)) else { return person.clone() };
        let work = routing::Work { at_once, ..routing::work_of(self.policy, task) };
        routing::route_from(self.policy, p, self.account_of(task).map(Arc::as_ref), &work, &self.roster).person
    }

    /// Who hears in the place of somebody who hears by their role: whoever stands in for them, else another manager.
    pub(super) fn deputy(&self, person: &PersonId, at_once: bool) -> PersonId {
        let at = if at_once { self.now } else { self.policy.calendar.next_open(self.now) };
        let is_here = |p: &Person| self.roster.out(self.policy, p, at).is_none();
        let mut asked: Vec<&PersonId> = vec![person];
        let mut next = 0;
        // Breadth first, each once: stand-ins may go round in a circle.
        while let Some(id) = asked.get(next).copied() {
            next += 1;
            let Some(p) = self.policy.person(id) else { continue };
            if is_here(p) {
                return id.clone();
            }
            asked.extend(p.stand_ins.iter().filter(|s| !asked.contains(s)).collect::<Vec<_>>());
        }
        let managers = [Role::OperationsManager, Role::Owner].into_iter();
        let mut holding = managers.flat_map(|role| self.policy.people.iter().filter(move |p| p.is(role)));
        holding.find(|p| is_here(p)).map_or_else(|| person.clone(), |p| p.id.clone())
    }

    /// What became true so far.
    pub(super) fn events(&self) -> &[Event] {
        &self.events
    }

    /// A task as it stands now, this decision included.
    pub(super) fn task(&self, id: TaskId) -> Option<&Task> {
        self.tasks.get(&id).map(Arc::as_ref)
    }

    /// The same, to be held while the decision goes on. Held over many events it is copied with the first of them.
    pub(super) fn held(&self, id: TaskId) -> Option<Arc<Task>> {
        self.tasks.get(&id).cloned()
    }

    /// The account of a task, where it is known.
    pub(super) fn account_of(&self, task: &Task) -> Option<&Arc<Account>> {
        task.account.as_ref().and_then(|id| self.accounts.get(id))
    }

    /// What a task's account asked for before it and beside it, the newest first, where it was asked for.
    pub(super) fn past_of(&self, task: &Task) -> &[Arc<Past>] {
        task.account.as_ref().and_then(|id| self.past.get(id)).map_or(&[], Vec::as_slice)
    }

    /// The raw message that opened a task, where it is at hand.
    pub(super) fn original_of(&self, task: &Task) -> Option<&RawRef> {
        task.messages
            .last()
            .and_then(|m| self.originals.get(m))
            .or_else(|| task.messages.first().and_then(|m| self.originals.get(m)))
    }

    /// Names and sizes of a task's attachments, where its message is at hand.
    pub(super) fn attachments_of(&self, task: &Task) -> Vec<String> {
        task.messages.iter().filter_map(|m| self.attachments.get(m)).flatten().cloned().collect()
    }

    /// The finished draft: with the clocks of every task set to what they have to do next.
    pub(super) fn finish(mut self) -> Draft {
        debug_assert!(
            self.may_write || self.intents.is_empty(),
            "a letter was written by who does not know who is here"
        );
        let open: Vec<TaskId> = self.tasks.values().filter(|t| t.is_open()).map(|t| t.id).collect();
        for id in open {
            let before = self.before.get(&id).cloned();
            steps::bring_up_to_date(&mut self, before.as_deref(), id);
        }
        let late: Vec<Event> = self
            .tasks
            .values()
            .filter(|t| t.is_open())
            .flat_map(|t| {
                let due = clocks::due(t, self.policy);
                let at = follow_up::next(t, self.policy).map(|(at, _)| at);
                let clocks = (due != t.due).then_some(Event::ClocksSet { task: t.id, due });
                [clocks, (at != t.remind_at).then_some(Event::RemindSet { task: t.id, at })]
            })
            .flatten()
            .collect();
        for event in late {
            self.record(event);
        }
        for intent in &mut self.intents {
            references::stamp(self.policy, intent);
        }
        Draft {
            at: self.now,
            cause: self.cause,
            events: self.events,
            intents: self.intents,
            versions: self.policy.versions.clone(),
        }
    }
}
