//! Where people know better than the rules, and where edited rules may have their way.

use super::{
    sample::{Mail, *},
    world::World,
};
use crate::desk::{
    reread::{Proposal, ReadAnew, propose},
    *,
};
use crate::domain::{
    reading::{Certainty, Complexity},
    task::{Corrected, Missing, Task},
};

const ONE: TaskId = TaskId(1);

fn first() -> Mail {
    mail("m1", "tony@trucks.example").asks(&["bond"]).field("project", text("Pier 4")).lacks("holder")
}

fn a_task() -> World {
    let mut w = World::new().knows(trucks());
    w.receive(first());
    w
}

/// What the rules find now in these mails, the first one first.
fn anew(mails: &[Mail]) -> Vec<ReadAnew> {
    let one = |m: &Mail| ReadAnew {
        message: m.0.key.clone(),
        received: m.0.received,
        reading: m.0.reading.clone(),
        automatic: false,
        needs: m.0.reading.requests.first().cloned().map(Box::new),
    };
    mails.iter().map(one).collect()
}

fn reread(task: u64, mails: &[Mail]) -> Command {
    Command::Reread { task: TaskId(task), rules: "r1".into(), read: anew(mails) }
}

fn proposed(w: &World, task: u64, mails: &[Mail]) -> Proposal {
    let t = w.task(task);
    let record = t.messages.first().and_then(|k| w.messages.iter().find(|m| m.key == *k));
    let account = t.account.as_ref().and_then(|a| w.accounts.get(a));
    propose(t, record, account, &[], &anew(mails), &w.policy)
}

fn set(name: &str, values: &[FieldValue]) -> Command {
    Command::SetField { task: ONE, name: name.into(), values: values.to_vec(), elsewhere: false }
}

fn values(t: &Task, name: &str) -> Vec<String> {
    t.fields.iter().filter(|f| f.name == name).map(|f| f.value.shown()).collect()
}

fn asked(t: &Task) -> Vec<&str> {
    t.missing.iter().map(|m: &Missing| m.field.as_str()).collect()
}

fn refused(w: &mut World, command: Command) -> String {
    let before = w.journal.len();
    let why = w.command("ana", command).unwrap_err();
    assert_eq!(w.journal.len(), before);
    why
}

fn sound(w: &World) {
    assert_eq!(w.replayed(), w.tasks, "folding anew gives another task");
    w.check();
}

#[test]
fn what_is_missing_is_read_anew_for_the_type_that_a_person_says() {
    let mut w = a_task();
    assert_eq!(asked(w.task(1)), ["holder"]);
    let mut needs = request("permit");
    needs.missing = vec!["policy_numbers".into(), "site".into()];
    needs.complexity = Complexity::Complex;
    let command = Command::SetType { task: ONE, request_type: "permit".into(), needs: Some(Box::new(needs)) };
    w.command("ben", command).unwrap();
    let t = w.task(1);
    // The book knows the policy; the other question is the new page's.
    assert_eq!(asked(t), ["site"]);
    assert_eq!(values(t, "policy_numbers"), ["CTP-01-558231-3"]);
    assert_eq!((t.complexity, t.assigned.person.as_str()), (Complexity::Complex, "max"));
    assert_eq!(t.corrections[0].what, Corrected::Type { was: Some("bond".into()), is: "permit".into() });
    sound(&w);
}

#[test]
fn what_a_later_mail_answered_is_not_asked_for_again_under_the_new_type() {
    let mut w = a_task();
    w.receive(
        mail("m2", "tony@trucks.example").asks(&["bond"]).answering("m1@client.example").field("site", text("Dock 9")),
    );
    let mut needs = request("permit");
    needs.missing = vec!["site".into()];
    w.command("ben", Command::SetType { task: ONE, request_type: "permit".into(), needs: Some(Box::new(needs)) })
        .unwrap();
    assert_eq!(asked(w.task(1)), [""; 0]);
    sound(&w);
}

#[test]
fn a_second_word_on_the_type_keeps_what_the_rules_had_said_at_first() {
    let mut w = a_task();
    for kind in ["permit", "bond"] {
        w.command("ana", Command::SetType { task: ONE, request_type: kind.into(), needs: None }).unwrap();
    }
    let kept: Vec<_> = w.task(1).corrections.iter().map(|c| c.what.clone()).collect();
    assert_eq!(kept, [Corrected::Type { was: Some("bond".into()), is: "bond".into() }]);
}

#[test]
fn a_field_is_what_a_person_says_and_answers_the_question_for_it() {
    let mut w = a_task();
    let holder = FieldValue::Party { name: "Mall\r\n LLC".into(), address: Some("1 Shore Dr".into()) };
    w.command("ana", set("holder", &[holder])).unwrap();
    assert_eq!(values(w.task(1), "holder"), ["Mall LLC, 1 Shore Dr"]);
    assert_eq!(asked(w.task(1)), [""; 0]);
    w.command("ana", set("project", &[text("Pier 5")])).unwrap();
    assert_eq!(values(w.task(1), "project"), ["Pier 5"]);
    let project = w.task(1).fields.iter().find(|f| f.name == "project").unwrap();
    assert!(
        matches!(&project.from, crate::domain::field::Provenance::Person { person, .. } if person.as_str() == "ana")
    );
    assert!(refused(&mut w, set("project", &[text("Pier 5")])).contains("is that already"));
    w.command("ana", set("project", &[])).unwrap();
    assert_eq!(values(w.task(1), "project"), [""; 0]);
    sound(&w);
}

