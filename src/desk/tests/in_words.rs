//! Times, hours, labels and facts in the words that letters use.

use super::{sample::*, world::World};
use crate::desk::view;
use crate::domain::{field::Field, spent::Spent};
use chrono::Duration;

#[test]
fn time_by_the_wall_is_told_in_its_two_largest_parts_without_those_that_are_nothing() {
    for (minutes, words) in [
        (-5, "0 min"),
        (45, "45 min"),
        (180, "3 h"),
        (200, "3 h 20 min"),
        (24 * 60, "1 day"),
        (24 * 60 + 5, "1 day"),
        (52 * 60, "2 days 4 h"),
    ] {
        assert_eq!(view::how_long(Duration::minutes(minutes)), words, "{minutes}");
    }
}

#[test]
fn office_time_is_told_in_half_hours_by_whose_turn_it_was_and_ours_always() {
    let spent = |agency: i64, client: i64, carrier: i64, third_party: i64| {
        let [agency, client, carrier, third_party] = [agency, client, carrier, third_party].map(Duration::minutes);
        view::spent(&Spent { agency, client, carrier, third_party })
    };
    assert_eq!(spent(0, 0, 0, 0), "us 0 min");
    assert_eq!(spent(59, 60, 0, 0), "us 59 min, the client 1 h");
    assert_eq!(spent(149, 0, 330, 0), "us 2 h, the carrier 5½ h");
    assert_eq!(spent(150, 0, 0, 1), "us 2½ h, a third party 1 min");
}

#[test]
fn a_fields_name_is_told_as_people_write_it_and_one_of_several() {
    for (name, words) in [
        ("policy_numbers", "Policy number"),
        ("deadline", "Deadline"),
        ("mailing_address", "Mailing address"),
        ("status", "Status"),
        ("basis", "Basis"),
        ("vins", "VIN"),
        ("vin", "VIN"),
        ("", ""),
    ] {
        assert_eq!(view::label(name), words, "{name}");
    }
}

#[test]
fn a_fact_that_was_read_for_sure_is_not_called_unsure() {
    let mut w = World::new();
    let read = |name: &str, confidence| Field { confidence, ..field(name, text("Pier 4")) };
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]).with(|a| {
        a.reading.fields = vec![read("project", 50), read("site", 49), read("dock", 51)];
    }));
    let facts = &w.letters("notice")[0].says.tasks[0].facts;
    let unsure: Vec<(&str, bool)> = facts.iter().map(|f| (f.label.as_str(), f.unsure)).collect();
    assert_eq!(unsure, [("Project", false), ("Site", true), ("Dock", false)]);
}

#[test]
fn the_number_to_call_is_that_of_the_contact_who_wrote() {
    let mut account = trucks();
    let tina = crate::domain::account::Contact {
        name: "Tina".into(),
        address: Some(address("tina@trucks.example")),
        phone: Some("555-0202".to_owned()),
    };
    account.contacts.push(tina);
    let mut w = World::new().knows(account);
    w.receive(mail("m1", "tina@trucks.example").asks(&["bond"]));
    w.receive(mail("m2", "bo@trucks.example").asks(&["permit"]));
    let shown = |n: usize| w.letters("notice")[n].says.tasks[0].requester.clone();
    assert_eq!((shown(0).name, shown(0).phone), ("Tina".to_owned(), "555-0202".to_owned()));
    assert_eq!((shown(1).name, shown(1).phone), (String::new(), String::new()), "the book does not know Bo");
}

#[test]
fn behind_a_phone_systems_mail_stands_the_caller_and_behind_a_plain_one_its_sender() {
    use crate::domain::reading::Channel;
    let mut w = World::new();
    for (id, channel, confidence) in
        [("m1", Channel::Voicemail, 80), ("m2", Channel::Email, 80), ("m3", Channel::Sms, 40)]
    {
        w.receive(mail(id, "box@voice.example").asks(&["bond"]).with(|a| {
            a.reading.channel = channel;
            a.message.from.as_mut().unwrap().name = "Voice Mail".into();
            a.reading.fields = vec![Field { confidence, ..field("contact_name", text("Priscilla Yates")) }];
        }));
    }
    let names: Vec<String> = w.letters("notice").iter().map(|l| l.says.tasks[0].requester.name.clone()).collect();
    assert_eq!(names, ["Priscilla Yates", "Voice Mail", "Voice Mail"]);
}

#[test]
fn a_next_step_that_asks_ends_with_its_own_mark() {
    use crate::{desk::escalation, domain::workflow::Clock};
    let mut w = World::new();
    w.policy.pages.get_mut(&"bond".into()).unwrap().practice.steps[0].title = "Are we licensed there?".to_owned();
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]));
    let action = escalation::action(Clock::Untouched, w.task(1), at("2026-11-20T12:00:00-06:00"));
    assert!(action.ends_with("Next step: Are we licensed there?"), "{action}");
}

