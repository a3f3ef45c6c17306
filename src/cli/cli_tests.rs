//! The command line against a desk on a real socket, and what it says when something is wrong with it.

use super::*;
use crate::web::tests::{Remembering, serving};
use clap::CommandFactory;
use std::path::Path;

fn parse(words: &[&str]) -> Result<Cli, clap::Error> {
    Cli::try_parse_from([&["intaked"], words].concat())
}

/// Runs a command line and gives what it printed, with how it ended.
fn said(words: &[&str]) -> (String, anyhow::Result<Ending>) {
    let mut out = Vec::new();
    let ended = parse(words).unwrap().run(&mut out);
    (String::from_utf8(out).unwrap(), ended)
}

/// A desk on a socket, served by a thread of its own for as long as the test runs.
struct Running {
    socket: String,
    asked: Box<dyn Fn() -> Vec<String>>,
    _runtime: tokio::runtime::Runtime,
}

fn running() -> Running {
    running_as(Remembering::default())
}

fn running_as(desk: Remembering) -> Running {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let served = runtime.block_on(async { serving(desk) });
    let socket = served.socket().display().to_string();
    let asked = Box::new(move || std::mem::take(&mut *served.desk.asked.lock().unwrap()));
    Running { socket, asked, _runtime: runtime }
}

#[test]
fn the_definition_of_the_command_line_holds_together() {
    Cli::command().debug_assert();
}

#[test]
fn every_command_explains_itself() {
    fn walk(command: &mut clap::Command, path: &str) {
        let path = format!("{path} {}", command.get_name());
        assert!(command.get_about().is_some() || command.get_long_about().is_some(), "{path} says nothing");
        for arg in command.get_arguments().filter(|a| !["help", "version"].contains(&a.get_id().as_str())) {
            assert!(arg.get_help().is_some(), "{path}: {} says nothing", arg.get_id());
        }
        for sub in command.get_subcommands_mut() {
            walk(sub, &path);
        }
    }
    walk(&mut Cli::command(), "");
}

#[test]
fn a_wrong_command_line_ends_with_two_and_help_with_zero() {
    for words in [
        &["taks"][..],
        &["tasks", "take"],
        &["tasks", "take", "soon"],
        &["tasks", "wait", "T-1", "mother", "--why", "x"],
        &[],
    ] {
        assert_eq!(parse(words).unwrap_err().exit_code(), 2, "{words:?}");
    }
    assert_eq!(parse(&["tasks", "--help"]).unwrap_err().exit_code(), 0);
    let told = parse(&["tasks", "take", "soon"]).unwrap_err().to_string();
    assert!(told.contains("“soon” is not a task: write T-1042 or 1042"), "{told}");
    let told = parse(&["tasks", "end", "T-1", "finished", "--reason", "x"]).unwrap_err().to_string();
    assert!(told.contains("no-response"), "{told}");
}

