//! How people hear of what ran out: when they work, all of it in one letter, and not what somebody has acted on.

use super::{by_mail, sample::*, world::World};
use crate::desk::*;
use crate::domain::{
    calendar::Hours,
    reading::Certainty,
    spent::spent,
    workflow::{Clock, Listener, Party, Span},
};
use chrono::{Duration, NaiveDate, NaiveTime};

fn hours(opens: u32, closes: u32) -> Option<Hours> {
    let at = |h| NaiveTime::from_hms_opt(h, 0, 0).unwrap();
    Some(Hours { opens: at(opens), closes: at(closes) })
}

fn to<'w>(w: &'w World, person: &str) -> Vec<&'w Intent> {
    w.letters("escalation").into_iter().filter(|i| i.to.address.local() == person).collect()
}

fn fired(w: &World, n: u64, clock: Clock) -> Vec<u16> {
    w.task(n).escalated.iter().filter(|e| e.clock == clock).map(|e| e.rung).collect()
}

/// Ana has so many requests, one an hour.
fn busy(n: usize) -> World {
    let mut w = World::new();
    w.policy.duty = vec!["ana".into()];
    for i in 0..n {
        let now = w.now;
        w.receive(mail(&format!("m{i}"), "zoe@new.example").asks(&["bond"]).received(now));
        w.now += Duration::minutes(10);
    }
    w
}

#[test]
fn a_host_that_slept_for_a_week_writes_each_person_one_letter_and_each_step_once() {
    let mut w = busy(30);
    w.letters.clear();
    w.now = at("2026-11-24T11:00:00-06:00");
    w.until(w.now);
    for person in ["ana", "olga", "otto"] {
        assert_eq!(to(&w, person).len(), 1, "one letter for {person}");
    }
    let letter = to(&w, "ana")[0].says.clone();
    assert_eq!(letter.tasks.len(), 20, "one letter is read to its end; the rest is counted");
    assert!(letter.why.contains("30 tasks") && letter.why.contains("10 more"), "{}", letter.why);
    assert!(letter.tasks.iter().all(|t| t.clock.contains("overdue") && !t.action.is_empty() && t.court == "us"));
    assert!(letter.tasks.iter().all(|t| t.hours_left.is_some_and(|h| h < 0.0) && !t.spent.is_empty()));
    w.check();
    let before = w.letters.len();
    w.until(w.now + Duration::hours(3));
    assert_eq!(w.letters.len(), before, "nothing is said twice");
}

/// When each of these letters was written, in minutes after the first one.
fn minutes(letters: &[&Intent]) -> Vec<i64> {
    letters.iter().map(|l| (l.not_before - letters[0].not_before).num_minutes()).collect()
}

#[test]
fn what_runs_out_within_the_hour_after_a_letter_goes_in_the_next_one() {
    let mut w = busy(9);
    w.letters.clear();
    // Nine requests, ten minutes apart: a day later nobody has touched them, one after the other.
    w.until(at("2026-11-18T12:00:00-06:00"));
    let letters = to(&w, "ana");
    assert_eq!(minutes(&letters), [0, 60, 120], "one an hour and not one a task");
    assert_eq!(letters[0].says.tasks.len(), 1);
    let of: Vec<&str> = letters[1].says.tasks.iter().map(|t| t.reference.as_str()).collect();
    assert_eq!(of, ["T-2", "T-3", "T-4", "T-5", "T-6", "T-7", "T-1"], "the first again, by another clock, and last");
    w.check();

    let mut w = busy(9);
    w.letters.clear();
    w.policy.gather = Duration::zero();
    w.until(at("2026-11-18T12:00:00-06:00"));
    assert_eq!(minutes(&to(&w, "ana"))[..4], [0, 10, 20, 30], "an agency that wants each at once has it so");
}

