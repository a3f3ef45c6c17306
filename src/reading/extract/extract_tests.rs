//! Extraction as a whole: each extractor on sentences of its own.

use super::*;
use crate::domain::calendar::Calendar;
use crate::domain::text::{Address, HeaderText, Mailbox};
use crate::message::{Part, PartKind};
use chrono::{DateTime, Utc};
use chrono_tz::America::Chicago;
use serde_json::{Value, json};
use std::sync::LazyLock;

pub(super) static BUILT_IN: LazyLock<Extractors> = LazyLock::new(|| {
    Extractors::load(&RuleFile {
        name: "rules/fields.toml".into(),
        text: include_str!("../../../rules/fields.toml").into(),
    })
    .unwrap_or_else(|m| panic!("{}", m.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))
});

/// A message whose whole text is new; Wednesday, 14 October 2026, 10:00 in Chicago.
pub(super) fn message(from: &str, address: &str, subject: &str, text: &str) -> Message {
    Message {
        from: Some(Mailbox { name: HeaderText::new(from), address: Address::new(address).unwrap() }),
        subject: HeaderText::new(subject),
        date: Some("2026-10-14T15:00:00Z".parse().unwrap()),
        text: text.to_owned(),
        parts: vec![Part { kind: PartKind::New, start: 0, end: text.len() }],
        ..Message::default()
    }
}

pub(super) fn run_at(message: &Message, received: &str) -> Vec<Field> {
    let calendar = Calendar::usual(Chicago);
    let received: DateTime<Utc> = received.parse().unwrap();
    let own = ["agency.example".to_owned()];
    let circumstances = Circumstances { received, calendar: &calendar, own_domains: &own, own_addresses: &[] };
    BUILT_IN.run(message, &circumstances, &Asked::default())
}

pub(super) fn read(from: &str, address: &str, subject: &str, text: &str) -> Value {
    Value::Object(to_labels(&run_at(&message(from, address, subject, text), "2026-10-14T15:00:00Z")))
}

/// The fields of a client's note.
pub(super) fn note(text: &str) -> Value {
    read("Rosa Delmar", "rosa@delmarmasonry.example", "note", text)
}

/// The fields of a client's note that asks for what has this field.
pub(super) fn asking(field: &str, text: &str) -> Value {
    let rule = BUILT_IN.fields.iter().find(|f| f.name == field).unwrap();
    asking_by(&BUILT_IN, &rule.pages.first().unwrap().text, text)
}

/// The fields of a note that asks for work of this page, by other rules.
pub(super) fn asking_by(extractors: &Extractors, page: &str, text: &str) -> Value {
    let calendar = Calendar::usual(Chicago);
    let received = "2026-10-14T15:00:00Z".parse().unwrap();
    let circumstances = Circumstances { received, calendar: &calendar, own_domains: &[], own_addresses: &[] };
    let message = message("Rosa Delmar", "rosa@delmarmasonry.example", "note", text);
    Value::Object(to_labels(&extractors.run(&message, &circumstances, &Asked::of(&[page]))))
}

/// The deadline of a note sent at an instant.
fn deadline(text: &str, sent: &str) -> Value {
    let mut m = message("Rosa Delmar", "rosa@delmarmasonry.example", "", text);
    m.date = Some(sent.parse().unwrap());
    to_labels(&run_at(&m, sent)).remove("deadline").unwrap_or(Value::Null)
}

#[test]
fn every_pattern_of_the_built_in_file_begins_with_a_literal_so_that_no_text_is_searched_whole() {
    for (rule, vocabulary) in BUILT_IN.fields.iter().zip(&BUILT_IN.vocabularies) {
        assert_eq!(
            vocabulary.as_ref().map(vocabulary::Vocabulary::without_literal).unwrap_or_default(),
            Vec::<String>::new(),
            "{}",
            rule.name
        );
    }
}

