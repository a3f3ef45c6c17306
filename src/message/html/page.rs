//! Tokens → lines: white space, line breaks, cells, lists, quotes, hidden regions. Knows nothing of how a page is
//! written down.

use super::entities;
use super::look::{Look, is_tight, look, mark_of};
use super::tag::{Kind, Tag};
use super::{Mark, Marked, PageText};
use crate::message::{TEXT_MAX, plain};

/// Regions within regions that are kept apart; deeper ones belong to the one around them.
const REGIONS_MAX: usize = 200;
/// Tables within tables whose rows are kept apart.
const TABLES_MAX: usize = 100;
/// `>` before a line at most.
const QUOTES_MAX: usize = 6;

/// Why a stretch of the page is special.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Special {
    Hidden,
    /// Letters of no size.
    Tiny,
    /// Letters of a size, within some of no size: so many had been entered.
    Sized(usize),
    Quote,
    Marked(Mark, usize),
    Pre,
    List {
        counted: bool,
        item: usize,
    },
}

/// A special stretch, closed by the closing tag that belongs to its opening one.
#[derive(Debug, Clone, Copy)]
struct Region {
    special: Special,
    kind: Kind,
    /// Tags of its own kind opened within it and not closed yet.
    nested: usize,
    /// Other blocks opened within it and not closed yet: one too many closed ends it too.
    blocks: usize,
}

/// The row that is being written.
#[derive(Debug, Clone, Copy, Default)]
struct RowState {
    /// Something of it has been written.
    started: bool,
    /// Lines written when its first text was.
    lines: usize,
}

/// A page as it grows.
pub(super) struct Page {
    out: String,
    regions: Vec<Region>,
    hidden: usize,
    /// Regions of letters of no size that the text is in.
    tiny: usize,
    quotes: usize,
    pre: usize,
    /// Line ends wanted before the next text: at most 2, which makes one blank line.
    wanted: usize,
    /// A blank is wanted before the next text.
    space: bool,
    /// The next text begins a further cell of the same row.
    cell: bool,
    /// A blank that does not break stood alone on its line: a blank line (as Outlook writes them).
    blank: bool,
    /// The bullet or number wanted before the next text.
    bullet: Option<usize>,
    lines: usize,
    row: RowState,
    rows: Vec<RowState>,
    marked: Vec<Marked>,
}

impl Page {
    pub(super) fn new(capacity: usize) -> Self {
        Page {
            out: String::with_capacity(capacity),
            regions: Vec::new(),
            hidden: 0,
            tiny: 0,
            quotes: 0,
            pre: 0,
            wanted: 0,
            space: false,
            cell: false,
            blank: false,
            bullet: None,
            lines: 0,
            row: RowState::default(),
            rows: Vec::new(),
            marked: Vec::new(),
        }
    }

    /// More than a message keeps: the rest need not be read.
    pub(super) fn is_full(&self) -> bool {
        self.out.len() > TEXT_MAX + 4096
    }

    /// Text between tags.
    pub(super) fn text(&mut self, text: &str) {
        if self.hidden > 0 || self.tiny > 0 {
            return;
        }
        if self.pre > 0 {
            return self.preformatted(text);
        }
        let mut rest = text;
        while !rest.is_empty() {
            // A run of plain characters is pushed at once.
            let run = rest.bytes().position(|b| b <= b' ' || b == b'&' || b >= 0x7F).unwrap_or(rest.len());
            if run > 0 {
                self.before_text();
                self.out.push_str(rest.get(..run).unwrap_or_default());
                rest = rest.get(run..).unwrap_or_default();
                continue;
            }
            let Some(mut c) = rest.chars().next() else { break };
            let mut taken = c.len_utf8();
            if c == '&'
                && let Some((read, length)) = entities::read(rest)
            {
                (c, taken) = (read, length);
            }
            self.character(c);
            rest = rest.get(taken..).unwrap_or_default();
        }
    }

    fn character(&mut self, c: char) {
        match c {
            ' ' | '\t' | '\n' | '\r' | '\u{C}' => self.space = true,
            '\u{A0}' => {
                self.space = true;
                self.blank = true;
            }
            // Preheaders pad with these; alone they are no text.
            '\u{34F}' | '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{FEFF}' => {}
            c => {
                self.before_text();
                plain::push_clean(c, &mut self.out);
            }
        }
    }

    fn preformatted(&mut self, text: &str) {
        for (i, line) in text.split('\n').enumerate() {
            if i > 0 {
                self.wanted = (self.wanted + 1).min(2);
                self.space = false;
            }
            let line = line.trim_end_matches('\r');
            let mut rest = line;
            while let Some(mut c) = rest.chars().next() {
                let mut taken = c.len_utf8();
                if c == '&'
                    && let Some((read, length)) = entities::read(rest)
                {
                    (c, taken) = (read, length);
                }
                if self.wanted > 0 || !c.is_whitespace() {
                    self.space = false;
                    self.before_text();
                }
                plain::push_clean(c, &mut self.out);
                rest = rest.get(taken..).unwrap_or_default();
            }
        }
    }

