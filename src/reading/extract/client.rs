//! Whom a message is about: the client, by a label, by “your insured …”, or by who signs.

use super::closing::Closing;
use super::cues::{FieldHit, Kind};
use super::layout::{Layout, spoken_name};
use super::names;
use super::people::{labelled, name_after, name_len};
use super::rules::FieldRule;
use super::sheet::{Sheet, Stretch};
use crate::domain::field::{Field, FieldValue, Provenance};

/// The client: behind a label or “your insured”, else who signs, unless the sender is another party: a lender, an
/// insurer, the certificate holder.
pub fn insured(index: usize, rule: &FieldRule, layout: &Layout<'_, '_>, known: &Known<'_>) -> Option<Field> {
    named(index, rule, layout, known).map(|f| in_full(rule, layout, f))
}

/// Labels that ask for a name alone: a form that asks for the firm too means the firm.
const BARE: [&[u8]; 9] =
    [b"name", b"your name", b"full name", b"nombre", b"su nombre", b"who are you", b"opened by", b"account", b"caller"];

/// Whether a label asks for a name alone.
fn is_bare(sheet: &Sheet<'_>, label: FieldHit) -> bool {
    BARE.contains(&sheet.low(label.start, label.end))
}

fn named(index: usize, rule: &FieldRule, layout: &Layout<'_, '_>, known: &Known<'_>) -> Option<Field> {
    // “your insured, X” is plainer than any label: an attorney's letter has “client” in its head.
    in_a_sentence(index, rule, layout, true)
        .or_else(|| behind_a_label(index, rule, layout))
        .or_else(|| beneath_a_heading(index, rule, layout))
        .or_else(|| in_a_sentence(index, rule, layout, false))
        .or_else(|| not_named(index, rule, layout, known))
}

/// The name behind a label; behind those that ask for a name alone only where no other has one.
fn behind_a_label(index: usize, rule: &FieldRule, layout: &Layout<'_, '_>) -> Option<Field> {
    [false, true].iter().find_map(|bare| {
        layout.sheets.iter().filter(|s| s.stretch != Stretch::Subject).find_map(|sheet| {
            let hits = sheet.hits(index, Kind::Labels).filter(|h| is_bare(sheet, *h) == *bare);
            labelled(sheet, hits, rule, plausible, 92)
        })
    })
}

/// The name in a table's row below such a label.
fn beneath_a_heading(index: usize, rule: &FieldRule, layout: &Layout<'_, '_>) -> Option<Field> {
    layout.read().find_map(|sheet| {
        let mut headings = sheet.hits(index, Kind::Labels).filter(|h| !is_bare(sheet, *h));
        let (start, end) = headings.find_map(|h| beneath(sheet, h))?;
        Some(sheet.found_text(&rule.name, start, end, &rule.name, 84))
    })
}

/// The name behind words that lead to one: those that begin with “your”, or the others.
fn in_a_sentence(index: usize, rule: &FieldRule, layout: &Layout<'_, '_>, yours: bool) -> Option<Field> {
    layout.read().find_map(|sheet| {
        let leads = |h: &FieldHit| sheet.low(h.start, h.end).starts_with(b"your ") == yours;
        let (start, end) = sheet.hits(index, Kind::Near).filter(leads).find_map(|hit| {
            let (start, end) = name_after(sheet, hit.end)?;
            let words = sheet.slice(start, end);
            // “se llama Salas Painting”; a driver is called something too. “CPP 8812-006” is a policy.
            let called = sheet.low(hit.start, hit.end) == b"se llama";
            let numbered = !words.contains(' ') && sheet.byte(end) == b' ' && sheet.byte(end + 1).is_ascii_digit();
            (names_a_client(words) && (!called || names::is_firm(words)) && !numbered).then_some((start, end))
        })?;
        Some(sheet.found_text(&rule.name, start, end, &rule.name, 85))
    })
}

