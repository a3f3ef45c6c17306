//! Streets: what they are called, and where one begins with its house number or post-office box.

use crate::reading::extract::{names, sheet::Sheet};
use memchr::memmem;

/// What streets are called, written out.
pub(super) const WAYS: [&str; 19] = [
    "street",
    "road",
    "avenue",
    "drive",
    "lane",
    "terrace",
    "court",
    "parkway",
    "boulevard",
    "way",
    "circle",
    "place",
    "pike",
    "highway",
    "trail",
    "plaza",
    "row",
    "square",
    "walk",
];

/// And as they are shortened.
const WAYS_SHORT: [&str; 9] = ["st", "rd", "ave", "dr", "ln", "ct", "blvd", "pkwy", "pl"];

/// Whether streets are called so: “Street”, “Ave.”.
pub fn is_way(word: &str) -> bool {
    let word = names::bare(word);
    WAYS.contains(&word.as_str()) || WAYS_SHORT.contains(&word.as_str())
}

/// Where the street of an address within `from..state` begins: the last house number or post box.
pub(super) fn street_start(sheet: &Sheet<'_>, from: usize, state: usize) -> Option<usize> {
    let low = sheet.low(from, state);
    for pattern in [&b"p.o. box"[..], b"po box", b"p. o. box", b"p o box"] {
        if let Some(i) = memmem::rfind(low, pattern) {
            let between = low.get(i + pattern.len()..).unwrap_or(&[]);
            if between.len() < 60 {
                return Some(from + i);
            }
        }
    }
    let mut best = None;
    let mut i = from;
    while i < state {
        let starts = (sheet.byte(i).is_ascii_digit() || is_grid_number(sheet, i))
            && !sheet.before(i).is_ascii_alphanumeric()
            && !matches!(sheet.before(i), b'-' | b'#' | b'$' | b'/' | b'.');
        if !starts {
            i += 1;
            continue;
        }
        let mut end = i;
        while sheet.byte(end).is_ascii_alphanumeric() || sheet.byte(end) == b'-' {
            end += 1;
        }
        let token = sheet.slice(i, end);
        let (a, w) = sheet.word_before(i);
        let before = sheet.low(a, w);
        let part = matches!(
            before,
            b"suite"
                | b"ste"
                | b"unit"
                | b"apt"
                | b"bldg"
                | b"building"
                | b"floor"
                | b"fl"
                | b"room"
                | b"rm"
                | b"box"
                | b"lot"
                | b"highway"
                | b"hwy"
                | b"route"
                | b"rte"
                | b"rt"
                | b"no"
                | b"dock"
                | b"bay"
                | b"county"
                | b"road"
                | b"rd"
                | b"cr"
        ) && i - w <= 2;
        let ordinal = token.ends_with("st") || token.ends_with("nd") || token.ends_with("rd") || token.ends_with("th");
        let next =
            sheet.byte(end) == b' ' && (sheet.byte(end + 1).is_ascii_alphanumeric() || sheet.byte(end + 1) >= 0x80);
        if !part && !ordinal && next && token.len() <= 8 {
            best = Some(i);
        }
        i = end;
    }
    best
}

/// Whether a house number of a county's grid stands here: “W5502 Fairgrounds Rd”, “N12345 County Road A”.
fn is_grid_number(sheet: &Sheet<'_>, at: usize) -> bool {
    let digits = (at + 1..).take_while(|i| sheet.byte(*i).is_ascii_digit()).count();
    matches!(sheet.byte(at), b'N' | b'S' | b'E' | b'W') && (3..=6).contains(&digits)
}
