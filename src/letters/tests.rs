//! What letters say, held to what they must and must not; shared makings for the tests below.

use super::*;
use crate::desk::says::{Says, TaskView, Who};
use crate::domain::{decision::*, id::*, letter::*, message::RawRef, text::*};
use chrono::{TimeZone, Utc};
use mail_parser::{Message, MessageParser, MimeHeaders};

mod anything;
mod domain_lists;
mod files;
mod mails;

const CLIENT_KINDS: [&str; 2] = ["acknowledgement", "claim-acknowledgement"];
const STAFF_KINDS: [&str; 6] = ["notice", "escalation", "hazard", "undelivered", "answer", "doubted"];

fn sender() -> Sender {
    Sender {
        name: "Harbor Point Insurance".into(),
        address: Address::new("service@harborpoint.example").unwrap(),
        reply_to: None,
        message_id_domain: String::new(),
        null_sender_allowed: false,
    }
}

fn sample(name: &str) -> Says {
    samples().into_iter().find(|s| s.name == name).unwrap().says
}

fn intent(kind: &str, says: Says) -> Intent {
    let client = CLIENT_KINDS.contains(&kind);
    let audience = if client { Audience::Client } else { Audience::Staff };
    let to =
        Mailbox { name: "Tony Marchetti".into(), address: Address::new("tony@marchettitrucking.example").unwrap() };
    Intent {
        tasks: vec![TaskId(1042)],
        in_reply_to: Some("abc@marchettitrucking.example".into()),
        references: vec!["first@marchettitrucking.example".into()],
        auto_replied: client,
        ..Intent::new(kind.into(), audience, to, Utc.with_ymd_and_hms(2026, 11, 19, 21, 5, 0).unwrap(), says)
    }
}

fn draft(intents: Vec<Intent>) -> Draft {
    Draft {
        at: Utc.with_ymd_and_hms(2026, 11, 19, 21, 5, 0).unwrap(),
        cause: Cause::Clock,
        events: Vec::new(),
        intents,
        versions: Versions::default(),
    }
}

fn written(intents: Vec<Intent>) -> Decision {
    write(draft(intents), &Templates::built_in(), &sender(), [7; 16])
}

fn one(intent: Intent) -> Letter {
    let decision = written(vec![intent]);
    assert_eq!(decision.events, vec![]);
    decision.letters.into_iter().next().unwrap()
}

fn parsed(letter: &Letter) -> Message<'_> {
    MessageParser::default().parse(letter.mail.before.as_bytes()).unwrap()
}

fn rendered(kind: &str, language: &str, says: &Says) -> Words {
    let audience = if CLIENT_KINDS.contains(&kind) { Audience::Client } else { Audience::Staff };
    Templates::built_in().render(kind, language, says, Voice { audience, by_person: kind == "to-client" }).unwrap()
}

/// The words a reader of the HTML sees.
fn seen(html: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                out.push(' ');
            }
            c if !inside => out.push(c),
            _ => {}
        }
    }
    out.replace("&#39;", "'").replace("&quot;", "\"").replace("&amp;", "&")
}

#[test]
fn the_built_in_letters_are_whole_and_without_mistakes() {
    let templates = Templates::load(&[]).unwrap();
    assert_eq!(templates.check(), vec![]);
    let kinds: Vec<&str> = templates.kinds().map(|(kind, _)| kind).collect();
    for kind in CLIENT_KINDS.iter().chain(&STAFF_KINDS) {
        assert!(kinds.contains(kind), "{kind}");
    }
}

