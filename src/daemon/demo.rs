//! `intaked demo`: a bundled agency, the true daemon on a temporary folder, sample mail or the reader's own.
//!
//! Nothing is canned: mail goes into a Maildir, letters come out as files, and what is printed are the decisions.

use super::clock::Clock;
use super::guidance::load;
use super::house::House;
use super::narrator::{Narrator, table};
use super::run::mistakes_as_error;
use super::writer::Durable;
use crate::config::Config;
use crate::desk::{Command, Input};
use crate::domain::{Timestamp, calendar::Calendar, id::PersonId, text::hex};
use crate::store::TaskFilter;
use anyhow::Context as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;

/// The bundled agency's configuration; its paths are relative to the demonstration's folder.
const AGENCY: &str = include_str!("demo/agency.toml");
/// Its account book.
const BOOK: &str = include_str!("demo/accounts.csv");
/// Its mail: name and content.
const MAIL: &[(&str, &str)] = &[
    ("01-certificate-for-friday.eml", include_str!("demo/mail/01-certificate-for-friday.eml")),
    ("02-new-truck.eml", include_str!("demo/mail/02-new-truck.eml")),
    ("03-accident-with-injury.eml", include_str!("demo/mail/03-accident-with-injury.eml")),
    ("04-carrier-pending-cancellation.eml", include_str!("demo/mail/04-carrier-pending-cancellation.eml")),
    ("05-id-cards.eml", include_str!("demo/mail/05-id-cards.eml")),
    ("06-loss-runs-requested.eml", include_str!("demo/mail/06-loss-runs-requested.eml")),
    ("07-certificado-en-espanol.eml", include_str!("demo/mail/07-certificado-en-espanol.eml")),
    ("08-please-cancel.eml", include_str!("demo/mail/08-please-cancel.eml")),
    ("09-two-requests-in-one.eml", include_str!("demo/mail/09-two-requests-in-one.eml")),
    ("10-third-party-wants-certificate.eml", include_str!("demo/mail/10-third-party-wants-certificate.eml")),
    ("11-voicemail.eml", include_str!("demo/mail/11-voicemail.eml")),
    ("12-renewal-shopping.eml", include_str!("demo/mail/12-renewal-shopping.eml")),
    ("13-quote-wanted.eml", include_str!("demo/mail/13-quote-wanted.eml")),
    ("14-out-of-office.eml", include_str!("demo/mail/14-out-of-office.eml")),
    ("15-newsletter.eml", include_str!("demo/mail/15-newsletter.eml")),
    ("16-thanks.eml", include_str!("demo/mail/16-thanks.eml")),
    ("17-hard-to-place.eml", include_str!("demo/mail/17-hard-to-place.eml")),
    ("18-same-holder-as-last-year.eml", include_str!("demo/mail/18-same-holder-as-last-year.eml")),
];

/// Between two sample mails, so that a person can follow.
const PACE: Duration = Duration::from_millis(350);
/// Nothing more happens when nothing has happened for so long.
const QUIET: Duration = Duration::from_millis(1500);

/// What the demonstration is to do.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Stay up afterwards, until Ctrl-C.
    pub keep: bool,
    /// The reader's own messages, in the place of the samples.
    pub mail: Option<PathBuf>,
}

