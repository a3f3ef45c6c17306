//! Servers that go away: nothing is lost, the rest keeps working, and a person hears of what cannot be delivered.

use crate::harness::agency::Settings;
use crate::harness::mail::plain;
use crate::harness::proxy::Proxy;
use crate::harness::{Agency, stack, wait_for};
use std::time::Duration;

fn request(agency: &Agency, from: &str, n: u32) -> Vec<u8> {
    plain(
        from,
        &agency.address("service"),
        &format!("Certificate {n}"),
        &format!("fault-{n}@{}", agency.domain),
        "",
        "Please send a certificate of insurance to the City of Gary, 401 Broadway, Gary, IN 46402.\n",
    )
}

#[test]
fn while_smtp_is_down_mail_is_taken_in_and_letters_wait() {
    let proxy = Proxy::before(stack().submission);
    let mut agency = Agency::new("smtpdown", Settings { smtp_port: proxy.port, ..Settings::default() });
    proxy.refuse();
    agency.start();
    let client = format!("ed@clients-{}", agency.domain);
    agency.deliver(&request(&agency, &client, 1));
    assert_eq!(agency.wait_for_tasks(1).len(), 1);
    assert!(agency.inbox_of(&client).is_empty());
    std::thread::sleep(Duration::from_secs(2));
    assert!(proxy.accepted() < 60, "{} connections in a few seconds: a hot retry", proxy.accepted());
    proxy.pass();
    // The first waits of the schedule are short enough for a restart to be quicker than patience.
    agency.stop();
    agency.start_ahead("+2h");
    agency.wait_for_mail(&client, 1);
    agency.wait_for_mail(&agency.address("ana"), 1);
}

#[test]
fn while_imap_is_down_letters_go_out_and_afterwards_the_mail_is_fetched() {
    let proxy = Proxy::before(stack().imaps);
    let mut agency = Agency::new("imapdown", Settings { imap_port: proxy.port, ..Settings::default() });
    agency.start();
    let client = format!("ed@clients-{}", agency.domain);
    agency.deliver(&request(&agency, &client, 1));
    agency.wait_for_mail(&client, 1);
    proxy.refuse();
    agency.deliver(&request(&agency, &client, 2));
    std::thread::sleep(Duration::from_secs(2));
    assert!(proxy.accepted() < 40, "{} connections: a hot retry", proxy.accepted());
    assert_eq!(agency.tasks().len(), 1);
    proxy.pass();
    agency.wait_for_mail(&client, 2);
}

#[test]
fn connections_cut_in_the_middle_of_anything_lose_nothing_and_double_nothing() {
    let proxy = Proxy::before(stack().imaps);
    let mut agency = Agency::new("cut", Settings { imap_port: proxy.port, ..Settings::default() });
    let client = format!("ed@clients-{}", agency.domain);
    for n in 0..10 {
        agency.deliver(&request(&agency, &client, n));
    }
    proxy.cut_after(6_000, 3);
    agency.start();
    let tasks = wait_for("ten tasks", 60, || Some(agency.tasks()).filter(|t| t.len() >= 10));
    assert_eq!(tasks.len(), 10);
}

#[test]
fn a_letter_that_is_refused_for_good_is_seen_by_a_person() {
    let agency = Agency::running("refused");
    let client = format!("reject-dan@clients-{}", agency.domain);
    agency.deliver(&request(&agency, &client, 1));
    let told = wait_for("the bad news", 30, || {
        agency.inbox_of(&agency.address("ana")).into_iter().find(|m| m.text.contains("550"))
    });
    told.says(&["T-1"]);
    let task = agency.tasks().remove(0);
    assert!(task["client_told"]["no"].is_string(), "{task}");
}

#[test]
fn a_letter_that_failed_is_tried_again_when_a_person_releases_it() {
    let agency = Agency::running("released");
    let client = format!("reject-eve@clients-{}", agency.domain);
    agency.deliver(&request(&agency, &client, 1));
    let bad_news = || agency.inbox_of(&agency.address("ana")).iter().filter(|m| m.text.contains("550")).count();
    let first = wait_for("the bad news", 30, || Some(bad_news()).filter(|n| *n > 0));
    let failed = || {
        let listed = agency.cli_as("ana", &["letters", "list", "--task", "T-1", "--json"]);
        let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
        let letters = listed["letters"].as_array().unwrap().clone();
        letters.into_iter().find(|l| l["state"]["failed"].is_object())
    };
    let letter = failed().expect("a failed letter");
    let id = letter["id"].as_str().unwrap().to_owned();
    agency.cli_as("ana", &["letters", "release", &id]);
    // Postfix refuses it as before, and a person hears of it as before.
    let again = wait_for("the second failure", 30, || failed().filter(|l| l["state"] != letter["state"]));
    assert_eq!(again["id"], letter["id"]);
    wait_for("the second bad news", 30, || (bad_news() > first).then_some(()));
    let gone = agency.try_as("ana", &["letters", "drop", &id]);
    assert!(String::from_utf8_lossy(&gone.stderr).contains("only a letter in review can be dropped"), "{gone:?}");
}

#[test]
fn a_letter_that_bounces_later_is_seen_by_a_person_and_never_answered() {
    let agency = Agency::running("bounced");
    let client = format!("bounce-dan@clients-{}", agency.domain);
    agency.deliver(&request(&agency, &client, 1));
    let task = wait_for("the bounce on the task", 40, || {
        agency.tasks().into_iter().find(|t| t["id"] == 1 && t["client_told"]["no"].is_string())
    });
    assert!(task["client_told"]["no"].as_str().is_some_and(|w| !w.is_empty()));
    assert_eq!(agency.tasks().len(), 1, "a bounce is no new work");
}

#[test]
fn with_little_disk_left_intake_stops_before_it_is_full_and_says_so() {
    let mut agency = Agency::new("disk", Settings { disk_reserve: "900GB", ..Settings::default() });
    agency.start();
    let client = format!("ed@clients-{}", agency.domain);
    agency.deliver(&request(&agency, &client, 1));
    let log = wait_for("the complaint", 15, || Some(agency.log()).filter(|l| l.contains("disk_nearly_full")));
    assert!(log.contains("nothing is lost"), "{log}");
    std::thread::sleep(Duration::from_secs(2));
    assert!(agency.tasks().is_empty(), "mail was taken in though there is no room");
    // With room again, what waited on the server comes in.
    agency.stop();
    agency.settings.disk_reserve = "10MB";
    agency.write_config();
    agency.start();
    agency.wait_for_mail(&client, 1);
}
