//! All patterns of all rules in one place, and the one pass over a message that finds them.
//!
//! A plain-word prefilter (Aho-Corasick) says which patterns may match in which sentence: those of which every part that
//! must stand has a word there. Only those run, and only on that sentence. So a hundred pages cost little more than ten. Knows no page: it gives each group of patterns a
//! number and reports the numbers that were found.

pub(super) use super::hits::{Hit, Hits, WordsId};
use super::{
    RuleFile,
    folded::{Folded, Sentence, Zone},
    matcher::{Matcher, Program, Scratch, Worded},
    phrase::{WordLists, all_required_words, expand, required_words},
    settled::Settled,
};
use crate::domain::mistake::{Mistake, line_of};
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use std::collections::BTreeMap;
use toml::Spanned;

#[derive(Debug)]
struct Group {
    /// Must stand in the same sentence.
    beside: Option<Program>,
    unless: Option<Program>,
    zones: u16,
}

#[derive(Debug)]
struct Pattern {
    program: Program,
    group: u32,
    /// Its sets: from where to where in `Lexicon::needs`.
    needs: (u32, u32),
}

/// A plain word of the prefilter.
#[derive(Debug, Clone, Copy, Default)]
struct PlainWord {
    /// The zones in which a pattern asks for it.
    zones: u16,
    /// The patterns that are tried for its sake: from where to where in `Lexicon::tried_for`.
    patterns: (u32, u32),
    /// The sets that it stands in: from where to where in `Lexicon::member_of`.
    sets: (u32, u32),
}

/// All groups, ready to search.
#[derive(Debug)]
pub(super) struct Lexicon {
    groups: Vec<Group>,
    patterns: Vec<Pattern>,
    matcher: Matcher,
    /// The prefilter; `None` where no pattern has plain words.
    finder: Option<AhoCorasick>,
    /// By plain word: what it means where it stands.
    words: Vec<PlainWord>,
    /// Patterns, by the word for whose sake they are tried.
    tried_for: Vec<u32>,
    /// Sets, by the word that stands in them.
    member_of: Vec<u32>,
    /// Sets of plain words, by pattern; each needs a word of each of its sets.
    needs: Vec<u32>,
    /// How many sets there are.
    sets: usize,
    /// Patterns without plain words: tried on every sentence.
    always: Vec<u32>,
    settled: Option<Settled>,
}

/// What must and must not stand in a sentence around the words of a rule, and where the sentence may stand.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Around<'a> {
    /// One of these must stand in the same sentence, where there are any.
    pub(super) beside: &'a [Spanned<String>],
    /// None of these may.
    pub(super) unless: &'a [Spanned<String>],
    pub(super) zones: &'a [Zone],
}

/// Collects groups while pages are loaded.
#[derive(Debug)]
pub(super) struct LexiconBuilder<'a> {
    lists: &'a WordLists,
    groups: Vec<Group>,
    patterns: Vec<Pattern>,
    matcher: Matcher,
    plain: BTreeMap<Vec<u8>, Vec<u32>>,
    needs: Vec<u32>,
    sets: BTreeMap<Vec<Vec<u8>>, u32>,
    always: Vec<u32>,
    settled: Option<Settled>,
}

impl<'a> LexiconBuilder<'a> {
    pub(super) fn new(lists: &'a WordLists) -> Self {
        Self {
            lists,
            groups: Vec::new(),
            patterns: Vec::new(),
            matcher: Matcher::default(),
            plain: BTreeMap::new(),
            needs: Vec::new(),
            sets: BTreeMap::new(),
            always: Vec::new(),
            settled: None,
        }
    }

    /// Takes from the word lists how sentences sound that speak of what is done already.
    pub(super) fn settle(&mut self, file: &RuleFile, mistakes: &mut Vec<Mistake>) {
        self.settled = Settled::compile(self.lists, &mut self.matcher, file, mistakes);
    }

