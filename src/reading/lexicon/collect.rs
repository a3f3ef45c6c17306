//! Collects the patterns of all rules while pages are loaded, with the plain words that each cannot do without.

use super::{Condition, Group, Lexicon, NONE, Pattern, PlainWord, Stretch, Trial, WordsId};
use crate::domain::mistake::{Mistake, line_of};
use crate::reading::{
    RuleFile,
    folded::Zone,
    matcher::{Matcher, Program},
    phrase::{Plain, WordLists, Written, all_required_words, expand, required_words},
    prefilter::Prefilter,
    stretches::{appended, stretch},
};
use std::{collections::BTreeMap, rc::Rc, sync::Mutex};
use toml::Spanned;

/// What must and must not stand in a sentence around the words of a rule, and where the sentence may stand.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::reading) struct Around<'a> {
    /// One of these must stand in the same sentence, where there are any.
    pub(in crate::reading) beside: &'a [Spanned<String>],
    /// None of these may.
    pub(in crate::reading) unless: &'a [Spanned<String>],
    pub(in crate::reading) zones: &'a [Zone],
}

/// A pattern as it is used: several rules may ask for the same words.
#[derive(Debug)]
struct Known {
    written: Written,
    /// Sets of plain words of which it needs a word each.
    needs: Vec<Vec<Plain>>,
}

/// Collects groups while pages are loaded.
#[derive(Debug)]
pub(in crate::reading) struct LexiconBuilder<'a> {
    lists: &'a WordLists,
    groups: Vec<Group>,
    patterns: Vec<Pattern>,
    conditions: Vec<Condition>,
    matcher: Matcher,
    programs: Vec<Program>,
    /// Patterns by how they stand on the pages.
    known: BTreeMap<String, Rc<Known>>,
    /// Programs by what they are compiled from.
    compiled: BTreeMap<String, u32>,
    /// Plain words, and which patterns are tried for their sake.
    plain: BTreeMap<Plain, Vec<u32>>,
    needs: Vec<u32>,
    /// Sets, their numbers and the zones in which they are asked for.
    sets: BTreeMap<Vec<Plain>, (u32, u16)>,
    always: Vec<u32>,
    settled: Stretch,
    unsettled: Stretch,
    further: Stretch,
    denied: Stretch,
}

impl<'a> LexiconBuilder<'a> {
    pub(in crate::reading) fn new(lists: &'a WordLists) -> Self {
        Self {
            lists,
            groups: Vec::new(),
            patterns: Vec::new(),
            conditions: Vec::new(),
            matcher: Matcher::default(),
            programs: Vec::new(),
            known: BTreeMap::new(),
            compiled: BTreeMap::new(),
            plain: BTreeMap::new(),
            needs: Vec::new(),
            sets: BTreeMap::new(),
            always: Vec::new(),
            settled: (0, 0),
            unsettled: (0, 0),
            further: (0, 0),
            denied: (0, 0),
        }
    }

    /// Takes from the word lists how sentences sound that speak of what is done already, that begin a further matter, and
    /// that say what is not wanted.
    pub(in crate::reading) fn settle(&mut self, file: &RuleFile, mistakes: &mut Vec<Mistake>) {
        let mut conditions = |list: &str| {
            let words = self.lists.get(list).map_or(&[][..], Vec::as_slice);
            let patterns: Result<Vec<_>, _> = words.iter().map(|w| self.known(w)).collect();
            let added = patterns.and_then(|patterns| {
                self.conditions(&patterns, Zone::Text.bit())
                    .ok_or_else(|| "the patterns together are too large".to_owned())
            });
            added.unwrap_or_else(|what| {
                mistakes.push(Mistake {
                    file: file.name.clone(),
                    line: None,
                    what: format!("the word list “{list}”: {what}"),
                    mend: "How patterns are written is explained in rules/README.md.".to_owned(),
                });
                (0, 0)
            })
        };
        let settled = (conditions(SETTLED), conditions(UNSETTLED));
        let turns = (conditions(FURTHER), conditions(DENIED));
        ((self.settled, self.unsettled), (self.further, self.denied)) = (settled, turns);
    }

