//! Ties the parts together: the loops, their supervision, reload and shutdown.
//!
//! The only place that reads the clock, draws randomness and holds more than one of store, inbox, outbox and web.

pub mod clock;
mod counting;
pub mod demo;
pub mod front;
pub mod guidance;
pub mod heartbeat;
pub mod house;
pub mod intake;
pub mod narrator;
pub mod opener;
mod outages;
pub mod past;
pub mod post;
pub mod run;
pub mod stored;
mod weekly;
pub mod writer;
