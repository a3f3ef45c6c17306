//! The matcher finds what the usual engine finds, and long text takes work in proportion.

use super::*;
use proptest::prelude::*;
use regex_automata::{Input, meta::Regex, util::syntax};

fn usual(patterns: &[&str]) -> Regex {
    Regex::builder()
        .configure(Regex::config().utf8_empty(false))
        .syntax(syntax::Config::new().unicode(false).utf8(false))
        .build_many(patterns)
        .unwrap()
}

const PATTERNS: [&str; 18] = [
    r"\b(?:(please|can you) (?:\S+ ){0,6}?(certs?|coi'?s?|acord ?25))\b",
    r"\b(?:certs?)\b",
    r"^(?:re: )?a+b",
    r"(?:a|ab)(?:c|bcd)(?:d*)$",
    r"\W*b\b",
    r"[^a-c ]+ ?\d{2,4}",
    r"(?:a*)*b",
    r"\b(?:(?:need|want|take) (?:\S+ ){0,6}?(?:off|out))\b",
    r"(?:x|xy|xyz)z?",
    r"\B'[a-d]",
    r"a{0,3}?c",
    r"(?:sam|samwise|same) b",
    r"(?:[a-c]\S+ ){2}d?",
    r"~+|!b",
    r"(?:a|need) (?:\S+ ){1,3}?(?:(?:x|y) )?(?:\S+ ){0,2}?(?:z|\w+)",
    r"(?:x |y )*(?:\S+ ){0,4}?[^a]$",
    r"b (?:\S+ ){0,2}?(?:\S+ ){1,2}?|b (?:\S+ ){2,3}?c|b d",
    r"a (?:\S+ ){0,2}\xff?",
];

fn compiled(matcher: &mut Matcher, patterns: &[&str]) -> Program {
    let parsed: Vec<_> = patterns.iter().map(|p| parse(p).unwrap()).collect();
    matcher.compile(&parsed).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn it_finds_what_the_usual_engine_finds(
        text in "(please |can you |need |take |cert|coi's|off|re: |sam|wise|a|b|c|d|x|y|z| |'|~|!|7|[a-d]{1,3}){0,24}",
        chosen in prop::collection::vec(0..PATTERNS.len(), 1..4),
    ) {
        let patterns: Vec<&str> = chosen.iter().map(|i| PATTERNS[*i]).collect();
        let mut matcher = Matcher::default();
        let program = compiled(&mut matcher, &patterns);
        let (regex, mut scratch) = (usual(&patterns), matcher.borrow());
        let text = text.as_bytes();
        let mut words = Vec::new();
        note_words(text, 0, &mut words);
        let worded = Worded { bytes: text, words: &words, base: 0 };
        let mut by_pair = ByPair::default();
        by_pair.turn(&[(0, 1), (1, 63)]);
        by_pair.turn(&words);
        prop_assert_eq!(matcher.find_in(&program, &worded, &by_pair, &mut scratch), matcher.find(&program, text, 0, &mut matcher.borrow()));
        for from in 0..text.len() {
            let theirs = regex.find(Input::new(text).range(from..)).map(|m| (m.start(), m.end(), m.pattern().as_usize()));
            let ours = matcher.find(&program, text, from, &mut scratch).map(|m| (m.start, m.end, m.pattern));
            prop_assert_eq!(ours, theirs);
        }
    }
}

#[test]
fn a_text_four_times_as_long_takes_four_times_the_work() {
    let mut matcher = Matcher::default();
    let patterns = [r"\b(?:(add|please|need) (?:\S+ ){0,6}?(?:\S+)+ certificatez)\b", r"(?:a*)*(?:a|aa)+z"];
    let program = compiled(&mut matcher, &patterns);
    let work = |n: usize| {
        let mut scratch = matcher.borrow();
        let text = "add please need aaaa aaaaaaaa certificate ".repeat(n);
        assert_eq!(matcher.find(&program, text.as_bytes(), 0, &mut scratch), None);
        let done = scratch.work;
        matcher.give_back(scratch);
        done
    };
    let (short, long) = (work(50), work(200));
    assert!(long < short * 5, "{short} {long}");
}

#[test]
fn a_very_long_text_leaves_no_memory_behind() {
    let mut matcher = Matcher::default();
    let program = compiled(&mut matcher, &[r"(?:\S+ )+z"]);
    let mut scratch = matcher.borrow();
    assert_eq!(matcher.find(&program, "a b ".repeat(15_000).as_bytes(), 0, &mut scratch), None);
    matcher.give_back(scratch);
    let kept = matcher.borrow();
    assert!(kept.seen.capacity() <= KEPT && kept.open.capacity() <= KEPT && kept.dirty.capacity() <= KEPT);
    assert!(kept.seen.iter().all(|word| *word == 0));
}
