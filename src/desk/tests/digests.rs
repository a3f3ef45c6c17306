//! The morning's letters: to whom, when, once, and what they say.

use super::{sample::*, world::World};
use crate::desk::*;
use crate::domain::message::Outcome;
use chrono::{Duration, NaiveTime};

/// An agency with digests, looked at on Monday evening.
fn world() -> World {
    let mut w = World::new();
    w.policy.digest = Some(Digest { at: NaiveTime::from_hms_opt(7, 30, 0) });
    w.now = at("2026-11-16T18:00:00-06:00");
    w.say(&Input::Presence).unwrap();
    w
}

fn to<'w>(w: &'w World, person: &str) -> Vec<&'w Intent> {
    w.letters("digest").into_iter().filter(|i| i.to.address.local() == person).collect()
}

fn of<'w>(w: &'w World, person: &str) -> &'w says::Digest {
    to(w, person).last().unwrap().says.digest.as_ref().unwrap()
}

#[test]
fn everybody_gets_one_each_business_day_even_when_there_is_nothing_to_say() {
    let mut w = world();
    w.until(at("2026-11-17T07:29:00-06:00"));
    assert!(w.letters("digest").is_empty());
    w.until(at("2026-11-17T07:30:00-06:00"));
    let mut all = w.recipients("digest");
    all.sort();
    assert_eq!(all, ["ana", "ben", "max", "olga", "otto"]);
    assert!(of(&w, "ana").quiet && of(&w, "otto").quiet && of(&w, "otto").for_owner);
    assert!(w.letters("digest").iter().all(|l| l.not_before == w.now));
    // Tuesday to Friday, and none at the weekend.
    w.until(at("2026-11-22T20:00:00-06:00"));
    assert_eq!(to(&w, "ana").len(), 4);
    w.until(at("2026-11-23T07:30:00-06:00"));
    assert_eq!(to(&w, "ana").len(), 5);
}

#[test]
fn a_sleep_of_a_week_a_clock_set_back_and_a_restart_give_one_a_day_at_most() {
    let mut w = world();
    w.now = at("2026-11-24T15:00:00-06:00");
    w.until(w.now);
    assert_eq!(to(&w, "otto").len(), 1, "today's, and not those of the days slept through");
    // A start and a reload look at everybody's presence.
    w.say(&Input::Presence).unwrap();
    w.now = at("2026-11-24T07:00:00-06:00");
    w.say(&Input::Presence).unwrap();
    w.until(at("2026-11-24T16:00:00-06:00"));
    assert_eq!(to(&w, "otto").len(), 1);
    // Waking on a Sunday, nobody is told on a Sunday.
    w.now = at("2026-11-29T12:00:00-06:00");
    w.until(w.now);
    assert_eq!(to(&w, "otto").len(), 1);
    w.until(at("2026-11-30T07:30:00-06:00"));
    assert_eq!(to(&w, "otto").len(), 2);
}

#[test]
fn a_holiday_that_is_loaded_moves_the_morning_and_no_digest_is_wanted_where_none_is_configured() {
    let mut w = world();
    w.policy.calendar = w.policy.calendar.clone().with_yearly(vec!["November 17".parse().unwrap()]);
    w.say(&Input::Presence).unwrap();
    w.until(at("2026-11-17T20:00:00-06:00"));
    assert!(w.letters("digest").is_empty());
    w.until(at("2026-11-18T07:30:00-06:00"));
    assert_eq!(w.letters("digest").len(), 5);
    w.policy.people.retain(|p| p.id.as_str() != "max");
    w.policy.digest = None;
    w.say(&Input::Presence).unwrap();
    w.until(at("2026-11-20T20:00:00-06:00"));
    assert_eq!(w.letters("digest").len(), 5);
    assert!(w.owed_to.is_empty(), "nothing is left to come");
}

#[test]
fn a_csr_who_is_out_gets_none_and_the_owner_always_does() {
    let mut w = world();
    for words in ["ana out until Thursday", "otto out until Thursday"] {
        w.command("otto", Command::Presence { words: words.into() }).unwrap();
    }
    w.until(at("2026-11-18T20:00:00-06:00"));
    assert_eq!((to(&w, "ana").len(), to(&w, "otto").len()), (0, 2));
    assert_eq!(of(&w, "otto").out.len(), 2, "{:?}", of(&w, "otto").out);
    w.until(at("2026-11-19T20:00:00-06:00"));
    assert_eq!(to(&w, "ana").len(), 1);
}