/// Runs the demonstration.
///
/// # Errors
/// No temporary folder can be made, or the reader's folder cannot be read.
pub async fn run(options: Options) -> anyhow::Result<()> {
    crate::tls::install_ring();
    let folder = Folder::make()?;
    let config_path = folder.write_agency()?;
    let (config, guidance) = load(&config_path).map_err(mistakes_as_error)?;
    let clock = Arc::new(Clock::system());
    if !config.calendar.is_open(clock.now()) {
        // The demonstration begins in office hours: mail at night would leave its notices waiting for the morning.
        clock.move_on_to(config.calendar.next_open(clock.now()) + chrono::Duration::minutes(12));
    }
    let mut narrator = Narrator::new(config.calendar.clone(), &config.people);
    let zone = config.calendar.zone();
    println!("{} — a demonstration in {}", config.agency.name, folder.path.display());
    println!(
        "The mail arrives in a Maildir, letters are written as .eml files to {}.",
        folder.path.join("letters").display()
    );
    println!("Its clock shows {}.", clock.now().with_timezone(&zone).format("%A, %-d %B, %H:%M"));

    let importer = config.people.first().map(|p| p.id.clone()).unwrap_or_default();
    let staff: Vec<PersonId> = config.people.iter().map(|p| p.id.clone()).collect();
    let mail = match &options.mail {
        Some(own) => own_mail(own)?,
        None => {
            MAIL.iter().map(|(name, text)| ((*name).to_owned(), today(text, clock.now(), zone).into_bytes())).collect()
        }
    };
    let calendar = config.calendar.clone();
    let house = House::open(&config, guidance, Arc::clone(&clock))?;
    let mut durable = house.writer.follow();
    let mut book = crate::book::read("accounts.csv", BOOK.as_bytes(), &config.book.mapping, &config.people);
    println!(
        "{} people, {} accounts in the book, {} messages on their way.",
        staff.len(),
        book.accounts.len(),
        mail.len()
    );
    let file = "accounts.csv".to_owned();
    // A demonstration is the same whatever the day: what policies' dates bring would hang on it.
    book.accounts.iter_mut().flat_map(|a| &mut a.policies).for_each(|p| p.expiration = None);
    let import = Input::Import { by: importer.clone(), accounts: book.accounts, whole: true, file, seen: None };
    house.writer.decide(import).await?;
    // Somebody has looked at the book: its first import holds letters back until then.
    house.writer.decide(Input::Command { by: importer, command: Command::ReleaseBook }).await?;

    for (name, bytes) in &mail {
        folder.deliver(name, bytes, clock.now())?;
        listen(&mut durable, &mut narrator, PACE).await;
    }
    settle(&house, &mut durable, &mut narrator).await?;
    let_time_pass(&house, &clock, &calendar, &mut durable, &mut narrator).await?;

    let tasks = house.writer.read(|s| s.tasks(&TaskFilter::default())).await?;
    println!("\nThe tasks:\n{}", table(&tasks, &calendar));
    println!(
        "{} messages arrived, {} tasks; every message has its outcome, and every letter is in {}.",
        mail.len(),
        tasks.len(),
        folder.path.join("letters").display()
    );
    if options.keep {
        println!(
            "\nThe daemon stays up. Try, in another terminal:\n  export INTAKED_SOCKET={}\n  intaked tasks --as {}\nCtrl-C ends it.",
            config.folders.socket.display(),
            staff.first().map_or("ana", PersonId::as_str)
        );
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            () = async { loop { listen(&mut durable, &mut narrator, Duration::from_secs(3600)).await; } } => {}
        }
    }
    house.close().await;
    println!("\nThe folder stays for you to look at: {}", folder.path.display());
    Ok(())
}

/// The bundled agency alone, for whoever starts no daemon. The configuration names folders that have to be there; they
/// are made, and taken away again.
///
/// # Errors
/// No temporary folder can be made.
pub fn agency() -> anyhow::Result<Config> {
    let folder = Folder::make()?;
    let config = Config::load(&folder.write_agency()?).map_err(mistakes_as_error);
    std::fs::remove_dir_all(&folder.path).with_context(|| format!("cannot remove {}", folder.path.display()))?;
    config
}

/// Prints what becomes durable during `time`.
async fn listen(
    durable: &mut tokio::sync::broadcast::Receiver<Durable>,
    narrator: &mut Narrator,
    time: Duration,
) -> bool {
    let end = tokio::time::Instant::now() + time;
    let mut heard = false;
    loop {
        match tokio::time::timeout_at(end, durable.recv()).await {
            Ok(Ok(d)) => {
                let told = narrator.tell(&d.decision);
                heard |= !told.is_empty();
                print!("{told}");
            }
            Ok(Err(RecvError::Lagged(missed))) => println!("  … {missed} decisions more"),
            Ok(Err(RecvError::Closed)) | Err(_) => return heard,
        }
    }
}

/// Waits until everything that arrived is decided and every letter that is due has gone.
async fn settle(
    house: &House,
    durable: &mut tokio::sync::broadcast::Receiver<Durable>,
    narrator: &mut Narrator,
) -> anyhow::Result<()> {
    for _ in 0..60 {
        let heard = listen(durable, narrator, QUIET).await;
        let now = house.clock.now();
        let waiting = house.writer.read(move |s| Ok(s.letters_due(now, 1)?.len() + s.letters_trying()?.len())).await?;
        if !heard && waiting == 0 {
            return Ok(());
        }
    }
    Ok(())
}

