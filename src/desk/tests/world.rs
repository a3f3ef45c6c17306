//! A naive desk's memory: folds events, answers lookups, keeps every letter. Enough to tell stories with.

use super::sample::{self, Mail};
use crate::desk::*;
use crate::domain::{
    absence::Absence,
    account::{BookStanding, name_key},
    fold,
    past::{LAST_MAX, Past},
    person::*,
    pipeline::TermTask,
    round::Round,
    task::{End, Task, TaskState, Tie},
    upkeep::Upkeep,
    workflow::Clock,
    workload::Workload,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    convert::Infallible,
    sync::Arc,
};

/// Everything that is so, and the time.
#[derive(Debug, Clone)]
pub(super) struct World {
    pub(super) policy: Policy,
    pub(super) now: Timestamp,
    pub(super) tasks: BTreeMap<TaskId, Task>,
    pub(super) messages: Vec<MessageRecord>,
    pub(super) accounts: BTreeMap<AccountId, Account>,
    pub(super) letters: Vec<(LetterRecord, Intent)>,
    pub(super) journal: Vec<(Timestamp, Vec<Event>)>,
    pub(super) absences: BTreeMap<PersonId, Vec<Absence>>,
    pub(super) presence_due: Option<Timestamp>,
    pub(super) owed_to: BTreeMap<PersonId, Round>,
    pub(super) upkeep: Upkeep,
    /// When accounts have to be looked at, and by which schedule they were.
    pub(super) accounts_due: BTreeMap<AccountId, Timestamp>,
    pub(super) schedule: String,
    pub(super) book: BookStanding,
    /// The most rounds that any decision took.
    pub(super) rounds: usize,
}

impl World {
    pub(super) fn new() -> Self {
        Self::with(sample::policy())
    }

    pub(super) fn with(policy: Policy) -> Self {
        Self {
            policy,
            now: sample::tuesday(),
            tasks: BTreeMap::new(),
            messages: Vec::new(),
            accounts: BTreeMap::new(),
            letters: Vec::new(),
            journal: Vec::new(),
            absences: BTreeMap::new(),
            presence_due: None,
            owed_to: BTreeMap::new(),
            upkeep: Upkeep::default(),
            accounts_due: BTreeMap::new(),
            schedule: String::new(),
            book: BookStanding::default(),
            rounds: 0,
        }
    }

    /// The account is in the book.
    pub(super) fn knows(mut self, account: Account) -> Self {
        self.accounts.insert(account.id.clone(), account);
        self
    }

    /// Decides and commits; the draft, or the refusal. Asked all at once or round by round, the desk decides the same.
    pub(super) fn say(&mut self, input: &Input) -> Result<Draft, String> {
        let by_rounds = self.by_rounds(input);
        let as_of = self.journal.len() as u64;
        let at_hand = decide_by(input, self.now, &self.policy, as_of, |l| Ok::<_, Infallible>(self.answer(l))).unwrap();
        let decided = match at_hand.1 {
            Step::Decided(draft) => Ok(*draft),
            Step::Refused(why) => Err(why),
            Step::Need(lookups) => panic!("asked at once, it needs {lookups:?}"),
        };
        assert_eq!(decided, by_rounds);
        decided.inspect(|draft| self.commit(draft))
    }

    fn by_rounds(&mut self, input: &Input) -> Result<Draft, String> {
        let mut facts = Facts { as_of: self.journal.len() as u64, ..Facts::default() };
        for round in 0..=4 {
            match decide(&facts, input, self.now, &self.policy) {
                Step::Need(lookups) => {
                    assert!(!lookups.is_empty(), "a need of nothing never ends");
                    assert!(round < 4, "more than four rounds: {lookups:?}");
                    self.rounds = self.rounds.max(round + 1);
                    for l in lookups {
                        assert!(!facts.answers.contains_key(&l), "asked twice: {l:?}");
                        let answer = self.answer(&l);
                        facts.answers.insert(l, answer);
                    }
                }
                Step::Decided(draft) => return Ok(*draft),
                Step::Refused(why) => return Err(why),
            }
        }
        panic!("no decision after four rounds");
    }

    pub(super) fn receive(&mut self, mail: Mail) -> Draft {
        self.say(&Input::Message(Box::new(mail.0))).unwrap()
    }

    pub(super) fn command(&mut self, by: &str, command: Command) -> Result<Draft, String> {
        self.say(&Input::Command { by: by.into(), command })
    }