#[test]
fn a_deadline_that_comes_near_does_not_wait_for_the_hour_and_takes_along_what_does() {
    let mut w = busy(3);
    let noon = at("2026-11-18T12:00:00-06:00");
    w.receive(mail("m9", "zoe@new.example").asks(&["bond"]).field("deadline", date("2026-11-18")).received(w.now));
    w.letters.clear();
    w.until(noon);
    let pressing: Vec<_> = to(&w, "ana").into_iter().filter(|l| l.says.clock.contains("deadline")).collect();
    assert_eq!(pressing.len(), 1);
    let step = w.task(4).escalated.iter().find(|e| e.clock == Clock::DeadlineNear).unwrap();
    assert_eq!(pressing[0].not_before, step.at, "told the moment it comes near");
}

#[test]
fn whoever_had_nothing_to_be_told_after_all_has_no_quiet_hour() {
    let mut w = busy(1);
    let ana = w.policy.people.iter_mut().find(|p| p.id.as_str() == "ana").unwrap();
    ana.hours = Some([hours(10, 17); 7]);
    w.now += Duration::minutes(25);
    w.receive(mail("m9", "zoe@new.example").asks(&["bond"]).received(w.now));
    w.letters.clear();
    // The first is overdue before Ana's day begins, and somebody acts in time.
    w.until(at("2026-11-18T09:45:00-06:00"));
    w.command("ben", Command::Note { task: TaskId(1), text: "called, they take it tomorrow".into() }).unwrap();
    w.until(at("2026-11-18T10:30:00-06:00"));
    let overdue = w.task(2).escalated.iter().find(|e| e.clock == Clock::Overdue).unwrap();
    assert!(overdue.at > at("2026-11-18T10:00:00-06:00"));
    assert_eq!(to(&w, "ana").iter().map(|l| l.not_before).collect::<Vec<_>>(), [overdue.at], "told the moment it is");
}

#[test]
fn a_restart_between_the_step_and_the_letter_neither_loses_nor_repeats_it() {
    let mut w = busy(2);
    w.now = at("2026-11-19T12:00:00-06:00");
    for id in [1, 2] {
        w.say(&Input::Clock(TaskId(id))).unwrap();
    }
    assert!(w.letters("escalation").is_empty() && !w.owed_to.is_empty());
    // All that a restart has is the journal.
    let mut again = World::with(w.policy.clone());
    (again.tasks, again.messages, again.accounts) = (w.replayed(), w.messages.clone(), w.accounts.clone());
    again.letters.clone_from(&w.letters);
    for (when, events) in &w.journal {
        again.commit(&Draft {
            at: *when,
            cause: Cause::Clock,
            events: owings(events),
            intents: vec![],
            versions: Default::default(),
        });
    }
    again.now = w.now;
    again.until(w.now);
    assert_eq!(to(&again, "ana").len(), 1);
    assert_eq!(to(&again, "ana")[0].tasks.len(), 2);
    again.until(w.now + Duration::minutes(5));
    assert_eq!(to(&again, "ana").len(), 1);
}

fn owings(events: &[Event]) -> Vec<Event> {
    events.iter().filter(|e| matches!(e, Event::Owed { .. } | Event::Told { .. })).cloned().collect()
}

#[test]
fn a_clock_set_back_repeats_nothing() {
    let mut w = busy(1);
    w.until(at("2026-11-19T12:00:00-06:00"));
    let (told, steps) = (w.letters.len(), w.task(1).escalated.len());
    w.now = at("2026-11-17T12:00:00-06:00");
    w.until(at("2026-11-19T12:00:00-06:00"));
    assert_eq!((w.letters.len(), w.task(1).escalated.len()), (told, steps));
    w.check();
}

