//! What a letter carries of a stored message: the original inside a letter to staff, or documents for a client.
//! Inserted when the letter is sent, so that the journal holds no attachments.

use crate::domain::{letter::Mail, message::RawRef};
use lettre::message::{
    Attachment, Body,
    header::{ContentTransferEncoding, ContentType},
};
use std::borrow::Cow;

const ENCODING: &str = "Content-Transfer-Encoding: ";
const PART: &str = "Content-Type: message/rfc822\r\n";
/// Longest line that SMTP carries, without its end (RFC 5321 4.5.3.1.6).
const LONGEST_LINE: usize = 998;

/// Opens the letter for its original: `whole` ends with the closing boundary, before which the original will stand.
pub(super) fn opened(whole: String, boundary: &str, original: &RawRef) -> Result<Mail, String> {
    let close = format!("--{boundary}--");
    let at = whole.rfind(&close).ok_or("the mail's parts could not be found")?;
    let mut before = whole;
    before.truncate(at);
    let name = if original.whole { "original.eml" } else { "original-header-only.eml" };
    before.push_str(&format!(
        "--{boundary}\r\n{PART}Content-Disposition: attachment; filename=\"{name}\"\r\n{ENCODING}7bit\r\n\r\n"
    ));
    Ok(Mail { before, original: Some(original.clone()), documents: Vec::new(), after: format!("\r\n{close}\r\n") })
}

/// Opens the letter for documents of a message, which will stand before its closing boundary.
pub(super) fn opened_for_documents(
    whole: String,
    boundary: &str,
    of: &RawRef,
    documents: &[String],
) -> Result<Mail, String> {
    let close = format!("--{boundary}--");
    let at = whole.rfind(&close).ok_or("the mail's parts could not be found")?;
    let mut before = whole;
    before.truncate(at);
    let after = format!("--{boundary}--\r\n");
    Ok(Mail { before, original: Some(of.clone()), documents: documents.to_vec(), after })
}

/// The letter with the documents that `raw` holds. Without every one of them it must not go: the words say that they
/// are there.
fn with_documents<'a>(mail: &'a Mail, raw: &[u8]) -> Result<Vec<Cow<'a, [u8]>>, String> {
    let boundary = mail.after.trim_end().trim_end_matches("--");
    let mut held = crate::message::documents(raw);
    let mut out = vec![piece(&mail.before)];
    for name in &mail.documents {
        let at = held.iter().position(|d| d.name == *name);
        let document = held.remove(at.ok_or_else(|| format!("the document “{name}” is not in the stored message"))?);
        let kind = ContentType::parse(&document.content_type);
        let kind = kind.or_else(|_| ContentType::parse("application/octet-stream")).map_err(|e| e.to_string())?;
        let body = Body::new_with_encoding(document.bytes, ContentTransferEncoding::Base64)
            .map_err(|_| format!("the document “{name}” cannot be encoded"))?;
        let attachment = Attachment::new(name.clone()).body(body, kind).formatted();
        out.extend([piece(boundary), piece("\r\n"), Cow::Owned(attachment), piece("\r\n")]);
    }
    out.push(piece(&mail.after));
    Ok(out)
}

/// The mail's bytes as they are sent, with the raw message `original` in its place: piece by piece, so that a message of
/// many megabytes is not copied into its letter.
///
/// The message goes in as message/rfc822, unchanged but for its line ends; as 8bit where it is not ASCII (RFC 2046
/// 5.2.1 allows no other encoding). A message that SMTP may not carry as it is (NUL, lines over 998 bytes) goes in as
/// a base64 file. Where the raw message is wanted and not to be had, a sentence stands in its place.
///
/// # Errors
/// A letter that carries documents is not sent without them: which one is not to be had.
pub fn assemble<'a>(mail: &'a Mail, original: Option<&'a [u8]>) -> Result<Vec<Cow<'a, [u8]>>, String> {
    if mail.documents.is_empty() {
        return Ok(with_original(mail, original));
    }
    with_documents(mail, original.ok_or("the message with its documents is not to be had")?)
}

fn piece(text: &str) -> Cow<'_, [u8]> {
    Cow::Borrowed(text.as_bytes())
}

