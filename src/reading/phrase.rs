//! The pattern language of the pages, made into regular expressions and the plain words that must occur for one to match.
//!
//! A pattern is a regular expression on folded text with three conveniences: it begins and ends at word borders, `<name>`
//! stands for any word of a list in `rules/words.toml`, and ` .. ` stands for up to six words. Knows no page.

use super::{
    folded::fold_pattern,
    matcher::{is_word, parse},
};
use regex_syntax::{
    Error,
    hir::{Class, Hir, HirKind, Look, Repetition},
};
use std::collections::BTreeMap;

/// The lists of `rules/words.toml`.
pub(super) type WordLists = BTreeMap<String, Vec<String>>;

/// How deep word lists may stand in word lists.
const LIST_DEPTH: usize = 4;
/// Longest pattern after its lists are written out; past it a page has become unreadable and slow.
const EXPANDED_MAX: usize = 16 * 1024;

/// A pattern written out.
#[derive(Debug)]
pub(super) struct Written {
    /// As a regular expression.
    pub(super) regex: String,
    /// The same, taken apart.
    pub(super) hir: Hir,
}

/// Writes a pattern out as a regular expression.
///
/// # Errors
/// What is wrong, in a sentence: an unknown list, or the regex engine's own words.
pub(super) fn expand(pattern: &str, lists: &WordLists) -> Result<Written, String> {
    let written = lists_written_out(pattern, lists, 0)?;
    let gapped = written.replace(" .. ", r" (?:\S+ ){0,6}?");
    if gapped.len() > EXPANDED_MAX {
        return Err("the pattern is longer than 16 KiB once its word lists are written out".to_owned());
    }
    let folded = fold_pattern(&gapped);
    let starts_at_word = folded.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '(' || c == '[');
    let ends_at_word = folded.ends_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, ')' | ']' | '?' | '+'))
        && !folded.ends_with(r"\?")
        && !folded.ends_with(r"\)")
        && !folded.ends_with(r"\]")
        && !folded.ends_with(r"\+");
    let border = |yes: bool| if yes { r"\b" } else { "" };
    let regex = format!("{}(?:{folded}){}", border(starts_at_word), border(ends_at_word));
    let hir = parse(&regex).map_err(|e| {
        let kind: &dyn std::fmt::Display = match &*e {
            Error::Parse(e) => e.kind(),
            Error::Translate(e) => e.kind(),
            other => other,
        };
        format!("the pattern is not a regular expression: {kind}")
    })?;
    if hir.properties().minimum_len() == Some(0) {
        return Err("the pattern matches the empty text, so it would match every message".to_owned());
    }
    Ok(Written { regex, hir })
}

fn lists_written_out(pattern: &str, lists: &WordLists, depth: usize) -> Result<String, String> {
    let mut out = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('<') {
        out.push_str(before);
        // `(?<name>…)`, `(?<=…)` are the regex engine's own; `(the )?<name>` is a list.
        let name = after
            .split_once('>')
            .filter(|_| !before.ends_with("(?"))
            .filter(|(name, _)| !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_'));
        let Some((name, behind)) = name else {
            out.push('<');
            rest = after;
            continue;
        };
        let Some(words) = lists.get(name) else {
            let known = lists.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
            return Err(format!("there is no word list “{name}”: words.toml has {known}"));
        };
        if depth >= LIST_DEPTH {
            return Err(format!("the word list “{name}” stands in itself"));
        }
        let written: Result<Vec<_>, _> = words.iter().map(|w| lists_written_out(w, lists, depth + 1)).collect();
        out.push_str("(?:");
        out.push_str(&written?.join("|"));
        out.push(')');
        rest = behind;
    }
    out.push_str(rest);
    Ok(out)
}

/// A plain word of the prefilter: bytes that stand in a folded text, and at which of their ends a word must border.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Plain {
    pub(super) bytes: Vec<u8>,
    /// Its first letter begins a word.
    pub(super) begins: bool,
    /// Its last letter ends one.
    pub(super) ends: bool,
}

