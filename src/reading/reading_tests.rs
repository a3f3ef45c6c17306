//! Promises of the rulebook: what an agency writes is checked whole, what it adds works, and doubt goes to a person.

use super::{Circumstances, RuleFile, Rulebook, SaidBy, built_in_files};
use crate::{
    domain::{
        calendar::Calendar,
        reading::{Certainty, Channel, Complexity, Reading, SenderKind},
    },
    message::Message,
};
use std::sync::LazyLock;

static BOOK: LazyLock<Rulebook> = LazyLock::new(Rulebook::built_in);
static CALENDAR: LazyLock<Calendar> = LazyLock::new(|| Calendar::usual(chrono_tz::America::Chicago));

fn circumstances() -> Circumstances<'static> {
    static DOMAINS: LazyLock<Vec<String>> = LazyLock::new(|| vec!["agency.example".to_owned()]);
    Circumstances {
        received: chrono::DateTime::parse_from_rfc3339("2026-11-16T09:00:00-06:00").unwrap().to_utc(),
        calendar: &CALENDAR,
        own_domains: &DOMAINS,
        own_addresses: &[],
    }
}

fn mail(headers: &str, text: &str) -> Message {
    let raw = format!(
        "From: Pat Doe <pat@client.example>\r\nTo: service@agency.example\r\nDate: Mon, 16 Nov 2026 09:00:00 -0600\r\n\
         {headers}\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{}\r\n",
        text.replace('\n', "\r\n")
    );
    Message::parse(raw.as_bytes())
}

fn read(headers: &str, text: &str) -> Reading {
    BOOK.read(&mail(headers, text), &circumstances())
}

fn types(reading: &Reading) -> Vec<&str> {
    reading.requests.iter().map(|r| r.request_type.as_str()).collect()
}

fn file(name: &str, text: &str) -> RuleFile {
    RuleFile { name: format!("rules/{name}"), text: text.to_owned() }
}

/// A page an agency might add.
const BOND: &str = r#"
id = "bond"
title = { en = "Surety bond", es = "Fianza" }

[[sign]]
name = "asks-for-a-bond"
weight = 16
asks = true
words = ["(<please>|get|need) .. (surety |license |permit |bid |performance )?bonds?", "bond (request|form|application)"]

[[complex]]
why = "Large bonds are underwritten."
when = { words = ["performance bond"] }

[[need]]
field = "deadline"
question = { en = "By which day does the obligee need the bond?" }

[work]
staff = { simple = "csr", complex = "senior_underwriter" }
done_when = "The obligee has the signed bond."
standard = { first_touch = "24h", turnaround = "2 business days", lead = "24h", idle = "2 business days", follow_up = "3 business days" }

[[work.step]]
id = "indemnity"
title = "Get the indemnity agreement signed"
waits_on = "client"

[[work.escalate]]
clock = "untouched"
tell = ["assignee"]

[[example]]
subject = "bond"
text = "Please get us a license bond for the city. Ann Lee"
types = ["bond"]
missing = ["deadline"]
"#;

#[test]
fn the_built_in_pages_load_and_read_their_own_examples_right() {
    let mistakes = match Rulebook::load(&built_in_files()) {
        Ok(book) => book.check_examples(),
        Err(mistakes) => mistakes,
    };
    let all: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
    assert!(all.is_empty(), "{}", all.join("\n"));
}

