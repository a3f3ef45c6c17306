//! The rota: who is on duty at which hours for what belongs to nobody.

use crate::domain::{
    Timestamp,
    id::{PersonId, RequestType},
};
use chrono::{Datelike, NaiveTime, Weekday};
use chrono_tz::Tz;
use serde::Serialize;

/// Some hours of some days, and who is on duty then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shift {
    /// The days on which it begins.
    pub days: Vec<Weekday>,
    /// From and to, in the agency's zone; to the morning after where it ends before it begins. `None` is all day.
    pub hours: Option<(NaiveTime, NaiveTime)>,
    /// Who.
    pub people: Vec<PersonId>,
    /// For these types only; empty is for all.
    pub types: Vec<RequestType>,
}

impl Shift {
    /// Whether it is on at that moment, for work of that type.
    #[must_use]
    pub fn covers(&self, zone: Tz, at: Timestamp, request_type: Option<&RequestType>) -> bool {
        if !self.types.is_empty() && request_type.is_none_or(|t| !self.types.contains(t)) {
            return false;
        }
        let local = at.with_timezone(&zone);
        let (day, time) = (local.weekday(), local.time());
        match self.hours {
            None => self.days.contains(&day),
            Some((from, to)) if from < to => self.days.contains(&day) && from <= time && time < to,
            Some((from, to)) => {
                (self.days.contains(&day) && from <= time) || (self.days.contains(&day.pred()) && time < to)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_night_shift_goes_on_into_the_morning_after_its_day() {
        let zone = chrono_tz::America::Chicago;
        let at = |s: &str| chrono::DateTime::parse_from_rfc3339(s).unwrap().with_timezone(&chrono::Utc);
        let hour = |h| NaiveTime::from_hms_opt(h, 0, 0).unwrap();
        let night = Shift {
            days: vec![Weekday::Fri],
            hours: Some((hour(17), hour(8))),
            people: Vec::new(),
            types: vec!["bond".into()],
        };
        let bond = RequestType::from("bond");
        for (moment, on) in [
            ("2026-11-20T16:59:00-06:00", false),
            ("2026-11-20T17:00:00-06:00", true),
            ("2026-11-21T07:59:00-06:00", true),
            ("2026-11-21T08:00:00-06:00", false),
            ("2026-11-21T18:00:00-06:00", false),
        ] {
            assert_eq!(night.covers(zone, at(moment), Some(&bond)), on, "{moment}");
        }
        assert!(!night.covers(zone, at("2026-11-20T18:00:00-06:00"), None), "only for its types");
    }
}
