//! Maildir in: files that appear in `new` or `cur` are taken in, and moved on once their outcome is durable.
//!
//! A file is known by its unique name (what stands before the colon), whose digest serves as its UID; the
//! UIDVALIDITY is 0 and the cursor's base stays 0: what is settled is known one by one.

mod files;

use super::settings::{MaildirSettings, Settled};
use super::status::{Board, Surroundings};
use super::{Fetched, Intake};
use crate::domain::Timestamp;
use crate::domain::message::Sighting;
use crate::store::Cursor;
use crate::tls::backoff::Backoff;
use files::{Found, Seen};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// The one folder of a Maildir, as sightings name it.
pub const FOLDER: &str = "INBOX";

/// Messages in one batch.
const BATCH_MESSAGES: usize = 200;
/// Bytes in one batch.
const BATCH_BYTES: u64 = 8 * 1024 * 1024;
/// After so many failures to read a file it is handed over as it is, for a person.
const FAILURES: u32 = 3;

/// Watches a Maildir until `cancel`; what is in hand then is finished.
pub async fn watch<I: Intake>(
    maildir: MaildirSettings,
    intake: Arc<I>,
    cancel: CancellationToken,
    around: Surroundings,
) {
    let board = Board::new(around, &[FOLDER.to_owned()]);
    let mut watcher = Watcher { settled: None, failures: BTreeMap::new(), maildir, board };
    let mut waits = Backoff::new(watcher.maildir.poll.max(Duration::from_millis(500)), Duration::from_secs(60));
    while !cancel.is_cancelled() {
        let wait = match watcher.look(&intake, &cancel).await {
            Ok(()) => {
                waits.reset();
                watcher.board.watching(FOLDER);
                watcher.maildir.poll
            }
            Err(trouble) => {
                let wait = waits.next_wait();
                let mailbox = &watcher.maildir.name;
                tracing::warn!(event = "inbox.trouble", %mailbox, folder = FOLDER, "{trouble:#}");
                watcher.board.trouble(FOLDER, format!("{trouble:#}"));
                wait
            }
        };
        tokio::select! {
            () = cancel.cancelled() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}

struct Watcher {
    maildir: MaildirSettings,
    board: Board,
    /// What has an outcome; asked for once.
    settled: Option<BTreeSet<u64>>,
    failures: BTreeMap<u64, u32>,
}

impl Watcher {
    /// Looks once, takes in what is new, moves on what is settled.
    async fn look<I: Intake>(&mut self, intake: &Arc<I>, cancel: &CancellationToken) -> anyhow::Result<()> {
        self.open(intake).await?;
        let path = self.maildir.path.clone();
        let seen = blocking(move || files::list(&path)).await?;
        let settled = self.settled.get_or_insert_default();
        let (done, open): (Vec<Seen>, Vec<Seen>) = seen.into_iter().partition(|s| settled.contains(&s.uid));
        // A crash between the durable outcome and the move leaves files behind: they are moved now.
        self.move_on(done).await?;
        let since = self.maildir.since;
        let open: Vec<Seen> = open.into_iter().filter(|s| since.is_none_or(|since| s.received >= since)).collect();
        for batch in batches(open) {
            tokio::select! {
                () = cancel.cancelled() => return Ok(()),
                () = intake.ready() => {}
            }
            self.take_in(intake, batch).await?;
        }
        Ok(())
    }

    async fn open<I: Intake>(&mut self, intake: &Arc<I>) -> anyhow::Result<()> {
        if self.settled.is_some() {
            return Ok(());
        }
        let name = &self.maildir.name;
        if intake.cursor(name, FOLDER).await?.is_none() {
            let since = self.maildir.since.unwrap_or(Timestamp::UNIX_EPOCH);
            intake.open(name, FOLDER, Cursor { uid_validity: 0, base: 0, since }).await?;
        }
        self.settled = Some(intake.settled(name, FOLDER, 0, 0).await?);
        Ok(())
    }

    async fn take_in<I: Intake>(&mut self, intake: &Arc<I>, batch: Vec<Seen>) -> anyhow::Result<()> {
        let max = self.maildir.max_message;
        let read =
            blocking(move || Ok(batch.into_iter().map(|s| (files::read(&s, max), s)).collect::<Vec<_>>())).await?;
        let mut messages = Vec::with_capacity(read.len());
        let mut taken = Vec::with_capacity(read.len());
        for (found, seen) in read {
            let (raw, whole, trouble) = match found {
                Found::Whole(raw) => (raw, true, None),
                Found::Header(raw) => {
                    let why = format!(
                        "it has {} bytes, over the limit of {max} (max_message); the rest is in its file",
                        seen.size
                    );
                    (raw, false, Some(why))
                }
                Found::Gone => continue,
                Found::Unreadable(why) => {
                    let failures = self.failures.entry(seen.uid).or_insert(0);
                    *failures += 1;
                    if *failures < FAILURES {
                        continue;
                    }
                    (Vec::new(), false, Some(format!("its file cannot be read: {why}")))
                }
            };
            messages.push(Fetched {
                sighting: Sighting {
                    mailbox: self.maildir.name.clone(),
                    folder: FOLDER.to_owned(),
                    uid_validity: 0,
                    uid: seen.uid,
                },
                received: seen.received,
                raw,
                whole,
                size: seen.size,
                trouble,
            });
            taken.push(seen);
        }
        if messages.is_empty() {
            return Ok(());
        }
        intake.hand_in(messages).await?.await?;
        let settled = self.settled.get_or_insert_default();
        for seen in &taken {
            settled.insert(seen.uid);
            self.failures.remove(&seen.uid);
        }
        self.move_on(taken).await
    }

    async fn move_on(&self, settled: Vec<Seen>) -> anyhow::Result<()> {
        let to: Option<PathBuf> = match &self.maildir.settled {
            Settled::Leave => return Ok(()),
            Settled::Keyword(_) => None,
            Settled::Move(name) => Some(files::subfolder(&self.maildir.path, name)?),
        };
        let path = self.maildir.path.clone();
        blocking(move || files::move_on(&path, &settled, to.as_deref())).await
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> anyhow::Result<T> + Send + 'static) -> anyhow::Result<T> {
    tokio::task::spawn_blocking(work).await?
}

fn batches(open: Vec<Seen>) -> Vec<Vec<Seen>> {
    let mut all = Vec::new();
    let (mut batch, mut bytes) = (Vec::new(), 0u64);
    for seen in open {
        if batch.len() >= BATCH_MESSAGES || (!batch.is_empty() && bytes + seen.size > BATCH_BYTES) {
            all.push(std::mem::take(&mut batch));
            bytes = 0;
        }
        bytes = bytes.saturating_add(seen.size);
        batch.push(seen);
    }
    if !batch.is_empty() {
        all.push(batch);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::MailboxId;
    use crate::inbox::testing::{Ledger, noon};

    fn settings(path: &std::path::Path, settled: Settled) -> MaildirSettings {
        MaildirSettings {
            name: MailboxId::from("service"),
            path: path.to_owned(),
            settled,
            since: None,
            poll: Duration::from_millis(20),
            max_message: 1000,
        }
    }

    fn deliver(path: &std::path::Path, place: &str, name: &str, content: &str) {
        std::fs::create_dir_all(path.join(place)).unwrap();
        std::fs::write(path.join(place).join(name), content).unwrap();
    }

    async fn watching(settings: MaildirSettings, ledger: &Arc<Ledger>, until: usize) {
        let cancel = CancellationToken::new();
        let (around, _status) = Surroundings::new(noon);
        let watching = tokio::spawn(watch(settings, ledger.clone(), cancel.clone(), around));
        ledger.until(until).await;
        tokio::time::sleep(Duration::from_millis(60)).await;
        cancel.cancel();
        watching.await.unwrap();
    }

    #[tokio::test]
    async fn files_are_taken_once_and_moved_to_cur_with_the_flag() {
        let folder = tempfile::tempdir().unwrap();
        deliver(folder.path(), "new", "1.a.host", "Subject: one\n\nx");
        deliver(folder.path(), "cur", "2.b.host:2,RS", "Subject: opened first in Outlook\n\nx");
        let ledger = Ledger::empty();
        watching(settings(folder.path(), Settled::Keyword("$Intaked".into())), &ledger, 2).await;
        assert_eq!(ledger.raws().len(), 2);
        assert!(folder.path().join("cur/1.a.host:2,S").exists());
        assert!(folder.path().join("cur/2.b.host:2,RS").exists());
        // A second life takes nothing again.
        watching(settings(folder.path(), Settled::Keyword("$Intaked".into())), &ledger, 2).await;
        assert_eq!(ledger.raws().len(), 2);
    }

    #[tokio::test]
    async fn a_file_over_the_limit_comes_as_its_header_and_settled_ones_go_to_the_subfolder() {
        let folder = tempfile::tempdir().unwrap();
        deliver(folder.path(), "new", "1.a", &format!("Subject: big\n\n{}", "x".repeat(5000)));
        let ledger = Ledger::empty();
        watching(settings(folder.path(), Settled::Move("Intaked".into())), &ledger, 1).await;
        let fetched = ledger.all();
        assert_eq!((fetched[0].raw.as_slice(), fetched[0].whole), (&b"Subject: big\n\n"[..], false));
        assert!(fetched[0].trouble.as_ref().unwrap().contains("over the limit"));
        assert!(folder.path().join(".Intaked/cur/1.a:2,S").exists());
    }

    #[tokio::test]
    async fn what_is_not_recorded_is_not_moved_and_comes_again() {
        let folder = tempfile::tempdir().unwrap();
        deliver(folder.path(), "new", "1.a", "Subject: one\n\nx");
        let ledger = Ledger::failing(1);
        watching(settings(folder.path(), Settled::Keyword("x".into())), &ledger, 1).await;
        assert_eq!(ledger.raws().len(), 1);
        assert!(folder.path().join("cur/1.a:2,S").exists());
    }
}
