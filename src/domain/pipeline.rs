//! Work that the calendar brings: what a page says of the days before a policy's date, and how a task stands in them.
//!
//! Plain types and day counts. Knows no clock, no letter and no page by name.

use super::{
    Timestamp,
    account::{Account, Billing, Cents, Class, Policy},
    id::*,
    text::folded,
};
use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What a page says of the account book's policies: when a task is opened for their date, and how it goes on
/// (`[work.pipeline]`). The days of the steps stand with the steps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pipeline {
    /// So many days before the policies' last day the task is opened.
    pub list: u16,
    /// From so many days before on, whoever has it is reminded every business day until it is settled.
    #[serde(default)]
    pub daily_from: Option<u16>,
    /// Once one of these steps is ticked or waived it is settled.
    #[serde(default)]
    pub settled_by: Vec<StepId>,
    /// Policies of these kinds open a task only where mail flags it.
    #[serde(default)]
    pub by_exception: Vec<PolicyKind>,
    /// The field of a message whose values flag the task.
    #[serde(default)]
    pub flagged_by: Option<String>,
    /// What each of those values is called for people.
    #[serde(default)]
    pub flags: BTreeMap<String, String>,
    /// Days that matter by themselves, beside those of the steps.
    #[serde(default, rename = "date")]
    pub key_dates: Vec<KeyDate>,
}

/// A day that matters by itself, such as a carrier's deadline for a quote. It is so many days before the policies' last
/// day, or the day that the task's field of this name says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyDate {
    /// The field that says another day for one task.
    pub field: String,
    /// What people call it.
    pub title: String,
    /// So many days before the last day, where the field says nothing.
    pub days_before: u16,
    /// Once one of these steps is ticked or waived it matters no more.
    #[serde(default)]
    pub met_by: Vec<StepId>,
}

/// A kind of policies. Every key that is given must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PolicyKind {
    /// Personal or commercial.
    pub class: Option<Class>,
    /// Who bills it.
    pub billing: Option<Billing>,
    /// One of these lines, as the book names them.
    pub lines: Vec<String>,
}

impl PolicyKind {
    /// No key is given, so that it would hold for every policy.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a policy is of this kind; what the book does not tell is commercial, and billed by the agency.
    #[must_use]
    pub fn holds(&self, policy: &Policy) -> bool {
        let line = folded(policy.line.as_deref().unwrap_or(""));
        self.class.is_none_or(|c| policy.class.unwrap_or(Class::Commercial) == c)
            && self.billing.is_none_or(|b| policy.billing.unwrap_or(Billing::Agency) == b)
            && (self.lines.is_empty() || self.lines.iter().any(|l| folded(l) == line))
    }
}

impl Pipeline {
    /// Whether a policy opens a task only where mail flags it.
    #[must_use]
    pub fn is_exception(&self, policy: &Policy) -> bool {
        self.by_exception.iter().any(|kind| kind.holds(policy))
    }

    /// The day on which policies with this last day are listed.
    #[must_use]
    pub fn listed_on(&self, expiration: NaiveDate) -> NaiveDate {
        days_before(expiration, self.list)
    }

    /// An account's policies that open tasks by themselves, by their last day, from `today` on; those of later days too.
    #[must_use]
    pub fn dates<'a>(&self, account: &'a Account, today: NaiveDate) -> BTreeMap<NaiveDate, Vec<&'a Policy>> {
        let mut dates: BTreeMap<NaiveDate, Vec<&Policy>> = BTreeMap::new();
        for policy in account.policies.iter().filter(|p| !self.is_exception(p)) {
            if let Some(day) = policy.expiration.filter(|day| *day >= today) {
                dates.entry(day).or_default().push(policy);
            }
        }
        dates
    }
}

/// The day so many days before another.
#[must_use]
pub fn days_before(day: NaiveDate, days: u16) -> NaiveDate {
    day.checked_sub_days(Days::new(u64::from(days))).unwrap_or(day)
}

/// What a task of the pipeline is about: an account's policies with one last day. (account, page, expiration) is one task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// The page that listed it.
    pub page: RequestType,
    /// The policies' last day.
    pub expiration: NaiveDate,
    /// When it was listed.
    pub listed: Timestamp,
    /// The policies, as the book has them.
    pub policies: Vec<Expiring>,
    /// What makes it more than a matter of course.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<Flag>,
    /// Letters of the schedule whose day has come.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub letters: Vec<ScheduledLetter>,
    /// The last day on which the daily reminder went.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminded_on: Option<NaiveDate>,
    /// When somebody outside last wrote about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heard: Option<Timestamp>,
    /// When that was the client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered: Option<Timestamp>,
}

/// A policy of a term.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expiring {
    /// Its number.
    pub number: String,
    /// The carrier.
    pub carrier: Option<String>,
    /// Line of insurance.
    pub line: Option<String>,
    /// The premium of the term that ends.
    pub premium: Option<Cents>,
    /// What the book says of it now, where that is no longer this last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Since>,
}

