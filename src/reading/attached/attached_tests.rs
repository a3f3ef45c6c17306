//! Forms, schedules and contracts as attachments: what of them becomes a fact, and what only a note.

use crate::domain::calendar::Calendar;
use crate::domain::field::*;
use crate::domain::reading::Reading;
use crate::message::Message;
use crate::message::attached::{FormField, Held, Kind, Stretch};
use crate::message::{Attachment, Part, PartKind};
use crate::reading::{Circumstances, Rulebook};

fn message(body: &str, attachments: Vec<Attachment>) -> Message {
    Message {
        text: body.to_owned(),
        parts: vec![Part { kind: PartKind::New, start: 0, end: body.len() }],
        attachments,
        ..Message::default()
    }
}
fn read(body: &str, attachments: Vec<Attachment>) -> Reading {
    let calendar = Calendar::usual(chrono_tz::America::Chicago);
    let received = chrono::DateTime::parse_from_rfc3339("2026-11-16T15:00:00Z").unwrap().to_utc();
    let around = Circumstances { received, calendar: &calendar, own_domains: &[], own_addresses: &[] };
    static RULES: std::sync::LazyLock<Rulebook> = std::sync::LazyLock::new(Rulebook::built_in);
    RULES.read(&message(body, attachments), &around)
}
fn csv(name: &str, text: &str) -> Attachment {
    let mail = format!(
        "From: a@b.example\r\nContent-Type: text/csv; name=\"{name}\"\r\nContent-Disposition: attachment\r\n\r\n{text}"
    );
    Message::parse(mail.as_bytes()).attachments.remove(0)
}
fn document(name: &str, text: &str) -> Attachment {
    let held = Held { kind: Kind::Pdf, ..Held::default() };
    Attachment { name: name.to_owned(), text: Some(text.to_owned()), held: Some(held), ..Attachment::default() }
}
/// A form as it is opened: a line for each group of fields, pieces joined by ", ".
fn form(acord: &str, lines: &[&[(&str, &str)]]) -> Attachment {
    let mut attachment = document("form.pdf", "");
    let mut text = format!("{acord}\n");
    let mut fields = Vec::new();
    for line in lines {
        text.push_str("x: ");
        for (i, (name, value)) in line.iter().enumerate() {
            text.push_str(if i == 0 { "" } else { ", " });
            let start = text.len() as u32;
            text.push_str(value);
            fields.push(FormField {
                name: format!("F[0].P1[0].{name}_A[0]"),
                value: Stretch { start, end: text.len() as u32 },
            });
        }
        text.push('\n');
    }
    attachment.text = Some(text);
    attachment.held = Some(Held { kind: Kind::Pdf, acord: Some(acord.to_owned()), form: fields, ..Held::default() });
    attachment
}
fn values(reading: &Reading, name: &str) -> Vec<String> {
    reading.fields.iter().filter(|f| f.name == name).map(|f| f.value.shown()).collect()
}
const LONG_ASK: &str = "Hi Ana, please add the vehicles on the attached schedule to our business auto policy today, we \
picked them up this morning and they have to be on the road on Monday. The rest of the fleet stays as it is, and the \
drivers do not change. Let me know if there is anything else that you need from me. Thank you very much for your help.";

#[test]
fn a_schedule_of_vehicles_becomes_fields_whatever_the_body_says_and_is_not_asked_for() {
    let schedule = "Marchetti Trucking LLC,,,\nUnit,Year,Make,Model,VIN #\n1,2022,Ford,F-150,1FTFW1E50NFA00001\n\
                    2,2019,Kenworth,T680,1M8GDM9AXKP042788\n,,,Total,2\n";
    let reading = read(LONG_ASK, vec![csv("fleet.csv", schedule)]);
    assert_eq!(values(&reading, "vehicles"), ["2022 Ford F-150", "2019 Kenworth T680"]);
    assert_eq!(values(&reading, "vins").len(), 2);
    let good = reading.fields.iter().find(|f| f.value.shown() == "1M8GDM9AXKP042788").unwrap();
    assert_eq!(good.doubt, None);
    let Provenance::Message { span, words, rule, .. } = &good.from else { panic!() };
    assert_eq!((span.place, words.as_str()), (Place::AttachmentText(0), "1M8GDM9AXKP042788"));
    assert_eq!(rule, "attached/schedule in fleet.csv");
    let asked: Vec<_> = reading.requests.iter().flat_map(|r| &r.missing).collect();
    assert!(!asked.iter().any(|m| *m == "vehicles"), "{asked:?}");
}

