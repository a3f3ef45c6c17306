use super::*;
use crate::domain::text::Address;

/// The parts of `text` as `N:…` lines, for a mail from Ann Lee to the agency with this subject.
fn parts(subject: &str, text: &str) -> Vec<(PartKind, String)> {
    divided(subject, text, false)
}

fn divided(subject: &str, text: &str, unwrapped: bool) -> Vec<(PartKind, String)> {
    let body = Readable { text: text.to_owned(), marked: Vec::new(), unwrapped };
    let from = Mailbox { name: HeaderText::new("Ann Lee"), address: Address::new("ann@client.example").unwrap() };
    let to = [Mailbox { name: HeaderText::default(), address: Address::new("service@agency.example").unwrap() }];
    let subject = HeaderText::new(subject);
    let Divided { text, parts, .. } = divide(body, &Around { from: Some(&from), to: &to, subject: &subject });
    let mut at = 0;
    for p in &parts {
        assert_eq!(p.start, at);
        at = p.end;
    }
    assert_eq!(at, text.len());
    parts.iter().map(|p| (p.kind, text[p.start..p.end].trim().to_owned())).collect()
}

fn new(subject: &str, text: &str) -> String {
    let all = parts(subject, text).into_iter().filter(|(k, _)| *k == PartKind::New).map(|(_, t)| t);
    all.collect::<Vec<_>>().join("|")
}

#[test]
fn gmails_history_is_quoted_even_where_its_attribution_is_wrapped() {
    let text = "Please add rental.\n\nOn Fri, Oct 9, 2026 at 5:15 AM Great Lakes Casualty\n<no-reply@greatlakes.example> wrote:\n> Dear ANN,\n> To cancel, call.\n";
    assert_eq!(new("Re: x", text), "Please add rental.");
}

#[test]
fn attributions_in_other_languages_begin_history() {
    for line in [
        "El jue, 12 nov 2026 a las 9:30, Ann Lee (<ann@client.example>) escribió:",
        "Le jeu. 12 nov. 2026 à 09:30, Ann Lee <ann@client.example> a écrit :",
        "Am Do., 12. Nov. 2026 um 09:30 Uhr schrieb Ann Lee <ann@client.example>:",
        "Em qui., 12 de nov. de 2026 às 09:30, Ann Lee <ann@client.example> escreveu:",
    ] {
        assert_eq!(
            new("Re: x", &format!("Please cancel it.\n\n{line}\n\nold text\nmore\n")),
            "Please cancel it.",
            "{line}"
        );
    }
}

#[test]
fn an_answer_between_the_quoted_lines_is_new() {
    let text = "On Monday, Nov 2, Bob wrote:\n> Which truck?\n\nThe 2019 Kenworth.\n\n> Starting when?\n\nTomorrow.\n";
    assert_eq!(new("Re: x", text), "The 2019 Kenworth.|Tomorrow.");
}

#[test]
fn a_sentence_that_ends_in_wrote_is_no_attribution() {
    let text = "I am forwarding what the adjuster wrote:\nthe van is totaled and we can keep it.\n";
    assert_eq!(parts("claim", text).len(), 1);
}

#[test]
fn outlooks_history_is_quoted_in_a_reply_and_new_in_a_forward() {
    let text = "See below.\n\nFrom: Joe <joe@tile.example>\nSent: Wednesday, October 21, 2026 12:57 PM\nTo: Ann <ann@client.example>\nSubject: certificate\n\nAnn, I need a certificate.\n";
    assert_eq!(new("RE: certificate", text), "See below.");
    assert_eq!(new("FW: certificate", text), "See below.|Ann, I need a certificate.");
    assert_eq!(new("please help", text), "See below.|Ann, I need a certificate.");
    assert_eq!(new("certificate", &text.replace("tile.example", "agency.example")), "See below.");
}