#[test]
fn without_a_daemon_there_is_one_clear_sentence() {
    let (out, ended) = said(&["tasks", "--socket", "/nowhere/intaked.sock"]);
    assert_eq!(out, "");
    assert_eq!(
        format!("{:#}", ended.unwrap_err()),
        "no daemon is running: there is no socket /nowhere/intaked.sock. Start it (systemctl start intaked), or name its socket with --socket or INTAKED_SOCKET"
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("intaked.sock");
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    let (_, ended) = said(&["status", "--socket", path.to_str().unwrap()]);
    assert!(format!("{:#}", ended.unwrap_err()).starts_with("no daemon is running: nobody listens on "));
}

#[test]
fn tasks_are_a_table_for_people_and_json_for_programs() {
    let desk = running();
    let (table, ended) = said(&["tasks", "--socket", &desk.socket, "--limit", "2"]);
    assert_eq!(ended.unwrap(), Ending::Well);
    let lines: Vec<&str> = table.lines().collect();
    assert!(lines[0].starts_with("TASK  KIND"), "{table}");
    assert!(lines[1].starts_with("T-3   Certificate of insurance"), "{table}");
    assert_eq!(lines.last(), Some(&"There are more: add --below T-2"));
    let (json, _) = said(&["tasks", "--socket", &desk.socket, "--json", "--type", "a&b", "--all"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["tasks"].as_array().unwrap().len(), 3);
    let asked = (desk.asked)().join("\n");
    assert!(asked.contains("RequestType(\"a&b\")"), "{asked}");
}

#[test]
fn mine_needs_to_know_who_i_am() {
    let (_, ended) = said(&["tasks", "--socket", "/nowhere", "--mine"]);
    assert_eq!(ended.unwrap_err().to_string(), "say who you are: --as ana, or INTAKED_USER=ana");
}

#[test]
fn a_task_is_taken_and_shown_and_a_refusal_is_passed_on() {
    let desk = running();
    let (out, ended) = said(&["tasks", "take", "T-1", "--as", "ana", "--socket", &desk.socket]);
    ended.unwrap();
    assert_eq!(out, "T-1: new, ana, Certificate of insurance\n");
    let (_, ended) = said(&["tasks", "done", "1", "--as", "ana", "--socket", &desk.socket]);
    assert_eq!(ended.unwrap_err().to_string(), "T-1 has open steps: issue");
    let (out, _) = said(&["tasks", "show", "T-1", "--socket", &desk.socket]);
    assert!(out.starts_with("T-1  Certificate of insurance\n  subject     COI\n"), "{out}");
    assert!(out.contains("History\n  Wed 18 Nov 2026"), "{out}");
    assert!(out.contains("ana is on it"), "{out}");
}

#[test]
fn until_a_day_means_that_day_in_the_agencys_zone() {
    let desk = running();
    let wait = ["tasks", "wait", "T-1", "carrier", "--why", "x", "--until", "2026-11-25", "--as", "ana", "--socket"];
    let (_, ended) = said(&[&wait[..], &[&desk.socket]].concat());
    assert!(ended.is_err());
    assert!((desk.asked)().join("").contains("until: Some(2026-11-25T06:00:00Z)"));
}

#[test]
fn what_became_of_a_message_is_told_and_an_unknown_one_says_why_that_may_be() {
    let desk = running();
    let (out, _) = said(&["show", "<known@client.example>", "--socket", &desk.socket]);
    assert!(out.contains("outcome   opened T-1\n  because   it asks for a certificate\n"), "{out}");
    let (_, ended) = said(&["show", "other@x", "--socket", &desk.socket]);
    assert!(ended.unwrap_err().to_string().starts_with("no message “other@x” was taken in."));
}

#[test]
fn a_book_with_bad_rows_is_imported_as_far_as_it_is_good_but_never_as_the_whole_book() {
    let desk = running();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("book.csv");
    std::fs::write(&file, "account,name,email\n1,A,a@a.example\n2,B,nonsense\n").unwrap();
    let file = file.to_str().unwrap();
    let import =
        |extra: &[&str]| said(&[&["book", "import", file, "--as", "ana", "--socket", &desk.socket], extra].concat());
    let (out, ended) = import(&[]);
    assert_eq!(ended.unwrap(), Ending::Mistakes);
    assert!(out.contains(":3: “nonsense” is not a mail address; the row was left out"), "{out}");
    assert!(
        out.ends_with("Imported: 0 new, 1 changed, 0 removed, 0 as they were.\n1 of 2 rows were left out.\n"),
        "{out}"
    );
    assert_eq!((desk.asked)(), ["ana imports 1 false"]);
    let (_, ended) = import(&["--whole"]);
    assert!(ended.unwrap_err().to_string().starts_with("1 of 2 rows were left out, and with --whole"));
    assert_eq!((desk.asked)(), [""; 0]);
}

#[test]
fn a_file_with_mistakes_ends_with_three_and_tells_each() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("intaked.toml");
    std::fs::write(&file, "[agency]\nzone = \"Mars\"\n").unwrap();
    let (out, ended) = said(&["check", "--config", file.to_str().unwrap()]);
    assert_eq!(ended.unwrap(), Ending::Mistakes);
    assert!(out.contains("intaked.toml:2: [agency] zone: “Mars” is not a time zone"), "{out}");
    assert!(out.contains("there is no [[mailbox]]"), "{out}");
}

#[test]
fn the_example_configuration_is_without_mistakes() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/intaked.toml");
    let (out, ended) = said(&["check", "--config", file.to_str().unwrap()]);
    assert_eq!(ended.unwrap(), Ending::Well, "{out}");
}

