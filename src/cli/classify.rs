//! `intaked classify`: what the rules find in messages, with the evidence. Needs no daemon and no configuration.

mod reading;
mod source;

use super::{Ending, print};
use crate::config::Config;
use crate::daemon::{clock::Clock, guidance, opener::Apart};
use crate::domain::{account::is_free_mail, calendar::Calendar, mistake::Mistake, text::Address};
use crate::message::Message;
use crate::reading::{Circumstances, Rulebook};
use std::io::Write;
use std::path::PathBuf;

/// Show what the rules find in messages: requests, facts, what is missing, dangers, each with the words that show it.
/// Nothing is stored and nobody is written to.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  intaked classify mail.eml                   one message, for a person
  intaked classify --jsonl inbox/ > out       a folder, one JSON object a line, as it is read
  formail -s cat < mbox | intaked classify -  one message from standard input

A folder is read with its sub-folders: files that end in .eml, and all files in cur/ and new/ of a Maildir.
With --config pages, zone, mail domains and inboxes are those of the configuration, so that the reading is the daemon's.
Exit codes: 0 well; 1 a file could not be read; 3 the pages have mistakes.")]
pub(super) struct Args {
    /// Messages (RFC 5322), folders of messages, or - for standard input
    #[arg(required = true, value_name = "FILE|FOLDER")]
    what: Vec<PathBuf>,
    /// One JSON object a message and line
    #[arg(long)]
    jsonl: bool,
    /// Pages to read by; else those of --config, else the built-in ones
    #[arg(long, value_name = "FOLDER")]
    rules: Option<PathBuf>,
    /// The agency's time zone, in which “by Friday” is meant
    #[arg(long, value_name = "ZONE", default_value = "America/Chicago", value_parser = super::moment::zone, conflicts_with = "config")]
    zone: chrono_tz::Tz,
    /// A mail domain of the agency, whose mail is staff's; may be given several times. Else the domain that a message
    /// is addressed to
    #[arg(long, value_name = "DOMAIN", conflicts_with = "config")]
    own: Vec<String>,
    /// The agency's configuration
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// What all messages are read by.
struct Ground {
    rulebook: Rulebook,
    calendar: Calendar,
    own_domains: Vec<String>,
    own_addresses: Vec<Address>,
}

impl Ground {
    fn lay(args: &Args) -> Result<Self, Vec<Mistake>> {
        let config = args.config.as_deref().map(Config::load).transpose()?;
        let of_config = config.as_ref().and_then(|c| c.folders.rules.as_deref());
        let rulebook = guidance::rulebook(args.rules.as_deref().or(of_config))?;
        Ok(match config {
            Some(c) => {
                let own_addresses = vec![c.agency.address.clone()];
                Self { rulebook, calendar: c.calendar, own_domains: c.agency.domains, own_addresses }
            }
            None => {
                let own_domains = args.own.iter().map(|d| d.to_lowercase()).collect();
                Self { rulebook, calendar: Calendar::usual(args.zone), own_domains, own_addresses: Vec::new() }
            }
        })
    }
}

/// Runs the command.
pub(super) fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let ground = match Ground::lay(args) {
        Ok(ground) => ground,
        Err(mistakes) => {
            print::mistakes(out, &mistakes)?;
            return Ok(Ending::Mistakes);
        }
    };
    let (mut read, mut unread) = (0_usize, 0_usize);
    let mut opener = Apart::default();
    for what in &args.what {
        source::each(what, &mut |name, bytes| {
            match bytes {
                Ok(bytes) => {
                    one(args, &ground, name, &bytes, &mut opener, out)?;
                    read += 1;
                }
                Err(e) => {
                    unread += 1;
                    writeln!(std::io::stderr(), "intaked: {e:#}")?;
                }
            }
            // Whoever reads the other end of a pipe sees each message as it is read.
            out.flush().map_err(anyhow::Error::from)
        })?;
    }
    anyhow::ensure!(unread == 0, "{unread} of {} files could not be read", unread + read);
    anyhow::ensure!(read > 0, "there was no message; a folder's messages end in .eml");
    Ok(Ending::Well)
}

fn one(
    args: &Args,
    ground: &Ground,
    name: &str,
    bytes: &[u8],
    opener: &mut Apart,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let message = Message::parse_with(bytes, &mut opener.for_message());
    let addressed = if ground.own_domains.is_empty() { addressed_to(&message) } else { Vec::new() };
    let own_domains = if ground.own_domains.is_empty() { &addressed } else { &ground.own_domains };
    let circumstances = Circumstances {
        received: message.date.unwrap_or_else(Clock::real),
        calendar: &ground.calendar,
        own_domains,
        own_addresses: &ground.own_addresses,
    };
    let found = ground.rulebook.read(&message, &circumstances);
    if args.jsonl {
        serde_json::to_writer(&mut *out, &ground.rulebook.as_labels(name, &message, &found))?;
        writeln!(out)?;
        return Ok(());
    }
    reading::write(out, name, &message, &found, &ground.rulebook)?;
    Ok(())
}

/// Whose inbox a message lay in, where nobody says: the domains it is addressed to. Where it goes to several firms,
/// the sender's own is not one of them: a client who copies a colleague is no staff.
fn addressed_to(message: &Message) -> Vec<String> {
    let mut domains: Vec<String> = Vec::new();
    for to in message.to.iter().chain(&message.cc) {
        let domain = to.address.domain();
        if !is_free_mail(domain) && !domains.iter().any(|d| d == domain) {
            domains.push(domain.to_owned());
        }
    }
    if let Some(from) = message.from.as_ref().filter(|_| domains.len() > 1) {
        domains.retain(|d| d != from.address.domain());
    }
    domains
}

#[cfg(test)]
mod tests {
    use super::*;

    fn domains(header: &str) -> Vec<String> {
        addressed_to(&Message::parse(format!("{header}\r\nSubject: x\r\n\r\nx\r\n").as_bytes()))
    }

    #[test]
    fn whose_inbox_it_was_is_told_by_the_address_and_never_by_the_sender_alone() {
        assert_eq!(domains("From: a@client.example\r\nTo: service@agency.example"), ["agency.example"]);
        assert_eq!(domains("From: ana@agency.example\r\nTo: service@agency.example"), ["agency.example"]);
        let copied = "From: a@client.example\r\nTo: b@client.example, service@agency.example";
        assert_eq!(domains(copied), ["agency.example"]);
        assert_eq!(domains("From: a@client.example\r\nTo: agency@gmail.com"), [""; 0]);
    }
}
