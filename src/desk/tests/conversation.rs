//! A conversation: asking again, the same thing twice, tasks that are one and tasks that are two.

use super::{
    sample::{Mail, *},
    world::World,
};
use crate::desk::*;
use crate::domain::{
    field::FieldValue,
    task::{End, TaskState, Whose},
};
use chrono::Duration;

fn a_task() -> World {
    let mut w = World::new().knows(trucks());
    w.receive(mail("m1", "tony@trucks.example").asks(&["bond"]));
    w.now += Duration::minutes(30);
    w
}

/// “Any update?” in the task's thread.
fn chases(id: &str) -> Mail {
    mail(id, "tony@trucks.example")
        .asks(&["bond"])
        .answering("m1@client.example")
        .with(|a| a.reading.chases = vec![evidence("any update")])
}

#[test]
fn any_update_is_counted_and_the_second_is_a_danger() {
    let mut w = a_task();
    w.receive(chases("m2"));
    assert_eq!(w.task(1).chased, [w.now]);
    assert!(w.task(1).hazards.is_empty() && w.letters("hazard").is_empty(), "once is no danger");
    assert!(w.letters("notice").last().unwrap().says.why.contains("asks how it stands"));
    w.now += Duration::hours(3);
    w.receive(chases("m3"));
    assert_eq!(w.task(1).chased.len(), 2);
    assert_eq!(w.task(1).hazards[0].key, "chased_again");
    assert_eq!(w.recipients("hazard"), ["ben", "olga"], "the person and the manager");
    w.now += Duration::hours(3);
    w.receive(chases("m4"));
    assert_eq!((w.task(1).chased.len(), w.letters("hazard").len()), (3, 2), "counted on, and not alarmed again");
    w.check();
}

#[test]
fn nobody_but_the_client_chases() {
    let mut w = a_task();
    for (id, from) in [("m2", "ben@agency.example"), ("m3", "zoe@new.example")] {
        w.receive(chases(id).with(|a| a.message.from = Some(mailbox("", from))));
    }
    let away = chases("m4").with(|a| a.message.automatic.auto_submitted = Some("auto-replied".into()));
    w.receive(away);
    assert!(w.task(1).chased.is_empty());
}

#[test]
fn a_reopening_says_whose_error_it_was_before_it_ends_again() {
    let mut w = a_task();
    let end = |how| Command::End { task: TaskId(1), how, reason: "sorted".into() };
    w.command("ben", end(End::NotNeeded)).unwrap();
    w.receive(mail("m2", "tony@trucks.example").asks(&["bond"]).answering("m1@client.example"));
    assert!(w.letters("notice").last().unwrap().says.why.contains("say whose error"));
    w.command("ben", Command::Did { task: TaskId(1), steps: vec!["check".into(), "carrier".into()], policy: None })
        .unwrap();
    for command in [end(End::Done), Command::Finish { task: TaskId(1) }] {
        let why = w.command("ben", command).unwrap_err();
        assert!(why.contains("whose error"), "{why}");
    }
    w.command("ben", Command::NameError { task: TaskId(1), whose: Whose::Agency }).unwrap();
    assert_eq!(w.task(1).error, Some(Whose::Agency));
    w.command("ben", Command::Finish { task: TaskId(1) }).unwrap();
    // The next time it is asked anew.
    w.command("ben", Command::Reopen { task: TaskId(1), reason: "again".into() }).unwrap();
    assert_eq!(w.task(1).error, None);
    let never = w.command("ben", Command::NameError { task: TaskId(2), whose: Whose::Client }).unwrap_err();
    assert!(never.contains("no task"), "{never}");
}

fn about(id: &str, holder: &str, project: &str) -> Mail {
    mail(id, "tony@trucks.example")
        .asks(&["bond"])
        .field("certificate_holder", text(holder))
        .field("project", text(project))
}

#[test]
fn a_second_mail_on_the_same_thing_joins_and_another_thing_is_linked() {
    let mut w = World::new().knows(trucks());
    w.receive(about("m1", "Northgate Builders", "Elm Street"));
    let again = about("m2", "Northgate Builders", "Elm Street").field("limits", text("2M"));
    w.receive(again);
    assert_eq!(*w.outcome("m2"), Outcome::Joined { task: TaskId(1), opened: vec![] });
    assert!(w.reason("m2").contains("the same certificate holder and project"), "{}", w.reason("m2"));
    assert!(w.task(1).fields.iter().any(|f| f.name == "limits"), "and brings what is new in it");
    assert_eq!(w.recipients("notice"), ["ben", "ben"]);
    w.receive(about("m3", "Northgate Builders", "Oak Street"));
    assert_eq!(*w.outcome("m3"), Outcome::Tasks(vec![TaskId(2)]));
    assert!(w.task(2).notes.iter().any(|n| n.text.contains("T-1; compare")), "{:?}", w.task(2).notes);
    w.check();
}

