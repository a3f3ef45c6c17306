//! The figures of one invented fortnight, small enough to be reckoned by hand.

use super::case::Court;
use super::figure::{Figure, Measure, in_court, quantile};
use super::{By, Frame, Gathering, Period, Report, sheet};
use crate::domain::{
    Timestamp,
    calendar::Calendar,
    decision::{Cause, Decision, Versions},
    event::{Event, Opening},
    id::*,
    reading::{Channel, Complexity, SenderKind},
    task::{End, Whose},
    workflow::{Party, Span},
};
use std::collections::BTreeMap;

/// A moment of November 2026 in Chicago; the 16th is a Monday, and the office is open from 08:30 to 17:00.
fn at(day: u32, clock: &str) -> Timestamp {
    format!("2026-11-{day:02}T{clock}:00-06:00").parse::<chrono::DateTime<chrono::FixedOffset>>().unwrap().to_utc()
}

#[derive(Default)]
struct Told(Gathering);

impl Told {
    fn when(mut self, at: Timestamp, events: Vec<Event>) -> Self {
        let decision = Decision { at, cause: Cause::Clock, events, letters: vec![], versions: Versions::default() };
        self.0.take(&decision);
        self
    }
    fn opened(self, id: u64, kind: &str, person: &str, arrived: Timestamp, standard_due: Timestamp) -> Self {
        let opening = Opening {
            request_type: Some(kind.into()),
            type_title: kind.to_owned(),
            arrived,
            subject: "x".into(),
            requester: None,
            sender_kind: SenderKind::Client,
            channel: Channel::Email,
            language: "en".to_owned(),
            words: String::new(),
            message: None,
            complexity: Complexity::Simple,
            urgent: false,
            uncertain: false,
            evidence: std::sync::Arc::default(),
            guesses: vec![],
            done_when: String::new(),
            assigned_to: person.into(),
            assigned_because: "x".to_owned(),
            standing_in_for: None,
        };
        let task = TaskId(id);
        let events = vec![
            Event::TaskOpened { task, opening: Box::new(opening) },
            Event::DeadlinesSet { task, deadline: None, standard_due: Some(standard_due) },
        ];
        self.when(arrived, events)
    }
    fn touched(self, id: u64, at: Timestamp) -> Self {
        self.when(at, vec![Event::Touched { task: TaskId(id), by: "ana".into() }])
    }
    fn waits(self, id: u64, on: Party, at: Timestamp) -> Self {
        let task = TaskId(id);
        let until = at + chrono::Duration::days(30);
        self.when(at, vec![Event::WaitingBegan { task, on, until, why: "x".to_owned(), step: None, policy: None }])
    }
    fn back(self, id: u64, at: Timestamp) -> Self {
        self.when(at, vec![Event::WaitingEnded { task: TaskId(id), policy: None }])
    }
    fn ended(self, id: u64, how: End, at: Timestamp) -> Self {
        let (task, reason, by) = (TaskId(id), String::new(), "ana".into());
        self.when(at, vec![Event::Ended { task, how, reason, by }])
    }
}

/// Three tasks of a week, and one of the week before.
fn told() -> Told {
    Told::default()
        // Done within its standard before the week began: no part of it.
        .opened(1, "bond", "ana", at(9, "09:00"), at(9, "12:00"))
        .touched(1, at(9, "09:30"))
        .ended(1, End::Done, at(9, "10:00"))
        // Monday, 9 AM; touched after an hour, waits for the carrier from noon to Tuesday noon (8.5 office hours), done
        // on Tuesday, 1 PM: 12.5 office hours, 4 of them the agency's own.
        .opened(2, "bond", "ana", at(16, "09:00"), at(17, "16:00"))
        .touched(2, at(16, "10:00"))
        .waits(2, Party::Carrier, at(16, "12:00"))
        .back(2, at(17, "12:00"))
        .ended(2, End::Done, at(17, "13:00"))
        // Sunday; counts from Monday, 8:30. Done on Wednesday at 8:30, after its standard; opened again on Thursday.
        .opened(3, "levy", "ben", at(15, "12:00"), at(17, "08:30"))
        .touched(3, at(17, "08:30"))
        .ended(3, End::Done, at(18, "08:30"))
        .when(at(19, "08:30"), vec![Event::Reopened { task: TaskId(3), reason: "wrong name".to_owned() }])
        .when(at(19, "09:30"), vec![Event::ErrorNamed { task: TaskId(3), whose: Whose::Agency, by: "ben".into() }])
        // Withdrawn: over, and not completed.
        .opened(4, "bond", "ana", at(18, "09:00"), at(18, "12:00"))
        .ended(4, End::Withdrawn, at(18, "10:00"))
}

fn calendar() -> Calendar {
    Calendar::usual(chrono_tz::America::Chicago)
}

fn report(by: By) -> Report {
    let calendar = calendar();
    // Until Friday, noon.
    let period = Period::read("2026-11-15..2026-11-21", &calendar, at(20, "12:00")).unwrap();
    let names = BTreeMap::from([("ana".into(), "Ana Ruiz".to_owned())]);
    let frame = Frame { agency: "x", calendar: &calendar, names, first_touch: &|_| Span::Office(60) };
    Report::of(&told().0, period, by, &frame)
}

