//! Where the time comes from: the one place in the house that reads the system's clock.

use crate::domain::Timestamp;
use std::sync::atomic::{AtomicI64, Ordering};

/// The daemon's clock: the system's, moved on by what a demonstration let pass.
#[derive(Debug, Default)]
pub struct Clock {
    ahead_ms: AtomicI64,
}

impl Clock {
    /// The system's clock.
    #[must_use]
    pub fn system() -> Self {
        Self::default()
    }
    /// What the system's clock shows.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the place where time comes in")]
    pub fn real() -> Timestamp {
        chrono::Utc::now()
    }
    /// Now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        Self::real() + chrono::Duration::milliseconds(self.ahead_ms.load(Ordering::Relaxed))
    }
    /// Moves on to `to`; a clock never goes back.
    pub fn move_on_to(&self, to: Timestamp) {
        let by = (to - self.now()).num_milliseconds();
        if by >= 0 {
            // One more, because what is left of a millisecond was cut off.
            self.ahead_ms.fetch_add(by + 1, Ordering::Relaxed);
        }
    }
}

/// Sixteen random bytes for Message-IDs and boundaries. Where the system has none to give, the time and a counter
/// stand in: uniqueness is what matters here, not secrecy.
#[must_use]
pub fn seed(now: Timestamp) -> [u8; 16] {
    static COUNT: AtomicI64 = AtomicI64::new(0);
    let mut seed = [0; 16];
    if getrandom::fill(&mut seed).is_err() {
        let stamp = now.timestamp_nanos_opt().unwrap_or_default().to_be_bytes();
        let count = COUNT.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        for (to, from) in seed.iter_mut().zip(stamp.into_iter().chain(count)) {
            *to = from;
        }
    }
    seed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_moves_on_and_never_back() {
        let c = Clock::system();
        let then = c.now() + chrono::Duration::hours(30);
        c.move_on_to(then);
        assert!(c.now() >= then);
        c.move_on_to(then - chrono::Duration::hours(10));
        assert!(c.now() >= then);
    }
}
