//! Runs a program under strace and reads what it asked of the kernel, in order.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The calls that promise 1 is made of.
const CALLS: &str = "trace=openat,mkdir,mkdirat,rename,renameat,renameat2,fsync,fdatasync,write,pwrite64,writev,\
                     sendto,sendmsg,connect";

/// One call: where in the record it began and ended. A call that never ended has `ended == usize::MAX`.
#[derive(Debug, Clone)]
pub struct Call {
    pub name: String,
    pub arguments: String,
    pub result: String,
    pub began: usize,
    pub ended: usize,
    /// Seconds since 1970, when it had ended.
    pub ended_at: f64,
}

impl Call {
    /// Does this file descriptor or path argument belong to a file of this path?
    pub fn on(&self, path: &Path) -> bool {
        let path = path.to_str().unwrap();
        self.arguments.contains(&format!("<{path}>")) || self.arguments.contains(&format!("\"{path}\""))
    }
    pub fn is_fsync(&self) -> bool {
        ["fsync", "fdatasync"].contains(&self.name.as_str()) && self.result == "0"
    }
    pub fn is_write(&self) -> bool {
        ["write", "pwrite64", "writev", "sendto", "sendmsg"].contains(&self.name.as_str())
    }
    pub fn is_rename(&self) -> bool {
        self.name.starts_with("rename") && self.result == "0"
    }
    /// Creates the file, or opens it to write.
    pub fn opens_to_write(&self) -> bool {
        self.name == "openat" && (self.arguments.contains("O_CREAT") || self.arguments.contains("O_WRONLY"))
    }
    /// Without the bytes that were written: for a message to people.
    pub fn short(&self) -> String {
        let cut: String = self.arguments.chars().take(160).collect();
        format!("{}({cut}) = {} [lines {}–{}]", self.name, self.result, self.began, self.ended)
    }
}

/// Everything that a program asked of the kernel.
pub struct Trace {
    pub calls: Vec<Call>,
}

impl Trace {
    /// The only call of this kind; panics with `what` where there is none.
    pub fn first(&self, what: &str, kind: impl Fn(&Call) -> bool) -> &Call {
        self.calls.iter().find(|c| kind(c)).unwrap_or_else(|| panic!("there was no {what}"))
    }
    pub fn all<'a>(&'a self, kind: impl Fn(&Call) -> bool + 'a) -> impl Iterator<Item = &'a Call> + 'a {
        self.calls.iter().filter(move |c| kind(c))
    }
    /// The first fsync of `path` that began after `call` had ended.
    pub fn fsync_after(&self, path: &Path, call: &Call) -> &Call {
        self.calls
            .iter()
            .find(|c| c.is_fsync() && c.on(path) && c.began > call.ended)
            .unwrap_or_else(|| panic!("{} was never fsynced after {}", path.display(), call.short()))
    }
}

/// Panics unless `first` had ended when `then` began.
pub fn before(promise: &str, first: &Call, then: &Call) {
    assert!(first.ended < then.began, "{promise}:\n  {}\n  must have ended before\n  {}", first.short(), then.short());
}

/// A program that runs under strace.
pub struct Traced {
    child: Child,
    record: PathBuf,
}

/// Starts `command` under strace. A machine on which that cannot be done fails the test: the order of writes would
/// stay unproved, and silence would look like proof.
pub fn start(command: &[&str], folder: &Path, more: &[&str], environment: &[(&str, &str)]) -> Traced {
    let probe = Command::new("strace").args(["-f", "-o", "/dev/null", "true"]).output().unwrap_or_else(|e| {
        panic!("strace cannot be started ({e}): the order of writes is not proved. `bash tests/run.sh` installs it")
    });
    assert!(
        probe.status.success(),
        "this machine does not let strace trace a process, so the order of writes is not proved. Allow ptrace (in a \
         container: --cap-add=SYS_PTRACE) and run again. strace said: {}",
        String::from_utf8_lossy(&probe.stderr)
    );
    let record = folder.join("strace");
    let log = std::fs::File::create(folder.join("log")).unwrap();
    let child = Command::new("strace")
        // -D: the program itself is our child, so that a signal reaches it.
        .args(["-D", "-f", "-yy", "-a", "1", "-s", "4000000", "-ttt", "-T", "--seccomp-bpf", "-e", CALLS])
        .args(more)
        .arg("-o")
        .arg(&record)
        .args(command)
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .stdout(log.try_clone().unwrap())
        .stderr(log)
        .spawn()
        .unwrap();
    Traced { child, record }
}

