//! Which message this is, whatever mailbox its copies lie in.

use super::{Identity, Message};
use crate::domain::{id::MessageKey, text::hex};
use sha2::{Digest, Sha256};

impl Message {
    /// Its identity: a digest of From, Date, Subject, decoded body and Message-ID. Attachments count by name and size,
    /// so that two scans sent in one second by a machine that writes no Message-ID stay two messages.
    #[must_use]
    pub fn identity(&self) -> Identity {
        let mut digest = Sha256::new();
        // Each piece goes in with its length, so that no two lists of pieces look alike.
        let mut add = |piece: &[u8]| {
            digest.update((piece.len() as u64).to_be_bytes());
            digest.update(piece);
        };
        add(b"intaked message 1");
        add(self.message_id.as_deref().unwrap_or_default().as_bytes());
        add(self.from.as_ref().map_or("", |m| m.address.as_str()).as_bytes());
        add(self.date.map(|d| d.timestamp().to_be_bytes()).unwrap_or_default().as_slice());
        add(self.subject.as_str().as_bytes());
        add(self.text.as_bytes());
        for a in &self.attachments {
            add(a.name.as_bytes());
            add(&(a.size as u64).to_be_bytes());
        }
        Identity { key: MessageKey(hex(&digest.finalize(), 16)), message_id: self.message_id.clone() }
    }
}
