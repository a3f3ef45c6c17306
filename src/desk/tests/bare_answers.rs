//! A reply that is nothing but the answer: it fills what was asked, or a person reads it; it is never lost.

use super::{
    sample::{Mail, *},
    world::World,
};
use crate::desk::*;
use crate::domain::{
    field::{Field, Place, Provenance, Span as At},
    reading::Short,
    task::Asking,
    workflow::{Party, Questions, Span},
};
use crate::message::{Part, PartKind};
use chrono::Duration;

const ONE: TaskId = TaskId(1);

/// A client is reminded twice, every two business days; the task waits for the answer.
fn asking(fields: &[&str]) -> World {
    let mut w = World::new().knows(trucks());
    for page in w.policy.pages.values_mut() {
        page.practice.questions = Some(Questions { remind: Span::Days(2), times: 2, waits: true });
    }
    w.receive(fields.iter().fold(mail("m1", "tony@trucks.example").asks(&["bond"]), |m, f| m.lacks(f)));
    w.now += Duration::hours(3);
    w
}

/// A field that stands at these bytes of a reply.
fn stands(name: &str, value: FieldValue, start: u32, end: u32) -> Field {
    let mut f = field(name, value);
    if let Provenance::Message { span, .. } = &mut f.from {
        *span = At { place: Place::Text, start, end };
    }
    f
}

/// Tony answers in a few words that as such ask for nothing; they may say these fields.
fn says(words: &str, fields: Vec<Field>) -> Mail {
    let span = At { place: Place::Text, start: 0, end: words.len() as u32 };
    let short = Short { words: words.to_owned(), span, fields, plain: true, address: None };
    mail("m2", "tony@trucks.example").asks_nothing().answering("m1@client.example").with(|a| {
        a.message.text = words.to_owned();
        a.message.parts = vec![Part { kind: PartKind::New, start: 0, end: words.len() }];
        a.reading.short = Some(short);
    })
}

fn values<'w>(w: &'w World, name: &str) -> Vec<&'w FieldValue> {
    w.task(1).fields.iter().filter(|f| f.name == name).map(|f| &f.value).collect()
}

fn why(w: &World) -> String {
    w.letters("notice").last().unwrap().says.why.clone()
}

#[test]
fn a_bare_value_fills_what_was_asked_says_where_it_stands_and_says_nothing_else() {
    let mut w = asking(&["start"]);
    let day = || date("2026-11-18");
    let tomorrow = says("Tomorrow please", vec![stands("start", day(), 0, 8), stands("loss", day(), 0, 8)]);
    // By itself it looks like a day by which something is needed.
    w.receive(tomorrow.with(|a| a.reading.fields.push(stands("deadline", day(), 0, 8))));
    assert_eq!(values(&w, "start"), [&day()]);
    assert!(values(&w, "deadline").is_empty() && values(&w, "loss").is_empty() && w.task(1).deadline.is_none());
    let from = &w.task(1).fields.iter().find(|f| f.name == "start").unwrap().from;
    let stood = At { place: Place::Text, start: 0, end: 8 };
    assert!(matches!(from, Provenance::Message { message, span, .. } if *message == "m2".into() && *span == stood));
    assert_eq!((w.task(1).missing.len(), w.task(1).standing().as_str()), (0, "new"));
    assert_eq!(why(&w), "The client answered all that was asked: start.");
    w.check();
}

#[test]
fn an_address_alone_is_the_half_that_was_not_known() {
    let mut w = World::new().knows(trucks());
    let half = FieldValue::Party { name: "City of Gary".into(), address: None };
    w.receive(mail("m1", "tony@trucks.example").asks(&["bond"]).lacks("holder").field("holder", half));
    let place = stands("place", text("401 Broadway, Gary, IN 46402"), 0, 28);
    w.receive(says("401 Broadway, Gary, IN 46402", vec![]).with(|a| {
        a.reading.short.as_mut().unwrap().address = Some(place);
    }));
    let whole = FieldValue::Party { name: "City of Gary".into(), address: Some("401 Broadway, Gary, IN 46402".into()) };
    assert_eq!((values(&w, "holder"), w.task(1).missing.len()), (vec![&whole], 0));
}

