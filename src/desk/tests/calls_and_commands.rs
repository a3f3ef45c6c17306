//! What people say.

use super::{sample::*, world::World};
use crate::desk::*;
use crate::domain::{
    reading::{Certainty, Reading},
    task::{ClientTold, End, TaskState},
    workflow::Party,
};

const ONE: TaskId = TaskId(1);

fn a_task() -> World {
    let mut w = World::new().knows(trucks());
    w.receive(mail("m1", "tony@trucks.example").asks(&["bond"]));
    w
}

fn refused(w: &mut World, by: &str, command: Command) -> String {
    let before = w.journal.len();
    let why = w.command(by, command).unwrap_err();
    assert_eq!(w.journal.len(), before);
    why
}

fn step(id: &str) -> Command {
    Command::Step { task: ONE, step: id.into(), waive: None, policy: None }
}

fn end(how: End, reason: &str) -> Command {
    Command::End { task: ONE, how, reason: reason.into() }
}

#[test]
fn somebody_unknown_may_do_nothing() {
    let mut w = a_task();
    let why = refused(&mut w, "mallory", Command::Take { task: ONE });
    assert!(why.contains("mallory") && why.contains("ana, ben"), "{why}");
}

#[test]
fn a_task_is_worked_to_its_end() {
    let mut w = a_task();
    w.command("ana", Command::Take { task: ONE }).unwrap();
    assert_eq!((w.task(1).assigned.person.as_str(), &w.task(1).state), ("ana", &TaskState::InProgress));
    let why = refused(&mut w, "ana", end(End::Done, ""));
    assert!(why.contains("check") && why.contains("carrier") && !why.contains("file"), "{why}");
    w.command("ana", step("check")).unwrap();
    let waive =
        Command::Step { task: ONE, step: "carrier".into(), waive: Some("not needed here".into()), policy: None };
    w.command("ana", waive).unwrap();
    w.command("ana", end(End::Done, "")).unwrap();
    assert!(!w.task(1).is_open());
    let why = refused(&mut w, "ana", Command::Take { task: ONE });
    assert!(why.contains("is over (done"), "{why}");
    w.check();
}

#[test]
fn an_unknown_step_is_answered_with_the_steps_there_are() {
    let mut w = a_task();
    let why = refused(&mut w, "ana", step("chekc"));
    assert!(why.contains("check, carrier, file"), "{why}");
    w.command("ana", step("check")).unwrap();
    assert!(refused(&mut w, "ana", step("check")).contains("already"));
}

#[test]
fn reasons_are_asked_for_where_they_are_needed() {
    let mut w = a_task();
    assert!(refused(&mut w, "ana", end(End::Declined, "  ")).contains("why"));
    let waive = Command::Step { task: ONE, step: "check".into(), waive: Some(String::new()), policy: None };
    assert!(refused(&mut w, "ana", waive).contains("reason"));
    let wait = |why: &str, until| Command::Wait { task: ONE, on: Party::Client, until, why: why.into(), policy: None };
    assert!(refused(&mut w, "ana", wait("", None)).contains("for what"));
    let past = w.now - chrono::Duration::hours(1);
    assert!(refused(&mut w, "ana", wait("papers", Some(past))).contains("past"));
    assert!(refused(&mut w, "ana", Command::Note { task: ONE, text: " ".into() }).contains("empty"));
    assert!(refused(&mut w, "ana", Command::Resume { task: ONE }).contains("does not wait"));
    assert!(refused(&mut w, "ana", Command::Reopen { task: ONE, reason: "x".into() }).contains("is open"));
    assert!(refused(&mut w, "ana", Command::Take { task: TaskId(99) }).contains("T-99"));
}

#[test]
fn who_gets_a_task_hears_of_it_and_why() {
    let mut w = a_task();
    let give = Command::Assign { task: ONE, to: "ana".into(), reason: "knows the carrier".into() };
    w.command("olga", give).unwrap();
    assert_eq!(w.task(1).assigned.person.as_str(), "ana");
    let last = *w.letters("notice").last().unwrap();
    assert_eq!(last.to.address.local(), "ana");
    assert!(last.says.why.contains("knows the carrier"));
    assert!(
        refused(&mut w, "olga", Command::Assign { task: ONE, to: "zed".into(), reason: String::new() }).contains("zed")
    );
}

