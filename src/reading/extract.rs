//! The facts of a message: policy numbers, deadlines, holders, vehicles … each with the words it was read from.
//!
//! `rules/fields.toml` says which fields there are and with which words they are found; what a word list cannot say
//! (dates in the agency's zone, address blocks, check digits) is a named extractor, one file each, under `extract/`.
//! For every field the text at its span, normalised, is its value. Knows no request type.

// “Not this and not that” reads as it is meant; the shortened form hides what is refused.
#![allow(clippy::nonminimal_bool)]

mod address;
mod client;
mod closing;
mod cues;
mod dates;
mod driver;
mod email;
mod labelled;
mod labels;
mod layout;
mod lead;
mod lessons;
mod loss;
mod money;
mod named;
mod names;
mod party;
mod people;
mod phone;
mod pieces;
mod policy_number;
mod project;
mod rules;
mod sheet;
mod short;
mod spoken;
mod vehicle;
mod vin;
mod vocabulary;
mod weighed;
mod weights;
mod when;
mod who;

#[cfg(test)]
#[path = "extract/extract_tests.rs"]
mod extract_tests;
#[cfg(test)]
#[path = "extract/forms_tests.rs"]
mod forms_tests;
#[cfg(test)]
#[path = "extract/spans_tests.rs"]
mod spans_tests;
#[cfg(test)]
#[path = "extract/ways_tests.rs"]
mod ways_tests;
#[cfg(test)]
#[path = "extract/who_tests.rs"]
mod who_tests;

use super::{Circumstances, RuleFile};
use crate::domain::field::{Field, FieldValue, Provenance, Span};
use crate::domain::mistake::Mistake;
use crate::domain::reading::{Channel, SenderKind};
use crate::message::Message;
use chrono::NaiveDate;
use cues::{Beginnings, Cues};
pub use labels::to_labels;
use layout::Layout;
pub use lessons::{TraitLesson, TraitTeacher};
pub(super) use pieces::{Piece, piece, pieces};
use rules::{Extractor, FieldRule, Follows};
use sheet::Stretch;
pub(in crate::reading) use vin::doubt as vin_doubt;
use vocabulary::Vocabulary;
use weighed::Resort;
pub(super) use weights::{Heard, Weights};

/// How to mend a column that is called after something that `fields.toml` does not have.
fn in_fields(called: &str) -> String {
    format!("Take the column out, or bring the {called} back into fields.toml.")
}

/// Most values kept of one field; a message with more is a list for a person to read.
const MOST: usize = 60;

/// What a message asks for, who asks and how.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asked<'a> {
    /// The pages, the first one first; where none is known, no field is left out.
    pub types: &'a [&'a str],
    /// Who wrote.
    pub sender: SenderKind,
    /// How it came.
    pub channel: Channel,
}

impl<'a> Asked<'a> {
    /// Work of these types, asked for by a client's mail.
    #[must_use]
    pub fn of(types: &'a [&'a str]) -> Self {
        Self { types, ..Self::default() }
    }
}

/// The extractors of `rules/fields.toml`, ready to run.
#[derive(Debug)]
pub struct Extractors {
    fields: Vec<FieldRule>,
    cues: Cues,
    /// By field; `None` where the field has no patterns.
    vocabularies: Vec<Option<Vocabulary>>,
    /// What shows at a date what it is for.
    dates: Weights,
    /// Which words speak for which value of the field that is weighed.
    kinds: Weights,
    /// The values of that field, as the columns of `kinds` number them.
    values: Vec<String>,
    /// What shows at a name whose it is.
    who: Weights,
}

