//! Staff who work by answering letters: what is obeyed, what it does, what is told.

use super::{
    sample::{Mail, *},
    world::World,
};
use crate::desk::*;
use crate::domain::{
    letter::{Audience, Disposition},
    task::{End, StepMark, TaskState},
    workflow::Party,
};
use crate::message::{Attachment, Part, PartKind};
use chrono::Duration;

/// Tony's bond is task 1 and Ben's; its acknowledgement and its notice have gone out.
pub(super) fn a_task() -> World {
    let mut w = World::new().knows(trucks());
    w.receive(mail("m1", "tony@trucks.example").asks(&["bond"]).lacks("holder"));
    w.now += Duration::minutes(30);
    w
}

/// Ben answers the letter that he got about the task, from his own mail program.
pub(super) fn answer(w: &World, id: &str, who: &str, text: &str) -> Mail {
    let reference = w.policy.answers.key.personal(TaskId(1), &who.into());
    let text = text.to_owned();
    mail(id, &format!("{who}@agency.example")).with(|a| {
        a.reading.requests.clear();
        a.reading.certainty = crate::domain::reading::Certainty::Doubtful;
        a.reading.sender_kind = crate::domain::reading::SenderKind::Staff;
        a.message.subject = format!("Re: Surety bond, Marchetti Trucking [{reference}]").as_str().into();
        a.message.authentication_results = vec!["mx.agency.example; dmarc=pass header.from=agency.example".to_owned()];
        a.message.parts = vec![Part { kind: PartKind::New, start: 0, end: text.len() }];
        a.message.text = text;
        a.received = w.now;
    })
}

fn says(w: &mut World, id: &str, text: &str) -> Draft {
    let mail = answer(w, id, "ben", text);
    w.receive(mail)
}

/// The letter that answers the last answer.
pub(super) fn heard(draft: &Draft) -> &says::Answer {
    let letter = draft.intents.iter().find(|i| i.kind == "answer").expect("an answer is answered");
    assert_eq!(letter.audience, Audience::Staff);
    assert!(letter.auto_replied && letter.disposition == Disposition::Send);
    letter.says.answer.as_ref().unwrap()
}

fn to_clients(draft: &Draft) -> Vec<&Intent> {
    draft.intents.iter().filter(|i| i.audience == Audience::Client).collect()
}

#[test]
fn the_letter_about_a_task_shows_that_it_may_be_answered_and_carries_a_reference_of_its_readers_own() {
    let w = a_task();
    let notice = w.letters("notice")[0];
    assert!(notice.says.may_answer);
    let reference = w.policy.answers.key.personal(TaskId(1), &"ben".into());
    assert_eq!(notice.reference.as_ref(), Some(&reference));
    let done = notice.says.tasks[0].taps.iter().find(|t| t.title == "Done").unwrap();
    assert_eq!(done.link, format!("mailto:service@agency.example?subject=Surety%20bond%20%5B{reference}%5D&body=done"));
    let acknowledgement = w.letters("acknowledgement")[0];
    assert_eq!(acknowledgement.reference.as_ref(), Some(&w.policy.answers.key.thread(TaskId(1))));
    assert!(!acknowledgement.says.may_answer && acknowledgement.says.tasks[0].taps.is_empty(), "not for clients");
    assert_eq!(notice.reply_to, None, "no plus addresses where the server may not know them");
}

