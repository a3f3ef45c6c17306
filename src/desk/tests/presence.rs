//! Who is out, whose work goes where, and what comes back.

use super::{sample::*, world::World};
use crate::desk::*;

fn says(w: &mut World, by: &str, words: &str) -> Draft {
    w.command(by, Command::Presence { words: words.to_owned() }).unwrap_or_else(|e| panic!("{words}: {e}"))
}

fn whose(w: &World, n: u64) -> (&str, Option<&str>) {
    let a = &w.task(n).assigned;
    (a.person.as_str(), a.standing_in_for.as_ref().map(PersonId::as_str))
}

/// Ben serves Marchetti Trucking; Ana stands in for him, and he for her.
fn agency() -> World {
    let mut w = World::new().knows(trucks());
    w.policy.people[0].stand_ins = vec!["ben".into()];
    w.policy.people[1].stand_ins = vec!["ana".into()];
    w
}

fn request(n: u64) -> super::sample::Mail {
    mail(&format!("m{n}"), "tony@trucks.example").asks(&["bond"])
}

#[test]
fn untouched_work_moves_at_once_and_comes_back_and_what_is_begun_stays() {
    let mut w = agency();
    for n in 1..=3 {
        w.receive(request(n));
    }
    w.command("ben", Command::Take { task: TaskId(1) }).unwrap();
    let d = says(&mut w, "olga", "Ben out until Thursday");
    assert_eq!([whose(&w, 1), whose(&w, 2), whose(&w, 3)], [("ben", None), ("ana", Some("ben")), ("ana", Some("ben"))]);
    let why = &w.task(2).assigned.reason;
    assert_eq!(why, "Ana Ruiz stands in for Ben Cole, who is out until Thu 19 Nov.");
    let notices: Vec<_> = d.intents.iter().filter(|i| i.kind == "notice").collect();
    assert_eq!(notices.len(), 1, "one letter, however many tasks");
    assert_eq!((notices[0].to.address.local(), notices[0].tasks.len()), ("ana", 2));
    // New work of his goes to her, too; she begins on one of them.
    w.receive(request(4));
    assert_eq!(whose(&w, 4), ("ana", Some("ben")));
    w.command("ana", Command::Note { task: TaskId(3), text: "called them".into() }).unwrap();
    w.check();
    w.until(at("2026-11-18T23:00:00-06:00"));
    assert_eq!(whose(&w, 2), ("ana", Some("ben")));
    w.until(at("2026-11-19T08:00:00-06:00"));
    assert_eq!([whose(&w, 2), whose(&w, 4)], [("ben", None), ("ben", None)]);
    assert_eq!(whose(&w, 3), ("ana", Some("ben")), "what the stand-in has touched stays");
    assert!(w.task(2).assigned.reason.contains("Ben Cole is back, and Ana Ruiz had not begun"));
    assert_eq!(w.presence_due, None);
    w.check();
}

/// A task of Ben's that ended while he was out and Ana had it; he is back.
fn over_while_lent() -> World {
    let mut w = agency();
    w.receive(request(1));
    says(&mut w, "olga", "Ben out until Thursday");
    let end = Command::End { task: TaskId(1), how: End::Withdrawn, reason: "they sold it".into() };
    w.command("olga", end).unwrap();
    w.until(at("2026-11-19T10:00:00-06:00"));
    w
}

#[test]
fn what_was_over_when_its_lender_came_back_is_theirs_when_it_opens_again() {
    let mut w = over_while_lent();
    assert_eq!(whose(&w, 1), ("ana", Some("ben")), "nobody moves what is over");
    w.receive(request(2).answering("m1@client.example"));
    assert!(w.task(1).is_open());
    assert_eq!(whose(&w, 1), ("ben", None));
    assert!(w.task(1).assigned.reason.contains("Ben Cole is back"));
    w.check();
}

#[test]
fn opened_again_by_a_person_it_goes_back_to_its_lender_once_though_the_stand_in_is_out_by_then() {
    let mut w = over_while_lent();
    says(&mut w, "olga", "Ana out until Monday");
    let d = w.command("olga", Command::Reopen { task: TaskId(1), reason: "they keep it".into() }).unwrap();
    let given: Vec<_> = d.events.iter().filter(|e| matches!(e, Event::Assigned { .. })).collect();
    assert_eq!(given.len(), 1, "{given:?}");
    assert_eq!(whose(&w, 1), ("ben", None));
    w.check();
}

