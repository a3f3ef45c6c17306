//! Tasks that wait for tasks, and tasks that bring others about.

use super::{
    sample::{Mail, *},
    world::World,
};
use crate::desk::*;
use crate::domain::{
    account::Holder,
    field::FieldValue,
    task::{ClientTold, StepMark, Tie},
    workflow::{Each, Spawns, When},
};
use chrono::Duration;

/// The bond's carrier step needs a permit first.
fn bond_needs_permit() -> World {
    let mut w = World::new().knows(trucks());
    let steps = &mut w.policy.pages.get_mut(&"bond".into()).unwrap().practice.steps;
    steps[1].needs = Some("permit".into());
    w
}

fn asks(id: &str, kinds: &[&str]) -> Mail {
    mail(id, "tony@trucks.example").asks(kinds)
}

fn done(w: &mut World, n: u64) {
    let task = TaskId(n);
    let steps = vec!["check".into(), "carrier".into()];
    w.command("ben", Command::Did { task, steps, policy: None }).unwrap();
    w.command("ben", Command::Finish { task }).unwrap();
}

fn ties(w: &World, n: u64, how: Tie) -> Vec<u64> {
    w.task(n).tied(how).map(|l| l.other.0).collect()
}

#[test]
fn what_one_message_asks_for_is_done_in_order_and_the_first_brings_the_second_back() {
    let mut w = bond_needs_permit();
    w.receive(asks("m1", &["bond", "permit"]));
    assert_eq!((ties(&w, 1, Tie::WaitsForIt), ties(&w, 2, Tie::ItWaits)), (vec![2], vec![1]), "told on both");
    let waiting = w.task(1).waiting.clone().unwrap();
    assert!(waiting.why.contains("T-2"), "{}", waiting.why);
    assert!(w.letters("notice")[0].says.tasks[0].links.contains(&"waits for T-2".to_owned()));
    w.check();

    w.command("ben", Command::Did { task: TaskId(1), steps: vec!["check".into()], policy: None }).unwrap();
    let refused = w.command("ben", Command::Finish { task: TaskId(1) }).unwrap_err();
    assert!(refused.contains("carrier"), "{refused}");
    w.now += Duration::hours(2);
    let notices = w.letters("notice").len();
    done(&mut w, 2);
    assert_eq!((w.task(1).waiting.clone(), ties(&w, 1, Tie::WaitsForIt)), (None, vec![]));
    assert!(matches!(&w.task(1).steps[1].mark, StepMark::Ticked { by, .. } if *by == "ben".into()));
    let told = w.letters("notice");
    assert_eq!(told.len(), notices + 1);
    assert!(told[notices].says.why.contains("T-2") && told[notices].says.why.contains("is done"));
    assert_eq!(told[notices].tasks, [TaskId(1)]);
    w.command("ben", Command::Finish { task: TaskId(1) }).unwrap();
    w.check();
    assert_eq!(w.replayed(), w.tasks);
}

#[test]
fn what_ends_otherwise_comes_back_with_its_step_open() {
    let mut w = bond_needs_permit();
    w.receive(asks("m1", &["bond", "permit"]));
    let end = Command::End { task: TaskId(2), how: End::Declined, reason: "the carrier will not".into() };
    w.command("ben", end).unwrap();
    assert_eq!((w.task(1).waiting.clone(), &w.task(1).steps[1].mark), (None, &StepMark::Open));
    let why = w.letters("notice").last().unwrap().says.why.clone();
    assert!(why.contains("declined: the carrier will not") && why.contains("Say how it goes on"), "{why}");
    w.check();
}

