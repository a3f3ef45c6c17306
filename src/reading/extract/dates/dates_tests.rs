//! Days as they are told by other days, holidays and spans of time; it is Wednesday, 14 October 2026.

use super::*;
use crate::domain::field::Place;
use crate::reading::extract::extract_tests::BUILT_IN;
use crate::reading::extract::sheet::{Sheet, Stretch};
use chrono_tz::America::Chicago;

/// How often a text tells a day.
fn days(text: &str) -> usize {
    mentions(&Sheet::new(Place::Text, 0, text, Stretch::Body, &BUILT_IN.cues)).len()
}

/// The last day that a text tells.
fn last_day(text: &str) -> Option<String> {
    let sheet = Sheet::new(Place::Text, 0, text, Stretch::Body, &BUILT_IN.cues);
    let today = NaiveDate::from_ymd_opt(2026, 10, 14).unwrap();
    let day = |m: &Mention| m.day(today, Sense::Ahead, &Calendar::usual(Chicago));
    mentions(&sheet).last().and_then(day).map(|d| d.to_string())
}

#[test]
fn a_day_may_be_told_by_another_one() {
    for (text, day) in [
        ("I need it a week from Friday", "2026-10-23"),
        ("Beat it, or tell me why not, two weeks from this Monday at the outside", "2026-11-02"),
        ("Please send them by Friday of next week", "2026-10-23"),
        ("The party is on October 24. Our office has to have it two weeks ahead of that.", "2026-10-10"),
        ("Keys change hands on Monday the 16th of November, he needs it the Friday before.", "2026-11-13"),
        ("Envelopes are opened on Monday, October 26; she wants it one business day before the opening", "2026-10-23"),
        ("They want it the day before", ""),
        ("It starts on 11/2. I want the card the day before it does.", "2026-11-01"),
        ("They draft it on the 1st, so it has to be before that.", "2026-11-01"),
        ("We hand over the keys November 17; the same afternoon we sign for the other house.", "2026-11-17"),
    ] {
        assert_eq!(last_day(text).unwrap_or_default(), day, "{text}");
    }
}

#[test]
fn what_a_day_is_told_by_is_no_day_of_its_own_beside_it() {
    for (text, day) in [
        ("I would like to have it the day before Thanksgiving", "2026-11-25"),
        ("We fly out the day after Thanksgiving.", "2026-11-27"),
        ("We sign on November 9 and they want it two days before that date.", "2026-11-07"),
        ("Abrimos el 9 de noviembre, mándelo un día antes", "2026-11-08"),
        ("Dice que un día antes", ""),
        ("Salimos el sábado en la mañana", "2026-10-17"),
        ("llegan el viernes de la semana que viene, 23 de octubre", "2026-10-23"),
        ("ten days of today's date", "2026-10-24"),
        ("We pick it up on October 30. He is away until Monday. Cover it as of that day.", "2026-10-30"),
    ] {
        assert_eq!(last_day(text).unwrap_or_default(), day, "{text}");
    }
}

#[test]
fn a_weekday_tells_the_month_of_its_day_and_may_be_over() {
    for (text, day) in [
        ("gone since Saturday the 26th", "2026-09-26"),
        ("on Saturday the 7th", "2026-11-07"),
        ("Empezamos el lunes 26, si Dios quiere", "2026-10-26"),
        ("let us say tomorrow end of day", "2026-10-15"),
        ("I want it Friday, close of business", "2026-10-16"),
        ("They need it two days before the pour, which is November 3", "2026-11-03"),
        ("on Saturday the 8th", "2026-11-08"),
        ("a cousin hauled it off Saturday", "2026-10-10"),
        ("we sold it last Friday, so take it off with Friday's date", "2026-10-09"),
        ("Picked up a 2023 Sienna on Saturday. Start it as of Saturday", "2026-10-10"),
        (
            "Sold my 2018 Ram 1500 (1C6RR7LT8JS294417) to my brother in law on Sunday. Take it off from Sunday",
            "2026-10-11",
        ),
        ("The lift gets moved to Aurora on Saturday", "2026-10-17"),
        ("we moved our stuff out already please cancel the policy Friday", "2026-10-16"),
        ("We sold the Transit to my cousin he takes it over Saturday", "2026-10-17"),
        ("The hearing moved to our usual Friday", "2026-10-16"),
        ("we need it before we spray mon AM", "2026-10-19"),
        ("it gets hauled off Saturday", "2026-10-17"),
        ("We need it handed in Friday", "2026-10-16"),
        ("Have the car towed Friday", "2026-10-16"),
        ("We took a job that starts Friday", "2026-10-16"),
        ("We took a job that starts Friday. We need the certificate by Friday.", "2026-10-16"),
        ("We sold it last Friday. We need the card by Friday.", "2026-10-16"),
        ("Please send it to LA tomorrow", "2026-10-15"),
        ("Firmamos el viernes 23. Mande el papel un día antes del 9 de noviembre", "2026-11-08"),
        ("I took the job and need it Friday", "2026-10-16"),
    ] {
        assert_eq!(last_day(text).unwrap_or_default(), day, "{text}");
    }
}

