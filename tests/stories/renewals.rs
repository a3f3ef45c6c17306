//! A renewal from the account book to its end, on real servers: held and released with the book, written about on its
//! days, answered by the client, bound with the holders' certificates, closed.

use crate::harness::mail::plain;
use crate::harness::{Agency, Mail, wait_for};
use crate::script::answer;
use chrono::{Days, NaiveDate};
use serde_json::Value;

#[expect(clippy::disallowed_methods, reason = "the daemon under test goes by the system's clock")]
fn today() -> NaiveDate {
    chrono::Utc::now().with_timezone(&chrono_tz::America::Chicago).date_naive()
}

fn task(agency: &Agency, n: u64) -> Value {
    agency.tasks().into_iter().find(|t| t["id"] == n).unwrap_or_else(|| panic!("no task {n}"))
}

/// The newest letter to somebody whose text holds these words.
fn letter(agency: &Agency, to: &str, words: &str) -> Mail {
    let flat = |s: &str| s.split_whitespace().collect::<Vec<_>>().join(" ");
    wait_for(&format!("a letter to {to} that says {words:?}"), 30, || {
        agency.inbox_of(to).into_iter().rfind(|m| flat(&m.text).contains(words))
    })
}

#[test]
fn a_renewal_goes_from_the_account_book_to_its_end() {
    let mut agency = Agency::running("renewal");
    let client = format!("dana@drywall-{}", agency.domain);
    let until = today() + Days::new(93);
    let told_until = until.format("%B %-d, %Y").to_string();
    let head = "account,name,contact,email,phone,policy,carrier,line,effective,expiration,csr,account_manager,holder,\
                holder_address,certificate_issued,certificate_project";
    let who = format!("W1,Whitfield Drywall LLC,Dana Whitfield,{client},(815) 555-0144");
    let policy = format!("GL-448812,Keystone Midland,General liability,{},{until},ana,max", until - Days::new(365));
    let rows = format!(
        "{who},{policy},Northgate Builders LLC,\"410 Quarry Rd, Joliet, IL 60432\",2025-11-24,snow removal\n\
         {who},{policy},City of Gary,\"401 Broadway, Gary, IN 46402\",2025-06-02,\n"
    );
    std::fs::write(agency.path("book.csv"), format!("{head}\n{rows}")).unwrap();
    let book = agency.path("book.csv").to_str().unwrap().to_owned();

    // Held: what it would bring is listed, and neither opened nor written.
    let imported = agency.cli_as("olga", &["book", "import", &book]);
    assert!(imported.contains("until you say `intaked book release`"), "{imported}");
    let foreseen = agency.cli_as("olga", &["renewals"]);
    assert!(foreseen.contains("Whitfield Drywall LLC") && foreseen.contains("They wait for the release"), "{foreseen}");
    assert!(agency.tasks().is_empty() && agency.inbox_of(&client).is_empty());

    // Released: one task for the account and the day, the account manager's; the client is written to on its days only.
    agency.cli_as("olga", &["book", "release"]);
    agency.wait_for_tasks(1);
    assert_eq!(task(&agency, 1)["assigned"]["person"], "max");
    let listed: Value = serde_json::from_str(&agency.cli_as("olga", &["renewals", "--json"])).unwrap();
    let dates =
        listed["answer"]["lines"].as_array().or_else(|| listed["lines"].as_array()).unwrap()[0]["key_dates"].clone();
    let days: Vec<(&str, &str)> =
        dates.as_array().unwrap().iter().map(|d| (d["field"].as_str().unwrap(), d["on"].as_str().unwrap())).collect();
    let before = |days| (until - Days::new(days)).to_string();
    let [submission, quote, decision, effective] = [60, 50, 30, 0].map(before);
    assert_eq!(
        days,
        [
            ("submission_deadline", submission.as_str()),
            ("quote_deadline", quote.as_str()),
            ("decision_deadline", decision.as_str()),
            ("effective_date", effective.as_str())
        ]
    );
    letter(&agency, &agency.address("max"), "Its day on the list has come").says(&["T-1", "GL-448812", &told_until]);
    assert!(agency.inbox_of(&client).is_empty());

    // Ninety days before: the letter of that day, read in full but for the agency's signature.
    agency.stop();
    agency.start_ahead("+4d");
    let asked = agency.wait_for_mail(&client, 1).remove(0);
    asked.says(&[
        "Hello Dana Whitfield,",
        &format!("The current term of your insurance with us ends on {told_until}."),
        "what you own or use: vehicles, equipment, buildings",
        "Simply reply to this message.",
        "No coverage is bound, changed or cancelled by this message",
    ]);
    asked.never_says(&["Internal", "Northgate", "Keystone", "premium"]);
    assert_eq!((asked.attachments.len(), asked.to.clone()), (0, vec![client.clone()]));

    // The client answers, and another mail of theirs finds the renewal by its policy: both join, nothing is opened.
    let d = agency.domain.clone();
    let words = "Nothing has changed this year, please get the renewal started.";
    agency.deliver(&answer(&asked, &client, "Dana Whitfield", &format!("a1@{d}"), "", words));
    letter(&agency, &agency.address("max"), "Nothing has changed this year").says(&["T-1"]);
    let shops = "We got another quote that is cheaper than our renewal. Can you beat it on policy GL-448812?\n\nDana Whitfield\n";
    let from = format!("Dana Whitfield <{client}>");
    agency.deliver(&plain(&from, &agency.address("service"), "Our renewal", &format!("a2@{d}"), "", shops));
    wait_for("the flag", 20, || {
        let flags = task(&agency, 1)["term"]["flags"].as_array().cloned().unwrap_or_default();
        flags.iter().any(|f| f["key"] == "client_shopping").then_some(())
    });
    assert_eq!(agency.tasks().len(), 1);

    // The carrier wants it sooner than usual: that day is spoken of ahead, and to whom it concerns.
    let sooner = (today() + Days::new(20)).to_string();
    agency.cli_as("max", &["tasks", "field", "T-1", "quote_deadline", &sooner]);
    for step in ["review", "submit"] {
        agency.cli_as("max", &["tasks", "step", "T-1", step]);
    }
    agency.stop();
    agency.start_ahead("+19d");
    let day = (today() + Days::new(20)).format("%B %-d, %Y").to_string();
    letter(&agency, &agency.address("max"), &format!("The carrier's last day for a quote is {day}")).says(&["T-1"]);

    // Thirty days before: the decision in writing.
    for step in ["quote", "propose"] {
        agency.cli_as("max", &["tasks", "step", "T-1", step]);
    }
    agency.stop();
    agency.start_ahead("+64d");
    let asked = letter(&agency, &client, "We need your decision in writing");
    asked.says(&[&told_until, "go ahead with the terms that we sent you", "do not renew"]);
    asked.never_says(&["Internal", "Northgate"]);
    let yes = "Yes, please go ahead with the terms and renew it.";
    agency.deliver(&answer(&asked, &client, "Dana Whitfield", &format!("a3@{d}"), "", yes));
    letter(&agency, &agency.address("max"), yes).says(&["T-1"]);

    // Bound: a certificate for each holder in the book is prepared, and none is sent.
    for step in ["decision", "bind"] {
        agency.cli_as("max", &["tasks", "step", "T-1", step]);
    }
    let tasks = agency.wait_for_tasks(3);
    let spawned: Vec<&Value> = tasks.iter().filter(|t| t["id"] != 1).collect();
    assert!(spawned.iter().all(|t| t["account"] == "W1" && t["request_type"] != tasks[2]["request_type"]), "{tasks:?}");
    let told = spawned.iter().map(|t| t["assigned"]["person"].as_str().unwrap()).next().unwrap();
    letter(&agency, &agency.address(told), "Northgate Builders LLC").says(&["City of Gary", "it is for you to issue"]);
    let line: Value = serde_json::from_str(&agency.cli_as("olga", &["renewals", "--undecided", "--json"])).unwrap();
    assert!(!line.to_string().contains("GL-448812"), "it is decided: {line}");

    // Checked, delivered, invoiced, closed; nobody is reminded any more.
    for step in ["check", "deliver", "invoice"] {
        agency.cli_as("max", &["tasks", "step", "T-1", step]);
    }
    agency.cli_as("max", &["tasks", "done", "T-1"]);
    assert_eq!(task(&agency, 1)["state"]["ended"]["how"], "done");
    let letters = agency.inbox_of(&client).len();
    agency.stop();
    agency.start_ahead("+95d");
    std::thread::sleep(std::time::Duration::from_secs(3));
    assert_eq!(agency.inbox_of(&client).len(), letters, "what is over is written about no more");
    assert_eq!(task(&agency, 1)["state"]["ended"]["how"], "done");
}
