//! A Maildir in, a folder out: every mark and every letter is a call of its own, so the whole order can be seen.

use super::trace::before;
use super::{Office, journalled};
use std::path::PathBuf;

/// The record that a letter's try begins, as strace shows it.
fn tried(letter: &str) -> String {
    format!(r#"\"letter_tried\":{{\"letter\":\"{letter}\""#)
}

#[test]
fn bytes_then_name_then_decision_then_mark_each_fsynced_before_the_next() {
    let office = Office::new();
    let mut messages: Vec<_> = (1..=3).map(|n| office.deliver(n)).collect();
    let mut daemon = office.start(&[]);
    daemon.until("the first letters", || office.letters().len() >= 6);
    messages.push(office.deliver(4));
    daemon.until("the last letters", || office.letters().len() >= 8);
    let trace = daemon.stop();

    for (name, digest) in &messages {
        // The raw file: all of its bytes, fsync, name, the name's folder.
        let unfinished = office.path("data/spool/unfinished").join(digest);
        let named = trace.first("rename of the raw file", |c| c.is_rename() && c.on(&unfinished));
        let last_write = trace.all(|c| c.is_write() && c.on(&unfinished)).last().expect("the raw file is written");
        let synced = trace.fsync_after(&unfinished, last_write);
        before("a raw file is fsynced before it gets its name", synced, named);
        let path = PathBuf::from(named.arguments.rsplit('"').nth(1).unwrap());
        assert!(path.ends_with(format!("{digest}.eml")), "{}", path.display());
        let day = path.parent().unwrap();
        let day_synced = trace.fsync_after(day, named);
        let made = trace.first("folder of the day", |c| c.name.starts_with("mkdir") && c.on(day) && c.result == "0");
        let day_lasts = trace.fsync_after(day.parent().unwrap(), made);

        // The decision.
        let (decided, durable) = journalled(&trace, &office.path("data/journal"), &["message_decided", digest]);
        before("the folder of the day is fsynced before the decision is written", day_synced, decided);
        before("a new day's folder is fsynced in the spool before the decision is written", day_lasts, decided);

        // The mark: the file goes on to the subfolder.
        let marked = trace.first("mark", |c| c.is_rename() && c.on(&office.path("mail/new").join(name)));
        before("the journal is fsynced before the message is marked", durable, marked);
    }
}

#[test]
fn a_try_is_fsynced_before_the_letter_leaves() {
    let office = Office::new();
    for n in 1..=3 {
        office.deliver(n);
    }
    let trace = office.run_until(6);
    for letter in office.letters() {
        let (_, durable) = journalled(&trace, &office.path("data/journal"), &[&tried(&letter)]);
        let unfinished = office.path("letters").join(format!(".{letter}.tmp"));
        let leaves = trace.first("letter", |c| c.opens_to_write() && c.on(&unfinished));
        before("the try is fsynced before the letter leaves", durable, leaves);
        let written = trace.all(|c| c.is_write() && c.on(&unfinished)).last().unwrap();
        let named = trace.first("name of the letter", |c| c.is_rename() && c.on(&unfinished));
        before("a letter's file is fsynced before it gets its name", trace.fsync_after(&unfinished, written), named);
    }
}
