use super::super::*;
use proptest::prelude::*;

macro_rules! fixture {
    ($name:literal) => {
        Message::parse(include_bytes!(concat!("fixtures/", $name, ".eml")))
    };
}

/// What every message must hold to, whatever the bytes.
fn sound(m: &Message) {
    assert!(m.text.len() <= TEXT_MAX);
    assert!(!m.text.chars().any(|c| c.is_control() && c != '\n'), "control characters in {:?}", m.text);
    let mut at = 0;
    for p in &m.parts {
        assert_eq!(p.start, at, "a gap or an overlap");
        assert!(p.end > p.start && m.text.is_char_boundary(p.end));
        at = p.end;
    }
    assert_eq!(at, m.text.len(), "the parts do not cover the text");
    assert!(m.parts.windows(2).all(|w| w[0].kind != w[1].kind), "neighbours of one kind");
    for f in &m.forwards {
        assert!(f.header.start <= f.header.end && f.header.end <= f.body.start && f.body.start <= f.body.end);
        assert!(m.text.get(f.header.clone()).is_some() && m.text.get(f.body.clone()).is_some(), "{f:?}");
        assert!(f.depth > 0 && m.text_of(f).len() <= m.text.len());
    }
    assert_eq!(m.original().is_some(), !m.forwards.is_empty());
    assert!(m.own_text().len() <= m.text.len());
    assert!(m.headers.len() <= 100 && m.thread.len() <= 100);
    for a in &m.attachments {
        assert!(!a.name.is_empty() && !a.name.contains(['/', '\\', '\n', '\r', '\0']), "{:?}", a.name);
        assert!(a.text.as_ref().is_none_or(|t| t.len() <= 64 * 1024));
    }
    assert_ne!(m.message_id.as_deref(), Some(""));
    assert_eq!(m.identity().key.as_str().len(), 32);
}

fn of_kind(m: &Message, kind: PartKind) -> String {
    m.parts_of(kind).map(str::trim).collect::<Vec<_>>().join("|")
}

fn new(m: &Message) -> String {
    sound(m);
    of_kind(m, PartKind::New)
}

#[test]
fn a_display_name_that_decodes_to_a_second_header_is_one_line() {
    let m = fixture!("a_display_name_decodes_to_a_second_header");
    let from = m.from.clone().unwrap();
    assert_eq!(from.name.as_str(), "Zoë Bcc: all@agency.example evil");
    assert_eq!(m.subject.as_str(), "cert X-Intaked: yes");
    assert!(!m.automatic.ours);
    sound(&m);
}

#[test]
fn what_apple_mail_forwards_is_new_though_quoted() {
    let m = fixture!("apple_mail_quotes_what_it_forwards");
    assert_eq!(
        new(&m),
        "Can you send them what they ask for?|Please have your agent send a certificate naming Suites LLC,\n14 Elm St, Peoria, IL 61602, by Friday."
    );
    assert!(of_kind(&m, PartKind::ForwardHeader).contains("leasing@suites.example"));
    assert_eq!(of_kind(&m, PartKind::Quoted), "> What do you need from me?");
    let m = fixture!("apple_mail_forwards_in_html_only");
    assert_eq!(new(&m), "Can you do this?|Please name Suites LLC.");
}

#[test]
fn an_outlook_reply_is_taken_apart() {
    let m = fixture!("outlook_reply_in_html_with_banner");
    assert_eq!(new(&m), "Karen – please take the 2016 Ram off.");
    assert_eq!(of_kind(&m, PartKind::Signature), "Dana Frey\nFrey Roofing | 815-555-0110");
    assert!(of_kind(&m, PartKind::Footer).starts_with("CAUTION:"));
    assert!(of_kind(&m, PartKind::Quoted).ends_with("Do you want to cancel the umbrella?"));
    assert_eq!(m.thread, ["q0@agency.example", "q1@agency.example"]);
}

#[test]
fn a_gmail_reply_without_plain_text_is_taken_apart() {
    let m = fixture!("gmail_reply_in_html_only");
    assert_eq!(new(&m), "The VIN is 1HGCY1F30TA007415.\n\nStart today please");
    assert!(of_kind(&m, PartKind::Signature).contains("(608) 555-0177"));
    assert!(of_kind(&m, PartKind::Quoted).contains("Any claim to report?"));
}

