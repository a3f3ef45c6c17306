//! Keys and values in one sled tree. No sled type leaves this file.
//!
//! One tree, because only within one tree a batch is atomic without sled's transactions. sled is told to write when it
//! likes (a lazy flush): the journal is the truth, and a start replays whatever sled had not written yet. That sled
//! 0.34 neither repairs itself nor truly fsyncs costs nothing for the same reason.

use super::{Changes, Kv, Pairs, Value, Walk};
use crate::store::StoreError;
use std::{
    borrow::Cow,
    fs::File,
    io::ErrorKind,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    time::Duration,
};

/// Keys and values in one sled tree.
pub struct SledKv(::sled::Db);

/// Why sled could not be opened.
#[derive(Debug)]
pub enum Unopened {
    /// What it holds cannot be read: it is to be made anew from the journal.
    Unreadable(String),
    /// Nothing that a new index would mend.
    Failed(StoreError),
}

impl SledKv {
    /// Opens the index in `folder`, or makes an empty one. `cache` in bytes (sled's own default is a gigabyte).
    pub fn open(folder: &Path, cache: u64) -> Result<Self, Unopened> {
        let config = ::sled::Config::default()
            .path(folder)
            .cache_capacity(cache)
            .mode(::sled::Mode::HighThroughput)
            .flush_every_ms(Some(1000));
        let mut waited = Duration::ZERO;
        loop {
            // sled 0.34 panics on some kinds of damage in place of saying so.
            let opened = catch_unwind(AssertUnwindSafe(|| config.open()));
            let error = match opened {
                Ok(Ok(db)) => return Ok(Self(db)),
                Ok(Err(e)) => e,
                Err(_) => return Err(Unopened::Unreadable("sled could not make sense of its files".to_owned())),
            };
            let ::sled::Error::Io(e) = error else { return Err(Unopened::Unreadable(error.to_string())) };
            match e.kind() {
                // Whoever calls holds the store's own lock, so this can only be an index that a moment ago was dropped
                // here: its last thread lets go of the file a little later.
                _ if is_locked(&e) && waited < PATIENCE => {
                    std::thread::sleep(PAUSE);
                    waited += PAUSE;
                }
                _ if is_locked(&e) => {
                    return Err(Unopened::Failed(StoreError::Locked { path: folder.display().to_string() }));
                }
                ErrorKind::PermissionDenied
                | ErrorKind::StorageFull
                | ErrorKind::QuotaExceeded
                | ErrorKind::ReadOnlyFilesystem => {
                    return Err(Unopened::Failed(StoreError::io("cannot open", folder, e)));
                }
                _ => return Err(Unopened::Unreadable(e.to_string())),
            }
        }
    }
    /// Waits until an index that was dropped here is truly closed, before its folder is moved: its last thread would
    /// go on writing under the old name.
    pub fn wait_until_closed(folder: &Path) {
        let Ok(file) = File::open(folder.join("db")) else { return };
        let mut waited = Duration::ZERO;
        while file.try_lock().is_err() && waited < PATIENCE {
            std::thread::sleep(PAUSE);
            waited += PAUSE;
        }
    }
    /// Writes everything to the disk; only before the folder is looked at by others.
    pub fn flush(&self) -> Result<(), StoreError> {
        self.0.flush().map(|_| ()).map_err(failed)
    }
}

/// How long a lock that is about to be let go of is waited for.
const PATIENCE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(5);

/// sled wraps the system's refusal of its lock in another kind of error, with these words.
fn is_locked(e: &std::io::Error) -> bool {
    e.kind() == ErrorKind::WouldBlock || e.to_string().contains("could not acquire lock")
}

fn failed(e: ::sled::Error) -> StoreError {
    StoreError::Index(e.to_string())
}

impl Kv for SledKv {
    /// Waiting pays: a letter written, tried and sent in one go reaches sled as one change. Not more, because sled keeps
    /// the garbage of a whole batch in memory until it is done.
    const WORTH_SETTLING: usize = 2_000;

    fn get(&self, key: &[u8]) -> Result<Option<Value>, StoreError> {
        Ok(self.0.get(key).map_err(failed)?.map(|v| Value::Bytes(v.to_vec())))
    }
    fn range<'a>(&'a self, from: &[u8], to: &[u8], walk: Walk) -> Pairs<'a> {
        let pairs = self.0.range(from.to_vec()..to.to_vec());
        let owned = |p: Result<(::sled::IVec, ::sled::IVec), ::sled::Error>| {
            p.map(|(k, v)| (Cow::Owned(k.to_vec()), Value::Bytes(v.to_vec()))).map_err(failed)
        };
        match walk {
            Walk::Up => Box::new(pairs.map(owned)),
            Walk::Down => Box::new(pairs.rev().map(owned)),
        }
    }
    fn apply(&mut self, changes: &Changes) -> Result<(), StoreError> {
        let mut batch = ::sled::Batch::default();
        for (key, value) in changes {
            match value {
                Some(value) => batch.insert(key.as_slice(), value.bytes()?.as_ref()),
                None => batch.remove(key.as_slice()),
            }
        }
        self.0.apply_batch(batch).map_err(failed)
    }
}