#[test]
fn a_reader_that_went_away_is_no_failure() {
    assert!(is_broken_pipe(&anyhow::Error::from(std::io::Error::from_raw_os_error(32))));
    assert!(!is_broken_pipe(&anyhow::anyhow!("no")));
}

#[test]
fn a_message_is_classified_without_daemon_and_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let mail = "From: Tony <tony@trucks.example>\r\nTo: service@agency.example\r\nDate: Mon, 16 Nov 2026 09:00:00 -0600\r\n\
                Subject: Certificate of insurance needed\r\n\r\n\
                Please send a certificate of insurance to Lakeside Mall, 200 Shore Dr, Evanston, IL 60201.\r\n";
    std::fs::write(folder.path().join("one.eml"), mail).unwrap();
    let path = folder.path().to_str().unwrap();
    let (line, ended) = said(&["classify", "--jsonl", path]);
    assert_eq!(ended.unwrap(), Ending::Well);
    let object: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(object["file"], "one.eml");
    assert_eq!(object["request_types"][0], "certificate");
    let (shown, _) = said(&["classify", path]);
    assert!(shown.starts_with("one.eml\n  subject   Certificate of insurance needed\n"), "{shown}");
    assert!(shown.contains("“certificate of insurance needed”") && shown.contains("Lakeside Mall"), "{shown}");

    let (_, ended) = said(&["classify", "/nowhere.eml", path]);
    assert_eq!(ended.unwrap_err().to_string(), "1 of 2 files could not be read");
    let told = parse(&["classify", "--zone", "America/Chcago", path]).unwrap_err().to_string();
    assert!(told.contains("it is not a time zone; did you mean America/Chicago?"), "{told}");
}

#[test]
fn pages_with_a_mistake_end_with_three_wherever_they_are_used() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("bond.toml"), "id = 5\n").unwrap();
    let rules = folder.path().to_str().unwrap();
    for words in [&["check", "--rules", rules][..], &["classify", "--rules", rules, "x.eml"]] {
        let (out, ended) = said(words);
        assert_eq!(ended.unwrap(), Ending::Mistakes, "{words:?}");
        assert!(out.contains("bond.toml"), "{out}");
    }
    let (out, _) = said(&["check", "--json", "--rules", rules]);
    let all: Vec<serde_json::Value> = serde_json::from_str(&out).unwrap();
    assert!(all.iter().all(|m| m["what"].is_string()) && !all.is_empty());
}

#[test]
fn a_daemon_with_mistakes_in_its_configuration_does_not_start() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("intaked.toml");
    std::fs::write(&file, "[agency]\n").unwrap();
    let (_, ended) = said(&["run", "--config", file.to_str().unwrap()]);
    let e = ended.unwrap_err();
    assert!(e.is::<Mistakes>());
    assert!(e.to_string().ends_with("mistakes; nothing was started"), "{e}");
}