#[test]
fn an_absence_ahead_begins_by_itself_in_the_morning() {
    let mut w = agency();
    w.receive(request(1));
    assert!(says(&mut w, "ben", "I'm out 11/20 to 11/24").intents.is_empty());
    assert_eq!(whose(&w, 1).0, "ben");
    w.until(at("2026-11-20T08:29:00-06:00"));
    assert_eq!(whose(&w, 1), ("ana", Some("ben")));
    let last = w.letters.iter().rev().find(|(_, i)| i.kind == "notice").unwrap();
    assert_eq!(last.1.not_before, at("2026-11-20T08:30:00-06:00"), "she reads it when she comes in");
    w.until(at("2026-11-25T08:00:00-06:00"));
    assert_eq!(whose(&w, 1), ("ben", None));
}

#[test]
fn days_out_of_the_configuration_count_like_those_that_are_said() {
    let mut w = agency();
    w.receive(request(1));
    let day = |d| chrono::NaiveDate::from_ymd_opt(2026, 11, d).unwrap();
    w.policy.people[1].out = vec![(day(17), day(19))];
    w.say(&Input::Presence).unwrap();
    assert_eq!(whose(&w, 1), ("ana", Some("ben")));
    assert_eq!(w.presence_due, Some(at("2026-11-19T00:00:00-06:00")));
    assert!(w.say(&Input::Presence).unwrap().events.is_empty(), "looking twice changes nothing");
    w.until(at("2026-11-19T09:00:00-06:00"));
    assert_eq!(whose(&w, 1), ("ben", None));
}

#[test]
fn a_chain_of_stand_ins_is_followed_and_the_first_owner_gets_it_back() {
    let mut w = agency();
    w.policy.people.push(Person::new("cy".into(), "Cy Dow".into(), address("cy@agency.example"), vec![Role::Csr]));
    w.policy.people[0].stand_ins = vec!["cy".into()];
    w.receive(request(1));
    says(&mut w, "olga", "ben out until Friday");
    assert_eq!(whose(&w, 1), ("ana", Some("ben")));
    says(&mut w, "olga", "ana out until Thursday");
    assert_eq!(whose(&w, 1), ("cy", Some("ben")), "the chain goes on, and remembers whose it is");
    w.receive(request(2));
    assert_eq!(whose(&w, 2), ("cy", Some("ben")));
    let why = &w.task(2).assigned.reason;
    assert!(why.contains("Ana Ruiz would stand in for Ben Cole, but is out until Thu 19 Nov."), "{why}");
    w.until(at("2026-11-20T09:00:00-06:00"));
    assert_eq!([whose(&w, 1), whose(&w, 2)], [("ben", None), ("ben", None)]);
}

#[test]
fn a_circle_of_stand_ins_who_are_all_out_ends_at_the_operations_manager_at_once() {
    let mut w = agency();
    says(&mut w, "olga", "ben out until Friday");
    says(&mut w, "olga", "ana out until Friday");
    w.now = at("2026-11-17T20:00:00-06:00");
    w.receive(request(1));
    let a = &w.task(1).assigned;
    assert_eq!(a.person.as_str(), "olga");
    assert!(a.reason.contains("The stand-ins go round in a circle (ben → ana)."), "{}", a.reason);
    assert!(a.reason.contains("Nobody here is available as a CSR, so it goes to Olga Berg as operations manager."));
    let notice = w.letters("notice")[0];
    assert_eq!(
        (notice.to.address.local(), notice.not_before),
        ("olga", w.now),
        "at once, although the office is closed"
    );
    w.check();
    w.until(at("2026-11-20T09:00:00-06:00"));
    assert_eq!(whose(&w, 1), ("ben", None), "and back with whoever serves the account");
}

