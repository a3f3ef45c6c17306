//! `[agency]`: who it is, when it is open, how far the daemon goes on its own.

use super::{MODES, choice, measures, tree::*};
use crate::desk;
use crate::domain::{
    account,
    calendar::{Calendar, Hours, Week, Yearly},
    nearest::nearest,
    person::Mode,
    text::*,
};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// What `[agency]` says.
pub(super) struct Read {
    pub agency: desk::Agency,
    pub calendar: Calendar,
    pub mode: Mode,
}

const KEYS: [&str; 10] =
    ["name", "address", "phone", "zone", "domains", "after_hours", "mode", "hours", "holidays", "days"];

/// Reads `[agency]`.
pub(super) fn read(whole: &Section<'_, '_>) -> Option<Read> {
    let Some(section) = whole.table("agency", "[agency]") else {
        if !whole.has("agency") {
            let mend = "add [agency] with name, address, zone and hours; deploy/intaked.toml shows each";
            whole.source().mistake_anywhere("[agency] is missing", mend);
        }
        return None;
    };
    section.only(&KEYS);
    let name = section.needed("name", "\"Harbor Point Insurance\"");
    let address =
        section.needed("address", "\"service@harborpoint.example\"").and_then(|at| self::address(&section, &at));
    let phone = section.text("phone").map(|at| at.value);
    let after_hours = section.text("after_hours").map(|at| at.value);
    let zone = section.needed("zone", "\"America/Chicago\"").and_then(|at| self::zone(&section, &at));
    let domains = domains(&section, address.as_ref().map(|a| &a.value));
    let mode = match section.text("mode") {
        Some(at) => choice(&section, &at, &MODES),
        None => Some(Mode::default()),
    };
    let week = week(&section);
    let (holidays, yearly) = holidays(&section);
    let days = days(&section);
    let week = week?;
    Some(Read {
        agency: desk::Agency {
            name: HeaderText::new(&name?.value),
            address: address?.value,
            phone,
            hours: measures::week_in_words(&week),
            after_hours,
            domains,
        },
        calendar: Calendar::new(zone?, week, holidays).with_yearly(yearly).with_days(days),
        mode: mode?,
    })
}

/// A mail address, or a mistake.
pub(super) fn address(section: &Section<'_, '_>, at: &At<String>) -> Option<At<Address>> {
    let address = Address::new(&at.value);
    if address.is_none() {
        let mend = "write it bare, such as \"ana@harborpoint.example\"";
        section.source().wrong(at, format!("“{}” is not a mail address", at.value), mend);
    }
    Some(at.with(address?))
}

fn zone(section: &Section<'_, '_>, at: &At<String>) -> Option<chrono_tz::Tz> {
    if let Ok(zone) = at.value.parse() {
        return Some(zone);
    }
    let mend = match nearest(&at.value, chrono_tz::TZ_VARIANTS.iter().map(|z| z.name())) {
        Some(close) => format!("did you mean “{close}”?"),
        None => "write it as the IANA list does, such as “America/Chicago”".to_owned(),
    };
    section.source().wrong(at, format!("“{}” is not a time zone", at.value), mend);
    None
}

fn domains(section: &Section<'_, '_>, address: Option<&Address>) -> Vec<String> {
    let Some(given) = section.texts("domains") else {
        let own = address.map(|a| a.domain().to_owned()).filter(|d| !account::is_free_mail(d));
        return own.into_iter().collect();
    };
    let mut out: Vec<String> = Vec::new();
    for at in given {
        let domain = at.value.trim().trim_start_matches('@').to_lowercase();
        // A domain is fit when an address at it would be one.
        if Address::new(&format!("a@{domain}")).is_none() || !domain.contains('.') {
            let mend = "write what stands behind the @, such as \"harborpoint.example\"";
            section.source().wrong(&at, format!("“{}” is not a mail domain", at.value), mend);
        } else if account::is_free_mail(&domain) {
            let what = format!("{domain} belongs to everybody; its mail would all be taken for your staff's");
            section.source().wrong(&at, what, "take it out; people at such addresses are known by their [[person]]");
        } else if !out.contains(&domain) {
            out.push(domain);
        }
    }
    out
}

const WEEK: &str = "{ mon = \"08:30-17:00\", tue = \"08:30-17:00\" }";

