//! A story for each request type: from the client's first mail to the closing letter, moved by mail from both sides
//! only, every letter read in full (`script.rs`).

use crate::script::{Story, term, told_term};

const SIGNED: &str = "\n\nDana Whitfield\nWhitfield Drywall LLC\n";

fn signed(body: &str) -> String {
    format!("Hello,\n\n{body}{SIGNED}")
}

#[test]
fn a_certificate_with_the_same_holder_as_last_year_goes_out_without_a_question() {
    let mut s = Story::begins("st-cert");
    s.client_writes(
        "Certificate for the village again",
        &signed("the village wants a new certificate of insurance for the snow removal this winter. Same holder as last year, please."),
    )
    .hears_that_it_arrived("Certificate of insurance", &[])
    .csr_reads_the_notice(&[
        "Same holder as last year, please.",
        "Certificate holder Northgate Builders LLC, 410 Quarry Rd, Joliet, IL 60432 from the account book",
        "last time it was Northgate Builders LLC, issued Mon 24 Nov 2025 for snow removal, by the account book",
    ])
    .csr("working on it")
    .csr_did_the_steps()
    .csr_tells_the_client("Here is your certificate for this winter.", Some("COI 2026.pdf"))
    .csr_is_done();
}

#[test]
fn an_endorsement_asks_for_the_vin_waits_for_the_carrier_and_closes_on_its_word() {
    let mut s = Story::begins("st-end");
    let vin = "What is the vehicle identification number (VIN, 17 characters) of the vehicle? It stands on the title, the \
               registration and the dashboard.";
    s.client_writes(
        "New truck",
        &signed(
            "We bought a 2022 Ford F-250 on Monday and need to add it to our auto policy BAP-771203, effective 12/1/2026. \
             It is garaged at the shop, and there is no loan on it.",
        ),
    );
    s.hears_that_it_arrived("Policy change", &[vin]).csr_reads_the_notice(&[
        "2022 Ford F-250",
        "STILL MISSING",
        &format!("BAP-771203, Commercial auto, Keystone Midland, {} (named in the request)", told_term()),
    ]);
    s.csr_asks("Can you read us the VIN?", "It is 1M8GDM9AXKP042788.\n\nDana")
        .csr_waits_for_the_carrier("the endorsement is ordered")
        .csr_did_the_steps()
        .csr_tells_the_client("The carrier has put the truck on the policy from December 1.", Some("Endorsement.pdf"))
        .csr_is_done();
    assert!(s.task()["fields"].to_string().contains("1M8GDM9AXKP042788"), "the answer brought the fact");
}

#[test]
fn a_renewal_ends_with_the_clients_own_decision() {
    let mut s = Story::begins("st-ren");
    s.client_writes(
        "Renewal of our auto policy",
        &signed(&format!(
            "our auto policy BAP-771203 comes up for renewal on {}. Please review the renewal and let us know what \
             it will cost. Nothing has changed in our operations.",
            term().1.format("%-m/%-d/%Y")
        )),
    )
    .hears_that_it_arrived("Renewal", &[])
    .csr_reads_the_notice(&["BAP-771203", "(named in the request)"])
    .csr_waits_for_the_carrier("the renewal offer")
    .csr_tells_the_client("The renewal offer is attached. Please tell us whether you accept it.", Some("Renewal.pdf"))
    .csr_asks("Do you accept the renewal?", "Yes, we accept the renewal as offered.\n\nDana")
    .csr_did_the_steps_and_prepares(&[
        "T-1 (Renewal) brought about a task for the holder.",
        "T-2",
        "Northgate Builders LLC, 410 Quarry Rd, Joliet, IL 60432",
        "Nobody outside has heard of it",
    ])
    .csr_tells_the_client(
        "Your renewal is with the carrier as you decided; the policy is attached.",
        Some("Policy.pdf"),
    )
    .csr_is_done();
}

#[test]
fn new_business_goes_from_quote_to_an_order_in_writing() {
    let mut s = Story::begins("st-new");
    s.client_writes(
        "Quote for a new shop",
        &signed(
            "We are starting a new cabinet shop at 12 Mill Street, Joliet, IL 60432 and need a quote for general liability \
             by December 20. Two employees, receipts about $300,000.",
        ),
    )
    .hears_that_it_arrived("Quote or new policy", &[])
    .csr_reads_the_notice(&["12 Mill Street", "THIS KIND OF WORK, BECAUSE"])
    .csr_waits_for_the_carrier("two quotes")
    .csr_tells_the_client("Two quotes are attached; the first fits what you told us.", Some("Quotes.pdf"))
    .csr_asks("Which quote do you order, and from which day?", "The first one please, from January 2.\n\nDana")
    .csr_did_the_steps()
    .csr_tells_the_client("Here is the policy as you ordered it.", Some("Policy.pdf"))
    .csr_is_done();
}

