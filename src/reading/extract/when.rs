//! What a date is for: deadline, effective date, expiration, loss. Cue words claim a mention for a field; a table of
//! weights, learned from labelled mail, hears these claims and all words around the mention and decides. Each field keeps
//! its best mention. A field that the table does not know goes by its cue words alone.

mod traits;

use super::cues::{FieldHit, Kind};
use super::dates::{Apart, Mention, Sense, When, Which};
use super::layout::Layout;
use super::lessons::TraitLesson;
use super::rules::{Extractor, FieldRule};
use super::sheet::{Sheet, Stretch};
use super::weights::Weights;
use crate::domain::field::{Field, FieldValue};
use chrono::NaiveDate;
use memchr::memmem;
use traits::{Shown, Spoken};

/// How far before a date a `words` cue may stand, in bytes.
const REACH: usize = 60;

/// How far before a date the event may stand whose words go on, in bytes.
const EVENT_REACH: usize = 44;

/// What speaks for a field at a mention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Claim {
    field: usize,
    score: i32,
    /// Where the cue stands, and whether it only names an event.
    cue: (usize, usize),
    event: bool,
    /// The words say that it is past: “last day was Friday”.
    past: bool,
}

/// How far on a field's side a mention has to stand by the table to be its date.
const MARK: f32 = -0.2;

/// A mention and what is known of it.
struct Met<'m> {
    sheet: &'m Sheet<'m>,
    mention: Mention,
    /// All that speaks for a field, by cue words alone.
    claims: Vec<Claim>,
    /// Another day is told by counting back from it: “two days before the job, which starts on the 26th”.
    counted_from: bool,
    layout: &'m Layout<'m, 'm>,
}

impl Met<'_> {
    /// The day that it is as this field's date, where it can be one.
    fn day(&self, field: usize, rule: &FieldRule) -> Option<NaiveDate> {
        let past = self.claims.iter().any(|c| c.field == field && c.past);
        let sense = match (past, rule.sense) {
            (true, _) | (_, -1) => Sense::Behind,
            (_, 1) => Sense::Ahead,
            _ => Sense::Either,
        };
        let today = self.layout.today;
        self.mention.day(today, sense, self.layout.calendar).filter(|day| likely(*day, today, rule.sense))
    }
}

/// Every date field of the message; `types` is what it asks for, the first one first.
pub fn dates(
    rules: &[FieldRule],
    weights: &Weights,
    layout: &Layout<'_, '_>,
    all: &[Vec<Mention>],
    types: &[&str],
) -> Vec<Field> {
    let fields = wanted(rules, layout);
    let mut best: Vec<Option<Told<'_>>> = vec![None; fields.len()];
    each_mention(rules, layout, all, types, |met, shown| {
        let sides = weights.sides(|hear| traits::each(shown, hear));
        // A field that the table does not know has its cue words alone.
        let claims = counted(&met.claims);
        for ((field, rule), slot) in fields.iter().zip(&mut best) {
            let (score, confidence) = match sides.iter().find(|(f, _)| f == field) {
                Some((_, side)) if *side < MARK => continue,
                Some((_, side)) => ((side * 100.0) as i32, 72 + (side * 20.0) as i32),
                None => {
                    let Some(claim) = claims.iter().find(|c| c.field == *field) else { continue };
                    let subject = if met.sheet.stretch == Stretch::Subject { 8 } else { 0 };
                    (claim.score - subject, claim.score - subject)
                }
            };
            // What is wanted before a day is not wanted on it.
            if rule.sense > 0 && met.counted_from {
                continue;
            }
            let Some(day) = met.day(*field, rule) else { continue };
            let confidence = u8::try_from(confidence.clamp(40, 95)).unwrap_or(50);
            let told = Told { score, confidence, sheet: met.sheet, mention: met.mention, day, rule };
            if slot.as_ref().is_none_or(|old| told.beats(old)) {
                *slot = Some(told);
            }
        }
    });
    best.into_iter().flatten().map(|told| told.field()).collect()
}

