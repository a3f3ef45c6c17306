//! Where a person knows better: to the edge of what is taken, in its place, and told to whom it concerns.

use super::{
    sample::{Mail, *},
    world::World,
};
use crate::desk::*;
use crate::domain::{
    field::{FieldValue, Provenance},
    reading::{Certainty, Channel, Complexity, SenderKind},
    task::Task,
    workflow::{Span, Step as PageStep},
};

const ONE: TaskId = TaskId(1);

fn asks() -> Mail {
    mail("m1", "tony@trucks.example").asks(&["bond"])
}

fn a_task() -> World {
    let mut w = World::new().knows(trucks());
    w.receive(asks().field("site", text("Dock 9")).field("project", text("Pier 4")).field("amount", text("500")));
    w
}

fn set(name: &str, values: &[FieldValue]) -> Command {
    Command::SetField { task: ONE, name: name.into(), values: values.to_vec(), elsewhere: false }
}

fn it_is(kind: &str, needs: Option<crate::domain::reading::Request>) -> Command {
    Command::SetType { task: ONE, request_type: kind.into(), needs: needs.map(Box::new) }
}

fn facts(t: &Task) -> Vec<(&str, String)> {
    t.fields.iter().map(|f| (f.name.as_str(), f.value.shown())).collect()
}

#[test]
fn a_fields_name_has_one_to_sixty_small_letters_and_a_field_sixty_values() {
    let mut w = a_task();
    for (name, good) in [
        (String::new(), false),
        ("a".to_owned(), true),
        ("a".repeat(60), true),
        ("a".repeat(61), false),
        ("limit_2".to_owned(), true),
        ("Limit".to_owned(), false),
    ] {
        let said = w.command("ana", set(&name, &[text("x")]));
        assert_eq!(said.is_ok(), good, "{name}");
        assert!(said.err().is_none_or(|why| why.contains("no field's name")), "{name}");
    }
    let many = |n: usize| (0..n).map(|i| text(&format!("V{i}"))).collect::<Vec<_>>();
    w.command("ana", set("vins", &many(60))).unwrap();
    assert!(w.command("ana", set("vins", &many(61))).unwrap_err().contains("More than 60"));
}

#[test]
fn a_value_needs_one_piece_of_it_and_a_number_is_one() {
    let driver = |name: Option<&str>, dob: Option<&str>, license: Option<&str>| FieldValue::Driver {
        name: name.map(str::to_owned),
        dob: dob.map(|d| d.parse().unwrap()),
        license: license.map(str::to_owned),
    };
    let mut w = a_task();
    for (value, good) in [
        (driver(Some("Ann Lee"), None, None), true),
        (driver(None, Some("1990-04-17"), None), true),
        (driver(None, None, Some("A1")), true),
        (driver(Some(" "), None, Some("\n")), false),
        (driver(None, None, None), false),
        (FieldValue::Number(5.0), true),
        (FieldValue::Number(f64::INFINITY), false),
        (FieldValue::Flag(true), true),
        (FieldValue::Flag(false), false),
        (date("2026-12-01"), true),
    ] {
        assert_eq!(w.command("ana", set("x", std::slice::from_ref(&value))).is_ok(), good, "{value:?}");
    }
}

#[test]
fn what_a_person_confirms_is_by_their_word_and_keeps_its_place() {
    let mut w = a_task();
    w.command("ana", set("project", &[text("Pier 4")])).unwrap();
    let project = &w.task(1).fields[1];
    assert!(matches!(&project.from, Provenance::Person { person, .. } if person.as_str() == "ana"));
    assert!(w.command("ana", set("project", &[text("Pier 4")])).unwrap_err().contains("is that already"));
    w.command("ana", set("project", &[text("Pier 5"), text("Pier 6")])).unwrap();
    let sorted = [("site", "Dock 9"), ("project", "Pier 5"), ("project", "Pier 6"), ("amount", "500")];
    assert_eq!(facts(w.task(1)), sorted.map(|(n, v)| (n, v.to_owned())));
    w.command("ana", set("vins", &[text("1FT")])).unwrap();
    assert_eq!(facts(w.task(1)).last().unwrap().0, "vins");
}

