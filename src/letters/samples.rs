//! Invented letters' contents that every template must cope with, from the usual to the hostile.

use crate::desk::says::*;

/// One sample: a name for messages, and what the letter would say.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// What is special about it.
    pub name: &'static str,
    /// The contents.
    pub says: Says,
}

/// The samples, the usual one first.
#[must_use]
pub fn samples() -> Vec<Sample> {
    let usual = usual();
    let with = |name, change: &dyn Fn(&mut Says)| {
        let mut says = usual.clone();
        change(&mut says);
        Sample { name, says }
    };
    vec![
        Sample { name: "one certificate request", says: usual.clone() },
        with("three requests in one mail", &|s| s.tasks.extend([endorsement(), claim()])),
        with("a claim with an injury", &|s| {
            s.tasks = vec![claim()];
            s.subject = "Accident this morning".into();
            s.words = "Our driver was rear-ended on I-90 this morning.\nHe went to the hospital. What now?".into();
        }),
        with("nothing missing", &|s| s.tasks.iter_mut().for_each(|t| t.missing.clear())),
        with("a reading that is not certain", &|s| {
            s.certain = false;
            s.subject = "the thing we spoke about".into();
            s.tasks = vec![triage()];
        }),
        with("policies that end soon", &|s| {
            s.tasks = vec![listed()];
            s.subject = "Renewal 2027-03-01: CTP-01-558231-3".into();
            s.again = true;
        }),
        with("a third party", &|s| asked_by(s, "third_party", who("Vendor Compliance", "coi@bigbuilder.example", ""))),
        with("a carrier", &|s| asked_by(s, "carrier", who("Great Lakes Notices", "notices@glc.example", ""))),
        with("an escalation past its time", &|s| {
            s.clock = "untouched for 24 hours".into();
            s.hours_left = Some(-2.5);
            s.court = "us".into();
            s.action = "Take T-1042 or give it to somebody who is in today.".into();
            s.why = "Nobody has touched it since it arrived.".into();
        }),
        with("an escalation of three tasks", &|s| {
            s.tasks.extend([endorsement(), claim()]);
            s.clock = "overdue, and untouched for 24 hours".into();
            s.hours_left = Some(-30.0);
            s.court = "us".into();
            s.action = "Finish it, or tell the client when it will be done.".into();
            s.why = "3 tasks need somebody, the most urgent first.".into();
        }),
        with("a letter that did not arrive", &|s| {
            s.undelivered = Some(Undelivered {
                to: "tony@marchettitrucking.example".into(),
                subject: "Re: COI needed for Friday [T-1042]".into(),
                why: "550 5.1.1 no such user".into(),
            });
            s.action = "Call Tony Marchetti: the acknowledgement did not reach him.".into();
        }),
        with("a member of staff's words to the client", &|s| {
            s.message =
                "Here is your certificate for Lakeshore Builders.\n\nCall me if anything is wrong with it.".into();
            s.by = who("Ana Ruiz", "ana@harborpoint.example", "(312) 555-0142");
            s.enclosed = vec!["COI Lakeshore.pdf".into()];
        }),
        with("an owner's morning", &|s| s.digest = Some(digest())),
        with("a week's report", &|s| s.report = Some(report())),
        with("a quiet morning", &|s| {
            s.tasks = Vec::new();
            s.digest = Some(Digest { day: "Fri 20 Nov".into(), quiet: true, ..Digest::default() });
        }),
        with("an answer that was obeyed", &|s| {
            s.answer = Some(Answer {
                line: "to client: Here is your certificate.".into(),
                did: vec!["Sent to Tony Marchetti <tony@marchettitrucking.example> with COI Lakeshore.pdf.".into()],
                sent_to: "Tony Marchetti <tony@marchettitrucking.example>".into(),
                sent: "Here is your certificate.".into(),
                ..Answer::default()
            });
        }),
        with("an answer that nobody understands", &|s| {
            s.answer = Some(Answer {
                line: "Hi Tony, here it is".into(),
                unknown: true,
                did: vec!["The note is kept with T-1042.".into()],
                kept: "Hi Tony, here it is\nAna".into(),
                ..Answer::default()
            });
        }),
        with("an answer that is refused", &|s| {
            s.answer = Some(Answer {
                line: "done".into(),
                refused: "T-1042 is over (done, Fri 20 Nov 2026, 3:05 PM); reopen it first if there is more to do."
                    .into(),
                rest: "done".into(),
                ..Answer::default()
            });
        }),
        Sample { name: "nothing known at all", says: Says::default() },
        Sample { name: "a task of which nothing is known", says: empty_task() },
        Sample { name: "hostile words everywhere", says: hostile() },
    ]
}