fn with_original<'a>(mail: &'a Mail, original: Option<&'a [u8]>) -> Vec<Cow<'a, [u8]>> {
    let (before, after) = (piece(&mail.before), piece(&mail.after));
    let waiting = mail.original.as_ref().and_then(|_| split_at_part(&mail.before));
    let Some((top, part)) = waiting else { return vec![before, after] };
    let Some(raw) = original else {
        let lost = format!(
            "Content-Type: text/plain; charset=utf-8\r\n{ENCODING}7bit\r\n\r\n\
             The original message could not be attached. It stands in the mailbox it came to."
        );
        return vec![piece(top), Cow::Owned(lost.into_bytes()), after];
    };
    let raw = with_crlf(raw);
    if !fits_smtp(&raw) {
        let name = part.split('"').nth(1).unwrap_or("original.eml");
        let head = format!(
            "Content-Type: application/octet-stream; name=\"{name}\"\r\n\
             Content-Disposition: attachment; filename=\"{name}\"\r\n{ENCODING}base64\r\n\r\n"
        );
        return vec![piece(top), Cow::Owned(head.into_bytes()), Cow::Owned(base64(&raw).into_bytes()), after];
    }
    if raw.is_ascii() {
        return vec![before, raw, after];
    }
    // RFC 2045 6.4: what holds an 8bit part is 8bit itself.
    let part = part.replacen(&format!("{ENCODING}7bit"), &format!("{ENCODING}8bit"), 1);
    let (head, body) = top.split_once("\r\n\r\n").unwrap_or((top, ""));
    let eight = format!("\r\n{ENCODING}8bit\r\n\r\n");
    vec![piece(head), Cow::Owned(eight.into_bytes()), piece(body), Cow::Owned(part.into_bytes()), raw, after]
}

/// The letter's own bytes, and the header of the part that waits for the original.
fn split_at_part(before: &str) -> Option<(&str, &str)> {
    let at = before.rfind(PART)?;
    Some((before.get(..at)?, before.get(at..)?))
}

/// Every line end as CRLF, whatever it was: CR alone and LF alone may not travel (RFC 5321 2.3.8). Mail from a server
/// usually has no other.
fn with_crlf(raw: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr2_iter(b'\r', b'\n', raw).all(|at| is_crlf(raw, at)) {
        return Cow::Borrowed(raw);
    }
    let mut out = Vec::with_capacity(raw.len() + raw.len() / 32);
    let mut bytes = raw.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\r' => {
                if bytes.peek() == Some(&b'\n') {
                    bytes.next();
                }
                out.extend_from_slice(b"\r\n");
            }
            b'\n' => out.extend_from_slice(b"\r\n"),
            other => out.push(other),
        }
    }
    Cow::Owned(out)
}

/// Whether the CR or LF at `at` is half of a line end.
fn is_crlf(raw: &[u8], at: usize) -> bool {
    match raw.get(at) {
        Some(b'\r') => raw.get(at + 1) == Some(&b'\n'),
        _ => at.checked_sub(1).is_some_and(|before| raw.get(before) == Some(&b'\r')),
    }
}

fn fits_smtp(raw: &[u8]) -> bool {
    !raw.contains(&0) && raw.split(|b| *b == b'\n').all(|line| line.len() <= LONGEST_LINE + 1)
}

