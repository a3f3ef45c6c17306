//! Account books as agencies export them, and what is wrong with them.

use super::*;
use chrono::NaiveDate;

const HEAD: &str = "account,name,contact,email,phone,domain,policy,carrier,line,effective,expiration,csr,account_manager,instructions\n";

fn book(rows: &str) -> Book {
    read("book.csv", format!("{HEAD}{rows}").as_bytes(), &["ana".into(), "ben".into()])
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
    let b = read("book.csv", text.as_slice(), &[]);
    assert_eq!(told(&b), ["book.csv:3: this row is not UTF-8; it was left out\n    save the file as “CSV UTF-8”"]);
    assert_eq!(b.accounts.len(), 1);
}

#[test]
fn columns_come_in_any_order_and_unknown_ones_are_told() {
    let b = read("b.csv", "\u{FEFF}Name;Account;E-mail;Colour\nGood;1;g@good.example;red\n".as_bytes(), &[]);
    let told = told(&b);
    assert_eq!(
        told.first().unwrap(),
        "b.csv:1: the column “E-mail” is unknown\n    did you mean “email”? It was not read"
    );
    assert!(
        told.get(1)
            .unwrap()
            .starts_with("b.csv:1: the column “Colour” is unknown\n    it was not read; known are account, name")
    );
    assert_eq!(b.accounts.first().unwrap().id.as_str(), "1");
}

#[test]
fn without_a_key_column_nothing_is_read() {
    let b = read("b.csv", "name,email\nGood,g@good.example\n".as_bytes(), &[]);
    assert!(b.accounts.is_empty());
    assert_eq!(told(&b), ["b.csv:1: the column “account” is missing\n    add it; the head line was: name, email"]);
}

#[test]
fn an_empty_file_says_so_and_empty_lines_are_nothing() {
    assert!(!read("b.csv", "".as_bytes(), &[]).mistakes.is_empty());
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
