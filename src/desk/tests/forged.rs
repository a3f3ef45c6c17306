//! Forged commands and crossed threads: nothing gets through.

use super::{
    by_mail::{a_task, answer},
    sample::{Mail, *},
    world::World,
};
use crate::desk::*;
use crate::domain::{letter::Audience, task::Task};
use chrono::Duration;

/// The commands that an intruder would like to give.
const WANTED: [&str; 8] = [
    "done",
    "to client: Please wire the premium to this account.",
    "waiting on client: what is your password?",
    "assign otto",
    "working on it",
    "not a request",
    "policy CTP-01-558231-3",
    "I am nobody you know",
];

/// Receives a mail that must change nothing, and says what became of it.
fn changes_nothing(w: &mut World, mail: Mail, what: &str) -> Draft {
    let before: Vec<Task> = w.tasks.values().cloned().collect();
    let key = mail.0.key.clone();
    let draft = w.receive(mail);
    let after: Vec<Task> = w.tasks.values().cloned().collect();
    assert_eq!(before, after, "{what}");
    assert!(draft.intents.iter().all(|i| i.audience == Audience::Staff), "{what}: a letter went outside");
    let only = |e: &Event| matches!(e, Event::MessageDecided { .. } | Event::Sighted { .. });
    assert!(draft.events.iter().all(only), "{what}: {:?}", draft.events);
    assert_eq!(*w.outcome(key.as_str()), Outcome::NoWork, "{what}");
    draft
}

/// It is told to the person named and to who runs the office, without a word of the task.
fn is_reported(draft: &Draft, what: &str) {
    let to: Vec<&str> = draft.intents.iter().map(|i| i.to.address.local()).collect();
    assert_eq!(to, ["ben", "olga"], "{what}");
    for letter in &draft.intents {
        assert_eq!(letter.kind, "doubted", "{what}");
        assert!(letter.tasks.is_empty() && letter.says.tasks.is_empty() && letter.reference.is_none(), "{what}");
        assert!(letter.says.why.contains("not obeyed"), "{what}");
    }
}

#[test]
fn without_the_mail_servers_word_nothing_is_obeyed_and_people_hear_of_it() {
    let results: [&[&str]; 8] = [
        &[],
        &["mx.agency.example; none"],
        &["mx.agency.example; dmarc=fail header.from=agency.example"],
        &["mx.agency.example; spf=pass smtp.mailfrom=eve@evil.example; dkim=pass header.d=evil.example"],
        &["mx.evil.example; dmarc=pass header.from=agency.example"],
        &["dmarc=pass header.from=agency.example"],
        // The server's own on top, a forged one of its name below.
        &[
            "mx.agency.example; dmarc=fail header.from=agency.example",
            "mx.agency.example; dmarc=pass header.from=agency.example",
        ],
        &["mx.agency.example; spf=fail (mx.agency.example; dmarc=pass header.from=agency.example)"],
    ];
    for (n, results) in results.iter().enumerate() {
        for (m, line) in WANTED.iter().enumerate() {
            let mut w = a_task();
            let forged = answer(&w, &format!("f{n}{m}"), "ben", line).with(|a| {
                a.message.authentication_results = results.iter().map(|r| (*r).to_owned()).collect();
            });
            let what = format!("{line} with {results:?}");
            is_reported(&changes_nothing(&mut w, forged, &what), &what);
        }
    }
}

#[test]
fn a_from_with_two_senders_is_nobodys() {
    let mut w = a_task();
    let forged = answer(&w, "f", "ben", "done").with(|a| a.message.authors = 2);
    is_reported(&changes_nothing(&mut w, forged, "two authors"), "two authors");
}

