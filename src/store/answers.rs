//! What the index answers: lookups of the desk, and what is asked for lists. Each costs what its answer costs.

use super::{
    Cursor, StoreError, TaskFilter,
    journal::Place,
    keys::{self, Key},
    kv::{Kv, Layered, Walk},
    projection::load_times,
    records::{self, LetterKept, MessageKept, RoundKept, Standing, TaskKept, load},
};
use crate::domain::{
    Timestamp,
    absence::Absence,
    account::{Account, name_key},
    decision::{Answer, Lookup},
    id::*,
    letter::LetterRecord,
    message::{MessageRecord, Outcome},
    past::{LAST_MAX, Past},
    pipeline::TermTask,
    proof::{NOT_TOLD_MAX, Proof},
    round::Round,
    task::{ClientTold, Task},
    text::{Address, folded},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    iter::Peekable,
    sync::Arc,
};

/// Answers a lookup.
pub fn answer<K: Kv>(kv: &Layered<K>, standing: &Standing, lookup: &Lookup) -> Result<Answer, StoreError> {
    Ok(match lookup {
        Lookup::NextTask => Answer::Number(standing.next_task),
        Lookup::Message(key) => Answer::Message(message(kv, key)?.and_then(|m| m.record.clone())),
        Lookup::MessagesById(id) => Answer::Messages(messages_by_id(kv, id)?),
        Lookup::AnswersTo(id) => Answer::Messages(in_order(kept_under(kv, keys::ANSWER_TO, id)?)),
        Lookup::TasksByMessageId(id) => Answer::Tasks(tasks_by_message_id(kv, id)?),
        Lookup::Task(id) => Answer::Task(task(kv, *id)?.map(|k| Arc::clone(&k.task))),
        Lookup::WaitsBehind(id) => {
            let known = |id| Ok::<_, StoreError>(task(kv, id)?.map(|k| Arc::clone(&k.task)));
            let behind = known(*id)?.map(|t| t.waits_behind(known)).transpose()?;
            Answer::Tasks(behind.unwrap_or_default().into_iter().collect())
        }
        Lookup::Account(id) => Answer::Accounts(account(kv, id)?.into_iter().collect()),
        Lookup::AccountsByAddress(a) => accounts_by(kv, keys::ACCOUNT_BY_ADDRESS, a.as_str())?,
        Lookup::AccountsByDomain(d) => accounts_by(kv, keys::ACCOUNT_BY_DOMAIN, &d.to_lowercase())?,
        Lookup::AccountsByPolicy(p) => accounts_by(kv, keys::ACCOUNT_BY_POLICY, &folded(p))?,
        Lookup::AccountsByName(n) => accounts_by(kv, keys::ACCOUNT_BY_NAME, &name_key(n))?,
        Lookup::AccountsByRequester(a) => accounts_by_requester(kv, a)?,
        Lookup::AllAccounts => {
            let keys = kv.prefixed(&[keys::ACCOUNT], Walk::Up);
            let ids = keys.map(|p| p.map(|(k, _)| keys::rest(&k, 1).map(AccountId::from)));
            Answer::AccountIds(ids.filter_map(Result::transpose).collect::<Result<_, _>>()?)
        }
        Lookup::OpenTasksOfAccount(id) => {
            let key = records::tasks_of(keys::BY_ACCOUNT, id.as_str(), true).bytes();
            Answer::Tasks(task_ids(kv, &key, Walk::Up)?)
        }
        Lookup::LastOfAccount(id) => Answer::Past(last_of(kv, id)?),
        Lookup::Load => Answer::Load(Arc::clone(&standing.counts.load)),
        Lookup::OpenTasksOf(person) => {
            let key = records::tasks_of(keys::BY_ASSIGNEE, person.as_str(), true).bytes();
            Answer::Tasks(task_ids(kv, &key, Walk::Up)?)
        }
        Lookup::OpenTasksLentBy(person) => {
            Answer::Tasks(task_ids(kv, &Key::of(keys::BY_LENDER).text(person.as_str()).bytes(), Walk::Up)?)
        }
        Lookup::AssignedSince(person, since) => {
            let table = Key::of(keys::ASSIGNED).text(person.as_str());
            let from = table.clone().moment(*since).bytes();
            let mut n = 0;
            for pair in kv.range(&from, &keys::behind(&table.bytes()), Walk::Up).take(ASSIGNED_MAX) {
                pair?;
                n += 1;
            }
            Answer::Number(n)
        }
        Lookup::Absences => Answer::Absences(absences(kv)?),
        Lookup::PresenceDue => Answer::Moment(standing.presence_due),
        Lookup::OpenTasksOfType(kind) => {
            let key = records::tasks_of(keys::BY_TYPE, kind.as_str(), true).bytes();
            Answer::Tasks(first_tasks(kv, &key, &keys::behind(&key), LISTED_MAX)?)
        }
        Lookup::TasksInDanger => {
            let key = [keys::IN_DANGER];
            Answer::Tasks(first_tasks(kv, &key, &keys::behind(&key), LISTED_MAX)?)
        }
        Lookup::TasksLateBy(at) => {
            let end = keys::behind(&Key::of(keys::LATE).moment(*at).bytes());
            Answer::Tasks(first_tasks(kv, &[keys::LATE], &end, LISTED_MAX)?)
        }
        Lookup::OldestOpenTasks => {
            Answer::Tasks(first_tasks(kv, &[keys::OPEN], &keys::behind(&[keys::OPEN]), OLDEST_MAX)?)
        }
        Lookup::Proof(from, until) => Answer::Proof(proof(kv, *from, *until)?),
        Lookup::Head => Answer::Head(standing.sequence, standing.hash.clone()),
        Lookup::Rounds => Answer::Rounds(rounds(kv)?),
        Lookup::Upkeep => Answer::Upkeep(Box::new(standing.upkeep.clone())),
        Lookup::TermsOf(account) => Answer::Terms(terms_of(kv, account)?),
        Lookup::AccountsDue(by, at_most) => Answer::AccountIds(accounts_due(kv, *by, usize::from(*at_most))?),
        Lookup::Schedule => Answer::Words(standing.schedule.clone()),
        Lookup::Book => Answer::Book(standing.book.clone()),
        Lookup::LettersTo(a) => Answer::Times(load_times(kv, &Key::of(keys::LETTERS_TO).text(a.as_str()).bytes())?),
        Lookup::LettersToDomain(d) => {
            Answer::Times(load_times(kv, &Key::of(keys::LETTERS_TO_DOMAIN).text(&d.to_lowercase()).bytes())?)
        }
        Lookup::Letter(id) => Answer::Letter(letter(kv, id)?.map(|l| Box::new(l.record.clone()))),
        Lookup::LetterByMessageId(id) => {
            Answer::Letter(letter_by_message_id(kv, id)?.map(|l| Box::new(l.record.clone())))
        }
        Lookup::LettersHeld => {
            let waiting = letters_in(kv, keys::LETTER_REVIEW)?;
            Answer::Letters(waiting.into_iter().filter(|l| l.held).collect())
        }
    })
}

