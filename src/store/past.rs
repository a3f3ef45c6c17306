//! Reading what was decided from the beginning, while the daemon goes on writing.
//!
//! Touches no index and asks no writer: a report over years must not stand in the way of the next message.

use super::{Entry, StoreError, journal::walk};
use crate::domain::decision::Sequence;
use std::path::Path;

/// Hands over every decision up to `last`, oldest first, from the journal of the store in `folder`. Every record is
/// checked against the one before. What is behind `last` may just be being written, and is left alone.
///
/// # Errors
/// The journal cannot be read, or a record of it is not what was written.
pub fn read_journal(folder: &Path, last: Sequence, mut each: impl FnMut(&Entry)) -> Result<(), StoreError> {
    let journal = folder.join("journal");
    if last == 0 {
        return Ok(());
    }
    // The walk knows no early end but an error; this one is nobody's.
    let mut done = false;
    let walked = walk::walk(&journal, walk::beginning(&journal)?, |_, head, _, entry| {
        each(&entry);
        done = head.sequence >= last;
        if done { Err(StoreError::Index("the end that was asked for".to_owned())) } else { Ok(()) }
    });
    match walked {
        Err(_) if done => Ok(()),
        other => other.map(|_| ()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::decision::{Cause, Decision, Facts, Versions};
    use crate::store::{Store, sled};

    #[test]
    fn the_past_is_read_up_to_where_it_was_asked_for_while_the_store_is_open() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = sled::open(folder.path(), &sled::Options::default()).unwrap();
        for n in 0..5 {
            let at = crate::domain::Timestamp::from_timestamp(1_800_000_000 + n, 0).unwrap();
            let decision =
                Decision { at, cause: Cause::Reload, events: vec![], letters: vec![], versions: Versions::default() };
            store.commit(&decision, &Facts { as_of: store.head(), ..Facts::default() }).unwrap();
        }
        let head = store.sync().unwrap();
        for last in [0, 3, head] {
            let mut seen = Vec::new();
            read_journal(folder.path(), last, |e| seen.push(e.sequence)).unwrap();
            assert_eq!(seen, (1..=last).collect::<Vec<_>>());
        }
        assert_eq!(head, 5);
    }
}