fn week(section: &Section<'_, '_>) -> Option<Week> {
    if !section.present("hours", WEEK) {
        return None;
    }
    week_of(section, "[agency] hours", "the office is never open")
}

/// `hours` of a section: a week of opening hours. `never` says what it means where no day has any.
pub(super) fn week_of(section: &Section<'_, '_>, title: &str, never: &str) -> Option<Week> {
    let table = section.table("hours", title)?;
    table.only(&measures::DAYS);
    let mut week = [None; 7];
    let mut good = true;
    for (slot, day) in week.iter_mut().zip(measures::DAYS) {
        let Some(at) = table.text(day) else {
            good &= !table.has(day);
            continue;
        };
        match measures::hours(&at.value) {
            Ok(hours) => *slot = Some(hours),
            Err(measures::BadHours::Shape) => {
                let mend = format!("write {day} = \"08:30-17:00\", or take {day} out where the office is closed");
                table.source().wrong(&at, format!("“{}” are not office hours", at.value), mend);
                good = false;
            }
            Err(measures::BadHours::Backwards(opens, closes)) => {
                let (o, c) = (opens.format("%H:%M"), closes.format("%H:%M"));
                let what = format!("the office closes at {c}, which is not after it opens at {o}");
                table.source().wrong(&at, what, format!("write the opening first: {day} = \"{c}-{o}\"?"));
                good = false;
            }
        }
    }
    if good && week.iter().all(Option::is_none) {
        let mend = format!("write at least one day: hours = {WEEK}");
        table.source().mistake(table.offset(), format!("{title}: {never}"), mend);
        return None;
    }
    good.then_some(week)
}

/// `holidays`: days, and rules for those that come every year.
fn holidays(section: &Section<'_, '_>) -> (BTreeSet<NaiveDate>, Vec<Yearly>) {
    let (mut days, mut yearly) = (BTreeSet::new(), Vec::new());
    for at in section.texts("holidays").unwrap_or_default() {
        let twice = |what: String| section.source().wrong(&at, format!("{what} is there twice"), "take one out");
        if let Some(day) = measures::day(&at.value) {
            if !days.insert(day) {
                twice(day.to_string());
            }
            continue;
        }
        match at.value.parse::<Yearly>() {
            Ok(rule) if yearly.contains(&rule) => twice(format!("“{}”", at.value)),
            Ok(rule) => yearly.push(rule),
            // What begins with a digit was meant to be a date.
            Err(_) if at.value.starts_with(|c: char| c.is_ascii_digit()) && at.value.contains('-') => {
                let mend = "write year, month and day, such as \"2026-11-26\"";
                section.source().wrong(&at, format!("“{}” is not a day", at.value), mend);
            }
            Err(_) => {
                let mend = "write \"2026-11-26\", \"December 25\", \"July 4 observed\", \"last Monday of May\" or \"day \
                            after 4th Thursday of November\"";
                section.source().wrong(&at, format!("“{}” is not a holiday", at.value), mend);
            }
        }
    }
    (days, yearly)
}

/// `days`: single days, or “first to last”, that have hours of their own or are closed.
fn days(section: &Section<'_, '_>) -> BTreeMap<NaiveDate, Option<Hours>> {
    let mut out = BTreeMap::new();
    let Some(table) = section.table("days", "[agency] days") else { return out };
    for (key, at) in table.named_texts() {
        let (first, last) = key.split_once(" to ").unwrap_or((&key, &key));
        let both = measures::day(first.trim()).zip(measures::day(last.trim())).filter(|(first, last)| first <= last);
        let Some((first, last)) = both else {
            let mend = "write \"2026-12-24\" or \"2026-12-24 to 2026-12-31\", the first day first";
            table.source().wrong(&at, format!("“{key}” are no days"), mend);
            continue;
        };
        let hours = match at.value.as_str() {
            "closed" => None,
            text => match measures::hours(text) {
                Ok(hours) => Some(hours),
                Err(_) => {
                    let mend = "write \"08:30-12:00\", the opening first, or \"closed\"";
                    table.source().wrong(&at, format!("“{text}” are not office hours"), mend);
                    continue;
                }
            },
        };
        // More than a year of closed days would leave nothing to reckon with.
        for day in first.iter_days().take_while(|day| *day <= last).take(366) {
            out.insert(day, hours);
        }
    }
    out
}
