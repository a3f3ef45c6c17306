//! What is known, half known or in doubt: what the book holds is not asked, a half is joined to its other half only, and
//! what may be known after all is left to a person.

use super::{
    sample::{Mail, *},
    world::World,
};
use crate::desk::{
    missing::{left_after, merged, question},
    *,
};
use crate::domain::{
    account::{Contact, Policy as Held},
    field::{Field, FieldValue, Piece, Provenance},
    reading::{MAYBE_SAID, Request},
    task::Missing,
};
use chrono::NaiveDate;

fn party(name: &str, address: Option<&str>) -> FieldValue {
    FieldValue::Party { name: name.into(), address: address.map(str::to_owned) }
}

fn driver(name: Option<&str>, born: Option<i32>, license: Option<&str>) -> FieldValue {
    let dob = born.map(|year| NaiveDate::from_ymd_opt(year, 4, 17).unwrap());
    FieldValue::Driver { name: name.map(str::to_owned), dob, license: license.map(str::to_owned) }
}

/// A fact that is read with this confidence.
fn sure(name: &str, value: FieldValue, confidence: u8) -> Field {
    Field { confidence, ..field(name, value) }
}

fn together(known: FieldValue, brought: FieldValue) -> Vec<FieldValue> {
    merged(&[field("x", known)], &[field("x", brought)]).into_iter().map(|f| f.value).collect()
}

/// What each missing field of a task is in doubt for; `None` was asked for at once.
fn doubts(w: &World, n: u64) -> Vec<(&str, Option<&str>)> {
    w.task(n).missing.iter().map(|m| (m.field.as_str(), m.doubt.as_deref())).collect()
}

fn asks(fields: &[&str]) -> Mail {
    fields.iter().fold(mail("m1", "tony@trucks.example").asks(&["bond"]), |m, f| m.lacks(f))
}

#[test]
fn a_party_without_its_address_is_joined_to_the_same_party_with_it() {
    let whole = party("City of Gary", Some("401 Broadway"));
    assert_eq!(together(party("CITY OF GARY", None), whole.clone()), std::slice::from_ref(&whole));
    let other = party("Lakeshore LLC", Some("1 Shore Dr"));
    assert_eq!(together(party("City of Gary", None), other.clone()), [party("City of Gary", None), other]);
    let by_hand = Provenance::Person { person: "ana".into(), at: tuesday() };
    let said = Field { from: by_hand, ..field("x", party("City of Gary", None)) };
    assert_eq!(merged(std::slice::from_ref(&said), &[field("x", whole)]).len(), 2, "what a person said is not touched");
}

#[test]
fn a_driver_is_one_driver_where_name_birth_date_and_licence_allow_it() {
    let ann = Some("Ann Lee");
    let whole = driver(ann, Some(1990), Some("A1"));
    for (known, brought) in [
        (driver(ann, None, None), driver(None, Some(1990), Some("A1"))),
        (driver(None, Some(1990), Some("A1")), driver(ann, None, None)),
        (driver(ann, Some(1990), None), driver(ann, Some(1990), Some("A1"))),
        (driver(ann, Some(1990), None), driver(ann, None, Some("A1"))),
        (driver(ann, None, Some("A1")), driver(ann, Some(1990), Some("A1"))),
        (driver(ann, None, Some("A1")), driver(None, Some(1990), None)),
        (driver(ann, None, Some("A1")), driver(Some("ann lee"), Some(1990), None)),
    ] {
        assert_eq!(
            together(known.clone(), brought.clone()),
            std::slice::from_ref(&whole),
            "{known:?} with {brought:?}"
        );
    }
    for (known, brought) in [
        (driver(ann, None, Some("A1")), driver(Some("Bob Roe"), None, Some("A1"))),
        (driver(ann, None, None), driver(Some("Bob Roe"), Some(1990), None)),
        (driver(ann, None, Some("A1")), driver(ann, None, Some("B2"))),
        (driver(ann, Some(1990), None), driver(ann, Some(1991), None)),
        (driver(None, Some(1990), None), driver(None, None, Some("A1"))),
        (driver(None, Some(1990), None), driver(None, Some(1990), Some("A1"))),
    ] {
        assert_eq!(together(known.clone(), brought.clone()), [known, brought], "two drivers");
    }
}

