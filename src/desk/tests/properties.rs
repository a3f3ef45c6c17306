//! What holds whatever happens, in whatever order.

use super::{
    sample::{self, *},
    world::World,
};
use crate::desk::*;
use crate::domain::{
    reading::{Certainty, Channel, SenderKind},
    task::End,
    workflow::Party,
};
use chrono::Duration;
use proptest::prelude::*;

/// One thing that happens at an agency.
#[derive(Debug, Clone)]
enum Happening {
    Mail {
        from: usize,
        marks: u8,
        kinds: u8,
        thread: Option<usize>,
        doubtful: bool,
        hazard: bool,
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
    Leaves(usize),
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

/// First lines of answers.
const LINES: [&str; 16] = [
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
];

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        6 => (0..SENDERS.len(), any::<u8>(), 0u8..4, proptest::option::of(0usize..40), any::<bool>(), any::<bool>(), proptest::option::of(0u8..9))
            .prop_map(|(from, marks, kinds, thread, doubtful, hazard, deadline)| Happening::Mail {
                from, marks, kinds, thread, doubtful, hazard: hazard && marks.is_multiple_of(3), deadline
            }),
        1 => (0usize..20).prop_map(Happening::SameMailAgain),
        6 => (0usize..6, 0u8..21, 1u64..12, 0usize..6)
            .prop_map(|(by, what, task, other)| Happening::Says { by, what, task, other }),
        3 => (1i64..5000).prop_map(Happening::Passes),
        4 => (0usize..40, 0u8..4).prop_map(|(letter, how)| Happening::Sends { letter, how }),
        1 => (0usize..40, any::<bool>()).prop_map(|(letter, failed)| Happening::Bounces { letter, failed }),
        4 => (0usize..6, any::<u8>(), 1u64..12, 0u8..6)
            .prop_map(|(by, line, task, proof)| Happening::Answers { by, line, task, proof }),
        1 => any::<u8>().prop_map(Happening::Imports),
        1 => (0usize..2).prop_map(Happening::Leaves),
    ]
}

fn letter_of(w: &World, n: usize) -> Option<(LetterId, String)> {
    (!w.letters.is_empty()).then(|| {
        let r = &w.letters[n % w.letters.len()].0;
        (r.id.clone(), r.message_id.clone())
    })
}

fn arrival(w: &World, n: usize, h: &Happening) -> Arrival {
    let Happening::Mail { from, marks, kinds, thread, doubtful, hazard, deadline } = h else { unreachable!() };
    let mut m = mail(&format!("m{n}"), SENDERS[*from]).received(w.now);
    m = match kinds {
        0 => m.asks_nothing(),
        1 => m.asks(&["bond"]).lacks("holder"),
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
        if *hazard {
            a.reading.hazards.push(sample::hazard());
        }
        a.trouble = (marks & 0b1111 == 0b1111).then(|| "it is damaged".to_owned());
    });
    if let Some(days) = deadline {
        let day = w.policy.calendar.day(w.now) + Duration::days(i64::from(*days) - 1);
        m = m.field("deadline", FieldValue::Date(day));
    }
    if let Some((_, id)) = thread.and_then(|t| letter_of(w, t)) {
        m = m.answering(&id);
    }
    m.0
}

use crate::domain::field::FieldValue;

fn command(w: &World, what: u8, task: u64, person: &PersonId) -> Command {
    let task = TaskId(task);
    let text = "a reason".to_owned();
    match what {
        0 => Command::Take { task },
        1 => Command::Note { task, text },
        2 => Command::Wait { task, on: Party::Client, until: None, why: text },
        3 => Command::Wait { task, on: Party::Carrier, until: Some(w.now + Duration::days(2)), why: text },
        4 => Command::Resume { task },
        5 => Command::Step { task, step: "check".into(), waive: None },
        6 => Command::Step { task, step: "carrier".into(), waive: Some(text) },
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
        19 => Command::PolicyIs { task, number: "CTP-01-558231-3".to_owned() },
        _ => Command::SetField { task, name: "deadline".into(), values: Vec::new(), elsewhere: true },
    }
}

