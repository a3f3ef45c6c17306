//! Every letter in every language and situation, held to the lists of the field (DOMAIN §4 “Automatic acknowledgement:
//! may, must, must not”, §7 “Letters, one line each”); a test's name begins with the line that it holds letters to.

use super::*;
use crate::letters::samples::{fitting, in_spanish};

/// What an automatic letter to anybody outside is: the templates that go out in nobody's hand.
const AUTOMATIC: [&str; 7] = [
    "acknowledgement",
    "claim-acknowledgement",
    "question",
    "questions",
    "reminder",
    "scheduled-review",
    "scheduled-decision",
];
/// Of them, those that say that a message arrived.
const ACKNOWLEDGEMENTS: [&str; 2] = ["acknowledgement", "claim-acknowledgement"];
/// Of them, those that go to the client alone, to ask for what is missing.
const ASKING: [&str; 2] = ["questions", "reminder"];
const LANGUAGES: [&str; 2] = ["en", "es"];

/// What a letter may be about, with everything at hand that it must not tell.
fn situations(language: &str) -> Vec<(String, Says)> {
    let mut all: Vec<(String, Says)> = [
        "one certificate request",
        "three requests in one mail",
        "a claim with an injury",
        "nothing missing",
        "a reading that is not certain",
        "a third party",
        "a carrier",
    ]
    .into_iter()
    .map(|name| (name.to_owned(), sample(name)))
    .collect();
    let mut secret = sample("a reading that is not certain");
    secret.subject = "my SSN 123-45-6789, DL# A1234567, card 4111 1111 1111 1111".into();
    all.push(("secret numbers in the subject".into(), secret));
    let mut late = sample("one certificate request");
    late.agency.after_hours.clear();
    late.agency.phone.clear();
    all.push(("an agency without a number of its own".into(), late));
    for (_, says) in &mut all {
        if language == "es" {
            let subject = says.subject.clone();
            *says = in_spanish(says.clone());
            if !says.certain {
                says.subject = subject;
            }
        }
        says.message = if language == "es" { "¿Qué camión?" } else { "Which truck?" }.into();
        says.by = says.tasks.first().map(|t| t.assignee.clone()).unwrap_or_default();
    }
    all
}

/// Every automatic letter: where it is from, what it is about, and its text and the words that its HTML shows.
fn automatic() -> Vec<(String, &'static str, &'static str, Says, String)> {
    let mut all = Vec::new();
    for kind in AUTOMATIC {
        for language in LANGUAGES {
            for (name, says) in situations(language) {
                let words = Templates::built_in()
                    .render(kind, language, &says, Voice { audience: Audience::Client, by_person: false })
                    .unwrap();
                for (form, body) in [("text", words.text), ("HTML", seen(&words.html.unwrap()))] {
                    let flat = body.split_whitespace().collect::<Vec<_>>().join(" ");
                    all.push((
                        format!("{kind}, {language}, {form}, {name}:\n{body}"),
                        kind,
                        language,
                        says.clone(),
                        flat,
                    ));
                }
            }
        }
    }
    all
}

/// The letter without the sentences that the lists ask for word by word.
fn without_the_prescribed(flat: &str) -> String {
    let mut rest = flat.to_owned();
    for sentence in [
        promises::NO_COVERAGE,
        promises::NO_COVERAGE_ES,
        "We have not yet confirmed receipt by your insurer.",
        "We have not yet confirmed receipt of the claim by your insurer.",
        "Todavía no hemos confirmado que su aseguradora lo haya recibido.",
        "Todavía no hemos confirmado que su aseguradora haya recibido el aviso del siniestro.",
        "We act on our insured's instructions. This does not confirm that anyone is insured through us.",
        "Actuamos según las instrucciones de nuestro asegurado. Este mensaje no confirma que persona alguna esté \
         asegurada por medio de nosotros.",
    ] {
        rest = rest.replace(sentence, " ");
    }
    rest.to_lowercase()
}

/// Whether `word` stands in `text` as a word.
fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

