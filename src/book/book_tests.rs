//! Account books as agencies export them, and what is wrong with them.

use super::*;
use crate::domain::text::Address;
use chrono::NaiveDate;

const HEAD: &str = "account,name,contact,email,phone,domain,policy,carrier,line,effective,expiration,csr,account_manager,instructions\n";

fn book(rows: &str) -> Book {
    read("book.csv", format!("{HEAD}{rows}").as_bytes(), &own(), &staff())
}

fn own() -> Mapping {
    Mapping::built_in(USUAL).unwrap()
}

fn staff() -> Vec<Person> {
    let person = |id: &str, name: &str| {
        let address = Address::new(&format!("{id}@agency.example")).unwrap();
        Person::new(id.into(), name.into(), address, Vec::new())
    };
    vec![person("ana", "Ana Ruiz"), person("ben", "Ben Okafor")]
}

fn told(book: &Book) -> Vec<String> {
    book.mistakes.iter().map(ToString::to_string).collect()
}

fn day(y: i32, m: u32, d: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(y, m, d)
}

#[test]
fn rows_of_one_account_become_one_account() {
    let b = book(
        "7,Marchetti Trucking LLC,Tony Marchetti,Tony@Trucks.example,(312) 555-0111,@trucks.example,CTP-01,Acme,AUTO,2026-03-01,2027-03-01,ana,ben,call first\n\
         7,Marchetti Trucking LLC,Gina,gina@trucks.example,,,WC 9,Acme,WC,3/1/2026,3/1/27,,,\n\
         7,,,,,,ctp01,Acme,AUTO,2027-03-01,2028-03-01,,,\n",
    );
    assert_eq!(told(&b), [""; 0]);
    let [a] = b.accounts.as_slice() else { panic!("{b:?}") };
    assert_eq!(a.name.as_str(), "Marchetti Trucking LLC");
    assert_eq!(a.contacts.len(), 2);
    assert_eq!(a.contacts.first().unwrap().address.as_ref().unwrap().as_str(), "tony@trucks.example");
    assert_eq!(a.domains, ["trucks.example"]);
    assert_eq!(a.csr, Some("ana".into()));
    assert_eq!(a.account_manager, Some("ben".into()));
    assert_eq!(a.instructions.as_deref(), Some("call first"));
    // The renewed term takes the place of the one before: the number is the same but for its punctuation.
    let terms: Vec<_> = a.policies.iter().map(|p| (p.number.as_str(), p.effective, p.expiration)).collect();
    assert_eq!(terms, [("ctp01", day(2027, 3, 1), day(2028, 3, 1)), ("WC 9", day(2026, 3, 1), day(2027, 3, 1))]);
}

