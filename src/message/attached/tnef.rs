//! winmail.dat: Outlook's own wrapping (MS-OXTNEF). Body and attachments; everything else in it stays where it is.
//!
//! Reads forward only, each byte once; what is cut off gives what came before the cut.

use super::rtf;

/// Attachments taken out of one winmail.dat.
const ATTACHMENTS_MAX: usize = 100;
/// MAPI properties of one list that are looked at.
const PROPERTIES_MAX: u32 = 4_000;

/// What a winmail.dat holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::message) struct Inside<'a> {
    /// The message, as text.
    pub(in crate::message) text: Option<String>,
    /// The message, as HTML.
    pub(in crate::message) html: Option<String>,
    /// What is attached to it.
    pub(in crate::message) attachments: Vec<Enclosed<'a>>,
    /// It broke off, or was none.
    pub(in crate::message) damaged: bool,
}

/// An attachment within.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::message) struct Enclosed<'a> {
    /// Its file name; may be empty.
    pub(in crate::message) name: String,
    /// Its content type; empty where Outlook does not say.
    pub(in crate::message) content_type: String,
    /// Its bytes.
    pub(in crate::message) bytes: &'a [u8],
}

// Attributes (MS-OXTNEF 2.1.3.3), without their types.
const BODY: u16 = 0x800C;
const ATTACH_TITLE: u16 = 0x8010;
const ATTACH_DATA: u16 = 0x800F;
const ATTACH_REND_DATA: u16 = 0x9002;
const MAPI_PROPS: u16 = 0x9003;
const ATTACHMENT: u16 = 0x9005;
const OEM_CODEPAGE: u16 = 0x9007;

// Properties (MS-OXPROPS).
const PR_BODY: u16 = 0x1000;
const PR_RTF_COMPRESSED: u16 = 0x1009;
const PR_HTML: u16 = 0x1013;
const PR_INTERNET_CPID: u16 = 0x3FDE;
const PR_ATTACH_DATA: u16 = 0x3701;
const PR_ATTACH_FILENAME: u16 = 0x3704;
const PR_ATTACH_LONG_FILENAME: u16 = 0x3707;
const PR_ATTACH_MIME_TAG: u16 = 0x370E;

/// Reads it.
pub(in crate::message) fn read(bytes: &[u8]) -> Inside<'_> {
    let mut inside = Inside::default();
    let mut from = Bytes { rest: bytes };
    if from.u32() != Some(0x223E_9F78) || from.u16().is_none() {
        inside.damaged = true;
        return inside;
    }
    let mut codepage = 1252;
    let mut rich = None;
    while !from.rest.is_empty() {
        let Some((attribute, value)) = from.attribute() else {
            inside.damaged = true;
            break;
        };
        match attribute {
            OEM_CODEPAGE => codepage = Bytes { rest: value }.u32().unwrap_or(codepage),
            BODY => inside.text = Some(eight_bit(value, codepage)),
            MAPI_PROPS => {
                for (id, property) in properties(value) {
                    match (id, property) {
                        (PR_INTERNET_CPID, Property::Number(n)) => codepage = n,
                        (PR_BODY, property) => inside.text = property.text(codepage).or(inside.text.take()),
                        (PR_HTML, property) => inside.html = property.text(codepage),
                        (PR_RTF_COMPRESSED, Property::Bytes(b)) => rich = Some(b),
                        _ => {}
                    }
                }
            }
            ATTACH_REND_DATA => {
                if inside.attachments.len() >= ATTACHMENTS_MAX {
                    break;
                }
                inside.attachments.push(Enclosed::default());
            }
            _ => {
                if let Some(last) = inside.attachments.last_mut() {
                    of_attachment(last, attribute, value, codepage);
                }
            }
        }
    }
    let no_words = |s: &Option<String>| s.as_ref().is_none_or(|t| t.trim().is_empty());
    if no_words(&inside.text) && no_words(&inside.html) {
        inside.text = rich.and_then(rtf::decompressed).map(|r| rtf::to_text(&r));
    }
    inside.attachments.retain(|a| !a.bytes.is_empty() || !a.name.is_empty());
    inside
}

fn of_attachment<'a>(enclosed: &mut Enclosed<'a>, attribute: u16, value: &'a [u8], codepage: u32) {
    match attribute {
        // The long name, where there is one, comes later and counts.
        ATTACH_TITLE if enclosed.name.is_empty() => enclosed.name = eight_bit(value, codepage),
        ATTACH_DATA => enclosed.bytes = value,
        ATTACHMENT => {
            for (id, property) in properties(value) {
                match (id, property) {
                    (PR_ATTACH_LONG_FILENAME, p) => {
                        enclosed.name = p.text(codepage).unwrap_or(std::mem::take(&mut enclosed.name));
                    }
                    (PR_ATTACH_FILENAME, p) if enclosed.name.is_empty() => {
                        enclosed.name = p.text(codepage).unwrap_or_default();
                    }
                    (PR_ATTACH_MIME_TAG, p) => {
                        enclosed.content_type = p.text(codepage).unwrap_or_default().trim().to_ascii_lowercase();
                    }
                    (PR_ATTACH_DATA, Property::Bytes(b)) if enclosed.bytes.is_empty() => enclosed.bytes = b,
                    _ => {}
                }
            }
        }
        _ => {}
    }
}

