//! Appointments (RFC 5545): what, when, where, and the words to it. Knows no recurrence and no time zone: a time is shown
//! as it is written.

use super::{Caps, Opened, paper::Paper};

/// Appointments of one file that are read.
const EVENTS_MAX: usize = 20;

/// Reads a calendar.
pub(super) fn read(text: &str, caps: &Caps) -> Result<Opened, String> {
    let text = crate::domain::text::cut(text, 8 * caps.text);
    let mut paper = Paper::new(caps.text);
    let mut inside: Vec<String> = Vec::new();
    let mut events = 0;
    for line in unfolded(text) {
        let Some((head, value)) = split(&line) else { continue };
        let name = head.split(';').next().unwrap_or_default().to_ascii_uppercase();
        match name.as_str() {
            "BEGIN" => {
                // A component within a component (VALARM) is not the appointment.
                if inside.len() < 8 {
                    inside.push(value.trim().to_ascii_uppercase());
                }
                events += usize::from(inside.last().is_some_and(|n| n == "VEVENT"));
            }
            "END" => {
                inside.pop();
                paper.gap();
            }
            _ if inside.last().is_some_and(|n| n == "VEVENT" || n == "VTODO") && events <= EVENTS_MAX => {
                let label = match name.as_str() {
                    "SUMMARY" => "Appointment",
                    "DTSTART" => "Starts",
                    "DTEND" => "Ends",
                    "DUE" => "Due",
                    "LOCATION" => "Where",
                    "DESCRIPTION" => "",
                    _ => continue,
                };
                if label.is_empty() {
                    for words in unescaped(value).lines() {
                        paper.line(words);
                    }
                } else if label == "Starts" || label == "Ends" || label == "Due" {
                    paper.labelled(label, &moment(value));
                } else {
                    paper.labelled(label, &unescaped(value).replace('\n', ", "));
                }
            }
            _ => {}
        }
    }
    if paper.is_empty() {
        return Err("there is no appointment in it".to_owned());
    }
    Ok(Opened { text: paper.done(), ..Opened::default() })
}

/// A line that begins with a blank goes on the one before (3.1).
fn unfolded(text: &str) -> impl Iterator<Item = String> {
    let mut lines = text.split('\n').map(|l| l.strip_suffix('\r').unwrap_or(l)).peekable();
    std::iter::from_fn(move || {
        let mut line = lines.next()?.to_owned();
        while let Some(more) = lines.next_if(|l| l.starts_with([' ', '\t'])) {
            line.push_str(more.get(1..).unwrap_or_default());
        }
        Some(line)
    })
}

/// Name with parameters, and value; a colon within quotes separates nothing.
fn split(line: &str) -> Option<(&str, &str)> {
    let mut quoted = false;
    let at = line.bytes().position(|b| {
        quoted ^= b == b'"';
        b == b':' && !quoted
    })?;
    Some((line.get(..at)?, line.get(at + 1..)?))
}

/// `20261124T143000Z` → `2026-11-24 14:30 UTC`; what has another shape stays as it is.
fn moment(value: &str) -> String {
    let value = value.trim();
    let digits = |r: std::ops::Range<usize>| value.get(r).filter(|s| s.bytes().all(|b| b.is_ascii_digit()));
    let (Some(year), Some(month), Some(day)) = (digits(0..4), digits(4..6), digits(6..8)) else {
        return value.to_owned();
    };
    let time = match (digits(9..11), digits(11..13)) {
        (Some(hour), Some(minute)) => format!(" {hour}:{minute}"),
        _ => String::new(),
    };
    let zone = if value.ends_with('Z') { " UTC" } else { "" };
    format!("{year}-{month}-{day}{time}{zone}")
}

/// TEXT (3.3.11).
fn unescaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n' | 'N') => out.push('\n'),
                Some(other) => out.push(other),
                None => {}
            },
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_appointment_says_what_when_and_where() {
        let ics = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Premium audit\\, on site\r\nDTSTART;TZID=\"America/Chicago\
                   :x\":20261124T143000\r\nDESCRIPTION:Bring the 941s\\nand the\r\n  ledger\r\nBEGIN:VALARM\r\n\
                   DESCRIPTION:Reminder\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        let opened = read(ics, &Caps::default()).unwrap();
        assert_eq!(
            opened.text,
            "Appointment: Premium audit, on site\nStarts: 2026-11-24 14:30\nBring the 941s\nand the ledger\n"
        );
        assert!(read("BEGIN:VCALENDAR\r\n", &Caps::default()).is_err());
    }
}
