//! All patterns of all rules in one place, and the one pass over a message that finds them.
//!
//! A prefilter says which plain words stand in which sentence, and so which patterns may match there: those of which
//! every part that must stand has a word. Only those run, and only on that sentence, so a hundred pages cost little more
//! than ten. Knows no page: it gives each group of patterns a number and reports the numbers that were found.

mod collect;

#[cfg(test)]
#[path = "lexicon/soundness_tests.rs"]
mod soundness_tests;

pub(super) use super::hits::{Hit, Hits, WordsId};
use super::{
    folded::{Folded, Sentence, Zone},
    matcher::{ByPair, Match, Matcher, Program, Scratch, Worded},
    prefilter::Prefilter,
    stretches::{Stretch, stretch},
};
pub(super) use collect::{Around, LexiconBuilder};
use std::sync::{Mutex, PoisonError};

#[derive(Debug)]
struct Group {
    /// One of these must stand in the same sentence, where there are any: from where to where in `Lexicon::conditions`.
    beside: Stretch,
    /// None of these may.
    unless: Stretch,
}

/// What stands beside a pattern, or must not.
#[derive(Debug)]
struct Condition {
    /// Its number in `Lexicon::programs`.
    program: u32,
    /// Its sets: from where to where in `Lexicon::needs`.
    needs: Stretch,
}

#[derive(Debug)]
struct Pattern {
    /// Its number in `Lexicon::programs`.
    program: u32,
    group: u32,
    /// The zones in which its group is asked for.
    zones: u16,
    /// Its sets: from where to where in `Lexicon::needs`.
    needs: Stretch,
}

/// A pattern that may be worth trying, with what most sentences lack: read in one go, since hardly any is tried.
#[derive(Debug, Clone, Copy)]
struct Trial {
    pattern: u32,
    /// The rarest set that it needs; [`NONE`] where it needs none.
    need: u32,
    /// The zones in which its group is asked for.
    zones: u16,
}

/// No set.
const NONE: u32 = u32::MAX;

/// A plain word of the prefilter.
#[derive(Debug, Clone, Copy, Default)]
struct PlainWord {
    /// The zones in which a pattern asks for it.
    zones: u16,
    /// The patterns that are tried for its sake: from where to where in `Lexicon::tried_for`.
    patterns: Stretch,
    /// The sets that it stands in: from where to where in `Lexicon::member_of`.
    sets: Stretch,
}

/// All groups, ready to search.
#[derive(Debug)]
pub(super) struct Lexicon {
    groups: Vec<Group>,
    patterns: Vec<Pattern>,
    conditions: Vec<Condition>,
    matcher: Matcher,
    programs: Vec<Program>,
    /// `None` where every pattern is tried on every sentence.
    prefilter: Option<Prefilter>,
    /// By plain word: what it means where it stands.
    words: Vec<PlainWord>,
    /// Patterns, by the word for whose sake they are tried.
    tried_for: Vec<Trial>,
    /// Sets, by the word that stands in them.
    member_of: Vec<u32>,
    /// Sets of plain words, by pattern; each needs a word of each of its sets.
    needs: Vec<u32>,
    /// How many sets there are.
    sets: usize,
    /// Patterns without plain words: tried on every sentence.
    always: Vec<Trial>,
    /// How sentences sound that speak of what is done already, and what shows that they ask for something all the same.
    settled: Stretch,
    unsettled: Stretch,
    /// How sentences sound that begin a further matter, and those that say what is not wanted.
    further: Stretch,
    denied: Stretch,
    /// What searches noted, for the next ones to use the room again.
    pool: Mutex<Vec<Notes>>,
}

/// Notes kept for the next reader; more than the threads that read.
const POOL_MAX: usize = 4;

impl Lexicon {
    /// Finds every group in a message; each once in a zone at most, the first place of it.
    pub(super) fn scan(&self, folded: &Folded) -> Hits {
        self.scan_counted(folded).0
    }

