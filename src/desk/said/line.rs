//! The first line of a person's answer: what it tells the desk to do. Pure grammar; knows no task and no people.
//!
//! Small on purpose: a line that is not one of these is a note, and whoever wrote it hears so.

use crate::domain::{
    task::{End, Whose},
    workflow::Party,
};
use chrono::{Datelike, Days, NaiveDate, Weekday};

/// What a first line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Line {
    /// `done`
    Done,
    /// `working on it`
    Working,
    /// `waiting on carrier for BAP 123 until 12/4: the endorsement`; for the client the words behind the colon are mailed.
    Waiting { on: Party, until: Option<NaiveDate>, words: String, policy: Option<String> },
    /// `waits for T-13`
    WaitsFor(String),
    /// `waits no longer`
    WaitsNoLonger,
    /// `needs endorsement`: what has to be done first.
    Needs(String),
    /// `ask`: what is missing is asked of the client in the page's words.
    Ask,
    /// `snooze until Friday because the adjuster comes on Thursday`
    Snooze { until: NaiveDate, why: String },
    /// `to client: …`: what stands behind the colon; the text goes on below the line.
    ToClient(String),
    /// `to sender: …`: the same, to whoever asked, be it the client or not.
    ToSender(String),
    /// `assign ben: on leave`
    Assign { to: String, why: String },
    /// `note …`
    Note(String),
    /// `it is a certificate`
    ItIs(String),
    /// `not a request`
    NotARequest,
    /// `lost: went to another agency`, `lapsed: …`, `declined: …`
    Over { how: End, why: String },
    /// `policy BAP 123`
    Policy(String),
    /// `did issue, send`; `did confirm for BAP 123`
    Did { steps: Vec<String>, policy: Option<String> },
    /// `skip endorse: the policy grants it`; `skip confirm for BAP 123: …`
    Skip { step: String, why: String, policy: Option<String> },
    /// `reopen: wrong holder`
    Reopen(String),
    /// `client's error`: whose error the reopening was.
    Error(Whose),
    /// `same as T-12`
    SameAs(String),
    /// `split: loss runs for the same client`
    Split(String),
}

/// Reads a first line; `None` where it is none of these. `today` is the agency's day, from which `12/4` counts.
pub(super) fn read(line: &str, today: NaiveDate) -> Option<Line> {
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    let (head, rest) = line.split_once(':').map_or((line.as_str(), ""), |(h, r)| (h, r.trim()));
    let head = plain(head);
    let whole = plain(&line);
    if let Some(line) = fixed(&whole) {
        return Some(line);
    }
    let after = |openings: &[&str]| {
        openings.iter().find_map(|o| head.strip_prefix(o).filter(|r| r.is_empty() || r.starts_with(' ')).map(str::trim))
    };
    if let Some(other) = after(&["waits for", "waiting for", "wait for"]).filter(|o| is_task(o)) {
        return Some(Line::WaitsFor(other.to_owned()));
    }
    if let Some(who) = after(&["waiting on", "waiting for", "wait for", "wait on"]) {
        return waiting(who, rest, today);
    }
    if let Some(words) = opened(&line, "snooze") {
        return snooze(words, today);
    }
    // “Needs a new certificate by Friday, please” is no order: what is needed has one or a few words and no colon.
    if let Some(what) = after(&["needs", "it needs"]).filter(|w| rest.is_empty() && w.split(' ').count() <= 5) {
        let what = ["a ", "an ", "the "].iter().find_map(|article| what.strip_prefix(article)).unwrap_or(what);
        return Some(Line::Needs(what.trim_end_matches(" first").to_owned()));
    }
    if matches!(head.as_str(), "to client" | "to the client") && line.contains(':') {
        return Some(Line::ToClient(rest.to_owned()));
    }
    if matches!(head.as_str(), "to sender" | "to the sender") && line.contains(':') {
        return Some(Line::ToSender(rest.to_owned()));
    }
    if let Some(to) = after(&["assign to", "assign", "give to", "give it to"]).filter(|t| !t.is_empty()) {
        return Some(Line::Assign { to: behind(&line, to), why: rest.to_owned() });
    }
    if head == "note" && !rest.is_empty() {
        return Some(Line::Note(rest.to_owned()));
    }
    if let Some(words) = opened(&line, "note") {
        return Some(Line::Note(words.to_owned()));
    }
    let kind = ["it is", "it's", "it’s", "this is"].iter().find_map(|o| whole.strip_prefix(o)?.strip_prefix(' '));
    if let Some(kind) = kind {
        let kind = ["a ", "an ", "the "].iter().find_map(|article| kind.strip_prefix(article)).unwrap_or(kind);
        return Some(Line::ItIs(kind.trim().to_owned()));
    }
    if let Some(number) = opened(&line, "policy") {
        return policy(number);
    }
    if let Some(steps) = after(&["did", "ticked", "tick"]).filter(|s| !s.is_empty()) {
        let (steps, policy) = of_policy(steps, &line);
        let steps = steps.split([',', '&']).flat_map(|s| s.split(" and ")).map(|s| s.trim().to_owned());
        return Some(Line::Did { steps: steps.filter(|s| !s.is_empty()).collect(), policy });
    }
    if let Some(step) = after(&["skip", "waive"]).filter(|s| !s.is_empty()) {
        let (step, policy) = of_policy(step, &line);
        return Some(Line::Skip { step: step.to_owned(), why: rest.to_owned(), policy });
    }
    let over = [("lost", End::Lost), ("lapsed", End::Lapsed), ("declined", End::Declined)];
    if let Some((_, how)) = over.into_iter().find(|(word, _)| head == *word) {
        return Some(Line::Over { how, why: rest.to_owned() });
    }
    if head == "reopen" {
        return Some(Line::Reopen(rest.to_owned()));
    }
    if let Some(other) = after(&["same as", "duplicate of", "merge into", "merge with"]).filter(|o| !o.is_empty()) {
        return Some(Line::SameAs(other.to_owned()));
    }
    if head == "split" && !rest.is_empty() {
        return Some(Line::Split(rest.to_owned()));
    }
    None
}

