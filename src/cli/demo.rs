//! `intaked demo`: see it work, without servers and without configuration.

use super::Ending;
use std::path::PathBuf;

/// Watch a bundled agency take in a morning's mail: the true daemon on a temporary folder, mail in a Maildir, letters
/// as files. Then simulated hours pass, until somebody hears of what nobody touched.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Stay up afterwards, to work the tasks from another terminal
    #[arg(long)]
    keep: bool,
    /// Your own messages (.eml files) in the place of the samples
    #[arg(long, value_name = "FOLDER")]
    mail: Option<PathBuf>,
}

/// Runs the command.
pub(super) fn run(args: Args) -> anyhow::Result<Ending> {
    let options = crate::daemon::demo::Options { keep: args.keep, mail: args.mail };
    super::runtime()?.block_on(crate::daemon::demo::run(options))?;
    Ok(Ending::Well)
}
