//! Mail that belongs to no task yet.

use super::{sample::*, world::World};
use crate::desk::*;
use crate::domain::{
    reading::{Certainty, Channel, Complexity, SenderKind},
    task::{ClientTold, TaskState},
};
use chrono::Duration;

#[test]
fn a_clients_request_becomes_a_task_of_the_accounts_csr_and_both_hear_of_it() {
    let mut w = World::new().knows(trucks());
    w.receive(mail("m1", "tony@trucks.example").asks(&["bond"]).lacks("holder").lacks("policy_numbers"));
    let t = w.task(1);
    assert_eq!(t.state, TaskState::New);
    assert_eq!((t.assigned.person.as_str(), t.account.clone()), ("ben", Some("A1".into())));
    assert!(t.assigned.reason.contains("CSR of Marchetti Trucking"), "{}", t.assigned.reason);
    assert_eq!(t.missing.iter().map(|m| m.field.as_str()).collect::<Vec<_>>(), ["holder"], "the book has the policy");
    assert_eq!(t.client_told, ClientTold::Yes);
    let [ack] = w.letters("acknowledgement")[..] else { panic!() };
    assert_eq!(ack.to.address.as_str(), "tony@trucks.example");
    assert_eq!(ack.in_reply_to.as_deref(), Some("m1@client.example"));
    assert_eq!(ack.references, ["m1@client.example"]);
    assert!(ack.auto_replied && ack.says.certain && ack.says.words.is_empty());
    assert_eq!(ack.says.tasks[0].missing[0].question, "Who is the holder?");
    assert!(ack.says.tasks[0].insured.is_empty() && ack.says.tasks[0].facts.is_empty(), "no account data outside");
    let [notice] = w.letters("notice")[..] else { panic!() };
    assert_eq!(notice.to.address.local(), "ben");
    assert!(notice.original.is_some() && notice.in_reply_to.is_none());
    assert_eq!(notice.says.tasks[0].instructions, "Call before changing anything.");
    assert_eq!(notice.says.tasks[0].requester.phone, "555-0101", "the number to call stands in the book");
    assert!(ack.says.tasks[0].requester.phone.is_empty());
    assert_eq!(notice.says.tasks[0].arrived, "Tue 17 Nov 2026, 10:00 AM");
    w.check();
}

#[test]
fn one_message_with_several_requests_gives_a_task_each_and_one_acknowledgement() {
    let mut w = World::new();
    w.receive(mail("m1", "zoe@new.example").asks(&["bond", "permit"]));
    assert_eq!(*w.outcome("m1"), Outcome::Tasks(vec![TaskId(1), TaskId(2)]));
    assert_eq!(w.letters("acknowledgement").len(), 1);
    assert_eq!(w.letters("acknowledgement")[0].says.tasks.len(), 2);
    assert_ne!(w.task(1).assigned.person, w.task(2).assigned.person, "least open work takes turns");
}

#[test]
fn the_same_message_seen_in_another_mailbox_gives_no_second_outcome_and_no_second_letter() {
    let mut w = World::new();
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]));
    let again = w.receive(mail("m1", "zoe@new.example").asks(&["bond"]));
    assert!(again.intents.is_empty());
    assert!(matches!(again.events[..], [Event::Sighted { .. }]));
}

#[test]
fn the_same_message_id_on_other_words_is_a_new_message_that_is_flagged() {
    let mut w = World::new();
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]));
    w.receive(
        mail("m2", "zoe@new.example")
            .asks(&["permit"])
            .with(|a| a.message.message_id = Some("m1@client.example".into())),
    );
    assert_eq!(w.messages[1].same_id_as, Some("m1".into()));
    assert!(w.task(2).notes[0].text.contains("same Message-ID"));
}

#[test]
fn what_the_rules_are_not_sure_of_goes_to_triage_and_its_letter_names_no_type() {
    let mut w = World::new();
    let doubtful = mail("m1", "zoe@new.example").asks(&["bond"]).lacks("holder");
    w.receive(doubtful.with(|a| a.reading.certainty = Certainty::Doubtful));
    assert!(w.letters("acknowledgement")[0].says.tasks[0].missing.is_empty(), "a guess asks nothing");
    assert_eq!(w.task(1).missing.len(), 1);
    assert_eq!(*w.outcome("m1"), Outcome::Held(TaskId(1)));
    assert_eq!((w.task(1).request_type.clone(), w.task(1).guesses.clone()), (None, vec!["bond".into()]));
    assert!(!w.letters("acknowledgement")[0].says.certain);
    assert_eq!(w.letters("notice")[0].says.tasks[0].guesses, ["Surety bond"]);
}

