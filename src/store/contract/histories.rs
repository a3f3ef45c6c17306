//! What was decided can be read again, exactly.

use super::{houses::House, samples::*};
use crate::domain::{decision::*, event::Event, id::*, letter::*, message::Outcome};
use crate::store::{Store, TaskFilter};

fn sequences(entries: &[crate::store::Entry]) -> Vec<u64> {
    entries.iter().map(|e| e.sequence).collect()
}

pub fn the_history_of_a_task_holds_its_decisions_and_its_letters_fates_in_order<H: House>() {
    let mut h = H::begin();
    h.takes(&usual(1));
    h.takes(&usual(2));
    let tried = decision(3, vec![Event::LetterTried { letter: "L1-1".into() }]);
    h.takes(&tried);
    h.takes(&with_letters(decision(4, vec![]), vec![letter("L9", &[1], Disposition::Send, 4)]));
    h.takes(&decision(5, vec![ended(2)]));
    h.takes(&decision(6, vec![ended(1)]));
    h.reopen();
    let history = h.store().history(TaskId(1)).unwrap();
    assert_eq!(sequences(&history), [1, 3, 4, 6]);
    assert_eq!((&history[0].decision, &history[1].decision), (&usual(1), &tried));
}

pub fn the_history_of_a_message_holds_all_that_was_decided_about_it<H: House>() {
    let mut h = H::begin();
    h.takes(&usual(1));
    h.takes(&decision(2, vec![decided(2, None, Outcome::NoWork)]));
    h.takes(&decision(3, vec![Event::Sighted { message: key(1), sighting: sighting(77) }]));
    let joined = Event::MessageJoined { task: TaskId(1), message: key(2), reason: "x".into() };
    h.takes(&decision(4, vec![joined]));
    assert_eq!(sequences(&h.store().message_history(&key(1)).unwrap()), [1, 3]);
    assert_eq!(sequences(&h.store().message_history(&key(2)).unwrap()), [2, 4]);
    assert!(h.store().message_history(&key(3)).unwrap().is_empty());
}

pub fn a_letters_bytes_come_back_exactly_before_and_after_sync_and_restart<H: House>() {
    let mut h = H::begin();
    let wanted = usual(1).letters[1].clone();
    h.store().commit(&usual(1), &Facts::default()).unwrap();
    assert_eq!(h.store().letter(&"L1-2".into()).unwrap().unwrap(), wanted);
    for n in 2..40 {
        h.takes(&usual(n));
    }
    assert_eq!(h.store().letter(&"L1-2".into()).unwrap().unwrap(), wanted);
    h.reopen();
    for n in 1..40 {
        let letters = usual(n).letters;
        assert_eq!(h.store().letter(&letters[0].id).unwrap().as_ref(), Some(&letters[0]));
    }
    assert_eq!(h.store().letter(&"none".into()).unwrap(), None);
}

pub fn letters_of_a_task_are_its_own_oldest_first<H: House>() {
    let mut h = H::begin();
    h.takes(&decision(0, vec![opened(1, None, "ana"), opened(2, None, "ana")]));
    h.takes(&with_letters(decision(1, vec![]), vec![letter("z", &[1, 2], Disposition::Send, 0)]));
    h.takes(&with_letters(decision(2, vec![]), vec![letter("a", &[1], Disposition::Send, 0)]));
    let ids = |of: Vec<LetterRecord>| of.into_iter().map(|l| l.id.0).collect::<Vec<_>>();
    assert_eq!(ids(h.store().letters_of(TaskId(1)).unwrap()), ["z", "a"]);
    assert_eq!(ids(h.store().letters_of(TaskId(2)).unwrap()), ["z"]);
    let Answer::Task(Some(task)) = h.answer(Lookup::Task(TaskId(1))) else { panic!("no task") };
    assert_eq!(task.letters, ["z".into(), "a".into()]);
}

pub fn everything_is_the_same_after_a_restart<H: House>() {
    let mut h = H::begin();
    for n in 1..=20 {
        h.takes(&usual(n));
    }
    let before =
        (h.store().tasks(&TaskFilter::default()).unwrap(), h.store().counts().unwrap(), h.facts(&[Lookup::Load]));
    h.reopen();
    let after =
        (h.store().tasks(&TaskFilter::default()).unwrap(), h.store().counts().unwrap(), h.facts(&[Lookup::Load]));
    assert_eq!(before, after);
    h.takes(&usual(21));
    assert_eq!(h.store().head(), 21);
}