/// Tasks of a list for a digest.
const LISTED_MAX: usize = 200;
/// Tasks named for being the oldest.
const OLDEST_MAX: usize = 12;
/// Assignments that are counted for a person's daily limit.
const ASSIGNED_MAX: usize = 1000;
/// Tasks of a requester that are looked at for their account.
const EARLIER_MAX: usize = 50;
/// Accounts of a requester's earlier tasks; who writes for more is no clue.
const EARLIER_ACCOUNTS_MAX: usize = 5;

/// When people are not at work.
pub fn absences<K: Kv>(kv: &Layered<K>) -> Result<BTreeMap<PersonId, Vec<Absence>>, StoreError> {
    let mut out = BTreeMap::new();
    for pair in kv.prefixed(&[keys::ABSENCES], Walk::Up) {
        let (key, value) = pair?;
        if let Some(person) = keys::rest(&key, 1) {
            out.insert(PersonId::from(person), Vec::clone(&*records::read(&value)?));
        }
    }
    Ok(out)
}

/// The tasks whose numbers end the first keys of a range.
fn first_tasks<K: Kv>(kv: &Layered<K>, from: &[u8], end: &[u8], limit: usize) -> Result<Vec<TaskId>, StoreError> {
    let ids = kv.range(from, end, Walk::Up).take(limit).map(|p| p.map(|(k, _)| keys::task_of(&k)));
    ids.filter_map(Result::transpose).collect()
}

