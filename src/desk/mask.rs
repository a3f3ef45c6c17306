//! Numbers that must not travel in notifications: licences, birth dates, Social Security and card numbers are masked.
//!
//! 23 NYCRR 500 and NAIC Model 668 keep nonpublic information out of mail; the full words stay in the store.

use crate::domain::field::{Field, FieldValue, Provenance};
use std::borrow::Cow;

/// The words with what must not travel masked: digits of passages that drivers were read from, Social Security
/// numbers, card numbers.
pub(super) fn words(text: &str, fields: &[Field]) -> String {
    let mut out = Cow::Borrowed(text);
    for f in fields {
        let FieldValue::Driver { license, .. } = &f.value else { continue };
        if let Provenance::Message { words, .. } = &f.from
            && !words.is_empty()
        {
            out = out.replace(words.as_str(), &digits_masked(words)).into();
        }
        if let Some(l) = license.as_deref().filter(|l| l.len() > 3) {
            out = out.replace(l, &all_but_two(l)).into();
        }
    }
    numbers_masked(&out)
}

fn digits_masked(s: &str) -> String {
    s.chars().map(|c| if c.is_ascii_digit() { '*' } else { c }).collect()
}

fn all_but_two(s: &str) -> String {
    let n = s.chars().count();
    s.chars().enumerate().map(|(i, c)| if i + 2 < n && c.is_alphanumeric() { '*' } else { c }).collect()
}

/// Masks every run of digits (spaces and hyphens within) that is shaped like a Social Security or card number.
fn numbers_masked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, from) = rest.split_at(at);
        let goes_on = |c: char| c.is_ascii_digit() || c == '-' || c == ' ';
        let (run, behind) = from.split_at(from.find(|c| !goes_on(c)).unwrap_or(from.len()));
        let body = run.trim_end_matches(['-', ' ']);
        // A number glued to letters is a policy number or a VIN.
        let glued = before.ends_with(char::is_alphabetic)
            || (body.len() == run.len() && behind.starts_with(char::is_alphabetic));
        out.push_str(before);
        if !glued && (is_social_security(body) || is_card(body)) {
            out.push_str(&all_but_two(body));
            out.push_str(run.get(body.len()..).unwrap_or(""));
        } else {
            out.push_str(run);
        }
        rest = behind;
    }
    out.push_str(rest);
    out
}

fn is_social_security(s: &str) -> bool {
    let groups: Vec<&str> = s.split(['-', ' ']).collect();
    matches!(groups.as_slice(), [a, b, c] if a.len() == 3 && b.len() == 2 && c.len() == 4)
}

/// 13 to 19 digits that pass the Luhn check (ISO/IEC 7812-1).
fn is_card(s: &str) -> bool {
    let digits: Vec<u32> = s.chars().filter_map(|c| c.to_digit(10)).collect();
    if !(13..=19).contains(&digits.len()) {
        return false;
    }
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(i, d)| {
            if i % 2 == 0 {
                *d
            } else if *d > 4 {
                d * 2 - 9
            } else {
                d * 2
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_social_security_number_is_masked_and_a_phone_is_not() {
        assert_eq!(words("SSN 123-45-6789, call 312-555-0100.", &[]), "SSN ***-**-**89, call 312-555-0100.");
    }
    #[test]
    fn a_card_number_is_masked_and_a_policy_number_is_not() {
        assert_eq!(words("card 4111 1111 1111 1111 please", &[]), "card **** **** **** **11 please");
        assert_eq!(words("policy CTP4111111111111111", &[]), "policy CTP4111111111111111");
    }
    #[test]
    fn cards_of_every_make_are_masked_and_a_number_with_a_wrong_digit_is_none() {
        // The makes' own test numbers.
        for (card, shown) in [
            ("5555555555554444", "**************44"),
            ("378282246310005", "*************05"),
            ("6011111111111117", "**************17"),
            ("4012888888881881", "**************81"),
            ("3566002020360505", "**************05"),
            ("4222222222222", "***********22"),
            ("6304000000000000000", "*****************00"),
        ] {
            assert_eq!(words(&format!("pay with {card}."), &[]), format!("pay with {shown}."));
            let last = card.chars().last().unwrap().to_digit(10).unwrap();
            let wrong = format!("{}{}", &card[..card.len() - 1], (last + 1) % 10);
            assert_eq!(words(&wrong, &[]), wrong, "no card");
        }
    }
    #[test]
    fn a_licence_is_masked_wherever_it_stands_but_not_one_of_three_letters_that_may_be_a_word() {
        let shown = |license: &str, text: &str| {
            let value = FieldValue::Driver { name: None, dob: None, license: Some(license.into()) };
            let from = Provenance::Book { account: "A1".into() };
            words(text, &[Field { name: "drivers".into(), value, from, confidence: 90, doubt: None }])
        };
        assert_eq!(shown("123", "123 Main St"), "123 Main St");
        assert_eq!(shown("1234", "It is 1234, yes 1234"), "It is **34, yes **34");
    }
    #[test]
    fn the_passage_a_driver_was_read_from_loses_its_digits() {
        let f = Field {
            name: "drivers".into(),
            value: FieldValue::Driver { name: Some("Ann".into()), dob: None, license: Some("B5550199".into()) },
            from: Provenance::Message {
                message: "k".into(),
                span: crate::domain::field::Span { place: crate::domain::field::Place::Text, start: 0, end: 0 },
                words: "Ann, born 4/17/1990".into(),
                rule: "r".into(),
            },
            confidence: 90,
            doubt: None,
        };
        let shown = words("Add Ann, born 4/17/1990, licence B5550199.", &[f]);
        assert_eq!(shown, "Add Ann, born */**/****, licence ******99.");
    }
}
