//! Steps: for each policy by itself, by condition, with a follow-up of their own, and before any waiting.

use super::{
    sample::{Mail, *},
    world::World,
};
use crate::desk::*;
use crate::domain::{
    account::Policy as Held,
    person::Role,
    task::{StepMark, TaskState, Waited},
    workflow::{Clock, PerPolicy, Span, Step as PageStep, When},
};
use chrono::Duration;

const ONE: TaskId = TaskId(1);
const TRUCK: &str = "CTP-01-558231-3";
const LIABILITY: &str = "GLC-4410027";

/// A world in which the page is as `change` makes it.
fn with_page(change: impl FnOnce(&mut Vec<PageStep>)) -> World {
    let mut account = trucks();
    account.policies.push(Held { number: LIABILITY.to_owned(), ..account.policies[0].clone() });
    let mut w = World::new().knows(account);
    change(&mut w.policy.pages.get_mut(&"bond".into()).unwrap().practice.steps);
    w
}

fn step<'s>(steps: &'s mut [PageStep], id: &str) -> &'s mut PageStep {
    steps.iter_mut().find(|s| s.id.as_str() == id).unwrap()
}

/// The carrier has to confirm for each policy.
fn per_policy(which: PerPolicy) -> World {
    with_page(|steps| step(steps, "carrier").per_policy = Some(which))
}

fn asks() -> Mail {
    mail("m1", "tony@trucks.example").asks(&["bond"])
}

fn naming_both() -> Mail {
    asks().field("policy_numbers", text(TRUCK)).field("policy_numbers", text(LIABILITY))
}

fn did(id: &str, policy: Option<&str>) -> Command {
    Command::Did { task: ONE, steps: vec![id.into()], policy: policy.map(str::to_owned) }
}

fn wait(on: Party, policy: Option<&str>) -> Command {
    Command::Wait { task: ONE, on, until: None, why: "their word".into(), policy: policy.map(str::to_owned) }
}

fn waited(since: Timestamp, until: Timestamp) -> Waited {
    Waited { on: Some(Party::Carrier), since, until }
}

fn steps(w: &World) -> Vec<(&str, Option<&str>)> {
    w.task(1).steps.iter().map(|s| (s.id.as_str(), s.policy.as_deref())).collect()
}

#[test]
fn each_policy_waits_and_is_confirmed_by_itself() {
    let mut w = per_policy(PerPolicy::Named);
    w.receive(naming_both());
    assert_eq!(steps(&w), [("check", None), ("carrier", Some(TRUCK)), ("carrier", Some(LIABILITY)), ("file", None)]);
    w.command("ben", did("check", None)).unwrap();
    w.command("ben", wait(Party::Carrier, Some("ctp 01 558231 3"))).unwrap();
    assert_eq!(w.task(1).waiting, None, "there is still work for the other policy");
    assert_eq!(w.task(1).standing(), "in progress");
    assert_eq!(w.task(1).next_step().unwrap().policy.as_deref(), Some(LIABILITY));
    assert!(w.task(1).due.iter().any(|d| d.clock == Clock::WaitingTooLong), "and the one that waits is followed up");
    w.now += Duration::hours(1);
    let all_wait = w.now;
    w.command("ben", wait(Party::Carrier, Some(LIABILITY))).unwrap();
    assert_eq!(w.task(1).standing(), "waiting on carrier");
    assert_eq!(w.task(1).waiting_since, Some(all_wait), "from now on the time is not the agency's own");
    w.check();

    w.now += Duration::hours(2);
    let which = w.command("ben", did("carrier", None)).unwrap_err();
    assert!(which.contains(TRUCK) && which.contains(LIABILITY) && which.contains("for all"), "{which}");
    let none = w.command("ben", did("carrier", Some("X-1"))).unwrap_err();
    assert!(none.contains("none of the policies"), "{none}");
    w.command("ben", did("carrier", Some(TRUCK))).unwrap();
    assert_eq!(w.task(1).standing(), "waiting on carrier", "the other one is still waited for");
    let refused = w.command("ben", Command::Finish { task: ONE }).unwrap_err();
    assert!(refused.contains(&format!("did carrier for {LIABILITY}")) && !refused.contains(TRUCK), "{refused}");
    w.now += Duration::hours(1);
    w.command("ben", did("carrier", Some(LIABILITY))).unwrap();
    assert_eq!((w.task(1).waiting.clone(), w.task(1).waits.len()), (None, 0));
    assert_eq!(w.task(1).waited, [waited(all_wait, w.now)]);
    w.command("ben", Command::Finish { task: ONE }).unwrap();
    assert!(w.task(1).steps.iter().all(|s| !s.required || s.mark != StepMark::Open));
    assert_eq!(w.replayed(), w.tasks);
}

