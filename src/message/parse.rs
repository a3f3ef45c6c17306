//! Bytes → [`Message`], whatever the bytes. Puts the pieces of this folder together; knows no charset, no HTML and
//! no quoting style itself.

use super::attached::{self, Opener, Unwrapped};
use super::attachments::{self, Gathered};
use super::parts::Divided;
use super::{Automatic, Forward, Message, Part, PartKind, TEXT_MAX};
use super::{automatic, body, charset, complexity, delivery_report, headers, parts, plain};
use crate::domain::text::cut;
use mail_parser::{HeaderName, MessageParser, MessagePart, MimeHeaders, PartType};
use std::borrow::Cow;
use std::ops::Range;

/// Messages attached to messages attached to messages …: read so deep, then only listed.
const ATTACHED_DEPTH_MAX: usize = 4;
/// Attached messages whose text is read.
const ATTACHED_MAX: usize = 50;

impl Message {
    /// Reads `raw`. Total: mail-parser has panicked before (its issues 14, 145, 155), so a panic inside becomes a
    /// message whose defect says so and whose text is what could be saved. Header-only bytes are fine.
    /// PDFs, Word documents and workbooks stay closed.
    #[must_use]
    pub fn parse(raw: &[u8]) -> Message {
        read(raw, None)
    }

    /// The same, with the documents attached opened by `opener`. It is not called where there are none.
    #[must_use]
    pub fn parse_with(raw: &[u8], opener: &mut dyn Opener) -> Message {
        read(raw, Some(opener))
    }
}

fn read(raw: &[u8], opener: Option<&mut dyn Opener>) -> Message {
    if let Some(why) = complexity::too_much(raw) {
        return unopened(raw, why);
    }
    let read = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| whole(raw, opener)));
    read.unwrap_or_else(|_| unopened(raw, "the message could not be taken apart: its text is shown as it came"))
}

/// The usual way.
fn whole(raw: &[u8], opener: Option<&mut dyn Opener>) -> Message {
    let bytes = without_envelope(raw);
    let bytes = header_in_utf8(bytes);
    let Some(mail) = MessageParser::new().parse(bytes.as_ref()) else {
        return unopened(raw, "there is no header in it");
    };
    let mut message = headers::read(&mail);
    message.automatic = automatic::marks(&mail, &message);
    message.delivery_report = delivery_report::read(&mail);
    let mut taking = Taking {
        composed: Composed::default(),
        attachments: Gathered::new(opener),
        defects: std::mem::take(&mut message.defects),
        // What a report or an automatic answer carries with it is our own letter coming back, not something new.
        returned: message.delivery_report.is_some() || is_automatic_answer(&message.automatic),
        messages_left: ATTACHED_MAX,
    };
    taking.entity(&mail, &message, false, Nested { deeper: ATTACHED_DEPTH_MAX, forwards: 0 });
    let Taking { composed, attachments, mut defects, .. } = taking;
    if composed.cut {
        defects.push(format!("the text is longer than {} KiB and was cut there", TEXT_MAX / 1024));
    }
    message.text = composed.text;
    message.parts = composed.parts;
    message.forwards = composed.forwards;
    message.attachments = attachments.list;
    message.defects = defects;
    message
}

/// `auto-forwarded` and `auto-generated` mail may well carry news as an attached message; an answer does not.
fn is_automatic_answer(marks: &Automatic) -> bool {
    marks.auto_submitted.as_deref().is_some_and(|k| k == "auto-replied" || k == "auto-notified")
}

/// A message being taken apart.
struct Taking<'o> {
    composed: Composed,
    attachments: Gathered<'o>,
    defects: Vec<String>,
    /// Whether what is attached is our own letter coming back.
    returned: bool,
    messages_left: usize,
}

/// Where in the nest of attached and signed messages one lies.
#[derive(Debug, Clone, Copy)]
struct Nested {
    /// How much deeper is read; signed content counts too.
    deeper: usize,
    /// In how many forwards it lies.
    forwards: usize,
}