    /// Adds the patterns of one rule: any of `words`, in a sentence in which one of `beside` stands (where there are
    /// any) and none of `unless`.
    ///
    /// `of` names the rule in mistakes, such as `the sign “asks-for-certificate”`.
    pub(super) fn add(
        &mut self,
        of: &str,
        words: &[Spanned<String>],
        Around { beside, unless, zones }: Around<'_>,
        file: &RuleFile,
        mistakes: &mut Vec<Mistake>,
    ) -> Option<WordsId> {
        let regexes = self.written_out(of, words, file, mistakes);
        let company = self.written_out(of, beside, file, mistakes);
        let counter = self.written_out(of, unless, file, mistakes);
        let (regexes, company, counter) = (regexes?, company?, counter?);
        if regexes.is_empty() {
            return None;
        }
        let group = u32::try_from(self.groups.len()).ok()?;
        let matcher = &mut self.matcher;
        let mut compiled = |regexes: &[&str], line: Option<usize>| {
            matcher
                .compile(regexes)
                .map_err(|_| {
                    mistakes.push(Mistake {
                        file: file.name.clone(),
                        line,
                        what: format!("{of}: the patterns together are too large"),
                        mend: "Split it into several shorter patterns.".to_owned(),
                    });
                })
                .ok()
        };
        let line = |w: &Spanned<String>| Some(line_of(&file.text, w.span().start));
        // Each pattern alone: its own plain words are rarer than those of the whole group, so it runs more seldom.
        for (source, written) in regexes.iter().zip(words) {
            let program = compiled(&[source.as_str()], line(written))?;
            let id = u32::try_from(self.patterns.len()).ok()?;
            let chosen = required_words(source);
            let from = u32::try_from(self.needs.len()).ok()?;
            for set in all_required_words(source).into_iter().filter(|set| Some(set) != chosen.as_ref()) {
                for word in &set {
                    self.plain.entry(word.clone()).or_default();
                }
                let next = u32::try_from(self.sets.len()).ok()?;
                self.needs.push(*self.sets.entry(set).or_insert(next));
            }
            let to = u32::try_from(self.needs.len()).ok()?;
            self.patterns.push(Pattern { program, group, needs: (from, to) });
            match chosen {
                Some(plain) => {
                    for word in plain {
                        self.plain.entry(word).or_default().push(id);
                    }
                }
                None => self.always.push(id),
            }
        }
        let mut together = |written: &[Spanned<String>], regexes: &[String]| {
            let Some(first) = written.first() else { return Some(None) };
            let regexes: Vec<&str> = regexes.iter().map(String::as_str).collect();
            compiled(&regexes, line(first)).map(Some)
        };
        let (beside, unless) = (together(beside, &company)?, together(unless, &counter)?);
        self.groups.push(Group { beside, unless, zones: zones.iter().fold(0, |set, z| set | z.bit()) });
        Some(WordsId(self.groups.len() - 1))
    }

