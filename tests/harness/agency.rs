//! An agency with a mail domain of its own: its configuration, its daemon, its mailboxes.

use super::imap::Imap;
use super::mail::Mail;
use super::stack::{project, stack};
use super::{lmtp, wait_for};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// An agency under test. Dropped, it kills its daemon and removes its folder.
pub struct Agency {
    pub domain: String,
    pub folder: tempfile::TempDir,
    pub settings: Settings,
    daemon: Option<Child>,
}

/// What a test may want otherwise than usual.
#[derive(Clone)]
pub struct Settings {
    pub mode: &'static str,
    pub imap_port: u16,
    pub smtp_port: u16,
    pub connections: u32,
    pub settled: String,
    pub more: String,
    pub rules: Option<PathBuf>,
    pub templates: Option<PathBuf>,
    /// Everybody is always at work, so that letters to staff go at once.
    pub open_always: bool,
    pub max_message: &'static str,
    pub disk_reserve: &'static str,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            mode: "live",
            imap_port: stack().imaps,
            smtp_port: stack().submission,
            connections: 2,
            settled: "{ keyword = \"$Intaked\" }".to_owned(),
            more: String::new(),
            rules: None,
            templates: None,
            open_always: true,
            max_message: "25MB",
            disk_reserve: "10MB",
        }
    }
}

impl Agency {
    /// An agency whose folder is written and whose daemon is not started yet.
    pub fn new(name: &str, settings: Settings) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let domain = format!("{name}-{}-{}.example", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let agency = Self { domain, folder: tempfile::tempdir().unwrap(), settings, daemon: None };
        agency.write_config();
        agency
    }

    /// The usual agency, its daemon running.
    pub fn running(name: &str) -> Self {
        let mut agency = Self::new(name, Settings::default());
        agency.start();
        agency
    }

