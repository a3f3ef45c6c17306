//! The header fields of a message, cleaned. Knows nothing of bodies.

use super::{Forward, Message, Party, parse};
use crate::domain::{Timestamp, text::*};
use std::ops::Range;

use mail_parser::{Address as Addresses, DateTime, Header, HeaderName, HeaderValue, parsers::MessageStream};

/// Other headers kept.
const KEPT_MAX: usize = 100;
/// Addresses kept of To, of Cc, of Reply-To.
const ADDRESSES_MAX: usize = 500;
/// Ids kept of the thread (RFC 5322 3.6.4 sets no limit; mailing lists reach thousands).
const THREAD_MAX: usize = 100;
/// Longest id kept.
const ID_MAX: usize = 998;

/// Reads the header of `mail`: everything of a [`Message`] but its marks, its body and its attachments.
pub(super) fn read(mail: &mail_parser::Message<'_>) -> Message {
    let mut m = Message::default();
    let mut ids: Vec<String> = Vec::new();
    let mut in_reply_to: Vec<String> = Vec::new();
    let (mut froms, mut dates) = (0_usize, 0_usize);
    for header in mail.parts.first().map(|p| p.headers.as_slice()).unwrap_or_default() {
        match &header.name {
            HeaderName::From => {
                froms += 1;
                m.authors += mailboxes(&header.value).count();
                if m.from.is_none() {
                    m.from = mailboxes(&header.value).next();
                }
            }
            HeaderName::ReplyTo => extend(&mut m.reply_to, &header.value),
            HeaderName::To => extend(&mut m.to, &header.value),
            HeaderName::Cc => extend(&mut m.cc, &header.value),
            HeaderName::Subject if m.subject.is_empty() => {
                m.subject = HeaderText::new(header.value.as_text().unwrap_or_default());
            }
            HeaderName::Date if m.date.is_none() => {
                dates += 1;
                m.date = header.value.as_datetime().and_then(real_date);
            }
            HeaderName::MessageId if m.message_id.is_none() => m.message_id = message_ids(&header.value).next(),
            HeaderName::References => ids.extend(message_ids(&header.value)),
            HeaderName::InReplyTo => in_reply_to.extend(message_ids(&header.value)),
            HeaderName::AuthenticationResults if m.authentication_results.len() < 20 => {
                let value = String::from_utf8_lossy(parse::raw_value(mail, header));
                m.authentication_results.push(HeaderText::new(&value).as_str().to_owned());
            }
            _ if m.headers.len() < KEPT_MAX && is_kept(&header.name) => {
                m.headers.push((parse::lower_name(&header.name), decoded(parse::raw_value(mail, header))));
            }
            _ => {}
        }
    }
    ids.extend(in_reply_to);
    m.thread = thread(ids);
    let mut defect = |d: &str| m.defects.push(d.to_owned());
    if m.from.is_none() {
        defect(if froms == 0 { "it has no From" } else { "its From holds no mail address" });
    }
    if froms > 1 {
        defect("it has more than one From: the first counts");
    }
    if m.date.is_none() {
        defect(if dates == 0 { "it has no Date" } else { "its Date is no real date" });
    }
    if m.message_id.is_none() {
        defect("it has no Message-ID");
    }
    m
}

/// The header of an attached message, written as mail programs write it above a forwarded one.
pub(super) fn block(m: &Message) -> String {
    let list = |l: &[Mailbox]| l.iter().take(20).map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let mut out = String::from("---------- Attached message ----------\n");
    let mut line = |name: &str, value: &str| {
        if !value.is_empty() {
            out.push_str(&format!("{name}: {value}\n"));
        }
    };
    line("From", &m.from.as_ref().map(ToString::to_string).unwrap_or_default());
    line("Date", &m.date.map(|d| d.format("%a, %d %b %Y %H:%M UTC").to_string()).unwrap_or_default());
    line("Subject", m.subject.as_str());
    line("To", &list(&m.to));
    line("Cc", &list(&m.cc));
    out.push('\n');
    out
}

/// An attached message as a forwarded one: `header` is where its [`block`] stands in the text.
pub(super) fn forward(m: &Message, depth: usize, header: Range<usize>) -> Forward {
    Forward {
        depth,
        from: m.from.as_ref().map(Party::from).unwrap_or_default(),
        to: m.to.iter().map(Party::from).collect(),
        cc: m.cc.iter().map(Party::from).collect(),
        date: m.date.map(|d| HeaderText::new(&d.to_rfc2822())).unwrap_or_default(),
        sent: m.date.map(|d| d.naive_utc()),
        subject: m.subject.clone(),
        body: header.end..header.end,
        header,
    }
}

