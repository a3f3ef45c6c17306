//! What the desk was told, and what it still has to ask for. Knows no rule: it only keeps the list of open questions.
//!
//! A deciding function first *gathers*: it makes every call whose argument it knows, and only then unwraps the answers
//! with `?`. So all that can be known at once is asked in one round; where somebody is [`AtHand`], there are no rounds.

use super::{Policy, drafting::Circumstances, roster::Roster};
use crate::domain::{
    Timestamp,
    absence::Absence,
    account::{Account, BookStanding},
    decision::*,
    id::*,
    letter::LetterRecord,
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
use elsa::FrozenBTreeMap;
use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

static NO_ABSENCE: BTreeMap<PersonId, Vec<Absence>> = BTreeMap::new();
static NO_PROOF: Proof = Proof {
    arrived: 0,
    opened: 0,
    tasks: 0,
    joined: 0,
    no_work: BTreeMap::new(),
    held: 0,
    not_told: Vec::new(),
    failed: 0,
};
static NO_ROUND: BTreeMap<PersonId, Round> = BTreeMap::new();
static NO_UPKEEP: Upkeep = Upkeep { counted: Vec::new(), outages: Vec::new(), report_at: None };
static NO_BOOK: BookStanding = BookStanding { imported: None, held: false };

/// Why deciding stopped.
#[derive(Debug)]
pub(super) enum Stop {
    /// Something has to be looked up first; [`Ask::needed`] has the list.
    Need,
    /// Not possible: a sentence for the person who asked.
    Refused(String),
}

/// A value, or the reason why it is not there yet.
pub(super) type Asked<T> = Result<T, Stop>;

/// Refuses with a sentence.
pub(super) fn refuse<T>(why: impl Into<String>) -> Asked<T> {
    Err(Stop::Refused(why.into()))
}

/// Whom the desk asks.
pub(super) trait Answers {
    /// The answer; `None` where it is not there yet.
    fn get(&self, lookup: Lookup) -> Option<&Answer>;
}

/// Facts that were gathered before, and what was asked for beyond them.
pub(super) struct Told<'f> {
    facts: &'f Facts,
    open: RefCell<BTreeSet<Lookup>>,
}

impl<'f> Told<'f> {
    /// Starts with what is known.
    pub(super) fn new(facts: &'f Facts) -> Self {
        Self { facts, open: RefCell::new(BTreeSet::new()) }
    }

    /// What has to be looked up.
    pub(super) fn needed(self) -> Vec<Lookup> {
        self.open.into_inner().into_iter().collect()
    }
}

impl Answers for Told<'_> {
    fn get(&self, lookup: Lookup) -> Option<&Answer> {
        let known = self.facts.answers.get(&lookup);
        if known.is_none() {
            self.open.borrow_mut().insert(lookup);
        }
        known
    }
}

/// Somebody who answers at once, or fails to, and what they have answered.
pub(super) struct AtHand<F> {
    answer: RefCell<F>,
    told: FrozenBTreeMap<Lookup, Box<Answer>>,
}

impl<F: FnMut(&Lookup) -> Option<Answer>> AtHand<F> {
    /// Nothing was asked yet.
    pub(super) fn new(answer: F) -> Self {
        Self { answer: RefCell::new(answer), told: FrozenBTreeMap::new() }
    }

    /// All that was answered.
    pub(super) fn answers(self) -> BTreeMap<Lookup, Answer> {
        self.told.into_map().into_iter().map(|(lookup, answer)| (lookup, *answer)).collect()
    }
}

impl<F: FnMut(&Lookup) -> Option<Answer>> Answers for AtHand<F> {
    fn get(&self, lookup: Lookup) -> Option<&Answer> {
        if let Some(known) = self.told.get(&lookup) {
            return Some(known);
        }
        let answer = (self.answer.borrow_mut())(&lookup)?;
        Some(self.told.insert(lookup, Box::new(answer)))
    }
}

/// The desk's questions, by what they are about.
pub(super) struct Ask<'a> {
    answers: &'a dyn Answers,
    now: Timestamp,
    policy: &'a Policy,
}

