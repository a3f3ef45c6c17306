//! Sums of money: “$1,000,000”, “2M”, “1/2 million”, “two hundred eighteen dollars”; and what each is: a limit or an
//! insured value, or any other sum.

use super::cues::{Kind, Seed};
use super::dates::Mention;
use super::layout::Layout;
use super::rules::{Extractor, FieldRule};
use super::sheet::{Sheet, Stretch};
use super::spoken;
use crate::domain::field::{Field, FieldValue};
use memchr::memmem;

/// How far around a sum the words for it may stand, in bytes.
const REACH: usize = 48;

/// How many lines the words that introduce a list may stand above one of its items.
const LIST: usize = 14;

/// A sum in the text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sum {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// In dollars.
    pub dollars: f64,
    /// Marked as money by `$`, “dollars” or a unit; a bare number with thousands is none.
    pub marked: bool,
    /// Nothing but digits: a sum only right behind a word for one, “value 68500”.
    pub bare: bool,
}

/// Every sum of a sheet, in order.
pub fn sums(sheet: &Sheet<'_>) -> Vec<Sum> {
    if sheet.seeds().iter().any(|s| s.seed == Seed::Sum) {
        return sums_and_words(sheet);
    }
    let mut out: Vec<Sum> = Vec::new();
    for (run, _) in &sheet.runs {
        if out.last().is_some_and(|s| *run < s.end) {
            continue;
        }
        let spaces = sheet.slice(run.saturating_sub(5), *run);
        let gap = spaces.len() - spaces.trim_end_matches(' ').len();
        let start = if sheet.before(run - gap) == b'$' { run - gap - 1 } else { *run };
        let fresh = !sheet.before(start).is_ascii_alphanumeric()
            && !matches!(sheet.before(start), b'-' | b'/' | b'.' | b'#' | b',');
        // “1M/2M”: a sum of each.
        let second = sheet.before(start) == b'/' && out.last().is_some_and(|s: &Sum| s.end + 1 == start && s.marked);
        if fresh || second || start < *run {
            out.extend(figures(sheet, start));
        }
    }
    out
}

/// The same where number words make sums too.
fn sums_and_words(sheet: &Sheet<'_>) -> Vec<Sum> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < sheet.folded.len() {
        let b = sheet.byte(at);
        let fresh =
            !sheet.before(at).is_ascii_alphanumeric() && !matches!(sheet.before(at), b'-' | b'/' | b'.' | b'#' | b',');
        let slash = sheet.before(at) == b'/' && b == b'$';
        if (b == b'$' || b.is_ascii_digit()) && (fresh || slash || b == b'$') {
            if let Some(sum) = figures(sheet, at) {
                at = sum.end;
                out.push(sum);
                continue;
            }
            at += 1;
            while sheet.byte(at).is_ascii_digit() {
                at += 1;
            }
            continue;
        }
        if fresh && b.is_ascii_alphabetic() {
            let (a, e) = sheet.word_after(at);
            if a == at {
                if let Some(sum) = in_words(sheet, a, e) {
                    at = sum.end;
                    out.push(sum);
                    continue;
                }
                at = e;
                continue;
            }
        }
        at += 1;
    }
    out
}

