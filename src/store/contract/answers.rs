//! Every lookup and list gives what the decisions made.

use super::{houses::House, samples::*};
use crate::domain::{
    absence::Absence,
    account::{Account, BookStanding},
    decision::*,
    event::Event,
    id::*,
    letter::Disposition,
    message::*,
    pipeline::TermTask,
    workflow::Weights,
};
use crate::store::{Cursor, Store, TaskFilter};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

fn tasks(ids: &[u64]) -> Answer {
    Answer::Tasks(ids.iter().copied().map(TaskId).collect())
}
fn listed<H: House>(h: &mut H, filter: &TaskFilter) -> Vec<u64> {
    h.store().tasks(filter).unwrap().iter().map(|t| t.id.0).collect()
}

pub fn an_empty_store_answers_everything_with_nothing<H: House>() {
    let mut h = H::begin();
    assert_eq!(h.store().head(), 0);
    assert_eq!(h.answer(Lookup::NextTask), Answer::Number(1));
    assert_eq!(h.answer(Lookup::Message(key(1))), Answer::Message(None));
    assert_eq!(h.answer(Lookup::Task(TaskId(1))), Answer::Task(None));
    assert_eq!(h.answer(Lookup::AllAccounts), Answer::AccountIds(vec![]));
    assert_eq!(h.answer(Lookup::Load), Answer::Load(std::sync::Arc::default()));
    assert_eq!(h.answer(Lookup::LettersTo(address("a@b.c"))), Answer::Times(vec![]));
    assert_eq!(h.answer(Lookup::LetterByMessageId("x".into())), Answer::Letter(None));
    assert_eq!(h.store().next_moment().unwrap(), None);
    assert!(h.store().tasks(&TaskFilter::default()).unwrap().is_empty());
    assert!(h.store().history(TaskId(1)).unwrap().is_empty());
    assert_eq!(h.store().cursor(&"service".into(), "INBOX").unwrap(), None);
    assert_eq!(h.store().sync().unwrap(), 0);
}

pub fn a_message_is_found_by_key_by_message_id_and_by_sighting<H: House>() {
    let mut h = H::begin();
    // Two messages under one Message-ID, and two copies of the first.
    h.takes(&decision(
        1,
        vec![
            decided(1, Some("same@x"), Outcome::NoWork),
            Event::Sighted { message: key(1), sighting: sighting(5) },
            decided(2, Some("same@x"), Outcome::NoWork),
        ],
    ));
    h.takes(&decision(2, vec![Event::Sighted { message: key(1), sighting: sighting(9) }]));
    let one = record(1, Some("same@x"), Outcome::NoWork);
    let two = record(2, Some("same@x"), Outcome::NoWork);
    assert_eq!(h.answer(Lookup::Message(key(1))), Answer::Message(Some(Arc::new(one.clone()))));
    assert_eq!(h.answer(Lookup::MessagesById("same@x".into())), Answer::Messages(vec![one, two]));
    assert_eq!(h.answer(Lookup::MessagesById("same@".into())), Answer::Messages(vec![]));
    assert_eq!(h.store().sightings(&key(1)).unwrap(), [sighting(5), sighting(9)]);
    assert!(h.store().sightings(&key(2)).unwrap().is_empty());
}

pub fn an_empty_message_id_matches_nothing<H: House>() {
    let mut h = H::begin();
    let joined = Event::MessageJoined { task: TaskId(1), message: key(2), reason: "x".into() };
    let mut nameless = letter("L1", &[1], Disposition::Send, 0);
    nameless.message_id = String::new();
    let events = vec![
        opened(1, None, "ana"),
        decided(1, Some(""), Outcome::Tasks(vec![TaskId(1)])),
        decided(2, None, Outcome::Tasks(vec![TaskId(1)])),
        joined,
    ];
    h.takes(&with_letters(decision(1, events), vec![nameless]));
    assert_eq!(h.answer(Lookup::MessagesById(String::new())), Answer::Messages(vec![]));
    assert_eq!(h.answer(Lookup::TasksByMessageId(String::new())), tasks(&[]));
    assert_eq!(h.answer(Lookup::LetterByMessageId(String::new())), Answer::Letter(None));
}

