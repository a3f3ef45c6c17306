//! Runs the examples that pages bring: a page that no longer reads its own examples right is a mistake.
//!
//! Knows no page.

use super::{Circumstances, Rulebook, TraitLesson, page::Example, page::Page};
use crate::{
    domain::{
        calendar::Calendar,
        mistake::Mistake,
        reading::{Complexity, Reading},
        text::folded,
    },
    message::{Attachment, Message},
};
use serde_json::Value;

/// The day on which examples are read, a Monday morning, so that “by Friday” means a day: 16 November 2026.
const READ_AT: &str = "Mon, 16 Nov 2026 09:00:00 -0600";
/// The same as an instant, in seconds.
const READ_AT_SECONDS: i64 = 1_794_841_200;

impl Rulebook {
    /// Reads every page's examples, and says which were read otherwise than promised.
    #[must_use]
    pub fn check_examples(&self) -> Vec<Mistake> {
        let calendar = Calendar::usual(chrono_tz::America::Chicago);
        let own_domains = ["agency.example".to_owned()];
        let circumstances = read_at(&calendar, &own_domains);
        let mut mistakes = Vec::new();
        for page in self.pages() {
            for example in &page.examples {
                let message = message_of(example);
                let reading = self.read(&message, &circumstances);
                let labels = self.as_labels("", &message, &reading);
                self.compare(page, example, &reading, &labels, &mut mistakes);
            }
        }
        mistakes
    }

    /// What the pages' examples teach about dates. An example that says nothing of a field's date teaches nothing of it.
    #[must_use]
    pub fn example_date_lessons(&self) -> Vec<TraitLesson> {
        self.of_each_example(|example, message, circumstances, types| {
            let stated = |field: &str| match example.fields.get(field)? {
                toml::Value::String(day) => Some(day.parse().ok()),
                toml::Value::Datetime(day) => Some(day.to_string().parse().ok()),
                _ => None,
            };
            self.date_lessons(message, circumstances, types, &stated)
        })
    }

    /// What the pages' examples teach about kinds. An example that states none teaches nothing of them.
    #[must_use]
    pub fn example_kind_lessons(&self) -> Vec<TraitLesson> {
        self.of_each_example(|example, message, circumstances, types| {
            let stated = |field: &str| {
                let values = example.fields.get(field)?.as_array()?;
                Some(values.iter().filter_map(|v| Some(v.as_str()?.to_owned())).collect())
            };
            self.kind_lesson(message, circumstances, types, &stated)
        })
    }

    /// What the pages' examples teach about names. An example that says nothing of a field's name teaches nothing of it.
    #[must_use]
    pub fn example_name_lessons(&self) -> Vec<TraitLesson> {
        self.of_each_example(|example, message, circumstances, types| {
            let stated = |field: &str| {
                let value = example.fields.get(field)?;
                Some(value.as_str().or_else(|| value.get("name")?.as_str()).map(str::to_owned))
            };
            self.name_lessons(message, circumstances, types, &stated)
        })
    }

    /// What the pages' examples teach about what is complex. An example that does not say teaches nothing of it.
    #[must_use]
    pub fn example_complex_lessons(&self) -> Vec<TraitLesson> {
        self.of_each_example(|example, message, circumstances, types| {
            example.complex.and_then(|complex| self.complex_lesson(message, circumstances, types, complex))
        })
    }