/// What a message teaches whose dates are known: a lesson for each mention. `stated` gives a field's date, an inner
/// `None` where the message states none, an outer one where that is not known.
pub fn lessons(
    rules: &[FieldRule],
    layout: &Layout<'_, '_>,
    all: &[Vec<Mention>],
    types: &[&str],
    stated: &dyn Fn(&str) -> Option<Option<NaiveDate>>,
) -> Vec<TraitLesson> {
    let fields = wanted(rules, layout);
    let mut out = Vec::new();
    each_mention(rules, layout, all, types, |met, shown| {
        let known = fields.iter().filter_map(|(field, rule)| Some((*field, *rule, stated(&rule.name)?)));
        let says = known.map(|(field, rule, day)| (rule.name.clone(), day.is_some() && met.day(field, rule) == day));
        out.push(TraitLesson::of(|hear| traits::each(shown, hear), says.collect()));
    });
    out
}

/// The fields of dates that the message can have.
fn wanted<'r>(rules: &'r [FieldRule], layout: &Layout<'_, '_>) -> Vec<(usize, &'r FieldRule)> {
    rules.iter().enumerate().filter(|(i, r)| r.extractor == Extractor::Date && layout.wants(*i)).collect()
}

fn each_mention<'l>(
    rules: &[FieldRule],
    layout: &'l Layout<'l, 'l>,
    all: &[Vec<Mention>],
    types: &[&str],
    mut meet: impl FnMut(Met<'l>, &Shown<'_>),
) {
    let fields = wanted(rules, layout);
    let documents = layout
        .sheets
        .iter()
        .any(|s| s.stretch != Stretch::ForwardHeader && fields.iter().any(|(i, _)| s.has(*i, Kind::Documents)))
        || rules.iter().enumerate().any(|(i, r)| r.documents && layout.asked_for(i, r));
    for (sheet, mentions) in layout.sheets.iter().zip(all) {
        if sheet.stretch == Stretch::ForwardHeader {
            continue;
        }
        // The days from which others are counted back.
        let back: Vec<When> = mentions.iter().filter(|m| m.counts_back()).map(|m| m.when).collect();
        for (n, mention) in mentions.iter().enumerate() {
            let range = n
                .checked_sub(1)
                .and_then(|p| mentions.get(p))
                .filter(|p| is_range(sheet, p.end, mention.start))
                .map(|p| p.start);
            let mut claims: Vec<Claim> = fields
                .iter()
                .filter_map(|(field, rule)| claim_of(sheet, &fields, *field, rule, *mention, range, documents))
                .collect();
            if claims.is_empty() && !matches!(mention.when, When::EndOf(_)) {
                claims.extend(by_column(sheet, &fields, *mention));
            }
            let day = mention.day(layout.today, Sense::Ahead, layout.calendar);
            let told: Vec<Spoken<'_>> = claims
                .iter()
                .filter_map(|c| Some(Spoken { field: &rules.get(c.field)?.name, score: c.score, event: c.event }))
                .collect();
            let shown = Shown {
                sheet,
                mention: *mention,
                away: day.map(|day| day.signed_duration_since(layout.today).num_days()),
                types,
                claims: &told,
                documents,
                range: range.is_some(),
            };
            let counted_from = mention.apart == Apart::Same && back.contains(&mention.when);
            meet(Met { sheet, mention: *mention, claims, counted_from, layout }, &shown);
        }
    }
}

/// A mention as a field's date.
#[derive(Debug, Clone, Copy)]
struct Told<'t> {
    score: i32,
    confidence: u8,
    sheet: &'t Sheet<'t>,
    mention: Mention,
    day: NaiveDate,
    rule: &'t FieldRule,
}

impl Told<'_> {
    /// Whether it is better than an earlier one. When something happened is told by a date, and in another sentence
    /// “this morning” is when it was found or heard of; else the higher score counts.
    fn beats(&self, old: &Self) -> bool {
        let apart = || {
            self.sheet.place != old.sheet.place
                || self.sheet.base != old.sheet.base
                || self.sheet.sentence_ends_between(old.mention.end, self.mention.start)
        };
        if self.rule.sense < 0 && apart() {
            match (old.mention.when, self.mention.when) {
                (When::Offset(0), When::Exact(_) | When::MonthDay(..)) => return true,
                (When::Exact(_) | When::MonthDay(..), When::Offset(0)) => return false,
                _ => {}
            }
        }
        old.score < self.score
    }

    fn field(&self) -> Field {
        let (start, end) = (self.mention.start, self.mention.end);
        self.sheet.found(&self.rule.name, FieldValue::Date(self.day), start, end, &self.rule.name, self.confidence)
    }
}

