//! The calendar against one that walks minute by minute: slow, and too simple to be wrong in the same way.

use super::*;
use chrono::{DateTime, Utc};
use proptest::prelude::*;

/// Walks UTC minutes and asks the zone what its clocks show.
#[derive(Debug)]
struct Slow {
    zone: Tz,
    week: [Option<Hours>; 7],
    holidays: BTreeSet<NaiveDate>,
}

const MINUTE: Duration = Duration::minutes(1);

impl Slow {
    fn is_open(&self, at: Timestamp) -> bool {
        let local = at.with_timezone(&self.zone).naive_local();
        let hours = self.week[local.weekday().num_days_from_monday() as usize];
        !self.holidays.contains(&local.date())
            && hours.is_some_and(|h| h.opens <= local.time() && local.time() < h.closes)
    }
    fn next_open(&self, mut at: Timestamp) -> Timestamp {
        while !self.is_open(at) {
            at += MINUTE;
        }
        at
    }
    fn after_office(&self, from: Timestamp, minutes: u32) -> Timestamp {
        let mut at = self.next_open(from);
        for _ in 0..minutes {
            // The minute is spent, and only then is the next open one looked for.
            at = self.next_open(at) + MINUTE;
        }
        at
    }
    fn before_office(&self, until: Timestamp, minutes: u32) -> Timestamp {
        let mut at = until;
        for _ in 0..minutes {
            at -= MINUTE;
            while !self.is_open(at) {
                at -= MINUTE;
            }
        }
        at
    }
    fn between(&self, a: Timestamp, b: Timestamp) -> i64 {
        let mut n = 0;
        let mut at = a;
        while at < b {
            n += i64::from(self.is_open(at));
            at += MINUTE;
        }
        n
    }
}

/// Openings between 5 and 11, closings between 12 and 22: no zone turns its clocks within them.
fn hours() -> impl Strategy<Value = Option<Hours>> {
    proptest::option::weighted(0.75, (300u32..660, 720u32..1320)).prop_map(|h| {
        h.map(|(o, c)| {
            let time = |m: u32| NaiveTime::from_hms_opt(m / 60, m % 60, 0).unwrap();
            Hours { opens: time(o), closes: time(c) }
        })
    })
}

fn calendars() -> impl Strategy<Value = (Calendar, Slow)> {
    let zones = prop_oneof![
        Just(chrono_tz::America::Chicago),
        Just(chrono_tz::America::New_York),
        Just(chrono_tz::Pacific::Honolulu),
        Just(chrono_tz::Australia::Lord_Howe),
        Just(chrono_tz::Europe::London),
        Just(chrono_tz::Asia::Kathmandu),
    ];
    let week = proptest::array::uniform7(hours()).prop_map(|mut week| {
        // Some day is open, or nothing could be reckoned.
        if week.iter().all(Option::is_none) {
            week[0] = NaiveTime::from_hms_opt(9, 0, 0)
                .zip(NaiveTime::from_hms_opt(12, 0, 0))
                .map(|(opens, closes)| Hours { opens, closes });
        }
        week
    });
    (zones, week, proptest::collection::btree_set(0i64..30, 0..5)).prop_map(|(zone, week, days)| {
        let first = NaiveDate::from_ymd_opt(2026, 10, 20).unwrap();
        let holidays: BTreeSet<_> = days.into_iter().map(|d| first + Duration::days(d)).collect();
        (Calendar::new(zone, week, holidays.clone()), Slow { zone, week, holidays })
    })
}

/// A minute of the weeks around the end of daylight saving (autumn) or its beginning (spring).
fn moments() -> impl Strategy<Value = Timestamp> {
    (any::<bool>(), 0i64..30 * 1440).prop_map(|(spring, minute)| {
        let first = if spring { (2026, 3, 1) } else { (2026, 10, 20) };
        let day = NaiveDate::from_ymd_opt(first.0, first.1, first.2).unwrap();
        DateTime::from_naive_utc_and_offset(day.and_time(NaiveTime::default()), Utc) + Duration::minutes(minute)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn opening_times_are_what_the_clock_on_the_wall_says((fast, slow) in calendars(), at in moments()) {
        prop_assert_eq!(fast.is_open(at), slow.is_open(at));
        prop_assert_eq!(fast.next_open(at), slow.next_open(at));
    }

    #[test]
    fn office_time_ahead_is_counted_minute_by_minute((fast, slow) in calendars(), at in moments(), n in 0u32..1500) {
        let due = fast.after(at, Span::Office(n));
        prop_assert_eq!(due, slow.after_office(at, n));
        prop_assert_eq!(fast.office_between(at, due).num_minutes(), i64::from(n));
        prop_assert_eq!(slow.between(at, due), i64::from(n));
    }

    #[test]
    fn office_time_back_is_counted_minute_by_minute((fast, slow) in calendars(), until in moments(), n in 1u32..1500) {
        let warned = fast.before(until, Span::Office(n));
        prop_assert_eq!(warned, slow.before_office(until, n));
        prop_assert!(warned < until);
    }

    #[test]
    fn office_time_between_two_moments_is_counted_minute_by_minute((fast, slow) in calendars(), a in moments(), n in 0i64..20_000) {
        let b = a + Duration::minutes(n);
        prop_assert_eq!(fast.office_between(a, b).num_minutes(), slow.between(a, b));
        prop_assert_eq!(fast.office_between(b, a), Duration::zero());
    }

    #[test]
    fn wall_time_and_business_days_end_in_office_hours_and_warnings_do_not_come_late(
        (fast, slow) in calendars(), at in moments(), n in 0u32..3000, days in 0u32..6,
    ) {
        let due = fast.after(at, Span::Wall(n));
        prop_assert_eq!(due, slow.next_open(at + Duration::minutes(i64::from(n))));
        let due = fast.after(at, Span::Days(days));
        prop_assert!(slow.is_open(due) && due >= at);
        for span in [Span::Wall(n), Span::Days(days), Span::Office(n)] {
            prop_assert!(fast.before(at, span) <= at, "{}", span);
        }
    }
}
