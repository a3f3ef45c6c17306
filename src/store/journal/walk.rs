//! Reading the journal from a point to its end, every record checked against the one before.

use super::{
    super::{Entry, StoreError},
    Head, Place,
    record::{self, Envelope, Flaw},
    segments::{read_record, segment_path, segments_of, sync_folder},
};
use crate::domain::decision::Sequence;
use std::{
    fs::{self, File},
    path::Path,
};

/// How far the journal goes.
#[derive(Debug, Clone, PartialEq)]
pub struct Walked {
    /// Behind its last good record.
    pub head: Head,
    /// Bytes behind it that a crash cut off while they were written.
    pub torn: Option<Torn>,
}

/// The end of a write that a crash cut off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Torn {
    /// How many bytes.
    pub bytes: u64,
    /// What does not fit.
    pub why: String,
    /// Whole records follow in it; none of them was ever called durable.
    pub records_follow: bool,
}

/// The point where a journal begins.
pub fn beginning(folder: &Path) -> Result<Head, StoreError> {
    let segment = segments_of(folder)?.first().copied().unwrap_or(1);
    Ok(Head { next: Place { segment, offset: 0 }, ..Head::default() })
}

/// Reads every record behind `from` and hands it to `each`, with its place and the head behind it. Changes nothing.
///
/// Damage is an error that names file and byte. Only the end of the last segment may be unreadable, and only where no
/// later record says that it had been durable: that is a write that a crash cut off.
pub fn walk(
    folder: &Path,
    from: Head,
    mut each: impl FnMut(Place, &Head, &Envelope, Entry) -> Result<(), StoreError>,
) -> Result<Walked, StoreError> {
    let mut head = from;
    let segments: Vec<u32> = segments_of(folder)?.into_iter().filter(|s| *s >= from.next.segment).collect();
    for (i, segment) in segments.iter().enumerate() {
        let path = segment_path(folder, *segment);
        if i > 0 {
            head.next = Place { segment: head.next.segment + 1, offset: 0 };
        }
        if *segment != head.next.segment {
            let missing = segment_path(folder, head.next.segment);
            return Err(StoreError::damaged(&missing, 0, "the file is missing"));
        }
        let unreadable = |e| StoreError::io("cannot read", &path, e);
        let file = File::open(&path).map_err(unreadable)?;
        let length = file.metadata().map_err(unreadable)?.len();
        if head.next.offset > length {
            let why = format!("the file ends here, but byte {} of it is known", head.next.offset);
            return Err(StoreError::damaged(&path, length, why));
        }
        while head.next.offset < length {
            let place = head.next;
            let bytes = read_record(&file, place.offset).map_err(unreadable)?;
            let parsed = record::parse(&bytes);
            let record = match parsed {
                Ok(record) => record,
                Err(flaw) if i + 1 == segments.len() && !matches!(flaw, Flaw::Newer(_)) => {
                    let torn = torn(&file, &path, place.offset, length, head.sequence + 1, &flaw)?;
                    return Ok(Walked { head, torn: Some(torn) });
                }
                Err(flaw) => return Err(StoreError::damaged(&path, place.offset, flaw.words())),
            };
            let flawed = |f: Flaw| StoreError::damaged(&path, place.offset, f.words());
            let envelope = record.open().map_err(flawed)?;
            checked(&head, &envelope, &record).map_err(flawed)?;
            head = Head {
                sequence: envelope.sequence,
                hash: record.hash(),
                next: Place { segment: *segment, offset: place.offset + record.length() },
            };
            let decision = record.decision().map_err(flawed)?;
            each(place, &head, &envelope, Entry { sequence: envelope.sequence, decision })?;
        }
    }
    Ok(Walked { head, torn: None })
}

fn checked(head: &Head, envelope: &Envelope, record: &record::Record<'_>) -> Result<(), Flaw> {
    if envelope.sequence != head.sequence + 1 {
        return Err(Flaw::Wrong(format!("record {} stands where {} belongs", envelope.sequence, head.sequence + 1)));
    }
    if record::unhex(&envelope.before) != Some(head.hash) {
        return Err(Flaw::Wrong(format!("record {} does not follow the one before it", envelope.sequence)));
    }
    if !record.fits(envelope) {
        return Err(Flaw::Wrong(format!("the decision of record {} is not the one written", envelope.sequence)));
    }
    Ok(())
}

/// The head behind the one record at `place`, if it is that of `sequence`.
pub fn head_behind(folder: &Path, place: Place, sequence: Sequence) -> Option<Head> {
    let file = File::open(segment_path(folder, place.segment)).ok()?;
    let bytes = read_record(&file, place.offset).ok()?;
    let record = record::parse(&bytes).ok()?;
    (record.open().ok()?.sequence == sequence).then(|| Head {
        sequence,
        hash: record.hash(),
        next: Place { segment: place.segment, offset: place.offset + record.length() },
    })
}

/// Is the unreadable end of the last segment a write that was cut off? An error when it was durable once.
fn torn(
    file: &File,
    path: &Path,
    offset: u64,
    length: u64,
    expected: Sequence,
    flaw: &Flaw,
) -> Result<Torn, StoreError> {
    use std::os::unix::fs::FileExt;
    let mut rest = vec![0; usize::try_from(length - offset).unwrap_or(0)];
    file.read_exact_at(&mut rest, offset).map_err(|e| StoreError::io("cannot read", path, e))?;
    let mut records_follow = false;
    for start in 1..rest.len() {
        let Some(bytes) = rest.get(start..).filter(|b| b.starts_with(&record::MARK)) else { continue };
        let Ok(envelope) = record::parse(bytes).and_then(|r| r.open()) else { continue };
        records_follow = true;
        if envelope.durable >= expected {
            let why = format!("{}; record {} behind it is whole", flaw.words(), envelope.sequence);
            return Err(StoreError::damaged(path, offset, why));
        }
    }
    Ok(Torn { bytes: length - offset, why: flaw.words(), records_follow })
}

/// Cuts off what a crash left half written. Where whole records lie in it, its bytes are kept in a file beside.
pub fn cut_off(folder: &Path, walked: &Walked) -> Result<(), StoreError> {
    let Some(torn) = &walked.torn else { return Ok(()) };
    let Place { segment, offset } = walked.head.next;
    let path = segment_path(folder, segment);
    tracing::warn!(
        event = "journal_tail_cut",
        file = %path.display(),
        offset,
        bytes = torn.bytes,
        why = torn.why,
        "the end of the journal was not written whole (a crash); nobody had been told of it, and it is cut off"
    );
    if torn.records_follow {
        let kept = path.with_extension(format!("cut-{offset}"));
        fs::copy(&path, &kept).map_err(|e| StoreError::io("cannot write", &kept, e))?;
    }
    File::options()
        .write(true)
        .open(&path)
        .and_then(|f| f.set_len(offset).and_then(|()| f.sync_all()))
        .map_err(|e| StoreError::io("cannot cut", &path, e))?;
    sync_folder(folder)
}
