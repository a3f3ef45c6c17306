use super::*;
use crate::domain::event::Opening;
use crate::domain::field::{Field, FieldValue, Provenance};
use crate::domain::fold;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_timestamp(1_795_000_000 + seconds, 0).unwrap()
}

fn guidance() -> Guidance {
    let config = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/intaked.toml");
    guidance::load(&config).unwrap().1
}

const MAIL: &str = "From: Tony <tony@trucks.example>\r\nTo: service@agency.example\r\n\
    Date: Mon, 16 Nov 2026 09:00:00 -0600\r\nSubject: Question\r\n\r\n\
    Please add our new truck and tell us what we owe. Tony Marchetti\r\n";

fn a_task(n: u64, kind: Option<&str>) -> Task {
    let opening = Opening {
        request_type: kind.map(Into::into),
        type_title: "x".to_owned(),
        arrived: at(0),
        subject: "Question".into(),
        requester: None,
        sender_kind: SenderKind::Client,
        channel: Channel::Email,
        language: "en".to_owned(),
        words: "add our new truck".to_owned(),
        message: Some("00ff".into()),
        complexity: Complexity::Simple,
        urgent: false,
        evidence: std::sync::Arc::default(),
        guesses: Vec::new(),
        done_when: "x".to_owned(),
        assigned_to: "ana".into(),
        assigned_because: "x".to_owned(),
        standing_in_for: None,
        uncertain: false,
    };
    fold::task(None, &Event::TaskOpened { task: TaskId(n), opening: Box::new(opening) }, at(0)).unwrap()
}

fn corrected(task: Task, what: Corrected) -> Task {
    fold::task(Some(task), &Event::Corrected { task: TaskId(1), by: "ana".into(), what }, at(5)).unwrap()
}

fn holding(mut task: Task, name: &str, value: FieldValue) -> Task {
    let from = Provenance::Person { person: "ana".into(), at: at(5) };
    std::sync::Arc::make_mut(&mut task.fields).push(Field {
        name: name.to_owned(),
        value,
        from,
        confidence: 100,
        doubt: None,
    });
    task
}

fn message(outcome: Outcome, reading: Reading, tasks: Vec<Task>) -> CorrectedMessage {
    let record = MessageRecord {
        key: "00ff".into(),
        message_id: None,
        from: None,
        subject: "Question".into(),
        received: at(0),
        decided: at(1),
        raw: crate::domain::message::RawRef { path: String::new(), size: 1, sha256: String::new(), whole: true },
        outcome,
        reason: "x".to_owned(),
        same_id_as: None,
        rules_version: "r0".to_owned(),
        answers: Vec::new(),
    };
    CorrectedMessage { record, reading, tasks: tasks.into_iter().map(Arc::new).collect() }
}

fn asks(kinds: &[&str]) -> Reading {
    let request = |kind: &&str| Request {
        request_type: (*kind).into(),
        score: 20,
        complexity: Complexity::Simple,
        missing: vec!["policy_numbers".to_owned()],
        unsure: Vec::new(),
        evidence: Vec::new(),
        again: Vec::new(),
    };
    Reading { requests: kinds.iter().map(request).collect(), certainty: Certainty::Clear, ..Reading::default() }
}

#[test]
fn what_people_said_stands_in_the_place_of_what_was_read_and_the_rest_stays() {
    let guidance = guidance();
    let parsed = Message::parse(MAIL.as_bytes());
    let retyped = corrected(
        a_task(1, Some("endorsement")),
        Corrected::Type { was: Some("billing".into()), is: "endorsement".into() },
    );
    let task = holding(
        corrected(retyped, Corrected::Field { name: "insured_name".to_owned(), elsewhere: false }),
        "insured_name",
        FieldValue::Text("Marchetti Trucking LLC".to_owned()),
    );
    let task = holding(
        corrected(task, Corrected::Field { name: "deadline".to_owned(), elsewhere: true }),
        "deadline",
        FieldValue::Date("2026-12-01".parse().unwrap()),
    );
    let one = message(Outcome::Tasks(vec![TaskId(1), TaskId(2)]), asks(&["billing", "id_card"]), vec![task]);
    let labels = labels(&guidance, &one, &parsed);
    assert_eq!(labels["request_types"], json!(["endorsement", "id_card"]));
    assert_eq!(labels["fields"], json!({ "insured_name": "Marchetti Trucking LLC" }), "a call told the deadline");
    assert_eq!(labels["corrected"], json!(["request_types", "fields.insured_name"]));
    assert_eq!(labels["channel"], "email");
    assert_eq!(labels["received"], json!(at(0)));
    // What is missing is what the right page needs of this message.
    let around = around(&guidance, at(0));
    let needs = guidance.rulebook.needs(&"endorsement".into(), SaidBy::Person, &parsed, &around).unwrap();
    assert!(!needs.missing.is_empty(), "the page needs a vehicle's VIN or the like");
    for name in &needs.missing {
        assert!(labels["missing"].as_array().unwrap().iter().any(|m| m == name.as_str()), "{labels}");
    }
}