/// Words of which at least one stands in everything that a pattern matches; `None` where there is no such set.
///
/// The prefilter looks for these, so they are chosen to be rare: long ones, and none of the words of every letter.
pub(super) fn required_words(hir: &Hir) -> Option<Vec<Plain>> {
    let set = required(hir, Borders::default())?;
    (rarity(&set) >= RARE_ENOUGH).then_some(set)
}

/// All sets of words of each of which at least one stands in everything that a pattern matches, the rarest first.
pub(super) fn all_required_words(hir: &Hir) -> Vec<Vec<Plain>> {
    let mut sets = Vec::new();
    conjuncts(hir, Borders::default(), &mut sets);
    sets.retain(|set| rarity(set) >= RARE_ENOUGH);
    sets.sort_by_key(|set| std::cmp::Reverse(rarity(set)));
    sets
}

/// Whether a word must begin where a part of a pattern begins, and end where it ends.
#[derive(Debug, Clone, Copy, Default)]
struct Borders {
    begins: bool,
    ends: bool,
}

/// One of the two ends of a part.
#[derive(Debug, Clone, Copy)]
enum Edge {
    First,
    Last,
}

impl Edge {
    fn of<T>(self, all: &[T]) -> Option<&T> {
        match self {
            Self::First => all.first(),
            Self::Last => all.last(),
        }
    }

    /// Whether every text of a part has at this end a byte that belongs to no word.
    fn is_bare(self, part: &Hir) -> bool {
        match part.kind() {
            HirKind::Literal(l) => self.of(&l.0).is_some_and(|b| !is_word(*b)),
            HirKind::Class(Class::Bytes(class)) => {
                class.ranges().iter().all(|r| (r.start()..=r.end()).all(|b| !is_word(b)))
            }
            HirKind::Capture(c) => self.is_bare(&c.sub),
            HirKind::Repetition(r) => r.min >= 1 && self.is_bare(&r.sub),
            HirKind::Alternation(parts) => parts.iter().all(|p| self.is_bare(p)),
            HirKind::Concat(parts) => self.of(parts).is_some_and(|p| self.is_bare(p)),
            _ => false,
        }
    }

    /// Whether a word must border on its neighbours, the nearest first, which touch it with this end.
    fn borders<'a>(self, neighbours: impl Iterator<Item = &'a Hir>, around: bool) -> bool {
        for part in neighbours {
            match part.kind() {
                HirKind::Look(Look::WordAscii | Look::Start | Look::End) => return true,
                // It may be left out: then what stands behind it is the neighbour.
                HirKind::Repetition(r) if r.min == 0 && self.is_bare(&r.sub) => {}
                _ => return self.is_bare(part),
            }
        }
        around
    }
}

/// The parts of a sequence, each with the borders that its neighbours give it.
fn bordered(parts: &[Hir], around: Borders) -> impl Iterator<Item = (&Hir, Borders)> {
    parts.iter().enumerate().map(move |(i, part)| {
        let (before, from) = parts.split_at(i);
        let begins = Edge::Last.borders(before.iter().rev(), around.begins);
        let ends = Edge::First.borders(from.iter().skip(1), around.ends);
        (part, Borders { begins, ends })
    })
}

fn conjuncts(hir: &Hir, around: Borders, sets: &mut Vec<Vec<Plain>>) {
    match hir.kind() {
        HirKind::Capture(c) => conjuncts(&c.sub, around, sets),
        HirKind::Repetition(r) if r.min >= 1 => conjuncts(&r.sub, repeated(r, around), sets),
        HirKind::Concat(parts) => bordered(parts, around).for_each(|(p, own)| conjuncts(p, own, sets)),
        _ => sets.extend(required(hir, around)),
    }
}

/// The borders of a part that may be repeated: only the first one begins where all begin.
fn repeated(r: &Repetition, around: Borders) -> Borders {
    if r.max == Some(1) { around } else { Borders { ends: false, ..around } }
}

/// A set whose commonest word is a space or a single letter filters nothing.
const RARE_ENOUGH: usize = 12;
/// Sets larger than this cost more in the prefilter than they save.
const REQUIRED_MAX: usize = 160;