#[test]
fn what_edited_rules_would_change_is_shown_and_applied_task_by_task_or_all() {
    let desk = running();
    let reread = |extra: &[&str]| said(&[&["reread", "--as", "ana", "--socket", &desk.socket], extra].concat());
    let (out, ended) = reread(&[]);
    ended.unwrap();
    assert!(
        out.contains("deadline               2026-11-20 → 2026-11-25\n      because  page/deadline “by the 25th"),
        "{out}"
    );
    assert!(!out.contains('\x1b') && out.contains("cannot be applied: T-1 is held for a person"), "{out}");
    assert!(out.contains("3 tasks looked at; 2 tasks would change. Nothing has changed.\nApply with:"), "{out}");
    assert_eq!((desk.asked)(), ["reread None"]);

    let (out, ended) = reread(&["--apply-all"]);
    ended.unwrap();
    assert!(out.ends_with("Applied to 1 task.\n"), "{out}");
    let asked = (desk.asked)();
    assert_eq!(asked.len(), 2, "the one that is held is not even tried: {asked:?}");
    assert!(asked[1].starts_with("ana: Reread { task: TaskId(2), rules: \"r1\""), "{asked:?}");

    let (out, ended) = reread(&["--apply", "T-2", "T-3"]);
    assert_eq!(ended.unwrap_err().to_string(), "1 task was not changed; see above");
    assert!(out.ends_with("Applied to 1 task.\n"), "{out}");
    assert!(parse(&["reread", "T-1", "--apply-all"]).is_err() && parse(&["reread", "--apply"]).is_err());
}

#[test]
fn rules_that_the_daemon_has_not_loaded_are_shown_but_not_applied() {
    let desk = running_as(Remembering { goes_by_others: true, ..Remembering::default() });
    let (out, _) = said(&["reread", "T-2", "--socket", &desk.socket]);
    assert!(out.contains("the daemon goes by others (r0)"), "{out}");
    let (_, ended) = said(&["reread", "--apply", "T-2", "--as", "ana", "--socket", &desk.socket]);
    assert!(ended.unwrap_err().to_string().contains("systemctl reload intaked"));
    assert!((desk.asked)().iter().all(|a| !a.contains("Reread {")));
}

#[test]
fn a_field_is_corrected_in_its_shape_and_a_wrong_one_never_reaches_the_daemon() {
    let desk = running();
    let field = |words: &[&str]| {
        said(&[&["tasks", "field", "T-1"], words, &["--as", "ana", "--socket", &desk.socket]].concat())
    };
    let (_, ended) = field(&["certificate_holder", "Lakeside Mall", "--address", "200 Shore Dr"]);
    assert!(ended.is_err(), "this desk refuses everything but taking");
    let asked = (desk.asked)().join("");
    assert!(asked.contains("Party { name: \"Lakeside Mall\", address: Some(\"200 Shore Dr\") }"), "{asked}");
    field(&["deadline", "--remove"]).1.unwrap_err();
    assert!((desk.asked)().join("").contains("name: \"deadline\", values: [], elsewhere: false"));
    assert!(field(&["deadline", "soon"]).1.unwrap_err().to_string().contains("is no day"));
    assert_eq!((desk.asked)(), [""; 0]);
    assert!(parse(&["tasks", "field", "T-1", "deadline"]).is_err(), "no value and no --remove");
}

#[test]
fn corrections_are_written_as_labelled_mail_for_nobody_else_to_read() {
    use std::os::unix::fs::PermissionsExt;
    let desk = running();
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("corrections");
    let export = |at: &Path| said(&["export", "corrections", at.to_str().unwrap(), "--socket", &desk.socket]);
    let (out, ended) = export(&at);
    ended.unwrap();
    assert_eq!(out, format!("1 corrected message in {}.\n", at.display()));
    assert_eq!(std::fs::read(at.join("00ff.eml")).unwrap(), b"Subject: COI\r\n\r\n\xff\x00bytes");
    let mode = |p: &Path| std::fs::metadata(p).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&at), mode(&at.join("00ff.eml")), mode(&at.join("labels.jsonl"))), (0o700, 0o600, 0o600));
    let labelled = eval::load(&at, &crate::reading::Rulebook::built_in()).unwrap();
    assert_eq!(labelled[0].labels["request_types"][0], "billing");
    let (_, ended) = export(&at);
    assert!(ended.unwrap_err().to_string().contains("is not empty"));
}