    /// Time passes; every clock that comes due on the way rings at its moment.
    pub(super) fn until(&mut self, when: Timestamp) -> Vec<Draft> {
        let mut drafts = Vec::new();
        for _ in 0..10_000 {
            let account = self.accounts_due.values().min().copied().filter(|at| *at <= when && !self.book.held);
            if let Some(at) = account {
                self.now = self.now.max(at);
                let before = (self.accounts_due.clone(), self.schedule.clone());
                drafts.push(self.say(&Input::Accounts).unwrap());
                let after = (self.accounts_due.clone(), self.schedule.clone());
                assert!(after != before, "accounts are looked at without end");
                continue;
            }
            let next = self.tasks.values().filter_map(|t| t.next_due().map(|at| (at, t.id))).min();
            let look = self.presence_due.filter(|at| *at <= when && next.is_none_or(|(due, _)| *at <= due));
            if let Some(at) = look {
                self.now = self.now.max(at);
                drafts.push(self.say(&Input::Presence).unwrap());
                assert!(self.presence_due.is_none_or(|next| next > self.now), "presence is looked at without end");
                continue;
            }
            let round = self.owed_to.iter().filter_map(|(p, r)| r.due().map(|at| (at, p.clone()))).min();
            // What is due of tasks happens before anybody is told of it, as the daemon does it.
            let round = round.filter(|(at, _)| *at <= when && next.is_none_or(|(due, _)| due > (*at).max(self.now)));
            if let Some((at, person)) = round {
                self.now = self.now.max(at);
                drafts.push(self.say(&Input::Round(person.clone())).unwrap());
                let again = self.owed_to.get(&person).and_then(Round::due);
                assert!(again.is_none_or(|next| next > self.now), "{person} is told without end");
                continue;
            }
            let Some((due, id)) = next.filter(|(due, _)| *due <= when) else { break };
            self.now = self.now.max(due);
            drafts.push(self.say(&Input::Clock(id)).unwrap());
            let again = self.tasks[&id].next_due();
            assert!(again.is_none_or(|n| n > self.now), "the clock of {id} rings without end");
        }
        self.now = self.now.max(when);
        drafts
    }

    pub(super) fn task(&self, n: u64) -> &Task {
        &self.tasks[&TaskId(n)]
    }

    /// Letters of a kind, with whom they went to.
    pub(super) fn letters(&self, kind: &str) -> Vec<&Intent> {
        self.letters.iter().map(|(_, i)| i).filter(|i| i.kind == kind).collect()
    }

    pub(super) fn recipients(&self, kind: &str) -> Vec<String> {
        self.letters(kind).iter().map(|i| i.to.address.local().to_owned()).collect()
    }

    pub(super) fn outcome(&self, key: &str) -> &Outcome {
        &self.messages.iter().find(|m| m.key == key.into()).unwrap().outcome
    }

    pub(super) fn reason(&self, key: &str) -> &str {
        &self.messages.iter().find(|m| m.key == key.into()).unwrap().reason
    }

