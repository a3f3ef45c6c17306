//! Mail, calls and edited rules about policies whose task is on the list: they join it, also where a person places them.

use super::{pipeline::*, sample::*};
use crate::desk::*;
use crate::domain::reading::{Complexity, SenderKind};

#[test]
fn mail_about_it_joins_flags_it_and_is_acknowledged() {
    let mut w = with_book(&[held("CTP-1", "2027-06-01"), held("WC-2", "2027-05-01")]);
    w.until(morning("2027-02-10"));
    assert_eq!(listed(&w).len(), 2);
    let about = listed(&w).iter().find(|(_, t)| t.numbers() == ["CTP-1"]).unwrap().0.id;
    let m = mail("m1", "tony@trucks.example").asks(&["bond"]).field("policy_numbers", text("CTP-1"));
    let m = m.field("exception", text("shopping")).received(w.now).with(|a| {
        a.reading.requests[0].complexity = Complexity::Complex;
        a.reading.hazards.push(hazard());
    });
    w.receive(m);
    assert_eq!(*w.outcome("m1"), Outcome::Joined { task: about, opened: vec![] }, "{}", w.reason("m1"));
    let task = &w.tasks[&about];
    assert_eq!(task.term.as_ref().unwrap().flags[0].key, "shopping");
    assert_eq!(w.letters("acknowledgement").len(), 1);
    assert!(w.recipients("hazard").contains(&"olga".to_owned()));
    let notice = w.letters("notice").pop().unwrap();
    assert!(notice.says.why.contains("shops around"));
    assert_eq!(notice.says.tasks[0].flags, ["The client shops around"]);
    assert_eq!(notice.says.tasks[0].at_stake, "$1,000.00");
    assert_eq!(w.tasks.len(), 2);
    // Nobody acts: now the clock of the first touch runs.
    w.until(at("2027-02-12T12:00:00-06:00"));
    assert!(w.letters("escalation").iter().any(|l| l.says.clock.contains("untouched")));
    w.check();
}

#[test]
fn mail_that_names_no_policy_joins_the_only_task_and_where_there_are_two_a_person_compares() {
    let mut w = with_book(&[held("CTP-1", "2027-06-01")]);
    w.until(morning("2027-02-10"));
    w.receive(mail("m1", "tony@trucks.example").asks(&["bond", "permit"]).received(w.now));
    let Outcome::Joined { task, opened } = w.outcome("m1").clone() else { panic!("{}", w.reason("m1")) };
    assert_eq!((task, opened.len()), (listed(&w)[0].0.id, 1), "what else it asks for is work of its own");
    let mut w = with_book(&[held("CTP-1", "2027-06-01"), held("WC-2", "2027-05-01")]);
    w.until(morning("2027-02-10"));
    w.receive(mail("m1", "tony@trucks.example").asks(&["bond"]).received(w.now));
    assert_eq!(*w.outcome("m1"), Outcome::Tasks(vec![TaskId(3)]));
    assert!(w.task(3).term.is_none() && w.task(3).notes.iter().any(|n| n.text.contains("compare them")));
}

#[test]
fn a_carrier_that_names_the_policy_is_heard_and_a_stranger_is_not() {
    let mut w = with_book(&[held("CTP-1", "2027-06-01")]);
    w.until(morning("2027-02-10"));
    let notice = |id: &str, from: &str, kind| {
        let m = mail(id, from).asks(&["bond"]).field("policy_numbers", text("CTP-1")).received(morning("2027-02-10"));
        m.with(|a| a.reading.sender_kind = kind)
    };
    let (facts, told) = (listed(&w)[0].0.fields.clone(), listed(&w)[0].0.client_told.clone());
    w.receive(notice("m1", "uw@carrier.example", SenderKind::Carrier).field("holder", text("Somebody Else")));
    assert!(matches!(w.outcome("m1"), Outcome::Joined { .. }), "{}", w.reason("m1"));
    assert_eq!(listed(&w)[0].0.fields, facts, "and changes no fact");
    assert_eq!(listed(&w)[0].0.client_told, told, "a carrier's mail says nothing of whether the client has heard");
    w.receive(notice("m3", "ben@agency.example", SenderKind::Staff));
    assert!(matches!(w.outcome("m3"), Outcome::Joined { .. }), "{}", w.reason("m3"));
    assert_eq!(listed(&w)[0].0.client_told, told, "and neither does a colleague's");
    w.receive(notice("m2", "someone@else.example", SenderKind::ThirdParty));
    assert!(matches!(w.outcome("m2"), Outcome::Tasks(_)), "{}", w.reason("m2"));
}

