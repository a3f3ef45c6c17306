//! The store on disk: the journal under `journal/`, and the index made of it, by sled, under `desk/`.

use super::{
    StoreError,
    journal::{
        Head,
        record::{hex, unhex},
        segments::{Segments, sync_folder, sync_last},
        walk::{self, Walked},
    },
    keys,
    kv::{
        Kv, Layered, Walk,
        sled::{SledKv, Unopened},
    },
    ledger::{self, Ledger},
    projection,
    records::{self, Standing},
};
use std::{
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
    sync::Arc,
};

/// The store on disk, and the lock on its folder.
pub type SledStore = Ledger<Segments, SledKv>;

/// What an administrator may want to set; the usual values suit an agency of any size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Memory that the index may use to keep what is asked often, in bytes (sled's own default is a gigabyte).
    pub cache_bytes: u64,
    /// A new journal file is begun behind this many bytes.
    pub segment_bytes: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { cache_bytes: 8 << 20, segment_bytes: 64 << 20 }
    }
}

/// Opens the store in `folder`, or begins one. What the journal holds and the index does not is replayed; an index that
/// cannot be read is moved aside and made anew.
pub fn open(folder: &Path, options: &Options) -> Result<SledStore, StoreError> {
    let house = House::enter(folder)?;
    sync_last(&house.journal)?;
    let (mut kv, standing) = house.index(options)?;
    let known = standing.sequence;
    let (standing, walked) = replay(&house.journal, &mut kv, standing)?;
    if standing.sequence > known {
        tracing::info!(
            event = "journal_replayed",
            decisions = standing.sequence - known,
            "the index was brought up to date"
        );
    }
    walk::cut_off(&house.journal, &walked)?;
    let journal = Segments::open(&house.journal, walked.head, options.segment_bytes, house.lock)?;
    Ledger::of(journal, kv, standing).recovered()
}

/// The folders of a store, and the lock that keeps others out.
pub(super) struct House {
    pub(super) spool: PathBuf,
    pub(super) journal: PathBuf,
    pub(super) desk: PathBuf,
    lock: File,
}

impl House {
    /// Locks the folders of a store that must be there.
    pub(super) fn of_existing(folder: &Path) -> Result<Self, StoreError> {
        if folder.join("journal").is_dir() {
            return Self::enter(folder);
        }
        let why = std::io::Error::other("it has no journal; is folders.data in intaked.toml the right one?");
        Err(StoreError::io("there is no store in", folder, why))
    }