#[test]
fn whoever_leaves_hands_over_everything_and_nothing_comes_back() {
    let mut w = agency();
    w.receive(request(1));
    w.receive(request(2));
    w.command("ben", Command::Take { task: TaskId(1) }).unwrap();
    says(&mut w, "olga", "Ben leaving");
    assert_eq!([whose(&w, 1), whose(&w, 2)], [("ana", None), ("ana", None)]);
    w.receive(request(3));
    assert_eq!(whose(&w, 3), ("ana", None), "{}", w.task(3).assigned.reason);
    assert!(
        w.command("olga", Command::Presence { words: "ben left".into() }).unwrap_err().contains("known of Ben Cole")
    );
    w.check();
}

#[test]
fn whoever_is_back_early_gets_the_rest_back_early() {
    let mut w = agency();
    w.receive(request(1));
    says(&mut w, "ben", "I am out until Friday");
    says(&mut w, "ben", "I'm back");
    assert_eq!((whose(&w, 1), w.presence_due), (("ben", None), None));
    let again = w.command("ben", Command::Presence { words: "ben back".into() });
    assert_eq!(again.unwrap_err(), "Nothing says that Ben Cole is out. What intaked.toml says is changed there.");
}

#[test]
fn a_danger_goes_to_whoever_is_there_now_even_where_it_is_begun() {
    let mut w = agency();
    w.receive(request(1));
    w.command("ben", Command::Take { task: TaskId(1) }).unwrap();
    says(&mut w, "olga", "ben out until Friday");
    assert_eq!(whose(&w, 1), ("ben", None), "begun work stays while it is quiet");
    let reply = mail("m2", "tony@trucks.example").asks(&["bond"]).answering("m1@client.example");
    w.receive(reply.with(|a| a.reading.hazards.push(hazard())));
    assert_eq!(whose(&w, 1), ("ana", Some("ben")));
    assert!(w.task(1).assigned.reason.starts_with("There is danger. Ana Ruiz stands in for Ben Cole, who is out"));
    let told = w.recipients("hazard");
    assert!(told.contains(&"ana".to_owned()) && !told.contains(&"ben".to_owned()), "{told:?}");
    w.check();
}

#[test]
fn of_begun_work_the_stand_in_hears_while_its_owner_is_out() {
    let mut w = agency();
    w.receive(request(1));
    w.command("ben", Command::Take { task: TaskId(1) }).unwrap();
    says(&mut w, "olga", "ben out until Friday");
    let d = w.receive(mail("m2", "tony@trucks.example").asks(&["bond"]).answering("m1@client.example"));
    let notice = d.intents.iter().find(|i| i.kind == "notice").unwrap();
    assert_eq!(notice.to.address.local(), "ana");
    assert!(notice.says.why.contains("It is Ben Cole's, who is out; you hear of it in their place."));
    assert_eq!(whose(&w, 1), ("ben", None));
}

#[test]
fn work_of_a_page_that_cannot_wait_ignores_limits_and_ordinary_work_keeps_them() {
    let mut w = agency();
    for p in &mut w.policy.people {
        p.daily_limit = p.is(Role::Csr).then_some(1);
    }
    w.policy.pages.get_mut(&RequestType::from("permit")).unwrap().practice.at_once = true;
    w.receive(request(1));
    w.receive(request(2));
    assert_eq!((whose(&w, 1), whose(&w, 2)), (("ben", None), ("ana", None)), "the stand-in keeps it: nobody is out");
    assert!(w.task(2).assigned.reason.contains("Ben Cole, who has had the 1 new tasks of today"));
    w.receive(request(3));
    assert_eq!(whose(&w, 3).0, "olga", "{}", w.task(3).assigned.reason);
    w.receive(mail("m4", "tony@trucks.example").asks(&["permit"]));
    assert_eq!(whose(&w, 4), ("ben", None), "a limit holds nothing up that cannot wait");
    w.now = at("2026-11-18T09:00:00-06:00");
    w.receive(request(5));
    assert_eq!(whose(&w, 5), ("ben", None), "a new day, a new count");
}

