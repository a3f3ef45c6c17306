//! Whichever way something comes in, whoever is out is stood in for, and what rests on a new account book waits.

use super::{
    by_mail::{answer, heard},
    sample::*,
    world::World,
};
use crate::desk::*;
use crate::domain::{letter::Attempt, task::ClientTold, workflow::Party};
use chrono::Duration;

/// Ben has begun on Tony's bond and is out; Ana stands in for him.
fn while_ben_is_out() -> World {
    let mut w = World::new().knows(trucks());
    w.policy.people[1].stand_ins = vec!["ana".into()];
    w.receive(mail("m1", "tony@trucks.example").asks(&["bond"]));
    w.command("ben", Command::Take { task: TaskId(1) }).unwrap();
    w.command("olga", Command::Presence { words: "ben out until Friday".into() }).unwrap();
    assert_eq!(w.task(1).assigned.person, "ben".into(), "what he has begun stays his");
    w
}

/// To whom the draft's letters of a kind go.
fn told<'d>(draft: &'d Draft, kind: &str) -> Vec<&'d str> {
    draft.intents.iter().filter(|i| i.kind == kind).map(|i| i.to.address.local()).collect()
}

#[test]
fn a_command_by_mail_that_takes_work_away_is_told_to_the_stand_in() {
    let mut w = while_ben_is_out();
    let mine = answer(&w, "a1", "olga", "working on it");
    let draft = w.receive(mine);
    assert_eq!(told(&draft, "notice"), ["ana"]);
    let why = &draft.intents.iter().find(|i| i.kind == "notice").unwrap().says.why;
    assert!(why.starts_with("It is not yours any more"), "{why}");
    // Where the stand-in takes it themselves there is nobody left to tell.
    let mut w = while_ben_is_out();
    let mine = answer(&w, "a1", "ana", "working on it");
    assert!(told(&w.receive(mine), "notice").is_empty());
}

#[test]
fn a_command_of_the_command_line_is_told_to_the_stand_in() {
    let mut w = while_ben_is_out();
    w.command("olga", Command::End { task: TaskId(1), how: End::Withdrawn, reason: "by phone".into() }).unwrap();
    let draft = w.command("olga", Command::Reopen { task: TaskId(1), reason: "after all".into() }).unwrap();
    assert_eq!(told(&draft, "notice"), ["ana"]);
}

#[test]
fn a_clock_is_told_to_the_stand_in() {
    let mut w = while_ben_is_out();
    let end = at("2026-11-20T00:00:00-06:00");
    let drafts = w.until(end);
    let told: Vec<&str> = drafts.iter().flat_map(|d| told(d, "escalation")).collect();
    assert!(told.contains(&"ana") && !told.contains(&"ben"), "{told:?}");
}

fn refused(w: &mut World, kind: &str) -> Draft {
    let id = w.letters.iter().find(|(_, i)| i.kind == kind).unwrap().0.id.clone();
    w.say(&Input::Trying(vec![id.clone()])).unwrap();
    w.say(&Input::Tried { letter: id, attempt: Attempt::Refused("550 no such user".into()) }).unwrap()
}

#[test]
fn a_letter_that_was_refused_or_came_back_is_told_to_the_stand_in() {
    let mut w = while_ben_is_out();
    assert_eq!(told(&refused(&mut w, "acknowledgement"), "undelivered"), ["ana"]);
    let mut w = while_ben_is_out();
    let about = w.letters.iter().find(|(_, i)| i.kind == "acknowledgement").unwrap().0.message_id.clone();
    let bounce = mail("b1", "mailer-daemon@mx.example").asks_nothing().with(|a| {
        a.message.automatic.null_return_path = true;
        let action = "failed".to_owned();
        a.message.delivery_report =
            Some(crate::message::DeliveryReport { action, about: Some(about), ..Default::default() });
    });
    assert_eq!(told(&w.receive(bounce), "undelivered"), ["ana"]);
}

#[test]
fn a_manager_who_is_out_is_stood_in_for_where_a_colleague_is_not_reached_or_their_name_is_used() {
    let mut w = while_ben_is_out();
    w.command("olga", Command::Presence { words: "I am out until Friday".into() }).unwrap();
    assert_eq!(told(&refused(&mut w, "notice"), "undelivered"), ["otto"]);
    let forged = answer(&w, "a1", "ben", "done").with(|a| a.message.authentication_results.clear());
    assert_eq!(told(&w.receive(forged), "doubted"), ["ben", "otto"]);
}

#[test]
fn a_reply_is_told_to_the_stand_in() {
    let mut w = while_ben_is_out();
    let draft = w.receive(mail("m2", "tony@trucks.example").asks(&["bond"]).answering("m1@client.example"));
    assert_eq!(told(&draft, "notice"), ["ana"]);
}

