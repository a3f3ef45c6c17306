//! What the account book says of policies after their date has brought a task, and what it would bring.

use super::{pipeline::*, sample::*, world::World};
use crate::desk::{pipeline, *};
use crate::domain::{
    field::Provenance,
    pipeline::{Since, TermTask},
    task::End,
    workflow::Clock,
};
use chrono::Days;

/// The task of the policy with this number.
fn task_of(w: &World, number: &str) -> TaskId {
    listed(w).iter().find(|(_, term)| term.numbers().contains(&number)).unwrap_or_else(|| panic!("no {number}")).0.id
}

/// The last day of a task, and its policies.
fn ends(w: &World, id: TaskId) -> (String, Vec<String>) {
    let term = w.tasks[&id].term.as_ref().unwrap();
    (term.expiration.to_string(), term.numbers().into_iter().map(str::to_owned).collect())
}

fn on(day: &str, numbers: &[&str]) -> (String, Vec<String>) {
    (day.to_owned(), numbers.iter().map(|n| (*n).to_owned()).collect())
}

fn last_why(w: &World) -> String {
    w.letters("notice").last().unwrap().says.why.clone()
}

#[test]
fn two_terms_of_one_client_each_follow_the_book_and_never_become_one() {
    let mut w = with_book(&[held("CTP-1", "2027-06-01"), held("WC-2", "2027-05-20")]);
    w.until(morning("2027-02-10"));
    let (auto, comp) = (task_of(&w, "CTP-1"), task_of(&w, "WC-2"));
    import(&mut w, vec![with(&[held("CTP-1", "2027-06-01"), held("WC-2", "2027-06-10")])], false);
    w.until(morning("2027-02-11"));
    assert_eq!((ends(&w, auto), ends(&w, comp)), (on("2027-06-01", &["CTP-1"]), on("2027-06-10", &["WC-2"])));
    assert_eq!(last_why(&w), "The account book has 2027-06-10 as the last day now, in the place of 2027-05-20.");
    // The other one moves to the day that this one has: there is one task for that day, and it has both.
    import(&mut w, vec![with(&[held("CTP-1", "2027-06-10"), held("WC-2", "2027-06-10")])], false);
    w.until(morning("2027-02-12"));
    assert_eq!((ends(&w, auto), ends(&w, comp)), (on("2027-06-01", &[]), on("2027-06-10", &["WC-2", "CTP-1"])));
    let notes = |id: TaskId| w.tasks[&id].notes.last().unwrap().text.clone();
    assert_eq!(
        notes(auto),
        "CTP-1 has another last day in the account book now: 2027-06-10. It is not part of this any more. No policy is \
         left in it: end it, or say what it is about."
    );
    assert_eq!(notes(comp), "CTP-1 has come to the account book with the same last day.");
    assert_eq!(w.tasks.len(), 2);
    w.check();
}

#[test]
fn a_last_day_that_moves_by_less_than_180_days_is_put_right_and_by_more_is_the_next_term() {
    let first = day("2027-06-01");
    for (days, moves) in [(179, true), (180, false)] {
        let mut w = with_book(&[held("CTP-1", "2027-06-01")]);
        w.until(morning("2027-02-10"));
        let (id, later) = (task_of(&w, "CTP-1"), first + Days::new(days));
        import(&mut w, vec![with(&[held("CTP-1", &later.to_string())])], false);
        w.until(morning("2027-02-11"));
        let term = w.tasks[&id].term.as_ref().unwrap();
        let wanted = if moves { (later, None) } else { (first, Some(Since::Until(later))) };
        assert_eq!((term.expiration, term.policies[0].since), wanted, "{days} days");
    }
}

#[test]
fn of_two_policies_the_one_that_gets_a_day_of_its_own_leaves_and_is_listed_on_that_day() {
    let mut w = with_book(&[held("CTP-1", "2027-06-01"), held("WC-2", "2027-06-01")]);
    w.until(morning("2027-02-10"));
    let id = task_of(&w, "CTP-1");
    import(&mut w, vec![with(&[held("CTP-1", "2027-06-01"), held("WC-2", "2027-07-01")])], false);
    w.until(morning("2027-02-11"));
    assert_eq!(ends(&w, id), on("2027-06-01", &["CTP-1"]));
    assert_eq!(
        last_why(&w),
        "WC-2 has another last day in the account book now: 2027-07-01. It is not part of this any more."
    );
    w.until(morning("2027-03-03"));
    let other = task_of(&w, "WC-2");
    assert_eq!((w.tasks.len(), ends(&w, other)), (2, on("2027-07-01", &["WC-2"])));
}