/// Whether a day can be such a date at all: no loss lies ahead, no deadline far behind.
fn likely(day: NaiveDate, today: NaiveDate, sense: i8) -> bool {
    let away = day.signed_duration_since(today).num_days();
    match sense {
        1 => (-60..900).contains(&away),
        -1 => (-3000..=1).contains(&away),
        _ => (-800..1200).contains(&away),
    }
}

/// The claims that count at a mention by cue words alone: the strongest; besides it those of fields whose cue stands
/// within its cue (“before it renews on”), and events, which count where nothing plainer is found.
fn counted(claims: &[Claim]) -> Vec<Claim> {
    let mut all = claims.to_vec();
    all.sort_by_key(|c| std::cmp::Reverse(c.score));
    let Some(first) = all.first().copied() else { return all };
    let within = |c: &Claim| c.score >= 78 && c.cue.0 < first.cue.1 && first.cue.0 < c.cue.1;
    all.retain(|c| *c == first || c.event || within(c));
    all
}

/// The field of the heading of the table's column in which a date stands.
fn by_column(sheet: &Sheet<'_>, fields: &[(usize, &FieldRule)], mention: Mention) -> Option<Claim> {
    let (start, end) = sheet.heading(mention.start)?;
    let heads = |field: usize| {
        [Kind::Near, Kind::Words].iter().any(|k| sheet.hits(field, *k).any(|h| h.start == start && h.end == end))
    };
    let (field, _) = fields.iter().find(|(i, _)| heads(*i))?;
    Some(Claim { field: *field, score: 82, cue: (start, end), event: false, past: false })
}

/// Whether only a dash or “to” stands between two dates.
fn is_range(sheet: &Sheet<'_>, start: usize, end: usize) -> bool {
    let gap = sheet.low(start, end);
    gap.len() <= 10
        && matches!(String::from_utf8_lossy(gap).trim(), "-" | "to" | "through" | "thru" | "until" | "/" | "al")
}

