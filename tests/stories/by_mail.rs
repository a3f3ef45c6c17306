//! A task from its first mail to its end, moved by mail from both sides only; every letter is read in full.

use crate::harness::agency::Settings;
use crate::harness::imap::Imap;
use crate::harness::mail::plain;
use crate::harness::{Agency, Mail};
use crate::script::{answer, with_document};

/// What the agency's mail server calls itself in Authentication-Results.
const SERVER: &str = "mx.agency.test";

fn settings() -> Settings {
    Settings { more: format!("[answers]\nauthserv_id = \"{SERVER}\"\n"), ..Settings::default() }
}

/// The client asks for a certificate.
fn request(agency: &Agency, client: &str) -> Vec<u8> {
    plain(
        &format!("Dana Whitfield <{client}>"),
        &agency.address("service"),
        "COI needed for the Elm Street job",
        &format!("elm-1@{}", agency.domain),
        "",
        "Hello,\n\nThe general contractor wants a certificate of insurance before we can start on Elm Street.\n\
         Certificate holder:\n\nNorthgate Builders LLC\n410 Quarry Rd\nJoliet, IL 60432\n\n\
         Please email it to me. Our GL policy is CGL-448812.\n\nThank you,\nDana Whitfield\nWhitfield Drywall LLC\n",
    )
}

fn passed(agency: &Agency) -> String {
    format!("{SERVER}; dkim=pass header.d={d}; dmarc=pass (p=reject) header.from={d}", d = agency.domain)
}

#[test]
fn a_task_goes_from_mail_to_closing_by_mail_from_both_sides_and_every_letter_is_read() {
    let mut agency = Agency::new("bymail", settings());
    agency.start();
    let (client, ana) = (format!("dana@clients-{}", agency.domain), agency.address("ana"));
    let status = agency.cli_as("ana", &["status"]);
    assert!(status.contains("staff can work by answering letters"), "{status}");

    agency.deliver(&request(&agency, &client));
    let ack = agency.wait_for_mail(&client, 1).remove(0);
    let notice = agency.wait_for_mail(&ana, 1).remove(0);
    notice.says(&["T-1", "ANSWER THIS LETTER", "waiting on client: which VIN?", "to client: ..."]);
    assert!(
        notice.html.contains("mailto:service@") && notice.html.contains("body=working%20on%20it"),
        "{}",
        notice.html
    );
    assert_ne!(reference(&ack), reference(&notice), "the client's reference is not the colleague's");

    // Ana: working on it. The answer is the task's fresh state.
    let reply = |to: &Mail, n: u32, body: &str| {
        answer(to, &ana, "Ana Ruiz", &format!("ana-{n}@{}", agency.domain), &passed(&agency), body)
    };
    agency.deliver(&reply(&notice, 1, "working on it"));
    let state = agency.wait_for_mail(&ana, 2).remove(1);
    assert!(state.text.starts_with("Internal. Do not forward."));
    state.says(&[
        "You wrote: working on it",
        "T-1 Certificate of insurance",
        "Stands in progress",
        "ANSWER THIS LETTER",
    ]);
    state.never_says(&["NOT DONE", "NOT sent"]);
    assert_eq!(state.header("Auto-Submitted").as_deref(), Some("auto-replied"));

    // Ana: waiting on client. Dana gets that line and nothing below it.
    agency.deliver(&reply(
        &state,
        2,
        "waiting on client: Which street number is the job at?\n\nThey never tell us. Typical!",
    ));
    let question = agency.wait_for_mail(&client, 2).remove(1);
    question.says(&[
        "Hello Dana Whitfield",
        "Which street number is the job at?",
        "Ana Ruiz",
        "T-1",
        "No coverage is bound",
    ]);
    question.never_says(&["Typical", "never tell", "CGL-448812", "Internal", "Northgate"]);
    assert!(question.subject.starts_with("Re: COI needed for the Elm Street job [T-1-"), "{}", question.subject);
    assert_eq!(reference(&question), reference(&ack));
    assert_eq!(question.header("In-Reply-To"), Some(format!("<elm-1@{}>", agency.domain)));
    let waits = agency.wait_for_mail(&ana, 3).remove(2);
    waits.says(&["waiting on client", "Your text was NOT sent to the client", "> They never tell us. Typical!"]);
    waits.says(&["THESE WORDS, TO Dana Whitfield", "> Which street number is the job at?"]);

    // Dana answers; the ball is Ana's again.
    let dana = format!("dana-2@clients-{}", agency.domain);
    agency.deliver(&answer(&question, &client, "Dana Whitfield", &dana, "", "It is 77 Elm Street.\n\nDana"));
    let answered = agency.wait_for_mail(&ana, 4).remove(3);
    answered.says(&["T-1", "A reply came in."]);
    assert_eq!(agency.tasks().len(), 1, "her answer joined the task");
    assert!(agency.tasks()[0]["waiting"].is_null(), "{}", agency.tasks()[0]);

    // Ana: to client, with the certificate.
    let words =
        "to client: Here is your certificate for Northgate Builders.\n\nPlease check the street number.\n\nAna Ruiz";
    agency.deliver(&with_document(&reply(&answered, 3, words), "COI Northgate.pdf", "JVBERi0xLjQK"));
    let sent = agency.wait_for_mail(&client, 3).remove(2);
    sent.says(&[
        "Hello Dana Whitfield",
        "Here is your certificate for Northgate Builders.",
        "Please check the street number.",
    ]);
    sent.says(&["Attached: COI Northgate.pdf", "Ana Ruiz", "Harbor Point Insurance"]);
    sent.never_says(&[
        "to client",
        "Internal",
        "ANSWER THIS LETTER",
        "A reply came in",
        "until you hear from a licensed person",
    ]);
    assert_eq!(sent.attachments, ["COI Northgate.pdf"]);
    let parsed = mail_parser::MessageParser::default().parse(&sent.raw).unwrap();
    assert_eq!(parsed.attachment(0).unwrap().contents(), b"%PDF-1.4\n");
    assert_eq!(sent.from, agency.address("service"));
    assert_eq!(sent.header("In-Reply-To"), Some(format!("<{dana}>")), "in the client's thread");
    assert_eq!(sent.header("Auto-Submitted"), None, "a person wrote it");
    let ticked = agency.wait_for_mail(&ana, 5).remove(4);
    ticked.says(&["Sent to Dana Whitfield", "COI Northgate.pdf", "step “send” is ticked", "[x] Send it to the holder"]);

    // Ana: done.
    agency.deliver(&reply(&ticked, 4, "Done."));
    let closed = agency.wait_for_mail(&ana, 6).remove(5);
    closed.says(&["T-1 is closed: done.", "Stands done"]);
    assert_eq!(agency.tasks()[0]["state"]["ended"]["how"], "done");

    // A command to a closed task is told, and nothing goes out.
    agency.deliver(&reply(&closed, 5, "to client: one more thing"));
    let late = agency.wait_for_mail(&ana, 7).remove(6);
    late.says(&[
        "NOT DONE",
        "T-1 is over (done,",
        "Your text was NOT sent to the client",
        "> to client: one more thing",
    ]);
    assert!(late.subject.starts_with("NOT DONE"), "{}", late.subject);
    assert_eq!(agency.inbox_of(&client).len(), 3, "acknowledgement, question, certificate");
    let shown = agency.cli_as("frank", &["tasks", "show", "T-1"]);
    assert!(shown.contains("ana answered by mail: Done."), "{shown}");
}