/// The sample that fits a kind of letter best, for looking at it, in the letter's language.
pub(super) fn fitting(kind: &str, language: &str) -> Says {
    let named = match kind {
        kind if kind.contains("claim") => "a claim with an injury",
        "hazard" => "a claim with an injury",
        "escalation" => "an escalation past its time",
        "undelivered" => "a letter that did not arrive",
        "answer" => "an answer that was obeyed",
        "digest" | "heartbeat" => "an owner's morning",
        "report" => "a week's report",
        _ => "a member of staff's words to the client",
    };
    let mut says = samples().into_iter().find(|s| s.name == named).map_or_else(usual, |s| s.says);
    match kind {
        "question" => says.message = "At which street number is the job?".into(),
        "doubted" => {
            says.tasks.clear();
            says.why =
                "An answer in the name of Ana Ruiz was not obeyed: the mail server does not vouch for the sender. \
                        Nothing was changed."
                    .into();
            says.action = "Ask Ana Ruiz whether she wrote it.".into();
        }
        _ => {}
    }
    if language == "es" { in_spanish(says) } else { says }
}

/// The same for a client who writes in Spanish.
pub(super) fn in_spanish(mut says: Says) -> Says {
    let is_claim = says.tasks.iter().any(|t| t.request_type == "claim");
    says.to = who("Rosa Delgado", "rosa@laespiga.example", "");
    says.subject = if is_claim { "Choque esta mañana" } else { "Necesito un certificado para el viernes" }.into();
    says.agency.after_hours = "Para reportar un siniestro de noche o en fin de semana, llame al (312) 555-0199.".into();
    says.message = match says.message.as_str() {
        "" => String::new(),
        words if words.ends_with('?') => "¿En qué número de la calle es el trabajo?".into(),
        _ => "Aquí tiene su certificado para Lakeshore Builders.\n\nLlámeme si algo no está bien.".into(),
    };
    for task in &mut says.tasks {
        task.title = if is_claim { "Siniestro" } else { "Certificado de seguro" }.into();
        let asked = if is_claim {
            "¿Cuándo y dónde ocurrió?"
        } else {
            "¿Cuál es el nombre legal completo y la dirección postal del titular del certificado?"
        };
        if !task.missing.is_empty() {
            task.missing = vec![question("certificate_holder", asked)];
        }
    }
    says
}

fn who(name: &str, address: &str, phone: &str) -> Who {
    Who { name: name.into(), address: address.into(), phone: phone.into() }
}

fn step(title: &str, done: bool) -> StepView {
    StepView { title: title.into(), required: true, done, ..StepView::default() }
}

fn fact(name: &str, label: &str, value: &str, words: &str) -> Fact {
    Fact {
        name: name.into(),
        label: label.into(),
        value: value.into(),
        words: words.into(),
        source: if words.is_empty() { "account book" } else { "message" }.into(),
        ..Fact::default()
    }
}

/// Somebody else than the client asked.
fn asked_by(says: &mut Says, kind: &str, asks: Who) {
    says.sender_kind = kind.into();
    let client = who("Marchetti Trucking LLC (Tony Marchetti)", "tony@marchettitrucking.example", "(312) 555-0188");
    for task in &mut says.tasks {
        (task.requester, task.for_another, task.client) = (asks.clone(), true, client.clone());
    }
}

fn question(field: &str, question: &str) -> Question {
    Question { field: field.into(), question: question.into(), asked: true, doubt: String::new() }
}

fn unasked(field: &str, words: &str) -> Question {
    Question {
        asked: false,
        doubt: "it may stand in “contract.pdf”, which could not be read".into(),
        ..question(field, words)
    }
}

fn usual() -> Says {
    Says {
        agency: AgencyView {
            name: "Harbor Point Insurance".into(),
            address: "service@harborpoint.example".into(),
            phone: "(312) 555-0100".into(),
            hours: "Mon–Fri 8:30 AM–5:00 PM".into(),
            after_hours: "To report a claim at night or on a weekend, call (312) 555-0199.".into(),
        },
        to: who("Tony Marchetti", "tony@marchettitrucking.example", ""),
        tasks: vec![certificate()],
        subject: "COI needed for Friday".into(),
        words: "Hi Ana,\n\nwe need a COI for Lakeshore Builders by Friday noon, they want to be named as additional \
                insured. Policy CTP-01-558231-3. They hold our payment until they have it!\n\nThanks\nTony"
            .into(),
        sender_kind: "client".into(),
        certain: true,
        why: "You are the CSR of Marchetti Trucking LLC.".into(),
        clock: String::new(),
        hours_left: Some(21.5),
        court: "us".into(),
        action: "Check the account and issue the certificate.".into(),
        undelivered: None,
        may_answer: true,
        ..Says::default()
    }
}