#[test]
fn with_plus_addressing_the_reference_also_stands_in_the_reply_address_and_is_read_there() {
    let mut policy = policy();
    policy.answers.plus_addressing = true;
    let mut w = World::with(policy).knows(trucks());
    w.receive(mail("m1", "tony@trucks.example").asks(&["bond"]));
    let notice = w.letters("notice")[0].clone();
    let reply_to = notice.reply_to.clone().unwrap();
    assert!(reply_to.as_str().starts_with("service+t1-") && w.policy.is_inbox(&reply_to), "{reply_to}");
    assert!(notice.says.tasks[0].taps[0].link.starts_with("mailto:service%2Bt1-"));
    let reply = answer(&w, "a1", "ben", "working on it").with(|a| {
        a.message.subject = "Re: your mail".into();
        a.message.to = vec![mailbox("", reply_to.as_str())];
    });
    w.receive(reply);
    assert!(w.task(1).first_touch.is_some());
    // A client's reply address leads to the task as well, where every other trace of the thread is gone.
    let theirs = w.letters("acknowledgement")[0].reply_to.clone().unwrap();
    w.receive(
        mail("m2", "tony@trucks.example").asks(&["bond"]).with(|a| a.message.to = vec![mailbox("", theirs.as_str())]),
    );
    assert_eq!(*w.outcome("m2"), Outcome::Joined { task: TaskId(1), opened: vec![] });
}

#[test]
fn working_on_it_is_the_first_touch_and_takes_the_task() {
    let mut w = a_task();
    let draft = says(&mut w, "a1", "Working on it.\n\nBen Cole\nAgency");
    assert_eq!(w.task(1).first_touch, Some(w.now));
    assert_eq!(heard(&draft).refused, "");
    assert_eq!(heard(&draft).kept, "", "a signature is no note");
    assert!(to_clients(&draft).is_empty());
    let olga = answer(&w, "a2", "olga", "working on it");
    let draft = w.receive(olga);
    assert_eq!(w.task(1).assigned.person, "olga".into());
    let told = draft.intents.iter().find(|i| i.kind == "notice").unwrap();
    assert_eq!(told.to.address, address("ben@agency.example"), "who had it hears that it is gone");
    assert!(told.says.why.contains("not yours any more"));
    w.check();
}

#[test]
fn waiting_on_client_mails_that_line_and_nothing_below_it() {
    let mut w = a_task();
    let draft = says(&mut w, "a1", "waiting on client until 12/4: which VIN?\n\nBetween us: he never answers.");
    let [letter] = to_clients(&draft)[..] else { panic!("one letter") };
    assert_eq!((letter.kind.as_str(), letter.to.address.as_str()), ("question", "tony@trucks.example"));
    assert_eq!(letter.says.message, "which VIN?");
    assert!(!serde_json::to_string(&letter.says).unwrap().contains("never answers"));
    assert_eq!(letter.in_reply_to.as_deref(), Some("m1@client.example"), "in the client's thread");
    assert!(!letter.by_person, "a question in our frame still says that nothing is bound");
    let waiting = w.task(1).waiting.as_ref().unwrap();
    assert_eq!((waiting.on, waiting.until), (Party::Client, at("2026-12-04T00:00:00-06:00")));
    assert_eq!(heard(&draft).kept, "Between us: he never answers.");
    assert!(w.task(1).notes.iter().any(|n| n.text.contains("he never answers")), "kept as a note");
    // The client's answer ends the waiting.
    w.receive(mail("m2", "tony@trucks.example").asks(&["bond"]).answering("m1@client.example"));
    assert!(w.task(1).waiting.is_none());
    w.check();
}

#[test]
fn waiting_on_a_carrier_writes_to_nobody_outside() {
    let mut w = a_task();
    let draft = says(&mut w, "a1", "waiting on carrier until Friday");
    assert!(to_clients(&draft).is_empty());
    assert_eq!(w.task(1).waiting.as_ref().unwrap().on, Party::Carrier);
    assert!(heard(&draft).did.iter().any(|s| s.contains("waits on the carrier")), "{:?}", heard(&draft).did);
}

/// The step in which the bond's papers go to the client.
fn with_a_sending_step(w: &mut World) {
    let page = w.policy.pages.get_mut(&"bond".into()).unwrap();
    page.practice.steps.push(crate::domain::workflow::Step {
        id: "issue".into(),
        title: "Send the papers.".into(),
        required: true,
        sends: true,
        ..crate::domain::workflow::Step::default()
    });
}

fn pdf(name: &str) -> Attachment {
    Attachment { name: name.to_owned(), content_type: "application/pdf".to_owned(), size: 9, ..Attachment::default() }
}

