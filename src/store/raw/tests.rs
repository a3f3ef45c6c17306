//! The spool's promises.

use super::*;
use chrono::TimeZone;

fn at(day: u32) -> Timestamp {
    chrono::Utc.with_ymd_and_hms(2026, 11, day, 23, 59, 59).unwrap()
}
fn raw(bytes: &[u8], day: u32) -> Raw<'_> {
    Raw { at: at(day), bytes, whole: true }
}

#[test]
fn what_was_put_is_read_back_and_named_by_its_digest() {
    let folder = tempfile::tempdir().unwrap();
    let spool = Spool::open(&folder.path().join("spool")).unwrap();
    let refs = spool.put(&[raw(b"From: a\r\n\r\nx", 21), raw(b"", 22), raw(&[0xFF; 70_000], 21)]).unwrap();
    assert_eq!(spool.read(&refs[0].path).unwrap(), b"From: a\r\n\r\nx");
    assert_eq!(spool.read(&refs[1].path).unwrap(), b"");
    assert_eq!(spool.read(&refs[2].path).unwrap(), vec![0xFF; 70_000]);
    assert_eq!(refs[0].path, format!("2026-11-21/{}.eml", refs[0].sha256));
    assert_eq!((refs[2].size, refs[2].whole), (70_000, true));
}

#[test]
fn the_same_message_twice_is_one_file_and_copies_with_other_headers_are_two() {
    let folder = tempfile::tempdir().unwrap();
    let spool = Spool::open(folder.path()).unwrap();
    let first = spool.put(&[raw(b"one", 21), raw(b"one", 21), raw(b"Received: b\r\none", 21)]).unwrap();
    let again = spool.put(&[raw(b"one", 21)]).unwrap();
    assert_eq!((&first[0], &first[0]), (&first[1], &again[0]));
    assert_eq!(fs::read_dir(folder.path().join("2026-11-21")).unwrap().count(), 2);
    assert_eq!(spool.read(&first[2].path).unwrap(), b"Received: b\r\none");
}

#[test]
fn a_file_that_was_damaged_is_written_anew_when_the_message_comes_again() {
    let folder = tempfile::tempdir().unwrap();
    let spool = Spool::open(folder.path()).unwrap();
    let first = spool.put(&[raw(b"one", 21)]).unwrap();
    fs::write(folder.path().join(&first[0].path), b"xxx").unwrap();
    spool.put(&[raw(b"one", 21)]).unwrap();
    assert_eq!(spool.read(&first[0].path).unwrap(), b"one");
}

#[test]
fn files_that_a_crash_left_unfinished_are_cleared_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let spool = Spool::open(folder.path()).unwrap();
    let kept = spool.put(&[raw(b"one", 21)]).unwrap();
    fs::write(folder.path().join("unfinished/half"), b"o").unwrap();
    let spool = Spool::open(folder.path()).unwrap();
    assert_eq!(fs::read_dir(folder.path().join("unfinished")).unwrap().count(), 0);
    assert_eq!(spool.read(&kept[0].path).unwrap(), b"one");
}

#[test]
fn a_path_out_of_the_spool_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let spool = Spool::open(&folder.path().join("spool")).unwrap();
    fs::write(folder.path().join("secret"), b"s").unwrap();
    assert!(spool.read("../secret").is_err());
    assert!(spool.read("/etc/hostname").is_err());
}

#[test]
fn a_folder_that_cannot_be_made_is_one_clear_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, b"").unwrap();
    let says = Spool::open(&file.join("spool")).unwrap_err().to_string();
    assert!(
        says.starts_with("cannot make the folder ") && says.contains("file/spool") && !says.contains('\n'),
        "{says}"
    );
}

#[test]
fn free_room_is_a_plausible_number() {
    assert!(free_bytes(Path::new("/")).unwrap() > 1 << 20);
    assert!(free_bytes(Path::new("/nowhere/at/all")).is_err());
}
