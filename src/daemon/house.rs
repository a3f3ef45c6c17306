//! The running daemon: everything that is started for one agency, and how it is stopped again.

use super::clock::Clock;
use super::front::{Front, Health};
use super::guidance::{Current, Guidance};
use super::intake::{DeskIntake, Reader};
use super::post::DeskPost;
use super::stored::Stored;
use super::writer::Writer;
use super::{counting, heartbeat, outages, weekly};
use crate::config::Config;
use crate::domain::id::MailboxId;
use crate::domain::seal::SealKey;
use crate::inbox::settings::{MailboxSettings, Settled};
use crate::inbox::{self, Watched};
use crate::outbox::{self, OutboxSettings};
use crate::store::raw::Spool;
use crate::web;
use anyhow::Context as _;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How often the clocks of tasks are looked at. A look costs one read of the next due moment.
const TICK: Duration = Duration::from_secs(1);
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
        house.look_out(config, &spool);
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
        for (mailbox, name) in config.mailboxes.iter().flat_map(watches) {
            let (around, status) = inbox::Surroundings::new(Clock::real);
            self.follow(config, format!("mailbox {name}"), false, status);
            let (intake, cancel) = (Arc::clone(&intake), self.cancel.clone());
            match mailbox {
                Watched::Imap(settings) => self.loops.spawn(inbox::imap::watch(settings, intake, cancel, around)),
                Watched::Maildir(settings) => self.loops.spawn(inbox::maildir::watch(settings, intake, cancel, around)),
            };
        }
    }

    fn send(&mut self, config: &Config, spool: &Arc<Spool>) {
        let post = Arc::new(DeskPost::new(self.writer.clone(), Arc::clone(spool), self.cancel.clone()));
        let (around, status) = outbox::Surroundings::new(Clock::real);
        let name = match &config.outlet {
            OutboxSettings::Smtp(s) => format!("mail server {}", s.host),
            OutboxSettings::Folder(_) => "the folder of letters".to_owned(),
        };
        self.follow(config, name, true, status);
        self.loops.spawn(outbox::pump(config.outlet.clone(), post, self.cancel.clone(), around));
    }

    /// Tells how a part is, and whom it concerns when it is away.
    fn follow<S: outages::Status>(
        &mut self,
        config: &Config,
        name: String,
        sends: bool,
        status: tokio::sync::watch::Receiver<S>,
    ) {
        let part = outages::Part {
            name,
            sends,
            steps: config.unreachable.0.clone(),
            zone: config.calendar.zone(),
            health: Arc::clone(&self.health),
            writer: self.writer.clone(),
        };
        self.loops.spawn(part.follow(status, self.cancel.clone()));
    }

    /// Everything that is done by the clock beside the desk's own clocks.
    fn look_out(&mut self, config: &Config, spool: &Arc<Spool>) {
        if config.heartbeat.watcher.is_some() || config.heartbeat.failing.is_some() {
            let (writer, health) = (self.writer.clone(), Arc::clone(&self.health));
            self.loops.spawn(heartbeat::beat(config.heartbeat.clone(), writer, health, self.cancel.clone()));
        }
        let imap = |m: &Watched| if let Watched::Imap(settings) = m { Some(settings.clone()) } else { None };
        let counting = counting::Counting {
            mailboxes: config.mailboxes.iter().filter_map(imap).collect(),
            writer: self.writer.clone(),
            guidance: self.guidance.clone(),
            clock: Arc::clone(&self.clock),
            health: Arc::clone(&self.health),
        };
        self.loops.spawn(counting.go_on(self.cancel.clone()));
        let weekly = weekly::Weekly {
            data: config.folders.data.clone(),
            spool: Arc::clone(spool),
            writer: self.writer.clone(),
            guidance: self.guidance.clone(),
            clock: Arc::clone(&self.clock),
        };
        self.loops.spawn(weekly.go_on(self.cancel.clone()));
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
