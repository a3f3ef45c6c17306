//! What shows at a name whose it is: where it stands, the words around it, how it is written, what it has to do with the
//! sender. A trait is a few plain words, so that a person can read the table.
//!
//! Knows no field and no request type by name.

use super::found::{Mention, Someone, is_office, words};
use crate::domain::reading::{Channel, SenderKind};
use crate::reading::extract::Asked;
use crate::reading::extract::address::{Found, is_lenders};
use crate::reading::extract::closing::Closing;
use crate::reading::extract::layout::{Layout, spoken_name};
use crate::reading::extract::names;
use crate::reading::extract::pieces::{Teller, pieces};
use crate::reading::extract::sheet::{Sheet, Stretch};

/// Bytes before and after a name whose words are heard.
const NEAR: usize = 90;
/// Words of its own sentence before a name that are heard, and after it.
const HEARD: (usize, usize) = (6, 4);
/// Most mentions of one name that are heard.
const MENTIONS: usize = 5;

/// All that holds of the message in which a name stands.
pub struct Told<'t> {
    pub(super) layout: &'t Layout<'t, 't>,
    pub(super) closing: &'t Closing,
    pub(super) asked: &'t Asked<'t>,
    pub(super) addresses: &'t [Vec<Found>],
    pub(super) all: &'t [Someone],
    /// What each of them looks like.
    shapes: Vec<&'static [u8]>,
    /// What the mail domains that stand in the text are called, the sender's own left out.
    pub(super) domains: Vec<String>,
    /// The writer's name as it is spoken, small.
    pub(super) writer: Vec<String>,
    /// What the writer's mail domain is called.
    pub(super) domain: String,
    /// Words say that the writer is another party.
    pub(super) other: bool,
}

impl<'t> Told<'t> {
    pub(super) fn new(
        layout: &'t Layout<'t, 't>,
        closing: &'t Closing,
        asked: &'t Asked<'t>,
        addresses: &'t [Vec<Found>],
        all: &'t [Someone],
        other: bool,
    ) -> Self {
        let writer = &layout.writer;
        let spoken = spoken_name(&writer.name).unwrap_or_else(|| writer.name.clone());
        let domain = called(writer.address.rsplit_once('@').map_or("", |(_, d)| d));
        let mut domains: Vec<String> = Vec::new();
        for sheet in layout.read() {
            for at in memchr::memchr_iter(b'@', &sheet.folded) {
                let rest = sheet.low(at + 1, at + 60);
                let end = rest.iter().position(|b| !b.is_ascii_alphanumeric() && !matches!(b, b'-' | b'.'));
                let name = called(&String::from_utf8_lossy(rest.get(..end.unwrap_or(rest.len())).unwrap_or(&[])));
                if name != domain && name.len() >= 5 && !domains.contains(&name) && domains.len() < 8 {
                    domains.push(name);
                }
            }
        }
        let writer = spoken.split_whitespace().map(names::bare).filter(|w| w.len() > 1).collect();
        let shapes = all.iter().map(|s| s.mentions.first().map_or(&b""[..], |m| shape(words(layout, *m)))).collect();
        Self { shapes, layout, closing, asked, addresses, all, domains, writer, domain, other }
    }
}

/// What a mail domain is called: its first part, letters and digits.
fn called(domain: &str) -> String {
    domain
        .split('.')
        .next()
        .unwrap_or("")
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_lowercase()
}

