//! All patterns of all rules in one place, and the one pass over a message that finds them.
//!
//! A plain-word prefilter (Aho-Corasick) says which patterns may match in which sentence: those of which every part that
//! must stand has a word there. Only those run, and only on that sentence. So a hundred pages cost little more than ten. Knows no page: it gives each group of patterns a
//! number and reports the numbers that were found.

use super::{
    RuleFile,
    folded::{Folded, Sentence, Zone},
    matcher::{Matcher, Program, Scratch, Worded},
    phrase::{WordLists, all_required_words, expand, required_words},
};
use crate::domain::{
    field::Span,
    mistake::{Mistake, line_of},
};
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use std::collections::BTreeMap;
use toml::Spanned;

/// The number of a group of patterns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct WordsId(usize);

/// One group of patterns found in one sentence.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hit {
    pub(super) id: WordsId,
    pub(super) zone: Zone,
    sentence: usize,
    /// First byte and one past the last in the folded text.
    pub(super) start: usize,
    pub(super) end: usize,
}

/// What was found in a message, by group and then in the order of the message.
#[derive(Debug, Default)]
pub(super) struct Hits {
    found: Vec<Hit>,
}

impl Hits {
    /// Where a group was found: at most once in each zone.
    pub(super) fn of(&self, id: WordsId) -> &[Hit] {
        let from = self.found.partition_point(|h| h.id < id);
        let to = self.found.partition_point(|h| h.id <= id);
        self.found.get(from..to).unwrap_or_default()
    }
    /// Whether a group was found at all.
    pub(super) fn has(&self, id: WordsId) -> bool {
        !self.of(id).is_empty()
    }
}

impl Hit {
    /// Where it stands in the message, and the message's own words there.
    pub(super) fn span(&self, folded: &Folded) -> Option<Span> {
        folded.span(folded.sentences.get(self.sentence)?, self.start, self.end)
    }
}

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
    /// Its sets: from where and how many in `Lexicon::needs`.
    needs: (u32, u32),
}

/// All groups, ready to search.
#[derive(Debug)]
pub(super) struct Lexicon {
    groups: Vec<Group>,
    patterns: Vec<Pattern>,
    matcher: Matcher,
    /// The prefilter; `None` where no pattern has plain words.
    finder: Option<AhoCorasick>,
    /// For each plain word the patterns that need it.
    needed_by: Vec<Vec<u32>>,
    /// Sets of plain words, by pattern; each needs a word of each of its sets.
    needs: Vec<u32>,
    /// The plain words of each set.
    sets: Vec<Vec<u32>>,
    /// Patterns without plain words: tried on every sentence.
    always: Vec<u32>,
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
        }
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
            let count = u32::try_from(self.needs.len()).ok()? - from;
            self.patterns.push(Pattern { program, group, needs: (from, count) });
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
        let (plain, needed_by): (Vec<_>, Vec<_>) = self.plain.into_iter().unzip();
        let number = |word: &Vec<u8>| plain.binary_search(word).ok().and_then(|n| u32::try_from(n).ok());
        let mut sets = vec![Vec::new(); self.sets.len()];
        for (words, index) in &self.sets {
            if let Some(set) = sets.get_mut(*index as usize) {
                *set = words.iter().filter_map(number).collect();
            }
        }
        let finder = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            // A full DFA of two thousand words is megabytes: it falls out of the processor's cache and is slower.
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(&plain)
            .ok()
            .filter(|_| !plain.is_empty());
        let mut always = self.always;
        if finder.is_none() {
            always = (0..u32::try_from(self.patterns.len()).unwrap_or(u32::MAX)).collect();
        }
        let needs = if finder.is_some() { self.needs } else { Vec::new() };
        Lexicon {
            groups: self.groups,
            patterns: self.patterns,
            matcher: self.matcher,
            finder,
            needed_by,
            needs,
            sets,
            always,
        }
    }
}

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
            last: vec![u32::MAX; self.patterns.len()],
            zones: vec![0; self.groups.len()],
            seen: vec![u32::MAX; self.needed_by.len()],
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
                let word = m.pattern().as_usize();
                if search.is_new(word, at) && self.needed_by.get(word).is_some_and(|by| !by.is_empty()) {
                    words.push(word);
                }
            }
            for &pattern in words.iter().filter_map(|w| self.needed_by.get(*w)).flatten() {
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
        (Hits { found }, work)
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
    /// By plain word: the last sentence it was seen in.
    seen: Vec<u32>,
    /// The sentence that is searched, and its number.
    text: Worded<'a>,
    text_of: u32,
    scratch: Scratch,
    found: Vec<Hit>,
}

impl<'a> Search<'a> {
    /// Notes a plain word; whether the sentence did not have it yet.
    fn is_new(&mut self, word: usize, at: u32) -> bool {
        self.seen.get_mut(word).is_some_and(|last| std::mem::replace(last, at) != at)
    }

    /// Whether a pattern is asked for here, and a word stands here for each of its parts.
    fn may_match(&self, pattern: u32, at: u32, sentence: &Sentence) -> bool {
        let lexicon = self.lexicon;
        let Some(p) = lexicon.patterns.get(pattern as usize) else { return false };
        let asked = lexicon.groups.get(p.group as usize).is_some_and(|g| g.zones & sentence.zone.bit() != 0);
        let (from, count) = p.needs;
        let sets = lexicon.needs.get(from as usize..(from + count) as usize).unwrap_or_default();
        let has_one = |set: &Vec<u32>| set.iter().any(|word| self.seen.get(*word as usize) == Some(&at));
        asked && sets.iter().all(|set| lexicon.sets.get(*set as usize).is_none_or(has_one))
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
        *zones |= bit;
        let (start, end) = self.folded.trimmed(sentence.start + m.start, sentence.start + m.end);
        self.found.push(Hit { id: WordsId(group), zone: sentence.zone, sentence: at as usize, start, end });
    }
}
