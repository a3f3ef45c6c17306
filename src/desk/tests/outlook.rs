//! Staff who answer from their own mail program: seen in the Sent folder, or by a Cc.

use super::{
    sample::{Mail, *},
    world::World,
};
use crate::desk::*;
use crate::domain::{
    message::Sighting,
    reading::SenderKind,
    task::{ClientTold, End},
};
use chrono::Duration;

fn a_task() -> World {
    let mut w = World::new().knows(trucks());
    w.receive(mail("m1", "tony@trucks.example").asks(&["bond"]).lacks("holder"));
    w.now += Duration::minutes(30);
    w
}

/// A mail of staff to Tony, as it lies in the Sent folder. Its words would open a task if a client wrote them.
fn sent(id: &str, from: &str) -> Mail {
    mail(id, from).asks(&["permit"]).with(|a| {
        a.reading.sender_kind = SenderKind::Staff;
        a.message.to = vec![mailbox("Tony", "tony@trucks.example")];
        a.sightings =
            vec![Sighting { mailbox: "service".into(), folder: "Sent Items".to_owned(), uid_validity: 1, uid: 7 }];
    })
}

/// The same with the shared inbox in Cc.
fn copied(id: &str, from: &str) -> Mail {
    let inbox = mail("x", "x@x.example").0.sightings;
    sent(id, from).with(|a| {
        a.message.cc = vec![mailbox("", "service@agency.example")];
        a.sightings = inbox;
    })
}

#[test]
fn an_answer_in_the_sent_folder_or_by_cc_is_the_first_touch_and_teaches_its_message_id() {
    for (n, answer) in [sent("s1", "ben@agency.example"), copied("s2", "ben@agency.example")].into_iter().enumerate() {
        let mut w = a_task();
        let key = answer.0.key.clone();
        w.receive(answer.answering("m1@client.example"));
        assert_eq!(*w.outcome(key.as_str()), Outcome::Joined { task: TaskId(1), opened: vec![] }, "{n}");
        assert_eq!((w.task(1).first_touch, w.task(1).messages.len()), (Some(w.now), 2));
        assert_eq!(w.task(1).client_told, ClientTold::Yes);
        assert_eq!(w.tasks.len(), 1, "what staff write to others is no request to us");
        assert_eq!(w.letters("notice").len(), 1, "Ben knows what he wrote");
        // Tony answers Ben's mail, and nothing else of the thread is left in his.
        let theirs = format!("{key}@client.example");
        w.receive(mail("m9", "tony@trucks.example").asks(&["bond"]).answering(&theirs));
        assert_eq!(*w.outcome("m9"), Outcome::Joined { task: TaskId(1), opened: vec![] });
        w.check();
    }
}

#[test]
fn mail_in_the_shared_inboxs_own_name_counts_for_its_sender_or_for_whoever_has_the_task() {
    let mut w = a_task();
    w.receive(sent("s1", "service@agency.example").answering("m1@client.example").with(|a| {
        a.message.headers.push(("sender".to_owned(), "Ana Ruiz <ana@agency.example>".into()));
    }));
    let by = |w: &World, who: &str| {
        w.journal.iter().flat_map(|(_, e)| e).any(|e| matches!(e, Event::Touched { by, .. } if by.as_str() == who))
    };
    assert!(by(&w, "ana") && !by(&w, "ben"));
    assert!(w.letters("notice").last().unwrap().says.why.contains("Ana Ruiz wrote in its thread"), "Ben hears of it");
    let mut w = a_task();
    w.receive(sent("s1", "service@agency.example").answering("m1@client.example"));
    assert!(by(&w, "ben"));
    // But what merely arrives in that name proves nothing.
    let mut w = a_task();
    let inbox = mail("x", "x@x.example").0.sightings;
    w.receive(sent("s1", "service@agency.example").answering("m1@client.example").with(|a| a.sightings = inbox));
    assert_eq!(w.task(1).first_touch, None);
}

#[test]
fn what_staff_had_answered_before_it_was_read_gets_no_acknowledgement() {
    let mut w = World::new().knows(trucks());
    w.receive(sent("s1", "ana@agency.example").answering("m1@client.example"));
    assert_eq!(*w.outcome("s1"), Outcome::NoWork);
    w.now += Duration::minutes(1);
    w.receive(mail("m1", "tony@trucks.example").asks(&["bond"]));
    assert!(w.letters("acknowledgement").is_empty());
    assert_eq!(w.task(1).messages, ["m1".into(), "s1".into()]);
    assert_eq!((w.task(1).first_touch, w.task(1).client_told.clone()), (Some(w.now), ClientTold::Yes));
    assert_eq!(w.recipients("notice"), ["ben"], "whoever has it hears that it is theirs");
    w.receive(mail("m2", "zoe@new.example").asks(&["bond"]));
    assert_eq!(w.letters("acknowledgement").len(), 1, "others are acknowledged");
    w.check();
}

#[test]
fn sent_mail_of_no_thread_is_no_work_and_wakes_nothing_that_is_over() {
    let mut w = a_task();
    w.receive(sent("s1", "ben@agency.example"));
    assert_eq!(*w.outcome("s1"), Outcome::NoWork);
    w.command("ben", Command::End { task: TaskId(1), how: End::NotNeeded, reason: "x".into() }).unwrap();
    w.receive(sent("s2", "ben@agency.example").answering("m1@client.example"));
    assert!(!w.task(1).is_open());
    assert_eq!(w.tasks.len(), 1);
}

#[test]
fn a_copy_that_the_mail_server_contradicts_or_a_program_wrote_touches_nothing() {
    let mut w = a_task();
    w.receive(copied("s1", "ben@agency.example").answering("m1@client.example").with(|a| {
        a.message.authentication_results = vec!["mx.agency.example; dmarc=fail header.from=agency.example".to_owned()];
    }));
    w.receive(copied("s2", "ben@agency.example").asks_nothing().answering("m1@client.example").with(|a| {
        a.message.automatic.auto_submitted = Some("auto-replied".into());
    }));
    assert_eq!(w.task(1).first_touch, None);
}
