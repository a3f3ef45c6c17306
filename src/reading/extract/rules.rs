//! `rules/fields.toml` → checked rules: which fields there are, what they are called, which extractor reads them and
//! with which words. Reports every mistake at once, with its line and the mend.

mod follows;

use super::cues::{Cue, Kind};
use crate::domain::mistake::{Mistake, line_of};
use crate::reading::RuleFile;
pub use follows::Follows;
use std::collections::{BTreeMap, BTreeSet};
use toml::de::{DeTable, DeValue};

/// The extractors, by the name that `fields.toml` gives them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extractor {
    /// The client that the message is about.
    Insured,
    /// A person's name, from a signature or the text.
    Person,
    /// A telephone number.
    Phone,
    /// Policy numbers.
    PolicyNumber,
    /// A date with a meaning.
    Date,
    /// A firm or person with an address.
    Party,
    /// An address alone.
    Address,
    /// Mail addresses to which something is to be sent.
    Email,
    /// Values that patterns stand for.
    Vocabulary,
    /// True where a pattern is found.
    Flag,
    /// A job or event in words.
    Project,
    /// Vehicle identification numbers.
    Vin,
    /// Year, make and model.
    Vehicle,
    /// Drivers.
    Driver,
    /// Sums of money.
    Money,
    /// A number that a label announces.
    Number,
    /// Words that a label announces, to the end of the line.
    Text,
    /// The sentence that tells what happened.
    Loss,
}

impl Extractor {
    /// It finds people, firms and places, which are told apart by each other.
    pub(super) fn is_of_people(self) -> bool {
        matches!(self, Self::Insured | Self::Person | Self::Party | Self::Address)
    }
    /// It finds words that stand for values.
    pub(super) fn is_of_words(self) -> bool {
        matches!(self, Self::Vocabulary | Self::Flag)
    }
}

const EXTRACTORS: &[(&str, Extractor, &[&str])] = &[
    ("insured", Extractor::Insured, &["labels", "near", "not"]),
    ("person", Extractor::Person, &["labels", "near", "not"]),
    ("phone", Extractor::Phone, &["labels", "not"]),
    ("policy_number", Extractor::PolicyNumber, &["labels", "near", "not"]),
    ("date", Extractor::Date, &["near", "words", "event", "after", "not", "documents", "sense"]),
    ("party", Extractor::Party, &["labels", "near", "words", "after", "not", "documents", "never"]),
    ("address", Extractor::Address, &["labels", "near", "words", "not"]),
    ("email", Extractor::Email, &["near", "not", "documents"]),
    ("vocabulary", Extractor::Vocabulary, &["values", "one", "follows", "weighed"]),
    ("flag", Extractor::Flag, &["values"]),
    ("project", Extractor::Project, &["labels", "near", "after", "not", "values", "documents"]),
    ("vin", Extractor::Vin, &["labels", "not"]),
    ("vehicle", Extractor::Vehicle, &["makes", "models"]),
    ("driver", Extractor::Driver, &["labels", "near", "words", "event", "after"]),
    ("money", Extractor::Money, &["near", "after", "not", "rest", "bare"]),
    ("number", Extractor::Number, &["labels"]),
    ("text", Extractor::Text, &["labels"]),
    ("loss", Extractor::Loss, &["near", "words", "not"]),
];

/// The lists whose words are looked for in one shared pass.
const CUE_LISTS: &[(&str, Kind)] = &[
    ("labels", Kind::Labels),
    ("near", Kind::Near),
    ("words", Kind::Words),
    ("event", Kind::Event),
    ("after", Kind::After),
    ("not", Kind::Not),
    ("documents", Kind::Documents),
    ("makes", Kind::Makes),
    ("models", Kind::Models),
];

/// A pattern and the line on which it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// As written.
    pub text: String,
    /// Its line in the file, counted from 1.
    pub line: usize,
}