#[test]
fn whoever_waits_may_be_told_so_and_ends_first() {
    let mut w = World::new().knows(trucks());
    w.receive(asks("m1", &["bond"]));
    w.receive(asks("m2", &["permit"]));
    w.command("ben", Command::WaitFor { task: TaskId(1), other: TaskId(2) }).unwrap();
    for (a, b, why) in [(1, 2, "already"), (2, 1, "each other"), (1, 1, "itself"), (1, 9, "no task")] {
        let refused = w.command("ben", Command::WaitFor { task: TaskId(a), other: TaskId(b) }).unwrap_err();
        assert!(refused.contains(why), "{refused}");
    }
    w.command("ben", Command::Did { task: TaskId(1), steps: vec!["check".into(), "carrier".into()], policy: None })
        .unwrap();
    let done = Command::End { task: TaskId(1), how: End::Done, reason: String::new() };
    let refused = w.command("ben", done.clone()).unwrap_err();
    assert!(refused.contains("waits for T-2"), "{refused}");
    w.command("ben", Command::Resume { task: TaskId(1) }).unwrap();
    assert_eq!((ties(&w, 1, Tie::WaitsForIt), ties(&w, 2, Tie::ItWaits)), (vec![], vec![]));
    w.command("ben", done).unwrap();
    w.check();

    // The one that waits is withdrawn: the other goes on and says so.
    w.receive(asks("m3", &["bond"]));
    w.command("ben", Command::WaitFor { task: TaskId(3), other: TaskId(2) }).unwrap();
    let end = Command::End { task: TaskId(3), how: End::Withdrawn, reason: "sold".into() };
    w.command("ben", end).unwrap();
    assert_eq!(ties(&w, 2, Tie::ItWaits), [0u64; 0]);
    assert!(w.task(2).notes.last().unwrap().text.contains("T-3"));
    w.check();
}

/// Four tasks; of these pairs the first waits for the second.
fn waiting(pairs: &[(u64, u64)]) -> World {
    let mut w = World::new().knows(trucks());
    for n in 1..=4 {
        w.receive(asks(&format!("m{n}"), &["bond"]).field("policy_numbers", text(&format!("P-{n}"))));
    }
    for (a, b) in pairs {
        w.command("ben", Command::WaitFor { task: TaskId(*a), other: TaskId(*b) }).unwrap();
    }
    w
}

#[test]
fn a_ring_of_three_or_more_is_refused_with_the_way_round_it_and_no_ring_is_none() {
    let refused =
        |w: &mut World, a, b| w.command("ben", Command::WaitFor { task: TaskId(a), other: TaskId(b) }).unwrap_err();
    let mut w = waiting(&[(1, 2), (2, 3)]);
    let why = refused(&mut w, 3, 1);
    assert_eq!(
        why,
        "T-1 waits for T-2, which waits for T-3; were T-3 to wait for T-1, all of them would wait for each other. Say \
         first which of them goes on: “waits no longer”."
    );
    w.command("ben", Command::WaitFor { task: TaskId(3), other: TaskId(4) }).unwrap();
    let why = refused(&mut w, 4, 1);
    assert!(why.starts_with("T-1 waits for T-2, which waits for T-3, which waits for T-4; were T-4"), "{why}");
    // Whoever says which one goes on has broken it.
    w.command("ben", Command::Resume { task: TaskId(2) }).unwrap();
    w.command("ben", Command::WaitFor { task: TaskId(4), other: TaskId(1) }).unwrap();
    w.check();

    // Two ways to the same end are no ring, and of several ways the one that leads round is found.
    let mut w = waiting(&[(1, 2), (1, 3), (2, 4), (3, 4)]);
    assert!(refused(&mut w, 4, 1).contains("would wait for each other"));
    w.check();
}

#[test]
fn what_goes_on_in_a_task_that_waits_for_its_waiter_is_waited_for_no_more() {
    // T-1 waits for T-2, and T-4 by way of T-3 for T-1: were T-1 to wait for T-4 instead, they would never end.
    let mut w = waiting(&[(1, 2), (4, 3), (3, 1)]);
    w.command("ben", Command::Merge { task: TaskId(2), into: TaskId(4) }).unwrap();
    w.check();
    assert_eq!((ties(&w, 1, Tie::WaitsForIt), ties(&w, 4, Tie::WaitsForIt)), (vec![], vec![3]));
    let why = w.letters("notice").iter().rfind(|l| l.tasks == [TaskId(1)]).unwrap().says.why.clone();
    assert!(why.contains("It goes on in T-4") && why.contains("Say how it goes on"), "{why}");
}

