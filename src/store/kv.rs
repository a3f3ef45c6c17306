//! An ordered set of keys and values, changed by whole batches: all that the index asks of whatever holds it.
//!
//! Knows nothing of tasks. [`Layered`] keeps the changes whose journal records are not durable yet in front of it, so
//! that what the disk's index holds never runs ahead of the journal.

pub mod memory;
pub mod sled;

use super::{StoreError, keys};
use std::{cmp::Ordering, collections::BTreeMap, iter::Peekable};

/// Values to be set, and keys to be removed (`None`).
pub type Changes = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// A key and its value.
pub type Pair = (Vec<u8>, Vec<u8>);

/// Keys with values, in the order asked for.
pub type Pairs<'a> = Box<dyn Iterator<Item = Result<Pair, StoreError>> + 'a>;

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
    /// The value of a key.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;
    /// Keys from `from` to before `to`.
    fn range<'a>(&'a self, from: &[u8], to: &[u8], walk: Walk) -> Pairs<'a>;
    /// Makes all the changes or none.
    fn apply(&mut self, changes: &Changes) -> Result<(), StoreError>;
}

/// A [`Kv`] with changes in front of it that it does not hold yet.
pub struct Layered<K> {
    base: K,
    pending: Changes,
}

impl<K: Kv> Layered<K> {
    /// With nothing in front.
    pub fn new(base: K) -> Self {
        Self { base, pending: Changes::new() }
    }
    /// Takes changes; they are visible at once.
    pub fn take(&mut self, changes: Changes) {
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
    /// Hands what waits to the base, as one batch.
    pub fn settle(&mut self) -> Result<(), StoreError> {
        if !self.pending.is_empty() {
            self.base.apply(&self.pending)?;
            self.pending.clear();
        }
        Ok(())
    }
    /// Hands what waits to the base, so many changes at a time; all of it goes on waiting until the last part is there.
    pub fn settle_in_parts(&mut self, at_a_time: usize) -> Result<(), StoreError> {
        let mut waiting = self.pending.iter().peekable();
        while waiting.peek().is_some() {
            let part = waiting.by_ref().take(at_a_time).map(|(k, v)| (k.clone(), v.clone())).collect();
            self.base.apply(&part)?;
        }
        self.pending.clear();
        Ok(())
    }
    /// Changes the base, past what waits.
    pub fn beneath(&mut self, changes: &Changes) -> Result<(), StoreError> {
        self.base.apply(changes)
    }
    /// The value of a key.
    pub fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        match self.pending.get(key) {
            Some(waiting) => Ok(waiting.clone()),
            None => self.base.get(key),
        }
    }
    /// Keys from `from` to before `to`.
    pub fn range<'a>(&'a self, from: &[u8], to: &[u8], walk: Walk) -> Pairs<'a> {
        if from >= to {
            return Box::new(std::iter::empty());
        }
        let base = self.base.range(from, to, walk).peekable();
        let waiting = self.pending.range(from.to_vec()..to.to_vec());
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
struct Merged<'a, W: Iterator<Item = (&'a Vec<u8>, &'a Option<Vec<u8>>)>> {
    base: Peekable<Pairs<'a>>,
    waiting: Peekable<W>,
    /// How a key compares to one that comes later.
    nearer: Ordering,
}

impl<'a, W: Iterator<Item = (&'a Vec<u8>, &'a Option<Vec<u8>>)>> Iterator for Merged<'a, W> {
    type Item = Result<Pair, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let Some((key, _)) = self.waiting.peek() else { return self.base.next() };
            match self.base.peek() {
                Some(Err(_)) => return self.base.next(),
                Some(Ok((beneath, _))) if beneath.cmp(key) == self.nearer => return self.base.next(),
                Some(Ok((beneath, _))) if beneath == *key => {
                    self.base.next();
                }
                _ => {}
            }
            if let Some((key, Some(value))) = self.waiting.next() {
                return Some(Ok((key.clone(), value.clone())));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{memory::MemoryKv, *};

    fn keys(kv: &Layered<MemoryKv>, walk: Walk) -> Vec<(u8, u8)> {
        kv.range(&[0], &[200], walk).map(|p| p.map(|(k, v)| (k[0], v[0])).unwrap()).collect()
    }

    #[test]
    fn what_waits_hides_what_lies_beneath_in_both_directions() {
        let mut kv = Layered::new(MemoryKv::default());
        kv.take((1..=6u8).map(|k| (vec![k], Some(vec![k]))).collect());
        kv.settle().unwrap();
        kv.take([(vec![0], Some(vec![9])), (vec![2], None), (vec![3], Some(vec![9])), (vec![6], None)].into());
        kv.take([(vec![7], Some(vec![9]))].into());
        let mut all = vec![(0, 9), (1, 1), (3, 9), (4, 4), (5, 5), (7, 9)];
        assert_eq!(keys(&kv, Walk::Up), all);
        all.reverse();
        assert_eq!(keys(&kv, Walk::Down), all);
        kv.settle().unwrap();
        assert_eq!(keys(&kv, Walk::Down), all);
        assert_eq!(kv.waiting(), 0);
    }
}
