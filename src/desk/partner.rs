//! Work that an external licensed team does: what may go there, what it is told, and the step that brings it back.
//!
//! A person of the agency stays the assignee. The partner hears of its own tasks only, and only what it needs of them.

use super::{Policy, drafting::Drafting, letters};
use crate::domain::{
    event::Event,
    field::Field,
    id::*,
    person::Mode,
    reading::Complexity,
    task::{StepMark, StepState, Task, WithPartner},
    text::{Address, HeaderText, Mailbox},
};
use serde::Serialize;

/// The key of the step that brings a task back.
pub(super) const BACK: &str = "back_from_partner";

/// An external licensed team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Partner {
    /// The key.
    pub id: String,
    /// Its name.
    pub name: HeaderText,
    /// Where its work goes, and from where it answers.
    pub address: Address,
    /// The types that may go there; no others.
    pub types: Vec<RequestType>,
    /// The fields without which nothing goes there, and the only ones that it is told besides the client's words.
    pub facts: Vec<String>,
    /// When work goes there.
    pub when: When,
}

/// When work goes to a partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// Always, where it may.
    Always,
    /// Where nobody of the agency who does such work is available.
    Overflow,
}

/// Hands new tasks to whichever partner may have them.
pub(super) fn hand_out(d: &mut Drafting<'_>, tasks: &[TaskId]) {
    for id in tasks {
        let Some(task) = d.held(*id) else { continue };
        let overflow = d.nobody_else.contains(id);
        let Some(partner) = d.policy.partners.iter().find(|p| may_have(p, &task, overflow)).cloned() else { continue };
        match lacking(d, &partner, &task) {
            Some(why) => d.record(Event::Noted { task: *id, by: None, text: why }),
            None => hand(d, &partner, &task),
        }
    }
}

/// Only listed types, only simple ones, and nothing that is dangerous or not clear.
fn may_have(partner: &Partner, task: &Task, overflow: bool) -> bool {
    let listed = task.request_type.as_ref().is_some_and(|t| partner.types.contains(t));
    let wanted = partner.when == When::Always || overflow;
    listed && wanted && task.complexity == Complexity::Simple && task.hazards.is_empty() && task.with_partner.is_none()
}

/// Why it stays in the house for now, in a sentence for the assignee.
fn lacking(d: &Drafting<'_>, partner: &Partner, task: &Task) -> Option<String> {
    let name = &partner.name;
    if d.policy.mode_for(task.request_type.as_ref(), &task.assigned.person) != Mode::Live {
        return Some(format!("{name} could do it, but nobody outside is written to without a person's yes."));
    }
    if !task.candidates.is_empty() {
        return Some(format!("{name} could do it once it is sure which client it is."));
    }
    let known = |name: &&String| task.fields.iter().any(|f| is_known(f, name));
    let missing: Vec<&str> = partner.facts.iter().filter(|f| !known(f)).map(String::as_str).collect();
    (!missing.is_empty()).then(|| format!("{name} could do it, but these facts are missing: {}.", missing.join(", ")))
}

fn is_known(field: &Field, name: &str) -> bool {
    field.name == name && field.is_sure() && field.doubt.is_none()
}

fn hand(d: &mut Drafting<'_>, partner: &Partner, task: &Task) {
    let id = task.id;
    let because = format!("Such work goes to {}; {} stays responsible.", partner.name, name_of(d.policy, task));
    let with = WithPartner { id: partner.id.clone(), name: partner.name.clone(), address: partner.address.clone() };
    d.record(Event::HandedOut { task: id, partner: with, reason: because.clone() });
    let mut steps = task.steps.to_vec();
    steps.push(StepState {
        id: BACK.into(),
        title: format!("Check what {} sent back, and take the task back.", partner.name),
        required: true,
        who: None,
        policy: None,
        waits_on: None,
        sends: false,
        mark: StepMark::Open,
    });
    d.record(Event::StepsSet { task: id, steps: steps.into() });
    d.record(Event::Noted { task: id, by: None, text: because });
    let to = Mailbox { name: partner.name.clone(), address: partner.address.clone() };
    letters::handover(d, to, id, &partner.facts);
}

fn name_of(policy: &Policy, task: &Task) -> String {
    policy.person(&task.assigned.person).map_or_else(|| task.assigned.person.to_string(), |p| p.name.to_string())
}

/// Whether this address is that of the partner who has the task.
pub(super) fn has(task: &Task, address: &Address) -> bool {
    task.with_partner.as_ref().is_some_and(|p| p.address == *address)
}