#[test]
fn to_client_sends_text_and_attachments_in_the_clients_thread_and_ticks_the_step() {
    let mut w = World::new().knows(trucks());
    with_a_sending_step(&mut w);
    w.receive(mail("m1", "tony@trucks.example").asks(&["bond"]));
    let text = "to client: Here is your bond.\n\nCall me if anything is wrong.\n";
    let mine = answer(&w, "a1", "ben", text).with(|a| {
        let quote = "> NOTES\n> - he never pays\n";
        let start = a.message.text.len();
        a.message.text.push_str(quote);
        a.message.text.push_str("and this inline answer");
        a.message.parts.push(Part { kind: PartKind::Quoted, start, end: start + quote.len() });
        a.message.parts.push(Part { kind: PartKind::New, start: start + quote.len(), end: a.message.text.len() });
        let logo = Attachment { name: "logo.png".into(), content_type: "image/png".into(), inline: true, ..pdf("") };
        a.message.attachments = vec![logo, pdf("Bond.pdf")];
    });
    let raw = mine.0.raw.clone();
    let draft = w.receive(mine);
    let [letter] = to_clients(&draft)[..] else { panic!("one letter") };
    assert_eq!(letter.says.message, "Here is your bond.\n\nCall me if anything is wrong.");
    assert_eq!((letter.kind.as_str(), letter.by_person, letter.auto_replied), ("to-client", true, false));
    assert_eq!((letter.original.as_ref(), &letter.documents[..]), (Some(&raw), &["Bond.pdf".to_owned()][..]));
    assert_eq!(letter.in_reply_to.as_deref(), Some("m1@client.example"));
    assert_eq!(letter.reference, Some(w.policy.answers.key.thread(TaskId(1))), "not the colleague's own reference");
    let inside = serde_json::to_string(&letter).unwrap();
    for never in ["never pays", "inline answer", "Call before changing", "CTP-01"] {
        assert!(!inside.contains(never), "{never}");
    }
    let step = w.task(1).steps.iter().find(|s| s.id == "issue".into()).unwrap();
    assert!(matches!(&step.mark, StepMark::Ticked { by, .. } if *by == "ben".into()));
    assert_eq!(heard(&draft).sent, letter.says.message);
    assert!(heard(&draft).did.iter().any(|s| s.contains("Sent to") && s.contains("Bond.pdf")));
    assert!(w.task(1).messages.iter().all(|m| *m != "a1".into()), "an order is no part of what the client wrote");
    w.check();
}

#[test]
fn words_without_a_document_tick_no_step() {
    let mut w = World::new().knows(trucks());
    with_a_sending_step(&mut w);
    w.receive(mail("m1", "tony@trucks.example").asks(&["bond"]));
    says(&mut w, "a1", "to client:\nWe are looking into it.");
    assert_eq!(w.letters("to-client")[0].says.message, "We are looking into it.");
    assert!(w.task(1).steps.iter().all(|s| s.mark == StepMark::Open));
}

#[test]
fn in_observe_and_review_nothing_goes_out_and_the_answer_says_so() {
    for (mode, disposition, word) in
        [(Mode::Observe, Disposition::Observe, "NOT sent"), (Mode::Review, Disposition::Review, "WAITS for a yes")]
    {
        let mut w = World::new().knows(trucks());
        with_a_sending_step(&mut w);
        w.policy.mode = mode;
        w.receive(mail("m1", "tony@trucks.example").asks(&["bond"]));
        let mine = answer(&w, "a1", "ben", "to client: here").with(|a| a.message.attachments = vec![pdf("Bond.pdf")]);
        let draft = w.receive(mine);
        assert_eq!(to_clients(&draft)[0].disposition, disposition);
        assert!(heard(&draft).did.iter().any(|s| s.contains(word)), "{:?}", heard(&draft).did);
        assert!(w.task(1).steps.iter().all(|s| s.mark == StepMark::Open), "what was not sent ticks nothing");
    }
}

