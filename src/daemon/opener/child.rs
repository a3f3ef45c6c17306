//! The process that opens documents: bounds itself, then reads one document after the other from standard input and
//! writes what each holds to standard output, until there are no more.
//!
//! Memory, processor time, files and processes are bounded by the system (setrlimit(2)), because no care of ours bounds
//! what other people's readers do.

use super::{HELLO, Job, Limits, length};
use crate::message::attached::{Sealed, open};
use anyhow::Context as _;
use rustix::process::{Resource, Rlimit, setrlimit};
use std::io::{Read, Write};
use std::os::fd::AsFd;

/// The hidden sub-command; its argument are the [`Limits`], as JSON.
pub const NAME: &str = "open-documents";

/// A job's description is a name and a type.
const JOB_MAX: usize = 64 << 10;

/// Works until standard input ends.
///
/// # Errors
/// The limits cannot be set (then nothing is opened), or the other side broke off.
pub fn serve(limits: &str) -> anyhow::Result<()> {
    let limits: Limits = serde_json::from_str(limits).context("the limits are not understood")?;
    // What a reader of documents prints must not get between the frames.
    let mut answers = std::fs::File::from(std::io::stdout().as_fd().try_clone_to_owned()?);
    rustix::stdio::dup2_stdout(std::io::stderr())?;
    bound(&limits)?;
    // A panic is an answer; its words may be the document's.
    std::panic::set_hook(Box::new(|_| {}));
    answers.write_all(HELLO)?;
    let mut jobs = std::io::stdin().lock();
    loop {
        let mut size = [0; 4];
        if jobs.read(&mut size[..1])? == 0 {
            return Ok(());
        }
        jobs.read_exact(&mut size[1..])?;
        let size = u32::from_be_bytes(size) as usize;
        anyhow::ensure!(size <= JOB_MAX, "that is no job");
        let job: Job = serde_json::from_slice(&exactly(&mut jobs, size)?)?;
        anyhow::ensure!(job.length <= limits.caps.bytes, "that is larger than may be opened");
        let bytes = exactly(&mut jobs, job.length)?;
        bound_time(&limits)?;
        let sealed = Sealed { name: &job.name, content_type: &job.content_type, bytes: &bytes };
        let answer = serde_json::to_vec(&open(&sealed, &limits.caps))?;
        answers.write_all(&length(&answer)?)?;
        answers.write_all(&answer)?;
    }
}

fn exactly(from: &mut impl Read, size: usize) -> std::io::Result<Vec<u8>> {
    let mut bytes = vec![0; size];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// What holds for the whole life of the process.
fn bound(limits: &Limits) -> anyhow::Result<()> {
    let at_most = |n: u64| Rlimit { current: Some(n), maximum: Some(n) };
    let all = [
        (Resource::As, limits.memory, "memory"),
        // No file is written, no process started, and a crash leaves no copy of a client's document behind.
        (Resource::Fsize, 0, "files"),
        (Resource::Nproc, 0, "processes"),
        (Resource::Core, 0, "core dumps"),
        (Resource::Nofile, 16, "open files"),
    ];
    for (resource, most, name) in all {
        setrlimit(resource, at_most(most)).with_context(|| format!("the limit on {name} cannot be set"))?;
    }
    bound_time(limits)
}

/// The clock of the processor runs on from document to document: each gets its seconds on top of what was used.
fn bound_time(limits: &Limits) -> anyhow::Result<()> {
    let used = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime).tv_sec;
    let used = u64::try_from(used).unwrap_or_default();
    let limit = Rlimit { current: Some(used + 1 + limits.processor), maximum: None };
    setrlimit(Resource::Cpu, limit).context("the limit on processor time cannot be set")
}