#[test]
fn who_went_on_because_it_was_done_hears_that_it_is_open_again_and_has_to_look() {
    let mut w = bond_needs_permit();
    w.receive(asks("m1", &["bond", "permit"]));
    w.now += Duration::hours(1);
    done(&mut w, 2);
    assert!(matches!(w.task(1).steps[1].mark, StepMark::Ticked { .. }));
    let standard = w.task(1).standard_due;
    w.now += Duration::hours(2);
    let outside = w.letters("acknowledgement").len();
    w.command("olga", Command::Reopen { task: TaskId(2), reason: "the permit names the wrong site".into() }).unwrap();
    assert_eq!(w.task(1).steps[1].mark, StepMark::Open, "what its end had ticked is open again");
    assert_eq!((ties(&w, 1, Tie::WaitsForIt), w.task(1).waiting.clone()), (vec![], None), "and its clock runs on");
    assert_eq!(w.task(1).standard_due, standard);
    let told = w.letters("notice").iter().rfind(|l| l.tasks == [TaskId(1)]).unwrap().says.clone();
    assert_eq!(
        told.why,
        "T-2 (Permit), for which it had waited and which was done, is open again: the permit names the wrong site. \
         Send nothing that rests on it before you have looked; to wait for it again, say “waits for T-2”."
    );
    assert!(w.task(2).notes.last().unwrap().text.starts_with("T-1 had waited for it and went on"));
    let refused =
        w.command("ben", Command::End { task: TaskId(1), how: End::Done, reason: String::new() }).unwrap_err();
    assert!(refused.contains("carrier"), "{refused}");
    w.command("ben", Command::WaitFor { task: TaskId(1), other: TaskId(2) }).unwrap();
    assert_eq!(ties(&w, 1, Tie::WaitsForIt), [2]);
    assert_eq!(w.letters("acknowledgement").len(), outside, "nobody outside hears of it");
    w.check();
    assert_eq!(w.replayed(), w.tasks);
}

#[test]
fn what_a_person_ticked_stays_ticked_and_who_let_go_before_hears_nothing() {
    let mut w = bond_needs_permit();
    w.receive(asks("m1", &["bond", "permit"]));
    w.command("ben", Command::Did { task: TaskId(1), steps: vec!["carrier".into()], policy: None }).unwrap();
    assert_eq!(ties(&w, 1, Tie::WaitsForIt), [0u64; 0], "ben has settled it himself");
    w.now += Duration::hours(1);
    done(&mut w, 2);
    let notices = w.letters("notice").len();
    w.command("ben", Command::Reopen { task: TaskId(2), reason: "again".into() }).unwrap();
    assert!(matches!(w.task(1).steps[1].mark, StepMark::Ticked { .. }));
    assert_eq!(w.letters("notice").len(), notices);
}

#[test]
fn of_what_is_over_too_they_are_asked_whether_it_still_holds_whoever_opened_it_again() {
    let over = || {
        let mut w = bond_needs_permit();
        w.receive(asks("m1", &["bond"]));
        w.command("ben", Command::Needs { task: TaskId(1), words: String::new() }).unwrap();
        w.now += Duration::hours(1);
        done(&mut w, 2);
        w.command("ben", Command::Finish { task: TaskId(1) }).unwrap();
        w.now += Duration::hours(1);
        w
    };
    let asks_about = |w: &World, whom: &str| {
        let letter = w.letters("notice").iter().rfind(|l| l.tasks == [TaskId(1)]).copied().cloned().unwrap();
        assert!(letter.says.why.contains("T-1 is over: look whether what went out still holds"), "{}", letter.says.why);
        assert_eq!(letter.to.address.local(), whom);
        assert!(!w.task(1).is_open() && w.task(1).open_required().next().is_none());
        w.check();
    };
    let mut w = over();
    w.command("ben", Command::Reopen { task: TaskId(2), reason: "one thing more".into() }).unwrap();
    asks_about(&w, "ben");
    // Once more, nobody waited for it that time.
    w.command("ben", Command::NameError { task: TaskId(2), whose: Whose::Agency }).unwrap();
    w.now += Duration::hours(1);
    w.command("ben", Command::Finish { task: TaskId(2) }).unwrap();
    assert_eq!(w.task(2).went_on().count(), 0);

    // Of one who has left the operations manager hears.
    let mut w = over();
    w.policy.people.retain(|p| p.id.as_str() != "ben");
    w.command("olga", Command::Reopen { task: TaskId(2), reason: "the site is wrong".into() }).unwrap();
    asks_about(&w, "olga");
}