#[test]
fn a_message_that_could_not_be_read_is_held_with_its_reason() {
    let mut w = World::new();
    w.receive(mail("m1", "zoe@new.example").asks_nothing().with(|a| a.trouble = Some("it is over 25 MB".into())));
    assert_eq!(*w.outcome("m1"), Outcome::Held(TaskId(1)));
    assert!(w.reason("m1").contains("25 MB"));
}

#[test]
fn nothing_found_at_all_is_held_and_never_taken_for_no_work() {
    let mut w = World::new();
    w.receive(mail("m1", "zoe@new.example"));
    assert_eq!(*w.outcome("m1"), Outcome::Held(TaskId(1)));
    assert!(w.task(1).uncertain, "somebody has to look at it");
    assert_eq!(w.letters("notice")[0].says.tasks[0].title, "To be sorted");
    assert_eq!(w.letters("acknowledgement")[0].says.tasks[0].title, "To be sorted");
    w.receive(mail("m2", "ana.maria@new.example").with(|a| a.reading.language = "es".into()));
    assert_eq!(w.letters("acknowledgement")[1].says.tasks[0].title, "Por clasificar");
}

#[test]
fn a_hazard_without_a_request_is_held_even_where_the_rest_needs_no_work() {
    let mut w = World::new();
    w.receive(mail("m1", "zoe@new.example").asks_nothing().with(|a| a.reading.hazards.push(hazard())));
    assert_eq!(*w.outcome("m1"), Outcome::Held(TaskId(1)));
    assert_eq!(w.recipients("hazard").len(), 2);
}

#[test]
fn no_work_on_evidence_opens_nothing_and_writes_nothing() {
    let mut w = World::new();
    let d = w.receive(mail("m1", "news@list.example").asks_nothing());
    assert_eq!(*w.outcome("m1"), Outcome::NoWork);
    assert!(w.reason("m1").contains("“thanks”"));
    assert!(d.intents.is_empty() && w.tasks.is_empty());
    w.receive(mail("m2", "news@list.example").asks_nothing().answering("m0@list.example"));
    assert!(w.messages[1].answers.is_empty(), "nothing of staff's is answered by it");
}

/// A request that must not be answered still becomes a task, which says why the client has not heard.
fn not_answered(change: impl FnOnce(&mut Arrival), why: &str) {
    let mut w = World::new();
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]).with(change));
    assert!(w.letters("acknowledgement").is_empty(), "{why}");
    let ClientTold::No(said) = &w.task(1).client_told else { panic!("{why}") };
    assert!(said.contains(why), "{said} / {why}");
    assert_eq!(w.letters("notice").len(), 1, "the assignee hears all the same");
    assert_eq!(w.letters("notice")[0].says.tasks[0].client_not_told, *said);
}

#[test]
fn automatic_mail_is_never_answered_and_never_lost() {
    not_answered(|a| a.message.automatic.auto_submitted = Some("auto-generated".into()), "Auto-Submitted");
    not_answered(|a| a.message.automatic.null_return_path = true, "return path");
    not_answered(|a| a.message.automatic.list = true, "mailing list");
    not_answered(|a| a.message.automatic.precedence = Some("bulk".into()), "Precedence");
    not_answered(|a| a.message.automatic.ours = true, "our own mark");
    not_answered(|a| a.message.automatic.unattended_sender = true, "not read by anybody");
    let another_address = |a: &mut Arrival| {
        a.message.automatic.unattended_sender = true;
        a.message.reply_to = vec![mailbox("Zoe", "zoe@home.example")];
    };
    not_answered(another_address, "not read by anybody");
    not_answered(|a| a.reading.sender_kind = SenderKind::Automated, "automatic");
    not_answered(|a| a.reading.sender_kind = SenderKind::Spam, "advertising");
}

#[test]
fn channels_that_carry_no_letters_say_to_call() {
    not_answered(|a| a.reading.channel = Channel::Voicemail, "voicemail");
    not_answered(|a| a.reading.channel = Channel::Sms, "text message");
    not_answered(|a| a.reading.channel = Channel::Portal, "portal");
}

