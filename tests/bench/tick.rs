//! What a tick of the clocks costs with many open tasks, beside a desk with a thousand: it must cost at most 1.2 times
//! as much, because a tick touches only what is due.
//!
//! `cargo bench --profile dev --bench tick [tasks] [ticks]`, a million tasks and 500 ticks where nothing is said. Each desk gets the
//! same work: idle ticks, and ticks on which one task and one reader are due. It is load, not a test of what is told.

use intaked::{
    config::Config,
    daemon::{clock::Clock, guidance, writer::Writer},
    domain::{
        Timestamp,
        decision::{Cause, Decision, Facts, Versions},
        event::{Event, Opening},
        id::TaskId,
        reading::{Channel, Complexity, SenderKind},
        task::Due,
        workflow::{Clock as Which, Listener},
    },
    store::{Commit, Store, sled},
};
use std::{
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
    time::Instant,
};

/// As in the program.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Tasks that one decision opens: many at once, so that the desk is full soon.
const AT_ONCE: u64 = 1000;
/// Says that one desk is to be measured, in this process.
const DESK: &str = "--desk";
/// A desk that is small.
const SMALL: u64 = 1000;
/// Each figure is the best of so many.
const ROUNDS: usize = 5;

const AGENCY: &str = r#"
[agency]
name = "Bench"
address = "service@bench.example"
zone = "America/Chicago"
hours = { mon = "00:00-23:59", tue = "00:00-23:59", wed = "00:00-23:59", thu = "00:00-23:59", fri = "00:00-23:59", sat = "00:00-23:59", sun = "00:00-23:59" }
[folders]
data = "data"
[[person]]
id = "ana"
name = "Ana"
address = "ana@bench.example"
roles = ["csr", "account_manager", "senior_underwriter", "producer", "operations_manager", "owner"]
[duty]
people = ["ana"]
[digest]
at = "never"
[[mailbox]]
name = "service"
maildir = "Maildir"
[smtp]
folder = "letters"
"#;

fn opening(n: u64, now: Timestamp) -> Opening {
    Opening {
        request_type: Some("billing".into()),
        type_title: "Billing".into(),
        arrived: now,
        subject: format!("Invoice {n}").as_str().into(),
        requester: None,
        sender_kind: SenderKind::Client,
        channel: Channel::Email,
        language: "en".into(),
        words: "Please send the invoice again.".into(),
        message: None,
        complexity: Complexity::Simple,
        urgent: false,
        evidence: std::sync::Arc::default(),
        guesses: Vec::new(),
        done_when: "It is paid.".into(),
        assigned_to: "ana".into(),
        assigned_because: "bench".into(),
        standing_in_for: None,
        uncertain: false,
    }
}

/// A desk with so many open tasks; the first `ticks` of them come due one after the other, the others in a month.
fn filled(folder: &Path, tasks: u64, ticks: u64, now: Timestamp) -> anyhow::Result<impl Store + use<>> {
    let mut store = sled::open(folder, &sled::Options::default())?;
    let mut next = 1;
    while next <= tasks {
        let mut events = Vec::new();
        for n in next..(next + AT_ONCE).min(tasks + 1) {
            let task = TaskId(n);
            let after = if n <= ticks { chrono::Duration::zero() } else { chrono::Duration::days(30) };
            let tell = vec![Listener::Assignee];
            let at = now + after + chrono::Duration::milliseconds(i64::try_from(n)?);
            events.push(Event::TaskOpened { task, opening: Box::new(opening(n, now)) });
            events
                .push(Event::ClocksSet { task, due: vec![Due { at, clock: Which::Idle, rung: 0, epoch: now, tell }] });
        }
        next += AT_ONCE;
        let decision =
            Decision { at: now, cause: Cause::Reload, events, letters: Vec::new(), versions: Versions::default() };
        let facts = Facts { as_of: store.head(), ..Facts::default() };
        anyhow::ensure!(matches!(store.commit(&decision, &facts)?, Commit::Taken(_)), "the store refused");
        store.sync()?;
    }
    Ok(store)
}

