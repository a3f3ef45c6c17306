//! What is missing is asked once, answered in halves, reminded of as the page says, and then a person hears.

use super::{
    sample::{Mail, *},
    world::World,
};
use crate::desk::*;
use crate::domain::{
    field::FieldValue,
    letter::Disposition,
    reading::SenderKind,
    task::Asking,
    workflow::{Party, Questions, Span},
};
use chrono::Duration;

const ONE: TaskId = TaskId(1);

/// A client is reminded twice, every two business days; the task waits for the answer.
fn asking() -> World {
    let mut w = World::new().knows(trucks());
    for page in w.policy.pages.values_mut() {
        page.practice.questions = Some(Questions { remind: Span::Days(2), times: 2, waits: true });
    }
    w
}

fn lacking(fields: &[&str]) -> Mail {
    fields.iter().fold(mail("m1", "tony@trucks.example").asks(&["bond"]), |m, f| m.lacks(f))
}

fn reply(id: &str) -> Mail {
    mail(id, "tony@trucks.example").asks(&["bond"]).answering("m1@client.example")
}

fn asked(w: &World) -> Vec<(Asking, Vec<&str>)> {
    w.task(1).asked.iter().map(|a| (a.how, a.fields.iter().map(String::as_str).collect())).collect()
}

fn questions(intent: &Intent) -> Vec<&str> {
    intent.says.tasks[0].missing.iter().map(|q| q.question.as_str()).collect()
}

#[test]
fn the_letter_that_says_it_arrived_asks_and_the_answer_brings_the_task_back() {
    let mut w = asking();
    w.receive(lacking(&["holder"]));
    assert_eq!(questions(w.letters("acknowledgement")[0]), ["Who is the holder?"]);
    assert_eq!(asked(&w), [(Asking::Acknowledgement, vec!["holder"])]);
    assert_eq!(w.task(1).standing(), "waiting on client");
    assert!(w.letters("notice")[0].says.tasks[0].missing[0].asked);
    w.now += Duration::hours(3);
    let standard = w.task(1).standard_due.unwrap();
    w.receive(reply("m2").field("holder", text("City of Gary")));
    assert_eq!((w.task(1).standing().as_str(), w.task(1).missing.len()), ("new", 0));
    assert!(w.task(1).standard_due.unwrap() > standard, "the client's time is not ours");
    let holder = w.task(1).fields.iter().find(|f| f.name == "holder").unwrap();
    let from =
        matches!(&holder.from, crate::domain::field::Provenance::Message { message, .. } if *message == "m2".into());
    assert!(from, "it says from which message it comes");
    assert!(w.letters("notice").last().unwrap().says.why.contains("answered all that was asked: holder"));
    assert!(w.letters("questions").is_empty() && w.task(1).remind_at.is_none());
    w.until(w.now + Duration::days(20));
    assert!(w.letters("reminder").is_empty());
    w.check();
}

#[test]
fn half_an_answer_is_asked_for_the_other_half_once() {
    let mut w = asking();
    w.receive(lacking(&["holder", "amount", "city"]));
    w.receive(reply("m2").field("holder", text("City of Gary")));
    let rest = w.letters("questions");
    assert_eq!((rest.len(), questions(rest[0]).len()), (1, 2));
    assert_eq!(rest[0].in_reply_to.as_deref(), Some("m2@client.example"));
    assert_eq!(asked(&w)[1], (Asking::Rest, vec!["amount", "city"]));
    assert_eq!(w.task(1).standing(), "waiting on client");
    let why = &w.letters("notice").last().unwrap().says.why;
    assert!(why.contains("answered: holder") && why.contains("asked for the rest: amount, city"), "{why}");
    w.receive(reply("m3").field("amount", text("500")));
    assert_eq!(w.letters("questions").len(), 1, "nobody is asked a third time");
    let why = &w.letters("notice").last().unwrap().says.why;
    assert!(why.contains("Still missing: city"), "{why}");
    w.check();
}

#[test]
fn two_halves_are_a_whole_and_the_question_is_for_what_is_left() {
    let mut w = asking();
    let page = w.policy.pages.get_mut(&"bond".into()).unwrap();
    let rest = BTreeMap::from([("en".to_owned(), "We have the name. Where?".to_owned())]);
    page.needs.insert("holder".into(), NeedOfWork { rest, ..NeedOfWork::default() });
    let party =
        |address: Option<&str>| FieldValue::Party { name: "City of Gary".into(), address: address.map(str::to_owned) };
    w.receive(lacking(&["holder", "amount"]).field("amount", text("500")));
    w.receive(reply("m2").field("holder", party(None)));
    assert_eq!(questions(w.letters("questions")[0])[0], "We have the name. Where?");
    let why = &w.letters("notice").last().unwrap().says.why;
    assert!(why.contains("The client answered: holder, and was asked for the rest: holder, amount."), "{why}");
    w.receive(reply("m3").field("holder", party(Some("401 Broadway, Gary, IN"))));
    assert!(w.task(1).missing.iter().all(|m| m.field != "holder"));
    let holders: Vec<_> = w.task(1).fields.iter().filter(|f| f.name == "holder").collect();
    assert_eq!((holders.len(), &holders[0].value), (1, &party(Some("401 Broadway, Gary, IN"))));
}

