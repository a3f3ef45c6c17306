//! Outlook's rich text: decompressed (MS-OXRTFCP), and its words without their looks.

/// Longest rich text that is made of a compressed one; what is longer than the text of a message is cut anyway.
const RAW_MAX: usize = 1 << 20;
/// Groups within groups that are followed; deeper ones are walked over.
const DEPTH_MAX: usize = 200;

/// What the dictionary holds at the start (MS-OXRTFCP 2.1.2.1).
const START: &[u8] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \
\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

/// PR_RTF_COMPRESSED → RTF; `None` where it is neither compressed nor stored. A cut-off one gives its beginning.
pub(super) fn decompressed(bytes: &[u8]) -> Option<Vec<u8>> {
    let kind = bytes.get(8..12)?;
    let rest = bytes.get(16..)?;
    match kind {
        b"MELA" => Some(rest.get(..rest.len().min(RAW_MAX)).unwrap_or_default().to_vec()),
        b"LZFu" => Some(unpacked(rest)),
        _ => None,
    }
}

/// Runs of eight: a literal byte, or twelve bits of place and four of length in a ring of 4096.
fn unpacked(bytes: &[u8]) -> Vec<u8> {
    let mut ring = [b' '; 4096];
    let mut at = START.len();
    for (slot, b) in ring.iter_mut().zip(START) {
        *slot = *b;
    }
    let mut out = Vec::new();
    let mut put = |ring: &mut [u8; 4096], at: &mut usize, b: u8| {
        if let Some(slot) = ring.get_mut(*at) {
            *slot = b;
        }
        *at = (*at + 1) % 4096;
        out.push(b);
        out.len() < RAW_MAX
    };
    let mut input = bytes.iter().copied();
    'all: while let Some(control) = input.next() {
        for bit in 0..8 {
            let Some(first) = input.next() else { break 'all };
            if control >> bit & 1 == 0 {
                if !put(&mut ring, &mut at, first) {
                    break 'all;
                }
                continue;
            }
            let Some(second) = input.next() else { break 'all };
            let place = usize::from(first) << 4 | usize::from(second >> 4);
            if place == at {
                break 'all;
            }
            for i in 0..usize::from(second & 0xF) + 2 {
                let b = ring.get((place + i) % 4096).copied().unwrap_or(b' ');
                if !put(&mut ring, &mut at, b) {
                    break 'all;
                }
            }
        }
    }
    out
}

/// What a group does to its words.
#[derive(Debug, Clone, Copy, Default)]
struct Group {
    /// Fonts, pictures, HTML tags kept for the way back: no words of the message.
    hidden: bool,
    /// Plain bytes that follow `\u` for programs that do not know it.
    fallback: usize,
}

/// The words.
pub(super) fn to_text(rtf: &[u8]) -> String {
    let mut out = String::new();
    let mut groups = vec![Group { hidden: false, fallback: 1 }];
    let mut beyond = 0_usize;
    let mut skip = 0_usize;
    let mut i = 0;
    while let Some(b) = rtf.get(i).copied() {
        i += 1;
        let group = groups.last().copied().unwrap_or_default();
        match b {
            b'{' if groups.len() < DEPTH_MAX => groups.push(group),
            b'{' => beyond += 1,
            b'}' if beyond > 0 => beyond -= 1,
            b'}' => {
                if groups.len() > 1 {
                    groups.pop();
                }
            }
            b'\\' => {
                let (word, next) = Word::read(rtf, i);
                i = next;
                if let Some(top) = groups.last_mut() {
                    word.apply(top, &mut out, &mut skip);
                }
            }
            b'\r' | b'\n' => {}
            _ if group.hidden => {}
            _ if skip > 0 => skip -= 1,
            _ => out.push_str(&super::super::charset::lenient(&[b])),
        }
    }
    out
}

enum Word<'a> {
    /// `\par`, with its number.
    Control(&'a [u8], Option<i32>),
    /// `\'e9`.
    Byte(u8),
    /// `\{`, `\~` …
    Symbol(u8),
}

impl<'a> Word<'a> {
    /// The word that begins at `i`, right after the backslash, and where the text goes on.
    fn read(rtf: &'a [u8], i: usize) -> (Self, usize) {
        let rest = rtf.get(i..).unwrap_or_default();
        let letters = rest.iter().take(32).take_while(|b| b.is_ascii_alphabetic()).count();
        if letters == 0 {
            let symbol = rest.first().copied().unwrap_or_default();
            if symbol == b'\'' {
                let hex = rest.get(1..3).and_then(|h| std::str::from_utf8(h).ok());
                let byte = hex.and_then(|h| u8::from_str_radix(h, 16).ok()).unwrap_or(b'?');
                return (Self::Byte(byte), i + 3);
            }
            return (Self::Symbol(symbol), i + 1);
        }
        let (name, rest) = rest.split_at(letters);
        let sign = usize::from(rest.first() == Some(&b'-'));
        let digits = rest.iter().skip(sign).take(10).take_while(|b| b.is_ascii_digit()).count();
        let number = if digits == 0 { None } else { rest.get(..sign + digits) };
        let length = number.map_or(0, <[u8]>::len);
        let blank = usize::from(rest.get(length) == Some(&b' '));
        let number = number.and_then(|n| std::str::from_utf8(n).ok()).and_then(|n| n.parse().ok());
        (Self::Control(name, number), i + letters + length + blank)
    }

    fn apply(self, group: &mut Group, out: &mut String, skip: &mut usize) {
        match self {
            Self::Symbol(b'*') => group.hidden = true,
            _ if group.hidden => {}
            Self::Byte(_) if *skip > 0 => *skip -= 1,
            Self::Byte(b) => out.push_str(&super::super::charset::lenient(&[b])),
            Self::Symbol(b @ (b'\\' | b'{' | b'}')) => out.push(char::from(b)),
            Self::Symbol(b'~') => out.push(' '),
            Self::Symbol(b'_') => out.push('-'),
            Self::Symbol(b'\r' | b'\n') => out.push('\n'),
            Self::Symbol(_) => {}
            Self::Control(name, number) => match name {
                b"par" | b"line" | b"row" | b"sect" | b"page" => out.push('\n'),
                b"tab" | b"cell" => out.push('\t'),
                b"emdash" => out.push('—'),
                b"endash" => out.push('–'),
                b"lquote" | b"rquote" => out.push('\''),
                b"ldblquote" | b"rdblquote" => out.push('"'),
                b"bullet" => out.push('•'),
                b"uc" => group.fallback = number.and_then(|n| usize::try_from(n).ok()).unwrap_or(1).min(8),
                b"u" => {
                    // Negative numbers are those above 32767 (RTF 1.9.1, Unicode).
                    let code = number.unwrap_or(0);
                    let code = u32::try_from(if code < 0 { code + 65536 } else { code }).unwrap_or(0);
                    out.push(char::from_u32(code).unwrap_or('\u{FFFD}'));
                    *skip = group.fallback;
                }
                b"fonttbl" | b"colortbl" | b"stylesheet" | b"info" | b"pict" | b"object" | b"header" | b"footer"
                | b"listtable" | b"listoverridetable" | b"rsidtbl" | b"generator" => group.hidden = true,
                _ => {}
            },
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// RTF as Outlook stores it uncompressed.
    pub(in crate::message::attached) fn stored(rtf: &str) -> Vec<u8> {
        let size = (rtf.len() as u32).to_le_bytes();
        [&(rtf.len() as u32 + 12).to_le_bytes()[..], &size, b"MELA", &[0; 4], rtf.as_bytes()].concat()
    }

    #[test]
    fn the_published_example_is_decompressed() {
        // MS-OXRTFCP 3.1.1.
        let packed = [
            0x2d, 0x00, 0x00, 0x00, 0x2b, 0x00, 0x00, 0x00, 0x4c, 0x5a, 0x46, 0x75, 0xf1, 0xc5, 0xc7, 0xa7, 0x03, 0x00,
            0x0a, 0x00, 0x72, 0x63, 0x70, 0x67, 0x31, 0x32, 0x35, 0x42, 0x32, 0x0a, 0xf3, 0x20, 0x68, 0x65, 0x6c, 0x09,
            0x00, 0x20, 0x62, 0x77, 0x05, 0xb0, 0x6c, 0x64, 0x7d, 0x0a, 0x80, 0x0f, 0xa0,
        ];
        let rtf = decompressed(&packed).unwrap();
        assert_eq!(String::from_utf8(rtf).unwrap(), "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n");
    }
    #[test]
    fn words_without_their_looks() {
        let rtf = br"{\rtf1\ansi{\fonttbl{\f0 Arial;}}{\*\htmltag64 <p>}\pard Se\'f1or \u8220?Ruiz\u8221?\par \b add\b0  it\~now}";
        assert_eq!(to_text(rtf), "Señor “Ruiz”\nadd it now");
    }
    #[test]
    fn a_bomb_of_runs_and_a_nest_of_groups_end() {
        let mut bomb = vec![0; 16];
        bomb[8..12].copy_from_slice(b"LZFu");
        bomb.extend([0xFF; 300_000]);
        assert!(decompressed(&bomb).unwrap().len() <= RAW_MAX);
        assert_eq!(to_text(&b"{".repeat(1_000_000)), "");
    }
}
