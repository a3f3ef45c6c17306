//! The scoreboard: labels beside readings, counted. Knows no message's bytes and no page by name.

use super::compare::{self, list};
use super::count::{Count, Share, exact};
use super::labels::{tells, tells_of};
use super::worst::Worst;
use crate::domain::reading::{Certainty, Reading};
use crate::reading::Rulebook;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// What a message was read as, beside what a person says of it.
#[derive(Debug, Clone, Copy)]
pub struct Scored<'a> {
    /// The message, as people call it.
    pub file: &'a str,
    /// What a person says.
    pub labels: &'a Map<String, Value>,
    /// The reading in the shape of labels, as [`Rulebook::as_labels`] has it.
    pub predicted: &'a Value,
    /// The reading.
    pub reading: &'a Reading,
    /// A document of the message could not be read: what is missing may stand there. Where nobody opens documents, none
    /// is.
    pub unread: bool,
}

/// How well the rules read a set of labelled messages.
#[derive(Debug, Clone, Default)]
pub struct Scoreboard {
    /// The page of what needs no work.
    none: String,
    /// Digest of the rules.
    pub rules_version: String,
    /// The first type is right.
    pub primary: Share,
    /// All types are right, in whatever order.
    pub type_set: Share,
    /// Each type: found where it is labelled.
    pub types: BTreeMap<String, Count>,
    /// How often a primary type was read as another, itself included.
    pub confusion: BTreeMap<(String, String), usize>,
    /// Real requests that were read as no work.
    pub lost: Vec<String>,
    /// Of those, the ones that a person gets to see all the same, because the reading is not sure.
    pub lost_but_held: Vec<String>,
    /// No work, read as a request.
    pub spurious: Vec<String>,
    /// Messages without work that were read so.
    pub none_found: Share,
    /// Placed without a person.
    pub placed: Share,
    /// Of those, the primary type is right.
    pub placed_right: Share,
    /// Placed without a person, and wrong.
    pub placed_wrong: Vec<String>,
    /// The channel is right.
    pub channel: Share,
    /// The sender's kind is right.
    pub sender_kind: Share,
    /// The complexity is right, where it is labelled.
    pub complexity: Share,
    /// Urgent messages.
    pub urgent: Count,
    /// What has to be asked for.
    pub missing: Count,
    /// The same, of questions that go out by themselves: to a client, on a message that is placed without a person,
    /// for what the message certainly does not say.
    pub missing_asked: Count,
    fields: BTreeMap<String, Count>,
    order: Vec<String>,
    /// What was wrong with each message that was not read well.
    worst: Vec<Worst>,
}

impl Scoreboard {
    /// An empty board for readings by these rules.
    #[must_use]
    pub fn new(rulebook: &Rulebook) -> Self {
        let none = rulebook.pages().find(|p| p.is_no_work()).map(|p| p.id.as_str().to_owned()).unwrap_or_default();
        Self { none, rules_version: rulebook.version().to_owned(), ..Self::default() }
    }

    /// Counts one message in.
    pub fn add(&mut self, one: &Scored<'_>) {
        let mut worst = Worst::new(one.file);
        self.add_types(one, &mut worst);
        let of = |key: &str| (one.labels.get(key).unwrap_or(&Value::Null), said(one.predicted, key));
        for (key, share) in [("channel", &mut self.channel), ("sender_kind", &mut self.sender_kind)] {
            if !tells(one.labels, key) {
                continue;
            }
            let (want, got) = of(key);
            share.add(want == got);
            if want != got {
                worst.differs(key, want, got, 1.0);
            }
        }
        if one.labels.contains_key("complexity") {
            let (want, got) = of("complexity");
            self.complexity.add(want == got);
            if want != got {
                worst.differs("complexity", want, got, 0.5);
            }
        }
        if tells(one.labels, "urgent") {
            let (want, got) = of("urgent");
            let (want, got) = (*want == Value::Bool(true), *got == Value::Bool(true));
            self.urgent.add(Count {
                right: usize::from(want && got),
                wrong: usize::from(got && !want),
                missed: usize::from(want && !got),
            });
            if want != got {
                worst.differs("urgent", &Value::Bool(want), &Value::Bool(got), 1.0);
            }
        }
        if tells(one.labels, "missing") {
            self.add_missing(one, &mut worst);
        }
        self.add_fields(one, &mut worst);
        if worst.cost > 0.0 || !worst.diffs.is_empty() {
            worst.explain(one);
            self.worst.push(worst);
        }
    }

    fn add_types(&mut self, one: &Scored<'_>, worst: &mut Worst) {
        let none = || vec![self.none.clone()];
        let names =
            |v: &Value| -> Vec<String> { list(v).iter().filter_map(Value::as_str).map(str::to_owned).collect() };
        let or_none = |found: Vec<String>| if found.is_empty() { none() } else { found };
        let want = or_none(names(one.labels.get("request_types").unwrap_or(&Value::Null)));
        let got = or_none(names(said(one.predicted, "request_types")));
        let (Some(first), Some(read_as)) = (want.first(), got.first()) else { return };
        let right = first == read_as;
        self.primary.add(right);
        *self.confusion.entry((first.clone(), read_as.clone())).or_default() += 1;
        let mut either: Vec<&String> = want.iter().chain(&got).collect();
        either.sort_unstable();
        either.dedup();
        let mut apart = 0;
        for one_type in either {
            let count = match (want.contains(one_type), got.contains(one_type)) {
                (true, true) => Count { right: 1, ..Count::default() },
                (true, false) => Count { missed: 1, ..Count::default() },
                _ => Count { wrong: 1, ..Count::default() },
            };
            apart += count.wrong + count.missed;
            self.types.entry(one_type.clone()).or_default().add(count);
        }
        self.type_set.add(apart == 0);
        if want != got {
            let cost = if right { 0.0 } else { 3.0 } + exact(apart);
            worst.differs("request_types", &Value::from(want.clone()), &Value::from(got.clone()), cost);
        }
        let held = !placed_without_a_person(one.reading);
        if *first == self.none {
            self.none_found.add(right);
            if !right {
                self.spurious.push(one.file.to_owned());
            }
        } else if *read_as == self.none {
            self.lost.push(one.file.to_owned());
            worst.cost += 5.0;
            if held {
                self.lost_but_held.push(one.file.to_owned());
            }
        }
        self.placed.add(!held);
        if !held {
            self.placed_right.add(right);
            if !right {
                self.placed_wrong.push(one.file.to_owned());
            }
        }
    }