pub fn tasks_are_found_by_the_message_ids_of_messages_and_of_letters<H: House>() {
    let mut h = H::begin();
    let both = Outcome::Joined { task: TaskId(2), opened: vec![TaskId(1)] };
    let events = vec![opened(1, None, "ana"), opened(2, None, "ana"), decided(1, Some("m1@x"), both)];
    h.takes(&with_letters(decision(1, events), vec![letter("L1", &[2, 1], Disposition::Send, 0)]));
    h.takes(&decision(2, vec![decided(2, Some("held@x"), Outcome::Held(TaskId(2)))]));
    let joined = Event::MessageJoined { task: TaskId(1), message: key(2), reason: "a person said so".into() };
    h.takes(&decision(3, vec![joined]));
    assert_eq!(h.answer(Lookup::TasksByMessageId("m1@x".into())), tasks(&[1, 2]));
    assert_eq!(h.answer(Lookup::TasksByMessageId("held@x".into())), tasks(&[1, 2]));
    assert_eq!(h.answer(Lookup::TasksByMessageId("L1@harborpoint.example".into())), tasks(&[1, 2]));
    let Answer::Letter(Some(found)) = h.answer(Lookup::LetterByMessageId("L1@harborpoint.example".into())) else {
        panic!("no letter")
    };
    assert_eq!(found.id, LetterId::from("L1"));
}

fn saved(account: &Account) -> Event {
    Event::AccountSaved { account: Box::new(account.clone()) }
}

pub fn accounts_are_found_by_address_domain_policy_and_name_and_lost_when_removed<H: House>() {
    let mut h = H::begin();
    let a = account("A-1", "tony@trucks.example", "trucks.example", "CTP-01-558231-3");
    let b = account("A-2", "tony@trucks.example", "other.example", "X 9");
    h.takes(&decision(1, vec![saved(&b), saved(&a)]));
    let of = |all: &[&Account]| Answer::Accounts(all.iter().map(|a| Arc::new(Account::clone(a))).collect());
    let (one, both) = (of(&[&a]), of(&[&a, &b]));
    assert_eq!(h.answer(Lookup::AccountsByAddress(address("Tony@Trucks.example"))), both);
    assert_eq!(h.answer(Lookup::AccountsByName("MARCHETTI TRUCKING INC".into())), both);
    assert_eq!(h.answer(Lookup::AccountsByDomain("Trucks.Example".into())), one);
    assert_eq!(h.answer(Lookup::AccountsByPolicy("ctp01558231 3".into())), one);
    assert_eq!(h.answer(Lookup::AccountsByPolicy("---".into())), Answer::Accounts(vec![]));
    assert_eq!(h.answer(Lookup::Account("A-1".into())), one);
    assert_eq!(h.answer(Lookup::AllAccounts), Answer::AccountIds(vec!["A-1".into(), "A-2".into()]));
    assert_eq!(h.store().accounts().unwrap(), [a, b.clone()]);
    h.takes(&decision(2, vec![Event::AccountRemoved { account: "A-1".into() }]));
    assert_eq!(h.answer(Lookup::AccountsByAddress(address("tony@trucks.example"))), of(&[&b]));
    assert_eq!(h.answer(Lookup::Account("A-1".into())), Answer::Accounts(vec![]));
    assert_eq!(h.answer(Lookup::AccountsByDomain("trucks.example".into())), Answer::Accounts(vec![]));
}