#[test]
fn an_answer_about_one_policy_ends_the_waiting_for_that_one() {
    let mut w = per_policy(PerPolicy::Named);
    w.receive(naming_both());
    for policy in [TRUCK, LIABILITY] {
        w.command("ben", wait(Party::Client, Some(policy))).unwrap();
    }
    assert_eq!(w.task(1).standing(), "waiting on client");
    w.receive(
        mail("m2", "tony@trucks.example")
            .asks(&["bond"])
            .answering("m1@client.example")
            .field("policy_numbers", text(LIABILITY)),
    );
    let left: Vec<_> = w.task(1).waits.iter().map(|w| w.policy.as_deref()).collect();
    assert_eq!((w.task(1).standing().as_str(), left), ("in progress", vec![Some(TRUCK)]));
    w.check();
}

#[test]
fn all_policies_at_once_are_said_so() {
    let mut w = per_policy(PerPolicy::Held);
    w.receive(asks());
    assert_eq!(steps(&w).len(), 4, "none is named: all that the book holds");
    w.command("ben", did("carrier", Some("all"))).unwrap();
    assert!(w.task(1).steps.iter().filter(|s| s.id.as_str() == "carrier").all(|s| s.mark != StepMark::Open));
    let again = w.command("ben", did("carrier", Some("all"))).unwrap_err();
    assert!(again.contains("already"), "{again}");
}

#[test]
fn a_policy_that_is_not_of_the_task_is_refused_with_those_that_are() {
    let mut w = per_policy(PerPolicy::Named);
    w.receive(naming_both());
    let why = w.command("ben", wait(Party::Carrier, Some("X-1"))).unwrap_err();
    assert_eq!(why, format!("“X-1” is none of the policies of T-1; those are {TRUCK}, {LIABILITY}."));
    let mut w = with_page(|_| {});
    w.receive(naming_both());
    let why = w.command("ben", wait(Party::Carrier, Some(TRUCK))).unwrap_err();
    assert_eq!(why, "T-1 is not done for each policy by itself; leave the policy out.");
}

#[test]
fn a_policy_that_a_later_mail_names_gets_its_own_step_and_what_is_ticked_stays() {
    let mut w = per_policy(PerPolicy::Named);
    w.receive(asks().field("policy_numbers", text(TRUCK)));
    assert_eq!(steps(&w), [("check", None), ("carrier", None), ("file", None)], "one policy needs no name");
    w.command("ben", did("check", None)).unwrap();
    let more = |id| mail(id, "tony@trucks.example").asks(&["bond"]).answering("m1@client.example");
    w.receive(more("m2").field("policy_numbers", text(LIABILITY)));
    assert_eq!(steps(&w)[1..3], [("carrier", Some(TRUCK)), ("carrier", Some(LIABILITY))]);
    assert_ne!(w.task(1).steps[0].mark, StepMark::Open);
    w.command("ben", did("carrier", Some(TRUCK))).unwrap();
    w.receive(more("m3").field("policy_numbers", text("UMB-77")));
    assert_eq!(steps(&w)[3], ("carrier", Some("UMB-77")));
    assert_ne!(w.task(1).steps[1].mark, StepMark::Open);
    assert_eq!(w.replayed(), w.tasks);
}

