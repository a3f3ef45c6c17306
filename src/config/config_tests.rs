//! Every mistake an administrator can make in `intaked.toml`, with the exact sentence and line they read.

use super::*;
use crate::domain::workflow::*;
use crate::inbox::{Watched, settings::Settled};
use crate::tls::Security;
use std::fs;

const GOOD: &str = r#"[agency]
name = "Harbor Point Insurance"
address = "service@harborpoint.example"
zone = "America/Chicago"
hours = { mon = "08:30-17:00", fri = "08:30-16:00" }
holidays = ["2026-11-26"]
[folders]
data = "data"
[[person]]
id = "ana"
name = "Ana Ruiz"
address = "ana@harborpoint.example"
roles = ["csr", "operations_manager", "owner"]
[duty]
people = ["ana"]
[[mailbox]]
name = "service"
host = "imap.example.net"
user = "service"
password = { env = "IMAP_PASSWORD" }
[smtp]
folder = "sent"
"#;

fn around() -> Surroundings {
    Surroundings { credentials: None, variables: vec!["IMAP_PASSWORD".to_owned()] }
}

fn base() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("Maildir")).unwrap();
    fs::write(dir.path().join("empty"), "").unwrap();
    fs::write(dir.path().join("ca.pem"), "-----BEGIN CERTIFICATE-----\n").unwrap();
    dir
}

fn read(text: &str) -> Result<Config, Vec<String>> {
    let dir = base();
    Config::read("intaked.toml", text, dir.path(), &around()).map_err(|all| {
        let root = format!("{}/", dir.path().display());
        all.iter().map(|m| m.to_string().replace(&root, "")).collect()
    })
}

/// The good file with one line changed into others.
fn with(line: &str, instead: &str) -> String {
    assert!(GOOD.contains(line), "{line}");
    GOOD.replacen(line, instead, 1)
}

#[test]
fn a_good_file_is_taken_with_its_usual_values() {
    let dir = base();
    let c = Config::read("intaked.toml", GOOD, dir.path(), &around()).unwrap();
    assert_eq!(c.agency.name.as_str(), "Harbor Point Insurance");
    assert_eq!(c.agency.hours, "Mon 8:30 AM–5:00 PM, Fri 8:30 AM–4:00 PM");
    assert_eq!(c.agency.domains, ["harborpoint.example"]);
    assert_eq!(c.mode, Mode::Observe);
    assert_eq!(c.folders.data, dir.path().join("data"));
    assert_eq!(c.folders.socket, dir.path().join("data/intaked.sock"));
    let m = c.mailboxes.first().unwrap();
    let Watched::Imap(m) = m else { panic!() };
    assert_eq!((m.port, m.security), (993, Security::Tls));
    assert_eq!(m.folders, ["INBOX"]);
    assert_eq!(m.settled, Settled::Keyword("$Intaked".to_owned()));
    assert_eq!(m.max_message, 25 << 20);
    assert_eq!(c.letters.caps.per_domain_per_day, 30);
    assert_eq!(c.limits.disk_reserve, 1 << 30);
}

