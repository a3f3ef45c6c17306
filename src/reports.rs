//! What the desk has done, in figures and drawings: reports of a period, and the survey of an agency's mail before a pilot.
//!
//! Pure, and made of the journal alone: decisions go into [`Gathering`] in their order, [`Report::of`] makes figures of
//! them, [`page`], [`sheet`] and the command line show those. Each figure has one definition, in [`figure`], and names
//! the tasks it was made of. Knows no store, no rule and no clock; who asks says until when.

pub mod against;
mod case;
mod chart;
pub mod figure;
mod gather;
pub mod page;
mod period;
mod report;
pub mod sheet;
pub mod survey;

pub use case::{Case, Court};
pub use figure::{Figure, Unit};
pub use gather::{Became, Gathering};
pub use period::Period;
pub use report::{By, Frame, Group, Line, MailCounts, Measured, Report, Week};

#[cfg(test)]
mod figure_tests;
