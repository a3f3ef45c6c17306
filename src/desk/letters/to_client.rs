//! A member of staff's own words to the client, in the client's thread: with documents, or as a question.

use super::{MESSAGE, client_of, mailbox_of, outside, template, views};
use crate::desk::{Documents, Intent, ask::Asked, drafting::Drafting, says::Says, view};
use crate::domain::{
    event::Event,
    letter::{Audience, Disposition},
    message::MessageRecord,
    person::Person,
    task::{ClientTold, Task},
};

/// A letter of a member of staff to the client.
pub(in crate::desk) struct ToClient<'a> {
    /// The usual name of the template.
    pub(in crate::desk) kind: &'static str,
    /// The words.
    pub(in crate::desk) words: &'a str,
    /// It goes to whoever asked, even where that is not the client.
    pub(in crate::desk) to_sender: bool,
    /// Documents that go along.
    pub(in crate::desk) documents: Option<&'a Documents>,
    /// Who wrote it.
    pub(in crate::desk) by: &'a Person,
    /// The task's messages, oldest first.
    pub(in crate::desk) records: &'a [&'a MessageRecord],
}

/// Writes to whoever asked, in their thread; what becomes of the letter. Refused where there is no address.
pub(in crate::desk) fn to_client(d: &mut Drafting<'_>, task: &Task, letter: &ToClient<'_>) -> Asked<Disposition> {
    let to = &client_of(d, task, letter.to_sender)?;
    let policy = d.policy;
    let theirs: Vec<&MessageRecord> =
        letter.records.iter().copied().filter(|r| r.from.as_ref().is_some_and(|f| f.address == to.address)).collect();
    let last = theirs.last().or(letter.records.first());
    let disposition = outside(d, &[task.id], policy.mode_for(task.request_type.as_ref(), &task.assigned.person));
    let says = Says {
        agency: view::agency(policy),
        to: view::who(to),
        tasks: views(d, &[task.id], Audience::Client, &task.language),
        subject: last.map_or(&task.subject, |r| &r.subject).to_string(),
        sender_kind: view::sender_kind(task.sender_kind).to_owned(),
        certain: task.request_type.is_some(),
        message: letter.words.to_owned(),
        by: view::person(policy, &letter.by.id),
        enclosed: letter.documents.map(|docs| docs.names.clone()).unwrap_or_default(),
        ..Says::default()
    };
    d.intents.push(Intent {
        language: task.language.clone(),
        tasks: vec![task.id],
        answers: last.map(|r| r.key.clone()),
        in_reply_to: last.and_then(|r| r.message_id.clone()),
        references: theirs.iter().filter_map(|r| r.message_id.clone()).collect(),
        disposition,
        original: letter.documents.map(|docs| docs.raw.clone()),
        documents: letter.documents.map(|docs| docs.names.clone()).unwrap_or_default(),
        by_person: letter.kind == MESSAGE,
        tell: Some(mailbox_of(letter.by)),
        ..Intent::new(template(policy, Some(task), letter.kind), Audience::Client, to.clone(), d.now, says)
    });
    if disposition == Disposition::Send {
        d.record(Event::ClientToldSet { task: task.id, told: ClientTold::Yes });
    }
    Ok(disposition)
}
