//! Hostile attachments and hostile messages, opened as the daemon opens them: in the process of its own, within its caps,
//! and with a task for a person at the end.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use intaked::daemon::opener::{Apart, Limits};
use intaked::domain::calendar::Calendar;
use intaked::domain::reading::Reading;
use intaked::message::attached::{Opened, Opener, Sealed};
use intaked::message::{ATTACHMENT_TEXT_MAX, Message, TEXT_MAX};
use intaked::reading::{Circumstances, Rulebook};
use std::io::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

#[path = "harness/pdf.rs"]
mod pdf;
use pdf::pdf;

/// A loaded machine runs several tests at once: what must not be late here is an endless loop, not a slow page.
fn apart() -> Apart {
    let limits = Limits { message: Duration::from_secs(20), ..Limits::default() };
    Apart::new(PathBuf::from(env!("CARGO_BIN_EXE_intaked")), limits)
}
fn open(apart: &mut Apart, name: &str, bytes: &[u8]) -> Opened {
    apart.for_message().open(&Sealed { name, content_type: "application/octet-stream", bytes })
}
fn why(opened: &Opened) -> String {
    opened.held.unread.clone().unwrap_or_default()
}

/// One page whose content stream this is, with this dictionary beside its length.
fn page(dictionary: &str, content: &[u8]) -> Vec<u8> {
    let mut stream = format!("<< /Length {} {dictionary} >>\nstream\n", content.len()).into_bytes();
    stream.extend(content);
    stream.extend(b"\nendstream");
    let font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_vec();
    let form =
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 6 0 R >> >> /Length 17 >>\n\
          stream\n/X Do /X Do /X Do\nendstream";
    pdf(&[
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R \
          /Resources << /Font << /F1 5 0 R >> /XObject << /X 6 0 R >> >> >>"
            .to_vec(),
        stream,
        font,
        form.to_vec(),
    ])
}
fn good() -> Vec<u8> {
    page("", b"BT /F1 12 Tf 50 700 Td (Subcontract Agreement of the year) Tj ET")
}
/// Zeros, deflated by hand: runs of 258 after a first zero, in one block with fixed codes (RFC 1951 3.2.6).
fn deflated_zeros(runs: usize) -> Vec<u8> {
    let (mut out, mut at, mut byte) = (vec![0x78, 0x01], 0, 0_u8);
    let mut bit = |b: u8| {
        byte |= b << at;
        at += 1;
        if at == 8 {
            out.push(byte);
            (at, byte) = (0, 0);
        }
    };
    // Last block, fixed codes, the literal 0 (00110000), then length 258 (11000101) at distance 1 (00000).
    "1".bytes().chain("10".bytes()).chain("00110000".bytes()).for_each(|b| bit(b - b'0'));
    for _ in 0..runs {
        "1100010100000".bytes().for_each(|b| bit(b - b'0'));
    }
    (0..24).for_each(|_| bit(0));
    out
}
fn zipped(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(bytes).unwrap();
    zip.finish().unwrap().into_inner()
}
/// The size of an archive's part, as its two headers state it, made small.
fn lying_about_its_size(mut zip: Vec<u8>) -> Vec<u8> {
    for (mark, at) in [(b"PK\x03\x04", 22), (b"PK\x01\x02", 24)] {
        let place = zip.windows(4).rposition(|w| w == mark).unwrap() + at;
        zip[place..place + 4].copy_from_slice(&1000_u32.to_le_bytes());
    }
    zip
}

#[test]
fn a_document_is_opened_and_the_same_process_opens_the_next() {
    let mut apart = apart();
    for _ in 0..3 {
        let opened = open(&mut apart, "contract.pdf", &good());
        assert_eq!(opened.text, "Subcontract Agreement of the year\n", "{opened:?}");
    }
    assert_eq!(apart.starts(), 1);
}

#[test]
fn a_page_that_draws_itself_without_end_is_a_note_and_the_next_document_is_opened() {
    let mut apart = apart();
    let looping = page("", b"/X Do");
    let began = Instant::now();
    assert!(!why(&open(&mut apart, "loop.pdf", &looping)).is_empty());
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
    assert_eq!(open(&mut apart, "good.pdf", &good()).text, "Subcontract Agreement of the year\n");
}