fn figures(sheet: &Sheet<'_>, start: usize) -> Option<Sum> {
    let dollar = sheet.byte(start) == b'$';
    let mut at = start + usize::from(dollar);
    while dollar && sheet.byte(at) == b' ' && at < start + 6 {
        at += 1;
    }
    let first = at;
    let mut value = 0.0_f64;
    let mut grouped = false;
    let mut digits = 0;
    loop {
        let b = sheet.byte(at);
        if b.is_ascii_digit() {
            value = value * 10.0 + f64::from(b - b'0');
            digits += 1;
            at += 1;
        } else if b == b','
            && (at + 1..at + 4).all(|i| sheet.byte(i).is_ascii_digit())
            && !sheet.byte(at + 4).is_ascii_digit()
            && digits > 0
        {
            grouped = true;
            at += 1;
        } else {
            break;
        }
    }
    if digits == 0 || digits > 11 {
        return None;
    }
    // “1/2 million”.
    if sheet.byte(at) == b'/' && value == 1.0 && sheet.byte(at + 1) == b'2' && !dollar {
        let (a, b) = sheet.word_after(at + 2);
        if sheet.low(a, b) == b"million" {
            return Some(Sum { start, end: b, dollars: 5e5, marked: true, bare: false });
        }
    }
    let mut cents = false;
    if sheet.byte(at) == b'.' && sheet.byte(at + 1).is_ascii_digit() {
        let from = at + 1;
        let mut scale = 0.1;
        at += 1;
        while sheet.byte(at).is_ascii_digit() {
            value += f64::from(sheet.byte(at) - b'0') * scale;
            scale /= 10.0;
            at += 1;
        }
        cents = at - from == 2;
        value = (value * 1e4).round() / 1e4;
    }
    let (mult, end) = unit(sheet, at);
    let mut end = end;
    let mut marked = dollar || mult > 1.0;
    let (a, b) = sheet.word_after(end);
    if a <= end + 1 && matches!(sheet.low(a, b), b"dollars" | b"usd" | b"bucks" | b"dolares") {
        marked = true;
        end = b;
    }
    let closed = !sheet.byte(end).is_ascii_alphanumeric()
        && !matches!(sheet.byte(end), b'%')
        && !(sheet.byte(end) == b'-' && sheet.byte(end + 1).is_ascii_digit() && !dollar);
    let thousands = grouped || cents && value >= 100.0;
    // A bare “2M” needs a plain number; “18k” miles is no sum, which the words around decide; so they do of “68500”.
    let bare = digits >= 4 && !grouped && !marked && (2100.0..1e8).contains(&value) && value.fract() == 0.0;
    let plain = marked || thousands || bare;
    let sum = Sum { start, end, dollars: round(value * mult), marked, bare: bare && !thousands };
    (closed && plain && first < at).then_some(sum)
}

fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// “M”, “mil”, “million”, “K”, “thousand” after a number, with its end.
fn unit(sheet: &Sheet<'_>, at: usize) -> (f64, usize) {
    let (a, b) = sheet.word_after(at);
    if a > at + 1 || (a > at && sheet.byte(at) != b' ' && sheet.byte(at) != b'-') {
        return (1.0, at);
    }
    let glued = a == at;
    match sheet.low(a, b) {
        b"m" | b"mm" | b"mil" if glued || sheet.low(a, b).len() > 1 => (1e6, b),
        b"million" | b"millon" | b"millones" => (1e6, b),
        b"mill" if sheet.low(b, b + 3) == [0xC3, 0xB3, b'n'] => (1e6, b + 3),
        b"k" if glued => (1e3, b),
        // “411 Grand Ave” is no sum.
        b"thousand" | b"grand" | b"mil." if !sheet.byte(a).is_ascii_uppercase() => (1e3, b),
        _ => (1.0, at),
    }
}

fn in_words(sheet: &Sheet<'_>, a: usize, b: usize) -> Option<Sum> {
    spoken::small(sheet.low(a, b)).or_else(|| (sheet.low(a, b) == b"a").then_some(1.0))?;
    let (value, end) = if sheet.low(a, b) == b"a" {
        let (c, d) = sheet.word_after(b);
        match sheet.low(c, d) {
            b"million" => (1e6, d),
            _ => return None,
        }
    } else {
        spoken::cardinal(sheet, a)?
    };
    let (c, d) = sheet.word_after(end);
    let dollars = c <= end + 1 && matches!(sheet.low(c, d), b"dollars" | b"bucks" | b"dolares");
    let words = sheet.low(a, end);
    let spanish = [&b"mill\xc3\xb3n"[..], b"millon", b"millones", b" mil"].iter().any(|w| words.ends_with(w));
    let million = words.ends_with(b"million") || spanish;
    (dollars || million).then_some(Sum {
        start: a,
        end: if dollars { d } else { end },
        dollars: value,
        marked: true,
        bare: false,
    })
}

