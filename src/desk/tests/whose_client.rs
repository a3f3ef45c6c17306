//! Which client a message is about, what a person is asked, and what they say.

use super::{sample::*, world::World};
use crate::desk::*;
use crate::domain::account::{Account, Contact};

fn bank() -> Account {
    Account {
        contacts: vec![Contact { name: "Bo".into(), address: Some(address("tony@trucks.example")), phone: None }],
        csr: Some("ana".into()),
        ..Account::new("A2".into(), "Marchetti Leasing LLC".into())
    }
}

#[test]
fn several_that_fit_are_a_question_with_every_candidate_and_the_answer_moves_the_task() {
    let mut shared = trucks();
    shared.domains.clear();
    let mut w = World::new().knows(shared).knows(bank());
    w.receive(mail("m1", "tony@trucks.example").asks(&["bond"]));
    let because: Vec<_> = w.task(1).candidates.iter().map(|c| (c.account.as_str(), c.because.join("; "))).collect();
    assert_eq!(
        because,
        [
            ("A1", "tony@trucks.example is a contact of it".to_owned()),
            ("A2", "tony@trucks.example is a contact of it".to_owned()),
        ]
    );
    let asked = &w.letters("notice")[0].says.tasks[0].candidates;
    assert_eq!(asked[1], "A2 (Marchetti Leasing LLC): tony@trucks.example is a contact of it");
    assert!(w.letters("acknowledgement")[0].says.tasks[0].candidates.is_empty(), "no account data outside");
    assert_eq!(w.task(1).assigned.person.as_str(), "ana", "on duty");
    let wrong = w.command("ana", Command::SetAccount { task: TaskId(1), account: Some("A3".into()) });
    assert_eq!(wrong.unwrap_err(), "There is no account “A3” in the book. It may be A1 or A2.");
    w.command("ana", Command::SetAccount { task: TaskId(1), account: Some("A1".into()) }).unwrap();
    let t = w.task(1);
    assert_eq!((t.account.clone(), t.candidates.len()), (Some("A1".into()), 0));
    assert_eq!(t.account_reason, "Ana Ruiz said whom it is about.");
    assert_eq!(t.assigned.person.as_str(), "ben", "untouched, it goes to who serves the client: {}", t.assigned.reason);
    let again = w.command("ben", Command::SetAccount { task: TaskId(1), account: Some("A1".into()) });
    assert_eq!(again.unwrap_err(), "T-1 is Marchetti Trucking's already.");
    w.check();
}

#[test]
fn a_policy_of_two_accounts_is_a_question_and_the_writers_address_answers_it() {
    let second = Account {
        policies: trucks().policies,
        contacts: Vec::new(),
        domains: Vec::new(),
        ..Account::new("A2".into(), "Marchetti Leasing".into())
    };
    let mut w = World::new().knows(trucks()).knows(second);
    let number = || text("CTP-01-558231-3");
    w.receive(mail("m1", "gus@builder.example").asks(&["bond"]).field("policy_numbers", number()));
    assert_eq!(w.task(1).account, None);
    let candidates: Vec<_> = w.task(1).candidates.iter().map(|c| (c.account.as_str(), c.because.join("; "))).collect();
    let because = "policy number CTP-01-558231-3 is of it".to_owned();
    assert_eq!(candidates, [("A1", because.clone()), ("A2", because)]);
    assert!(w.task(1).notes[0].text.ends_with("several accounts fit. A person has to say which."));
    assert!(w.letters("acknowledgement")[0].says.tasks[0].candidates.is_empty(), "no account data outside");
    w.receive(mail("m2", "tony@trucks.example").asks(&["permit"]).field("policy_numbers", number()));
    assert_eq!(w.task(2).account, Some("A1".into()), "{}", w.task(2).account_reason);
    assert!(w.task(2).candidates.is_empty());
}

#[test]
fn a_firms_name_without_its_legal_form_is_taken_and_asked_about() {
    let mut w = World::new().knows(bank());
    let m = mail("m1", "zoe@new.example").asks(&["bond"]).field("insured_name", text("Marchetti Leasing"));
    w.receive(m);
    let t = w.task(1);
    assert_eq!(t.account, Some("A2".into()));
    assert!(t.notes[0].text.starts_with("Is it Marchetti Leasing LLC? Little speaks for it:"), "{}", t.notes[0].text);
    assert_eq!(t.candidates.len(), 1);
    let m = mail("m2", "zoe@new.example").asks(&["bond"]).field("insured_name", text("Marchetti Leasing, LLC"));
    w.receive(m.with(|a| a.message.from = Some(mailbox("Zoe", "other@new.example"))));
    assert!(w.task(2).candidates.is_empty(), "the whole name is no doubt");
}

#[test]
fn two_firms_that_differ_in_their_legal_form_only_are_told_apart_by_the_whole_name() {
    let mut inc = bank();
    inc.id = "A3".into();
    inc.name = "Marchetti Leasing Inc".into();
    let mut w = World::new().knows(bank()).knows(inc);
    let named = |id: &str, name: &str| {
        let m = mail(id, "zoe@new.example").asks(&["bond"]).field("insured_name", text(name));
        m.with(|a| a.message.from = Some(mailbox("", &format!("{id}@gmail.com"))))
    };
    w.receive(named("m1", "Marchetti Leasing Inc."));
    assert_eq!(w.task(1).account, Some("A3".into()));
    w.receive(named("m2", "Marchetti Leasing"));
    assert_eq!((w.task(2).account.clone(), w.task(2).candidates.len()), (None, 2));
}

