//! One record of the journal as bytes. Knows no files.
//!
//! ```text
//! mark      4  0xAB 'i' 'j' and the format's version
//! lengths   8  of envelope and payload, big-endian
//! checksum  4  CRC-32 of lengths, envelope and payload
//! envelope     JSON: sequence, time, kind, tasks, actor, digest of the payload, hash of the envelope before
//! payload      16 bytes of salt, then the decision as JSON
//! ```
//!
//! The envelopes are the chain. A payload may be purged or sealed later and the chain still holds; its salt goes with
//! it, so that what was purged cannot be guessed from its digest.

use super::{super::json, Hash};
use crate::domain::{
    Timestamp,
    decision::{Cause, Decision, Sequence},
    id::TaskId,
    text,
};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{collections::BTreeSet, io::Write};

/// The version of this format.
const FORMAT: u8 = 1;
/// How a record begins; no JSON holds the first byte.
pub const MARK: [u8; 4] = [0xAB, b'i', b'j', FORMAT];
/// Bytes before the envelope.
pub const HEADER: usize = 16;
/// Bytes of salt before the decision.
const SALT: usize = 16;

/// What is known of a decision without its payload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// Its position.
    pub sequence: Sequence,
    /// When.
    pub at: Timestamp,
    /// What set it off.
    pub kind: String,
    /// The tasks it speaks of.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub tasks: BTreeSet<TaskId>,
    /// The person who wanted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// SHA-256 of salt and decision, hex.
    pub payload: String,
    /// SHA-256 of the envelope before, hex.
    pub before: String,
    /// Every record up to this one was durable when this one was written. So one that is not readable and not higher
    /// than this was damaged later; it is no write that a crash cut off.
    pub durable: Sequence,
}

/// A record whose checksum is right.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    /// The envelope's JSON.
    pub envelope: &'a [u8],
    /// Salt and decision.
    pub payload: &'a [u8],
}

/// Why bytes are no record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Flaw {
    /// They end too early.
    Short,
    /// They are something else, or were changed.
    Wrong(String),
    /// They are written in this later format.
    Newer(u8),
}

impl Flaw {
    /// In words.
    pub fn words(&self) -> String {
        match self {
            Self::Short => "the file ends within a record".to_owned(),
            Self::Wrong(why) => why.clone(),
            Self::Newer(format) => {
                format!("it is written in format {format}, and this intaked reads format {FORMAT}; start the newer one")
            }
        }
    }
}

fn wrong(why: impl Into<String>) -> Flaw {
    Flaw::Wrong(why.into())
}

fn number(bytes: &[u8]) -> Option<u32> {
    bytes.first_chunk::<4>().map(|b| u32::from_be_bytes(*b))
}

/// The lengths of envelope and payload, from a header.
pub fn lengths(header: &[u8]) -> Result<(usize, usize), Flaw> {
    let (mark, rest) = header.split_at_checked(MARK.len()).ok_or(Flaw::Short)?;
    if mark != MARK {
        return Err(match mark {
            [0xAB, b'i', b'j', newer] => Flaw::Newer(*newer),
            _ => wrong("no record begins here"),
        });
    }
    let envelope = number(rest).ok_or(Flaw::Short)?;
    let payload = rest.get(4..).and_then(number).ok_or(Flaw::Short)?;
    Ok((envelope as usize, payload as usize))
}

/// The record at the beginning of `bytes`.
pub fn parse(bytes: &[u8]) -> Result<Record<'_>, Flaw> {
    let (envelope, payload) = lengths(bytes)?;
    let stated = bytes.get(12..).and_then(number).ok_or(Flaw::Short)?;
    let (header, rest) = bytes.split_at_checked(HEADER).ok_or(Flaw::Short)?;
    let (envelope, rest) = rest.split_at_checked(envelope).ok_or(Flaw::Short)?;
    let (payload, _) = rest.split_at_checked(payload).ok_or(Flaw::Short)?;
    let mut sum = crc32fast::Hasher::new();
    sum.update(header.get(4..12).unwrap_or_default());
    sum.update(envelope);
    sum.update(payload);
    if sum.finalize() == stated { Ok(Record { envelope, payload }) } else { Err(wrong("its checksum does not fit")) }
}

