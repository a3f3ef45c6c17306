//! Stored mail read again: for people who changed the rules, who corrected a task, or who want the corrections as
//! labelled examples. Decides nothing.

use super::guidance::{self, Guidance};
use super::opener::Apart;
use crate::desk::Policy;
use crate::desk::reread::{ReadAnew, propose};
use crate::domain::{
    Timestamp,
    account::Account,
    decision::{Answer, Lookup},
    event::Event,
    id::*,
    message::{MessageRecord, Outcome},
    reading::*,
    task::{Corrected, Task},
};
use crate::message::{Message, Part, PartKind};
use crate::reading::{Circumstances, Rulebook, SaidBy, extract::to_labels};
use crate::store::{Store, StoreError, TaskFilter, raw::Spool};
use crate::web::{Example, Rereads};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// The mail that was kept, and where the rules are that a person edits.
#[derive(Debug, Clone)]
pub struct Stored {
    /// Raw mail.
    pub spool: Arc<Spool>,
    /// The folder of pages; `None` where the built-in ones hold.
    pub rules: Option<PathBuf>,
    opener: Arc<Mutex<Apart>>,
}

/// A task with the records that reading its mail anew takes.
#[derive(Debug, Clone)]
pub struct Gathered {
    task: Task,
    /// Its messages, the first one first.
    messages: Vec<MessageRecord>,
    account: Option<Arc<Account>>,
    /// The types of the other tasks of its first message.
    siblings: Vec<Option<RequestType>>,
}

/// Looks a task's records up.
///
/// # Errors
/// The store failed.
pub fn gather(store: &dyn Store, task: Task) -> Result<Gathered, StoreError> {
    let mut messages = Vec::new();
    for key in &task.messages {
        if let Answer::Message(Some(record)) = store.answer(&Lookup::Message(key.clone()))? {
            messages.push(Arc::unwrap_or_clone(record));
        }
    }
    let account = match &task.account {
        Some(id) => match store.answer(&Lookup::Account(id.clone()))? {
            Answer::Accounts(found) => found.into_iter().next(),
            _ => None,
        },
        None => None,
    };
    let opened = messages.first().map_or_else(Vec::new, |m| m.outcome.tasks());
    let mut siblings = Vec::new();
    for id in opened.into_iter().filter(|id| *id != task.id) {
        if let Answer::Task(Some(other)) = store.answer(&Lookup::Task(id))? {
            siblings.push(other.request_type.clone());
        }
    }
    Ok(Gathered { task, messages, account, siblings })
}

/// A message of which people said what the rules should have found, with the tasks on which they did.
#[derive(Debug, Clone)]
pub struct CorrectedMessage {
    record: MessageRecord,
    reading: Reading,
    tasks: Vec<Arc<Task>>,
}

/// Tasks that are looked at in one answer of the store.
const PAGE: usize = 500;

/// Every message that opened a task which people corrected, oldest task first.
///
/// # Errors
/// The store failed.
pub fn corrected(store: &dyn Store) -> Result<Vec<CorrectedMessage>, StoreError> {
    let mut by_message: BTreeMap<MessageKey, Vec<Arc<Task>>> = BTreeMap::new();
    let mut below = None;
    loop {
        let page = store.tasks(&TaskFilter { limit: PAGE, below, ..TaskFilter::default() })?;
        below = page.last().map(|t| t.id);
        let whole = page.len() == PAGE;
        for task in page.into_iter().filter(|t| is_an_example(t)) {
            if let Some(key) = task.messages.first() {
                by_message.entry(key.clone()).or_default().push(task);
            }
        }
        if !whole {
            break;
        }
    }
    let mut all = Vec::new();
    for (key, mut tasks) in by_message {
        let Answer::Message(Some(record)) = store.answer(&Lookup::Message(key.clone()))? else { continue };
        let decided = store.message_history(&key)?.into_iter().flat_map(|e| e.decision.events).find_map(|e| match e {
            Event::MessageDecided { record, reading } if record.key == key => Some(*reading),
            _ => None,
        });
        let Some(reading) = decided.filter(|_| record.raw.whole) else { continue };
        tasks.sort_by_key(|t| t.id);
        all.push(CorrectedMessage { record: Arc::unwrap_or_clone(record), reading, tasks });
    }
    all.sort_by_key(|c| c.tasks.first().map(|t| t.id));
    Ok(all)
}

