//! Policy numbers. There is no standard: a label anchors them, a carrier's shape only adds trust; telephone numbers,
//! ZIP codes, dates, VINs and what claim, invoice or loan labels announce are refused.

mod shape;

use super::cues::Kind;
use super::dates::Mention;
use super::layout::Layout;
use super::rules::FieldRule;
use super::sheet::{Sheet, Stretch};
use super::spoken;
use crate::domain::field::{Field, FieldValue};
use crate::domain::text::folded;
use memchr::memmem;
use shape::{begins_small, shaped, something_else};

/// Fewest digits of a number that a label announces.
const DIGITS_LABELLED: usize = 4;
/// Fewest digits of one that stands without a label.
const DIGITS_BARE: usize = 6;
/// Fewest digits of one that has neither a label nor letters.
const DIGITS_ALONE: usize = 9;
/// How far before its first figure a number can begin, in bytes: “GLC PA-”.
const PREFIX: usize = 12;
/// How far before a number with a carrier's shape a label of its sentence may stand, in bytes.
const SENTENCE: usize = 90;
/// How far before a number that is spelled out another thing's label takes it, in bytes.
const CALLED: usize = 60;
/// Confidence in a number that only looks like one.
const UNCALLED: u8 = 62;
/// Longest number, in letters and digits.
const LONGEST: usize = 22;

/// Small words that stand before numbers and are typed small; no carrier's prefix.
const LEADS: [&str; 21] = [
    "is", "in", "for", "to", "my", "of", "at", "on", "no", "by", "the", "and", "are", "was", "num", "from", "its",
    "our", "es", "or", "says",
];

/// A number in the text: letters and digits in groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// How many digits.
    pub digits: usize,
    /// Whether it begins with capitals, as carriers' prefixes do.
    pub prefixed: bool,
}

/// The number that begins at `at`: groups joined by hyphens, slashes or single spaces, as far as they go on looking
/// like one number.
pub fn run_at(sheet: &Sheet<'_>, at: usize) -> Option<Run> {
    let mut end = at;
    let mut digits = 0;
    let mut alnum = 0;
    let mut first_letters = 0;
    let mut i = at;
    loop {
        let group = group_end(sheet, i);
        if group == i {
            break;
        }
        let words = sheet.slice(i, group);
        let group_digits = words.bytes().filter(u8::is_ascii_digit).count();
        let letters = words.len() - group_digits;
        if i == at && group_digits == 0 {
            // “policy is 7714”, “in 2019”: a word before the number.
            if LEADS.contains(&words) {
                return None;
            }
            first_letters = letters;
        }
        if group_digits == 0 && (letters > 5 || !words.bytes().all(|b| b.is_ascii_uppercase()) && i != at) {
            break;
        }
        digits += group_digits;
        alnum += words.len();
        end = group;
        // What joins the next group?
        let (join, next) = (sheet.byte(group), group + 1);
        let next_group = group_end(sheet, next);
        let next_words = sheet.slice(next, next_group);
        let next_digits = next_words.bytes().filter(u8::is_ascii_digit).count();
        if next_words.is_empty() {
            break;
        }
        match join {
            b'-' | b'/' | b'.' if join != b'.' || (next_digits > 0 && digits > 0) => {
                if join == b'/' && digits > 3 {
                    break;
                }
                i = next;
            }
            b' ' if digits == 0 => {
                // Letters first: “GLC PA 00881206”, “ACP BAPC 3041172295”.
                let prefix = sheet.slice(at, group);
                let capital =
                    prefix.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b' ' || b == b'-');
                let goes_on =
                    next_digits > 0 || (next_words.len() <= 4 && next_words.bytes().all(|b| b.is_ascii_uppercase()));
                if !goes_on || !(capital || (prefix.len() <= 4 && next_digits >= 4)) {
                    break;
                }
                i = next;
            }
            b' ' => {
                // Digits went before: go on only with figures that nothing else explains.
                let figures = next_words.bytes().all(|b| b.is_ascii_digit() || b == b'-') && next_digits > 0;
                // “76 SBA LK2207”, “ZZ3 A448120”: behind capitals, or few figures, one more group of both.
                let capitals = |w: &str| w.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
                let behind = group_digits == 0 || first_letters == 0 && capitals(words) && words.len() <= 4 && i == at;
                let both = next_digits >= 4 && next_digits < next_words.len() && capitals(next_words) && letters > 0;
                let code = next_words.bytes().all(|b| b.is_ascii_uppercase()) && next_words.len() <= 3 && {
                    let after = group_end(sheet, next_group + 1);
                    sheet.byte(next_group) == b' '
                        && sheet.slice(next_group + 1, after).bytes().filter(u8::is_ascii_digit).count() >= 3
                };
                let follows = sheet.byte(next_group);
                let then = sheet.byte(next_group + 1);
                let ends = matches!(follows, b'.' | b',' | b')' | b'\n' | b';' | 0)
                    || (follows == b' ' && (then.is_ascii_digit() || matches!(then, b'(' | b' ' | b'-'))
                        || (follows == b'-' && then.is_ascii_digit()));
                let year = next_words.len() == 4 && (next_words.starts_with("19") || next_words.starts_with("20"));
                let few = digits < 6;
                // “7712 04 5518 and”, “339 118 402 as of”: short groups all through; “CPP 4471920 06 is”: a term.
                let short = group_digits == words.len() && (2..=4).contains(&group_digits);
                let goes_on = follows == b' ' && !year && digits < 11;
                let split = goes_on && short && (2..=4).contains(&next_digits);
                let term = goes_on && first_letters >= 2 && next_words.len() == 2 && next_words.starts_with('0');
                let code = code || both && behind || figures && (split || term);
                if follows == b'/' || !(code || figures && (few || ends && !year && digits < 13)) {
                    break;
                }
                i = next;
            }
            _ => break,
        }
        if alnum > LONGEST {
            return None;
        }
    }
    while matches!(sheet.before(end), b'-' | b'/' | b'.') && end > at {
        end -= 1;
    }
    let closed = !sheet.byte(end).is_ascii_alphanumeric();
    (end > at && digits > 0 && alnum <= LONGEST && closed).then_some(Run {
        start: at,
        end,
        digits,
        prefixed: first_letters >= 2 && capitals(sheet, at),
    })
}

