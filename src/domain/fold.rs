//! Folding events into the task and the letter they speak of.

use super::{
    Timestamp,
    event::Event,
    id::{PersonId, TaskId},
    letter::*,
    round::{OWED_MAX, Owed, Round},
    task::*,
    upkeep::{Outage, Upkeep},
};
use std::sync::Arc;

/// The task as it stands after `event`, which became true at `at`. An event on a task that does not exist changes
/// nothing: it cannot come from the desk.
#[must_use]
pub fn task(before: Option<Task>, event: &Event, at: Timestamp) -> Option<Task> {
    shared(before.map(Arc::new), event, at).map(Arc::unwrap_or_clone)
}

/// The same of a task that others may hold too: copied only where they do.
#[must_use]
pub fn shared(before: Option<Arc<Task>>, event: &Event, at: Timestamp) -> Option<Arc<Task>> {
    if let Event::TaskOpened { task, opening } = event {
        return Some(Arc::new(opened(*task, opening, at)));
    }
    let mut task = before?;
    change(Arc::make_mut(&mut task), event, at);
    Some(task)
}

/// Changes a task by an event other than its opening.
fn change(t: &mut Task, event: &Event, at: Timestamp) {
    match event {
        Event::TypeSet { request_type, type_title, done_when, complexity, .. } => {
            t.request_type.clone_from(request_type);
            t.type_title = type_title.as_str().into();
            t.done_when = done_when.as_str().into();
            t.complexity = *complexity;
        }
        Event::MessageJoined { message, .. } if !t.messages.contains(message) => t.messages.push(message.clone()),
        Event::AccountSet { account, insured, reason, candidates, .. } => {
            t.candidates.clone_from(candidates);
            t.account.clone_from(account);
            t.insured.clone_from(insured);
            t.account_reason.clone_from(reason);
        }
        Event::Assigned { person, reason, standing_in_for, .. } => {
            let (person, reason, standing_in_for) = (person.clone(), reason.clone(), standing_in_for.clone());
            t.assigned = Assignment { person, reason, at, standing_in_for, touched: false };
        }
        Event::HandedOut { partner, .. } => t.with_partner = Some(partner.clone()),
        Event::TakenBack { .. } => t.with_partner = None,
        Event::FieldsSet { fields, .. } => t.fields.clone_from(fields),
        Event::MissingSet { missing, .. } => t.missing.clone_from(missing),
        Event::Corrected { by, what, .. } => corrected(t, by, what, at),
        Event::Reread { evidence, .. } => t.evidence.clone_from(evidence),
        Event::HazardSeen { hazard, .. } if !t.hazards.iter().any(|h| h.key == hazard.key) => {
            t.hazards.push(hazard.clone());
            t.snoozed = None;
        }
        Event::StepsSet { steps, .. } => {
            t.steps.clone_from(steps);
            look_who_waits(t, at, |_| {});
        }
        Event::StepMarked { step, mark, policy, .. } => {
            let meant = |s: &&mut StepState| s.id == *step && (policy.is_none() || s.policy == *policy);
            for s in Arc::make_mut(&mut t.steps).iter_mut().filter(meant) {
                s.mark = mark.clone();
            }
            look_who_waits(t, at, |_| {});
        }
        Event::DeadlinesSet { deadline, standard_due, .. } => {
            t.deadline = *deadline;
            t.standard_due = *standard_due;
        }
        Event::Touched { by, .. } => {
            t.assigned.touched |= t.assigned.person == *by;
            t.first_touch.get_or_insert(at);
            t.last_human_act = Some(at);
            t.undelivered = None;
            if t.state == TaskState::New {
                t.state = TaskState::InProgress;
            }
        }
        Event::WaitingBegan { on, until, why, step, policy, .. } => {
            let (step, policy) = (step.clone(), policy.clone());
            let new = Waiting { on: *on, since: at, until: *until, why: why.clone(), step, policy };
            look_who_waits(t, at, |waits| {
                end_waits(waits, new.policy.as_deref());
                waits.push(new);
            });
        }
        Event::WaitingEnded { policy, .. } => look_who_waits(t, at, |waits| end_waits(waits, policy.as_deref())),
        Event::Linked { other, how, step, why, .. } => {
            let (step, why) = (step.clone(), why.clone());
            t.links.push(Link { other: *other, how: *how, step, why, since: at, over: None });
        }
        Event::Unlinked { other, .. } => {
            for l in t.links.iter_mut().filter(|l| l.other == *other && l.over.is_none()) {
                if matches!(l.how, Tie::WaitsForIt | Tie::ItWaits) {
                    l.over = Some(at);
                }
            }
        }
        Event::Asked { how, fields, sent, .. } => {
            t.asked.push(Asked { at, how: *how, fields: fields.clone(), sent: *sent });
        }
        Event::RemindSet { at, .. } => t.remind_at = *at,
        Event::Noted { by, text, .. } => t.notes.push(Note { at, by: by.clone(), text: text.clone() }),
        Event::Ended { how, reason, .. } => {
            look_who_waits(t, at, Vec::clear);
            t.due.clear();
            t.undelivered = None;
            t.snoozed = None;
            t.remind_at = None;
            t.state = TaskState::Ended { how: *how, reason: reason.clone(), at };
        }
        Event::Reopened { .. } => {
            t.reopened += 1;
            // While it was over nobody at the agency had the ball: that time is not the agency's own either.
            if let TaskState::Ended { at: ended, .. } = t.state {
                t.waited.push(Waited { on: None, since: ended, until: at });
            }
            t.state = if t.first_touch.is_some() { TaskState::InProgress } else { TaskState::New };
            t.error = None;
            t.merged_into = None;
        }
        Event::ErrorNamed { whose, .. } => t.error = Some(*whose),
        Event::Snoozed { by, until, why, .. } => {
            t.snoozed = Some(Snoozed { until: *until, by: by.clone(), at, why: why.clone() });
        }
        Event::CameBack { .. } => {
            t.undelivered = Some(at);
            t.snoozed = None;
        }
        Event::Chased { .. } => {
            t.chased.push(at);
            t.snoozed = None;
        }
        Event::Merged { into, .. } => t.merged_into = Some(*into),
        Event::TermSet { term, .. } => t.term = Some((**term).clone()),
        Event::ClocksSet { due, .. } => t.due.clone_from(due),
        Event::Escalated { escalated, .. } => {
            t.due.retain(|d| !(d.clock == escalated.clock && d.rung == escalated.rung && d.epoch == escalated.epoch));
            t.escalated.push(escalated.clone());
        }
        Event::ClientToldSet { told, .. } => t.client_told = told.clone(),
        _ => {}
    }
}