    /// Makes the folders where they are missing, and locks them.
    pub(super) fn enter(folder: &Path) -> Result<Self, StoreError> {
        let house = |lock| Self {
            spool: folder.join("spool"),
            journal: folder.join("journal"),
            desk: folder.join("desk"),
            lock,
        };
        let make =
            |path: &Path| fs::create_dir_all(path).map_err(|e| StoreError::io("cannot make the folder", path, e));
        make(folder)?;
        let path = folder.join("lock");
        let lock = File::options()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|e| StoreError::io("cannot write", &path, e))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(StoreError::Locked { path: folder.display().to_string() }),
            Err(TryLockError::Error(e)) => return Err(StoreError::io("cannot lock", &path, e)),
        }
        let house = house(lock);
        make(&house.journal)?;
        sync_folder(folder)?;
        Ok(house)
    }

    /// The index and where it stands: empty where there is none, or none that fits this journal.
    fn index(&self, options: &Options) -> Result<(Layered<SledKv>, Standing), StoreError> {
        let why = match self.index_as_it_is(options)? {
            Ok((kv, standing)) if self.fits(&standing) => return Ok((kv, standing)),
            Ok((kv, standing)) => {
                drop(kv);
                // Only a journal that still holds all that the index knows can make the index anew. Were one restored
                // from an old copy, what was decided since would silently be gone.
                let walked = walk::walk(&self.journal, walk::beginning(&self.journal)?, |_, _, _, _| Ok(()))?;
                if walked.head.sequence < standing.sequence {
                    let why = format!(
                        "the journal ends with record {}, but the index knows of {}; put the missing files back, or run \
                         `intaked store rebuild` to go on without them",
                        walked.head.sequence, standing.sequence
                    );
                    return Err(StoreError::damaged(&self.journal, walked.head.next.offset, why));
                }
                "it is not of this journal".to_owned()
            }
            Err(why) => why,
        };
        let aside = self.move_index_aside()?;
        tracing::warn!(
            event = "index_rebuilt",
            why,
            aside = %aside.display(),
            "the desk's index could not be used; it was moved aside and is made anew from the journal"
        );
        self.new_index(options).map(|kv| (kv, Standing::new()))
    }

    /// The index as the disk has it, or why it cannot be read.
    pub(super) fn index_as_it_is(
        &self,
        options: &Options,
    ) -> Result<Result<(Layered<SledKv>, Standing), String>, StoreError> {
        let kv = match SledKv::open(&self.desk, options.cache_bytes) {
            Ok(kv) => Layered::new(kv),
            Err(Unopened::Unreadable(why)) => return Ok(Err(why)),
            Err(Unopened::Failed(e)) => return Err(e),
        };
        match records::load::<Standing, _>(&kv, keys::STANDING) {
            Ok(Some(standing)) => Ok(Ok((kv, Arc::unwrap_or_clone(standing)))),
            // Nothing was ever written: a new one.
            Ok(None) if kv.range(&[], &[u8::MAX], Walk::Up).next().is_none() => Ok(Ok((kv, Standing::new()))),
            Ok(None) => Ok(Err("it does not say where it stands".to_owned())),
            Err(e) => Ok(Err(e.to_string())),
        }
    }

    /// An empty index.
    pub(super) fn new_index(&self, options: &Options) -> Result<Layered<SledKv>, StoreError> {
        match SledKv::open(&self.desk, options.cache_bytes) {
            Ok(kv) => Ok(Layered::new(kv)),
            Err(Unopened::Failed(e)) => Err(e),
            Err(Unopened::Unreadable(why)) => Err(StoreError::Index(why)),
        }
    }

    /// Moves the index aside; one that was moved aside before goes.
    pub(super) fn move_index_aside(&self) -> Result<PathBuf, StoreError> {
        let aside = self.desk.with_extension("aside");
        if aside.exists() {
            fs::remove_dir_all(&aside).map_err(|e| StoreError::io("cannot remove", &aside, e))?;
        }
        if self.desk.exists() {
            SledKv::wait_until_closed(&self.desk);
            fs::rename(&self.desk, &aside).map_err(|e| StoreError::io("cannot move", &self.desk, e))?;
        }
        Ok(aside)
    }

    /// Does the index stand behind a record of this very journal?
    pub(super) fn fits(&self, standing: &Standing) -> bool {
        standing.sequence == 0
            || walk::head_behind(&self.journal, standing.last, standing.sequence)
                .is_some_and(|head| hex(&head.hash) == standing.hash)
    }
}

/// The point in the journal at which an index stands.
pub(super) fn head_of(journal: &Path, standing: &Standing) -> Result<Head, StoreError> {
    if standing.sequence == 0 {
        return walk::beginning(journal);
    }
    walk::head_behind(journal, standing.last, standing.sequence)
        .filter(|head| unhex(&standing.hash) == Some(head.hash))
        .ok_or_else(|| StoreError::Index("it is not of this journal".to_owned()))
}

/// Brings an index up to the journal's end.
pub(super) fn replay<K: Kv>(
    journal: &Path,
    kv: &mut Layered<K>,
    standing: Standing,
) -> Result<(Standing, Walked), StoreError> {
    let from = head_of(journal, &standing)?;
    let mut standing = standing;
    let walked = walk::walk(journal, from, |place, head, _, entry| {
        let (after, changes) = projection::project(kv, &standing, &entry.decision, entry.sequence, place)?;
        standing = Standing { hash: hex(&head.hash), ..after };
        kv.take(changes);
        if kv.is_worth_settling() { ledger::settle(kv, &standing) } else { Ok(()) }
    })?;
    ledger::settle(kv, &standing)?;
    Ok((standing, walked))
}
