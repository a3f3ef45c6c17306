//! The rota: who is on duty at which hours for what belongs to nobody, and the hours that nobody has.

use crate::domain::{
    Timestamp,
    calendar::Calendar,
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
        let local = at.with_timezone(&zone);
        self.is_for(request_type) && self.is_on(local.weekday(), local.time())
    }

    fn is_for(&self, request_type: Option<&RequestType>) -> bool {
        self.types.is_empty() || request_type.is_some_and(|t| self.types.contains(t))
    }

    fn is_on(&self, day: Weekday, time: NaiveTime) -> bool {
        match self.hours {
            None => self.days.contains(&day),
            Some((from, to)) if from < to => self.days.contains(&day) && from <= time && time < to,
            Some((from, to)) => {
                (self.days.contains(&day) && from <= time) || (self.days.contains(&day.pred()) && time < to)
            }
        }
    }
}

/// Hours of the week that nobody has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// For work of this type; `None` is for all.
    pub request_type: Option<RequestType>,
    /// While the office is open.
    pub office: bool,
    /// When, in words: `Mon, Tue 12:00-17:00`, `Fri 17:00 to Mon 08:30`.
    pub when: String,
}

const DAYS: [Weekday; 7] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];
const MINUTES: usize = 24 * 60;

/// The hours of an ordinary week that no shift covers; none where there is no rota. A rota of shifts for some types
/// alone is looked at for each of these.
#[must_use]
pub fn gaps(rota: &[Shift], calendar: &Calendar) -> Vec<Gap> {
    let mut types: Vec<Option<&RequestType>> = vec![None];
    if rota.iter().all(|s| !s.types.is_empty()) {
        types = rota.iter().flat_map(|s| &s.types).map(Some).collect();
        types.sort_unstable();
        types.dedup();
    }
    let of = |t: Option<&RequestType>| [true, false].map(|office| gap(rota, calendar, t, office));
    types.into_iter().flat_map(of).flatten().collect()
}

fn gap(rota: &[Shift], calendar: &Calendar, request_type: Option<&RequestType>, office: bool) -> Option<Gap> {
    let is_open = |day: Weekday, time| calendar.week_hours(day).is_some_and(|h| h.opens <= time && time < h.closes);
    let is_gap = |minute: usize| {
        let (day, time) = moment(minute);
        let covers = |s: &Shift| s.is_for(request_type) && s.is_on(day, time);
        is_open(day, time) == office && !rota.iter().any(covers)
    };
    let week = DAYS.len() * MINUTES;
    // The night of Sunday ends on Monday.
    let begins: Vec<usize> = (0..week).filter(|m| is_gap(*m) && !is_gap(m + week - 1)).collect();
    let mut spans: Vec<(usize, usize, Vec<Weekday>)> = Vec::new();
    for begin in begins {
        let lasts = (1..week).find(|n| !is_gap(begin + n)).unwrap_or(week);
        let (day, at) = (moment(begin).0, begin % MINUTES);
        match spans.iter_mut().find(|(a, l, _)| *a == at && *l == lasts) {
            Some((_, _, days)) => days.push(day),
            None => spans.push((at, lasts, vec![day])),
        }
    }
    let clock = |minute: usize| moment(minute).1.format("%H:%M").to_string();
    let words = |(at, lasts, days): &(usize, usize, Vec<Weekday>)| {
        let names: Vec<String> = days.iter().map(ToString::to_string).collect();
        let (names, days) = (names.join(", "), days.first().map_or(0, |d| d.num_days_from_monday() as usize));
        let end = days * MINUTES + at + lasts;
        if *lasts <= MINUTES {
            format!("{names} {}-{}", clock(*at), clock(end))
        } else {
            format!("{names} {} to {} {}", clock(*at), moment(end).0, clock(end))
        }
    };
    let when = spans.iter().map(words).collect::<Vec<_>>().join("; ");
    (!when.is_empty()).then(|| Gap { request_type: request_type.cloned(), office, when })
}

