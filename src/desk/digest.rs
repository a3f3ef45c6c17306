//! The morning's letter: to everybody what is theirs today, to the owner the whole desk on one screen and yesterday's
//! proof. Always written, even when there is nothing to say, so that silence means: call.

use super::{
    Policy,
    ask::{Ask, Asked, all},
    counting,
    drafting::Drafting,
    letters::{self, DIGEST, ToStaff},
    outages, pipeline,
    says::{Digest as Shown, Line, ProofView},
    view,
};
use crate::domain::{
    Timestamp,
    decision::Sequence,
    event::Event,
    id::*,
    person::{Person, Role},
    proof::Proof,
    round::Round,
    task::{Task, TaskState},
    upkeep::Upkeep,
};
use chrono::{Days, Duration, NaiveTime};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};

/// Lines of one heading; of more it says how many.
const LINES_MAX: usize = 12;
/// Tasks of one list that are looked at.
const LOOKED_AT: usize = 200;
/// Days searched for the next morning on which somebody works.
const SEARCH_DAYS: u64 = 400;
/// Nobody is called overloaded by less than this.
const MUCH: u32 = 10;

/// When digests are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest {
    /// At this time of day; as the reader's day begins where left out.
    pub at: Option<NaiveTime>,
}

/// The first morning after `after` on which that person works.
pub(super) fn next(policy: &Policy, person: &Person, after: Timestamp) -> Option<Timestamp> {
    let digest = policy.digest?;
    let calendar = person.hours.map_or_else(|| policy.calendar.clone(), |week| policy.calendar.kept_by(week));
    let first = calendar.day(after);
    (0..SEARCH_DAYS).filter_map(|n| first.checked_add_days(Days::new(n))).find_map(|day| {
        let (opens, _) = calendar.open_between(day)?;
        let at = digest.at.map_or(opens, |time| calendar.instant(day.and_time(time)));
        (at > after).then_some(at)
    })
}

/// Everybody gets a digest at their next morning; whoever has left gets none. A morning that has become a holiday
/// moves on, and none comes twice.
pub(super) fn appoint(d: &mut Drafting<'_>, rounds: &BTreeMap<PersonId, Round>) {
    for person in &d.policy.people {
        let before = rounds.get(&person.id).and_then(|r| r.digest_at);
        let at = match before {
            // What is due is written first, and says itself when the next one is.
            Some(at) if at <= d.now && d.policy.digest.is_some() => continue,
            // The day is kept, whatever the hour has become.
            Some(at) => {
                let begins = d.policy.calendar.instant(d.policy.calendar.day(at).and_time(NaiveTime::MIN));
                next(d.policy, person, d.now.max(begins - Duration::seconds(1)))
            }
            None => next(d.policy, person, d.now),
        };
        if at != before {
            d.record(Event::DigestSet { person: person.id.clone(), at });
        }
    }
    let left = rounds.iter().filter(|(id, r)| r.digest_at.is_some() && d.policy.person(id).is_none());
    for person in left.map(|(id, _)| id.clone()).collect::<Vec<_>>() {
        d.record(Event::DigestSet { person, at: None });
    }
}

/// What a digest is made of.
pub(super) struct Figures<'a> {
    /// The reader's own open tasks.
    mine: Vec<&'a Task>,
    /// How many those are.
    mine_all: usize,
    desk: Option<Desk<'a>>,
}

/// What the owner sees beside.
struct Desk<'a> {
    danger: Vec<&'a Task>,
    late: Vec<&'a Task>,
    oldest: Vec<&'a Task>,
    undecided: Vec<&'a Task>,
    not_told: Vec<&'a Task>,
    proof: &'a Proof,
    upkeep: &'a Upkeep,
    head: (Sequence, String),
}

