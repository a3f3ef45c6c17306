//! `intaked survey`: what an agency's mail is like before anything is changed. Reads, and changes nothing.

use super::{
    Ending,
    classify::source,
    ground::{By, Ground},
    print,
};
use crate::config::Config;
use crate::daemon::{clock::Clock, run::mistakes_as_error};
use crate::domain::{Timestamp, reading::SenderKind};
use crate::inbox::Watched;
use crate::inbox::imap::look::{Look, Looked, Wanted};
use crate::message::Message;
use crate::reports::Period;
use crate::reports::survey::{Answer, Arrived, Survey, part, time};
use anyhow::{Context as _, bail};
use chrono::{Days, Duration};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Read the inbox and the sent mail of the last weeks without changing anything, and tell what comes in, how soon it is
/// answered, what is never answered, and who writes most: the baseline that a pilot is compared with.
///
/// Nothing is marked, moved, stored or sent: folders are opened with EXAMINE and read with BODY.PEEK. No store and no
/// daemon are needed.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  intaked survey --config intaked.toml --html baseline.html
  intaked survey --config intaked.toml --days 30 --sent-folder \"Sent Items\"
  intaked survey --mail ~/Maildir --sent ~/Maildir/.Sent --own harborpoint.example --json > baseline.json
Where no folder of sent mail is named, the one that the mail server marks as such is taken.")]
pub(super) struct Args {
    #[command(flatten)]
    by: By,
    /// A folder of received messages (a Maildir, or .eml files), in the place of the mailboxes of --config
    #[arg(long, value_name = "FOLDER")]
    mail: Option<PathBuf>,
    /// A folder of sent messages, for --mail
    #[arg(long, value_name = "FOLDER", requires = "mail")]
    sent: Option<PathBuf>,
    /// A folder of sent mail on the mail server, in the place of those of --config
    #[arg(long, value_name = "NAME", conflicts_with = "mail")]
    sent_folder: Vec<String>,
    /// How many days back
    #[arg(long, value_name = "N", default_value = "90", value_parser = clap::value_parser!(u32).range(1..=3660))]
    days: u32,
    /// Print JSON for programs
    #[arg(long)]
    json: bool,
    /// Write one HTML file with drawings
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    html: Option<PathBuf>,
}

/// What was seen of the mail; message by message, only what the survey needs is kept.
struct Seen<'a> {
    ground: &'a Ground,
    mail: Vec<Arrived>,
    answers: Vec<Answer>,
    /// The last message's moment, which is when a folder of files ends.
    last: Option<Timestamp>,
    undated: usize,
}

impl Seen<'_> {
    fn arrived(&mut self, raw: &[u8], received: Option<Timestamp>) {
        let (message, reading) = self.ground.read(raw, received);
        let Some(at) = self.dated(&message, received) else { return };
        let staff = reading.sender_kind == SenderKind::Staff;
        if staff {
            // An answer with the shared inbox in copy lies here, too.
            self.answers.push(Answer { at, to: message.thread.clone() });
        }
        let first = reading.requests.first();
        let title = first.and_then(|r| self.ground.rulebook.pages().find(|p| p.id == r.request_type));
        let title = title.map(|p| p.title_in("en").to_owned());
        let nobody = matches!(reading.sender_kind, SenderKind::Automated | SenderKind::Spam);
        let kind = match title {
            _ if staff => "From staff".to_owned(),
            Some(title) => title,
            None => "Nothing to do".to_owned(),
        };
        self.mail.push(Arrived {
            id: message.message_id.clone(),
            at,
            from: message.from.as_ref().map_or_else(|| "nobody".to_owned(), |f| f.address.to_string()),
            subject: message.subject.to_string(),
            waits: first.is_some() && !staff && !nobody && message.automatic.reason().is_none(),
            kind,
        });
    }

    fn sent(&mut self, raw: &[u8], received: Option<Timestamp>) {
        let message = Message::parse(raw);
        if message.automatic.reason().is_some() {
            return;
        }
        // A sent message was sent at its Date; the folder may have got it later.
        if let Some(at) = message.date.or(received) {
            self.answers.push(Answer { at, to: message.thread });
        }
    }

    fn dated(&mut self, message: &Message, received: Option<Timestamp>) -> Option<Timestamp> {
        let at = received.or(message.date);
        self.undated += usize::from(at.is_none());
        self.last = self.last.max(at);
        at
    }
}