/// Lines that say all they say in fixed words.
fn fixed(whole: &str) -> Option<Line> {
    Some(match whole {
        "done" | "all done" | "it is done" | "it's done" | "this is done" | "completed" => Line::Done,
        "working on it" | "working" | "on it" | "i'm on it" | "i am on it" | "mine" | "i take it" => Line::Working,
        "waits no longer" | "it waits no longer" | "not waiting" | "resume" => Line::WaitsNoLonger,
        "ask" | "ask client" | "ask the client" | "ask them" | "ask what is missing" | "send the questions" => {
            Line::Ask
        }
        "not a request" | "no request" | "nothing to do" => Line::NotARequest,
        "our error" | "our mistake" => Line::Error(Whose::Agency),
        "client's error" | "client error" | "client's mistake" => Line::Error(Whose::Client),
        "carrier's error" | "carrier error" | "carrier's mistake" => Line::Error(Whose::Carrier),
        "nobody's error" | "no error" | "no one's error" => Line::Error(Whose::Nobody),
        _ => return None,
    })
}

/// In small letters, straight apostrophes, without the full stop that phones put behind two spaces.
fn plain(text: &str) -> String {
    let text = text.trim().trim_end_matches(['.', '!', ',']).trim_end();
    text.replace('’', "'").to_lowercase()
}

/// What stands behind an opening word, as it was written.
fn opened<'l>(line: &'l str, word: &str) -> Option<&'l str> {
    let head = line.get(..word.len())?;
    let rest = line.get(word.len()..)?.strip_prefix(' ')?.trim();
    (head.eq_ignore_ascii_case(word) && !rest.is_empty()).then_some(rest)
}

/// `lower` as it stands in `line`, before a colon and without a full stop: names keep their letters.
fn behind(line: &str, lower: &str) -> String {
    let head = line.split(':').next().unwrap_or(line).trim().trim_end_matches(['.', '!', ',']);
    let words = lower.split(' ').count();
    let all: Vec<&str> = head.split(' ').collect();
    all.get(all.len().saturating_sub(words)..).unwrap_or_default().join(" ")
}

/// `confirm for bap 123`: the steps, and the policy as it was written; `all` stands for all of them.
fn of_policy<'s>(steps: &'s str, line: &str) -> (&'s str, Option<String>) {
    match steps.split_once(" for ") {
        Some((steps, policy)) => (steps.trim(), Some(behind(line, policy.trim()))),
        None => (steps, None),
    }
}

