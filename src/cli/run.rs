//! `intaked run`: the daemon.

use super::Ending;
use std::path::PathBuf;

/// Watch the mailboxes, decide, write letters, mind the clocks; until SIGTERM. SIGHUP loads rules, letters and people
/// anew. It refuses to start on the mistakes that `intaked check` reports.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The configuration
    #[arg(long, env = "INTAKED_CONFIG", value_name = "FILE", default_value = "/etc/intaked/intaked.toml")]
    config: PathBuf,
    /// Tell on standard output, as it happens, what came in and what became of it
    #[arg(long)]
    tell: bool,
    /// Log JSON, one object a line
    #[arg(long)]
    log_json: bool,
}

/// Runs the command.
pub(super) fn run(args: &Args) -> anyhow::Result<Ending> {
    super::start_logging(args.log_json);
    super::runtime()?.block_on(crate::daemon::run::run(&args.config, args.tell))?;
    Ok(Ending::Well)
}