#[test]
fn a_yahoo_reply_ends_where_the_history_begins() {
    let m = fixture!("yahoo_reply_without_quote_marks");
    assert_eq!(new(&m), "I paid this on the 3rd, check 1184. Please look.");
}

#[test]
fn flowed_lines_are_joined_and_an_answer_below_the_quote_is_new() {
    let m = fixture!("thunderbird_flows_its_lines");
    assert_eq!(
        new(&m),
        "All seven are at the new yard, 2950 Industrial Dr., Bldg. C, Hammond, IN 46320, since the first.\n>not a quote, only stuffed"
            .split("\n>").next().unwrap()
    );
    assert!(m.text.contains("> Where are the trucks kept now, and since when have they been there?\n"));
    assert_eq!(of_kind(&m, PartKind::Signature), "--\nHal Berg");
}

#[test]
fn spanish_in_windows_1252_under_a_false_label_is_read() {
    let m = fixture!("spanish_reply_mislabelled_as_utf_8");
    assert_eq!(new(&m), "Hola, necesito agregar a mi hijo a la póliza. Nació el 3 de marzo.");
    assert_eq!(m.subject.as_str(), "Re: Próxima renovación");
    assert_eq!(m.from.clone().unwrap().name.as_str(), "José Peña");
    assert!(of_kind(&m, PartKind::Quoted).contains("¿Desea renovar?"));
}

#[test]
fn an_attached_message_is_new_and_its_attachments_are_listed() {
    let m = fixture!("a_message_is_attached");
    assert_eq!(new(&m), "Please handle the attached.|Name us as additional insured on job 88.");
    assert!(of_kind(&m, PartKind::ForwardHeader).contains("From: Site Super <super@gc.example>"));
    let names: Vec<&str> = m.attachments.iter().map(|a| a.name.as_str()).collect();
    assert_eq!(names, ["COI for job 88.eml", "x.pdf"]);
    assert_eq!(m.attachments[1].size, 5);
    let m = fixture!("a_message_is_attached_in_base64");
    assert_eq!(new(&m), "See attached.|Please name us on job 99.");
}

#[test]
fn a_delivery_report_names_the_letter_and_the_recipient_that_failed() {
    let m = fixture!("postfix_could_not_deliver_our_letter");
    let r = m.delivery_report.clone().unwrap();
    assert_eq!(r.recipient.unwrap().as_str(), "gone.person@client.example");
    assert_eq!((r.action.as_str(), r.status.as_str()), ("failed", "5.1.1"));
    assert_eq!(r.diagnostic.as_str(), "550 5.1.1 <gone@client.example>: User unknown");
    assert_eq!(r.about.as_deref(), Some("letter-77@agency.example"));
    assert!(m.automatic.null_return_path && m.automatic.unattended_sender);
    assert_eq!(new(&m), "Your message could not be delivered.");
}

#[test]
fn an_out_of_office_is_automatic_and_a_person_on_exchange_is_not() {
    let m = fixture!("out_of_office_by_exchange");
    assert_eq!(m.automatic.auto_submitted.as_deref(), Some("auto-generated"));
    assert_eq!(m.automatic.other.as_deref(), Some("X-Auto-Response-Suppress"));
    let m = fixture!("a_person_on_exchange_refuses_reports_only");
    assert_eq!(m.automatic, Automatic::default());
    assert!(m.headers.iter().any(|(n, v)| n == "x-ms-has-attach" && v.as_str() == "yes"));
}

