//! A sign: words that speak for a page, a channel or a kind of sender, and how loudly.
//!
//! Knows no page.

use super::{
    RuleFile,
    condition::{Fact, Facts},
    folded::{Folded, Zone},
    lexicon::{Around, Hit, Hits, LexiconBuilder, WordsId},
};
use crate::domain::{
    field::{Place, Span},
    mistake::{Mistake, line_of},
    reading::Evidence,
};
use serde::Deserialize;
use toml::Spanned;

/// A sign as pages write it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SignText {
    /// Its name on the page, for evidence.
    name: Spanned<String>,
    /// Points for it; negative ones speak against.
    weight: i32,
    /// These words ask for the thing, they do not only mention it. A second request needs such a sign.
    #[serde(default)]
    asks: bool,
    /// Patterns; any of them is enough.
    #[serde(default)]
    words: Vec<Spanned<String>>,
    /// Patterns of which one must stand in the same sentence, in whatever order.
    #[serde(default)]
    beside: Vec<Spanned<String>>,
    /// Patterns that must not stand in the same sentence.
    #[serde(default)]
    unless: Vec<Spanned<String>>,
    /// Where to look.
    #[serde(default = "usual_zones", rename = "in")]
    zones: Vec<Zone>,
    /// Facts that must all hold.
    #[serde(default)]
    only: Vec<Fact>,
    /// Facts none of which may hold.
    #[serde(default)]
    not: Vec<Fact>,
}

/// The text of attachments is among them because it counts only where the body asks for nothing.
fn usual_zones() -> Vec<Zone> {
    vec![Zone::Subject, Zone::Text, Zone::AttachmentText]
}

/// A sign ready to be looked for.
#[derive(Debug)]
pub(super) struct Sign {
    /// `page/name`.
    rule: String,
    weight: i32,
    asks: bool,
    /// `None` where the facts alone are the sign.
    words: Option<WordsId>,
    only: Vec<Fact>,
    not: Vec<Fact>,
}

impl SignText {
    /// Compiles it; `owner` is the page or file that it belongs to.
    pub(super) fn compile(
        self,
        owner: &str,
        lexicon: &mut LexiconBuilder<'_>,
        file: &RuleFile,
        mistakes: &mut Vec<Mistake>,
    ) -> Option<Sign> {
        let of = format!("the sign “{}”", self.name.get_ref());
        if self.words.is_empty() && self.only.is_empty() {
            mistakes.push(Mistake {
                file: file.name.clone(),
                line: Some(line_of(&file.text, self.name.span().start)),
                what: format!("{of} has neither words nor facts, so it would always hold"),
                mend: "Give it words = [\"…\"] or only = [\"…\"].".to_owned(),
            });
            return None;
        }
        let asked_words = !self.words.is_empty();
        let words = {
            let around = Around { beside: &self.beside, unless: &self.unless, zones: &self.zones };
            lexicon.add(&of, &self.words, around, file, mistakes)
        };
        if asked_words && words.is_none() {
            return None;
        }
        let rule = format!("{owner}/{}", self.name.get_ref());
        Some(Sign { rule, weight: self.weight, asks: self.asks, words, only: self.only, not: self.not })
    }
    /// Its name, for finding two of the same.
    pub(super) fn name(&self) -> &str {
        self.name.get_ref()
    }
}

/// How much a place counts, in hundredths of a sign's weight.
#[derive(Debug, Clone, Copy)]
pub(super) struct Loudness {
    /// The subject; less in a reply, whose subject is often that of an old matter.
    pub(super) subject: i32,
    /// The file name of an attachment, and its text.
    pub(super) attachment: i32,
    /// Whether the text of attachments counts at all.
    pub(super) attachment_text: bool,
    /// What stands in a sentence about something that is done already.
    pub(super) settled: i32,
}

