//! A decision → the changes it makes to the index. Consults nothing but the index and `domain::fold`.

use super::{
    Cursor, StoreError,
    journal::Place,
    keys::{self, Bytes, Key},
    kv::{Changes, Kv, Layered, Value, Walk},
    records::{self, AccountLook, Indexed, LetterKept, MessageKept, RoundKept, Sheet, Standing, TaskKept},
};
use crate::domain::{
    Timestamp,
    account::Account,
    decision::{Cause, Decision, Sequence},
    event::Event,
    fold,
    id::*,
    letter::{Audience, Letter},
};
use std::{collections::BTreeMap, sync::Arc};

/// Times kept of letters to one address.
pub const TIMES_OF_ADDRESS: usize = 50;
/// Times kept of letters to one mail domain.
pub const TIMES_OF_DOMAIN: usize = 200;

/// What a decision makes of the index: where it stands afterwards, and what changes in it.
pub fn project<K: Kv>(
    kv: &Layered<K>,
    standing: &Standing,
    decision: &Decision,
    sequence: Sequence,
    place: Place,
) -> Result<(Standing, Changes), StoreError> {
    let mut p = Projection {
        kv,
        at: decision.at,
        place,
        standing: standing.clone(),
        tasks: BTreeMap::new(),
        messages: BTreeMap::new(),
        letters: BTreeMap::new(),
        accounts: BTreeMap::new(),
        cursors: BTreeMap::new(),
        absences: BTreeMap::new(),
        rounds: BTreeMap::new(),
        looks: BTreeMap::new(),
        times: BTreeMap::new(),
    };
    p.standing.sequence = sequence;
    p.standing.last = place;
    for event in &decision.events {
        p.event(event)?;
    }
    for letter in &decision.letters {
        p.letter(letter)?;
    }
    if let Cause::Message(key) = &decision.cause {
        p.message(key)?;
    }
    Ok(p.finish())
}

struct Projection<'a, K> {
    kv: &'a Layered<K>,
    at: Timestamp,
    place: Place,
    standing: Standing,
    tasks: BTreeMap<TaskId, Sheet<TaskKept>>,
    messages: BTreeMap<MessageKey, Sheet<MessageKept>>,
    letters: BTreeMap<LetterId, Sheet<LetterKept>>,
    accounts: BTreeMap<AccountId, Sheet<Account>>,
    cursors: BTreeMap<Bytes, Option<Cursor>>,
    rounds: BTreeMap<PersonId, Sheet<RoundKept>>,
    looks: BTreeMap<AccountId, Sheet<AccountLook>>,
    /// Absences by the key of a person.
    absences: BTreeMap<Bytes, Option<Value>>,
    /// When letters were written, newest first, by the key of an address or a domain.
    times: BTreeMap<Bytes, Vec<Timestamp>>,
}

/// The sheet of a record that this decision changes.
fn sheet<'m, I: Ord + Clone, T: Indexed, K: Kv>(
    sheets: &'m mut BTreeMap<I, Sheet<T>>,
    id: &I,
    key: impl FnOnce(&I) -> Bytes,
    kv: &Layered<K>,
    standing: &mut Standing,
) -> Result<&'m mut Sheet<T>, StoreError> {
    use std::collections::btree_map::Entry;
    match sheets.entry(id.clone()) {
        Entry::Occupied(there) => Ok(there.into_mut()),
        Entry::Vacant(free) => Ok(free.insert(Sheet::take(kv, key(id), &mut standing.counts)?)),
    }
}

