//! Tasks that wait for tasks, to the end: for several, through a merge, beside another waiting, and with the right step.

use super::{
    sample::{Mail, *},
    world::World,
};
use crate::desk::*;
use crate::domain::{
    account::Policy as Held,
    field::FieldValue,
    task::{StepMark, Tie},
    workflow::{Party, PerPolicy, Span, When},
};

const ONE: TaskId = TaskId(1);

fn asks(id: &str, kinds: &[&str]) -> Mail {
    mail(id, "tony@trucks.example").asks(kinds)
}

/// The bond's carrier step needs a permit first.
fn bond_needs_permit() -> World {
    let mut w = World::new().knows(trucks());
    w.policy.pages.get_mut(&"bond".into()).unwrap().practice.steps[1].needs = Some("permit".into());
    w
}

fn wait_for(w: &mut World, task: u64, other: u64) {
    w.command("ben", Command::WaitFor { task: TaskId(task), other: TaskId(other) }).unwrap();
}

fn merge(w: &mut World, task: u64, into: u64) {
    w.command("ben", Command::Merge { task: TaskId(task), into: TaskId(into) }).unwrap();
}

fn did(w: &mut World, task: u64, step: &str) {
    w.command("ben", Command::Did { task: TaskId(task), steps: vec![step.into()], policy: None }).unwrap();
}

fn done(w: &mut World, n: u64) {
    for step in ["check", "carrier"] {
        did(w, n, step);
    }
    w.command("ben", Command::Finish { task: TaskId(n) }).unwrap();
}

fn ties(w: &World, n: u64, how: Tie) -> Vec<u64> {
    w.task(n).tied(how).map(|l| l.other.0).collect()
}

fn open_steps(w: &World, n: u64) -> Vec<&str> {
    w.task(n).steps.iter().filter(|s| s.mark == StepMark::Open).map(|s| s.id.as_str()).collect()
}

#[test]
fn what_came_back_has_its_own_step_ticked_and_no_other() {
    let mut w = bond_needs_permit();
    w.receive(asks("m1", &["bond", "permit"]));
    done(&mut w, 2);
    assert_eq!(open_steps(&w, 1), ["check", "file"]);
    w.check();
}

#[test]
fn whoever_waits_for_two_waits_until_both_are_over() {
    let mut w = bond_needs_permit();
    w.receive(asks("m1", &["bond", "permit"]));
    w.receive(asks("m2", &["permit"]).field("project", text("Elm")));
    wait_for(&mut w, 1, 3);
    assert_eq!(ties(&w, 1, Tie::WaitsForIt), [2, 3]);
    done(&mut w, 2);
    assert_eq!(ties(&w, 1, Tie::WaitsForIt), [3]);
    assert_eq!(
        (w.task(1).standing().as_str(), open_steps(&w, 1)),
        ("waiting on carrier", vec!["check", "carrier", "file"])
    );
    done(&mut w, 3);
    assert_eq!((w.task(1).standing().as_str(), open_steps(&w, 1)), ("in progress", vec!["check", "file"]));
    w.check();
}

#[test]
fn a_waiting_that_a_person_began_meanwhile_is_theirs_to_end() {
    let mut w = bond_needs_permit();
    w.receive(asks("m1", &["bond", "permit"]));
    let wait = Command::Wait { task: ONE, on: Party::Client, until: None, why: "the plan".into(), policy: None };
    w.command("ben", wait).unwrap();
    done(&mut w, 2);
    let waiting = w.task(1).waiting.as_ref().unwrap();
    assert_eq!((waiting.on, waiting.why.as_str()), (Party::Client, "the plan"));
    assert_eq!(ties(&w, 1, Tie::WaitsForIt), [0_u64; 0]);
    w.check();
}

#[test]
fn a_task_that_goes_on_in_the_one_that_waited_for_it_is_waited_for_no_more() {
    let mut w = World::new().knows(trucks());
    w.receive(asks("m1", &["bond"]));
    w.receive(asks("m2", &["permit"]));
    wait_for(&mut w, 1, 2);
    merge(&mut w, 2, 1);
    assert!(w.task(1).links.iter().all(|l| l.other != ONE), "nothing waits for itself");
    assert_eq!((w.task(1).waiting.clone(), ties(&w, 1, Tie::WaitsForIt)), (None, vec![]));
    w.check();
}

