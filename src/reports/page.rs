//! A report as one HTML file: nothing is fetched, no script runs; it reads on a phone and prints well.
//!
//! Strangers' names are text in it and nothing else.

use super::against::Against;
use super::chart::{self, escaped};
use super::figure::{Figure, Unit, number};
use super::report::{Group, Report};
use crate::domain::id::TaskId;
use chrono_tz::Tz;
use std::fmt::Write as _;

/// The look of every page.
pub(super) const STYLE: &str = include_str!("page.css");
/// Tasks listed one by one; of more than that, their numbers alone.
const LISTED: usize = 600;
/// Groups in the drawings and in the table.
const DRAWN: usize = 12;
const GROUPS: usize = 60;

/// The figures that the top of a page shows.
pub const SHOWN: [Figure; 8] = [
    Figure::Arrived,
    Figure::Ended,
    Figure::Open,
    Figure::OldestOpen,
    Figure::FirstTouchMedian,
    Figure::TurnaroundMedian,
    Figure::WithinStandard,
    Figure::DaysOfWork,
];

/// The columns of the table by group.
pub const COLUMNS: [Figure; 9] = [
    Figure::Arrived,
    Figure::Done,
    Figure::Open,
    Figure::FirstTouchMedian,
    Figure::TurnaroundMedian,
    Figure::TurnaroundP90,
    Figure::WithinStandard,
    Figure::Reopened,
    Figure::Asked,
];

/// A column's title.
#[must_use]
pub const fn column(figure: Figure) -> &'static str {
    match figure {
        Figure::FirstTouchMedian => "First touch",
        Figure::TurnaroundMedian => "Turnaround",
        Figure::TurnaroundP90 => "90th",
        Figure::WithinStandard => "In time",
        Figure::Asked => "Questions",
        other => other.title(),
    }
}

/// The whole page; moments are shown in `zone`.
#[must_use]
pub fn html(report: &Report, zone: Tz) -> String {
    html_with(report, "", zone)
}

/// The same, held against what was before.
#[must_use]
pub fn html_against(report: &Report, against: &Against, zone: Tz) -> String {
    html_with(report, &against.html(), zone)
}

fn html_with(report: &Report, more: &str, zone: Tz) -> String {
    let title = format!("{}: {}", report.agency, report.period.words());
    let mut out = head(&title);
    let _ = write!(
        out,
        "<header><p class=\"over\">{}</p><h1>{}</h1><p>{}.</p></header>",
        escaped(&report.agency),
        escaped(&report.period.words()),
        escaped(&report.mail.words())
    );
    out.push_str(&tiles(&report.total));
    out.push_str(more);
    out.push_str("<h2>Week by week</h2><p class=\"key\"><i class=\"arrived\"></i>arrived <i class=\"ended\"></i>ended <i class=\"line\"></i>open at the end of the week</p>");
    out.push_str(&chart::weeks(&report.weeks));
    out.push_str(&courts(report));
    out.push_str(&spreads(report));
    out.push_str(&table(report));
    out.push_str(&reopenings(&report.total));
    out.push_str(&appendix(report, zone));
    out.push_str("</main></body></html>\n");
    out
}

/// Everything up to the first words of a page.
pub(super) fn head(title: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"><title>{}</title><style>{STYLE}</style></head><body><main>",
        escaped(title)
    )
}

/// Figures as tiles: title and value.
pub(super) fn tile(title: &str, value: &str) -> String {
    format!("<div><dt>{}</dt><dd>{}</dd></div>", escaped(title), escaped(value))
}

fn tiles(total: &Group) -> String {
    let tiles: String = SHOWN.iter().map(|f| tile(f.title(), &total.say(*f))).collect();
    format!("<dl class=\"tiles\">{tiles}</dl>")
}

fn courts(report: &Report) -> String {
    let parts: Vec<(&str, &str, f64)> = [
        (Figure::CourtAgency, "agency"),
        (Figure::CourtClient, "client"),
        (Figure::CourtCarrier, "carrier"),
        (Figure::CourtThirdParty, "third"),
    ]
    .map(|(f, class)| (f.title(), class, report.total.value(f).unwrap_or(0.0)))
    .to_vec();
    let key: String = parts
        .iter()
        .map(|(title, class, v)| {
            format!("<span><i class=\"{class}\"></i>{title}: {}</span> ", Unit::OfficeMinutes.say(*v))
        })
        .collect();
    let drawn = chart::parts("In whose court the time of tasks was spent", &parts);
    format!("<section><h2>In whose court the time was</h2>{drawn}<p class=\"key\">{key}</p></section>")
}

fn spreads(report: &Report) -> String {
    let row = |g: &Group| Some((g.name.clone(), g.value(Figure::TurnaroundMedian)?, g.value(Figure::TurnaroundP90)?));
    let rows: Vec<_> = report.groups.iter().filter_map(row).take(DRAWN).collect();
    if rows.is_empty() {
        return String::new();
    }
    let drawn = chart::spreads("The agency's own time until done, median and nine in ten", &rows);
    format!(
        "<section><h2>The agency’s own time until done</h2><p class=\"key\"><i class=\"dot\"></i>half took no longer; the bar ends where nine in ten were done</p>{drawn}</section>"
    )
}

