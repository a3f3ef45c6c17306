//! No loops, no noise: what must never be answered, and what must not be lost all the same.

use crate::harness::mail::plain;
use crate::harness::{Agency, wait_for};
use std::time::Duration;

fn request(from: &str, agency: &Agency, id: &str, headers: &str) -> Vec<u8> {
    plain(
        from,
        &agency.address("service"),
        "Certificate request",
        &format!("{id}@{}", agency.domain),
        headers,
        "We need a certificate of insurance for Prairie Township, 12 Main St, Gary, IN 46402.\n",
    )
}

#[test]
fn automatic_mail_is_never_answered_but_its_work_is_done() {
    let agency = Agency::running("auto");
    let marks = [
        ("auto", "Auto-Submitted: auto-generated\n"),
        ("bulk", "Precedence: bulk\n"),
        ("list", "List-Id: <coi.requests.example>\n"),
        ("ours", "X-Intaked: 1\n"),
    ];
    for (who, header) in marks {
        agency.deliver(&request(&format!("{who}@robots-{}", agency.domain), &agency, who, header));
    }
    // A null return path, with nothing else to show it.
    let null = request(&format!("null@robots-{}", agency.domain), &agency, "null", "");
    crate::harness::lmtp::deliver(&agency.address("service"), "", &null);
    let tasks = agency.wait_for_tasks(5);
    assert_eq!(tasks.len(), 5, "automatic headers forbid a reply, never a task");
    std::thread::sleep(Duration::from_secs(2));
    for who in ["auto", "bulk", "list", "ours", "null"] {
        let mails = agency.inbox_of(&format!("{who}@robots-{}", agency.domain));
        assert!(mails.is_empty(), "{who} was answered: {}", mails[0].text);
    }
    for task in tasks {
        assert!(task["client_told"]["no"].is_string(), "the task does not say that the client was not told: {task}");
    }
}

#[test]
fn an_answer_goes_to_the_sender_only_never_to_cc() {
    let agency = Agency::running("cc");
    let sender = format!("ann@clients-{}", agency.domain);
    let copied = format!("boss@clients-{}", agency.domain);
    agency.deliver(&request(&sender, &agency, "cc", &format!("Cc: {copied}\n")));
    let letters = agency.wait_for_mail(&sender, 1);
    assert!(letters[0].cc.is_empty());
    std::thread::sleep(Duration::from_secs(1));
    assert!(agency.inbox_of(&copied).is_empty());
}

#[test]
fn a_sender_who_writes_without_end_is_not_answered_without_end() {
    let agency = Agency::running("caps");
    let sender = format!("flood@clients-{}", agency.domain);
    for n in 0..12 {
        agency.deliver(&request(&sender, &agency, &format!("flood-{n}"), ""));
    }
    assert_eq!(agency.wait_for_tasks(12).len(), 12, "every message has its task");
    std::thread::sleep(Duration::from_secs(2));
    let answers = agency.inbox_of(&sender).len();
    assert!((1..=4).contains(&answers), "{answers} answers to one sender");
}

#[test]
fn a_newsletter_is_no_work_with_evidence_and_can_be_looked_up() {
    let agency = Agency::running("news");
    let mail = plain(
        "Broker Growth Weekly <news@growth-weekly.example>",
        &agency.address("service"),
        "Join our free webinar: 5 ways to grow your book",
        &format!("news@{}", agency.domain),
        "List-Unsubscribe: <https://growth-weekly.example/u>\nPrecedence: bulk\n",
        "Register now for our webinar next Thursday!\n\nYou are receiving this newsletter because you subscribed.\nUnsubscribe | View in browser\n",
    );
    agency.deliver(&mail);
    let shown = wait_for("the message's outcome", 20, || {
        let out = agency.try_as("ana", &["show", &format!("news@{}", agency.domain)]);
        out.status.success().then(|| String::from_utf8(out.stdout).unwrap())
    });
    assert!(shown.to_lowercase().contains("no work"), "{shown}");
    assert!(agency.tasks().is_empty());
    assert!(agency.inbox_of("news@growth-weekly.example").is_empty());
}

#[test]
fn two_copies_of_one_message_are_one_task_and_one_answer() {
    let agency = Agency::running("copies");
    let sender = format!("ann@clients-{}", agency.domain);
    let mail = request(&sender, &agency, "copy", "");
    agency.deliver(&mail);
    agency.deliver(&mail);
    agency.wait_for_mail(&sender, 1);
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(agency.tasks().len(), 1);
    assert_eq!(agency.inbox_of(&sender).len(), 1);
}

#[test]
fn messages_without_a_message_id_do_not_swallow_each_other() {
    let agency = Agency::running("noid");
    for n in 0..3 {
        let sender = format!("c{n}@clients-{}", agency.domain);
        let mail = String::from_utf8(request(&sender, &agency, "x", "")).unwrap();
        let mail: String = mail.lines().filter(|l| !l.starts_with("Message-ID")).map(|l| format!("{l}\n")).collect();
        agency.deliver(mail.as_bytes());
    }
    assert_eq!(agency.wait_for_tasks(3).len(), 3);
}
