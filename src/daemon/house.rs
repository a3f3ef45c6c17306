//! The running daemon: everything that is started for one agency, and how it is stopped again.

use super::clock::Clock;
use super::front::{Front, Health};
use super::guidance::{Current, Guidance};
use super::heartbeat;
use super::intake::{DeskIntake, Reader};
use super::post::DeskPost;
use super::stored::Stored;
use super::writer::Writer;
use crate::config::Config;
use crate::desk::Input;
use crate::domain::Timestamp;
use crate::domain::id::MailboxId;
use crate::domain::seal::SealKey;
use crate::domain::workflow::Listener;
use crate::inbox::settings::{MailboxSettings, Settled};
use crate::inbox::{self, Watched};
use crate::outbox;
use crate::store::raw::Spool;
use crate::web;
use anyhow::Context as _;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How often the clocks of tasks are looked at. A look costs one read of the next due moment.
const TICK: Duration = Duration::from_secs(1);
/// Who hears of a mailbox that cannot be read, and after how long.
const UNREACHABLE: [(chrono::Duration, Listener); 2] =
    [(chrono::Duration::minutes(15), Listener::OperationsManager), (chrono::Duration::hours(2), Listener::Owner)];

/// Waits for that moment; for ever where there is none.
async fn passed(at: Option<Timestamp>) {
    match at {
        Some(at) => tokio::time::sleep((at - Clock::real()).to_std().unwrap_or_default()).await,
        None => std::future::pending().await,
    }
}

/// How long loops may take to end what is in hand at shutdown.
const FAREWELL: Duration = Duration::from_secs(4);

/// What is watched of a mailbox, each with the name by which its health is told: its folders, and beside them those of
/// sent mail, which are left as they are whatever becomes of new mail.
fn watches(mailbox: &Watched) -> Vec<(Watched, MailboxId)> {
    let name = mailbox.name().clone();
    let mut all = vec![(mailbox.clone(), name.clone())];
    if let Watched::Imap(settings) = mailbox
        && !settings.sent.is_empty()
    {
        let sent = MailboxSettings { folders: settings.sent.clone(), settled: Settled::Leave, ..settings.clone() };
        all.push((Watched::Imap(sent), MailboxId(format!("{name}, sent mail"))));
    }
    all
}

/// The guidance with the secret that only a running daemon has.
fn sealed(mut guidance: Guidance, key: &SealKey) -> Guidance {
    guidance.policy.answers.key = key.clone();
    guidance
}

/// A running daemon.
pub struct House {
    /// The way to the desk.
    pub writer: Writer,
    /// By what it decides.
    pub guidance: Current,
    /// The time.
    pub clock: Arc<Clock>,
    /// How its loops are.
    pub health: Arc<Health>,
    loops: JoinSet<()>,
    key: SealKey,
    cancel: CancellationToken,
    thread: std::thread::JoinHandle<()>,
}

impl House {
    /// Opens the store and starts every loop. When it returns, the socket answers.
    ///
    /// # Errors
    /// The store is locked or damaged, a folder cannot be written, the socket cannot be opened: one sentence each.
    pub fn open(config: &Config, guidance: Guidance, clock: Arc<Clock>) -> anyhow::Result<Self> {
        let data = &config.folders.data;
        std::fs::create_dir_all(data).with_context(|| format!("cannot create the folder {}", data.display()))?;
        if let Some(above) = data.parent().filter(|p| !p.as_os_str().is_empty()) {
            let durable = std::fs::File::open(above).and_then(|f| f.sync_all());
            durable.with_context(|| format!("cannot make the folder {} durable", data.display()))?;
        }
        let store = crate::store::sled::open(data, &crate::store::sled::Options::default())?;
        let spool = Arc::new(Spool::open(&data.join("spool"))?);
        let key = SealKey::new(crate::secrets::seal::of(data)?);
        let guidance = Current::new(sealed(guidance, &key));
        let (writer, thread) = Writer::start(Box::new(store), guidance.clone(), Arc::clone(&clock))?;
        let listener = web::listen(&config.folders.socket)?;
        let mut house = Self {
            writer,
            guidance,
            clock,
            health: Arc::new(Health::default()),
            loops: JoinSet::new(),
            key,
            cancel: CancellationToken::new(),
            thread,
        };
        house.serve(config, listener, &spool);
        house.watch(config, Reader::start(Arc::clone(&spool))?);
        house.send(config, &spool);
        house.keep_time();
        if let Some(watcher) = config.heartbeat.watcher.clone() {
            let (writer, health) = (house.writer.clone(), Arc::clone(&house.health));
            house.loops.spawn(heartbeat::beat(watcher, writer, health, house.cancel.clone()));
        }
        Ok(house)
    }

