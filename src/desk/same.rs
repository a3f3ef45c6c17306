//! Is a second mail on the same thing as an open task? Only what names the thing decides: the certificate's holder and
//! project, the vehicle, the policy. In doubt it is another thing, and the two are linked for a person to compare.
//!
//! Pure, and knows no request type.

use super::{
    chasing::chased,
    drafting::Drafting,
    escalation,
    intake::{Decided, Known},
    matching::{INSURED_FIELD, POLICY_FIELD},
    thread::{self, Writer},
};
use crate::domain::{
    event::Event,
    field::{Field, FieldValue},
    id::TaskId,
    reading::Request,
    task::Task,
    text::folded,
};
use std::{collections::BTreeSet, sync::Arc};

/// Who asks for a paper.
pub(super) const HOLDER_FIELD: &str = "certificate_holder";
/// For which project.
const PROJECT_FIELD: &str = "project";
/// Which vehicles.
const VIN_FIELD: &str = "vins";

/// Fields that say who writes and by when, and nothing of what is wanted.
const ABOUT_THE_WRITER: [&str; 5] =
    ["contact_name", "contact_phone", "delivery_emails", super::clocks::DEADLINE_FIELD, INSURED_FIELD];

/// A second mail on the same thing as an open task of the client joins it; `None` where it is a thing of its own.
pub(super) fn on_the_same_thing(d: &mut Drafting<'_>, known: &Known<'_>, requests: &[&Request]) -> Option<Decided> {
    let [request] = requests else { return None };
    let account = known.matched.account.as_ref()?;
    let fields = &known.arrival.reading.fields;
    let fits = |t: &&Arc<Task>| {
        t.is_open()
            && t.request_type.as_ref() == Some(&request.request_type)
            && t.account.as_ref() == Some(&account.id)
            && matches!(thread::writer(d.policy, known.writer, t, Some(account)), Some(Writer::Outside))
    };
    let (task, same) =
        known.siblings.iter().filter(fits).find_map(|t| same_thing(&t.fields, fields).map(|why| (t.clone(), why)))?;
    d.adopt(&task);
    d.know_account(account);
    let reason = format!("A second mail on the same thing: the same {same}.");
    d.record(Event::MessageJoined { task: task.id, message: known.arrival.key.clone(), reason: reason.clone() });
    thread::bring_facts(d, known, task.id);
    if known.arrival.message.automatic.reason().is_none() {
        thread::wake(d, known, &task, &Writer::Outside);
        chased(d, known, task.id);
    }
    escalation::alert(d, &[task.id], &known.arrival.reading.hazards);
    thread::tell_assignee(d, task.id, &Writer::Outside, &reason);
    Some(thread::joined(task.id, Vec::new(), &reason))
}

/// What else is open of the same kind for the same client: a person compares.
pub(super) fn link_to_siblings(d: &mut Drafting<'_>, known: &Known<'_>, opened: &[TaskId]) {
    for id in opened {
        let Some(kind) = d.task(*id).and_then(|t| t.request_type.clone()) else { continue };
        let like: Vec<String> = known
            .siblings
            .iter()
            .filter(|t| t.is_open() && t.request_type.as_ref() == Some(&kind))
            .take(5)
            .map(|t| t.id.to_string())
            .collect();
        if !like.is_empty() {
            let text = format!("Of the same kind and open for this client: {}; compare them.", like.join(", "));
            d.record(Event::Noted { task: *id, by: None, text });
        }
    }
}

