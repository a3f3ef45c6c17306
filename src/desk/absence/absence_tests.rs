//! Sentences about who is here, on a Tuesday.

use super::*;
use crate::desk::tests::sample::{at, policy, tuesday};

fn said(words: &str) -> Result<(String, What), String> {
    let said = read(words, Some(&"max".into()), &policy(), tuesday());
    said.unwrap_or_else(|| panic!("“{words}” says nothing")).map(|s| (s.person.to_string(), s.what))
}

fn out(words: &str, from: &str, until: &str) {
    let begins = |day: &str| if day.is_empty() { tuesday() } else { at(&format!("{day}T00:00:00-06:00")) };
    let Ok((_, What::Out { from: f, until: u, .. })) = said(words) else { panic!("{words}: {:?}", said(words)) };
    assert_eq!((f, u), (begins(from), Some(begins(until))), "{words}");
}

#[test]
fn days_out_are_said_in_many_ways() {
    out("Ana out until Friday", "", "2026-11-20");
    out("ana is out till 11/20.", "", "2026-11-20");
    out("Ana Ruiz out through Thursday", "", "2026-11-20");
    out("ana out through friday", "", "2026-11-23");
    out("ana out", "", "2026-11-18");
    out("ana sick today", "", "2026-11-18");
    out("ana will be out tomorrow", "2026-11-18", "2026-11-19");
    out("ana out Friday", "2026-11-20", "2026-11-23");
    out("ana on vacation 12/24 to 1/2", "2026-12-24", "2027-01-04");
    out("ana off 12/24-12/26", "2026-12-24", "2026-12-28");
    out("ana out from 2026-12-01 until 2026-12-03", "2026-12-01", "2026-12-03");
    out("ana away from Dec 1 to Dec 3", "2026-12-01", "2026-12-04");
    out("ana out until tuesday", "", "2026-11-24");
}

#[test]
fn a_day_that_is_over_this_year_is_next_years_and_a_year_may_be_said() {
    out("ana out 1/5", "2027-01-05", "2027-01-06");
    out("ana out until Jan. 4th", "", "2027-01-04");
    out("ana out until 11/16", "", "2027-11-16");
    out("ana out until 12/4/26", "", "2026-12-04");
    out("ana out until 12/4/2026", "", "2026-12-04");
    out("ana out until 1/4/99", "", "2099-01-04");
    let refused = said("ana out until 12/4/100").unwrap_err();
    assert_eq!(refused, "0100-12-04 is not ahead; say when ana is back.", "three digits are no year of ours");
}

#[test]
fn an_absence_ends_after_it_begins_and_not_a_year_later() {
    // Said on a Tuesday, Monday is next week's, and so is the Friday after it.
    out("ana out Monday to Friday", "2026-11-23", "2026-11-30");
    out("ana out Monday until Wednesday", "2026-11-23", "2026-11-25");
    out("ana out Friday to Friday", "2026-11-20", "2026-11-30");
    out("ana out 1/4 to 1/6", "2027-01-04", "2027-01-07");
    out("ana out 12/24/2026 to 1/2/2027", "2026-12-24", "2027-01-04");
    for (words, wrong) in [
        ("ana out 12/24/2026 to 12/20/2026", "2026-12-21 is not ahead; say when ana is back."),
        ("ana out from 12/4 until 12/4", "2026-12-04 is not ahead; say when ana is back."),
    ] {
        assert_eq!(said(words).unwrap_err(), wrong, "{words}");
    }
}

#[test]
fn i_am_whoever_says_it_and_a_stand_in_may_be_named() {
    assert_eq!(said("I'm out until Friday").unwrap().0, "max");
    assert_eq!(said("I am sick").unwrap().0, "max");
    for words in [
        "ana out until Friday, ben stands in",
        "Ana out until Friday, stand-in: Ben",
        "ana out until friday ben covers",
    ] {
        let Ok((_, What::Out { stand_in, until, .. })) = said(words) else { panic!("{words}: {:?}", said(words)) };
        assert_eq!((stand_in, until), (Some("ben".into()), Some(at("2026-11-20T00:00:00-06:00"))), "{words}");
    }
}

#[test]
fn who_leaves_is_gone_and_who_is_back_is_back() {
    assert_eq!(
        said("ana leaving 12/31").unwrap().1,
        What::Out { from: at("2026-12-31T00:00:00-06:00"), until: None, stand_in: None }
    );
    assert_eq!(said("ana has left").unwrap().1, What::Out { from: tuesday(), until: None, stand_in: None });
    assert_eq!(said("Ana is back").unwrap().1, What::Back { at: tuesday() });
    assert_eq!(said("ana back on Thursday").unwrap().1, What::Back { at: at("2026-11-19T00:00:00-06:00") });
}

#[test]
fn what_is_wrong_is_told_and_what_is_something_else_is_left_alone() {
    for (words, wrong) in [
        ("zed out until Friday", "Nobody of the agency is called “zed”; its people are ana, ben, max, olga, otto."),
        ("ana out until someday", "“someday” is not a day; write Friday, tomorrow, 12/4, Dec 4 or 2026-12-04."),
        ("ana out until 2026-11-02", "2026-11-02 is not ahead; say when ana is back."),
        ("ana out until Friday, stand-in ana", "Nobody stands in for themselves."),
    ] {
        assert_eq!(said(words).unwrap_err(), wrong, "{words}");
    }
    let mut two = policy();
    two.people[1].name = "Ana Cole".into();
    let told = read("Ana out", None, &two, tuesday()).unwrap().map(|s| s.person);
    assert_eq!(told.unwrap(), "ana".into(), "an id is one person's");
    two.people[0].id = "a".into();
    assert_eq!(
        read("Ana out", None, &two, tuesday()).unwrap().unwrap_err(),
        "Several people are called “Ana”; say a or ben."
    );
    for words in ["done", "waiting on carrier until 12/4", "please call the client", "back", ""] {
        assert_eq!(read(words, None, &policy(), tuesday()), None, "{words}");
    }
}