#[test]
fn another_client_another_kind_and_a_closed_task_take_no_second_mail() {
    let mut w = World::new().knows(trucks());
    w.receive(about("m1", "Northgate Builders", "Elm Street"));
    let stranger = about("m2", "Northgate Builders", "Elm Street")
        .with(|a| a.message.from = Some(mailbox("", "zoe@new.example")))
        .field("policy_numbers", text("CTP-01-558231-3"));
    w.receive(stranger);
    assert_eq!(*w.outcome("m2"), Outcome::Tasks(vec![TaskId(2)]), "who names the policy is not yet the client");
    w.receive(about("m3", "Northgate Builders", "Elm Street").asks(&["permit"]));
    assert_eq!(*w.outcome("m3"), Outcome::Tasks(vec![TaskId(3)]));
    for task in [1, 2] {
        let over = Command::End { task: TaskId(task), how: End::NotNeeded, reason: "x".into() };
        w.command("ben", over).unwrap();
    }
    w.receive(about("m4", "Northgate Builders", "Elm Street"));
    assert_eq!(*w.outcome("m4"), Outcome::Tasks(vec![TaskId(4)]));
}

#[test]
fn merged_tasks_go_on_as_one_and_their_threads_lead_there() {
    let mut w = World::new().knows(trucks());
    w.receive(about("m1", "A", "x"));
    w.receive(about("m2", "B", "y").field("vins", text("1M8GDM9AXKP042788")));
    let first_ack = w.letters[0].0.message_id.clone();
    let second_ack = w.letters.iter().rfind(|(_, i)| i.kind == "acknowledgement").unwrap().0.message_id.clone();
    assert_ne!(first_ack, second_ack);
    w.command("ben", Command::Merge { task: TaskId(2), into: TaskId(1) }).unwrap();
    assert!(matches!(w.task(2).state, TaskState::Ended { how: End::Duplicate, .. }));
    assert_eq!(w.task(1).messages, ["m1".into(), "m2".into()]);
    assert!(w.task(1).fields.iter().any(|f| f.name == "vins"));
    w.receive(mail("m3", "tony@trucks.example").asks(&["bond"]).answering(&second_ack));
    assert_eq!(*w.outcome("m3"), Outcome::Joined { task: TaskId(1), opened: vec![] });
    assert!(!w.task(2).is_open(), "an answer to the merged task's letter wakes the one that goes on");
    let refused = w.command("ben", Command::Merge { task: TaskId(2), into: TaskId(1) }).unwrap_err();
    assert!(refused.contains("is over"), "{refused}");
    w.check();
}

#[test]
fn tasks_of_two_clients_are_never_merged() {
    let mut w = World::new().knows(trucks());
    w.receive(about("m1", "A", "x"));
    w.receive(mail("m2", "zoe@new.example").asks(&["bond"]));
    let refused = w.command("ben", Command::Merge { task: TaskId(2), into: TaskId(1) }).unwrap_err();
    assert!(refused.contains("not of one client"), "{refused}");
    assert!(w.command("ben", Command::Merge { task: TaskId(1), into: TaskId(1) }).is_err());
    assert!(w.command("ben", Command::Merge { task: TaskId(1), into: TaskId(9) }).unwrap_err().contains("no task T-9"));
}

#[test]
fn a_task_that_is_two_is_split_by_a_kinds_name_or_goes_to_triage() {
    let mut w = World::new().knows(trucks());
    w.receive(about("m1", "A", "x").field("policy_numbers", text("CTP-01-558231-3")));
    w.command("ben", Command::Split { task: TaskId(1), words: "permits".into() }).unwrap();
    let new = w.task(2);
    assert_eq!((new.request_type.clone(), new.account.clone()), (Some("permit".into()), Some("A1".into())));
    assert_eq!((new.requester.clone(), new.messages.clone()), (w.task(1).requester.clone(), vec!["m1".into()]));
    assert!(new.fields.iter().any(|f| f.name == "policy_numbers") && !new.fields.iter().any(|f| f.name == "project"));
    assert!(new.notes.iter().any(|n| n.text.contains("out of T-1")));
    w.command("ben", Command::Split { task: TaskId(1), words: "she also wants a boat insured".into() }).unwrap();
    assert_eq!(w.task(3).request_type, None, "a person has to say what it is");
    assert!(w.task(3).words.starts_with("she also wants a boat"));
    assert_eq!(w.letters("acknowledgement").len(), 1, "the client hears nothing of our sorting");
    w.check();
}

#[test]
fn a_value_without_a_name_is_no_key() {
    let empty = FieldValue::Text(" - ".into());
    let mut w = World::new().knows(trucks());
    w.receive(mail("m1", "tony@trucks.example").asks(&["bond"]).field("policy_numbers", empty.clone()));
    w.receive(mail("m2", "tony@trucks.example").asks(&["bond"]).field("policy_numbers", empty));
    assert_eq!(*w.outcome("m2"), Outcome::Tasks(vec![TaskId(2)]));
}

#[test]
fn what_is_open_of_another_kind_is_not_compared() {
    let mut w = World::new().knows(trucks());
    for (id, kind) in [("m1", "permit"), ("m2", "bond"), ("m3", "bond")] {
        w.receive(mail(id, "tony@trucks.example").asks(&[kind]));
    }
    let compared = |n: u64| w.task(n).notes.iter().any(|note| note.text.contains("compare them"));
    assert!(!compared(1) && !compared(2) && compared(3));
    assert!(w.task(3).notes.iter().any(|n| n.text.contains("for this client: T-2;")), "{:?}", w.task(3).notes);
}
