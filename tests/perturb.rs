//! Other names, firms, carriers, numbers and dates in the labelled mail: what it asks stays, and the facts follow.
//!
//! Rules that know a sentence by heart fail here. Every change is the same on every run.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use chrono::{Datelike, Duration, NaiveDate};
use intaked::cli::{Ground, eval};
use intaked::domain::calendar::Calendar;
use intaked::domain::field::FieldValue;
use intaked::domain::reading::Reading;
use intaked::domain::text::{Address, HeaderText, Mailbox, folded};
use intaked::message::Message;
use intaked::reading::Circumstances;
use regex::{Captures, Regex};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Weekdays stay what they are.
const DAYS: i64 = 14;

const FIRST: [&str; 8] = ["Marta", "Colin", "Denise", "Pablo", "Irene", "Walter", "Joyce", "Hector"];
const LAST: [&str; 8] = ["Lindgren", "Ferraro", "Okonkwo", "Halvorsen", "Pruitt", "Delacruz", "Vandermeer", "Ashworth"];
const FIRM: [&str; 8] =
    ["Tamarack", "Ironbridge", "Quillhaven", "Bramwell", "Norvane", "Castellan", "Wexcombe", "Harrowgate"];
/// First words of firms that are words of the language, or of no firm in particular.
const NO_NAME: [&str; 27] = [
    "the",
    "city",
    "village",
    "county",
    "town",
    "state",
    "first",
    "general",
    "american",
    "united",
    "national",
    "bank",
    "certified",
    "insurance",
    "of",
    "saint",
    "new",
    "north",
    "south",
    "east",
    "west",
    "church",
    "school",
    "mutual",
    // Departments of carriers: “Premium Audit”.
    "audit",
    "billing",
    "claims",
];

/// Words of a text for others.
struct Swap {
    find: Regex,
    with: Box<dyn Fn(&Captures<'_>) -> String>,
}

/// One message, read as it is.
struct One {
    file: String,
    message: Message,
    labels: Map<String, Value>,
}

fn text_of<'v>(labels: &'v Map<String, Value>, path: &[&str]) -> Vec<&'v str> {
    let mut at = labels.get("fields");
    for key in path {
        at = at.and_then(|v| v.get(*key));
    }
    match at {
        Some(Value::String(s)) => vec![s],
        Some(Value::Array(list)) => list.iter().filter_map(|v| v.as_str().or_else(|| v["name"].as_str())).collect(),
        _ => Vec::new(),
    }
}

