//! Breaks HTML to text: nothing that stood before can be thrown away by what follows, no letter is made up, the text is
//! clean, and shown again as it stands it is the same.
#![no_main]

use intaked::message::Message;
use intaked_fuzz::{assert_sound, contain_other_peoples_panics, escaped, mail, visible};
use libfuzzer_sys::fuzz_target;

fn text_of(page: &str) -> String {
    let message = Message::parse(&mail("policy", "text/html", page));
    assert_sound(&message);
    message.text
}

fuzz_target!(init: contain_other_peoples_panics(), |data: &[u8]| {
    let page = String::from_utf8_lossy(data).into_owned();
    let text = text_of(&page);
    assert!(text.is_empty() || text.ends_with('\n'), "{text:?}");
    assert!(!text.starts_with('\n') && !text.contains(" \n"), "{text:?}");
    // Without entities every letter stands in the page, in this order; figures and marks may be a list's or a quote's.
    if !page.contains('&') {
        let mut letters = page.chars().filter(|c| c.is_alphabetic());
        assert!(text.chars().filter(|c| c.is_alphabetic()).all(|c| letters.any(|l| l == c)), "{text:?}");
    }
    let after = text_of(&format!("<p>Mqxj first</p>{page}"));
    assert!(after.starts_with("Mqxj first"), "{after:?}");
    let again = text_of(&format!("<pre>{}</pre>", escaped(&text)));
    assert!(visible(&again).eq(visible(&text)), "{text:?} became {again:?}");
});
