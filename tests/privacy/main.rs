//! Promise 9: the log says what happened, and never to whom, from whom or in which words.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]
#![allow(clippy::disallowed_methods)] // Tests live in real time.

#[path = "../harness/mod.rs"]
mod harness;

use harness::agency::Settings;
use harness::mail::plain;
use harness::{Agency, wait_for};

#[test]
fn the_log_of_a_whole_day_holds_no_address_no_name_and_no_word_of_a_message() {
    let settings = Settings { max_message: "100KB", ..Settings::default() };
    let mut agency = Agency::new("privacy", settings);
    agency.start();
    let client = format!("dana.whitfield@clients-{}", agency.domain);
    let refused = format!("reject-dan@clients-{}", agency.domain);
    let mail = |from: &str, n: u32, subject: &str, body: &str| {
        let id = format!("privacy-{n}@{}", agency.domain);
        plain(from, &agency.address("service"), subject, &id, "", body)
    };
    agency.deliver(&mail(
        &format!("Dana Whitfield <{client}>"),
        1,
        "Zebrawood certificate",
        "Please send a certificate of insurance to Quokka Builders, 401 Broadway, Gary, IN 46402. SSN 078-05-1120.\n",
    ));
    // A letter that is refused, a message over the limit, and one that is broken: errors talk most.
    agency.deliver(&mail(
        &refused,
        2,
        "Zebrawood again",
        "Please send a certificate of insurance to Quokka Builders.\n",
    ));
    agency.deliver(&mail(&client, 3, "Zebrawood photos", &"quokka ".repeat(40_000)));
    let broken = b"From: \"Dana Whitfield\" <dana.whitfield@\nSubject: =?utf-8?Q?Zebrawood=ZZ?=\nContent-Type: multipart/mixed; boundary=x\n\n--x\nquokka\n";
    agency.deliver(broken);
    agency.wait_for_tasks(4);
    agency.wait_for_mail(&client, 1);
    wait_for("the refusal in the log", 30, || agency.log().contains("outbox.letter_refused").then_some(()));
    agency.try_as("ana", &["show", "T-1"]);
    agency.stop();
    let log = agency.log();
    assert!(log.contains("outbox.sent"), "the log says what happened:\n{log}");
    for word in ["dana.whitfield", "reject-dan", "Whitfield", "Zebrawood", "uokka", "078-05", "Broadway"] {
        assert!(!log.contains(word), "{word:?} is in the log:\n{log}");
    }
}
