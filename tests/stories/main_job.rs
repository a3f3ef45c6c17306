//! The main job: mail → task → acknowledgement and notice → escalation → a CSR closes it. Every letter is read.

use crate::harness::imap::Imap;
use crate::harness::mail::plain;
use crate::harness::{Agency, wait_for};

fn certificate_request(agency: &Agency, from: &str) -> Vec<u8> {
    plain(
        &format!("Dana Whitfield <{from}>"),
        &agency.address("service"),
        "COI needed for the Elm Street job",
        &format!("elm-1@{}", agency.domain),
        "",
        "Hello,\n\nThe general contractor wants a certificate of insurance before we can start on Elm Street.\n\
         Certificate holder:\n\nNorthgate Builders LLC\n410 Quarry Rd\nJoliet, IL 60432\n\n\
         Please email it to me. Our GL policy is CGL-448812.\n\nThank you,\nDana Whitfield\nWhitfield Drywall LLC\n(815) 555-0144\n",
    )
}

#[test]
fn a_request_goes_from_mail_to_closing_and_every_letter_says_what_it_must() {
    let mut agency = Agency::running("main");
    let client = format!("dana@clients-{}", agency.domain);
    agency.deliver(&certificate_request(&agency, &client));

    // The client hears at once.
    let ack = agency.wait_for_mail(&client, 1).remove(0);
    assert_eq!(ack.from, agency.address("service"));
    assert_eq!(ack.to, std::slice::from_ref(&client));
    assert!(ack.cc.is_empty());
    assert!(ack.subject.starts_with("Re: COI needed for the Elm Street job"), "{}", ack.subject);
    assert!(ack.subject.contains("T-1"), "the subject holds the reference: {}", ack.subject);
    assert_eq!(ack.header("In-Reply-To").as_deref(), Some(format!("<elm-1@{}>", agency.domain).as_str()));
    assert_eq!(ack.header("Auto-Submitted").as_deref(), Some("auto-replied"));
    ack.says(&[
        "T-1",
        "Ana Ruiz",
        "(312) 555-0101",
        "No coverage is bound, changed or cancelled by this message until you hear from a licensed person",
    ]);
    ack.never_says(&["CGL-448812", "Northgate", "is covered", "we have issued", "Internal"]);

    // So does the one CSR who has it, with everything needed to start.
    let notice = agency.wait_for_mail(&agency.address("ana"), 1).remove(0);
    assert!(notice.text.starts_with("Internal. Do not forward."), "{}", notice.text);
    assert_eq!(notice.header("Auto-Submitted").as_deref(), Some("auto-generated"));
    notice.says(&[
        "T-1",
        "Certificate",
        "Northgate Builders LLC",
        "410 Quarry Rd",
        "CGL-448812",
        "The general contractor wants a certificate",
        "Next step",
    ]);
    assert_eq!(notice.attachments, ["original.eml"], "the original is attached");

    // The server is marked, nothing was deleted, and \Seen was left alone.
    let stored = wait_for("the mark on the server", 10, || {
        let all = Imap::login(&agency.address("service")).all("INBOX");
        all.iter().all(|m| m.flags.contains("$Intaked")).then_some(all)
    });
    assert_eq!(stored.len(), 1);
    assert!(!stored[0].flags.contains("\\Seen"), "{}", stored[0].flags);

    // A day later nobody has touched it: the operations manager hears, once, across restarts.
    let (took, code) = agency.stop();
    assert!(took.as_secs() < 5, "leaving took {took:?}");
    assert_eq!(code, Some(0));
    agency.start_ahead("+26h");
    let escalation = agency.wait_for_mail(&agency.address("olga"), 1).remove(0);
    escalation.says(&["T-1", "Ana Ruiz", "untouched for 24h"]);
    escalation.never_says(&["blame"]);
    agency.stop();
    agency.start_ahead("+26h");
    std::thread::sleep(std::time::Duration::from_secs(2));
    assert_eq!(agency.inbox_of(&agency.address("olga")).len(), 1, "each step once, across restarts");

    // Ana works it to its end.
    agency.cli_as("ana", &["tasks", "take", "T-1"]);
    let refused = agency.try_as("ana", &["tasks", "done", "T-1"]);
    assert!(!refused.status.success(), "a task with open required steps cannot be closed");
    let task = agency.tasks().remove(0);
    for step in task["steps"].as_array().unwrap() {
        if step["required"].as_bool().unwrap() {
            agency.cli_as("ana", &["tasks", "step", "T-1", step["id"].as_str().unwrap()]);
        }
    }
    agency.cli_as("ana", &["tasks", "done", "T-1"]);
    let shown = agency.cli_as("frank", &["tasks", "show", "T-1"]);
    for words in ["T-1", "Northgate Builders LLC", "done", "Ana"] {
        assert!(shown.contains(words), "`tasks show` does not say {words:?}:\n{shown}");
    }
    // And it can be looked up by its Message-ID: what became of it and why.
    let explained = agency.cli_as("frank", &["show", &format!("<elm-1@{}>", agency.domain)]);
    for words in ["T-1", "certificate"] {
        assert!(
            explained.to_lowercase().contains(&words.to_lowercase()),
            "`show` does not say {words:?}:\n{explained}"
        );
    }
}

