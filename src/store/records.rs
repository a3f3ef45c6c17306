//! What the index holds of a task, a message, a letter and an account, and under which keys each is found.
//!
//! A record's index entries are a pure function of the record: whoever changes a record writes the difference, and
//! `verify` can say which entries there must be. Values carry a version and a checksum.

use super::{
    StoreError,
    journal::{Hash, Place, record},
    json,
    keys::{self, Bytes, Key},
    kv::{Changes, Kv, Layered, Pair, Record, Value},
};
use crate::domain::{
    Timestamp,
    account::{Account, BookStanding, name_key},
    decision::Sequence,
    id::*,
    letter::{LetterRecord, LetterState},
    message::{MessageRecord, Outcome, Sighting},
    past::Past,
    round::Round,
    task::Task,
    text::folded,
    upkeep::Upkeep,
    workload::Workload,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{
    any::Any,
    collections::{BTreeMap, BTreeSet},
    fmt::Debug,
    sync::Arc,
};

/// The version of the values. A start that finds another one makes the index anew.
pub(super) const VERSION: u8 = 6;

/// A value of these bytes, with version and checksum.
pub fn seal(body: &[u8]) -> Value {
    let mut out = Vec::with_capacity(body.len() + 5);
    out.push(VERSION);
    out.extend_from_slice(&crc32fast::hash(body).to_be_bytes());
    out.extend_from_slice(body);
    Value::Bytes(out)
}

/// The bytes of a value, its checksum checked.
pub fn unseal(value: &[u8]) -> Result<&[u8], StoreError> {
    let unreadable = |why: &str| StoreError::Index(format!("a value {why}"));
    let (version, rest) = value.split_first().ok_or_else(|| unreadable("is empty"))?;
    if *version != VERSION {
        return Err(unreadable(&format!("has version {version}")));
    }
    let (sum, body) = rest.split_first_chunk::<4>().ok_or_else(|| unreadable("is cut off"))?;
    if crc32fast::hash(body).to_be_bytes() == *sum { Ok(body) } else { Err(unreadable("does not fit its checksum")) }
}

/// The words that were sealed as a value.
pub fn words(value: &Value) -> Result<String, StoreError> {
    Ok(String::from_utf8_lossy(unseal(&value.bytes()?)?).into_owned())
}

/// What can be kept as a record.
pub trait Kept: Serialize + DeserializeOwned + PartialEq + Debug + Send + Sync + 'static {}
impl<T: Serialize + DeserializeOwned + PartialEq + Debug + Send + Sync + 'static> Kept for T {}

impl<T: Kept> Record for T {
    fn bytes(&self) -> Result<Vec<u8>, StoreError> {
        written(self)
    }
    fn shared(self: Arc<Self>) -> Arc<dyn Any + Send + Sync> {
        self
    }
    fn is_same(&self, other: &dyn Record) -> bool {
        (other as &dyn Any).downcast_ref::<T>() == Some(self)
    }
}

/// A value that holds a record.
pub fn write<T: Kept>(record: T) -> Value {
    Value::Record(Arc::new(record))
}

fn written<T: Serialize>(record: &T) -> Result<Vec<u8>, StoreError> {
    let mut out = Vec::with_capacity(2048);
    out.extend_from_slice(&[VERSION, 0, 0, 0, 0]);
    json::append(&mut out, record).map_err(|e| StoreError::Index(e.to_string()))?;
    let sum = crc32fast::hash(out.get(5..).unwrap_or_default()).to_be_bytes();
    for (to, from) in out.iter_mut().skip(1).zip(sum) {
        *to = from;
    }
    Ok(out)
}

/// The record in a value.
pub fn read<T: Kept>(value: &Value) -> Result<Arc<T>, StoreError> {
    let unreadable = |why: String| StoreError::Index(format!("a record cannot be read: {why}"));
    match value {
        Value::Bytes(bytes) => {
            serde_json::from_slice(unseal(bytes)?).map(Arc::new).map_err(|e| unreadable(e.to_string()))
        }
        Value::Record(record) => {
            Arc::clone(record).shared().downcast().map_err(|_| unreadable("it is of another kind".to_owned()))
        }
    }
}

/// The record under a key.
pub fn load<T: Kept, K: Kv>(kv: &Layered<K>, key: &[u8]) -> Result<Option<Arc<T>>, StoreError> {
    let Some(value) = kv.get(key)? else { return Ok(None) };
    let record = read::<T>(&value)?;
    if let Value::Bytes(bytes) = &value {
        kv.remember(key, Arc::clone(&record) as Arc<dyn Record>, bytes.len());
    }
    Ok(Some(record))
}

/// A record with entries that point to it.
pub trait Indexed: Kept + Clone {
    /// The entries that find it.
    fn entries(&self) -> Vec<Pair>;
    /// Adds it to the counts (`1`), or takes it away (`-1`).
    fn count(&self, counts: &mut Counts, by: i64);
}

/// Where the index stands. Written with every batch, so that it and the records are one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Standing {
    /// The last decision in it.
    pub sequence: Sequence,
    /// The hash of that decision's envelope, hex: an index of another journal is found out by it.
    pub hash: String,
    /// Where that decision lies.
    pub last: Place,
    /// The number of the next task.
    pub next_task: u64,
    /// Is sending paused?
    pub paused: bool,
    /// Where the account book comes from.
    pub book: BookStanding,
    /// When people's presence has to be looked at.
    pub presence_due: Option<Timestamp>,
    /// The schedule by which accounts were looked at.
    #[serde(default)]
    pub schedule: String,
    /// What is known of the house.
    #[serde(default)]
    pub upkeep: Upkeep,
    /// How many there are of what.
    pub counts: Counts,
}

