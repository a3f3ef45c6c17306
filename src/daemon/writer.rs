//! The single writer: one thread that decides in order, each input seeing the ones before it, and shares an fsync
//! among up to [`GROUP`] decisions. Whoever must not run ahead is answered only when its decision is durable.

use super::clock::{Clock, seed};
use super::guidance::Current;
use crate::desk::{self, Input, Step};
use crate::domain::{decision::*, event::Event, letter::Letter};
use crate::store::{Commit, Store, StoreError, TaskFilter};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::time::{Duration, Instant};
use tokio::sync::{Notify, broadcast, oneshot};

/// Decisions that share one fsync at most.
const GROUP: usize = 64;
/// How long a decision waits at most for others to share its fsync.
const GATHER: Duration = Duration::from_millis(10);
/// Decisions kept for a follower that is behind.
const FOLLOWED: usize = 256;
/// Open tasks whose clocks are looked at in one go after a reload.
const LOOKED_AT: usize = 200;
/// Letters and tasks looked at in one go.
const BATCH: usize = 64;

/// Why an input changed nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// The desk said no: a sentence for the person who asked.
    #[error("{0}")]
    Refused(String),
    /// The store failed, or the daemon is stopping. Nothing was promised.
    #[error("{0}")]
    Failed(String),
}

/// What came of one input: its decision, or `None` where there was nothing to decide.
pub type Verdict = Result<Option<Durable>, Rejection>;

/// A decision that has become durable, for whoever follows the desk.
#[derive(Debug, Clone)]
pub struct Durable {
    /// Its position.
    pub sequence: Sequence,
    /// The decision.
    pub decision: Arc<Decision>,
}

type Reader = Box<dyn FnOnce(Result<&dyn Store, &str>) + Send>;

enum Job {
    Decide(Vec<Input>, oneshot::Sender<Vec<Verdict>>),
    Claim { first: Option<Input>, limit: usize, answer: oneshot::Sender<Result<Vec<Letter>, Rejection>> },
    Tick(oneshot::Sender<Result<usize, Rejection>>),
    Read(Reader),
    Stop,
}

/// The way to the writer. Cheap to clone.
#[derive(Clone)]
pub struct Writer {
    jobs: SyncSender<Job>,
    /// Rings when letters may be due.
    pub letters: Arc<Notify>,
    durable: broadcast::Sender<Durable>,
    failed: Arc<Notify>,
}

impl Writer {
    /// Starts the writer's thread over `store`. The thread ends when it is stopped, and hands the store back by
    /// dropping it: join the handle before the folder is used by anybody else.
    ///
    /// # Errors
    /// The system has no thread to give.
    pub fn start(
        store: Box<dyn Store>,
        guidance: Current,
        clock: Arc<Clock>,
    ) -> std::io::Result<(Self, std::thread::JoinHandle<()>)> {
        let (jobs, inbox) = sync_channel(1024);
        let letters = Arc::new(Notify::new());
        let failed = Arc::new(Notify::new());
        let (durable, _) = broadcast::channel(FOLLOWED);
        let mut desk = Desk {
            store,
            guidance,
            clock,
            letters: Arc::clone(&letters),
            failed: Arc::clone(&failed),
            durable: durable.clone(),
            waiting: Vec::new(),
            fresh: Vec::new(),
            undurable: 0,
            broken: None,
        };
        let handle = std::thread::Builder::new().name("writer".to_owned()).spawn(move || desk.work(&inbox))?;
        Ok((Self { jobs, letters, durable, failed }, handle))
    }