fn table(report: &Report) -> String {
    let titles: String =
        COLUMNS.iter().map(|f| format!("<th title=\"{}\">{}</th>", escaped(f.meaning()), column(*f))).collect();
    let row = |g: &Group, class: &str| {
        let cells: String = COLUMNS.iter().map(|f| format!("<td>{}</td>", g.say(*f))).collect();
        format!("<tr{class}><th>{}</th>{cells}</tr>", escaped(&g.name))
    };
    let rows: String = report.groups.iter().take(GROUPS).map(|g| row(g, "")).collect();
    let more = report.groups.len().saturating_sub(GROUPS);
    let more = if more > 0 { format!("<p class=\"small\">And {more} more, in the CSV.</p>") } else { String::new() };
    format!(
        "<h2>By {}</h2><div class=\"wide\"><table><thead><tr><th>{}</th>{titles}</tr></thead><tbody>{rows}{}</tbody></table></div>{more}",
        report.by.title().to_lowercase(),
        report.by.title(),
        row(&report.total, " class=\"total\"")
    )
}

fn reopenings(total: &Group) -> String {
    if total.value(Figure::Reopened).unwrap_or(0.0) == 0.0 {
        return String::new();
    }
    let kinds = [
        Figure::ReopenedAgency,
        Figure::ReopenedClient,
        Figure::ReopenedCarrier,
        Figure::ReopenedNobody,
        Figure::ReopenedUnnamed,
    ];
    let tiles: String = kinds.iter().map(|f| tile(f.title(), &total.say(*f))).collect();
    format!("<section><h2>Opened again, by whose error</h2><dl class=\"tiles\">{tiles}</dl></section>")
}

/// What each figure means and which tasks it was made of, and those tasks.
fn appendix(report: &Report, zone: Tz) -> String {
    let mut out = String::from(
        "<section class=\"appendix\"><h2>What each figure means, and the tasks behind it</h2><p class=\"small\">Office time is time in which the agency was open, by its calendar. <code>intaked report --trace FIGURE</code> lists the tasks of one figure, <code>intaked tasks show T-1</code> everything about one.</p>",
    );
    for measured in &report.total.figures {
        let f = measured.figure;
        let _ = write!(
            out,
            "<div class=\"def\"><h3>{} <b>{}</b> <code>{}</code></h3><p>{}</p><p class=\"small\">{}</p></div>",
            f.title(),
            measured.say(),
            f.key(),
            f.meaning(),
            numbers(&measured.tasks)
        );
    }
    out.push_str("</section>");
    if report.lines.len() > LISTED {
        let n = Unit::Count.say(number(report.lines.len()));
        let _ = write!(
            out,
            "<p class=\"small\">{n} tasks are too many to list here; <code>--json</code> has each with its times.</p>"
        );
        return out;
    }
    out.push_str("<section class=\"appendix\"><h2>The tasks</h2><div class=\"wide\"><table class=\"tasks\"><thead><tr><th>Task</th><th>Kind</th><th>Account</th><th>With</th><th>Arrived</th><th>First touch</th><th>Ended</th><th>Own time</th></tr></thead><tbody>");
    let moment = |at: crate::domain::Timestamp| at.with_timezone(&zone).format("%-d %b %H:%M").to_string();
    for l in &report.lines {
        let _ = write!(
            out,
            "<tr><th>{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            l.task,
            escaped(&l.title),
            escaped(l.insured.as_deref().unwrap_or("–")),
            escaped(&l.person),
            moment(l.arrived),
            l.first_touch.map_or("–".to_owned(), moment),
            l.ended.map_or("open".to_owned(), |(at, how)| format!("{how}, {}", moment(at))),
            Unit::OfficeMinutes.say(l.own_minutes)
        );
    }
    out.push_str("</tbody></table></div></section>");
    out
}

/// Numbers of tasks, runs of them drawn together: `T-1 to T-9, T-12`. One that counted twice stands once.
#[must_use]
pub fn numbers(tasks: &[TaskId]) -> String {
    let mut sorted = tasks.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let mut runs: Vec<(TaskId, TaskId)> = Vec::new();
    for id in sorted {
        match runs.last_mut() {
            Some((_, last)) if last.0 + 1 == id.0 => *last = id,
            _ => runs.push((id, id)),
        }
    }
    let say = |(a, b): &(TaskId, TaskId)| match b.0 - a.0 {
        0 => a.to_string(),
        1 => format!("{a}, {b}"),
        _ => format!("{a} to {b}"),
    };
    if runs.is_empty() { "No task.".to_owned() } else { runs.iter().map(say).collect::<Vec<_>>().join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_numbers_are_drawn_together() {
        let ids = [7, 1, 2, 3, 5, 6, 9, 9].map(TaskId);
        assert_eq!(numbers(&ids), "T-1 to T-3, T-5 to T-7, T-9");
        assert_eq!(numbers(&[]), "No task.");
    }
}