/// A literal without the blanks around it: there a word begins or ends.
fn plain(literal: &[u8], around: Borders) -> Plain {
    let begun = literal.trim_ascii_start();
    let bytes = begun.trim_ascii_end();
    let word = |b: Option<&u8>| b.copied().is_some_and(is_word);
    let begins = (around.begins || begun.len() < literal.len()) && word(bytes.first());
    let ends = (around.ends || bytes.len() < begun.len()) && word(bytes.last());
    Plain { bytes: bytes.to_vec(), begins, ends }
}

fn required(hir: &Hir, around: Borders) -> Option<Vec<Plain>> {
    match hir.kind() {
        HirKind::Literal(l) => Some(vec![plain(&l.0, around)]),
        HirKind::Class(Class::Bytes(class)) => {
            let bytes = || class.ranges().iter().flat_map(|r| r.start()..=r.end());
            let plain = |b: u8| Plain { bytes: vec![b], begins: false, ends: false };
            bytes().all(|b| b.is_ascii_digit()).then(|| bytes().map(plain).collect())
        }
        HirKind::Capture(c) => required(&c.sub, around),
        HirKind::Repetition(r) if r.min >= 1 => required(&r.sub, repeated(r, around)),
        HirKind::Concat(parts) => {
            let chosen = bordered(parts, around).filter_map(|(p, own)| required(p, own)).max_by_key(|set| rarity(set));
            let rare = chosen.as_ref().is_some_and(|set| rarity(set) >= RARE_ENOUGH);
            if rare { chosen } else { written_whole(hir, around).or(chosen) }
        }
        HirKind::Alternation(parts) => {
            let mut all = Vec::new();
            for p in parts {
                all.extend(required(p, around)?);
            }
            all.sort();
            all.dedup();
            (all.len() <= REQUIRED_MAX).then_some(all)
        }
        _ => None,
    }
}

/// All that a part matches, where that is little: “i'?m” is “im” or “i'm”, of which neither letter alone is rare.
fn written_whole(hir: &Hir, around: Borders) -> Option<Vec<Plain>> {
    let mut all: Vec<Plain> = whole(hir)?.iter().map(|literal| plain(literal, around)).collect();
    all.sort();
    all.dedup();
    Some(all)
}

/// Every text that a part matches; `None` where there are many.
fn whole(hir: &Hir) -> Option<Vec<Vec<u8>>> {
    let all = match hir.kind() {
        HirKind::Empty => vec![Vec::new()],
        HirKind::Literal(l) => vec![l.0.to_vec()],
        HirKind::Capture(c) => whole(&c.sub)?,
        HirKind::Repetition(r) if r.min == 0 && r.max == Some(1) => {
            let mut all = whole(&r.sub)?;
            all.push(Vec::new());
            all
        }
        HirKind::Alternation(parts) => parts.iter().map(whole).collect::<Option<Vec<_>>>()?.concat(),
        HirKind::Concat(parts) => {
            let mut all = vec![Vec::new()];
            for part in parts {
                let more = whole(part)?;
                all = all.iter().flat_map(|a| more.iter().map(move |b| [&a[..], &b[..]].concat())).collect();
                if all.len() > WHOLE_MAX {
                    return None;
                }
            }
            all
        }
        _ => return None,
    };
    (all.len() <= WHOLE_MAX).then_some(all)
}

/// A part that matches more than so many texts is not written out.
const WHOLE_MAX: usize = 24;