/// Runs the command.
pub(super) fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let ground = Ground::lay(&args.by).map_err(mistakes_as_error)?.with_documents_closed();
    let mut seen = Seen { ground: &ground, mail: Vec::new(), answers: Vec::new(), last: None, undated: 0 };
    let mut now = Clock::real();
    let mut agency = "Your mail".to_owned();
    match (&args.mail, args.by.config()) {
        (Some(folder), _) => {
            files(folder, &mut |raw| seen.arrived(&raw, None))?;
            if let Some(sent) = &args.sent {
                files(sent, &mut |raw| seen.sent(&raw, None))?;
            }
            // A folder of files may be of last year: then the days are counted back from its last message.
            now = seen.last.map_or(now, |last| last + Duration::seconds(1)).min(now);
        }
        (None, Some(path)) => {
            let config = Config::load(path).map_err(mistakes_as_error)?;
            agency = config.agency.name.to_string();
            let since = now - Duration::days(i64::from(args.days));
            mailboxes(&config, args, since, &mut seen)?;
        }
        (None, None) => bail!("say what to read: --config intaked.toml for its mailboxes, or --mail FOLDER"),
    }
    let calendar = ground.calendar();
    let last = calendar.day(now);
    let first =
        last.checked_sub_days(Days::new(u64::from(args.days) - 1)).context("--days leads beyond the calendar")?;
    let period = Period::of(first, last, calendar, now).map_err(anyhow::Error::msg)?;
    let survey = Survey::of(&seen.mail, &seen.answers, period, calendar);
    if args.json {
        print::json(out, &survey)?;
    } else if let Some(path) = &args.html {
        let cannot = || format!("{} cannot be written", path.display());
        std::fs::write(path, survey.html(&agency, calendar.zone())).with_context(cannot)?;
        writeln!(out, "The survey of {} messages is in {}.", survey.total.messages, path.display())?;
    } else {
        table(out, &survey)?;
    }
    if seen.undated > 0 && !args.json {
        writeln!(out, "{} messages have no readable date and were left out.", seen.undated)?;
    }
    Ok(Ending::Well)
}

/// Hands over every message of a folder of files.
fn files(folder: &Path, each: &mut dyn FnMut(Vec<u8>)) -> anyhow::Result<()> {
    for path in source::files(folder)? {
        each(source::read(&path)?);
    }
    Ok(())
}

/// Looks through the mailboxes of a configuration.
fn mailboxes(config: &Config, args: &Args, since: Timestamp, seen: &mut Seen<'_>) -> anyhow::Result<()> {
    crate::tls::install_ring();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    for mailbox in &config.mailboxes {
        match mailbox {
            Watched::Maildir(m) => files(&m.path, &mut |raw| seen.arrived(&raw, None))?,
            Watched::Imap(m) => {
                let looked = async {
                    let mut look = Look::begin(m).await?;
                    for folder in &m.folders {
                        look.through(folder, since, Wanted::Whole, |l: Looked| seen.arrived(&l.raw, l.received))
                            .await?;
                    }
                    let sent = match (args.sent_folder.as_slice(), m.sent.as_slice()) {
                        ([], []) => look.sent_folders().await?,
                        ([], configured) => configured.to_vec(),
                        (named, _) => named.to_vec(),
                    };
                    for folder in &sent {
                        look.through(folder, since, Wanted::Header, |l: Looked| seen.sent(&l.raw, l.received)).await?;
                    }
                    look.end().await;
                    Ok::<_, crate::inbox::imap::Trouble>(sent)
                };
                let sent = runtime.block_on(looked).with_context(|| format!("mailbox {}", m.name))?;
                if sent.is_empty() {
                    tracing::warn!(event = "survey_without_sent_mail", mailbox = %m.name, "the server marks no folder of sent mail: name it with --sent-folder, or first answers cannot be told");
                }
            }
        }
    }
    Ok(())
}

/// The survey on a terminal.
fn table(out: &mut dyn Write, survey: &Survey) -> anyhow::Result<()> {
    let total = &survey.total;
    writeln!(
        out,
        "{}: {} messages arrived, {} of them wait for an answer.",
        survey.period.words(),
        total.messages,
        total.waiting
    )?;
    writeln!(
        out,
        "First answer: half within {}, nine in ten within {} of office time. Never answered: {} ({}).",
        time(total.answer_median),
        time(total.answer_p90),
        total.never,
        part(total.never, total.waiting)
    )?;
    writeln!(
        out,
        "{} messages of the agency's own were looked through for answers. Nothing was changed.\n",
        survey.sent
    )?;
    let mut rows = print::table(&["kind", "messages", "waited", "answered", "median", "90th", "never"]);
    for k in survey.kinds.iter().chain([total]) {
        rows.add_row([
            print::short(&k.name, 34),
            k.messages.to_string(),
            k.waiting.to_string(),
            k.answered.to_string(),
            time(k.answer_median),
            time(k.answer_p90),
            k.never.to_string(),
        ]);
    }
    print::write_table(out, &rows)?;
    writeln!(out)?;
    let mut rows = print::table(&["who writes most", "messages", "never answered"]);
    for s in survey.senders.iter().take(10) {
        rows.add_row([print::short(&s.address, 44), s.messages.to_string(), s.never.to_string()]);
    }
    print::write_table(out, &rows)?;
    Ok(())
}

#[cfg(test)]
#[path = "survey_tests.rs"]
mod tests;
