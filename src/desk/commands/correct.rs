//! Where a person knows better than the rules: the kind of work, a field; and where they let edited rules have their
//! way with a task.

use super::{Drafting, Said, Subject, pieces};
use crate::desk::{
    again,
    ask::{Asked, all, refuse},
    clocks, letters,
    matching::INSURED_FIELD,
    missing, pipeline,
    reread::{self, Anew, ReadAnew},
    roster::Roster,
    routing, steps,
};
use crate::domain::{
    Timestamp,
    account::Account,
    event::Event,
    field::{Field, FieldValue, Provenance},
    id::*,
    message::MessageRecord,
    reading::{Complexity, Request},
    task::{Corrected, Task},
    text::HeaderText,
    workflow::Span,
};
use std::sync::Arc;

/// Values of one field at most; more are a list for a person to read.
const VALUES_MAX: usize = 60;
/// Length of a field's name at most.
const NAME_MAX: usize = 60;

/// It is another kind of work, and so triage ends.
pub(super) fn set_type<'p>(
    said: &Said<'_, 'p>,
    id: TaskId,
    request_type: &RequestType,
    needs: Option<&Request>,
) -> Asked<Drafting<'p>> {
    let Some(page) = said.policy.pages.get(request_type) else {
        let known: Vec<&str> = said.policy.pages.keys().map(RequestType::as_str).collect();
        return refuse(format!("There is no page “{request_type}”; there are {}.", known.join(", ")));
    };
    let load = said.ask.load();
    let listed = said.listed(id, Some(request_type), None);
    let Subject { mut d, task, account: of } = said.open_subject(id)?;
    let account = of.map(Arc::as_ref);
    if task.request_type.as_ref() == Some(request_type) {
        return refuse(format!("{id} is “{request_type}” already."));
    }
    let (load, listed) = (load?, listed?);
    let complexity = needs.map_or(task.complexity, |n| n.complexity);
    d.record(typed(said, task, request_type, complexity));
    let steps = steps::of(&page.practice, &steps::known(task, account));
    d.record(Event::StepsSet { task: id, steps: steps.into() });
    // Without mail to read anew, what was missing keeps its place where the new page asks for it, too.
    let names: Vec<String> = match needs {
        Some(needs) => needs.missing.clone(),
        None => task.missing.iter().map(|m| m.field.clone()).filter(|f| page.questions.contains_key(f)).collect(),
    };
    let writer = task.requester.as_ref().map(|m| &m.address);
    let gaps = missing::gaps(&names, &task.fields, account, writer, Some(page), &task.language);
    let past: Vec<_> = d.past_of(task).iter().filter(|p| p.task != id).cloned().collect();
    let known = again::Known { account, past: &past, zone: said.policy.calendar.zone() };
    let again = needs.map(|n| again::found(n, Some(page), &task.fields, known)).unwrap_or_default();
    let fields = again::taken_over(missing::merged(&task.fields, &gaps.from_book), &again.fields);
    if fields != *task.fields {
        d.record(Event::FieldsSet { task: id, fields: fields.into() });
    }
    let since: Vec<Field> = task.fields.iter().filter(|f| came_since(f, task)).cloned().collect();
    let mut missing = missing::left_after(&gaps.missing, &[], &since, Some(page));
    missing::keep_doubts(&mut missing, &task.missing, needs);
    let missing = missing::left_after(&missing, &[], &again.fields, Some(page));
    d.record(Event::MissingSet { task: id, missing });
    if let Some(text) = again.note {
        d.record(Event::Noted { task: id, by: None, text });
    }
    d.record(Event::DeadlinesSet {
        task: id,
        deadline: task.deadline,
        standard_due: Some(standard_from_arrival(said, task, page.practice.standard.turnaround)),
    });
    let what = Corrected::Type { was: task.request_type.clone(), is: request_type.clone() };
    d.record(Event::Corrected { task: id, by: said.person.id.clone(), what });
    d.record(said.touched(id));
    if pieces::place(said, &mut d, id, of, &listed).is_some() {
        return Ok(d);
    }
    let why = format!("It is now {}.", page_title(said, request_type));
    hand_on(said, &mut d, id, account, &load, &why);
    Ok(d)
}

/// A field that the first message does not bring: it answers a question that the reading of that message asks.
fn came_since(field: &Field, task: &Task) -> bool {
    match &field.from {
        Provenance::Message { message, .. } => task.messages.first() != Some(message),
        Provenance::Book { .. } => false,
        Provenance::Earlier { .. } | Provenance::Person { .. } => true,
    }
}

fn typed(said: &Said<'_, '_>, task: &Task, request_type: &RequestType, complexity: Complexity) -> Event {
    Event::TypeSet {
        task: task.id,
        request_type: Some(request_type.clone()),
        type_title: said.policy.title(request_type, "en").unwrap_or(request_type.as_str()).to_owned(),
        done_when: said.policy.practice_of(Some(request_type)).done_when.clone(),
        complexity,
    }
}