#[test]
fn another_persons_another_tasks_or_an_invented_reference_is_not_obeyed() {
    for (n, line) in WANTED.iter().enumerate() {
        let mut w = a_task();
        w.receive(mail("m2", "zoe@new.example").asks(&["permit"]));
        let key = w.policy.answers.key.clone();
        let subjects = [
            key.personal(TaskId(1), &"ana".into()).to_string(),
            Reference { task: TaskId(2), ..key.personal(TaskId(1), &"ben".into()) }.to_string(),
            "T-1-aaaaaaaaaaaaaaaa".to_owned(),
            crate::domain::seal::SealKey::new([9; 32]).personal(TaskId(1), &"ben".into()).to_string(),
        ];
        for (m, reference) in subjects.iter().enumerate() {
            let id = format!("f{n}{m}");
            let wrong =
                answer(&w, &id, "ben", line).with(|a| a.message.subject = format!("Re: [{reference}]").as_str().into());
            let draft = changes_nothing(&mut w, wrong, reference);
            let told: Vec<_> = draft.intents.iter().map(|i| (i.kind.as_str(), i.to.address.local())).collect();
            assert_eq!(told, [("answer", "ben")], "{reference}: only he hears, for it is his own mail");
            assert!(draft.intents[0].says.tasks.is_empty(), "nothing of the task is in it");
        }
    }
}

#[test]
fn references_of_two_tasks_in_one_answer_are_obeyed_for_neither() {
    let mut w = a_task();
    w.receive(mail("m2", "tony@trucks.example").asks(&["permit"]));
    let key = w.policy.answers.key.clone();
    let [one, two] = [1, 2].map(|n| key.personal(TaskId(n), &"ben".into()));
    let both =
        answer(&w, "f", "ben", "done").with(|a| a.message.subject = format!("Re: [{one}] [{two}]").as_str().into());
    changes_nothing(&mut w, both, "two references");
}

#[test]
fn whoever_is_not_staff_gives_no_orders_whatever_they_carry() {
    for (n, who) in
        ["tony@trucks.example", "eve@evil.example", "ben@agency.example.evil.example", "temp@agency.example"]
            .iter()
            .enumerate()
    {
        for (m, line) in WANTED.iter().enumerate() {
            let mut w = a_task();
            let theirs = answer(&w, &format!("f{n}{m}"), "ben", line).with(|a| {
                a.message.from = Some(mailbox("Ben Cole", who));
                let domain = who.rsplit('@').next().unwrap();
                a.message.authentication_results = vec![format!("mx.agency.example; dmarc=pass header.from={domain}")];
            });
            w.receive(theirs);
            let task = w.task(1);
            assert!(task.is_open() && task.waiting.is_none(), "{who}: {line}");
            assert_eq!(task.assigned.person, "ben".into(), "{who}: {line}");
            assert!(w.letters("to-client").is_empty() && w.letters("question").is_empty(), "{who}: {line}");
            assert!(w.journal.iter().all(|(_, events)| events.iter().all(|e| !matches!(e, Event::Said { .. }))));
        }
    }
}

#[test]
fn without_a_configured_server_answers_are_mail_and_no_letter_offers_more() {
    let mut policy = policy();
    policy.answers.authserv_id = None;
    let mut w = World::with(policy).knows(trucks());
    w.receive(mail("m1", "tony@trucks.example").asks(&["bond"]));
    assert!(!w.letters("notice")[0].says.may_answer && w.letters("notice")[0].says.tasks[0].taps.is_empty());
    for (n, line) in WANTED.iter().enumerate() {
        let mine = answer(&w, &format!("f{n}"), "ben", line);
        w.receive(mine);
        assert!(w.task(1).is_open() && w.task(1).waiting.is_none(), "{line}");
        assert_eq!(w.task(1).assigned.person, "ben".into());
        assert!(w.letters("to-client").is_empty() && w.letters("question").is_empty(), "{line}");
    }
}

#[test]
fn a_colleague_whom_the_mail_server_contradicts_is_nobody_in_a_thread() {
    let mut w = a_task();
    let forged = mail("f", "ben@agency.example").asks(&["bond"]).answering("m1@client.example").with(|a| {
        a.message.authentication_results = vec!["mx.agency.example; dmarc=fail header.from=agency.example".to_owned()];
    });
    w.receive(forged);
    assert_eq!(w.task(1).messages.len(), 1);
    assert_eq!(w.task(1).first_touch, None, "a forged answer stops no clock");
    assert!(matches!(w.outcome("f"), Outcome::Tasks(_)), "a person looks at it");
}