#[test]
fn bad_rows_are_told_with_line_and_mend_and_good_ones_are_kept() {
    #[rustfmt::skip]
    let cases: &[(&str, &str)] = &[
        (",Nameless,,a@b.example,,,,,,,,,,", "book.csv:3: the account's key is missing; the row was left out\n    fill in the column “account”"),
        ("2,,,a@b.example,,,,,,,,,,", "book.csv:3: the account's name is missing; the row was left out\n    fill in the column “name”"),
        ("1,Other Name,,a@b.example,,,,,,,,,,", "book.csv:3: the account 1 was “Good LLC” before and is “Other Name” here; the row was left out\n    one key is for one account: mend the key or the name"),
        ("2,B,,not an address,,,,,,,,,,", "book.csv:3: “not an address” is not a mail address; the row was left out\n    write one bare address; further ones in rows of their own"),
        ("2,B,,,,gmail.com,,,,,,,,", "book.csv:3: gmail.com belongs to everybody and cannot be one account's own; the row was left out\n    leave the cell empty; the contact's address is enough"),
        ("2,B,,,,nodots,,,,,,,,", "book.csv:3: “nodots” is not a mail domain; the row was left out\n    write what stands behind the @, such as marchettitrucking.example"),
        ("2,B,,,,,P1,,,2026-13-01,,,,", "book.csv:3: effective: “2026-13-01” is not a day; the row was left out\n    write 2026-11-26 or 11/26/2026"),
        ("2,B,,,,,P1,,,2027-01-01,2026-01-01,,,", "book.csv:3: the policy ends (2026-01-01) before it begins (2027-01-01); the row was left out\n    mend effective or expiration"),
        ("2,B,,,,,,Acme,,,,,,", "book.csv:3: carrier, line or dates are given, and no policy number; the row was left out\n    fill in the column “policy”"),
        ("2,B,,,,,--,,,,,,,", "book.csv:3: “--” is no policy number; the row was left out\n    write it as the carrier does, or leave the cell empty"),
        ("2,B,,,,,P1,,,,,anna,,", "book.csv:3: csr: nobody has the id “anna”; the row was left out\n    did you mean “ana”?"),
        ("1,Good LLC,,,,,P1,,,,,ben,,", "book.csv:3: the account 1 had csr “ana” before and has “ben” here; the row was left out\n    an account has one: make its rows agree"),
        ("2,B, LLC,,,,P1,,,,,,,,", "book.csv:3: this row has 15 cells and the head line 14; it was left out\n    a comma within a cell needs quotes around the cell"),
    ];
    for (row, wanted) in cases {
        let b =
            book(&format!("1,Good LLC,,g@good.example,,,,,,,,ana,,\n{row}\n3,Also Good,,h@good2.example,,,,,,,,,,\n"));
        assert_eq!(told(&b), [*wanted], "{row}");
        assert_eq!(b.accounts.iter().map(|a| a.id.as_str()).collect::<Vec<_>>(), ["1", "3"], "{row}");
        assert_eq!((b.rows, b.left_out), (3, 1), "{row}");
    }
}

#[test]
fn all_that_is_wrong_with_one_row_is_told_at_once() {
    let b = book("2,B,,x,,,P1,,,soon,,eve,,\n");
    assert_eq!(b.mistakes.iter().filter(|m| m.line == Some(2)).count(), 3, "{:?}", told(&b));
}

#[test]
fn a_row_that_is_not_utf_8_is_left_out_alone() {
    let mut text = format!("{HEAD}1,Good,,g@good.example,,,,,,,,,,\n2,Caf").into_bytes();
    text.extend_from_slice(b"\xE9,,c@d.example,,,,,,,,,,\n");
    let b = read("book.csv", text.as_slice(), &own(), &[]);
    assert_eq!(told(&b), ["book.csv:3: this row is not UTF-8; it was left out\n    save the file as “CSV UTF-8”"]);
    assert_eq!(b.accounts.len(), 1);
}

#[test]
fn columns_come_in_any_order_and_unknown_ones_are_told() {
    let b = read(
        "b.csv",
        "\u{FEFF}Name;Account;E-mail;Colour;Emial;name\nGood;1;g@good.example;red;;\n".as_bytes(),
        &own(),
        &[],
    );
    let told = told(&b);
    assert_eq!(
        told.first().unwrap(),
        "b.csv:1: the column “Colour” is unknown\n    it was not read; known are account, name, domain, policy, carrier, \
         line, effective, expiration, premium, grants, class, billing, language, csr, account_manager, producer, instructions, contact, email, phone, \
         holder, holder_address, certificate_issued, certificate_project. List it under `ignore` to hear no more of it"
    );
    assert_eq!(
        told.get(1).unwrap(),
        "b.csv:1: the column “Emial” is unknown\n    did you mean “email”? It was not read"
    );
    assert_eq!(told.get(2).unwrap(), "b.csv:1: the column “name” is there twice\n    take one out; the first was read");
    assert_eq!(told.len(), 3);
    assert_eq!(b.accounts.first().unwrap().id.as_str(), "1");
}

#[test]
fn without_a_key_column_nothing_is_read() {
    let b = read("b.csv", "name,email\nGood,g@good.example\n".as_bytes(), &own(), &[]);
    assert!(b.accounts.is_empty());
    assert_eq!(told(&b), ["b.csv:1: the column “account” is missing\n    add it; the head line was: name, email"]);
}

#[test]
fn an_empty_file_says_so_and_empty_lines_are_nothing() {
    assert!(!read("b.csv", "".as_bytes(), &own(), &[]).mistakes.is_empty());
    let b = book(",,,,,,,,,,,,,\n\n");
    assert_eq!(
        told(&b),
        ["book.csv: there is no account in this file\n    it needs a row an account below the head line"]
    );
}