/// How rare the commonest word of a set is; more is better.
fn rarity(set: &[Plain]) -> usize {
    const EVERYDAY: [&str; 34] = [
        "the",
        "you",
        "your",
        "our",
        "and",
        "for",
        "need",
        "please",
        "want",
        "have",
        "with",
        "that",
        "this",
        "can",
        "could",
        "would",
        "send",
        "get",
        "policy",
        "insurance",
        "from",
        "not",
        "are",
        "was",
        "all",
        "new",
        "any",
        "is",
        "we",
        "to",
        "of",
        "in",
        "on",
        "date",
    ];
    let one = |w: &Plain| match w.bytes.as_slice() {
        // Digits and signs are rarer than letters, of which every sentence has all.
        [sign] if sign.is_ascii_digit() || sign.is_ascii_punctuation() && !b",.'-".contains(sign) => 2,
        [] | [_] => 0,
        letters if letters.len() < 4 && !w.begins && !w.ends && letters.iter().all(|b| is_word(*b)) => {
            letters.len() - 1
        }
        common if EVERYDAY.iter().any(|e| e.as_bytes() == common) => 2,
        word => 1 + word.len().min(12),
    };
    let commonest = set.iter().map(one).min().unwrap_or_default();
    // Among equally rare sets the smaller one.
    (commonest * 8).saturating_sub(set.len().min(64) / 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lists() -> WordLists {
        [("vehicle".to_owned(), vec!["truck".to_owned(), "cars?".to_owned()])].into()
    }

    fn hir_of(pattern: &str) -> Hir {
        expand(pattern, &lists()).unwrap().hir
    }

    #[test]
    fn a_pattern_begins_and_ends_at_word_borders() {
        let r = regex::Regex::new(&expand("coi", &lists()).unwrap().regex).unwrap();
        assert!(r.is_match("a coi, please") && !r.is_match("coincidence"));
    }
    #[test]
    fn word_lists_and_gaps_are_written_out() {
        let r = regex::Regex::new(&expand("take .. <vehicle> off", &lists()).unwrap().regex).unwrap();
        assert!(r.is_match("please take the old red truck off"));
        assert!(r.is_match("take cars off"));
        assert!(!r.is_match("take one two three four five six seven truck off"));
    }
    #[test]
    fn a_list_is_written_out_behind_what_may_be_left_out_too() {
        let r = regex::Regex::new(&expand(r"off (of )?the (\w+ )?<vehicle>", &lists()).unwrap().regex).unwrap();
        assert!(r.is_match("collision off the old truck") && r.is_match("collision off of the truck"));
    }
    #[test]
    fn an_unknown_list_is_named() {
        assert!(expand("<vehicel>", &lists()).unwrap_err().contains("vehicel"));
    }
    #[test]
    fn the_rarest_required_words_are_chosen() {
        let words = required_words(&hir_of("(need|want) (a |the )?certificate")).unwrap();
        assert_eq!(words, [Plain { bytes: b"certificate".to_vec(), begins: true, ends: true }]);
        assert_eq!(required_words(&parse(r"[a-z]+").unwrap()), None);
    }
    #[test]
    fn a_number_asks_for_a_digit() {
        let words = required_words(&parse(r"[a-z]+ [23]\d*").unwrap()).unwrap();
        assert_eq!(words.iter().map(|w| w.bytes.as_slice()).collect::<Vec<_>>(), [b"2", b"3"]);
    }
    #[test]
    fn a_plain_word_borders_where_the_pattern_does() {
        let borders = |pattern: &str| {
            let words = required_words(&hir_of(pattern)).unwrap();
            words.iter().map(|w| (w.begins, w.ends)).collect::<Vec<_>>()
        };
        assert_eq!(borders("certificate"), [(true, true)]);
        assert_eq!(borders("certificates?"), [(true, false)]);
        assert_eq!(borders("(un)?insured"), [(false, true)]);
        assert_eq!(borders("(the |a )?certificate( now)?"), [(true, true)]);
        assert_eq!(borders(r"\w*certificate, ?"), [(false, false)]);
        assert_eq!(borders("<vehicle>"), [(true, false), (true, true)]);
    }
    #[test]
    fn every_part_that_must_stand_is_known() {
        let sets = all_required_words(&hir_of("(need|want) a? ?certificate .. holders?"));
        let words = ["want", "need", "certificate", "holder"];
        for word in words {
            let named = |set: &Vec<Plain>| set.iter().any(|w| w.bytes.trim_ascii() == word.as_bytes());
            assert!(sets.iter().any(named), "{word}: {sets:?}");
        }
        assert!(!sets.iter().flatten().any(|w| w.bytes == b" "), "{sets:?}");
    }
    #[test]
    fn a_pattern_that_matches_nothing_at_all_is_refused() {
        assert!(expand("(certificate)?", &lists()).is_err());
        assert!(expand("(certificate", &lists()).is_err());
    }
}
