//! Records that were read lately. Bounded by their written size; what nobody asked for in a while goes.
//!
//! Two halves take turns: what is asked for moves to the young one, and when that is full the old one is dropped.

use super::{Bytes, Record};
use std::{collections::HashMap, sync::Arc};

type Half = HashMap<Bytes, (Arc<dyn Record>, usize)>;

/// Records by key.
pub struct Recent {
    young: Half,
    old: Half,
    /// Bytes in the young half, and how many there may be.
    bytes: usize,
    most: usize,
}

impl Recent {
    /// Room for records of so many bytes in all.
    pub fn of(bytes: usize) -> Self {
        Self { young: Half::new(), old: Half::new(), bytes: 0, most: bytes / 2 }
    }

    /// A record that is remembered.
    pub fn find(&mut self, key: &[u8]) -> Option<Arc<dyn Record>> {
        if let Some((record, _)) = self.young.get(key) {
            return Some(Arc::clone(record));
        }
        let (key, (record, bytes)) = self.old.remove_entry(key)?;
        self.put(key, Arc::clone(&record), bytes);
        Some(record)
    }

    /// Remembers a record of so many bytes; one that would leave no room for others is not.
    pub fn keep(&mut self, key: &[u8], record: Arc<dyn Record>, bytes: usize) {
        if bytes <= self.most / 4 {
            self.old.remove(key);
            self.put(Bytes::from_slice(key), record, bytes);
        }
    }

    fn put(&mut self, key: Bytes, record: Arc<dyn Record>, bytes: usize) {
        if self.bytes + bytes > self.most {
            self.old = std::mem::take(&mut self.young);
            self.bytes = 0;
        }
        self.bytes += bytes;
        if let Some((_, before)) = self.young.insert(key, (record, bytes)) {
            self.bytes -= before;
        }
    }

    /// Forgets what is not as it was.
    pub fn forget<'k>(&mut self, keys: impl Iterator<Item = &'k Bytes>) {
        if self.young.is_empty() && self.old.is_empty() {
            return;
        }
        for key in keys {
            if let Some((_, bytes)) = self.young.remove(key) {
                self.bytes -= bytes;
            }
            self.old.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keep(recent: &mut Recent, key: u8, bytes: usize) {
        recent.keep(&[key], Arc::new(key), bytes);
    }

    #[test]
    fn what_is_asked_for_stays_and_the_rest_goes_when_there_is_no_room() {
        let mut recent = Recent::of(80);
        for key in 0..200 {
            keep(&mut recent, key, 10);
            assert!(recent.find(&[0]).is_some(), "asked for again and again, after {key}");
            assert!(recent.young.len() + recent.old.len() <= 8);
        }
        assert!(recent.find(&[100]).is_none() && recent.find(&[199]).is_some());
    }

    #[test]
    fn a_record_is_counted_once_however_often_it_is_kept_and_forgotten() {
        let mut recent = Recent::of(80);
        for _ in 0..100 {
            keep(&mut recent, 1, 10);
            keep(&mut recent, 2, 10);
            recent.forget([Bytes::from_slice(&[2]), Bytes::from_slice(&[3])].iter());
        }
        assert_eq!((recent.bytes, recent.young.len() + recent.old.len()), (10, 1));
    }

    #[test]
    fn a_record_that_is_too_large_is_not_kept() {
        let mut recent = Recent::of(80);
        keep(&mut recent, 1, 11);
        assert!(recent.find(&[1]).is_none());
    }
}
