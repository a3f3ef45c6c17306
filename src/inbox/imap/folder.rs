//! A folder's life: connect, catch up, wait for news, again; and after trouble, wait and connect anew.

use super::catchup::Place;
use super::mark;
use super::session::{Idled, Selected, Session};
use super::trouble::Trouble;
use super::{login, uids};
use crate::domain::Timestamp;
use crate::inbox::Intake;
use crate::inbox::settings::{MailboxSettings, Settled};
use crate::inbox::status::Board;
use crate::store::Cursor;
use crate::tls::backoff::Backoff;
use crate::tls::client_config;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// A session that lasts so long was a good one: the waits after trouble begin anew. A server that lets us in and then
/// hangs up is not one.
const LASTING: Duration = Duration::from_secs(60);

/// One folder of a mailbox. What it remembers across sessions is only how often a message failed.
pub(super) struct Folder {
    pub(super) mailbox: Arc<MailboxSettings>,
    pub(super) name: String,
    pub(super) board: Board,
    /// Messages of a batch that failed: fetched one by one, so that the culprit is found.
    pub(super) careful: BTreeSet<u32>,
    /// How often fetching a message alone has failed.
    pub(super) failures: BTreeMap<u32, u32>,
    pub(super) waits: Backoff,
    refused_waits: Backoff,
}

impl Folder {
    pub(super) fn new(mailbox: Arc<MailboxSettings>, name: String, board: Board) -> Self {
        let patience = &mailbox.patience;
        let waits = Backoff::new(patience.first_wait, patience.longest_wait);
        let refused_waits = Backoff::new(patience.refused_wait, patience.refused_wait.saturating_mul(15));
        Self { mailbox, name, board, careful: BTreeSet::new(), failures: BTreeMap::new(), waits, refused_waits }
    }

