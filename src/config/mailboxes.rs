//! `[[mailbox]]`: what is watched, and what becomes of a message there once its outcome is durable.

use super::{Surroundings, choice, measures, secret, tree::*};
use crate::domain::{Timestamp, calendar::Calendar, id::MailboxId};
use crate::inbox::settings::*;
use crate::secrets::SecretSource;
use crate::tls::Security;
use chrono::NaiveTime;
use std::path::{Path, PathBuf};
use std::time::Duration;

const KEYS: [&str; 14] = [
    "name",
    "host",
    "port",
    "security",
    "user",
    "password",
    "ca_file",
    "maildir",
    "folders",
    "sent",
    "settled",
    "since",
    "poll",
    "max_message",
];
const IMAP_ONLY: [&str; 7] = ["host", "port", "security", "user", "password", "ca_file", "sent"];

/// Reads every `[[mailbox]]`.
pub(super) fn read(
    whole: &Section<'_, '_>,
    base: &Path,
    around: &Surroundings,
    zone: Option<chrono_tz::Tz>,
) -> Option<Vec<Watched>> {
    let source = whole.source();
    let sections = whole.tables("mailbox", "name");
    if sections.is_empty() {
        if !whole.has("mailbox") {
            source.mistake_anywhere("there is no [[mailbox]]", "add the inbox that is to be watched");
        }
        return None;
    }
    let mut names: Vec<String> = Vec::new();
    let mut out: Vec<Option<Watched>> = Vec::new();
    for section in &sections {
        section.only(&KEYS);
        let name = section.needed("name", "\"service\"").and_then(|at| {
            let twice = names.contains(&at.value);
            names.push(at.value.clone());
            if twice {
                source.wrong(
                    &at,
                    format!("“{}” is the name of another [[mailbox]] too", at.value),
                    "give each its own",
                );
            }
            (!twice).then_some(MailboxId(at.value))
        });
        let place = place(section, base, around);
        let folders = folders(section, matches!(place, Some(Place::Maildir(_))));
        let sent = sent(section, &folders);
        let settled = settled(section, &folders);
        let since = since(section, zone);
        let poll = within(section, "poll", measures::duration, "30s", Duration::from_secs(30), |d| {
            (Duration::from_secs(1)..=Duration::from_secs(3600)).contains(d)
        });
        let max_message = within(section, "max_message", measures::size, "25MB", 25 << 20, |s| {
            // Below, ordinary mail would be held; above, one message could fill the memory (and async-imap refuses
            // literals over 512 MB).
            (64 << 10..=256 << 20).contains(s)
        });
        let mailbox = (|| {
            let (name, settled, since, poll, max_message) = (name?, settled?, since?, poll?, max_message?);
            Some(match place? {
                Place::Maildir(path) => {
                    Watched::Maildir(MaildirSettings { name, path, settled, since, poll, max_message })
                }
                Place::Imap(account) => Watched::Imap(MailboxSettings {
                    name,
                    host: account.host,
                    port: account.port,
                    security: account.security,
                    user: account.user,
                    password: account.password,
                    ca_file: account.ca_file,
                    folders,
                    sent,
                    settled,
                    since,
                    poll,
                    max_message,
                    patience: Patience::default(),
                }),
            })
        })();
        if let Some(m) = &mailbox
            && let Some(other) = out.iter().flatten().find(|o| same_place(o, m))
        {
            let mend = "take one of them out, or give them different folders";
            let what = format!("{}: “{}” watches the same folder already", section.title(), other.name());
            source.mistake(section.offset(), what, mend);
        }
        out.push(mailbox);
    }
    out.into_iter().collect()
}

fn same_place(a: &Watched, b: &Watched) -> bool {
    match (a, b) {
        (Watched::Imap(x), Watched::Imap(y)) => {
            x.host.eq_ignore_ascii_case(&y.host) && x.user == y.user && x.folders.iter().any(|f| y.folders.contains(f))
        }
        (Watched::Maildir(x), Watched::Maildir(y)) => x.path == y.path,
        _ => false,
    }
}

/// Where a mailbox is.
enum Place {
    Imap(Account),
    Maildir(PathBuf),
}

/// How to get to an IMAP mailbox.
struct Account {
    host: String,
    port: u16,
    security: Security,
    user: String,
    password: SecretSource,
    ca_file: Option<PathBuf>,
}

