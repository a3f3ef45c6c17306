//! The list of somebody's absences, as each sentence leaves it: to the minute, and nothing else of it.

use super::{sample::*, world::World};
use crate::desk::*;
use crate::domain::absence::Absence;

const TUESDAY_TEN: &str = "2026-11-17T10:00:00-06:00";

/// An absence of Ben's, by Olga's word; a day alone is its midnight.
fn out(from: &str, until: &str) -> Absence {
    let moment = |s: &str| if s.len() > 10 { at(s) } else { at(&format!("{s}T00:00:00-06:00")) };
    Absence { from: moment(from), until: Some(moment(until)), stand_in: None, said_by: "olga".into() }
}

fn with(before: &[Absence]) -> World {
    let mut w = World::new();
    w.absences.insert("ben".into(), before.to_vec());
    w
}

/// Ben's absences after Olga has said this of him.
fn after(w: &mut World, words: &str) -> Vec<Absence> {
    w.command("olga", Command::Presence { words: words.into() }).unwrap_or_else(|e| panic!("{words}: {e}"));
    w.absences[&PersonId::from("ben")].clone()
}

#[test]
fn what_is_over_is_forgotten_to_the_minute_and_what_lies_ahead_is_kept_in_order() {
    let over = [out("2026-11-02", "2026-11-10"), out("2026-11-12", TUESDAY_TEN)];
    let holidays = out("2026-12-24", "2026-12-29");
    let mut w = with(&[over[0].clone(), over[1].clone(), holidays.clone()]);
    assert_eq!(after(&mut w, "ben out 12/1 to 12/2"), [out("2026-12-01", "2026-12-03"), holidays]);
    let mut w = with(&[out("2026-11-12", "2026-11-17T10:01:00-06:00")]);
    assert_eq!(after(&mut w, "ben out 12/1").len(), 2, "a minute of it is left");
}

#[test]
fn a_new_absence_takes_the_place_of_those_it_overlaps_and_of_no_neighbour() {
    let near = [out("2026-11-18", "2026-11-20"), out("2026-11-24", "2026-11-26")];
    let far = [out("2026-11-17", "2026-11-18"), out("2026-11-30", "2026-12-02")];
    let new = out("2026-11-20", "2026-11-24");
    let mut w = with(&[far[0].clone(), near[0].clone(), near[1].clone(), far[1].clone()]);
    let kept = [far[0].clone(), near[0].clone(), new.clone(), near[1].clone(), far[1].clone()];
    assert_eq!(after(&mut w, "ben out 11/20 to 11/23"), kept);
    let overlapping = [out("2026-11-18", "2026-11-20T00:01:00-06:00"), out("2026-11-23T23:59:00-06:00", "2026-11-26")];
    let mut w = with(&overlapping);
    assert_eq!(after(&mut w, "ben out 11/20 to 11/23"), [new]);
}

#[test]
fn the_same_said_again_is_no_news_and_another_day_or_stand_in_is() {
    let mut w = World::new();
    assert_eq!(after(&mut w, "ben out until Friday"), [out(TUESDAY_TEN, "2026-11-20")]);
    w.now = at("2026-11-18T09:00:00-06:00");
    let again = Command::Presence { words: "ben out until Friday".into() };
    assert_eq!(w.command("olga", again).unwrap_err(), "That is known of Ben Cole already.");
    let wednesday = "2026-11-18T09:00:00-06:00";
    let friday = out(wednesday, "2026-11-20");
    let with_ana = Absence { stand_in: Some("ana".into()), ..friday };
    assert_eq!(after(&mut w, "ben out until Friday, stand-in ana"), [with_ana]);
    assert_eq!(after(&mut w, "ben out until Thursday"), [out(wednesday, "2026-11-19")]);
}

#[test]
fn back_ends_what_covers_that_moment_or_this_and_leaves_what_lies_ahead() {
    let holidays = out("2026-12-24", "2026-12-29");
    for (before, words, left) in [
        // Sooner than was said, on a day ahead.
        (out(TUESDAY_TEN, "2026-11-20"), "ben back Thursday", vec![out(TUESDAY_TEN, "2026-11-19")]),
        (out("2026-11-16", "2026-11-20"), "ben back Thursday", vec![out("2026-11-16", "2026-11-19")]),
        // Later than was said.
        (out("2026-11-16", "2026-11-18"), "ben back Thursday", vec![out("2026-11-16", "2026-11-19")]),
        // What has not begun yet ends sooner.
        (out("2026-11-20", "2026-11-24"), "ben back 11/23", vec![out("2026-11-20", "2026-11-23")]),
        // Now.
        (out("2026-11-16", "2026-11-20"), "ben back", vec![]),
        (out(TUESDAY_TEN, "2026-11-20"), "ben back", vec![]),
    ] {
        let mut w = with(&[before.clone(), holidays.clone()]);
        let expected = [left, vec![holidays.clone()]].concat();
        assert_eq!(after(&mut w, words), expected, "{words} after {before:?}");
    }
    let mut w = with(std::slice::from_ref(&holidays));
    let nothing = w.command("olga", Command::Presence { words: "ben back".into() }).unwrap_err();
    assert!(nothing.starts_with("Nothing says that Ben Cole is out."), "{nothing}");
}
