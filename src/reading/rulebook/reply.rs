//! What a reply says that only its thread makes plain: a few words that may be no more than the answer to what was asked,
//! and words that point to what was done before.

use super::{super::folded::Folded, Circumstances, Found, Rulebook};
use crate::domain::{
    id::RequestType,
    reading::{Evidence, Request, Short},
};
use crate::message::Message;

impl Rulebook {
    /// A reply of a few words. Where a sign of some work, or of none, shows in it, only what gives a field its value.
    pub(super) fn short(&self, message: &Message, circumstances: &Circumstances<'_>, plain: bool) -> Option<Short> {
        let short = self.extractors.short(message, circumstances)?;
        (plain || !short.fields.is_empty()).then_some(Short { plain, ..short })
    }

    /// For which pages it points to what was done before, whatever it asks for itself.
    pub(super) fn points_back(&self, found: &Found<'_>, folded: &Folded) -> Vec<(RequestType, Evidence)> {
        let pages = self.pages.iter().filter_map(|p| p.again.as_ref().map(|again| (p, again)));
        pages.filter_map(|(p, again)| Some((p.id.clone(), again.pointing(found, folded).pop()?))).collect()
    }
}

/// Whether a page's own sign speaks for a request, or for no work; the words of the whole message are none.
pub(super) fn shows_a_sign(requests: &[Request], no_work: &[Evidence]) -> bool {
    let evidence = requests.iter().flat_map(|r| &r.evidence).chain(no_work);
    evidence.into_iter().any(Evidence::is_sign)
}

#[cfg(test)]
mod tests {
    use super::super::*;
    use crate::domain::{calendar::Calendar, field::Provenance};

    /// A reply in the thread of a letter of ours, as mail programs write it, read by the built-in rules.
    fn reply(subject: &str, words: &str) -> (Message, Reading) {
        let raw = format!(
            "From: Dana Whitfield <dana@whitfield.example>\nTo: service@agency.example\nSubject: Re: {subject} [T-1-abc]\n\
             Message-ID: <m2@whitfield.example>\nIn-Reply-To: <l1@agency.example>\nDate: Wed, 18 Nov 2026 10:00:00 -0600\n\
             MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n{words}\n\nOn Tue, Nov 17, 2026 at 10:00 AM \
             Harbor Point Insurance <service@agency.example> wrote:\n\n> 1. What is the full legal name and address?\n"
        );
        let message = Message::parse(raw.as_bytes());
        let calendar = Calendar::usual(chrono_tz::America::Chicago);
        let circumstances = Circumstances {
            received: message.date.unwrap(),
            calendar: &calendar,
            own_domains: &["agency.example".to_owned()],
            own_addresses: &[],
        };
        let reading = RULES.with(|r| r.read(&message, &circumstances));
        (message, reading)
    }

    thread_local! {
        static RULES: Rulebook = Rulebook::built_in();
    }

    /// What the words say as the answer to a question for this field.
    fn says(words: &str, field: &str) -> Vec<String> {
        let (message, reading) = reply("your mail", words);
        let Some(short) = reading.short else { return Vec::new() };
        let stands = |f: &Field| match &f.from {
            Provenance::Message { span, words, .. } => {
                message.text.get(span.start as usize..span.end as usize) == Some(words.as_str())
            }
            _ => false,
        };
        assert!(short.fields.iter().all(stands), "{:?}", short.fields);
        short.fields.iter().filter(|f| f.name == field).map(|f| f.value.shown()).collect()
    }