fn happens(w: &mut World, n: usize, h: &Happening, sent: &mut Vec<Arrival>) {
    match h {
        Happening::Mail { .. } => {
            let a = arrival(w, n, h);
            let d = w.say(&Input::Message(Box::new(a.clone()))).unwrap();
            let outside: Vec<_> = d.intents.iter().filter(|i| i.audience == Audience::Client).collect();
            assert!(outside.len() <= 1, "one answer a message");
            for i in outside {
                assert_eq!(Some(&i.to), a.message.answer_to(), "to the sender only");
                assert_eq!(a.message.automatic.reason(), None, "automatic mail is never answered");
                assert!(!matches!(a.reading.sender_kind, SenderKind::Automated | SenderKind::Spam));
                assert!(!w.policy.is_own(&i.to.address), "never to ourselves");
            }
            sent.push(a);
        }
        Happening::SameMailAgain(i) if !sent.is_empty() => {
            let a = sent[i % sent.len()].clone();
            let d = w.say(&Input::Message(Box::new(a))).unwrap();
            assert!(d.intents.is_empty() && d.events.iter().all(|e| matches!(e, Event::Sighted { .. })));
        }
        Happening::Says { by, what, task, other } => {
            let people = &w.policy.people;
            let (by, to) = (people[by % people.len()].id.clone(), people[other % people.len()].id.clone());
            let command = command(w, *what, *task, &to);
            let before = w.tasks.get(&TaskId(*task)).cloned();
            if w.say(&Input::Command { by, command }).is_ok() {
                assert_eq!(w.tasks[&TaskId(*task)].last_human_act, Some(w.now), "every act of a person is a touch");
            } else {
                assert_eq!(w.tasks.get(&TaskId(*task)).cloned(), before, "a refusal changes nothing");
            }
        }
        Happening::Passes(minutes) => {
            let until = w.now + Duration::minutes(*minutes);
            w.until(until);
        }
        Happening::Sends { letter, how } => {
            let Some((id, _)) = letter_of(w, *letter) else { return };
            let tried = w.say(&Input::Trying(vec![id.clone()])).unwrap();
            if tried.events.is_empty() {
                return;
            }
            let attempt = match how {
                0 => Attempt::Refused("550".into()),
                1 => Attempt::Later { why: "450".into(), unanswered: false },
                _ => Attempt::Sent("250".into()),
            };
            let record = w.letters.iter().find(|(r, _)| r.id == id).unwrap().0.clone();
            let d = w.say(&Input::Tried { letter: id, attempt }).unwrap();
            if record.kind == "undelivered" {
                assert!(d.intents.is_empty(), "the failure of such a letter causes no other");
            }
        }
        Happening::Bounces { letter, failed } => {
            let Some((_, about)) = letter_of(w, *letter) else { return };
            let now = w.now;
            let m = mail(&format!("b{n}"), "mailer-daemon@mx.example").asks_nothing().received(now).with(|a| {
                a.message.automatic.null_return_path = true;
                a.message.delivery_report = Some(crate::message::DeliveryReport {
                    action: if *failed { "failed" } else { "delayed" }.into(),
                    about: Some(about),
                    ..Default::default()
                });
            });
            let d = w.receive(m);
            assert!(d.intents.iter().all(|i| i.audience == Audience::Staff));
        }
        Happening::Imports(n) => {
            let mut account = trucks();
            account.csr = [None, Some("ana".into()), Some("zed".into())][*n as usize % 3].clone();
            let whole = n.is_multiple_of(2);
            let (by, file) = ("olga".into(), "book.csv".to_owned());
            w.say(&Input::Import { by, accounts: vec![account], whole, file, seen: None }).unwrap();
        }
        Happening::Answers { by, line, task, proof } => {
            let people = &w.policy.people;
            let by = people[by % people.len()].id.clone();
            let line = LINES[usize::from(*line) % LINES.len()];
            let m = super::by_mail::answer(w, &format!("o{n}"), by.as_str(), line).with(|a| {
                let reference = w.policy.answers.key.personal(TaskId(*task), &by);
                a.message.subject = format!("Re: [{reference}]").as_str().into();
                if *proof == 0 {
                    a.message.authentication_results.clear();
                }
            });
            let before = w.tasks.clone();
            let letters = w.letters.len();
            let d = w.say(&Input::Message(Box::new(m.0))).unwrap();
            let outside = d.intents.iter().filter(|i| i.audience == Audience::Client).count();
            let obeyed = d.events.iter().any(|e| matches!(e, Event::Said { refused: None, .. }));
            assert!(outside <= 1 && (obeyed || outside == 0), "only what is obeyed writes to anybody outside");
            if *proof == 0 {
                assert_eq!(before, w.tasks, "without proof nothing changes");
            } else if obeyed && w.tasks.contains_key(&TaskId(*task)) {
                assert_eq!(w.tasks[&TaskId(*task)].last_human_act, Some(w.now), "every act of a person is a touch");
            }
            assert!(w.letters.len() > letters || w.letters("answer").len() >= 40, "whoever wrote hears of it");
        }
        Happening::Leaves(i) => {
            // A reload looks at every open task's clocks.
            let gone = PersonId::from(["ana", "max"][*i]);
            w.policy.people.retain(|p| p.id != gone);
            for id in w.tasks.values().filter(|t| t.is_open()).map(|t| t.id).collect::<Vec<_>>() {
                w.say(&Input::Clock(id)).unwrap();
            }
        }
        Happening::SameMailAgain(_) => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, max_shrink_iters: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_the_promises_hold(story in proptest::collection::vec(happening(), 1..40)) {
        let mut w = World::new().knows(trucks());
        let mut sent = Vec::new();
        for (n, h) in story.iter().enumerate() {
            happens(&mut w, n, h, &mut sent);
            w.check();
        }
        prop_assert!(w.rounds <= 4);
        for a in &sent {
            prop_assert_eq!(w.messages.iter().filter(|m| m.key == a.key).count(), 1, "one outcome a message");
        }
        for (record, intent) in &w.letters {
            prop_assert!(record.to.address.domain() != "copied.example", "never to a Cc");
            prop_assert!(intent.not_before >= record.written);
            let office = w.policy.calendar.is_open(intent.not_before);
            // Whoever has just written is awake, and who uses their name does not wait for the morning.
            let at_once = ["hazard", "answer", "doubted"].contains(&intent.kind.as_str());
            prop_assert!(office || intent.audience == Audience::Client || at_once, "staff sleep at night");
        }
        prop_assert_eq!(&w.replayed(), &w.tasks, "a replay gives the same tasks");
        // The end of all clocks: nothing rings for ever.
        let end = w.now + Duration::days(60);
        w.until(end);
        w.check();
        for t in w.tasks.values().filter(|t| t.is_open()) {
            prop_assert_eq!(t.next_due(), None, "after all rungs nothing is due");
        }
    }
}
