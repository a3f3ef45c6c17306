//! Who writes in a task's thread, and what that ends, touches or leaves alone.

use super::{sample::*, world::World};
use crate::desk::*;
use crate::domain::{person::Mode, reading::SenderKind, task::ClientTold, workflow::Party};
use chrono::Duration;

/// Tony's bond is task 1 and Ben's; letters are kept where the mode says so.
fn a_task(mode: Mode) -> World {
    let mut w = World::new().knows(trucks());
    w.policy.mode = mode;
    w.receive(mail("m1", "tony@trucks.example").asks(&["bond"]));
    w.now += Duration::minutes(30);
    w
}

/// Ben writes in the thread from his own mail program: to these, and to nobody else.
fn ben(id: &str, to: &[&str]) -> super::sample::Mail {
    mail(id, "ben@agency.example").asks(&["bond"]).answering("m1@client.example").with(|a| {
        a.reading.sender_kind = SenderKind::Staff;
        a.message.to = to.iter().map(|to| mailbox("", to)).collect();
    })
}

const INBOX: &str = "service@agency.example";

fn joined() -> Outcome {
    Outcome::Joined { task: TaskId(1), opened: vec![] }
}

#[test]
fn the_client_has_heard_where_a_colleagues_mail_went_to_them_and_not_where_it_went_elsewhere() {
    let not_told = ClientTold::No("letters to clients are kept, not sent (mode observe)".to_owned());
    for (to, told) in [
        (vec!["tony@trucks.example"], ClientTold::Yes),
        (vec!["uw@carrier.example", "tony@trucks.example"], ClientTold::Yes),
        (vec!["uw@carrier.example"], not_told.clone()),
        (vec![INBOX], not_told.clone()),
    ] {
        let mut w = a_task(Mode::Observe);
        assert_eq!(w.task(1).client_told, not_told);
        w.receive(ben("s1", &to));
        assert_eq!(*w.outcome("s1"), joined());
        assert_eq!(w.task(1).client_told, told, "{to:?}");
        assert_eq!((w.task(1).first_touch, w.task(1).messages.len()), (Some(w.now), 2), "{to:?}");
    }
    // Who knows it already is not told of it in the journal a second time.
    let mut w = a_task(Mode::Live);
    assert_eq!(w.task(1).client_told, ClientTold::Yes);
    for (id, to) in [("s1", "tony@trucks.example"), ("s2", "uw@carrier.example"), ("s3", INBOX)] {
        let d = w.receive(ben(id, &[to]));
        assert!(!d.events.iter().any(|e| matches!(e, Event::ClientToldSet { .. })), "{to}");
    }
}

#[test]
fn a_colleague_who_asked_has_heard_where_the_answer_went_to_them() {
    for (to, told) in [(vec!["ana@agency.example", INBOX], true), (vec![INBOX], false)] {
        let mut w = World::new();
        w.policy.mode = Mode::Observe;
        w.receive(mail("m1", "ana@agency.example").asks(&["bond"]).with(|a| a.reading.sender_kind = SenderKind::Staff));
        assert_ne!(w.task(1).client_told, ClientTold::Yes);
        w.receive(ben("s1", &to));
        assert_eq!(*w.outcome("s1"), joined());
        assert_eq!(w.task(1).client_told == ClientTold::Yes, told, "{to:?}");
    }
}

#[test]
fn what_staff_ask_of_the_inbox_alone_is_work_and_what_they_write_to_others_is_not() {
    let mut w = a_task(Mode::Live);
    let permit = |id: &str, to: &[&str]| ben(id, to).asks(&["permit"]);
    w.receive(permit("s1", &["uw@carrier.example"]));
    assert_eq!((w.outcome("s1"), w.tasks.len()), (&joined(), 1), "a hidden copy came to the inbox");
    w.receive(permit("s2", &[INBOX]));
    assert_eq!(*w.outcome("s2"), Outcome::Joined { task: TaskId(1), opened: vec![TaskId(2)] });
}