#[test]
fn a_client_who_opens_it_again_and_a_letter_that_comes_back_tell_who_went_on() {
    let went_on = || {
        let mut w = bond_needs_permit();
        w.receive(asks("m1", &["permit"]));
        w.receive(asks("m2", &["bond"]));
        w.command("ben", Command::WaitFor { task: TaskId(2), other: TaskId(1) }).unwrap();
        w.now += Duration::hours(1);
        done(&mut w, 1);
        w.now += Duration::hours(1);
        w
    };
    let told = |w: &World| {
        let letter = w.letters("notice").iter().rfind(|l| l.tasks == [TaskId(2)]).copied().cloned().unwrap();
        assert!(letter.says.why.contains("T-1 (Permit), for which it had waited"), "{}", letter.says.why);
        assert_eq!(w.task(2).steps[1].mark, StepMark::Open);
        w.check();
    };
    let mut w = went_on();
    let (ack, _) = w.letters.iter().find(|(r, i)| i.kind == "acknowledgement" && r.tasks == [TaskId(1)]).unwrap();
    let (id, letter) = (ack.message_id.clone(), ack.id.clone());
    w.receive(asks("m3", &["permit"]).answering(&id));
    told(&w);

    let mut w = went_on();
    w.say(&Input::Trying(vec![letter.clone()])).unwrap();
    w.say(&Input::Tried { letter, attempt: Attempt::Refused("550 no such user".into()) }).unwrap();
    told(&w);
}

#[test]
fn what_is_needed_first_becomes_a_task_by_a_persons_word() {
    let mut w = bond_needs_permit();
    w.receive(asks("m1", &["bond"]));
    let outside = w.letters("acknowledgement").len();
    w.command("ben", Command::Needs { task: TaskId(1), words: String::new() }).unwrap();
    assert_eq!(w.task(2).request_type, Some("permit".into()));
    assert_eq!((ties(&w, 1, Tie::WaitsForIt), w.task(2).account.clone()), (vec![2], Some("A1".into())));
    assert_eq!(w.letters("acknowledgement").len(), outside, "nobody outside hears of how it is done");
    let refused = w.command("ben", Command::Needs { task: TaskId(1), words: "a miracle".into() }).unwrap_err();
    assert!(refused.contains("Surety bond"), "{refused}");
    // Merged away, the tie goes on with the other.
    w.receive(asks("m3", &["permit"]).field("policy_numbers", text("other")));
    w.command("ben", Command::Merge { task: TaskId(2), into: TaskId(3) }).unwrap();
    assert_eq!((ties(&w, 1, Tie::WaitsForIt), ties(&w, 3, Tie::ItWaits)), (vec![3], vec![1]));
    w.check();
}

#[test]
fn what_the_book_says_is_not_granted_is_opened_at_once_and_only_then() {
    for (grants, opened) in [(vec![], 1), (vec!["Additional insured"], 1), (vec!["Waiver of subrogation"], 2)] {
        let mut account = trucks();
        account.policies[0].grants = grants.iter().map(|g| (*g).to_owned()).collect();
        let mut w = World::new().knows(account);
        let step = &mut w.policy.pages.get_mut(&"bond".into()).unwrap().practice.steps[2];
        step.needs = Some("permit".into());
        step.needs_when = vec![When {
            fields: BTreeMap::from([("additional_insured".to_owned(), vec!["yes".to_owned()])]),
            not_granted: vec!["additional insured".into()],
            ..When::default()
        }];
        let before = w.letters.len();
        w.receive(asks("m1", &["bond"]).field("additional_insured", FieldValue::Flag(true)));
        assert_eq!(w.tasks.len(), opened, "{grants:?}");
        if opened == 2 {
            assert_eq!(ties(&w, 1, Tie::WaitsForIt), [2]);
            assert!(w.task(1).steps[2].required, "it is needed for certain");
            let acknowledged = w.letters("acknowledgement");
            assert_eq!(acknowledged[0].tasks, [TaskId(1)], "they hear of what they asked for");
            assert_eq!(w.letters.len(), before + 3, "one letter outside, two notices");
        }
        w.check();
    }
}

/// Checking a bond brings about one permit for each holder.
fn spawning() -> World {
    let mut account = trucks();
    let holder = |name: &str| Holder {
        name: name.into(),
        address: Some("1 Pier Rd, Gary, IN".to_owned()),
        certificates: Vec::new(),
    };
    account.holders = ["City of Gary", "Lakeshore Builders", "Northfield Foods"].map(holder).to_vec();
    let mut w = World::new().knows(account);
    let steps = &mut w.policy.pages.get_mut(&"bond".into()).unwrap().practice.steps;
    steps[0].spawns = Some(Spawns { page: "permit".into(), each: Each::Holder });
    w
}

