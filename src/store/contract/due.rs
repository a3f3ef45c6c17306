//! What is due, when, and what a crash or a pause does to it.

use super::{houses::House, samples::*};
use crate::domain::{
    decision::{Answer, Lookup},
    event::Event,
    id::*,
    letter::*,
    upkeep::{Counted, Said},
    workflow::Listener,
};
use crate::store::Store;

fn due_tasks<H: House>(h: &mut H, minutes: i64) -> Vec<u64> {
    h.store().tasks_due(at(minutes), 100).unwrap().iter().map(|t| t.0).collect()
}
fn due_letters<H: House>(h: &mut H, minutes: i64) -> Vec<String> {
    h.store().letters_due(at(minutes), 100).unwrap().into_iter().map(|l| l.id.0).collect()
}
fn tried(id: &str) -> Event {
    Event::LetterTried { letter: id.into() }
}
fn answered(id: &str, attempt: Attempt, again: Option<i64>) -> Event {
    Event::LetterAnswered { letter: id.into(), attempt, again: again.map(at) }
}
fn begun<H: House>(letters: Vec<Letter>) -> H {
    let mut h = H::begin();
    h.takes(&with_letters(decision(0, vec![opened(1, None, "ana")]), letters));
    h
}

pub fn due_tasks_come_soonest_first_and_go_when_the_task_ends<H: House>() {
    let mut h = H::begin();
    let open = |n, m: &[i64]| decision(0, vec![opened(n, None, "ana"), clocks(n, m)]);
    h.takes(&open(1, &[90, 30]));
    h.takes(&open(2, &[10]));
    h.takes(&open(3, &[30]));
    assert_eq!(due_tasks(&mut h, 9), [0; 0]);
    assert_eq!(due_tasks(&mut h, 10), [2]);
    assert_eq!(due_tasks(&mut h, 1000), [2, 1, 3]);
    assert_eq!(h.store().tasks_due(at(1000), 2).unwrap(), [TaskId(2), TaskId(1)]);
    h.takes(&decision(11, vec![clocks(2, &[500]), ended(3)]));
    assert_eq!(due_tasks(&mut h, 499), [1]);
    h.reopen();
    assert_eq!(due_tasks(&mut h, 500), [1, 2]);
}

pub fn due_letters_wait_for_their_moment_and_go_when_tried<H: House>() {
    let mut h: H = begun(vec![
        letter("late", &[1], Disposition::Send, 50),
        letter("soon", &[1], Disposition::Send, 5),
        letter("never", &[1], Disposition::Send, 20),
    ]);
    assert_eq!(due_letters(&mut h, 4), [""; 0]);
    assert_eq!(due_letters(&mut h, 100), ["soon", "never", "late"]);
    assert_eq!(h.store().letters_due(at(100), 1).unwrap()[0].id, "soon".into());
    h.takes(&decision(6, vec![tried("soon"), tried("never")]));
    assert_eq!(due_letters(&mut h, 100), ["late"]);
    let trying: Vec<_> = h.store().letters_trying().unwrap().into_iter().map(|l| l.id.0).collect();
    assert_eq!(trying, ["never", "soon"]);
    let later = Attempt::Later { why: "421".into(), unanswered: false };
    h.takes(&decision(
        7,
        vec![answered("soon", later, Some(60)), answered("never", Attempt::Refused("550".into()), None)],
    ));
    assert_eq!(due_letters(&mut h, 100), ["late", "soon"]);
    h.takes(&decision(61, vec![tried("soon")]));
    h.takes(&decision(62, vec![answered("soon", Attempt::Sent("250".into()), None)]));
    h.reopen();
    assert_eq!(due_letters(&mut h, 1000), ["late"]);
    assert!(h.store().letters_trying().unwrap().is_empty());
}

pub fn no_letter_is_due_while_sending_is_paused<H: House>() {
    let mut h: H = begun(vec![letter("L1", &[1], Disposition::Send, 5)]);
    let pause = |paused| Event::SendingPaused { paused, by: "ana".into() };
    assert!(!h.store().paused().unwrap());
    h.takes(&decision(1, vec![pause(true)]));
    h.reopen();
    assert!(h.store().paused().unwrap());
    assert_eq!(due_letters(&mut h, 100), [""; 0]);
    assert_eq!(h.store().next_moment().unwrap(), None);
    h.takes(&decision(2, vec![pause(false)]));
    assert_eq!(due_letters(&mut h, 100), ["L1"]);
}