    pub(super) fn commit(&mut self, draft: &Draft) {
        for event in &draft.events {
            apply(&mut self.tasks, event, draft.at);
            match event {
                Event::MessageDecided { record, .. } => {
                    assert!(self.messages.iter().all(|m| m.key != record.key), "two outcomes for {}", record.key);
                    self.messages.push((**record).clone());
                }
                Event::AccountLooked { account, next } => {
                    self.accounts_due.remove(account);
                    self.accounts_due.extend(next.map(|at| (account.clone(), at)));
                }
                Event::PipelineScheduled { schedule } => {
                    self.schedule.clone_from(schedule);
                    self.accounts_due.extend(self.accounts.keys().map(|id| (id.clone(), draft.at)));
                }
                Event::AccountSaved { account } => {
                    self.accounts_due.insert(account.id.clone(), draft.at);
                    self.accounts.insert(account.id.clone(), (**account).clone());
                }
                Event::AccountRemoved { account } => {
                    self.accounts_due.insert(account.clone(), draft.at);
                    self.accounts.remove(account);
                }
                Event::AbsencesSet { person, absences } => {
                    self.absences.insert(person.clone(), absences.clone());
                }
                Event::Counted { .. }
                | Event::OutageTold { .. }
                | Event::OutageOver { .. }
                | Event::ReportSet { .. } => {
                    self.upkeep = fold::upkeep(std::mem::take(&mut self.upkeep), event);
                }
                Event::Owed { person, .. }
                | Event::Told { person, .. }
                | Event::DigestSet { person, .. }
                | Event::DigestWaits { person, .. } => {
                    let round = fold::round(self.owed_to.remove(person).unwrap_or_default(), event);
                    if !round.is_empty() {
                        self.owed_to.insert(person.clone(), round);
                    }
                }
                Event::PresenceLooked { next } => self.presence_due = *next,
                Event::BookImported { by, file, first } => {
                    self.book.imported = Some((draft.at, by.clone(), file.clone()));
                    self.book.held |= *first;
                }
                Event::BookReleased { .. } => self.book.held = false,
                Event::LetterTried { letter }
                | Event::LetterAnswered { letter, .. }
                | Event::LetterReleased { letter, .. }
                | Event::LetterDropped { letter, .. } => {
                    for (record, _) in self.letters.iter_mut().filter(|(r, _)| r.id == *letter) {
                        *record = fold::letter(record.clone(), event, draft.at);
                    }
                }
                _ => {}
            }
        }
        for intent in &draft.intents {
            let id = LetterId(format!("L{}", self.letters.len() + 1));
            let letter = Letter {
                id: id.clone(),
                kind: intent.kind.clone(),
                audience: intent.audience,
                to: intent.to.clone(),
                envelope_from: None,
                message_id: format!("{id}@agency.example"),
                subject: "Re".into(),
                tasks: intent.tasks.clone(),
                answers: intent.answers.clone(),
                disposition: intent.disposition,
                not_before: intent.not_before,
                mail: Mail_ { before: String::new(), original: None, documents: vec![], after: String::new() },
            };
            for t in &intent.tasks {
                self.tasks.get_mut(t).unwrap().letters.push(id.clone());
            }
            self.letters.push((fold::letter_written(&letter, draft.at), intent.clone()));
        }
        self.journal.push((draft.at, draft.events.clone()));
    }

    /// All that a restart has is the journal; and letters' names, which no event holds.
    pub(super) fn restarted(&self) -> Self {
        let mut again = Self { now: self.now, ..Self::with(self.policy.clone()) };
        for (at, events) in &self.journal {
            let (cause, versions) = (Cause::Clock, Versions::default());
            again.commit(&Draft { at: *at, cause, events: events.clone(), intents: Vec::new(), versions });
        }
        again.letters.clone_from(&self.letters);
        for (id, task) in &mut again.tasks {
            task.letters.clone_from(&self.tasks[id].letters);
        }
        assert_eq!(again.tasks, self.tasks, "the journal tells the same tasks");
        again
    }

    /// What a start and a reload do: everybody's presence, every account and every open task are looked at.
    pub(super) fn look_at_all(&mut self) {
        self.say(&Input::Presence).unwrap();
        self.say(&Input::Accounts).unwrap();
        let open: Vec<TaskId> = self.tasks.values().filter(|t| t.is_open()).map(|t| t.id).collect();
        for id in open {
            self.say(&Input::Clock(id)).unwrap();
        }
    }

    /// The tasks as folding the whole journal anew gives them, letters' names aside.
    pub(super) fn replayed(&self) -> BTreeMap<TaskId, Task> {
        let mut tasks = BTreeMap::new();
        for (when, events) in &self.journal {
            for e in events {
                apply(&mut tasks, e, *when);
            }
        }
        for (id, t) in &mut tasks {
            t.letters.clone_from(&self.tasks[id].letters);
        }
        tasks
    }