/// What a person is still to be told, after `event`; an event about somebody else is not asked for here.
#[must_use]
pub fn round(mut before: Round, event: &Event) -> Round {
    match event {
        Event::Owed { owed, more, tell_at, .. } => {
            let room = OWED_MAX.saturating_sub(before.owed.len());
            before.owed.extend(owed.iter().take(room).cloned());
            before.more += owed.len().saturating_sub(room) as u64 + more;
            let quiet = before.quiet_until.filter(|_| !owed.iter().any(Owed::presses));
            let tell_at = quiet.map_or(*tell_at, |until| until.max(*tell_at));
            before.tell_at = Some(before.tell_at.map_or(tell_at, |at| at.min(tell_at)));
        }
        Event::Told { quiet_until, .. } => {
            let Round { digest_at, digest_waits, .. } = before;
            before = Round { digest_at, digest_waits, quiet_until: *quiet_until, ..Round::default() };
        }
        Event::DigestSet { at, .. } => (before.digest_at, before.digest_waits) = (*at, None),
        Event::DigestWaits { until, .. } => before.digest_waits = *until,
        _ => {}
    }
    before
}

/// What is known of the house after `event`.
#[must_use]
pub fn upkeep(mut before: Upkeep, event: &Event) -> Upkeep {
    match event {
        Event::Counted { counted } => {
            before.counted.retain(|c| !c.is_of(&counted.mailbox, &counted.folder));
            before.counted.push((**counted).clone());
        }
        Event::OutageTold { part, since, sends, tell } => {
            match before.outages.iter_mut().find(|o| o.part == *part && o.since == *since) {
                Some(known) if known.told.contains(tell) => {}
                Some(known) => known.told.push(*tell),
                None => {
                    before.outages.retain(|o| o.part != *part);
                    let (part, since, sends, told) = (part.clone(), *since, *sends, vec![*tell]);
                    before.outages.push(Outage { part, since, sends, told });
                }
            }
        }
        Event::OutageOver { part } => before.outages.retain(|o| o.part != *part),
        Event::ReportSet { at } => before.report_at = *at,
        _ => {}
    }
    before
}

/// The last word on each thing stays, and with it what the rules had said at first.
fn corrected(t: &mut Task, by: &PersonId, what: &Corrected, at: Timestamp) {
    let mut what = what.clone();
    let before = t.corrections.iter().position(|c| c.what.is_about_the_same(&what)).map(|i| t.corrections.remove(i));
    if let (Corrected::Type { was, .. }, Some(Correction { what: Corrected::Type { was: first, .. }, .. })) =
        (&mut what, before)
    {
        *was = first;
    }
    t.corrections.push(Correction { at, by: by.clone(), what });
}

/// Changes for whom the task waits, and says whether it waits as a whole: where every policy that has a step left
/// waits, or all of it does.
fn look_who_waits(t: &mut Task, at: Timestamp, change: impl FnOnce(&mut Vec<Waiting>)) {
    let before = t.waiting.as_ref().map(|w| w.on);
    change(&mut t.waits);
    let open = t.steps.iter().filter(|s| s.mark == StepMark::Open).filter_map(|s| s.policy.as_ref());
    let lanes: Vec<&String> = open.collect();
    let waits = |lane: &&String| t.waits.iter().any(|w| w.policy.as_ref() == Some(lane));
    let whole = t.waits.iter().filter(|w| w.policy.is_none()).min_by_key(|w| w.until);
    let first = || t.waits.iter().filter(|_| lanes.iter().all(waits)).min_by_key(|w| w.until);
    let now = whole.or_else(first).cloned();
    // Where somebody is waited for anew the waiting before has ended.
    let begins = now.as_ref().is_some_and(|w| t.waiting.as_ref() != Some(w) && w.since == at);
    if let Some(since) = t.waiting_since.filter(|_| now.is_none() || begins) {
        t.waited.push(Waited { on: before, since, until: at });
        t.waiting_since = None;
    }
    if now.is_some() {
        t.waiting_since.get_or_insert(at);
    }
    t.waiting = now;
}