#[test]
fn nothing_to_say_an_attached_message_and_a_task_without_an_address_are_refused() {
    let mut w = a_task();
    assert!(heard(&says(&mut w, "a1", "to client:")).refused.contains("no words"));
    let mine = answer(&w, "a2", "ben", "to client: see below").with(|a| {
        a.message.attachments = vec![Attachment { content_type: "message/rfc822".into(), ..pdf("Fwd.eml") }];
    });
    let draft = w.receive(mine);
    assert!(heard(&draft).refused.contains("attached message"), "{}", heard(&draft).refused);
    assert!(to_clients(&draft).is_empty());
    assert_eq!(heard(&draft).rest, "to client: see below", "the text comes back, so that it is not lost");
    let mut w = World::new();
    let call = Command::New {
        requester: "Rita".into(),
        address: None,
        words: "a bond".into(),
        reading: Box::new(mail("x", "x@x.example").asks(&["bond"]).0.reading),
    };
    w.command("ben", call).unwrap();
    assert!(heard(&says(&mut w, "a3", "to client: hello")).refused.contains("without a mail address"));
}

#[test]
fn done_speaks_for_what_is_ours_and_not_for_the_carrier() {
    let mut w = a_task();
    let draft = says(&mut w, "a1", "done");
    assert!(heard(&draft).refused.contains("did carrier"), "{}", heard(&draft).refused);
    assert!(w.task(1).is_open() && w.task(1).first_touch.is_none(), "a refusal changes nothing");
    says(&mut w, "a2", "did carrier");
    let draft = says(&mut w, "a3", "done\n\nall by phone");
    assert!(matches!(w.task(1).state, TaskState::Ended { how: End::Done, .. }));
    assert!(w.task(1).steps.iter().filter(|s| s.required).all(|s| matches!(s.mark, StepMark::Ticked { .. })));
    assert!(heard(&draft).did.iter().any(|s| s == "T-1 is closed: done."), "{:?}", heard(&draft).did);
    assert_eq!(heard(&draft).kept, "all by phone");
    w.check();
}

#[test]
fn a_command_to_a_closed_task_changes_nothing_and_says_when_it_was_closed() {
    let mut w = a_task();
    says(&mut w, "a1", "not a request");
    assert!(matches!(w.task(1).state, TaskState::Ended { how: End::NotNeeded, .. }));
    let before = w.task(1).clone();
    for (n, line) in
        ["done", "to client: hello", "waiting on client: which?", "working on it", "did check"].iter().enumerate()
    {
        let draft = says(&mut w, &format!("b{n}"), line);
        assert!(heard(&draft).refused.contains("is over (not needed,"), "{line}: {}", heard(&draft).refused);
        assert!(to_clients(&draft).is_empty(), "{line}");
    }
    let after = Task { letters: before.letters.clone(), ..w.task(1).clone() };
    assert_eq!(after, before);
    let draft = says(&mut w, "a9", "reopen: he asks again");
    assert!(w.task(1).is_open() && heard(&draft).refused.is_empty());
}

use crate::domain::task::Task;

#[test]
fn of_two_at_once_one_wins_and_the_other_is_told() {
    let mut w = a_task();
    let (ben, olga) = (answer(&w, "a1", "ben", "not a request"), answer(&w, "a2", "olga", "assign Max"));
    w.receive(ben);
    let draft = w.receive(olga);
    assert!(heard(&draft).refused.contains("is over"), "{}", heard(&draft).refused);
    assert_eq!(w.task(1).assigned.person, "ben".into());
    assert_eq!(draft.intents.len(), 1, "Max hears nothing of it");
}

#[test]
fn anything_else_is_a_note_and_whoever_wrote_it_hears_that_it_was_not_sent() {
    let mut w = a_task();
    let draft = says(&mut w, "a1", "Hi Tony,\n\nhere is your bond.\n\nBen Cole");
    assert!(to_clients(&draft).is_empty());
    let heard = heard(&draft);
    assert!(heard.unknown && heard.refused.is_empty());
    assert_eq!(heard.kept, "Hi Tony,\n\nhere is your bond.");
    assert!(w.task(1).notes.iter().any(|n| n.by == Some("ben".into()) && n.text == heard.kept));
    let empty = says(&mut w, "a2", "  \n");
    assert!(super::by_mail::heard(&empty).refused.contains("no words"));
}

