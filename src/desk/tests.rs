//! Stories about the desk: given this mail and this book, when that happens, then these tasks and letters.

mod bounces;
mod by_mail;
mod calls_and_commands;
mod clocks_and_alarms;
mod conversation;
mod corrections;
mod digests;
mod explains;
mod forged;
mod full_context;
mod happenings;
mod links;
mod mail_in;
mod out_by_mail;
mod outlook;
mod partners;
mod pipeline;
mod presence;
mod properties;
mod questions;
mod replies;
mod rounds;
pub(super) mod sample;
mod steps;
mod who_hears;
mod whose_client;
mod world;
