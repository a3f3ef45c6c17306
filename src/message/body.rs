//! Which parts of a mail are its body, and the body as text: text/plain where it says something, else HTML made
//! text. Knows nothing of what in it is new.

use super::{charset, html, plain};
use mail_parser::decoders::{base64::base64_decode, quoted_printable::quoted_printable_decode};
use mail_parser::{Encoding, MessagePart, MimeHeaders, PartType};
use std::borrow::Cow;

/// A body beyond this is not read: no person writes it, and its text would be cut anyway.
const BODY_MAX: usize = 4 * 1024 * 1024;
/// A text/plain this short beside much HTML may be a stub (“Your program does not show HTML”).
const STUB_MAX: usize = 250;

/// A body made readable.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Readable {
    /// The text; lines end in `\n`.
    pub text: String,
    /// What the HTML itself says of stretches of it.
    pub marked: Vec<html::Marked>,
    /// Each line is a paragraph: nothing was wrapped.
    pub unwrapped: bool,
}

/// The body of `mail`: text/plain or HTML.
pub(super) fn of(mail: &mail_parser::Message<'_>, defects: &mut Vec<String>) -> Readable {
    let mut body = Readable::default();
    let mut plain_bytes = 0;
    for part in parts(mail, &mail.text_body) {
        match &part.body {
            PartType::Text(text) => {
                plain_bytes += text.len();
                add_plain(&mut body, mail, part, text, defects);
            }
            PartType::Html(page) => add_html(&mut body, mail, part, page, defects),
            _ => {}
        }
    }
    let html_bytes: usize = parts(mail, &mail.html_body).filter(|p| p.is_text_html()).map(MessagePart::len).sum();
    if plain_bytes > 0 && html_bytes > 0 && is_stub(&body.text, html_bytes) {
        let mut page = Readable::default();
        for part in parts(mail, &mail.html_body) {
            if let PartType::Html(text) = &part.body {
                add_html(&mut page, mail, part, text, defects);
            }
        }
        if page.text.len() > body.text.len() + body.text.len() / 2 + 40 {
            return page;
        }
    }
    if body.text.is_empty() { sent_as_attachment(mail, defects) } else { body }
}

/// Empty, or short beside HTML that is long even for a newsletter's markup.
fn is_stub(text: &str, html_bytes: usize) -> bool {
    text.len() < STUB_MAX && (text.trim().is_empty() || html_bytes > 40 * text.len().max(50))
}

/// Some programs mark the only text as an attachment without a name.
fn sent_as_attachment(mail: &mail_parser::Message<'_>, defects: &mut Vec<String>) -> Readable {
    let mut body = Readable::default();
    let unnamed = |p: &&MessagePart<'_>| p.attachment_name().is_none() && p.is_text();
    if let Some(part) = parts(mail, &mail.attachments).find(unnamed) {
        match &part.body {
            PartType::Text(text) if is_plain(part) => add_plain(&mut body, mail, part, text, defects),
            PartType::Html(page) => add_html(&mut body, mail, part, page, defects),
            _ => {}
        }
    }
    body
}

fn is_plain(part: &MessagePart<'_>) -> bool {
    let readable = ["plain", "enriched", "richtext", "markdown"];
    part.content_type().is_none_or(|t| t.ctype() == "text" && t.subtype().is_some_and(|s| readable.contains(&s)))
}

fn parts<'a, 'x>(
    mail: &'a mail_parser::Message<'x>,
    ids: &'a [mail_parser::MessagePartId],
) -> impl Iterator<Item = &'a MessagePart<'x>> {
    ids.iter().filter_map(|id| mail.part(*id))
}

