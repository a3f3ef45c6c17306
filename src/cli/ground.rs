//! What commands read messages by when no daemon is asked: pages, zone, and whose inbox it is.

use super::{moment, print};
use crate::config::Config;
use crate::daemon::{clock::Clock, guidance, opener::Apart};
use crate::domain::{
    Timestamp, account::is_free_mail, calendar::Calendar, mistake::Mistake, reading::Reading, text::Address,
};
use crate::message::Message;
use crate::reading::{Circumstances, Rulebook, TraitLesson};
use chrono::NaiveDate;
use std::cell::RefCell;
use std::io::Write;
use std::path::PathBuf;

/// By what to read.
#[derive(Debug, clap::Args)]
pub(super) struct By {
    /// Pages to read by; else those of --config, else the built-in ones
    #[arg(long, value_name = "FOLDER")]
    rules: Option<PathBuf>,
    /// The agency's time zone, in which “by Friday” is meant
    #[arg(long, value_name = "ZONE", default_value = "America/Chicago", value_parser = moment::zone, conflicts_with = "config")]
    zone: chrono_tz::Tz,
    /// A mail domain of the agency, whose mail is staff's; may be given several times. Else the domain that a message
    /// is addressed to
    #[arg(long, value_name = "DOMAIN", conflicts_with = "config")]
    own: Vec<String>,
    /// The agency's configuration
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl By {
    /// The agency's configuration, where one is named.
    pub(super) fn config(&self) -> Option<&std::path::Path> {
        self.config.as_deref()
    }
}

/// What all messages are read by.
#[derive(Debug)]
pub struct Ground {
    /// The pages.
    pub rulebook: Rulebook,
    calendar: Calendar,
    own_domains: Vec<String>,
    own_addresses: Vec<Address>,
    /// Opens attached documents; `None` leaves them closed.
    opener: RefCell<Option<Apart>>,
}

impl Ground {
    /// The built-in pages and usual office hours, in this zone; attached documents stay closed.
    #[must_use]
    pub fn built_in(zone: chrono_tz::Tz) -> Self {
        let calendar = Calendar::usual(zone);
        Self {
            rulebook: Rulebook::built_in(),
            calendar,
            own_domains: Vec::new(),
            own_addresses: Vec::new(),
            opener: RefCell::default(),
        }
    }

    /// As the command line says.
    pub(super) fn lay(by: &By) -> Result<Self, Vec<Mistake>> {
        let config = by.config.as_deref().map(Config::load).transpose()?;
        let of_config = config.as_ref().and_then(|c| c.folders.rules.as_deref());
        let opener = RefCell::new(Some(Apart::default()));
        let rulebook = guidance::rulebook(by.rules.as_deref().or(of_config))?;
        Ok(match config {
            Some(c) => {
                let own_addresses = vec![c.agency.address.clone()];
                Self { rulebook, calendar: c.calendar, own_domains: c.agency.domains, own_addresses, opener }
            }
            None => {
                let own_domains = by.own.iter().map(|d| d.to_lowercase()).collect();
                Self { rulebook, calendar: Calendar::usual(by.zone), own_domains, own_addresses: Vec::new(), opener }
            }
        })
    }

    /// The same; what is wrong is printed, and gives nothing.
    pub(super) fn or_mistakes(by: &By, out: &mut dyn Write) -> anyhow::Result<Option<Self>> {
        match Self::lay(by) {
            Ok(ground) => Ok(Some(ground)),
            Err(mistakes) => {
                print::mistakes(out, &mistakes)?;
                Ok(None)
            }
        }
    }

    /// The same, with attached documents closed: quicker, for whoever reads thousands of messages for their kind alone.
    pub(super) fn with_documents_closed(self) -> Self {
        Self { opener: RefCell::default(), ..self }
    }

    /// Whose office time.
    pub(super) fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// Parses and reads a message, received then; at its own Date where nobody says when.
    #[must_use]
    pub fn read(&self, bytes: &[u8], received: Option<Timestamp>) -> (Message, Reading) {
        let message = match self.opener.borrow_mut().as_mut() {
            Some(opener) => Message::parse_with(bytes, &mut opener.for_message()),
            None => Message::parse(bytes),
        };
        let reading = self.among(&message, received, |circumstances| self.rulebook.read(&message, circumstances));
        (message, reading)
    }

    /// What a labelled message teaches about dates. `types`: what it asks for, the first one first; `stated`: the date of
    /// a field as the label has it, an inner `None` where it states none, an outer one where it is silent.
    #[must_use]
    pub fn date_lessons(
        &self,
        message: &Message,
        received: Option<Timestamp>,
        types: &[&str],
        stated: impl Fn(&str) -> Option<Option<NaiveDate>>,
    ) -> Vec<TraitLesson> {
        self.among(message, received, |circumstances| {
            self.rulebook.date_lessons(message, circumstances, types, &stated)
        })
    }

    /// What a labelled message teaches about kinds; `stated`: the values of a field as the label has them,
    /// `None` where it is silent.
    #[must_use]
    pub fn kind_lesson(
        &self,
        message: &Message,
        received: Option<Timestamp>,
        types: &[&str],
        stated: impl Fn(&str) -> Option<Vec<String>>,
    ) -> Option<TraitLesson> {
        self.among(message, received, |circumstances| self.rulebook.kind_lesson(message, circumstances, types, &stated))
    }

    /// What a labelled message teaches about names; `stated`: the name in a field's value as the label has it,
    /// an inner `None` where it states none, an outer one where it is silent.
    #[must_use]
    pub fn name_lessons(
        &self,
        message: &Message,
        received: Option<Timestamp>,
        types: &[&str],
        stated: impl Fn(&str) -> Option<Option<String>>,
    ) -> Vec<TraitLesson> {
        self.among(message, received, |circumstances| {
            self.rulebook.name_lessons(message, circumstances, types, &stated)
        })
    }

    /// What a labelled message teaches that asks for these types, the first of which is complex or is not.
    #[must_use]
    pub fn complex_lesson(
        &self,
        message: &Message,
        received: Option<Timestamp>,
        types: &[&str],
        complex: bool,
    ) -> Option<TraitLesson> {
        self.among(message, received, |circumstances| {
            self.rulebook.complex_lesson(message, circumstances, types, complex)
        })
    }

    /// Does something in the circumstances of a message.
    fn among<T>(
        &self,
        message: &Message,
        received: Option<Timestamp>,
        what: impl FnOnce(&Circumstances<'_>) -> T,
    ) -> T {
        let addressed = if self.own_domains.is_empty() { addressed_to(message) } else { Vec::new() };
        let own_domains = if self.own_domains.is_empty() { &addressed } else { &self.own_domains };
        let circumstances = Circumstances {
            received: received.or(message.date).unwrap_or_else(Clock::real),
            calendar: &self.calendar,
            own_domains,
            own_addresses: &self.own_addresses,
        };
        what(&circumstances)
    }
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