impl Traced {
    /// What the program has said so far.
    pub fn log(&self) -> String {
        let raw = std::fs::read(self.record.with_file_name("log")).unwrap_or_default();
        String::from_utf8_lossy(&raw).into_owned()
    }

    /// Waits until `done` says so.
    pub fn until(&mut self, what: &str, mut done: impl FnMut() -> bool) {
        let end = Instant::now() + Duration::from_secs(90);
        while !done() {
            let ended = self.child.try_wait().unwrap();
            assert!(ended.is_none(), "the program ended ({ended:?}) before {what}:\n{}", self.log());
            assert!(Instant::now() < end, "waited in vain for {what}:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Asks the program to leave, and reads what it did.
    pub fn stop(mut self) -> Trace {
        Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        self.child.wait().unwrap();
        self.read()
    }

    /// Waits for the program's own end, which must be a good one, and reads what it did.
    pub fn end(mut self) -> Trace {
        let status = self.child.wait().unwrap();
        assert!(status.success(), "{status}:\n{}", self.log());
        self.read()
    }

    fn read(&self) -> Trace {
        // strace lives a moment longer than the program.
        let end = Instant::now() + Duration::from_secs(10);
        let pid = self.child.id().to_string();
        loop {
            let text = String::from_utf8_lossy(&std::fs::read(&self.record).unwrap_or_default()).into_owned();
            let ended = text.lines().rev().take(200).any(|l| l.starts_with(&pid) && l.contains("+++ "));
            if ended {
                return parse(&text);
            }
            assert!(Instant::now() < end, "strace did not come to an end:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Traced {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|s| s.is_none()) {
            self.child.kill().ok();
            self.child.wait().ok();
        }
    }
}

/// Reads strace's lines: `PID SECONDS name(arguments) = result <duration>`, or the two halves of a call that others
/// interrupted, `… <unfinished ...>` and `PID SECONDS <... name resumed>…`.
pub fn parse(text: &str) -> Trace {
    let mut calls: Vec<Call> = Vec::new();
    let mut open: std::collections::HashMap<&str, usize> = std::collections::HashMap::new();
    for (number, line) in text.lines().enumerate() {
        let mut words = line.splitn(2, ' ');
        let (Some(thread), Some(rest)) = (words.next(), words.next()) else { continue };
        let Some((at, rest)) = rest.trim_start().split_once(' ') else { continue };
        let Ok(at) = at.parse::<f64>() else { continue };
        if let Some(rest) = rest.strip_prefix("<... ") {
            let Some((_, rest)) = rest.split_once(" resumed>") else { continue };
            let Some(index) = open.remove(thread) else { continue };
            let (arguments, result, _) = ending(rest);
            let call = &mut calls[index];
            call.arguments.push_str(arguments);
            call.result = result.to_owned();
            call.ended = number;
            call.ended_at = at;
        } else if let Some((name, rest)) = rest.split_once('(') {
            if !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
                continue;
            }
            let mut call = Call {
                name: name.to_owned(),
                arguments: String::new(),
                result: String::new(),
                began: number,
                ended: usize::MAX,
                ended_at: at,
            };
            if let Some(arguments) = rest.strip_suffix("<unfinished ...>") {
                call.arguments = arguments.trim_end().to_owned();
                open.insert(thread, calls.len());
            } else {
                let (arguments, result, took) = ending(rest);
                call.arguments = arguments.to_owned();
                call.result = result.to_owned();
                call.ended = number;
                call.ended_at = at + took;
            }
            calls.push(call);
        }
    }
    Trace { calls }
}

/// Arguments, result and duration of `arguments) = result <duration>`.
fn ending(rest: &str) -> (&str, &str, f64) {
    let Some((arguments, after)) = rest.rsplit_once(") = ") else { return (rest, "", 0.0) };
    let (result, took) = match after.rsplit_once(" <") {
        Some((result, took)) => (result, took.trim_end_matches('>').parse().unwrap_or(0.0)),
        None => (after, 0.0),
    };
    // `0 (INJECTED)`, `0 (DELAYED)`: what strace itself added is no part of the result.
    (arguments, result.split(" (").next().unwrap_or(result), took)
}
