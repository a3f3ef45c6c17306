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
