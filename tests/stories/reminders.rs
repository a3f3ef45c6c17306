//! What the desk asks is asked again on the page's days, until it is answered or a person hears that nobody answers.

use crate::script::Story;

const HOLDER: &str = "What is the certificate holder's full legal name and mailing address? It is printed on the certificate \
                      exactly as you give it.";
const REMINDED: &str =
    "We wrote to you about your request (T-1), and have not heard from you yet. We still need from you:";
const REMINDED_END: &str = "Simply reply to this message with what you have. If you need it no more, or would rather talk, tell \
                            us or call.";

/// The client wants a certificate and does not say for whom.
fn asks_for_a_certificate(name: &str) -> Story {
    let mut s = Story::begins(name);
    s.client_writes(
        "Certificate for a new job",
        "Hello,\n\nwe start a new job next month and the general contractor wants a certificate of insurance from us.\n\n\
         Dana Whitfield\nWhitfield Drywall LLC\n",
    )
    .hears_that_it_arrived("Certificate of insurance", &[HOLDER])
    .csr_reads_the_notice(&["certificate of insurance from us", "STILL MISSING", "(asked)"])
    .csr("working on it");
    s
}

#[test]
fn a_question_that_nobody_answers_is_repeated_on_its_days_and_then_a_person_hears() {
    let mut s = asks_for_a_certificate("st-remind");
    assert_eq!(s.task()["waiting"]["on"], "client");
    // Every two business days: once, and once more, and then a person.
    let first = s.it_is_time_to_remind();
    assert!((47..=120).contains(&first.num_hours()), "{first}");
    s.client_is_asked_again(REMINDED, HOLDER, REMINDED_END).client_is_left_in_peace();
    s.it_is_time_to_remind();
    s.client_is_asked_again(REMINDED, HOLDER, REMINDED_END);
    s.it_is_time_to_remind();
    s.csr_hears(&[
        "T-1",
        "The client has not answered what was asked, and was reminded: certificate holder.",
        "Call them; if they want it no more, end it: no response.",
    ]);
    assert!(s.task()["waiting"].is_null(), "it is the agency's turn");
    s.it_is("+40d").client_is_left_in_peace();
}

#[test]
fn an_answer_stops_it_and_half_of_one_asks_for_the_other_half() {
    let mut s = asks_for_a_certificate("st-half");
    s.it_is_time_to_remind();
    s.client_is_asked_again(REMINDED, HOLDER, REMINDED_END);
    // Half of it: the other half is asked, in the words of the page for it.
    s.client_answers_it("Lakeshore Marina LLC\n\nDana")
        .which_says(&["The client answered: certificate holder, and was asked for the rest: certificate holder."])
        .client_is_asked_again(
            "Thank you. This is about your request (T-1). To go on with it we still need from you:",
            "We have the certificate holder's name. What is its mailing address?",
            "Simply reply to this message with what you have. If it is urgent, please call.",
        );
    // The bare address is the other half, and that is all.
    s.client_answers_it("12 Pier Road, Kenosha, WI 53140").which_says(&[
        "The client answered all that was asked: certificate holder.",
        "Lakeshore Marina LLC, 12 Pier Road",
    ]);
    let task = s.task();
    assert!(task["waiting"].is_null() && task["missing"].as_array().is_none_or(Vec::is_empty), "{task}");
    s.it_is("+30d").client_is_left_in_peace();
}

#[test]
fn what_answers_nothing_by_itself_is_shown_to_the_csr_and_nobody_is_reminded_of_it() {
    let mut s = asks_for_a_certificate("st-unclear");
    s.it_is_time_to_remind();
    s.client_is_asked_again(REMINDED, HOLDER, REMINDED_END);
    s.client_answers_it("the second one")
        .which_says(&["what was asked could not be read from it: certificate holder", "> the second one"]);
    assert!(s.task()["waiting"].is_null());
    s.it_is("+30d").client_is_left_in_peace();
}

#[test]
fn same_as_last_year_answers_the_question_and_the_csr_reads_which_certificate_that_was() {
    let mut s = asks_for_a_certificate("st-same");
    s.it_is_time_to_remind();
    s.client_is_asked_again(REMINDED, HOLDER, REMINDED_END);
    s.client_answers_it("Same holder as last year.\n\nDana").which_says(&[
        "The client answered all that was asked: certificate holder.",
        "Northgate Builders LLC, 410 Quarry Rd, Joliet, IL 60432",
        "last time it was Northgate Builders LLC, issued Mon 24 Nov 2025 for snow removal, by the account book",
    ]);
}