    /// What `lessons` makes of each example: the example, its message, how it is read, its request types.
    fn of_each_example<L: IntoIterator<Item = TraitLesson>>(
        &self,
        lessons: impl Fn(&Example, &Message, &Circumstances<'_>, &[&str]) -> L,
    ) -> Vec<TraitLesson> {
        let calendar = Calendar::usual(chrono_tz::America::Chicago);
        let own_domains = ["agency.example".to_owned()];
        let circumstances = read_at(&calendar, &own_domains);
        let of = |example: &Example| {
            let types: Vec<&str> = example.types.iter().map(String::as_str).collect();
            lessons(example, &message_of(example), &circumstances, &types)
        };
        self.pages().flat_map(|p| &p.examples).flat_map(of).collect()
    }

    fn compare(&self, page: &Page, example: &Example, reading: &Reading, labels: &Value, mistakes: &mut Vec<Mistake>) {
        let mut wrong = |what: String| {
            let shown = if example.subject.is_empty() { &example.text } else { &example.subject };
            let shown: String = shown.chars().take(50).collect();
            mistakes.push(Mistake {
                file: page.file.clone(),
                line: Some(example.line),
                what: format!("the example “{}” {what}", shown.trim()),
                mend: "Mend the signs, or the example; `intaked classify` shows the evidence of a message.".to_owned(),
            });
        };
        let strings = |key: &str| -> Vec<&str> {
            labels.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
        };
        let types = strings("request_types");
        if types != example.types {
            let why: Vec<String> = reading
                .requests
                .iter()
                .map(|r| {
                    let rules: Vec<String> = r.evidence.iter().map(|e| format!("{} {:+}", e.rule, e.weight)).collect();
                    format!("{} {} ({})", r.request_type, r.score, rules.join(", "))
                })
                .collect();
            wrong(format!("is read as {}, not as {}: {}", types.join(", "), example.types.join(", "), why.join("; ")));
        }
        if let Some(expected) = &example.missing {
            let mut found = strings("missing");
            let mut expected: Vec<&str> = expected.iter().map(String::as_str).collect();
            found.sort_unstable();
            expected.sort_unstable();
            if found != expected {
                wrong(format!("lacks [{}], not [{}]", found.join(", "), expected.join(", ")));
            }
        }
        if let Some(complex) = example.complex {
            let found = reading.requests.iter().any(|r| r.complexity == Complexity::Complex);
            if found != complex {
                wrong(format!("is read as {}", if found { "complex" } else { "simple" }));
            }
        }
        if let Some(again) = example.again {
            let found = reading.requests.iter().any(|r| !r.again.is_empty());
            if found != again {
                wrong(if found { "points to the last time" } else { "does not point to the last time" }.to_owned());
            }
        }
        for (name, expected) in &example.fields {
            let found = labels.get("fields").and_then(|f| f.get(name));
            if !found.is_some_and(|f| same(f, expected)) {
                let shown = found.map_or_else(|| "nothing".to_owned(), ToString::to_string);
                wrong(format!("gives {name} = {shown}, not {expected}"));
            }
        }
    }
}

/// The circumstances in which examples are read.
fn read_at<'a>(calendar: &'a Calendar, own_domains: &'a [String]) -> Circumstances<'a> {
    let received = chrono::DateTime::from_timestamp(READ_AT_SECONDS, 0).unwrap_or_default();
    Circumstances { received, calendar, own_domains, own_addresses: &[] }
}

/// Whether a found value is the expected one; texts compare on their letters and digits, lists as sets.
fn same(found: &Value, expected: &toml::Value) -> bool {
    match (found, expected) {
        (Value::Array(f), toml::Value::Array(e)) => {
            f.len() == e.len() && e.iter().all(|e| f.iter().any(|f| same(f, e)))
        }
        (Value::Object(f), toml::Value::Table(e)) => e.iter().all(|(k, v)| f.get(k).is_some_and(|f| same(f, v))),
        (Value::String(f), toml::Value::String(e)) => folded(f) == folded(e),
        (Value::String(f), toml::Value::Datetime(e)) => *f == e.to_string(),
        (Value::Bool(f), toml::Value::Boolean(e)) => f == e,
        (Value::Number(f), toml::Value::Integer(e)) => f.as_i64() == Some(*e),
        (Value::Number(f), toml::Value::Float(e)) => f.as_f64() == Some(*e),
        _ => false,
    }
}

/// The example as a message that came in on [`READ_AT`].
pub(super) fn message_of(example: &Example) -> Message {
    let one_line = |s: &str| s.split_whitespace().collect::<Vec<_>>().join(" ");
    let from = example.from.as_deref().unwrap_or("Pat Example <pat@example-client.example>");
    let mut raw = format!(
        "From: {}\r\nTo: service@agency.example\r\nSubject: {}\r\nDate: {READ_AT}\r\nMIME-Version: 1.0\r\n",
        one_line(from),
        one_line(&example.subject)
    );
    for header in &example.headers {
        raw.push_str(&one_line(header));
        raw.push_str("\r\n");
    }
    raw.push_str("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n");
    raw.push_str(&example.text.replace("\r\n", "\n").replace('\n', "\r\n"));
    let mut message = Message::parse(raw.as_bytes());
    message.attachments.extend(example.attachments.iter().map(|name| Attachment {
        name: name.clone(),
        content_type: "application/octet-stream".to_owned(),
        size: 1,
        ..Attachment::default()
    }));
    message
}
