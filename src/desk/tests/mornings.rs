//! The morning's letter line by line, the day on which it comes, and the letter about a mailbox that is out of reach.

use super::{sample::*, world::World};
use crate::desk::*;
use crate::domain::workflow::{Listener, Span};
use chrono::{Duration, NaiveTime};

/// An agency with digests at this time of day, looked at on Monday evening.
fn world(hour: u32) -> World {
    let mut w = World::new();
    w.policy.digest = Some(Digest { at: NaiveTime::from_hms_opt(hour, 0, 0) });
    w.now = at("2026-11-16T18:00:00-06:00");
    w.say(&Input::Presence).unwrap();
    w
}

fn next(w: &World, person: &str) -> Option<Timestamp> {
    w.owed_to.get(&PersonId::from(person)).and_then(|r| r.digest_at)
}

fn digest<'w>(w: &'w World, person: &str) -> &'w says::Digest {
    let to = |i: &&Intent| i.to.address.local() == person;
    w.letters("digest").into_iter().rfind(to).unwrap().says.digest.as_ref().unwrap()
}

fn names(lines: &[says::Line]) -> Vec<&str> {
    lines.iter().map(|l| l.reference.as_str()).collect()
}

#[test]
fn a_morning_that_is_appointed_is_kept_moved_or_taken_back_as_soon_as_anything_changes() {
    let mut w = world(7);
    let tuesday = Some(at("2026-11-17T07:00:00-06:00"));
    assert_eq!(next(&w, "ana"), tuesday);
    let usual = w.policy.calendar.clone();
    // Before it is due, a holiday moves it; when it is taken out again, it comes as before.
    w.policy.calendar = usual.clone().with_yearly(vec!["November 17".parse().unwrap()]);
    w.say(&Input::Presence).unwrap();
    assert_eq!(next(&w, "ana"), Some(at("2026-11-18T07:00:00-06:00")));
    w.policy.calendar = usual;
    w.say(&Input::Presence).unwrap();
    assert_eq!(next(&w, "ana"), Some(at("2026-11-18T07:00:00-06:00")), "the day is kept");
    // Where no digest is wanted any more none is appointed, due or not; nor for whoever has left.
    let mut w = world(7);
    w.policy.people.retain(|p| p.id.as_str() != "max");
    w.say(&Input::Presence).unwrap();
    assert_eq!((next(&w, "max"), next(&w, "ana")), (None, tuesday));
    w.policy.digest = None;
    w.say(&Input::Presence).unwrap();
    assert_eq!(next(&w, "ana"), None);
}

#[test]
fn a_look_at_who_is_here_in_the_very_minute_of_a_digest_does_not_swallow_it() {
    for (now, wanted) in [
        ("2026-11-17T06:59:00-06:00", "2026-11-17T07:00:00-06:00"),
        ("2026-11-17T07:00:00-06:00", "2026-11-17T07:00:00-06:00"),
        ("2026-11-17T07:45:00-06:00", "2026-11-17T07:00:00-06:00"),
    ] {
        let mut w = world(7);
        w.now = at(now);
        w.say(&Input::Presence).unwrap();
        assert_eq!(next(&w, "ana"), Some(at(wanted)), "{now}");
        w.until(at("2026-11-17T08:00:00-06:00"));
        assert_eq!(w.letters("digest").len(), 5, "{now}");
    }
    // One that was due when digests were given up is taken back.
    let mut w = world(7);
    w.now = at("2026-11-17T07:45:00-06:00");
    w.policy.digest = None;
    w.say(&Input::Presence).unwrap();
    assert_eq!(next(&w, "ana"), None);
    // At midnight, too.
    let mut w = world(0);
    let midnight = Some(at("2026-11-17T00:00:00-06:00"));
    assert_eq!(next(&w, "ana"), midnight);
    w.say(&Input::Presence).unwrap();
    assert_eq!(next(&w, "ana"), midnight);
}

/// Tuesday at nine, Ana alone on duty, and nothing due for weeks.
fn anas_tuesday() -> World {
    let mut w = world(7);
    w.policy.duty = vec!["ana".into()];
    for page in w.policy.pages.values_mut() {
        page.practice.standard.turnaround = Span::Days(20);
    }
    w.now = at("2026-11-17T09:00:00-06:00");
    w.until(w.now);
    w
}

#[test]
fn everybody_reads_of_which_day_it_is_and_which_dangers_are_theirs() {
    let mut w = anas_tuesday();
    for (n, danger) in [(1, true), (2, false)] {
        let m = mail(&format!("m{n}"), "zoe@new.example").asks(&["bond"]).received(w.now);
        w.receive(m.with(|a| a.reading.hazards.extend(danger.then(hazard))));
    }
    w.until(at("2026-11-18T07:00:00-06:00"));
    let ana = digest(&w, "ana");
    assert_eq!(
        (ana.day.as_str(), names(&ana.danger), names(&ana.new)),
        ("Wed 18 Nov", vec!["T-1"], vec!["T-1", "T-2"])
    );
    assert_eq!(ana.danger[0].hazards, ["Pending cancellation"]);
    assert!(digest(&w, "ben").danger.is_empty() && digest(&w, "ben").quiet);
    assert_eq!(names(&digest(&w, "otto").danger), ["T-1"]);
}

