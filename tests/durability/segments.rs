//! A new file of the journal: the test runs itself under strace on a store with tiny segments.

use super::trace::{self, before};
use intaked::domain::{Timestamp, decision::*, event::Event, id::MailboxId};
use intaked::store::{Commit, Store as _, sled};
use std::path::Path;

const FOLDER: &str = "INTAKED_TEST_SEGMENTS_IN";
const RECORDS: u64 = 12;

#[test]
fn a_new_segment_is_fsynced_in_its_folder_before_its_first_decision_counts() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        return write(Path::new(&folder));
    }
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let itself = std::env::current_exe().unwrap();
    let name = "segments::a_new_segment_is_fsynced_in_its_folder_before_its_first_decision_counts";
    let environment = [(FOLDER, data.to_str().unwrap())];
    let trace = trace::start(&[itself.to_str().unwrap(), "--exact", name], folder.path(), &[], &environment).end();
    let journal = data.join("journal");
    let mut segments = 0;
    for n in 1.. {
        let segment = journal.join(format!("{n:012}.log"));
        if !segment.exists() {
            break;
        }
        segments += 1;
        let made = trace.first("segment", |c| c.opens_to_write() && c.on(&segment));
        let written = trace.first("record", |c| c.is_write() && c.on(&segment));
        let lasts = trace.fsync_after(&segment, written);
        before(
            "a new segment's name is fsynced before its first record counts",
            trace.fsync_after(&journal, made),
            lasts,
        );
        if n > 1 {
            let last = journal.join(format!("{:012}.log", n - 1));
            let written = trace.all(|c| c.is_write() && c.on(&last)).last().unwrap();
            before("a segment is whole on the disk before the next begins", trace.fsync_after(&last, written), made);
        }
    }
    assert!(segments >= 3, "the store had {segments} segments: too few to prove anything");
}

/// Commits a few decisions; runs under strace.
fn write(folder: &Path) {
    let mut store = sled::open(folder, &sled::Options { segment_bytes: 1_000, ..sled::Options::default() }).unwrap();
    for base in 1..=RECORDS {
        let event = Event::CursorMoved { mailbox: MailboxId::from("m"), folder: "INBOX".into(), uid_validity: 1, base };
        let decision = Decision {
            at: Timestamp::UNIX_EPOCH,
            cause: Cause::Inbox,
            events: vec![event],
            letters: Vec::new(),
            versions: Versions::default(),
        };
        let facts = Facts { as_of: store.head(), ..Facts::default() };
        assert!(matches!(store.commit(&decision, &facts).unwrap(), Commit::Taken(_)));
        store.sync().unwrap();
    }
}
