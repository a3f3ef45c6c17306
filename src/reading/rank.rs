//! From signs to requests: which pages a message asks for, which comes first, and when it is nothing at all.
//!
//! Knows no page by name.

mod turns;

use super::{
    condition::{Fact, Facts, Found, any_holds, surely_holds},
    folded::{Folded, Zone},
    lexicon::Hits,
    page::{Complex, Need, Page},
    sign::{Loudness, Tally, tally},
    wording::{Known, Said, Wording},
};
use crate::domain::{
    field::{Field, FieldValue, Piece, Place},
    reading::{Certainty, Complexity, Evidence, Request},
};
use serde::Deserialize;
use turns::Turns;

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
    /// Points for the page whose signs ask first.
    first_named: i32,
    /// Points for a page whose loudest sentence stands before that of the leading one: so many hundredths of how far these
    /// sentences tell the two apart …
    earlier: i32,
    /// … less this.
    earlier_from: i32,
    /// Points from which on a single sign is a clear wish: only such a one is asked for first, or asked for as well.
    strong: i32,
    /// What a page's second strongest sign counts, in hundredths: several signs often see the same words.
    second_sign: i32,
    /// What each sign after that counts, in hundredths.
    further_sign: i32,
    /// What is said in a sentence about something done already counts, in hundredths.
    settled: i32,
    /// Points for a message that stands one full step on a page's side by its words.
    wording: i32,
    /// What a page's signs count at most beside the words.
    loudest: i32,
    /// What the words of the whole message count for a further request, in hundredths.
    of_words: i32,
    /// What the sentence counts that speaks loudest for it against the leading page, in hundredths.
    apart: i32,
    /// What such a sentence counts besides where it asks for it and begins a further matter, in hundredths.
    begun: i32,
    /// By how much signs and words together must lead the next page for a reading without doubt.
    clear: i32,
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
/// How many pages behind the leading one may have been asked for before it.
const RIVALS: usize = 3;
/// How many times its mark a further request reaches that is asked for beyond doubt.
const BEYOND_DOUBT: i32 = 5;
/// How many requests one message is taken to hold; more is a list of services, not a wish.
const REQUESTS_MAX: usize = 4;

/// What the pages are ranked by.
pub(super) struct Seen<'a, 's> {
    pub(super) pages: &'a [Page],
    pub(super) marks: &'s Thresholds,
    pub(super) wording: &'s Wording,
    /// The message's words that the table knows.
    pub(super) known: &'s [Known],
    pub(super) hits: &'s Hits,
    pub(super) facts: Facts,
    pub(super) folded: &'s Folded,
}

/// A page, where it stands in the rulebook, and what speaks for it.
type Scored<'a> = (usize, &'a Page, Tally);

