//! The one pass over a text that finds every cue word of every field, every word a date can begin with, and every place
//! where a pattern for a value may match.
//!
//! Extractors look only where a cue stands; a text without cues costs this pass and nothing more. It goes from the end
//! to the beginning: so it is known at each place which words are still to come, and a pattern that needs one that does
//! not is not tried.

use crate::reading::matcher::is_word;
use crate::reading::phrase::Plain;
use crate::reading::trie::Trie;
use std::collections::BTreeMap;

/// Which list of a field a cue stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Stands before the value, like “policy number” or “certificate holder”.
    Labels,
    /// Stands right before the value, with only small words between, like “by” before a date.
    Near,
    /// Stands somewhere before the value in the same sentence.
    Words,
    /// An event whose date counts where no plainer one is given.
    Event,
    /// Stands right after the value.
    After,
    /// Says that what follows is something else.
    Not,
    /// Says that the message is about a document to be issued.
    Documents,
    /// A maker of vehicles.
    Makes,
    /// A model of vehicle.
    Models,
}

/// A cue: a list of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cue {
    /// Index of the field's rule.
    pub field: u16,
    /// Which list.
    pub kind: Kind,
}

impl Cue {
    /// Its list's number among all lists of all fields.
    fn slot(self) -> usize {
        usize::from(self.field) * KINDS + self.kind as usize
    }
}

/// A cue in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct FieldHit {
    /// Whose.
    pub cue: Cue,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl FieldHit {
    /// By field, list and place, in one number, so that sorting costs little; a sheet is shorter than 2^24 bytes.
    fn order(&self) -> u64 {
        (self.cue.slot() as u64) << 48 | (self.start as u64) << 24 | self.end as u64
    }
}

/// A word with which a date can begin or to which it can be related.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seed {
    /// A month, 1 to 12.
    Month(u32),
    /// A weekday, 0 is Monday.
    Weekday(u32),
    /// Days from today.
    Day(i64),
    /// The end of the working day: today where no other day follows.
    EndOfDay,
    /// “end of”, “month end”, “this month” …: the period's last day.
    EndOf(Period),
    /// “within”, “in” before a number of days.
    Within,
    /// “ago” after a number of days.
    Ago,
    /// A day of the month in words, 1 to 31.
    Ordinal(u32),
    /// No date: a word that makes a sum of the number words before it, “hundred”, “dollars”.
    Sum,
}

/// A stretch of time that has an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// Friday of this week.
    Week,
    /// Friday of next week.
    NextWeek,
    /// The month.
    Month,
    /// The month after.
    NextMonth,
    /// The year.
    Year,
}

/// A date word in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeedHit {
    /// What it means.
    pub seed: Seed,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// All cue words, compiled.
#[derive(Debug)]
pub struct Cues {
    /// Words that begin where a word of the text begins.
    at_words: Trie,
    /// Those that may begin anywhere.
    anywhere: Trie,
    /// By their number in the two: what they mean.
    words: Vec<Meaning>,
    cues: Vec<Cue>,
    prefixes: Vec<Prefix>,
    serves: Vec<Serves>,
    /// By pattern of all vocabularies.
    wholes: Vec<Whole>,
    needs: Vec<u32>,
    /// How many sets of words there are that patterns need.
    sets: usize,
}

/// What a word of the shared pass means; pairs of numbers are from where to where in the lists of [`Cues`].
#[derive(Debug, Clone, Copy)]
struct Meaning {
    cues: (u32, u32),
    seed: Option<Seed>,
    /// Patterns that begin with it.
    prefixes: (u32, u32),
    /// Sets that it stands in.
    serves: (u32, u32),
}

/// How a vocabulary's pattern begins.
#[derive(Debug, Clone, Copy)]
struct Prefix {
    /// Number of the vocabulary.
    vocabulary: u16,
    /// Number of its pattern.
    pattern: u16,
    /// Its number among all patterns of all vocabularies.
    whole: u32,
    /// Whether it begins at a word's border only: “umb” is not looked at in “number”.
    bordered: bool,
}