#[test]
fn each_mistake_has_its_line_its_sentence_and_its_mend() {
    let name = "name = \"Harbor Point Insurance\"";
    let zone = "zone = \"America/Chicago\"";
    let hours = "hours = { mon = \"08:30-17:00\", fri = \"08:30-16:00\" }";
    let holidays = "holidays = [\"2026-11-26\"]";
    let id = "id = \"ana\"";
    let roles = "roles = [\"csr\", \"operations_manager\", \"owner\"]";
    let duty = "people = [\"ana\"]";
    let host = "host = \"imap.example.net\"";
    let password = "password = { env = \"IMAP_PASSWORD\" }";
    let folder = "folder = \"sent\"";
    let data = "data = \"data\"";
    let address = "address = \"ana@harborpoint.example\"";
    let user = "user = \"service\"";
    #[rustfmt::skip]
    let cases: &[(&str, &str, &str)] = &[
        // (line, what stands there instead, what is told)
        (name, "", "intaked.toml:1: [agency] name is missing\n    add: name = \"Harbor Point Insurance\""),
        (name, "name = \" \"", "intaked.toml:2: [agency] name: this is empty\n    write something, or take the line out"),
        (name, "name = 5", "intaked.toml:2: [agency] name: this must be a text in quotes, and is a number"),
        (name, "name = \"H\"\nnmae = \"x\"", "intaked.toml:3: [agency] nmae: unknown key\n    did you mean `name`?"),
        (name, "name = \"H\"\ncolour = \"x\"", "intaked.toml:3: [agency] colour: unknown key\n    known here: name, address, phone, zone, domains, after_hours, mode, hours, holidays, days"),
        (name, "name = \"H\"\nmode = \"life\"", "intaked.toml:3: [agency] mode: “life” is not known here\n    did you mean “live”? It can be “observe”, “review”, “live”"),
        (name, "name = \"H\"\ndomains = [\"gmail.com\"]", "intaked.toml:3: [agency] domains: gmail.com belongs to everybody; its mail would all be taken for your staff's\n    take it out; people at such addresses are known by their [[person]]"),
        (name, "name = \"H\"\ndomains = [\"a b\"]", "intaked.toml:3: [agency] domains: “a b” is not a mail domain\n    write what stands behind the @, such as \"harborpoint.example\""),
        ("address = \"service@harborpoint.example\"", "address = \"service\"", "intaked.toml:3: [agency] address: “service” is not a mail address\n    write it bare, such as \"ana@harborpoint.example\""),
        (zone, "zone = \"America/Chcago\"", "intaked.toml:4: [agency] zone: “America/Chcago” is not a time zone\n    did you mean “America/Chicago”?"),
        (zone, "zone = \"Central\"", "intaked.toml:4: [agency] zone: “Central” is not a time zone\n    write it as the IANA list does, such as “America/Chicago”"),
        (hours, "hours = { mon = \"17:00-08:30\" }", "intaked.toml:5: [agency] hours mon: the office closes at 08:30, which is not after it opens at 17:00\n    write the opening first: mon = \"08:30-17:00\"?"),
        (hours, "hours = { mon = \"all day\" }", "intaked.toml:5: [agency] hours mon: “all day” are not office hours\n    write mon = \"08:30-17:00\", or take mon out where the office is closed"),
        (hours, "hours = { mo = \"08:30-17:00\" , tue = \"9:00-12:00\" }", "intaked.toml:5: [agency] hours mo: unknown key\n    did you mean `mon`?"),
        (hours, "hours = {}", "intaked.toml:5: [agency] hours: the office is never open\n    write at least one day: hours = { mon = \"08:30-17:00\", tue = \"08:30-17:00\" }"),
        (hours, "", "intaked.toml:1: [agency] hours is missing\n    add: hours = { mon = \"08:30-17:00\", tue = \"08:30-17:00\" }"),
        (holidays, "holidays = [\"2026-11-26\",\n  \"2026-02-30\"]", "intaked.toml:7: [agency] holidays: “2026-02-30” is not a day\n    write year, month and day, such as \"2026-11-26\""),
        (holidays, "holidays = [\"2026-11-26\", 2026-11-26]", "intaked.toml:6: [agency] holidays: 2026-11-26 is there twice\n    take one out"),
        (data, "", "intaked.toml:7: [folders] data is missing\n    add: data = \"/var/lib/intaked\""),
        (data, "data = \"empty\"", "intaked.toml:8: [folders] data: empty is a file\n    name a folder; it is created when it is not there"),
        (data, "data = \"data\"\nrules = \"ruels\"", "intaked.toml:9: [folders] rules: there is no folder ruels\n    create it, or take the line out: then the built-in pages hold"),
        (id, "id = \"Ana Ruiz\"", "intaked.toml:10: [[person]] “Ana Ruiz” id: “Ana Ruiz” cannot be an id\n    use small letters, digits, -, _ and . only, such as \"ana\""),
        (roles, "roles = [\"crs\", \"operations_manager\", \"owner\"]", "intaked.toml:13: [[person]] “ana” roles: “crs” is not known here\n    did you mean “csr”? It can be “csr”, “account_manager”, “senior_underwriter”, “producer”, “operations_manager”, “owner”"),
        (roles, "roles = [\"csr\", \"owner\"]", "intaked.toml: nobody is operations_manager, who hears first when something slips\n    give somebody roles = [\"operations_manager\"]; one person may have several roles"),
        (address, "address = \"service@harborpoint.example\"", "intaked.toml:12: [[person]] “ana” address: this is the shared inbox itself\n    give the person's own address, or every notice comes back as new mail"),
        (duty, "people = [\"anna\"]", "intaked.toml:15: [duty] people: there is no [[person]] with the id “anna”\n    did you mean “ana”?"),
        (duty, "people = []", "intaked.toml:15: [duty] people: the list is empty\n    name at least one person: what belongs to nobody would stay with nobody"),
        (duty, "people = [\"ana\", \"ana\"]", "intaked.toml:15: [duty] people: “ana” is there twice\n    take one out"),
        (host, "host = \"https://imap.example.net/\"", "intaked.toml:18: [[mailbox]] “service” host: “https://imap.example.net/” is not the name of a server\n    write the bare name, without https://, port or path, such as \"imap.example.net\""),
        (host, "", "intaked.toml:16: [[mailbox]] “service”: neither host nor maildir is given\n    write host = \"imap.example.net\", or maildir = \"/path\""),
        (host, "host = \"h\"\nmaildir = \"Maildir\"", "intaked.toml:19: [[mailbox]] “service” maildir: a Maildir has no host, user, password\n    leave either maildir or the lines for the server"),
        (host, "host = \"h\"\nport = 143", "intaked.toml:19: [[mailbox]] “service” port: port 143 is for STARTTLS, and security says otherwise\n    write security = \"starttls\", or another port"),
        (host, "host = \"h\"\nport = 993\nsecurity = \"starttls\"", "intaked.toml:19: [[mailbox]] “service” port: port 993 is for TLS from the first byte, and security says otherwise\n    write security = \"tls\", or another port"),
        (host, "host = \"h\"\nport = 0", "intaked.toml:19: [[mailbox]] “service” port: 0 is out of range\n    write a number from 1 to 65535"),
        (host, "host = \"h\"\nport = \"993\"", "intaked.toml:19: [[mailbox]] “service” port: this must be a whole number without quotes, and is a text"),
        (host, "host = \"h\"\nsecurity = \"none\"", "intaked.toml:19: [[mailbox]] “service” security: mail and passwords are never sent in the clear\n    write \"tls\" or \"starttls\"; for a server with a certificate of its own give its ca_file"),
        (host, "host = \"h\"\nca_file = \"empty\"", "intaked.toml:19: [[mailbox]] “service” ca_file: empty holds no certificate\n    name a PEM file with the certificate that the server's is signed by"),
        (host, "host = \"h\"\nsettled = { move = \"inbox\" }", "intaked.toml:19: [[mailbox]] “service” settled move: “inbox” is itself watched\n    move to a folder that is not in `folders`, or every message comes in again"),
        (host, "host = \"h\"\nsettled = { keyword = \"\\\\Seen\" }", "intaked.toml:19: [[mailbox]] “service” settled keyword: “\\Seen” cannot be a keyword on a mail server\n    use letters, digits, $, - and _, such as \"$Intaked\""),
        (host, "host = \"h\"\nsettled = { keyword = \"a\", leave = true }", "intaked.toml:19: [[mailbox]] “service” settled: give exactly one of keyword, move, leave\n    write settled = { keyword = \"$Intaked\" }, { move = \"Intaked\" } or { leave = true }"),
        (host, "host = \"h\"\nsince = \"last week\"", "intaked.toml:19: [[mailbox]] “service” since: “last week” is not a day\n    write since = \"2026-11-01\""),
        (host, "host = \"h\"\npoll = \"often\"", "intaked.toml:19: [[mailbox]] “service” poll: “often” is no measure\n    write a number and a unit, such as poll = \"30s\""),
        (host, "host = \"h\"\npoll = \"2 days\"", "intaked.toml:19: [[mailbox]] “service” poll: “2 days” is out of range\n    usual is poll = \"30s\""),
        (host, "host = \"h\"\nmax_message = \"25\"", "intaked.toml:19: [[mailbox]] “service” max_message: “25” is no measure\n    write a number and a unit, such as max_message = \"25MB\""),
        (user, "", "intaked.toml:16: [[mailbox]] “service” user is missing\n    add: user = \"service@harborpoint.example\""),
        (password, "", "intaked.toml:16: [[mailbox]] “service” password is missing\n    add: password = { file = \"imap-password\" }"),
        (password, "password = \"hunter2\"", "intaked.toml:20: [[mailbox]] “service” password: a password does not belong into this file\n    put it where only the daemon can read it and write password = { file = \"imap-password\" }, { env = \"IMAP_PASSWORD\" } or { credential = \"imap-password\" }"),
        (password, "password = { file = \"nowhere\" }", "intaked.toml:20: [[mailbox]] “service” password file: there is no file nowhere\n    create it with the password on its first line, readable by the daemon's user only (chmod 600)"),
        (password, "password = { file = \"empty\" }", "intaked.toml:20: [[mailbox]] “service” password file: empty is empty\n    write the password on its first line"),
        (password, "password = { env = \"NOT_SET\" }", "intaked.toml:20: [[mailbox]] “service” password env: the environment variable NOT_SET is not set, or empty\n    set NOT_SET in the daemon's environment, or use a file or a systemd credential"),
        (password, "password = { env = \"A\", file = \"b\" }", "intaked.toml:20: [[mailbox]] “service” password: more than one source is given\n    write one of { file = \"imap-password\" }, { env = \"IMAP_PASSWORD\" } or { credential = \"imap-password\" }"),
        (password, "password = { credential = \"../x\" }", "intaked.toml:20: [[mailbox]] “service” password credential: “../x” is not the name of a credential\n    write its name without a path"),
        (folder, "", "intaked.toml:21: [smtp]: neither host nor folder is given\n    write host = \"smtp.example.net\", or folder = \"/path\" to only look at letters"),
        (folder, "host = \"smtp.example.net\"\nuser = \"x\"", "intaked.toml:23: [smtp]: user is given, and password is not\n    give both, or neither where the server takes mail from this machine without"),
        (folder, "host = \"smtp.example.net\"\nport = 465", "intaked.toml:23: [smtp] port: port 465 is for TLS from the first byte, and security says otherwise\n    write security = \"tls\", or another port"),
        (folder, "folder = \"sent\"\n[letters]\noriginal = \"atach\"", "intaked.toml:24: [letters] original: “atach” is not known here\n    did you mean “attach”? It can be “attach”, “link”"),
        (folder, "folder = \"sent\"\n[letters]\nper_address_per_day = 40", "intaked.toml:24: [letters] per_address_per_day: 40 a day to one address, but 30 to its whole domain\n    make the domain's the larger one"),
        (folder, "folder = \"sent\"\n[letters]\ngive_up_after = \"5\"", "intaked.toml:24: [letters] give_up_after: “5” is no measure\n    write a number and a unit, such as give_up_after = \"5 days\""),
        (folder, "folder = \"sent\"\n[letters]\nretry = [\"soon\"]", "intaked.toml:24: [letters] retry: “soon” is no wait between one second and one day\n    write retry = [\"1m\", \"5m\", \"30m\", \"2h\"]"),
        (folder, "folder = \"sent\"\n[limits]\ndisk_reserve = \"0 GB\"", "intaked.toml:24: [limits] disk_reserve: “0 GB” is out of range\n    usual is disk_reserve = \"1GB\""),
        (folder, "folder = \"sent\"\n[modes]\ncertificate = \"on\"", "intaked.toml:24: [modes] certificate: “on” is not known here\n    it can be “observe”, “review”, “live”"),
        ("[smtp]", "[smpt]", "intaked.toml: [smtp] is missing\n    add [smtp] with host, user and password, or with folder = \"/path\" to only look at letters"),
        ("[[person]]", "[person]", "intaked.toml:9: person: this must be a list of tables, each beginning with [[person]], and is a table"),
    ];
    for (line, instead, told) in cases {
        let all = read(&with(line, instead)).expect_err(instead);
        assert!(all.iter().any(|m| m == told), "{instead}\n  wanted {told}\n  got {all:#?}");
    }
}

