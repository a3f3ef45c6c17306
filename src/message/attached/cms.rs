//! S/MIME: the message within an opaque signature (RFC 5652 5, RFC 8551 3.5.2). The signature is not checked: who wrote
//! is judged by the header as for any other mail. DER and BER, indefinite lengths and split strings included.

/// What came of `application/pkcs7-mime`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::message) enum Unwrapped {
    /// The MIME entity that was signed.
    Signed(Vec<u8>),
    /// EnvelopedData or AuthEnvelopedData: only the recipient's key opens it.
    Encrypted,
    /// Neither; why, as the end of a sentence.
    Unreadable(&'static str),
}

/// 1.2.840.113549.1.7.2
const SIGNED_DATA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02];
/// 1.2.840.113549.1.7.3
const ENVELOPED_DATA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x03];
/// 1.2.840.113549.1.9.16.1.23
const AUTH_ENVELOPED_DATA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x10, 0x01, 0x17];

/// Strings within strings: BER allows it, no program writes more than one level.
const DEPTH_MAX: usize = 8;

/// Opens it.
pub(in crate::message) fn unwrap(bytes: &[u8]) -> Unwrapped {
    match content_info(bytes) {
        Some(unwrapped) => unwrapped,
        None => Unwrapped::Unreadable("its S/MIME wrapping is damaged"),
    }
}

/// ContentInfo ::= SEQUENCE { contentType OID, content [0] EXPLICIT ANY }
fn content_info(bytes: &[u8]) -> Option<Unwrapped> {
    let mut top = Der { rest: bytes };
    let mut info = Der { rest: top.take(0x30)?.content };
    let kind = info.take(0x06)?.content;
    if kind == ENVELOPED_DATA || kind == AUTH_ENVELOPED_DATA {
        return Some(Unwrapped::Encrypted);
    }
    if kind != SIGNED_DATA {
        return Some(Unwrapped::Unreadable("it is S/MIME of a kind that is not read"));
    }
    // SignedData ::= SEQUENCE { version, digestAlgorithms, encapContentInfo, … }
    let mut explicit = Der { rest: info.take(0xA0)?.content };
    let mut signed = Der { rest: explicit.take(0x30)?.content };
    signed.take(0x02)?;
    signed.take(0x31)?;
    // EncapsulatedContentInfo ::= SEQUENCE { eContentType, eContent [0] EXPLICIT OCTET STRING OPTIONAL }
    let mut encapsulated = Der { rest: signed.take(0x30)?.content };
    encapsulated.take(0x06)?;
    let Some(content) = encapsulated.take(0xA0) else {
        return Some(Unwrapped::Unreadable("it is a signature without the message that was signed"));
    };
    let mut out = Vec::new();
    octets(&mut Der { rest: content.content }, &mut out, DEPTH_MAX)?;
    Some(Unwrapped::Signed(out))
}

/// An octet string, whole or in pieces.
fn octets(from: &mut Der<'_>, out: &mut Vec<u8>, depth: usize) -> Option<()> {
    let depth = depth.checked_sub(1)?;
    while !from.rest.is_empty() {
        let part = from.next()?;
        match part.tag {
            0x04 => out.extend_from_slice(part.content),
            0x24 => octets(&mut Der { rest: part.content }, out, depth)?,
            _ => return None,
        }
    }
    Some(())
}

struct Part<'a> {
    tag: u8,
    content: &'a [u8],
}

/// Tag, length, content, one after the other (X.690 8.1).
struct Der<'a> {
    rest: &'a [u8],
}

impl<'a> Der<'a> {
    /// The next part, where it has this tag.
    fn take(&mut self, tag: u8) -> Option<Part<'a>> {
        let before = self.rest;
        let part = self.next().filter(|p| p.tag == tag);
        if part.is_none() {
            self.rest = before;
        }
        part
    }

    fn next(&mut self) -> Option<Part<'a>> {
        let (tag, content, rest) = split(self.rest)?;
        self.rest = rest;
        Some(Part { tag, content })
    }
}

