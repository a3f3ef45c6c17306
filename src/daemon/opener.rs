//! Opens attached documents in a process of its own, so that one that loops or eats memory costs a note on its task and
//! nothing else.
//!
//! The process is this same program, started with a hidden sub-command ([`child`]), and lives as long as documents
//! come. It takes one document at a time. Whoever asked waits no longer than [`Limits`] say; after a fault or a missed
//! deadline the process is ended, and the next document gets a new one. Without documents nothing is started.

pub mod child;

use crate::message::attached::{Caps, Kind, Opened, Opener, Sealed};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use serde::{Deserialize, Serialize};
use std::io::{ErrorKind, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// What the child says first: which frames it speaks.
const HELLO: &[u8; 8] = b"intaked1";
/// Longest answer that is taken; a full one is far smaller.
const ANSWER_MAX: usize = 16 << 20;
/// Documents after which the process is replaced, whatever it has gathered.
const JOBS_MAX: u32 = 1_000;
/// After a document of this size its memory is given back by ending the process.
const LARGE: usize = 4 << 20;
/// SIGXCPU: more processor time than it may take.
const OUT_OF_TIME: i32 = 24;

/// What opening a document may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Address space of the process, in bytes.
    pub memory: u64,
    /// Processor time of one document, in seconds.
    pub processor: u64,
    /// How long all documents of one message may take, by the wall.
    pub message: Duration,
    /// How much of a document is read.
    pub caps: Caps,
}

impl Default for Limits {
    fn default() -> Self {
        Self { memory: 160 << 20, processor: 1, message: Duration::from_millis(1_500), caps: Caps::default() }
    }
}

/// One document on its way to the child: this, as JSON, and then its bytes.
#[derive(Debug, Serialize, Deserialize)]
struct Job {
    name: String,
    content_type: String,
    length: usize,
}

/// The way to the process.
#[derive(Debug)]
pub struct Apart {
    program: PathBuf,
    limits: Limits,
    running: Option<Running>,
    /// Processes started so far.
    starts: u32,
    /// A start that failed is logged once.
    told: bool,
}

#[derive(Debug)]
struct Running {
    child: Child,
    to: ChildStdin,
    from: ChildStdout,
    jobs: u32,
}

/// Why a document was not opened.
enum Fault {
    /// The process could not be started, or is not what it should be.
    NotStarted(std::io::Error),
    /// The deadline passed.
    Late,
    /// It ended on the document.
    Died,
}

impl Default for Apart {
    fn default() -> Self {
        // By its name it might be another one since an upgrade, or gone.
        Self::new(PathBuf::from("/proc/self/exe"), Limits::default())
    }
}

impl Apart {
    /// By `program`, which has to be this one, within these limits. Starts nothing yet.
    #[must_use]
    pub fn new(program: PathBuf, limits: Limits) -> Self {
        Self { program, limits, running: None, starts: 0, told: false }
    }

    /// For one message, whose documents together have [`Limits::message`].
    pub fn for_message(&mut self) -> ForMessage<'_> {
        let left = self.limits.message;
        ForMessage { apart: self, left }
    }

    /// Processes started so far.
    #[must_use]
    pub fn starts(&self) -> u32 {
        self.starts
    }

    fn ask(&mut self, sealed: &Sealed<'_>, until: Instant) -> Result<Opened, Fault> {
        let mut running = match self.running.take() {
            Some(running) => running,
            None => {
                self.starts += 1;
                self.start(until)?
            }
        };
        match running.ask(sealed, until) {
            Ok(opened) => {
                running.jobs += 1;
                if running.jobs < JOBS_MAX && sealed.bytes.len() < LARGE {
                    self.running = Some(running);
                }
                Ok(opened)
            }
            Err(e) if e.kind() == ErrorKind::TimedOut => Err(Fault::Late),
            Err(_) => Err(running.fault()),
        }
    }

    fn start(&self, until: Instant) -> Result<Running, Fault> {
        let limits = serde_json::to_string(&self.limits).map_err(|e| Fault::NotStarted(e.into()))?;
        // No environment: passwords may stand there.
        let mut child = Command::new(&self.program)
            .arg(child::NAME)
            .arg(limits)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(Fault::NotStarted)?;
        let (Some(to), Some(from)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Fault::NotStarted(std::io::Error::other("it has no pipes")));
        };
        let mut running = Running { child, to, from, jobs: 0 };
        let ready = || -> std::io::Result<()> {
            for pipe in [running.to.as_fd(), running.from.as_fd()] {
                let flags = rustix::fs::fcntl_getfl(pipe)?;
                rustix::fs::fcntl_setfl(pipe, flags | rustix::fs::OFlags::NONBLOCK)?;
            }
            let hello = running.receive(HELLO.len(), until)?;
            if hello == HELLO { Ok(()) } else { Err(std::io::Error::other("it does not speak as it should")) }
        }();
        ready.map_err(Fault::NotStarted)?;
        Ok(running)
    }

    fn explain(&mut self, fault: Fault) -> &'static str {
        match fault {
            Fault::Late => "opening it takes longer than a document may take",
            Fault::Died => "opening it takes more memory than a document may take, or breaks its reader",
            Fault::NotStarted(e) => {
                if !self.told {
                    self.told = true;
                    tracing::warn!(event = "documents_not_opened", error = %e, "attached documents stay closed");
                }
                "the program that opens documents could not be started"
            }
        }
    }
}