/// A first import, and Tony's bond with it; nobody has released the book.
fn new_book() -> World {
    let mut w = World::new();
    let import = Input::Import {
        by: "olga".into(),
        accounts: vec![trucks()],
        whole: true,
        file: "book.csv".to_owned(),
        seen: None,
    };
    w.say(&import).unwrap();
    w.receive(mail("m1", "tony@trucks.example").asks(&["bond"]));
    w
}

fn to_the_client(draft: &Draft) -> &Intent {
    draft.intents.iter().find(|i| i.audience == Audience::Client).expect("a letter to the client")
}

#[test]
fn what_staff_write_to_clients_waits_for_the_book_whichever_way_they_say_it() {
    let mut w = new_book();
    let task = TaskId(1);
    let again = mail("m2", "tony@trucks.example").asks(&["permit"]).answering("m1@client.example");
    assert_eq!(to_the_client(&w.receive(again)).disposition, Disposition::Held, "a reply that asks for more");
    for (n, line) in ["to client: here it is", "waiting on client: which VIN?"].iter().enumerate() {
        let mine = answer(&w, &format!("a{n}"), "ben", line);
        let draft = w.receive(mine);
        assert_eq!(to_the_client(&draft).disposition, Disposition::Held, "{line}");
        let did = &heard(&draft).did;
        assert!(did.iter().any(|s| s.contains("WAITS until the new account book is released")), "{did:?}");
    }
    let tell = Command::Tell { task, text: "hello".into(), documents: None, to_sender: false };
    let question = Command::Question { task, words: "which VIN?".into(), until: None };
    for command in [tell, question] {
        let draft = w.command("ben", command).unwrap();
        assert_eq!(to_the_client(&draft).disposition, Disposition::Held);
    }
    assert_eq!(w.held().len(), 6);
    assert!(w.letters.iter().all(|(r, i)| i.audience == Audience::Staff || r.state == LetterState::Review));
    // What does not rest on the book goes out.
    let stranger = mail("m3", "zoe@new.example").asks(&["bond"]);
    assert_eq!(to_the_client(&w.receive(stranger)).disposition, Disposition::Send);
}

#[test]
fn the_release_of_the_book_sends_what_waited_for_it_and_nothing_else() {
    let mut w = new_book();
    w.receive(mail("m2", "tony@trucks.example").asks(&["permit"]));
    let reviewed = mail("m3", "tony@trucks.example").asks(&["bond"]);
    w.policy.mode = Mode::Review;
    w.receive(reviewed.field("policy_numbers", text("CTP-01-558231-3")));
    w.policy.mode = Mode::Live;
    let (first, second) = (w.letters[0].0.id.clone(), w.held()[1].id.clone());
    assert_eq!(w.held().len(), 2, "the third one waits for a yes of its own");
    w.command("olga", Command::Drop { letter: second.clone() }).unwrap();
    assert!(matches!(&w.task(1).client_told, ClientTold::No(why) if why.contains("book is new")));
    w.now += Duration::hours(1);
    let touched = w.task(1).last_human_act;
    let draft = w.command("olga", Command::ReleaseBook).unwrap();
    let released: Vec<_> = draft.events.iter().filter(|e| matches!(e, Event::LetterReleased { .. })).collect();
    assert_eq!(released, [&Event::LetterReleased { letter: first.clone(), by: "olga".into() }]);
    let state = |w: &World, id: &LetterId| w.letters.iter().find(|(r, _)| r.id == *id).unwrap().0.state.clone();
    assert_eq!(state(&w, &first), LetterState::Due(w.now));
    assert!(matches!(state(&w, &second), LetterState::Dropped { .. }), "what was dropped stays dropped");
    assert_eq!(w.task(1).client_told, ClientTold::Yes);
    assert_eq!(w.task(1).last_human_act, touched, "to release a book is no work on a task");
    let waits = w.letters.iter().filter(|(r, _)| r.state == LetterState::Review).count();
    assert_eq!((waits, w.held().len()), (1, 0));
    w.check();
    assert_eq!(w.replayed(), w.tasks);
}

#[test]
fn what_waited_for_the_book_waits_for_a_yes_where_the_agency_has_become_more_careful() {
    let mut w = new_book();
    w.policy.mode_of.insert("bond".into(), Mode::Review);
    let draft = w.command("olga", Command::ReleaseBook).unwrap();
    assert!(!draft.events.iter().any(|e| matches!(e, Event::LetterReleased { .. })));
    let id = w.letters[0].0.id.clone();
    assert_eq!(w.letters[0].0.state, LetterState::Review);
    w.command("ben", Command::Release { letter: id }).unwrap();
    assert!(matches!(w.letters[0].0.state, LetterState::Due(_)));
}

#[test]
fn a_held_letter_ticks_no_step_and_the_task_waits_for_its_answer_all_the_same() {
    let mut w = new_book();
    let mine = answer(&w, "a1", "ben", "waiting on client: which VIN?");
    w.receive(mine);
    assert_eq!(w.task(1).waiting.as_ref().unwrap().on, Party::Client);
    assert!(matches!(w.task(1).client_told, ClientTold::No(_)));
}
