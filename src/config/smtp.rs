//! `[smtp]`: where letters go, a mail server or a folder of .eml files.

use super::{Surroundings, mailboxes::*, secret, tree::*};
use crate::outbox::settings::*;
use crate::secrets::SecretSource;
use crate::tls::Security;
use std::path::Path;

const KEYS: [&str; 8] = ["host", "port", "security", "user", "password", "ca_file", "connections", "folder"];

/// Reads `[smtp]`.
pub(super) fn read(whole: &Section<'_, '_>, base: &Path, around: &Surroundings) -> Option<OutboxSettings> {
    let source = whole.source();
    let Some(section) = whole.table("smtp", "[smtp]") else {
        if !whole.has("smtp") {
            let mend = "add [smtp] with host, user and password, or with folder = \"/path\" to only look at letters";
            source.mistake_anywhere("[smtp] is missing", mend);
        }
        return None;
    };
    section.only(&KEYS);
    if let Some(at) = section.text("folder") {
        let both: Vec<&str> = KEYS.into_iter().filter(|k| *k != "folder" && section.has(k)).collect();
        if !both.is_empty() {
            let mend = "leave either folder or the lines for the server";
            source.wrong(&at, format!("a folder has no {}", both.join(", ")), mend);
            return None;
        }
        let path = base.join(&at.value);
        if path.is_file() {
            source.wrong(
                &at,
                format!("{} is a file", path.display()),
                "name a folder; it is created when it is not there",
            );
            return None;
        }
        return Some(OutboxSettings::Folder(path));
    }
    if section.has("folder") {
        return None;
    }
    if !section.has("host") {
        let mend = "write host = \"smtp.example.net\", or folder = \"/path\" to only look at letters";
        source.mistake(section.offset(), "[smtp]: neither host nor folder is given", mend);
        return None;
    }
    let host = host(&section);
    let security = security(&section, Security::StartTls);
    let port = port(&section, security, &[(587, Security::StartTls), (465, Security::Tls), (25, Security::StartTls)]);
    let login = login(&section, base, around);
    let ca_file = ca_file(&section, base);
    let connections = match section.number("connections", 1, 20) {
        Some(at) => usize::try_from(at.value).ok(),
        None => (!section.has("connections")).then_some(2),
    };
    Some(OutboxSettings::Smtp(SmtpSettings {
        host: host?,
        port: port?,
        security: security?,
        login: login?,
        ca_file: ca_file?,
        connections: connections?,
        patience: Patience::default(),
    }))
}

/// User and password together or neither; the outer `None` is a mistake.
#[allow(clippy::option_option)]
fn login(section: &Section<'_, '_>, base: &Path, around: &Surroundings) -> Option<Option<(String, SecretSource)>> {
    let (user, password) = (section.has("user"), section.has("password"));
    if user != password {
        let (given, lacking) = if user { ("user", "password") } else { ("password", "user") };
        let mend = "give both, or neither where the server takes mail from this machine without";
        section.source().mistake(
            section.offset_of(given),
            format!("[smtp]: {given} is given, and {lacking} is not"),
            mend,
        );
    }
    let secret = if password { secret::read(section, "password", base, around) } else { None };
    match (user, password) {
        (false, false) => Some(None),
        (true, true) => Some(Some((section.text("user")?.value, secret?))),
        _ => None,
    }
}