/// The money fields of the message: each sum goes to the field whose words stand nearest; the rest goes to the field
/// that takes the rest.
pub fn money(rules: &[FieldRule], layout: &Layout<'_, '_>, dates: &[Vec<Mention>]) -> Vec<Field> {
    let fields: Vec<(usize, &FieldRule)> =
        rules.iter().enumerate().filter(|(i, r)| r.extractor == Extractor::Money && layout.wants(*i)).collect();
    let mut out: Vec<Field> = Vec::new();
    for (sheet, dates) in layout.sheets.iter().zip(dates) {
        if sheet.stretch == Stretch::ForwardHeader {
            continue;
        }
        let all = sums(sheet);
        let mut last: Option<(usize, usize)> = None;
        for (n, sum) in all.iter().enumerate() {
            if sum.dollars < 1.0 || dates.iter().any(|m| m.start < sum.end && sum.start < m.end) {
                continue;
            }
            let joined = last.filter(|(_, end)| {
                let gap = sheet.low(*end, sum.start);
                gap.len() <= 5 && gap.iter().all(|b| matches!(b, b' ' | b'/' | b'-' | b'&'))
            });
            let chosen = match joined {
                Some((field, _)) => Some((field, 70)),
                None => choose(sheet, &fields, sum),
            };
            let Some((field, confidence)) = chosen else { continue };
            let takes_rest = fields.iter().any(|(i, r)| *i == field && r.rest);
            if !takes_rest && is_old(sheet, sum, all.get(n + 1)) {
                continue;
            }
            last = Some((field, sum.end));
            let Some((_, rule)) = fields.iter().find(|(i, _)| *i == field) else { continue };
            let same = |f: &Field| f.name == rule.name && f.value == FieldValue::Number(sum.dollars);
            if !out.iter().any(same) {
                out.push(sheet.found(
                    &rule.name,
                    FieldValue::Number(sum.dollars),
                    sum.start,
                    sum.end,
                    &rule.name,
                    confidence,
                ));
            }
        }
    }
    out
}

/// “from $2,000,000 to $5,000,000”: the limit that is left behind.
fn is_old(sheet: &Sheet<'_>, sum: &Sum, next: Option<&Sum>) -> bool {
    let (a, b) = sheet.word_before(sum.start);
    let leads = sum.start - b <= 2 && sheet.low(a, b) == b"from";
    leads
        && next.is_some_and(|n| {
            let gap = sheet.low(sum.end, n.start);
            gap.len() <= 30 && memmem::find(gap, b"to ").is_some() && !sheet.sentence_ends_between(sum.end, n.start)
        })
}

/// The field of a number without sign or comma: “value 68500”, or its column's.
fn bare(sheet: &Sheet<'_>, fields: &[(usize, &FieldRule)], sum: &Sum) -> Option<(usize, u8)> {
    let announces = |rule: &FieldRule, h: super::cues::FieldHit| {
        let gap = sheet.low(h.end, sum.start).trim_ascii();
        h.end + 6 >= sum.start
            && matches!(gap, b"" | b":" | b"is" | b"of" | b"at" | b"=" | b"|")
            && rule.bare.iter().any(|w| w.as_bytes() == sheet.low(h.start, h.end))
    };
    let last = |i: usize| sheet.hits(i, Kind::Near).rev().find(|h| h.end <= sum.start);
    fields
        .iter()
        .find(|(i, rule)| last(*i).is_some_and(|h| announces(rule, h)))
        .map(|(i, _)| (*i, 70))
        .or_else(|| column(sheet, fields, sum))
}

/// The field of the heading of a table's column.
fn column(sheet: &Sheet<'_>, fields: &[(usize, &FieldRule)], sum: &Sum) -> Option<(usize, u8)> {
    let (start, end) = sheet.heading(sum.start)?;
    let heads = |i: usize| sheet.hits(i, Kind::Near).any(|h| h.start == start && h.end == end);
    fields.iter().find(|(i, _)| heads(*i)).map(|(i, _)| (*i, 80))
}

