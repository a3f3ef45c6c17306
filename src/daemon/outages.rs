//! How mailboxes and the mail server are: for `intaked status`, and for the desk, which tells people of what is away and
//! that it is back. What the desk was told of outlives a restart.

use super::clock::Clock;
use super::front::Health;
use super::writer::Writer;
use crate::desk::Input;
use crate::domain::decision::{Answer, Lookup};
use crate::domain::{Timestamp, workflow::Listener};
use crate::{inbox, outbox};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// How a part is.
pub(super) enum How<'s> {
    /// Nobody knows yet.
    Unknown(&'static str),
    /// It works.
    Well(&'static str),
    /// It cannot be reached.
    Away {
        /// Since when.
        since: Timestamp,
        /// Why.
        why: &'s str,
    },
}

/// What a part says of itself.
pub(super) trait Status: Clone + Send + Sync + 'static {
    /// How it is.
    fn how(&self) -> How<'_>;
}

impl Status for inbox::Status {
    fn how(&self) -> How<'_> {
        match self {
            Self::Connecting => How::Unknown("connecting"),
            Self::Watching => How::Well("waiting for new mail"),
            Self::Trouble { since, why } => How::Away { since: *since, why },
        }
    }
}

impl Status for outbox::Status {
    fn how(&self) -> How<'_> {
        match self {
            Self::Untried => How::Unknown("no letter was sent yet"),
            Self::Well => How::Well("takes letters"),
            Self::Trouble { since, why } => How::Away { since: *since, why },
        }
    }
}

/// A part of the house that can be away.
pub(super) struct Part {
    pub(super) name: String,
    /// It is where letters go.
    pub(super) sends: bool,
    /// Who hears, and after how long.
    pub(super) steps: Vec<(Duration, Listener)>,
    pub(super) zone: chrono_tz::Tz,
    pub(super) health: Arc<Health>,
    pub(super) writer: Writer,
}

impl Part {
    /// Follows it until `cancel`, or until it is there no more.
    pub(super) async fn follow<S: Status>(self, mut status: watch::Receiver<S>, cancel: CancellationToken) {
        // Since when it was away before this start, where people were told of that.
        let mut earlier = self.told_of().await;
        let mut told_of = earlier.is_some();
        let mut told = 0;
        loop {
            let now = status.borrow_and_update().clone();
            let since = match now.how() {
                How::Away { since, why } => {
                    let since = earlier.map_or(since, |before| before.min(since));
                    let from = since.with_timezone(&self.zone).format("%a %H:%M");
                    self.health.says(&self.name, false, format!("in trouble since {from}: {why}"));
                    Some(since)
                }
                How::Unknown(words) => {
                    self.health.says(&self.name, true, words);
                    None
                }
                How::Well(words) => {
                    self.health.says(&self.name, true, words);
                    earlier = None;
                    if told_of {
                        told_of = !self.decided(Input::Reachable { part: self.name.clone() }).await;
                    }
                    None
                }
            };
            if since.is_none() {
                told = 0;
            }
            let step = since.zip(self.steps.get(told).copied());
            tokio::select! {
                () = cancel.cancelled() => return,
                changed = status.changed() => if changed.is_err() { return },
                () = passed(step.map(|(since, (after, _))| since + after)) => if let Some((since, (_, tell))) = step {
                    let part = self.name.clone();
                    self.decided(Input::Unreachable { part, since, sends: self.sends, tell }).await;
                    told_of = true;
                    told += 1;
                },
            }
        }
    }

    /// Since when it is away, by the desk's record.
    async fn told_of(&self) -> Option<Timestamp> {
        let answer = self.writer.read(|s| s.answer(&Lookup::Upkeep)).await;
        let Ok(Answer::Upkeep(upkeep)) = answer else { return None };
        upkeep.outage(&self.name).map(|o| o.since)
    }

    async fn decided(&self, input: Input) -> bool {
        let decided = self.writer.decide(input).await;
        if let Err(e) = &decided {
            tracing::error!(event = "outage_not_told", error = %e);
        }
        decided.is_ok()
    }
}

/// Waits for that moment; for ever where there is none.
async fn passed(at: Option<Timestamp>) {
    match at {
        Some(at) => tokio::time::sleep((at - Clock::real()).to_std().unwrap_or_default()).await,
        None => std::future::pending().await,
    }
}
