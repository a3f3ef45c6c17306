//! All rules of an agency, loaded and checked as one, and the reading of a message by them.

mod needs;
mod reply;

pub use needs::SaidBy;

use super::{
    Circumstances, RuleFile, attached,
    complex::{Case, Judge},
    condition::{Facts, Found},
    extract::{Asked, Extractors, TraitLesson},
    folded::Folded,
    lexicon::{Hits, Lexicon, LexiconBuilder},
    manner::{Hazards, Manner, Sources, facts_of, pick},
    page::{Desk, Page, check_workflows, read_practice, stem},
    phrase::WordLists,
    rank::{Seen, Thresholds, rank, request},
    sheet::Sheet,
    wording::{Lesson, Wording},
};
use crate::{
    domain::{
        field::Field,
        mistake::Mistake,
        reading::{Certainty, Channel, Reading, Request, SenderKind},
        text::{cut, hex},
        workflow::Practice,
    },
    message::{Message, Part, PartKind, TEXT_MAX},
};
use chrono::NaiveDate;
use reply::shows_a_sign;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// The rules of an agency: its pages, and what they share.
#[derive(Debug)]
pub struct Rulebook {
    pages: Vec<Page>,
    lexicon: Lexicon,
    sources: Sources,
    manner: Manner,
    hazards: Hazards,
    extractors: Extractors,
    marks: Thresholds,
    wording: Wording,
    /// The file that `wording` was read from.
    wording_file: RuleFile,
    /// The file with the weights of dates.
    dates_file: RuleFile,
    /// The file with the weights of words for kinds.
    kinds_file: RuleFile,
    /// The file with the weights of names.
    names_file: RuleFile,
    judge: Judge,
    /// The file that `judge` was read from.
    complex_file: RuleFile,
    triage: Practice,
    version: String,
}

/// A message in which all patterns were found.
struct Opened {
    folded: Folded,
    hits: Hits,
    facts: Facts,
    channel: Channel,
    sender: SenderKind,
}

/// Files that are no pages: what all pages share. One that a folder lacks is taken as built in.
const SHARED: [&str; 11] =
    ["words", "fields", "sources", "manner", "hazards", "triage", "wording", "dates", "kinds", "names", "complex"];