/// One field's rule.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldRule {
    /// The field's name.
    pub name: String,
    /// What people call it, by language.
    pub label: BTreeMap<String, String>,
    /// Who reads it.
    pub extractor: Extractor,
    /// Patterns by the value they stand for, in the order of the file.
    pub values: Vec<(String, Vec<Pattern>)>,
    /// `sense` of a date: +1 lies ahead, -1 lies behind, 0 either.
    pub sense: i8,
    /// `one = true`: a single value is kept, not a list.
    pub one: bool,
    /// `rest = true`: takes the sums that no other field of its kind takes.
    pub rest: bool,
    /// `bare`: those of `near` behind which even a number without sign or comma is a sum.
    pub bare: Vec<String>,
    /// `weighed = true`: the words of the whole message speak for its values too, by the table `kinds.csv`.
    pub weighed: bool,
    /// `follows`: values that other fields tell.
    pub follows: Vec<Follows>,
    /// `never`: words that begin no name of a party.
    pub never: BTreeSet<String>,
    /// It has a `documents` list: its looser words count only where a document is asked for.
    pub documents: bool,
    /// `asked_as`: what stands before the value on a form. A reply that is nothing but the value is read as if it stood
    /// there.
    pub asked_as: Option<String>,
    /// `pages`: the pages whose requests have this field, and the line where they are named; none means all.
    pub pages: Vec<Pattern>,
}

impl FieldRule {
    /// The values that its patterns stand for, each once, in alphabetical order; “A|B” and “A+B” are two.
    pub fn known_values(&self) -> Vec<&str> {
        let all = self.values.iter().flat_map(|(value, _)| value.split(['|', '+']));
        let mut known: Vec<&str> = all.filter(|v| !v.is_empty() && *v != "-").collect();
        known.sort_unstable();
        known.dedup();
        known
    }
}

/// The file, checked.
#[derive(Debug, Default)]
pub struct Rules {
    /// The fields, in the order of the file.
    pub fields: Vec<FieldRule>,
    /// Every cue word with its list.
    pub words: Vec<(String, Cue)>,
}

/// Reads and checks the file.
pub fn load(file: &RuleFile) -> Result<Rules, Vec<Mistake>> {
    let begins = file.text.match_indices('\n').map(|(i, _)| i + 1);
    let lines = std::iter::once(0).chain(begins).collect();
    let mut reader = Reader { file, lines, mistakes: Vec::new(), names: Vec::new(), rules: Rules::default() };
    let (table, errors) = DeTable::parse_recoverable(&file.text);
    for e in errors {
        let line = e.span().map(|s| line_of(&file.text, s.start));
        reader.mistake(
            line,
            e.message().trim().to_owned(),
            "Write it as TOML: key = \"value\", or key = [\"a\", \"b\"].",
        );
    }
    for (key, value) in table.get_ref() {
        let line = line_of(&file.text, key.span().start);
        match (key.get_ref().as_ref(), value.get_ref()) {
            ("field", DeValue::Array(list)) => {
                for one in list.iter() {
                    let line = line_of(&file.text, one.span().start);
                    match one.get_ref() {
                        DeValue::Table(t) => reader.field(t, line),
                        _ => reader.mistake(Some(line), "a field is a table".to_owned(), "Begin each with [[field]]."),
                    }
                }
            }
            ("field", _) => {
                reader.mistake(Some(line), "“field” is not a list of tables".to_owned(), "Begin each with [[field]].")
            }
            (other, _) => reader.mistake(
                Some(line),
                format!("the key “{other}” is unknown here"),
                "Only [[field]] may stand at the top.",
            ),
        }
    }
    reader.check_fields();
    if reader.rules.fields.is_empty() && reader.mistakes.is_empty() {
        reader.mistake(None, "there is no field in it".to_owned(), "Add a [[field]] with name, label and extractor.");
    }
    if reader.mistakes.is_empty() { Ok(reader.rules) } else { Err(reader.mistakes) }
}

