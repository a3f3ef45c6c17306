//! Gives the outbox its letters and takes back how sending went.

use super::writer::Writer;
use crate::desk::Input;
use crate::domain::{id::LetterId, letter::*};
use crate::outbox::Post;
use crate::store::raw::Spool;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long a pump sleeps at most before it looks again: a letter may become due by the clock alone.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// The outbox's way to the desk.
pub struct DeskPost {
    writer: Writer,
    spool: Arc<Spool>,
    cancel: CancellationToken,
}

impl DeskPost {
    /// Letters from `writer`, originals from `spool`, until `cancel`.
    #[must_use]
    pub fn new(writer: Writer, spool: Arc<Spool>, cancel: CancellationToken) -> Self {
        Self { writer, spool, cancel }
    }
}

impl Post for DeskPost {
    async fn claim(&self, limit: usize) -> anyhow::Result<Vec<Letter>> {
        loop {
            // Registered before the look, so that a letter committed in between still rings.
            let ring = self.writer.letters.notified();
            let letters = self.writer.claim(None, limit).await?;
            if !letters.is_empty() {
                return Ok(letters);
            }
            tokio::select! {
                () = self.cancel.cancelled() => return Ok(Vec::new()),
                () = ring => {}
                () = tokio::time::sleep(LOOK_AGAIN) => {}
            }
        }
    }

    async fn answered(&self, letter: LetterId, attempt: Attempt) -> anyhow::Result<()> {
        self.writer.decide(Input::Tried { letter, attempt }).await?;
        Ok(())
    }

    async fn answered_and_claim(
        &self,
        letter: LetterId,
        attempt: Attempt,
        limit: usize,
    ) -> anyhow::Result<Vec<Letter>> {
        let limit = if self.cancel.is_cancelled() { 0 } else { limit };
        Ok(self.writer.claim(Some(Input::Tried { letter, attempt }), limit).await?)
    }

    async fn raw(&self, path: &str) -> anyhow::Result<Vec<u8>> {
        let spool = Arc::clone(&self.spool);
        let path = path.to_owned();
        Ok(tokio::task::spawn_blocking(move || spool.read(&path)).await??)
    }
}