fn is_an_example(task: &Task) -> bool {
    task.corrections.iter().any(|c| !matches!(c.what, Corrected::Field { elsewhere: true, .. }))
}

impl Stored {
    /// This mail, and these rules.
    #[must_use]
    pub fn new(spool: Arc<Spool>, rules: Option<PathBuf>) -> Self {
        Self { spool, rules, opener: Arc::default() }
    }

    fn parse(&self, bytes: &[u8]) -> Message {
        let mut opener = self.opener.lock().unwrap_or_else(PoisonError::into_inner);
        Message::parse_with(bytes, &mut opener.for_message())
    }

    /// What the rules find now in each message of a task.
    ///
    /// # Errors
    /// A message's bytes cannot be read any more, or the rules failed on it: a sentence.
    pub fn read(&self, rulebook: &Rulebook, guidance: &Guidance, of: &Gathered) -> Result<Vec<ReadAnew>, String> {
        let mut all = Vec::new();
        // A message of which only the header is here would be read as one that asks for nothing.
        if of.messages.first().is_none_or(|m| !m.raw.whole) {
            return Ok(all);
        }
        for record in of.messages.iter().filter(|r| r.raw.whole) {
            let bytes = self.spool.read(&record.raw.path).map_err(|e| e.to_string())?;
            let first = all.is_empty();
            let read = || {
                let message = self.parse(&bytes);
                let around = around(guidance, record.received);
                let reading = rulebook.read(&message, &around);
                let kind = of.task.request_type.as_ref().filter(|_| first);
                let said_by = if of.task.type_is_peoples() { SaidBy::Person } else { SaidBy::Rules };
                let needs = kind.and_then(|t| rulebook.needs(t, said_by, &message, &around)).map(Box::new);
                let automatic = message.automatic.reason().is_some();
                ReadAnew { message: record.key.clone(), received: record.received, reading, automatic, needs }
            };
            let read = std::panic::catch_unwind(std::panic::AssertUnwindSafe(read));
            all.push(read.map_err(|_| format!("The rules failed on a message of {}.", of.task.id))?);
        }
        Ok(all)
    }

    /// What a page needs of the mail, or of the words, that opened a task of which a person says that it is of its type.
    #[must_use]
    pub fn needs(&self, guidance: &Guidance, of: &Gathered, request_type: &RequestType) -> Option<Request> {
        let (message, received) = match of.messages.first() {
            Some(record) if record.raw.whole => (self.parse(&self.spool.read(&record.raw.path).ok()?), record.received),
            Some(_) => return None,
            None => (of_words(&of.task), of.task.arrived),
        };
        guidance.rulebook.needs(request_type, SaidBy::Person, &message, &around(guidance, received))
    }

    /// What the rules as they are on the disk would change on these tasks.
    ///
    /// # Errors
    /// The pages have mistakes: all of them, for a person.
    pub fn propose(&self, guidance: &Guidance, tasks: &[Gathered]) -> Result<Rereads, String> {
        let edited = guidance::rulebook(self.rules.as_deref()).map_err(|mistakes| {
            let all: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
            format!("The pages on the disk have mistakes; mend them first:\n{}", all.join("\n"))
        })?;
        let policy =
            Policy { pages: guidance::pages_of(&edited), triage: edited.triage().clone(), ..guidance.policy.clone() };
        let proposals = tasks.iter().map(|of| {
            let read = self.read(&edited, guidance, of);
            let (record, account) = (of.messages.first(), of.account.as_ref());
            let none = Vec::new();
            let mut proposal = propose(
                &of.task,
                record,
                account.map(Arc::as_ref),
                &of.siblings,
                read.as_ref().unwrap_or(&none),
                &policy,
            );
            if let Err(why) = read {
                proposal.withheld.get_or_insert(why);
            }
            proposal
        });
        Ok(Rereads {
            rules: edited.version().to_owned(),
            loaded: guidance.rulebook.version().to_owned(),
            looked_at: tasks.len(),
            proposals: proposals.collect(),
        })
    }

    /// The corrections as labelled examples.
    ///
    /// # Errors
    /// A message's bytes cannot be read any more: a sentence.
    pub fn examples(&self, guidance: &Guidance, of: Vec<CorrectedMessage>) -> Result<Vec<Example>, String> {
        of.into_iter()
            .map(|one| {
                let bytes = self.spool.read(&one.record.raw.path).map_err(|e| e.to_string())?;
                let labels = labels(guidance, &one, &self.parse(&bytes));
                Ok(Example { message: one.record.key, labels })
            })
            .collect()
    }
}

