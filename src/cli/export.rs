//! `intaked export corrections`: what people corrected, as labelled mail for `intaked eval`.

use super::{
    Ending,
    client::{Client, Daemon, encoded},
    eval::LABELS,
};
use crate::web::Corrections;
use anyhow::{Context as _, ensure};
use clap::Subcommand;
use std::fs::{DirBuilder, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// Write out what the daemon has gathered.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  intaked export corrections ~/corrections      messages and labels.jsonl
  intaked eval ~/corrections --rules rules/     do the edited pages get them right?

These are your clients' own messages: the folder is readable to you alone. Keep it so.")]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Messages of tasks that people corrected (intaked tasks type, intaked tasks field), labelled with what they said
    Corrections {
        #[command(flatten)]
        daemon: Daemon,
        /// A folder that is not there yet, or is empty
        folder: PathBuf,
    },
}

/// Runs the command.
pub(super) fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let What::Corrections { daemon, folder } = &args.what;
    let client = Client::new(daemon)?;
    let examples = client.get::<Corrections>("/corrections")?.answer.examples;
    let shown = folder.display();
    if folder.exists() {
        let mut inside = std::fs::read_dir(folder).with_context(|| format!("{shown} cannot be read"))?;
        ensure!(inside.next().is_none(), "{shown} is not empty; name a folder that is not there yet");
    } else {
        DirBuilder::new().mode(0o700).create(folder).with_context(|| format!("{shown} cannot be made"))?;
    }
    let mut labels = Vec::new();
    for example in &examples {
        // The name stands in the label, too; it is made of a digest and holds nothing of the message.
        let name = format!("{}.eml", example.message);
        ensure!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.'), "“{name}” is no name for a file");
        let bytes = client.bytes(&format!("/messages/{}/raw", encoded(example.message.as_str())))?;
        keep(&folder.join(&name), &bytes)?;
        serde_json::to_writer(&mut labels, &example.labels)?;
        labels.push(b'\n');
    }
    keep(&folder.join(LABELS), &labels)?;
    let n = examples.len();
    writeln!(out, "{n} corrected message{} in {shown}.", if n == 1 { "" } else { "s" })?;
    Ok(Ending::Well)
}

fn keep(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let written = file.and_then(|mut f| f.write_all(bytes));
    written.with_context(|| format!("{} cannot be written", path.display()))
}
