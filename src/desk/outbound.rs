//! What the outbox reports: an attempt begins, an attempt ended. Decides whether and when to try again.

use super::{
    Policy, Retry,
    ask::{Ask, Asked, all},
    drafting::Drafting,
    undelivered,
};
use crate::domain::{
    Timestamp,
    decision::Cause,
    event::Event,
    id::LetterId,
    letter::{Attempt, LetterRecord, LetterState},
};
use chrono::Duration;

/// The wait where the configuration names none (RFC 5321 4.5.4.1: at least 30 minutes).
const USUAL_WAIT_MINUTES: i64 = 30;

/// The outbox is about to send these: recorded before the dial, so that a crash leaves a trace.
pub(super) fn trying<'p>(
    ask: &Ask<'_>,
    letters: &[LetterId],
    now: Timestamp,
    policy: &'p Policy,
) -> Asked<Drafting<'p>> {
    let records: Vec<_> = letters.iter().map(|l| ask.letter(l)).collect();
    let mut d = Drafting::silent(Cause::Outbox, now, policy);
    for letter in all(records)?.into_iter().flatten() {
        // A letter that was dropped or sent meanwhile is not tried; one whose try a crash cut off is tried anew.
        if matches!(letter.state, LetterState::Due(_) | LetterState::Trying(_)) {
            d.record(Event::LetterTried { letter: letter.id.clone() });
        }
    }
    Ok(d)
}

/// An attempt ended.
pub(super) fn tried<'p>(
    ask: &Ask<'_>,
    id: &LetterId,
    attempt: &Attempt,
    now: Timestamp,
    policy: &'p Policy,
) -> Asked<Drafting<'p>> {
    let silent = || Drafting::silent(Cause::Outbox, now, policy);
    let Some(letter) = ask.letter(id)? else { return Ok(silent()) };
    let again = match attempt {
        Attempt::Later { .. } => again(letter, &policy.retry, now),
        Attempt::Sent(_) | Attempt::Refused(_) => None,
    };
    let failed = match attempt {
        Attempt::Sent(_) => None,
        Attempt::Later { why, .. } => again.is_none().then(|| format!("given up after days of trying: {why}")),
        Attempt::Refused(why) => Some(why.clone()),
    };
    if let Some(why) = failed {
        // Everything about the tasks is needed only when a person has to be told.
        let tasks: Vec<_> = letter.tasks.iter().map(|t| ask.task(*t)).collect();
        let circumstances = ask.circumstances();
        let tasks: Vec<_> = all(tasks)?.into_iter().flatten().collect();
        let accounts: Vec<_> = tasks.iter().filter_map(|t| t.account.as_ref()).map(|a| ask.account(a)).collect();
        let went_on: Vec<_> = tasks.iter().flat_map(|t| t.went_on()).map(|l| ask.task(l.other)).collect();
        let mut d = Drafting::amid(circumstances?, Cause::Outbox, now, policy);
        let load = d.roster.clone();
        for account in all(accounts)?.into_iter().flatten() {
            d.know_account(account);
        }
        for task in tasks.into_iter().chain(all(went_on)?.into_iter().flatten()) {
            d.adopt(task);
        }
        d.record(Event::LetterAnswered { letter: id.clone(), attempt: attempt.clone(), again });
        undelivered::tell(&mut d, letter, &why, &load);
        return Ok(d);
    }
    let mut d = silent();
    d.record(Event::LetterAnswered { letter: id.clone(), attempt: attempt.clone(), again });
    Ok(d)
}

/// When to try again; `None` when it has been tried for long enough. The last try comes just at the end of that time.
fn again(letter: &LetterRecord, retry: &Retry, now: Timestamp) -> Option<Timestamp> {
    let nth = letter.attempts.saturating_sub(1) as usize;
    let usual = Duration::minutes(USUAL_WAIT_MINUTES);
    let wait = retry.waits.get(nth).or(retry.waits.last()).copied().unwrap_or(usual);
    let end = letter.first_attempt.unwrap_or(now) + retry.give_up_after;
    if now >= end { None } else { Some((now + wait).min(end)) }
}
