//! The same order on real servers, whose conversation is encrypted: every fsync of the journal is slowed down, so that
//! whoever does not wait for it is seen to run ahead.

use super::harness::agency::Settings;
use super::harness::mail::plain;
use super::harness::{Agency, stack};
use super::trace;
use std::os::unix::fs::MetadataExt;

/// How much longer an fsync of the journal takes than the disk needs.
const SLOWED_MICROSECONDS: u32 = 250_000;
/// A file's time stamp comes from the kernel's coarse clock.
const CLOCK_GRAIN_SECONDS: f64 = 0.05;

#[test]
fn neither_the_mark_on_the_server_nor_the_letter_runs_ahead_of_a_slow_disk() {
    let settings = Settings { settled: "{ move = \"Intaked\" }".to_owned(), connections: 1, ..Settings::default() };
    let agency = Agency::new("slowdisk", settings);
    let client = format!("dana@clients-{}", agency.domain);
    for n in 1..=3 {
        agency.deliver(&plain(
            &client,
            &agency.address("service"),
            &format!("Certificate {n}"),
            &format!("slow-{n}@{}", agency.domain),
            "",
            "Please send a certificate of insurance to the City of Gary, 401 Broadway, Gary, IN 46402.\n",
        ));
    }
    let slow = format!("inject=fdatasync:delay_enter={SLOWED_MICROSECONDS}");
    let config = agency.path("intaked.toml");
    let command = [env!("CARGO_BIN_EXE_intaked"), "run", "--config", config.to_str().unwrap()];
    let mut daemon = trace::start(&command, agency.folder.path(), &["-e", &slow], &[]);
    let marked = stack().home.join("mail").join(&agency.domain).join("service/Maildir/.Intaked");
    let files = || -> Vec<std::path::PathBuf> {
        let inside = ["new", "cur"].iter().filter_map(|part| std::fs::read_dir(marked.join(part)).ok()).flatten();
        inside.map(|f| f.unwrap().path()).collect()
    };
    daemon.until("three marked messages", || files().len() >= 3);
    daemon.until("the client's letters", || agency.inbox_of(&client).len() >= 3);
    daemon.until("the letters to staff", || {
        agency.inbox_of(&agency.address("ana")).len() + agency.inbox_of(&agency.address("max")).len() >= 3
    });
    let trace = daemon.stop();
    let segment = agency.path("data/journal/000000000001.log");

    // Each message is moved on the server only after the fsync of its decision.
    for file in files() {
        let raw = std::fs::read(&file).unwrap();
        let text = String::from_utf8_lossy(&raw).into_owned();
        let id = text.lines().find_map(|l| l.strip_prefix("Message-ID: <")).unwrap().trim_end().trim_end_matches('>');
        let decided = trace.first("decision", |c| {
            c.is_write() && c.on(&segment) && c.arguments.contains("message_decided") && c.arguments.contains(id)
        });
        let durable = trace.fsync_after(&segment, decided);
        let about = std::fs::metadata(&file).unwrap();
        let moved_at = about.ctime() as f64 + about.ctime_nsec() as f64 / 1e9;
        assert!(
            moved_at + CLOCK_GRAIN_SECONDS > durable.ended_at,
            "{id} was moved on the server {:.3} s before its decision was durable",
            durable.ended_at - moved_at
        );
        let waited = durable.ended_at - decided.ended_at;
        assert!(waited > f64::from(SLOWED_MICROSECONDS) / 1e6, "the disk was not slow ({waited} s): nothing is proved");
    }

    // The one connection to the mail server is silent while a try is written down and not yet durable.
    let server = format!(":{}]", stack().submission);
    let spoken: Vec<_> = trace.all(|c| c.is_write() && c.arguments.contains(&server)).collect();
    assert!(spoken.len() > 6, "the conversation with the mail server was not seen");
    let tries: Vec<_> = trace.all(|c| c.is_write() && c.on(&segment) && c.arguments.contains("letter_tried")).collect();
    assert!(!tries.is_empty());
    assert!(
        spoken[0].began > trace.fsync_after(&segment, tries[0]).ended,
        "the mail server was spoken to before the first try was durable"
    );
    for written in tries {
        let durable = trace.fsync_after(&segment, written);
        let early = spoken.iter().find(|s| s.began > written.began && s.began < durable.ended);
        assert!(early.is_none(), "{} came before the try was durable: {}", early.unwrap().short(), durable.short());
    }
}
