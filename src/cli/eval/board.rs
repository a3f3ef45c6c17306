//! The scoreboard as people and programs read it.

use super::super::print::{self, plain, short};
use super::count::{Count, Share, rounded};
use super::score::Scoreboard;
use serde_json::{Map, Value, json};
use std::io::{Result, Write};

/// Evidence shown of one message at most; the rest is in `--json`.
const EVIDENCE_MAX: usize = 12;

/// Writes the board, and the `worst` messages with the evidence that misled.
pub(super) fn write(out: &mut dyn Write, board: &Scoreboard, worst: usize) -> Result<()> {
    let n = board.messages();
    writeln!(out, "{n} message{}, rules {}\n", if n == 1 { "" } else { "s" }, board.rules_version)?;
    shares(out, board)?;
    types(out, board)?;
    confusion(out, board)?;
    fields(out, board)?;
    let bad = board.worst();
    if worst > 0 && !bad.is_empty() {
        writeln!(out, "\nThe worst {} of {} that were not read well", worst.min(bad.len()), bad.len())?;
        for one in bad.iter().take(worst) {
            writeln!(out, "\n  {}  (cost {})", plain(&one.file), one.cost)?;
            one.diffs.iter().try_for_each(|d| writeln!(out, "    {}", short(d, 160)))?;
            for misled in one.misled.iter().take(EVIDENCE_MAX) {
                writeln!(out, "      because  {}", short(&misled.to_string(), 150))?;
            }
            if one.misled.len() > EVIDENCE_MAX {
                writeln!(out, "      and {} more", one.misled.len() - EVIDENCE_MAX)?;
            }
        }
    }
    Ok(())
}

fn shares(out: &mut dyn Write, b: &Scoreboard) -> Result<()> {
    let mut table = print::table(&["", "right", "of", "share", "95%"]);
    let lines = [
        ("primary type", b.primary),
        ("all types of a message", b.type_set),
        ("no work found", b.none_found),
        ("placed without a person", b.placed),
        ("  of them the primary type", b.placed_right),
        ("channel", b.channel),
        ("sender kind", b.sender_kind),
        ("complexity", b.complexity),
    ];
    for (name, share) in lines {
        table.add_row([
            name.to_owned(),
            share.right.to_string(),
            share.of.to_string(),
            place(share.share()),
            span(share.interval()),
        ]);
    }
    numbers_to_the_right(&mut table);
    print::write_table(out, &table)?;
    let named = |files: &[String]| files.iter().map(|f| format!(" {}", plain(f))).collect::<String>();
    writeln!(
        out,
        "\nreal requests read as no work: {} of {}{}",
        b.lost.len(),
        b.messages() - b.none_found.of,
        named(&b.lost)
    )?;
    if !b.lost_but_held.is_empty() {
        writeln!(out, "  a person sees them all the same: {}{}", b.lost_but_held.len(), named(&b.lost_but_held))?;
    }
    if !b.placed_wrong.is_empty() {
        writeln!(out, "placed without a person, and wrong: {}{}", b.placed_wrong.len(), named(&b.placed_wrong))?;
    }
    Ok(())
}

fn types(out: &mut dyn Write, b: &Scoreboard) -> Result<()> {
    writeln!(out)?;
    let mut table = print::table(&["request types", "precision", "recall", "F1", "95% of F1", "n", "wrong", "missed"]);
    let mut types: Vec<(&str, Count)> = b.types.iter().map(|(t, c)| (t.as_str(), *c)).collect();
    types.sort_by(|(a, x), (b, y)| y.there().cmp(&x.there()).then_with(|| a.cmp(b)));
    types.into_iter().for_each(|(name, count)| row(&mut table, name, count));
    numbers_to_the_right(&mut table);
    print::write_table(out, &table)?;
    writeln!(out, "mean of F1: {:.3}", b.types_macro_f1())
}

