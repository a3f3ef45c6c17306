//! An ordered set of keys and values, changed by whole batches: all that the index asks of whatever holds it.
//!
//! Knows nothing of tasks. [`Layered`] keeps the changes whose journal records are not durable yet in front of it, so
//! that what the disk's index holds never runs ahead of the journal; what keeps nothing takes them at once.
//!
//! A record stays what it is for as long as it is in memory: it becomes bytes where the layer beneath keeps bytes, once
//! for however many decisions changed it since, and what was read from there is remembered for a while.

pub mod memory;
mod recent;
pub mod sled;

use super::{
    StoreError,
    keys::{self, Bytes},
};
use recent::Recent;
use std::{
    any::Any,
    borrow::Cow,
    cmp::Ordering,
    collections::BTreeMap,
    iter::Peekable,
    ops::Bound,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Something that is kept under a key and can be written as bytes.
pub trait Record: Any + std::fmt::Debug + Send + Sync {
    /// As bytes; equal records give equal bytes.
    fn bytes(&self) -> Result<Vec<u8>, StoreError>;
    /// Itself, to be asked for its type.
    fn shared(self: Arc<Self>) -> Arc<dyn Any + Send + Sync>;
    /// Whether it is equal to another one.
    fn is_same(&self, other: &dyn Record) -> bool;
}

/// What is kept under a key.
#[derive(Debug, Clone)]
pub enum Value {
    /// As the layer beneath keeps it.
    Bytes(Vec<u8>),
    /// Not written yet.
    Record(Arc<dyn Record>),
}

impl Value {
    /// As bytes.
    pub fn bytes(&self) -> Result<Cow<'_, [u8]>, StoreError> {
        match self {
            Self::Bytes(bytes) => Ok(Cow::Borrowed(bytes)),
            Self::Record(record) => record.bytes().map(Cow::Owned),
        }
    }
}

impl PartialEq for Value {
    /// A record and bytes are told apart: nobody writes the one only to compare it with the other.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Bytes(a), Self::Bytes(b)) => a == b,
            (Self::Record(a), Self::Record(b)) => a.is_same(b.as_ref()),
            _ => false,
        }
    }
}

/// Values to be set, and keys to be removed (`None`).
pub type Changes = BTreeMap<Bytes, Option<Value>>;

/// A key and its value.
pub type Pair = (Bytes, Value);

/// Keys with values, in the order asked for; a key is lent where it is at hand.
pub type Pairs<'a> = Box<dyn Iterator<Item = Result<(Cow<'a, [u8]>, Value), StoreError>> + 'a>;

/// In which order a range is walked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Walk {
    /// Smallest key first.
    Up,
    /// Greatest key first.
    Down,
}

/// An ordered set of keys and values.
pub trait Kv: Send {
    /// So many waiting changes are worth being handed over; of one that takes them at once, none ever waits.
    const WORTH_SETTLING: usize;
    /// The value of a key.
    fn get(&self, key: &[u8]) -> Result<Option<Value>, StoreError>;
    /// Keys from `from` to before `to`.
    fn range<'a>(&'a self, from: &[u8], to: &[u8], walk: Walk) -> Pairs<'a>;
    /// Makes all the changes or none.
    fn apply(&mut self, changes: &Changes) -> Result<(), StoreError>;
    /// The same with changes that nobody else wants; where it fails they are left.
    fn absorb(&mut self, changes: &mut Changes) -> Result<(), StoreError> {
        self.apply(changes)?;
        changes.clear();
        Ok(())
    }
}

/// A [`Kv`] with changes in front of it that it does not hold yet.
pub struct Layered<K> {
    base: K,
    pending: Changes,
    /// Records that were read from the base and have not changed since.
    recent: Mutex<Recent>,
}

/// Bytes, as they are written, of the records that are remembered; in memory they take a few times as much.
const REMEMBERED: usize = 2 << 20;

