//! What a crash leaves: the files as they were at that moment, cut anywhere.

use super::{
    houses::{House, OnDisk, as_a_crash_leaves, copy_folder, options, tampered},
    samples::*,
};
use crate::domain::{decision::*, id::*};
use crate::store::{Store, StoreError, TaskFilter, journal::walk, keys, records, sled};
use std::{fs, path::Path};

fn begun(decisions: u64, segment_bytes: u64) -> (tempfile::TempDir, sled::SledStore) {
    let folder = tempfile::tempdir().unwrap();
    let mut store = sled::open(folder.path(), &sled::Options { segment_bytes, ..options() }).unwrap();
    for n in 1..=decisions {
        store.commit(&usual(n), &Facts { as_of: n - 1, ..Facts::default() }).unwrap();
    }
    (folder, store)
}

fn small(n: u64) -> Decision {
    decision(n as i64, vec![opened(n, None, "ana")])
}

#[test]
fn a_write_cut_off_at_any_byte_loses_that_record_alone() {
    let (house, mut store) = begun(2, 1 << 20);
    store.sync().unwrap();
    drop(store);
    let before = as_a_crash_leaves(house.path());
    let log = |folder: &Path| folder.join("journal/000000000001.log");
    let kept = fs::metadata(log(house.path())).unwrap().len();
    let mut store = sled::open(house.path(), &options()).unwrap();
    store.commit(&small(3), &Facts { as_of: 2, ..Facts::default() }).unwrap();
    store.sync().unwrap();
    drop(store);
    let whole = fs::read(log(house.path())).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("journal");
    fs::create_dir_all(&journal).unwrap();
    for cut in kept as usize + 1..whole.len() {
        fs::write(log(folder.path()), &whole[..cut]).unwrap();
        let walked = walk::walk(&journal, walk::beginning(&journal).unwrap(), |_, _, _, _| Ok(())).unwrap();
        assert_eq!((walked.head.sequence, walked.torn.is_some()), (2, true), "cut at {cut}");
        walk::cut_off(&journal, &walked).unwrap();
        assert_eq!(fs::metadata(log(folder.path())).unwrap().len(), kept);
        // The whole store now and then: with the index of before, and without any.
        if cut % 101 == 0 {
            fs::write(log(folder.path()), &whole[..cut]).unwrap();
            let _ = fs::remove_dir_all(folder.path().join("desk"));
            if cut % 2 == 0 {
                copy_folder(&before.path().join("desk"), &folder.path().join("desk"));
            }
            let mut store = sled::open(folder.path(), &options()).unwrap();
            assert_eq!(store.head(), 2, "cut at {cut}");
            store.commit(&small(3), &Facts { as_of: 2, ..Facts::default() }).unwrap();
            store.sync().unwrap();
            drop(store);
            let store = sled::open(folder.path(), &options()).unwrap();
            assert_eq!((store.head(), store.answer(&Lookup::NextTask).unwrap()), (3, Answer::Number(4)));
        }
    }
}

#[test]
fn what_was_synced_survives_a_kill_and_what_was_not_is_gone_whole() {
    let (folder, mut store) = begun(30, 60_000);
    store.sync().unwrap();
    store.commit(&usual(31), &Facts { as_of: 30, ..Facts::default() }).unwrap();
    let crashed = as_a_crash_leaves(folder.path());
    let after = sled::open(crashed.path(), &options()).unwrap();
    assert_eq!(after.head(), 30);
    assert_eq!(after.tasks(&TaskFilter::default()).unwrap().len(), 30);
    assert_eq!(after.letter(&"L30-1".into()).unwrap().unwrap(), usual(30).letters[0]);
    assert_eq!(after.answer(&Lookup::Letter("L31-1".into())).unwrap(), Answer::Letter(None));
}

