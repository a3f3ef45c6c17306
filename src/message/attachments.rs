//! Attachments: named safely, measured, and their text where they are text. Opens no PDF and no archive.

use super::{Attachment, body, headers, html, plain};
use crate::domain::text::{HeaderText, cut};
use mail_parser::{MessagePart, MimeHeaders, PartType};

/// Attachments listed; more are counted in a defect.
const LISTED_MAX: usize = 200;
/// Longest text kept of an attachment.
const TEXT_MAX: usize = 64 * 1024;
/// Longest name kept, in bytes: what file systems take.
const NAME_MAX: usize = 200;

/// Adds the attachments of `mail` to `list`.
pub(super) fn list(mail: &mail_parser::Message<'_>, list: &mut Vec<Attachment>, defects: &mut Vec<String>) {
    for id in &mail.attachments {
        let Some(part) = mail.part(*id) else { continue };
        if list.len() >= LISTED_MAX {
            defects.push(format!("it has more than {LISTED_MAX} attachments: the rest is not listed"));
            return;
        }
        let attachment = attachment(mail, part, list.len() + 1);
        if attachment.content_type == "application/ms-tnef" || attachment.name.eq_ignore_ascii_case("winmail.dat") {
            defects.push("winmail.dat (TNEF) holds attachments that only Outlook can open".to_owned());
        }
        if attachment.content_type == "application/pkcs7-mime" || attachment.content_type == "application/pgp-encrypted"
        {
            defects.push("it is encrypted: its content cannot be read here".to_owned());
        }
        list.push(attachment);
    }
}

fn attachment(mail: &mail_parser::Message<'_>, part: &MessagePart<'_>, number: usize) -> Attachment {
    let content_type = content_type(part);
    let (size, text) = match &part.body {
        PartType::Text(t) => (t.len(), Some(t.as_ref())),
        PartType::Html(t) => (t.len(), Some(t.as_ref())),
        PartType::Binary(b) | PartType::InlineBinary(b) => (b.len(), None),
        PartType::Message(_) => ((part.offset_end.saturating_sub(part.offset_body)) as usize, None),
        PartType::Multipart(_) => (0, None),
    };
    let text = text.filter(|_| content_type.starts_with("text/")).map(|t| {
        let t = body::decoded(mail, part, t, &mut Vec::new());
        let t = if part.is_text_html() {
            html::to_text(cut(&t, 8 * TEXT_MAX)).text
        } else {
            plain::clean(cut(&t, 2 * TEXT_MAX))
        };
        cut(&t, TEXT_MAX).to_owned()
    });
    let said = part.attachment_name().map(clean_name).filter(|n| !n.is_empty());
    let name = said.unwrap_or_else(|| match &part.body {
        PartType::Message(inner) => message_name(inner, number),
        _ => format!("part-{number}.{}", extension(&content_type)),
    });
    let shown_within = part.content_disposition().is_some_and(|d| d.is_inline())
        || (part.content_id().is_some() && !part.content_disposition().is_some_and(|d| d.is_attachment()));
    let inline = matches!(part.body, PartType::InlineBinary(_)) || (shown_within && content_type.starts_with("image/"));
    Attachment { name, content_type, size, inline, text }
}

fn content_type(part: &MessagePart<'_>) -> String {
    let declared = part.content_type().map(|t| format!("{}/{}", t.ctype(), t.subtype().unwrap_or("octet-stream")));
    let declared = declared.unwrap_or_else(|| match part.body {
        PartType::Message(_) => "message/rfc822".to_owned(),
        _ => "text/plain".to_owned(),
    });
    declared.chars().filter(|c| c.is_ascii_graphic()).take(100).collect::<String>().to_ascii_lowercase()
}

/// An attached message is named by its subject.
fn message_name(inner: &mail_parser::Message<'_>, number: usize) -> String {
    let subject = headers::first(inner, "subject").map(|s| clean_name(s.as_str())).filter(|s| !s.is_empty());
    subject.map_or_else(|| format!("part-{number}.eml"), |s| format!("{s}.eml"))
}

/// A name without path, control characters and what a file system or a shell may take ill. Whoever writes it to a
/// disk still picks the place.
pub(super) fn clean_name(raw: &str) -> String {
    let raw = if raw.contains("=?") { headers::decoded(format!("{raw}\n").as_bytes()) } else { HeaderText::new(raw) };
    let base = raw.as_str().rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = base.chars().map(|c| if "<>:\"|?*".contains(c) { '_' } else { c }).collect();
    let kept = kept.trim_matches(|c: char| c == '.' || c.is_whitespace());
    if kept.len() <= NAME_MAX {
        return kept.to_owned();
    }
    // The extension says what it is, so it stays.
    let (stem, ext) = kept.rsplit_once('.').filter(|(_, e)| e.len() <= 10).unwrap_or((kept, ""));
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
}