#[test]
fn a_question_is_ticked_by_an_answer_that_is_sure_without_doubt_and_has_all_that_the_page_wants() {
    let missing = [Missing { field: "drivers".into(), question: "Who drives?".into(), doubt: None }];
    let mut page = policy().pages.remove(&"bond".into()).unwrap();
    let left = |page: &PageOfWork, f: Field| left_after(&missing, &[], &[f], Some(page)).len();
    let (name, born, license) = (Some("Ann Lee"), Some(1990), Some("A1"));
    for (parts, enough, too_little) in [
        (vec![], driver(name, None, None), None),
        (vec![Piece::Name], driver(name, None, None), Some(driver(None, born, license))),
        (vec![Piece::Dob], driver(None, born, None), Some(driver(name, None, license))),
        (vec![Piece::License], driver(None, None, license), Some(driver(name, born, None))),
        (vec![Piece::Name, Piece::Dob], driver(name, born, None), Some(driver(name, None, None))),
    ] {
        page.needs.insert("drivers".into(), NeedOfWork { parts: parts.clone(), ..NeedOfWork::default() });
        assert_eq!(left(&page, field("drivers", enough.clone())), 0, "{parts:?}");
        assert!(too_little.is_none_or(|t| left(&page, field("drivers", t)) == 1), "{parts:?}");
        assert_eq!(left(&page, sure("drivers", enough.clone(), 50)), 0, "just sure");
        assert_eq!(left(&page, sure("drivers", enough.clone(), 49)), 1, "a guess");
        let odd = Field { doubt: Some("the licence is too short".into()), ..field("drivers", enough) };
        assert_eq!(left(&page, odd), 1, "in doubt");
    }
    assert_eq!(left_after(&missing, &[], &[field("drivers", party("Ann Lee", None))], Some(&page)).len(), 1);
    assert_eq!(left_after(&missing, &[], &[field("holder", driver(name, born, None))], Some(&page)).len(), 1);
}

#[test]
fn what_the_page_does_not_word_is_asked_plainly_in_the_letters_language() {
    assert_eq!(question("site_plan", None, &[], "en"), "Please tell us: site plan.");
    assert_eq!(question("site_plan", None, &[], "fr"), "Please tell us: site plan.");
    assert_eq!(question("site_plan", None, &[], "es"), "Por favor, indíquenos: site plan.");
}

#[test]
fn what_the_account_book_holds_of_client_writer_and_policy_is_taken_from_it() {
    let until = NaiveDate::from_ymd_opt(2027, 3, 1);
    let tina =
        Contact { name: "Tina".into(), address: Some(address("tina@trucks.example")), phone: Some("555-0202".into()) };
    let mut account = trucks();
    account.contacts.push(tina);
    account.policies = vec![Held { expiration: until, ..Held::of("CTP-01-558231-3") }, Held::of("GLC-2")];
    let lacking = ["insured_name", "contact_name", "contact_phone", "expiration_date"];
    let named = |number: &str| {
        asks(&lacking).field("policy_numbers", text(number)).with(|a| {
            a.message.from = Some(mailbox("", "tina@trucks.example"));
        })
    };
    let mut w = World::new().knows(account.clone());
    w.receive(named("ctp 01 558231 3"));
    let from_book = Provenance::Book { account: "A1".into() };
    let held: Vec<(&str, String)> = w.task(1).fields[1..].iter().map(|f| (f.name.as_str(), f.value.shown())).collect();
    let expected = ["Marchetti Trucking", "Tina", "555-0202", "2027-03-01"];
    assert_eq!(held, lacking.into_iter().zip(expected.map(str::to_owned)).collect::<Vec<_>>());
    assert!(w.task(1).fields[1..].iter().all(|f| f.from == from_book && f.confidence == 100));
    assert_eq!(doubts(&w, 1), []);
    // Of the other policy the book knows no day, and of a stranger to it neither name nor number.
    let mut w = World::new().knows(account);
    w.receive(named("GLC-2").with(|a| a.message.from = Some(mailbox("", "bo@trucks.example"))));
    let asked = ["contact_name", "contact_phone", "expiration_date"].map(|f| (f, None));
    assert_eq!(doubts(&w, 1), asked);
}

