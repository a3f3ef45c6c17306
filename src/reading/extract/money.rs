//! What each sum of money is: a limit or an insured value, or any other sum.

mod sums;

use super::cues::Kind;
use super::dates::Mention;
use super::layout::Layout;
use super::rules::{Extractor, FieldRule};
use super::sheet::{Sheet, Stretch};
use crate::domain::field::{Field, FieldValue};
use memchr::memmem;
pub use sums::{Sum, sums};

/// How far around a sum the words for it may stand, in bytes.
const REACH: usize = 48;

/// How many lines the words that introduce a list may stand above one of its items.
const LIST: usize = 14;

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
