//! Labelled mail: what a person says of each message, read from `labels.jsonl` and checked, line by line.

use super::compare::{FIELDS, Kind, kind_of, list};
use crate::domain::{Timestamp, mistake::Mistake, nearest::nearest, reading::*};
use crate::reading::Rulebook;
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The file that makes a folder of messages a labelled one.
pub const LABELS: &str = "labels.jsonl";

/// The keys of a line that mean something here; others are notes of whoever labelled.
const KEYS: [&str; 10] = [
    "file",
    "channel",
    "sender_kind",
    "request_types",
    "fields",
    "missing",
    "complexity",
    "urgent",
    "received",
    "only",
];

/// A message and what a person says of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Labelled {
    /// The message's file name, behind its folder's name where several folders are scored together.
    pub file: String,
    /// Where the message lies.
    pub path: PathBuf,
    /// When it was received, where the label says so; else the message's own Date counts.
    pub received: Option<Timestamp>,
    /// Everything the label says.
    pub labels: Map<String, Value>,
}

impl Labelled {
    /// What is asked for, the primary type first.
    #[must_use]
    pub fn types(&self) -> Vec<String> {
        words_of(self.labels.get("request_types"))
    }

    /// The date of a field: an inner `None` where the message states none, an outer one where the label is silent.
    #[must_use]
    pub fn date(&self, field: &str) -> Option<Option<NaiveDate>> {
        let day = |v: &Value| v.as_str()?.parse().ok();
        self.field(field).map(|value| value.and_then(day))
    }

    /// The name in a field's value; in the same manner.
    #[must_use]
    pub fn name(&self, field: &str) -> Option<Option<String>> {
        let name = |v: &Value| Some(v.as_str().or_else(|| v.get("name")?.as_str())?.to_owned());
        self.field(field).map(|value| value.and_then(name))
    }

    /// The values of a field; `None` where the label is silent.
    #[must_use]
    pub fn values(&self, field: &str) -> Option<Vec<String>> {
        self.field(field).map(words_of)
    }

    /// Whether it is complex; `None` where the label is silent.
    #[must_use]
    pub fn is_complex(&self) -> Option<bool> {
        self.labels.get("complexity").and_then(Value::as_str).map(|c| c == "complex")
    }

    fn field(&self, field: &str) -> Option<Option<&Value>> {
        tells_of(&self.labels, field).then(|| self.labels.get("fields")?.get(field))
    }
}

fn words_of(value: Option<&Value>) -> Vec<String> {
    let values = value.and_then(Value::as_array).into_iter().flatten();
    values.filter_map(|v| Some(v.as_str()?.to_owned())).collect()
}

/// Whether a label says anything of a field: all are labelled, where `only` does not name some.
pub(super) fn tells_of(labels: &Map<String, Value>, field: &str) -> bool {
    labels.get(ONLY).is_none_or(|only| list(only).iter().any(|name| name.as_str() == Some(field)))
}

/// Whether a label says anything of a key besides `fields`: one with `only` is silent of what it leaves out.
pub(super) fn tells(labels: &Map<String, Value>, key: &str) -> bool {
    !labels.contains_key(ONLY) || labels.contains_key(key)
}

/// The fields that a label tells of, where it does not tell of all.
const ONLY: &str = "only";

