//! Bytes → [`Message`]: who wrote, what is new in it, what is quoted, its thread, its attachments.
//!
//! Pure, and total: whatever the bytes, there is a `Message`, with its defects listed. Knows nothing of insurance but
//! what ACORD's forms are called ([`attached`]).

pub mod attached;
mod attachments;
mod automatic;
mod body;
mod charset;
mod complexity;
mod delivery_report;
mod forward;
mod headers;
mod html;
mod identity;
mod parse;
mod parts;
mod plain;

pub use attachments::{Document, documents};
pub use forward::{Forward, Party};

use crate::domain::{Timestamp, id::MessageKey, text::*};
use serde::{Deserialize, Serialize};

/// A parsed message.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Message {
    /// Message-ID without brackets; `None` where missing or empty (never match on an empty key).
    pub message_id: Option<String>,
    /// In-Reply-To and References, without brackets, oldest first, without doubles, at most 100.
    pub thread: Vec<String>,
    /// From: the first one named.
    pub from: Option<Mailbox>,
    /// How many mailboxes all From fields name together: more than one leaves open who wrote (RFC 5322 3.6.2).
    pub authors: usize,
    /// Reply-To.
    pub reply_to: Vec<Mailbox>,
    /// To.
    pub to: Vec<Mailbox>,
    /// Cc.
    pub cc: Vec<Mailbox>,
    /// Subject.
    pub subject: HeaderText,
    /// Date, where it is a real date.
    pub date: Option<Timestamp>,
    /// What says that no person typed this.
    pub automatic: Automatic,
    /// A delivery report, where this is one (RFC 3464).
    pub delivery_report: Option<DeliveryReport>,
    /// Authentication-Results fields, topmost first (RFC 8601).
    pub authentication_results: Vec<String>,
    /// Other headers that `rules/sources.toml` may ask for: name in lower case, cleaned value; at most 100.
    pub headers: Vec<(String, HeaderText)>,
    /// The whole visible text of the body: text/plain, or HTML made text; lines end in `\n`, no control characters,
    /// cut at [`TEXT_MAX`]. Attached messages (message/rfc822) follow as text.
    pub text: String,
    /// `text` divided into parts, in order, without gaps and without overlaps.
    pub parts: Vec<Part>,
    /// Messages forwarded in it, attached ones included, in the order of the text: see [`Message::original`].
    pub forwards: Vec<Forward>,
    /// Attachments, inline images included.
    pub attachments: Vec<Attachment>,
    /// What was wrong with the bytes, in sentences, for a person: “the charset ‘x-foo’ is unknown”.
    pub defects: Vec<String>,
}

/// Longest text kept of a body, in bytes.
pub const TEXT_MAX: usize = 256 * 1024;

/// Longest text kept of an attachment, in bytes.
pub const ATTACHMENT_TEXT_MAX: usize = 64 * 1024;

/// A stretch of [`Message::text`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// What it is.
    pub kind: PartKind,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// What a stretch of a body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartKind {
    /// What the sender wrote now, and the body of a message that they forwarded.
    New,
    /// Name, telephone, title under the text. Facts may be taken from it; requests not.
    Signature,
    /// Confidentiality notices and the like.
    Disclaimer,
    /// The header block of a forwarded message (“---------- Forwarded message”, From, Date, Subject, To).
    ForwardHeader,
    /// Reply history.
    Quoted,
    /// “Sent from my iPhone”, list footers, “[EXTERNAL]” banners.
    Footer,
}

/// What says that no person typed this message.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Automatic {
    /// Auto-Submitted other than `no` (RFC 3834 5): its keyword.
    pub auto_submitted: Option<String>,
    /// Precedence: bulk, list, junk or auto_reply.
    pub precedence: Option<String>,
    /// Return-Path is `<>`.
    pub null_return_path: bool,
    /// Any List-* field (RFC 2369, RFC 2919).
    pub list: bool,
    /// X-Autoreply, X-Autorespond, X-Auto-Response-Suppress: All/OOF/AutoReply, X-Loop and their like: the name.
    pub other: Option<String>,
    /// Our own mark (`X-Intaked`): written by this daemon or another of its kind.
    pub ours: bool,
    /// The sender's local part is no-reply, mailer-daemon, postmaster, bounce and their like.
    pub unattended_sender: bool,
}