impl<'a> Record<'a> {
    /// The record's length in bytes.
    pub fn length(&self) -> u64 {
        (HEADER + self.envelope.len() + self.payload.len()) as u64
    }
    /// The envelope.
    pub fn open(&self) -> Result<Envelope, Flaw> {
        serde_json::from_slice(self.envelope).map_err(|e| wrong(format!("its envelope cannot be read: {e}")))
    }
    /// The hash that the next envelope must name.
    pub fn hash(&self) -> Hash {
        Sha256::digest(self.envelope).into()
    }
    /// The decision, or a part of it.
    pub fn decision<T: Deserialize<'a>>(&self) -> Result<T, Flaw> {
        let json = self.payload.get(SALT..).ok_or_else(|| wrong("its payload is too short"))?;
        serde_json::from_slice(json).map_err(|e| wrong(format!("its decision cannot be read: {e}")))
    }
    /// Whether the payload is the one that the envelope was written with.
    pub fn fits(&self, envelope: &Envelope) -> bool {
        hex(&Sha256::digest(self.payload)) == envelope.payload
    }
}

/// The one record that goes on from a head, appended to `out`. `scratch` is only there to be used again.
pub fn append(
    out: &mut Vec<u8>,
    scratch: &mut Vec<u8>,
    decision: &Decision,
    link: &Link,
    salt: [u8; SALT],
) -> std::io::Result<Hash> {
    scratch.clear();
    scratch.extend_from_slice(&salt);
    json::append(scratch, decision)?;
    let envelope = Envelope {
        sequence: link.sequence,
        at: decision.at,
        kind: kind(&decision.cause).to_owned(),
        tasks: tasks_named(decision),
        actor: actor(&decision.cause),
        payload: hex(&Sha256::digest(scratch.as_slice())),
        before: hex(&link.before),
        durable: link.durable,
    };
    let start = out.len();
    out.extend_from_slice(&[0; HEADER]);
    json::append(out, &envelope)?;
    let json = out.get(start + HEADER..).unwrap_or_default();
    let hash: Hash = Sha256::digest(json).into();
    let too_long = |_| std::io::Error::other("a decision of more than 4 GiB cannot be written");
    let envelope_length = u32::try_from(json.len()).map_err(too_long)?.to_be_bytes();
    let payload_length = u32::try_from(scratch.len()).map_err(too_long)?.to_be_bytes();
    let mut sum = crc32fast::Hasher::new();
    sum.update(&envelope_length);
    sum.update(&payload_length);
    sum.update(json);
    sum.update(scratch);
    if let Some(mut header) = out.get_mut(start..start + HEADER) {
        for part in [MARK, envelope_length, payload_length, sum.finalize().to_be_bytes()] {
            header.write_all(&part)?;
        }
    }
    out.extend_from_slice(scratch);
    Ok(hash)
}

/// What ties a record to the one before.
#[derive(Debug, Clone, Copy)]
pub struct Link {
    /// Its position.
    pub sequence: Sequence,
    /// The hash of the envelope before.
    pub before: Hash,
    /// The last durable position.
    pub durable: Sequence,
}

fn kind(cause: &Cause) -> &'static str {
    match cause {
        Cause::Message(_) => "message",
        Cause::Person(_) => "person",
        Cause::Clock => "clock",
        Cause::Outbox => "outbox",
        Cause::Inbox => "inbox",
        Cause::Import(_) => "import",
        Cause::Reload => "reload",
    }
}

fn actor(cause: &Cause) -> Option<String> {
    match cause {
        Cause::Person(p) | Cause::Import(p) => Some(p.to_string()),
        _ => None,
    }
}

/// The tasks that a decision names, in its events and its letters.
pub fn tasks_named(decision: &Decision) -> BTreeSet<TaskId> {
    let of_letters = decision.letters.iter().flat_map(|l| l.tasks.iter().copied());
    decision.events.iter().filter_map(crate::domain::event::Event::task).chain(of_letters).collect()
}

/// A hash as it is shown and kept.
pub fn hex(hash: &[u8]) -> String {
    text::hex(hash, hash.len())
}

/// The hash that [`hex`] wrote.
pub fn unhex(text: &str) -> Option<Hash> {
    HEXLOWER.decode(text.as_bytes()).ok()?.try_into().ok()
}