    /// Adds the patterns of one rule: any of `words`, in a sentence in which one of `beside` stands (where there are
    /// any) and none of `unless`.
    ///
    /// `of` names the rule in mistakes, such as `the sign “asks-for-certificate”`.
    pub(in crate::reading) fn add(
        &mut self,
        of: &str,
        words: &[Spanned<String>],
        Around { beside, unless, zones }: Around<'_>,
        file: &RuleFile,
        mistakes: &mut Vec<Mistake>,
    ) -> Option<WordsId> {
        let patterns = self.written_out(of, words, file, mistakes);
        let company = self.written_out(of, beside, file, mistakes);
        let counter = self.written_out(of, unless, file, mistakes);
        let (patterns, company, counter) = (patterns?, company?, counter?);
        if patterns.is_empty() {
            return None;
        }
        let group = u32::try_from(self.groups.len()).ok()?;
        let zones = zones.iter().fold(0, |set, z| set | z.bit());
        let mut too_large = |written: &Spanned<String>| {
            mistakes.push(Mistake {
                file: file.name.clone(),
                line: Some(line_of(&file.text, written.span().start)),
                what: format!("{of}: the patterns together are too large"),
                mend: "Split it into several shorter patterns.".to_owned(),
            });
        };
        // Each pattern alone: its own plain words are rarer than those of the whole group, so it runs more seldom.
        for (pattern, written) in patterns.iter().zip(words) {
            let Some(program) = self.program(pattern) else {
                too_large(written);
                return None;
            };
            let id = u32::try_from(self.patterns.len()).ok()?;
            let chosen = required_words(&pattern.written.hir);
            let needs = self.needs(pattern, chosen.as_ref(), zones);
            self.patterns.push(Pattern { program, group, zones, needs });
            match chosen {
                Some(plain) => {
                    for word in plain {
                        self.plain.entry(word).or_default().push(id);
                    }
                }
                None => self.always.push(id),
            }
        }
        let around = [(beside, company), (unless, counter)].map(|(written, patterns)| {
            self.conditions(&patterns, zones).or_else(|| {
                written.first().into_iter().for_each(&mut too_large);
                None
            })
        });
        let [beside, unless] = around;
        self.groups.push(Group { beside: beside?, unless: unless? });
        Some(WordsId(self.groups.len() - 1))
    }

    /// Adds what stands beside patterns in these zones, or must not; `None` where it is too large.
    fn conditions(&mut self, patterns: &[Rc<Known>], zones: u16) -> Option<Stretch> {
        let count = |all: &[Condition]| u32::try_from(all.len()).ok();
        let from = count(&self.conditions)?;
        for pattern in patterns {
            let program = self.program(pattern)?;
            let needs = self.needs(pattern, None, zones);
            self.conditions.push(Condition { program, needs });
        }
        Some((from, count(&self.conditions)?))
    }

    /// A pattern of a page.
    ///
    /// # Errors
    /// What is wrong, in a sentence.
    fn known(&mut self, pattern: &str) -> Result<Rc<Known>, String> {
        if let Some(known) = self.known.get(pattern) {
            return Ok(Rc::clone(known));
        }
        let written = expand(pattern, self.lists)?;
        let known = Rc::new(Known { needs: all_required_words(&written.hir), written });
        self.known.insert(pattern.to_owned(), Rc::clone(&known));
        Ok(known)
    }

    /// The number of a pattern's program; `None` where it is too large.
    fn program(&mut self, pattern: &Known) -> Option<u32> {
        let Written { regex, hir } = &pattern.written;
        if let Some(known) = self.compiled.get(regex) {
            return Some(*known);
        }
        let number = u32::try_from(self.programs.len()).ok()?;
        self.programs.push(self.matcher.compile(&[hir]).ok()?);
        self.compiled.insert(regex.clone(), number);
        Some(number)
    }

