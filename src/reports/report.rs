//! A report: the figures of a period, of all tasks and by group, with the tasks behind each.

use super::case::{Case, Court};
use super::figure::{Figure, Measure, in_court, number, own_time};
use super::gather::{Became, Gathering};
use super::period::Period;
use crate::domain::{Timestamp, calendar::Calendar, id::*, task::End, workflow::Span};
use chrono::{Days, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// By what tasks are grouped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// Request type.
    #[default]
    Type,
    /// Whoever has the task at last.
    Person,
    /// Client.
    Account,
    /// Carrier of the policy it names, else the only one its client has.
    Carrier,
    /// The week in which it arrived, by its Monday.
    Week,
}

impl By {
    /// All of them, as the command line writes them.
    pub const ALL: [(&'static str, Self); 5] = [
        ("type", Self::Type),
        ("person", Self::Person),
        ("account", Self::Account),
        ("carrier", Self::Carrier),
        ("week", Self::Week),
    ];
    /// What a group is, over a column.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Type => "Request type",
            Self::Person => "Person",
            Self::Account => "Account",
            Self::Carrier => "Carrier",
            Self::Week => "Week of arrival",
        }
    }
}

impl std::str::FromStr for By {
    type Err = String;
    fn from_str(s: &str) -> Result<Self, String> {
        let found = Self::ALL.iter().find(|(word, _)| *word == s).map(|(_, by)| *by);
        found.ok_or_else(|| format!("“{s}” is nothing to group by: write type, person, account, carrier or week"))
    }
}

/// What a report needs to know of the agency.
pub struct Frame<'a> {
    /// Its name.
    pub agency: &'a str,
    /// Its office time.
    pub calendar: &'a Calendar,
    /// Names of its people.
    pub names: BTreeMap<PersonId, String>,
    /// The pages' standard for the first touch, by type; `None` is triage.
    pub first_touch: &'a dyn Fn(Option<&RequestType>) -> Span,
}

/// A figure with its value and the tasks it was made of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// Which.
    pub figure: Figure,
    /// The value, in the figure's unit; `None` where there is nothing to make it of.
    pub value: Option<f64>,
    /// The tasks that went into it; one that counts twice stands there twice.
    pub tasks: Vec<TaskId>,
}

impl Measured {
    /// The value as people read it; `–` for none.
    #[must_use]
    pub fn say(&self) -> String {
        self.value.map_or_else(|| "–".to_owned(), |v| self.figure.unit().say(v))
    }
}

/// Tasks that belong together, in figures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// Their name.
    pub name: String,
    /// The figures, in the order of [`Figure::ALL`].
    pub figures: Vec<Measured>,
}

impl Group {
    fn of(name: String, cases: &[&Case], by: Measure<'_>) -> Self {
        let measured = |figure: Figure| {
            let (value, tasks) = figure.of(cases, by);
            Measured { figure, value, tasks }
        };
        Self { name, figures: Figure::ALL.into_iter().map(measured).collect() }
    }
    /// One figure.
    #[must_use]
    pub fn get(&self, figure: Figure) -> Option<&Measured> {
        self.figures.iter().find(|m| m.figure == figure)
    }
    /// One figure's value.
    #[must_use]
    pub fn value(&self, figure: Figure) -> Option<f64> {
        self.get(figure)?.value
    }
    /// One figure as people read it.
    #[must_use]
    pub fn say(&self, figure: Figure) -> String {
        self.get(figure).map_or_else(|| "–".to_owned(), Measured::say)
    }
}

/// A week in the drawing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Week {
    /// Its Monday.
    pub begins: NaiveDate,
    /// Tasks opened in it.
    pub arrived: usize,
    /// Ends in it, in whatever way.
    pub ended: usize,
    /// Open at its end.
    pub open: usize,
}

