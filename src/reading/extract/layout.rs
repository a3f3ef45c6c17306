//! A message laid out for extraction: which stretches are read, who wrote the one that counts, which day it is there.
//!
//! Quoted history, disclaimers and footers are left out; attachments are read only where the body itself says little.

use super::cues::Cues;
use super::names;
use super::sheet::{Sheet, Stretch};
use crate::domain::calendar::Calendar;
use crate::domain::field::Place;
use crate::message::{Message, PartKind};
use crate::reading::Circumstances;
use chrono::NaiveDate;

/// Below this many letters and digits a body holds no request of its own: “see attached”.
const SAYS_LITTLE: usize = 220;

/// Who wrote a stretch, and where their name stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Writer {
    /// Display name; may be empty.
    pub name: String,
    /// Address in lower case; may be empty.
    pub address: String,
    /// Where the name stands: sheet index and bytes; `None` for the From header itself.
    pub at: Option<(usize, usize, usize)>,
}

impl Writer {
    /// Whether words are what the writer's mail domain is called: “Crestline Collision” at crestlinecollision.example.
    pub fn is_firm_called(&self, words: &str) -> bool {
        let Some(label) = self.address.rsplit_once('@').and_then(|(_, d)| d.split('.').next()) else { return false };
        // One of the two begins with the other.
        let first = |w: &str| w.bytes().find(u8::is_ascii_alphanumeric).map(|b| b.to_ascii_lowercase());
        if !words.contains(' ') || words.is_ascii() && first(words) != first(label) {
            return false;
        }
        let label: String = label.chars().filter(char::is_ascii_alphanumeric).collect();
        let squashed: String = words.split_whitespace().map(crate::domain::text::folded).collect::<String>();
        let squashed: String = squashed.chars().filter(char::is_ascii_alphanumeric).collect();
        words.contains(' ')
            && squashed.len() >= 7
            && label.len() >= 7
            && (label == squashed || label.starts_with(&squashed) || squashed.starts_with(&label))
    }

    /// Whether the mail domain is an insurer's, a lender's, a lawyer's or a broker's.
    pub fn is_institution(&self) -> bool {
        let domain = self.address.rsplit('@').next().unwrap_or("");
        const KINDS: [&str; 17] = [
            "insurance",
            "brokers",
            "mutual",
            "casualty",
            "bank",
            "lending",
            "mortgage",
            "title",
            "creditunion",
            "finance",
            "risk",
            "claims",
            "servicing",
            "underwrit",
            "assurance",
            "premium",
            "lenders",
        ];
        domain.split('.').any(|part| KINDS.iter().any(|k| part.contains(k)) || part.ends_with("ins") && part.len() > 6)
    }

    /// Whether a machine writes from this address: a telephone system, a form, a portal.
    pub fn is_machine(&self) -> bool {
        let local = self.address.split('@').next().unwrap_or("");
        let digits = local.bytes().filter(u8::is_ascii_digit).count();
        digits >= 10
            || [
                "noreply",
                "no-reply",
                "donotreply",
                "do-not-reply",
                "voicemail",
                "vm",
                "notify",
                "messages",
                "forms",
                "quotes",
                "alerts",
                "notifications",
                "mailer",
                "system",
                "webform",
                "clientcenter",
                "notice",
            ]
            .iter()
            .any(|w| local == *w || local.contains(w) && w.len() > 4 || local.starts_with("vm-"))
    }
}

/// A message, laid out.
#[derive(Debug)]
pub struct Layout<'a, 'c> {
    /// The stretches, the subject first.
    pub sheets: Vec<Sheet<'a>>,
    /// Index of the body that counts: the sender's own words, or what a member of staff forwarded.
    pub main: usize,
    /// Who wrote that body.
    pub writer: Writer,
    /// Whether the agency's own staff (or form) sent the message.
    pub own: bool,
    /// The day of the message in the agency's zone.
    pub today: NaiveDate,
    /// The agency's calendar.
    pub calendar: &'c Calendar,
    /// The From header as `Place::From` shows it.
    pub from: String,
    /// By field: whether the message's requests have it.
    pub wanted: Vec<bool>,
    /// Whether it is known what the message asks for.
    pub typed: bool,
}

