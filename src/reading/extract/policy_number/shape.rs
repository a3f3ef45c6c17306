//! What a number looks like by itself: as carriers write theirs, or as telephones, ZIP codes, forms and licences are
//! written. Knows no label.

use super::{DIGITS_BARE, Run};
use crate::domain::seal::Reference;
use crate::domain::text::folded;
use crate::reading::extract::sheet::Sheet;
use crate::reading::extract::{address, dates::Mention};

/// Prefixes of numbers that name a line of insurance.
const LINES: [&str; 20] = [
    "BAP", "BOP", "BP", "CA", "CAP", "CGL", "CPP", "CUP", "DP", "GL", "GLA", "HO", "IM", "PA", "PAP", "PHPK", "UMB",
    "WC", "WCA", "XS",
];
/// Whether a run is something else: a telephone, a date, a VIN, a ZIP code, a form's number, our own reference in a reply.
pub(super) fn something_else(sheet: &Sheet<'_>, run: Run, dates: &[Mention], labelled: bool) -> bool {
    let words = sheet.slice(run.start, run.end);
    let plain = folded(words);
    let overlaps = |a: usize, b: usize| a < run.end && run.start < b;
    if dates.iter().any(|m| overlaps(m.start, m.end) && m.end - m.start >= 3)
        || (!words.bytes().any(|b| b.is_ascii_alphabetic()) && sheet.phones().iter().any(|p| overlaps(p.start, p.end)))
    {
        return true;
    }
    let vin = words.split(['-', ' ']).any(|g| g.len() == 17 && g.bytes().any(|b| b.is_ascii_alphabetic()));
    let state_zip = matches!(words.as_bytes(), [a, b, b' ', rest @ ..] if a.is_ascii_uppercase() && b.is_ascii_uppercase()
        && address::is_state(words.get(..2).unwrap_or("")) && matches!(rest.len(), 5 | 10) && rest.iter().take(5).all(u8::is_ascii_digit)
        && (rest.len() == 5 || rest.get(5) == Some(&b'-')));
    let zip = run.digits == 9 && words.len() == 10 && words.as_bytes().get(5) == Some(&b'-');
    // “the 2024-25 term”.
    let years = matches!(words.as_bytes(), [b'1' | b'2', b'9' | b'0', _, _, b'-', rest @ ..] if matches!(rest.len(), 2 | 4))
        && run.digits == plain.len()
        && (words.starts_with("19") || words.starts_with("20"));
    let form = [
        "ACORD", "CG ", "IL ", "CA ", "WC 00", "ISO", "FEIN", "EIN", "SSN", "MC ", "DOT", "US", "HWY", "RT ", "PO ",
        "BOX",
    ]
    .iter()
    .any(|f| words.starts_with(f))
        && (run.digits <= 8 || words.starts_with("FEIN") || words.starts_with("EIN"))
        && !(words.contains('-') && run.digits >= 6 && !words.starts_with("FEIN") && !words.starts_with("EIN"))
        && !(words.starts_with("CA ") && run.digits >= 6)
        && !(words.starts_with("MC ") && labelled);
    let money = sheet.before(run.start) == b'$';
    let mail = sheet.before(run.start) == b'@'
        || sheet.byte(run.end) == b'@'
        || sheet.before(run.start) == b'/'
        || sheet.before(run.start) == b'=' && !labelled;
    let ours = words.strip_prefix("T-").and_then(Reference::read).is_some_and(|r| r.looks_sealed());
    vin || state_zip || zip || years || form || money || mail || ours
}

/// Whether a number has a shape that carriers give: capitals before the figures (“CPP 4471902”, “H0 0417733”,
/// “SWC3310874”) or among them (“73-GL-104882-4”, “61 42 HS 118806”).
pub(super) fn shaped(sheet: &Sheet<'_>, run: Run, of_insurance: impl Fn() -> bool) -> bool {
    let words = sheet.slice(run.start, run.end);
    let opens_line = sheet.lines.get(sheet.line_at(run.start)).is_some_and(|l| l.start == run.start);
    let groups: Vec<&str> = words.split(['-', ' ']).collect();
    let first = groups.first().copied().unwrap_or("");
    let capitals = |w: &str| w.bytes().all(|b| b.is_ascii_uppercase());
    let upper = words.bytes().all(|b| !b.is_ascii_lowercase());
    let names_line = LINES.contains(&first);
    let enough =
        if names_line || opens_line && run.prefixed && words.contains('-') { DIGITS_BARE - 1 } else { DIGITS_BARE };
    let capital_first = words.bytes().next().is_some_and(|b| b.is_ascii_uppercase());
    // “B653-8201-0034”: a driver's licence.
    let licence =
        matches!(groups.as_slice(), [a, b, c] if a.len() == 4 && b.len() == 4 && c.len() == 4 && !capitals(a));
    let mixed = capital_first && (2..=4).contains(&first.len()) && run.digits > DIGITS_BARE && upper && !licence;
    let amid = groups.len() >= 3
        && groups.iter().any(|g| (2..=4).contains(&g.len()) && capitals(g))
        && (words.contains('-') || first.len() == 2 && first.bytes().all(|b| b.is_ascii_digit()))
        && run.digits >= DIGITS_BARE;
    // Letters and figures without a gap: two to four letters, or one where insurance is spoken of.
    let letters = first.bytes().take_while(u8::is_ascii_uppercase).count();
    let joined = groups.len() <= 2
        && first.len() > letters
        && upper
        && run.digits >= DIGITS_BARE
        && (2..=4).contains(&letters)
        && first.len() <= 16
        && first.split(|c: char| c.is_ascii_digit()).filter(|letters| !letters.is_empty()).count() <= 2;
    let single = letters == 1
        && (6..=9).contains(&run.digits)
        && words.bytes().skip(1).all(|b| b.is_ascii_digit() || b == b' ')
        && of_insurance();
    run.prefixed && first.len() == letters && run.digits >= enough || mixed || amid || joined || single
}

/// Whether a number begins with a word that is no carrier's prefix.
pub(super) fn begins_small(words: &str) -> bool {
    let small = |w: &str| {
        matches!(
            w,
            "TO" | "AT"
                | "OF"
                | "IN"
                | "ON"
                | "BY"
                | "FOR"
                | "AND"
                | "IS"
                | "THE"
                | "IP"
                | "LLC"
                | "INC"
                | "LTD"
                | "LP"
                | "CO"
                | "MC"
                | "DOT"
                | "NO"
        )
    };
    let word = |w: &str| w.len() >= 4 && w.bytes().all(|b| b.is_ascii_alphabetic()) || small(w);
    words.split_once(' ').is_some_and(|(first, _)| word(first))
}