/// What became of the mail that got its outcome in that time. Costs what that mail is.
fn proof<K: Kv>(kv: &Layered<K>, from: Timestamp, until: Timestamp) -> Result<Proof, StoreError> {
    let between = |table: u8| (Key::of(table).moment(from).bytes(), Key::of(table).moment(until).bytes());
    let mut proof = Proof::default();
    let (first, end) = between(keys::MESSAGE_AT);
    for pair in kv.range(&first, &end, Walk::Up) {
        let (key, _) = pair?;
        let kept = keys::rest(&key, 13).map(|k| message(kv, &k.into())).transpose()?.flatten();
        let Some(record) = kept.as_ref().and_then(|m| m.record.as_ref()) else { continue };
        proof.count(record);
        if let Outcome::Tasks(ids) = &record.outcome {
            for id in ids {
                let untold = |t: &Task| t.is_open() && matches!(t.client_told, ClientTold::No(_));
                if proof.not_told.len() < NOT_TOLD_MAX && task(kv, *id)?.is_some_and(|k| untold(&k.task)) {
                    proof.not_told.push(*id);
                }
            }
        }
    }
    let (first, end) = between(keys::LETTER_FAILED);
    for pair in kv.range(&first, &end, Walk::Up) {
        pair?;
        proof.failed += 1;
    }
    Ok(proof)
}

/// What people are still to be told.
fn rounds<K: Kv>(kv: &Layered<K>) -> Result<BTreeMap<PersonId, Round>, StoreError> {
    let kept = kv.prefixed(&[keys::ROUND], Walk::Up).map(|p| p.and_then(|(_, v)| records::read::<RoundKept>(&v)));
    kept.map(|k| k.map(|k| (k.person.clone(), k.round.clone()))).collect()
}

/// The tasks that the dates of an account's policies brought.
fn terms_of<K: Kv>(kv: &Layered<K>, account: &AccountId) -> Result<Vec<TermTask>, StoreError> {
    let prefix = Key::of(keys::BY_TERM).text(account.as_str()).bytes();
    let mut out = Vec::new();
    for pair in kv.prefixed(&prefix, Walk::Up) {
        let (key, value) = pair?;
        let page = RequestType(records::words(&value)?);
        let day = key.get(prefix.len()..).and_then(keys::day_of);
        out.extend(day.zip(keys::task_of(&key)).map(|(expiration, task)| TermTask { expiration, task, page }));
    }
    Ok(out)
}

/// Accounts whose policies have to be looked at by then, the longest due first.
fn accounts_due<K: Kv>(kv: &Layered<K>, by: Timestamp, at_most: usize) -> Result<Vec<AccountId>, StoreError> {
    let due = due(kv, &[keys::ACCOUNT_DUE], keys::ACCOUNT_DUE, by, at_most)?;
    Ok(due.into_iter().map(|(_, id)| AccountId(String::from_utf8_lossy(&id).into_owned())).collect())
}

/// The accounts of the tasks that an address asked for last, by key.
fn accounts_by_requester<K: Kv>(kv: &Layered<K>, address: &Address) -> Result<Answer, StoreError> {
    let mut ids: BTreeSet<AccountId> = BTreeSet::new();
    let prefix = Key::of(keys::BY_REQUESTER).text(address.as_str()).bytes();
    for pair in kv.prefixed(&prefix, Walk::Down).take(EARLIER_MAX) {
        let id = AccountId(records::words(&pair?.1)?);
        if ids.len() < EARLIER_ACCOUNTS_MAX {
            ids.insert(id);
        }
    }
    let found = ids.iter().map(|id| account(kv, id));
    Ok(Answer::Accounts(found.filter_map(Result::transpose).collect::<Result<_, _>>()?))
}