#[test]
fn each_figure_is_what_its_definition_says() {
    let report = report(By::Type);
    let v = |f| report.total.value(f);
    assert_eq!(v(Figure::OpenBefore), Some(0.0));
    assert_eq!(v(Figure::Arrived), Some(3.0), "the week before is no part of it");
    assert_eq!(v(Figure::Ended), Some(3.0));
    assert_eq!(v(Figure::Done), Some(2.0));
    assert_eq!(v(Figure::Open), Some(1.0), "the one that was opened again");
    assert_eq!(v(Figure::CompletionRate), Some(1.0 / 3.0), "done and opened again is not done");
    assert_eq!(v(Figure::OldestOpen), Some(5.0));
    // An hour, and 8.5 hours of Monday: half took no longer than the first.
    assert_eq!(v(Figure::FirstTouchMedian), Some(60.0));
    assert_eq!(v(Figure::FirstTouchP90), Some(510.0));
    assert_eq!(v(Figure::FirstTouchWithin), Some(0.5));
    assert_eq!(v(Figure::TurnaroundMedian), Some(240.0), "the carrier's time is left out");
    assert_eq!(v(Figure::TurnaroundP90), Some(1020.0), "two whole days, by the office's hours");
    assert_eq!(v(Figure::WithinStandard), Some(0.5));
    assert_eq!((v(Figure::Reopened), v(Figure::ReopenedAgency)), (Some(1.0), Some(1.0)));
    assert_eq!(v(Figure::CourtCarrier), Some(510.0));
    // T-2: 4 hours. T-3: 17 hours till it was done, and from Thursday to Friday noon 12 hours. T-4: 1 hour.
    assert_eq!(v(Figure::CourtAgency), Some(60.0 * (4.0 + 17.0 + 12.0 + 1.0)));
    assert_eq!(v(Figure::Pace), Some(0.6), "three ends in five business days");
    assert_eq!(v(Figure::DueSoon), Some(1.0), "what is late is due");
    assert!((v(Figure::DaysOfWork).unwrap() - 1.0 / 0.6).abs() < 1e-9);
}

#[test]
fn every_figure_names_its_tasks() {
    let report = report(By::Type);
    let tasks = |f: Figure| report.trace(f).iter().map(|l| l.task.0).collect::<Vec<_>>();
    assert_eq!(tasks(Figure::Arrived), [2, 3, 4]);
    assert_eq!(tasks(Figure::TurnaroundMedian), [2, 3]);
    assert_eq!(tasks(Figure::CourtCarrier), [2]);
    assert_eq!(tasks(Figure::OldestOpen), [3]);
    let line = &report.trace(Figure::CourtCarrier)[0];
    assert_eq!((line.own_minutes, line.courts), (240.0, [240.0, 0.0, 510.0, 0.0]));
    for f in Figure::ALL {
        assert_eq!(Figure::of_key(f.key()), Some(f));
        assert!(f.meaning().ends_with('.'), "{}", f.key());
    }
}

#[test]
fn groups_go_by_whatever_is_asked_for() {
    let names = |by| report(by).groups.iter().map(|g| g.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(By::Type), ["bond", "levy"]);
    assert_eq!(names(By::Person), ["Ana Ruiz", "ben"]);
    assert_eq!(names(By::Carrier), ["Carrier not known"]);
    assert_eq!(names(By::Account), ["No account in the book"]);
    assert_eq!(names(By::Week), ["2026-11-09", "2026-11-16"]);
    let csv = sheet::csv(&report(By::Person));
    assert_eq!(csv.lines().count(), 4, "a line of titles, two people, all");
    assert!(csv.lines().nth(1).unwrap().starts_with("2026-11-15,2026-11-21,Ana Ruiz,0,2,"), "{csv}");
}

#[test]
fn a_task_that_ends_while_it_waits_ended_when_the_agency_had_done_its_part() {
    let told = Told::default()
        .opened(1, "bond", "ana", at(16, "09:00"), at(16, "12:00"))
        .waits(1, Party::Client, at(16, "11:00"))
        .ended(1, End::Done, at(18, "11:00"));
    let calendar = calendar();
    let period = Period::read("2026-W47", &calendar, at(20, "12:00")).unwrap();
    let first_touch = |_: Option<&RequestType>| Span::Office(60);
    let by = Measure { period: &period, calendar: &calendar, first_touch: &first_touch };
    let cases: Vec<_> = told.0.cases().collect();
    assert_eq!(Figure::WithinStandard.of(&cases, by).0, Some(1.0));
    assert_eq!(in_court(cases[0], Court::Agency, by), 120.0);
    assert_eq!(in_court(cases[0], Court::Client, by), 2.0 * 510.0);
}

#[test]
fn a_quantile_is_one_of_the_values() {
    let q = |all: &[f64], part| quantile(all.to_vec(), part);
    assert_eq!(q(&[], 0.5), None);
    assert_eq!(q(&[3.0], 0.9), Some(3.0));
    assert_eq!((q(&[4.0, 1.0, 3.0, 2.0], 0.5), q(&[4.0, 1.0, 3.0, 2.0], 0.9)), (Some(2.0), Some(4.0)));
}
