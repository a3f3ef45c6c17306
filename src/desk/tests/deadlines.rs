//! When something is late, to the minute: deadlines, the agency's own time, and what another calendar changes.

use super::{sample::*, world::World};
use crate::desk::*;
use crate::domain::{
    field::Field,
    task::End,
    workflow::{Clock, Party, Span},
};
use chrono::Duration;

fn fired(w: &World, clock: Clock) -> usize {
    w.task(1).escalated.iter().filter(|e| e.clock == clock).count()
}

#[test]
fn by_today_is_the_close_of_today_and_after_closing_the_end_of_the_day() {
    let calendar = policy().calendar;
    let fields = [field("deadline", date("2026-11-17"))];
    for (arrived, deadline) in [
        ("2026-11-17T16:59:00-06:00", "2026-11-17T17:00:00-06:00"),
        ("2026-11-17T17:00:00-06:00", "2026-11-17T23:59:00-06:00"),
        ("2026-11-17T23:57:59-06:00", "2026-11-17T23:59:00-06:00"),
        // Whoever writes in the last minute of the day has not been failed already.
        ("2026-11-17T23:59:30-06:00", "2026-11-18T00:00:30-06:00"),
    ] {
        assert_eq!(clocks::deadline(&fields, at(arrived), &calendar), Ok(Some(at(deadline))), "{arrived}");
    }
    let past = clocks::deadline(&fields, at("2026-11-18T00:00:00-06:00"), &calendar);
    assert_eq!(past, Err("The deadline read, 2026-11-17, was past when the message came, so none was set.".to_owned()));
    let guess = Field { confidence: 49, ..field("deadline", date("2026-11-18")) };
    let others = [guess, field("date_of_loss", date("2026-11-18"))];
    assert_eq!(clocks::deadline(&others, tuesday(), &calendar), Ok(None), "a guess and another date are no deadline");
}

#[test]
fn a_task_that_is_opened_again_keeps_the_clients_deadline_while_it_lies_ahead() {
    let close = at("2026-11-18T17:00:00-06:00");
    for (minutes, kept) in [(-1, Some(close)), (0, None), (1, None)] {
        let mut w = World::new();
        w.receive(mail("m1", "zoe@new.example").asks(&["bond"]).field("deadline", date("2026-11-18")));
        w.command("ana", Command::End { task: TaskId(1), how: End::Withdrawn, reason: "by phone".into() }).unwrap();
        w.now = close + Duration::minutes(minutes);
        w.command("ana", Command::Reopen { task: TaskId(1), reason: "after all".into() }).unwrap();
        assert_eq!(w.task(1).deadline, kept, "{minutes}");
        // Eight office hours, all of them, are the standard's from there: half a day is left of neither.
        assert_eq!(w.task(1).standard_due, Some(w.policy.calendar.after(w.now, Span::Office(8 * 60))));
    }
}

#[test]
fn what_is_left_of_a_standard_by_the_wall_is_left_after_the_waiting() {
    let mut w = World::new();
    w.policy.pages.get_mut(&"bond".into()).unwrap().practice.standard.turnaround = Span::Wall(30 * 60);
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]));
    assert_eq!(w.task(1).standard_due, Some(at("2026-11-18T16:00:00-06:00")));
    w.now = at("2026-11-17T12:00:00-06:00");
    let wait = Command::Wait { task: TaskId(1), on: Party::Client, until: None, why: "x".into(), policy: None };
    w.command("ana", wait).unwrap();
    w.now = at("2026-11-18T09:00:00-06:00");
    w.command("ana", Command::Resume { task: TaskId(1) }).unwrap();
    // Twenty-eight hours were left at noon on Tuesday.
    assert_eq!(w.task(1).standard_due, Some(at("2026-11-19T13:00:00-06:00")));
}