#[test]
fn policy_numbers_are_anchored_by_labels_and_survive_odd_shapes() {
    let v = note("Hi,\nmy policy number is ACP BPH 3029412016 and the other policy # trk-77120-04, thanks");
    assert_eq!(v["policy_numbers"], json!(["ACP BPH 3029412016", "trk-77120-04"]));
    assert_eq!(note("Policy: 994482480 111 1\nThanks")["policy_numbers"], json!(["994482480 111 1"]));
    assert_eq!(note("on pol no. 01-001-001-01 please")["policy_numbers"], json!(["01-001-001-01"]));
}

#[test]
fn telephones_zips_dates_vins_and_other_peoples_numbers_are_no_policy_numbers() {
    for text in [
        "Call me at 312-555-0142 about the policy.",
        "Our policy goes to PO Box 12, Gary, IN 46402-1234",
        "The policy renews 11/06/2026.",
        "Policy questions about claim 2026-004417 and invoice INV-229184",
        "Loan number 4410092275 on the house",
        "VIN 1M8GDM9AXKP042788 on our policy",
        "Use ISO form CG 20 10 04 13 on the policy, ACORD 25 please",
    ] {
        assert_eq!(note(text).get("policy_numbers"), None, "{text}");
    }
}

#[test]
fn our_own_reference_in_a_reply_is_no_policy_number() {
    for subject in ["Re: Renewal [T-1042-4g263pu7]", "RE: COI [T-77-4g263pu74g263pu7]"] {
        let v = read("Jo Lake", "jo@lake.example", subject, "Yes, please go ahead.\n\nJo Lake\n");
        assert_eq!(v.get("policy_numbers"), None, "{subject}");
    }
    let v = read("Jo Lake", "jo@lake.example", "Re: policy T-1042-88301", "Please renew it.\n\nJo Lake\n");
    assert_eq!(v["policy_numbers"], json!(["T-1042-88301"]), "a carrier may begin so, too");
}

#[test]
fn digits_that_were_spoken_are_written_in_figures() {
    let v = note("my policy number is K M A two six dash four four one nine seven thank you");
    assert_eq!(v["policy_numbers"], json!(["KMA26-44197"]));
    // What an accent parts is no letter of its own.
    assert_eq!(note("it's policy number póO P dash four four one seven two").get("policy_numbers"), None);
}

#[test]
fn deadlines_are_days_of_the_agencys_zone() {
    // Thursday 8 October, 23:30 in Chicago: already Friday in UTC.
    assert_eq!(deadline("I need it by tomorrow", "2026-10-09T04:30:00Z"), json!("2026-10-09"));
    // The night daylight saving ends (1 November 2026): 05:30 UTC is 00:30, 06:30 UTC 01:30 for the first time.
    assert_eq!(deadline("Please have it by tomorrow noon", "2026-11-01T05:30:00Z"), json!("2026-11-02"));
    assert_eq!(deadline("Please have it by tomorrow noon", "2026-11-01T04:30:00Z"), json!("2026-11-01"));
    // The night it begins (8 March 2026).
    assert_eq!(deadline("needed by EOD Monday", "2026-03-08T08:30:00Z"), json!("2026-03-09"));
}

