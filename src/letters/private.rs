//! What no letter repeats, even when the client wrote it: Social Security and card numbers, licence numbers, full
//! birth dates (23 NYCRR 500, NAIC Model 668: nonpublic information stays out of notifications).

use regex::{Captures, Regex};
use std::borrow::Cow;
use std::sync::LazyLock;

/// A pattern, and which of its groups is hidden.
struct Secret {
    pattern: Regex,
    group: usize,
    /// Only what passes the card companies' check digit.
    card: bool,
}

const DATE: &str = r"\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2,4}|\d{4}-\d{2}-\d{2}|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.? \d{1,2},? \d{4}";

/// ASCII classes throughout: the Unicode ones cost memory and find no more of what these numbers look like.
static SECRETS: LazyLock<Vec<Secret>> = LazyLock::new(|| {
    let birth = format!(
        r"(?i-u)\b(?:dob|d\.o\.b\.?|date of birth|birth ?date|birthday|born(?: on)?|fecha de nacimiento|nacid[oa](?: el)?)[ \t:#=,\-]{{0,4}}(?:is |es )?({DATE})"
    );
    let rows: [(&str, usize, bool); 5] = [
        (r"(?-u)\b(\d{3}[\- ]\d{2}[\- ]\d{4})\b", 1, false),
        (
            r"(?i-u)\b(?:ssn|social(?: security)?(?: number| no\.?| #)?|seguro social)[ \t:#=]{0,4}(?:is )?(\d{9})\b",
            1,
            false,
        ),
        (r"(?-u)\b(\d{4}[ \-]?\d{4}[ \-]?\d{4}[ \-]?\d{4}|\d{4}[ \-]?\d{6}[ \-]?\d{5})\b", 1, true),
        (
            r"(?i-u)\b(?:driver'?s? licen[sc]e|licen[sc]e|licencia|lic|d\.?l\.?|cdl)(?: (?:number|no\.?|num|de conducir))?[ \t:#=.\-]{1,4}(?:is |[a-z]{2}[ :#]{1,2})?([a-z0-9\-]{0,6}\d[a-z0-9\-]{4,18})\b",
            1,
            false,
        ),
        (birth.as_str(), 1, false),
    ];
    rows.iter()
        .filter_map(|(pattern, group, card)| {
            Regex::new(pattern).ok().map(|pattern| Secret { pattern, group: *group, card: *card })
        })
        .collect()
});

/// All of them in one, for the usual text that holds none: one pass instead of five.
static ANY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let all: Vec<&str> = SECRETS.iter().map(|secret| secret.pattern.as_str()).collect();
    Regex::new(&all.iter().map(|one| format!("(?:{one})")).collect::<Vec<_>>().join("|")).ok()
});

/// `text` with every secret's digits and letters replaced by `*`, the last two kept so that people can compare.
#[must_use]
pub(super) fn hidden(text: &str) -> Cow<'_, str> {
    // Nothing that is hidden has fewer than five digits.
    if text.bytes().filter(u8::is_ascii_digit).count() < 5 {
        return Cow::Borrowed(text);
    }
    if ANY.as_ref().is_some_and(|any| !any.is_match(text)) {
        return Cow::Borrowed(text);
    }
    let mut out = Cow::Borrowed(text);
    for secret in SECRETS.iter() {
        if secret.pattern.is_match(&out) {
            out = Cow::Owned(
                secret.pattern.replace_all(&out, |found: &Captures<'_>| starred(secret, found)).into_owned(),
            );
        }
    }
    out
}

fn starred(secret: &Secret, found: &Captures<'_>) -> String {
    let whole = found.get(0).map_or("", |m| m.as_str());
    let Some(inner) = found.get(secret.group) else { return whole.to_owned() };
    if secret.card && !passes_check_digit(inner.as_str()) {
        return whole.to_owned();
    }
    let before = whole.get(..whole.len().saturating_sub(inner.as_str().len())).unwrap_or("");
    format!("{before}{}", stars(inner.as_str()))
}

fn stars(secret: &str) -> String {
    let count = secret.chars().filter(char::is_ascii_alphanumeric).count();
    let mut seen = 0;
    let star = |c: char| {
        if !c.is_ascii_alphanumeric() {
            return c;
        }
        seen += 1;
        if seen + 2 > count { c } else { '*' }
    };
    secret.chars().map(star).collect()
}

/// Luhn: without it one loan or invoice number in ten would be taken for a card.
fn passes_check_digit(number: &str) -> bool {
    let digits = number.bytes().filter(u8::is_ascii_digit).map(|b| u32::from(b - b'0')).rev();
    let sum: u32 = digits
        .enumerate()
        .map(|(at, d)| match (at % 2, d * 2) {
            (0, _) => d,
            (_, twice) if twice > 9 => twice - 9,
            (_, twice) => twice,
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        assert_eq!(SECRETS.len(), 5);
        assert!(ANY.is_some());
    }
    #[test]
    fn social_security_card_licence_and_birth_date_are_starred() {
        let cases = [
            ("my SSN is 123-45-6789.", "my SSN is ***-**-**89."),
            ("ssn: 123456789", "ssn: *******89"),
            ("card 4111 1111 1111 1111 exp 1/29", "card **** **** **** **11 exp 1/29"),
            ("DOB 04/17/1990, thanks", "DOB **/**/**90, thanks"),
            ("date of birth: April 17, 1990", "date of birth: ***** **, **90"),
            ("DL# A1234567 (IL)", "DL# ******67 (IL)"),
            ("license number: D400-7836-0001", "license number: ****-****-**01"),
            ("fecha de nacimiento: 17/04/1990", "fecha de nacimiento: **/**/**90"),
        ];
        for (raw, shown) in cases {
            assert_eq!(hidden(raw), shown);
        }
    }
    #[test]
    fn phones_policies_vins_and_invoices_stay() {
        for kept in [
            "call (312) 555-0142 or 312-555-0142",
            "policy 994482480 111 1, CTP-01-558231-3",
            "VIN 1M8GDM9AXKP042788",
            "invoice 1234567890123456",
            "ZIP 60601-1234, effective 11/20/2026",
            "licensed in Illinois, license to operate",
        ] {
            assert_eq!(hidden(kept), kept);
        }
    }
}