#[test]
fn we_never_answer_ourselves_nor_nobody() {
    not_answered(|a| a.message.from = Some(mailbox("", "service@agency.example")), "ourselves");
    not_answered(|a| a.message.reply_to = vec![mailbox("", "service@agency.example")], "ourselves");
    not_answered(|a| a.message.from = None, "no address");
    not_answered(|a| a.message.reply_to = vec![mailbox("", "no-reply@new.example")], "nobody reads");
    not_answered(|a| a.reading.sender_kind = SenderKind::Staff, "own staff");
    not_answered(|a| a.message.to = vec![mailbox("", "ana@agency.example")], "directly");
}

#[test]
fn a_website_form_is_answered_to_whoever_filled_it_in() {
    let form = |id: &str, from: &str| {
        mail(id, from).asks(&["bond"]).with(|a| {
            a.reading.channel = Channel::Webform;
            a.message.automatic.unattended_sender = true;
            a.message.reply_to = vec![mailbox("Zoe", "zoe@new.example")];
        })
    };
    let mut w = World::new();
    w.receive(form("m1", "no-reply@forms.example"));
    w.receive(form("m2", "website@agency.example"));
    assert_eq!(w.recipients("acknowledgement"), ["zoe", "zoe"]);
    w.receive(
        form("m3", "no-reply@forms.example").with(|a| a.message.automatic.auto_submitted = Some("auto-replied".into())),
    );
    w.receive(form("m4", "service@agency.example"));
    assert_eq!(w.letters("acknowledgement").len(), 2, "other marks hold for forms, too");
}

#[test]
fn an_answer_goes_to_reply_to_and_never_to_cc() {
    let mut w = World::new();
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]).with(|a| {
        a.message.reply_to = vec![mailbox("", "office@new.example")];
        a.message.cc = vec![mailbox("", "boss@new.example")];
    }));
    assert_eq!(w.recipients("acknowledgement"), ["office"]);
}

#[test]
fn the_fifth_letter_to_an_address_in_a_day_is_not_written() {
    let mut w = World::new();
    for n in 1..=5 {
        w.receive(mail(&format!("m{n}"), "zoe@new.example").asks(&["bond"]));
    }
    assert_eq!(w.letters("acknowledgement").len(), 4);
    assert!(matches!(&w.task(5).client_told, ClientTold::No(why) if why.contains("limit")));
    w.now += chrono::Duration::hours(25);
    w.receive(mail("m6", "zoe@new.example").asks(&["bond"]));
    assert_eq!(w.letters("acknowledgement").len(), 5);
}

#[test]
fn a_domain_that_varies_its_addresses_is_capped_too_but_free_mail_is_not_one_firm() {
    let mut w = World::new();
    w.policy.caps.per_domain_per_day = 3;
    for n in 1..=5 {
        w.receive(mail(&format!("a{n}"), &format!("robot{n}@crm.example")).asks(&["bond"]));
        w.receive(mail(&format!("b{n}"), &format!("client{n}@gmail.com")).asks(&["bond"]));
    }
    let to = |d: &str| w.letters("acknowledgement").iter().filter(|i| i.to.address.domain() == d).count();
    assert_eq!((to("crm.example"), to("gmail.com")), (3, 5));
}

#[test]
fn in_mode_observe_letters_outside_are_kept_and_staff_hear_as_ever() {
    let mut w = World::new();
    w.policy.mode = Mode::Observe;
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]));
    assert_eq!(w.letters("acknowledgement")[0].disposition, Disposition::Observe);
    assert_eq!(w.letters("notice")[0].disposition, Disposition::Send);
    assert!(matches!(&w.task(1).client_told, ClientTold::No(why) if why.contains("observe")));
}

#[test]
fn a_mode_of_a_type_or_a_person_overrides_the_agencys_and_the_careful_one_of_both_holds() {
    let mut p = policy();
    p.mode = Mode::Observe;
    assert_eq!(p.mode_for(Some(&"bond".into()), &"ana".into()), Mode::Observe);
    p.mode_of.insert("bond".into(), Mode::Live);
    assert_eq!(p.mode_for(Some(&"bond".into()), &"ana".into()), Mode::Live);
    p.people[0].mode = Some(Mode::Review);
    assert_eq!(p.mode_for(Some(&"bond".into()), &"ana".into()), Mode::Review);
    assert_eq!(p.mode_for(Some(&"permit".into()), &"ana".into()), Mode::Review);
    assert_eq!(p.mode_for(None, &"ben".into()), Mode::Observe);
}

#[test]
fn a_message_of_two_types_is_answered_in_the_more_careful_mode() {
    let mut w = World::new();
    w.policy.mode_of.insert("permit".into(), Mode::Review);
    w.receive(mail("m1", "zoe@new.example").asks(&["bond", "permit"]));
    assert_eq!(w.letters("acknowledgement")[0].disposition, Disposition::Review);
}

