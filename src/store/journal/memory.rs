//! A journal in memory, for the memory store and the tests.

use super::{Entry, Head, Journal, Place};
use crate::{
    domain::{decision::Decision, letter::Letter},
    store::StoreError,
};
use std::path::Path;

/// A journal in memory. A place's offset is the index of the decision.
#[derive(Debug, Default)]
pub struct MemoryJournal {
    decisions: Vec<Decision>,
    /// How many were appended.
    length: u64,
    /// Decisions are counted and not kept.
    forgets: bool,
}

impl MemoryJournal {
    /// A journal that only counts.
    pub fn forgetful() -> Self {
        Self { forgets: true, ..Self::default() }
    }
    /// All decisions so far.
    pub fn decisions(&self) -> &[Decision] {
        &self.decisions
    }
    fn at(&self, place: Place) -> Result<&Decision, StoreError> {
        usize::try_from(place.offset)
            .ok()
            .and_then(|i| self.decisions.get(i))
            .ok_or_else(|| StoreError::damaged(Path::new("memory"), place.offset, "there is no record"))
    }
}

impl Journal for MemoryJournal {
    fn head(&self) -> Head {
        Head { sequence: self.length, hash: [0; 32], next: Place { segment: 1, offset: self.length } }
    }
    fn prepare(&mut self) -> Result<Place, StoreError> {
        Ok(self.head().next)
    }
    fn append(&mut self, decision: &Decision) -> Result<(), StoreError> {
        if !self.forgets {
            self.decisions.push(decision.clone());
        }
        self.length += 1;
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
