//! Tells a person, as it happens, what the desk decided: for the demonstration and for `run --tell`.
//!
//! Everything it says is taken from decisions; it knows no message, no rule and no request type.

use crate::domain::{
    calendar::Calendar, decision::*, event::Event, id::*, letter::*, message::Outcome, reading::*, task::*,
};
use std::fmt::Write as _;
use std::{collections::BTreeMap, sync::Arc};

/// Turns decisions into lines for a person.
#[derive(Debug)]
pub struct Narrator {
    calendar: Calendar,
    /// Names of staff.
    names: BTreeMap<PersonId, String>,
    /// What is remembered of letters, so that “sent” can name them.
    letters: BTreeMap<LetterId, (String, String)>,
    /// Titles of tasks.
    titles: BTreeMap<TaskId, String>,
    /// Tasks by account, the oldest first.
    clients: BTreeMap<AccountId, Vec<TaskId>>,
    /// How tasks ended.
    over: BTreeMap<TaskId, End>,
}

impl Narrator {
    /// Tells in the agency's time, and by the names of its people.
    #[must_use]
    pub fn new(calendar: Calendar, people: &[crate::domain::person::Person]) -> Self {
        let names = people.iter().map(|p| (p.id.clone(), p.name.to_string())).collect();
        Self {
            calendar,
            names,
            letters: BTreeMap::new(),
            titles: BTreeMap::new(),
            clients: BTreeMap::new(),
            over: BTreeMap::new(),
        }
    }

    /// What a decision means, in a few lines; empty where there is nothing that a person would want to hear.
    pub fn tell(&mut self, decision: &Decision) -> String {
        let mut out = String::new();
        let at = decision.at.with_timezone(&self.calendar.zone()).format("%a %H:%M");
        // What came in first, then what was made of it, whatever the order of the events.
        let told_first = |e: &&Event| matches!(e, Event::MessageDecided { .. });
        let events = decision.events.iter();
        for event in events.clone().filter(told_first).chain(events.filter(|e| !told_first(e))) {
            match event {
                Event::MessageDecided { record, reading } => {
                    let from = record.from.as_ref().map_or_else(|| "nobody".to_owned(), ToString::to_string);
                    let _ = writeln!(out, "\n{at}  ✉ {from}: “{}”", record.subject);
                    let _ = writeln!(out, "           read as {}", self.read_as(reading));
                    if matches!(record.outcome, Outcome::NoWork) {
                        let _ = writeln!(out, "           no work: {}", record.reason);
                    }
                }
                Event::TaskOpened { task, opening } => {
                    self.titles.insert(*task, opening.type_title.clone());
                    let _ = writeln!(
                        out,
                        "           {task} {} → {} ({})",
                        opening.type_title,
                        self.name(&opening.assigned_to),
                        opening.assigned_because
                    );
                }
                Event::AccountSet { task, account: Some(account), .. } => {
                    let _ = out.write_str(&self.before(account, *task));
                }
                Event::Noted { task, by: None, text } if opens(decision, *task) => {
                    let _ = writeln!(out, "           {task} note: {text}");
                }
                Event::MissingSet { task, missing } if !missing.is_empty() => {
                    let fields: Vec<_> = missing.iter().map(|m| m.field.replace('_', " ")).collect();
                    let _ = writeln!(out, "           {task} still needs: {}", fields.join(", "));
                }
                Event::HazardSeen { task, hazard } => {
                    let _ = writeln!(out, "           {task} ⚠ {}", hazard.title);
                }
                Event::MessageJoined { task, reason, .. }
                    if !matches!(decision.cause, Cause::Clock) && !opens(decision, *task) =>
                {
                    let _ = writeln!(out, "           joined to {task}: {reason}");
                }
                Event::Assigned { task, person, reason, .. } if !opens(decision, *task) => {
                    let _ = writeln!(out, "{at}  {task} → {} ({reason})", self.name(person));
                }
                Event::Escalated { task, escalated } => {
                    let told: Vec<_> = escalated.told.iter().map(|p| self.name(p)).collect();
                    let title = self.titles.get(task).cloned().unwrap_or_default();
                    let _ = writeln!(out, "{at}  ⏰ {task} {title}: {} → {}", escalated.clock, told.join(", "));
                }
                Event::Ended { task, how, reason, .. } => {
                    self.over.insert(*task, *how);
                    let _ = writeln!(out, "{at}  {task} is over: {how} {reason}");
                }
                Event::LetterAnswered { letter, attempt, .. } => {
                    if let Some((kind, to)) = self.letters.get(letter) {
                        let _ = match attempt {
                            Attempt::Sent(_) => writeln!(out, "{at}  ➤ sent {kind} to {to}"),
                            Attempt::Later { why, .. } => writeln!(out, "{at}  … {kind} to {to} waits: {why}"),
                            Attempt::Refused(why) => writeln!(out, "{at}  ✗ {kind} to {to} was refused: {why}"),
                        };
                    }
                }
                _ => {}
            }
        }
        for letter in &decision.letters {
            self.letters.insert(letter.id.clone(), (letter.kind.replace('-', " "), letter.to.address.to_string()));
        }
        out
    }