#[test]
fn what_answers_no_question_or_two_is_told_to_a_person_once_and_the_client_is_left_in_peace() {
    let two = vec![stands("holder", text("Gary"), 0, 4), stands("site", text("Gary"), 0, 4)];
    for (words, fields) in [("the second one", vec![]), ("both", vec![]), ("Yes.", vec![]), ("Gary", two)] {
        let mut w = asking(&["holder", "site"]);
        let notices = w.letters("notice").len();
        w.receive(says(words, fields));
        assert_eq!(w.letters("notice").len(), notices + 1, "{words}: whoever has it hears of it");
        let news = w.letters("notice").last().unwrap().says.clone();
        assert!(news.why.contains("what was asked could not be read from it: holder, site"), "{}", news.why);
        assert_eq!(news.words, words);
        assert!(values(&w, "holder").is_empty() && w.task(1).missing.len() == 2);
        assert_eq!(w.task(1).standing(), "new", "it is the agency's turn");
        assert_eq!(w.task(1).asked.last().unwrap().how, Asking::Unclear);
        w.until(w.now + Duration::days(30));
        assert!(w.letters("reminder").is_empty(), "{words}: nobody is reminded of what they have answered");
        w.check();
        assert_eq!(w.replayed(), w.tasks);
    }
}

#[test]
fn whatever_a_client_answers_to_a_colleagues_own_question_is_heard_and_opens_nothing() {
    let reply = |id: &str| mail(id, "tony@trucks.example").answering("m1@client.example");
    for answer in [reply("m2").asks_nothing(), says("Yes, go ahead.", vec![]).asks(&["permit"])] {
        let mut w = asking(&[]);
        w.command("ben", Command::Question { task: ONE, words: "Shall we go ahead?".into(), until: None }).unwrap();
        let notices = w.letters("notice").len();
        w.receive(answer);
        assert_eq!((w.task(1).waiting.clone(), w.letters("notice").len(), w.tasks.len()), (None, notices + 1, 1));
    }
    // Where nobody waits for it, thanks stay thanks; and what asks for more by a sign of its own is work of its own.
    let mut w = asking(&[]);
    let letters = w.letters.len();
    w.receive(reply("m2").asks_nothing());
    assert_eq!(w.letters.len(), letters);
    let mut w = asking(&["start"]);
    w.receive(says("Monday. And a permit", vec![]).asks(&["permit"]).with(|a| {
        a.reading.short.as_mut().unwrap().plain = false;
    }));
    assert_eq!(w.tasks.len(), 2);
}

#[test]
fn what_comes_after_the_end_is_heard_too() {
    let mut w = asking(&["start"]);
    let how = Command::End { task: ONE, how: End::NoResponse, reason: "called three times".into() };
    w.command("ben", how).unwrap();
    w.now += Duration::days(3);
    w.receive(says("12/1", vec![stands("start", date("2026-12-01"), 0, 4)]));
    assert!(w.task(1).is_open());
    assert_eq!(values(&w, "start"), [&date("2026-12-01")]);
    w.check();
}

#[test]
fn mail_that_is_read_anew_says_the_same() {
    let mut w = asking(&["start"]);
    let answer = says("12/1", vec![stands("start", date("2026-12-01"), 0, 4)]);
    let later = answer.0.clone();
    w.receive(answer);
    let wait = Party::Client;
    assert!(w.task(1).waits.iter().all(|x| x.on != wait));
    let first = fields_lacking("start");
    let read = [first, later].map(|a| reread::ReadAnew {
        message: a.key.clone(),
        received: a.received,
        reading: a.reading,
        automatic: false,
        needs: None,
    });
    let record = w.messages.iter().find(|m| m.key == "m1".into());
    let found = reread::propose(w.task(1), record, w.accounts.get(&"A1".into()), &[], &read, &w.policy);
    assert_eq!(found.changes, []);
}

fn fields_lacking(name: &str) -> Arrival {
    mail("m1", "tony@trucks.example").asks(&["bond"]).lacks(name).0
}

/// What a reply of twenty bytes brings that is asked for these fields: its own facts, and what its few words may say.
fn brought(own: Vec<Field>, short: Vec<Field>, asked: &[&str]) -> Vec<String> {
    let span = At { place: Place::Text, start: 0, end: 20 };
    let short = Short { words: String::new(), span, fields: short, plain: true, address: None };
    let reading = crate::domain::reading::Reading { fields: own, short: Some(short), ..Default::default() };
    let w = asking(asked);
    let found = answers::brought(&reading, &"m2".into(), &[], &w.task(1).missing);
    found.iter().map(|f| format!("{} {}", f.name, f.value.shown())).collect()
}