#[test]
fn a_span_may_be_counted_from_the_letter_at_hand() {
    for (text, day) in [
        ("Allow yourselves five business days from this notice", "2026-10-21"),
        ("You have ten calendar days from the date of this letter.", "2026-10-24"),
        ("if the file isn't complete within 48 hours of this message", "2026-10-16"),
        ("the third item of this notice", ""),
    ] {
        assert_eq!(last_day(text).unwrap_or_default(), day, "{text}");
    }
}

#[test]
fn holidays_and_weekdays_of_a_month_are_days() {
    for (text, day) in [
        ("I want every form done by Halloween", "2026-10-31"),
        ("hand it over before Thanksgiving", "2026-11-26"),
        ("we close on Labor Day", "2026-09-07"),
        ("our Halloween party and the Thanksgiving baskets", ""),
        ("an answer by the first Monday in November", "2026-11-02"),
        ("the board sits the third Thursday of this month", "2026-10-15"),
        ("the last Friday of next month", "2026-11-27"),
        ("in place before the year is out", "2026-12-31"),
        ("avíseme a más tardar pasado mañana", "2026-10-16"),
        ("El banco cierra el 5 de marzo", "2027-03-05"),
        ("12 may not come", ""),
    ] {
        assert_eq!(last_day(text).unwrap_or_default(), day, "{text}");
    }
}

#[test]
fn an_hour_by_which_something_is_wanted_is_a_day_of_its_own_beside_a_date() {
    assert_eq!(days("for the job on 11/20 by EOD"), 2);
    assert_eq!(days("tomorrow by end of day"), 1);
}

#[test]
fn words_for_a_day_that_are_repeated_take_time_in_proportion() {
    for words in ["Friday next week ", "today ", "tomorrow end of day ", "Friday of the "] {
        // Were each of them followed to the end, the first would not end in years.
        assert!(days(&words.repeat(400)) > 0, "{words}");
    }
}

#[test]
fn of_two_months_with_that_weekday_the_one_ahead_is_meant() {
    let on = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap();
    let when = When::WeekdayDay(4, 27);
    let calendar = Calendar::usual(Chicago);
    assert_eq!(when.resolve(on(2026, 3, 2), Sense::Ahead, &calendar), Some(on(2026, 3, 27)));
    assert_eq!(when.resolve(on(2026, 3, 2), Sense::Behind, &calendar), Some(on(2026, 2, 27)));
}

#[test]
fn a_day_of_the_month_that_has_just_been_is_meant_where_both_are_possible() {
    let day = |today: &str, day, sense| day_of_month(today.parse().unwrap(), day, sense).unwrap().to_string();
    assert_eq!(day("2026-04-14", 13, Sense::Either), "2026-04-13");
    assert_eq!(day("2026-04-14", 14, Sense::Either), "2026-04-14");
    assert_eq!(day("2026-11-02", 31, Sense::Either), "2026-10-31");
    assert_eq!(day("2026-04-14", 7, Sense::Either), "2026-05-07");
    assert_eq!(day("2026-04-14", 13, Sense::Ahead), "2026-05-13");
}

#[test]
fn a_spanish_weekday_has_its_day_behind_it_and_a_month_has_a_last_day() {
    for (text, day) in [
        ("El lunes 19 empezamos a pintar la escuela", "2026-10-19"),
        ("el sábado 24 lo recogemos", "2026-10-24"),
        ("Monday 15 trucks come in", "2026-10-19"),
        ("by the last day of November", "2026-11-30"),
        ("the last day of school", ""),
        ("They closed on that Monday.", "2026-10-12"),
        ("Sat next to her at the lunch", ""),
        ("Sat is fine", "2026-10-17"),
        ("Can one of you get this out before you go home?", "2026-10-14"),
        ("para el jueves 9 am", "2026-10-15"),
        ("Setup is Sat through Sunday", "2026-10-18"),
        ("She left with that. Monday I need it.", "2026-10-19"),
        ("he gave em 5 days to show it", "2026-10-19"),
        ("They gave us a hard time", ""),
        ("numbers by the middle of November or I go", "2026-11-15"),
        ("mid-March at the latest", "2027-03-15"),
        ("We go over it all before December.", "2026-12-01"),
        ("Before May I ask who", ""),
        ("It was fine before. June, please resend", ""),
        ("the roof was done mid-March 2019", "2019-03-15"),
        ("by the middle of November 2027", "2027-11-15"),
        ("She gave me two weeks notice", ""),
        ("My driver put in two weeks notice", ""),
        ("Within ten days notice must be on file", "2026-10-24"),
        ("word by end of today", "2026-10-14"),
        (
            "It happens on November 20. The paper has to be here ten days ahead of the event, so send it by November 10",
            "2026-11-10",
        ),
    ] {
        assert_eq!(last_day(text).unwrap_or_default(), day, "{text}");
    }
}
