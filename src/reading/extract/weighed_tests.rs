//! A value that no pattern knows is added by the words of a message, and one that they speak against is held back.

use super::super::{Asked, Extractors, TraitLesson, TraitTeacher};
use crate::domain::calendar::Calendar;
use crate::domain::field::{Field, Place, Provenance};
use crate::message::Message;
use crate::reading::{Circumstances, RuleFile};

/// Two values: each is known by one word.
const FIELDS: &str = "
[[field]]
name = \"what\"
label = { en = \"what\" }
extractor = \"vocabulary\"
pages = [\"garden\"]
weighed = true
[field.values]
dig = ['spade']
water = ['hose']
";

fn file(name: &str, text: &str) -> RuleFile {
    RuleFile { name: name.into(), text: text.into() }
}

fn extractors(table: &str) -> Extractors {
    Extractors::load(&file("fields.toml", FIELDS)).unwrap().with_kinds(&file("kinds.csv", table), true).unwrap()
}

fn mail(text: &str) -> Message {
    Message::parse(format!("From: a@b.example\r\nTo: c@d.example\r\nSubject: hello\r\n\r\n{text}\r\n").as_bytes())
}

fn among<T>(what: impl FnOnce(&Circumstances<'_>) -> T) -> T {
    let calendar = Calendar::usual(chrono_tz::America::Chicago);
    let received = chrono::DateTime::from_timestamp(1_794_841_200, 0).unwrap();
    what(&Circumstances { received, calendar: &calendar, own_domains: &[], own_addresses: &[] })
}

fn read(table: &str, text: &str, page: &str) -> Vec<Field> {
    among(|around| extractors(table).run(&mail(text), around, &Asked::of(&[page])))
}

fn shown(fields: &[Field]) -> Vec<String> {
    fields.iter().map(|f| f.value.shown()).collect()
}

const TABLE: &str =
    "word,rarity,dig,water\n(start),,-1,-1\nearth,1.00,0.6,\nturn the,0.70,1,\nflowers,1.00,,1.5\nnever,1.00,-2,\n";

#[test]
fn words_add_what_no_pattern_knows_and_point_to_their_sentence() {
    let text = "Good day to you all.\r\nPlease turn the earth over before it freezes, then. Bye.";
    let found = read(TABLE, text, "garden");
    assert_eq!(shown(&found), ["dig"]);
    let Provenance::Message { span, words, .. } = &found[0].from else { panic!("{found:?}") };
    assert_eq!(span.place, Place::Text);
    assert!(words.starts_with("Please turn the earth") && words.ends_with("then"), "{words}");
    assert_eq!(&mail(text).text[span.start as usize..span.end as usize], words);
    // “earth” alone is loud enough only where nothing else is heard, and a message of another page has none of it.
    assert_eq!(shown(&read(TABLE, "The earth is round.", "garden")), ["dig"]);
    assert_eq!(shown(&read(TABLE, "The earth is round, and flowers.", "garden")), ["water"]);
    assert_eq!(shown(&read(TABLE, "The earth is never round.", "garden")), [""; 0]);
    assert_eq!(shown(&read(TABLE, text, "kitchen")), [""; 0]);
}

#[test]
fn a_pattern_stands_where_the_words_say_nothing_and_falls_where_they_speak_against_it() {
    assert_eq!(shown(&read("word,rarity,dig,water\n(start),,-0.4,-0.4\n", "Bring a spade.", "garden")), ["dig"]);
    assert_eq!(shown(&read(TABLE, "The hose, and flowers.", "garden")), ["water"]);
    assert_eq!(shown(&read(TABLE, "I never bring a spade to the flowers.", "garden")), ["water"]);
    // Where nothing else is left, what a pattern found is better than nothing.
    assert_eq!(shown(&read(TABLE, "I never bring a spade.", "garden")), ["dig"]);
    // And better than the loudest of voices that are not clear.
    let unclear = "word,rarity,dig,water\n(start),,-0.6,-0.45\nflowers,1.00,,0.1\n";
    assert_eq!(shown(&read(unclear, "Bring a spade for the flowers.", "garden")), ["dig"]);
    assert_eq!(shown(&read(unclear, "All for the flowers.", "garden")), ["water"]);
}

#[test]
fn what_follows_from_another_field_alone_waits_for_the_words_and_many_murmurs_are_enough() {
    let fields = format!(
        "{}[[field]]\nname = \"tool\"\nlabel = {{ en = \"tool\" }}\nextractor = \"vocabulary\"\n[field.values]\nrake = ['rake']\n",
        FIELDS.replace(
            "weighed = true",
            "weighed = true\nfollows = [{ value = \"dig\", field = \"tool\", without = [] }]"
        )
    );
    let of = |table: &str, text: &str| {
        let book = Extractors::load(&file("fields.toml", &fields)).unwrap();
        let book = book.with_kinds(&file("kinds.csv", table), true).unwrap();
        let found = among(|around| book.run(&mail(text), around, &Asked::of(&["garden"])));
        shown(&found.into_iter().filter(|f| f.name == "what").collect::<Vec<_>>())
    };
    let quiet = "word,rarity,dig,water\n(start),,-0.4,-1\nflowers,1.00,,1.5\n";
    assert_eq!(of(quiet, "My rake."), ["dig"]);
    assert_eq!(of(quiet, "My rake and the flowers."), ["water"]);
    // What they speak against stands where nothing else is left.
    assert_eq!(of("word,rarity,dig,water\n(start),,-1,-1\n", "My rake."), ["dig"]);
    // Nobody can point to a sentence, and all of them together are beyond doubt.
    let murmurs = "word,rarity,dig,water\n(start),,0.2,-1\nflowers,1.00,,0.1\n";
    assert_eq!(of(murmurs, "Good day."), ["dig"]);
}

#[test]
fn a_line_of_marks_is_no_sentence_to_point_to() {
    let table = "word,rarity,dig,water\n(start),,0.5,-1\nhello,1.00,-0.1,\ngood,1.00,-0.1,\nday,1.00,-0.1,\n";
    let found = read(table, "Good day.\r\n\r\n-----\r\n\r\nGood day.", "garden");
    assert_eq!(shown(&found), ["dig"]);
    let Provenance::Message { words, .. } = &found[0].from else { panic!("{found:?}") };
    assert!(!words.is_empty(), "{found:?}");
}

#[test]
fn what_messages_state_is_learned_and_read_again() {
    let untaught = extractors("word,rarity\n");
    let lesson = |text: &str, stated: &[&str]| -> Option<TraitLesson> {
        let stated: Vec<String> = stated.iter().map(|s| (*s).to_owned()).collect();
        among(|around| untaught.kind_lesson(&mail(text), around, &["garden"], &|_| Some(stated.clone())))
    };
    let mut teacher = TraitTeacher::of_kinds(None).unwrap();
    for n in 0..12 {
        teacher.add(lesson("Kindly loosen everything under the old apple tree", &["dig"]));
        teacher.add(lesson("The lettuce is thirsty again", &["water"]));
        teacher.add((n == 0).then(|| lesson("zorblat", &["water"])).flatten());
    }
    let table = teacher.taught();
    assert!(table.contains("\napple tree,") && !table.contains("zorblat"), "{table}");
    assert_eq!(shown(&read(&table, "Loosen what is under the apple tree, kindly", "garden")), ["dig"]);
    assert_eq!(shown(&read(&table, "My lettuce is thirsty.", "garden")), ["water"]);
    let unknown = |_: &str| None;
    assert!(among(|around| untaught.kind_lesson(&mail("dig"), around, &["garden"], &unknown)).is_none());
    assert!(among(|around| untaught.kind_lesson(&mail("dig"), around, &["kitchen"], &|_| Some(vec![]))).is_none());
}

#[test]
fn a_column_of_no_value_and_a_second_weighed_field_are_told() {
    let load = |fields: &str| Extractors::load(&file("fields.toml", fields));
    let table = file("kinds.csv", "word,rarity,dig,plough\n(start),,-1,-1\n");
    let wrong = load(FIELDS).unwrap().with_kinds(&table, true).unwrap_err();
    assert!(wrong.len() == 1 && wrong[0].what.contains("“plough” is no value"), "{wrong:?}");
    assert!(load(FIELDS).unwrap().with_kinds(&table, false).is_ok(), "the built-in table may know more");
    let wrong = load(FIELDS).unwrap().with_kinds(&file("kinds.csv", "word,rarity,dig\nearth,1,loud\n"), true);
    assert_eq!(wrong.unwrap_err()[0].line, Some(2));
    let two = format!("{FIELDS}{}", FIELDS.replace("\"what\"", "\"other\""));
    let wrong = load(&two).unwrap_err();
    assert!(wrong.iter().any(|m| m.what.contains("second field") && m.line.is_some()), "{wrong:?}");
}
