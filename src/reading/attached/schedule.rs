//! A schedule → facts: which column says what, by its heading. Vehicles, drivers, locations. Knows no file format.

use super::Found;
use crate::domain::field::FieldValue;
use crate::message::Attachment;
use crate::message::attached::{Stretch, Table};
use crate::reading::extract::vin_doubt;
use chrono::NaiveDate;
use std::ops::Range;

/// Rows in which the headings are looked for: above them may stand a title and the insured's name.
const HEADINGS_WITHIN: usize = 8;
/// Rows of one table that are read.
const ROWS_MAX: usize = 500;

/// What a column says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Vin,
    /// Of a vehicle or of a drill.
    Serial,
    Year,
    Make,
    Model,
    /// Year, make and model in one.
    Vehicle,
    Name,
    FirstName,
    LastName,
    BirthDate,
    License,
    Street,
    City,
    State,
    Zip,
    Other,
}

/// Small letters, no signs, “number” and “no” at the end left out.
const HEADINGS: &[(Column, &[&str])] = &[
    (Column::Vin, &["vin", "full vin", "vin serial", "vehicle identification", "vehicle id"]),
    (Column::Serial, &["serial", "serie"]),
    (Column::Year, &["year", "yr", "model year", "veh year", "vehicle year", "ano"]),
    (Column::Make, &["make", "manufacturer", "vehicle make", "marca"]),
    (Column::Model, &["model", "vehicle model", "make model", "modelo"]),
    (
        Column::Vehicle,
        &[
            "vehicle",
            "vehicle description",
            "year make model",
            "yr make model",
            "description",
            "unit description",
            "vehiculo",
        ],
    ),
    (
        Column::Name,
        &[
            "name",
            "driver",
            "driver name",
            "drivers name",
            "full name",
            "employee",
            "employee name",
            "name of driver",
            "nombre",
            "conductor",
        ],
    ),
    (Column::FirstName, &["first", "first name", "given name", "driver first name"]),
    (Column::LastName, &["last", "last name", "surname", "driver last name"]),
    (
        Column::BirthDate,
        &["dob", "d o b", "date of birth", "birth date", "birthdate", "birthday", "fecha de nacimiento"],
    ),
    (
        Column::License,
        &["license", "licence", "drivers license", "driver license", "drivers licence", "dl", "cdl", "lic", "licencia"],
    ),
    (
        Column::Street,
        &[
            "address",
            "street",
            "street address",
            "location",
            "location address",
            "property address",
            "premises",
            "premises address",
            "risk address",
            "loc address",
            "direccion",
        ],
    ),
    (Column::City, &["city", "town", "ciudad"]),
    (Column::State, &["state", "st", "estado"]),
    (Column::Zip, &["zip", "zip code", "zipcode", "postal code", "codigo postal"]),
];

/// The facts of an attachment's tables, and where the tables that gave some stand.
pub(super) fn found(attachment: &Attachment, text: &str) -> (Vec<Found>, Vec<Range<u32>>) {
    let tables = attachment.held.as_ref().map(|h| h.tables.as_slice()).unwrap_or_default();
    let (mut facts, mut places) = (Vec::new(), Vec::new());
    for table in tables {
        let (at, found) = of_table(table, text);
        let below = || table.rows.iter().skip(at).flatten();
        let (start, end) = (below().map(|c| c.start).min(), below().map(|c| c.end).max());
        if let (false, Some(start), Some(end)) = (found.is_empty(), start, end) {
            places.push(start..end);
        }
        facts.extend(found);
    }
    (facts, places)
}