    pub fn address(&self, who: &str) -> String {
        format!("{who}@{}", self.domain)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The password file, as only the daemon may read it.
    pub fn write_password(&self, password: &str) {
        use std::os::unix::fs::PermissionsExt;
        std::fs::write(self.path("password"), format!("{password}\n")).unwrap();
        std::fs::set_permissions(self.path("password"), std::fs::Permissions::from_mode(0o600)).unwrap();
    }

    pub fn write_config(&self) {
        let s = &self.settings;
        let hours = if s.open_always {
            "{ mon = \"00:00-23:59\", tue = \"00:00-23:59\", wed = \"00:00-23:59\", thu = \"00:00-23:59\", fri = \"00:00-23:59\", sat = \"00:00-23:59\", sun = \"00:00-23:59\" }"
        } else {
            "{ mon = \"08:30-17:00\", tue = \"08:30-17:00\", wed = \"08:30-17:00\", thu = \"08:30-17:00\", fri = \"08:30-17:00\" }"
        };
        let folder = |key: &str, p: &Option<PathBuf>| {
            p.as_ref().map_or_else(String::new, |p| format!("{key} = \"{}\"\n", p.display()))
        };
        // What comes by itself each morning and each week would stand in every story's mail.
        let usual = [("[digest]", "at = \"never\"\n"), ("[reports]", "weekly = \"never\"\n")];
        let left_out = usual.iter().filter(|(section, _)| !s.more.contains(section));
        let quiet: String = left_out.map(|(section, lines)| format!("{section}\n{lines}\n")).collect();
        self.write_password("secret");
        let d = &self.domain;
        let config = format!(
            r#"[agency]
name = "Harbor Point Insurance"
address = "service@{d}"
phone = "(312) 555-0100"
zone = "America/Chicago"
domains = ["{d}"]
mode = "{mode}"
hours = {hours}

[folders]
data = "{data}"
{rules}{templates}
[[person]]
id = "ana"
name = "Ana Ruiz"
address = "ana@{d}"
phone = "(312) 555-0101"
roles = ["csr"]

[[person]]
id = "ben"
name = "Ben Okafor"
address = "ben@{d}"
roles = ["csr"]

[[person]]
id = "max"
name = "Max Adler"
address = "max@{d}"
roles = ["account_manager", "senior_underwriter", "producer"]

[[person]]
id = "olga"
name = "Olga Petrov"
address = "olga@{d}"
roles = ["operations_manager"]

[[person]]
id = "frank"
name = "Frank Harbor"
address = "frank@{d}"
roles = ["owner"]

{quiet}
[duty]
people = ["ana", "max"]

[[mailbox]]
name = "service"
host = "localhost"
port = {imap}
security = "tls"
user = "service@{d}"
password = {{ file = "password" }}
ca_file = "{ca}"
settled = {settled}
since = "2020-01-01"
poll = "1s"
max_message = "{max}"

[smtp]
host = "localhost"
port = {smtp}
security = "starttls"
user = "service@{d}"
password = {{ file = "password" }}
ca_file = "{ca}"
connections = {connections}

[limits]
disk_reserve = "{reserve}"
{more}
"#,
            mode = s.mode,
            data = self.path("data").display(),
            rules = folder("rules", &s.rules),
            templates = folder("templates", &s.templates),
            imap = s.imap_port,
            ca = stack().ca.display(),
            settled = s.settled,
            max = s.max_message,
            smtp = s.smtp_port,
            connections = s.connections,
            reserve = s.disk_reserve,
            more = s.more,
        );
        std::fs::write(self.path("intaked.toml"), config).unwrap();
    }

    /// Starts the daemon.
    pub fn start(&mut self) {
        self.start_with(None);
    }

    /// Starts the daemon with its clock ahead by `ahead`, such as `+26h`: time passes as for any program.
    pub fn start_ahead(&mut self, ahead: &str) {
        self.start_with(Some(ahead));
    }

    fn start_with(&mut self, ahead: Option<&str>) {
        assert!(self.daemon.is_none(), "the daemon runs already");
        let binary = env!("CARGO_BIN_EXE_intaked");
        let mut command = Command::new(binary);
        if let Some(ahead) = ahead {
            // Preloaded here and not by its wrapper: that one forks, and a signal to it would not reach the daemon.
            command.env("LD_PRELOAD", faketime()).env("FAKETIME", ahead);
        }
        let log = std::fs::OpenOptions::new().create(true).append(true).open(self.path("log")).unwrap();
        command
            .arg("run")
            .arg("--config")
            .arg(self.path("intaked.toml"))
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log);
        self.daemon = Some(command.spawn().expect("intaked starts"));
        let socket = self.path("data/intaked.sock");
        let end = Instant::now() + Duration::from_secs(60);
        while std::os::unix::net::UnixStream::connect(&socket).is_err() {
            let gone = self.daemon.as_mut().unwrap().try_wait().unwrap();
            assert!(gone.is_none() && Instant::now() < end, "the daemon is not up ({gone:?}):\n{}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.path("log")).unwrap_or_default()
    }

    fn pid(&self) -> u32 {
        self.daemon.as_ref().expect("the daemon runs").id()
    }

    /// SIGTERM; how long it took to leave, and its exit code.
    pub fn stop(&mut self) -> (Duration, Option<i32>) {
        let began = Instant::now();
        self.signal("-TERM");
        let status = self.daemon.take().unwrap().wait().unwrap();
        (began.elapsed(), status.code())
    }

    /// SIGKILL, at once.
    pub fn kill(&mut self) {
        self.signal("-KILL");
        self.daemon.take().unwrap().wait().unwrap();
    }

    pub fn signal(&self, signal: &str) {
        Command::new("kill").args([signal, &self.pid().to_string()]).status().unwrap();
    }

    /// Whether the daemon has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        self.daemon.as_mut().is_none_or(|d| d.try_wait().unwrap().is_some())
    }

    /// Delivers a mail into the shared inbox, over LMTP.
    pub fn deliver(&self, raw: &[u8]) {
        lmtp::deliver(&self.address("service"), "sender@client.example", raw);
    }

    /// Everything in somebody's inbox.
    pub fn inbox_of(&self, address: &str) -> Vec<Mail> {
        inbox_of(address)
    }

    /// Waits until somebody has at least `count` mails.
    pub fn wait_for_mail(&self, address: &str, count: usize) -> Vec<Mail> {
        let end = Instant::now() + Duration::from_secs(30);
        loop {
            let mails = inbox_of(address);
            if mails.len() >= count {
                return mails;
            }
            assert!(
                Instant::now() < end,
                "{address} has {} of {count} mails; the daemon's log:\n{}",
                mails.len(),
                self.log()
            );
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Runs `intaked` with these arguments against this agency, as nobody in particular.
    pub fn cli(&self, arguments: &[&str]) -> Output {
        self.cli_command(arguments).output().unwrap()
    }

    /// The same as `person`, whatever comes of it.
    pub fn try_as(&self, person: &str, arguments: &[&str]) -> Output {
        self.cli_command(arguments).env("INTAKED_USER", person).output().unwrap()
    }

    fn cli_command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_intaked"));
        command
            .args(arguments)
            .env("INTAKED_SOCKET", self.path("data/intaked.sock"))
            .env("INTAKED_CONFIG", self.path("intaked.toml"))
            .stdin(Stdio::null());
        command
    }

    /// The same as `person`; its standard output. Panics when it failed.
    pub fn cli_as(&self, person: &str, arguments: &[&str]) -> String {
        let out = self.try_as(person, arguments);
        assert!(
            out.status.success(),
            "intaked {arguments:?} failed: {}{}\n{}",
            String::from_utf8_lossy(&out.stdout),
            String::from_utf8_lossy(&out.stderr),
            self.log()
        );
        String::from_utf8(out.stdout).unwrap()
    }

    /// The tasks, newest first.
    pub fn tasks(&self) -> Vec<serde_json::Value> {
        let out = self.cli_as("ana", &["tasks", "--all", "--limit", "1000", "--json"]);
        let said: serde_json::Value = serde_json::from_str(&out).unwrap_or_else(|e| panic!("{e}: {out}"));
        said["tasks"].as_array().cloned().unwrap_or_default()
    }

    /// Waits until there are at least `count` tasks.
    pub fn wait_for_tasks(&self, count: usize) -> Vec<serde_json::Value> {
        wait_for(&format!("{count} tasks; log:\n{}", self.log()), 30, || {
            Some(self.tasks()).filter(|t| t.len() >= count)
        })
    }
}

impl Drop for Agency {
    fn drop(&mut self) {
        if let Some(mut daemon) = self.daemon.take() {
            daemon.kill().ok();
            daemon.wait().ok();
        }
        if std::thread::panicking() {
            eprintln!("--- the daemon's log ---\n{}", self.log());
        }
    }
}

/// The library that moves a program's clock, as `faketime` itself would preload it.
fn faketime() -> &'static str {
    static LIBRARY: OnceLock<String> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let told = Command::new("faketime").args(["-f", "+1s", "printenv", "LD_PRELOAD"]).output().expect("faketime");
        String::from_utf8(told.stdout).unwrap().trim().to_owned()
    })
}

/// Everything in an inbox.
pub fn inbox_of(address: &str) -> Vec<Mail> {
    Imap::login(address).all("INBOX").iter().map(|s| Mail::parse(&s.raw)).collect()
}

/// A copy of a folder of the project, for tests that change it.
pub fn copy_of(name: &str, to: &Path) -> PathBuf {
    let target = to.join(name);
    std::fs::create_dir_all(&target).unwrap();
    copy(&project().join(name), &target);
    target
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            std::fs::create_dir_all(&target).unwrap();
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
