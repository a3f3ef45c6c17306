//! Breaks `Message::parse`: whatever the bytes, a sound message, the same one each time, with a key of its own.
#![no_main]

use intaked::message::Message;
use intaked_fuzz::{assert_sound, contain_other_peoples_panics};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: contain_other_peoples_panics(), |raw: &[u8]| {
    let message = Message::parse(raw);
    assert_sound(&message);
    let again = Message::parse(raw);
    assert_eq!(message, again);
    assert_eq!(message.identity(), again.identity());
    // What is attached is a message too: what holds for the inner one holds for the outer one.
    let outer = Message::parse(&intaked_fuzz::mail_with("message/rfc822", "original.eml", raw));
    assert_sound(&outer);
});
