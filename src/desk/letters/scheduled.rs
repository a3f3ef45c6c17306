//! A letter to the client because its day has come: nobody wrote first, so it answers nothing.

use super::{mailbox_of, outside, views};
use crate::desk::{Intent, drafting::Drafting, says::Says, view};
use crate::domain::{
    letter::{Audience, Disposition},
    reading::SenderKind,
    task::Task,
    text::Mailbox,
};

/// Whoever asked where that was the client, else the first contact in the account book that has an address.
fn recipient(d: &Drafting<'_>, task: &Task) -> Option<Mailbox> {
    let asked = task.requester.clone().filter(|_| task.sender_kind == SenderKind::Client);
    let contact = || {
        let contacts = &d.account_of(task)?.contacts;
        contacts.iter().find_map(|c| c.address.clone().map(|address| Mailbox { name: c.name.clone(), address }))
    };
    asked.or_else(contact).filter(|to| !d.policy.is_own(&to.address))
}

/// Writes the letter `kind` to whom the task's account can be reached by; what becomes of it, or `None` where nobody has
/// a mail address. `again` is true where the client had it before.
pub(in crate::desk) fn scheduled(d: &mut Drafting<'_>, task: &Task, kind: &str, again: bool) -> Option<Disposition> {
    let policy = d.policy;
    let to = recipient(d, task)?;
    let disposition = outside(d, &[task.id], policy.mode_for(task.request_type.as_ref(), &task.assigned.person));
    let says = Says {
        agency: view::agency(policy),
        to: view::who(&to),
        tasks: views(d, &[task.id], Audience::Client, &task.language),
        subject: task.subject.to_string(),
        sender_kind: "client".to_owned(),
        certain: true,
        again,
        ..Says::default()
    };
    d.intents.push(Intent {
        language: task.language.clone(),
        tasks: vec![task.id],
        disposition,
        tell: policy.person(&task.assigned.person).map(mailbox_of),
        ..Intent::new(kind.to_owned(), Audience::Client, to, policy.calendar.next_open(d.now), says)
    });
    Some(disposition)
}
