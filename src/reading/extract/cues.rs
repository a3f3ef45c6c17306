//! The one pass over a text that finds every cue word of every field, and every word a date can begin with.
//!
//! Extractors look only where a cue stands; a text without cues costs this pass and nothing more.

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
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
    finder: AhoCorasick,
    words: Vec<Meaning>,
}

/// What a word of the shared pass means.
#[derive(Debug, Default)]
struct Meaning {
    cues: Vec<Cue>,
    seed: Option<Seed>,
    /// Vocabularies and their patterns that begin with it.
    vocabularies: Vec<Prefix>,
}

/// How a vocabulary's pattern begins.
#[derive(Debug, Clone, Copy)]
pub struct Prefix {
    /// Number of the vocabulary.
    pub vocabulary: u16,
    /// Number of its pattern.
    pub pattern: u16,
    /// Whether it begins at a word's border only: “umb” is not looked at in “number”.
    pub bordered: bool,
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

impl Cues {
    /// Compiles cue words (as an agency writes them: any case, single spaces) and the literals with which vocabularies'
    /// patterns begin.
    ///
    /// # Errors
    /// When they are too many for one automaton.
    pub fn new(words: &[(String, Cue)], prefixes: &[(Vec<u8>, Prefix)]) -> Result<Self, String> {
        let mut by_word: BTreeMap<Vec<u8>, Meaning> = BTreeMap::new();
        for (word, cue) in words {
            let word = word.trim().to_lowercase();
            // Many type Spanish without its accents.
            let plain = crate::domain::text::folded(&word);
            let cues = &mut by_word.entry(word.clone().into_bytes()).or_default().cues;
            if !cues.contains(cue) {
                cues.push(*cue);
            }
            if !word.is_ascii() && plain.is_ascii() && plain != word {
                let cues = &mut by_word.entry(plain.into_bytes()).or_default().cues;
                if !cues.contains(cue) {
                    cues.push(*cue);
                }
            }
        }
        for (word, seed) in seed_words() {
            by_word.entry(word.as_bytes().to_vec()).or_default().seed = Some(seed);
        }
        for (literal, prefix) in prefixes {
            by_word.entry(literal.clone()).or_default().vocabularies.push(*prefix);
        }
        let finder = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::DFA))
            .match_kind(MatchKind::Standard)
            .build(by_word.keys())
            .map_err(|e| e.to_string())?;
        Ok(Self { finder, words: by_word.into_values().collect() })
    }

    /// Everything in a folded text.
    pub fn find(&self, folded: &[u8]) -> Found {
        let room = folded.len() / 8;
        let mut found = Found { hits: Vec::with_capacity(room), starts: Vec::with_capacity(room), ..Found::default() };
        for m in self.finder.find_overlapping_iter(folded) {
            let Some(word) = self.words.get(m.pattern().as_usize()) else { continue };
            let start = u32::try_from(m.start()).unwrap_or(u32::MAX);
            if !word.vocabularies.is_empty() {
                let in_word =
                    m.start().checked_sub(1).and_then(|at| folded.get(at)).is_some_and(u8::is_ascii_alphanumeric);
                let here = word.vocabularies.iter().filter(|p| !(p.bordered && in_word));
                found.starts.extend(here.map(|p| Start::new(p.vocabulary, start, p.pattern)));
            }
            if (word.cues.is_empty() && word.seed.is_none()) || !stands_alone(folded, m.start(), m.end()) {
                continue;
            }
            found.hits.extend(word.cues.iter().map(|cue| FieldHit { cue: *cue, start: m.start(), end: m.end() }));
            if let Some(seed) = word.seed {
                found.seeds.push(SeedHit { seed, start: m.start(), end: m.end() });
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
