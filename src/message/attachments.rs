//! Attachments: named safely, measured, opened by whoever can, and what Outlook wrapped taken out of its wrapping.

use super::attached::{Held, Here, Kind, Opened, Opener, Sealed, read_tnef};
use super::{ATTACHMENT_TEXT_MAX as TEXT_MAX, Attachment, body, charset, headers, html, plain};
use crate::domain::text::{HeaderText, cut};
use mail_parser::{MessagePart, MimeHeaders, PartType};

/// Attachments listed; more are counted in a defect.
const LISTED_MAX: usize = 200;
/// Attachments of one message that are opened by other people's code.
const OPENED_MAX: usize = 20;
/// Longest name kept, in bytes: what file systems take.
const NAME_MAX: usize = 200;

/// The attachments of a message, as they are found.
pub(super) struct Gathered<'o> {
    /// The list.
    pub(super) list: Vec<Attachment>,
    opener: Option<&'o mut dyn Opener>,
    left: usize,
}

impl<'o> Gathered<'o> {
    /// None yet; `opener` opens what comes.
    pub(super) fn new(opener: Option<&'o mut dyn Opener>) -> Self {
        Self { list: Vec::new(), opener, left: OPENED_MAX }
    }

    /// Adds the attachments of `mail`.
    pub(super) fn add(&mut self, mail: &mail_parser::Message<'_>, defects: &mut Vec<String>) {
        for id in &mail.attachments {
            let Some(part) = mail.part(*id) else { continue };
            if self.is_full(defects) {
                return;
            }
            let attachment = self.attachment(mail, part);
            let kind = attachment.held.as_ref().map(|h| h.kind);
            self.list.push(attachment);
            if kind == Some(Kind::Outlook) {
                self.unwrap_outlook(part.contents(), defects);
            }
        }
    }

    fn is_full(&self, defects: &mut Vec<String>) -> bool {
        let full = self.list.len() >= LISTED_MAX;
        let said = format!("it has more than {LISTED_MAX} attachments: the rest is not listed");
        if full && !defects.contains(&said) {
            defects.push(said);
        }
        full
    }

    /// What lies in a winmail.dat stands in the list behind it.
    fn unwrap_outlook(&mut self, bytes: &[u8], defects: &mut Vec<String>) {
        let inside = read_tnef(bytes);
        let empty = inside.attachments.is_empty() && inside.text.is_none() && inside.html.is_none();
        if let Some(held) = self.list.last_mut().and_then(|a| a.held.as_mut()) {
            held.unread = match (inside.damaged, empty) {
                (true, _) => Some("what Outlook packed into it is damaged: only a part came out".to_owned()),
                (false, true) => Some("there is nothing in it".to_owned()),
                (false, false) => None,
            };
        }
        for enclosed in &inside.attachments {
            if self.is_full(defects) {
                return;
            }
            let (name, content_type) = enclosed_label(&enclosed.name, &enclosed.content_type, self.list.len() + 1);
            let sealed = Sealed { name: &name, content_type: &content_type, bytes: enclosed.bytes };
            let kind = Kind::of(&sealed);
            let opened = self.open(&sealed, kind);
            let size = enclosed.bytes.len();
            self.list.push(attachment_of(name, content_type, size, false, opened));
        }
    }

    fn attachment(&mut self, mail: &mail_parser::Message<'_>, part: &MessagePart<'_>) -> Attachment {
        let Label { name, content_type, inline } = Label::of(part, self.list.len() + 1);
        let (size, opened) = match &part.body {
            PartType::Text(t) | PartType::Html(t) => (t.len(), self.text(mail, part, &name, &content_type, t)),
            PartType::Binary(b) | PartType::InlineBinary(b) => {
                let sealed = Sealed { name: &name, content_type: &content_type, bytes: b };
                let kind = Kind::of(&sealed);
                (b.len(), if inline { None } else { self.open(&sealed, kind) })
            }
            PartType::Message(_) => ((part.offset_end.saturating_sub(part.offset_body)) as usize, None),
            PartType::Multipart(_) => (0, None),
        };
        attachment_of(name, content_type, size, inline, opened)
    }

    /// A part that mail-parser gives as text: CSV and appointments are taken apart, the rest stays text.
    fn text(
        &mut self,
        mail: &mail_parser::Message<'_>,
        part: &MessagePart<'_>,
        name: &str,
        content_type: &str,
        text: &str,
    ) -> Option<Opened> {
        let text = body::decoded(mail, part, text, &mut Vec::new());
        let sealed = Sealed { name, content_type, bytes: text.as_bytes() };
        let kind = Kind::of(&sealed);
        match kind {
            Kind::Delimited | Kind::Calendar | Kind::Pdf => self.open(&sealed, kind),
            _ if content_type.starts_with("text/") => text_file(&text, part.is_text_html()),
            _ => None,
        }
    }