fn pick(from: &[&'static str], word: &str) -> &'static str {
    from[word.bytes().map(usize::from).sum::<usize>() % from.len()]
}

/// `word` wherever it stands, in capitals, in small letters or as it is; within longer words (`@marchettitrucking`)
/// only where it is long enough to be nothing else.
fn word_for(word: &str, other: &'static str) -> Swap {
    let bare = regex::escape(word);
    let find =
        if word.len() >= 6 { format!("(?i){bare}") } else { format!("\\b(?:{bare}|{})\\b", bare.to_uppercase()) };
    let with = move |c: &Captures<'_>| match &c[0] {
        w if w.len() > 1 && w.chars().all(|c| !c.is_lowercase()) => other.to_uppercase(),
        w if w.chars().all(|c| !c.is_uppercase()) => other.to_lowercase(),
        _ => other.to_owned(),
    };
    Swap { find: Regex::new(&find).unwrap(), with: Box::new(with) }
}

fn exactly(word: &str, other: String) -> Swap {
    let find = Regex::new(&regex::escape(word)).unwrap();
    Swap { find, with: Box::new(move |_| other.clone()) }
}

/// A name that is also a word of this text cannot be swapped without changing what it says.
fn is_a_name(word: &str, text: &str) -> bool {
    let capital = word.chars().next().is_some_and(char::is_uppercase);
    let letters = word.chars().all(|c| c.is_alphabetic() || c == '\'');
    let small = Regex::new(&format!("\\b{}\\b", regex::escape(&word.to_lowercase()))).unwrap();
    capital && letters && word.len() >= 3 && !small.is_match(text) && !NO_NAME.contains(&word.to_lowercase().as_str())
}

fn people(one: &One) -> Vec<Swap> {
    let mut swaps = Vec::new();
    let named = [text_of(&one.labels, &["contact_name"]), text_of(&one.labels, &["drivers"])].concat();
    for name in named {
        let words: Vec<&str> = name.split_whitespace().filter(|w| is_a_name(w, &one.message.text)).collect();
        for (i, word) in words.iter().enumerate() {
            swaps.push(word_for(word, pick(if i == 0 { &FIRST } else { &LAST }, word)));
        }
    }
    swaps
}

/// The firm asked for, the holder and the lender: the word that is theirs alone, and the house number.
fn firms(one: &One) -> Vec<Swap> {
    let mut swaps = Vec::new();
    let contact = text_of(&one.labels, &["contact_name"]);
    for path in [&["insured_name"][..], &["certificate_holder", "name"], &["lienholder", "name"]] {
        for name in text_of(&one.labels, path).into_iter().filter(|n| !contact.contains(n)) {
            let own = name.split(|c: char| !c.is_alphabetic()).find(|w| is_a_name(w, &one.message.text));
            // A person's own name is no firm's.
            let own = own.filter(|w| !contact.iter().any(|c| c.contains(w)));
            swaps.extend(own.map(|w| word_for(w, pick(&FIRM, w))));
        }
    }
    for path in [&["certificate_holder", "address"][..], &["lienholder", "address"], &["location_address"]] {
        for address in text_of(&one.labels, path) {
            let number =
                address.split_whitespace().next().filter(|n| n.len() >= 3 && n.bytes().all(|b| b.is_ascii_digit()));
            swaps.extend(number.map(|n| exactly(n, turned(n))));
        }
    }
    swaps
}

fn carriers(one: &One) -> Vec<Swap> {
    let Some(from) = one.message.from.as_ref().filter(|_| one.labels["sender_kind"] == "carrier") else {
        return Vec::new();
    };
    let own = from.name.as_str().split(|c: char| !c.is_alphabetic()).find(|w| is_a_name(w, &one.message.text));
    own.map(|w| word_for(w, pick(&FIRM, w))).into_iter().collect()
}

/// Each digit the next one but two; the first stays one that a number can begin with.
fn turned(digits: &str) -> String {
    let turn = |(i, c): (usize, char)| match c.to_digit(10) {
        Some(9) if i == 0 => '3',
        Some(d) => char::from_digit((d + 3) % 10, 10).filter(|c| i > 0 || *c != '0').unwrap_or('4'),
        None => c,
    };
    digits.chars().enumerate().map(turn).collect()
}

/// The last three digits turned: what the number looks like stays.
fn turned_at_the_end(number: &str) -> String {
    let all: Vec<char> = number.chars().collect();
    let mut left = 3;
    let mut out: Vec<char> = all
        .iter()
        .rev()
        .map(|c| match c.to_digit(10) {
            Some(d) if left > 0 => {
                left -= 1;
                char::from_digit((d + 3) % 10, 10).unwrap()
            }
            _ => *c,
        })
        .collect();
    out.reverse();
    out.into_iter().collect()
}

/// 49 CFR 565.15: position 9 is the weighted sum of the others, modulo 11.
fn check_digit(vin: &str) -> char {
    let value = |c: char| match c {
        '0'..='9' => c.to_digit(10).unwrap(),
        'A'..='H' => c as u32 - 'A' as u32 + 1,
        'J'..='R' => c as u32 - 'J' as u32 + 1,
        _ => c as u32 - 'S' as u32 + 2,
    };
    let weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    let sum: u32 = vin.chars().zip(weights).map(|(c, w)| value(c) * w).sum();
    char::from_digit(sum % 11, 10).unwrap_or('X')
}

fn numbers(one: &One) -> Vec<Swap> {
    let mut swaps = Vec::new();
    for name in ["policy_numbers", "claim_number", "invoice_number"] {
        for number in text_of(&one.labels, &[name]).into_iter().filter(|n| n.len() >= 5) {
            swaps.push(exactly(number, turned_at_the_end(number)));
        }
    }
    for phone in text_of(&one.labels, &["contact_phone"]) {
        swaps.push(exactly(phone, turned_at_the_end(phone)));
    }
    for vin in text_of(&one.labels, &["vins"]) {
        if vin.len() == 17
            && vin.bytes().all(|b| b.is_ascii_alphanumeric())
            && vin.chars().nth(8) == Some(check_digit(vin))
        {
            let mut other: Vec<char> = turned_at_the_end(vin).chars().collect();
            other[8] = check_digit(&other.iter().collect::<String>());
            swaps.push(exactly(vin, other.into_iter().collect()));
        }
    }
    swaps
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Dates in figures and with a month's name. Others (“the 3rd”, “end of the month”, Spanish) cannot be moved by their
/// words alone: a message with one of those is left as it is.
fn dates(one: &One) -> Vec<Swap> {
    let text = format!("{}\n{}", one.message.subject.as_str(), one.message.text);
    let loose = r"(?i)\bthe \d{1,2}(st|nd|rd|th)\b|\b(end|first|middle|beginning|rest) of\b|\bmonth\b| de (enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)|\b\d{1,2}(st|nd|rd|th)\b|holiday|thanksgiving|christmas|new year|labor day";
    let Some(sent) = one.message.date.filter(|_| !Regex::new(loose).unwrap().is_match(&text)) else {
        return Vec::new();
    };
    let year = sent.year();
    let moved = move |y: i32, m: u32, d: u32| NaiveDate::from_ymd_opt(y, m, d).map(|day| day + Duration::days(DAYS));
    let figures = move |c: &Captures<'_>| {
        let part = |i: usize| c.get(i).and_then(|m| m.as_str().parse::<u32>().ok());
        let written = c.get(3).map(|m| m.as_str());
        let y = written.map_or(year, |y| y.parse::<i32>().unwrap() + if y.len() == 2 { 2000 } else { 0 });
        let (Some(m), Some(d)) = (part(1), part(2)) else { return c[0].to_owned() };
        let Some(day) = moved(y, m, d) else { return c[0].to_owned() };
        match written {
            None => format!("{}/{}", day.month(), day.day()),
            Some(y) if y.len() == 2 => format!("{}/{}/{:02}", day.month(), day.day(), day.year() % 100),
            Some(_) => format!("{}/{}/{}", day.month(), day.day(), day.year()),
        }
    };
    let named = move |c: &Captures<'_>| {
        let m = MONTHS.iter().position(|name| name[..3].eq_ignore_ascii_case(&c[1][..3])).unwrap();
        let y = c.get(3).map_or(year, |y| y.as_str().parse().unwrap());
        let Some(day) = moved(y, u32::try_from(m).unwrap() + 1, c[2].parse().unwrap()) else { return c[0].to_owned() };
        let month = MONTHS[day.month0() as usize];
        let month = if c[1].len() <= 4 { &month[..3] } else { month };
        match c.get(3) {
            Some(_) => format!("{month} {}, {}", day.day(), day.year()),
            None => format!("{month} {}", day.day()),
        }
    };
    let iso = move |c: &Captures<'_>| {
        let day: Option<NaiveDate> = c[0].parse().ok();
        day.map_or_else(|| c[0].to_owned(), |d| (d + Duration::days(DAYS)).to_string())
    };
    let month = "(?i)\\b(jan|january|feb|february|mar|march|apr|april|may|june?|july?|aug|august|sept?|september|oct|october|nov|november|dec|december)\\.? (\\d{1,2})(?:,? (\\d{4}))?\\b";
    vec![
        Swap { find: Regex::new(r"\b\d{4}-\d{2}-\d{2}\b").unwrap(), with: Box::new(iso) },
        Swap { find: Regex::new(r"\b(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d{2}))?\b").unwrap(), with: Box::new(figures) },
        Swap { find: Regex::new(month).unwrap(), with: Box::new(named) },
    ]
}