fn certificate() -> TaskView {
    TaskView {
        reference: "T-1042".into(),
        title: "Certificate of insurance".into(),
        request_type: "certificate".into(),
        insured: "Marchetti Trucking LLC".into(),
        account_reason: "tony@marchettitrucking.example is a contact of this account".into(),
        candidates: vec!["1001 (Marchetti Trucking LLC): tony@marchettitrucking.example is a contact of it".into()],
        earlier: vec!["Lakeshore Builders LLC, 12 Pier Rd, Chicago: 2026-01-05 for Elm Street, 2025-03-09".into()],
        policies: vec![
            "CTP-01-558231-3, Commercial auto, Great Lakes Casualty, 1 Mar 2026 to 1 Mar 2027 (named in the request)"
                .into(),
            "GLC-4410027, General liability, Great Lakes Casualty, 1 Mar 2025 to 1 Mar 2026, EXPIRED".into(),
        ],
        past: vec![
            "T-1017 Certificate of insurance, done Tue 3 Mar 2026: “COI for Elm Street” (Lakeshore Builders)".into(),
        ],
        instructions: "Certificates only to the office manager in copy.".into(),
        subject: "COI needed for Friday".into(),
        requester: who("Tony Marchetti", "tony@marchettitrucking.example", "(312) 555-0188"),
        for_another: false,
        client: Who::default(),
        state: "new".into(),
        assignee: who("Ana Ruiz", "ana@harborpoint.example", "(312) 555-0142"),
        assigned_because: "CSR of this account".into(),
        arrived: "Thu 19 Nov 2026, 3:05 PM".into(),
        deadline: "Fri 20 Nov 2026, 12:00 PM".into(),
        standard_due: "Fri 20 Nov 2026, 3:05 PM".into(),
        urgent: true,
        complexity: "simple".into(),
        facts: vec![
            fact("policy_numbers", "Policy number", "CTP-01-558231-3", "Policy CTP-01-558231-3"),
            fact("certificate_holder", "Certificate holder", "Lakeshore Builders", "a COI for Lakeshore Builders"),
            fact("additional_insured", "Additional insured", "yes", "named as additional insured"),
            fact("insured_name", "Insured", "Marchetti Trucking LLC", ""),
            Fact {
                doubt: "the VIN fails its check digit".into(),
                unsure: true,
                ..fact("vins", "VIN", "1M8GDM9A0KP042788", "1M8GDM9A0KP042788")
            },
        ],
        missing: vec![
            question("certificate_holder_address", "What is the full mailing address of the certificate holder?"),
            unasked(
                "project",
                "Which project or contract is it for? Some contracts ask for wording that the certificate has to carry, \
                 so please send the insurance section if you have it.",
            ),
        ],
        links: vec!["waits for T-1041".into()],
        waits: vec!["CTP-01-558231-3 waits on the carrier until Tue 24 Nov 2026, 5:00 PM: the endorsement".into()],
        hazards: Vec::new(),
        steps: vec![
            step("Check the account, the coverage and the wording asked for", false),
            step("Issue the certificate and send it to holder and insured", false),
            step("File it in the AMS", false),
        ],
        next_step: "Check the account, the coverage and the wording asked for".into(),
        done_when: "The holder and the insured have the certificate, and a copy is filed.".into(),
        guesses: Vec::new(),
        because: vec!["“need a COI” (certificate/asks-for-certificate)".into()],
        client_not_told: String::new(),
        last_human_act: "none yet".into(),
        notes: vec!["Ana, Thu 19 Nov 3:20 PM: called the holder, no answer".into()],
        attachments: vec!["Contract.pdf (240 KB)".into()],
        taps: vec![OneTap {
            title: "Done".into(),
            link: "mailto:service@harborpoint.example?subject=Certificate%20%5BT-1042-k3f9x2mqabcdefgh%5D&body=done"
                .into(),
        }],
        clock: "untouched for 24h".into(),
        action: "Take it, or give it to somebody who can.".into(),
        hours_left: Some(-2.5),
        court: "us".into(),
        spent: "us 8½ h, the client 3 h".into(),
        ends_on: String::new(),
        expiring: Vec::new(),
        at_stake: String::new(),
        flags: Vec::new(),
        dates: Vec::new(),
    }
}