#[test]
fn a_password_written_into_the_file_is_never_repeated() {
    let all = read(&with("password = { env = \"IMAP_PASSWORD\" }", "password = \"hunter2\"")).unwrap_err();
    assert!(!all.join("\n").contains("hunter2"));
}

#[test]
fn all_mistakes_are_told_at_once_in_the_order_of_the_file() {
    let text = with("zone = \"America/Chicago\"", "zone = \"Chicago\"\ncolour = 1")
        .replace("[\"ana\"]", "[\"ben\"]")
        .replace("host = \"imap.example.net\"", "host = \"imap.example.net\"\nport = 70000")
        .replace("[folders]\ndata = \"data\"\n", "");
    let all = read(&text).unwrap_err();
    let lines: Vec<&str> = all.iter().map(|m| m.split(": ").next().unwrap()).collect();
    let wanted = ["intaked.toml:4", "intaked.toml:5", "intaked.toml:14", "intaked.toml:18", "intaked.toml"];
    assert_eq!(lines, wanted, "{all:#?}");
}

#[test]
fn what_is_not_toml_is_told_with_its_line() {
    let all = read("[agency]\nname = \"Harbor\nzone = 5\n").unwrap_err();
    assert!(all.first().unwrap().starts_with("intaked.toml:2: this is not TOML: "), "{all:?}");
}