/// Ends the waiting for this policy; all of it where none is named.
fn end_waits(waits: &mut Vec<Waiting>, policy: Option<&str>) {
    waits.retain(|w| policy.is_some() && w.policy.as_deref() != policy && w.policy.is_some());
}

fn opened(id: TaskId, o: &super::event::Opening, at: Timestamp) -> Task {
    Task {
        id,
        request_type: o.request_type.clone(),
        type_title: o.type_title.as_str().into(),
        state: TaskState::New,
        arrived: o.arrived,
        opened: at,
        subject: o.subject.clone(),
        requester: o.requester.clone(),
        sender_kind: o.sender_kind,
        channel: o.channel,
        language: o.language.clone(),
        words: o.words.as_str().into(),
        messages: o.message.iter().cloned().collect(),
        account: None,
        insured: None,
        account_reason: String::new(),
        candidates: Vec::new(),
        assigned: Assignment {
            person: o.assigned_to.clone(),
            reason: o.assigned_because.clone(),
            at,
            standing_in_for: o.standing_in_for.clone(),
            touched: false,
        },
        complexity: o.complexity,
        urgent: o.urgent,
        fields: Arc::default(),
        with_partner: None,
        evidence: Arc::clone(&o.evidence),
        guesses: o.guesses.clone(),
        missing: Vec::new(),
        hazards: Vec::new(),
        steps: Arc::default(),
        done_when: o.done_when.as_str().into(),
        deadline: None,
        standard_due: None,
        first_touch: None,
        last_human_act: None,
        waiting: None,
        waits: Vec::new(),
        waiting_since: None,
        links: Vec::new(),
        asked: Vec::new(),
        remind_at: None,
        waited: Vec::new(),
        uncertain: o.uncertain,
        undelivered: None,
        snoozed: None,
        due: Vec::new(),
        escalated: Vec::new(),
        letters: Vec::new(),
        client_told: ClientTold::No("nothing was sent".to_owned()),
        notes: Vec::new(),
        reopened: 0,
        error: None,
        chased: Vec::new(),
        merged_into: None,
        corrections: Vec::new(),
        term: None,
    }
}

/// The record of a letter as it is when the decision that wrote it is committed.
#[must_use]
pub fn letter_written(letter: &Letter, at: Timestamp) -> LetterRecord {
    LetterRecord {
        id: letter.id.clone(),
        kind: letter.kind.clone(),
        audience: letter.audience,
        to: letter.to.clone(),
        subject: letter.subject.clone(),
        message_id: letter.message_id.clone(),
        tasks: letter.tasks.clone(),
        written: at,
        held: letter.disposition == Disposition::Held,
        state: match letter.disposition {
            Disposition::Send => LetterState::Due(letter.not_before),
            Disposition::Review | Disposition::Held => LetterState::Review,
            Disposition::Observe => LetterState::Observed,
        },
        attempts: 0,
        first_attempt: None,
        last_trouble: None,
        possibly_twice: false,
    }
}

/// The letter as it stands after `event`.
#[must_use]
pub fn letter(mut l: LetterRecord, event: &Event, at: Timestamp) -> LetterRecord {
    match event {
        Event::LetterTried { .. } => {
            // A try on top of a try: the first one ended without an answer (a crash), so it may arrive twice.
            l.possibly_twice |= matches!(l.state, LetterState::Trying(_));
            l.attempts += 1;
            l.first_attempt.get_or_insert(at);
            l.state = LetterState::Trying(at);
        }
        Event::LetterAnswered { attempt, again, .. } => match (attempt, again) {
            (Attempt::Sent(_), _) => l.state = LetterState::Sent { at },
            (Attempt::Later { why, unanswered }, Some(again)) => {
                l.possibly_twice |= *unanswered;
                l.last_trouble = Some(why.clone());
                l.state = LetterState::Due(*again);
            }
            (Attempt::Later { why, unanswered }, None) => {
                l.possibly_twice |= *unanswered;
                l.last_trouble = Some(why.clone());
                l.state = LetterState::Failed { at, why: why.clone() };
            }
            (Attempt::Refused(why), _) => {
                l.last_trouble = Some(why.clone());
                l.state = LetterState::Failed { at, why: why.clone() };
            }
        },
        Event::LetterReleased { .. } => {
            // A letter that was given up gets its whole time of trying anew, or the first refusal would end it.
            l.attempts = 0;
            l.first_attempt = None;
            l.state = LetterState::Due(at);
        }
        Event::LetterDropped { .. } => l.state = LetterState::Dropped { at },
        _ => {}
    }
    l
}
