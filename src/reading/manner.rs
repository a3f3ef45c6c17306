//! What is true of a message whatever it asks: how it came, who wrote, how pressing it is, in which language, and which
//! dangers it speaks of. Reads `sources.toml`, `manner.toml`, `hazards.toml`.
//!
//! Knows no page.

#[cfg(test)]
#[path = "manner/manner_tests.rs"]
mod manner_tests;

use super::{
    Circumstances, RuleFile,
    condition::{Condition, ConditionText, Fact, Facts, Found, any_holds, of_channel, of_sender},
    folded::{Folded, Zone},
    lexicon::Hits,
    page::Desk,
    sheet::{Item, Sheet},
    sign::{Loudness, Sign, SignText, tally},
};
use crate::{
    domain::{
        field::{Field, FieldValue},
        reading::{Channel, Evidence, Hazard, SenderKind},
        text::WordMap,
    },
    message::{Message, PartKind},
};
use chrono::NaiveDate;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The channels, in the order in which ties are broken.
const CHANNELS: [(&str, Channel); 4] = [
    ("voicemail", Channel::Voicemail),
    ("sms", Channel::Sms),
    ("webform", Channel::Webform),
    ("portal", Channel::Portal),
];
/// The kinds of sender, in the order in which ties are broken.
const SENDERS: [(&str, SenderKind); 6] = [
    ("staff", SenderKind::Staff),
    ("client", SenderKind::Client),
    ("carrier", SenderKind::Carrier),
    ("third_party", SenderKind::ThirdParty),
    ("automated", SenderKind::Automated),
    ("spam", SenderKind::Spam),
];

/// Rules for how a message came and who wrote it.
#[derive(Debug, Default)]
pub(super) struct Sources {
    enough: i32,
    channels: Vec<(Channel, Vec<Sign>)>,
    senders: Vec<(SenderKind, Vec<Sign>)>,
}

impl Sources {
    pub(super) fn read(file: &RuleFile, desk: &mut Desk<'_, '_>) -> Self {
        let mut sheet = Sheet::open(file, desk.mistakes);
        let enough = sheet.one("enough", desk.mistakes).unwrap_or(10);
        let channels = named_signs(&mut sheet, &CHANNELS, file, desk);
        let senders = named_signs(&mut sheet, &SENDERS, file, desk);
        let known: Vec<&str> =
            ["enough"].into_iter().chain(CHANNELS.map(|(n, _)| n)).chain(SENDERS.map(|(n, _)| n)).collect();
        sheet.close(&known, desk.mistakes);
        Self { enough, channels, senders }
    }

    /// How it came. Sets the fact of the channel.
    pub(super) fn channel(&self, hits: &Hits, facts: &mut Facts, folded: &Folded) -> Channel {
        let found = self.best(&self.channels, hits, *facts, folded).unwrap_or_default();
        facts.set(of_channel(found), true);
        // What stands before the address there is the gateway's name, not the caller's.
        if matches!(found, Channel::Voicemail | Channel::Sms) {
            facts.set(Fact::NamedSender, false);
        }
        found
    }

    /// Who wrote. Sets the fact of the sender's kind.
    pub(super) fn sender(&self, hits: &Hits, facts: &mut Facts, folded: &Folded) -> SenderKind {
        let found = self.best(&self.senders, hits, *facts, folded).unwrap_or_default();
        facts.set(of_sender(found), true);
        found
    }

    fn best<T: Copy>(&self, of: &[(T, Vec<Sign>)], hits: &Hits, facts: Facts, folded: &Folded) -> Option<T> {
        let loudness = Loudness { subject: 100, attachment: 100, attachment_text: false, settled: 100 };
        let mut best: Option<(i32, T)> = None;
        for (what, signs) in of {
            let score = tally(signs, hits, facts, folded, loudness).score;
            if best.as_ref().is_none_or(|(s, _)| score > *s) {
                best = Some((score, *what));
            }
        }
        best.filter(|(score, _)| *score >= self.enough).map(|(_, what)| what)
    }
}