#[test]
fn whoever_acts_before_the_letter_goes_out_spares_everybody_the_letter() {
    let mut w = World::new();
    // The deadline of the very day runs out as the office closes, so its readers hear in the morning.
    w.receive(mail("m9", "zoe@new.example").asks(&["bond"]).field("deadline", date("2026-11-17")));
    w.until(at("2026-11-17T20:00:00-06:00"));
    assert_eq!(fired(&w, 1, Clock::Overdue), [3]);
    assert!(w.letters("escalation").iter().all(|l| !l.says.clock.contains("overdue")));
    w.now = at("2026-11-18T07:00:00-06:00");
    w.command("ana", Command::Note { task: TaskId(1), text: "called, they take it tomorrow".into() }).unwrap();
    w.until(at("2026-11-18T09:00:00-06:00"));
    assert!(
        w.letters("escalation").iter().all(|l| !l.says.clock.contains("overdue")),
        "it stops the moment somebody acts"
    );
    // And the ladder's later rungs count from that act.
    w.until(at("2026-11-19T08:00:00-06:00"));
    assert!(to(&w, "otto").is_empty());
    w.until(at("2026-11-19T08:30:00-06:00"));
    assert_eq!(to(&w, "otto").len(), 1, "a business day after the last act nobody has finished it");
}

#[test]
fn a_letter_waits_for_its_readers_own_hours() {
    let mut w = busy(1);
    let olga = w.policy.people.iter_mut().find(|p| p.id.as_str() == "olga").unwrap();
    olga.hours = Some([None, None, None, hours(13, 18), hours(13, 18), hours(9, 10), None]);
    w.until(at("2026-11-18T12:00:00-06:00"));
    assert_eq!((to(&w, "ana").len(), to(&w, "olga").len()), (2, 0), "untouched and overdue, on Wednesday");
    w.until(at("2026-11-19T12:59:00-06:00"));
    assert_eq!(to(&w, "olga").len(), 0);
    w.until(at("2026-11-19T13:00:00-06:00"));
    assert_eq!(to(&w, "olga").len(), 1, "one letter for what happened on two days");
    assert_eq!(to(&w, "olga")[0].not_before, at("2026-11-19T13:00:00-06:00"));
}

#[test]
fn whoever_goes_out_before_the_letter_is_written_is_stood_in_for() {
    let mut w = busy(1);
    w.receive(mail("m9", "zoe@new.example").asks(&["bond"]).field("deadline", date("2026-11-17")));
    w.until(at("2026-11-17T17:30:00-06:00"));
    assert!(w.owed_to.contains_key(&PersonId::from("olga")));
    let words = "olga out until Friday".to_owned();
    w.command("olga", Command::Presence { words }).unwrap();
    w.until(at("2026-11-18T08:30:00-06:00"));
    assert!(to(&w, "olga").is_empty());
    assert!(to(&w, "otto").iter().any(|l| l.says.clock.contains("overdue")), "the owner hears in her place");
}

#[test]
fn a_doubtful_reading_that_nobody_looked_at_and_a_question_without_answer_are_told_of() {
    let mut w = World::new();
    let m = mail("m1", "zoe@new.example").asks(&["bond"]).with(|a| a.reading.certainty = Certainty::Doubtful);
    w.receive(m);
    w.until(at("2026-11-17T13:59:00-06:00"));
    assert_eq!(fired(&w, 1, Clock::Unread), [0; 0]);
    w.until(at("2026-11-17T14:00:00-06:00"));
    assert_eq!(fired(&w, 1, Clock::Unread), [9]);
    assert!(w.letters("escalation")[0].says.clock.contains("read with doubt"));
    w.command("ana", Command::Take { task: TaskId(1) }).unwrap();
    w.now = at("2026-11-17T15:00:00-06:00");
    let now = w.now;
    let chase = mail("m2", "zoe@new.example").asks(&["bond"]).answering("m1@client.example").received(now);
    let chase = chase.with(|a| a.reading.chases = vec![evidence("any update?")]);
    w.receive(chase);
    assert_eq!(w.task(1).chased.len(), 1);
    // Four office hours: two today, two tomorrow.
    w.until(at("2026-11-18T10:29:00-06:00"));
    assert_eq!(fired(&w, 1, Clock::Unanswered), [0; 0]);
    w.until(at("2026-11-18T10:30:00-06:00"));
    assert_eq!(fired(&w, 1, Clock::Unanswered), [10]);
    w.command("ana", Command::Tell { task: TaskId(1), text: "Tomorrow.".into(), documents: None, to_sender: false })
        .unwrap();
    w.until(at("2026-11-18T17:00:00-06:00"));
    assert_eq!(fired(&w, 1, Clock::Unanswered), [10], "answered, so the manager hears nothing");
    w.check();
}

