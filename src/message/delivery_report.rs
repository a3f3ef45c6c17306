//! Delivery reports (RFC 3464): for whom, what became of it, and which of our letters it is about. Knows nothing of
//! letters.

use super::{DeliveryReport, headers, parse};
use crate::domain::text::{Address, HeaderText};
use mail_parser::{HeaderName, MessageParser, MimeHeaders, PartType};

/// The report in `mail`, where it is one.
pub(super) fn read(mail: &mail_parser::Message<'_>) -> Option<DeliveryReport> {
    let status = mail.parts.iter().find(|p| {
        p.is_content_type("message", "delivery-status") || p.is_content_type("message", "global-delivery-status")
    });
    if status.is_none() && !is_report(mail) {
        return None;
    }
    let mut report = DeliveryReport::default();
    if let Some(part) = status {
        let text = match &part.body {
            PartType::Text(t) | PartType::Html(t) => t.clone().into_owned(),
            PartType::Binary(b) | PartType::InlineBinary(b) => String::from_utf8_lossy(b).into_owned(),
            // mail-parser may take the fields for a message of their own.
            _ => String::from_utf8_lossy(
                mail.raw_message.get(part.offset_body as usize..part.offset_end as usize).unwrap_or_default(),
            )
            .into_owned(),
        };
        fill(&mut report, &text);
    }
    report.about = about(mail);
    Some(report)
}

fn is_report(mail: &mail_parser::Message<'_>) -> bool {
    parse::is_root(mail, "multipart", "report")
        && mail
            .parts
            .first()
            .and_then(|p| p.content_type())
            .and_then(|t| t.attribute("report-type"))
            .is_some_and(|t| t.eq_ignore_ascii_case("delivery-status"))
}

/// Fills in the first recipient that failed, else the first at all (2.3: one group of fields a recipient).
fn fill(report: &mut DeliveryReport, text: &str) {
    let mut groups: Vec<DeliveryReport> = Vec::new();
    let mut group = DeliveryReport::default();
    let mut original: Option<Address> = None;
    let mut unfolded: Vec<String> = Vec::new();
    for line in text.lines() {
        match unfolded.last_mut() {
            Some(last) if line.starts_with([' ', '\t']) && !last.is_empty() && !line.trim().is_empty() => {
                last.push(' ');
                last.push_str(line.trim());
            }
            _ => unfolded.push(line.trim_end().to_owned()),
        }
    }
    unfolded.push(String::new());
    for line in unfolded.iter().take(2000) {
        let Some((name, value)) = line.split_once(':') else {
            if line.is_empty() && !group.action.is_empty() {
                group.recipient = original.take().or(group.recipient.take());
                groups.push(std::mem::take(&mut group));
            }
            continue;
        };
        let value = value.trim();
        let typed = value.split_once(';').map_or(value, |(_, v)| v.trim());
        match name.trim().to_ascii_lowercase().as_str() {
            "final-recipient" => group.recipient = Address::new(typed),
            "original-recipient" => original = Address::new(typed),
            "action" => group.action = word(value).to_lowercase(),
            "status" => group.status = word(value),
            "diagnostic-code" => group.diagnostic = HeaderText::new(typed),
            _ => {}
        }
    }
    let failed = groups.iter().position(|g| g.action == "failed").unwrap_or(0);
    if let Some(chosen) = groups.into_iter().nth(failed) {
        *report = chosen;
    }
}

fn word(value: &str) -> String {
    let first = value.split(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default();
    first.chars().filter(|c| !c.is_control()).take(40).collect()
}

/// The Message-ID of the message that came back: from its returned copy or its returned header, else from the thread.
fn about(mail: &mail_parser::Message<'_>) -> Option<String> {
    for part in &mail.parts {
        let found = match &part.body {
            PartType::Message(inner) if !part.is_content_type("message", "delivery-status") => id_of(inner),
            PartType::Text(text) if part.is_content_type("text", "rfc822-headers") => {
                MessageParser::new().parse_headers(text.as_bytes()).as_ref().and_then(id_of)
            }
            PartType::Binary(bytes) if part.is_content_type("message", "rfc822") => {
                MessageParser::new().parse_headers(bytes.as_ref()).as_ref().and_then(id_of)
            }
            _ => None,
        };
        if found.is_some() {
            return found;
        }
    }
    let headers = mail.parts.first().map(|p| p.headers.as_slice()).unwrap_or_default();
    let thread = headers.iter().rfind(|h| matches!(h.name, HeaderName::InReplyTo | HeaderName::References));
    thread.and_then(|h| headers::message_ids(&h.value).last())
}

fn id_of(mail: &mail_parser::Message<'_>) -> Option<String> {
    let headers = mail.parts.first()?.headers.iter();
    headers.filter(|h| h.name == HeaderName::MessageId).find_map(|h| headers::message_ids(&h.value).next())
}
