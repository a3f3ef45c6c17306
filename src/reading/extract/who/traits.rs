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
use crate::reading::extract::pieces::{Piece, figure, piece, pieces};
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
    shapes: Vec<Piece<'static>>,
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
        let shapes = all.iter().map(|s| s.mentions.first().map_or(piece(b""), |m| shape(words(layout, *m)))).collect();
        Self { shapes, layout, closing, asked, addresses, all, domains, writer, domain, other }
    }
}

impl Told<'_> {
    /// Everybody, and what each of them looks like.
    pub fn everybody(&self) -> impl Iterator<Item = (&Someone, Piece<'static>)> {
        self.all.iter().zip(self.shapes.iter().copied())
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

/// Tells every trait of somebody of this shape, some more than once, with how loudly it counts.
pub fn each(told: &Told<'_>, someone: &Someone, shape: Piece<'static>, mut hear: impl FnMut(&[Piece<'_>], f32)) {
    let Some(first) = someone.mentions.first() else { return };
    let name = words(told.layout, *first);
    let sender = sender(told.asked.sender);
    let channel = channel(told.asked.channel);
    let asked = piece(told.asked.types.first().map_or(&b"nothing"[..], |t| t.as_bytes()));
    let other = piece(if told.other { b" of another party" } else { b"" });
    hear(&[shape], 1.0);
    hear(&[shape, piece(b" asked "), asked], 0.7);
    hear(&[shape, piece(b" from "), sender, other], 0.7);
    named(name, &mut hear);
    // What it has to do with the sender.
    let mut kin = piece(b"strange");
    for (holds, trait_) in relations(told, someone, name) {
        if holds {
            let trait_ = piece(trait_);
            hear(&[trait_], 1.0);
            hear(&[trait_, piece(b" from "), sender, other], 0.7);
            hear(&[trait_, piece(b" as "), shape], 0.7);
            kin = trait_;
        }
    }
    for asked in told.asked.types {
        hear(&[shape, piece(b" "), kin, piece(b" asked "), piece(asked.as_bytes())], 0.5);
    }
    for mention in chosen(&someone.mentions) {
        let place = place(told, *mention);
        hear(&[place], 1.0);
        hear(&[place, piece(b" as "), shape], 0.7);
        hear(&[place, piece(b" as "), shape, piece(b" from "), sender, other], 0.7);
        hear(&[place, piece(b" as "), shape, piece(b" by "), channel], 0.5);
        hear(&[place, piece(b" as "), shape, piece(b" asked "), asked], 0.5);
        hear(&[place, piece(b" "), kin, piece(b" as "), shape], 0.7);
        around(told, *mention, shape, &mut hear);
    }
    crowd(told, someone, shape, &mut hear);
}

/// The first mentions and the last.
fn chosen(mentions: &[Mention]) -> impl Iterator<Item = &Mention> {
    let skipped = mentions.len().saturating_sub(MENTIONS);
    mentions.iter().enumerate().filter(move |(i, _)| *i < MENTIONS - 1 || *i >= skipped + MENTIONS - 1).map(|(_, m)| m)
}

/// How a name is written.
fn named(name: &str, hear: &mut impl FnMut(&[Piece<'_>], f32)) {
    let tokens = name.split_whitespace().count();
    hear(&[piece(b"words "), figure(tokens.min(6))], 0.7);
    let (mut last, mut first) =
        (names::bare(name.rsplit(' ').next().unwrap_or("")), names::bare(name.split(' ').next().unwrap_or("")));
    last.retain(|c| c != '.');
    first.retain(|c| c != '.');
    hear(&[piece(b"name ends "), piece(last.as_bytes())], 0.7);
    hear(&[piece(b"name begins "), piece(first.as_bytes())], 0.7);
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
            hear(&[piece(trait_)], 1.0);
        }
    }
}

/// What a name looks like.
fn shape(name: &str) -> Piece<'static> {
    piece(if names::is_title(name) {
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
    })
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
fn place(told: &Told<'_>, mention: Mention) -> Piece<'static> {
    let Some((index, sheet)) = mention.sheet.and_then(|i| Some((i, told.layout.sheets.get(i)?))) else {
        return piece(b"in the From header");
    };
    let within = |span: Option<(usize, usize)>| span.is_some_and(|(s, e)| mention.start < e && s < mention.end);
    let main = index == told.layout.main && sheet.stretch == Stretch::Body;
    let line = sheet.lines.get(sheet.line_at(mention.start));
    let alone = line.is_some_and(|l| l.start == mention.start && l.end <= mention.end + 1);
    piece(match sheet.stretch {
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
    })
}

/// The words around a mention, its label, its address.
fn around(told: &Told<'_>, mention: Mention, shape: Piece<'_>, hear: &mut impl FnMut(&[Piece<'_>], f32)) {
    let Some((index, sheet)) = mention.sheet.and_then(|i| Some((i, told.layout.sheets.get(i)?))) else { return };
    if let Some((start, end)) = mention.label {
        let label = pieces(sheet.low(start, end));
        let mut label: Vec<Piece<'_>> = label.flatten().flat_map(|word| [piece(b" "), word]).collect();
        // Before its first word stands what it is.
        label.splice(0..1.min(label.len()), [piece(b"label ")]);
        hear(&label, 1.0);
        label.extend([piece(b" as "), shape]);
        hear(&label, 0.7);
    } else {
        heard(sheet, mention, shape, hear);
    }
    if let Some(found) = mention.address.and_then(|a| told.addresses.get(index)?.get(a)) {
        hear(&[piece(b"has an address")], 1.0);
        hear(&[piece(b"has an address as "), shape], 0.7);
        if found.block {
            hear(&[piece(b"has an address in lines")], 0.7);
        }
        // “City of Elmwood, Public Works Dept⏎1 Civic Center Dr”: the name before an address may end sooner.
        if mention.start == found.name.0 && mention.end + 2 < found.name.1 {
            hear(&[piece(b"its address's name goes on")], 1.0);
        }
    }
    if mention.start >= sheet.closing && index == told.layout.main {
        let below = sheet.line_at(mention.start).saturating_sub(sheet.line_at(sheet.closing)).min(6);
        hear(&[piece(b"closing line "), figure(below), piece(b" as "), shape], 0.7);
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
            hear(&[piece(trait_), piece(b" as "), shape], 0.5);
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
fn heard(sheet: &Sheet<'_>, mention: Mention, shape: Piece<'_>, hear: &mut impl FnMut(&[Piece<'_>], f32)) {
    let before: Vec<Option<Piece<'_>>> = pieces(sheet.low(mention.start.saturating_sub(NEAR), mention.start)).collect();
    let after = pieces(sheet.low(mention.end, mention.end + NEAR));
    let own: Vec<Piece<'_>> = before.iter().rev().map_while(|p| *p).collect();
    let next: Vec<Piece<'_>> = after.map_while(|p| p).take(HEARD.1).collect();
    for (word, place) in own.iter().zip([&b"1 before "[..], b"2 before ", b"3 before "]) {
        hear(&[piece(place), *word], 1.0);
    }
    for (word, place) in next.iter().zip([&b"1 after "[..], b"2 after "]) {
        hear(&[piece(place), *word], 1.0);
    }
    match own.as_slice() {
        [] => hear(&[piece(b"begins the sentence as "), shape], 1.0),
        [one, _, ..] => {
            hear(&[piece(b"1 before "), *one, piece(b" as "), shape], 0.7);
        }
        [one] => hear(&[piece(b"first before "), *one, piece(b" as "), shape], 1.0),
    }
    match next.as_slice() {
        [] => hear(&[piece(b"ends the sentence as "), shape], 1.0),
        [one, _, ..] => {
            hear(&[piece(b"1 after "), *one, piece(b" as "), shape], 0.7);
        }
        [one] => hear(&[piece(b"last after "), *one], 1.0),
    }
    own.iter().take(HEARD.0).for_each(|word| hear(&[piece(b"before "), *word], 0.5));
    next.iter().for_each(|word| hear(&[piece(b"after "), *word], 0.5));
}

/// How a name stands among the others.
fn crowd(told: &Told<'_>, someone: &Someone, shape_: Piece<'_>, hear: &mut impl FnMut(&[Piece<'_>], f32)) {
    let times = someone.mentions.iter().filter(|m| m.sheet.is_some()).count().min(3);
    hear(&[piece(b"times "), figure(times), piece(b" as "), shape_], 0.7);
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
            hear(&[piece(trait_), piece(b" as "), shape_], 0.7);
        }
    }
}

fn sender(kind: SenderKind) -> Piece<'static> {
    piece(match kind {
        SenderKind::Client => b"client",
        SenderKind::ThirdParty => b"third party",
        SenderKind::Carrier => b"carrier",
        SenderKind::Staff => b"staff",
        SenderKind::Automated => b"automated",
        SenderKind::Spam => b"spam",
    })
}

fn channel(channel: Channel) -> Piece<'static> {
    piece(match channel {
        Channel::Email => b"email",
        Channel::Voicemail => b"voicemail",
        Channel::Sms => b"sms",
        Channel::Webform => b"webform",
        Channel::Portal => b"portal",
    })
}