#[test]
fn every_letter_to_the_outside_is_held_to_the_lists() {
    let inside =
        STAFF_KINDS.into_iter().chain(["handover", "prepared", "digest", "report", "heartbeat"]).collect::<Vec<_>>();
    for (kind, _) in Templates::built_in().kinds() {
        let held = AUTOMATIC.contains(&kind) || kind == "to-client";
        assert!(held != inside.contains(&kind), "{kind} is neither automatic, nor a person's words, nor for inside");
    }
}

#[test]
fn domain_4_must_every_letter_says_that_nothing_is_bound_changed_or_cancelled() {
    for (place, _, language, _, flat) in automatic() {
        assert!(promises::holds(&flat, promises::no_coverage(language)), "{place}");
    }
}

#[test]
fn domain_7_every_letter_warns_of_card_bank_and_social_security_numbers() {
    for (place, _, language, _, flat) in automatic() {
        let words = if language == "es" {
            ["tarjeta", "bancaria", "Seguro Social"]
        } else {
            ["card", "bank", "Social Security"]
        };
        assert!(words.iter().all(|w| flat.contains(w)), "{place}");
    }
}

#[test]
fn domain_7_acknowledgement_says_received_a_reference_a_name_and_a_phone() {
    for (place, kind, _, says, flat) in automatic() {
        let task = &says.tasks[0];
        assert!(flat.contains(&task.reference), "{place}");
        let name = if task.assignee.name.is_empty() { &says.agency.name } else { &task.assignee.name };
        assert!(flat.contains(name.as_str()), "{place}");
        let phones = [&task.assignee.phone, &says.agency.phone];
        let phone = phones.into_iter().find(|p| !p.is_empty());
        assert!(phone.is_none_or(|p| flat.contains(p.as_str())), "{place}");
        let received =
            ["has arrived", "have received", "received your message", "ha llegado", "recibido su mensaje", "Recibimos"];
        assert!(!ACKNOWLEDGEMENTS.contains(&kind) || received.iter().any(|r| flat.contains(r)), "{place}");
    }
}

#[test]
fn domain_7_acknowledgement_asks_for_what_is_missing_in_the_same_letter_and_only_where_certain_and_only_the_client() {
    for (place, kind, _, says, flat) in automatic() {
        let acknowledges = ACKNOWLEDGEMENTS.contains(&kind) && says.certain && says.sender_kind == "client";
        let asks = acknowledges || ASKING.contains(&kind);
        for question in says.tasks.iter().flat_map(|t| &t.missing) {
            let question = question.question.split_whitespace().collect::<Vec<_>>().join(" ");
            assert_eq!(flat.contains(&question), asks, "{place}");
        }
        if asks && says.tasks.iter().any(|t| !t.missing.is_empty()) {
            let calls = ["urgent", "or call", "o llámenos"].iter().any(|words| flat.contains(words));
            assert!(calls || kind.ends_with("-acknowledgement"), "“reply with what you have, call if urgent”: {place}");
        }
    }
}

#[test]
fn domain_4_must_not_confirm_bind_or_say_processing() {
    let never = [
        "confirm",
        "confirmed",
        "confirmation",
        "bind",
        "bound",
        "covered",
        "in force",
        "approved",
        "issued",
        "processing",
        "processed",
        "guarantee",
        "guaranteed",
        "effective",
        "we will issue",
        "confirmamos",
        "confirmado",
        "confirmada",
        "vigente",
        "cubierto",
        "cubierta",
        "aprobado",
        "emitido",
        "procesando",
        "en proceso",
        "tramitando",
        "garantizamos",
    ];
    for (place, _, _, _, flat) in automatic() {
        let rest = without_the_prescribed(&flat);
        for word in never {
            assert!(!has_word(&rest, word), "{word}: {place}");
        }
    }
}

