//! `intaked tasks show`: one task in full, for a person who starts on it or asks why it is as it is.

use super::super::{client::*, history, print};
use crate::domain::field::{Field, Provenance};
use crate::domain::id::TaskId;
use crate::domain::task::{ClientTold, Task};
use crate::web::TaskDetail;
use chrono_tz::Tz;
use std::io::Write;

/// Prints the task.
pub(super) fn run(daemon: &Daemon, id: TaskId, out: &mut dyn Write) -> anyhow::Result<()> {
    let given = Client::new(daemon)?.get::<TaskDetail>(&format!("/tasks/{id}"))?;
    if daemon.json {
        return print::json(out, &given);
    }
    let (detail, zone) = (&given.answer, given.zone);
    let t = &detail.task;
    head(out, t, zone, given.now)?;
    client(out, detail, zone, given.now)?;
    facts(out, t)?;
    work(out, t)?;
    if !detail.letters.is_empty() {
        writeln!(out, "\nLetters")?;
        for l in &detail.letters {
            let state = print::letter_state(l, zone);
            writeln!(out, "  {}  {} to {}: {state}", l.id, print::plain(&l.kind), print::plain(l.to.address.as_str()))?;
        }
    }
    writeln!(out, "\nHistory")?;
    for decided in &detail.history {
        history::write(out, decided, Some(id), zone)?;
    }
    Ok(())
}

fn head(out: &mut dyn Write, t: &Task, zone: Tz, now: crate::domain::Timestamp) -> std::io::Result<()> {
    let urgent = if t.urgent { ", urgent" } else { "" };
    writeln!(out, "{}  {}{urgent}", t.id, print::plain(&t.type_title))?;
    let mut line = |name: &str, value: &str| {
        if value.is_empty() { Ok(()) } else { writeln!(out, "  {name:<11} {}", print::plain(value)) }
    };
    line("subject", t.subject.as_str())?;
    line("from", &t.requester.as_ref().map_or_else(String::new, ToString::to_string))?;
    let client = t.insured.as_ref().map_or("", |i| i.as_str());
    let account = t.account.as_ref().map_or_else(String::new, |a| format!(" (account {a})"));
    line("client", &format!("{client}{account}"))?;
    line("", &t.account_reason)?;
    for c in &t.candidates {
        line("which?", &format!("{} ({}): {}", c.account, c.name, c.because.join("; ")))?;
    }
    line("state", &t.standing())?;
    if let Some(w) = &t.waiting {
        line("", &format!("for {} until {}", w.why, print::moment(w.until, zone)))?;
    }
    if let Some(s) = &t.snoozed {
        line("put off", &format!("until {} by {}: {}", print::moment(s.until, zone), s.by, s.why))?;
    }
    for w in t.waits.iter().filter(|w| w.policy.is_some()) {
        let of = w.policy.as_deref().unwrap_or_default();
        line("", &format!("{of}: waiting on {} until {}, for {}", w.on, print::moment(w.until, zone), w.why))?;
    }
    for l in t.links.iter().filter(|l| l.over.is_none()) {
        line("linked", &format!("{} {}: {}", l.how, l.other, l.why))?;
    }
    line("who", t.assigned.person.as_str())?;
    line("", &t.assigned.reason)?;
    let with = t.with_partner.as_ref().map_or_else(String::new, |p| format!("{} has it in hand", p.name));
    line("", &with)?;
    line("arrived", &print::moment(t.arrived, zone))?;
    let due = |at| format!("{} ({})", print::moment(at, zone), print::due(at, now));
    line("deadline", &t.deadline.map_or_else(String::new, due))?;
    line("standard", &t.standard_due.map_or_else(String::new, due))?;
    let told = match &t.client_told {
        ClientTold::Yes => "the client has heard that it arrived".to_owned(),
        ClientTold::No(why) => format!("the client has not heard: {why}"),
    };
    line("told", &told)?;
    for h in &t.hazards {
        line("DANGER", &h.title)?;
    }
    for m in &t.messages {
        line("message", m.as_str())?;
    }
    Ok(())
}

