//! What can go wrong with a session, in words for a person and never with a message's text in them.

use crate::secrets::SecretTrouble;
use crate::tls::TrustTrouble;
use crate::tls::dial::DialTrouble;
use std::io;

/// Why a session ended or did not begin.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The server was not reached.
    #[error(transparent)]
    Dial(#[from] DialTrouble),
    /// No certificates to judge by.
    #[error(transparent)]
    Trust(#[from] TrustTrouble),
    /// No password.
    #[error(transparent)]
    Secret(#[from] SecretTrouble),
    /// User and password were refused.
    #[error("{at} refuses the login of {user} ({words}); check `user` and `password`")]
    Login {
        /// Host and port.
        at: String,
        /// Who.
        user: String,
        /// The server's words.
        words: String,
    },
    /// The server answered NO or BAD.
    #[error("the server refused {what}: {words}")]
    Refused {
        /// Which command, without its arguments.
        what: &'static str,
        /// The server's words.
        words: String,
    },
    /// The server lacks something that is needed.
    #[error("{0}")]
    Unfit(String),
    /// The connection ended.
    #[error("the connection was lost during {what} ({why})")]
    Lost {
        /// During which command.
        what: &'static str,
        /// What was seen of it.
        why: String,
    },
    /// A deadline ran out.
    #[error("no answer to {what} within {seconds} s")]
    Silent {
        /// Which command.
        what: &'static str,
        /// How long it was waited.
        seconds: u64,
    },
    /// An answer that no IMAP parser understands. The bytes are not repeated: they may be somebody's mail.
    #[error("the server's answer to {what} cannot be understood")]
    Unreadable {
        /// Which command.
        what: &'static str,
    },
    /// The other side of the house failed; nothing of the batch was marked.
    #[error("messages could not be recorded: {0:#}")]
    Intake(anyhow::Error),
}

impl Trouble {
    /// What an error of the connection says about it. async-imap puts the unparsable bytes into the error, which
    /// therefore must not reach a log.
    pub(super) fn from_io(what: &'static str, e: &io::Error) -> Self {
        match e.kind() {
            io::ErrorKind::Other if e.get_ref().is_some_and(|i| i.to_string().contains("during parsing of")) => {
                Self::Unreadable { what }
            }
            io::ErrorKind::UnexpectedEof => {
                Self::Lost { what, why: "the server closed it in the middle of an answer".to_owned() }
            }
            io::ErrorKind::TimedOut => Self::Lost { what, why: "the server fell silent".to_owned() },
            _ => Self::Lost { what, why: e.to_string() },
        }
    }

    pub(super) fn from_imap(what: &'static str, e: &async_imap::error::Error) -> Self {
        use async_imap::error::Error as E;
        match e {
            E::Io(e) => Self::from_io(what, e),
            E::No(words) | E::Bad(words) => Self::Refused { what, words: plain(information(words)) },
            E::ConnectionLost => Self::Lost { what, why: "the server closed it".to_owned() },
            E::Parse(_) => Self::Unreadable { what },
            _ => Self::Lost { what, why: "the command could not be written".to_owned() },
        }
    }
}

/// The server's words within async-imap's (`code: None, info: Some("…")`).
fn information(words: &str) -> &str {
    words.split_once("info: Some(\"").and_then(|(_, rest)| rest.strip_suffix("\")")).unwrap_or(words)
}

/// A server's words as a log may hold them: one line, no control characters, not endless.
pub(super) fn plain(words: &str) -> String {
    let clean = crate::domain::text::HeaderText::new(words);
    crate::domain::text::cut(clean.as_str(), 300).to_owned()
}
