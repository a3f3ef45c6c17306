//! Attachments named by what is wrong with them. Each is made here; none comes from anywhere.

use super::*;
use pdf_extract::{Dictionary, Document, Object, Stream, dictionary};
use std::io::Write as _;

fn read(name: &str, bytes: &[u8]) -> Opened {
    open(&Sealed { name, content_type: "application/octet-stream", bytes }, &Caps::default())
}
fn why(opened: &Opened) -> &str {
    opened.held.unread.as_deref().unwrap_or("")
}

/// A PDF with these pages of these lines, and these fields.
fn pdf_of(pages: usize, lines: &[&str], fields: &[(&str, &str)]) -> Document {
    let mut pdf = Document::with_version("1.5");
    let tree = pdf.new_object_id();
    let font = pdf.add_object(dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica" });
    let fonts = pdf.add_object(dictionary! { "Font" => dictionary! { "F1" => font } });
    let mut content = String::from("BT /F1 11 Tf 14 TL 50 740 Td\n");
    for line in lines {
        let escaped = line.replace('\\', "\\\\").replace('(', "\\(").replace(')', "\\)");
        content.push_str(&format!("({escaped}) Tj T*\n"));
    }
    content.push_str("ET");
    let content = pdf.add_object(Stream::new(Dictionary::new(), content.into_bytes()));
    let mut kids: Vec<Object> = Vec::new();
    for _ in 0..pages {
        let page = pdf.add_object(dictionary! {
            "Type" => "Page", "Parent" => tree, "Contents" => content, "Resources" => fonts,
            "MediaBox" => vec![0.into(), 0.into(), 612.into(), 792.into()],
        });
        kids.push(page.into());
    }
    let count = i64::try_from(kids.len()).unwrap();
    pdf.objects.insert(tree, Object::Dictionary(dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count }));
    let mut catalog = dictionary! { "Type" => "Catalog", "Pages" => tree };
    if !fields.is_empty() {
        let mut list: Vec<Object> = Vec::new();
        for (name, value) in fields {
            let field = dictionary! {
                "FT" => "Tx", "T" => Object::string_literal(*name), "V" => Object::string_literal(*value),
            };
            list.push(pdf.add_object(field).into());
        }
        catalog.set("AcroForm", dictionary! { "Fields" => list });
    }
    let catalog = pdf.add_object(catalog);
    pdf.trailer.set("Root", catalog);
    pdf
}
fn bytes_of(mut pdf: Document) -> Vec<u8> {
    let mut bytes = Vec::new();
    pdf.save_to(&mut bytes).unwrap();
    bytes
}
fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}
fn docx(body: &str) -> Vec<u8> {
    let xml = format!(
        "<?xml version=\"1.0\"?><w:document xmlns:w=\"w\" xmlns:mc=\"mc\"><w:body>{body}</w:body></w:document>"
    );
    zipped(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", xml.as_bytes())])
}
fn p(words: &str) -> String {
    format!("<w:p><w:r><w:t>{words}</w:t></w:r></w:p>")
}
/// A workbook with one sheet whose XML this is.
fn xlsx(sheet: &str) -> Vec<u8> {
    let rels = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let package = "http://schemas.openxmlformats.org/package/2006";
    let types = format!("<Types xmlns=\"{package}/content-types\"/>");
    let top = format!(
        "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"r1\" Type=\"{rels}/officeDocument\" \
         Target=\"xl/workbook.xml\"/></Relationships>"
    );
    let book = format!(
        "<workbook xmlns=\"{main}\" xmlns:r=\"{rels}\"><sheets><sheet name=\"Vehicles\" sheetId=\"1\" r:id=\"r1\"/>\
         </sheets></workbook>"
    );
    let book_rels = format!(
        "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"r1\" Type=\"{rels}/worksheet\" \
         Target=\"worksheets/sheet1.xml\"/></Relationships>"
    );
    let sheet = format!("<worksheet xmlns=\"{main}\"><sheetData>{sheet}</sheetData></worksheet>");
    zipped(&[
        ("[Content_Types].xml", types.as_bytes()),
        ("_rels/.rels", top.as_bytes()),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/_rels/workbook.xml.rels", book_rels.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ])
}
fn cell(at: &str, words: &str) -> String {
    format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>{words}</t></is></c>")
}

#[test]
fn the_text_of_a_pdf_comes_line_by_line() {
    let opened = read("contract.pdf", &bytes_of(pdf_of(1, &["Subcontract Agreement", "Article 9: Insurance"], &[])));
    assert_eq!(opened.text, "Subcontract Agreement\nArticle 9: Insurance\n");
    assert_eq!(opened.held.unread, None);
    assert_eq!(opened.held.kind, Kind::Pdf);
}

#[test]
fn an_acord_forms_fields_are_lines_and_its_print_is_left_out() {
    let fields = [
        ("F[0].P1[0].NamedInsured_FullName_A[0]", "Marchetti Trucking LLC"),
        ("F[0].P1[0].Policy_GeneralLiability_PolicyNumberIdentifier_A[0]", "GLC-4410027"),
        ("F[0].P1[0].CertificateHolder_FullName_A[0]", "Turner Corp"),
        ("F[0].P1[0].CertificateHolder_MailingAddress_LineOne_A[0]", "375 Hudson St"),
        ("F[0].P1[0].CertificateHolder_MailingAddress_CityName_A[0]", ""),
    ];
    let print =
        ["CERTIFICATE OF LIABILITY INSURANCE", "THIS CERTIFICATE IS ISSUED AS A MATTER OF", "ACORD 25 (2016/03)"];
    let opened = read("coi.pdf", &bytes_of(pdf_of(1, &print, &fields)));
    assert_eq!(opened.held.acord.as_deref(), Some("ACORD 25"));
    assert_eq!(
        opened.text,
        "ACORD 25: Certificate of Liability Insurance\nNamed insured: Marchetti Trucking LLC\n\
         Policy number: GLC-4410027\nCertificate holder: Turner Corp, 375 Hudson St\n"
    );
    let values: Vec<&str> = opened.held.form.iter().map(|f| f.value.of(&opened.text)).collect();
    assert_eq!(values, ["Marchetti Trucking LLC", "GLC-4410027", "Turner Corp", "375 Hudson St"]);
}

#[test]
fn a_scan_without_text_says_so() {
    assert!(why(&read("scan.pdf", &bytes_of(pdf_of(2, &[], &[])))).contains("scan without text"));
}

#[test]
fn of_a_thousand_pages_the_first_are_read() {
    let opened = read("manual.pdf", &bytes_of(pdf_of(1000, &["A page like all the others."], &[])));
    assert!(why(&opened).contains("1000 pages, of which the first 40"), "{}", why(&opened));
    assert_eq!(opened.text.lines().filter(|l| l.contains("A page like")).count(), 40);
}

#[test]
fn a_form_whose_fields_are_each_others_children_ends() {
    let mut pdf = pdf_of(1, &["A form that refers to itself, in words enough."], &[]);
    let (a, b) = (pdf.new_object_id(), pdf.new_object_id());
    let field = |name: &str, kid: pdf_extract::ObjectId| {
        Object::Dictionary(dictionary! {
            "FT" => "Tx", "T" => Object::string_literal(name), "V" => Object::string_literal("x"),
            "Kids" => vec![Object::Reference(kid), Object::Reference(kid)],
        })
    };
    pdf.objects.insert(a, field("a", b));
    pdf.objects.insert(b, field("b", a));
    let root = pdf.trailer.get(b"Root").unwrap().as_reference().unwrap();
    let catalog = pdf.get_object_mut(root).unwrap().as_dict_mut().unwrap();
    catalog.set("AcroForm", dictionary! { "Fields" => vec![Object::Reference(a)] });
    let opened = read("loop.pdf", &bytes_of(pdf));
    assert_eq!(opened.held.form.len(), 2);
}

#[test]
fn a_page_tree_that_is_its_own_child_ends() {
    let mut pdf = pdf_of(1, &["x"], &[]);
    let root = pdf.trailer.get(b"Root").unwrap().as_reference().unwrap();
    let tree = pdf.get_object(root).unwrap().as_dict().unwrap().get(b"Pages").unwrap().as_reference().unwrap();
    let kids = vec![Object::Reference(tree), Object::Reference(tree)];
    pdf.get_object_mut(tree).unwrap().as_dict_mut().unwrap().set("Kids", kids);
    assert!(!why(&read("loop.pdf", &bytes_of(pdf))).is_empty());
}

#[test]
fn a_page_that_is_its_own_parent_is_left_out_and_the_others_are_read() {
    let mut pdf = pdf_of(2, &["A page like all the others."], &[]);
    let first = *pdf.get_pages().get(&1).unwrap();
    let page = pdf.get_object_mut(first).unwrap().as_dict_mut().unwrap();
    page.set("Parent", Object::Reference(first));
    page.remove(b"MediaBox");
    let opened = read("loop.pdf", &bytes_of(pdf));
    assert_eq!(opened.text.lines().filter(|l| l.contains("A page like")).count(), 1);
}

#[test]
fn a_pdf_that_is_junk_or_cut_off_is_damaged_and_nothing_worse() {
    let whole = bytes_of(pdf_of(1, &["Subcontract Agreement"], &[("a", "b")]));
    assert!(why(&read("a.pdf", b"%PDF-1.7 and then nothing of the kind")).contains("damaged"));
    for n in (5..whole.len()).step_by(whole.len() / 60) {
        read("a.pdf", &whole[..n]);
    }
    let mut bent = whole.clone();
    for i in (20..whole.len()).step_by(7) {
        bent[i] ^= 0x15;
        read("a.pdf", &bent);
    }
    assert_eq!(why(&read("a.pdf", b"")), "it is empty");
}

#[test]
fn an_encrypted_pdf_says_that_it_has_a_password() {
    for by_reference in [true, false] {
        an_encrypted_pdf(by_reference);
    }
}
fn an_encrypted_pdf(by_reference: bool) {
    let mut pdf = pdf_of(1, &["Secret"], &[]);
    pdf.trailer.set("ID", vec![Object::string_literal("0123456789abcdef"), Object::string_literal("0123456789abcdef")]);
    let encrypt = dictionary! {
        "Filter" => "Standard", "V" => 2, "R" => 3, "Length" => 128, "P" => -44,
        "O" => Object::string_literal("o".repeat(32)), "U" => Object::string_literal("u".repeat(32)),
    };
    let encrypt = if by_reference { pdf.add_object(encrypt).into() } else { Object::Dictionary(encrypt) };
    pdf.trailer.set("Encrypt", encrypt);
    let opened = read("a.pdf", &bytes_of(pdf));
    assert!(why(&opened).contains("password"), "{opened:?}");
}

#[test]
fn paragraphs_and_tables_of_a_word_document() {
    let row = |a: &str, b: &str| format!("<w:tr><w:tc>{}</w:tc><w:tc>{}</w:tc></w:tr>", p(a), p(b));
    let body = [
        p("Drivers &amp; vehicles&#x2014;2026"),
        format!("<w:tbl>{}{}</w:tbl>", row("VIN", "Year"), row("1M8GDM9AXKP042788", "2019")),
        "<mc:AlternateContent><mc:Choice>".to_owned() + &p("once") + "</mc:Choice><mc:Fallback>",
        p("once") + "</mc:Fallback></mc:AlternateContent>",
    ]
    .concat();
    let opened = read("list.docx", &docx(&body));
    assert_eq!(opened.text, "Drivers & vehicles—2026\nVIN: Year\n1M8GDM9AXKP042788  2019\n\nonce\n");
    assert_eq!(opened.held.tables[0].rows[1][0].of(&opened.text), "1M8GDM9AXKP042788");
    assert_eq!(opened.held.unread, None);
}

#[test]
fn a_zip_bomb_in_a_docx_ends_at_its_cap() {
    let bomb = zipped(&[("word/document.xml", &vec![b' '; 40 << 20])]);
    assert!(bomb.len() < 200_000);
    assert!(why(&read("bomb.docx", &bomb)).contains("larger than 32 MB"));
    let bomb = zipped(&[("xl/workbook.xml", b"<workbook/>"), ("xl/sharedStrings.xml", &vec![b' '; 40 << 20])]);
    assert!(why(&read("bomb.xlsx", &bomb)).contains("larger than 32 MB"));
}

#[test]
fn a_docx_of_a_million_tags_or_of_junk_ends() {
    let opened = read("deep.docx", &docx(&"<w:tbl><w:tr><w:tc>".repeat(300_000)));
    assert!(opened.text.is_empty());
    assert!(why(&read("a.docx", b"PK\x03\x04 junk")).contains("damaged"));
    let entity = docx("").len();
    assert!(entity > 0);
    let laughs = zipped(&[(
        "word/document.xml",
        b"<!DOCTYPE w [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]><w:p><w:t>&b;</w:t></w:p>",
    )]);
    assert!(why(&read("laughs.docx", &laughs)).contains("damaged"));
}

#[test]
fn the_cells_of_a_workbook_are_rows() {
    let sheet = format!(
        "<row r=\"1\">{}{}</row><row r=\"3\">{}<c r=\"C3\"><v>2019</v></c></row>",
        cell("A1", "VIN"),
        cell("C1", "Year"),
        cell("A3", "1M8GDM9AXKP042788"),
    );
    let opened = read("schedule.xlsx", &xlsx(&sheet));
    assert_eq!(opened.text, "VIN  Year\n1M8GDM9AXKP042788  2019\n");
    let rows = &opened.held.tables[0].rows;
    assert_eq!(rows[1].iter().map(|c| c.of(&opened.text)).collect::<Vec<_>>(), ["1M8GDM9AXKP042788", "", "2019"]);
}

#[test]
fn of_a_million_cells_the_first_are_read_and_a_far_cell_makes_no_grid() {
    let mut sheet = String::new();
    for row in 1..=100_000 {
        sheet.push_str(&format!("<row r=\"{row}\">"));
        for column in ["A", "B", "C", "D", "E", "F", "G", "H", "I", "J"] {
            sheet.push_str(&format!("<c r=\"{column}{row}\"><v>1</v></c>"));
        }
        sheet.push_str("</row>");
    }
    let opened = read("million.xlsx", &xlsx(&sheet));
    assert!(why(&opened).contains("more cells than are read"), "{}", why(&opened));
    let cells: usize = opened.held.tables.iter().flat_map(|t| &t.rows).map(Vec::len).sum();
    assert!(cells <= Caps::default().cells && cells > 1000, "{cells}");
    let far =
        format!("<row r=\"1\">{}</row><row r=\"1048576\">{}</row>", cell("A1", "near"), cell("XFD1048576", "far"));
    assert_eq!(read("far.xlsx", &xlsx(&far)).text, "near\n");
}

#[test]
fn a_cell_of_an_unknown_kind_hides_none_of_those_behind_it_and_is_told() {
    let sheet = format!(
        "<row r=\"1\">{}<c r=\"B1\" t=\"e\"><v>#ERROR!</v></c></row><row r=\"2\">{}</row>",
        cell("A1", "VIN"),
        cell("A2", "1M8GDM9AXKP042788")
    );
    let opened = read("schedule.xlsx", &xlsx(&sheet));
    assert_eq!(opened.text, "VIN\n1M8GDM9AXKP042788\n");
    assert!(why(&opened).contains("not all of its cells"), "{}", why(&opened));
    let opened = read("broken.xlsx", &xlsx(&format!("<row r=\"1\">{}<c r=\"B1\"><v>2019</row>", cell("A1", "VIN"))));
    assert_eq!((opened.text.as_str(), why(&opened).contains("damaged")), ("VIN\n", true));
}

#[test]
fn a_document_that_breaks_off_shows_its_last_words_and_says_that_it_is_damaged() {
    let broken = |xml: &str| read("a.docx", &zipped(&[("word/document.xml", xml.as_bytes())]));
    let opened = broken(&format!("<w:document><w:body>{}<w:p><w:r><w:t>and the truck", p("Please cancel")));
    assert_eq!(opened.text, "Please cancel\nand the truck\n");
    assert!(why(&opened).contains("damaged"), "{}", why(&opened));
    let opened = broken("<w:document><w:body><w:tbl><w:tr><w:tc><w:p><w:r><w:t>VIN</w:t></w:r></w:p>");
    assert_eq!(opened.text, "VIN\n");
    assert!(why(&opened).contains("damaged"), "{}", why(&opened));
}

#[test]
fn the_empty_places_before_far_cells_count_as_cells() {
    let sheet: String = (1..=3000).map(|row| format!("<row r=\"{row}\"><c r=\"GR{row}\"><v>1</v></c></row>")).collect();
    let opened = read("wide.xlsx", &xlsx(&sheet));
    assert!(why(&opened).contains("more cells than are read"), "{}", why(&opened));
    let cells: usize = opened.held.tables.iter().flat_map(|t| &t.rows).map(Vec::len).sum();
    assert_eq!(cells, Caps::default().cells);
}

#[test]
fn csv_of_every_separator_and_of_a_million_rows() {
    let opened = read("a.csv", b"\xEF\xBB\xBFName;DOB\n\"Lee; Ann\";1990-04-17\n");
    assert_eq!(opened.text, "Name  DOB\nLee; Ann  1990-04-17\n");
    let opened = read("b.csv", "a,b\n".repeat(1_000_000).as_bytes());
    assert!(why(&opened).contains("only its first rows"));
    assert!(opened.text.len() <= Caps::default().text);
}

#[test]
fn what_is_not_read_says_so_in_a_sentence() {
    for (name, word) in [("a.jpg", "pictures"), ("a.zip", "archives"), ("a.doc", "old formats"), ("a.dwg", "kind")] {
        assert!(why(&read(name, b"xxxx")).contains(word), "{name}");
    }
    assert_eq!(why(&read("smime.p7s", b"xxxx")), "");
}

/// A mail with one attachment of these bytes.
fn mail(content_type: &str, name: &str, text: &str, bytes: &[u8]) -> Vec<u8> {
    let mut out = format!(
        "From: a@b.example\r\nTo: c@d.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=q\r\n\r\n--q\r\nContent-Type: text/plain\r\n\r\n{text}\r\n\
         --q\r\nContent-Type: {content_type}; name=\"{name}\"\r\nContent-Disposition: attachment\r\n\
         Content-Transfer-Encoding: binary\r\n\r\n"
    )
    .into_bytes();
    out.extend_from_slice(bytes);
    out.extend_from_slice(b"\r\n--q--\r\n");
    out
}
fn smime(bytes: &[u8]) -> Vec<u8> {
    let head = "From: a@b.example\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Transfer-Encoding: binary\r\n\
                Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\r\n\r\n";
    [head.as_bytes(), bytes].concat()
}
use crate::message::Message;

#[test]
fn outlooks_winmail_dat_gives_its_attachments_and_its_text_to_a_mail_that_has_none() {
    let inside = super::tnef::tests::winmail(
        "Please add the truck.\nThanks",
        &[("fleet.csv", b"VIN,Year\n1M8GDM9AXKP042788,2019\n"), ("notes.txt", b"see you")],
    );
    let m = Message::parse(&mail("application/ms-tnef", "winmail.dat", "", &inside));
    assert_eq!(m.text, "Please add the truck.\nThanks\n");
    let names: Vec<_> = m.attachments.iter().map(|a| a.name.as_str()).collect();
    assert_eq!(names, ["winmail.dat", "fleet.csv", "notes.txt"]);
    assert_eq!(m.attachments[1].text.as_deref(), Some("VIN  Year\n1M8GDM9AXKP042788  2019\n"));
    assert_eq!(m.attachments[2].text.as_deref(), Some("see you\n"));
    let m = Message::parse(&mail("application/ms-tnef", "winmail.dat", "My own words", &inside));
    assert_eq!(m.new_text().trim(), "My own words");
    let m = Message::parse(&mail("application/ms-tnef", "winmail.dat", "x", &inside[..inside.len() - 40]));
    assert!(m.attachments[0].unread().unwrap().contains("damaged"));
    assert_eq!(m.attachments[1].name, "fleet.csv");
}

#[test]
fn a_message_within_an_opaque_signature_is_read_as_if_it_had_come_without() {
    let entity = "Content-Type: multipart/mixed; boundary=w\r\n\r\n--w\r\nContent-Type: text/plain\r\n\r\n\
                  Please add the truck.\r\n--w\r\nContent-Type: text/csv; name=fleet.csv\r\n\
                  Content-Disposition: attachment\r\n\r\na,b\r\n--w--\r\n";
    let m = Message::parse(&smime(&super::cms::tests::signed(entity.as_bytes())));
    assert_eq!(m.new_text().trim(), "Please add the truck.");
    assert_eq!(m.attachments.iter().map(|a| a.name.as_str()).collect::<Vec<_>>(), ["fleet.csv"]);
    assert!(!m.defects.iter().any(|d| d.contains("sign") || d.contains("encrypt")), "{:?}", m.defects);
    // Signed twice, with a message attached within: three levels.
    let forwarded =
        "Content-Type: message/rfc822\r\n\r\nFrom: z@y.example\r\nSubject: inner\r\n\r\nThe inner words\r\n";
    let twice = super::cms::tests::signed(&smime(&super::cms::tests::signed(forwarded.as_bytes())));
    let m = Message::parse(&smime(&twice));
    assert!(m.new_text().contains("The inner words"), "{m:?}");
}

#[test]
fn signatures_within_signatures_without_end_end() {
    let mut bytes = b"Content-Type: text/plain\r\n\r\nx".to_vec();
    for _ in 0..50 {
        bytes = smime(&super::cms::tests::signed(&bytes));
    }
    let m = Message::parse(&bytes);
    assert!(m.defects.iter().any(|d| d.contains("too deep")), "{:?}", m.defects);
}

#[test]
fn an_encrypted_mail_says_that_it_is_encrypted() {
    let m = Message::parse(&smime(&super::cms::tests::enveloped()));
    assert!(m.defects.iter().any(|d| d.contains("encrypted")), "{:?}", m.defects);
    assert_eq!(m.attachments.len(), 1);
}

#[test]
fn a_document_shown_inline_is_a_document_and_a_pdf_is_opened_by_whom_the_caller_names() {
    let bytes = bytes_of(pdf_of(1, &["Subcontract Agreement"], &[]));
    let raw = mail("application/pdf", "a.pdf", "x", &bytes);
    assert_eq!(Message::parse(&raw).attachments[0].held, None);
    let m = Message::parse_with(&raw, &mut Here::default());
    assert_eq!(m.attachments[0].text.as_deref(), Some("Subcontract Agreement\n"));
    let inline = String::from_utf8_lossy(&raw).replace("Disposition: attachment", "Disposition: inline");
    assert!(!Message::parse(inline.as_bytes()).attachments[0].inline);
}

#[test]
fn of_a_hundred_documents_only_the_first_are_opened() {
    struct Counting(usize);
    impl Opener for Counting {
        fn open(&mut self, _: &Sealed<'_>) -> Opened {
            self.0 += 1;
            Opened::default()
        }
    }
    let part = "--q\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Disposition: attachment\r\n\r\n%PDF-\r\n";
    let raw =
        format!("From: a@b.example\r\nContent-Type: multipart/mixed; boundary=q\r\n\r\n{}--q--", part.repeat(100));
    let mut counting = Counting(0);
    let m = Message::parse_with(raw.as_bytes(), &mut counting);
    assert_eq!((m.attachments.len(), counting.0), (100, 20));
    assert!(m.attachments[99].unread().unwrap().contains("first 20"));
}
