//! Letters to the client on the days that the steps name. Where several days have passed at once (a late listing, a
//! week asleep) the last one's letter goes, and no more: nobody wants three letters in a morning.

use crate::desk::{drafting::Drafting, letters};
use crate::domain::{
    event::Event,
    id::TaskId,
    letter::Disposition,
    pipeline::{ScheduledLetter, Term, days_before},
    task::{ClientTold, Task},
    workflow::{Practice, Step},
};
use chrono::NaiveDate;

/// A letter that has not been dealt with: its step, how many days before, and the day.
pub(super) type ToCome<'p> = (&'p Step, u16, NaiveDate);

/// The letters that have still to be dealt with: of open steps that name one, on each of their days.
pub(super) fn to_come<'p>(task: &Task, term: &Term, practice: &'p Practice) -> Vec<ToCome<'p>> {
    let dealt_with = |s: &Step, before: u16| term.letters.iter().any(|l| l.step == s.id && l.before == before);
    let open = super::dated(task, practice).into_iter().map(|(step, _)| step).filter(|s| s.letter.is_some());
    let mut list: Vec<ToCome<'_>> = open
        .flat_map(|s| s.days_before.into_iter().chain(s.chase_at.iter().copied()).map(move |before| (s, before)))
        .filter(|(s, before)| !dealt_with(s, *before))
        .map(|(s, before)| (s, before, days_before(term.expiration, before)))
        .collect();
    list.sort_by_key(|(_, _, day)| *day);
    list
}

/// Deals with the letters whose day has come.
pub(super) fn write(d: &mut Drafting<'_>, id: TaskId) {
    let Some(task) = d.held(id) else { return };
    let Some(term) = &task.term else { return };
    let (policy, now) = (d.policy, d.now);
    let practice = policy.practice_of(task.request_type.as_ref());
    let come: Vec<ToCome<'_>> = to_come(&task, term, practice)
        .into_iter()
        .filter(|(_, _, day)| super::opening(&policy.calendar, *day) <= now)
        .collect();
    let Some((step, before, _)) = come.last() else { return };
    let again = term.letters.iter().any(|l| l.step == step.id && l.written);
    // Who has written since the last letter is not asked a second time by a machine.
    let last = term.letters.iter().filter(|l| l.step == step.id && l.written).map(|l| l.at).max();
    let has_answered = last.is_some_and(|at| term.answered.is_some_and(|answered| answered >= at));
    let is_over = now >= super::midnight(&policy.calendar, term.expiration);
    let kind = step.letter.clone().unwrap_or_default();
    let written = !has_answered && !is_over && tell(d, &task, &kind, again);
    let mut after = term.clone();
    for (s, b, _) in &come {
        let written = written && s.id == step.id && b == before;
        after.letters.push(ScheduledLetter { step: s.id.clone(), before: *b, at: now, written });
    }
    d.record(Event::TermSet { task: id, term: Box::new(after) });
}

/// Writes to the client, where there is an address; whether a letter came of it.
fn tell(d: &mut Drafting<'_>, task: &Task, kind: &str, again: bool) -> bool {
    let told = match letters::scheduled(d, task, kind, again) {
        Some(Disposition::Send) => ClientTold::Yes,
        Some(Disposition::Review) => {
            ClientTold::No("the letter of the schedule waits for a person's yes (mode review)".to_owned())
        }
        Some(Disposition::Held) => ClientTold::No("the account book is new, and nobody has released it yet".to_owned()),
        Some(Disposition::Observe) => ClientTold::No("letters to clients are kept, not sent (mode observe)".to_owned()),
        None => ClientTold::No("the account book has no mail address for them; call".to_owned()),
    };
    let written = !matches!(&told, ClientTold::No(why) if why.starts_with("the account book has no"));
    d.record(Event::ClientToldSet { task: task.id, told });
    written
}
