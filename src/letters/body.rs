//! Words as a part of a mail: in 7bit where they are plain, else in quoted-printable, which stays readable in a raw journal.

use lettre::message::{
    Body, SinglePart,
    header::{ContentTransferEncoding, ContentType},
};
use std::borrow::Cow;
use std::fmt::Write as _;

/// Widest line of a text that is left plain.
const WIDEST_TEXT: usize = 200;
/// Widest line of HTML that is left plain; SMTP carries 998 (RFC 5321 4.5.3.1.6).
const WIDEST_HTML: usize = 900;

/// A text.
pub(super) fn plain(text: &str) -> SinglePart {
    part(ContentType::TEXT_PLAIN, text, WIDEST_TEXT)
}

/// A page.
pub(super) fn html(page: &str) -> SinglePart {
    part(ContentType::TEXT_HTML, &ascii(page), WIDEST_HTML)
}

fn part(kind: ContentType, text: &str, widest: usize) -> SinglePart {
    let (lines, width) = with_line_ends(text);
    let plain = width <= widest && text.is_ascii() && memchr::memchr2(b'\r', b'\0', text.as_bytes()).is_none();
    let body = if plain {
        Body::dangerous_pre_encoded(lines.into_bytes(), ContentTransferEncoding::SevenBit)
    } else {
        // Quoted-printable takes every text.
        Body::new_with_encoding(lines, ContentTransferEncoding::QuotedPrintable)
            .unwrap_or_else(|text| Body::new(String::from_utf8_lossy(&text).into_owned()))
    };
    SinglePart::builder().header(kind).body(body)
}

/// A text with the line ends of mail, and its widest line in bytes. Made here: lettre puts each in its place by moving all
/// that follows it.
fn with_line_ends(text: &str) -> (String, usize) {
    let mut out = String::with_capacity(text.len() + text.len() / 24 + 2);
    let (mut from, mut widest) = (0, 0);
    for end in memchr::memchr_iter(b'\n', text.as_bytes()) {
        out.push_str(text.get(from..end).unwrap_or(""));
        out.push_str("\r\n");
        widest = widest.max(end - from);
        from = end + 1;
    }
    let last = text.get(from..).unwrap_or("");
    out.push_str(last);
    (out, widest.max(last.len()))
}

/// HTML in ASCII: other letters as numbers. Then it needs no quoted-printable, which makes three bytes of every `=` in
/// its styles.
fn ascii(html: &str) -> Cow<'_, str> {
    if html.is_ascii() {
        return Cow::Borrowed(html);
    }
    let mut out = String::with_capacity(html.len() + html.len() / 16);
    for c in html.chars() {
        if c.is_ascii() {
            out.push(c);
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "&#{};", u32::from(c));
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn formatted(part: &SinglePart) -> String {
        String::from_utf8(part.formatted()).unwrap()
    }

    #[test]
    fn what_is_plain_is_left_and_the_rest_is_encoded() {
        let seven = formatted(&plain("two\nlines\n"));
        assert!(seven.contains("Transfer-Encoding: 7bit") && seven.contains("\r\n\r\ntwo\r\nlines\r\n"), "{seven}");
        for odd in ["naïve", "a\rb", "a\0b", &"x".repeat(201)] {
            let out = formatted(&plain(odd));
            assert!(out.contains("Transfer-Encoding: quoted-printable") && out.is_ascii(), "{out}");
        }
        let wide = formatted(&plain(&"x".repeat(2000)));
        assert!(wide.lines().all(|line| line.len() <= 76), "{wide}");
    }
    #[test]
    fn a_page_keeps_its_styles_readable() {
        let page = formatted(&html("<p class=\"x\">“naïve”</p>\n"));
        assert!(page.contains("<p class=\"x\">&#8220;na&#239;ve&#8221;</p>\r\n"), "{page}");
        let wide = formatted(&html(&"y ".repeat(800)));
        assert!(wide.lines().all(|line| line.len() <= 76), "{wide}");
    }

    proptest::proptest! {
        #[test]
        fn whatever_the_words_they_come_out_as_they_went_in(text in "([a-z =.é“\\t\\n]|[ -~]{60,90}){0,40}") {
            let raw = plain(&text).formatted();
            let parsed = mail_parser::MessageParser::default().parse(&raw).unwrap();
            // A part ends with a line end of its own.
            proptest::prop_assert_eq!(parsed.body_text(0).unwrap().replace("\r\n", "\n"), text + "\n");
        }
    }
}
