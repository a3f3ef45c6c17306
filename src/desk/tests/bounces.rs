//! Letters that do not arrive.

use super::{sample::*, world::World};
use crate::desk::*;
use crate::domain::task::{ClientTold, End};
use crate::message::DeliveryReport;
use chrono::Duration;

fn a_task() -> World {
    let mut w = World::new();
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]));
    w
}

fn attempt(w: &mut World, letter: usize, attempt: Attempt) -> Draft {
    let id = w.letters[letter].0.id.clone();
    w.say(&Input::Trying(vec![id.clone()])).unwrap();
    w.say(&Input::Tried { letter: id, attempt }).unwrap()
}

fn later() -> Attempt {
    Attempt::Later { why: "450 try later".into(), unanswered: false }
}

fn refused() -> Attempt {
    Attempt::Refused("550 no such user".into())
}

#[test]
fn an_attempt_is_recorded_before_the_dial_and_only_for_letters_that_may_go() {
    let mut w = a_task();
    attempt(&mut w, 0, Attempt::Sent("250 ok".into()));
    let sent = w.letters[0].0.id.clone();
    assert!(w.say(&Input::Trying(vec![sent, "unknown".into()])).unwrap().events.is_empty());
}

#[test]
fn what_cannot_be_sent_now_is_tried_again_in_longer_and_longer_waits_until_it_is_given_up() {
    let mut w = a_task();
    let start = w.now;
    let mut waits = Vec::new();
    for _ in 0..200 {
        attempt(&mut w, 0, later());
        match w.letters[0].0.state {
            LetterState::Due(at) => {
                waits.push(at - w.now);
                w.now = at;
            }
            LetterState::Failed { .. } => break,
            ref other => panic!("{other:?}"),
        }
    }
    assert_eq!(waits[..4], [Duration::minutes(5), Duration::minutes(30), Duration::hours(4), Duration::hours(4)]);
    assert_eq!(w.now - start, Duration::days(5));
    assert_eq!(w.recipients("undelivered"), ["ana"]);
}

#[test]
fn a_refused_letter_to_a_client_reopens_the_task_and_tells_its_assignee() {
    let mut w = a_task();
    w.command("ana", Command::End { task: TaskId(1), how: End::NotNeeded, reason: "x".into() }).unwrap();
    attempt(&mut w, 0, refused());
    let t = w.task(1);
    assert!(t.is_open());
    assert!(matches!(&t.client_told, ClientTold::No(why) if why.contains("550")));
    assert!(t.notes.last().unwrap().text.contains("550 no such user"));
    let [letter] = w.letters("undelivered")[..] else { panic!() };
    assert_eq!(letter.to.address.local(), "ana");
    assert_eq!(letter.says.undelivered.as_ref().unwrap().to, "zoe@new.example");
    w.check();
}

#[test]
fn a_refused_letter_reopens_a_task_of_somebody_who_left_for_somebody_who_is_here() {
    let mut w = a_task();
    w.command("ana", Command::End { task: TaskId(1), how: End::NotNeeded, reason: "x".into() }).unwrap();
    w.policy.people.retain(|p| p.id.as_str() != "ana");
    attempt(&mut w, 0, refused());
    assert_eq!(w.task(1).assigned.person.as_str(), "ben");
    assert_eq!(w.recipients("undelivered"), ["ben"]);
    w.check();
}

#[test]
fn a_refused_letter_to_staff_tells_the_operations_manager_or_else_the_owner() {
    let mut w = a_task();
    attempt(&mut w, 1, refused());
    assert_eq!(w.recipients("undelivered"), ["olga"]);
    let mut w = World::new();
    w.policy.duty = vec!["olga".into()];
    w.policy.people.retain(|p| p.is(Role::OperationsManager) || p.is(Role::Owner));
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]));
    attempt(&mut w, 1, refused());
    assert_eq!(w.recipients("undelivered"), ["otto"]);
}

fn kind(w: &World, kind: &str) -> usize {
    w.letters.iter().position(|(_, i)| i.kind == kind).unwrap()
}

#[test]
fn whoever_hears_of_an_undelivered_letter_reads_whose_it_was_and_what_to_do() {
    let mut w = a_task();
    let letter = kind(&w, "acknowledgement");
    attempt(&mut w, letter, refused());
    let says = &w.letters("undelivered")[0].says;
    assert_eq!(says.why, "Our letter to zoe@new.example could not be delivered.");
    assert_eq!(says.action, "Call the client, or find another address.");
    let mut w = a_task();
    let letter = kind(&w, "notice");
    attempt(&mut w, letter, refused());
    let says = &w.letters("undelivered")[0].says;
    assert_eq!(says.why, "Our letter to ana@agency.example could not be delivered.");
    assert_eq!(says.action, "See that the person's address is right, and that they know.");
}