#[test]
fn every_mark_of_an_automatic_message_is_seen() {
    let marks = |h: &str| Message::parse(format!("From: a@b.example\r\n{h}\r\n\r\nx\r\n").as_bytes()).automatic;
    assert!(marks("X-Intaked: 1").ours);
    assert!(marks("List-Unsubscribe: <https://x.example>").list);
    assert!(marks("List-Id: <a.b>").list);
    assert_eq!(marks("Precedence: Bulk").precedence.as_deref(), Some("bulk"));
    assert_eq!(marks("Precedence: first-class").precedence, None);
    assert_eq!(marks("Auto-Submitted: Auto-Replied (vacation)").auto_submitted.as_deref(), Some("auto-replied"));
    assert!(marks("Return-Path: <>").null_return_path);
    assert!(!marks("Return-Path: <a@b.example>").null_return_path);
    assert_eq!(marks("X-Autoreply: yes").other.as_deref(), Some("X-Autoreply"));
    assert_eq!(marks("Subject: hello"), Automatic::default());
    for (local, unattended) in [
        ("no-reply", true),
        ("NoReply", true),
        ("donotreply-claims", true),
        ("do-not-reply", true),
        ("mailer-daemon", true),
        ("bounces+1=x", true),
        ("postmaster", true),
        ("bouncehouse", false),
        ("reply", false),
        ("nora.eply", false),
        ("service", false),
    ] {
        let m = Message::parse(format!("From: {local}@b.example\r\n\r\nx").as_bytes());
        assert_eq!(m.automatic.unattended_sender, unattended, "{local}");
    }
}

#[test]
fn a_damaged_winmail_dat_says_that_a_person_has_to_look() {
    let m = fixture!("winmail_dat_hides_the_attachments");
    assert!(m.attachments[0].unread().unwrap().contains("winmail.dat"), "{:?}", m.attachments);
}

#[test]
fn a_bad_date_an_empty_id_two_froms_and_an_unknown_charset_are_defects_not_errors() {
    let m = fixture!("the_date_is_no_date_and_the_charset_is_unknown");
    assert_eq!((m.date, m.message_id.clone()), (None, None));
    assert_eq!(m.from.clone().unwrap().address.as_str(), "al@al.example");
    assert_eq!(new(&m), "Peña needs a quote.");
    assert_eq!(m.defects.len(), 4, "{:?}", m.defects);
}

#[test]
fn control_characters_never_reach_the_text() {
    let m = fixture!("only_lone_carriage_returns_end_its_lines");
    assert_eq!(new(&m), "one\ntwo[31m  three\nfour");
}

#[test]
fn a_stub_beside_html_gives_way_to_the_html() {
    let m = fixture!("plain_text_is_a_stub_beside_html");
    assert!(new(&m).starts_with("Policy HSB 1170 is pending"), "{}", m.text);
}

#[test]
fn html_under_the_label_of_plain_text_is_read_as_html() {
    let m = Message::parse(
        b"From: a@b.example\r\nContent-Type: text/plain\r\n\r\n<html><body><p>Please cancel</p></body></html>\r\n",
    );
    assert_eq!(new(&m), "Please cancel");
}

#[test]
fn charsets_are_found_where_they_are() {
    assert_eq!(new(&fixture!("the_html_is_in_iso_8859_2_by_its_meta_only")), "Proszę o certyfikat");
    let m = fixture!("written_in_japanese_iso_2022_jp");
    assert_eq!((new(&m).as_str(), m.subject.as_str()), ("保険証明書", "保険"));
}

#[test]
fn bytes_that_are_no_mail_are_still_a_message() {
    for raw in [&b""[..], b"\r\n\r\n", b"hello there", b"\0\0\0\0", b"From: a@b.example", b"Subject: only a header\r\n"]
    {
        sound(&Message::parse(raw));
    }
    assert_eq!(Message::parse(b"Subject: only a header\r\nFrom: a@b.example\r\n").subject.as_str(), "only a header");
    let mbox = Message::parse(b"From a@b Mon Oct 26 08:16:11 2026\nFrom: a@b.example\nSubject: x\n\nhi\n");
    assert_eq!((mbox.subject.as_str(), new(&mbox).as_str()), ("x", "hi"));
}

#[test]
fn copies_of_one_message_have_one_key_and_other_content_has_another() {
    let raw = include_str!("fixtures/yahoo_reply_without_quote_marks.eml");
    let key = |r: &str| Message::parse(r.as_bytes()).identity().key;
    assert_eq!(
        key(raw),
        key(&format!("Received: from a by b; Mon, 16 Nov 2026 09:30:01 -0600\r\nX-Spam: no\r\n{raw}"))
    );
    assert_eq!(key(raw), key(&raw.replace("\r\n", "\n")), "a Maildir stores LF");
    for (old, other) in
        [("1184", "1185"), ("lena@", "lina@"), ("09:30:00", "09:30:01"), ("Your bill", "My bill"), ("<m1@", "<m2@")]
    {
        assert_ne!(key(raw), key(&raw.replacen(old, other, 1)), "{old}");
    }
}

