//! Staff who say by mail that they, or others, are out, leave, or are back.

use super::{
    by_mail::{a_task, answer, heard},
    sample::*,
    world::World,
};
use crate::desk::*;

/// Ben has Tony's bond and has not begun on it; Ana stands in for him.
fn agency() -> World {
    let mut w = a_task();
    w.policy.people[1].stand_ins = vec!["ana".into()];
    w
}

fn says(w: &mut World, id: &str, who: &str, text: &str) -> Draft {
    let mail = answer(w, id, who, text);
    w.receive(mail)
}

#[test]
fn everybody_says_of_themselves_that_they_are_out_and_the_answer_says_how_it_was_understood() {
    let mut w = agency();
    let draft = says(&mut w, "a1", "ben", "I'm out of the office until Friday.\n\nBen Cole\nAgency");
    let assigned = &w.task(1).assigned;
    assert_eq!((&assigned.person, &assigned.standing_in_for), (&"ana".into(), &Some("ben".into())));
    assert_eq!(w.task(1).first_touch, None, "whoever goes has not begun on the task whose letter they answered");
    let told = heard(&draft);
    assert_eq!((told.refused.as_str(), told.unknown), ("", false));
    assert!(told.did.contains(&"Ben Cole is out from Tue 17 Nov until Fri 20 Nov.".to_owned()), "{:?}", told.did);
    assert!(told.did.contains(&"T-1 is Ana Ruiz's.".to_owned()), "{:?}", told.did);
    let notices: Vec<_> = draft.intents.iter().filter(|i| i.kind == "notice").map(|i| i.to.address.local()).collect();
    assert_eq!(notices, ["ana"], "who has it now hears, and Ben has heard in the answer");
    assert_eq!(w.outcome("a1"), &Outcome::Joined { task: TaskId(1), opened: vec![] });
    // The same again is refused, like on the command line; then he is back.
    let draft = says(&mut w, "a2", "ben", "ben out until friday");
    assert_eq!(heard(&draft).refused, "That is known of Ben Cole already.");
    let draft = says(&mut w, "a3", "ben", "I am back");
    assert_eq!(w.task(1).assigned.person, "ben".into());
    assert!(heard(&draft).did.contains(&"Ben Cole is here.".to_owned()), "{:?}", heard(&draft).did);
    w.check();
    assert_eq!(w.replayed(), w.tasks);
}

#[test]
fn of_others_only_a_manager_says_it_by_mail_or_by_command() {
    let mut w = agency();
    let before = w.tasks.clone();
    let draft = says(&mut w, "a1", "ana", "Ben leaving");
    let why = "Of others only Olga Berg or Otto Lane can say that; everybody says it of themselves.";
    assert_eq!(heard(&draft).refused, why);
    assert_eq!(heard(&draft).rest, "Ben leaving");
    assert_eq!((w.absences.len(), w.task(1).assigned.clone()), (0, before[&TaskId(1)].assigned.clone()));
    let by_command = w.command("max", Command::Presence { words: "ben out".into() });
    assert_eq!(by_command.unwrap_err(), why, "the same rule, whichever way it is said");
    let draft = says(&mut w, "a2", "olga", "Ben out until Friday, stand-in Max");
    assert!(heard(&draft).refused.is_empty(), "{}", heard(&draft).refused);
    assert_eq!(w.absences[&PersonId::from("ben")][0].stand_in, Some("max".into()));
    assert_eq!(w.task(1).assigned.person, "ana".into(), "Max is no CSR, and so the next one in the chain has it");
    says(&mut w, "a3", "otto", "Ben leaving");
    w.until(at("2026-11-23T09:00:00-06:00"));
    assert_eq!(w.task(1).assigned.person, "ana".into(), "nothing comes back to who has left");
    w.check();
}

#[test]
fn a_forged_absence_changes_nothing_and_is_reported() {
    let mut w = agency();
    let before = w.tasks.clone();
    let unproven = answer(&w, "a1", "olga", "Ben leaving").with(|a| a.message.authentication_results.clear());
    let draft = w.receive(unproven);
    assert!(draft.intents.iter().all(|i| i.kind == "doubted"));
    // Another's reference, and none at all.
    let borrowed = answer(&w, "a2", "ben", "ben leaving").with(|a| {
        let reference = w.policy.answers.key.personal(TaskId(1), &"olga".into());
        a.message.subject = format!("Re: [{reference}]").as_str().into();
    });
    w.receive(borrowed);
    let bare = answer(&w, "a3", "olga", "Ben leaving").with(|a| a.message.subject = "Ben".into());
    w.receive(bare);
    assert!(w.absences.is_empty());
    assert_eq!(w.task(1).assigned, before[&TaskId(1)].assigned);
}

#[test]
fn what_only_sounds_like_an_absence_is_kept_as_a_note() {
    for line in [
        "The insured is out of town until Friday",
        "Tony is back on Monday",
        "I left a voicemail for Tony",
        "Ana left the file with me",
        "Ana left today",
        "Ana leaving the file with me",
        "Ana leaves me no choice",
        "out until Friday",
    ] {
        let mut w = agency();
        let draft = says(&mut w, "a1", "ben", line);
        assert!(heard(&draft).unknown && heard(&draft).refused.is_empty(), "{line}: {:?}", heard(&draft));
        assert_eq!(heard(&draft).kept, line);
        assert!(w.absences.is_empty(), "{line}");
    }
}

#[test]
fn a_day_that_is_none_is_refused_with_its_sentence_and_touches_nothing() {
    let mut w = agency();
    let draft = says(&mut w, "a1", "ben", "I am out until Fryday");
    let told = heard(&draft);
    assert_eq!(told.refused, "“fryday” is not a day; write Friday, tomorrow, 12/4, Dec 4 or 2026-12-04.");
    assert_eq!(told.rest, "I am out until Fryday", "the words come back");
    assert!(w.task(1).first_touch.is_none() && w.task(1).notes.is_empty() && w.absences.is_empty());
}

#[test]
fn a_letter_about_a_task_that_is_over_is_as_good_as_any_to_say_it() {
    let mut w = agency();
    says(&mut w, "a1", "ben", "not a request");
    says(&mut w, "a2", "ben", "Ben out until Friday");
    assert_eq!(w.absences[&PersonId::from("ben")].len(), 1);
    w.receive(mail("m2", "tony@trucks.example").asks(&["bond"]));
    assert_eq!(w.task(2).assigned.person, "ana".into());
    w.check();
}
