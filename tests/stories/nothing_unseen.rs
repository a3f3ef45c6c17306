//! The owner should be able to leave for a week and know: yesterday's proof held against the real mail server, a mail
//! server that takes no letters, the week in figures.

use crate::harness::agency::Settings;
use crate::harness::imap::Imap;
use crate::harness::mail::plain;
use crate::harness::proxy::Proxy;
use crate::harness::{Agency, stack, wait_for};
use std::time::Duration;

fn request(agency: &Agency, n: u32) -> Vec<u8> {
    plain(
        &format!("Jo <jo{n}@clients-{}>", agency.domain),
        &agency.address("service"),
        &format!("ID cards {n}"),
        &format!("unseen-{n}@{}", agency.domain),
        "",
        "Could you email new auto ID cards for policy BAP-415507?\n",
    )
}

/// An agency whose digests come at ten past midnight.
fn with_digests(name: &str, settings: Settings) -> Agency {
    Agency::new(name, Settings { more: format!("{}[digest]\nat = \"00:10\"\n", settings.more), ..settings })
}

fn owners_digest(agency: &Agency) -> crate::harness::Mail {
    wait_for("the owner's digest", 60, || {
        let mails = agency.inbox_of(&agency.address("frank"));
        mails.into_iter().rfind(|m| m.subject.contains("The desk"))
    })
}

#[test]
fn the_owners_proof_is_held_against_the_mail_server_and_names_what_nobody_took_in() {
    let settled = "{ move = \"Done\" }".to_owned();
    let mut agency = with_digests("proof", Settings { settled, ..Settings::default() });
    let path = agency.path("intaked.toml");
    let config = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, config.replace("since = \"2020-01-01\"\n", "")).unwrap();
    // Before the first run; the server's date of it and the first start must not fall into one second.
    agency.deliver(&request(&agency, 1));
    std::thread::sleep(Duration::from_secs(2));
    agency.start();
    wait_for("the first look at the folder", 15, || {
        agency.cli_as("ana", &["status"]).contains("waiting for new mail").then_some(())
    });
    agency.deliver(&request(&agency, 2));
    agency.wait_for_tasks(1);
    // One that nobody took in: it lies where only what was taken in is put.
    let mut imap = Imap::login(&agency.address("service"));
    wait_for("what was taken in, in Done", 15, || {
        imap.command("LIST \"\" \"*\"").iter().any(|(l, _)| l.contains("Done")).then_some(())
    });
    // Servers tell the second only.
    std::thread::sleep(Duration::from_secs(2));
    let lost = plain(
        &format!("Rita <rita@clients-{}>", agency.domain),
        &agency.address("service"),
        "COI for Friday",
        &format!("lost@{}", agency.domain),
        "",
        "We need a certificate.\n",
    );
    imap.append("Done", &lost);
    agency.stop();
    // Tomorrow: the digest is due as the daemon starts, and waits for the server to be counted.
    agency.start_ahead("+1d");
    let digest = owners_digest(&agency);
    digest.says(&[
        "service, INBOX: 1 there, 1 of them from before it was watched; each with an outcome",
        "service, Done: 2 there; 1 without an outcome",
        "1 are not explained: CALL WHOEVER RUNS THIS MACHINE",
        "service, Done: “COI for Friday”, from Rita",
    ]);
    digest.never_says(&["NOT COUNTED", "ID cards 1"]);
    let status = agency.cli_as("ana", &["status"]);
    assert!(status.contains("1 messages on the servers without an outcome"), "{status}");
    // Whoever reads it does as it says, and the next proof is whole.
    imap.command("SELECT Done");
    let uid =
        imap.all("Done").into_iter().find(|m| String::from_utf8_lossy(&m.raw).contains("COI for Friday")).unwrap().uid;
    imap.command(&format!("UID COPY {uid} INBOX"));
    imap.command(&format!("UID STORE {uid} +FLAGS (\\Deleted)"));
    imap.command("EXPUNGE");
    agency.wait_for_tasks(2);
    agency.stop();
    agency.start_ahead("+2d");
    let next = wait_for("the next day's digest", 60, || {
        let mails = agency.inbox_of(&agency.address("frank"));
        let mut digests = mails.into_iter().filter(|m| m.subject.contains("The desk"));
        digests.nth(1)
    });
    next.says(&["0 are not explained"]).never_says(&["without an outcome:", "COI for Friday”"]);
}

