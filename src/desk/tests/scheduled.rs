//! Letters of the schedule: to whom they go, and what stands in them.

use super::{
    pipeline::{held, morning, with_book},
    sample::*,
    world::World,
};
use crate::desk::{
    says::{AgencyView, Says, TaskView, Who},
    *,
};
use crate::domain::{letter::Audience, reading::SenderKind};

/// Tony's bond, listed on the day that Tina, of the same firm, or somebody else asks for it.
fn asked_by(writer: &str, kind: SenderKind) -> World {
    let mut w = with_book(&[held("CTP-1", "2027-06-01")]);
    w.until(morning("2027-01-20"));
    let now = w.now;
    w.receive(mail("m1", writer).asks(&["bond"]).field("policy_numbers", text("CTP-1")).received(now).with(|a| {
        a.reading.sender_kind = kind;
    }));
    assert_eq!((w.tasks.len(), w.task(1).account.clone()), (1, Some("A1".into())));
    w.until(morning("2027-03-04"));
    assert_eq!((w.tasks.len(), w.task(1).term.is_some()), (1, true), "the task of its day");
    w
}

#[test]
fn it_goes_to_whoever_of_the_client_asked_and_else_to_the_books_contact() {
    for (writer, kind, to) in [
        ("tina@trucks.example", SenderKind::Client, "tina@trucks.example"),
        ("tony@trucks.example", SenderKind::Client, "tony@trucks.example"),
        ("gus@builder.example", SenderKind::ThirdParty, "tony@trucks.example"),
    ] {
        let w = asked_by(writer, kind);
        let [letter] = w.letters("bond-review")[..] else { panic!("one letter for {writer}") };
        assert_eq!((letter.to.address.as_str(), letter.audience), (to, Audience::Client), "{writer}");
        assert_eq!(letter.tasks, [TaskId(1)], "its answer leads to the task, and its bounce too");
    }
}

#[test]
fn it_has_the_agency_the_reader_the_day_and_nothing_of_the_book() {
    let mut w = with_book(&[held("CTP-1", "2027-06-01")]);
    w.until(morning("2027-03-04"));
    let [letter] = w.letters("bond-review")[..] else { panic!("one letter") };
    let t = w.task(1);
    let who = |name: &str, address: &str| Who { name: name.into(), address: address.into(), phone: String::new() };
    let shown = TaskView {
        reference: "T-1".into(),
        title: "Surety bond".into(),
        request_type: "bond".into(),
        subject: t.subject.to_string(),
        requester: who("Tony", "tony@trucks.example"),
        state: "new".into(),
        assignee: who("Max Ito", "max@agency.example"),
        arrived: view::time(&w.policy, t.arrived, "en"),
        deadline: "Tue 1 Jun 2027, 5:00 PM".into(),
        ends_on: "June 1, 2027".into(),
        ..TaskView::default()
    };
    let expected = Says {
        agency: AgencyView {
            name: "Agency".into(),
            address: "service@agency.example".into(),
            phone: "(312) 555-0100".into(),
            hours: "Monday to Friday".into(),
            after_hours: String::new(),
        },
        to: who("Tony", "tony@trucks.example"),
        tasks: vec![shown],
        subject: "Surety bond 2027-06-01: CTP-1".into(),
        sender_kind: "client".into(),
        certain: true,
        ..Says::default()
    };
    assert_eq!(*letter.says, expected);
    assert_eq!(letter.tell.as_ref().unwrap().address.as_str(), "max@agency.example", "who hears if it does not arrive");
}
