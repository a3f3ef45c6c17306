//! Plain types and what they mean. Pure: knows no mail format, no rule file, no store, no clock.

pub mod absence;
pub mod account;
pub mod calendar;
pub mod decision;
pub mod event;
pub mod field;
pub mod fold;
pub mod id;
pub mod letter;
pub mod message;
pub mod mistake;
pub mod nearest;
pub mod past;
pub mod person;
pub mod pipeline;
pub mod proof;
pub mod reading;
pub mod round;
pub mod seal;
pub mod spent;
pub mod task;
pub mod text;
pub mod upkeep;
pub mod workflow;
pub mod workload;

/// An instant, always UTC. Days, hours and deadlines are the agency's: see [`calendar::Calendar`].
pub type Timestamp = chrono::DateTime<chrono::Utc>;
