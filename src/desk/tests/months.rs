//! Months of mail and of people who come and go: an open task has exactly one assignee, who is here if anybody is.

use super::{sample::*, world::World};
use crate::desk::*;
use crate::domain::reading::Complexity;
use chrono::Duration;
use proptest::prelude::*;

#[derive(Debug, Clone)]
enum Happening {
    Mail { from: usize, complex: bool, hazard: bool, kinds: u8 },
    Out { who: usize, days: i64, ahead: i64, stand_in: Option<usize> },
    Back { who: usize },
    Touches { by: usize, task: u64 },
    Ends { by: usize, task: u64 },
    Passes { hours: i64 },
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        5 => (0usize..4, any::<bool>(), 0u8..8, 0u8..3).prop_map(|(from, complex, hazard, kinds)| Happening::Mail {
            from,
            complex,
            hazard: hazard == 0,
            kinds
        }),
        4 => (0usize..7, 1i64..15, 0i64..6, proptest::option::of(0usize..7))
            .prop_map(|(who, days, ahead, stand_in)| Happening::Out { who, days, ahead, stand_in }),
        1 => (0usize..7).prop_map(|who| Happening::Back { who }),
        3 => (0usize..7, 1u64..30).prop_map(|(by, task)| Happening::Touches { by, task }),
        1 => (0usize..7, 1u64..30).prop_map(|(by, task)| Happening::Ends { by, task }),
        5 => (1i64..80).prop_map(|hours| Happening::Passes { hours }),
    ]
}

fn agency(chains: &[(usize, usize)], limit: Option<u32>) -> World {
    let mut w = World::new().knows(trucks());
    for (id, roles) in [("cy", vec![Role::Csr]), ("mia", vec![Role::AccountManager, Role::Csr])] {
        w.policy.people.push(Person::new(id.into(), id.into(), address(&format!("{id}@agency.example")), roles));
    }
    let ids: Vec<PersonId> = w.policy.people.iter().map(|p| p.id.clone()).collect();
    for (of, to) in chains {
        w.policy.people[*of].stand_ins.push(ids[*to].clone());
    }
    w.policy.people[0].daily_limit = limit;
    w
}

fn happens(w: &mut World, n: usize, h: &Happening) {
    let id = |w: &World, i: usize| w.policy.people[i].id.clone();
    match h {
        Happening::Mail { from, complex, hazard, kinds } => {
            let from = ["tony@trucks.example", "zoe@new.example", "eve@gmail.com", "maria@trucks.example"][*from];
            let kinds: &[&str] = match kinds {
                0 => &["bond"],
                1 => &["permit"],
                _ => &["bond", "permit"],
            };
            let m = mail(&format!("m{n}"), from).asks(kinds).received(w.now).with(|a| {
                for r in a.reading.requests.iter_mut().filter(|_| *complex) {
                    r.complexity = Complexity::Complex;
                }
                if *hazard {
                    a.reading.hazards.push(super::sample::hazard());
                }
            });
            w.receive(m);
        }
        Happening::Out { who, days, ahead, stand_in } => {
            let today = w.policy.calendar.day(w.now);
            let (from, until) = (today + Duration::days(*ahead), today + Duration::days(ahead + days));
            let name = id(w, *who);
            let cover = stand_in.filter(|s| s != who).map_or(String::new(), |s| format!(", {} covers", id(w, s)));
            let words = format!("{name} out from {from} until {until}{cover}");
            // Said twice, it is refused the second time.
            let _ = w.command("olga", Command::Presence { words });
        }
        Happening::Back { who } => {
            let _ = w.command("olga", Command::Presence { words: format!("{} back", id(w, *who)) });
        }
        Happening::Touches { by, task } => {
            let by = id(w, *by);
            let _ = w.command(by.as_str(), Command::Note { task: TaskId(*task), text: "seen".into() });
        }
        Happening::Ends { by, task } => {
            let (by, how, reason) = (id(w, *by), crate::domain::task::End::NotNeeded, "settled".to_owned());
            let _ = w.command(by.as_str(), Command::End { task: TaskId(*task), how, reason });
        }
        Happening::Passes { hours } => {
            let until = w.now + Duration::hours(*hours);
            w.until(until);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, max_shrink_iters: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_open_task_has_one_assignee_who_is_here_if_anybody_is(
        story in proptest::collection::vec(happening(), 1..90),
        chains in proptest::collection::vec((0usize..7, 0usize..7).prop_filter("not oneself", |(a, b)| a != b), 0..8),
        limit in proptest::option::of(1u32..4),
    ) {
        let mut w = agency(&chains, limit);
        for (n, h) in story.iter().enumerate() {
            happens(&mut w, n, h);
            w.check();
        }
        prop_assert!(w.rounds <= 4);
        prop_assert_eq!(&w.replayed(), &w.tasks, "a replay gives the same tasks");
        // Everybody is back in the end, and with them what nobody began on.
        let end = w.now + Duration::days(40);
        w.until(end);
        w.check();
        for t in w.tasks.values().filter(|t| t.is_open() && !t.assigned.touched) {
            prop_assert_eq!(&t.assigned.standing_in_for, &None, "{} is still lent", t.id);
        }
    }
}
