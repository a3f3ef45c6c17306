//! Who to answer and whom it is about: contact name and insured.

use super::closing::Closing;
use super::cues::Kind;
use super::layout::{Layout, spoken_name};
use super::names;
use super::rules::FieldRule;
use super::sheet::{Sheet, Stretch};
use crate::domain::field::{Field, FieldValue, Provenance};

/// The person who wrote: from the closing block, a form's label, or “this is …”.
pub fn contact_name(index: usize, rule: &FieldRule, layout: &Layout<'_, '_>, closing: &Closing) -> Option<Field> {
    let sheet = layout.main_sheet()?;
    if let Some(field) = in_two_lines(sheet, rule) {
        return Some(field);
    }
    // A telephone company's “TOMCZAK AGNES” is turned round and cut off: what the caller says is plainer.
    let shouted = |w: &str| layout.writer.is_machine() && !w.chars().any(char::is_lowercase);
    if let Some(field) = labelled(sheet, index, rule, |w| names::is_person(w, false) && !shouted(w), 90) {
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
    let intro = || sheet.hits(index, Kind::Near).find_map(|h| person_after(sheet, h.end));
    // “this is Eleanor Bixby …” in a transcript is plainer than a line that merely looks like a name.
    if let Some((start, end)) = closing.name.filter(|_| closing.agrees || intro().is_none()) {
        return Some(sheet.found_text(&rule.name, start, end, &rule.name, if closing.agrees { 93 } else { 80 }));
    }
    if let Some((start, end)) = intro() {
        return Some(sheet.found_text(&rule.name, start, end, &rule.name, 75));
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

/// A value on the line of a label, or in the line below it.
fn labelled(
    sheet: &Sheet<'_>,
    index: usize,
    rule: &FieldRule,
    fits: impl Fn(&str) -> bool,
    confidence: u8,
) -> Option<Field> {
    for hit in sheet.hits(index, Kind::Labels) {
        let Some((start, end)) = value_after(sheet, hit.start, hit.end) else { continue };
        // “Dawn Stellmacher, 715-555-0143”: a person's line goes on with a number.
        let cut = sheet.slice(start, end).find(|c: char| c.is_ascii_digit() || c == '(' || c == '<').filter(|i| *i > 4);
        let (_, short) = sheet.trimmed(start, cut.map_or(end, |i| start + i));
        if fits(sheet.slice(start, short)) && names::is_person(sheet.slice(start, short), false) && short < end {
            return Some(sheet.found_text(&rule.name, start, short, &rule.name, confidence));
        }
        if fits(sheet.slice(start, end)) {
            return Some(sheet.found_text(&rule.name, start, end, &rule.name, confidence));
        }
    }
    None
}

/// What a label at the start of a line announces: the rest of the line after “:”, dots, a tab or two spaces, or the next
/// line where the label has its own (a table's cell).
pub fn value_after(sheet: &Sheet<'_>, start: usize, end: usize) -> Option<(usize, usize)> {
    let line = sheet.lines.get(sheet.line_at(start)).copied()?;
    let lead = sheet.slice(line.start, start);
    let opens = lead.chars().all(|c| !c.is_alphanumeric())
        || lead.trim_end().ends_with(['.', '|', ',', ';']) && lead.len() < 60
        || lead.ends_with("  ");
    if !opens {
        return None;
    }
    let mut end = end;
    // “Business (if any) ....”: what stands in brackets belongs to the label.
    if sheet.slice(end, line.end).starts_with(" (")
        && let Some(close) = sheet.slice(end, line.end).find(')').filter(|i| *i < 30)
    {
        end += close + 1;
    }
    let rest = sheet.slice(end, line.end);
    let after = rest.trim_start_matches(['(', ')', 's', '*']);
    let gap_len = rest.len() - after.len();
    let mark = after.trim_start_matches([' ', '\u{a0}']);
    let spaces = after.len() - mark.len();
    if mark.is_empty() {
        // The value stands in the next line; a label's line holds nothing else.
        let next = sheet.lines.iter().skip(sheet.line_at(start) + 1).find(|l| !l.is_blank())?;
        let own_line = lead.trim().is_empty() && sheet.line_at(next.start) <= sheet.line_at(start) + 2;
        return own_line.then_some((next.start, next.end));
    }
    let announced = mark.starts_with([':', '=', '\t', '|'])
        || mark.starts_with("..")
        || mark.starts_with("- ")
        || mark.starts_with("– ")
        || mark.starts_with('?')
        || spaces >= 2;
    if !announced {
        return None;
    }
    let value = mark.trim_start_matches(|c: char| {
        matches!(c, ':' | '=' | '.' | '|' | '-' | '–' | '?' | '\t' | ' ' | '\u{a0}' | '*')
    });
    if value.is_empty() {
        let next = sheet.lines.get(sheet.line_at(start) + 1).filter(|l| !l.is_blank())?;
        return Some((next.start, next.end));
    }
    let from = end + gap_len + (after.len() - value.len());
    // Another column begins after two spaces or a bar.
    let to =
        [value.find("   "), value.find(" | "), value.find('\t')].into_iter().flatten().min().unwrap_or(value.len());
    Some(sheet.trimmed(from, from + to))
}

/// The person named right after `at`: “this is Ana Lopez from …”.
pub fn person_after(sheet: &Sheet<'_>, at: usize) -> Option<(usize, usize)> {
    let from = at + sheet.slice(at, sheet.text.len()).len()
        - sheet.slice(at, sheet.text.len()).trim_start_matches([' ', ':', ',', '\n']).len();
    // “This is Mrs. Agnes Tomczak”: the title is no part of the name.
    let from = from + names::title_len(sheet.slice(from, (from + 60).min(sheet.text.len())));
    let mut end = from;
    let mut words = 0;
    for word in sheet.slice(from, (from + 60).min(sheet.text.len())).split(' ') {
        let plain = word.trim_end_matches([',', '.', ';', '!', '?', ')']);
        if words >= 3 || !names::is_person(plain, true) || plain.contains('\n') || names::is_firm(plain) {
            break;
        }
        words += 1;
        end = end + usize::from(words > 1) + plain.len();
        if plain.len() < word.len() {
            break;
        }
    }
    // More capitals than a name has: “Dwayne Hostetler Hostetler Grain Hauling” goes on with the firm.
    let next = sheet.word_after(end);
    if words == 3 && next.0 <= end + 1 && sheet.byte(next.0).is_ascii_uppercase() {
        let two = sheet.slice(from, end).rfind(' ').unwrap_or(0);
        end = from + two;
    }
    (words > 0).then_some((from, end))
}

/// The client: behind a label or “your insured”, else who signs, unless the sender is another party: a lender, an
/// insurer, the certificate holder.
pub fn insured(index: usize, rule: &FieldRule, layout: &Layout<'_, '_>, known: &Known<'_>) -> Option<Field> {
    let read = || layout.sheets.iter().filter(|s| s.stretch != Stretch::ForwardHeader);
    // “your insured, X” is plainer than any label: an attorney's letter has “client” in its head.
    for pass in [true, false] {
        if !pass {
            for sheet in layout.sheets.iter().filter(|s| s.stretch != Stretch::Subject) {
                if let Some(field) = labelled(sheet, index, rule, plausible, 92) {
                    return Some(field);
                }
            }
        }
        for sheet in read() {
            for hit in sheet.hits(index, Kind::Near).filter(|h| sheet.low(h.start, h.end).starts_with(b"your ") == pass)
            {
                if let Some((start, end)) =
                    name_after(sheet, hit.end).filter(|(s, e)| !names::is_title(sheet.slice(*s, *e)))
                {
                    return Some(sheet.found_text(&rule.name, start, end, &rule.name, 85));
                }
            }
        }
    }
    let main = layout.main_sheet();
    let firm = known.closing.firm.and_then(|(s, e)| main.map(|m| m.slice(s, e)));
    let holds = |words: &str| {
        known.holders.iter().any(|h| crate::domain::text::folded(h) == crate::domain::text::folded(words))
    };
    let other = read().any(|s| s.has(index, Kind::Not))
        || firm.is_some_and(|f| names::is_institution(f) || holds(f))
        || layout.writer.is_institution();
    if other {
        return from_subject(rule, layout, firm.unwrap_or(""), &holds)
            .or_else(|| first_firm(rule, layout, firm.unwrap_or(""), &holds));
    }
    if let Some(field) = introduced(rule, layout, known) {
        return Some(field);
    }
    let took_down = layout.own && layout.writer.at.is_none();
    if let (Some(sheet), Some((start, end))) = (main, known.closing.firm.filter(|_| !took_down)) {
        return Some(sheet.found_text(&rule.name, start, end, &rule.name, 80));
    }
    if let Some(field) = firm_of_domain(rule, layout).filter(|_| !layout.writer.is_machine() && !took_down) {
        return Some(field);
    }
    if let Some(contact) = known.contact.filter(|c| c.value.shown().contains(' ')) {
        let mut field = contact.clone();
        field.name.clone_from(&rule.name);
        field.confidence = 72;
        return Some(field);
    }
    from_header(rule, layout)
}

/// What is known of the people before the insured is looked for.
#[derive(Debug, Clone, Copy)]
pub struct Known<'k> {
    /// The closing block.
    pub closing: &'k Closing,
    /// The contact, where one was found.
    pub contact: Option<&'k Field>,
    /// Names of certificate holders and lienholders.
    pub holders: &'k [String],
    /// Where in the main body a person's name ends that somebody is introduced by.
    pub introduced: &'k [usize],
}

/// The firm that somebody introduces themselves from: “this is Ana at Cobalt Catering”, “Gus, G&M Roofing”.
fn introduced(rule: &FieldRule, layout: &Layout<'_, '_>, known: &Known<'_>) -> Option<Field> {
    let sheet = layout.main_sheet()?;
    let contact = known.contact.and_then(|c| match &c.from {
        Provenance::Message { span, .. } if span.place == sheet.place && span.start as usize >= sheet.base => {
            (span.end as usize).checked_sub(sheet.base)
        }
        _ => None,
    });
    let places = contact.into_iter().chain(known.introduced.iter().copied()).filter(|at| *at < sheet.closing);
    places.into_iter().find_map(|at| firm_behind(rule, sheet, at))
}

/// Where the names end with which people introduce themselves: “this is Lien from …”, “soy Eliseo de …”.
pub fn introductions(index: usize, layout: &Layout<'_, '_>) -> Vec<usize> {
    let Some(sheet) = layout.main_sheet() else { return Vec::new() };
    let hits = sheet.hits(index, Kind::Near).take(12);
    hits.filter_map(|h| person_after(sheet, h.end)).map(|(_, end)| end).collect()
}

/// The firm behind a person's name that ends at `at`.
fn firm_behind(rule: &FieldRule, sheet: &Sheet<'_>, mut at: usize) -> Option<Field> {
    let mut led = false;
    for _ in 0..5 {
        let (a, b) = sheet.word_after(at);
        if a > at + 3 || sheet.byte(a).is_ascii_uppercase() || sheet.sentence_ends_between(at, a) {
            break;
        }
        match sheet.low(a, b) {
            b"at" | b"from" | b"with" | b"of" | b"w" | b"de" | b"con" => led = true,
            b"la" | b"los" | b"las" | b"el" | b"over" | b"here" | b"uh" | b"um" | b"the" | b"calling" | b"out" => {}
            _ => return None,
        }
        at = b;
    }
    let (start, end) = name_after(sheet, at)?;
    let words = sheet.slice(start, end);
    let names_firm = names::is_firm(words) || led && words.split_whitespace().count() >= 2;
    (names_firm && !names::is_institution(words) && start < at + 4)
        .then(|| sheet.found_text(&rule.name, start, end, &rule.name, 76))
}

/// The firm in the text whose name is that of the sender's mail domain.
fn firm_of_domain(rule: &FieldRule, layout: &Layout<'_, '_>) -> Option<Field> {
    let domain = layout.writer.address.rsplit_once('@')?.1;
    let label = domain.split('.').next().filter(|l| l.len() >= 6)?;
    let label: String = label.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
    let sheets = layout.sheets.iter().filter(|s| matches!(s.stretch, Stretch::Body | Stretch::Subject));
    for sheet in sheets {
        let mut at = 0;
        while at < sheet.text.len() {
            let (a, b) = sheet.word_after(at);
            if a == b {
                at = b.max(at) + 1;
                continue;
            }
            let opens = sheet.byte(a).is_ascii_uppercase() && label.as_bytes().first() == sheet.folded.get(a);
            if opens {
                let (start, end) = sheet.trimmed(a, a + name_len(sheet.slice(a, (a + 90).min(sheet.text.len()))));
                let squashed: String = sheet
                    .slice(start, end)
                    .chars()
                    .filter(char::is_ascii_alphanumeric)
                    .collect::<String>()
                    .to_lowercase();
                let fits = squashed.len() >= 6
                    && (squashed.starts_with(&label)
                        || (label.starts_with(&squashed) && sheet.slice(start, end).contains(' ')));
                if fits {
                    return Some(sheet.found_text(&rule.name, start, end, &rule.name, 74));
                }
            }
            at = b;
        }
    }
    None
}

/// The client that the subject of another party's letter names: “Renewal submission - Iron Range Demolition (exp 12/31)”.
fn from_subject(
    rule: &FieldRule,
    layout: &Layout<'_, '_>,
    sender_firm: &str,
    holds: &dyn Fn(&str) -> bool,
) -> Option<Field> {
    let sheet = layout.sheets.first()?;
    let mut at = 0;
    let mut fallback = None;
    for part in sheet
        .text
        .split_inclusive([':', '(', ')', '/', '|', '–', '—', '[', ']'])
        .flat_map(|p| p.split_inclusive(" - "))
        .flat_map(|p| p.split_inclusive(" for "))
    {
        let plain = part.trim_end_matches(" - ").trim_end_matches(" for ");
        let (start, end) = sheet.trimmed(at, at + plain.len());
        at += part.len();
        let (start, end) = {
            let words = sheet.slice(start, end).trim_end_matches(['(', ')', '/', '|', '[', ']', ':', '–', '—']);
            sheet.trimmed(start, start + words.len())
        };
        let words = sheet.slice(start, end);
        let all_name = name_len(words) == words.len() && words.len() > 4;
        if !all_name || names::is_title(words) || words == sender_firm || holds(words) || names::is_institution(words) {
            continue;
        }
        if names::is_firm(words) {
            return Some(sheet.found_text(&rule.name, start, end, &rule.name, 66));
        }
        if fallback.is_none() && names::is_person(words, false) {
            fallback = Some(sheet.found_text(&rule.name, start, end, &rule.name, 55));
        }
    }
    fallback
}

/// The first firm that another party's letter names and that is neither its own nor the holder: “Wolf River Charter
/// School's umbrella is on my desk”.
fn first_firm(
    rule: &FieldRule,
    layout: &Layout<'_, '_>,
    sender_firm: &str,
    holds: &dyn Fn(&str) -> bool,
) -> Option<Field> {
    let sheet = layout.main_sheet()?;
    let mut at = 0;
    while at < sheet.closing.min(1200) {
        let (a, b) = sheet.word_after(at);
        if a == b {
            at = b.max(at) + 1;
            continue;
        }
        at = b;
        if !sheet.byte(a).is_ascii_uppercase() {
            continue;
        }
        let (start, end) = sheet.trimmed(a, a + name_len(sheet.slice(a, (a + 90).min(sheet.text.len()))));
        at = end.max(b);
        let words = sheet.slice(start, end);
        let owned = ["'s", "’s"].iter().find(|s| words.ends_with(**s)).map_or(0, |s| s.len());
        let words = sheet.slice(start, end - owned);
        let firm = names::is_firm(words) && words.split_whitespace().count() >= 3 && !names::is_institution(words);
        let own = !sender_firm.is_empty() && (sender_firm.contains(words) || words.contains(sender_firm));
        if firm && !own && !holds(words) && !layout.writer.is_firm_called(words) && !names::is_title(words) {
            return Some(sheet.found_text(&rule.name, start, end - owned, &rule.name, 55));
        }
    }
    None
}

fn plausible(words: &str) -> bool {
    let letters = words.chars().filter(|c| c.is_alphabetic()).count();
    let first = names::bare(words.split_whitespace().next().unwrap_or(""));
    let heading = [
        "born", "license", "licence", "birth", "year", "address", "dob", "dl", "address", "phone", "email", "e-mail",
        "policy", "date", "vin", "number", "please", "contact", "type",
    ];
    letters >= 3
        && !heading.contains(&first.as_str())
        && words.len() <= 90
        && !words.contains('@')
        && words.chars().next().is_some_and(|c| c.is_uppercase() || c.is_ascii_digit())
        && words.split_whitespace().count() <= 10
}

/// The name after “your insured”, “our client”, “on behalf of”.
pub fn name_after(sheet: &Sheet<'_>, at: usize) -> Option<(usize, usize)> {
    let rest = sheet.slice(at, (at + 140).min(sheet.text.len()));
    let rest = if rest.is_empty() { sheet.slice(at, sheet.text.len()) } else { rest };
    let body = rest.trim_start_matches([' ', ',', ':', '-', '–', '—', '\n', '(', '"', '“', '.', '\u{a0}']);
    let skipped = rest.len() - body.len();
    if skipped > 6 || rest.get(..skipped).is_some_and(|g| g.contains("\n\n") || g.contains(". ")) {
        return None;
    }
    let start = at + skipped;
    let len = name_len(body);
    let (start, end) = sheet.trimmed(start, start + len);
    // “your customer Amos Whitfield's 2022 Silverado”.
    let words = sheet.slice(start, end);
    let owned = ["'s", "’s"].iter().find(|s| words.ends_with(**s) && words.contains(' ')).map_or(0, |s| s.len());
    (len > 2).then_some((start, end - owned))
}

/// How many bytes of `text` are one name: capitalised words with joiners, a firm's comma included.
pub fn name_len(text: &str) -> usize {
    let mut len = 0;
    let mut good = 0;
    for (words, word) in text.split_inclusive([' ', '\n']).enumerate() {
        let plain = word.trim_end();
        let core = plain.trim_end_matches([',', ';', ':', '.', ')', '"', '”', '!', '?', '*']);
        let joiner = words > 0 && names::is_joiner(core) && core != "at" && core != "a" && core != "for";
        let digits = core.bytes().all(|b| b.is_ascii_digit()) && core.len() <= 3;
        let goes_on = || {
            let next = text.get(len + word.len()..).unwrap_or("").trim_start();
            names::is_capitalised(next.split_whitespace().next().unwrap_or("")) && !word.ends_with('\n')
        };
        let number = words > 0 && (core.starts_with(['#']) && core.len() <= 5 || digits && goes_on());
        if core.is_empty()
            || !(names::is_capitalised(core) || joiner || number)
            || words >= 9
            || (names::ends_name(&names::bare(core)) && words > 0)
        {
            break;
        }
        if !joiner {
            good = len + core.len();
        }
        len += word.len();
        let ended = plain.len() > core.len();
        if ended {
            // A comma goes on only before “Inc.”, a full stop only after an abbreviation.
            let next = text.get(len..).unwrap_or("");
            let suffix = names::bare(next.split_whitespace().next().unwrap_or(""));
            let goes_on = plain.ends_with(',')
                && matches!(
                    suffix.as_str(),
                    "inc" | "llc" | "corp" | "ltd" | "lp" | "co" | "llp" | "pc" | "pllc" | "sc" | "isaoa" | "na"
                )
                || plain.ends_with('.')
                    && (core.len() <= 2 || matches!(names::bare(core).as_str(), "st" | "dr" | "mr" | "mrs" | "ms"));
            if plain.get(core.len()..).is_some_and(|t| t.starts_with('.'))
                && names::is_firm(core)
                && core.len() <= 5
                && !joiner
            {
                good += 1;
            }
            if !goes_on {
                break;
            }
        }
        if word.ends_with('\n') {
            let next = text.get(len..).unwrap_or("");
            let label = next
                .bytes()
                .take(28)
                .position(|b| b == b':' || b == b'\n')
                .is_some_and(|i| next.as_bytes().get(i) == Some(&b':'));
            let suffix = matches!(names::bare(core).as_str(), "llc" | "inc" | "corp" | "ltd" | "llp" | "pllc");
            if next.starts_with(['\n', ' ']) || label || suffix {
                break;
            }
        }
    }
    good
}

/// The name in the From header, or in a forwarded one.
fn from_header(rule: &FieldRule, layout: &Layout<'_, '_>) -> Option<Field> {
    let writer = &layout.writer;
    if layout.own && writer.at.is_none() || writer.is_machine() {
        return None;
    }
    let person = spoken_name(&writer.name).is_some_and(|n| n == writer.name);
    let firm = names::is_firm(&writer.name) && writer.name.split_whitespace().count() >= 2;
    if !(person || firm) {
        return None;
    }
    match writer.at {
        Some((sheet, start, end)) => {
            layout.sheets.get(sheet).map(|s| s.found_text(&rule.name, start, end, &rule.name, 60))
        }
        None => {
            let end = layout.from.find(" <")?;
            let words = layout.from.get(..end)?;
            let sheet = Sheet::of_from(words);
            Some(sheet.found(&rule.name, FieldValue::Text(words.to_owned()), 0, end, &rule.name, 60))
        }
    }
}
