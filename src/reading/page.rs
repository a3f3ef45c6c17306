//! A page under `rules/`: everything about one request type, read from its file.
//!
//! Knows the keys of a page, not what any page says.

mod workflow;

pub(super) use workflow::check as check_workflows;

use super::{
    RuleFile,
    again::{Again, AgainText},
    condition::{Condition, ConditionText, check_field},
    lexicon::LexiconBuilder,
    schedule,
    sheet::{Item, Sheet},
    sign::{Sign, SignText},
};
use crate::domain::{
    field::Piece,
    id::RequestType,
    mistake::Mistake,
    workflow::{Clock, Escalation, Practice, Questions, Staffing, Standard, Step},
};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use toml::Spanned;

/// Words in several languages: `en`, `es`.
pub type ByLanguage = BTreeMap<String, String>;

/// One request type.
#[derive(Debug)]
pub struct Page {
    /// Its key, and the request type's name.
    pub id: RequestType,
    /// What people call it, by language.
    pub title: ByLanguage,
    /// What else people call it, where they name a kind of work.
    pub names: Vec<String>,
    /// What belongs here and what does not, for whoever reads the page.
    pub about: String,
    /// The question to the client for each field that may be missing, by field and language.
    pub questions: BTreeMap<String, ByLanguage>,
    /// How the work is done; `None` on the page of what needs no work.
    pub practice: Option<Practice>,
    /// Messages that the page itself promises to read right.
    pub examples: Vec<Example>,
    /// The file it was read from.
    pub file: String,
    /// What cannot be placed is shown here, doubtful.
    pub(super) fallback: bool,
    /// This is the page of what needs no work.
    pub(super) no_work: bool,
    pub(super) recognise: Recognise,
    pub(super) signs: Vec<Sign>,
    pub(super) complex: Vec<Complex>,
    pub(super) needs: Vec<Need>,
    pub(super) again: Option<Again>,
}

/// Numbers that say how much is enough. Left out on a page: those of `triage.toml`.
#[derive(Debug, Clone, Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct Recognise {
    /// Points from which on a message is of this type.
    #[serde(default)]
    pub(super) enough: Option<i32>,
    /// Points from which on it is asked for besides another request.
    #[serde(default)]
    pub(super) second: Option<i32>,
    /// Between equal points the higher goes first.
    #[serde(default)]
    pub(super) priority: i32,
    /// Never a second request beside these.
    #[serde(default)]
    pub(super) never_beside: Vec<String>,
    /// Where one of these is asked for too, this one comes first: it has to be done before.
    #[serde(default)]
    pub(super) before: Vec<String>,
}

/// When a request needs more experience.
#[derive(Debug)]
pub(super) struct Complex {
    /// It does not decide alone: all words of the message are heard with it.
    pub(super) leans: bool,
    pub(super) when: Condition,
    pub(super) unless: Vec<Condition>,
}

/// What a CSR needs before starting.
#[derive(Debug)]
pub(super) struct Need {
    pub(super) field: String,
    pub(super) parts: Vec<Piece>,
    pub(super) any_of: Vec<String>,
    /// A name among them does only where it has two words or more.
    pub(super) full: bool,
    pub(super) rest: ByLanguage,
    pub(super) when: Vec<Condition>,
    pub(super) unless: Vec<Condition>,
    /// Where it is asked without a person's word; everywhere where the page does not say.
    pub(super) sure: Option<Vec<Condition>>,
}