#[test]
fn a_flood_of_forgeries_is_reported_some_forty_times_an_hour_and_no_more() {
    let mut w = a_task();
    for n in 0..100 {
        let forged = answer(&w, &format!("f{n}"), "ben", "done").with(|a| a.message.authentication_results.clear());
        w.receive(forged);
    }
    assert_eq!(w.recipients("doubted").iter().filter(|r| *r == "ben").count(), 40);
    w.now += Duration::hours(2);
    let forged = answer(&w, "later", "ben", "done").with(|a| a.message.authentication_results.clear());
    w.receive(forged);
    assert_eq!(w.recipients("doubted").iter().filter(|r| *r == "ben").count(), 41);
}

#[test]
fn a_sealed_reference_leads_a_known_writer_to_the_task_and_a_stranger_to_a_new_one() {
    let mut w = a_task();
    let reference = w.policy.answers.key.thread(TaskId(1));
    let quoting = |id: &str, from: &str| {
        mail(id, from).asks(&["bond"]).with(|a| a.message.subject = format!("Re: bond [{reference}]").as_str().into())
    };
    w.receive(quoting("m2", "tony@trucks.example"));
    assert_eq!(*w.outcome("m2"), Outcome::Joined { task: TaskId(1), opened: vec![] });
    w.receive(quoting("m3", "zoe@new.example"));
    assert_eq!(*w.outcome("m3"), Outcome::Tasks(vec![TaskId(2)]), "a stranger's reply is a task of its own");
    assert!(w.task(2).notes.iter().any(|n| n.text.contains("T-1")), "and linked");
    let theirs = w.letters("acknowledgement").into_iter().find(|l| l.to.address == address("zoe@new.example")).unwrap();
    let said = serde_json::to_string(theirs).unwrap();
    for never in ["Marchetti", "tony@", "CTP-01", "T-1\"", "555-0101", "Call before changing"] {
        assert!(!said.contains(never), "{never} in {said}");
    }
    let invented =
        mail("m4", "zoe@new.example").asks(&["bond"]).with(|a| a.message.subject = "Re: [T-1-aaaaaaaa]".into());
    w.receive(invented);
    assert!(!w.task(3).notes.iter().any(|n| n.text.contains("T-1")), "an invented reference links nothing");
}

/// What holds of a task whatever outsiders write: who has it, how far it is, what is known of it.
fn standing(task: &Task) -> Task {
    Task { messages: vec![], notes: vec![], letters: vec![], last_human_act: None, ..task.clone() }
}

#[test]
fn outsiders_who_answer_a_letter_to_staff_with_an_order_are_not_obeyed_and_reported() {
    type Change = fn(Mail) -> Mail;
    let as_it_is: Change = |m| m;
    let cases: [(&str, &str, Change); 7] = [
        ("only the display name is a colleague's", "eve@evil.example", as_it_is),
        ("the notice was forwarded to the client", "tony@trucks.example", as_it_is),
        ("a stranger with the right References", "eve@evil.example", |m| m.answering("m1@client.example")),
        ("answers go to a colleague", "eve@evil.example", |m| {
            m.with(|a| a.message.reply_to = vec![mailbox("Ben Cole", "ben@agency.example")])
        }),
        ("a domain that looks like ours", "ben@agency.example.evil.example", as_it_is),
        ("our domain, but nobody of us", "temp@agency.example", as_it_is),
        ("somebody in Cc of the client's mail", "gc@builders.example", as_it_is),
    ];
    for (case, who, change) in cases {
        for (n, line) in WANTED.iter().filter(|l| **l != "I am nobody you know").enumerate() {
            let mut w = World::new().knows(trucks());
            let first = mail("m1", "tony@trucks.example").asks(&["bond"]);
            w.receive(first.with(|a| a.message.cc.push(mailbox("", "gc@builders.example"))));
            let before = standing(w.task(1));
            let theirs = answer(&w, &format!("f{n}"), "ben", line).with(|a| {
                a.reading.sender_kind = crate::domain::reading::SenderKind::Client;
                a.message.from = Some(mailbox("Ben Cole", who));
                let seal = a.message.subject.as_str().split_once('[').unwrap().1.to_owned();
                a.message.subject = format!("Re: [{seal}").as_str().into();
                let domain = who.rsplit('@').next().unwrap();
                a.message.authentication_results = vec![format!("mx.agency.example; dmarc=pass header.from={domain}")];
            });
            let draft = w.receive(change(theirs));
            let what = format!("{case}: {line}");
            assert_eq!(standing(w.task(1)), before, "{what}");
            assert!(!draft.events.iter().any(|e| matches!(e, Event::Said { .. })), "{what}");
            let told: Vec<&Intent> = draft.intents.iter().filter(|i| i.kind == "doubted").collect();
            let to: Vec<&str> = told.iter().map(|i| i.to.address.local()).collect();
            assert_eq!(to, ["ben", "olga"], "{what}");
            for letter in &told {
                assert!(letter.says.why.contains(who) && letter.says.why.contains("not obeyed"), "{what}");
                assert!(letter.tasks.is_empty() && letter.says.tasks.is_empty() && letter.reference.is_none());
            }
            for outside in draft.intents.iter().filter(|i| i.audience == Audience::Client) {
                assert_eq!(outside.to.address, address(who), "{what}: nobody but the writer hears that it arrived");
                let said = serde_json::to_string(&outside.says).unwrap();
                for never in ["Marchetti", "CTP-01", "555-0101", "Call before changing"] {
                    assert!(!said.contains(never), "{what}: {never} in {said}");
                }
            }
            w.check();
        }
    }
}