/// RFC 2045 6.8, in lines of 76.
fn base64(raw: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let letter = |n: u32| LETTERS.get((n & 63) as usize).map_or('=', |b| char::from(*b));
    let mut out = String::with_capacity(raw.len() * 4 / 3 + raw.len() / 28 + 8);
    for (at, group) in raw.chunks(3).enumerate() {
        if at > 0 && at % 19 == 0 {
            out.push_str("\r\n");
        }
        let byte = |n: usize| group.get(n).copied().map_or(0, u32::from);
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        out.push(letter(bits >> 18));
        out.push(letter(bits >> 12));
        out.push(if group.len() > 1 { letter(bits >> 6) } else { '=' });
        out.push(if group.len() > 2 { letter(bits) } else { '=' });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail() -> Mail {
        let raw = RawRef { path: "d/x.eml".into(), size: 1, sha256: String::new(), whole: true };
        let whole = "Subject: s\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\n\
                     Content-Type: text/plain\r\nContent-Transfer-Encoding: 7bit\r\n\r\nhi\r\n--b--\r\n";
        opened(whole.to_owned(), "b", &raw).unwrap()
    }
    fn sent(mail: &Mail, original: Option<&[u8]>) -> Result<Vec<u8>, String> {
        assemble(mail, original).map(|pieces| pieces.concat())
    }
    fn attached(raw: &[u8]) -> (String, Vec<u8>) {
        let bytes = sent(&mail(), Some(raw)).unwrap();
        let parsed = mail_parser::MessageParser::default().parse(&bytes).unwrap();
        let part = parsed.parts.last().unwrap();
        let kind = mail_parser::MimeHeaders::content_type(part).unwrap();
        let contents = match &part.body {
            mail_parser::PartType::Message(inner) => inner.raw_message.to_vec(),
            other => match other {
                mail_parser::PartType::Binary(b) => b.to_vec(),
                mail_parser::PartType::Text(t) => t.as_bytes().to_vec(),
                _ => Vec::new(),
            },
        };
        (format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or("")), contents)
    }

    #[test]
    fn an_ascii_original_is_a_message_and_the_letter_stays_7bit() {
        let bytes = sent(&mail(), Some(b"Subject: a\n\nbody\n")).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.contains("message/rfc822") && !text.contains("8bit"), "{text}");
        assert!(text.ends_with("Subject: a\r\n\r\nbody\r\n\r\n--b--\r\n"), "{text}");
    }
    #[test]
    fn an_original_with_other_bytes_makes_part_and_letter_8bit() {
        let bytes = sent(&mail(), Some("Subject: a\r\n\r\nnaïve\r\n".as_bytes())).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(text.matches("Content-Transfer-Encoding: 8bit").count(), 2, "{text}");
        assert!(text.find("8bit").unwrap() < text.find("--b").unwrap(), "the letter's own header says it too: {text}");
    }
    #[test]
    fn lone_cr_and_lf_become_line_ends() {
        let bytes = sent(&mail(), Some(b"Subject: a\r\rb\nc\r\n")).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.contains("\r\n\r\nSubject: a\r\n\r\nb\r\nc\r\n\r\n--b--"), "{text}");
    }
    #[test]
    fn an_original_with_its_own_line_ends_is_not_copied() {
        let (mail, raw) = (mail(), b"Subject: a\r\n\r\nb\r\n");
        let pieces = assemble(&mail, Some(raw)).unwrap();
        assert!(pieces.iter().all(|p| matches!(p, Cow::Borrowed(_))));
        for odd in ["\r", "\n", "a\n\r\n", "\r\n\r", "a\r\r\n"] {
            assert!(matches!(with_crlf(odd.as_bytes()), Cow::Owned(_)), "{odd:?}");
        }
    }
    #[test]
    fn nul_and_endless_lines_travel_as_a_file_and_come_out_whole() {
        for raw in [b"Subject: a\r\n\r\n\0x".to_vec(), [b"Subject: a\r\n\r\n".to_vec(), vec![b'x'; 5000]].concat()] {
            let bytes = sent(&mail(), Some(&raw)).unwrap();
            assert!(bytes.is_ascii() && bytes.split(|b| *b == b'\n').all(|l| l.len() < 1000));
            let (kind, inner) = attached(&raw);
            assert_eq!((kind.as_str(), inner), ("application/octet-stream", raw));
        }
    }
    #[test]
    fn an_original_that_is_gone_leaves_a_sentence() {
        let text = String::from_utf8(sent(&mail(), None).unwrap()).unwrap();
        assert!(text.contains("could not be attached") && !text.contains("message/rfc822"), "{text}");
    }
    /// A certificate in a CSR's answer, as Outlook sends it: with a logo in its signature.
    const ANSWER: &str = "From: ana@agency.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; \
        boundary=\"x\"\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nto client: here it is\r\n--x\r\n\
        Content-Type: image/png; name=\"logo.png\"\r\nContent-Disposition: inline\r\n\
        Content-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--x\r\nContent-Type: application/pdf; \
        name=\"COI Elm Stra=?utf-8?q?=C3=9Fe?=.pdf\"\r\nContent-Disposition: attachment; \
        filename=\"COI Elm.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQ=\r\n--x--\r\n";

    #[test]
    fn a_document_of_an_answer_goes_on_by_itself_and_the_rest_stays() {
        let raw = RawRef { path: "d/x.eml".into(), size: 1, sha256: String::new(), whole: true };
        let whole = "Subject: s\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\n\
                     Content-Type: text/plain\r\n\r\nhi\r\n--b--\r\n";
        let mail = opened_for_documents(whole.to_owned(), "b", &raw, &["COI Elm.pdf".to_owned()]).unwrap();
        let bytes = sent(&mail, Some(ANSWER.as_bytes())).unwrap();
        let parsed = mail_parser::MessageParser::default().parse(&bytes).unwrap();
        assert_eq!(parsed.attachment_count(), 1);
        let part = parsed.attachment(0).unwrap();
        assert_eq!(mail_parser::MimeHeaders::attachment_name(part), Some("COI Elm.pdf"));
        assert_eq!(part.contents(), b"%PDF-1.4");
        assert_eq!(parsed.body_text(0).unwrap().trim(), "hi");
        assert!(!String::from_utf8_lossy(&bytes).contains("to client"), "the answer itself stays inside");
    }
    #[test]
    fn without_its_document_a_letter_does_not_go() {
        let mut mail = mail();
        mail.documents = vec!["COI.pdf".to_owned()];
        assert!(sent(&mail, Some(ANSWER.as_bytes())).unwrap_err().contains("COI.pdf"));
        assert!(sent(&mail, None).is_err());
    }
    #[test]
    fn base64_is_as_the_rfc_has_it() {
        for (raw, code) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64(raw.as_bytes()), code);
        }
    }
}
