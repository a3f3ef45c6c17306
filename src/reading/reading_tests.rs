//! Promises of the reading: it stands on what is written, and doubt goes to a person.

use super::pages_tests::BOND;
use super::{Circumstances, RuleFile, Rulebook, SaidBy, built_in_files};
use crate::{
    domain::{
        calendar::Calendar,
        reading::{Certainty, Channel, Reading, SenderKind},
    },
    message::Message,
};
use std::sync::LazyLock;

pub(super) static BOOK: LazyLock<Rulebook> = LazyLock::new(Rulebook::built_in);
static CALENDAR: LazyLock<Calendar> = LazyLock::new(|| Calendar::usual(chrono_tz::America::Chicago));

pub(super) fn circumstances() -> Circumstances<'static> {
    static DOMAINS: LazyLock<Vec<String>> = LazyLock::new(|| vec!["agency.example".to_owned()]);
    Circumstances {
        received: chrono::DateTime::parse_from_rfc3339("2026-11-16T09:00:00-06:00").unwrap().to_utc(),
        calendar: &CALENDAR,
        own_domains: &DOMAINS,
        own_addresses: &[],
    }
}

pub(super) fn mail(headers: &str, text: &str) -> Message {
    let raw = format!(
        "From: Pat Doe <pat@client.example>\r\nTo: service@agency.example\r\nDate: Mon, 16 Nov 2026 09:00:00 -0600\r\n\
         {headers}\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{}\r\n",
        text.replace('\n', "\r\n")
    );
    Message::parse(raw.as_bytes())
}

pub(super) fn read(headers: &str, text: &str) -> Reading {
    BOOK.read(&mail(headers, text), &circumstances())
}

pub(super) fn types(reading: &Reading) -> Vec<&str> {
    reading.requests.iter().map(|r| r.request_type.as_str()).collect()
}

pub(super) fn file(name: &str, text: &str) -> RuleFile {
    RuleFile { name: format!("rules/{name}"), text: text.to_owned() }
}

#[test]
fn what_is_missing_hangs_on_words_only_where_no_person_said_what_it_is() {
    let paper = BOND.replace(
        "question = { en = \"By which day does the obligee need the bond?\" }",
        "question = { en = \"By which day?\" }\nwhen = [{ facts = [\"chosen\"] }, { words = [\"bonds?\"] }]",
    );
    let mut files = built_in_files();
    files.push(file("bond.toml", &paper));
    let book = Rulebook::load(&files).unwrap();
    let missing = |said_by, text| {
        let request = book.needs(&"bond".into(), said_by, &mail("Subject: hello", text), &circumstances());
        request.unwrap().missing
    };
    assert_eq!(missing(SaidBy::Rules, "It has come.\nPat Doe"), [""; 0]);
    assert_eq!(missing(SaidBy::Person, "It has come.\nPat Doe"), ["deadline"]);
    assert_eq!(missing(SaidBy::Rules, "The bond has come.\nPat Doe"), ["deadline"]);
    assert_eq!(missing(SaidBy::Person, "It is due by December 4.\nPat Doe"), [""; 0]);
}

#[test]
fn where_a_page_is_sure_of_what_is_missing_only_what_the_message_says_for_certain_counts() {
    let book = |sure: &str| {
        let asked = "question = { en = \"By which day does the obligee need the bond?\" }";
        let paper = BOND.replace(asked, &format!("question = {{ en = \"By which day?\" }}\n{sure}"));
        let mut files = built_in_files();
        files.push(file("bond.toml", &paper));
        Rulebook::load(&files).unwrap()
    };
    let [silent, never, hangs] = ["", "sure = []", "sure = [{ fields = { policy_numbers = [] } }]"].map(book);
    let asked = |book: &Rulebook, text: &str| {
        let message = mail("Subject: hello", text);
        let request = book.needs(&"bond".into(), SaidBy::Person, &message, &circumstances()).unwrap();
        let reading = book.read(&message, &circumstances());
        (request.missing.len(), request.unsure.len(), reading.doubt(&request, "deadline").is_none())
    };
    let labelled = "We want a bond beside policy number BAP-7740288.\n\nPat Doe";
    assert_eq!([&silent, &never, &hangs].map(|b| asked(b, labelled)), [(1, 0, true), (1, 1, false), (1, 0, true)]);
    assert_eq!(asked(&hangs, "We want a bond.\n\nPat Doe"), (1, 1, false));
    // Told aloud, without a label, it is read, and less than certain.
    let spoken = "My policy is P P six six oh nine one one eight I think. We want a bond.\n\nPat Doe";
    assert!(read("Subject: hello", spoken).fields.iter().any(|f| f.name == "policy_numbers"));
    assert_eq!(asked(&hangs, spoken), (1, 1, false));
    // Nothing is unsure that is not missing.
    assert_eq!(asked(&never, "We want a bond by December 4.\n\nPat Doe"), (0, 0, true));
}

