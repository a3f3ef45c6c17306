//! Letters that ask the client for what is missing, in the page's words: one numbered list, in the client's thread.

use super::{mailbox_of, outside, template, views};
use crate::desk::{
    Intent,
    ask::{Asked, refuse},
    drafting::Drafting,
    says::{Question, Says},
    view,
};
use crate::domain::{
    id::{MessageKey, TaskId},
    letter::{Audience, Disposition},
    message::MessageRecord,
    person::Person,
    reading::SenderKind,
    task::Task,
    text::Mailbox,
};

/// The conversation that a letter continues.
#[derive(Debug, Default)]
pub(in crate::desk) struct Thread {
    /// The message it answers.
    pub(in crate::desk) answers: Option<MessageKey>,
    /// In-Reply-To.
    pub(in crate::desk) in_reply_to: Option<String>,
    /// References, oldest first.
    pub(in crate::desk) references: Vec<String>,
}

impl Thread {
    /// That of what this correspondent wrote, else of the first message.
    pub(in crate::desk) fn of(records: &[&MessageRecord], with: &Mailbox) -> Self {
        let is_theirs = |r: &&&MessageRecord| r.from.as_ref().is_some_and(|f| f.address == with.address);
        let theirs: Vec<&MessageRecord> = records.iter().filter(is_theirs).copied().collect();
        let last = theirs.last().or(records.first()).copied();
        Self {
            answers: last.map(|r| r.key.clone()),
            in_reply_to: last.and_then(|r| r.message_id.clone()),
            references: theirs.iter().filter_map(|r| r.message_id.clone()).collect(),
        }
    }
}

/// Whom a letter to the client of a task goes to. Refused where there is no address, or it is not the client's.
pub(in crate::desk) fn client_of(d: &Drafting<'_>, task: &Task, to_sender: bool) -> Asked<Mailbox> {
    let Some(to) = &task.requester else {
        return refuse(format!("{} came without a mail address; call them.", task.id));
    };
    if d.policy.is_own(&to.address) {
        return refuse(format!(
            "{} was asked for by {}, who is no client; write to the client by hand.",
            task.id, to.address
        ));
    }
    let client = !matches!(task.sender_kind, SenderKind::ThirdParty | SenderKind::Carrier);
    if !client && !to_sender {
        return refuse(format!(
            "{} was asked for by {}, who is not the client. “to sender: …” writes to them; to the client write by hand.",
            task.id, to.address
        ));
    }
    Ok(to.clone())
}

/// Asks for these fields; what becomes of the letter. `by` is the person who had it sent.
pub(in crate::desk) fn questions(
    d: &mut Drafting<'_>,
    id: TaskId,
    kind: &'static str,
    to: &Mailbox,
    fields: &[String],
    thread: Thread,
    by: Option<&Person>,
) -> Disposition {
    let policy = d.policy;
    let Some(task) = d.held(id) else { return Disposition::Observe };
    let disposition = outside(d, &[id], policy.mode_for(task.request_type.as_ref(), &task.assigned.person));
    let mut shown = views(d, &[id], Audience::Client, &task.language);
    let asked = task.missing.iter().filter(|m| fields.contains(&m.field));
    let asked: Vec<Question> = asked
        .map(|m| Question { field: m.field.clone(), question: m.question.clone(), ..Question::default() })
        .collect();
    for view in &mut shown {
        view.missing.clone_from(&asked);
    }
    let says = Says {
        agency: view::agency(policy),
        to: view::who(to),
        tasks: shown,
        subject: task.subject.to_string(),
        sender_kind: view::sender_kind(task.sender_kind).to_owned(),
        certain: task.request_type.is_some(),
        by: view::person(policy, &by.map_or(&task.assigned.person, |p| &p.id).clone()),
        ..Says::default()
    };
    let tell = by.or_else(|| policy.person(&task.assigned.person)).map(mailbox_of);
    d.intents.push(Intent {
        language: task.language.clone(),
        tasks: vec![id],
        answers: thread.answers,
        in_reply_to: thread.in_reply_to,
        references: thread.references,
        disposition,
        tell,
        ..Intent::new(template(policy, Some(&task), kind), Audience::Client, to.clone(), d.now, says)
    });
    disposition
}