#[test]
fn the_only_policy_of_the_book_is_meant_unless_another_one_is_named() {
    let mut account = trucks();
    account.policies[0].expiration = NaiveDate::from_ymd_opt(2027, 3, 1);
    let mut w = World::new().knows(account.clone());
    w.receive(asks(&["policy_numbers", "expiration_date"]));
    let held: Vec<String> = w.task(1).fields.iter().map(|f| f.value.shown()).collect();
    assert_eq!(held, ["CTP-01-558231-3", "2027-03-01"]);
    let mut w = World::new().knows(account);
    w.receive(asks(&["policy_numbers", "expiration_date"]).field("policy_numbers", text("UMB-77")));
    // They named one that the book does not have: the book's only one is neither taken nor held against asking.
    assert_eq!(doubts(&w, 1), [("policy_numbers", None), ("expiration_date", None)]);
    assert!(w.task(1).was_asked("expiration_date"));
}

#[test]
fn half_of_it_read_for_sure_is_asked_and_a_guess_is_not() {
    for (confidence, doubt) in [(50, None), (49, Some("they may have written it: “City of Gary”"))] {
        let mut w = World::new().knows(trucks());
        let half = sure("holder", party("City of Gary", None), confidence);
        w.receive(asks(&["holder"]).with(|a| a.reading.fields.push(half)));
        assert_eq!(doubts(&w, 1), [("holder", doubt)]);
        assert_eq!(w.task(1).was_asked("holder"), doubt.is_none());
    }
}

#[test]
fn what_stands_for_sure_in_another_task_of_the_same_client_is_left_to_a_person() {
    let reply = |id: &str, from: &str| {
        mail(id, from).asks(&["permit"]).lacks("project").lacks("site").lacks("dock").answering("m1@client.example")
    };
    let first = |from: &str| {
        let guess = sure("site", text("Pier 4"), 49);
        mail("m1", from).asks(&["bond"]).field("project", text("Elm")).with(|a| a.reading.fields.push(guess))
    };
    let mut w = World::new().knows(trucks());
    w.receive(first("tony@trucks.example"));
    w.receive(reply("m2", "tony@trucks.example"));
    let known = ("project", Some("it stands in T-1 of the same client"));
    assert_eq!(doubts(&w, 2), [known, ("site", None), ("dock", None)]);
    // Of a writer whom the book does not know it cannot be told whether it is the same client.
    let mut w = World::new();
    w.receive(first("zoe@new.example"));
    w.receive(reply("m2", "zoe@new.example"));
    assert_eq!(doubts(&w, 2), [("project", None), ("site", None), ("dock", None)]);
}

#[test]
fn only_a_document_that_could_not_be_read_may_hold_what_is_missing() {
    let attached = |inline: bool, unread: Option<&str>| crate::message::Attachment {
        name: "plan.pdf".into(),
        content_type: "application/pdf".into(),
        inline,
        held: Some(crate::message::attached::Held { unread: unread.map(str::to_owned), ..Default::default() }),
        ..Default::default()
    };
    let doubt = "it may stand in “plan.pdf”, which could not be read";
    for (file, expected) in [
        (attached(false, Some("a scan")), Some(doubt)),
        (attached(false, None), None),
        (attached(true, Some("a picture")), None),
    ] {
        let mut w = World::new().knows(trucks());
        w.receive(asks(&["site"]).with(|a| a.message.attachments = vec![file]));
        assert_eq!(doubts(&w, 1), [("site", expected)]);
    }
}

