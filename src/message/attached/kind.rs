//! Which format an attachment is in: by its first bytes, else its name, else what its sender declared.

use super::Sealed;
use serde::{Deserialize, Serialize};

/// What an attachment is, as far as reading goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// PDF.
    Pdf,
    /// Word since 2007 (.docx).
    Word,
    /// A workbook: .xlsx, .xlsm, .xlsb, .xls, .ods.
    Workbook,
    /// CSV and its like.
    Delimited,
    /// An appointment (RFC 5545).
    Calendar,
    /// Plain text, HTML.
    Text,
    /// A message within the message.
    Message,
    /// winmail.dat (TNEF).
    Outlook,
    /// S/MIME, signed so that the content lies within the signature.
    Signed,
    /// S/MIME or PGP, encrypted.
    Encrypted,
    /// A picture; also what a telephone's camera made.
    Picture,
    /// Sound and film.
    Sound,
    /// ZIP, RAR, 7z …
    Archive,
    /// Word and PowerPoint before 2007.
    OldOffice,
    /// PowerPoint, Keynote, Pages.
    Slides,
    /// A detached signature, a key, a visiting card: nothing that would have to be read.
    Formality,
    /// Anything else.
    #[default]
    Other,
}

impl Kind {
    /// What `sealed` is. The bytes count first: a PDF named `.doc` is a PDF.
    #[must_use]
    pub fn of(sealed: &Sealed<'_>) -> Self {
        let ending = sealed.name.rsplit_once('.').map_or("", |(_, e)| e).to_ascii_lowercase();
        let named = by_ending(&ending, sealed.name).or_else(|| by_content_type(sealed.content_type));
        match by_bytes(sealed.bytes) {
            // What these are made of, and no more than that: the name says which of them it is.
            Some(Self::Archive) => match named {
                Some(k @ (Self::Word | Self::Workbook | Self::Slides)) => k,
                _ => zip_inside(sealed.bytes).unwrap_or(Self::Archive),
            },
            Some(Self::OldOffice) => match named {
                Some(k @ (Self::Workbook | Self::Word | Self::Slides)) if ending != "doc" && ending != "ppt" => k,
                _ => Self::OldOffice,
            },
            Some(kind) => kind,
            None => named.unwrap_or_default(),
        }
    }

    /// Whether its bytes are taken apart at all.
    #[must_use]
    pub fn is_opened(self) -> bool {
        matches!(self, Self::Pdf | Self::Word | Self::Workbook | Self::Delimited | Self::Calendar)
    }

    /// Whether other people's code takes it apart, which may loop or eat memory on bytes made for that.
    #[must_use]
    pub fn is_dangerous(self) -> bool {
        matches!(self, Self::Pdf | Self::Word | Self::Workbook)
    }
}

fn by_bytes(bytes: &[u8]) -> Option<Kind> {
    // Readers look for the mark in the first kilobyte (ISO 32000-1, annex H 3.4.1).
    let head = bytes.get(..bytes.len().min(1024)).unwrap_or_default();
    if head.windows(5).any(|w| w == b"%PDF-") {
        return Some(Kind::Pdf);
    }
    let marks: [(&[u8], Kind); 12] = [
        (b"PK\x03\x04", Kind::Archive),
        (b"PK\x05\x06", Kind::Archive),
        (b"Rar!", Kind::Archive),
        (b"7z\xBC\xAF", Kind::Archive),
        (b"\x1F\x8B", Kind::Archive),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", Kind::OldOffice),
        (b"\xFF\xD8\xFF", Kind::Picture),
        (b"\x89PNG", Kind::Picture),
        (b"GIF8", Kind::Picture),
        (b"II*\0", Kind::Picture),
        (b"MM\0*", Kind::Picture),
        (b"BEGIN:VCALENDAR", Kind::Calendar),
    ];
    marks.iter().find(|(mark, _)| bytes.starts_with(mark)).map(|(_, kind)| *kind)
}

