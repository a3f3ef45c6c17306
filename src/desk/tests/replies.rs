//! Replies in the thread of a task.

use super::{sample::*, world::World};
use crate::desk::*;
use crate::domain::{
    reading::{Certainty, SenderKind},
    task::{End, TaskState},
    workflow::Party,
};
use chrono::Duration;

/// Tony's bond is task 1, and its acknowledgement has gone out.
fn a_task() -> World {
    let mut w = World::new().knows(trucks());
    w.receive(mail("m1", "tony@trucks.example").asks(&["bond"]).lacks("holder"));
    w.now += Duration::minutes(30);
    w
}

fn over(w: &mut World) {
    let how = Command::End { task: TaskId(1), how: End::NotNeeded, reason: "sorted out by phone".into() };
    w.command("ben", how).unwrap();
    w.now += Duration::hours(1);
}

fn joined(task: u64) -> Outcome {
    Outcome::Joined { task: TaskId(task), opened: vec![] }
}

#[test]
fn a_reply_to_our_letter_joins_the_task_brings_what_was_missing_and_gets_no_second_letter() {
    let mut w = a_task();
    let ack = w.letters[0].0.message_id.clone();
    w.receive(
        mail("m2", "tony@trucks.example").asks(&["bond"]).answering(&ack).field("holder", text("City of Aurora")),
    );
    assert_eq!(*w.outcome("m2"), joined(1));
    assert_eq!(w.task(1).messages.len(), 2);
    assert!(w.task(1).missing.is_empty());
    assert_eq!(w.letters("acknowledgement").len(), 1);
    assert_eq!(w.recipients("notice"), ["ben", "ben"], "the assignee hears of the answer");
    w.check();
}

#[test]
fn thanks_are_filed_in_silence() {
    let mut w = a_task();
    let before = w.letters.len();
    w.receive(mail("m2", "tony@trucks.example").asks_nothing().answering("m1@client.example"));
    assert_eq!(*w.outcome("m2"), joined(1));
    assert_eq!(w.letters.len(), before);
    over(&mut w);
    w.receive(mail("m3", "tony@trucks.example").asks_nothing().answering("m1@client.example"));
    assert!(!w.task(1).is_open(), "thanks reopen nothing");
}

#[test]
fn thanks_while_somebody_else_has_the_ball_are_filed_in_silence_too() {
    for on in [Party::Carrier, Party::ThirdParty] {
        let mut w = World::new().knows(trucks());
        w.receive(mail("m1", "tony@trucks.example").asks(&["bond"]));
        let wait = Command::Wait { task: TaskId(1), on, until: None, why: "their word".into(), policy: None };
        w.command("ben", wait).unwrap();
        let thanks = mail("m2", "tony@trucks.example").asks_nothing().answering("m1@client.example");
        let d = w.receive(thanks);
        assert_eq!((w.outcome("m2").clone(), d.intents.len()), (joined(1), 0), "{on:?}");
        assert!(w.task(1).waiting.is_some(), "{on:?}");
    }
}

#[test]
fn an_out_of_office_never_changes_a_tasks_state() {
    let mut w = a_task();
    let wait =
        Command::Wait { task: TaskId(1), on: Party::Client, until: None, why: "the holder".into(), policy: None };
    w.command("ben", wait).unwrap();
    let away = |id: &str| {
        mail(id, "tony@trucks.example").asks_nothing().answering("m1@client.example").with(|a| {
            a.reading.sender_kind = SenderKind::Automated;
            a.message.automatic.auto_submitted = Some("auto-replied".into());
        })
    };
    w.receive(away("m2"));
    assert_eq!(*w.outcome("m2"), joined(1));
    assert!(w.task(1).waiting.is_some());
    over(&mut w);
    w.receive(away("m3"));
    assert!(!w.task(1).is_open());
}

#[test]
fn the_clients_answer_ends_the_waiting_and_the_standard_gets_back_what_it_had_left() {
    let mut w = a_task();
    let before = w.task(1).standard_due.unwrap();
    w.command(
        "ben",
        Command::Wait { task: TaskId(1), on: Party::Client, until: None, why: "the holder".into(), policy: None },
    )
    .unwrap();
    w.now += Duration::days(1);
    w.receive(mail("m2", "tony@trucks.example").asks(&["bond"]).answering("m1@client.example"));
    assert!(w.task(1).waiting.is_none());
    assert_eq!(w.task(1).standard_due, Some(before + Duration::days(1)), "a day of waiting is a day of the client's");
}

