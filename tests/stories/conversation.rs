//! A conversation on real servers: asking again, coming back after the end, two tasks that are one.

use crate::harness::Agency;
use crate::harness::mail::plain;

fn from_client(agency: &Agency, client: &str, n: u32, subject: &str, thread: &str, body: &str) -> Vec<u8> {
    let headers = if thread.is_empty() { String::new() } else { format!("In-Reply-To: <{thread}>\n") };
    let id = format!("c{n}@{}", agency.domain);
    plain(&format!("Dana Whitfield <{client}>"), &agency.address("service"), subject, &id, &headers, body)
}

#[test]
fn any_update_the_second_time_is_a_danger_and_a_reopening_says_whose_error_it_was() {
    let agency = Agency::running("again");
    let (client, olga) = (format!("dana@clients-{}", agency.domain), agency.address("olga"));
    let asks = "I lost my auto ID card for the 2019 Honda CR-V, policy PA-445566. Please send me a new one.\n\nDana\n";
    let mut n = 0;
    let mut write = |subject: &str, thread: &str, body: &str| {
        n += 1;
        agency.deliver(&from_client(&agency, &client, n, subject, thread, body));
    };
    write("ID card", "", asks);
    agency.wait_for_mail(&client, 1);
    let first = format!("c1@{}", agency.domain);
    write("Re: ID card", &first, "Any update?\n\nDana\n");
    let told = agency.wait_for_mail(&agency.address("ana"), 2).remove(1);
    told.says(&["The client asks how it stands."]);
    assert!(agency.inbox_of(&olga).is_empty(), "once is no danger");
    write("Re: ID card", &first, "Hello? Any news?\n\nDana\n");
    let danger = agency.wait_for_mail(&olga, 1).remove(0);
    danger.says(&["T-1", "The client asks for the second time"]);
    assert_eq!(agency.tasks()[0]["chased"].as_array().map(Vec::len), Some(2));

    // From the command line, too: the client is written to, the task ends, and comes back.
    agency.cli_as("ana", &["tasks", "tell", "T-1", "Your card is in the mail."]);
    let letter = agency.wait_for_mail(&client, 2).remove(1);
    letter.says(&["Your card is in the mail.", "Ana Ruiz"]);
    assert!(letter.subject.starts_with("Re: ID card [T-1-"), "{}", letter.subject);
    agency.cli_as("ana", &["tasks", "end", "T-1", "not-needed", "--reason", "sent by post"]);
    let wrong =
        "The card you sent is for the wrong car. Please send me a new ID card for the 2019 Honda CR-V.\n\nDana\n";
    write("Re: ID card", &first, wrong);
    let again = agency.wait_for_mail(&agency.address("ana"), 5);
    again.last().unwrap().says(&["open again", "say whose error that was"]);
    for step in agency.tasks()[0]["steps"].as_array().unwrap() {
        if step["required"].as_bool().unwrap() {
            agency.cli_as("ana", &["tasks", "step", "T-1", step["id"].as_str().unwrap()]);
        }
    }
    let refused = agency.try_as("ana", &["tasks", "done", "T-1"]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("whose error"), "{refused:?}");
    agency.cli_as("ana", &["tasks", "error", "T-1", "agency"]);
    agency.cli_as("ana", &["tasks", "done", "T-1"]);
    assert_eq!(agency.tasks()[0]["error"], "agency");
}

#[test]
fn two_tasks_of_one_client_become_one_and_one_becomes_two() {
    let agency = Agency::running("merge");
    let client = format!("dana@clients-{}", agency.domain);
    for (n, body) in [
        (1, "Please send me an ID card for the 2019 Honda CR-V.\n\nDana\n"),
        (2, "Could you email me a new insurance ID card for the CR-V?\n\nDana\n"),
    ] {
        agency.deliver(&from_client(&agency, &client, n, "ID card", "", body));
        agency.wait_for_tasks(n as usize);
    }
    agency.cli_as("ana", &["tasks", "merge", "T-2", "T-1"]);
    agency.cli_as("ana", &["tasks", "split", "T-1", "loss runs"]);
    let tasks = agency.tasks();
    let task = |id: u64| tasks.iter().find(|t| t["id"] == id).unwrap();
    assert_eq!(task(2)["state"]["ended"]["how"], "duplicate");
    assert_eq!(task(1)["messages"].as_array().map(Vec::len), Some(2));
    assert_eq!(task(3)["request_type"], "loss_runs");
    let shown = agency.cli_as("frank", &["tasks", "show", "T-2"]);
    assert!(shown.contains("It goes on in T-1"), "{shown}");
}