/// A task.
pub fn task<K: Kv>(kv: &Layered<K>, id: TaskId) -> Result<Option<Arc<TaskKept>>, StoreError> {
    load(kv, &records::task_key(id))
}

/// A message.
pub fn message<K: Kv>(kv: &Layered<K>, key: &MessageKey) -> Result<Option<Arc<MessageKept>>, StoreError> {
    load(kv, &records::message_key(key))
}

/// A letter.
pub fn letter<K: Kv>(kv: &Layered<K>, id: &LetterId) -> Result<Option<Arc<LetterKept>>, StoreError> {
    load(kv, &records::letter_key(id))
}

fn account<K: Kv>(kv: &Layered<K>, id: &AccountId) -> Result<Option<Arc<Account>>, StoreError> {
    load(kv, &records::account_key(id))
}

/// What an account asked for last, the newest first: the entries that find its tasks hold as much of them as is needed,
/// so that no task is read.
fn last_of<K: Kv>(kv: &Layered<K>, id: &AccountId) -> Result<Vec<Arc<Past>>, StoreError> {
    let mut out = Vec::new();
    for open in [true, false] {
        let prefix = records::tasks_of(keys::BY_ACCOUNT, id.as_str(), open).bytes();
        for pair in kv.prefixed(&prefix, Walk::Down).take(LAST_MAX) {
            out.push(records::read::<Past>(&pair?.1)?);
        }
    }
    out.sort_by_key(|p| std::cmp::Reverse(p.task));
    out.truncate(LAST_MAX);
    Ok(out)
}

fn letter_by_message_id<K: Kv>(kv: &Layered<K>, id: &str) -> Result<Option<Arc<LetterKept>>, StoreError> {
    let Some(value) = kv.get(&Key::of(keys::LETTER_BY_ID).text(id).bytes())? else { return Ok(None) };
    letter(kv, &LetterId(records::words(&value)?))
}

fn messages_by_id<K: Kv>(kv: &Layered<K>, id: &str) -> Result<Vec<MessageRecord>, StoreError> {
    Ok(in_order(kept_by_id(kv, id)?))
}

fn in_order(kept: Vec<Arc<MessageKept>>) -> Vec<MessageRecord> {
    let mut out: Vec<MessageRecord> = kept.iter().filter_map(|m| m.record.as_deref().cloned()).collect();
    out.sort_by(|a, b| (a.decided, &a.key).cmp(&(b.decided, &b.key)));
    out
}

/// The tasks of the messages and of the letter with this Message-ID.
fn tasks_by_message_id<K: Kv>(kv: &Layered<K>, id: &str) -> Result<Vec<TaskId>, StoreError> {
    let mut out: BTreeSet<TaskId> = kept_by_id(kv, id)?.iter().flat_map(|m| m.tasks()).collect();
    out.extend(letter_by_message_id(kv, id)?.iter().flat_map(|l| &l.record.tasks));
    Ok(out.into_iter().collect())
}

fn kept_by_id<K: Kv>(kv: &Layered<K>, id: &str) -> Result<Vec<Arc<MessageKept>>, StoreError> {
    kept_under(kv, keys::MESSAGE_BY_ID, id)
}

/// The messages that an index of Message-IDs points to.
fn kept_under<K: Kv>(kv: &Layered<K>, table: u8, id: &str) -> Result<Vec<Arc<MessageKept>>, StoreError> {
    let prefix = Key::of(table).text(id).bytes();
    let mut out = Vec::new();
    for pair in kv.prefixed(&prefix, Walk::Up) {
        let (key, _) = pair?;
        out.extend(keys::rest(&key, prefix.len()).map(|k| message(kv, &k.into())).transpose()?.flatten());
    }
    Ok(out)
}

