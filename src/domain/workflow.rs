//! How work of one request type is done here: who, in which steps, by when, and who hears when it slips.
//!
//! This is the half of a page under `rules/` that the desk reads; the other half (how it is recognised) is `reading`'s.

mod step;

pub use step::{Each, Known, PerPolicy, Spawns, Step, When};

use super::{person::Role, pipeline::Pipeline};
use serde::{Deserialize, Serialize};

/// The working half of a page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Practice {
    /// Who does it.
    pub staff: Staffing,
    /// How much a task of it weighs where open work is compared.
    #[serde(default)]
    pub weight: Weights,
    /// It goes to whoever is there now: nobody's absence, limit or day off lets it wait.
    #[serde(default)]
    pub at_once: bool,
    /// Open tasks of it wait for the client's decision: the owner sees them every morning.
    #[serde(default)]
    pub undecided: bool,
    /// The steps, in order.
    #[serde(rename = "step")]
    pub steps: Vec<Step>,
    /// What “done” means, in a sentence.
    pub done_when: String,
    /// The measurable standard.
    pub standard: Standard,
    /// How questions to the client are followed up; never where left out.
    #[serde(default)]
    pub questions: Option<Questions>,
    /// Whom to tell when it slips, in order.
    #[serde(default, rename = "escalate")]
    pub escalations: Vec<Escalation>,
    /// Templates used in the place of the usual ones: usual name → file name under `templates/`.
    #[serde(default)]
    pub letters: std::collections::BTreeMap<String, String>,
    /// The account book's policies bring this work by their dates; only mail does where left out.
    #[serde(default)]
    pub pipeline: Option<Pipeline>,
}

/// Who does a kind of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Staffing {
    /// Who does the simple ones.
    pub simple: Role,
    /// Who does the complex ones.
    pub complex: Role,
}

/// How much work a task is, beside others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    /// A simple one.
    pub simple: u32,
    /// A complex one.
    pub complex: u32,
}

impl Default for Weights {
    /// All alike.
    fn default() -> Self {
        Self { simple: 1, complex: 1 }
    }
}

impl Weights {
    /// Of one task.
    #[must_use]
    pub fn of(self, complexity: super::reading::Complexity) -> u32 {
        match complexity {
            super::reading::Complexity::Simple => self.simple,
            super::reading::Complexity::Complex => self.complex,
        }
    }
}

/// Whom a step waits on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// The client.
    Client,
    /// The insurer.
    Carrier,
    /// Anybody else outside.
    ThirdParty,
}

impl std::fmt::Display for Party {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Client => "client",
            Self::Carrier => "carrier",
            Self::ThirdParty => "third party",
        })
    }
}

impl std::str::FromStr for Party {
    type Err = String;
    fn from_str(s: &str) -> Result<Self, String> {
        match s {
            "client" => Ok(Self::Client),
            "carrier" => Ok(Self::Carrier),
            "third_party" | "third party" | "other" => Ok(Self::ThirdParty),
            _ => Err(format!("“{s}” is nobody to wait on: write client, carrier or third_party")),
        }
    }
}

/// A span of time as pages write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Span {
    /// Minutes by the wall, moved to the next opening: `24h`, `90m`.
    Wall(u32),
    /// Minutes in which the agency is open: `4 office hours`, `30 office minutes`.
    Office(u32),
    /// Business days: `2 business days`.
    Days(u32),
}

impl TryFrom<String> for Span {
    type Error = String;
    fn try_from(s: String) -> Result<Self, String> {
        let help = || {
            format!(
                "“{s}” is not a span of time: write “24h”, “90m”, “4 office hours”, “30 office minutes” or “2 business days”"
            )
        };
        let t = s.trim();
        let digits: String = t.chars().take_while(char::is_ascii_digit).collect();
        let n: u32 = digits.parse().map_err(|_| help())?;
        let unit = t.strip_prefix(digits.as_str()).unwrap_or("").trim();
        let span = match unit {
            "h" | "hour" | "hours" => Self::Wall(n.checked_mul(60).ok_or_else(help)?),
            "m" | "min" | "minutes" => Self::Wall(n),
            "office hour" | "office hours" => Self::Office(n.checked_mul(60).ok_or_else(help)?),
            "office minute" | "office minutes" => Self::Office(n),
            "business day" | "business days" => Self::Days(n),
            _ => return Err(help()),
        };
        let minutes = match span {
            Self::Wall(m) | Self::Office(m) => m,
            Self::Days(d) => d.saturating_mul(1440),
        };
        if minutes > 1440 * 1000 { Err(format!("“{s}” is longer than 1000 days")) } else { Ok(span) }
    }
}

impl From<Span> for String {
    fn from(s: Span) -> String {
        s.to_string()
    }
}

