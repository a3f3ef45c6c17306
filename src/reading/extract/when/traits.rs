//! What shows at a date what it is for: the words around it, how it is written, how far away it is, what the message asks
//! for, and which cue words claim it. A trait is a few plain words, so that a person can read the table of weights.
//!
//! Knows no field and no request type by name.

use crate::reading::extract::dates::{Mention, When};
use crate::reading::extract::pieces::{Piece, figure, piece, pieces};
use crate::reading::extract::sheet::{Sheet, Stretch};

/// Bytes before a date whose words are heard.
const BEFORE: usize = 160;
/// Bytes after it.
const AFTER: usize = 110;
/// Words of its own sentence before a date that are heard, after it, and of the sentence before.
const HEARD: (usize, usize, usize) = (14, 10, 8);

/// A mention of a date with what shows at it.
pub struct Shown<'a> {
    pub(super) sheet: &'a Sheet<'a>,
    pub(super) mention: Mention,
    /// Days from today to it, if it lies ahead.
    pub(super) away: Option<i64>,
    /// What the message asks for, the first one first.
    pub(super) types: &'a [&'a str],
    pub(super) claims: &'a [Spoken<'a>],
    /// A document is asked for.
    pub(super) documents: bool,
    /// It is the end of a span of time.
    pub(super) range: bool,
}

/// What cue words say of a mention.
pub struct Spoken<'a> {
    pub(super) field: &'a str,
    pub(super) score: i32,
    pub(super) event: bool,
}

/// Tells every trait of a mention, some more than once, with how loudly it counts.
pub fn each(shown: &Shown<'_>, mut hear: impl FnMut(&[Piece<'_>], f32)) {
    words(shown, &mut hear);
    let written = written(shown.mention.when);
    let away = away(shown.away);
    hear(&[piece(b"written "), written], 1.0);
    hear(&[piece(b"away "), away], 1.0);
    for asked in shown.types {
        hear(&[piece(b"asked "), piece(asked.as_bytes())], 1.0);
        hear(&[piece(b"asked "), piece(asked.as_bytes()), piece(b" written "), written], 0.5);
    }
    if let Some(first) = shown.types.first() {
        hear(&[piece(b"asked first "), piece(first.as_bytes())], 1.0);
        hear(&[piece(b"asked first "), piece(first.as_bytes()), piece(b" away "), away], 0.5);
    }
    match shown.sheet.stretch {
        Stretch::Subject => hear(&[piece(b"in the subject")], 1.0),
        Stretch::Attachment => hear(&[piece(b"in an attachment")], 1.0),
        Stretch::Body | Stretch::ForwardHeader => {}
    }
    for (holds, name) in [
        (shown.mention.start >= shown.sheet.closing, &b"in the closing"[..]),
        (shown.documents, b"a document is asked for"),
        (shown.range, b"ends a span"),
        (shown.claims.is_empty(), b"no cue"),
    ] {
        if holds {
            hear(&[piece(name)], 1.0);
        }
    }
    for claim in shown.claims {
        let (field, event) = (piece(claim.field.as_bytes()), piece(if claim.event { b" as event" } else { b"" }));
        let score = figure(usize::try_from(claim.score / 10).unwrap_or(0));
        hear(&[piece(b"cue "), field, event], 1.0);
        hear(&[piece(b"cue "), field, piece(b" of "), score], 0.7);
        if let Some(first) = shown.types.first() {
            hear(&[piece(b"cue "), field, event, piece(b" asked first "), piece(first.as_bytes())], 0.7);
        }
    }
}

fn words(shown: &Shown<'_>, hear: &mut impl FnMut(&[Piece<'_>], f32)) {
    let (start, end) = (shown.mention.start, shown.mention.end);
    let (heard_before, heard_after, heard_earlier) = HEARD;
    let before: Vec<Option<Piece<'_>>> = pieces(shown.sheet.low(start.saturating_sub(BEFORE), start)).collect();
    let after = pieces(shown.sheet.low(end, end + AFTER));
    let own: Vec<Piece<'_>> = before.iter().rev().map_while(|p| *p).collect();
    let next: Vec<Piece<'_>> = after.map_while(|p| p).take(heard_after).collect();
    for (word, place) in own.iter().zip([&b"1 before "[..], b"2 before ", b"3 before "]) {
        hear(&[piece(place), *word], 1.0);
    }
    for (word, place) in next.iter().zip([&b"1 after "[..], b"2 after "]) {
        hear(&[piece(place), *word], 1.0);
    }
    match own.as_slice() {
        [] => hear(&[piece(b"begins the sentence")], 1.0),
        [one, two, ..] => hear(&[piece(b"right before "), *two, piece(b" "), *one], 1.0),
        [_] => {}
    }
    match next.as_slice() {
        [] => hear(&[piece(b"ends the sentence")], 1.0),
        [one, two, ..] => hear(&[piece(b"right after "), *one, piece(b" "), *two], 1.0),
        [_] => {}
    }
    let earlier = before.iter().rev().skip(own.len()).flatten().filter(|w| !w.is_number());
    own.iter().take(heard_before).for_each(|word| hear(&[piece(b"before "), *word], 0.7));
    next.iter().for_each(|word| hear(&[piece(b"after "), *word], 0.7));
    earlier.take(heard_earlier).for_each(|word| hear(&[piece(b"earlier "), *word], 0.4));
}

fn written(when: When) -> Piece<'static> {
    piece(match when {
        When::Exact(_) => b"date with year",
        When::MonthDay(..) => b"month and day",
        When::Day(_) | When::WeekdayDay(..) => b"day of month",
        When::Weekday(..) => b"weekday",
        When::Offset(_) => b"days from today",
        When::BusinessDays(_) => b"business days",
        When::EndOf(_) => b"end of period",
        When::EndOfMonth(_) => b"end of month",
        When::WeekdayOf(..) => b"weekday of month",
    })
}

fn away(days: Option<i64>) -> Piece<'static> {
    piece(match days {
        None => b"unknown",
        Some(..=-1) => b"behind",
        Some(0) => b"today",
        Some(1) => b"tomorrow",
        Some(2..=7) => b"a week",
        Some(8..=30) => b"a month",
        Some(31..=90) => b"a quarter",
        Some(91..) => b"more",
    })
}