pub fn a_letter_in_review_waits_for_its_release_and_an_observed_one_is_never_due<H: House>() {
    let mut h: H = begun(vec![
        letter("L1", &[1], Disposition::Review, 5),
        letter("L2", &[1], Disposition::Observe, 5),
        letter("L3", &[1], Disposition::Review, 5),
        letter("L4", &[1], Disposition::Held, 5),
    ]);
    assert_eq!(due_letters(&mut h, 100), [""; 0]);
    assert_eq!(h.store().letters_in_review().unwrap().len(), 3);
    let held = |h: &mut H| match h.answer(Lookup::LettersHeld) {
        Answer::Letters(held) => held.into_iter().map(|l| l.id.0).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(held(&mut h), ["L4"], "told apart from those that wait for a yes of their own");
    let (l1, l3): (LetterId, LetterId) = ("L1".into(), "L3".into());
    h.takes(&decision(
        9,
        vec![
            Event::LetterReleased { letter: l1, by: "ana".into() },
            Event::LetterReleased { letter: "L4".into(), by: "ana".into() },
            Event::LetterDropped { letter: l3, by: "ana".into() },
        ],
    ));
    assert_eq!(due_letters(&mut h, 9), ["L1", "L4"]);
    assert_eq!(held(&mut h), [""; 0]);
    assert!(h.store().letters_in_review().unwrap().is_empty());
}

pub fn a_try_that_a_crash_cut_off_is_due_after_the_start_and_possibly_twice<H: House>() {
    let mut h: H = begun(vec![letter("L1", &[1], Disposition::Send, 5), letter("L2", &[1], Disposition::Send, 7)]);
    h.takes(&decision(6, vec![tried("L1")]));
    // This process's own attempt is not due.
    assert_eq!(due_letters(&mut h, 100), ["L2"]);
    h.reopen();
    assert_eq!(due_letters(&mut h, 100), ["L1", "L2"]);
    assert_eq!(h.store().next_moment().unwrap(), Some(at(6)));
    h.takes(&decision(8, vec![tried("L1")]));
    assert_eq!(due_letters(&mut h, 100), ["L2"]);
    assert!(h.store().letters_trying().unwrap()[0].possibly_twice);
    h.takes(&decision(9, vec![answered("L1", Attempt::Sent("250".into()), None)]));
    h.reopen();
    assert_eq!(due_letters(&mut h, 100), ["L2"]);
}

pub fn people_are_told_soonest_first_and_what_they_are_told_is_kept_until_then<H: House>() {
    let mut h = H::begin();
    let owe = |who: &str, m| Event::Owed { person: who.into(), owed: vec![owed(m)], more: 0, tell_at: at(m) };
    let due = |h: &mut H, m| h.store().rounds_due(at(m), 9).unwrap().into_iter().map(|p| p.0).collect::<Vec<_>>();
    h.takes(&decision(1, vec![owe("ben", 50), owe("ana", 40), owe("ana", 60)]));
    h.takes(&decision(2, vec![Event::DigestSet { person: "cy".into(), at: Some(at(45)) }]));
    h.reopen();
    assert_eq!(due(&mut h, 39), [""; 0]);
    assert_eq!(due(&mut h, 100), ["ana", "cy", "ben"]);
    assert_eq!(h.store().next_moment().unwrap(), Some(at(40)));
    let Answer::Rounds(rounds) = h.answer(Lookup::Rounds) else { panic!() };
    assert_eq!(rounds[&"ana".into()].owed, [owed(40), owed(60)]);
    let told = |who: &str| Event::Told { person: who.into(), quiet_until: None };
    h.takes(&decision(3, vec![told("ana"), told("cy"), Event::DigestSet { person: "ana".into(), at: None }]));
    h.reopen();
    assert_eq!(due(&mut h, 100), ["cy", "ben"], "a digest is not told by what is owed");
    let Answer::Rounds(rounds) = h.answer(Lookup::Rounds) else { panic!() };
    assert!(!rounds.contains_key(&"ana".into()), "whoever is to be told nothing is forgotten");
    let quiet = Event::Told { person: "ben".into(), quiet_until: Some(at(90)) };
    h.takes(&decision(4, vec![quiet, owe("ben", 55)]));
    h.reopen();
    assert_eq!(due(&mut h, 89), ["cy"]);
    assert_eq!(due(&mut h, 90), ["cy", "ben"], "told just now: what runs out next waits");
}

pub fn what_is_known_of_the_house_is_kept_and_the_last_word_counts<H: House>() {
    let mut h = H::begin();
    let counted = |folder: &str, m, why: &str| Event::Counted {
        counted: Box::new(Counted {
            mailbox: "service".into(),
            folder: folder.to_owned(),
            at: at(m),
            from: at(0),
            until: at(1),
            said: Said::Nothing(why.to_owned()),
        }),
    };
    let away = |part: &str, m, tell| Event::OutageTold { part: part.to_owned(), since: at(m), sends: true, tell };
    h.takes(&decision(2, vec![counted("INBOX", 2, "a"), counted("Done", 2, "b"), counted("INBOX", 3, "c")]));
    h.takes(&decision(4, vec![away("smtp", 4, Listener::Owner), away("smtp", 4, Listener::OperationsManager)]));
    h.takes(&decision(5, vec![away("imap", 5, Listener::Owner), Event::OutageOver { part: "imap".to_owned() }]));
    h.takes(&decision(6, vec![Event::ReportSet { at: Some(at(60)) }]));
    h.reopen();
    let Answer::Upkeep(upkeep) = h.answer(Lookup::Upkeep) else { panic!() };
    let of = |c: &Counted| (c.folder.clone(), c.at);
    assert_eq!(
        upkeep.counted.iter().map(of).collect::<Vec<_>>(),
        [("Done".to_owned(), at(2)), ("INBOX".to_owned(), at(3))]
    );
    assert_eq!(upkeep.outages.len(), 1);
    assert_eq!(upkeep.outage("smtp").unwrap().told, [Listener::Owner, Listener::OperationsManager]);
    assert_eq!(upkeep.report_at, Some(at(60)));
}

pub fn the_next_moment_is_the_soonest_of_tasks_and_letters<H: House>() {
    let mut h: H = begun(vec![letter("L1", &[1], Disposition::Send, 50)]);
    assert_eq!(h.store().next_moment().unwrap(), Some(at(50)));
    h.takes(&decision(1, vec![clocks(1, &[40, 80])]));
    assert_eq!(h.store().next_moment().unwrap(), Some(at(40)));
    h.takes(&decision(2, vec![ended(1)]));
    assert_eq!(h.store().next_moment().unwrap(), Some(at(50)));
}