    /// Opens it here where our own code does, else where the caller wants it. `None` where nobody opens.
    fn open(&mut self, sealed: &Sealed<'_>, kind: Kind) -> Option<Opened> {
        if kind == Kind::Text {
            return text_file(&charset::decode(sealed.bytes, None), sealed.content_type == "text/html");
        }
        if !kind.is_dangerous() {
            return Some(Here::default().open(sealed));
        }
        let opener = self.opener.as_mut()?;
        let Some(left) = self.left.checked_sub(1) else {
            return Some(Opened::unread(
                kind,
                format!("only the first {OPENED_MAX} documents of a message are opened"),
            ));
        };
        self.left = left;
        Some(opener.open(sealed))
    }
}

/// What an attachment is called and how it is meant.
struct Label {
    name: String,
    content_type: String,
    inline: bool,
}

impl Label {
    /// Of the part that is listed as the `number`th.
    fn of(part: &MessagePart<'_>, number: usize) -> Self {
        let content_type = content_type(part);
        let said = part.attachment_name().map(clean_name).filter(|n| !n.is_empty());
        let name = said.unwrap_or_else(|| match &part.body {
            PartType::Message(inner) => message_name(inner, number),
            _ => format!("part-{number}.{}", extension(&content_type)),
        });
        let shown_within = part.content_disposition().is_some_and(|d| d.is_inline())
            || (part.content_id().is_some() && !part.content_disposition().is_some_and(|d| d.is_attachment()))
            || matches!(part.body, PartType::InlineBinary(_));
        // Apple's Mail declares documents `inline` as well; only pictures are logos.
        let inline = shown_within && content_type.starts_with("image/");
        Self { name, content_type, inline }
    }
}

/// A document attached to a message, with its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its name, as [`Attachment::name`] has it.
    pub name: String,
    /// Content type in lower case.
    pub content_type: String,
    /// Its bytes, decoded.
    pub bytes: Vec<u8>,
}

/// The documents attached to a message, logos and attached messages left out, what Outlook wrapped taken out of its
/// wrapping. The same names in the same order as [`super::Message::attachments`] has.
#[must_use]
pub fn documents(raw: &[u8]) -> Vec<Document> {
    // mail-parser has panicked before; then there is nothing to be had.
    std::panic::catch_unwind(|| documents_of(raw)).unwrap_or_default()
}

fn documents_of(raw: &[u8]) -> Vec<Document> {
    let Some(mail) = mail_parser::MessageParser::new().parse(super::parse::without_envelope(raw)) else {
        return Vec::new();
    };
    let mut out = Vec::new();
    let mut listed = 0;
    for part in mail.attachments.iter().filter_map(|id| mail.part(*id)) {
        let Label { name, content_type, inline } = Label::of(part, listed + 1);
        listed += 1;
        let bytes = part.contents();
        if Kind::of(&Sealed { name: &name, content_type: &content_type, bytes }) == Kind::Outlook {
            for enclosed in &read_tnef(bytes).attachments {
                listed += 1;
                let (name, content_type) = enclosed_label(&enclosed.name, &enclosed.content_type, listed);
                out.push(Document { name, content_type, bytes: enclosed.bytes.to_vec() });
            }
        } else if !inline && !matches!(part.body, PartType::Message(_) | PartType::Multipart(_)) {
            out.push(Document { name, content_type, bytes: bytes.to_vec() });
        }
    }
    out
}

/// Name and content type of what lies in a winmail.dat and is listed as the `number`th.
fn enclosed_label(name: &str, content_type: &str, number: usize) -> (String, String) {
    let declared = clean_type(content_type);
    let content_type = if declared.is_empty() { "application/octet-stream".to_owned() } else { declared };
    let said = clean_name(name);
    let name = if said.is_empty() { format!("part-{number}.{}", extension(&content_type)) } else { said };
    (name, content_type)
}

/// Plain text or HTML, made readable.
fn text_file(text: &str, is_html: bool) -> Option<Opened> {
    let text =
        if is_html { html::to_text(cut(text, 8 * TEXT_MAX)).text } else { plain::clean(cut(text, 2 * TEXT_MAX)) };
    let held = Held { kind: Kind::Text, ..Held::default() };
    Some(Opened { text: cut(&text, TEXT_MAX).to_owned(), held })
}

fn attachment_of(name: String, content_type: String, size: usize, inline: bool, opened: Option<Opened>) -> Attachment {
    let (text, held) = opened.map_or((None, None), |o| (Some(o.text), Some(o.held)));
    // Text that is a text file's stays, even where it is empty.
    let is_text = held.as_ref().is_some_and(|h| h.kind == Kind::Text);
    Attachment { name, content_type, size, inline, text: text.filter(|t| is_text || !t.is_empty()), held }
}

