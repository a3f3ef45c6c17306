//! What attachments add to a reading: facts from forms and schedules, and what a person has to know of the rest.
//!
//! The body counts first: a fact that it states is not overruled, and what an attached contract demands is shown as the
//! contract's, never as the sender's wish. Knows no request type.

mod form;
mod requirements;
mod schedule;

use crate::domain::{
    field::{Field, FieldValue, Place, Provenance, Span},
    id::MessageKey,
    text::folded,
};
use crate::message::{Attachment, Message};

/// Fields of which a message may state several.
const LISTS: [&str; 4] = ["vins", "vehicles", "drivers", "policy_numbers"];
/// Who is to get a certificate.
const HOLDER: &str = "certificate_holder";
/// Most values of one field that are taken from attachments; more is a list for a person to read.
const MOST: usize = 60;
/// Attachments named in one note.
const NAMED: usize = 4;

/// A fact in the text of an attachment.
#[derive(Debug, Clone, PartialEq)]
struct Found {
    name: &'static str,
    value: FieldValue,
    start: u32,
    end: u32,
    confidence: u8,
    doubt: Option<String>,
}

/// The fields of a message: those that the extractors found, and those that forms and schedules add. `known` says which
/// fields there are.
pub(super) fn fields(message: &Message, extracted: Vec<Field>, known: impl Fn(&str) -> bool) -> Vec<Field> {
    if message.attachments.iter().all(|a| a.text.is_none()) {
        return extracted;
    }
    let mut fields = extracted;
    for (index, attachment) in message.attachments.iter().enumerate() {
        let Ok(index) = u16::try_from(index) else { break };
        let Some(text) = attachment.text.as_deref() else { continue };
        let place = Place::AttachmentText(index);
        let by_form = form::found(attachment, text);
        let (by_table, tables) = schedule::found(attachment, text);
        let is_form = !by_form.is_empty();
        let is_contract = !is_form && requirements::of(attachment).is_some();
        let within = |f: &Field| matches!(&f.from, Provenance::Message { span, .. } if span.place == place);
        // Columns and form fields say what is what; read as prose they would give the same again, or half of it, or a
        // licence number for a policy's.
        let in_table = |s: Span| tables.iter().any(|t| t.contains(&s.start));
        let read_better = |f: &Field| match &f.from {
            Provenance::Message { span, .. } if span.place == place => {
                // A contract demands; the only fact it may give is who holds the certificate.
                is_form || (is_contract && f.name != HOLDER) || in_table(*span)
            }
            _ => false,
        };
        fields.retain(|f| !read_better(f));
        for f in fields.iter_mut().filter(|f| within(f)) {
            if let Provenance::Message { rule, .. } = &mut f.from {
                *rule = format!("{rule} in {}", attachment.name);
            }
        }
        let rule = match attachment.held.as_ref().and_then(|h| h.acord.as_deref()) {
            Some(acord) => format!("attached/{acord} in {}", attachment.name),
            None => format!("attached/schedule in {}", attachment.name),
        };
        for found in by_form.into_iter().chain(by_table) {
            if known(found.name) {
                add(&mut fields, found, text, place, &rule);
            }
        }
    }
    fields
}

/// Adds a fact, unless it is known, or the body has said otherwise.
fn add(fields: &mut Vec<Field>, found: Found, text: &str, place: Place, rule: &str) {
    let shown = folded(&found.value.shown());
    let same = fields.iter().filter(|f| f.name == found.name);
    let is_list = LISTS.contains(&found.name);
    if (!is_list && same.clone().next().is_some())
        || same.clone().count() >= MOST
        || same.into_iter().any(|f| folded(&f.value.shown()) == shown)
    {
        return;
    }
    let words = text.get(found.start as usize..found.end as usize).unwrap_or_default().to_owned();
    fields.push(Field {
        name: found.name.to_owned(),
        value: found.value,
        from: Provenance::Message {
            message: MessageKey::default(),
            span: Span { place, start: found.start, end: found.end },
            words,
            rule: rule.to_owned(),
        },
        confidence: found.confidence,
        doubt: found.doubt,
    });
}

/// What a person has to know of the attachments, in sentences.
pub(super) fn notes(message: &Message) -> Vec<String> {
    let mut notes: Vec<String> = Vec::new();
    for attachment in &message.attachments {
        let name = &attachment.name;
        if let Some(acord) = attachment.held.as_ref().and_then(|h| h.acord.as_ref()) {
            notes.push(format!("“{name}” is an {acord}."));
        } else if let Some(found) = requirements::of(attachment) {
            notes.push(format!("As found in “{name}”, which is not the sender's own wish: {found}."));
        }
    }
    notes.extend(unread(&message.attachments));
    notes
}

/// Which attachments were not read, and why: those of one reason in one sentence.
fn unread(attachments: &[Attachment]) -> Vec<String> {
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for a in attachments.iter().filter(|a| !a.inline) {
        let Some(why) = a.held.as_ref().and_then(|h| h.unread.as_deref()) else { continue };
        match reasons.iter_mut().find(|(r, _)| *r == why) {
            Some((_, names)) => names.push(&a.name),
            None => reasons.push((why, vec![&a.name])),
        }
    }
    let sentence = |(why, names): (&str, Vec<&str>)| {
        let more = names.len().saturating_sub(NAMED);
        let mut shown = names.iter().take(NAMED).map(|n| format!("“{n}”")).collect::<Vec<_>>().join(", ");
        if more > 0 {
            shown.push_str(&format!(" and {more} more"));
        }
        format!("A person has to look at {shown}: {why}.")
    };
    reasons.into_iter().map(sentence).collect()
}

#[cfg(test)]
#[path = "attached/attached_tests.rs"]
mod tests;
