//! What a sentence such as “Ana out until Friday” says of somebody's presence. Knows no task and changes nothing.
//!
//! The command line, programs and the first lines of answers by mail share this one grammar:
//!
//! ```text
//! NAME out [WHEN] [stand-in NAME]     WHEN: today, tomorrow, until DAY, through DAY, DAY, DAY to DAY, from DAY to DAY
//! NAME leaving [DAY]
//! NAME back [DAY]
//! ```
//!
//! “Until Friday” is back on Friday; “through Friday” is back on the business day after. “I” is whoever says it.

use super::{
    Policy,
    roster::{self, Roster},
};
use crate::domain::{
    Timestamp,
    absence::Absence,
    id::PersonId,
    person::Person,
    text::{HeaderText, folded},
};
use chrono::{Datelike, Days, NaiveDate, NaiveTime, Weekday};
use std::collections::BTreeMap;

/// What was said of whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Of whom.
    pub person: PersonId,
    /// What.
    pub what: What,
}

/// What can be said of somebody's presence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Not at work.
    Out {
        /// From then on.
        from: Timestamp,
        /// Back then; `None` is gone for good.
        until: Option<Timestamp>,
        /// Who takes over first.
        stand_in: Option<PersonId>,
    },
    /// At work again.
    Back {
        /// From then on.
        at: Timestamp,
    },
}

/// How somebody is out now, in words that follow their name; `None` while they are here.
#[must_use]
pub fn standing(
    policy: &Policy,
    absences: &BTreeMap<PersonId, Vec<Absence>>,
    person: &Person,
    now: Timestamp,
) -> Option<String> {
    let roster = Roster::of(absences.clone(), now);
    let out = roster.out(policy, person, roster.now)?;
    Some(roster::how_out(policy, &out))
}

const OUT: [&str; 8] = ["out", "off", "away", "sick", "absent", "on vacation", "on leave", "on holiday"];
const LEAVING: [&str; 5] = ["leaving", "leaves", "left", "has left", "gone"];
const BACK: [&str; 2] = ["back", "returns"];

/// Reads a sentence said by `by`. `None` where it is not about somebody's presence; `Err` is a sentence about what is
/// wrong with it.
#[must_use]
pub fn read(words: &str, by: Option<&PersonId>, policy: &Policy, now: Timestamp) -> Option<Result<Said, String>> {
    let line = HeaderText::new(words);
    let line = line.as_str().trim_end_matches(['.', '!']);
    let (name, verb, rest) = split(line)?;
    Some(said(name, verb, rest, by, policy, now))
}

/// Whether a line that may be about anything tells the desk of somebody's presence. “The insured is out of town” names
/// nobody of ours, and “I left him a message” says where the message is.
pub(super) fn is_order(line: &str, by: &PersonId, policy: &Policy, now: Timestamp) -> bool {
    let line = HeaderText::new(line);
    let Some((name, verb, _)) = split(line.as_str()) else { return false };
    let says = person(name, Some(by), policy).is_ok();
    says && match verb {
        Verb::Out | Verb::Back => true,
        Verb::Leaving => {
            let plainly = line.as_str().to_ascii_lowercase();
            (plainly.contains(" leaving") || plainly.contains(" leaves"))
                && matches!(read(line.as_str(), Some(by), policy, now), Some(Ok(_)))
        }
    }
}

#[derive(Clone, Copy)]
enum Verb {
    Out,
    Leaving,
    Back,
}

/// Name, verb and the rest; a name has four words at most.
fn split(line: &str) -> Option<(&str, Verb, &str)> {
    let verbs = OUT
        .iter()
        .map(|v| (*v, Verb::Out))
        .chain(LEAVING.iter().map(|v| (*v, Verb::Leaving)))
        .chain(BACK.iter().map(|v| (*v, Verb::Back)));
    let lower = line.to_ascii_lowercase();
    let found = verbs.filter_map(|(words, verb)| {
        let needle = format!(" {words}");
        let at = lower.match_indices(&needle).map(|(at, _)| at).find(|at| {
            let behind = lower.get(at + needle.len()..).unwrap_or_default();
            behind.is_empty() || behind.starts_with([' ', ',', ':'])
        })?;
        Some((at, at + needle.len(), verb))
    });
    // Of two verbs at one place (“left”, “has left”) the longer one; else the first.
    let (from, to, verb) = found.min_by_key(|(from, to, _)| (*from, std::cmp::Reverse(*to)))?;
    let name = line.get(..from)?.trim();
    let lower_name = name.to_ascii_lowercase();
    let linked = [" is", " am", " will be", "'s", "'m", "’s", "’m"].iter().find(|l| lower_name.ends_with(*l));
    let name = linked.and_then(|l| name.get(..name.len() - l.len())).unwrap_or(name).trim();
    let words = name.split_whitespace().count();
    (1..=4).contains(&words).then_some((name, verb, line.get(to..).unwrap_or_default().trim()))
}

