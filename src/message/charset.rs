//! Bytes → text where the label lies or is missing. Knows nothing of mail structure.

use mail_parser::decoders::charsets::map::charset_decoder;

/// What windows-1252 has at 0x80–0x9F; its five holes show as a replacement character.
const UPPER: [char; 32] = [
    '€', '\u{FFFD}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{FFFD}', 'Ž', '\u{FFFD}', '\u{FFFD}',
    '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{FFFD}', 'ž', 'Ÿ',
];

/// UTF-8 where it is UTF-8, windows-1252 where it is not: what a program that mislabels its mail nearly always means.
pub(super) fn lenient(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() + bytes.len() / 8);
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        out.extend(chunk.invalid().iter().map(|b| from_windows_1252(*b)));
    }
    out
}

fn from_windows_1252(byte: u8) -> char {
    match byte {
        0x80..=0x9F => UPPER.get(usize::from(byte - 0x80)).copied().unwrap_or('\u{FFFD}'),
        _ => char::from(byte),
    }
}

/// Whether a label is known at all.
pub(super) fn is_known(label: &str) -> bool {
    charset_decoder(label.as_bytes()).is_some() || is_utf8(label)
}

/// Labels under which invalid UTF-8 is to be read leniently.
pub(super) fn is_utf8(label: &str) -> bool {
    ["utf-8", "utf8", "us-ascii", "ascii", "unicode-1-1-utf-8", "ansi_x3.4-1968"]
        .iter()
        .any(|l| label.eq_ignore_ascii_case(l))
}

/// Decodes by `label`, leniently where it says UTF-8 or nothing known.
pub(super) fn decode(bytes: &[u8], label: Option<&str>) -> String {
    match label.filter(|l| !is_utf8(l)).and_then(|l| charset_decoder(l.as_bytes())) {
        Some(decoder) => decoder(bytes),
        None => lenient(bytes),
    }
}

/// The charset that an HTML page claims for itself in a `<meta>`, for pages that came without a label.
pub(super) fn of_meta(html: &[u8]) -> Option<String> {
    let head = html.get(..html.len().min(2048))?.to_ascii_lowercase();
    let at = head.windows(8).position(|w| w == b"charset=")? + 8;
    let rest = head.get(at..)?;
    let rest = rest.strip_prefix(b"\"").or_else(|| rest.strip_prefix(b"'")).unwrap_or(rest);
    let end = rest.iter().position(|b| !(b.is_ascii_alphanumeric() || b"-_:.".contains(b))).unwrap_or(rest.len());
    let label = std::str::from_utf8(rest.get(..end)?).ok()?;
    (!label.is_empty()).then(|| label.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_windows_dash_in_mail_that_claims_utf_8_is_a_dash() {
        assert_eq!(lenient(b"Priya \x96 caf\xe9, na\xc3\xafve"), "Priya – café, naïve");
    }
    #[test]
    fn a_page_without_a_label_is_read_by_its_own_meta() {
        let page = b"<meta http-equiv=Content-Type content=\"text/html; charset=ISO-8859-2\">";
        assert_eq!(of_meta(page).as_deref(), Some("iso-8859-2"));
        assert_eq!(of_meta(b"<p>no charset"), None);
    }
    #[test]
    fn an_unknown_label_is_read_leniently() {
        assert!(!is_known("x-foo"));
        assert_eq!(decode(b"Pe\xf1a", Some("x-foo")), "Peña");
        assert_eq!(decode(b"Pe\xf1a", Some("us-ascii")), "Peña");
    }
}
