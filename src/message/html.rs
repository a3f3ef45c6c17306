//! HTML → text in one pass: rows and blocks on lines, cells apart, what is hidden left out, quotes marked with `>` as
//! mail programs mark them in plain text. Knows nothing of mail but the classes by which programs mark quotes and
//! signatures.
//!
//! Linear whatever the input: each byte is looked at a bounded number of times, and there is no tree.

mod entities;
mod look;
mod page;
mod tag;

use page::Page;
use std::ops::Range;
use tag::{Kind, Scanner, Token};

/// A page made text.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct PageText {
    /// Lines end in `\n`.
    pub text: String,
    /// What the page's markup itself says of stretches, by the classes and ids of mail programs.
    pub marked: Vec<Marked>,
}

/// What markup says of a stretch of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// It is a signature.
    Signature,
    /// It says who wrote what is quoted below it.
    Attribution,
    /// An older message begins at it, header and all.
    History,
}

/// A stretch of text and what markup says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Marked {
    /// What it is.
    pub mark: Mark,
    /// Bytes of the text.
    pub range: Range<usize>,
}

/// The visible text of `html`. A page that hides everything is shown whole: better too much than nothing.
pub(super) fn to_text(html: &str) -> PageText {
    let read = walk(html, true);
    if read.text.is_empty() { walk(html, false) } else { read }
}

fn walk(html: &str, hide: bool) -> PageText {
    let mut page = Page::new(html.len() / 3);
    let mut scanner = Scanner::new(html);
    while let Some(token) = scanner.next_token() {
        match token {
            Token::Text(text) => page.text(text),
            Token::Open(tag) => {
                if matches!(tag.kind, Kind::Raw) {
                    scanner.skip_raw(tag.name);
                } else {
                    page.open(&tag, hide);
                }
            }
            Token::Close(kind) => page.close(kind),
        }
        if page.is_full() {
            break;
        }
    }
    page.finish()
}

#[cfg(test)]
#[path = "html/html_tests.rs"]
mod tests;
