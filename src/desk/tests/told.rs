//! What an answer by mail is answered with: each thing that came of it in a sentence, and nothing that did not.

use super::{
    by_mail::{a_task, answer, heard},
    sample::{Mail, *},
    world::World,
};
use crate::desk::*;
use crate::domain::{account::Policy as Held, field::FieldValue, workflow::PerPolicy};
use chrono::Duration;

const TRUCK: &str = "CTP-01-558231-3";
const LIABILITY: &str = "GLC-4410027";

/// An answer to the letter about another task than the first.
fn about(w: &World, id: &str, task: u64, who: &str, text: &str) -> Mail {
    let reference = w.policy.answers.key.personal(TaskId(task), &who.into());
    answer(w, id, who, text).with(|a| a.message.subject = format!("Re: [{reference}]").as_str().into())
}

/// What Ben is told of his line about a task; it is obeyed.
fn did_about(w: &mut World, id: &str, task: u64, text: &str) -> Vec<String> {
    let mine = about(w, id, task, "ben", text);
    let draft = w.receive(mine);
    assert_eq!(heard(&draft).refused, "", "{text}");
    heard(&draft).did.clone()
}

fn did(w: &mut World, id: &str, text: &str) -> Vec<String> {
    did_about(w, id, 1, text)
}

fn comes_back(w: &World, n: u64) -> String {
    let until = w.task(n).waiting.as_ref().unwrap().until;
    format!("waits on the carrier, and comes back {}.", view::time(&w.policy, until, "en"))
}

#[test]
fn each_line_is_answered_with_what_became_true_and_no_more() {
    let mut w = a_task();
    let lines: [(&str, &[&str]); 12] = [
        ("working on it", &[]),
        ("note called the holder", &["The note is kept with T-1."]),
        ("did check", &["T-1: step “check” is ticked."]),
        ("waiting on carrier until 12/4", &["It waits on the carrier, and comes back Fri 4 Dec 2026, 12:00 AM."]),
        ("waits no longer", &["It waits no longer."]),
        ("skip carrier: not needed here", &["T-1: step “carrier” is left out."]),
        ("snooze until Friday because he is away", &["It is put off until Fri 20 Nov 2026, 12:00 AM."]),
        ("it is a permit", &["It is: Permit."]),
        ("not a request", &["T-1 is closed: not needed."]),
        ("reopen: he asks again", &["T-1 is open again."]),
        ("our error", &["The reopening counts as the agency's error."]),
        ("assign Ana: she knows them", &["T-1 is Ana Ruiz's."]),
    ];
    for (n, (line, told)) in lines.into_iter().enumerate() {
        assert_eq!(did(&mut w, &format!("a{n}"), line), told, "{line}");
    }
    w.check();
}

#[test]
fn whose_client_it_is_and_its_facts_are_told_where_they_are_news() {
    let mut w = World::new().knows(trucks());
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]));
    let told = did(&mut w, "a1", &format!("policy {TRUCK}"));
    assert_eq!(told, ["The facts are brought up to date.", "It is about Marchetti Trucking."]);
    // A second piece of work has facts and a client from the first moment: that it was opened says it all.
    let told = did(&mut w, "a2", "split: permit request");
    let notes = ["The note is kept with T-2.", "The note is kept with T-1."];
    assert_eq!(told, ["T-2 was opened: Permit, for Ben Cole.", notes[0], notes[1]]);
    assert_eq!(*w.outcome("a2"), Outcome::Joined { task: TaskId(1), opened: vec![TaskId(2)] });
    assert_eq!(*w.outcome("a1"), Outcome::Joined { task: TaskId(1), opened: vec![] });
}

#[test]
fn of_two_tasks_the_answer_names_the_one_that_was_not_written_about() {
    let mut w = a_task();
    w.receive(mail("m2", "tony@trucks.example").asks(&["permit"]));
    let told = did(&mut w, "a1", "waits for T-2");
    assert_eq!(told, ["T-1 waits for T-2.".to_owned(), format!("It {}", comes_back(&w, 1))]);
    let told = did_about(&mut w, "a2", 2, "not a request");
    assert_eq!(told, ["T-2 is closed: not needed.", "T-1 waits no longer."]);
    w.receive(mail("m3", "tony@trucks.example").asks(&["permit"]));
    let told = did_about(&mut w, "a3", 3, "same as T-1");
    assert_eq!(told, ["What came in as T-3 goes on in T-1.", "T-3 is closed: duplicate."]);
    w.check();
}

#[test]
fn of_several_policies_the_answer_says_which() {
    let mut account = trucks();
    account.policies.push(Held::of(LIABILITY));
    let mut w = World::new().knows(account);
    w.policy.pages.get_mut(&"bond".into()).unwrap().practice.steps[1].per_policy = Some(PerPolicy::Held);
    w.receive(mail("m1", "tony@trucks.example").asks(&["bond"]));
    let told = did(&mut w, "a1", &format!("waiting on carrier for {TRUCK} until 12/4: papers"));
    assert_eq!(told, [format!("It for {TRUCK} waits on the carrier, and comes back Fri 4 Dec 2026, 12:00 AM.")]);
    let told = did(&mut w, "a2", &format!("did carrier for {TRUCK}"));
    let ticked = format!("T-1: step “carrier” for {TRUCK} is ticked.");
    assert_eq!(told, [ticked, format!("It for {TRUCK} waits no longer.")]);
    let told = did(&mut w, "a3", &format!("skip carrier for {LIABILITY}: sold"));
    assert_eq!(told, [format!("T-1: step “carrier” for {LIABILITY} is left out.")]);
}