    /// Each pattern as a regular expression; `None` where any of them is wrong, each with its own mistake.
    fn written_out(
        &self,
        of: &str,
        patterns: &[Spanned<String>],
        file: &RuleFile,
        mistakes: &mut Vec<Mistake>,
    ) -> Option<Vec<String>> {
        let mut whole = true;
        let mut out = Vec::with_capacity(patterns.len());
        for p in patterns {
            match expand(p.get_ref(), self.lists) {
                Ok(regex) => out.push(regex),
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
    pub(super) fn finish(mut self) -> Lexicon {
        self.matcher.close();
        let finder = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            // A full DFA of two thousand words is megabytes: it falls out of the processor's cache and is slower.
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(self.plain.keys())
            .ok()
            .filter(|_| !self.plain.is_empty());
        let mut lexicon = Lexicon {
            words: Vec::with_capacity(self.plain.len()),
            tried_for: Vec::new(),
            member_of: Vec::new(),
            sets: self.sets.len(),
            needs: self.needs,
            always: self.always,
            settled: self.settled,
            groups: self.groups,
            patterns: self.patterns,
            matcher: self.matcher,
            finder,
        };
        if lexicon.finder.is_none() {
            lexicon.always = (0..u32::try_from(lexicon.patterns.len()).unwrap_or(u32::MAX)).collect();
            lexicon.needs.clear();
            lexicon.patterns.iter_mut().for_each(|p| p.needs = (0, 0));
            return lexicon;
        }
        let mut sets_of: BTreeMap<&[u8], Vec<u32>> = BTreeMap::new();
        for (words, set) in &self.sets {
            words.iter().for_each(|word| sets_of.entry(word).or_default().push(*set));
        }
        let mut zones_of = vec![0; lexicon.sets];
        for pattern in &lexicon.patterns {
            for set in lexicon.needs_of(pattern) {
                if let Some(zones) = zones_of.get_mut(*set as usize) {
                    *zones |= lexicon.zones_of(pattern);
                }
            }
        }
        for (word, patterns) in &self.plain {
            let sets = sets_of.remove(word.as_slice()).unwrap_or_default();
            let asked = patterns.iter().filter_map(|p| Some(lexicon.zones_of(lexicon.patterns.get(*p as usize)?)));
            let zones =
                asked.chain(sets.iter().filter_map(|s| zones_of.get(*s as usize).copied())).fold(0, |a, b| a | b);
            let patterns = appended(&mut lexicon.tried_for, patterns);
            let sets = appended(&mut lexicon.member_of, &sets);
            lexicon.words.push(PlainWord { zones, patterns, sets });
        }
        lexicon
    }
}

/// Appends to a list; from where to where it now stands there.
fn appended(list: &mut Vec<u32>, more: &[u32]) -> (u32, u32) {
    let length = |list: &[u32]| u32::try_from(list.len()).unwrap_or(u32::MAX);
    let from = length(list);
    list.extend(more);
    (from, length(list))
}

/// A stretch of a list.
fn stretch(list: &[u32], (from, to): (u32, u32)) -> &[u32] {
    list.get(from as usize..to as usize).unwrap_or_default()
}

impl Lexicon {
    /// Finds every group in a message; each once in a zone at most, the first place of it.
    pub(super) fn scan(&self, folded: &Folded) -> Hits {
        self.scan_counted(folded).0
    }

    /// The sets of each of which a pattern needs a word.
    fn needs_of(&self, pattern: &Pattern) -> &[u32] {
        stretch(&self.needs, pattern.needs)
    }

    /// The zones in which a pattern is asked for.
    fn zones_of(&self, pattern: &Pattern) -> u16 {
        self.groups.get(pattern.group as usize).map_or(0, |g| g.zones)
    }

    /// The same, and how many steps it took.
    pub(super) fn scan_counted(&self, folded: &Folded) -> (Hits, u64) {
        let mut search = Search {
            lexicon: self,
            folded,
            last: vec![u32::MAX; self.patterns.len()],
            zones: vec![0; self.groups.len()],
            zones_settled: vec![0; self.groups.len()],
            settled: (u32::MAX, false),
            seen: vec![u32::MAX; self.words.len()],
            served: vec![u32::MAX; self.sets],
            text: Worded::default(),
            text_of: u32::MAX,
            scratch: self.matcher.borrow(),
            found: Vec::with_capacity(48),
        };
        let mut plain = self.finder.iter().flat_map(|f| f.find_overlapping_iter(&folded.bytes)).peekable();
        let mut words = Vec::with_capacity(64);
        // Patterns without plain words come after all others.
        let mut always = Vec::new();
        for (at, sentence) in (0..).zip(&folded.sentences) {
            words.clear();
            while let Some(m) = plain.next_if(|m| m.end() <= sentence.end) {
                words.extend(search.noted(m.pattern().as_usize(), at, sentence));
            }
            for &pattern in words.iter().flat_map(|word| stretch(&self.tried_for, word.patterns)) {
                if search.may_match(pattern, at, sentence) {
                    search.attempt(pattern, at, sentence);
                }
            }
            always
                .extend(self.always.iter().filter(|p| search.may_match(**p, at, sentence)).map(|p| (*p, at, sentence)));
        }
        for (pattern, at, sentence) in always {
            search.attempt(pattern, at, sentence);
        }
        let Search { scratch, mut found, .. } = search;
        let work = scratch.work;
        self.matcher.give_back(scratch);
        found.sort_by_key(|h: &Hit| (h.id, h.start));
        (Hits::sorted(found, self.groups.len()), work)
    }
}

/// One search through a message.
struct Search<'a> {
    lexicon: &'a Lexicon,
    folded: &'a Folded,
    /// By pattern: the last sentence it was tried on.
    last: Vec<u32>,
    /// By group: the zones in which it was found.
    zones: Vec<u16>,
    /// The same for sentences that speak of what is done already.
    zones_settled: Vec<u16>,
    /// A sentence, and whether it speaks of what is done already.
    settled: (u32, bool),
    /// By plain word: the last sentence it was seen in.
    seen: Vec<u32>,
    /// By set: the last sentence that has a word of it.
    served: Vec<u32>,
    /// The sentence that is searched, and its number.
    text: Worded<'a>,
    text_of: u32,
    scratch: Scratch,
    found: Vec<Hit>,
}

impl<'a> Search<'a> {
    /// Notes a plain word and its sets; the word where patterns are to be tried for it now.
    fn noted(&mut self, number: usize, at: u32, sentence: &Sentence) -> Option<PlainWord> {
        let word = *self.lexicon.words.get(number)?;
        if word.zones & sentence.zone.bit() == 0 || std::mem::replace(self.seen.get_mut(number)?, at) == at {
            return None;
        }
        for set in stretch(&self.lexicon.member_of, word.sets) {
            *self.served.get_mut(*set as usize)? = at;
        }
        (word.patterns.0 < word.patterns.1).then_some(word)
    }

    /// Whether a pattern is asked for here, and a word stands here for each of its parts.
    fn may_match(&self, pattern: u32, at: u32, sentence: &Sentence) -> bool {
        let lexicon = self.lexicon;
        let Some(p) = lexicon.patterns.get(pattern as usize) else { return false };
        lexicon.zones_of(p) & sentence.zone.bit() != 0
            && lexicon.needs_of(p).iter().all(|set| self.served.get(*set as usize) == Some(&at))
    }

    fn attempt(&mut self, pattern: u32, at: u32, sentence: &Sentence) {
        let lexicon = self.lexicon;
        let index = pattern as usize;
        let (Some(p), Some(last)) = (lexicon.patterns.get(index), self.last.get_mut(index)) else { return };
        let group = p.group as usize;
        let (Some(g), Some(zones)) = (lexicon.groups.get(group), self.zones.get_mut(group)) else { return };
        let bit = sentence.zone.bit();
        if std::mem::replace(last, at) == at || *zones & bit != 0 {
            return;
        }
        if self.text_of != at {
            let room = std::mem::take(&mut self.text).into_room();
            self.text = Worded::lay_out(self.folded.words(sentence), room);
            self.text_of = at;
        }
        let Some(m) = lexicon.matcher.find_in(&p.program, &self.text, &mut self.scratch) else { return };
        if let Some(beside) = &g.beside
            && lexicon.matcher.find_in(beside, &self.text, &mut self.scratch).is_none()
        {
            return;
        }
        if let Some(unless) = &g.unless
            && lexicon.matcher.find_in(unless, &self.text, &mut self.scratch).is_some()
        {
            return;
        }
        let settled = sentence.zone == Zone::Text && self.is_settled(at);
        let zones = if settled { &mut self.zones_settled } else { &mut self.zones };
        let Some(zones) = zones.get_mut(group).filter(|zones| **zones & bit == 0) else { return };
        *zones |= bit;
        let (start, end) = self.folded.trimmed(sentence.start + m.start, sentence.start + m.end);
        self.found.push(Hit { id: WordsId(group), zone: sentence.zone, sentence: at as usize, settled, start, end });
    }

    /// Whether the sentence that is searched speaks of what is done already.
    fn is_settled(&mut self, at: u32) -> bool {
        let Some(settled) = &self.lexicon.settled else { return false };
        if self.settled.0 != at {
            self.settled = (at, settled.holds(&self.lexicon.matcher, &self.text, &mut self.scratch));
        }
        self.settled.1
    }
}
