//! Stories about the desk: given this mail and this book, when that happens, then these tasks and letters.

mod bounces;
mod by_mail;
mod calls_and_commands;
mod clocks_and_alarms;
mod conversation;
mod corrections;
mod explains;
mod forged;
mod mail_in;
mod outlook;
mod properties;
mod replies;
mod sample;
mod world;
