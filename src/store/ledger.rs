//! A journal and the index made of it, as one store. Knows neither files nor sled.
//!
//! A decision is appended to the journal and changes the index in memory at once; the index beneath takes the changes
//! only after the journal is durable, so it never holds what the journal might lose.

use super::{
    Commit, Cursor, Entry, Store, StoreError, TaskFilter, answers,
    journal::{Journal, Place, record},
    keys::{self, Bytes, Key},
    kv::{Kv, Layered},
    projection,
    records::{self, Standing},
};
use crate::domain::{
    Timestamp,
    account::Account,
    decision::*,
    event::Event,
    field::{Field, FieldValue},
    id::*,
    letter::*,
    message::Sighting,
    task::Task,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

/// A commit syncs by itself when this many bytes, or changes to the index, wait: memory stays bounded whatever the
/// caller does.
const MOST_BYTES: usize = 8 << 20;
const MOST_CHANGES: usize = 20_000;

/// A journal and its index.
pub struct Ledger<J: Journal, K: Kv> {
    /// Before the journal, which holds the lock: what is opened last is closed first.
    kv: Layered<K>,
    journal: J,
    standing: Standing,
    /// No letter is due under a key before this. Letters leave the front of the queue one by one, and each would stand
    /// in the way of the next claim until the index beneath has heard of it.
    due_from: Mutex<Bytes>,
    /// Letters whose attempt a crash cut off: in state `Trying` at the start, and not tried since. Moment and name.
    cut_off: BTreeMap<LetterId, Timestamp>,
}

impl<J: Journal, K: Kv> std::fmt::Debug for Ledger<J, K> {
    /// Where it stands; nothing of what it holds may get into a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ledger").field("head", &self.standing.sequence).finish_non_exhaustive()
    }
}

impl<J: Journal, K: Kv> Drop for Ledger<J, K> {
    /// Spares the next start the replay. A failure costs nothing but that.
    fn drop(&mut self) {
        if self.journal.unsynced() == 0
            && let Err(e) = settle(&mut self.kv, &self.standing)
        {
            tracing::warn!(event = "index_not_settled", error = %e, "the next start brings the index up to date");
        }
    }
}

impl<J: Journal, K: Kv> Ledger<J, K> {
    /// A store of a journal and an index that holds all of it; `standing` is where both stand.
    pub(super) fn of(journal: J, kv: Layered<K>, standing: Standing) -> Self {
        Self {
            journal,
            kv,
            standing,
            due_from: Mutex::new(Bytes::from_slice(&[keys::LETTER_DUE])),
            cut_off: BTreeMap::new(),
        }
    }

    /// Finds the letters whose attempt a crash cut off. Called once, at the start.
    pub(super) fn recovered(mut self) -> Result<Self, StoreError> {
        for letter in answers::letters_in(&self.kv, keys::LETTER_TRYING)? {
            let since = if let LetterState::Trying(at) = letter.state { at } else { letter.written };
            self.cut_off.insert(letter.id, since);
        }
        Ok(self)
    }

    /// The journal, taken out; the rest was made of it.
    pub(super) fn take_journal(mut self) -> J
    where
        J: Default,
    {
        std::mem::take(&mut self.journal)
    }

    fn entries(&self, places: impl IntoIterator<Item = Place>) -> Result<Vec<Entry>, StoreError> {
        places.into_iter().map(|p| self.journal.entry(p)).collect()
    }

    fn record(&self, id: &LetterId) -> Result<Option<LetterRecord>, StoreError> {
        Ok(answers::letter(&self.kv, id)?.map(|l| l.record.clone()))
    }
}

/// Changes that the index takes as one batch. More than that come of an import of a whole account book.
const WHOLE_AT_ONCE: usize = 4_000;

/// Hands what waits to the index beneath, together with where it stands.
///
/// A batch that would need too much of sled's memory goes in parts, and while it does the index does not say where it
/// stands: a start that finds it so makes it anew.
pub(super) fn settle<K: Kv>(kv: &mut Layered<K>, standing: &Standing) -> Result<(), StoreError> {
    if kv.waiting() == 0 {
        return Ok(());
    }
    if kv.waiting() > WHOLE_AT_ONCE {
        kv.beneath(&[(Bytes::from_slice(keys::STANDING), None)].into())?;
        kv.settle_in_parts(WHOLE_AT_ONCE / 4)?;
    }
    kv.take([(Bytes::from_slice(keys::STANDING), Some(records::write(standing.clone())))].into());
    kv.settle()
}

