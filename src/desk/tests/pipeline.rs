//! Work that the dates of policies bring: from the day on the list to the last day, with people who act and who do not.

use super::{sample::*, world::World};
use crate::desk::*;
use crate::domain::{
    account::{Billing, Cents, Class, Policy as Held},
    letter::Audience,
    pipeline::{Pipeline, PolicyKind, Since, Term},
    task::{ClientTold, Task},
    workflow::{Clock, Escalation, Listener, Party, Span, Step as PageStep},
};
use chrono::NaiveDate;

pub(super) fn day(s: &str) -> NaiveDate {
    s.parse().unwrap()
}

/// Nine in the morning of that day, when the office is open.
pub(super) fn morning(s: &str) -> Timestamp {
    at(&format!("{s}T09:00:00-06:00"))
}

pub(super) fn step(id: &str, days_before: Option<u16>, letter: Option<&str>, chase_at: &[u16]) -> PageStep {
    PageStep {
        id: id.into(),
        title: format!("Do {id}."),
        required: true,
        waits_on: (id == "decision").then_some(Party::Client),
        days_before,
        letter: letter.map(str::to_owned),
        chase_at: chase_at.to_vec(),
        ..PageStep::default()
    }
}

/// Bonds are listed 120 days ahead, with dates at 90, 60 and 30, and every day from 10 on until they are bound.
pub(super) fn agency() -> World {
    let mut w = World::new();
    let page = w.policy.pages.get_mut(&"bond".into()).unwrap();
    page.practice.steps = vec![
        step("review", Some(90), Some("bond-review"), &[75]),
        step("quote", Some(60), None, &[]),
        step("decision", Some(30), Some("bond-decision"), &[20]),
        step("bind", None, None, &[]),
    ];
    let rung = |after: Option<&str>, tell: &[Listener]| Escalation {
        clock: Clock::Scheduled,
        after: after.map(|s| Span::try_from(s.to_owned()).unwrap()),
        tell: tell.to_vec(),
    };
    page.practice.escalations.push(rung(None, &[Listener::Assignee]));
    page.practice.escalations.push(rung(Some("3 business days"), &[Listener::OperationsManager]));
    page.practice.pipeline = Some(Pipeline {
        list: 120,
        daily_from: Some(10),
        settled_by: vec!["bind".into()],
        by_exception: vec![PolicyKind {
            class: Some(Class::Personal),
            billing: Some(Billing::Direct),
            lines: Vec::new(),
        }],
        flagged_by: Some("exception".to_owned()),
        flags: BTreeMap::from([("shopping".to_owned(), "The client shops around".to_owned())]),
        key_dates: Vec::new(),
    });
    w
}

pub(super) fn held(number: &str, until: &str) -> Held {
    Held { expiration: Some(day(until)), premium: Some(Cents(100_000)), ..Held::of(number) }
}

/// Marchetti Trucking with these policies; Max manages it.
pub(super) fn with(policies: &[Held]) -> Account {
    Account { policies: policies.to_vec(), ..trucks() }
}

pub(super) fn import(w: &mut World, accounts: Vec<Account>, whole: bool) -> Draft {
    let file = "book.csv".to_owned();
    w.say(&Input::Import { by: "olga".into(), accounts, whole, file, seen: None }).unwrap()
}

/// An agency whose book lists its one task on `start`, 93 days before its policy ends: in three days a step is due.
pub(super) fn listed_93_days_before(start: Timestamp) -> World {
    let mut w = agency();
    w.now = start;
    let until = w.policy.calendar.day(start) + chrono::Days::new(93);
    import(&mut w, vec![with(&[held("CTP-1", &until.to_string())])], false);
    release(&mut w);
    w.until(start);
    assert_eq!(w.tasks.len(), 1);
    w
}

pub(super) fn release(w: &mut World) {
    w.command("olga", Command::ReleaseBook).unwrap();
}

/// An agency whose book holds these policies of one account, released; nothing was looked at yet.
pub(super) fn with_book(policies: &[Held]) -> World {
    let mut w = agency();
    import(&mut w, vec![with(policies)], false);
    release(&mut w);
    w
}

pub(super) fn listed(w: &World) -> Vec<(&Task, &Term)> {
    w.tasks.values().filter_map(|t| t.term.as_ref().map(|term| (t, term))).collect()
}

fn clients(w: &World) -> Vec<(Timestamp, &str)> {
    let outside = w.letters.iter().filter(|(r, _)| r.audience == Audience::Client);
    outside.map(|(r, i)| (r.written, i.kind.as_str())).collect()
}

