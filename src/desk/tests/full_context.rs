//! What a colleague is told of the client beside the request: policies, last requests, and what “same as last time” is.

use super::{
    sample::{Mail, *},
    world::World,
};
use crate::desk::*;
use crate::domain::{
    account::{Certificate, Holder, Policy as Held},
    field::Provenance,
};

fn northgate() -> FieldValue {
    FieldValue::Party { name: "Northgate Builders LLC".into(), address: Some("410 Quarry Rd, Joliet, IL".into()) }
}

/// Tony wants “the same as last year”.
fn points_back(id: &str) -> Mail {
    mail(id, "tony@trucks.example")
        .asks(&["bond"])
        .with(|a| a.reading.requests[0].again = vec![evidence("same as last year")])
}

/// Tony's request for a bond for Northgate, done on the same Tuesday.
fn with_one_done() -> World {
    let mut w = World::new().knows(trucks());
    w.receive(mail("m1", "tony@trucks.example").asks(&["bond"]).field("holder", northgate()));
    w.command("ben", Command::Finish { task: TaskId(1) }).unwrap_err();
    w.command("ben", Command::End { task: TaskId(1), how: End::Done, reason: String::new() }).unwrap_err();
    for step in ["check", "carrier", "file"] {
        w.command("ben", Command::Step { task: TaskId(1), step: step.into(), waive: None, policy: None }).unwrap();
    }
    w.command("ben", Command::End { task: TaskId(1), how: End::Done, reason: String::new() }).unwrap();
    w
}

#[test]
fn same_as_last_time_names_the_last_one_and_takes_its_facts_without_asking_the_client() {
    let mut w = with_one_done();
    w.receive(points_back("m2").lacks("holder"));
    let t = w.task(2);
    assert!(t.missing.is_empty(), "what the last request says is not asked for: {:?}", t.missing);
    let holder = t.fields.iter().find(|f| f.name == "holder").unwrap();
    assert_eq!(holder.value, northgate());
    assert!(matches!(&holder.from, Provenance::Earlier { task: TaskId(1), words } if words == "same as last year"));
    let note = &t.notes[0].text;
    for said in ["“same as last year”", "T-1 Surety bond", "done Tue 17 Nov 2026", "Northgate Builders LLC"] {
        assert!(note.contains(said), "{said}: {note}");
    }
    let notice = &w.letters("notice").last().unwrap().says.tasks[0];
    let fact = notice.facts.iter().find(|f| f.name == "holder").unwrap();
    assert_eq!((fact.source.as_str(), fact.words.as_str()), ("as in T-1", "same as last year"));
    let ack = &w.letters("acknowledgement").last().unwrap().says.tasks[0];
    assert!(ack.missing.is_empty() && ack.facts.is_empty() && ack.past.is_empty(), "nothing of it goes outside");
    w.check();
    assert_eq!(w.replayed(), w.tasks);
}

#[test]
fn a_holder_that_the_mail_names_wins_and_gets_the_address_of_their_own_last_time() {
    let mut w = with_one_done();
    let bare = |name: &str| FieldValue::Party { name: name.into(), address: None };
    w.receive(points_back("m2").lacks("holder").field("holder", bare("Northgate Builders")));
    assert_eq!(w.task(2).fields.iter().map(|f| f.value.clone()).collect::<Vec<_>>(), [northgate()]);
    w.receive(points_back("m3").lacks("holder").field("holder", bare("Lakeshore")));
    assert_eq!(w.task(3).fields[0].value, bare("Lakeshore"), "never another holder's address");
    assert_eq!(w.task(3).missing.len(), 1);
    assert!(w.task(3).notes[0].text.contains("nothing of the kind is on record"), "{}", w.task(3).notes[0].text);
    let whole = FieldValue::Party { name: "City".into(), address: Some("1 Main St".into()) };
    w.receive(points_back("m4").field("holder", whole.clone()));
    assert_eq!(w.task(4).fields[0].value, whole);
    assert!(w.task(4).notes.iter().all(|n| !n.text.contains("last year")), "it points to nothing that is not said");
}

#[test]
fn a_kind_that_a_person_has_said_looks_back_too() {
    let mut w = with_one_done();
    let doubtful = points_back("m2").lacks("holder");
    let needs = doubtful.0.reading.requests[0].clone();
    w.receive(doubtful.with(|a| a.reading.certainty = crate::domain::reading::Certainty::Doubtful));
    let said = Command::SetType { task: TaskId(2), request_type: "bond".into(), needs: Some(Box::new(needs)) };
    w.command("ben", said).unwrap();
    let t = w.task(2);
    assert!(t.missing.is_empty() && t.fields.iter().any(|f| f.value == northgate()), "{:?}", t.fields);
}

#[test]
fn what_ended_otherwise_than_done_and_other_kinds_are_no_last_time() {
    let mut w = World::new().knows(trucks());
    w.receive(mail("m1", "tony@trucks.example").asks(&["bond"]).field("holder", northgate()));
    let withdrawn = Command::End { task: TaskId(1), how: End::Withdrawn, reason: "job lost".into() };
    w.command("ben", withdrawn).unwrap();
    w.receive(mail("m2", "tony@trucks.example").asks(&["permit"]).field("holder", northgate()));
    w.receive(points_back("m3").lacks("holder"));
    assert!(w.task(3).fields.is_empty() && w.task(3).missing.len() == 1);
}