/// A set that has a word, and at which of the word's ends a word must border.
#[derive(Debug, Clone, Copy)]
struct Serves {
    set: u32,
    begins: bool,
    ends: bool,
}

/// What a pattern needs besides its beginning.
#[derive(Debug, Clone, Copy)]
struct Whole {
    /// Its sets: from where to where in `Cues::needs`.
    needs: (u32, u32),
    /// The longest text that it matches, in bytes.
    reach: u32,
}

/// The patterns of all vocabularies while they are collected.
#[derive(Debug, Default)]
pub struct Beginnings {
    patterns: Vec<Beginning>,
}

/// A vocabulary's pattern as the shared pass looks for it.
#[derive(Debug)]
pub struct Beginning {
    /// Number of the vocabulary.
    pub vocabulary: u16,
    /// Number of its pattern.
    pub pattern: u16,
    /// Whether it begins at a word's border only.
    pub bordered: bool,
    /// One of these stands where it begins.
    pub literals: Vec<Vec<u8>>,
    /// A word of each of these sets stands in what it matches.
    pub needs: Vec<Vec<Plain>>,
    /// The longest text that it matches, in bytes; `None` where there is no end to it.
    pub reach: Option<usize>,
}

impl Beginnings {
    /// Adds a pattern.
    pub fn add(&mut self, pattern: Beginning) {
        self.patterns.push(pattern);
    }
}

/// What the shared pass found in a text.
#[derive(Debug, Default)]
pub struct Found {
    hits: Vec<FieldHit>,
    /// By field and kind: where its hits begin in `hits`.
    index: Vec<u32>,
    /// Date words, in order.
    pub seeds: Vec<SeedHit>,
    starts: Vec<Start>,
}

/// Where a vocabulary's pattern may begin: vocabulary, place and pattern in one number, so that sorting them costs
/// little.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Start(u64);

impl Start {
    fn new(vocabulary: u16, at: u32, pattern: u16) -> Self {
        Self(u64::from(vocabulary) << 48 | u64::from(at) << 16 | u64::from(pattern))
    }
    fn vocabulary(self) -> usize {
        (self.0 >> 48) as usize
    }
    fn at(self) -> usize {
        (self.0 >> 16) as u32 as usize
    }
    fn pattern(self) -> usize {
        usize::from(self.0 as u16)
    }
}

impl Found {
    /// The hits of a field's list, in order.
    pub fn of(&self, field: usize, kind: Kind) -> &[FieldHit] {
        let slot = field * KINDS + kind as usize;
        let (Some(from), Some(to)) = (self.index.get(slot), self.index.get(slot + 1)) else { return &[] };
        self.hits.get(*from as usize..*to as usize).unwrap_or(&[])
    }

    /// Where a vocabulary's patterns may begin, and which, in order.
    pub fn starts(&self, vocabulary: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
        let from = self.starts.partition_point(|s| s.vocabulary() < vocabulary);
        let own = self.starts.iter().skip(from).take_while(move |s| s.vocabulary() == vocabulary);
        own.map(|s| (s.at(), s.pattern()))
    }
}

/// How many kinds of list there are.
const KINDS: usize = Kind::Models as usize + 1;

/// A word while it is collected.
#[derive(Debug, Default)]
struct Word {
    cues: Vec<Cue>,
    seed: Option<Seed>,
    prefixes: Vec<Prefix>,
    serves: Vec<Serves>,
}

/// Words while they are collected: those that begin where a word of the text begins, and the others.
#[derive(Debug, Default)]
struct Words {
    at_words: BTreeMap<Vec<u8>, Word>,
    anywhere: BTreeMap<Vec<u8>, Word>,
}

impl Words {
    /// A word that stands alone, or begins where a word of the text does.
    fn alone(&mut self, word: &[u8]) -> &mut Word {
        let among =
            if word.first().is_some_and(u8::is_ascii_alphanumeric) { &mut self.at_words } else { &mut self.anywhere };
        among.entry(word.to_vec()).or_default()
    }

