//! Every clock of a page, left alone, through everything that may come between: a restart, a host asleep for a week, a
//! clock set back, a holiday that is loaded, the end of daylight saving, an assignee who leaves. Each step of each ladder
//! happens, and happens once.

use super::{pipeline, sample::*, world::World};
use crate::desk::*;
use crate::domain::{reading::Certainty, task::Escalated, workflow::Clock};
use chrono::Duration;
use std::collections::BTreeSet;

/// The clock's situation: a task on which it runs, and which nobody touches from here on. Begun on `start`, at ten.
fn situation(clock: Clock, start: Timestamp) -> World {
    let day = |days: i64| date(&(start + Duration::days(days)).format("%Y-%m-%d").to_string());
    let mut w = World::new();
    w.now = start;
    let bond = mail("m1", "zoe@new.example").asks(&["bond"]).received(start);
    let take = |w: &mut World| {
        w.command("ana", Command::Take { task: TaskId(1) }).unwrap();
    };
    match clock {
        Clock::Untouched | Clock::Overdue | Clock::StillOpen => {
            w.receive(bond);
        }
        Clock::Unread => {
            w.receive(bond.with(|a| a.reading.certainty = Certainty::Doubtful));
        }
        Clock::DeadlineNear => {
            w.receive(bond.field("deadline", day(3)));
        }
        Clock::Idle => {
            w.receive(bond);
            take(&mut w);
        }
        Clock::WaitingTooLong => {
            w.receive(bond);
            let (on, why) = (Party::Carrier, "papers".to_owned());
            w.command("ana", Command::Wait { task: TaskId(1), on, until: None, why, policy: None }).unwrap();
        }
        Clock::Unanswered => {
            w.receive(bond);
            take(&mut w);
            w.now += Duration::minutes(10);
            let asks = mail("m2", "zoe@new.example").asks(&["bond"]).answering("m1@client.example").received(w.now);
            w.receive(asks.with(|a| a.reading.chases = vec![evidence("any update?")]));
        }
        Clock::Undelivered => {
            w.receive(bond);
            let letter = w.letters.iter().find(|(_, i)| i.kind == "acknowledgement").unwrap().0.id.clone();
            w.say(&Input::Trying(vec![letter.clone()])).unwrap();
            w.say(&Input::Tried { letter, attempt: Attempt::Refused("550".into()) }).unwrap();
        }
        Clock::Hazard => {
            w.receive(bond.with(|a| a.reading.hazards.push(hazard())));
        }
        Clock::Scheduled => return pipeline::listed_93_days_before(start),
    }
    w
}

/// What may come between, half-way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Between {
    Nothing,
    Restart,
    WeekAsleep,
    ClockSetBack,
    Holiday,
    AssigneeLeaves,
}

impl Between {
    const ALL: [Self; 6] =
        [Self::Nothing, Self::Restart, Self::WeekAsleep, Self::ClockSetBack, Self::Holiday, Self::AssigneeLeaves];

    fn comes(self, w: &mut World) {
        match self {
            Self::Nothing => {}
            Self::Restart => {
                *w = w.restarted();
                w.look_at_all();
            }
            Self::WeekAsleep => {
                w.now += Duration::days(7);
                w.look_at_all();
            }
            Self::ClockSetBack => {
                w.now -= Duration::days(1);
                w.look_at_all();
            }
            Self::Holiday => {
                let tomorrow = (w.now + Duration::days(1)).format("%B %-d").to_string();
                w.policy.calendar = w.policy.calendar.clone().with_yearly(vec![tomorrow.parse().unwrap()]);
                w.look_at_all();
            }
            Self::AssigneeLeaves => {
                let who = w.task(1).assigned.person.clone();
                w.policy.people.retain(|p| p.id != who);
                w.policy.duty.retain(|p| *p != who);
                w.look_at_all();
            }
        }
    }
}

fn rungs(escalated: &[Escalated], clock: Clock) -> BTreeSet<u16> {
    escalated.iter().filter(|e| e.clock == clock).map(|e| e.rung).collect()
}

/// The situation, left alone for six weeks with that between; after how many hours it comes is part of the story.
fn left_alone(clock: Clock, start: Timestamp, between: Between, after: i64) -> World {
    let mut w = situation(clock, start);
    w.until(start + Duration::hours(after));
    between.comes(&mut w);
    w.until(start + Duration::days(42));
    w.check();
    w
}

/// A Tuesday in November, and the Friday before daylight saving ends.
const STARTS: [&str; 2] = ["2026-11-17T10:00:00-06:00", "2026-10-30T10:00:00-05:00"];

#[test]
fn every_step_of_every_clock_happens_once_whatever_comes_between() {
    for clock in Clock::ALL {
        for start in STARTS.map(at) {
            let plain = left_alone(clock, start, Between::Nothing, 30);
            let practice = plain.policy.practice_of(plain.task(1).request_type.as_ref()).clone();
            let on_the_page: BTreeSet<u16> =
                (0..).zip(&practice.escalations).filter(|(_, e)| e.clock == clock).map(|(rung, _)| rung).collect();
            let expected = rungs(&plain.task(1).escalated, clock);
            assert!(!expected.is_empty() && expected.is_superset(&on_the_page), "{clock:?}: {expected:?}");
            for between in Between::ALL {
                // Before the clock has run out, and between two of its steps.
                for after in [3, 30, 54] {
                    let w = left_alone(clock, start, between, after);
                    let escalated = &w.task(1).escalated;
                    let story = format!("{clock:?} from {start}, {between:?} after {after} hours");
                    assert_eq!(rungs(escalated, clock), expected, "{story}");
                    let once: BTreeSet<_> = escalated.iter().map(|e| (e.clock, e.epoch, e.rung)).collect();
                    assert_eq!(once.len(), escalated.len(), "{story}: a step happened twice");
                    if matches!(between, Between::Restart) {
                        assert_eq!(*escalated, plain.task(1).escalated, "{story}");
                    }
                    let all_told = escalated.iter().filter(|e| e.clock == clock).all(|e| !e.told.is_empty());
                    assert!(all_told, "{story}: a step that nobody hears");
                }
            }
        }
    }
}

#[test]
fn after_a_week_asleep_each_person_has_one_letter_for_all_that_ran_out() {
    for clock in Clock::ALL.into_iter().filter(|c| *c != Clock::Hazard) {
        let start = at(STARTS[0]);
        let mut w = situation(clock, start);
        w.until(start + Duration::hours(1));
        let before = w.letters("escalation").len();
        w.now = start + Duration::days(8);
        w.until(w.now);
        let mut told = w.recipients("escalation").split_off(before);
        assert!(!told.is_empty(), "{clock:?}");
        let letters = told.len();
        told.sort();
        told.dedup();
        assert_eq!(told.len(), letters, "{clock:?}: one letter a person");
    }
}
