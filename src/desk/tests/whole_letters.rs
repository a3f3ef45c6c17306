//! Letters as they stand, whole: whatever a reader needs is in them, and whatever is not theirs is not.

use super::{
    by_mail::{a_task, answer, heard},
    partners,
    sample::{Mail, *},
    whole_to_clients::request,
    world::World,
};
use crate::desk::{
    says::{AgencyView, Digest as DigestView, Fact, Question, Says, StepView, TaskView, Who},
    *,
};
use crate::domain::{account::Holder, reading::Evidence};
use crate::message::{Attachment, Part, PartKind};

pub(super) fn agency() -> AgencyView {
    AgencyView {
        name: "Agency".into(),
        address: "service@agency.example".into(),
        phone: "(312) 555-0100".into(),
        hours: "Monday to Friday".into(),
        after_hours: String::new(),
    }
}

pub(super) fn who(name: &str, address: &str) -> Who {
    Who { name: name.into(), address: address.into(), phone: String::new() }
}

pub(super) fn written(mut mail: Mail) -> Mail {
    let end = mail.0.message.text.len();
    mail.0.message.parts = vec![Part { kind: PartKind::New, start: 0, end }];
    mail
}

#[test]
fn a_partner_is_told_of_the_task_what_it_takes_to_do_it_and_of_the_client_nothing_else() {
    let mut w = partners::agency(When::Always);
    let asked = mail("m1", "tony@trucks.example")
        .asks(&["bond"])
        .field("insured_name", text("Marchetti Trucking"))
        .field("project", text("Pier 4"))
        .field("deadline", date("2026-11-20"))
        .with(|a| a.reading.urgent = true);
    w.receive(written(asked));
    let [letter] = w.letters("handover")[..] else { panic!("one letter") };
    let facts = letter.says.tasks[0].facts.clone();
    assert_eq!(facts.iter().map(|f| f.value.as_str()).collect::<Vec<_>>(), ["Marchetti Trucking"]);
    let shown = TaskView {
        reference: "T-1".into(),
        title: "Surety bond".into(),
        request_type: "bond".into(),
        insured: "Marchetti Trucking".into(),
        assignee: who("Ben Cole", "ben@agency.example"),
        arrived: "Tue 17 Nov 2026, 10:00 AM".into(),
        deadline: "Fri 20 Nov 2026, 5:00 PM".into(),
        standard_due: view::time(&w.policy, w.task(1).standard_due.unwrap(), "en"),
        urgent: true,
        done_when: "The client has it in hand.".into(),
        facts,
        ..TaskView::default()
    };
    let expected = Says {
        agency: agency(),
        to: who("Covering Team", "intake@cover.example"),
        tasks: vec![shown],
        subject: "About m1".into(),
        words: "Words of the client.".into(),
        sender_kind: "client".into(),
        certain: true,
        ..Says::default()
    };
    assert_eq!(*letter.says, expected);
}

#[test]
fn the_sign_of_life_has_the_day_and_yesterdays_counts_and_names_nobody() {
    let mut w = World::new();
    w.policy.digest = Some(Digest { at: chrono::NaiveTime::from_hms_opt(7, 30, 0) });
    w.policy.heartbeat = Some(address("dan@elsewhere.example"));
    w.now = at("2026-11-16T18:00:00-06:00");
    w.say(&Input::Presence).unwrap();
    w.until(at("2026-11-17T07:30:00-06:00"));
    let owners = w.letters("digest").into_iter().find(|l| l.to.address.local() == "otto").unwrap();
    let proof = owners.says.digest.as_ref().unwrap().proof.clone();
    assert!(proof.is_some());
    let [letter] = w.letters("heartbeat")[..] else { panic!("one letter") };
    let expected = Says {
        agency: agency(),
        to: who("", "dan@elsewhere.example"),
        digest: Some(DigestView { day: "Tue 17 Nov".into(), proof, ..DigestView::default() }),
        certain: true,
        ..Says::default()
    };
    assert_eq!(*letter.says, expected);
}

