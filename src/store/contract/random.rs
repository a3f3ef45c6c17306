//! Random decisions, random syncs and restarts: whatever is asked, the store says what a naive fold says.

use super::{houses::House, naive::Naive, samples::*};
use crate::domain::{
    absence::Absence,
    decision::*,
    event::Event,
    id::*,
    letter::*,
    message::*,
    task::{Corrected, Tie},
};
use crate::store::{Commit, Store, TaskFilter};
use proptest::{collection::vec, prelude::*, test_runner::TestRunner};
use std::{collections::BTreeSet, sync::Arc};

#[derive(Debug, Clone)]
enum Act {
    Open(u8, u8),
    Change(u8, u8, u8),
    Message(u8, u8, u8),
    Sight(u8, u8),
    Letter(u8, u8, u8),
    Fate(u8, u8, u8),
    Account(u8, u8),
    Pause(bool),
    Absent(u8, u8),
    Book(u8),
    Round(u8, u8, u8),
    Look(u8, u8),
    Sync,
    Restart,
}

fn act() -> impl Strategy<Value = Act> {
    let n = 0..12u8;
    prop_oneof![
        4 => (0..3u8, 0..3u8).prop_map(|(k, p)| Act::Open(k, p)),
        8 => (n.clone(), 0..16u8, 0..60u8).prop_map(|(t, k, x)| Act::Change(t, k, x)),
        4 => (0..6u8, 0..5u8, n.clone()).prop_map(|(i, k, t)| Act::Message(i, k, t)),
        2 => (n.clone(), n.clone()).prop_map(|(m, u)| Act::Sight(m, u)),
        5 => (n.clone(), n.clone(), 0..60u8).prop_map(|(a, b, x)| Act::Letter(a, b, x)),
        8 => (n.clone(), 0..6u8, 0..60u8).prop_map(|(l, k, x)| Act::Fate(l, k, x)),
        3 => (0..4u8, 0..6u8).prop_map(|(a, k)| Act::Account(a, k)),
        1 => any::<bool>().prop_map(Act::Pause),
        2 => (0..2u8, 0..4u8).prop_map(|(p, k)| Act::Absent(p, k)),
        1 => (0..3u8).prop_map(Act::Book),
        3 => (0..2u8, 0..4u8, 0..60u8).prop_map(|(p, k, x)| Act::Round(p, k, x)),
        3 => (0..4u8, 0..6u8).prop_map(|(a, k)| Act::Look(a, k)),
        2 => Just(Act::Sync),
        1 => Just(Act::Restart),
    ]
}

/// Keeps numbers apart while acts become decisions.
#[derive(Default)]
struct Desk {
    naive: Naive,
    tasks: u64,
    messages: u64,
    letters: u64,
    cut_off: BTreeSet<LetterId>,
}

impl Desk {
    fn restart<H: House>(&mut self, h: &mut H) {
        h.store().sync().unwrap();
        h.reopen();
        let letters = self.naive.letters().into_values();
        self.cut_off = letters.filter(|l| matches!(l.state, LetterState::Trying(_))).map(|l| l.id).collect();
    }