/// What became of the mail that was decided in the period.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailCounts {
    /// Messages; each is in exactly one of the next four.
    pub messages: usize,
    /// Messages that opened tasks.
    pub opened_tasks: usize,
    /// Messages that were joined to a task.
    pub joined: usize,
    /// Messages in which nothing was to be done.
    pub no_work: usize,
    /// Messages that a person had to place.
    pub held: usize,
    /// Tasks that messages opened; the others came by telephone or from a task that was split.
    pub tasks: usize,
}

/// A task in the list behind the figures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Its number.
    pub task: TaskId,
    /// Its kind.
    pub title: String,
    /// Whose business.
    pub insured: Option<String>,
    /// Who has it.
    pub person: String,
    /// When the request arrived.
    pub arrived: Timestamp,
    /// The first act of a person.
    pub first_touch: Option<Timestamp>,
    /// Its end, where it was over at the end of the period.
    pub ended: Option<(Timestamp, End)>,
    /// The agency's own office time up to then, in minutes.
    pub own_minutes: f64,
    /// Office minutes of the period with the agency, the client, the carrier, others.
    pub courts: [f64; 4],
}

/// The figures of a period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Of which agency.
    pub agency: String,
    /// Of which time.
    pub period: Period,
    /// By what it is grouped.
    pub by: By,
    /// What became of the mail.
    pub mail: MailCounts,
    /// All tasks.
    pub total: Group,
    /// The groups, the largest first; weeks in their order.
    pub groups: Vec<Group>,
    /// Week by week.
    pub weeks: Vec<Week>,
    /// Every task that any figure was made of, by number.
    pub lines: Vec<Line>,
}

impl Report {
    /// Makes the report of a period.
    #[must_use]
    pub fn of(gathered: &Gathering, period: Period, by: By, frame: &Frame<'_>) -> Self {
        let measure = Measure { period: &period, calendar: frame.calendar, first_touch: frame.first_touch };
        // What was over before the period began, and stayed over, is no part of it.
        let alive = |c: &&Case| {
            c.opened < period.to
                && (c.ends.len() == c.reopened.len()
                    || c.ends.last().is_some_and(|e| e.at >= period.from)
                    || c.first_touch.is_some_and(|at| at >= period.from))
        };
        let cases: Vec<&Case> = gathered.cases().filter(alive).collect();
        let mut groups: BTreeMap<String, Vec<&Case>> = BTreeMap::new();
        for case in &cases {
            groups.entry(name(case, by, gathered, frame)).or_default().push(case);
        }
        let mut groups: Vec<Group> = groups.into_iter().map(|(n, cases)| Group::of(n, &cases, measure)).collect();
        if by != By::Week {
            let size = |g: &Group| g.value(Figure::Arrived).unwrap_or(0.0) + g.value(Figure::Open).unwrap_or(0.0);
            groups.sort_by(|a, b| size(b).total_cmp(&size(a)).then_with(|| a.name.cmp(&b.name)));
        }
        let total = Group::of("All tasks".to_owned(), &cases, measure);
        let weeks = weeks(&cases, &period, frame.calendar);
        let lines = cases.iter().map(|c| line(c, measure, frame)).collect();
        let mail = mail(gathered, &period);
        Self { agency: frame.agency.to_owned(), mail, total, groups, weeks, lines, by, period }
    }

    /// The tasks behind a figure, each once, in order.
    #[must_use]
    pub fn trace(&self, figure: Figure) -> Vec<&Line> {
        let tasks: BTreeSet<TaskId> =
            self.total.get(figure).into_iter().flat_map(|m| m.tasks.iter().copied()).collect();
        self.lines.iter().filter(|l| tasks.contains(&l.task)).collect()
    }
}

fn name(case: &Case, by: By, gathered: &Gathering, frame: &Frame<'_>) -> String {
    match by {
        By::Type => case.title.clone(),
        By::Person => person(case, frame),
        By::Account => match (&case.account, &case.insured) {
            (Some(_), Some(name)) => name.clone(),
            _ => "No account in the book".to_owned(),
        },
        By::Carrier => gathered.carrier(case).unwrap_or("Carrier not known").to_owned(),
        By::Week => monday(frame.calendar.day(case.opened)).to_string(),
    }
}

