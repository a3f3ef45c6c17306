//! Breaks what opens attached documents, within the daemon's usual caps but in this process: text within its cap and
//! clean, every cell and form field where it says, and the same behind the pipe to the daemon.
#![no_main]

use intaked::message::Message;
use intaked::message::attached::{Caps, Here, Kind, Opened, Sealed, open};
use intaked_fuzz::{assert_held_sound, assert_sound, contain_other_peoples_panics, mail_with};
use libfuzzer_sys::fuzz_target;
use std::io::Write as _;

#[path = "../../harness/pdf.rs"]
mod pdf;
use pdf::pdf;

/// What the daemon takes as an answer from the process that opens documents.
const ANSWER_MAX: usize = 16 << 20;
/// Stands between the pieces of a document that has several.
const BETWEEN: u8 = 0x1E;

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";

fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, bytes) in parts {
        zip.start_file(*name, stored).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A workbook: the sheet's XML, the strings shared by its cells, its styles.
fn xlsx(data: &[u8]) -> Vec<u8> {
    let mut pieces = data.splitn(3, |b| *b == BETWEEN);
    let mut piece = || pieces.next().unwrap_or_default();
    let (sheet, strings, styles) = (piece(), piece(), piece());
    let types = format!("<Types xmlns=\"{PACKAGE}/content-types\"/>");
    let relation = |id: &str, kind: &str, target: &str| {
        format!("<Relationship Id=\"{id}\" Type=\"{RELATIONS}/{kind}\" Target=\"{target}\"/>")
    };
    let relations = |list: String| format!("<Relationships xmlns=\"{PACKAGE}/relationships\">{list}</Relationships>");
    let top = relations(relation("r1", "officeDocument", "xl/workbook.xml"));
    let book = format!(
        "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{RELATIONS}\"><sheets><sheet name=\"Vehicles\" sheetId=\"1\" r:id=\"r1\"/>\
         </sheets></workbook>"
    );
    let book_relations = relations(
        relation("r1", "worksheet", "worksheets/sheet1.xml")
            + &relation("r2", "sharedStrings", "sharedStrings.xml")
            + &relation("r3", "styles", "styles.xml"),
    );
    let around = |open: &str, inside: &[u8], close: &str| [open.as_bytes(), inside, close.as_bytes()].concat();
    let sheet = around(&format!("<worksheet xmlns=\"{MAIN}\"><sheetData>"), sheet, "</sheetData></worksheet>");
    let strings = around(&format!("<sst xmlns=\"{MAIN}\">"), strings, "</sst>");
    let styles = around(&format!("<styleSheet xmlns=\"{MAIN}\">"), styles, "</styleSheet>");
    zipped(&[
        ("[Content_Types].xml", types.as_bytes()),
        ("_rels/.rels", top.as_bytes()),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/_rels/workbook.xml.rels", book_relations.as_bytes()),
        ("xl/worksheets/sheet1.xml", &sheet),
        ("xl/sharedStrings.xml", &strings),
        ("xl/styles.xml", &styles),
    ])
}

/// Whether XML goes on to its end. calamine 0.38 never ends on an .ods whose XML breaks off within a table; the daemon's
/// limit on processor time ends it, which this process has not.
fn is_whole(xml: &[u8]) -> bool {
    let mut reader = quick_xml::Reader::from_reader(xml);
    let mut open = 0_usize;
    let mut event = Vec::new();
    loop {
        match reader.read_event_into(&mut event) {
            Ok(quick_xml::events::Event::Start(_)) => open += 1,
            Ok(quick_xml::events::Event::End(_)) => open = open.saturating_sub(1),
            Ok(quick_xml::events::Event::Eof) => return open == 0,
            Ok(_) => {}
            Err(_) => return false,
        }
        event.clear();
    }
}

/// One page with this content.
fn page(content: &[u8]) -> Vec<u8> {
    let stream = [format!("<< /Length {} >>\nstream\n", content.len()).as_bytes(), content, b"\nendstream"].concat();
    pdf(&[
        &b"<< /Type /Catalog /Pages 2 0 R >>"[..],
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        &stream,
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ])
}

/// A winmail.dat whose body is this RTF, stored as it is.
fn winmail(rtf: &[u8]) -> Vec<u8> {
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).to_le_bytes();
    let stored = [&number(rtf.len() + 12)[..], &number(rtf.len()), b"MELA", &[0; 4], rtf].concat();
    let padding = vec![0; stored.len().next_multiple_of(4) - stored.len()];
    let list =
        [&number(1)[..], &[0x02, 0x01, 0x09, 0x10], &number(1), &number(stored.len()), &stored, &padding].concat();
    let head = [&0x223E_9F78_u32.to_le_bytes()[..], &[1, 0, 1, 0x03, 0x90, 6, 0], &number(list.len())].concat();
    [&head[..], &list, &[0, 0]].concat()
}

fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap_or(u32::MAX).to_be_bytes();
    [&[tag, 0x84][..], &length, content].concat()
}

/// S/MIME, opaque: this is what was signed.
fn signed(entity: &[u8]) -> Vec<u8> {
    let data =
        [&der(0x06, &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x01])[..], &der(0xA0, &der(0x04, entity))];
    let inside = [&der(0x02, &[1])[..], &der(0x31, &[]), &der(0x30, &data.concat())].concat();
    let content =
        [&der(0x06, &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02])[..], &der(0xA0, &der(0x30, &inside))];
    der(0x30, &content.concat())
}

fn document(name: &str, bytes: &[u8]) {
    let caps = Caps::default();
    let sealed = Sealed { name, content_type: "application/octet-stream", bytes };
    let opened = open(&sealed, &caps);
    assert_eq!(opened.held.kind, Kind::of(&sealed));
    assert!(opened.text.len() <= caps.text && opened.held.form.len() <= caps.fields);
    assert!(!opened.text.chars().any(|c| c.is_control() && c != '\n'), "{:?}", opened.text);
    assert!(opened.text.is_empty() || opened.text.ends_with('\n'), "{:?}", opened.text);
    let cells: usize = opened.held.tables.iter().flat_map(|t| &t.rows).map(Vec::len).sum();
    assert!(cells <= caps.cells, "{cells} cells");
    assert_held_sound(&opened.held, &opened.text);
    let answer = serde_json::to_vec(&opened).unwrap();
    assert!(answer.len() <= ANSWER_MAX, "an answer of {} bytes", answer.len());
    assert_eq!(serde_json::from_slice::<Opened>(&answer).unwrap(), opened);
}

fn message(raw: &[u8]) {
    let message = Message::parse_with(raw, &mut Here::default());
    assert_sound(&message);
    assert!(message.attachments.len() <= 200);
}

fuzz_target!(init: contain_other_peoples_panics(), |data: &[u8]| {
    let Some((kind, data)) = data.split_first() else { return };
    match kind % 16 {
        0 => document("contract.pdf", &[b"%PDF-1.5\n", data].concat()),
        1 => document("contract.pdf", &page(data)),
        2 => document("form.pdf", &pdf(&data.split(|b| *b == BETWEEN).collect::<Vec<_>>())),
        3 => document("list.docx", &zipped(&[("word/document.xml", data)])),
        4 => document("schedule.xlsx", &xlsx(data)),
        5 if is_whole(data) => document("schedule.ods", &zipped(&[
            ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
            ("META-INF/manifest.xml", b"<manifest:manifest/>"),
            ("content.xml", data),
        ])),
        5 => {}
        6 => document("archive.docx", &[b"PK\x03\x04", data].concat()),
        7 => document("old.xls", &[b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", data].concat()),
        8 => document("drivers.csv", data),
        9 => document("meeting.ics", data),
        10 => message(&mail_with("application/ms-tnef", "winmail.dat", data)),
        11 => message(&mail_with("application/ms-tnef", "winmail.dat", &winmail(data))),
        12 => message(&mail_with("application/pkcs7-mime", "smime.p7m", data)),
        13 => message(&mail_with("application/pkcs7-mime", "smime.p7m", &signed(data))),
        14 => message(&mail_with("message/rfc822", "original.eml", data)),
        _ => message(data),
    }
});
