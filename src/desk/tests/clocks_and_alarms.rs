//! Clocks that run out, and dangers.

use super::{sample::*, world::World};
use crate::desk::*;
use crate::domain::workflow::{Clock, Party, Span};
use chrono::Duration;

fn fired(w: &World, n: u64, clock: Clock) -> Vec<u16> {
    w.task(n).escalated.iter().filter(|e| e.clock == clock).map(|e| e.rung).collect()
}

/// A page whose standard leaves room, so that one clock is seen at a time.
fn roomy() -> World {
    let mut w = World::new();
    for page in w.policy.pages.values_mut() {
        page.practice.standard.turnaround = Span::Days(10);
    }
    w
}

#[test]
fn untouched_for_a_day_is_told_once_to_assignee_and_operations_and_later_to_the_owner() {
    let mut w = roomy();
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]));
    w.until(at("2026-11-18T09:59:00-06:00"));
    assert!(w.letters("escalation").is_empty());
    w.until(at("2026-11-18T10:00:00-06:00"));
    assert_eq!(w.recipients("escalation"), ["ana", "olga"]);
    assert!(w.letters("escalation")[0].says.clock.contains("untouched for 24h"));
    w.until(at("2026-11-18T14:00:00-06:00"));
    assert_eq!(w.recipients("escalation"), ["ana", "olga", "otto"]);
    w.until(at("2026-11-19T09:00:00-06:00"));
    assert_eq!(w.letters("escalation").len(), 3, "each step once");
    assert_eq!(w.task(1).escalated[0].told, vec!["ana".into(), "olga".into()]);
}

#[test]
fn what_came_on_friday_afternoon_is_not_told_of_on_saturday() {
    let mut w = roomy();
    w.now = at("2026-11-20T16:00:00-06:00");
    let now = w.now;
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]).received(now));
    w.until(at("2026-11-23T08:29:00-06:00"));
    assert!(w.letters("escalation").is_empty());
    w.until(at("2026-11-23T08:30:00-06:00"));
    assert_eq!(w.letters("escalation").len(), 2);
}

#[test]
fn a_touch_stops_the_first_clock_and_starts_the_idle_one() {
    let mut w = roomy();
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]));
    w.command("ana", Command::Take { task: TaskId(1) }).unwrap();
    w.until(at("2026-11-19T09:00:00-06:00"));
    assert!(fired(&w, 1, Clock::Untouched).is_empty());
    w.until(at("2026-11-19T10:00:00-06:00"));
    assert_eq!(fired(&w, 1, Clock::Idle), [5]);
    w.command("ana", Command::Note { task: TaskId(1), text: "called".into() }).unwrap();
    w.until(at("2026-11-23T10:00:00-06:00"));
    assert_eq!(fired(&w, 1, Clock::Idle), [5, 5], "a new act is a new epoch");
    w.check();
}

#[test]
fn several_clocks_for_one_person_come_in_one_letter() {
    let mut w = World::new();
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]));
    w.now = at("2026-11-19T12:00:00-06:00");
    w.until(at("2026-11-19T12:00:00-06:00"));
    let to_ana: Vec<_> = w.letters("escalation").into_iter().filter(|i| i.to.address.local() == "ana").collect();
    assert_eq!(to_ana.len(), 1);
    assert!(to_ana[0].says.clock.contains("overdue") && to_ana[0].says.clock.contains("untouched"));
    let action = "Finish it, or tell the client when it will be done. Next step: Check the account.";
    assert_eq!((to_ana[0].says.action.as_str(), to_ana[0].says.tasks[0].action.as_str()), (action, action));
    let again = w.say(&Input::Clock(TaskId(1))).unwrap();
    assert!(again.events.is_empty() && again.intents.is_empty(), "what happened does not happen again");
}

#[test]
fn of_several_tasks_in_one_letter_each_says_which_of_its_own_clocks_ran_out() {
    let mut w = World::new();
    w.policy.duty = vec!["ana".into()];
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]));
    w.receive(mail("m2", "tom@other.example").asks(&["bond"]));
    w.command("ana", Command::Take { task: TaskId(1) }).unwrap();
    w.now = at("2026-11-19T12:00:00-06:00");
    w.until(w.now);
    let to_ana: Vec<_> = w.letters("escalation").into_iter().filter(|i| i.to.address.local() == "ana").collect();
    assert_eq!(to_ana.len(), 1);
    let untouched: Vec<(&str, bool)> =
        to_ana[0].says.tasks.iter().map(|t| (t.reference.as_str(), t.clock.contains("untouched"))).collect();
    assert!(untouched.contains(&("T-1", false)) && untouched.contains(&("T-2", true)), "{untouched:?}");
}

#[test]
fn the_deadline_is_warned_of_ahead_and_a_deadline_before_the_standard_is_what_is_late() {
    let mut w = roomy();
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]).field("deadline", date("2026-11-20")));
    w.command("ana", Command::Take { task: TaskId(1) }).unwrap();
    // A day before Friday's close is Thursday's close; moved back into office hours, that is Thursday morning.
    w.until(at("2026-11-19T08:29:00-06:00"));
    assert!(fired(&w, 1, Clock::DeadlineNear).is_empty());
    w.until(at("2026-11-19T08:30:00-06:00"));
    assert_eq!(fired(&w, 1, Clock::DeadlineNear), [2]);
    w.until(at("2026-11-20T17:00:00-06:00"));
    assert_eq!(fired(&w, 1, Clock::Overdue), [3]);
    w.until(at("2026-11-23T08:30:00-06:00"));
    assert_eq!(w.letters("escalation").last().unwrap().not_before, at("2026-11-23T08:30:00-06:00"), "office hours");
}