/// Tells every trait of somebody, some more than once, with how loudly it counts.
pub fn each(told: &Told<'_>, someone: &Someone, hear: impl FnMut(&[u8], f32)) {
    let mut teller = Teller::new(hear);
    let Some(first) = someone.mentions.first() else { return };
    let name = words(told.layout, *first);
    let shape = shape(name);
    let sender = sender(told.asked.sender);
    let channel = channel(told.asked.channel);
    let asked = told.asked.types.first().map_or(&b"nothing"[..], |t| t.as_bytes());
    let other: &[u8] = if told.other { b" of another party" } else { b"" };
    teller.tell(&[shape], 1.0);
    teller.tell(&[shape, b" asked ", asked], 0.7);
    teller.tell(&[shape, b" from ", sender, other], 0.7);
    named(name, &mut teller);
    // What it has to do with the sender.
    let mut kin: &[u8] = b"strange";
    for (holds, trait_) in relations(told, someone, name) {
        if holds {
            teller.tell(&[trait_], 1.0);
            teller.tell(&[trait_, b" from ", sender, other], 0.7);
            teller.tell(&[trait_, b" as ", shape], 0.7);
            kin = trait_;
        }
    }
    for asked in told.asked.types {
        teller.tell(&[shape, b" ", kin, b" asked ", asked.as_bytes()], 0.5);
    }
    for mention in chosen(&someone.mentions) {
        let place = place(told, *mention);
        teller.tell(&[place], 1.0);
        teller.tell(&[place, b" as ", shape], 0.7);
        teller.tell(&[place, b" as ", shape, b" from ", sender, other], 0.7);
        teller.tell(&[place, b" as ", shape, b" by ", channel], 0.5);
        teller.tell(&[place, b" as ", shape, b" asked ", asked], 0.5);
        teller.tell(&[place, b" ", kin, b" as ", shape], 0.7);
        around(told, *mention, shape, &mut teller);
    }
    crowd(told, someone, shape, &mut teller);
}

/// The first mentions and the last.
fn chosen(mentions: &[Mention]) -> impl Iterator<Item = &Mention> {
    let skipped = mentions.len().saturating_sub(MENTIONS);
    mentions.iter().enumerate().filter(move |(i, _)| *i < MENTIONS - 1 || *i >= skipped + MENTIONS - 1).map(|(_, m)| m)
}

/// How a name is written.
fn named<F: FnMut(&[u8], f32)>(name: &str, teller: &mut Teller<F>) {
    let tokens = name.split_whitespace().count();
    teller.tell(&[b"words ", tokens.min(6).to_string().as_bytes()], 0.7);
    let (mut last, mut first) =
        (names::bare(name.rsplit(' ').next().unwrap_or("")), names::bare(name.split(' ').next().unwrap_or("")));
    last.retain(|c| c != '.');
    first.retain(|c| c != '.');
    teller.tell(&[b"name ends ", last.as_bytes()], 0.7);
    teller.tell(&[b"name begins ", first.as_bytes()], 0.7);
    for (holds, trait_) in [
        (!name.chars().any(char::is_lowercase), &b"in capitals"[..]),
        (!name.chars().any(char::is_uppercase), b"in small letters"),
        (name.bytes().any(|b| b.is_ascii_digit()), b"has digits"),
        (is_lenders(name), b"has a lender's wording"),
        (name.contains(" and ") || name.contains(" & "), b"joined by and"),
        (name.contains(','), b"has a comma"),
        (
            name.rsplit([',', '\n']).next().is_some_and(|last| last.len() < name.len() && (is_office(last))),
            b"ends with a department",
        ),
        (name.contains(':'), b"has a colon"),
        (
            name.split_whitespace().any(|w| w.chars().next().is_some_and(char::is_lowercase) && !names::is_joiner(w)),
            b"has a small word",
        ),
    ] {
        if holds {
            teller.tell(&[trait_], 1.0);
        }
    }
}

/// What a name looks like.
fn shape(name: &str) -> &'static [u8] {
    if names::is_title(name) {
        b"title"
    } else if names::is_institution(name) {
        b"institution"
    } else if names::is_firm(name) {
        b"firm"
    } else if names::is_person(name, false) {
        b"person"
    } else if names::is_person(name, true) {
        b"first name"
    } else if name.chars().any(char::is_uppercase) {
        b"words"
    } else {
        b"small words"
    }
}

/// What a name has to do with the sender, the strongest last.
fn relations(told: &Told<'_>, someone: &Someone, name: &str) -> [(bool, &'static [u8]); 7] {
    let tokens: Vec<String> = name.split_whitespace().map(names::bare).filter(|w| w.len() > 1).collect();
    let writer = &told.writer;
    let shared = tokens.iter().filter(|t| writer.contains(t)).count();
    let all = shared == tokens.len() && !tokens.is_empty();
    let folded = someone.folded.as_str();
    let like = |domain: &str| {
        domain.len() >= 4 && folded.len() >= 4 && (folded.starts_with(domain) || domain.starts_with(folded))
    };
    let holds = |domain: &str| tokens.iter().any(|t| t.len() >= 4 && domain.contains(t.as_str()));
    let local = told.layout.writer.address.split('@').next().unwrap_or("");
    [
        (tokens.iter().any(|t| t.len() >= 4 && local.contains(t.as_str())), b"in the sender's address"),
        (told.domains.iter().any(|d| like(d) || holds(d)), b"another mail domain in the text"),
        (holds(&told.domain), b"a word of the sender's domain"),
        (shared > 0 && !all, b"shares a name with the sender"),
        (like(&told.domain), b"the sender's domain"),
        (all && shared < writer.len(), b"a part of the sender's name"),
        (all && shared == writer.len(), b"the sender's name"),
    ]
}

