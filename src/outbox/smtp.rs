//! One kept connection to a submission server, driven command by command, each with a deadline.
//!
//! lettre's own `send` throws the connection away when a recipient is refused, its pool hands out connections amid an
//! answer after a timeout (the next letter then takes `354` for its success), and its timeout covers connecting only.
//! So `AsyncSmtpConnection` is driven here, and dropped at the least doubt.

use super::greet::{self, GreetTrouble};
use super::reply::{After, Outcome, Stage, failed, impossible, sent, silent, words};
use super::settings::SmtpSettings;
use crate::domain::letter::Letter;
use crate::secrets::{Secret, SecretTrouble};
use crate::tls::{TrustTrouble, client_config};
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use secrecy::ExposeSecret;
use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::time::timeout;

/// Bytes of a letter that are handed to the connection in one go; lettre copies each piece before it writes it.
const AT_ONCE: usize = 256 * 1024;

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub(super) enum ConnectTrouble {
    #[error(transparent)]
    Greet(#[from] GreetTrouble),
    #[error(transparent)]
    Trust(#[from] TrustTrouble),
    #[error(transparent)]
    Secret(#[from] SecretTrouble),
    #[error("the mail server refuses the login of {user} ({words}); check `user` and `password` under [smtp]")]
    Login { user: String, words: String },
    #[error("the mail server failed during {what}: {words}")]
    Failed { what: &'static str, words: String },
}

impl ConnectTrouble {
    /// Will it last until somebody changes something?
    pub(super) fn lasts(&self) -> bool {
        matches!(self, Self::Login { .. } | Self::Secret(_) | Self::Trust(_))
    }
}

/// A connection that is logged in.
pub(super) struct Connection {
    inner: AsyncSmtpConnection,
    command: Duration,
    data: Duration,
    /// Letters that were tried over it.
    pub(super) letters: u32,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection").field("letters", &self.letters).finish_non_exhaustive()
    }
}

impl Connection {
    /// Connects, encrypts, logs in.
    pub(super) async fn open(settings: &SmtpSettings) -> Result<Self, ConnectTrouble> {
        let patience = &settings.patience;
        let login = match &settings.login {
            Some((user, source)) => Some((user, Secret::resolve(source)?)),
            None => None,
        };
        let trust = client_config(settings.ca_file.as_deref())?;
        let hello = ClientId::default();
        let line = greet::connect(settings, trust, &hello).await?;
        let opening = AsyncSmtpConnection::connect_with_transport(Box::new(line), &hello);
        let mut inner = match timeout(patience.command, opening).await {
            Err(_) => return Err(no_answer("EHLO", patience.command)),
            Ok(opened) => opened.map_err(|e| ConnectTrouble::Failed { what: "EHLO", words: words(&e) })?,
        };
        if let Some((user, password)) = login {
            let credentials = Credentials::new(user.clone(), password.expose_secret().to_owned());
            match timeout(patience.command, inner.auth(DEFAULT_MECHANISMS, &credentials)).await {
                Err(_) => return Err(no_answer("AUTH", patience.command)),
                Ok(Ok(_)) => {}
                Ok(Err(e)) => {
                    let words = words(&e);
                    // 454 is a passing failure of the server's own (RFC 4954 6).
                    return Err(if e.is_permanent() || e.is_client() {
                        ConnectTrouble::Login { user: masked(user), words }
                    } else {
                        ConnectTrouble::Failed { what: "AUTH", words }
                    });
                }
            }
        }
        Ok(Self { inner, command: patience.command, data: patience.data, letters: 0 })
    }

    /// Hands over one letter. `body_begun` is set as soon as its bytes may be on the way, for whoever has to cut this
    /// off and must know whether the letter may have been taken.
    pub(super) async fn deliver(
        &mut self,
        letter: &Letter,
        pieces: &[Cow<'_, [u8]>],
        body_begun: &AtomicBool,
    ) -> Outcome {
        self.letters += 1;
        let (from, to) = match envelope(letter) {
            Ok(envelope) => envelope,
            Err(why) => return impossible(why),
        };
        let info = self.inner.server_info();
        let mut parameters = Vec::new();
        let plain_ascii = |a: &lettre::Address| a.user().is_ascii() && a.domain().is_ascii();
        if !plain_ascii(&to) || !from.as_ref().is_none_or(plain_ascii) {
            if !info.supports_feature(Extension::SmtpUtfEight) {
                return impossible(
                    "the address has letters beyond ASCII, and the mail server cannot write to such (no SMTPUTF8); \
                     reach the person another way"
                        .to_owned(),
                );
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        // Servers without 8BITMIME nearly all pass 8-bit bytes on as they are, and nothing better can be done with
        // a message that must not be changed: so they get it without the parameter.
        if !pieces.iter().all(|piece| piece.is_ascii()) && info.supports_feature(Extension::EightBitMime) {
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        if let Err(outcome) = self.envelope(from, to, parameters).await {
            return outcome;
        }
        // Each piece is a write of its own; a usual letter is one.
        let joined;
        let pieces = if pieces.iter().map(|piece| piece.len()).sum::<usize>() <= AT_ONCE {
            joined = [Cow::Owned(pieces.concat())];
            &joined
        } else {
            pieces
        };
        body_begun.store(true, Ordering::SeqCst);
        match timeout(self.data, self.inner.message_iter(pieces.iter().flat_map(|piece| piece.chunks(AT_ONCE)))).await {
            Err(_) => silent(Stage::Body, self.data.as_secs()),
            Ok(Err(e)) => failed(Stage::Body, &e),
            Ok(Ok(response)) => sent(&response),
        }
    }

    async fn envelope(
        &mut self,
        from: Option<lettre::Address>,
        to: lettre::Address,
        parameters: Vec<MailParameter>,
    ) -> Result<(), Outcome> {
        self.command(Mail::new(from, parameters)).await?;
        self.command(Rcpt::new(to, Vec::new())).await?;
        self.command(Data).await
    }

    async fn command(&mut self, command: impl std::fmt::Display) -> Result<(), Outcome> {
        match timeout(self.command, self.inner.command(command)).await {
            Err(_) => Err(silent(Stage::Envelope, self.command.as_secs())),
            Ok(Err(e)) => Err(failed(Stage::Envelope, &e)),
            Ok(Ok(_)) => Ok(()),
        }
    }

    /// Does what an outcome asks for; `None` when the connection is not to be used any more.
    pub(super) async fn after(mut self, outcome: &Outcome) -> Option<Self> {
        match outcome.connection {
            After::Keep => Some(self),
            After::Drop => None,
            After::Reset => match timeout(self.command, self.inner.command(Rset)).await {
                Ok(Ok(_)) => Some(self),
                _ => None,
            },
        }
    }

    /// Says goodbye; whether it is heard does not matter.
    pub(super) async fn quit(mut self) {
        let _ = timeout(Duration::from_secs(1), self.inner.quit()).await;
    }
}

/// Connects and logs in once, for `intaked check --online`.
///
/// # Errors
/// One sentence: what is wrong, where, and how to mend it.
pub async fn check_smtp(settings: &SmtpSettings) -> Result<(), String> {
    Connection::open(settings).await.map_err(|e| e.to_string())?.quit().await;
    Ok(())
}

fn envelope(letter: &Letter) -> Result<(Option<lettre::Address>, lettre::Address), String> {
    let read = |address: &crate::domain::text::Address| {
        address
            .as_str()
            .parse::<lettre::Address>()
            .map_err(|e| format!("{address} is not an address one can write to: {e}"))
    };
    Ok((letter.envelope_from.as_ref().map(read).transpose()?, read(&letter.to.address)?))
}

fn no_answer(what: &'static str, patience: Duration) -> ConnectTrouble {
    ConnectTrouble::Failed { what, words: format!("no answer within {} s", patience.as_secs()) }
}

fn masked(user: &str) -> String {
    crate::domain::text::Address::new(user).map_or_else(|| user.to_owned(), |a| a.masked())
}