/// Ranks the pages.
///
/// Signs and words are two voices. Signs say what is asked for, in which order, and that nothing is to be done; the
/// words of the whole message say what it is about, where signs are misled by a phrase or see none.
pub(super) fn rank<'a>(seen: &Seen<'a, '_>, reply: bool) -> Ranking<'a> {
    let marks = seen.marks;
    let mut loudness = Loudness {
        subject: if reply { marks.reply_subject } else { 100 },
        attachment: marks.attachment,
        attachment_text: false,
        settled: marks.settled,
    };
    let (nothing, mut asked): (Vec<_>, Vec<_>) = seen.score(loudness).into_iter().partition(|(_, p, _)| p.no_work);
    let best = asked.iter().filter(|(_, p, t)| t.score >= enough(p, marks)).map(|(_, _, t)| t.score).max();
    if best.is_none() {
        // The body asks for nothing: perhaps what is attached does, or the old subject says what “another one” is.
        loudness.attachment_text = true;
        loudness.subject = 100;
        asked = seen.score(loudness);
        asked.retain(|(_, p, _)| !p.no_work);
    }
    // “See attached”: what the attachment says counts then, and the words of the message do not.
    let elsewhere = best.is_none()
        && seen.facts.has(Fact::Short)
        && asked.iter().any(|(_, p, t)| t.score >= enough(p, marks) && t.in_attachment());
    let heard = |left_out: &[usize]| seen.wording.said(seen.known, |s| !left_out.contains(&s)).filter(|_| !elsewhere);
    let mut settled: Vec<usize> = seen.hits.settled().collect();
    settled.sort_unstable();
    settled.dedup();
    let all = heard(&[]);
    // Of what is asked for only that speaks which is not done already; thanks for it say that nothing is to be done.
    let said = if settled.is_empty() { all.clone() } else { heard(&settled) };
    let mut nothing = nothing.into_iter().max_by_key(|(_, _, t)| t.score);
    if let (Some(said), Some(all)) = (&said, &all) {
        seen.hear(said, asked.iter_mut());
        seen.hear(all, nothing.iter_mut());
    }
    let nothing = nothing.filter(|(_, page, sum)| match sum.words {
        Some(words) => {
            let most = asked.iter().map(|(_, _, t)| t.total(marks)).max();
            // Words alone are not enough where a sign speaks against it: “Any update?” asks something.
            let shown = sum.score >= marks.weak || (words > 0 && sum.score >= 0 && best.is_none());
            shown && most.is_none_or(|most| sum.score + words > most)
        }
        None => sum.score >= enough(page, marks) && sum.score >= best.map_or(0, |b| b + marks.no_work_lead),
    });
    if let Some(nothing) = nothing {
        asked.retain(|(_, _, t)| t.score >= marks.weak);
        order(&mut asked, marks);
        asked.truncate(GUESSES);
        let no_work = seen.shown(vec![nothing], all.as_ref()).pop().map(|(_, t)| t.evidence).unwrap_or_default();
        let also_considered = seen.shown(asked, said.as_ref());
        return Ranking { no_work, certainty: Certainty::Clear, also_considered, ..Ranking::default() };
    }
    let first = asked
        .iter_mut()
        .filter(|(_, p, t)| t.score >= p.recognise.second.unwrap_or(marks.second))
        .filter_map(|(_, _, t)| Some((t.first_asked(marks.strong)?, t)))
        .min_by_key(|(at, _)| *at);
    if let Some((_, t)) = first {
        t.score += marks.first_named;
        t.named = marks.first_named;
    }
    order(&mut asked, marks);
    let turns = said.as_ref().map(|_| Turns::of(seen));
    if let (Some(turns), Some((leading, rest))) = (&turns, asked.split_first_mut()) {
        for (at, _, sum) in rest.iter_mut().take(RIVALS) {
            sum.earlier = turns.earlier(seen, *at, leading.0);
        }
        order(&mut asked, marks);
    }
    let (requests, also_considered, certainty) = choose(seen, asked, turns.as_ref());
    Ranking {
        requests: seen.shown(requests, said.as_ref()),
        also_considered: seen.shown(also_considered, said.as_ref()),
        certainty,
        no_work: Vec::new(),
    }
}

impl<'a> Seen<'a, '_> {
    fn score(&self, loudness: Loudness) -> Vec<Scored<'a>> {
        let counted = |(at, page): (usize, &'a Page)| {
            let settled = if page.no_work { 100 } else { loudness.settled };
            let mut sum = tally(&page.signs, self.hits, self.facts, self.folded, Loudness { settled, ..loudness });
            if !page.no_work {
                sum.score -= excess(&sum.strong, self.marks);
            }
            (at, page, sum)
        };
        self.pages.iter().enumerate().map(counted).collect()
    }

    /// Adds what the words say. A page that they know nothing of stands on its signs: where those are enough it gets as
    /// much as the words give any page, else as little.
    fn hear<'t>(&self, said: &Said, asked: impl Iterator<Item = &'t mut Scored<'a>>)
    where
        'a: 't,
    {
        let points = |at: usize| self.wording.points(said, at, self.marks.wording);
        let all = || self.pages.iter().enumerate().filter(|(_, p)| !p.no_work).filter_map(|(at, _)| points(at));
        let (most, least) = (all().max().unwrap_or_default(), all().min().unwrap_or_default());
        for (at, page, sum) in asked {
            let stands = sum.score >= enough(page, self.marks);
            sum.words = Some(points(*at).unwrap_or(if stands { most } else { least }));
        }
    }

    /// As people are shown them: the words that spoke for a page among its evidence, their points among its own.
    fn shown(&self, of: Vec<Scored<'a>>, said: Option<&Said>) -> Vec<(&'a Page, Tally)> {
        let shown = |(at, page, mut sum): Scored<'a>| {
            if let Some(said) = said {
                sum.evidence.extend(self.wording.shown(said, at, self.marks.wording, self.known, self.folded));
            }
            sum.score += sum.words.unwrap_or_default() + sum.earlier;
            (page, sum)
        };
        of.into_iter().map(shown).collect()
    }
}

