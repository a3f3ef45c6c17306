//! Decisions to try a store with.

use crate::domain::{
    Timestamp,
    account::{Account, Contact, Policy},
    decision::*,
    event::*,
    field::{Field, FieldValue, Place, Provenance, Span},
    id::*,
    letter::*,
    message::*,
    pipeline::Term,
    reading::*,
    round::{Of, Owed},
    task::*,
    text::*,
    workflow::{Clock, Listener},
};
use chrono::{Duration, TimeZone, Utc};

/// Minutes after a morning in November.
pub fn at(minutes: i64) -> Timestamp {
    Utc.with_ymd_and_hms(2026, 11, 16, 14, 0, 0).unwrap() + Duration::minutes(minutes)
}
pub fn address(s: &str) -> Address {
    Address::new(s).unwrap()
}
pub fn mailbox(s: &str) -> Mailbox {
    Mailbox { name: "Tony Marchetti".into(), address: address(s) }
}
pub fn key(n: u64) -> MessageKey {
    format!("{n:032x}").into()
}

/// A decision of these events.
pub fn decision(minutes: i64, events: Vec<Event>) -> Decision {
    Decision { at: at(minutes), cause: Cause::Clock, events, letters: vec![], versions: Versions::default() }
}

pub fn sighting(uid: u64) -> Sighting {
    Sighting { mailbox: "service".into(), folder: "INBOX".into(), uid_validity: 7, uid }
}

pub fn record(n: u64, id: Option<&str>, outcome: Outcome) -> MessageRecord {
    MessageRecord {
        key: key(n),
        message_id: id.map(str::to_owned),
        from: Some(mailbox("tony@trucks.example")),
        subject: "Certificate for the Riverside job".into(),
        received: at(0),
        decided: at(i64::try_from(n).unwrap()),
        raw: RawRef { path: format!("2026-11-16/{n:064x}.eml"), size: 4096, sha256: format!("{n:064x}"), whole: true },
        outcome,
        reason: "asks for a certificate".to_owned(),
        same_id_as: None,
        rules_version: "r1".to_owned(),
        answers: if n.is_multiple_of(3) { vec![format!("answered-{}@x", n % 2)] } else { Vec::new() },
    }
}

pub fn decided(n: u64, id: Option<&str>, outcome: Outcome) -> Event {
    Event::MessageDecided { record: Box::new(record(n, id, outcome)), reading: Box::new(reading(n)) }
}

fn evidence(rule: &str, words: &str) -> Evidence {
    Evidence {
        rule: rule.into(),
        words: words.into(),
        span: Span { place: Place::Text, start: 10, end: 40 },
        weight: 9,
    }
}

fn field(n: u64, name: &str, value: FieldValue) -> Field {
    let span = Span { place: Place::Text, start: 120, end: 137 };
    let from =
        Provenance::Message { message: key(n), span, words: "as the message has it".into(), rule: "fields/x".into() };
    Field { name: name.into(), value, from, confidence: 90, doubt: None }
}

pub fn fields(n: u64) -> Vec<Field> {
    vec![
        field(n, "policy_number", FieldValue::Text("CTP-01-558231-3".into())),
        field(
            n,
            "certificate_holder",
            FieldValue::Party {
                name: "Riverside Builders LLC".into(),
                address: Some("12 Quay St, Chicago, IL".into()),
            },
        ),
        field(n, "deadline", FieldValue::Date(chrono::NaiveDate::from_ymd_opt(2026, 11, 20).unwrap())),
    ]
}

/// A reading of the usual size, about two kilobytes.
pub fn reading(n: u64) -> Reading {
    Reading {
        requests: vec![Request {
            request_type: "certificate".into(),
            score: 24,
            complexity: Complexity::Simple,
            missing: vec!["certificate_holder_address".into()],
            unsure: vec!["certificate_holder_address".into()],
            evidence: vec![
                evidence("certificate/asks-for-certificate", "please send a certificate of insurance"),
                evidence("certificate/names-a-holder", "made out to Riverside Builders LLC"),
                evidence("certificate/names-a-deadline", "we need it by Friday"),
            ],
            again: vec![evidence("certificate/again", "same as last year")],
        }],
        also_considered: vec![Request {
            request_type: "endorsement".into(),
            score: 6,
            complexity: Complexity::Simple,
            missing: vec![],
            unsure: Vec::new(),
            evidence: vec![evidence("endorsement/additional-insured", "additional insured")],
            again: vec![],
        }],
        certainty: Certainty::Clear,
        fields: fields(n),
        language: "en".into(),
        rules_version: "r1".into(),
        ..Reading::default()
    }
}

pub fn opening(kind: Option<&str>, assignee: &str, message: Option<u64>) -> Opening {
    Opening {
        request_type: kind.map(RequestType::from),
        type_title: "Certificate of insurance".into(),
        arrived: at(0),
        subject: "Certificate for the Riverside job".into(),
        requester: Some(mailbox("tony@trucks.example")),
        sender_kind: SenderKind::Client,
        channel: Channel::Email,
        language: "en".into(),
        words: "Please send a certificate of insurance made out to Riverside Builders LLC. We need it by Friday. "
            .repeat(6),
        message: message.map(key),
        complexity: Complexity::Simple,
        urgent: false,
        evidence: vec![evidence("certificate/asks-for-certificate", "please send a certificate of insurance")].into(),
        guesses: vec!["endorsement".into()],
        done_when: "the certificate is with the holder".into(),
        assigned_to: assignee.into(),
        assigned_because: "she serves the account".into(),
        standing_in_for: None,
        uncertain: false,
    }
}