/// Text in a code page; without its closing zero.
fn eight_bit(bytes: &[u8], codepage: u32) -> String {
    let bytes = bytes.split(|b| *b == 0).next().unwrap_or_default();
    let label = match codepage {
        65001 => "utf-8".to_owned(),
        932 => "shift_jis".to_owned(),
        936 => "gbk".to_owned(),
        949 => "euc-kr".to_owned(),
        950 => "big5".to_owned(),
        28591..=28605 => format!("iso-8859-{}", codepage - 28590),
        n => format!("windows-{n}"),
    };
    super::super::charset::decode(bytes, Some(&label))
}

/// A property's value, as far as it is of interest.
#[derive(Debug, Clone, Copy)]
enum Property<'a> {
    Number(u32),
    Narrow(&'a [u8]),
    Wide(&'a [u8]),
    Bytes(&'a [u8]),
    Other,
}

impl Property<'_> {
    fn text(self, codepage: u32) -> Option<String> {
        match self {
            Self::Narrow(b) | Self::Bytes(b) => Some(eight_bit(b, codepage)),
            Self::Wide(b) => {
                let units = b.chunks_exact(2).map(|c| u16::from_le_bytes([at(c, 0), at(c, 1)]));
                let units: Vec<u16> = units.take_while(|u| *u != 0).collect();
                Some(String::from_utf16_lossy(&units))
            }
            Self::Number(_) | Self::Other => None,
        }
    }
}

fn at(bytes: &[u8], i: usize) -> u8 {
    bytes.get(i).copied().unwrap_or_default()
}

/// A list of properties (MS-OXTNEF 2.1.3.4), as far as it can be read.
fn properties(bytes: &[u8]) -> impl Iterator<Item = (u16, Property<'_>)> {
    let mut from = Bytes { rest: bytes };
    let mut left = from.u32().unwrap_or_default().min(PROPERTIES_MAX);
    std::iter::from_fn(move || {
        left = left.checked_sub(1)?;
        from.property()
    })
}

/// Little-endian numbers, one after the other.
struct Bytes<'a> {
    rest: &'a [u8],
}

impl<'a> Bytes<'a> {
    fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(n)?;
        self.rest = rest;
        Some(taken)
    }
    fn u16(&mut self) -> Option<u16> {
        self.take(2).map(|b| u16::from_le_bytes([at(b, 0), at(b, 1)]))
    }
    fn u32(&mut self) -> Option<u32> {
        self.take(4).map(|b| u32::from_le_bytes([at(b, 0), at(b, 1), at(b, 2), at(b, 3)]))
    }
    /// Filled up to four bytes.
    fn padded(&mut self, n: usize) -> Option<&'a [u8]> {
        let taken = self.take(n)?;
        self.take(n.next_multiple_of(4) - n)?;
        Some(taken)
    }

    /// Level, attribute, length, value, checksum. The checksum is not looked at: programs write wrong ones.
    fn attribute(&mut self) -> Option<(u16, &'a [u8])> {
        self.take(1)?;
        let id = self.u16()?;
        self.u16()?;
        let length = self.u32()? as usize;
        let value = self.take(length)?;
        self.take(2)?;
        Some((id, value))
    }

    fn property(&mut self) -> Option<(u16, Property<'a>)> {
        let kind = self.u16()?;
        let id = self.u16()?;
        if id >= 0x8000 {
            // A named property: GUID, kind, number or name.
            self.take(16)?;
            if self.u32()? == 0 {
                self.take(4)?;
            } else {
                let length = self.u32()? as usize;
                self.padded(length)?;
            }
        }
        let several = kind & 0x1000 != 0;
        let kind = kind & !0x1000;
        let variable = matches!(kind, 0x0D | 0x1E | 0x1F | 0x102);
        let count = if several || variable { self.u32()? } else { 1 };
        let mut first = Property::Other;
        for i in 0..count {
            let value = match kind {
                0x02..=0x04 | 0x0A | 0x0B => Property::Number(self.u32()?),
                0x05..=0x07 | 0x14 | 0x40 => {
                    self.take(8)?;
                    Property::Other
                }
                0x48 => {
                    self.take(16)?;
                    Property::Other
                }
                0x0D | 0x1E | 0x1F | 0x102 => {
                    let length = self.u32()? as usize;
                    let value = self.padded(length)?;
                    match kind {
                        0x1E => Property::Narrow(value),
                        0x1F => Property::Wide(value),
                        0x102 => Property::Bytes(value),
                        // An embedded object begins with its interface's identity (MS-OXTNEF 2.1.3.4.1).
                        _ => value.get(16..).map_or(Property::Other, Property::Bytes),
                    }
                }
                // Of an unknown type nobody knows the length.
                _ => return None,
            };
            if i == 0 {
                first = value;
            }
        }
        Some((id, first))
    }
}

