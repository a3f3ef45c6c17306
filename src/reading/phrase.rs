//! The pattern language of the pages, made into regular expressions and the plain words that must occur for one to match.
//!
//! A pattern is a regular expression on folded text with three conveniences: it begins and ends at word borders, `<name>`
//! stands for any word of a list in `rules/words.toml`, and ` .. ` stands for up to six words. Knows no page.

use super::folded::fold_pattern;
use regex_syntax::hir::{Hir, HirKind};
use std::collections::BTreeMap;

/// The lists of `rules/words.toml`.
pub(super) type WordLists = BTreeMap<String, Vec<String>>;

/// How deep word lists may stand in word lists.
const LIST_DEPTH: usize = 4;
/// Longest pattern after its lists are written out; past it a page has become unreadable and slow.
const EXPANDED_MAX: usize = 16 * 1024;

/// Writes a pattern out as a regular expression.
///
/// # Errors
/// What is wrong, in a sentence: an unknown list, or the regex engine's own words.
pub(super) fn expand(pattern: &str, lists: &WordLists) -> Result<String, String> {
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
    let whole = format!("{}(?:{folded}){}", border(starts_at_word), border(ends_at_word));
    let hir = hir_of(&whole)?;
    if hir.properties().minimum_len() == Some(0) {
        return Err("the pattern matches the empty text, so it would match every message".to_owned());
    }
    Ok(whole)
}

fn lists_written_out(pattern: &str, lists: &WordLists, depth: usize) -> Result<String, String> {
    let mut out = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('<') {
        out.push_str(before);
        // `(?<name>…)`, `(?<=…)` are the regex engine's own.
        let name = after
            .split_once('>')
            .filter(|_| !before.ends_with('?'))
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

fn hir_of(regex: &str) -> Result<Hir, String> {
    let mut parser = regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build();
    parser.parse(regex).map_err(|e| match e {
        regex_syntax::Error::Parse(e) => format!("the pattern is not a regular expression: {}", e.kind()),
        regex_syntax::Error::Translate(e) => format!("the pattern is not a regular expression: {}", e.kind()),
        other => format!("the pattern is not a regular expression: {other}"),
    })
}

/// Words of which at least one stands in everything that `regex` matches; `None` where there is no such set.
///
/// The prefilter looks for these, so they are chosen to be rare: long ones, and none of the words of every letter.
pub(super) fn required_words(regex: &str) -> Option<Vec<Vec<u8>>> {
    let hir = hir_of(regex).ok()?;
    let set = required(&hir)?;
    (rarity(&set) >= RARE_ENOUGH).then_some(set)
}

/// All sets of words of each of which at least one stands in everything that `regex` matches.
pub(super) fn all_required_words(regex: &str) -> Vec<Vec<Vec<u8>>> {
    let mut sets = Vec::new();
    if let Ok(hir) = hir_of(regex) {
        conjuncts(&hir, &mut sets);
    }
    // Single letters stand in every sentence.
    sets.retain(|set| set.iter().all(|word| word.len() > 1));
    sets
}

fn conjuncts(hir: &Hir, sets: &mut Vec<Vec<Vec<u8>>>) {
    match hir.kind() {
        HirKind::Capture(c) => conjuncts(&c.sub, sets),
        HirKind::Repetition(r) if r.min >= 1 => conjuncts(&r.sub, sets),
        HirKind::Concat(parts) => parts.iter().for_each(|p| conjuncts(p, sets)),
        _ => sets.extend(required(hir)),
    }
}

/// A set whose commonest word is a space or a single letter filters nothing.
const RARE_ENOUGH: usize = 12;
/// Sets larger than this cost more in the prefilter than they save.
const REQUIRED_MAX: usize = 160;

fn required(hir: &Hir) -> Option<Vec<Vec<u8>>> {
    match hir.kind() {
        HirKind::Literal(l) => Some(vec![l.0.to_vec()]),
        HirKind::Capture(c) => required(&c.sub),
        HirKind::Repetition(r) if r.min >= 1 => required(&r.sub),
        HirKind::Concat(parts) => parts.iter().filter_map(required).max_by_key(|set| rarity(set)),
        HirKind::Alternation(parts) => {
            let mut all = Vec::new();
            for p in parts {
                all.extend(required(p)?);
            }
            all.sort();
            all.dedup();
            (all.len() <= REQUIRED_MAX).then_some(all)
        }
        _ => None,
    }
}

/// How rare the commonest word of a set is; more is better.
fn rarity(set: &[Vec<u8>]) -> usize {
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
    let one = |w: &Vec<u8>| {
        let trimmed = w.trim_ascii();
        if EVERYDAY.iter().any(|e| e.as_bytes() == trimmed) { 2 } else { 1 + trimmed.len().min(12) }
    };
    let commonest = set.iter().map(one).min().unwrap_or_default();
    // Among equally rare sets the smaller one.
    commonest * 8 - set.len().min(64) / 8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lists() -> WordLists {
        [("vehicle".to_owned(), vec!["truck".to_owned(), "cars?".to_owned()])].into()
    }

    #[test]
    fn a_pattern_begins_and_ends_at_word_borders() {
        let r = regex::Regex::new(&expand("coi", &lists()).unwrap()).unwrap();
        assert!(r.is_match("a coi, please") && !r.is_match("coincidence"));
    }
    #[test]
    fn word_lists_and_gaps_are_written_out() {
        let r = regex::Regex::new(&expand("take .. <vehicle> off", &lists()).unwrap()).unwrap();
        assert!(r.is_match("please take the old red truck off"));
        assert!(r.is_match("take cars off"));
        assert!(!r.is_match("take one two three four five six seven truck off"));
    }
    #[test]
    fn an_unknown_list_is_named() {
        assert!(expand("<vehicel>", &lists()).unwrap_err().contains("vehicel"));
    }
    #[test]
    fn the_rarest_required_words_are_chosen() {
        let words = required_words(&expand("(need|want) (a |the )?certificate", &lists()).unwrap()).unwrap();
        assert_eq!(words, [b"certificate".to_vec()]);
        assert_eq!(required_words(r"[a-z]+ \d+"), None);
    }
    #[test]
    fn every_part_that_must_stand_is_known() {
        let sets = all_required_words(&expand("(need|want) a? ?certificate .. holders?", &lists()).unwrap());
        let words = ["want", "need", "certificate", "holder"];
        for word in words {
            let named = |set: &Vec<Vec<u8>>| set.iter().any(|w| w.trim_ascii() == word.as_bytes());
            assert!(sets.iter().any(named), "{word}: {sets:?}");
        }
        assert!(!sets.iter().flatten().any(|w| w == b" "), "{sets:?}");
    }
    #[test]
    fn a_pattern_that_matches_nothing_at_all_is_refused() {
        assert!(expand("(certificate)?", &lists()).is_err());
        assert!(expand("(certificate", &lists()).is_err());
    }
}
