//! What was wrong with one message, and which rules on which words were the reason.

use super::score::Scored;
use crate::domain::field::Provenance;
use crate::domain::reading::{Evidence, Request};
use serde::Serialize;
use serde_json::Value;
use std::fmt;

/// A rule that spoke where it should not have, or did not where it should.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Misled {
    /// What it led to, such as “read as billing” or “deadline”.
    pub about: String,
    /// The rule; `None` where no rule spoke.
    pub rule: Option<String>,
    /// The words that it took.
    pub words: String,
    /// Points for or against, or for a field how sure the rule was, 0 to 100.
    pub weight: Option<i32>,
}

impl fmt::Display for Misled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(rule) = &self.rule else { return write!(f, "{}: {}", self.about, self.words) };
        let weight = self.weight.map_or_else(String::new, |w| format!(" {w:+}"));
        write!(f, "{}: {rule}{weight} “{}”", self.about, self.words)
    }
}

/// A message that was not read well.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Worst {
    /// The message.
    pub file: String,
    /// How bad: 3 for a wrong primary type, 5 for a request read as no work, 1 for each type too many or too few, each
    /// wrong field, channel, sender, urgency and question, ½ for complexity.
    pub cost: f64,
    /// What differs, as `field: want …, got …`.
    pub diffs: Vec<String>,
    /// The evidence that misled.
    pub misled: Vec<Misled>,
    /// Fields that differ.
    #[serde(skip)]
    pub(super) fields: Vec<String>,
}

impl Worst {
    pub(super) fn new(file: &str) -> Self {
        Self { file: file.to_owned(), cost: 0.0, diffs: Vec::new(), misled: Vec::new(), fields: Vec::new() }
    }

    pub(super) fn differs(&mut self, what: &str, want: &Value, got: &Value, cost: f64) {
        self.cost += cost;
        self.diffs.push(format!("{what}: want {}, got {}", shown(want), shown(got)));
    }

    /// Adds the evidence behind what differs.
    pub(super) fn explain(&mut self, one: &Scored<'_>) {
        types(one, &mut self.misled);
        for field in one.reading.fields.iter().filter(|f| self.fields.contains(&f.name)) {
            let (rule, words) = match &field.from {
                Provenance::Message { rule, words, .. } => (rule.clone(), words.clone()),
                Provenance::Book { account } => (format!("account book {account}"), String::new()),
                Provenance::Earlier { task, words } => (format!("as in {task}"), words.clone()),
                Provenance::Person { person, .. } => (person.to_string(), String::new()),
            };
            let about = format!("{} {}", field.name, field.value.shown());
            let weight = Some(i32::from(field.confidence));
            self.misled.push(Misled { about, rule: Some(rule), words, weight });
        }
    }
}

fn shown(value: &Value) -> String {
    if value.is_null() { "nothing".to_owned() } else { value.to_string() }
}

/// Why it was read as what it is not, and what spoke for what it is.
fn types(one: &Scored<'_>, out: &mut Vec<Misled>) {
    let reading = one.reading;
    let of = |v: Option<&Value>| super::compare::list(v.unwrap_or(&Value::Null));
    let want = of(one.labels.get("request_types"));
    let got = of(one.predicted.get("request_types"));
    let is_wanted = |id: &str| want.iter().any(|w| w == id);
    let is_read = |id: &str| got.iter().any(|g| g == id);
    for request in reading.requests.iter().filter(|r| !is_wanted(r.request_type.as_str())) {
        out.extend(all(&format!("read as {}", request.request_type), &request.evidence));
    }
    if reading.requests.is_empty() && got.iter().any(|g| g.as_str().is_some_and(|g| !is_wanted(g))) {
        out.extend(all("read as no work", &reading.no_work));
    }
    for id in want.iter().filter_map(Value::as_str).filter(|id| !is_read(id)) {
        let about = format!("not read as {id}");
        let considered = reading.also_considered.iter().find(|r: &&Request| r.request_type.as_str() == id);
        match considered.filter(|r| !r.evidence.is_empty()) {
            Some(r) => out.extend(all(&format!("{about} ({} points)", r.score), &r.evidence)),
            None => out.push(Misled { about, rule: None, words: "no rule spoke for it".to_owned(), weight: None }),
        }
    }
}

fn all(about: &str, evidence: &[Evidence]) -> Vec<Misled> {
    let one = |e: &Evidence| Misled {
        about: about.to_owned(),
        rule: Some(e.rule.clone()),
        words: e.words.clone(),
        weight: Some(e.weight),
    };
    evidence.iter().map(one).collect()
}