    /// What the client asked for before this task; empty where it is the first that was told of.
    fn before(&mut self, account: &AccountId, task: TaskId) -> String {
        let tasks = self.clients.entry(account.clone()).or_default();
        let earlier: Vec<String> = tasks
            .iter()
            .rev()
            .filter(|t| **t != task)
            .take(5)
            .map(|t| {
                let how = self.over.get(t).map_or_else(|| "open".to_owned(), ToString::to_string);
                format!("{t} {} ({how})", self.titles.get(t).map_or("", String::as_str))
            })
            .collect();
        if !tasks.contains(&task) {
            tasks.push(task);
        }
        if earlier.is_empty() {
            return String::new();
        }
        format!("           {task} this client's last requests: {}\n", earlier.join(", "))
    }

    fn name(&self, person: &PersonId) -> String {
        self.names.get(person).cloned().unwrap_or_else(|| person.to_string())
    }

    fn read_as(&self, reading: &Reading) -> String {
        let mut parts: Vec<String> =
            reading.requests.iter().map(|r| with_words(r.request_type.as_str(), &r.evidence)).collect();
        if parts.is_empty() {
            parts.push(with_words("no work", &reading.no_work));
        }
        if reading.certainty == Certainty::Doubtful {
            parts.push("uncertain: a person looks".to_owned());
        }
        let mut facts: Vec<String> = Vec::new();
        for field in reading.fields.iter().filter(|f| f.is_sure()).take(5) {
            facts.push(format!(
                "{} {}",
                field.name.replace('_', " "),
                crate::domain::text::cut(&field.value.shown_masked(), 60)
            ));
        }
        let mut said = parts.join("; ");
        if !facts.is_empty() {
            let _ = write!(said, "\n           facts: {}", facts.join(" · "));
        }
        said
    }
}

fn opens(decision: &Decision, id: TaskId) -> bool {
    decision.events.iter().any(|e| matches!(e, Event::TaskOpened { task, .. } if *task == id))
}

fn with_words(what: &str, evidence: &[Evidence]) -> String {
    match evidence.iter().filter(|e| e.weight > 0).max_by_key(|e| e.weight) {
        Some(e) => format!("{} (“{}”)", what.replace('_', " "), crate::domain::text::cut(&e.words, 50)),
        None => what.replace('_', " "),
    }
}

/// The tasks of a desk as a table.
#[must_use]
pub fn table(tasks: &[Arc<Task>], calendar: &Calendar) -> String {
    let mut t = comfy_table::Table::new();
    t.load_preset(comfy_table::presets::UTF8_HORIZONTAL_ONLY);
    t.set_header(["Task", "What", "For", "Whose", "State", "Wanted by", "Missing", "Told"]);
    for task in tasks {
        let wanted = task
            .deadline
            .or(task.standard_due)
            .map(|d| d.with_timezone(&calendar.zone()).format("%a %d %b %H:%M").to_string());
        t.add_row([
            task.id.to_string(),
            format!("{}{}", if task.hazards.is_empty() { "" } else { "⚠ " }, task.type_title),
            task.for_whom(),
            task.assigned.person.to_string(),
            task.standing(),
            wanted.unwrap_or_default(),
            task.missing.len().to_string(),
            match &task.client_told {
                ClientTold::Yes => "yes".to_owned(),
                ClientTold::No(why) => format!("no: {why}"),
            },
        ]);
    }
    t.to_string()
}