#[test]
fn a_client_who_does_not_answer_is_reminded_as_the_page_says_and_then_a_person_hears() {
    let mut w = asking();
    w.receive(lacking(&["holder"]));
    let calendar = w.policy.calendar.clone();
    let mut at = w.now;
    for n in 1..=2 {
        at = calendar.after(at, Span::Days(2));
        w.until(at - Duration::minutes(1));
        assert_eq!(w.letters("reminder").len(), n - 1, "not before its time");
        w.until(at);
        assert_eq!(w.letters("reminder").len(), n);
        let letter = w.letters("reminder")[n - 1];
        assert_eq!((questions(letter), letter.audience), (vec!["Who is the holder?"], Audience::Client));
        assert_eq!(letter.in_reply_to.as_deref(), Some("m1@client.example"));
        assert_eq!(letter.references, ["m1@client.example"]);
        let reminded = w.task(1).asked.last().unwrap();
        assert!(reminded.how == Asking::Reminder && reminded.sent);
    }
    assert_eq!(w.task(1).standing(), "waiting on client");
    let notices = w.letters("notice").len();
    w.until(calendar.after(at, Span::Days(2)));
    assert_eq!(w.task(1).standing(), "new", "it is the agency's turn: call them");
    let told = w.letters("notice");
    assert_eq!(told.len(), notices + 1);
    assert!(told[notices].says.why.contains("has not answered") && told[notices].says.action.contains("no response"));
    assert!(told[notices].original.is_some(), "with the request, for the call");
    assert_eq!(asked(&w).last().unwrap().0, Asking::GaveUp);
    w.until(w.now + Duration::days(60));
    assert_eq!((w.letters("reminder").len(), w.task(1).remind_at), (2, None), "and that is all");
    w.check();
    let end = Command::End { task: ONE, how: End::NoResponse, reason: "called three times".into() };
    w.command("ben", end).unwrap();
    assert_eq!(w.replayed(), w.tasks);
}

#[test]
fn a_machine_that_slept_for_a_week_reminds_once() {
    let mut w = asking();
    w.receive(lacking(&["holder"]));
    w.now += Duration::days(9);
    w.say(&Input::Clock(ONE)).unwrap();
    assert_eq!(w.letters("reminder").len(), 1);
    assert!(w.task(1).remind_at.unwrap() > w.now);
}

#[test]
fn what_may_be_known_after_all_is_proposed_and_goes_out_by_a_persons_word() {
    let odd = |a: &mut Arrival| {
        let mut f = field("vins", text("1M8GDM9A0KP042788"));
        f.doubt = Some("the VIN fails its check digit".to_owned());
        a.reading.fields.push(f);
    };
    let unread = |a: &mut Arrival| {
        a.message.attachments.push(crate::message::Attachment {
            name: "contract.pdf".to_owned(),
            content_type: "application/pdf".to_owned(),
            held: Some(crate::message::attached::Held { unread: Some("a scan".to_owned()), ..Default::default() }),
            ..Default::default()
        });
    };
    let guess = |a: &mut Arrival| {
        let mut f = field("vins", text("17 something"));
        f.confidence = 30;
        a.reading.fields.push(f);
    };
    for (change, why) in
        [(&odd as &dyn Fn(&mut Arrival), "check digit"), (&unread, "contract.pdf"), (&guess, "may have written")]
    {
        let mut w = asking();
        w.receive(lacking(&["vins"]).with(change));
        assert!(questions(w.letters("acknowledgement")[0]).is_empty(), "{why}: not asked unseen");
        assert!(asked(&w).is_empty());
        assert_eq!(w.task(1).standing(), "new");
        let shown = &w.letters("notice")[0].says.tasks[0];
        assert!(shown.missing[0].doubt.contains(why) && !shown.missing[0].asked, "{}", shown.missing[0].doubt);
        assert!(shown.taps.iter().any(|t| t.link.ends_with("body=ask")), "one tap sends it");
        w.command("ben", Command::AskMissing { task: ONE }).unwrap();
        assert_eq!(questions(w.letters("questions")[0]).len(), 1);
        assert_eq!(asked(&w), [(Asking::Person, vec!["vins"])]);
        assert_eq!(w.task(1).standing(), "waiting on client");
        let again = w.command("ben", Command::AskMissing { task: ONE }).unwrap_err();
        assert!(again.contains("was asked"), "{again}");
        w.check();
    }
}

#[test]
fn of_several_policies_none_is_asked_for_unseen_and_a_third_party_is_asked_nothing() {
    let mut account = trucks();
    account.policies.push(crate::domain::account::Policy { number: "GLC-2".into(), ..account.policies[0].clone() });
    let mut w = asking().knows(account);
    w.receive(lacking(&["policy_numbers"]));
    assert!(w.task(1).missing[0].doubt.as_ref().unwrap().contains("GLC-2"));
    assert!(asked(&w).is_empty());

    let mut w = asking();
    w.receive(lacking(&["holder"]).with(|a| a.reading.sender_kind = SenderKind::ThirdParty));
    assert!(asked(&w).is_empty() && w.task(1).waiting.is_none());
    let refused = w.command("ben", Command::AskMissing { task: ONE }).unwrap_err();
    assert!(refused.contains("not the client"), "{refused}");
}

