//! Promise 1 and 4: kill the daemon at any moment, and no message ends without an outcome, none with two; no letter is
//! lost, and none arrives twice but what the history calls “possibly twice”.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

#[path = "../harness/mod.rs"]
mod harness;

use harness::agency::{Settings, inbox_of};
use harness::mail::plain;
use harness::{Agency, lmtp, wait_for};
use intaked::domain::letter::LetterState;
use intaked::store::{Store as _, TaskFilter};
use std::collections::HashMap;
use std::time::Duration;

const MESSAGES: usize = 200;
const RUNS: u64 = 20;
const CONNECTIONS: u32 = 4;

#[test]
fn kill_nine_at_random_moments_of_a_drain_twenty_times() {
    let mut doubled_in_all = 0;
    for run in 0..RUNS {
        doubled_in_all += one_run(run);
    }
    println!("{RUNS} runs of {MESSAGES} messages: {doubled_in_all} letters arrived twice, every one of them announced");
}

/// Kills at random moments until a run gets through; how many letters arrived twice.
fn one_run(run: u64) -> usize {
    let settings = Settings {
        connections: CONNECTIONS,
        more: "\n[letters]\nper_address_per_day = 1000\nper_domain_per_day = 10000\n".to_owned(),
        ..Settings::default()
    };
    let mut agency = Agency::new(&format!("crash{run}"), settings);
    let client = format!("many@clients-{}", agency.domain);
    let mails = (0..MESSAGES).map(|n| {
        plain(
            &client,
            &agency.address("service"),
            &format!("Certificate {n}"),
            &format!("m{n}@{}", agency.domain),
            "",
            &format!("Please send a certificate of insurance to the City of Gary, 401 Broadway, Gary, IN 46402. Job number {n}.\n"),
        )
    });
    lmtp::deliver_many(&agency.address("service"), &client, mails);

    // A generator of its own, so that a failing run can be repeated by its number.
    let mut state = 0x9E37_79B9_7F4A_7C15_u64.wrapping_mul(run + 1);
    let mut random = |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    let mut kills = 0;
    for _ in 0..3 {
        agency.start();
        std::thread::sleep(Duration::from_millis(random(700)));
        agency.kill();
        kills += 1;
    }
    agency.start();
    let tasks = wait_for(&format!("{MESSAGES} tasks in run {run}"), 60, || {
        Some(agency.tasks()).filter(|t| t.len() >= MESSAGES)
    });
    assert_eq!(tasks.len(), MESSAGES, "run {run}: one outcome a message");
    // Everything is sent when the daemon, asked again and again, has nothing due and nothing in hand.
    let waiting = || -> Option<()> {
        let status: serde_json::Value = serde_json::from_str(&agency.cli_as("ana", &["status", "--json"])).ok()?;
        let counts = status["counts"].as_array()?;
        let count = |name: &str| counts.iter().find(|c| c[0] == name).and_then(|c| c[1].as_u64());
        (count("letters due")? + count("letters trying")? == 0).then_some(())
    };
    wait_for(&format!("all letters of run {run} to be sent"), 60, waiting);
    agency.stop();
    let twice = possibly_twice(&agency, run);
    assert!(
        twice.len() <= kills * CONNECTIONS as usize,
        "run {run}: {} possibly twice after {kills} kills",
        twice.len()
    );

    let mut arrived: HashMap<String, usize> = HashMap::new();
    wait_for(&format!("the letters of run {run} in their mailboxes"), 30, || {
        arrived.clear();
        for who in [client.clone(), agency.address("ana"), agency.address("max")] {
            for mail in inbox_of(&who) {
                *arrived.entry(mail.header("Message-ID").unwrap()).or_default() += 1;
            }
        }
        (arrived.len() >= 2 * MESSAGES).then_some(())
    });
    assert_eq!(arrived.len(), 2 * MESSAGES, "run {run}: letters lost or invented");
    let mut doubled = 0;
    for (id, count) in &arrived {
        if *count > 1 {
            doubled += 1;
            let bare = id.trim_matches(['<', '>']);
            assert!(twice.iter().any(|t| t == bare), "run {run}: {id} arrived {count} times and nobody said so");
        }
    }
    let verified = agency.cli(&["store", "verify", "--config", agency.path("intaked.toml").to_str().unwrap()]);
    assert!(
        verified.status.success(),
        "run {run}: {}{}",
        String::from_utf8_lossy(&verified.stdout),
        String::from_utf8_lossy(&verified.stderr)
    );
    doubled
}

/// Message-IDs of the letters whose history says “possibly twice”, from the store of the stopped daemon.
fn possibly_twice(agency: &Agency, run: u64) -> Vec<String> {
    let store = intaked::store::sled::open(&agency.path("data"), &intaked::store::sled::Options::default()).unwrap();
    let tasks = store.tasks(&TaskFilter::default()).unwrap();
    let letters: Vec<_> = tasks.iter().flat_map(|t| store.letters_of(t.id).unwrap()).collect();
    assert_eq!(letters.len(), 2 * MESSAGES, "run {run}: an acknowledgement and a notice for each message");
    for l in &letters {
        assert!(matches!(l.state, LetterState::Sent { .. }), "run {run}: {l:?}");
    }
    letters.into_iter().filter(|l| l.possibly_twice).map(|l| l.message_id).collect()
}
