//! A carrier writes about work in hand, in a thread of its own.

use super::{
    sample::{Mail, *},
    world::World,
};
use crate::desk::*;
use crate::domain::{
    reading::{Certainty, SenderKind},
    workflow::Party,
};
use chrono::Duration;

const POLICY: &str = "CTP-01-558231-3";

/// Tony's bond is task 1; Ben has ordered it and waits for the carrier.
fn ordered() -> World {
    let mut w = World::new().knows(trucks());
    w.receive(mail("m1", "tony@trucks.example").asks(&["bond"]).field("policy_numbers", text(POLICY)));
    let wait = Command::Wait { task: TaskId(1), on: Party::Carrier, until: None, why: "the bond".into(), policy: None };
    w.command("ben", wait).unwrap();
    w.now += Duration::days(1);
    w
}

fn carrier(id: &str) -> Mail {
    mail(id, "bonds@keystone.example").field("policy_numbers", text(POLICY)).with(|a| {
        a.reading.sender_kind = SenderKind::Carrier;
    })
}

fn unclear(m: Mail) -> Mail {
    m.with(|a| a.reading.certainty = Certainty::Doubtful)
}

#[test]
fn what_the_carrier_writes_about_its_policy_wakes_the_task_and_is_told_and_nothing_goes_to_the_carrier() {
    for m in [carrier("m2").asks(&["bond"]), unclear(carrier("m2")), unclear(carrier("m2").asks(&["permit"]))] {
        let mut w = ordered();
        let letters = w.letters.len();
        w.receive(m);
        assert_eq!(*w.outcome("m2"), Outcome::Joined { task: TaskId(1), opened: vec![] });
        assert!(w.task(1).waiting.is_none() && w.task(1).is_open());
        assert_eq!(w.letters("notice").last().unwrap().says.why, "The carrier has written about it.");
        assert_eq!((w.letters.len(), w.tasks.len()), (letters + 1, 1), "one notice, and nothing to the carrier");
        w.check();
    }
    // Whoever writes like a carrier changes no fact: a policy's number stands on every certificate.
    let mut w = ordered();
    let before = w.task(1).clone();
    let other =
        carrier("m2").asks(&["bond"]).field("holder", text("Somebody Else")).field("deadline", date("2026-11-19"));
    w.receive(other);
    let now = w.task(1);
    assert_eq!((&now.fields, now.deadline, &now.missing), (&before.fields, before.deadline, &before.missing));
    // In the thread of a mail that Ben sent from his own program, too; what else it asks for is opened.
    let mut w = ordered();
    w.receive(carrier("m2").asks(&["bond", "permit"]).answering("m1@client.example"));
    assert_eq!(*w.outcome("m2"), Outcome::Joined { task: TaskId(1), opened: vec![TaskId(2)] });
}

#[test]
fn other_work_another_policy_a_danger_and_whoever_is_no_carrier_are_not_let_in() {
    let danger = |m: Mail| m.with(|a| a.reading.hazards.push(hazard()));
    for (why, m) in [
        ("other work", carrier("m2").asks(&["permit"])),
        ("a danger", danger(unclear(carrier("m2")))),
        ("no carrier", carrier("m2").asks(&["bond"]).with(|a| a.reading.sender_kind = SenderKind::ThirdParty)),
        ("no policy", carrier("m2").asks(&["bond"]).with(|a| a.reading.fields.clear())),
        ("it could not be read", carrier("m2").asks(&["bond"]).with(|a| a.trouble = Some("it is damaged".into()))),
    ] {
        let mut w = ordered();
        w.receive(m);
        assert!(!matches!(w.outcome("m2"), Outcome::Joined { .. }), "{why}");
        assert!(w.task(1).waiting.is_some() && w.task(1).messages.len() == 1, "{why}");
        w.check();
    }
    // Of two that it may be about a person chooses.
    let mut w = ordered();
    let other = mail("m3", "tony@trucks.example").asks(&["bond"]).field("policy_numbers", text(POLICY));
    w.receive(other.field("vins", text("another")).field("holder", text("Gary")));
    let two = w.tasks.len();
    w.receive(carrier("m2").asks(&["bond"]));
    assert_eq!((two, w.tasks.len()), (2, 3), "{:?}", w.outcome("m2"));
    // A machine's notice is filed and told, and changes nothing of what is waited for.
    let mut w = ordered();
    w.receive(
        carrier("m2").asks(&["bond"]).with(|a| a.message.automatic.auto_submitted = Some("auto-generated".into())),
    );
    assert_eq!(*w.outcome("m2"), Outcome::Joined { task: TaskId(1), opened: vec![] });
    assert!(w.task(1).waiting.is_some());
}