fn page_title(said: &Said<'_, '_>, request_type: &RequestType) -> String {
    format!("“{}”", said.policy.title(request_type, "en").unwrap_or(request_type.as_str()))
}

/// The standard of the new page, as if the task had been of it from the start; what still waits is left out later.
fn standard_from_arrival(said: &Said<'_, '_>, task: &Task, turnaround: Span) -> Timestamp {
    clocks::standard_due(task.arrived, turnaround, &task.waited, &said.policy.calendar)
}

/// Gives the task to somebody who may do it, where whoever has it may not.
fn hand_on(said: &Said<'_, '_>, d: &mut Drafting<'_>, id: TaskId, account: Option<&Account>, load: &Roster, why: &str) {
    let Some(task) = d.task(id) else { return };
    let work = routing::work_of(said.policy, task);
    if said.policy.person(&task.assigned.person).is_some_and(|p| p.is(work.role)) {
        return;
    }
    let route = routing::route(said.policy, account, &work, load);
    if route.person != task.assigned.person {
        let because = format!("{why} {}", route.because);
        d.record(Event::Assigned {
            task: id,
            person: route.person,
            reason: because.clone(),
            standing_in_for: route.standing_in_for,
        });
        letters::notices(d, &[id], &because, Some(&said.person.id));
    }
}

/// A field is what a person says; what the rules had found there goes.
pub(super) fn set_field<'p>(
    said: &Said<'_, 'p>,
    id: TaskId,
    name: &str,
    values: &[FieldValue],
    elsewhere: bool,
) -> Asked<Drafting<'p>> {
    let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if name.is_empty() || name.len() > NAME_MAX || !name.chars().all(good) {
        return refuse(format!(
            "“{}” is no field's name; those are like deadline, policy_numbers.",
            HeaderText::new(name)
        ));
    }
    if values.len() > VALUES_MAX {
        return refuse(format!("More than {VALUES_MAX} values of one field are a list; attach it to a note."));
    }
    let Subject { mut d, task, .. } = said.open_subject(id)?;
    let Some(values) = values.iter().map(cleaned).collect::<Option<Vec<_>>>() else {
        return refuse(format!(
            "A value of “{name}” is empty, or no number; leave all values out to take the field away."
        ));
    };
    let before: Vec<&Field> = task.fields.iter().filter(|f| f.name == name).collect();
    if values.is_empty() && before.is_empty() {
        return refuse(format!("{id} has no “{name}” that could be taken away."));
    }
    let by_hand = |f: &&Field| matches!(f.from, Provenance::Person { .. });
    if !values.is_empty() && before.iter().all(by_hand) && before.iter().map(|f| &f.value).eq(&values) {
        return refuse(format!("“{name}” of {id} is that already, by a person's word."));
    }
    let from = Provenance::Person { person: said.person.id.clone(), at: said.now };
    let new: Vec<Field> = values
        .into_iter()
        .map(|value| Field { name: name.to_owned(), value, from: from.clone(), confidence: 100, doubt: None })
        .collect();
    let place = task.fields.iter().position(|f| f.name == name).unwrap_or(task.fields.len());
    let mut fields: Vec<Field> = task.fields.iter().filter(|f| f.name != name).cloned().collect();
    fields.splice(place.min(fields.len())..place.min(fields.len()), new.iter().cloned());
    let deadline = match name {
        clocks::DEADLINE_FIELD => match clocks::deadline(&fields, task.arrived, &said.policy.calendar) {
            Ok(deadline) => Some(deadline),
            Err(_) => return refuse("That day was past when the message came; a deadline lies ahead of it."),
        },
        _ => None,
    };
    d.record(Event::FieldsSet { task: id, fields: fields.into() });
    let what = Corrected::Field { name: name.to_owned(), elsewhere };
    d.record(Event::Corrected { task: id, by: said.person.id.clone(), what });
    let page = task.request_type.as_ref().and_then(|t| said.policy.pages.get(t));
    let left = missing::left_after(&task.missing, &[], &new, page);
    if left != task.missing {
        d.record(Event::MissingSet { task: id, missing: left });
    }
    if let Some(deadline) = deadline.filter(|at| *at != task.deadline) {
        d.record(Event::DeadlinesSet { task: id, deadline, standard_due: task.standard_due });
    }
    if let (INSURED_FIELD, None, Some(f)) = (name, &task.account, new.first()) {
        let insured = Some(HeaderText::new(&f.value.shown()));
        let reason = format!("{} said whom it is about.", said.person.name);
        let candidates = task.candidates.clone();
        d.record(Event::AccountSet { task: id, account: None, insured, reason, candidates });
    }
    d.record(said.touched(id));
    Ok(d)
}

