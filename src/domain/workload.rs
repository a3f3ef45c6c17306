//! What somebody has on the desk: open tasks counted by kind, to be weighed by the pages.

use super::{id::RequestType, reading::Complexity, task::Task, workflow::Weights};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Open tasks of one person, by type; those in triage under the empty one.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Workload(BTreeMap<RequestType, Open>);

/// Open tasks of one type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
struct Open {
    simple: i64,
    complex: i64,
}

impl Workload {
    /// Counts a task in (`1`) or out (`-1`).
    pub fn count(&mut self, task: &Task, by: i64) {
        let kind = task.request_type.clone().unwrap_or_default();
        let open = self.0.entry(kind.clone()).or_default();
        match task.complexity {
            Complexity::Simple => open.simple += by,
            Complexity::Complex => open.complex += by,
        }
        if *open == Open::default() {
            self.0.remove(&kind);
        }
    }

    /// Whether there is no task.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many tasks.
    #[must_use]
    pub fn tasks(&self) -> u32 {
        let n: i64 = self.0.values().map(|o| o.simple + o.complex).sum();
        u32::try_from(n).unwrap_or(0)
    }

    /// What they weigh; `weights` is asked by type, `None` for triage.
    pub fn weight(&self, weights: impl Fn(Option<&RequestType>) -> Weights) -> u32 {
        let one = |(kind, open): (&RequestType, &Open)| {
            let w = weights(Some(kind).filter(|k| !k.as_str().is_empty()));
            open.simple * i64::from(w.simple) + open.complex * i64::from(w.complex)
        };
        u32::try_from(self.0.iter().map(one).sum::<i64>()).unwrap_or(0)
    }
}
