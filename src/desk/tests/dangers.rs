//! Who hears of a danger and of a clock, in which words, and with what to do.

use super::{sample::*, world::World};
use crate::desk::*;
use crate::domain::workflow::{Clock, Escalation, Listener, Span};
use chrono::Duration;

fn to<'w>(w: &'w World, kind: &str, person: &str) -> Vec<&'w Intent> {
    w.letters(kind).into_iter().filter(|i| i.to.address.local() == person).collect()
}

fn rung(clock: Clock, after: Option<&str>, tell: &[Listener]) -> Escalation {
    Escalation { clock, after: after.map(|s| Span::try_from(s.to_owned()).unwrap()), tell: tell.to_vec() }
}

/// A world whose pages, and whose triage, have this ladder.
fn with_ladder(ladder: &[Escalation]) -> World {
    let mut w = World::new();
    for practice in w.policy.pages.values_mut().map(|p| &mut p.practice).chain([&mut w.policy.triage]) {
        practice.escalations = ladder.to_vec();
    }
    w
}

/// Zoe asks for these, and there is danger in it.
fn dangerous(kinds: &[&str]) -> super::sample::Mail {
    mail("m1", "zoe@new.example").asks(kinds).with(|a| a.reading.hazards.push(hazard()))
}

#[test]
fn a_danger_is_told_in_one_letter_a_person_that_names_it_and_every_task_once() {
    let mut w = World::new();
    w.receive(dangerous(&["bond", "permit"]));
    let [olga] = to(&w, "hazard", "olga")[..] else { panic!("one letter: {:?}", w.recipients("hazard")) };
    assert_eq!(olga.tasks, [TaskId(1), TaskId(2)]);
    assert_eq!(olga.says.why, "Danger: Pending cancellation.");
    assert_eq!(olga.says.clock, "a hazard");
    assert_eq!(olga.says.action, "Call the client now; do not wait for mail.");
    assert_eq!(olga.original.as_ref().unwrap().path, "2026-11-17/m1.eml", "they read the words themselves");
    assert_eq!(w.recipients("hazard"), ["ana", "olga", "ben"]);
}

#[test]
fn whoever_two_rungs_name_hears_of_a_danger_once() {
    use Listener::{OperationsManager, Owner};
    let ladder =
        [rung(Clock::Hazard, Some("1h"), &[OperationsManager]), rung(Clock::Hazard, None, &[OperationsManager, Owner])];
    let mut w = with_ladder(&ladder);
    w.receive(dangerous(&["bond"]));
    let told: Vec<_> = w.letters("hazard").iter().map(|l| (l.to.address.local().to_owned(), l.tasks.clone())).collect();
    assert_eq!(told, [("olga".to_owned(), vec![TaskId(1)]), ("otto".to_owned(), vec![TaskId(1)])]);
    let rungs: Vec<u16> = w.task(1).escalated.iter().map(|e| e.rung).collect();
    assert_eq!(rungs, [0, 1], "the first rung does not wait for its hour, nor does one that has none");
    // A page's later rungs do wait.
    let mut w = with_ladder(&[
        rung(Clock::Hazard, Some("1h"), &[OperationsManager]),
        rung(Clock::Hazard, Some("2h"), &[Owner]),
    ]);
    w.receive(dangerous(&["bond"]));
    assert_eq!(w.recipients("hazard"), ["olga"]);
    // Where no page says who hears of dangers, the assignee and the manager do.
    let mut w = with_ladder(&[rung(Clock::Untouched, None, &[Owner])]);
    w.receive(dangerous(&["bond"]));
    assert_eq!(w.recipients("hazard"), ["ana", "olga"]);
}

#[test]
fn a_danger_that_stays_open_reaches_the_owner_outside_their_hours_with_what_to_do() {
    let mut w = World::new();
    // Otto works on Fridays only.
    let time = |h| chrono::NaiveTime::from_hms_opt(h, 0, 0).unwrap();
    let friday = Some(crate::domain::calendar::Hours { opens: time(9), closes: time(10) });
    w.policy.people[4].hours = Some([None, None, None, None, friday, None, None]);
    w.receive(dangerous(&["bond"]));
    w.until(at("2026-11-17T11:59:00-06:00"));
    assert!(to(&w, "hazard", "otto").is_empty());
    w.until(at("2026-11-17T12:00:00-06:00"));
    let [otto] = to(&w, "hazard", "otto")[..] else { panic!("{:?}", w.recipients("hazard")) };
    assert_eq!(otto.not_before, at("2026-11-17T12:00:00-06:00"));
    assert_eq!(
        (otto.says.why.as_str(), otto.says.clock.as_str()),
        ("T-1 is still open with a hazard.", "still open with a hazard")
    );
    assert_eq!(otto.says.action, "Call the client now; do not wait for mail.");
    assert_eq!(otto.tasks, [TaskId(1)]);
}