#[test]
fn what_outsiders_write_that_is_no_order_is_not_reported_and_neither_is_a_machine_or_an_invented_reference() {
    let outsider = |line: &str, change: fn(&mut Arrival)| {
        let mut w = a_task();
        let theirs = answer(&w, "f", "ben", line).with(|a| {
            a.message.from = Some(mailbox("Tony", "tony@trucks.example"));
            change(a);
        });
        w.receive(theirs);
        w.letters("doubted").len()
    };
    let as_it_is: fn(&mut Arrival) = |_| {};
    assert_eq!(outsider("done", as_it_is), 2);
    assert_eq!(outsider("Thanks, that is all I wanted to know.", as_it_is), 0, "a client's mail");
    assert_eq!(outsider("done", |a| a.message.automatic.auto_submitted = Some("auto-replied".into())), 0);
    assert_eq!(outsider("done", |a| a.message.subject = "Re: bond [T-1-aaaaaaaaaaaaaaaa]".into()), 0, "invented");
    assert_eq!(outsider("done", |a| a.message.subject = "Re: bond".into()), 0, "it answers no letter to staff");
}

#[test]
fn outsiders_are_reported_some_forty_times_an_hour_too() {
    let mut w = a_task();
    for n in 0..60 {
        let theirs = answer(&w, &format!("f{n}"), "ben", "done");
        w.receive(theirs.with(|a| a.message.from = Some(mailbox("Ben Cole", "eve@evil.example"))));
    }
    assert_eq!(w.recipients("doubted").iter().filter(|r| *r == "ben").count(), 40);
}

#[test]
fn a_forged_answer_about_a_task_that_is_over_opens_nothing_and_is_reported() {
    for (n, line) in WANTED.iter().chain(&["reopen: one more thing"]).enumerate() {
        let mut w = a_task();
        let done = answer(&w, "a1", "ben", "not a request");
        w.receive(done);
        assert!(!w.task(1).is_open());
        let forged = answer(&w, &format!("f{n}"), "ben", line).with(|a| a.message.authentication_results.clear());
        is_reported(&changes_nothing(&mut w, forged, line), line);
    }
}

#[test]
fn an_honest_answer_whose_reply_to_is_elsewhere_is_answered_at_the_persons_own_address() {
    let mut w = a_task();
    let sly = answer(&w, "a1", "ben", "working on it");
    let draft = w.receive(sly.with(|a| a.message.reply_to = vec![mailbox("Ben Cole", "eve@evil.example")]));
    assert!(w.task(1).first_touch.is_some(), "the server vouches for it");
    assert!(draft.intents.iter().all(|i| i.to.address != address("eve@evil.example")), "{:?}", draft.intents);
    let [letter] = &draft.intents[..] else { panic!("{:?}", draft.intents) };
    assert_eq!((letter.kind.as_str(), letter.to.address.as_str()), ("answer", "ben@agency.example"));
}

/// Zoe's firm, whose CSR is Ana; its data must never reach Tony, nor his theirs.
fn bakery() -> Account {
    Account {
        contacts: vec![crate::domain::account::Contact {
            name: "Zoe".into(),
            address: Some(address("zoe@bakery.example")),
            phone: Some("555-0909".to_owned()),
        }],
        policies: vec![crate::domain::account::Policy::of("BOP-77")],
        csr: Some("ana".into()),
        ..Account::new("B2".into(), "Espiga Bakery".into())
    }
}

