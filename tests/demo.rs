//! The demonstration is the true daemon: it is fed a message that nobody has seen, and must say what that message is.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::process::Command;

#[test]
fn nothing_that_the_demonstration_prints_is_canned() {
    let folder = tempfile::tempdir().unwrap();
    // A name and a number that no sample and no source file holds.
    let number = format!("BAP-{:06}", 100_000 + std::process::id() % 900_000);
    let mail = format!(
        "From: Zelda Quimby <zelda@quimby-orchards.example>\nTo: service@harborpoint.example\n\
         Subject: new tractor\nDate: Mon, 23 Nov 2026 10:00:00 -0600\nMessage-ID: <z1@quimby-orchards.example>\n\n\
         Hi, please add a 2024 Ford F-350 to our auto policy {number}.\n\nZelda Quimby\n"
    );
    std::fs::write(folder.path().join("unseen.eml"), mail).unwrap();
    let out = Command::new(env!("CARGO_BIN_EXE_intaked")).args(["demo", "--mail"]).arg(folder.path()).output().unwrap();
    let said = String::from_utf8(out.stdout).unwrap();
    assert!(out.status.success(), "{said}{}", String::from_utf8_lossy(&out.stderr));
    for words in [
        "Zelda Quimby <zelda@quimby-orchards.example>: “new tractor”",
        "read as endorsement",
        number.as_str(),
        "sent acknowledgement to zelda@quimby-orchards.example",
        "nobody has touched it",
        "1 messages arrived, 1 tasks",
    ] {
        assert!(said.contains(words), "the demonstration does not say {words:?}:\n{said}");
    }
    // The folder that it leaves for the reader.
    let left = said.lines().last().and_then(|l| l.rsplit(": ").next()).unwrap();
    let letters = std::fs::read_dir(std::path::Path::new(left).join("letters")).unwrap().count();
    assert!(letters >= 3, "acknowledgement, notice and escalations, as files: {letters}");
    std::fs::remove_dir_all(left).unwrap();
}
