//! Who is who: which names are met, what the table decides, and where its word ends.

use super::Extractors;
use super::extract_tests::{asking_by, read};
use crate::reading::RuleFile;
use serde_json::Value;

const FIELDS: &str = r#"
[[field]]
name = "client"
label = { en = "client" }
extractor = "insured"
labels = ["client"]
near = ["your insured"]
not = ["your insured"]

[[field]]
name = "caller"
label = { en = "caller" }
extractor = "person"
labels = ["caller"]
near = ["this is"]
not = []
"#;

fn file(name: &str, text: &str) -> RuleFile {
    RuleFile { name: name.into(), text: text.into() }
}

fn by(table: &str, text: &str) -> Value {
    let rules = Extractors::load(&file("fields.toml", FIELDS)).unwrap();
    asking_by(&rules.with_names(&file("names.csv", table), true).unwrap(), "any", text)
}

const LETTER: &str =
    "Hello,\n\nWe haul gravel for Bluff City Stone LLC, and Kane County Paving owes us.\n\nRosa Delmar\n";

#[test]
fn the_name_that_stands_farthest_on_a_fields_side_is_its_value() {
    let found = by("word,rarity,client\n(start),,-1\n1 before for,1.00,2\n", LETTER);
    assert_eq!(found["client"], "Bluff City Stone LLC");
    let found = by("word,rarity,client\n(start),,-1\n1 after owes,1.00,2\n", LETTER);
    assert_eq!(found["client"], "Kane County Paving");
}

#[test]
fn where_no_name_is_on_its_side_the_field_has_none_and_one_without_column_goes_by_patterns() {
    let found = by("word,rarity,client\n(start),,-1\n1 before zorblat,1.00,2\n", LETTER);
    assert_eq!((found.get("client"), &found["caller"]), (None, &Value::from("Rosa Delmar")));
    let found =
        by("word,rarity,caller\n(start),,-1\nsigns,1.00,2\n", "This is for your insured, Carver Homes LLC, at once\n");
    assert_eq!(found["client"], "Carver Homes LLC");
}

/// A field for whom a document is, beside those of `FIELDS`.
const DOCUMENT: &str = r#"
[[field]]
name = "payee"
label = { en = "payee" }
extractor = "party"
pages = ["any"]
labels = ["payee"]
near = ["for"]
words = ["ticket to"]
not = []
documents = ["ticket"]
"#;

fn with_a_document(table: &str, text: &str) -> Value {
    let rules = Extractors::load(&file("fields.toml", &format!("{FIELDS}{DOCUMENT}"))).unwrap();
    asking_by(&rules.with_names(&file("names.csv", table), true).unwrap(), "any", text)
}

#[test]
fn a_name_is_the_insureds_or_another_partys_and_never_both() {
    let table = "word,rarity,client,payee\n(start),,-1,-1\n1 before for,1.00,3,2\n1 after owes,1.00,,1\n";
    let found = with_a_document(table, LETTER);
    assert_eq!(
        (&found["client"], &found["payee"]["name"]),
        (&"Bluff City Stone LLC".into(), &"Kane County Paving".into())
    );
}

#[test]
fn who_a_document_is_for_is_the_firm_that_is_left_where_nothing_tells() {
    let table = "word,rarity,client,payee\n(start),,-1,-1\n1 before for,1.00,3,\n";
    assert_eq!(with_a_document(table, LETTER)["payee"]["name"], "Kane County Paving");
    // Nobody is where the words stand far beyond the border.
    let table = "word,rarity,client,payee\n(start),,-1,-2\n1 before for,1.00,3,\n";
    assert_eq!(with_a_document(table, LETTER).get("payee"), None);
}

#[test]
fn who_a_document_is_for_is_told_by_the_words_that_lead_there_before_a_firm_that_is_left() {
    let table = "word,rarity,client,payee\n(start),,-1,-1\n1 before for,1.00,3,\n";
    let text = "Hello,\n\nWe haul for Bluff City Stone LLC. Kane County Paving owes us. Send a ticket to Delta Yard.\n\nRosa Delmar\n";
    assert_eq!(with_a_document(table, text)["payee"]["name"], "Delta Yard");
    // Whom the table takes for somebody else is not led to.
    let table = "word,rarity,client,payee\n(start),,-1,-1\n1 before to,1.00,3,\n";
    assert_eq!(with_a_document(table, text)["payee"]["name"], "Bluff City Stone LLC");
}