#[test]
fn what_was_in_doubt_stays_in_doubt_under_another_type() {
    let mut w = World::new().knows(trucks());
    let guess = sure("vins", text("17 something"), 30);
    w.receive(asks(&["vins"]).with(|a| a.reading.fields.push(guess)));
    let mut needs = request("permit");
    needs.missing = vec!["site".into(), "vins".into()];
    let it_is = Command::SetType { task: TaskId(1), request_type: "permit".into(), needs: Some(Box::new(needs)) };
    w.command("ana", it_is).unwrap();
    assert_eq!(doubts(&w, 1), [("site", None), ("vins", Some("they may have written it: “17 something”"))]);
}

#[test]
fn what_the_page_is_not_sure_of_is_proposed_and_not_asked() {
    let mut w = World::new().knows(trucks());
    w.receive(asks(&["site", "project"]).with(|a| a.reading.requests[0].unsure = vec!["site".into()]));
    assert_eq!(doubts(&w, 1), [("site", Some(MAYBE_SAID)), ("project", None)]);
    assert!(!w.task(1).was_asked("site") && w.task(1).was_asked("project"));
    // Where it may stand says more.
    let reply = mail("m2", "tony@trucks.example").asks(&["permit"]).lacks("site").answering("m1@client.example");
    let mut known = World::new().knows(trucks());
    known.receive(mail("m1", "tony@trucks.example").asks(&["bond"]).field("site", text("Pier 4")));
    known.receive(reply.with(|a| a.reading.requests[0].unsure = vec!["site".into()]));
    assert_eq!(doubts(&known, 2), [("site", Some("it stands in T-1 of the same client"))]);
    // A person asks it all the same.
    w.command("ben", Command::AskMissing { task: TaskId(1) }).unwrap();
    assert!(w.task(1).was_asked("site"));
}

#[test]
fn what_another_page_is_not_sure_of_is_in_doubt_under_that_type() {
    let mut w = World::new().knows(trucks());
    w.receive(asks(&["project"]));
    let needs =
        Request { missing: vec!["site".into(), "dock".into()], unsure: vec!["dock".into()], ..request("permit") };
    let it_is = Command::SetType { task: TaskId(1), request_type: "permit".into(), needs: Some(Box::new(needs)) };
    w.command("ana", it_is).unwrap();
    assert_eq!(doubts(&w, 1), [("site", None), ("dock", Some(MAYBE_SAID))]);
    // What that page doubts the next one may be sure of.
    let needs = Request { missing: vec!["dock".into()], ..request("bond") };
    let it_is = Command::SetType { task: TaskId(1), request_type: "bond".into(), needs: Some(Box::new(needs)) };
    w.command("ana", it_is).unwrap();
    assert_eq!(doubts(&w, 1), [("dock", None)]);
}

#[test]
fn what_is_named_twice_is_asked_once() {
    let mut w = World::new().knows(trucks());
    w.receive(asks(&["holder", "project", "holder"]));
    assert_eq!(doubts(&w, 1), [("holder", None), ("project", None)]);
}

#[test]
fn the_other_half_is_asked_for_where_half_of_that_very_thing_is_known_for_sure() {
    let mut page = policy().pages.remove(&"bond".into()).unwrap();
    let rest = BTreeMap::from([("en".to_owned(), "We have the name. Where?".to_owned())]);
    page.needs.insert("holder".into(), NeedOfWork { rest, ..NeedOfWork::default() });
    let half = || party("City of Gary", None);
    let odd = Field { doubt: Some("two are named".into()), ..field("holder", half()) };
    for (known, asked) in [
        (sure("holder", half(), 50), "We have the name. Where?"),
        (sure("holder", half(), 49), "Who is the holder?"),
        (odd, "Who is the holder?"),
        (field("insured_name", half()), "Who is the holder?"),
    ] {
        assert_eq!(question("holder", Some(&page), std::slice::from_ref(&known), "en"), asked, "{known:?}");
    }
}

#[test]
fn one_name_in_two_places_is_two_facts() {
    let (known, brought) = (field("insured_name", text("City of Gary")), field("holder", text("City of Gary")));
    assert_eq!(merged(std::slice::from_ref(&known), std::slice::from_ref(&brought)), [known.clone(), brought]);
    assert_eq!(merged(std::slice::from_ref(&known), std::slice::from_ref(&known)), [known]);
}