    pub(super) fn answer(&self, l: &Lookup) -> Answer {
        let accounts = |f: &dyn Fn(&Account) -> bool| {
            Answer::Accounts(self.accounts.values().filter(|a| f(a)).cloned().map(Arc::new).collect())
        };
        match l {
            Lookup::NextTask => Answer::Number(self.tasks.len() as u64 + 1),
            Lookup::Message(k) => Answer::Message(self.messages.iter().find(|m| m.key == *k).cloned().map(Arc::new)),
            Lookup::MessagesById(id) => {
                Answer::Messages(self.messages.iter().filter(|m| m.message_id.as_ref() == Some(id)).cloned().collect())
            }
            Lookup::AnswersTo(id) => {
                Answer::Messages(self.messages.iter().filter(|m| m.answers.contains(id)).cloned().collect())
            }
            Lookup::TasksByMessageId(id) => {
                let keys: Vec<_> =
                    self.messages.iter().filter(|m| m.message_id.as_ref() == Some(id)).map(|m| &m.key).collect();
                let mut found: BTreeSet<TaskId> = self
                    .tasks
                    .values()
                    .filter(|t| t.messages.iter().any(|m| keys.contains(&m)))
                    .map(|t| t.id)
                    .collect();
                for (letter, _) in self.letters.iter().filter(|(r, _)| r.message_id == *id) {
                    found.extend(&letter.tasks);
                }
                Answer::Tasks(found.into_iter().collect())
            }
            Lookup::Task(id) => Answer::Task(self.tasks.get(id).cloned().map(Arc::new)),
            Lookup::WaitsBehind(id) => Answer::Tasks(self.behind(*id).into_iter().collect()),
            Lookup::Account(id) => accounts(&|a| a.id == *id),
            Lookup::AccountsByAddress(x) => accounts(&|a| a.contacts.iter().any(|c| c.address.as_ref() == Some(x))),
            Lookup::AccountsByDomain(d) => accounts(&|a| a.domains.contains(d)),
            Lookup::AccountsByPolicy(n) => accounts(&|a| a.policies.iter().any(|p| folded(&p.number) == *n)),
            Lookup::AccountsByName(n) => accounts(&|a| name_key(a.name.as_str()) == *n),
            Lookup::AccountsByRequester(x) => {
                let of = |t: &&Task| t.requester.as_ref().is_some_and(|r| r.address == *x);
                let ids: BTreeSet<_> = self.tasks.values().filter(of).filter_map(|t| t.account.clone()).collect();
                accounts(&|a| ids.contains(&a.id))
            }
            Lookup::OpenTasksOf(p) => self.open_tasks(|t| t.assigned.person == *p),
            Lookup::OpenTasksLentBy(p) => self.open_tasks(|t| t.assigned.standing_in_for.as_ref() == Some(p)),
            Lookup::AssignedSince(p, since) => {
                let given = |t: &&Task| t.assigned.person == *p && t.assigned.at >= *since;
                Answer::Number(self.tasks.values().filter(given).count() as u64)
            }
            Lookup::Absences => Answer::Absences(self.absences.clone()),
            Lookup::TermsOf(a) => {
                let of = |t: &&Task| t.account.as_ref() == Some(a);
                let term = |t: &Task| {
                    let term = t.term.as_ref()?;
                    Some(TermTask { expiration: term.expiration, task: t.id, page: term.page.clone() })
                };
                let mut terms: Vec<_> = self.tasks.values().filter(of).filter_map(term).collect();
                terms.sort();
                Answer::Terms(terms)
            }
            Lookup::AccountsDue(by, at_most) => {
                let mut due: Vec<_> =
                    self.accounts_due.iter().filter(|(_, at)| *at <= by).map(|(id, at)| (at, id)).collect();
                due.sort();
                Answer::AccountIds(due.into_iter().map(|(_, id)| id.clone()).take(usize::from(*at_most)).collect())
            }
            Lookup::Schedule => Answer::Words(self.schedule.clone()),
            Lookup::PresenceDue => Answer::Moment(self.presence_due),
            Lookup::OpenTasksOfType(kind) => self.open_tasks(|t| t.request_type.as_ref() == Some(kind)),
            Lookup::TasksInDanger => self.open_tasks(|t| !t.hazards.is_empty()),
            Lookup::TasksLateBy(at) => {
                let tasks = &self.tasks;
                let late = tasks.values().filter(|t| t.is_open()).filter_map(|t| Some((t.late_at()?, t.id)));
                let mut late: Vec<_> = late.filter(|(due, _)| due <= at).collect();
                late.sort();
                Answer::Tasks(late.into_iter().map(|(_, id)| id).collect())
            }
            Lookup::OldestOpenTasks => {
                Answer::Tasks(self.tasks.values().filter(|t| t.is_open()).take(12).map(|t| t.id).collect())
            }
            Lookup::Proof(from, until) => {
                let letters = self.letters.iter().map(|(r, _)| r);
                Answer::Proof(crate::domain::proof::Proof::by_looking_at_all(
                    (from, until),
                    self.messages.clone(),
                    &self.tasks,
                    letters,
                ))
            }
            Lookup::Head => Answer::Head(self.journal.len() as u64, "f00d".to_owned()),
            Lookup::Rounds => Answer::Rounds(self.owed_to.clone()),
            Lookup::Upkeep => Answer::Upkeep(Box::new(self.upkeep.clone())),
            Lookup::Book => Answer::Book(self.book.clone()),
            Lookup::AllAccounts => Answer::AccountIds(self.accounts.keys().cloned().collect()),
            Lookup::OpenTasksOfAccount(a) => Answer::Tasks(
                self.tasks.values().filter(|t| t.is_open() && t.account.as_ref() == Some(a)).map(|t| t.id).collect(),
            ),
            Lookup::LastOfAccount(a) => {
                let of = self.tasks.values().rev().filter(|t| t.account.as_ref() == Some(a));
                Answer::Past(of.take(LAST_MAX).map(|t| Arc::new(Past::of(t))).collect())
            }
            Lookup::Load => {
                let mut load: BTreeMap<PersonId, Workload> = BTreeMap::new();
                for t in self.tasks.values().filter(|t| t.is_open()) {
                    load.entry(t.assigned.person.clone()).or_default().count(t, 1);
                }
                Answer::Load(Arc::new(load))
            }
            Lookup::LettersTo(x) => self.times(|r| r.to.address == *x),
            Lookup::LettersToDomain(d) => self.times(|r| r.to.address.domain() == d),
            Lookup::Letter(id) => self.letter(|r| r.id == *id),
            Lookup::LetterByMessageId(id) => self.letter(|r| r.message_id == *id),
            Lookup::LettersHeld => Answer::Letters(self.held()),
        }
    }