#[test]
fn merged_away_the_tie_goes_on_once() {
    let three = || {
        let mut w = World::new().knows(trucks());
        for (n, project) in ["Elm", "Oak", "Ash"].into_iter().enumerate() {
            w.receive(asks(&format!("p{n}"), &["permit"]).field("project", text(project)));
        }
        w.receive(asks("m1", &["bond"]));
        w
    };
    // Both are waited for: one tie is left.
    let mut w = three();
    wait_for(&mut w, 4, 1);
    wait_for(&mut w, 4, 2);
    merge(&mut w, 1, 2);
    assert_eq!((ties(&w, 4, Tie::WaitsForIt), ties(&w, 2, Tie::ItWaits)), (vec![2], vec![4]));
    assert_eq!(w.task(4).links.iter().filter(|l| l.other == TaskId(2)).count(), 1);
    // Another one is waited for besides: the tie goes along.
    let mut w = three();
    wait_for(&mut w, 4, 1);
    wait_for(&mut w, 4, 3);
    merge(&mut w, 1, 2);
    assert_eq!((ties(&w, 4, Tie::WaitsForIt), ties(&w, 2, Tie::ItWaits)), (vec![3, 2], vec![4]));
    w.check();
}

#[test]
fn waiting_is_for_the_step_that_needs_that_kind_and_only_while_it_is_open() {
    let step_of = |w: &World| w.task(1).tied(Tie::WaitsForIt).next().map(|l| l.step.clone());
    let mut w = bond_needs_permit();
    w.receive(asks("m1", &["bond"]));
    w.receive(asks("m2", &["permit"]));
    wait_for(&mut w, 1, 2);
    assert_eq!(step_of(&w), Some(Some("carrier".into())));
    // Another bond first is no step of it.
    let mut w = bond_needs_permit();
    w.receive(asks("m1", &["bond"]).field("project", text("Elm")));
    w.receive(asks("m2", &["bond"]).field("project", text("Oak")));
    wait_for(&mut w, 1, 2);
    assert_eq!(step_of(&w), Some(None));
    let mut w = bond_needs_permit();
    w.receive(asks("m1", &["bond"]));
    w.command("ben", Command::Needs { task: ONE, words: "surety bond".into() }).unwrap();
    assert_eq!((step_of(&w), w.task(2).request_type.clone()), (Some(None), Some("bond".into())));
    let mut w = bond_needs_permit();
    w.receive(asks("m1", &["bond"]));
    w.command("ben", Command::Needs { task: ONE, words: "permit".into() }).unwrap();
    assert_eq!((step_of(&w), w.task(2).request_type.clone()), (Some(Some("carrier".into())), Some("permit".into())));
    // The step is done: nothing is needed for it, whatever else is open.
    let mut w = bond_needs_permit();
    w.receive(asks("m1", &["bond"]));
    did(&mut w, 1, "carrier");
    let refused = w.command("ben", Command::Needs { task: ONE, words: String::new() }).unwrap_err();
    assert_eq!(refused, "Say what T-1 needs first, by the name of a kind of work: Surety bond, Permit.");
}

#[test]
fn a_task_that_may_be_the_one_needed_is_named_and_not_opened_twice() {
    let mut w = World::new().knows(trucks());
    let step = &mut w.policy.pages.get_mut(&"bond".into()).unwrap().practice.steps[2];
    step.needs = Some("permit".into());
    step.needs_when = vec![When {
        fields: BTreeMap::from([("additional_insured".to_owned(), vec!["yes".to_owned()])]),
        ..When::default()
    }];
    w.receive(asks("m1", &["permit"]));
    w.receive(asks("m2", &["bond"]).field("additional_insured", FieldValue::Flag(true)));
    assert_eq!((w.tasks.len(), ties(&w, 2, Tie::WaitsForIt)), (2, vec![]));
    let note = "“Permit” is needed first, and T-1 is open for this client; if that is it, say “waits for T-1”, else \
                “needs permit”.";
    assert!(w.task(2).notes.iter().any(|n| n.text == note), "{:?}", w.task(2).notes);
}