fn listed() -> TaskView {
    TaskView {
        reference: "T-1045".into(),
        title: "Renewal".into(),
        request_type: "renewal".into(),
        ends_on: "March 1, 2027".into(),
        expiring: vec![
            "CTP-01-558231-3: AUTO, Acme, $12,400.00".into(),
            "WC-99812: no longer in the account book".into(),
        ],
        at_stake: "$12,400.00".into(),
        flags: vec!["The client shops around".into()],
        dates: vec!["January 15, 2027: Give the client the terms in writing".into()],
        missing: Vec::new(),
        ..certificate()
    }
}

fn digest() -> Digest {
    let line = |reference: &str, title: &str, when: &str| Line {
        reference: reference.into(),
        title: title.into(),
        insured: "Marchetti Trucking LLC".into(),
        state: "in progress".into(),
        assignee: "Ana Ruiz".into(),
        when: when.into(),
        next_step: "Issue the certificate and send it to holder and insured".into(),
        ..Line::default()
    };
    let danger = Line { hazards: vec!["Somebody is hurt".into()], ..line("T-1044", "Claim", "") };
    Digest {
        day: "Fri 20 Nov".into(),
        for_owner: true,
        open: 17,
        danger: vec![danger],
        late: vec![Line { more: 3, ..line("T-1042", "Certificate of insurance", "Thu 19 Nov 2026, 5:00 PM") }],
        due: vec![line("T-1043", "Policy change", "Fri 20 Nov 2026, 12:00 PM")],
        waiting: vec![line("T-1021", "Policy change", "Mon 23 Nov 2026, 9:00 AM")],
        new: vec![line("T-1050", "Billing", "Mon 23 Nov 2026, 9:00 AM")],
        aged: vec![line("T-871", "Audit", "")],
        undecided: vec![Line {
            at_stake: "Keystone Midland, $12,000.00".into(),
            ..line("T-990", "Renewal", "Tue 1 Dec 2026, 5:00 PM")
        }],
        at_stake: vec!["Keystone Midland: 1, $12,000.00".into()],
        lost: vec!["mailbox claims since Fri 20 Nov 2026, 6:02 AM".into()],
        not_told: vec![line("T-1048", "To be sorted", "")],
        overloaded: vec!["Ben Okafor".into()],
        out: vec!["Carol Lindqvist is out until Mon 23 Nov".into()],
        proof: Some(ProofView {
            from: "Thu 19 Nov".into(),
            until: "Thu 19 Nov".into(),
            arrived: 84,
            opened: 41,
            tasks: 44,
            joined: 27,
            no_work: 15,
            no_work_because: vec!["9 × A newsletter.".into(), "6 × Thanks, and nothing else.".into()],
            held: 1,
            not_told: 1,
            failed: 0,
            unexplained: 1,
            servers: vec![
                "service, INBOX: 86 there, 2 of them from before it was watched; 1 without an outcome".into(),
            ],
            not_counted: vec!["claims, INBOX: imap.harborpoint.example does not answer".into()],
            look_for: vec![
                "service, INBOX: “Certificate”, from Tony Marchetti, received Thu 19 Nov 2026, 4:12 PM (UID 871)"
                    .into(),
            ],
            sequence: 4711,
            head: "5f1c0e".into(),
        }),
        ..Digest::default()
    }
}

fn report() -> ReportView {
    let figure = |title: &str, value: &str| FigureView { title: title.into(), value: value.into() };
    ReportView {
        period: "16 Nov to 22 Nov 2026".into(),
        mail: "84 messages: 41 opened tasks, 27 joined to one, 15 without work, 1 held for a person".into(),
        figures: vec![figure("Arrived", "44"), figure("First touch, median", "42 min")],
        columns: vec!["Arrived".into(), "Turnaround".into()],
        rows: vec![vec!["Certificate of insurance".into(), "19".into(), "1.4 h".into()]],
    }
}

fn endorsement() -> TaskView {
    TaskView {
        reference: "T-1043".into(),
        title: "Policy change".into(),
        request_type: "endorsement".into(),
        missing: vec![
            question("vins", "What is the VIN of the new truck?"),
            question("project", "Which project or contract is it for?"),
        ],
        client_not_told: "it came by voicemail: call them".into(),
        urgent: false,
        ..certificate()
    }
}

fn claim() -> TaskView {
    TaskView {
        reference: "T-1044".into(),
        title: "Claim".into(),
        request_type: "claim".into(),
        hazards: vec!["Somebody is hurt".into(), "Suit papers, or a letter from an attorney".into()],
        missing: vec![question("date_of_loss", "When and where did it happen?")],
        assignee: who("Ben Okafor", "ben@harborpoint.example", ""),
        complexity: "complex".into(),
        ..certificate()
    }
}