#[test]
fn a_letter_that_came_back_goes_up_the_ladder_until_somebody_acts() {
    let mut w = World::new();
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]));
    let letter = w.letters.iter().find(|(_, i)| i.kind == "acknowledgement").unwrap().0.id.clone();
    w.say(&Input::Trying(vec![letter.clone()])).unwrap();
    w.say(&Input::Tried { letter, attempt: Attempt::Refused("550".into()) }).unwrap();
    assert_eq!(w.task(1).undelivered, Some(w.now));
    w.until(at("2026-11-17T14:00:00-06:00"));
    assert!(to(&w, "olga")[0].says.clock.contains("came back"));
    w.command("ana", Command::Note { task: TaskId(1), text: "called".into() }).unwrap();
    assert_eq!(w.task(1).undelivered, None);
}

#[test]
fn what_is_put_off_rings_nothing_before_then_but_the_clients_own_deadline() {
    let mut w = World::new();
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]).field("deadline", date("2026-11-25")));
    let until = at("2026-12-01T00:00:00-06:00");
    let snooze = |why: &str, until| Command::Snooze { task: TaskId(1), until, why: why.into() };
    assert!(w.command("ana", snooze(" ", until)).unwrap_err().contains("why"));
    let past = w.now - Duration::hours(1);
    assert!(w.command("ana", snooze("x", past)).unwrap_err().contains("past"));
    w.command("ana", snooze("the site opens in December", until)).unwrap();
    w.until(at("2026-11-24T08:00:00-06:00"));
    assert!(w.letters("escalation").is_empty());
    w.until(at("2026-11-25T17:00:00-06:00"));
    assert_eq!(fired(&w, 1, Clock::DeadlineNear), [2], "the client did not put it off");
    w.until(at("2026-11-30T17:00:00-06:00"));
    assert_eq!(fired(&w, 1, Clock::Idle), [0; 0]);
    w.until(at("2026-12-01T08:30:00-06:00"));
    assert_eq!(fired(&w, 1, Clock::Idle), [5], "and then it comes back");
    w.check();
}

#[test]
fn a_danger_is_put_off_by_managers_only_and_a_new_one_ends_it() {
    let mut w = World::new();
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]).with(|a| a.reading.hazards.push(hazard())));
    let until = w.now + Duration::days(5);
    let snooze = Command::Snooze { task: TaskId(1), until, why: "the carrier reinstates on Friday".into() };
    let refused = w.command("ana", snooze.clone()).unwrap_err();
    assert!(refused.contains("Olga Berg") && refused.contains("Otto Lane"), "{refused}");
    w.command("olga", snooze).unwrap();
    w.until(w.now + Duration::days(2));
    assert_eq!(w.recipients("hazard"), ["ana", "olga"], "the owner's turn is put off too");
    let id = w.letters.iter().find(|(_, i)| i.kind == "acknowledgement").unwrap().0.message_id.clone();
    let now = w.now;
    let worse = mail("m2", "zoe@new.example").asks_nothing().answering(&id).received(now).with(|a| {
        a.reading.hazards.push(crate::domain::reading::Hazard {
            key: "suit".into(),
            title: "Suit papers".into(),
            evidence: vec![],
        });
    });
    w.receive(worse);
    assert_eq!(w.task(1).snoozed, None);
    assert!(w.recipients("hazard").len() > 2);
    w.check();
}

#[test]
fn a_line_by_mail_puts_a_task_off() {
    let mut w = World::new();
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]));
    let reference = w.policy.answers.key.personal(TaskId(1), &"ana".into());
    for (n, (line, done)) in
        [("snooze until Friday", false), ("Snooze until Friday because the Site opens then.", true)]
            .into_iter()
            .enumerate()
    {
        let m = by_mail::answer(&w, &format!("o{n}"), "ana", line)
            .with(|a| a.message.subject = format!("Re: [{reference}]").as_str().into());
        w.receive(m);
        assert_eq!(w.task(1).snoozed.is_some(), done, "{line}");
    }
    let snoozed = w.task(1).snoozed.clone().unwrap();
    assert_eq!((snoozed.until, snoozed.why.as_str()), (at("2026-11-20T00:00:00-06:00"), "the Site opens then."));
    assert!(
        w.letters("answer").last().unwrap().says.answer.as_ref().unwrap().did[0].contains("put off until Fri 20 Nov")
    );
}

