//! The mail of a simulation: made of the examples that the agency's own pages bring, or a person's own messages.
//!
//! So a page that an agency adds brings its mail with it. Everything is drawn from a seed.

use super::dice::Dice;
use super::model::Model;
use crate::domain::{Timestamp, account::Account, calendar::Calendar, id::*, text::*};
use crate::reading::{Example, Rulebook};
use chrono::{Datelike, Days, Duration, NaiveDate, NaiveTime};
use std::fmt::Write as _;

/// A message on its way.
#[derive(Debug, Clone, PartialEq)]
pub struct Coming {
    /// When it arrives.
    pub at: Timestamp,
    /// Its bytes.
    pub raw: Vec<u8>,
    /// What it is in truth, as far as that is known: what a person would say who sorts it.
    pub truth: Option<RequestType>,
}

/// Mail that nobody waits for, in the order of its arrival.
pub(super) struct Flow<'a> {
    model: &'a Model,
    calendar: &'a Calendar,
    to: &'a Address,
    accounts: &'a [Account],
    samples: Vec<(&'a Example, Option<RequestType>)>,
    weights: Vec<f64>,
    dice: Dice,
    day: NaiveDate,
    last: NaiveDate,
    today: Vec<Timestamp>,
    number: u64,
}

impl<'a> Flow<'a> {
    /// The mail of these days.
    pub(super) fn new(
        rulebook: &'a Rulebook,
        model: &'a Model,
        calendar: &'a Calendar,
        to: &'a Address,
        accounts: &'a [Account],
        (day, last): (NaiveDate, NaiveDate),
        seed: u64,
    ) -> Self {
        let mut samples = Vec::new();
        let mut weights = Vec::new();
        for page in rulebook.pages() {
            // An example may be of another page than it stands on: it says there what that page is not.
            let own: Vec<&Example> =
                page.examples.iter().filter(|e| e.types.first().is_some_and(|t| *t == page.id.0)).collect();
            for example in &own {
                samples.push((*example, Some(page.id.clone())));
                weights.push(model.weight(&page.id) / super::float(own.len()));
            }
        }
        let dice = Dice::new(seed, 2);
        Self { model, calendar, to, accounts, samples, weights, dice, day, last, today: Vec::new(), number: 0 }
    }

    /// The arrivals of the next day that has any, the last one first.
    fn next_day(&mut self) -> Option<()> {
        while self.today.is_empty() {
            if self.day > self.last {
                return None;
            }
            let weekday = self.day.weekday().num_days_from_monday() as usize;
            let busy = self.model.mail.weekdays.get(weekday).copied().unwrap_or(0.0);
            // On a holiday comes what comes on a Sunday.
            let holiday =
                !self.calendar.is_business_day(self.day) && self.calendar.week_hours(self.day.weekday()).is_some();
            let busy = if holiday { self.model.mail.weekdays.last().copied().unwrap_or(0.0) } else { busy };
            let midnight = self.day.and_time(NaiveTime::MIN);
            for _ in 0..self.dice.times(self.model.mail.a_day * busy) {
                let hour = self.dice.weighed(&self.model.mail.hours).unwrap_or(9);
                let seconds =
                    i64::try_from(hour).unwrap_or(9) * 3600 + i64::try_from(self.dice.bits() % 3600).unwrap_or(0);
                self.today.push(self.calendar.instant(midnight + Duration::seconds(seconds)));
            }
            self.today.sort_unstable_by(|a, b| b.cmp(a));
            self.day = self.day + Days::new(1);
        }
        Some(())
    }
}

impl Iterator for Flow<'_> {
    type Item = Coming;
    fn next(&mut self) -> Option<Coming> {
        self.next_day()?;
        let at = self.today.pop()?;
        let (example, truth) = self.samples.get(self.dice.weighed(&self.weights)?)?.clone();
        self.number += 1;
        let client = self.dice.pick(self.accounts).and_then(|a| a.contacts.first());
        let client = client.and_then(|c| Some(format!("{} <{}>", c.name, c.address.as_ref()?)));
        let from = example.from.clone().or(client).unwrap_or_else(|| "Jo Doe <jo@client.example>".to_owned());
        let written = Written {
            from: &from,
            to: self.to,
            subject: &example.subject,
            id: &format!("new.{}", self.number),
            headers: &example.headers,
            text: &example.text,
            attachments: &example.attachments,
        };
        Some(Coming { at, raw: written.bytes(at, self.calendar), truth })
    }
}

/// What a message of the simulation says.
pub(super) struct Written<'a> {
    pub(super) from: &'a str,
    pub(super) to: &'a Address,
    pub(super) subject: &'a str,
    pub(super) id: &'a str,
    pub(super) headers: &'a [String],
    pub(super) text: &'a str,
    pub(super) attachments: &'a [String],
}

impl Written<'_> {
    /// As it comes from a mail server (RFC 5322).
    pub(super) fn bytes(&self, at: Timestamp, calendar: &Calendar) -> Vec<u8> {
        const BORDER: &str = "=_simulated";
        let mut out = String::with_capacity(self.text.len() + 512);
        let date = at.with_timezone(&calendar.zone()).to_rfc2822();
        let _ = write!(
            out,
            "From: {}\r\nTo: {}\r\nSubject: {}\r\nDate: {date}\r\nMessage-ID: <{}@simulated.example>\r\nMIME-Version: 1.0\r\n",
            self.from, self.to, self.subject, self.id
        );
        for header in self.headers {
            let _ = write!(out, "{header}\r\n");
        }
        let plain = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n";
        if self.attachments.is_empty() {
            let _ = write!(out, "{plain}");
        } else {
            let _ = write!(out, "Content-Type: multipart/mixed; boundary=\"{BORDER}\"\r\n\r\n--{BORDER}\r\n{plain}");
        }
        for line in self.text.lines() {
            let _ = write!(out, "{line}\r\n");
        }
        for name in self.attachments {
            let name = name.replace(['"', '\\', '\r', '\n'], "");
            let _ = write!(
                out,
                "\r\n--{BORDER}\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n\r\n.\r\n"
            );
        }
        if !self.attachments.is_empty() {
            let _ = write!(out, "\r\n--{BORDER}--\r\n");
        }
        out.into_bytes()
    }
}
