//! Text as it is written out of a document: clean lines, rows of cells, never past its border. Knows no format.

use super::{Stretch, Table};

/// Cells of a row stand this far apart.
const BETWEEN_CELLS: &str = "  ";

/// The text of a document, growing.
#[derive(Debug)]
pub(super) struct Paper {
    text: String,
    max: usize,
    /// Whether something did not fit any more.
    pub(super) full: bool,
}

impl Paper {
    /// An empty one for at most `max` bytes.
    pub(super) fn new(max: usize) -> Self {
        Self { text: String::new(), max, full: false }
    }

    /// Writes words on a line of their own: white space folded, control characters left out. Where they stand; `None`
    /// where there is nothing to write or no room.
    pub(super) fn line(&mut self, words: &str) -> Option<Stretch> {
        let at = self.words(words)?;
        self.text.push('\n');
        Some(at)
    }

    /// Writes `label: value` on a line; where the value stands.
    pub(super) fn labelled(&mut self, label: &str, value: &str) -> Option<Stretch> {
        self.pieces(label, [("", value)].into_iter())?.pop()
    }

    /// Writes `label: a, b` on a line: each piece with what stands before it (not written for the first). Where each
    /// stands.
    pub(super) fn pieces<'p>(
        &mut self,
        label: &str,
        pieces: impl Iterator<Item = (&'p str, &'p str)>,
    ) -> Option<Vec<Stretch>> {
        let before = self.text.len();
        self.words(label)?;
        self.text.push_str(if self.text.ends_with([':', '?']) { " " } else { ": " });
        let mut at = Vec::new();
        for (i, (separator, value)) in pieces.enumerate() {
            let here = self.text.len();
            self.text.push_str(if i == 0 { "" } else { separator });
            match self.words(value) {
                Some(stretch) => at.push(stretch),
                None => {
                    let nothing = Stretch { start: self.here(), end: self.here() };
                    self.text.truncate(here);
                    at.push(nothing);
                }
            }
        }
        if self.full || at.iter().all(|s| s.start == s.end) {
            self.text.truncate(before);
            return None;
        }
        self.text.push('\n');
        Some(at)
    }

    /// Writes a row of cells. Where rows may be a form's, two cells of which the first is a label become
    /// `label: value`.
    pub(super) fn row(&mut self, cells: &[String], may_be_form: bool) -> Option<Vec<Stretch>> {
        let before = self.text.len();
        let is_empty = |cell: &str| !cell.chars().any(is_written);
        let filled = cells.iter().filter(|c| !is_empty(c)).count();
        if filled == 0 {
            return None;
        }
        let form_like = may_be_form && cells.len() == 2 && filled == 2 && cells.first().is_some_and(|c| is_label(c));
        let mut row = Vec::with_capacity(cells.len());
        for cell in cells {
            let empty = Stretch { start: self.here(), end: self.here() };
            if is_empty(cell) {
                row.push(empty);
                continue;
            }
            if self.text.len() > before {
                self.text.push_str(match form_like {
                    true if self.text.ends_with([':', '?']) => " ",
                    true => ": ",
                    false => BETWEEN_CELLS,
                });
            }
            match self.words(cell) {
                Some(at) => row.push(at),
                None if self.full => {
                    self.text.truncate(before);
                    return None;
                }
                None => row.push(empty),
            }
        }
        self.text.push('\n');
        Some(row)
    }

    /// Writes a blank line between stretches.
    pub(super) fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") && self.text.len() < self.max {
            self.text.push('\n');
        }
    }

    /// The text.
    pub(super) fn done(mut self) -> String {
        while self.text.ends_with("\n\n") {
            self.text.pop();
        }
        self.text
    }

    /// Whether nothing has been written.
    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    fn here(&self) -> u32 {
        u32::try_from(self.text.len()).unwrap_or(u32::MAX)
    }

    fn words(&mut self, words: &str) -> Option<Stretch> {
        let start = self.here();
        let mut gap = false;
        for c in words.chars() {
            if !is_written(c) {
                gap |= !is_invisible(c);
                continue;
            }
            // A line end and a separator must still fit behind.
            if self.text.len() + c.len_utf8() + 4 > self.max {
                self.full = true;
                self.text.truncate(start as usize);
                return None;
            }
            if gap && self.text.len() > start as usize {
                self.text.push(' ');
            }
            gap = false;
            self.text.push(c);
        }
        (self.here() > start).then(|| Stretch { start, end: self.here() })
    }
}

/// Whether it shows; white space stands only between what does.
fn is_written(c: char) -> bool {
    !(c.is_whitespace() || c.is_control() || is_invisible(c))
}

/// Zero-width and direction marks, soft hyphens, byte order marks.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}')
}

/// Short, in letters, without figures: “Named insured”, “Policy number:”.
fn is_label(cell: &str) -> bool {
    let cell = cell.trim();
    cell.len() <= 60 && cell.chars().any(char::is_alphabetic) && !cell.bytes().any(|b| b.is_ascii_digit())
}

/// Tables with their empty last rows and columns left out; `None` where nothing is left.
pub(super) fn table(rows: Vec<Vec<Stretch>>) -> Option<Table> {
    (!rows.is_empty()).then_some(Table { rows })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_clean_and_found_where_it_stands() {
        let mut paper = Paper::new(1000);
        paper.line(" Schedule\u{0} of \u{200B}vehicles\r\n");
        let at = paper.labelled("Named insured", "Acme  LLC").unwrap();
        let row = paper.row(&["2022".to_owned(), String::new(), "Ford\tF-150".to_owned()], true).unwrap();
        let text = paper.done();
        assert_eq!(text, "Schedule of vehicles\nNamed insured: Acme LLC\n2022  Ford F-150\n");
        assert_eq!(at.of(&text), "Acme LLC");
        assert_eq!(row.iter().map(|c| c.of(&text)).collect::<Vec<_>>(), ["2022", "", "Ford F-150"]);
    }
    #[test]
    fn two_cells_are_a_label_and_its_value() {
        let mut paper = Paper::new(1000);
        paper.row(&["Policy number:".to_owned(), "GL-1".to_owned()], true);
        paper.row(&["2022".to_owned(), "GL-1".to_owned()], true);
        assert_eq!(paper.done(), "Policy number: GL-1\n2022  GL-1\n");
    }
    #[test]
    fn a_cell_of_characters_that_do_not_show_is_empty() {
        let mut paper = Paper::new(1000);
        let row = |cells: [&str; 2]| cells.map(str::to_owned);
        assert!(paper.row(&row(["\u{0}\u{8}", "\u{200B}"]), false).is_none());
        assert!(paper.row(&row(["Driver", "\u{FEFF}"]), true).is_some());
        assert_eq!(paper.done(), "Driver\n");
    }
    #[test]
    fn nothing_is_written_past_the_border_and_no_half_of_anything() {
        let mut paper = Paper::new(20);
        assert!(paper.line("twelve bytes").is_some());
        assert!(paper.line("no room for this").is_none());
        assert!(paper.labelled("a", "no room for this").is_none());
        assert!(paper.row(&["a".to_owned(), "no room for this".to_owned()], true).is_none());
        assert!(paper.full);
        assert_eq!(paper.done(), "twelve bytes\n");
    }
}