    fn add(&mut self, pattern: &Beginning, whole: u32, sets: &mut BTreeMap<Vec<Plain>, u32>) -> Vec<u32> {
        let Beginning { vocabulary, pattern: number, bordered, .. } = *pattern;
        for literal in &pattern.literals {
            let word = if bordered { self.alone(literal) } else { self.anywhere.entry(literal.clone()).or_default() };
            word.prefixes.push(Prefix { vocabulary, pattern: number, whole, bordered });
        }
        // What every beginning holds is there whenever the pattern is tried.
        let holds = |literal: &Vec<u8>, plain: &Plain| literal.windows(plain.bytes.len()).any(|w| w == plain.bytes);
        let told = |set: &Vec<Plain>| pattern.literals.iter().all(|l| set.iter().any(|plain| holds(l, plain)));
        let mut needs = Vec::new();
        for set in pattern.needs.iter().filter(|set| !told(set)) {
            let next = u32::try_from(sets.len()).unwrap_or(u32::MAX);
            let number = *sets.entry(set.clone()).or_insert_with(|| {
                for plain in set {
                    let Plain { bytes, begins, ends } = plain;
                    let word =
                        if *begins { self.alone(bytes) } else { self.anywhere.entry(bytes.clone()).or_default() };
                    word.serves.push(Serves { set: next, begins: *begins, ends: *ends });
                }
                next
            });
            needs.push(number);
        }
        needs
    }
}

/// Appends to a list; from where to where it now stands there.
fn appended<T>(list: &mut Vec<T>, more: Vec<T>) -> (u32, u32) {
    let length = |list: &[T]| u32::try_from(list.len()).unwrap_or(u32::MAX);
    let from = length(list);
    list.extend(more);
    (from, length(list))
}

/// A stretch of a list.
fn stretch<T>(list: &[T], (from, to): (u32, u32)) -> &[T] {
    list.get(from as usize..to as usize).unwrap_or_default()
}

impl Cues {
    /// Compiles cue words (as an agency writes them: any case, single spaces) and the patterns of vocabularies.
    pub fn new(words: &[(String, Cue)], beginnings: &Beginnings) -> Self {
        let mut all = Words::default();
        for (word, cue) in words {
            let word = word.trim().to_lowercase();
            // Many type Spanish without its accents.
            let plain = crate::domain::text::folded(&word);
            let cues = &mut all.alone(word.as_bytes()).cues;
            if !cues.contains(cue) {
                cues.push(*cue);
            }
            if !word.is_ascii() && plain.is_ascii() && plain != word {
                let cues = &mut all.alone(plain.as_bytes()).cues;
                if !cues.contains(cue) {
                    cues.push(*cue);
                }
            }
        }
        for (word, seed) in seed_words() {
            all.alone(word.as_bytes()).seed = Some(seed);
        }
        let (mut sets, mut wholes, mut needs) = (BTreeMap::new(), Vec::new(), Vec::new());
        for (whole, pattern) in (0..).zip(&beginnings.patterns) {
            let own = all.add(pattern, whole, &mut sets);
            let reach = pattern.reach.and_then(|reach| u32::try_from(reach).ok()).unwrap_or(u32::MAX);
            wholes.push(Whole { needs: appended(&mut needs, own), reach });
        }
        let first = u32::try_from(all.at_words.len()).unwrap_or(u32::MAX);
        let trie =
            |words: &BTreeMap<Vec<u8>, Word>, first: u32| Trie::new(words.keys().map(Vec::as_slice).zip(first..));
        let (at_words, anywhere) = (trie(&all.at_words, 0), trie(&all.anywhere, first));
        let (mut cues, mut prefixes, mut serves) = (Vec::new(), Vec::new(), Vec::new());
        let meaning = |word: Word| Meaning {
            cues: appended(&mut cues, word.cues),
            seed: word.seed,
            prefixes: appended(&mut prefixes, word.prefixes),
            serves: appended(&mut serves, word.serves),
        };
        let words = all.at_words.into_values().chain(all.anywhere.into_values()).map(meaning).collect();
        Self { at_words, anywhere, words, cues, prefixes, serves, wholes, needs, sets: sets.len() }
    }

