//! A store in memory: for tests, simulations, and wherever nothing has to last.

use super::{
    StoreError,
    journal::{Place, memory::MemoryJournal},
    kv::{Layered, memory::MemoryKv},
    ledger::{self, Ledger},
    projection,
    records::Standing,
};

/// A store in memory.
pub type MemoryStore = Ledger<MemoryJournal, MemoryKv>;

impl MemoryStore {
    /// An empty one.
    #[must_use]
    #[allow(clippy::new_without_default, reason = "a store is begun, it has no usual value")]
    pub fn new() -> Self {
        Self::of(MemoryJournal::default(), Layered::new(MemoryKv::default()), Standing::new())
    }

    /// An empty one that keeps how the desk stands and not what was decided: it has no histories and no letters' bytes.
    #[must_use]
    pub fn forgetful() -> Self {
        Self::of(MemoryJournal::forgetful(), Layered::new(MemoryKv::default()), Standing::new())
    }

    /// The store as it is after a restart: made anew from its journal.
    pub fn reopened(self) -> Result<Self, StoreError> {
        let journal = self.take_journal();
        let mut kv = Layered::new(MemoryKv::default());
        let mut standing = Standing::new();
        for (offset, decision) in (0u64..).zip(journal.decisions()) {
            let place = Place { segment: 1, offset };
            let (after, changes) = projection::project(&kv, &standing, decision, offset + 1, place)?;
            standing = after;
            kv.take(changes);
        }
        ledger::settle(&mut kv, &standing)?;
        Self::of(journal, kv, standing).recovered()
    }
}