/// What is to be done next, and whom it is for: what to take care of, their policies, what they asked for before.
fn client(out: &mut dyn Write, detail: &TaskDetail, zone: Tz, now: crate::domain::Timestamp) -> std::io::Result<()> {
    if !detail.next.is_empty() {
        writeln!(out, "  {:<11} {}", "next", print::plain(&detail.next))?;
    }
    if let Some(account) = &detail.account {
        if let Some(care) = &account.instructions {
            writeln!(out, "  {:<11} {}", "take care", print::plain(care))?;
        }
        let stated = |name: &str| -> Vec<String> {
            detail.task.fields.iter().filter(|f| f.name == name).map(|f| f.value.shown()).collect()
        };
        let today = now.with_timezone(&zone).date_naive();
        let policies = account.policies_for(&stated("policy_numbers"), &stated("coverages"), today);
        if !policies.is_empty() {
            writeln!(out, "\nPolicies")?;
            for (policy, named) in policies {
                writeln!(out, "  {}{}", print::plain(&policy.told(today)), named.in_words())?;
            }
        }
    }
    if !detail.past.is_empty() {
        writeln!(out, "\nLast requests")?;
        for past in &detail.past {
            writeln!(out, "  {}", print::plain(&past.told(zone)))?;
        }
    }
    Ok(())
}

fn facts(out: &mut dyn Write, t: &Task) -> std::io::Result<()> {
    if !t.fields.is_empty() {
        writeln!(out, "\nFacts")?;
        for f in t.fields.iter() {
            writeln!(out, "  {:<24} {}{}", f.name, print::plain(&f.value.shown_masked()), source(f))?;
        }
    }
    if !t.missing.is_empty() {
        writeln!(out, "\nMissing")?;
        for m in &t.missing {
            let how = match &m.doubt {
                _ if t.was_asked(&m.field) => "  [asked]".to_owned(),
                Some(doubt) => format!("  [not asked: {}]", print::plain(doubt)),
                None => "  [not asked]".to_owned(),
            };
            writeln!(out, "  {:<24} {}{how}", m.field, print::plain(&m.question))?;
        }
    }
    if !t.evidence.is_empty() {
        writeln!(out, "\nWhy it is taken for this")?;
        for e in t.evidence.iter() {
            writeln!(out, "  {:>+4}  {}: “{}”", e.weight, e.rule, print::short(&e.words, 70))?;
        }
    }
    if !t.guesses.is_empty() {
        let guesses: Vec<&str> = t.guesses.iter().map(|g| g.as_str()).collect();
        writeln!(out, "\nCould also be: {}", guesses.join(", "))?;
    }
    Ok(())
}

/// Where a fact comes from. The words of a driver are not repeated: they hold what is masked in the value.
fn source(f: &Field) -> String {
    let from = match &f.from {
        Provenance::Message { rule, words, .. } => match &f.value {
            crate::domain::field::FieldValue::Driver { .. } => format!("  [{rule}]"),
            _ => format!("  [{rule}: “{}”]", print::short(words, 50)),
        },
        Provenance::Book { account } => format!("  [account book, {account}]"),
        Provenance::Earlier { task, words } => format!("  [as in {task}: “{}”]", print::short(words, 50)),
        Provenance::Person { person, .. } => format!("  [{person}]"),
    };
    let doubt = f.doubt.as_ref().map_or_else(String::new, |d| format!("  ({})", print::plain(d)));
    let unsure = if !f.is_sure() { "  (a guess)" } else { "" };
    format!("{from}{doubt}{unsure}")
}

fn work(out: &mut dyn Write, t: &Task) -> std::io::Result<()> {
    if !t.steps.is_empty() {
        writeln!(out, "\nSteps")?;
        for s in t.steps.iter() {
            let optional = if s.required { "" } else { " (may be left out)" };
            let of = s.policy.as_ref().map_or_else(String::new, |p| format!(" [{}]", print::plain(p)));
            let title = s.with_who();
            let title = print::plain(&title);
            writeln!(out, "  {:<14} {title}{of}{optional}  {}", s.id.as_str(), print::mark(&s.mark))?;
        }
        writeln!(out, "  done when      {}", print::plain(&t.done_when))?;
    }
    if !t.words.trim().is_empty() {
        writeln!(out, "\nTheir words")?;
        for line in print::plain(t.words.trim()).lines() {
            writeln!(out, "  {line}")?;
        }
    }
    Ok(())
}