/// JSON has no word for a number that is none, so a decision with one could never be read again.
fn refuse_what_cannot_be_read_again(decision: &Decision) -> Result<(), StoreError> {
    let none = |f: &Field| matches!(f.value, FieldValue::Number(n) if !n.is_finite());
    let bad = decision.events.iter().any(|e| match e {
        Event::MessageDecided { reading, .. } => reading.fields.iter().any(none),
        Event::FieldsSet { fields, .. } => fields.iter().any(none),
        _ => false,
    });
    if bad {
        let why = std::io::Error::other("a field of it holds a number that is none (NaN or infinite)");
        return Err(StoreError::io("cannot write a decision into", Path::new("the journal"), why));
    }
    Ok(())
}

impl<J: Journal, K: Kv> Store for Ledger<J, K> {
    fn head(&self) -> Sequence {
        self.standing.sequence
    }

    fn answer(&self, lookup: &Lookup) -> Result<Answer, StoreError> {
        answers::answer(&self.kv, &self.standing, lookup)
    }

    fn commit(&mut self, decision: &Decision, facts: &Facts) -> Result<Commit, StoreError> {
        if facts.as_of != self.head() {
            for (lookup, told) in &facts.answers {
                if self.answer(lookup)? != *told {
                    return Ok(Commit::Conflict);
                }
            }
        }
        refuse_what_cannot_be_read_again(decision)?;
        if self.journal.unsynced() > MOST_BYTES || self.kv.waiting() > MOST_CHANGES {
            self.sync()?;
        }
        let place = self.journal.prepare()?;
        let sequence = self.head() + 1;
        let (mut standing, changes) = projection::project(&self.kv, &self.standing, decision, sequence, place)?;
        self.journal.append(decision)?;
        // Nothing fails from here on: taken whole, or not at all.
        standing.hash = record::hex(&self.journal.head().hash);
        let newly_due = changes
            .range(Bytes::from_slice(&[keys::LETTER_DUE])..)
            .find(|(_, value)| value.is_some())
            .map(|(key, _)| key);
        if let Some(key) = newly_due {
            let mut from = self.due_from.lock().unwrap_or_else(PoisonError::into_inner);
            if *key < *from {
                from.clone_from(key);
            }
        }
        self.kv.take(changes);
        self.standing = standing;
        for event in &decision.events {
            if let Event::LetterTried { letter }
            | Event::LetterAnswered { letter, .. }
            | Event::LetterReleased { letter, .. }
            | Event::LetterDropped { letter, .. } = event
            {
                self.cut_off.remove(letter);
            }
        }
        Ok(Commit::Taken(sequence))
    }

    fn sync(&mut self) -> Result<Sequence, StoreError> {
        self.journal.sync()?;
        // All that waits is durable now. What the index beneath does not hold yet, a start replays.
        if self.kv.is_worth_settling() {
            settle(&mut self.kv, &self.standing)?;
        }
        Ok(self.head())
    }

    fn tasks_due(&self, now: Timestamp, limit: usize) -> Result<Vec<TaskId>, StoreError> {
        let due = answers::due(&self.kv, &[keys::TASK_DUE], keys::TASK_DUE, now, limit)?;
        Ok(due.iter().filter_map(|(_, rest)| keys::task_of(rest)).collect())
    }

    fn letters_due(&self, now: Timestamp, limit: usize) -> Result<Vec<LetterRecord>, StoreError> {
        if self.standing.paused {
            return Ok(Vec::new());
        }
        let mut from = self.due_from.lock().unwrap_or_else(PoisonError::into_inner);
        let due = answers::due(&self.kv, &from, keys::LETTER_DUE, now, limit)?;
        if let Some((at, rest)) = due.first() {
            *from = Key::of(keys::LETTER_DUE).moment(*at).bytes();
            from.extend_from_slice(rest);
        }
        drop(from);
        let named = |bytes: Vec<u8>| LetterId(String::from_utf8_lossy(&bytes).into_owned());
        let mut moments: Vec<_> = due.into_iter().map(|(at, id)| (at, named(id))).collect();
        moments.extend(self.cut_off.iter().filter(|(_, at)| **at <= now).map(|(id, at)| (*at, id.clone())));
        moments.sort();
        moments.truncate(limit);
        let records = moments.iter().map(|(_, id)| self.record(id));
        records.filter_map(Result::transpose).collect()
    }