#[test]
fn a_fact_of_the_first_message_answers_no_question_that_is_asked_of_that_message() {
    let mut w = a_task();
    let mut needs = request("permit");
    needs.missing = vec!["project".into(), "amount".into()];
    w.command("ana", set("amount", &[text("600")])).unwrap();
    w.command("ana", it_is("permit", Some(needs))).unwrap();
    let asked: Vec<&str> = w.task(1).missing.iter().map(|m| m.field.as_str()).collect();
    assert_eq!(asked, ["project"], "of the first mail the rules say that it is not all; a person's word is");
}

#[test]
fn another_type_has_its_own_standard_from_the_arrival_on() {
    let mut w = a_task();
    let page = w.policy.pages.get_mut(&"permit".into()).unwrap();
    page.practice.standard.turnaround = Span::Office(240);
    w.now = at("2026-11-17T12:00:00-06:00");
    w.command("ana", it_is("permit", None)).unwrap();
    assert_eq!(w.task(1).standard_due, Some(at("2026-11-17T14:00:00-06:00")));
    // What it waited for the client is not counted, as if it had been a permit from the start.
    let mut w = a_task();
    w.policy.pages.get_mut(&"permit".into()).unwrap().practice.standard.turnaround = Span::Office(240);
    let on = crate::domain::workflow::Party::Client;
    let wait = Command::Wait { task: ONE, on, until: None, why: "the plan".into(), policy: None };
    w.command("ana", wait).unwrap();
    w.now = at("2026-11-17T11:00:00-06:00");
    w.command("ana", Command::Resume { task: ONE }).unwrap();
    w.command("ana", it_is("permit", None)).unwrap();
    assert_eq!(w.task(1).standing(), "in progress");
    assert_eq!(w.task(1).standard_due, Some(at("2026-11-17T15:00:00-06:00")));
}

#[test]
fn whoever_may_not_do_it_hands_it_on_with_the_kind_in_the_reason() {
    let mut w = a_task();
    w.policy.pages.get_mut(&"permit".into()).unwrap().practice.staff.simple = Role::AccountManager;
    w.command("olga", it_is("permit", None)).unwrap();
    let why = "It is now “Permit”. Max Ito is the account manager of Marchetti Trucking in the account book.";
    assert_eq!((w.task(1).assigned.person.as_str(), w.task(1).assigned.reason.as_str()), ("max", why));
    let told = *w.letters("notice").last().unwrap();
    assert_eq!((told.to.address.local(), told.says.why.as_str()), ("max", why));
}

#[test]
fn a_task_is_never_its_own_last_time() {
    let points_back = || {
        let mut needs = request("permit");
        needs.again = vec![evidence("same holder as last time")];
        needs
    };
    let holder = FieldValue::Party { name: "City of Gary".into(), address: Some("401 Broadway".into()) };
    let mut w = World::new().knows(trucks());
    w.receive(mail("m0", "tony@trucks.example").asks(&["permit"]).field("holder", holder));
    w.now += chrono::Duration::hours(1);
    w.receive(asks());
    let second =
        Command::SetType { task: TaskId(2), request_type: "permit".into(), needs: Some(Box::new(points_back())) };
    w.command("ana", second).unwrap();
    assert_eq!(facts(w.task(2)), [("holder", "City of Gary, 401 Broadway".to_owned())]);
    assert!(matches!(&w.task(2).fields[0].from, Provenance::Earlier { task, .. } if *task == ONE));
}

