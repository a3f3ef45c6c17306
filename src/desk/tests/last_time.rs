//! “Same as last time”: which last time is meant, and what is taken over from it and what is not.

use super::{
    sample::{Mail, *},
    world::World,
};
use crate::desk::*;
use crate::domain::{
    account::{Certificate, Holder},
    field::Provenance,
    task::{End, Task},
};

fn party(name: &str, address: Option<&str>) -> FieldValue {
    FieldValue::Party { name: name.into(), address: address.map(str::to_owned) }
}

fn northgate() -> FieldValue {
    party("Northgate Builders LLC", Some("410 Quarry Rd, Joliet, IL"))
}

fn tony(id: &str) -> Mail {
    mail(id, "tony@trucks.example").asks(&["bond"])
}

fn points_back(id: &str) -> Mail {
    tony(id).lacks("holder").with(|a| a.reading.requests[0].again = vec![evidence("same as last year")])
}

/// An agency whose page takes these facts over.
fn agency(again: &[&str]) -> World {
    let mut policy = policy();
    policy.pages.get_mut(&RequestType::from("bond")).unwrap().again = again.iter().map(|s| (*s).to_owned()).collect();
    World::with(policy).knows(trucks())
}

/// Receives it, and has it done.
fn done(w: &mut World, m: Mail) {
    w.receive(m);
    let task = *w.tasks.keys().last().unwrap();
    for step in ["check", "carrier", "file"] {
        w.command("ben", Command::Step { task, step: step.into(), waive: None, policy: None }).unwrap();
    }
    w.command("ben", Command::End { task, how: End::Done, reason: String::new() }).unwrap();
}

fn facts(t: &Task) -> Vec<(&str, FieldValue)> {
    t.fields.iter().map(|f| (f.name.as_str(), f.value.clone())).collect()
}

const NOTHING: &str =
    "“same as last year”: nothing of the kind is on record here. Look in the AMS before you ask the client.";

#[test]
fn only_what_the_page_names_is_taken_over_and_nothing_that_was_in_doubt() {
    let mut w = agency(&["holder", "limits"]);
    let last = tony("m1").field("holder", northgate()).field("limits", text("1M")).field("premium", text("900"));
    done(&mut w, last.with(|a| a.reading.fields[1].doubt = Some("two limits are named".into())));
    w.receive(points_back("m2"));
    assert_eq!(facts(w.task(2)), [("holder", northgate())]);
}

#[test]
fn a_last_time_that_does_not_say_it_in_full_is_none() {
    for (name, value, doubt) in [
        ("limits", text("1M"), None),
        ("holder", party("Northgate Builders LLC", None), None),
        ("holder", northgate(), Some("which of the two?")),
        ("owner", northgate(), None),
    ] {
        let mut w = agency(&["holder"]);
        let last = tony("m1").field(name, value.clone());
        done(&mut w, last.with(|a| a.reading.fields[0].doubt = doubt.map(str::to_owned)));
        w.receive(points_back("m2"));
        assert_eq!(w.task(2).notes[0].text, NOTHING, "{name} {value:?}");
        assert!(facts(w.task(2)).is_empty() && w.task(2).missing.len() == 1);
    }
}

#[test]
fn the_same_firm_in_another_part_keeps_that_part() {
    let mut w = agency(&["holder"]);
    done(&mut w, tony("m1").field("holder", northgate()));
    let bare = party("Northgate Builders", None);
    w.receive(points_back("m2").field("owner", bare.clone()).field("holder", bare.clone()));
    assert_eq!(facts(w.task(2)), [("owner", bare), ("holder", northgate())]);
}

