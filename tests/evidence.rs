//! Promise 7: whatever the rules say they found stands in the message, at the very place they name.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use intaked::domain::calendar::Calendar;
use intaked::domain::field::{Place, Provenance, Span};
use intaked::domain::reading::Evidence;
use intaked::message::Message;
use intaked::reading::{Circumstances, Rulebook};

/// A mail with everything that could move a place: letters of several bytes, wrapped lines, a form, a quoted mail.
const AWKWARD: &str = "From: =?utf-8?Q?Mar=C3=ADa_N=C3=BA=C3=B1ez?= <maria@nunez.example>\r\n\
To: service@harborpoint.example\r\n\
Subject: =?utf-8?Q?Re:_Certificado_=E2=80=93_COI_for_Caf=C3=A9_=C3=91and=C3=BA?=\r\n\
Date: Mon, 16 Nov 2026 09:00:00 -0600\r\nMessage-ID: <m@nunez.example>\r\nMIME-Version: 1.0\r\n\
Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\
Buenos días — “señores”,\r\n\r\nWe   need a certificate of\r\ninsurance for Café Ñandú by Friday; please also\r\n\
add a 2021 Ford Transit, VIN 1FTBR1C82MKA12345, to our policy CA-77-0043.\r\n\r\nCertificate holder:\r\n\
Ñandú Café, LLC\r\n12 Señal Street\r\nChicago, IL 60601\r\n\r\nMaría Núñez\r\n(312) 555-0188\r\n\r\n\
On Fri, Nov 13, 2026 at 8:00 AM Ana <ana@harborpoint.example> wrote:\r\n> Do you need a certificate?\r\n";

fn mails() -> Vec<(String, Vec<u8>)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/daemon/demo/mail");
    let mut all = vec![("awkward".to_owned(), AWKWARD.as_bytes().to_vec())];
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        all.push((path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(path).unwrap()));
    }
    assert!(all.len() > 10);
    all
}

/// The words that stand at a span; `None` outside the text or amid a character.
fn words_at(message: &Message, span: Span) -> Option<String> {
    let text = match span.place {
        Place::Subject => message.subject.as_str().to_owned(),
        Place::Text => message.text.clone(),
        Place::AttachmentName(n) => message.attachments[usize::from(n)].name.clone(),
        Place::AttachmentText(n) => message.attachments[usize::from(n)].text.clone()?,
        Place::From => message.from.as_ref()?.to_string(),
    };
    text.get(span.start as usize..span.end as usize).map(str::to_owned)
}

/// Evidence shows its words folded: small letters without accents, one space for any white space. What is compared here
/// is what folding keeps: letters and digits of ASCII, and how many characters of other alphabets.
fn kept(words: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { Some(c.to_ascii_lowercase()) } else { None };
    words.chars().filter(char::is_ascii).filter_map(plain).collect()
}

#[test]
fn evidence_is_the_words_at_its_place() {
    let rulebook = Rulebook::built_in();
    let calendar = Calendar::usual(chrono_tz::America::Chicago);
    let (mut found, mut fields) = (0, 0);
    let mut wrong = Vec::new();
    for (name, raw) in mails() {
        let message = Message::parse(&raw);
        let received = message.date.unwrap_or_default();
        let around = Circumstances { received, calendar: &calendar, own_domains: &[], own_addresses: &[] };
        let reading = rulebook.read(&message, &around);
        let requests = reading.requests.iter().chain(&reading.also_considered).flat_map(|r| &r.evidence);
        let hazards = reading.hazards.iter().flat_map(|h| &h.evidence);
        let all: Vec<&Evidence> = requests.chain(hazards).chain(&reading.no_work).collect();
        for e in all.into_iter().filter(|e| e.span.end > 0) {
            found += 1;
            let there = words_at(&message, e.span);
            // A character outside ASCII becomes one of ASCII, so only mails in ASCII compare letter by letter.
            let same = there.as_deref().is_some_and(|t| {
                if t.is_ascii() {
                    kept(t) == kept(&e.words)
                } else {
                    t.split_whitespace().count() == e.words.split(' ').count()
                }
            });
            if !same {
                wrong.push(format!("{name}: {} says {:?}, and at {:?} stands {there:?}", e.rule, e.words, e.span));
            }
        }
        for f in &reading.fields {
            let Provenance::Message { span, words, rule, .. } = &f.from else { continue };
            fields += 1;
            let there = words_at(&message, *span);
            if there.as_deref() != Some(words) {
                wrong.push(format!("{name}: {rule} read {} from {words:?}, and at {span:?} stands {there:?}", f.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(found > 20 && fields > 20, "only {found} pieces of evidence and {fields} fields: nothing is proved");
}