impl<'a> Ask<'a> {
    /// Asks these.
    pub(super) fn new(answers: &'a dyn Answers, now: Timestamp, policy: &'a Policy) -> Self {
        Self { answers, now, policy }
    }

    fn get(&self, lookup: Lookup) -> Asked<&'a Answer> {
        self.answers.get(lookup).ok_or(Stop::Need)
    }

    /// The number of the next task.
    pub(super) fn next_task(&self) -> Asked<u64> {
        Ok(match self.get(Lookup::NextTask)? {
            Answer::Number(n) => *n,
            _ => 1,
        })
    }

    /// A message.
    pub(super) fn message(&self, key: &MessageKey) -> Asked<Option<&'a MessageRecord>> {
        Ok(match self.get(Lookup::Message(key.clone()))? {
            Answer::Message(m) => m.as_deref(),
            _ => None,
        })
    }

    /// Messages of this Message-ID; none for an empty one (never match on an empty key).
    pub(super) fn messages_by_id(&self, id: &str) -> Asked<&'a [MessageRecord]> {
        if id.is_empty() {
            return Ok(&[]);
        }
        Ok(match self.get(Lookup::MessagesById(id.to_owned()))? {
            Answer::Messages(m) => m,
            _ => &[],
        })
    }

    /// Sent mail of staff that answers this Message-ID; none for an empty one.
    pub(super) fn answers_to(&self, id: &str) -> Asked<&'a [MessageRecord]> {
        if id.is_empty() {
            return Ok(&[]);
        }
        Ok(match self.get(Lookup::AnswersTo(id.to_owned()))? {
            Answer::Messages(m) => m,
            _ => &[],
        })
    }

    /// Tasks that a Message-ID belongs to.
    pub(super) fn tasks_by_message_id(&self, id: &str) -> Asked<&'a [TaskId]> {
        if id.is_empty() {
            return Ok(&[]);
        }
        self.task_ids(Lookup::TasksByMessageId(id.to_owned()))
    }

    /// A task.
    pub(super) fn task(&self, id: TaskId) -> Asked<Option<&'a Arc<Task>>> {
        Ok(match self.get(Lookup::Task(id))? {
            Answer::Task(t) => t.as_ref(),
            _ => None,
        })
    }

    /// The tasks that a task waits for, and those that they wait for in turn.
    pub(super) fn waits_behind(&self, id: TaskId) -> Asked<Vec<&'a Task>> {
        let behind = self.task_ids(Lookup::WaitsBehind(id))?;
        let tasks = all(behind.iter().map(|t| self.task(*t)).collect())?;
        Ok(tasks.into_iter().flatten().map(Arc::as_ref).collect())
    }

    /// An account.
    pub(super) fn account(&self, id: &AccountId) -> Asked<Option<&'a Arc<Account>>> {
        Ok(self.accounts(Lookup::Account(id.clone()))?.first())
    }

    /// Accounts with a contact of this address.
    pub(super) fn accounts_by_address(&self, address: &Address) -> Asked<&'a [Arc<Account>]> {
        self.accounts(Lookup::AccountsByAddress(address.clone()))
    }

    /// Accounts that own this mail domain.
    pub(super) fn accounts_by_domain(&self, domain: &str) -> Asked<&'a [Arc<Account>]> {
        self.accounts(Lookup::AccountsByDomain(domain.to_owned()))
    }

    /// Accounts with a policy of this number, folded.
    pub(super) fn accounts_by_policy(&self, folded: &str) -> Asked<&'a [Arc<Account>]> {
        self.accounts(Lookup::AccountsByPolicy(folded.to_owned()))
    }

    /// Accounts of what this address asked for before.
    pub(super) fn accounts_by_requester(&self, address: &Address) -> Asked<&'a [Arc<Account>]> {
        self.accounts(Lookup::AccountsByRequester(address.clone()))
    }

    /// Accounts of this name, by its key.
    pub(super) fn accounts_by_name(&self, folded: &str) -> Asked<&'a [Arc<Account>]> {
        self.accounts(Lookup::AccountsByName(folded.to_owned()))
    }

    fn accounts(&self, lookup: Lookup) -> Asked<&'a [Arc<Account>]> {
        Ok(match self.get(lookup)? {
            Answer::Accounts(a) => a,
            _ => &[],
        })
    }

    /// Every account's key.
    pub(super) fn all_accounts(&self) -> Asked<&'a [AccountId]> {
        Ok(match self.get(Lookup::AllAccounts)? {
            Answer::AccountIds(a) => a,
            _ => &[],
        })
    }

    /// Who is here, with how much on the desk.
    pub(super) fn load(&self) -> Asked<Roster> {
        Roster::ask(self, self.now, self.policy)
    }

    /// What no letter is written without, in one round.
    pub(super) fn circumstances(&self) -> Asked<Circumstances> {
        let (roster, book) = (self.load(), self.book());
        Ok(Circumstances { roster: roster?, book_is_held: book?.held })
    }

    /// Open tasks of an account.
    pub(super) fn open_tasks_of_account(&self, account: &AccountId) -> Asked<&'a [TaskId]> {
        Ok(match self.get(Lookup::OpenTasksOfAccount(account.clone()))? {
            Answer::Tasks(t) => t,
            _ => &[],
        })
    }

    /// What this account asked for last, the newest first.
    pub(super) fn last_of_account(&self, account: &AccountId) -> Asked<&'a [Arc<Past>]> {
        Ok(match self.get(Lookup::LastOfAccount(account.clone()))? {
            Answer::Past(p) => p,
            _ => &[],
        })
    }

    /// Open tasks by assignee.
    pub(super) fn workloads(&self) -> Asked<Arc<BTreeMap<PersonId, Workload>>> {
        Ok(match self.get(Lookup::Load)? {
            Answer::Load(l) => Arc::clone(l),
            _ => Arc::default(),
        })
    }

    /// When people are not at work, as they said it.
    pub(super) fn absences(&self) -> Asked<&'a BTreeMap<PersonId, Vec<Absence>>> {
        Ok(match self.get(Lookup::Absences)? {
            Answer::Absences(a) => a,
            _ => &NO_ABSENCE,
        })
    }

    /// How many tasks somebody was given since then.
    pub(super) fn assigned_since(&self, person: &PersonId, since: Timestamp) -> Asked<u64> {
        Ok(match self.get(Lookup::AssignedSince(person.clone(), since))? {
            Answer::Number(n) => *n,
            _ => 0,
        })
    }

    /// Open tasks of somebody.
    pub(super) fn open_tasks_of(&self, person: &PersonId) -> Asked<&'a [TaskId]> {
        self.task_ids(Lookup::OpenTasksOf(person.clone()))
    }

    /// Open tasks that others have for somebody.
    pub(super) fn open_tasks_lent_by(&self, person: &PersonId) -> Asked<&'a [TaskId]> {
        self.task_ids(Lookup::OpenTasksLentBy(person.clone()))
    }

    fn task_ids(&self, lookup: Lookup) -> Asked<&'a [TaskId]> {
        Ok(match self.get(lookup)? {
            Answer::Tasks(t) => t,
            _ => &[],
        })
    }

    /// When people's presence has to be looked at.
    pub(super) fn presence_due(&self) -> Asked<Option<Timestamp>> {
        Ok(match self.get(Lookup::PresenceDue)? {
            Answer::Moment(at) => *at,
            _ => None,
        })
    }

    /// Open tasks of a type.
    pub(super) fn open_tasks_of_type(&self, kind: &RequestType) -> Asked<&'a [TaskId]> {
        self.task_ids(Lookup::OpenTasksOfType(kind.clone()))
    }

    /// Open tasks with a danger.
    pub(super) fn tasks_in_danger(&self) -> Asked<&'a [TaskId]> {
        self.task_ids(Lookup::TasksInDanger)
    }

    /// Open tasks that are late by then, the longest late first.
    pub(super) fn tasks_late_by(&self, at: Timestamp) -> Asked<&'a [TaskId]> {
        self.task_ids(Lookup::TasksLateBy(at))
    }

    /// The open tasks with the lowest numbers.
    pub(super) fn oldest_open_tasks(&self) -> Asked<&'a [TaskId]> {
        self.task_ids(Lookup::OldestOpenTasks)
    }

    /// What became of the mail of a stretch of time.
    pub(super) fn proof(&self, from: Timestamp, until: Timestamp) -> Asked<&'a Proof> {
        Ok(match self.get(Lookup::Proof(from, until))? {
            Answer::Proof(p) => p,
            _ => &NO_PROOF,
        })
    }

    /// Where the journal ends.
    pub(super) fn head(&self) -> Asked<(Sequence, String)> {
        Ok(match self.get(Lookup::Head)? {
            Answer::Head(sequence, hash) => (*sequence, hash.clone()),
            _ => (0, String::new()),
        })
    }

    /// What people are still to be told.
    pub(super) fn rounds(&self) -> Asked<&'a BTreeMap<PersonId, Round>> {
        Ok(match self.get(Lookup::Rounds)? {
            Answer::Rounds(r) => r,
            _ => &NO_ROUND,
        })
    }

    /// What is known of the house.
    pub(super) fn upkeep(&self) -> Asked<&'a Upkeep> {
        Ok(match self.get(Lookup::Upkeep)? {
            Answer::Upkeep(u) => u,
            _ => &NO_UPKEEP,
        })
    }

    /// The tasks, open or over, that the dates of an account's policies brought.
    pub(super) fn terms_of(&self, account: &AccountId) -> Asked<&'a [TermTask]> {
        Ok(match self.get(Lookup::TermsOf(account.clone()))? {
            Answer::Terms(t) => t,
            _ => &[],
        })
    }

    /// Accounts whose policies have to be looked at by then, the longest due first, at most so many.
    pub(super) fn accounts_due(&self, by: Timestamp, at_most: u16) -> Asked<&'a [AccountId]> {
        Ok(match self.get(Lookup::AccountsDue(by, at_most))? {
            Answer::AccountIds(a) => a,
            _ => &[],
        })
    }

    /// The schedule by which accounts were looked at.
    pub(super) fn schedule(&self) -> Asked<&'a str> {
        Ok(match self.get(Lookup::Schedule)? {
            Answer::Words(w) => w,
            _ => "",
        })
    }

    /// Where the account book comes from.
    pub(super) fn book(&self) -> Asked<&'a BookStanding> {
        Ok(match self.get(Lookup::Book)? {
            Answer::Book(b) => b,
            _ => &NO_BOOK,
        })
    }

    /// When letters to this address were written.
    pub(super) fn letters_to(&self, address: &Address) -> Asked<&'a [Timestamp]> {
        self.times(Lookup::LettersTo(address.clone()))
    }

    /// When letters to this domain were written.
    pub(super) fn letters_to_domain(&self, domain: &str) -> Asked<&'a [Timestamp]> {
        self.times(Lookup::LettersToDomain(domain.to_owned()))
    }

    fn times(&self, lookup: Lookup) -> Asked<&'a [Timestamp]> {
        Ok(match self.get(lookup)? {
            Answer::Times(t) => t,
            _ => &[],
        })
    }

    /// A letter.
    pub(super) fn letter(&self, id: &LetterId) -> Asked<Option<&'a LetterRecord>> {
        Ok(match self.get(Lookup::Letter(id.clone()))? {
            Answer::Letter(l) => l.as_deref(),
            _ => None,
        })
    }

    /// The letters that wait for the release of the account book, the oldest first.
    pub(super) fn letters_held(&self) -> Asked<&'a [LetterRecord]> {
        Ok(match self.get(Lookup::LettersHeld)? {
            Answer::Letters(l) => l,
            _ => &[],
        })
    }

    /// A letter of ours by its Message-ID; none for an empty one.
    pub(super) fn letter_by_message_id(&self, id: &str) -> Asked<Option<&'a LetterRecord>> {
        if id.is_empty() {
            return Ok(None);
        }
        Ok(match self.get(Lookup::LetterByMessageId(id.to_owned()))? {
            Answer::Letter(l) => l.as_deref(),
            _ => None,
        })
    }
}

/// All answers, or `Need` when one is open. The calls were made when the list was built, so all of them are asked.
pub(super) fn all<T>(answers: Vec<Asked<T>>) -> Asked<Vec<T>> {
    answers.into_iter().collect()
}