#[test]
fn who_has_answered_is_not_chased() {
    let mut w = with_book(&[held("CTP-1", "2027-06-01")]);
    w.until(at("2027-03-04T12:00:00-06:00"));
    assert_eq!(days_of(&w, "bond-review").len(), 1);
    w.receive(mail("m1", "tony@trucks.example").asks(&["bond"]).received(w.now));
    w.until(at("2027-04-20T12:00:00-05:00"));
    assert_eq!(days_of(&w, "bond-review").len(), 1, "Tony has written since");
}

#[test]
fn mail_that_came_before_the_list_becomes_the_task_of_its_day() {
    let mut w = agency();
    w.receive(mail("m0", "tony@trucks.example").asks(&["bond"]).field("policy_numbers", text("CTP-1")));
    w.command("olga", Command::SetAccount { task: TaskId(1), account: None }).ok();
    import(&mut w, vec![with(&[held("CTP-1", "2027-06-01")])], false);
    release(&mut w);
    w.command("max", Command::SetAccount { task: TaskId(1), account: Some("A1".into()) }).unwrap();
    w.until(morning("2027-02-10"));
    let [(task, term)] = listed(&w)[..] else { panic!("{:?}", w.tasks.len()) };
    assert_eq!((task.id, term.numbers()), (TaskId(1), vec!["CTP-1"]));
    assert_eq!(w.tasks.len(), 1);
}

/// A mail that the rules could not place.
fn unclear(id: &str) -> super::sample::Mail {
    mail(id, "tony@trucks.example").with(|a| a.reading.fields.push(field("exception", text("shopping"))))
}

#[test]
fn mail_that_names_another_policy_joins_no_task_for_the_day_that_it_names() {
    let joins = |number: Option<&str>| {
        let mut w = with_book(&[held("CTP-1", "2027-06-01"), held("WC-2", "2027-05-01")]);
        w.until(morning("2027-02-10"));
        let m = mail("m1", "tony@trucks.example").asks(&["bond"]).field("effective_date", date("2027-06-01"));
        let m = number.into_iter().fold(m.received(w.now), |m, n| m.field("policy_numbers", text(n)));
        w.receive(m);
        matches!(w.outcome("m1"), Outcome::Joined { .. })
    };
    assert!(joins(None), "the day tells which");
    assert!(!joins(Some("XX-9")), "it is about a policy that is on no list");
}

#[test]
fn what_is_open_beside_the_list_leaves_no_doubt_which_task_of_the_list_is_meant() {
    let mut w = with_book(&[held("CTP-1", "2027-06-01")]);
    let early = mail("m0", "tony@trucks.example").asks(&["permit"]);
    w.receive(early);
    w.until(morning("2027-02-10"));
    let home = listed(&w)[0].0.id;
    let now = w.now;
    w.receive(unclear("m1").received(now));
    let Outcome::Held(held) = *w.outcome("m1") else { panic!("{}", w.reason("m1")) };
    w.command("ben", Command::SetType { task: held, request_type: "bond".into(), needs: None }).unwrap();
    assert_eq!(w.tasks[&held].merged_into, Some(home));
}