#[test]
fn spanish_mail_gets_spanish_questions_and_titles() {
    let mut w = World::new();
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]).lacks("holder").with(|a| a.reading.language = "es".into()));
    let ack = w.letters("acknowledgement")[0];
    assert_eq!(ack.language, "es");
    assert_eq!(ack.says.tasks[0].title, "Fianza");
    assert_eq!(ack.says.tasks[0].missing[0].question, "¿Quién es el titular?");
    assert_eq!(ack.says.tasks[0].arrived, "mar 17 nov 2026, 10:00");
    assert_eq!(w.letters("notice")[0].says.tasks[0].title, "Surety bond", "staff read English");
}

#[test]
fn a_page_may_bring_letters_of_its_own() {
    let mut w = World::new();
    let page = w.policy.pages.get_mut(&RequestType::from("bond")).unwrap();
    page.practice.letters.insert("acknowledgement".into(), "bond_received".into());
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]));
    w.receive(mail("m2", "zoe@new.example").asks(&["permit", "bond"]));
    assert_eq!(w.letters("bond_received").len(), 2, "also where another request comes first");
}

#[test]
fn complex_work_goes_to_the_accounts_manager() {
    let mut w = World::new().knows(trucks());
    w.receive(
        mail("m1", "tony@trucks.example")
            .asks(&["bond"])
            .with(|a| a.reading.requests[0].complexity = Complexity::Complex),
    );
    assert_eq!(w.task(1).assigned.person.as_str(), "max");
}

#[test]
fn a_person_in_the_book_who_left_is_passed_over_and_the_reason_says_so() {
    let mut account = trucks();
    account.csr = Some("zed".into());
    let mut w = World::new().knows(account);
    w.receive(mail("m1", "tony@trucks.example").asks(&["bond"]));
    let a = &w.task(1).assigned;
    assert_eq!(a.person.as_str(), "ana");
    assert!(a.reason.contains("“zed”") && a.reason.contains("least open work"), "{}", a.reason);
}

#[test]
fn where_nobody_holds_the_role_the_operations_manager_gets_it() {
    let mut w = World::new();
    w.policy.people.retain(|p| !p.is(Role::AccountManager));
    w.receive(
        mail("m1", "zoe@new.example").asks(&["bond"]).with(|a| a.reading.requests[0].complexity = Complexity::Complex),
    );
    assert_eq!(w.task(1).assigned.person.as_str(), "olga");
}

#[test]
fn the_account_is_found_by_domain_by_policy_number_and_by_name() {
    for (from, field, value) in [
        ("new.driver@trucks.example", "", ""),
        ("holder@bank.example", "policy_numbers", "ctp 01 558231 3"),
        ("holder@bank.example", "insured_name", "MARCHETTI TRUCKING."),
    ] {
        let mut w = World::new().knows(trucks());
        let mut m = mail("m1", from).asks(&["bond"]);
        if !field.is_empty() {
            m = m.field(field, text(value)).with(|a| a.reading.sender_kind = SenderKind::ThirdParty);
        }
        w.receive(m);
        assert_eq!(w.task(1).account, Some("A1".into()), "{from} {field}: {}", w.task(1).account_reason);
        assert!(w.task(1).account_reason.contains("Marchetti Trucking"));
    }
}

#[test]
fn a_free_mail_domain_tells_nothing_about_the_account() {
    let mut account = trucks();
    account.domains = vec!["gmail.com".into()];
    let mut w = World::new().knows(account);
    w.receive(mail("m1", "anybody@gmail.com").asks(&["bond"]));
    assert_eq!(w.task(1).account, None);
}

#[test]
fn several_accounts_that_fit_give_none_and_a_note() {
    let mut second = trucks();
    second.id = "A2".into();
    second.name = "Marchetti Leasing".into();
    second.policies.clear();
    let mut w = World::new().knows(trucks()).knows(second.clone());
    w.receive(mail("m1", "tony@trucks.example").asks(&["bond"]));
    assert_eq!(w.task(1).account, None);
    assert!(w.task(1).notes[0].text.contains("A person has to say which"));
    w.receive(mail("m2", "tony@trucks.example").asks(&["bond"]).field("policy_numbers", text("CTP-01-558231-3")));
    assert_eq!(w.task(2).account, Some("A1".into()), "the policy number says which of the two");
}

