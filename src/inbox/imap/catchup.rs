//! Taking in everything above the cursor: in windows of UIDs, in batches bounded in messages and bytes, the next one
//! being fetched while the last is recorded. Nothing is passed over: a UID is settled, or waits, or is proved gone.

use super::fetch::{Bytes, Meta, bodies, metas};
use super::folder::Folder;
use super::mark;
use super::session::Session;
use super::trouble::Trouble;
use crate::domain::Timestamp;
use crate::domain::message::Sighting;
use crate::inbox::settings::Settled;
use crate::inbox::{Fetched, Intake, Recording};
use crate::store::Cursor;
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Messages in one batch.
const BATCH_MESSAGES: usize = 100;
/// Bytes in one batch. Of two batches in hand and the one that is fetched no more than twice as much is in memory.
const BATCH_BYTES: u64 = 8 * 1024 * 1024;
/// UIDs in the first window of a search. Answers of one line are parsed anew with each 4 KiB that come in, so a
/// window of a million UIDs would cost minutes.
const WINDOW: u32 = 20_000;
/// After so many failures on one message it is handed over as it is, for a person.
const FAILURES: u32 = 3;
/// The cursor is told after so many messages, and whenever it is quiet.
const ADVANCE: u64 = 500;

/// Where a folder's reading stands, for one session.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) uid_validity: u32,
    /// Everything up to here is settled or not ours.
    base: u64,
    /// The base that the intake was told last.
    told: u64,
    since: Timestamp,
    /// UIDs above `base` that have an outcome.
    pub(super) settled: BTreeSet<u32>,
    /// UIDNEXT when the folder was opened.
    uid_next: u32,
    /// Opened with base 0 and not yet gone through once: what lies there from before `since` is not ours. What comes
    /// later is ours whatever its date (somebody drags an old mail in; the server's clock is slow), so until then the
    /// intake is told no base: a restart begins anew at 0, and what is settled is known one by one.
    opening: bool,
    /// What is done to settled messages here.
    pub(super) marking: Settled,
    /// A mark was refused: the base stays, so that the next session tries again.
    unmarked: bool,
}

/// A batch that was handed over and is not settled yet.
struct InHand {
    uids: Vec<u32>,
    bytes: u64,
    progress: Progress,
}

impl InHand {
    /// Until all of it waits for its decision.
    async fn handed_in(&mut self) {
        if let Progress::HandingIn(handing) = &mut self.progress {
            let handed = handing.await.map_err(anyhow::Error::from).and_then(|recording| recording);
            self.progress = Progress::Recording(handed.unwrap_or_else(|why| Box::pin(std::future::ready(Err(why)))));
        }
    }

    /// Until all of it is durable.
    async fn recorded(&mut self) -> anyhow::Result<()> {
        loop {
            match &mut self.progress {
                Progress::Recording(recording) => return recording.await,
                Progress::HandingIn(_) => self.handed_in().await,
            }
        }
    }
}

/// How far a batch has come.
enum Progress {
    /// It is being read. What comes behind it waits, so that messages are decided in their order.
    HandingIn(JoinHandle<anyhow::Result<Recording>>),
    /// All of it waits for its decision.
    Recording(Recording),
}

impl Place {
    pub(super) fn new(cursor: &Cursor, settled: BTreeSet<u64>, uid_next: u32, marking: Settled) -> Self {
        Self {
            uid_validity: cursor.uid_validity,
            base: cursor.base,
            told: cursor.base,
            since: cursor.since,
            settled: settled.into_iter().filter_map(|u| u32::try_from(u).ok()).collect(),
            uid_next,
            opening: cursor.base == 0,
            marking,
            unmarked: false,
        }
    }

    /// The first UID that may be open.
    pub(super) fn first_open(&self) -> u32 {
        u32::try_from(self.base.saturating_add(1)).unwrap_or(u32::MAX)
    }

    /// Everything up to `scanned` was seen, and of that `waiting` is still open.
    fn seen(&mut self, scanned: u32, waiting: &BTreeSet<u32>) {
        let base = waiting.first().map_or(scanned, |first| first.saturating_sub(1));
        if !self.unmarked && u64::from(base) > self.base {
            self.base = u64::from(base);
            self.settled = self.settled.split_off(&self.first_open());
        }
    }

    /// A search key that spares the dates of years of old mail. A day is the server's, hence two of slack.
    fn since_key(&self) -> String {
        if !self.opening {
            return String::new();
        }
        let day = self.since.checked_sub_signed(chrono::Duration::days(2)).unwrap_or(self.since);
        format!(" SINCE {}", day.format("%-d-%b-%Y"))
    }