#[test]
fn placed_in_the_task_of_its_day_it_closes_no_ring_of_waiting() {
    let mut w = with_book(&[held("CTP-1", "2027-06-01")]);
    w.until(morning("2027-02-10"));
    let home = listed(&w)[0].0.id;
    let now = w.now;
    let permits = ["Elm", "Oak"].map(|project| {
        let m = mail(project, "tony@trucks.example").asks(&["permit"]).field("project", text(project)).received(now);
        w.receive(m);
        let Outcome::Tasks(opened) = w.outcome(project).clone() else { panic!("{}", w.reason(project)) };
        opened[0]
    });
    w.receive(unclear("m1").received(now));
    let Outcome::Held(placed) = *w.outcome("m1") else { panic!("{}", w.reason("m1")) };
    // The task of its day waits for one permit, that for the other, and that for what is placed.
    for (task, other) in [(home, permits[0]), (permits[0], permits[1]), (permits[1], placed)] {
        w.command("max", Command::WaitFor { task, other }).unwrap();
    }
    w.command("ben", Command::SetType { task: placed, request_type: "bond".into(), needs: None }).unwrap();
    assert_eq!(w.tasks[&placed].merged_into, Some(home));
    let ties = &w.tasks[&permits[1]].links;
    assert!(ties.iter().all(|l| l.other != home || l.how != crate::domain::task::Tie::WaitsForIt), "{ties:?}");
    w.check();
}

#[test]
fn mail_that_a_person_places_by_hand_joins_the_task_of_its_policies() {
    let mut w = with_book(&[held("CTP-1", "2027-06-01")]);
    w.until(morning("2027-02-10"));
    let home = listed(&w)[0].0.id;
    let now = w.now;
    w.receive(unclear("m1").received(now));
    let Outcome::Held(held) = *w.outcome("m1") else { panic!("{}", w.reason("m1")) };
    let kind = Command::SetType { task: held, request_type: "bond".into(), needs: None };
    w.command("ben", kind).unwrap();
    let (placed, task) = (w.tasks[&held].clone(), w.tasks[&home].clone());
    assert_eq!(placed.merged_into, Some(home));
    assert!(!placed.is_open() && task.is_open());
    assert!(task.messages.contains(&"m1".into()));
    let term = task.term.as_ref().unwrap();
    assert_eq!((term.flags[0].key.as_str(), term.heard, term.answered), ("shopping", Some(now), Some(now)));
    let notice = w.letters("notice").last().unwrap().says.why.clone();
    assert!(notice.contains("Ben Cole placed it"), "{notice}");
    // An answer in its thread finds the task of the policies from now on.
    w.receive(mail("m2", "tony@trucks.example").asks(&["bond"]).answering("m1@client.example").received(now));
    assert!(matches!(w.outcome("m2"), Outcome::Joined { task, .. } if *task == home), "{}", w.reason("m2"));
    w.check();
}

#[test]
fn said_to_be_of_a_client_it_joins_that_clients_task_and_of_two_it_waits_for_the_policy() {
    let policies = [held("CTP-1", "2027-06-01"), held("WC-2", "2027-05-01")];
    let mut w = with_book(&policies);
    w.until(morning("2027-02-10"));
    let now = w.now;
    let homes: BTreeMap<String, TaskId> =
        listed(&w).iter().map(|(t, term)| (term.numbers()[0].to_owned(), t.id)).collect();
    w.receive(mail("m1", "bookkeeper@mail.example").asks(&["bond"]).received(now));
    let Outcome::Tasks(opened) = w.outcome("m1").clone() else { panic!() };
    w.command("ben", Command::SetAccount { task: opened[0], account: Some("A1".into()) }).unwrap();
    assert!(w.tasks[&opened[0]].is_open(), "which of the two, nobody has said");
    w.command("ben", Command::PolicyIs { task: opened[0], number: "WC-2".into() }).unwrap();
    assert_eq!(w.tasks[&opened[0]].merged_into, Some(homes["WC-2"]));
    // With one task only the client is enough.
    let mut w = with_book(&policies[..1]);
    w.until(morning("2027-02-10"));
    w.receive(mail("m1", "bookkeeper@mail.example").asks(&["bond"]).received(now));
    let Outcome::Tasks(opened) = w.outcome("m1").clone() else { panic!() };
    w.command("ben", Command::SetAccount { task: opened[0], account: Some("A1".into()) }).unwrap();
    assert_eq!(w.tasks[&opened[0]].merged_into, Some(listed(&w)[0].0.id));
    w.check();
}