#[test]
fn deadlines_as_people_write_them() {
    // Sent on Wednesday, 14 October 2026.
    for (text, day) in [
        ("Can you get it to us by Friday?", "2026-10-16"),
        ("we must have this before Thursday", "2026-10-15"),
        ("needed by next Tuesday", "2026-10-20"),
        ("due no later than November 6th", "2026-11-06"),
        ("please send by the 3rd", "2026-11-03"),
        ("needed by EOD", "2026-10-14"),
        ("need this by COB 10/19", "2026-10-19"),
        ("by the end of the month is fine", "2026-10-31"),
        ("sometime before the end of November please", "2026-11-30"),
        ("kindly respond within 5 business days", "2026-10-21"),
        ("respond within ten days", "2026-10-24"),
        ("respond within a week", "2026-10-21"),
        ("respond within twenty five days", "2026-11-08"),
        ("respond within twenty-five days", "2026-11-08"),
        ("respond within thirty (30) days", "2026-11-13"),
        ("respond within forty five days", "2026-11-28"),
        ("respond within sixteen days", "2026-10-30"),
        ("we need it in hand by 22 October 2026", "2026-10-22"),
        ("Deadline: Oct. 23", "2026-10-23"),
        ("A reply by 1/8 is fine", "2027-01-08"),
        ("lo necesito para el viernes, by viernes", "2026-10-16"),
    ] {
        assert_eq!(deadline(text, "2026-10-14T15:00:00Z"), json!(day), "{text}");
    }
}

#[test]
fn a_job_start_is_the_deadline_of_a_certificate_and_the_start_of_a_change() {
    assert_eq!(note("Need a certificate, the job starts Monday.")["deadline"], json!("2026-10-19"));
    let v = note("Please add the truck to the policy starting Monday.");
    assert_eq!((v.get("deadline"), &v["effective_date"]), (None, &json!("2026-10-19")));
}

#[test]
fn dates_that_are_behind_or_mean_something_else_are_no_deadlines() {
    for text in [
        "We talked on Monday about it.",
        "The letter dated 10/01/2026 came.",
        "24/7 service, 1/2 inch pipe, suite 10/12",
        "respond within zero days",
    ] {
        assert_eq!(note(text).get("deadline"), None, "{text}");
    }
}

#[test]
fn expirations_policy_periods_and_losses_take_their_own_dates() {
    assert_eq!(note("Our policy expires on 12/1 and we want a review.")["expiration_date"], json!("2026-12-01"));
    assert_eq!(note("Policy period: 09/01/2025 - 09/01/2026")["expiration_date"], json!("2026-09-01"));
    assert_eq!(note("On Monday a delivery truck backed into our gate.")["date_of_loss"], json!("2026-10-12"));
    assert_eq!(note("Date of loss: 9/28/26")["date_of_loss"], json!("2026-09-28"));
    assert_eq!(note("Last night somebody broke into the shop.")["date_of_loss"], json!("2026-10-13"));
}

#[test]
fn a_loss_is_of_the_date_that_is_told_and_not_of_this_morning() {
    for text in [
        "On October 12 a tree fell on the shop. The roof leaked this morning.",
        "The accident happened this morning, I was told. In the report they say we were rear ended on 10/12.",
        "My driver told me about the accident this morning. A truck backed into our gate on October 12.",
    ] {
        assert_eq!(note(text)["date_of_loss"], json!("2026-10-12"), "{text}");
    }
    let v =
        read("Rosa Delmar", "rosa@delmarmasonry.example", "accident on 10/12", "It happened this morning, she says.");
    assert_eq!(v["date_of_loss"], json!("2026-10-12"));
    // One sentence has one day; what is said nearer to the loss counts.
    for text in ["Our van was hit this morning.", "My son, DOB 3/4/2019, was hit this morning."] {
        assert_eq!(note(text)["date_of_loss"], json!("2026-10-14"), "{text}");
    }
}