fn person(case: &Case, frame: &Frame<'_>) -> String {
    frame.names.get(&case.assignee).cloned().unwrap_or_else(|| case.assignee.to_string())
}

fn line(case: &Case, by: Measure<'_>, frame: &Frame<'_>) -> Line {
    let end = case.over_before(by.period.to);
    let until = end.map_or(by.period.to, |e| e.at);
    let courts = [Court::Agency, Court::Client, Court::Carrier, Court::ThirdParty].map(|c| in_court(case, c, by));
    Line {
        task: case.id,
        title: case.title.clone(),
        insured: case.insured.clone(),
        person: person(case, frame),
        arrived: case.arrived,
        first_touch: case.first_touch.filter(|at| *at < by.period.to),
        ended: end.map(|e| (e.at, e.how)),
        own_minutes: own_time(case, until, by.calendar),
        courts,
    }
}

fn monday(day: NaiveDate) -> NaiveDate {
    day.week(Weekday::Mon).first_day()
}

fn weeks(cases: &[&Case], period: &Period, calendar: &Calendar) -> Vec<Week> {
    let mut all: BTreeMap<NaiveDate, Week> = BTreeMap::new();
    let last = calendar.day(period.to - chrono::Duration::nanoseconds(1));
    let mut begins = monday(period.first);
    while begins <= last {
        all.insert(begins, Week { begins, arrived: 0, ended: 0, open: 0 });
        begins = begins + Days::new(7);
    }
    let within = |at: Timestamp| period.from <= at && at < period.to;
    // How many more, or fewer, were open at the end of each week than at the end of the one before.
    let mut changes: BTreeMap<NaiveDate, i64> = BTreeMap::new();
    let mut open = 0i64;
    let mut count = |at: Timestamp, by: i64| {
        if at < period.from {
            open += by;
        } else if at < period.to {
            *changes.entry(monday(calendar.day(at))).or_default() += by;
        }
    };
    for case in cases {
        let mut add = |at: Timestamp, what: fn(&mut Week) -> &mut usize| {
            if within(at)
                && let Some(week) = all.get_mut(&monday(calendar.day(at)))
            {
                *what(week) += 1;
            }
        };
        add(case.opened, |w| &mut w.arrived);
        case.ends.iter().for_each(|e| add(e.at, |w| &mut w.ended));
        count(case.opened, 1);
        case.ends.iter().for_each(|e| count(e.at, -1));
        case.reopened.iter().for_each(|(at, _)| count(*at, 1));
    }
    for (begins, week) in &mut all {
        open += changes.get(begins).copied().unwrap_or(0);
        week.open = usize::try_from(open).unwrap_or(0);
    }
    all.into_values().collect()
}

fn mail(gathered: &Gathering, period: &Period) -> MailCounts {
    let mut counts = MailCounts::default();
    for (_, became) in gathered.mail().iter().filter(|(at, _)| period.from <= *at && *at < period.to) {
        counts.messages += 1;
        match became {
            Became::Tasks(n) => {
                counts.opened_tasks += 1;
                counts.tasks += *n as usize;
            }
            Became::Joined(n) => {
                counts.joined += 1;
                counts.tasks += *n as usize;
            }
            Became::NoWork => counts.no_work += 1,
            Became::Held => {
                counts.held += 1;
                counts.tasks += 1;
            }
        }
    }
    counts
}

impl MailCounts {
    /// `60 messages: 41 opened tasks, 9 joined to one, 8 no work, 2 held for a person`.
    #[must_use]
    pub fn words(&self) -> String {
        let say = |n: usize| super::figure::Unit::Count.say(number(n));
        format!(
            "{} messages: {} opened tasks, {} joined to one, {} without work, {} held for a person",
            say(self.messages),
            say(self.opened_tasks),
            say(self.joined),
            say(self.no_work),
            say(self.held)
        )
    }
}
