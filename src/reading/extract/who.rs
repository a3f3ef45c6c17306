//! Who is who in a message: insured, contact, certificate holder, lienholder. Every name is met, those that patterns find
//! and all others; a table of weights, learned from labelled mail, hears where it stands, the words around it and what it
//! has to do with the sender, and decides. Each field keeps its best name. A field that the table does not know goes by its
//! patterns alone.
//!
//! What the patterns take a name for is no trait: they were written by the mail from which the table learns, and would be
//! believed more than they deserve.

mod found;
mod traits;

use super::Asked;
use super::address::{Found, addresses};
use super::closing::Closing;
use super::cues::Kind;
use super::layout::Layout;
use super::lessons::TraitLesson;
use super::names;
use super::party::address_line;
use super::pieces::Piece;
use super::rules::{Extractor, FieldRule};
use super::sheet::{Sheet, Stretch, one_line};
use super::weights::Weights;
use crate::domain::field::{Field, FieldValue, Place, Provenance};
use crate::domain::reading::Channel;
use crate::domain::text::folded;
use found::{Mention, Someone, everybody};
use traits::Told;

/// How far on a field's side a name has to stand to be its value.
const MARK: f32 = -0.5;
/// And how far where the field is what the message asks for and no name stands so far: somebody has to be it.
const RESORT: f32 = -1.1;
/// How sure what is taken so is: enough not to be asked for, since the words that it was taken from are shown.
const UNSURE: u8 = 52;
/// How far behind a name its address may follow in a sentence of its own, in bytes.
const APART: usize = 220;

/// Most words of a message in haste.
const HASTE: usize = 80;

/// What is known of a message before its names are weighed.
pub struct Known<'k> {
    /// Its closing block.
    pub closing: &'k Closing,
    /// What patterns take for each field's value, the likeliest first.
    pub claims: &'k [Field],
    /// What the message asks for, and who asks.
    pub asked: &'k Asked<'k>,
}

/// Calls `meet` with the message's names, for each what shows at it.
fn meet<T>(rules: &[FieldRule], layout: &Layout<'_, '_>, known: &Known<'_>, meet: impl FnOnce(&Told<'_>) -> T) -> T {
    let addresses: Vec<Vec<Found>> = layout.sheets.iter().map(|s| addresses(s, layout.writer.is_machine())).collect();
    let spoken = matches!(known.asked.channel, Channel::Voicemail | Channel::Sms) || is_typed_in_haste(layout);
    let all = everybody(layout, &addresses, known.claims.iter().filter_map(|f| claimed(layout, f)), spoken);
    let insured = rules.iter().position(|r| r.extractor == Extractor::Insured);
    let other = insured.is_some_and(|i| layout.read().any(|s| s.has(i, Kind::Not))) || layout.writer.is_institution();
    let told = Told::new(layout, known.closing, known.asked, &addresses, &all, other);
    meet(&told)
}

/// Whether a short message begins without a capital and has hardly any: “need coi for kestrel drywall, gl and comp”.
fn is_typed_in_haste(layout: &Layout<'_, '_>) -> bool {
    let Some(sheet) = layout.main_sheet() else { return false };
    let own = sheet.words().take_while(|(a, _)| *a < sheet.closing);
    let (small, large) = own.fold((0, 0), |(small, large), (a, _)| match sheet.byte(a) {
        b'a'..=b'z' => (small + 1, large),
        b'A'..=b'Z' => (small, large + 1),
        _ => (small, large),
    });
    let begins = sheet.words().next().is_some_and(|(a, _)| sheet.byte(a).is_ascii_lowercase());
    begins && (6..=HASTE).contains(&small) && large * 12 < small
}