#[test]
fn where_the_server_cannot_be_counted_the_digest_comes_all_the_same_and_says_so() {
    let proxy = Proxy::before(stack().imaps);
    let mut agency = with_digests("notcounted", Settings { imap_port: proxy.port, ..Settings::default() });
    agency.start();
    agency.deliver(&request(&agency, 1));
    agency.wait_for_tasks(1);
    agency.stop();
    proxy.refuse();
    agency.start_ahead("+1d");
    owners_digest(&agency).says(&["NOT COUNTED: service, INBOX", "0 are not explained"]);
}

#[test]
fn a_mail_server_that_takes_no_letters_is_seen_at_once_and_told_as_soon_as_it_is_back() {
    let proxy = Proxy::before(stack().submission);
    let more = "[unreachable]\noperations_manager = \"2s\"\nowner = \"3s\"\n".to_owned();
    let mut agency = Agency::new("nosmtp", Settings { smtp_port: proxy.port, more, ..Settings::default() });
    proxy.refuse();
    agency.start();
    agency.deliver(&request(&agency, 1));
    // It tells trouble by its exit code, too.
    let status = |agency: &Agency| String::from_utf8(agency.try_as("ana", &["status"]).stdout).unwrap();
    wait_for("the trouble in status", 30, || {
        let said = status(&agency);
        said.lines().any(|l| l.contains("mail server localhost") && l.contains("in trouble since")).then_some(())
    });
    std::thread::sleep(Duration::from_secs(5));
    for person in ["olga", "frank"] {
        assert!(agency.inbox_of(&agency.address(person)).is_empty(), "no letter can go");
    }
    // The record outlives a restart, and so does since when.
    agency.stop();
    agency.start();
    agency.deliver(&request(&agency, 2));
    agency.wait_for_tasks(2);
    proxy.pass();
    for person in ["olga", "frank"] {
        let told = wait_for("the letter that it is back", 90, || {
            agency.inbox_of(&agency.address(person)).into_iter().find(|m| m.text.contains("is back"))
        });
        told.says(&["mail server localhost is back. It could not be reached from", "Letters that waited go out now."]);
    }
    // The letter that was tried while it was away keeps its minute's wait.
    wait_for("the client's letter", 90, || {
        (!agency.inbox_of(&format!("jo1@clients-{}", agency.domain)).is_empty()).then_some(())
    });
    wait_for("all well", 30, || {
        let said = status(&agency);
        said.lines().any(|l| l.contains("mail server localhost") && l.contains("takes letters")).then_some(())
    });
}

#[test]
fn the_week_in_figures_comes_to_the_owner_with_the_whole_page() {
    let more = "[reports]\nweekly = \"mon 00:05\"\n".to_owned();
    let mut agency = Agency::new("weekly", Settings { more, ..Settings::default() });
    agency.start();
    agency.deliver(&request(&agency, 1));
    agency.wait_for_tasks(1);
    agency.stop();
    agency.start_ahead("+7d");
    let report = wait_for("the report", 60, || {
        let mails = agency.inbox_of(&agency.address("frank"));
        mails.into_iter().find(|m| m.subject.contains("The week in figures"))
    });
    report.says(&[
        "Internal. Do not forward.",
        "1 messages: 1 opened tasks",
        "Arrived",
        "BY KIND OF WORK",
        "Auto ID card",
    ]);
    let [page] = &report.attachments[..] else { panic!("{:?}", report.attachments) };
    assert!(page.starts_with("report-") && page.ends_with(".html"), "{page}");
    assert!(report.header("Auto-Submitted").is_some());
    // It is whole in itself: drawings, every figure's meaning, the task behind it.
    let parsed = mail_parser::MessageParser::default().parse(&report.raw).unwrap();
    let page = String::from_utf8_lossy(parsed.attachment(0).unwrap().contents()).into_owned();
    for words in ["<svg", "What each figure means", "T-1"] {
        assert!(page.contains(words), "{words}");
    }
    // A restart writes no second one.
    agency.stop();
    agency.start_ahead("+7d");
    std::thread::sleep(Duration::from_secs(3));
    let reports = agency.inbox_of(&agency.address("frank")).into_iter().filter(|m| m.subject.contains("in figures"));
    assert_eq!(reports.count(), 1);
}