#[test]
fn what_is_asked_of_the_client_is_told_and_whether_it_has_gone() {
    let guess = |a: &mut Arrival| {
        let mut f = field("vehicle_vins", text("17 something"));
        f.confidence = 30;
        a.reading.fields.push(f);
    };
    let tony = "tony@trucks.example";
    for (mode, asked, letter) in [
        (Mode::Live, "The client was asked for: vehicle vins.", format!("Sent to {tony}.")),
        (
            Mode::Review,
            "The question waits for a yes: vehicle vins.",
            format!("A letter to {tony} WAITS for a yes (mode review): it was NOT sent. See `intaked letters list`."),
        ),
    ] {
        let mut w = World::new().knows(trucks());
        w.policy.mode = mode;
        w.receive(mail("m1", tony).asks(&["bond"]).lacks("vehicle_vins").with(guess));
        assert_eq!(did(&mut w, "a1", "ask"), [asked.to_owned(), letter]);
    }
}

#[test]
fn the_answer_repeats_the_line_that_was_read_cut_where_it_is_long() {
    let mut w = a_task();
    let mine = answer(&w, "a1", "ben", "  Did  check.\n\nsee the file");
    let draft = w.receive(mine);
    assert_eq!((heard(&draft).line.as_str(), heard(&draft).kept.as_str()), ("Did check.", "see the file"));
    assert_eq!(w.reason("a1"), "Ben Cole answered a letter about T-1: “Did check.”.");
    let long = "x".repeat(400);
    let mine = answer(&w, "a2", "ben", &long);
    let draft = w.receive(mine);
    assert_eq!(heard(&draft).line, "x".repeat(300));
    let said = draft.events.iter().find_map(|e| if let Event::Said { line, .. } = e { Some(line.len()) } else { None });
    assert_eq!((said, heard(&draft).kept.len()), (Some(300), 400), "the note has it whole");
}

#[test]
fn what_stands_below_is_kept_as_a_note_once_and_only_where_the_line_does_not_take_it_along() {
    let mut w = a_task();
    let notes =
        |w: &World| w.task(1).notes.iter().filter(|n| n.by.is_some()).map(|n| n.text.clone()).collect::<Vec<_>>();
    for (n, (line, kept)) in [
        ("to client: Here it is.\n\nCall me.", ""),
        ("to client: Here it is.", ""),
        ("did check", ""),
        ("working on it\n\nbefore noon", "before noon"),
    ]
    .into_iter()
    .enumerate()
    {
        let mine = answer(&w, &format!("a{n}"), "ben", line);
        let draft = w.receive(mine);
        assert_eq!((heard(&draft).refused.as_str(), heard(&draft).kept.as_str()), ("", kept), "{line}");
        assert!(!heard(&draft).unknown);
    }
    assert_eq!(notes(&w), ["before noon"]);
    did(&mut w, "a9", "note: called\nand wrote");
    assert_eq!(notes(&w)[1..], ["called\nand wrote"], "one note, whole");
}

#[test]
fn waiting_on_a_client_without_words_asks_them_nothing() {
    let mut w = a_task();
    let outside = w.letters.iter().filter(|(r, _)| r.audience == Audience::Client).count();
    did(&mut w, "a1", "waiting on client");
    let waiting = w.task(1).waiting.as_ref().unwrap();
    assert_eq!((waiting.on, waiting.why.as_str()), (crate::domain::workflow::Party::Client, "the client to answer"));
    assert_eq!(w.letters.iter().filter(|(r, _)| r.audience == Audience::Client).count(), outside);
}

#[test]
fn an_answer_to_another_persons_letter_comes_back_with_its_text_forty_times_an_hour() {
    let mut w = a_task();
    let wrong = |w: &World, id: &str| {
        let hers = w.policy.answers.key.personal(TaskId(1), &"ana".into());
        let subject = format!("Re: [{hers}]");
        answer(w, id, "ben", "done\n\nall by phone").with(|a| a.message.subject = subject.as_str().into())
    };
    let mine = wrong(&w, "a1");
    let draft = w.receive(mine);
    let expected = says::Answer {
        line: "done".to_owned(),
        refused: "The letter that you answered was not written to you, or its reference was changed. Answer a letter \
                  of your own about that task, or have the task assigned to you."
            .to_owned(),
        rest: "done\n\nall by phone".to_owned(),
        ..says::Answer::default()
    };
    assert_eq!(*heard(&draft), expected);
    for n in 2..=60 {
        let mine = wrong(&w, &format!("a{n}"));
        w.receive(mine);
    }
    assert_eq!(w.letters("answer").len(), 40);
    // An hour later to the minute the first forty are no longer counted.
    w.now += Duration::hours(1) - Duration::seconds(1);
    let mine = wrong(&w, "b1");
    w.receive(mine);
    assert_eq!(w.letters("answer").len(), 40);
    w.now += Duration::seconds(1);
    let mine = wrong(&w, "b2");
    w.receive(mine);
    assert_eq!(w.letters("answer").len(), 41);
}

