//! `intaked store`: proving and mending the files of a stopped daemon.

use super::{Ending, print};
use crate::config::Config;
use std::io::Write;
use std::path::PathBuf;

/// Prove or rebuild the store of a daemon that is not running.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Args {
    /// Check the journal's chain, every task against its events, every letter and raw message
    Verify(Where),
    /// Make the desk anew from the journal; nothing that was answered is sent again
    Rebuild(Where),
}

/// Which store.
#[derive(Debug, clap::Args)]
pub(super) struct Where {
    /// The data folder; else the one of the configuration
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// The configuration
    #[arg(long, env = "INTAKED_CONFIG", value_name = "FILE", default_value = "/etc/intaked/intaked.toml")]
    config: PathBuf,
}

/// Runs the command.
pub(super) fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let (Args::Verify(place) | Args::Rebuild(place)) = args;
    let folder = match &place.data {
        Some(folder) => folder.clone(),
        None => match Config::load(&place.config) {
            Ok(config) => config.folders.data,
            Err(mistakes) => {
                print::mistakes(out, &mistakes)?;
                return Ok(Ending::Mistakes);
            }
        },
    };
    let report = match args {
        Args::Verify(_) => crate::store::verify(&folder)?,
        Args::Rebuild(_) => crate::store::rebuild(&folder)?,
    };
    for (name, count) in &report.counts {
        writeln!(out, "{count:>9}  {name}")?;
    }
    for sentence in report.notes.iter().chain(&report.troubles) {
        writeln!(out, "{sentence}")?;
    }
    anyhow::ensure!(report.is_sound(), "the store is not as it should be; see above");
    writeln!(out, "Everything is as it was written.")?;
    Ok(Ending::Well)
}
