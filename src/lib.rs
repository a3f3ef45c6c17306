//! intaked takes in the mail of an independent insurance agency and loses nothing of it.
//!
//! This is the map of the house. A message goes
//!
//! ```text
//!  IMAP ─▶ fetch ─▶ parse ─▶ read ─────▶ decide ─────▶ commit ─────▶ mark on server
//!          inbox    message  reading       desk          store         inbox
//!                                           ▲              │
//!               reply, command ─────────────┤              └─▶ outbox ─▶ SMTP   (words by letters)
//!               the clock, an import ───────┘
//! ```
//!
//! Dependencies point one way: [`domain`] ← [`message`] ← [`reading`] ← [`desk`] ← [`letters`].
//! Those five are pure: time, ids and records are handed to them. [`store`], [`inbox`], [`outbox`], [`book`], [`web`]
//! stand on them and not on each other ([`tls`] and [`secrets`] serve inbox and outbox); [`reports`] makes figures of
//! what was decided, and [`simulate`] decides months of it in seconds, on records in memory. [`config`] reads
//! `intaked.toml`; [`daemon`] ties all of it together; [`cli`] starts it.
//! `tests/layout.rs` fails when an arrow turns round.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

pub mod book;
pub mod cli;
pub mod config;
pub mod daemon;
pub mod desk;
pub mod domain;
pub mod inbox;
pub mod letters;
pub mod message;
pub mod outbox;
pub mod reading;
pub mod reports;
pub mod secrets;
pub mod simulate;
pub mod store;
pub mod tls;
pub mod web;
