//! Work that an external licensed team does.

use super::{sample::*, world::World};
use crate::desk::*;
use crate::domain::{reading::Complexity, task::End};

/// An agency whose bonds go to a team outside, with the client's name and nothing else.
pub(super) fn agency(when: When) -> World {
    let mut w = World::new().knows(trucks());
    w.policy.partners = vec![Partner {
        id: "cover".into(),
        name: "Covering Team".into(),
        address: address("intake@cover.example"),
        types: vec!["bond".into()],
        facts: vec!["insured_name".into()],
        when,
    }];
    w
}

fn request(id: &str) -> super::sample::Mail {
    mail(id, "tony@trucks.example")
        .asks(&["bond"])
        .field("insured_name", text("Marchetti Trucking"))
        .field("secret_field", text("nobody else's business"))
}

#[test]
fn a_listed_type_with_its_facts_goes_out_and_somebody_of_the_agency_stays_responsible() {
    let mut w = agency(When::Always);
    w.receive(request("m1"));
    let t = w.task(1);
    assert_eq!(t.assigned.person.as_str(), "ben");
    assert_eq!(t.with_partner.as_ref().unwrap().id, "cover");
    let [letter] = w.letters("handover")[..] else { panic!() };
    assert_eq!(letter.to.address.as_str(), "intake@cover.example");
    let [shown] = letter.says.tasks.as_slice() else { panic!("one task only") };
    assert_eq!(shown.facts.iter().map(|f| f.name.as_str()).collect::<Vec<_>>(), ["insured_name"]);
    assert!(shown.notes.is_empty() && shown.instructions.is_empty() && letter.original.is_none());
    assert!(w.letters("notice")[0].says.tasks[0].notes.iter().any(|n| n.contains("Ben Cole stays responsible")));
    w.check();
}

#[test]
fn the_step_that_brings_it_back_has_to_be_done_before_the_end() {
    let mut w = agency(When::Always);
    w.receive(request("m1"));
    let id = w.letters.iter().find(|(_, i)| i.kind == "handover").unwrap().0.message_id.clone();
    w.receive(mail("m2", "intake@cover.example").answering(&id));
    assert_eq!(w.tasks.len(), 1, "its answer belongs to the task");
    assert_eq!(w.task(1).messages.len(), 2);
    for step in ["check", "carrier"] {
        w.command("ben", Command::Step { task: TaskId(1), step: step.into(), waive: None, policy: None }).unwrap();
        assert!(w.task(1).with_partner.is_some(), "{step} takes nothing back");
    }
    let end = Command::End { task: TaskId(1), how: End::Done, reason: String::new() };
    let refused = w.command("ben", end.clone()).unwrap_err();
    assert!(refused.contains("Check what Covering Team sent back, and take the task back"), "{refused}");
    w.command("ben", Command::Step { task: TaskId(1), step: "back_from_partner".into(), waive: None, policy: None })
        .unwrap();
    assert_eq!(w.task(1).with_partner, None);
    w.receive(mail("m3", "intake@cover.example").asks(&["permit"]).answering(&id));
    assert_eq!(w.task(1).messages.len(), 2, "what is back is not the partner's any more");
    w.command("ben", end).unwrap();
}

#[test]
fn the_partner_sees_its_own_tasks_only() {
    let mut w = agency(When::Always);
    w.receive(request("m1"));
    w.receive(mail("m2", "tony@trucks.example").asks(&["permit"]));
    assert_eq!(w.letters("handover").len(), 1, "an unlisted type stays");
    let curious = mail("m3", "intake@cover.example").asks(&["permit"]);
    w.receive(curious.with(|a| a.message.subject = "Re: permit [T-2]".into()));
    assert_eq!(w.task(2).messages.len(), 1, "another's task is closed to it");
}

#[test]
fn what_lacks_a_fact_is_complex_dangerous_or_not_live_stays_in_the_house() {
    let mut w = agency(When::Always);
    w.receive(mail("m1", "tony@trucks.example").asks(&["bond"]));
    let wanted = "Covering Team could do it, but these facts are missing: insured_name.";
    assert!(w.task(1).notes.iter().any(|n| n.text == wanted));
    w.receive(request("m2").with(|a| a.reading.requests[0].complexity = Complexity::Complex));
    w.receive(request("m3").with(|a| a.reading.hazards.push(hazard())));
    w.policy.mode = Mode::Review;
    w.receive(request("m4"));
    assert!(w.letters("handover").is_empty());
    assert!((1..=4).all(|n| w.task(n).with_partner.is_none()));
}

#[test]
fn a_fact_goes_out_only_under_its_own_name_sure_and_without_doubt() {
    for (name, confidence, doubt, goes) in [
        ("insured_name", 50, None, true),
        ("insured_name", 49, None, false),
        ("insured_name", 90, Some("two names"), false),
        ("contact_name", 90, None, false),
    ] {
        let mut w = agency(When::Always);
        let m = mail("m1", "tony@trucks.example").asks(&["bond"]).field(name, text("Marchetti Trucking"));
        w.receive(m.with(|a| {
            a.reading.fields[0].confidence = confidence;
            a.reading.fields[0].doubt = doubt.map(str::to_owned);
        }));
        assert_eq!(w.task(1).with_partner.is_some(), goes, "{name} {confidence} {doubt:?}");
        assert_eq!(w.letters("handover").len(), usize::from(goes));
    }
}

#[test]
fn overflow_goes_out_only_where_nobody_of_the_agency_is_available() {
    let mut w = agency(When::Overflow);
    w.receive(request("m1"));
    assert!(w.letters("handover").is_empty());
    for p in &mut w.policy.people {
        p.daily_limit = p.is(Role::Csr).then_some(1);
    }
    w.receive(mail("m2", "zoe@new.example").asks(&["permit"]));
    w.receive(request("m3"));
    assert_eq!(w.letters("handover").len(), 1);
    assert_eq!(w.task(3).assigned.person.as_str(), "olga", "{}", w.task(3).assigned.reason);
}