impl Taking<'_> {
    /// Body and attachments of `mail`; `about` is its header, or that of the message whose signed content it is.
    fn entity(&mut self, mail: &mail_parser::Message<'_>, about: &Message, quoted: bool, at: Nested) {
        let signed = mail.parts.first().filter(|p| is_smime(p));
        if signed.is_some_and(|part| self.signed(part, about, quoted, at)) {
            return;
        }
        let mut readable = body::of(mail, &mut self.defects);
        if readable.text.trim().is_empty()
            && let Some(text) = attachments::outlook_body(mail)
        {
            readable = body::Readable { text, unwrapped: true, ..body::Readable::default() };
        }
        if quoted {
            let all = Part { kind: PartKind::Quoted, start: 0, end: readable.text.len() };
            self.composed.add(&readable.text, &[all]);
        } else {
            self.composed.take(parts::divide(readable, &parts::Around::of(about)), at.forwards);
        }
        self.attach(mail, about, at);
    }

    /// Lists the attachments of `mail` and adds the text of the messages among them.
    fn attach(&mut self, mail: &mail_parser::Message<'_>, about: &Message, at: Nested) {
        self.attachments.add(mail, &mut self.defects);
        for part in &mail.parts {
            let PartType::Message(inner) = &part.body else { continue };
            if !self.may_go_on(at) {
                return;
            }
            let about = headers::read(inner);
            let block = headers::block(&about);
            let inside = Nested { deeper: at.deeper - 1, forwards: at.forwards + 1 };
            let heading = if self.returned { PartKind::Quoted } else { PartKind::ForwardHeader };
            let header = self.composed.add(&block, &[Part { kind: heading, start: 0, end: block.len() }]);
            let this = self.composed.forwards.len();
            if !self.returned {
                self.composed.forwards.push(headers::forward(&about, inside.forwards, header));
            }
            self.entity(inner, &about, self.returned, inside);
            // What is attached to it belongs to it.
            let end = self.composed.text.len();
            if let Some(forward) = self.composed.forwards.get_mut(this).filter(|_| !self.returned) {
                forward.body.end = end;
            }
        }
        // Lists and gateways put a signed message beside a footer of theirs.
        for part in mail.parts.iter().skip(1).filter(|p| is_smime(p)) {
            if !self.may_go_on(at) {
                return;
            }
            self.signed(part, about, self.returned, at);
        }
        for part in &mail.parts {
            let headers_only = self.returned && part.is_content_type("text", "rfc822-headers");
            if let (true, PartType::Text(text)) = (headers_only, &part.body) {
                let text = plain::clean(text);
                self.composed.add(&text, &[Part { kind: PartKind::Quoted, start: 0, end: text.len() }]);
            }
        }
    }

    fn may_go_on(&mut self, at: Nested) -> bool {
        if at.deeper == 0 || self.messages_left == 0 {
            self.defects.push("a message attached to it lies too deep and was only listed".to_owned());
            return false;
        }
        self.messages_left -= 1;
        true
    }

    /// Takes S/MIME content out of its signature and reads it as if it had come without; true where that worked.
    fn signed(&mut self, part: &MessagePart<'_>, about: &Message, quoted: bool, at: Nested) -> bool {
        let why = match (attached::unwrap(part.contents()), at.deeper.checked_sub(1)) {
            (Unwrapped::Signed(_), None) => "a signed message lies too deep in it and was only listed",
            (Unwrapped::Signed(bytes), Some(deeper)) => match complexity::too_much(&bytes) {
                Some(why) => why,
                None => match MessageParser::new().parse(&bytes) {
                    Some(inner) => {
                        self.entity(&inner, about, quoted, Nested { deeper, ..at });
                        return true;
                    }
                    None => "what is signed in it is no message",
                },
            },
            (Unwrapped::Encrypted, _) => "it is encrypted: its content cannot be read here",
            (Unwrapped::Unreadable(why), _) => why,
        };
        if !self.defects.iter().any(|d| d == why) {
            self.defects.push(why.to_owned());
        }
        false
    }
}

/// RFC 8551 3.2: signed or encrypted content in one part. Gateways that know no S/MIME leave only the name (3.2.1).
fn is_smime(part: &MessagePart<'_>) -> bool {
    let named = || part.attachment_name().is_some_and(|n| n.to_ascii_lowercase().ends_with(".p7m"));
    part.is_content_type("application", "pkcs7-mime")
        || part.is_content_type("application", "x-pkcs7-mime")
        || (part.is_content_type("application", "octet-stream") && named())
}

/// The text as it grows: body first, attached messages after it.
#[derive(Default)]
struct Composed {
    text: String,
    parts: Vec<Part>,
    forwards: Vec<Forward>,
    cut: bool,
}