#[test]
fn hostile_messages_end_quickly() {
    let started = std::time::Instant::now();
    let head = "From: a@b.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n";
    let nested = "Content-Type: message/rfc822\r\n\r\n".repeat(50_000);
    let digests: String =
        (0..20_000).map(|i| format!("Content-Type: multipart/digest; boundary=b{i}\r\n\r\n--b{i}\r\n")).collect();
    let endless: String =
        (0..20_000).map(|i| format!("--x\r\nContent-Type: multipart/mixed; boundary=never{i}\r\n\r\n\r\n")).collect();
    let many: String =
        (0..1_000).map(|i| format!("--x\r\nContent-Type: text/plain; name=a{i}.txt\r\n\r\npart {i}\r\n")).collect();
    let mixed = "Content-Type: multipart/mixed; boundary=x\r\n\r\n";
    let quotes = format!("{}\r\n", "> ".repeat(500_000));
    let attributions = "On 1 wrote\r\n".repeat(80_000);
    let blocks = "From: a\r\nDate: b\r\n".repeat(50_000);
    let one_line = "a ".repeat(500_000);
    let blank = "\r\n".repeat(500_000);
    let to = format!("To: {}\r\n\r\nx", "a@b.example, ".repeat(80_000));
    let references = format!("References: {}\r\n\r\nx", "<a@b.example> ".repeat(80_000));
    let fields = format!("{}\r\nx", "X-A: b\r\n".repeat(100_000));
    for raw in [
        format!("{head}{nested}x"),
        format!("{head}{digests}"),
        format!("{head}{mixed}{endless}--x--"),
        format!("{head}{mixed}{many}--x--"),
        format!("{head}\r\n{quotes}"),
        format!("{head}\r\n{attributions}"),
        format!("{head}\r\n{blocks}"),
        format!("{head}\r\n{one_line}"),
        format!("{head}\r\n{blank}"),
        format!("{head}{to}"),
        format!("{head}{references}"),
        format!("{head}{fields}"),
        format!("{head}\r\n{}", "Thanks,\r\n".repeat(100_000)),
        format!(
            "{head}\r\n{}",
            "--- Forwarded message ---\r\nFrom: a@b.example\r\nSubject: c\r\n\r\nx\r\n".repeat(4_000)
        ),
        format!("{head}\r\n{}", "--- Forwarded message ---\r\nx\r\n> y\r\n".repeat(8_000)),
        format!("{head}\r\n{}", "> Begin forwarded message:\r\n\r\n".repeat(8_000)),
        format!("{head}\r\n{}", "--\r\n".repeat(100_000)),
        format!("{head}\r\n{}", "unsubscribe\r\n".repeat(90_000)),
        format!("{head}\r\n{}", "[EXTERNAL\r\n".repeat(90_000)),
        format!("{head}Content-Type: text/plain; format=flowed\r\n\r\n{}", "> a \r\n".repeat(100_000)),
    ] {
        sound(&Message::parse(raw.as_bytes()));
    }
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn any_bytes_make_a_message(raw in proptest::collection::vec(any::<u8>(), 0..2000)) {
        sound(&Message::parse(&raw));
    }
    #[test]
    fn any_lines_of_mail_make_parts_that_cover_the_text(lines in proptest::collection::vec(prop_oneof![
        Just("On Mon, Nov 2, 2026 at 1:00 PM Ann <a@b.example> wrote:".to_owned()), Just("> quoted".to_owned()), Just(String::new()),
        Just("-----Original Message-----".to_owned()), Just("From: Ann <a@b.example>".to_owned()), Just("Sent: Monday".to_owned()),
        Just("To: Bob".to_owned()), Just("Subject: FW: x".to_owned()), Just("-- ".to_owned()), Just("Ann".to_owned()), Just("Thanks,".to_owned()),
        Just("Sent from my iPhone".to_owned()), Just("CONFIDENTIALITY NOTICE: intended recipient".to_owned()), Just("312-555-0100".to_owned()),
        Just("---------- Forwarded message ---------".to_owned()), Just("[EXTERNAL]".to_owned()),
        Just("> Begin forwarded message:".to_owned()), Just("> From: Cy <c@d.example>".to_owned()), Just("> Subject: y".to_owned()),
        Just("----- End forwarded message -----".to_owned()), Just("-------------------------".to_owned()), "[a-z ]{0,80}", "\\PC{0,60}",
    ], 0..60), html in any::<bool>(), subject in prop_oneof![Just("Re: x"), Just("FW: x"), Just("x")]) {
        let (kind, body) = if html { ("html", lines.join("<br>\r\n")) } else { ("plain", lines.join("\r\n")) };
        let raw = format!("From: Ann Lee <a@b.example>\r\nTo: s@agency.example\r\nSubject: {subject}\r\nContent-Type: text/{kind}; charset=utf-8\r\n\r\n{body}");
        sound(&Message::parse(raw.as_bytes()));
    }
    #[test]
    fn any_change_to_a_true_mail_is_survived(at in 0_usize..4000, to in any::<u8>(), cut in 0_usize..4000, which in 0_usize..4) {
        let fixtures: [&[u8]; 4] = [
            include_bytes!("fixtures/a_message_is_attached.eml"), include_bytes!("fixtures/outlook_reply_in_html_with_banner.eml"),
            include_bytes!("fixtures/postfix_could_not_deliver_our_letter.eml"), include_bytes!("fixtures/gmail_reply_in_html_only.eml"),
        ];
        let mut raw = fixtures[which].to_vec();
        let n = raw.len();
        raw[at % n] = to;
        sound(&Message::parse(&raw));
        raw.truncate(cut);
        sound(&Message::parse(&raw));
    }
    #[test]
    fn any_tags_make_text(pieces in proptest::collection::vec(prop_oneof![
        Just("<div>"), Just("</div>"), Just("<p>"), Just("</p>"), Just("<table>"), Just("<tr>"), Just("<td>"), Just("</td>"), Just("</table>"),
        Just("<blockquote type=cite>"), Just("</blockquote>"), Just("<br>"), Just("text "), Just("&nbsp;"), Just("&#x1f;"), Just("<ul><li>"),
        Just("<pre>\n a\tb\n"), Just("</pre>"), Just("<span style='display:none'>"), Just("</span>"), Just("<!--"), Just("-->"), Just("<"),
        Just("<div class=gmail_signature>"), Just("é\u{0}\u{85}"), Just("<a href=\""), Just("<style>"), Just("</style>"),
    ], 0..80)) {
        let raw = format!("From: a@b.example\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{}", pieces.concat());
        sound(&Message::parse(raw.as_bytes()));
    }
}