impl Extractors {
    /// Reads and checks `fields.toml`. Dates go by cue words alone until [`Extractors::with_dates`].
    ///
    /// # Errors
    /// Every mistake in the file, each with its line and the mend.
    pub fn load(file: &RuleFile) -> Result<Self, Vec<Mistake>> {
        let rules = rules::load(file)?;
        let mut mistakes = Vec::new();
        let mut beginnings = Beginnings::default();
        let vocabularies = rules
            .fields
            .iter()
            .enumerate()
            .map(|(i, f)| {
                (!f.values.is_empty()).then(|| Vocabulary::new(&file.name, i, f, &mut beginnings, &mut mistakes))
            })
            .collect();
        let cues = Cues::new(&rules.words, &beginnings);
        if mistakes.is_empty() {
            Ok(Self {
                fields: rules.fields,
                cues,
                vocabularies,
                dates: Weights::default(),
                kinds: Weights::default(),
                values: Vec::new(),
                who: Weights::default(),
            })
        } else {
            Err(mistakes)
        }
    }

    /// Reads and checks the table `dates.csv`; `own`: the agency has a table of its own.
    ///
    /// # Errors
    /// Every mistake in the table, each with its line and the mend.
    pub fn with_dates(mut self, dates: &RuleFile, own: bool) -> Result<Self, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let fields = &self.fields;
        let index_of = |name: &str| fields.iter().position(|f| f.name == name && f.extractor == Extractor::Date);
        self.dates =
            Weights::read(dates, own, ("field of dates", &in_fields("field of dates")), index_of, &mut mistakes);
        if mistakes.is_empty() { Ok(self) } else { Err(mistakes) }
    }

    /// Reads and checks the table `kinds.csv`; `own`: the agency has a table of its own. Values go by patterns alone
    /// without it.
    ///
    /// # Errors
    /// Every mistake in the table, each with its line and the mend.
    pub fn with_kinds(mut self, kinds: &RuleFile, own: bool) -> Result<Self, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let values = self.fields.iter().find(|f| f.weighed).map(FieldRule::known_values).unwrap_or_default();
        let index_of = |name: &str| values.iter().position(|v| *v == name);
        self.kinds = Weights::read(
            kinds,
            own,
            ("value of a weighed field", &in_fields("value of a weighed field")),
            index_of,
            &mut mistakes,
        );
        self.values = values.into_iter().map(str::to_owned).collect();
        if mistakes.is_empty() { Ok(self) } else { Err(mistakes) }
    }

    /// Reads and checks the table `names.csv`; `own`: the agency has a table of its own. Names go by patterns alone
    /// without it.
    ///
    /// # Errors
    /// Every mistake in the table, each with its line and the mend.
    pub fn with_names(mut self, names: &RuleFile, own: bool) -> Result<Self, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let fields = &self.fields;
        let index_of = |name: &str| fields.iter().position(|f| f.name == name && who::is_name(f));
        self.who = Weights::read(names, own, ("field of names", &in_fields("field of names")), index_of, &mut mistakes);
        if mistakes.is_empty() { Ok(self) } else { Err(mistakes) }
    }

    /// The names of all fields, in the order of the file.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(|f| f.name.as_str())
    }

    /// What people call a field, in a language or else in English; its name where the file does not know it.
    #[must_use]
    pub fn label<'s>(&'s self, field: &'s str, language: &str) -> &'s str {
        self.fields
            .iter()
            .find(|f| f.name == field)
            .and_then(|f| f.label.get(language).or_else(|| f.label.get("en")))
            .map_or(field, String::as_str)
    }

    /// Whether each value of a field is one of those that the file lists.
    pub(super) fn is_listed(&self, field: &str) -> bool {
        self.fields.iter().any(|f| f.name == field && f.extractor == Extractor::Vocabulary)
    }

    /// Whether requests of these types have a field.
    #[must_use]
    pub fn belongs(&self, field: &str, types: &[&str]) -> bool {
        self.fields.iter().find(|f| f.name == field).is_none_or(|f| {
            f.pages.is_empty() || f.documents || f.pages.iter().any(|p| types.contains(&p.text.as_str()))
        })
    }

    /// Lays a message out for these types.
    fn lay<'a, 'c>(&self, message: &'a Message, circumstances: &Circumstances<'c>, types: &[&str]) -> Layout<'a, 'c> {
        let mut layout = Layout::new(message, circumstances, &self.cues);
        let of_types = |f: &FieldRule| f.pages.is_empty() || f.pages.iter().any(|p| types.contains(&p.text.as_str()));
        layout.typed = !types.is_empty();
        let spoken_of = |i: usize, f: &FieldRule| {
            f.documents && !f.pages.is_empty() && layout.read().any(|s| s.has(i, cues::Kind::Documents))
        };
        let wanted =
            self.fields.iter().enumerate().map(|(i, f)| types.is_empty() || of_types(f) || spoken_of(i, f)).collect();
        layout.wanted = wanted;
        layout
    }

    /// Finds the closing block of the body that counts.
    fn close(&self, layout: &mut Layout<'_, '_>) -> closing::Closing {
        let closing = layout.main_sheet().map(|s| closing::find(s, &layout.writer)).unwrap_or_default();
        let main = layout.main;
        if let Some(sheet) = layout.sheets.get_mut(main).filter(|s| s.stretch == Stretch::Body) {
            sheet.closing = closing.start;
        }
        closing
    }

    /// What a message teaches about dates that asks for these types. `stated` gives a field's date, an inner `None` where
    /// the message states none, an outer one where that is not known.
    #[must_use]
    pub fn date_lessons(
        &self,
        message: &Message,
        circumstances: &Circumstances<'_>,
        types: &[&str],
        stated: &dyn Fn(&str) -> Option<Option<NaiveDate>>,
    ) -> Vec<TraitLesson> {
        let mut layout = self.lay(message, circumstances, types);
        self.close(&mut layout);
        let dates: Vec<Vec<dates::Mention>> = layout.sheets.iter().map(dates::mentions).collect();
        when::lessons(&self.fields, &layout, &dates, types, stated)
    }

    /// What a message teaches about the weighed field that asks for these types. `stated` gives the field's values, `None`
    /// where they are not known.
    #[must_use]
    pub fn kind_lesson(
        &self,
        message: &Message,
        circumstances: &Circumstances<'_>,
        types: &[&str],
        stated: &dyn Fn(&str) -> Option<Vec<String>>,
    ) -> Option<TraitLesson> {
        let mut layout = self.lay(message, circumstances, types);
        let (_, rule) = self.weighed(&layout)?;
        let values = stated(&rule.name)?;
        self.close(&mut layout);
        let found = self.run(message, circumstances, &Asked::of(types));
        Some(weighed::lesson(rule, &layout, &found, &values))
    }

    /// What a message teaches about names. `stated` gives the name in a field's value, an inner `None` where the message
    /// states none, an outer one where that is not known.
    #[must_use]
    pub fn name_lessons(
        &self,
        message: &Message,
        circumstances: &Circumstances<'_>,
        asked: &Asked<'_>,
        stated: &dyn Fn(&str) -> Option<Option<String>>,
    ) -> Vec<TraitLesson> {
        let mut layout = self.lay(message, circumstances, asked.types);
        let closing = self.close(&mut layout);
        let claims = self.claims(&layout, &closing, |_| true);
        who::lessons(&self.fields, &layout, &who::Known { closing: &closing, claims: &claims, asked }, stated)
    }

    /// What patterns take for a name's field: the contact, the client, parties and places. Contact and client are met
    /// without patterns too: these are asked only where the table knows none of the two.
    fn claims(
        &self,
        layout: &Layout<'_, '_>,
        closing: &closing::Closing,
        weighed: impl Fn(usize) -> bool,
    ) -> Vec<Field> {
        let by_address = party::parties(&self.fields, layout);
        let by_pattern = |of: Extractor| self.first(of).filter(|(i, _)| !weighed(*i));
        if by_pattern(Extractor::Person).is_none() && by_pattern(Extractor::Insured).is_none() {
            return by_address;
        }
        let contact = self.first(Extractor::Person).and_then(|(i, r)| people::contact_name(i, r, layout, closing));
        let holders: Vec<String> = by_address
            .iter()
            .filter_map(|f| match &f.value {
                FieldValue::Party { name, .. } => Some(name.clone()),
                _ => None,
            })
            .collect();
        let introduced =
            self.first(Extractor::Person).map(|(i, _)| named::introductions(i, layout)).unwrap_or_default();
        let known = client::Known { closing, contact: contact.as_ref(), holders: &holders, introduced: &introduced };
        let insured = self.first(Extractor::Insured).and_then(|(i, r)| client::insured(i, r, layout, &known));
        contact.clone().into_iter().chain(insured).chain(by_address).collect()
    }

    /// The names of the message, and its places: what the table knows by its weights, the rest by patterns.
    fn people(&self, layout: &Layout<'_, '_>, closing: &closing::Closing, asked: &Asked<'_>) -> Vec<Field> {
        let mut claims = self.claims(layout, closing, |field| self.who.knows(field));
        let known = who::Known { closing, claims: &claims, asked };
        let weighed =
            if self.who.is_empty() { Vec::new() } else { who::weigh(&self.fields, &self.who, layout, &known) };
        let mut seen: Vec<String> = Vec::new();
        claims.retain(|f| {
            let first = !seen.contains(&f.name);
            seen.push(f.name.clone());
            let by_table = self.fields.iter().position(|r| r.name == f.name);
            first && !weighed.iter().any(|(i, _)| Some(*i) == by_table)
        });
        claims.extend(weighed.into_iter().filter_map(|(_, field)| field));
        let of_a_firm = |f: &Field| {
            let rule = self.fields.iter().find(|r| r.name == f.name);
            rule.is_some_and(|r| matches!(r.extractor, Extractor::Insured | Extractor::Party))
        };
        claims.iter_mut().filter(|f| of_a_firm(f)).for_each(named::end_with_the_name);
        // The address that goes with a party is no other place.
        let spans: Vec<Span> =
            claims.iter().filter(|f| matches!(f.value, FieldValue::Party { .. })).filter_map(span).collect();
        let within = |f: &Field| {
            span(f).is_some_and(|s| spans.iter().any(|p| p.place == s.place && p.start < s.end && s.start < p.end))
        };
        claims.retain(|f| matches!(f.value, FieldValue::Party { .. }) || !self.is_place(&f.name) || !within(f));
        claims
    }

    /// The field whose values the table of words weighs, where this message can have it.
    fn weighed(&self, layout: &Layout<'_, '_>) -> Option<(usize, &FieldRule)> {
        let mut all = self.fields.iter().enumerate();
        all.find(|(i, rule)| rule.weighed && layout.typed && layout.wants(*i))
    }

    /// Every field that the message states, in the order of the file. `asked`: what the message asks for; a field whose
    /// `pages` names none of its types is left out. Where they are not known, nothing is left out.
    #[must_use]
    pub fn run(&self, message: &Message, circumstances: &Circumstances<'_>, asked: &Asked<'_>) -> Vec<Field> {
        self.only(message, circumstances, asked, |_| true)
    }

    /// Those of them that are `wanted`; what none of these needs is not looked for.
    fn only(
        &self,
        message: &Message,
        circumstances: &Circumstances<'_>,
        asked: &Asked<'_>,
        wanted: impl Fn(&FieldRule) -> bool,
    ) -> Vec<Field> {
        let types = asked.types;
        let mut layout = self.lay(message, circumstances, types);
        let closing = self.close(&mut layout);
        let layout = layout;
        let all = || self.fields.iter().enumerate().filter(|(i, rule)| layout.wants(*i) && wanted(rule));
        let any = |of: fn(Extractor) -> bool| all().any(|(_, rule)| of(rule.extractor));
        let dates: Vec<Vec<dates::Mention>> = layout.sheets.iter().map(dates::mentions).collect();
        let by_when =
            any(|e| e == Extractor::Date).then(|| when::dates(&self.fields, &self.dates, &layout, &dates, types));
        // Whether a firm is insured decides what some words mean.
        let people = any(|e| e.is_of_people() || e.is_of_words()).then(|| self.people(&layout, &closing, asked));
        let people = people.unwrap_or_default();
        let insured = self.first(Extractor::Insured).and_then(|(_, r)| people.iter().find(|f| f.name == r.name));
        let firm = insured.is_some_and(|f| names::is_firm(&f.value.shown()));
        let by_sum = any(|e| e == Extractor::Money).then(|| money::money(&self.fields, &layout, &dates));
        let (by_when, by_sum) = (by_when.unwrap_or_default(), by_sum.unwrap_or_default());
        let mut out = Vec::new();
        for (index, rule) in all() {
            let vocabulary = self.vocabularies.get(index).and_then(Option::as_ref);
            let of = |list: &[Field]| list.iter().filter(|f| f.name == rule.name).cloned().collect::<Vec<_>>();
            let found: Vec<Field> = match rule.extractor {
                Extractor::Person | Extractor::Insured | Extractor::Party | Extractor::Address => of(&people),
                Extractor::Phone => phone::contact_phone(index, rule, &layout).into_iter().collect(),
                Extractor::PolicyNumber => policy_number::policy_numbers(index, rule, &layout, &dates),
                Extractor::Date => of(&by_when),
                Extractor::Money => of(&by_sum),
                Extractor::Email => email::delivery(index, rule, &layout, circumstances.own_domains),
                Extractor::Vin => vin::vins(index, rule, &layout),
                Extractor::Vehicle => vehicle::vehicles(index, rule, &layout),
                Extractor::Driver => driver::drivers(index, rule, &layout, &dates),
                Extractor::Number => labelled::marked(index, rule, &layout)
                    .or_else(|| labelled::number(index, rule, &layout, &dates))
                    .into_iter()
                    .collect(),
                Extractor::Text => labelled::text(index, rule, &layout).into_iter().collect(),
                Extractor::Loss => loss::loss(index, rule, &layout).into_iter().collect(),
                Extractor::Project => {
                    vocabulary.and_then(|v| project::project(index, rule, &layout, v)).into_iter().collect()
                }
                Extractor::Vocabulary | Extractor::Flag => {
                    vocabulary.map(|v| values(rule, v, &layout, firm)).unwrap_or_default()
                }
            };
            out.extend(found.into_iter().take(MOST));
        }
        self.follow(&layout, &mut out, &wanted);
        let other: Vec<String> = out
            .iter()
            .filter_map(|f| match &f.value {
                FieldValue::Driver { license: Some(number), .. } => Some(number.clone()),
                FieldValue::Text(number) if self.is_number(&f.name) => Some(number.clone()),
                _ => None,
            })
            .map(|n| crate::domain::text::folded(&n))
            .collect();
        // What a licence, a claim or an invoice is called elsewhere in the message is no policy.
        if !other.is_empty() {
            out.retain(|f| {
                let number = || crate::domain::text::folded(&f.value.shown());
                !self.is_policy(&f.name) || !other.iter().any(|o| number().ends_with(o.as_str()))
            });
        }
        out
    }

    /// What other fields tell, and what all words of the message say of the field that is weighed. A value that follows
    /// only where nothing else is said waits until the words are heard; what they speak against does not come back.
    fn follow(&self, layout: &Layout<'_, '_>, out: &mut Vec<Field>, wanted: &impl Fn(&FieldRule) -> bool) {
        self.follows(layout, out, |f| !f.only_alone());
        let weighed = self.weighed(layout).filter(|(_, rule)| wanted(rule));
        let Some((_, rule)) = weighed else { return self.follows(layout, out, Follows::only_alone) };
        let weigh = |out: &mut Vec<Field>, resort| {
            weighed::weigh(rule, &self.kinds, &self.values, layout, out, resort);
        };
        let mut before = values_of(rule, out);
        if before.is_empty() {
            weigh(out, Resort::None);
        }
        if values_of(rule, out).is_empty() {
            self.follows(layout, out, Follows::only_alone);
            before = values_of(rule, out);
        }
        weigh(out, Resort::Loudest);
        let after = values_of(rule, out);
        self.follows(layout, out, |f| !f.only_alone() && (!before.contains(&f.value) || after.contains(&f.value)));
    }

    /// What other fields tell: a lienholder that is named with a vehicle or a building is put on with it. Only where it
    /// is known what the message asks for.
    fn follows(&self, layout: &Layout<'_, '_>, out: &mut Vec<Field>, may: impl Fn(&Follows) -> bool) {
        for (_, rule) in self.fields.iter().enumerate().filter(|(i, _)| layout.typed && layout.wants(*i)) {
            for follows in rule.follows.iter().filter(|f| may(f)) {
                out.extend(follows.from(&rule.name, out));
            }
        }
    }

    fn is_number(&self, name: &str) -> bool {
        self.fields.iter().any(|f| f.name == name && f.extractor == Extractor::Number)
    }

    fn is_place(&self, name: &str) -> bool {
        self.fields.iter().any(|f| f.name == name && f.extractor == Extractor::Address)
    }

    fn is_policy(&self, name: &str) -> bool {
        self.fields.iter().any(|f| f.name == name && f.extractor == Extractor::PolicyNumber)
    }

    fn first(&self, extractor: Extractor) -> Option<(usize, &FieldRule)> {
        self.fields.iter().enumerate().find(|(_, f)| f.extractor == extractor)
    }
}

