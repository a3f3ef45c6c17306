//! Keys and values in memory, for the memory store and the tests.

use super::{Bytes, Changes, Kv, Pairs, Value, Walk};
use crate::store::StoreError;
use std::{borrow::Cow, collections::BTreeMap, ops::Bound};

/// Keys and values in memory. Each table, which is what the first byte of a key says, has a tree of its own: most are
/// small, and what is asked for most often is the first key of one.
#[derive(Debug, Default, Clone)]
pub struct MemoryKv(BTreeMap<u8, Table>);

type Table = BTreeMap<Bytes, Value>;

/// The table of a key.
fn table(key: &[u8]) -> u8 {
    key.first().copied().unwrap_or_default()
}

impl Kv for MemoryKv {
    /// Nothing is gained by waiting, and what waits stands in the way of every look.
    const WORTH_SETTLING: usize = 0;

    fn get(&self, key: &[u8]) -> Result<Option<Value>, StoreError> {
        Ok(self.0.get(&table(key)).and_then(|t| t.get(key)).cloned())
    }
    fn range<'a>(&'a self, from: &[u8], to: &[u8], walk: Walk) -> Pairs<'a> {
        // A table's own end is the beginning of the next one, in which nothing stands before it.
        let last = if to.len() == 1 { table(to).saturating_sub(1).max(table(from)) } else { table(to) };
        let within = (Bound::Included(from), Bound::Excluded(to));
        let mut tables = self.0.range(table(from)..=last).map(|(_, t)| t.range::<[u8], _>(within));
        let (first, rest) = (tables.next(), tables.collect::<Vec<_>>());
        let pairs = first.into_iter().chain(rest).flatten().map(|(k, v)| Ok((Cow::Borrowed(k.as_slice()), v.clone())));
        match walk {
            Walk::Up => Box::new(pairs),
            Walk::Down => Box::new(pairs.rev()),
        }
    }
    fn apply(&mut self, changes: &Changes) -> Result<(), StoreError> {
        self.absorb(&mut changes.clone())
    }
    fn absorb(&mut self, changes: &mut Changes) -> Result<(), StoreError> {
        for (key, value) in std::mem::take(changes) {
            let table = self.0.entry(table(&key)).or_default();
            match value {
                Some(value) => table.insert(key, value),
                None => table.remove(key.as_slice()),
            };
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key() -> impl Strategy<Value = Vec<u8>> {
        prop::collection::vec(0..4_u8, 0..4)
    }

    proptest! {
        #[test]
        fn tables_are_one_set_in_the_order_of_its_keys(
            keys in prop::collection::btree_set(key(), 0..30), from in key(), to in key(), gone in key(),
        ) {
            let mut kv = MemoryKv::default();
            kv.apply(&keys.iter().map(|k| (Bytes::from_slice(k), Some(Value::Bytes(k.clone())))).collect()).unwrap();
            kv.apply(&[(Bytes::from_slice(&gone), None)].into()).unwrap();
            let left: Vec<&Vec<u8>> = keys.iter().filter(|k| **k != gone).collect();
            for key in &keys {
                prop_assert_eq!(kv.get(key).unwrap().is_some(), left.contains(&key));
            }
            let (from, to) = if from <= to { (from, to) } else { (to, from) };
            let mut within: Vec<Vec<u8>> = left.into_iter().filter(|k| **k >= from && **k < to).cloned().collect();
            let walked = |walk| kv.range(&from, &to, walk).map(|pair| pair.unwrap().0.into_owned()).collect::<Vec<_>>();
            prop_assert_eq!(walked(Walk::Up), within.clone());
            within.reverse();
            prop_assert_eq!(walked(Walk::Down), within);
        }
    }
}
