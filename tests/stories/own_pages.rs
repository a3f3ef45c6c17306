//! An agency adds a request type of its own: a page and letters, no compiler.

use crate::harness::Agency;
use crate::harness::agency::{Settings, copy_of};
use crate::harness::mail::plain;

#[test]
fn a_page_for_bonds_works_from_mail_to_closing() {
    let folder = tempfile::tempdir().unwrap();
    let rules = copy_of("rules", folder.path());
    let templates = copy_of("templates", folder.path());
    std::fs::write(rules.join("bond.toml"), include_str!("bond.toml")).unwrap();
    let own = templates.join("bond-acknowledgement");
    std::fs::create_dir_all(&own).unwrap();
    for file in ["subject", "body.txt", "body.html"] {
        let usual = std::fs::read_to_string(templates.join("acknowledgement").join(file)).unwrap();
        let extra =
            if file == "subject" { "" } else { "\nOur surety desk will need your latest financial statement.\n" };
        std::fs::write(own.join(file), format!("{usual}{extra}")).unwrap();
    }
    let mut agency =
        Agency::new("bond", Settings { rules: Some(rules), templates: Some(templates), ..Settings::default() });
    let checked = agency.cli(&["check"]);
    assert!(
        checked.status.success(),
        "{}{}",
        String::from_utf8_lossy(&checked.stdout),
        String::from_utf8_lossy(&checked.stderr)
    );
    agency.start();
    let client = format!("vic@clients-{}", agency.domain);
    agency.deliver(&plain(
        &format!("Vic Stone <{client}>"),
        &agency.address("service"),
        "Bid bond for the library job",
        &format!("bond@{}", agency.domain),
        "",
        "Hi, we are bidding on the library and need a bid bond for 10% by next Friday. The obligee is the City of Moline.\n\nVic Stone\nStone Masonry Inc\n",
    ));
    let ack = agency.wait_for_mail(&client, 1).remove(0);
    ack.says(&["T-1", "Surety bond", "What is the bond amount", "latest financial statement"]);
    let notice = agency.wait_for_mail(&agency.address("max"), 1).remove(0);
    notice.says(&["Surety bond", "City of Moline", "Order the bond from the surety"]);
    let task = agency.wait_for_tasks(1).remove(0);
    assert_eq!(task["request_type"], "bond");
    for step in ["order", "deliver"] {
        agency.cli_as("max", &["tasks", "step", "T-1", step]);
    }
    agency.cli_as("max", &["tasks", "done", "T-1"]);
    assert!(agency.tasks()[0]["state"]["ended"].is_object());
}