#[test]
fn a_term_that_moves_nearer_opens_no_second_task_and_keeps_no_other_from_opening() {
    let mut w = with_book(&[held("CTP-1", "2027-06-01")]);
    w.until(morning("2027-02-10"));
    let id = task_of(&w, "CTP-1");
    // Both days were to be listed in January.
    import(&mut w, vec![with(&[held("CTP-1", "2027-05-20"), held("UMB-3", "2027-05-25")])], false);
    w.until(morning("2027-02-11"));
    assert_eq!(w.tasks.len(), 2);
    assert_eq!(ends(&w, id), on("2027-05-20", &["CTP-1"]));
    assert_eq!(ends(&w, task_of(&w, "UMB-3")), on("2027-05-25", &["UMB-3"]));
    w.check();
}

/// Tony's mail about bonds came before the book was there; on 10 February it is, and Max says whose it is.
fn asked_before(policies: &[crate::domain::account::Policy], number: Option<&str>) -> World {
    let mut w = agency();
    let m = mail("m0", "tony@trucks.example").asks(&["bond"]);
    w.receive(match number {
        Some(number) => m.field("policy_numbers", text(number)),
        None => m,
    });
    w.until(morning("2027-02-10"));
    import(&mut w, vec![with(policies)], false);
    w.command("max", Command::SetAccount { task: TaskId(1), account: Some("A1".into()) }).unwrap();
    release(&mut w);
    w.until(morning("2027-02-11"));
    w
}

#[test]
fn mail_that_names_no_policy_is_the_task_of_the_only_day_and_whoever_wrote_still_waits() {
    let w = asked_before(&[held("CTP-1", "2027-06-01")], None);
    assert_eq!((w.tasks.len(), ends(&w, TaskId(1))), (1, on("2027-06-01", &["CTP-1"])));
    let t = w.task(1);
    assert_eq!(t.term.as_ref().unwrap().heard, Some(t.arrived));
    assert_eq!(t.deadline, Some(at("2027-06-01T17:00:00-05:00")));
    assert!(t.notes.iter().any(|n| n.text == "It is the task of CTP-1 now, which end on 2027-06-01."), "{:?}", t.notes);
    // Of two days nobody knows which is meant, and of another policy it is not this one.
    let two = asked_before(&[held("CTP-1", "2027-06-01"), held("WC-2", "2027-05-20")], None);
    assert_eq!((two.tasks.len(), two.task(1).term.clone()), (3, None));
    let another = asked_before(&[held("CTP-1", "2027-06-01")], Some("ZZ-9"));
    assert_eq!((another.tasks.len(), another.task(1).term.clone()), (2, None));
}

#[test]
fn a_task_of_the_book_tells_its_policies_and_speaks_the_clients_language() {
    let mut w = agency();
    let spanish = Account { language: Some("es".to_owned()), ..with(&[held("CTP-1", "2027-06-01")]) };
    import(&mut w, vec![spanish], false);
    release(&mut w);
    w.until(at("2027-03-03T12:00:00-06:00"));
    let (task, _) = listed(&w)[0];
    assert_eq!(task.language, "es");
    let facts: Vec<_> = task.fields.iter().map(|f| (f.name.as_str(), f.value.shown(), f.confidence)).collect();
    assert_eq!(facts, [("policy_numbers", "CTP-1".to_owned(), 100)]);
    assert!(matches!(&task.fields[0].from, Provenance::Book { account } if *account == "A1".into()));
    let [letter] = w.letters("bond-review")[..] else { panic!() };
    assert_eq!((letter.language.as_str(), letter.says.tasks[0].ends_on.as_str()), ("es", "1 de junio de 2027"));
}

#[test]
fn what_the_book_brought_goes_on_with_its_days_in_the_task_that_it_is_merged_into() {
    let mut w = with_book(&[held("CTP-1", "2027-06-01")]);
    w.until(morning("2027-02-10"));
    let id = task_of(&w, "CTP-1");
    let now = w.now;
    w.receive(mail("m1", "tony@trucks.example").asks(&["permit"]).received(now));
    let other = *w.tasks.keys().last().unwrap();
    assert_eq!(w.tasks[&other].term, None);
    let term = w.tasks[&id].term.clone();
    w.command("max", Command::Merge { task: id, into: other }).unwrap();
    assert_eq!(w.tasks[&other].term, term);
    assert!(!w.tasks[&id].is_open());
    w.check();
}

#[test]
fn what_a_book_would_bring_is_foreseen_from_its_day_on_the_list_and_not_where_there_is_a_task() {
    let account = with(&[held("CTP-1", "2027-06-01")]);
    let policy = agency().policy;
    let term =
        |expiration: &str, page: &str| TermTask { expiration: day(expiration), task: TaskId(1), page: page.into() };
    let today = morning("2027-02-01");
    for (when, terms, wanted) in [
        (morning("2027-01-31"), vec![], 0),
        (today, vec![], 1),
        (today, vec![term("2027-06-01", "bond")], 0),
        (today, vec![term("2026-06-01", "bond")], 1),
        (today, vec![term("2027-06-01", "permit")], 1),
    ] {
        assert_eq!(pipeline::foreseen(&account, &terms, &policy, when).len(), wanted, "{when} {terms:?}");
    }
}

