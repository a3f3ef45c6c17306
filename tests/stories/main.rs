//! Stories on real servers: given this agency, when these mails arrive, then these letters, tasks and marks.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

#[path = "../harness/mod.rs"]
mod harness;

mod bad_input;
mod by_mail;
mod carriers;
mod conversation;
mod edited_rules;
mod faults;
mod mailboxes;
mod main_job;
mod modes;
mod noise;
mod nothing_unseen;
mod own_pages;
mod reminders;
mod renewals;
mod request_types;
mod script;
mod spanish;
mod survey;
mod whose_work;
mod words;
