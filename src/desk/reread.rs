//! What edited rules would change on a task, and what people have said of it, which no rule changes. Pure: the same
//! reckoning shows a proposal and applies it.

use super::{Policy, again, answers, clocks, missing, opening};
use crate::domain::{
    Timestamp,
    account::Account,
    field::{Field, Provenance},
    id::*,
    message::{MessageRecord, Outcome},
    reading::*,
    task::{Missing, StepMark, Task},
    text::Address,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What the rules find now in a message of a task.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadAnew {
    /// The message.
    pub message: MessageKey,
    /// When it was received.
    pub received: Timestamp,
    /// What the rules find.
    pub reading: Reading,
    /// A program wrote it: where it asks for nothing it brings no facts.
    pub automatic: bool,
    /// What the page of the task's type needs of it, where the first message was read for that page, too.
    pub needs: Option<Box<Request>>,
}

/// What the rules as they are would change on a task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Proposal {
    /// The task.
    pub task: TaskId,
    /// Its kind, for people.
    pub type_title: String,
    /// What would change; empty where nothing would.
    pub changes: Vec<Change>,
    /// What a person should know besides.
    pub notes: Vec<String>,
    /// Why it cannot be applied, where it cannot.
    pub withheld: Option<String>,
}

/// One thing that would change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// `type`, `complexity`, `missing`, or a field's name.
    pub what: String,
    /// As it is; several values of a list.
    pub old: Vec<String>,
    /// As it would be.
    pub new: Vec<String>,
    /// The rules and the words that speak for what is new.
    pub because: Vec<Because>,
}

/// A rule and the words on which it speaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Because {
    /// The rule.
    pub rule: String,
    /// The words; empty where they hold what is masked in the value.
    pub words: String,
}

/// A task as the rules would have it, people's corrections kept.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Anew {
    pub(super) request_type: Option<RequestType>,
    pub(super) complexity: Complexity,
    pub(super) evidence: Arc<Vec<Evidence>>,
    pub(super) fields: Vec<Field>,
    pub(super) missing: Vec<Missing>,
    pub(super) deadline: Option<Timestamp>,
    pub(super) notes: Vec<String>,
}

/// Why a reading is not applied to a task, whatever it says; `None` where it may be.
pub(super) fn withheld(task: &Task, record: Option<&MessageRecord>) -> Option<String> {
    let id = task.id;
    if !task.is_open() {
        return Some(format!("{id} is over; tasks that are over never change."));
    }
    let Some(record) = record else { return Some(format!("{id} came without mail; there is nothing to read.")) };
    if matches!(record.outcome, Outcome::Held(_)) {
        return Some(format!(
            "The message of {id} is held for a person, who says what it is (intaked tasks type {id} …); rules do not."
        ));
    }
    (!record.raw.whole)
        .then(|| format!("Only the header of {id}'s message was fetched; the rest stands on the mail server."))
}

/// What would change on a task. `siblings` are the types of the other tasks of its first message.
#[must_use]
pub fn propose(
    task: &Task,
    record: Option<&MessageRecord>,
    account: Option<&Account>,
    siblings: &[Option<RequestType>],
    read: &[ReadAnew],
    policy: &Policy,
) -> Proposal {
    let withheld = withheld(task, record);
    let writer = task.requester.as_ref().map(|m| &m.address);
    let anew = anew(task, account, writer, siblings, read, policy);
    let (changes, notes) = anew.map_or_else(Default::default, |a| (changes(task, &a), a.notes));
    Proposal { task: task.id, type_title: task.type_title.to_string(), changes, notes, withheld }
}