#[test]
fn every_letter_to_a_client_says_what_it_must_and_nothing_it_must_not() {
    for kind in CLIENT_KINDS {
        for language in ["en", "es"] {
            for sample in samples() {
                let words = rendered(kind, language, &sample.says);
                for body in [words.text.clone(), seen(&words.html.unwrap())] {
                    let place = format!("{kind}/{language}, {}:\n{body}", sample.name);
                    assert!(promises::holds(&body, promises::no_coverage(language)), "{place}");
                    let card = if language == "es" { "Seguro Social" } else { "Social Security" };
                    assert!(body.split_whitespace().collect::<Vec<_>>().join(" ").contains(card), "{place}");
                    for task in &sample.says.tasks {
                        assert!(body.contains(&task.reference), "{place}");
                    }
                    // Account data, other parties, the client's own words and inner matters stay inside.
                    for inside in [
                        "CTP-01-558231-3",
                        "Lakeshore",
                        "Marchetti Trucking LLC",
                        "office manager in copy",
                        "called the holder",
                        "They hold our payment",
                        "asks-for-certificate",
                        "hurt (T",
                        "Suit papers",
                        "complex",
                    ] {
                        assert!(!body.contains(inside), "{inside} in {place}");
                    }
                    // Nor any moment that the agency has not promised.
                    for promise in ["Fri 20 Nov", "processing", "within", "shortly", "as soon as", "pronto"] {
                        assert!(!body.contains(promise), "{promise} in {place}");
                    }
                }
            }
        }
    }
}

#[test]
fn the_client_is_told_who_answers_and_asked_for_what_is_missing_in_one_numbered_list() {
    let words = rendered("acknowledgement", "en", &sample("three requests in one mail"));
    for said in ["T-1042", "T-1043", "T-1044", "Ana Ruiz, (312) 555-0142", "  1. ", "  4. ", "  5. When and where"] {
        assert!(words.text.contains(said), "{said}:\n{}", words.text);
    }
    let html = words.html.unwrap();
    assert_eq!((html.matches("<ol").count(), html.matches("<li").count()), (1, 5), "{html}");
    assert!(html.contains("href=\"tel:3125550142\""), "{html}");
}

#[test]
fn a_question_is_asked_once_though_two_requests_need_it() {
    let mut says = sample("three requests in one mail");
    for task in &mut says.tasks {
        task.missing = vec![crate::desk::says::Question {
            field: "x".into(),
            question: "Which policy?".into(),
            ..Default::default()
        }];
    }
    assert_eq!(rendered("acknowledgement", "en", &says).text.matches("Which policy?").count(), 1);
}

#[test]
fn a_doubtful_reading_names_no_kind_and_quotes_their_subject() {
    let mut says = sample("a reading that is not certain");
    says.tasks[0].title = "Certificate of insurance".into();
    for language in ["en", "es"] {
        let words = rendered("acknowledgement", language, &says);
        for body in [words.text, words.html.unwrap()] {
            assert!(body.contains("“the thing we spoke about”") && !body.contains("Certificate"), "{body}");
        }
    }
}

#[test]
fn a_third_party_hears_that_nothing_is_confirmed_and_is_asked_nothing() {
    let carrier = rendered("acknowledgement", "en", &sample("a carrier")).text;
    assert!(carrier.contains("We received your message.") && !carrier.contains("1. "), "{carrier}");
    let sample = sample("a third party");
    let text = rendered("acknowledgement", "en", &sample).text;
    assert!(promises::holds(
        &text,
        "We act on our insured's instructions. This does not confirm that anyone is insured through us."
    ));
    assert!(!text.contains("1. ") && !text.contains("Thank you"), "{text}");
    let es = rendered("claim-acknowledgement", "es", &sample).text;
    assert!(promises::holds(&es, "Este mensaje no confirma que persona alguna esté asegurada por medio de nosotros."));
}

#[test]
fn a_claim_is_not_said_to_be_with_the_insurer() {
    let says = sample("a claim with an injury");
    let text = rendered("claim-acknowledgement", "en", &says).text;
    assert!(text.contains("We have not yet confirmed receipt by your insurer."), "{text}");
    assert!(text.contains("(312) 555-0199") && text.contains("911"), "{text}");
    let mixed = rendered("acknowledgement", "en", &sample("three requests in one mail")).text;
    assert!(mixed.contains("not yet confirmed receipt of the claim by your insurer"), "{mixed}");
    let es = rendered("claim-acknowledgement", "es", &says).text;
    assert!(es.contains("Todavía no hemos confirmado que su aseguradora lo haya recibido."), "{es}");
}