    /// The tasks that this one waits for, and those that they wait for in turn.
    fn behind(&self, id: TaskId) -> BTreeSet<TaskId> {
        let known = |id| Ok::<_, ()>(self.tasks.get(&id).cloned().map(Arc::new));
        self.tasks.get(&id).map_or_else(BTreeSet::new, |t| t.waits_behind(known).unwrap())
    }

    /// The letters that wait for the release of the account book.
    pub(super) fn held(&self) -> Vec<LetterRecord> {
        let records = self.letters.iter().map(|(r, _)| r);
        records.filter(|r| r.held && r.state == LetterState::Review).cloned().collect()
    }

    fn open_tasks(&self, which: impl Fn(&Task) -> bool) -> Answer {
        Answer::Tasks(self.tasks.values().filter(|t| t.is_open() && which(t)).map(|t| t.id).collect())
    }

    fn times(&self, which: impl Fn(&LetterRecord) -> bool) -> Answer {
        let outside = |r: &&LetterRecord| which(r);
        let counted = self.letters.iter().rev().filter(|(r, i)| r.audience == Audience::Client || i.answers.is_some());
        Answer::Times(counted.map(|(r, _)| r).filter(outside).map(|r| r.written).collect())
    }

    fn letter(&self, which: impl Fn(&LetterRecord) -> bool) -> Answer {
        Answer::Letter(self.letters.iter().map(|(r, _)| r).find(|r| which(r)).cloned().map(Box::new))
    }

    /// What must hold at any time.
    pub(super) fn check(&self) {
        assert!(self.messages.iter().all(|m| !m.reason.is_empty()), "every outcome has its reason");
        for t in self.tasks.values() {
            let mut keys = BTreeSet::new();
            for e in &t.escalated {
                assert!(keys.insert((e.clock, e.epoch, e.rung)), "{} escalated twice: {e:?}", t.id);
            }
            self.check_ties(t);
            if let TaskState::Ended { how, .. } = t.state {
                assert!(t.due.is_empty() && t.remind_at.is_none(), "{} is over and its clocks run", t.id);
                assert!(t.waits.is_empty() && t.waiting.is_none(), "{} is over and waits", t.id);
                let left = t.open_required().next();
                assert!(how != End::Done || left.is_none(), "{} is done, and {left:?} is open", t.id);
                continue;
            }
            assert_eq!(t.remind_at, crate::desk::follow_up::next(t, &self.policy).map(|(at, _)| at));
            assert!(t.waiting.is_none() || t.waits.contains(t.waiting.as_ref().unwrap()));
            assert_eq!(t.waiting.is_some(), t.waiting_since.is_some());
            assert!(self.policy.person(&t.assigned.person).is_some(), "{} belongs to nobody", t.id);
            assert_eq!(t.due, crate::desk::clocks::due(t, &self.policy), "the clocks of {} are stale", t.id);
            assert!(t.next_due().is_some(), "{} is open, and nothing will ever come of it", t.id);
            self.check_clocks_run(t);
            self.check_assignee_is_here(t);
            assert!(!t.assigned.reason.is_empty() && !t.account_reason.is_empty(), "{} explains nothing", t.id);
        }
    }
}