#[test]
fn a_step_is_there_where_its_condition_holds_from_the_moment_it_does() {
    let lapse = When { hazards: vec!["lapse".into()], ..When::default() };
    let mut w = with_page(|steps| {
        let twice = PageStep {
            id: "reach".into(),
            title: "Reach them.".into(),
            required: true,
            when: vec![lapse],
            ..PageStep::default()
        };
        steps.insert(1, twice);
    });
    w.receive(asks());
    assert_eq!(steps(&w).len(), 3, "no danger, no such step");
    w.receive(asks().answering("m1@client.example").with(|a| {
        a.key = "m2".into();
        a.reading.hazards.push(hazard());
    }));
    assert_eq!(steps(&w)[1], ("reach", None));
    // A new request with the danger in it has the step at once, and is not done without it.
    w.receive(mail("m3", "zoe@new.example").asks(&["bond"]).with(|a| a.reading.hazards.push(hazard())));
    assert!(w.task(2).steps.iter().any(|s| s.id.as_str() == "reach"));
    let end = Command::End { task: TaskId(2), how: crate::domain::task::End::Done, reason: String::new() };
    assert!(w.command("ana", end).unwrap_err().contains("reach"));
    w.check();
}

#[test]
fn a_page_that_changed_adds_no_step_to_a_task_that_nothing_new_came_to() {
    let mut w = with_page(|_| {});
    w.receive(asks().with(|a| a.reading.hazards.push(hazard())));
    let when = vec![When { hazards: vec!["lapse".into()], ..When::default() }];
    let steps = &mut w.policy.pages.get_mut(&"bond".into()).unwrap().practice.steps;
    steps.push(PageStep { id: "new".into(), title: "New.".into(), required: true, when, ..PageStep::default() });
    w.command("ben", Command::Take { task: ONE }).unwrap();
    assert!(w.task(1).steps.iter().all(|s| s.id.as_str() != "new"));
}

#[test]
fn each_step_has_its_own_follow_up() {
    let mut w = with_page(|steps| step(steps, "carrier").follow_up = Some(Span::Days(5)));
    w.receive(asks());
    w.command("ben", wait(Party::Carrier, None)).unwrap();
    let waiting = w.task(1).waiting.clone().unwrap();
    assert_eq!(waiting.until, w.policy.calendar.after(w.now, Span::Days(5)));
    assert_eq!(waiting.step, Some("carrier".into()));
    w.command("ben", wait(Party::Client, None)).unwrap();
    let waiting = w.task(1).waiting.clone().unwrap();
    assert_eq!(waiting.until, w.policy.calendar.after(w.now, Span::Days(3)), "no step of it: the page's own");
}

#[test]
fn what_has_to_be_done_first_waits_on_no_client() {
    let mut w = with_page(|steps| step(steps, "check").before_waiting = true);
    w.receive(asks());
    let question = Command::Question { task: ONE, words: "Where?".into(), until: None };
    for command in [wait(Party::Client, None), question.clone()] {
        let why = w.command("ben", command).unwrap_err();
        assert!(why.contains("before “check” is done") && why.contains("to client"), "{why}");
    }
    assert!(w.letters("question").is_empty());
    w.command("ben", wait(Party::Carrier, None)).unwrap();
    w.command("ben", did("check", None)).unwrap();
    w.command("ben", question).unwrap();
    assert_eq!(w.task(1).standing(), "waiting on client");
}

#[test]
fn whoever_does_a_step_is_named_with_it() {
    let mut w = with_page(|steps| step(steps, "check").who = Some(Role::AccountManager));
    w.receive(asks());
    let notice = w.letters("notice")[0];
    assert_eq!(notice.says.tasks[0].next_step, "Check the account (account manager).");
    assert_eq!(notice.says.tasks[0].done_when, "The client has it in hand.");
}