#[test]
fn a_notice_names_the_dangers_and_each_policy_that_waits() {
    use crate::domain::workflow::{Party, PerPolicy};
    let mut account = trucks();
    account.policies.push(crate::domain::account::Policy::of("GLC-2"));
    let mut w = World::new().knows(account);
    w.policy.pages.get_mut(&"bond".into()).unwrap().practice.steps[1].per_policy = Some(PerPolicy::Held);
    w.receive(mail("m1", "tony@trucks.example").asks(&["bond"]).with(|a| a.reading.hazards.push(hazard())));
    assert_eq!(w.letters("notice")[0].says.tasks[0].hazards, ["Pending cancellation"]);
    let wait = crate::desk::Command::Wait {
        task: crate::desk::TaskId(1),
        on: Party::Carrier,
        until: Some(at("2026-11-20T12:00:00-06:00")),
        why: "their word".into(),
        policy: Some("GLC-2".into()),
    };
    w.command("ben", wait).unwrap();
    let assign = crate::desk::Command::Assign { task: crate::desk::TaskId(1), to: "ana".into(), reason: String::new() };
    w.command("ben", assign).unwrap();
    let notice = w.letters("notice").pop().unwrap();
    assert_eq!(notice.says.tasks[0].waits, ["GLC-2 waits on the carrier until Fri 20 Nov 2026, 12:00 PM: their word"]);
}

#[test]
fn who_asks_and_whose_account_it_is_about_are_shown_apart_with_the_number_of_the_book() {
    use crate::domain::{account::Contact, reading::SenderKind};
    let book = |phones: [Option<&str>; 2]| {
        let contact = |name: &str, phone: Option<&str>| Contact {
            name: name.into(),
            address: Some(address(&format!("{}@trucks.example", name.to_lowercase()))),
            phone: phone.map(str::to_owned),
        };
        crate::domain::account::Account {
            contacts: vec![contact("Tony", phones[0]), contact("Tina", phones[1])],
            ..trucks()
        }
    };
    let notice_of = |kind: SenderKind| {
        let mail = mail("m1", "notices@carrier.example").asks(&["bond"]);
        mail.field("policy_numbers", text("CTP-01-558231-3")).with(|a| {
            a.reading.sender_kind = kind;
            a.reading.hazards.push(hazard());
        })
    };
    for kind in [SenderKind::Carrier, SenderKind::ThirdParty] {
        for (phones, name, phone) in [
            ([Some("555-0101"), Some("555-0202")], "Marchetti Trucking (Tony)", "555-0101"),
            ([None, Some("555-0202")], "Marchetti Trucking (Tina)", "555-0202"),
            ([None, None], "Marchetti Trucking (Tony)", ""),
        ] {
            let mut w = World::new().knows(book(phones));
            w.receive(notice_of(kind));
            for letter in [w.letters("hazard")[0], w.letters("notice")[0]] {
                let task = &letter.says.tasks[0];
                assert!(task.for_another && task.requester.phone.is_empty(), "{kind:?}");
                assert_eq!(task.requester.address, "notices@carrier.example", "{kind:?}");
                assert_eq!((task.client.name.as_str(), task.client.phone.as_str()), (name, phone), "{kind:?}");
            }
        }
    }
    // A client who can be called is shown once; one without a number is called at the account's.
    for (from, name, phone) in [("tony", "", ""), ("bo", "Marchetti Trucking (Tony)", "555-0101")] {
        let mut w = World::new().knows(trucks());
        w.receive(mail("m1", &format!("{from}@trucks.example")).asks(&["bond"]));
        let task = &w.letters("notice")[0].says.tasks[0];
        assert!(!task.for_another);
        assert_eq!((task.client.name.as_str(), task.client.phone.as_str()), (name, phone), "{from}");
        let outside = &w.letters("acknowledgement")[0].says.tasks[0];
        assert_eq!((&outside.client, outside.for_another), (&crate::desk::says::Who::default(), false));
    }
    // An account without contacts, and one whose only contact is the person insured.
    let mut nobody = trucks();
    nobody.contacts.clear();
    let mut alone = trucks();
    alone.contacts[0].name = alone.name.clone();
    for account in [nobody, alone] {
        let mut w = World::new().knows(account);
        w.receive(notice_of(SenderKind::Carrier));
        assert_eq!(w.letters("hazard")[0].says.tasks[0].client.name, "Marchetti Trucking");
    }
}
