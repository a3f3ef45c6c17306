//! The end-to-end tests' harness: real mail servers, a built `intaked`, and mailboxes read back over IMAP.
//!
//! Each test makes an [`Agency`] with a mail domain of its own, so that all of them run side by side on one stack.
#![allow(
    dead_code,
    unused_imports,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

pub mod agency;
pub mod imap;
pub mod lmtp;
pub mod mail;
pub mod proxy;
pub mod stack;

pub use agency::Agency;
pub use mail::Mail;
pub use stack::stack;

use std::time::{Duration, Instant};

/// Asks `question` until it answers; panics with `what` when it has not after `seconds`.
pub fn wait_for<T>(what: &str, seconds: u64, mut question: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + Duration::from_secs(seconds);
    loop {
        if let Some(answer) = question() {
            return answer;
        }
        assert!(Instant::now() < end, "waited {seconds} s in vain for {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}
