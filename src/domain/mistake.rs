//! A mistake in what an agency wrote (configuration, page, template, account book): what, where, how to mend it.

use serde::Serialize;
use std::fmt;

/// One mistake. Checks report all of them at once.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Mistake {
    /// The file, as the person named it.
    pub file: String,
    /// The line, counted from 1, where there is one.
    pub line: Option<usize>,
    /// What is wrong, in a sentence.
    pub what: String,
    /// How to mend it, in a sentence; may be empty where `what` says it.
    pub mend: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.what)?;
        if self.mend.is_empty() { Ok(()) } else { write!(f, "\n    {}", self.mend) }
    }
}

/// All mistakes of a check, as the error that keeps something from starting.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Mistakes(pub Vec<Mistake>);

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for mistake in &self.0 {
            writeln!(f, "{mistake}")?;
        }
        let n = self.0.len();
        write!(f, "{n} mistake{}; nothing was started", if n == 1 { "" } else { "s" })
    }
}

/// The line, counted from 1, on which byte `offset` of `text` stands.
#[must_use]
pub fn line_of(text: &str, offset: usize) -> usize {
    let bytes = text.as_bytes();
    1 + bytes.get(..offset).unwrap_or(bytes).iter().filter(|b| **b == b'\n').count()
}