#[test]
fn few_words_answer_what_was_not_said_for_sure_and_say_nothing_else() {
    let holder = |name: &str, start, end| stands("holder", text(name), start, end);
    let phone = |start, end| stands("contact_phone", text("555-0101"), start, end);
    // What the mail says for sure is not read a second time as the answer.
    let sure = brought(vec![holder("Acme", 0, 4)], vec![holder("Acme LLC", 0, 8)], &["holder"]);
    assert_eq!(sure, ["holder Acme"]);
    let mut unsure = holder("Acme", 0, 4);
    unsure.confidence = 10;
    let both = brought(vec![unsure], vec![holder("Acme LLC", 0, 8)], &["holder"]);
    assert_eq!(both, ["holder Acme", "holder Acme LLC"]);
    // What stands below the answer, or in the subject, is a fact of its own; what the answer was misread as is none.
    for (other, kept) in [((30, 38), true), ((12, 38), true), ((10, 18), false)] {
        let found = brought(vec![phone(other.0, other.1)], vec![holder("Acme LLC", 0, 8)], &["holder"]);
        let expected: &[&str] =
            if kept { &["contact_phone 555-0101", "holder Acme LLC"] } else { &["holder Acme LLC"] };
        assert_eq!(found, expected, "{other:?}");
    }
    let mut in_subject = phone(10, 18);
    if let Provenance::Message { span, .. } = &mut in_subject.from {
        span.place = Place::Subject;
    }
    let found = brought(vec![in_subject], vec![holder("Acme LLC", 0, 8)], &["holder"]);
    assert_eq!(found, ["contact_phone 555-0101", "holder Acme LLC"]);
    // What was asked and stands below leaves the few words what they are.
    let found = brought(vec![holder("Acme", 40, 44), phone(0, 8)], vec![], &["holder"]);
    assert_eq!(found, ["holder Acme", "contact_phone 555-0101"]);
    // What was asked and stands in them is the answer, and the rest of them no fact.
    let found = brought(vec![holder("Acme", 0, 4), phone(10, 18)], vec![], &["holder"]);
    assert_eq!(found, ["holder Acme"]);
}

#[test]
fn an_address_alone_is_no_half_of_another_party() {
    let party = |name: &str| FieldValue::Party { name: name.into(), address: None };
    let address = stands("location", text("410 Quarry Rd, Joliet, IL 60432"), 0, 20);
    let span = At { place: Place::Text, start: 0, end: 20 };
    let short = Short { words: String::new(), span, fields: vec![], plain: true, address: Some(address) };
    let reading = crate::domain::reading::Reading { short: Some(short), ..Default::default() };
    let w = asking(&["holder"]);
    let of = |known: Field| answers::brought(&reading, &"m2".into(), &[known], &w.task(1).missing);
    assert_eq!(of(field("lienholder", party("First Bank"))), []);
    let whole = of(field("holder", party("Acme")));
    let joined = FieldValue::Party { name: "Acme".into(), address: Some("410 Quarry Rd, Joliet, IL 60432".into()) };
    assert_eq!((whole.len(), &whole[0].value), (1, &joined));
}

#[test]
fn words_that_point_back_may_answer_a_task_of_their_own_kind_and_no_other() {
    let w = asking(&["holder"]);
    assert!(w.task(1).unanswered().next().is_some());
    for (kind, may) in [("bond", true), ("permit", false)] {
        let points_back = vec![(kind.into(), evidence("the same as last time"))];
        let reading = crate::domain::reading::Reading { points_back, ..Default::default() };
        assert_eq!(answers::may_answer(w.task(1), &reading), may, "{kind}");
        // The same where it asks for that kind of work in so many words.
        let mut request = request(kind);
        request.again = vec![evidence("the same as last time")];
        let reading = crate::domain::reading::Reading { requests: vec![request], ..Default::default() };
        assert_eq!(answers::may_answer(w.task(1), &reading), may, "{kind}");
    }
}
