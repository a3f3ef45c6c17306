//! The account book and who is here decide whose work it is: a workbook of an AMS, a first import that is held, a CSR who
//! goes away and comes back.

use crate::harness::mail::plain;
use crate::harness::{Agency, wait_for};
use crate::script::term;

const EXPORT: &str = "Book of Business Detail\n\nApplicant ID,Account Name,CSR,Branch,Line Of Business,Master Company,\
    Policy Number,Policy Effective Date,Policy Expiration Date,Total Annualized Premium,Email\n";

fn request(agency: &Agency, from: &str, id: &str) -> Vec<u8> {
    plain(
        &format!("Jo Lake <{from}>"),
        &agency.address("service"),
        "Loss runs please",
        &format!("{id}@{}", agency.domain),
        "",
        "Could you send us currently valued loss runs for the last five years? Our accountant needs them.\n\nJo Lake\nLakeside Marina LLC\n",
    )
}

fn assignee(agency: &Agency, n: usize) -> String {
    let tasks = agency.tasks();
    let task = tasks.iter().find(|t| t["id"] == n).unwrap_or_else(|| panic!("no task {n}"));
    task["assigned"]["person"].as_str().unwrap().to_owned()
}

#[test]
fn an_export_of_an_ams_is_imported_looked_at_released_and_work_follows_who_is_here() {
    let agency = Agency::running("whose");
    let client = format!("office@lakeside-{}", agency.domain);
    // So far ahead that nothing is to be renewed yet.
    let (from, to) = term();
    let (from, to) = (from.format("%-m/%-d/%Y"), to.format("%-m/%-d/%Y"));
    let row = format!(
        "5001,Lakeside Marina LLC,Ben Okafor,Main,BOP,Keystone Midland,BOP-771203,{from},{to},\"$4,120.00\",{client}\n"
    );
    let bad = "5002,Other LLC,Zed,Main,BOP,Keystone Midland,BOP-1,1/1/2026,1/1/2027,,\n";
    std::fs::write(agency.path("book.csv"), format!("{EXPORT}{row}{bad}")).unwrap();
    let book = agency.path("book.csv").to_str().unwrap().to_owned();

    // Looked at first: nothing changes. Bad rows are listed, good ones go in.
    let import = |more: &[&str]| {
        let out = agency.try_as("olga", &[&["book", "import", &book, "--columns", "ezlynx"], more].concat());
        assert_eq!(out.status.code(), Some(3), "{}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).unwrap()
    };
    let looked = import(&["--dry-run"]);
    assert!(looked.contains("book.csv:5: csr: nobody has the id “Zed”; the row was left out"), "{looked}");
    assert!(looked.contains("new: 5001\nNothing was changed; it would be 1 new"), "{looked}");
    let done = import(&[]);
    assert!(done.contains("Imported: 1 new") && done.contains("until you say `intaked book release`"), "{done}");
    assert!(import(&[]).contains("Imported: 0 new, 0 changed, 0 removed, 1 as they were."));

    // Ben, who serves them, hears; the client does not until the book is released.
    agency.deliver(&request(&agency, &client, "lr1"));
    agency.wait_for_mail(&agency.address("ben"), 1).remove(0).says(&["Lakeside Marina LLC", "the account book is new"]);
    assert!(agency.inbox_of(&client).is_empty(), "a first import sends nothing");
    let released = agency.cli_as("olga", &["book", "release"]);
    assert!(
        released.contains("These letters wait for it, and go out:") && released.contains("office@lakeside-"),
        "{released}"
    );
    agency.wait_for_mail(&client, 1).remove(0).says(&["T-1"]);
    agency.deliver(&request(&agency, &client, "lr2"));
    agency.wait_for_mail(&client, 2);
    agency.cli_as("ben", &["tasks", "take", "T-1"]);

    // Ben goes away: what he has not begun on moves to somebody who is here, and they hear why.
    let said = agency.cli_as("olga", &["people", "ben", "out", "until", "12/30,", "ana", "covers"]);
    assert!(said.starts_with("Noted; 1 task moved.") && said.contains("is out until Wed 30 Dec"), "{said}");
    assert_eq!((assignee(&agency, 1), assignee(&agency, 2)), ("ben".to_owned(), "ana".to_owned()));
    let moved = agency.wait_for_mail(&agency.address("ana"), 1).remove(0);
    moved.says(&["T-2", "Ben Okafor is out until Wed 30 Dec", "Ana Ruiz stands in for Ben Okafor"]);

    // He is back before: what Ana has not begun on is his again, across a restart of the daemon.
    let mut agency = agency;
    agency.stop();
    agency.start();
    agency.cli_as("ben", &["people", "I", "am", "back"]);
    wait_for("the task with Ben again", 10, || (assignee(&agency, 2) == "ben").then_some(()));
    let shown = agency.cli_as("olga", &["tasks", "show", "T-2"]);
    for words in [
        "given to ana: Ana Ruiz stands in for Ben Okafor, who is out until Wed 30 Dec.",
        "Ben Okafor is back, and Ana Ruiz had not begun on it.",
    ] {
        let flat = shown.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(words), "`tasks show` does not say {words:?}:\n{shown}");
    }
}