/// A minute of the week, which begins on Monday at midnight and goes round.
fn moment(minute: usize) -> (Weekday, NaiveTime) {
    let day = DAYS.get(minute / MINUTES % DAYS.len()).copied().unwrap_or(Weekday::Mon);
    let seconds = u32::try_from(minute % MINUTES * 60).unwrap_or(0);
    (day, NaiveTime::from_num_seconds_from_midnight_opt(seconds, 0).unwrap_or(NaiveTime::MIN))
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

    #[test]
    fn a_shift_that_ends_at_the_hour_at_which_it_begins_is_a_day_and_a_night_long() {
        let eight = NaiveTime::from_hms_opt(8, 0, 0).unwrap();
        let shift = shift(&[Weekday::Sat], Some((8, 8)), &[]);
        for (day, time, on) in [
            (Weekday::Sat, eight - chrono::Duration::minutes(1), false),
            (Weekday::Sat, eight, true),
            (Weekday::Sun, eight - chrono::Duration::minutes(1), true),
            (Weekday::Sun, eight, false),
        ] {
            assert_eq!(shift.is_on(day, time), on, "{day} {time}");
        }
    }

    fn shift(days: &[Weekday], hours: Option<(u32, u32)>, types: &[&str]) -> Shift {
        let hour = |h| NaiveTime::from_hms_opt(h, 0, 0).unwrap();
        Shift {
            days: days.to_vec(),
            hours: hours.map(|(a, b)| (hour(a), hour(b))),
            people: vec!["ana".into()],
            types: types.iter().map(|t| (*t).into()).collect(),
        }
    }

    fn told(rota: &[Shift]) -> Vec<(Option<&'static str>, bool, String)> {
        // Monday to Friday, 8:30 to 17:00.
        let gaps = gaps(rota, &Calendar::usual(chrono_tz::America::Chicago));
        gaps.into_iter().map(|g| (g.request_type.map(|_| "of a type"), g.office, g.when)).collect()
    }

    #[test]
    fn the_hours_that_nobody_has_are_told_by_day_and_by_night() {
        use Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
        assert_eq!(told(&[]), [], "no rota, no gap in it");
        assert_eq!(told(&[shift(&DAYS, None, &[])]), []);
        let by_day = shift(&[Mon, Tue, Wed, Thu, Fri], Some((8, 17)), &[]);
        let nights = shift(&[Mon, Tue, Wed, Thu], Some((17, 8)), &[]);
        let weekend = shift(&[Fri], Some((17, 8)), &[]);
        let saturday = shift(&[Sat, Sun], Some((8, 8 + 12)), &[]);
        assert_eq!(
            told(&[by_day.clone(), nights.clone()]),
            [(None, false, "Fri 17:00 to Mon 08:00".to_owned())],
            "a gap goes over midnight, and over the end of the week"
        );
        assert_eq!(told(&[by_day, nights, weekend, saturday]), [(None, false, "Sat, Sun 20:00-08:00".to_owned())]);
        let noon = shift(&[Mon, Tue], Some((8, 12)), &[]);
        assert_eq!(
            told(&[noon, shift(&[Wed, Thu, Fri, Sat, Sun], None, &[]), shift(&[Mon, Tue], Some((17, 8)), &[])]),
            [(None, true, "Mon, Tue 12:00-17:00".to_owned()), (None, false, "Mon 00:00-08:00".to_owned())]
        );
    }

    #[test]
    fn shifts_for_some_types_close_no_gap_for_all_and_alone_are_looked_at_by_type() {
        let some = shift(&DAYS, None, &["bond"]);
        let others = shift(&[Weekday::Mon], None, &[]);
        assert_eq!(told(&[some.clone(), others]).len(), 2);
        assert_eq!(told(&[some]), []);
        let bond = shift(&DAYS, Some((17, 8)), &["bond"]);
        let told = told(&[bond]);
        assert_eq!(told.len(), 2);
        assert_eq!(told[0], (Some("of a type"), true, "Mon, Tue, Wed, Thu, Fri 08:30-17:00".to_owned()));
    }
}
