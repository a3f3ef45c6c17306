//! Which dates press, each on fields of its own.

use super::*;
use crate::domain::{calendar::Calendar, field::Provenance};

/// A field that is a date.
fn on(name: &str, day: &str, confidence: u8) -> Field {
    Field {
        name: name.to_owned(),
        value: FieldValue::Date(day.parse().unwrap()),
        from: Provenance::Book { account: "A".into() },
        confidence,
        doubt: None,
    }
}

/// Whether these dates press in a message of Friday, 20 November 2026, after the office has closed.
fn is_urgent(fields: &[Field], facts: Facts) -> bool {
    let manner =
        Manner { enough: 10, dates: vec!["wanted".to_owned()], starts: vec!["begins".to_owned()], ..Manner::default() };
    let calendar = Calendar::usual(chrono_tz::America::Chicago);
    // In UTC it is Saturday already.
    let received = "2026-11-21T02:00:00Z".parse().unwrap();
    let circumstances = Circumstances { received, calendar: &calendar, own_domains: &[], own_addresses: &[] };
    let found = Found { hits: &Hits::default(), fields, facts };
    manner.is_urgent(&found, &Folded::default(), &Message::default(), &circumstances)
}

#[test]
fn a_date_presses_up_to_the_next_business_day() {
    for (day, presses) in
        [("2026-11-19", false), ("2026-11-20", true), ("2026-11-22", true), ("2026-11-23", true), ("2026-11-24", false)]
    {
        assert_eq!(is_urgent(&[on("wanted", day, 80)], Facts::default()), presses, "{day}");
    }
}

#[test]
fn a_day_on_which_something_begins_presses_nobody() {
    assert!(!is_urgent(&[on("begins", "2026-11-20", 80)], Facts::default()), "effective today");
    let both = [on("wanted", "2026-11-20", 80), on("begins", "2026-11-20", 80)];
    assert!(!is_urgent(&both, Facts::default()), "the same day is when it begins");
    let apart = [on("wanted", "2026-11-20", 80), on("begins", "2026-11-23", 80)];
    assert!(is_urgent(&apart, Facts::default()), "wanted today, though it begins on Monday");
}

#[test]
fn a_date_in_doubt_and_what_a_program_writes_press_nobody() {
    assert!(!is_urgent(&[on("wanted", "2026-11-20", SURE - 1)], Facts::default()));
    let mut automated = Facts::default();
    automated.set(Fact::Automated, true);
    assert!(!is_urgent(&[on("wanted", "2026-11-20", 80)], automated));
}
