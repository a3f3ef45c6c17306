//! Takes messages in from the inbox: parse, read, keep the bytes, decide; and says so only once all of it is durable.

use super::clock::Clock;
use super::guidance::{Current, Guidance};
use super::opener::Apart;
use super::writer::{Rejection, Writer};
use crate::desk::{Arrival, Input};
use crate::domain::{Timestamp, event::Event, id::*, message::RawRef, reading::*};
use crate::inbox::{Fetched, Intake, Recording};
use crate::message::Message;
use crate::reading::Circumstances;
use crate::store::{
    Cursor,
    raw::{Raw, Spool},
};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Messages that are read and kept together.
const GROUP: usize = 48;

/// The inbox's way to the desk.
pub struct DeskIntake {
    /// Decides.
    pub writer: Writer,
    /// Reads messages and keeps their bytes.
    pub reader: Reader,
    /// By which rules to read.
    pub guidance: Current,
    /// The time.
    pub clock: Arc<Clock>,
    /// The folder whose disk must not fill.
    pub data: PathBuf,
    /// Bytes that stay free.
    pub reserve: u64,
    /// Shutdown.
    pub cancel: CancellationToken,
}

/// The thread that parses, reads and spools. One, and always the same: the pattern engines keep scratch space for
/// every thread that ever ran them, and a pool of blocking threads would each hold its own.
#[derive(Clone)]
pub struct Reader {
    batches: std::sync::mpsc::SyncSender<Batch>,
}

struct Batch {
    messages: Vec<Fetched>,
    guidance: Arc<Guidance>,
    now: Timestamp,
    answer: tokio::sync::oneshot::Sender<anyhow::Result<Vec<Input>>>,
}

impl Reader {
    /// Starts the thread; it ends when the last handle is gone.
    ///
    /// # Errors
    /// The system has no thread to give.
    pub fn start(spool: Arc<Spool>) -> std::io::Result<Self> {
        let (batches, inbox) = std::sync::mpsc::sync_channel::<Batch>(8);
        std::thread::Builder::new().name("reader".to_owned()).spawn(move || {
            let mut opener = Apart::default();
            while let Ok(batch) = inbox.recv() {
                let inputs = prepare(&batch.messages, &batch.guidance, &spool, batch.now, &mut opener);
                // Whoever asked may have gone away meanwhile; the batch is offered again.
                batch.answer.send(inputs).ok();
            }
        })?;
        Ok(Self { batches })
    }

    async fn prepare(
        &self,
        messages: Vec<Fetched>,
        guidance: Arc<Guidance>,
        now: Timestamp,
    ) -> anyhow::Result<Vec<Input>> {
        let (answer, hears) = tokio::sync::oneshot::channel();
        let mut batch = Batch { messages, guidance, now, answer };
        loop {
            batch = match self.batches.try_send(batch) {
                Ok(()) => break,
                Err(std::sync::mpsc::TrySendError::Full(batch)) => batch,
                Err(std::sync::mpsc::TrySendError::Disconnected(_)) => anyhow::bail!("the reader has stopped"),
            };
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        hears.await.map_err(|_| anyhow::anyhow!("the reader has stopped"))?
    }
}

impl Intake for DeskIntake {
    async fn cursor(&self, mailbox: &MailboxId, folder: &str) -> anyhow::Result<Option<Cursor>> {
        let (mailbox, folder) = (mailbox.clone(), folder.to_owned());
        Ok(self.writer.read(move |s| s.cursor(&mailbox, &folder)).await?)
    }

    async fn open(&self, mailbox: &MailboxId, folder: &str, cursor: Cursor) -> anyhow::Result<()> {
        let event = Event::FolderOpened {
            mailbox: mailbox.clone(),
            folder: folder.to_owned(),
            uid_validity: cursor.uid_validity,
            base: cursor.base,
            since: cursor.since,
        };
        self.writer.decide(Input::FolderOpened(event)).await?;
        Ok(())
    }

    async fn advance(&self, mailbox: &MailboxId, folder: &str, uid_validity: u32, base: u64) -> anyhow::Result<()> {
        let event = Event::CursorMoved { mailbox: mailbox.clone(), folder: folder.to_owned(), uid_validity, base };
        self.writer.decide(Input::CursorMoved(event)).await?;
        Ok(())
    }

