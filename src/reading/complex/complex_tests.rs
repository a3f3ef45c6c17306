use crate::domain::reading::{Complexity, Reading};
use crate::reading::{
    Rulebook, TraitTeacher, built_in_files,
    pages_tests::BOND,
    reading_tests::{circumstances, file, mail, types},
};

/// The built-in rules with this table, and the bond page with these ways to be complex.
fn book(table: &str, ways: &str) -> Rulebook {
    let (before, rest) = BOND.split_once("[[complex]]").unwrap();
    let (_, after) = rest.split_once("[[need]]").unwrap();
    let mut files = built_in_files();
    files.iter_mut().find(|f| f.name.ends_with("complex.csv")).unwrap().text = format!("word,rarity,complex\n{table}");
    files.push(file("bond.toml", &format!("{before}{ways}\n[[need]]{after}")));
    Rulebook::load(&files).unwrap()
}

fn is_complex(book: &Rulebook, text: &str) -> bool {
    let reading: Reading = book.read(&mail("Subject: hello", text), &circumstances());
    assert_eq!(types(&reading), ["bond"], "{text}");
    let request = &reading.requests[0];
    let chosen =
        book.needs(&"bond".into(), crate::reading::SaidBy::Rules, &mail("Subject: hello", text), &circumstances());
    assert_eq!(chosen.unwrap().complexity, request.complexity, "read and looked at anew, it is the same work");
    request.complexity == Complexity::Complex
}

const PLAIN: &str = "We need a surety bond by December 4.";
const GARGOYLES: &str = "We need a surety bond for the gargoyles by December 4.";
const TOWER: &str = "We need a surety bond for the tower by December 4.";

#[test]
fn words_make_a_request_complex_that_its_page_does_not_name_and_only_of_a_page_that_the_table_knows() {
    let table = "(start),,-0.3\n(asked bond),1.00,0\ngargoyles,1.00,0.5\n";
    let known = book(table, "");
    assert!(is_complex(&known, GARGOYLES) && !is_complex(&known, PLAIN));
    let unknown = book(&table.replace("(asked bond)", "(asked certificate)"), "");
    assert!(!is_complex(&unknown, GARGOYLES));
}

#[test]
fn what_a_page_says_holds_whatever_the_words_say_and_what_it_leans_to_gives_way_to_loud_words() {
    let way = "[[complex]]\nwhy = \"Towers.\"\nwhen = { words = [\"tower\"] }\n";
    let leaning = way.replace("when", "leans = true\nwhen");
    let table = |start: &str| format!("(start),,{start}\n(asked bond),1.00,0\n");
    assert!(is_complex(&book(&table("-3"), way), TOWER));
    assert!(!is_complex(&book(&table("-3"), &leaning), TOWER));
    let near = book(&table("-0.1"), &leaning);
    assert!(is_complex(&near, TOWER) && !is_complex(&near, PLAIN));
    // What a page leans to holds where no table speaks.
    let alone = book("(start),,-3\n", &leaning);
    assert!(is_complex(&alone, TOWER) && !is_complex(&alone, PLAIN));
}

#[test]
fn who_asks_what_was_found_and_each_of_several_are_heard() {
    let loud = |row: &str| book(&format!("(start),,-1\n(asked bond),1.00,0\n{row},1.00,2\n"), "");
    assert!(is_complex(&loud("(found deadline)"), PLAIN));
    assert!(is_complex(&loud("(found deadline) asked bond"), PLAIN));
    assert!(is_complex(&loud("(a client wrote)"), PLAIN));
    assert!(is_complex(&loud("surety bond"), PLAIN) && is_complex(&loud("surety asked bond"), PLAIN));
    assert!(!is_complex(&loud("(found vins)"), PLAIN) && !is_complex(&loud("december need"), PLAIN));
    let two = "We need two surety bonds by December 4, policies BAP-100200 and BAP-100300.";
    let several = loud("(several policy_numbers) asked bond");
    assert!(is_complex(&several, two) && !is_complex(&several, PLAIN));
}

#[test]
fn what_labels_call_complex_is_learned_and_read_again() {
    let untaught = book("", "");
    let lesson = |text: &str, complex| {
        untaught.complex_lesson(&mail("Subject: hello", text), &circumstances(), &["bond"], complex)
    };
    let mut teacher = TraitTeacher::of_complex(None).unwrap();
    for _ in 0..8 {
        teacher.add(lesson(GARGOYLES, true));
        teacher.add(lesson(PLAIN, false));
    }
    let table = teacher.taught();
    let rows = table.lines().filter(|l| !l.starts_with('#')).skip(1).collect::<Vec<_>>().join("\n");
    let taught = book(&rows, "");
    assert!(is_complex(&taught, GARGOYLES) && !is_complex(&taught, PLAIN), "{table}");
    assert!(untaught.complex_lesson(&mail("Subject: hello", PLAIN), &circumstances(), &[], true).is_none());
}

#[test]
fn a_column_that_the_table_cannot_have_is_told() {
    let mut files = built_in_files();
    files.iter_mut().find(|f| f.name.ends_with("complex.csv")).unwrap().text = "word,rarity,hard\nbond,1.00,2\n".into();
    let wrong = Rulebook::load(&files).unwrap_err();
    assert!(wrong.len() == 1 && wrong[0].what.contains("“hard” is no column"), "{wrong:?}");
    assert!(wrong[0].mend.contains("“complex”") && !wrong[0].mend.contains("fields.toml"), "{wrong:?}");
}