#[test]
fn a_request_on_a_task_that_is_over_opens_it_again() {
    let mut w = a_task();
    over(&mut w);
    w.receive(mail("m2", "tony@trucks.example").asks(&["bond"]).answering("m1@client.example"));
    assert_eq!(*w.outcome("m2"), joined(1));
    assert!(w.task(1).is_open());
    assert_eq!(w.task(1).reopened, 1);
    assert!(w.task(1).next_due().is_some_and(|at| at > w.now), "its clocks start anew");
    w.check();
}

#[test]
fn months_later_a_request_in_an_old_thread_is_a_new_task() {
    let mut w = a_task();
    over(&mut w);
    w.now += Duration::days(200);
    let later = w.now;
    w.receive(mail("m2", "tony@trucks.example").asks(&["bond"]).answering("m1@client.example").received(later));
    assert_eq!(*w.outcome("m2"), Outcome::Tasks(vec![TaskId(2)]));
    assert!(!w.task(1).is_open());
    assert!(w.task(2).notes.iter().any(|n| n.text.contains("T-1")));
}

#[test]
fn a_reply_that_asks_for_another_kind_of_work_opens_a_second_task() {
    let mut w = a_task();
    w.receive(mail("m2", "tony@trucks.example").asks(&["permit"]).answering("m1@client.example"));
    assert_eq!(*w.outcome("m2"), Outcome::Joined { task: TaskId(1), opened: vec![TaskId(2)] });
    assert_eq!(w.task(2).request_type, Some("permit".into()));
    assert_eq!(w.letters("acknowledgement").len(), 2, "the new task is acknowledged");
}

#[test]
fn a_second_task_takes_a_sign_in_what_the_reply_says_and_not_its_old_subject_or_how_its_words_sound() {
    use crate::domain::{
        field::Place,
        reading::{Evidence, Request},
    };
    let in_the_subject = |r: &mut Request| r.evidence[0].span.place = Place::Subject;
    let by_words = |r: &mut Request| r.evidence[0].rule = Evidence::BY_WORDS.to_owned();
    let against = |r: &mut Request| r.evidence[0].weight = -10;
    let said = |_: &mut Request| {};
    let reply = |subject: &str, change: fn(&mut Request)| {
        let mut w = a_task();
        let old = w.task(1).subject.to_string();
        let subject = subject.replace("OLD", &old);
        let reply = mail("m2", "tony@trucks.example").asks(&["permit"]).answering("m1@client.example");
        w.receive(reply.with(|a| {
            a.message.subject = subject.as_str().into();
            change(&mut a.reading.requests[0]);
        }));
        w.check();
        (w.outcome("m2").clone(), w.letters("notice").len())
    };
    let entry = (joined(1), 2);
    assert!(!a_task().task(1).subject.as_str().is_empty());
    for change in [in_the_subject, by_words, against] {
        assert_eq!(reply("RE: OLD [T-1]", change), entry);
    }
    let second = Outcome::Joined { task: TaskId(1), opened: vec![TaskId(2)] };
    assert_eq!(reply("RE: OLD [T-1]", said).0, second);
    assert_eq!(reply("A permit for Joliet", in_the_subject).0, second, "a subject of its own is said anew");
    assert_eq!(reply("A permit for Joliet", by_words), entry);
}

#[test]
fn a_doubtful_reply_opens_no_second_task() {
    let mut w = a_task();
    w.receive(
        mail("m2", "tony@trucks.example")
            .asks(&["permit"])
            .answering("m1@client.example")
            .with(|a| a.reading.certainty = Certainty::Doubtful),
    );
    assert_eq!(*w.outcome("m2"), joined(1));
}

#[test]
fn another_client_who_quotes_the_thread_lands_in_a_task_of_their_own_that_is_linked() {
    let mut w = a_task();
    w.receive(mail("m2", "eve@else.example").asks(&["bond"]).answering("m1@client.example"));
    assert_eq!(*w.outcome("m2"), Outcome::Tasks(vec![TaskId(2)]));
    assert_eq!(w.task(1).messages.len(), 1);
    assert!(w.task(2).notes.iter().any(|n| n.text.contains("thread of T-1")));
}

