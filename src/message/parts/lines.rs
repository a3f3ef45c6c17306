//! A body as lines, each with what its phrases hint at. Knows nothing of parts.

use super::signals::{self, Signals};

/// A line of a body.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    /// Its first byte in the body.
    pub start: usize,
    /// One past its line end.
    pub end: usize,
    /// Its text, trimmed.
    pub text: &'a str,
    /// What its phrases hint at.
    pub signals: Signals,
    /// Where in the line the first of them stands.
    pub signal_at: usize,
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
}

/// The lines of `text`.
pub(super) fn of(text: &str) -> Vec<Line<'_>> {
    let mut found = signals::find(text).peekable();
    let mut lines = Vec::with_capacity(text.len() / 32 + 4);
    let mut start = 0;
    for whole in text.split_inclusive('\n') {
        let end = start + whole.len();
        let mut signals = Signals::default();
        let mut signal_at = usize::MAX;
        while let Some((at, s)) = found.next_if(|(at, _)| *at < end) {
            signals = signals.with(s);
            signal_at = signal_at.min(at - start);
        }
        lines.push(Line { start, end, text: whole.trim_ascii(), signals, signal_at });
        start = end;
    }
    lines
}