#[test]
fn built_in_columns_files_are_listed_and_printed() {
    let (out, ended) = said(&["book", "columns"]);
    assert_eq!(ended.unwrap(), Ending::Well);
    assert!(out.contains("ezlynx") && out.contains("EZLynx, report “Book of Business Detail”"), "{out}");
    let (out, _) = said(&["book", "columns", "intaked"]);
    assert!(out.contains("[columns]\naccount = \"account\"\n"), "{out}");
    let (_, ended) = said(&["book", "columns", "nothing"]);
    assert!(ended.unwrap_err().to_string().starts_with("there is no built-in columns file “nothing”"));
}

#[test]
fn a_file_that_fits_another_columns_file_is_not_guessed_at() {
    let desk = running();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("book.csv");
    std::fs::write(&file, "Applicant ID,Account Name\n1,A\n").unwrap();
    let (out, ended) = said(&["book", "import", file.to_str().unwrap(), "--as", "ana", "--socket", &desk.socket]);
    assert!(out.contains("it looks like an export for --columns ezlynx"), "{out}");
    assert!(ended.unwrap_err().to_string().starts_with("no account was found"));
    assert_eq!((desk.asked)(), [""; 0]);
}

#[test]
fn who_is_out_is_said_in_words_and_a_client_by_its_key() {
    let desk = running();
    let (out, ended) = said(&["people", "--as", "ana", "--socket", &desk.socket, "ben", "out", "until", "Friday"]);
    assert_eq!(ended.unwrap(), Ending::Well);
    assert!(out.starts_with("Noted; "), "{out}");
    assert_eq!((desk.asked)(), ["ana: Presence { words: \"ben out until Friday\" }"]);
    let (out, ended) = said(&["book", "release", "--as", "ana", "--socket", &desk.socket]);
    assert_eq!(ended.unwrap(), Ending::Well);
    assert!(out.starts_with("No letter waits for it.") && out.contains("Released: "), "{out}");
    assert_eq!((desk.asked)(), ["ana: ReleaseBook"]);
    assert!(parse(&["tasks", "account", "T-1"]).is_err(), "either a key or --none");
    assert!(parse(&["tasks", "account", "T-1", "1001"]).is_ok());
}