pub(super) fn days_of(w: &World, kind: &str) -> Vec<String> {
    let of = clients(w).into_iter().filter(|(_, k)| *k == kind);
    of.map(|(at, _)| w.policy.calendar.day(at).to_string()).collect()
}

#[test]
fn a_task_is_listed_120_days_before_for_all_policies_of_a_day_and_none_before() {
    let mut w = with_book(&[held("CTP-1", "2027-06-01"), held("WC-2", "2027-06-01"), held("UMB-3", "2027-09-01")]);
    w.until(morning("2027-01-31"));
    assert!(listed(&w).is_empty());
    // 120 days before 1 June is 1 February.
    w.until(morning("2027-02-01"));
    let [(task, term)] = listed(&w)[..] else { panic!("{:?}", w.tasks) };
    assert_eq!(term.numbers(), ["CTP-1", "WC-2"]);
    assert_eq!(term.at_stake(), Some(Cents(200_000)));
    assert_eq!(task.assigned.person.as_str(), "max", "a business's is the account manager's");
    assert_eq!(task.deadline, Some(at("2027-06-01T17:00:00-05:00")));
    assert_eq!(task.requester.as_ref().unwrap().address.as_str(), "tony@trucks.example");
    assert_eq!(w.recipients("notice"), ["max"], "whoever has it hears of it");
    assert!(clients(&w).is_empty(), "the client is written to on the schedule's days only");
    // The other term comes on its own day.
    w.until(morning("2027-05-05"));
    assert_eq!(listed(&w).len(), 2);
    w.check();
    assert_eq!(w.replayed(), w.tasks);
}

#[test]
fn nobody_has_to_touch_on_the_list_what_is_due_a_month_later() {
    let mut w = with_book(&[held("CTP-1", "2027-06-01")]);
    w.until(morning("2027-03-01"));
    assert!(w.letters("escalation").is_empty(), "neither untouched nor late nor idle");
}

#[test]
fn left_alone_it_goes_from_120_days_to_the_end_with_letters_reminders_and_managers() {
    let mut w = with_book(&[held("CTP-1", "2027-06-01")]);
    // 90 days before is 3 March, 75 is 18 March, 30 is 2 May (a Sunday), 20 is 12 May.
    w.until(at("2027-05-21T23:00:00-05:00"));
    assert_eq!(days_of(&w, "bond-review"), ["2027-03-03", "2027-03-18"]);
    assert_eq!(days_of(&w, "bond-decision"), ["2027-05-03", "2027-05-12"], "Sunday's goes on Monday");
    let review = w.letters("bond-review");
    assert!(!review[0].says.again && review[1].says.again);
    assert_eq!(review[0].says.tasks[0].ends_on, "June 1, 2027");
    assert!(review[0].says.tasks[0].expiring.is_empty(), "the client's letter shows nothing of the book");
    let told = w.recipients("escalation");
    assert_eq!(told, ["max", "olga", "max", "olga", "max", "olga"], "three steps, each once to each");
    assert!(w.letters("escalation")[0].says.clock.contains("“Do review”"), "{}", w.letters("escalation")[0].says.clock);
    // Ten days before is Saturday, 22 May: reminded on each business day, once, with the manager from the last day on.
    let before = w.letters("escalation").len();
    w.until(at("2027-06-04T23:00:00-05:00"));
    let daily: Vec<String> = w.letters[..]
        .iter()
        .filter(|(_, i)| i.kind == "escalation")
        .skip(before)
        .map(|(r, i)| format!("{} {}", w.policy.calendar.day(r.written), i.to.address.local()))
        .collect();
    let to_max: Vec<&str> = daily.iter().filter_map(|d| d.strip_suffix(" max")).collect();
    let mut days = to_max.clone();
    days.dedup();
    let business = ["24", "25", "26", "27", "28", "31"].map(|d| format!("2027-05-{d}"));
    let after = ["01", "02", "03", "04"].map(|d| format!("2027-06-{d}"));
    assert_eq!(days, [&business[..], &after[..]].concat(), "each business day: {daily:?}");
    assert!(to_max.len() <= days.len() + 1, "once; at the end also that it is late: {daily:?}");
    assert!(daily.contains(&"2027-06-02 olga".to_owned()), "{daily:?}");
    assert!(!daily.contains(&"2027-05-25 olga".to_owned()), "{daily:?}");
    w.check();
    assert_eq!(w.replayed(), w.tasks);
}