/// The labelled messages of a folder, in the order of its labels; of a folder without labels, those of the folders in
/// it, by name.
///
/// # Errors
/// Every mistake in the labels, each with its line and the mend.
pub fn load(folder: &Path, rulebook: &Rulebook) -> Result<Vec<Labelled>, Vec<Mistake>> {
    if folder.join(LABELS).exists() {
        return one(folder, "", rulebook);
    }
    let mut inside: Vec<PathBuf> = std::fs::read_dir(folder)
        .map_err(|e| vec![mistake(folder, None, format!("cannot be read: {e}"), "Name a folder that is there.")])?
        .flatten()
        .map(|e| e.path())
        .filter(|p| p.join(LABELS).exists())
        .collect();
    inside.sort();
    if inside.is_empty() {
        let what = format!("there is no {LABELS} in it, nor in a folder of it");
        let mend = format!(
            "Write one JSON object a message and line; intaked classify --jsonl {0} > {0}/{LABELS} is a draft to correct.",
            folder.display()
        );
        return Err(vec![mistake(folder, None, what, &mend)]);
    }
    let (mut all, mut mistakes) = (Vec::new(), Vec::new());
    for sub in inside {
        let name = sub.file_name().map(|n| format!("{}/", n.to_string_lossy())).unwrap_or_default();
        match one(&sub, &name, rulebook) {
            Ok(found) => all.extend(found),
            Err(found) => mistakes.extend(found),
        }
    }
    if mistakes.is_empty() { Ok(all) } else { Err(mistakes) }
}

/// The labelled messages of several folders, or every mistake in all of them.
pub(in super::super) fn load_all(folders: &[PathBuf], rulebook: &Rulebook) -> Result<Vec<Labelled>, Vec<Mistake>> {
    let (mut all, mut mistakes) = (Vec::new(), Vec::new());
    for folder in folders {
        match load(folder, rulebook) {
            Ok(labelled) => all.extend(labelled),
            Err(found) => mistakes.extend(found),
        }
    }
    if mistakes.is_empty() { Ok(all) } else { Err(mistakes) }
}

fn one(folder: &Path, shown: &str, rulebook: &Rulebook) -> Result<Vec<Labelled>, Vec<Mistake>> {
    let path = folder.join(LABELS);
    let text = std::fs::read_to_string(&path).map_err(|e| {
        vec![mistake(&path, None, format!("cannot be read: {e}"), "Save it as UTF-8 text that you may read.")]
    })?;
    let mut line = Line { path: &path, number: 0, rulebook, mistakes: Vec::new() };
    let mut all = Vec::new();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for (n, words) in text.trim_start_matches('\u{FEFF}').lines().enumerate() {
        line.number = n + 1;
        if words.trim().is_empty() {
            continue;
        }
        let Some(labels) = line.object(words) else { continue };
        let Some(file) = line.file(folder, &labels) else { continue };
        if let Some(first) = seen.insert(file.clone(), line.number) {
            line.wrong(format!("{file} is labelled already, on line {first}"), "Keep one of the two lines.");
        }
        line.check(&labels);
        let received = labels.get("received").and_then(Value::as_str).and_then(moment);
        all.push(Labelled { path: folder.join(&file), file: format!("{shown}{file}"), received, labels });
    }
    if all.is_empty() && line.mistakes.is_empty() {
        line.mistakes.push(mistake(&path, None, "it is empty".to_owned(), "Write one JSON object a message and line."));
    }
    if line.mistakes.is_empty() { Ok(all) } else { Err(line.mistakes) }
}

fn moment(text: &str) -> Option<Timestamp> {
    DateTime::parse_from_rfc3339(text).ok().map(|at| at.with_timezone(&Utc))
}

fn mistake(path: &Path, line: Option<usize>, what: String, mend: &str) -> Mistake {
    Mistake { file: path.display().to_string(), line, what, mend: mend.to_owned() }
}

/// A line that is being checked.
struct Line<'a> {
    path: &'a Path,
    number: usize,
    rulebook: &'a Rulebook,
    mistakes: Vec<Mistake>,
}

