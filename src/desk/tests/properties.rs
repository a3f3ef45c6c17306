//! What holds whatever happens, in whatever order, for months: exactly one assignee of an open task, who is here if
//! anybody is; one outcome a message; nothing to strangers; no state without its event.

use super::{happenings::*, sample::*, world::World};
use crate::desk::*;
use crate::domain::{account::Holder, reading::SenderKind, task::Asking, workflow::Listener};
use chrono::Duration;
use proptest::prelude::*;

pub(super) fn happens(w: &mut World, n: usize, h: &Happening, sent: &mut Vec<Arrival>) {
    match h {
        Happening::Mail { .. } => {
            let a = arrival(w, n, h);
            let d = w.say(&Input::Message(Box::new(a.clone()))).unwrap();
            let outside: Vec<_> = d.intents.iter().filter(|i| i.audience == Audience::Client).collect();
            assert!(outside.len() <= 1, "one answer a message");
            for i in outside {
                assert_eq!(Some(&i.to), a.message.answer_to(), "to the sender only");
                assert_eq!(a.message.automatic.reason(), None, "automatic mail is never answered");
                assert!(!matches!(a.reading.sender_kind, SenderKind::Automated | SenderKind::Spam));
                assert!(!w.policy.is_own(&i.to.address), "never to ourselves");
            }
            sent.push(a);
        }
        Happening::SameMailAgain(i) if !sent.is_empty() => {
            let a = sent[i % sent.len()].clone();
            let d = w.say(&Input::Message(Box::new(a))).unwrap();
            assert!(d.intents.is_empty() && d.events.iter().all(|e| matches!(e, Event::Sighted { .. })));
        }
        Happening::Says { by, what, task, other } => {
            let people = &w.policy.people;
            let (by, to) = (people[by % people.len()].id.clone(), people[other % people.len()].id.clone());
            let command = command(w, *what, *task, &to);
            let before = w.tasks.get(&TaskId(*task)).cloned();
            if w.say(&Input::Command { by, command }).is_ok() {
                assert_eq!(w.tasks[&TaskId(*task)].last_human_act, Some(w.now), "every act of a person is a touch");
            } else {
                assert_eq!(w.tasks.get(&TaskId(*task)).cloned(), before, "a refusal changes nothing");
            }
        }
        Happening::House(kind) => {
            let part = ["mailbox service", "mail server"][usize::from(kind % 2)].to_owned();
            let (since, sends) = (w.now - Duration::minutes(20), kind % 2 == 1);
            let tell = if *kind < 2 { Listener::OperationsManager } else { Listener::Owner };
            let input = match kind {
                0..4 => Input::Unreachable { part, since, sends, tell },
                _ => Input::Reachable { part },
            };
            w.say(&input).unwrap();
        }
        Happening::Passes(minutes) => {
            let until = w.now + Duration::minutes(*minutes);
            w.until(until);
        }
        Happening::Sends { letter, how } => {
            let Some((id, _)) = letter_of(w, *letter) else { return };
            let tried = w.say(&Input::Trying(vec![id.clone()])).unwrap();
            if tried.events.is_empty() {
                return;
            }
            let attempt = match how {
                0 => Attempt::Refused("550".into()),
                1 => Attempt::Later { why: "450".into(), unanswered: false },
                _ => Attempt::Sent("250".into()),
            };
            let record = w.letters.iter().find(|(r, _)| r.id == id).unwrap().0.clone();
            let d = w.say(&Input::Tried { letter: id, attempt }).unwrap();
            if record.kind == "undelivered" {
                assert!(d.intents.is_empty(), "the failure of such a letter causes no other");
            }
        }
        Happening::Bounces { letter, failed } => {
            let Some((_, about)) = letter_of(w, *letter) else { return };
            let now = w.now;
            let m = mail(&format!("b{n}"), "mailer-daemon@mx.example").asks_nothing().received(now).with(|a| {
                a.message.automatic.null_return_path = true;
                a.message.delivery_report = Some(crate::message::DeliveryReport {
                    action: if *failed { "failed" } else { "delayed" }.into(),
                    about: Some(about),
                    ..Default::default()
                });
            });
            let d = w.receive(m);
            assert!(d.intents.iter().all(|i| i.audience == Audience::Staff));
        }
        Happening::Imports(n) => {
            let mut account = trucks();
            account.csr = [None, Some("ana".into()), Some("zed".into())][*n as usize % 3].clone();
            let whole = n.is_multiple_of(2);
            let (by, file) = ("olga".into(), "book.csv".to_owned());
            w.say(&Input::Import { by, accounts: vec![account], whole, file, seen: None }).unwrap();
        }
        Happening::Answers { by, line, task, proof } => {
            let people = &w.policy.people;
            let by = people[by % people.len()].id.clone();
            let line = LINES[usize::from(*line) % LINES.len()];
            let m = super::by_mail::answer(w, &format!("o{n}"), by.as_str(), line).with(|a| {
                let reference = w.policy.answers.key.personal(TaskId(*task), &by);
                a.message.subject = format!("Re: [{reference}]").as_str().into();
                if *proof == 0 {
                    a.message.authentication_results.clear();
                }
            });
            let before = w.tasks.clone();
            let letters = w.letters.len();
            let d = w.say(&Input::Message(Box::new(m.0))).unwrap();
            let outside = d.intents.iter().filter(|i| i.audience == Audience::Client).count();
            let obeyed = d.events.iter().any(|e| matches!(e, Event::Said { refused: None, .. }));
            assert!(outside <= 1 && (obeyed || outside == 0), "only what is obeyed writes to anybody outside");
            if *proof == 0 {
                assert_eq!(before, w.tasks, "without proof nothing changes");
            } else if obeyed && d.events.iter().any(|e| matches!(e, Event::AbsencesSet { .. })) {
                let touched = |id: &TaskId| w.tasks[id].last_human_act != before[id].last_human_act;
                assert!(!before.keys().any(touched), "to say who is here is no work on a task");
            } else if obeyed && w.tasks.contains_key(&TaskId(*task)) {
                assert_eq!(w.tasks[&TaskId(*task)].last_human_act, Some(w.now), "every act of a person is a touch");
            }
            assert!(w.letters.len() > letters || w.letters("answer").len() >= 40, "whoever wrote hears of it");
        }
        Happening::Leaves(i) => {
            // A reload looks at every open task's clocks.
            let gone = PersonId::from(["ana", "max"][*i]);
            w.policy.people.retain(|p| p.id != gone);
            w.say(&Input::Presence).unwrap();
            for id in w.tasks.values().filter(|t| t.is_open()).map(|t| t.id).collect::<Vec<_>>() {
                w.say(&Input::Clock(id)).unwrap();
            }
        }
        Happening::Releases => {
            let held = w.held().len();
            let released = w.command("olga", Command::ReleaseBook);
            let went = released.iter().flat_map(|d| &d.events).filter(|e| matches!(e, Event::LetterReleased { .. }));
            assert_eq!(went.count(), if released.is_ok() { held } else { 0 }, "in mode live all of them go");
        }
        Happening::Out { who, days, ahead, stand_in } => {
            let id = |i: usize| &w.policy.people[i % w.policy.people.len()].id;
            let today = w.policy.calendar.day(w.now);
            let (from, until) = (today + Duration::days(*ahead), today + Duration::days(ahead + days));
            let name = id(*who);
            let cover = stand_in.map(id).filter(|s| *s != name).map_or(String::new(), |s| format!(", {s} covers"));
            let words = format!("{name} out from {from} until {until}{cover}");
            // Said twice, it is refused the second time.
            let _ = w.command("olga", Command::Presence { words });
        }
        Happening::Back(who) => {
            let words = format!("{} back", w.policy.people[who % w.policy.people.len()].id);
            let _ = w.command("olga", Command::Presence { words });
        }
        Happening::SameMailAgain(_) => {}
    }
}

