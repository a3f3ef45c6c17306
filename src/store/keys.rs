//! The keys of the desk's index: a letter for the table, then parts whose bytes sort as their values do.
//!
//! Knows nothing of what the keys hold. A part that is not the last one carries its length, so that no text can run
//! into the part after it and a prefix is always a whole part.

use crate::domain::{Timestamp, id::TaskId};
use chrono::{DateTime, Datelike, NaiveDate};
use sha2::{Digest, Sha256};
use smallvec::SmallVec;

/// The one record of where the index stands.
pub const STANDING: &[u8] = b"!";
/// Task number → task.
pub const TASK: u8 = b't';
/// Assignee, open or ended, task number.
pub const BY_ASSIGNEE: u8 = b'a';
/// Account, open or ended, task number.
pub const BY_ACCOUNT: u8 = b'c';
/// Request type, open or ended, task number.
pub const BY_TYPE: u8 = b'y';
/// Requester's address, task number → the task's account.
pub const BY_REQUESTER: u8 = b'q';
/// For whom the assignee stands in, task number; open tasks only.
pub const BY_LENDER: u8 = b'o';
/// Assignee, moment of the assignment, task number.
pub const ASSIGNED: u8 = b'e';
/// Account, last day of a term, task number → the term's page; open or over.
pub const BY_TERM: u8 = b'p';
/// Moment at which an account's policies have to be looked at, account.
pub const ACCOUNT_DUE: u8 = b'f';
/// Account → that moment.
pub const ACCOUNT_LOOK: u8 = b'k';
/// Person → absences.
pub const ABSENCES: u8 = b'x';
/// Task number; open tasks only.
pub const OPEN: u8 = b'O';
/// Task number; open tasks with a danger.
pub const IN_DANGER: u8 = b'H';
/// Moment from which it is late, task number; open tasks only.
pub const LATE: u8 = b'L';
/// Moment of the outcome, message.
pub const MESSAGE_AT: u8 = b'm';
/// Moment at which it was given up, letter.
pub const LETTER_FAILED: u8 = b'F';
/// Person → what they are still to be told.
pub const ROUND: u8 = b'r';
/// Next moment, person.
pub const ROUND_DUE: u8 = b'n';
/// Next moment, task number; open tasks only.
pub const TASK_DUE: u8 = b'd';
/// Letter → record.
pub const LETTER: u8 = b'l';
/// Moment, letter.
pub const LETTER_DUE: u8 = b'D';
/// Letter in state `Trying`.
pub const LETTER_TRYING: u8 = b'T';
/// Letter in state `Review`.
pub const LETTER_REVIEW: u8 = b'R';
/// Message-ID → letter.
pub const LETTER_BY_ID: u8 = b'j';
/// Address → moments at which letters to it were written.
pub const LETTERS_TO: u8 = b'w';
/// Mail domain → moments at which letters to it were written.
pub const LETTERS_TO_DOMAIN: u8 = b'W';
/// Message → record.
pub const MESSAGE: u8 = b'g';
/// Message-ID, message.
pub const MESSAGE_BY_ID: u8 = b'I';
/// Message-ID that staff's sent mail answers, that mail.
pub const ANSWER_TO: u8 = b'i';
/// Mailbox, folder, UIDVALIDITY, UID.
pub const SIGHTING: u8 = b's';
/// Mailbox, folder → cursor.
pub const CURSOR: u8 = b'u';
/// Account → record.
pub const ACCOUNT: u8 = b'A';
/// Contact's address, account.
pub const ACCOUNT_BY_ADDRESS: u8 = b'@';
/// Mail domain, account.
pub const ACCOUNT_BY_DOMAIN: u8 = b'M';
/// Folded policy number, account.
pub const ACCOUNT_BY_POLICY: u8 = b'P';
/// Folded name, account.
pub const ACCOUNT_BY_NAME: u8 = b'N';

/// Longest text that a key holds as it is; of a longer one (a stranger's Message-ID) it holds the digest.
const LONGEST: usize = 160;