    /// Watches until `cancel`.
    pub(super) async fn watch<I: Intake>(mut self, intake: Arc<I>, cancel: CancellationToken) {
        while !cancel.is_cancelled() {
            self.board.connecting(&self.name);
            let trouble = match self.session(&intake, &cancel).await {
                Ok(()) => return,
                Err(_) if cancel.is_cancelled() => return,
                Err(trouble) => trouble,
            };
            let wait = self.wait_after(&trouble);
            tokio::select! {
                () = cancel.cancelled() => return,
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// Tells of the trouble, and says how long to wait.
    fn wait_after(&mut self, trouble: &Trouble) -> Duration {
        let refused = matches!(trouble, Trouble::Login { .. } | Trouble::Secret(_) | Trouble::Unfit(_));
        let wait = if refused { self.refused_waits.next_wait() } else { self.waits.next_wait() };
        let seconds = wait.as_secs().max(1);
        self.board.trouble(&self.name, trouble.to_string());
        let (mailbox, folder) = (&self.mailbox.name, &self.name);
        if refused {
            tracing::error!(event = "inbox.refused", %mailbox, folder, wait_seconds = seconds, "{trouble}; next attempt in {seconds} s");
        } else {
            tracing::warn!(event = "inbox.trouble", %mailbox, folder, wait_seconds = seconds, "{trouble}; next attempt in {seconds} s");
        }
        wait
    }

    /// One session, from login to its end; `Ok` only when it was cancelled.
    async fn session<I: Intake>(&mut self, intake: &Arc<I>, cancel: &CancellationToken) -> Result<(), Trouble> {
        let connecting = async {
            let trust = client_config(self.mailbox.ca_file.as_deref())?;
            let mut session = login::login(&self.mailbox, trust).await?;
            let selected = session.select(&self.name).await?;
            Ok::<_, Trouble>((session, selected))
        };
        let (mut session, selected) = tokio::select! {
            () = cancel.cancelled() => return Ok(()),
            connected = connecting => connected?,
        };
        self.refused_waits.reset();
        let (mailbox, folder) = (&self.mailbox.name, &self.name);
        tracing::info!(event = "inbox.connected", %mailbox, folder, "connected; idle: {}", session.can("IDLE"));
        let mut place = self.open(intake, &mut session, &selected).await?;
        self.mark_leftovers(&mut session, &place).await?;
        let mut idle = session.can("IDLE");
        let connected = Instant::now();
        loop {
            tokio::select! {
                () = cancel.cancelled() => break,
                () = intake.ready() => {}
            }
            // Whatever was announced until now, the search that follows sees it.
            session.take_news();
            self.catch_up(intake, &mut session, &mut place, cancel).await?;
            if cancel.is_cancelled() {
                break;
            }
            if connected.elapsed() >= LASTING {
                self.waits.reset();
            }
            self.board.watching(&self.name);
            let quiet = self.wait(&mut session, &mut idle, cancel).await?;
            if cancel.is_cancelled() {
                break;
            }
            session.noop().await?;
            if quiet {
                self.advance(intake, &mut place).await?;
            }
        }
        self.advance(intake, &mut place).await?;
        session.logout().await;
        Ok(())
    }

    /// Waits for news or for the next look; true where nothing was announced.
    async fn wait(&self, session: &mut Session, idle: &mut bool, cancel: &CancellationToken) -> Result<bool, Trouble> {
        if session.take_news() {
            return Ok(false);
        }
        if *idle {
            let long = self.mailbox.poll.min(self.mailbox.patience.idle);
            match session.idle(long, cancel.cancelled()).await? {
                Idled::News => return Ok(false),
                Idled::Quiet => return Ok(true),
                Idled::Refused => {
                    *idle = false;
                    let (mailbox, folder) = (&self.mailbox.name, &self.name);
                    tracing::warn!(event = "inbox.idle_refused", %mailbox, folder, "the server offers IDLE and refuses it: polling");
                }
            }
        }
        tokio::select! {
            () = cancel.cancelled() => {}
            () = tokio::time::sleep(self.mailbox.poll) => {}
        }
        Ok(true)
    }

    /// Where reading goes on, or where it begins.
    async fn open<I: Intake>(
        &self,
        intake: &Arc<I>,
        session: &mut Session,
        selected: &Selected,
    ) -> Result<Place, Trouble> {
        let (id, folder) = (&self.mailbox.name, &self.name);
        let known = intake.cursor(id, folder).await.map_err(Trouble::Intake)?;
        let cursor = match known {
            Some(cursor) if cursor.uid_validity == selected.uid_validity => cursor,
            Some(old) => {
                // RFC 9051 2.3.1.1: all UIDs mean other messages now. What was taken in before is known by its
                // identity, so everything is offered again.
                tracing::warn!(
                    event = "inbox.uidvalidity_changed", mailbox = %id, folder,
                    "the server has numbered the folder anew ({} → {}): all of it is compared with what is known",
                    old.uid_validity, selected.uid_validity
                );
                let cursor = Cursor { uid_validity: selected.uid_validity, base: 0, since: old.since };
                intake.open(id, folder, cursor.clone()).await.map_err(Trouble::Intake)?;
                cursor
            }
            None => {
                let cursor = self.first_cursor(session, selected, self.board.now()).await?;
                intake.open(id, folder, cursor.clone()).await.map_err(Trouble::Intake)?;
                cursor
            }
        };
        let settled = intake.settled(id, folder, cursor.uid_validity, cursor.base).await.map_err(Trouble::Intake)?;
        let marking = match mark::cannot(&self.mailbox.settled, session, selected).or_else(|| self.moves_to_itself()) {
            None => self.mailbox.settled.clone(),
            Some(why) => {
                tracing::error!(event = "inbox.cannot_mark", mailbox = %id, folder, "settled messages stay unmarked: {why}");
                Settled::Leave
            }
        };
        Ok(Place::new(&cursor, settled, selected.uid_next.unwrap_or(0), marking))
    }

    async fn first_cursor(
        &self,
        session: &mut Session,
        selected: &Selected,
        now: Timestamp,
    ) -> Result<Cursor, Trouble> {
        let uid_validity = selected.uid_validity;
        if let Some(since) = self.mailbox.since {
            return Ok(Cursor { uid_validity, base: 0, since });
        }
        let base = match selected.uid_next {
            Some(next) => next.saturating_sub(1),
            // UIDNEXT is optional in old servers (RFC 3501 6.3.1): the last message there is tells it.
            None => session.search(1, u32::MAX, "").await?.last().copied().unwrap_or(0),
        };
        // `since` counts while a folder opened at 0 is gone through. An empty folder opens at 0 too, and a server whose
        // clock is behind ours would give its first mail a date before now: so a day of slack, there is nothing older.
        let since = if base == 0 { now.checked_sub_signed(chrono::Duration::days(1)).unwrap_or(now) } else { now };
        Ok(Cursor { uid_validity, base: u64::from(base), since })
    }

    /// Moving messages into the folder that is watched would give them new UIDs for ever.
    fn moves_to_itself(&self) -> Option<String> {
        let Settled::Move(to) = &self.mailbox.settled else { return None };
        let inbox = |name: &str| name.eq_ignore_ascii_case("INBOX");
        let same = *to == self.name || (inbox(to) && inbox(&self.name));
        same.then(|| format!("“{to}” is the watched folder itself; name another one in `settled`"))
    }

    /// A crash between the durable outcome and the mark leaves settled messages unmarked: they are marked now.
    async fn mark_leftovers(&self, session: &mut Session, place: &Place) -> Result<(), Trouble> {
        if place.marking == Settled::Leave || place.settled.is_empty() {
            return Ok(());
        }
        let from = place.first_open();
        let unmarked = match session.search(from, u32::MAX, &mark::unmarked_key(&place.marking)).await {
            Err(Trouble::Refused { .. }) => return Ok(()),
            found => found?,
        };
        let left: Vec<u32> = unmarked.into_iter().filter(|u| place.settled.contains(u)).collect();
        if left.is_empty() {
            return Ok(());
        }
        let (mailbox, folder) = (&self.mailbox.name, &self.name);
        tracing::info!(event = "inbox.leftovers", %mailbox, folder, count = left.len(), "marking settled messages of before: {}", uids::set(&left));
        match mark::mark(session, &place.marking, &left).await {
            Err(Trouble::Refused { words, .. }) => {
                tracing::warn!(event = "inbox.mark_refused", %mailbox, folder, "settled messages cannot be marked: {words}");
                Ok(())
            }
            ended => ended,
        }
    }
}
