//! Whose work it is where the usual one is not there, why, and who hears of what is theirs.

use super::{sample::*, world::World};
use crate::desk::*;
use chrono::{Duration, NaiveDate};

fn day(d: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, d).unwrap()
}

fn request(id: &str) -> super::sample::Mail {
    mail(id, "tony@trucks.example").asks(&["bond"])
}

fn moves(d: &Draft) -> Vec<(&str, &str)> {
    let moved = |e: &'_ Event| matches!(e, Event::Assigned { .. });
    d.events
        .iter()
        .filter(|e| moved(e))
        .filter_map(|e| {
            if let Event::Assigned { person, reason, .. } = e { Some((person.as_str(), reason.as_str())) } else { None }
        })
        .collect()
}

#[test]
fn whoever_is_given_the_work_of_somebody_away_reads_why() {
    let mut w = World::new().knows(trucks());
    w.receive(request("m1"));
    w.policy.people[1].out = vec![(day(17), day(19))];
    let d = w.say(&Input::Clock(TaskId(1))).unwrap();
    assert_eq!(
        moves(&d),
        [(
            "ana",
            "Ben Cole is out until Thu 19 Nov. Ben Cole is the CSR of Marchetti Trucking, but is out until Thu 19 \
                  Nov. Max Ito is the account manager of Marchetti Trucking, but this needs a CSR. Ana Ruiz is on duty \
                  as CSR with the least open work (none)."
        )]
    );
    let [notice] = d.intents.as_slice() else { panic!("{:?}", d.intents) };
    assert_eq!((notice.kind.as_str(), notice.to.address.local()), ("notice", "ana"));
    assert_eq!(notice.says.why, "Ben Cole is out until Thu 19 Nov.");
    // Of one who has left only the key is known.
    let mut w = World::new();
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]));
    w.policy.people.retain(|p| p.id.as_str() != "ana");
    let d = w.say(&Input::Clock(TaskId(1))).unwrap();
    let gone = "“ana” is not among the agency's people any more.";
    let because = format!("{gone} Ben Cole is on duty as CSR with the least open work (none).");
    assert_eq!(moves(&d), [("ben", because.as_str())]);
    assert_eq!(d.intents[0].says.why, gone);
}

#[test]
fn work_that_nobody_else_can_take_stays_where_it_is_without_a_word() {
    let mut w = World::new();
    w.policy.people.retain(|p| p.id.as_str() == "olga");
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]));
    assert_eq!(w.task(1).assigned.person.as_str(), "olga");
    w.policy.people[0].out = vec![(day(17), day(19))];
    let d = w.say(&Input::Clock(TaskId(1))).unwrap();
    assert_eq!((moves(&d), d.intents.len()), (vec![], 0), "she is out, and there is nobody but her");
    w.policy.people.clear();
    let d = w.say(&Input::Clock(TaskId(1))).unwrap();
    assert_eq!((moves(&d), d.intents.len()), (vec![], 0), "nobody is left, and nobody is made up");
    assert_eq!(w.task(1).assigned.person.as_str(), "olga");
}

#[test]
fn where_nobody_is_here_it_falls_to_a_manager_who_will_be_back_and_not_to_one_who_has_left() {
    let whose = |gone: &[&str]| {
        let mut w = World::new();
        for p in &mut w.policy.people {
            if gone.contains(&p.id.as_str()) {
                p.leaves = Some(day(1));
            } else {
                p.out = vec![(day(17), day(19))];
            }
        }
        w.receive(mail("m1", "zoe@new.example").asks(&["bond"]));
        let assigned = w.task(1).assigned.clone();
        (assigned.person.to_string(), assigned.reason)
    };
    let because = |name: &str| {
        format!("Nobody here is available as a CSR, and no operations manager or owner is: {name} has to see to it.")
    };
    assert_eq!(whose(&[]), ("olga".to_owned(), because("Olga Berg")));
    assert_eq!(whose(&["olga"]), ("otto".to_owned(), because("Otto Lane")));
    assert_eq!(whose(&["olga", "otto"]), ("ana".to_owned(), because("Ana Ruiz")));
    assert_eq!(whose(&["olga", "otto", "ana"]), ("ben".to_owned(), because("Ben Cole")));
    assert_eq!(whose(&["olga", "otto", "ana", "ben", "max"]), ("ana".to_owned(), because("Ana Ruiz")), "never nobody");
}

