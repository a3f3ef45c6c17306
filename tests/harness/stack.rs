//! The real mail servers: started once by `tests/stack/stack.sh`, shared by all tests of a run.

use std::collections::HashMap;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

/// Where the servers listen.
pub struct Stack {
    pub home: PathBuf,
    pub ca: PathBuf,
    pub imap: u16,
    pub imaps: u16,
    pub submission: u16,
    pub submissions: u16,
    pub lmtp: u16,
}

/// The folder of the project.
pub fn project() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The servers, started when they are not running. `INTAKED_TEST_STACK` names the folder (`tests/run.sh` sets it).
pub fn stack() -> &'static Stack {
    static STACK: OnceLock<Stack> = OnceLock::new();
    STACK.get_or_init(|| {
        let home = std::env::var_os("INTAKED_TEST_STACK")
            .map_or_else(|| std::env::temp_dir().join("intaked-test-stack"), PathBuf::from);
        let started = Command::new(project().join("tests/stack/stack.sh"))
            .arg("up")
            .arg(&home)
            .status()
            .expect("stack.sh can be run");
        assert!(
            started.success(),
            "the mail servers did not start; run `bash tests/run.sh`, which installs what is missing"
        );
        let env: HashMap<String, String> = std::fs::read_to_string(home.join("stack.env"))
            .expect("stack.env was written")
            .lines()
            .filter_map(|l| l.split_once('='))
            .map(|(k, v)| (k.to_owned(), v.to_owned()))
            .collect();
        let port = |k: &str| env[k].parse().expect("a port");
        Stack {
            ca: PathBuf::from(&env["STACK_CA"]),
            imap: port("STACK_IMAP"),
            imaps: port("STACK_IMAPS"),
            submission: port("STACK_SUBMISSION"),
            submissions: port("STACK_SUBMISSIONS"),
            lmtp: port("STACK_LMTP"),
            home,
        }
    })
}