#[test]
fn a_task_that_nobody_has_begun_on_goes_to_whoever_serves_its_client_and_else_stays() {
    let stranger = || {
        let mut w = World::new().knows(trucks());
        w.receive(mail("m1", "zoe@new.example").asks(&["bond"]));
        assert_eq!(w.task(1).assigned.person.as_str(), "ana");
        w
    };
    let is_of = |account: Option<&str>| Command::SetAccount { task: ONE, account: account.map(AccountId::from) };
    let mut w = stranger();
    let draft = w.command("olga", is_of(Some("A1"))).unwrap();
    let said = "Olga Berg said that it is about Marchetti Trucking.";
    let reason = format!("{said} Ben Cole is the CSR of Marchetti Trucking in the account book.");
    assert_eq!((w.task(1).assigned.person.as_str(), &w.task(1).assigned.reason), ("ben", &reason));
    let [told] = draft.intents.as_slice() else { panic!("one letter") };
    assert_eq!((told.to.address.local(), told.says.why.as_str()), ("ben", said));
    // Begun, it stays.
    let mut w = stranger();
    w.command("ana", Command::Take { task: ONE }).unwrap();
    assert!(w.command("olga", is_of(Some("A1"))).unwrap().intents.is_empty());
    assert_eq!((w.task(1).assigned.person.as_str(), w.task(1).account.clone()), ("ana", Some("A1".into())));
    // Of no client in the book it is nobody's in particular, and no reason to move it.
    let mut w = World::new().knows(trucks());
    w.receive(asks());
    assert!(w.command("olga", is_of(None)).unwrap().intents.is_empty());
    assert_eq!((w.task(1).assigned.person.as_str(), w.task(1).account.clone()), ("ben", None));
    // Whoever has it already is not given it, and hears nothing.
    let mut w = World::new().knows(trucks());
    w.policy.duty = vec!["ben".into()];
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]));
    assert_eq!(w.task(1).assigned.person.as_str(), "ben");
    let draft = w.command("olga", is_of(Some("A1"))).unwrap();
    assert!(draft.intents.is_empty() && !draft.events.iter().any(|e| matches!(e, Event::Assigned { .. })));
    assert_eq!((w.task(1).assigned.person.as_str(), w.task(1).account.clone()), ("ben", Some("A1".into())));
}

#[test]
fn a_second_piece_of_work_is_as_sure_in_the_same_language_and_came_the_same_way() {
    let mut w = World::new().knows(trucks());
    w.receive(asks().with(|a| {
        a.reading.sender_kind = SenderKind::ThirdParty;
        a.reading.channel = Channel::Voicemail;
        a.reading.language = "es".into();
    }));
    w.command("ben", Command::Split { task: ONE, words: "permit".into() }).unwrap();
    let t = w.task(2);
    assert_eq!((t.sender_kind, t.channel, t.language.as_str()), (SenderKind::ThirdParty, Channel::Voicemail, "es"));
    assert_eq!((t.uncertain, t.request_type.clone()), (false, Some("permit".into())), "a person said what it is");
}

#[test]
fn triage_shows_four_guesses_at_most_each_once_the_best_first() {
    let mut w = World::new();
    w.receive(mail("m1", "zoe@new.example").asks(&["bond", "permit"]).with(|a| {
        a.reading.certainty = Certainty::Doubtful;
        a.reading.also_considered = ["permit", "garden", "bond", "kitchen", "cellar"].map(request).to_vec();
    }));
    let guesses: Vec<&str> = w.task(1).guesses.iter().map(RequestType::as_str).collect();
    assert_eq!(guesses, ["bond", "permit", "garden", "kitchen"]);
}

fn call(requester: &str, words: &str, certainty: Certainty, kinds: &[&str]) -> Command {
    let mut reading = mail("x", "x@x.example").asks(kinds).0.reading;
    reading.certainty = certainty;
    Command::New { requester: requester.into(), address: None, words: words.into(), reading: Box::new(reading) }
}

#[test]
fn a_call_is_sorted_by_a_person_unless_the_rules_are_clear_about_all_of_it() {
    for (certainty, kinds, expected) in [
        (Certainty::Clear, &["bond", "permit"][..], vec![Some("bond"), Some("permit")]),
        (Certainty::Doubtful, &["bond"], vec![None]),
        (Certainty::Clear, &["bond", "unheard_of"], vec![None]),
        (Certainty::Clear, &[], vec![None]),
    ] {
        let mut w = World::new();
        w.command("ana", call("Rita", "a bond", certainty, kinds)).unwrap();
        let types: Vec<_> = w.tasks.values().map(|t| t.request_type.as_ref().map(RequestType::as_str)).collect();
        assert_eq!(types, expected, "{certainty:?} {kinds:?}");
    }
}

