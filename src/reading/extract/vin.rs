//! Vehicle identification numbers (49 CFR 565.15): seventeen characters, the ninth of which checks the others.

use super::cues::Kind;
use super::layout::Layout;
use super::rules::FieldRule;
use super::sheet::Sheet;
use crate::domain::field::{Field, FieldValue};

/// Whether the ninth character is the check digit of the rest; `None` where these are no seventeen characters of a VIN.
pub fn check(vin: &str) -> Option<bool> {
    const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    if vin.len() != 17 {
        return None;
    }
    let mut sum = 0;
    for (b, weight) in vin.bytes().zip(WEIGHTS) {
        sum += weight * value(b)?;
    }
    let expected = match sum % 11 {
        10 => b'X',
        n => b'0' + u8::try_from(n).ok()?,
    };
    vin.as_bytes().get(8).map(|b| b.to_ascii_uppercase() == expected)
}

fn value(b: u8) -> Option<u32> {
    let b = b.to_ascii_uppercase();
    Some(u32::from(match b {
        b'0'..=b'9' => b - b'0',
        b'A'..=b'H' => b - b'A' + 1,
        b'J'..=b'N' => b - b'J' + 1,
        b'P' => 7,
        b'R' => 9,
        b'S'..=b'Z' => b - b'S' + 2,
        _ => return None,
    }))
}

/// What is odd about a VIN as typed; `None` where nothing is.
pub fn doubt(vin: &str) -> Option<String> {
    match check(vin) {
        Some(true) => None,
        Some(false) => Some(
            "the VIN fails its check digit: one character is mistyped, or it was not made for North America".to_owned(),
        ),
        None if vin.len() == 17 => Some("the VIN holds I, O or Q, which no VIN has".to_owned()),
        None => Some(format!("the VIN has {} characters, not 17", vin.len())),
    }
}

/// Every VIN of the message, each once, as typed.
pub fn vins(index: usize, rule: &FieldRule, layout: &Layout<'_, '_>) -> Vec<Field> {
    let mut out: Vec<Field> = Vec::new();
    let mut seen: Vec<String> = Vec::new();
    for sheet in layout.read() {
        for (start, end) in tokens(sheet) {
            let words = sheet.slice(start, end);
            let digits = words.bytes().filter(u8::is_ascii_digit).count();
            let letters = words.len() - digits;
            let label = labelled(index, sheet, start);
            let whole = words.len() == 17 && digits >= 5 && letters >= 2;
            let nearly = matches!(words.len(), 16 | 18) && shaped(words);
            let short = label && (11..=20).contains(&words.len()) && digits >= 4 && letters >= 1;
            let checked = check(words);
            // “Serial number 1HT…”: what holds its check digit is a VIN, whatever it is called.
            let other = checked != Some(true) && refused(index, sheet, start);
            if !(whole || short || nearly) || other {
                continue;
            }
            if !label && !nearly && checked.is_none() {
                continue;
            }
            let key = words.to_uppercase();
            if seen.contains(&key) {
                continue;
            }
            seen.push(key);
            let mut field =
                sheet.found_text(&rule.name, start, end, &rule.name, if checked == Some(true) { 98 } else { 75 });
            field.doubt = doubt(words);
            out.push(field);
        }
        for (start, end, value) in spelled(sheet) {
            if !seen.contains(&value) {
                let mut field = sheet.found(&rule.name, FieldValue::Text(value.clone()), start, end, &rule.name, 85);
                field.doubt = doubt(&value);
                seen.push(value);
                out.push(field);
            }
        }
    }
    out
}

/// Whether a word that has one character too few or too many looks as VINs do: capitals and figures by turns, and a
/// serial number at the end.
fn shaped(words: &str) -> bool {
    let turns = words.split(|c: char| c.is_ascii_digit()).filter(|letters| !letters.is_empty()).count();
    let serial = words.bytes().rev().take_while(u8::is_ascii_digit).count();
    turns >= 3 && serial >= 4 && !words.bytes().any(|b| b.is_ascii_lowercase())
}

/// “1 F B A X 2 C M 9 G K A 1 1 9 0 2”: seventeen characters that a transcript puts down one by one.
fn spelled(sheet: &Sheet<'_>) -> Vec<(usize, usize, String)> {
    let mut out = Vec::new();
    let mut free = 0;
    for (from, _) in &sheet.runs {
        if *from < free {
            continue;
        }
        // A character alone.
        let single = |at: usize| {
            sheet.byte(at).is_ascii_alphanumeric()
                && !sheet.byte(at + 1).is_ascii_alphanumeric()
                && !sheet.before(at).is_ascii_alphanumeric()
        };
        let goes_back = |at: usize| at >= 2 && sheet.before(at) == b' ' && single(at - 2);
        let mut start = *from;
        while single(start) && goes_back(start) && start > free {
            start -= 2;
        }
        let mut value = String::new();
        let mut at = start;
        while single(at) {
            value.push(char::from(sheet.byte(at).to_ascii_uppercase()));
            if sheet.byte(at + 1) != b' ' {
                break;
            }
            at += 2;
        }
        free = (start + 2 * value.len()).max(*from + 1);
        if value.len() == 17 {
            out.push((start, start + 2 * value.len() - 1, value));
        }
    }
    out
}

/// Runs of letters and digits that are long enough, with at least one digit.
fn tokens<'s>(sheet: &'s Sheet<'_>) -> impl Iterator<Item = (usize, usize)> + 's {
    let mut free = 0;
    sheet.runs.iter().filter_map(move |(from, to)| {
        if *from < free {
            return None;
        }
        let word = |i: usize| sheet.byte(i).is_ascii_alphanumeric();
        let start = (free..*from).rev().take(20).take_while(|i| word(*i)).last().unwrap_or(*from);
        let end = (*to..).take(24).find(|i| !word(*i)).unwrap_or(*to);
        free = end;
        (11..=20).contains(&(end - start)).then_some((start, end))
    })
}

fn labelled(index: usize, sheet: &Sheet<'_>, at: usize) -> bool {
    sheet.hits(index, Kind::Labels).rev().find(|h| h.end <= at).is_some_and(|h| {
        let gap = sheet.low(h.end, at);
        gap.len() <= 14 && !gap.iter().any(u8::is_ascii_digit)
    })
}

fn refused(index: usize, sheet: &Sheet<'_>, at: usize) -> bool {
    sheet.hits(index, Kind::Not).rev().find(|h| h.end <= at).is_some_and(|h| at - h.end <= 6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_digit_is_computed_as_the_regulation_says() {
        assert_eq!(check("1M8GDM9AXKP042788"), Some(true));
        assert_eq!(check("11111111111111111"), Some(true));
        assert_eq!(check("1m8gdm9axkp042788"), Some(true));
        assert_eq!(check("1M8GDM9AXKP042789"), Some(false));
        assert_eq!(check("1M8GDM9AXKP04278"), None);
        assert_eq!(check("1O8GDM9AXKP042788"), None);
    }
    #[test]
    fn a_mistyped_vin_says_what_is_wrong_with_it() {
        assert!(doubt("1M8GDM9AXKP042789").unwrap().contains("check digit"));
        assert!(doubt("1M8GDM9AXKP04278").unwrap().contains("16 characters"));
        assert!(doubt("1O8GDM9AXKP042788").unwrap().contains("I, O or Q"));
        assert!(doubt("1M8GDM9AXKP042788").is_none());
    }
}