#[test]
fn an_address_and_a_policy_number_that_contradict_each_other_give_no_account() {
    let mut other = trucks();
    other.id = "A2".into();
    other.name = "Other Firm".into();
    other.contacts.clear();
    other.domains.clear();
    other.policies[0].number = "XYZ-9".into();
    let mut w = World::new().knows(trucks()).knows(other);
    w.receive(mail("m1", "tony@trucks.example").asks(&["bond"]).field("policy_numbers", text("xyz 9")));
    assert_eq!(w.task(1).account, None);
    assert!(w.task(1).account_reason.contains("contradict"), "{}", w.task(1).account_reason);
}

#[test]
fn a_lender_who_is_a_client_too_may_write_about_another_client() {
    let mut lender = trucks();
    lender.id = "A2".into();
    lender.name = "First Bank".into();
    lender.contacts[0].address = Some(address("loans@bank.example"));
    lender.domains = vec!["bank.example".into()];
    lender.policies.clear();
    let mut w = World::new().knows(trucks()).knows(lender);
    let m = mail("m1", "loans@bank.example").asks(&["bond"]).field("policy_numbers", text("CTP-01-558231-3"));
    w.receive(m.with(|a| a.reading.sender_kind = SenderKind::ThirdParty));
    assert_eq!(w.task(1).account, Some("A1".into()), "{}", w.task(1).account_reason);
    assert_eq!(w.letters("acknowledgement")[0].says.sender_kind, "third_party");
}

#[test]
fn what_staff_forward_is_not_matched_by_their_own_address() {
    let mut w = World::new().knows(trucks());
    w.receive(
        mail("m1", "ana@agency.example")
            .asks(&["bond"])
            .field("insured_name", text("Marchetti Trucking"))
            .with(|a| a.reading.sender_kind = SenderKind::Staff),
    );
    assert_eq!(w.task(1).account, Some("A1".into()));
}

#[test]
fn a_deadline_given_as_a_date_means_the_close_of_that_day() {
    let mut w = World::new();
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]).field("deadline", date("2026-11-20")));
    assert_eq!(w.task(1).deadline, Some(at("2026-11-20T17:00:00-06:00")));
    w.receive(mail("m2", "zoe@new.example").asks(&["bond"]).field("deadline", date("2026-11-21")));
    assert_eq!(w.task(2).deadline, Some(at("2026-11-20T17:00:00-06:00")), "Saturday means Friday's close");
    w.receive(mail("m3", "zoe@new.example").asks(&["bond"]).field("deadline", date("2026-11-03")));
    assert_eq!(w.task(3).deadline, None);
    assert!(w.task(3).notes[0].text.contains("past"));
}

#[test]
fn a_page_that_does_not_exist_any_more_means_triage() {
    let mut w = World::new();
    w.receive(mail("m1", "zoe@new.example").asks(&["vanished"]));
    assert_eq!(*w.outcome("m1"), Outcome::Held(TaskId(1)));
}

#[test]
fn our_own_letter_that_comes_back_to_the_inbox_is_no_work() {
    let mut w = World::new();
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]));
    let id = w.letters[0].0.message_id.clone();
    w.receive(mail("m2", "service@agency.example").asks(&["bond"]).with(|a| a.message.message_id = Some(id)));
    assert_eq!(*w.outcome("m2"), Outcome::NoWork);
    w.receive(mail("m3", "service@agency.example").asks(&["bond"]).with(|a| a.message.automatic.ours = true));
    assert_eq!(*w.outcome("m3"), Outcome::NoWork);
}

#[test]
fn every_message_is_decided_in_three_rounds_at_most() {
    let mut w = World::new().knows(trucks());
    w.receive(mail("m1", "tony@trucks.example").asks(&["bond"]));
    w.receive(mail("m2", "tony@trucks.example").asks(&["bond"]).answering("m1@client.example"));
    assert!(w.rounds <= 3, "{}", w.rounds);
}

#[test]
fn a_letter_of_a_whole_day_ago_counts_against_the_limit_no_more() {
    for (later, letters) in [(Duration::hours(24) - Duration::seconds(1), 1), (Duration::hours(24), 2)] {
        let mut w = World::new();
        w.policy.caps.per_address_per_day = 1;
        w.receive(mail("m1", "zoe@new.example").asks(&["bond"]));
        w.now += later;
        let now = w.now;
        w.receive(mail("m2", "zoe@new.example").asks(&["permit"]).received(now));
        assert_eq!(w.letters("acknowledgement").len(), letters, "{later}");
    }
}
