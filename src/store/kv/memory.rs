//! Keys and values in memory, for the memory store and the tests.

use super::{Changes, Kv, Pairs, Value, Walk};
use crate::store::StoreError;
use std::{collections::BTreeMap, ops::Bound};

/// Keys and values in memory.
#[derive(Debug, Default, Clone)]
pub struct MemoryKv(BTreeMap<Vec<u8>, Value>);

impl Kv for MemoryKv {
    fn get(&self, key: &[u8]) -> Result<Option<Value>, StoreError> {
        Ok(self.0.get(key).cloned())
    }
    fn range<'a>(&'a self, from: &[u8], to: &[u8], walk: Walk) -> Pairs<'a> {
        let within = (Bound::Included(from), Bound::Excluded(to));
        let pairs = self.0.range::<[u8], _>(within).map(|(k, v)| Ok((k.clone(), v.clone())));
        match walk {
            Walk::Up => Box::new(pairs),
            Walk::Down => Box::new(pairs.rev()),
        }
    }
    fn apply(&mut self, changes: &Changes) -> Result<(), StoreError> {
        for (key, value) in changes {
            match value {
                Some(value) => self.0.insert(key.clone(), value.clone()),
                None => self.0.remove(key),
            };
        }
        Ok(())
    }
}