    fn ours(&self, meta: &Meta) -> bool {
        !self.opening || meta.received.is_none_or(|at| at >= self.since)
    }
}

impl Folder {
    /// Takes in all that is new. What was handed over is finished even when this fails or is cancelled.
    pub(super) async fn catch_up<I: Intake>(
        &mut self,
        intake: &Arc<I>,
        session: &mut Session,
        place: &mut Place,
        cancel: &CancellationToken,
    ) -> Result<(), Trouble> {
        let mut in_hand = VecDeque::new();
        let drained = {
            let draining = self.drain(intake, session, place, &mut in_hand);
            tokio::select! {
                drained = draining => Some(drained),
                () = cancel.cancelled() => None,
            }
        };
        match drained {
            Some(Ok(())) => self.finish(session, place, &mut in_hand, true).await,
            // The session may be amid an answer: it is not used any more, and the marks follow at the next start.
            Some(Err(trouble)) => {
                self.finish(session, place, &mut in_hand, false).await?;
                Err(trouble)
            }
            None => {
                self.finish(session, place, &mut in_hand, false).await?;
                Err(Trouble::Lost { what: "FETCH", why: "shutting down".to_owned() })
            }
        }
    }

    async fn drain<I: Intake>(
        &mut self,
        intake: &Arc<I>,
        session: &mut Session,
        place: &mut Place,
        in_hand: &mut VecDeque<InHand>,
    ) -> Result<(), Trouble> {
        let mut waiting = BTreeSet::new();
        let (mut from, mut width) = (place.first_open(), WINDOW);
        let since = place.since_key();
        loop {
            let to = if from >= place.uid_next { u32::MAX } else { from.saturating_add(width - 1) };
            let found = session.search(from, to, &since).await?;
            width = if found.len() < 1000 { width.saturating_mul(4) } else { WINDOW };
            let open: Vec<u32> = found.iter().copied().filter(|u| !place.settled.contains(u)).collect();
            self.take_in(intake, session, place, in_hand, open, &mut waiting).await?;
            self.finish(session, place, in_hand, true).await?;
            // UIDs only grow: below UIDNEXT nothing new can appear, and neither below a message that is there.
            let scanned = found.last().copied().unwrap_or(0).max(to.min(place.uid_next.saturating_sub(1)));
            place.seen(scanned, &waiting);
            if !place.opening && place.base.saturating_sub(place.told) >= ADVANCE {
                self.advance(intake, place).await?;
            }
            if to == u32::MAX {
                break;
            }
            from = to + 1;
        }
        place.opening = false;
        Ok(())
    }

    /// Tells the intake how far everything is settled.
    pub(super) async fn advance<I: Intake>(&self, intake: &Arc<I>, place: &mut Place) -> Result<(), Trouble> {
        if place.base > place.told {
            intake
                .advance(&self.mailbox.name, &self.name, place.uid_validity, place.base)
                .await
                .map_err(Trouble::Intake)?;
            place.told = place.base;
        }
        Ok(())
    }

    /// Takes in the open messages of a window; those that cannot be had yet go to `waiting`.
    async fn take_in<I: Intake>(
        &mut self,
        intake: &Arc<I>,
        session: &mut Session,
        place: &mut Place,
        in_hand: &mut VecDeque<InHand>,
        open: Vec<u32>,
        waiting: &mut BTreeSet<u32>,
    ) -> Result<(), Trouble> {
        let (mut singly, mut unknown) = (Vec::new(), Vec::new());
        for some in open.chunks(1000) {
            let found = metas(session, some, self.mailbox.patience.batch).await?;
            if found.len() < some.len() {
                let there: BTreeSet<u32> = found.iter().map(|m| m.uid).collect();
                for uid in some.iter().filter(|u| !there.contains(u)) {
                    unknown.push(*uid);
                }
            }
            let ours = found.into_iter().filter(|m| place.ours(m));
            let (alone, together): (Vec<Meta>, Vec<Meta>) =
                ours.partition(|m| m.size > self.mailbox.max_message || self.careful.contains(&m.uid));
            singly.extend(alone);
            for batch in batches(together) {
                let wanted: Vec<u32> = batch.iter().map(|m| m.uid).collect();
                self.make_room(session, place, in_hand, batch.iter().map(|m| m.size).sum()).await?;
                let found = bodies(session, &wanted, Bytes::Whole, self.mailbox.patience.batch).await;
                let mut found = found.inspect_err(|_| self.careful.extend(&wanted))?;
                let mut whole = Vec::with_capacity(batch.len());
                for meta in batch {
                    match found.remove(&meta.uid) {
                        Some(raw) => whole.push(self.fetched(place, &meta, raw)),
                        None => singly.push(meta),
                    }
                }
                self.hand_over(intake, session, place, in_hand, whole).await?;
            }
        }
        for uid in unknown {
            match self.meta_alone(session, uid).await? {
                Some(meta) if place.ours(&meta) => singly.push(meta),
                Some(_) => {}
                None if session.is_gone(uid).await? => self.forget(uid),
                None => {
                    self.failed(uid);
                    waiting.insert(uid);
                }
            }
        }
        for meta in singly {
            self.make_room(session, place, in_hand, meta.size.min(self.mailbox.max_message)).await?;
            match self.fetch_alone(session, place, &meta).await? {
                Alone::Here(one) => self.hand_over(intake, session, place, in_hand, vec![one]).await?,
                Alone::Gone => self.forget(meta.uid),
                Alone::NotYet => {
                    waiting.insert(meta.uid);
                }
            }
        }
        Ok(())
    }

