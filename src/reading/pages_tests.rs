//! Promises of the pages: they load whole or tell every mistake with line and mend, and what an agency adds works.

use super::reading_tests::{BOOK, circumstances, file, mail, read, types};
use super::{Rulebook, built_in_files};
use crate::domain::reading::Complexity;

/// A page an agency might add.
pub(super) const BOND: &str = r#"
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
fn the_version_does_not_depend_on_the_order_of_the_files() {
    let mut files = built_in_files();
    files.reverse();
    assert_eq!(Rulebook::load(&files).unwrap().version(), BOOK.version());
    assert_eq!(BOOK.version().len(), 16);
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
