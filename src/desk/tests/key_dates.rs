//! Days that matter by themselves beside the steps of a term: shown, moved for one task, spoken of ahead, met.

use super::{pipeline::*, sample::*, world::World};
use crate::desk::*;
use crate::domain::pipeline::KeyDate;

/// Bonds whose carrier wants the submission 60 days ahead, and whose client decides by 30 days.
fn with_key_dates() -> World {
    let mut w = with_book(&[held("CTP-1", "2027-06-01")]);
    let page = w.policy.pages.get_mut(&"bond".into()).unwrap();
    let date = |field: &str, title: &str, days_before, met_by: &str| KeyDate {
        field: field.to_owned(),
        title: title.to_owned(),
        days_before,
        met_by: vec![met_by.into()],
    };
    page.practice.pipeline.as_mut().unwrap().key_dates = vec![
        date("quote_deadline", "The last day for a quote", 60, "quote"),
        date("decision_deadline", "The last day to decide", 30, "decision"),
        date("effective_date", "The new term's first day", 0, "bind"),
    ];
    w
}

#[test]
fn days_that_matter_by_themselves_are_shown_and_spoken_of_ahead() {
    let mut w = with_key_dates();
    w.until(morning("2027-02-10"));
    let id = listed(&w)[0].0.id;
    let line = pipeline::outlook(&w.tasks[&id], &w.policy, w.now).unwrap();
    let shown: Vec<_> = line.key_dates.iter().map(|d| (d.field.as_str(), d.on.to_string(), d.met)).collect();
    assert_eq!(
        shown,
        [
            ("quote_deadline", "2027-04-02".to_owned(), false),
            ("decision_deadline", "2027-05-02".to_owned(), false),
            ("effective_date", "2027-06-01".to_owned(), false)
        ]
    );
    // The carrier wants it sooner: a person says so, of this task.
    let values = vec![text("2027-03-10")];
    let said = Command::SetField { task: id, name: "quote_deadline".into(), values, elsewhere: false };
    w.command("max", said).unwrap();
    w.command("max", Command::Step { task: id, step: "review".into(), waive: None, policy: None }).unwrap();
    w.letters.clear();
    // The page's lead is a day by the wall before that day's close, moved back into office hours: Tuesday morning.
    w.until(at("2027-03-09T08:29:00-06:00"));
    assert!(w.letters("escalation").is_empty());
    w.until(at("2027-03-10T09:00:00-06:00"));
    let told = w.letters("escalation");
    assert_eq!(told.iter().map(|l| l.to.address.local()).collect::<Vec<_>>(), ["max"]);
    assert!(told[0].says.clock.contains("The last day for a quote is March 10, 2027"), "{}", told[0].says.clock);
    let days = &told[0].says.tasks[0].dates;
    assert!(days[0].starts_with("March 3, 2027") && days[1].starts_with("March 10, 2027"), "{days:?}");
    // Three business days later the manager hears too, and once it is met nobody does.
    w.until(at("2027-03-16T12:00:00-05:00"));
    assert!(w.recipients("escalation").contains(&"olga".to_owned()));
    w.command("max", Command::Step { task: id, step: "quote".into(), waive: None, policy: None }).unwrap();
    assert!(pipeline::outlook(&w.tasks[&id], &w.policy, w.now).unwrap().key_dates[0].met);
    w.check();
}

#[test]
fn a_date_that_is_met_in_time_is_not_spoken_of() {
    let mut w = with_key_dates();
    w.until(morning("2027-02-10"));
    let id = listed(&w)[0].0.id;
    for step in ["review", "quote"] {
        w.command("max", Command::Step { task: id, step: step.into(), waive: None, policy: None }).unwrap();
    }
    w.until(morning("2027-04-20"));
    assert!(w.letters("escalation").is_empty());
}