/// Rows are what a message is, columns what it was read as.
fn confusion(out: &mut dyn Write, b: &Scoreboard) -> Result<()> {
    let mut all: Vec<&str> = b.confusion.keys().flat_map(|(a, b)| [a.as_str(), b.as_str()]).collect();
    all.sort_unstable();
    all.dedup();
    // Six letters are enough to know a page by its first row.
    let titles: Vec<String> = all.iter().map(|t| short(t, 6)).collect();
    let titles: Vec<&str> = std::iter::once("is \\ read as").chain(titles.iter().map(String::as_str)).collect();
    writeln!(out)?;
    let mut table = print::table(&titles);
    for is in &all {
        let cell = |read: &&str| match b.confusion.get(&((*is).to_owned(), (*read).to_owned())) {
            None => "·".to_owned(),
            Some(n) => n.to_string(),
        };
        table.add_row(std::iter::once((*is).to_owned()).chain(all.iter().map(cell)));
    }
    numbers_to_the_right(&mut table);
    print::write_table(out, &table)
}

fn fields(out: &mut dyn Write, b: &Scoreboard) -> Result<()> {
    writeln!(out)?;
    let mut table = print::table(&["fields", "precision", "recall", "F1", "95% of F1", "n", "wrong", "missed"]);
    b.fields().for_each(|(name, count)| row(&mut table, name, count));
    row(&mut table, "all of them", b.all_fields());
    row(&mut table, "urgent", b.urgent);
    row(&mut table, "missing", b.missing);
    row(&mut table, "missing, asked without a person", b.missing_asked);
    numbers_to_the_right(&mut table);
    print::write_table(out, &table)?;
    writeln!(out, "mean of the fields' F1: {:.3}", b.fields_macro_f1())
}

fn row(table: &mut comfy_table::Table, name: &str, c: Count) {
    let three = |x: f64| format!("{x:.3}");
    table.add_row([
        name.to_owned(),
        three(c.precision()),
        three(c.recall()),
        three(c.f1()),
        span(c.f1_interval()),
        c.there().to_string(),
        c.wrong.to_string(),
        c.missed.to_string(),
    ]);
}

fn numbers_to_the_right(table: &mut comfy_table::Table) {
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(comfy_table::CellAlignment::Right);
    }
}

fn place(share: Option<f64>) -> String {
    share.map_or_else(|| "–".to_owned(), |s| format!("{s:.3}"))
}

fn span(interval: Option<(f64, f64)>) -> String {
    interval.map_or_else(|| "–".to_owned(), |(low, high)| format!("{low:.3}–{high:.3}"))
}

/// The board for programs, with the `worst` messages.
pub(super) fn as_json(b: &Scoreboard, worst: usize) -> Value {
    let counts = |of: &mut dyn Iterator<Item = (&str, Count)>| -> Value {
        Value::Object(of.map(|(name, c)| (name.to_owned(), c.as_json())).collect::<Map<_, _>>())
    };
    let share = |s: Share| s.share().map_or(Value::Null, |x| json!(rounded(x)));
    let mixed = b.confusion.iter().filter(|((is, read), _)| is != read);
    let mixed: Map<String, Value> = mixed.map(|((is, read), n)| (format!("{is} -> {read}"), json!(n))).collect();
    json!({
        "messages": b.messages(),
        "rules_version": b.rules_version,
        "primary_accuracy": share(b.primary),
        "primary": b.primary.as_json(),
        "type_set_accuracy": share(b.type_set),
        "type_set": b.type_set.as_json(),
        "macro_f1": rounded(b.types_macro_f1()),
        "types": counts(&mut b.types.iter().map(|(t, c)| (t.as_str(), *c))),
        "confusion": mixed,
        "none_precision": rounded(b.none_precision()),
        "none_found": b.none_found.as_json(),
        "thrown_away_as_none": b.lost,
        "thrown_away_but_held": b.lost_but_held,
        "none_taken_as_request": b.spurious,
        "placed": b.placed.as_json(),
        "placed_right": b.placed_right.as_json(),
        "placed_wrong": b.placed_wrong,
        "channel_accuracy": share(b.channel),
        "channel": b.channel.as_json(),
        "sender_kind_accuracy": share(b.sender_kind),
        "sender_kind": b.sender_kind.as_json(),
        "complexity_accuracy": share(b.complexity),
        "complexity": b.complexity.as_json(),
        "urgent": b.urgent.as_json(),
        "missing": b.missing.as_json(),
        "missing_asked": b.missing_asked.as_json(),
        "fields": counts(&mut b.fields()),
        "fields_micro": b.all_fields().as_json(),
        "fields_macro_f1": rounded(b.fields_macro_f1()),
        "worst": b.worst().into_iter().take(worst).collect::<Vec<_>>(),
    })
}