impl Standing {
    /// At the beginning of a journal.
    pub fn new() -> Self {
        Self { next_task: 1, hash: record::hex(&Hash::default()), ..Self::default() }
    }
}

/// How many there are of what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Counts {
    /// Messages with an outcome.
    pub messages: i64,
    /// Copies of them.
    pub sightings: i64,
    /// Tasks.
    pub tasks: i64,
    /// Tasks that are open.
    pub open: i64,
    /// Accounts.
    pub accounts: i64,
    /// Letters.
    pub letters: i64,
    /// Letters to be sent.
    pub due: i64,
    /// Letters that wait for a person's yes.
    pub review: i64,
    /// Letters that are only kept.
    pub observed: i64,
    /// Letters with an attempt and no result.
    pub trying: i64,
    /// Letters that the mail server took.
    pub sent: i64,
    /// Letters given up.
    pub failed: i64,
    /// Letters that a person dropped.
    pub dropped: i64,
    /// Open tasks by assignee.
    pub load: Arc<BTreeMap<PersonId, Workload>>,
}

impl Counts {
    /// The counts with their names.
    pub fn named(&self) -> Vec<(&'static str, u64)> {
        [
            ("messages", self.messages),
            ("sightings", self.sightings),
            ("tasks", self.tasks),
            ("open tasks", self.open),
            ("accounts", self.accounts),
            ("letters", self.letters),
            ("letters due", self.due),
            ("letters trying", self.trying),
            ("letters in review", self.review),
            ("letters observed", self.observed),
            ("letters sent", self.sent),
            ("letters failed", self.failed),
            ("letters dropped", self.dropped),
        ]
        .map(|(name, n)| (name, n.max(0).cast_unsigned()))
        .to_vec()
    }
}

