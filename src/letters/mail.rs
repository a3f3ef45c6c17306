//! Words become a mail: headers, MIME parts, ids. Nothing here is random and nothing reads the clock.

use super::{Sender, body};
use crate::domain::{
    Timestamp,
    id::{LetterId, TaskId},
    letter::Mail,
    message::RawRef,
    text::{Address, Mailbox, hex},
};
use chrono::{DateTime, Utc};
use lettre::message::{
    Message, MultiPart, SinglePart,
    header::{HeaderName, HeaderValue},
};
use sha2::{Digest, Sha256};

/// Message-IDs kept in References: the first and the newest. RFC 5322 sets no limit, but servers cut long headers.
const REFERENCES: usize = 10;
/// Longest Message-ID of a stranger that is answered to.
const LONGEST_ID: usize = 250;

/// The names of one letter, derived from the decision's seed and the letter's place in it.
#[derive(Debug, Clone)]
pub(super) struct Ids {
    /// The letter's own.
    pub(super) letter: LetterId,
    /// The unguessable part of its Message-ID.
    message: String,
    /// Boundary around text and HTML.
    alternative: String,
    /// Boundary around those and the original. A stranger's message lies between two of these, so it must be one that
    /// they could not know.
    pub(super) mixed: String,
}

impl Ids {
    /// The same seed, time and index give the same names; others give others. A letter's name begins with its time, so
    /// that the letters of a day lie side by side wherever they are kept in order.
    pub(super) fn derive(seed: [u8; 16], at: Timestamp, index: usize) -> Self {
        let digest = |label: &str| {
            let mut hash = Sha256::new();
            hash.update(seed);
            hash.update((index as u64).to_be_bytes());
            hash.update(label.as_bytes());
            hash.finalize()
        };
        Self {
            letter: LetterId(format!("{:012x}{}", at.timestamp_millis().max(0), hex(&digest("letter"), 10))),
            message: hex(&digest("message-id"), 10),
            alternative: format!("=_{}", hex(&digest("alternative"), 16)),
            mixed: format!("=_{}", hex(&digest("mixed"), 16)),
        }
    }

    /// `notice.T-1042.9f3a…@harborpoint.example`, without brackets.
    pub(super) fn message_id(&self, kind: &str, task: Option<TaskId>, domain: &str) -> String {
        let kind: String = kind.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(40).collect();
        let kind = if kind.is_empty() { "letter" } else { &kind };
        let domain: String = domain.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '.' || *c == '-').collect();
        let domain = if domain.is_empty() { "intaked.invalid" } else { &domain };
        match task {
            Some(task) => format!("{kind}.{task}.{}@{domain}", self.message),
            None => format!("{kind}.{}@{domain}", self.message),
        }
    }
}

/// Everything a mail is made of.
pub(super) struct Parts<'a> {
    pub(super) sender: &'a Sender,
    pub(super) to: &'a Mailbox,
    pub(super) subject: &'a str,
    pub(super) message_id: &'a str,
    pub(super) in_reply_to: Option<&'a str>,
    pub(super) references: &'a [String],
    /// Where answers go, when not to the sender.
    pub(super) reply_to: Option<&'a Address>,
    /// Auto-Submitted (RFC 3834 5); `None` where a person had it sent.
    pub(super) submitted: Option<&'static str>,
    pub(super) at: Timestamp,
    pub(super) text: String,
    pub(super) html: Option<String>,
    pub(super) original: Option<&'a RawRef>,
    /// Documents of that message which go along in its place.
    pub(super) documents: &'a [String],
    pub(super) ids: &'a Ids,
}

/// The address as every mail server takes it: the domain in ASCII (RFC 5891).
///
/// # Errors
/// A sentence when it cannot be written to: letters outside ASCII before the `@` need SMTPUTF8 (RFC 6531), which most
/// servers on the way do not have.
pub(super) fn deliverable(address: &Address) -> Result<Address, String> {
    if !address.local().is_ascii() {
        return Err("the address has letters outside A to Z before its @, which most mail servers refuse".to_owned());
    }
    let ascii = if address.domain().is_ascii() {
        address.clone()
    } else {
        let domain =
            idna::domain_to_ascii(address.domain()).map_err(|_| "the address's domain cannot exist".to_owned())?;
        Address::new(&format!("{}@{domain}", address.local())).ok_or("the address's domain cannot exist")?
    };
    lettre::Address::new(ascii.local(), ascii.domain()).map_err(|_| "it is not an address that mail can be sent to")?;
    Ok(ascii)
}