impl Line<'_> {
    fn wrong(&mut self, what: impl Into<String>, mend: &str) {
        self.mistakes.push(mistake(self.path, Some(self.number), what.into(), mend));
    }

    fn object(&mut self, words: &str) -> Option<Map<String, Value>> {
        let mend = "Each line is one JSON object: {\"file\": \"a.eml\", \"request_types\": [\"…\"], …}.";
        match serde_json::from_str(words) {
            Ok(Value::Object(labels)) => Some(labels),
            Ok(_) => {
                self.wrong("this is JSON, but no object", mend);
                None
            }
            Err(e) => {
                // The parser counts lines of its own input, which is always line 1 here.
                let why = e.to_string();
                let why = why.split(" at line ").next().unwrap_or(&why).to_owned();
                self.wrong(format!("this is no JSON: {why}, at column {}", e.column()), mend);
                None
            }
        }
    }

    fn file(&mut self, folder: &Path, labels: &Map<String, Value>) -> Option<String> {
        let Some(file) = labels.get("file").and_then(Value::as_str).filter(|f| !f.is_empty()) else {
            self.wrong("it does not say which message it is about", "Write \"file\": \"a.eml\".");
            return None;
        };
        if Path::new(file).file_name() != Some(file.as_ref()) {
            self.wrong(format!("“{file}” is no name of a file in this folder"), "Name the message without its folder.");
            return None;
        }
        if !folder.join(file).is_file() {
            let there: Vec<String> = std::fs::read_dir(folder)
                .map(|d| d.flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect())
                .unwrap_or_default();
            let near = nearest(file, there.iter().map(String::as_str));
            let mend = near.map_or_else(|| "Put it beside the labels.".to_owned(), |n| format!("Did you mean {n}?"));
            self.wrong(format!("there is no {file} in the folder"), &mend);
            return None;
        }
        Some(file.to_owned())
    }

    fn check(&mut self, labels: &Map<String, Value>) {
        for key in labels.keys().filter(|k| !KEYS.contains(&k.as_str())) {
            if let Some(near) = nearest(key, KEYS.into_iter()).filter(|near| !labels.contains_key(*near)) {
                self.wrong(format!("“{key}” is no key that counts"), &format!("Did you mean “{near}”?"));
            }
        }
        let whole = !labels.contains_key(ONLY);
        self.one_of::<Channel>(labels, "channel", "email, voicemail, sms, webform or portal", whole);
        let senders = "client, third_party, carrier, staff, automated or spam";
        self.one_of::<SenderKind>(labels, "sender_kind", senders, whole);
        self.one_of::<Complexity>(labels, "complexity", "simple or complex, or leave it out", false);
        self.types(labels);
        if !matches!(labels.get("urgent"), None | Some(Value::Bool(_))) {
            self.wrong("“urgent” is neither true nor false", "Write \"urgent\": true or false, without quotes.");
        }
        if labels.get("received").is_some_and(|at| at.as_str().and_then(moment).is_none()) {
            self.wrong("“received” is no moment", "Write it as 2026-11-20T09:15:00-06:00, or leave it out.");
        }
        for key in ["missing", ONLY] {
            match labels.get(key) {
                None => {}
                Some(Value::Array(names)) if names.iter().all(Value::is_string) => {
                    names.iter().filter_map(Value::as_str).for_each(|name| self.field_name(name, key));
                    if let Some(key) = names.iter().filter_map(Value::as_str).find(|name| KEYS.contains(name)) {
                        self.wrong(
                            format!("“{key}” is no field"),
                            "“only” names fields; of a key a label tells by having it.",
                        );
                    }
                }
                Some(_) => {
                    let mend = format!("Write \"{key}\": [\"policy_numbers\"], or [].");
                    self.wrong(format!("“{key}” is no list of names"), &mend);
                }
            }
        }
        match labels.get("fields") {
            None => {}
            Some(Value::Object(fields)) => {
                fields.iter().for_each(|(name, value)| self.field(name, value));
                for name in fields.keys().filter(|name| !tells_of(labels, name)) {
                    self.wrong(format!("“{name}” is labelled, and “only” does not name it"), "Name it there, too.");
                }
            }
            Some(_) => self.wrong("“fields” is no object", "Write \"fields\": {\"insured_name\": \"…\"}, or {}."),
        }
    }

    fn one_of<T: serde::de::DeserializeOwned>(
        &mut self,
        labels: &Map<String, Value>,
        key: &str,
        values: &str,
        needed: bool,
    ) {
        match labels.get(key) {
            None if needed => self.wrong(format!("“{key}” is not said"), &format!("Write {values}.")),
            None => {}
            Some(v) if serde_json::from_value::<T>(v.clone()).is_ok() => {}
            Some(v) => self.wrong(format!("{v} is no value of “{key}”"), &format!("Write {values}.")),
        }
    }

    fn types(&mut self, labels: &Map<String, Value>) {
        let types = list(labels.get("request_types").unwrap_or(&Value::Null));
        if types.is_empty() {
            self.wrong("“request_types” is not said", "Write a list of pages, the primary one first.");
        }
        let pages: Vec<&str> = self.rulebook.pages().map(|p| p.id.as_str()).collect();
        let no_work = self.rulebook.pages().find(|p| p.is_no_work()).map(|p| p.id.as_str());
        for (n, one) in types.iter().enumerate() {
            let Some(id) = one.as_str() else {
                self.wrong(format!("{one} in “request_types” is no page's id"), "Write ids in quotes.");
                continue;
            };
            if !pages.contains(&id) {
                let mend = match nearest(id, pages.iter().copied()) {
                    Some(near) => format!("Did you mean “{near}”?"),
                    None => format!("Pages: {}.", pages.join(", ")),
                };
                self.wrong(format!("there is no page “{id}”"), &mend);
            } else if types.iter().take(n).any(|before| before == one) {
                self.wrong(format!("“{id}” stands twice in “request_types”"), "Name each request once.");
            } else if Some(id) == no_work && types.len() > 1 {
                self.wrong(format!("“{id}” stands beside a request"), "Either there is work or there is none.");
            }
        }
    }

    fn field_name(&mut self, name: &str, place: &str) {
        let names = || FIELDS.iter().map(|(n, _)| *n);
        // What is not like any of these is an agency's own field.
        if let Some(near) = nearest(name, names()).filter(|_| !names().any(|n| n == name)) {
            self.wrong(format!("“{name}” in “{place}” is no field"), &format!("Did you mean “{near}”?"));
        }
    }

    fn field(&mut self, name: &str, value: &Value) {
        self.field_name(name, "fields");
        let parts = |v: &Value, keys: &[&str]| {
            v.as_object().is_some_and(|o| o.iter().all(|(k, v)| keys.contains(&k.as_str()) && v.is_string()))
        };
        let is_day = |v: &Value| v.as_str().is_some_and(|s| NaiveDate::parse_from_str(s, "%Y-%m-%d").is_ok());
        let all = |v: &Value, good: &dyn Fn(&Value) -> bool| v.as_array().is_some_and(|l| l.iter().all(good));
        let own = !FIELDS.iter().any(|(n, _)| *n == name);
        let (good, mend) = match kind_of(name, value) {
            Kind::Words | Kind::Phone | Kind::Choice | Kind::Gist | Kind::Address => {
                (value.is_string(), "Write it in quotes.")
            }
            Kind::Day => (is_day(value), "Write the day as 2026-11-25, in quotes."),
            Kind::Flag => (value.is_boolean(), "Write true, without quotes, or leave it out."),
            Kind::List => (all(value, &Value::is_string), "Write a list of words in quotes: [\"…\", \"…\"]."),
            Kind::Numbers => (
                all(value, &Value::is_number) || (own && value.is_number()),
                "Write a list of plain numbers: [1000000].",
            ),
            Kind::Party => (
                parts(value, &["name", "address"]) || (own && value.is_object()),
                "Write {\"name\": \"…\", \"address\": \"…\"}; the address may be left out.",
            ),
            Kind::Drivers => (
                all(value, &|d| parts(d, &["name", "dob", "license"])),
                "Write a list of {\"name\": \"…\", \"dob\": \"1990-04-17\", \"license\": \"…\"}; what is not said is left out.",
            ),
        };
        if !good {
            self.wrong(format!("the value of “{name}” has another shape"), mend);
        }
    }
}