/// The reference at the end of a subject.
fn reference(mail: &Mail) -> String {
    mail.subject.rsplit_once('[').expect("a reference").1.to_owned()
}

#[test]
fn a_forged_answer_changes_nothing_and_is_reported() {
    let mut agency = Agency::new("forged", settings());
    agency.start();
    let (client, ana) = (format!("dana@clients-{}", agency.domain), agency.address("ana"));
    agency.deliver(&request(&agency, &client));
    agency.wait_for_mail(&client, 1);
    let notice = agency.wait_for_mail(&ana, 1).remove(0);
    // Somebody has seen Ana's notice, and writes in her name from elsewhere.
    let d = &agency.domain;
    let results = format!("{SERVER}; spf=fail smtp.mailfrom={d}; dmarc=fail header.from={d}");
    let id = format!("evil@{d}");
    let body = "to client: Please wire the premium to our new account 12345.";
    agency.deliver(&answer(&notice, &ana, "Ana Ruiz", &id, &results, body));
    let told = agency.wait_for_mail(&agency.address("olga"), 1).remove(0);
    told.says(&["In whose name Ana Ruiz", "was not obeyed", "Nothing was changed"]);
    told.never_says(&["12345", "Northgate", "CGL-448812"]);
    agency.wait_for_mail(&ana, 2)[1].says(&["Ana Ruiz: if it was you"]);
    let explained = agency.cli_as("frank", &["show", &format!("<{id}>")]);
    assert!(explained.contains("not obeyed"), "{explained}");
    assert_eq!(agency.inbox_of(&client).len(), 1, "the client has the acknowledgement only");
    let task = agency.tasks().remove(0);
    assert_eq!((&task["state"], task["messages"].as_array().unwrap().len()), (&serde_json::json!("new"), 1));
    let stored = Imap::login(&agency.address("service")).all("INBOX");
    assert_eq!(stored.len(), 2, "and the forged one is kept where it came");
}

#[test]
fn text_that_is_no_command_is_kept_and_told_not_to_have_gone_out() {
    let mut agency = Agency::new("unknown", settings());
    agency.start();
    let (client, ana) = (format!("dana@clients-{}", agency.domain), agency.address("ana"));
    agency.deliver(&request(&agency, &client));
    agency.wait_for_mail(&client, 1);
    let notice = agency.wait_for_mail(&ana, 1).remove(0);
    let body = "Hi Dana,\n\nyour certificate will be with you tomorrow.\n\nAna Ruiz";
    agency.deliver(&answer(&notice, &ana, "Ana Ruiz", &format!("a1@{}", agency.domain), &passed(&agency), body));
    let told = agency.wait_for_mail(&ana, 2).remove(1);
    told.says(&[
        "none of the lines below",
        "Your text was NOT sent to the client",
        "> your certificate will be with you",
    ]);
    told.says(&["ANSWER THIS LETTER", "note ..."]);
    assert_eq!(agency.inbox_of(&client).len(), 1);
    assert!(agency.tasks()[0]["notes"].to_string().contains("will be with you tomorrow"));
}