fn capitals(sheet: &Sheet<'_>, at: usize) -> bool {
    sheet.byte(at).is_ascii_uppercase() && sheet.byte(at + 1).is_ascii_uppercase()
}

fn group_end(sheet: &Sheet<'_>, at: usize) -> usize {
    let mut end = at;
    while sheet.byte(end).is_ascii_alphanumeric() {
        end += 1;
    }
    end
}

/// Every policy number of the message.
pub fn policy_numbers(index: usize, rule: &FieldRule, layout: &Layout<'_, '_>, dates: &[Vec<Mention>]) -> Vec<Field> {
    let mut out: Vec<Field> = Vec::new();
    let mut seen: Vec<String> = Vec::new();
    // What one place calls a claim, a permit, a request is no policy in another.
    let mut other: Vec<String> = Vec::new();
    let order = layout.sheets.iter().zip(dates).filter(|(s, _)| s.stretch != Stretch::Subject);
    let subject = layout.sheets.iter().zip(dates).filter(|(s, _)| s.stretch == Stretch::Subject);
    for (sheet, dates) in order.chain(subject) {
        for (run, confidence) in in_sheet(index, sheet, dates, &mut other) {
            let words = sheet.slice(run.start, run.end);
            let key = folded(words);
            if !seen.contains(&key) {
                seen.push(key);
                out.push(sheet.found_text(&rule.name, run.start, run.end, &rule.name, confidence));
            }
        }
        for hit in sheet.hits(index, Kind::Labels) {
            if let Some((start, end, value)) = spoken::number_after(sheet, hit.end) {
                let key = folded(&value);
                if !seen.contains(&key) {
                    seen.push(key);
                    out.push(sheet.found(&rule.name, FieldValue::Text(value), start, end, &rule.name, 70));
                }
            }
        }
        // “it's C A P seven zero dash two two one nine”: letters, then figures, and nobody calls it anything else.
        for (start, end, value) in spoken::spelled(sheet) {
            let key = folded(&value);
            let called = sheet.last_hit(index, Kind::Not, start, CALLED).is_some_and(|hit| {
                !sheet.hits(index, Kind::Labels).any(|label| (hit.start..start).contains(&label.start))
            });
            if !called && !seen.iter().any(|s| s.contains(&key) || key.contains(s.as_str())) {
                seen.push(key);
                out.push(sheet.found(&rule.name, FieldValue::Text(value), start, end, &rule.name, 66));
            }
        }
    }
    out.retain(|f| f.confidence > UNCALLED || !other.contains(&folded(&f.value.shown())));
    out
}

