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

#[test]
fn the_day_on_which_the_new_term_begins_is_shown_once() {
    let of_steps = ["March 3, 2027: Do review.", "April 2, 2027: Do quote.", "May 2, 2027: Do decision."];
    let dates = |mut w: World| {
        w.until(morning("2027-02-10"));
        w.letters("notice").pop().unwrap().says.tasks[0].dates.clone()
    };
    let plain = dates(with_book(&[held("CTP-1", "2027-06-01")]));
    assert_eq!(plain, [&of_steps[..], &["June 1, 2027: Effective"]].concat());
    let own = dates(with_key_dates());
    assert_eq!(own.len(), 6);
    assert_eq!(own.last().map(String::as_str), Some("June 1, 2027: The new term's first day"));
}

#[test]
fn a_day_that_mail_names_for_sure_takes_the_place_of_the_usual_one_and_a_guess_does_not() {
    for (confidence, name, day) in
        [(90, "quote_deadline", "2027-03-10"), (49, "quote_deadline", "2027-04-02"), (90, "site_visit", "2027-04-02")]
    {
        let mut w = with_key_dates();
        w.until(morning("2027-02-10"));
        let said = crate::domain::field::Field { confidence, ..field(name, date("2027-03-10")) };
        let m = mail("m1", "tony@trucks.example").asks(&["bond"]).received(w.now);
        w.receive(m.with(|a| a.reading.fields.push(said)));
        let task = listed(&w)[0].0;
        let outlook = pipeline::outlook(task, &w.policy, w.now).unwrap();
        let quote = outlook.key_dates.iter().find(|d| d.field == "quote_deadline").unwrap();
        assert_eq!(quote.on.to_string(), day, "{confidence} {name}");
    }
}

#[test]
fn a_day_that_is_moved_before_its_reader_works_is_told_to_nobody() {
    for (moved, told) in [(false, 1), (true, 0)] {
        let mut w = with_key_dates();
        let max = w.policy.people.iter_mut().find(|p| p.id.as_str() == "max").unwrap();
        let afternoon = crate::domain::calendar::Hours {
            opens: chrono::NaiveTime::from_hms_opt(13, 0, 0).unwrap(),
            closes: chrono::NaiveTime::from_hms_opt(17, 0, 0).unwrap(),
        };
        max.hours = Some([Some(afternoon); 7]);
        w.until(morning("2027-02-10"));
        let id = listed(&w)[0].0.id;
        w.command("max", Command::Step { task: id, step: "review".into(), waive: None, policy: None }).unwrap();
        w.letters.clear();
        // The quote is due on 2 April; the day before is near.
        w.until(at("2027-04-01T12:00:00-05:00"));
        if moved {
            // By another's word, and with nobody acting on the task.
            let page = w.policy.pages.get_mut(&"bond".into()).unwrap();
            page.practice.pipeline.as_mut().unwrap().key_dates[0].days_before = 40;
        }
        w.until(at("2027-04-01T13:00:00-05:00"));
        assert_eq!(w.letters("escalation").len(), told, "{moved}");
    }
}

#[test]
fn a_day_that_is_near_at_the_very_moment_of_the_list_is_spoken_of_a_business_day_later() {
    let first_word = |earlier: chrono::Duration| {
        let mut w = with_key_dates();
        let page = w.policy.pages.get_mut(&"bond".into()).unwrap();
        page.practice.steps.iter_mut().for_each(|s| s.days_before = None);
        let practice = page.practice.clone();
        // The last day for a quote is 60 days ahead; the desk speaks of it at `ahead`.
        let quote = day("2027-04-02");
        let ahead = w.policy.calendar.before(w.policy.calendar.close_of(quote), practice.standard.lead);
        w.now = ahead - earlier;
        let start = w.now;
        w.until(start);
        let (task, term) = listed(&w)[0];
        assert_eq!(term.listed, start);
        let days = pipeline::days(task, &practice, &w.policy.calendar);
        (days[0].1, ahead, w.policy.calendar.after(start, crate::domain::workflow::Span::Days(1)))
    };
    let (spoken, _, later) = first_word(chrono::Duration::zero());
    assert_eq!(spoken, later, "near already: not in the same breath as the list");
    let (spoken, ahead, _) = first_word(chrono::Duration::seconds(1));
    assert_eq!(spoken, ahead, "ahead of the day, as the page says");
}