#[test]
fn domain_4_must_not_quote_limits_policies_or_account_data_or_name_other_parties() {
    for (place, _, _, says, flat) in automatic() {
        assert!(!flat.contains('$') && !flat.contains("000,000"), "{place}");
        for task in &says.tasks {
            let inside =
                [&task.insured, &task.instructions, &task.account_reason, &task.requester.address, &task.done_when];
            let inside = inside.into_iter().map(String::as_str);
            let lists = [&task.policies, &task.past, &task.earlier, &task.candidates, &task.notes, &task.because];
            let lists = lists.into_iter().flatten().map(String::as_str);
            let facts = task.facts.iter().flat_map(|f| [f.value.as_str(), f.words.as_str()]).filter(|v| v.len() > 3);
            for data in inside.chain(lists).chain(facts).filter(|d| !d.is_empty()) {
                assert!(!flat.contains(data), "{data}: {place}");
            }
        }
        for party in ["Lakeshore", "Great Lakes", "CTP-01", "GLC-44", "T-1017"] {
            assert!(!flat.contains(party), "{party}: {place}");
        }
        assert!(!flat.contains("hold our payment") && !flat.contains("rear-ended"), "nobody's words: {place}");
    }
}

#[test]
fn domain_4_must_not_promise_a_time_that_is_not_configured() {
    let never = [
        "today",
        "tomorrow",
        "tonight",
        "within",
        "shortly",
        "soon",
        "asap",
        "as soon as",
        "immediately",
        "right away",
        "business day",
        "business days",
        "by friday",
        "hoy",
        "mañana",
        "pronto",
        "enseguida",
        "de inmediato",
        "a la brevedad",
        "en breve",
        "días hábiles",
        "cuanto antes",
    ];
    for (place, _, _, says, flat) in automatic() {
        // Office hours and the hotline are the agency's own words.
        let rest = without_the_prescribed(&flat).replace(&says.agency.after_hours.to_lowercase(), " ");
        for word in never {
            assert!(!has_word(&rest, word), "{word}: {place}");
        }
        for task in &says.tasks {
            for moment in [&task.deadline, &task.standard_due, &task.arrived] {
                assert!(moment.is_empty() || !flat.contains(moment.as_str()), "{moment}: {place}");
            }
        }
    }
}

#[test]
fn domain_4_must_not_repeat_social_security_licence_or_card_numbers() {
    for (place, _, _, _, flat) in automatic() {
        for secret in ["123-45-6789", "A1234567", "4111 1111", "1111 1111"] {
            assert!(!flat.contains(secret), "{secret}: {place}");
        }
    }
}

#[test]
fn domain_4_must_not_advertise_or_bring_links() {
    for (place, _, _, _, flat) in automatic() {
        let rest = flat.to_lowercase();
        for word in [
            "http",
            "www.",
            "facebook",
            "follow us",
            "review us",
            "save money",
            "discount",
            "refer a friend",
            "descuento",
        ] {
            assert!(!rest.contains(word), "{word}: {place}");
        }
    }
}

#[test]
fn domain_7_reading_uncertain_no_type_is_named_and_their_own_subject_quoted() {
    for (place, kind, _, mut says, _) in automatic() {
        if says.certain || !ACKNOWLEDGEMENTS.contains(&kind) {
            continue;
        }
        says.tasks[0].title = "Surety bond".into();
        says.tasks[0].request_type = "bond".into();
        for language in LANGUAGES {
            let words = rendered(kind, language, &says);
            for body in [words.text, seen(&words.html.unwrap())] {
                assert!(!body.contains("bond") && !body.contains("Surety"), "{place}\n{body}");
                assert!(body.contains('“'), "their subject is quoted: {place}\n{body}");
            }
        }
    }
}

#[test]
fn domain_7_claims_say_that_receipt_by_the_insurer_is_not_confirmed_and_give_the_phone_first() {
    for language in LANGUAGES {
        let says = situations(language).into_iter().find(|(name, _)| name.starts_with("a claim")).unwrap().1;
        let words = rendered("claim-acknowledgement", language, &says);
        for body in [words.text, seen(&words.html.unwrap())] {
            let flat = body.split_whitespace().collect::<Vec<_>>().join(" ");
            let (not_yet, phone) = if language == "es" {
                ("Todavía no hemos confirmado que su aseguradora lo haya recibido.", "llámenos al (312) 555-0100")
            } else {
                ("We have not yet confirmed receipt by your insurer.", "call us at (312) 555-0100")
            };
            let at = |words: &str| flat.find(words).unwrap_or_else(|| panic!("{words}: {flat}"));
            assert!(at(phone) < at(not_yet) && flat.contains("911"), "{flat}");
        }
    }
}

