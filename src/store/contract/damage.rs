//! Damage is found and named: in the journal, in the index, in the raw mail.

use super::{
    houses::{as_a_crash_leaves, held, options, tampered},
    samples::*,
};
use crate::domain::{decision::*, event::Event, message::Outcome};
use crate::store::raw::Raw;
use crate::store::{self, Store, StoreError, keys::Key, raw::Spool, sled};
use std::fs;

/// Twelve messages with their raw mail, several segments.
fn sound() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let spool = Spool::open(&folder.path().join("spool")).unwrap();
    let mut desk = sled::open(folder.path(), &options()).unwrap();
    for n in 1..=12u64 {
        let bytes = format!("From: tony@trucks.example\r\n\r\nmessage {n}");
        let raw = spool.put(&[Raw { at: at(0), bytes: bytes.as_bytes(), whole: true }]).unwrap().remove(0);
        let mut d = usual(n);
        if let Event::MessageDecided { record, .. } = &mut d.events[0] {
            record.raw = raw;
        }
        desk.commit(&d, &Facts { as_of: n - 1, ..Facts::default() }).unwrap();
        desk.sync().unwrap();
    }
    folder
}

#[test]
fn a_sound_store_is_sound_and_counted() {
    let folder = sound();
    let report = store::verify(folder.path()).unwrap();
    assert_eq!((report.troubles, report.notes), (vec![], vec![]));
    for expected in [("decisions", 12), ("messages", 12), ("sightings", 12), ("tasks", 12), ("letters", 24)] {
        assert!(report.counts.contains(&expected), "{expected:?} in {:?}", report.counts);
    }
    assert!(!folder.path().join("desk.proof").exists());
    let rebuilt = store::rebuild(folder.path()).unwrap();
    assert_eq!(rebuilt.counts, report.counts);
    assert!(store::verify(folder.path()).unwrap().is_sound());
}

#[test]
fn a_changed_byte_anywhere_before_the_last_record_is_damage_with_file_and_byte() {
    let whole = sound();
    let first = fs::read(whole.path().join("journal/000000000001.log")).unwrap();
    for at in (0..first.len()).step_by(first.len() / 23) {
        let folder = as_a_crash_leaves(whole.path());
        let mut bytes = first.clone();
        bytes[at] ^= 0x10;
        fs::write(folder.path().join("journal/000000000001.log"), &bytes).unwrap();
        let report = store::verify(folder.path()).unwrap();
        assert!(report.troubles[0].contains("000000000001.log is damaged at byte "), "{at}: {:?}", report.troubles);
        fs::remove_dir_all(folder.path().join("desk")).unwrap();
        assert!(matches!(sled::open(folder.path(), &options()), Err(StoreError::Damaged { .. })), "{at}");
    }
}

#[test]
fn damage_in_the_last_segment_is_no_torn_tail_when_later_records_call_it_durable() {
    let folder = tempfile::tempdir().unwrap();
    let mut desk = sled::open(folder.path(), &sled::Options::default()).unwrap();
    for n in 1..=3u64 {
        desk.commit(&usual(n), &Facts { as_of: n - 1, ..Facts::default() }).unwrap();
        desk.sync().unwrap();
    }
    drop(desk);
    let log = folder.path().join("journal/000000000001.log");
    let mut bytes = fs::read(&log).unwrap();
    bytes[100] ^= 1;
    fs::write(&log, &bytes).unwrap();
    fs::remove_dir_all(folder.path().join("desk")).unwrap();
    let says = sled::open(folder.path(), &sled::Options::default()).unwrap_err().to_string();
    assert!(says.contains("is damaged at byte 0") && says.contains("is whole"), "{says}");
    assert_eq!(fs::read(&log).unwrap(), bytes, "nothing was cut");
}

