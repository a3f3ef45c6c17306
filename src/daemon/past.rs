//! Reports of what is past: the journal is read beside the running desk, which decides on meanwhile.

use crate::desk::Policy;
use crate::domain::decision::Sequence;
use crate::reports::{By, Frame, Gathering, Period, Report};
use crate::store::{self, StoreError};
use std::path::Path;

/// The report of a period, from everything that was decided up to `last`. Blocks while it reads.
///
/// # Errors
/// The journal cannot be read, or is damaged.
pub fn report(data: &Path, last: Sequence, period: Period, by: By, policy: &Policy) -> Result<Report, StoreError> {
    let mut gathered = Gathering::new();
    store::read_journal(data, last, |entry| gathered.take(&entry.decision))?;
    Ok(of(&gathered, period, by, policy))
}

/// The report of a period, of what was gathered.
#[must_use]
pub fn of(gathered: &Gathering, period: Period, by: By, policy: &Policy) -> Report {
    let frame = Frame {
        agency: policy.agency.name.as_str(),
        calendar: &policy.calendar,
        names: policy.people.iter().map(|p| (p.id.clone(), p.name.to_string())).collect(),
        first_touch: &|t| policy.practice_of(t).standard.first_touch,
    };
    Report::of(gathered, period, by, &frame)
}
