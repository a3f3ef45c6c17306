//! SMTP and file out: the pump that sends committed letters, and what servers answered.
//!
//! Knows nothing of tasks: it speaks to whoever implements [`Post`].

mod folder;
mod gate;
mod greet;
mod pump;
mod reply;
pub mod settings;
mod smtp;
pub mod status;
#[cfg(test)]
mod tests;

pub use pump::pump;
pub use settings::OutboxSettings;
pub use smtp::check_smtp;
pub use status::{Status, Surroundings};

use crate::domain::{
    id::LetterId,
    letter::{Attempt, Letter},
};
use std::future::Future;

/// Whoever has letters to be sent.
pub trait Post: Send + Sync + 'static {
    /// The next letters that are due, at most `limit`, each recorded as tried, durably, before this returns. Waits
    /// until there is at least one; returns an empty list at shutdown.
    fn claim(&self, limit: usize) -> impl Future<Output = anyhow::Result<Vec<Letter>>> + Send;
    /// How one attempt ended; durable when it returns. Together with the next claim it shares one fsync:
    /// `answered_and_claim` exists so that a connection pays for one durable write a letter, not two.
    fn answered(&self, letter: LetterId, attempt: Attempt) -> impl Future<Output = anyhow::Result<()>> + Send;
    /// [`Post::answered`] and [`Post::claim`] in one; does not wait for a letter to be due: the list may be empty.
    fn answered_and_claim(
        &self,
        letter: LetterId,
        attempt: Attempt,
        limit: usize,
    ) -> impl Future<Output = anyhow::Result<Vec<Letter>>> + Send;
    /// The raw message of this path below the spool folder, for letters with the original attached.
    fn raw(&self, path: &str) -> impl Future<Output = anyhow::Result<Vec<u8>>> + Send;
}