    /// The same, and how many steps it took.
    pub(super) fn scan_counted(&self, folded: &Folded) -> (Hits, u64) {
        let mut search = Search {
            lexicon: self,
            folded,
            notes: self.borrow(),
            scratch: self.matcher.borrow(),
            by_pair: ByPair::default(),
            settled: None,
            found: Vec::with_capacity(48),
        };
        let (mut further, mut denied) = (Vec::new(), Vec::new());
        let mut words = Vec::with_capacity(64);
        for (at, sentence) in folded.sentences.iter().enumerate() {
            search.notes.turn();
            search.settled = None;
            search.by_pair.turn(folded.words_of(sentence));
            words.clear();
            if let Some(prefilter) = &self.prefilter {
                prefilter.find(folded, sentence, |number| {
                    if let Some(word) = search.noted(number, sentence) {
                        words.push(word);
                    }
                });
            }
            // Those without plain words too: what stands beside them is known only of the sentence at hand.
            let told = words.iter().flat_map(|word| stretch(&self.tried_for, word.patterns));
            for trial in told.chain(&self.always) {
                if search.may_match(trial, sentence) {
                    search.attempt(trial.pattern, at, sentence);
                }
            }
            if sentence.zone == Zone::Text {
                let text = folded.worded(sentence);
                further.extend(search.stands(self.further, &text).then_some(at));
                denied.extend(search.stands(self.denied, &text).then_some(at));
            }
        }
        let Search { scratch, mut found, notes, .. } = search;
        let work = scratch.work;
        self.matcher.give_back(scratch);
        self.give_back(notes);
        found.sort_by_key(|h: &Hit| (h.id, h.start));
        (Hits::sorted(found, self.groups.len()).with_turns(further, denied), work)
    }

    /// Empty notes; give them back.
    fn borrow(&self) -> Notes {
        let kept = self.pool.lock().unwrap_or_else(PoisonError::into_inner).pop();
        kept.unwrap_or_else(|| Notes {
            now: 0,
            tried: vec![0; self.patterns.len()],
            seen: vec![0; self.words.len()],
            served: vec![0; self.sets],
            searched: vec![(0, None); self.programs.len()],
            zones: vec![0; self.groups.len()],
            zones_settled: vec![0; self.groups.len()],
        })
    }

    fn give_back(&self, mut notes: Notes) {
        notes.zones.fill(0);
        notes.zones_settled.fill(0);
        let mut pool = self.pool.lock().unwrap_or_else(PoisonError::into_inner);
        // Long before the sentences are so many that their numbers come again.
        if pool.len() < POOL_MAX && notes.now < u32::MAX / 2 {
            pool.push(notes);
        }
    }

    /// The same patterns, each tried on every sentence: slow, and right whatever becomes of the prefilter.
    #[cfg(test)]
    fn without_prefilter(self) -> Self {
        let always =
            (0..).zip(&self.patterns).map(|(pattern, p)| Trial { pattern, need: NONE, zones: p.zones }).collect();
        let patterns = self.patterns.into_iter().map(|p| Pattern { needs: (0, 0), ..p }).collect();
        let conditions = self.conditions.into_iter().map(|c| Condition { needs: (0, 0), ..c }).collect();
        Self { prefilter: None, always, patterns, conditions, ..self }
    }
}

/// What searches note. A sentence has a number that no other had, so nothing has to be wiped between them.
#[derive(Debug)]
struct Notes {
    /// The number of the sentence at hand.
    now: u32,
    /// By pattern: the last sentence it was tried on.
    tried: Vec<u32>,
    /// By plain word: the last sentence it was seen in.
    seen: Vec<u32>,
    /// By set: the last sentence that has a word of it.
    served: Vec<u32>,
    /// By program: the last sentence it was run on, and where it matched.
    searched: Vec<(u32, Option<(u32, u32)>)>,
    /// By group: the zones of this message in which it was found.
    zones: Vec<u16>,
    /// The same for sentences that speak of what is done already.
    zones_settled: Vec<u16>,
}

impl Notes {
    /// Goes on to the next sentence.
    fn turn(&mut self) {
        self.now += 1;
    }
}

/// One search through a message.
struct Search<'a> {
    lexicon: &'a Lexicon,
    folded: &'a Folded,
    notes: Notes,
    scratch: Scratch,
    by_pair: ByPair,
    /// Whether the sentence at hand speaks of what is done already, where that was asked.
    settled: Option<bool>,
    found: Vec<Hit>,
}