#[test]
fn a_claim_is_sent_at_once_and_ends_with_the_carriers_number_and_the_adjuster() {
    let mut s = Story::begins("st-claim");
    s.client_writes(
        "Windshield and door damaged",
        "Hello,\n\nI need to report a claim. On November 18 around 4 pm a deer ran into our 2019 Ford Transit on Route 6 \
         near Joliet, IL. The door and the windshield are damaged. Nobody was in the way and no other car was \
         involved. Policy BAP-771203.\n\nDana Whitfield\n(815) 555-0144\n",
    )
    .hears_that_the_claim_arrived(&[])
    .csr_reads_the_notice(&["a deer ran into our 2019 Ford Transit", "BAP-771203"])
    .csr("working on it")
    .csr_waits_for_the_carrier("claim number and adjuster")
    .csr_did_the_steps()
    .csr_tells_the_client("The carrier's claim number is 2026-5512; the adjuster is Kim Soto, (800) 555-0177.", None)
    .csr_is_done();
}

#[test]
fn a_billing_question_is_answered_with_the_carriers_account() {
    let mut s = Story::begins("st-bill");
    s.client_writes(
        "Charged twice",
        &signed(
            "our bank shows that we were charged twice for the November installment, $412.50 each, on policy BAP-771203. \
             Why were we charged two times, and can we have a refund?",
        ),
    )
    .hears_that_it_arrived("Billing and payment", &[])
    .csr_reads_the_notice(&["charged twice", "$412.50"])
    .csr_waits_for_the_carrier("their ledger")
    .csr_did_the_steps()
    .csr_tells_the_client("The carrier took the second payment by mistake and sends it back to your bank.", None)
    .csr_is_done();
}

#[test]
fn a_cancellation_waits_for_the_signed_request_and_for_the_carrier() {
    let mut s = Story::begins("st-canc");
    s.client_writes(
        "Please cancel a policy",
        &signed(
            "please cancel our policy BAP-771203 effective 12/31/2026. We sold the truck and no longer need the coverage.",
        ),
    )
    .hears_that_it_arrived("Cancellation request", &[])
    .csr_reads_the_notice(&["effective 12/31/2026", "(named in the request)"])
    .csr_asks("Please sign the attached request, all named insureds.", "Signed, it is on its way to you.\n\nDana")
    .csr_waits_for_the_carrier("their confirmation")
    .csr_did_the_steps()
    .csr_tells_the_client("The carrier has cancelled the policy from December 31; its letter is attached.", Some("Notice.pdf"))
    .csr_is_done();
}

#[test]
fn an_id_card_is_sent_in_three_mails() {
    let mut s = Story::begins("st-card");
    s.client_writes(
        "Insurance card",
        &signed(
            "I lost the auto insurance ID card for our 2019 Ford Transit on policy BAP-771203. Could you please email me a \
             new ID card?",
        ),
    )
    .hears_that_it_arrived("Auto ID card", &[])
    .csr_reads_the_notice(&["2019 Ford Transit", "BAP-771203"])
    .csr_did_the_steps()
    .csr_tells_the_client("Here is your new card; please print it for the glove box.", Some("Card.pdf"))
    .csr_is_done();
}

#[test]
fn loss_runs_are_ordered_from_the_carrier_and_sent_on() {
    let mut s = Story::begins("st-loss");
    s.client_writes(
        "Loss runs",
        &signed(
            "please send us currently valued loss runs for the last five years for our general liability policy GL-448812.",
        ),
    )
    .hears_that_it_arrived("Loss runs", &[])
    .csr_reads_the_notice(&[
        "five years",
        &format!("GL-448812, General liability, Keystone Midland, {} (named", told_term()),
    ])
    .csr_waits_for_the_carrier("loss runs, five years")
    .csr_did_the_steps()
    .csr_tells_the_client("Your loss runs of five years are attached.", Some("Loss runs.pdf"))
    .csr_is_done();
}

#[test]
fn an_audit_is_submitted_and_its_result_told() {
    let mut s = Story::begins("st-audit");
    s.client_writes(
        "Premium audit",
        &signed(
            "we got the premium audit form for our workers compensation policy WC-229041. Could you submit the audit for \
             us by December 11? The period is 10/1/2025 to 10/1/2026.",
        ),
    );
    s.hears_that_it_arrived("Premium audit", &[]).csr_reads_the_notice(&["WC-229041", "audit"]);
    s.csr_asks(
        "Please send us the payroll records of the period.",
        "Here are the payroll figures: 182,000 in all.\n\nDana",
    )
    .csr_waits_for_the_carrier("the result of the audit")
    .csr_did_the_steps()
    .csr_tells_the_client("The audit is accepted; the carrier's statement is attached.", Some("Audit.pdf"))
    .csr_is_done();
}