    fn letters_trying(&self) -> Result<Vec<LetterRecord>, StoreError> {
        answers::letters_in(&self.kv, keys::LETTER_TRYING)
    }

    fn next_moment(&self) -> Result<Option<Timestamp>, StoreError> {
        let task = answers::first_moment(&self.kv, keys::TASK_DUE)?;
        let round = answers::first_moment(&self.kv, keys::ROUND_DUE)?;
        let task = [task, round, self.standing.presence_due, self.accounts_due()?].into_iter().flatten().min();
        if self.standing.paused {
            return Ok(task);
        }
        let letter = answers::first_moment(&self.kv, keys::LETTER_DUE)?;
        Ok([task, letter, self.cut_off.values().min().copied()].into_iter().flatten().min())
    }

    fn presence_due(&self) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.standing.presence_due)
    }

    fn rounds_due(&self, now: Timestamp, limit: usize) -> Result<Vec<PersonId>, StoreError> {
        let due = answers::due(&self.kv, &[keys::ROUND_DUE], keys::ROUND_DUE, now, limit)?;
        Ok(due.into_iter().filter_map(|(_, rest)| String::from_utf8(rest).ok().map(PersonId)).collect())
    }

    fn accounts_due(&self) -> Result<Option<Timestamp>, StoreError> {
        if self.standing.book.held {
            return Ok(None);
        }
        answers::first_moment(&self.kv, keys::ACCOUNT_DUE)
    }

    fn paused(&self) -> Result<bool, StoreError> {
        Ok(self.standing.paused)
    }

    fn letter(&self, id: &LetterId) -> Result<Option<Letter>, StoreError> {
        let Some(kept) = answers::letter(&self.kv, id)? else { return Ok(None) };
        let Some(place) = kept.history.first() else { return Ok(None) };
        let letters = self.journal.letters(*place)?;
        Ok(letters.into_iter().find(|l| l.id == *id))
    }

    fn letters_of(&self, task: TaskId) -> Result<Vec<LetterRecord>, StoreError> {
        answers::letters_of(&self.kv, task)
    }

    fn letters_in_review(&self) -> Result<Vec<LetterRecord>, StoreError> {
        answers::letters_in(&self.kv, keys::LETTER_REVIEW)
    }

    fn tasks(&self, filter: &TaskFilter) -> Result<Vec<Arc<Task>>, StoreError> {
        answers::tasks(&self.kv, &self.standing, filter)
    }

    fn history(&self, task: TaskId) -> Result<Vec<Entry>, StoreError> {
        self.entries(answers::history(&self.kv, task)?)
    }

    fn message_history(&self, key: &MessageKey) -> Result<Vec<Entry>, StoreError> {
        self.entries(answers::message(&self.kv, key)?.map(|m| m.history.clone()).unwrap_or_default())
    }

    fn sightings(&self, key: &MessageKey) -> Result<Vec<Sighting>, StoreError> {
        Ok(answers::message(&self.kv, key)?.map(|m| m.sightings.iter().cloned().collect()).unwrap_or_default())
    }

    fn cursor(&self, mailbox: &MailboxId, folder: &str) -> Result<Option<Cursor>, StoreError> {
        answers::cursor(&self.kv, mailbox, folder)
    }

    fn settled(
        &self,
        mailbox: &MailboxId,
        folder: &str,
        uid_validity: u32,
        above: u64,
    ) -> Result<BTreeSet<u64>, StoreError> {
        answers::settled(&self.kv, mailbox, folder, uid_validity, above)
    }

    fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        answers::accounts(&self.kv)
    }

    fn counts(&self) -> Result<Vec<(&'static str, u64)>, StoreError> {
        Ok(self.standing.counts.named())
    }
}
