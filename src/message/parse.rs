//! Bytes → [`Message`], whatever the bytes. Puts the pieces of this folder together; knows no charset, no HTML and
//! no quoting style itself.

use super::parts::Divided;
use super::{Attachment, Automatic, Forward, Message, Part, PartKind, TEXT_MAX};
use super::{attachments, automatic, body, charset, complexity, delivery_report, headers, parts, plain};
use crate::domain::text::cut;
use mail_parser::{HeaderName, MessageParser, MimeHeaders, PartType};
use std::borrow::Cow;
use std::ops::Range;

/// Messages attached to messages attached to messages …: read so deep, then only listed.
const ATTACHED_DEPTH_MAX: usize = 4;
/// Attached messages whose text is read.
const ATTACHED_MAX: usize = 50;

impl Message {
    /// Reads `raw`. Total: mail-parser has panicked before (its issues 14, 145, 155), so a panic inside becomes a
    /// message whose defect says so and whose text is what could be saved. Header-only bytes are fine.
    #[must_use]
    pub fn parse(raw: &[u8]) -> Message {
        if let Some(why) = complexity::too_much(raw) {
            return unopened(raw, why);
        }
        let read = std::panic::catch_unwind(|| whole(raw));
        read.unwrap_or_else(|_| unopened(raw, "the message could not be taken apart: its text is shown as it came"))
    }
}

/// The usual way.
fn whole(raw: &[u8]) -> Message {
    let bytes = without_envelope(raw);
    let bytes = header_in_utf8(bytes);
    let Some(mail) = MessageParser::new().parse(bytes.as_ref()) else {
        return unopened(raw, "there is no header in it");
    };
    let mut message = headers::read(&mail);
    message.automatic = automatic::marks(&mail, &message);
    message.delivery_report = delivery_report::read(&mail);
    let mut defects = std::mem::take(&mut message.defects);
    let mut composed = Composed::default();
    let readable = body::of(&mail, &mut defects);
    let own = parts::divide(readable, &parts::Around::of(&message));
    composed.take(own, 0);
    // What a report or an automatic answer carries with it is our own letter coming back, not something new.
    let returned = message.delivery_report.is_some() || is_automatic_answer(&message.automatic);
    let mut budget = ATTACHED_MAX;
    attach(&mail, &mut composed, &mut message.attachments, &mut defects, returned, ATTACHED_DEPTH_MAX, &mut budget);
    if composed.cut {
        defects.push(format!("the text is longer than {} KiB and was cut there", TEXT_MAX / 1024));
    }
    message.text = composed.text;
    message.parts = composed.parts;
    message.forwards = composed.forwards;
    message.defects = defects;
    message
}

/// `auto-forwarded` and `auto-generated` mail may well carry news as an attached message; an answer does not.
fn is_automatic_answer(marks: &Automatic) -> bool {
    marks.auto_submitted.as_deref().is_some_and(|k| k == "auto-replied" || k == "auto-notified")
}

/// Lists the attachments of `mail` and adds the text of the messages among them.
fn attach(
    mail: &mail_parser::Message<'_>,
    composed: &mut Composed,
    list: &mut Vec<Attachment>,
    defects: &mut Vec<String>,
    returned: bool,
    depth: usize,
    budget: &mut usize,
) {
    attachments::list(mail, list, defects);
    for part in &mail.parts {
        let PartType::Message(inner) = &part.body else { continue };
        if depth == 0 || *budget == 0 {
            defects.push("a message attached to it lies too deep and was only listed".to_owned());
            return;
        }
        *budget -= 1;
        let about = headers::read(inner);
        let block = headers::block(&about);
        let readable = body::of(inner, defects);
        let level = ATTACHED_DEPTH_MAX - depth + 1;
        if returned {
            composed.add(&block, &[Part { kind: PartKind::Quoted, start: 0, end: block.len() }]);
            let quoted = Part { kind: PartKind::Quoted, start: 0, end: readable.text.len() };
            composed.add(&readable.text, &[quoted]);
        } else {
            let header = composed.add(&block, &[Part { kind: PartKind::ForwardHeader, start: 0, end: block.len() }]);
            composed.forwards.push(headers::forward(&about, level, header));
            composed.take(parts::divide(readable, &parts::Around::of(&about)), level);
        }
        let begun = composed.forwards.len();
        attach(inner, composed, list, defects, returned, depth - 1, budget);
        // What is attached to it belongs to it.
        let last = composed.forwards.get_mut(..begun).unwrap_or_default().iter_mut().rev();
        if let Some(this) = last.filter(|_| !returned).find(|f| f.depth == level) {
            this.body.end = composed.text.len();
        }
    }
    for part in &mail.parts {
        if let (true, PartType::Text(text)) = (returned && part.is_content_type("text", "rfc822-headers"), &part.body) {
            let text = plain::clean(text);
            composed.add(&text, &[Part { kind: PartKind::Quoted, start: 0, end: text.len() }]);
        }
    }
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
fn without_envelope(raw: &[u8]) -> &[u8] {
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
