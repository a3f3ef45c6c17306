//! How people write names, drivers, numbers and dates, each way on a sentence of its own.

use super::extract_tests::{note, read};
use super::*;
use serde_json::json;

#[test]
fn a_table_of_drivers_is_read_row_by_row_and_its_licences_are_no_policies() {
    let v = note(
        "Please change the drivers on the auto policy:\n\nNAME  DOB  DL #\nADD  Octavia R. Simms  03/14/1994  S520-6409-4874\n\
         REMOVE  Trent Hossler\n\nRosa Delmar",
    );
    assert_eq!(v["drivers"][0], json!({"name": "Octavia R. Simms", "dob": "1994-03-14", "license": "S520-6409-4874"}));
    assert_eq!(v["drivers"][1]["name"], "Trent Hossler");
    assert_eq!(v.get("policy_numbers"), None);
}

#[test]
fn a_driver_is_named_before_the_driving() {
    assert_eq!(note("Maddie passed her road test, add her to our car insurance.")["drivers"][0]["name"], "Maddie");
    let v = note("new guy Tyrell Mosby gonna be driving the van, put him on our insurance");
    assert_eq!(v["drivers"][0]["name"], "Tyrell Mosby");
}

#[test]
fn a_driver_may_be_pointed_to_who_was_named_before() {
    let v = note("Well, Hank Pellerin is gone.\n\nTake him off as a driver on the auto policy, please.");
    assert_eq!(v["drivers"], json!([{"name": "Hank Pellerin"}]));
    let v = note("Driver: Wilma Strand\nBirth date ..... 02/03/1990\nLicense ........ S453-5218-8815 (IL)");
    assert_eq!(v["drivers"][0]["license"], "S453-5218-8815");
}

#[test]
fn a_loss_is_told_by_the_clause_that_tells_it() {
    for (text, told) in [
        (
            "Reporting an injury. Our cook Lew slipped on the dock stairs and broke his wrist.",
            "Our cook Lew slipped on the dock stairs and broke his wrist",
        ),
        (
            "It is nine days since the wind tore the gutter off the barn and I have heard from nobody.",
            "the wind tore the gutter off the barn",
        ),
        (
            "This firm represents Ms. Orr for injuries she sustained when she fell on the unlit ramp.",
            "she fell on the unlit ramp",
        ),
        ("They broke the side door, took the till and left.", "They broke the side door, took the till and left"),
        ("There was an accident with the blue van.", "There was an accident with the blue van"),
    ] {
        assert_eq!(note(text)["loss_description"], told, "{text}");
    }
}

#[test]
fn a_driver_keeps_the_letters_of_the_name_and_the_licence_may_stand_behind_its_state() {
    let v = note(
        "Quiero agregar a mi hijo Joel Vela Rincón al seguro del auto. Nació el 14 de mayo de 2008, la licencia es de Texas, número 48120937.",
    );
    let whole = json!({"name": "Joel Vela Rincón", "dob": "2008-05-14", "license": "48120937"});
    assert_eq!(v["drivers"], json!([whole]));
}

#[test]
fn a_form_may_ask_for_first_and_last_name_apart() {
    let v =
        read("", "no-reply@forms.example", "New entry", "First name\nTamsin\n\nLast name\nOkonedo\n\nTopic\nAddress");
    assert_eq!(v["contact_name"], "Tamsin Okonedo");
}

#[test]
fn a_department_or_a_firm_in_the_from_line_signs_nothing() {
    let text = "Please help us with the audit.\n\nIrv Castellan\nPremium Audit\n763-555-0199";
    assert_eq!(read("Premium Audit", "audit@northline.example", "audit", text)["contact_name"], "Irv Castellan");
    let text = "Your customer Amos Whitfield's truck is in bay 3.\n\nThx\n\nSonny Barrientos\nCrestline Collision";
    let v = read("Crestline Collision", "estimates@crestlinecollision.example", "supplement", text);
    assert_eq!((&v["contact_name"], &v["insured_name"]), (&json!("Sonny Barrientos"), &json!("Amos Whitfield")));
}

#[test]
fn who_introduces_themselves_from_a_firm_writes_for_it() {
    let v = read(
        "Lupe",
        "lupe@mailbox.example",
        "",
        "Lupe here from Farias Concrete Cutting. yes go ahead and renew all of it",
    );
    assert_eq!(v["insured_name"], "Farias Concrete Cutting");
    let v = read(
        "Eliseo",
        "e@mailbox.example",
        "",
        "Buenos dias, soy Eliseo de Jardines Barrientos. Compre otra camioneta.\n\nEliseo Paz",
    );
    assert_eq!(v["insured_name"], "Jardines Barrientos");
}