    fn decide(&mut self, act: &Act) -> Option<Decision> {
        let now = self.naive.decisions.len() as i64;
        let events = |events| Some(decision(now, events));
        match *act {
            Act::Open(kind, person) => {
                self.tasks += 1;
                let kind = ["certificate", "claim"].get(usize::from(kind)).copied();
                events(vec![
                    opened(self.tasks, kind, ["ana", "ben", "cy"][usize::from(person)]),
                    clocks(self.tasks, &[now + 20]),
                ])
            }
            Act::Change(task, kind, x) => {
                let t = u64::from(task) + 1;
                let task = TaskId(t);
                let (n, text) = (i64::from(x), || "because".to_owned());
                events(vec![match kind {
                    0 | 1 => ended(t),
                    2 => Event::Reopened { task, reason: text() },
                    3 => Event::Assigned {
                        task,
                        person: ["ana", "ben"][usize::from(x % 2)].into(),
                        reason: text(),
                        standing_in_for: (x % 3 == 0).then(|| "cy".into()),
                    },
                    4 => clocks(t, &[now + n, now + 2 * n]),
                    5 => clocks(t, &[]),
                    6 => account_set(t, ["A-0", "A-1"][usize::from(x % 2)]),
                    7 => Event::TypeSet {
                        task,
                        request_type: (x % 3 > 0).then(|| ["claim", "billing"][usize::from(x % 2)].into()),
                        type_title: text(),
                        done_when: text(),
                        complexity: crate::domain::reading::Complexity::Complex,
                    },
                    8 => Event::Touched { task, by: "ana".into() },
                    9 => Event::Corrected {
                        task,
                        by: "ana".into(),
                        what: Corrected::Type {
                            was: (x % 2 > 0).then(|| "claim".into()),
                            is: ["billing", "audit"][usize::from(x % 2)].into(),
                        },
                    },
                    10 => Event::Corrected {
                        task,
                        by: "ben".into(),
                        what: Corrected::Field {
                            name: ["vins", "limits"][usize::from(x % 2)].into(),
                            elsewhere: x > 30,
                        },
                    },
                    11 => Event::Reread {
                        task,
                        by: "ana".into(),
                        rules_version: text(),
                        evidence: std::sync::Arc::default(),
                    },
                    12 => {
                        Event::TermSet { task, term: Box::new(term(["2027-01-01", "2027-06-01"][usize::from(x % 2)])) }
                    }
                    13 => {
                        let how = [Tie::WaitsForIt, Tie::CameOfThis][usize::from(x % 5 == 0)];
                        Event::Linked { task, other: TaskId(u64::from(x % 6)), how, step: None, why: text() }
                    }
                    14 => Event::Unlinked { task, other: TaskId(u64::from(x % 6)) },
                    _ => Event::Noted { task, by: None, text: text() },
                }])
            }
            Act::Message(id, kind, task) => {
                self.messages += 1;
                let (n, t) = (self.messages, TaskId(u64::from(task) + 1));
                let outcome = match kind {
                    0 => Outcome::NoWork,
                    1 => Outcome::Held(t),
                    2 => Outcome::Joined { task: t, opened: vec![TaskId(1)] },
                    _ => Outcome::Tasks(vec![t, TaskId(2)]),
                };
                let name = format!("m{id}@x");
                events(vec![decided(n, (id > 0).then_some(name.as_str()), outcome)])
            }
            Act::Sight(message, uid) if self.messages > 0 => {
                let n = u64::from(message) % self.messages + 1;
                let joined =
                    Event::MessageJoined { task: TaskId(u64::from(uid) + 1), message: key(n), reason: "x".into() };
                events(vec![Event::Sighted { message: key(n), sighting: sighting(u64::from(uid)) }, joined])
            }
            Act::Letter(a, b, x) => {
                self.letters += 1;
                use Disposition::{Held, Observe, Review, Send};
                let disposition = [Send, Send, Review, Observe, Held];
                let tasks = BTreeSet::from([u64::from(a) + 1, u64::from(b) + 1]).into_iter().collect::<Vec<_>>();
                let id = format!("L{}", self.letters);
                let mut l = letter(&id, &tasks, disposition[usize::from(x % 5)], now + i64::from(x));
                l.to = mailbox(["a@x.example", "b@x.example", "c@y.example"][usize::from(x % 3)]);
                if x % 7 == 0 {
                    l.audience = Audience::Staff;
                }
                Some(with_letters(decision(now, vec![]), vec![l]))
            }
            Act::Fate(letter, kind, x) if self.letters > 0 => {
                let letter: LetterId = format!("L{}", u64::from(letter) % self.letters + 1).as_str().into();
                self.cut_off.remove(&letter);
                let later = |unanswered| Attempt::Later { why: "451".into(), unanswered };
                let again = Some(at(now + i64::from(x)));
                events(vec![match kind {
                    0 | 1 => Event::LetterTried { letter },
                    2 => Event::LetterAnswered { letter, attempt: later(x % 2 == 0), again },
                    3 => Event::LetterAnswered { letter, attempt: Attempt::Sent("250".into()), again: None },
                    4 => Event::LetterReleased { letter, by: "ana".into() },
                    _ => Event::LetterDropped { letter, by: "ana".into() },
                }])
            }
            Act::Account(a, kind) => {
                let id = format!("A-{a}");
                events(vec![if kind == 0 {
                    Event::AccountRemoved { account: id.into() }
                } else {
                    let (addr, domain) = (format!("p{kind}@x.example"), format!("d{}.example", kind % 2));
                    let account = account(&id, &addr, &domain, &format!("P-{}", kind % 3));
                    Event::AccountSaved { account: Box::new(account) }
                }])
            }
            Act::Absent(person, kind) => {
                let absence = |n: i64| Absence {
                    from: at(now + n),
                    until: (kind < 3).then(|| at(now + n + 9)),
                    stand_in: None,
                    said_by: "ana".into(),
                };
                let absences = (0..i64::from(kind)).map(absence).collect();
                let next = (kind > 0).then(|| at(now + i64::from(kind)));
                events(vec![
                    Event::AbsencesSet { person: ["ana", "ben"][usize::from(person)].into(), absences },
                    Event::PresenceLooked { next },
                ])
            }
            Act::Round(person, kind, minutes) => {
                let person: PersonId = ["ana", "ben"][usize::from(person)].into();
                let tell_at = at(now + i64::from(minutes));
                events(vec![match kind {
                    0 => Event::Told { person, quiet_until: (minutes > 9).then_some(tell_at) },
                    1 => Event::DigestSet { person, at: (minutes > 9).then_some(tell_at) },
                    n => {
                        let (owed, more) = (vec![owed(now); usize::from(n) * 40], u64::from(n));
                        Event::Owed { person, owed, more, tell_at }
                    }
                }])
            }
            Act::Book(kind) => events(vec![match kind {
                0 => Event::BookReleased { by: "ana".into() },
                n => Event::BookImported { by: "ben".into(), file: "b.csv".to_owned(), first: n == 1 },
            }]),
            Act::Look(_, 0) => events(vec![Event::PipelineScheduled { schedule: format!("by {now}") }]),
            Act::Look(account, kind) => {
                let next = (kind > 2).then(|| at(now + 5 * i64::from(kind)));
                events(vec![Event::AccountLooked { account: format!("A-{account}").into(), next }])
            }
            Act::Pause(paused) => events(vec![Event::SendingPaused { paused, by: "ana".into() }]),
            Act::Sight(..) | Act::Fate(..) | Act::Sync | Act::Restart => None,
        }
    }
}

