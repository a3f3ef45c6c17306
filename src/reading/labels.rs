//! A reading as one JSON object, in the shape in which labelled mail is labelled, with the evidence beside it.
//!
//! Knows no page by name.

use super::{Rulebook, extract::to_labels};
use crate::{
    domain::{
        field::{Field, Provenance},
        reading::{Complexity, Evidence, Reading},
    },
    message::Message,
};
use serde_json::{Map, Value, json};

impl Rulebook {
    /// One object of `classify --jsonl`: `file`, `channel`, `sender_kind`, `request_types`, `fields`, `missing`,
    /// `complexity` (left out where nothing is to be done), `urgent`, and `evidence`.
    #[must_use]
    pub fn as_labels(&self, file: &str, message: &Message, reading: &Reading) -> Value {
        let mut types: Vec<&str> = reading.requests.iter().map(|r| r.request_type.as_str()).collect();
        if types.is_empty() {
            types.extend(self.no_work_page().map(|p| p.id.as_str()));
        }
        let mut missing: Vec<&str> = Vec::new();
        for name in reading.requests.iter().flat_map(|r| &r.missing) {
            if !missing.contains(&name.as_str()) {
                missing.push(name);
            }
        }
        let mut out = Map::new();
        out.insert("file".to_owned(), json!(file));
        out.insert("subject".to_owned(), json!(message.subject.as_str()));
        out.insert("channel".to_owned(), json!(reading.channel));
        out.insert("sender_kind".to_owned(), json!(reading.sender_kind));
        out.insert("request_types".to_owned(), json!(types));
        out.insert("certainty".to_owned(), json!(reading.certainty));
        // What belongs only to pages that were considered and not chosen is shown as evidence, not as a field.
        let fields: Vec<Field> =
            reading.fields.iter().filter(|f| self.extractors().belongs(&f.name, &types)).cloned().collect();
        out.insert("fields".to_owned(), Value::Object(to_labels(&fields)));
        out.insert("missing".to_owned(), json!(missing));
        if !reading.requests.is_empty() {
            let complex = reading.requests.iter().any(|r| r.complexity == Complexity::Complex);
            let complexity = if complex { Complexity::Complex } else { Complexity::Simple };
            out.insert("complexity".to_owned(), json!(complexity));
        }
        out.insert("urgent".to_owned(), json!(reading.urgent));
        let hazards: Vec<&str> = reading.hazards.iter().map(|h| h.key.as_str()).collect();
        out.insert("hazards".to_owned(), json!(hazards));
        out.insert("language".to_owned(), json!(reading.language));
        out.insert("evidence".to_owned(), evidence_of(reading));
        Value::Object(out)
    }
}

fn evidence_of(reading: &Reading) -> Value {
    let shown = |e: &Evidence| json!({ "rule": e.rule, "words": e.words, "span": e.span, "weight": e.weight });
    let requests: Vec<Value> = reading
        .requests
        .iter()
        .map(|r| {
            let evidence: Vec<Value> = r.evidence.iter().map(shown).collect();
            json!({ "request_type": r.request_type, "score": r.score, "evidence": evidence })
        })
        .collect();
    let no_work: Vec<Value> = reading.no_work.iter().map(shown).collect();
    let fields: Vec<Value> = reading.fields.iter().map(field_evidence).collect();
    json!({ "requests": requests, "no_work": no_work, "fields": fields })
}

fn field_evidence(field: &Field) -> Value {
    let mut out = json!({ "field": field.name, "value": field.value.shown(), "confidence": field.confidence });
    if let (Provenance::Message { span, words, rule, .. }, Some(o)) = (&field.from, out.as_object_mut()) {
        o.insert("rule".to_owned(), json!(rule));
        o.insert("words".to_owned(), json!(words));
        o.insert("span".to_owned(), json!(span));
    }
    if let (Some(doubt), Some(o)) = (&field.doubt, out.as_object_mut()) {
        o.insert("doubt".to_owned(), json!(doubt));
    }
    out
}