pub fn the_last_requests_of_an_account_come_newest_first_open_and_over_and_capped<H: House>() {
    let mut h = H::begin();
    let of = |h: &mut H, account: &str| match h.answer(Lookup::LastOfAccount(account.into())) {
        Answer::Past(past) => past.into_iter().map(|p| (p.task.0, p.standing.clone())).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(of(&mut h, "A-1"), []);
    for n in 1..=14 {
        h.takes(&decision(n, vec![opened(n.cast_unsigned(), None, "ana"), account_set(n.cast_unsigned(), "A-1")]));
    }
    h.takes(&decision(20, vec![opened(15, None, "ana"), account_set(15, "A-2"), ended(13)]));
    let newest = of(&mut h, "A-1");
    assert_eq!(newest.len(), crate::domain::past::LAST_MAX);
    let first = [(14, "new".to_owned()), (13, "done".to_owned()), (12, "new".to_owned())];
    assert_eq!(newest.iter().take(3).cloned().collect::<Vec<_>>(), first);
    h.takes(&decision(21, vec![account_set(14, "A-2")]));
    assert_eq!(of(&mut h, "A-2").iter().map(|t| t.0).collect::<Vec<_>>(), [15, 14]);
}

pub fn an_account_that_changes_its_address_is_not_found_by_the_old_one<H: House>() {
    let mut h = H::begin();
    h.takes(&decision(1, vec![saved(&account("A-1", "old@trucks.example", "old.example", "1"))]));
    let now = account("A-1", "new@trucks.example", "old.example", "2");
    h.takes(&decision(2, vec![saved(&now)]));
    assert_eq!(h.answer(Lookup::AccountsByAddress(address("old@trucks.example"))), Answer::Accounts(vec![]));
    assert_eq!(h.answer(Lookup::AccountsByPolicy("1".into())), Answer::Accounts(vec![]));
    assert_eq!(h.answer(Lookup::AccountsByDomain("old.example".into())), Answer::Accounts(vec![now.clone().into()]));
    assert_eq!(h.answer(Lookup::AccountsByAddress(address("new@trucks.example"))), Answer::Accounts(vec![now.into()]));
}

pub fn load_counts_open_tasks_only_and_follows_assignment<H: House>() {
    let mut h = H::begin();
    h.takes(&decision(1, vec![opened(1, None, "ana"), opened(2, None, "ana"), opened(3, None, "ben")]));
    assert_eq!(load(&mut h), [("ana".to_owned(), 2), ("ben".to_owned(), 1)]);
    let to_ben = Event::Assigned { task: TaskId(1), person: "ben".into(), reason: "x".into(), standing_in_for: None };
    h.takes(&decision(2, vec![to_ben, ended(2)]));
    assert_eq!(load(&mut h), [("ben".to_owned(), 2)]);
    h.takes(&decision(3, vec![Event::Reopened { task: TaskId(2), reason: "wrong holder".into() }]));
    assert_eq!(load(&mut h), [("ana".to_owned(), 1), ("ben".to_owned(), 2)]);
    // A page may say that its work weighs more.
    h.takes(&decision(4, vec![opened(4, Some("claim"), "ben")]));
    let Answer::Load(all) = h.answer(Lookup::Load) else { panic!("no load") };
    let heavy = |kind: Option<&RequestType>| Weights { simple: if kind.is_some() { 5 } else { 1 }, complex: 1 };
    assert_eq!(all[&PersonId::from("ben")].weight(heavy), 7);
}

fn load<H: House>(h: &mut H) -> Vec<(String, u32)> {
    let Answer::Load(all) = h.answer(Lookup::Load) else { panic!("no load") };
    all.iter().map(|(p, work)| (p.to_string(), work.tasks())).collect()
}

pub fn lent_tasks_todays_tasks_absences_and_the_books_standing_are_remembered<H: House>() {
    let mut h = H::begin();
    assert_eq!(h.answer(Lookup::Absences), Answer::Absences(BTreeMap::new()));
    assert_eq!(h.answer(Lookup::Book), Answer::Book(BookStanding::default()));
    assert_eq!(h.store().presence_due().unwrap(), None);
    let lent = Event::Assigned {
        task: TaskId(2),
        person: "ben".into(),
        reason: "x".into(),
        standing_in_for: Some("ana".into()),
    };
    let absence = Absence { from: at(3), until: Some(at(9)), stand_in: None, said_by: "olga".into() };
    h.takes(&decision(1, vec![opened(1, None, "ben"), opened(2, None, "ana"), account_set(1, "A-1")]));
    h.takes(&decision(
        5,
        vec![
            lent,
            Event::AbsencesSet { person: "ana".into(), absences: vec![absence.clone()] },
            Event::PresenceLooked { next: Some(at(9)) },
            Event::BookImported { by: "olga".into(), file: "b.csv".to_owned(), first: true },
            saved(&account("A-1", "tony@trucks.example", "trucks.example", "P 1")),
        ],
    ));
    for _ in 0..2 {
        assert_eq!(h.answer(Lookup::OpenTasksOf("ben".into())), tasks(&[1, 2]));
        assert_eq!(h.answer(Lookup::OpenTasksLentBy("ana".into())), tasks(&[2]));
        assert_eq!(h.answer(Lookup::AssignedSince("ben".into(), at(0))), Answer::Number(2));
        assert_eq!(h.answer(Lookup::AssignedSince("ben".into(), at(2))), Answer::Number(1));
        let known = BTreeMap::from([(PersonId::from("ana"), vec![absence.clone()])]);
        assert_eq!(h.answer(Lookup::Absences), Answer::Absences(known));
        assert_eq!(h.store().next_moment().unwrap(), Some(at(9)));
        let Answer::Book(book) = h.answer(Lookup::Book) else { panic!("no book") };
        assert!(book.held && book.imported.is_some_and(|(when, by, _)| when == at(5) && by.as_str() == "olga"));
        let Answer::Accounts(earlier) = h.answer(Lookup::AccountsByRequester(address("tony@trucks.example"))) else {
            panic!("no accounts")
        };
        assert_eq!(earlier.len(), 1);
        h.reopen();
    }
    h.takes(&decision(
        9,
        vec![
            ended(2),
            Event::AbsencesSet { person: "ana".into(), absences: Vec::new() },
            Event::PresenceLooked { next: None },
            Event::BookReleased { by: "olga".into() },
        ],
    ));
    assert_eq!(h.answer(Lookup::OpenTasksLentBy("ana".into())), tasks(&[]));
    assert_eq!(h.answer(Lookup::Absences), Answer::Absences(BTreeMap::new()));
    assert_eq!(h.answer(Lookup::PresenceDue), Answer::Moment(None));
    assert!(matches!(h.answer(Lookup::Book), Answer::Book(b) if !b.held));
}

pub fn the_next_task_number_never_repeats<H: House>() {
    let mut h = H::begin();
    h.takes(&decision(1, vec![opened(1, None, "ana"), opened(2, None, "ana")]));
    h.takes(&decision(2, vec![ended(2)]));
    h.reopen();
    assert_eq!(h.answer(Lookup::NextTask), Answer::Number(3));
}

pub fn tasks_are_listed_newest_first_by_every_filter_and_page<H: House>() {
    let mut h = H::begin();
    let types = ["certificate", "claim"];
    for n in 1..=30u64 {
        let person = if n % 3 == 0 { "ben" } else { "ana" };
        let mut events =
            vec![opened(n, Some(types[(n % 2) as usize]), person), account_set(n, &format!("A-{}", n % 5))];
        if n % 4 == 0 {
            events.push(ended(n));
        }
        h.takes(&decision(n as i64, events));
    }
    let expected = |holds: &dyn Fn(u64) -> bool| (1..=30).rev().filter(|n| holds(*n)).collect::<Vec<u64>>();
    let all = TaskFilter::default();
    let open = TaskFilter { open: true, ..all.clone() };
    let ben = TaskFilter { assignee: Some("ben".into()), ..all.clone() };
    let of_a2 = TaskFilter { account: Some("A-2".into()), ..all.clone() };
    assert_eq!(listed(&mut h, &all), expected(&|_| true));
    assert_eq!(listed(&mut h, &open), expected(&|n| n % 4 != 0));
    assert_eq!(listed(&mut h, &ben), expected(&|n| n % 3 == 0));
    assert_eq!(listed(&mut h, &TaskFilter { open: true, ..ben.clone() }), expected(&|n| n % 3 == 0 && n % 4 != 0));
    assert_eq!(listed(&mut h, &of_a2), expected(&|n| n % 5 == 2));
    let narrow = TaskFilter { request_type: Some("claim".into()), assignee: Some("ana".into()), ..of_a2.clone() };
    assert_eq!(listed(&mut h, &narrow), expected(&|n| n % 5 == 2 && n % 3 != 0 && n % 2 == 1));
    assert_eq!(listed(&mut h, &TaskFilter { account: Some("A-".into()), ..all.clone() }), [0; 0]);
    for filter in [all, open, ben, of_a2, narrow] {
        let whole = listed(&mut h, &filter);
        let mut paged = Vec::new();
        let mut page = TaskFilter { limit: 2, ..filter };
        loop {
            let some = listed(&mut h, &page);
            assert!(some.len() <= 2);
            let Some(last) = some.last() else { break };
            page.below = Some(TaskId(*last));
            paged.extend(some);
        }
        assert_eq!(paged, whole);
    }
}

pub fn times_of_letters_are_newest_first_and_capped<H: House>() {
    let mut h = H::begin();
    for n in 0..220i64 {
        let mut l = letter(&format!("L{n}"), &[], Disposition::Send, n);
        l.to = mailbox(if n % 2 == 0 { "tony@trucks.example" } else { "ann@trucks.example" });
        h.store()
            .commit(&with_letters(decision(n, vec![]), vec![l]), &Facts { as_of: n as u64, ..Facts::default() })
            .unwrap();
    }
    // To staff only what answers a message counts: that alone could be half of a loop.
    let staff = |name: &str, answers| crate::domain::letter::Letter {
        audience: crate::domain::letter::Audience::Staff,
        to: mailbox("ana@agency.example"),
        answers,
        ..letter(name, &[], Disposition::Send, 0)
    };
    let (notice, answer) = (staff("S", None), staff("T", Some("m".into())));
    h.takes(&with_letters(decision(500, vec![]), vec![notice]));
    assert_eq!(h.answer(Lookup::LettersTo(address("ana@agency.example"))), Answer::Times(vec![]));
    h.takes(&with_letters(decision(501, vec![]), vec![answer]));
    assert_eq!(h.answer(Lookup::LettersTo(address("ana@agency.example"))), Answer::Times(vec![at(501)]));
    let to_tony: Vec<_> = (0..220).rev().filter(|n| n % 2 == 0).take(50).map(at).collect();
    let to_firm: Vec<_> = (0..220).rev().take(200).map(at).collect();
    assert_eq!(h.answer(Lookup::LettersTo(address("tony@trucks.example"))), Answer::Times(to_tony));
    assert_eq!(h.answer(Lookup::LettersToDomain("Trucks.example".into())), Answer::Times(to_firm));
}

pub fn the_cursor_follows_its_own_uidvalidity_only<H: House>() {
    let mut h = H::begin();
    let service: MailboxId = "service".into();
    let begun = |v, base| Event::FolderOpened {
        mailbox: "service".into(),
        folder: "INBOX".into(),
        uid_validity: v,
        base,
        since: at(0),
    };
    let moved =
        |v, base| Event::CursorMoved { mailbox: "service".into(), folder: "INBOX".into(), uid_validity: v, base };
    h.takes(&decision(1, vec![moved(7, 5)]));
    assert_eq!(h.store().cursor(&service, "INBOX").unwrap(), None);
    h.takes(&decision(2, vec![begun(7, 10), moved(7, 20)]));
    h.takes(&decision(3, vec![moved(6, 99)]));
    let cursor = |uid_validity, base| Some(Cursor { uid_validity, base, since: at(0) });
    assert_eq!(h.store().cursor(&service, "INBOX").unwrap(), cursor(7, 20));
    h.takes(&decision(4, vec![begun(8, 0)]));
    assert_eq!(h.store().cursor(&service, "INBOX").unwrap(), cursor(8, 0));
    assert_eq!(h.store().cursor(&service, "INBOX/Sub").unwrap(), None);
    assert_eq!(h.store().cursor(&"serviceINBOX".into(), "").unwrap(), None);
}

pub fn settled_are_the_uids_with_an_outcome_above_the_base<H: House>() {
    let mut h = H::begin();
    let sighted = |n, s: Sighting| Event::Sighted { message: key(n), sighting: s };
    h.takes(&decision(
        1,
        vec![
            decided(1, None, Outcome::NoWork),
            sighted(1, sighting(5)),
            sighted(1, sighting(300)),
            sighted(1, Sighting { uid_validity: 8, ..sighting(6) }),
            sighted(1, Sighting { folder: "INBOX.x".into(), ..sighting(7) }),
            // Seen, but without an outcome.
            sighted(2, sighting(8)),
        ],
    ));
    let mut settled = |above| h.store().settled(&"service".into(), "INBOX", 7, above).unwrap();
    assert_eq!(settled(0), BTreeSet::from([5, 300]));
    assert_eq!(settled(5), BTreeSet::from([300]));
    assert_eq!(settled(u64::MAX), BTreeSet::new());
    h.takes(&decision(2, vec![decided(2, None, Outcome::NoWork)]));
    assert_eq!(h.store().settled(&"service".into(), "INBOX", 7, 5).unwrap(), BTreeSet::from([8, 300]));
}

pub fn counts_follow_what_happens<H: House>() {
    let mut h = H::begin();
    let letters = vec![
        letter("L1", &[1], Disposition::Send, 0),
        letter("L2", &[1], Disposition::Review, 0),
        letter("L3", &[1], Disposition::Observe, 0),
    ];
    h.takes(&with_letters(decision(1, vec![opened(1, None, "ana"), opened(2, None, "ana")]), letters));
    h.takes(&decision(2, vec![ended(2), Event::LetterTried { letter: "L1".into() }]));
    h.reopen();
    let counts: BTreeMap<_, _> = h.store().counts().unwrap().into_iter().collect();
    let of = |name| counts[name];
    assert_eq!((of("tasks"), of("open tasks"), of("letters")), (2, 1, 3));
    assert_eq!((of("letters due"), of("letters trying"), of("letters in review")), (0, 1, 1));
}

pub fn accounts_are_due_when_they_change_or_their_day_comes_and_terms_are_found_open_or_over<H: House>() {
    let mut h = H::begin();
    let ids = |ids: &[&str]| Answer::AccountIds(ids.iter().map(|id| AccountId::from(*id)).collect());
    assert_eq!(h.answer(Lookup::Schedule), Answer::Words(String::new()));
    assert_eq!(h.store().accounts_due().unwrap(), None);
    let book = |id: &str| saved(&account(id, "tony@trucks.example", "trucks.example", "P 1"));
    h.takes(&decision(1, vec![book("A-1")]));
    h.takes(&decision(2, vec![book("A-2"), book("A-3")]));
    assert_eq!(h.answer(Lookup::AccountsDue(at(1), 9)), ids(&["A-1"]));
    assert_eq!(h.answer(Lookup::AccountsDue(at(9), 2)), ids(&["A-1", "A-2"]), "the longest due first");
    let looked = |id: &str, next: Option<i64>| Event::AccountLooked { account: id.into(), next: next.map(at) };
    let schedule = "renewal 120 days".to_owned();
    h.takes(&decision(3, vec![looked("A-1", Some(50)), looked("A-2", None), looked("A-3", Some(40))]));
    for _ in 0..2 {
        assert_eq!(h.store().accounts_due().unwrap(), Some(at(40)));
        assert_eq!(h.store().next_moment().unwrap(), Some(at(40)));
        assert_eq!(h.answer(Lookup::AccountsDue(at(49), 9)), ids(&["A-3"]));
        h.reopen();
    }
    // While a first book waits for its release nothing is due.
    let imported = |first| Event::BookImported { by: "olga".into(), file: "b.csv".to_owned(), first };
    h.takes(&decision(4, vec![imported(true)]));
    assert_eq!(h.store().accounts_due().unwrap(), None);
    assert_eq!(h.store().next_moment().unwrap(), None);
    h.takes(&decision(5, vec![Event::BookReleased { by: "olga".into() }]));
    // An account that left the book is looked at once more; another schedule has all that are in it looked at.
    h.takes(&decision(6, vec![looked("A-3", None), Event::AccountRemoved { account: "A-3".into() }]));
    assert_eq!(h.answer(Lookup::AccountsDue(at(9), 9)), ids(&["A-3"]));
    h.takes(&decision(7, vec![looked("A-3", None), Event::PipelineScheduled { schedule: schedule.clone() }]));
    h.reopen();
    assert_eq!(h.answer(Lookup::AccountsDue(at(9), 9)), ids(&["A-1", "A-2"]));
    assert_eq!(h.answer(Lookup::Schedule), Answer::Words(schedule));

    let listed = |task, day| Event::TermSet { task: TaskId(task), term: Box::new(term(day)) };
    h.takes(&decision(10, vec![opened(1, None, "ana"), account_set(1, "A-1"), listed(1, "2027-06-01")]));
    h.takes(&decision(11, vec![opened(2, None, "ana"), account_set(2, "A-1"), listed(2, "2027-01-01"), ended(2)]));
    h.takes(&decision(12, vec![opened(3, None, "ana"), account_set(3, "A-2"), listed(3, "2027-01-01")]));
    let found =
        |task, day: &str| TermTask { expiration: day.parse().unwrap(), task: TaskId(task), page: "renewal".into() };
    let terms = vec![found(2, "2027-01-01"), found(1, "2027-06-01")];
    for _ in 0..2 {
        assert_eq!(h.answer(Lookup::TermsOf("A-1".into())), Answer::Terms(terms.clone()));
        h.reopen();
    }
    h.takes(&decision(13, vec![listed(1, "2027-06-15")]));
    let moved = vec![found(2, "2027-01-01"), found(1, "2027-06-15")];
    assert_eq!(h.answer(Lookup::TermsOf("A-1".into())), Answer::Terms(moved));
}