#[test]
fn a_name_in_small_letters_is_met_before_its_address() {
    let table = "word,rarity,client,payee\n(start),,-1,-1\nhas an address,1.00,,2\n";
    for (text, name) in [
        (
            "make it out to bellmore motor company inc, 77 hillcrest road, mobile al 36608. thx",
            "bellmore motor company inc",
        ),
        ("can yall send one to delta yard at 88 canal access rd beaumont tx 77701", "delta yard"),
        (
            "it needs to go to pinehill servicing corp isaoa/atima, po box 52, toledo oh 43604",
            "pinehill servicing corp isaoa/atima",
        ),
        ("two for the reroof\n\nvillage of oakbury\n12 s first ave\noakbury il 60128\n\nthx", "village of oakbury"),
    ] {
        assert_eq!(with_a_document(table, text)["payee"]["name"], name, "{text}");
    }
    let text = "we are in the shop at 88 canal access rd beaumont tx 77701";
    assert_eq!(with_a_document(table, text).get("payee"), None);
}

#[test]
fn who_types_in_haste_needs_no_capitals_for_a_name_and_a_forms_single_dot_ends_its_label() {
    let table = "word,rarity,client,payee\n(start),,-1,-1\n1 before for,1.00,,2\nhas an address,1.00,,2\n";
    assert_eq!(
        with_a_document(table, "need one for kestrel drywall, gl and comp\n\nlou")["payee"]["name"],
        "kestrel drywall"
    );
    let form = "Status ............. NOT COMPLIANT\nTicket holder . Larchmont Holdings, Inc.\n    12 Mill Plaza, Suite 3\n    Dixon, IL 61021\n";
    assert_eq!(with_a_document(table, form)["payee"]["name"], "Larchmont Holdings, Inc.");
    let text = "Holder is Acme Lending, its affiliates and assigns, so mail it to 41 W. Oak Street, Peoria, IL 61602.";
    assert_eq!(with_a_document(table, text)["payee"]["name"], "Acme Lending");
    let text = "Send one to\n\nAcme Yard LLC\nits address is\n900 Fieldhouse Drive\nRidge Grove, IL 60174\n";
    assert_eq!(with_a_document(table, text)["payee"]["name"], "Acme Yard LLC");
    let text = "Send one to our landlord\nits address is\n900 Fieldhouse Drive\nRidge Grove, IL 60174\n";
    assert_eq!(with_a_document(table, text).get("payee"), None);
    let text = "The name is Ashby Park District and its 7700 Alder Grove Rd, Morton, IL 61550.";
    assert_eq!(with_a_document(table, text)["payee"]["name"], "Ashby Park District");
}

#[test]
fn what_lenders_and_public_bodies_add_belongs_to_their_name() {
    let table = "word,rarity,client,payee\n(start),,-1,-1\nhas an address,1.00,,2\n";
    for (text, name) in [
        (
            "Please show us so: Corwith Lending, N.A., its successors and/or assigns, as their interest may appear, 41 W. Oak Street, Peoria, IL 61602.",
            "Corwith Lending, N.A., its successors and/or assigns, as their interest may appear",
        ),
        (
            "The ticket says\n\nRidge Grove Park District, its officers, employees and volunteers\n900 Fieldhouse Drive\nRidge Grove, IL 60174\n\nThanks",
            "Ridge Grove Park District, its officers, employees and volunteers",
        ),
    ] {
        assert_eq!(with_a_document(table, text)["payee"]["name"], name, "{text}");
    }
}

#[test]
fn a_column_that_is_no_field_of_names_is_a_mistake_in_a_table_of_ones_own() {
    let rules = Extractors::load(&file("fields.toml", FIELDS)).unwrap();
    let wrong = rules.with_names(&file("names.csv", "word,rarity,moon\n(start),,-1\n"), true).unwrap_err();
    assert!(wrong.first().is_some_and(|m| m.what.contains("moon")), "{wrong:?}");
}

#[test]
fn an_address_that_is_said_aloud_is_written_in_digits() {
    let text = "hi they want a certificate made out to Cook Valley Licensing Office that's at four fifteen West Depot \
                Street Suite two Wheaton Illinois six oh one eight seven by Thursday thanks";
    let found = read("Voicemail", "voicemail@pbx.example", "New voicemail", text);
    let address = "415 West Depot Street Suite 2 Wheaton Illinois 60187";
    assert_eq!(found["location_address"], address, "{found}");
}