#[test]
fn a_list_of_drivers_and_one_of_locations() {
    let drivers = "Driver Name,D.O.B.,State,License No.\n\"Lee, Ann\",4/17/1990,IL,L123-4567-8901\nTotal: 1,,,\n";
    let reading = read("Please add the attached drivers to our policy.", vec![csv("drivers.csv", drivers)]);
    assert_eq!(values(&reading, "drivers"), ["Ann Lee, born 1990-04-17, licence L123-4567-8901"]);
    assert_eq!(values(&reading, "policy_numbers"), [""; 0], "a licence number is no policy's");
    let places = "Address,City,State,Zip\n12 Oak St,Elgin,IL,60120\n";
    let reading = read("Please add the attached location to our policy.", vec![csv("locations.csv", places)]);
    assert_eq!(values(&reading, "location_address"), ["12 Oak St, Elgin, IL 60120"]);
}

#[test]
fn serial_numbers_of_tools_are_no_vins() {
    let tools = "Item,Serial\nPress tool,RP88120\nThreader,T30-4471\nTrailer,16VGX202XR6481137\n";
    let reading = read("Our trailer was stolen with the tools on this list.", vec![csv("tools.csv", tools)]);
    assert_eq!(values(&reading, "vins"), ["16VGX202XR6481137"]);
}

#[test]
fn what_the_body_says_is_not_overruled_by_a_form() {
    let coi = form(
        "ACORD 25",
        &[
            &[("NamedInsured_FullName", "Marchetti Trucking LLC"), ("NamedInsured_MailingAddress_LineOne", "1 A St")],
            &[("Policy_GeneralLiability_PolicyNumberIdentifier", "GLC-4410027")],
            &[
                ("CertificateHolder_FullName", "Turner Corp"),
                ("CertificateHolder_MailingAddress_LineOne", "375 Hudson St"),
            ],
            &[("Policy_GeneralLiability_EffectiveDate", "01/01/2026")],
        ],
    );
    let reading = read("Please send an updated certificate like the attached one by Friday.", vec![coi.clone()]);
    assert_eq!(values(&reading, "insured_name"), ["Marchetti Trucking LLC"]);
    assert_eq!(values(&reading, "policy_numbers"), ["GLC-4410027"]);
    assert_eq!(values(&reading, "certificate_holder"), ["Turner Corp, 375 Hudson St"]);
    assert_eq!(values(&reading, "effective_date"), [""; 0]);
    assert!(reading.notes.iter().any(|n| n == "“form.pdf” is an ACORD 25."), "{:?}", reading.notes);
    let body =
        "Please send us a certificate of insurance.\n\nCertificate holder:\nGilbane Inc\n7 Elm St\nElgin, IL 60120\n";
    let reading = read(body, vec![coi]);
    assert_eq!(values(&reading, "certificate_holder"), ["Gilbane Inc, 7 Elm St, Elgin, IL 60120"]);
}

#[test]
fn a_loss_notice_and_a_change_request_give_their_dates() {
    let loss =
        form("ACORD 3", &[&[("Loss_IncidentDate", "11/14/2026")], &[("Loss_LossDescription", "Visitor slipped")]]);
    let reading = read("Please see the attached loss notice and report it to the carrier.", vec![loss]);
    assert_eq!(values(&reading, "date_of_loss"), ["2026-11-14"]);
    assert_eq!(values(&reading, "loss_description"), ["Visitor slipped"]);
    let change = form(
        "ACORD 175",
        &[
            &[("Policy_EffectiveDate", "12/01/2026")],
            &[("Vehicle_ModelYear", "2022"), ("Vehicle_ManufacturersName", "Ford")],
            &[("Vehicle_VINIdentifier", "1M8GDM9AXKP042789")],
        ],
    );
    let reading = read("Please process the attached change request: add a vehicle.", vec![change]);
    assert_eq!(values(&reading, "effective_date"), ["2026-12-01"]);
    assert!(reading.fields.iter().any(|f| f.name == "vins" && f.doubt.is_some()));
}

