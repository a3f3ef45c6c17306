//! Mail about policies whose date has brought a task, or is about to: which task it finds, and what it changes there.

use super::{
    pipeline::*,
    sample::{Mail, *},
    world::World,
};
use crate::desk::*;
use crate::domain::{
    account::{Billing, Class, Policy as Held},
    pipeline::Term,
    reading::{Complexity, SenderKind},
    task::End,
    workflow::{Clock, Party},
};

/// Marchetti Trucking's bond of 1 June is listed, and it is 10 February.
fn with_one() -> World {
    let mut w = with_book(&[held("CTP-1", "2027-06-01")]);
    w.until(morning("2027-02-10"));
    assert_eq!(listed(&w).len(), 1);
    w
}

/// Tony asks about bonds, now.
fn tony(w: &World, id: &str) -> Mail {
    mail(id, "tony@trucks.example").asks(&["bond"]).received(w.now)
}

fn about(m: Mail, number: &str) -> Mail {
    m.field("policy_numbers", text(number))
}

fn by(m: Mail, kind: SenderKind) -> Mail {
    m.with(|a| a.reading.sender_kind = kind)
}

fn automatic(m: Mail) -> Mail {
    m.with(|a| a.message.automatic.auto_submitted = Some("auto-generated".into()))
}

fn term(w: &World, n: u64) -> &Term {
    w.task(n).term.as_ref().unwrap_or_else(|| panic!("T-{n} has no term"))
}

fn joined(n: u64) -> Outcome {
    Outcome::Joined { task: TaskId(n), opened: vec![] }
}

const NEVER: [Timestamp; 0] = [];

fn fired(w: &World, clock: Clock) -> Vec<Timestamp> {
    w.task(1).escalated.iter().filter(|e| e.clock == clock).map(|e| e.at).collect()
}

/// A household's policy, which the carrier bills: only mail lists it.
fn personal(number: &str, until: &str) -> Held {
    Held { class: Some(Class::Personal), billing: Some(Billing::Direct), ..held(number, until) }
}

#[test]
fn mail_that_makes_simple_work_complex_says_so_once_and_nothing_else_does() {
    let mut w = with_book(&[Held { billing: None, ..personal("HO-1", "2027-06-01") }]);
    w.until(morning("2027-02-10"));
    let types_set = |d: &Draft| d.events.iter().filter(|e| matches!(e, Event::TypeSet { .. })).count();
    let complex = |m: Mail| m.with(|a| a.reading.requests[0].complexity = Complexity::Complex);
    let simple = tony(&w, "m1");
    assert_eq!(types_set(&w.receive(simple)), 0);
    assert_eq!(w.task(1).complexity, Complexity::Simple);
    for (id, said) in [("m2", 1), ("m3", 0)] {
        let m = complex(tony(&w, id));
        assert_eq!(types_set(&w.receive(m)), said, "{id}");
        assert_eq!(w.task(1).complexity, Complexity::Complex);
    }
    let simple = tony(&w, "m4");
    assert_eq!(types_set(&w.receive(simple)), 0);
    assert_eq!((w.task(1).complexity, w.tasks.len()), (Complexity::Complex, 1), "it does not become simple again");
}

#[test]
fn mail_that_names_another_policy_is_not_about_the_only_task() {
    let mut w = with_one();
    let other = about(tony(&w, "m1"), "ZZ-9");
    w.receive(other);
    assert_eq!(*w.outcome("m1"), Outcome::Tasks(vec![TaskId(2)]), "{}", w.reason("m1"));
    assert_eq!(w.task(1).messages.len(), 0);
}

#[test]
fn of_two_terms_the_day_that_the_mail_names_tells_which() {
    let mut w = with_book(&[held("CTP-1", "2027-06-01"), held("WC-2", "2027-05-01")]);
    w.until(morning("2027-02-10"));
    let ends: Vec<String> = (1..=2).map(|n| term(&w, n).expiration.to_string()).collect();
    assert_eq!(ends, ["2027-05-01", "2027-06-01"]);
    for (id, on, task) in [("m1", "2027-06-01", 2), ("m2", "2027-05-01", 1)] {
        let m = tony(&w, id).field("effective", date(on));
        w.receive(m);
        assert_eq!(*w.outcome(id), joined(task), "{}", w.reason(id));
    }
    let both = tony(&w, "m3").field("effective", date("2027-06-01")).field("until", date("2027-05-01"));
    w.receive(both);
    assert_eq!(*w.outcome("m3"), Outcome::Tasks(vec![TaskId(3)]), "a person compares");
}