/// Asks for all that this person's digest says; two rounds at most.
pub(super) fn figures<'a>(ask: &Ask<'a>, person: &Person, now: Timestamp, policy: &Policy) -> Asked<Figures<'a>> {
    let owns = person.is(Role::Owner);
    let mine = ask.open_tasks_of(&person.id);
    let desk = owns.then(|| {
        let (from, until) = yesterday(policy, now);
        let soon = policy.calendar.after(now, crate::domain::workflow::Span::Days(2));
        let undecided = policy.pages.iter().filter(|(_, p)| p.practice.undecided);
        let undecided: Vec<_> = undecided.map(|(id, _)| ask.open_tasks_of_type(id)).collect();
        let (danger, late, oldest) = (ask.tasks_in_danger(), ask.tasks_late_by(soon), ask.oldest_open_tasks());
        let (proof, head, upkeep) = (ask.proof(from, until), ask.head(), ask.upkeep());
        Ok((danger?, late?, oldest?, all(undecided)?.concat(), proof?, (head?, upkeep?)))
    });
    let (mine, desk) = (mine?, desk.transpose()?);
    let some = |ids: &[TaskId]| ids.iter().take(LOOKED_AT).map(|id| ask.task(*id)).collect::<Vec<_>>();
    let of_mine = some(mine);
    let lists = desk.map(|(danger, late, oldest, undecided, proof, head)| {
        let lists = [some(danger), some(late), some(oldest), some(&undecided), some(&proof.not_told)];
        (lists, proof, head)
    });
    let there = |tasks: Vec<Asked<Option<&'a Arc<Task>>>>| -> Asked<Vec<&'a Task>> {
        Ok(all(tasks)?.into_iter().flatten().map(Arc::as_ref).collect())
    };
    let desk = match lists {
        None => None,
        Some(([danger, late, oldest, undecided, not_told], proof, (head, upkeep))) => Some(Desk {
            danger: there(danger)?,
            late: there(late)?,
            oldest: there(oldest)?,
            undecided: there(undecided)?,
            not_told: there(not_told)?,
            proof,
            upkeep,
            head,
        }),
    };
    Ok(Figures { mine: there(of_mine)?, mine_all: mine.len(), desk })
}

/// Since the last business day began, until today began: on a Monday that is Friday and the weekend.
pub(super) fn yesterday(policy: &Policy, now: Timestamp) -> (Timestamp, Timestamp) {
    let calendar = &policy.calendar;
    let today = calendar.day(now);
    let begins = |day: chrono::NaiveDate| calendar.instant(day.and_time(NaiveTime::MIN));
    (begins(calendar.previous_business_day(today)), begins(today))
}

/// Writes the digest, where it is a day on which they work, and appoints the next one.
pub(super) fn write(d: &mut Drafting<'_>, person: &Person, figures: &Figures<'_>) {
    let calendar = person.hours.map_or_else(|| d.policy.calendar.clone(), |week| d.policy.calendar.kept_by(week));
    let at = next(d.policy, person, d.now);
    d.record(Event::DigestSet { person: person.id.clone(), at });
    let works = calendar.is_business_day(calendar.day(d.now));
    // The owner's goes out whether they are in or not: silence has to mean something.
    let is_out = !person.is(Role::Owner) && d.roster.out(d.policy, person, d.now).is_some();
    if !works || is_out {
        return;
    }
    let shown = shown(d, figures);
    let letter = ToStaff { kind: DIGEST, digest: Some(shown), at_once: true, ..ToStaff::default() };
    letters::to_staff(d, &person.id, &[], letter);
    if let (Some(desk), Some(to)) = (&figures.desk, &d.policy.heartbeat)
        && first_owner(d.policy) == Some(&person.id)
    {
        // What lies on the mail server is named to nobody outside.
        letters::heartbeat(d, to.clone(), ProofView { look_for: Vec::new(), ..proof(d, desk) });
    }
}

fn first_owner(policy: &Policy) -> Option<&PersonId> {
    policy.people.iter().find(|p| p.is(Role::Owner)).map(|p| &p.id)
}

fn shown(d: &Drafting<'_>, figures: &Figures<'_>) -> Shown {
    let today = d.policy.calendar.day(d.now);
    let end = d.policy.calendar.instant(today.and_time(NaiveTime::MIN)) + Duration::days(1);
    let mine = |which: &dyn Fn(&Task) -> bool| figures.mine.iter().copied().filter(|t| which(t)).collect::<Vec<_>>();
    let due_by = |t: &Task, at: Timestamp| super::clocks::overdue_at(t).is_some_and(|due| due <= at);
    let is_late = |t: &Task| due_by(t, d.now);
    let by_due = |mut tasks: Vec<&Task>| {
        tasks.sort_by_key(|t| (super::clocks::overdue_at(t).is_none(), super::clocks::overdue_at(t), t.id));
        lines(d, &tasks)
    };
    let mut shown = Shown {
        day: view::day(d.policy, d.now),
        open: figures.mine_all as u64,
        danger: by_due(mine(&|t| !t.hazards.is_empty())),
        late: by_due(mine(&|t| t.waiting.is_none() && is_late(t))),
        due: by_due(mine(&|t| t.waiting.is_none() && !is_late(t) && due_by(t, end))),
        waiting: by_due(mine(&|t| t.waiting.is_some())),
        new: by_due(mine(&|t| t.state == TaskState::New && t.waiting.is_none() && !due_by(t, end))),
        ..Shown::default()
    };
    if let Some(desk) = &figures.desk {
        shown.for_owner = true;
        shown.danger = by_due(desk.danger.clone());
        shown.late = by_due(desk.late.iter().copied().filter(|t| is_late(t)).collect());
        shown.due = by_due(desk.late.iter().copied().filter(|t| !is_late(t)).collect());
        (shown.waiting, shown.new) = (Vec::new(), Vec::new());
        shown.aged = lines(d, &desk.oldest);
        // Of what policies' dates have brought, what is settled is left to be checked and delivered only.
        let open = |t: &&&Task| t.term.is_none() || pipeline::is_undecided(t, d.policy);
        shown.undecided = by_due(desk.undecided.iter().filter(open).copied().collect());
        shown.not_told = lines(d, &desk.not_told);
        shown.overloaded = overloaded(d);
        shown.out = out(d);
        shown.at_stake = pipeline::at_stake(&desk.undecided, d.policy);
        shown.lost = outages::lines(d.policy, desk.upkeep);
        shown.proof = Some(proof(d, desk));
    }
    let lists = [&shown.danger, &shown.late, &shown.due, &shown.waiting, &shown.new, &shown.undecided];
    let is_proved = shown.proof.as_ref().is_none_or(|p| p.unexplained == 0 && p.not_counted.is_empty());
    shown.quiet = lists.iter().all(|l| l.is_empty()) && shown.not_told.is_empty() && shown.lost.is_empty() && is_proved;
    shown
}

