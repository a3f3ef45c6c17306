//! What a person has sent to the client: their own words and documents, or a question.

use super::{Drafting, Said, Subject, needed, task::Wanted};
use crate::desk::{
    Documents,
    ask::{Asked, all},
    letters::{self, MESSAGE, QUESTION, ToClient},
    questions,
    spawning::{self, Heirs},
    steps,
};
use crate::domain::{
    Timestamp,
    id::TaskId,
    letter::Disposition,
    message::MessageRecord,
    task::{StepMark, Task},
    workflow::Party,
};

/// Messages of a task that are looked at for the client's thread: the newest.
const THREAD_MAX: usize = 30;

/// These words go to the client, with these documents.
pub(super) fn tell<'p>(
    said: &Said<'_, 'p>,
    id: TaskId,
    text: &str,
    documents: Option<&Documents>,
    to_sender: bool,
) -> Asked<Drafting<'p>> {
    let words = if documents.is_some() { text.trim() } else { needed(text, NOTHING_TO_SAY)? };
    let (records, heirs) = (records(said, id), said.heirs(id));
    let subject = said.open_subject(id);
    let (mut heirs, Subject { mut d, task, .. }) = (heirs?, subject?);
    let letter = ToClient { kind: MESSAGE, words, documents, to_sender, by: said.person, records: &records? };
    let disposition = letters::to_client(&mut d, task, &letter)?;
    if disposition == Disposition::Send && documents.is_some() {
        tick_what_sends(said, &mut d, task, &mut heirs);
    }
    d.record(said.touched(id));
    spawning::tell(&mut d, &heirs);
    Ok(d)
}

const NOTHING_TO_SAY: &str = "There are no words for the client, and no document: write them behind “to client:”.";

/// The client is asked, and the task waits for the answer.
pub(super) fn question<'p>(
    said: &Said<'_, 'p>,
    id: TaskId,
    words: &str,
    until: Option<Timestamp>,
) -> Asked<Drafting<'p>> {
    let words = needed(words, "There is no question; write it behind “waiting on client:”.")?;
    let records = records(said, id);
    let Subject { task, .. } = said.open_subject(id)?;
    let records = records?;
    let mut d = super::task::wait(said, id, &Wanted { on: Party::Client, until, policy: None }, words)?;
    let letter =
        ToClient { kind: QUESTION, words, documents: None, to_sender: false, by: said.person, records: &records };
    letters::to_client(&mut d, task, &letter)?;
    Ok(d)
}

/// What is missing, and nobody has asked for, is asked of the client in the page's words; the task waits for the answer
/// where its page lets it.
pub(super) fn ask_missing<'p>(said: &Said<'_, 'p>, id: TaskId) -> Asked<Drafting<'p>> {
    let records = records(said, id);
    let subject = said.open_subject(id);
    let (records, Subject { mut d, task, .. }) = (records?, subject?);
    questions::by_a_person(&mut d, task, said.person, &records)?;
    d.record(said.touched(id));
    Ok(d)
}

/// The records of a task's messages, for the thread that a letter to the client continues.
fn records<'s>(said: &Said<'s, '_>, id: TaskId) -> Asked<Vec<&'s MessageRecord>> {
    let Some(task) = said.ask.task(id)? else { return Ok(Vec::new()) };
    let newest = task.messages.iter().rev().take(THREAD_MAX);
    let found: Vec<_> = newest.map(|m| said.ask.message(m)).collect();
    Ok(all(found)?.into_iter().flatten().rev().collect())
}

/// A document has gone out: the step that is there for it is done.
fn tick_what_sends(said: &Said<'_, '_>, d: &mut Drafting<'_>, task: &Task, heirs: &mut Heirs<'_>) {
    let Some(step) = task.steps.iter().find(|s| s.sends && s.mark == StepMark::Open) else { return };
    let mark = StepMark::Ticked { by: said.person.id.clone(), at: said.now };
    steps::record(d, task.id, step, mark, heirs);
}