#[test]
fn a_step_that_is_done_in_time_is_neither_written_about_nor_reminded_of() {
    let mut w = with_book(&[held("CTP-1", "2027-06-01")]);
    w.until(morning("2027-02-10"));
    let task = listed(&w)[0].0.id;
    for step in ["review", "quote", "decision", "bind"] {
        w.command("max", Command::Step { task, step: step.into(), waive: None, policy: None }).unwrap();
    }
    w.until(at("2027-05-25T12:00:00-05:00"));
    assert!(clients(&w).is_empty() && w.letters("escalation").is_empty());
    w.check();
}

#[test]
fn once_it_is_bound_the_daily_reminder_stops() {
    let mut w = with_book(&[held("CTP-1", "2027-06-01")]);
    w.until(at("2027-05-25T12:00:00-05:00"));
    let task = listed(&w)[0].0.id;
    for step in ["review", "quote", "decision", "bind"] {
        w.command("max", Command::Step { task, step: step.into(), waive: None, policy: None }).unwrap();
    }
    let before = w.letters("escalation").len();
    w.until(at("2027-05-31T12:00:00-05:00"));
    let after: Vec<_> = w.letters("escalation")[before..].iter().map(|l| l.says.clock.clone()).collect();
    assert!(after.iter().all(|c| !c.contains("undecided") && !c.contains("not done with")), "{after:?}");
}

#[test]
fn what_ended_lost_is_not_opened_again_whatever_the_book_says() {
    let mut w = with_book(&[held("CTP-1", "2027-06-01")]);
    w.until(morning("2027-02-10"));
    let task = listed(&w)[0].0.id;
    w.command("max", Command::End { task, how: End::Lost, reason: "went to another agency".into() }).unwrap();
    import(&mut w, vec![Account { csr: Some("ana".into()), ..with(&[held("CTP-1", "2027-06-01")]) }], false);
    w.until(at("2027-06-10T12:00:00-05:00"));
    assert_eq!(w.tasks.len(), 1);
    assert!(clients(&w).is_empty());
}

#[test]
fn importing_the_same_book_again_and_looking_twice_change_nothing() {
    let mut w = with_book(&[held("CTP-1", "2027-06-01")]);
    w.until(morning("2027-02-10"));
    let before = w.tasks.clone();
    import(&mut w, vec![with(&[held("CTP-1", "2027-06-01")])], true);
    w.say(&Input::Accounts).unwrap();
    w.until(morning("2027-02-12"));
    let d = w.say(&Input::Accounts).unwrap();
    assert!(d.events.is_empty() && d.intents.is_empty());
    assert_eq!(w.tasks, before);
}

#[test]
fn after_a_week_asleep_what_was_due_is_done_once_and_of_letters_the_last() {
    let mut w = with_book(&[held("CTP-1", "2027-06-01")]);
    w.until(morning("2027-02-10"));
    // Asleep from 110 days to 70 days before: the review's letter and its chaser have both come.
    w.now = morning("2027-03-23");
    w.say(&Input::Accounts).unwrap();
    let task = listed(&w)[0].0.id;
    let to_max = |w: &World| w.recipients("escalation").iter().filter(|r| *r == "max").count();
    let d = w.say(&Input::Clock(task)).unwrap();
    assert_eq!(d.intents.iter().filter(|i| i.kind == "bond-review").count(), 1);
    let again = w.say(&Input::Clock(task)).unwrap();
    assert!(again.events.is_empty() && again.intents.is_empty());
    w.until(morning("2027-03-23") + chrono::Duration::hours(2));
    assert_eq!(to_max(&w), 1);
    // In the last days, too: a week's reminders are one.
    w.until(at("2027-05-24T12:00:00-05:00"));
    let before = to_max(&w);
    w.now = at("2027-05-31T12:00:00-05:00");
    w.say(&Input::Clock(task)).unwrap();
    w.until(at("2027-05-31T14:00:00-05:00"));
    assert_eq!(to_max(&w), before + 1);
    w.check();
}

#[test]
fn listed_late_it_gives_a_day_before_it_speaks_of_what_has_passed() {
    let mut w = with_book(&[held("CTP-1", "2026-12-31")]);
    // Imported on 17 November, 44 days before: 90 and 60 are over.
    w.until(at("2026-11-17T16:00:00-06:00"));
    assert_eq!(listed(&w).len(), 1);
    assert_eq!(days_of(&w, "bond-review"), ["2026-11-17"], "of the letters that were due the last one goes");
    assert!(w.letters("escalation").is_empty());
    w.until(at("2026-11-18T16:00:00-06:00"));
    assert_eq!(w.recipients("escalation"), ["max"]);
    w.check();
}

