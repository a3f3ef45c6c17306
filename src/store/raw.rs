//! Raw mail: one file a message, in a folder a day, durable before anything is decided about it.
//!
//! A file is named by the digest of its bytes. So putting the same message again changes nothing, two copies of one
//! message with different headers never overwrite each other, and whether a file is what it was can be seen from its
//! name. Knows nothing of what the bytes mean.

use super::{
    StoreError,
    journal::{record::hex, segments::sync_folder},
};
use crate::domain::{Timestamp, message::RawRef};
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::Write,
    path::{Component, Path, PathBuf},
    sync::{Mutex, PoisonError},
};

/// Threads that fsync a batch. An fsync is waiting, not work, and the file system's own journal takes several in one.
const THREADS: usize = 4;

/// The folder of raw mail.
#[derive(Debug)]
pub struct Spool {
    folder: PathBuf,
    /// Where files are written before they get their name.
    unfinished: PathBuf,
    /// Days whose folders are durable.
    made: Mutex<BTreeSet<String>>,
}

/// A message's bytes, on their way into the spool.
#[derive(Debug, Clone, Copy)]
pub struct Raw<'a> {
    /// When they came: the day is the folder.
    pub at: Timestamp,
    /// As the server gave them.
    pub bytes: &'a [u8],
    /// False where only the header was fetched.
    pub whole: bool,
}

impl Spool {
    /// Opens the spool, or begins one; files that a crash left unfinished go.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let unfinished = folder.join("unfinished");
        fs::create_dir_all(&unfinished).map_err(|e| StoreError::io("cannot make the folder", &unfinished, e))?;
        let broken = |e| StoreError::io("cannot clear", &unfinished, e);
        for file in fs::read_dir(&unfinished).map_err(broken)? {
            fs::remove_file(file.map_err(broken)?.path()).map_err(broken)?;
        }
        // A day's folder that a killed daemon made, and did not come to fsync, is relied on like any other.
        sync_folder(folder)?;
        if let Some(above) = folder.parent().filter(|p| !p.as_os_str().is_empty()) {
            sync_folder(above)?;
        }
        Ok(Self { folder: folder.to_owned(), unfinished, made: Mutex::default() })
    }

    /// Puts a batch; when this returns, all of it lasts. The references are in the batch's order. After an error the
    /// same batch may be put again.
    pub fn put(&self, batch: &[Raw<'_>]) -> Result<Vec<RawRef>, StoreError> {
        let mut days = BTreeSet::new();
        let mut names = BTreeSet::new();
        let mut refs = Vec::with_capacity(batch.len());
        let mut fresh = Vec::with_capacity(batch.len());
        for Raw { at, bytes, whole } in batch {
            let sha256 = hex(&Sha256::digest(bytes));
            let day = at.format("%Y-%m-%d").to_string();
            let path = format!("{day}/{sha256}.eml");
            days.insert(day);
            if names.insert(path.clone()) {
                fresh.push(Writing { name: self.folder.join(&path), unfinished: self.unfinished.join(&sha256), bytes });
            }
            refs.push(RawRef { path, size: bytes.len() as u64, sha256, whole: *whole });
        }
        self.make_days(&days)?;
        write_all(&fresh)?;
        for day in &days {
            sync_folder(&self.folder.join(day))?;
        }
        Ok(refs)
    }

    fn make_days(&self, days: &BTreeSet<String>) -> Result<(), StoreError> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if days.iter().all(|day| made.contains(day)) {
            return Ok(());
        }
        for day in days {
            let path = self.folder.join(day);
            fs::create_dir_all(&path).map_err(|e| StoreError::io("cannot make the folder", &path, e))?;
        }
        // Only a day whose name is durable is remembered: after an fsync that failed, the next batch tries again.
        sync_folder(&self.folder)?;
        made.extend(days.iter().cloned());
        Ok(())
    }

    /// The bytes at a path below the spool, [`RawRef::path`].
    pub fn read(&self, path: &str) -> Result<Vec<u8>, StoreError> {
        let full = self.folder.join(path);
        // The path comes from a record, but a spool reads nothing outside itself whatever a record says.
        if Path::new(path).components().any(|c| !matches!(c, Component::Normal(_))) {
            let why = std::io::Error::other("that is no path below the spool");
            return Err(StoreError::io("cannot read", &full, why));
        }
        fs::read(&full).map_err(|e| StoreError::io("cannot read", &full, e))
    }
}

struct Writing<'a> {
    name: PathBuf,
    unfinished: PathBuf,
    bytes: &'a [u8],
}

/// Writes files on a few threads, each file fsynced before it gets its name.
fn write_all(files: &[Writing<'_>]) -> Result<(), StoreError> {
    let share = files.len().div_ceil(THREADS).max(1);
    if files.len() <= 1 {
        return files.iter().try_for_each(write_one);
    }
    std::thread::scope(|scope| {
        let threads: Vec<_> =
            files.chunks(share).map(|some| scope.spawn(move || some.iter().try_for_each(write_one))).collect();
        let ends: Vec<_> = threads.into_iter().map(|t| t.join()).collect();
        for end in ends {
            end.unwrap_or_else(|_| {
                let why = std::io::Error::other("a thread broke off");
                Err(StoreError::io("cannot write", Path::new("the spool"), why))
            })?;
        }
        Ok(())
    })
}

fn write_one(file: &Writing<'_>) -> Result<(), StoreError> {
    if is_there(file) {
        return Ok(());
    }
    let write = || {
        let mut to = File::create(&file.unfinished)?;
        to.write_all(file.bytes)?;
        to.sync_all()?;
        fs::rename(&file.unfinished, &file.name)
    };
    write().map_err(|e| {
        let _ = fs::remove_file(&file.unfinished);
        StoreError::io("cannot write", &file.name, e)
    })
}

/// Whether the very same bytes have their name already: it was given after their fsync, so they last.
fn is_there(file: &Writing<'_>) -> bool {
    fs::metadata(&file.name).is_ok_and(|m| m.len() == file.bytes.len() as u64)
        && fs::read(&file.name).is_ok_and(|b| b == file.bytes)
}

/// Bytes free for us on the disk that holds `folder`.
pub fn free_bytes(folder: &Path) -> Result<u64, StoreError> {
    let disk =
        rustix::fs::statvfs(folder).map_err(|e| StoreError::io("cannot see the free room of", folder, e.into()))?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(test)]
mod tests;