#[test]
fn an_attention_line_belongs_to_the_holders_address() {
    let v = note(
        "Please make the certificate out to:\n\nCity of Marlow\nAttn: Purchasing Division\n210 S. Court Street\nMarlow, IL 61036\n\nRosa",
    );
    assert_eq!(v["certificate_holder"]["name"], "City of Marlow");
    assert_eq!(v["certificate_holder"]["address"], "Attn: Purchasing Division, 210 S. Court Street, Marlow, IL 61036");
}

#[test]
fn a_line_of_insurance_announces_its_number_and_a_word_does_not() {
    let v = note("Please cancel the general liability, 01-448-220-17, it went FROM 231000 TO 318900.");
    assert_eq!(v["policy_numbers"], json!(["01-448-220-17"]));
}

#[test]
fn a_field_is_looked_for_only_where_its_pages_are_asked_for() {
    let calendar = crate::domain::calendar::Calendar::usual(chrono_tz::America::Chicago);
    let received = "2026-10-14T15:00:00Z".parse().unwrap();
    let around = Circumstances { received, calendar: &calendar, own_domains: &[], own_addresses: &[] };
    let text = "I sold the truck, cancel it. A tree fell on the garage yesterday.";
    let parts = vec![crate::message::Part { kind: crate::message::PartKind::New, start: 0, end: text.len() }];
    let message = Message { text: text.to_owned(), parts, ..Message::default() };
    let run =
        |types: &[&str]| to_labels(&super::extract_tests::BUILT_IN.run(&message, &around, &super::Asked::of(types)));
    let page = |field: &str| {
        let rule = super::extract_tests::BUILT_IN.fields.iter().find(|f| f.name == field).unwrap();
        rule.pages.first().unwrap().text.clone()
    };
    let (loss, change) = (run(&[&page("loss_description")]), run(&[&page("change_kinds")]));
    assert!(loss.contains_key("loss_description") && !loss.contains_key("change_kinds"));
    assert!(change.contains_key("change_kinds") && !change.contains_key("loss_description"));
    assert!(run(&[]).contains_key("loss_description") && run(&[]).contains_key("change_kinds"));
}

#[test]
fn policy_numbers_are_spelled_out_typed_in_groups_and_stand_behind_small_words() {
    for (text, number) in [
        ("The number on it is P A seven seven dash one oh four two three if you need it.", "PA77-10423"),
        ("please change it, it's B O two two nine dash eight one five um thanks", "BO229-815"),
        ("the policy number is T R as in Robert seven seven three oh oh four one two so", "TR77300412"),
        ("My policy is P P six six oh nine one one eight I think.", "PP6609118"),
        ("My policy is 7712 04 5518 and I have only the one car.", "7712 04 5518"),
        ("Please cancel the BOP (policy 76 SBA LK2207) as of midnight.", "76 SBA LK2207"),
        ("Our auto policy number is 7714-AP-20936.", "7714-AP-20936"),
        ("We have a comp policy for our nanny (WCH-20185).", "WCH-20185"),
    ] {
        assert_eq!(note(text)["policy_numbers"], json!([number]), "{text}");
    }
    for text in [
        "Which company wrote our policy in 2019?",
        "her license is T four four zero dash eight one one two dash seven",
        "Please change the address on the policy to 2206 Gulf Breeze Ave.",
    ] {
        assert_eq!(note(text).get("policy_numbers"), None, "{text}");
    }
}