/// The row of the headings, and the facts below.
fn of_table(table: &Table, text: &str) -> (usize, Vec<Found>) {
    let headings = table.rows.iter().take(HEADINGS_WITHIN).enumerate();
    let best = headings.map(|(i, row)| (i, row.iter().map(|c| column(c.of(text))).collect::<Vec<_>>()));
    let Some((at, columns)) =
        best.max_by_key(|(i, c)| (c.iter().filter(|k| **k != Column::Other).count(), std::cmp::Reverse(*i)))
    else {
        return (0, Vec::new());
    };
    let has = |k: Column| columns.contains(&k);
    let vehicles = has(Column::Vin) || has(Column::Serial) || (has(Column::Year) && has(Column::Make));
    let named = has(Column::Name) || has(Column::LastName);
    let drivers = !vehicles && named && (has(Column::BirthDate) || has(Column::License));
    // A street beside vehicles is where they are kept, beside people where they live.
    let locations =
        !vehicles && !named && has(Column::Street) && (has(Column::City) || has(Column::Zip) || columns.len() <= 3);
    let mut out = Vec::new();
    for row in table.rows.iter().skip(at + 1).take(ROWS_MAX) {
        let row = Row { cells: row, columns: &columns, text };
        if vehicles {
            out.extend(row.vin());
            out.extend(row.vehicle());
        } else if drivers {
            out.extend(row.driver());
        } else if locations {
            out.extend(row.location());
        }
    }
    (at, out)
}

/// What a heading means: small letters, signs left out.
fn column(heading: &str) -> Column {
    if heading.len() > 40 {
        return Column::Other;
    }
    let plain: String = heading
        .to_lowercase()
        .replace(['\'', '’'], "")
        .replace('#', " number ")
        .replace('ñ', "n")
        .replace('ó', "o")
        .replace('í', "i")
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let plain = [" number", " no", " num", " nbr"].iter().find_map(|end| plain.strip_suffix(end)).unwrap_or(&plain);
    HEADINGS.iter().find(|(_, words)| words.contains(&plain)).map_or(Column::Other, |(k, _)| *k)
}

struct Row<'a> {
    cells: &'a [Stretch],
    columns: &'a [Column],
    text: &'a str,
}

impl<'a> Row<'a> {
    fn cell(&self, column: Column) -> Option<(&'a str, Stretch)> {
        let at = self.columns.iter().position(|c| *c == column)?;
        let cell = *self.cells.get(at)?;
        let words = cell.of(self.text).trim();
        (!words.is_empty()).then_some((words, cell))
    }

    fn fact(&self, name: &'static str, value: FieldValue, cells: &[Stretch]) -> Option<Found> {
        let start = cells.iter().map(|c| c.start).min()?;
        let end = cells.iter().map(|c| c.end).max()?;
        Some(Found { name, value, start, end, confidence: 90, doubt: None })
    }

    fn vin(&self) -> Option<Found> {
        /// As short as a number that is called a VIN may be in a text.
        const SHORTEST: usize = 11;
        let in_column = |column, shortest: usize| {
            let long = |(vin, _): &(&str, Stretch)| (shortest..=20).contains(&vin.len());
            self.cell(column).filter(long).filter(|(vin, _)| vin.bytes().any(|b| b.is_ascii_digit()))
        };
        // Drills have serial numbers too.
        let (vin, cell) = in_column(Column::Vin, 5).or_else(|| in_column(Column::Serial, SHORTEST))?;
        let mut fact = self.fact("vins", FieldValue::Text(vin.to_owned()), &[cell])?;
        fact.doubt = vin_doubt(vin);
        Some(fact)
    }

    fn vehicle(&self) -> Option<Found> {
        if let Some((words, cell)) = self.cell(Column::Vehicle).filter(|(w, _)| begins_with_a_year(w)) {
            return self.fact("vehicles", FieldValue::Text(words.to_owned()), &[cell]);
        }
        let year = self.cell(Column::Year).filter(|(y, _)| y.len() == 4 && begins_with_a_year(y))?;
        let rest = [self.cell(Column::Make), self.cell(Column::Model)];
        let named: Vec<(&str, Stretch)> = rest.into_iter().flatten().collect();
        if named.is_empty() {
            return None;
        }
        let all: Vec<(&str, Stretch)> = std::iter::once(year).chain(named).collect();
        let words = all.iter().map(|(w, _)| *w).collect::<Vec<_>>().join(" ");
        self.fact("vehicles", FieldValue::Text(words), &all.iter().map(|(_, c)| *c).collect::<Vec<_>>())
    }

