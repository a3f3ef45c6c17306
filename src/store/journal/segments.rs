//! The journal's files: `000000000001.log` and on, appended to and never changed.
//!
//! Records wait in memory until [`Journal::sync`] writes them at once at the end of what is durable and fsyncs. After a
//! failure the same bytes are written again at the same place: after a failed fsync the kernel may have dropped the
//! pages, so fsyncing again would prove nothing.

use super::{
    super::{Entry, StoreError},
    Head, Journal, Place, record,
};
use crate::domain::{
    decision::{Decision, Sequence},
    letter::Letter,
};
use serde::Deserialize;
use std::{
    fs::{self, File},
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

/// The journal's files, open for appending.
pub struct Segments {
    folder: PathBuf,
    segment_bytes: u64,
    file: File,
    /// Behind the last record, durable or not.
    head: Head,
    /// The last durable record.
    durable: Sequence,
    /// Where `unsynced` begins in the file.
    written: u64,
    unsynced: Vec<u8>,
    scratch: Vec<u8>,
    salts: Salts,
    /// The segment last read from, kept open.
    reading: Mutex<Option<(u32, File)>>,
    /// Keeps others out of the store while this lives.
    _lock: File,
}

/// The file of a segment.
pub fn segment_path(folder: &Path, segment: u32) -> PathBuf {
    folder.join(format!("{segment:012}.log"))
}

impl Segments {
    /// Opens the journal for appending behind `head`, whose segment's later bytes must have been seen to. Holds `lock`.
    pub fn open(folder: &Path, head: Head, segment_bytes: u64, lock: File) -> Result<Self, StoreError> {
        let mut head = head;
        head.next.segment = head.next.segment.max(1);
        let path = segment_path(folder, head.next.segment);
        let file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|e| StoreError::io("cannot open", &path, e))?;
        sync_folder(folder)?;
        Ok(Self {
            folder: folder.to_owned(),
            segment_bytes,
            file,
            durable: head.sequence,
            written: head.next.offset,
            head,
            unsynced: Vec::new(),
            scratch: Vec::new(),
            salts: Salts::default(),
            reading: Mutex::new(None),
            _lock: lock,
        })
    }

    /// Hands the record at a place to `read`.
    fn with<T>(
        &self,
        place: Place,
        read: impl FnOnce(&record::Record<'_>) -> Result<T, record::Flaw>,
    ) -> Result<T, StoreError> {
        let path = segment_path(&self.folder, place.segment);
        let flawed = |f: record::Flaw| StoreError::damaged(&path, place.offset, f.words());
        if place.segment == self.head.next.segment && place.offset >= self.written {
            let skip = usize::try_from(place.offset - self.written).unwrap_or(usize::MAX);
            let bytes = self.unsynced.get(skip..).unwrap_or_default();
            return record::parse(bytes).and_then(|r| read(&r)).map_err(flawed);
        }
        let mut reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        if reading.as_ref().is_none_or(|(segment, _)| *segment != place.segment) {
            let file = File::open(&path).map_err(|e| StoreError::io("cannot open", &path, e))?;
            *reading = Some((place.segment, file));
        }
        let Some((_, file)) = reading.as_ref() else {
            return Err(flawed(record::Flaw::Short));
        };
        let bytes = read_record(file, place.offset).map_err(|e| StoreError::io("cannot read", &path, e))?;
        record::parse(&bytes).and_then(|r| read(&r)).map_err(flawed)
    }

    fn begin_segment(&mut self) -> Result<(), StoreError> {
        let segment = self.head.next.segment + 1;
        let path = segment_path(&self.folder, segment);
        let file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .open(&path)
            .map_err(|e| StoreError::io("cannot begin", &path, e))?;
        sync_folder(&self.folder)?;
        self.file = file;
        self.head.next = Place { segment, offset: 0 };
        self.written = 0;
        Ok(())
    }
}

impl Journal for Segments {
    fn head(&self) -> Head {
        self.head
    }
    fn prepare(&mut self) -> Result<Place, StoreError> {
        if self.head.next.offset >= self.segment_bytes {
            // A segment is begun only behind a durable one, so whatever is unreadable before the last segment was
            // damaged and not cut off.
            self.sync()?;
            self.begin_segment()?;
        }
        Ok(self.head.next)
    }
    fn append(&mut self, decision: &Decision) -> Result<(), StoreError> {
        let link = record::Link { sequence: self.head.sequence + 1, before: self.head.hash, durable: self.durable };
        let before = self.unsynced.len();
        let appended = self
            .salts
            .next()
            .and_then(|salt| record::append(&mut self.unsynced, &mut self.scratch, decision, &link, salt));
        match appended {
            Ok(hash) => {
                let length = (self.unsynced.len() - before) as u64;
                self.head.sequence = link.sequence;
                self.head.hash = hash;
                self.head.next.offset += length;
                Ok(())
            }
            Err(e) => {
                self.unsynced.truncate(before);
                Err(StoreError::io("cannot write", &segment_path(&self.folder, self.head.next.segment), e))
            }
        }
    }
    fn unsynced(&self) -> usize {
        self.unsynced.len()
    }
    fn sync(&mut self) -> Result<(), StoreError> {
        if self.unsynced.is_empty() {
            return Ok(());
        }
        self.file
            .write_all_at(&self.unsynced, self.written)
            .and_then(|()| self.file.sync_data())
            .map_err(|e| StoreError::io("cannot write", &segment_path(&self.folder, self.head.next.segment), e))?;
        self.written = self.head.next.offset;
        self.durable = self.head.sequence;
        self.unsynced.clear();
        // One decision of many megabytes must not hold its memory for ever.
        self.unsynced.shrink_to(BUFFER_KEPT);
        self.scratch.shrink_to(BUFFER_KEPT);
        Ok(())
    }
    fn entry(&self, place: Place) -> Result<Entry, StoreError> {
        self.with(place, |r| Ok(Entry { sequence: r.open()?.sequence, decision: r.decision()? }))
    }
    fn letters(&self, place: Place) -> Result<Vec<Letter>, StoreError> {
        #[derive(Deserialize)]
        struct LettersOnly {
            #[serde(default)]
            letters: Vec<Letter>,
        }
        self.with(place, |r| r.decision::<LettersOnly>()).map(|d| d.letters)
    }
}

/// Bytes of buffer kept from one sync to the next.
const BUFFER_KEPT: usize = 4 << 20;

/// The bytes of the record at `offset`, as far as they are there.
pub fn read_record(file: &File, offset: u64) -> std::io::Result<Vec<u8>> {
    // Most records are shorter than this, and one read is enough.
    let mut bytes = vec![0; 24 << 10];
    let got = read_at_most(file, &mut bytes, offset)?;
    bytes.truncate(got);
    let Ok((envelope, payload)) = record::lengths(&bytes) else { return Ok(bytes) };
    let whole = (record::HEADER + envelope).saturating_add(payload);
    if whole > bytes.len() {
        let there = file.metadata()?.len().saturating_sub(offset);
        let start = bytes.len();
        bytes.resize(whole.min(usize::try_from(there).unwrap_or(usize::MAX)).max(start), 0);
        let more = bytes.get_mut(start..).unwrap_or_default();
        let got = read_at_most(file, more, offset + start as u64)?;
        bytes.truncate(start + got);
    }
    Ok(bytes)
}

fn read_at_most(file: &File, mut into: &mut [u8], mut offset: u64) -> std::io::Result<usize> {
    let mut got = 0;
    while !into.is_empty() {
        match file.read_at(into, offset) {
            Ok(0) => break,
            Ok(n) => {
                got += n;
                offset += n as u64;
                into = into.get_mut(n..).unwrap_or_default();
            }
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(got)
}

/// Makes the names in a folder durable.
pub fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    File::open(folder).and_then(|f| f.sync_all()).map_err(|e| StoreError::io("cannot fsync", folder, e))
}

/// Makes the last segment durable as it is found: a killed daemon leaves records that were written and never fsynced,
/// and a start reads them, and acts on them, like any other.
pub fn sync_last(folder: &Path) -> Result<(), StoreError> {
    let Some(last) = segments_of(folder)?.pop() else { return Ok(()) };
    let path = segment_path(folder, last);
    File::open(&path).and_then(|f| f.sync_all()).map_err(|e| StoreError::io("cannot fsync", &path, e))
}

/// The numbers of the segments there are, in order.
pub fn segments_of(folder: &Path) -> Result<Vec<u32>, StoreError> {
    let broken = |e| StoreError::io("cannot read", folder, e);
    let mut found = Vec::new();
    for file in fs::read_dir(folder).map_err(broken)? {
        let name = file.map_err(broken)?.file_name();
        if let Some(n) = name.to_str().and_then(|n| n.strip_suffix(".log")).and_then(|n| n.parse().ok()) {
            found.push(n);
        }
    }
    found.sort_unstable();
    Ok(found)
}

/// Random salts, drawn many at a time.
#[derive(Default)]
struct Salts(Vec<[u8; 16]>);

impl Salts {
    fn next(&mut self) -> std::io::Result<[u8; 16]> {
        if let Some(salt) = self.0.pop() {
            return Ok(salt);
        }
        let mut bytes = [0; 16 * 128];
        getrandom::fill(&mut bytes).map_err(|e| std::io::Error::other(format!("no randomness: {e}")))?;
        self.0.extend(bytes.as_chunks::<16>().0);
        self.0.pop().ok_or_else(|| std::io::Error::other("no randomness"))
    }
}