#[test]
fn what_ran_out_has_run_out_whatever_the_calendar_becomes() {
    let mut w = World::new();
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]));
    let due = at("2026-11-18T09:30:00-06:00");
    assert_eq!(w.task(1).standard_due, Some(due));
    w.until(at("2026-11-18T10:00:00-06:00"));
    assert_eq!(fired(&w, Clock::Overdue), 1);
    let holiday = vec!["November 18".parse().unwrap()];
    w.policy.calendar = w.policy.calendar.clone().with_yearly(holiday.clone());
    w.say(&Input::Clock(TaskId(1))).unwrap();
    assert_eq!((w.task(1).standard_due, fired(&w, Clock::Overdue)), (Some(due), 1));
    // What had not run out gets the holiday.
    let mut w = World::new();
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]));
    w.policy.calendar = w.policy.calendar.clone().with_yearly(holiday);
    w.say(&Input::Clock(TaskId(1))).unwrap();
    assert_eq!(w.task(1).standard_due, Some(at("2026-11-19T09:30:00-06:00")));
}

#[test]
fn an_act_in_the_moment_of_the_clients_question_answers_it() {
    for (minutes, unanswered) in [(-1, 1), (0, 0), (1, 0)] {
        let mut w = World::new();
        w.policy.pages.get_mut(&"bond".into()).unwrap().practice.standard.idle = Span::Days(20);
        w.receive(mail("m1", "zoe@new.example").asks(&["bond"]));
        let asked = at("2026-11-17T11:00:00-06:00");
        let note = Command::Note { task: TaskId(1), text: "told them on the phone".into() };
        if minutes < 0 {
            w.now = asked + Duration::minutes(minutes);
            w.command("ana", note.clone()).unwrap();
        }
        w.now = asked;
        let chase = mail("m2", "zoe@new.example").asks(&["bond"]).answering("m1@client.example").received(asked);
        w.receive(chase.with(|a| a.reading.chases = vec![evidence("any update?")]));
        if minutes >= 0 {
            w.now = asked + Duration::minutes(minutes);
            w.command("ana", note).unwrap();
        }
        w.until(at("2026-11-17T15:00:00-06:00"));
        assert_eq!(fired(&w, Clock::Unanswered), unanswered, "{minutes}");
    }
}

#[test]
fn what_is_put_off_is_overdue_all_the_same_where_the_client_set_the_day() {
    let mut w = World::new();
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]).field("deadline", date("2026-11-17")));
    let until = at("2026-12-01T00:00:00-06:00");
    w.command("ana", Command::Snooze { task: TaskId(1), until, why: "the site opens then".into() }).unwrap();
    w.until(at("2026-11-17T17:00:00-06:00"));
    assert_eq!(fired(&w, Clock::Overdue), 1);
}

#[test]
fn what_was_late_when_others_got_the_ball_stays_late() {
    let mut w = World::new();
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]));
    let due = w.task(1).standard_due;
    w.until(at("2026-11-18T10:00:00-06:00"));
    let wait = Command::Wait { task: TaskId(1), on: Party::Carrier, until: None, why: "x".into(), policy: None };
    w.command("ana", wait).unwrap();
    w.until(at("2026-11-18T12:00:00-06:00"));
    w.command("ana", Command::Resume { task: TaskId(1) }).unwrap();
    assert_eq!(w.task(1).standard_due, due);
}

#[test]
fn a_task_that_was_late_before_it_was_opened_again_has_the_holidays_that_are_loaded_since() {
    let mut w = World::new();
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]));
    w.until(at("2026-11-18T10:00:00-06:00"));
    assert_eq!(fired(&w, Clock::Overdue), 1);
    w.command("ana", Command::End { task: TaskId(1), how: End::Withdrawn, reason: "by phone".into() }).unwrap();
    w.until(at("2026-11-19T10:00:00-06:00"));
    w.command("ana", Command::Reopen { task: TaskId(1), reason: "after all".into() }).unwrap();
    w.until(at("2026-11-19T11:00:00-06:00"));
    let wait = Command::Wait { task: TaskId(1), on: Party::Client, until: None, why: "x".into(), policy: None };
    w.command("ana", wait).unwrap();
    w.until(at("2026-11-19T12:00:00-06:00"));
    w.command("ana", Command::Resume { task: TaskId(1) }).unwrap();
    let friday = at("2026-11-20T10:30:00-06:00");
    assert_eq!(w.task(1).standard_due, Some(friday), "eight office hours, and the hour of waiting");
    w.policy.calendar = w.policy.calendar.clone().with_yearly(vec!["November 20".parse().unwrap()]);
    w.say(&Input::Clock(TaskId(1))).unwrap();
    assert_eq!(w.task(1).standard_due, Some(friday + Duration::days(3)));
}