/// Points of a set of signs.
#[derive(Debug, Default, Clone)]
pub(super) struct Tally {
    /// What its signs count.
    pub(super) score: i32,
    /// What the words of the message say beside the signs; `None` where they say nothing.
    pub(super) words: Option<i32>,
    /// Of these so many because it is named first.
    pub(super) named: i32,
    /// Points beside them because it is asked for before the page that leads.
    pub(super) earlier: i32,
    /// Points of each sign that speaks for it.
    pub(super) strong: Vec<i32>,
    /// The words that ask for it, as from and until in the folded text, and their points.
    asked: Vec<(usize, usize, i32)>,
    pub(super) evidence: Vec<Evidence>,
}

/// Counts signs: each once, at its loudest place, and a quarter more where subject and text agree.
pub(super) fn tally(signs: &[Sign], hits: &Hits, facts: Facts, folded: &Folded, loudness: Loudness) -> Tally {
    let mut sum = Tally::default();
    for sign in signs {
        // Most signs are not there.
        if sign.words.is_some_and(|words| !hits.has(words)) {
            continue;
        }
        if !facts.all(&sign.only) || facts.any(&sign.not) {
            continue;
        }
        let Some(words) = sign.words else {
            sum.score += sign.weight;
            sum.strong.extend((sign.weight > 0).then_some(sign.weight));
            sum.evidence.push(sign.by_facts());
            continue;
        };
        let loud = |h: &Hit| match h.zone {
            Zone::Text if h.settled && sign.weight > 0 => loudness.settled,
            Zone::Subject => loudness.subject,
            Zone::Attachment => loudness.attachment,
            Zone::AttachmentText if loudness.attachment_text => loudness.attachment,
            Zone::AttachmentText => 0,
            _ => 100,
        };
        let mut best: Option<(&Hit, i32)> = None;
        let mut total = 0;
        for h in hits.of(words) {
            let points = sign.weight * loud(h) / 100;
            total += points;
            if points != 0 && best.is_none_or(|(_, p)| points.abs() > p.abs()) {
                best = Some((h, points));
            }
        }
        let Some((hit, points)) = best else { continue };
        let points = points + (total - points) / 4;
        sum.score += points;
        if points > 0 {
            sum.strong.push(points);
            // The subject of a reply is that of an old matter: it does not say what was asked first.
            let now = |h: &&Hit| match h.zone {
                Zone::Text => !h.settled,
                Zone::Subject => loudness.subject >= 100,
                Zone::AttachmentText => loudness.attachment_text,
                _ => false,
            };
            if sign.asks {
                let spans = hits.of(words).iter().filter(now).map(|h| (h.start, h.end, points));
                sum.asked.extend(spans);
            }
        }
        sum.evidence.push(sign.by_words(hit, points, folded));
    }
    sum
}

impl Tally {
    /// Where in the folded text it is first asked for by a sign of so many points.
    pub(super) fn first_asked(&self, points: i32) -> Option<usize> {
        self.asked.iter().filter(|a| a.2 >= points).map(|a| a.0).min()
    }
    /// Whether words within these bytes of the folded text ask for it.
    pub(super) fn asked_within(&self, start: usize, end: usize) -> bool {
        self.asked.iter().any(|a| a.0 >= start && a.0 < end)
    }
    /// Whether words ask for it that do not ask for the other as well, and more clearly.
    pub(super) fn asks_apart_from(&self, other: &Self) -> bool {
        let shared = |a: &(usize, usize, i32)| other.asked.iter().any(|b| a.0 < b.1 && b.0 < a.1 && a.2 <= b.2);
        self.asked.is_empty() || !self.asked.iter().all(shared)
    }
}

impl Sign {
    fn by_words(&self, hit: &Hit, weight: i32, folded: &Folded) -> Evidence {
        let words = folded.bytes.get(hit.start..hit.end).unwrap_or_default();
        let words = String::from_utf8_lossy(words).into_owned();
        Evidence { rule: self.rule.clone(), words, span: hit.span(folded).unwrap_or(NOWHERE), weight }
    }
    fn by_facts(&self) -> Evidence {
        let words = self.only.iter().map(|f| f.in_words()).collect::<Vec<_>>().join(", ");
        Evidence { rule: self.rule.clone(), words, span: NOWHERE, weight: self.weight }
    }
}

/// The span of what a header or a circumstance showed: it has no place in the text.
pub(super) const NOWHERE: Span = Span { place: Place::From, start: 0, end: 0 };