    /// Asks once more for what a message's date and size are; after too many failures it goes on without.
    async fn meta_alone(&mut self, session: &mut Session, uid: u32) -> Result<Option<Meta>, Trouble> {
        let found = metas(session, &[uid], self.mailbox.patience.command).await;
        let found = found.inspect_err(|_| self.failed(uid))?.pop();
        let given_up = self.failures.get(&uid).is_some_and(|n| *n >= FAILURES);
        Ok(found.or_else(|| given_up.then_some(Meta { uid, received: None, size: 0 })))
    }

    fn fetched(&self, place: &Place, meta: &Meta, raw: Vec<u8>) -> Fetched {
        let size = meta.size.max(raw.len() as u64);
        Fetched {
            sighting: Sighting {
                mailbox: self.mailbox.name.clone(),
                folder: self.name.clone(),
                uid_validity: place.uid_validity,
                uid: u64::from(meta.uid),
            },
            received: meta.received.unwrap_or_else(|| self.board.now()),
            raw,
            whole: true,
            size,
            trouble: None,
        }
    }

    /// Fetches one message that is too big, or that failed before.
    async fn fetch_alone(&mut self, session: &mut Session, place: &Place, meta: &Meta) -> Result<Alone, Trouble> {
        let failures = self.failures.get(&meta.uid).copied().unwrap_or(0);
        let limit = self.mailbox.max_message;
        let trouble = if meta.size > limit {
            Some(format!(
                "it has {} bytes, over the limit of {limit} (max_message); the rest is on the mail server",
                meta.size
            ))
        } else if failures >= FAILURES {
            Some(format!("the mail server failed {failures} times to give it out; it is still there"))
        } else {
            None
        };
        let bytes = if trouble.is_some() { Bytes::Header } else { Bytes::Whole };
        let fetched = bodies(session, &[meta.uid], bytes, self.mailbox.patience.batch).await;
        let mut fetched = fetched.inspect_err(|_| self.failed(meta.uid))?;
        let raw = match fetched.remove(&meta.uid) {
            Some(raw) => raw,
            None if session.is_gone(meta.uid).await? => return Ok(Alone::Gone),
            // Not even the header comes: a person gets to know that there is something.
            None if failures >= 2 * FAILURES => Vec::new(),
            None => {
                self.failed(meta.uid);
                return Ok(Alone::NotYet);
            }
        };
        let mut one = self.fetched(place, meta, raw);
        if trouble.is_some() {
            let (mailbox, folder) = (&self.mailbox.name, &self.name);
            tracing::warn!(event = "inbox.not_whole", %mailbox, folder, uid = meta.uid, size = meta.size, failures, "a message cannot be fetched whole; a person is asked");
            one.whole = false;
            one.trouble = trouble;
        }
        Ok(Alone::Here(one))
    }

    fn failed(&mut self, uid: u32) {
        *self.failures.entry(uid).or_insert(0) += 1;
        self.careful.insert(uid);
    }

    fn forget(&mut self, uid: u32) {
        self.failures.remove(&uid);
        self.careful.remove(&uid);
    }

