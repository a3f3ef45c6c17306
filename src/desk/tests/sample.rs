//! A small agency with two pages, and mail to it.

use crate::desk::*;
use crate::domain::{
    account::{Contact, Policy as Held},
    field::*,
    message::*,
    reading::*,
    workflow::*,
};
pub(super) use crate::domain::{calendar::Calendar, person::*};
use chrono::{DateTime, Duration, NaiveDate, Utc};
pub(super) use std::collections::BTreeMap;

/// The instant, as the office in Chicago writes it.
pub(in crate::desk) fn at(s: &str) -> Timestamp {
    DateTime::parse_from_rfc3339(s).unwrap().with_timezone(&Utc)
}

/// Tuesday, 10 in the morning.
pub(in crate::desk) fn tuesday() -> Timestamp {
    at("2026-11-17T10:00:00-06:00")
}

pub(super) fn address(s: &str) -> Address {
    Address::new(s).unwrap()
}

pub(super) fn mailbox(name: &str, a: &str) -> Mailbox {
    Mailbox { name: name.into(), address: address(a) }
}

fn person(id: &str, name: &str, roles: &[Role]) -> Person {
    Person::new(id.into(), name.into(), address(&format!("{id}@agency.example")), roles.to_vec())
}

fn step(id: &str, title: &str, required: bool, waits_on: Option<Party>) -> crate::domain::workflow::Step {
    crate::domain::workflow::Step {
        id: id.into(),
        title: title.into(),
        required,
        waits_on,
        sends: id == "issue",
        ..crate::domain::workflow::Step::default()
    }
}

fn rung(clock: Clock, after: Option<&str>, tell: &[Listener]) -> Escalation {
    Escalation { clock, after: after.map(|s| Span::try_from(s.to_owned()).unwrap()), tell: tell.to_vec() }
}

pub(super) fn practice() -> Practice {
    let span = |s: &str| Span::try_from(s.to_owned()).unwrap();
    Practice {
        staff: Staffing { simple: Role::Csr, complex: Role::AccountManager },
        weight: Weights::default(),
        at_once: false,
        undecided: false,
        steps: vec![
            step("check", "Check the account.", true, None),
            step("carrier", "Send it to the carrier.", true, Some(Party::Carrier)),
            step("file", "File the papers.", false, None),
        ],
        done_when: "The client has it in hand.".to_owned(),
        standard: Standard {
            first_touch: span("24h"),
            turnaround: span("8 office hours"),
            lead: span("24h"),
            idle: span("2 business days"),
            follow_up: span("3 business days"),
            answer: span("4 office hours"),
            look: span("4 office hours"),
            again: span("5 business days"),
        },
        questions: None,
        escalations: vec![
            rung(Clock::Untouched, None, &[Listener::Assignee, Listener::OperationsManager]),
            rung(Clock::Untouched, Some("4 office hours"), &[Listener::Owner]),
            rung(Clock::DeadlineNear, None, &[Listener::Assignee]),
            rung(Clock::Overdue, None, &[Listener::Assignee, Listener::OperationsManager]),
            rung(Clock::Overdue, Some("1 business day"), &[Listener::Owner]),
            rung(Clock::Idle, None, &[Listener::Assignee]),
            rung(Clock::WaitingTooLong, None, &[Listener::Assignee]),
            rung(Clock::Hazard, None, &[Listener::Assignee, Listener::OperationsManager]),
            rung(Clock::Hazard, Some("2h"), &[Listener::Owner]),
            rung(Clock::Unread, None, &[Listener::Assignee]),
            rung(Clock::Unanswered, None, &[Listener::Assignee]),
            rung(Clock::Unanswered, Some("4 office hours"), &[Listener::OperationsManager]),
            rung(Clock::Undelivered, Some("4 office hours"), &[Listener::OperationsManager]),
        ],
        letters: BTreeMap::new(),
        pipeline: None,
    }
}

fn page(en: &str, es: &str) -> PageOfWork {
    let two = |a: &str, b: &str| BTreeMap::from([("en".to_owned(), a.to_owned()), ("es".to_owned(), b.to_owned())]);
    PageOfWork {
        title: two(en, es),
        names: vec![format!("{} request", en.to_lowercase())],
        questions: BTreeMap::from([
            ("holder".to_owned(), two("Who is the holder?", "¿Quién es el titular?")),
            ("policy_numbers".to_owned(), two("Which policy?", "¿Qué póliza?")),
        ]),
        needs: BTreeMap::new(),
        again: vec!["holder".to_owned()],
        practice: practice(),
    }
}