#[test]
fn one_person_gets_a_letter_for_each_template_and_each_person_their_own_tasks() {
    let mut w = World::new().knows(trucks());
    let letters = &mut w.policy.pages.get_mut(&"bond".into()).unwrap().practice.letters;
    letters.insert("notice".into(), "bond-notice".into());
    w.receive(mail("m1", "tony@trucks.example").asks(&["bond", "permit"]));
    assert_eq!(w.letters("bond-notice")[0].tasks, [TaskId(1)]);
    assert_eq!(w.letters("notice")[0].tasks, [TaskId(2)]);
    assert_eq!((w.letters("bond-notice").len(), w.letters("notice").len()), (1, 1));
    let mut w = World::new();
    w.receive(mail("m1", "zoe@new.example").asks(&["bond", "permit"]));
    let told: Vec<_> = w.letters("notice").iter().map(|l| (l.to.address.local().to_owned(), l.tasks.clone())).collect();
    assert_eq!(told, [("ana".to_owned(), vec![TaskId(1)]), ("ben".to_owned(), vec![TaskId(2)])]);
}

#[test]
fn a_long_thread_is_answered_with_its_first_message_and_its_nineteen_newest() {
    let mut w = World::new();
    let thread: Vec<String> = (1..=25).map(|n| format!("t{n}@client.example")).collect();
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]).with(|a| a.message.thread.clone_from(&thread)));
    let references = &w.letters("acknowledgement")[0].references;
    let newest = thread[7..].iter().cloned().chain(["m1@client.example".to_owned()]);
    assert_eq!(*references, std::iter::once(thread[0].clone()).chain(newest).collect::<Vec<_>>());
    assert_eq!(references.len(), 20);
    w.receive(mail("m2", "zoe@new.example").asks(&["bond"]).with(|a| a.message.thread = thread[..19].to_vec()));
    let last = w.letters("acknowledgement")[1].references.clone();
    assert_eq!(last, [&thread[..19], &["m2@client.example".to_owned()]].concat(), "twenty are whole");
}

#[test]
fn a_pages_own_letter_about_an_undelivered_one_is_one_whose_failure_writes_no_other() {
    let mut policy = policy();
    let letters = &mut policy.pages.get_mut(&"bond".into()).unwrap().practice.letters;
    letters.insert("undelivered".into(), "bond-undelivered".into());
    for (kind, expected) in [("undelivered", true), ("bond-undelivered", true), ("notice", false), ("bond", false)] {
        assert_eq!(crate::desk::letters::is_undelivered(&policy, kind), expected, "{kind}");
    }
}

#[test]
fn what_came_of_an_answer_is_told_at_once_whatever_the_hour() {
    let mut w = a_task();
    w.now = at("2026-11-17T22:00:00-06:00");
    let mine = answer(&w, "a1", "ben", "did check");
    let draft = w.receive(mine);
    assert_eq!(draft.intents.iter().map(|i| (i.kind.as_str(), i.not_before)).collect::<Vec<_>>(), [("answer", w.now)]);
    assert_eq!(heard(&draft).did, ["T-1: step “check” is ticked."]);
}

#[test]
fn a_forgery_is_told_at_once_with_what_to_do() {
    let mut w = a_task();
    w.now = at("2026-11-17T22:00:00-06:00");
    let forged = answer(&w, "f1", "ben", "done").with(|a| a.message.authentication_results.clear());
    let draft = w.receive(forged);
    assert_eq!(draft.intents.len(), 2);
    for letter in &draft.intents {
        assert_eq!(letter.not_before, w.now, "{}", letter.to);
        assert_eq!(
            letter.says.why,
            "An answer in the name of Ben Cole was not obeyed: the mail server added no authentication result to it. \
             Nothing was changed."
        );
        assert_eq!(
            letter.says.action,
            "Ben Cole: if it was you, do it again from your usual mail program, or call; if not, somebody uses your name."
        );
    }
}

#[test]
fn documents_are_listed_with_their_size_and_logos_are_not() {
    let file = |name: &str, size: usize, inline: bool| Attachment {
        name: name.into(),
        content_type: "application/pdf".into(),
        size,
        inline,
        ..Attachment::default()
    };
    let mut w = World::new();
    w.receive(mail("m1", "zoe@new.example").asks(&["bond"]).with(|a| {
        a.message.attachments = vec![
            file("bond.pdf", 1025, false),
            file("logo.png", 500, true),
            file("plans.pdf", 1_048_575, false),
            file("photos.pdf", 1_048_576, false),
        ];
    }));
    let listed = ["bond.pdf (2 KB)", "plans.pdf (1024 KB)", "photos.pdf (1 MB)"];
    assert_eq!(w.letters("notice")[0].says.tasks[0].attachments, listed);
}