fn place(section: &Section<'_, '_>, base: &Path, around: &Surroundings) -> Option<Place> {
    let source = section.source();
    if let Some(at) = section.text("maildir") {
        let both: Vec<&str> = IMAP_ONLY.into_iter().filter(|k| section.has(k)).collect();
        if !both.is_empty() {
            let what = format!("a Maildir has no {}", both.join(", "));
            source.wrong(&at, what, "leave either maildir or the lines for the server");
        }
        let path = base.join(&at.value);
        if !path.is_dir() {
            let mend = "create it (a Maildir holds the folders cur, new and tmp), or mend the path";
            source.wrong(&at, format!("there is no folder {}", path.display()), mend);
            return None;
        }
        return both.is_empty().then_some(Place::Maildir(path));
    }
    if section.has("maildir") {
        return None;
    }
    if !section.has("host") {
        let what = format!("{}: neither host nor maildir is given", section.title());
        source.mistake(section.offset(), what, "write host = \"imap.example.net\", or maildir = \"/path\"");
        return None;
    }
    let host = self::host(section);
    let security = security(section, Security::Tls);
    let port = port(section, security, &[(993, Security::Tls), (143, Security::StartTls)]);
    let user = section.needed("user", "\"service@harborpoint.example\"").map(|at| at.value);
    let password = section
        .present("password", "{ file = \"imap-password\" }")
        .then(|| secret::read(section, "password", base, around))
        .flatten();
    let ca_file = ca_file(section, base);
    Some(Place::Imap(Account {
        host: host?,
        port: port?,
        security: security?,
        user: user?,
        password: password?,
        ca_file: ca_file?,
    }))
}

/// A server's name; also for `[smtp]`.
pub(super) fn host(section: &Section<'_, '_>) -> Option<String> {
    let at = section.text("host")?;
    let good = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.' || c == ':';
    if !at.value.chars().all(good) {
        let mend = "write the bare name, without https://, port or path, such as \"imap.example.net\"";
        section.source().wrong(&at, format!("“{}” is not the name of a server", at.value), mend);
        return None;
    }
    Some(at.value)
}

/// TLS or STARTTLS; also for `[smtp]`.
pub(super) fn security(section: &Section<'_, '_>, usual: Security) -> Option<Security> {
    match section.text("security") {
        Some(at) if matches!(at.value.as_str(), "none" | "plain" | "off") => {
            let mend = "write \"tls\" or \"starttls\"; for a server with a certificate of its own give its ca_file";
            section.source().wrong(&at, "mail and passwords are never sent in the clear", mend);
            None
        }
        Some(at) => choice(section, &at, &[("tls", Security::Tls), ("starttls", Security::StartTls)]),
        None => Some(usual),
    }
}

/// The port, and whether it fits the security; also for `[smtp]`. `known` is what well-known ports speak.
pub(super) fn port(section: &Section<'_, '_>, security: Option<Security>, known: &[(u16, Security)]) -> Option<u16> {
    let usual = || security.and_then(|s| known.iter().find(|(_, k)| *k == s)).map(|(p, _)| *p);
    if !section.has("port") {
        return usual();
    }
    let at = section.number("port", 1, 65_535)?;
    let port = u16::try_from(at.value).ok()?;
    if let (Some(security), Some((_, spoken))) = (security, known.iter().find(|(p, _)| *p == port))
        && *spoken != security
    {
        let (is, other) = match spoken {
            Security::Tls => ("TLS from the first byte", "tls"),
            Security::StartTls => ("STARTTLS", "starttls"),
        };
        let mend = format!("write security = \"{other}\", or another port");
        section.source().wrong(&at, format!("port {port} is for {is}, and security says otherwise"), mend);
        return None;
    }
    Some(port)
}

/// A private certificate authority; the outer `None` is a mistake. Also for `[smtp]`.
#[allow(clippy::option_option)]
pub(super) fn ca_file(section: &Section<'_, '_>, base: &Path) -> Option<Option<PathBuf>> {
    let Some(at) = section.text("ca_file") else { return (!section.has("ca_file")).then_some(None) };
    let path = base.join(&at.value);
    let mend = "name a PEM file with the certificate that the server's is signed by";
    match std::fs::read(&path) {
        Err(e) => {
            section.source().wrong(&at, format!("{} cannot be read: {e}", path.display()), mend);
            None
        }
        Ok(bytes) if !String::from_utf8_lossy(&bytes).contains("-----BEGIN CERTIFICATE-----") => {
            section.source().wrong(&at, format!("{} holds no certificate", path.display()), mend);
            None
        }
        Ok(_) => Some(Some(path)),
    }
}

/// The folders of mail that staff sent themselves; none where nothing is said.
fn sent(section: &Section<'_, '_>, watched: &[String]) -> Vec<String> {
    let Some(given) = section.texts("sent") else { return Vec::new() };
    for at in given.iter().filter(|at| watched.contains(&at.value)) {
        let what = format!("“{}” is watched for new mail already", at.value);
        section.source().wrong(
            at,
            what,
            "name the folder that mail programs keep sent mail in, such as \"Sent Items\"",
        );
    }
    names(section, given)
}