/// Why both are one thing, in words that follow “the same”; `None` where they are not, or it cannot be told.
fn same_thing(a: &[Field], b: &[Field]) -> Option<&'static str> {
    let (holder, vin, policy) = (both(a, b, HOLDER_FIELD), both(a, b, VIN_FIELD), both(a, b, POLICY_FIELD));
    let project = both(a, b, PROJECT_FIELD);
    let why = match (holder, vin, policy) {
        (Both::Same, _, _) if matches!(project, Both::Same | Both::Neither) => "certificate holder and project",
        (Both::Neither, Both::Same, _) => "vehicle",
        (Both::Neither, Both::Neither, Both::Same) => "policy",
        _ => return None,
    };
    // Another driver, another address, another day: another thing after all.
    let named = a.iter().chain(b).map(|f| f.name.as_str()).collect::<BTreeSet<_>>();
    let contradict = |name: &&&str| !ABOUT_THE_WRITER.contains(*name) && both(a, b, name) == Both::Different;
    named.iter().find(contradict).is_none().then_some(why)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Both {
    Same,
    Different,
    /// Only one of the two says it.
    One,
    Neither,
}

fn both(a: &[Field], b: &[Field], name: &str) -> Both {
    let values = |fields: &[Field]| -> BTreeSet<String> {
        fields.iter().filter(|f| f.name == name).map(|f| key(&f.value)).filter(|k| !k.is_empty()).collect()
    };
    let (a, b) = (values(a), values(b));
    match (a.is_empty(), b.is_empty()) {
        (true, true) => Both::Neither,
        (false, false) if a == b => Both::Same,
        (false, false) => Both::Different,
        _ => Both::One,
    }
}

/// A value as it is compared: of a firm its name, for its address is often left out the second time.
fn key(value: &FieldValue) -> String {
    match value {
        FieldValue::Party { name, .. } => folded(name),
        other => folded(&other.shown()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{field::Provenance, id::PersonId};

    fn field(name: &str, value: &str) -> Field {
        let from = Provenance::Person { person: PersonId("ana".into()), at: chrono::DateTime::UNIX_EPOCH };
        Field { name: name.into(), value: FieldValue::Text(value.into()), from, confidence: 90, doubt: None }
    }
    fn fields(list: &[(&str, &str)]) -> Vec<Field> {
        list.iter().map(|(n, v)| field(n, v)).collect()
    }
    fn same(a: &[(&str, &str)], b: &[(&str, &str)]) -> Option<&'static str> {
        let (a, b) = (fields(a), fields(b));
        assert_eq!(same_thing(&a, &b), same_thing(&b, &a), "whichever came first");
        same_thing(&a, &b)
    }

    #[test]
    fn holder_and_project_or_the_vehicle_or_the_policy_make_it_the_same() {
        let elm = [("certificate_holder", "Northgate Builders LLC"), ("project", "Elm Street")];
        let again =
            [("certificate_holder", "northgate builders, llc"), ("project", "Elm street"), ("deadline", "2026-12-01")];
        assert_eq!(same(&elm, &again), Some("certificate holder and project"));
        assert_eq!(same(&[("vins", "1M8GDM9AXKP042788")], &[("vins", "1m8gdm9axkp042788")]), Some("vehicle"));
        assert_eq!(same(&[("policy_numbers", "BAP-1")], &[("policy_numbers", "bap 1")]), Some("policy"));
    }
    #[test]
    fn another_holder_project_vehicle_driver_or_policy_makes_it_another() {
        for (a, b) in [
            (&[("certificate_holder", "A")][..], &[("certificate_holder", "B")][..]),
            (&[("certificate_holder", "A"), ("project", "x")], &[("certificate_holder", "A"), ("project", "y")]),
            (&[("certificate_holder", "A"), ("project", "x")], &[("certificate_holder", "A")]),
            (&[("certificate_holder", "A"), ("policy_numbers", "1")], &[("policy_numbers", "1")]),
            (&[("vins", "V1"), ("policy_numbers", "1")], &[("vins", "V2"), ("policy_numbers", "1")]),
            (&[("vins", "V1"), ("policy_numbers", "1")], &[("policy_numbers", "1")]),
            (&[("policy_numbers", "1"), ("drivers", "Jo")], &[("policy_numbers", "1"), ("drivers", "Al")]),
            (&[("policy_numbers", "1")], &[("policy_numbers", "2")]),
            (&[("insured_name", "A")], &[("insured_name", "A")]),
            (&[], &[]),
        ] {
            assert_eq!(same(a, b), None, "{a:?} {b:?}");
        }
    }
}