#[test]
fn a_policy_at_two_accounts_is_kept_and_told() {
    let b = book("1,A,,,,,P-1,,,,,,,\n2,B,,,,,p1,,,,,,,\n");
    assert_eq!(b.accounts.len(), 2);
    assert_eq!(
        told(&b),
        ["book.csv: the policy p1 is at 1 and at 2\n    both were kept; mail that names it goes to a person to decide"]
    );
    assert_eq!(b.left_out, 0);
}

#[test]
fn people_are_named_by_id_by_name_by_address_or_as_the_columns_file_says() {
    let mapping = Mapping::read(
        "mine.toml",
        "title = \"mine\"\n[columns]\naccount = \"No\"\nname = \"Firm\"\ncsr = \"Rep\"\nproducer = \"Agent\"\n[people]\n\"AR-7\" = \"ana\"\n\"House\" = \"\"\n",
    )
    .unwrap();
    let rows = "No,Firm,Rep,Agent\n1,A,ana,Ben Okafor\n2,B,BEN@agency.example,ar-7\n3,C,House,\n4,D,Zed,\n";
    let b = read("b.csv", rows.as_bytes(), &mapping, &staff());
    let served: Vec<_> = b.accounts.iter().map(|a| (a.csr.clone(), a.producer.clone())).collect();
    let id = |id: &str| Some(PersonId::from(id));
    assert_eq!(served, [(id("ana"), id("ben")), (id("ben"), id("ana")), (None, None)]);
    let of_zed: Vec<_> = told(&b).into_iter().filter(|m| m.starts_with("b.csv:5")).collect();
    assert_eq!(
        of_zed,
        ["b.csv:5: csr: nobody has the id “Zed”; the row was left out\n    write the id or name of a [[person]] of \
          intaked.toml, or say under [people] of the columns file who it is (\"\" is nobody)"]
    );
}

#[test]
fn holders_bring_their_earlier_certificates_and_policies_their_premium() {
    let head = "account,name,policy,premium,holder,holder_address,certificate_issued,certificate_project\n";
    let rows = "1,A,P1,\"$1,250.00\",City of Aurora,\"44 E Downer Pl, Aurora\",2026-01-05,Elm Street\n\
                1,A,,,CITY OF AURORA,,3/9/2025,\n1,A,P1,abc,,,,\n1,A,,,,Somewhere 1,,\n";
    let b = read("b.csv", format!("{head}{rows}").as_bytes(), &own(), &[]);
    assert_eq!(
        told(&b),
        [
            "b.csv:4: premium: “abc” is not a sum; the row was left out\n    write 1234.50 or $1,234.50",
            "b.csv:5: a certificate holder's address or certificate is given, and no name; the row was left out\n    fill in the holder's name",
        ]
    );
    let [a] = b.accounts.as_slice() else { panic!("{b:?}") };
    assert_eq!(a.policies.first().unwrap().premium, Some(Cents(125_000)));
    let [h] = a.holders.as_slice() else { panic!("{a:?}") };
    assert_eq!(h.address.as_deref(), Some("44 E Downer Pl, Aurora"));
    let issued: Vec<_> = h.certificates.iter().map(|c| (Some(c.issued), c.project.as_deref())).collect();
    assert_eq!(issued, [(day(2025, 3, 9), None), (day(2026, 1, 5), Some("Elm Street"))]);
}

#[test]
fn one_contact_or_domain_of_two_accounts_is_kept_and_told() {
    let b = book("1,A,T,t@x.example,,x.example,P1,,,,,,,\n2,B,T,t@x.example,,x.example,P2,,,,,,,\n");
    assert_eq!(b.accounts.len(), 2);
    assert_eq!(
        told(&b),
        [
            "book.csv: t@x.example is a contact of 1 and of 2\n    both were kept; mail from there goes to a person to decide unless it names a policy",
            "book.csv: the mail domain x.example is of 1 and of 2\n    both were kept; mail from there goes to a person to decide unless it says more",
        ]
    );
}

