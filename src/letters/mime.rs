//! Words as the parts of a mail: boundaries, transfer encodings, line ends. Knows no header of a letter.
//!
//! `lettre` could do all of it, and writes each letter several times over on the way; here its bytes are written once,
//! where they stay. The test below holds them against what `lettre` makes of the same words.

use lettre::message::{Body, header::ContentTransferEncoding};
use std::borrow::Cow;
use std::fmt::Write as _;

/// Widest line of a text that is left plain.
const WIDEST_TEXT: usize = 200;
/// Widest line of HTML that is left plain; SMTP carries 998 (RFC 5321 4.5.3.1.6).
const WIDEST_HTML: usize = 900;
/// Longest encoded line (RFC 2045 6.7).
const WIDEST_ENCODED: usize = 76;

/// What goes around text and HTML.
pub(super) struct Boundaries<'a> {
    /// Around the two.
    pub(super) alternative: &'a str,
    /// Around those and what is still to come, where something is.
    pub(super) mixed: Option<&'a str>,
}

/// Appends the words behind a mail's header, its `Content-Type` and empty line included.
pub(super) fn words(out: &mut String, text: &str, html: Option<&str>, around: &Boundaries<'_>) {
    if let Some(mixed) = around.mixed {
        for piece in ["Content-Type: multipart/mixed; boundary=\"", mixed, "\"\r\n\r\n--", mixed, "\r\n"] {
            out.push_str(piece);
        }
    }
    match html {
        None => part(out, "text/plain", text, WIDEST_TEXT),
        Some(html) => {
            let boundary = around.alternative;
            // The boundary stands on a line of its own, lest the header be wider than 76.
            for piece in ["Content-Type: multipart/alternative;\r\n boundary=\"", boundary, "\"\r\n\r\n--", boundary] {
                out.push_str(piece);
            }
            out.push_str("\r\n");
            part(out, "text/plain", text, WIDEST_TEXT);
            for piece in ["--", boundary, "\r\n"] {
                out.push_str(piece);
            }
            part(out, "text/html", &ascii_html(html), WIDEST_HTML);
            for piece in ["--", boundary, "--\r\n"] {
                out.push_str(piece);
            }
        }
    }
    if let Some(mixed) = around.mixed {
        for piece in ["--", mixed, "--\r\n"] {
            out.push_str(piece);
        }
    }
}

/// A part in 7bit where it is plain, else quoted-printable: readable in a raw journal, which base64 is not.
fn part(out: &mut String, kind: &str, text: &str, widest: usize) {
    let plain = is_plain(text, widest);
    let encoding = if plain { "7bit" } else { "quoted-printable" };
    for piece in ["Content-Type: ", kind, "; charset=utf-8\r\nContent-Transfer-Encoding: ", encoding, "\r\n\r\n"] {
        out.push_str(piece);
    }
    out.reserve(text.len() + text.len() / 8);
    for (line, ended) in lines(text) {
        if plain {
            out.push_str(line)
        } else {
            encode(out, line)
        }
        if ended {
            out.push_str("\r\n");
        }
    }
    out.push_str("\r\n");
}

/// The lines without their ends; the last one may have none.
fn lines(text: &str) -> impl Iterator<Item = (&str, bool)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = memchr::memchr(b'\n', rest.as_bytes());
        let (line, behind) = rest.split_at(end.unwrap_or(rest.len()));
        rest = behind.strip_prefix('\n').unwrap_or_default();
        Some((line, end.is_some()))
    })
}

fn is_plain(text: &str, widest: usize) -> bool {
    text.is_ascii()
        && memchr::memchr2(b'\r', 0, text.as_bytes()).is_none()
        && lines(text).all(|(line, _)| line.len() <= widest)
}

/// One line in quoted-printable. Most lines need nothing of it.
fn encode(out: &mut String, line: &str) {
    let stays = |b: u8| b == b' ' || (b.is_ascii_graphic() && b != b'=');
    if line.len() <= WIDEST_ENCODED && !line.ends_with(' ') && line.bytes().all(stays) {
        out.push_str(line);
        return;
    }
    let body = Body::new_with_encoding(line.to_owned(), ContentTransferEncoding::QuotedPrintable);
    // Quoted-printable takes every text.
    out.push_str(&body.map_or_else(|_| Cow::Borrowed(""), |body| Cow::Owned(ascii(body.into_vec()))));
}