#[test]
fn a_missing_file_is_a_mistake_like_any_other() {
    let all = Config::load(Path::new("/nowhere/intaked.toml")).unwrap_err();
    let told = all.first().unwrap().to_string();
    assert_eq!(
        told,
        "/nowhere/intaked.toml: there is no such file\n    name it with --config, or begin with deploy/intaked.toml as an example"
    );
}

#[test]
fn one_id_and_one_address_belong_to_one_person() {
    let second = "[[person]]\nid = \"ana\"\nname = \"A\"\naddress = \"a@b.example\"\nroles = [\"csr\"]\n\
                  [[person]]\nid = \"ben\"\nname = \"B\"\naddress = \"ana@harborpoint.example\"\nroles = [\"csr\"]\n[duty]";
    let all = read(&with("[duty]", second)).unwrap_err();
    assert_eq!(
        all,
        [
            "intaked.toml:15: [[person]] “ana” id: “ana” is the id of somebody else too\n    give everybody an id of their own",
            "intaked.toml:22: [[person]] “ben” address: ana@harborpoint.example is also the address of “ana”\n    give each person an address of their own: it is how the daemon knows who writes",
        ]
    );
}

#[test]
fn one_folder_is_watched_once() {
    let second = "[[mailbox]]\nname = \"again\"\nhost = \"IMAP.example.net\"\nuser = \"service\"\npassword = { env = \"IMAP_PASSWORD\" }\n[smtp]";
    let all = read(&with("[smtp]", second)).unwrap_err();
    assert_eq!(
        all,
        [
            "intaked.toml:21: [[mailbox]] “again”: “service” watches the same folder already\n    take one of them out, or give them different folders"
        ]
    );
}