/// Ben has begun on his task and is out until Friday; Ana stands in for him.
fn ben_is_out() -> World {
    let mut w = a_task();
    w.policy.people[1].stand_ins = vec!["ana".into()];
    w.command("ben", Command::Take { task: TaskId(1) }).unwrap();
    w.command("olga", Command::Presence { words: "ben out until Friday".into() }).unwrap();
    w
}

fn told(draft: &Draft) -> Vec<(&str, &str)> {
    let mut told: Vec<_> = draft.intents.iter().map(|i| (i.kind.as_str(), i.to.address.local())).collect();
    told.sort_unstable();
    told
}

#[test]
fn that_it_is_not_theirs_any_more_is_told_to_whoever_lost_it_and_to_nobody_else() {
    for (who, line, expected) in [
        ("olga", "did check", &[("answer", "olga")][..]),
        ("ben", "assign Max", &[("answer", "ben"), ("notice", "max")]),
        ("olga", "assign Ana", &[("answer", "olga"), ("notice", "ana")]),
        // Ana, who reads his letters, hears what became of his task.
        ("olga", "assign Max", &[("answer", "olga"), ("notice", "ana"), ("notice", "max")]),
    ] {
        let mut w = ben_is_out();
        let mine = answer(&w, "a1", who, line);
        let draft = w.receive(mine);
        assert_eq!(told(&draft), expected, "{who}: {line}");
        let lost = draft.intents.iter().filter(|i| i.says.why.starts_with("It is not yours any more"));
        assert_eq!(lost.count(), expected.len() / 3, "{who}: {line}");
    }
    let mut w = a_task();
    let mine = answer(&w, "a1", "olga", "working on it");
    let draft = w.receive(mine);
    assert_eq!(told(&draft), [("answer", "olga"), ("notice", "ben")]);
    let lost = draft.intents.iter().find(|i| i.kind == "notice").unwrap();
    assert_eq!(lost.says.why, "It is not yours any more: Olga Berg took it.");
}

fn titles(w: &World, who: &str) -> Vec<String> {
    let person = w.policy.person(&who.into()).unwrap();
    super::super::said::taps(&w.policy, person, w.task(1)).into_iter().map(|t| t.title).collect()
}

#[test]
fn the_buttons_are_those_that_fit_how_the_task_stands() {
    let mut w = a_task();
    let errors = ["Our error", "Client's error", "Carrier's error", "Nobody's error"];
    let with = |before: &[&str], after: &[&str]| -> Vec<String> {
        let usual = ["To client", "Ask client", "Waiting on carrier"];
        [before, &usual, after].concat().into_iter().map(str::to_owned).collect()
    };
    assert_eq!(titles(&w, "ben"), with(&["Working on it"], &["Note", "Done", "Not a request"]), "new");
    w.command("ben", Command::Take { task: TaskId(1) }).unwrap();
    assert_eq!(titles(&w, "ben"), with(&[], &["Note", "Done"]), "he has it in hand");
    assert_eq!(titles(&w, "olga"), with(&["Working on it"], &["Note", "Done"]), "she may take it over");
    let end = Command::End { task: TaskId(1), how: crate::domain::task::End::NotNeeded, reason: "sold".into() };
    w.command("ben", end).unwrap();
    assert_eq!(titles(&w, "ben"), ["Reopen", "Note"]);
    w.command("ben", Command::Reopen { task: TaskId(1), reason: "not sold".into() }).unwrap();
    assert_eq!(titles(&w, "ben"), with(&errors, &["Note", "Done"]), "somebody has to say whose error it was");
    let whose = crate::domain::task::Whose::Client;
    w.command("ben", Command::NameError { task: TaskId(1), whose }).unwrap();
    assert_eq!(titles(&w, "ben"), with(&[], &["Note", "Done"]), "and once is enough");
    // What the client has not been asked yet is one tap away.
    w.command("ben", Command::Did { task: TaskId(1), steps: vec!["check".into()], policy: None }).unwrap();
    w.policy.mode = Mode::Review;
    let holder = FieldValue::Party { name: "Mall LLC".into(), address: None };
    w.receive(mail("m2", "tony@trucks.example").asks(&["permit"]).lacks("holder").field("holder", holder));
    let person = w.policy.person(&"ben".into()).unwrap();
    let taps = super::super::said::taps(&w.policy, person, w.task(2));
    assert!(taps.iter().any(|t| t.title == "Ask what is missing"));
    assert!(titles(&w, "ben").contains(&"Did “carrier”".to_owned()), "what a carrier has to do is next");
}
