//! Where a store under test lives: it can be begun, and opened again.

use crate::domain::decision::*;
use crate::store::{
    Commit, Store,
    kv::{Kv, Value, sled::SledKv},
    memory::MemoryStore,
    sled,
};
use std::path::Path;

/// A store that can be closed and opened again.
pub trait House {
    type Store: Store;
    fn begin() -> Self;
    fn store(&mut self) -> &mut Self::Store;
    fn reopen(&mut self);

    /// Commits and syncs.
    fn takes(&mut self, decision: &Decision) -> Sequence {
        let facts = self.facts(&[]);
        let Commit::Taken(n) = self.store().commit(decision, &facts).unwrap() else { panic!("conflict") };
        assert_eq!(self.store().sync().unwrap(), n);
        n
    }
    fn facts(&mut self, lookups: &[Lookup]) -> Facts {
        let store = self.store();
        let answers = lookups.iter().map(|l| (l.clone(), store.answer(l).unwrap())).collect();
        Facts { as_of: store.head(), answers }
    }
    fn answer(&mut self, lookup: Lookup) -> Answer {
        self.store().answer(&lookup).unwrap()
    }
}

pub struct InMemory(Option<MemoryStore>);

impl House for InMemory {
    type Store = MemoryStore;
    fn begin() -> Self {
        Self(Some(MemoryStore::new()))
    }
    fn store(&mut self) -> &mut MemoryStore {
        self.0.as_mut().unwrap()
    }
    fn reopen(&mut self) {
        self.0 = Some(self.0.take().unwrap().reopened().unwrap());
    }
}

pub struct OnDisk {
    store: Option<sled::SledStore>,
    pub folder: tempfile::TempDir,
}

/// Small segments, so that every test with a few decisions crosses from one to the next.
pub fn options() -> sled::Options {
    sled::Options { cache_bytes: 4 << 20, segment_bytes: 20_000 }
}

impl House for OnDisk {
    type Store = sled::SledStore;
    fn begin() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { store: Some(sled::open(folder.path(), &options()).unwrap()), folder }
    }
    fn store(&mut self) -> &mut sled::SledStore {
        self.store.as_mut().unwrap()
    }
    fn reopen(&mut self) {
        self.close();
        self.store = Some(sled::open(self.folder.path(), &options()).unwrap());
    }
}

impl OnDisk {
    pub fn close(&mut self) -> &Path {
        self.store = None;
        self.folder.path()
    }
}

/// The folder as a crash would leave it now: what the files hold at this moment, the store still open.
pub fn as_a_crash_leaves(folder: &Path) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    copy_folder(folder, copy.path());
    copy
}

pub fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for file in std::fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        let target = to.join(file.file_name());
        if file.file_type().unwrap().is_dir() {
            copy_folder(&file.path(), &target);
        } else {
            std::fs::copy(file.path(), target).unwrap();
        }
    }
}

/// Changes a closed index behind the store's back.
pub fn tampered(data: &Path, changes: impl IntoIterator<Item = (crate::store::keys::Bytes, Option<Vec<u8>>)>) {
    let changes = changes.into_iter().map(|(key, value)| (key, value.map(Value::Bytes))).collect();
    SledKv::open(&data.join("desk"), 1 << 20).ok().unwrap().apply(&changes).unwrap();
}

/// What a closed index holds under a key.
pub fn held(data: &Path, key: &[u8]) -> Vec<u8> {
    SledKv::open(&data.join("desk"), 1 << 20).ok().unwrap().get(key).unwrap().unwrap().bytes().unwrap().into_owned()
}
