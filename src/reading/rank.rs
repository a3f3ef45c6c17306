//! From signs to requests: which pages a message asks for, which comes first, and when it is nothing at all.
//!
//! Knows no page by name.

use super::{
    condition::{Facts, Found, any_holds},
    folded::Folded,
    lexicon::Hits,
    page::{Need, Page, Piece},
    sign::{Loudness, Tally, tally},
};
use crate::domain::{
    field::{Field, FieldValue},
    reading::{Certainty, Complexity, Evidence, Request},
};
use serde::Deserialize;

/// The numbers of `triage.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Thresholds {
    /// Points from which on a message is of a type.
    enough: i32,
    /// Points from which on a further request is believed.
    second: i32,
    /// By how much the first must lead to be clear, where the next is not a request of its own.
    lead: i32,
    /// Points from which on a guess is shown as the likeliest.
    weak: i32,
    /// By how much “no work” must beat the best request that reached its own mark.
    no_work_lead: i32,
    /// What the subject of a reply counts, in hundredths.
    reply_subject: i32,
    /// What attachments' names and texts count, in hundredths.
    attachment: i32,
    /// Points for the page that is asked for first.
    first_named: i32,
    /// Points from which on a single sign is a clear wish: only such a one is asked for first, or asked for as well.
    strong: i32,
    /// What a page's second strongest sign counts, in hundredths: several signs often see the same words.
    second_sign: i32,
    /// What each sign after that counts, in hundredths.
    further_sign: i32,
    /// What is said in a sentence about something done already counts, in hundredths.
    settled: i32,
    /// Points from which on a guess is shown that rests on hints.
    hinted: i32,
}

/// Which pages a message asks for.
#[derive(Debug, Default)]
pub(super) struct Ranking<'a> {
    /// Primary first; empty where nothing is to be done.
    pub(super) requests: Vec<(&'a Page, Tally)>,
    pub(super) no_work: Vec<Evidence>,
    pub(super) certainty: Certainty,
    pub(super) also_considered: Vec<(&'a Page, Tally)>,
}

/// How many guesses a person in triage is shown.
const GUESSES: usize = 3;
/// How many requests one message is taken to hold; more is a list of services, not a wish.
const REQUESTS_MAX: usize = 4;

/// Ranks the pages.
pub(super) fn rank<'a>(
    pages: &'a [Page],
    marks: &Thresholds,
    hits: &Hits,
    facts: Facts,
    reply: bool,
    folded: &Folded,
) -> Ranking<'a> {
    let mut loudness = Loudness {
        subject: if reply { marks.reply_subject } else { 100 },
        attachment: marks.attachment,
        attachment_text: false,
        hints: false,
        settled: marks.settled,
    };
    let scored = score(pages, hits, facts, folded, loudness, marks);
    let (nothing, mut asked): (Vec<_>, Vec<_>) = scored.into_iter().partition(|(p, _)| p.no_work);
    let best = asked.iter().filter(|(p, t)| t.score >= enough(p, marks)).map(|(_, t)| t.score).max();
    if let Some((page, sum)) = nothing.into_iter().max_by_key(|(_, t)| t.score) {
        let to_beat = best.map_or(0, |b| b + marks.no_work_lead);
        if sum.score >= enough(page, marks) && sum.score >= to_beat {
            asked.retain(|(_, t)| t.score >= marks.weak);
            order(&mut asked);
            asked.truncate(GUESSES);
            return Ranking {
                no_work: sum.evidence,
                certainty: Certainty::Clear,
                also_considered: asked,
                ..Ranking::default()
            };
        }
    }
    if best.is_none() {
        // The body asks for nothing: perhaps what is attached does, or the old subject says what “another one” is, or
        // words that are too common to count beside a clear wish hint at one.
        loudness.attachment_text = true;
        loudness.hints = true;
        loudness.subject = 100;
        asked = score(pages, hits, facts, folded, loudness, marks);
        asked.retain(|(p, _)| !p.no_work);
    }
    let first = asked
        .iter_mut()
        .filter(|(p, t)| t.score >= p.recognise.second.unwrap_or(marks.second))
        .filter_map(|(_, t)| Some((t.first_asked(marks.strong)?, t)))
        .min_by_key(|(at, _)| *at);
    if let Some((_, t)) = first {
        t.score += marks.first_named;
    }
    order(&mut asked);
    choose(asked, marks)
}

/// Best first; between equals the page of higher priority.
fn order(asked: &mut [(&Page, Tally)]) {
    asked.sort_by_key(|(p, t)| std::cmp::Reverse((t.score, p.recognise.priority)));
}

fn score<'a>(
    pages: &'a [Page],
    hits: &Hits,
    facts: Facts,
    folded: &Folded,
    loudness: Loudness,
    marks: &Thresholds,
) -> Vec<(&'a Page, Tally)> {
    let counted = |page: &'a Page| {
        let settled = if page.no_work { 100 } else { loudness.settled };
        let mut sum = tally(&page.signs, hits, facts, folded, Loudness { settled, ..loudness });
        if !page.no_work {
            sum.score -= excess(&sum.strong, marks);
        }
        (page, sum)
    };
    pages.iter().map(counted).collect()
}

