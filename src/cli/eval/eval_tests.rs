use super::*;
use serde_json::{Value, json};
use std::path::Path;

const ASKS: &str = "From: Tony <tony@trucks.example>\r\nTo: service@agency.example\r\n\
    Date: Mon, 16 Nov 2026 09:00:00 -0600\r\nSubject: Certificate of insurance needed\r\n\r\n\
    Please send a certificate of insurance to Lakeside Mall, 200 Shore Dr, Evanston, IL 60201.\r\n";
const AWAY: &str = "From: Bo <bo@client.example>\r\nTo: service@agency.example\r\nAuto-Submitted: auto-replied\r\n\
    Date: Mon, 16 Nov 2026 09:00:00 -0600\r\nSubject: Automatic reply: Your audit\r\n\r\n\
    I am out of the office until Monday.\r\n";

fn label(file: &str, types: &[&str]) -> Value {
    json!({
        "file": file, "channel": "email", "sender_kind": "client", "request_types": types,
        "fields": {}, "missing": [], "urgent": false,
    })
}

fn folder(at: &Path, lines: &[String]) {
    std::fs::create_dir_all(at).unwrap();
    std::fs::write(at.join("asks.eml"), ASKS).unwrap();
    std::fs::write(at.join("away.eml"), AWAY).unwrap();
    std::fs::write(at.join(LABELS), lines.join("\n")).unwrap();
}

fn eval(at: &Path, json: bool) -> (String, Ending) {
    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        args: Args,
    }
    let mut words = vec!["eval", at.to_str().unwrap()];
    words.extend(json.then_some("--json"));
    let args = <Line as clap::Parser>::try_parse_from(words).unwrap().args;
    let mut out = Vec::new();
    let ending = run(&args, &mut out).unwrap();
    (String::from_utf8(out).unwrap(), ending)
}

#[test]
fn what_is_asked_without_a_person_is_counted_and_what_is_left_to_one_is_not() {
    let scan = "--b\r\nContent-Type: application/pdf; name=scan.pdf\r\nContent-Disposition: attachment; \
                filename=scan.pdf\r\n\r\nno pdf\r\n--b--\r\n";
    let parts = |rest: &str| {
        let head = "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\nSubject: Certificate";
        let text =
            "--b\r\nContent-Type: text/plain\r\n\r\nPlease send a certificate of insurance to Lakeside Mall.\r\n";
        let mail = ASKS.replace("Subject: Certificate", head);
        format!("{}\r\n\r\n{text}{rest}", mail.split("\r\n\r\n").next().unwrap())
    };
    let nobodys =
        |mail: String| mail.replace("Tony <tony@trucks.example>", "Lakeside Mall Leasing <coi@lakesidemall.example>");
    let theirs = nobodys(parts("--b--\r\n")).replace(
        "Please send a certificate of insurance to Lakeside Mall.",
        "Please send us a certificate for your insured Marchetti Trucking. The holder must read Lakeside Mall.",
    );
    for (mail, asked) in [(parts("--b--\r\n"), 1), (parts(scan), 0), (theirs, 0)] {
        let dir = tempfile::tempdir().unwrap();
        let mut asks = label("asks.eml", &["certificate"]);
        asks["missing"] = json!(["certificate_holder"]);
        folder(dir.path(), &[asks.to_string()]);
        std::fs::write(dir.path().join("asks.eml"), mail).unwrap();
        let board: Value = serde_json::from_str(&eval(dir.path(), true).0).unwrap();
        assert_eq!(board["missing"]["tp"], 1, "{board}");
        assert_eq!([&board["missing_asked"]["tp"], &board["missing_asked"]["fn"]], [asked, 1 - asked], "{board}");
    }
}