#[test]
fn only_people_outside_whose_word_is_waited_for_count_as_heard_and_only_the_client_as_having_answered() {
    let mut w = with_one();
    let m = by(tony(&w, "m1"), SenderKind::ThirdParty);
    w.receive(m);
    let m = automatic(about(tony(&w, "m2"), "CTP-1"));
    w.receive(m);
    assert_eq!((w.outcome("m1"), w.outcome("m2")), (&joined(1), &joined(1)));
    assert_eq!((term(&w, 1).heard, term(&w, 1).answered), (None, None));
    w.until(morning("2027-02-11"));
    let carrier = about(mail("m3", "uw@carrier.example").asks(&["bond"]).received(w.now), "CTP-1");
    w.receive(by(carrier, SenderKind::Carrier));
    let by_carrier = w.now;
    assert_eq!((term(&w, 1).heard, term(&w, 1).answered), (Some(by_carrier), None));
    w.until(morning("2027-02-12"));
    let m = tony(&w, "m4");
    w.receive(m);
    assert_eq!((term(&w, 1).heard, term(&w, 1).answered), (Some(w.now), Some(w.now)));
}

#[test]
fn what_makes_it_more_than_a_matter_of_course_is_flagged_and_told_once() {
    let mut w = with_one();
    let flag = |w: &World, id: &str, what: &str| tony(w, id).field("exception", text(what));
    let why = |w: &World| w.letters("notice").last().unwrap().says.why.clone();
    let m = flag(&w, "m1", "shopping");
    w.receive(m);
    assert_eq!(why(&w), "The client shops around.");
    let m = flag(&w, "m2", "shopping");
    w.receive(m);
    assert_eq!(why(&w), "A message came in about it.", "that is known");
    let m = flag(&w, "m3", "new_drivers");
    w.receive(m);
    assert_eq!(why(&w), "new drivers.", "a value that the page does not name is told as it is");
    let flags: Vec<_> = term(&w, 1).flags.iter().map(|f| (f.key.as_str(), f.title.as_str())).collect();
    assert_eq!(flags, [("shopping", "The client shops around"), ("new_drivers", "new drivers")]);
    // A guess flags nothing.
    let m = flag(&w, "m4", "price").with(|a| a.reading.fields[0].confidence = 49);
    w.receive(m);
    assert_eq!(term(&w, 1).flags.len(), 2);
}

#[test]
fn whoever_has_answered_one_letter_is_still_asked_for_the_decision_on_its_day() {
    let mut w = with_one();
    w.until(at("2027-03-04T12:00:00-06:00"));
    assert_eq!(days_of(&w, "bond-review"), ["2027-03-03"]);
    let m = tony(&w, "m1");
    w.receive(m);
    w.until(at("2027-05-13T12:00:00-05:00"));
    assert_eq!(days_of(&w, "bond-review"), ["2027-03-03"], "no chaser: Tony has written since");
    assert_eq!(days_of(&w, "bond-decision"), ["2027-05-03", "2027-05-12"]);
    let dealt_with: Vec<_> = term(&w, 1).letters.iter().map(|l| (l.step.as_str(), l.before, l.written)).collect();
    assert_eq!(
        dealt_with,
        [("review", 90, true), ("review", 75, false), ("decision", 30, true), ("decision", 20, true)],
        "what was not written is not remembered as a letter"
    );
}