impl World {
    pub(super) fn is_out(&self, person: &Person) -> bool {
        crate::desk::absence::standing(&self.policy, &self.absences, person, self.now).is_some()
    }

    /// While the office is open, what its assignee has not begun on is nobody's who is out, unless nobody else is here;
    /// and whoever is here has everything back that nobody has begun on.
    fn check_assignee_is_here(&self, t: &Task) {
        if !self.policy.calendar.is_open(self.now) || t.assigned.touched {
            return;
        }
        let assignee = self.policy.person(&t.assigned.person).unwrap();
        if self.is_out(assignee) {
            let staff = self.policy.practice_of(t.request_type.as_ref()).staff;
            let role =
                if t.complexity == crate::domain::reading::Complexity::Simple { staff.simple } else { staff.complex };
            for p in &self.policy.people {
                let could = p.is(role) || p.is(Role::OperationsManager) || p.is(Role::Owner);
                assert!(!could || self.is_out(p), "{} is {}'s, who is out, and {} is here", t.id, assignee.id, p.id);
            }
        }
        if let Some(lender) = t.assigned.standing_in_for.as_ref().and_then(|id| self.policy.person(id)) {
            assert!(self.is_out(lender), "{} was not given back to {}", t.id, lender.id);
        }
    }

    /// Who waits for whom is written down with both, and both are open; and nobody waits in a ring.
    fn check_ties(&self, t: &Task) {
        assert!(!self.behind(t.id).contains(&t.id), "{} waits for itself, round a ring", t.id);
        for link in &t.links {
            let other = &self.tasks[&link.other];
            let back = |l: &&crate::domain::task::Link| {
                l.other == t.id && l.how == link.how.from_there() && l.over == link.over && l.since == link.since
            };
            assert!(
                other.links.iter().any(|l| back(&l)),
                "{} {} {}, which knows nothing of it",
                t.id,
                link.how,
                other.id
            );
            let waits = matches!(link.how, Tie::WaitsForIt | Tie::ItWaits);
            assert!(
                !waits || link.over.is_some() || (t.is_open() && other.is_open()),
                "{} waits for what is over",
                t.id
            );
        }
    }

    /// No clock that ought to run has been forgotten: each of its rungs is still due, or has happened since its epoch.
    fn check_clocks_run(&self, t: &Task) {
        let running = [
            // What a date has brought need not be touched before its days.
            (Clock::Untouched, t.first_touch.is_none() && t.term.is_none(), t.arrived),
            (Clock::WaitingTooLong, t.waiting.is_some(), t.waiting.as_ref().map_or(t.arrived, |w| w.since)),
            (
                Clock::Idle,
                t.first_touch.is_some() && t.waiting.is_none() && t.term.is_none(),
                t.last_human_act.unwrap_or(t.arrived),
            ),
            (Clock::Overdue, t.waiting.is_none() || t.deadline.is_some(), t.arrived),
            (Clock::DeadlineNear, t.deadline.is_some(), t.arrived),
            (Clock::Undelivered, t.undelivered.is_some(), t.undelivered.unwrap_or(t.arrived)),
            (Clock::Unread, t.uncertain && t.first_touch.is_none(), t.arrived),
        ];
        let practice = self.policy.practice_of(t.request_type.as_ref());
        for (clock, _, since) in running.into_iter().filter(|(_, runs, _)| *runs) {
            for (rung, _) in practice.escalations.iter().enumerate().filter(|(_, e)| e.clock == clock) {
                let due = t.due.iter().any(|d| d.clock == clock && usize::from(d.rung) == rung);
                let done =
                    t.escalated.iter().any(|e| e.clock == clock && usize::from(e.rung) == rung && e.epoch >= since);
                assert!(due || done, "{}: rung {rung} of {clock:?} is forgotten", t.id);
            }
        }
    }
}

use crate::domain::letter::Mail as Mail_;

pub(super) fn apply(tasks: &mut BTreeMap<TaskId, Task>, event: &Event, when: Timestamp) {
    if let Some(id) = event.task() {
        let before = tasks.remove(&id);
        if let Some(after) = fold::task(before, event, when) {
            tasks.insert(id, after);
        }
    }
}
