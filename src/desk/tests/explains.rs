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