#[test]
fn what_a_program_writes_in_a_colleagues_name_is_no_touch() {
    let automatic = |a: &mut Arrival| a.message.automatic.auto_submitted = Some("auto-generated".into());
    let automated = |a: &mut Arrival| a.reading.sender_kind = SenderKind::Automated;
    for (n, program) in [&automatic as &dyn Fn(&mut Arrival), &automated].into_iter().enumerate() {
        let mut w = a_task(Mode::Live);
        w.receive(ben("s1", &[INBOX]).with(|a| program(a)));
        assert_eq!(*w.outcome("s1"), joined());
        assert_eq!((w.task(1).first_touch, w.task(1).last_human_act), (None, None), "{n}");
    }
    let mut w = a_task(Mode::Live);
    w.receive(ben("s1", &[INBOX]));
    assert_eq!(w.task(1).first_touch, Some(w.now));
}

#[test]
fn an_out_of_office_reply_is_filed_and_only_a_mail_systems_word_is_read_by_a_person() {
    for (from, is_told) in [
        ("tony@trucks.example", false),
        ("mailer-daemon@mx.example", true),
        ("postmaster@mx.example", true),
        ("mail-daemon@mx.example", true),
        ("postmaster2@mx.example", false),
    ] {
        let mut w = a_task(Mode::Live);
        let before = w.letters.len();
        let away = mail("m2", from).asks_nothing().answering("m1@client.example");
        w.receive(away.with(|a| a.message.automatic.auto_submitted = Some("auto-replied".into())));
        assert_eq!(*w.outcome("m2"), joined());
        assert_eq!(
            (w.letters.len() - before, w.task(1).client_told != ClientTold::Yes),
            (usize::from(is_told), is_told),
            "{from}"
        );
    }
}

/// Somebody of this kind asked, and Ben waits on that party.
fn waiting(asked: SenderKind, on: Party) -> World {
    let mut w = World::new().knows(trucks());
    let m = mail("m1", "max@someone.example").asks(&["bond"]).field("policy_numbers", text("CTP-01-558231-3"));
    w.receive(m.with(|a| a.reading.sender_kind = asked));
    w.now += Duration::minutes(30);
    let who = w.task(1).assigned.person.to_string();
    w.command(&who, Command::Wait { task: TaskId(1), on, until: None, why: "their word".into(), policy: None })
        .unwrap();
    w
}

#[test]
fn waiting_ends_with_the_word_of_whoever_is_waited_for() {
    use SenderKind::{Carrier, Client, ThirdParty};
    for (on, by, ends) in [
        (Party::Carrier, Carrier, true),
        (Party::Carrier, Client, false),
        (Party::Carrier, ThirdParty, false),
        (Party::Client, Client, true),
        (Party::Client, ThirdParty, true),
        (Party::Client, Carrier, false),
        (Party::ThirdParty, ThirdParty, true),
        (Party::ThirdParty, Client, false),
        (Party::ThirdParty, Carrier, false),
    ] {
        let mut w = waiting(by, on);
        let reply = mail("m2", "max@someone.example").asks(&["bond"]).answering("m1@client.example");
        w.receive(reply.with(|a| a.reading.sender_kind = by));
        assert_eq!(*w.outcome("m2"), joined());
        assert_eq!(w.task(1).waiting.is_none(), ends, "on {on}, by {by:?}");
        let note = format!("The {on} has answered.");
        assert_eq!(w.task(1).notes.iter().any(|n| n.text == note), ends, "on {on}, by {by:?}");
    }
}

#[test]
fn a_reply_that_repeats_the_deadline_sets_none() {
    let mut w = World::new().knows(trucks());
    w.receive(mail("m1", "tony@trucks.example").asks(&["bond"]).field("deadline", date("2026-11-20")));
    let sets = |w: &mut World, id: &str, day: &str| {
        let reply = mail(id, "tony@trucks.example").asks(&["bond"]).answering("m1@client.example");
        let d = w.receive(reply.field("deadline", date(day)));
        d.events.iter().filter(|e| matches!(e, Event::DeadlinesSet { .. })).count()
    };
    assert_eq!([sets(&mut w, "m2", "2026-11-20"), sets(&mut w, "m3", "2026-11-19")], [0, 1]);
    assert_eq!(w.task(1).deadline, Some(at("2026-11-19T17:00:00-06:00")));
}