#[test]
fn a_list_shows_twelve_lines_and_says_how_many_more_there_are() {
    for (tasks, more) in [(12, 0), (13, 1), (30, 18)] {
        let mut w = anas_tuesday();
        for n in 0..tasks {
            let m = mail(&format!("m{n}"), &format!("zoe{n}@new{n}.example")).asks(&["bond"]).received(w.now);
            w.receive(m);
        }
        w.until(at("2026-11-18T07:00:00-06:00"));
        let ana = digest(&w, "ana");
        let mores: Vec<u64> = ana.new.iter().map(|l| l.more).collect();
        assert_eq!((mores.len(), mores.iter().sum::<u64>(), mores.last(), ana.open), (12, more, Some(&more), tasks));
    }
}

#[test]
fn the_owner_reads_who_has_more_than_ten_and_twice_the_middle_of_those_who_have_something() {
    // Weights of Ana's, Ben's and Max's open work.
    for (loads, overloaded) in [
        ([11, 0, 0], vec![]),
        ([11, 1, 0], vec!["Ana Ruiz"]),
        ([10, 1, 0], vec![]),
        ([0, 1, 11], vec!["Max Ito"]),
        // The middle one of three has six: twelve are not more than twice as much.
        ([12, 6, 1], vec![]),
        ([13, 6, 1], vec!["Ana Ruiz"]),
    ] {
        let mut w = world(7);
        w.now = at("2026-11-17T09:00:00-06:00");
        w.until(w.now);
        for (person, n) in ["ana", "ben", "max"].into_iter().zip(loads) {
            for i in 0..n {
                let id = format!("{person}{i}");
                let m = mail(&id, &format!("{id}@new.example")).asks(&["bond"]).received(w.now);
                w.receive(m);
                let task = *w.tasks.keys().last().unwrap();
                w.command("olga", Command::Assign { task, to: person.into(), reason: String::new() }).ok();
            }
        }
        w.until(at("2026-11-18T07:00:00-06:00"));
        assert_eq!(digest(&w, "otto").overloaded, overloaded, "{loads:?}");
    }
}

#[test]
fn the_owner_reads_what_is_late_apart_from_what_will_be_in_two_days() {
    let mut w = world(7);
    for page in w.policy.pages.values_mut() {
        page.practice.standard.turnaround = Span::Days(20);
    }
    w.now = at("2026-11-17T09:00:00-06:00");
    w.until(w.now);
    for (n, day) in [(1, "2026-11-17"), (2, "2026-11-18"), (3, "2026-11-19"), (4, "2026-11-30")] {
        let m = mail(&format!("m{n}"), &format!("zoe@new{n}.example")).asks(&["bond"]).received(w.now);
        w.receive(m.field("deadline", date(day)));
    }
    w.until(at("2026-11-18T07:00:00-06:00"));
    let otto = digest(&w, "otto");
    assert_eq!((names(&otto.late), names(&otto.due)), (vec!["T-1"], vec!["T-2", "T-3"]));
    assert!(otto.waiting.is_empty() && otto.new.is_empty());
    assert_eq!(otto.day, "Wed 18 Nov");
}

#[test]
fn the_owner_reads_what_of_the_schedule_is_undecided_and_not_what_is_settled() {
    use super::pipeline::{held, listed, morning, with_book};
    let mut w = with_book(&[held("CTP-1", "2027-06-01"), held("WC-2", "2027-05-01")]);
    w.policy.pages.get_mut(&"bond".into()).unwrap().practice.undecided = true;
    w.policy.digest = Some(Digest { at: NaiveTime::from_hms_opt(7, 0, 0) });
    w.until(morning("2027-02-10"));
    let now = w.now;
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]).received(now));
    w.say(&Input::Presence).unwrap();
    let ids: Vec<TaskId> = listed(&w).iter().map(|(t, _)| t.id).collect();
    for step in ["review", "quote", "decision", "bind"] {
        w.command("max", Command::Step { task: ids[0], step: step.into(), waive: None, policy: None }).unwrap();
    }
    w.until(at("2027-02-11T07:00:00-06:00"));
    let mut undecided = names(&digest(&w, "otto").undecided);
    undecided.sort_unstable();
    assert_eq!(undecided, [ids[1].to_string(), "T-3".to_owned()]);
}

#[test]
fn a_mailbox_out_of_reach_is_told_with_what_it_means_and_what_to_do() {
    let mut w = World::new();
    let since = w.now - Duration::minutes(15);
    for part in ["mailbox service", "mailbox claims", "mailbox service"] {
        let tell = Listener::OperationsManager;
        w.say(&Input::Unreachable { part: part.into(), since, sends: false, tell }).unwrap();
    }
    w.until(w.now);
    let [letter] = w.letters("escalation")[..] else { panic!("{:?}", w.recipients("escalation")) };
    assert_eq!((letter.to.address.local(), letter.tasks.len()), ("olga", 0));
    assert_eq!(
        letter.says.why,
        "This could not be reached: mailbox claims since Tue 17 Nov 2026, 9:45 AM, mailbox service since Tue 17 Nov \
         2026, 9:45 AM. Mail that comes there is not seen."
    );
    assert_eq!(letter.says.clock, "new mail is not seen");
    assert_eq!(letter.says.action, "Look at “intaked status”, and call whoever runs the mail server.");
}
