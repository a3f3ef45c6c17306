//! The table of words: how it is read, what is learned, and that it says why.

use super::{Folded, Lesson, Teacher, each_word, table::Table};
use crate::domain::mistake::Mistake;
use crate::message::Message;
use crate::reading::{RuleFile, Rulebook, built_in_files};

fn message(text: &str) -> Message {
    Message::parse(format!("From: a@b.example\r\nSubject: \r\n\r\n{text}\r\n").as_bytes())
}

fn file(text: &str) -> RuleFile {
    RuleFile { name: "rules/wording.csv".to_owned(), text: text.to_owned() }
}

fn mistakes(text: &str) -> Vec<String> {
    let mut mistakes: Vec<Mistake> = Vec::new();
    Table::read(&file(text), &mut mistakes);
    mistakes.iter().map(|m| format!("{}: {}", m.line.unwrap_or_default(), m.what)).collect()
}

fn lesson(text: &str, types: &[&str]) -> Lesson {
    Lesson::of(&message(text), &types.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>())
}

/// Three lessons on fish and three on fowl.
fn taught() -> String {
    let mut teacher = Teacher::new(None).unwrap();
    for day in ["today", "tomorrow", "soon"] {
        teacher.add(lesson(&format!("the trout swims in the brook {day}"), &["fish"]));
        teacher.add(lesson(&format!("the goose flies over the brook {day}"), &["fowl"]));
    }
    teacher.taught()
}

fn side(table: &str, text: &str, page: usize) -> f32 {
    let wording = Table::read(&file(table), &mut Vec::new()).used(&["fish", "fowl"]);
    wording.said(&wording.known(&Folded::of(&message(text))), |_| true).unwrap().sides[page]
}

#[test]
fn words_are_small_without_accents_and_a_number_is_a_number() {
    let folded = Folded::of(&message("Señor O'Brien's 2019 F-150, call 555-0100 or bob@b.example 'now'"));
    let mut words = Vec::new();
    each_word(&folded, |word, _| words.push(String::from_utf8(word.to_vec()).unwrap()));
    assert_eq!(words, ["senor", "o'brien's", "0", "f", "0", "call", "0", "0", "or", "now"]);
}

#[test]
fn a_table_with_mistakes_says_which_and_where() {
    assert_eq!(mistakes("# about\nword,rarity,fish\n(start),,-0.5\ntrout,1,0.5\n"), [""; 0]);
    assert_eq!(mistakes("words,fish\n"), ["1: the first row has to name the columns: word, rarity, then the pages"]);
    assert_eq!(
        mistakes("word,rarity,fish\ntrout,1,much\n"),
        ["2: “much” in the row of “trout” is no number between -100 and 100"]
    );
    assert_eq!(mistakes("word,rarity,fish\ntrout,1,500\n").len(), 1);
    assert_eq!(mistakes("word,rarity,fish\ntrout,1\n"), ["2: this row has 2 cells, and the first row has 3"]);
    assert_eq!(mistakes("word,rarity,fish\ntrout,1,1\ntrout,1,2\n"), ["3: “trout” stands in two rows"]);
    assert_eq!(mistakes("word,rarity,fish\n,1,1\n"), ["2: this row has no word"]);
    assert_eq!(mistakes("word,rarity,fish,fish\n"), ["1: two columns have the same name"]);
}

#[test]
fn an_agencys_own_table_may_name_only_pages_that_are_there() {
    let mut files = built_in_files();
    let own = files.iter_mut().find(|f| f.name.ends_with("wording.csv")).unwrap();
    own.text = "word,rarity,gold_mines\nnugget,1,1\n".to_owned();
    let found = Rulebook::load(&files).unwrap_err();
    assert_eq!(found[0].what, "the column “gold_mines” is of no page that is there");
}

#[test]
fn what_was_taught_is_known_of_messages_that_were_not() {
    let table = taught();
    assert!(side(&table, "a trout swims by", 0) > side(&table, "a trout swims by", 1));
    assert!(side(&table, "the goose flies", 1) > side(&table, "the goose flies", 0));
    // Words of a single lesson, and words that both have in common, part nothing.
    let weights = |word: &str| Table::read(&file(&table), &mut Vec::new()).rows.get(word).cloned();
    assert!(weights("trout").unwrap().1[0] > 0.0 && weights("trout").unwrap().1[1] < 0.0);
    assert_eq!(weights("tomorrow"), None);
    assert_eq!(taught(), table, "the same lessons give the same table");
}