/// Microseconds of an idle look at what is due, and of one on which a task is due and decided.
async fn measured(base: &Path, tasks: u64, ticks: u64) -> anyhow::Result<(f64, f64)> {
    let folder = base.join(tasks.to_string());
    std::fs::create_dir_all(folder.join("Maildir"))?;
    let file = folder.join("intaked.toml");
    std::fs::write(&file, AGENCY)?;
    let mistakes = |m: Vec<intaked::domain::mistake::Mistake>| anyhow::anyhow!("{m:?}");
    let (config, guidance): (Config, _) = guidance::load(&file).map_err(mistakes)?;
    let now = Clock::real();
    let began = Instant::now();
    let store = filled(&config.folders.data, tasks, ticks, now)?;
    eprintln!("{tasks} open tasks, in {:.0} s", began.elapsed().as_secs_f64());
    let mut idle = f64::MAX;
    for _ in 0..ROUNDS {
        let began = Instant::now();
        for _ in 0..ticks {
            anyhow::ensure!(store.tasks_due(now - chrono::Duration::days(1), 64)?.is_empty(), "nothing is due yet");
            anyhow::ensure!(store.rounds_due(now, 64)?.is_empty() && store.presence_due()?.is_none(), "nobody is told");
        }
        idle = idle.min(began.elapsed().as_secs_f64() * 1e6 / ticks as f64);
    }
    let (writer, thread) = Writer::start(Box::new(store), guidance::Current::new(guidance), Arc::new(Clock::system()))?;
    // Everything that is due is due by now; a tick takes 64 of it at most, and costs per task are what is told.
    tokio::time::sleep(std::time::Duration::from_millis(ticks)).await;
    let began = Instant::now();
    let mut done = 0;
    while done < ticks {
        let n = writer.tick().await?;
        anyhow::ensure!(n > 0, "{done} of {ticks} were due");
        done += n as u64;
    }
    let due = began.elapsed().as_secs_f64() * 1e6 / done as f64;
    writer.stop().await;
    tokio::task::spawn_blocking(move || thread.join()).await?.map_err(|_| anyhow::anyhow!("the writer failed"))?;
    Ok((idle, due))
}

/// Measures one desk, and prints both figures.
fn one_desk(tasks: u64, ticks: u64) -> anyhow::Result<()> {
    let base = std::env::temp_dir().join(format!("intaked-tick-{}", std::process::id()));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let result = runtime.block_on(measured(&base, tasks, ticks));
    std::fs::remove_dir_all(&base).ok();
    let (idle, due) = result?;
    println!("{idle} {due}");
    Ok(())
}

/// The same in a process of its own, so that neither desk finds the other's memory about.
fn in_a_process(tasks: u64, ticks: u64) -> anyhow::Result<(f64, f64)> {
    let arguments = [DESK.to_owned(), tasks.to_string(), ticks.to_string()];
    let told = Command::new(std::env::current_exe()?).args(arguments).stderr(Stdio::inherit()).output()?;
    anyhow::ensure!(told.status.success(), "a desk of {tasks} tasks failed");
    let told = String::from_utf8(told.stdout)?;
    let (idle, due) = told.trim().split_once(' ').ok_or_else(|| anyhow::anyhow!("no figures: {told}"))?;
    Ok((idle.parse()?, due.parse()?))
}

fn main() -> anyhow::Result<()> {
    let numbers: Vec<u64> = std::env::args().skip(1).filter_map(|a| a.parse().ok()).collect();
    let tasks = numbers.first().copied().unwrap_or(1_000_000).max(SMALL);
    let ticks = numbers.get(1).copied().unwrap_or(500).min(SMALL);
    if std::env::args().any(|a| a == DESK) {
        return one_desk(tasks, ticks);
    }
    let (idle_small, due_small) = in_a_process(SMALL, ticks)?;
    let (idle, due) = in_a_process(tasks, ticks)?;
    println!("open tasks     {SMALL:>12} {tasks:>12}   times");
    println!("idle tick      {idle_small:>9.1} µs {idle:>9.1} µs {:>7.2}", idle / idle_small);
    println!("a task due     {due_small:>9.1} µs {due:>9.1} µs {:>7.2}", due / due_small);
    Ok(())
}