/// The values of a rule's field among those found.
fn values_of(rule: &FieldRule, found: &[Field]) -> Vec<String> {
    found.iter().filter(|f| f.name == rule.name).map(|f| f.value.shown()).collect()
}

/// Where a field's words stand.
fn span(field: &Field) -> Option<Span> {
    match &field.from {
        Provenance::Message { span, .. } => Some(*span),
        _ => None,
    }
}

/// Whether a form says no to what it names: an empty box before it, “[ ] Umbrella”, or “No” behind its colon.
fn denied(sheet: &sheet::Sheet<'_>, hit: &vocabulary::Hit<'_>) -> bool {
    let before = sheet.low(hit.start.saturating_sub(4), hit.start).trim_ascii_end();
    let empty =
        [&b"[ ]"[..], b"[]", b"( )", b"[_]"].iter().any(|b| before.ends_with(b)) || before.ends_with("☐".as_bytes());
    if empty {
        return true;
    }
    let line = sheet.lines.get(sheet.line_at(hit.end)).map_or(hit.end, |l| l.end);
    let rest = sheet.low(hit.end, line.min(hit.end + 40));
    let colon = rest.iter().position(|b| matches!(b, b':' | b'?' | b'|'));
    colon.filter(|i| *i <= 12).is_some_and(|i| {
        let answer = rest.get(i + 1..).unwrap_or(&[]).trim_ascii();
        let word: Vec<u8> = answer.iter().copied().take_while(u8::is_ascii_alphabetic).collect();
        matches!(word.as_slice(), b"no" | b"none" | b"n") && answer.len() < 24
    })
}

