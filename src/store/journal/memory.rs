//! A journal in memory, for the memory store and the tests.

use super::{Entry, Head, Journal, Place};
use crate::{
    domain::{decision::Decision, letter::Letter},
    store::StoreError,
};
use std::path::Path;

/// A journal in memory. A place's offset is the index of the decision.
#[derive(Debug, Default)]
pub struct MemoryJournal(Vec<Decision>);

impl MemoryJournal {
    /// All decisions so far.
    pub fn decisions(&self) -> &[Decision] {
        &self.0
    }
    fn at(&self, place: Place) -> Result<&Decision, StoreError> {
        usize::try_from(place.offset)
            .ok()
            .and_then(|i| self.0.get(i))
            .ok_or_else(|| StoreError::damaged(Path::new("memory"), place.offset, "there is no record"))
    }
}

impl Journal for MemoryJournal {
    fn head(&self) -> Head {
        let length = self.0.len() as u64;
        Head { sequence: length, hash: [0; 32], next: Place { segment: 1, offset: length } }
    }
    fn prepare(&mut self) -> Result<Place, StoreError> {
        Ok(self.head().next)
    }
    fn append(&mut self, decision: &Decision) -> Result<(), StoreError> {
        self.0.push(decision.clone());
        Ok(())
    }
    fn unsynced(&self) -> usize {
        0
    }
    fn sync(&mut self) -> Result<(), StoreError> {
        Ok(())
    }
    fn entry(&self, place: Place) -> Result<Entry, StoreError> {
        Ok(Entry { sequence: place.offset + 1, decision: self.at(place)?.clone() })
    }
    fn letters(&self, place: Place) -> Result<Vec<Letter>, StoreError> {
        Ok(self.at(place)?.letters.clone())
    }
}
