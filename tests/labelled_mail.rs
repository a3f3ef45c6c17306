//! The labelled mail under `tests/mail/`: what the rules make of it may only get better, no real request is ever read
//! as no work, and every field stands where it says it does.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use intaked::domain::{
    calendar::Calendar,
    field::{Field, Place, Provenance},
    reading::Reading,
};
use intaked::message::Message;
use intaked::reading::{Circumstances, Rulebook};
use serde_json::Value;
use std::path::PathBuf;

struct Labelled {
    file: String,
    message: Message,
    reading: Reading,
    labels: Value,
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/mail")
}

/// Every labelled message, read by the built-in rules.
fn all() -> Vec<Labelled> {
    let rulebook = Rulebook::built_in();
    let calendar = Calendar::usual(chrono_tz::America::Chicago);
    let own = ["harborpoint.example".to_owned()];
    let inbox = [intaked::domain::text::Address::new("service@harborpoint.example").unwrap()];
    let mut out = Vec::new();
    let mut batches: Vec<_> = std::fs::read_dir(folder())
        .unwrap()
        .flatten()
        .map(|e| e.path())
        .filter(|p| p.join("labels.jsonl").is_file())
        .collect();
    batches.sort();
    for batch in batches {
        let labels = std::fs::read_to_string(batch.join("labels.jsonl")).unwrap();
        for line in labels.lines() {
            let labels: Value = serde_json::from_str(line).unwrap();
            let file = labels["file"].as_str().unwrap().to_owned();
            let message = Message::parse(&std::fs::read(batch.join(&file)).unwrap());
            let around = Circumstances {
                received: message.date.unwrap(),
                calendar: &calendar,
                own_domains: &own,
                own_addresses: &inbox,
            };
            let reading = rulebook.read(&message, &around);
            out.push(Labelled { file, message, reading, labels });
        }
    }
    assert!(out.len() >= 120, "the labelled mail was not found");
    out
}

fn primary(reading: &Reading) -> &str {
    reading.requests.first().map_or("none", |r| r.request_type.as_str())
}

#[test]
fn what_is_read_right_stays_right() {
    let floor: toml::Table = std::fs::read_to_string(folder().join("floor.toml")).unwrap().parse().unwrap();
    let all = all();
    let wanted = |l: &Labelled| l.labels["request_types"][0].as_str().unwrap().to_owned();
    let wrong: Vec<String> = all
        .iter()
        .filter(|l| primary(&l.reading) != wanted(l))
        .map(|l| format!("{}: read as {}, is {}", l.file, primary(&l.reading), wanted(l)))
        .collect();
    let right = (all.len() - wrong.len()) as f64 / all.len() as f64;
    println!("primary type right: {right:.3} of {}", all.len());
    let least = floor["primary_type"].as_float().unwrap();
    assert!(right >= least, "{right:.3} is less than {least}:\n{}", wrong.join("\n"));
}

#[test]
fn no_real_request_is_read_as_no_work() {
    let lost: Vec<_> = all()
        .into_iter()
        .filter(|l| l.reading.requests.is_empty() && l.labels["request_types"][0] != "none")
        .map(|l| l.file)
        .collect();
    assert!(lost.is_empty(), "these requests would have been lost: {lost:?}");
}

#[test]
fn what_is_no_work_has_evidence() {
    for l in all().iter().filter(|l| l.reading.requests.is_empty()) {
        assert!(!l.reading.no_work.is_empty(), "{} is no work for no reason", l.file);
    }
}

fn place<'a>(message: &'a Message, place: Place) -> std::borrow::Cow<'a, str> {
    match place {
        Place::Subject => message.subject.as_str().into(),
        Place::Text => message.text.as_str().into(),
        Place::AttachmentName(n) => message.attachments[usize::from(n)].name.as_str().into(),
        Place::AttachmentText(n) => message.attachments[usize::from(n)].text.as_deref().unwrap().into(),
        Place::From => message.from.as_ref().unwrap().to_string().into(),
    }
}

#[test]
fn every_field_stands_where_it_says() {
    let mut looked_at = 0;
    for l in all() {
        for field in &l.reading.fields {
            let Field { name, value, from: Provenance::Message { span, words, .. }, .. } = field else { continue };
            let text = place(&l.message, span.place);
            let there = &text[span.start as usize..span.end as usize];
            assert_eq!(there, words, "{}: {name}", l.file);
            // Text is the words themselves, white space and punctuation aside; dates, numbers and names of lines are
            // what the words mean, and are held to that where they are made.
            if let intaked::domain::field::FieldValue::Text(value) = value
                && ["policy_numbers", "insured_name", "contact_name", "claim_number", "invoice_number"]
                    .contains(&name.as_str())
                && !words.chars().all(|c| c.is_alphabetic() || c.is_whitespace() || ",-".contains(c))
            {
                let (value, words) = (intaked::domain::text::folded(value), intaked::domain::text::folded(words));
                assert!(words.contains(&value) || spoken(&l), "{}: {name}: {value:?} is not in {words:?}", l.file);
            }
            looked_at += 1;
        }
    }
    assert!(looked_at > 400, "{looked_at} fields");
}

/// Transcripts spell numbers out: there the digits are what the words mean.
fn spoken(l: &Labelled) -> bool {
    l.labels["channel"] == "voicemail"
}