#[test]
fn a_call_says_who_called_and_its_first_line_is_what_it_is_about() {
    for (requester, named) in [("Rita Moss", "Rita Moss"), ("", "somebody without a name")] {
        let mut w = World::new().knows(trucks());
        let words = "Lost her auto ID card\n\nasks for it by Friday";
        w.command("olga", call(requester, words, Certainty::Clear, &["bond"])).unwrap();
        let t = w.task(1);
        assert_eq!(t.subject.as_str(), "Lost her auto ID card");
        assert_eq!(t.notes[0].text, format!("Told by {named} in person or by telephone."));
        let [notice] = w.letters("notice")[..] else { panic!("one letter") };
        assert_eq!(notice.says.why, format!("Olga Berg took this down from {named}."));
    }
    let mut w = World::new();
    let long = "y".repeat(81);
    w.command("ana", call("Rita", &long, Certainty::Clear, &["bond"])).unwrap();
    w.command("ana", call("Rita", &long[..80], Certainty::Clear, &["bond"])).unwrap();
    let subjects = [w.task(1).subject.as_str(), w.task(2).subject.as_str()];
    assert_eq!(subjects, [format!("{}…", &long[..80]).as_str(), &long[..80]]);
}

fn reread(w: &World, mail: &Mail) -> Command {
    let read = reread::ReadAnew {
        message: mail.0.key.clone(),
        received: mail.0.received,
        reading: mail.0.reading.clone(),
        automatic: false,
        needs: mail.0.reading.requests.first().cloned().map(Box::new),
    };
    Command::Reread { task: ONE, rules: w.policy.versions.rules.clone(), read: vec![read] }
}

fn complex(mail: Mail) -> Mail {
    mail.with(|a| a.reading.requests[0].complexity = Complexity::Complex)
}

#[test]
fn what_is_read_as_complex_now_goes_to_who_may_do_it_unless_somebody_has_begun() {
    let mut w = World::new().knows(trucks());
    w.receive(asks());
    let steps = w.task(1).steps.clone();
    let draft = w.command("olga", reread(&w, &complex(asks()))).unwrap();
    let why = "It was read anew. Max Ito is the account manager of Marchetti Trucking in the account book.";
    assert_eq!((w.task(1).assigned.person.as_str(), w.task(1).assigned.reason.as_str()), ("max", why));
    assert_eq!((w.task(1).complexity, &w.task(1).steps), (Complexity::Complex, &steps));
    assert!(!draft.events.iter().any(|e| matches!(e, Event::StepsSet { .. })), "the same page, the same steps");
    let mut w = World::new().knows(trucks());
    w.receive(asks());
    w.command("ben", Command::Take { task: ONE }).unwrap();
    w.command("olga", reread(&w, &complex(asks()))).unwrap();
    assert_eq!((w.task(1).assigned.person.as_str(), w.task(1).complexity), ("ben", Complexity::Complex));
}

#[test]
fn what_is_read_as_another_type_now_goes_to_who_does_that_with_its_steps() {
    let mut w = World::new().knows(trucks());
    let practice = &mut w.policy.pages.get_mut(&"permit".into()).unwrap().practice;
    practice.staff.simple = Role::AccountManager;
    practice.steps = vec![PageStep { id: "apply".into(), title: "Apply.".into(), ..PageStep::default() }];
    w.receive(asks());
    w.command("olga", reread(&w, &mail("m1", "tony@trucks.example").asks(&["permit"]))).unwrap();
    assert_eq!(w.task(1).assigned.person.as_str(), "max");
    assert_eq!(w.task(1).steps.iter().map(|s| s.id.as_str()).collect::<Vec<_>>(), ["apply"]);
}

#[test]
fn a_new_fact_alone_moves_nobodys_task_and_names_no_type_anew() {
    let mut w = World::new();
    for id in ["ana", "ben"] {
        w.command("olga", Command::Presence { words: format!("{id} out until Friday") }).unwrap();
    }
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]));
    assert_eq!(w.task(1).assigned.person.as_str(), "olga", "nobody else is there");
    for id in ["ana", "ben"] {
        w.absences.remove(&PersonId::from(id));
    }
    let draft =
        w.command("otto", reread(&w, &mail("m1", "zoe@new.example").asks(&["bond"]).field("vins", text("1FT"))));
    let events = draft.unwrap().events;
    assert_eq!((w.task(1).assigned.person.as_str(), w.task(1).fields.len()), ("olga", 1));
    assert!(
        !events.iter().any(|e| matches!(e, Event::TypeSet { .. } | Event::StepsSet { .. } | Event::Assigned { .. }))
    );
}