fn ascii(encoded: Vec<u8>) -> String {
    String::from_utf8(encoded).unwrap_or_default()
}

/// HTML in ASCII: other letters as numbers. Then it needs no quoted-printable, which makes three bytes of every `=` in
/// its styles.
fn ascii_html(html: &str) -> Cow<'_, str> {
    if html.is_ascii() {
        return Cow::Borrowed(html);
    }
    let mut out = String::with_capacity(html.len() + html.len() / 16);
    let mut rest = html;
    while let Some(at) = first_foreign(rest.as_bytes()) {
        let (plain, from) = rest.split_at(at);
        out.push_str(plain);
        let mut chars = from.chars();
        if let Some(c) = chars.next() {
            // Writing to a String cannot fail.
            let _ = write!(out, "&#{};", u32::from(c));
        }
        rest = chars.as_str();
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Where the first byte outside ASCII stands. Whole pieces are asked first: that takes the processor a step or two.
fn first_foreign(bytes: &[u8]) -> Option<usize> {
    let plain: usize = bytes.chunks(64).take_while(|piece| piece.is_ascii()).map(<[u8]>::len).sum();
    bytes.get(plain..)?.iter().position(|b| !b.is_ascii()).map(|at| plain + at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lettre::message::{MultiPart, SinglePart, header::ContentType};

    /// The same words by `lettre`, its line ends and encodings chosen as here.
    fn by_lettre(text: &str, html: Option<&str>, around: &Boundaries<'_>) -> String {
        let single = |kind: ContentType, text: &str, widest: usize| {
            let text = text.replace('\n', "\r\n");
            let plain = is_plain(&text.replace("\r\n", "\n"), widest);
            let body = if plain {
                Body::dangerous_pre_encoded(text.into_bytes(), ContentTransferEncoding::SevenBit)
            } else {
                Body::new_with_encoding(text, ContentTransferEncoding::QuotedPrintable).unwrap()
            };
            SinglePart::builder().header(kind).body(body)
        };
        let text = single(ContentType::TEXT_PLAIN, text, WIDEST_TEXT);
        let both = html.map(|html| {
            let html = single(ContentType::TEXT_HTML, &ascii_html(html), WIDEST_HTML);
            MultiPart::alternative().boundary(around.alternative).singlepart(text.clone()).singlepart(html)
        });
        let mixed = around.mixed.map(|mixed| MultiPart::mixed().boundary(mixed));
        let bytes = match (both, mixed) {
            (Some(both), Some(mixed)) => mixed.multipart(both).formatted(),
            (Some(both), None) => both.formatted(),
            (None, Some(mixed)) => mixed.singlepart(text).formatted(),
            (None, None) => text.formatted(),
        };
        String::from_utf8(bytes).unwrap()
    }

    const BOUNDARIES: [&str; 2] = ["=_c585321c030b82d8de6c0518e89593d6", "=_9dfb557cf9158281766a57fc62401ff8"];

    fn same(text: &str, html: Option<&str>) {
        for mixed in [None, Some(BOUNDARIES[1])] {
            let around = Boundaries { alternative: BOUNDARIES[0], mixed };
            let mut out = String::new();
            words(&mut out, text, html, &around);
            assert_eq!(out, by_lettre(text, html, &around));
            assert!(out.is_ascii());
        }
    }

    #[test]
    fn words_stand_in_a_mail_as_lettre_would_write_them() {
        let page = "<p class=\"x\">“naïve”</p>\n<p>100 % = all</p>\n";
        for text in ["", "\n", "plain\n", "no end", "two\n\nlines\n", "naïve “words” = 1\n  indented \n\tand\t\n"]
        {
            same(text, None);
            same(text, Some(page));
        }
    }
    #[test]
    fn long_lines_and_odd_ends_are_encoded_as_lettre_does() {
        for width in [74, 75, 76, 77, 150, 199, 200, 201, 899, 900, 901] {
            for last in ["", " ", "=", "é", "\t", "\r", "\0"] {
                let line = format!("{}{last}", "x".repeat(width));
                same(&format!("é\n{line}\nend\n"), Some(&line));
                same(&line, None);
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn whatever_the_words(text in "([a-z =.é“\\t\\r\\n]|[ -~]{60,90}){0,40}", html in "([ -~éß✓\\n]|[a-z]{50,70}){0,60}") {
            same(&text, None);
            same(&text, Some(&html));
        }
    }
}
