//! Letters to clients as they stand, whole: in their own thread, and with nothing of the book.

use super::{
    sample::{Mail, *},
    whole_letters::{agency, who, written},
    world::World,
};
use crate::desk::{
    says::{Question, Says, TaskView},
    *,
};
use crate::domain::workflow::{Questions, Span};

/// Tony's request, as the letters about it below have it.
pub(super) fn request() -> Mail {
    written(mail("m1", "tony@trucks.example").asks(&["bond"]).lacks("holder").field("deadline", date("2026-11-20")))
        .with(|a| {
            a.message.from = Some(mailbox("Tony M", "tony@trucks.example"));
            a.message.thread = vec!["m0@client.example".into()];
            a.reading.urgent = true;
        })
}

#[test]
fn the_acknowledgement_has_the_request_what_is_missing_and_nothing_of_the_book() {
    let mut w = World::new().knows(trucks());
    w.receive(request().with(|a| a.reading.language = "es".into()));
    let [letter] = w.letters("acknowledgement")[..] else { panic!("one letter") };
    let shown = TaskView {
        reference: "T-1".into(),
        title: "Fianza".into(),
        request_type: "bond".into(),
        subject: "About m1".into(),
        requester: who("Tony M", "tony@trucks.example"),
        state: "new".into(),
        assignee: who("Ben Cole", "ben@agency.example"),
        arrived: "mar 17 nov 2026, 10:00".into(),
        deadline: "vie 20 nov 2026, 17:00".into(),
        urgent: true,
        missing: vec![Question {
            field: "holder".into(),
            question: "¿Quién es el titular?".into(),
            ..Question::default()
        }],
        ..TaskView::default()
    };
    let says = Says {
        agency: agency(),
        to: who("Tony M", "tony@trucks.example"),
        tasks: vec![shown],
        subject: "About m1".into(),
        sender_kind: "client".into(),
        certain: true,
        ..Says::default()
    };
    let to = mailbox("Tony M", "tony@trucks.example");
    let expected = Intent {
        language: "es".into(),
        tasks: vec![TaskId(1)],
        answers: Some("m1".into()),
        in_reply_to: Some("m1@client.example".into()),
        references: vec!["m0@client.example".into(), "m1@client.example".into()],
        auto_replied: true,
        tell: Some(mailbox("Ben Cole", "ben@agency.example")),
        reference: letter.reference.clone(),
        ..Intent::new("acknowledgement".into(), Audience::Client, to, w.now, says)
    };
    assert_eq!(*letter, expected);
}

/// Tony's request as his own letters show it, with these questions.
fn outside(missing: &[(&str, &str)]) -> TaskView {
    let question = |(field, question): &(&str, &str)| Question {
        field: (*field).into(),
        question: (*question).into(),
        ..Question::default()
    };
    TaskView {
        reference: "T-1".into(),
        title: "Surety bond".into(),
        request_type: "bond".into(),
        subject: "About m1".into(),
        requester: who("Tony M", "tony@trucks.example"),
        state: "new".into(),
        assignee: who("Ben Cole", "ben@agency.example"),
        arrived: "Tue 17 Nov 2026, 10:00 AM".into(),
        deadline: "Fri 20 Nov 2026, 5:00 PM".into(),
        urgent: true,
        missing: missing.iter().map(question).collect(),
        ..TaskView::default()
    }
}

/// Tony's answer, in his thread.
fn reply(id: &str) -> Mail {
    let answer = mail(id, "tony@trucks.example").asks(&["bond"]).answering("m1@client.example");
    answer.with(|a| a.message.from = Some(mailbox("Tony M", "tony@trucks.example")))
}

