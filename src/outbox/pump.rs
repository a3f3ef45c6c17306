//! The pump: a few kept connections, each claiming a letter, handing it over and recording the answer, on and on.
//!
//! The attempt is recorded before the server is spoken to, by [`Post::claim`]; when to try again is the desk's
//! matter. A server that cannot be reached is no letter's fault: then the whole pump waits (see [`Gate`]).

use super::Post;
use super::folder;
use super::gate::Gate;
use super::reply::Outcome;
use super::settings::{OutboxSettings, SmtpSettings};
use super::smtp::{ConnectTrouble, Connection};
use super::status::Surroundings;
use crate::domain::letter::{Attempt, Letter};
use crate::letters::assemble;
use crate::tls::backoff::Backoff;
use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// Sends letters until `cancel`; what is in hand then is finished within seconds, or answered for.
pub async fn pump<P: Post>(settings: OutboxSettings, post: Arc<P>, cancel: CancellationToken, around: Surroundings) {
    match settings {
        OutboxSettings::Folder(path) => Writer { path, post, cancel, around }.run().await,
        OutboxSettings::Smtp(settings) => {
            let gate = Arc::new(Gate::new(&settings.patience, around));
            let settings = Arc::new(settings);
            let large = Arc::new(Semaphore::new(1));
            let mut senders = JoinSet::new();
            for _ in 0..settings.connections.max(1) {
                let sender = Sender {
                    settings: settings.clone(),
                    post: post.clone(),
                    gate: gate.clone(),
                    large: large.clone(),
                    cancel: cancel.clone(),
                    kept: None,
                };
                senders.spawn(sender.run());
            }
            while let Some(ended) = senders.join_next().await {
                if let Err(e) = ended {
                    tracing::error!(event = "outbox.sender_stopped", "a sending connection's loop stopped: {e}");
                }
            }
        }
    }
}

/// One connection's loop.
struct Sender<P> {
    settings: Arc<SmtpSettings>,
    post: Arc<P>,
    gate: Arc<Gate>,
    /// Whoever sends a [`LARGE`] letter holds it.
    large: Arc<Semaphore>,
    cancel: CancellationToken,
    kept: Option<Connection>,
}

/// Letters that carry a message of so many bytes go one at a time, however many connections there are: memory stays
/// bounded.
const LARGE: u64 = 2 * 1024 * 1024;

impl<P: Post> Sender<P> {
    async fn run(mut self) {
        let mut waits = Backoff::new(Duration::from_millis(500), Duration::from_secs(30));
        while self.gate.pass(&self.cancel).await {
            // After trouble the server is asked before a letter is claimed: so it is known as soon as it is back, letters
            // or none, and no letter spends its tries on it.
            if !self.gate.is_well() && self.kept.is_none() {
                match self.connection().await {
                    Ok(connection) => self.kept = Some(connection),
                    Err(trouble) => {
                        self.unreachable(&trouble);
                        continue;
                    }
                }
            }
            let mut letters = match self.claim().await {
                Ok(letters) => letters,
                Err(e) => {
                    tracing::error!(event = "outbox.claim_failed", "letters cannot be claimed: {e:#}");
                    rest(waits.next_wait(), &self.cancel).await;
                    continue;
                }
            };
            waits.reset();
            while let Some(letter) = letters.pop() {
                let attempt = self.attempt(&letter).await;
                // While the server is well one durable write records the answer and claims the next letter.
                let more = letters.is_empty() && self.gate.is_well() && !self.cancel.is_cancelled();
                letters.extend(self.answer(&letter, attempt, more).await);
            }
        }
        if let Some(kept) = self.kept.take() {
            kept.quit().await;
        }
    }

    /// The next letter. A claim once begun is never dropped: it may have recorded an attempt already.
    async fn claim(&mut self) -> anyhow::Result<Vec<Letter>> {
        let post = self.post.clone();
        let claiming = post.claim(1);
        tokio::pin!(claiming);
        if self.kept.is_some() {
            tokio::select! {
                letters = &mut claiming => return letters,
                () = self.cancel.cancelled() => {}
                () = sleep(self.settings.patience.idle) => {}
            }
            // A connection that is not needed is given back.
            if let Some(kept) = self.kept.take() {
                kept.quit().await;
            }
        }
        tokio::select! {
            letters = &mut claiming => letters,
            // The post ends its claims at shutdown; if it does not, we do not wait for ever.
            () = async { self.cancel.cancelled().await; sleep(self.settings.patience.stop).await } => Ok(Vec::new()),
        }
    }