/// The agency, live: Ana and Ben are CSRs on duty, Max is account manager, Olga runs operations, Otto owns it.
pub(in crate::desk) fn policy() -> Policy {
    Policy {
        agency: Agency {
            name: "Agency".into(),
            address: address("service@agency.example"),
            phone: Some("(312) 555-0100".to_owned()),
            hours: "Monday to Friday".to_owned(),
            after_hours: None,
            domains: vec!["agency.example".to_owned()],
        },
        calendar: Calendar::usual(chrono_tz::America::Chicago),
        people: vec![
            person("ana", "Ana Ruiz", &[Role::Csr]),
            person("ben", "Ben Cole", &[Role::Csr]),
            person("max", "Max Ito", &[Role::AccountManager]),
            person("olga", "Olga Berg", &[Role::OperationsManager]),
            person("otto", "Otto Lane", &[Role::Owner]),
        ],
        duty: vec!["ana".into(), "ben".into()],
        rota: Vec::new(),
        partners: Vec::new(),
        mode: Mode::Live,
        mode_of: BTreeMap::new(),
        pages: BTreeMap::from([
            ("bond".into(), page("Surety bond", "Fianza")),
            ("permit".into(), page("Permit", "Permiso")),
        ]),
        triage: practice(),
        caps: Caps { per_address_per_day: 4, per_domain_per_day: 30 },
        attach_original: true,
        gather: chrono::Duration::hours(1),
        sent: vec![("service".into(), "Sent Items".to_owned())],
        answers: Answers {
            authserv_id: Some("mx.agency.example".to_owned()),
            plus_addressing: false,
            key: crate::domain::seal::SealKey::new([7; 32]),
        },
        digest: None,
        watched: Vec::new(),
        weekly: None,
        heartbeat: None,
        retry: Retry {
            waits: vec![Duration::minutes(5), Duration::minutes(30), Duration::hours(4)],
            give_up_after: Duration::days(5),
        },
        versions: Versions { rules: "r1".into(), templates: "t1".into(), policy: "p1".into() },
    }
}

/// An account served by Ben, managed by Max.
pub(super) fn trucks() -> Account {
    Account {
        contacts: vec![Contact {
            name: "Tony".into(),
            address: Some(address("tony@trucks.example")),
            phone: Some("555-0101".to_owned()),
        }],
        domains: vec!["trucks.example".to_owned()],
        policies: vec![Held::of("CTP-01-558231-3")],
        csr: Some("ben".into()),
        account_manager: Some("max".into()),
        instructions: Some("Call before changing anything.".to_owned()),
        ..Account::new("A1".into(), "Marchetti Trucking".into())
    }
}

pub(super) fn evidence(words: &str) -> Evidence {
    Evidence {
        rule: "page/pattern".to_owned(),
        words: words.to_owned(),
        span: Span_ { place: Place::Text, start: 0, end: 0 },
        weight: 10,
    }
}
use crate::domain::field::Span as Span_;
use crate::domain::workflow::Span;

pub(super) fn request(kind: &str) -> Request {
    Request {
        request_type: kind.into(),
        score: 10,
        complexity: Complexity::Simple,
        missing: Vec::new(),
        unsure: Vec::new(),
        evidence: vec![evidence(kind)],
        again: Vec::new(),
    }
}

pub(super) fn field(name: &str, value: FieldValue) -> Field {
    Field {
        name: name.to_owned(),
        value,
        from: Provenance::Message {
            message: MessageKey::default(),
            span: Span_ { place: Place::Text, start: 0, end: 0 },
            words: String::new(),
            rule: "extractors/x".to_owned(),
        },
        confidence: 90,
        doubt: None,
    }
}

pub(super) fn hazard() -> Hazard {
    Hazard { key: "lapse".to_owned(), title: "Pending cancellation".to_owned(), evidence: vec![] }
}

/// A mail in the making.
#[derive(Debug, Clone)]
pub(super) struct Mail(pub(super) Arrival);

/// A mail from `from` that clearly asks for nothing yet; `id` names it.
pub(super) fn mail(id: &str, from: &str) -> Mail {
    let message = Message {
        message_id: Some(format!("{id}@client.example")),
        from: Some(mailbox("", from)),
        authors: 1,
        to: vec![mailbox("", "service@agency.example")],
        subject: format!("About {id}").as_str().into(),
        text: "Words of the client.".to_owned(),
        ..Message::default()
    };
    let reading = Reading {
        certainty: Certainty::Clear,
        language: "en".to_owned(),
        rules_version: "r1".to_owned(),
        ..Reading::default()
    };
    Mail(Arrival {
        key: id.into(),
        message,
        reading,
        raw: RawRef { path: format!("2026-11-17/{id}.eml"), size: 100, sha256: "00".to_owned(), whole: true },
        sightings: vec![Sighting { mailbox: "service".into(), folder: "INBOX".to_owned(), uid_validity: 1, uid: 1 }],
        received: tuesday(),
        trouble: None,
    })
}

impl Mail {
    /// It asks for work of these types.
    pub(super) fn asks(mut self, kinds: &[&str]) -> Self {
        self.0.reading.requests = kinds.iter().map(|k| request(k)).collect();
        self.0.reading.no_work.clear();
        self
    }
    /// It asks for nothing.
    pub(super) fn asks_nothing(mut self) -> Self {
        self.0.reading.requests.clear();
        self.0.reading.no_work = vec![evidence("thanks")];
        self
    }
    /// It answers this Message-ID.
    pub(super) fn answering(mut self, id: &str) -> Self {
        self.0.message.thread.push(id.to_owned());
        self
    }
    /// Anything else.
    pub(super) fn with(mut self, change: impl FnOnce(&mut Arrival)) -> Self {
        change(&mut self.0);
        self
    }
    /// A field that the reading found.
    pub(super) fn field(self, name: &str, value: FieldValue) -> Self {
        self.with(|a| a.reading.fields.push(field(name, value)))
    }
    /// Its primary request lacks this.
    pub(super) fn lacks(self, name: &str) -> Self {
        self.with(|a| a.reading.requests[0].missing.push(name.to_owned()))
    }
    /// When it came.
    pub(super) fn received(self, when: Timestamp) -> Self {
        self.with(|a| a.received = when)
    }
}

pub(super) fn text(s: &str) -> FieldValue {
    FieldValue::Text(s.to_owned())
}

pub(super) fn date(s: &str) -> FieldValue {
    FieldValue::Date(s.parse::<NaiveDate>().unwrap())
}