fn claim_of(
    sheet: &Sheet<'_>,
    fields: &[(usize, &FieldRule)],
    field: usize,
    rule: &FieldRule,
    mention: Mention,
    range: Option<usize>,
    documents: bool,
) -> Option<Claim> {
    // “Policy period 9/1/2025 - 9/1/2026”: its end is the expiration, its start is not.
    if rule.sense == 0 {
        let anchor = Mention { start: range.unwrap_or(mention.start), ..mention };
        if let Some(hit) = nearest(sheet, field, Kind::Event, anchor) {
            // “Audit period 9/1/2025 - 9/1/2026” has run out, and says when no policy does.
            if nearest(sheet, field, Kind::Not, anchor).is_some_and(|r| r.end == hit.end && r.start < hit.start) {
                return None;
            }
            let cue = (hit.start, hit.end);
            return range.map(|_| Claim { field, score: 84, cue, event: false, past: false });
        }
    }
    let refused = nearest(sheet, field, Kind::Not, mention);
    // “was due” is refused, though “due” stands nearer in it; “no later than” is not, though “later than” does.
    let within =
        |inner: FieldHit, outer: FieldHit| inner != outer && outer.start <= inner.start && inner.end <= outer.end;
    let nearer = |hit: FieldHit| refused.is_none_or(|r| !within(hit, r) && (r.start < hit.start || within(r, hit)));
    let vague = matches!(mention.when, When::EndOf(_));
    // “As of today, we have not received …” tells how things stand.
    if rule.sense == 0 && matches!(mention.when, When::Offset(0)) {
        let (a, b) = sheet.word_before(mention.start);
        let (c, _) = sheet.word_before(a);
        if sheet.low(a, b) == b"of" && sheet.sentence_start(mention.start) == c && sheet.byte(c).is_ascii_uppercase() {
            return None;
        }
    }
    // “within ten days” says by itself what it is for.
    // So does “three days before that”: people count back from a day to have something in time.
    if rule.sense > 0 && mention.counts_back() && refused.is_none()
        || sheet.hits(field, Kind::Near).any(|h| h.start == mention.start)
    {
        return Some(Claim { field, score: 78, cue: (mention.start, mention.end), event: false, past: false });
    }
    if let Some(hit) = nearest(sheet, field, Kind::Near, mention).filter(|h| nearer(*h)) {
        // “start” is the job's where a certificate is asked for, the cover's elsewhere.
        if !is_job(sheet, fields, field, hit, documents) {
            let gap = i32::try_from(mention.start.saturating_sub(hit.end)).unwrap_or(0);
            let longer = i32::try_from((hit.end - hit.start).min(12)).unwrap_or(0);
            // “before the 12/31 renewal”: the date is the renewal's.
            let named = rule.sense > 0
                && fields.iter().any(|(i, _)| {
                    let after = |h: FieldHit| h.start >= mention.end && h.start <= mention.end + 2;
                    *i != field && sheet.hits(*i, Kind::After).any(after)
                });
            let gap = if named { gap + 48 } else { gap };
            let past = has_word(sheet, hit.end, mention.start, b"was") || has_word(sheet, hit.start, hit.end, b"was");
            return Some(Claim {
                field,
                score: 86 - gap / 4 + longer / 4,
                cue: (hit.start, hit.end),
                event: false,
                past,
            });
        }
    }
    if let Some(hit) = sheet.hits(field, Kind::After).find(|h| h.start >= mention.end)
        && hit.start <= mention.end + 3
        && only_fillers(sheet, mention.end, hit.start)
        && !sheet.sentence_ends_between(mention.end, hit.start)
    {
        return Some(Claim { field, score: 80, cue: (hit.start, hit.end), event: false, past: false });
    }
    let told_day = !matches!(mention.when, When::Offset(0));
    if let Some(hit) = sheet.last_hit(field, Kind::Words, mention.start, REACH).filter(|h| nearer(*h))
        && (told_day || rule.sense < 0)
        && !(rule.sense == 0 && is_job(sheet, fields, field, hit, documents))
    {
        let gap = i32::try_from(mention.start - hit.end).unwrap_or(0);
        return Some(Claim { field, score: 68 - gap / 4, cue: (hit.start, hit.end), event: false, past: false })
            .filter(|_| !vague);
    }
    // “resend it today?”, “needs to be added today”: a wish with its day.
    if rule.sense > 0 && matches!(mention.when, When::Offset(0)) && mention.start < sheet.closing {
        let low = sheet.low(sheet.sentence_start(mention.start), mention.start);
        let asks = [&b"please"[..], b"can you", b"could you", b"can u", b"can some", b"need", b"pls", b"must", b"add "]
            .iter()
            .any(|w| memmem::find(low, w).is_some());
        let day = sheet.low(mention.start, mention.end);
        if asks && (day == b"today" || day == b"hoy") && refused.is_none() {
            return Some(Claim { field, score: 55, cue: (mention.start, mention.end), event: false, past: false });
        }
    }
    // What happened may be told after its day: “Yesterday somebody hit our van”.
    if rule.sense < 0 {
        let after = sheet.hits(field, Kind::Words).find(|h| h.start >= mention.end);
        let told = [&b"yesterday"[..], b"last night", b"this morning", b"ayer", b"anoche", b"this afternoon", b"last"];
        let low = sheet.low(mention.start, mention.end);
        if told.iter().any(|t| low.starts_with(t)) && mention.start < sheet.closing {
            return Some(Claim { field, score: 50, cue: (mention.start, mention.end), event: false, past: true });
        }
        if after.is_some_and(|h| h.start - mention.end < 160 && !sheet.sentence_ends_between(mention.end, h.start)) {
            return Some(Claim { field, score: 58, cue: (mention.start, mention.end), event: false, past: false });
        }
    }
    if let Some(hit) = nearest(sheet, field, Kind::Event, mention).filter(|h| rule.sense != 0 && nearer(*h)) {
        let other = fields.iter().any(|(i, _)| *i != field && sheet.hits(*i, Kind::Near).any(|h| h.start == hit.start));
        if (documents || !other) && !vague {
            return Some(Claim { field, score: 56, cue: (hit.start, hit.end), event: true, past: false });
        }
    }
    // “we start pulling wire tomorrow”, “we close Theodore and Anh Brandvold on Tuesday”: the event's words go on.
    let behind = matches!(mention.when, When::Offset(..=0) | When::Weekday(_, Which::Last));
    if rule.sense > 0 && documents && !vague && !behind && refused.is_none() && mention.start < sheet.closing {
        let hit = sheet.last_hit(field, Kind::Event, mention.start, EVENT_REACH);
        let alone = |h: &FieldHit| !sheet.low(h.end, mention.start).iter().any(|b| b.is_ascii_digit() || *b == b';');
        if let Some(hit) = hit.filter(alone) {
            return Some(Claim { field, score: 44, cue: (hit.start, hit.end), event: true, past: false });
        }
    }
    None
}

