//! Bad input is a first-class case: a clear sentence, nothing lost, no panic, no hot retry.

use crate::harness::agency::Settings;
use crate::harness::imap::Imap;
use crate::harness::mail::plain;
use crate::harness::{Agency, stack, wait_for};
use std::process::{Command, Stdio};
use std::time::Duration;

/// Runs the daemon on a configuration changed by `change`; its exit code and what it said.
fn run_with(name: &str, change: impl Fn(String) -> String) -> (Option<i32>, String) {
    let agency = Agency::new(name, Settings::default());
    let config = change(std::fs::read_to_string(agency.path("intaked.toml")).unwrap());
    std::fs::write(agency.path("intaked.toml"), config).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_intaked"))
        .args(["run", "--config"])
        .arg(agency.path("intaked.toml"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let end = std::time::Instant::now() + Duration::from_secs(15);
    while child.try_wait().unwrap().is_none() {
        if std::time::Instant::now() > end {
            child.kill().unwrap();
            break;
        }
        std::thread::sleep(Duration::from_millis(30));
    }
    let out = child.wait_with_output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert!(!said.contains("panicked"), "{said}");
    (out.status.code(), said)
}

#[test]
fn mistakes_in_the_configuration_stop_the_start_with_file_line_and_mend() {
    for (name, from, to, words) in [
        ("key", "phone = \"(312) 555-0100\"", "fone = \"(312) 555-0100\"", vec!["intaked.toml:4", "fone"]),
        ("toml", "[smtp]", "[smtp", vec!["intaked.toml:"]),
        ("zone", "America/Chicago", "America/Chikago", vec!["America/Chikago"]),
        ("duty", "people = [\"ana\", \"max\"]", "people = [\"anna\"]", vec!["anna"]),
        ("folder", "data = \"", "data = \"/dev/null", vec!["/dev/null"]),
        ("secret", "{ file = \"password\" }", "{ file = \"no-such-file\" }", vec!["no-such-file"]),
    ] {
        let (code, said) = run_with(name, |c| c.replace(from, to));
        assert!(code.is_some_and(|c| c != 0), "{name}: {code:?} {said}");
        for word in words {
            assert!(said.contains(word), "{name}: {word:?} is not in {said}");
        }
    }
}

#[test]
fn check_reports_all_mistakes_at_once() {
    let agency = Agency::new("check", Settings::default());
    let config = std::fs::read_to_string(agency.path("intaked.toml")).unwrap();
    let config = config.replace("America/Chicago", "Mars/Base").replace("[\"ana\", \"max\"]", "[\"nobody\"]");
    std::fs::write(agency.path("intaked.toml"), config).unwrap();
    let out = agency.cli(&["check"]);
    let said = format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert!(!out.status.success());
    assert!(said.contains("Mars/Base") && said.contains("nobody"), "{said}");
}

#[test]
fn a_bad_pattern_in_a_page_and_an_unknown_variable_in_a_letter_are_found_before_anything_starts() {
    let mut settings = Settings::default();
    let folder = tempfile::tempdir().unwrap();
    settings.rules = Some(crate::harness::agency::copy_of("rules", folder.path()));
    settings.templates = Some(crate::harness::agency::copy_of("templates", folder.path()));
    let agency = Agency::new("pages", settings);
    let page = folder.path().join("rules/certificate.toml");
    let text = std::fs::read_to_string(&page).unwrap();
    let broken = text.replacen("'certificates?',", "'(unclosed',", 1);
    assert_ne!(text, broken, "the page has patterns of this shape");
    std::fs::write(&page, broken).unwrap();
    let letter = folder.path().join("templates/acknowledgement/body.txt");
    let text = std::fs::read_to_string(&letter).unwrap();
    std::fs::write(&letter, format!("{text}\n{{{{ agency.fax }}}}\n")).unwrap();
    let out = agency.cli(&["check"]);
    let said = format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert!(!out.status.success());
    assert!(said.contains("certificate.toml:"), "{said}");
    assert!(said.contains("fax"), "{said}");
}

#[test]
fn a_wrong_password_is_one_clear_sentence_and_no_hot_retry() {
    let agency = Agency::new("password", Settings::default());
    agency.write_password("wrong");
    let mut agency = agency;
    agency.start();
    std::thread::sleep(Duration::from_secs(6));
    let log = agency.log();
    let complaints = log
        .lines()
        .filter(|l| l.to_lowercase().contains("password") || l.to_lowercase().contains("authentication"))
        .count();
    assert!((1..=4).contains(&complaints), "{complaints} complaints in 6 s:\n{log}");
    assert!(!log.contains("wrong\n") && !log.contains("panicked"), "{log}");
}

#[test]
fn an_untrusted_certificate_is_refused() {
    let agency = Agency::new("cert", Settings::default());
    let config = std::fs::read_to_string(agency.path("intaked.toml")).unwrap();
    let without: String = config.lines().filter(|l| !l.starts_with("ca_file")).map(|l| format!("{l}\n")).collect();
    std::fs::write(agency.path("intaked.toml"), without).unwrap();
    let mut agency = agency;
    agency.start();
    let client = format!("kim@clients-{}", agency.domain);
    agency.deliver(&plain(
        &client,
        &agency.address("service"),
        "ID cards",
        "c@x.example",
        "",
        "Please send our auto ID cards.\n",
    ));
    let log = wait_for("the complaint", 15, || Some(agency.log()).filter(|l| l.to_lowercase().contains("certificate")));
    assert!(agency.tasks().is_empty(), "mail was fetched over an unverified connection:\n{log}");
}

#[test]
fn a_second_daemon_on_the_same_folder_is_told_so() {
    let agency = Agency::running("locked");
    let out = Command::new(env!("CARGO_BIN_EXE_intaked"))
        .args(["run", "--config"])
        .arg(agency.path("intaked.toml"))
        .output()
        .unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert!(!out.status.success());
    assert!(said.contains("in use by another intaked"), "{said}");
}

#[test]
fn a_hostile_display_name_neither_kills_the_daemon_nor_smuggles_a_header() {
    let agency = Agency::running("crlf");
    let sender = format!("eve@clients-{}", agency.domain);
    let mail = plain(
        &format!("=?utf-8?Q?Eve=0D=0ABcc:_victim@clients-{}?= <{sender}>", agency.domain),
        &agency.address("service"),
        "=?utf-8?Q?COI=0D=0AX-Evil:_1?=",
        &format!("crlf@{}", agency.domain),
        "",
        "Please send a certificate of insurance to City of Gary, 401 Broadway, Gary, IN 46402. {{ agency.name }} <script>alert(1)</script>\n",
    );
    agency.deliver(&mail);
    let ack = agency.wait_for_mail(&sender, 1).remove(0);
    assert!(ack.header("X-Evil").is_none() && ack.header("Bcc").is_none());
    let notice = agency.wait_for_mail(&agency.address("ana"), 1).remove(0);
    assert!(notice.text.contains("{{ agency.name }}"), "what a stranger writes stays data:\n{}", notice.text);
    assert!(!notice.html.contains("<script>"), "{}", notice.html);
    assert!(agency.inbox_of(&format!("victim@clients-{}", agency.domain)).is_empty());
}

#[test]
fn a_message_over_the_limit_becomes_a_task_for_a_person_and_the_mailbox_goes_on() {
    let settings = Settings { max_message: "100KB", ..Settings::default() };
    let mut agency = Agency::new("big", settings);
    agency.start();
    let sender = format!("big@clients-{}", agency.domain);
    let big = plain(
        &sender,
        &agency.address("service"),
        "Photos of the roof",
        &format!("big@{}", agency.domain),
        "",
        &"photo ".repeat(40_000),
    );
    agency.deliver(&big);
    let small = plain(
        &sender,
        &agency.address("service"),
        "ID cards",
        &format!("small@{}", agency.domain),
        "",
        "Please email our auto ID cards for the 2020 Ford Transit.\n",
    );
    agency.deliver(&small);
    let tasks = agency.wait_for_tasks(2);
    let held = tasks.iter().find(|t| t["subject"] == "Photos of the roof").expect("the big one has a task");
    assert!(held["request_type"].is_null(), "a person has to look: {held}");
}

#[test]
fn bytes_that_are_no_mail_become_a_task_with_the_raw_file() {
    let agency = Agency::running("garbage");
    let mut imap = Imap::login(&agency.address("service"));
    let garbage: Vec<u8> = (0..3000_u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8)
        .filter(|b| !matches!(b, 0 | b'\r' | b'\n'))
        .collect();
    std::fs::create_dir_all(stack().home.join("mail")).unwrap();
    let maildir = stack().home.join("mail").join(&agency.domain).join("service/Maildir");
    imap.command("SELECT INBOX");
    let tmp = maildir.join("tmp/garbage");
    std::fs::write(&tmp, &garbage).unwrap();
    Command::new("chown").args(["5871:5871"]).arg(&tmp).status().unwrap();
    std::fs::rename(&tmp, maildir.join("new/1700000000.garbage.test")).unwrap();
    imap.command("NOOP");
    let tasks = agency.wait_for_tasks(1);
    assert!(tasks[0]["request_type"].is_null(), "{}", tasks[0]);
    let client = format!("next@clients-{}", agency.domain);
    agency.deliver(&plain(
        &client,
        &agency.address("service"),
        "COI",
        &format!("n@{}", agency.domain),
        "",
        "Please send a certificate of insurance for the City of Gary.\n",
    ));
    agency.wait_for_mail(&client, 1);
}