#[test]
fn a_waiting_for_one_policy_is_of_that_policys_step() {
    let (truck, liability) = ("CTP-01-558231-3", "GLC-4410027");
    for (policy, step) in [(liability, Some("carrier")), (truck, None)] {
        let mut account = trucks();
        account.policies.push(Held::of(liability));
        let mut w = World::new().knows(account);
        let carrier = &mut w.policy.pages.get_mut(&"bond".into()).unwrap().practice.steps[1];
        carrier.per_policy = Some(PerPolicy::Held);
        carrier.follow_up = Some(Span::Days(5));
        w.receive(asks("m1", &["bond"]));
        let confirmed = Command::Did { task: ONE, steps: vec!["carrier".into()], policy: Some(truck.into()) };
        w.command("ben", confirmed).unwrap();
        let (on, why) = (Party::Carrier, "papers".to_owned());
        w.command("ben", Command::Wait { task: ONE, on, until: None, why, policy: Some(policy.into()) }).unwrap();
        let waiting = &w.task(1).waits[0];
        assert_eq!(waiting.step, step.map(Into::into), "{policy}");
        let days = if step.is_some() { 5 } else { 3 };
        assert_eq!(waiting.until, w.policy.calendar.after(w.now, Span::Days(days)), "{policy}");
    }
}

#[test]
fn a_step_that_is_done_by_a_persons_word_waits_for_nothing_more() {
    let mut w = bond_needs_permit();
    w.receive(asks("m1", &["bond"]));
    w.receive(asks("m2", &["permit"]));
    wait_for(&mut w, 1, 2);
    did(&mut w, 1, "carrier");
    assert_eq!((ties(&w, 1, Tie::WaitsForIt), ties(&w, 2, Tie::ItWaits)), (vec![], vec![]));
    w.check();
}

#[test]
fn of_several_tasks_of_one_message_the_one_of_the_kind_that_is_needed_is_waited_for() {
    let mut w = bond_needs_permit();
    let plate = w.policy.pages[&"permit".into()].clone();
    w.policy.pages.insert("plate".into(), plate);
    w.receive(asks("m1", &["plate", "bond", "permit"]));
    assert_eq!(ties(&w, 2, Tie::WaitsForIt), [3]);
    // A page may need work of its own kind: that is never the task itself.
    let mut w = bond_needs_permit();
    w.policy.pages.get_mut(&"permit".into()).unwrap().practice.steps[1].needs = Some("permit".into());
    w.receive(asks("m1", &["bond", "permit"]));
    assert_eq!((ties(&w, 1, Tie::WaitsForIt), ties(&w, 2, Tie::WaitsForIt)), (vec![2], vec![]));
    // A step that is not there waits for nothing.
    let mut w = bond_needs_permit();
    let steps = &mut w.policy.pages.get_mut(&"bond".into()).unwrap().practice.steps;
    let never = BTreeMap::from([("additional_insured".to_owned(), vec!["yes".to_owned()])]);
    steps[1].when = vec![When { fields: never, ..When::default() }];
    w.receive(asks("m1", &["bond", "permit"]));
    assert_eq!(ties(&w, 1, Tie::WaitsForIt), [0; 0]);
}

#[test]
fn in_a_thread_too_what_is_open_for_the_client_is_named_and_not_opened_twice() {
    let mut w = World::new().knows(trucks());
    let plate = w.policy.pages[&"permit".into()].clone();
    w.policy.pages.insert("plate".into(), plate);
    let step = &mut w.policy.pages.get_mut(&"bond".into()).unwrap().practice.steps[2];
    step.needs = Some("permit".into());
    step.needs_when = vec![When {
        fields: BTreeMap::from([("additional_insured".to_owned(), vec!["yes".to_owned()])]),
        ..When::default()
    }];
    w.receive(asks("m1", &["permit"]));
    w.receive(asks("m2", &["plate"]));
    let reply = asks("m3", &["bond"]).field("additional_insured", FieldValue::Flag(true));
    w.receive(reply.answering("m2@client.example"));
    assert_eq!((w.tasks.len(), ties(&w, 3, Tie::WaitsForIt)), (3, vec![]));
    assert!(w.task(3).notes.iter().any(|n| n.text.contains("T-1 is open for this client")), "{:?}", w.task(3).notes);
}