fn lookups() -> Vec<Lookup> {
    let mut all = vec![
        Lookup::NextTask,
        Lookup::Load,
        Lookup::AllAccounts,
        Lookup::Rounds,
        Lookup::Upkeep,
        Lookup::TasksInDanger,
    ];
    all.extend([Lookup::OldestOpenTasks, Lookup::OpenTasksOfType("claim".into())]);
    all.extend([0, 7, 30].map(|n| Lookup::Proof(at(n), at(n + 20))));
    all.extend([5, 40].map(|n| Lookup::TasksLateBy(at(n))));
    for n in 0..8u64 {
        all.push(Lookup::Task(TaskId(n)));
        all.push(Lookup::WaitsBehind(TaskId(n)));
        all.push(Lookup::Message(key(n)));
        all.push(Lookup::MessagesById(format!("m{n}@x")));
        all.push(Lookup::AnswersTo(format!("answered-{n}@x")));
        all.push(Lookup::TasksByMessageId(format!("m{n}@x")));
        all.push(Lookup::TasksByMessageId(format!("L{n}@harborpoint.example")));
        all.push(Lookup::Letter(format!("L{n}").into()));
        all.push(Lookup::LetterByMessageId(format!("L{n}@harborpoint.example")));
        all.push(Lookup::Account(format!("A-{n}").into()));
        all.push(Lookup::OpenTasksOfAccount(format!("A-{n}").into()));
        all.push(Lookup::LastOfAccount(format!("A-{n}").into()));
        all.push(Lookup::TermsOf(format!("A-{n}").into()));
        all.push(Lookup::AccountsDue(at(10 * i64::try_from(n).unwrap()), 3));
        all.push(Lookup::AccountsByAddress(address(&format!("p{n}@x.example"))));
        all.push(Lookup::AccountsByDomain(format!("d{n}.example")));
        all.push(Lookup::AccountsByPolicy(format!("p{n}")));
    }
    for person in ["ana", "ben", "cy"] {
        all.push(Lookup::OpenTasksOf(person.into()));
        all.push(Lookup::OpenTasksLentBy(person.into()));
        all.push(Lookup::AssignedSince(person.into(), at(20)));
    }
    all.extend([Lookup::Absences, Lookup::PresenceDue, Lookup::Book, Lookup::LettersHeld, Lookup::Schedule]);
    all.push(Lookup::AccountsByRequester(mailbox("tony@trucks.example").address));
    all.push(Lookup::AccountsByName("marchetti trucking inc".into()));
    all.push(Lookup::LettersTo(address("a@x.example")));
    all.push(Lookup::LettersToDomain("x.example".into()));
    all
}