/// Moves the clock on from one due moment to the next, until escalations have been seen.
async fn let_time_pass(
    house: &House,
    clock: &Clock,
    calendar: &Calendar,
    durable: &mut tokio::sync::broadcast::Receiver<Durable>,
    narrator: &mut Narrator,
) -> anyhow::Result<()> {
    let began = clock.now();
    for _ in 0..12 {
        let Some(next) = house.writer.read(|s| s.next_moment()).await? else { return Ok(()) };
        if next > began + chrono::Duration::days(4) {
            return Ok(());
        }
        let to = next.max(clock.now()) + chrono::Duration::seconds(1);
        clock.move_on_to(to);
        println!(
            "\n—— nobody touches anything; it is now {} ——",
            to.with_timezone(&calendar.zone()).format("%A, %-d %B, %H:%M")
        );
        settle(house, durable, narrator).await?;
    }
    Ok(())
}

/// The demonstration's folder. It stays: the reader may want to look at the letters.
struct Folder {
    path: PathBuf,
}

impl Folder {
    fn make() -> anyhow::Result<Self> {
        let base = std::env::temp_dir();
        let name = format!("intaked-demo-{}", hex(&super::clock::seed(Clock::real()), 4));
        let path = base.join(name);
        for sub in ["Maildir/new", "Maildir/cur", "Maildir/tmp", "letters", "data"] {
            std::fs::create_dir_all(path.join(sub)).with_context(|| format!("cannot write to {}", base.display()))?;
        }
        Ok(Self { path })
    }

    fn write_agency(&self) -> anyhow::Result<PathBuf> {
        let path = self.path.join("intaked.toml");
        std::fs::write(&path, AGENCY).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(path)
    }

    /// Delivers as a mail server does: whole in `tmp`, then renamed into `new`.
    fn deliver(&self, name: &str, bytes: &[u8], now: Timestamp) -> anyhow::Result<()> {
        let tmp = self.path.join("Maildir/tmp").join(name);
        std::fs::write(&tmp, bytes).with_context(|| format!("cannot write {}", tmp.display()))?;
        // A Maildir message arrived when its file was written: by the demonstration's clock, not the machine's.
        std::fs::File::options().write(true).open(&tmp)?.set_modified(now.into())?;
        std::fs::rename(&tmp, self.path.join("Maildir/new").join(name))?;
        Ok(())
    }
}

/// A sample as if it were written now: its Date is today's, so that “by Friday” is the next Friday.
fn today(text: &str, now: Timestamp, zone: chrono_tz::Tz) -> String {
    let date = now.with_timezone(&zone).to_rfc2822();
    let mut head = true;
    text.lines()
        .map(|line| {
            head &= !line.is_empty();
            if head && line.starts_with("Date:") { format!("Date: {date}\r\n") } else { format!("{line}\r\n") }
        })
        .collect()
}

/// The reader's own messages: every file of a folder (or one file), by name.
fn own_mail(path: &Path) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    if path.is_file() {
        files.push(path.to_owned());
    } else {
        for entry in std::fs::read_dir(path).with_context(|| format!("cannot read the folder {}", path.display()))? {
            let entry = entry?.path();
            if entry.is_file() && entry.extension().is_none_or(|e| e == "eml") {
                files.push(entry);
            }
        }
    }
    files.sort();
    anyhow::ensure!(!files.is_empty(), "there is no message in {}: put .eml files there", path.display());
    files
        .into_iter()
        .map(|f| {
            let bytes = std::fs::read(&f).with_context(|| format!("cannot read {}", f.display()))?;
            Ok((f.file_name().map_or_else(|| "message".to_owned(), |n| n.to_string_lossy().into_owned()), bytes))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundled_agency_has_no_mistakes() {
        let folder = Folder::make().unwrap();
        let path = folder.write_agency().unwrap();
        let (config, _) = load(&path).unwrap_or_else(|m| panic!("{}", mistakes_as_error(m)));
        let book = crate::book::read("accounts.csv", BOOK.as_bytes(), &config.book.mapping, &config.people);
        assert!(book.mistakes.is_empty(), "{:?}", book.mistakes);
        assert!(book.accounts.len() >= 12, "{}", book.accounts.len());
        std::fs::remove_dir_all(&folder.path).unwrap();
    }

    #[test]
    fn a_sample_is_dated_today_and_nothing_else_changes() {
        let now = chrono::DateTime::parse_from_rfc3339("2026-11-20T15:00:00Z").unwrap().to_utc();
        let dated = today(
            "From: a@b\nDate: Mon, 1 Jan 2001 00:00:00 +0000\n\nDate: in the text\n",
            now,
            chrono_tz::America::Chicago,
        );
        assert_eq!(dated, "From: a@b\r\nDate: Fri, 20 Nov 2026 09:00:00 -0600\r\n\r\nDate: in the text\r\n");
    }
}