/// Checking a bond brings about one permit for each of this many holders.
fn spawning(holders: usize) -> World {
    let holder = |n: usize| Holder {
        name: format!("Holder {n}").as_str().into(),
        address: Some("1 Pier Rd, Gary, IN".to_owned()),
        certificates: Vec::new(),
    };
    let account = Account { holders: (1..=holders).map(holder).collect(), ..trucks() };
    let mut w = World::new().knows(account);
    let each = crate::domain::workflow::Each::Holder;
    let spawns = crate::domain::workflow::Spawns { page: "permit".into(), each };
    w.policy.pages.get_mut(&"bond".into()).unwrap().practice.steps[0].spawns = Some(spawns);
    w
}

fn check(w: &mut World) -> Draft {
    w.command("ben", Command::Did { task: TaskId(1), steps: vec!["check".into()], policy: None }).unwrap()
}

#[test]
fn a_hundred_holders_are_prepared_for_and_those_beyond_are_named() {
    let beyond = "More than 100 holders; no task was opened for: Holder 101, Holder 102.";
    for (holders, note) in [(99, None), (100, None), (102, Some(beyond))] {
        let mut w = spawning(holders);
        w.receive(mail("m1", "tony@trucks.example").asks(&["bond"]));
        check(&mut w);
        assert_eq!(w.tasks.len() - 1, holders.min(100));
        let told = w.task(1).notes.iter().map(|n| n.text.as_str()).find(|n| n.starts_with("More than"));
        assert_eq!(told, note, "{holders}");
    }
}

#[test]
fn what_is_prepared_has_the_client_and_the_holder_and_the_way_the_request_came_and_no_other_fact() {
    use crate::domain::reading::{Channel, SenderKind};
    for (kind, asked_by) in [(SenderKind::Client, Some("tony@trucks.example")), (SenderKind::ThirdParty, None)] {
        let mut w = spawning(1);
        let policy_number = text("CTP-01-558231-3");
        w.receive(
            mail("m1", "tony@trucks.example")
                .asks(&["bond"])
                .field("project", text("Pier 4"))
                .field("insured_name", text("Marchetti Trucking"))
                .field("policy_numbers", policy_number)
                .with(|a| {
                    a.reading.sender_kind = kind;
                    a.reading.channel = Channel::Voicemail;
                    a.reading.language = "es".into();
                }),
        );
        check(&mut w);
        let t = w.task(2);
        let facts: Vec<&str> = t.fields.iter().map(|f| f.name.as_str()).collect();
        assert_eq!(facts, ["certificate_holder", "insured_name", "policy_numbers"]);
        assert_eq!((t.channel, t.language.as_str(), t.uncertain), (Channel::Voicemail, "es", false));
        assert_eq!(t.sender_kind, SenderKind::Client);
        assert_eq!(t.requester.as_ref().map(|r| r.address.as_str()), asked_by, "whom a person may write to");
    }
}

#[test]
fn each_person_hears_in_one_letter_what_was_prepared_for_them() {
    let mut w = spawning(3);
    w.policy.people[1].daily_limit = Some(2);
    w.receive(mail("m1", "tony@trucks.example").asks(&["bond"]));
    check(&mut w);
    let told: Vec<_> = w.letters("prepared").iter().map(|l| (l.to.address.local(), l.says.why.as_str())).collect();
    assert_eq!(
        told,
        [
            ("ben", "T-1 (Surety bond) brought about a task for the holder."),
            ("ana", "T-1 (Surety bond) brought about 2 tasks, one for each holder.")
        ]
    );
    assert_eq!(w.letters("prepared")[0].tasks, [TaskId(2)]);
    assert_eq!(w.letters("prepared")[1].tasks, [TaskId(3), TaskId(4)]);
    let action = "Nobody outside has heard of it; it is for you to issue.";
    assert!(w.letters("prepared").iter().all(|l| l.says.action == action));
}