    fn driver(&self) -> Option<Found> {
        let whole = self.cell(Column::Name);
        let parts = [self.cell(Column::FirstName), self.cell(Column::LastName)];
        let names: Vec<(&str, Stretch)> = match whole {
            Some(name) => vec![name],
            None => parts.into_iter().flatten().collect(),
        };
        let name = names.iter().map(|(w, _)| *w).collect::<Vec<_>>().join(" ");
        // A sum or a remark below the list is nobody.
        if name.is_empty() || name.len() > 60 || name.bytes().any(|b| b.is_ascii_digit()) {
            return None;
        }
        let birth = self.cell(Column::BirthDate).and_then(|(w, c)| Some((day(w)?, c)));
        let license = self.cell(Column::License).filter(|(w, _)| w.bytes().any(|b| b.is_ascii_digit()));
        if birth.is_none() && license.is_none() {
            return None;
        }
        let cells = names.iter().map(|(_, c)| *c);
        let cells: Vec<Stretch> = cells.chain(birth.map(|b| b.1)).chain(license.map(|l| l.1)).collect();
        let value = FieldValue::Driver {
            name: Some(turned(&name)),
            dob: birth.map(|b| b.0),
            license: license.map(|l| l.0.to_owned()),
        };
        self.fact("drivers", value, &cells)
    }

    fn location(&self) -> Option<Found> {
        let street = self.cell(Column::Street).filter(|(w, _)| w.bytes().any(|b| b.is_ascii_digit()))?;
        let mut cells = vec![street.1];
        let mut words = street.0.to_owned();
        for (column, separator) in [(Column::City, ", "), (Column::State, ", "), (Column::Zip, " ")] {
            if let Some((more, cell)) = self.cell(column) {
                words.push_str(separator);
                words.push_str(more);
                cells.push(cell);
            }
        }
        self.fact("location_address", FieldValue::Text(words), &cells)
    }
}

/// “Lee, Ann” is Ann Lee.
fn turned(name: &str) -> String {
    match name.split_once(',') {
        Some((last, first)) if !first.trim().is_empty() => format!("{} {}", first.trim(), last.trim()),
        _ => name.to_owned(),
    }
}

fn begins_with_a_year(words: &str) -> bool {
    words.get(..4).and_then(|y| y.parse::<u16>().ok()).is_some_and(|y| (1920..2100).contains(&y))
        && !words.get(4..5).is_some_and(|c| c.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// `2026-11-21`, `11/21/2026`, `11-21-26`; a time behind it is left out. Years of two digits are those of the living.
pub(super) fn day(words: &str) -> Option<NaiveDate> {
    let words = words.split([' ', 'T']).next()?;
    let parts: Vec<i32> = words.split(['-', '/', '.']).map(|p| p.parse().ok()).collect::<Option<_>>()?;
    let [a, b, c] = parts.as_slice() else { return None };
    let (year, month, day) = if *a > 31 { (*a, *b, *c) } else { (*c, *a, *b) };
    let year = match year {
        0..=29 => year + 2000,
        30..=99 => year + 1900,
        _ => year,
    };
    NaiveDate::from_ymd_opt(year, u32::try_from(month).ok()?, u32::try_from(day).ok()?)
        .filter(|_| (1900..2100).contains(&year))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_mean_the_same_however_they_are_written() {
        for (heading, wanted) in [
            ("VIN #", Column::Vin),
            ("Driver's License No.", Column::License),
            ("D.O.B.", Column::BirthDate),
            ("Yr/Make/Model", Column::Vehicle),
            ("Año", Column::Year),
            ("Cost new", Column::Other),
        ] {
            assert_eq!(column(heading), wanted, "{heading}");
        }
    }
    #[test]
    fn days_in_the_ways_of_forms_and_workbooks() {
        let wanted = NaiveDate::from_ymd_opt(1990, 4, 17);
        for words in ["1990-04-17", "4/17/1990", "04-17-90", "1990-04-17 00:00:00"] {
            assert_eq!(day(words), wanted, "{words}");
        }
        for words in ["", "soon", "13/41/1990", "4/17", "4/17/1790"] {
            assert_eq!(day(words), None, "{words}");
        }
    }
}