#[test]
fn where_nobody_holds_a_role_the_next_one_up_hears_and_at_last_the_assignee() {
    use Listener::{Assignee, OperationsManager, Owner};
    let ana = PersonId::from("ana");
    let without = |gone: &[&str]| {
        let mut policy = policy();
        policy.people.retain(|p| !gone.contains(&p.id.as_str()));
        policy
    };
    let told = |gone: &[&str], tell: &[Listener]| -> Vec<String> {
        escalation::listeners(&without(gone), &ana, tell).iter().map(ToString::to_string).collect()
    };
    assert_eq!(told(&[], &[Assignee, OperationsManager, Owner]), ["ana", "olga", "otto"]);
    assert_eq!(told(&["olga"], &[OperationsManager]), ["otto"]);
    assert_eq!(told(&["otto"], &[Owner]), ["olga"]);
    assert_eq!(told(&["olga", "otto"], &[OperationsManager, Owner]), ["ana"], "never nobody, and each once");
}

#[test]
fn a_step_that_two_rungs_owe_to_one_person_is_owed_once() {
    use Listener::{Assignee, OperationsManager, Owner};
    let ladder = [
        rung(Clock::Untouched, None, &[Assignee, OperationsManager]),
        rung(Clock::Untouched, Some("1 office hour"), &[OperationsManager, Owner]),
        rung(Clock::Overdue, None, &[OperationsManager]),
    ];
    let mut w = with_ladder(&ladder);
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]));
    // The host slept through all of them.
    w.now = at("2026-11-19T12:00:00-06:00");
    w.say(&Input::Clock(TaskId(1))).unwrap();
    let owed = |person: &str| w.owed_to[&PersonId::from(person)].owed.len();
    assert_eq!([owed("ana"), owed("olga"), owed("otto")], [1, 2, 1]);
}

#[test]
fn the_warning_of_a_deadline_says_whether_there_is_time_left_and_what_to_do_with_it() {
    let mut w = World::new();
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]).field("deadline", date("2026-11-20")));
    let close = at("2026-11-20T17:00:00-06:00");
    assert_eq!(w.task(1).deadline, Some(close));
    let told = |now: Timestamp| {
        let words = escalation::clock_words(Clock::DeadlineNear, &w.policy, w.task(1), now);
        (words, escalation::action(Clock::DeadlineNear, w.task(1), now))
    };
    let near = (
        "close to the client's deadline".to_owned(),
        "Finish it before the deadline, or call the client. Next step: Check the account.".to_owned(),
    );
    let past = (
        "past the client's deadline".to_owned(),
        "Call the client: the time they gave us is over. Next step: Check the account.".to_owned(),
    );
    assert_eq!(told(close - Duration::minutes(1)), near);
    assert_eq!(told(close), past);
    assert_eq!(told(close + Duration::minutes(1)), past);
    // As the letter has it, on the morning before.
    w.command("ana", Command::Take { task: TaskId(1) }).unwrap();
    w.until(at("2026-11-19T08:30:00-06:00"));
    let says = &to(&w, "escalation", "ana").pop().unwrap().says;
    assert!(says.clock.contains(&near.0), "{}", says.clock);
}

#[test]
fn two_things_that_are_waited_for_in_vain_are_said_in_one_word() {
    let mut w = World::new().knows(trucks());
    let page = &mut w.policy.pages.get_mut(&"bond".into()).unwrap().practice;
    page.standard.turnaround = Span::Days(30);
    page.steps[1].per_policy = Some(crate::domain::workflow::PerPolicy::Named);
    let m = mail("m1", "tony@trucks.example").asks(&["bond"]);
    w.receive(m.field("policy_numbers", text("CTP-01-558231-3")).field("policy_numbers", text("GL-2")));
    for (minutes, policy) in [(1, "CTP-01-558231-3"), (2, "GL-2")] {
        w.now = tuesday() + Duration::minutes(minutes);
        let until = Some(at("2026-11-19T20:00:00-06:00"));
        let (on, why) = (crate::domain::workflow::Party::Carrier, "their word".to_owned());
        w.command("ben", Command::Wait { task: TaskId(1), on, until, why, policy: Some(policy.into()) }).unwrap();
    }
    w.until(at("2026-11-20T08:30:00-06:00"));
    let [ben] = to(&w, "escalation", "ben")[..] else { panic!("{:?}", w.recipients("escalation")) };
    assert_eq!(ben.says.why, "T-1 is waiting on the carrier longer than planned.");
}

#[test]
fn the_letters_that_tell_of_a_danger_hold_the_steps_that_it_asks_for() {
    let mut w = World::new().knows(trucks());
    let page = &mut w.policy.pages.get_mut(&"bond".into()).unwrap().practice;
    page.steps.push(crate::domain::workflow::Step {
        id: "call".into(),
        title: "Reach them before the day.".into(),
        required: true,
        when: vec![crate::domain::workflow::When { hazards: vec!["lapse".into()], ..Default::default() }],
        ..Default::default()
    });
    let danger = mail("m1", "tony@trucks.example").asks(&["bond"]).with(|a| a.reading.hazards.push(hazard()));
    w.receive(danger);
    for kind in ["hazard", "notice"] {
        let letter = w.letters(kind)[0];
        let steps: Vec<&str> = letter.says.tasks[0].steps.iter().map(|s| s.title.as_str()).collect();
        assert_eq!(steps.last(), Some(&"Reach them before the day."), "{kind}: {steps:?}");
    }
    assert_eq!(w.task(1).steps.len(), 4, "once");
    w.check();
}