#[test]
fn a_label_that_tells_of_some_fields_only_is_silent_of_the_rest() {
    let dir = tempfile::tempdir().unwrap();
    let holder = json!({ "name": "Lakeside Mall", "address": "200 Shore Dr, Evanston, IL 60201" });
    let scored = |one: Value| {
        folder(dir.path(), &[one.to_string()]);
        let pressed = ASKS.replace(", 200 Shore Dr, Evanston, IL 60201", ". We need it ASAP, this is a rush");
        std::fs::write(dir.path().join("asks.eml"), pressed).unwrap();
        serde_json::from_str::<Value>(&eval(dir.path(), true).0).unwrap()
    };
    let told = |only: &[&str], fields: Value| {
        scored(json!({ "file": "asks.eml", "request_types": ["certificate"], "only": only, "fields": fields }))
    };
    let wrong = |board: &Value| ["missing", "missing_asked", "urgent"].map(|of| board[of]["fp"].clone());
    let board = scored(label("asks.eml", &["certificate"]));
    assert_eq!(wrong(&board), [1, 1, 1], "{board}");
    let board = told(&[], json!({}));
    assert_eq!(wrong(&board), [0, 0, 0], "{board}");
    assert_eq!(board["primary"]["right"], 1, "{board}");
    assert_eq!([&board["channel"]["of"], &board["sender_kind"]["of"], &board["complexity"]["of"]], [0, 0, 0]);
    assert_eq!(board["fields"], json!({}));
    let board = told(&["certificate_holder"], json!({ "certificate_holder": holder }));
    assert_eq!(
        board["fields"].as_object().unwrap().keys().collect::<Vec<_>>(),
        ["certificate_holder.address", "certificate_holder.name"]
    );
    let board = told(&["contact_name", "vins"], json!({}));
    assert_eq!(board["fields"]["contact_name"]["fp"], 1, "{board}");
}

#[test]
fn a_labelled_folder_is_scored_with_n_and_interval() {
    let dir = tempfile::tempdir().unwrap();
    let mut asks = label("asks.eml", &["certificate"]);
    asks["fields"] =
        json!({ "certificate_holder": { "name": "Lakeside Mall", "address": "200 Shore Dr, Evanston, IL 60201" } });
    asks["complexity"] = json!("simple");
    let mut away = label("away.eml", &["none"]);
    away["sender_kind"] = json!("automated");
    folder(dir.path(), &[asks.to_string(), String::new(), away.to_string()]);
    let (out, ending) = eval(dir.path(), true);
    assert_eq!(ending, Ending::Well);
    let board: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(board["messages"], 2);
    assert_eq!(board["primary"]["right"], 2, "{out}");
    assert_eq!(board["primary"]["interval"], json!([0.3424, 1.0]));
    assert_eq!(board["types"]["certificate"]["tp"], 1);
    assert_eq!(board["fields"]["certificate_holder.name"]["f1"], 1.0, "{out}");
    assert_eq!(board["none_found"]["of"], 1);
    let (out, _) = eval(dir.path(), false);
    assert!(out.starts_with("2 messages, rules "), "{out}");
    assert!(out.contains("real requests read as no work: 0 of 1\n"), "{out}");
    assert!(out.contains("certificate_holder.address"), "{out}");
}

#[test]
fn the_worst_message_shows_the_rule_and_the_words_that_misled() {
    let dir = tempfile::tempdir().unwrap();
    folder(dir.path(), &[label("asks.eml", &["billing"]).to_string(), label("away.eml", &["claim"]).to_string()]);
    let (out, _) = eval(dir.path(), false);
    assert!(out.contains("real requests read as no work: 1 of 2 away.eml\n"), "{out}");
    let worst = out.split("The worst 2 of 2").nth(1).unwrap();
    // A request that is lost is worse than one that is mistaken for another.
    assert!(worst.find("away.eml").unwrap() < worst.find("asks.eml").unwrap(), "{out}");
    assert!(worst.contains("request_types: want [\"billing\"], got [\"certificate\"]"), "{out}");
    assert!(worst.contains("because  read as certificate: certificate/"), "{out}");
    assert!(worst.contains("“certificate of insurance needed”"), "{out}");
    assert!(worst.contains("because  not read as billing: no rule spoke for it"), "{out}");
    assert!(worst.contains("because  read as no work: none/"), "{out}");
}

#[test]
fn a_folder_of_labelled_folders_is_scored_as_one() {
    let dir = tempfile::tempdir().unwrap();
    for sub in ["a", "b"] {
        folder(&dir.path().join(sub), &[label("asks.eml", &["certificate"]).to_string()]);
    }
    let labelled = load(dir.path(), &crate::reading::Rulebook::built_in()).unwrap();
    let files: Vec<&str> = labelled.iter().map(|l| l.file.as_str()).collect();
    assert_eq!(files, ["a/asks.eml", "b/asks.eml"]);
}

