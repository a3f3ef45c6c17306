//! `[digest]`, `[reports]`, `[heartbeat]` and `[unreachable]`: what comes by itself in the morning and each week, how
//! somebody outside sees that the daemon lives, and when people hear that a server is away.

use super::{agency::address, mailboxes::within, measures, tree::*};
use crate::desk::{Digest, Weekly};
use crate::domain::{text::Address, workflow::Listener};
use chrono::{NaiveTime, Weekday};
use std::time::Duration;

/// How somebody outside sees that the daemon lives.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Heartbeat {
    /// A watcher's page that is fetched while all is well.
    pub watcher: Option<Watcher>,
    /// A page that is fetched while something is not well, so that the watcher calls at once.
    pub failing: Option<Watcher>,
    /// An address to which a letter goes with the owner's digest.
    pub mail: Option<Address>,
}

/// After how long people hear that a mailbox or the mail server cannot be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreachable(
    /// Who, and after how long; the soonest first.
    pub Vec<(Duration, Listener)>,
);

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
    section.only(&["url", "failing", "every", "mail"]);
    let minute = Duration::from_secs(60);
    let every = within(&section, "every", measures::duration, "5m", minute * 5, |d| *d >= minute)?;
    let page = |key: &str| match section.text(key) {
        Some(at) => watcher(&section, &at, every).map(Some),
        None => (!section.has(key)).then_some(None),
    };
    let (watcher, failing) = (page("url"), page("failing"));
    let (watcher, failing) = (watcher?, failing?);
    let mail = match section.text("mail") {
        Some(at) => Some(address(&section, &at)?.value),
        None if section.has("mail") => return None,
        None => None,
    };
    Some(Heartbeat { watcher, failing, mail })
}

/// Reads `[unreachable]`; everything in it may be left out.
pub(super) fn unreachable(whole: &Section<'_, '_>) -> Option<Unreachable> {
    let minutes = |n: u64| Duration::from_secs(n * 60);
    let (manager, owner) = (minutes(15), minutes(120));
    let Some(section) = whole.table("unreachable", "[unreachable]") else {
        let usual = || Unreachable(vec![(manager, Listener::OperationsManager), (owner, Listener::Owner)]);
        return (!whole.has("unreachable")).then(usual);
    };
    section.only(&["operations_manager", "owner"]);
    let some = |d: &Duration| (Duration::from_secs(1)..=minutes(7 * 24 * 60)).contains(d);
    let manager = within(&section, "operations_manager", measures::duration, "15m", manager, some)?;
    let owner = within(&section, "owner", measures::duration, "2h", owner, some)?;
    let mut steps = vec![(manager, Listener::OperationsManager), (owner, Listener::Owner)];
    steps.sort_by_key(|(after, _)| *after);
    Some(Unreachable(steps))
}

/// Reads `[reports]`; left out, the week's report comes on Monday as the office opens.
pub(super) fn weekly(whole: &Section<'_, '_>) -> Option<Option<Weekly>> {
    let usual = Some(Weekly { on: Weekday::Mon, at: None });
    let Some(section) = whole.table("reports", "[reports]") else { return (!whole.has("reports")).then_some(usual) };
    section.only(&["weekly"]);
    let Some(at) = section.text("weekly") else { return (!section.has("weekly")).then_some(usual) };
    if at.value == "never" {
        return Some(None);
    }
    let (day, time) = at.value.split_once(' ').unwrap_or((&at.value, ""));
    let on = measures::DAYS.iter().position(|d| *d == day).and_then(|n| Weekday::try_from(u8::try_from(n).ok()?).ok());
    let time = match time.trim() {
        "" | "opening" => Some(None),
        text => NaiveTime::parse_from_str(text, "%H:%M").ok().map(Some),
    };
    if let (Some(on), Some(at)) = (on, time) {
        return Some(Some(Weekly { on, at }));
    }
    let mend = "write weekly = \"mon 07:30\", \"fri opening\" or \"never\"";
    section.source().wrong(&at, format!("“{}” is no day of the week and time", at.value), mend);
    None
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