#[test]
fn an_attached_message_is_a_forward_and_what_is_forwarded_in_it_too() {
    let m = fixture!("a_message_is_attached");
    let original = m.original().unwrap();
    assert_eq!(original.from.to_string(), "Site Super <super@gc.example>");
    assert_eq!(m.text_of(original), "Name us as additional insured on job 88.");
    assert_eq!(m.own_text(), "Please handle the attached.");
    let inner = "From: Cy <cy@client.example>\r\nSubject: Fwd: job\r\n\r\nHere.\r\n\r\n---------- Forwarded message ---------\r\nFrom: GC <gc@gc.example>\r\nDate: x\r\nSubject: job\r\nTo: cy@client.example\r\n\r\nName us.\r\n";
    let raw = format!(
        "From: ana@agency.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nsee\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n{inner}\r\n--b--\r\n"
    );
    let m = Message::parse(raw.as_bytes());
    let depths: Vec<usize> = m.forwards.iter().map(|f| f.depth).collect();
    assert_eq!(depths, [1, 2]);
    assert_eq!((m.own_text().as_str(), m.text_of(&m.forwards[0]).as_str()), ("see", "Here."));
    assert_eq!(
        m.original().map(|f| (f.from.to_string(), m.text_of(f))).unwrap(),
        ("GC <gc@gc.example>".to_owned(), "Name us.".to_owned())
    );
}
