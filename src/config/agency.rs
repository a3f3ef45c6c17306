//! `[agency]`: who it is, when it is open, how far the daemon goes on its own.

use super::{MODES, choice, measures, tree::*};
use crate::desk;
use crate::domain::{
    account,
    calendar::{Calendar, Hours},
    nearest::nearest,
    person::Mode,
    text::*,
};
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// What `[agency]` says.
pub(super) struct Read {
    pub agency: desk::Agency,
    pub calendar: Calendar,
    pub mode: Mode,
}

const KEYS: [&str; 9] = ["name", "address", "phone", "zone", "domains", "after_hours", "mode", "hours", "holidays"];

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
    let holidays = holidays(&section);
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
        calendar: Calendar::new(zone?, week, holidays),
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

fn week(section: &Section<'_, '_>) -> Option<[Option<Hours>; 7]> {
    const EXAMPLE: &str = "{ mon = \"08:30-17:00\", tue = \"08:30-17:00\" }";
    if !section.present("hours", EXAMPLE) {
        return None;
    }
    let table = section.table("hours", "[agency] hours")?;
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
        let mend = format!("write at least one day: hours = {EXAMPLE}");
        table.source().mistake(table.offset(), "[agency] hours: the office is never open", mend);
        return None;
    }
    good.then_some(week)
}

fn holidays(section: &Section<'_, '_>) -> BTreeSet<NaiveDate> {
    let mut out = BTreeSet::new();
    for at in section.texts("holidays").unwrap_or_default() {
        match measures::day(&at.value) {
            None => {
                let mend = "write year, month and day, such as \"2026-11-26\"";
                section.source().wrong(&at, format!("“{}” is not a day", at.value), mend);
            }
            Some(day) if !out.insert(day) => {
                section.source().wrong(&at, format!("{day} is there twice"), "take one out");
            }
            Some(_) => {}
        }
    }
    out
}
