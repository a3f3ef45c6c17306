//! Breaks the division of a body into new text, history, signature and notices: what is split must add up. Each
//! visible character that was sent is in the text, in order, however the body is written; parts and forwards are
//! stretches of it.
#![no_main]

use intaked::message::Message;
use intaked_fuzz::{assert_sound, choice_and_text, contain_other_peoples_panics, escaped, mail, visible};
use libfuzzer_sys::fuzz_target;

const SUBJECTS: [&str; 4] = ["Re: policy", "Fwd: policy", "policy", ""];

/// The body as mail programs write it, and whether nothing but the text may be seen.
fn written(how: u8, text: &str) -> (&'static str, String) {
    let lines = || escaped(text).split('\n').map(str::to_owned).collect::<Vec<_>>();
    match how {
        0 => ("text/plain", text.to_owned()),
        1 => ("text/plain; format=flowed", text.to_owned()),
        2 => ("text/plain; format=flowed; delsp=yes", text.to_owned()),
        3 => ("text/html", lines().iter().map(|l| format!("<div>{l}</div>")).collect()),
        4 => ("text/html", format!("<html><body><pre>{}</pre></body></html>", escaped(text))),
        5 => {
            let half = text.find("\n\n").unwrap_or(text.len());
            let (own, old) = (escaped(&text[..half]), escaped(&text[half..]).replace('\n', "<br>"));
            ("text/html", format!("<p>{own}</p><blockquote type=\"cite\">{old}</blockquote>"))
        }
        6 => {
            let half = text.find("\n\n").unwrap_or(text.len());
            let (own, below) = (escaped(&text[..half]), escaped(&text[half..]).replace('\n', "<br>"));
            ("text/html", format!("<div dir=ltr>{own}</div><div class=\"gmail_signature\">{below}</div>"))
        }
        _ => {
            let half = text.find("\n\n").unwrap_or(text.len());
            let (own, old) = (escaped(&text[..half]), escaped(&text[half..]).replace('\n', "<br>"));
            (
                "text/html",
                format!("<div>{own}</div><div id=\"divRplyFwdMsg\">{old}</div><table><tr><td>{own}</td></tr></table>"),
            )
        }
    }
}

/// Plain text that is HTML by its first words is read as such.
fn is_a_page(text: &str) -> bool {
    text.trim_ascii_start().starts_with('<')
}

fuzz_target!(init: contain_other_peoples_panics(), |data: &[u8]| {
    let Some((choice, text)) = choice_and_text(data) else { return };
    let how = choice % 8;
    let subject = SUBJECTS[usize::from(choice / 8) % SUBJECTS.len()];
    let (content_type, body) = written(how, &text);
    let message = Message::parse(&mail(subject, content_type, &body));
    assert_sound(&message);
    if how < 3 && is_a_page(&text) {
        return;
    }
    let wanted: String = match how {
        7 => {
            let half = text.find("\n\n").unwrap_or(text.len());
            visible(&text).chain(visible(&text[..half])).collect()
        }
        _ => visible(&text).collect(),
    };
    let got: String = visible(&message.text).collect();
    assert_eq!(got, wanted, "{content_type}: {:?}", message.text);
    let parted: String = message.parts.iter().map(|p| &message.text[p.start..p.end]).collect();
    assert_eq!(parted, message.text);
    // What the sender wrote and what was forwarded come from the text, in order.
    let mut rest = visible(&message.text);
    assert!(visible(&message.own_text()).all(|c| rest.any(|t| t == c)), "own text that nobody wrote");
    for forward in &message.forwards {
        let mut rest = visible(&message.text[forward.body.clone()]);
        assert!(visible(&message.text_of(forward)).all(|c| rest.any(|t| t == c)), "{forward:?}");
    }
});
