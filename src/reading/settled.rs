//! How a sentence sounds that speaks of what is done already: thanks, “that is settled”, “no need to”.
//!
//! The words stand in two lists of `words.toml`. Knows no page.

use super::{
    RuleFile,
    matcher::{Matcher, Program, Scratch, Worded},
    phrase::{WordLists, expand},
};
use crate::domain::mistake::Mistake;

/// The word lists that say how such a sentence sounds, and what shows that it asks for something all the same.
const SETTLED: &str = "settled";
const UNSETTLED: &str = "unsettled";

/// Finds such sentences.
#[derive(Debug)]
pub(super) struct Settled {
    words: Program,
    unless: Option<Program>,
}

impl Settled {
    /// Compiles the two lists; `None` where there are none, or where they are wrong, which is reported.
    pub(super) fn compile(
        lists: &WordLists,
        matcher: &mut Matcher,
        file: &RuleFile,
        mistakes: &mut Vec<Mistake>,
    ) -> Option<Self> {
        let mut compiled = |list: &str| {
            let written: Result<Vec<_>, _> = lists.get(list)?.iter().map(|w| expand(w, lists)).collect();
            let program = written.and_then(|regexes| {
                let regexes: Vec<&str> = regexes.iter().map(String::as_str).collect();
                matcher.compile(&regexes).map_err(|_| "the patterns together are too large".to_owned())
            });
            let wrong = |what: String| Mistake {
                file: file.name.clone(),
                line: None,
                what: format!("the word list “{list}”: {what}"),
                mend: "How patterns are written is explained in rules/README.md.".to_owned(),
            };
            program.map_err(|what| mistakes.push(wrong(what))).ok()
        };
        let (words, unless) = (compiled(SETTLED), compiled(UNSETTLED));
        words.map(|words| Self { words, unless })
    }

    /// Whether a sentence speaks of what is done already, and asks for nothing.
    pub(super) fn holds(&self, matcher: &Matcher, text: &Worded<'_>, scratch: &mut Scratch) -> bool {
        matcher.find_in(&self.words, text, scratch).is_some()
            && self.unless.as_ref().is_none_or(|asks| matcher.find_in(asks, text, scratch).is_none())
    }
}
