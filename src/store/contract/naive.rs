//! A store as simple as can be: all decisions in a list, every answer by folding all of them. Slow and plainly right.

use crate::domain::{
    Timestamp,
    absence::Absence,
    account::{Account, BookStanding, name_key},
    decision::*,
    event::Event,
    fold,
    id::*,
    letter::*,
    message::*,
    past::{LAST_MAX, Past},
    pipeline::TermTask,
    round::Round,
    task::{Task, Tie},
    text::folded,
    upkeep::Upkeep,
    workload::Workload,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

fn term_of(t: &Task, account: &AccountId) -> Option<TermTask> {
    let term = t.term.as_ref().filter(|_| t.account.as_ref() == Some(account))?;
    Some(TermTask { expiration: term.expiration, task: t.id, page: term.page.clone() })
}

#[derive(Debug, Default)]
pub struct Naive {
    pub decisions: Vec<Decision>,
}

impl Naive {
    fn events(&self) -> impl Iterator<Item = (Timestamp, &Event)> {
        self.decisions.iter().flat_map(|d| d.events.iter().map(move |e| (d.at, e)))
    }
    pub fn tasks(&self) -> BTreeMap<TaskId, Task> {
        let mut out: BTreeMap<TaskId, Task> = BTreeMap::new();
        for d in &self.decisions {
            for e in &d.events {
                let Some(id) = e.task() else { continue };
                if let Some(t) = fold::task(out.remove(&id), e, d.at) {
                    out.insert(id, t);
                }
            }
            for l in &d.letters {
                for id in &l.tasks {
                    if let Some(t) = out.get_mut(id) {
                        t.letters.push(l.id.clone());
                    }
                }
            }
        }
        out
    }
    pub fn letters(&self) -> BTreeMap<LetterId, LetterRecord> {
        let mut out: BTreeMap<LetterId, LetterRecord> = BTreeMap::new();
        for d in &self.decisions {
            for e in &d.events {
                if let Event::LetterTried { letter }
                | Event::LetterAnswered { letter, .. }
                | Event::LetterReleased { letter, .. }
                | Event::LetterDropped { letter, .. } = e
                    && let Some(l) = out.remove(letter)
                {
                    out.insert(letter.clone(), fold::letter(l, e, d.at));
                }
            }
            for l in &d.letters {
                out.insert(l.id.clone(), fold::letter_written(l, d.at));
            }
        }
        out
    }
    pub fn messages(&self) -> BTreeMap<MessageKey, MessageRecord> {
        let records = self.events().filter_map(|(_, e)| match e {
            Event::MessageDecided { record, .. } => Some((record.key.clone(), (**record).clone())),
            _ => None,
        });
        records.collect()
    }
    pub fn accounts(&self) -> BTreeMap<AccountId, Account> {
        let mut out = BTreeMap::new();
        for (_, e) in self.events() {
            match e {
                Event::AccountSaved { account } => {
                    out.insert(account.id.clone(), (**account).clone());
                }
                Event::AccountRemoved { account } => {
                    out.remove(account);
                }
                _ => {}
            }
        }
        out
    }
    pub fn sightings(&self, key: &MessageKey) -> BTreeSet<Sighting> {
        let seen = self.events().filter_map(|(_, e)| match e {
            Event::Sighted { message, sighting } if message == key => Some(sighting.clone()),
            _ => None,
        });
        seen.collect()
    }
    pub fn paused(&self) -> bool {
        let last = self.events().filter_map(|(_, e)| match e {
            Event::SendingPaused { paused, .. } => Some(*paused),
            _ => None,
        });
        last.last().unwrap_or(false)
    }
    pub fn tasks_due(&self, now: Timestamp) -> Vec<TaskId> {
        let mut due: Vec<_> =
            self.tasks().values().filter_map(|t| Some((t.next_due()?, t.id))).filter(|(at, _)| *at <= now).collect();
        due.sort();
        due.into_iter().map(|(_, id)| id).collect()
    }
    pub fn letters_due(&self, now: Timestamp, cut_off: &BTreeSet<LetterId>) -> Vec<LetterId> {
        if self.paused() {
            return vec![];
        }
        let mut due: Vec<_> = self
            .letters()
            .into_values()
            .filter_map(|l| match l.state {
                LetterState::Due(at) => Some((at, l.id)),
                LetterState::Trying(at) if cut_off.contains(&l.id) => Some((at, l.id)),
                _ => None,
            })
            .filter(|(at, _)| *at <= now)
            .collect();
        due.sort();
        due.into_iter().map(|(_, id)| id).collect()
    }
    /// Positions of the decisions that a task's history must hold, from its opening on.
    pub fn history(&self, task: TaskId) -> Vec<Sequence> {
        let letters: BTreeSet<_> = self.tasks().remove(&task).map(|t| t.letters).into_iter().flatten().collect();
        let about = |d: &Decision| {
            d.letters.iter().any(|l| letters.contains(&l.id))
                || d.events.iter().any(|e| match e {
                    Event::LetterTried { letter }
                    | Event::LetterAnswered { letter, .. }
                    | Event::LetterReleased { letter, .. }
                    | Event::LetterDropped { letter, .. } => letters.contains(letter),
                    other => other.task() == Some(task),
                })
        };
        let opens =
            |d: &Decision| d.events.iter().any(|e| matches!(e, Event::TaskOpened { task: t, .. } if *t == task));
        let all = (1..).zip(&self.decisions).skip_while(|(_, d)| !opens(d));
        all.filter(|(_, d)| about(d)).map(|(n, _)| n).collect()
    }
    fn tasks_by_id(&self, id: &str) -> Vec<TaskId> {
        let mut out = BTreeSet::new();
        let keys: BTreeSet<_> = self
            .messages()
            .into_values()
            .filter(|m| m.message_id.as_deref() == Some(id))
            .inspect(|m| match &m.outcome {
                Outcome::Tasks(t) => out.extend(t.iter().copied()),
                Outcome::Joined { task, opened } => out.extend(opened.iter().chain([task]).copied()),
                Outcome::Held(t) => out.extend([*t]),
                Outcome::NoWork => {}
            })
            .map(|m| m.key)
            .collect();
        for (_, e) in self.events() {
            if let Event::MessageJoined { task, message, .. } = e
                && keys.contains(message)
            {
                out.insert(*task);
            }
        }
        out.extend(self.letters().into_values().filter(|l| l.message_id == id).flat_map(|l| l.tasks));
        out.into_iter().collect()
    }
    fn times(&self, to: impl Fn(&Letter) -> bool, at_most: usize) -> Vec<Timestamp> {
        let mut out: Vec<_> = self
            .decisions
            .iter()
            .flat_map(|d| d.letters.iter().map(move |l| (d.at, l)))
            .filter(|(_, l)| (l.audience == Audience::Client || l.answers.is_some()) && to(l))
            .map(|(at, _)| at)
            .collect();
        out.sort();
        out.into_iter().rev().take(at_most).collect()
    }
    fn accounts_where(&self, holds: impl Fn(&Account) -> bool) -> Answer {
        Answer::Accounts(self.accounts().into_values().filter(holds).map(Arc::new).collect())
    }
    fn open_where(&self, holds: impl Fn(&Task) -> bool) -> Answer {
        Answer::Tasks(self.tasks().values().filter(|t| t.is_open() && holds(t)).map(|t| t.id).collect())
    }
    fn absences(&self) -> BTreeMap<PersonId, Vec<Absence>> {
        let mut out = BTreeMap::new();
        for (_, e) in self.events() {
            if let Event::AbsencesSet { person, absences } = e {
                out.insert(person.clone(), absences.clone());
            }
        }
        out.retain(|_, absences| !absences.is_empty());
        out
    }
    fn book(&self) -> BookStanding {
        let mut book = BookStanding::default();
        for (at, e) in self.events() {
            match e {
                Event::BookImported { by, file, first } => {
                    book.imported = Some((at, by.clone(), file.clone()));
                    book.held = book.held || *first;
                }
                Event::BookReleased { .. } => book.held = false,
                _ => {}
            }
        }
        book
    }
    pub fn presence_due(&self) -> Option<Timestamp> {
        let looks = self.events().filter_map(|(_, e)| match e {
            Event::PresenceLooked { next } => Some(*next),
            _ => None,
        });
        looks.last().flatten()
    }
    pub fn rounds(&self) -> BTreeMap<PersonId, Round> {
        let mut out: BTreeMap<PersonId, Round> = BTreeMap::new();
        for (_, e) in self.events() {
            if let Event::Owed { person, .. }
            | Event::Told { person, .. }
            | Event::DigestSet { person, .. }
            | Event::DigestWaits { person, .. } = e
            {
                let round = out.remove(person).unwrap_or_default();
                out.insert(person.clone(), fold::round(round, e));
            }
        }
        out.retain(|_, round| !round.is_empty());
        out
    }
    /// When each account has to be looked at, and the schedule by which it is.
    fn accounts_looked_at(&self) -> (BTreeMap<AccountId, Timestamp>, String) {
        let (mut due, mut book, mut by) = (BTreeMap::new(), BTreeSet::new(), String::new());
        for (at, e) in self.events() {
            match e {
                Event::AccountSaved { account } => {
                    book.insert(account.id.clone());
                    due.insert(account.id.clone(), at);
                }
                Event::AccountRemoved { account } => {
                    book.remove(account);
                    due.insert(account.clone(), at);
                }
                Event::AccountLooked { account, next: Some(next) } => {
                    due.insert(account.clone(), *next);
                }
                Event::AccountLooked { account, next: None } => {
                    due.remove(account);
                }
                Event::PipelineScheduled { schedule } => {
                    by.clone_from(schedule);
                    due.extend(book.iter().map(|id| (id.clone(), at)));
                }
                _ => {}
            }
        }
        (due, by)
    }
    /// The next moment at which an account has to be looked at.
    pub fn accounts_due(&self) -> Option<Timestamp> {
        if self.book().held { None } else { self.accounts_looked_at().0.into_values().min() }
    }
    pub fn answer(&self, lookup: &Lookup) -> Answer {
        match lookup {
            Lookup::NextTask => Answer::Number(self.tasks().keys().map(|t| t.0).max().unwrap_or(0) + 1),
            Lookup::Message(key) => Answer::Message(self.messages().remove(key).map(Arc::new)),
            Lookup::MessagesById(id) => {
                let mut all: Vec<_> =
                    self.messages().into_values().filter(|m| m.message_id.as_deref() == Some(id)).collect();
                all.sort_by(|a, b| (a.decided, &a.key).cmp(&(b.decided, &b.key)));
                Answer::Messages(all)
            }
            Lookup::AnswersTo(id) => {
                let mut all: Vec<_> = self.messages().into_values().filter(|m| m.answers.contains(id)).collect();
                all.sort_by(|a, b| (a.decided, &a.key).cmp(&(b.decided, &b.key)));
                Answer::Messages(all)
            }
            Lookup::TasksByMessageId(id) => Answer::Tasks(self.tasks_by_id(id)),
            Lookup::Task(id) => Answer::Task(self.tasks().remove(id).map(Arc::new)),
            Lookup::Account(id) => self.accounts_where(|a| a.id == *id),
            Lookup::AccountsByAddress(x) => {
                self.accounts_where(|a| a.contacts.iter().any(|c| c.address.as_ref() == Some(x)))
            }
            Lookup::AccountsByDomain(x) => self.accounts_where(|a| a.domains.contains(x)),
            Lookup::AccountsByPolicy(x) => {
                self.accounts_where(|a| a.policies.iter().any(|p| folded(&p.number) == folded(x)))
            }
            Lookup::AccountsByName(x) => self.accounts_where(|a| name_key(a.name.as_str()) == name_key(x)),
            Lookup::AccountsByRequester(x) => {
                let tasks = self.tasks();
                let of = |t: &&Task| t.requester.as_ref().is_some_and(|r| r.address == *x);
                let mut ids = BTreeSet::new();
                for t in tasks.values().rev().filter(of).filter(|t| t.account.is_some()).take(50) {
                    if ids.len() < 5 {
                        ids.extend(t.account.clone());
                    }
                }
                self.accounts_where(|a| ids.contains(&a.id))
            }
            Lookup::OpenTasksOf(p) => self.open_where(|t| t.assigned.person == *p),
            Lookup::OpenTasksLentBy(p) => self.open_where(|t| t.assigned.standing_in_for.as_ref() == Some(p)),
            Lookup::AssignedSince(p, since) => {
                let given = |t: &&Task| t.assigned.person == *p && t.assigned.at >= *since;
                Answer::Number(self.tasks().values().filter(given).count() as u64)
            }
            Lookup::Absences => Answer::Absences(self.absences()),
            Lookup::PresenceDue => Answer::Moment(self.presence_due()),
            Lookup::OpenTasksOfType(kind) => self.open_where(|t| t.request_type.as_ref() == Some(kind)),
            Lookup::TasksInDanger => self.open_where(|t| !t.hazards.is_empty()),
            Lookup::TasksLateBy(at) => {
                let tasks = self.tasks();
                let late = tasks.values().filter(|t| t.is_open()).filter_map(|t| Some((t.late_at()?, t.id)));
                let mut late: Vec<_> = late.filter(|(due, _)| due <= at).collect();
                late.sort();
                Answer::Tasks(late.into_iter().map(|(_, id)| id).collect())
            }
            Lookup::OldestOpenTasks => {
                Answer::Tasks(self.tasks().values().filter(|t| t.is_open()).take(12).map(|t| t.id).collect())
            }
            Lookup::Proof(from, until) => {
                let (messages, letters) = (self.messages().into_values().collect(), self.letters());
                Answer::Proof(crate::domain::proof::Proof::by_looking_at_all(
                    (from, until),
                    messages,
                    &self.tasks(),
                    letters.values(),
                ))
            }
            Lookup::Head => Answer::Head(self.decisions.len() as u64, String::new()),
            Lookup::Rounds => Answer::Rounds(self.rounds()),
            Lookup::Upkeep => {
                let folded = self.events().fold(Upkeep::default(), |u, (_, e)| fold::upkeep(u, e));
                Answer::Upkeep(Box::new(folded))
            }
            Lookup::TermsOf(a) => {
                let mut out: Vec<_> = self.tasks().values().filter_map(|t| term_of(t, a)).collect();
                out.sort();
                Answer::Terms(out)
            }
            Lookup::AccountsDue(by, at_most) => {
                let mut due: Vec<_> = self
                    .accounts_looked_at()
                    .0
                    .into_iter()
                    .map(|(id, at)| (at, id))
                    .filter(|(at, _)| at <= by)
                    .collect();
                due.sort();
                Answer::AccountIds(due.into_iter().map(|(_, id)| id).take(usize::from(*at_most)).collect())
            }
            Lookup::Schedule => Answer::Words(self.accounts_looked_at().1),
            Lookup::Book => Answer::Book(self.book()),
            Lookup::AllAccounts => Answer::AccountIds(self.accounts().into_keys().collect()),
            Lookup::WaitsBehind(id) => {
                let tasks = self.tasks();
                let mut behind: BTreeSet<TaskId> = BTreeSet::new();
                // Once more as long as there is one more, which is slow and plain.
                loop {
                    let waiting = |t: &&Task| t.id == *id || behind.contains(&t.id);
                    let links = tasks.values().filter(waiting).flat_map(|t| &t.links);
                    let ties = links.filter(|l| l.how == Tie::WaitsForIt && l.over.is_none());
                    let more: BTreeSet<TaskId> = ties.map(|l| l.other).chain(behind.iter().copied()).collect();
                    if more == behind {
                        break Answer::Tasks(behind.into_iter().collect());
                    }
                    behind = more;
                }
            }
            Lookup::OpenTasksOfAccount(a) => {
                let of = |t: &&Task| t.is_open() && t.account.as_ref() == Some(a);
                Answer::Tasks(self.tasks().values().filter(of).map(|t| t.id).collect())
            }
            Lookup::LastOfAccount(a) => {
                let tasks = self.tasks();
                let of = tasks.values().rev().filter(|t| t.account.as_ref() == Some(a));
                Answer::Past(of.take(LAST_MAX).map(|t| Arc::new(Past::of(t))).collect())
            }
            Lookup::Load => {
                let mut load: BTreeMap<PersonId, Workload> = BTreeMap::new();
                for t in self.tasks().into_values().filter(Task::is_open) {
                    load.entry(t.assigned.person.clone()).or_default().count(&t, 1);
                }
                Answer::Load(Arc::new(load))
            }
            Lookup::LettersTo(a) => Answer::Times(self.times(|l| l.to.address == *a, 50)),
            Lookup::LettersToDomain(d) => Answer::Times(self.times(|l| l.to.address.domain() == d, 200)),
            Lookup::Letter(id) => Answer::Letter(self.letters().remove(id).map(Box::new)),
            Lookup::LettersHeld => {
                let waits = |l: &LetterRecord| l.held && l.state == LetterState::Review;
                let mut held: Vec<LetterRecord> = self.letters().into_values().filter(waits).collect();
                held.sort_by(|a, b| (a.written, &a.id).cmp(&(b.written, &b.id)));
                Answer::Letters(held)
            }
            Lookup::LetterByMessageId(id) => {
                let found = self.letters().into_values().find(|l| l.message_id == *id);
                Answer::Letter(found.map(Box::new))
            }
        }
    }
}