fn folders(section: &Section<'_, '_>, maildir: bool) -> Vec<String> {
    let Some(given) = section.texts("folders") else { return vec!["INBOX".to_owned()] };
    let source = section.source();
    if given.is_empty() && !maildir {
        let mend = "write folders = [\"INBOX\"], or take the line out";
        source.mistake(section.offset_of("folders"), format!("{} folders: the list is empty", section.title()), mend);
    }
    names(section, given)
}

/// Names of folders, each once.
fn names(section: &Section<'_, '_>, given: Vec<At<String>>) -> Vec<String> {
    let source = section.source();
    let mut out: Vec<String> = Vec::new();
    for at in given {
        // RFC 9051 5.1: INBOX is one folder whatever its case.
        let name = if at.value.eq_ignore_ascii_case("inbox") { "INBOX".to_owned() } else { at.value.clone() };
        if name.is_empty() || name.contains(char::is_control) {
            source.wrong(&at, "this is not the name of a folder", "write it as the mail program shows it");
        } else if out.contains(&name) {
            source.wrong(&at, format!("“{name}” is there twice"), "take one out");
        } else {
            out.push(name);
        }
    }
    out
}

/// `$Intaked` unless told otherwise: marks are seen by people in most mail programs, and nothing moves.
fn settled(section: &Section<'_, '_>, folders: &[String]) -> Option<Settled> {
    const EXAMPLE: &str = "{ keyword = \"$Intaked\" }, { move = \"Intaked\" } or { leave = true }";
    if !section.has("settled") {
        return Some(Settled::Keyword("$Intaked".to_owned()));
    }
    let table = section.table("settled", &format!("{} settled", section.title()))?;
    let source = table.source();
    table.only(&["keyword", "move", "leave"]);
    let given = ["keyword", "move", "leave"].into_iter().filter(|k| table.has(k)).count();
    if given != 1 {
        let what = format!("{}: give exactly one of keyword, move, leave", table.title());
        source.mistake(table.offset(), what, format!("write settled = {EXAMPLE}"));
        return None;
    }
    if let Some(at) = table.text("keyword") {
        // RFC 9051 flag-keyword: an atom; a backslash would make it a system flag.
        let good = |c: char| c.is_ascii_graphic() && !"(){%*\"\\]".contains(c);
        if !at.value.chars().all(good) {
            let mend = "use letters, digits, $, - and _, such as \"$Intaked\"";
            source.wrong(&at, format!("“{}” cannot be a keyword on a mail server", at.value), mend);
            return None;
        }
        return Some(Settled::Keyword(at.value));
    }
    if let Some(at) = table.text("move") {
        if folders.iter().any(|f| f.eq_ignore_ascii_case(&at.value)) {
            let mend = "move to a folder that is not in `folders`, or every message comes in again";
            source.wrong(&at, format!("“{}” is itself watched", at.value), mend);
            return None;
        }
        return Some(Settled::Move(at.value));
    }
    let leave = table.flag("leave")?;
    if !leave.value {
        source.wrong(&leave, "false says nothing", format!("write settled = {EXAMPLE}"));
        return None;
    }
    Some(Settled::Leave)
}

/// The first instant of a day in the agency's zone; the outer `None` is a mistake.
#[allow(clippy::option_option)]
fn since(section: &Section<'_, '_>, zone: Option<chrono_tz::Tz>) -> Option<Option<Timestamp>> {
    let Some(at) = section.text("since") else { return (!section.has("since")).then_some(None) };
    let Some(day) = measures::day(&at.value) else {
        section.source().wrong(&at, format!("“{}” is not a day", at.value), "write since = \"2026-11-01\"");
        return None;
    };
    Some(Some(Calendar::usual(zone?).instant(day.and_time(NaiveTime::MIN))))
}

/// A measure within limits, or the usual one where it is left out; also for `[smtp]`, `[letters]`, `[limits]`.
pub(super) fn within<T>(
    section: &Section<'_, '_>,
    key: &str,
    parse: impl Fn(&str) -> Option<T>,
    example: &str,
    usual: T,
    good: impl Fn(&T) -> bool,
) -> Option<T> {
    if !section.has(key) {
        return Some(usual);
    }
    let at = section.text(key)?;
    let Some(value) = parse(&at.value) else {
        let mend = format!("write a number and a unit, such as {key} = \"{example}\"");
        section.source().wrong(&at, format!("“{}” is no measure", at.value), mend);
        return None;
    };
    if !good(&value) {
        let mend = format!("usual is {key} = \"{example}\"");
        section.source().wrong(&at, format!("“{}” is out of range", at.value), mend);
        return None;
    }
    Some(value)
}