    /// Before a big message is fetched the batch in hand is finished, so that memory stays bounded.
    async fn make_room(
        &mut self,
        session: &mut Session,
        place: &mut Place,
        in_hand: &mut VecDeque<InHand>,
        coming: u64,
    ) -> Result<(), Trouble> {
        let held = |in_hand: &VecDeque<InHand>| in_hand.iter().map(|batch| batch.bytes).sum::<u64>();
        while !in_hand.is_empty() && held(in_hand).saturating_add(coming) > 2 * BATCH_BYTES {
            self.finish_first(session, place, in_hand, true).await?;
        }
        Ok(())
    }

    /// Hands a batch to be recorded as soon as the one before it is handed in, and finishes that one while this is read.
    async fn hand_over<I: Intake>(
        &mut self,
        intake: &Arc<I>,
        session: &mut Session,
        place: &mut Place,
        in_hand: &mut VecDeque<InHand>,
        batch: Vec<Fetched>,
    ) -> Result<(), Trouble> {
        if batch.is_empty() {
            return Ok(());
        }
        if let Some(before) = in_hand.back_mut() {
            before.handed_in().await;
        }
        let uids = batch.iter().filter_map(|f| u32::try_from(f.sighting.uid).ok()).collect();
        let bytes = batch.iter().map(|f| f.raw.len() as u64).sum();
        let intake = intake.clone();
        let handing = tokio::spawn(async move { intake.hand_in(batch).await });
        in_hand.push_back(InHand { uids, bytes, progress: Progress::HandingIn(handing) });
        while in_hand.len() > 1 {
            self.finish_first(session, place, in_hand, true).await?;
        }
        Ok(())
    }

    /// Finishes every batch in hand. The first failure is told, and the others are waited for all the same.
    async fn finish(
        &mut self,
        session: &mut Session,
        place: &mut Place,
        in_hand: &mut VecDeque<InHand>,
        marking: bool,
    ) -> Result<(), Trouble> {
        let mut ended = Ok(());
        while !in_hand.is_empty() {
            let marking = marking && ended.is_ok();
            let finished = self.finish_first(session, place, in_hand, marking).await;
            ended = ended.and(finished);
        }
        ended
    }

    /// Waits until the first batch in hand is durable; then, and only then, marks it.
    async fn finish_first(
        &mut self,
        session: &mut Session,
        place: &mut Place,
        in_hand: &mut VecDeque<InHand>,
        marking: bool,
    ) -> Result<(), Trouble> {
        let Some(batch) = in_hand.front_mut() else { return Ok(()) };
        let recorded = batch.recorded().await;
        let Some(InHand { uids, .. }) = in_hand.pop_front() else { return Ok(()) };
        recorded.map_err(Trouble::Intake)?;
        for uid in &uids {
            self.forget(*uid);
        }
        place.settled.extend(&uids);
        self.waits.reset();
        if !marking {
            return Ok(());
        }
        match mark::mark(session, &place.marking, &uids).await {
            Err(Trouble::Refused { what, words }) => {
                place.unmarked = true;
                let (mailbox, folder) = (&self.mailbox.name, &self.name);
                tracing::warn!(event = "inbox.mark_refused", %mailbox, folder, "settled messages cannot be marked ({what}): {words}");
                Ok(())
            }
            ended => ended,
        }
    }
}

/// What came of asking for one message.
enum Alone {
    Here(Fetched),
    /// Somebody has moved or deleted it: proved by a search.
    Gone,
    /// It is there and was not given out.
    NotYet,
}

fn batches(metas: Vec<Meta>) -> Vec<Vec<Meta>> {
    let mut all = Vec::new();
    let (mut batch, mut bytes) = (Vec::new(), 0u64);
    for meta in metas {
        if batch.len() >= BATCH_MESSAGES || (!batch.is_empty() && bytes + meta.size > BATCH_BYTES) {
            all.push(std::mem::take(&mut batch));
            bytes = 0;
        }
        bytes = bytes.saturating_add(meta.size);
        batch.push(meta);
    }
    if !batch.is_empty() {
        all.push(batch);
    }
    all
}

#[cfg(test)]
mod batch_tests {
    use super::*;

    fn meta(uid: u32, size: u64) -> Meta {
        Meta { uid, received: None, size }
    }

    #[test]
    fn batches_are_bounded_in_messages_and_in_bytes() {
        let small = batches((1..=450).map(|u| meta(u, 10)).collect());
        assert_eq!(small.iter().map(Vec::len).collect::<Vec<_>>(), [100, 100, 100, 100, 50]);
        let big = batches(vec![meta(1, 9 << 20), meta(2, 5 << 20), meta(3, 5 << 20), meta(4, 1)]);
        assert_eq!(big.iter().map(Vec::len).collect::<Vec<_>>(), [1, 1, 2]);
    }
}