/// What became of a policy in the account book after it was listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Since {
    /// It is not there any more.
    Gone,
    /// It is there with a later term, until this day.
    Until(NaiveDate),
}

/// Something that makes it more than a matter of course.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flag {
    /// The value of the field that showed it.
    pub key: String,
    /// What people call it.
    pub title: String,
    /// Since when.
    pub at: Timestamp,
}

/// A letter of the schedule whose day has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduledLetter {
    /// The step it belongs to.
    pub step: StepId,
    /// Its day: so many days before the policies' last day.
    pub before: u16,
    /// When it was dealt with.
    pub at: Timestamp,
    /// It was written. Not where a later one took its place, or the client had written.
    pub written: bool,
}

impl From<&Policy> for Expiring {
    fn from(p: &Policy) -> Self {
        let (carrier, line) = (p.carrier.clone(), p.line.clone());
        Self { number: p.number.clone(), carrier, line, premium: p.premium, since: None }
    }
}

impl Term {
    /// A term that is listed now.
    #[must_use]
    pub fn listed(page: &RequestType, expiration: NaiveDate, policies: &[&Policy], now: Timestamp) -> Self {
        Self {
            page: page.clone(),
            expiration,
            listed: now,
            policies: policies.iter().map(|p| Expiring::from(*p)).collect(),
            flags: Vec::new(),
            letters: Vec::new(),
            reminded_on: None,
            heard: None,
            answered: None,
        }
    }

    /// What the agency's clients pay for it in the term that ends, as far as the book tells.
    #[must_use]
    pub fn at_stake(&self) -> Option<Cents> {
        let told: Vec<i64> = self.policies.iter().filter_map(|p| p.premium).map(|c| c.0).collect();
        (!told.is_empty()).then(|| Cents(told.iter().fold(0_i64, |sum, c| sum.saturating_add(*c))))
    }

    /// The policies' numbers.
    #[must_use]
    pub fn numbers(&self) -> Vec<&str> {
        self.policies.iter().map(|p| p.number.as_str()).collect()
    }

    /// Whether one of these numbers, folded, is of it.
    #[must_use]
    pub fn has_any(&self, folded_numbers: &BTreeSet<String>) -> bool {
        self.policies.iter().any(|p| folded_numbers.contains(&folded(&p.number)))
    }

    /// Days from `today` until the last day; below 0 once it is over.
    #[must_use]
    pub fn days_left(&self, today: NaiveDate) -> i64 {
        (self.expiration - today).num_days()
    }
}

/// What a schedule is, in words that differ where it would list otherwise: page, days and exceptions.
#[must_use]
pub fn schedule<'p>(pages: impl Iterator<Item = (&'p RequestType, &'p Pipeline)>) -> String {
    let one = |(page, p): (&RequestType, &Pipeline)| {
        let kind = |k: &PolicyKind| format!("{:?} {:?} {}", k.class, k.billing, k.lines.join(" "));
        let kinds: Vec<String> = p.by_exception.iter().map(kind).collect();
        format!("{page} {} days, not by itself: {}", p.list, kinds.join(", "))
    };
    pages.map(one).collect::<Vec<_>>().join("; ")
}

/// Where a task is kept that a term has: open or over.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TermTask {
    /// The policies' last day.
    pub expiration: NaiveDate,
    /// The task.
    pub task: TaskId,
    /// The page that listed it.
    pub page: RequestType,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(s: &str) -> NaiveDate {
        s.parse().unwrap()
    }

    #[test]
    fn personal_policies_that_the_carrier_bills_are_an_exception_and_unknown_ones_are_not() {
        let kind = PolicyKind { class: Some(Class::Personal), billing: Some(Billing::Direct), lines: Vec::new() };
        let policy = |class, billing| Policy { class, billing, ..Policy::of("HO 1") };
        assert!(kind.holds(&policy(Some(Class::Personal), Some(Billing::Direct))));
        assert!(!kind.holds(&policy(Some(Class::Personal), None)));
        assert!(!kind.holds(&policy(None, Some(Billing::Direct))));
        assert!(!kind.holds(&policy(None, None)));
        let lines = PolicyKind { lines: vec!["AUTOP".to_owned()], ..PolicyKind::default() };
        assert!(lines.holds(&Policy { line: Some("auto-p".to_owned()), ..Policy::of("X") }));
    }

    #[test]
    fn what_is_at_stake_is_the_sum_of_what_the_book_tells() {
        let held = |number: &str, cents| Policy { premium: cents, ..Policy::of(number) };
        let (a, b) = (held("A", Some(Cents(120_000))), held("B", None));
        let page = RequestType("bond".to_owned());
        let term = Term::listed(&page, day("2027-03-01"), &[&a, &b], chrono::DateTime::UNIX_EPOCH);
        assert_eq!(term.at_stake(), Some(Cents(120_000)));
        let none = Term::listed(&page, day("2027-03-01"), &[&b], chrono::DateTime::UNIX_EPOCH);
        assert_eq!(none.at_stake(), None);
        assert_eq!(term.days_left(day("2027-02-19")), 10);
    }
}
