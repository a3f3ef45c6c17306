//! The digest by which a decision says under which people, calendar, modes and caps it was made.

use super::Config;
use crate::domain::text::hex;
use sha2::{Digest, Sha256};

/// Digest of everything in the configuration that a decision depends on; comments, passwords and servers do not count.
pub(super) fn of(c: &Config) -> String {
    let said = serde_json::json!({
        "agency": c.agency,
        // A calendar prints itself whole; it has no other form that could be written down.
        "calendar": format!("{:?}", c.calendar),
        "people": c.people,
        "duty": c.duty,
        "rota": c.rota,
        "partners": c.partners,
        "mode": c.mode,
        "modes": c.mode_of,
        "caps": c.letters.caps,
        "sent": c.mailboxes.iter().map(|m| match m {
            crate::inbox::Watched::Imap(m) => m.sent.clone(),
            crate::inbox::Watched::Maildir(_) => Vec::new(),
        }).collect::<Vec<_>>(),
        "digest": c.digest,
        "weekly": c.weekly.map(|w| (w.on.to_string(), w.at)),
        "watched": c.watched(),
        "heartbeat": c.heartbeat.mail,
        "authserv_id": c.answers.authserv_id,
        "plus_addressing": c.answers.plus_addressing,
        "attach_original": c.letters.attach_original,
        "gather": c.letters.gather.num_seconds(),
        "retry": c.letters.retry.waits.iter().map(chrono::Duration::num_seconds).collect::<Vec<_>>(),
        "give_up_after": c.letters.retry.give_up_after.num_seconds(),
    });
    hex(&Sha256::digest(said.to_string().as_bytes()), 8)
}
