//! Text from outside, cleaned once at the edge so that the inside can trust it.

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::hash::{BuildHasherDefault, Hasher};

/// The first `bytes` of a hash in hex.
#[must_use]
pub fn hex(hash: &[u8], bytes: usize) -> String {
    HEXLOWER.encode(hash.get(..bytes).unwrap_or(hash))
}

/// A decoded header value: one line, no control characters.
///
/// RFC 2047 words may decode to CR, LF or NUL; a CR in a display name makes lettre panic and would otherwise be a
/// second header. So every control character becomes a space and white space is folded.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize)]
pub struct HeaderText(String);

/// Longest header text kept, in characters; a subject of megabytes is cut here.
pub const HEADER_TEXT_MAX: usize = 998;

impl HeaderText {
    /// Cleans `raw`.
    #[must_use]
    pub fn new(raw: &str) -> Self {
        let mut out = String::with_capacity(raw.len().min(HEADER_TEXT_MAX));
        let mut gap = false;
        let mut count = 0;
        for c in raw.chars() {
            if c.is_whitespace() || c.is_control() || is_invisible(c) {
                gap = true;
                continue;
            }
            if gap && !out.is_empty() {
                out.push(' ');
                count += 1;
            }
            gap = false;
            out.push(c);
            count += 1;
            if count >= HEADER_TEXT_MAX {
                break;
            }
        }
        Self(out)
    }
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// Whether nothing is left.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Bidirectional overrides and zero-width characters, which let a name show as another.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{2028}' | '\u{2029}')
}

impl fmt::Display for HeaderText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl From<&str> for HeaderText {
    fn from(s: &str) -> Self {
        Self::new(s)
    }
}
impl<'de> Deserialize<'de> for HeaderText {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d).map(|s| Self::new(&s))
    }
}

/// A mail address, in lower case, with one `@`, no white space and no control characters (RFC 5321 4.1.2, the part
/// of it that is in use). Non-ASCII addresses are allowed here; whether they can be written to is the outbox's matter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Address(String);

impl Address {
    /// Reads an address; `None` when it is not one.
    #[must_use]
    pub fn new(raw: &str) -> Option<Self> {
        let s = raw.trim().trim_start_matches('<').trim_end_matches('>').to_lowercase();
        let (local, domain) = s.rsplit_once('@')?;
        let bad = |c: char| c.is_whitespace() || c.is_control() || is_invisible(c) || "<>()[],;:\\\"@".contains(c);
        if local.is_empty() || domain.is_empty() || s.len() > 254 || local.contains(bad) || domain.contains(bad) {
            return None;
        }
        if domain.starts_with('.') || domain.ends_with('.') || domain.contains("..") {
            return None;
        }
        Some(Self(s))
    }
    /// The whole address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// What stands before the `@`.
    #[must_use]
    pub fn local(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(l, _)| l)
    }
    /// What stands after the `@`.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, d)| d)
    }
    /// The address as a log may hold it: `t***@marchettitrucking.example`.
    #[must_use]
    pub fn masked(&self) -> String {
        format!("{}***@{}", self.local().chars().take(1).collect::<String>(), self.domain())
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let s = String::deserialize(d)?;
        Self::new(&s).ok_or_else(|| serde::de::Error::custom(format!("“{s}” is not a mail address")))
    }
}

/// A person or firm as a header names them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Mailbox {
    /// The display name; empty where none was given.
    pub name: HeaderText,
    /// Where mail reaches them.
    pub address: Address,
}

impl fmt::Display for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.name.is_empty() { write!(f, "{}", self.address) } else { write!(f, "{} <{}>", self.name, self.address) }
    }
}

/// Case, punctuation and white space folded away, for comparing what people type: `CTP-01-558231-3` and
/// `ctp 01 558231 3` are one policy number.
#[must_use]
pub fn folded(s: &str) -> String {
    let mut out = String::with_capacity(s.len());
    for c in s.chars() {
        if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_lowercase());
        } else if !c.is_ascii() && c.is_alphanumeric() {
            out.extend(c.to_lowercase());
        }
    }
    out
}