#[test]
fn setting_the_type_ends_triage_with_the_pages_steps_and_standard() {
    let mut w = World::new();
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]).with(|a| a.reading.certainty = Certainty::Doubtful));
    let why = refused(&mut w, "ana", Command::SetType { task: ONE, request_type: "bnod".into(), needs: None });
    assert!(why.contains("bond, permit"), "{why}");
    w.command("ana", Command::SetType { task: ONE, request_type: "permit".into(), needs: None }).unwrap();
    let t = w.task(1);
    assert_eq!((t.request_type.clone(), &*t.type_title), (Some("permit".into()), "Permit"));
    assert_eq!(t.state, TaskState::InProgress);
    w.check();
}

#[test]
fn a_phone_call_becomes_a_task_through_the_same_rules() {
    let mut w = World::new().knows(trucks());
    let reading = Reading { requests: vec![request("bond")], certainty: Certainty::Clear, ..Reading::default() };
    let call = |reading: Reading| Command::New {
        requester: "Tony".into(),
        address: Some(address("tony@trucks.example")),
        words: "Needs a bond for the Aurora job".into(),
        reading: Box::new(reading),
    };
    w.command("ana", call(reading)).unwrap();
    let t = w.task(1);
    assert_eq!((t.account.clone(), t.assigned.person.as_str()), (Some("A1".into()), "ben"));
    assert_eq!(t.client_told, ClientTold::Yes);
    assert_eq!(t.subject.as_str(), "Needs a bond for the Aurora job");
    assert!(t.first_touch.is_none(), "Ben has not touched it yet");
    assert_eq!(w.recipients("notice"), ["ben"]);
    assert!(w.letters("acknowledgement").is_empty());
    w.command("ana", call(Reading::default())).unwrap();
    assert_eq!(w.task(2).request_type, None, "what the rules do not know goes to triage");
}

#[test]
fn a_letter_in_review_waits_for_a_yes_and_then_the_client_is_told() {
    let mut w = World::new();
    w.policy.mode = Mode::Review;
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]));
    assert!(matches!(w.task(1).client_told, ClientTold::No(_)));
    let letter = w.letters[0].0.id.clone();
    w.command("ana", Command::Release { letter: letter.clone() }).unwrap();
    assert_eq!(w.task(1).client_told, ClientTold::Yes);
    assert!(matches!(w.letters[0].0.state, LetterState::Due(_)));
    assert!(refused(&mut w, "ana", Command::Drop { letter: letter.clone() }).contains("on its way"));
    assert!(refused(&mut w, "ana", Command::Release { letter: "nope".into() }).contains("no letter"));
}

#[test]
fn a_letter_that_was_dropped_says_so_on_the_task() {
    let mut w = World::new();
    w.policy.mode = Mode::Review;
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]));
    let letter = w.letters[0].0.id.clone();
    w.command("ana", Command::Drop { letter }).unwrap();
    assert!(matches!(&w.task(1).client_told, ClientTold::No(why) if why.contains("Ana Ruiz dropped")));
}

#[test]
fn sending_is_paused_by_a_person() {
    let mut w = World::new();
    let d = w.command("olga", Command::Pause { paused: true }).unwrap();
    assert!(matches!(d.events[..], [Event::SendingPaused { paused: true, .. }]));
}

#[test]
fn an_import_changes_only_what_changed() {
    let mut w = World::new();
    let import = |accounts: Vec<Account>, whole| imported(accounts, whole, None);
    let changes = |draft: Draft| -> Vec<Event> {
        let of_the_book = |e: &Event| !matches!(e, Event::BookImported { .. });
        draft.events.into_iter().filter(of_the_book).collect()
    };
    let mut other = trucks();
    other.id = "A2".into();
    assert_eq!(changes(w.say(&import(vec![trucks(), other.clone()], true)).unwrap()).len(), 2);
    assert!(changes(w.say(&import(vec![trucks(), other.clone()], true)).unwrap()).is_empty());
    let mut changed = trucks();
    changed.csr = None;
    assert!(matches!(changes(w.say(&import(vec![changed], false)).unwrap())[..], [Event::AccountSaved { .. }]));
    let d = changes(w.say(&import(vec![other], true)).unwrap());
    assert!(matches!(&d[..], [Event::AccountRemoved { account }] if account.as_str() == "A1"));
    assert!(w.say(&import(vec![], true)).unwrap_err().contains("no account"));
    assert!(w.say(&import(vec![trucks(), trucks()], false)).unwrap_err().contains("A1"));
}

fn imported(accounts: Vec<Account>, whole: bool, seen: Option<crate::domain::account::Difference>) -> Input {
    Input::Import { by: "olga".into(), accounts, whole, file: "book.csv".to_owned(), seen }
}