#[test]
fn the_agencys_the_clients_and_the_carriers_time_are_counted_apart() {
    let mut w = World::new();
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]));
    let wait = |on| Command::Wait { task: TaskId(1), on, until: None, why: "papers".into(), policy: None };
    w.now = at("2026-11-17T11:00:00-06:00");
    w.command("ana", wait(Party::Client)).unwrap();
    w.now = at("2026-11-17T13:00:00-06:00");
    w.command("ana", wait(Party::Carrier)).unwrap();
    w.now = at("2026-11-18T09:30:00-06:00");
    w.command("ana", Command::Resume { task: TaskId(1) }).unwrap();
    let end = |reason: &str| Command::End { task: TaskId(1), how: End::Withdrawn, reason: reason.into() };
    w.now = at("2026-11-18T10:30:00-06:00");
    w.command("ana", end("gone")).unwrap();
    w.now = at("2026-11-18T15:30:00-06:00");
    w.command("ana", Command::Reopen { task: TaskId(1), reason: "back".into() }).unwrap();
    w.now = at("2026-11-18T16:00:00-06:00");
    let spent = spent(w.task(1), &w.policy.calendar, w.now);
    assert_eq!(spent.agency, Duration::minutes(60 + 60 + 30), "while it was over it was nobody's");
    assert_eq!(spent.client, Duration::hours(2));
    assert_eq!(spent.carrier, Duration::hours(5), "four on Tuesday, one on Wednesday");
    assert_eq!(spent.third_party, Duration::zero());
}

#[test]
fn daylight_saving_between_the_step_and_the_letter_moves_neither() {
    let mut w = World::new();
    // The clocks go back on Sunday, 1 November 2026.
    w.now = at("2026-10-30T16:30:00-05:00");
    let now = w.now;
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]).received(now));
    w.until(at("2026-11-02T08:29:00-06:00"));
    assert!(w.letters("escalation").is_empty());
    w.until(at("2026-11-02T08:30:00-06:00"));
    assert_eq!(w.letters("escalation")[0].not_before, at("2026-11-02T08:30:00-06:00"));
}

#[test]
fn a_holiday_that_is_loaded_moves_clocks_and_the_letter_that_waits() {
    let mut w = busy(1);
    w.receive(mail("m9", "zoe@new.example").asks(&["bond"]).field("deadline", date("2026-11-17")));
    w.until(at("2026-11-17T17:30:00-06:00"));
    let before = w.task(1).due.clone();
    let rule = "third Wednesday of November".parse().unwrap();
    w.policy.calendar = w.policy.calendar.clone().with_yearly(vec![rule]);
    for id in [1, 2] {
        w.say(&Input::Clock(TaskId(id))).unwrap();
    }
    assert!(w.task(1).due.iter().zip(&before).all(|(after, before)| after.at > before.at));
    w.until(at("2026-11-18T16:00:00-06:00"));
    assert_eq!(to(&w, "olga").len(), 0, "nobody is at work");
    w.until(at("2026-11-19T08:30:00-06:00"));
    assert_eq!(to(&w, "olga").len(), 1);
    assert!(!w.policy.calendar.is_business_day(NaiveDate::from_ymd_opt(2026, 11, 18).unwrap()));
    w.check();
}

#[test]
fn a_page_that_says_again_after_nothing_does_not_ring_without_end() {
    let mut w = World::new();
    for page in w.policy.pages.values_mut() {
        page.practice.standard.again = Span::Wall(0);
        page.practice.escalations.clear();
    }
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]));
    w.until(at("2026-11-24T10:00:00-06:00"));
    assert_eq!(fired(&w, 1, Clock::StillOpen).len(), 5, "once a business day");
}

