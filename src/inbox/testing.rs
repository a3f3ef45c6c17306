//! An intake that remembers what it was given.

use crate::domain::{Timestamp, id::MailboxId};
use crate::inbox::{Fetched, Intake, Recording};
use crate::store::Cursor;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub(crate) fn noon() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

#[derive(Default)]
pub(crate) struct Ledger {
    pub(crate) cursor: Mutex<Option<Cursor>>,
    pub(crate) taken: Mutex<Vec<Fetched>>,
    pub(crate) settled: Mutex<BTreeSet<(u32, u64)>>,
    /// The next so many calls of `hand_in` fail.
    failures: AtomicUsize,
}

impl Ledger {
    pub(crate) fn empty() -> Arc<Self> {
        Arc::new(Self::default())
    }
    pub(crate) fn failing(times: usize) -> Arc<Self> {
        Arc::new(Self { failures: AtomicUsize::new(times), ..Self::default() })
    }
    pub(crate) fn at(uid_validity: u32, base: u64, settled: &[u64]) -> Arc<Self> {
        let ledger = Self::default();
        *ledger.cursor.lock().unwrap() = Some(Cursor { uid_validity, base, since: noon() });
        ledger.settled.lock().unwrap().extend(settled.iter().map(|u| (uid_validity, *u)));
        Arc::new(ledger)
    }
    pub(crate) fn all(&self) -> Vec<Fetched> {
        self.taken.lock().unwrap().clone()
    }
    pub(crate) fn raws(&self) -> Vec<String> {
        self.all().iter().map(|f| String::from_utf8_lossy(&f.raw).into_owned()).collect()
    }
    pub(crate) fn uids(&self) -> Vec<u64> {
        self.all().iter().map(|f| f.sighting.uid).collect()
    }
    /// Until so many messages were taken; at most ten seconds.
    pub(crate) async fn until(&self, count: usize) {
        for _ in 0..1000 {
            if self.taken.lock().unwrap().len() >= count {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("only {} of {count} messages came", self.taken.lock().unwrap().len());
    }
}

impl Intake for Ledger {
    async fn cursor(&self, _: &MailboxId, _: &str) -> anyhow::Result<Option<Cursor>> {
        Ok(self.cursor.lock().unwrap().clone())
    }
    async fn open(&self, _: &MailboxId, _: &str, cursor: Cursor) -> anyhow::Result<()> {
        *self.cursor.lock().unwrap() = Some(cursor);
        Ok(())
    }
    async fn advance(&self, _: &MailboxId, _: &str, uid_validity: u32, base: u64) -> anyhow::Result<()> {
        let mut cursor = self.cursor.lock().unwrap();
        let cursor = cursor.as_mut().unwrap();
        assert_eq!(cursor.uid_validity, uid_validity);
        assert!(base > cursor.base, "a base never goes back");
        cursor.base = base;
        Ok(())
    }
    async fn settled(&self, _: &MailboxId, _: &str, uid_validity: u32, above: u64) -> anyhow::Result<BTreeSet<u64>> {
        let settled = self.settled.lock().unwrap();
        Ok(settled.iter().filter(|(v, u)| *v == uid_validity && *u > above).map(|(_, u)| *u).collect())
    }
    async fn hand_in(&self, batch: Vec<Fetched>) -> anyhow::Result<Recording> {
        if self.failures.load(Ordering::SeqCst) > 0 {
            self.failures.fetch_sub(1, Ordering::SeqCst);
            anyhow::bail!("the disk is full");
        }
        let mut settled = self.settled.lock().unwrap();
        settled.extend(batch.iter().map(|f| (f.sighting.uid_validity, f.sighting.uid)));
        self.taken.lock().unwrap().extend(batch);
        Ok(Box::pin(std::future::ready(Ok(()))))
    }
    async fn ready(&self) {}
}