    async fn send(&self, job: Job) -> Result<(), Rejection> {
        let mut job = job;
        loop {
            job = match self.jobs.try_send(job) {
                Ok(()) => return Ok(()),
                Err(TrySendError::Full(job)) => job,
                Err(TrySendError::Disconnected(_)) => return Err(stopped()),
            };
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// Hands inputs in, to be decided in order and behind everything handed in before.
    ///
    /// # Errors
    /// The writer has stopped.
    pub async fn hand_in(&self, inputs: Vec<Input>) -> Result<HandedIn, Rejection> {
        let (answer, hears) = oneshot::channel();
        self.send(Job::Decide(inputs, answer)).await?;
        Ok(HandedIn(hears))
    }

    /// Decides inputs in order; answered once all of them are durable.
    ///
    /// # Errors
    /// The writer has stopped.
    pub async fn decide_all(&self, inputs: Vec<Input>) -> Result<Vec<Verdict>, Rejection> {
        self.hand_in(inputs).await?.verdicts().await
    }

    /// Decides one input; answered once it is durable.
    ///
    /// # Errors
    /// The desk refused, or the store failed.
    pub async fn decide(&self, input: Input) -> Verdict {
        self.decide_all(vec![input]).await?.pop().unwrap_or_else(|| Err(stopped()))
    }

    /// Decides `first`, then records letters that are due as tried and returns them, with one fsync for all of it.
    ///
    /// # Errors
    /// The store failed, or the writer has stopped.
    pub async fn claim(&self, first: Option<Input>, limit: usize) -> Result<Vec<Letter>, Rejection> {
        let (answer, hears) = oneshot::channel();
        self.send(Job::Claim { first, limit, answer }).await?;
        hears.await.map_err(|_| stopped())?
    }

    /// Does what the clocks of tasks ask for now; how many tasks were looked at.
    ///
    /// # Errors
    /// The store failed, or the writer has stopped.
    pub async fn tick(&self) -> Result<usize, Rejection> {
        let (answer, hears) = oneshot::channel();
        self.send(Job::Tick(answer)).await?;
        hears.await.map_err(|_| stopped())?
    }

    /// Looks at everybody's presence and at the clocks of every open task: the calendar, the standards or the people
    /// may have changed, by a reload or while nothing ran. A few tasks at a time, so that nobody waits long for it.
    ///
    /// # Errors
    /// The store failed, or the writer has stopped.
    pub async fn look_at_all(&self) -> Result<(), Rejection> {
        // Days out and the pages' schedule may have changed, too.
        self.decide(Input::Presence).await?;
        self.decide(Input::Accounts).await?;
        let mut below = None;
        loop {
            let some = TaskFilter { open: true, limit: LOOKED_AT, below, ..TaskFilter::default() };
            let ids: Vec<_> = self.read(move |s| s.tasks(&some)).await?.into_iter().map(|t| t.id).collect();
            let Some(last) = ids.last() else { return Ok(()) };
            below = Some(*last);
            self.decide_all(ids.into_iter().map(Input::Clock).collect()).await?;
        }
    }

    /// Asks the store something. What it answers is durable.
    ///
    /// # Errors
    /// The store failed, or the writer has stopped.
    pub async fn read<T: Send + 'static>(
        &self,
        question: impl FnOnce(&dyn Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Rejection> {
        let (answer, hears) = oneshot::channel();
        let reader: Reader = Box::new(move |store| {
            let said = match store {
                Ok(store) => question(store).map_err(|e| Rejection::Failed(e.to_string())),
                Err(why) => Err(Rejection::Failed(why.to_owned())),
            };
            // Whoever asked may have gone away meanwhile.
            answer.send(said).ok();
        });
        self.send(Job::Read(reader)).await?;
        hears.await.map_err(|_| stopped())?
    }

    /// Follows the decisions as they become durable. A follower that is too slow misses some.
    #[must_use]
    pub fn follow(&self) -> broadcast::Receiver<Durable> {
        self.durable.subscribe()
    }

    /// Resolves when the store has failed for good and the daemon has to end.
    pub async fn failed(&self) {
        self.failed.notified().await;
    }

    /// Ends the thread once everything before this is durable.
    pub async fn stop(&self) {
        self.send(Job::Stop).await.ok();
    }
}

/// Inputs that wait for their decision.
#[derive(Debug)]
pub struct HandedIn(oneshot::Receiver<Vec<Verdict>>);

impl HandedIn {
    /// What came of each, in order, once all of them are durable.
    ///
    /// # Errors
    /// The writer has stopped.
    pub async fn verdicts(self) -> Result<Vec<Verdict>, Rejection> {
        self.0.await.map_err(|_| stopped())
    }
}

fn stopped() -> Rejection {
    Rejection::Failed("the daemon is stopping".to_owned())
}

/// An answer that waits until what it says is durable.
type Waiting = Box<dyn FnOnce(Result<(), &str>) + Send>;

struct Desk {
    store: Box<dyn Store>,
    guidance: Current,
    clock: Arc<Clock>,
    letters: Arc<Notify>,
    failed: Arc<Notify>,
    durable: broadcast::Sender<Durable>,
    waiting: Vec<Waiting>,
    fresh: Vec<Durable>,
    undurable: usize,
    /// After a failed write nobody knows what the disk holds: nothing is decided any more, and a restart replays.
    broken: Option<String>,
}

impl Desk {
    fn work(&mut self, inbox: &Receiver<Job>) {
        while let Ok(first) = inbox.recv() {
            let began = Instant::now();
            if !self.take(first) {
                break;
            }
            let mut go_on = true;
            while go_on && self.undurable > 0 && self.undurable < GROUP {
                // What is there already joins the group; only an idle queue is waited for, and not for long: a lone
                // message must not pay for a crowd that never comes.
                let patience =
                    if inbox_is_busy(self.undurable) { GATHER.saturating_sub(began.elapsed()) } else { Duration::ZERO };
                match inbox.recv_timeout(patience) {
                    Ok(job) => go_on = self.take(job),
                    Err(RecvTimeoutError::Timeout) => break,
                    Err(RecvTimeoutError::Disconnected) => go_on = false,
                }
            }
            self.make_durable();
            if !go_on {
                break;
            }
        }
        self.make_durable();
    }

    /// Does one job; false when it was the last.
    fn take(&mut self, job: Job) -> bool {
        match job {
            Job::Decide(inputs, answer) => {
                let mut verdicts = Vec::with_capacity(inputs.len());
                for input in &inputs {
                    verdicts.push(self.decide(input));
                    if self.undurable >= GROUP {
                        self.make_durable();
                    }
                }
                self.when_durable(move |durable| {
                    if let Err(why) = durable {
                        verdicts.iter_mut().for_each(|v| *v = Err(Rejection::Failed(why.to_owned())));
                    }
                    answer.send(verdicts).ok();
                });
            }
            Job::Claim { first, limit, answer } => {
                if let Some(input) = &first
                    && let Err(e) = self.decide(input)
                {
                    tracing::error!(event = "letter_result_not_recorded", error = %e);
                }
                let claimed = self.claim(limit);
                self.when_durable(move |durable| {
                    let said = durable.map_err(|why| Rejection::Failed(why.to_owned())).and(claimed);
                    answer.send(said).ok();
                });
            }
            Job::Tick(answer) => {
                let done = self.tick();
                self.when_durable(move |durable| {
                    let said = durable.map_err(|why| Rejection::Failed(why.to_owned())).and(done);
                    answer.send(said).ok();
                });
            }
            Job::Read(reader) => {
                self.make_durable();
                match &self.broken {
                    Some(why) => reader(Err(why)),
                    None => reader(Ok(self.store.as_ref())),
                }
            }
            Job::Stop => return false,
        }
        true
    }

    fn when_durable(&mut self, then: impl FnOnce(Result<(), &str>) + Send + 'static) {
        match (&self.broken, self.undurable) {
            (Some(why), _) => then(Err(why)),
            (None, 0) => then(Ok(())),
            _ => self.waiting.push(Box::new(then)),
        }
    }

    fn make_durable(&mut self) {
        if self.undurable > 0 && self.broken.is_none() {
            match self.store.sync() {
                Ok(_) => {
                    let wrote_letters = self.fresh.iter().any(|d| !d.decision.letters.is_empty());
                    for d in self.fresh.drain(..) {
                        // Nobody may be following.
                        self.durable.send(d).ok();
                    }
                    if wrote_letters {
                        self.letters.notify_waiters();
                    }
                }
                Err(e) => self.break_down(&e),
            }
        }
        self.undurable = 0;
        let outcome = self.broken.clone();
        for then in self.waiting.drain(..) {
            then(match &outcome {
                Some(why) => Err(why),
                None => Ok(()),
            });
        }
    }

    fn break_down(&mut self, e: &StoreError) {
        tracing::error!(event = "store_failed", error = %e, "the store failed; the daemon ends, and a start replays the journal");
        self.broken = Some(e.to_string());
        self.fresh.clear();
        self.failed.notify_one();
    }

    fn decide(&mut self, input: &Input) -> Verdict {
        if let Some(why) = &self.broken {
            return Err(Rejection::Failed(why.clone()));
        }
        let now = self.clock.now();
        match self.try_to_decide(input, now) {
            Ok(verdict) => verdict,
            Err(e) => {
                self.break_down(&e);
                Err(Rejection::Failed(e.to_string()))
            }
        }
    }

    fn try_to_decide(&mut self, input: &Input, now: crate::domain::Timestamp) -> Result<Verdict, StoreError> {
        let guidance = self.guidance.get();
        // With one writer a conflict cannot happen; with several a second look settles it.
        for _ in 0..3 {
            let answered =
                desk::decide_by(input, now, &guidance.policy, self.store.head(), |lookup| self.store.answer(lookup))?;
            let (facts, draft) = match answered {
                (facts, Step::Decided(draft)) => (facts, draft),
                (_, Step::Refused(why)) => return Ok(Err(Rejection::Refused(why))),
                (_, Step::Need(_)) => {
                    tracing::error!(event = "desk_asks_without_end");
                    return Ok(Err(Rejection::Failed(
                        "the desk could not decide this; this is a defect of intaked, please report it".to_owned(),
                    )));
                }
            };
            if draft.events.is_empty() && draft.intents.is_empty() {
                return Ok(Ok(None));
            }
            let decision = crate::letters::write(*draft, &guidance.templates, &guidance.sender, seed(now));
            if let Commit::Taken(sequence) = self.store.commit(&decision, &facts)? {
                self.undurable += 1;
                let durable = Durable { sequence, decision: Arc::new(decision) };
                self.fresh.push(durable.clone());
                return Ok(Ok(Some(durable)));
            }
        }
        Ok(Err(Rejection::Failed("the desk changed three times while this was decided; try again".to_owned())))
    }

    fn claim(&mut self, limit: usize) -> Result<Vec<Letter>, Rejection> {
        let failed = |e: StoreError| Rejection::Failed(e.to_string());
        if let Some(why) = &self.broken {
            return Err(Rejection::Failed(why.clone()));
        }
        if limit == 0 {
            return Ok(Vec::new());
        }
        let now = self.clock.now();
        let due = self.store.letters_due(now, limit.min(BATCH)).map_err(failed)?;
        if due.is_empty() {
            return Ok(Vec::new());
        }
        let tried = self.decide(&Input::Trying(due.into_iter().map(|l| l.id).collect()))?;
        // The desk leaves out what may no longer go: only what it recorded as tried is handed out.
        let mut letters = Vec::new();
        for event in tried.iter().flat_map(|d| &d.decision.events) {
            if let Event::LetterTried { letter } = event
                && let Some(letter) = self.store.letter(letter).map_err(failed)?
            {
                letters.push(letter);
            }
        }
        Ok(letters)
    }

    fn tick(&mut self) -> Result<usize, Rejection> {
        if let Some(why) = &self.broken {
            return Err(Rejection::Failed(why.clone()));
        }
        let now = self.clock.now();
        let presence = self.store.presence_due().map_err(|e| Rejection::Failed(e.to_string()))?;
        if presence.is_some_and(|at| at <= now) {
            self.decide(&Input::Presence)?;
        }
        // Before the tasks, whose clocks a listing sets.
        let accounts = self.store.accounts_due().map_err(|e| Rejection::Failed(e.to_string()))?;
        let listing = accounts.is_some_and(|at| at <= now);
        if listing {
            self.decide(&Input::Accounts)?;
        }
        let due = self.store.tasks_due(now, BATCH).map_err(|e| Rejection::Failed(e.to_string()))?;
        for task in &due {
            self.decide(&Input::Clock(*task))?;
        }
        if listing || !due.is_empty() {
            // Whatever ran out belongs in the letters that tell of it, so all of it happens first.
            return Ok(due.len() + usize::from(listing));
        }
        let rounds = self.store.rounds_due(now, BATCH).map_err(|e| Rejection::Failed(e.to_string()))?;
        for person in &rounds {
            self.decide(&Input::Round(person.clone()))?;
        }
        Ok(rounds.len())
    }
}

/// With more than one decision at hand there is a crowd, and a few milliseconds buy fewer fsyncs.
fn inbox_is_busy(undurable: usize) -> bool {
    undurable > 1
}