/// The task as the rules would have it; `None` where there is no mail.
pub(super) fn anew(
    task: &Task,
    account: Option<&Account>,
    writer: Option<&Address>,
    siblings: &[Option<RequestType>],
    read: &[ReadAnew],
    policy: &Policy,
) -> Option<Anew> {
    let (first, later) = read.split_first()?;
    let mut notes = Vec::new();
    let request = kind(task, &first.reading, siblings, policy, &mut notes);
    let request_type = request.map(|r| r.request_type.clone()).or_else(|| task.request_type.clone());
    // What a person said it is lacks what its page lacks, however the mail puts it.
    let chosen = first.needs.as_deref().filter(|_| task.type_is_peoples());
    let needs = chosen.or(request).or(first.needs.as_deref());
    let peoples = |f: &Field| task.is_peoples(&f.name);
    let by_people: Vec<Field> = task.fields.iter().filter(|f| peoples(f)).cloned().collect();
    let rules_own = |r: &ReadAnew| -> Vec<Field> {
        opening::fields_of(&r.reading, Some(&r.message)).into_iter().filter(|f| !peoples(f)).collect()
    };
    let mut fields = rules_own(first);
    let mut deadline = clocks::deadline(&fields, task.arrived, &policy.calendar).unwrap_or_else(|why| {
        notes.push(why);
        None
    });
    let page = request_type.as_ref().and_then(|t| policy.pages.get(t));
    let mut missing = match needs {
        None => task.missing.clone(),
        Some(needs) => {
            let known = missing::merged(&fields, &by_people);
            let gaps = missing::gaps(&needs.missing, &known, account, writer, page, &task.language);
            let from_book: Vec<Field> = gaps.from_book.into_iter().filter(|f| !peoples(f)).collect();
            fields = missing::merged(&fields, &from_book);
            gaps.missing
        }
    };
    for one in later.iter().filter(|r| brings_facts(r)) {
        let brought: Vec<Field> = answers::brought(&one.reading, &one.message, &fields, &missing)
            .into_iter()
            .filter(|f| !peoples(f))
            .collect();
        missing = missing::left_after(&missing, &fields, &brought, page);
        if let Ok(Some(at)) = clocks::deadline(&brought, one.received, &policy.calendar) {
            deadline = Some(at);
        }
        fields = missing::merged(&fields, &brought);
    }
    // What the client pointed to instead of saying it holds until the mail says it.
    let stated = |f: &Field| fields.iter().any(|n| n.name == f.name);
    let again: Vec<Field> =
        task.fields.iter().filter(|f| again::is_taken_over(f) && !stated(f) && !peoples(f)).cloned().collect();
    missing = missing::left_after(&missing, &[], &again, page);
    fields = missing::merged(&fields, &again);
    missing = missing::left_after(&missing, &[], &by_people, page);
    missing::keep_doubts(&mut missing, &task.missing, needs);
    let fields = in_the_old_order(missing::merged(&fields, &by_people), &task.fields);
    // The task's deadline follows its field; it may have been cut off by an end or a reopening meanwhile.
    let name = clocks::DEADLINE_FIELD;
    let deadline = if values(&fields, name) == values(&task.fields, name) { task.deadline } else { deadline };
    Some(Anew {
        complexity: needs.map_or(task.complexity, |n| n.complexity),
        evidence: request.map_or_else(|| Arc::clone(&task.evidence), |r| r.evidence.clone().into()),
        request_type,
        fields,
        missing,
        deadline,
        notes,
    })
}

/// The request of the reading that this task is about; `None` where the type stays as it is for another reason.
fn kind<'r>(
    task: &Task,
    reading: &'r Reading,
    siblings: &[Option<RequestType>],
    policy: &Policy,
    notes: &mut Vec<String>,
) -> Option<&'r Request> {
    let mut asked = reading.requests.iter().filter(|r| policy.pages.contains_key(&r.request_type));
    if let Some(own) = asked.clone().find(|r| Some(&r.request_type) == task.request_type.as_ref()) {
        return Some(own);
    }
    if task.type_is_peoples() {
        return None;
    }
    if reading.certainty == Certainty::Doubtful || reading.requests.is_empty() {
        notes.push("The rules would not say what it is; a person decides, so its type stays.".to_owned());
        return None;
    }
    let found = asked.find(|r| !siblings.contains(&Some(r.request_type.clone())));
    if found.is_none() {
        notes.push("The rules find in its message only what other tasks of it do; its type stays.".to_owned());
    }
    if found.is_some() && task.steps.iter().any(|s| s.mark != StepMark::Open) {
        notes.push("The rules say another type, but a person has begun on its steps; its type stays.".to_owned());
        return None;
    }
    found
}