#[test]
fn of_a_letter_about_two_tasks_everybody_who_has_one_hears_once_of_theirs() {
    let told = |duty: &[&str]| -> Vec<(String, Vec<TaskId>)> {
        let mut w = World::new();
        w.policy.duty = duty.iter().map(|id| (*id).into()).collect();
        w.receive(mail("m1", "zoe@new.example").asks(&["bond", "permit"]));
        let letter = kind(&w, "acknowledgement");
        attempt(&mut w, letter, refused());
        w.letters("undelivered").iter().map(|l| (l.to.address.local().to_owned(), l.tasks.clone())).collect()
    };
    let (one, two) = (TaskId(1), TaskId(2));
    assert_eq!(told(&["ana"]), [("ana".to_owned(), vec![one, two])]);
    assert_eq!(told(&["ana", "ben"]), [("ana".to_owned(), vec![one]), ("ben".to_owned(), vec![two])]);
}

#[test]
fn of_an_undelivered_letter_to_staff_every_manager_hears_and_whoever_stands_in_for_two_once() {
    let told = |out: bool| {
        let mut w = a_task();
        let ops = vec![Role::OperationsManager];
        let mut second = Person::new("olaf".into(), "Olaf Dahl".into(), address("olaf@agency.example"), ops);
        second.stand_ins = vec!["max".into()];
        w.policy.people.push(second);
        w.policy.people[3].stand_ins = vec!["max".into()];
        if out {
            for who in ["olga", "olaf"] {
                w.command(who, Command::Presence { words: "I am out until Friday".into() }).unwrap();
            }
        }
        let letter = kind(&w, "notice");
        attempt(&mut w, letter, refused());
        w.recipients("undelivered")
    };
    assert_eq!(told(false), ["olga", "olaf"]);
    assert_eq!(told(true), ["max"]);
}

#[test]
fn a_letter_about_an_undelivered_letter_never_causes_another() {
    let mut w = a_task();
    attempt(&mut w, 0, refused());
    let before = w.letters.len();
    attempt(&mut w, before - 1, refused());
    assert_eq!(w.letters.len(), before);
    assert!(w.task(1).notes.last().unwrap().text.contains("could not be delivered"));
}

fn report(id: &str, about: &str, action: &str) -> super::sample::Mail {
    mail(id, "mailer-daemon@new.example").asks_nothing().with(|a| {
        a.message.delivery_report = Some(DeliveryReport {
            recipient: None,
            action: action.into(),
            status: "5.1.1".into(),
            diagnostic: "no such user".into(),
            about: Some(about.into()),
        });
        a.message.automatic.null_return_path = true;
    })
}

#[test]
fn a_delivery_report_about_our_letter_is_a_failure_like_any_other_and_told_once() {
    let mut w = a_task();
    attempt(&mut w, 0, Attempt::Sent("250".into()));
    let about = w.letters[0].0.message_id.clone();
    w.receive(report("m2", &about, "failed"));
    assert_eq!(*w.outcome("m2"), Outcome::Joined { task: TaskId(1), opened: vec![] });
    assert!(matches!(w.letters[0].0.state, LetterState::Failed { .. }));
    assert_eq!(w.recipients("undelivered"), ["ana"]);
    w.receive(report("m3", &about, "failed"));
    assert_eq!(w.letters("undelivered").len(), 1);
}

#[test]
fn a_failed_letter_that_a_person_releases_has_its_whole_time_again() {
    let mut w = a_task();
    attempt(&mut w, 0, refused());
    w.now += Duration::days(20);
    let letter = w.letters[0].0.id.clone();
    w.command("ana", Command::Release { letter }).unwrap();
    assert_eq!(w.task(1).client_told, ClientTold::Yes);
    attempt(&mut w, 0, later());
    assert!(matches!(w.letters[0].0.state, LetterState::Due(at) if at == w.now + Duration::minutes(5)));
}

#[test]
fn a_letter_that_is_only_late_alarms_nobody() {
    let mut w = a_task();
    attempt(&mut w, 0, Attempt::Sent("250".into()));
    let about = w.letters[0].0.message_id.clone();
    let d = w.receive(report("m2", &about, "delayed"));
    assert!(d.intents.is_empty());
    assert!(matches!(w.letters[0].0.state, LetterState::Sent { .. }));
}

#[test]
fn a_report_about_a_letter_of_somebody_else_is_read_like_any_mail() {
    let mut w = a_task();
    w.receive(report("m2", "unknown@elsewhere.example", "failed"));
    assert_eq!(*w.outcome("m2"), Outcome::NoWork);
}