#[test]
fn of_two_last_times_the_later_one_is_meant() {
    let mut w = agency(&["limits", "holder"]);
    done(&mut w, tony("m1").field("holder", northgate()));
    w.now = at("2026-11-18T10:00:00-06:00");
    done(&mut w, tony("m2").field("limits", text("2M")));
    w.now = at("2026-11-19T10:00:00-06:00");
    w.receive(points_back("m3"));
    let note = &w.task(3).notes[0].text;
    assert!(note.starts_with("“same as last year”: last time it was T-2 Surety bond, done Wed 18 Nov 2026"), "{note}");
    assert_eq!(facts(w.task(3)), [("limits", text("2M"))]);
}

#[test]
fn a_certificate_of_the_book_is_meant_where_it_is_newer_than_the_last_request() {
    let lakeshore = |w: &mut World, issued: &[(&str, &str)]| {
        let certificate = |(day, project): &(&str, &str)| Certificate {
            issued: day.parse().unwrap(),
            project: Some((*project).to_owned()),
        };
        let account = w.accounts.get_mut(&"A1".into()).unwrap();
        let certificates = issued.iter().map(certificate).collect();
        account.holders = vec![Holder { name: "Lakeshore".into(), address: Some("12 Pier Rd".into()), certificates }];
    };
    // The request was done on 17 November; of that day the request is meant, for it says more.
    for (issued, of_the_book) in [("2026-11-16", false), ("2026-11-17", false), ("2026-11-18", true)] {
        let mut w = agency(&["certificate_holder"]);
        done(&mut w, tony("m1").field("certificate_holder", northgate()));
        lakeshore(&mut w, &[("2025-03-09", "Oak Road"), (issued, "Elm Street")]);
        w.now = at("2026-11-19T10:00:00-06:00");
        w.receive(points_back("m2"));
        let wanted = if of_the_book { party("Lakeshore", Some("12 Pier Rd")) } else { northgate() };
        assert_eq!(facts(w.task(2)), [("certificate_holder", wanted)], "{issued}");
        let note = &w.task(2).notes[0].text;
        let by_the_book = "Lakeshore, issued Wed 18 Nov 2026 for Elm Street, by the account book";
        assert_eq!(note.contains(by_the_book), of_the_book, "{note}");
    }
}

#[test]
fn what_is_pointed_to_in_a_reply_is_taken_over_like_in_the_first_mail() {
    let mut w = agency(&["holder"]);
    done(&mut w, tony("m1").field("holder", northgate()));
    w.now = at("2026-11-18T10:00:00-06:00");
    w.receive(tony("m2").lacks("holder"));
    assert_eq!(w.task(2).missing.len(), 1);
    // The reply itself asks for nothing that could be told: the words that point are all of it.
    let reply = |id: &str| {
        mail(id, "tony@trucks.example").asks_nothing().answering("m2@client.example").with(|a| {
            a.reading.points_back = vec![("bond".into(), evidence("same holder as last year"))];
        })
    };
    w.receive(reply("m3"));
    let holder = &w.task(2).fields[0];
    assert_eq!((holder.value.clone(), w.task(2).missing.len()), (northgate(), 0));
    assert!(
        matches!(&holder.from, Provenance::Earlier { task: TaskId(1), words } if words == "same holder as last year")
    );
    let told = w.letters("notice").last().unwrap().says.clone();
    assert_eq!(told.why, "The client answered all that was asked: holder.");
    let note = "“same holder as last year”: last time it was T-1 Surety bond, done Tue 17 Nov 2026";
    assert!(told.tasks[0].notes.iter().any(|n| n.contains(note)), "{:?}", told.tasks[0].notes);
    w.check();

    // Where nothing is on record it is not lost: a person looks, and the client is not asked again.
    let mut w = agency(&["holder"]);
    w.receive(tony("m2").lacks("holder"));
    w.receive(reply("m3"));
    let told = w.letters("notice").last().unwrap().says.clone();
    assert!(told.why.contains("what was asked could not be read from it: holder"), "{}", told.why);
    let note = "“same holder as last year”: nothing of the kind is on record here. Look in the AMS";
    assert!(told.tasks[0].notes.iter().any(|n| n.contains(note)), "{:?}", told.tasks[0].notes);
}
