//! A carrier's own mail about work in hand: the endorsement is issued, something is still wanted for it. Carriers answer
//! from addresses that nobody has written to, in threads of their own; what names the work is the policy.
//!
//! Who is a carrier, the rules tell, by words that anybody can write; and a policy's number stands on every certificate.
//! So what it says is shown to whoever has the task and changes no fact of it, nothing is ever answered, and nothing that
//! it writes ends a task.

use super::{
    chasing::chased,
    drafting::Drafting,
    escalation,
    intake::{self, Decided, Known},
    matching,
    opening::{self, Counters},
    pipeline,
    thread::{self, Writer},
};
use crate::domain::{
    event::Event,
    reading::{Certainty, Request, SenderKind},
    task::Task,
    workflow::Party,
};
use std::sync::Arc;

/// Joins a carrier's mail to the one open task that it is about: of the policy that it names, and of the work that it
/// speaks of; where it speaks of none clearly, the one that waits for the carrier. `None` where there is none or several.
pub(super) fn about_work_in_hand(d: &mut Drafting<'_>, known: &Known<'_>, counters: &mut Counters) -> Option<Decided> {
    let arrival = known.arrival;
    let reading = &arrival.reading;
    let account = known.matched.account.as_ref()?;
    if reading.sender_kind != SenderKind::Carrier || arrival.trouble.is_some() {
        return None;
    }
    let task = find(known)?;
    d.adopt(&task);
    d.know_account(account);
    let id = task.id;
    let reason = "The carrier writes about its policy.";
    d.record(Event::MessageJoined { task: id, message: arrival.key.clone(), reason: reason.to_owned() });
    if arrival.message.automatic.reason().is_none() {
        thread::wake(d, known, &task, &Writer::Outside);
        chased(d, known, id);
    }
    let flagged = pipeline::heard(d, known, id);
    escalation::alert(d, &[id], &reading.hazards);
    let why = flagged.unwrap_or_else(|| "The carrier has written about it.".to_owned());
    thread::tell_assignee(d, id, &Writer::Outside, &why);
    let of_its_own = |r: &&Request| Some(&r.request_type) != task.request_type.as_ref();
    let others: Vec<&Request> = match reading.certainty {
        Certainty::Clear => opening::requests(d, reading).into_iter().filter(of_its_own).collect(),
        Certainty::Doubtful => Vec::new(),
    };
    let opened = if others.is_empty() { Vec::new() } else { intake::open(d, known, counters, &others) };
    Some(thread::joined(id, opened, reason))
}

fn find(known: &Known<'_>) -> Option<Arc<Task>> {
    let reading = &known.arrival.reading;
    let account = &known.matched.account.as_ref()?.id;
    let named = matching::policies_named(&reading.fields);
    let clear = reading.certainty == Certainty::Clear && !reading.requests.is_empty();
    let of_work = |t: &Task| {
        if clear {
            // What policies' dates have brought is found by its term.
            let first = reading.requests.first().map(|r| &r.request_type);
            return t.term.is_none() && first == t.request_type.as_ref();
        }
        // A danger that nobody expects is no answer to what is waited for.
        reading.hazards.is_empty() && t.waits.iter().any(|w| w.on == Party::Carrier)
    };
    let in_thread = known.thread.tasks.iter().map(|(t, _)| t);
    let mut about = in_thread.chain(&known.siblings).filter(|t| {
        t.is_open()
            && t.account.as_ref() == Some(account)
            && of_work(t)
            && !matching::policies_named(&t.fields).is_disjoint(&named)
    });
    let one = about.next()?;
    about.next().is_none().then(|| Arc::clone(one))
}
