//! Words that point to what was done before, instead of saying it: “same holder as last year”.
//!
//! Knows no past: what was done last, the desk looks up.

use super::{
    RuleFile,
    condition::{Found, check_field},
    folded::{Folded, Zone},
    lexicon::{Around, LexiconBuilder, WordsId},
    sign::NOWHERE,
};
use crate::domain::{
    mistake::{Mistake, line_of},
    reading::Evidence,
};
use serde::Deserialize;
use toml::Spanned;

/// `[again]` as pages write it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AgainText {
    /// Patterns; any of them is enough.
    words: Vec<Spanned<String>>,
    /// Patterns that must not stand in the same sentence.
    #[serde(default)]
    unless: Vec<Spanned<String>>,
    /// The facts that are taken over from the last time.
    fields: Vec<Spanned<String>>,
}

/// The same, ready to be looked for.
#[derive(Debug)]
pub(super) struct Again {
    rule: String,
    words: WordsId,
    /// The facts that are taken over.
    pub(super) fields: Vec<String>,
}

impl AgainText {
    /// Compiles it for a page.
    pub(super) fn compile(
        self,
        page: &str,
        known: &[String],
        lexicon: &mut LexiconBuilder<'_>,
        file: &RuleFile,
        mistakes: &mut Vec<Mistake>,
    ) -> Option<Again> {
        for field in &self.fields {
            check_field(field, "[again]", known, file, mistakes);
        }
        if self.words.is_empty() || self.fields.is_empty() {
            let at = file.text.find("[again]").unwrap_or_default();
            mistakes.push(Mistake {
                file: file.name.clone(),
                line: Some(line_of(&file.text, at)),
                what: "[again] has no words, or no fields to take over".to_owned(),
                mend:
                    "words = [\"same as last (time|year)\"], fields = [\"certificate_holder\"]; or leave [again] out."
                        .to_owned(),
            });
            return None;
        }
        let around = Around { unless: &self.unless, zones: &[Zone::Subject, Zone::Text], ..Around::default() };
        let words = lexicon.add("[again]", &self.words, around, file, mistakes)?;
        let fields = self.fields.into_iter().map(Spanned::into_inner).collect();
        Some(Again { rule: format!("{page}/again"), words, fields })
    }
}

impl Again {
    /// The words that point back; none where the message does not.
    pub(super) fn pointing(&self, found: &Found<'_>, folded: &Folded) -> Vec<Evidence> {
        let Some(hit) = found.hits.of(self.words).first() else { return Vec::new() };
        let words = folded.bytes.get(hit.start..hit.end).unwrap_or_default();
        let words = String::from_utf8_lossy(words).into_owned();
        vec![Evidence { rule: self.rule.clone(), words, span: hit.span(folded).unwrap_or(NOWHERE), weight: 0 }]
    }
}
