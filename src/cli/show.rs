//! `intaked show`: what became of a message, and why.

use super::{Ending, client::*, history, print};
use crate::web::MessageList;
use std::io::Write;

/// Show what became of a message: its outcome with the reason, where copies of it were seen, where its raw file lies,
/// and everything that was decided about it.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    daemon: Daemon,
    /// The Message-ID header, with or without < >; or the key that `tasks show` prints
    #[arg(value_name = "MESSAGE-ID")]
    id: String,
}

/// Runs the command.
pub(super) fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let given = Client::new(&args.daemon)?.get::<MessageList>(&format!("/messages?id={}", encoded(&args.id)))?;
    if args.daemon.json {
        print::json(out, &given)?;
    }
    let (messages, zone) = (&given.answer.messages, given.zone);
    if messages.is_empty() {
        out.flush()?;
        anyhow::bail!(
            "no message “{}” was taken in. It may lie in a folder that is not watched, be older than the mailbox's `since`, or still wait: see `intaked status`",
            print::short(&args.id, 200)
        );
    }
    if args.daemon.json {
        return Ok(Ending::Well);
    }
    if messages.len() > 1 {
        writeln!(out, "{} different messages carry this Message-ID.\n", messages.len())?;
    }
    for m in messages {
        let r = &m.message;
        writeln!(out, "{}", print::plain(r.subject.as_str()))?;
        let mut line = |name: &str, value: &str| writeln!(out, "  {name:<9} {}", print::plain(value));
        line("from", &r.from.as_ref().map_or_else(|| "nobody".to_owned(), ToString::to_string))?;
        line("arrived", &print::moment(r.received, zone))?;
        line("decided", &print::moment(r.decided, zone))?;
        line("outcome", &history::outcome(&r.outcome))?;
        line("because", &r.reason)?;
        line("key", r.key.as_str())?;
        let whole = if r.raw.whole { "" } else { ", header only: it is over the size limit" };
        line("raw file", &format!("{} ({} bytes{whole})", r.raw.path, r.raw.size))?;
        line("rules", &r.rules_version)?;
        if let Some(other) = &r.same_id_as {
            line("note", &format!("another message ({other}) carried the same Message-ID before"))?;
        }
        for s in &m.sightings {
            line("seen in", &format!("{}, {}, UID {} (UIDVALIDITY {})", s.mailbox, s.folder, s.uid, s.uid_validity))?;
        }
        writeln!(out, "\nHistory")?;
        for decided in &m.history {
            history::write(out, decided, None, zone)?;
        }
    }
    Ok(Ending::Well)
}
