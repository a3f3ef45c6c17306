//! The survey: an agency's mail as it was before anything is changed, as a baseline for a pilot.
//!
//! Made of headers and of what the rules find in what arrived. An answer is a message of the agency's own that names the
//! one it answers in In-Reply-To or References (RFC 5322 3.6.4); who calls back by telephone leaves no trace here.

use super::chart::{self, escaped};
use super::figure::{Unit, minutes, number, quantile};
use super::page::{head, tile};
use super::period::Period;
use crate::domain::{Timestamp, calendar::Calendar};
use chrono::Timelike as _;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

/// A message that arrived.
#[derive(Debug, Clone, PartialEq)]
pub struct Arrived {
    /// Its Message-ID.
    pub id: Option<String>,
    /// When.
    pub at: Timestamp,
    /// Who wrote it.
    pub from: String,
    /// Its subject.
    pub subject: String,
    /// What it is about, for people.
    pub kind: String,
    /// Somebody waits for an answer: a person outside wrote it, and something is to be done.
    pub waits: bool,
}

/// A message of the agency's own that answers others.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// When it was sent.
    pub at: Timestamp,
    /// The Message-IDs that it answers.
    pub to: Vec<String>,
}

/// Figures of some mail.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Kind {
    /// What it is about.
    pub name: String,
    /// How many messages.
    pub messages: usize,
    /// Of these, how many wait for an answer.
    pub waiting: usize,
    /// Of these, how many were answered.
    pub answered: usize,
    /// Office minutes to the first answer: half took no longer.
    pub answer_median: Option<f64>,
    /// Nine in ten took no longer.
    pub answer_p90: Option<f64>,
    /// How many got none and came longer ago than two business days.
    pub never: usize,
}

/// Somebody who writes much.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sender {
    /// Their address.
    pub address: String,
    /// How many messages.
    pub messages: usize,
    /// How many of them were never answered.
    pub never: usize,
}

/// A message that was never answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unanswered {
    /// When it came.
    pub at: Timestamp,
    /// From whom.
    pub from: String,
    /// Its subject.
    pub subject: String,
    /// What it is about.
    pub kind: String,
    /// Its Message-ID, to find it again.
    pub id: Option<String>,
}

/// The survey.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Survey {
    /// Of which time.
    pub period: Period,
    /// All mail.
    pub total: Kind,
    /// By what it is about, the most frequent first.
    pub kinds: Vec<Kind>,
    /// Who writes most.
    pub senders: Vec<Sender>,
    /// What was never answered, the oldest first.
    pub never: Vec<Unanswered>,
    /// Messages by the hour of their arrival, in the agency's zone.
    pub hours: Vec<usize>,
    /// Messages of the agency's own that were looked through for answers.
    pub sent: usize,
}

/// Senders told.
const SENDERS: usize = 15;