#[cfg(test)]
pub(in crate::message) mod tests {
    use super::*;

    fn attribute(level: u8, id: u16, kind: u16, value: &[u8]) -> Vec<u8> {
        let mut out = vec![level];
        out.extend(id.to_le_bytes());
        out.extend(kind.to_le_bytes());
        out.extend((value.len() as u32).to_le_bytes());
        out.extend(value);
        let sum = value.iter().fold(0_u16, |s, b| s.wrapping_add(u16::from(*b)));
        out.extend(sum.to_le_bytes());
        out
    }
    fn property(id: u16, kind: u16, value: &[u8]) -> Vec<u8> {
        let mut out = [kind.to_le_bytes(), id.to_le_bytes()].concat();
        out.extend(1_u32.to_le_bytes());
        out.extend((value.len() as u32).to_le_bytes());
        out.extend(value);
        out.resize(out.len().next_multiple_of(4), 0);
        out
    }
    fn list(properties: &[Vec<u8>]) -> Vec<u8> {
        [&(properties.len() as u32).to_le_bytes()[..], &properties.concat()].concat()
    }
    /// A winmail.dat with this body (RTF, stored) and these attachments.
    pub(in crate::message) fn winmail(body: &str, attachments: &[(&str, &[u8])]) -> Vec<u8> {
        let mut out = 0x223E_9F78_u32.to_le_bytes().to_vec();
        out.extend([1, 0]);
        let rich = rtf::tests::stored(&format!("{{\\rtf1\\ansi {}}}", body.replace('\n', "\\par ")));
        out.extend(attribute(1, MAPI_PROPS, 6, &list(&[property(PR_RTF_COMPRESSED, 0x102, &rich)])));
        for (name, bytes) in attachments {
            out.extend(attribute(2, ATTACH_REND_DATA, 6, &[0; 14]));
            out.extend(attribute(2, ATTACH_TITLE, 1, b"SHORT~1.PDF\0"));
            out.extend(attribute(2, ATTACH_DATA, 6, bytes));
            let wide: Vec<u8> = name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
            let mime = property(PR_ATTACH_MIME_TAG, 0x1E, b"application/x-test\0");
            let props = list(&[property(PR_ATTACH_LONG_FILENAME, 0x1F, &wide), mime]);
            out.extend(attribute(2, ATTACHMENT, 6, &props));
        }
        out
    }

    #[test]
    fn body_and_attachments_come_out_with_their_long_names() {
        let bytes =
            winmail("Please add the truck.\nThanks", &[("Schedule of vehicles.csv", b"a,b"), ("Zoë.pdf", b"%PDF")]);
        let inside = read(&bytes);
        assert!(!inside.damaged);
        assert_eq!(inside.text.as_deref().map(str::trim), Some("Please add the truck.\nThanks"));
        let names: Vec<_> = inside.attachments.iter().map(|a| (a.name.as_str(), a.bytes)).collect();
        assert_eq!(names, [("Schedule of vehicles.csv", &b"a,b"[..]), ("Zoë.pdf", b"%PDF")]);
        assert_eq!(inside.attachments[0].content_type, "application/x-test");
    }
    #[test]
    fn a_truncated_winmail_gives_what_came_before_the_cut() {
        let bytes = winmail("Please add the truck.", &[("a.csv", b"a,b"), ("b.csv", &[b'x'; 500])]);
        let inside = read(&bytes[..bytes.len() - 300]);
        assert!(inside.damaged);
        assert_eq!(inside.attachments[0].bytes, b"a,b");
        for n in 0..bytes.len() {
            read(&bytes[..n]);
        }
        assert!(read(b"no winmail at all").damaged);
    }
    #[test]
    fn lengths_that_lie_end_the_reading() {
        let mut bytes = 0x223E_9F78_u32.to_le_bytes().to_vec();
        bytes.extend([1, 0]);
        let lying = [&u32::MAX.to_le_bytes()[..], &[0x02, 0x10, 0, 0x10], &u32::MAX.to_le_bytes()].concat();
        bytes.extend(attribute(1, MAPI_PROPS, 6, &lying));
        assert_eq!(read(&bytes), Inside::default());
    }
}