fn accounts_by<K: Kv>(kv: &Layered<K>, table: u8, text: &str) -> Result<Answer, StoreError> {
    let mut out = Vec::new();
    if !text.is_empty() {
        let prefix = Key::of(table).text(text).bytes();
        for pair in kv.prefixed(&prefix, Walk::Up) {
            let (key, _) = pair?;
            let id = keys::rest(&key, prefix.len()).map(AccountId::from);
            out.extend(id.map(|id| account(kv, &id)).transpose()?.flatten());
        }
    }
    Ok(Answer::Accounts(out))
}

/// All accounts, by key.
pub fn accounts<K: Kv>(kv: &Layered<K>) -> Result<Vec<Account>, StoreError> {
    let kept = kv.prefixed(&[keys::ACCOUNT], Walk::Up).map(|p| p.and_then(|(_, v)| records::read::<Account>(&v)));
    kept.map(|a| a.map(Arc::unwrap_or_clone)).collect()
}

fn task_ids<K: Kv>(kv: &Layered<K>, prefix: &[u8], walk: Walk) -> Result<Vec<TaskId>, StoreError> {
    let ids = kv.prefixed(prefix, walk).map(|p| p.map(|(k, _)| keys::task_of(&k)));
    ids.filter_map(Result::transpose).collect()
}