fn triage() -> TaskView {
    TaskView {
        title: "To be sorted".into(),
        request_type: String::new(),
        insured: String::new(),
        missing: Vec::new(),
        facts: Vec::new(),
        guesses: vec!["Policy change".into(), "Billing".into()],
        client_not_told: "the message is held for a person".into(),
        ..certificate()
    }
}

fn empty_task() -> Says {
    Says { tasks: vec![TaskView::default()], ..Says::default() }
}

/// Words that would break out of a line, an element, a header or a template, wherever a stranger's words can stand.
const HOSTILE: &str = "</td><script>alert(1)</script>{{ agency.name }}{% for x in y %}\r\nBcc: eve@evil.example\0 \
                       \u{202E}http://evil.example/?a=\"b\"&c='d'";

fn hostile() -> Says {
    let h = || HOSTILE.to_owned();
    let w = || Who { name: h(), address: h(), phone: h() };
    let task = TaskView {
        reference: "T-1042".into(),
        title: h(),
        request_type: h(),
        insured: h(),
        account_reason: h(),
        candidates: vec![h()],
        earlier: vec![h()],
        policies: vec![h()],
        past: vec![h()],
        instructions: h(),
        subject: h(),
        requester: w(),
        for_another: true,
        client: w(),
        state: h(),
        assignee: w(),
        assigned_because: h(),
        arrived: h(),
        deadline: h(),
        standard_due: h(),
        urgent: true,
        complexity: h(),
        facts: vec![Fact { name: h(), label: h(), value: h(), words: h(), source: h(), doubt: h(), unsure: true }],
        missing: vec![Question { field: h(), question: h(), asked: false, doubt: h() }],
        hazards: vec![h()],
        steps: vec![StepView { title: h(), policy: h(), required: true, done: false }],
        next_step: h(),
        done_when: h(),
        guesses: vec![h()],
        because: vec![h()],
        client_not_told: h(),
        links: vec![h()],
        waits: vec![h()],
        last_human_act: h(),
        notes: vec![h()],
        attachments: vec![h()],
        taps: vec![OneTap { title: h(), link: h() }],
        clock: h(),
        action: h(),
        hours_left: Some(f64::NEG_INFINITY),
        court: h(),
        spent: h(),
        ends_on: h(),
        expiring: vec![h()],
        at_stake: h(),
        flags: vec![h()],
        dates: vec![h()],
    };
    Says {
        agency: usual().agency,
        to: w(),
        tasks: vec![task.clone(), TaskView { reference: "T-1043".into(), ..task }],
        subject: h(),
        words: h(),
        sender_kind: "client".into(),
        certain: true,
        why: h(),
        clock: h(),
        again: true,
        hours_left: Some(f64::INFINITY),
        court: h(),
        action: h(),
        undelivered: Some(Undelivered { to: h(), subject: h(), why: h() }),
        message: h(),
        by: w(),
        enclosed: vec![h()],
        answer: Some(Answer {
            line: h(),
            unknown: false,
            refused: h(),
            did: vec![h()],
            sent_to: h(),
            sent: h(),
            kept: h(),
            rest: h(),
        }),
        digest: Some(hostile_digest()),
        report: Some(ReportView {
            period: h(),
            mail: h(),
            figures: vec![FigureView { title: h(), value: h() }],
            columns: vec![h()],
            rows: vec![vec![h(), h()]],
        }),
        may_answer: true,
    }
}

fn hostile_digest() -> Digest {
    let h = || HOSTILE.to_owned();
    let lines = || {
        let line =
            Line { reference: h(), title: h(), insured: h(), state: h(), assignee: h(), when: h(), ..Line::default() };
        vec![Line { hazards: vec![h()], next_step: h(), at_stake: h(), more: u64::MAX, ..line }]
    };
    Digest {
        day: h(),
        for_owner: true,
        quiet: true,
        open: u64::MAX,
        danger: lines(),
        late: lines(),
        due: lines(),
        waiting: lines(),
        new: lines(),
        aged: lines(),
        undecided: lines(),
        not_told: lines(),
        at_stake: vec![h()],
        lost: vec![h()],
        overloaded: vec![h()],
        out: vec![h()],
        proof: Some(ProofView {
            from: h(),
            until: h(),
            no_work_because: vec![h()],
            servers: vec![h()],
            not_counted: vec![h()],
            look_for: vec![h()],
            head: h(),
            ..ProofView::default()
        }),
    }
}