#[test]
fn a_step_brings_about_a_task_for_each_holder_and_one_letter_to_staff() {
    let mut w = spawning();
    w.receive(asks("m1", &["bond"]).field("policy_numbers", text("CTP-01-558231-3")));
    let (outside, notices) = (w.letters("acknowledgement").len(), w.letters("notice").len());
    w.command("ben", Command::Did { task: TaskId(1), steps: vec!["check".into()], policy: None }).unwrap();
    assert_eq!(w.tasks.len(), 4);
    for n in 2..=4 {
        let t = w.task(n);
        let holder = t.fields.iter().find(|f| f.name == "certificate_holder").unwrap();
        assert!(matches!(&holder.value, FieldValue::Party { address: Some(_), .. }));
        assert!(matches!(&holder.from, crate::domain::field::Provenance::Book { .. }));
        assert!(t.fields.iter().any(|f| f.name == "policy_numbers"));
        assert!(matches!(&t.client_told, ClientTold::No(_)));
        assert_eq!(ties(&w, n, Tie::CameOfIt), [1]);
    }
    assert_eq!(ties(&w, 1, Tie::CameOfThis), [2, 3, 4]);
    assert_eq!((w.letters("acknowledgement").len(), w.letters("notice").len()), (outside, notices));
    let prepared = w.letters("prepared");
    assert_eq!(prepared.len(), 1, "one letter with the list");
    assert_eq!((prepared[0].tasks.len(), prepared[0].audience), (3, Audience::Staff));
    w.check();
    assert_eq!(w.replayed(), w.tasks);
}

#[test]
fn what_is_prepared_for_a_holder_names_the_last_time() {
    let mut w = spawning();
    let issued = crate::domain::account::Certificate {
        issued: "2025-11-24".parse().unwrap(),
        project: Some("snow removal".to_owned()),
    };
    w.accounts.get_mut(&"A1".into()).unwrap().holders[0].certificates = vec![issued];
    let lakeshore =
        FieldValue::Party { name: "Lakeshore Builders".into(), address: Some("1 Pier Rd, Gary, IN".into()) };
    w.receive(asks("m0", &["permit"]).field("certificate_holder", lakeshore));
    w.command("ben", Command::Did { task: TaskId(1), steps: vec!["check".into(), "carrier".into()], policy: None })
        .unwrap();
    w.command("ben", Command::Finish { task: TaskId(1) }).unwrap();
    w.receive(asks("m1", &["bond"]));
    w.command("ben", Command::Did { task: TaskId(2), steps: vec!["check".into()], policy: None }).unwrap();
    let notes = |n: u64| w.task(n).notes.iter().map(|n| n.text.as_str()).collect::<Vec<_>>();
    let gary =
        "Last time for City of Gary: City of Gary, issued Mon 24 Nov 2025 for snow removal, by the account book.";
    assert_eq!(notes(3), [gary]);
    assert!(
        notes(4)[0].starts_with("Last time for Lakeshore Builders: T-1 Permit, done Tue 17 Nov 2026"),
        "{:?}",
        notes(4)
    );
    assert!(notes(5).is_empty(), "of the third nothing is on record: {:?}", notes(5));
}

#[test]
fn a_step_that_is_left_out_brings_nothing_about_and_nobody_is_prepared_for_twice() {
    let mut w = spawning();
    w.receive(asks("m1", &["bond"]));
    let waive = Command::Step { task: TaskId(1), step: "check".into(), waive: Some("declined".into()), policy: None };
    w.command("ben", waive).unwrap();
    assert_eq!(w.tasks.len(), 1);
    w.receive(
        asks("m2", &["permit"])
            .field("certificate_holder", FieldValue::Party { name: "Northfield Foods Inc.".into(), address: None }),
    );
    w.command("ben", Command::Did { task: TaskId(1), steps: vec!["check".into()], policy: None }).unwrap();
    assert_eq!(w.tasks.len(), 4, "two holders, for the third a task is open");
    assert!(w.task(1).notes.iter().any(|n| n.text.contains("Northfield")), "and the task says so");
}