/// The key of a task.
pub fn task_key(id: TaskId) -> Bytes {
    Key::of(keys::TASK).number(id.0).bytes()
}
/// The key of a message.
pub fn message_key(key: &MessageKey) -> Bytes {
    Key::of(keys::MESSAGE).last(key.as_str()).bytes()
}
/// The key of a letter.
pub fn letter_key(id: &LetterId) -> Bytes {
    Key::of(keys::LETTER).last(id.as_str()).bytes()
}
/// The key of an account.
pub fn account_key(id: &AccountId) -> Bytes {
    Key::of(keys::ACCOUNT).last(id.as_str()).bytes()
}
/// The key of a person's absences.
pub fn absences_key(person: &PersonId) -> Bytes {
    Key::of(keys::ABSENCES).last(person.as_str()).bytes()
}
/// The key of what a person is still to be told.
pub fn round_key(person: &PersonId) -> Bytes {
    Key::of(keys::ROUND).last(person.as_str()).bytes()
}
/// The key of the moment at which an account's policies have to be looked at.
pub fn account_look_key(id: &AccountId) -> Bytes {
    Key::of(keys::ACCOUNT_LOOK).last(id.as_str()).bytes()
}
/// The key of a cursor.
pub fn cursor_key(mailbox: &MailboxId, folder: &str) -> Bytes {
    Key::of(keys::CURSOR).text(mailbox.as_str()).last(folder).bytes()
}
/// The tasks of an assignee, an account or a type: open ones or ended ones.
pub fn tasks_of(table: u8, whose: &str, open: bool) -> Key {
    Key::of(table).text(whose).flag(open)
}

/// A task as the index holds it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaskKept {
    /// The fold of its events, and its letters.
    pub task: Arc<Task>,
    /// The decisions about it; what became of its letters stands with the letters.
    pub history: Vec<Place>,
}

impl Indexed for TaskKept {
    fn entries(&self) -> Vec<Pair> {
        let task = &*self.task;
        let (id, open) = (task.id.0, task.is_open());
        let mut out = vec![tasks_of(keys::BY_ASSIGNEE, task.assigned.person.as_str(), open).number(id).bytes()];
        if let Some(t) = &task.request_type {
            out.push(tasks_of(keys::BY_TYPE, t.as_str(), open).number(id).bytes());
        }
        if let Some(at) = task.next_due() {
            out.push(Key::of(keys::TASK_DUE).moment(at).number(id).bytes());
        }
        if open {
            out.push(Key::of(keys::OPEN).number(id).bytes());
            out.extend((!task.hazards.is_empty()).then(|| Key::of(keys::IN_DANGER).number(id).bytes()));
            out.extend(task.late_at().map(|at| Key::of(keys::LATE).moment(at).number(id).bytes()));
        }
        let assigned = &task.assigned;
        out.push(Key::of(keys::ASSIGNED).text(assigned.person.as_str()).moment(assigned.at).number(id).bytes());
        if let Some(lender) = assigned.standing_in_for.as_ref().filter(|_| open) {
            out.push(Key::of(keys::BY_LENDER).text(lender.as_str()).number(id).bytes());
        }
        let mut out = empty(out);
        if let Some(account) = &task.account {
            out.push((tasks_of(keys::BY_ACCOUNT, account.as_str(), open).number(id).bytes(), write(Past::of(task))));
        }
        if let (Some(term), Some(account)) = (&task.term, &task.account) {
            let key = Key::of(keys::BY_TERM).text(account.as_str()).day(term.expiration).number(id).bytes();
            out.push((key, seal(term.page.as_str().as_bytes())));
        }
        if let (Some(requester), Some(account)) = (&task.requester, &task.account) {
            let key = Key::of(keys::BY_REQUESTER).text(requester.address.as_str()).number(id).bytes();
            out.push((key, seal(account.as_str().as_bytes())));
        }
        out
    }
    fn count(&self, counts: &mut Counts, by: i64) {
        counts.tasks += by;
        if self.task.is_open() {
            counts.open += by;
            let person = &self.task.assigned.person;
            let loads = Arc::make_mut(&mut counts.load);
            let load = loads.entry(person.clone()).or_default();
            load.count(&self.task, by);
            if load.is_empty() {
                loads.remove(person);
            }
        }
    }
}

fn empty(keys: Vec<Bytes>) -> Vec<Pair> {
    keys.into_iter().map(|k| (k, Value::Bytes(Vec::new()))).collect()
}