/// A message that a page promises to read right.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// The subject.
    #[serde(default)]
    pub subject: String,
    /// The body.
    pub text: String,
    /// From, `Name <address>`.
    #[serde(default)]
    pub from: Option<String>,
    /// Further header fields, `Name: value`.
    #[serde(default)]
    pub headers: Vec<String>,
    /// File names of attachments.
    #[serde(default)]
    pub attachments: Vec<String>,
    /// The request types it must be read as, primary first.
    pub types: Vec<String>,
    /// Fields that must be found (others may be).
    #[serde(default)]
    pub fields: BTreeMap<String, toml::Value>,
    /// Exactly these fields are missing.
    #[serde(default)]
    pub missing: Option<Vec<String>>,
    /// Whether it is complex.
    #[serde(default)]
    pub complex: Option<bool>,
    /// Whether it points to what was done last, as `[again]` says.
    #[serde(default)]
    pub again: Option<bool>,
    /// The line on which it begins.
    #[serde(skip)]
    pub line: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ComplexText {
    /// For whoever reads the page.
    why: String,
    #[serde(default)]
    leans: bool,
    when: ConditionText,
    #[serde(default)]
    unless: Vec<ConditionText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NeedText {
    field: Spanned<String>,
    /// Pieces of the field that are needed too.
    #[serde(default)]
    parts: Vec<Piece>,
    /// Other fields that do as well.
    #[serde(default)]
    or: Vec<Spanned<String>>,
    /// A name among those does only where it has two words or more.
    #[serde(default)]
    full: bool,
    question: ByLanguage,
    /// The question for the other half, where half of it is known.
    #[serde(default)]
    rest: Option<ByLanguage>,
    #[serde(default)]
    when: Vec<ConditionText>,
    #[serde(default)]
    unless: Vec<ConditionText>,
    /// Where it is asked without a person's word.
    #[serde(default)]
    sure: Option<Vec<ConditionText>>,
}

const KEYS: [&str; 13] = [
    "id",
    "title",
    "names",
    "about",
    "fallback",
    "no_work",
    "recognise",
    "sign",
    "complex",
    "need",
    "again",
    "work",
    "example",
];

/// Where the parts of a page go while all pages are read.
pub(super) struct Desk<'d, 'l> {
    pub(super) lexicon: &'d mut LexiconBuilder<'l>,
    pub(super) fields: &'d [String],
    pub(super) mistakes: &'d mut Vec<Mistake>,
}

impl Page {
    /// Reads a page; `None` only where not even its id can be read.
    pub(super) fn read(file: &RuleFile, desk: &mut Desk<'_, '_>) -> Option<Self> {
        let mut sheet = Sheet::open(file, desk.mistakes);
        let expected = stem(&file.name);
        let id: Option<Spanned<String>> =
            sheet.must("id", &format!("The page's key, here id = \"{expected}\"."), desk.mistakes);
        let title: Option<Spanned<ByLanguage>> =
            sheet.must("title", "What people call it: title = { en = \"…\", es = \"…\" }.", desk.mistakes);
        if let Some(t) = &title {
            check_languages(t.get_ref(), "the title", t.span().start, file, desk.mistakes);
        }
        let names = sheet.one("names", desk.mistakes).unwrap_or_default();
        let about = sheet.one("about", desk.mistakes).unwrap_or_default();
        let fallback = sheet.one("fallback", desk.mistakes).unwrap_or(false);
        let no_work: bool = sheet.one("no_work", desk.mistakes).unwrap_or(false);
        let recognise = sheet.one("recognise", desk.mistakes).unwrap_or_default();
        let name = id.as_ref().map_or(expected.as_str(), |i| i.get_ref().as_str()).to_owned();
        if let Some(i) = &id {
            check_id(i, &expected, file, desk.mistakes);
        }
        let signs = read_signs(&name, &mut sheet, file, desk);
        let complex = read_complex(&mut sheet, file, desk);
        let (needs, questions) = read_needs(&mut sheet, file, desk);
        let again: Option<AgainText> = sheet.one("again", desk.mistakes);
        let again = again.and_then(|a| a.compile(&name, desk.fields, desk.lexicon, file, desk.mistakes));
        let practice = if no_work {
            None
        } else {
            let practice = read_practice(&mut sheet, desk.mistakes);
            if practice.is_none() && !sheet_says_work(file) {
                desk.mistakes.push(sheet.wrong(
                    1,
                    "the page has no [work]: who does it, in which steps, by when".to_owned(),
                    "Write a [work] table, or no_work = true where nothing is ever to be done.",
                ));
            }
            practice
        };
        let examples = sheet
            .each::<Example>("example", desk.mistakes)
            .into_iter()
            .map(|Item { value, line }| Example { line, ..value })
            .collect();
        sheet.close(&KEYS, desk.mistakes);
        Some(Self {
            id: RequestType(id?.into_inner()),
            title: title.map(Spanned::into_inner).unwrap_or_default(),
            names,
            about,
            questions,
            practice,
            examples,
            file: file.name.clone(),
            fallback,
            no_work,
            recognise,
            signs,
            complex,
            needs,
            again,
        })
    }

    /// What it needs, by field: the pieces, what else does as well, and the question for the other half. Of several needs
    /// of one field the first counts, as with questions.
    pub fn needs(&self) -> impl Iterator<Item = (&str, &[Piece], &[String], &ByLanguage)> {
        let first = |n: &&Need| self.needs.iter().find(|o| o.field == n.field).is_some_and(|o| std::ptr::eq(o, *n));
        let all = self.needs.iter().filter(first);
        all.map(|n| (n.field.as_str(), n.parts.as_slice(), n.any_of.as_slice(), &n.rest))
    }

    /// Whether this is the page of what needs no work.
    #[must_use]
    pub fn is_no_work(&self) -> bool {
        self.no_work
    }
    /// The facts that are taken over where a client points to what was done last.
    #[must_use]
    pub fn taken_over(&self) -> &[String] {
        self.again.as_ref().map_or(&[], |a| a.fields.as_slice())
    }
    /// The title in a language, in English where it has none in it.
    #[must_use]
    pub fn title_in(&self, language: &str) -> &str {
        self.title.get(language).or_else(|| self.title.get("en")).map_or(self.id.as_str(), String::as_str)
    }
}

/// `certificate` of `rules/certificate.toml`.
pub(super) fn stem(name: &str) -> String {
    let base = name.rsplit(['/', '\\']).next().unwrap_or(name);
    base.strip_suffix(".toml").or_else(|| base.strip_suffix(".csv")).unwrap_or(base).to_owned()
}

fn sheet_says_work(file: &RuleFile) -> bool {
    file.text.lines().any(|l| l.trim_start().starts_with("[work]"))
}

fn check_id(id: &Spanned<String>, expected: &str, file: &RuleFile, mistakes: &mut Vec<Mistake>) {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let text = id.get_ref();
    let line = Some(crate::domain::mistake::line_of(&file.text, id.span().start));
    if text.is_empty() || text.len() > 40 || !text.chars().all(plain) {
        mistakes.push(Mistake {
            file: file.name.clone(),
            line,
            what: format!("“{text}” cannot be an id"),
            mend: "Small letters, digits and underscores, at most 40.".to_owned(),
        });
    } else if text != expected {
        mistakes.push(Mistake {
            file: file.name.clone(),
            line,
            what: format!("the id is “{text}”, but the file is called {expected}.toml"),
            mend: format!("Call the file {text}.toml, or the page “{expected}”."),
        });
    }
}

/// English has to be there; no text may be empty.
pub(super) fn check_languages(texts: &ByLanguage, what: &str, at: usize, file: &RuleFile, mistakes: &mut Vec<Mistake>) {
    let mut wrong = |text: String, mend: &str| {
        mistakes.push(Mistake {
            file: file.name.clone(),
            line: Some(crate::domain::mistake::line_of(&file.text, at)),
            what: text,
            mend: mend.to_owned(),
        });
    };
    if !texts.contains_key("en") {
        wrong(format!("{what} has no English text"), "Add en = \"…\"; other languages are used where they are given.");
    }
    for (language, text) in texts {
        if language.len() != 2 || !language.chars().all(|c| c.is_ascii_lowercase()) {
            wrong(format!("{what}: “{language}” is not a language"), "Two small letters: en, es.");
        }
        if text.trim().is_empty() {
            wrong(format!("{what} is empty in “{language}”"), "Write it, or leave the language out.");
        }
    }
}

fn read_signs(page: &str, sheet: &mut Sheet<'_>, file: &RuleFile, desk: &mut Desk<'_, '_>) -> Vec<Sign> {
    let mut names = BTreeSet::new();
    let mut signs = Vec::new();
    for Item { value, line } in sheet.each::<SignText>("sign", desk.mistakes) {
        if !names.insert(value.name().to_owned()) {
            desk.mistakes.push(sheet.wrong(
                line,
                format!("there are two signs “{}”", value.name()),
                "Give each its own name: evidence names it.",
            ));
        }
        signs.extend(value.compile(page, desk.lexicon, file, desk.mistakes));
    }
    signs
}

fn conditions(
    texts: Vec<ConditionText>,
    of: &str,
    line: usize,
    sheet: &Sheet<'_>,
    file: &RuleFile,
    desk: &mut Desk<'_, '_>,
) -> Vec<Condition> {
    let mut out = Vec::new();
    for text in texts {
        if text.is_empty() {
            desk.mistakes.push(sheet.wrong(
                line,
                format!("{of} has an empty condition"),
                "Give it words, fields or facts, or leave it out.",
            ));
            continue;
        }
        out.push(text.compile(of, desk.fields, desk.lexicon, file, desk.mistakes));
    }
    out
}

fn read_complex(sheet: &mut Sheet<'_>, file: &RuleFile, desk: &mut Desk<'_, '_>) -> Vec<Complex> {
    let mut out = Vec::new();
    for Item { value, line } in sheet.each::<ComplexText>("complex", desk.mistakes) {
        let (of, leans) = (format!("complex, “{}”", value.why), value.leans);
        let when = conditions(vec![value.when], &of, line, sheet, file, desk).pop();
        let unless = conditions(value.unless, &of, line, sheet, file, desk);
        out.extend(when.map(|when| Complex { leans, when, unless }));
    }
    out
}

fn read_needs(
    sheet: &mut Sheet<'_>,
    file: &RuleFile,
    desk: &mut Desk<'_, '_>,
) -> (Vec<Need>, BTreeMap<String, ByLanguage>) {
    let (mut needs, mut questions) = (Vec::new(), BTreeMap::new());
    for Item { value, line } in sheet.each::<NeedText>("need", desk.mistakes) {
        let of = format!("the need “{}”", value.field.get_ref());
        check_field(&value.field, &of, desk.fields, file, desk.mistakes);
        for other in &value.or {
            check_field(other, &of, desk.fields, file, desk.mistakes);
        }
        check_languages(&value.question, &format!("{of}: its question"), value.field.span().start, file, desk.mistakes);
        if let Some(rest) = &value.rest {
            let of = format!("{of}: its question for the rest");
            check_languages(rest, &of, value.field.span().start, file, desk.mistakes);
        }
        let when = conditions(value.when, &of, line, sheet, file, desk);
        let unless = conditions(value.unless, &of, line, sheet, file, desk);
        let sure = value.sure.map(|sure| conditions(sure, &of, line, sheet, file, desk));
        let field = value.field.into_inner();
        // The first question for a field is the one that letters ask.
        questions.entry(field.clone()).or_insert(value.question);
        let any_of = value.or.into_iter().map(Spanned::into_inner).collect();
        let (parts, full, rest) = (value.parts, value.full, value.rest.unwrap_or_default());
        needs.push(Need { field, parts, any_of, full, rest, when, unless, sure });
    }
    (needs, questions)
}

/// Reads a `[work]` table; each step and rung alone, so that each can be wrong alone.
pub(super) fn read_practice(sheet: &mut Sheet<'_>, mistakes: &mut Vec<Mistake>) -> Option<Practice> {
    let mut work = sheet.inside("work", mistakes)?;
    let staff = work.must::<Staffing>("staff", "staff = { simple = \"csr\", complex = \"account_manager\" }", mistakes);
    let done_when = work.must::<String>("done_when", "What “done” means, in a sentence.", mistakes);
    let standard = work.must::<Standard>(
        "standard",
        "standard = { first_touch = \"24h\", turnaround = \"8 office hours\", lead = \"24h\", \
         idle = \"2 business days\", follow_up = \"3 business days\" }",
        mistakes,
    );
    let steps = work.each::<Step>("step", mistakes);
    let escalations = work.each::<Escalation>("escalate", mistakes);
    let letters = work.one("letters", mistakes).unwrap_or_default();
    let weight = work.one("weight", mistakes).unwrap_or_default();
    let at_once = work.one("at_once", mistakes).unwrap_or_default();
    let questions: Option<Questions> = work.one("questions", mistakes);
    let undecided = work.one("undecided", mistakes).unwrap_or_default();
    let mut seen = BTreeSet::new();
    for Item { value, line } in &steps {
        if !seen.insert(value.id.as_str()) {
            mistakes.push(work.wrong(
                *line,
                format!("there are two steps “{}”", value.id),
                "Each step needs an id of its own: tasks remember it.",
            ));
        }
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
        if value.id.as_str().is_empty() || !value.id.as_str().chars().all(plain) {
            mistakes.push(work.wrong(
                *line,
                format!("“{}” cannot be the id of a step", value.id),
                "Small letters, digits, hyphens and underscores.",
            ));
        }
    }
    if steps.is_empty() {
        mistakes.push(work.wrong(
            1,
            "[work] has no steps, so nobody would know what to do".to_owned(),
            "Write at least one [[work.step]] with id and title.",
        ));
    }
    for Item { value, line } in &escalations {
        if value.tell.is_empty() {
            mistakes.push(work.wrong(
                *line,
                "this escalation tells nobody".to_owned(),
                "tell = [\"assignee\"], or operations_manager, owner.",
            ));
        }
    }
    for Item { value, line } in &steps {
        for (what, mend) in workflow::wrong(value) {
            mistakes.push(work.wrong(*line, what, mend));
        }
    }
    for Item { line, .. } in escalations.iter().filter(|i| i.value.clock == Clock::StillOpen) {
        mistakes.push(work.wrong(
            *line,
            "“still_open” is no clock of a page: it holds for every open task".to_owned(),
            "Take the block out; `again` in the standard says how often it is told.",
        ));
    }
    let pipeline = schedule::read(&mut work, &steps, &escalations, mistakes);
    work.close(
        &[
            "staff",
            "weight",
            "at_once",
            "undecided",
            "done_when",
            "standard",
            "questions",
            "step",
            "escalate",
            "letters",
            "pipeline",
        ],
        mistakes,
    );
    Some(Practice {
        staff: staff?,
        weight,
        at_once,
        undecided,
        steps: steps.into_iter().map(|i| i.value).collect(),
        done_when: done_when?,
        standard: standard?,
        questions,
        escalations: escalations.into_iter().map(|i| i.value).collect(),
        letters,
        pipeline,
    })
}
