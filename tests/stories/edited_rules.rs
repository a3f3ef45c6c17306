//! Rules are edited on the disk: what they would change is shown, people's corrections win, and what people corrected
//! comes back as labelled mail.

use crate::harness::agency::{Settings, copy_of};
use crate::harness::mail::plain;
use crate::harness::{Agency, wait_for};
use std::path::Path;

const SIGN: &str = "\n[[sign]]\nname = \"zorblat\"\nweight = 200\nasks = true\nwords = [\"zorblats?\"]\n";

fn add_to(page: &Path, more: &str) {
    let before = std::fs::read_to_string(page).unwrap();
    std::fs::write(page, before + more).unwrap();
}

fn deliver(agency: &Agency, n: u32) {
    agency.deliver(&plain(
        &format!("Dana Whitfield <dana{n}@clients-{}>", agency.domain),
        &agency.address("service"),
        &format!("Zorblat number {n}"),
        &format!("z{n}@{}", agency.domain),
        "",
        "Hello,\n\nthe zorblat for our shop has come. Please take care of it.\n\nDana Whitfield\nWhitfield Drywall LLC\n",
    ));
    agency.wait_for_tasks(n as usize);
}

#[test]
fn edited_rules_propose_and_what_people_said_stays() {
    let folder = tempfile::tempdir().unwrap();
    let rules = copy_of("rules", folder.path());
    let right_page = std::fs::read_to_string(rules.join("id_card.toml")).unwrap();
    add_to(&rules.join("id_card.toml"), SIGN);
    let mut agency = Agency::new("reread", Settings { rules: Some(rules.clone()), ..Settings::default() });
    agency.start();
    for n in 1..=3 {
        deliver(&agency, n);
    }
    let kinds = |agency: &Agency| -> Vec<String> {
        let tasks = agency.tasks();
        tasks.iter().rev().map(|t| t["request_type"].as_str().unwrap_or("").to_owned()).collect()
    };
    assert_eq!(kinds(&agency), ["id_card"; 3]);

    // Ana knows better about the first; the third is over.
    agency.cli_as("ana", &["tasks", "type", "T-1", "certificate"]);
    let shown = agency.cli_as("ana", &["tasks", "show", "T-1"]);
    assert!(shown.contains("certificate_holder"), "what is missing is read anew for the type:\n{shown}");
    agency.cli_as("ana", &["tasks", "field", "T-1", "deadline", "2030-01-04"]);
    agency.cli_as("ana", &["tasks", "end", "T-3", "withdrawn", "--reason", "they called"]);

    // The administrator mends the pages: it was a claim all along.
    std::fs::write(rules.join("id_card.toml"), right_page).unwrap();
    add_to(&rules.join("claim.toml"), SIGN);
    let seen = agency.cli_as("olga", &["reread"]);
    assert!(seen.contains("id_card → claim") && seen.contains("because  claim/zorblat “zorblat”"), "{seen}");
    assert!(seen.contains("T-2") && !seen.contains("T-3"), "what is over is not looked at:\n{seen}");
    assert!(!seen.contains("certificate → "), "a person has said what T-1 is:\n{seen}");
    assert_eq!(kinds(&agency), ["certificate", "id_card", "id_card"], "showing changes nothing");

    // Nothing is applied by rules that the daemon does not go by yet.
    let early = agency.try_as("olga", &["reread", "--apply-all"]);
    assert!(!early.status.success());
    assert!(String::from_utf8_lossy(&early.stderr).contains("systemctl reload intaked"));
    agency.signal("-HUP");
    wait_for("the reload", 20, || agency.log().contains("reloaded").then_some(()));
    let applied = agency.cli_as("olga", &["reread", "--apply-all"]);
    assert!(applied.contains("id_card → claim"), "{applied}");
    assert_eq!(kinds(&agency), ["certificate", "claim", "id_card"]);
    let tasks = agency.tasks();
    let first = tasks.iter().find(|t| t["id"] == 1).unwrap();
    assert!(first["deadline"].as_str().unwrap().starts_with("2030-01-0"), "{first}");
    let refused = agency.try_as("olga", &["reread", "--apply", "T-3"]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("T-3 is over"), "{refused:?}");
    let history = agency.cli_as("olga", &["tasks", "show", "T-2"]);
    assert!(history.contains("olga had it read anew by rules "), "{history}");

    // What Ana said comes back as labelled mail that the scorer reads.
    let out = agency.path("corrections");
    let out = out.to_str().unwrap();
    let said = agency.cli_as("olga", &["export", "corrections", out]);
    assert!(said.starts_with("1 corrected message in "), "{said}");
    let labels = std::fs::read_to_string(Path::new(out).join("labels.jsonl")).unwrap();
    let label: serde_json::Value = serde_json::from_str(labels.trim()).unwrap();
    assert_eq!(label["request_types"], serde_json::json!(["certificate"]));
    assert_eq!(label["fields"]["deadline"], "2030-01-04");
    let mail = std::fs::read_to_string(Path::new(out).join(label["file"].as_str().unwrap())).unwrap();
    assert!(mail.contains("Subject: Zorblat number 1"), "{mail}");
    let board = agency.cli_as("olga", &["eval", out, "--rules", rules.to_str().unwrap(), "--json"]);
    let board: serde_json::Value = serde_json::from_str(&board).unwrap();
    assert_eq!((&board["messages"], &board["confusion"]["certificate -> claim"]), (&1.into(), &1.into()), "{board}");
    agency.stop();
}