#[test]
fn what_somebody_asked_for_before_tells_their_account_and_is_asked_about() {
    let mut w = World::new().knows(trucks());
    w.receive(mail("m1", "driver@gmail.com").asks(&["bond"]).field("policy_numbers", text("CTP-01-558231-3")));
    w.receive(mail("m2", "driver@gmail.com").asks(&["permit"]));
    let t = w.task(2);
    assert_eq!(t.account, Some("A1".into()));
    assert_eq!(t.account_reason, "driver@gmail.com asked before for work of Marchetti Trucking.");
    assert!(t.notes[0].text.starts_with("Is it Marchetti Trucking?"));
    let carrier = mail("m3", "driver@gmail.com").asks(&["permit"]);
    w.receive(carrier.with(|a| a.reading.sender_kind = crate::domain::reading::SenderKind::Carrier));
    assert_eq!(w.task(3).account, None, "who writes for many tells nothing by it");
}

#[test]
fn what_speaks_less_is_named_beside_what_was_chosen() {
    let mut w = World::new().knows(trucks()).knows(bank());
    let m = mail("m1", "tony@trucks.example").asks(&["bond"]).field("policy_numbers", text("CTP-01-558231-3"));
    w.receive(m);
    let reason = &w.task(1).account_reason;
    assert!(
        reason.ends_with("Less speaks for Marchetti Leasing LLC (tony@trucks.example is a contact of it)."),
        "{reason}"
    );
    assert!(w.task(1).candidates.is_empty());
}

fn import(accounts: Vec<Account>, seen: Option<Difference>) -> Input {
    Input::Import { by: "olga".into(), accounts, whole: true, file: "book.csv".to_owned(), seen }
}

#[test]
fn a_first_import_sends_nothing_until_a_person_releases_it() {
    let mut w = World::new();
    w.say(&import(vec![trucks()], None)).unwrap();
    w.receive(mail("m1", "tony@trucks.example").asks(&["bond"]));
    w.receive(mail("m2", "zoe@new.example").asks(&["bond"]));
    let waits = |w: &World, n: usize| w.letters("acknowledgement")[n].disposition;
    assert_eq!(
        (waits(&w, 0), waits(&w, 1)),
        (Disposition::Held, Disposition::Send),
        "only what rests on the book waits"
    );
    assert!(matches!(&w.task(1).client_told, crate::domain::task::ClientTold::No(why) if why.contains("book is new")));
    assert_eq!(w.recipients("notice").len(), 2, "staff hear as ever");
    w.say(&import(vec![trucks(), bank()], None)).unwrap();
    assert!(w.book.held, "another import releases nothing");
    w.command("olga", Command::ReleaseBook).unwrap();
    assert!(w.command("olga", Command::ReleaseBook).unwrap_err().contains("not held"));
    w.receive(mail("m3", "tony@trucks.example").asks(&["bond"]).field("policy_numbers", text("CTP-01-558231-3")));
    assert_eq!(waits(&w, 2), Disposition::Send);
    w.say(&import(vec![trucks()], None)).unwrap();
    assert!(!w.book.held, "only the first one is held");
}

#[test]
fn what_was_seen_is_what_is_imported() {
    let mut w = World::new();
    let seen = crate::domain::account::difference(&[], &[trucks()], true);
    w.say(&import(vec![trucks()], Some(seen.clone()))).unwrap();
    let changed = w.say(&import(vec![trucks()], Some(seen)));
    assert_eq!(
        changed.unwrap_err(),
        "The account book has changed since you looked; nothing was imported. Look again."
    );
}

#[test]
fn what_was_issued_to_a_holder_before_stands_in_the_notice_and_in_no_letter_outside() {
    use crate::domain::account::{Certificate, Holder};
    let mut account = trucks();
    let issued = |y, project: Option<&str>| Certificate {
        issued: chrono::NaiveDate::from_ymd_opt(y, 1, 5).unwrap(),
        project: project.map(str::to_owned),
    };
    account.holders = vec![Holder {
        name: "City of Aurora".into(),
        address: Some("44 E Downer Pl".to_owned()),
        certificates: vec![issued(2025, None), issued(2026, Some("Elm Street"))],
    }];
    let mut w = World::new().knows(account);
    let holder = FieldValue::Party { name: "CITY OF AURORA".to_owned(), address: None };
    w.receive(mail("m1", "tony@trucks.example").asks(&["bond"]).field("holder", holder));
    let shown = &w.letters("notice")[0].says.tasks[0].earlier;
    assert_eq!(shown, &["City of Aurora, 44 E Downer Pl: 2026-01-05 for Elm Street, 2025-01-05"]);
    assert!(w.letters("acknowledgement")[0].says.tasks[0].earlier.is_empty());
}

#[test]
fn what_told_the_client_is_what_left_one_of_several_and_not_what_said_nothing_more() {
    let mut other = trucks();
    (other.id, other.name) = ("A2".into(), "Marchetti Leasing".into());
    other.policies = vec![crate::domain::account::Policy::of("GLC-2")];
    let mut w = World::new().knows(trucks()).knows(other);
    let m = mail("m1", "tony@trucks.example").asks(&["bond"]).field("policy_numbers", text("GLC-2"));
    w.receive(m.field("insured_name", text("Marchetti Leasing")));
    let reason = &w.task(1).account_reason;
    assert!(
        reason.starts_with("tony@trucks.example is a contact of and policy number GLC-2 is of Marchetti Leasing."),
        "{reason}"
    );
}

#[test]
fn whom_the_book_does_not_know_is_called_as_they_call_themselves() {
    let mut w = World::new();
    let m = mail("m1", "zoe@new.example").asks(&["bond"]).field("project", text("Pier 4"));
    w.receive(m.field("insured_name", text("Zoe's Bakery")));
    assert_eq!((w.task(1).account.clone(), w.task(1).insured.clone()), (None, Some("Zoe's Bakery".into())));
}
