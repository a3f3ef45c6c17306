//! What is fetched of messages: first what is small and safe to parse, then the bytes.
//!
//! Never ENVELOPE or BODYSTRUCTURE: servers make them up and some send what no parser takes (MailKit#919, #1446).
//! Each function gives back what came; what is missing is the caller's to ask for.

use super::session::Session;
use super::trouble::Trouble;
use super::uids;
use crate::domain::Timestamp;
use async_imap::imap_proto::{AttributeValue, Response};
use chrono::DateTime;
use std::collections::BTreeMap;
use std::time::Duration;

/// What is known of a message before its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Meta {
    pub(super) uid: u32,
    /// INTERNALDATE, where the server gave a real one.
    pub(super) received: Option<Timestamp>,
    /// RFC822.SIZE; some servers only estimate it.
    pub(super) size: u64,
}

/// What of a message's bytes is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bytes {
    /// All of them.
    Whole,
    /// Its header, the first 256 KiB of it.
    Header,
}

/// Dates and sizes of messages. A tagged `NO` is not an error here: what is missing shows it.
pub(super) async fn metas(session: &mut Session, wanted: &[u32], deadline: Duration) -> Result<Vec<Meta>, Trouble> {
    let mut found: BTreeMap<u32, Meta> = BTreeMap::new();
    let command = format!("UID FETCH {} (UID FLAGS INTERNALDATE RFC822.SIZE)", uids::set(wanted));
    let ended = session
        .run("FETCH", &command, deadline, |answer| {
            let Response::Fetch(_, attributes) = answer else { return };
            let (mut uid, mut received, mut size) = (None, None, None);
            for attribute in attributes {
                match attribute {
                    AttributeValue::Uid(n) => uid = Some(*n),
                    AttributeValue::InternalDate(text) => received = internal_date(text),
                    AttributeValue::Rfc822Size(n) => size = Some(u64::from(*n)),
                    _ => {}
                }
            }
            // Without a size it is another client's flag change (RFC 9051 7: untagged data at any time).
            if let (Some(uid), Some(size)) = (uid, size)
                && wanted.binary_search(&uid).is_ok()
            {
                found.insert(uid, Meta { uid, received, size });
            }
        })
        .await;
    incomplete_is_fine(ended)?;
    Ok(found.into_values().collect())
}

/// The bytes of messages. `BODY.PEEK` leaves `\Seen` alone. A tagged `NO` is not an error here: what is missing
/// shows it.
pub(super) async fn bodies(
    session: &mut Session,
    wanted: &[u32],
    bytes: Bytes,
    deadline: Duration,
) -> Result<BTreeMap<u32, Vec<u8>>, Trouble> {
    let item = match bytes {
        Bytes::Whole => "BODY.PEEK[]",
        Bytes::Header => "BODY.PEEK[HEADER]<0.262144>",
    };
    let mut found = BTreeMap::new();
    let command = format!("UID FETCH {} (UID {item})", uids::set(wanted));
    let ended = session
        .run("FETCH", &command, deadline, |answer| {
            let Response::Fetch(_, attributes) = answer else { return };
            let (mut uid, mut body) = (None, None);
            for attribute in attributes {
                match attribute {
                    AttributeValue::Uid(n) => uid = Some(*n),
                    AttributeValue::BodySection { data: Some(data), .. } => body = Some(data),
                    _ => {}
                }
            }
            if let (Some(uid), Some(body)) = (uid, body)
                && wanted.binary_search(&uid).is_ok()
            {
                found.insert(uid, body.to_vec());
            }
        })
        .await;
    incomplete_is_fine(ended)?;
    Ok(found)
}

fn incomplete_is_fine(ended: Result<(), Trouble>) -> Result<(), Trouble> {
    match ended {
        Ok(()) | Err(Trouble::Refused { .. }) => Ok(()),
        Err(other) => Err(other),
    }
}

/// ` 1-Nov-2026 08:15:00 -0600` (RFC 9051, `date-time`: the day may begin with a blank).
fn internal_date(text: &str) -> Option<Timestamp> {
    DateTime::parse_from_str(text.trim(), "%d-%b-%Y %H:%M:%S %z").ok().map(|d| d.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn internal_dates_with_a_blank_for_a_digit_are_dates() {
        let expected: Timestamp = "2026-11-01T14:15:00Z".parse().unwrap();
        assert_eq!(internal_date(" 1-Nov-2026 08:15:00 -0600"), Some(expected));
        assert_eq!(internal_date("01-Nov-2026 14:15:00 +0000"), Some(expected));
        assert_eq!(internal_date("31-Feb-2026 14:15:00 +0000"), None);
    }
}