#[test]
fn a_password_file_that_everybody_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let dir = base();
    let file = dir.path().join("secret");
    fs::write(&file, "hunter2\n").unwrap();
    let text = with("password = { env = \"IMAP_PASSWORD\" }", "password = { file = \"secret\" }");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let all = Config::read("intaked.toml", &text, dir.path(), &around()).unwrap_err();
    assert!(all.first().unwrap().what.contains("everybody on this machine can read"), "{all:?}");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    assert!(Config::read("intaked.toml", &text, dir.path(), &around()).is_ok());
}

#[test]
fn a_credential_is_looked_for_where_systemd_put_it_and_else_taken_on_trust() {
    let dir = base();
    let text = with("password = { env = \"IMAP_PASSWORD\" }", "password = { credential = \"imap\" }");
    assert!(Config::read("intaked.toml", &text, dir.path(), &around()).is_ok());
    let started = Surroundings { credentials: Some(dir.path().to_owned()), variables: Vec::new() };
    let all = Config::read("intaked.toml", &text, dir.path(), &started).unwrap_err();
    assert_eq!(all.first().unwrap().mend, "add to the unit: LoadCredential=imap:/path/of/the/file");
    fs::write(dir.path().join("imap"), "x").unwrap();
    assert!(Config::read("intaked.toml", &text, dir.path(), &started).is_ok());
}

#[test]
fn the_socket_is_found_even_in_a_file_with_mistakes() {
    let dir = base();
    let file = dir.path().join("intaked.toml");
    fs::write(&file, "[agency]\nzone = 5\n[folders]\ndata = \"data\"\n").unwrap();
    assert_eq!(Config::socket_of(&file).unwrap(), dir.path().join("data/intaked.sock"));
    fs::write(&file, "[folders]\ndata = \"data\"\nsocket = \"/run/x.sock\"\n").unwrap();
    assert_eq!(Config::socket_of(&file).unwrap(), Path::new("/run/x.sock"));
    fs::write(&file, "[agency]\n").unwrap();
    assert!(Config::socket_of(&file).is_err());
}

#[test]
fn the_version_changes_with_what_decisions_rest_on_and_with_nothing_else() {
    let version = |text: &str| read(text).unwrap().version;
    let same = with("[agency]", "# a comment\n[agency]").replace("imap.example.net", "mail.example.net");
    assert_eq!(version(GOOD), version(&same));
    assert_ne!(version(GOOD), version(&with("08:30-17:00", "08:30-17:30")));
    assert_ne!(version(GOOD), version(&with("Ana Ruiz", "Ana Ruiz-Lopez")));
}

fn practice(complex: Role) -> Practice {
    let day = Span::Days(1);
    Practice {
        staff: Staffing { simple: Role::Csr, complex },
        weight: Weights::default(),
        at_once: false,
        undecided: false,
        steps: Vec::new(),
        done_when: "it is done".to_owned(),
        standard: Standard {
            first_touch: day,
            turnaround: day,
            lead: day,
            idle: day,
            follow_up: day,
            answer: day,
            look: day,
            again: day,
        },
        questions: None,
        escalations: vec![Escalation { clock: Clock::Untouched, after: None, tell: vec![Listener::Owner] }],
        letters: BTreeMap::new(),
        pipeline: None,
    }
}