impl<'a, 'c> Layout<'a, 'c> {
    /// Lays out a message.
    pub fn new(message: &'a Message, circumstances: &Circumstances<'c>, cues: &Cues) -> Self {
        let mut sheets = vec![Sheet::new(Place::Subject, 0, message.subject.as_str(), Stretch::Subject, cues)];
        let mut run: Option<(usize, usize)> = None;
        let close = |run: &mut Option<(usize, usize)>, sheets: &mut Vec<Sheet<'a>>| {
            if let Some((start, end)) = run.take() {
                let text = message.text.get(start..end).unwrap_or("");
                if !text.trim().is_empty() {
                    sheets.push(Sheet::new(Place::Text, start, text, Stretch::Body, cues));
                }
            }
        };
        for part in &message.parts {
            match part.kind {
                PartKind::New | PartKind::Signature => {
                    run = Some((run.map_or(part.start, |(s, _)| s), part.end));
                }
                PartKind::ForwardHeader => {
                    close(&mut run, &mut sheets);
                    let text = message.text.get(part.start..part.end).unwrap_or("");
                    sheets.push(Sheet::new(Place::Text, part.start, text, Stretch::ForwardHeader, cues));
                }
                PartKind::Quoted | PartKind::Disclaimer | PartKind::Footer => close(&mut run, &mut sheets),
            }
        }
        close(&mut run, &mut sheets);
        let said: usize = sheets
            .iter()
            .filter(|s| s.stretch == Stretch::Body)
            .map(|s| s.text.bytes().filter(u8::is_ascii_alphanumeric).count())
            .sum();
        if said < SAYS_LITTLE {
            for (i, attachment) in message.attachments.iter().enumerate() {
                if let (Some(text), Ok(index)) = (&attachment.text, u16::try_from(i)) {
                    sheets.push(Sheet::new(Place::AttachmentText(index), 0, text, Stretch::Attachment, cues));
                }
            }
        }
        let from_domain = message.from.as_ref().map_or("", |m| m.address.domain());
        let own = circumstances.own_domains.iter().any(|d| d.eq_ignore_ascii_case(from_domain));
        let from = message.from.as_ref().map(ToString::to_string).unwrap_or_default();
        let (main, writer) = who(&sheets, message, circumstances, own);
        let today = circumstances.calendar.day(message.date.unwrap_or(circumstances.received));
        Self {
            sheets,
            main,
            writer,
            own,
            today,
            calendar: circumstances.calendar,
            from,
            wanted: Vec::new(),
            typed: false,
        }
    }

    /// Whether the message's requests have this field at all.
    pub fn wants(&self, field: usize) -> bool {
        self.wanted.get(field).copied().unwrap_or(true)
    }

    /// Whether the message's requests have a field that not every page has.
    pub fn asked_for(&self, field: usize, rule: &super::rules::FieldRule) -> bool {
        !rule.pages.is_empty() && self.typed && self.wants(field)
    }

    /// The body that counts.
    pub fn main_sheet(&self) -> Option<&Sheet<'a>> {
        self.sheets.get(self.main).filter(|s| s.stretch == Stretch::Body)
    }

    /// The stretches in which requests and their facts stand: everything but forwarded header blocks.
    pub fn read(&self) -> impl Iterator<Item = &Sheet<'a>> {
        self.sheets.iter().filter(|s| s.stretch != Stretch::ForwardHeader)
    }
}

/// Which body counts, and who wrote it: the sender's, or, where staff forwards, the last forwarded one by an outsider.
fn who(sheets: &[Sheet<'_>], message: &Message, circumstances: &Circumstances<'_>, own: bool) -> (usize, Writer) {
    let sender = message.from.as_ref().map_or_else(Writer::default, |m| Writer {
        name: m.name.as_str().to_owned(),
        address: m.address.as_str().to_owned(),
        at: None,
    });
    let first = sheets.iter().position(|s| s.stretch == Stretch::Body).unwrap_or(0);
    let empty_first = sheets.get(first).is_none_or(|s| s.base > 0 && s.stretch == Stretch::Body) && !own;
    if !own && !(empty_first && sheets.iter().any(|s| s.stretch == Stretch::ForwardHeader)) {
        // Answers between the lines of a quoted letter: the writer signs under the last of them.
        let bodies = sheets.iter().enumerate().take_while(|(_, s)| s.stretch != Stretch::ForwardHeader);
        let last_name = sender.name.rsplit(' ').next().filter(|n| n.len() > 2);
        let signed =
            bodies.filter(|(_, s)| s.stretch == Stretch::Body && last_name.is_some_and(|n| s.text.contains(n)));
        return (signed.last().map_or(first, |(i, _)| i), sender);
    }
    let mut best = None;
    for (i, pair) in sheets.windows(2).enumerate() {
        let [header, body] = pair else { continue };
        if header.stretch != Stretch::ForwardHeader || body.stretch != Stretch::Body {
            continue;
        }
        let is_own = |domain: &str| circumstances.own_domains.iter().any(|d| d.eq_ignore_ascii_case(domain));
        if let Some(writer) = forwarded_writer(header, i, message, is_own)
            && !writer.address.rsplit_once('@').is_some_and(|(_, domain)| is_own(domain))
        {
            best = Some((i + 1, writer));
            break;
        }
    }
    best.unwrap_or((first, sender))
}

/// Who wrote what stands below a forwarded header block. Where one block follows another with nothing between, the
/// first of them by an outsider.
fn forwarded_writer(header: &Sheet<'_>, index: usize, message: &Message, own: impl Fn(&str) -> bool) -> Option<Writer> {
    let end = header.base + header.text.len();
    let mut blocks = message.forwards.iter().filter(|f| (header.base..end).contains(&f.header.start));
    let first = blocks.clone().next();
    let forward = blocks.find(|f| !f.from.address.as_ref().is_some_and(|a| own(a.domain()))).or(first)?;
    let name = forward.from.name.as_str();
    let front = forward.header.start - header.base;
    let at = header.text.get(front..).and_then(|t| t.find(name)).map(|n| (index, front + n, front + n + name.len()));
    Some(Writer {
        name: name.to_owned(),
        address: forward.from.address.as_ref().map_or_else(String::new, |a| a.as_str().to_owned()),
        at: at.filter(|_| !name.is_empty()),
    })
}

/// A display name as people say it: “Frye, Jamal (Gatewood)” is Jamal Frye. `None` where it names no person.
pub fn spoken_name(display: &str) -> Option<String> {
    let plain = display.split('(').next().unwrap_or("").trim();
    let turned = match plain.split_once(',') {
        Some((last, first)) if !names::is_firm(plain) && first.trim().split(' ').count() <= 2 => {
            format!("{} {}", first.trim(), last.trim())
        }
        _ => plain.to_owned(),
    };
    (names::is_person(&turned, false) && !names::is_firm(&turned)).then_some(turned)
}