#[test]
fn without_a_configured_server_answers_are_kept_and_status_says_why_they_are_not_obeyed() {
    let agency = Agency::running("off");
    let (client, ana) = (format!("dana@clients-{}", agency.domain), agency.address("ana"));
    let status = agency.cli_as("ana", &["status"]);
    assert!(status.contains("kept, not obeyed: intaked.toml names no [answers] authserv_id"), "{status}");
    let checked = agency.cli(&["check", "--config", agency.path("intaked.toml").to_str().unwrap()]);
    assert!(String::from_utf8_lossy(&checked.stdout).contains("no [answers] authserv_id"));
    agency.deliver(&request(&agency, &client));
    let notice = agency.wait_for_mail(&ana, 1).remove(0);
    notice.never_says(&["ANSWER THIS LETTER", "mailto:"]);
    agency.deliver(&answer(
        &notice,
        &ana,
        "Ana Ruiz",
        &format!("a1@{}", agency.domain),
        &passed(&agency),
        "not a request",
    ));
    crate::harness::wait_for("the answer's outcome", 20, || {
        let shown = agency.cli_as("frank", &["tasks", "show", "T-1"]);
        shown.contains("joined").then_some(())
    });
    assert!(agency.tasks()[0]["state"].get("ended").is_none());
    assert_eq!(agency.inbox_of(&client).len(), 1);
}

#[test]
fn an_answer_from_outlook_is_seen_in_the_sent_folder_and_what_it_answers_first_gets_no_acknowledgement() {
    let settled = "{ keyword = \"$Intaked\" }\nsent = [\"Sent Items\"]".to_owned();
    let mut agency = Agency::new("outlook", Settings { settled, ..settings() });
    let service = agency.address("service");
    // Before the daemon runs, Ana has answered a mail that it has not seen.
    let early = format!("bo@early-{}", agency.domain);
    let (ana, domain) = (agency.address("ana"), agency.domain.clone());
    let sent = |to: &str, id: &str, answers: &str, words: &str| {
        let headers = format!("In-Reply-To: <{answers}>\nReferences: <{answers}>\n");
        plain(&format!("Ana Ruiz <{ana}>"), to, "Re: your mail", &format!("{id}@{domain}"), &headers, words)
    };
    let first = format!("bo-1@{}", agency.domain);
    let mut outlook = Imap::login(&service);
    outlook
        .append("Sent Items", &sent(&early, "sent-1", &first, "Hi Bo, I will send your ID card today.\n\nAna Ruiz\n"));
    agency.start();
    crate::harness::wait_for("the sent mail's outcome", 30, || {
        let shown = agency.try_as("frank", &["show", &format!("<sent-1@{}>", agency.domain)]);
        String::from_utf8_lossy(&shown.stdout).contains("no work").then_some(())
    });
    let asks = "I lost my auto ID card for the 2019 Honda CR-V. Please send me a new one.\n\nBo\n";
    agency.deliver(&plain(&format!("Bo <{early}>"), &service, "ID card", &first, "", asks));
    let notice = agency.wait_for_mail(&agency.address("ana"), 1).remove(0);
    notice.says(&["T-1", "Client told yes"]);
    assert!(!agency.tasks()[0]["first_touch"].is_null());
    assert!(agency.inbox_of(&early).is_empty(), "a person has answered: no machine does");

    // Another client is acknowledged, and Ana's later answer is the first touch.
    let client = format!("dana@clients-{}", agency.domain);
    agency.deliver(&request(&agency, &client));
    agency.wait_for_mail(&client, 1);
    assert!(agency.tasks()[0]["first_touch"].is_null());
    let elm = format!("elm-1@{}", agency.domain);
    outlook.append("Sent Items", &sent(&client, "sent-2", &elm, "Hi Dana, which street number?\n\nAna Ruiz\n"));
    crate::harness::wait_for("the first touch", 30, || (!agency.tasks()[0]["first_touch"].is_null()).then_some(()));
    // Dana answers Ana's own mail: it joins.
    let theirs = format!("References: <sent-2@{}>\n", agency.domain);
    let reply = plain(
        &format!("Dana <{client}>"),
        &service,
        "Re: your mail",
        &format!("d2@{}", agency.domain),
        &theirs,
        "77 Elm Street.\n",
    );
    agency.deliver(&reply);
    crate::harness::wait_for("her answer in the task", 30, || {
        (agency.tasks()[0]["messages"].as_array()?.len() == 3).then_some(())
    });
    assert_eq!(agency.tasks().len(), 2);
    let kept = Imap::login(&service).all("Sent Items");
    assert!(kept.iter().all(|m| !m.flags.contains("$Intaked")), "sent mail is left as it is");
}
