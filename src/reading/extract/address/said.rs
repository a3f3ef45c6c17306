//! Addresses as they are said aloud: “four fifteen West Depot Street Suite two Wheaton Illinois six oh one eight seven”.

use super::{Found, street::WAYS};
use crate::reading::extract::sheet::Sheet;
use crate::reading::extract::spoken::{digit, small};

/// Most words between a house number and its ZIP code.
const WORDS: usize = 16;
/// Most words of a street's name, its direction included.
const STREET: usize = 5;

/// Every address that is said aloud, in order: a house number in words, a street, five figures of a ZIP code.
pub fn said(sheet: &Sheet<'_>) -> Vec<Found> {
    let words = words(sheet);
    let figure = |i: usize| words.get(i).is_some_and(|(a, b)| digit(sheet.low(*a, *b)).is_some());
    let mut out: Vec<Found> = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let run = (at..words.len()).take_while(|i| figure(*i)).count();
        if run == 5
            && let Some(first) = number(sheet, &words, at)
            && let (Some((start, _)), Some((_, end))) = (words.get(first), words.get(at + 4))
        {
            out.push(Found { name: (*start, *start), address: (*start, *end), start: *start, block: false });
        }
        at += run.max(1);
    }
    out
}

/// Where each word stands.
fn words(sheet: &Sheet<'_>) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < sheet.folded.len() {
        let (a, b) = sheet.word_after(at);
        at = b.max(at) + usize::from(a == b);
        if a < b {
            out.push((a, b));
        }
    }
    out
}

/// Whether a word is a piece of a number.
fn is_number(word: &[u8]) -> bool {
    digit(word).is_some() || small(word).is_some() || matches!(word, b"hundred" | b"thousand")
}

/// The first word of the house number that belongs to the ZIP code at `zip`: the nearest number before it that a street
/// follows.
fn number(sheet: &Sheet<'_>, words: &[(usize, usize)], zip: usize) -> Option<usize> {
    let word = |i: usize| words.get(i).map_or(&b""[..], |(a, b)| sheet.low(*a, *b));
    let floor = zip.saturating_sub(WORDS);
    let ends = |i: &usize| is_number(word(*i)) && !is_number(word(i + 1));
    // What stands before one is its name, and before that its number.
    let is_street = |word: &[u8]| WAYS.iter().any(|w| w.as_bytes() == word);
    let followed = |i: &usize| (i + 1..i + 2 + STREET).any(|n| n < zip && is_street(word(n)));
    let end = (floor..zip).rev().filter(ends).find(followed)?;
    Some((floor..=end).rev().take_while(|i| is_number(word(*i))).last().unwrap_or(end))
}

/// What is said aloud as it is written: “four fifteen West Depot Street” is “415 West Depot Street”. Words that hold no
/// number stay as they are.
pub fn written(words: &str) -> String {
    let mut out: Vec<String> = Vec::new();
    let mut group: Option<(String, u32)> = None;
    for word in words.split_whitespace() {
        let plain = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        let low = plain.as_bytes();
        let value = digit(low).and_then(|d| d.to_digit(10)).or_else(|| small(low).map(|n| n as u32));
        match (value, low) {
            (Some(n), _) => group = Some(grown(group, n)),
            (None, b"hundred") if group.is_some() => {
                group = group.map(|(text, last)| (format!("{text}00"), last.max(1) * 100));
            }
            _ => {
                out.extend(group.take().map(|(text, _)| text));
                // “apartment two B” is 2B; “four hundred W Lathrop” is not.
                let letter = low.len() == 1 && !b"nsew".contains(&low.first().copied().unwrap_or_default());
                match out.last_mut().filter(|o| letter && o.bytes().all(|b| b.is_ascii_digit())) {
                    Some(number) => number.push_str(&plain.to_uppercase()),
                    None if matches!(low, b"uh" | b"um" | b"that's") => {}
                    None => out.push(word.to_owned()),
                }
            }
        }
    }
    out.extend(group.map(|(text, _)| text));
    out.join(" ")
}

/// A number with one more word: “twenty” “five” is 25, “two” “twenty” 220, “four hundred” “fifteen” 415.
fn grown(group: Option<(String, u32)>, n: u32) -> (String, u32) {
    let Some((mut text, last)) = group else { return (n.to_string(), n) };
    let added = n.to_string();
    let tens = (20..100).contains(&last) && last.is_multiple_of(10) && (1..10).contains(&n);
    if last >= 100 && n < 100 || tens {
        text.truncate(text.len().saturating_sub(added.len()));
    }
    (text + &added, n)
}

#[cfg(test)]
mod tests {
    use super::written;

    #[test]
    fn numbers_of_an_address_are_written_as_they_are_meant() {
        for (said, meant) in [
            ("four fifteen West Depot Street Suite two", "415 West Depot Street Suite 2"),
            ("one nine two five Oakmont Terrace", "1925 Oakmont Terrace"),
            ("fourteen twenty five east ogden avenue", "1425 east ogden avenue"),
            ("four hundred west lathrop avenue suite twelve hundred", "400 west lathrop avenue suite 1200"),
            ("nineteen oh two South Halsted", "1902 South Halsted"),
            ("four hundred fifteen Elm", "415 Elm"),
            ("apartment two b Joliet", "apartment 2B Joliet"),
            ("Wheaton Illinois six oh one eight seven", "Wheaton Illinois 60187"),
            ("seven fifty five Dalhart Avenue uh in Romeoville", "755 Dalhart Avenue in Romeoville"),
        ] {
            assert_eq!(written(said), meant);
        }
    }
}