impl Tally {
    /// Whether anything that speaks for it stands in the text of an attachment.
    fn in_attachment(&self) -> bool {
        self.evidence.iter().any(|e| e.weight > 0 && matches!(e.span.place, Place::AttachmentText(_)))
    }

    /// What signs and words say together. The signs count so much at most: ten phrases are no stronger wish than four.
    /// But whoever writes a sign that is louder alone means it, and no words speak against it.
    fn total(&self, marks: &Thresholds) -> i32 {
        let Some(words) = self.words else { return self.score };
        let decides = self.strong.iter().any(|points| *points > marks.loudest);
        let (most, least) = if decides { (i32::MAX, 0) } else { (marks.loudest, i32::MIN) };
        self.score.clamp(-2 * marks.weak, most).saturating_add((words + self.earlier).max(least))
    }
}

/// Best first; between equals the page of higher priority.
fn order(asked: &mut [Scored<'_>], marks: &Thresholds) {
    asked.sort_by_key(|(_, p, t)| std::cmp::Reverse((t.total(marks), p.recognise.priority)));
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

/// The requests, primary first; the best of the others; and how sure that is.
fn choose<'a>(
    seen: &Seen<'a, '_>,
    asked: Vec<Scored<'a>>,
    turns: Option<&Turns<'_>>,
) -> (Vec<Scored<'a>>, Vec<Scored<'a>>, Certainty) {
    let marks = seen.marks;
    let mut rest = asked.into_iter().peekable();
    let heard = rest.peek().is_some_and(|(_, _, t)| t.words.is_some());
    let reaches = rest.peek().is_some_and(|(_, p, t)| t.score >= enough(p, marks));
    let likely = rest.peek().is_some_and(|(_, p, t)| !p.fallback && t.score >= marks.weak);
    if !heard && !reaches && !likely {
        let mut all: Vec<_> = rest.collect();
        let fallback = all.iter().position(|(_, p, _)| p.fallback);
        let requests = fallback.map(|i| all.remove(i)).into_iter().collect();
        all.retain(|(_, _, t)| t.score > 0);
        all.truncate(GUESSES);
        return (requests, all, Certainty::Doubtful);
    }
    let Some(primary) = rest.next() else { return (Vec::new(), Vec::new(), Certainty::Doubtful) };
    let (leading, first, top, signs) = (primary.0, primary.1, primary.2.total(marks), primary.2.score);
    // A page that the words do not know stands on its signs, and only another's signs put it in doubt.
    let by_words = heard && turns.is_none_or(|t| t.know(leading));
    // Words alone, with no sign or a faint one, have to be on its side: that the others are further off is no wish for it.
    let murmured = primary.2.words.is_some_and(|w| w < marks.weak) && primary.2.score - primary.2.named < marks.weak;
    let sure = (heard || reaches) && !murmured;
    let mut certainty = if sure { Certainty::Clear } else { Certainty::Doubtful };
    let mut requests = vec![primary];
    let mut also = Vec::new();
    for (at, page, sum) in rest {
        let barred = page.recognise.never_beside.contains(&first.id.0);
        let second = page.recognise.second.unwrap_or(marks.second);
        let told = turns.filter(|t| t.know(at) && t.know(leading)).map(|t| t.further(seen, at, &sum, leading));
        let asked_too = !barred
            && match told {
                // Sentences say which page is meant, and not that anything is wanted of it: that takes a sign.
                Some(told) => sum.score > 0 && told >= second,
                // Signs alone have to be surer, and what cannot be placed has none that are.
                None => {
                    (reaches || heard)
                        && sum.first_asked(marks.strong).is_some()
                        && requests.iter().all(|(_, _, other)| sum.asks_apart_from(other))
                        && sum.score >= second
                        && !page.fallback
                }
            };
        let asked_too = asked_too && requests.len() < REQUESTS_MAX;
        // Where signs alone say so, two requests are none in doubt.
        if asked_too && !heard {
            requests.push((at, page, sum));
            continue;
        }
        let near = if by_words {
            top - sum.total(marks) < marks.clear
        } else {
            sum.score >= enough(page, marks) && signs - sum.score < marks.lead && !barred
        };
        // What is asked for beyond doubt beside the first leaves open which of the two comes first, and nothing else.
        let beyond_doubt = asked_too && told.is_some_and(|told| told >= BEYOND_DOUBT * second);
        if near && !beyond_doubt {
            certainty = Certainty::Doubtful;
        }
        if asked_too {
            requests.push((at, page, sum));
        } else if (sum.score > 0 || near) && also.len() < GUESSES {
            also.push((at, page, sum));
        }
    }
    // A passing word about what would come first does not turn the order round.
    let sure = |t: &Tally| t.total(marks) * 2 >= top;
    let before = requests.iter().position(|(_, p, t)| sure(t) && p.recognise.before.contains(&first.id.0));
    if let Some(at) = before {
        let page = requests.remove(at);
        requests.insert(0, page);
    }
    (requests, also, certainty)
}

/// Makes a request of a page that was found: how much experience it needs, and what is missing. `judged`: whether it is
/// complex by all words of the message, where the page leans to that or does not.
pub(super) fn request(
    page: &Page,
    sum: Tally,
    found: &Found<'_>,
    folded: &Folded,
    judged: impl Fn(&Page, bool) -> bool,
) -> Request {
    let holds = |c: &Complex| c.when.holds(found) && !any_holds(&c.unless, false, found);
    let says = |leans: bool| page.complex.iter().any(|c| c.leans == leans && holds(c));
    let complex = says(false) || judged(page, says(true));
    let (mut missing, mut sure) = (Vec::new(), Vec::new());
    for need in &page.needs {
        let asked = any_holds(&need.when, true, found) && !any_holds(&need.unless, false, found);
        if !asked || !is_missing(need, found.fields) {
            continue;
        }
        if need.sure.as_ref().is_none_or(|s| surely_holds(s, found)) {
            sure.push(&need.field);
        }
        if !missing.contains(&need.field) {
            missing.push(need.field.clone());
        }
    }
    let unsure = missing.iter().filter(|m| !sure.contains(m)).cloned().collect();
    Request {
        request_type: page.id.clone(),
        score: sum.score,
        complexity: if complex { Complexity::Complex } else { Complexity::Simple },
        missing,
        unsure,
        evidence: sum.evidence,
        again: page.again.as_ref().map(|a| a.pointing(found, folded)).unwrap_or_default(),
    }
}

/// Missing is what was not found, what lacks a piece, and what is in doubt.
fn is_missing(need: &Need, fields: &[Field]) -> bool {
    let mut of_name = fields.iter().filter(|f| f.name == need.field).peekable();
    if of_name.peek().is_none() {
        let full = |f: &Field| !need.full || f.value.shown().split_whitespace().nth(1).is_some();
        return !fields.iter().any(|f| need.any_of.contains(&f.name) && full(f));
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