#[test]
fn whom_the_book_names_for_other_work_is_passed_over_aloud_but_not_whoever_sold_it() {
    let account = Account {
        csr: Some("max".into()),
        account_manager: Some("zed".into()),
        producer: Some("otto".into()),
        ..trucks()
    };
    let mut w = World::new().knows(account);
    w.receive(request("m1"));
    assert_eq!(
        w.task(1).assigned.reason,
        "Max Ito is the CSR of Marchetti Trucking, but this needs a CSR. The account book names “zed” as account \
         manager of Marchetti Trucking, who is not among the agency's people. Ana Ruiz is on duty as CSR with the least \
         open work (none)."
    );
}

#[test]
fn a_letter_that_waits_for_the_morning_goes_to_whoever_is_here_in_the_morning() {
    let mut w = World::new().knows(trucks());
    w.policy.people[1].stand_ins = vec!["ana".into()];
    // What cannot wait finds somebody now; a letter about it that does not hurry waits all the same.
    w.policy.pages.get_mut(&"bond".into()).unwrap().practice.at_once = true;
    w.receive(request("m1"));
    w.command("ben", Command::Take { task: TaskId(1) }).unwrap();
    for words in ["ben out until Friday", "ana out until Wednesday"] {
        w.command("olga", Command::Presence { words: words.into() }).unwrap();
    }
    w.now = at("2026-11-17T20:00:00-06:00");
    let d = w.receive(mail("m2", "tony@trucks.example").asks(&["bond"]).answering("m1@client.example"));
    let [notice] = d.intents.as_slice() else { panic!("{:?}", d.intents) };
    assert_eq!((notice.to.address.local(), notice.not_before), ("ana", at("2026-11-18T08:30:00-06:00")));
    // At noon she is not here, and the letter does not wait for her.
    w.now = at("2026-11-17T12:00:00-06:00");
    let d = w.receive(mail("m3", "tony@trucks.example").asks(&["bond"]).answering("m1@client.example"));
    assert_eq!(d.intents[0].to.address.local(), "olga");
}

#[test]
fn how_somebody_is_out_is_said_until_the_moment_they_are_back() {
    let mut w = World::new();
    w.command("olga", Command::Presence { words: "ana out until Friday".into() }).unwrap();
    w.command("olga", Command::Presence { words: "ben leaving Thursday".into() }).unwrap();
    let how = |n: usize, when: Timestamp| absence::standing(&w.policy, &w.absences, &w.policy.people[n], when);
    let (friday, thursday) = (at("2026-11-20T00:00:00-06:00"), at("2026-11-19T00:00:00-06:00"));
    let out = Some("is out until Fri 20 Nov".to_owned());
    assert_eq!([how(0, w.now), how(0, friday - Duration::seconds(1)), how(0, friday)], [out.clone(), out, None]);
    let gone = Some("is not with the agency any more".to_owned());
    assert_eq!([how(1, w.now), how(1, thursday - Duration::seconds(1)), how(1, thursday)], [None, None, gone]);
    assert_eq!(how(2, w.now), None);
}

#[test]
fn a_note_of_somebody_who_has_left_still_says_whose_it_was() {
    let mut w = World::new();
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]));
    w.command("max", Command::Note { task: TaskId(1), text: "called".into() }).unwrap();
    w.policy.people.retain(|p| p.id.as_str() != "max");
    w.command("olga", Command::Assign { task: TaskId(1), to: "ben".into(), reason: String::new() }).unwrap();
    let notice = w.letters("notice").pop().unwrap();
    assert_eq!(notice.says.tasks[0].notes, ["max, Tue 17 Nov 2026, 10:00 AM: called"]);
}