#[test]
fn a_role_that_a_page_needs_and_nobody_has_is_a_mistake_as_is_a_mode_for_no_page() {
    let text = with("folder = \"sent\"", "folder = \"sent\"\n[modes]\ncertifcate = \"live\"");
    let config = read(&text).unwrap();
    let page = |complex| desk::PageOfWork {
        title: BTreeMap::new(),
        names: Vec::new(),
        questions: BTreeMap::new(),
        needs: BTreeMap::new(),
        again: Vec::new(),
        practice: practice(complex),
    };
    let pages = BTreeMap::from([
        ("certificate".into(), page(Role::SeniorUnderwriter)),
        ("claim".into(), page(Role::SeniorUnderwriter)),
        ("billing".into(), page(Role::Csr)),
    ]);
    let all = config.policy_of(pages.clone(), practice(Role::Csr), "r", "t").unwrap_err();
    let all: Vec<String> = all.iter().map(ToString::to_string).collect();
    assert_eq!(
        all,
        [
            "intaked.toml:24: [modes] certifcate: there is no page of that id\n    did you mean `certificate`?",
            "intaked.toml: nobody is senior_underwriter, and the page “certificate”, the page “claim” need one\n    give a [[person]] roles = [\"senior_underwriter\"], or name another role in `staff` or `tell` of the page",
        ]
    );
    let staffed = text.replace("\"csr\",", "\"csr\", \"senior_underwriter\",").replace("certifcate", "certificate");
    let policy = read(&staffed).unwrap().policy_of(pages, practice(Role::Csr), "r", "t").unwrap();
    assert_eq!(policy.mode_of, BTreeMap::from([("certificate".into(), Mode::Live)]));
    assert_eq!(policy.versions.rules, "r");
}

const BEN: &str =
    "[[person]]\nid = \"ben\"\nname = \"Ben\"\naddress = \"ben@harborpoint.example\"\nroles = [\"csr\"]\n";

#[test]
fn who_is_out_who_stands_in_and_the_rota_are_read() {
    let text = with(
        "roles = [\"csr\", \"operations_manager\", \"owner\"]",
        "roles = [\"csr\", \"operations_manager\", \"owner\"]\nstand_in = [\"ben\"]\ndaily_limit = 12\n\
         out = [\"2026-12-24 to 2027-01-01\", \"2027-02-01\"]\nleaves = \"2027-06-30\"",
    )
    .replace("[duty]\n", &format!("{BEN}[duty]\n"))
    .replace(
        "people = [\"ana\"]\n",
        "people = [\"ana\"]\n[[duty.rota]]\ndays = [\"mon\"]\nhours = \"17:00-08:30\"\npeople = [\"ben\"]\n",
    );
    let c = read(&text).unwrap();
    let (ana, day) = (&c.people[0], |y, m, d| chrono::NaiveDate::from_ymd_opt(y, m, d).unwrap());
    assert_eq!((ana.stand_ins.clone(), ana.daily_limit), (vec!["ben".into()], Some(12)));
    assert_eq!(ana.out, [(day(2026, 12, 24), day(2027, 1, 2)), (day(2027, 2, 1), day(2027, 2, 2))]);
    assert_eq!(ana.leaves, Some(day(2027, 6, 30)));
    assert_eq!(c.rota.len(), 1);
    assert_ne!(c.version, read(GOOD).unwrap().version, "decisions are made by it");
}

#[test]
fn hours_that_the_rota_leaves_to_nobody_are_remarked_upon_and_stop_nothing() {
    let rota = |lines: &str| {
        let text = with("people = [\"ana\"]\n", &format!("people = [\"ana\"]\n[[duty.rota]]\n{lines}\n"));
        let told: Vec<String> = read(&text).unwrap().remarks().iter().map(ToString::to_string).collect();
        told
    };
    assert!(read(GOOD).unwrap().remarks().is_empty(), "who has no rota has no gap in it");
    assert!(rota("people = [\"ana\"]").is_empty(), "all day, every day");
    let told = rota("hours = \"17:00-08:30\"\npeople = [\"ana\"]");
    assert_eq!(
        told,
        [
            "intaked.toml:16: [[duty.rota]] has nobody in these office hours: Mon 08:30-17:00; Fri 08:30-16:00\n    \
             add a block for them, or leave it so: what belongs to nobody then goes to `people` of [duty]",
            "intaked.toml:16: [[duty.rota]] has nobody in these closed hours: Tue, Wed, Thu, Sat, Sun 08:30-17:00; \
             Fri 16:00-17:00\n    add a block for them, or leave it so: danger then goes to whoever it would go to by day, \
             who may be at home",
        ]
    );
}