#[test]
fn the_rota_says_who_is_on_duty_and_a_gap_in_it_falls_to_the_others() {
    let mut w = World::new().knows(trucks());
    let hour = |h| chrono::NaiveTime::from_hms_opt(h, 0, 0).unwrap();
    let shift = |days: &[chrono::Weekday], from, to, who: &str| Shift {
        days: days.to_vec(),
        hours: Some((hour(from), hour(to))),
        people: vec![who.into()],
        types: Vec::new(),
    };
    use chrono::Weekday::{Tue, Wed};
    w.policy.rota = vec![shift(&[Tue], 8, 12, "ben"), shift(&[Tue, Wed], 17, 8, "max")];
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]));
    assert_eq!(w.task(1).assigned.reason, "Ben Cole is on duty by the rota as CSR with the least open work (none).");
    w.now = at("2026-11-17T13:00:00-06:00");
    w.receive(mail("m2", "zoe@new.example").asks(&["bond"]));
    let a = &w.task(2).assigned;
    assert_eq!(a.person.as_str(), "ana");
    assert_eq!(
        a.reason,
        "The rota has nobody for Tue 17 Nov 2026, 1:00 PM. Ana Ruiz is on duty as CSR with the least open work (none)."
    );
    // At night a danger finds whoever is on call, and not the client's own CSR, who is at home.
    w.now = at("2026-11-17T22:00:00-06:00");
    w.policy.rota[1].people = vec!["ana".into()];
    let danger = mail("m3", "tony@trucks.example").asks(&["bond"]).with(|a| a.reading.hazards.push(hazard()));
    w.receive(danger);
    assert_eq!(
        w.task(3).assigned.reason,
        "Ana Ruiz is on duty by the rota as CSR with the least open work (weight 1)."
    );
    w.receive(mail("m4", "tony@trucks.example").asks(&["permit"]));
    assert_eq!(w.task(4).assigned.person.as_str(), "ben", "what can wait, waits for its own CSR");
}

#[test]
fn heavier_work_counts_for_more() {
    let mut w = World::new();
    w.policy.pages.get_mut(&RequestType::from("permit")).unwrap().practice.weight.simple = 3;
    w.receive(mail("m1", "zoe@new.example").asks(&["permit"]));
    for n in 2..=4 {
        w.receive(mail(&format!("m{n}"), "zoe@new.example").asks(&["bond"]));
    }
    let people: Vec<_> = (1..=4).map(|n| w.task(n).assigned.person.as_str()).collect();
    assert_eq!(people, ["ana", "ben", "ben", "ben"]);
}

#[test]
fn work_is_given_to_nobody_who_is_out_but_whoever_is_out_may_take_it() {
    let mut w = agency();
    w.receive(request(1));
    says(&mut w, "olga", "ana out until Friday");
    let to_ana = Command::Assign { task: TaskId(1), to: "ana".into(), reason: String::new() };
    let refused = w.command("olga", to_ana).unwrap_err();
    assert_eq!(refused, "Ana Ruiz is out until Fri 20 Nov; give it to somebody who is here, or wait.");
    w.command("ana", Command::Take { task: TaskId(1) }).unwrap();
    assert_eq!(whose(&w, 1).0, "ana");
}

#[test]
fn while_the_operations_manager_is_out_her_alarms_go_to_who_stands_in_or_to_the_owner() {
    let mut w = agency();
    w.receive(request(1));
    says(&mut w, "olga", "I am out until Friday");
    w.until(at("2026-11-18T12:00:00-06:00"));
    let told = w.recipients("escalation");
    assert!(told.contains(&"otto".to_owned()) && !told.contains(&"olga".to_owned()), "{told:?}");
    w.policy.people[3].stand_ins = vec!["max".into()];
    w.receive(request(2));
    w.until(at("2026-11-19T14:00:00-06:00"));
    assert!(w.recipients("escalation").contains(&"max".to_owned()), "{:?}", w.recipients("escalation"));
    w.check();
}

#[test]
fn one_task_moves_once_where_its_holder_goes_as_its_owner_comes() {
    let mut w = agency();
    w.receive(request(1));
    says(&mut w, "olga", "ben out until Thursday");
    says(&mut w, "olga", "ana out 11/19 to 11/20");
    let drafts = w.until(at("2026-11-19T09:00:00-06:00"));
    assert_eq!(whose(&w, 1), ("ben", None));
    let moves = drafts.iter().flat_map(|d| &d.events).filter(|e| matches!(e, Event::Assigned { .. })).count();
    assert_eq!(moves, 1);
}