impl<K: Kv> Layered<K> {
    /// With nothing in front.
    pub fn new(base: K) -> Self {
        Self { base, pending: Changes::new(), recent: Mutex::new(Recent::of(REMEMBERED)) }
    }
    /// Takes changes; they are visible at once.
    pub fn take(&mut self, mut changes: Changes) {
        self.recent.get_mut().unwrap_or_else(PoisonError::into_inner).forget(changes.keys());
        // What fails to take them leaves them, and they wait.
        if K::WORTH_SETTLING == 0 && self.pending.is_empty() && self.base.absorb(&mut changes).is_ok() {
            return;
        }
        if self.pending.is_empty() {
            self.pending = changes;
        } else {
            self.pending.extend(changes);
        }
    }
    /// What lies beneath.
    pub fn base(&self) -> &K {
        &self.base
    }
    /// How many changes wait.
    pub fn waiting(&self) -> usize {
        self.pending.len()
    }
    /// Whether so many wait that the base should take them.
    pub fn is_worth_settling(&self) -> bool {
        self.waiting() > 0 && self.waiting() >= K::WORTH_SETTLING
    }
    /// Hands what waits to the base, as one batch.
    pub fn settle(&mut self) -> Result<(), StoreError> {
        if !self.pending.is_empty() {
            self.base.absorb(&mut self.pending)?;
        }
        Ok(())
    }
    /// Hands what waits to the base, so many changes at a time; all of it goes on waiting until the last part is there.
    pub fn settle_in_parts(&mut self, at_a_time: usize) -> Result<(), StoreError> {
        let mut waiting = self.pending.iter().peekable();
        while waiting.peek().is_some() {
            let mut part = waiting.by_ref().take(at_a_time).map(|(k, v)| (k.clone(), v.clone())).collect();
            self.base.absorb(&mut part)?;
        }
        self.pending.clear();
        Ok(())
    }
    /// Changes the base, past what waits.
    pub fn beneath(&mut self, changes: &Changes) -> Result<(), StoreError> {
        self.recent.get_mut().unwrap_or_else(PoisonError::into_inner).forget(changes.keys());
        self.base.apply(changes)
    }
    /// The value of a key.
    pub fn get(&self, key: &[u8]) -> Result<Option<Value>, StoreError> {
        if let Some(waiting) = self.pending.get(key) {
            return Ok(waiting.clone());
        }
        match self.recent().find(key) {
            Some(record) => Ok(Some(Value::Record(record))),
            None => self.base.get(key),
        }
    }
    /// Remembers the record that [`Layered::get`] gave as so many bytes.
    pub fn remember(&self, key: &[u8], record: Arc<dyn Record>, bytes: usize) {
        self.recent().keep(key, record, bytes);
    }
    fn recent(&self) -> MutexGuard<'_, Recent> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }
    /// Keys from `from` to before `to`.
    pub fn range<'a>(&'a self, from: &[u8], to: &[u8], walk: Walk) -> Pairs<'a> {
        if from >= to {
            return Box::new(std::iter::empty());
        }
        let waiting = self.pending.range::<[u8], _>((Bound::Included(from), Bound::Excluded(to)));
        if waiting.clone().next().is_none() {
            return self.base.range(from, to, walk);
        }
        let base = self.base.range(from, to, walk).peekable();
        match walk {
            Walk::Up => Box::new(Merged { base, waiting: waiting.peekable(), nearer: Ordering::Less }),
            Walk::Down => Box::new(Merged { base, waiting: waiting.rev().peekable(), nearer: Ordering::Greater }),
        }
    }
    /// Keys that begin with `prefix`.
    pub fn prefixed<'a>(&'a self, prefix: &[u8], walk: Walk) -> Pairs<'a> {
        self.range(prefix, &keys::behind(prefix), walk)
    }
}