fn said(
    name: &str,
    verb: Verb,
    rest: &str,
    by: Option<&PersonId>,
    policy: &Policy,
    now: Timestamp,
) -> Result<Said, String> {
    let person = person(name, by, policy)?;
    let calendar = &policy.calendar;
    let today = calendar.day(now);
    let begins = |day: NaiveDate| calendar.instant(day.and_time(NaiveTime::MIN));
    let from_day = |day: NaiveDate| if day <= today { now } else { begins(day) };
    let what = match verb {
        Verb::Out => {
            let (when, stand_in) = stand_in(rest, by, policy)?;
            let (from, back) = term(&when, today, |d| calendar.next_business_day(d))?;
            if back <= from.max(today) {
                return Err(format!("{back} is not ahead; say when {name} is back."));
            }
            if stand_in.as_ref() == Some(&person) {
                return Err("Nobody stands in for themselves.".to_owned());
            }
            What::Out { from: from_day(from), until: Some(begins(back)), stand_in }
        }
        Verb::Leaving => {
            let day = one_day(rest, today)?.unwrap_or(today);
            What::Out { from: from_day(day), until: None, stand_in: None }
        }
        Verb::Back => What::Back { at: from_day(one_day(rest, today)?.unwrap_or(today)) },
    };
    Ok(Said { person, what })
}

/// Who is meant: by id, by whole name, or by a first name that only one has.
fn person(name: &str, by: Option<&PersonId>, policy: &Policy) -> Result<PersonId, String> {
    let key = folded(name);
    if let (true, Some(by)) = (["i", "me", "im"].contains(&key.as_str()), by) {
        return Ok(by.clone());
    }
    if let Some(p) = policy.people.iter().find(|p| folded(p.id.as_str()) == key || folded(p.name.as_str()) == key) {
        return Ok(p.id.clone());
    }
    let first = |p: &&Person| p.name.as_str().split(' ').next().is_some_and(|f| folded(f) == key);
    let found: Vec<_> = policy.people.iter().filter(first).collect();
    let known: Vec<&str> = policy.people.iter().map(|p| p.id.as_str()).collect();
    match found.as_slice() {
        [one] => Ok(one.id.clone()),
        [] => Err(format!("Nobody of the agency is called “{name}”; its people are {}.", known.join(", "))),
        several => {
            let ids: Vec<&str> = several.iter().map(|p| p.id.as_str()).collect();
            Err(format!("Several people are called “{name}”; say {}.", ids.join(" or ")))
        }
    }
}

/// The part about when, and who stands in.
fn stand_in(rest: &str, by: Option<&PersonId>, policy: &Policy) -> Result<(String, Option<PersonId>), String> {
    let lower = rest.to_ascii_lowercase();
    let before = |mark: &str| lower.find(mark).and_then(|at| Some((rest.get(..at)?, rest.get(at + mark.len()..)?)));
    for mark in ["stand-in", "stand in", "standin", "cover:", "covered by"] {
        if let Some((when, name)) = before(mark) {
            let name = name.trim_matches([' ', ':', ',']);
            return Ok((clean(when), Some(person(name, by, policy)?)));
        }
    }
    for mark in [" stands in", " covers"] {
        if let Some((when, _)) = before(mark) {
            let (when, name) = when.rsplit_once(',').or_else(|| when.rsplit_once(' ')).unwrap_or(("", when));
            return Ok((clean(when), Some(person(name.trim(), by, policy)?)));
        }
    }
    Ok((clean(rest), None))
}

