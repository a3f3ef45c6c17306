//! The command from labelled folder to table.

use super::*;
use crate::cli::eval::LABELS;
use crate::reading::{Rulebook, built_in_files};

fn learn(folder: &Path, out: &Path) -> (String, Ending) {
    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        args: Args,
    }
    let words = ["learn", folder.to_str().unwrap(), "--out", out.to_str().unwrap()];
    let args = <Line as clap::Parser>::try_parse_from(words).unwrap().args;
    let mut shown = Vec::new();
    let ending = run(&args, &mut shown).unwrap();
    (String::from_utf8(shown).unwrap(), ending)
}

fn labelled(at: &Path, page: &str) {
    let mut labels = String::new();
    for (n, day) in ["today", "tomorrow", "at once"].iter().enumerate() {
        let mail = format!(
            "From: Tony <tony@trucks.example>\r\nTo: service@agency.example\r\n\
             Date: Mon, 16 Nov 2026 09:00:00 -0600\r\nSubject: hello\r\n\r\nThe zorblat quimbles {day}.\r\n"
        );
        std::fs::write(at.join(format!("{n}.eml")), mail).unwrap();
        labels.push_str(&format!(
            "{{\"file\": \"{n}.eml\", \"channel\": \"email\", \"sender_kind\": \"client\", \
             \"request_types\": [\"{page}\"], \"fields\": {{}}, \"missing\": [], \"urgent\": false}}\n"
        ));
    }
    std::fs::write(at.join(LABELS), labels).unwrap();
}

#[test]
fn corrections_teach_the_pages_own_table_new_words_and_it_keeps_the_old() {
    let dir = tempfile::tempdir().unwrap();
    labelled(dir.path(), "audit");
    let out = dir.path().join("wording.csv");
    let (said, ending) = learn(dir.path(), &out);
    assert_eq!(ending, Ending::Well, "{said}");
    assert!(said.starts_with("3 messages and the pages' examples taught "), "{said}");
    let text = std::fs::read_to_string(&out).unwrap();
    assert!(text.contains("\nzorblat,") && text.contains("\nquimbles,"));
    let words = |text: &str| text.lines().map(|l| l.split(',').next().unwrap().to_owned()).collect::<Vec<_>>();
    let kept = words(&text);
    let old = Rulebook::built_in().wording_file().text.clone();
    let lost = words(&old).into_iter().filter(|w| !kept.contains(w)).count();
    assert!(lost * 100 < kept.len(), "{lost} words of {} were forgotten", kept.len());
    // What was written is what the pages read.
    let mut files = built_in_files();
    files.iter_mut().find(|f| f.name.ends_with("wording.csv")).unwrap().text = text;
    Rulebook::load(&files).unwrap();
    assert!(!dir.path().join("wording.csv.unfinished").exists());
}

#[test]
fn wrong_labels_teach_nothing_and_leave_the_table_alone() {
    let dir = tempfile::tempdir().unwrap();
    labelled(dir.path(), "moonshine");
    let out = dir.path().join("wording.csv");
    std::fs::write(&out, "as it was").unwrap();
    let (said, ending) = learn(dir.path(), &out);
    assert_eq!(ending, Ending::Mistakes);
    assert!(said.contains("moonshine") && said.ends_with("Nothing was learned.\n"), "{said}");
    assert_eq!(std::fs::read_to_string(&out).unwrap(), "as it was");
}

#[test]
fn of_what_a_label_is_silent_nothing_is_learned() {
    let dir = tempfile::tempdir().unwrap();
    let mail = "From: Tony <tony@trucks.example>\r\nTo: service@agency.example\r\nSubject: hello\r\n\
                Date: Mon, 16 Nov 2026 09:00:00 -0600\r\n\r\nThe zorblat quimbles for Walt Keller by December 4.\r\n";
    std::fs::write(dir.path().join("a.eml"), mail).unwrap();
    let taught = |label: &str| {
        std::fs::write(dir.path().join(LABELS), label).unwrap();
        let ground = Ground::built_in(chrono_tz::America::Chicago);
        let mut teachers = Teachers::afresh().unwrap();
        for one in eval::load_all(&[dir.path().to_owned()], &ground.rulebook).unwrap() {
            teachers.add(&ground, &one).unwrap();
        }
        [&teachers.dates, &teachers.kinds, &teachers.names, &teachers.complex].map(TraitTeacher::lessons)
    };
    let whole = "{\"file\": \"a.eml\", \"channel\": \"email\", \"sender_kind\": \"client\", \"complexity\": \"simple\", \
                 \"request_types\": [\"endorsement\"], \"fields\": {}, \"missing\": [], \"urgent\": false}";
    let told = taught(whole);
    assert!(told.iter().all(|n| *n > 0), "{told:?}");
    let part = |only: &str| format!("{{\"file\": \"a.eml\", \"request_types\": [\"endorsement\"], \"only\": {only}}}");
    assert_eq!(taught(&part("[]")).map(|n| n > 0), [false, false, false, false]);
    assert_eq!(taught(&part("[\"change_kinds\"]")).map(|n| n > 0), [false, true, false, false]);
    assert_eq!(taught(&part("[\"deadline\", \"insured_name\"]")).map(|n| n > 0), [true, false, true, false]);
}
