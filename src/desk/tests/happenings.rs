//! What can happen at an agency: mail, answers, orders by mail and by command, people who come and go, time.

use super::{
    sample::{self, *},
    world::World,
};
use crate::desk::*;
use crate::domain::{
    field::FieldValue,
    reading::{Certainty, Channel, Complexity, SenderKind},
    task::End,
    workflow::{Each, Party, PerPolicy, Questions, Span, Spawns, Step as PageStep, When},
};
use chrono::Duration;
use proptest::prelude::*;

/// One thing that happens at an agency.
#[derive(Debug, Clone)]
pub(super) enum Happening {
    Mail {
        from: usize,
        marks: u8,
        kinds: u8,
        thread: Option<usize>,
        doubtful: bool,
        hazard: bool,
        complex: bool,
        deadline: Option<u8>,
    },
    SameMailAgain(usize),
    Says {
        by: usize,
        what: u8,
        task: u64,
        other: usize,
    },
    Passes(i64),
    Sends {
        letter: usize,
        how: u8,
    },
    Bounces {
        letter: usize,
        failed: bool,
    },
    Imports(u8),
    Releases,
    Leaves(usize),
    Out {
        who: usize,
        days: i64,
        ahead: i64,
        stand_in: Option<usize>,
    },
    Back(usize),
    /// A server goes away, or is back.
    House(u8),
    Answers {
        by: usize,
        line: u8,
        task: u64,
        proof: u8,
    },
}

const SENDERS: [&str; 6] = [
    "tony@trucks.example",
    "zoe@new.example",
    "eve@gmail.com",
    "ana@agency.example",
    "service@agency.example",
    "maria@trucks.example",
];

/// The policies that some requests name.
const TRUCK: &str = "CTP-01-558231-3";
const LIABILITY: &str = "GLC-4410027";

/// First lines of answers.
pub(super) const LINES: [&str; 29] = [
    "done",
    "working on it",
    "waiting on carrier until 12/4",
    "waiting on client: which VIN?",
    "to client: here it is",
    "to sender: hello",
    "assign Ana",
    "note called them",
    "it is a permit",
    "not a request",
    "policy CTP-01-558231-3",
    "did check, carrier",
    "skip carrier: not needed",
    "reopen: again",
    "nobody's error",
    "same as T-2",
    "I am out until Friday",
    "I am out tomorrow",
    "I am back",
    "Ana out until next Tuesday, stand-in Cy",
    "Ben leaving",
    "snooze until Friday because the site opens then",
    "ask",
    "needs permit",
    "needs",
    "waits for T-1",
    "waits no longer",
    "did check, carrier for all",
    "skip carrier for GLC-4410027: not needed",
];

pub(super) fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        6 => (0..SENDERS.len(), any::<u8>(), 0u8..4, proptest::option::of(0usize..40), any::<bool>(), any::<bool>(), any::<bool>(), proptest::option::of(0u8..9))
            .prop_map(|(from, marks, kinds, thread, doubtful, hazard, complex, deadline)| Happening::Mail {
                from, marks, kinds, thread, doubtful, hazard: hazard && marks.is_multiple_of(3), complex, deadline
            }),
        1 => (0usize..20).prop_map(Happening::SameMailAgain),
        6 => (0usize..6, 0u8..30, 1u64..12, 0usize..6)
            .prop_map(|(by, what, task, other)| Happening::Says { by, what, task, other }),
        3 => (1i64..5000).prop_map(Happening::Passes),
        4 => (0usize..40, 0u8..4).prop_map(|(letter, how)| Happening::Sends { letter, how }),
        1 => (0usize..40, any::<bool>()).prop_map(|(letter, failed)| Happening::Bounces { letter, failed }),
        4 => (0usize..6, any::<u8>(), 1u64..12, 0u8..6)
            .prop_map(|(by, line, task, proof)| Happening::Answers { by, line, task, proof }),
        1 => any::<u8>().prop_map(Happening::Imports),
        1 => Just(Happening::Releases),
        1 => (0usize..2).prop_map(Happening::Leaves),
        4 => (0usize..7, 1i64..15, 0i64..6, proptest::option::of(0usize..7))
            .prop_map(|(who, days, ahead, stand_in)| Happening::Out { who, days, ahead, stand_in }),
        1 => (0usize..7).prop_map(Happening::Back),
        1 => (0u8..6).prop_map(Happening::House),
    ]
}

pub(super) fn letter_of(w: &World, n: usize) -> Option<(LetterId, String)> {
    (!w.letters.is_empty()).then(|| {
        let r = &w.letters[n % w.letters.len()].0;
        (r.id.clone(), r.message_id.clone())
    })
}

