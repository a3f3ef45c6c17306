//! Days out, stand-ins and the rota: the parts of `[[person]]` and `[duty]` that say who is here when.

use super::{Config, measures, people::*, tree::*};
use crate::desk::{self, Gap, Shift};
use crate::domain::{
    id::{PersonId, RequestType},
    mistake::Mistake,
};
use chrono::{NaiveDate, NaiveTime, Weekday};

/// A day, or a mistake.
pub(super) fn day(section: &Section<'_, '_>, at: &At<String>) -> Option<NaiveDate> {
    let day = measures::day(&at.value);
    if day.is_none() {
        let mend = "write year, month and day, such as \"2026-12-24\"";
        section.source().wrong(at, format!("“{}” is not a day", at.value), mend);
    }
    day
}

/// `out`: the days on which somebody is not at work, each as “first to last”, or one day alone. Given back with the
/// day on which they are back.
pub(super) fn days_out(section: &Section<'_, '_>) -> Vec<(NaiveDate, NaiveDate)> {
    let mut all = Vec::new();
    for at in section.texts("out").unwrap_or_default() {
        let (first, last) = at.value.split_once(" to ").unwrap_or((&at.value, &at.value));
        let both = measures::day(first.trim()).zip(measures::day(last.trim()));
        let Some((first, last)) = both else {
            let mend = "write the first and the last day, such as \"2026-12-24 to 2027-01-02\", or one day";
            section.source().wrong(&at, format!("“{}” are no days", at.value), mend);
            continue;
        };
        match last.succ_opt() {
            Some(back) if first <= last => all.push((first, back)),
            _ => {
                let mend = format!("write the first day first: \"{last} to {first}\"?");
                section.source().wrong(&at, format!("{last} is before {first}"), mend);
            }
        }
    }
    all
}

/// `stand_in`, once everybody is known. Two who stand in for each other are no mistake: while both are out, others do.
pub(super) fn stand_ins(source: &Source<'_>, staff: &mut Staff) {
    for (of, at) in std::mem::take(&mut staff.stand_ins) {
        if at.value == of.as_str() {
            source.wrong(&at, format!("“{of}” would stand in for “{of}”"), "name somebody else");
        } else if staff.knows(source, &at)
            && let Some(p) = staff.people.iter_mut().find(|p| p.id == of)
        {
            let stand_in = PersonId(at.value.clone());
            if p.stand_ins.contains(&stand_in) {
                source.wrong(&at, format!("“{stand_in}” is there twice"), "take one out");
            } else {
                p.stand_ins.push(stand_in);
            }
        }
    }
}

/// `[[duty.rota]]`, and on which line it begins; hours that nobody covers fall to `people` of `[duty]`.
pub(super) fn rota(duty: &Section<'_, '_>, staff: &Staff) -> (Vec<Shift>, Option<usize>) {
    let mut all = Vec::new();
    let sections = duty.tables("rota", "people");
    let line = sections.first().map(|s| s.source().line_at(s.offset()));
    for section in &sections {
        section.only(&["days", "hours", "people", "types"]);
        let hours = match section.text("hours").map(|at| (span(&at.value), at)) {
            None => None,
            Some((Some(hours), _)) => Some(hours),
            Some((None, at)) => {
                let mend = "write from and to, such as \"08:30-12:00\"; over midnight \"17:00-08:30\"";
                section.source().wrong(&at, format!("“{}” are no hours", at.value), mend);
                continue;
            }
        };
        let days = match section.has("days") {
            false => {
                vec![Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun]
            }
            true => section.texts("days").unwrap_or_default().iter().filter_map(|at| weekday(section, at)).collect(),
        };
        if !section.present("people", "[\"ana\"]") {
            continue;
        }
        let people = known_people(section.source(), &section.texts("people").unwrap_or_default(), staff);
        let types = section.texts("types").unwrap_or_default().into_iter().map(|at| RequestType(at.value)).collect();
        all.push(Shift { days, hours, people, types });
    }
    (all, line)
}

/// The hours that the rota leaves to nobody: no mistake, for others are there, but perhaps not meant.
pub(super) fn gaps(config: &Config) -> Vec<Mistake> {
    let remark = |gap: Gap| {
        let of = gap.request_type.map_or_else(String::new, |t| format!(" for “{t}”"));
        let (hours, else_to) = if gap.office {
            ("office hours", "what belongs to nobody then goes to `people` of [duty]")
        } else {
            ("closed hours", "danger then goes to whoever it would go to by day, who may be at home")
        };
        Mistake {
            file: config.file.clone(),
            line: config.rota_line,
            what: format!("[[duty.rota]] has nobody{of} in these {hours}: {}", gap.when),
            mend: format!("add a block for them, or leave it so: {else_to}"),
        }
    };
    desk::gaps(&config.rota, &config.calendar).into_iter().map(remark).collect()
}

fn weekday(section: &Section<'_, '_>, at: &At<String>) -> Option<Weekday> {
    let day = measures::DAYS.contains(&at.value.as_str()).then(|| at.value.parse().ok()).flatten();
    if day.is_none() {
        let mend = format!("it can be {}", measures::DAYS.join(", "));
        section.source().wrong(at, format!("“{}” is not a day of the week", at.value), mend);
    }
    day
}

fn span(words: &str) -> Option<(NaiveTime, NaiveTime)> {
    let (from, to) = words.split_once('-')?;
    let time = |t: &str| NaiveTime::parse_from_str(t.trim(), "%H:%M").ok();
    time(from).zip(time(to)).filter(|(a, b)| a != b)
}
