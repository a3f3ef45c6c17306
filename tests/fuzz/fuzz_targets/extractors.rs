//! Breaks the reading by the built-in rules: whatever they say they found stands in the message at the place they name,
//! and the value of each field is what its words are, normalised as the rules do (see `tests/evidence.rs` and
//! `extract_tests.rs`).
#![no_main]

use intaked::domain::calendar::Calendar;
use intaked::domain::field::{Field, FieldValue, Place, Provenance, Span};
use intaked::domain::reading::{Evidence, Reading};
use intaked::domain::text::{HeaderText, folded};
use intaked::message::attached::{Caps, Sealed, open};
use intaked::message::{Attachment, Message};
use intaked::reading::{Circumstances, Rulebook, built_in_files};
use intaked_fuzz::{assert_sound, contain_other_peoples_panics, mail};
use libfuzzer_sys::fuzz_target;
use std::collections::BTreeMap;
use std::sync::LazyLock;

static RULEBOOK: LazyLock<Rulebook> = LazyLock::new(Rulebook::built_in);
static CALENDAR: LazyLock<Calendar> = LazyLock::new(|| Calendar::usual(chrono_tz::America::Chicago));
/// By field that patterns read: which values it may have.
static VALUES: LazyLock<BTreeMap<String, Vec<String>>> = LazyLock::new(|| {
    let file = built_in_files().into_iter().find(|f| f.name.ends_with("/fields.toml")).unwrap();
    let fields: toml::Table = file.text.parse().unwrap();
    let listed = |f: &toml::Value| {
        let values = f.get("values")?.as_table()?.keys().flat_map(|v| v.split('|')).map(str::to_owned).collect();
        matches!(f.get("extractor")?.as_str()?, "vocabulary").then_some((f.get("name")?.as_str()?.to_owned(), values))
    };
    fields["field"].as_array().unwrap().iter().filter_map(listed).collect()
});

/// Stands between subject, body and attached list.
const BETWEEN: char = '\u{1E}';

/// A mail whose body this is; with a subject and a list of vehicles or drivers attached where there are such pieces.
fn message(text: &str) -> Message {
    let mut pieces = text.splitn(3, BETWEEN);
    let body = pieces.next().unwrap_or_default();
    let mut message = Message::parse(&mail("policy", "text/plain", body));
    if let Some(subject) = pieces.next() {
        message.subject = HeaderText::new(subject);
    }
    if let Some(list) = pieces.next() {
        let (name, content_type) = ("schedule.csv".to_owned(), "text/csv".to_owned());
        let opened =
            open(&Sealed { name: &name, content_type: &content_type, bytes: list.as_bytes() }, &Caps::default());
        let (text, held) = (Some(opened.text).filter(|t| !t.is_empty()), Some(opened.held));
        message.attachments.push(Attachment { name, content_type, size: list.len(), inline: false, text, held });
    }
    message
}

/// The words that stand at a span; `None` outside the text or amid a character.
fn words_at(message: &Message, span: Span) -> Option<String> {
    let text = match span.place {
        Place::Subject => message.subject.as_str().to_owned(),
        Place::Text => message.text.clone(),
        Place::AttachmentName(n) => message.attachments.get(usize::from(n))?.name.clone(),
        Place::AttachmentText(n) => message.attachments.get(usize::from(n))?.text.clone()?,
        Place::From => message.from.as_ref()?.to_string(),
    };
    text.get(span.start as usize..span.end as usize).map(str::to_owned)
}

/// What folding keeps: letters and digits of ASCII.
fn kept(words: &str) -> String {
    words.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

fn assert_evidence(message: &Message, e: &Evidence) {
    // Of header fields nobody says where.
    if e.span.end == 0 {
        return;
    }
    let there = words_at(message, e.span);
    let same = there.as_deref().is_some_and(|t| {
        if t.is_ascii() {
            kept(t) == kept(&e.words)
        } else {
            t.split_whitespace().count() == e.words.split(' ').count()
        }
    });
    assert!(same, "{} says {:?}, and at {:?} stands {there:?}", e.rule, e.words, e.span);
}

/// Digits that were spelled, in figures: “four four dash one” is 441, and so is “cuatro cuatro guion uno”.
fn in_figures(words: &str) -> String {
    const DIGITS: [&str; 10] = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    const IN_SPANISH: [&str; 10] =
        ["cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"];
    let mut out = String::new();
    let mut all = words.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).peekable();
    while let Some(word) = all.next() {
        let low = word.to_lowercase();
        // “H as in Harry” is H.
        if low == "as" && all.next_if(|next| next.eq_ignore_ascii_case("in")).is_some() {
            all.next();
            continue;
        }
        let named = || [DIGITS, IN_SPANISH].iter().find_map(|all| all.iter().position(|d| *d == low));
        let digit = if low == "oh" { Some(0) } else { named() };
        match digit {
            Some(d) => out.push_str(&d.to_string()),
            None if matches!(low.as_str(), "dash" | "hyphen" | "guion" | "guión" | "uh" | "um" | "eh" | "este") => {}
            None => out.push_str(word),
        }
    }
    out
}

