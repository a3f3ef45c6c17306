//! How far the daemon goes on its own: observe, review, live.

use crate::harness::Agency;
use crate::harness::agency::Settings;
use crate::harness::mail::plain;
use std::time::Duration;

fn request(agency: &Agency, from: &str) -> Vec<u8> {
    plain(
        from,
        &agency.address("service"),
        "Certificate please",
        &format!("mode@{}", agency.domain),
        "",
        "Please send a certificate of insurance to the City of Gary, 401 Broadway, Gary, IN 46402.\n",
    )
}

#[test]
fn in_observe_nobody_outside_is_written_to_and_staff_are() {
    let mut agency = Agency::new("observe", Settings { mode: "observe", ..Settings::default() });
    agency.start();
    let client = format!("jo@clients-{}", agency.domain);
    agency.deliver(&request(&agency, &client));
    let notice = agency.wait_for_mail(&agency.address("ana"), 1).remove(0);
    notice.says(&["Client told", "NO"]);
    std::thread::sleep(Duration::from_secs(2));
    assert!(agency.inbox_of(&client).is_empty());
}

#[test]
fn in_review_a_letter_waits_for_a_persons_yes() {
    let mut agency = Agency::new("review", Settings { mode: "review", ..Settings::default() });
    agency.start();
    let client = format!("jo@clients-{}", agency.domain);
    agency.deliver(&request(&agency, &client));
    agency.wait_for_mail(&agency.address("ana"), 1);
    std::thread::sleep(Duration::from_secs(1));
    assert!(agency.inbox_of(&client).is_empty());
    let waiting: serde_json::Value =
        serde_json::from_str(&agency.cli_as("ana", &["letters", "list", "--json"])).unwrap();
    let id = waiting["letters"][0]["id"].as_str().expect("a letter waits").to_owned();
    agency.cli_as("ana", &["letters", "release", &id]);
    agency.wait_for_mail(&client, 1);
}

#[test]
fn letters_pause_stops_all_sending_and_resume_goes_on() {
    let agency = Agency::running("pause");
    agency.cli_as("olga", &["letters", "pause"]);
    let client = format!("jo@clients-{}", agency.domain);
    agency.deliver(&request(&agency, &client));
    agency.wait_for_tasks(1);
    std::thread::sleep(Duration::from_secs(2));
    assert!(agency.inbox_of(&client).is_empty() && agency.inbox_of(&agency.address("ana")).is_empty());
    agency.cli_as("olga", &["letters", "resume"]);
    agency.wait_for_mail(&client, 1);
}

#[test]
fn a_reload_takes_the_new_mode_and_keeps_the_old_one_where_the_file_is_wrong() {
    let mut agency = Agency::new("reload", Settings { mode: "observe", ..Settings::default() });
    agency.start();
    let good = std::fs::read_to_string(agency.path("intaked.toml")).unwrap();
    std::fs::write(agency.path("intaked.toml"), good.replace("mode = \"observe\"", "mode = \"life\"")).unwrap();
    agency.signal("-HUP");
    crate::harness::wait_for("the refusal", 10, || agency.log().contains("reload_refused").then_some(()));
    assert!(agency.cli_as("ana", &["status", "--json"]).contains("\"observe\""));
    std::fs::write(agency.path("intaked.toml"), good.replace("mode = \"observe\"", "mode = \"live\"")).unwrap();
    agency.signal("-HUP");
    crate::harness::wait_for("the reload", 10, || agency.log().contains("\"reloaded\"").then_some(()));
    let client = format!("jo@clients-{}", agency.domain);
    agency.deliver(&request(&agency, &client));
    agency.wait_for_mail(&client, 1);
}
