//! Each event counts: a journal that lacks one tells another desk.

use super::{happenings::*, properties::happens, sample::*, world::apply};
use crate::desk::*;
use crate::domain::task::Task;
use proptest::prelude::*;

/// The desk after events, one left out.
fn told(before: &BTreeMap<TaskId, Task>, at: Timestamp, events: &[Event], left_out: usize) -> BTreeMap<TaskId, Task> {
    let mut tasks = before.clone();
    for (_, event) in events.iter().enumerate().filter(|(n, _)| *n != left_out) {
        apply(&mut tasks, event, at);
    }
    tasks
}

/// Whether what this event sets may be set anew, or done with, by another one of the same decision.
fn may_be_overwritten(event: &Event, later: &[Event]) -> bool {
    let same = |e: &Event| std::mem::discriminant(e) == std::mem::discriminant(event);
    let clears = |e: &Event| matches!(e, Event::Ended { .. } | Event::Reopened { .. } | Event::WaitingBegan { .. });
    later.iter().any(|e| e.task() == event.task() && (same(e) || clears(e)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 30, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn without_any_event_that_changes_a_task_the_desk_is_another(
        story in proptest::collection::vec(happening(), 1..50),
    ) {
        let mut w = agency(&[], None).knows(trucks());
        let mut sent = Vec::new();
        for (n, h) in story.iter().enumerate() {
            happens(&mut w, n, h, &mut sent);
        }
        let mut desk: BTreeMap<TaskId, Task> = BTreeMap::new();
        for (at, events) in &w.journal {
            let after = told(&desk, *at, events, usize::MAX);
            let mut midway = desk.clone();
            for (n, event) in events.iter().enumerate() {
                let Some(id) = event.task() else { continue };
                let before = midway.get(&id).cloned();
                apply(&mut midway, event, *at);
                let changes = midway.get(&id) != before.as_ref();
                if changes && !may_be_overwritten(event, &events[n + 1..]) {
                    prop_assert!(told(&desk, *at, events, n) != after, "the desk is the same without {:?}", event);
                }
            }
            desk = after;
        }
        for task in w.tasks.values_mut() {
            task.letters.clear();
        }
        prop_assert_eq!(&desk, &w.tasks, "and with all of them it is this one");
    }
}