fn swapped(text: &str, swaps: &[Swap]) -> String {
    // One after the other on what was not swapped yet, so that no new word is taken for an old one.
    let Some((first, rest)) = swaps.split_first() else { return text.to_owned() };
    let mut out = String::new();
    let mut at = 0;
    for found in first.find.captures_iter(text) {
        let whole = found.get(0).unwrap();
        out += &swapped(&text[at..whole.start()], rest);
        out += &(first.with)(&found);
        at = whole.end();
    }
    out + &swapped(&text[at..], rest)
}

fn changed(message: &Message, swaps: &[Swap], days: i64) -> Message {
    let mut m = message.clone();
    m.text.clear();
    for (old, new) in message.parts.iter().zip(&mut m.parts) {
        new.start = m.text.len();
        m.text += &swapped(&message.text[old.start..old.end], swaps);
        new.end = m.text.len();
    }
    m.subject = HeaderText::new(&swapped(message.subject.as_str(), swaps));
    let mailbox = |b: &mut Mailbox| {
        b.name = HeaderText::new(&swapped(b.name.as_str(), swaps));
        b.address = Address::new(&swapped(b.address.as_str(), swaps)).unwrap_or_else(|| b.address.clone());
    };
    m.from.iter_mut().chain(&mut m.reply_to).for_each(mailbox);
    for a in &mut m.attachments {
        a.name = swapped(&a.name, swaps);
        a.text = a.text.as_deref().map(|t| swapped(t, swaps));
    }
    m.date = m.date.map(|d| d + Duration::days(days));
    m
}

fn read(ground: &Ground, message: &Message) -> Reading {
    let calendar = Calendar::usual(chrono_tz::America::Chicago);
    let own = ["harborpoint.example".to_owned()];
    let received = message.date.unwrap();
    let around = Circumstances { received, calendar: &calendar, own_domains: &own, own_addresses: &[] };
    ground.rulebook.read(message, &around)
}

