//! What is new, what is quoted and what was forwarded in the labelled replies and forwards of `tests/mail/parts/`: a
//! floor under each folder.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use intaked::message::Message;
use std::path::{Path, PathBuf};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mail/parts").join(name)
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// How many of a folder's replies and forwards are read exactly, of how many, and what is wrong with the others.
#[derive(Default)]
struct Score {
    replies: (usize, usize),
    forwards: (usize, usize),
    wrong: Vec<String>,
}

fn score(name: &str) -> Score {
    let labels = std::fs::read_to_string(folder(name).join("labels.jsonl")).unwrap();
    let mut score = Score::default();
    for line in labels.lines() {
        let label: serde_json::Value = serde_json::from_str(line).unwrap();
        let file = label["file"].as_str().unwrap();
        let message = Message::parse(&std::fs::read(folder(name).join(file)).unwrap());
        let said = folded(&message.own_text());
        let expected = folded(label["new_text"].as_str().unwrap());
        let wanted = &label["forward"];
        if wanted.is_null() {
            score.replies.1 += 1;
            if said == expected && message.original().is_none() {
                score.replies.0 += 1;
            } else {
                score.wrong.push(format!("{file}: “{said}” for “{expected}”"));
            }
            continue;
        }
        score.forwards.1 += 1;
        let is = |field: &str, found: &str| folded(found) == folded(wanted[field].as_str().unwrap());
        let right = message.original().is_some_and(|f| {
            is("from", &f.from.to_string()) && is("subject", f.subject.as_str()) && is("body", &message.text_of(f))
        });
        if right && said == expected {
            score.forwards.0 += 1;
        } else {
            let found = message.original().map(|f| format!("{} “{}”: {}", f.from, f.subject, message.text_of(f)));
            score.wrong.push(format!("{file}: “{said}”, {found:?} for “{expected}”, {wanted}"));
        }
    }
    score
}

#[track_caller]
fn floor(name: &str, replies: usize, forwards: usize) {
    let score = score(name);
    println!("{name}: replies {:?}, forwards {:?}\n{}", score.replies, score.forwards, score.wrong.join("\n"));
    assert!(score.replies.1 >= 12 && score.forwards.1 >= 12, "the folder is smaller than it was");
    assert!(score.replies.0 >= replies, "replies: {:?}", score.replies);
    assert!(score.forwards.0 >= forwards, "forwards: {:?}", score.forwards);
}

#[test]
fn the_first_folder_keeps_its_floor() {
    floor("first", 62, 60);
}

#[test]
fn the_second_folder_keeps_its_floor() {
    floor("second", 31, 30);
}

#[test]
fn the_third_folder_keeps_its_floor() {
    floor("third", 12, 12);
}

#[test]
fn every_part_of_a_labelled_mail_is_shown_somewhere() {
    use intaked::message::PartKind;
    let kinds =
        [PartKind::Quoted, PartKind::Signature, PartKind::Disclaimer, PartKind::Footer, PartKind::ForwardHeader];
    for entry in std::fs::read_dir(folder("first")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|e| e != "eml") {
            continue;
        }
        let message = Message::parse(&std::fs::read(&path).unwrap());
        let mut shown = message.own_text();
        for kind in kinds {
            shown += &message.own_parts(kind);
        }
        for forward in &message.forwards {
            shown += &message.text_of(forward);
            shown += &message.text[forward.header.clone()];
        }
        for word in message.text.split_whitespace().filter(|w| w.chars().any(char::is_alphanumeric)) {
            assert!(shown.contains(word), "{word} of {}", path.display());
        }
    }
}