/// By how much signs that speak for a page together say less than each alone: the strongest counts in full, further
/// ones less.
///
/// A page with ten signs for one phrase says no more than a page with one, and a long letter is no stronger wish.
fn excess(strong: &[i32], marks: &Thresholds) -> i32 {
    let mut strong = strong.to_vec();
    strong.sort_unstable_by_key(|w| std::cmp::Reverse(*w));
    let lost = |nth: usize| match nth {
        0 => 0,
        1 => 100 - marks.second_sign,
        _ => 100 - marks.further_sign,
    };
    strong.iter().enumerate().map(|(nth, w)| w * lost(nth)).sum::<i32>() / 100
}

fn enough(page: &Page, marks: &Thresholds) -> i32 {
    page.recognise.enough.unwrap_or(marks.enough)
}

fn guesses<'a>(of: impl Iterator<Item = (&'a Page, Tally)>) -> Vec<(&'a Page, Tally)> {
    of.take(GUESSES).collect()
}

fn choose<'a>(asked: Vec<(&'a Page, Tally)>, marks: &Thresholds) -> Ranking<'a> {
    let mut ranking = Ranking::default();
    let mut rest = asked.into_iter().peekable();
    let reaches = rest.peek().is_some_and(|(p, t)| t.score >= enough(p, marks));
    let hints =
        rest.peek().is_some_and(|(p, t)| !p.fallback && t.score >= if t.hinted { marks.hinted } else { marks.weak });
    if !reaches && !hints {
        let mut all: Vec<_> = rest.collect();
        let fallback = all.iter().position(|(p, _)| p.fallback);
        ranking.requests.extend(fallback.map(|i| all.remove(i)));
        ranking.also_considered = guesses(all.into_iter().filter(|(_, t)| t.score > 0));
        return ranking;
    }
    let Some((primary, sum)) = rest.next() else { return ranking };
    let top = sum.score;
    ranking.certainty = if reaches && !sum.hinted { Certainty::Clear } else { Certainty::Doubtful };
    ranking.requests.push((primary, sum));
    for (page, sum) in rest {
        let second = page.recognise.second.unwrap_or(marks.second);
        let barred = page.recognise.never_beside.contains(&primary.id.0);
        let apart = ranking.requests.iter().all(|(_, other)| sum.asks_apart_from(other));
        let asked_too = reaches
            && sum.first_asked(marks.strong).is_some()
            && apart
            && sum.score >= second
            && !barred
            && !page.fallback;
        if asked_too && ranking.requests.len() < REQUESTS_MAX {
            ranking.requests.push((page, sum));
            continue;
        }
        if sum.score >= enough(page, marks) && top - sum.score < marks.lead && !barred {
            ranking.certainty = Certainty::Doubtful;
        }
        if sum.score > 0 && ranking.also_considered.len() < GUESSES {
            ranking.also_considered.push((page, sum));
        }
    }
    // A passing word about what would come first does not turn the order round.
    let sure = |t: &Tally| t.score * 2 >= top;
    let first = ranking.requests.iter().position(|(p, t)| sure(t) && p.recognise.before.contains(&primary.id.0));
    if let Some(at) = first {
        let page = ranking.requests.remove(at);
        ranking.requests.insert(0, page);
    }
    ranking
}

/// Makes a request of a page that was found: how much experience it needs, and what is missing.
pub(super) fn request(page: &Page, sum: Tally, found: &Found<'_>) -> Request {
    let complex = page.complex.iter().any(|c| c.when.holds(found) && !any_holds(&c.unless, false, found));
    let mut missing = Vec::new();
    for need in &page.needs {
        let asked = any_holds(&need.when, true, found) && !any_holds(&need.unless, false, found);
        if asked && is_missing(need, found.fields) && !missing.contains(&need.field) {
            missing.push(need.field.clone());
        }
    }
    Request {
        request_type: page.id.clone(),
        score: sum.score,
        complexity: if complex { Complexity::Complex } else { Complexity::Simple },
        missing,
        evidence: sum.evidence,
    }
}

/// Missing is what was not found, what lacks a piece, and what is in doubt.
fn is_missing(need: &Need, fields: &[Field]) -> bool {
    let mut of_name = fields.iter().filter(|f| f.name == need.field).peekable();
    if of_name.peek().is_none() {
        return !fields.iter().any(|f| need.any_of.contains(&f.name));
    }
    of_name.any(|f| f.doubt.is_some() || need.parts.iter().any(|p| lacks(&f.value, *p)))
}

fn lacks(value: &FieldValue, piece: Piece) -> bool {
    match (value, piece) {
        (FieldValue::Party { address, .. }, Piece::Address) => address.is_none(),
        (FieldValue::Driver { name, .. }, Piece::Name) => name.is_none(),
        (FieldValue::Driver { dob, .. }, Piece::Dob) => dob.is_none(),
        (FieldValue::Driver { license, .. }, Piece::License) => license.is_none(),
        _ => false,
    }
}