#[test]
fn the_history_within_a_forwarded_reply_is_quoted() {
    let text = "FYI\n\nFrom: Joe <joe@tile.example>\nSent: Monday\nTo: Ann\nSubject: RE: certificate\n\nYes, add them.\n\nFrom: Ann\nSent: Sunday\nTo: Joe\nSubject: certificate\n\nShould I add them?\n";
    assert_eq!(new("FW: certificate", text), "FYI|Yes, add them.");
}

#[test]
fn a_row_of_underscores_belongs_to_the_header_block() {
    let text = "Remove the Rogue.\n\n________________________________\nFrom: Claims <c@carrier.example>\nSent: Monday\nTo: Ann\nSubject: Claim\n\nold\n";
    assert_eq!(new("Re: Claim", text), "Remove the Rogue.");
}

#[test]
fn marked_forwards_are_new_whatever_the_subject() {
    for mark in [
        "---------- Forwarded message ---------",
        "-------- Forwarded Message --------",
        "Begin forwarded message:",
        "---------- Mensaje reenviado ----------",
    ] {
        let text = format!(
            "Please do this.\n\n{mark}\nFrom: GC <gc@gc.example>\nDate: Tue, 20 Oct 2026\nSubject: cert\nTo: ann@client.example\n\nHolder is us.\n"
        );
        let all = parts("Re: x", &text);
        assert_eq!(
            all.iter().map(|(k, _)| *k).collect::<Vec<_>>(),
            [PartKind::New, PartKind::ForwardHeader, PartKind::New],
            "{mark}"
        );
    }
}

#[test]
fn original_message_goes_by_the_subject() {
    let text = "Done.\n\n-----Original Message-----\nFrom: Walt <walt@agency.example>\nSent: Friday\nTo: Ann\nSubject: Questionnaire\n\nAnn, sign please.\n";
    assert_eq!(new("RE: Questionnaire", text), "Done.");
    assert_eq!(new("FW: Questionnaire", text), "Done.|Ann, sign please.");
}

#[test]
fn disclaimers_footers_and_banners_are_no_request() {
    let text = "CAUTION: This email originated from outside of the organization. Do not click links.\n\nPlease cancel.\n\nAnn Lee\nLee Co\n312-555-0100\n\nTo report a claim call 800-555-0111 any time.\n\nCONFIDENTIALITY NOTICE: This e-mail and any attachments are for the sole use\nof the intended recipient(s) and may contain privileged information. If you\nare not the intended recipient, please destroy all copies.\n";
    let kinds: Vec<PartKind> = parts("x", text).into_iter().map(|(k, _)| k).collect();
    assert_eq!(kinds, [PartKind::Footer, PartKind::New, PartKind::Signature, PartKind::Disclaimer]);
}

#[test]
fn a_claim_reported_in_the_last_sentence_is_no_notice() {
    let text = "My basement flooded.\n\nI want to report a claim. To file a claim, do I call you?\n";
    assert_eq!(parts("x", text).len(), 1);
}

#[test]
fn a_post_scriptum_under_the_signature_is_new() {
    let text = "Renew it.\n\nAnn Lee\n(737) 555-0100\nP.S. Please drop the old van too.\n";
    assert_eq!(new("x", text), "Renew it.|P.S. Please drop the old van too.");
}

#[test]
fn a_telephones_footer_is_no_text() {
    let text = "Hit a deer.\nAnn\n920 555-0192\nSent from my iPad\n";
    let kinds: Vec<PartKind> = parts("x", text).into_iter().map(|(k, _)| k).collect();
    assert_eq!(kinds, [PartKind::New, PartKind::Signature, PartKind::Footer]);
}

#[test]
fn a_body_of_nothing_but_a_notice_stays_new() {
    assert_eq!(
        parts("x", "This email is confidential and intended only for the intended recipient.\n")[0].0,
        PartKind::New
    );
}

#[test]
fn an_empty_body_has_no_parts() {
    assert!(parts("x", "").is_empty());
}

