//! From nothing to a logged-in session: dial, TLS or STARTTLS, greeting, LOGIN, CAPABILITY, ID.

use super::session::{Session, Wire};
use super::trouble::{Trouble, plain};
use crate::inbox::settings::MailboxSettings;
use crate::secrets::Secret;
use crate::tls::{Security, dial};
use async_imap::Client;
use async_imap::imap_proto::{Response, Status};
use rustls::ClientConfig;
use secrecy::ExposeSecret;
use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, BufWriter};
use tokio::time::timeout;

/// Logs in.
pub(super) async fn login(mailbox: &MailboxSettings, trust: Arc<ClientConfig>) -> Result<Session, Trouble> {
    let patience = &mailbox.patience;
    let at = dial::at(&mailbox.host, mailbox.port);
    let password = Secret::resolve(&mailbox.password)?;
    let tcp = dial::tcp(&mailbox.host, mailbox.port, patience.connect).await?;
    let tls = async |tcp| dial::tls(tcp, &mailbox.host, mailbox.port, trust, patience.connect).await;
    let mut client = match mailbox.security {
        Security::Tls => {
            let mut client = Client::new(BufWriter::new(tls(tcp).await?));
            greeting(&mut client, patience.connect).await?;
            client
        }
        Security::StartTls => {
            let mut plain = Client::new(tcp);
            greeting(&mut plain, patience.connect).await?;
            timeout(patience.command, plain.run_command_and_check_ok("STARTTLS", None))
                .await
                .map_err(|_| Trouble::Silent { what: "STARTTLS", seconds: patience.command.as_secs() })?
                .map_err(|e| match Trouble::from_imap("STARTTLS", &e) {
                    Trouble::Refused { words, .. } => Trouble::Unfit(format!(
                        "{at} does not offer STARTTLS ({words}); use security = \"tls\" and its port, usually 993"
                    )),
                    other => other,
                })?;
            // What was buffered of the unencrypted conversation goes with the client: nothing that somebody slipped
            // in before the handshake is read after it.
            Client::new(BufWriter::new(tls(plain.into_inner()).await?))
        }
    };
    client.get_mut().get_mut().set_read_patience(Some(patience.command));
    let inner = authenticate(client, mailbox, password.expose_secret(), &at).await?;
    let mut session = Session::new(inner, patience.command, patience.idle_answer);
    session.ask_capabilities().await?;
    if session.can("ID") {
        // RFC 2971: some servers (163.com) refuse SELECT before it. A refusal is nobody's trouble.
        let id = format!("ID (\"name\" \"intaked\" \"version\" \"{}\")", env!("CARGO_PKG_VERSION"));
        match session.simply("ID", &id).await {
            Ok(()) | Err(Trouble::Refused { .. }) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(session)
}

/// Reads the server's first word. `PREAUTH` is refused: nobody has proved who they are.
async fn greeting<T>(client: &mut Client<T>, patience: Duration) -> Result<(), Trouble>
where
    T: AsyncRead + AsyncWrite + Unpin + Debug + Send,
{
    const WHAT: &str = "the greeting";
    let answer = timeout(patience, client.read_response())
        .await
        .map_err(|_| Trouble::Silent { what: WHAT, seconds: patience.as_secs() })?
        .map_err(|e| Trouble::from_io(WHAT, &e))?;
    let Some(answer) = answer else {
        return Err(Trouble::Lost { what: WHAT, why: "the server closed it".to_owned() });
    };
    match answer.parsed() {
        Response::Data { status: Status::Ok, .. } => Ok(()),
        Response::Data { status: Status::Bye, outcome } => Err(Trouble::Lost {
            what: WHAT,
            why: format!("the server said goodbye: {}", plain(outcome.information.as_deref().unwrap_or(""))),
        }),
        _ => Err(Trouble::Unreadable { what: WHAT }),
    }
}

async fn authenticate(
    client: Client<Wire>,
    mailbox: &MailboxSettings,
    password: &str,
    at: &str,
) -> Result<async_imap::Session<Wire>, Trouble> {
    let patience = mailbox.patience.command;
    let talk = async {
        // A quoted string holds ASCII only (RFC 3501); other passwords go by SASL PLAIN, which is UTF-8 (RFC 4616).
        if password.is_ascii() && mailbox.user.is_ascii() {
            client.login(&mailbox.user, password).await
        } else {
            client.authenticate("PLAIN", Plain { user: &mailbox.user, password }).await
        }
    };
    let ended =
        timeout(patience, talk).await.map_err(|_| Trouble::Silent { what: "LOGIN", seconds: patience.as_secs() })?;
    ended.map_err(|(e, _)| match Trouble::from_imap("LOGIN", &e) {
        Trouble::Refused { words, .. } if !passing(&words) => {
            Trouble::Login { at: at.to_owned(), user: masked(&mailbox.user), words }
        }
        other => other,
    })
}

/// A refusal that says nothing about the password (RFC 5530).
fn passing(words: &str) -> bool {
    ["[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]"].iter().any(|code| words.contains(code))
}

/// A user name as a log may hold it.
fn masked(user: &str) -> String {
    crate::domain::text::Address::new(user).map_or_else(|| user.to_owned(), |a| a.masked())
}

struct Plain<'a> {
    user: &'a str,
    password: &'a str,
}

impl async_imap::Authenticator for Plain<'_> {
    type Response = String;
    fn process(&mut self, _: &[u8]) -> String {
        format!("\0{}\0{}", self.user, self.password)
    }
}