impl<K: Kv> Projection<'_, K> {
    fn task(&mut self, id: TaskId) -> Result<&mut Sheet<TaskKept>, StoreError> {
        sheet(&mut self.tasks, &id, |id| records::task_key(*id), self.kv, &mut self.standing)
    }

    fn message(&mut self, key: &MessageKey) -> Result<&mut MessageKept, StoreError> {
        let sheet = sheet(&mut self.messages, key, records::message_key, self.kv, &mut self.standing)?;
        let kept = sheet.now.get_or_insert_with(|| MessageKept::new(key.clone()));
        note(&mut kept.history, self.place);
        Ok(kept)
    }

    fn account(&mut self, id: &AccountId) -> Result<&mut Sheet<Account>, StoreError> {
        sheet(&mut self.accounts, id, records::account_key, self.kv, &mut self.standing)
    }

    /// An account's policies have to be looked at then.
    fn look(&mut self, account: &AccountId, at: Option<Timestamp>) -> Result<(), StoreError> {
        let sheet = sheet(&mut self.looks, account, records::account_look_key, self.kv, &mut self.standing)?;
        sheet.now = at.map(|at| AccountLook { account: account.clone(), at });
        Ok(())
    }

    fn event(&mut self, event: &Event) -> Result<(), StoreError> {
        let (at, place) = (self.at, self.place);
        if let Some(id) = event.task() {
            let sheet = self.task(id)?;
            let (task, mut history) = sheet.now.take().map_or_else(Default::default, |k| (Some(k.task), k.history));
            note(&mut history, place);
            sheet.now = fold::shared(task, event, at).map(|task| TaskKept { task, history });
        }
        match event {
            Event::MessageDecided { record, .. } => {
                self.message(&record.key)?.record = Some(Arc::new((**record).clone()));
            }
            Event::Sighted { message, sighting } => {
                self.message(message)?.sightings.insert(sighting.clone());
            }
            Event::MessageJoined { task, message, .. } => {
                self.message(message)?.joined.insert(*task);
            }
            Event::FolderOpened { mailbox, folder, uid_validity, base, since } => {
                let cursor = Cursor { uid_validity: *uid_validity, base: *base, since: *since };
                self.cursors.insert(records::cursor_key(mailbox, folder), Some(cursor));
            }
            Event::CursorMoved { mailbox, folder, uid_validity, base } => {
                let key = records::cursor_key(mailbox, folder);
                if !self.cursors.contains_key(&key) {
                    let cursor = records::load::<Cursor, K>(self.kv, &key)?.map(Arc::unwrap_or_clone);
                    self.cursors.insert(key.clone(), cursor);
                }
                if let Some(Some(c)) = self.cursors.get_mut(&key)
                    && c.uid_validity == *uid_validity
                {
                    c.base = *base;
                }
            }
            Event::TaskOpened { task, .. } => {
                self.standing.next_task = self.standing.next_task.max(task.0.saturating_add(1));
            }
            Event::LetterTried { letter }
            | Event::LetterAnswered { letter, .. }
            | Event::LetterReleased { letter, .. }
            | Event::LetterDropped { letter, .. } => {
                let sheet = sheet(&mut self.letters, letter, records::letter_key, self.kv, &mut self.standing)?;
                if let Some(mut kept) = sheet.now.take() {
                    note(&mut kept.history, place);
                    sheet.now = Some(LetterKept { record: fold::letter(kept.record, event, at), ..kept });
                }
            }
            Event::SendingPaused { paused, .. } => self.standing.paused = *paused,
            Event::AbsencesSet { person, absences } => {
                let kept = (!absences.is_empty()).then(|| records::write(absences.clone()));
                self.absences.insert(records::absences_key(person), kept);
            }
            Event::Owed { person, .. }
            | Event::Told { person, .. }
            | Event::DigestSet { person, .. }
            | Event::DigestWaits { person, .. } => {
                let sheet = sheet(&mut self.rounds, person, records::round_key, self.kv, &mut self.standing)?;
                let before = sheet.now.take().map(|k| k.round).unwrap_or_default();
                let round = fold::round(before, event);
                sheet.now = (!round.is_empty()).then(|| RoundKept { person: person.clone(), round });
            }
            Event::Counted { .. } | Event::OutageTold { .. } | Event::OutageOver { .. } | Event::ReportSet { .. } => {
                self.standing.upkeep = fold::upkeep(std::mem::take(&mut self.standing.upkeep), event);
            }
            Event::PresenceLooked { next } => self.standing.presence_due = *next,
            Event::BookImported { by, file, first } => {
                self.standing.book.imported = Some((at, by.clone(), file.clone()));
                self.standing.book.held |= *first;
            }
            Event::BookReleased { .. } => self.standing.book.held = false,
            Event::AccountSaved { account } => {
                self.account(&account.id)?.now = Some((**account).clone());
                self.look(&account.id, Some(at))?;
            }
            Event::AccountRemoved { account } => {
                self.account(account)?.now = None;
                self.look(account, Some(at))?;
            }
            Event::AccountLooked { account, next } => self.look(account, *next)?,
            Event::PipelineScheduled { schedule } => {
                self.standing.schedule.clone_from(schedule);
                let kv = self.kv;
                for pair in kv.prefixed(&[keys::ACCOUNT], Walk::Up) {
                    let (key, _) = pair?;
                    if let Some(id) = keys::rest(&key, 1).map(AccountId::from) {
                        self.look(&id, Some(at))?;
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn letter(&mut self, letter: &Letter) -> Result<(), StoreError> {
        let record = fold::letter_written(letter, self.at);
        for id in &letter.tasks {
            let place = self.place;
            if let Some(kept) = &mut self.task(*id)?.now
                && !kept.task.letters.contains(&letter.id)
            {
                Arc::make_mut(&mut kept.task).letters.push(letter.id.clone());
                note(&mut kept.history, place);
            }
        }
        // Whatever answers a message could be half of a loop, to staff as well.
        if letter.audience == Audience::Client || letter.answers.is_some() {
            let to = &letter.to.address;
            self.time(Key::of(keys::LETTERS_TO).text(to.as_str()).bytes(), TIMES_OF_ADDRESS)?;
            self.time(Key::of(keys::LETTERS_TO_DOMAIN).text(to.domain()).bytes(), TIMES_OF_DOMAIN)?;
        }
        let sheet = sheet(&mut self.letters, &letter.id, records::letter_key, self.kv, &mut self.standing)?;
        sheet.now = Some(LetterKept { record, history: vec![self.place] });
        Ok(())
    }

    fn time(&mut self, key: Bytes, at_most: usize) -> Result<(), StoreError> {
        if !self.times.contains_key(&key) {
            let times = load_times(self.kv, &key)?;
            self.times.insert(key.clone(), times);
        }
        if let Some(times) = self.times.get_mut(&key) {
            let later = times.partition_point(|t| *t > self.at);
            times.insert(later, self.at);
            times.truncate(at_most);
        }
        Ok(())
    }

    fn finish(self) -> (Standing, Changes) {
        let mut changes = Changes::new();
        let mut standing = self.standing;
        for sheet in self.tasks.into_values() {
            sheet.put(&mut standing.counts, &mut changes);
        }
        for sheet in self.messages.into_values() {
            sheet.put(&mut standing.counts, &mut changes);
        }
        for sheet in self.letters.into_values() {
            sheet.put(&mut standing.counts, &mut changes);
        }
        for sheet in self.accounts.into_values() {
            sheet.put(&mut standing.counts, &mut changes);
        }
        for sheet in self.rounds.into_values() {
            sheet.put(&mut standing.counts, &mut changes);
        }
        for sheet in self.looks.into_values() {
            sheet.put(&mut standing.counts, &mut changes);
        }
        for (key, cursor) in self.cursors {
            changes.insert(key, cursor.map(records::write));
        }
        changes.extend(self.absences);
        for (key, times) in self.times {
            let body: Vec<u8> = times.into_iter().flat_map(keys::moment_bytes).collect();
            changes.insert(key, Some(records::seal(&body)));
        }
        (standing, changes)
    }
}

/// When letters were written to the address or domain of this key, newest first.
pub fn load_times<K: Kv>(kv: &Layered<K>, key: &[u8]) -> Result<Vec<Timestamp>, StoreError> {
    let Some(value) = kv.get(key)? else { return Ok(Vec::new()) };
    Ok(records::unseal(&value.bytes()?)?.as_chunks::<12>().0.iter().filter_map(|m| keys::moment_of(m)).collect())
}

/// Adds a decision to a history, once.
fn note(history: &mut Vec<Place>, place: Place) {
    if history.last() != Some(&place) {
        history.push(place);
    }
}
