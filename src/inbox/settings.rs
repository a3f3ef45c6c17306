//! What an administrator says about a mailbox. Plain values; the configuration fills them.

use crate::domain::{Timestamp, id::MailboxId};
use crate::secrets::SecretSource;
use crate::tls::Security;
use std::path::PathBuf;
use std::time::Duration;

/// A `[[mailbox]]`, of either kind.
#[allow(clippy::large_enum_variant)] // There is a handful of them, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Watched {
    /// On a mail server.
    Imap(MailboxSettings),
    /// A folder of files.
    Maildir(MaildirSettings),
}

impl Watched {
    /// Its name in the configuration.
    #[must_use]
    pub fn name(&self) -> &MailboxId {
        match self {
            Self::Imap(m) => &m.name,
            Self::Maildir(m) => &m.name,
        }
    }
}

/// A mailbox on an IMAP server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailboxSettings {
    /// Its name in the configuration.
    pub name: MailboxId,
    /// The server.
    pub host: String,
    /// Its port: usually 993 for TLS, 143 for STARTTLS.
    pub port: u16,
    /// TLS or STARTTLS.
    pub security: Security,
    /// Who logs in.
    pub user: String,
    /// Where the password lies.
    pub password: SecretSource,
    /// A private CA besides the system's.
    pub ca_file: Option<PathBuf>,
    /// The folders to watch, as people write them; one connection each.
    pub folders: Vec<String>,
    /// Folders of mail that staff sent themselves: watched, too, and left as they are.
    pub sent: Vec<String>,
    /// What is done to a message once its outcome is durable.
    pub settled: Settled,
    /// Messages that the server took in before this moment are not ours. `None`: those that are there when the
    /// mailbox is first opened are not.
    pub since: Option<Timestamp>,
    /// How often to look even where nothing is announced.
    pub poll: Duration,
    /// Over this many bytes only the header of a message is fetched.
    pub max_message: u64,
    /// Deadlines.
    pub patience: Patience,
}

/// A mailbox in a folder of files (<https://cr.yp.to/proto/maildir.html>).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaildirSettings {
    /// Its name in the configuration.
    pub name: MailboxId,
    /// The folder that has `new` and `cur` in it.
    pub path: PathBuf,
    /// What is done to a message once its outcome is durable. `Keyword`: moved from `new` to `cur` with the flag S
    /// (a Maildir has no words for flags); `Move`: into that subfolder (`.Name`, Maildir++).
    pub settled: Settled,
    /// Files older than this are not ours. `None`: all are.
    pub since: Option<Timestamp>,
    /// How often to look.
    pub poll: Duration,
    /// Over this many bytes only the header of a message is read.
    pub max_message: u64,
}

/// What is done to a message once its outcome is durable. Nothing is ever deleted.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Settled {
    /// It gets this keyword.
    Keyword(String),
    /// It is moved to this folder.
    Move(String),
    /// It stays as it is; the cursor alone knows.
    Leave,
}

/// Deadlines of the IMAP conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patience {
    /// For a connection and for the TLS handshake.
    pub connect: Duration,
    /// For one read or write, and for the answer to a small command.
    pub command: Duration,
    /// For a batch of bodies, however they trickle in.
    pub batch: Duration,
    /// For the answer to IDLE and to DONE.
    pub idle_answer: Duration,
    /// An IDLE is begun anew after this long at the latest. RFC 2177 allows 29 minutes; routers forget a silent
    /// connection much sooner.
    pub idle: Duration,
    /// The first wait after a failure; it doubles.
    pub first_wait: Duration,
    /// The longest wait after a failure.
    pub longest_wait: Duration,
    /// The first wait after a refused login: quick repetition locks accounts.
    pub refused_wait: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(20),
            command: Duration::from_secs(60),
            batch: Duration::from_secs(600),
            idle_answer: Duration::from_secs(15),
            idle: Duration::from_secs(300),
            first_wait: Duration::from_secs(1),
            longest_wait: Duration::from_secs(300),
            refused_wait: Duration::from_secs(120),
        }
    }
}