#[test]
fn a_notice_tells_each_policy_of_a_term_with_what_the_book_says_of_it_now() {
    use super::pipeline::{held, import, listed, morning, with, with_book};
    use crate::domain::account::{Cents, Policy as Held};
    let told = |number: &str, until: &str| Held {
        line: Some("Commercial auto".into()),
        carrier: Some("Great Lakes Casualty".into()),
        premium: Some(Cents(120_050)),
        ..held(number, until)
    };
    let bare = |number: &str| Held { premium: None, ..held(number, "2027-06-01") };
    let mut w = with_book(&[told("CTP-1", "2027-06-01"), told("WC-2", "2027-06-01"), bare("UMB-3"), bare("GL-4")]);
    w.until(morning("2027-02-10"));
    import(&mut w, vec![with(&[told("CTP-1", "2027-06-01"), told("WC-2", "2028-06-01"), bare("UMB-3")])], false);
    w.until(morning("2027-02-11"));
    assert_eq!(listed(&w).len(), 1);
    let shown = &w.letters("notice").pop().unwrap().says.tasks[0];
    assert_eq!(
        shown.expiring,
        [
            "CTP-1: Commercial auto, Great Lakes Casualty, $1,200.50",
            "WC-2: Commercial auto, Great Lakes Casualty, $1,200.50, until June 1, 2028 in the account book",
            "UMB-3",
            "GL-4: no longer in the account book",
        ]
    );
}

#[test]
fn what_somebody_had_who_is_not_among_the_people_any_more_is_given_away_at_once() {
    let mut w = World::new().knows(trucks());
    w.receive(request("m1"));
    assert_eq!(w.task(1).assigned.person.as_str(), "ben");
    w.policy.people.retain(|p| p.id.as_str() != "ben");
    let draft = w.say(&Input::Presence).unwrap();
    assert_eq!(moves(&draft).len(), 1);
    assert_eq!(w.task(1).assigned.person.as_str(), "ana");
}

/// Ana is on duty, Cy is on call at all hours; the client's own CSR is Ben.
fn with_cy_on_call() -> World {
    use chrono::Weekday::{Fri, Mon, Thu, Tue, Wed};
    let mut w = World::new().knows(trucks());
    let cy = Person::new("cy".into(), "Cy Gale".into(), address("cy@agency.example"), vec![Role::Csr]);
    w.policy.people.push(cy);
    let (days, people) = (vec![Mon, Tue, Wed, Thu, Fri], vec!["cy".into()]);
    w.policy.rota = vec![Shift { days, hours: None, people, types: Vec::new() }];
    w
}

#[test]
fn a_danger_goes_to_whoever_is_on_call_while_the_office_is_closed_and_else_to_the_clients_own() {
    for (time, whose) in [("2026-11-17T10:00:00-06:00", "ben"), ("2026-11-17T22:00:00-06:00", "cy")] {
        let mut w = with_cy_on_call();
        w.now = at(time);
        w.receive(request("m1").received(at(time)).with(|a| a.reading.hazards.push(hazard())));
        assert_eq!(w.task(1).assigned.person.as_str(), whose, "{time}");
    }
}

#[test]
fn whoever_is_here_when_the_office_opens_keeps_their_work_of_the_night_before() {
    let mut w = World::new().knows(trucks());
    w.receive(request("m1"));
    w.policy.people[1].out = vec![(day(17), day(18))];
    w.now = at("2026-11-17T22:00:00-06:00");
    let d = w.say(&Input::Clock(TaskId(1))).unwrap();
    assert_eq!(moves(&d), []);
}

/// Ben's untouched task, after which Ben is out, and Ana has had her one new task of the day.
fn ben_goes_while_ana_is_full(change: fn(&mut World)) -> (String, String) {
    let mut w = World::new().knows(trucks());
    w.receive(request("m1"));
    assert_eq!(w.task(1).assigned.person.as_str(), "ben");
    change(&mut w);
    w.policy.people[0].daily_limit = Some(0);
    w.policy.people[1].out = vec![(day(17), day(19))];
    w.say(&Input::Clock(TaskId(1))).unwrap();
    (w.task(1).assigned.person.to_string(), w.task(1).assigned.reason.clone())
}