#[test]
fn a_notice_begins_with_internal_then_dangers_then_the_next_step() {
    let text = rendered("notice", "en", &sample("three requests in one mail")).text;
    let order = [
        "Internal. Do not forward.",
        "! SOMEBODY IS HURT (T-1044)",
        "Next step",
        "Client told    NO, it came by voicemail: call them (312) 555-0188",
        "THE CLIENT'S WORDS",
        "> we need a COI",
        "STILL MISSING",
        "FACTS",
        "from \"Policy CTP-01-558231-3\"",
        "Take care: the VIN fails its check digit",
        "STEPS FOR T-1042",
        "Done means:",
        "because: CSR of this account",
    ];
    let found: Vec<usize> =
        order.iter().map(|piece| text.find(piece).unwrap_or_else(|| panic!("{piece}:\n{text}"))).collect();
    assert!(found.is_sorted() && found[0] == 0, "{found:?}\n{text}");
}

#[test]
fn a_masked_fact_does_not_show_the_words_it_was_read_from() {
    let mut says = sample("one certificate request");
    says.tasks[0].facts = vec![crate::desk::says::Fact {
        label: "Driver".into(),
        value: "Ann Lee, licence ***67".into(),
        words: "Ann Lee A1234567".into(),
        ..Default::default()
    }];
    says.words = "Add Ann Lee, DOB 04/17/1990, DL# A1234567, SSN 123-45-6789".into();
    let words = rendered("notice", "en", &says);
    for body in [words.text, words.html.unwrap()] {
        assert!(!body.contains("A1234567") && !body.contains("04/17") && !body.contains("123-45"), "{body}");
        assert!(body.contains("Ann Lee, licence ***67"), "{body}");
    }
}

#[test]
fn an_escalation_names_the_task_and_no_details_of_the_loss_in_its_subject() {
    let mut says = sample("an escalation past its time");
    says.subject = "Driver in hospital after crash".into();
    let words = rendered("escalation", "en", &says);
    assert_eq!(words.subject, "Untouched for 24 hours: Certificate of insurance, Marchetti Trucking LLC");
    for said in ["2½ hours past", "Last act       none yet", "Whose turn     us", "Take T-1042 or give it"] {
        assert!(words.text.contains(said), "{said}:\n{}", words.text);
    }
    let claim = rendered("hazard", "en", &sample("a claim with an injury"));
    assert_eq!(claim.subject, "Call now: Marchetti Trucking LLC");
}

#[test]
fn letters_to_staff_name_who_asks_and_apart_from_them_the_client_with_a_number_to_call() {
    for (name, asks) in [("a third party", "Vendor Compliance"), ("a carrier", "Great Lakes Notices")] {
        let says = sample(name);
        for kind in ["notice", "escalation", "hazard", "undelivered"] {
            let words = rendered(kind, "en", &says);
            let client = "Client         Marchetti Trucking LLC (Tony Marchetti), (312) 555-0188";
            assert!(words.text.contains(client), "{kind}, {name}:\n{}", words.text);
            let from = if ["escalation", "undelivered"].contains(&kind) { "Who asks" } else { "From" };
            assert!(words.text.contains(&format!("  {from:<15}{asks}")), "{kind}, {name}:\n{}", words.text);
            let html = words.html.unwrap();
            let label = |label: &str, value: &str| {
                html.contains(&format!("<td class=\"label\">{label}</td><td class=\"value\">{value}"))
            };
            assert!(
                label("Client", "Marchetti Trucking LLC (Tony Marchetti)<br><a href=\"tel:3125550188\">"),
                "{html}"
            );
            assert!(label(from, asks), "{kind}, {name}: {html}");
            for body in [&words.text, &html] {
                assert!(!body.contains("Client told") && !body.contains("Client wants"), "{kind}, {name}:\n{body}");
                assert!(!body.contains("see the account"), "the number is there: {kind}, {name}:\n{body}");
            }
        }
        let mut unknown = says.clone();
        for task in &mut unknown.tasks {
            (task.client, task.insured) = Default::default();
        }
        let escalation = rendered("escalation", "en", &unknown).text;
        assert!(escalation.contains("  Client         not known yet"), "{escalation}");
        let hazard = rendered("hazard", "en", &unknown);
        assert!(!hazard.subject.contains(asks), "who asks is not whom to call: {}", hazard.subject);
    }
    let mut says = sample("an escalation past its time");
    let escalation = rendered("escalation", "en", &says).text;
    assert!(escalation.contains("  Client         Tony Marchetti, (312) 555-0188"), "{escalation}");
    assert!(!escalation.contains("Who asks") && !escalation.contains("In the book"), "{escalation}");
    // A client who gave no number is called at that of the book; where there is none either, the letter says so.
    let task = &mut says.tasks[0];
    task.requester.phone.clear();
    let none = rendered("escalation", "en", &says).text;
    assert!(none.contains("Tony Marchetti (no number in the message; see the account)"), "{none}");
    says.tasks[0].client =
        Who { name: "Marchetti Trucking LLC (Tina)".into(), phone: "555-0202".into(), ..Who::default() };
    let book = rendered("escalation", "en", &says).text;
    assert!(book.contains("  In the book    Marchetti Trucking LLC (Tina), 555-0202"), "{book}");
    assert!(!book.contains("see the account"), "{book}");
    let mut call = says.clone();
    call.action.clear();
    call.words.clear();
    let hazard = rendered("hazard", "en", &call).text;
    assert!(hazard.contains("Call Marchetti Trucking LLC (Tina) at 555-0202 before anything else."), "{hazard}");
}