/// `[[voicemail]]`, `[[sms]]` …: signs under the name of what they speak for.
fn named_signs<T: Copy>(
    sheet: &mut Sheet<'_>,
    names: &[(&str, T)],
    file: &RuleFile,
    desk: &mut Desk<'_, '_>,
) -> Vec<(T, Vec<Sign>)> {
    let mut out = Vec::new();
    for (name, what) in names {
        let texts = sheet.each::<SignText>(name, desk.mistakes);
        let signs =
            texts.into_iter().filter_map(|i| i.value.compile(name, desk.lexicon, file, desk.mistakes)).collect();
        out.push((*what, signs));
    }
    out
}

/// How it is said: urgency and language.
#[derive(Debug, Default)]
pub(super) struct Manner {
    enough: i32,
    urgent: Vec<Sign>,
    /// Somebody asks how a matter stands.
    chaser: Vec<Sign>,
    /// Date fields that make a message urgent when they are within one business day.
    dates: Vec<String>,
    /// Date fields that say when something begins: the same day in one of `dates` presses nobody.
    starts: Vec<String>,
    languages: Languages,
}

/// The languages that messages are told apart by.
#[derive(Debug, Default)]
struct Languages {
    /// Name, and how many words have to stand in the text.
    names: Vec<(String, usize)>,
    /// By word: the languages that have it, as a set of bits.
    of_word: WordMap<Vec<u8>, u32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Language {
    /// How many of its words have to stand in the text.
    at_least: usize,
    words: Vec<String>,
}

/// From which confidence on a date is taken for the day on which something is wanted.
const SURE: u8 = 60;
/// Words of a text that are looked at to tell its language.
const LANGUAGE_SAMPLE: usize = 80;

impl Manner {
    pub(super) fn read(file: &RuleFile, desk: &mut Desk<'_, '_>) -> Self {
        let mut sheet = Sheet::open(file, desk.mistakes);
        let enough = sheet.one("enough", desk.mistakes).unwrap_or(10);
        let dates = sheet.one("urgent_dates", desk.mistakes).unwrap_or_default();
        let starts = sheet.one("start_dates", desk.mistakes).unwrap_or_default();
        let mut signs = |name: &str| -> Vec<Sign> {
            let texts = sheet.each::<SignText>(name, desk.mistakes);
            texts.into_iter().filter_map(|i| i.value.compile(name, desk.lexicon, file, desk.mistakes)).collect()
        };
        let (urgent, chaser) = (signs("urgent"), signs("chaser"));
        let languages: BTreeMap<String, Language> = sheet.one("language", desk.mistakes).unwrap_or_default();
        sheet.close(&["enough", "urgent_dates", "start_dates", "urgent", "chaser", "language"], desk.mistakes);
        Self { enough, urgent, chaser, dates, starts, languages: Languages::new(languages) }
    }

    /// The words with which the sender asks how a matter stands; none where they do not.
    pub(super) fn chases(&self, found: &Found<'_>, folded: &Folded) -> Vec<Evidence> {
        let loudness = Loudness { subject: 100, attachment: 0, attachment_text: false, settled: 100 };
        let sum = tally(&self.chaser, found.hits, found.facts, folded, loudness);
        if sum.score >= self.enough { sum.evidence } else { Vec::new() }
    }

    /// Whether the sender says that it is rushed, or a date is within one business day.
    pub(super) fn is_urgent(
        &self,
        found: &Found<'_>,
        folded: &Folded,
        message: &Message,
        circumstances: &Circumstances<'_>,
    ) -> bool {
        let loudness = Loudness { subject: 100, attachment: 0, attachment_text: false, settled: 100 };
        if tally(&self.urgent, found.hits, found.facts, folded, loudness).score >= self.enough {
            return true;
        }
        let calendar = circumstances.calendar;
        let today = calendar.day(message.date.unwrap_or(circumstances.received));
        let soon = calendar.next_business_day(today);
        let begins = |day| found.fields.iter().any(|f| self.starts.contains(&f.name) && day_of(f) == Some(day));
        let presses = |f: &Field| {
            self.dates.contains(&f.name)
                && f.confidence >= SURE
                && day_of(f).is_some_and(|day| (today..=soon).contains(&day) && !begins(day))
        };
        !found.facts.has(Fact::Automated) && found.fields.iter().any(presses)
    }

