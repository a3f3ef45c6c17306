//! A reply that is nothing but an answer: a VIN, a day, a name with its address, “yes”, “the second one”. It does not say
//! what it answers, and so it is read as the answer to a question for each field in turn, as if the field's words stood
//! before it on a form. Knows no task: what was asked, the desk knows.

use super::{
    Asked, Extractors, closing,
    rules::{Extractor, FieldRule},
    sheet::one_line,
};
use crate::{
    domain::{
        field::{Field, FieldValue, Place, Provenance, Span},
        reading::Short,
    },
    message::{Message, Part, PartKind},
    reading::Circumstances,
};

/// Longest answer, in bytes and in lines: a name and an address with attention line and suite.
const BYTES_MAX: usize = 200;
const LINES_MAX: usize = 6;
/// Words that may stand beside the value: “it is … , around 4 pm”.
const BESIDE_MAX: usize = 4;
/// Words of a line that only greets: “Good morning Ana,”.
const GREETING_MAX: usize = 4;
const GREETINGS: [&str; 9] = ["hi", "hello", "hey", "dear", "good", "hola", "buenos", "buenas", "estimada"];

impl Extractors {
    /// What the sender's own words say in short; `None` where there are more of them, or none.
    #[must_use]
    pub fn short(&self, message: &Message, circumstances: &Circumstances<'_>) -> Option<Short> {
        let (start, end) = self.own_words(message, circumstances)?;
        let words = message.text.get(start..end)?;
        let said = Said { words, base: start, message, circumstances };
        let mut fields = Vec::new();
        let mut address = None;
        for rule in self.fields.iter().filter(|r| r.asked_as.is_some()) {
            let told = self.as_answer(rule, &said);
            if address.is_none() && rule.extractor == Extractor::Address {
                address = told.first().cloned();
            }
            fields.extend(told);
        }
        Some(Short { words: one_line(words), span: span(start, end), plain: true, fields, address })
    }

    /// Where the sender's own words stand, without greeting, farewell and name, if these are few.
    fn own_words(&self, message: &Message, circumstances: &Circumstances<'_>) -> Option<(usize, usize)> {
        let filled = |p: &&Part| {
            p.kind == PartKind::New && message.text.get(p.start..p.end).is_some_and(|t| !t.trim().is_empty())
        };
        let mut own = message.parts.iter().filter(filled);
        // Answers between the lines of a quoted letter are several.
        let (Some(part), None) = (own.next(), own.next()) else { return None };
        let mut layout = self.lay(message, circumstances, &[]);
        let closing = self.close(&mut layout);
        let signed = layout.main_sheet().filter(|_| closing.agrees).map(|s| s.base + closing.start);
        let end = signed.filter(|at| (part.start + 1..part.end).contains(at)).unwrap_or(part.end);
        let (start, end) = without_courtesies(&message.text, part.start, end);
        let words = message.text.get(start..end)?;
        let is_short = !words.is_empty() && words.len() <= BYTES_MAX && words.lines().count() <= LINES_MAX;
        is_short.then_some((start, end))
    }

    /// What the words say as the answer to a question for this field, where they say little else.
    fn as_answer(&self, rule: &FieldRule, said: &Said<'_, '_>) -> Vec<Field> {
        let Some(label) = &rule.asked_as else { return Vec::new() };
        let text = format!("{label}: {}", said.words);
        let front = text.len() - said.words.len();
        let parts = vec![Part { kind: PartKind::New, start: 0, end: text.len() }];
        let form = Message { text, parts, date: said.message.date, ..Message::default() };
        let types: Vec<&str> = rule.pages.iter().map(|p| p.text.as_str()).collect();
        let found = self.only(&form, said.circumstances, &Asked::of(&types), |r| r.name == rule.name);
        let fields: Vec<Field> = found
            .into_iter()
            .filter(|f| f.name == rule.name)
            .filter(names_somebody)
            .filter_map(|f| said.moved(f, front))
            .collect();
        if said.words_beside(&fields) <= BESIDE_MAX { fields } else { Vec::new() }
    }
}

/// The words that may be an answer, where they stand, and the message that they are of.
struct Said<'a, 'c> {
    words: &'a str,
    base: usize,
    message: &'a Message,
    circumstances: &'a Circumstances<'c>,
}

impl Said<'_, '_> {
    /// A field as it stands in the message; `None` where it was read from anything but the words.
    fn moved(&self, field: Field, front: usize) -> Option<Field> {
        let Provenance::Message { message, span: at, words, .. } = field.from else { return None };
        let (start, end) = (at.start as usize, at.end as usize);
        if at.place != Place::Text || start < front {
            return None;
        }
        let span = span(start - front + self.base, end - front + self.base);
        let from = Provenance::Message { message, span, words, rule: format!("answer/{}", field.name) };
        Some(Field { from, ..field })
    }

    /// How many words stand beside these fields.
    fn words_beside(&self, fields: &[Field]) -> usize {
        let spans: Vec<Span> = fields.iter().filter_map(super::span).collect();
        let within = |at: usize| spans.iter().any(|s| (s.start as usize..s.end as usize).contains(&at));
        let letters = self.words.char_indices().map(|(at, c)| c.is_alphanumeric() && !within(self.base + at));
        let (words, _) = letters.fold((0, false), |(words, before), now| (words + usize::from(now && !before), now));
        words
    }
}

/// One word alone names nobody: “Both”, “Yes”.
fn names_somebody(field: &Field) -> bool {
    match &field.value {
        FieldValue::Driver { name: Some(name), dob: None, license: None }
        | FieldValue::Party { name, address: None } => name.contains(' '),
        _ => true,
    }
}

fn span(start: usize, end: usize) -> Span {
    let at = |i: usize| u32::try_from(i).unwrap_or(u32::MAX);
    Span { place: Place::Text, start: at(start), end: at(end) }
}

/// A stretch without a first line that greets, last lines that take leave, and white space.
fn without_courtesies(text: &str, start: usize, end: usize) -> (usize, usize) {
    let (mut start, mut end) = (start, end);
    let trimmed = |start: usize, end: usize| {
        let words = text.get(start..end).unwrap_or("");
        let front = start + words.len() - words.trim_start().len();
        (front, front + words.trim().len())
    };
    (start, end) = trimmed(start, end);
    let words = text.get(start..end).unwrap_or("");
    if let Some((_, rest)) = words.split_once('\n').filter(|(first, _)| greets(first)) {
        start = end - rest.len();
    }
    while let Some((rest, last)) = text.get(start..end).unwrap_or("").trim_end().rsplit_once('\n') {
        let plain = last.trim().trim_end_matches(['.', ',', '!', '-']).to_lowercase();
        if !(plain.is_empty() || closing::FAREWELLS.contains(&plain.as_str())) {
            break;
        }
        end = start + rest.len();
    }
    trimmed(start, end)
}

fn greets(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let first = words.next().unwrap_or("").trim_end_matches([',', '!', '.']).to_lowercase();
    GREETINGS.contains(&first.as_str()) && words.count() < GREETING_MAX
}
