//! Two tasks that become one bring everything along; who is let into a thread, and which letter asked what.

use super::{
    sample::{Mail, *},
    world::World,
};
use crate::desk::*;
use crate::domain::{
    account::Contact,
    field::FieldValue,
    letter::Disposition,
    task::{Asking, ClientTold},
    workflow::{Party, Questions, Span},
};
use chrono::Duration;

const ONE: TaskId = TaskId(1);

fn asks(id: &str, kinds: &[&str]) -> Mail {
    mail(id, "tony@trucks.example").asks(kinds)
}

fn merge(w: &mut World, task: u64, into: u64) -> Result<Draft, String> {
    w.command("ben", Command::Merge { task: TaskId(task), into: TaskId(into) })
}

#[test]
fn what_one_brought_answers_the_other_and_the_nearer_deadline_and_every_danger_hold() {
    let two = |first: &dyn Fn(Mail) -> Mail, second: &dyn Fn(Mail) -> Mail| {
        let mut w = World::new().knows(trucks());
        w.receive(first(asks("m1", &["bond"])));
        w.receive(second(asks("m2", &["permit"])));
        merge(&mut w, 2, 1).unwrap();
        assert_eq!(w.replayed(), w.tasks);
        w.check();
        w
    };
    let deadline = |day: &'static str| move |m: Mail| m.field("deadline", date(day));
    let danger = |m: Mail| m.with(|a| a.reading.hazards.push(hazard()));
    let plain = |m: Mail| m;
    let w = two(&|m| m.lacks("holder").lacks("site"), &|m| m.field("holder", text("City of Gary")));
    assert_eq!(w.task(1).missing.iter().map(|m| m.field.as_str()).collect::<Vec<_>>(), ["site"]);
    let close = |day: &str| Some(at(&format!("{day}T17:00:00-06:00")));
    let w = two(&deadline("2026-11-25"), &deadline("2026-11-20"));
    assert_eq!(w.task(1).deadline, close("2026-11-20"));
    let w = two(&deadline("2026-11-20"), &deadline("2026-11-25"));
    assert_eq!(w.task(1).deadline, close("2026-11-20"));
    let w = two(&plain, &deadline("2026-11-25"));
    assert_eq!(w.task(1).deadline, close("2026-11-25"));
    let seen = |w: &World| w.task(1).hazards.iter().map(|h| h.key.clone()).collect::<Vec<_>>();
    assert_eq!(seen(&two(&plain, &danger)), ["lapse"]);
    assert_eq!(seen(&two(&danger, &danger)), ["lapse"], "once");
    let fire = |m: Mail| {
        m.with(|a| {
            a.reading.hazards.push(crate::domain::reading::Hazard { key: "fire".into(), ..hazard() });
        })
    };
    assert_eq!(seen(&two(&fire, &danger)), ["fire", "lapse"]);
}

#[test]
fn what_differs_in_nothing_is_not_written_down_anew() {
    let mut w = World::new().knows(trucks());
    w.receive(asks("m1", &["bond"]).lacks("holder").field("deadline", date("2026-11-20")));
    w.receive(asks("m2", &["permit"]));
    let draft = merge(&mut w, 2, 1).unwrap();
    let again =
        |e: &&Event| matches!(e, Event::FieldsSet { .. } | Event::MissingSet { .. } | Event::DeadlinesSet { .. });
    assert_eq!(draft.events.iter().filter(again).count(), 0, "{:?}", draft.events);
}

/// Tony and Tina write for one client.
fn of_two_contacts() -> World {
    let mut account = trucks();
    let tina = address("tina@trucks.example");
    account.contacts.push(Contact { name: "Tina".into(), address: Some(tina), phone: None });
    let mut w = World::new().knows(account);
    w.receive(asks("m1", &["bond"]));
    w.receive(mail("m2", "tina@trucks.example").asks(&["permit"]));
    w
}

#[test]
fn two_people_of_one_client_may_have_one_task_and_two_clients_never() {
    let mut w = of_two_contacts();
    merge(&mut w, 1, 2).unwrap();
    assert_eq!(w.task(1).merged_into, Some(TaskId(2)));
    // Whoever had a letter about the one is known in the other.
    let (had, _) = w.letters.iter().find(|(r, i)| i.kind == "acknowledgement" && r.tasks == [ONE]).unwrap();
    let had = had.message_id.clone();
    w.receive(asks("m3", &["bond"]).answering(&had));
    assert_eq!(*w.outcome("m3"), Outcome::Joined { task: TaskId(2), opened: vec![] });
    assert_eq!(w.letters("notice").last().unwrap().says.tasks[0].instructions, "Call before changing anything.");
    let mut other = trucks();
    (other.id, other.contacts, other.domains) = ("A2".into(), vec![], vec!["builder.example".into()]);
    let mut w = of_two_contacts().knows(other);
    w.receive(mail("m3", "gus@builder.example").asks(&["permit"]));
    assert!(merge(&mut w, 3, 1).unwrap_err().contains("not of one client"));
    w.receive(mail("m4", "zoe@new.example").asks(&["permit"]));
    w.receive(mail("m5", "kim@new.example").asks(&["bond"]));
    assert!(merge(&mut w, 4, 5).unwrap_err().contains("not of one client"));
    w.receive(mail("m6", "zoe@new.example").asks(&["bond"]));
    merge(&mut w, 4, 6).unwrap();
}