#[test]
fn tasks_of_old_journals_wait_as_they_did() {
    let events = [
        r#"{"waiting_began":{"task":1,"on":"carrier","until":"2026-11-20T16:00:00Z","why":"x","step":"carrier"}}"#,
        r#"{"waiting_ended":{"task":1}}"#,
        r#"{"step_marked":{"task":1,"step":"check","mark":{"ticked":{"by":"ben","at":"2026-11-17T16:00:00Z"}}}}"#,
    ];
    let mut w = with_page(|_| {});
    w.receive(asks());
    let mut task = w.task(1).clone();
    for (hours, e) in events.iter().enumerate() {
        let event: Event = serde_json::from_str(e).unwrap();
        assert_eq!(serde_json::to_string(&event).unwrap(), **e, "and is written as it was");
        let at = w.now + Duration::hours(hours as i64);
        task = crate::domain::fold::task(Some(task), &event, at).unwrap();
        assert_eq!(task.waiting.is_some(), hours == 0);
    }
    assert_eq!(task.waited, [waited(w.now, w.now + Duration::hours(1))]);
    assert_ne!(task.steps[0].mark, StepMark::Open);
    assert_eq!(task.state, TaskState::New);
}

#[test]
fn a_page_that_got_steps_gives_none_to_a_task_that_had_none() {
    let lapse = vec![When { hazards: vec!["lapse".into()], ..When::default() }];
    let mut w = with_page(Vec::clear);
    w.receive(asks());
    let page = w.policy.pages.get_mut(&"bond".into()).unwrap();
    page.practice.steps =
        vec![PageStep { id: "reach".into(), title: "Reach them.".into(), when: lapse, ..PageStep::default() }];
    w.receive(asks().answering("m1@client.example").with(|a| {
        a.key = "m2".into();
        a.reading.hazards.push(hazard());
    }));
    assert_eq!((w.tasks.len(), steps(&w)), (1, vec![]));
}

#[test]
fn a_page_that_is_done_for_each_policy_now_divides_no_step_that_was_one_for_all() {
    let mut w = with_page(|_| {});
    w.receive(naming_both());
    step(&mut w.policy.pages.get_mut(&"bond".into()).unwrap().practice.steps, "carrier").per_policy =
        Some(PerPolicy::Named);
    let more = mail("m2", "tony@trucks.example").asks(&["bond"]).answering("m1@client.example");
    w.receive(more.field("project", text("Pier 4")));
    assert_eq!(steps(&w), [("check", None), ("carrier", None), ("file", None)]);
}

#[test]
fn what_is_waited_for_ends_with_its_own_step_and_with_no_other() {
    let mut w = with_page(|_| {});
    w.receive(asks());
    w.command("ben", wait(Party::Carrier, None)).unwrap();
    w.command("ben", did("file", None)).unwrap();
    assert_eq!(w.task(1).standing(), "waiting on carrier");
    w.command("ben", did("carrier", None)).unwrap();
    assert_eq!(w.task(1).standing(), "in progress");
}

#[test]
fn a_step_that_is_one_for_all_policies_is_done_for_all_and_for_none_by_itself() {
    let mut w = with_page(|_| {});
    w.receive(naming_both());
    let why = w.command("ben", did("check", Some(TRUCK))).unwrap_err();
    assert_eq!(why, "The step “check” of T-1 is one for all its policies; leave the policy out.");
    w.command("ben", did("check", Some("All"))).unwrap();
    assert_ne!(w.task(1).steps[0].mark, StepMark::Open);
}

#[test]
fn an_answer_that_names_no_policy_is_about_all_that_wait() {
    let mut w = per_policy(PerPolicy::Named);
    w.receive(naming_both());
    for policy in [TRUCK, LIABILITY] {
        w.command("ben", wait(Party::Client, Some(policy))).unwrap();
    }
    w.receive(mail("m2", "tony@trucks.example").asks(&["bond"]).answering("m1@client.example"));
    assert_eq!((w.task(1).waits.len(), w.task(1).standing().as_str()), (0, "in progress"));
}

#[test]
fn what_waits_for_all_policies_comes_back_with_the_last_of_them() {
    let mut w = per_policy(PerPolicy::Named);
    w.receive(naming_both());
    w.command("ben", wait(Party::Carrier, None)).unwrap();
    w.command("ben", did("carrier", Some(TRUCK))).unwrap();
    assert_eq!(w.task(1).standing(), "waiting on carrier");
    w.command("ben", did("carrier", Some(LIABILITY))).unwrap();
    assert_eq!(w.task(1).standing(), "in progress");
}