/// The bytes of a key. Nearly every one fits into its place in a tree: to follow a pointer for each comparison, of which
/// every look takes a dozen, was what cost most.
pub type Bytes = SmallVec<[u8; 32]>;

/// A key that is being put together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key(Bytes);

impl Key {
    /// A key of a table.
    pub fn of(table: u8) -> Self {
        Self(SmallVec::from_slice(&[table]))
    }
    /// A text that more parts follow.
    pub fn text(mut self, text: &str) -> Self {
        match u8::try_from(text.len()) {
            Ok(length) if text.len() <= LONGEST => {
                self.0.push(length);
                self.0.extend_from_slice(text.as_bytes());
            }
            _ => {
                self.0.push(u8::MAX);
                self.0.extend_from_slice(&Sha256::digest(text.as_bytes()));
            }
        }
        self
    }
    /// A text that ends the key, read back with [`rest`].
    pub fn last(mut self, text: &str) -> Self {
        self.0.extend_from_slice(text.as_bytes());
        self
    }
    /// A number.
    pub fn number(mut self, n: u64) -> Self {
        self.0.extend_from_slice(&n.to_be_bytes());
        self
    }
    /// A small number.
    pub fn small(mut self, n: u32) -> Self {
        self.0.extend_from_slice(&n.to_be_bytes());
        self
    }
    /// Yes or no; no sorts first.
    pub fn flag(mut self, yes: bool) -> Self {
        self.0.push(u8::from(yes));
        self
    }
    /// A day; earlier ones sort first.
    pub fn day(self, day: NaiveDate) -> Self {
        self.small(day.num_days_from_ce().cast_unsigned() ^ (1 << 31))
    }
    /// A moment; earlier ones sort first, those before 1970 too.
    pub fn moment(mut self, at: Timestamp) -> Self {
        self.0.extend_from_slice(&moment_bytes(at));
        self
    }
    /// The bytes.
    pub fn bytes(self) -> Bytes {
        self.0
    }
}

/// The bytes of a moment: seconds with the sign turned, nanoseconds.
pub fn moment_bytes(at: Timestamp) -> [u8; 12] {
    let seconds = at.timestamp().cast_unsigned() ^ (1 << 63);
    let mut out = [0; 12];
    let both = seconds.to_be_bytes().into_iter().chain(at.timestamp_subsec_nanos().to_be_bytes());
    for (to, from) in out.iter_mut().zip(both) {
        *to = from;
    }
    out
}

/// The moment in the first twelve bytes.
pub fn moment_of(bytes: &[u8]) -> Option<Timestamp> {
    let (seconds, rest) = bytes.split_first_chunk::<8>()?;
    let nanos = rest.first_chunk::<4>()?;
    let seconds = (u64::from_be_bytes(*seconds) ^ (1 << 63)).cast_signed();
    DateTime::from_timestamp(seconds, u32::from_be_bytes(*nanos))
}

/// The number in the last eight bytes of a key.
pub fn number_of(key: &[u8]) -> Option<u64> {
    key.last_chunk::<8>().map(|b| u64::from_be_bytes(*b))
}

/// The task number in the last eight bytes of a key.
pub fn task_of(key: &[u8]) -> Option<TaskId> {
    number_of(key).map(TaskId)
}

/// The text that stands after a prefix of `length` bytes.
pub fn rest(key: &[u8], length: usize) -> Option<&str> {
    key.get(length..).and_then(|b| std::str::from_utf8(b).ok())
}

/// The day in the first four bytes.
pub fn day_of(bytes: &[u8]) -> Option<NaiveDate> {
    let days = u32::from_be_bytes(*bytes.first_chunk::<4>()?) ^ (1 << 31);
    NaiveDate::from_num_days_from_ce_opt(days.cast_signed())
}