#[test]
fn a_holder_is_found_as_a_block_in_a_sentence_and_in_a_form() {
    let block = note(
        "Please send a certificate.\n\nCertificate holder:\nNorth Quay Builders, Inc.\nAttn: Lee Soto\n88 Pier Street, Suite 4\nDuluth, MN 55802\n\nThanks\nRosa",
    );
    assert_eq!(
        block["certificate_holder"],
        json!({"name": "North Quay Builders, Inc.", "address": "Attn: Lee Soto, 88 Pier Street, Suite 4, Duluth, MN 55802"})
    );
    let inline = note("We need a COI made out to Calder Homes LLC, 12 W Elm Ave, Joliet, IL 60431 please.");
    assert_eq!(
        inline["certificate_holder"],
        json!({"name": "Calder Homes LLC", "address": "12 W Elm Ave, Joliet, IL 60431"})
    );
    let form = note(
        "Certificate request\nCertificate Holder Name: Town of Barlow\nCertificate Holder Address: 1 Main St\nCertificate Holder City/State/Zip: Barlow, IA 50022\n",
    );
    assert_eq!(form["certificate_holder"], json!({"name": "Town of Barlow", "address": "1 Main St, Barlow, IA 50022"}));
    let bare = note("Need a certificate. Holder: Blue Fern Events");
    assert_eq!(bare["certificate_holder"], json!({"name": "Blue Fern Events"}));
}

#[test]
fn a_street_that_the_mail_program_broke_is_one_line_and_a_town_that_sounds_like_one_is_a_part() {
    let address = |text: &str| note(text)["certificate_holder"]["address"].clone();
    let halsted = "Please send a certificate to Bright Cold Storage LLC, 2200 N Halsted\nStreet, Suite 410, Chicago, IL 60614. Thanks!\n";
    assert_eq!(address(halsted), "2200 N Halsted Street, Suite 410, Chicago, IL 60614");
    let paul = "Certificate holder:\nBright Cold Storage LLC\n2200 Halsted Ave\nSt. Paul, MN 55101\n";
    assert_eq!(address(paul), "2200 Halsted Ave, St. Paul, MN 55101");
}

#[test]
fn a_lender_and_a_new_address_are_not_taken_for_a_holder() {
    let v = note("Please add the 2021 Kia Sorento, financed with Alder Credit Union, PO Box 900, Madison, WI 53701.");
    assert_eq!(v["lienholder"], json!({"name": "Alder Credit Union", "address": "PO Box 900, Madison, WI 53701"}));
    assert_eq!(v.get("certificate_holder"), None);
    let v = note("We moved. Our new mailing address is\n\n400 Canal Road\nUnit 7\nPekin, IL 61554\n");
    assert_eq!(v["location_address"], json!("400 Canal Road, Unit 7, Pekin, IL 61554"));
}

#[test]
fn vehicles_vins_and_drivers() {
    let v = note(
        "Add the 2022 Ram ProMaster 2500, VIN 1M8GDM9AXKP042789, and Nina Okoro as a driver, DOB 4/17/1990, license K123-4567-8901.",
    );
    assert_eq!(v["vehicles"], json!(["2022 Ram ProMaster 2500"]));
    assert_eq!(v["vins"], json!(["1M8GDM9AXKP042789"]));
    assert_eq!(v["drivers"], json!([{"name": "Nina Okoro", "dob": "1990-04-17", "license": "K123-4567-8901"}]));
    let fields = run_at(&message("R", "r@x.example", "", "VIN 1M8GDM9AXKP042789"), "2026-10-14T15:00:00Z");
    assert!(fields.iter().any(|f| f.name == "vins" && f.doubt.as_deref().is_some_and(|d| d.contains("check digit"))));
    assert_eq!(note("the f150 and the blue van").get("vehicles"), None);
    assert_eq!(note("serial number KBCDZ43C7P3H11842").get("vins"), None);
    // What holds its check digit is one, whatever it is called.
    assert_eq!(
        note("Take the plow truck off. Serial number is 1M8GDM9AXKP042788.")["vins"],
        json!(["1M8GDM9AXKP042788"])
    );
}

#[test]
fn the_signature_names_the_contact_the_firm_and_the_telephone() {
    let v = note(
        "Could you call me?\n\nThanks,\nRosa Delmar\nOffice Manager\nDelmar Masonry Inc.\n(312) 555-0177 | fax 312-555-0178",
    );
    assert_eq!(v["contact_name"], json!("Rosa Delmar"));
    assert_eq!(v["insured_name"], json!("Delmar Masonry Inc."));
    assert_eq!(v["contact_phone"], json!("(312) 555-0177"));
}