#[test]
fn what_only_looks_like_a_footer_is_the_request() {
    for last in [
        "We want to opt out of uninsured motorist.",
        "Sent via fax yesterday, please cancel it.",
        "Coverage cannot be bound until you send the signed application.",
        "Do you have a written privacy policy?",
        "Please update your address book: we moved to 12 Main St.",
    ] {
        let text = format!("Hello,\n\n{last}\n");
        assert_eq!(parts("x", &text).len(), 1, "{last}");
    }
}

#[test]
fn a_top_signature_does_not_swallow_the_text_below_it() {
    let text = "Add this truck.\n\nAnn Lee\nLee Co\n312-555-0100\n\nPlease note the VIN is 1FTFW1E56NFA40817 and it is garaged at the yard in Peoria.\n";
    assert!(new("x", text).contains("1FTFW1E56NFA40817"));
}

#[test]
fn outlooks_mobile_footer_stands_above_the_history() {
    let text = "Yes add it.\n\nGet Outlook for iOS<https://aka.ms/o0ukef>\n________________________________\nFrom: Karen <karen@agency.example>\nSent: Monday\nTo: Ann\nSubject: x\n\nShall I cancel it?\n";
    let kinds: Vec<PartKind> = parts("Re: x", text).into_iter().map(|(k, _)| k).collect();
    assert_eq!(kinds, [PartKind::New, PartKind::Footer, PartKind::Quoted]);
}

#[test]
fn a_mail_that_is_only_a_forward_is_new_without_a_word_above_it() {
    let text = "From: GC <gc@gc.example>\nSent: Monday\nTo: Ann\nSubject: cert\n\nHolder is us.\n";
    assert_eq!(new("", text), "Holder is us.");
    assert_eq!(new("cert", "> Holder is us.\n> Send it.\n"), "> Holder is us.\n> Send it.");
}

#[test]
fn the_word_left_over_by_a_careless_wrap_is_no_answer() {
    let text = "On Mon, Nov 2, Bob wrote:\n> Please sign and return the application for the umbrella policy that we\nsent\n> on Friday.\n\nSigned.\n";
    assert_eq!(new("Re: x", text), "Signed.");
}

/// Sender, subject and lines of the first forwarded message.
fn forwarded(subject: &str, text: &str) -> (String, String, String) {
    let body = Readable { text: text.to_owned(), marked: Vec::new(), unwrapped: false };
    let from = Mailbox { name: HeaderText::new("Ann Lee"), address: Address::new("ann@client.example").unwrap() };
    let subject = HeaderText::new(subject);
    let all = divide(body, &Around { from: Some(&from), to: &[], subject: &subject });
    let f = all.forwards.first().unwrap();
    (f.from.to_string(), f.subject.as_str().to_owned(), all.text[f.body.clone()].trim().to_owned())
}

fn of(from: &str, subject: &str, text: &str) -> (String, String, String) {
    (from.to_owned(), subject.to_owned(), text.to_owned())
}

#[test]
fn a_forward_that_its_program_quotes_is_freed_of_one_mark() {
    let header = "> From: GC <gc@gc.example>\n> Subject: cert\n> To: Ann\n>\n> Name us.\n>\n> > older\n";
    for text in [
        format!("Do it.\n\n> Begin forwarded message:\n>\n{header}"),
        format!("Do it.\n\nBegin forwarded message:\n\n{header}"),
        "Do it.\n\n------- Forwarded Message -------\nFrom: GC <gc@gc.example>\nSubject: cert\nTo: Ann\n\n> Name us.\n>\n> > older\n".to_owned(),
    ] {
        assert_eq!(forwarded("Fwd: cert", &text), of("GC <gc@gc.example>", "cert", "Name us.\n\n> older"), "{text}");
    }
}