/// A key in words, for a report; the parts of it that are addresses are left out.
pub fn described(key: &[u8]) -> String {
    let (table, rest) = key.split_first().map_or((0, &[][..]), |(t, r)| (*t, r));
    let text = || String::from_utf8_lossy(rest).into_owned();
    let task = || task_of(key).map_or_else(|| "a task".to_owned(), |t| t.to_string());
    match table {
        b'!' => "where it stands".to_owned(),
        TASK => format!("task {}", task()),
        BY_ASSIGNEE | BY_ACCOUNT | BY_TYPE | TASK_DUE | OPEN | IN_DANGER | LATE | BY_REQUESTER | BY_LENDER
        | ASSIGNED | BY_TERM => {
            format!("an entry that finds task {}", task())
        }
        LETTER => format!("letter {}", text()),
        LETTER_DUE => {
            format!("the due moment of letter {}", String::from_utf8_lossy(rest.get(12..).unwrap_or_default()))
        }
        LETTER_TRYING | LETTER_REVIEW => format!("the state of letter {}", text()),
        LETTER_BY_ID => "a letter's Message-ID".to_owned(),
        LETTERS_TO | LETTERS_TO_DOMAIN => "the times of letters to somebody".to_owned(),
        MESSAGE => format!("message {}", text()),
        MESSAGE_AT => "when a message got its outcome".to_owned(),
        LETTER_FAILED => "when a letter was given up".to_owned(),
        MESSAGE_BY_ID => "a message's Message-ID".to_owned(),
        SIGHTING => format!("the sighting of UID {}", number_of(key).unwrap_or_default()),
        CURSOR => "a folder's cursor".to_owned(),
        ROUND => format!("what {} is still to be told", text()),
        ROUND_DUE => "when somebody is told".to_owned(),
        ACCOUNT_DUE | ACCOUNT_LOOK => "when an account's policies are looked at".to_owned(),
        ABSENCES => format!("the absences of {}", text()),
        ACCOUNT => format!("account {}", text()),
        ACCOUNT_BY_ADDRESS | ACCOUNT_BY_DOMAIN | ACCOUNT_BY_POLICY | ACCOUNT_BY_NAME => {
            "an entry that finds an account".to_owned()
        }
        _ => format!("{} bytes of an unknown kind", key.len()),
    }
}

/// The first key behind every key that begins with `prefix`.
pub fn behind(prefix: &[u8]) -> Bytes {
    let mut end = Bytes::from_slice(prefix);
    while let Some(last) = end.pop() {
        if last < u8::MAX {
            end.push(last + 1);
            break;
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    #[test]
    fn moments_sort_as_time_does_even_before_1970() {
        let at = |s, n| chrono::Utc.timestamp_opt(s, n).unwrap();
        let moments = [at(-5, 999), at(-1, 0), at(0, 0), at(0, 1), at(1, 0), at(1_795_000_000, 5)];
        for pair in moments.windows(2) {
            assert!(moment_bytes(pair[0]) < moment_bytes(pair[1]));
        }
        for m in moments {
            assert_eq!(moment_of(&moment_bytes(m)), Some(m));
        }
    }
    #[test]
    fn one_text_never_runs_into_the_next_part() {
        let a = Key::of(MESSAGE_BY_ID).text("a").last("bc").bytes();
        assert!(!a.starts_with(&Key::of(MESSAGE_BY_ID).text("ab").bytes()));
    }
    #[test]
    fn a_message_id_of_a_megabyte_makes_a_short_key() {
        let long = "x".repeat(1 << 20);
        assert!(Key::of(MESSAGE_BY_ID).text(&long).bytes().len() < 64);
        assert_ne!(Key::of(MESSAGE_BY_ID).text(&long).bytes(), Key::of(MESSAGE_BY_ID).text(&long[1..]).bytes());
    }
    #[test]
    fn behind_a_prefix_lies_nothing_of_it() {
        assert_eq!(behind(b"ab").as_slice(), b"ac");
        assert_eq!(behind(&[1, 255, 255]).as_slice(), [2]);
    }
}