#[test]
fn a_stream_that_inflates_to_gigabytes_is_a_note_and_the_next_document_is_opened() {
    let mut apart = apart();
    // 3 MB that become 500 MB.
    let bomb = page("/Filter /FlateDecode", &deflated_zeros(2_000_000));
    assert!(!why(&open(&mut apart, "bomb.pdf", &bomb)).is_empty());
    assert_eq!(open(&mut apart, "good.pdf", &good()).text, "Subcontract Agreement of the year\n");
}

#[test]
fn arrays_within_arrays_without_end_are_a_note() {
    let mut apart = apart();
    let mut deep = b"<< /Type /Catalog /Pages 2 0 R /X ".to_vec();
    deep.extend(b"[".repeat(2_000_000));
    assert!(!why(&open(&mut apart, "deep.pdf", &pdf(&[deep]))).is_empty());
    assert_eq!(open(&mut apart, "good.pdf", &good()).text, "Subcontract Agreement of the year\n");
}

#[test]
fn archives_that_lie_about_their_size_are_a_note() {
    let mut apart = apart();
    let bomb = lying_about_its_size(zipped("word/document.xml", &vec![b' '; 64 << 20]));
    assert!(!why(&open(&mut apart, "bomb.docx", &bomb)).is_empty());
    let bomb = lying_about_its_size(zipped("xl/sharedStrings.xml", &vec![b' '; 64 << 20]));
    assert!(!why(&open(&mut apart, "bomb.xlsx", &bomb)).is_empty());
    assert_eq!(open(&mut apart, "good.pdf", &good()).text, "Subcontract Agreement of the year\n");
}

