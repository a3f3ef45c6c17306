//! Looking through a folder without changing anything: EXAMINE, BODY.PEEK, no mark, no cursor.

use super::fetch::{Bytes, bodies, metas};
use super::login;
use super::session::{Selected, Session};
use super::trouble::Trouble;
use crate::domain::Timestamp;
use crate::inbox::settings::MailboxSettings;
use crate::tls::client_config;
use std::collections::BTreeMap;

/// UIDs of one search.
const WINDOW: u32 = 20_000;
/// Messages and bytes of one fetch.
const MESSAGES: usize = 100;
const BYTES: u64 = 8 * 1024 * 1024;

/// A message that was looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct Looked {
    /// INTERNALDATE, where the server gave a real one.
    pub received: Option<Timestamp>,
    /// Its bytes, or its header alone.
    pub raw: Vec<u8>,
}

/// What a folder holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Its UIDVALIDITY.
    pub uid_validity: u32,
    /// UID and INTERNALDATE of each message, where the server gave a real one.
    pub messages: Vec<(u32, Option<Timestamp>)>,
}

/// What is wanted of each message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// All of it; the header where it is over the mailbox's size limit.
    Whole,
    /// Its header.
    Header,
}

/// A logged-in look at one mailbox.
#[derive(Debug)]
pub struct Look {
    session: Session,
    mailbox: MailboxSettings,
}

impl Look {
    /// Logs in.
    ///
    /// # Errors
    /// The server cannot be reached, or refuses the login.
    pub async fn begin(mailbox: &MailboxSettings) -> Result<Self, Trouble> {
        let trust = client_config(mailbox.ca_file.as_deref())?;
        let session = login::login(mailbox, trust).await?;
        Ok(Self { session, mailbox: mailbox.clone() })
    }

    /// The folders in which the server says that sent mail is kept (RFC 6154).
    ///
    /// # Errors
    /// The connection was lost.
    pub async fn sent_folders(&mut self) -> Result<Vec<String>, Trouble> {
        self.session.sent_folders().await
    }

    /// Hands over every message of a folder that the server took in since a moment, one after the other; how many there
    /// were. Messages that vanish meanwhile, or that the server does not give, are left out.
    ///
    /// # Errors
    /// There is no such folder, or the connection was lost.
    pub async fn through(
        &mut self,
        folder: &str,
        since: Timestamp,
        wanted: Wanted,
        mut each: impl FnMut(Looked),
    ) -> Result<usize, Trouble> {
        let opened = self.session.examine(folder).await?;
        let mut seen = 0;
        for some in self.found(&opened, since).await?.chunks(MESSAGES) {
            seen += self.fetched(some, since, wanted, &mut each).await?;
        }
        Ok(seen)
    }

    /// The UIDs of an opened folder that the server may have taken in since a moment.
    async fn found(&mut self, opened: &Selected, since: Timestamp) -> Result<Vec<u32>, Trouble> {
        // The server's days may begin elsewhere: a day of slack, what is older is dropped by its date.
        let day = since.checked_sub_signed(chrono::Duration::days(1)).unwrap_or(since);
        let key = format!(" SINCE {}", day.format("%-d-%b-%Y"));
        let behind = opened.uid_next.unwrap_or(u32::MAX);
        let mut found = Vec::new();
        let mut from = 1u32;
        while from < behind {
            // A server that does not tell its next UID is asked for all at once.
            let to = if opened.uid_next.is_some() { from.saturating_add(WINDOW - 1).min(behind) } else { u32::MAX };
            found.extend(self.session.search(from, to, &key).await?);
            let Some(next) = to.checked_add(1) else { break };
            from = next;
        }
        Ok(found)
    }

    /// What a folder holds of what the server took in since a moment and before another; the folder stays open for
    /// [`Look::bytes`].
    ///
    /// # Errors
    /// There is no such folder ([`Trouble::Unfit`]), or the connection was lost.
    pub async fn held(&mut self, folder: &str, since: Timestamp, until: Timestamp) -> Result<Held, Trouble> {
        let opened = self.session.examine(folder).await?;
        let mut messages = Vec::new();
        for some in self.found(&opened, since).await?.chunks(1000) {
            let found = metas(&mut self.session, some, self.mailbox.patience.batch).await?;
            // A message whose date the server does not tell is no less there.
            let ours = found.into_iter().filter(|m| m.received.is_none_or(|at| since <= at && at < until));
            messages.extend(ours.map(|m| (m.uid, m.received)));
        }
        Ok(Held { uid_validity: opened.uid_validity, messages })
    }

    /// The bytes of messages in the folder that is open; what the server does not give is left out.
    ///
    /// # Errors
    /// The connection was lost.
    pub async fn bytes(&mut self, uids: &[u32], wanted: Wanted) -> Result<BTreeMap<u32, Vec<u8>>, Trouble> {
        let what = if wanted == Wanted::Header { Bytes::Header } else { Bytes::Whole };
        let mut all = BTreeMap::new();
        for some in uids.chunks(MESSAGES) {
            all.extend(bodies(&mut self.session, some, what, self.mailbox.patience.batch).await?);
        }
        Ok(all)
    }

    async fn fetched(
        &mut self,
        uids: &[u32],
        since: Timestamp,
        wanted: Wanted,
        each: &mut impl FnMut(Looked),
    ) -> Result<usize, Trouble> {
        let patience = self.mailbox.patience.batch;
        let mut ours = metas(&mut self.session, uids, patience).await?;
        ours.retain(|m| m.received.is_none_or(|at| at >= since));
        let mut seen = 0;
        let mut rest = ours.as_slice();
        while let Some(first) = rest.first() {
            let large = |size: u64| wanted == Wanted::Header || size > self.mailbox.max_message;
            let kind = large(first.size);
            let mut bytes = 0;
            let fits = |m: &&super::fetch::Meta| {
                bytes += m.size;
                large(m.size) == kind && (kind || bytes <= BYTES || m.uid == first.uid)
            };
            let n = rest.iter().take_while(fits).count().max(1);
            let (batch, later) = rest.split_at(n);
            let uids: Vec<u32> = batch.iter().map(|m| m.uid).collect();
            let mut raws =
                bodies(&mut self.session, &uids, if kind { Bytes::Header } else { Bytes::Whole }, patience).await?;
            for m in batch {
                if let Some(raw) = raws.remove(&m.uid) {
                    seen += 1;
                    each(Looked { received: m.received, raw });
                }
            }
            rest = later;
        }
        Ok(seen)
    }

    /// Says goodbye.
    pub async fn end(self) {
        self.session.logout().await;
    }
}