/// Where a mention stands.
fn place(told: &Told<'_>, mention: Mention) -> &'static [u8] {
    let Some((index, sheet)) = mention.sheet.and_then(|i| Some((i, told.layout.sheets.get(i)?))) else {
        return b"in the From header";
    };
    let within = |span: Option<(usize, usize)>| span.is_some_and(|(s, e)| mention.start < e && s < mention.end);
    let main = index == told.layout.main && sheet.stretch == Stretch::Body;
    let line = sheet.lines.get(sheet.line_at(mention.start));
    let alone = line.is_some_and(|l| l.start == mention.start && l.end <= mention.end + 1);
    match sheet.stretch {
        Stretch::ForwardHeader => b"in a forwarded From header",
        Stretch::Subject => b"in the subject",
        _ if main && within(told.closing.name) => b"signs",
        _ if main && within(told.closing.firm) => b"signs as firm",
        Stretch::Attachment if mention.label.is_some() => b"labelled in an attachment",
        Stretch::Attachment => b"in an attachment",
        _ if mention.label.is_some() => b"labelled",
        _ if main && mention.start >= sheet.closing => b"in the closing",
        _ if alone => b"alone on its line",
        _ if main => b"in the text",
        _ => b"in another text",
    }
}

/// The words around a mention, its label, its address.
fn around<F: FnMut(&[u8], f32)>(told: &Told<'_>, mention: Mention, shape: &[u8], teller: &mut Teller<F>) {
    let Some((index, sheet)) = mention.sheet.and_then(|i| Some((i, told.layout.sheets.get(i)?))) else { return };
    if let Some((start, end)) = mention.label {
        let label = pieces(sheet.low(start, end));
        let joined: Vec<&[u8]> = label.iter().flatten().copied().collect();
        teller.tell(&[b"label ", joined.join(&b' ').as_slice()], 1.0);
        teller.tell(&[b"label ", joined.join(&b' ').as_slice(), b" as ", shape], 0.7);
    } else {
        heard(sheet, mention, shape, teller);
    }
    if let Some(found) = mention.address.and_then(|a| told.addresses.get(index)?.get(a)) {
        teller.tell(&[b"has an address"], 1.0);
        teller.tell(&[b"has an address as ", shape], 0.7);
        if found.block {
            teller.tell(&[b"has an address in lines"], 0.7);
        }
        // “City of Elmwood, Public Works Dept⏎1 Civic Center Dr”: the name before an address may end sooner.
        if mention.start == found.name.0 && mention.end + 2 < found.name.1 {
            teller.tell(&[b"its address's name goes on"], 1.0);
        }
    }
    if mention.start >= sheet.closing && index == told.layout.main {
        let below = sheet.line_at(mention.start).saturating_sub(sheet.line_at(sheet.closing)).min(6).to_string();
        teller.tell(&[b"closing line ", below.as_bytes(), b" as ", shape], 0.7);
    }
    let line = sheet.line_at(mention.start);
    let (above, next) = (if line > 0 { sheet.line(line - 1) } else { "" }, sheet.line(line + 1));
    for (holds, trait_) in [
        (above.is_empty(), &b"nothing above"[..]),
        (names::is_title(above), b"a title above"),
        (names::is_title(next) || rest_is_title(sheet, line, mention.end), b"a title below"),
        (next.is_empty(), b"nothing below"),
        (above.ends_with(':'), b"announced above"),
    ] {
        if holds && sheet.stretch != Stretch::Subject {
            teller.tell(&[trait_, b" as ", shape], 0.5);
        }
    }
}

/// Whether a title stands behind a name on its line: “Ana Lopez, Property Manager”.
fn rest_is_title(sheet: &Sheet<'_>, line: usize, end: usize) -> bool {
    let rest = sheet.lines.get(line).map_or("", |l| sheet.slice(end, l.end.max(end)));
    let rest = rest.trim_start_matches([',', ' ', '|', '-', '–', '/']);
    rest.len() < 48 && names::is_title(rest.split([',', '|']).next().unwrap_or(""))
}

/// The words right before and after a mention, and those of its sentence.
fn heard<F: FnMut(&[u8], f32)>(sheet: &Sheet<'_>, mention: Mention, shape: &[u8], teller: &mut Teller<F>) {
    let before = pieces(sheet.low(mention.start.saturating_sub(NEAR), mention.start));
    let after = pieces(sheet.low(mention.end, mention.end + NEAR));
    let own: Vec<&[u8]> = before.iter().rev().map_while(|p| *p).collect();
    let next: Vec<&[u8]> = after.iter().map_while(|p| *p).collect();
    for (word, place) in own.iter().zip([&b"1 before "[..], b"2 before ", b"3 before "]) {
        teller.tell(&[place, word], 1.0);
    }
    for (word, place) in next.iter().zip([&b"1 after "[..], b"2 after "]) {
        teller.tell(&[place, word], 1.0);
    }
    match own.as_slice() {
        [] => teller.tell(&[b"begins the sentence as ", shape], 1.0),
        [one, _, ..] => {
            teller.tell(&[b"1 before ", one, b" as ", shape], 0.7);
        }
        [one] => teller.tell(&[b"first before ", one, b" as ", shape], 1.0),
    }
    match next.as_slice() {
        [] => teller.tell(&[b"ends the sentence as ", shape], 1.0),
        [one, _, ..] => {
            teller.tell(&[b"1 after ", one, b" as ", shape], 0.7);
        }
        [one] => teller.tell(&[b"last after ", one], 1.0),
    }
    own.iter().take(HEARD.0).for_each(|word| teller.tell(&[b"before ", word], 0.5));
    next.iter().take(HEARD.1).for_each(|word| teller.tell(&[b"after ", word], 0.5));
}

/// How a name stands among the others.
fn crowd<F: FnMut(&[u8], f32)>(told: &Told<'_>, someone: &Someone, shape_: &[u8], teller: &mut Teller<F>) {
    let times = someone.mentions.iter().filter(|m| m.sheet.is_some()).count().min(3).to_string();
    teller.tell(&[b"times ", times.as_bytes(), b" as ", shape_], 0.7);
    let folded = someone.folded.as_str();
    let others = || told.all.iter().filter(|o| o.folded != folded);
    let alike = || {
        let shaped = told.all.iter().zip(&told.shapes).filter(|(o, shape)| **shape == shape_ && o.folded != folded);
        shaped.map(|(o, _)| o)
    };
    let begins = |m: &Someone| m.mentions.iter().find(|m| m.sheet.is_some()).map(|m| (m.sheet, m.start));
    let here = begins(someone);
    for (holds, trait_) in [
        (others().any(|o| o.folded.starts_with(folded)), &b"a longer form stands elsewhere"[..]),
        (others().any(|o| o.folded.ends_with(folded)), b"the end of a longer form"),
        (others().any(|o| folded.starts_with(&o.folded)), b"a shorter form stands elsewhere"),
        (others().any(|o| folded.ends_with(&o.folded)), b"its end stands alone elsewhere"),
        (alike().next().is_none(), b"the only one"),
        (alike().all(|o| begins(o) > here), b"the first one"),
        (alike().all(|o| begins(o) < here), b"the last one"),
    ] {
        if holds {
            teller.tell(&[trait_, b" as ", shape_], 0.7);
        }
    }
}

fn sender(kind: SenderKind) -> &'static [u8] {
    match kind {
        SenderKind::Client => b"client",
        SenderKind::ThirdParty => b"third party",
        SenderKind::Carrier => b"carrier",
        SenderKind::Staff => b"staff",
        SenderKind::Automated => b"automated",
        SenderKind::Spam => b"spam",
    }
}

fn channel(channel: Channel) -> &'static [u8] {
    match channel {
        Channel::Email => b"email",
        Channel::Voicemail => b"voicemail",
        Channel::Sms => b"sms",
        Channel::Webform => b"webform",
        Channel::Portal => b"portal",
    }
}