#[test]
fn a_carriers_shape_needs_no_label() {
    for (text, number) in [
        ("Please drop him from the drivers' list on BAP-71180 from today on.", "BAP-71180"),
        ("The final audit on SWC3310874 came back.", "SWC3310874"),
        ("As of January 1 the named insured on MKLV4PBC000318 should read otherwise.", "MKLV4PBC000318"),
        ("Two things on ACP BAPC 3041172295, please.", "ACP BAPC 3041172295"),
        ("Her homeowners policy through your office is 61 42 HS 118806 and we appear on it.", "61 42 HS 118806"),
        ("so I want it on 01-447-208-03 starting Monday", "01-447-208-03"),
        ("The insurance on it (H 4402917) can stop that day.", "H 4402917"),
        ("Number on my paper says Y7714203.", "Y7714203"),
        ("I got a yellow envelope for GL-8827140, it is the self audit sheet.", "GL-8827140"),
        ("To release a quote on BSF-CPP-118840 we are waiting.", "BSF-CPP-118840"),
        ("Policy number: 19221-44-07", "19221-44-07"),
    ] {
        assert_eq!(note(text)["policy_numbers"], json!([number]), "{text}");
    }
    let v = note("The certificate runs out on 10/31/2026 (GL BKS 58104423, WC SWC1093377).");
    assert_eq!(v["policy_numbers"], json!(["BKS 58104423", "SWC1093377"]));
}

#[test]
fn agreements_licences_vehicles_and_terms_have_numbers_of_their_own() {
    for text in [
        "The refinery's master agreement (MSA 4600021187) wants a bigger umbrella.",
        "The number on the plastic is B653-8201-0034, Illinois.",
        "Tractor is 2020 Volvo VNL 4V4NC9EHXLN237705, it is at the tow yard now.",
        "workers compensation, 2024-25 term",
        "Their PO 4500018826 has nothing to do with you.",
    ] {
        assert_eq!(note(text).get("policy_numbers"), None, "{text}");
    }
}

#[test]
fn a_vehicles_number_may_be_said_letter_by_letter_or_lack_one() {
    let v = note("It is a 2016 Ford Transit, and here goes, 1 F B A X 2 C M 9 G K A 1 1 9 0 2 . It stays in the lot.");
    assert_eq!(v["vins"], json!(["1FBAX2CM9GKA11902"]));
    let v = note("The new box truck shows up Thursday, I copied the number: 54DC4W1D1PS20047");
    assert_eq!(v["vins"], json!(["54DC4W1D1PS20047"]));
}

#[test]
fn limits_by_the_person_and_by_the_accident_are_two_sums() {
    assert_eq!(note("Please raise our auto liability to 250/500 from Monday.")["limits"], json!([250_000, 500_000]));
    let v = note("Please raise our auto liability to 100/300/50, as we said on 10/20/2026.");
    assert_eq!(v["limits"], json!([100_000, 300_000]));
    assert_eq!(note("Please raise the building limit to half a million.")["limits"], json!([500_000]));
    assert_eq!(note("We split the cost 50/50, and unit 25/50A is empty.").get("limits"), None);
}

#[test]
fn a_state_may_be_shortened_as_people_once_did() {
    let text = "Please send a certificate to\n\nSalt Fork Grain Co-op\nPO Box 12\nOrleans, Nebr. 68966\n\nRosa Delmar";
    let holder = note(text)["certificate_holder"].clone();
    assert_eq!(holder, json!({"name": "Salt Fork Grain Co-op", "address": "PO Box 12, Orleans, Nebr. 68966"}));
    let text = "Please send a certificate to\n\nSalt Fork Grain Co-op\nRR 2 Box 119\nPeoria, Ill. 61602\n\nRosa Delmar";
    assert_eq!(note(text)["certificate_holder"]["address"], "RR 2 Box 119, Peoria, Ill. 61602");
}

#[test]
fn an_address_that_a_form_asked_for_and_nobody_knows_is_none() {
    let form =
        "Certificate request\n\nCertificate holder: Tri-Lakes Food Expo LLC\nHolder address: N/A\nCoverage: GL\n";
    assert_eq!(note(form)["certificate_holder"], json!({"name": "Tri-Lakes Food Expo LLC"}));
}

#[test]
fn a_name_ends_before_its_house_number_and_a_firm_keeps_the_address_below_who_signs() {
    let holder = note("Please send a certificate to Carver Homes LLC 40 Mill Rd Elgin IL 60120 by Friday.");
    assert_eq!(holder["certificate_holder"]["name"], "Carver Homes LLC");
    let text =
        "Please send a certificate to\n\nPaul Reed\nOak Tower Builders LLC\n5 Main St, Suite 200\nChicago, IL 60601";
    let holder = note(text)["certificate_holder"].clone();
    assert_eq!(holder, json!({"name": "Oak Tower Builders LLC", "address": "5 Main St, Suite 200, Chicago, IL 60601"}));
    // “Show” ends a name; “must show” leads to one.
    for (front, name) in [("", "Prairie Home Show"), ("HOLDER MUST SHOW\n", "Prairie Home Show")] {
        let text = format!(
            "Please send a certificate to\n\n{front}Prairie Home Show\nExpo Center\n5 Main St\nPeoria, IL 61602"
        );
        assert_eq!(note(&text)["certificate_holder"]["name"], name, "{text}");
    }
}

