//! Tables, forms, lists, sums and numbers: each shape on lines of its own.

use super::extract_tests::note;
use serde_json::json;

#[test]
fn a_columns_heading_says_what_stands_below_it() {
    let v = note(
        "Please add these:\n\nVehicle | Cost new | Loss payee\n2021 Ford Transit | 41,200 | none\n2019 Ram 1500 | 18,750 | none\n",
    );
    assert_eq!((&v["limits"], v.get("amounts")), (&json!([41200, 18750]), None));
    let v = note("Location | Deductible | Built\n12 Elm Ave | 2,500 | 1974\n88 Pier St | 5,000 | 1981\n");
    assert_eq!((v.get("limits"), &v["amounts"]), (None, &json!([2500, 5000])));
    let v = note("Line | Policy | Expires\nGL | CPP 4471902 | 12/01/2026\n");
    assert_eq!(v["expiration_date"], json!("2026-12-01"));
    let v = note("Named insured | Policy | Expires\nDelmar Roofing LLC | CPP 4471902 | 12/01/2026\n");
    assert_eq!(v["insured_name"], json!("Delmar Roofing LLC"));
}

#[test]
fn a_table_may_be_parted_by_commas_or_spaces() {
    let v = note("line,policy,expires,garaged\nGL,CPP 4471902,12/01/2026,Pekin\n");
    assert_eq!(v["expiration_date"], json!("2026-12-01"));
    let v = note("Unit    Year   Cost New\n7       2021   41,200\n8       2019   18,750\n");
    assert_eq!(v["limits"], json!([41200, 18750]));
    // Lines of other cells are no table.
    let v = note("Unit    Cost New\n7       2021   41,200   Pekin\n");
    assert_eq!(v.get("limits"), None);
}

#[test]
fn a_form_says_no_behind_a_colon_and_by_an_empty_box() {
    let form = "Additional insured: No\nWaiver of subrogation: Yes\nPrimary and non-contributory? none\n";
    let v = note(form);
    assert_eq!(
        (v.get("additional_insured"), v.get("waiver_of_subrogation"), v.get("primary_noncontributory")),
        (None, Some(&json!(true)), None)
    );
    let v = note(
        "Coverage wanted:\n[x] General Liability\n[ ] Umbrella\n[] Workers Compensation\n☐ Cyber\n☒ Commercial auto\n",
    );
    assert_eq!(v["coverages"], json!(["GL", "AUTO"]));
    let v = note("Umbrella: No\nGeneral liability: yes\nCyber: no, thanks to the price we will leave that out\n");
    assert_eq!(v["coverages"], json!(["GL", "CYBER"]), "a sentence behind a colon is no box of a form");
}

#[test]
fn a_date_long_ago_right_behind_a_name_is_a_birthday() {
    let v = note("Please add these drivers: Theo Vance, 3/4/1990 and Nina Okoro 11/30/1987");
    assert_eq!(
        v["drivers"],
        json!([{"name": "Theo Vance", "dob": "1990-03-04"}, {"name": "Nina Okoro", "dob": "1987-11-30"}])
    );
    assert_eq!(note("Please ask Theo Vance, 3/4/2026 suits him.").get("drivers"), None, "a day of this year");
}

#[test]
fn limits_are_told_from_other_sums() {
    let v =
        note("They want $2,000,000 per occurrence, a 5M umbrella and the deductible at $1,000. Premium was $4,250.50.");
    assert_eq!(v["limits"], json!([2_000_000, 5_000_000]));
    assert_eq!(v["amounts"], json!([1000, 4250.5]));
    assert_eq!(note("I paid two hundred eighteen dollars")["amounts"], json!([218]));
}

#[test]
fn a_number_without_sign_or_comma_is_a_sum_right_behind_a_word_for_one() {
    assert_eq!(note("The new skid steer, stated value 68500, goes on.")["limits"], json!([68500]));
    assert_eq!(note("We want payroll: 240000 on it.")["amounts"], json!([240_000]));
    // Other words for sums take a sum that is marked as one, and no number alone.
    let v = note("The building at 68500 Canal Road, coverage 68500");
    assert_eq!((v.get("limits"), v.get("amounts")), (None, None));
}

#[test]
fn sums_in_a_list_are_what_the_words_above_it_say() {
    let v = note("Please insure the following equipment:\n - piano  $48,000\n - bells  $12,500\n");
    assert_eq!((&v["limits"], v.get("amounts")), (&json!([48000, 12500]), None));
    let v = note("These bills came:\n - May  $480.00\n - June  $512.50\n");
    assert_eq!((v.get("limits"), &v["amounts"]), (None, &json!([480, 512.5])));
}

#[test]
fn two_sums_may_share_a_slash() {
    assert_eq!(note("They want GL limits of 1M/2M.")["limits"], json!([1_000_000, 2_000_000]));
    assert_eq!(note("limits $1,000,000/$2,000,000")["limits"], json!([1_000_000, 2_000_000]));
    assert_eq!(note("limits of 24/7 service and 10/12").get("limits"), None);
}

#[test]
fn claims_and_invoices_are_read_by_their_labels() {
    assert_eq!(note("any news on claim number QX-26-448190?")["claim_number"], json!("QX-26-448190"));
    assert_eq!(note("What is invoice #DM-20931 for?")["invoice_number"], json!("DM-20931"));
}

#[test]
fn a_short_label_in_capitals_is_part_of_the_number_behind_its_dash() {
    assert_eq!(note("What is due on the umbrella, INV-20931?")["invoice_number"], json!("INV-20931"));
    assert_eq!(note("Any news on CLM-26-448190?")["claim_number"], json!("CLM-26-448190"));
    // The hit is the label's alone where it is a word: in small letters, or with a space.
    assert_eq!(note("Any news on clm 26-448190?")["claim_number"], json!("26-448190"));
    assert_eq!(note("Did you see INV-12?").get("invoice_number"), None, "too short for a number");
}
