//! Log lines: named events on standard error, as RUST_LOG asks for, and never a password among them.

use tracing_subscriber::{EnvFilter, fmt};

/// Crates that write what they say to servers, passwords included, once they log more than `info` (async-imap logs
/// LOGIN at `trace`, lettre AUTH at `debug`). Whatever RUST_LOG says, they get no further.
const TALKATIVE: [&str; 4] = ["async_imap=info", "imap_proto=info", "lettre=info", "rustls=info"];

/// What is logged, given the text of RUST_LOG.
fn filter(asked: Option<&str>) -> EnvFilter {
    let mut filter = EnvFilter::builder()
        .with_default_directive(tracing::Level::INFO.into())
        .parse_lossy(without_talkative(asked.unwrap_or("")));
    for directive in TALKATIVE.into_iter().filter_map(|d| d.parse().ok()) {
        filter = filter.add_directive(directive);
    }
    filter
}

/// Drops what is asked of the talkative crates and of modules below them: a longer path would win over our limit.
fn without_talkative(asked: &str) -> String {
    let names = TALKATIVE.iter().filter_map(|d| d.split('=').next());
    let kept = |d: &&str| !names.clone().any(|n| d.trim().trim_start_matches('[').starts_with(n));
    asked.split(',').filter(kept).collect::<Vec<_>>().join(",")
}

/// Starts logging to standard error. With `json` a line is one JSON object; with systemd's journal reading along, the
/// time is left to it.
pub fn start(json: bool) {
    let filter = filter(std::env::var("RUST_LOG").ok().as_deref());
    let journal = std::env::var_os("JOURNAL_STREAM").is_some();
    let builder = fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    // A second start in one process (tests, the demo) keeps the first.
    let _ = match (json, journal) {
        (true, _) => builder.json().flatten_event(true).try_init(),
        (false, true) => builder.without_time().with_ansi(false).try_init(),
        (false, false) => builder.with_ansi(false).try_init(),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_wish_in_rust_log_makes_mail_crates_log_passwords() {
        for asked in
            ["trace", "async_imap=trace,debug", "async_imap::imap_stream=trace", "lettre=debug", "[async_imap]=trace"]
        {
            let shown = filter(Some(asked)).to_string();
            for name in ["async_imap", "lettre"] {
                assert!(shown.contains(&format!("{name}=info")), "{asked}: {shown}");
                let stronger =
                    shown.split(',').any(|d| d.starts_with(name) && (d.ends_with("trace") || d.ends_with("debug")));
                assert!(!stronger, "{asked}: {shown}");
            }
        }
    }
    #[test]
    fn rust_log_is_otherwise_obeyed() {
        assert!(filter(Some("intaked=debug")).to_string().contains("intaked=debug"));
        assert!(filter(None).to_string().contains("info"));
    }
}