impl Composed {
    /// Adds `text` with its `parts`, on a line of its own, as far as there is room.
    fn add(&mut self, text: &str, parts: &[Part]) -> Range<usize> {
        if text.is_empty() || self.cut {
            return self.text.len()..self.text.len();
        }
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
            if let Some(last) = self.parts.last_mut() {
                last.end += 1;
            }
        }
        let start = self.text.len();
        let kept = cut(text, TEXT_MAX.saturating_sub(start));
        self.cut = kept.len() < text.len();
        self.text.push_str(kept);
        for p in parts {
            let part = Part { kind: p.kind, start: start + p.start, end: start + p.end.min(kept.len()) };
            if part.end <= part.start {
                break;
            }
            match self.parts.last_mut() {
                Some(last) if last.kind == part.kind => last.end = part.end,
                _ => self.parts.push(part),
            }
        }
        start..self.text.len()
    }

    /// Adds a body taken apart that is itself `level` forwards deep.
    fn take(&mut self, divided: Divided, level: usize) {
        let added = self.add(&divided.text, &divided.parts);
        let moved = |r: Range<usize>| (added.start + r.start).min(added.end)..(added.start + r.end).min(added.end);
        let inside = divided.forwards.into_iter().map(|f| Forward {
            depth: f.depth + level,
            header: moved(f.header),
            body: moved(f.body),
            ..f
        });
        self.forwards.extend(inside.filter(|f| !f.header.is_empty()));
    }
}

/// What is left when the bytes cannot be opened: the header if possible, and the body as it stands.
fn unopened(raw: &[u8], why: &str) -> Message {
    let bytes = without_envelope(raw);
    let head = cut_bytes(bytes, header_length(bytes).min(256 * 1024));
    let head = header_in_utf8(head);
    let read = std::panic::catch_unwind(|| {
        MessageParser::new().parse_headers(head.as_ref()).map(|mail| {
            let mut message = headers::read(&mail);
            message.automatic = automatic::marks(&mail, &message);
            message
        })
    });
    let mut message = read.ok().flatten().unwrap_or_default();
    let rest = bytes.get(header_length(bytes)..).unwrap_or_default();
    // Without a header all of it may be text.
    let rest = if rest.is_empty() && message == Message::default() { bytes } else { rest };
    message.text = plain::clean(&charset::lenient(cut_bytes(rest, TEXT_MAX)));
    if !message.text.is_empty() {
        message.parts = vec![Part { kind: PartKind::New, start: 0, end: message.text.len() }];
    }
    message.defects.push(why.to_owned());
    message
}

fn cut_bytes(bytes: &[u8], max: usize) -> &[u8] {
    bytes.get(..bytes.len().min(max)).unwrap_or_default()
}

/// Skips what is no part of the message: a byte order mark, blank lines, the `From ` line of an mbox.
pub(super) fn without_envelope(raw: &[u8]) -> &[u8] {
    let mut bytes = raw.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(raw).trim_ascii_start();
    for envelope in [&b"From "[..], b">From "] {
        if bytes.starts_with(envelope) {
            let line = bytes.iter().position(|b| *b == b'\n').map_or(bytes.len(), |n| n + 1);
            bytes = bytes.get(line..).unwrap_or_default();
        }
    }
    bytes
}

/// How many bytes the header takes, its empty line included; all of them where there is no empty line.
pub(super) fn header_length(bytes: &[u8]) -> usize {
    let mut at = 0;
    for line in bytes.split_inclusive(|b| *b == b'\n') {
        at += line.len();
        if matches!(line, b"\n" | b"\r\n") {
            return at;
        }
    }
    bytes.len()
}

/// RFC 6532 allows UTF-8 in a header; what old software puts there unencoded is windows-1252, and is made UTF-8.
fn header_in_utf8(bytes: &[u8]) -> Cow<'_, [u8]> {
    let length = header_length(bytes);
    let (head, rest) = bytes.split_at_checked(length).unwrap_or((bytes, &[]));
    if std::str::from_utf8(head).is_ok() {
        return Cow::Borrowed(bytes);
    }
    let mut fixed = charset::lenient(head).into_bytes();
    fixed.extend_from_slice(rest);
    Cow::Owned(fixed)
}

/// Whether the root part is of this type.
pub(super) fn is_root(mail: &mail_parser::Message<'_>, kind: &str, subtype: &str) -> bool {
    mail.parts.first().is_some_and(|p| p.is_content_type(kind, subtype))
}

/// The bytes of a header's value, undecoded.
pub(super) fn raw_value<'a>(mail: &'a mail_parser::Message<'_>, header: &mail_parser::Header<'_>) -> &'a [u8] {
    mail.raw_message.get(header.offset_start as usize..header.offset_end as usize).unwrap_or_default()
}

/// The name of a header in lower case.
pub(super) fn lower_name(name: &HeaderName<'_>) -> String {
    name.as_str().to_ascii_lowercase()
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