fn primary(reading: &Reading) -> Option<&str> {
    reading.requests.first().map(|r| r.request_type.as_str())
}

/// Every value of a reading; those of the original as they would be after the change.
fn facts(reading: &Reading, swaps: &[Swap], days: i64) -> BTreeSet<(String, String)> {
    let value = |v: &FieldValue| match v {
        FieldValue::Date(d) => (*d + Duration::days(days)).to_string(),
        FieldValue::Driver { name, dob, license } => {
            let dob = dob.map(|d| d + Duration::days(days));
            swapped(
                &FieldValue::Driver { name: name.clone(), dob, license: license.clone() }.shown(),
                if days == 0 { swaps } else { &[] },
            )
        }
        other => swapped(&other.shown(), swaps),
    };
    reading.fields.iter().map(|f| (f.name.clone(), folded(&value(&f.value)))).collect()
}

type Maker = fn(&One) -> Vec<Swap>;

#[test]
fn other_names_numbers_and_dates_leave_the_type_and_the_facts_follow() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/mail");
    let floor: toml::Table = std::fs::read_to_string(folder.join("perturbed.toml")).unwrap().parse().unwrap();
    let ground = Ground::built_in(chrono_tz::America::Chicago);
    let all: Vec<One> = eval::load(&folder, &ground.rulebook)
        .unwrap()
        .into_iter()
        .map(|l| One { message: Message::parse(&std::fs::read(&l.path).unwrap()), file: l.file, labels: l.labels })
        .filter(|one| one.message.date.is_some())
        .collect();
    let read_as_it_is: Vec<Reading> = all.iter().map(|one| read(&ground, &one.message)).collect();
    let kinds: [(&str, Maker, i64); 5] = [
        ("people", people, 0),
        ("firms", firms, 0),
        ("carriers", carriers, 0),
        ("numbers", numbers, 0),
        ("dates", dates, DAYS),
    ];
    let mut wrong = Vec::new();
    for (kind, make, days) in kinds {
        let (mut tried, mut held, mut followed, mut of) = (0, 0, 0, 0);
        let mut strayed = Vec::new();
        for (one, before) in all.iter().zip(&read_as_it_is) {
            let swaps = make(one);
            if swaps.is_empty() {
                continue;
            }
            let other = changed(&one.message, &swaps, days);
            if other.text == one.message.text && other.subject == one.message.subject && other.from == one.message.from
            {
                continue;
            }
            let after = read(&ground, &other);
            tried += 1;
            if primary(before) == primary(&after) {
                held += 1;
            } else {
                strayed.push(format!("{}: {:?} became {:?}", one.file, primary(before), primary(&after)));
            }
            let (wanted, got) = (facts(before, &swaps, days), facts(&after, &[], 0));
            followed += wanted.intersection(&got).count();
            of += wanted.union(&got).count();
            let lost: Vec<_> = wanted.symmetric_difference(&got).collect();
            if !lost.is_empty() {
                strayed.push(format!("{}: {lost:?}", one.file));
            }
        }
        assert!(tried > 0, "{kind}: nothing was swapped");
        let (types, facts) = (f64::from(held) / f64::from(tried), followed as f64 / of as f64);
        println!("{kind}: {held} of {tried} types held ({types:.3}), {followed} of {of} facts followed ({facts:.3})");
        let least = |what: &str| floor[kind][what].as_float().unwrap();
        if std::env::var_os("PERTURB_SHOW").is_some() || types < least("types") || facts < least("facts") {
            println!("  {}", strayed.join("\n  "));
        }
        if types < least("types") || facts < least("facts") {
            wrong.push(format!("{kind}: types {types:.3}, facts {facts:.3}; at least {:?}", floor[kind]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_swapped_keeps_its_shape() {
    let text = "MARCHETTI Trucking, Tony Marchetti <tony@marchettitrucking.example>, policy CTP-01-558231-3";
    let swaps = [word_for("Marchetti", "Ferraro"), exactly("CTP-01-558231-3", turned_at_the_end("CTP-01-558231-3"))];
    let wanted = "FERRARO Trucking, Tony Ferraro <tony@ferrarotrucking.example>, policy CTP-01-558264-6";
    assert_eq!(swapped(text, &swaps), wanted);
    assert_eq!(check_digit("1M8GDM9AXKP042788"), 'X');
    assert_eq!(turned("906"), "339");
    assert!(!is_a_name("Summit", "we met at the summit") && is_a_name("Summit", "Summit Roofing"));
}