#[test]
fn assign_kind_policy_and_steps_by_mail() {
    let mut w = a_task();
    says(&mut w, "a1", "assign Ana: I am out tomorrow");
    assert_eq!(w.task(1).assigned.person, "ana".into());
    assert!(w.recipients("notice").contains(&"ana".to_owned()));
    assert!(heard(&says(&mut w, "a2", "assign Nobody")).refused.contains("Ana Ruiz, Ben Cole"));
    for (id, line) in [("a3", "it is a Permit"), ("a5", "it is a permit request")] {
        let mut w = a_task();
        says(&mut w, id, line);
        assert_eq!(w.task(1).request_type, Some("permit".into()), "{line}");
    }
    assert!(heard(&says(&mut w, "a4", "it is a miracle")).refused.contains("Surety bond, Permit"));
    says(&mut w, "a6", "policy CTP 01 558231 3");
    assert!(w.task(1).fields.iter().any(|f| f.name == "policy_numbers" && f.value.shown() == "CTP 01 558231 3"));
    assert!(heard(&says(&mut w, "a7", "did nonsense")).refused.contains("its steps are check, carrier, file"));
    says(&mut w, "a8", "skip carrier: they told us by phone");
    assert!(matches!(&w.task(1).steps[1].mark, StepMark::Waived { .. }));
    w.check();
}

#[test]
fn a_policy_that_the_book_knows_brings_its_account() {
    let mut w = World::new().knows(trucks());
    w.receive(mail("m1", "eve@gmail.com").asks(&["bond"]));
    assert_eq!(w.task(1).account, None);
    let who = w.task(1).assigned.person.to_string();
    let mine = answer(&w, "a1", &who, "policy CTP-01-558231-3");
    w.receive(mine);
    assert_eq!(w.task(1).account, Some("A1".into()));
}

#[test]
fn mail_to_others_and_automatic_mail_are_no_orders() {
    let mut w = a_task();
    let copied = answer(&w, "a1", "ben", "done").with(|a| a.message.cc = vec![mailbox("", "tony@trucks.example")]);
    w.receive(copied);
    let away =
        answer(&w, "a2", "ben", "done").with(|a| a.message.automatic.auto_submitted = Some("auto-replied".into()));
    w.receive(away);
    assert!(w.task(1).is_open());
    assert!(w.letters("answer").is_empty());
}

#[test]
fn two_machines_that_answer_each_other_come_to_an_end() {
    let mut w = a_task();
    for n in 0..100 {
        says(&mut w, &format!("a{n}"), "I am away until Monday");
    }
    assert_eq!(w.letters("answer").len(), 40, "forty answers an hour to one person");
}

#[test]
fn what_is_for_the_client_never_goes_to_a_third_party_who_asked() {
    let mut w = World::new().knows(trucks());
    w.receive(mail("m1", "gc@builder.example").asks(&["bond"]).with(|a| {
        a.reading.sender_kind = crate::domain::reading::SenderKind::ThirdParty;
    }));
    let who = w.task(1).assigned.person.to_string();
    for (n, line) in ["to client: here it is", "waiting on client: which VIN?"].iter().enumerate() {
        let mine = answer(&w, &format!("a{n}"), &who, line);
        let draft = w.receive(mine);
        assert!(heard(&draft).refused.contains("not the client"), "{}", heard(&draft).refused);
        assert!(to_clients(&draft).is_empty() && w.task(1).waiting.is_none(), "{line}");
    }
    let mine = answer(&w, "a9", &who, "to sender: we ask our insured first");
    let draft = w.receive(mine);
    assert_eq!(to_clients(&draft)[0].to.address, address("gc@builder.example"));
}