#[test]
fn the_desk_speaks_of_the_days_that_are_left_and_of_those_that_are_over() {
    let mut w = with_book(&[held("CTP-1", "2027-06-01")]);
    w.until(morning("2027-02-10"));
    let id = task_of(&w, "CTP-1");
    let words = |w: &World, when: Timestamp| pipeline::words(&w.tasks[&id], &w.policy, when);
    assert_eq!(
        words(&w, morning("2027-04-02")),
        "not done with “Do review” (due March 3, 2027), “Do quote” (due April 2, 2027); 60 days are left"
    );
    for step in ["review", "quote", "decision"] {
        w.command("max", Command::Step { task: id, step: step.into(), waive: None, policy: None }).unwrap();
    }
    for (when, left) in [
        ("2027-05-27", "5 days are left"),
        ("2027-05-31", "1 day is left"),
        ("2027-06-01", "the last day is today"),
        ("2027-06-02", "the last day was yesterday"),
        ("2027-06-04", "the last day was 3 days ago"),
    ] {
        assert_eq!(words(&w, morning(when)), format!("undecided, and {left}"));
    }
    let outlook = |w: &World| pipeline::outlook(&w.tasks[&id], &w.policy, w.now).map(|line| line.decided);
    assert_eq!(outlook(&w), Some(false));
    w.command("max", Command::Step { task: id, step: "bind".into(), waive: None, policy: None }).unwrap();
    assert_eq!((outlook(&w), pipeline::is_undecided(&w.tasks[&id], &w.policy)), (Some(true), false));
    w.command("max", Command::End { task: id, how: End::Done, reason: String::new() }).unwrap();
    assert_eq!(outlook(&w), None);
}

#[test]
fn of_letters_whose_days_came_together_the_last_one_is_written_and_each_step_begins_anew() {
    // Listed 44 days before: the letters of 90 and of 75 days have both come.
    let mut w = with_book(&[held("CTP-1", "2026-12-31")]);
    w.until(at("2026-11-17T16:00:00-06:00"));
    let dealt_with = |w: &World| -> Vec<(String, u16, bool)> {
        let letters = listed(w)[0].1.letters.clone();
        letters.into_iter().map(|l| (l.step.to_string(), l.before, l.written)).collect()
    };
    let review = [("review".to_owned(), 90, false), ("review".to_owned(), 75, true)];
    assert_eq!(dealt_with(&w), review);
    assert!(!w.letters("bond-review")[0].says.again, "the client has had none of it");
    w.until(at("2026-12-12T12:00:00-06:00"));
    let decision = [("decision".to_owned(), 30, true), ("decision".to_owned(), 20, true)];
    assert_eq!(dealt_with(&w), [review, decision].concat());
    let again: Vec<bool> = w.letters("bond-decision").iter().map(|l| l.says.again).collect();
    assert_eq!(again, [false, true]);
}

#[test]
fn a_step_that_is_due_on_the_day_of_the_list_is_spoken_of_a_business_day_later() {
    let mut w = agency();
    w.policy.pages.get_mut(&"bond".into()).unwrap().practice.steps.insert(0, step("begin", Some(120), None, &[]));
    import(&mut w, vec![with(&[held("CTP-1", "2027-06-01")])], false);
    release(&mut w);
    w.until(at("2027-02-02T08:29:00-06:00"));
    assert!(w.letters("escalation").is_empty(), "listed the morning before");
    w.until(at("2027-02-02T08:30:00-06:00"));
    assert_eq!(w.recipients("escalation"), ["max"]);
}

#[test]
fn what_a_day_has_brought_is_not_told_where_the_book_has_moved_it_before_its_reader_is_here() {
    let afternoons = |w: &mut World| {
        let time = |h| chrono::NaiveTime::from_hms_opt(h, 0, 0).unwrap();
        let hours = Some(crate::domain::calendar::Hours { opens: time(13), closes: time(18) });
        w.policy.people.iter_mut().find(|p| p.id.as_str() == "max").unwrap().hours =
            Some([hours, hours, hours, hours, hours, None, None]);
    };
    for (moved, told) in [(false, 1), (true, 0)] {
        let mut w = with_book(&[held("CTP-1", "2027-06-01")]);
        afternoons(&mut w);
        w.until(at("2027-03-03T10:00:00-06:00"));
        let id = task_of(&w, "CTP-1");
        assert!(w.tasks[&id].escalated.iter().any(|e| e.clock == Clock::Scheduled));
        if moved {
            import(&mut w, vec![with(&[held("CTP-1", "2027-08-01")])], false);
        }
        w.until(at("2027-03-03T14:00:00-06:00"));
        assert_eq!(w.letters("escalation").len(), told, "moved: {moved}");
    }
}
