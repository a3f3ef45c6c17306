//! IMAP and Maildir in: fetches what is new, hands it over, and marks it on the server once its outcome is durable.
//!
//! Knows nothing of rules, tasks or letters: it speaks to whoever implements [`Intake`].

pub mod imap;
pub mod maildir;
pub mod settings;
pub mod status;
#[cfg(test)]
pub(crate) mod testing;

pub use settings::Watched;
pub use status::{Status, Surroundings};

use crate::domain::{Timestamp, id::MailboxId, message::Sighting};
use crate::store::Cursor;
use std::collections::BTreeSet;
use std::future::Future;
use std::pin::Pin;

/// A message as the server gave it.
#[derive(Debug, Clone, PartialEq)]
pub struct Fetched {
    /// Where it was seen.
    pub sighting: Sighting,
    /// INTERNALDATE, or the file's time in a Maildir.
    pub received: Timestamp,
    /// The raw bytes; the header only where `whole` is false.
    pub raw: Vec<u8>,
    /// False where the message is over the size limit.
    pub whole: bool,
    /// RFC822.SIZE.
    pub size: u64,
    /// Why it could not be fetched whole, in a sentence: over the limit, or the server fails on it again and again.
    pub trouble: Option<String>,
}

/// Resolves once every message of a batch has its durable outcome.
pub type Recording = Pin<Box<dyn Future<Output = anyhow::Result<()>> + Send>>;

/// Whoever takes messages in. When a call returns `Ok`, what it says is durable.
pub trait Intake: Send + Sync + 'static {
    /// Where a folder's reading stands.
    fn cursor(&self, mailbox: &MailboxId, folder: &str) -> impl Future<Output = anyhow::Result<Option<Cursor>>> + Send;
    /// A folder is opened for the first time or under a new UIDVALIDITY: messages up to `cursor.base`, and those taken
    /// in before `cursor.since`, are not ours.
    fn open(
        &self,
        mailbox: &MailboxId,
        folder: &str,
        cursor: Cursor,
    ) -> impl Future<Output = anyhow::Result<()>> + Send;
    /// Everything up to `base` is settled.
    fn advance(
        &self,
        mailbox: &MailboxId,
        folder: &str,
        uid_validity: u32,
        base: u64,
    ) -> impl Future<Output = anyhow::Result<()>> + Send;
    /// Which UIDs above `above` have an outcome already.
    fn settled(
        &self,
        mailbox: &MailboxId,
        folder: &str,
        uid_validity: u32,
        above: u64,
    ) -> impl Future<Output = anyhow::Result<BTreeSet<u64>>> + Send;
    /// Takes messages in. Returns once all of them wait for their decision, in the order of the batch and behind all
    /// that was handed in before; the [`Recording`] says when their outcomes are durable. An error of either means:
    /// none of them may be marked, and the whole batch is offered again later.
    fn hand_in(&self, batch: Vec<Fetched>) -> impl Future<Output = anyhow::Result<Recording>> + Send;
    /// Resolves when there is room for more (enough disk, not shutting down); the reason is logged by who implements it.
    fn ready(&self) -> impl Future<Output = ()> + Send;
}