#[test]
fn the_account_book_decides_who_owns_a_clients_work() {
    let agency = Agency::running("book");
    let client = format!("office@lakeside-{}", agency.domain);
    let book = format!(
        "account,name,contact,email,phone,domain,policy,carrier,line,effective,expiration,csr,account_manager,instructions\n\
         A1,Lakeside Marina LLC,Jo Lake,{client},(262) 555-0150,lakeside-{},BOP-771203,Keystone Midland,BOP,2026-01-01,,ben,max,Always call before 3 PM\n",
        agency.domain
    );
    std::fs::write(agency.path("book.csv"), book).unwrap();
    agency.cli_as("olga", &["book", "import", agency.path("book.csv").to_str().unwrap()]);
    let mail = plain(
        &format!("Jo Lake <{client}>"),
        &agency.address("service"),
        "Loss runs please",
        &format!("lr@{}", agency.domain),
        "",
        "Could you send us currently valued loss runs for the last five years? Our accountant needs them.\n\nJo Lake\nLakeside Marina LLC\n",
    );
    agency.deliver(&mail);
    let notice = agency.wait_for_mail(&agency.address("ben"), 1).remove(0);
    notice.says(&["Lakeside Marina LLC", "Always call before 3 PM"]);
    assert!(agency.inbox_of(&agency.address("ana")).is_empty(), "one owner only");
}

#[test]
fn a_message_that_somebody_opened_first_is_taken_like_any_other() {
    let mut agency = Agency::new("seen", crate::harness::agency::Settings::default());
    let client = format!("pat@clients-{}", agency.domain);
    agency.deliver(&certificate_request(&agency, &client));
    let mut outlook = Imap::login(&agency.address("service"));
    outlook.command("SELECT INBOX");
    outlook.command("UID STORE 1:* +FLAGS (\\Seen)");
    agency.start();
    assert_eq!(agency.wait_for_tasks(1).len(), 1);
}

#[test]
fn one_mail_with_two_requests_becomes_two_tasks_and_one_answer() {
    let agency = Agency::running("two");
    let client = format!("sam@clients-{}", agency.domain);
    let mail = plain(
        &format!("Sam Ortiz <{client}>"),
        &agency.address("service"),
        "New truck and a certificate",
        &format!("two@{}", agency.domain),
        "",
        "Hi,\n\n1. Please add a 2024 Ford F-250, VIN 1FT7W2BT5REC12345, to our auto policy effective tomorrow.\n\n\
         2. We also need a certificate of insurance for the city.\nCertificate holder:\nCity of Aurora\n44 E Downer Pl\nAurora, IL 60505\n\nThanks,\nSam Ortiz\nOrtiz Paving\n",
    );
    agency.deliver(&mail);
    let tasks = agency.wait_for_tasks(2);
    assert_eq!(tasks.len(), 2);
    agency.wait_for_mail(&client, 1);
    std::thread::sleep(std::time::Duration::from_secs(1));
    let letters = agency.inbox_of(&client);
    assert_eq!(letters.len(), 1, "one letter for one message");
    letters[0].says(&["T-1", "T-2"]);
}

#[test]
fn a_call_becomes_a_task_through_the_same_door() {
    let agency = Agency::running("call");
    agency.cli_as(
        "ana",
        &[
            "new",
            "--from",
            "Rita Moss",
            "She lost her auto ID card and needs a new one for her 2019 Honda CR-V; call her at (708) 555-0102",
        ],
    );
    let task = agency.wait_for_tasks(1).remove(0);
    assert_eq!(task["request_type"], "id_card");
}

#[test]
fn with_move_the_message_lands_in_its_folder_and_nothing_is_deleted() {
    let settings =
        crate::harness::agency::Settings { settled: "{ move = \"Done by intaked\" }".to_owned(), ..Default::default() };
    let mut agency = Agency::new("move", settings);
    agency.start();
    let client = format!("lee@clients-{}", agency.domain);
    agency.deliver(&certificate_request(&agency, &client));
    agency.wait_for_mail(&client, 1);
    let moved = wait_for("the message in its folder", 15, || {
        let mut imap = Imap::login(&agency.address("service"));
        let folders = imap.command("LIST \"\" \"*\"");
        folders
            .iter()
            .any(|(l, _)| l.contains("Done by intaked"))
            .then(|| imap.all("Done by intaked"))
            .filter(|m| m.len() == 1)
    });
    assert!(String::from_utf8_lossy(&moved[0].raw).contains("Northgate Builders"));
    assert!(Imap::login(&agency.address("service")).all("INBOX").is_empty());
}
