//! Tables in a text: the cells of a row, and the heading of the column in which a value stands. Knows no field.

use super::{Line, Sheet};
use memchr::memmem;

/// How many lines a table's heading may stand above a row.
const TABLE: usize = 30;

impl Sheet<'_> {
    /// The heading of the table's column in which `at` stands: a cell of the first of the lines above that have as many
    /// cells.
    pub fn heading(&self, at: usize) -> Option<(usize, usize)> {
        let own = self.line_at(at);
        let line = self.lines.get(own)?;
        let words = self.low(line.start, line.end);
        let parted = words.iter().any(|b| matches!(b, b'|' | b'\t')) || memmem::find(words, b"  ").is_some();
        if !parted && (memmem::find(words, b", ").is_some() || words.iter().filter(|b| **b == b',').count() < 3) {
            return None;
        }
        let cells = self.cells(*line);
        if cells.len() < 3 {
            return None;
        }
        let column = cells.iter().position(|(s, e)| (*s..*e).contains(&at))?;
        let mut heading = None;
        for above in self.lines.get(own.saturating_sub(TABLE)..own)?.iter().rev() {
            let there = self.cells(*above);
            if there.len() != cells.len() {
                break;
            }
            heading = there.get(column).copied();
        }
        heading
    }

    /// The cells of a table's row: parted by bars, tabs, two spaces; by commas where it has more than two of them and no
    /// space behind any.
    pub fn cells(&self, line: Line) -> Vec<(usize, usize)> {
        let words = self.slice(line.start, line.end);
        let listed = words.matches(',').count() > 2 && !words.contains(", ");
        let mut out = Vec::new();
        let mut from = 0;
        let bytes = words.as_bytes();
        let mut i = 0;
        while i < bytes.len() {
            let len = match bytes.get(i..) {
                Some([b'|' | b'\t', ..]) => 1,
                Some([b',', ..]) if listed => 1,
                Some([b' ', b' ', ..]) if !listed => 2,
                _ => 0,
            };
            if len > 0 {
                out.push(self.trimmed(line.start + from, line.start + i));
                i += len;
                // A gap of more than two spaces, or of spaces around a bar, is one.
                while bytes.get(i) == Some(&b' ') || !listed && bytes.get(i) == Some(&b'|') {
                    i += 1;
                }
                from = i;
            } else {
                i += 1;
            }
        }
        out.push(self.trimmed(line.start + from, line.end));
        out
    }
}
