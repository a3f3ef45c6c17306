//! `intaked eval`: how well the rules read labelled mail. Needs no daemon and no configuration.
//!
//! The one scorer of the project: tests hold the rules to what it counts.

mod board;
pub(super) mod compare;
mod count;
mod labels;
mod score;
mod worst;

pub use count::{Count, Share};
pub(super) use labels::load_all;
pub use labels::{LABELS, Labelled, load};
pub use score::{Scoreboard, Scored};
pub use worst::{Misled, Worst};

use super::{
    Ending,
    classify::source,
    ground::{By, Ground},
    print,
};
use std::io::Write;
use std::path::PathBuf;

/// Score the rules on labelled mail: request types, fields, who writes, what is missing, each with how sure the figure
/// is, and the messages that were read worst with the words that misled.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  intaked eval tests/mail/batch-1                   a folder of messages with its labels.jsonl
  intaked eval tests/mail                           all labelled folders in it, as one
  intaked eval corrections/ --rules rules/ --worst 30
                                                    edited pages, on what people corrected

A folder holds messages (.eml) and labels.jsonl: one JSON object a message and line, with file, channel, sender_kind,
request_types (the primary one first), fields, missing, complexity and urgent, as intaked classify --jsonl prints them.
A line with \"only\": [\"change_kinds\"] tells of these fields alone, and of no key that it leaves out.
Intervals are Wilson's, at 95 in 100. A small set says little: look at them before you believe a difference.
Exit codes: 0 well; 1 a message could not be read; 3 the labels or the pages have mistakes.")]
pub(super) struct Args {
    /// Folders of labelled messages
    #[arg(required = true, value_name = "FOLDER")]
    folders: Vec<PathBuf>,
    /// Print JSON for programs
    #[arg(long)]
    json: bool,
    /// How many of the worst messages to show
    #[arg(long, value_name = "N", default_value_t = 10)]
    worst: usize,
    #[command(flatten)]
    by: By,
}

/// Runs the command.
pub(super) fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let Some(ground) = Ground::or_mistakes(&args.by, out)? else { return Ok(Ending::Mistakes) };
    let all = match load_all(&args.folders, &ground.rulebook) {
        Ok(all) => all,
        Err(mistakes) => {
            print::mistakes(out, &mistakes)?;
            let n = mistakes.len();
            writeln!(out, "{n} mistake{}; nothing was scored.", if n == 1 { "" } else { "s" })?;
            return Ok(Ending::Mistakes);
        }
    };
    let board = score(&ground, &all)?;
    if args.json {
        print::json(out, &board::as_json(&board, args.worst))?;
    } else {
        board::write(out, &board, args.worst)?;
    }
    Ok(Ending::Well)
}

/// Reads each labelled message and counts it.
///
/// # Errors
/// A message cannot be read from the disk.
pub fn score(ground: &Ground, labelled: &[Labelled]) -> anyhow::Result<Scoreboard> {
    let mut board = Scoreboard::new(&ground.rulebook);
    for one in labelled {
        let (message, reading) = ground.read(&source::read(&one.path)?, one.received);
        let predicted = ground.rulebook.as_labels(&one.file, &message, &reading);
        let unread = !message.unread_documents().is_empty();
        board.add(&Scored { file: &one.file, labels: &one.labels, predicted: &predicted, reading: &reading, unread });
    }
    Ok(board)
}

#[cfg(test)]
#[path = "eval/eval_tests.rs"]
mod tests;