/// No letter outside goes to anybody but who asked for what it is about, and none that rests on a book that is held.
fn letters_keep_to_themselves(w: &World) {
    for (record, intent) in w.letters.iter().filter(|(_, i)| i.audience == Audience::Client) {
        for id in &intent.tasks {
            // What was merged into a task speaks for it from then on.
            let asked = |t: &&crate::domain::task::Task| t.id == *id || t.merged_into == Some(*id);
            let theirs =
                w.tasks.values().filter(asked).flat_map(|t| &t.requester).any(|r| r.address == intent.to.address);
            assert!(theirs, "{} hears of {id}, for which somebody else has asked", intent.to.address);
        }
        let goes = matches!(record.state, LetterState::Due(_) | LetterState::Trying(_) | LetterState::Sent { .. });
        assert!(!(record.held && w.book.held && goes), "it rests on a book that is held");
    }
    let staff = w.letters.iter().filter(|(_, i)| i.audience == Audience::Staff);
    assert!(staff.into_iter().all(|(_, i)| i.to.address.domain() == "agency.example"), "inside stays inside");
}

/// A client is asked each thing once in the letter that says that it arrived, at most once more for the other half, and
/// is reminded as often as the page says after each time.
fn nobody_is_asked_without_end(w: &World) {
    for t in w.tasks.values() {
        let times = |how: Asking, field: &str| {
            t.asked.iter().filter(|a| a.sent && a.how == how && a.fields.iter().any(|f| f == field)).count()
        };
        let rests = t.asked.iter().filter(|a| a.how == Asking::Rest && a.sent).count();
        assert!(rests <= 1, "{} was asked for the rest {rests} times", t.id);
        for field in t.asked.iter().flat_map(|a| &a.fields) {
            let asked = times(Asking::Acknowledgement, field);
            assert!(asked <= 1, "{}: {field} was asked {asked} times", t.id);
        }
        // After each time that something was asked the client is reminded twice at most, of all that is open.
        let asks = t.asked.iter().filter(|a| a.sent && !matches!(a.how, Asking::Reminder | Asking::GaveUp)).count();
        let reminded = t.asked.iter().filter(|a| a.how == Asking::Reminder).count();
        assert!(reminded <= 2 * asks, "{}: {reminded} reminders of {asks} questions", t.id);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, max_shrink_iters: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_the_promises_hold(
        story in proptest::collection::vec(happening(), 1..80),
        chains in proptest::collection::vec((0usize..7, 0usize..7).prop_filter("not oneself", |(a, b)| a != b), 0..8),
        limit in proptest::option::of(1u32..4),
        new_book in any::<bool>(),
    ) {
        let mut w = agency(&chains, limit);
        if !new_book {
            let holder = |name: &str| Holder { name: name.into(), address: None, certificates: Vec::new() };
            let mut account = trucks();
            account.holders = ["City of Gary", "Lakeshore Builders"].map(holder).to_vec();
            w = w.knows(account);
        }
        let mut sent = Vec::new();
        for (n, h) in story.iter().enumerate() {
            happens(&mut w, n, h, &mut sent);
            w.check();
            letters_keep_to_themselves(&w);
            nobody_is_asked_without_end(&w);
        }
        prop_assert!(w.rounds <= 4);
        for a in &sent {
            prop_assert_eq!(w.messages.iter().filter(|m| m.key == a.key).count(), 1, "one outcome a message");
        }
        for (record, intent) in &w.letters {
            prop_assert!(record.to.address.domain() != "copied.example", "never to a Cc");
            prop_assert!(intent.not_before >= record.written);
            let office = w.policy.calendar.is_open(intent.not_before);
            // Whoever has just written is awake, and who uses their name does not wait for the morning.
            let at_once = ["hazard", "answer", "doubted"].contains(&intent.kind.as_str());
            // Where nobody is available whoever runs the office hears at once.
            let nobody = intent.says.tasks.iter().any(|t| t.assigned_because.contains("Nobody here is available"));
            let awake = at_once || nobody || intent.audience == Audience::Client;
            prop_assert!(office || awake, "staff sleep at night");
        }
        prop_assert_eq!(&w.replayed(), &w.tasks, "a replay gives the same tasks");
        // Long after: “until 12/4” may be almost a year away.
        let end = w.now + Duration::days(366 + 60);
        w.until(end);
        w.check();
        for t in w.tasks.values().filter(|t| t.is_open()) {
            prop_assert!(t.next_due().is_some_and(|at| at > w.now), "no open task is without a next due moment");
            // Everybody is back by then who has not left, and with them what nobody began on.
            let lender = t.assigned.standing_in_for.as_ref().filter(|_| !t.assigned.touched);
            let gone = lender.and_then(|id| w.policy.person(id)).is_none_or(|p| w.is_out(p));
            prop_assert!(gone, "{} is still lent", t.id);
        }
        for (person, round) in &w.owed_to {
            prop_assert!(round.due().is_none_or(|at| at > w.now), "{} was not told in a year", person);
        }
        prop_assert_eq!(&w.replayed(), &w.tasks, "and after months a replay gives the same tasks");
    }
}