    /// Everything in a folded text.
    pub fn find(&self, folded: &[u8]) -> Found {
        let mut found = Found { hits: Vec::with_capacity(folded.len() / 8), ..Found::default() };
        // By set: where the nearest of its words begins that are still to come.
        let mut nearest = vec![u32::MAX; self.sets];
        let mut here: Vec<(Meaning, usize)> = Vec::with_capacity(8);
        let mut previous = folded.iter().rev().skip(1).copied().chain([b' ']);
        for (start, byte) in folded.iter().enumerate().rev() {
            let previous = previous.next().unwrap_or(b' ');
            here.clear();
            let mut stands = |word: u32, end: usize| here.extend(self.words.get(word as usize).map(|m| (*m, end)));
            self.anywhere.each_at(folded, start, &mut stands);
            if byte.is_ascii_alphanumeric() && !previous.is_ascii_alphanumeric() {
                self.at_words.each_at(folded, start, &mut stands);
            }
            let at = u32::try_from(start).unwrap_or(u32::MAX);
            for (word, end) in &here {
                let (before, after) = (is_word(previous), folded.get(*end).copied().is_some_and(is_word));
                for serves in stretch(&self.serves, word.serves) {
                    if !(serves.begins && before || serves.ends && after)
                        && let Some(slot) = nearest.get_mut(serves.set as usize)
                    {
                        *slot = at;
                    }
                }
            }
            for (word, end) in &here {
                for prefix in stretch(&self.prefixes, word.prefixes) {
                    if !(prefix.bordered && previous.is_ascii_alphanumeric()) && self.may_match(prefix, at, &nearest) {
                        found.starts.push(Start::new(prefix.vocabulary, at, prefix.pattern));
                    }
                }
                let said = word.cues.0 < word.cues.1 || word.seed.is_some();
                if said && stands_alone(folded, start, *end) {
                    let hit = |cue: &Cue| FieldHit { cue: *cue, start, end: *end };
                    found.hits.extend(stretch(&self.cues, word.cues).iter().map(hit));
                    found.seeds.extend(word.seed.map(|seed| SeedHit { seed, start, end: *end }));
                }
            }
        }
        found.hits.sort_unstable_by_key(FieldHit::order);
        found.seeds.sort_unstable_by_key(|s| (s.start, s.end));
        found.starts.sort_unstable();
        found.starts.dedup();
        let fields = found.hits.last().map_or(0, |h| usize::from(h.cue.field) + 1);
        found.index.reserve(fields * KINDS + 1);
        let mut at = 0;
        for slot in 0..fields * KINDS + 1 {
            while found.hits.get(at).is_some_and(|h| h.cue.slot() < slot) {
                at += 1;
            }
            found.index.push(u32::try_from(at).unwrap_or(u32::MAX));
        }
        found
    }

    /// Whether a word of each set that a pattern needs stands near enough to the place where it begins.
    fn may_match(&self, prefix: &Prefix, at: u32, nearest: &[u32]) -> bool {
        let Some(whole) = self.wholes.get(prefix.whole as usize) else { return false };
        let end = at.saturating_add(whole.reach);
        let is_near =
            |set: &u32| nearest.get(*set as usize).is_some_and(|nearest| *nearest != u32::MAX && *nearest < end);
        stretch(&self.needs, whole.needs).iter().all(is_near)
    }
}

/// Whether a word is not part of a longer one.
pub fn stands_alone(folded: &[u8], start: usize, end: usize) -> bool {
    let word = |i: usize| folded.get(i).is_some_and(|b| b.is_ascii_alphanumeric());
    let opens = start > 0 && word(start) && word(start - 1);
    let closes = end > 0 && word(end - 1) && word(end);
    !opens && !closes
}