#[test]
fn what_is_still_missing_is_asked_in_the_clients_thread_by_whoever_has_the_task() {
    for (mode, disposition) in [(Mode::Live, Disposition::Send), (Mode::Review, Disposition::Review)] {
        let mut w = World::new().knows(trucks());
        let questions = Questions { remind: Span::Days(2), times: 2, waits: true };
        w.policy.pages.get_mut(&"bond".into()).unwrap().practice.questions = Some(questions);
        w.receive(request().lacks("bid_amount"));
        w.policy.mode = mode;
        w.receive(reply("m2").field("holder", text("City of Gary")));
        let [letter] = w.letters("questions")[..] else { panic!("one letter") };
        let says = Says {
            agency: agency(),
            to: who("Tony M", "tony@trucks.example"),
            tasks: vec![outside(&[("bid_amount", "Please tell us: bid amount.")])],
            subject: "About m1".into(),
            sender_kind: "client".into(),
            certain: true,
            by: who("Ben Cole", "ben@agency.example"),
            ..Says::default()
        };
        let to = mailbox("Tony M", "tony@trucks.example");
        let expected = Intent {
            tasks: vec![TaskId(1)],
            answers: Some("m2".into()),
            in_reply_to: Some("m2@client.example".into()),
            references: vec!["m1@client.example".into(), "m2@client.example".into()],
            disposition,
            tell: Some(mailbox("Ben Cole", "ben@agency.example")),
            reference: letter.reference.clone(),
            ..Intent::new("questions".into(), Audience::Client, to, w.now, says)
        };
        assert_eq!(*letter, expected);
    }
}

#[test]
fn what_staff_write_to_the_client_answers_the_clients_last_mail_and_nobody_elses() {
    let mut w = World::new().knows(trucks());
    w.receive(request());
    w.receive(reply("m2"));
    let colleague = mail("m3", "tina@trucks.example").asks(&["bond"]).answering("m1@client.example");
    w.receive(colleague);
    let bond = Documents { raw: w.messages[1].raw.clone(), names: vec!["bond.pdf".into()] };
    let text = "Here it is.".to_owned();
    w.command("ana", Command::Tell { task: TaskId(1), text, documents: Some(bond.clone()), to_sender: false }).unwrap();
    let [letter] = w.letters("to-client")[..] else { panic!("one letter") };
    let says = Says {
        agency: agency(),
        to: who("Tony M", "tony@trucks.example"),
        tasks: letter.says.tasks.clone(),
        subject: "About m2".into(),
        sender_kind: "client".into(),
        certain: true,
        message: "Here it is.".into(),
        by: who("Ana Ruiz", "ana@agency.example"),
        enclosed: bond.names.clone(),
        ..Says::default()
    };
    let to = mailbox("Tony M", "tony@trucks.example");
    let expected = Intent {
        tasks: vec![TaskId(1)],
        answers: Some("m2".into()),
        in_reply_to: Some("m2@client.example".into()),
        references: vec!["m1@client.example".into(), "m2@client.example".into()],
        original: Some(bond.raw),
        documents: bond.names,
        by_person: true,
        tell: Some(mailbox("Ana Ruiz", "ana@agency.example")),
        reference: letter.reference.clone(),
        reply_to: letter.reply_to.clone(),
        ..Intent::new("to-client".into(), Audience::Client, to, w.now, says)
    };
    assert_eq!(*letter, expected);
    let shown = TaskView { state: letter.says.tasks[0].state.clone(), ..outside(&[("holder", "Who is the holder?")]) };
    assert_eq!(letter.says.tasks, [shown]);
}

#[test]
fn every_letter_about_a_task_is_in_the_clients_language() {
    let mut w = World::new().knows(trucks());
    w.receive(request().lacks("bid_amount").with(|a| a.reading.language = "es".into()));
    w.receive(reply("m2").field("holder", text("City of Gary")));
    let words = "Aquí está.".to_owned();
    w.command("ana", Command::Tell { task: TaskId(1), text: words, documents: None, to_sender: false }).unwrap();
    let outside = w.letters.iter().filter(|(_, i)| i.audience == Audience::Client);
    let languages: Vec<(&str, &str)> = outside.map(|(_, i)| (i.kind.as_str(), i.language.as_str())).collect();
    assert_eq!(languages, [("acknowledgement", "es"), ("questions", "es"), ("to-client", "es")]);
}
