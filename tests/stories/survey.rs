//! The survey before a pilot, which changes nothing on a real server, and the report after it.

use crate::harness::Agency;
use crate::harness::agency::Settings;
use crate::harness::imap::Imap;
use crate::harness::mail::plain;

#[test]
fn a_report_is_made_of_the_journal_while_the_daemon_goes_on() {
    let agency = Agency::running("report");
    let service = agency.address("service");
    for n in 1..=2 {
        let (from, id) = (format!("Jo <jo{n}@clients-{}>", agency.domain), format!("report-{n}@{}", agency.domain));
        agency.deliver(&plain(
            &from,
            &service,
            "ID cards",
            &id,
            "",
            "Could you email new auto ID cards for our truck?\n",
        ));
    }
    agency.wait_for_tasks(2);
    agency.cli_as("ana", &["tasks", "take", "T-1"]);
    let report: serde_json::Value =
        serde_json::from_str(&agency.cli_as("ana", &["report", "this-week", "--by", "person", "--json"])).unwrap();
    assert_eq!((&report["mail"]["messages"], &report["mail"]["opened_tasks"]), (&2.into(), &2.into()), "{report}");
    let figure = |key: &str| {
        let all = report["total"]["figures"].as_array().unwrap();
        all.iter().find(|m| m["figure"] == key).unwrap().clone()
    };
    assert_eq!(figure("arrived")["tasks"], serde_json::json!([1, 2]));
    assert_eq!(figure("first_touch_median")["tasks"], serde_json::json!([1]));
    assert_eq!(figure("open")["value"], 2.0);
}

#[test]
fn the_survey_reads_inbox_and_sent_mail_and_changes_nothing() {
    let agency = Agency::new("survey", Settings::default());
    let service = agency.address("service");
    let card = "Could you email new auto ID cards for policy BAP-415507?\n";
    let client = format!("Jo <jo@clients-{}>", agency.domain);
    for n in 1..=3 {
        let id = format!("survey-{n}@{}", agency.domain);
        agency.deliver(&plain(&client, &service, &format!("ID cards {n}"), &id, "", card));
    }
    let mut imap = Imap::login(&service);
    let answered = format!("In-Reply-To: <survey-1@{}>\r\n", agency.domain);
    let ana = format!("Ana <{service}>");
    let id = format!("answer-1@{}", agency.domain);
    imap.append("Sent Items", &plain(&ana, &client, "Re: ID cards 1", &id, &answered, "Here they are.\n"));
    let flags = |imap: &mut Imap| -> Vec<(u32, String)> {
        let mut all = Vec::new();
        for folder in ["INBOX", "Sent Items"] {
            all.extend(imap.all(folder).into_iter().map(|m| (m.uid, m.flags)));
        }
        all
    };
    // Looking takes \Recent away; what follows must change nothing more.
    flags(&mut imap);
    let before = flags(&mut imap);
    assert_eq!(before.len(), 4);
    drop(imap);

    let config = agency.path("intaked.toml");
    let page = agency.path("baseline.html");
    let survey = |more: &[&str]| {
        let arguments =
            [&["survey", "--config", config.to_str().unwrap(), "--sent-folder", "Sent Items"], more].concat();
        let ended = agency.cli(&arguments);
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
        String::from_utf8(ended.stdout).unwrap()
    };
    let told: serde_json::Value = serde_json::from_str(&survey(&["--json"])).unwrap();
    assert_eq!(told["total"]["messages"], 3, "{told}");
    assert_eq!(told["total"]["waiting"], 3, "{told}");
    assert_eq!(told["sent"], 1, "{told}");
    assert_eq!(told["total"]["answered"], 1, "{told}");
    survey(&["--html", page.to_str().unwrap()]);
    assert!(std::fs::read_to_string(&page).unwrap().contains("Who writes most"));

    assert_eq!(flags(&mut Imap::login(&service)), before, "no flag, no message and no number has changed");
    assert!(!agency.path("data").join("journal").exists(), "no store was begun");
}