#[test]
fn a_deadline_that_a_person_says_moves_the_clocks_and_one_that_is_past_is_refused() {
    let mut w = a_task();
    w.command("ana", set("deadline", &[date("2026-11-20")])).unwrap();
    assert_eq!(w.task(1).deadline, Some(at("2026-11-20T17:00:00-06:00")));
    assert!(refused(&mut w, set("deadline", &[date("2026-11-01")])).contains("was past"));
    w.command("ana", set("deadline", &[])).unwrap();
    assert_eq!(w.task(1).deadline, None);
    sound(&w);
}

#[test]
fn what_cannot_be_a_field_is_refused_in_a_sentence() {
    let mut w = a_task();
    assert!(refused(&mut w, set("Dead line", &[text("x")])).contains("no field's name"));
    assert!(refused(&mut w, set("limits", &[FieldValue::Number(f64::NAN)])).contains("no number"));
    assert!(refused(&mut w, set("project", &[text(" \n ")])).contains("is empty"));
    assert!(refused(&mut w, set("vins", &[])).contains("no “vins” that could be taken away"));
    assert!(refused(&mut w, set("vins", &vec![text("x"); 61])).contains("More than 60"));
    let over = Command::End { task: ONE, how: End::Withdrawn, reason: "x".into() };
    w.command("ana", over).unwrap();
    assert!(refused(&mut w, set("project", &[text("x")])).contains("is over"));
}

#[test]
fn the_same_reading_changes_nothing() {
    let mut w = a_task();
    let reply = mail("m2", "tony@trucks.example")
        .asks(&["bond"])
        .answering("m1@client.example")
        .field("holder", FieldValue::Party { name: "Mall".into(), address: Some("1 Shore Dr".into()) })
        .field("deadline", date("2026-11-20"));
    w.receive(reply.clone());
    let seen = proposed(&w, 1, &[first(), reply.clone()]);
    assert_eq!((seen.changes, seen.withheld), (vec![], None));
    assert!(refused(&mut w, reread(1, &[first(), reply])).contains("Nothing changes on T-1"));
}

#[test]
fn a_proposal_shows_old_and_new_with_the_words_and_changes_nothing() {
    let w = a_task();
    let edited = first().asks(&["permit"]).field("deadline", date("2026-11-20")).with(|a| {
        a.reading.fields.retain(|f| f.name != "project");
        a.reading.requests[0].complexity = Complexity::Complex;
    });
    let seen = proposed(&w, 1, &[edited]);
    let lines: Vec<String> =
        seen.changes.iter().map(|c| format!("{}: {} → {}", c.what, c.old.join(","), c.new.join(","))).collect();
    let wanted = [
        "type: bond → permit",
        "complexity: simple → complex",
        "project: Pier 4 → ",
        "deadline:  → 2026-11-20",
        "missing: holder → ",
    ];
    assert_eq!(lines, wanted);
    assert_eq!(
        (seen.changes[0].because[0].rule.as_str(), seen.changes[0].because[0].words.as_str()),
        ("page/pattern", "permit")
    );
    assert_eq!(seen.changes[3].because[0].rule, "extractors/x");
}

#[test]
fn an_applied_reading_is_recorded_with_its_rules_and_everything_that_became_true() {
    let mut w = a_task();
    let edited = first().asks(&["permit"]).field("deadline", date("2026-11-20"));
    let draft = w.command("olga", reread(1, &[edited])).unwrap();
    let t = w.task(1);
    assert_eq!((t.request_type.clone(), &*t.type_title), (Some("permit".into()), "Permit"));
    assert_eq!(t.deadline, Some(at("2026-11-20T17:00:00-06:00")));
    assert_eq!(t.evidence[0].words, "permit");
    assert_eq!(asked(t), [""; 0]);
    let Some(Event::Reread { by, rules_version, .. }) = draft.events.first() else { panic!("{:?}", draft.events) };
    assert_eq!((by.as_str(), rules_version.as_str(), draft.versions.rules.as_str()), ("olga", "r1", "r1"));
    assert!(t.corrections.is_empty(), "rules correct nobody");
    sound(&w);
}

#[test]
fn nothing_that_a_person_said_is_read_anew() {
    let mut w = a_task();
    w.command("ana", Command::SetType { task: ONE, request_type: "permit".into(), needs: None }).unwrap();
    w.command("ana", set("deadline", &[date("2026-11-23")])).unwrap();
    w.command("ana", set("project", &[])).unwrap();
    let edited = first().field("deadline", date("2026-11-20")).field("vins", text("1FT"));
    w.command("ana", reread(1, &[edited])).unwrap();
    let t = w.task(1);
    assert_eq!(t.request_type, Some("permit".into()));
    assert_eq!(values(t, "deadline"), ["2026-11-23"]);
    assert_eq!(t.deadline, Some(at("2026-11-23T17:00:00-06:00")));
    assert_eq!(values(t, "project"), [""; 0], "what a person took away stays away");
    assert_eq!(values(t, "vins"), ["1FT"], "what nobody said anything about follows the rules");
    sound(&w);
}