#[test]
fn the_first_of_a_numbered_list_is_the_holder_without_its_number_and_a_countys_department_is_a_name() {
    let holder = |text: &str| {
        let found =
            read("Sam Ortiz", "sam@ortiztile.example", "certificate", &format!("{text}\n\nSam Ortiz\nOrtiz Tile\n"));
        let holder = found["certificate_holder"].clone();
        [holder["name"].as_str().unwrap_or("").to_owned(), holder["address"].as_str().unwrap_or("").to_owned()]
    };
    for text in [
        "We need two certificates:\n\n1) Hope Church, 12 Oak St, Peoria, IL 61602\n2) Pine Lodge LLC, 9 Elm St, Pekin, IL 61554",
        "We need two certificates:\n\n1. Hope Church\n   12 Oak St\n   Peoria, IL 61602\n\n2. Pine Lodge LLC\n   9 Elm St\n   Pekin, IL 61554",
    ] {
        assert_eq!(holder(text), ["Hope Church", "12 Oak St, Peoria, IL 61602"], "{text}");
    }
    assert_eq!(
        holder(
            "Please issue a certificate to:\n\nDoor County Highway Department, W5502 Fairview Rd, Brussels, WI 54204"
        ),
        ["Door County Highway Department", "W5502 Fairview Rd, Brussels, WI 54204"]
    );
}

#[test]
fn the_one_address_among_the_words_is_where_the_document_goes() {
    let goes = |text: &str| note(text)["delivery_emails"].clone();
    for text in [
        "Could we get a certificate for the rink? Email it straight to their manager, dana@rink.example. Rosa",
        "They won't release the van without an ID card. dana@rink.example or fax 815-555-0193, either one works.",
        "We need loss runs for five years. The gal there is dana@rink.example, go ahead.",
    ] {
        assert_eq!(goes(text), json!(["dana@rink.example"]), "{text}");
    }
    for text in [
        // Nothing is wanted that could be sent.
        "My new boss is dana@rink.example, in case you wonder who writes to you.",
        // Whose address it is, and which of two.
        "Please issue a certificate.\nBest number 224-555-0104\nEmail dana@rink.example\nHow did you hear of us? A friend",
        "A certificate, please. Dana is dana@rink.example, the owner is ozzy@rink.example, both are nice.",
        "A certificate, please. I wrote to service@agency.example on Monday, too.",
        "A certificate, please. Any questions, dana@rink.example knows the answers.",
    ] {
        assert_eq!(goes(text), json!(null), "{text}");
    }
}

#[test]
fn a_project_is_named_without_what_leads_to_it_and_what_follows() {
    for (text, project) in [
        ("Need a COI for the Millbrook Elementary reroof.", "Millbrook Elementary reroof"),
        (
            "We need a certificate.\nEvent / job ......... Spring concert, Ames Hall\nNeeded by ......... Friday",
            "Spring concert, Ames Hall",
        ),
        ("The certificate goes to the city. In the description box put \"Booth 212\" and their name.", "Booth 212"),
        ("A certificate, please. Job name on the cert is Mercy Pavilion Expansion.", "Mercy Pavilion Expansion"),
        (
            "They want a cert because we won the Harbor Street garage project and they start in May.",
            "Harbor Street garage project",
        ),
        (
            "They need a certificate. It should say \"Corn dog stand, Ames County Fair\" on it somewhere.",
            "Corn dog stand, Ames County Fair",
        ),
        (
            "A cert please, their clerk would like “Blossom Days, village green” in the box.",
            "Blossom Days, village green",
        ),
        ("A certificate, it's for the lobby tile work at Dune Crest.", "lobby tile work at Dune Crest"),
        (
            "A certificate must say \"additional insured\" and they said it needs to say \"Winterfest 2027\" on it.",
            "Winterfest 2027",
        ),
    ] {
        assert_eq!(note(text)["project"], json!(project), "{text}");
    }
}

#[test]
fn a_pronoun_is_no_certificate_holder() {
    assert_eq!(
        note("Met her at the fair. She needs a certificate of insurance by Friday.").get("certificate_holder"),
        None
    );
}