#[test]
fn what_is_wrong_with_a_step_is_told_with_its_line_and_the_mend() {
    let work =
        BOND[BOND.find("[work]").unwrap()..BOND.find("[[example]]").unwrap()].replace("waits_on = \"client\"\n", "");
    let page = |id: &str, more: &str| {
        let sign = "[[sign]]\nname = \"asks\"\nweight = 16\nasks = true\nwords = [\"xyzzy\"]\n";
        format!("id = \"{id}\"\ntitle = {{ en = \"{id}\" }}\n{more}{sign}{work}")
    };
    let of = |line: &str| {
        let bond = page("bond", "").replace("[[work.escalate]]", &format!("{line}\n[[work.escalate]]"));
        let none = "id = \"none\"\ntitle = { en = \"No work\" }\nno_work = true\n[[sign]]\nname = \"thanks\"\nweight = 9\n\
                    words = [\"thanks\"]\n";
        let files = [
            file("bond.toml", &bond),
            file("permit.toml", &page("permit", "fallback = true\n")),
            file("none.toml", none),
        ];
        Rulebook::load(&files).err().unwrap_or_default().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    for good in [
        "needs = \"permit\"\nneeds_when = [{ fields = { limits = [] }, not_granted = [\"x\"] }]",
        "spawns = { page = \"permit\", each = \"holder\" }",
        "when = [{ hazards = [\"injury\"] }, { from = [\"third_party\"] }]",
        "per_policy = \"held\"\nwaits_on = \"carrier\"\nfollow_up = \"5 business days\"\nwho = \"producer\"",
        "before_waiting = true",
    ] {
        assert_eq!(of(good), "", "{good}");
    }
    for (bad, what, mend) in [
        ("needs = \"licence\"", "no such page with work", "Pages: bond, permit"),
        ("needs = \"none\"", "no such page with work", "Pages: bond, permit"),
        ("spawns = { page = \"bond\", each = \"holder\" }", "that is this page itself", "Pages: "),
        ("spawns = { page = \"permit\", each = \"wheel\" }", "wheel", "holder"),
        ("needs_when = [{ fields = { limits = [] } }]", "not of which page", "needs = "),
        ("when = [{ fields = { limmits = [] } }]", "the field “limmits”", "fields.toml"),
        ("when = [{ hazards = [\"fire\"] }]", "the hazard “fire”", "pending_cancellation"),
        ("when = [{}]", "empty condition", "not_granted"),
        ("follow_up = \"2 business days\"", "waits on nobody", "waits_on"),
        ("waits_on = \"carrier\"\nbefore_waiting = true", "required and the agency's own", "before_waiting"),
        ("per_policy = true", "[work] step", ""),
        ("who = \"boss\"", "[work] step", ""),
    ] {
        let told = of(bad);
        assert!(told.contains("bond.toml:") && told.contains(what) && told.contains(mend), "{bad}:\n{told}");
    }
    let questions =
        page("bond", "").replace("[[work.step]]", "questions = { remind = \"often\", times = 2 }\n[[work.step]]");
    let told = Rulebook::load(&[file("bond.toml", &questions)]).unwrap_err();
    assert!(told.iter().any(|m| m.to_string().contains("“often” is not a span of time")), "{told:?}");
}

#[test]
fn the_built_in_pages_keep_what_practice_insists_on() {
    let book = Rulebook::built_in();
    let steps = |page: &str| {
        let page = book.pages().find(|p| p.id.as_str() == page).unwrap();
        page.practice.clone().unwrap().steps
    };
    let step = |page: &str, id: &str| steps(page).into_iter().find(|s| s.id.as_str() == id).unwrap();
    // DOMAIN 7, claim: never waits on the client before transmission; injury means the phone.
    assert!(step("claim", "transmit").before_waiting);
    assert!(step("claim", "call").when.iter().any(|w| w.hazards == ["injury"]));
    // Billing: cancellation notices have two documented contacts and an end in writing; questions have not.
    let pending = steps("billing").into_iter().filter(|s| s.when.iter().any(|w| w.hazards == ["pending_cancellation"]));
    let ids: Vec<String> = pending.map(|s| s.id.to_string()).collect();
    assert!(["contact-1", "contact-2", "written"].iter().all(|id| ids.iter().any(|i| i == id)), "{ids:?}");
    // A certificate, and a card, wait for the change of the policy; a bound renewal brings about certificates.
    assert!(step("certificate", "endorse").needs.is_some() && step("id_card", "check").needs.is_some());
    assert!(step("renewal", "bind").spawns.is_some());
    // A third party's wish is confirmed with the insured.
    assert!(!step("certificate", "confirm").when.is_empty() && !step("loss_runs", "release").when.is_empty());
    // Endorsement and cancellation: each policy is confirmed by the carrier in writing.
    for page in ["endorsement", "cancellation"] {
        let confirm = step(page, "confirm");
        assert!(confirm.required && confirm.waits_on.is_some() && confirm.per_policy.is_some(), "{page}");
    }
    for page in book.pages().filter(|p| !p.is_no_work()) {
        let practice = page.practice.as_ref().unwrap();
        assert!(practice.questions.is_some() && practice.done_when.ends_with('.'), "{}", page.id);
    }
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
fn a_page_for_bonds_works_without_a_compiler() {
    let mut files = built_in_files();
    files.push(file("bond.toml", BOND));
    let book = Rulebook::load(&files).unwrap();
    assert_eq!(book.check_examples(), []);
    let m = mail("Subject: performance bond", "We need a performance bond for the school job by December 4.\nPat Doe");
    let reading = book.read(&m, &circumstances());
    assert_eq!(types(&reading), ["bond"]);
    let request = &reading.requests[0];
    assert_eq!(request.complexity, Complexity::Complex);
    assert_eq!(request.missing, Vec::<String>::new());
    assert_eq!(request.evidence[0].rule, "bond/asks-for-a-bond");
    let page = book.pages().find(|p| p.id.as_str() == "bond").unwrap();
    assert_eq!(page.practice.as_ref().unwrap().steps[0].id.as_str(), "indemnity");
    assert!(page.questions["deadline"]["en"].starts_with("By which day"));
    assert_ne!(book.version(), BOOK.version());
}

#[test]
fn every_mistake_is_told_at_once_with_file_and_line() {
    let mut files = built_in_files();
    let wrong = BOND
        .replace("weight = 16", "wieght = 16")
        .replace("field = \"deadline\"", "field = \"dedline\"")
        .replace("performance bond\"]", "(performance bond\"]")
        .replace("first_touch = \"24h\"", "first_touch = \"soon\"")
        .replace("waits_on = \"client\"", "waits_on = \"client\"\n[[work.step]]\nid = \"indemnity\"\ntitle = \"Again\"")
        .replace("en = \"Surety bond\", ", "")
        .replace("[[example]]", "[extra]\nx = 1\n[[example]]")
        .replace("types = [\"bond\"]", "types = [\"bonds\"]");
    files.push(file("bond.toml", &wrong));
    files.push(file("broken.toml", "id = \"broken\ntitle"));
    files.push(file("audit.toml", &files[0].text.clone()));
    let mistakes = Rulebook::load(&files).unwrap_err();
    let all: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
    let text = all.join("\n");
    for expected in [
        "rules/bond.toml:7: sign:",
        "wieght",
        "there is no field “dedline”",
        "not a regular expression",
        "is not a span of time",
        "there are two steps “indemnity”",
        "the title has no English text",
        "there is no key “extra”",
        "there is no such page",
        "rules/broken.toml:1: this is not TOML",
        "exists already",
    ] {
        assert!(text.contains(expected), "“{expected}” is not told in:\n{text}");
    }
    assert!(mistakes.iter().all(|m| !m.what.contains('\n')), "a mistake is one sentence");
}

#[test]
fn a_pattern_that_is_wrong_names_its_sign_and_line() {
    let page = BOND.replace("words = [\"(<please>", "words = [\"<plaese> bond\", \"(<please>");
    let mut files = built_in_files();
    files.push(file("bond.toml", &page));
    let mistakes = Rulebook::load(&files).unwrap_err();
    assert_eq!(mistakes.len(), 1, "{mistakes:?}");
    assert_eq!(mistakes[0].line, Some(9));
    assert!(mistakes[0].what.starts_with("the sign “asks-for-a-bond”: “<plaese> bond”"), "{}", mistakes[0].what);
}

#[test]
fn words_that_point_to_the_last_time_are_read_where_the_page_says_so_and_its_mistakes_are_told_with_line_and_mend() {
    let again = |body: &str| read("Subject: certificate", body).requests[0].again.clone();
    let pointing = again("Please send a certificate of insurance, same holder as last year.");
    assert_eq!(pointing[0].rule, "certificate/again");
    assert_eq!(pointing[0].words, "same holder as last year");
    for body in [
        "Please send a certificate of insurance to Northgate Builders, 410 Quarry Rd, Joliet, IL 60432.",
        "Please send a certificate of insurance. Mailing address is not the same as last year.",
    ] {
        assert_eq!(again(body), vec![], "{body}");
    }
    for (table, what, mend) in [
        (
            "[again]\nwords = [\"same again\"]\nfields = [\"certificate_holdr\"]",
            "[again]: there is no field “certificate_holdr”",
            "Fields that exist",
        ),
        ("[again]\nwords = []\nfields = [\"certificate_holder\"]", "[again] has no words", "or leave [again] out"),
        ("[again]\nwords = [\"<plaese>\"]\nfields = [\"certificate_holder\"]", "[again]: “<plaese>”", ""),
    ] {
        let page = BOND.replacen("[work]", &format!("{table}\n\n[work]"), 1);
        let mut files = built_in_files();
        files.push(file("bond.toml", &page));
        let mistakes = Rulebook::load(&files).unwrap_err();
        assert_eq!(mistakes.len(), 1, "{mistakes:?}");
        assert!(mistakes[0].what.starts_with(what) && mistakes[0].mend.contains(mend), "{:?}", mistakes[0]);
        assert!(mistakes[0].line.is_some(), "{:?}", mistakes[0]);
    }
}

#[test]
fn what_cannot_be_placed_goes_to_a_person_and_never_to_the_bin() {
    for text in ["Blue seventeen?", "", "zzz", "See attached."] {
        let reading = read("Subject: hm", text);
        assert_eq!(reading.certainty, Certainty::Doubtful, "{text}");
        assert_eq!(reading.requests.len(), 1, "{text}");
        assert!(reading.no_work.is_empty(), "{text}");
    }
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
fn the_version_does_not_depend_on_the_order_of_the_files() {
    let mut files = built_in_files();
    files.reverse();
    assert_eq!(Rulebook::load(&files).unwrap().version(), BOOK.version());
    assert_eq!(BOOK.version().len(), 16);
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
fn the_days_of_a_schedule_are_checked_against_each_other_with_line_and_mend() {
    let told = |work: &str| -> Vec<String> {
        let mut files = built_in_files();
        let dated = "[[work.step]]\nid = \"remind\"\ntitle = \"Remind them\"\n";
        files.push(file("bond.toml", &format!("{BOND}\n{}", work.replace("STEP", dated))));
        let mistakes = Rulebook::load(&files).map_or_else(|found| found, |_| Vec::new());
        mistakes.iter().map(|m| format!("{}: {}", m.what, m.mend)).collect()
    };
    let whole = "STEPdays_before = 60\nletter = \"x\"\nchase_at = [30]\n[work.pipeline]\nlist = 120\ndaily_from = 10\n\
                 settled_by = [\"remind\"]\n[[work.escalate]]\nclock = \"scheduled\"\ntell = [\"assignee\"]\n";
    assert_eq!(told(whole), [""; 0]);
    // Several at once: reading all pages takes its time.
    let several = |changes: &[(&str, &str)]| {
        let changed = changes.iter().fold(whole.to_owned(), |text, (wrong, right)| text.replace(wrong, right));
        told(&changed)
    };
    let more = "daily_from = 10\nflags = { a = \"b\" }\nby_exception = [{}]\ndaily_form = 1";
    let idle = ("clock = \"scheduled\"", "clock = \"idle\"");
    let found = several(&[
        ("list = 120\n", ""),
        ("daily_from = 10", more),
        ("settled_by = [\"remind\"]", "settled_by = []"),
        ("chase_at = [30]", "chase_at = [60]"),
        idle,
    ]);
    for says in [
        "“list” is missing",
        "daily_from would remind without end",
        "flags are named, and no field",
        "by_exception has an empty kind",
        "there is no key “daily_form”",
        "is chased before its letter goes",
        "nobody is told when they come",
    ] {
        assert!(found.iter().any(|m| m.contains(says)), "{says}: {found:?}");
    }
    let found = several(&[
        ("list = 120", "list = 0"),
        ("settled_by = [\"remind\"]", "settled_by = [\"sign\"]"),
        ("letter = \"x\"\n", ""),
    ]);
    for says in [
        "is not a number of days before a date",
        "daily_from comes before the day of the list",
        "there is no step “sign” on this page",
        "is due before the task is on the list",
        "no letter to chase with",
    ] {
        assert!(found.iter().any(|m| m.contains(says)), "{says}: {found:?}");
    }
    let found = several(&[("days_before = 60\n", "")]);
    assert!(found.iter().any(|m| m.contains("has a letter, and no day for it")), "{found:?}");
    let found = told("STEPdays_before = 60\n");
    assert!(found.iter().any(|m| m.contains("nothing says from which date it counts")), "{found:?}");
}
