//! `[digest]` and `[heartbeat]`: the morning's letter, and how somebody outside sees that the daemon lives.

use super::{agency::address, mailboxes::within, measures, tree::*};
use crate::desk::Digest;
use crate::domain::text::Address;
use chrono::NaiveTime;
use std::time::Duration;

/// How somebody outside sees that the daemon lives.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Heartbeat {
    /// A watcher's page that is fetched while all is well.
    pub watcher: Option<Watcher>,
    /// An address to which a letter goes with the owner's digest.
    pub mail: Option<Address>,
}

/// A page that is fetched as a sign of life: a watcher that hears nothing calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watcher {
    /// Over TLS?
    pub tls: bool,
    /// Its host.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Path and query.
    pub path: String,
    /// How often.
    pub every: Duration,
}

/// Reads `[digest]`; left out, digests come as each reader's day begins.
pub(super) fn read(whole: &Section<'_, '_>) -> Option<Option<Digest>> {
    let usual = Some(Digest { at: None });
    let Some(section) = whole.table("digest", "[digest]") else { return (!whole.has("digest")).then_some(usual) };
    section.only(&["at"]);
    let Some(at) = section.text("at") else { return (!section.has("at")).then_some(usual) };
    match at.value.as_str() {
        "opening" => Some(usual),
        "never" => Some(None),
        text => match NaiveTime::parse_from_str(text, "%H:%M") {
            Ok(time) => Some(Some(Digest { at: Some(time) })),
            Err(_) => {
                let mend = "write at = \"07:30\", \"opening\" or \"never\"";
                section.source().wrong(&at, format!("“{text}” is no time of day"), mend);
                None
            }
        },
    }
}

/// Reads `[heartbeat]`; everything in it may be left out.
pub(super) fn heartbeat(whole: &Section<'_, '_>) -> Option<Heartbeat> {
    let Some(section) = whole.table("heartbeat", "[heartbeat]") else {
        return (!whole.has("heartbeat")).then(Heartbeat::default);
    };
    section.only(&["url", "every", "mail"]);
    let minute = Duration::from_secs(60);
    let every = within(&section, "every", measures::duration, "5m", minute * 5, |d| *d >= minute)?;
    let watcher = match section.text("url") {
        Some(at) => Some(watcher(&section, &at, every)?),
        None if section.has("url") => return None,
        None => None,
    };
    let mail = match section.text("mail") {
        Some(at) => Some(address(&section, &at)?.value),
        None if section.has("mail") => return None,
        None => None,
    };
    Some(Heartbeat { watcher, mail })
}

fn watcher(section: &Section<'_, '_>, at: &At<String>, every: Duration) -> Option<Watcher> {
    let read = || {
        let (tls, rest) = match at.value.split_once("://")? {
            ("https", rest) => (true, rest),
            ("http", rest) => (false, rest),
            _ => return None,
        };
        // What would end a request's line, or begin another, is no part of an address.
        if !rest.chars().all(|c| c.is_ascii_graphic()) || rest.contains(['@', '#']) {
            return None;
        }
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at_checked(end)?;
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) => (host, port.parse().ok()?),
            None => (authority, if tls { 443 } else { 80 }),
        };
        let sound = !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.');
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        sound.then(|| Watcher { tls, host: host.to_owned(), port, path, every })
    };
    let found = read();
    if found.is_none() {
        let mend = "write it whole, such as \"https://hc-ping.com/your-key\"";
        section.source().wrong(at, "this is not the address of a page", mend);
    }
    found
}