    /// Notes the sets of which a pattern needs a word each, but for the one `known` to stand there.
    fn needs(&mut self, pattern: &Known, known: Option<&Vec<Plain>>, zones: u16) -> Stretch {
        let mut sets = Vec::new();
        for set in pattern.needs.iter().filter(|set| Some(*set) != known) {
            if let Some((number, asked_in)) = self.sets.get_mut(set) {
                *asked_in |= zones;
                sets.push(*number);
                continue;
            }
            for word in set {
                self.plain.entry(word.clone()).or_default();
            }
            let number = u32::try_from(self.sets.len()).unwrap_or(u32::MAX);
            self.sets.insert(set.clone(), (number, zones));
            sets.push(number);
        }
        appended(&mut self.needs, &sets)
    }

    /// Each pattern as it is used; `None` where any of them is wrong, each with its own mistake.
    fn written_out(
        &mut self,
        of: &str,
        patterns: &[Spanned<String>],
        file: &RuleFile,
        mistakes: &mut Vec<Mistake>,
    ) -> Option<Vec<Rc<Known>>> {
        let mut whole = true;
        let mut out = Vec::with_capacity(patterns.len());
        for p in patterns {
            match self.known(p.get_ref()) {
                Ok(pattern) => out.push(pattern),
                Err(what) => {
                    whole = false;
                    mistakes.push(Mistake {
                        file: file.name.clone(),
                        line: Some(line_of(&file.text, p.span().start)),
                        what: format!("{of}: “{}”: {what}", p.get_ref()),
                        mend: "How patterns are written is explained in rules/README.md.".to_owned(),
                    });
                }
            }
        }
        whole.then_some(out)
    }

    /// Closes the collection.
    pub(in crate::reading) fn finish(mut self) -> Lexicon {
        self.matcher.close();
        let mut lexicon = Lexicon {
            words: Vec::with_capacity(self.plain.len()),
            tried_for: Vec::new(),
            member_of: Vec::new(),
            sets: self.sets.len(),
            needs: self.needs,
            always: Vec::new(),
            settled: self.settled,
            unsettled: self.unsettled,
            further: self.further,
            denied: self.denied,
            groups: self.groups,
            patterns: self.patterns,
            conditions: self.conditions,
            matcher: self.matcher,
            programs: self.programs,
            prefilter: None,
            pool: Mutex::default(),
        };
        let mut sets_of: BTreeMap<&Plain, (Vec<u32>, u16)> = BTreeMap::new();
        for (words, (set, zones)) in &self.sets {
            for word in words {
                let (sets, asked_in) = sets_of.entry(word).or_default();
                sets.push(*set);
                *asked_in |= zones;
            }
        }
        for (word, patterns) in &self.plain {
            let (sets, zones) = sets_of.remove(word).unwrap_or_default();
            let asked = patterns.iter().filter_map(|p| Some(lexicon.patterns.get(*p as usize)?.zones));
            let zones = asked.fold(zones, |a, b| a | b);
            let trials: Vec<Trial> = patterns.iter().filter_map(|p| lexicon.trial(*p)).collect();
            let patterns = appended(&mut lexicon.tried_for, &trials);
            let sets = appended(&mut lexicon.member_of, &sets);
            lexicon.words.push(PlainWord { zones, patterns, sets });
        }
        lexicon.always = self.always.iter().filter_map(|p| lexicon.trial(*p)).collect();
        lexicon.prefilter = Some(Prefilter::new(self.plain.keys().zip(lexicon.words.iter().map(|w| w.zones))));
        lexicon
    }
}

/// The word list of how sentences sound that speak of what is done already: thanks, “that is settled”, “no need to”.
const SETTLED: &str = "settled";
/// The word list of what shows that such a sentence asks for something all the same.
const UNSETTLED: &str = "unsettled";
/// The word list of what begins a further matter: “also”, “one more thing”, “2)”.
const FURTHER: &str = "further";
/// The word list of what a sentence holds that says what is not so or not wanted: “no”, “already”.
const DENIED: &str = "denied";

impl Lexicon {
    /// A pattern as it is looked at before it is tried.
    fn trial(&self, pattern: u32) -> Option<Trial> {
        let p = self.patterns.get(pattern as usize)?;
        let need = stretch(&self.needs, p.needs).first().copied().unwrap_or(NONE);
        Some(Trial { pattern, need, zones: p.zones })
    }
}