#[test]
fn a_text_that_is_nothing_but_a_gateways_notice_is_signed_by_nobody() {
    let notice = "This message was scanned on its way out and no trouble was found in any of its parts.";
    assert_eq!(note(&format!("--\n{notice}")).get("contact_name"), None);
}

#[test]
fn another_partys_signature_is_not_the_insured() {
    let v = read(
        "Kim Vale",
        "kvale@northquay.example",
        "COI renewal",
        "The certificate for your insured, Delmar Masonry Inc., has expired.\n\nKim Vale\nNorth Quay Builders, Inc.\n218-555-0103",
    );
    assert_eq!(v["insured_name"], json!("Delmar Masonry Inc."));
    let v = read(
        "Jo Reyes",
        "jo@harmonymutual.example",
        "Audit - Delmar Masonry Inc",
        "Dear agent,\nthe audit is due.\n\nJo Reyes\nHarmony Mutual Insurance",
    );
    assert_eq!(v["insured_name"], json!("Delmar Masonry Inc"));
}

#[test]
fn who_calls_says_so() {
    let v = read(
        "Phone System",
        "noreply@pbx.example",
        "New voicemail",
        "Transcript:\n\"hi this is Leo Barsky over at Barsky Roofing my number is 815 555 0109 thanks\"",
    );
    assert_eq!(
        (&v["contact_name"], &v["insured_name"], &v["contact_phone"]),
        (&json!("Leo Barsky"), &json!("Barsky Roofing"), &json!("815 555 0109"))
    );
}

#[test]
fn documents_go_where_the_message_says() {
    let v = note(
        "Please send the certificate to permits@barlow.example and copy ops@delmarmasonry.example.\nEmail: rosa@delmarmasonry.example",
    );
    assert_eq!(v["delivery_emails"], json!(["permits@barlow.example", "ops@delmarmasonry.example"]));
}

#[test]
fn of_two_addresses_that_share_a_stretch_the_first_counts() {
    let v = note("Please send the certificate to risk@clinic.risk@clinic.example today.");
    assert_eq!(v["delivery_emails"], json!(["risk@clinic.risk"]));
}

#[test]
fn wording_and_lines_are_read_and_refusals_respected() {
    let v = note(
        "COI with GL, auto and work comp. Additional insured, waiver of subrogation, primary and\nnon-contributory.\n\nRosa Delmar\nDelmar Masonry Inc.",
    );
    assert_eq!(v["coverages"], json!(["GL", "AUTO", "WC"]));
    assert_eq!(v["additional_insured"], json!(true));
    assert_eq!(v["waiver_of_subrogation"], json!(true));
    assert_eq!(v["primary_noncontributory"], json!(true));
    assert_eq!(note("Certificate please. No additional insured needed this time.").get("additional_insured"), None);
}

#[test]
fn quoted_history_is_not_read() {
    let text = "Thanks, that works.\n> policy number ABC-1234567 expires 12/01/2026\n";
    let mut m = message("Rosa Delmar", "rosa@delmarmasonry.example", "Re: x", text);
    m.parts = vec![
        Part { kind: PartKind::New, start: 0, end: 20 },
        Part { kind: PartKind::Quoted, start: 20, end: text.len() },
    ];
    let names: Vec<String> = run_at(&m, "2026-10-14T15:00:00Z").into_iter().map(|f| f.name).collect();
    assert!(
        !names.contains(&"policy_numbers".to_owned()) && !names.contains(&"expiration_date".to_owned()),
        "{names:?}"
    );
}

