//! A decision is taken whole or not at all, and only while what it rests on still holds.

use super::{houses::House, samples::*};
use crate::domain::{decision::*, event::Event, field::*, id::*, letter::Disposition, message::Outcome};
use crate::store::{Commit, Store, StoreError};

pub fn a_decision_on_old_facts_that_still_hold_is_taken<H: House>() {
    let mut h = H::begin();
    let facts = h.facts(&[Lookup::Message(key(1)), Lookup::Load]);
    h.takes(&decision(1, vec![decided(2, None, Outcome::NoWork)]));
    let late = decision(2, vec![decided(1, None, Outcome::NoWork)]);
    assert_eq!(h.store().commit(&late, &facts).unwrap(), Commit::Taken(2));
}

pub fn a_decision_on_facts_that_changed_is_a_conflict_and_writes_nothing<H: House>() {
    let mut h = H::begin();
    let facts = h.facts(&[Lookup::NextTask]);
    h.takes(&decision(1, vec![opened(1, None, "ana")]));
    let late = with_letters(decision(2, vec![opened(1, None, "ben")]), vec![letter("L1", &[1], Disposition::Send, 0)]);
    assert_eq!(h.store().commit(&late, &facts).unwrap(), Commit::Conflict);
    assert_eq!(h.store().sync().unwrap(), 1);
    h.reopen();
    assert_eq!(h.store().head(), 1);
    assert_eq!(h.answer(Lookup::Letter("L1".into())), Answer::Letter(None));
    assert_eq!(h.store().history(TaskId(1)).unwrap().len(), 1);
    // Decided again on what is now so, it is taken.
    let facts = h.facts(&[Lookup::NextTask]);
    let again = decision(2, vec![opened(2, None, "ben")]);
    assert_eq!(h.store().commit(&again, &facts).unwrap(), Commit::Taken(2));
}

pub fn every_kind_of_answer_can_conflict<H: House>() {
    let mut h = H::begin();
    let lookups = [
        Lookup::NextTask,
        Lookup::Message(key(1)),
        Lookup::MessagesById("1.usual@trucks.example".into()),
        Lookup::TasksByMessageId("L1-1@harborpoint.example".into()),
        Lookup::Task(TaskId(1)),
        Lookup::OpenTasksOfAccount("A-1".into()),
        Lookup::Load,
        Lookup::LettersTo(address("tony1@firm1.example")),
        Lookup::LettersToDomain("firm1.example".into()),
        Lookup::Letter("L1-1".into()),
        Lookup::LetterByMessageId("L1-2@harborpoint.example".into()),
    ];
    let before: Vec<Facts> = lookups.iter().map(|l| h.facts(std::slice::from_ref(l))).collect();
    h.takes(&usual(1));
    for (facts, lookup) in before.iter().zip(&lookups) {
        assert_eq!(h.store().commit(&decision(2, vec![]), facts).unwrap(), Commit::Conflict, "{lookup:?}");
    }
    assert_eq!(h.store().head(), 1);
}

pub fn a_decision_that_could_not_be_read_again_is_refused_whole<H: House>() {
    let mut h = H::begin();
    h.takes(&usual(1));
    let nan = Field {
        name: "amount".into(),
        value: FieldValue::Number(f64::NAN),
        from: Provenance::Book { account: "A-1".into() },
        confidence: 1,
        doubt: None,
    };
    let bad = decision(2, vec![ended(1), Event::FieldsSet { task: TaskId(1), fields: vec![nan].into() }]);
    let facts = h.facts(&[]);
    assert!(matches!(h.store().commit(&bad, &facts), Err(StoreError::Io { .. })));
    h.store().sync().unwrap();
    h.reopen();
    assert_eq!(h.store().head(), 1);
    let Answer::Task(Some(task)) = h.answer(Lookup::Task(TaskId(1))) else { panic!("no task") };
    assert!(task.is_open());
}