fn compared<H: House>(h: &mut H, desk: &Desk) {
    let naive = &desk.naive;
    for lookup in lookups() {
        assert_eq!(h.answer(lookup.clone()), naive.answer(&lookup), "{lookup:?}");
    }
    let now = at(naive.decisions.len() as i64 + 15);
    let store = h.store();
    assert_eq!(store.tasks_due(now, 1000).unwrap(), naive.tasks_due(now));
    assert_eq!(store.presence_due().unwrap(), naive.presence_due());
    let mut told: Vec<_> = naive.rounds().into_iter().filter_map(|(p, r)| Some((r.due()?, p))).collect();
    told.sort();
    let told: Vec<PersonId> = told.into_iter().map(|(_, p)| p).collect();
    assert_eq!(store.rounds_due(at(100_000), 100).unwrap(), told);
    assert_eq!(store.accounts_due().unwrap(), naive.accounts_due());
    let due: Vec<_> = store.letters_due(now, 1000).unwrap().into_iter().map(|l| l.id).collect();
    assert_eq!(due, naive.letters_due(now, &desk.cut_off));
    for n in 0..6 {
        let history: Vec<_> = store.history(TaskId(n)).unwrap().iter().map(|e| e.sequence).collect();
        assert_eq!(history, naive.history(TaskId(n)));
        assert_eq!(store.sightings(&key(n)).unwrap(), naive.sightings(&key(n)).into_iter().collect::<Vec<_>>());
    }
    let listed =
        store.tasks(&TaskFilter { open: true, assignee: Some("ana".into()), ..TaskFilter::default() }).unwrap();
    let mut plain: Vec<_> =
        naive.tasks().into_values().filter(|t| t.is_open() && t.assigned.person.as_str() == "ana").collect();
    plain.reverse();
    assert_eq!(listed.into_iter().map(Arc::unwrap_or_clone).collect::<Vec<_>>(), plain);
}

pub fn random_decisions_give_what_a_naive_fold_gives<H: House>() {
    let mut runner =
        TestRunner::new(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() });
    let ran = runner.run(&vec(act(), 0..90), |acts| {
        let mut h = H::begin();
        let mut desk = Desk::default();
        for act in &acts {
            match act {
                Act::Sync => {
                    h.store().sync().unwrap();
                }
                Act::Restart => desk.restart(&mut h),
                act => {
                    let Some(d) = desk.decide(act) else { continue };
                    let facts = h.facts(&[Lookup::NextTask]);
                    assert!(matches!(h.store().commit(&d, &facts).unwrap(), Commit::Taken(_)));
                    desk.naive.decisions.push(d);
                }
            }
        }
        compared(&mut h, &desk);
        // Once more with every record read back from what was written of it.
        desk.restart(&mut h);
        compared(&mut h, &desk);
        Ok(())
    });
    ran.unwrap();
}