#[test]
fn domain_7_to_a_third_party_received_on_our_insureds_instructions_and_nothing_confirmed() {
    for kind in ["acknowledgement", "claim-acknowledgement"] {
        for language in LANGUAGES {
            let says = situations(language).into_iter().find(|(name, _)| name == "a third party").unwrap().1;
            let words = rendered(kind, language, &says);
            let sentence = if language == "es" {
                "Actuamos según las instrucciones de nuestro asegurado. Este mensaje no confirma que persona alguna esté \
                 asegurada por medio de nosotros."
            } else {
                "We act on our insured's instructions. This does not confirm that anyone is insured through us."
            };
            for body in [words.text, seen(&words.html.unwrap())] {
                assert!(promises::holds(&body, sentence), "{kind}, {language}: {body}");
            }
        }
    }
}

#[test]
fn domain_7_spanish_mail_gets_a_letter_without_a_word_of_english() {
    let english = [
        "the", "your", "you", "please", "received", "message", "hello", "call", "we", "office", "and", "this", "reply",
    ];
    for (place, kind, language, says, flat) in automatic() {
        if language == "es" && says.certain {
            let rest = flat.to_lowercase().replace(&says.agency.name.to_lowercase(), " ");
            for word in english {
                assert!(!has_word(&rest, word), "{word}: {place}");
            }
        }
        if language == "en" {
            assert!(!flat.contains("Hola") && !flat.contains("usted"), "{kind}: {place}");
        }
    }
    for kind in AUTOMATIC.into_iter().chain(["to-client"]) {
        let words = rendered(kind, "es", &fitting(kind, "es"));
        assert!(words.text.contains("Hola, Rosa Delgado:") && words.html.unwrap().contains("lang=\"es\""), "{kind}");
    }
}

#[test]
fn domain_7_question_says_no_work_has_begun_and_whom_to_call() {
    for language in LANGUAGES {
        let says = fitting("question", language);
        let words = rendered("question", language, &says);
        for body in [words.text, seen(&words.html.unwrap())] {
            let flat = body.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(
                flat.contains(&says.message) && flat.contains("Ana Ruiz") && flat.contains("(312) 555-0142"),
                "{flat}"
            );
            for begun in ["working on", "started", "in progress", "are preparing", "trabajando", "preparando"] {
                assert!(!flat.contains(begun), "{begun}: {flat}");
            }
        }
    }
}

#[test]
fn domain_7_a_letter_of_the_schedule_names_the_day_and_says_when_it_has_asked_before() {
    for kind in ["scheduled-review", "scheduled-decision"] {
        for (language, before) in [("en", "have not heard from you"), ("es", "no hemos tenido respuesta")] {
            let mut says = situations(language).into_iter().next().unwrap().1;
            says.tasks[0].ends_on = "March 1, 2027".into();
            for again in [false, true] {
                says.again = again;
                let words = rendered(kind, language, &says);
                for body in [words.text, seen(&words.html.unwrap())] {
                    let flat = body.split_whitespace().collect::<Vec<_>>().join(" ");
                    assert!(flat.contains("March 1, 2027"), "{kind}, {language}: {flat}");
                    assert_eq!(flat.contains(before), again, "{kind}, {language}: {flat}");
                }
            }
        }
    }
}

#[test]
fn domain_7_staff_letters_begin_with_internal_and_show_no_licence_or_birth_date_in_full() {
    let mut says = sample("three requests in one mail");
    says.words = "Add Ann Lee, DOB 04/17/1990, DL# A1234567, SSN 123-45-6789, card 4111 1111 1111 1111".into();
    for (name, sample) in samples().into_iter().map(|s| (s.name, s.says)).chain([("secrets", says)]) {
        for kind in STAFF_KINDS.into_iter().chain(["handover"]) {
            let words = rendered(kind, "en", &sample);
            assert_eq!(words.text.lines().next(), Some("Internal. Do not forward."), "{kind}, {name}");
            let seen = seen(&words.html.unwrap());
            let body = seen.find(char::is_alphabetic).map_or("", |at| &seen[at..]);
            assert!(body.contains("Internal. Do not forward."), "{kind}, {name}");
            for body in [words.text.as_str(), body] {
                for secret in ["04/17/1990", "A1234567", "123-45-6789", "4111 1111"] {
                    assert!(!body.contains(secret), "{secret}: {kind}, {name}: {body}");
                }
            }
        }
    }
}