/// Opens the documents of one message.
#[derive(Debug)]
pub struct ForMessage<'a> {
    apart: &'a mut Apart,
    left: Duration,
}

impl Opener for ForMessage<'_> {
    fn open(&mut self, sealed: &Sealed<'_>) -> Opened {
        let kind = Kind::of(sealed);
        let most = self.apart.limits.caps.bytes;
        if sealed.bytes.len() > most {
            return Opened::unread(kind, format!("it is larger than {} MB", most >> 20));
        }
        if self.left.is_zero() {
            return Opened::unread(kind, "the other documents of the message took all the time there is");
        }
        let began = Instant::now();
        let opened = self.apart.ask(sealed, began + self.left);
        self.left = self.left.saturating_sub(began.elapsed());
        opened.unwrap_or_else(|fault| Opened::unread(kind, self.apart.explain(fault)))
    }
}

impl Running {
    fn ask(&mut self, sealed: &Sealed<'_>, until: Instant) -> std::io::Result<Opened> {
        let job = Job {
            name: sealed.name.to_owned(),
            content_type: sealed.content_type.to_owned(),
            length: sealed.bytes.len(),
        };
        let job = serde_json::to_vec(&job)?;
        self.send(&length(&job)?, until)?;
        self.send(&job, until)?;
        self.send(sealed.bytes, until)?;
        let size = self.receive(4, until)?;
        let size = size.iter().fold(0_usize, |n, b| n << 8 | usize::from(*b));
        if size > ANSWER_MAX {
            return Err(ErrorKind::InvalidData.into());
        }
        Ok(serde_json::from_slice(&self.receive(size, until)?)?)
    }

    fn send(&mut self, mut bytes: &[u8], until: Instant) -> std::io::Result<()> {
        while !bytes.is_empty() {
            wait(&self.to, PollFlags::OUT, until)?;
            match self.to.write(bytes) {
                Ok(n) => bytes = bytes.get(n..).unwrap_or_default(),
                Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {}
                Err(e) => return Err(e),
            }
        }
        Ok(())
    }

    fn receive(&mut self, size: usize, until: Instant) -> std::io::Result<Vec<u8>> {
        let mut bytes = vec![0; size];
        let mut got = 0;
        while let Some(rest) = bytes.get_mut(got..).filter(|r| !r.is_empty()) {
            wait(&self.from, PollFlags::IN, until)?;
            match self.from.read(rest) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(n) => got += n,
                Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {}
                Err(e) => return Err(e),
            }
        }
        Ok(bytes)
    }

    /// What ended it.
    fn fault(mut self) -> Fault {
        self.child.kill().ok();
        match self.child.wait().ok().and_then(|status| status.signal()) {
            Some(OUT_OF_TIME) => Fault::Late,
            _ => Fault::Died,
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It holds nothing that could be lost.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Waits until a pipe is ready; `TimedOut` where it is not in time.
fn wait(pipe: &impl AsFd, what: PollFlags, until: Instant) -> std::io::Result<()> {
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(ErrorKind::TimedOut.into());
        }
        let timeout = Timespec::try_from(left).map_err(std::io::Error::other)?;
        match poll(&mut [PollFd::new(pipe, what)], Some(&timeout)) {
            Ok(0) => {}
            Ok(_) => return Ok(()),
            Err(rustix::io::Errno::INTR) => {}
            Err(e) => return Err(e.into()),
        }
    }
}

/// Four bytes, the highest first.
fn length(frame: &[u8]) -> std::io::Result<[u8; 4]> {
    u32::try_from(frame.len()).map(u32::to_be_bytes).map_err(std::io::Error::other)
}