#[test]
fn every_mistake_in_the_labels_is_told_with_its_line_and_how_to_mend_it() {
    let dir = tempfile::tempdir().unwrap();
    let with = |key: &str, value: Value| {
        let mut line = label("asks.eml", &["certificate"]);
        line[key] = value;
        line.to_string()
    };
    let cases = [
        ("{\"file\": \"asks.eml\"".to_owned(), "this is no JSON: EOF while parsing an object, at column 19"),
        ("[]".to_owned(), "this is JSON, but no object"),
        ("{}".to_owned(), "it does not say which message it is about"),
        (with("file", json!("../asks.eml")), "“../asks.eml” is no name of a file in this folder"),
        (with("file", json!("ask.eml")), "there is no ask.eml in the folder\n    Did you mean asks.eml?"),
        (
            with("request_types", json!(["certifcate"])),
            "there is no page “certifcate”\n    Did you mean “certificate”?",
        ),
        (with("request_types", json!([])), "“request_types” is not said"),
        (with("request_types", json!(["none", "claim"])), "“none” stands beside a request"),
        (with("request_types", json!(["claim", "claim"])), "“claim” stands twice"),
        (with("channel", json!("fax")), "\"fax\" is no value of “channel”\n    Write email, voicemail, sms"),
        (with("sender_kind", Value::Null), "null is no value of “sender_kind”"),
        (with("complexity", json!("hard")), "\"hard\" is no value of “complexity”"),
        (with("urgent", json!("yes")), "“urgent” is neither true nor false"),
        (with("received", json!("Monday")), "“received” is no moment"),
        (with("missing", json!("vins")), "“missing” is no list of names"),
        (with("only", json!("vins")), "“only” is no list of names"),
        (with("only", json!(["vin"])), "Did you mean “vins”?"),
        (
            json!({ "file": "asks.eml", "request_types": ["audit"], "fields": { "vins": [] }, "only": ["limits"] })
                .to_string(),
            "“vins” is labelled",
        ),
        (with("missing", json!(["policy_number"])), "Did you mean “policy_numbers”?"),
        (with("fields", json!([])), "“fields” is no object"),
        (
            with("fields", json!({"deadline": "Friday"})),
            "the value of “deadline” has another shape\n    Write the day as",
        ),
        (with("fields", json!({"vins": "1FT"})), "the value of “vins” has another shape"),
        (with("fields", json!({"limits": ["1M"]})), "the value of “limits” has another shape"),
        (
            with("fields", json!({"dedline": "2026-11-25"})),
            "“dedline” in “fields” is no field\n    Did you mean “deadline”?",
        ),
        (with("fields", json!({"certificate_holder": "Mall"})), "Write {\"name\": \"…\", \"address\": \"…\"}"),
        (with("fields", json!({"drivers": [{"nam": "Ann"}]})), "the value of “drivers” has another shape"),
    ];
    let rulebook = crate::reading::Rulebook::built_in();
    let told_of = |at: &Path| -> String { load(at, &rulebook).unwrap_err().iter().map(|m| format!("{m}\n")).collect() };
    for (line, told) in cases {
        folder(dir.path(), &[label("away.eml", &["none"]).to_string(), line.clone()]);
        let out = told_of(dir.path());
        assert!(out.contains("labels.jsonl:2: ") && out.contains(told), "{line}\n{out}");
    }
    let (out, ending) = eval(dir.path(), false);
    assert!(ending == Ending::Mistakes && out.ends_with("1 mistake; nothing was scored.\n"), "{out}");
    folder(dir.path(), &[with("urgnt", json!(true)), with("x", json!(1))]);
    let out = told_of(dir.path());
    assert!(out.contains(":2: asks.eml is labelled already, on line 1"), "{out}");
    // A key that counts is there: then one like it is a note.
    assert!(!out.contains("urgnt"), "{out}");
    folder(dir.path(), &[]);
    assert!(told_of(dir.path()).contains("labels.jsonl: it is empty"));
    std::fs::remove_file(dir.path().join(LABELS)).unwrap();
    assert!(told_of(dir.path()).contains("there is no labels.jsonl in it, nor in a folder of it"));
    assert!(told_of(Path::new("/nowhere")).contains("/nowhere: cannot be read"));
}

#[test]
fn an_agencys_own_field_and_notes_beside_the_label_are_no_mistake() {
    let dir = tempfile::tempdir().unwrap();
    let mut asks = label("asks.eml", &["certificate"]);
    asks["fields"] = json!({ "bond_amount": 25000, "obligee": "City of Elgin" });
    asks["corrected_by"] = json!({ "fields": "ana" });
    asks["received"] = json!("2026-11-16T09:00:05-06:00");
    folder(dir.path(), &[asks.to_string()]);
    let (out, ending) = eval(dir.path(), true);
    assert_eq!(ending, Ending::Well, "{out}");
    let board: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(board["fields"]["bond_amount"]["fn"], 1);
}
