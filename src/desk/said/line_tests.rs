use super::*;

fn today() -> NaiveDate {
    // A Tuesday.
    NaiveDate::from_ymd_opt(2026, 11, 17).unwrap()
}

fn said(line: &str) -> Option<Line> {
    read(line, today())
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn the_fixed_lines_are_read_however_they_are_typed() {
    for line in ["done", "Done.", "  DONE  ", "done!", "It is done"] {
        assert_eq!(said(line), Some(Line::Done), "{line}");
    }
    for line in ["working on it", "Working on it.", "on it", "I’m on it"] {
        assert_eq!(said(line), Some(Line::Working), "{line}");
    }
    assert_eq!(said("Not a request"), Some(Line::NotARequest));
    for (lines, whose) in [
        (["Our error", "our mistake."], Whose::Agency),
        (["Client’s error", "client error"], Whose::Client),
        (["carrier's error", "Carrier’s mistake"], Whose::Carrier),
        (["nobody's error", "no error"], Whose::Nobody),
    ] {
        for line in lines {
            assert_eq!(said(line), Some(Line::Error(whose)), "{line}");
        }
    }
}

#[test]
fn waiting_says_on_whom_until_when_and_for_what() {
    let waiting = |on, until: Option<&str>, words: &str| {
        Some(Line::Waiting { on, until: until.map(date), words: words.to_owned(), policy: None })
    };
    assert_eq!(said("waiting on carrier until 12/4"), waiting(Party::Carrier, Some("2026-12-04"), ""));
    assert_eq!(said("Waiting on client: which VIN?"), waiting(Party::Client, None, "which VIN?"));
    assert_eq!(
        said("waiting for the carrier until Friday: the endorsement"),
        waiting(Party::Carrier, Some("2026-11-20"), "the endorsement")
    );
    assert_eq!(
        said("waiting on client until Dec 4: VIN: of which truck?"),
        waiting(Party::Client, Some("2026-12-04"), "VIN: of which truck?")
    );
    assert_eq!(said("waiting on holder"), waiting(Party::ThirdParty, None, ""));
    for none in ["waiting", "waiting on", "waiting on godot", "waiting on carrier until the cows come home"] {
        assert_eq!(said(none), None, "{none}");
    }
}

#[test]
fn a_day_is_the_next_of_its_name() {
    for (text, expected) in [
        ("11/17", "2026-11-17"),
        ("11/16", "2027-11-16"),
        ("12/4/26", "2026-12-04"),
        ("12/4/2026", "2026-12-04"),
        ("2026-12-04", "2026-12-04"),
        ("dec 4", "2026-12-04"),
        ("december 4, 2026", "2026-12-04"),
        ("tuesday", "2026-11-24"),
        ("fri", "2026-11-20"),
        ("tomorrow", "2026-11-18"),
    ] {
        assert_eq!(day(text, today()), Some(date(expected)), "{text}");
    }
    for none in ["", "13/40", "soon", "2/30", "12"] {
        assert_eq!(day(none, today()), None, "{none}");
    }
}

#[test]
fn words_for_the_client_and_notes_keep_their_letters() {
    assert_eq!(said("To client: Here is your COI."), Some(Line::ToClient("Here is your COI.".to_owned())));
    assert_eq!(said("to client:"), Some(Line::ToClient(String::new())), "the text may begin below");
    assert_eq!(said("To sender: hello"), Some(Line::ToSender("hello".to_owned())));
    assert_eq!(said("to client"), None, "without the colon it may be the beginning of a sentence");
    assert_eq!(said("Note Called the Holder"), Some(Line::Note("Called the Holder".to_owned())));
    assert_eq!(said("note: Called"), Some(Line::Note("Called".to_owned())));
    assert_eq!(said("note"), None);
}

#[test]
fn names_of_people_kinds_steps_and_policies() {
    let assign = |to: &str, why: &str| Some(Line::Assign { to: to.to_owned(), why: why.to_owned() });
    assert_eq!(said("assign Ben"), assign("Ben", ""));
    assert_eq!(said("Assign to Ben Okafor: I am out"), assign("Ben Okafor", "I am out"));
    assert_eq!(said("It is an Endorsement."), Some(Line::ItIs("endorsement".to_owned())));
    assert_eq!(said("it’s a policy change"), Some(Line::ItIs("policy change".to_owned())));
    assert_eq!(said("policy BAP 123"), Some(Line::Policy("BAP 123".to_owned())));
    assert_eq!(said("policy #BAP-123-77."), Some(Line::Policy("BAP-123-77".to_owned())));
    for none in ["policy is cancelled, see below", "policy is cancelled", "policy AB 12", "policy BAP 123: see below"] {
        assert_eq!(said(none), None, "{none}");
    }
    assert_eq!(
        said("did issue, send and file"),
        Some(Line::Did { steps: ["issue", "send", "file"].map(String::from).to_vec(), policy: None })
    );
    assert_eq!(
        said("skip endorse: the policy grants it"),
        Some(Line::Skip { step: "endorse".to_owned(), why: "the policy grants it".to_owned(), policy: None })
    );
    assert_eq!(said("reopen: wrong holder"), Some(Line::Reopen("wrong holder".to_owned())));
    let over = |how, why: &str| Some(Line::Over { how, why: why.to_owned() });
    assert_eq!(said("Lost: went to another agency"), over(End::Lost, "went to another agency"));
    assert_eq!(said("declined: in writing, see below"), over(End::Declined, "in writing, see below"));
    assert_eq!(said("lost the papers again"), None);
    assert_eq!(said("same as T-12"), Some(Line::SameAs("t-12".to_owned())));
    assert_eq!(said("split: loss runs, too"), Some(Line::Split("loss runs, too".to_owned())));
}

#[test]
fn what_people_write_to_people_is_none_of_these() {
    for line in [
        "",
        "Hi Tony,",
        "Done with the first one, the second follows.",
        "I am waiting on the carrier.",
        "working on it tomorrow",
        "Thanks, got it",
        "Please see attached.",
        "It was an endorsement",
        "client: call me",
        "Dear client: here it is",
        "no",
        "assign",
        "skip",
        "split",
    ] {
        assert_eq!(said(line), None, "{line}");
    }
}

#[test]
fn no_line_whatever_breaks_the_reader() {
    proptest::proptest!(|(line in ".{0,200}")| {
        let _ = said(&line);
        let _ = said(&format!("waiting on client until {line}"));
        let _ = said(&format!("assign {line}"));
        let _ = said(&format!("policy {line}"));
    });
}

#[test]
fn a_step_or_a_waiting_may_be_of_one_policy() {
    let did = |steps: &[&str], policy: &str| {
        let steps = steps.iter().map(|s| (*s).to_owned()).collect();
        Some(Line::Did { steps, policy: Some(policy.to_owned()) })
    };
    assert_eq!(said("did confirm for BAP 123"), did(&["confirm"], "BAP 123"));
    assert_eq!(said("Did submit and confirm for all."), did(&["submit", "confirm"], "all"));
    let skip = Line::Skip { step: "confirm".to_owned(), why: "sold".to_owned(), policy: Some("GLC-44".to_owned()) };
    assert_eq!(said("skip confirm for GLC-44: sold"), Some(skip));
    let Some(Line::Waiting { on, until, policy, words }) = said("waiting on carrier for bap 123 until 12/4: papers")
    else {
        panic!("it is a waiting")
    };
    assert_eq!((on, policy.as_deref(), words.as_str()), (Party::Carrier, Some("bap 123"), "papers"));
    assert!(until.is_some());
}

#[test]
fn another_task_may_have_to_be_done_first() {
    for line in ["waits for T-13", "waiting for t-13", "wait for #13"] {
        assert!(matches!(said(line), Some(Line::WaitsFor(task)) if task.ends_with("13")), "{line}");
    }
    assert_eq!(said("waits no longer"), Some(Line::WaitsNoLonger));
    assert_eq!(said("needs an endorsement first"), Some(Line::Needs("endorsement".to_owned())));
    assert_eq!(said("needs a permit from the city"), Some(Line::Needs("permit from the city".to_owned())));
    for sentence in ["needs endorsement: call me", "needs it", "needs a new certificate by Friday, please"] {
        assert_eq!(said(sentence).is_some(), sentence == "needs it", "{sentence}");
    }
    for ask in ["ask", "Ask the client.", "send the questions"] {
        assert_eq!(said(ask), Some(Line::Ask), "{ask}");
    }
    assert!(said("waits for the weekend").is_none() && said("ask Ben about it").is_none());
}