/// What is due in a table whose keys begin with a moment, up to `now`: the moment and the rest of the key. Nothing is
/// looked for before the key `from`.
pub fn due<K: Kv>(
    kv: &Layered<K>,
    from: &[u8],
    table: u8,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<(Timestamp, Vec<u8>)>, StoreError> {
    let end = keys::behind(&Key::of(table).moment(now).bytes());
    let mut out = Vec::new();
    for pair in kv.range(from, &end, Walk::Up).take(limit) {
        let (key, _) = pair?;
        let moment = key.get(1..).and_then(keys::moment_of);
        out.extend(moment.map(|at| (at, key.get(13..).unwrap_or_default().to_vec())));
    }
    Ok(out)
}

/// The first moment of a table whose keys begin with one.
pub fn first_moment<K: Kv>(kv: &Layered<K>, table: u8) -> Result<Option<Timestamp>, StoreError> {
    let first = kv.prefixed(&[table], Walk::Up).next().transpose()?;
    Ok(first.and_then(|(key, _)| key.get(1..).and_then(keys::moment_of)))
}

/// The letters named by the keys of a table that hold nothing else.
pub fn letters_in<K: Kv>(kv: &Layered<K>, table: u8) -> Result<Vec<LetterRecord>, StoreError> {
    let mut out = Vec::new();
    for pair in kv.prefixed(&[table], Walk::Up) {
        let (key, _) = pair?;
        let kept = keys::rest(&key, 1).map(|id| letter(kv, &id.into())).transpose()?;
        out.extend(kept.flatten().map(|l| l.record.clone()));
    }
    out.sort_by(|a, b| (a.written, &a.id).cmp(&(b.written, &b.id)));
    Ok(out)
}

/// The letters of a task, oldest first.
pub fn letters_of<K: Kv>(kv: &Layered<K>, task_id: TaskId) -> Result<Vec<LetterRecord>, StoreError> {
    let mut out = Vec::new();
    for id in task(kv, task_id)?.iter().flat_map(|k| &k.task.letters) {
        out.extend(letter(kv, id)?.map(|l| l.record.clone()));
    }
    Ok(out)
}

/// Where a folder's reading stands.
pub fn cursor<K: Kv>(kv: &Layered<K>, mailbox: &MailboxId, folder: &str) -> Result<Option<Cursor>, StoreError> {
    Ok(load(kv, &records::cursor_key(mailbox, folder))?.map(Arc::unwrap_or_clone))
}

/// UIDs above `above` with an outcome.
pub fn settled<K: Kv>(
    kv: &Layered<K>,
    mailbox: &MailboxId,
    folder: &str,
    uid_validity: u32,
    above: u64,
) -> Result<BTreeSet<u64>, StoreError> {
    let folder = Key::of(keys::SIGHTING).text(mailbox.as_str()).text(folder).small(uid_validity);
    let Some(first) = above.checked_add(1) else { return Ok(BTreeSet::new()) };
    let uids = kv
        .range(&folder.clone().number(first).bytes(), &keys::behind(&folder.bytes()), Walk::Up)
        .map(|p| p.map(|(k, _)| keys::number_of(&k)));
    uids.filter_map(Result::transpose).collect()
}

/// Where the decisions about a task and its letters lie, oldest first.
pub fn history<K: Kv>(kv: &Layered<K>, id: TaskId) -> Result<BTreeSet<Place>, StoreError> {
    let Some(kept) = task(kv, id)? else { return Ok(BTreeSet::new()) };
    let mut places: BTreeSet<Place> = kept.history.iter().copied().collect();
    for id in &kept.task.letters {
        places.extend(letter(kv, id)?.iter().flat_map(|l| &l.history));
    }
    Ok(places)
}

type Numbers<'a> = Peekable<Box<dyn Iterator<Item = Result<u64, StoreError>> + 'a>>;

/// Tasks, newest first. Walks the narrowest index that the filter names, and asks the others key by key.
pub fn tasks<K: Kv>(kv: &Layered<K>, standing: &Standing, filter: &TaskFilter) -> Result<Vec<Arc<Task>>, StoreError> {
    let account = filter.account.as_ref().map(|a| (keys::BY_ACCOUNT, a.as_str()));
    let assignee = filter.assignee.as_ref().map(|p| (keys::BY_ASSIGNEE, p.as_str()));
    let kind = filter.request_type.as_ref().map(|t| (keys::BY_TYPE, t.as_str()));
    let conditions: Vec<(u8, &str)> = [account, assignee, kind].into_iter().flatten().collect();
    let walk = |prefix: Key| -> Numbers<'_> {
        let end = match filter.below {
            Some(below) => prefix.clone().number(below.0).bytes(),
            None => keys::behind(&prefix.clone().bytes()),
        };
        let pairs = kv.range(&prefix.bytes(), &end, Walk::Down);
        let numbers: Box<dyn Iterator<Item = _>> =
            Box::new(pairs.map(|p| p.map(|(key, _)| keys::number_of(&key).unwrap_or_default())));
        numbers.peekable()
    };
    let mut walks: Vec<Numbers<'_>> = match conditions.first() {
        Some((table, whose)) => {
            let states: &[bool] = if filter.open { &[true] } else { &[true, false] };
            states.iter().map(|open| walk(records::tasks_of(*table, whose, *open))).collect()
        }
        // Every open task is somebody's.
        None if filter.open => {
            let people = standing.counts.load.keys();
            people.map(|p| walk(records::tasks_of(keys::BY_ASSIGNEE, p.as_str(), true))).collect()
        }
        None => vec![walk(Key::of(keys::TASK))],
    };
    let limit = if filter.limit == 0 { usize::MAX } else { filter.limit };
    let mut out = Vec::new();
    while out.len() < limit {
        let Some(id) = newest(&mut walks)? else { break };
        let mut all_hold = true;
        for (table, whose) in conditions.iter().skip(1) {
            let has = |open| kv.get(&records::tasks_of(*table, whose, open).number(id).bytes()).map(|v| v.is_some());
            all_hold = all_hold && (has(true)? || (!filter.open && has(false)?));
        }
        if all_hold {
            out.extend(task(kv, TaskId(id))?.map(|k| Arc::clone(&k.task)));
        }
    }
    Ok(out)
}

/// Takes the greatest number that any of the walks has next.
fn newest(walks: &mut [Numbers<'_>]) -> Result<Option<u64>, StoreError> {
    let mut best: Option<(usize, u64)> = None;
    for (i, walk) in walks.iter_mut().enumerate() {
        match walk.peek() {
            Some(Ok(n)) if best.is_none_or(|(_, b)| *n > b) => best = Some((i, *n)),
            Some(Err(_)) => return walk.next().transpose(),
            _ => {}
        }
    }
    best.and_then(|(i, _)| walks.get_mut(i)).and_then(Iterator::next).transpose()
}