/// A list of words that are known beforehand, to ask whether a word is among them.
pub type WordSet<W> = HashSet<W, BuildHasherDefault<WordHash>>;

/// What is known beforehand of words, by word.
pub type WordMap<W, V> = HashMap<W, V, BuildHasherDefault<WordHash>>;

/// A hash that takes eight letters in one step, for short words. Only for tables whose keys no stranger chooses.
#[derive(Debug, Clone, Copy, Default)]
pub struct WordHash(u64);

impl WordHash {
    fn take(&mut self, piece: u64) {
        self.0 = (self.0.rotate_left(5) ^ piece).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}
impl Hasher for WordHash {
    fn write(&mut self, bytes: &[u8]) {
        let (eights, rest) = bytes.as_chunks::<8>();
        for eight in eights {
            self.take(u64::from_le_bytes(*eight));
        }
        if !rest.is_empty() {
            self.take(few(rest));
        }
    }
    fn write_u8(&mut self, byte: u8) {
        self.take(u64::from(byte));
    }
    fn write_u64(&mut self, number: u64) {
        self.take(number);
    }
    fn write_usize(&mut self, number: usize) {
        self.take(number as u64);
    }
    fn finish(&self) -> u64 {
        // A table goes by the lowest bits, and a product has mixed its highest.
        self.0 ^ (self.0 >> 32)
    }
}

/// One to seven letters as a number, which differs where they do and are as many.
fn few(letters: &[u8]) -> u64 {
    let number = |four: &[u8; 4]| u64::from(u32::from_le_bytes(*four));
    match (letters.first_chunk::<4>(), letters.last_chunk::<4>(), letters) {
        (Some(first), Some(last), _) => number(first) | number(last) << 32,
        (_, _, [one]) => u64::from(*one),
        (_, _, [one, two]) => u64::from(*one) | u64::from(*two) << 8,
        (_, _, [one, two, three]) => u64::from(*one) | u64::from(*two) << 8 | u64::from(*three) << 16,
        _ => 0,
    }
}

/// The pieces of `s` between the bytes `border`, which is ASCII, as `split` cuts them.
pub fn pieces(s: &str, border: u8) -> impl Iterator<Item = &str> {
    debug_assert!(border.is_ascii());
    let mut from = 0;
    memchr::memchr_iter(border, s.as_bytes()).chain([s.len()]).map(move |at| {
        let piece = s.get(from..at).unwrap_or_default();
        from = at + 1;
        piece
    })
}

/// Cuts `s` to at most `max` bytes at a character's border.
#[must_use]
pub fn cut(s: &str, max: usize) -> &str {
    let mut end = s.len().min(max);
    while !s.is_char_boundary(end) {
        end -= 1;
    }
    s.get(..end).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_display_name_that_smuggles_a_header_becomes_one_line() {
        assert_eq!(HeaderText::new("Zoë\r\nBcc: x@y\0 \u{202E}evil").as_str(), "Zoë Bcc: x@y evil");
    }
    #[test]
    fn addresses_with_room_for_injection_are_none() {
        for bad in ["a@b\r\nRCPT TO:<x@y>", "a b@c", "@b", "a@", "a@@b", "a@b..c", "\"a\"@b", "nobody"] {
            assert!(Address::new(bad).is_none(), "{bad:?}");
        }
        assert_eq!(Address::new(" <Tony@Trucks.Example> ").unwrap().as_str(), "tony@trucks.example");
    }
    #[test]
    fn a_masked_address_keeps_the_domain_only() {
        assert_eq!(Address::new("tony@trucks.example").unwrap().masked(), "t***@trucks.example");
    }
    #[test]
    fn policy_numbers_compare_on_letters_and_digits() {
        assert_eq!(folded("CTP-01-558231-3"), folded("ctp 01 558231 3"));
    }
}
