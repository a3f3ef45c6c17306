//! A body as lines, each with what its phrases hint at. Knows nothing of parts.

use super::signals::{self, Signals};
use crate::message::html::{Mark, Marked};

/// Marked stretches that are minded; more are a page's mischief.
const MARKED_MAX: usize = 60;

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
    /// What the page's own markup says of it.
    pub mark: Option<Mark>,
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
    let mut found = signals::find(text).into_iter().peekable();
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
        lines.push(Line { start, end, text: whole.trim_ascii(), signals, signal_at, mark: None });
        start = end;
    }
    lines
}

/// Puts down what the page's markup says of each line.
pub(super) fn mark(lines: &mut [Line<'_>], marked: &[Marked]) {
    for m in marked.iter().take(MARKED_MAX) {
        let first = lines.partition_point(|l| l.end <= m.range.start);
        for line in lines.iter_mut().skip(first) {
            if line.start >= m.range.end {
                break;
            }
            if !line.is_blank() {
                line.mark = Some(m.mark);
            }
            if m.mark == Mark::History && !line.is_blank() {
                break;
            }
        }
    }
}

/// The first line with text from line `from` on.
pub(super) fn next_text(lines: &[Line<'_>], from: usize) -> Option<usize> {
    lines.iter().enumerate().skip(from).find(|(_, l)| !l.is_blank()).map(|(i, _)| i)
}