/// Values by patterns, each once. A value “A|B” is A where the insured is a firm, B where a person, “A+B” is both; “-” is
/// none: its pattern takes words away from the others (“no claims”, “commercial property manager”).
fn values(rule: &FieldRule, vocabulary: &Vocabulary, layout: &Layout<'_, '_>, firm: bool) -> Vec<Field> {
    let mut out: Vec<Field> = Vec::new();
    let bodies = layout.sheets.iter().filter(|s| matches!(s.stretch, Stretch::Body | Stretch::Attachment));
    let subject = layout.sheets.iter().filter(|s| s.stretch == Stretch::Subject);
    for sheet in bodies.chain(subject) {
        for hit in vocabulary.find(sheet) {
            if hit.start >= sheet.closing || hit.value == "-" {
                continue;
            }
            if !sheet.text.is_char_boundary(hit.start) || !sheet.text.is_char_boundary(hit.end) || denied(sheet, &hit) {
                continue;
            }
            let (commercial, personal) = hit.value.split_once('|').unwrap_or((hit.value, hit.value));
            for one in if firm { commercial } else { personal }.split('+').filter(|v| !v.is_empty()) {
                let value = match rule.extractor {
                    Extractor::Flag => FieldValue::Flag(true),
                    _ => FieldValue::Text(one.to_owned()),
                };
                let known = out.iter().any(|f| f.value == value) || (rule.one && !out.is_empty());
                if !known {
                    out.push(sheet.found(&rule.name, value, hit.start, hit.end, &rule.name, 80));
                }
            }
        }
    }
    out
}
