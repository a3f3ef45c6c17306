//! `intaked tasks` without a further word: the list.

use super::super::{client::*, print};
use crate::web::TaskList;
use anyhow::bail;
use std::io::Write;

#[derive(Debug, clap::Args)]
pub(super) struct Wanted {
    #[command(flatten)]
    daemon: Daemon,
    /// Those that are over too
    #[arg(long)]
    all: bool,
    /// Only those of this person
    #[arg(long, value_name = "PERSON", conflicts_with = "mine")]
    assignee: Option<String>,
    /// Only mine
    #[arg(long)]
    mine: bool,
    /// Only those of this account, by the book's key
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    /// Only those of this page
    #[arg(long = "type", value_name = "PAGE")]
    request_type: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    limit: usize,
    /// Only those before this one, to read on where a list ended
    #[arg(long, value_name = "T-12")]
    below: Option<crate::domain::id::TaskId>,
}

impl Wanted {
    /// The query that asks for it.
    fn query(&self) -> anyhow::Result<String> {
        let assignee = match (&self.assignee, self.mine) {
            (Some(a), _) => Some(a.clone()),
            (None, true) => match &self.daemon.by {
                Some(me) => Some(me.clone()),
                None => bail!("say who you are: --as ana, or INTAKED_USER=ana"),
            },
            (None, false) => None,
        };
        let mut query = format!("open={}&limit={}", !self.all, self.limit);
        let below = self.below.map(|t| t.to_string());
        for (key, value) in [
            ("assignee", &assignee),
            ("account", &self.account),
            ("request_type", &self.request_type),
            ("below", &below),
        ] {
            if let Some(value) = value {
                query.push_str(&format!("&{key}={}", encoded(value)));
            }
        }
        Ok(query)
    }
}

/// Prints the list.
pub(super) fn run(args: &Wanted, out: &mut dyn Write) -> anyhow::Result<()> {
    let query = args.query()?;
    let given = Client::new(&args.daemon)?.get::<TaskList>(&format!("/tasks?{query}"))?;
    if args.daemon.json {
        return print::json(out, &given);
    }
    let tasks = &given.answer.tasks;
    if tasks.is_empty() {
        writeln!(out, "No {}tasks.", if args.all { "" } else { "open " })?;
        return Ok(());
    }
    let mut table = print::table(&["task", "kind", "client", "subject", "state", "who", "due", ""]);
    for t in tasks {
        let due = match print::due_of(t) {
            Some(at) if t.is_open() => print::due(at, given.now),
            _ => String::new(),
        };
        let hazards: Vec<&str> = t.hazards.iter().map(|h| h.title.as_str()).collect();
        let mut marks = Vec::new();
        if t.urgent {
            marks.push("urgent".to_owned());
        }
        if !hazards.is_empty() {
            marks.push(format!("! {}", hazards.join(", ")));
        }
        if !t.missing.is_empty() && t.is_open() {
            marks.push(format!("{} to ask", t.missing.len()));
        }
        table.add_row([
            t.id.to_string(),
            print::short(&t.type_title, 26),
            print::short(&t.for_whom(), 28),
            print::short(t.subject.as_str(), 40),
            t.standing(),
            print::short(t.assigned.person.as_str(), 16),
            due,
            print::short(&marks.join("; "), 40),
        ]);
    }
    print::write_table(out, &table)?;
    if let Some(last) = tasks.last().filter(|_| given.answer.more) {
        writeln!(out, "There are more: add --below {}", last.id)?;
    }
    Ok(())
}