#[test]
fn the_last_certificate_may_stand_in_the_account_book_and_the_newer_one_counts() {
    let mut account = trucks();
    let issued = |day: &str| Certificate { issued: day.parse().unwrap(), project: Some("Elm Street".into()) };
    account.holders = vec![Holder {
        name: "Lakeshore Builders".into(),
        address: Some("12 Pier Rd".into()),
        certificates: vec![issued("2025-03-09"), issued("2026-01-05")],
    }];
    let mut policy = policy();
    policy.pages.get_mut(&RequestType::from("bond")).unwrap().again = vec!["certificate_holder".into()];
    let mut w = World::with(policy).knows(account);
    w.receive(points_back("m1").lacks("certificate_holder"));
    let t = w.task(1);
    assert!(t.missing.is_empty());
    assert!(matches!(t.fields[0].from, Provenance::Book { .. }));
    let note = &t.notes[0].text;
    assert!(note.contains("Lakeshore Builders, issued Mon 5 Jan 2026 for Elm Street, by the account book"), "{note}");
    w.receive(mail("m2", "tony@trucks.example").asks(&["bond"]).field("certificate_holder", northgate()));
    w.receive(points_back("m3").lacks("certificate_holder"));
    assert_eq!(w.task(3).fields[0].value, northgate(), "asked for today, and newer than what the book has");
}

#[test]
fn without_a_last_time_the_colleague_is_told_so_and_nothing_is_made_up() {
    let mut w = World::new();
    let stranger = mail("m1", "zoe@new.example").asks(&["bond"]);
    w.receive(stranger.with(|a| a.reading.requests[0].again = vec![evidence("the usual one")]));
    assert!(w.task(1).notes[0].text.contains("“the usual one”: nothing of the kind is on record here"));
}

#[test]
fn the_notice_tells_the_clients_policies_last_requests_and_what_to_take_care_of() {
    let mut account = trucks();
    let held = |number: &str, line: &str, last: &str| Held {
        carrier: Some("Great Lakes Casualty".into()),
        line: Some(line.into()),
        expiration: Some(last.parse().unwrap()),
        grants: Default::default(),
        ..Held::of(number)
    };
    account.policies = vec![
        held("OLD-1", "Umbrella", "2026-03-01"),
        held("WC-2", "Workers compensation", "2027-03-01"),
        held("CTP-01-558231-3", "Commercial auto", "2027-03-01"),
    ];
    let mut w = World::new().knows(account);
    w.receive(mail("m1", "tony@trucks.example").asks(&["permit"]));
    let asks = mail("m2", "tony@trucks.example").asks(&["bond"]).field("coverages", text("WC"));
    w.receive(asks.field("policy_numbers", text("ctp 01 558231-3")).field("policy_numbers", text("ZZ 9")));
    let view = &w.letters("notice").last().unwrap().says.tasks[0];
    assert_eq!(
        view.policies,
        [
            "CTP-01-558231-3, Commercial auto, Great Lakes Casualty, to 1 Mar 2027 (named in the request)",
            "WC-2, Workers compensation, Great Lakes Casualty, to 1 Mar 2027 (its line is named in the request)",
            "OLD-1, Umbrella, Great Lakes Casualty, to 1 Mar 2026, EXPIRED",
            "ZZ 9, named in the request, is not in the account book",
        ]
    );
    assert_eq!(view.past, ["T-1 Permit, new, since Tue 17 Nov 2026: “About m1”"]);
    assert_eq!(view.instructions, "Call before changing anything.");
    // Whoever gets the task later is told as much.
    let assign = Command::Assign { task: TaskId(2), to: "ana".into(), reason: "on leave".into() };
    w.command("olga", assign).unwrap();
    let notice = w.letters("notice").pop().unwrap();
    assert_eq!((notice.to.address.local(), notice.says.tasks[0].past.len()), ("ana", 1));
    let ack = &w.letters("acknowledgement").last().unwrap().says.tasks[0];
    assert!(ack.policies.is_empty() && ack.past.is_empty(), "no account data outside");
}

fn says(arrival: &mut Arrival, words: &str) {
    let part = crate::message::Part { kind: crate::message::PartKind::New, start: 0, end: words.len() };
    (arrival.message.text, arrival.message.parts) = (words.to_owned(), vec![part]);
}

#[test]
fn the_notice_of_a_reply_shows_the_words_of_the_reply() {
    let mut w = World::new().knows(trucks());
    w.receive(mail("m1", "tony@trucks.example").asks(&["bond"]).with(|a| says(a, "We need a bond.")));
    let reply = mail("m2", "tony@trucks.example").answering("m1@client.example");
    w.receive(reply.with(|a| says(a, "The holder is the city of Joliet.")));
    let [first, second] = w.letters("notice")[..] else { panic!("{}", w.letters("notice").len()) };
    assert_eq!(
        (first.says.words.as_str(), second.says.words.as_str()),
        ("We need a bond.", "The holder is the city of Joliet.")
    );
}

#[test]
fn the_next_step_is_told_in_words_whatever_stands_in_the_way() {
    let mut w = World::new().knows(trucks());
    w.receive(mail("m1", "tony@trucks.example").asks(&["bond"]));
    let next = |w: &World| w.task(1).next_in_words(w.policy.calendar.zone());
    assert_eq!(next(&w), "Check the account.");
    let until = Some(at("2026-11-20T09:00:00-06:00"));
    let wait = Command::Wait { task: TaskId(1), on: Party::Carrier, until, why: "the new rate".into(), policy: None };
    w.command("ben", wait).unwrap();
    assert_eq!(next(&w), "Wait for the carrier until Fri 20 Nov, 9:00 AM, for: the new rate. Then: Check the account.");
    let mut w = World::new().knows(trucks());
    w.policy.mode = crate::domain::person::Mode::Observe;
    w.receive(mail("m1", "tony@trucks.example").asks(&["bond"]).lacks("holder"));
    assert!(next(&w).starts_with("Call the client, who has not been asked yet"), "{}", next(&w));
}