#[test]
fn the_notice_has_the_request_its_facts_the_book_and_the_next_step() {
    let mut w = World::new().knows(trucks());
    let beside = Evidence { weight: 0, ..evidence("by the way") };
    w.receive(request().with(|a| a.reading.requests[0].evidence.push(beside)));
    let [letter] = w.letters("notice")[..] else { panic!("one letter") };
    let step = |title: &str, required| StepView { title: title.into(), required, ..StepView::default() };
    let deadline = Fact {
        name: "deadline".into(),
        label: "Deadline".into(),
        value: "2026-11-20".into(),
        source: "message".into(),
        ..Fact::default()
    };
    let shown = TaskView {
        reference: "T-1".into(),
        title: "Surety bond".into(),
        request_type: "bond".into(),
        insured: "Marchetti Trucking".into(),
        account_reason: w.task(1).account_reason.clone(),
        policies: vec!["CTP-01-558231-3".into()],
        instructions: "Call before changing anything.".into(),
        subject: "About m1".into(),
        requester: Who { phone: "555-0101".into(), ..who("Tony M", "tony@trucks.example") },
        state: "new".into(),
        assignee: who("Ben Cole", "ben@agency.example"),
        assigned_because: w.task(1).assigned.reason.clone(),
        arrived: "Tue 17 Nov 2026, 10:00 AM".into(),
        deadline: "Fri 20 Nov 2026, 5:00 PM".into(),
        standard_due: "Wed 18 Nov 2026, 9:30 AM".into(),
        urgent: true,
        complexity: "simple".into(),
        facts: vec![deadline],
        missing: vec![Question {
            field: "holder".into(),
            question: "Who is the holder?".into(),
            asked: true,
            ..Question::default()
        }],
        steps: vec![
            step("Check the account.", true),
            step("Send it to the carrier.", true),
            step("File the papers.", false),
        ],
        next_step: "Check the account.".into(),
        done_when: "The client has it in hand.".into(),
        because: vec!["“bond” (page/pattern)".into()],
        last_human_act: "none yet".into(),
        taps: letter.says.tasks[0].taps.clone(),
        hours_left: Some(23.5),
        court: "us".into(),
        spent: "us 0 min".into(),
        ..TaskView::default()
    };
    let says = Says {
        agency: agency(),
        to: who("Ben Cole", "ben@agency.example"),
        tasks: vec![shown],
        subject: "About m1".into(),
        words: "Words of the client.".into(),
        sender_kind: "client".into(),
        certain: true,
        why: letter.says.why.clone(),
        hours_left: Some(23.5),
        court: "us".into(),
        action: "Check the account.".into(),
        may_answer: true,
        ..Says::default()
    };
    let to = mailbox("Ben Cole", "ben@agency.example");
    let expected = Intent {
        tasks: vec![TaskId(1)],
        original: letter.original.clone(),
        reference: letter.reference.clone(),
        reply_to: letter.reply_to.clone(),
        ..Intent::new("notice".into(), Audience::Staff, to, w.now, says)
    };
    assert_eq!(*letter, expected);
    assert!(letter.original.is_some() && !letter.says.tasks[0].taps.is_empty());
}

#[test]
fn the_request_itself_goes_along_with_its_notice_where_the_agency_wants_it_and_with_no_alarm() {
    for wanted in [true, false] {
        let mut w = World::new();
        w.policy.attach_original = wanted;
        w.receive(mail("m1", "zoe@new.example").asks(&["bond"]));
        w.until(at("2026-11-18T12:00:00-06:00"));
        assert_eq!(w.letters("notice")[0].original.is_some(), wanted);
        assert!(!w.letters("escalation").is_empty() && w.letters("escalation").iter().all(|l| l.original.is_none()));
    }
}

#[test]
fn nothing_is_prepared_by_a_page_that_is_gone() {
    let mut w = spawning(2);
    w.receive(mail("m1", "tony@trucks.example").asks(&["bond"]));
    w.policy.pages.remove(&"permit".into());
    check(&mut w);
    assert_eq!(w.tasks.len(), 1);
}