#[test]
fn a_held_message_is_what_the_person_said_and_a_removed_field_is_gone() {
    let guidance = guidance();
    let task = corrected(a_task(1, Some("claim")), Corrected::Type { was: None, is: "claim".into() });
    let task = corrected(task, Corrected::Field { name: "policy_numbers".to_owned(), elsewhere: false });
    let mut reading = asks(&["billing"]);
    reading.fields = vec![Field {
        name: "policy_numbers".to_owned(),
        value: FieldValue::Text("708-555".to_owned()),
        from: Provenance::Book { account: "A".into() },
        confidence: 80,
        doubt: None,
    }];
    let one = message(Outcome::Held(TaskId(1)), reading, vec![task]);
    let labels = labels(&guidance, &one, &Message::parse(MAIL.as_bytes()));
    assert_eq!(labels["request_types"], json!(["claim"]));
    assert_eq!(labels["fields"], json!({}));
}

#[test]
fn only_what_the_mail_could_have_told_makes_an_example() {
    let elsewhere = corrected(a_task(1, None), Corrected::Field { name: "vins".to_owned(), elsewhere: true });
    assert!(!is_an_example(&a_task(1, None)) && !is_an_example(&elsewhere));
    assert!(is_an_example(&corrected(elsewhere, Corrected::Type { was: None, is: "claim".into() })));
}

#[test]
fn a_call_without_mail_is_read_anew_by_its_words() {
    let spool = tempfile::tempdir().unwrap();
    let stored = Stored::new(Arc::new(Spool::open(spool.path()).unwrap()), None);
    let of = Gathered { task: a_task(1, None), messages: Vec::new(), account: None, siblings: Vec::new() };
    let needs = stored.needs(&guidance(), &of, &"endorsement".into()).unwrap();
    assert!(!needs.missing.is_empty(), "{needs:?}");
    assert!(stored.needs(&guidance(), &of, &"bond".into()).is_none(), "there is no such page");
}

#[test]
fn a_message_of_which_only_the_header_is_here_is_not_read_and_a_lost_file_is_told() {
    let spool = tempfile::tempdir().unwrap();
    let stored = Stored::new(Arc::new(Spool::open(spool.path()).unwrap()), None);
    let guidance = guidance();
    let record = message(Outcome::Tasks(vec![TaskId(1)]), asks(&["claim"]), Vec::new()).record;
    let mut of = Gathered {
        task: a_task(1, Some("claim")),
        messages: vec![record.clone()],
        account: None,
        siblings: Vec::new(),
    };
    of.messages[0].raw.path = "2026-11-21/00ff.eml".to_owned();
    let lost = stored.propose(&guidance, std::slice::from_ref(&of)).unwrap();
    assert!(lost.proposals[0].withheld.as_ref().unwrap().contains("cannot read"), "{lost:?}");
    of.messages[0].raw.whole = false;
    assert_eq!(stored.read(&guidance.rulebook, &guidance, &of).unwrap(), []);
    let header = stored.propose(&guidance, &[of]).unwrap();
    assert!(header.proposals[0].changes.is_empty());
    assert!(header.proposals[0].withheld.as_ref().unwrap().contains("Only the header"), "{header:?}");
}

#[test]
fn pages_with_mistakes_are_told_and_nothing_is_read_by_them() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("bond.toml"), "id = 5\n").unwrap();
    let spool = Arc::new(Spool::open(&folder.path().join("spool")).unwrap());
    let stored = Stored::new(spool, Some(folder.path().to_owned()));
    let told = stored.propose(&guidance(), &[]).unwrap_err();
    assert!(told.starts_with("The pages on the disk have mistakes") && told.contains("bond.toml"), "{told}");
}
