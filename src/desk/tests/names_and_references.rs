//! What kinds of work are called, the references that lead to a task, and what the inbox may say of its folders.

use super::{sample::*, world::World};
use crate::desk::*;

/// The kind of work that these words mean, where bonds are called so too.
fn called<'p>(policy: &'p mut Policy, name: &str, words: &str) -> Option<&'p str> {
    policy.pages.get_mut(&"bond".into()).unwrap().names = vec![name.to_owned()];
    policy.kind_called(words).map(RequestType::as_str)
}

#[test]
fn neither_an_article_nor_a_plural_changes_what_a_kind_of_work_is_called() {
    let mut policy = policy();
    for words in ["surety bond", "A surety bond", "the Surety Bonds", "bond", "fianza", "an bond"] {
        assert_eq!(called(&mut policy, "x", words), Some("bond"), "{words}");
    }
    for words in ["some surety bond", "bond surety", "", "a"] {
        assert_eq!(called(&mut policy, "x", words), None, "{words}");
    }
    // Of a word of three letters the last one is no plural: gas is no ga.
    assert_eq!(called(&mut policy, "gas", "gas"), Some("bond"));
    assert_eq!(called(&mut policy, "gas", "ga"), None);
    assert_eq!(called(&mut policy, "cars", "the car"), Some("bond"));
}

#[test]
fn of_many_references_in_a_message_the_first_five_are_looked_up_each_once() {
    let policy = policy();
    let numbers = |subject: &str| -> Vec<u64> {
        let m = mail("m1", "zoe@new.example").with(|a| a.message.subject = subject.into());
        references::of(&policy, &m.0.message).into_iter().map(|r| r.task.0).collect()
    };
    assert_eq!(numbers("Re: [T-3] and [T-3] and [T-4]"), [3, 4]);
    assert_eq!(numbers("[T-1] [T-2] [T-3] [T-4] [T-5] [T-6] [T-7]"), [1, 2, 3, 4, 5]);
}

#[test]
fn the_inbox_says_of_its_folders_that_they_were_opened_or_moved_on_and_nothing_else() {
    let mut w = World::new();
    let moved = Event::CursorMoved { mailbox: "service".into(), folder: "INBOX".to_owned(), uid_validity: 1, base: 7 };
    let opened = Event::FolderOpened {
        mailbox: "service".into(),
        folder: "INBOX".to_owned(),
        uid_validity: 1,
        base: 3,
        since: w.now,
    };
    for event in [opened, moved] {
        let d = w.say(&Input::FolderOpened(event.clone())).unwrap();
        assert_eq!((d.events, d.intents.len()), (vec![event], 0));
    }
    let sly = Input::CursorMoved(Event::BookReleased { by: "zed".into() });
    let why = w.say(&sly).unwrap_err();
    assert_eq!(why, "The inbox may only say that a folder was opened or that its cursor moved.");
}

#[test]
fn where_a_server_hides_to_whom_it_went_the_address_that_it_was_delivered_to_leads_to_the_task() {
    for (header, tasks) in [("delivered-to", vec![7]), ("x-original-to", vec![7]), ("x-forwarded-to", vec![])] {
        let m = mail("m1", "zoe@new.example").with(|a| {
            a.message.headers.push((header.to_owned(), "service+t7@agency.example".into()));
        });
        let found: Vec<u64> = references::of(&policy(), &m.0.message).into_iter().map(|r| r.task.0).collect();
        assert_eq!(found, tasks, "{header}");
    }
}

#[test]
fn the_agencys_own_are_its_inbox_its_people_and_its_domains() {
    let mut policy = policy();
    policy.agency.address = address("desk@hosted.example");
    policy.people[0].address = address("ana@home.example");
    for (who, own) in [
        ("desk@hosted.example", true),
        ("ana@home.example", true),
        ("anybody@Agency.example", true),
        ("other@hosted.example", false),
        ("ben@home.example", false),
    ] {
        assert_eq!(policy.is_own(&address(who)), own, "{who}");
    }
}