impl Automatic {
    /// Why a message with these marks must not be answered; `None` where it may.
    #[must_use]
    pub fn reason(&self) -> Option<String> {
        if self.ours {
            return Some("it carries our own mark".to_owned());
        }
        if let Some(k) = &self.auto_submitted {
            return Some(format!("Auto-Submitted: {k} (RFC 3834)"));
        }
        if self.null_return_path {
            return Some("its return path is empty (RFC 3834)".to_owned());
        }
        if self.list {
            return Some("it came through a mailing list (RFC 2919)".to_owned());
        }
        if let Some(p) = &self.precedence {
            return Some(format!("Precedence: {p}"));
        }
        if let Some(o) = &self.other {
            return Some(format!("it carries {o}"));
        }
        self.unattended_sender.then(|| "its sender address is not read by anybody".to_owned())
    }
}

/// What a delivery report says (RFC 3464).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DeliveryReport {
    /// Original-/Final-Recipient.
    pub recipient: Option<Address>,
    /// Action: failed, delayed, delivered, relayed, expanded.
    pub action: String,
    /// Status, such as `5.1.1`.
    pub status: String,
    /// Diagnostic-Code, cleaned.
    pub diagnostic: HeaderText,
    /// Message-ID of the message it is about, without brackets.
    pub about: Option<String>,
}

/// An attachment, named and measured. Its content is the spool's.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Attachment {
    /// File name, path and control characters stripped; made up (`part-3.pdf`) where none was given.
    pub name: String,
    /// Content type in lower case, such as `application/pdf`.
    pub content_type: String,
    /// Decoded size in bytes.
    pub size: usize,
    /// Shown within the text (a logo), not attached as a document.
    pub inline: bool,
    /// Its text, where it has one that was read, cut at [`ATTACHMENT_TEXT_MAX`].
    pub text: Option<String>,
    /// What else it holds, or why it was not read; `None` where nobody opened it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<attached::Held>,
}

impl Attachment {
    /// Whether it is something attached: no logo within the text, and no wrapping whose content is listed behind it.
    #[must_use]
    pub fn is_document(&self) -> bool {
        !self.inline && self.held.as_ref().is_none_or(|h| h.kind != attached::Kind::Outlook)
    }

    /// Why it was not read, or not wholly, in a sentence for a person; `None` where it was, or where nobody tried.
    #[must_use]
    pub fn unread(&self) -> Option<String> {
        let why = self.held.as_ref()?.unread.as_ref()?;
        Some(format!("A person has to look at “{}”: {why}.", self.name))
    }
}

/// The identity of a message: its key, and its Message-ID where it has one.
///
/// Same Message-ID and same digest of From, Date, Subject and decoded body are one message; no Message-ID: the digest
/// and Date alone. The key is a digest of all of these, so “same key” is “same message”.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// 32 hex digits.
    pub key: MessageKey,
    /// Without brackets.
    pub message_id: Option<String>,
}

impl Message {
    /// The parts of a kind, as text.
    pub fn parts_of(&self, kind: PartKind) -> impl Iterator<Item = &str> {
        self.parts.iter().filter(move |p| p.kind == kind).filter_map(|p| self.text.get(p.start..p.end))
    }
    /// What the sender wrote now, forwarded bodies included, one string.
    #[must_use]
    pub fn new_text(&self) -> String {
        self.parts_of(PartKind::New).collect::<Vec<_>>().join("\n")
    }
    /// Documents among its attachments that could not be read, by name: what it does not say may stand there.
    #[must_use]
    pub fn unread_documents(&self) -> Vec<String> {
        let unread = self.attachments.iter().filter(|a| a.is_document() && a.unread().is_some());
        unread.map(|a| a.name.clone()).collect()
    }
    /// To whom an answer goes: Reply-To where it is one single address, else From.
    #[must_use]
    pub fn answer_to(&self) -> Option<&Mailbox> {
        match self.reply_to.as_slice() {
            [one] => Some(one),
            _ => self.from.as_ref(),
        }
    }
}