fn in_sheet(index: usize, sheet: &Sheet<'_>, dates: &[Mention], other: &mut Vec<String>) -> Vec<(Run, u8)> {
    let mut out: Vec<(Run, u8)> = Vec::new();
    let mut at = 0;
    let bytes = sheet.text.as_bytes();
    let mut runs = sheet.runs.iter().peekable();
    while at < bytes.len() {
        // A number has figures at most this far behind its beginning.
        while runs.next_if(|(_, end)| *end <= at).is_some() {}
        let Some((next, _)) = runs.peek() else { break };
        if next.saturating_sub(at) > PREFIX {
            at = next - PREFIX;
            continue;
        }
        let b = sheet.byte(at);
        let starts = b.is_ascii_alphanumeric()
            && !sheet.before(at).is_ascii_alphanumeric()
            && !matches!(sheet.before(at), b'\'' | b'-');
        // A number begins with a digit or a capital; a labelled one may be typed small.
        let likely = starts && (b.is_ascii_digit() || b.is_ascii_uppercase() || labelled(index, sheet, at).is_some());
        if !likely {
            at += 1;
            continue;
        }
        // “(GL BKS 58104423, WC SWC1093377)”: the line of insurance stands before its number.
        if let Some(behind) = line_before_number(sheet, at) {
            at = behind;
        }
        let Some(run) = run_at(sheet, at) else {
            at = group_end(sheet, at).max(at + 1);
            continue;
        };
        if let Some(confidence) = judge(index, sheet, run, dates, out.last().copied()) {
            out.push((run, confidence));
            at = run.end;
        } else {
            if refused(index, sheet, run.start) {
                other.push(folded(sheet.slice(run.start, run.end)));
            }
            at = group_end(sheet, at).max(at + 1);
        }
    }
    out
}

/// Where a number of its own begins behind the short name of a line of insurance that stands at `at`.
fn line_before_number(sheet: &Sheet<'_>, at: usize) -> Option<usize> {
    let end = group_end(sheet, at);
    let line = matches!(sheet.slice(at, end), "GL" | "WC" | "AL" | "BOP" | "AUTO" | "UMB" | "COMP");
    let run = (line && sheet.byte(end) == b' ').then(|| run_at(sheet, end + 1)).flatten()?;
    let own = sheet.byte(run.start).is_ascii_uppercase() && run.digits >= DIGITS_BARE - 1;
    own.then_some(run.start)
}

/// A label of this field right before `at`: “policy number is”, “Policy:”, “(policy”.
fn labelled(index: usize, sheet: &Sheet<'_>, at: usize) -> Option<usize> {
    let hit = sheet.hits(index, Kind::Labels).rev().find(|h| h.end <= at)?;
    let gap = sheet.low(hit.end, at);
    if gap.len() > 24 {
        return None;
    }
    let small = gap.split(|b| !b.is_ascii_alphanumeric()).filter(|w| !w.is_empty()).all(|w| {
        matches!(
            w,
            b"number"
                | b"numbers"
                | b"no"
                | b"nos"
                | b"num"
                | b"is"
                | b"are"
                | b"the"
                | b"its"
                | b"for"
                | b"id"
                | b"s"
                | b"and"
                | b"in"
                | b"question"
                | b"was"
                | b"below"
                | b"my"
                | b"our"
                | b"es"
                | b"if"
                | b"known"
                | b"says"
        )
    });
    (small && !gap.contains(&b';')).then_some(hit.start)
}