/// What waits and what lies beneath, as one; what waits wins.
struct Merged<'a, W: Iterator<Item = (&'a Bytes, &'a Option<Value>)>> {
    base: Peekable<Pairs<'a>>,
    waiting: Peekable<W>,
    /// How a key compares to one that comes later.
    nearer: Ordering,
}

impl<'a, W: Iterator<Item = (&'a Bytes, &'a Option<Value>)>> Iterator for Merged<'a, W> {
    type Item = Result<(Cow<'a, [u8]>, Value), StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let Some((key, _)) = self.waiting.peek() else { return self.base.next() };
            match self.base.peek() {
                Some(Err(_)) => return self.base.next(),
                Some(Ok((beneath, _))) if beneath.as_ref().cmp(key) == self.nearer => return self.base.next(),
                Some(Ok((beneath, _))) if beneath.as_ref() == key.as_slice() => {
                    self.base.next();
                }
                _ => {}
            }
            if let Some((key, Some(value))) = self.waiting.next() {
                return Some(Ok((Cow::Borrowed(key), value.clone())));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{memory::MemoryKv, *};

    /// Of which changes wait until they are handed over.
    #[derive(Default)]
    struct Slow(MemoryKv);

    impl Kv for Slow {
        const WORTH_SETTLING: usize = 1;
        fn get(&self, key: &[u8]) -> Result<Option<Value>, StoreError> {
            self.0.get(key)
        }
        fn range<'a>(&'a self, from: &[u8], to: &[u8], walk: Walk) -> Pairs<'a> {
            self.0.range(from, to, walk)
        }
        fn apply(&mut self, changes: &Changes) -> Result<(), StoreError> {
            self.0.apply(changes)
        }
    }

    fn keys(kv: &Layered<Slow>, walk: Walk) -> Vec<(u8, u8)> {
        kv.range(&[0], &[200], walk).map(|p| p.map(|(k, v)| (k[0], v.bytes().unwrap()[0])).unwrap()).collect()
    }

    fn key(byte: u8) -> Bytes {
        Bytes::from_slice(&[byte])
    }

    fn one(byte: u8) -> Option<Value> {
        Some(Value::Bytes(vec![byte]))
    }

    #[test]
    fn what_waits_hides_what_lies_beneath_in_both_directions() {
        let mut kv = Layered::new(Slow::default());
        kv.take((1..=6u8).map(|k| (key(k), one(k))).collect());
        kv.settle().unwrap();
        kv.take([(key(0), one(9)), (key(2), None), (key(3), one(9)), (key(6), None)].into());
        kv.take([(key(7), one(9))].into());
        let mut all = vec![(0, 9), (1, 1), (3, 9), (4, 4), (5, 5), (7, 9)];
        assert_eq!(keys(&kv, Walk::Up), all);
        all.reverse();
        assert_eq!(keys(&kv, Walk::Down), all);
        kv.settle().unwrap();
        assert_eq!(keys(&kv, Walk::Down), all);
        assert_eq!(kv.waiting(), 0);
    }

    #[test]
    fn what_was_read_is_remembered_until_it_changes() {
        let mut kv = Layered::new(Slow::default());
        kv.take([(key(1), one(1))].into());
        kv.settle().unwrap();
        kv.remember(&[1], Arc::new("as read".to_owned()), 7);
        let held = |kv: &Layered<Slow>| kv.get(&[1]).unwrap().map(|v| matches!(v, Value::Record(_)));
        assert_eq!(held(&kv), Some(true));
        kv.take([(key(1), one(2))].into());
        assert_eq!(held(&kv), Some(false));
        kv.settle().unwrap();
        assert_eq!(kv.get(&[1]).unwrap(), one(2), "what was read before it changed does not come back");
        kv.remember(&[1], Arc::new("as read".to_owned()), 7);
        kv.take([(key(1), None)].into());
        kv.settle().unwrap();
        assert_eq!(kv.get(&[1]).unwrap(), None);
    }
}
