//! Letters as mail: headers, bytes, the original inside, and what becomes of one that cannot be written.

use super::*;

#[test]
fn an_acknowledgement_is_a_proper_answer() {
    let letter = one(intent("acknowledgement", sample("one certificate request")));
    let mail = parsed(&letter);
    let header = |name: &str| mail.header_raw(name).unwrap_or("none").trim().to_owned();
    assert_eq!(mail.subject(), Some("Re: COI needed for Friday [T-1042]"));
    assert_eq!(letter.subject.as_str(), "Re: COI needed for Friday [T-1042]");
    assert_eq!(header("Date"), "Thu, 19 Nov 2026 21:05:00 +0000");
    assert_eq!(header("Auto-Submitted"), "auto-replied");
    assert_eq!((header("X-Auto-Response-Suppress"), header("X-Intaked")), ("All".to_owned(), "1".to_owned()));
    assert_eq!(header("In-Reply-To"), "<abc@marchettitrucking.example>");
    let references: Vec<String> = header("References").split_whitespace().map(str::to_owned).collect();
    assert_eq!(references, ["<first@marchettitrucking.example>", "<abc@marchettitrucking.example>"]);
    assert_eq!(header("Message-ID"), format!("<{}>", letter.message_id));
    assert!(
        letter.message_id.starts_with("acknowledgement.T-1042.") && letter.message_id.ends_with("@harborpoint.example")
    );
    let from = mail.from().unwrap().first().unwrap();
    assert_eq!((from.name(), from.address()), (Some("Harbor Point Insurance"), Some("service@harborpoint.example")));
    assert_eq!(mail.to().unwrap().first().unwrap().address(), Some("tony@marchettitrucking.example"));
    assert_eq!(mail.cc().map(|_| ()), None);
    assert!(mail.body_text(0).unwrap().contains("Who answers you   Ana Ruiz"));
    assert!(mail.body_html(0).unwrap().contains("Ana Ruiz"));
    assert_eq!(letter.envelope_from.unwrap().as_str(), "service@harborpoint.example");
}

#[test]
fn the_null_sender_is_for_answers_to_clients_where_the_server_takes_it() {
    let allowed = Sender { null_sender_allowed: true, ..sender() };
    let intents = vec![
        intent("acknowledgement", sample("one certificate request")),
        intent("notice", sample("one certificate request")),
    ];
    let decision = write(draft(intents), &Templates::built_in(), &allowed, [7; 16]);
    let from: Vec<bool> = decision.letters.iter().map(|l| l.envelope_from.is_some()).collect();
    assert_eq!(from, [false, true]);
    assert!(decision.letters[1].mail.before.contains("Auto-Submitted: auto-generated"));
}

#[test]
fn one_seed_gives_one_set_of_bytes_and_every_letter_its_own_id() {
    let intents = || vec![intent("notice", sample("one certificate request")); 3];
    assert_eq!(written(intents()), written(intents()));
    let letters = written(intents()).letters;
    let other = write(draft(intents()), &Templates::built_in(), &sender(), [8; 16]).letters;
    let ids: std::collections::BTreeSet<String> =
        letters.iter().chain(&other).flat_map(|l| [l.id.0.clone(), l.message_id.clone()]).collect();
    assert_eq!(ids.len(), 12);
}

#[test]
fn a_name_outside_ascii_and_a_spanish_letter_are_plain_bytes_that_read_right() {
    let mut intent = intent("acknowledgement", sample("one certificate request"));
    intent.language = "es".into();
    intent.to.name = "Zoë Núñez Ортега".into();
    intent.says.to.name = "Zoë Núñez".into();
    intent.says.subject = "Necesito un certificado mañana".into();
    let letter = one(intent);
    assert!(letter.mail.before.is_ascii());
    let mail = parsed(&letter);
    assert_eq!(mail.to().unwrap().first().unwrap().name(), Some("Zoë Núñez Ортега"));
    assert_eq!(mail.subject(), Some("Re: Necesito un certificado mañana [T-1042]"));
    assert!(mail.body_text(0).unwrap().contains("Hola, Zoë Núñez:"));
}

#[test]
fn no_header_can_be_smuggled_in() {
    let mut intent = intent("acknowledgement", sample("hostile words everywhere"));
    intent.to.name = "Eve\r\nBcc: eve@evil.example".into();
    intent.in_reply_to = Some("x@y\r\nBcc: eve@evil.example".into());
    intent.references = vec!["a\nBcc: eve@evil.example".into(), "ok@x.example".into()];
    let letter = one(intent);
    let mail = parsed(&letter);
    let head = letter.mail.before.split("\r\n\r\n").next().unwrap();
    for line in head.split("\r\n") {
        let name = line.split(':').next().unwrap();
        let known = line.starts_with([' ', '\t'])
            || [
                "Date",
                "From",
                "To",
                "Subject",
                "Message-ID",
                "References",
                "Auto-Submitted",
                "X-Auto-Response-Suppress",
            ]
            .contains(&name)
            || ["X-Intaked", "MIME-Version", "Content-Type"].contains(&name);
        assert!(known, "{line}");
    }
    assert!(mail.bcc().is_none());
    assert_eq!(mail.header_raw("References").map(str::trim), Some("<ok@x.example>"));
}