#[test]
fn a_table_that_learns_more_keeps_what_it_knew() {
    let mut teacher = Teacher::new(Some(&file(&taught()))).unwrap();
    for _ in 0..3 {
        teacher.add(lesson("the perch hides in reeds", &["fish"]));
        teacher.add(lesson("the heron stalks in reeds", &["fowl"]));
    }
    let more = teacher.taught();
    assert!(side(&more, "a perch hides", 0) > side(&more, "a perch hides", 1));
    assert!(side(&more, "a trout swims by", 0) > side(&more, "a trout swims by", 1));
    assert!(side(&more, "the goose flies", 1) > side(&more, "the goose flies", 0));
}

#[test]
fn what_is_asked_for_besides_teaches_neither_yes_nor_no() {
    let teach = |types: &[&str]| {
        let mut teacher = Teacher::new(None).unwrap();
        for _ in 0..3 {
            teacher.add(lesson("the trout swims", &["fish"]));
            teacher.add(lesson("the goose flies", &["fowl"]));
            teacher.add(lesson("the trout and the goose dine", types));
        }
        teacher.taught()
    };
    let text = "a trout and a goose";
    assert!(side(&teach(&["fowl", "fish"]), text, 0) > side(&teach(&["fowl"]), text, 0));
}

#[test]
fn too_few_known_words_say_nothing_and_a_left_out_sentence_is_not_heard() {
    let wording = Table::read(&file(&taught()), &mut Vec::new()).used(&["fish", "fowl"]);
    assert!(wording.said(&wording.known(&Folded::of(&message("a trout"))), |_| true).is_none());
    let folded = Folded::of(&message("The trout swims.\nThe goose flies."));
    let first = folded.sentences.iter().position(|s| folded.words(s).starts_with(b"the trout")).unwrap();
    let known = wording.known(&folded);
    let all = wording.said(&known, |_| true).unwrap();
    let rest = wording.said(&known, |s| s != first).unwrap();
    assert!(rest.sides[1] > all.sides[1] && rest.sides[0] < all.sides[0]);
}

#[test]
fn what_is_shown_adds_up_to_what_it_counts() {
    let wording = Table::read(&file(&taught()), &mut Vec::new()).used(&["fish", "fowl", "bond"]);
    let folded = Folded::of(&message("The trout swims and swims."));
    let known = wording.known(&folded);
    let said = wording.said(&known, |_| true).unwrap();
    for page in [0, 1] {
        let shown = wording.shown(&said, page, 100, &known, &folded);
        let sum: i32 = shown.iter().map(|e| e.weight).sum();
        assert_eq!(Some(sum), wording.points(&said, page, 100));
        assert!(page == 1 || shown.iter().any(|e| e.words == "trout"), "{shown:?}");
    }
    assert_eq!(wording.points(&said, 2, 100), None, "the table knows nothing of bonds");
}

#[test]
fn each_sentence_speaks_for_a_page_of_its_own_and_for_none_that_is_not_known() {
    let wording = Table::read(&file(&taught()), &mut Vec::new()).used(&["fish", "fowl", "bond"]);
    let folded = Folded::of(&message("The trout swims.\nHello.\nThe goose flies."));
    let votes = wording.votes(&wording.known(&folded));
    let apart: Vec<(usize, f32)> = votes.apart(0, 1, 100).collect();
    let of = |words: &[u8]| {
        let number = folded.sentences.iter().position(|s| folded.words(s).starts_with(words)).unwrap();
        apart.iter().find(|(sentence, _)| *sentence == number).map(|(_, points)| *points)
    };
    assert!(of(b"the trout").unwrap() > 0.0 && of(b"the goose").unwrap() < 0.0);
    assert_eq!(of(b"hello"), None, "no word of it is known");
    assert_eq!(votes.apart(0, 2, 100).count(), 0, "the table knows nothing of bonds");
}