/// A message as the index holds it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MessageKept {
    /// Its identity.
    pub key: MessageKey,
    /// The desk's record; `None` before its outcome.
    pub record: Option<Arc<MessageRecord>>,
    /// Where copies of it were seen.
    pub sightings: BTreeSet<Sighting>,
    /// Tasks it was joined to besides its outcome.
    pub joined: BTreeSet<TaskId>,
    /// The decisions about it.
    pub history: Vec<Place>,
}

impl MessageKept {
    /// Nothing known yet.
    pub fn new(key: MessageKey) -> Self {
        Self { key, record: None, sightings: BTreeSet::new(), joined: BTreeSet::new(), history: Vec::new() }
    }
    /// The tasks it belongs to.
    pub fn tasks(&self) -> BTreeSet<TaskId> {
        let mut all = self.joined.clone();
        match self.record.as_ref().map(|r| &r.outcome) {
            Some(Outcome::Tasks(tasks)) => all.extend(tasks),
            Some(Outcome::Joined { task, opened }) => {
                all.insert(*task);
                all.extend(opened);
            }
            Some(Outcome::Held(task)) => {
                all.insert(*task);
            }
            Some(Outcome::NoWork) | None => {}
        }
        all
    }
}

impl Indexed for MessageKept {
    fn entries(&self) -> Vec<Pair> {
        let Some(record) = &self.record else { return Vec::new() };
        let mut out = vec![Key::of(keys::MESSAGE_AT).moment(record.decided).last(self.key.as_str()).bytes()];
        for s in &self.sightings {
            let folder = Key::of(keys::SIGHTING).text(s.mailbox.as_str()).text(&s.folder);
            out.push(folder.small(s.uid_validity).number(s.uid).bytes());
        }
        // Never match on an empty key.
        if let Some(id) = record.message_id.as_deref().filter(|id| !id.is_empty()) {
            out.push(Key::of(keys::MESSAGE_BY_ID).text(id).last(self.key.as_str()).bytes());
        }
        for id in record.answers.iter().filter(|id| !id.is_empty()) {
            out.push(Key::of(keys::ANSWER_TO).text(id).last(self.key.as_str()).bytes());
        }
        empty(out)
    }
    fn count(&self, counts: &mut Counts, by: i64) {
        if self.record.is_some() {
            counts.messages += by;
            counts.sightings += by * i64::try_from(self.sightings.len()).unwrap_or(0);
        }
    }
}

/// A letter as the index holds it; its bytes stay in the journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LetterKept {
    /// The desk's record.
    pub record: LetterRecord,
    /// The decisions about it; the first one is the one it came with.
    pub history: Vec<Place>,
}

impl Indexed for LetterKept {
    fn entries(&self) -> Vec<Pair> {
        let r = &self.record;
        let mut out = Vec::new();
        match &r.state {
            LetterState::Due(at) => out.push(Key::of(keys::LETTER_DUE).moment(*at).last(r.id.as_str()).bytes()),
            LetterState::Trying(_) => out.push(Key::of(keys::LETTER_TRYING).last(r.id.as_str()).bytes()),
            LetterState::Review => out.push(Key::of(keys::LETTER_REVIEW).last(r.id.as_str()).bytes()),
            LetterState::Failed { at, .. } => {
                out.push(Key::of(keys::LETTER_FAILED).moment(*at).last(r.id.as_str()).bytes());
            }
            LetterState::Observed | LetterState::Sent { .. } | LetterState::Dropped { .. } => {}
        }
        let mut out = empty(out);
        if !r.message_id.is_empty() {
            out.push((Key::of(keys::LETTER_BY_ID).text(&r.message_id).bytes(), seal(r.id.as_str().as_bytes())));
        }
        out
    }
    fn count(&self, counts: &mut Counts, by: i64) {
        counts.letters += by;
        *match self.record.state {
            LetterState::Due(_) => &mut counts.due,
            LetterState::Review => &mut counts.review,
            LetterState::Observed => &mut counts.observed,
            LetterState::Trying(_) => &mut counts.trying,
            LetterState::Sent { .. } => &mut counts.sent,
            LetterState::Failed { .. } => &mut counts.failed,
            LetterState::Dropped { .. } => &mut counts.dropped,
        } += by;
    }
}