    /// The language to answer in: the one with most of its words in the text, English where none has enough.
    pub(super) fn language(&self, folded: &Folded) -> String {
        let mut counts = vec![0; self.languages.names.len()];
        let mut seen = 0;
        for s in folded.sentences.iter().filter(|s| matches!(s.zone, Zone::Text | Zone::Subject)) {
            for word in folded.words(s).split(|b| !b.is_ascii_alphabetic()).filter(|w| !w.is_empty()) {
                seen += 1;
                let mut languages = self.languages.of_word.get(word).copied().unwrap_or_default();
                while languages != 0 {
                    if let Some(count) = counts.get_mut(languages.trailing_zeros() as usize) {
                        *count += 1;
                    }
                    languages &= languages - 1;
                }
            }
            if seen > LANGUAGE_SAMPLE {
                break;
            }
        }
        let all = self.languages.names.iter().zip(counts);
        all.filter(|((_, at_least), n)| n >= at_least && n * 8 >= seen)
            .max_by_key(|(_, n)| *n)
            .map_or_else(|| "en".to_owned(), |((name, _), _)| name.clone())
    }
}

fn day_of(field: &Field) -> Option<NaiveDate> {
    match field.value {
        FieldValue::Date(day) => Some(day),
        _ => None,
    }
}

impl Languages {
    fn new(all: BTreeMap<String, Language>) -> Self {
        let mut languages = Self::default();
        // More languages than a set has bits are no languages of an agency.
        for (bit, (name, language)) in (0..32).zip(all) {
            languages.names.push((name, language.at_least));
            for word in language.words {
                *languages.of_word.entry(word.into_bytes()).or_default() |= 1 << bit;
            }
        }
        languages
    }
}

/// The dangers of `hazards.toml`.
#[derive(Debug, Default)]
pub(super) struct Hazards {
    kinds: Vec<HazardKind>,
}

#[derive(Debug)]
struct HazardKind {
    key: String,
    title: String,
    signs: Vec<Sign>,
    enough: i32,
    unless: Vec<Condition>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HazardText {
    key: String,
    title: String,
    sign: Vec<SignText>,
    #[serde(default = "ten")]
    enough: i32,
    #[serde(default)]
    unless: Vec<ConditionText>,
}

fn ten() -> i32 {
    10
}

impl Hazards {
    /// Their keys.
    pub(super) fn keys(&self) -> Vec<&str> {
        self.kinds.iter().map(|k| k.key.as_str()).collect()
    }

    pub(super) fn read(file: &RuleFile, desk: &mut Desk<'_, '_>) -> Self {
        let mut sheet = Sheet::open(file, desk.mistakes);
        let mut kinds: Vec<HazardKind> = Vec::new();
        for Item { value, line } in sheet.each::<HazardText>("hazard", desk.mistakes) {
            if kinds.iter().any(|k| k.key == value.key) {
                desk.mistakes.push(sheet.wrong(
                    line,
                    format!("there are two hazards “{}”", value.key),
                    "Put the signs of both under one.",
                ));
            }
            let owner = format!("hazards/{}", value.key);
            let compile = |s: SignText, desk: &mut Desk<'_, '_>| s.compile(&owner, desk.lexicon, file, desk.mistakes);
            let signs = value.sign.into_iter().filter_map(|s| compile(s, desk)).collect();
            let of = format!("the hazard “{}”", value.key);
            let unless = value
                .unless
                .into_iter()
                .map(|c| c.compile(&of, desk.fields, desk.lexicon, file, desk.mistakes))
                .collect();
            kinds.push(HazardKind { key: value.key, title: value.title, signs, enough: value.enough, unless });
        }
        sheet.close(&["hazard"], desk.mistakes);
        Self { kinds }
    }