fn proof(d: &Drafting<'_>, desk: &Desk<'_>) -> ProofView {
    let proof = desk.proof;
    let mut no_work: Vec<(u64, String)> = proof.no_work.iter().map(|(why, n)| (*n, why.clone())).collect();
    no_work.sort_by(|a, b| b.cmp(a));
    let (from, until) = yesterday(d.policy, d.now);
    let mut shown = ProofView {
        from: view::day(d.policy, from),
        until: view::day(d.policy, until - Duration::seconds(1)),
        arrived: proof.arrived,
        opened: proof.opened,
        tasks: proof.tasks,
        joined: proof.joined,
        no_work: no_work.iter().map(|(n, _)| n).sum(),
        no_work_because: no_work.iter().take(LINES_MAX).map(|(n, why)| format!("{n} × {why}")).collect(),
        held: proof.held,
        not_told: proof.not_told.len() as u64,
        failed: proof.failed,
        unexplained: proof.unexplained(),
        sequence: desk.head.0,
        head: desk.head.1.clone(),
        ..ProofView::default()
    };
    counting::tell(d.policy, desk.upkeep, until, &mut shown);
    shown
}

fn lines(d: &Drafting<'_>, tasks: &[&Task]) -> Vec<Line> {
    let mut out: Vec<Line> = tasks.iter().take(LINES_MAX).map(|t| line(d, t)).collect();
    if let Some(last) = out.last_mut() {
        last.more = (tasks.len() - tasks.len().min(LINES_MAX)) as u64;
    }
    out
}

fn line(d: &Drafting<'_>, t: &Task) -> Line {
    let until = t.waiting.as_ref().map(|w| w.until).or_else(|| super::clocks::overdue_at(t));
    Line {
        reference: t.id.to_string(),
        title: t.type_title.to_string(),
        insured: t.insured.as_ref().map(ToString::to_string).unwrap_or_default(),
        state: t.standing(),
        assignee: view::person(d.policy, &t.assigned.person).name,
        when: until.map(|at| view::time(d.policy, at, "en")).unwrap_or_default(),
        hazards: t.hazards.iter().map(|h| h.title.clone()).collect(),
        next_step: t.next_step().map(|s| s.title.clone()).unwrap_or_default(),
        at_stake: t.term.as_ref().map(pipeline::stake).unwrap_or_default(),
        more: 0,
    }
}

/// Who has more than twice as much on the desk as the middle one of those who have something.
fn overloaded(d: &Drafting<'_>) -> Vec<String> {
    let mut weights: Vec<u32> =
        d.policy.people.iter().map(|p| d.roster.weight(d.policy, &p.id)).filter(|w| *w > 0).collect();
    weights.sort_unstable();
    let middle = weights.get(weights.len().saturating_sub(1) / 2).copied().unwrap_or(0);
    let much = |p: &&Person| d.roster.weight(d.policy, &p.id) > MUCH.max(middle.saturating_mul(2));
    d.policy.people.iter().filter(much).map(|p| p.name.to_string()).collect()
}

fn out(d: &Drafting<'_>) -> Vec<String> {
    let out = |p: &Person| {
        let how = super::roster::how_out(d.policy, &d.roster.out(d.policy, p, d.now)?);
        Some(format!("{} {how}", p.name))
    };
    d.policy.people.iter().filter_map(out).collect()
}
