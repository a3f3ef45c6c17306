//! Stories about the desk: given this mail and this book, when that happens, then these tasks and letters.

mod bounces;
mod calls_and_commands;
mod clocks_and_alarms;
mod corrections;
mod explains;
mod mail_in;
mod months;
mod partners;
mod presence;
mod properties;
mod replies;
pub(super) mod sample;
mod whose_client;
mod world;