pub fn opened(task: u64, kind: Option<&str>, assignee: &str) -> Event {
    Event::TaskOpened { task: TaskId(task), opening: Box::new(opening(kind, assignee, None)) }
}
pub fn ended(task: u64) -> Event {
    Event::Ended { task: TaskId(task), how: End::Done, reason: String::new(), by: "ana".into() }
}
pub fn due(minutes: i64) -> Due {
    Due { at: at(minutes), clock: Clock::Untouched, rung: 0, epoch: at(0), tell: vec![Listener::Assignee] }
}
pub fn clocks(task: u64, minutes: &[i64]) -> Event {
    Event::ClocksSet { task: TaskId(task), due: minutes.iter().map(|m| due(*m)).collect() }
}
pub fn account_set(task: u64, account: &str) -> Event {
    Event::AccountSet {
        task: TaskId(task),
        account: Some(account.into()),
        insured: Some("Marchetti Trucking Inc".into()),
        reason: "the sender is a contact of it".into(),
        candidates: Vec::new(),
    }
}

/// The policies of a term that ends on that day.
pub fn term(expiration: &str) -> Term {
    let policy = Policy::of("CTP-01");
    Term::listed(&"renewal".into(), expiration.parse().unwrap(), &[&policy], at(0))
}

pub fn account(id: &str, addr: &str, domain: &str, policy: &str) -> Account {
    Account {
        contacts: vec![Contact { name: "Tony".into(), address: Some(address(addr)), phone: None }],
        domains: vec![domain.to_owned()],
        policies: vec![Policy { carrier: Some("Travelers".into()), line: Some("auto".into()), ..Policy::of(policy) }],
        csr: Some("ana".into()),
        ..Account::new(id.into(), "Marchetti Trucking, Inc.".into())
    }
}

/// A letter whose mail is `bytes` long.
pub fn letter_of(id: &str, tasks: &[u64], disposition: Disposition, not_before: i64, bytes: usize) -> Letter {
    Letter {
        id: id.into(),
        kind: "acknowledgement".into(),
        audience: Audience::Client,
        to: mailbox("tony@trucks.example"),
        envelope_from: None,
        message_id: format!("{id}@harborpoint.example"),
        subject: "[T-1] Certificate for the Riverside job".into(),
        tasks: tasks.iter().copied().map(TaskId).collect(),
        answers: Some(key(1)),
        disposition,
        not_before: at(not_before),
        mail: Mail {
            before: "Dear Tony, we have your request, and Ana has it in hand.\r\n".repeat(bytes / 58 + 1),
            original: None,
            documents: Vec::new(),
            after: String::new(),
        },
    }
}
pub fn letter(id: &str, tasks: &[u64], disposition: Disposition, not_before: i64) -> Letter {
    letter_of(id, tasks, disposition, not_before, 60)
}
pub fn with_letters(mut d: Decision, letters: Vec<Letter>) -> Decision {
    d.letters = letters;
    d
}

/// What a usual message leads to: a dozen events, two letters of six kilobytes.
pub fn usual(n: u64) -> Decision {
    let task = TaskId(n);
    let minutes = i64::try_from(n).unwrap();
    let steps = ["check", "issue", "send"].map(|s| StepState {
        id: s.into(),
        title: format!("Do what {s} means on this page, with care"),
        required: true,
        who: None,
        policy: None,
        waits_on: None,
        sends: false,
        mark: StepMark::Open,
    });
    let message_id = format!("{n}.usual@trucks.example");
    let missing = vec![Missing {
        field: "certificate_holder_address".into(),
        question: "Where is the holder?".into(),
        doubt: None,
    }];
    let events = vec![
        decided(n, Some(&message_id), Outcome::Tasks(vec![task])),
        Event::Sighted { message: key(n), sighting: sighting(n) },
        Event::TaskOpened {
            task,
            opening: Box::new(opening(Some("certificate"), ["ana", "ben"][(n % 2) as usize], Some(n))),
        },
        account_set(n, &format!("A-{}", n % 40)),
        Event::FieldsSet { task, fields: fields(n).into() },
        Event::MissingSet { task, missing },
        Event::StepsSet { task, steps: steps.to_vec().into() },
        Event::DeadlinesSet { task, deadline: Some(at(minutes + 4000)), standard_due: Some(at(minutes + 900)) },
        clocks(n, &[minutes + 600, minutes + 900, minutes + 2000]),
        Event::ClientToldSet { task, told: ClientTold::Yes },
        Event::Noted { task, by: None, text: "two requests, one letter".into() },
        Event::HazardSeen { task, hazard: Hazard { key: "lapse".into(), title: "Lapse".into(), evidence: vec![] } },
    ];
    let mut staff = letter_of(&format!("L{n}-2"), &[n], Disposition::Send, minutes, 6000);
    staff.audience = Audience::Staff;
    staff.to = mailbox("ana@harborpoint.example");
    let mut client = letter_of(&format!("L{n}-1"), &[n], Disposition::Send, minutes, 6000);
    client.to = mailbox(&format!("tony{}@firm{}.example", n % 300, n % 40));
    Decision {
        at: at(minutes),
        cause: Cause::Message(key(n)),
        events,
        letters: vec![client, staff],
        versions: Versions { rules: "r1".into(), templates: "t1".into(), policy: "p1".into() },
    }
}

/// A step that happened then.
pub fn owed(minutes: i64) -> Owed {
    Owed { at: at(minutes), of: Of::Step { task: TaskId(1), clock: Clock::Overdue, epoch: at(0) } }
}