fn around(guidance: &Guidance, received: Timestamp) -> Circumstances<'_> {
    Circumstances {
        received,
        calendar: &guidance.policy.calendar,
        own_domains: &guidance.policy.agency.domains,
        own_addresses: &guidance.own_addresses,
    }
}

/// The words that a person took down, as a message.
fn of_words(task: &Task) -> Message {
    let text: String = task.words.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect();
    let parts = vec![Part { kind: PartKind::New, start: 0, end: text.len() }];
    Message { text, parts, date: Some(task.arrived), ..Message::default() }
}

/// What a label says; the evidence of a reading stays behind.
const KEPT: [&str; 8] =
    ["file", "channel", "sender_kind", "request_types", "fields", "missing", "complexity", "urgent"];

/// The reading that the desk decided by, with what people said in its place.
fn labels(guidance: &Guidance, one: &CorrectedMessage, message: &Message) -> Value {
    let rulebook = &guidance.rulebook;
    let file = format!("{}.eml", one.record.key);
    let whole = rulebook.as_labels(&file, message, &one.reading);
    let mut labels: Map<String, Value> =
        KEPT.iter().filter_map(|k| Some(((*k).to_owned(), whole.get(*k)?.clone()))).collect();
    labels.insert("received".to_owned(), json!(one.record.received));
    let strings = |v: Option<&Value>| -> Vec<String> {
        v.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let mut types = strings(labels.get("request_types"));
    let mut missing = strings(labels.get("missing"));
    let mut fields = labels.get("fields").and_then(Value::as_object).cloned().unwrap_or_default();
    let mut said: Vec<String> = Vec::new();
    let (mut chosen, mut given) = (Vec::new(), Vec::new());
    for (task, what) in one.tasks.iter().flat_map(|t| t.corrections.iter().map(move |c| (t, &c.what))) {
        match what {
            Corrected::Type { was, is } => {
                retype(&mut types, was.as_ref(), is, matches!(one.record.outcome, Outcome::Held(_)));
                chosen.push(is.as_str());
                said.push("request_types".to_owned());
            }
            Corrected::Field { elsewhere: true, .. } => {}
            Corrected::Field { name, .. } => {
                let held: Vec<_> = task.fields.iter().filter(|f| f.name == *name).cloned().collect();
                fields.remove(name);
                fields.extend(to_labels(&held));
                if !held.is_empty() {
                    given.push(name.clone());
                }
                said.push(format!("fields.{name}"));
            }
        }
    }
    if !chosen.is_empty() {
        let around = around(guidance, one.record.received);
        let said_by = |t: &str| if chosen.contains(&t) { SaidBy::Person } else { SaidBy::Rules };
        let needs = |t: &String| rulebook.needs(&t.as_str().into(), said_by(t), message, &around);
        let needs: Vec<Request> = types.iter().filter_map(needs).collect();
        missing = needs.iter().flat_map(|r| r.missing.clone()).collect();
        missing.sort();
        missing.dedup();
        let complex = needs.iter().any(|r| r.complexity == Complexity::Complex);
        let complexity = if complex { Complexity::Complex } else { Complexity::Simple };
        labels.insert("complexity".to_owned(), json!(complexity));
    }
    missing.retain(|name| !given.contains(name));
    labels.insert("request_types".to_owned(), json!(types));
    labels.insert("missing".to_owned(), json!(missing));
    labels.insert("fields".to_owned(), Value::Object(fields));
    labels.insert("corrected".to_owned(), json!(said));
    Value::Object(labels)
}

/// Puts what it is in the place of what it was taken for.
fn retype(types: &mut Vec<String>, was: Option<&RequestType>, is: &RequestType, held: bool) {
    let place = was.and_then(|w| types.iter().position(|t| t == w.as_str()));
    match place {
        Some(i) => {
            if let Some(t) = types.get_mut(i) {
                is.as_str().clone_into(t);
            }
        }
        None if held || types.len() <= 1 => *types = vec![is.as_str().to_owned()],
        None => types.push(is.as_str().to_owned()),
    }
    let mut seen = Vec::new();
    types.retain(|t| {
        !seen.contains(t) && {
            seen.push(t.clone());
            true
        }
    });
}

#[cfg(test)]
#[path = "stored/stored_tests.rs"]
mod tests;
