//! A report as CSV for a spreadsheet: a row a group, a column a figure, plain numbers in the figure's unit.

use super::figure::{Figure, Unit};
use super::report::{Group, Report};

/// The report as CSV (RFC 4180). Times are minutes of office time, shares are between 0 and 1.
#[must_use]
pub fn csv(report: &Report) -> String {
    let mut out = vec![cell("from"), cell("to"), cell(report.by.title())];
    out.extend(Figure::ALL.iter().map(|f| cell(&format!("{}{}", f.key(), unit(f.unit())))));
    let mut lines = vec![out.join(",")];
    lines.extend(report.groups.iter().chain([&report.total]).map(|g| row(report, g)));
    lines.join("\r\n") + "\r\n"
}

fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::OfficeMinutes => "_minutes",
        Unit::Days | Unit::BusinessDays => "_days",
        Unit::Count | Unit::Share | Unit::PerDay => "",
    }
}

fn row(report: &Report, group: &Group) -> String {
    let mut out = vec![report.period.first.to_string(), report.period.last.to_string(), cell(&group.name)];
    out.extend(group.figures.iter().map(|m| m.value.map(plain).unwrap_or_default()));
    out.join(",")
}

/// A number with at most four digits behind the point, and none where there is nothing.
fn plain(value: f64) -> String {
    let text = format!("{value:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A cell; a name that a spreadsheet would take for a formula gets an apostrophe before it.
fn cell(text: &str) -> String {
    let guarded = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() };
    if guarded.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", guarded.replace('"', "\"\"")) } else { guarded }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clients_name_is_one_cell_and_no_formula() {
        assert_eq!(cell("Falk, Sons \"& Co\""), "\"Falk, Sons \"\"& Co\"\"\"");
        assert_eq!(cell("=HYPERLINK(1)"), "'=HYPERLINK(1)");
        assert_eq!((plain(12.0), plain(0.12345), plain(0.0)), ("12".to_owned(), "0.1235".to_owned(), "0".to_owned()));
    }
}
