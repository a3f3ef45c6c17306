//! What the clocks of a zone show, from a list of its changes that is made once: every clock of every task asks, and to
//! search the zone's whole history each time was nearly a tenth of what a simulated year costs.

use crate::domain::Timestamp;
use chrono::{DateTime, Duration, NaiveDateTime, Offset, TimeZone};
use chrono_tz::Tz;
use std::sync::{Arc, OnceLock};

/// A time zone. Two are equal when they have one name.
#[derive(Debug, Clone)]
pub(super) struct Zone {
    name: Tz,
    stretches: Arc<OnceLock<Vec<Stretch>>>,
}

/// A time in which the clocks are left alone, in seconds.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    /// Its beginning in UTC.
    from: i64,
    /// Its end in UTC.
    until: i64,
    /// How far the clocks are ahead of UTC.
    ahead: i64,
}

/// The years of the list, 2015 to 2049, in seconds of UTC. Other years are rare and are looked up in the history.
const LISTED: std::ops::Range<i64> = 1_420_070_400..2_524_608_000;
/// The furthest that clocks are from UTC, and more.
const DAY: i64 = 86_400;
/// No zone changes its clocks twice within it.
const WEEK: i64 = 7 * DAY;

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Zone {}

impl Zone {
    pub(super) fn new(name: Tz) -> Self {
        Self { name, stretches: Arc::default() }
    }

    pub(super) fn name(&self) -> Tz {
        self.name
    }

    /// What the clocks show at an instant.
    pub(super) fn local(&self, at: Timestamp) -> NaiveDateTime {
        let second = at.timestamp();
        let all = self.stretches();
        match all.get(all.partition_point(|s| s.until <= second)).filter(|s| s.from <= second) {
            Some(stretch) => at.naive_utc() + Duration::seconds(stretch.ahead),
            None => at.with_timezone(&self.name).naive_local(),
        }
    }

    /// The first instant at which the clocks show `local`; where they skip it, the instant at which they do.
    pub(super) fn instant(&self, local: NaiveDateTime) -> Timestamp {
        let shown = local.and_utc().timestamp();
        let listed = (LISTED.start + DAY..LISTED.end - DAY).contains(&shown);
        let all = self.stretches();
        let stretch = all.get(all.partition_point(|s| s.until + s.ahead <= shown)).filter(|_| listed);
        match stretch {
            Some(s) if shown < s.from + s.ahead => DateTime::from_timestamp(s.from, 0).unwrap_or_default(),
            Some(s) => (local - Duration::seconds(s.ahead)).and_utc(),
            None => self.searched(local),
        }
    }

    /// The same from the zone's history, where `local` is not of the years of the list; a time that is skipped is the
    /// instant at which clocks would show it that nobody had set.
    fn searched(&self, local: NaiveDateTime) -> Timestamp {
        let known = |local: &NaiveDateTime| self.name.from_local_datetime(local).earliest();
        let in_a_gap = || known(&(local - Duration::days(1))).map(|at| at + Duration::days(1));
        known(&local).or_else(in_a_gap).map_or_else(|| local.and_utc(), |at| at.to_utc())
    }

    fn stretches(&self) -> &[Stretch] {
        self.stretches.get_or_init(|| {
            let ahead = |second: i64| {
                let at = DateTime::from_timestamp(second, 0).unwrap_or_default().naive_utc();
                i64::from(self.name.offset_from_utc_datetime(&at).fix().local_minus_utc())
            };
            let mut all = Vec::new();
            let mut now = Stretch { from: LISTED.start, until: LISTED.end, ahead: ahead(LISTED.start) };
            let mut week = LISTED.start;
            while week < LISTED.end {
                let next = (week + WEEK).min(LISTED.end);
                if ahead(next) != now.ahead {
                    // The change is the first second with other clocks.
                    let (mut before, mut after) = (week, next);
                    while after - before > 1 {
                        let middle = before.midpoint(after);
                        if ahead(middle) == now.ahead { before = middle } else { after = middle }
                    }
                    all.push(Stretch { until: after, ..now });
                    now = Stretch { from: after, until: LISTED.end, ahead: ahead(after) };
                }
                week = next;
            }
            all.push(now);
            all
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_list_says_what_the_history_says() {
        // Every tenth zone, and those that change their clocks most oddly: a month of fasting, half an hour, at midnight.
        let odd = [
            chrono_tz::Africa::Casablanca,
            chrono_tz::Australia::Lord_Howe,
            chrono_tz::America::Santiago,
            chrono_tz::Asia::Beirut,
            chrono_tz::Asia::Pyongyang,
            chrono_tz::America::Chicago,
        ];
        for name in chrono_tz::TZ_VARIANTS.iter().step_by(10).chain(&odd) {
            let zone = Zone::new(*name);
            for second in (LISTED.start - WEEK..LISTED.end + WEEK).step_by(433_000) {
                let at = DateTime::from_timestamp(second, 0).unwrap();
                assert_eq!(zone.local(at), at.with_timezone(name).naive_local(), "{name} {at}");
            }
        }
    }

    #[test]
    fn a_skipped_time_is_the_moment_of_the_change_and_one_that_comes_twice_the_first_of_both() {
        let zone = Zone::new(chrono_tz::America::Chicago);
        let instant = |s: &str| zone.instant(s.parse().unwrap()).to_rfc3339();
        assert_eq!(instant("2026-03-08T01:59:59"), "2026-03-08T07:59:59+00:00");
        assert_eq!(instant("2026-03-08T02:20:00"), "2026-03-08T08:00:00+00:00");
        assert_eq!(instant("2026-03-08T03:00:00"), "2026-03-08T08:00:00+00:00");
        assert_eq!(instant("2026-11-01T01:30:00"), "2026-11-01T06:30:00+00:00");
        assert_eq!(instant("2026-11-01T02:00:00"), "2026-11-01T08:00:00+00:00");
        assert_eq!(instant("1988-07-04T12:00:00"), "1988-07-04T17:00:00+00:00");
        assert_eq!(instant("1988-04-03T02:30:00"), "1988-04-03T08:30:00+00:00", "skipped, and not of the list");
        assert_eq!(instant("2071-01-04T12:00:00"), "2071-01-04T18:00:00+00:00");
    }

    proptest! {
        #[test]
        fn a_local_time_is_the_first_instant_at_which_the_clocks_show_it(
            zone in 0..chrono_tz::TZ_VARIANTS.len(), second in LISTED.start - WEEK..LISTED.end + WEEK,
        ) {
            let name = chrono_tz::TZ_VARIANTS[zone];
            let local = DateTime::from_timestamp(second, 0).unwrap().naive_utc();
            if let Some(at) = name.from_local_datetime(&local).earliest() {
                prop_assert_eq!(Zone::new(name).instant(local), at.to_utc());
            }
        }
    }
}
