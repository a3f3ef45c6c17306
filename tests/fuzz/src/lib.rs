//! What the targets share: what holds for every message, and mail around what is fuzzed.

use intaked::message::attached::{Held, Stretch};
use intaked::message::{ATTACHMENT_TEXT_MAX, Attachment, Message, TEXT_MAX};

/// Panics in other people's readers are answers that the daemon contains (see `message::attached` and
/// `Message::parse`); a panic in our own code, or in a target, is a finding. libFuzzer's hook knows no difference.
pub fn contain_other_peoples_panics() {
    let ours = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if !info.location().is_some_and(|l| l.file().contains("/registry/src/")) {
            ours(info);
        }
    }));
}

/// What holds for a message, whatever the bytes.
pub fn assert_sound(m: &Message) {
    assert!(m.text.len() <= TEXT_MAX);
    assert!(!m.text.chars().any(|c| c.is_control() && c != '\n'), "control characters in {:?}", m.text);
    let mut at = 0;
    for p in &m.parts {
        assert_eq!(p.start, at, "a gap or an overlap: {:?}", m.parts);
        assert!(p.end > p.start && m.text.is_char_boundary(p.end), "{p:?}");
        at = p.end;
    }
    assert_eq!(at, m.text.len(), "the parts do not cover the text");
    assert!(m.parts.windows(2).all(|w| w[0].kind != w[1].kind), "neighbours of one kind: {:?}", m.parts);
    for f in &m.forwards {
        assert!(f.header.start <= f.header.end && f.header.end <= f.body.start && f.body.start <= f.body.end, "{f:?}");
        assert!(m.text.get(f.header.clone()).is_some() && m.text.get(f.body.clone()).is_some(), "{f:?}");
        assert!(f.depth > 0 && m.text_of(f).len() <= m.text.len());
        f.from.iter_texts(|t| assert_one_line(t));
        assert_one_line(f.subject.as_str());
    }
    assert_eq!(m.original().is_some(), !m.forwards.is_empty());
    assert!(m.own_text().len() <= m.text.len() && m.new_text().len() <= m.text.len() + m.parts.len());
    assert!(m.headers.len() <= 100 && m.thread.len() <= 100);
    for (name, value) in &m.headers {
        assert_eq!(*name, name.to_ascii_lowercase());
        assert_one_line(value.as_str());
    }
    for id in m.thread.iter().chain(&m.message_id) {
        assert!(!id.is_empty() && !id.contains(['<', '>', '\n', '\r']), "{id:?}");
    }
    assert_one_line(m.subject.as_str());
    for mailbox in m.from.iter().chain(&m.reply_to).chain(&m.to).chain(&m.cc) {
        assert_one_line(mailbox.name.as_str());
        assert_one_line(mailbox.address.as_str());
        assert!(!mailbox.address.local().is_empty() && !mailbox.address.domain().is_empty());
    }
    m.attachments.iter().for_each(assert_attachment_sound);
    assert!(m.defects.iter().all(|d| !d.trim().is_empty()));
    assert_eq!(m.identity().key.as_str().len(), 32);
}

fn assert_one_line(words: &str) {
    assert!(!words.chars().any(char::is_control), "{words:?}");
}

trait Texts {
    fn iter_texts(&self, each: impl FnMut(&str));
}
impl Texts for intaked::message::Party {
    fn iter_texts(&self, mut each: impl FnMut(&str)) {
        each(self.name.as_str());
        self.address.iter().for_each(|a| each(a.as_str()));
    }
}

fn assert_attachment_sound(a: &Attachment) {
    assert!(!a.name.is_empty() && a.name.len() <= 200, "{:?}", a.name);
    assert!(!a.name.contains(['/', '\\', '\n', '\r', '\0']) && a.name != "." && a.name != "..", "{:?}", a.name);
    assert_eq!(a.content_type, a.content_type.to_ascii_lowercase());
    if let Some(text) = &a.text {
        assert!(text.len() <= ATTACHMENT_TEXT_MAX);
        assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "control characters in {text:?}");
    }
    if let Some(held) = &a.held {
        assert_held_sound(held, a.text.as_deref().unwrap_or_default());
    }
    assert!(a.unread().is_none_or(|why| why.contains(&a.name)));
}

/// Every stretch of what a document holds stands in its text, between characters, and values are no empty ones.
pub fn assert_held_sound(held: &Held, text: &str) {
    let stands = |s: Stretch| s.start <= s.end && text.get(s.start as usize..s.end as usize).is_some();
    for field in &held.form {
        assert!(stands(field.value) && field.value.of(text) == field.value.of(text).trim(), "{field:?} in {text:?}");
    }
    let mut at = 0;
    for row in held.tables.iter().flat_map(|t| &t.rows) {
        for cell in row {
            assert!(stands(*cell) && cell.start >= at, "{cell:?} behind {at} in {text:?}");
            at = cell.end;
        }
        assert!(row.iter().any(|c| c.start < c.end), "an empty row: {row:?}");
    }
    assert!(held.unread.as_ref().is_none_or(|why| !why.is_empty() && !why.ends_with('.')));
}

/// A mail with this body and nothing attached.
pub fn mail(subject: &str, content_type: &str, body: &str) -> Vec<u8> {
    format!(
        "From: Ann Lee <ann@client.example>\r\nTo: service@agency.example\r\nSubject: {subject}\r\n\
         Date: Mon, 16 Nov 2026 09:00:00 -0600\r\nMIME-Version: 1.0\r\nContent-Type: {content_type}; charset=utf-8\r\n\
         Content-Transfer-Encoding: 8bit\r\n\r\n{body}"
    )
    .into_bytes()
}

/// A mail with a word and one attachment, its bytes as they are.
pub fn mail_with(content_type: &str, name: &str, bytes: &[u8]) -> Vec<u8> {
    let head = format!(
        "From: Ann Lee <ann@client.example>\r\nTo: service@agency.example\r\nSubject: see attached\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=qYp7\r\n\r\n--qYp7\r\nContent-Type: text/plain\r\n\
         \r\nPlease.\r\n--qYp7\r\nContent-Type: {content_type}; name=\"{name}\"\r\n\
         Content-Disposition: attachment; filename=\"{name}\"\r\nContent-Transfer-Encoding: binary\r\n\r\n"
    );
    [head.as_bytes(), bytes, b"\r\n--qYp7--\r\n"].concat()
}

/// The characters of a text that a person would miss: no white space, nothing invisible, and no `>`, which quoting puts
/// there and takes away.
pub fn visible(text: &str) -> impl Iterator<Item = char> + '_ {
    let unseen = |c: char| matches!(c, '\u{34F}' | '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}');
    text.chars().filter(move |c| !c.is_whitespace() && !c.is_control() && *c != '>' && !unseen(*c)).map(|c| match c {
        '\u{F0B7}' | '\u{F0A7}' => '•',
        c => c,
    })
}

/// Text as HTML shows it.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The first byte chooses, the rest is the text; bytes that are no UTF-8 are shown as such.
pub fn choice_and_text(data: &[u8]) -> Option<(u8, String)> {
    let (first, rest) = data.split_first()?;
    Some((*first, String::from_utf8_lossy(rest).into_owned()))
}
