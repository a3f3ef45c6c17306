//! A period held against the survey from before: what came, how soon somebody answered it, what nobody did.
//!
//! A survey counts messages and answers by mail; a report counts tasks and first acts of people, which may be calls. Both
//! are told with what they are, and volumes by the week, since the periods are seldom of one length.

use super::chart::escaped;
use super::figure::{Figure, Unit, number};
use super::page::tile;
use super::period::Period;
use super::report::{Group, Report};
use super::survey::{Kind, Survey, part, time};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// One side of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Side {
    /// Messages that arrived, or tasks that were opened.
    pub volume: usize,
    /// The same a week.
    pub a_week: f64,
    /// Office minutes to the first answer, or to the first act of a person: half took no longer.
    pub median: Option<f64>,
    /// Nine in ten took no longer.
    pub p90: Option<f64>,
    /// How many waited for somebody.
    pub waited: usize,
    /// How many got no answer, or no act, and came longer ago than two business days.
    pub never: usize,
}

/// A kind of work, before and now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pair {
    /// The kind.
    pub name: String,
    /// By the survey; `None` where there was none.
    pub before: Option<Side>,
    /// By the report.
    pub now: Option<Side>,
}

/// A period held against a survey.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Against {
    /// Of which time the survey was.
    pub before: Period,
    /// Of which time the report is.
    pub now: Period,
    /// Everything together.
    pub total: Pair,
    /// By kind, the most frequent now first.
    pub kinds: Vec<Pair>,
}

/// The titles of a line's columns.
pub const COLUMNS: [&str; 8] = [
    "a week before",
    "a week now",
    "answer, median, before",
    "first touch, median, now",
    "90th before",
    "90th now",
    "never answered before",
    "never touched now",
];

impl Against {
    /// Holds a report by request type against a survey.
    #[must_use]
    pub fn of(survey: &Survey, report: &Report) -> Self {
        let (before, now) = (weeks(&survey.period), weeks(&report.period));
        let mut kinds: BTreeMap<&str, Pair> = BTreeMap::new();
        let pair = |name: &str| Pair { name: name.to_owned(), before: None, now: None };
        for kind in &survey.kinds {
            kinds.entry(&kind.name).or_insert_with(|| pair(&kind.name)).before = Some(of_mail(kind, before));
        }
        for group in &report.groups {
            kinds.entry(&group.name).or_insert_with(|| pair(&group.name)).now = Some(of_tasks(group, now));
        }
        let mut kinds: Vec<Pair> = kinds.into_values().collect();
        let a_week = |s: &Option<Side>| s.map_or(0.0, |s| s.a_week);
        kinds.sort_by(|a, b| {
            a_week(&b.now).total_cmp(&a_week(&a.now)).then_with(|| a_week(&b.before).total_cmp(&a_week(&a.before)))
        });
        let total = Pair {
            name: "All".to_owned(),
            before: Some(of_mail(&survey.total, before)),
            now: Some(of_tasks(&report.total, now)),
        };
        Self { before: survey.period.clone(), now: report.period.clone(), total, kinds }
    }

    /// What the two sides are, in a sentence.
    #[must_use]
    pub fn words(&self) -> String {
        format!(
            "Before: messages of {}, answered by mail. Now: tasks of {}, touched first by a person; the acknowledgement \
             that goes by itself does not count.",
            self.before.words(),
            self.now.words()
        )
    }

    /// The comparison as a part of a page.
    #[must_use]
    pub fn html(&self) -> String {
        let titles: String = COLUMNS.iter().map(|t| format!("<th>{t}</th>")).collect();
        let mut rows = String::new();
        let all = self.kinds.iter().map(|k| (k, "")).chain([(&self.total, " class=\"total\"")]);
        for (pair, class) in all {
            let cells: String = pair.cells().iter().map(|c| format!("<td>{c}</td>")).collect();
            let _ = write!(rows, "<tr{class}><th>{}</th>{cells}</tr>", escaped(&pair.name));
        }
        let tiles: String = COLUMNS.iter().zip(self.total.cells()).map(|(title, value)| tile(title, &value)).collect();
        format!(
            "<section><h2>Beside what was before</h2><p>{}</p><dl class=\"tiles\">{tiles}</dl><div class=\"wide\"><table><thead><tr><th>Kind</th>{titles}</tr></thead><tbody>{rows}</tbody></table></div></section>",
            escaped(&self.words())
        )
    }
}

impl Pair {
    /// The cells of a line, as [`COLUMNS`] has them.
    #[must_use]
    pub fn cells(&self) -> [String; 8] {
        let of = |side: &Option<Side>, say: &dyn Fn(&Side) -> String| side.as_ref().map_or_else(|| "–".to_owned(), say);
        let a_week = |s: &Side| format!("{:.1}", s.a_week);
        let never = |s: &Side| format!("{} ({})", Unit::Count.say(number(s.never)), part(s.never, s.waited));
        let both = |say: &dyn Fn(&Side) -> String| [of(&self.before, say), of(&self.now, say)];
        let [a, b] = both(&a_week);
        let [c, d] = both(&|s| time(s.median));
        let [e, f] = both(&|s| time(s.p90));
        let [g, h] = both(&never);
        [a, b, c, d, e, f, g, h]
    }
}

fn of_mail(kind: &Kind, weeks: f64) -> Side {
    Side {
        volume: kind.messages,
        a_week: number(kind.messages) / weeks,
        median: kind.answer_median,
        p90: kind.answer_p90,
        waited: kind.waiting,
        never: kind.never,
    }
}

fn of_tasks(group: &Group, weeks: f64) -> Side {
    let count = |figure: Figure| group.get(figure).map_or(0, |m| m.tasks.len());
    Side {
        volume: count(Figure::Arrived),
        a_week: number(count(Figure::Arrived)) / weeks,
        median: group.value(Figure::FirstTouchMedian),
        p90: group.value(Figure::FirstTouchP90),
        waited: count(Figure::Arrived),
        never: count(Figure::NeverTouched),
    }
}

/// How many weeks a period has, at least a day's part of one.
fn weeks(period: &Period) -> f64 {
    let days = (period.to - period.from).num_hours().max(24);
    #[allow(clippy::cast_precision_loss, reason = "hours of a few years")]
    let hours = days as f64;
    hours / 168.0
}