    async fn settled(
        &self,
        mailbox: &MailboxId,
        folder: &str,
        uid_validity: u32,
        above: u64,
    ) -> anyhow::Result<BTreeSet<u64>> {
        let (mailbox, folder) = (mailbox.clone(), folder.to_owned());
        Ok(self.writer.read(move |s| s.settled(&mailbox, &folder, uid_validity, above)).await?)
    }

    async fn hand_in(&self, batch: Vec<Fetched>) -> anyhow::Result<Recording> {
        // In groups, so that one is decided while the next is read.
        let mut handed_in = Vec::new();
        let mut rest = batch;
        while !rest.is_empty() {
            let later = rest.split_off(rest.len().min(GROUP));
            let inputs =
                self.reader.prepare(std::mem::replace(&mut rest, later), self.guidance.get(), self.clock.now()).await?;
            handed_in.push(self.writer.hand_in(inputs).await?);
        }
        Ok(Box::pin(async {
            for group in handed_in {
                for verdict in group.verdicts().await? {
                    match verdict {
                        Ok(_) => {}
                        // The desk refuses no message; if it ever does, the message must stay unmarked and be seen.
                        Err(Rejection::Refused(why) | Rejection::Failed(why)) => {
                            anyhow::bail!("a message could not be decided: {why}")
                        }
                    }
                }
            }
            Ok(())
        }))
    }

    async fn ready(&self) {
        let mut told = false;
        loop {
            match crate::store::raw::free_bytes(&self.data) {
                Ok(free) if free < self.reserve => {
                    if !told {
                        tracing::error!(
                            event = "disk_nearly_full",
                            free_bytes = free,
                            reserve_bytes = self.reserve,
                            folder = %self.data.display(),
                            "intake has stopped until there is room; mail waits on the server, nothing is lost"
                        );
                        told = true;
                    }
                }
                Ok(_) => {
                    if told {
                        tracing::info!(event = "disk_has_room_again");
                    }
                    return;
                }
                Err(e) => {
                    tracing::warn!(event = "disk_not_measured", error = %e);
                    return;
                }
            }
            tokio::select! {
                () = self.cancel.cancelled() => return,
                () = tokio::time::sleep(Duration::from_secs(10)) => {}
            }
        }
    }
}

/// Parses and reads messages while their bytes are being kept: one works, the other waits for the disk.
fn prepare(
    messages: &[Fetched],
    guidance: &Guidance,
    spool: &Spool,
    now: Timestamp,
    opener: &mut Apart,
) -> anyhow::Result<Vec<Input>> {
    let files: Vec<Raw<'_>> = messages.iter().map(|m| Raw { at: now, bytes: &m.raw, whole: m.whole }).collect();
    let (kept, arrivals) = std::thread::scope(|scope| {
        let keeping = scope.spawn(|| spool.put(&files));
        let arrivals: Vec<Arrival> = messages.iter().map(|m| read(m, guidance, opener)).collect();
        (keeping.join(), arrivals)
    });
    let refs = kept.map_err(|_| anyhow::anyhow!("the thread that keeps raw mail broke off"))??;
    anyhow::ensure!(refs.len() == arrivals.len(), "the spool kept {} of {} messages", refs.len(), arrivals.len());
    let inputs =
        arrivals.into_iter().zip(refs).map(|(arrival, raw)| Input::Message(Box::new(Arrival { raw, ..arrival })));
    Ok(inputs.collect())
}

fn read(fetched: &Fetched, guidance: &Guidance, opener: &mut Apart) -> Arrival {
    let circumstances = Circumstances {
        received: fetched.received,
        calendar: &guidance.policy.calendar,
        own_domains: &guidance.policy.agency.domains,
        own_addresses: &guidance.own_addresses,
    };
    let mut trouble = fetched.trouble.clone();
    let message = Message::parse_with(&fetched.raw, &mut opener.for_message());
    let reading =
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| guidance.rulebook.read(&message, &circumstances)))
            .unwrap_or_else(|_| {
                tracing::error!(
                    event = "reading_failed",
                    uid = fetched.sighting.uid,
                    "the rules failed on a message; a person gets it"
                );
                trouble.get_or_insert_with(|| "the rules failed on this message".to_owned());
                Reading {
                    rules_version: guidance.rulebook.version().to_owned(),
                    language: "en".to_owned(),
                    ..Reading::default()
                }
            });
    let identity = message.identity();
    Arrival {
        key: identity.key,
        message,
        reading,
        raw: RawRef { path: String::new(), size: fetched.size, sha256: String::new(), whole: fetched.whole },
        sightings: vec![fetched.sighting.clone()],
        received: fetched.received,
        trouble,
    }
}