#[test]
fn what_is_wrong_with_absences_and_the_rota_is_told() {
    let roles = "roles = [\"csr\", \"operations_manager\", \"owner\"]";
    let person = |line: &str| read(&with(roles, &format!("{roles}\n{line}"))).unwrap_err();
    let rota = |lines: &str| {
        read(&with("people = [\"ana\"]\n", &format!("people = [\"ana\"]\n[[duty.rota]]\n{lines}\n"))).unwrap_err()
    };
    #[rustfmt::skip]
    let cases: [(Vec<String>, &str); 9] = [
        (person("stand_in = [\"ben\"]"), "intaked.toml:14: [[person]] “ana” stand_in: there is no [[person]] with the id “ben”\n    name a [[person]] by its id"),
        (person("stand_in = [\"ana\"]"), "intaked.toml:14: [[person]] “ana” stand_in: “ana” would stand in for “ana”\n    name somebody else"),
        (person("daily_limit = 0"), "intaked.toml:14: [[person]] “ana” daily_limit: 0 is out of range\n    write a number from 1 to 1000"),
        (person("out = [\"Christmas\"]"), "intaked.toml:14: [[person]] “ana” out: “Christmas” are no days\n    write the first and the last day, such as \"2026-12-24 to 2027-01-02\", or one day"),
        (person("out = [\"2026-12-24 to 2026-12-20\"]"), "intaked.toml:14: [[person]] “ana” out: 2026-12-20 is before 2026-12-24\n    write the first day first: \"2026-12-20 to 2026-12-24\"?"),
        (person("leaves = \"soon\""), "intaked.toml:14: [[person]] “ana” leaves: “soon” is not a day\n    write year, month and day, such as \"2026-12-24\""),
        (rota("days = [\"monday\"]\npeople = [\"ana\"]"), "intaked.toml:17: [[duty.rota]] days: “monday” is not a day of the week\n    it can be mon, tue, wed, thu, fri, sat, sun"),
        (rota("hours = \"all night\"\npeople = [\"ana\"]"), "intaked.toml:17: [[duty.rota]] hours: “all night” are no hours\n    write from and to, such as \"08:30-12:00\"; over midnight \"17:00-08:30\""),
        (rota("people = [\"anna\"]"), "intaked.toml:17: [[duty.rota]] people: there is no [[person]] with the id “anna”\n    did you mean “ana”?"),
    ];
    for (told, wanted) in cases {
        assert_eq!(told, [wanted]);
    }
}

#[test]
fn a_columns_file_and_a_partner_are_read_or_said_to_be_wrong() {
    let more = |lines: &str| read(&format!("{GOOD}{lines}\n"));
    assert_eq!(
        more("[book]\ncolumns = \"ezlynx\"").unwrap().book.mapping.title,
        "EZLynx, report “Book of Business Detail”"
    );
    assert_eq!(
        more("[book]\ncolumns = \"ezlinx\"").unwrap_err(),
        ["intaked.toml:24: [book] columns: there is no columns file “ezlinx”\n    did you mean “ezlynx”?"]
    );
    let told = more("[book]\ncolumns = \"empty\"").unwrap_err();
    assert!(told[0].contains("[book] columns: empty:1: missing field `title`"), "{told:?}");
    let partner = "[[partner]]\nid = \"cover\"\nname = \"Cover\"\naddress = \"in@cover.example\"\n";
    let c = more(&format!("{partner}types = [\"bond\"]\nfacts = [\"insured_name\"]\nwhen = \"overflow\"")).unwrap();
    assert_eq!((c.partners.len(), c.partners[0].when), (1, crate::desk::When::Overflow));
    assert_eq!(
        more(&format!("{partner}types = []\nwhen = \"never\"")).unwrap_err(),
        [
            "intaked.toml:23: [[partner]] “cover” facts is missing\n    add: facts = [\"insured_name\"]",
            "intaked.toml:27: [[partner]] “cover” types: the list is empty\n    name the pages whose work may go there; no other does",
            "intaked.toml:28: [[partner]] “cover” when: “never” is not known here\n    it can be “always”, “overflow”",
        ]
    );
    let told = c.policy_of(BTreeMap::from([("bonds".into(), page_of(Role::Csr))]), practice(Role::Csr), "r", "t");
    assert_eq!(
        told.unwrap_err()[0].to_string(),
        "intaked.toml: [[partner]] types: there is no page “bond”\n    did you mean `bonds`?"
    );
}

fn page_of(role: Role) -> crate::desk::PageOfWork {
    crate::desk::PageOfWork {
        title: BTreeMap::new(),
        names: Default::default(),
        questions: BTreeMap::new(),
        needs: BTreeMap::new(),
        again: Vec::new(),
        practice: practice(role),
    }
}

