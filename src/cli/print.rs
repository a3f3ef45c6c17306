//! What people read on a terminal: tables, moments, and text of strangers made harmless.

use crate::desk::pipeline::Foreseen;
use crate::domain::letter::{LetterRecord, LetterState};
use crate::domain::task::{StepMark, Task};
use crate::domain::{Timestamp, mistake::Mistake};
use chrono::Duration;
use chrono_tz::Tz;
use comfy_table::{Table, presets};
use std::io::Write;

/// Text of strangers for a terminal: no control character reaches it, so that none can colour, move or rename it.
pub(super) fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect()
}

/// One line, at most `max` characters.
pub(super) fn short(text: &str, max: usize) -> String {
    let line = plain(text).replace('\n', " ");
    if line.chars().count() <= max {
        return line;
    }
    line.chars().take(max.saturating_sub(1)).chain(['…']).collect()
}

/// A table with these titles.
pub(super) fn table(titles: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header(titles.iter().map(|t| t.to_uppercase()));
    table
}

/// A table's lines, without the room that comfy-table leaves at both ends.
pub(super) fn write_table(out: &mut dyn Write, table: &Table) -> std::io::Result<()> {
    table.lines().try_for_each(|line| writeln!(out, "{}", line.strip_prefix(' ').unwrap_or(&line).trim_end()))
}

/// `Fri 20 Nov 2026, 3:05 PM`, in the agency's zone.
pub(super) fn moment(at: Timestamp, zone: Tz) -> String {
    at.with_timezone(&zone).format("%a %-d %b %Y, %-I:%M %p").to_string()
}

/// `in 3 h`, `2 d late`: how far away something due is.
pub(super) fn due(at: Timestamp, now: Timestamp) -> String {
    let left = at - now;
    if left >= Duration::zero() { format!("in {}", span(left)) } else { format!("{} late", span(-left)) }
}

/// `5 min`, `3 h`, `2 d`.
pub(super) fn span(d: Duration) -> String {
    match d.num_minutes() {
        m if m < 60 => format!("{m} min"),
        m if m < 48 * 60 => format!("{} h", m / 60),
        m => format!("{} d", m / 1440),
    }
}

/// A step's mark, as a box.
pub(super) fn mark(mark: &StepMark) -> String {
    match mark {
        StepMark::Open => "[ ]".to_owned(),
        StepMark::Ticked { by, .. } => format!("[x] {by}"),
        StepMark::Waived { by, reason, .. } => format!("[-] {by}: {}", short(reason, 60)),
    }
}

/// The moment by which a task has to be done: the client's, or else the standard's.
pub(super) fn due_of(task: &Task) -> Option<Timestamp> {
    [task.deadline, task.standard_due].into_iter().flatten().min()
}

/// How far a letter has got, in words.
pub(super) fn letter_state(letter: &LetterRecord, zone: Tz) -> String {
    let twice = if letter.possibly_twice { ", possibly twice" } else { "" };
    match &letter.state {
        LetterState::Due(at) if letter.attempts > 0 => {
            let why = letter.last_trouble.as_deref().unwrap_or("no answer");
            format!("again {} ({} in vain: {})", moment(*at, zone), letter.attempts, short(why, 80))
        }
        LetterState::Due(at) => format!("goes out {}", moment(*at, zone)),
        LetterState::Review if letter.held => "waits for the release of the book".to_owned(),
        LetterState::Review => "waits for a yes".to_owned(),
        LetterState::Observed => "kept, not sent (mode observe)".to_owned(),
        LetterState::Trying(at) => format!("being sent since {}", moment(*at, zone)),
        LetterState::Sent { at } => format!("sent {}{twice}", moment(*at, zone)),
        LetterState::Failed { at, why } => format!("given up {}: {}", moment(*at, zone), short(why, 80)),
        LetterState::Dropped { at } => format!("dropped {}", moment(*at, zone)),
    }
}

/// Letters, a row each.
pub(super) fn letters(out: &mut dyn Write, all: &[LetterRecord], zone: Tz) -> std::io::Result<()> {
    let mut rows = table(&["letter", "task", "kind", "to", "subject", "state"]);
    for l in all {
        rows.add_row([
            l.id.to_string(),
            l.tasks.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
            short(&l.kind, 20),
            short(l.to.address.as_str(), 36),
            short(l.subject.as_str(), 44),
            letter_state(l, zone),
        ]);
    }
    write_table(out, &rows)
}

/// Mistakes, one below the other.
pub(super) fn mistakes(out: &mut dyn Write, all: &[Mistake]) -> std::io::Result<()> {
    all.iter().try_for_each(|m| writeln!(out, "{}", plain(&m.to_string())))
}

/// JSON for programs.
pub(super) fn json(out: &mut dyn Write, value: &impl serde::Serialize) -> anyhow::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    writeln!(out)?;
    Ok(())
}

/// Tasks and letters that the account book would bring: how many, and the first of them.
pub(super) fn foreseen(out: &mut dyn Write, foreseen: &[Foreseen]) -> std::io::Result<()> {
    const SHOWN: usize = 10;
    if foreseen.is_empty() {
        return Ok(());
    }
    let letters = foreseen.iter().filter(|f| f.letter.is_some()).count();
    let some = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    writeln!(
        out,
        "By the dates of its policies the book would open {} and write {} to clients at once:",
        some(foreseen.len(), "task"),
        some(letters, "letter")
    )?;
    for f in foreseen.iter().take(SHOWN) {
        let stake = f.at_stake.map_or_else(String::new, |c| format!(", {c}"));
        let letter = f.letter.as_ref().zip(f.to.as_ref()).map_or_else(String::new, |(l, to)| format!("; {l} to {to}"));
        let policies = short(&f.policies.join(", "), 60);
        writeln!(out, "  {}  {}: {policies}{stake}{letter}", f.expiration, short(f.name.as_str(), 40))?;
    }
    if foreseen.len() > SHOWN {
        writeln!(out, "  … and {} more; --json shows all", foreseen.len() - SHOWN)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_stranger_wrote_cannot_steer_the_terminal() {
        assert_eq!(plain("a\x1b[2Jb\r\nc\x07"), "a [2Jb \nc ");
        assert_eq!(short("one\ntwo three", 8), "one two…");
    }
    #[test]
    fn what_is_due_is_told_from_now() {
        let now = Timestamp::from_timestamp(1_800_000_000, 0).unwrap();
        assert_eq!(due(now + Duration::minutes(5), now), "in 5 min");
        assert_eq!(due(now - Duration::hours(3), now), "3 h late");
        assert_eq!(due(now + Duration::days(3), now), "in 3 d");
    }
    #[test]
    fn tables_have_no_ragged_ends() {
        let mut t = table(&["task", "state"]);
        t.add_row(["T-1", "new"]);
        let mut out = Vec::new();
        write_table(&mut out, &t).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "TASK  STATE\nT-1   new\n");
    }
}