/// Builds the mail.
///
/// # Errors
/// A sentence when an address is one that mail cannot carry.
pub(super) fn build(parts: &Parts<'_>) -> Result<Mail, String> {
    let from = mailbox(parts.sender.name.as_str(), &deliverable(&parts.sender.address)?)?;
    let to = mailbox(parts.to.name.as_str(), &parts.to.address)?;
    let mut builder = Message::builder()
        .date(within_calendar(parts.at).into())
        .from(from)
        .to(to)
        .subject(parts.subject)
        .message_id(Some(format!("<{}>", parts.message_id)));
    if let Some(reply_to) = parts.reply_to.filter(|r| **r != parts.sender.address) {
        builder = builder.reply_to(mailbox(parts.sender.name.as_str(), &deliverable(reply_to)?)?);
    }
    if let Some(answered) = parts.in_reply_to.and_then(bracketed) {
        builder = builder.in_reply_to(answered);
    }
    let references = references(parts.references, parts.in_reply_to);
    if !references.is_empty() {
        builder = builder.references(references);
    }
    if let Some(auto) = parts.submitted {
        builder = builder.raw_header(raw("Auto-Submitted", auto)).raw_header(raw("X-Auto-Response-Suppress", "All"));
    }
    builder = builder.raw_header(raw("X-Intaked", "1"));

    let text = body::plain(&parts.text);
    let both = |text: SinglePart, page: &str| {
        MultiPart::alternative().boundary(&parts.ids.alternative).singlepart(text).singlepart(body::html(page))
    };
    let mixed = parts.original.map(|_| MultiPart::mixed().boundary(&parts.ids.mixed));
    let built = match (parts.html.as_deref(), mixed) {
        (Some(page), Some(mixed)) => builder.multipart(mixed.multipart(both(text, page))),
        (Some(page), None) => builder.multipart(both(text, page)),
        (None, Some(mixed)) => builder.multipart(mixed.singlepart(text)),
        (None, None) => builder.singlepart(text),
    };
    let bytes = built.map_err(|e| format!("the mail could not be built ({e})"))?.formatted();
    let whole =
        String::from_utf8(bytes).ok().filter(|s| s.is_ascii()).ok_or("the mail would not have been plain ASCII")?;
    match parts.original {
        None => Ok(Mail { before: whole, original: None, documents: Vec::new(), after: String::new() }),
        Some(of) if !parts.documents.is_empty() => {
            super::original::opened_for_documents(whole, &parts.ids.mixed, of, parts.documents)
        }
        Some(original) => super::original::opened(whole, &parts.ids.mixed, original),
    }
}

fn mailbox(name: &str, address: &Address) -> Result<lettre::message::Mailbox, String> {
    let at = lettre::Address::new(address.local(), address.domain())
        .map_err(|_| "it is not an address that mail can be sent to".to_owned())?;
    Ok(lettre::message::Mailbox::new((!name.is_empty()).then(|| name.to_owned()), at))
}

fn raw(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

/// A moment that a Date header can show; lettre panics outside 1970 to 9999.
fn within_calendar(at: Timestamp) -> DateTime<Utc> {
    let (first, last) = (DateTime::<Utc>::UNIX_EPOCH, DateTime::from_timestamp(253_402_300_799, 0));
    at.clamp(first, last.unwrap_or(first))
}

/// `<id>`, when it is an id that may stand in a header (RFC 5322 3.6.4, the part of it that is in use).
fn bracketed(id: &str) -> Option<String> {
    let id = id.trim().trim_start_matches('<').trim_end_matches('>');
    let sound =
        !id.is_empty() && id.len() <= LONGEST_ID && id.bytes().all(|b| b.is_ascii_graphic() && b != b'<' && b != b'>');
    sound.then(|| format!("<{id}>"))
}

/// The thread: its first message, the newest ones, and the one that is answered, oldest first.
fn references(given: &[String], answered: Option<&str>) -> String {
    let mut ids: Vec<String> = given.iter().filter_map(|id| bracketed(id)).collect();
    if let Some(last) = answered.and_then(bracketed) {
        ids.retain(|id| *id != last);
        ids.push(last);
    }
    if ids.len() > REFERENCES {
        ids.drain(1..=ids.len() - REFERENCES);
    }
    ids.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_thread_keeps_its_first_and_newest_ids() {
        let given: Vec<String> = (0..40).map(|n| format!("m{n}@x.example")).collect();
        let kept = references(&given, Some("<last@x.example>"));
        let ids: Vec<&str> = kept.split(' ').collect();
        assert_eq!(ids.len(), REFERENCES);
        assert_eq!((ids[0], ids[9], ids[8]), ("<m0@x.example>", "<last@x.example>", "<m39@x.example>"));
    }
    #[test]
    fn an_id_that_could_break_a_header_is_left_out() {
        for bad in ["", "a\r\nBcc: x@y", "a b@c", "ü@x.example", "<<>>", &"x".repeat(300)] {
            assert_eq!(bracketed(bad), None, "{bad:?}");
        }
        assert_eq!(references(&["a b".into(), "ok@x.example".into()], None), "<ok@x.example>");
    }
    #[test]
    fn a_domain_in_other_letters_becomes_ascii_and_a_local_part_is_refused() {
        let cafe = Address::new("tony@café.example").unwrap();
        assert_eq!(deliverable(&cafe).unwrap().as_str(), "tony@xn--caf-dma.example");
        assert!(deliverable(&Address::new("josé@x.example").unwrap()).is_err());
    }
    #[test]
    fn one_seed_gives_one_set_of_names_and_indexes_differ() {
        let noon = "2026-11-21T12:00:00Z".parse().unwrap();
        let (a, b, c) = (Ids::derive([7; 16], noon, 0), Ids::derive([7; 16], noon, 0), Ids::derive([7; 16], noon, 1));
        assert_eq!((&a.letter, &a.mixed), (&b.letter, &b.mixed));
        assert_ne!(a.letter, c.letter);
        let id = a.message_id("no\r\ntice", Some(TaskId(1042)), "harborpoint.example");
        assert!(id.starts_with("notice.T-1042.") && id.ends_with("@harborpoint.example"), "{id}");
    }
}