#[test]
fn every_text_fits_its_columns() {
    for kind in CLIENT_KINDS.iter().chain(&STAFF_KINDS) {
        for sample in samples() {
            for line in rendered(kind, "en", &sample.says).text.lines() {
                let one_word = !line.trim_start_matches(['>', ' ']).contains(' ');
                let widest = if line.starts_with('>') { 80 } else { 76 };
                assert!(line.chars().count() <= widest || one_word, "{kind}, {}: {line}", sample.name);
            }
        }
    }
}

#[test]
fn html_stands_alone_and_what_a_stranger_wrote_stays_words() {
    for kind in CLIENT_KINDS.iter().chain(&STAFF_KINDS) {
        for sample in samples() {
            let html = rendered(kind, "en", &sample.says).html.unwrap();
            for outside in ["src=", "url(", "@import", "<link", "<script", "javascript:", "href=\"http"] {
                assert!(!html.contains(outside), "{outside} in {kind}, {}", sample.name);
            }
            // Some programs of clients drop style sheets; the agency's own people get shorter mail with one.
            let sheets = usize::from(STAFF_KINDS.contains(kind));
            assert_eq!(html.matches("<style").count(), sheets, "{kind}, {}", sample.name);
            assert!(!html.contains("evil.example/?a=\"") && !html.contains('\0') && !html.contains('\u{202E}'));
            let opened = html.matches("<table").count();
            assert_eq!(opened, html.matches("</table>").count(), "{kind}, {}", sample.name);
            assert_eq!(html.matches("<td").count(), html.matches("</td>").count(), "{kind}, {}", sample.name);
        }
    }
}

/// Writes every letter of every sample to the folder named by INTAKED_LETTERS, for looking at.
#[test]
fn samples_can_be_looked_at() {
    let Ok(folder) = std::env::var("INTAKED_LETTERS") else { return };
    let templates = Templates::built_in();
    for (kind, languages) in templates.kinds() {
        for language in languages {
            for sample in samples() {
                let audience = if CLIENT_KINDS.contains(&kind) { Audience::Client } else { Audience::Staff };
                let words =
                    templates.render(kind, language, &sample.says, Voice { audience, by_person: false }).unwrap();
                let stem = format!("{folder}/{kind}.{language}.{}", sample.name.replace(' ', "-"));
                let text = format!(
                    "Subject: {}\n\n{}",
                    subject::finish(&words.subject, Some(&Reference { task: TaskId(1042), seal: None })),
                    words.text
                );
                std::fs::write(format!("{stem}.txt"), text).unwrap();
                std::fs::write(format!("{stem}.html"), words.html.unwrap_or_default()).unwrap();
            }
        }
    }
}
