//! Every decision says with what it was made.

use super::{sample::*, world::World};
use crate::desk::*;
use chrono::Duration;

#[test]
fn a_decision_names_the_rules_templates_and_policy_it_was_made_with() {
    let mut w = World::new();
    let versions = policy().versions;
    assert!(!versions.rules.is_empty() && !versions.templates.is_empty() && !versions.policy.is_empty());
    assert_eq!(w.receive(mail("m1", "zoe@new.example").asks(&["bond"])).versions, versions);
    let command = Command::Take { task: TaskId(1) };
    assert_eq!(w.say(&Input::Command { by: "ana".into(), command }).unwrap().versions, versions);
    w.now += Duration::days(9);
    assert_eq!(w.say(&Input::Clock(TaskId(1))).unwrap().versions, versions);
}

#[test]
fn a_message_that_was_decided_leads_to_its_bytes() {
    let mut w = World::new();
    let arrived = mail("m1", "zoe@new.example").with(|a| a.raw.path = "2026-11-17/abc.eml".into());
    w.receive(arrived);
    assert_eq!(w.messages[0].raw.path, "2026-11-17/abc.eml");
}

#[test]
fn the_facts_of_a_decision_say_as_of_which_decision_they_held() {
    let nothing = |lookup: &Lookup| {
        assert_eq!(*lookup, Lookup::Task(TaskId(1)));
        Ok::<_, std::convert::Infallible>(Answer::Task(None))
    };
    let (facts, step) = decide_by(&Input::Clock(TaskId(1)), tuesday(), &policy(), 7, nothing).unwrap();
    assert_eq!((facts.as_of, facts.answers.len()), (7, 1));
    assert!(matches!(step, Step::Decided(_)), "{step:?}");
}

#[test]
fn the_terms_of_a_client_are_looked_up_for_work_that_dates_bring_and_for_no_other() {
    let w = super::pipeline::agency().knows(trucks());
    for (kind, looked_up) in [("bond", true), ("permit", false)] {
        let arrival = Input::Message(Box::new(mail("m1", "tony@trucks.example").asks(&[kind]).0));
        let (facts, _) = decide_by(&arrival, w.now, &w.policy, 0, |l| Ok::<_, String>(w.answer(l))).unwrap();
        let terms = facts.answers.keys().any(|l| matches!(l, Lookup::TermsOf(_)));
        assert_eq!(terms, looked_up, "{kind}");
    }
}
