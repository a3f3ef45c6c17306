//! What an administrator says about sending. Plain values; the configuration fills them.

use crate::secrets::SecretSource;
use crate::tls::Security;
use std::path::PathBuf;
use std::time::Duration;

/// `[smtp]`, of either kind.
#[allow(clippy::large_enum_variant)] // There is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutboxSettings {
    /// To a submission server.
    Smtp(SmtpSettings),
    /// Into a folder, a file a letter.
    Folder(PathBuf),
}

/// A submission server (RFC 6409).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmtpSettings {
    /// The server.
    pub host: String,
    /// Its port: usually 587 for STARTTLS, 465 for TLS.
    pub port: u16,
    /// STARTTLS or TLS.
    pub security: Security,
    /// Who logs in, and where the password lies; `None` where the server takes mail from this machine without.
    pub login: Option<(String, SecretSource)>,
    /// A private CA besides the system's.
    pub ca_file: Option<PathBuf>,
    /// Connections kept at most.
    pub connections: usize,
    /// Deadlines and waits.
    pub patience: Patience,
}

/// Deadlines of the SMTP conversation, and waits after failures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patience {
    /// For a connection and for the TLS handshake.
    pub connect: Duration,
    /// For the answer to a command.
    pub command: Duration,
    /// For the letter's bytes and the answer to the final dot. Short patience makes doubles here: the server may have
    /// taken the letter already (RFC 5321 4.5.3.2.6 asks for ten minutes).
    pub data: Duration,
    /// How long a connection is kept without a letter.
    pub idle: Duration,
    /// Letters over one connection.
    pub letters: u32,
    /// The first wait after a server could not be reached; it doubles.
    pub first_wait: Duration,
    /// The longest wait after that.
    pub longest_wait: Duration,
    /// The first wait after a refused login: quick repetition locks accounts.
    pub refused_wait: Duration,
    /// At shutdown, for the letter in hand.
    pub stop: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(20),
            command: Duration::from_secs(60),
            data: Duration::from_secs(600),
            idle: Duration::from_secs(20),
            letters: 500,
            first_wait: Duration::from_secs(2),
            longest_wait: Duration::from_secs(300),
            refused_wait: Duration::from_secs(120),
            stop: Duration::from_secs(3),
        }
    }
}