#[test]
fn mistakes_in_the_file_are_told_all_at_once_with_line_and_mend() {
    let text = "[[field]]\nname = \"a\"\nlabel = { en = \"a\" }\nextractor = \"vni\"\n\n[[field]]\nname = \"b\"\nlabel = { en = \"b\" }\nextractor = \"vocabulary\"\ncolour = 3\n[field.values]\nX = ['a.*b', '(', 'ok']\n";
    let found = Extractors::load(&RuleFile { name: "fields.toml".into(), text: text.into() }).unwrap_err();
    let said: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert!(said.iter().any(|s| s.contains("fields.toml:1:") && s.contains("vni")), "{said:?}");
    assert!(said.iter().any(|s| s.contains("fields.toml:10:") && s.contains("colour")), "{said:?}");
    let text = text.replace("vni", "vin").replace("colour = 3\n", "");
    let found = Extractors::load(&RuleFile { name: "fields.toml".into(), text }).unwrap_err();
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found.iter().all(|m| m.line == Some(11) && !m.mend.is_empty()), "{found:?}");
}

#[test]
fn a_bare_word_that_is_not_near_is_a_mistake() {
    let text = "[[field]]\nname = \"sums\"\nlabel = { en = \"sums\" }\nextractor = \"money\"\nnear = [\"Value\", \"limit\"]\n\
                bare = [\"value\",\n\"worth\"]\n";
    let found = Extractors::load(&RuleFile { name: "fields.toml".into(), text: text.into() }).unwrap_err();
    assert_eq!(
        found.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [
            "fields.toml:7: “bare” of “sums” holds “worth”, which is not in “near”\n    Put it into near too, or take it out here."
        ]
    );
    let rules = RuleFile { name: "fields.toml".into(), text: text.replace("\n\"worth\"", "") };
    let v = asking_by(&Extractors::load(&rules).unwrap(), "any", "value 68500, limit 91200");
    assert_eq!(v["sums"], json!(68500));
}

#[test]
fn labels_speak_the_readers_language() {
    assert_eq!(BUILT_IN.label("policy_numbers", "es"), "número de póliza");
    assert_eq!(BUILT_IN.label("policy_numbers", "fr"), "policy number");
    assert_eq!(BUILT_IN.label("bond_amount", "en"), "bond_amount");
}

#[test]
fn the_full_stop_of_a_sentence_is_no_part_of_a_firms_name_and_that_of_inc_and_co_is() {
    let holder = |text: &str| asking("certificate_holder", text)["certificate_holder"].clone();
    for (said, name) in [
        ("Northgate Builders LLC.", "Northgate Builders LLC"),
        ("Northgate Builders, LLC. They need it Friday.", "Northgate Builders, LLC"),
        ("Northgate Builders LLP.", "Northgate Builders LLP"),
        ("Northgate Roofing.", "Northgate Roofing"),
        ("Northgate Builders Inc. They need it Friday.", "Northgate Builders Inc."),
        ("Northgate Builders, Inc.", "Northgate Builders, Inc."),
        ("Northgate & Co.", "Northgate & Co."),
        ("Northgate Builders L.L.C.", "Northgate Builders L.L.C."),
        ("Northgate Builders Corp. as holder.", "Northgate Builders Corp."),
    ] {
        for lead in ["Please send a COI to ", "Please send a certificate.\n\nCertificate holder: "] {
            assert_eq!(holder(&format!("{lead}{said}"))["name"], json!(name), "{lead}{said}");
        }
    }
    let block = "Please send a certificate.\n\nHolder:\nNorthgate Properties LLC.\n410 Quarry Rd\nJoliet, IL 60432";
    let whole = json!({"name": "Northgate Properties LLC", "address": "410 Quarry Rd, Joliet, IL 60432"});
    assert_eq!(holder(block), whole);
    let sentence = "I need a certificate made out to Northgate Properties LLC. 410 Quarry Rd, Joliet, IL 60432.";
    assert_eq!(holder(sentence), whole);
    let insured = note("Please call me about our insured, Quarry Drywall LLC.");
    assert_eq!(insured["insured_name"], json!("Quarry Drywall LLC"));
}