    /// Writes what is wanted before text: line ends, quote marks, bullets, blanks.
    fn before_text(&mut self) {
        self.blank = false;
        if self.out.is_empty() {
            self.wanted = 0;
            self.space = false;
            self.line_start();
        } else if self.cell && self.wanted == 0 {
            self.out.push_str("  ");
        } else if self.wanted > 0 {
            self.out.truncate(self.out.trim_end_matches(' ').len());
            for i in 0..self.wanted {
                // A blank line within a quote keeps its mark, or the quote would fall apart.
                if i > 0 && self.quotes > 0 {
                    self.marks();
                }
                self.out.push('\n');
                self.lines += 1;
            }
            self.wanted = 0;
            self.line_start();
        } else if self.space {
            self.out.push(' ');
        }
        self.cell = false;
        self.space = false;
        if !self.row.started {
            self.row = RowState { started: true, lines: self.lines };
        }
    }

    fn line_start(&mut self) {
        self.marks();
        if let Some(number) = self.bullet.take() {
            if number == 0 {
                self.out.push_str("- ");
            } else {
                self.out.push_str(&format!("{number}. "));
            }
        }
    }

    fn marks(&mut self) {
        if self.quotes > 0 {
            (0..self.quotes.min(QUOTES_MAX)).for_each(|_| self.out.push('>'));
            self.out.push(' ');
        }
    }

    /// A block begins or ends: text goes on in a line of its own, after a blank line where `lines` is 2.
    fn block(&mut self, lines: usize) {
        if self.blank && !self.cell {
            // The block held only a non-breaking blank: a blank line.
            self.wanted = 2;
        }
        self.blank = false;
        self.space = false;
        // A paragraph at the start of a cell stands beside the cell before it.
        if !self.cell {
            self.wanted = self.wanted.max(lines);
        }
    }

    fn line_break(&mut self) {
        self.space = false;
        self.blank = false;
        if !self.cell {
            self.wanted = (self.wanted + 1).min(2);
        }
    }

    /// An opening tag.
    pub(super) fn open(&mut self, tag: &Tag<'_>, hide: bool) {
        self.count(tag.kind);
        if self.hidden == 0 {
            self.layout(tag);
        }
        // Inside what is hidden nothing else matters but its end.
        if self.hidden > 0 || tag.closed || matches!(tag.kind, Kind::Break | Kind::Rule) || is_void(tag.name) {
            return;
        }
        if let Some(special) = self.special(tag, hide) {
            self.enter(special, tag.kind);
        }
    }

    fn layout(&mut self, tag: &Tag<'_>) {
        match tag.kind {
            Kind::Break => self.line_break(),
            Kind::Rule | Kind::Heading => self.block(2),
            Kind::Paragraph => {
                let lines = if is_tight(tag) { 1 } else { 2 };
                self.block(lines);
            }
            Kind::Block | Kind::Quote | Kind::Pre | Kind::List(_) => self.block(1),
            Kind::Table => {
                self.block(1);
                if self.rows.len() < TABLES_MAX {
                    self.rows.push(self.row);
                    self.row = RowState::default();
                }
            }
            Kind::Row => {
                self.cell = false;
                self.block(1);
                self.row = RowState::default();
            }
            Kind::Cell => {
                // Beside the cell before it, as long as the row is one line.
                let same_line = self.row.started && self.lines == self.row.lines;
                self.cell = false;
                self.blank = false;
                self.space = false;
                if same_line {
                    self.wanted = 0;
                    self.cell = true;
                } else {
                    self.wanted = self.wanted.max(1);
                }
            }
            Kind::Item => {
                self.block(1);
                let number = self.regions.iter_mut().rev().find_map(|r| match &mut r.special {
                    Special::List { counted, item } => {
                        *item += 1;
                        Some(if *counted { *item } else { 0 })
                    }
                    _ => None,
                });
                self.bullet = Some(number.unwrap_or(0));
            }
            Kind::Raw | Kind::Inline => {}
        }
    }

    /// A closing tag.
    pub(super) fn close(&mut self, kind: Kind) {
        if self.hidden == 0 {
            match kind {
                Kind::Paragraph => {
                    // `</p>` ends the line; how far the next one is, its own opening tag says.
                    self.block(1);
                }
                Kind::Heading => self.block(1),
                Kind::Table => {
                    self.cell = false;
                    self.block(1);
                    if let Some(mut around) = self.rows.pop() {
                        if !around.started && self.row.started {
                            // A table within a cell: what follows in the row around it stands on lines of its own.
                            around = RowState { started: true, lines: usize::MAX };
                        }
                        self.row = around;
                    }
                }
                Kind::Row => {
                    self.cell = false;
                    self.block(1);
                }
                Kind::Item => {
                    self.bullet = None;
                    self.block(1);
                }
                Kind::Block | Kind::Quote | Kind::Pre | Kind::List(_) => self.block(1),
                Kind::Break => self.line_break(),
                Kind::Cell | Kind::Rule | Kind::Raw | Kind::Inline => {}
            }
        }
        self.leave(kind);
    }