impl Survey {
    /// Makes the survey of a period.
    #[must_use]
    pub fn of(mail: &[Arrived], answers: &[Answer], period: Period, calendar: &Calendar) -> Self {
        let mut first: HashMap<&str, Vec<Timestamp>> = HashMap::new();
        for answer in answers {
            for id in &answer.to {
                first.entry(id).or_default().push(answer.at);
            }
        }
        let answered = |m: &Arrived| first.get(m.id.as_deref()?)?.iter().filter(|at| **at >= m.at).min().copied();
        let grace = calendar.previous_business_day(calendar.previous_business_day(calendar.day(period.to)));
        let stale = |m: &Arrived| calendar.day(m.at) < grace;
        let figures = |name: String, some: &[&Arrived]| {
            let waiting: Vec<&Arrived> = some.iter().copied().filter(|m| m.waits).collect();
            let took: Vec<f64> =
                waiting.iter().filter_map(|m| Some(minutes(calendar.office_between(m.at, answered(m)?)))).collect();
            Kind {
                name,
                messages: some.len(),
                waiting: waiting.len(),
                answered: took.len(),
                answer_median: quantile(took.clone(), 0.5),
                answer_p90: quantile(took, 0.9),
                never: waiting.iter().filter(|m| answered(m).is_none() && stale(m)).count(),
            }
        };
        let mail: Vec<&Arrived> = mail.iter().filter(|m| period.from <= m.at && m.at < period.to).collect();
        let mut by_kind: BTreeMap<&str, Vec<&Arrived>> = BTreeMap::new();
        let mut by_sender: BTreeMap<&str, Vec<&Arrived>> = BTreeMap::new();
        let mut hours = vec![0; 24];
        for m in &mail {
            by_kind.entry(&m.kind).or_default().push(m);
            by_sender.entry(&m.from).or_default().push(m);
            if let Some(hour) = hours.get_mut(m.at.with_timezone(&calendar.zone()).hour() as usize) {
                *hour += 1;
            }
        }
        let mut kinds: Vec<Kind> = by_kind.into_iter().map(|(name, some)| figures(name.to_owned(), &some)).collect();
        kinds.sort_by(|a, b| b.messages.cmp(&a.messages).then_with(|| a.name.cmp(&b.name)));
        let mut senders: Vec<Sender> = by_sender
            .into_iter()
            .map(|(address, some)| {
                let Kind { messages, never, .. } = figures(String::new(), &some);
                Sender { address: address.to_owned(), messages, never }
            })
            .collect();
        senders.sort_by(|a, b| b.messages.cmp(&a.messages).then_with(|| a.address.cmp(&b.address)));
        senders.truncate(SENDERS);
        let mut never: Vec<Unanswered> = mail
            .iter()
            .filter(|m| m.waits && answered(m).is_none() && stale(m))
            .map(|m| Unanswered {
                at: m.at,
                from: m.from.clone(),
                subject: m.subject.clone(),
                kind: m.kind.clone(),
                id: m.id.clone(),
            })
            .collect();
        never.sort_by_key(|u| u.at);
        let total = figures("All mail".to_owned(), &mail);
        Self { period, total, kinds, senders, never, hours, sent: answers.len() }
    }

    /// The survey as one HTML file.
    #[must_use]
    pub fn html(&self, agency: &str, zone: Tz) -> String {
        const LISTED: usize = 200;
        let mut out = head(&format!("{agency}: survey of {}", self.period.words()));
        let _ = write!(
            out,
            "<header><p class=\"over\">{}</p><h1>Survey of the mail, {}</h1><p>{} messages arrived; {} of the agency’s own were looked through for answers. Nothing was changed.</p></header>",
            escaped(agency),
            escaped(&self.period.words()),
            count(self.total.messages),
            count(self.sent)
        );
        let tiles = [
            ("Messages", count(self.total.messages)),
            ("Waited for an answer", count(self.total.waiting)),
            ("First answer, median", time(self.total.answer_median)),
            ("First answer, 90th", time(self.total.answer_p90)),
            ("Never answered", count(self.total.never)),
            ("Part of those that waited", part(self.total.never, self.total.waiting)),
        ];
        let tiles: String = tiles.iter().map(|(title, value)| tile(title, value)).collect();
        let _ = write!(out, "<dl class=\"tiles\">{tiles}</dl>");
        let spread = |k: &Kind| Some((k.name.clone(), k.answer_median?, k.answer_p90?));
        let rows: Vec<_> = self.kinds.iter().filter_map(spread).take(12).collect();
        if !rows.is_empty() {
            let drawn = chart::spreads("Office time to the first answer, median and nine in ten", &rows);
            let _ = write!(
                out,
                "<section><h2>Office time to the first answer</h2><p class=\"key\"><i class=\"dot\"></i>half took no longer; the bar ends where nine in ten were answered</p>{drawn}</section>"
            );
        }
        out.push_str("<h2>By kind</h2><div class=\"wide\"><table><thead><tr><th>Kind</th><th>Messages</th><th>Waited</th><th>Answered</th><th>Median</th><th>90th</th><th>Never</th></tr></thead><tbody>");
        for (k, class) in self.kinds.iter().map(|k| (k, "")).chain([(&self.total, " class=\"total\"")]) {
            let _ = write!(
                out,
                "<tr{class}><th>{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
                escaped(&k.name),
                k.messages,
                k.waiting,
                k.answered,
                time(k.answer_median),
                time(k.answer_p90),
                k.never
            );
        }
        out.push_str("</tbody></table></div><section><h2>Who writes most</h2><div class=\"wide\"><table><thead><tr><th>Address</th><th>Messages</th><th>Never answered</th></tr></thead><tbody>");
        for s in &self.senders {
            let _ = write!(out, "<tr><th>{}</th><td>{}</td><td>{}</td></tr>", escaped(&s.address), s.messages, s.never);
        }
        out.push_str("</tbody></table></div></section>");
        let _ = write!(
            out,
            "<section class=\"appendix\"><h2>Never answered by mail: {}</h2><p class=\"small\">Older than two business days, and no sent message names them in In-Reply-To or References. Somebody may have called.</p><div class=\"wide\"><table class=\"tasks\"><thead><tr><th>Arrived</th><th>From</th><th>Subject</th><th>Kind</th></tr></thead><tbody>",
            count(self.never.len())
        );
        for u in self.never.iter().take(LISTED) {
            let _ = write!(
                out,
                "<tr><th>{}</th><td>{}</td><td>{}</td><td>{}</td></tr>",
                u.at.with_timezone(&zone).format("%-d %b %H:%M"),
                escaped(&u.from),
                escaped(&u.subject.chars().take(70).collect::<String>()),
                escaped(&u.kind)
            );
        }
        out.push_str("</tbody></table></div></section></main></body></html>\n");
        out
    }
}