/// The names that take each field that the table knows, in the order of the fields; `None` where none does.
pub fn weigh(
    rules: &[FieldRule],
    weights: &Weights,
    layout: &Layout<'_, '_>,
    known: &Known<'_>,
) -> Vec<(usize, Option<Field>)> {
    meet(rules, layout, known, |told| {
        let mut sides: Vec<(usize, Vec<(f32, &Someone)>)> = Vec::new();
        for (someone, shape) in told.everybody() {
            for (field, side) in weights.sides(|hear| traits::each(told, someone, shape, hear)) {
                match sides.iter_mut().find(|(f, _)| *f == field) {
                    Some((_, all)) => all.push((side, someone)),
                    None => sides.push((field, vec![(side, someone)])),
                }
            }
        }
        for (_, all) in &mut sides {
            // Of those that stand equally far the first that is met.
            all.sort_by(|a, b| b.0.total_cmp(&a.0));
        }
        part(rules, told, known, &mut sides);
        let chosen: Vec<&str> = sides
            .iter()
            .filter_map(|(_, all)| all.first().filter(|(side, _)| *side >= MARK))
            .map(|(_, someone)| someone.folded.as_str())
            .collect();
        let told_of = |(field, all): (usize, Vec<(f32, &Someone)>)| {
            let rule = rules.get(field).filter(|_| layout.wants(field))?;
            let Some(&(side, someone)) = all.first() else { return Some((field, None)) };
            // A name whose parts stand apart is met nowhere: “First: …”, “Last: …”.
            let apart = || known.claims.iter().find(|f| f.name == rule.name && claimed(layout, f).is_none()).cloned();
            if side < MARK {
                let resort = || {
                    // A name to which words lead, “a certificate to Delta Pipe Yard”, before a firm that is merely left.
                    let needed = rule.documents && is_asked_for(told, rule);
                    let led = |f: &&Field| {
                        let name = folded(name_of(f));
                        let stands = |(side, s): &(f32, &Someone)| s.folded == name && *side >= RESORT;
                        f.name == rule.name && !chosen.contains(&name.as_str()) && all.iter().any(stands)
                    };
                    let claim = known.claims.iter().filter(|_| needed).find(led);
                    let free = |(side, s): &&(f32, &Someone)| *side >= RESORT && may_be(told, s, &chosen);
                    let likeliest = || field_of(told, rule, all.iter().filter(|_| needed).find(free)?.1, UNSURE);
                    claim.cloned().map(|f| Field { confidence: UNSURE, ..f }).or_else(likeliest)
                };
                return Some((field, apart().or_else(resort)));
            }
            let taken = known.claims.iter().find(|f| f.name == rule.name && folded(name_of(f)) == someone.folded);
            let confidence = (72.0 + side * 20.0).clamp(40.0, 95.0) as u8;
            let weighed = || field_of(told, rule, someone, confidence);
            Some((field, taken.cloned().map(|f| Field { confidence, ..f }).or_else(weighed)))
        };
        sides.into_iter().filter_map(told_of).collect()
    })
}

/// Whether the message asks for what the field belongs to.
fn is_asked_for(told: &Told<'_>, rule: &FieldRule) -> bool {
    rule.pages.iter().any(|page| told.asked.types.contains(&page.text.as_str()))
}

/// A name is the insured's or another party's, never both: the field on whose side it stands less far takes the next one.
/// Whom a document that is asked for is for, by an address or by words that lead to the name, is not the insured.
fn part(rules: &[FieldRule], told: &Told<'_>, known: &Known<'_>, sides: &mut [(usize, Vec<(f32, &Someone)>)]) {
    let is = |field: usize, of: Extractor| rules.get(field).is_some_and(|r| r.extractor == of);
    let Some(insured) = sides.iter().position(|(f, _)| is(*f, Extractor::Insured)) else { return };
    let mut party = 0;
    while party < sides.len() {
        let best = |at: usize| sides.get(at).and_then(|(_, all)| all.first()).copied();
        let both = best(insured).zip(best(party));
        let rule = sides.get(party).and_then(|(f, _)| rules.get(*f)).filter(|r| r.extractor == Extractor::Party);
        party += 1;
        let Some((((own, a), (others, b)), rule)) = both.zip(rule) else { continue };
        if a.folded == b.folded && own >= MARK && others >= MARK {
            let led = known.claims.iter().any(|f| f.name == rule.name && folded(name_of(f)) == b.folded);
            let told_apart = led || b.mentions.iter().any(|m| m.address.is_some());
            let stays = is_asked_for(told, rule) && told_apart || others > own;
            let loser = if stays { insured } else { party - 1 };
            if let Some((_, all)) = sides.get_mut(loser) {
                all.remove(0);
            }
            // Whose turn it is now may be another party.
            party = 0;
        }
    }
}

/// Whether somebody may be whom a document is for, though nothing tells so: a firm that nobody else is, named before the
/// message closes.
fn may_be(told: &Told<'_>, someone: &Someone, chosen: &[&str]) -> bool {
    let folded = someone.folded.as_str();
    let other = |name: &&str| name.contains(folded) || folded.contains(name);
    let Some(first) = someone.mentions.first() else { return false };
    let name = found::words(told.layout, *first);
    let mut words = name.split_whitespace();
    let named = !names::is(words.next().unwrap_or(""), "the")
        && !name.contains('\n')
        && words.all(|w| names::is_joiner(w) || !w.starts_with(char::is_lowercase));
    let firm = named && name.contains(' ') && names::is_firm(name);
    let open = |m: &Mention| {
        let sheet = m.sheet.and_then(|i| told.layout.sheets.get(i));
        sheet.is_some_and(|s| s.stretch == Stretch::Body && m.start < s.closing)
    };
    firm && !chosen.iter().any(other) && someone.mentions.iter().any(open)
}