/// The client that nothing points at: in another party's letter a firm that is neither its own nor the holder, else who
/// writes.
fn not_named(index: usize, rule: &FieldRule, layout: &Layout<'_, '_>, known: &Known<'_>) -> Option<Field> {
    let main = layout.main_sheet();
    let firm = known.closing.firm.and_then(|(s, e)| main.map(|m| m.slice(s, e)));
    let holds = |words: &str| {
        known.holders.iter().any(|h| crate::domain::text::folded(h) == crate::domain::text::folded(words))
    };
    let other = layout.read().any(|s| s.has(index, Kind::Not))
        || firm.is_some_and(|f| names::is_institution(f) || holds(f))
        || layout.writer.is_institution()
        || names::is_institution(&layout.writer.name) && !known.closing.agrees;
    let third_party = || {
        from_subject(rule, layout, firm.unwrap_or(""), &holds)
            .or_else(|| first_firm(rule, layout, firm.unwrap_or(""), &holds))
    };
    if other {
        return third_party();
    }
    if let Some(field) = introduced(rule, layout, known) {
        return Some(field);
    }
    let took_down = layout.own && layout.writer.at.is_none();
    if let (Some(sheet), Some((start, end))) = (main, known.closing.firm.filter(|_| !took_down)) {
        // “Tallgrass Bookkeeping, for Prairie Star Diner”: who signs for somebody else.
        let (start, end) =
            sheet.low(end, end + 6).eq(b", for ").then(|| name_after(sheet, end + 6)).flatten().unwrap_or((start, end));
        return Some(sheet.found_text(&rule.name, start, end, &rule.name, 80));
    }
    if let Some(field) = firm_of_domain(rule, layout).filter(|_| !layout.writer.is_machine() && !took_down) {
        // Who is to hold the certificate is not insured by it.
        return if holds(&field.value.shown()) { third_party() } else { Some(field) };
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

/// The cell below a table's heading: “Named insured   Policy   Expires”.
fn beneath(sheet: &Sheet<'_>, heading: FieldHit) -> Option<(usize, usize)> {
    let at = sheet.line_at(heading.start);
    let heads = sheet.cells(*sheet.lines.get(at)?);
    let column = heads.iter().position(|c| *c == (heading.start, heading.end))?;
    let below = sheet.lines.get(at + 1..)?.iter().find(|l| !l.is_blank())?;
    let row = sheet.cells(*below);
    let cell = row.get(column).copied().filter(|_| heads.len() >= 3 && row.len() == heads.len())?;
    // A number stands in the row of a table, and none in its heading: two rows of labels and values are no table.
    let figures =
        |cells: &[(usize, usize)]| cells.iter().any(|(s, e)| sheet.slice(*s, *e).bytes().any(|b| b.is_ascii_digit()));
    (figures(&row) && !figures(&heads) && names_a_client(sheet.slice(cell.0, cell.1))).then_some(cell)
}

/// Whether words can name a client: no title, and no heading of a table (“Named insured   Policy   Expires”).
fn names_a_client(words: &str) -> bool {
    !names::is_title(words) && plausible(words)
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
            _ if led => break,
            _ => return None,
        }
        at = b;
    }
    let (start, end) = name_after(sheet, at).or_else(|| led.then(|| lower_firm(sheet, at)).flatten())?;
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
                let (start, end) = name_at(sheet, a);
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

/// Longest name, in bytes.
const NAME: usize = 90;

/// The name that begins at `at`.
fn name_at(sheet: &Sheet<'_>, at: usize) -> (usize, usize) {
    sheet.trimmed(at, at + name_len(crate::domain::text::cut(sheet.slice(at, sheet.text.len()), NAME)))
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
        let (start, end) = name_at(sheet, a);
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

/// Endings of a firm's full name.
const ENDINGS: [&str; 14] = [
    "inc",
    "llc",
    "corp",
    "co",
    "ltd",
    "lp",
    "llp",
    "pc",
    "pllc",
    "association",
    "corporation",
    "company",
    "incorporated",
    "church",
];

/// The name as it is written in full elsewhere: “Meyer & Sons Trucking” in the subject, with “, Inc.” in the text.
fn in_full(rule: &FieldRule, layout: &Layout<'_, '_>, short: Field) -> Field {
    let name = short.value.shown();
    let ends = |words: &str| {
        let last = names::bare(words.rsplit(' ').next().unwrap_or("")).replace('.', "");
        ENDINGS.contains(&last.as_str())
    };
    if name.len() < 6 || !name.contains(' ') || ends(&name) {
        return short;
    }
    for sheet in layout.read() {
        for (at, _) in sheet.text.match_indices(name.as_str()) {
            if sheet.before(at).is_ascii_alphanumeric() {
                continue;
            }
            let (start, end) = name_at(sheet, at);
            if end > at + name.len() && !sheet.low(start, end).contains(&b'\n') && ends(sheet.slice(start, end)) {
                return sheet.found_text(&rule.name, start, end, &rule.name, short.confidence);
            }
        }
    }
    short
}

/// A firm in small letters, as transcripts write it: “patricia wendell with wendell piano moving that's …”.
fn lower_firm(sheet: &Sheet<'_>, at: usize) -> Option<(usize, usize)> {
    const ENDS: [&[u8]; 24] = [
        b"that", b"thats", b"i", b"im", b"we", b"were", b"uh", b"um", b"calling", b"and", b"my", b"our", b"so", b"the",
        b"need", b"just", b"here", b"out", b"in", b"on", b"you", b"it", b"can", b"could",
    ];
    let (start, _) = sheet.word_after(at);
    let (mut end, mut words) = (start, 0);
    while words < 5 {
        let (a, b) = sheet.word_after(end);
        let apart = words > 0 && sheet.low(end, a) != b" ";
        if a == b || apart || ENDS.contains(&sheet.low(a, b)) || sheet.byte(a).is_ascii_digit() {
            break;
        }
        end = b;
        words += 1;
    }
    (words >= 2 && start < at + 3).then_some((start, end))
}