impl Rulebook {
    /// Loads and checks all rules. Examples are not run: see [`Rulebook::check_examples`].
    ///
    /// # Errors
    /// Every mistake in every file, each with file, line and the mend.
    pub fn load(files: &[RuleFile]) -> Result<Self, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let built_in = super::built_in_files();
        let shared = |stem: &str| pick(files, &built_in, stem);
        let lists = shared("words").map(|f| word_lists(f, &mut mistakes)).unwrap_or_default();
        let dates_file = shared("dates").cloned().unwrap_or_default();
        let kinds_file = shared("kinds").cloned().unwrap_or_default();
        let names_file = shared("names").cloned().unwrap_or_default();
        let own = |file: &RuleFile| !built_in.contains(file);
        let extractors = shared("fields").and_then(|f| {
            let read = Extractors::load(f).and_then(|e| e.with_dates(&dates_file, own(&dates_file)));
            let read = read.and_then(|e| e.with_kinds(&kinds_file, own(&kinds_file)));
            let read = read.and_then(|e| e.with_names(&names_file, own(&names_file)));
            read.map_err(|wrong| mistakes.extend(wrong)).ok()
        });
        let fields: Vec<String> = extractors.iter().flat_map(Extractors::names).map(str::to_owned).collect();
        let mut lexicon = LexiconBuilder::new(&lists);
        if let Some(file) = shared("words") {
            lexicon.settle(file, &mut mistakes);
        }
        let mut desk = Desk { lexicon: &mut lexicon, fields: &fields, mistakes: &mut mistakes };
        let sources = shared("sources").map(|f| Sources::read(f, &mut desk)).unwrap_or_default();
        let manner = shared("manner").map(|f| Manner::read(f, &mut desk)).unwrap_or_default();
        let hazards = shared("hazards").map(|f| Hazards::read(f, &mut desk)).unwrap_or_default();
        let mut pages = Vec::new();
        for file in files.iter().filter(|f| !SHARED.contains(&stem(&f.name).as_str())) {
            pages.extend(Page::read(file, &mut desk));
        }
        let triage = shared("triage").and_then(|f| triage(f, desk.mistakes));
        check_pages(&pages, &mut mistakes);
        let texts = files.iter().map(|f| (f.name.as_str(), f.text.as_str())).collect();
        check_workflows(&pages, &texts, &fields, &hazards.keys(), &mut mistakes);
        let ids: Vec<&str> = pages.iter().map(|p| p.id.as_str()).collect();
        let wording_file = shared("wording").cloned().unwrap_or_default();
        let wording = Wording::read(&wording_file, own(&wording_file), &ids, &mut mistakes);
        let complex_file = shared("complex").cloned().unwrap_or_default();
        let judge = Judge::read(&complex_file, own(&complex_file), &mut mistakes);
        let lexicon = lexicon.finish();
        mistakes.sort();
        match (triage, extractors) {
            (Some((marks, triage)), Some(extractors)) if mistakes.is_empty() => Ok(Self {
                pages,
                extractors,
                lexicon,
                sources,
                manner,
                hazards,
                marks,
                wording,
                wording_file,
                dates_file,
                kinds_file,
                names_file,
                judge,
                complex_file,
                triage,
                version: version(files),
            }),
            _ => Err(mistakes),
        }
    }

    /// The rules that come with the program.
    #[must_use]
    #[expect(clippy::panic, reason = "the files are compiled in; a test proves that they load")]
    pub fn built_in() -> Self {
        Self::load(&super::built_in_files()).unwrap_or_else(|mistakes| {
            let all = mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
            panic!("the built-in rules are wrong:\n{all}")
        })
    }

    /// The pages, by the name of their files.
    pub fn pages(&self) -> impl Iterator<Item = &Page> {
        self.pages.iter()
    }

    /// How work is done that cannot be placed.
    #[must_use]
    pub fn triage(&self) -> &Practice {
        &self.triage
    }

    /// What reads the fields.
    pub(super) fn extractors(&self) -> &Extractors {
        &self.extractors
    }

    /// The file that the table of words was read from.
    #[must_use]
    pub fn wording_file(&self) -> &RuleFile {
        &self.wording_file
    }

    /// What the pages' examples teach.
    pub fn example_lessons(&self) -> impl Iterator<Item = Lesson> {
        let all = self.pages.iter().flat_map(|p| &p.examples);
        all.map(|example| Lesson::of(&super::examples::message_of(example), &example.types))
    }

    /// The file that the weights of dates were read from.
    #[must_use]
    pub fn dates_file(&self) -> &RuleFile {
        &self.dates_file
    }

    /// What a message teaches about dates. `types`: what it asks for, the first one first. `stated` gives a field's date,
    /// an inner `None` where the message states none, an outer one where that is not known.
    #[must_use]
    pub fn date_lessons(
        &self,
        message: &Message,
        circumstances: &Circumstances<'_>,
        types: &[&str],
        stated: &dyn Fn(&str) -> Option<Option<NaiveDate>>,
    ) -> Vec<TraitLesson> {
        self.extractors.date_lessons(message, circumstances, types, stated)
    }

    /// The file that the weights of words for kinds were read from.
    #[must_use]
    pub fn kinds_file(&self) -> &RuleFile {
        &self.kinds_file
    }

    /// What a message teaches about the kinds that the words speak for. `types`: what it asks for; `stated` gives a
    /// field's values, `None` where they are not known.
    #[must_use]
    pub fn kind_lesson(
        &self,
        message: &Message,
        circumstances: &Circumstances<'_>,
        types: &[&str],
        stated: &dyn Fn(&str) -> Option<Vec<String>>,
    ) -> Option<TraitLesson> {
        self.extractors.kind_lesson(message, circumstances, types, stated)
    }

    /// The file that the weights of names were read from.
    #[must_use]
    pub fn names_file(&self) -> &RuleFile {
        &self.names_file
    }

    /// What a message teaches about names that asks for these types. `stated` gives the name in a field's value, an inner
    /// `None` where the message states none, an outer one where that is not known.
    #[must_use]
    pub fn name_lessons(
        &self,
        message: &Message,
        circumstances: &Circumstances<'_>,
        types: &[&str],
        stated: &dyn Fn(&str) -> Option<Option<String>>,
    ) -> Vec<TraitLesson> {
        let Opened { channel, sender, .. } = self.open(message, circumstances);
        self.extractors.name_lessons(message, circumstances, &Asked { types, sender, channel }, stated)
    }

    /// The file that the weights of what is complex were read from.
    #[must_use]
    pub fn complex_file(&self) -> &RuleFile {
        &self.complex_file
    }

    /// What a message teaches that asks for these types, the first of which is complex or is not.
    #[must_use]
    pub fn complex_lesson(
        &self,
        message: &Message,
        circumstances: &Circumstances<'_>,
        types: &[&str],
        complex: bool,
    ) -> Option<TraitLesson> {
        let Opened { folded, channel, sender, .. } = self.open(message, circumstances);
        let asked = Asked { types, sender, channel };
        let fields = self.fields(message, circumstances, &asked);
        Case::new(&folded, &fields, &asked, &self.extractors).lesson(complex)
    }

    /// A digest of all rules: 16 hex digits.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Finds all patterns in a message, and with them how it came and who wrote.
    fn open(&self, message: &Message, circumstances: &Circumstances<'_>) -> Opened {
        let folded = Folded::of(message);
        let hits = self.lexicon.scan(&folded);
        let mut facts = facts_of(message, circumstances);
        // Both add to the facts what pages may ask for.
        let channel = self.sources.channel(&hits, &mut facts, &folded);
        let sender = self.sources.sender(&hits, &mut facts, &folded);
        Opened { folded, hits, facts, channel, sender }
    }

    /// What a message states that asks for this work, in its text and in its attachments.
    fn fields(&self, message: &Message, circumstances: &Circumstances<'_>, asked: &Asked<'_>) -> Vec<Field> {
        let known = |field: &str| self.extractors.names().any(|n| n == field);
        attached::fields(message, self.extractors.run(message, circumstances, asked), known)
    }

    /// Reads a message.
    #[must_use]
    pub fn read(&self, message: &Message, circumstances: &Circumstances<'_>) -> Reading {
        let Opened { folded, hits, facts, channel, sender } = self.open(message, circumstances);
        let reply = facts.has(super::condition::Fact::Reply);
        let seen = Seen {
            pages: &self.pages,
            marks: &self.marks,
            wording: &self.wording,
            known: &self.wording.known(&folded),
            hits: &hits,
            facts,
            folded: &folded,
        };
        let ranking = rank(&seen, reply);
        let nothing = ranking.requests.is_empty() && !ranking.no_work.is_empty();
        // A field belongs to pages: where the reading is in doubt, to those that were considered too.
        let considered = ranking.also_considered.iter().filter(|_| ranking.certainty == Certainty::Doubtful);
        let types: Vec<&str> = ranking.requests.iter().chain(considered).map(|(page, _)| page.id.as_str()).collect();
        let asked = Asked { types: &types, sender, channel };
        let fields = if nothing { Vec::new() } else { self.fields(message, circumstances, &asked) };
        let found = Found { hits: &hits, fields: &fields, facts };
        // What was only considered is not asked for besides.
        let requested = Asked { types: types.get(..ranking.requests.len()).unwrap_or(&types), ..asked };
        let case = Case::new(&folded, &fields, &requested, &self.extractors);
        let made = |of: Vec<_>| -> Vec<Request> {
            let judged = |page: &Page, leans| self.judge.finds_complex(&case, page.id.as_str(), leans);
            of.into_iter().map(|(page, sum)| request(page, sum, &found, &folded, judged)).collect()
        };
        let requests = made(ranking.requests);
        let also_considered = made(ranking.also_considered);
        let (hazards, urgent) = if nothing {
            (Vec::new(), false)
        } else {
            (self.hazards.found(&found, &folded), self.manner.is_urgent(&found, &folded, message, circumstances))
        };
        let chases = self.manner.chases(&found, &folded);
        let plain = !shows_a_sign(&requests, &ranking.no_work);
        let short = if reply { self.short(message, circumstances, plain) } else { None };
        let points_back = if reply { self.points_back(&found, &folded) } else { Vec::new() };
        Reading {
            short,
            points_back,
            chases,
            channel,
            sender_kind: sender,
            requests,
            no_work: ranking.no_work,
            certainty: ranking.certainty,
            also_considered,
            hazards,
            urgent,
            language: self.manner.language(&folded),
            rules_version: self.version.clone(),
            notes: message.defects.iter().cloned().chain(attached::notes(message)).collect(),
            fields,
        }
    }

    /// Reads words that a person took down: a telephone call, a walk-in.
    #[must_use]
    pub fn read_words(&self, words: &str, circumstances: &Circumstances<'_>) -> Reading {
        let clean: String =
            cut(words, TEXT_MAX).chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect();
        let parts = vec![Part { kind: PartKind::New, start: 0, end: clean.len() }];
        let message = Message { text: clean, parts, date: Some(circumstances.received), ..Message::default() };
        self.read(&message, circumstances)
    }

    /// Steps that finding all patterns in a message takes.
    #[cfg(test)]
    pub(super) fn work(&self, message: &Message) -> u64 {
        self.lexicon.scan_counted(&Folded::of(message)).1
    }

    /// All its patterns.
    #[cfg(test)]
    pub(super) fn into_lexicon(self) -> Lexicon {
        self.lexicon
    }

    /// Whether a page of this id is that of what needs no work.
    #[must_use]
    pub fn is_no_work(&self, id: &str) -> bool {
        self.no_work_page().is_some_and(|p| p.id.as_str() == id)
    }

    /// The page of what needs no work, where there is one.
    pub(super) fn no_work_page(&self) -> Option<&Page> {
        self.pages.iter().find(|p| p.no_work)
    }
}