#[test]
fn the_clocks_of_a_term_run_from_the_clients_mail_until_somebody_acts() {
    let note = |w: &mut World| w.command("max", Command::Note { task: TaskId(1), text: "called".into() }).unwrap();
    // Begun on the day before Tony wrote: two business days after his mail somebody hears that nobody went on.
    let mut w = with_one();
    note(&mut w);
    w.until(morning("2027-02-11"));
    let m = tony(&w, "m1");
    w.receive(m);
    w.until(at("2027-02-15T08:59:00-06:00"));
    assert_eq!(fired(&w, Clock::Idle), NEVER);
    w.until(at("2027-02-15T09:00:00-06:00"));
    assert_eq!(fired(&w, Clock::Idle), [w.now]);
    assert_eq!(fired(&w, Clock::Untouched), NEVER, "it had been begun on");
    // An act in the very moment of the mail, or after it, is an answer.
    for later in [0, 1] {
        let mut w = with_one();
        note(&mut w);
        w.until(morning("2027-02-11"));
        let m = tony(&w, "m1");
        w.receive(m);
        w.now += chrono::Duration::minutes(later);
        note(&mut w);
        w.until(morning("2027-02-19"));
        assert_eq!(fired(&w, Clock::Idle), NEVER, "{later}");
    }
    // While the carrier has it, or before anybody has begun on it, nobody is told that it lies idle.
    let mut w = with_one();
    let (on, why) = (Party::Carrier, "the rate".to_owned());
    let until = Some(morning("2027-02-26"));
    w.command("max", Command::Wait { task: TaskId(1), on, until, why, policy: None }).unwrap();
    w.until(morning("2027-02-11"));
    let m = tony(&w, "m1");
    w.receive(m);
    assert!(w.task(1).waiting.is_some());
    w.until(morning("2027-02-19"));
    assert_eq!(fired(&w, Clock::Idle), NEVER);
    let mut w = with_one();
    let m = tony(&w, "m1");
    w.receive(m);
    w.until(morning("2027-02-19"));
    assert_eq!(fired(&w, Clock::Idle), NEVER);
    assert!(!fired(&w, Clock::Untouched).is_empty());
}

#[test]
fn mail_about_a_household_lists_what_ends_in_the_time_of_the_list_and_earlier_only_what_it_names() {
    let mut w = with_book(&[personal("HO-1", "2027-06-01")]);
    w.until(morning("2027-01-15"));
    let m = tony(&w, "m1");
    w.receive(m);
    assert_eq!(w.task(1).term, None, "June is far, and no policy is named");
    let m = about(tony(&w, "m2").asks(&["bond"]), "HO-1").with(|a| a.message.subject = "Another".into());
    w.receive(m);
    assert_eq!(term(&w, 2).numbers(), ["HO-1"], "{}", w.reason("m2"));
    let mut w = with_book(&[personal("HO-1", "2027-06-01")]);
    w.until(morning("2027-02-10"));
    let m = tony(&w, "m1");
    w.receive(m);
    assert_eq!(term(&w, 1).numbers(), ["HO-1"]);
}

#[test]
fn with_the_policy_that_mail_names_come_those_of_its_day_that_are_listed_anyhow() {
    let book = [personal("HO-1", "2027-09-01"), personal("HO-2", "2027-09-01"), held("CTP-1", "2027-09-01")];
    let mut w = with_book(&book);
    w.until(morning("2027-02-10"));
    let m = about(tony(&w, "m1"), "HO-1");
    w.receive(m);
    assert_eq!(term(&w, 1).numbers(), ["HO-1", "CTP-1"], "the other household's policy is not asked about");
    w.until(morning("2027-05-10"));
    assert_eq!(w.tasks.len(), 1, "and its day on the list brings no second task");
}

#[test]
fn what_is_over_for_a_day_is_not_begun_again_by_mail_but_another_day_is() {
    let mut w = with_book(&[held("CTP-1", "2027-06-01"), personal("HO-1", "2027-05-01")]);
    w.until(morning("2027-02-10"));
    w.command("max", Command::End { task: TaskId(1), how: End::Lost, reason: "gone".into() }).unwrap();
    let m = about(tony(&w, "m1"), "CTP-1");
    w.receive(m);
    assert_eq!((w.tasks.len(), w.task(2).term.clone()), (2, None), "{}", w.reason("m1"));
    let m = about(tony(&w, "m2"), "HO-1");
    w.receive(m);
    assert_eq!(
        (term(&w, 3).expiration, term(&w, 3).numbers()),
        (day("2027-05-01"), vec!["HO-1"]),
        "{}",
        w.reason("m2")
    );
}