#[test]
fn an_index_older_than_the_journal_catches_up() {
    let (folder, mut store) = begun(10, 60_000);
    store.sync().unwrap();
    drop(store);
    let old = as_a_crash_leaves(folder.path());
    let mut store = sled::open(folder.path(), &options()).unwrap();
    for n in 11..=700 {
        store.commit(&small(n), &Facts { as_of: n - 1, ..Facts::default() }).unwrap();
    }
    store.sync().unwrap();
    drop(store);
    fs::remove_dir_all(folder.path().join("desk")).unwrap();
    copy_folder(&old.path().join("desk"), &folder.path().join("desk"));
    let store = sled::open(folder.path(), &options()).unwrap();
    assert_eq!(store.head(), 700);
    assert_eq!(store.answer(&Lookup::NextTask).unwrap(), Answer::Number(701));
    drop(store);
    let troubles = crate::store::verify(folder.path()).unwrap().troubles;
    assert!(troubles.iter().all(|t| t.starts_with("the raw mail ")), "{troubles:?}");
}

#[test]
fn an_index_that_cannot_be_read_is_moved_aside_and_made_anew() {
    let (folder, mut store) = begun(20, 60_000);
    store.sync().unwrap();
    drop(store);
    let whole = as_a_crash_leaves(folder.path());
    let spoil: [&dyn Fn(&Path); 5] = [
        // As a crash within a settling in parts leaves it.
        &|desk| tampered(desk.parent().unwrap(), [(keys::STANDING.into(), None)]),
        &|desk| fs::write(desk.join("db"), b"not a database").unwrap(),
        &|desk| fs::remove_file(desk.join("conf")).unwrap(),
        &|desk| fs::write(desk.join("conf"), b"version: 9").unwrap(),
        &|desk| {
            let mut bytes = fs::read(desk.join("db")).unwrap();
            bytes.truncate(bytes.len() / 2);
            fs::write(desk.join("db"), bytes).unwrap();
        },
    ];
    for (i, spoil) in spoil.iter().enumerate() {
        let folder = as_a_crash_leaves(whole.path());
        spoil(&folder.path().join("desk"));
        let store = sled::open(folder.path(), &options()).unwrap();
        assert_eq!(store.head(), 20, "way {i} of spoiling");
        assert_eq!(store.tasks(&TaskFilter::default()).unwrap().len(), 20);
        drop(store);
        assert_eq!(crate::store::verify(folder.path()).unwrap().troubles.len(), 20, "only the raw mail is missing");
    }
}

#[test]
fn an_index_of_an_earlier_version_is_moved_aside_and_made_anew() {
    let (folder, mut store) = begun(20, 60_000);
    store.sync().unwrap();
    drop(store);
    let folder = as_a_crash_leaves(folder.path());
    // Each value as version 1 wrote it: the same but for the version before it, and some records had fewer fields.
    let index = ::sled::open(folder.path().join("desk")).unwrap();
    let pairs: Vec<_> = index.iter().map(Result::unwrap).collect();
    assert!(pairs.iter().any(|(key, _)| key.as_ref() == keys::STANDING), "the index says where it stands");
    for (key, value) in pairs.iter().filter(|(_, value)| value.first() == Some(&records::VERSION)) {
        let mut old = value.to_vec();
        old[0] = 1;
        index.insert(key, old).unwrap();
    }
    index.flush().unwrap();
    drop((pairs, index));
    let store = sled::open(folder.path(), &options()).unwrap();
    assert!(folder.path().join("desk.aside").is_dir(), "nothing is thrown away");
    assert_eq!((store.head(), store.tasks(&TaskFilter::default()).unwrap().len()), (20, 20));
    drop(store);
    assert_eq!(crate::store::verify(folder.path()).unwrap().troubles.len(), 20, "only the raw mail is missing");
}

#[test]
fn an_index_of_another_journal_is_found_out() {
    let (ours, mut store) = begun(5, 60_000);
    store.sync().unwrap();
    drop(store);
    let (other, mut store) = begun(4, 60_000);
    store.sync().unwrap();
    drop(store);
    fs::remove_dir_all(ours.path().join("desk")).unwrap();
    copy_folder(&other.path().join("desk"), &ours.path().join("desk"));
    let store = sled::open(ours.path(), &options()).unwrap();
    assert_eq!(store.head(), 5);
    assert!(ours.path().join("desk.aside").is_dir());
}