#[test]
fn a_need_may_hang_on_what_was_not_found_and_a_first_name_alone_may_not_do() {
    let need = |more: &str| {
        let mut files = built_in_files();
        let asked = "question = { en = \"By which day does the obligee need the bond?\" }";
        files
            .push(file("bond.toml", &BOND.replace(asked, &format!("question = {{ en = \"By which day?\" }}\n{more}"))));
        Rulebook::load(&files)
    };
    let missing = |book: &Rulebook, text: &str| {
        let page = book.needs(&"bond".into(), SaidBy::Person, &mail("Subject: hello", text), &circumstances());
        page.unwrap().missing
    };
    let book = need("when = [{ none = { policy_numbers = [] } }]").unwrap();
    assert_eq!(missing(&book, "We want a bond.\n\nPat Doe"), ["deadline"]);
    assert_eq!(missing(&book, "We want a bond beside policy BAP-7740288.\n\nPat Doe"), [""; 0]);
    let book = need("or = [\"contact_name\"]\nfull = true").unwrap();
    assert_eq!(missing(&book, "My name is Pat. We want a bond."), ["deadline"]);
    assert_eq!(missing(&book, "My name is Pat Doe. We want a bond."), [""; 0]);
    let wrong = need("when = [{ none = { polices = [] } }]").unwrap_err();
    assert!(wrong.iter().any(|m| m.what.contains("polices") && m.line.is_some()), "{wrong:?}");
}

#[test]
fn a_gateways_name_is_not_the_callers() {
    let call = |from: &str, subject: &str| {
        let raw = format!(
            "From: {from}\r\nTo: service@agency.example\r\nSubject: {subject}\r\n\r\n\
             got pulled over, officer wants proof of insurance. can u text me my card right now please!!\r\n"
        );
        BOOK.read(&Message::parse(raw.as_bytes()), &circumstances()).requests[0].missing.clone()
    };
    assert_eq!(call("Bo Lane <bo@lane.example>", "my card"), [""; 0]);
    assert_eq!(call("Text Gateway <16305550195@sms.gatewire.example>", "SMS from (630) 555-0195"), ["insured_name"]);
}

#[test]
fn what_stands_beside_a_pattern_without_plain_words_counts_though_a_later_sentence_has_it_too() {
    let sign = |more: &str| {
        let words = r#"words = ["(<please>|get|need) .. (surety |license |permit |bid |performance )?bonds?", "bond (request|form|application)"]"#;
        let mut files = built_in_files();
        files.push(file("bond.toml", &BOND.replace(words, &format!("words = ['[a-z]{{14}}']\n{more}"))));
        Rulebook::load(&files).unwrap()
    };
    let asks = |book: &Rulebook| {
        let text = "Our groundskeepers have zorblats.\nZorblats are blue.\nPat Doe";
        types(&book.read(&mail("Subject: hello", text), &circumstances())).contains(&"bond")
    };
    assert!(asks(&sign("beside = ['zorblats?']")));
    assert!(!asks(&sign("unless = ['zorblats?']")));
    assert!(asks(&sign("unless = ['quimbles?']")) && !asks(&sign("beside = ['quimbles?']")));
}

#[test]
fn what_cannot_be_placed_goes_to_a_person_and_never_to_the_bin() {
    for text in ["Blue seventeen?", "", "zzz", "See attached."] {
        let reading = read("Subject: hm", text);
        assert_eq!(reading.certainty, Certainty::Doubtful, "{text}");
        assert_eq!(reading.requests.len(), 1, "{text}");
        assert!(reading.no_work.is_empty(), "{text}");
    }
    // The message of the demonstration that says nothing of what it wants: its words alone lead nowhere near enough.
    let vague = Message::parse(include_bytes!("../daemon/demo/mail/17-hard-to-place.eml"));
    assert_eq!(BOOK.read(&vague, &circumstances()).certainty, Certainty::Doubtful);
}

#[test]
fn bulk_and_automatic_headers_alone_are_not_evidence_that_nothing_is_to_be_done() {
    let headers = "Subject: Policy alert\r\nAuto-Submitted: auto-generated\r\nPrecedence: bulk\r\nList-Id: <x.example>";
    let reading =
        read(headers, "Payment for policy PA-1001 was not received. The policy will be cancelled on 12/01/2026.");
    assert!(reading.no_work.is_empty());
    assert_eq!(reading.requests.len(), 1);
    let nothing = read(headers, "Fnord.");
    assert!(nothing.no_work.is_empty() && nothing.certainty == Certainty::Doubtful);
}