impl std::fmt::Display for Span {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {
            Self::Wall(m) if m % 60 == 0 => write!(f, "{}h", m / 60),
            Self::Wall(m) => write!(f, "{m}m"),
            Self::Office(60) => write!(f, "1 office hour"),
            Self::Office(m) if m % 60 == 0 => write!(f, "{} office hours", m / 60),
            Self::Office(m) => write!(f, "{m} office minutes"),
            Self::Days(1) => write!(f, "1 business day"),
            Self::Days(d) => write!(f, "{d} business days"),
        }
    }
}

/// How questions to the client are followed up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Questions {
    /// After how long without an answer the client is reminded, and how long an answer is waited for after the last
    /// reminder before a person hears.
    pub remind: Span,
    /// How often.
    pub times: u8,
    /// Does the task wait on the client until the answer comes?
    #[serde(default)]
    pub waits: bool,
}

/// What a request type is measured by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Standard {
    /// From arrival to the first act of a person.
    pub first_touch: Span,
    /// The agency's own time from arrival to done.
    pub turnaround: Span,
    /// How long before the client's deadline it must be warned of.
    pub lead: Span,
    /// In progress without a human act for so long is a reason to ask.
    pub idle: Span,
    /// How long it may wait on somebody before it comes back.
    pub follow_up: Span,
    /// How long a client who asks how it stands may be without an answer.
    #[serde(default = "four_office_hours")]
    pub answer: Span,
    /// How long what was read with doubt may lie without anybody having looked at it.
    #[serde(default = "four_office_hours")]
    pub look: Span,
    /// When everybody on the page was told and nobody acted, it is told again after so long, for as long as it is open.
    #[serde(default = "a_week")]
    pub again: Span,
}

fn four_office_hours() -> Span {
    Span::Office(240)
}

fn a_week() -> Span {
    Span::Days(5)
}

/// A clock that can run out on a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clock {
    /// Nobody has touched it.
    Untouched,
    /// It was read with doubt, and nobody has looked at it.
    Unread,
    /// The client's deadline is near.
    DeadlineNear,
    /// The client's deadline, or the turnaround standard, has passed.
    Overdue,
    /// In progress without a human act.
    Idle,
    /// It has waited on somebody for long enough.
    WaitingTooLong,
    /// The client asked how it stands, and nobody has done anything about it since.
    Unanswered,
    /// A letter of ours to the client came back, and nobody has done anything about it since.
    Undelivered,
    /// A hazard: at once.
    Hazard,
    /// Everybody on the page was told, and it is open still. No page says this: it holds for every open task.
    StillOpen,
    /// The day of a dated step has come, and the step is open.
    Scheduled,
}

impl std::fmt::Display for Clock {
    /// What has happened, in words.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Untouched => "nobody has touched it",
            Self::Unread => "it was read with doubt, and nobody has looked at it",
            Self::DeadlineNear => "its deadline is near",
            Self::Overdue => "it is overdue",
            Self::Idle => "nothing has happened for a while",
            Self::WaitingTooLong => "it has waited long enough",
            Self::Unanswered => "the client asked how it stands, and has no answer",
            Self::Undelivered => "a letter to the client came back",
            Self::Hazard => "a danger",
            Self::StillOpen => "everybody was told, and it is open still",
            Self::Scheduled => "a step's day has come",
        })
    }
}

impl Clock {
    /// Every clock, in order of urgency.
    pub const ALL: [Clock; 11] = [
        Clock::Hazard,
        Clock::Overdue,
        Clock::Undelivered,
        Clock::DeadlineNear,
        Clock::Scheduled,
        Clock::Unanswered,
        Clock::Unread,
        Clock::Untouched,
        Clock::WaitingTooLong,
        Clock::Idle,
        Clock::StillOpen,
    ];

    /// Its place in the order of urgency; 0 is the most urgent.
    #[must_use]
    pub fn urgency(self) -> usize {
        Self::ALL.iter().position(|c| *c == self).unwrap_or(Self::ALL.len())
    }
}

/// One rung of a ladder: when `clock` has run out (and `after` more), tell `tell`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Escalation {
    /// Which clock.
    pub clock: Clock,
    /// How long after it ran out; at once where left out.
    #[serde(default)]
    pub after: Option<Span>,
    /// Whom to tell.
    pub tell: Vec<Listener>,
}

/// Who hears of an escalation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Listener {
    /// Whoever has the task.
    Assignee,
    /// Everybody who is operations manager.
    OperationsManager,
    /// Everybody who owns the agency.
    Owner,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_and_written_alike() {
        for s in
            ["24h", "90m", "4 office hours", "1 office hour", "30 office minutes", "2 business days", "1 business day"]
        {
            assert_eq!(Span::try_from(s.to_owned()).unwrap().to_string(), s);
        }
    }
    #[test]
    fn a_wrong_span_says_how_to_write_it() {
        for s in ["", "soon", "2 days", "-1h", "999999999999h", "99999999h"] {
            assert!(Span::try_from(s.to_owned()).is_err(), "{s}");
        }
    }
}