    /// Tries a letter; at shutdown only for seconds more.
    async fn attempt(&mut self, letter: &Letter) -> Attempt {
        let body_begun = AtomicBool::new(false);
        let (cancel, stop) = (self.cancel.clone(), self.settings.patience.stop);
        let ended = tokio::select! {
            attempt = self.try_letter(letter, &body_begun) => Some(attempt),
            () = async { cancel.cancelled().await; sleep(stop).await } => None,
        };
        ended.unwrap_or_else(|| {
            self.kept = None; // amid an answer
            let why = "the daemon was stopped meanwhile".to_owned();
            Attempt::Later { why, unanswered: body_begun.load(Ordering::SeqCst) }
        })
    }

    async fn try_letter(&mut self, letter: &Letter, body_begun: &AtomicBool) -> Attempt {
        let is_large = letter.mail.original.as_ref().is_some_and(|raw| raw.size >= LARGE);
        loop {
            let reused = self.kept.is_some();
            let mut connection = match self.connection().await {
                Ok(connection) => connection,
                Err(trouble) => return self.unreachable(&trouble),
            };
            // Read only now: while a server is waited for no message takes memory.
            let alone = if is_large { self.large.clone().acquire_owned().await.ok() } else { None };
            let original = original(&*self.post, letter).await;
            let pieces = original.as_ref().map_err(Attempt::clone).and_then(|raw| pieces(letter, raw.as_deref()));
            let pieces = match pieces {
                Ok(pieces) => pieces,
                Err(attempt) => {
                    self.kept = Some(connection);
                    return attempt;
                }
            };
            let outcome = connection.deliver(letter, &pieces, body_begun).await;
            drop(alone);
            self.kept = connection.after(&outcome).await;
            // A kept connection may have been closed by the server meanwhile; before the letter's bytes nothing can
            // have been taken, so a fresh one tries at once.
            let stale = reused && self.kept.is_none() && !body_begun.load(Ordering::SeqCst);
            if !stale {
                log(letter, &outcome);
                return outcome.attempt;
            }
        }
    }

    async fn connection(&mut self) -> Result<Connection, ConnectTrouble> {
        match self.kept.take() {
            Some(kept) if kept.letters < self.settings.patience.letters => return Ok(kept),
            Some(spent) => spent.quit().await,
            None => {}
        }
        // A server that restarts is away for a second or two: no reason to put a letter off.
        let again: &[u64] = if self.gate.is_well() { &[1, 3] } else { &[] };
        let mut last = Connection::open(&self.settings).await;
        for seconds in again {
            if !matches!(&last, Err(trouble) if !trouble.lasts()) {
                break;
            }
            rest(Duration::from_secs(*seconds), &self.cancel).await;
            last = Connection::open(&self.settings).await;
        }
        if last.is_ok() {
            self.gate.worked();
        }
        last
    }

    fn unreachable(&self, trouble: &ConnectTrouble) -> Attempt {
        let wait = self.gate.failed(trouble.lasts(), &trouble.to_string()).as_secs().max(1);
        if trouble.lasts() {
            tracing::error!(event = "outbox.refused", wait_seconds = wait, "{trouble}; next attempt in {wait} s");
        } else {
            tracing::warn!(event = "outbox.trouble", wait_seconds = wait, "{trouble}; next attempt in {wait} s");
        }
        Attempt::Later { why: trouble.to_string(), unanswered: false }
    }

    /// Records the answer, until it is recorded; and claims the next letter where `more` are wanted.
    async fn answer(&self, letter: &Letter, attempt: Attempt, more: bool) -> Vec<Letter> {
        record(&*self.post, letter, attempt, more, &self.cancel).await
    }
}

/// The loop that writes files.
struct Writer<P> {
    path: PathBuf,
    post: Arc<P>,
    cancel: CancellationToken,
    around: Surroundings,
}