/// A report as an AMS prints it: a title above the head line, columns in an order of its own.
const EZLYNX: &str = "Book of Business Detail\nRun 11/20/2026\n\nApplicant ID,Account Name,Assigned Producer,CSR,Branch,\
    Line Of Business,Master Company,Policy Number,Policy Effective Date,Policy Expiration Date,Total Annualized Premium,Mood\n\
    5001,Lakeside Marina LLC,Ben Okafor,Ana Ruiz,Main,BOP,Keystone Midland,BOP-771203,1/1/2026,1/1/2027,\"$4,120.00\",sunny\n";

#[test]
fn an_export_of_an_ams_is_read_by_its_columns_file_and_what_nobody_explained_is_told() {
    let b = read("book.csv", EZLYNX.as_bytes(), &Mapping::built_in("ezlynx").unwrap(), &staff());
    let told = told(&b);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told.first().unwrap().starts_with("book.csv:4: the column “Mood” is unknown\n"), "{told:?}");
    let [a] = b.accounts.as_slice() else { panic!("{b:?}") };
    assert_eq!((a.id.as_str(), a.name.as_str()), ("5001", "Lakeside Marina LLC"));
    assert_eq!((a.csr.clone(), a.producer.clone()), (Some("ana".into()), Some("ben".into())));
    let p = a.policies.first().unwrap();
    assert_eq!(
        (p.number.as_str(), p.carrier.as_deref(), p.line.as_deref()),
        ("BOP-771203", Some("Keystone Midland"), Some("BOP"))
    );
    assert_eq!((p.expiration, p.premium), (day(2027, 1, 1), Some(Cents(412_000))));
}

#[test]
fn an_export_that_fits_another_columns_file_says_which() {
    let b = read("book.csv", EZLYNX.as_bytes(), &own(), &[]);
    assert!(b.accounts.is_empty());
    let told = told(&b);
    assert!(
        told.iter()
            .any(|m| m.contains("the column “account” is missing\n    it looks like an export for --columns ezlynx")),
        "{told:?}"
    );
}