/// A value without control characters and loose ends; `None` where nothing is left of it, or it is no number.
fn cleaned(value: &FieldValue) -> Option<FieldValue> {
    let text = |s: &str| Some(HeaderText::new(s).as_str().to_owned()).filter(|s| !s.is_empty());
    Some(match value {
        FieldValue::Text(s) => FieldValue::Text(text(s)?),
        FieldValue::Party { name, address } => {
            FieldValue::Party { name: text(name)?, address: address.as_deref().and_then(text) }
        }
        FieldValue::Driver { name, dob, license } => {
            let (name, license) = (name.as_deref().and_then(text), license.as_deref().and_then(text));
            if name.is_none() && dob.is_none() && license.is_none() {
                return None;
            }
            FieldValue::Driver { name, dob: *dob, license }
        }
        FieldValue::Number(n) if !n.is_finite() => return None,
        // A field that is not asked for is absent, never false.
        FieldValue::Flag(false) => return None,
        FieldValue::Number(_) | FieldValue::Date(_) | FieldValue::Flag(true) => value.clone(),
    })
}

/// Edited rules have their way with a task, as far as people have not said otherwise.
pub(super) fn reread<'p>(said: &Said<'_, 'p>, id: TaskId, rules: &str, read: &[ReadAnew]) -> Asked<Drafting<'p>> {
    let load = said.ask.load();
    let mut found = read.iter().flat_map(|r| &r.reading.requests).map(|r| &r.request_type);
    let listed = said.listed(id, found.find(|t| pipeline::is_listed(said.policy, t)), None);
    let Subject { mut d, task, account: of } = said.open_subject(id)?;
    let account = of.map(Arc::as_ref);
    let record = match task.messages.first() {
        Some(key) => said.ask.message(key)?,
        None => None,
    };
    let siblings = siblings(said, id, record)?;
    let (load, listed) = (load?, listed?);
    let current = &said.policy.versions.rules;
    if rules != current || read.iter().any(|r| r.reading.rules_version != *current) {
        return refuse(format!(
            "The daemon goes by other rules ({current}) than those you looked at ({rules}); have it load them \
             (systemctl reload intaked), look again, then apply."
        ));
    }
    if let Some(why) = reread::withheld(task, record) {
        return refuse(why);
    }
    let writer = task.requester.as_ref().map(|m| &m.address);
    let Some(anew) = reread::anew(task, account, writer, &siblings, read, said.policy) else {
        return refuse(format!("There is no mail of {id} that could be read anew."));
    };
    if reread::changes(task, &anew).is_empty() {
        return refuse(format!("Nothing changes on {id} by the rules as they are."));
    }
    apply(said, &mut d, task, &anew);
    if anew.request_type != task.request_type && pieces::place(said, &mut d, id, of, &listed).is_some() {
        d.record(said.touched(id));
        return Ok(d);
    }
    if task.first_touch.is_none() && (anew.complexity != task.complexity || anew.request_type != task.request_type) {
        hand_on(said, &mut d, id, account, &load, "It was read anew.");
    }
    d.record(said.touched(id));
    Ok(d)
}

/// The types of the other tasks of the message.
fn siblings(said: &Said<'_, '_>, id: TaskId, record: Option<&MessageRecord>) -> Asked<Vec<Option<RequestType>>> {
    let ids = record.map_or_else(Vec::new, |r| r.outcome.tasks());
    let tasks: Vec<_> = ids.into_iter().filter(|other| *other != id).map(|other| said.ask.task(other)).collect();
    Ok(all(tasks)?.into_iter().flatten().map(|t| t.request_type.clone()).collect())
}

fn apply(said: &Said<'_, '_>, d: &mut Drafting<'_>, task: &Task, anew: &Anew) {
    let id = task.id;
    let (by, rules_version) = (said.person.id.clone(), said.policy.versions.rules.clone());
    d.record(Event::Reread { task: id, by, rules_version, evidence: Arc::clone(&anew.evidence) });
    let mut standard_due = task.standard_due;
    if let Some(request_type) = &anew.request_type
        && (anew.request_type != task.request_type || anew.complexity != task.complexity)
    {
        d.record(typed(said, task, request_type, anew.complexity));
        if anew.request_type != task.request_type {
            let practice = said.policy.practice_of(Some(request_type));
            let account = d.account_of(task).cloned();
            let steps = steps::of(practice, &steps::known(task, account.as_deref()));
            d.record(Event::StepsSet { task: id, steps: steps.into() });
            standard_due = Some(standard_from_arrival(said, task, practice.standard.turnaround));
        }
    }
    if anew.fields != *task.fields {
        d.record(Event::FieldsSet { task: id, fields: anew.fields.clone().into() });
    }
    if anew.missing != task.missing {
        d.record(Event::MissingSet { task: id, missing: anew.missing.clone() });
    }
    if (anew.deadline, standard_due) != (task.deadline, task.standard_due) {
        d.record(Event::DeadlinesSet { task: id, deadline: anew.deadline, standard_due });
    }
}