fn by_ending(ending: &str, name: &str) -> Option<Kind> {
    Some(match ending {
        "pdf" => Kind::Pdf,
        "docx" | "docm" | "dotx" => Kind::Word,
        "xlsx" | "xlsm" | "xlsb" | "xls" | "ods" => Kind::Workbook,
        "csv" | "tsv" => Kind::Delimited,
        "ics" | "vcs" => Kind::Calendar,
        "jpg" | "jpeg" | "png" | "gif" | "tif" | "tiff" | "bmp" | "heic" | "heif" | "webp" | "svg" => Kind::Picture,
        "wav" | "mp3" | "m4a" | "amr" | "ogg" | "mp4" | "mov" | "avi" | "3gp" => Kind::Sound,
        "zip" | "rar" | "7z" | "gz" | "tgz" | "tar" => Kind::Archive,
        "doc" | "dot" | "wps" | "ppt" | "pub" | "wpd" => Kind::OldOffice,
        "pptx" | "pptm" | "ppsx" | "key" | "pages" | "numbers" => Kind::Slides,
        "txt" | "htm" | "html" | "log" | "md" => Kind::Text,
        "p7s" | "asc" | "vcf" => Kind::Formality,
        "eml" | "msg" => Kind::Message,
        "pgp" | "gpg" => Kind::Encrypted,
        "p7m" => Kind::Signed,
        "dat" if name.eq_ignore_ascii_case("winmail.dat") => Kind::Outlook,
        _ => return None,
    })
}

fn by_content_type(content_type: &str) -> Option<Kind> {
    let (top, sub) = content_type.split_once('/')?;
    Some(match (top, sub) {
        ("image", _) => Kind::Picture,
        ("audio" | "video", _) => Kind::Sound,
        ("text", "csv" | "comma-separated-values" | "tab-separated-values") => Kind::Delimited,
        ("text", "calendar") => Kind::Calendar,
        ("text", "vcard" | "x-vcard" | "rfc822-headers") => Kind::Formality,
        ("text", _) => Kind::Text,
        ("message", _) => Kind::Message,
        ("application", "pdf" | "x-pdf") => Kind::Pdf,
        ("application", "ics") => Kind::Calendar,
        ("application", "csv") => Kind::Delimited,
        ("application", "ms-tnef" | "vnd.ms-tnef") => Kind::Outlook,
        ("application", "pkcs7-mime" | "x-pkcs7-mime") => Kind::Signed,
        ("application", "pgp-encrypted") => Kind::Encrypted,
        ("application", "pkcs7-signature" | "x-pkcs7-signature" | "pgp-signature") => Kind::Formality,
        ("application", "vnd.openxmlformats-officedocument.wordprocessingml.document") => Kind::Word,
        ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet") => Kind::Workbook,
        ("application", "vnd.ms-excel" | "vnd.oasis.opendocument.spreadsheet") => Kind::Workbook,
        ("application", "msword" | "vnd.ms-powerpoint") => Kind::OldOffice,
        ("application", "vnd.openxmlformats-officedocument.presentationml.presentation") => Kind::Slides,
        ("application", "zip" | "x-zip-compressed" | "x-rar-compressed" | "gzip") => Kind::Archive,
        _ => return None,
    })
}

/// A ZIP without a telling name: what its first entries are called.
fn zip_inside(bytes: &[u8]) -> Option<Kind> {
    let head = bytes.get(..bytes.len().min(8 * 1024)).unwrap_or_default();
    let has = |w: &[u8]| head.windows(w.len()).any(|x| x == w);
    if has(b"word/document.xml") {
        Some(Kind::Word)
    } else if has(b"xl/workbook.xml") || has(b"xl/worksheets") {
        Some(Kind::Workbook)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(name: &str, content_type: &str, bytes: &[u8]) -> Kind {
        Kind::of(&Sealed { name, content_type, bytes })
    }

    #[test]
    fn the_bytes_count_before_the_name_and_the_name_before_the_label() {
        assert_eq!(kind("scan.doc", "application/msword", b"%PDF-1.4 ..."), Kind::Pdf);
        assert_eq!(kind("schedule.xlsx", "application/octet-stream", b"PK\x03\x04"), Kind::Workbook);
        assert_eq!(kind("drivers.csv", "application/vnd.ms-excel", b"name,dob"), Kind::Delimited);
        assert_eq!(kind("part-2.bin", "application/octet-stream", b"PK\x03\x04....word/document.xml"), Kind::Word);
        assert_eq!(kind("photos.zip", "application/zip", b"PK\x03\x04"), Kind::Archive);
        assert_eq!(kind("old.doc", "application/msword", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), Kind::OldOffice);
        assert_eq!(kind("old.xls", "application/vnd.ms-excel", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), Kind::Workbook);
        assert_eq!(kind("IMG_0007.HEIC", "application/octet-stream", b"...."), Kind::Picture);
        assert_eq!(kind("what", "application/x-what", b"...."), Kind::Other);
    }
}