/// Whether “start” and its like are the job's, since a certificate is asked for, and not the cover's. “Starting March 1
/// …” in a sentence that speaks of no document is the cover's all the same.
fn is_job(sheet: &Sheet<'_>, fields: &[(usize, &FieldRule)], field: usize, hit: FieldHit, documents: bool) -> bool {
    let named =
        |at: usize| fields.iter().any(|(i, _)| sheet.hits(*i, Kind::Documents).any(|d| d.start.abs_diff(at) < 90));
    documents
        && fields.iter().any(|(i, _)| *i != field && sheet.hits(*i, Kind::Event).any(|h| h.start == hit.start))
        && (named(hit.start) || !sheet.low(hit.start, hit.end).starts_with(b"starting"))
}

/// The cue of a list that stands right before the mention, only small words between.
fn nearest(sheet: &Sheet<'_>, field: usize, kind: Kind, mention: Mention) -> Option<FieldHit> {
    sheet
        .hits(field, kind)
        .rev()
        .find(|h| h.end <= mention.start)
        .filter(|h| mention.start - h.end <= 40 && only_fillers(sheet, h.end, mention.start))
}

fn has_word(sheet: &Sheet<'_>, start: usize, end: usize, word: &[u8]) -> bool {
    words_of(sheet, start, end).any(|w| w == word)
}

fn words_of<'s>(sheet: &'s Sheet<'_>, start: usize, end: usize) -> impl Iterator<Item = &'s [u8]> {
    sheet.low(start, end).split(|b| !b.is_ascii_alphanumeric()).filter(|w| !w.is_empty())
}

/// Whether only small words, times of day and punctuation stand between a cue and its date.
fn only_fillers(sheet: &Sheet<'_>, start: usize, end: usize) -> bool {
    let gap = sheet.low(start, end);
    if !gap.iter().any(|b| b.is_ascii_alphanumeric()) {
        // A label and its value, in a table's next cell or behind dots.
        return !gap.contains(&b';');
    }
    if gap.iter().any(|b| matches!(b, b'\n' | b';' | b'?' | b'!')) {
        return false;
    }
    words_of(sheet, start, end).all(|w| {
        matches!(
            w,
            b"the"
                | b"this"
                | b"on"
                | b"of"
                | b"at"
                | b"noon"
                | b"lunch"
                | b"first"
                | b"thing"
                | b"el"
                | b"del"
                | b"dia"
                | b"next"
                | b"over"
                | b"in"
                | b"is"
                | b"are"
                | b"be"
                | b"was"
                | b"date"
                | b"day"
                | b"end"
                | b"eod"
                | b"cob"
                | b"close"
                | b"business"
                | b"our"
                | b"your"
                | b"it"
                | b"that"
                | b"around"
                | b"about"
                | b"no"
                | b"later"
                | b"than"
                | b"set"
                | b"for"
                | b"scheduled"
                | b"to"
                | b"am"
                | b"pm"
                | b"a"
                | b"m"
                | b"p"
                | b"midnight"
                | b"will"
                | b"morning"
                | b"sometime"
                | b"as"
                | b"up"
                | b"latest"
                | b"us"
                | b"me"
                | b"then"
                | b"one"
                | b"all"
                | b"both"
        ) || w.iter().all(u8::is_ascii_digit)
    })
}