pub(super) fn arrival(w: &World, n: usize, h: &Happening) -> Arrival {
    let Happening::Mail { from, marks, kinds, thread, doubtful, hazard, complex, deadline } = h else { unreachable!() };
    let mut m = mail(&format!("m{n}"), SENDERS[*from]).received(w.now);
    m = match kinds {
        0 => m.asks_nothing(),
        1 => m.asks(&["bond"]).lacks("holder").lacks("amount"),
        2 => m.asks(&["permit"]),
        _ => m.asks(&["bond", "permit"]),
    };
    m = m.with(|a| {
        a.message.cc = vec![mailbox("", "cc@copied.example")];
        a.message.automatic.auto_submitted = (marks & 7 == 1).then(|| "auto-replied".to_owned());
        a.message.automatic.list = marks & 7 == 2;
        a.reading.sender_kind = match marks >> 5 {
            1 => SenderKind::ThirdParty,
            2 => SenderKind::Automated,
            3 => SenderKind::Spam,
            4 => SenderKind::Carrier,
            _ => SenderKind::Client,
        };
        a.reading.channel = if marks & 0b1_1000 == 0b1_1000 { Channel::Voicemail } else { Channel::Email };
        a.reading.certainty = if *doubtful && marks & 1 == 1 { Certainty::Doubtful } else { Certainty::Clear };
        for r in a.reading.requests.iter_mut().filter(|_| *complex) {
            r.complexity = Complexity::Complex;
        }
        if *hazard {
            a.reading.hazards.push(sample::hazard());
        }
        a.trouble = (marks & 0b1111 == 0b1111).then(|| "it is damaged".to_owned());
    });
    if let Some(days) = deadline {
        let day = w.policy.calendar.day(w.now) + Duration::days(i64::from(*days) - 1);
        m = m.field("deadline", FieldValue::Date(day));
    }
    if marks & 0b1010 == 0b1010 {
        m = m.field("policy_numbers", text(TRUCK)).field("policy_numbers", text(LIABILITY));
    }
    if marks & 0b11 == 0b11 {
        m = m.field("holder", text("City of Gary"));
    }
    if let Some((_, id)) = thread.and_then(|t| letter_of(w, t)) {
        m = m.answering(&id);
    }
    m.0
}

pub(super) fn command(w: &World, what: u8, task: u64, person: &PersonId) -> Command {
    let task = TaskId(task);
    let text = "a reason".to_owned();
    match what {
        0 => Command::Take { task },
        1 => Command::Note { task, text },
        2 => Command::Wait { task, on: Party::Client, until: None, why: text, policy: None },
        3 => {
            Command::Wait { task, on: Party::Carrier, until: Some(w.now + Duration::days(2)), why: text, policy: None }
        }
        4 => Command::Resume { task },
        5 => Command::Step { task, step: "check".into(), waive: None, policy: None },
        6 => Command::Step { task, step: "carrier".into(), waive: Some(text), policy: None },
        7 => Command::Assign { task, to: person.clone(), reason: text },
        8 => Command::SetType { task, request_type: "permit".into(), needs: None },
        9 => Command::End { task, how: End::Done, reason: String::new() },
        10 => Command::End { task, how: End::Withdrawn, reason: text },
        11 => Command::Reopen { task, reason: text },
        12 => Command::SetField { task, name: "vins".into(), values: vec![FieldValue::Text(text)], elsewhere: false },
        13 => Command::Finish { task },
        14 => Command::Tell { task, text, documents: None, to_sender: task.0.is_multiple_of(2) },
        15 => Command::Question { task, words: text, until: None },
        16 => Command::NameError { task, whose: Whose::Agency },
        17 => Command::Merge { task, into: TaskId(task.0 / 2 + 1) },
        18 => Command::Split { task, words: text },
        20 => Command::AskMissing { task },
        21 => Command::WaitFor { task, other: TaskId(task.0 % 5 + 1) },
        22 => Command::Needs { task, words: String::new() },
        23 => Command::Needs { task, words: "permit".to_owned() },
        24 => Command::Step { task, step: "carrier".into(), waive: None, policy: Some("all".to_owned()) },
        25 => Command::Step { task, step: "carrier".into(), waive: None, policy: Some(LIABILITY.to_owned()) },
        26 | 27 => {
            let policy = Some(if what == 26 { LIABILITY } else { TRUCK }.to_owned());
            Command::Wait { task, on: Party::Carrier, until: None, why: text, policy }
        }
        28 => Command::Snooze { task, until: w.now + Duration::days(3), why: text },
        19 => Command::PolicyIs { task, number: "CTP-01-558231-3".to_owned() },
        _ => Command::SetField { task, name: "deadline".into(), values: Vec::new(), elsewhere: true },
    }
}

/// An agency of seven with these chains of stand-ins.
pub(super) fn agency(chains: &[(usize, usize)], limit: Option<u32>) -> World {
    let mut w = World::new();
    for (id, roles) in [("cy", vec![Role::Csr]), ("mia", vec![Role::AccountManager, Role::Csr])] {
        w.policy.people.push(Person::new(id.into(), id.into(), address(&format!("{id}@agency.example")), roles));
    }
    let ids: Vec<PersonId> = w.policy.people.iter().map(|p| p.id.clone()).collect();
    teach(&mut w);
    for (of, to) in chains {
        w.policy.people[*of].stand_ins.push(ids[*to].clone());
    }
    w.policy.people[0].daily_limit = limit;
    // What comes back every week for a year takes long to tell and says nothing new.
    for page in w.policy.pages.values_mut().map(|p| &mut p.practice).chain([&mut w.policy.triage]) {
        page.standard.again = crate::domain::workflow::Span::Days(100);
    }
    w
}

/// A bond is confirmed for each policy, needs a permit where there is danger, and asks until it is answered; checking a
/// permit brings about a bond for each holder.
fn teach(w: &mut World) {
    let questions = Questions { remind: Span::Days(1), times: 2, waits: true };
    let page = &mut w.policy.pages.get_mut(&"bond".into()).unwrap().practice;
    page.questions = Some(questions);
    page.steps[1].per_policy = Some(PerPolicy::Named);
    page.steps[2].needs = Some("permit".into());
    page.steps[2].needs_when =
        vec![When { fields: BTreeMap::from([("holder".to_owned(), Vec::new())]), ..When::default() }];
    page.steps.push(PageStep {
        id: "danger".into(),
        title: "Call them.".into(),
        required: true,
        when: vec![When { hazards: vec!["lapse".into()], ..When::default() }],
        ..PageStep::default()
    });
    let page = &mut w.policy.pages.get_mut(&"permit".into()).unwrap().practice;
    page.steps[0].before_waiting = true;
    page.steps[0].spawns = Some(Spawns { page: "bond".into(), each: Each::Holder });
}
