//! Promise 1 and 4 on the real system calls: the built daemon runs under strace, and the record of what it asked of
//! the kernel must show every fsync before whatever relies on it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]
#![allow(clippy::disallowed_methods)] // Tests live in real time.

#[path = "../harness/mod.rs"]
mod harness;
mod order;
mod restart;
mod segments;
mod servers;
mod trace;

use harness::mail::plain;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use trace::{Call, Trace};

/// An agency without any server: mail comes in a Maildir and goes out into a folder.
struct Office {
    folder: tempfile::TempDir,
}

impl Office {
    fn new() -> Self {
        let office = Self { folder: tempfile::tempdir().unwrap() };
        for part in ["new", "cur", "tmp"] {
            std::fs::create_dir_all(office.path("mail").join(part)).unwrap();
        }
        let config = format!(
            r#"[agency]
name = "Harbor Point Insurance"
address = "service@harborpoint.example"
phone = "(312) 555-0100"
zone = "America/Chicago"
domains = ["harborpoint.example"]
mode = "live"
hours = {{ mon = "00:00-23:59", tue = "00:00-23:59", wed = "00:00-23:59", thu = "00:00-23:59", fri = "00:00-23:59", sat = "00:00-23:59", sun = "00:00-23:59" }}

[folders]
data = "{folder}/data"

[[person]]
id = "ana"
name = "Ana Ruiz"
address = "ana@harborpoint.example"
roles = ["csr", "account_manager", "senior_underwriter", "producer", "operations_manager", "owner"]

[digest]
at = "never"

[duty]
people = ["ana"]

[[mailbox]]
name = "service"
maildir = "{folder}/mail"
settled = {{ move = "Intaked" }}
since = "2020-01-01"
poll = "1s"

[smtp]
folder = "{folder}/letters"

[limits]
disk_reserve = "10MB"
"#,
            folder = office.folder.path().display()
        );
        std::fs::write(office.path("intaked.toml"), config).unwrap();
        office
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Puts a request into the Maildir; its file's name and its bytes' digest.
    fn deliver(&self, n: u32) -> (String, String) {
        let raw = plain(
            &format!("Dana <dana{n}@client{n}.example>"),
            "service@harborpoint.example",
            &format!("Certificate {n}"),
            &format!("order-{n}@client{n}.example"),
            "",
            "Please send a certificate of insurance to the City of Gary, 401 Broadway, Gary, IN 46402.\n",
        );
        let name = format!("170000000{n}.M{n}.host");
        std::fs::write(self.path("mail/tmp").join(&name), &raw).unwrap();
        std::fs::rename(self.path("mail/tmp").join(&name), self.path("mail/new").join(&name)).unwrap();
        (name, hex(&raw))
    }

    fn letters(&self) -> Vec<String> {
        let Ok(files) = std::fs::read_dir(self.path("letters")) else { return Vec::new() };
        let names = files.map(|f| f.unwrap().file_name().to_string_lossy().into_owned());
        names.filter_map(|n| n.strip_suffix(".eml").map(str::to_owned)).collect()
    }

    fn start(&self, more: &[&str]) -> trace::Traced {
        let config = self.path("intaked.toml");
        let binary = env!("CARGO_BIN_EXE_intaked");
        trace::start(&[binary, "run", "--config", config.to_str().unwrap()], self.folder.path(), more, &[])
    }

    /// Runs the daemon until so many letters are written.
    fn run_until(&self, letters: usize) -> Trace {
        let mut daemon = self.start(&[]);
        daemon.until(&format!("{letters} letters"), || self.letters().len() >= letters);
        daemon.stop()
    }
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

/// The write into the journal that holds `words`, and the fsync that made it last.
fn journalled<'a>(trace: &'a Trace, journal: &Path, words: &[&str]) -> (&'a Call, &'a Call) {
    let segment = journal.join("000000000001.log");
    let write = trace.first(&format!("journal record with {words:?}"), |c| {
        c.is_write() && c.on(&segment) && words.iter().all(|w| c.arguments.contains(w))
    });
    (write, trace.fsync_after(&segment, write))
}
