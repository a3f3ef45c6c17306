//! A body as lines, each with what its phrases hint at. Knows nothing of parts.

use super::signals::{self, Signals};
use crate::domain::text::pieces;
use std::cell::OnceCell;

/// A line of a body.
#[derive(Debug, Clone)]
pub(super) struct Line<'a> {
    /// Its first byte in the body.
    pub start: usize,
    /// One past its line end.
    pub end: usize,
    /// Its text, trimmed.
    pub text: &'a str,
    /// Its text as it stands, without the line end.
    whole: &'a str,
    /// What its phrases hint at, and where the first stands. Looked for when first asked: quoted history, most of many
    /// a mail, is never asked.
    hints: OnceCell<(Signals, usize)>,
}

impl Line<'_> {
    /// Nothing on it.
    pub(super) fn is_blank(&self) -> bool {
        self.text.is_empty()
    }
    /// Begins with `>`.
    pub(super) fn is_quoted(&self) -> bool {
        self.text.starts_with('>')
    }
    /// How many words it has.
    pub(super) fn words(&self) -> usize {
        self.text.split_ascii_whitespace().count()
    }
    /// What its phrases hint at.
    pub(super) fn signals(&self) -> Signals {
        self.hints().0
    }
    /// Where in the line the first of its phrases stands; `usize::MAX` where there is none.
    pub(super) fn signal_at(&self) -> usize {
        self.hints().1
    }

    fn hints(&self) -> (Signals, usize) {
        *self.hints.get_or_init(|| {
            let none = (Signals::default(), usize::MAX);
            signals::find(self.whole).fold(none, |(all, first), (at, s)| (all.with(s), first.min(at)))
        })
    }
}

/// The lines of `text`.
pub(super) fn of(text: &str) -> Vec<Line<'_>> {
    let mut lines = Vec::with_capacity(text.len() / 32 + 4);
    let mut start = 0;
    for whole in pieces(text, b'\n') {
        let end = (start + whole.len() + 1).min(text.len());
        if end > start {
            lines.push(Line { start, end, text: whole.trim_ascii(), whole, hints: OnceCell::new() });
        }
        start = end;
    }
    lines
}