#[test]
fn what_a_contract_demands_is_shown_and_not_taken_for_the_clients_wish() {
    let contract = "SUBCONTRACT AGREEMENT\nArticle 9. Insurance. Subcontractor shall carry commercial general liability \
insurance with limits of $1,000,000 each occurrence and $2,000,000 general aggregate, and an umbrella of $5,000,000. \
Contractor and Owner shall be named as additional insureds on a primary and non-contributory basis, with a waiver of \
subrogation in their favor. The agreed price of the work is $48,500, payable within thirty days of approval.\n";
    let reading = read(
        "Please send us a certificate of insurance for the attached contract.",
        vec![document("Sub.pdf", contract)],
    );
    assert_eq!(values(&reading, "additional_insured"), [""; 0]);
    assert_eq!(values(&reading, "limits"), [""; 0]);
    let note = reading.notes.iter().find(|n| n.contains("As found in “Sub.pdf”")).unwrap();
    for words in ["additional insured", "waiver of subrogation", "primary", "$1,000,000 each occurrence", "$5,000,000"]
    {
        assert!(note.contains(words), "{words}: {note}");
    }
    assert!(!note.contains("48,500"), "{note}");
}

#[test]
fn a_letter_that_is_attached_is_the_senders_own_wish_where_the_body_says_nothing() {
    let letter = "Dear Ana,\n\nplease send a certificate of insurance to our landlord for the new shop. They want to be \
named as additional insured and ask for a waiver of subrogation on the general liability policy. We open the shop on the \
first of the month and they will not give us the keys before they have it in hand, so the sooner the better for us.\n\n\
Certificate holder:\nElm Street Partners LLC\n7 Elm St\nElgin, IL 60120\n\nThank you\nTony\n";
    let reading = read("See attached.", vec![document("letter.docx", letter)]);
    assert_eq!(values(&reading, "certificate_holder"), ["Elm Street Partners LLC, 7 Elm St, Elgin, IL 60120"]);
    assert_eq!(values(&reading, "additional_insured"), ["yes"]);
    assert!(!reading.notes.iter().any(|n| n.contains("As found in")), "{:?}", reading.notes);
    let spoken: Vec<_> = reading.requests[0].evidence.iter().map(|e| e.span.place).collect();
    assert!(spoken.contains(&Place::AttachmentText(0)), "{spoken:?}");
}

#[test]
fn a_form_alone_says_what_is_asked_for() {
    let forms = [
        ("ACORD 25: Certificate of Liability Insurance", "certificate"),
        ("ACORD 28: Evidence of Commercial Property Insurance", "certificate"),
        ("ACORD 35: Cancellation Request / Policy Release", "cancellation"),
        ("ACORD 125: Commercial Insurance Application", "new_business"),
        ("ACORD 2: Automobile Loss Notice", "claim"),
        ("ACORD 3: General Liability Notice of Occurrence / Claim", "claim"),
        ("ACORD 4: Workers Compensation - First Report of Injury or Illness", "claim"),
        ("ACORD 175: Commercial Policy Change Request", "endorsement"),
    ];
    let mut wrong = Vec::new();
    for (title, wanted) in forms {
        let filled = format!("{title}\nNamed insured: Marchetti Trucking LLC\nPolicy number: GLC-4410027\n");
        let reading = read("See attached.", vec![document("scan0001.pdf", &filled)]);
        let found = reading.requests.first().map(|r| r.request_type.as_str().to_owned()).unwrap_or_default();
        if found != wanted {
            wrong.push(format!("{title}: {found}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn unread_attachments_of_one_reason_are_one_note_and_a_logo_is_none() {
    let picture = |name: &str, inline| {
        let held = Held { kind: Kind::Picture, unread: Some("pictures are not read".to_owned()), ..Held::default() };
        Attachment { name: name.to_owned(), inline, held: Some(held), ..Attachment::default() }
    };
    let reading = read(
        "Please see the photos.",
        vec![picture("a.jpg", false), picture("b.jpg", false), picture("logo.png", true)],
    );
    assert_eq!(reading.notes, ["A person has to look at “a.jpg”, “b.jpg”: pictures are not read."]);
}