#[test]
fn what_waits_for_a_yes_is_asked_when_it_goes() {
    let mut w = asking();
    w.policy.mode = Mode::Review;
    w.receive(lacking(&["holder"]));
    assert_eq!(w.letters("acknowledgement")[0].disposition, Disposition::Review);
    assert!(!w.task(1).was_asked("holder") && w.task(1).waiting.is_none() && w.task(1).remind_at.is_none());
    let letter = w.letters.iter().find(|(_, i)| i.kind == "acknowledgement").unwrap().0.id.clone();
    w.command("ben", Command::Release { letter }).unwrap();
    assert!(w.task(1).was_asked("holder") && w.task(1).remind_at.is_some());
    assert_eq!(w.task(1).standing(), "waiting on client");

    let mut w = asking();
    w.policy.mode = Mode::Observe;
    w.receive(lacking(&["holder"]));
    assert!(asked(&w).is_empty(), "nobody outside has heard it");
}

#[test]
fn a_danger_waits_for_no_answer_and_neither_does_what_has_to_be_done_first() {
    let mut w = asking();
    w.receive(lacking(&["holder"]).with(|a| a.reading.hazards.push(hazard())));
    assert!(w.task(1).was_asked("holder") && w.task(1).waiting.is_none());
    let mut w = asking();
    w.policy.pages.get_mut(&"bond".into()).unwrap().practice.steps[0].before_waiting = true;
    w.receive(lacking(&["holder"]));
    assert!(w.task(1).was_asked("holder") && w.task(1).waiting.is_none());
    assert!(w.task(1).remind_at.is_some(), "the client is reminded all the same");
}

#[test]
fn however_late_the_reminders_go_a_person_hears_once_that_no_answer_came() {
    let mut w = asking();
    w.receive(lacking(&["holder"]));
    w.command("ben", Command::Take { task: ONE }).unwrap();
    let told = |w: &World| w.letters.iter().filter(|(_, i)| i.audience == Audience::Staff).count();
    let before = told(&w);
    let until = |w: &World| w.task(1).waiting.as_ref().map(|t| t.until);
    let two_days = |w: &World, times: usize| {
        (0..times).fold(w.now, |at, _| w.policy.calendar.after(at, crate::domain::workflow::Span::Days(2)))
    };
    assert_eq!(until(&w), Some(two_days(&w, 3)));
    for left in [Some(2), Some(1), None] {
        let due = w.task(1).remind_at.unwrap();
        // The daemon looks a little later than the moment, as it does.
        w.now = due + Duration::minutes(3);
        w.say(&Input::Clock(ONE)).unwrap();
        // It waits as long as from now on somebody will be reminded, and then a person hear.
        assert_eq!(until(&w), left.map(|times| two_days(&w, times)));
    }
    w.until(w.now + Duration::hours(5));
    assert_eq!((w.letters("reminder").len(), told(&w)), (2, before + 1));
    assert!(w.letters("notice").last().unwrap().says.why.contains("has not answered"));
    w.check();
}

#[test]
fn nobody_but_the_client_is_reminded_and_nobody_beyond_the_days_limits() {
    let mut w = asking();
    w.receive(lacking(&["holder"]));
    let letters = |to_address, to_domain| answering::Written { to_address, to_domain };
    let (client, ours) = ("tony@trucks.example", "ben@agency.example");
    for (kind, to, written, refusal) in [
        (SenderKind::Client, client, letters(3, 29), None),
        (SenderKind::Client, ours, letters(0, 0), Some("ben@agency.example is not the client")),
        (SenderKind::ThirdParty, client, letters(0, 0), Some("tony@trucks.example is not the client")),
        (SenderKind::Carrier, client, letters(0, 0), Some("tony@trucks.example is not the client")),
        (SenderKind::Client, client, letters(4, 0), Some("the limit of letters to tony@trucks.example was reached")),
        (SenderKind::Client, client, letters(0, 30), Some("the limit of letters to tony@trucks.example was reached")),
    ] {
        let task = crate::domain::task::Task { sender_kind: kind, ..w.task(1).clone() };
        let to = mailbox("", to);
        let may = answering::may_remind(&task, &to, written, &w.policy);
        assert_eq!(may.err().as_deref(), refusal, "{kind:?} {to} {written:?}");
    }
}

#[test]
fn while_a_carrier_has_the_ball_the_client_is_not_reminded() {
    let mut w = asking();
    w.receive(lacking(&["holder"]));
    assert!(w.task(1).remind_at.is_some());
    let wait = Command::Wait { task: ONE, on: Party::Carrier, until: None, why: "papers".into(), policy: None };
    w.command("ben", wait).unwrap();
    assert_eq!(w.task(1).remind_at, None);
}