#[test]
fn a_colleague_from_the_accounts_own_domain_is_known_in_the_thread() {
    let mut w = a_task();
    w.receive(mail("m2", "maria@trucks.example").asks(&["bond"]).answering("m1@client.example"));
    assert_eq!(*w.outcome("m2"), joined(1));
}

#[test]
fn an_answer_that_staff_send_from_outlook_is_the_first_touch() {
    let mut w = a_task();
    w.receive(mail("m2", "ben@agency.example").asks_nothing().answering("m1@client.example").with(|a| {
        a.reading.sender_kind = SenderKind::Staff;
        a.message.to = vec![mailbox("", "tony@trucks.example")];
    }));
    assert_eq!(*w.outcome("m2"), joined(1));
    assert_eq!(w.task(1).first_touch, Some(w.now));
    assert_eq!(w.task(1).state, TaskState::InProgress);
}

#[test]
fn a_mail_system_that_writes_in_the_thread_without_a_proper_report_is_read_by_a_person() {
    let mut w = a_task();
    w.receive(mail("m2", "mailer-daemon@trucks.example").asks_nothing().answering("m1@client.example").with(|a| {
        a.reading.sender_kind = SenderKind::Automated;
        a.message.automatic.null_return_path = true;
    }));
    assert_eq!(*w.outcome("m2"), joined(1));
    assert!(w.letters("notice").last().unwrap().says.why.contains("may not have arrived"));
    assert!(w.letters("notice").last().unwrap().says.tasks[0].client_not_told.contains("mail system"));
}

#[test]
fn where_message_ids_were_rewritten_the_reference_in_the_subject_leads_to_the_task_for_who_is_known_there() {
    let mut w = a_task();
    let about = |id: &str, from: &str, subject: &str| {
        mail(id, from).asks(&["bond"]).with(|a| a.message.subject = subject.into())
    };
    w.receive(about("m2", "tony@trucks.example", "Re: [T-1] About m1"));
    assert_eq!(*w.outcome("m2"), joined(1));
    w.receive(about("m3", "eve@else.example", "Re: [T-1] About m1"));
    assert_eq!(*w.outcome("m3"), Outcome::Tasks(vec![TaskId(2)]), "a number can be guessed");
    assert!(w.task(2).notes.is_empty());
    w.receive(about("m4", "tony@trucks.example", "Re: [T-99] [T-x] [T-"));
    assert_eq!(*w.outcome("m4"), Outcome::Tasks(vec![TaskId(3)]));
    assert!(w.rounds <= 3);
}

#[test]
fn a_reply_to_a_task_of_somebody_who_left_finds_a_new_assignee() {
    let mut w = a_task();
    w.policy.people.retain(|p| p.id.as_str() != "ben");
    w.receive(mail("m2", "tony@trucks.example").asks(&["bond"]).answering("m1@client.example"));
    assert_eq!(w.task(1).assigned.person.as_str(), "ana");
    assert!(w.recipients("notice").contains(&"ana".to_owned()));
    w.check();
}

#[test]
fn a_few_words_of_staff_do_not_reopen_what_they_have_ended() {
    let mut w = a_task();
    over(&mut w);
    w.receive(mail("m2", "ben@agency.example").asks(&["permit"]).answering("m1@client.example").with(|a| {
        a.reading.sender_kind = SenderKind::Staff;
        a.reading.certainty = Certainty::Doubtful;
    }));
    assert_eq!(*w.outcome("m2"), joined(1));
    assert!(!w.task(1).is_open());
}

#[test]
fn a_clear_word_or_a_danger_in_what_staff_write_opens_what_they_have_ended() {
    for (certainty, danger, open) in [
        (Certainty::Doubtful, false, false),
        (Certainty::Doubtful, true, true),
        (Certainty::Clear, false, true),
        (Certainty::Clear, true, true),
    ] {
        let mut w = a_task();
        over(&mut w);
        let theirs = mail("s1", "ben@agency.example").asks(&["bond"]).answering("m1@client.example").with(|a| {
            a.reading.sender_kind = SenderKind::Staff;
            a.reading.certainty = certainty;
            a.reading.hazards.extend(danger.then(hazard));
        });
        w.receive(theirs);
        assert_eq!(w.task(1).is_open(), open, "{certainty:?}, danger {danger}: {}", w.reason("s1"));
    }
}