#[test]
fn a_request_in_a_thank_you_is_a_request() {
    let reading =
        read("Subject: Re: your card\r\nIn-Reply-To: <a@b>", "Thanks! Can you also add my new truck to the policy?");
    assert_eq!(types(&reading), ["endorsement"]);
    let thanks = read("Subject: Re: your card\r\nIn-Reply-To: <a@b>", "Thanks so much!");
    assert!(thanks.requests.is_empty() && !thanks.no_work.is_empty());
}

#[test]
fn requests_and_no_work_are_never_both_empty_and_never_both_there() {
    for text in ["Thanks!", "I need a COI", "Unsubscribe", "hola", "Please cancel my policy today"] {
        for subject in [
            "Subject: Re: x\r\nIn-Reply-To: <a@b>",
            "Subject: x",
            "Subject: Out of office\r\nAuto-Submitted: auto-replied",
        ] {
            let reading = read(subject, text);
            assert_ne!(reading.requests.is_empty(), reading.no_work.is_empty(), "{subject} {text}");
        }
    }
}

#[test]
fn evidence_stands_where_it_says() {
    let m = mail("Subject: hello", "Hi,\n\nWe bought a truck. Please ADD  the truck to our policy.\n\nPat Doe");
    let reading = BOOK.read(&m, &circumstances());
    let mut seen = 0;
    for e in reading.requests.iter().flat_map(|r| &r.evidence) {
        if e.span.place == crate::domain::field::Place::Text {
            let there = &m.text[e.span.start as usize..e.span.end as usize];
            assert_eq!(there.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase(), e.words);
            seen += 1;
        }
    }
    assert!(seen > 0);
}

#[test]
fn what_is_quoted_is_not_asked_for() {
    let text = "Please add my son to the auto policy.\n\nPat Doe\n\nOn Mon, Nov 9, 2026 at 9:00 AM Agency <service@agency.example> wrote:\n> The certificate of insurance is attached. Do you need loss runs or want to cancel the umbrella?\n";
    assert_eq!(types(&read("Subject: Re: hello\r\nIn-Reply-To: <a@b>", text)), ["endorsement"]);
}

#[test]
fn a_telephone_call_is_read_like_a_mail() {
    let reading = BOOK.read_words(
        "Caller wants to cancel her motorcycle policy as of Friday. Ann Lee, 312-555-0100",
        &circumstances(),
    );
    assert_eq!(types(&reading), ["cancellation"]);
    assert_eq!(reading.channel, Channel::Email);
}

#[test]
fn staff_are_known_by_their_domain_and_spanish_by_its_words() {
    let m = Message::parse(b"From: Ana <ana@agency.example>\r\nTo: service@agency.example\r\nSubject: fyi\r\n\r\nPlease send Bob Hall his ID card.\r\n");
    assert_eq!(BOOK.read(&m, &circumstances()).sender_kind, SenderKind::Staff);
    let spanish =
        read("Subject: poliza", "Hola, necesito agregar un carro nuevo a mi poliza por favor. Muchas gracias.");
    assert_eq!(spanish.language, "es");
    assert_eq!(read("Subject: car", "Please add a car to the policy").language, "en");
}

#[test]
fn dangers_are_seen_whatever_the_request_type() {
    let hurt = read("Subject: accident", "Our driver was hurt in an accident this morning and is in the hospital.");
    assert!(hurt.hazards.iter().any(|h| h.key == "injury"), "{:?}", hurt.hazards);
    let fine = read("Subject: accident", "I had an accident in the parking lot. Nobody was hurt.");
    assert!(!fine.hazards.iter().any(|h| h.key == "injury"), "{:?}", fine.hazards);
}

#[test]
fn hostile_words_take_work_in_proportion_to_their_length() {
    for words in
        ["add remove cancel certificate ", "(", "a ", "please need want take ", "please need want add\n\ntake "]
    {
        let of = |bytes: usize| BOOK.work(&mail("Subject: x", &words.repeat(bytes / words.len())));
        let (short, long) = (of(4 * 1024), of(16 * 1024));
        assert!(long <= short * 5 + 1000, "“{words}”: {short} steps for 4 KiB, {long} for 16");
        let _ = read("Subject: x", &words.repeat(8 * 1024 / words.len()));
    }
}

/// A rulebook of two pages that an agency wrote, with the shared files that come with the program.
fn book_of(bond_signs: &str) -> Rulebook {
    let bond = BOND.split("[[example]]").next().unwrap().to_owned() + bond_signs;
    let fallback = r#"
id = "other"
title = { en = "Other matter" }
fallback = true
[[sign]]
name = "asks-for-a-key"
weight = 14
asks = true
words = ["spare key"]
[work]
staff = { simple = "csr", complex = "csr" }
done_when = "It is answered."
standard = { first_touch = "24h", turnaround = "2 business days", lead = "24h", idle = "2 business days", follow_up = "3 business days" }
[[work.step]]
id = "answer"
title = "Answer"
[[work.escalate]]
clock = "untouched"
tell = ["assignee"]
"#;
    Rulebook::load(&[file("bond.toml", &bond), file("other.toml", fallback)]).unwrap_or_else(|m| panic!("{m:?}"))
}