#[test]
fn a_torn_group_with_whole_records_behind_it_is_cut_and_its_bytes_are_kept_aside() {
    let folder = tempfile::tempdir().unwrap();
    let mut desk = sled::open(folder.path(), &sled::Options::default()).unwrap();
    desk.commit(&usual(1), &Facts::default()).unwrap();
    desk.sync().unwrap();
    let log = folder.path().join("journal/000000000001.log");
    let durable = fs::metadata(&log).unwrap().len() as usize;
    let crashed = as_a_crash_leaves(folder.path());
    for n in 2..=4u64 {
        desk.commit(&usual(n), &Facts { as_of: n - 1, ..Facts::default() }).unwrap();
    }
    desk.sync().unwrap();
    let mut bytes = fs::read(&log).unwrap();
    bytes[durable + 50..durable + 90].fill(0);
    let log = crashed.path().join("journal/000000000001.log");
    fs::write(&log, &bytes).unwrap();
    let desk = sled::open(crashed.path(), &sled::Options::default()).unwrap();
    assert_eq!(desk.head(), 1);
    assert_eq!(fs::read(log.with_extension(format!("cut-{durable}"))).unwrap(), bytes);
}

#[test]
fn a_missing_segment_is_named() {
    let folder = sound();
    fs::remove_file(folder.path().join("journal/000000000002.log")).unwrap();
    let report = store::verify(folder.path()).unwrap();
    assert!(report.troubles[0].contains("000000000002.log is damaged at byte 0: the file is missing"), "{report:?}");
}

#[test]
fn every_wrong_missing_or_extra_thing_in_the_index_is_told() {
    let folder = sound();
    let task = |n| Key::of(store::keys::TASK).number(n).bytes();
    let other = held(folder.path(), &task(4));
    let message = Key::of(store::keys::MESSAGE).last(key(5).as_str()).bytes();
    let stray = Key::of(store::keys::BY_TYPE).text("claim").flag(true).number(99).bytes();
    tampered(folder.path(), [(task(3), Some(other)), (message, None), (stray, Some(vec![]))]);
    let troubles = store::verify(folder.path()).unwrap().troubles.join("\n");
    assert!(troubles.contains("task T-3 in the index is not what folding its events gives"), "{troubles}");
    assert!(troubles.contains(&format!("the index lacks message {}", key(5))), "{troubles}");
    assert!(troubles.contains("the index holds an entry that finds task T-99 that no decision made"), "{troubles}");
    assert_eq!(troubles.lines().count(), 3);
    store::rebuild(folder.path()).unwrap();
    assert!(store::verify(folder.path()).unwrap().is_sound());
}

#[test]
fn raw_mail_that_is_missing_or_changed_is_told_and_a_stray_file_is_only_a_note() {
    let folder = sound();
    let day = folder.path().join("spool/2026-11-16");
    let mut files: Vec<_> = fs::read_dir(&day).unwrap().map(|f| f.unwrap().path()).collect();
    files.sort();
    fs::remove_file(&files[0]).unwrap();
    fs::write(&files[1], b"something else").unwrap();
    fs::write(day.join("stray.eml"), b"x").unwrap();
    let report = store::verify(folder.path()).unwrap();
    assert_eq!(report.troubles.len(), 2, "{report:?}");
    assert!(report.troubles.iter().any(|t| t.contains("is missing")));
    assert!(report.troubles.iter().any(|t| t.contains("its digest differs")));
    assert_eq!(report.notes.len(), 1);
}

#[test]
fn a_journal_of_a_later_format_is_never_cut() {
    let folder = tempfile::tempdir().unwrap();
    let mut desk = sled::open(folder.path(), &sled::Options::default()).unwrap();
    desk.commit(&decision(1, vec![decided(1, None, Outcome::NoWork)]), &Facts::default()).unwrap();
    desk.sync().unwrap();
    drop(desk);
    let log = folder.path().join("journal/000000000001.log");
    let mut bytes = fs::read(&log).unwrap();
    bytes[3] = 2;
    fs::write(&log, &bytes).unwrap();
    fs::remove_dir_all(folder.path().join("desk")).unwrap();
    let says = sled::open(folder.path(), &sled::Options::default()).unwrap_err().to_string();
    assert!(says.contains("it is written in format 2"), "{says}");
    assert_eq!(fs::read(&log).unwrap(), bytes);
}

#[test]
fn verify_of_a_folder_without_a_store_says_so_and_makes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let says = store::verify(folder.path()).unwrap_err().to_string();
    assert!(says.contains("there is no store in"), "{says}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}