fn add_plain(
    body: &mut Readable,
    mail: &mail_parser::Message<'_>,
    part: &MessagePart<'_>,
    text: &str,
    defects: &mut Vec<String>,
) {
    let text = decoded(mail, part, text, defects);
    if is_a_page(&text) {
        return add_page(body, &text, defects);
    }
    let text = within_reason(&text, "text", defects);
    let says = |name: &str, value: &str| {
        part.content_type().and_then(|t| t.attribute(name)).is_some_and(|v| v.eq_ignore_ascii_case(value))
    };
    let cleaned = if says("format", "flowed") {
        body.unwrapped = true;
        plain::clean_flowed(text, says("delsp", "yes"))
    } else {
        plain::clean(text)
    };
    add(body, &cleaned);
}

fn add_html(
    body: &mut Readable,
    mail: &mail_parser::Message<'_>,
    part: &MessagePart<'_>,
    page: &str,
    defects: &mut Vec<String>,
) {
    let page = decoded(mail, part, page, defects);
    add_page(body, &page, defects);
}

/// HTML under the label of text/plain, as small programs send it.
fn is_a_page(text: &str) -> bool {
    let start = text.trim_ascii_start();
    let begins = |s: &str| start.get(..s.len()).is_some_and(|h| h.eq_ignore_ascii_case(s));
    start.starts_with('<') && ["<html", "<!doctype html", "<body", "<div", "<table"].iter().any(|s| begins(s))
}

fn add_page(body: &mut Readable, page: &str, defects: &mut Vec<String>) {
    let read = html::to_text(within_reason(page, "HTML", defects));
    let shift = add(body, &read.text);
    body.marked.extend(
        read.marked
            .into_iter()
            .map(|m| html::Marked { mark: m.mark, range: m.range.start + shift..m.range.end + shift }),
    );
    body.unwrapped = true;
}

/// A body, cut where no person's would go on.
fn within_reason<'a>(body: &'a str, what: &str, defects: &mut Vec<String>) -> &'a str {
    if body.len() > BODY_MAX {
        defects.push(format!("its {what} is longer than {} MiB and was cut there", BODY_MAX >> 20));
    }
    crate::domain::text::cut(body, BODY_MAX)
}

/// Adds a stretch of text after a blank line; says where it begins.
fn add(body: &mut Readable, text: &str) -> usize {
    if !body.text.is_empty() && !text.is_empty() {
        body.text.push('\n');
    }
    let start = body.text.len();
    body.text.push_str(text);
    start
}

/// The text of a part. mail-parser decodes by the label; where the label lied or is unknown, we read the bytes again.
pub(super) fn decoded<'a>(
    mail: &mail_parser::Message<'_>,
    part: &MessagePart<'_>,
    text: &'a str,
    defects: &mut Vec<String>,
) -> Cow<'a, str> {
    let mut label = part.content_type().and_then(|t| t.attribute("charset")).map(ToOwned::to_owned);
    if let Some(unknown) = label.as_deref().filter(|l| !charset::is_known(l)) {
        let defect = format!("the charset ‘{}’ is unknown", crate::domain::text::HeaderText::new(unknown));
        if !defects.contains(&defect) {
            defects.push(defect);
        }
        label = None;
    }
    let suspect = text.contains('\u{FFFD}');
    if !suspect || label.as_deref().is_some_and(|l| !charset::is_utf8(l)) {
        return Cow::Borrowed(text);
    }
    let raw = mail.raw_message.get(part.offset_body as usize..part.offset_end as usize).unwrap_or_default();
    let bytes = match part.encoding {
        Encoding::Base64 => base64_decode(raw).map(Cow::Owned),
        Encoding::QuotedPrintable => quoted_printable_decode(raw).map(Cow::Owned),
        Encoding::None => Some(Cow::Borrowed(raw)),
    };
    let Some(bytes) = bytes else { return Cow::Borrowed(text) };
    let label = label.or_else(|| charset::of_meta(&bytes).filter(|_| part.is_text_html()));
    let again = charset::decode(&bytes, label.as_deref());
    if again.trim().is_empty() { Cow::Borrowed(text) } else { Cow::Owned(again) }
}
