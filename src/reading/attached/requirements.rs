//! What an attached contract demands of insurance: additional insured, waiver, primary, limits. Shown, never taken as
//! the sender's wish.

use crate::domain::text::cut;
use crate::message::Attachment;
use crate::message::attached::Kind;

/// Text that is looked through.
const READ_MAX: usize = 64 * 1024;
/// Shorter texts are no contracts: a holder's address, a note.
const SHORT: usize = 300;
/// Limits that are named.
const LIMITS_MAX: usize = 6;

const DEMANDS: &[(&str, &[&str])] = &[
    ("additional insured", &["additional insured", "additionally insured", "cg 20 10", "cg 20 26", "cg 20 37"]),
    (
        "waiver of subrogation",
        &[
            "waiver of subrogation",
            "waive subrogation",
            "waive all rights of subrogation",
            "waiver of its rights of subrogation",
            "waive any right of subrogation",
            "waive its right of subrogation",
            "cg 24 04",
        ],
    ),
    (
        "primary and noncontributory",
        &[
            "primary and noncontributory",
            "primary and non-contributory",
            "primary & noncontributory",
            "primary & non-contributory",
            "primary, non-contributory",
            "primary non-contributory",
            "primary/noncontributory",
            "cg 20 01",
        ],
    ),
    ("notice of cancellation", &["notice of cancellation", "prior written notice of cancel", "notice prior to cancel"]),
];

/// How contracts and lists of requirements speak, and letters do not.
const LEGAL: &[&str] = &[
    " shall ",
    "agreement",
    "subcontract",
    "lessee",
    "lessor",
    "insurance requirements",
    "indemnif",
    "hereby",
    "hereunder",
    "must be endorsed",
    "must carry",
    "must maintain",
    "required limits",
    "minimum limits",
    "at its own expense",
];

/// What a sum is a limit of, by the words around it.
const LIMITS: &[&str] = &[
    "each occurrence",
    "per occurrence",
    "general aggregate",
    "products-completed operations aggregate",
    "products/completed operations",
    "combined single limit",
    "each accident",
    "umbrella",
    "excess",
    "aggregate",
    "professional",
    "per claim",
    "employers liability",
    "employer's liability",
    "cyber",
    "pollution",
];

/// The demands in words: “additional insured; waiver of subrogation; limits $1,000,000 each occurrence”. `None` where it
/// is no contract, or demands no insurance.
pub(super) fn of(attachment: &Attachment) -> Option<String> {
    let text = cut(attachment.text.as_deref()?, READ_MAX);
    let held = attachment.held.as_ref()?;
    if held.acord.is_some() || text.len() < SHORT || !matches!(held.kind, Kind::Pdf | Kind::Word | Kind::Text) {
        return None;
    }
    let plain = text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ").replace(['‐', '‑', '–'], "-");
    // A letter that asks for these things is the sender's wish.
    if !plain.contains("insur") || LEGAL.iter().filter(|w| plain.contains(**w)).count() < 2 {
        return None;
    }
    let mut found: Vec<String> = DEMANDS
        .iter()
        .filter(|(_, words)| words.iter().any(|w| plain.contains(w)))
        .map(|(demand, _)| (*demand).to_owned())
        .collect();
    let limits = limits(&plain);
    // One word alone may stand anywhere; a contract asks for several things.
    if found.len() + limits.len() < 2 {
        return None;
    }
    if !limits.is_empty() {
        found.push(format!("limits {}", limits.join(", ")));
    }
    Some(found.join("; "))
}

/// Sums that are called limits, as written: `$1,000,000 each occurrence`.
fn limits(plain: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for (at, _) in plain.match_indices('$') {
        let rest = plain.get(at + 1..).unwrap_or("");
        let figures: usize = rest.bytes().take_while(|b| b.is_ascii_digit() || *b == b',' || *b == b'.').count();
        let sum = rest.get(..figures).unwrap_or("").trim_end_matches([',', '.']);
        let behind = rest.get(figures..).unwrap_or("");
        let million = behind.trim_start().starts_with("million") || behind.trim_start().starts_with("mm");
        if sum.is_empty() || (sum.bytes().filter(u8::is_ascii_digit).count() < 6 && !million) {
            continue;
        }
        // The words behind count before those in front, and only within the clause.
        let after = cut(behind, 70).split(['$', ';', '.']).next().unwrap_or("");
        let of = LIMITS.iter().filter_map(|l| after.find(l).map(|i| (i, *l))).min().map(|(_, l)| l);
        let before = || {
            let from = (at.saturating_sub(70)..=at).find(|i| plain.is_char_boundary(*i)).unwrap_or(at);
            let words = plain.get(from..at).unwrap_or("").rsplit(['$', ';', '.']).next().unwrap_or("");
            LIMITS.iter().filter_map(|l| words.rfind(l).map(|i| (i, *l))).max().map(|(_, l)| l)
        };
        let Some(of) = of.or_else(before) else { continue };
        let shown = format!("${sum}{} {of}", if million { " million" } else { "" });
        if out.len() < LIMITS_MAX && !out.contains(&shown) {
            out.push(shown);
        }
    }
    out
}
