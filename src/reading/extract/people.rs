//! Who to answer: from the closing block, a form's label, or how somebody introduces themselves.

use super::closing::Closing;
use super::cues::Kind;
use super::labelled::labelled;
use super::layout::{Layout, spoken_name};
use super::named::{introduced_by, lower_name};
use super::names;
use super::rules::FieldRule;
use super::sheet::{Sheet, Stretch};
use crate::domain::field::{Field, FieldValue};

/// The person who wrote: from the closing block, a form's label, or “this is …”.
pub fn contact_name(index: usize, rule: &FieldRule, layout: &Layout<'_, '_>, closing: &Closing) -> Option<Field> {
    let sheet = layout.main_sheet()?;
    if let Some(field) = in_two_lines(sheet, rule) {
        return Some(field);
    }
    // A telephone company's “TOMCZAK AGNES” is turned round and cut off: what the caller says is plainer.
    let shouted = |w: &str| layout.writer.is_machine() && !w.chars().any(char::is_lowercase);
    let labels = sheet.hits(index, Kind::Labels);
    if let Some(field) = labelled(sheet, labels, rule, |w| names::is_person(w, false) && !shouted(w), 90) {
        return Some(field);
    }
    // What a member of staff took down names the caller; the staff's own name under it is nobody to answer.
    let took_down = layout.own && layout.writer.at.is_none();
    let closing = &if took_down { Closing { name: None, ..*closing } } else { *closing };
    if closing.name.is_none()
        && let Some((start, end)) = here(sheet)
    {
        return Some(sheet.found_text(&rule.name, start, end, &rule.name, 78));
    }
    let intro = || {
        let hits = || sheet.hits(index, Kind::Near);
        hits().find_map(|h| introduced_by(sheet, h)).or_else(|| hits().find_map(|h| lower_name(sheet, h.start, h.end)))
    };
    // “this is Eleanor Bixby …” in a transcript is plainer than a line that merely looks like a name.
    if let Some((start, end)) = closing.name.filter(|_| closing.agrees || intro().is_none()) {
        if let Some(full) = attached_in_full(rule, layout, sheet.slice(start, end)) {
            return Some(full);
        }
        return Some(sheet.found_text(&rule.name, start, end, &rule.name, if closing.agrees { 93 } else { 80 }));
    }
    if let Some((start, end)) = intro() {
        return Some(sheet.found_text(&rule.name, start, end, &rule.name, 75));
    }
    if let Some((start, end)) = behind_thanks(sheet) {
        return Some(sheet.found_text(&rule.name, start, end, &rule.name, 68));
    }
    // A text message often ends in its writer's name: “… who do I call. Cody Brekke”, “… - Bart Neely”.
    let last = sheet.lines.iter().rev().find(|l| !l.is_blank() && !is_gateway_line(sheet.slice(l.start, l.end)))?;
    let words = sheet.slice(last.start, last.end);
    // “Call me. Vern Oster 715-555-0133”: the number is not the name's.
    let words = words.trim_end_matches(|c: char| !c.is_alphabetic());
    let mark = words.char_indices().rev().find(|(_, c)| matches!(c, ',' | '.' | '-' | '!' | '?' | '–' | '—' | ';'))?;
    let (start, end) = sheet.trimmed(last.start + mark.0 + mark.1.len_utf8(), last.start + words.len());
    names::is_person(sheet.slice(start, end), false).then(|| sheet.found_text(&rule.name, start, end, &rule.name, 65))
}

/// “thx Ray”, “Thanks, Barb Cole”: the name in the last line, behind its thanks.
fn behind_thanks(sheet: &Sheet<'_>) -> Option<(usize, usize)> {
    let last = sheet.lines.iter().rev().filter(|l| !l.is_blank()).take(3);
    last.filter(|l| l.end - l.start <= 48).find_map(|line| {
        let (a, b) = sheet.word_after(line.start);
        if !matches!(
            sheet.low(a, b),
            b"thanks" | b"thx" | b"thank" | b"ty" | b"gracias" | b"regards" | b"best" | b"cheers"
        ) {
            return None;
        }
        let (c, d) = sheet.word_after(b);
        let from = if matches!(sheet.low(c, d), b"you" | b"again" | b"much" | b"so") { d } else { b };
        let (start, end) = sheet.trimmed(from, line.end);
        let bare = sheet.slice(start, end).trim_start_matches(['!', '.', ' ']).trim_end_matches(['.', '!']);
        let start = end.min(start + sheet.slice(start, end).find(bare)?);
        let end = start + bare.len();
        names::is_person(bare, true).then_some((start, end))
    })
}

/// A form that asks for first and last name apart, line by line.
fn in_two_lines(sheet: &Sheet<'_>, rule: &FieldRule) -> Option<Field> {
    let after = |labels: &[&str], from: usize| {
        sheet.lines.iter().enumerate().skip(from).find_map(|(i, line)| {
            let words = sheet.slice(line.start, line.end);
            let low = words.to_ascii_lowercase().replace('_', " ");
            let label = labels.iter().find(|l| low.starts_with(**l))?;
            let rest = words.get(label.len()..)?.trim_start_matches([':', '=', '-', '.', ' ', '\t', '*']);
            let (start, end) = if rest.is_empty() {
                let next = sheet.lines.iter().skip(i + 1).take(2).find(|l| !l.is_blank())?;
                (next.start, next.end)
            } else if words.len() > label.len() + rest.len() {
                (line.end - rest.len(), line.end)
            } else {
                return None;
            };
            names::is_person(sheet.slice(start, end), true).then_some((i, start, end))
        })
    };
    let (line, start, first_end) = after(&["first name"], 0)?;
    let (_, last_start, end) = after(&["last name"], line + 1)?;
    let name = format!("{} {}", sheet.slice(start, first_end), sheet.slice(last_start, end));
    Some(sheet.found(&rule.name, FieldValue::Text(name), start, end, &rule.name, 90))
}

/// “Lupe here from Farias Concrete Cutting”, “hi its Benny w/ …”: the name before “here” in the first words.
fn here(sheet: &Sheet<'_>) -> Option<(usize, usize)> {
    let head = sheet.low(0, 60.min(sheet.folded.len()));
    let at = head.windows(6).position(|w| w == b" here " || w == b" here,")?;
    let (mut start, end) = sheet.word_before(at);
    if end != at || !names::is_person(sheet.slice(start, end), true) {
        return None;
    }
    let (a, b) = sheet.word_before(start);
    if b + 1 == start && names::is_person(sheet.slice(a, end), false) {
        start = a;
    }
    Some((start, end))
}

/// “--” and the sentence that a text gateway puts under a message.
fn is_gateway_line(line: &str) -> bool {
    line == "--" || line.starts_with("This message was sent")
}

/// A first name under a short note, in full in what is attached: “Lorna” signs, “Prepared by Lorna Beck” stands there.
fn attached_in_full(rule: &FieldRule, layout: &Layout<'_, '_>, first: &str) -> Option<Field> {
    let full =
        spoken_name(&layout.writer.name).filter(|n| !first.contains(' ') && n.split(' ').next() == Some(first))?;
    layout.sheets.iter().filter(|s| s.stretch == Stretch::Attachment).find_map(|sheet| {
        let start = sheet.text.find(&full)?;
        Some(sheet.found_text(&rule.name, start, start + full.len(), &rule.name, 84))
    })
}