/// A workbook as Excel writes the smallest: shared strings, a number for a day, a gap in a row.
fn workbook() -> Vec<u8> {
    use std::io::Write as _;
    let parts: [(&str, &str); 6] = [
        (
            "[Content_Types].xml",
            r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"#,
        ),
        (
            "_rels/.rels",
            r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
        ),
        (
            "xl/_rels/workbook.xml.rels",
            r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#,
        ),
        (
            "xl/workbook.xml",
            r#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Book" sheetId="1" r:id="rId1"/></sheets></workbook>"#,
        ),
        (
            "xl/styles.xml",
            r#"<?xml version="1.0"?><styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"#,
        ),
        (
            "xl/worksheets/sheet1.xml",
            r#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
<row r="1"><c r="A1" t="inlineStr"><is><t>Clients</t></is></c></row>
<row r="3"><c r="A3" t="inlineStr"><is><t>account</t></is></c><c r="B3" t="inlineStr"><is><t>name</t></is></c><c r="C3" t="inlineStr"><is><t>email</t></is></c><c r="D3" t="inlineStr"><is><t>policy</t></is></c><c r="E3" t="inlineStr"><is><t>expiration</t></is></c></row>
<row r="4"><c r="A4"><v>1001</v></c><c r="B4" t="inlineStr"><is><t>Lakeside Marina LLC</t></is></c><c r="D4"><v>771203</v></c><c r="E4" s="1"><v>46388</v></c></row>
<row r="6"><c r="A6"><v>1002</v></c><c r="B6" t="inlineStr"><is><t>Short Row Inc</t></is></c><c r="C6" t="inlineStr"><is><t>nonsense</t></is></c></row>
</sheetData></worksheet>"#,
        ),
    ];
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn a_workbook_is_read_like_a_csv_file_with_its_own_line_numbers() {
    let b = read("book.xlsx", &workbook(), &own(), &[]);
    assert_eq!(
        told(&b),
        [
            "book.xlsx:6: “nonsense” is not a mail address; the row was left out\n    write one bare address; further ones in rows of their own"
        ]
    );
    let [a] = b.accounts.as_slice() else { panic!("{b:?}") };
    assert_eq!((a.id.as_str(), a.name.as_str()), ("1001", "Lakeside Marina LLC"));
    let p = a.policies.first().unwrap();
    assert_eq!((p.number.as_str(), p.expiration), ("771203", day(2027, 1, 1)));
}

#[test]
fn a_file_that_is_no_book_says_what_to_do() {
    let cut: Vec<u8> = workbook().into_iter().take(200).collect();
    for (bytes, words) in [
        (cut.as_slice(), "the workbook cannot be read"),
        (&[0xD0, 0xCF, 0x11, 0xE0, 0xA1][..], "the old format (.xls), or one with a password"),
    ] {
        let b = read("book.xlsx", bytes, &own(), &[]);
        assert!(b.accounts.is_empty());
        let told = told(&b);
        assert!(told.first().unwrap().contains(words) && told.first().unwrap().contains("save it as"), "{told:?}");
    }
}

#[test]
fn who_bills_a_policy_and_whose_line_it_is_are_read_in_the_words_of_exports_and_unknown_ones_cost_no_row() {
    let head = "account,name,policy,expiration,class,billing,language\n";
    let rows = "1,Ann Lee,HO-1,2027-03-01,Personal Lines,Direct Bill,Spanish\n\
                2,Bo LLC,BOP-2,2027-03-01,,,\n\
                3,Cy LLC,BOP-3,2027-03-01,Benefits,agency,\n";
    let b = read("book.csv", format!("{head}{rows}").as_bytes(), &own(), &staff());
    let of = |n: usize| &b.accounts[n].policies[0];
    assert_eq!((of(0).class, of(0).billing), (Some(Class::Personal), Some(Billing::Direct)));
    assert_eq!(b.accounts[0].language.as_deref(), Some("es"));
    assert_eq!((of(1).class, of(1).billing, &b.accounts[1].language), (None, None, &None));
    assert_eq!((of(2).class, of(2).billing), (None, Some(Billing::Agency)));
    assert_eq!(b.left_out, 0);
    let [mistake] = b.mistakes.as_slice() else { panic!("{:?}", b.mistakes) };
    assert!(
        mistake.to_string().starts_with("book.csv:4: class: “Benefits” is not known; the row was taken without it")
    );
}

#[test]
fn what_a_policy_grants_comes_from_words_from_columns_of_yes_and_no_and_from_several_rows() {
    let granted = |text: &str, columns: &str| {
        let b = read("b.csv", text.as_bytes(), &Mapping::built_in(columns).unwrap(), &[]);
        let grants = b.accounts.iter().flat_map(|a| &a.policies).map(|p| p.grants.join("; ")).collect::<Vec<_>>();
        (grants, told(&b))
    };
    let head =
        "Customer Number,Customer Name,Policy Number,Blanket Additional Insured,Blanket Waiver of Subrogation,Grants";
    let rows = format!("{head}\n1,A,P1,Y,no,\n2,B,P2,N,n,\n3,C,P3,,,\n4,D,P4,yes,X,additional insured; per project\n");
    assert_eq!(
        granted(&rows, "ams360"),
        (
            ["additional insured", "nothing", "", "additional insured; per project; waiver of subrogation"]
                .map(str::to_owned)
                .to_vec(),
            vec![]
        )
    );
    let (grants, told) = granted(&format!("{head}\n1,A,P1,pending,Y,\n"), "ams360");
    assert_eq!(grants, ["waiver of subrogation"]);
    assert_eq!(
        told,
        [
            "b.csv:2: Blanket Additional Insured: “pending” is neither yes nor no; the row was taken without it\n    write \
          yes or no, or what is granted in a column of `grants`"
        ]
    );
    // A row each; what a term that is over granted holds no more.
    let rows = "account,name,policy,expiration,grants\n1,A,P1,2027-01-01,additional insured\n1,A,P1,2027-01-01,waiver\n\
                1,A,P1,2026-01-01,primary\n";
    assert_eq!(granted(rows, "intaked").0, ["additional insured; waiver"]);
    // Every built-in columns file of an AMS knows them.
    for (name, mapping) in super::mapping::presets().filter(|(name, _)| *name != "intaked") {
        assert_eq!(mapping.grants.len(), 3, "{name}");
    }
}
