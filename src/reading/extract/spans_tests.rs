//! Every value is the words at its span, whatever stands around them.

use super::extract_tests::{BUILT_IN, message, run_at};
use super::*;
use crate::domain::calendar::Calendar;
use crate::domain::field::{Place, Provenance, Span};
use crate::domain::text::folded;
use chrono::NaiveDate;
use chrono_tz::America::Chicago;
use proptest::prelude::*;

/// What the text at a field's span must be: the value, normalised.
fn assert_words_are_the_value(message: &Message, field: &Field) {
    let Provenance::Message { span, words, rule, .. } = &field.from else { panic!("{field:?}") };
    let Span { place, start, end } = *span;
    let from = message.from.as_ref().map(ToString::to_string).unwrap_or_default();
    let text = match place {
        Place::Subject => message.subject.as_str(),
        Place::Text => &message.text,
        Place::From => &from,
        Place::AttachmentText(i) => message.attachments[usize::from(i)].text.as_deref().unwrap(),
        Place::AttachmentName(_) => unreachable!(),
    };
    assert_eq!(text.get(start as usize..end as usize), Some(words.as_str()), "{field:?}");
    assert!(!words.trim().is_empty() && rule.starts_with("fields/"), "{field:?}");
    let same = |value: &str| folded(words).contains(&folded(value)) || folded(&spoken::written(words)) == folded(value);
    let rule = BUILT_IN.fields.iter().find(|f| f.name == field.name).unwrap();
    match &field.value {
        FieldValue::Text(s) if rule.extractor == Extractor::Vocabulary => {
            assert!(rule.values.iter().any(|(v, _)| v.split(['|', '+']).any(|v| v == s)))
        }
        FieldValue::Text(s) => {
            assert!(folded(words) == folded(s) || folded(&spoken::written(words)) == folded(s), "{field:?}")
        }
        FieldValue::Date(d) => assert!(resolves(words, *d), "{field:?}"),
        FieldValue::Number(n) => {
            let sheet = sheet::Sheet::new(Place::Text, 0, words, Stretch::Body, &BUILT_IN.cues);
            assert!(money::sums(&sheet).iter().any(|s| s.dollars == *n), "{field:?}");
        }
        FieldValue::Flag(b) => assert!(*b),
        FieldValue::Party { name, address } => {
            assert!(same(name), "{field:?}");
            assert!(address.iter().flat_map(|a| a.split(", ")).all(same), "{field:?}");
        }
        FieldValue::Driver { name, dob, license } => {
            assert!(name.as_deref().is_none_or(same) && license.as_deref().is_none_or(same), "{field:?}");
            assert!(dob.is_none_or(|d| resolves(words, d)), "{field:?}");
        }
    }
}

fn resolves(words: &str, day: NaiveDate) -> bool {
    let calendar = Calendar::usual(Chicago);
    let today = NaiveDate::from_ymd_opt(2026, 10, 14).unwrap();
    let sheet = sheet::Sheet::new(Place::Text, 0, words, Stretch::Body, &BUILT_IN.cues);
    // A mention alone lacks the word before it (“the 17th”), so that word is given back.
    let asked = format!("by {words}");
    let other = sheet::Sheet::new(Place::Text, 0, &asked, Stretch::Body, &BUILT_IN.cues);
    [dates::mentions(&sheet), dates::mentions(&other)].iter().flatten().any(|m| {
        [dates::Sense::Ahead, dates::Sense::Behind, dates::Sense::Either]
            .iter()
            .any(|s| m.day(today, *s, &calendar) == Some(day))
    })
}

/// Pieces of mail, in every order.
const PIECES: &[&str] = &[
    "Please add the 2022 Ford F-150 VIN 1M8GDM9AXKP042788 effective 11/1.",
    "Policy number is CPP 4471902-25, claim 07-PAC-338412.",
    "Certificate holder:\nNorth Quay Builders, Inc.\n88 Pier Street\nDuluth, MN 55802",
    "We need it by Friday, November 6th – the job starts the 9th.",
    "made out to Calder Homes LLC, 12 W Elm Ave, Joliet, IL 60431",
    "limits of $1,000,000 / $2,000,000 and a $500 deductible",
    "my son Theo Vance, DOB 3/4/2009, license V520-1111-2222",
    "two hundred eighteen dollars on policy number K M A two six dash four four one nine",
    "Yesterday somebody rear-ended our van, date of loss 10/13/2026",
    "send to permits@barlow.example and cc a.b@c.example",
    "financed with Alder Credit Union, PO Box 900, Madison, WI 53701",
    "Thanks,\nRosa Delmar\nDelmar Masonry Inc.\n(312) 555-0177",
    "Café Lumière wants GL, auto & “work comp” – primary & non‑contributory",
    "Policy period: 09/01/2025 - 09/01/2026\nExpires: 12/10/2026",
    "the renewal is 12/15 and the 3rd of November is the hearing within 10 days",
    "moving to 1200 Lake Shore Blvd, Unit 904, Racine WI 53403 on Saturday the 17th",
    "Named Insured: VOSS & SONS LLC\nPolicy: WC-04-771920-25",
    "\u{a0}\u{2014}Ünïcode ’s “quotes” 日本語 12/3",
    "$ 5 1/2 million 10/10 1/1/1 99-99-9999 IL 60601 @ ... ,,, :: \t",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn the_text_at_every_fields_span_is_its_value(
        order in prop::collection::vec((0..PIECES.len(), prop::sample::select(vec![" ", "\n", "\n\n", ". ", ""])), 1..9),
        cut in 0usize..400,
    ) {
        let mut text = String::new();
        for (i, joint) in order {
            text.push_str(PIECES[i]);
            text.push_str(joint);
        }
        let keep = crate::domain::text::cut(&text, text.len().saturating_sub(cut % (text.len() + 1) / 3)).len();
        text.truncate(keep);
        let m = message("Rosa Delmar", "rosa@delmarmasonry.example", "COI for Delmar Masonry by 10/20, policy ABC-1234567", &text);
        for field in run_at(&m, "2026-10-14T15:00:00Z") {
            assert_words_are_the_value(&m, &field);
        }
    }

    #[test]
    fn no_text_makes_extraction_panic(text in "\\PC{0,400}", subject in "\\PC{0,60}") {
        let m = message("Ann Bø", "a@b.example", &subject, &text);
        for field in run_at(&m, "2026-10-14T15:00:00Z") {
            assert_words_are_the_value(&m, &field);
        }
    }
}