/// What a message teaches whose names are known: a lesson for each name. `stated` gives a field's name, an inner `None`
/// where the message states none, an outer one where that is not known.
pub fn lessons(
    rules: &[FieldRule],
    layout: &Layout<'_, '_>,
    known: &Known<'_>,
    stated: &dyn Fn(&str) -> Option<Option<String>>,
) -> Vec<TraitLesson> {
    meet(rules, layout, known, |told| {
        let fields = rules.iter().enumerate().filter(|(i, r)| is_name(r) && layout.wants(*i));
        // Where a field's name is none of those that were met, nothing is known of what they are.
        let says: Vec<(&str, Option<String>)> = fields
            .filter_map(|(_, r)| Some((r.name.as_str(), stated(&r.name)?.map(|n| folded(&n)))))
            .filter(|(_, name)| name.as_ref().is_none_or(|n| told.all.iter().any(|s| s.folded == *n)))
            .collect();
        let lesson = |(someone, shape): (&Someone, Piece<'static>)| {
            let says = says
                .iter()
                .map(|(field, name)| ((*field).to_owned(), name.as_ref().is_some_and(|n| *n == someone.folded)));
            TraitLesson::of(|hear| traits::each(told, someone, shape, hear), says.collect())
        };
        told.everybody().map(lesson).collect()
    })
}

/// Whether a field's value is, or has, the name of somebody.
pub fn is_name(rule: &FieldRule) -> bool {
    matches!(rule.extractor, Extractor::Insured | Extractor::Person | Extractor::Party)
}

/// The name in a field's value.
fn name_of(field: &Field) -> &str {
    match &field.value {
        FieldValue::Text(name) | FieldValue::Party { name, .. } => name,
        _ => "",
    }
}

/// Where the name stands that patterns take for a field's value.
fn claimed(layout: &Layout<'_, '_>, found: &Field) -> Option<Mention> {
    let Provenance::Message { span, .. } = &found.from else { return None };
    let (start, end) = (span.start as usize, span.end as usize);
    let of = |s: &Sheet<'_>| s.place == span.place && s.base <= start && end <= s.base + s.text.len();
    let Some((index, sheet)) = layout.sheets.iter().enumerate().find(|(_, s)| of(s)) else {
        return (span.place == Place::From).then_some(Mention::at(None, start, end));
    };
    let (start, end) = (start - sheet.base, end - sheet.base);
    let (words, name) = (sheet.slice(start, end), name_of(found));
    // Of a party's words those of its name; where a form parts them, they stand elsewhere.
    let whole = (folded(words) == folded(name)).then_some((0, words.len()));
    let (a, b) = whole.or_else(|| words.find(name).map(|i| (i, i + name.len())))?;
    let (start, end) = found::without_office(sheet, start + a, start + b);
    Some(Mention::at(Some(index), start, end))
}

/// A name as a field's value.
fn field_of(told: &Told<'_>, rule: &FieldRule, someone: &Someone, confidence: u8) -> Option<Field> {
    let layout = told.layout;
    let in_text = |m: &&Mention| m.sheet.is_some();
    let party = rule.extractor == Extractor::Party;
    let addressed = || someone.mentions.iter().find(|m| party && m.address.is_some());
    let mention = addressed().or_else(|| someone.mentions.iter().find(in_text)).or_else(|| someone.mentions.first())?;
    let Some((index, sheet)) = mention.sheet.and_then(|i| Some((i, layout.sheets.get(i)?))) else {
        let words = layout.from.get(mention.start..mention.end)?;
        let value = FieldValue::Text(words.to_owned());
        return (!party).then(|| {
            Sheet::of_from(words).found(&rule.name, value, mention.start, mention.end, &rule.name, confidence)
        });
    };
    if !party {
        return Some(sheet.found_text(&rule.name, mention.start, mention.end, &rule.name, confidence));
    }
    let name = one_line(sheet.slice(mention.start, mention.end));
    let found = told.addresses.get(index)?;
    let apart = || {
        let behind = |f: &&Found| f.address.0 >= mention.end && f.address.0 - mention.end <= APART && !f.named();
        found.iter().find(behind).filter(|f| !sheet.slice(mention.end, f.address.0).contains("\n\n"))
    };
    // A department between the name and the street is of the address.
    let below = mention.address.and_then(|a| found.get(a)).map(|f| {
        let whole = mention.end + 3 >= f.name.1 || mention.start != f.name.0;
        if whole { f.address } else { sheet.trimmed(mention.end, f.address.1) }
    });
    let address = below.or_else(|| apart().map(|f| f.address));
    let (start, end) = (mention.start, address.map_or(mention.end, |a| a.1.max(mention.end)));
    let address = address.map(|a| address_line(sheet.slice(a.0, a.1)));
    Some(sheet.found(&rule.name, FieldValue::Party { name, address }, start, end, &rule.name, confidence))
}