struct Reader<'f> {
    file: &'f RuleFile,
    /// Where its lines begin.
    lines: Vec<usize>,
    mistakes: Vec<Mistake>,
    /// Of all fields, those with mistakes too.
    names: Vec<String>,
    rules: Rules,
}

impl Reader<'_> {
    fn mistake(&mut self, line: Option<usize>, what: String, mend: &str) {
        self.mistakes.push(Mistake { file: self.file.name.clone(), line, what, mend: mend.to_owned() });
    }

    fn line(&self, at: std::ops::Range<usize>) -> usize {
        self.lines.partition_point(|l| *l <= at.start)
    }

    fn field(&mut self, table: &DeTable<'_>, line: usize) {
        let text = |key: &str| table.get(key).and_then(|v| v.get_ref().as_str()).map(str::to_owned);
        let name = text("name").unwrap_or_default();
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_') {
            self.mistake(
                Some(line),
                "a field needs a name of small letters and _".to_owned(),
                "Write name = \"policy_numbers\".",
            );
            return;
        }
        if self.names.contains(&name) {
            self.mistake(Some(line), format!("the field “{name}” stands here twice"), "Keep one of the two.");
        }
        self.names.push(name.clone());
        let known = EXTRACTORS.iter().map(|(n, ..)| *n).collect::<Vec<_>>().join(", ");
        let wanted = text("extractor").unwrap_or_default();
        let Some((_, extractor, keys)) = EXTRACTORS.iter().find(|(n, ..)| *n == wanted) else {
            self.mistake(
                Some(line),
                format!("the field “{name}” names no extractor that exists: “{wanted}”"),
                &format!("Write extractor = one of {known}."),
            );
            return;
        };
        let mut rule = FieldRule {
            name,
            label: BTreeMap::new(),
            extractor: *extractor,
            values: Vec::new(),
            sense: 0,
            one: false,
            rest: false,
            weighed: false,
            bare: Vec::new(),
            follows: Vec::new(),
            never: BTreeSet::new(),
            documents: table.contains_key("documents"),
            asked_as: None,
            pages: Vec::new(),
        };
        let mut bare = Vec::new();
        for (key, value) in table {
            let at = self.line(key.span());
            let key = key.get_ref().as_ref();
            match key {
                "name" | "extractor" => {}
                "label" => self.label(&mut rule, value.get_ref(), at),
                "pages" => rule.pages = self.strings(value.get_ref(), key, at),
                "asked_as" => match value.get_ref().as_str().map(str::trim).filter(|w| !w.is_empty()) {
                    Some(words) => rule.asked_as = Some(words.to_owned()),
                    None => self.mistake(
                        Some(at),
                        "“asked_as” is what stands before the value on a form".to_owned(),
                        "Write it as asked_as = \"Effective date\".",
                    ),
                },
                _ if !keys.contains(&key) => self.mistake(
                    Some(at),
                    format!("“{key}” means nothing to the extractor “{wanted}”"),
                    &format!("It knows {}.", keys.join(", ")),
                ),
                "values" => self.values(&mut rule, value.get_ref(), at),
                "one" | "rest" | "weighed" => match value.get_ref().as_bool() {
                    Some(on) if key == "one" => rule.one = on,
                    Some(on) if key == "rest" => rule.rest = on,
                    Some(on) => rule.weighed = on,
                    None => self.mistake(Some(at), format!("“{key}” is yes or no"), "Write true or false."),
                },
                "follows" => self.follows(&mut rule, value.get_ref(), at),
                "bare" => bare = self.strings(value.get_ref(), key, at),
                "never" => {
                    rule.never = self.strings(value.get_ref(), key, at).into_iter().map(|p| p.text).collect();
                }
                "sense" => match value.get_ref().as_str() {
                    Some("ahead") => rule.sense = 1,
                    Some("behind") => rule.sense = -1,
                    Some("either") => rule.sense = 0,
                    _ => self.mistake(
                        Some(at),
                        "“sense” says where such a date lies".to_owned(),
                        "Write \"ahead\", \"behind\" or \"either\".",
                    ),
                },
                list => {
                    let kind = CUE_LISTS.iter().find(|(n, _)| *n == list).map_or(Kind::Labels, |(_, k)| *k);
                    let field = u16::try_from(self.rules.fields.len()).unwrap_or(u16::MAX);
                    for Pattern { text, line } in self.strings(value.get_ref(), list, at) {
                        if text.trim().is_empty() {
                            self.mistake(Some(line), format!("“{list}” holds an empty word"), "Take it out.");
                        } else {
                            self.rules.words.push((text, Cue { field, kind }));
                        }
                    }
                }
            }
        }
        if rule.label.get("en").is_none_or(String::is_empty) {
            self.mistake(
                Some(line),
                format!("the field “{}” has no name for people", rule.name),
                "Write label = { en = \"policy number\", es = \"número de póliza\" }.",
            );
        }
        if rule.weighed && self.rules.fields.iter().any(|f| f.weighed) {
            self.mistake(
                Some(line),
                format!("“{}” is the second field with weighed = true", rule.name),
                "Keep one: kinds.csv holds the values of a single field.",
            );
        }
        self.bare(&mut rule, bare);
        self.check_values(&rule);
        self.rules.fields.push(rule);
    }

    /// Takes over the words of `bare`, of which each is one of `near`.
    fn bare(&mut self, rule: &mut FieldRule, bare: Vec<Pattern>) {
        let plain = |word: &str| word.trim().to_lowercase();
        let own = |cue: &Cue| usize::from(cue.field) == self.rules.fields.len() && cue.kind == Kind::Near;
        let near: BTreeSet<String> =
            self.rules.words.iter().filter(|(_, cue)| own(cue)).map(|(word, _)| plain(word)).collect();
        for Pattern { text, line } in bare {
            if near.contains(&plain(&text)) {
                rule.bare.push(plain(&text));
            } else {
                let what = format!("“bare” of “{}” holds “{text}”, which is not in “near”", rule.name);
                self.mistake(Some(line), what, "Put it into near too, or take it out here.");
            }
        }
    }

    fn label(&mut self, rule: &mut FieldRule, value: &DeValue<'_>, line: usize) {
        let Some(table) = value.as_table() else {
            self.mistake(
                Some(line),
                "“label” is a table of languages".to_owned(),
                "Write label = { en = \"…\", es = \"…\" }.",
            );
            return;
        };
        for (language, words) in table {
            match words.get_ref().as_str() {
                Some(words) => {
                    rule.label.insert(language.get_ref().to_string(), words.to_owned());
                }
                None => self.mistake(
                    Some(line),
                    format!("the label “{}” is not text", language.get_ref()),
                    "Put it in quotes.",
                ),
            }
        }
    }

    fn values(&mut self, rule: &mut FieldRule, value: &DeValue<'_>, line: usize) {
        let Some(table) = value.as_table() else {
            self.mistake(
                Some(line),
                "“values” is a table: each value with its patterns".to_owned(),
                "Write [field.values] and below it VALUE = ['pattern', …].",
            );
            return;
        };
        for (name, patterns) in table {
            let at = self.line(name.span());
            let patterns = self.strings(patterns.get_ref(), name.get_ref(), at);
            rule.values.push((name.get_ref().to_string(), patterns));
        }
    }

    fn strings(&mut self, value: &DeValue<'_>, key: &str, line: usize) -> Vec<Pattern> {
        let Some(list) = value.as_array() else {
            self.mistake(Some(line), format!("“{key}” is a list"), &format!("Write {key} = [\"…\", \"…\"]."));
            return Vec::new();
        };
        let mut out = Vec::new();
        for one in list.iter() {
            let at = self.line(one.span());
            match one.get_ref().as_str() {
                Some(text) => out.push(Pattern { text: text.to_owned(), line: at }),
                None => {
                    self.mistake(Some(at), format!("“{key}” holds something that is not text"), "Put it in quotes.")
                }
            }
        }
        out
    }
}