fn word_lists(file: &RuleFile, mistakes: &mut Vec<Mistake>) -> WordLists {
    let mut sheet = Sheet::open(file, mistakes);
    let lists: BTreeMap<String, Vec<String>> = sheet.one("words", mistakes).unwrap_or_default();
    sheet.close(&["words"], mistakes);
    for (name, words) in &lists {
        if words.is_empty() || !name.chars().all(|c| c.is_ascii_lowercase() || c == '_') {
            mistakes.push(sheet_less(
                file,
                format!("the word list “{name}” is empty, or its name has more than small letters"),
                "[words] name = [\"first\", \"second\"]",
            ));
        }
    }
    lists
}

fn sheet_less(file: &RuleFile, what: String, mend: &str) -> Mistake {
    Mistake { file: file.name.clone(), line: None, what, mend: mend.to_owned() }
}

fn triage(file: &RuleFile, mistakes: &mut Vec<Mistake>) -> Option<(Thresholds, Practice)> {
    let before = mistakes.len();
    let mut sheet = Sheet::open(file, mistakes);
    let marks = sheet.must("marks", "The numbers that say how much is enough; see rules/README.md.", mistakes);
    let practice = read_practice(&mut sheet, mistakes);
    if practice.is_none() && mistakes.len() == before {
        mistakes.push(sheet_less(
            file,
            "[work] is missing".to_owned(),
            "Say who sorts what cannot be placed, and how.",
        ));
    }
    sheet.close(&["marks", "work"], mistakes);
    Some((marks?, practice?))
}