#[test]
fn a_journal_that_lost_what_the_index_knows_is_an_error_until_a_person_rebuilds() {
    let (folder, mut store) = begun(5, 1 << 20);
    store.sync().unwrap();
    drop(store);
    let log = folder.path().join("journal/000000000001.log");
    let length = fs::metadata(&log).unwrap().len();
    fs::File::options().write(true).open(&log).unwrap().set_len(length - 1).unwrap();
    let says = sled::open(folder.path(), &options()).unwrap_err().to_string();
    assert!(says.contains("ends with record 4, but the index knows of 5"), "{says}");
    assert_eq!(fs::metadata(&log).unwrap().len(), length - 1);
    crate::store::rebuild(folder.path()).unwrap();
    assert_eq!(sled::open(folder.path(), &options()).unwrap().head(), 4);
}

#[test]
fn a_second_store_on_the_same_folder_is_refused_with_a_sentence() {
    let mut house = OnDisk::begin();
    let refused = sled::open(house.folder.path(), &options()).unwrap_err();
    assert!(matches!(refused, StoreError::Locked { .. }));
    assert!(refused.to_string().contains("in use by another intaked; stop it first"), "{refused}");
    assert!(matches!(crate::store::verify(house.folder.path()), Err(StoreError::Locked { .. })));
    house.close();
    assert!(sled::open(house.folder.path(), &options()).is_ok());
}

#[test]
fn an_unwritable_folder_is_one_clear_sentence() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), b"").unwrap();
    let says = sled::open(&folder.path().join("file/data"), &options()).unwrap_err().to_string();
    assert!(says.starts_with("cannot make the folder ") && !says.contains('\n'), "{says}");
}

#[test]
fn a_rebuild_never_makes_a_sent_letter_due_again() {
    use crate::domain::{event::Event, letter::Attempt};
    let (folder, mut store) = begun(1, 60_000);
    let letter: LetterId = "L1-1".into();
    let sent = Event::LetterAnswered { letter: letter.clone(), attempt: Attempt::Sent("250".into()), again: None };
    store.commit(&decision(5, vec![Event::LetterTried { letter }]), &Facts { as_of: 1, ..Facts::default() }).unwrap();
    store.commit(&decision(6, vec![sent]), &Facts { as_of: 2, ..Facts::default() }).unwrap();
    store.sync().unwrap();
    drop(store);
    let report = crate::store::rebuild(folder.path()).unwrap();
    assert!(report.counts.contains(&("letters sent", 1)));
    let store = sled::open(folder.path(), &options()).unwrap();
    let due: Vec<_> = store.letters_due(at(100_000), 10).unwrap().into_iter().map(|l| l.id.0).collect();
    assert_eq!(due, ["L1-2"]);
}

#[test]
fn an_import_of_a_whole_book_is_taken_whole_and_survives() {
    use crate::domain::event::Event;
    let folder = tempfile::tempdir().unwrap();
    let mut store = sled::open(folder.path(), &sled::Options::default()).unwrap();
    let saved = |n: u64| {
        let id = format!("A-{n}");
        let account = account(&id, &format!("p{n}@f{n}.example"), &format!("f{n}.example"), &format!("P-{n}"));
        Event::AccountSaved { account: Box::new(account) }
    };
    let book = decision(1, (0..3000).map(saved).collect());
    store.commit(&book, &Facts::default()).unwrap();
    store.sync().unwrap();
    let crashed = as_a_crash_leaves(folder.path());
    for folder in [folder.path(), crashed.path()] {
        if folder == crashed.path() {
            drop(store);
            store = sled::open(folder, &sled::Options::default()).unwrap();
        }
        let Answer::Accounts(found) = store.answer(&Lookup::AccountsByPolicy("p2999".into())).unwrap() else {
            panic!()
        };
        assert_eq!(found.len(), 1);
        assert_eq!(store.accounts().unwrap().len(), 3000);
    }
    drop(store);
    assert!(crate::store::verify(crashed.path()).unwrap().is_sound());
}