#[test]
fn a_personal_policy_that_the_carrier_bills_comes_by_exception_only() {
    let personal = |number: &str| Held {
        class: Some(Class::Personal),
        billing: Some(Billing::Direct),
        ..held(number, "2027-06-01")
    };
    let mut w = with_book(&[personal("HO-1")]);
    w.until(morning("2027-02-10"));
    assert!(w.tasks.is_empty());
    let m = mail("m1", "tony@trucks.example").asks(&["bond"]).field("policy_numbers", text("HO-1"));
    w.receive(m.field("exception", text("shopping")).received(morning("2027-02-10")));
    let [(task, term)] = listed(&w)[..] else { panic!("{:?}", w.tasks) };
    assert_eq!((task.messages.len(), term.numbers()), (1, vec!["HO-1"]));
    assert_eq!(term.flags[0].title, "The client shops around");
    w.until(at("2027-04-20T12:00:00-05:00"));
    assert_eq!(w.tasks.len(), 1, "one task, whichever came first");
    // Billed by the agency, or where the book does not tell, it is listed like any other.
    let agency_billed = Held { billing: None, ..personal("HO-1") };
    let mut w = with_book(&[agency_billed]);
    w.until(morning("2027-02-10"));
    assert_eq!(listed(&w)[0].0.assigned.person.as_str(), "ben", "a household's is the CSR's");
}

#[test]
fn a_policy_that_moves_its_day_is_followed_and_one_that_leaves_the_book_is_told() {
    let mut w = with_book(&[held("CTP-1", "2027-06-01"), held("WC-2", "2027-06-01")]);
    w.until(morning("2027-02-10"));
    let id = listed(&w)[0].0.id;
    let notices = w.letters("notice").len();
    import(&mut w, vec![with(&[held("CTP-1", "2027-06-15"), held("WC-2", "2027-06-15")])], false);
    w.until(morning("2027-02-11"));
    let term = w.tasks[&id].term.clone().unwrap();
    assert_eq!((w.tasks.len(), term.expiration), (1, day("2027-06-15")));
    assert_eq!(w.tasks[&id].deadline, Some(at("2027-06-15T17:00:00-05:00")));
    assert_eq!(w.letters("notice").len(), notices + 1);
    // One of them goes, and a new one comes.
    import(&mut w, vec![with(&[held("CTP-1", "2027-06-15"), held("UMB-3", "2027-06-15")])], false);
    w.until(morning("2027-02-12"));
    let term = w.tasks[&id].term.clone().unwrap();
    assert_eq!(term.numbers(), ["CTP-1", "WC-2", "UMB-3"]);
    assert_eq!(term.policies[1].since, Some(Since::Gone));
    assert!(w.letters("notice").last().unwrap().says.why.contains("WC-2 is no longer in the account book"));
    // The account leaves the book.
    import(&mut w, vec![Account::new("B2".into(), "Another".into())], true);
    w.until(morning("2027-02-16"));
    assert!(w.tasks[&id].term.as_ref().unwrap().policies.iter().all(|p| p.since == Some(Since::Gone)));
    assert!(w.letters("notice").last().unwrap().says.why.contains("CTP-1 is no longer"));
    w.check();
}

#[test]
fn the_next_years_term_in_the_book_is_a_new_task_on_its_own_day() {
    let mut w = with_book(&[held("CTP-1", "2027-06-01")]);
    w.until(morning("2027-02-10"));
    import(&mut w, vec![with(&[held("CTP-1", "2028-06-01")])], false);
    w.until(morning("2027-02-11"));
    let term = listed(&w)[0].1.clone();
    assert_eq!((term.expiration, term.policies[0].since), (day("2027-06-01"), Some(Since::Until(day("2028-06-01")))));
    w.until(at("2028-02-03T12:00:00-06:00"));
    assert_eq!(
        listed(&w).iter().map(|(_, t)| t.expiration.to_string()).collect::<Vec<_>>(),
        ["2027-06-01", "2028-06-01"]
    );
}

#[test]
fn a_first_import_opens_nothing_and_writes_nothing_until_it_is_released() {
    let mut w = agency();
    let account = with(&[held("CTP-1", "2026-12-31")]);
    let would = pipeline::foreseen(&account, &[], &w.policy, w.now);
    assert_eq!(would.len(), 1);
    assert_eq!(would[0].letter.as_deref(), Some("bond-review"));
    assert_eq!(would[0].to.as_deref(), Some("tony@trucks.example"));
    import(&mut w, vec![account.clone()], false);
    w.say(&Input::Accounts).unwrap();
    w.until(at("2026-11-25T12:00:00-06:00"));
    assert!(w.tasks.is_empty() && w.letters.is_empty());
    release(&mut w);
    w.until(at("2026-11-25T16:00:00-06:00"));
    assert_eq!((w.tasks.len(), days_of(&w, "bond-review")), (1, vec!["2026-11-25".to_owned()]));
    let terms =
        vec![crate::domain::pipeline::TermTask { expiration: day("2026-12-31"), task: TaskId(1), page: "bond".into() }];
    assert!(pipeline::foreseen(&account, &terms, &w.policy, w.now).is_empty());
}