#[test]
fn a_csr_reads_what_is_late_due_waiting_and_new_and_only_what_is_theirs() {
    let mut w = world();
    w.policy.duty = vec!["ana".into()];
    w.now = at("2026-11-17T09:00:00-06:00");
    w.until(w.now);
    for (n, day) in [(1, "2026-11-17"), (2, "2026-11-18"), (3, "2026-11-30"), (4, "2026-11-30"), (5, "2026-11-30")] {
        let now = w.now;
        w.receive(mail(&format!("m{n}"), "zoe@new.example").asks(&["bond"]).received(now).field("deadline", date(day)));
    }
    for page in w.policy.pages.values_mut() {
        page.practice.standard.turnaround = crate::domain::workflow::Span::Days(20);
    }
    for n in 1..=5 {
        w.say(&Input::Clock(TaskId(n))).unwrap();
    }
    let wait = Command::Wait { task: TaskId(3), on: Party::Carrier, until: None, why: "papers".into(), policy: None };
    w.command("ana", wait).unwrap();
    w.command("ana", Command::Assign { task: TaskId(5), to: "ben".into(), reason: String::new() }).unwrap();
    w.until(at("2026-11-18T07:30:00-06:00"));
    let names = |lines: &[says::Line]| lines.iter().map(|l| l.reference.clone()).collect::<Vec<_>>();
    let digest = of(&w, "ana").clone();
    assert_eq!(
        [names(&digest.late), names(&digest.due), names(&digest.waiting), names(&digest.new)],
        [["T-1"], ["T-2"], ["T-3"], ["T-4"]]
    );
    assert_eq!((digest.open, digest.for_owner, digest.quiet, digest.proof), (4, false, false, None));
    assert_eq!(names(&of(&w, "ben").new), [""; 0], "Ana has begun on it");
    assert_eq!(of(&w, "ben").open, 1);
}

#[test]
fn the_owner_reads_dangers_risks_what_is_undecided_and_yesterdays_proof() {
    let mut w = world();
    w.policy.heartbeat = Some(address("dan@elsewhere.example"));
    w.policy.pages.get_mut(&RequestType::from("permit")).unwrap().practice.undecided = true;
    w.now = at("2026-11-17T09:00:00-06:00");
    w.until(w.now);
    let now = w.now;
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]).received(now).with(|a| a.reading.hazards.push(hazard())));
    w.receive(mail("m2", "tom@new.example").asks(&["permit"]).received(now));
    w.receive(mail("m3", "news@list.example").asks_nothing().received(now));
    w.receive(mail("m4", "zoe@new.example").asks(&["bond"]).answering("m1@client.example").received(now));
    w.receive(mail("m5", "odd@new.example").received(now).with(|a| a.trouble = Some("it is damaged".into())));
    w.receive(mail("m6", "box@new.example").asks(&["bond"]).received(now).with(|a| {
        a.reading.channel = crate::domain::reading::Channel::Voicemail;
    }));
    assert_eq!(*w.outcome("m3"), Outcome::NoWork);
    let failed = w.letters.iter().find(|(_, i)| i.kind == "acknowledgement").unwrap().0.id.clone();
    w.say(&Input::Trying(vec![failed.clone()])).unwrap();
    w.say(&Input::Tried { letter: failed, attempt: Attempt::Refused("550".into()) }).unwrap();
    w.until(at("2026-11-18T07:30:00-06:00"));
    let digest = of(&w, "otto").clone();
    assert_eq!(digest.danger.iter().map(|l| l.hazards.clone()).collect::<Vec<_>>(), [["Pending cancellation"]]);
    assert!(digest.undecided.iter().any(|l| l.title == "Permit"));
    assert!(!digest.aged.is_empty() && !digest.late.is_empty() && !digest.quiet);
    let proof = digest.proof.unwrap();
    assert_eq!((proof.from.as_str(), proof.until.as_str()), ("Tue 17 Nov", "Tue 17 Nov"));
    assert_eq!((proof.arrived, proof.opened, proof.joined, proof.no_work, proof.held), (6, 3, 1, 1, 1));
    assert_eq!((proof.unexplained, proof.failed, proof.tasks), (0, 1, 3));
    assert_eq!(proof.no_work_because, [format!("1 × {}", w.reason("m3"))]);
    assert!(proof.not_told >= 2, "the voicemail, and the letter that came back");
    assert!(proof.sequence > 0 && proof.head == "f00d");
    assert_eq!(w.letters("heartbeat").len(), 2, "one a day, of Tuesday and of Wednesday");
    assert!(w.letters("heartbeat").iter().all(|l| l.to.address.domain() == "elsewhere.example" && l.tasks.is_empty()));
    assert!(w.rounds <= 4, "{}", w.rounds);
    w.until(w.now + Duration::hours(2));
}

#[test]
fn whoever_has_left_is_appointed_no_digest_any_more() {
    let mut w = world();
    assert!(w.owed_to[&"ana".into()].digest_at.is_some());
    w.policy.people.retain(|p| p.id.as_str() != "ana");
    w.now = at("2026-11-17T07:30:00-06:00");
    w.say(&Input::Round("ana".into())).unwrap();
    assert!(to(&w, "ana").is_empty() && !w.owed_to.contains_key(&"ana".into()));
}