    fn add_missing(&mut self, one: &Scored<'_>, worst: &mut Worst) {
        let (want, got) = (one.labels.get("missing").unwrap_or(&Value::Null), said(one.predicted, "missing"));
        let names = |v: &Value| list(v).into_iter().filter_map(|n| n.as_str().map(str::to_owned));
        let count = compare::set(names(want), names(got));
        self.missing.add(count);
        self.missing_asked.add(compare::set(names(want), one.asked().into_iter().map(str::to_owned)));
        if count.wrong + count.missed > 0 {
            worst.differs("missing", want, got, exact(count.wrong + count.missed));
        }
    }

    fn add_fields(&mut self, one: &Scored<'_>, worst: &mut Worst) {
        let none = Map::new();
        let object = |v: Option<&'_ Value>| v.and_then(Value::as_object).cloned();
        let want = object(one.labels.get("fields")).unwrap_or_else(|| none.clone());
        let mut got = object(one.predicted.get("fields")).unwrap_or(none);
        got.retain(|name, _| tells_of(one.labels, name));
        for (name, count) in compare::fields(&want, &got) {
            if !self.fields.contains_key(&name) {
                self.order.push(name.clone());
            }
            self.fields.entry(name.clone()).or_default().add(count);
            if count.wrong + count.missed > 0 {
                let (top, part) = name.split_once('.').unwrap_or((&name, ""));
                let shown = |of: &Map<String, Value>| {
                    let whole = of.get(top).cloned().unwrap_or_default();
                    if whole.is_object() { whole.get(part).cloned().unwrap_or_default() } else { whole }
                };
                let cost = exact(count.wrong.max(count.missed));
                worst.differs(&name, &shown(&want), &shown(&got), cost);
                worst.fields.push(top.to_owned());
            }
        }
    }

    /// How many messages were counted.
    #[must_use]
    pub fn messages(&self) -> usize {
        self.primary.of
    }

    /// The page of what needs no work.
    #[must_use]
    pub fn no_work(&self) -> &str {
        &self.none
    }

    /// Each field that is labelled or was found, in the order in which people read them.
    pub fn fields(&self) -> impl Iterator<Item = (&str, Count)> {
        self.order.iter().filter_map(|n| self.fields.get(n).map(|c| (n.as_str(), *c))).filter(|(_, c)| !c.is_empty())
    }

    /// All fields as one.
    #[must_use]
    pub fn all_fields(&self) -> Count {
        self.fields.values().fold(Count::default(), |mut all, c| {
            all.add(*c);
            all
        })
    }

    /// The mean of the fields' F1, each counting alike.
    #[must_use]
    pub fn fields_macro_f1(&self) -> f64 {
        mean(self.fields().map(|(_, c)| c.f1())).unwrap_or(1.0)
    }

    /// The mean of the types' F1, each counting alike.
    #[must_use]
    pub fn types_macro_f1(&self) -> f64 {
        mean(self.types.values().map(Count::f1)).unwrap_or(0.0)
    }

    /// Of what was read as no work, so much was.
    #[must_use]
    pub fn none_precision(&self) -> f64 {
        let right = self.types.get(&self.none).map_or(0, |c| c.right);
        Share { right, of: right + self.lost.len() }.share().unwrap_or(1.0)
    }

    /// Messages that were not read well, the costliest first.
    #[must_use]
    pub fn worst(&self) -> Vec<&Worst> {
        let mut all: Vec<&Worst> = self.worst.iter().collect();
        all.sort_by(|a, b| b.cost.total_cmp(&a.cost).then_with(|| a.file.cmp(&b.file)));
        all
    }
}

impl Scored<'_> {
    /// What is asked of whoever wrote without a person's word; the account book and the thread, which would answer some
    /// of it, are not at hand.
    fn asked(&self) -> BTreeSet<&str> {
        if self.unread || !placed_without_a_person(self.reading) {
            return BTreeSet::new();
        }
        let requests = self.reading.requests.iter();
        let certain = requests.flat_map(|r| r.missing.iter().filter(|m| self.reading.doubt(r, m).is_none()));
        certain.map(String::as_str).collect()
    }
}

/// Whether the desk takes the reading as it is: clear, and no work only on positive evidence and without a danger.
fn placed_without_a_person(reading: &Reading) -> bool {
    let sure = reading.certainty == Certainty::Clear;
    sure && (!reading.requests.is_empty() || (reading.hazards.is_empty() && !reading.no_work.is_empty()))
}

fn said<'v>(predicted: &'v Value, key: &str) -> &'v Value {
    predicted.get(key).unwrap_or(&Value::Null)
}

fn mean(of: impl Iterator<Item = f64>) -> Option<f64> {
    let all: Vec<f64> = of.collect();
    (!all.is_empty()).then(|| all.iter().sum::<f64>() / exact(all.len()))
}