impl Indexed for Account {
    fn entries(&self) -> Vec<Pair> {
        let id = self.id.as_str();
        let mut out = BTreeSet::new();
        let mut found_by = |table: u8, text: &str| {
            if !text.is_empty() {
                out.insert(Key::of(table).text(text).last(id).bytes());
            }
        };
        for address in self.contacts.iter().filter_map(|c| c.address.as_ref()) {
            found_by(keys::ACCOUNT_BY_ADDRESS, address.as_str());
        }
        for domain in &self.domains {
            found_by(keys::ACCOUNT_BY_DOMAIN, &domain.to_lowercase());
        }
        for policy in &self.policies {
            found_by(keys::ACCOUNT_BY_POLICY, &folded(&policy.number));
        }
        found_by(keys::ACCOUNT_BY_NAME, &name_key(self.name.as_str()));
        empty(out.into_iter().collect())
    }
    fn count(&self, counts: &mut Counts, by: i64) {
        counts.accounts += by;
    }
}

/// What a person is still to be told, as the index holds it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RoundKept {
    /// Who.
    pub person: PersonId,
    /// What, and when.
    pub round: Round,
}

impl Indexed for RoundKept {
    fn entries(&self) -> Vec<Pair> {
        let due = self.round.due().map(|at| Key::of(keys::ROUND_DUE).moment(at).last(self.person.as_str()).bytes());
        empty(due.into_iter().collect())
    }
    fn count(&self, _: &mut Counts, _: i64) {}
}

/// When an account's policies have to be looked at. Kept beside the account: one that left the book is looked at too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountLook {
    /// The account.
    pub account: AccountId,
    /// When.
    pub at: Timestamp,
}

impl Indexed for AccountLook {
    fn entries(&self) -> Vec<Pair> {
        empty(vec![Key::of(keys::ACCOUNT_DUE).moment(self.at).last(self.account.as_str()).bytes()])
    }
    fn count(&self, _: &mut Counts, _: i64) {}
}

/// A record that a decision changes: what the index holds of it, and what it shall hold.
#[derive(Debug)]
pub struct Sheet<T> {
    key: Bytes,
    /// What the index holds now.
    entries: Vec<Pair>,
    existed: bool,
    /// What it shall hold.
    pub now: Option<T>,
}

impl<T: Indexed> Sheet<T> {
    /// Takes the record out of the index and out of the counts.
    pub fn take<K: Kv>(kv: &Layered<K>, key: Bytes, counts: &mut Counts) -> Result<Self, StoreError> {
        let now = load::<T, K>(kv, &key)?.map(Arc::unwrap_or_clone);
        if let Some(record) = &now {
            record.count(counts, -1);
        }
        let entries = now.as_ref().map(Indexed::entries).unwrap_or_default();
        Ok(Self { key, entries, existed: now.is_some(), now })
    }
    /// Puts the record back: itself, its count, and the difference in its entries.
    pub fn put(self, counts: &mut Counts, changes: &mut Changes) {
        let entries = self.now.as_ref().map(Indexed::entries).unwrap_or_default();
        match self.now {
            Some(record) => {
                record.count(counts, 1);
                changes.insert(self.key, Some(write(record)));
            }
            None if self.existed => {
                changes.insert(self.key, None);
            }
            None => {}
        }
        for (key, _) in &self.entries {
            if !entries.iter().any(|(k, _)| k == key) {
                // Another record of this decision may just have come to be found by the same key.
                changes.entry(key.clone()).or_insert(None);
            }
        }
        for (key, value) in entries {
            if !self.entries.iter().any(|(k, v)| *k == key && *v == value) {
                changes.insert(key, Some(value));
            }
        }
    }
}
