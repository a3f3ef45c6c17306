//! The firm for which somebody signs: the line or part of a line of a closing block that names it.

use super::is_farewell;
use crate::reading::extract::address::is_state;
use crate::reading::extract::layout::Writer;
use crate::reading::extract::names;
use crate::reading::extract::sheet::Sheet;

/// The firm in the lines from the name on.
pub(super) fn firm_after(sheet: &Sheet<'_>, lines: &[usize], from: usize, writer: &Writer) -> Option<(usize, usize)> {
    let mut unmarked = None;
    for (n, i) in lines.iter().take(6).enumerate() {
        let Some(line) = sheet.lines.get(*i) else { continue };
        let start = if n == 0 { from } else { line.start };
        let mut at = start;
        // Parts of the line: “Operations, Meridian Movers LLC”, “Tamarac Specialty | Middle Market”.
        for part in sheet.slice(start, line.end).split(['|', '•', '·', '@', '–', '—']) {
            let (s, e) = cut_numbers(sheet, at, at + part.len());
            at += part.len() + 1;
            while at < sheet.text.len() && !sheet.text.is_char_boundary(at) {
                at += 1;
            }
            for (s, e) in comma_parts(sheet, s, e) {
                let words = sheet.slice(s, e);
                if !is_firm_line(words) || names::is_title(words) {
                    continue;
                }
                if names::is_firm(words) || writer.is_firm_called(words) {
                    return Some((s, e));
                }
                if n > 0 && unmarked.is_none() && words.split_whitespace().count() >= 2 && !looks_like_address(words) {
                    unmarked = Some((s, e));
                }
            }
        }
        if n > 0 && looks_like_address(sheet.slice(line.start, line.end)) {
            break;
        }
    }
    unmarked
}

/// “Operations, Meridian Movers LLC” in its two parts; “Pinnacle Masonry, Inc.” stays one.
fn comma_parts(sheet: &Sheet<'_>, start: usize, end: usize) -> Vec<(usize, usize)> {
    let words = sheet.slice(start, end);
    if let Some((before, after)) = words.split_once(", ") {
        let suffix = names::bare(after.split_whitespace().next().unwrap_or("")).replace('.', "");
        if !matches!(suffix.as_str(), "inc" | "llc" | "corp" | "ltd" | "lp" | "co" | "llp" | "pc" | "pllc" | "sc") {
            let cut = start + before.len();
            return vec![sheet.trimmed(cut + 1, end), sheet.trimmed(start, cut)];
        }
    }
    vec![(start, end)]
}

/// Up to a telephone number, a mail address or an “o:” before one.
fn cut_numbers(sheet: &Sheet<'_>, start: usize, end: usize) -> (usize, usize) {
    // “Bookkeeper (Tues-Thurs), Kettle & Vine Bistro”: the firm stands behind the brackets.
    let start = sheet.slice(start, end).rfind("), ").map_or(start, |i| start + i + 3);
    let words = sheet.slice(start, end);
    let phone = words.char_indices().find(|(i, c)| {
        matches!(c, '(' | '+')
            || c.is_ascii_digit()
                && words.get(*i..).is_some_and(|r| r.chars().take(13).filter(char::is_ascii_digit).count() >= 9)
    });
    let stop = phone.map_or(words.len(), |(i, _)| i);
    let stop = words
        .get(..stop)
        .unwrap_or("")
        .rfind('@')
        .map_or(stop, |at| words.get(..at).unwrap_or("").rfind(' ').unwrap_or(0));
    sheet.trimmed(start, start + stop)
}

/// Whether a line, or a part of one, can be a firm's name.
pub(super) fn is_firm_line(words: &str) -> bool {
    let first = names::bare(words.split_whitespace().next().unwrap_or(""));
    let lower = words
        .split_whitespace()
        .filter(|w| w.chars().next().is_some_and(char::is_lowercase) && !names::is_joiner(w))
        .count();
    words.len() > 2
        && words.len() <= 64
        && words.chars().next().is_some_and(|c| c.is_uppercase() || c.is_ascii_digit())
        && !words.contains(['@', ':', '?', '!', '=', '<', '>'])
        && !words.contains("www.")
        && lower == 0
        && !matches!(
            first.as_str(),
            "sent"
                | "from"
                | "thanks"
                | "regards"
                | "best"
                | "sincerely"
                | "cell"
                | "phone"
                | "office"
                | "direct"
                | "tel"
                | "fax"
                | "mobile"
                | "ext"
                | "p"
                | "o"
                | "m"
                | "c"
                | "f"
                | "d"
        )
        && !is_farewell(words)
}

/// Whether a line is one of an address.
pub(super) fn looks_like_address(words: &str) -> bool {
    let first = words.split_whitespace().next().unwrap_or("");
    first.bytes().all(|b| b.is_ascii_digit())
        || words.to_lowercase().contains("po box")
        || words.split_whitespace().any(is_state)
}