#[test]
fn a_message_has_so_much_time_for_all_its_documents() {
    let limits = Limits { message: Duration::from_millis(300), ..Limits::default() };
    let mut apart = Apart::new(PathBuf::from(env!("CARGO_BIN_EXE_intaked")), limits);
    let deep = page("/Filter /FlateDecode", &deflated_zeros(2_000_000));
    let mut message = apart.for_message();
    let sealed = |bytes| Sealed { name: "a.pdf", content_type: "application/pdf", bytes };
    let began = Instant::now();
    let told: Vec<String> = (0..50).map(|_| why(&message.open(&sealed(&deep)))).collect();
    assert!(told.iter().all(|t| !t.is_empty()));
    assert!(told.last().unwrap().contains("all the time there is"), "{told:?}");
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

#[test]
fn a_program_that_cannot_be_started_or_is_another_one_is_a_note() {
    for program in ["/nowhere/intaked", "/bin/true", "/bin/cat"] {
        let limits = Limits { message: Duration::from_millis(500), ..Limits::default() };
        let mut apart = Apart::new(PathBuf::from(program), limits);
        assert!(why(&open(&mut apart, "a.pdf", &good())).contains("could not be started"), "{program}");
    }
}

#[test]
fn a_message_without_documents_starts_no_process() {
    let mut apart = apart();
    let raw = b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=q\r\n\r\n--q\r\n\r\nhello\r\n\
        --q\r\nContent-Type: text/csv; name=a.csv\r\nContent-Disposition: attachment\r\n\r\na,b\r\n\
        --q\r\nContent-Type: image/png; name=logo.png\r\nContent-Disposition: attachment\r\n\r\nxx\r\n--q--\r\n";
    let message = Message::parse_with(raw, &mut apart.for_message());
    assert_eq!((message.attachments.len(), apart.starts()), (2, 0));
}

fn read(message: &Message) -> Reading {
    let calendar = Calendar::usual(chrono_tz::America::Chicago);
    let received = message.date.unwrap_or_default();
    let around = Circumstances { received, calendar: &calendar, own_domains: &[], own_addresses: &[] };
    static RULES: std::sync::LazyLock<Rulebook> = std::sync::LazyLock::new(Rulebook::built_in);
    RULES.read(message, &around)
}

/// Ten megabytes each, named by what is wrong with them.
fn hostile() -> Vec<(&'static str, Vec<u8>)> {
    const SIZE: usize = 10 << 20;
    let head = "From: a@b.example\r\nTo: c@d.example\r\nSubject: certificate please\r\nMIME-Version: 1.0\r\n";
    let html = |body: String| format!("{head}Content-Type: text/html\r\n\r\n{body}").into_bytes();
    let multipart =
        |parts: String| format!("{head}Content-Type: multipart/mixed; boundary=q\r\n\r\n{parts}--q--\r\n").into_bytes();
    let attached = |name: &str, bytes: &[u8]| {
        let mut raw = format!(
            "{head}Content-Type: multipart/mixed; boundary=q\r\n\r\n--q\r\n\r\nSee attached.\r\n--q\r\n\
             Content-Type: application/octet-stream; name={name}\r\nContent-Disposition: attachment\r\n\
             Content-Transfer-Encoding: binary\r\n\r\n"
        )
        .into_bytes();
        raw.extend(bytes);
        raw.extend(b"\r\n--q--\r\n");
        raw
    };
    let part = "--q\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Disposition: attachment\r\n\r\n";
    let nested: String =
        (0..5_000).map(|i| format!("Content-Type: multipart/mixed; boundary=b{i}\r\n\r\n--b{i}\r\n")).collect();
    vec![
        ("one line", format!("{head}\r\n{}", "certificate of insurance ".repeat(SIZE / 25)).into_bytes()),
        ("a million tags", html("<b>x</b>".repeat(SIZE / 8))),
        ("deeply nested tags", html("<div>".repeat(SIZE / 5))),
        ("nested multiparts", format!("{head}{nested}{}", "x\r\n".repeat(SIZE / 3)).into_bytes()),
        ("a thousand parts", multipart(format!("{part}%PDF-1.4 {}\r\n", "x".repeat(SIZE / 1000)).repeat(1000))),
        (
            "a thousand parts of text",
            multipart(format!("--q\r\n\r\n{}\r\n", "policy ".repeat(SIZE / 7000)).repeat(1000)),
        ),
        ("a csv of ten megabytes", attached("a.csv", "2022,Ford,F-150\n".repeat(SIZE / 16).as_bytes())),
        ("a zip bomb", attached("a.docx", &zipped("word/document.xml", &vec![b' '; 200 << 20]))),
        ("a pdf bomb", attached("a.pdf", &page("/Filter /FlateDecode", &deflated_zeros(SIZE / 2)))),
        ("a pdf of one array", attached("a.pdf", &pdf(&[b"[".repeat(SIZE)]))),
        ("a pdf of references", attached("a.pdf", &pdf(&[b"1 0 R ".repeat(SIZE / 6)]))),
        ("a winmail of lies", attached("winmail.dat", &[&[0x78, 0x9F, 0x3E, 0x22, 1, 0][..], &[0xFF; SIZE]].concat())),
        ("endless signatures", attached("smime.p7m", &[0x30, 0x80].repeat(SIZE / 2))),
    ]
}

#[test]
fn every_hostile_message_ends_within_its_caps_with_something_for_a_person() {
    let mut apart = Apart::new(PathBuf::from(env!("CARGO_BIN_EXE_intaked")), Limits::default());
    for (name, raw) in hostile() {
        let began = Instant::now();
        let message = Message::parse_with(&raw, &mut apart.for_message());
        let reading = read(&message);
        let took = began.elapsed();
        println!("{name}: {} KB, {took:?}, {:?}", raw.len() / 1024, reading.notes);
        assert!(message.text.len() <= TEXT_MAX, "{name}: {} bytes of text", message.text.len());
        assert!(message.attachments.len() <= 200, "{name}: {} attachments", message.attachments.len());
        let longest = message.attachments.iter().filter_map(|a| a.text.as_ref()).map(String::len).max().unwrap_or(0);
        assert!(longest <= ATTACHMENT_TEXT_MAX, "{name}: {longest} bytes of an attachment's text");
        assert!(apart.starts() <= 40, "{name}: {} processes", apart.starts());
        // A task: a request, or nothing that says it needs no work (then a person sorts it).
        assert!(!reading.requests.is_empty() || reading.no_work.is_empty(), "{name}: read as no work");
        assert!(reading.notes.len() <= 40, "{name}: {} notes", reading.notes.len());
        // Ten times what an optimised build may take: this one is not, and does not run alone.
        assert!(took < Duration::from_secs(20), "{name} took {took:?}");
    }
}
