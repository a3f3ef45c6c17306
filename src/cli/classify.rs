//! `intaked classify`: what the rules find in messages, with the evidence. Needs no daemon and no configuration.

mod reading;
pub(super) mod source;

use super::{
    Ending,
    ground::{By, Ground},
};
use std::io::Write;
use std::path::PathBuf;

/// Show what the rules find in messages: requests, facts, what is missing, dangers, each with the words that show it.
/// Nothing is stored and nobody is written to.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  intaked classify mail.eml                   one message, for a person
  intaked classify --jsonl inbox/ > out       a folder, one JSON object a line, as it is read
  formail -s cat < mbox | intaked classify -  one message from standard input

A folder is read with its sub-folders: files that end in .eml, and all files in cur/ and new/ of a Maildir.
With --config pages, zone, mail domains and inboxes are those of the configuration, so that the reading is the daemon's.
Exit codes: 0 well; 1 a file could not be read; 3 the pages have mistakes.")]
pub(super) struct Args {
    /// Messages (RFC 5322), folders of messages, or - for standard input
    #[arg(required = true, value_name = "FILE|FOLDER")]
    what: Vec<PathBuf>,
    /// One JSON object a message and line
    #[arg(long)]
    jsonl: bool,
    #[command(flatten)]
    by: By,
}

/// Runs the command.
pub(super) fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let Some(ground) = Ground::or_mistakes(&args.by, out)? else { return Ok(Ending::Mistakes) };
    let (mut read, mut unread) = (0_usize, 0_usize);
    for what in &args.what {
        source::each(what, &mut |name, bytes| {
            match bytes {
                Ok(bytes) => {
                    one(args, &ground, name, &bytes, out)?;
                    read += 1;
                }
                Err(e) => {
                    unread += 1;
                    writeln!(std::io::stderr(), "intaked: {e:#}")?;
                }
            }
            // Whoever reads the other end of a pipe sees each message as it is read.
            out.flush().map_err(anyhow::Error::from)
        })?;
    }
    anyhow::ensure!(unread == 0, "{unread} of {} files could not be read", unread + read);
    anyhow::ensure!(read > 0, "there was no message; a folder's messages end in .eml");
    Ok(Ending::Well)
}

fn one(args: &Args, ground: &Ground, name: &str, bytes: &[u8], out: &mut dyn Write) -> anyhow::Result<()> {
    let (message, found) = ground.read(bytes, None);
    if args.jsonl {
        serde_json::to_writer(&mut *out, &ground.rulebook.as_labels(name, &message, &found))?;
        writeln!(out)?;
        return Ok(());
    }
    reading::write(out, name, &message, &found, &ground.rulebook)?;
    Ok(())
}