/// Forms ask for first and last name apart, a line each: the words of the name, with the second label between them.
fn in_two_lines(value: &str, words: &str) -> bool {
    let mut rest = words.split_whitespace();
    words.contains('\n') && value.split_whitespace().all(|v| rest.any(|w| folded(w) == folded(v)))
}

/// Whether each word of `value` stands somewhere in `words`: cells of a row, in another order or with others between.
fn made_of(value: &str, words: &str) -> bool {
    let words = folded(words);
    value.split_whitespace().all(|w| words.contains(&folded(w)))
}

fn is_its_words(field: &Field, words: &str, attached: bool) -> bool {
    let same = |v: &str| folded(words).contains(&folded(v)) || folded(&in_figures(words)).contains(&folded(v));
    match &field.value {
        FieldValue::Text(s) => match VALUES.get(&field.name) {
            Some(values) => values.contains(s),
            None if attached => made_of(s, words),
            None => {
                let one_line = s.split_whitespace().collect::<Vec<_>>().join(" ");
                let same = folded(words) == folded(s) || folded(&in_figures(words)) == folded(s);
                !s.is_empty() && one_line == *s && (same || in_two_lines(s, words))
            }
        },
        // A day and a sum have many spellings; a year of four digits is the day's own.
        FieldValue::Date(d) => {
            let years: Vec<&str> = words.split(|c: char| !c.is_ascii_digit()).filter(|n| n.len() == 4).collect();
            let years: Vec<&str> = years.into_iter().filter(|n| n.starts_with("19") || n.starts_with("20")).collect();
            years.is_empty() || years.contains(&d.format("%Y").to_string().as_str())
        }
        FieldValue::Number(n) => n.is_finite() && *n >= 0.0,
        FieldValue::Flag(asked) => *asked,
        FieldValue::Party { name, address } => {
            !name.is_empty() && same(name) && address.iter().flat_map(|a| a.split(", ")).all(same)
        }
        FieldValue::Driver { name, license, .. } => {
            let in_order = |v: &str| if attached { made_of(&v.replace(',', " "), words) } else { same(v) };
            name.as_deref().is_none_or(in_order) && license.as_deref().is_none_or(same)
        }
    }
}

fn assert_field(message: &Message, field: &Field) {
    let Provenance::Message { span, words, rule, .. } = &field.from else { panic!("{field:?}") };
    assert_eq!(words_at(message, *span).as_deref(), Some(words.as_str()), "{field:?}");
    assert!(!words.trim().is_empty() && field.confidence <= 100, "{field:?}");
    let attached = rule.starts_with("attached/");
    assert!(attached || rule.starts_with("fields/"), "{field:?}");
    assert!(is_its_words(field, words, attached), "{field:?}");
}

fn assert_reading(message: &Message, reading: &Reading) {
    assert!(!(reading.requests.is_empty() && reading.no_work.is_empty()), "neither work nor none");
    assert!(["en", "es"].contains(&reading.language.as_str()));
    let requests = reading.requests.iter().chain(&reading.also_considered).flat_map(|r| &r.evidence);
    let hazards = reading.hazards.iter().flat_map(|h| &h.evidence);
    requests.chain(hazards).chain(&reading.no_work).for_each(|e| assert_evidence(message, e));
    reading.fields.iter().for_each(|f| assert_field(message, f));
}

fuzz_target!(init: contain_other_peoples_panics(), |data: &[u8]| {
    let message = message(&String::from_utf8_lossy(data));
    assert_sound(&message);
    let around = Circumstances {
        received: message.date.unwrap_or_default(),
        calendar: &CALENDAR,
        own_domains: &["agency.example".to_owned()],
        own_addresses: &[],
    };
    assert_reading(&message, &RULEBOOK.read(&message, &around));
});