#[test]
fn a_hazard_in_a_reply_is_told_at_once_and_only_the_first_time() {
    let mut w = a_task();
    for id in ["m2", "m3"] {
        w.receive(
            mail(id, "tony@trucks.example")
                .asks(&["bond"])
                .answering("m1@client.example")
                .with(|a| a.reading.hazards.push(hazard())),
        );
    }
    assert_eq!(w.recipients("hazard"), ["ben", "olga"]);
}

#[test]
fn a_reply_moves_the_deadline() {
    let mut w = a_task();
    w.receive(
        mail("m2", "tony@trucks.example")
            .asks(&["bond"])
            .answering("m1@client.example")
            .field("deadline", date("2026-11-19")),
    );
    assert_eq!(w.task(1).deadline, Some(at("2026-11-19T17:00:00-06:00")));
    w.check();
}

#[test]
fn what_could_not_be_read_of_a_replys_attachments_is_a_note_that_the_notice_shows() {
    let mut w = a_task();
    let reply = mail("m2", "tony@trucks.example").asks(&["bond"]).answering("m1@client.example");
    w.receive(reply.with(|a| {
        a.message.defects = vec!["it has no Date".to_owned()];
        a.reading.notes =
            vec!["it has no Date".to_owned(), "A person has to look at “a.pdf”: it is damaged.".to_owned()];
    }));
    let notes: Vec<_> = w.task(1).notes.iter().map(|n| n.text.as_str()).collect();
    assert_eq!(notes, ["A person has to look at “a.pdf”: it is damaged."]);
    let notice = w.letters("notice").last().unwrap().says.tasks[0].clone();
    assert!(notice.notes.iter().any(|n| n.contains("a.pdf")), "{:?}", notice.notes);
}

#[test]
fn of_two_tasks_of_a_thread_the_reply_joins_the_one_of_the_kind_that_it_asks_for() {
    let mut w = World::new().knows(trucks());
    w.receive(mail("m1", "tony@trucks.example").asks(&["bond", "permit"]));
    w.receive(mail("m2", "tony@trucks.example").asks(&["bond"]).answering("m1@client.example"));
    assert_eq!(*w.outcome("m2"), joined(1));
}

#[test]
fn a_month_after_its_end_a_task_is_opened_again_and_a_moment_later_there_is_a_new_one() {
    let month = Duration::days(30);
    for (later, outcome) in [(month, joined(1)), (month + Duration::seconds(1), Outcome::Tasks(vec![TaskId(2)]))] {
        let mut w = a_task();
        let ended = w.now;
        over(&mut w);
        w.now = ended + later;
        let now = w.now;
        w.receive(mail("m2", "tony@trucks.example").asks(&["bond"]).answering("m1@client.example").received(now));
        assert_eq!(*w.outcome("m2"), outcome, "{later}");
    }
}

#[test]
fn months_later_too_what_is_not_clear_is_read_by_whoever_had_the_task() {
    let unclear: [fn(&mut Arrival); 2] =
        [|a| a.reading.certainty = Certainty::Doubtful, |a| a.trouble = Some("it is damaged".into())];
    for change in unclear {
        let mut w = a_task();
        over(&mut w);
        w.now += Duration::days(200);
        let now = w.now;
        let reply = mail("m2", "tony@trucks.example").asks(&["bond"]).answering("m1@client.example").received(now);
        w.receive(reply.with(change));
        assert_eq!((w.outcome("m2").clone(), w.tasks.len()), (joined(1), 1));
        assert!(w.task(1).is_open());
    }
}

#[test]
fn a_task_that_is_over_is_opened_again_for_its_own_kind_of_work_and_for_no_other() {
    let reply = |kinds: &[&str]| {
        let mut w = a_task();
        over(&mut w);
        w.receive(mail("m2", "tony@trucks.example").asks(kinds).answering("m1@client.example"));
        (w.outcome("m2").clone(), w.task(1).is_open())
    };
    assert_eq!(reply(&["permit"]), (Outcome::Tasks(vec![TaskId(2)]), false));
    assert_eq!(reply(&["bond", "permit"]), (Outcome::Joined { task: TaskId(1), opened: vec![TaskId(2)] }, true));
}