fn score_of(book: &Rulebook, text: &str) -> i32 {
    let reading = book.read(&mail("Subject: hello", text), &circumstances());
    let all = reading.requests.iter().chain(&reading.also_considered);
    all.filter(|r| r.request_type.as_str() == "bond").map(|r| r.score).max().unwrap_or_default()
}

#[test]
fn what_must_stand_beside_stands_in_the_same_sentence_in_any_order() {
    let book = book_of(
        "[[sign]]\nname = \"obligee\"\nweight = 14\nasks = true\nwords = [\"obligee\"]\nbeside = [\"before we start\"]\n",
    );
    assert!(score_of(&book, "Before we start the obligee wants to hear from you.") >= 14);
    assert!(score_of(&book, "The obligee wants to hear from you before we start.") >= 14);
    assert_eq!(score_of(&book, "The obligee is nice. We talk before we start."), 0);
}

#[test]
fn what_is_done_already_counts_little() {
    let asked = "Please get us a permit bond. The city is waiting.";
    let done = "Thank you for the permit bond request form. The city is waiting.";
    // What its other words sound like may be shown as a guess; it is for a person to look.
    let thanks = read("Subject: thanks", "Thank you for the certificate. Our address is 5 Oak Street.");
    assert!(types(&thanks) != ["certificate"] || thanks.certainty == Certainty::Doubtful, "{:?}", types(&thanks));
    let book = book_of("");
    assert!(score_of(&book, asked) >= 16);
    assert!(score_of(&book, done) < 10, "{}", score_of(&book, done));
}

#[test]
fn many_signs_for_one_phrase_say_little_more_than_one() {
    let again: String = (0..8)
        .map(|n| format!("[[sign]]\nname = \"again-{n}\"\nweight = 16\nasks = true\nwords = [\"permit bonds?\"]\n"))
        .collect();
    let (once, often) = (book_of(""), book_of(&again));
    let text = "Please get us a permit bond.";
    assert!(score_of(&once, text) >= 16);
    assert!(score_of(&often, text) < 4 * score_of(&once, text), "nine signs are not nine wishes");
}

#[test]
fn what_has_to_be_done_first_comes_first() {
    let both = "Please email me the ID card for the Tacoma. Also please add it to our auto policy, \
                2021 Toyota Tacoma, VIN 3TMCZ5AN1MM400000.";
    assert_eq!(types(&read("Subject: truck", both)), ["endorsement", "id_card"]);
}

#[test]
fn who_asks_how_a_matter_stands_is_told_from_who_asks_for_something() {
    for text in [
        "Any update on this?",
        "any update?",
        "Just checking in on my certificate request.",
        "Following up on the below. When can we expect it?",
        "Where are we at with the loss runs?",
        "Any news?",
        "What's the status?",
    ] {
        assert!(!read("Subject: Re: COI", text).chases.is_empty(), "{text}");
    }
    for text in [
        "Please update our mailing address to 5 Oak Street.",
        "Please send a certificate to Northgate Builders.",
        "Thanks, got it!",
        "Attached is the contract you asked for.",
        "Update my card on file please.",
    ] {
        assert!(read("Subject: Re: COI", text).chases.is_empty(), "{text}");
    }
}

#[test]
fn a_very_loud_sign_decides_whatever_the_words_say() {
    let text = "Please add my new truck to our auto policy, the lienholder is the bank. The city hall zorblat is here.";
    let of = |weight: i32| {
        let sign = format!("[[sign]]\nname = \"zorblat\"\nweight = {weight}\nasks = true\nwords = [\"zorblats?\"]\n");
        let mut files = built_in_files();
        let page = files.iter_mut().find(|f| f.name.ends_with("/audit.toml")).unwrap();
        page.text.push_str(&sign);
        let reading = Rulebook::load(&files).unwrap().read(&mail("Subject: hello", text), &circumstances());
        reading.requests[0].request_type.as_str().to_owned()
    };
    assert_eq!(of(15), "endorsement");
    assert_eq!(of(200), "audit");
}

#[test]
fn a_question_is_never_no_work_by_its_words_alone() {
    for (subject, text) in [
        ("Re: ID card", "Any update?\n\nDana"),
        ("Re: your policy", "Any news on this?"),
        ("Re: update", "Where are we on that?\n\nThanks, Dana"),
    ] {
        let reading = read(&format!("Subject: {subject}\r\nIn-Reply-To: <c1@client.example>"), text);
        assert!(!reading.requests.is_empty() && reading.no_work.is_empty(), "{subject}: {text}: {reading:?}");
    }
}