#[test]
fn a_call_and_an_edited_rule_find_the_task_of_its_policies_too() {
    let mut w = with_book(&[held("CTP-1", "2027-06-01")]);
    w.until(morning("2027-02-10"));
    let home = listed(&w)[0].0.id;
    let call = mail("m1", "tony@trucks.example").asks(&["bond"]).field("policy_numbers", text("CTP-1")).0;
    let new = Command::New {
        requester: "Tony".into(),
        address: Some(address("tony@trucks.example")),
        words: "wants to go on with the bond".into(),
        reading: Box::new(call.reading),
    };
    w.command("ben", new).unwrap();
    let placed = w.tasks.values().max_by_key(|t| t.id).unwrap().clone();
    assert_eq!((placed.merged_into, listed(&w).len()), (Some(home), 1));
    assert!(w.tasks[&home].notes.iter().any(|n| n.text == "wants to go on with the bond"), "the words go along");
    // Read anew by edited rules, what was something else is about the same policies.
    let now = w.now;
    w.receive(mail("m2", "tony@trucks.example").asks(&["permit"]).received(now));
    let Outcome::Tasks(opened) = w.outcome("m2").clone() else { panic!("{}", w.reason("m2")) };
    let anew = mail("m2", "tony@trucks.example").asks(&["bond"]).0;
    let read =
        reread::ReadAnew { message: "m2".into(), received: now, reading: anew.reading, automatic: false, needs: None };
    w.command("ben", Command::Reread { task: opened[0], rules: "r1".into(), read: vec![read] }).unwrap();
    assert_eq!(w.tasks[&opened[0]].merged_into, Some(home));
    assert!(w.rounds <= 4, "{}", w.rounds);
    w.check();
}

#[test]
fn placed_before_the_list_it_becomes_the_task_of_its_day() {
    let mut w = with_book(&[held("CTP-1", "2027-06-01")]);
    w.until(morning("2027-01-11"));
    let now = w.now;
    w.receive(unclear("m1").received(now).field("policy_numbers", text("CTP-1")));
    let Outcome::Held(task) = *w.outcome("m1") else { panic!("{}", w.reason("m1")) };
    w.command("ben", Command::SetType { task, request_type: "bond".into(), needs: None }).unwrap();
    let term = w.tasks[&task].term.clone().expect("the term of its policy");
    assert_eq!((term.expiration, term.flags.len()), (day("2027-06-01"), 1));
    w.until(morning("2027-02-10"));
    assert_eq!(listed(&w).len(), 1, "the day of the list opens no second one");
    w.check();
}

#[test]
fn mail_about_a_policy_that_is_not_of_the_only_task_on_the_list_is_work_of_its_own() {
    let mut w = with_book(&[held("CTP-1", "2027-06-01")]);
    w.until(morning("2027-02-10"));
    w.receive(mail("m1", "tony@trucks.example").asks(&["bond"]).field("policy_numbers", text("GL-9")).received(w.now));
    assert!(matches!(w.outcome("m1"), Outcome::Tasks(_)), "{}", w.reason("m1"));
    // A person who says what it is changes nothing of that.
    let unread = mail("m2", "tony@trucks.example").field("policy_numbers", text("GL-9")).received(w.now);
    w.receive(unread);
    let Outcome::Held(held) = *w.outcome("m2") else { panic!("{}", w.reason("m2")) };
    w.command("max", Command::SetType { task: held, request_type: "bond".into(), needs: None }).unwrap();
    assert!(w.tasks[&held].is_open() && w.tasks[&held].request_type == Some("bond".into()));
}

#[test]
fn what_mail_asked_for_before_the_book_knew_the_policy_is_the_task_of_its_day() {
    let mut w = with_book(&[]);
    w.until(morning("2027-02-10"));
    w.receive(mail("m1", "tony@trucks.example").asks(&["bond"]).received(w.now));
    w.receive(mail("m2", "tony@trucks.example").asks(&["permit"]).received(w.now));
    import(&mut w, vec![with(&[held("CTP-1", "2027-06-01")])], false);
    w.until(morning("2027-02-11"));
    assert_eq!((w.tasks.len(), w.task(1).term.is_some(), w.task(2).term.is_some()), (2, true, false));
}