impl<P: Post> Writer<P> {
    async fn run(self) {
        let mut waits = Backoff::new(Duration::from_millis(500), Duration::from_secs(30));
        while !self.cancel.is_cancelled() {
            let claimed = tokio::select! {
                claimed = self.post.claim(1) => claimed,
                () = async { self.cancel.cancelled().await; sleep(Duration::from_secs(3)).await } => return,
            };
            let mut letters = match claimed {
                Ok(letters) => letters,
                Err(e) => {
                    tracing::error!(event = "outbox.claim_failed", "letters cannot be claimed: {e:#}");
                    rest(waits.next_wait(), &self.cancel).await;
                    continue;
                }
            };
            waits.reset();
            while let Some(letter) = letters.pop() {
                let attempt = self.write(&letter).await;
                match &attempt {
                    Attempt::Sent(_) => self.around.well(),
                    Attempt::Later { why, .. } => self.around.trouble(why.clone()),
                    // That letter's own fault.
                    Attempt::Refused(_) => {}
                }
                let more = letters.is_empty() && !self.cancel.is_cancelled() && matches!(attempt, Attempt::Sent(_));
                letters.extend(record(&*self.post, &letter, attempt, more, &self.cancel).await);
            }
        }
    }

    async fn write(&self, letter: &Letter) -> Attempt {
        let original = match original(&*self.post, letter).await {
            Ok(original) => original,
            Err(attempt) => return attempt,
        };
        let (path, letter) = (self.path.clone(), letter.clone());
        let writing = tokio::task::spawn_blocking(move || folder::write(&path, &letter, original.as_deref()));
        writing.await.unwrap_or_else(|e| Attempt::Later { why: format!("writing stopped: {e}"), unanswered: false })
    }
}

async fn record<P: Post>(
    post: &P,
    letter: &Letter,
    attempt: Attempt,
    more: bool,
    cancel: &CancellationToken,
) -> Vec<Letter> {
    let mut waits = Backoff::new(Duration::from_millis(500), Duration::from_secs(30));
    loop {
        let recorded = if more {
            post.answered_and_claim(letter.id.clone(), attempt.clone(), 1).await
        } else {
            post.answered(letter.id.clone(), attempt.clone()).await.map(|()| Vec::new())
        };
        match recorded {
            Ok(letters) => return letters,
            // Unrecorded it would go out again after a restart: so this is repeated while there is a daemon.
            Err(e) => {
                tracing::error!(event = "outbox.answer_unrecorded", letter = %letter.id, "a mail server's answer cannot be recorded: {e:#}");
                if cancel.is_cancelled() {
                    return Vec::new();
                }
                rest(waits.next_wait(), cancel).await;
            }
        }
    }
}

async fn original<P: Post>(post: &P, letter: &Letter) -> Result<Option<Vec<u8>>, Attempt> {
    let Some(raw) = &letter.mail.original else { return Ok(None) };
    match post.raw(&raw.path).await {
        Ok(bytes) => Ok(Some(bytes)),
        Err(e) => {
            let why = format!("the original message cannot be read from the spool: {e:#}");
            Err(Attempt::Later { why, unanswered: false })
        }
    }
}

/// The letter's bytes. What is not in the stored message will not be there later either: the task opens again and a
/// person hears.
fn pieces<'a>(letter: &'a Letter, original: Option<&'a [u8]>) -> Result<Vec<Cow<'a, [u8]>>, Attempt> {
    assemble(&letter.mail, original).map_err(Attempt::Refused)
}

async fn rest(wait: Duration, cancel: &CancellationToken) {
    tokio::select! {
        () = cancel.cancelled() => {}
        () = sleep(wait) => {}
    }
}

fn log(letter: &Letter, outcome: &Outcome) {
    let (id, kind, to) = (&letter.id, &letter.kind, letter.to.address.masked());
    let code = outcome.code.as_deref().unwrap_or("");
    match &outcome.attempt {
        Attempt::Sent(_) => tracing::info!(event = "outbox.sent", letter = %id, kind, to, code, "sent"),
        Attempt::Later { unanswered, .. } => {
            tracing::warn!(event = "outbox.later", letter = %id, kind, to, code, unanswered, "not taken now");
        }
        Attempt::Refused(_) => {
            tracing::error!(event = "outbox.letter_refused", letter = %id, kind, to, code, "refused")
        }
    }
}
