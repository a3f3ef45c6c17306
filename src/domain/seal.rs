//! Seals: short marks behind a task's reference that only this daemon can make. Pure; the secret is handed in.
//!
//! Two kinds, told apart by their length. A *thread seal* says “this reference stood in a letter of ours about this
//! task”. A *personal seal* says so, too, and to whom the letter was: who shows it may say what is to be done.

use super::id::{PersonId, TaskId};
use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::fmt;

/// Bytes of a thread seal: eight letters. It only leads to a task; who may join is asked besides.
const THREAD: usize = 5;
/// Bytes of a personal seal: sixteen letters, nothing to be guessed over mail.
const PERSONAL: usize = 10;

/// The secret by which seals are made. Prints nothing of itself.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct SealKey(Option<[u8; 32]>);

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "SealKey(…)" } else { "SealKey(none)" })
    }
}

/// A reference to a task as letters carry it: in a subject (`[T-1042-k3f9x2mq]`) or in a reply address
/// (`service+t1042-k3f9x2mq@…`). What is behind the number may be anybody's invention until a [`SealKey`] has seen it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Reference {
    /// Which task.
    pub task: TaskId,
    /// The letters behind its number, in lower case.
    pub seal: Option<String>,
}

impl Reference {
    /// Reads `1042` or `1042-k3f9x2mq`: what stands behind `T-` or `+t`.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let (number, seal) = text.split_once('-').map_or((text, None), |(n, s)| (n, Some(s)));
        if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let sound = |s: &str| !s.is_empty() && s.len() <= 40 && s.bytes().all(|b| b.is_ascii_alphanumeric());
        let seal = match seal {
            Some(s) if sound(s) => Some(s.to_ascii_lowercase()),
            Some(_) => return None,
            None => None,
        };
        Some(Self { task: TaskId(number.parse().ok()?), seal })
    }

    /// Whether its seal has the length of one of ours, whatever it is worth.
    #[must_use]
    pub fn looks_sealed(&self) -> bool {
        self.seal.as_ref().is_some_and(|s| s.len() == THREAD * 8 / 5) || self.looks_personal()
    }

    /// Whether its seal has the length of a personal one, whatever it is worth.
    #[must_use]
    pub fn looks_personal(&self) -> bool {
        self.seal.as_ref().is_some_and(|s| s.len() == PERSONAL * 8 / 5)
    }
}

impl fmt::Display for Reference {
    /// As a subject shows it, brackets aside.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.seal {
            Some(seal) => write!(f, "{}-{seal}", self.task),
            None => write!(f, "{}", self.task),
        }
    }
}

impl SealKey {
    /// Seals are made by this secret.
    #[must_use]
    pub fn new(secret: [u8; 32]) -> Self {
        Self(Some(secret))
    }

    /// Whether there is a secret at all.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.0.is_some()
    }

    /// The reference for a thread with somebody outside; without a seal where there is no secret.
    #[must_use]
    pub fn thread(&self, task: TaskId) -> Reference {
        Reference { task, seal: self.made(task, None, THREAD) }
    }

    /// The reference for a letter to one member of staff.
    #[must_use]
    pub fn personal(&self, task: TaskId, person: &PersonId) -> Reference {
        Reference { task, seal: self.made(task, Some(person), PERSONAL) }
    }

    /// Whether this daemon made the seal for that task's thread.
    #[must_use]
    pub fn is_of_thread(&self, reference: &Reference) -> bool {
        self.holds(reference, None, THREAD)
    }

    /// Whether this daemon made the seal for that task and that person.
    #[must_use]
    pub fn is_of(&self, reference: &Reference, person: &PersonId) -> bool {
        self.holds(reference, Some(person), PERSONAL)
    }

    /// RFC 2104 over what the seal is bound to. The pieces cannot run into each other: numbers hold no NUL.
    fn mac(&self, task: TaskId, person: Option<&PersonId>) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.as_ref()?).ok()?;
        mac.update(if person.is_some() { b"intaked personal 1\0" } else { b"intaked thread 1\0" });
        mac.update(task.0.to_string().as_bytes());
        if let Some(person) = person {
            mac.update(b"\0");
            mac.update(person.as_str().as_bytes());
        }
        Some(mac)
    }

    fn made(&self, task: TaskId, person: Option<&PersonId>, bytes: usize) -> Option<String> {
        let whole = self.mac(task, person)?.finalize().into_bytes();
        Some(BASE32_NOPAD.encode(whole.get(..bytes)?).to_ascii_lowercase())
    }

    /// Compared without telling by its time how much was right.
    fn holds(&self, reference: &Reference, person: Option<&PersonId>, bytes: usize) -> bool {
        let Some(seal) = &reference.seal else { return false };
        let Ok(said) = BASE32_NOPAD.decode(seal.to_ascii_uppercase().as_bytes()) else { return false };
        said.len() == bytes && self.mac(reference.task, person).is_some_and(|m| m.verify_truncated_left(&said).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> SealKey {
        SealKey::new([7; 32])
    }

    #[test]
    fn a_seal_holds_for_its_task_and_person_only() {
        let ana = key().personal(TaskId(1042), &"ana".into());
        assert!(ana.looks_personal() && key().is_of(&ana, &"ana".into()));
        assert!(!key().is_of(&ana, &"ben".into()) && !key().is_of_thread(&ana));
        assert!(!key().is_of(&Reference { task: TaskId(1043), ..ana.clone() }, &"ana".into()));
        assert!(!SealKey::new([8; 32]).is_of(&ana, &"ana".into()), "another daemon's secret");
        let thread = key().thread(TaskId(1042));
        assert!(key().is_of_thread(&thread) && !thread.looks_personal() && !key().is_of(&thread, &"ana".into()));
    }
    #[test]
    fn a_shortened_or_empty_seal_is_none() {
        let ana = key().personal(TaskId(1), &"ana".into());
        let seal = ana.seal.unwrap();
        for n in 0..seal.len() {
            let short = Reference { task: TaskId(1), seal: Some(seal[..n].to_owned()) };
            assert!(!key().is_of(&short, &"ana".into()), "{n}");
        }
        assert!(!key().is_of(&Reference { task: TaskId(1), seal: None }, &"ana".into()));
    }
    #[test]
    fn without_a_secret_nothing_is_sealed_and_nothing_holds() {
        let none = SealKey::default();
        assert_eq!(none.thread(TaskId(5)).to_string(), "T-5");
        assert!(!none.is_of_thread(&key().thread(TaskId(5))));
        assert_eq!(format!("{:?}", key()), "SealKey(…)", "a secret does not print itself");
    }
    #[test]
    fn what_is_shown_is_read_again_in_whatever_case() {
        let shown = key().thread(TaskId(77)).to_string();
        let read = Reference::read(&shown.to_uppercase()[2..]).unwrap();
        assert!(key().is_of_thread(&read), "{shown}");
        for bad in ["", "-", "7-", "x7", "7-a b", "7-ä", "99999999999999999999999", "7-a-b"] {
            assert_eq!(Reference::read(bad), None, "{bad}");
        }
    }
}