#[test]
fn what_stands_below_a_forward_that_has_ended_is_the_senders() {
    let header = "From: GC <gc@gc.example>\nDate: x\nSubject: cert\nTo: Ann\n\nName us.\n\n";
    for (text, own) in [
        (
            format!(
                "----- Forwarded message from GC -----\n\n{header}----- End forwarded message -----\n\nIs that usual?\n"
            ),
            "Is that usual?",
        ),
        (
            format!(
                "> Begin forwarded message:\n>\n{}\nIs that usual?\n",
                header.lines().map(|l| format!("> {l}\n")).collect::<String>()
            ),
            "Is that usual?",
        ),
    ] {
        let all = parts("Fwd: cert", &text);
        assert!(all.last().is_some_and(|(k, t)| *k == PartKind::New && t.ends_with(own)), "{text}");
        assert_eq!(forwarded("Fwd: cert", &text), of("GC <gc@gc.example>", "cert", "Name us."));
    }
}

#[test]
fn a_mark_within_quoted_history_is_history() {
    let text = "Thanks.\n\nOn Mon, Nov 2, 2026 at 1:00 PM Bob <b@agency.example> wrote:\n> Begin forwarded message:\n> From: GC <gc@gc.example>\n> Subject: cert\n>\n> Name us.\n";
    assert_eq!(new("Re: cert", text), "Thanks.");
}

#[test]
fn a_forward_with_nothing_but_an_attribution_is_one_all_the_same() {
    let text = "See below.\n\n> On Nov 16, 2026, at 9:12 AM, Tom Fry <tom@x.example> wrote:\n>\n> Cancel it.\n";
    let (from, subject, _) = forwarded("Fwd: policy", text);
    assert_eq!((from.as_str(), subject.as_str()), ("Tom Fry <tom@x.example>", "policy"));
}

#[test]
fn headers_in_other_languages_name_the_original() {
    for (mark, header) in [
        ("-------- Messaggio Inoltrato --------", "Oggetto: cert\nData: x\nMittente: GC <gc@gc.example>\nA: Ann"),
        ("-------- Doorgestuurd bericht --------", "Onderwerp: cert\nDatum: x\nVan: GC <gc@gc.example>\nAan: Ann"),
        ("-------- Message transféré --------", "Sujet : cert\nDate : x\nDe : GC <gc@gc.example>\nPour : Ann"),
        ("-------- Videresendt meddelelse --------", "Emne: cert\nDato: x\nFra: GC <gc@gc.example>\nTil: Ann"),
        ("-------- Пересылаемое сообщение --------", "От кого: GC <gc@gc.example>\nКому: Ann\nТема: cert"),
        ("-------- Přeposlaná zpráva --------", "Předmět: cert\nDatum: x\nOd: GC <gc@gc.example>\nKomu: Ann"),
    ] {
        let text = format!("x\n\n{mark}\n{header}\n\nName us.\n");
        assert_eq!(forwarded("Fwd: cert", &text), of("GC <gc@gc.example>", "cert", "Name us."), "{mark}");
    }
}

#[test]
fn a_sentence_that_ends_in_a_colon_after_wrote_is_the_request() {
    let text = "On the 3rd I wrote:\nplease cancel it. I still have no answer.\n";
    assert_eq!(parts("Re: policy", text).len(), 1);
}

#[test]
fn programs_that_mark_nothing_begin_history_by_their_attribution() {
    for line in [
        ">>> Bob Ray <bob@agency.example> 11/16/2026 9:12 AM >>>",
        "2026-11-16 8:48 GMT+01:00 Bob Ray <bob@agency.example>:",
        "16 Nov 2026, 09:12 by bob@agency.example:",
        "-----\"Bob Ray\" <bob@agency.example> wrote: -----",
        "---- On Mon, 16 Nov 2026 09:12:44 -0600 Bob Ray <bob@agency.example> wrote ---",
        "lunedì 16 novembre 2026 09:12, Bob Ray <bob@agency.example> ha scritto:",
        "Op ma 16 nov 2026 om 09:12 schreef Bob Ray <bob@agency.example>:",
        "pon., 16 lis 2026 o 09:12 Bob Ray <bob@agency.example> napisał(a):",
    ] {
        assert_eq!(new("Re: x", &format!("Cancel it.\n\n{line}\nWhich one?\n")), "Cancel it.", "{line}");
    }
}