/// Office time in words.
#[must_use]
pub fn time(minutes: Option<f64>) -> String {
    minutes.map_or_else(|| "–".to_owned(), |m| Unit::OfficeMinutes.say(m))
}

/// A part of a whole in words.
#[must_use]
pub fn part(some: usize, all: usize) -> String {
    if all == 0 { "–".to_owned() } else { Unit::Share.say(number(some) / number(all)) }
}

fn count(n: usize) -> String {
    Unit::Count.say(number(n))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }
    fn mail(id: &str, when: &str, from: &str, waits: bool) -> Arrived {
        let kind = if waits { "Claim" } else { "No work" }.to_owned();
        Arrived { id: Some(id.to_owned()), at: at(when), from: from.to_owned(), subject: "x".to_owned(), kind, waits }
    }

    #[test]
    fn the_first_answer_counts_in_office_time_and_what_nobody_answered_is_told_after_two_days() {
        let calendar = Calendar::usual(chrono_tz::America::Chicago);
        let arrived = [
            // Friday, 4 PM; answered on Monday, 9 AM: an hour and a half of office time.
            mail("a", "2026-11-13T22:00:00Z", "jo@client.example", true),
            mail("b", "2026-11-16T15:00:00Z", "jo@client.example", true),
            mail("c", "2026-11-16T16:00:00Z", "news@list.example", false),
            // Too young to be called unanswered.
            mail("d", "2026-11-20T16:00:00Z", "al@client.example", true),
            mail("e", "2026-08-01T16:00:00Z", "al@client.example", true),
        ];
        let answers = [
            Answer { at: at("2026-11-17T15:00:00Z"), to: vec!["a".to_owned()] },
            Answer { at: at("2026-11-16T15:00:00Z"), to: vec!["x".to_owned(), "a".to_owned()] },
            // Sent before the message came: no answer to it.
            Answer { at: at("2026-11-10T15:00:00Z"), to: vec!["b".to_owned()] },
        ];
        let period = Period::read("2026-11-01..2026-11-21", &calendar, at("2026-11-21T12:00:00Z")).unwrap();
        let s = Survey::of(&arrived, &answers, period, &calendar);
        assert_eq!((s.total.messages, s.total.waiting, s.total.answered, s.total.never), (4, 3, 1, 1));
        assert_eq!(s.total.answer_median, Some(90.0));
        assert_eq!(s.never.iter().map(|u| u.id.as_deref()).collect::<Vec<_>>(), [Some("b")]);
        assert_eq!(
            (s.senders[0].address.as_str(), s.senders[0].messages, s.senders[0].never),
            ("jo@client.example", 2, 1)
        );
        assert_eq!(s.kinds.iter().map(|k| k.messages).sum::<usize>(), s.total.messages);
        assert!(s.html("A <b>", chrono_tz::America::Chicago).contains("A &lt;b&gt;"));
    }
}
