//! What edited rules find in mail that came long ago: which of it counts, in what order, and how it is shown.

use super::{
    sample::{Mail, *},
    world::World,
};
use crate::desk::{
    reread::{Proposal, ReadAnew, propose},
    *,
};
use crate::domain::{field::FieldValue, reading::SenderKind};

const ONE: TaskId = TaskId(1);

fn first() -> Mail {
    mail("m1", "tony@trucks.example").asks(&["bond"]).field("project", text("Pier 4")).field("site", text("Dock 9"))
}

fn a_task() -> World {
    let mut w = World::new().knows(trucks());
    w.receive(first());
    w
}

fn anew(m: &Mail) -> ReadAnew {
    ReadAnew {
        message: m.0.key.clone(),
        received: m.0.received,
        reading: m.0.reading.clone(),
        automatic: false,
        needs: m.0.reading.requests.first().cloned().map(Box::new),
    }
}

fn proposed(w: &World, read: &[ReadAnew]) -> Proposal {
    let t = w.task(1);
    let record = t.messages.first().and_then(|k| w.messages.iter().find(|m| m.key == *k));
    propose(t, record, t.account.as_ref().and_then(|a| w.accounts.get(a)), &[], read, &w.policy)
}

fn apply(w: &mut World, mails: &[Mail]) {
    let read = mails.iter().map(anew).collect();
    w.command("ana", Command::Reread { task: ONE, rules: "r1".into(), read }).unwrap();
}

fn facts(w: &World) -> Vec<(&str, String)> {
    w.task(1).fields.iter().map(|f| (f.name.as_str(), f.value.shown())).collect()
}

#[test]
fn a_later_mail_brings_facts_unless_it_is_thanks_or_a_machines_that_asks_for_nothing() {
    let w = a_task();
    let later = || mail("m2", "tony@trucks.example").field("vins", text("1FT"));
    let by_a_machine = |m: Mail| m.with(|a| a.reading.sender_kind = SenderKind::Automated);
    let in_danger = |m: Mail| m.with(|a| a.reading.hazards.push(hazard()));
    for (what, mail, automatic, brings) in [
        ("a request", later().asks(&["bond"]), false, true),
        ("a request by a program", later().asks(&["bond"]), true, true),
        ("a request by a machine", by_a_machine(later().asks(&["bond"])), false, true),
        ("a danger", in_danger(later().asks_nothing()), false, true),
        ("a danger told by a program", in_danger(later()), true, true),
        ("words that may be anything", later(), false, true),
        ("thanks", later().asks_nothing(), false, false),
        ("a receipt by a program", later(), true, false),
        ("a receipt by a machine", by_a_machine(later()), false, false),
    ] {
        let read = [anew(&first()), ReadAnew { automatic, ..anew(&mail) }];
        let named: Vec<String> = proposed(&w, &read).changes.into_iter().map(|c| c.what).collect();
        assert_eq!(named, if brings { vec!["vins"] } else { vec![] }, "{what}");
    }
}

#[test]
fn facts_keep_their_place_and_what_is_new_comes_last() {
    let mut w = a_task();
    let edited = mail("m1", "tony@trucks.example")
        .asks(&["bond"])
        .field("vins", text("1FT"))
        .field("site", text("Dock 10"))
        .field("project", text("Pier 4"));
    apply(&mut w, &[edited]);
    let expected = [("project", "Pier 4"), ("site", "Dock 10"), ("vins", "1FT")];
    assert_eq!(facts(&w), expected.map(|(n, v)| (n, v.to_owned())));
}

#[test]
fn what_the_book_holds_is_taken_from_it_anew_unless_a_person_took_it_away() {
    let number = "CTP-01-558231-3".to_owned();
    let mut w = a_task();
    apply(&mut w, &[first().lacks("policy_numbers")]);
    assert_eq!(facts(&w)[2], ("policy_numbers", number));
    assert!(w.task(1).missing.is_empty());
    w.command("ana", Command::SetField { task: ONE, name: "policy_numbers".into(), values: vec![], elsewhere: false })
        .unwrap();
    apply(&mut w, &[first().lacks("policy_numbers").field("vins", text("1FT"))]);
    assert_eq!(facts(&w).iter().map(|(n, _)| *n).collect::<Vec<_>>(), ["project", "site", "vins"]);
}

#[test]
fn a_proposal_says_what_is_a_guess_and_which_words_speak_for_it() {
    let w = a_task();
    let with = |confidence: u8| {
        let mut f = field("vins", text("1FT"));
        f.confidence = confidence;
        let edited = first().with(|a| a.reading.fields.push(f));
        proposed(&w, &[anew(&edited)]).changes[0].new.clone()
    };
    assert_eq!([with(0), with(49), with(50)], [["1FT (a guess)"], ["1FT (a guess)"], ["1FT"]]);
    let edited = first().asks(&["permit"]).with(|a| {
        let mut ballast = evidence("beside the point");
        ballast.weight = 0;
        let mut against = evidence("speaks against it");
        against.weight = -5;
        a.reading.requests[0].evidence.extend([ballast, against]);
    });
    let seen = proposed(&w, &[anew(&edited)]);
    assert_eq!(seen.changes[0].what, "type");
    assert_eq!(seen.changes[0].because.iter().map(|b| b.words.as_str()).collect::<Vec<_>>(), ["permit"]);
}

#[test]
fn a_fact_that_was_a_guess_and_is_sure_now_is_a_change() {
    let mut w = World::new().knows(trucks());
    let guess = first().with(|a| a.reading.fields[1].confidence = 30);
    w.receive(guess.clone());
    assert_eq!(proposed(&w, &[anew(&guess)]).changes, []);
    let seen = proposed(&w, &[anew(&first())]);
    let [change] = seen.changes.as_slice() else { panic!("{:?}", seen.changes) };
    assert_eq!(
        (change.old.as_slice(), change.new.as_slice()),
        (&["Dock 9 (a guess)".to_owned()][..], &["Dock 9".into()][..])
    );
    let surer = first().with(|a| a.reading.fields[1].confidence = 99);
    w.command("ana", Command::Reread { task: ONE, rules: "r1".into(), read: vec![anew(&first())] }).unwrap();
    assert_eq!(proposed(&w, &[anew(&surer)]).changes, [], "surer than sure is no change");
    let flag = FieldValue::Flag(true);
    assert_eq!(proposed(&w, &[anew(&first().field("urgent_bid", flag))]).changes[0].new, ["yes"]);
}