#[test]
fn a_seal_that_is_only_as_long_as_ours_leads_nowhere() {
    let mut w = World::new();
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]));
    let quoting = |id: &str, reference: &str| {
        mail(id, "kim@new.example")
            .asks(&["bond"])
            .with(|a| a.message.subject = format!("Re: bond [{reference}]").as_str().into())
    };
    let ours = w.policy.answers.key.personal(ONE, &"ana".into()).to_string();
    let invented = format!("{}{}", &ours[..ours.len() - 3], "aaa");
    w.receive(quoting("m2", &invented));
    assert!(w.task(2).notes.is_empty(), "{:?}", w.task(2).notes);
    w.receive(quoting("m3", &ours));
    assert!(w.task(3).notes.iter().any(|n| n.text.contains("T-1")), "a colleague's own reference was passed on");
}

fn in_review(mails: &[Mail]) -> World {
    let mut w = World::new().knows(trucks());
    for page in w.policy.pages.values_mut() {
        page.practice.questions = Some(Questions { remind: Span::Days(2), times: 2, waits: true });
    }
    w.policy.mode = Mode::Review;
    for m in mails {
        w.receive(m.clone());
    }
    w
}

/// A person lets the letter of this kind go.
fn release(w: &mut World, kind: &str) {
    let letter = w.letters.iter().rfind(|(_, i)| i.kind == kind).unwrap().0.id.clone();
    w.command("ben", Command::Release { letter }).unwrap();
}

fn asked(w: &World) -> Vec<(Asking, Vec<&str>, bool)> {
    w.task(1).asked.iter().map(|a| (a.how, a.fields.iter().map(String::as_str).collect(), a.sent)).collect()
}

#[test]
fn a_letter_that_asks_nothing_asks_nothing_when_it_goes() {
    let mut w = in_review(&[asks("m1", &["bond"]).lacks("holder")]);
    let words = Command::Tell { task: ONE, text: "We look into it.".into(), documents: None, to_sender: false };
    w.command("ben", words).unwrap();
    release(&mut w, "to-client");
    assert!(!w.task(1).was_asked("holder") && w.task(1).waiting.is_none());
    release(&mut w, "acknowledgement");
    assert!(w.task(1).was_asked("holder"));
}

#[test]
fn what_was_answered_meanwhile_is_not_asked_by_a_letter_that_goes_late() {
    let holder = FieldValue::Party { name: "City of Gary".into(), address: Some("401 Broadway".into()) };
    let mut w = in_review(&[
        asks("m1", &["bond"]).lacks("holder").lacks("amount"),
        asks("m2", &["bond"]).answering("m1@client.example").field("holder", holder),
    ]);
    release(&mut w, "acknowledgement");
    assert_eq!(asked(&w).last().unwrap(), &(Asking::Acknowledgement, vec!["amount"], true));
    // Nothing is left: nothing is asked, and nothing waited for.
    let mut w = in_review(&[asks("m1", &["bond"]).lacks("amount")]);
    w.receive(asks("m2", &["bond"]).answering("m1@client.example").field("amount", text("500")));
    release(&mut w, "acknowledgement");
    assert_eq!((asked(&w).len(), w.task(1).waiting.clone()), (1, None));
}

#[test]
fn of_several_letters_that_wait_the_one_that_asks_what_is_missing_counts() {
    let it_is = |kind: &str, missing: &str| {
        let mut needs = request(kind);
        needs.missing = vec![missing.into()];
        Command::SetType { task: ONE, request_type: kind.into(), needs: Some(Box::new(needs)) }
    };
    let mut w = in_review(&[asks("m1", &["bond"]).lacks("amount")]);
    w.command("ben", it_is("permit", "site")).unwrap();
    w.command("ben", Command::AskMissing { task: ONE }).unwrap();
    w.command("ben", it_is("bond", "amount")).unwrap();
    release(&mut w, "acknowledgement");
    assert_eq!(asked(&w).last().unwrap(), &(Asking::Acknowledgement, vec!["amount"], true));
}

#[test]
fn what_waits_for_somebody_else_goes_on_waiting_for_them_when_the_client_is_asked() {
    let wait = Command::Wait { task: ONE, on: Party::Carrier, until: None, why: "papers".into(), policy: None };
    let mut w = in_review(&[asks("m1", &["bond"]).lacks("holder")]);
    w.command("ben", wait).unwrap();
    release(&mut w, "acknowledgement");
    assert_eq!((w.task(1).standing().as_str(), w.task(1).waits.len()), ("waiting on carrier", 1));
    // Asked again, it is the newest question whose answer is waited for.
    let mut w = in_review(&[asks("m1", &["bond"]).lacks("holder")]);
    release(&mut w, "acknowledgement");
    let until = w.task(1).waiting.as_ref().unwrap().until;
    w.now += Duration::days(1);
    w.policy.mode = Mode::Live;
    let more = request("permit");
    let it_is = crate::domain::reading::Request { missing: vec!["holder".into(), "site".into()], ..more };
    w.command("ben", Command::SetType { task: ONE, request_type: "permit".into(), needs: Some(Box::new(it_is)) })
        .unwrap();
    w.command("ben", Command::AskMissing { task: ONE }).unwrap();
    assert!(w.task(1).waiting.as_ref().unwrap().until > until);
    assert_eq!(w.task(1).waits.len(), 1);
}

#[test]
fn the_client_counts_as_told_by_a_persons_questions_only_where_they_went() {
    let mut w = in_review(&[asks("m1", &["bond"]).lacks("holder")]);
    w.command("ben", Command::AskMissing { task: ONE }).unwrap();
    assert_eq!(w.letters("questions")[0].disposition, Disposition::Review);
    assert!(matches!(w.task(1).client_told, ClientTold::No(_)));
    let mut w = in_review(&[asks("m1", &["bond"]).lacks("holder")]);
    w.policy.mode = Mode::Live;
    w.command("ben", Command::AskMissing { task: ONE }).unwrap();
    assert_eq!(w.task(1).client_told, ClientTold::Yes);
}