#[test]
fn a_mailbox_that_cannot_be_read_is_told_to_the_manager_then_to_the_owner_when_they_work() {
    let mut w = World::new();
    w.now = at("2026-11-18T03:00:00-06:00");
    let since = w.now - Duration::minutes(15);
    let step = |tell| Input::Unreachable { part: "mailbox service".into(), since, sends: false, tell };
    w.say(&step(Listener::OperationsManager)).unwrap();
    w.until(at("2026-11-18T08:29:00-06:00"));
    assert!(w.letters("escalation").is_empty());
    w.say(&step(Listener::Owner)).unwrap();
    w.until(at("2026-11-18T08:30:00-06:00"));
    assert_eq!(w.recipients("escalation"), ["olga", "otto"]);
    let says = &w.letters("escalation")[0].says;
    assert!(says.why.contains("mailbox service since Wed 18 Nov 2026, 2:45 AM"), "{}", says.why);
    w.until(at("2026-11-19T08:30:00-06:00"));
    assert_eq!(w.letters("escalation").len(), 2);
    w.say(&Input::Reachable { part: "mailbox service".into() }).unwrap();
    w.until(w.now);
    let says = &w.letters("escalation").last().unwrap().says;
    assert!(says.why.contains("mailbox service is back") && says.why.contains("1 day 5 h"), "{}", says.why);
}

#[test]
fn what_a_letter_has_no_room_for_is_counted_for_whoever_hears_it_in_anothers_place() {
    let mut w = busy(1);
    w.until(at("2026-11-18T08:00:00-06:00"));
    w.letters.clear();
    // Olga is told at her next opening, of far more than a letter has room for; then she goes out.
    let owed = |n: usize| {
        let of = crate::domain::round::Of::Step {
            task: TaskId(1),
            clock: Clock::Overdue,
            epoch: w.task(1).standard_due.unwrap(),
        };
        vec![crate::domain::round::Owed { at: w.now, of }; n]
    };
    let tell_at = at("2026-11-18T08:30:00-06:00");
    let event = Event::Owed { person: "olga".into(), owed: owed(crate::domain::round::OWED_MAX + 7), more: 0, tell_at };
    w.commit(&Draft {
        at: w.now,
        cause: Cause::Clock,
        events: vec![event],
        intents: vec![],
        versions: Default::default(),
    });
    assert!(w.owed_to[&PersonId::from("olga")].more >= 7);
    let more = w.owed_to[&PersonId::from("olga")].more;
    w.command("otto", Command::Presence { words: "olga out until Friday".into() }).unwrap();
    w.until(at("2026-11-18T08:30:00-06:00"));
    let letter = to(&w, "otto").last().unwrap().says.clone();
    assert!(to(&w, "olga").is_empty());
    assert!(letter.why.contains(&format!("{more} more are not shown")), "{}", letter.why);
}

#[test]
fn what_ran_out_before_its_reader_works_is_told_unless_somebody_acted_since_or_put_it_off() {
    let ran_out = at("2026-11-18T09:30:00-06:00");
    let note = Command::Note { task: TaskId(1), text: "called them".into() };
    let until = at("2026-12-01T00:00:00-06:00");
    let snooze = Command::Snooze { task: TaskId(1), until, why: "the site opens then".into() };
    for (minutes, said, told) in [(-1, &note, 1), (0, &note, 1), (1, &note, 0), (0, &snooze, 0)] {
        let mut w = World::new();
        w.policy.people[0].hours = Some([hours(12, 17); 7]);
        w.receive(mail("m1", "zoe@new.example").asks(&["bond"]));
        w.until(ran_out + Duration::minutes(minutes));
        assert_eq!(fired(&w, 1, Clock::Overdue).len(), usize::from(minutes >= 0));
        w.command("ana", said.clone()).unwrap();
        w.until(at("2026-11-18T12:00:00-06:00"));
        assert_eq!(to(&w, "ana").len(), told, "{minutes} {said:?}");
    }
}
