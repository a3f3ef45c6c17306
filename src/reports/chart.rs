//! Drawings of a report: SVG that stands in the page itself, in the page's own colours, readable in print.

use super::figure::Unit;
use super::report::Week;
use std::fmt::Write as _;

const WIDTH: f64 = 720.0;

/// Text that stands in XML.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// Arrivals and ends of each week as bars, what was open at its end as a line.
pub(super) fn weeks(weeks: &[Week]) -> String {
    const HEIGHT: f64 = 190.0;
    const LEFT: f64 = 38.0;
    const BASE: f64 = 160.0;
    const TOP: f64 = 12.0;
    let most = weeks.iter().map(|w| w.arrived.max(w.ended).max(w.open)).max().unwrap_or(0);
    let top = round_up(most);
    let height = |n: usize| (BASE - TOP) * float(n) / float(top);
    let step = (WIDTH - LEFT) / float(weeks.len().max(1));
    let bar = (step * 0.36).clamp(1.0, 26.0);
    let mut out = open(HEIGHT, "Tasks that arrived and that ended, week by week, and how many were open");
    for part in 0..=4 {
        let n = top * part / 4;
        let y = BASE - height(n);
        let _ = write!(
            out,
            r#"<line class="rule" x1="{LEFT}" x2="{WIDTH}" y1="{y:.1}" y2="{y:.1}"/><text class="axis" x="{:.0}" y="{:.1}" text-anchor="end">{n}</text>"#,
            LEFT - 6.0,
            y + 3.5
        );
    }
    let mut line = String::new();
    let each = weeks.len().div_ceil(9).max(1);
    for (i, week) in weeks.iter().enumerate() {
        let middle = LEFT + step * (float(i) + 0.5);
        for (n, class, x) in [(week.arrived, "arrived", middle - bar), (week.ended, "ended", middle)] {
            let h = height(n);
            let _ = write!(
                out,
                r#"<rect class="{class}" x="{x:.1}" y="{:.1}" width="{bar:.1}" height="{h:.1}"><title>Week of {}: {n} {class}</title></rect>"#,
                BASE - h,
                week.begins.format("%-d %b")
            );
        }
        let _ = write!(line, "{}{middle:.1},{:.1}", if i == 0 { "" } else { " " }, BASE - height(week.open));
        if i % each == 0 {
            let _ = write!(
                out,
                r#"<text class="axis" x="{middle:.1}" y="{:.0}" text-anchor="middle">{}</text>"#,
                BASE + 16.0,
                week.begins.format("%-d %b")
            );
        }
    }
    let _ = write!(out, r#"<polyline class="open" points="{line}"/></svg>"#);
    out
}

/// Parts of a whole, side by side.
pub(super) fn parts(name: &str, parts: &[(&str, &str, f64)]) -> String {
    const HEIGHT: f64 = 34.0;
    let all: f64 = parts.iter().map(|(.., v)| v).sum();
    let mut out = open(HEIGHT, name);
    let mut x = 0.0;
    for (title, class, value) in parts.iter().filter(|(.., v)| *v > 0.0 && all > 0.0) {
        let width = WIDTH * value / all;
        let share = Unit::Share.say(value / all);
        let _ = write!(
            out,
            r#"<rect class="{class}" x="{x:.1}" y="0" width="{width:.1}" height="{HEIGHT}"><title>{}: {share}</title></rect>"#,
            escaped(title)
        );
        if width > 48.0 {
            let _ = write!(
                out,
                r#"<text class="on" x="{:.1}" y="22" text-anchor="middle">{share}</text>"#,
                x + width / 2.0
            );
        }
        x += width;
    }
    out + "</svg>"
}

/// Median and ninetieth of a time, a row a group.
pub(super) fn spreads(name: &str, rows: &[(String, f64, f64)]) -> String {
    const ROW: f64 = 24.0;
    const LEFT: f64 = 230.0;
    const RIGHT: f64 = WIDTH - 70.0;
    let most = rows.iter().map(|(_, _, p90)| *p90).fold(1.0, f64::max);
    let x = |v: f64| LEFT + (RIGHT - LEFT) * v / most;
    let mut out = open(ROW * float(rows.len()) + 6.0, name);
    for (i, (title, median, p90)) in rows.iter().enumerate() {
        let y = ROW * (float(i) + 0.5) + 3.0;
        let title: String =
            if title.chars().count() > 32 { title.chars().take(31).chain(['…']).collect() } else { title.clone() };
        let _ = write!(
            out,
            r#"<text class="name" x="0" y="{:.1}">{}</text><line class="rule" x1="{LEFT}" x2="{RIGHT}" y1="{y}" y2="{y}"/><line class="range" x1="{:.1}" x2="{:.1}" y1="{y}" y2="{y}"/><circle class="median" cx="{:.1}" cy="{y}" r="5"/><text class="axis" x="{:.1}" y="{:.1}">{}</text>"#,
            y + 4.0,
            escaped(&title),
            x(*median),
            x(*p90),
            x(*median),
            x(*p90) + 8.0,
            y + 4.0,
            Unit::OfficeMinutes.say(*p90)
        );
    }
    out + "</svg>"
}

fn open(height: f64, name: &str) -> String {
    let name = escaped(name);
    format!(r#"<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{name}"><title>{name}</title>"#)
}

/// The next number that four lines divide well.
fn round_up(most: usize) -> usize {
    let mut unit = 4;
    loop {
        for by in [1, 2, 5] {
            if most <= unit * by {
                return unit * by;
            }
        }
        unit *= 10;
    }
}

fn float(n: usize) -> f64 {
    super::figure::number(n)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_ends_above_what_is_drawn() {
        assert_eq!([0, 3, 5, 21, 70, 300].map(round_up), [4, 4, 8, 40, 80, 400]);
    }
    #[test]
    fn names_of_strangers_are_text_in_a_drawing() {
        let drawn = spreads("x", &[("<script>alert(1)</script>".to_owned(), 1.0, 2.0)]);
        assert!(!drawn.contains("<script"), "{drawn}");
    }
}