    /// Goes by other rules, letters and people from now on.
    pub fn adopt(&self, guidance: Guidance) {
        self.guidance.set(sealed(guidance, &self.key));
    }

    fn serve(&mut self, config: &Config, listener: tokio::net::UnixListener, spool: &Arc<Spool>) {
        let front = Arc::new(Front {
            writer: self.writer.clone(),
            guidance: self.guidance.clone(),
            clock: Arc::clone(&self.clock),
            health: Arc::clone(&self.health),
            stored: Stored::new(Arc::clone(spool), config.folders.rules.clone()),
            data: config.folders.data.clone(),
            unix_users: config.unix_users.clone(),
            started: self.clock.now(),
        });
        let cancel = self.cancel.clone();
        self.loops.spawn(async move {
            if let Err(e) = web::serve(listener, front, cancel).await {
                tracing::error!(event = "socket_failed", error = %e);
            }
        });
    }

    fn watch(&mut self, config: &Config, reader: Reader) {
        let intake = Arc::new(DeskIntake {
            writer: self.writer.clone(),
            reader,
            guidance: self.guidance.clone(),
            clock: Arc::clone(&self.clock),
            data: config.folders.data.clone(),
            reserve: config.limits.disk_reserve,
            cancel: self.cancel.clone(),
        });
        let zone = config.calendar.zone();
        for (mailbox, name) in config.mailboxes.iter().flat_map(watches) {
            let (around, mut status) = inbox::Surroundings::new(Clock::real);
            let health = Arc::clone(&self.health);
            let (cancel, writer) = (self.cancel.clone(), self.writer.clone());
            self.loops.spawn(async move {
                let mut told = 0;
                loop {
                    let now = status.borrow_and_update().clone();
                    health.mailbox(&name, &now, zone);
                    let since = if let inbox::Status::Trouble { since, .. } = now { Some(since) } else { None };
                    if since.is_none() {
                        told = 0;
                    }
                    let step = since.zip(UNREACHABLE.get(told));
                    tokio::select! {
                        () = cancel.cancelled() => return,
                        changed = status.changed() => if changed.is_err() { return },
                        () = passed(step.map(|(since, (after, _))| since + *after)) => if let Some((since, (_, tell))) = step {
                            let part = format!("mailbox {name}");
                            let input = Input::Unreachable { part, since, tell: *tell };
                            if let Err(e) = writer.decide(input).await {
                                tracing::error!(event = "unreachable_not_told", error = %e);
                            }
                            told += 1;
                        },
                    }
                }
            });
            let (intake, cancel) = (Arc::clone(&intake), self.cancel.clone());
            match mailbox {
                Watched::Imap(settings) => self.loops.spawn(inbox::imap::watch(settings, intake, cancel, around)),
                Watched::Maildir(settings) => self.loops.spawn(inbox::maildir::watch(settings, intake, cancel, around)),
            };
        }
    }

    fn send(&mut self, config: &Config, spool: &Arc<Spool>) {
        let post = Arc::new(DeskPost::new(self.writer.clone(), Arc::clone(spool), self.cancel.clone()));
        self.loops.spawn(outbox::pump(config.outlet.clone(), post, self.cancel.clone()));
    }

    fn keep_time(&mut self) {
        let (writer, cancel, health) = (self.writer.clone(), self.cancel.clone(), Arc::clone(&self.health));
        self.loops.spawn(async move {
            // Who is out, holidays and standards stand in files, which may have changed while nothing ran.
            if let Err(e) = writer.look_at_all().await {
                tracing::error!(event = "clocks_not_looked_at", error = %e);
            }
            loop {
                match writer.tick().await {
                    // More may be due than one look takes.
                    Ok(n) if n > 0 => continue,
                    Ok(_) => health.says("clocks", true, "running"),
                    Err(e) => health.says("clocks", false, e.to_string()),
                }
                tokio::select! {
                    () = cancel.cancelled() => return,
                    () = tokio::time::sleep(TICK) => {}
                }
            }
        });
    }

    /// Ends what is in hand, makes it durable, and gives the store back; under five seconds.
    pub async fn close(mut self) {
        self.cancel.cancel();
        let ended = async { while self.loops.join_next().await.is_some() {} };
        if tokio::time::timeout(FAREWELL, ended).await.is_err() {
            tracing::warn!(
                event = "loops_cut_off",
                "a server did not let go in time; what it had not answered is repeated at the next start"
            );
            self.loops.abort_all();
        }
        self.writer.stop().await;
        if tokio::task::spawn_blocking(move || self.thread.join()).await.is_err() {
            tracing::error!(event = "writer_not_joined");
        }
    }
}