#[test]
fn by_no_way_into_a_thread_does_anybody_else_reach_its_task() {
    let plus = |w: &World| {
        let letter = w.letters("acknowledgement")[0];
        letter.reply_to.clone().unwrap()
    };
    type Way = Box<dyn Fn(&World, Mail) -> Mail>;
    let ways: [(&str, Way); 5] = [
        ("References", Box::new(|_, m| m.answering("m1@client.example"))),
        (
            "our sealed reference",
            Box::new(|w, m| {
                let seal = w.policy.answers.key.thread(TaskId(1));
                m.with(|a| a.message.subject = format!("Re: bond [{seal}]").as_str().into())
            }),
        ),
        ("a number", Box::new(|_, m| m.with(|a| a.message.subject = "Re: bond [T-1]".into()))),
        (
            "the reply address",
            Box::new(move |w, m| {
                let to = plus(w);
                m.with(|a| a.message.to = vec![mailbox("", to.as_str())])
            }),
        ),
        (
            "a letter of ours",
            Box::new(|w, m| {
                let (letter, _) = w.letters.iter().find(|(_, i)| i.kind == "acknowledgement").unwrap();
                let id = letter.message_id.clone();
                m.answering(&id)
            }),
        ),
    ];
    for (way, along) in &ways {
        for who in ["eve@evil.example", "gc@builders.example", "zoe@bakery.example"] {
            for kinds in [&["bond"][..], &["permit"], &["bond", "permit"]] {
                let mut policy = policy();
                policy.answers.plus_addressing = true;
                let mut w = World::with(policy).knows(trucks()).knows(bakery());
                let first = mail("m1", "tony@trucks.example").asks(&["bond"]).field("holder", text("Harbor Bank"));
                w.receive(first.with(|a| a.message.cc.push(mailbox("", "gc@builders.example"))));
                let before = w.task(1).clone();
                w.now += Duration::minutes(5);
                let theirs = along(&w, mail("m2", who).asks(kinds).field("deadline", date("2026-11-18")));
                let draft = w.receive(theirs);
                let what = format!("{who} by {way}, {kinds:?}");
                assert_eq!(*w.task(1), before, "{what}");
                assert!(matches!(w.outcome("m2"), Outcome::Tasks(t) if !t.contains(&TaskId(1))), "{what}");
                for outside in draft.intents.iter().filter(|i| i.audience == Audience::Client) {
                    assert_eq!(outside.to.address, address(who), "{what}");
                    let said = serde_json::to_string(outside).unwrap();
                    for never in ["Marchetti", "tony@", "CTP-01", "555-0101", "Harbor Bank", "T-1\"", "Call before"] {
                        assert!(!said.contains(never), "{what}: {never} in {said}");
                    }
                }
                w.check();
            }
        }
    }
}

#[test]
fn in_crossed_threads_of_two_clients_each_reply_is_its_own_clients() {
    for (who, own, newer_first) in [("tony@trucks.example", 1, true), ("zoe@bakery.example", 2, false)] {
        let mut w = World::new().knows(trucks()).knows(bakery());
        w.receive(mail("m1", "tony@trucks.example").asks(&["bond"]));
        w.receive(mail("m2", "zoe@bakery.example").asks(&["bond"]));
        assert_eq!(w.task(2).account, Some("B2".into()));
        let other = 3 - own;
        let before = w.task(other).clone();
        let both = if newer_first { ["m2", "m1"] } else { ["m1", "m2"] };
        let crossed =
            both.iter().fold(mail("m3", who).asks(&["bond"]), |m, id| m.answering(&format!("{id}@client.example")));
        let draft = w.receive(crossed);
        assert_eq!(*w.outcome("m3"), Outcome::Joined { task: TaskId(own), opened: vec![] }, "{who}");
        assert_eq!(*w.task(other), before, "{who}");
        let hers = if own == 1 { "Espiga" } else { "Marchetti" };
        assert!(!serde_json::to_string(&draft.intents).unwrap().contains(hers), "{who}");
    }
}
