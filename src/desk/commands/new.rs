//! A phone call or a walk-in becomes tasks, through the rules like a message.

use super::{Drafting, Said, needed, pieces};
use crate::desk::{
    ask::Asked,
    escalation, letters,
    matching::{self, Clues},
    opening::{self, Counters, Source},
    pipeline,
};
use crate::domain::{
    event::Event,
    id::TaskId,
    reading::{Certainty, Reading},
    task::ClientTold,
    text::{Address, HeaderText, Mailbox},
};

/// Characters of a call's words that become its subject.
const SUBJECT_MAX: usize = 80;

/// Opens tasks for what was said.
pub(super) fn open<'p>(
    said: &Said<'_, 'p>,
    requester: &HeaderText,
    address: Option<&Address>,
    words: &str,
    reading: &Reading,
) -> Asked<Drafting<'p>> {
    let words = needed(words, "Say in a few words what they want; there is nothing to make a task of.")?;
    let addresses: Vec<&Address> = address.into_iter().collect();
    let clues = Clues::of(said.policy, &addresses, Some(requester), reading.sender_kind, &reading.fields);
    let matched = matching::find(said.ask, &clues);
    let (load, next) = (said.ask.load(), said.ask.next_task());
    let drafting = said.drafting();
    let (matched, mut counters) = (matched?, Counters { next: next?, load: load? });
    let mut d = drafting?;
    let account = matched.account.as_ref();
    let past = account.map(|a| said.ask.last_of_account(&a.id)).transpose();
    let page = reading.requests.iter().map(|r| &r.request_type).find(|t| pipeline::is_listed(said.policy, t));
    let listed = pipeline::Listed::of(said.ask, said.policy, account.map(|a| &a.id), page);
    let (past, listed) = (past?.unwrap_or_default(), listed?);
    if let Some(a) = &matched.account {
        d.know_past(&a.id, past);
    }
    let source = Source {
        reading,
        arrived: said.now,
        subject: subject(words),
        requester: address.map(|a| Mailbox { name: requester.clone(), address: a.clone() }),
        words: words.to_owned(),
        message: None,
        matched: &matched,
        unread: Vec::new(),
        earlier: Vec::new(),
        past,
    };
    let requests = opening::requests(&d, reading);
    let clear = reading.certainty == Certainty::Clear && requests.len() == reading.requests.len();
    let tasks = if clear && !requests.is_empty() {
        opening::open_for(&mut d, &source, &requests, &mut counters)
    } else {
        vec![opening::open_for_triage(&mut d, &source, &mut counters)]
    };
    let mut left = Vec::new();
    for task in tasks {
        about(said, &mut d, task, requester);
        match pieces::place(said, &mut d, task, account, &listed) {
            // Nothing but these words tells what was wanted.
            Some(home) => {
                d.record(Event::Noted { task: home, by: Some(said.person.id.clone()), text: words.to_owned() })
            }
            None => left.push(task),
        }
    }
    let tasks = left;
    escalation::alert(&mut d, &tasks, &reading.hazards);
    let why = format!("{} took this down from {}.", said.person.name, named(requester));
    letters::notices(&mut d, &tasks, &why, Some(&said.person.id));
    Ok(d)
}

/// Who said it to whom. Whoever took the call and has the task has touched it; given to somebody else it is still
/// untouched, and its first-touch clock runs.
fn about(said: &Said<'_, '_>, d: &mut Drafting<'_>, task: TaskId, requester: &HeaderText) {
    let text = format!("Told by {} in person or by telephone.", named(requester));
    d.record(Event::Noted { task, by: Some(said.person.id.clone()), text });
    d.record(Event::ClientToldSet { task, told: ClientTold::Yes });
    if d.task(task).is_some_and(|t| t.assigned.person == said.person.id) {
        d.record(said.touched(task));
    }
}

fn named(requester: &HeaderText) -> &str {
    if requester.is_empty() { "somebody without a name" } else { requester.as_str() }
}

fn subject(words: &str) -> HeaderText {
    let line = words.lines().find(|l| !l.trim().is_empty()).unwrap_or(words);
    if line.chars().count() <= SUBJECT_MAX {
        return HeaderText::new(line);
    }
    let cut: String = line.chars().take(SUBJECT_MAX).collect();
    HeaderText::new(&format!("{cut}…"))
}
