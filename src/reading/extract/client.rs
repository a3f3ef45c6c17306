//! Whom a message is about: the client, by a label, by “your insured …”, or by who signs.

mod not_named;

use super::closing::Closing;
use super::cues::{FieldHit, Kind};
use super::labelled::labelled;
use super::layout::Layout;
use super::lead::lead_len;
use super::named::{name_after, name_len};
use super::names;
use super::rules::FieldRule;
use super::sheet::{Sheet, Stretch};
use crate::domain::field::Field;
use not_named::not_named;

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
            let start = start + lead_len(sheet.slice(start, end));
            let words = sheet.slice(start, end);
            // “se llama Salas Painting”; a driver is called something too. “CPP 8812-006” is a policy.
            let called = sheet.low(hit.start, hit.end) == b"se llama";
            let numbered = !words.contains(' ') && sheet.byte(end) == b' ' && sheet.byte(end + 1).is_ascii_digit();
            (names_a_client(words) && (!called || names::is_firm(words)) && !numbered).then_some((start, end))
        })?;
        Some(sheet.found_text(&rule.name, start, end, &rule.name, 85))
    })
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

/// Longest name, in bytes.
const NAME: usize = 90;

/// The name that begins at `at`.
fn name_at(sheet: &Sheet<'_>, at: usize) -> (usize, usize) {
    sheet.trimmed(at, at + name_len(crate::domain::text::cut(sheet.slice(at, sheet.text.len()), NAME)))
}

fn plausible(words: &str) -> bool {
    let letters = words.chars().filter(|c| c.is_alphabetic()).count();
    let first = names::bare(words.split_whitespace().next().unwrap_or(""));
    let heading = [
        "born", "license", "licence", "birth", "year", "address", "dob", "dl", "address", "phone", "email", "e-mail",
        "policy", "póliza", "poliza", "date", "vin", "number", "please", "contact", "type",
    ];
    letters >= 3
        && !heading.contains(&first.as_str())
        && words.len() <= 90
        && !words.contains('@')
        && words.chars().next().is_some_and(|c| c.is_uppercase() || c.is_ascii_digit())
        && words.split_whitespace().count() <= 10
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