impl Search<'_> {
    /// Notes a plain word and its sets; the word where patterns are to be tried for it now.
    fn noted(&mut self, number: usize, sentence: &Sentence) -> Option<PlainWord> {
        let word = *self.lexicon.words.get(number)?;
        let Notes { now, seen, served, .. } = &mut self.notes;
        if word.zones & sentence.zone.bit() == 0 || std::mem::replace(seen.get_mut(number)?, *now) == *now {
            return None;
        }
        for set in stretch(&self.lexicon.member_of, word.sets) {
            *served.get_mut(*set as usize)? = *now;
        }
        (word.patterns.0 < word.patterns.1).then_some(word)
    }

    /// Whether a pattern is asked for here, and a word stands here for each of its parts.
    #[inline]
    fn may_match(&self, trial: &Trial, sentence: &Sentence) -> bool {
        let Notes { now, served, .. } = &self.notes;
        trial.zones & sentence.zone.bit() != 0
            && (trial.need == NONE || served.get(trial.need as usize) == Some(now))
            && self.lexicon.patterns.get(trial.pattern as usize).is_some_and(|p| self.is_served(p.needs))
    }

    /// Whether a word of each of these sets stands in the sentence.
    fn is_served(&self, needs: Stretch) -> bool {
        let Notes { now, served, .. } = &self.notes;
        stretch(&self.lexicon.needs, needs).iter().all(|set| served.get(*set as usize) == Some(now))
    }

    /// Where a program matches in the sentence; several rules may ask, and it runs once.
    fn search(&mut self, program: u32, text: &Worded<'_>) -> Option<(u32, u32)> {
        let index = program as usize;
        let (searched, now) = (self.notes.searched.get_mut(index)?, self.notes.now);
        if searched.0 != now {
            let program = self.lexicon.programs.get(index)?;
            let m = self.lexicon.matcher.find_in(program, text, &self.by_pair, &mut self.scratch);
            // A sentence is no longer than the message's text, which fits.
            let place = |m: Match| Some((u32::try_from(m.start).ok()?, u32::try_from(m.end).ok()?));
            *searched = (now, m.and_then(place));
        }
        searched.1
    }

    /// Whether one of these conditions stands in the sentence.
    fn stands(&mut self, conditions: Stretch, text: &Worded<'_>) -> bool {
        stretch(&self.lexicon.conditions, conditions)
            .iter()
            .any(|c| self.is_served(c.needs) && self.search(c.program, text).is_some())
    }

    /// Whether the sentence speaks of what is done already and asks for nothing.
    fn is_settled(&mut self, text: &Worded<'_>) -> bool {
        if let Some(known) = self.settled {
            return known;
        }
        let settled = self.stands(self.lexicon.settled, text) && !self.stands(self.lexicon.unsettled, text);
        self.settled = Some(settled);
        settled
    }

    fn attempt(&mut self, pattern: u32, at: usize, sentence: &Sentence) {
        let lexicon = self.lexicon;
        let index = pattern as usize;
        let (Some(p), Some(tried)) = (lexicon.patterns.get(index), self.notes.tried.get_mut(index)) else { return };
        let group = p.group as usize;
        let (Some(g), Some(zones)) = (lexicon.groups.get(group), self.notes.zones.get(group)) else { return };
        let bit = sentence.zone.bit();
        if std::mem::replace(tried, self.notes.now) == self.notes.now || *zones & bit != 0 {
            return;
        }
        let text = self.folded.worded(sentence);
        let Some((start, end)) = self.search(p.program, &text) else { return };
        let wants_company = g.beside.0 < g.beside.1;
        if wants_company && !self.stands(g.beside, &text) || self.stands(g.unless, &text) {
            return;
        }
        let settled = sentence.zone == Zone::Text && self.is_settled(&text);
        let zones = if settled { &mut self.notes.zones_settled } else { &mut self.notes.zones };
        let Some(zones) = zones.get_mut(group).filter(|zones| **zones & bit == 0) else { return };
        *zones |= bit;
        let (start, end) = self.folded.trimmed(sentence.start + start as usize, sentence.start + end as usize);
        self.found.push(Hit { id: WordsId(group), zone: sentence.zone, sentence: at, settled, start, end });
    }
}
