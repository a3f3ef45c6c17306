//! How long to wait before trying a server again: doubling, with chance in it, so that a returning server is not
//! met by everybody at once. Knows not what is tried.

use std::time::Duration;

/// Waits that double up to a limit.
#[derive(Debug, Clone)]
pub struct Backoff {
    first: Duration,
    longest: Duration,
    failures: u32,
    draw: fn() -> f64,
}

impl Backoff {
    /// Starts at `first`, never waits longer than `longest`.
    #[must_use]
    pub fn new(first: Duration, longest: Duration) -> Self {
        Self { first, longest, failures: 0, draw: chance }
    }
    /// The same with a chance of one's own (0 to 1), for tests and simulations.
    #[must_use]
    pub fn with_chance(mut self, draw: fn() -> f64) -> Self {
        self.draw = draw;
        self
    }
    /// The next wait: between half of the doubled time and the whole of it.
    #[must_use = "a wait that is not waited is a hot retry"]
    pub fn next_wait(&mut self) -> Duration {
        let whole = self.first.saturating_mul(1u32 << self.failures.min(20)).min(self.longest);
        self.failures = self.failures.saturating_add(1);
        whole.mul_f64(0.5 + 0.5 * (self.draw)().clamp(0.0, 1.0))
    }
    /// It worked: the next failure starts from the beginning.
    pub fn reset(&mut self) {
        self.failures = 0;
    }
}

/// A number between 0 and 1; the middle where the system gives no randomness.
fn chance() -> f64 {
    getrandom::u32().map_or(0.5, |n| f64::from(n) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_to_a_limit_and_start_anew_after_success() {
        let mut backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(10)).with_chance(|| 1.0);
        let waits: Vec<u64> = (0..6).map(|_| backoff.next_wait().as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 10, 10]);
        backoff.reset();
        assert_eq!(backoff.next_wait().as_secs(), 1);
    }

    #[test]
    fn a_wait_is_never_short_of_half_and_never_zero() {
        let mut backoff = Backoff::new(Duration::from_secs(2), Duration::from_secs(60)).with_chance(|| 0.0);
        assert_eq!(backoff.next_wait(), Duration::from_secs(1));
        let mut real = Backoff::new(Duration::from_secs(1), Duration::from_secs(300));
        for _ in 0..2000 {
            let wait = real.next_wait();
            assert!(wait >= Duration::from_millis(500) && wait <= Duration::from_secs(300));
        }
    }
}