/// The field of the words that introduce a list: “insure the following:⏎ - piano  $48,000⏎ - bells  $12,500”.
fn listed(sheet: &Sheet<'_>, fields: &[(usize, &FieldRule)], sum: &Sum) -> Option<(usize, u8)> {
    let own = sheet.line_at(sum.start);
    sheet.lines.get(own).filter(|l| l.end <= sum.end + 3)?;
    let above = sheet.lines.get(own.saturating_sub(LIST)..own)?;
    let head = above.iter().rev().find(|l| !l.is_blank() && sheet.before(l.end) == b':')?;
    let from = sheet.sentence_start(head.start + 1);
    let last = |i: usize| {
        let hits = [Kind::Near, Kind::After].map(|k| sheet.hits(i, k).rfind(|h| h.start >= from && h.end <= head.end));
        hits.into_iter().flatten().map(|h| h.end).max()
    };
    fields.iter().filter_map(|(i, _)| Some((last(*i)?, *i))).max().map(|(_, i)| (i, 66))
}

fn choose(sheet: &Sheet<'_>, fields: &[(usize, &FieldRule)], sum: &Sum) -> Option<(usize, u8)> {
    if sum.bare {
        return bare(sheet, fields, sum);
    }
    let mut best: Option<(usize, usize, u8)> = None;
    let mut refused = false;
    for (index, rule) in fields {
        // “we only have 2M now”, “now 2,150,000”: an old limit is no field's, unless another field's words stand nearer.
        if sheet.hits(*index, Kind::Not).any(|h| h.end <= sum.start && sum.start - h.end <= 3) {
            refused = true;
            continue;
        }
        // Nobody insures for cents.
        if !rule.rest && sum.dollars.fract() != 0.0 {
            continue;
        }
        let before = sheet.last_hit(*index, Kind::Near, sum.start, REACH).map(|h| sum.start - h.end);
        let after = sheet
            .hits(*index, Kind::After)
            .find(|h| h.start >= sum.end)
            .filter(|h| h.start - sum.end <= 24 && !sheet.sentence_ends_between(sum.end, h.start))
            .map(|h| h.start - sum.end);
        let distance = match (before, after) {
            (Some(a), Some(b)) => a.min(b),
            (Some(a), None) | (None, Some(a)) => a,
            (None, None) => continue,
        };
        if best.is_none_or(|(_, d, _)| distance < d) {
            best = Some((*index, distance, 84));
        }
    }
    if refused && best.is_none_or(|(_, distance, _)| distance > 24) {
        return None;
    }
    if best.is_none() {
        best = column(sheet, fields, sum).map(|(i, confidence)| (i, 0, confidence));
    }
    if let Some((index, _, confidence)) = best {
        return Some((index, if sum.marked { confidence } else { 70 }));
    }
    // “44,900”, “3,150”: a number with thousands is money unless a measure follows.
    let (a, b) = sheet.word_after(sum.end);
    let measure = a <= sum.end + 1
        && matches!(
            sheet.low(a, b),
            b"sq"
                | b"square"
                | b"sf"
                | b"miles"
                | b"mi"
                | b"feet"
                | b"ft"
                | b"foot"
                | b"lbs"
                | b"pounds"
                | b"lb"
                | b"units"
                | b"gallons"
                | b"gvw"
                | b"gvwr"
                | b"employees"
                | b"hours"
                | b"people"
                | b"guests"
                | b"acres"
                | b"bushels"
        );
    if measure && !sheet.low(sum.start, sum.end).contains(&b'$') || !sum.marked && sum.dollars < 1000.0 {
        return None;
    }
    // A round half million that nothing explains is a limit where limits are spoken of at all.
    let round = sum.dollars >= 5e5 && sum.dollars % 5e5 == 0.0;
    let limits = fields.iter().find(|(_, r)| !r.rest).filter(|_| round).map(|(i, _)| (*i, 64));
    let rest = || fields.iter().find(|(_, r)| r.rest).map(|(i, _)| (*i, 64));
    limits.or_else(|| listed(sheet, fields, sum)).or_else(rest)
}