/// What only shows when all pages are there.
fn check_pages(pages: &[Page], mistakes: &mut Vec<Mistake>) {
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    let about = |page: &Page, what: String, mend: &str| Mistake {
        file: page.file.clone(),
        line: None,
        what,
        mend: mend.to_owned(),
    };
    for page in pages {
        if let Some(other) = seen.insert(page.id.as_str(), page.file.as_str()) {
            let what = format!("the page “{}” exists already, in {other}", page.id);
            mistakes.push(about(page, what, "Each id may be used by one page."));
        }
        if page.signs.is_empty() && !page.fallback && mistakes.is_empty() {
            mistakes.push(about(
                page,
                "the page has no [[sign]], so no message would ever be read as this".to_owned(),
                "Write at least one [[sign]] with name, weight and words.",
            ));
        }
    }
    for page in pages {
        let named = page.recognise.never_beside.iter().chain(&page.recognise.before);
        for other in named.filter(|o| !seen.contains_key(o.as_str())) {
            let what = format!("[recognise] names “{other}”, and there is no such page");
            let mend = format!("Pages: {}.", seen.keys().copied().collect::<Vec<_>>().join(", "));
            mistakes.push(about(page, what, &mend));
        }
        for (example, kind) in page.examples.iter().flat_map(|e| e.types.iter().map(move |t| (e, t))) {
            if !seen.contains_key(kind.as_str()) {
                mistakes.push(Mistake {
                    line: Some(example.line),
                    ..about(page, format!("this example names “{kind}”, and there is no such page"), "")
                });
            }
        }
    }
    let fallbacks: Vec<&Page> = pages.iter().filter(|p| p.fallback).collect();
    if fallbacks.len() != 1 {
        let names = fallbacks.iter().map(|p| p.file.as_str()).collect::<Vec<_>>().join(", ");
        mistakes.push(Mistake {
            file: if names.is_empty() { "rules".to_owned() } else { names },
            line: None,
            what: format!("{} pages have fallback = true; it has to be one", fallbacks.len()),
            mend: "Mark the page under which a person sees what could not be placed.".to_owned(),
        });
    }
}

/// A digest of names and texts, whatever order the files come in.
fn version(files: &[RuleFile]) -> String {
    let mut sorted: Vec<&RuleFile> = files.iter().collect();
    sorted.sort_by_key(|f| stem(&f.name));
    let mut digest = Sha256::new();
    for f in sorted {
        let name = stem(&f.name);
        digest.update((name.len() as u64).to_be_bytes());
        digest.update(name.as_bytes());
        digest.update((f.text.len() as u64).to_be_bytes());
        digest.update(f.text.as_bytes());
    }
    hex(&digest.finalize(), 8)
}