fn seed_words() -> Vec<(&'static str, Seed)> {
    let mut out = Vec::new();
    let months: [&[&str]; 12] = [
        &["january", "jan", "enero"],
        &["february", "feb", "febrero"],
        &["march", "mar", "marzo"],
        &["april", "apr", "abril"],
        &["may", "mayo"],
        &["june", "jun", "junio"],
        &["july", "jul", "julio"],
        &["august", "aug", "agosto"],
        &["september", "sept", "sep", "septiembre"],
        &["october", "oct", "octubre"],
        &["november", "nov", "noviembre"],
        &["december", "dec", "diciembre"],
    ];
    for (n, words) in (1..).zip(months) {
        out.extend(words.iter().map(|w| (*w, Seed::Month(n))));
    }
    let days: [&[&str]; 7] = [
        &["monday", "mon", "lunes"],
        &["tuesday", "tues", "tue", "martes"],
        &["wednesday", "weds", "wed", "miercoles", "miércoles"],
        &["thursday", "thurs", "thur", "thu", "jueves"],
        &["friday", "fri", "viernes"],
        &["saturday", "sat", "sabado", "sábado"],
        &["sunday", "sun", "domingo"],
    ];
    for (n, words) in (0..).zip(days) {
        out.extend(words.iter().map(|w| (*w, Seed::Weekday(n))));
    }
    for (words, days) in [
        (&["starting now", "effective immediately", "immediately", "starting right now", "desde hoy"][..], 0),
        // Said of somebody who waits: whatever it is for, it is wanted at once.
        (
            &[
                "right now",
                "here now",
                "rn",
                "next hour",
                "within the hour",
                "as we speak",
                "we close at",
                "sitting here",
                "sitting in",
                "sitting at",
                "sitting across",
                "sitting outside",
                "standing here",
                "standing in",
                "standing at",
                "stuck at",
                "at our counter",
                "in our office",
                "in the lobby",
                "waiting here",
                "on the clock",
                "ahorita",
                "ahora mismo",
            ][..],
            0,
        ),
        (&["today", "tonight", "this morning", "this afternoon", "this evening", "tonite", "hoy"][..], 0),
        (&["tomorrow", "tmrw", "tmw", "tomorow", "tommorow", "tommorrow", "mañana"][..], 1),
        (&["day after tomorrow"][..], 2),
        (&["yesterday", "last night", "last nite", "ayer", "anoche"][..], -1),
    ] {
        out.extend(words.iter().map(|w| (*w, Seed::Day(days))));
    }
    out.extend(
        ["eod", "cob", "close of business", "end of day", "end of the day", "end of business", "eob"]
            .map(|w| (w, Seed::EndOfDay)),
    );
    for (words, period) in [
        (&["end of the week", "end of this week", "end of week", "eow", "this week"][..], Period::Week),
        (&["end of next week", "next week"][..], Period::NextWeek),
        (
            &["end of the month", "end of month", "end of this month", "month end", "eom", "this month", "fin de mes"]
                [..],
            Period::Month,
        ),
        (&["end of next month"][..], Period::NextMonth),
        (&["end of the year", "end of year", "year end", "year-end", "eoy"][..], Period::Year),
    ] {
        out.extend(words.iter().map(|w| (*w, Seed::EndOf(period))));
    }
    out.extend(["within", "in"].map(|w| (w, Seed::Within)));
    out.push(("ago", Seed::Ago));
    out.extend(
        ["hundred", "thousand", "grand", "million", "dollars", "bucks", "millón", "millon", "millones", "mil"]
            .map(|w| (w, Seed::Sum)),
    );
    let ordinals = [
        "first",
        "second",
        "third",
        "fourth",
        "fifth",
        "sixth",
        "seventh",
        "eighth",
        "ninth",
        "tenth",
        "eleventh",
        "twelfth",
        "thirteenth",
        "fourteenth",
        "fifteenth",
        "sixteenth",
        "seventeenth",
        "eighteenth",
        "nineteenth",
        "twentieth",
        "twenty first",
        "twenty second",
        "twenty third",
        "twenty fourth",
        "twenty fifth",
        "twenty sixth",
        "twenty seventh",
        "twenty eighth",
        "twenty ninth",
        "thirtieth",
        "thirty first",
    ];
    out.extend((1..).zip(ordinals).map(|(n, w)| (w, Seed::Ordinal(n))));
    out
}