/// The same mail is let in with its facts as when it came: thanks and automatic answers bring none.
fn brings_facts(r: &ReadAnew) -> bool {
    let reading = &r.reading;
    let asks = !reading.requests.is_empty() || !reading.hazards.is_empty();
    let automatic = r.automatic || reading.sender_kind == SenderKind::Automated;
    asks || (!automatic && (reading.no_work.is_empty() || reading.short.is_some()))
}

/// Fields that were there before keep their place, so that a reading that finds the same changes nothing.
fn in_the_old_order(mut fields: Vec<Field>, old: &[Field]) -> Vec<Field> {
    let place = |f: &Field| old.iter().position(|o| o.name == f.name).unwrap_or(old.len());
    fields.sort_by_key(place);
    fields
}

/// A field's values as they compare: the value, whether it is sure, and what is odd about it.
fn values<'f>(fields: &'f [Field], name: &str) -> BTreeSet<(String, bool, Option<&'f str>)> {
    let of = fields.iter().filter(|f| f.name == name);
    of.map(|f| (f.value.shown(), f.is_sure(), f.doubt.as_deref())).collect()
}

/// What differs between the task and what the rules would have, for people.
pub(super) fn changes(task: &Task, anew: &Anew) -> Vec<Change> {
    let mut all = Vec::new();
    let named = |t: &Option<RequestType>| t.iter().map(ToString::to_string).collect::<Vec<_>>();
    let change = |what: &str, old, new, because| Change { what: what.to_owned(), old, new, because };
    if anew.request_type != task.request_type {
        let said = |e: &Evidence| Because { rule: e.rule.clone(), words: e.words.clone() };
        let because = anew.evidence.iter().filter(|e| e.weight > 0).map(said).collect();
        all.push(change("type", named(&task.request_type), named(&anew.request_type), because));
    }
    if anew.complexity != task.complexity {
        let word = |c| vec![if c == Complexity::Complex { "complex" } else { "simple" }.to_owned()];
        all.push(change("complexity", word(task.complexity), word(anew.complexity), Vec::new()));
    }
    let mut seen = BTreeSet::new();
    for name in task.fields.iter().chain(&anew.fields).map(|f| f.name.as_str()).filter(|n| seen.insert(*n)) {
        if values(&task.fields, name) == values(&anew.fields, name) {
            continue;
        }
        let shown = |fields: &[Field]| fields.iter().filter(|f| f.name == name).map(described).collect();
        let because = anew.fields.iter().filter(|f| f.name == name).filter_map(because).collect();
        all.push(change(name, shown(&task.fields), shown(&anew.fields), because));
    }
    let asked = |missing: &[Missing]| missing.iter().map(|m| m.field.clone()).collect::<BTreeSet<_>>();
    let (old, new) = (asked(&task.missing), asked(&anew.missing));
    if old != new {
        all.push(change("missing", old.into_iter().collect(), new.into_iter().collect(), Vec::new()));
    }
    all
}

fn described(f: &Field) -> String {
    let doubt = f.doubt.as_ref().map_or_else(String::new, |d| format!(" ({d})"));
    let guess = if !f.is_sure() { " (a guess)" } else { "" };
    format!("{}{guess}{doubt}", f.value.shown_masked())
}

fn because(f: &Field) -> Option<Because> {
    let Provenance::Message { rule, words, .. } = &f.from else { return None };
    let masked = matches!(f.value, crate::domain::field::FieldValue::Driver { .. });
    Some(Because { rule: rule.clone(), words: if masked { String::new() } else { words.clone() } })
}
