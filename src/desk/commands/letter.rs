//! Letters that wait for a person: released or dropped.

use super::{Drafting, Said};
use crate::desk::{
    ask::{Asked, all, refuse},
    questions,
};
use crate::domain::{
    event::Event,
    id::LetterId,
    letter::{Audience, LetterRecord, LetterState},
    task::ClientTold,
};

/// A letter in review may go; a failed one is tried again.
pub(super) fn release<'p>(said: &Said<'_, 'p>, id: &LetterId) -> Asked<Drafting<'p>> {
    let (mut d, letter) = with_tasks(said, id)?;
    if !matches!(letter.state, LetterState::Review | LetterState::Failed { .. }) {
        return refuse(format!(
            "The letter {id} {}; only a letter in review, or one that failed, can be released.",
            standing(&letter.state)
        ));
    }
    d.record(Event::LetterReleased { letter: id.clone(), by: said.person.id.clone() });
    about_its_tasks(said, &mut d, letter, ClientTold::Yes);
    Ok(d)
}

/// A letter in review shall not go.
pub(super) fn drop<'p>(said: &Said<'_, 'p>, id: &LetterId) -> Asked<Drafting<'p>> {
    let (mut d, letter) = with_tasks(said, id)?;
    if letter.state != LetterState::Review {
        return refuse(format!("The letter {id} {}; only a letter in review can be dropped.", standing(&letter.state)));
    }
    d.record(Event::LetterDropped { letter: id.clone(), by: said.person.id.clone() });
    let told = ClientTold::No(format!("{} dropped the letter “{}”", said.person.name, letter.subject));
    about_its_tasks(said, &mut d, letter, told);
    Ok(d)
}

fn with_tasks<'s, 'p>(said: &Said<'s, 'p>, id: &LetterId) -> Asked<(Drafting<'p>, &'s LetterRecord)> {
    let drafting = said.drafting();
    let Some(letter) = said.ask.letter(id)? else { return refuse(format!("There is no letter {id}.")) };
    let tasks: Vec<_> = letter.tasks.iter().map(|t| said.ask.task(*t)).collect();
    let mut d = drafting?;
    for task in all(tasks)?.into_iter().flatten() {
        d.adopt(task);
    }
    Ok((d, letter))
}

fn about_its_tasks(said: &Said<'_, '_>, d: &mut Drafting<'_>, letter: &LetterRecord, told: ClientTold) {
    for task in &letter.tasks {
        if d.task(*task).is_none() {
            continue;
        }
        if letter.audience == Audience::Client {
            d.record(Event::ClientToldSet { task: *task, told: told.clone() });
            if told == ClientTold::Yes {
                questions::released(d, *task, &letter.kind);
            }
        }
        d.record(said.touched(*task));
    }
}

/// How far a letter is, in words that follow its name.
fn standing(state: &LetterState) -> &'static str {
    match state {
        LetterState::Due(_) => "is on its way",
        LetterState::Review => "waits for a yes",
        LetterState::Observed => "was written in mode observe and never goes",
        LetterState::Trying(_) => "is being sent",
        LetterState::Sent { .. } => "was sent",
        LetterState::Failed { .. } => "failed",
        LetterState::Dropped { .. } => "was dropped",
    }
}