/// The body that lies in a winmail.dat, for mail that has no other: as text or as a page.
pub(super) fn outlook_body(mail: &mail_parser::Message<'_>) -> Option<String> {
    let part = mail.attachments.iter().filter_map(|id| mail.part(*id)).find(|p| {
        let name = p.attachment_name().map(clean_name).unwrap_or_default();
        Kind::of(&Sealed { name: &name, content_type: &content_type(p), bytes: p.contents() }) == Kind::Outlook
    })?;
    let inside = read_tnef(part.contents());
    let page = || inside.html.as_deref().map(|h| html::to_text(cut(h, 4 << 20)).text);
    let plain = inside.text.as_deref().map(plain::clean);
    plain.filter(|t| !t.trim().is_empty()).or_else(page).filter(|t| !t.trim().is_empty())
}

fn content_type(part: &MessagePart<'_>) -> String {
    let declared = part.content_type().map(|t| format!("{}/{}", t.ctype(), t.subtype().unwrap_or("octet-stream")));
    let declared = declared.unwrap_or_else(|| match part.body {
        PartType::Message(_) => "message/rfc822".to_owned(),
        _ => "text/plain".to_owned(),
    });
    clean_type(&declared)
}

fn clean_type(declared: &str) -> String {
    declared.chars().filter(|c| c.is_ascii_graphic()).take(100).collect::<String>().to_ascii_lowercase()
}

/// An attached message is named by its subject.
fn message_name(inner: &mail_parser::Message<'_>, number: usize) -> String {
    let subject = headers::first(inner, "subject").map(|s| clean_name(s.as_str())).filter(|s| !s.is_empty());
    subject.map_or_else(|| format!("part-{number}.eml"), |s| of_length(&format!("{s}.eml")))
}

/// A name without path, control characters and what a file system or a shell may take ill. Whoever writes it to a
/// disk still picks the place.
pub(super) fn clean_name(raw: &str) -> String {
    let raw = if raw.contains("=?") { headers::decoded(format!("{raw}\n").as_bytes()) } else { HeaderText::new(raw) };
    let base = raw.as_str().rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = base.chars().map(|c| if "<>:\"|?*".contains(c) { '_' } else { c }).collect();
    of_length(kept.trim_matches(|c: char| c == '.' || c.is_whitespace()))
}

/// The name, as far as it is kept.
fn of_length(name: &str) -> String {
    if name.len() <= NAME_MAX {
        return name.to_owned();
    }
    // The extension says what it is, so it stays.
    let (stem, ext) = name.rsplit_once('.').filter(|(_, e)| e.len() <= 10).unwrap_or((name, ""));
    let stem = cut(stem, NAME_MAX - ext.len() - 1);
    if ext.is_empty() { stem.to_owned() } else { format!("{stem}.{ext}") }
}

fn extension(content_type: &str) -> &str {
    match content_type {
        "text/plain" => "txt",
        "application/octet-stream" => "bin",
        "message/rfc822" => "eml",
        "message/delivery-status" => "txt",
        "text/rfc822-headers" => "txt",
        "text/calendar" => "ics",
        "image/jpeg" => "jpg",
        "image/svg+xml" => "svg",
        "application/msword" => "doc",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => "docx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => "xlsx",
        other => {
            let sub = other.rsplit('/').next().unwrap_or("bin");
            if !sub.is_empty() && sub.len() <= 5 && sub.bytes().all(|b| b.is_ascii_alphanumeric()) {
                sub
            } else {
                "bin"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_climbs_out_of_its_folder_is_only_a_name() {
        assert_eq!(clean_name("../../etc/passwd"), "passwd");
        assert_eq!(clean_name("C:\\Users\\x\\loss run.pdf"), "loss run.pdf");
        assert_eq!(clean_name("a\r\nb\0.pdf"), "a b .pdf");
        assert_eq!(clean_name(".."), "");
    }
    #[test]
    fn a_name_longer_than_a_file_system_takes_keeps_its_extension() {
        let name = clean_name(&format!("{}.pdf", "ä".repeat(400)));
        assert!(name.len() <= NAME_MAX && name.ends_with(".pdf"), "{name}");
    }
    #[test]
    fn an_attached_message_named_by_a_long_subject_is_no_longer_than_others() {
        let raw = format!("Subject: {}\r\n\r\nx", "renewal ".repeat(40));
        let inner = mail_parser::MessageParser::new().parse(raw.as_bytes()).unwrap();
        let name = message_name(&inner, 2);
        assert!(name.len() <= NAME_MAX && name.starts_with("renewal ") && name.ends_with(".eml"), "{name}");
    }
}