#[test]
fn the_original_stands_in_a_notice_as_a_message_and_the_bytes_are_smtps() {
    let mut intent = intent("notice", sample("one certificate request"));
    intent.original = Some(RawRef { path: "2026-11-19/a.eml".into(), size: 9, sha256: String::new(), whole: true });
    let letter = one(intent);
    let raw = "From: tony@x.example\nSubject: naïve\n\n.\nFrom me\n--=_\n";
    let bytes = assemble(&letter.mail, Some(raw.as_bytes())).unwrap().concat();
    let mail = MessageParser::default().parse(&bytes).unwrap();
    let inner = mail.attachments().next().unwrap();
    assert_eq!(inner.content_type().unwrap().subtype(), Some("rfc822"));
    assert_eq!(inner.message().unwrap().subject(), Some("naïve"));
    assert!(mail.body_text(0).unwrap().starts_with("Internal. Do not forward."));
    let text = String::from_utf8_lossy(&bytes).replace("\r\n", "");
    assert!(!text.contains(['\r', '\n']), "a line end that is not CRLF");
}

#[test]
fn an_address_that_mail_cannot_reach_becomes_a_note_and_an_untold_client() {
    let mut intent = intent("acknowledgement", sample("one certificate request"));
    intent.to.address = Address::new("josé@trucks.example").unwrap();
    let decision = written(vec![intent]);
    assert_eq!(decision.letters, vec![]);
    let Event::Noted { text, .. } = &decision.events[0] else { panic!("{:?}", decision.events) };
    assert!(text.contains("j***@trucks.example") || text.contains("***@trucks.example"), "{text}");
    assert!(!text.contains("josé@"), "{text}");
    assert!(matches!(&decision.events[1], Event::ClientToldSet { told: ClientTold::No(_), .. }));
}

#[test]
fn a_template_that_fails_is_replaced_by_a_plain_letter_and_noted() {
    for (kind, must) in
        [("acknowledgement", promises::NO_COVERAGE), ("notice", promises::INTERNAL), ("bond-letter", "")]
    {
        // Past `load`, because a variable of a list's part is met only when a letter has one.
        let file = TemplateFile {
            name: format!("{kind}/body.txt"),
            text: "{% for task in tasks %}{{ task.colour }}{% endfor %}".into(),
        };
        let subject = TemplateFile { name: format!("{kind}/subject"), text: "s".into() };
        let templates = Templates::load(&[file, subject]).unwrap();
        let decision =
            write(draft(vec![intent(kind, sample("one certificate request"))]), &templates, &sender(), [7; 16]);
        let Event::Noted { text, task, .. } = &decision.events[0] else { panic!("{:?}", decision.events) };
        assert_eq!(*task, TaskId(1042));
        assert!(text.contains(&format!("{kind}/body.txt:1")) && text.contains("task.colour"), "{text}");
        let letter = &decision.letters[0];
        assert!(letter.subject.as_str().ends_with("[T-1042]"), "{}", letter.subject);
        assert!(promises::holds(&parsed(letter).body_text(0).unwrap(), must));
    }
    let nowhere = written(vec![intent("no-such-letter", sample("one certificate request"))]);
    assert_eq!((nowhere.letters.len(), nowhere.events.len()), (1, 1));
}

/// Templates in which one letter fails on every occasion.
fn broken(kind: &str) -> Templates {
    let own = TemplateFile { name: format!("{kind}/body.txt"), text: "{{ tasks[7].reference }}".into() };
    Templates::load(&[own]).unwrap()
}

#[test]
fn a_template_that_fails_at_run_time_costs_no_letter_and_a_person_is_told() {
    let mut to_client = intent("acknowledgement", sample("one certificate request"));
    to_client.tell =
        Some(Mailbox { name: "Ana Ruiz".into(), address: Address::new("ana@harborpoint.example").unwrap() });
    let decision = write(draft(vec![to_client]), &broken("acknowledgement"), &sender(), [7; 16]);
    let [told, plain] = &decision.letters[..] else { panic!("{} letters", decision.letters.len()) };
    assert_eq!((told.kind.as_str(), told.audience), ("template-failed", Audience::Staff));
    assert_eq!(told.to.address.as_str(), "ana@harborpoint.example");
    let text = parsed(told).body_text(0).unwrap().into_owned();
    assert!(text.starts_with("Internal. Do not forward.") && text.contains("intaked check"), "{text}");
    assert!(!text.contains("CTP-01"), "{text}");
    let text = parsed(plain).body_text(0).unwrap().into_owned();
    assert!(text.contains("We have received your message") && promises::holds(&text, promises::NO_COVERAGE), "{text}");
    assert_ne!(told.id, plain.id);
    assert!(matches!(&decision.events[..], [Event::Noted { by: None, .. }]), "{:?}", decision.events);
}

#[test]
fn a_colleagues_words_are_not_lost_with_the_template_around_them() {
    let mut words = intent("to-client", sample("a member of staff's words to the client"));
    (words.by_person, words.audience) = (true, Audience::Client);
    let decision = write(draft(vec![words]), &broken("to-client"), &sender(), [7; 16]);
    let text = parsed(&decision.letters[0]).body_text(0).unwrap().into_owned();
    for said in ["Here is your certificate for Lakeshore Builders.", "Call me if anything is wrong", "Ana Ruiz"] {
        assert!(text.contains(said), "{said}: {text}");
    }
}
