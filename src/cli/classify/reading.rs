//! A reading for a person: what it is, why, and which words show it.

use super::super::print::{plain, short};
use crate::domain::field::{Field, FieldValue, Place, Provenance, Span};
use crate::domain::reading::*;
use crate::message::Message;
use crate::reading::{Page, Rulebook};
use std::io::{Result, Write};

/// Writes one reading.
pub(super) fn write(
    out: &mut dyn Write,
    name: &str,
    message: &Message,
    found: &Reading,
    rulebook: &Rulebook,
) -> Result<()> {
    writeln!(out, "{}", plain(name))?;
    let mut line = |what: &str, said: &str| writeln!(out, "  {what:<10}{}", plain(said));
    line("subject", message.subject.as_str())?;
    let from = message.from.as_ref().map_or_else(|| "nobody".to_owned(), ToString::to_string);
    line("from", &format!("{from} ({})", sender(found)))?;
    let mut words = Vec::new();
    if found.certainty == Certainty::Doubtful && !found.requests.is_empty() {
        words.push("doubtful: a person sorts it");
    }
    if found.urgent {
        words.push("urgent");
    }
    if found.language == "es" {
        words.push("answered in Spanish");
    }
    if !words.is_empty() {
        line("", &words.join("; "))?;
    }
    for hazard in &found.hazards {
        writeln!(out, "  DANGER    {}", plain(&hazard.title))?;
        evidence(out, &hazard.evidence)?;
    }
    for request in &found.requests {
        let page = rulebook.pages().find(|p| p.id == request.request_type);
        let title = page.map_or(request.request_type.as_str(), |p| p.title_in("en"));
        let complexity = if request.complexity == Complexity::Complex { "complex" } else { "simple" };
        writeln!(out, "  request   {title} ({}), {complexity}, {} points", request.request_type, request.score)?;
        evidence(out, &request.evidence)?;
        for field in &request.missing {
            writeln!(out, "      ask   {field}: {}", question(page, field))?;
            if let Some(doubt) = found.doubt(request, field) {
                writeln!(out, "            not by itself: {}", plain(&doubt))?;
            }
        }
    }
    if found.requests.is_empty() {
        writeln!(out, "  no work")?;
        evidence(out, &found.no_work)?;
    }
    facts(out, &found.fields)?;
    if !found.also_considered.is_empty() {
        let also = found.also_considered.iter().map(|r| format!("{} ({} points)", r.request_type, r.score));
        writeln!(out, "  also considered: {}", also.collect::<Vec<_>>().join(", "))?;
    }
    for note in &found.notes {
        writeln!(out, "  note      {}", plain(note))?;
    }
    writeln!(out)
}

fn sender(found: &Reading) -> String {
    let who = match found.sender_kind {
        SenderKind::Client => "client",
        SenderKind::ThirdParty => "third party",
        SenderKind::Carrier => "carrier",
        SenderKind::Staff => "staff",
        SenderKind::Automated => "a machine",
        SenderKind::Spam => "spam",
    };
    match found.channel {
        Channel::Email => who.to_owned(),
        Channel::Voicemail => format!("{who}, by voicemail"),
        Channel::Sms => format!("{who}, by text message"),
        Channel::Webform => format!("{who}, by web form"),
        Channel::Portal => format!("{who}, by a portal"),
    }
}

fn question(page: Option<&Page>, field: &str) -> String {
    let questions = page.and_then(|p| p.questions.get(field));
    plain(questions.and_then(|q| q.get("en")).map_or("", String::as_str))
}

fn evidence(out: &mut dyn Write, all: &[Evidence]) -> Result<()> {
    all.iter().try_for_each(|e| {
        writeln!(out, "      {:>+4}  {}  {}: “{}”", e.weight, e.rule, place(e.span), short(&e.words, 70))
    })
}

fn facts(out: &mut dyn Write, fields: &[Field]) -> Result<()> {
    for (i, f) in fields.iter().enumerate() {
        let what = if i == 0 { "facts" } else { "" };
        let doubt = f.doubt.as_ref().map_or_else(String::new, |d| format!("  ({d})"));
        let unsure = if !f.is_sure() { "  (a guess)" } else { "" };
        let from = source(f);
        let value = f.value.shown_masked();
        writeln!(out, "  {what:<10}{:<22} {}{}{unsure}", f.name, plain(&value), plain(&format!("{from}{doubt}")))?;
    }
    Ok(())
}

/// Where a fact stands. A driver's words are not repeated: they hold what is masked in the value.
fn source(f: &Field) -> String {
    match (&f.from, &f.value) {
        (Provenance::Message { span, rule, .. }, FieldValue::Driver { .. }) => format!("  [{rule}, {}]", place(*span)),
        (Provenance::Message { span, rule, words, .. }, _) => {
            format!("  [{rule}, {}: “{}”]", place(*span), short(words, 60))
        }
        (Provenance::Book { account }, _) => format!("  [account book, {account}]"),
        (Provenance::Earlier { task, .. }, _) => format!("  [as in {task}]"),
        (Provenance::Person { person, .. }, _) => format!("  [{person}]"),
    }
}

fn place(span: Span) -> String {
    match span.place {
        Place::Subject => "subject".to_owned(),
        Place::Text => format!("text, byte {}", span.start),
        Place::AttachmentName(n) => format!("name of attachment {}", n + 1),
        Place::AttachmentText(n) => format!("attachment {}, byte {}", n + 1, span.start),
        Place::From => "sender".to_owned(),
    }
}
