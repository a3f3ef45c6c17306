//! `intaked run`: starts the house, tells systemd, hears signals, and leaves in good order.

use super::clock::Clock;
use super::guidance::{Guidance, load};
use super::house::House;
use super::narrator::Narrator;
use super::writer::Durable;
use crate::domain::mistake::{Mistake, Mistakes};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::broadcast::error::RecvError;

/// How often systemd hears that the desk still decides; half of what the unit's WatchdogSec allows, or less.
const SIGN_OF_LIFE: Duration = Duration::from_secs(10);

/// Runs until SIGTERM or SIGINT. SIGHUP loads rules, letters and people anew.
///
/// # Errors
/// What keeps it from starting, or a store that failed for good: one sentence.
pub async fn run(path: &Path, tell: bool) -> anyhow::Result<()> {
    // First of all: until a signal has its listener it kills, and a reload may come as soon as the socket answers.
    let mut term = signal(SignalKind::terminate())?;
    let mut int = signal(SignalKind::interrupt())?;
    let mut hup = signal(SignalKind::hangup())?;
    let (config, guidance) = load(path).map_err(mistakes_as_error)?;
    crate::tls::install_ring();
    let calendar = config.calendar.clone();
    let mut narrator = tell.then(|| Narrator::new(calendar, &config.people));
    let house = House::open(&config, guidance, Arc::new(Clock::system()))?;
    tracing::info!(event = "started", agency = %config.agency.name, mode = ?config.mode, mailboxes = config.mailboxes.len());
    notify(&[sd_notify::NotifyState::Ready]);

    // Followed only where somebody listens: what a follower has not heard yet is kept for it.
    let mut durable = tell.then(|| house.writer.follow());
    let mut life = tokio::time::interval(SIGN_OF_LIFE);
    let failed = loop {
        tokio::select! {
            _ = term.recv() => break false,
            _ = int.recv() => break false,
            _ = hup.recv() => reload(&house, path).await,
            () = house.writer.failed() => break true,
            // Only a desk that still decides is alive: the tick goes through the writer.
            _ = life.tick() => if house.writer.tick().await.is_ok() { notify(&[sd_notify::NotifyState::Watchdog]) },
            Some(decided) = next(&mut durable) => {
                if let Some(narrator) = &mut narrator {
                    print!("{}", narrator.tell(&decided.decision));
                }
            }
        }
    };
    notify(&[sd_notify::NotifyState::Stopping]);
    tracing::info!(event = "stopping");
    house.close().await;
    tracing::info!(event = "stopped");
    anyhow::ensure!(
        !failed,
        "the store failed; see the log above. A start replays the journal, nothing that was answered is lost"
    );
    Ok(())
}

/// The next decision, for whoever listens; never, where nobody does.
async fn next(durable: &mut Option<tokio::sync::broadcast::Receiver<Durable>>) -> Option<Durable> {
    match durable {
        Some(durable) => loop {
            match durable.recv().await {
                Ok(decided) => return Some(decided),
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return None,
            }
        },
        None => std::future::pending().await,
    }
}

fn notify(states: &[sd_notify::NotifyState<'_>]) {
    // Not under systemd: nobody to tell.
    sd_notify::notify(states).ok();
}

async fn reload(house: &House, path: &Path) {
    match load(path) {
        Ok((_, guidance)) => {
            let Guidance { ref policy, .. } = guidance;
            tracing::info!(event = "reloaded", rules = %policy.versions.rules, templates = %policy.versions.templates, policy = %policy.versions.policy);
            house.adopt(guidance);
            // Clocks follow the new calendar and standards, and what belonged to people who left finds somebody.
            if let Err(e) = house.writer.look_at_all().await {
                tracing::error!(event = "reload_incomplete", error = %e);
            }
        }
        Err(mistakes) => {
            for m in &mistakes {
                tracing::error!(event = "reload_refused", mistake = %m);
            }
            tracing::error!(event = "reload_refused", mistakes = mistakes.len(), "what was loaded before still holds");
        }
    }
}

/// All mistakes as one error for `main` to print.
#[must_use]
pub fn mistakes_as_error(mistakes: Vec<Mistake>) -> anyhow::Error {
    Mistakes(mistakes).into()
}