#[test]
fn a_report_is_asked_for_by_period_and_shown_as_table_csv_json_or_page() {
    let desk = running();
    let dir = tempfile::tempdir().unwrap();
    let page = dir.path().join("report.html");
    let report = |more: &[&str]| said(&[&["report", "--socket", &desk.socket, "2020-01"], more].concat());
    let (table, ended) = report(&["--by", "person"]);
    assert!(ended.is_ok() && table.contains("1 Jan to 31 Jan 2020") && table.contains("PERSON"), "{table}");
    assert_eq!((desk.asked)(), ["report 2020-01 Person"]);
    let (csv, _) = report(&["--csv"]);
    assert!(csv.starts_with("from,to,Request type,open_before,arrived,"), "{csv}");
    let (json, _) = report(&["--json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["total"]["figures"][1]["figure"], "arrived");
    report(&["--html", page.to_str().unwrap()]).1.unwrap();
    let page = std::fs::read_to_string(page).unwrap();
    assert!(page.contains("<svg") && !page.contains("<script") && !page.contains("http:"), "one file, nothing fetched");
    let (traced, ended) = report(&["--trace", "open"]);
    assert!(ended.is_ok() && traced.starts_with("Open: 0"), "{traced}");
    assert!(report(&["--trace", "opne"]).1.unwrap_err().to_string().contains("not a figure"));
    let wrong = said(&["report", "--socket", &desk.socket, "soon"]).1.unwrap_err().to_string();
    assert!(wrong.contains("write last-week"), "{wrong}");
}

#[test]
fn a_simulation_compares_teams_and_standards_and_shows_its_assumptions() {
    let (model, _) = said(&["simulate", "--show-model"]);
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("model.toml");
    std::fs::write(&path, model.replace("accounts = 400", "accounts = 20")).unwrap();
    let few = ["simulate", "--months", "1", "--a-day", "3", "--model", path.to_str().unwrap()];
    let page = crate::reading::Rulebook::built_in().pages().find(|p| !p.is_no_work()).unwrap().id.clone();
    let standard = format!("{page}=5 office minutes");
    let (told, ended) = said(&[&few[..], &["--people", "1,2", "--standard", &standard, "--json"]].concat());
    assert!(ended.is_ok());
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    let compared = told["compared"].as_array().unwrap();
    let named: Vec<_> = compared.iter().map(|c| (c["people"].clone(), c["standards"].clone())).collect();
    let (usual, tried) = ("as the pages say", "as tried");
    assert_eq!(named, [(1, usual), (1, tried), (2, usual), (2, tried)].map(|(n, s)| (n.into(), s.into())));
    let (table, _) = said(&few);
    assert!(table.contains("3 people keep 90 % within them") && table.contains("REQUEST TYPE"), "{table}");
    let wrong = said(&[&few[..], &["--standard", "nothing=1h"]].concat()).1.unwrap_err().to_string();
    assert!(wrong.contains("there is no page “nothing”"), "{wrong}");
}

#[test]
fn a_report_stands_beside_the_survey_of_before() {
    let desk = running();
    let dir = tempfile::tempdir().unwrap();
    let calendar = crate::domain::calendar::Calendar::usual(chrono_tz::America::Chicago);
    let at = |s: &str| s.parse::<crate::domain::Timestamp>().unwrap();
    let period = crate::reports::Period::read("2019-12-01..2019-12-28", &calendar, at("2020-01-01T12:00:00Z")).unwrap();
    let mail = |id: &str, when: &str| crate::reports::survey::Arrived {
        id: Some(id.to_owned()),
        at: at(when),
        from: "jo@client.example".to_owned(),
        subject: "x".to_owned(),
        kind: "Claim".to_owned(),
        waits: true,
    };
    let arrived = [mail("a", "2019-12-10T16:00:00Z"), mail("b", "2019-12-11T16:00:00Z")];
    let answers = [crate::reports::survey::Answer { at: at("2019-12-10T17:00:00Z"), to: vec!["a".to_owned()] }];
    let survey = crate::reports::survey::Survey::of(&arrived, &answers, period, &calendar);
    let file = dir.path().join("baseline.json");
    std::fs::write(&file, serde_json::to_string(&survey).unwrap()).unwrap();
    let report = |more: &[&str]| {
        said(&[&["report", "--socket", &desk.socket, "2020-01", "--against", file.to_str().unwrap()], more].concat())
    };
    let (table, ended) = report(&[]);
    assert!(ended.is_ok() && table.contains("1 Dec to 28 Dec 2019"), "{table}");
    // Two messages in four weeks, one answered within an hour, one never; and nothing since.
    let line = table.lines().find(|l| l.contains("Claim")).unwrap();
    for words in ["0.5", "1.0 h", "1 (50 %)", "–"] {
        assert!(line.contains(words), "{words} in {line}");
    }
    let (json, _) = report(&["--json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&json["kinds"][0]["before"]["never"], &json["kinds"][0]["now"]), (&1.into(), &serde_json::Value::Null));
    assert_eq!(json["total"]["now"]["volume"], 0);
    let page = dir.path().join("beside.html");
    report(&["--html", page.to_str().unwrap()]).1.unwrap();
    assert!(std::fs::read_to_string(page).unwrap().contains("Beside what was before"));
    std::fs::write(&file, "{}").unwrap();
    let wrong = report(&[]).1.unwrap_err().to_string();
    assert!(wrong.contains("is not a survey; write one with"), "{wrong}");
}