    #[test]
    fn a_bare_value_is_read_as_the_answer_to_a_question_for_it_and_its_words_stand_where_it_says() {
        let northgate = "Northgate Builders LLC, 410 Quarry Rd, Joliet, IL 60432";
        for (words, field, value) in [
            ("1M8GDM9AXKP042788", "vins", "1M8GDM9AXKP042788"),
            ("Hi Ana,\n\nIt is 1M8GDM9AXKP042788.\n\nThanks,\nDana", "vins", "1M8GDM9AXKP042788"),
            ("12/1", "effective_date", "2026-12-01"),
            ("December 1st\n\nThanks\nDana", "effective_date", "2026-12-01"),
            ("Monday", "effective_date", "2026-11-23"),
            ("Tomorrow please", "effective_date", "2026-11-19"),
            ("Last Tuesday around 4pm", "date_of_loss", "2026-11-17"),
            ("11/3", "date_of_loss", "2026-11-03"),
            ("Northgate Builders LLC\n410 Quarry Rd\nJoliet, IL 60432", "certificate_holder", northgate),
            (
                "Northgate Builders LLC, 410 Quarry Rd, Joliet, IL 60432\n\nDana Whitfield",
                "certificate_holder",
                northgate,
            ),
            (
                "First Midwest Bank ISAOA, PO Box 391, Joliet, IL 60434",
                "lienholder",
                "First Midwest Bank ISAOA, PO Box 391, Joliet, IL 60434",
            ),
            ("Whitfield Drywall LLC", "insured_name", "Whitfield Drywall LLC"),
            ("2018 Ford Transit", "vehicles", "2018 Ford Transit"),
            ("12 Mill Street, Joliet, IL 60432", "location_address", "12 Mill Street, Joliet, IL 60432"),
        ] {
            assert_eq!(says(words, field), [value], "{words}");
        }
        let (_, reading) = reply("COI", "410 Quarry Rd, Joliet, IL 60432");
        let address = reading.short.and_then(|s| s.address).map(|a| a.value.shown());
        assert_eq!(address.as_deref(), Some("410 Quarry Rd, Joliet, IL 60432"));
    }

    #[test]
    fn what_says_no_value_is_kept_as_words_and_thanks_and_long_mail_are_no_answer() {
        for words in [
            "yes",
            "No.",
            "both",
            "Both",
            "the second one",
            "accepted",
            "Sí",
            "GL only",
            "yup",
            "Monday is fine with us",
        ] {
            let (_, reading) = reply("your mail", words);
            let short = reading.short.unwrap_or_else(|| panic!("{words}"));
            assert_eq!(short.words, words);
            assert!(
                short.plain && short.fields.iter().all(|f| f.name.ends_with("date") || f.name == "date_of_loss"),
                "{short:?}"
            );
        }
        for words in ["Thanks", "Perfect, thanks!", "ok", "", "Please send me a new ID card for the Honda."] {
            assert_eq!(reply("your mail", words).1.short, None, "{words}");
        }
        let long = "We talked about it at home and at the shop, and then again with our accountant, who has been with us for \
                    years and wants to see the figures of each of the three quotes first. So it will take until Monday.";
        assert_eq!(reply("your mail", long).1.short, None);
    }

    #[test]
    fn a_reply_that_puts_off_shows_no_clear_wish_of_its_own() {
        for words in [
            "Let me check with my husband and get back to you.",
            "I'll check my records and get back with you.",
            "Let me ask the bank about the payment and I will let you know.",
            "I'll talk to my son about the car tonight and call back to you tomorrow.",
            "Dejame preguntarle a mi esposo sobre el pago y le aviso.",
        ] {
            for subject in ["COI for Northgate", "New truck", "your mail"] {
                let (_, reading) = reply(subject, words);
                let clear = reading.certainty == Certainty::Clear;
                let wish = reading.requests.iter().find(|r| clear && r.shows_below_the_subject());
                assert_eq!(wish, None, "{subject}: {words}");
            }
        }
        for (words, wish) in [
            ("Let me check with my husband and get back to you. Please also cancel the boat policy.", "cancellation"),
            ("I'll ask my wife and let you know. Also, she needs a new ID card for the Honda.", "id_card"),
        ] {
            let (_, reading) = reply("COI for Northgate", words);
            let found = reading.requests.iter().find(|r| r.request_type.as_str() == wish);
            assert!(found.is_some_and(Request::shows_below_the_subject), "{words}: {:?}", reading.requests);
            assert_eq!(reading.certainty, Certainty::Clear, "{words}");
        }
    }

    #[test]
    fn a_reply_points_back_for_the_page_that_knows_such_words_whatever_it_asks_for_itself() {
        for words in ["same holder as last year", "Same as last time please\n\nDana"] {
            let (_, reading) = reply("your mail", words);
            let pages: Vec<&str> = reading.points_back.iter().map(|(p, _)| p.as_str()).collect();
            assert_eq!(pages, ["certificate"], "{words}");
        }
        assert!(reply("your mail", "Northgate Builders").1.points_back.is_empty());
    }
}