    /// Counts an opening tag for the innermost region.
    fn count(&mut self, kind: Kind) {
        let Some(region) = self.regions.last_mut() else { return };
        if region.kind == kind {
            // These close themselves when the next of their kind opens beside them.
            if matches!(kind, Kind::Paragraph | Kind::Item | Kind::Row | Kind::Cell) && region.blocks == 0 {
                self.exit();
            } else {
                region.nested += 1;
            }
        } else if closes_surely(kind) {
            region.blocks += 1;
        }
    }

    fn leave(&mut self, kind: Kind) {
        let Some(region) = self.regions.last_mut() else { return };
        if region.kind == kind {
            if region.nested == 0 {
                self.exit();
            } else {
                region.nested -= 1;
            }
        } else if closes_surely(kind) {
            if region.blocks == 0 {
                // The tag around it was closed before it: it ends with it, and the close counts for the outer one.
                self.exit();
                self.leave_outer(kind);
            } else {
                region.blocks -= 1;
            }
        }
    }

    /// The same for the region that is innermost now, once: a page cannot make one tag cost many steps.
    fn leave_outer(&mut self, kind: Kind) {
        let Some(region) = self.regions.last_mut() else { return };
        if region.kind == kind && region.nested == 0 {
            self.exit();
        } else if region.kind == kind {
            region.nested -= 1;
        } else {
            region.blocks = region.blocks.saturating_sub(1);
        }
    }

    fn enter(&mut self, special: Special, kind: Kind) {
        if self.regions.len() >= REGIONS_MAX {
            return;
        }
        match special {
            Special::Hidden => self.hidden += 1,
            Special::Tiny => self.tiny += 1,
            Special::Sized(_) => self.tiny = 0,
            Special::Quote => self.quotes += 1,
            Special::Pre => self.pre += 1,
            Special::Marked(..) | Special::List { .. } => {}
        }
        self.regions.push(Region { special, kind, nested: 0, blocks: 0 });
    }

    fn exit(&mut self) {
        let Some(region) = self.regions.pop() else { return };
        match region.special {
            Special::Hidden => self.hidden = self.hidden.saturating_sub(1),
            Special::Tiny => self.tiny = self.tiny.saturating_sub(1),
            Special::Sized(around) => self.tiny = around,
            Special::Quote => self.quotes = self.quotes.saturating_sub(1),
            Special::Pre => self.pre = self.pre.saturating_sub(1),
            Special::Marked(mark, start) => self.marked(mark, start),
            Special::List { .. } => {}
        }
    }

    fn marked(&mut self, mark: Mark, start: usize) {
        // The line end before it belongs to the text above.
        let lead = self.out.get(start..).map_or(0, |s| s.len() - s.trim_start_matches('\n').len());
        if self.out.len() > start + lead {
            self.marked.push(Marked { mark, range: start + lead..self.out.len() });
        }
    }

    fn special(&self, tag: &Tag<'_>, hide: bool) -> Option<Special> {
        match tag.kind {
            Kind::Pre => return Some(Special::Pre),
            Kind::List(counted) => return Some(Special::List { counted, item: 0 }),
            _ => {}
        }
        if tag.attributes.len() < 3 {
            return None;
        }
        match look(tag) {
            Some(Look::Hidden) if hide => return Some(Special::Hidden),
            Some(Look::Tiny) if hide => return Some(Special::Tiny),
            Some(Look::Sized) if self.tiny > 0 => return Some(Special::Sized(self.tiny)),
            _ => {}
        }
        let class = tag.attribute("class").unwrap_or_default();
        if tag.kind == Kind::Quote {
            // A bare blockquote is only an indentation.
            let cited = tag.attribute("type").is_some_and(|t| t.eq_ignore_ascii_case("cite"));
            let marked = ["gmail_quote", "protonmail_quote", "yahoo_quoted", "zmail_extra", "tutanota_quote"];
            return (cited || tag.attribute("cite").is_some() || marked.iter().any(|m| class.contains(m)))
                .then_some(Special::Quote);
        }
        let id = tag.attribute("id").unwrap_or_default();
        mark_of(class, id, tag).map(|mark| Special::Marked(mark, self.out.len()))
    }

    /// The text, trimmed, with one line end at its end.
    pub(super) fn finish(mut self) -> PageText {
        while !self.regions.is_empty() {
            self.exit();
        }
        let text = plain::clean(&self.out);
        // Cleaning takes off blank lines and blanks at line ends, which the writing above does not produce; where it
        // did all the same, the marks would be off and are dropped.
        let unchanged = text.trim_end() == self.out.trim_end();
        let mut marked = self.marked;
        marked.retain(|m| unchanged && m.range.start < text.len());
        PageText { text, marked }
    }
}

/// Tags that mail programs close: the others may stay open for ever.
fn closes_surely(kind: Kind) -> bool {
    matches!(kind, Kind::Block | Kind::Table | Kind::Quote | Kind::List(_) | Kind::Pre)
}

fn is_void(name: &str) -> bool {
    ["img", "input", "meta", "link", "col", "base", "area", "wbr", "source"]
        .iter()
        .any(|v| name.eq_ignore_ascii_case(v))
}