#[test]
fn domain_7_notice_next_step_first_then_their_words_missing_facts_policies_and_what_was_before() {
    let text = rendered("notice", "en", &sample("one certificate request")).text;
    let order = [
        "Next step",
        "Wanted by",
        "Our standard",
        "Client told",
        "Take care      Certificates only to the office manager",
        "THE CLIENT'S WORDS",
        "STILL MISSING",
        "FACTS",
        "STEPS",
        "Done means:",
        "Yours, Ana Ruiz, because:",
        "This account, because:",
        "POLICIES",
        "(named in the request)",
        "EXPIRED",
        "THIS CLIENT'S LAST REQUESTS",
        "T-1017 Certificate of insurance, done Tue 3 Mar 2026",
    ];
    let found: Vec<usize> =
        order.iter().map(|piece| text.find(piece).unwrap_or_else(|| panic!("{piece}:\n{text}"))).collect();
    assert!(found.is_sorted(), "{found:?}\n{text}");
}

#[test]
fn domain_7_escalation_names_task_hours_court_last_act_and_one_action_without_blame_or_loss() {
    let mut says = sample("an escalation past its time");
    says.subject = "Driver in hospital after crash".into();
    says.words = "our driver is in hospital".into();
    let words = rendered("escalation", "en", &says);
    for said in ["T-1042", "2½ hours past", "Whose turn     us", "Last act", "Take T-1042 or give it"] {
        assert!(words.text.contains(said), "{said}: {}", words.text);
    }
    for body in [words.subject.as_str(), words.text.as_str(), &seen(&words.html.unwrap())] {
        let body = body.to_lowercase();
        for blame in ["hospital", "crash", "fault", "failed to", "forgot", "neglect", "should have", "you did not"] {
            assert!(!body.contains(blame), "{blame}: {body}");
        }
    }
}

#[test]
fn the_readme_names_each_letter_with_its_languages_and_when_it_goes_and_no_letter_that_is_not_there() {
    let readme = include_str!("../../../templates/README.md");
    let rows: Vec<(&str, &str)> = readme
        .lines()
        .skip_while(|l| !l.starts_with("| letter |"))
        .skip(2)
        .take_while(|l| l.starts_with("| `"))
        .filter_map(|l| {
            let mut cells = l.split('|').map(str::trim).skip(1);
            Some((cells.next()?.trim_matches('`'), cells.nth(2)?))
        })
        .collect();
    let templates = Templates::built_in();
    let there: Vec<(&str, String)> = templates.kinds().map(|(kind, languages)| (kind, languages.join(", "))).collect();
    assert_eq!(rows.len(), there.len(), "{rows:?}");
    for (kind, languages) in there {
        let row = rows.iter().find(|(name, _)| *name == kind).unwrap_or_else(|| panic!("{kind} is not explained"));
        assert_eq!(row.1, languages, "{kind}");
    }
}

#[test]
fn preview_shows_every_letter_in_each_of_its_languages_and_none_twice() {
    let templates = Templates::built_in();
    let all = preview(&templates, None, None).unwrap();
    let wanted: usize = templates.kinds().map(|(_, languages)| languages.len()).sum();
    let names: std::collections::BTreeSet<_> = all.iter().map(|p| (p.kind.clone(), p.language.clone())).collect();
    assert_eq!((all.len(), names.len()), (wanted, wanted));
    for p in &all {
        assert!(!p.subject.is_empty() && p.html.is_some(), "{}: every letter has text and HTML", p.kind);
        assert_eq!(p.to == "staff", p.text.starts_with("Internal. Do not forward."), "{}", p.kind);
    }
    assert_eq!(preview(&templates, Some("question"), Some("es")).unwrap().len(), 1);
    assert!(preview(&templates, Some("no-such"), None).unwrap().is_empty());
}