fn clean(when: &str) -> String {
    when.trim_matches([' ', ',', ':', ';']).to_ascii_lowercase()
}

/// The first day out, and the day on which they are back.
fn term(
    when: &str,
    today: NaiveDate,
    next_business_day: impl Fn(NaiveDate) -> NaiveDate,
) -> Result<(NaiveDate, NaiveDate), String> {
    let office = ["of the office", "of office"].iter().find_map(|o| when.strip_prefix(o)).map(str::trim);
    let when = office.unwrap_or(when);
    let after = |words: &[&str]| words.iter().find_map(|w| when.strip_prefix(w)).map(str::trim);
    if when.is_empty() {
        return Ok((today, next_business_day(today)));
    }
    if let Some(day) = after(&["until ", "till ", "til "]) {
        return Ok((today, a_day(day, today)?));
    }
    if let Some(day) = after(&["through ", "thru "]) {
        return Ok((today, next_business_day(a_day(day, today)?)));
    }
    let whole = after(&["from "]).unwrap_or(when);
    for (mark, through) in [
        (" until ", false),
        (" till ", false),
        (" through ", true),
        (" thru ", true),
        (" to ", true),
        (" - ", true),
        ("-", true),
    ] {
        let Some((from, to)) = whole.split_once(mark) else { continue };
        // The hyphens of 2026-12-24 separate nothing.
        let Ok(from) = a_day(from, today) else { continue };
        // “12/24 to 1/2” ends in the year after, and “Monday to Friday” in Monday's week.
        let Ok(to) = a_day(to, from) else { continue };
        return Ok((from, if through { next_business_day(to) } else { to }));
    }
    let day = a_day(after(&["on "]).unwrap_or(whole), today)?;
    Ok((day, next_business_day(day)))
}

/// The day of “leaving 12/31”, “leaving on Friday”; `None` where none is said.
fn one_day(rest: &str, today: NaiveDate) -> Result<Option<NaiveDate>, String> {
    let when = clean(rest);
    let when = ["on ", "from ", "as of ", "since "].iter().find_map(|w| when.strip_prefix(w)).unwrap_or(&when);
    if when.is_empty() { Ok(None) } else { a_day(when, today).map(Some) }
}

/// A day as people write it; a weekday is the next one, a day without its year the next such day.
fn a_day(words: &str, today: NaiveDate) -> Result<NaiveDate, String> {
    let words = words.trim();
    let next = |n: u64| today.checked_add_days(Days::new(n));
    let of_year = |year: i32, month: u32, day: u32| NaiveDate::from_ymd_opt(year, month, day);
    let coming = |month: u32, day: u32| {
        of_year(today.year(), month, day).filter(|d| *d >= today).or_else(|| of_year(today.year() + 1, month, day))
    };
    let found = match words {
        "today" => Some(today),
        "tomorrow" => next(1),
        _ => None,
    };
    let weekday = || {
        let day = words.strip_prefix("next ").unwrap_or(words).parse::<Weekday>().ok()?;
        let ahead = (day.num_days_from_monday() + 7 - today.weekday().num_days_from_monday()) % 7;
        next(u64::from(if ahead == 0 { 7 } else { ahead }))
    };
    let numbers = || {
        let parts: Vec<u32> = words.split('/').map(str::parse).collect::<Result<_, _>>().ok()?;
        match parts.as_slice() {
            [month, day] => coming(*month, *day),
            [month, day, year] => {
                of_year(i32::try_from(*year).ok()? + if *year < 100 { 2000 } else { 0 }, *month, *day)
            }
            _ => None,
        }
    };
    let named = || {
        let (month, day) = words.split_once(' ')?;
        let month = month.trim_end_matches('.').parse::<chrono::Month>().ok()?.number_from_month();
        coming(month, day.trim_end_matches(|c: char| c.is_alphabetic()).parse().ok()?)
    };
    let iso = || NaiveDate::parse_from_str(words, "%Y-%m-%d").ok();
    found
        .or_else(weekday)
        .or_else(numbers)
        .or_else(iso)
        .or_else(named)
        .ok_or_else(|| format!("“{words}” is not a day; write Friday, tomorrow, 12/4, Dec 4 or 2026-12-04."))
}

#[cfg(test)]
#[path = "absence/absence_tests.rs"]
mod tests;
