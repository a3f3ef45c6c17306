//! All that was ever decided, in order: the truth from which the index is made.
//!
//! Knows no index. A record is found again by its [`Place`].

pub mod memory;
pub mod record;
pub mod segments;
pub mod walk;

use super::{Entry, StoreError};
use crate::domain::{
    decision::{Decision, Sequence},
    letter::Letter,
};

/// Where a record begins.
///
/// Written as two numbers, since histories are full of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, serde::Serialize, serde::Deserialize)]
#[serde(from = "(u32, u64)", into = "(u32, u64)")]
pub struct Place {
    /// The segment's number.
    pub segment: u32,
    /// The byte in it.
    pub offset: u64,
}

impl From<(u32, u64)> for Place {
    fn from((segment, offset): (u32, u64)) -> Self {
        Self { segment, offset }
    }
}
impl From<Place> for (u32, u64) {
    fn from(place: Place) -> Self {
        (place.segment, place.offset)
    }
}

/// The hash of an envelope.
pub type Hash = [u8; 32];

/// A point between two records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Head {
    /// The last record before it; 0 at the beginning.
    pub sequence: Sequence,
    /// The hash of that record's envelope; zeros at the beginning.
    pub hash: Hash,
    /// Where the next record begins.
    pub next: Place,
}

/// A journal that decisions are appended to.
pub trait Journal: Send {
    /// Behind the last record.
    fn head(&self) -> Head;
    /// Makes room for one more record and says where it will begin. Everything before is durable when this starts a
    /// new segment.
    fn prepare(&mut self) -> Result<Place, StoreError>;
    /// Appends a decision at the place that [`Journal::prepare`] gave; durable after [`Journal::sync`].
    fn append(&mut self, decision: &Decision) -> Result<(), StoreError>;
    /// How many bytes are not durable yet.
    fn unsynced(&self) -> usize;
    /// Makes everything durable. After an error everything is kept and may be tried again.
    fn sync(&mut self) -> Result<(), StoreError>;
    /// The decision at a place.
    fn entry(&self, place: Place) -> Result<Entry, StoreError>;
    /// The letters of the decision at a place.
    fn letters(&self, place: Place) -> Result<Vec<Letter>, StoreError>;
}