#[test]
fn holidays_of_every_year_single_days_and_a_persons_own_hours_are_read() {
    let text = with(
        "holidays = [\"2026-11-26\"]",
        "holidays = [\"2026-11-26\", \"last Monday of May\"]\ndays = { \"2026-12-24\" = \"08:30-12:00\", \"2026-12-28 to 2026-12-29\" = \"closed\" }",
    );
    let config = read(&text).unwrap();
    let day = |d: &str| d.parse::<chrono::NaiveDate>().unwrap();
    for closed in ["2026-11-26", "2026-05-25", "2027-05-31", "2026-12-28", "2026-12-29"] {
        assert!(!config.calendar.is_business_day(day(closed)), "{closed}");
    }
    assert!(config.calendar.is_business_day(day("2027-01-01")), "the range has ended");
    let (opens, closes) = config.calendar.open_between(day("2026-12-24")).unwrap();
    assert_eq!(closes - opens, chrono::Duration::minutes(210));
    for (days, says) in [
        ("{ \"2026-12-29 to 2026-12-28\" = \"closed\" }", "are no days"),
        ("{ \"2026-12-28\" = \"shut\" }", "“shut” are not office hours"),
    ] {
        let text = with("holidays = [\"2026-11-26\"]", &format!("days = {days}"));
        let mistakes = read(&text).unwrap_err();
        assert!(mistakes.iter().any(|m| m.to_string().contains(says)), "{mistakes:?}");
    }
    let text = with("holidays = [\"2026-11-26\"]", "holidays = [\"last Foo of May\"]");
    let mistakes = read(&text).unwrap_err();
    assert!(mistakes[0].to_string().contains("“last Foo of May” is not a holiday"), "{mistakes:?}");
}

#[test]
fn the_morning_and_the_sign_of_life_are_read_and_their_mistakes_told() {
    let more = |text: &str| read(&format!("{GOOD}\n{text}\n"));
    assert_eq!(more("").unwrap().digest, Some(crate::desk::Digest { at: None }));
    assert_eq!(more("[digest]\nat = \"never\"").unwrap().digest, None);
    assert!(more("[digest]\nat = \"07:30\"").unwrap().digest.unwrap().at.is_some());
    assert!(more("[digest]\nat = \"soon\"").unwrap_err()[0].to_string().contains("no time of day"));
    let watched =
        more("[heartbeat]\nurl = \"https://hc.example:8443/key?x=1\"\nevery = \"2m\"\nmail = \"dan@else.example\"");
    let heartbeat = watched.unwrap().heartbeat;
    let watcher = heartbeat.watcher.unwrap();
    assert_eq!(
        (watcher.tls, watcher.host.as_str(), watcher.port, watcher.path.as_str()),
        (true, "hc.example", 8443, "/key?x=1")
    );
    assert_eq!(heartbeat.mail.unwrap().as_str(), "dan@else.example");
    let failing = more("[heartbeat]\nfailing = \"https://hc.example/key/fail\"").unwrap().heartbeat.failing.unwrap();
    assert_eq!((failing.path.as_str(), failing.every), ("/key/fail", std::time::Duration::from_secs(300)));
    use crate::domain::workflow::Listener::{OperationsManager, Owner};
    let minutes = |n: u64| std::time::Duration::from_secs(n * 60);
    assert_eq!(more("").unwrap().unreachable.0, [(minutes(15), OperationsManager), (minutes(120), Owner)]);
    let told = more("[unreachable]\nowner = \"5m\"\noperations_manager = \"30 minutes\"").unwrap().unreachable;
    assert_eq!(told.0, [(minutes(5), Owner), (minutes(30), OperationsManager)], "the soonest first");
    assert!(more("[unreachable]\nowner = \"0s\"").is_err());
    let weekly = more("").unwrap().weekly.unwrap();
    assert_eq!((weekly.on, weekly.at), (chrono::Weekday::Mon, None));
    assert_eq!(more("[reports]\nweekly = \"never\"").unwrap().weekly, None);
    let weekly = more("[reports]\nweekly = \"fri 16:30\"").unwrap().weekly.unwrap();
    assert_eq!((weekly.on, weekly.at), (chrono::Weekday::Fri, chrono::NaiveTime::from_hms_opt(16, 30, 0)));
    for wrong in ["friday", "07:30", "mon 25:00"] {
        let mistakes = more(&format!("[reports]\nweekly = \"{wrong}\"")).unwrap_err();
        assert!(mistakes[0].to_string().contains("mon 07:30"), "{wrong}: {mistakes:?}");
    }
    for url in
        ["hc.example/key", "ftp://hc.example/", "https://hc.example/a b", "https://u:p@hc.example/", "https:///x"]
    {
        let mistakes = more(&format!("[heartbeat]\nurl = \"{url}\"")).unwrap_err();
        assert!(mistakes[0].to_string().contains("not the address of a page"), "{url}: {mistakes:?}");
    }
}