/// `t-13`, `#13`.
fn is_task(word: &str) -> bool {
    let digits = word.trim_start_matches('#').trim_start_matches("t-");
    !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit())
}

/// A policy number has a digit in it and few words; “policy is cancelled, see below” has not.
fn policy(number: &str) -> Option<Line> {
    let number = number.trim_start_matches(['#', ' ']).trim_end_matches(['.', ',']);
    let number = number.strip_prefix("number ").or(number.strip_prefix("no. ")).unwrap_or(number).trim();
    let sound = number.chars().all(|c| c.is_ascii_alphanumeric() || " -/.".contains(c));
    let digits = number.chars().filter(char::is_ascii_digit).count();
    (sound && digits >= 3 && number.len() <= 40 && number.split(' ').count() <= 5)
        .then(|| Line::Policy(number.to_owned()))
}

/// `carrier until 12/4`, `client`, `the third party`.
fn waiting(who: &str, words: &str, today: NaiveDate) -> Option<Line> {
    let (who, until) = match who.split_once(" until ").or_else(|| who.split_once(" till ")) {
        Some((who, until)) => (who, Some(day(until.trim(), today)?)),
        None => (who, None),
    };
    let (who, policy) = who.split_once(" for ").map_or((who, None), |(who, p)| (who, Some(p.trim().to_owned())));
    let who = ["the ", "our "].iter().find_map(|a| who.strip_prefix(a)).unwrap_or(who);
    let on = match who {
        "client" | "insured" | "customer" => Party::Client,
        "carrier" | "insurer" | "underwriter" | "company" => Party::Carrier,
        "third party" | "holder" | "lender" | "others" | "other" => Party::ThirdParty,
        _ => return None,
    };
    Some(Line::Waiting { on, until, words: words.to_owned(), policy })
}

/// `until Friday because …`, `until 12/4: …`. Without a reason it is read all the same: the desk asks for one.
fn snooze(words: &str, today: NaiveDate) -> Option<Line> {
    let lower = words.to_lowercase();
    // Lower case may have other lengths in other scripts; then it is no line of ours.
    let same = lower.len() == words.len();
    let rest = same.then(|| ["until ", "till ", "to "].iter().find_map(|o| lower.strip_prefix(o)))??;
    let from = words.len() - rest.len();
    let because = [" because ", ", because ", ":"].iter().filter_map(|b| rest.find(b).map(|at| (at, b.len()))).min();
    let (until, why) = match because {
        Some((at, length)) => (rest.get(..at)?, words.get(from + at + length..)?),
        None => (rest, ""),
    };
    Some(Line::Snooze { until: day(until.trim(), today)?, why: why.trim().to_owned() })
}

/// A day as people type it: `12/4`, `12/4/2026`, `2026-12-04`, `Dec 4`, `Friday`, `tomorrow`. Of days without a year
/// the next one, today included; of weekdays the next one, today not.
fn day(text: &str, today: NaiveDate) -> Option<NaiveDate> {
    let text = text.trim_end_matches(['.', ',']).replace(',', "");
    if text == "tomorrow" {
        return today.checked_add_days(Days::new(1));
    }
    for format in ["%Y-%m-%d", "%m/%d/%Y", "%b %d %Y", "%B %d %Y"] {
        if let Ok(day) = NaiveDate::parse_from_str(&text, format) {
            // chrono takes “26” for the year 26.
            return if (0..100).contains(&day.year()) { day.with_year(day.year() + 2000) } else { Some(day) };
        }
    }
    if let Ok(weekday) = text.trim_start_matches("next ").parse::<Weekday>() {
        return (1..=7).filter_map(|n| today.checked_add_days(Days::new(n))).find(|d| d.weekday() == weekday);
    }
    let of_year = |year: i32| {
        ["%Y %m/%d", "%Y %b %d", "%Y %B %d"]
            .iter()
            .find_map(|format| NaiveDate::parse_from_str(&format!("{year} {text}"), format).ok())
    };
    of_year(today.year()).filter(|d| *d >= today).or_else(|| of_year(today.year() + 1))
}

#[cfg(test)]
#[path = "line_tests.rs"]
mod tests;