/// A value as people would read it: unfolded, RFC 2047 words decoded, cleaned.
pub(super) fn decoded(raw: &[u8]) -> HeaderText {
    if raw.windows(2).any(|w| w == b"=?")
        && let Some(text) = MessageStream::new(raw).parse_unstructured().as_text()
    {
        return HeaderText::new(text);
    }
    HeaderText::new(&String::from_utf8_lossy(raw))
}

/// Trace fields and signatures say nothing about the request and would crowd out what does.
fn is_kept(name: &HeaderName<'_>) -> bool {
    !matches!(
        name,
        HeaderName::Received
            | HeaderName::DkimSignature
            | HeaderName::Dkim2Signature
            | HeaderName::ArcAuthenticationResults
            | HeaderName::ArcMessageSignature
            | HeaderName::ArcSeal
            | HeaderName::MimeVersion
            | HeaderName::ContentTransferEncoding
            | HeaderName::Subject
            | HeaderName::Date
            | HeaderName::MessageId
            | HeaderName::AuthenticationResults
            | HeaderName::Face
    )
}

fn extend(list: &mut Vec<Mailbox>, value: &HeaderValue<'_>) {
    let room = ADDRESSES_MAX.saturating_sub(list.len());
    list.extend(mailboxes(value).take(room));
}

/// The mailboxes of an address header; entries that hold no address are left out.
fn mailboxes<'a>(value: &'a HeaderValue<'_>) -> impl Iterator<Item = Mailbox> + 'a {
    let addresses: Box<dyn Iterator<Item = &mail_parser::Addr<'_>> + 'a> = match value {
        HeaderValue::Address(Addresses::List(list)) => Box::new(list.iter()),
        HeaderValue::Address(Addresses::Group(groups)) => Box::new(groups.iter().flat_map(|g| g.addresses.iter())),
        _ => Box::new(std::iter::empty()),
    };
    addresses.filter_map(|a| {
        // “tony@trucks.example” <tony@trucks.example> and a bare name that is an address both occur.
        let raw = a.address.as_deref().or(a.name.as_deref())?;
        let address = Address::new(raw)?;
        let name = HeaderText::new(a.name.as_deref().unwrap_or_default().trim_matches(['\'', '"', ' ']));
        let name = if name.as_str().eq_ignore_ascii_case(address.as_str()) { HeaderText::default() } else { name };
        Some(Mailbox { name, address })
    })
}

/// mail-parser takes `31 Feb 2026 25:61` as it stands; chrono says what is a date.
fn real_date(d: &DateTime) -> Option<Timestamp> {
    let day = chrono::NaiveDate::from_ymd_opt(i32::from(d.year), u32::from(d.month), u32::from(d.day))?;
    // A leap second (RFC 5322 allows 60) is the second before it.
    let time = day.and_hms_opt(u32::from(d.hour), u32::from(d.minute), u32::from(d.second.min(59)))?;
    if d.tz_hour > 23 || d.tz_minute > 59 || d.second > 60 || !(1970..=2200).contains(&d.year) {
        return None;
    }
    let offset = chrono::Duration::minutes(i64::from(d.tz_hour) * 60 + i64::from(d.tz_minute));
    let utc = if d.tz_before_gmt { time.checked_add_signed(offset)? } else { time.checked_sub_signed(offset)? };
    Some(utc.and_utc())
}

/// The ids of a header, without brackets and white space; what is empty is none.
pub(super) fn message_ids<'a>(value: &'a HeaderValue<'_>) -> impl Iterator<Item = String> + 'a {
    let list: Vec<&str> = match value {
        HeaderValue::Text(one) => vec![one.as_ref()],
        HeaderValue::TextList(many) => many.iter().map(AsRef::as_ref).collect(),
        _ => Vec::new(),
    };
    list.into_iter().filter_map(clean_id)
}

/// An id without brackets, white space and control characters; `None` where nothing is left.
pub(super) fn clean_id(raw: &str) -> Option<String> {
    let id: String = raw.chars().filter(|c| !c.is_whitespace() && !c.is_control() && !"<>".contains(*c)).collect();
    let id = cut(&id, ID_MAX);
    (!id.is_empty()).then(|| id.to_owned())
}

/// Without doubles, oldest first; of a very long thread its beginning and its newest end.
fn thread(ids: Vec<String>) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    let mut list: Vec<String> = ids.into_iter().filter(|id| seen.insert(id.clone())).collect();
    if list.len() > THREAD_MAX {
        list.drain(1..=list.len() - THREAD_MAX);
    }
    list
}

/// The value of the first header of this name, decoded.
pub(super) fn first(mail: &mail_parser::Message<'_>, name: &str) -> Option<HeaderText> {
    find(mail, name).map(|h| decoded(parse::raw_value(mail, h)))
}

/// The first header of this name.
fn find<'a, 'x>(mail: &'a mail_parser::Message<'x>, name: &str) -> Option<&'a Header<'x>> {
    mail.parts.first()?.headers.iter().find(|h| h.name.as_str().eq_ignore_ascii_case(name))
}