#[test]
fn in_observe_and_review_the_letters_of_the_schedule_do_not_go_by_themselves() {
    for (mode, wanted) in [(Mode::Observe, Disposition::Observe), (Mode::Review, Disposition::Review)] {
        let mut w = agency();
        w.policy.mode = mode;
        import(&mut w, vec![with(&[held("CTP-1", "2026-12-31")])], false);
        release(&mut w);
        w.until(at("2026-11-17T16:00:00-06:00"));
        assert_eq!(w.letters("bond-review")[0].disposition, wanted);
        assert!(matches!(w.task(1).client_told, ClientTold::No(_)));
    }
}

#[test]
fn a_schedule_that_is_edited_has_every_account_looked_at() {
    let mut w = with_book(&[held("CTP-1", "2027-06-01")]);
    w.until(morning("2026-11-20"));
    assert!(w.tasks.is_empty());
    w.policy.pages.get_mut(&"bond".into()).unwrap().practice.pipeline.as_mut().unwrap().list = 200;
    w.say(&Input::Accounts).unwrap();
    w.until(morning("2026-11-23"));
    assert_eq!(listed(&w).len(), 1);
}

#[test]
fn a_hundred_accounts_come_in_a_few_looks_with_one_notice_each() {
    let mut w = agency();
    let account = |n: u32| Account {
        id: AccountId(format!("N{n:03}")),
        policies: vec![held(&format!("P-{n}"), "2026-12-31")],
        contacts: Vec::new(),
        ..trucks()
    };
    import(&mut w, (0..120).map(account).collect(), false);
    release(&mut w);
    w.until(at("2026-11-17T11:00:00-06:00"));
    assert_eq!(listed(&w).len(), 120);
    assert_eq!(w.letters("notice").len(), 3);
    assert!(clients(&w).is_empty(), "nobody has an address");
    assert!(matches!(&w.task(1).client_told, ClientTold::No(why) if why.contains("no mail address")));
}

#[test]
fn the_outlook_tells_stage_next_date_and_what_is_at_stake() {
    let mut w = with_book(&[held("CTP-1", "2027-06-01")]);
    w.until(morning("2027-02-10"));
    let id = listed(&w)[0].0.id;
    w.command("max", Command::Step { task: id, step: "review".into(), waive: None, policy: None }).unwrap();
    let line = pipeline::outlook(&w.tasks[&id], &w.policy, w.now).unwrap();
    assert_eq!((line.days_left, line.stage.as_ref().unwrap().as_str()), (111, "review"));
    assert_eq!((line.next_date, line.at_stake), (Some(day("2027-04-02")), Some(Cents(100_000))));
    assert!(!line.decided && pipeline::is_undecided(&w.tasks[&id], &w.policy));
}

#[test]
fn the_owner_reads_what_is_at_stake_by_carrier() {
    let by = |carrier: &str, number: &str| Held { carrier: Some(carrier.to_owned()), ..held(number, "2027-06-01") };
    let mut w = with_book(&[by("Keystone", "CTP-1"), by("Keystone", "WC-2"), by("Granite", "UMB-3")]);
    w.policy.pages.get_mut(&"bond".into()).unwrap().practice.undecided = true;
    w.policy.digest = Some(Digest { at: None });
    w.say(&Input::Presence).unwrap();
    w.until(morning("2027-02-10"));
    let digest = w.letters("digest").into_iter().rfind(|l| l.to.address.local() == "otto").unwrap();
    let digest = digest.says.digest.clone().unwrap();
    assert_eq!(digest.at_stake, ["Keystone: 1, $2,000.00", "Granite: 1, $1,000.00"]);
    assert_eq!(digest.undecided[0].at_stake, "Keystone, Granite, $3,000.00");
}

#[test]
fn a_step_that_falls_due_is_no_daily_reminder() {
    let mut w = with_book(&[held("CTP-1", "2027-06-01")]);
    let reminded = |w: &World| listed(w)[0].1.reminded_on;
    w.until(morning("2027-04-05"));
    assert!(w.recipients("escalation").contains(&"max".to_owned()));
    assert_eq!(reminded(&w), None);
    w.until(morning("2027-05-24"));
    assert_eq!(reminded(&w), Some(day("2027-05-24")));
}