#[test]
fn a_limit_keeps_the_untouched_work_of_somebody_away_from_a_colleague_and_no_danger() {
    let (person, reason) = ben_goes_while_ana_is_full(|_| {});
    assert_eq!(person, "olga", "{reason}");
    let (person, reason) = ben_goes_while_ana_is_full(|w| {
        w.receive(mail("m2", "tony@trucks.example").asks_nothing().answering("m1@client.example").with(|a| {
            a.reading.hazards.push(hazard());
        }));
        assert_eq!((w.task(1).hazards.len(), w.task(1).assigned.touched), (1, false));
    });
    assert_eq!(person, "ana", "a danger waits for no limit: {reason}");
}

#[test]
fn whoever_is_here_over_their_limit_has_the_work_sooner_than_somebody_who_is_not_here() {
    let (person, reason) = ben_goes_while_ana_is_full(|w| {
        for p in w.policy.people.iter_mut().filter(|p| p.id.as_str() != "ana") {
            p.out = vec![(day(17), day(19))];
        }
    });
    assert_eq!(person, "ana", "{reason}");
    assert!(reason.contains("no operations manager or owner is here: it goes to Ana Ruiz even so."), "{reason}");
}

#[test]
fn whoever_will_be_out_when_the_office_opens_hands_on_in_the_evening_what_can_wait() {
    let evening = |danger: bool| {
        let mut w = World::new().knows(trucks());
        w.receive(request("m1"));
        w.policy.people[1].out = vec![(day(18), day(20))];
        w.now = at("2026-11-17T20:00:00-06:00");
        if danger {
            w.command("ben", Command::Take { task: TaskId(1) }).unwrap();
            let now = w.now;
            let news = mail("m2", "tony@trucks.example").asks(&["bond"]).answering("m1@client.example").received(now);
            w.receive(news.with(|a| a.reading.hazards.push(hazard())));
        } else {
            w.say(&Input::Clock(TaskId(1))).unwrap();
        }
        w.task(1).assigned.person.to_string()
    };
    assert_eq!(evening(false), "ana", "in the morning he is not there");
    assert_eq!(evening(true), "ben", "he is there now");
}

#[test]
fn where_nobody_who_does_such_work_is_here_a_manager_hears_at_once_whatever_the_hour() {
    // Saturday; until Wednesday neither a CSR nor the operations manager is here.
    let away = (day(20), day(25));
    let told = |stand_in: bool, here: &[&str]| {
        let mut w = World::new();
        for p in &mut w.policy.people {
            if !here.contains(&p.id.as_str()) {
                p.out = vec![away];
            }
            if stand_in && p.id.as_str() == "olga" {
                p.stand_ins = vec!["max".into()];
            }
        }
        w.now = at("2026-11-21T11:00:00-06:00");
        let now = w.now;
        let d = w.receive(mail("m1", "zoe@new.example").asks(&["bond"]).received(now));
        let [notice] = d.intents.iter().filter(|i| i.kind == "notice").collect::<Vec<_>>()[..] else {
            panic!("{:?}", d.intents)
        };
        (notice.to.address.local().to_owned(), notice.not_before == now, w.task(1).assigned.reason.clone())
    };
    let (who, at_once, because) = told(true, &["max"]);
    assert_eq!((who.as_str(), at_once), ("max", true), "{because}");
    assert!(because.contains("who stands in for Olga Berg as operations manager"), "{because}");
    let (who, at_once, because) = told(false, &[]);
    assert_eq!((who.as_str(), at_once), ("olga", true), "{because}");
    assert!(because.contains("has to see to it"), "{because}");
    let (who, at_once, because) = told(false, &["ana"]);
    assert_eq!((who.as_str(), at_once), ("ana", false), "whoever does such work reads it on Monday: {because}");
}