#[test]
fn a_warning_that_was_slept_through_does_not_say_that_there_is_time_left() {
    let mut w = roomy();
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]).field("deadline", date("2026-11-20")));
    w.command("ana", Command::Take { task: TaskId(1) }).unwrap();
    w.now = at("2026-11-23T09:00:00-06:00");
    w.until(at("2026-11-23T09:00:00-06:00"));
    assert!(w.letters("escalation").iter().any(|l| l.says.clock.contains("past the client's deadline")));
    assert!(!w.letters("escalation").iter().any(|l| l.says.clock.contains("close to")));
}

#[test]
fn while_others_have_the_ball_the_standard_stands_still_and_the_deadline_does_not() {
    let mut w = World::new();
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]).field("deadline", date("2026-11-25")));
    w.now += Duration::hours(1);
    let wait =
        Command::Wait { task: TaskId(1), on: Party::Carrier, until: None, why: "the papers".into(), policy: None };
    w.command("ana", wait).unwrap();
    assert_eq!(w.task(1).waiting.as_ref().unwrap().step, Some("carrier".into()));
    w.until(at("2026-11-20T10:59:00-06:00"));
    assert!(w.task(1).escalated.is_empty());
    w.until(at("2026-11-20T11:00:00-06:00"));
    assert_eq!(fired(&w, 1, Clock::WaitingTooLong), [6]);
    assert!(w.letters("escalation")[0].says.court == "carrier");
    w.command("ana", Command::Resume { task: TaskId(1) }).unwrap();
    // 8 office hours less the first one are left from Friday, 11:00: six on Friday, one on Monday.
    assert_eq!(w.task(1).standard_due, Some(at("2026-11-23T09:30:00-06:00")));
    w.check();
}

#[test]
fn a_hazard_is_told_at_once_even_at_night_and_again_to_the_owner_while_it_is_open() {
    let mut w = roomy();
    w.now = at("2026-11-21T03:00:00-06:00");
    let now = w.now;
    let m = mail("m1", "zoe@new.example").asks(&["bond"]).received(now).with(|a| a.reading.hazards.push(hazard()));
    w.receive(m);
    assert_eq!(w.recipients("hazard"), ["ana", "olga"]);
    assert!(w.letters("hazard").iter().all(|i| i.not_before == now), "a hazard does not wait for opening");
    assert_eq!(w.letters("notice")[0].not_before, at("2026-11-23T08:30:00-06:00"));
    w.until(at("2026-11-24T08:00:00-06:00"));
    assert_eq!(w.recipients("hazard"), ["ana", "olga", "otto"]);
    w.check();
}

#[test]
fn after_all_rungs_an_open_task_comes_back_every_week_until_somebody_acts() {
    let mut w = World::new();
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]));
    w.until(at("2026-11-20T12:00:00-06:00"));
    assert_eq!(fired(&w, 1, Clock::StillOpen), [0; 0]);
    let told = w.letters("escalation").len();
    // The owner was the last to hear, on Thursday; five business days after that it is said again.
    w.until(at("2026-11-30T12:00:00-06:00"));
    assert_eq!(fired(&w, 1, Clock::StillOpen), [0]);
    assert_eq!(w.letters("escalation").len(), told + 2, "the assignee and the operations manager");
    assert!(w.letters("escalation").last().unwrap().says.clock.contains("still open"));
    w.until(at("2027-01-10T12:00:00-06:00"));
    assert_eq!(fired(&w, 1, Clock::StillOpen).len(), 7);
    w.command("ana", Command::Finish { task: TaskId(1) }).unwrap_err();
    let not_needed = Command::End { task: TaskId(1), how: End::NotNeeded, reason: "it was a test".into() };
    w.command("ana", not_needed).unwrap();
    assert_eq!(w.task(1).next_due(), None);
    w.check();
}

#[test]
fn holidays_that_are_loaded_anew_move_the_clocks_when_they_are_looked_at() {
    let mut w = roomy();
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]));
    let before = w.task(1).next_due();
    let wednesday = chrono::NaiveDate::from_ymd_opt(2026, 11, 18).unwrap();
    let hours = crate::domain::calendar::Hours {
        opens: chrono::NaiveTime::from_hms_opt(8, 30, 0).unwrap(),
        closes: chrono::NaiveTime::from_hms_opt(17, 0, 0).unwrap(),
    };
    let week = [Some(hours), Some(hours), Some(hours), Some(hours), Some(hours), None, None];
    w.policy.calendar = Calendar::new(chrono_tz::America::Chicago, week, [wednesday].into());
    w.say(&Input::Clock(TaskId(1))).unwrap();
    assert!(w.task(1).next_due() > before);
    w.check();
}

#[test]
fn a_task_of_somebody_who_left_gets_a_new_assignee_when_its_clock_is_looked_at() {
    let mut w = roomy();
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]));
    w.policy.people.retain(|p| p.id.as_str() != "ana");
    w.say(&Input::Clock(TaskId(1))).unwrap();
    assert_eq!(w.task(1).assigned.person.as_str(), "ben");
    assert!(w.recipients("notice").contains(&"ben".to_owned()));
    w.check();
}

#[test]
fn a_clock_of_a_task_that_is_over_or_unknown_does_nothing() {
    let mut w = World::new();
    assert!(w.say(&Input::Clock(TaskId(7))).unwrap().events.is_empty());
}