    /// The dangers that a message speaks of.
    pub(super) fn found(&self, found: &Found<'_>, folded: &Folded) -> Vec<Hazard> {
        let loudness = Loudness { subject: 100, attachment: 100, attachment_text: false, settled: 100 };
        let mut out = Vec::new();
        for kind in &self.kinds {
            let sum = tally(&kind.signs, found.hits, found.facts, folded, loudness);
            if sum.score >= kind.enough && !any_holds(&kind.unless, false, found) {
                out.push(Hazard { key: kind.key.clone(), title: kind.title.clone(), evidence: sum.evidence });
            }
        }
        out
    }
}

/// New text of at most so many bytes is short.
const SHORT: usize = 160;

/// What the message itself shows before any rule is asked.
pub(super) fn facts_of(message: &Message, circumstances: &Circumstances<'_>) -> Facts {
    let mut facts = Facts::default();
    let subject = message.subject.as_str();
    let begins = |with: &[&str]| with.iter().any(|w| subject.get(..w.len()).is_some_and(|s| s.eq_ignore_ascii_case(w)));
    let forwarded = message.parts.iter().any(|p| p.kind == PartKind::ForwardHeader);
    // A program that answers repeats the subject of what it answers, just as a person does.
    let answers =
        ["re:", "aw:", "rv:", "sv:", "automatic reply:", "auto reply:", "auto:", "autoreply:", "out of office:"];
    let replies = begins(&answers) || !message.thread.is_empty();
    facts.set(Fact::Forward, forwarded || begins(&["fw:", "fwd:"]));
    facts.set(Fact::Reply, replies && !begins(&["fw:", "fwd:"]));
    facts.set(Fact::Attachment, message.attachments.iter().any(is_document));
    let written: usize = message.parts_of(PartKind::New).map(|t| t.trim().len()).sum();
    facts.set(Fact::Empty, written == 0);
    facts.set(Fact::Short, written <= SHORT);
    let auto = &message.automatic;
    let bounced = auto.null_return_path || message.delivery_report.is_some();
    facts.set(Fact::AutoReply, auto.auto_submitted.is_some() || auto.other.is_some() || auto.ours);
    facts.set(Fact::Bulk, auto.list || auto.precedence.is_some());
    facts.set(Fact::Bounce, bounced);
    facts.set(Fact::Unattended, auto.unattended_sender);
    facts.set(Fact::Own, is_own(message, circumstances));
    let elsewhere = |from: &crate::domain::text::Mailbox| message.reply_to.iter().any(|r| r.address != from.address);
    facts.set(Fact::ReplyElsewhere, message.from.as_ref().is_some_and(elsewhere));
    facts.set(Fact::NamedSender, message.from.as_ref().is_some_and(|f| is_full_name(f.name.as_str())));
    facts
}

/// A logo is not a document.
fn is_document(a: &crate::message::Attachment) -> bool {
    let logo = a.content_type.starts_with("image/") && a.name.to_ascii_lowercase().starts_with("image0");
    !a.inline && !logo
}

/// From the agency's own domain; where none is configured, from the domain that the message was written to.
fn is_own(message: &Message, circumstances: &Circumstances<'_>) -> bool {
    let Some(from) = &message.from else { return false };
    let domain = from.address.domain();
    if circumstances.own_domains.is_empty() {
        return message.to.iter().any(|t| t.address.domain() == domain);
    }
    circumstances.own_domains.iter().any(|d| d.eq_ignore_ascii_case(domain))
}

/// Two words that begin with a letter, neither of them a mailbox's job.
fn is_full_name(name: &str) -> bool {
    let words: Vec<&str> =
        name.split_whitespace().filter(|w| w.chars().next().is_some_and(char::is_alphabetic)).collect();
    words.len() >= 2 && !name.contains('@')
}

/// A shared file of the agency's folder, or the built-in one where the folder has none.
pub(super) fn pick<'a>(files: &'a [RuleFile], built_in: &'a [RuleFile], stem: &str) -> Option<&'a RuleFile> {
    let named = |f: &&RuleFile| super::page::stem(&f.name) == stem;
    files.iter().find(named).or_else(|| built_in.iter().find(named))
}
