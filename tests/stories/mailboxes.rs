//! Several mailboxes, several folders, STARTTLS, and where a first run begins.

use crate::harness::agency::Settings;
use crate::harness::imap::Imap;
use crate::harness::mail::plain;
use crate::harness::stack::stack;
use crate::harness::{Agency, lmtp, wait_for};
use std::time::Duration;

fn request(agency: &Agency, to: &str, id: u32) -> Vec<u8> {
    plain(
        &format!("Jo <jo{id}@clients-{}>", agency.domain),
        to,
        &format!("ID cards {id}"),
        &format!("mailboxes-{id}@{}", agency.domain),
        "",
        "Could you email new auto ID cards for policy BAP-415507?\n",
    )
}

/// The configuration with one stretch of it replaced.
fn rewrite(agency: &Agency, from: &str, to: &str) {
    let path = agency.path("intaked.toml");
    let config = std::fs::read_to_string(&path).unwrap();
    assert_eq!(config.matches(from).count(), 1, "{from:?} stands once in\n{config}");
    std::fs::write(path, config.replace(from, to)).unwrap();
}

#[test]
fn a_mailbox_behind_starttls_is_taken_in_like_any_other() {
    let mut agency = Agency::new("starttls", Settings { imap_port: stack().imap, ..Settings::default() });
    rewrite(&agency, "security = \"tls\"", "security = \"starttls\"");
    agency.start();
    agency.deliver(&request(&agency, &agency.address("service"), 1));
    agency.wait_for_tasks(1);
    let flags = || Imap::login(&agency.address("service")).all("INBOX").remove(0).flags;
    wait_for("the keyword", 10, || flags().contains("$Intaked").then_some(()));
}

#[test]
fn two_mailboxes_and_two_folders_are_one_desk_and_a_mail_in_both_is_one_message() {
    let mut agency = Agency::new("two", Settings::default());
    rewrite(&agency, "poll = \"1s\"", "poll = \"1s\"\nfolders = [\"INBOX\", \"Website forms\"]");
    let claims = format!(
        "[[mailbox]]\nname = \"claims\"\nhost = \"localhost\"\nport = {}\nsecurity = \"tls\"\nuser = \"{}\"\n\
         password = {{ file = \"password\" }}\nca_file = \"{}\"\nsince = \"2020-01-01\"\npoll = \"1s\"\n\n[smtp]",
        stack().imaps,
        agency.address("claims"),
        stack().ca.display()
    );
    rewrite(&agency, "[smtp]", &claims);
    let service = agency.address("service");
    let mut imap = Imap::login(&service);
    imap.command("CREATE \"Website forms\"");
    lmtp::deliver(&service, "f@client.example", &request(&agency, &service, 1));
    imap.command("SELECT INBOX");
    imap.command("COPY 1 \"Website forms\"");
    imap.command("STORE 1 +FLAGS (\\Deleted)");
    imap.command("EXPUNGE");
    let both = request(&agency, &service, 2);
    lmtp::deliver(&service, "f@client.example", &both);
    lmtp::deliver(&agency.address("claims"), "f@client.example", &both);
    lmtp::deliver(&agency.address("claims"), "f@client.example", &request(&agency, &agency.address("claims"), 3));
    agency.start();
    agency.wait_for_tasks(3);
    let shown = wait_for("both copies", 15, || {
        let shown = agency.cli_as("ana", &["show", &format!("mailboxes-2@{}", agency.domain), "--json"]);
        (shown.contains("\"claims\"") && shown.contains("\"service\"")).then_some(shown)
    });
    assert!(shown.contains("INBOX"), "{shown}");
    let alone = agency.cli_as("ana", &["show", &format!("mailboxes-1@{}", agency.domain), "--json"]);
    assert!(alone.contains("Website forms"), "{alone}");
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(agency.tasks().len(), 3);
}

#[test]
fn a_first_run_without_a_date_takes_what_comes_from_then_on_and_a_restart_nothing_twice() {
    let mut agency = Agency::new("fromnow", Settings::default());
    rewrite(&agency, "since = \"2020-01-01\"\n", "");
    let service = agency.address("service");
    agency.deliver(&request(&agency, &service, 1));
    // The server's date of that mail and the first start must not fall into one second.
    std::thread::sleep(Duration::from_secs(2));
    agency.start();
    wait_for("the first look at the folder", 15, || {
        agency.cli_as("ana", &["status"]).contains("waiting for new mail").then_some(())
    });
    agency.deliver(&request(&agency, &service, 2));
    assert_eq!(agency.wait_for_tasks(1).len(), 1);
    agency.stop();
    agency.deliver(&request(&agency, &service, 3));
    agency.start();
    agency.wait_for_tasks(2);
    std::thread::sleep(Duration::from_secs(2));
    let subjects = agency.cli_as("ana", &["tasks", "--all"]);
    assert_eq!(agency.tasks().len(), 2, "{subjects}");
    let refused = agency.try_as("ana", &["show", &format!("mailboxes-1@{}", agency.domain)]);
    assert!(!refused.status.success(), "the mail from before was taken in");
}
