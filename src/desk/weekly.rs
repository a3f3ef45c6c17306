//! The owners' weekly report: when it is written, and the letter that carries it. Its figures are made outside, of the
//! journal; here they are words.

use super::{
    Documents, Policy,
    ask::{Ask, Asked},
    drafting::Drafting,
    letters::{self, REPORT, ToStaff},
    says::ReportView,
};
use crate::domain::{Timestamp, decision::Cause, event::Event, id::PersonId, person::Role, upkeep::Upkeep};
use chrono::{Datelike as _, Days, NaiveTime, Weekday};

/// When the weekly report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weekly {
    /// On this day of the week.
    pub on: Weekday,
    /// At this time of day; as the office opens where left out.
    pub at: Option<NaiveTime>,
}

/// The first such moment after `after`. Where the office is closed that day it comes as it opens again.
fn next(policy: &Policy, after: Timestamp) -> Option<Timestamp> {
    let Weekly { on, at } = policy.weekly?;
    let calendar = &policy.calendar;
    // A week back: what a closed day has moved may still be ahead.
    let first = calendar.day(after).checked_sub_days(Days::new(7))?;
    let days = (0..21).filter_map(|n| first.checked_add_days(Days::new(n))).filter(|day| day.weekday() == on);
    let moments = days.map(|day| match at {
        Some(at) if calendar.is_business_day(day) => calendar.instant(day.and_time(at)),
        _ => calendar.next_open(calendar.instant(day.and_time(NaiveTime::MIN))),
    });
    moments.into_iter().find(|at| *at > after)
}

/// Appoints the next report where none is; what is due is written first.
pub(super) fn appoint(d: &mut Drafting<'_>, upkeep: &Upkeep) {
    let at = match upkeep.report_at {
        Some(at) if at <= d.now && d.policy.weekly.is_some() => return,
        _ => next(d.policy, d.now),
    };
    if at != upkeep.report_at {
        d.record(Event::ReportSet { at });
    }
}

/// Sends it to every owner, and appoints the next one.
pub(super) fn write<'p>(
    ask: &Ask<'_>,
    report: &ReportView,
    document: &Documents,
    now: Timestamp,
    policy: &'p Policy,
) -> Asked<Drafting<'p>> {
    let (circumstances, upkeep) = (ask.circumstances(), ask.upkeep());
    let mut d = Drafting::amid(circumstances?, Cause::Clock, now, policy);
    if upkeep?.report_at.is_none_or(|at| at > now) {
        return Ok(d);
    }
    d.record(Event::ReportSet { at: next(policy, now) });
    let owners: Vec<PersonId> = policy.people.iter().filter(|p| p.is(Role::Owner)).map(|p| p.id.clone()).collect();
    for owner in owners {
        let letter = ToStaff {
            kind: REPORT,
            report: Some(report.clone()),
            document: Some(document.clone()),
            at_once: true,
            ..ToStaff::default()
        };
        letters::to_staff(&mut d, &owner, &[], letter);
    }
    Ok(d)
}