/// The first part of `bytes`: its tag, its content, and what follows it.
fn split(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    if tag & 0x1F == 0x1F {
        // Tags of several bytes do not occur in CMS.
        return None;
    }
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0x80 => {
            // Indefinite: to the end-of-contents mark of this level. One walk over the bytes, whatever the nesting.
            let end = end_of_contents(rest)?;
            let content = rest.get(..end)?;
            return Some((*tag, content, rest.get(end + 2..)?));
        }
        0..0x80 => (usize::from(*first), rest),
        _ => {
            let n = usize::from(first & 0x7F);
            let (bytes, rest) = rest.split_at_checked(n)?;
            // Longer than this machine counts is longer than the message.
            let bytes = bytes.iter().skip_while(|b| **b == 0).collect::<Vec<_>>();
            if bytes.len() > size_of::<usize>() {
                return None;
            }
            (bytes.iter().fold(0_usize, |n, b| n << 8 | usize::from(**b)), rest)
        }
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((*tag, content, rest))
}

/// Where the end-of-contents mark of the level that begins with `bytes` stands.
fn end_of_contents(bytes: &[u8]) -> Option<usize> {
    let (mut at, mut open) = (0_usize, 1_usize);
    loop {
        match bytes.get(at..)? {
            [0, 0, ..] => {
                open -= 1;
                if open == 0 {
                    return Some(at);
                }
                at += 2;
            }
            [_, 0x80, ..] => {
                // Deeper than any program writes is made to be walked for ever.
                open += 1;
                if open > 64 {
                    return None;
                }
                at += 2;
            }
            rest => {
                let (_, _, behind) = split_definite(rest)?;
                at += rest.len() - behind.len();
            }
        }
    }
}

fn split_definite(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    (bytes.get(1) != Some(&0x80)).then(|| split(bytes)).flatten()
}

#[cfg(test)]
pub(in crate::message) mod tests {
    use super::*;

    /// Tag, length, content.
    pub(in crate::message) fn part(tag: u8, content: &[u8]) -> Vec<u8> {
        let mut out = vec![tag];
        match content.len() {
            n @ 0..0x80 => out.push(n as u8),
            n => {
                out.push(0x84);
                out.extend_from_slice(&(n as u32).to_be_bytes());
            }
        }
        out.extend_from_slice(content);
        out
    }
    /// A CMS message of this kind around `inside`, which stands where eContent stands.
    pub(in crate::message) fn wrapped(kind: &[u8], inside: &[u8]) -> Vec<u8> {
        let data = part(0x06, &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x01]);
        let encapsulated = part(0x30, &[data, inside.to_vec()].concat());
        let signed = part(0x30, &[part(0x02, &[1]), part(0x31, &[]), encapsulated, part(0x31, &[])].concat());
        part(0x30, &[part(0x06, kind), part(0xA0, &signed)].concat())
    }
    pub(in crate::message) fn signed(entity: &[u8]) -> Vec<u8> {
        wrapped(SIGNED_DATA, &part(0xA0, &part(0x04, entity)))
    }
    pub(in crate::message) fn enveloped() -> Vec<u8> {
        wrapped(ENVELOPED_DATA, &part(0xA0, b""))
    }

    #[test]
    fn what_was_signed_comes_out_whole() {
        let entity = b"Content-Type: text/plain\r\n\r\nhello".repeat(20);
        assert_eq!(unwrap(&signed(&entity)), Unwrapped::Signed(entity));
    }
    #[test]
    fn indefinite_lengths_and_strings_in_pieces_are_read() {
        // 24 80 (04 03 abc) (04 02 de) 00 00, within an indefinite [0].
        let pieces = [&[0xA0, 0x80, 0x24, 0x80][..], &part(4, b"abc"), &part(4, b"de"), &[0, 0, 0, 0]].concat();
        assert_eq!(unwrap(&wrapped(SIGNED_DATA, &pieces)), Unwrapped::Signed(b"abcde".to_vec()));
    }
    #[test]
    fn encrypted_mail_and_bare_signatures_say_so() {
        assert_eq!(unwrap(&enveloped()), Unwrapped::Encrypted);
        assert!(matches!(unwrap(&wrapped(SIGNED_DATA, b"")), Unwrapped::Unreadable(w) if w.contains("without")));
        assert!(matches!(unwrap(b"not DER"), Unwrapped::Unreadable(_)));
    }
    #[test]
    fn every_truncation_and_every_nesting_ends() {
        let whole = signed(b"Content-Type: text/plain\r\n\r\nhello");
        for n in 0..whole.len() {
            assert!(!matches!(unwrap(&whole[..n]), Unwrapped::Signed(_)), "{n}");
        }
        let deep = [0x24, 0x80].repeat(100_000);
        assert!(matches!(unwrap(&wrapped(SIGNED_DATA, &deep)), Unwrapped::Unreadable(_)));
        let lying = [0x30, 0x88, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
        assert!(matches!(unwrap(&lying), Unwrapped::Unreadable(_)));
    }
}
