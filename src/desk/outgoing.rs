//! Mail that staff send from their own mail program, as a Sent folder or a Cc shows it: the first touch of a task, a
//! part of its conversation, and where it came before the client's own mail was read, the answer to it.
//!
//! It asks for nothing: what staff write to others opens no task and reopens none.

use super::{
    Arrival, Policy,
    drafting::Drafting,
    intake::{Decided, Known},
    letters, thread,
};
use crate::domain::{
    event::Event,
    id::*,
    message::{MessageRecord, Outcome},
    task::{ClientTold, Task},
    text::Address,
};

/// Messages that one mail answers, as far as they are remembered: the newest.
const ANSWERED_MAX: usize = 10;

/// Where the mail of staff was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    /// In a folder of sent mail.
    Sent,
    /// In the inbox, with somebody outside among its recipients.
    Copied,
}

/// Whether a message is staff's own mail to others, or was sent by them at all.
pub(super) fn seen(policy: &Policy, known: &Known<'_>) -> Option<Seen> {
    let arrival = known.arrival;
    let from = known.writer.filter(|f| policy.is_own(&f.address))?;
    if is_sent(policy, arrival) {
        return Some(Seen::Sent);
    }
    let message = &arrival.message;
    let outside = message.to.iter().chain(&message.cc).any(|m| !policy.is_own(&m.address));
    // The inbox's own address in From comes from anybody; a copy in its Sent folder does not.
    let a_persons = !policy.is_inbox(&from.address);
    (outside && a_persons && message.automatic.reason().is_none()).then_some(Seen::Copied)
}

/// Whether all copies of it lie in folders of sent mail.
fn is_sent(policy: &Policy, arrival: &Arrival) -> bool {
    let sent = |s: &crate::domain::message::Sighting| {
        policy.sent.iter().any(|(mailbox, folder)| s.mailbox == *mailbox && s.folder == *folder)
    };
    !arrival.sightings.is_empty() && arrival.sightings.iter().all(sent)
}

/// Decides it; `None` where it is to be decided like any other mail: a copy to the inbox outside every thread.
pub(super) fn decide(d: &mut Drafting<'_>, known: &Known<'_>, seen: Seen) -> Option<Decided> {
    let Some((task, _)) = thread::choose(d.policy, known) else {
        return (seen == Seen::Sent).then(|| Decided {
            outcome: Outcome::NoWork,
            reason: "Mail that staff sent themselves, in no task's thread.".to_owned(),
        });
    };
    let task = task.clone();
    let reason = "Staff wrote it from their own mail program.";
    d.record(Event::MessageJoined { task: task.id, message: known.arrival.key.clone(), reason: reason.to_owned() });
    if task.is_open() {
        let by = writer(d.policy, known, &task);
        touch(d, &task, &by, |address| {
            let m = &known.arrival.message;
            m.to.iter().chain(&m.cc).any(|b| b.address == *address)
        });
        if by != task.assigned.person {
            let name = super::view::person(d.policy, &by).name;
            letters::notices(d, &[task.id], &format!("{name} wrote in its thread."), Some(&by));
        }
    }
    Some(Decided {
        outcome: Outcome::Joined { task: task.id, opened: Vec::new() },
        reason: format!("Joined to {}. {reason}", task.id),
    })
}

/// Who wrote: the person at From; of mail in the shared inbox's own name the one at Sender (RFC 5322 3.6.2), else
/// whoever has the task.
fn writer(policy: &Policy, known: &Known<'_>, task: &Task) -> PersonId {
    let message = &known.arrival.message;
    let sender = || {
        let sender = message.headers.iter().find(|(name, _)| name == "sender")?.1.as_str();
        let bare = sender.rsplit_once('<').map_or(sender, |(_, a)| a);
        policy.person_at(&Address::new(bare)?)
    };
    let person = known.writer.and_then(|f| policy.person_at(&f.address)).or_else(sender);
    person.map_or_else(|| task.assigned.person.clone(), |p| p.id.clone())
}

fn touch(d: &mut Drafting<'_>, task: &Task, by: &PersonId, went_to: impl Fn(&Address) -> bool) {
    d.record(Event::Touched { task: task.id, by: by.clone() });
    let heard = task.requester.as_ref().is_some_and(|r| went_to(&r.address));
    if heard && task.client_told != ClientTold::Yes {
        d.record(Event::ClientToldSet { task: task.id, told: ClientTold::Yes });
    }
}

/// The messages that staff's sent mail answers and that no task is known for: theirs may not have been read yet.
pub(super) fn answered(policy: &Policy, known: &Known<'_>, outcome: &Outcome) -> Vec<String> {
    if *outcome != Outcome::NoWork || seen(policy, known) != Some(Seen::Sent) {
        return Vec::new();
    }
    known.arrival.message.thread.iter().rev().take(ANSWERED_MAX).cloned().collect()
}

/// The client's message has become these tasks, and staff had answered it before: their answer is the first touch.
pub(super) fn was_answered(d: &mut Drafting<'_>, answer: &MessageRecord, tasks: &[TaskId]) {
    for id in tasks {
        let reason = "Staff had answered it from their own mail program before it was read.".to_owned();
        d.record(Event::MessageJoined { task: *id, message: answer.key.clone(), reason });
        let Some(task) = d.held(*id) else { continue };
        let person = answer.from.as_ref().and_then(|f| d.policy.person_at(&f.address)).map(|p| p.id.clone());
        let by = person.unwrap_or_else(|| task.assigned.person.clone());
        touch(d, &task, &by, |_| true);
    }
}
