//! `intaked parts`: what in messages is new, quoted, signature, forwarded. Needs no daemon, no rules, no configuration.

use super::{Ending, classify::source, print};
use crate::message::{Forward, Message, PartKind};
use serde_json::json;
use std::io::Write;
use std::path::PathBuf;

/// Show what in messages is new text, what is quoted, what is signature, and what was forwarded by whom. Nothing is
/// stored and nobody is written to.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  intaked parts mail.eml                   one message, its parts under headings
  intaked parts --jsonl inbox/ > out       a folder, one JSON object a message and line, as it is read
  intaked parts --jsonl - < mail.eml       one message from standard input

A JSON object holds file, new_text (what the sender wrote now), quoted (history), signature (with notices and mobile
footers), and forward: null, or the original of what was forwarded, with from, to, cc, date (as written), sent (the same
as a clock showed it, where it could be read), subject and body. Of a forward of a forward it is the innermost; `through`
lists the forwards around it, the sender's own first, each with the words added there.
A folder is read with its sub-folders: files that end in .eml, and all files in cur/ and new/ of a Maildir.
Exit codes: 0 well; 1 a file could not be read.")]
pub(super) struct Args {
    /// Messages (RFC 5322), folders of messages, or - for standard input
    #[arg(required = true, value_name = "FILE|FOLDER")]
    what: Vec<PathBuf>,
    /// One JSON object a message and line
    #[arg(long)]
    jsonl: bool,
}

/// Runs the command.
pub(super) fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let (mut read, mut unread) = (0_usize, 0_usize);
    for what in &args.what {
        source::each(what, &mut |name, bytes| {
            match bytes {
                Ok(bytes) => {
                    let message = Message::parse(&bytes);
                    if args.jsonl {
                        serde_json::to_writer(&mut *out, &object(name, &message))?;
                        writeln!(out)?;
                    } else {
                        shown(name, &message, out)?;
                    }
                    read += 1;
                }
                Err(e) => {
                    unread += 1;
                    writeln!(std::io::stderr(), "intaked: {}", print::plain(&format!("{e:#}")))?;
                }
            }
            out.flush().map_err(anyhow::Error::from)
        })?;
    }
    anyhow::ensure!(unread == 0, "{unread} of {} files could not be read", unread + read);
    anyhow::ensure!(read > 0, "there was no message; a folder's messages end in .eml");
    Ok(Ending::Well)
}

/// A message's parts as programs read them.
fn object(name: &str, message: &Message) -> serde_json::Value {
    json!({
        "file": name,
        "new_text": message.own_text(),
        "quoted": message.own_parts(PartKind::Quoted),
        "signature": below(message),
        "forward": message.original().map(|original| {
            let mut object = headed(original);
            let through: Vec<_> = message.forwards.iter().take_while(|f| *f != original).map(|f| with_text(message, f)).collect();
            if let Some(fields) = object.as_object_mut() {
                fields.insert("body".to_owned(), json!(message.text_of(original)));
                fields.insert("through".to_owned(), json!(through));
            }
            object
        }),
    })
}

fn headed(f: &Forward) -> serde_json::Value {
    let list = |parties: &[crate::message::Party]| parties.iter().map(ToString::to_string).collect::<Vec<_>>();
    json!({
        "from": f.from.to_string(),
        "to": list(&f.to),
        "cc": list(&f.cc),
        "date": f.date.as_str(),
        "sent": f.sent.map(|d| d.format("%Y-%m-%dT%H:%M:%S").to_string()),
        "subject": f.subject.as_str(),
    })
}

fn with_text(message: &Message, f: &Forward) -> serde_json::Value {
    let mut object = headed(f);
    if let Some(fields) = object.as_object_mut() {
        fields.insert("body".to_owned(), json!(message.text_of(f)));
    }
    object
}

/// What stands below the sender's own text: signature, notices, footers.
fn below(message: &Message) -> String {
    let kinds = [PartKind::Signature, PartKind::Disclaimer, PartKind::Footer];
    let texts = kinds.map(|k| message.own_parts(k));
    texts.iter().filter(|t| !t.is_empty()).map(String::as_str).collect::<Vec<_>>().join("\n")
}

/// The same for a person.
fn shown(name: &str, message: &Message, out: &mut dyn Write) -> anyhow::Result<()> {
    let mut part = |heading: &str, text: &str| -> std::io::Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        writeln!(out, "── {heading}")?;
        text.lines().try_for_each(|line| writeln!(out, "{}", format!("   {}", print::plain(line)).trim_end()))
    };
    let from = message.from.as_ref().map(ToString::to_string).unwrap_or_default();
    part(&print::plain(name), &format!("{from}\n{}", message.subject))?;
    part("New", &message.own_text())?;
    for forward in &message.forwards {
        let again = if forward.depth > 1 { format!(" (within forward {})", forward.depth - 1) } else { String::new() };
        let cc = if forward.cc.is_empty() { String::new() } else { format!("\nCc: {}", listed(&forward.cc)) };
        let header = format!(
            "From: {}\nDate: {}\nTo: {}{cc}\nSubject: {}\n\n{}",
            forward.from,
            forward.date,
            listed(&forward.to),
            forward.subject,
            message.text_of(forward)
        );
        part(&format!("Forwarded{again}"), &header)?;
    }
    part("Signature and notices", &below(message))?;
    part("Quoted", &message.own_parts(PartKind::Quoted))?;
    writeln!(out)?;
    Ok(())
}

fn listed(parties: &[crate::message::Party]) -> String {
    parties.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
#[path = "parts_tests.rs"]
mod tests;