fn judge(index: usize, sheet: &Sheet<'_>, run: Run, dates: &[Mention], last: Option<(Run, u8)>) -> Option<u8> {
    let prefix_refused =
        sheet.hits(index, Kind::Not).any(|h| h.start == run.start && !matches!(sheet.byte(h.end), b'-'));
    let label = labelled(index, sheet, run.start);
    if run.digits < DIGITS_LABELLED
        || prefix_refused && label.is_none()
        || something_else(sheet, run, dates, label.is_some())
        || refused(index, sheet, run.start)
    {
        return None;
    }
    let words = sheet.slice(run.start, run.end);
    if label.is_some() {
        let year = run.digits == 4 && words.len() == 4;
        return (!year).then_some(if run.prefixed || words.contains('-') { 95 } else { 88 });
    }
    // “PK 0077124-19, CA 0077125-19 and UM 0077126-19”: one that was accepted vouches for the next.
    let carried = last.is_some_and(|(r, _)| {
        let gap = sheet.low(r.end, run.start);
        gap.len() <= 8
            && gap
                .split(|b| !b.is_ascii_alphanumeric())
                .filter(|w| !w.is_empty())
                .all(|w| matches!(w, b"and" | b"or" | b"y"))
    });
    let year = run.digits == 4 && words.len() == 4;
    if carried && !year && (run.prefixed || run.digits >= DIGITS_BARE) {
        return Some(85);
    }
    // “the general liability, 01-448-220-17”: the line of insurance, then its number.
    let line = sheet.hits(index, Kind::Near).rev().find(|h| h.end <= run.start).is_some_and(|h| {
        let gap = sheet.low(h.end, run.start);
        gap.len() <= 12
            && gap
                .split(|b| !b.is_ascii_alphabetic())
                .filter(|w| !w.is_empty())
                .all(|w| matches!(w, b"policy" | b"no" | b"number" | b"is"))
    });
    if line && run.digits >= DIGITS_BARE - 1 && (words.contains('-') || run.prefixed) {
        return Some(78);
    }
    // “the comp policy for our nanny (WCH-20185”, “cancel that boat policy as of Oct 31, WTR 20811”: a carrier's shape in
    // the sentence of a label.
    let spoken_of = sheet.last_hit(index, Kind::Labels, run.start, SENTENCE).is_some();
    if spoken_of
        && run.prefixed
        && run.digits + usize::from(words.contains('-')) >= DIGITS_BARE - 1
        && !begins_small(words)
    {
        return Some(72);
    }
    // A word, not a carrier's prefix: “FROM 2310”, “TO 318900”, “CARL 7085550162”.
    if begins_small(words) {
        return None;
    }
    let of_insurance = || stands_for_insurance(index, sheet, run.start);
    if shaped(sheet, run, of_insurance) {
        return Some(UNCALLED);
    }
    // “have it on 01-447-208-03”, “cancel 927440183”: figures alone, where a word says that they stand for insurance.
    let figures = run.digits >= DIGITS_ALONE && words.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    (figures && of_insurance()).then_some(UNCALLED)
}

/// Whether insurance is spoken of in the sentence before a number, and nothing stands there that has numbers of its own.
fn stands_for_insurance(index: usize, sheet: &Sheet<'_>, at: usize) -> bool {
    let from = at.saturating_sub(SENTENCE).max(sheet.sentence_start(at));
    let low = sheet.low(from, at);
    let said = [&b"insur"[..], b"polic", b"coverage", b"cancel", b"cover ", b"seguro", b"p\xc3\xb3liza", b"poliza"]
        .iter()
        .any(|w| memmem::find(low, w).is_some());
    let (a, b) = sheet.word_before(at);
    let put_on = matches!(sheet.low(a, b), b"on" | b"under" | b"to" | b"la");
    (said || put_on) && sheet.last_hit(index, Kind::Not, at, SENTENCE).is_none()
}

/// A label of something else right before: claim, invoice, loan, job, report …
fn refused(index: usize, sheet: &Sheet<'_>, at: usize) -> bool {
    let Some(hit) = sheet.hits(index, Kind::Not).rev().find(|h| h.end <= at) else { return false };
    // “Policy number provided by member:” is one label, and “a claim under CAU 44-10927” names the policy.
    let label = sheet.hits(index, Kind::Labels).rev().find(|h| h.end <= at);
    let nearer = label.is_some_and(|l| l.start > hit.start || l.start <= hit.start && hit.end <= l.end);
    let (a, b) = sheet.word_before(at);
    if b + 1 == at && sheet.low(a, b) == b"under" {
        return false;
    }
    let gap = sheet.low(hit.end, at);
    // “a yellow envelope for GL-8827140”, “release a quote on BSF-CPP-118840”: it is about the number.
    let about = matches!(sheet.low(a, b), b"for" | b"on" | b"under" | b"against" | b"about") && a >= hit.end;
    !nearer
        && !about
        && gap.len() <= 20
        && !gap.contains(&b'\n')
        && !gap.contains(&b'.') | gap.starts_with(b".")
        && !gap.contains(&b',')
}