#[test]
fn what_a_person_said_it_is_lacks_the_same_when_the_rules_agree_by_now() {
    let mut w = a_task();
    let mut needs = request("permit");
    needs.missing = vec!["site".into()];
    let needs = Some(Box::new(needs));
    w.command("ana", Command::SetType { task: ONE, request_type: "permit".into(), needs: needs.clone() }).unwrap();
    assert_eq!(asked(w.task(1)), ["site"]);
    let mut read = anew(&[first().asks(&["permit"]).field("vins", text("1FT"))]);
    read[0].reading.requests[0].missing.clear();
    read[0].needs = needs;
    w.command("ana", Command::Reread { task: ONE, rules: "r1".into(), read }).unwrap();
    assert_eq!(asked(w.task(1)), ["site"]);
    assert_eq!(values(w.task(1), "vins"), ["1FT"]);
    sound(&w);
}

#[test]
fn a_task_that_is_over_never_changes() {
    let mut w = a_task();
    w.command("ana", Command::End { task: ONE, how: End::Withdrawn, reason: "x".into() }).unwrap();
    let edited = first().asks(&["permit"]);
    assert!(proposed(&w, 1, std::slice::from_ref(&edited)).withheld.unwrap().contains("is over"));
    assert!(refused(&mut w, reread(1, &[edited])).contains("is over"));
}

#[test]
fn a_task_whose_message_is_held_is_a_persons_matter_even_once_it_has_a_type() {
    let mut w = World::new();
    let doubtful = mail("m1", "zoe@new.example").asks(&["bond"]).with(|a| a.reading.certainty = Certainty::Doubtful);
    w.receive(doubtful);
    let clear = mail("m1", "zoe@new.example").asks(&["bond"]);
    assert_eq!(proposed(&w, 1, std::slice::from_ref(&clear)).changes[0].what, "type");
    assert!(refused(&mut w, reread(1, std::slice::from_ref(&clear))).contains("is held for a person"));
    w.command("ana", Command::SetType { task: ONE, request_type: "bond".into(), needs: None }).unwrap();
    assert!(refused(&mut w, reread(1, &[clear.field("vins", text("1FT"))])).contains("is held for a person"));
}

#[test]
fn a_reading_by_other_rules_than_the_daemons_is_not_applied() {
    let mut w = a_task();
    let edited = first().asks(&["permit"]);
    let older = Command::Reread { task: ONE, rules: "r0".into(), read: anew(std::slice::from_ref(&edited)) };
    assert!(refused(&mut w, older).contains("other rules (r1)"));
    let strange = edited.with(|a| a.reading.rules_version = "r2".into());
    assert!(refused(&mut w, reread(1, &[strange])).contains("other rules"));
    assert!(refused(&mut w, reread(1, &[])).contains("no mail of T-1"));
}

#[test]
fn doubt_another_tasks_work_and_begun_steps_leave_the_type_as_it_is() {
    let mut w = a_task();
    let doubtful = first().asks(&["permit"]).with(|a| a.reading.certainty = Certainty::Doubtful);
    let seen = proposed(&w, 1, &[doubtful]);
    assert!(seen.changes.iter().all(|c| c.what != "type") && seen.notes[0].contains("a person decides"), "{seen:?}");
    w.command("ben", Command::Step { task: ONE, step: "check".into(), waive: None, policy: None }).unwrap();
    let seen = proposed(&w, 1, &[first().asks(&["permit"])]);
    assert!(seen.changes.iter().all(|c| c.what != "type") && seen.notes[0].contains("begun on its steps"), "{seen:?}");

    let mut w = World::new().knows(trucks());
    w.receive(mail("m1", "tony@trucks.example").asks(&["bond", "permit"]));
    let only_one = mail("m1", "tony@trucks.example").asks(&["permit"]).field("vins", text("1FT"));
    w.command("ana", reread(1, &[only_one])).unwrap();
    assert_eq!(w.task(1).request_type, Some("bond".into()), "the other task does that work");
    assert_eq!(values(w.task(1), "vins"), ["1FT"]);
    sound(&w);
}

#[test]
fn a_request_that_the_joined_task_does_is_not_given_to_the_one_opened_beside_it() {
    let mut w = a_task();
    let reply = mail("m2", "tony@trucks.example").answering("m1@client.example");
    w.receive(reply.clone().asks(&["bond", "permit"]));
    assert_eq!(w.task(2).request_type, Some("permit".into()));
    let only_bond = reply.asks(&["bond"]).field("vins", text("1FT"));
    w.command("ana", reread(2, &[only_bond])).unwrap();
    assert_eq!(w.task(2).request_type, Some("permit".into()), "T-1 does that work");
    assert_eq!(values(w.task(2), "vins"), ["1FT"]);
    sound(&w);
}
