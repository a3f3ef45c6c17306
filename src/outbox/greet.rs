//! The first words with a submission server, up to the point where everything is encrypted and lettre takes over.
//!
//! lettre could do STARTTLS itself; but it keeps what it has buffered of the unencrypted conversation and would read
//! it as if it had come encrypted (the class of CVE-2021-38371), and it has no deadlines. So the handshake is ours.

use super::settings::SmtpSettings;
use crate::tls::Security;
use crate::tls::dial::{self, DialTrouble, Line, Timed};
use lettre::transport::smtp::client::AsyncTokioStream;
use lettre::transport::smtp::extension::ClientId;
use rustls::ClientConfig;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::time::timeout;

/// Longest answer read before TLS.
const ANSWER_MAX: usize = 16 * 1024;

/// Why no encrypted connection came about.
#[derive(Debug, thiserror::Error)]
pub(super) enum GreetTrouble {
    #[error(transparent)]
    Dial(#[from] DialTrouble),
    #[error("{at} does not offer STARTTLS; use security = \"tls\" and its port, usually 465")]
    NoStartTls { at: String },
    #[error("{at} would not talk: {words}")]
    Refused { at: String, words: String },
    #[error("{at} did not answer to {what}: {why}")]
    Lost { at: String, what: &'static str, why: String },
}

/// An encrypted connection on which the greeting is the next thing to be read.
pub(super) async fn connect(
    settings: &SmtpSettings,
    trust: Arc<ClientConfig>,
    hello: &ClientId,
) -> Result<Greeted, GreetTrouble> {
    let (host, port, patience) = (&settings.host, settings.port, settings.patience.connect);
    let mut tcp = dial::tcp(host, port, patience).await?;
    let greeting = match settings.security {
        Security::Tls => Vec::new(),
        Security::StartTls => {
            let at = dial::at(host, port);
            start_tls(&mut tcp, &at, hello, settings.patience.command).await?;
            // The server greets once only; lettre wants to hear it.
            b"220 encrypted\r\n".to_vec()
        }
    };
    let mut line = dial::tls(tcp, host, port, trust, patience).await?;
    // From here on every step has a deadline of its own.
    line.set_read_patience(None);
    Ok(Greeted { greeting: io::Cursor::new(greeting), line })
}

async fn start_tls(tcp: &mut Timed, at: &str, hello: &ClientId, patience: Duration) -> Result<(), GreetTrouble> {
    let refused = |words: String| GreetTrouble::Refused { at: at.to_owned(), words };
    let (code, words) = say(tcp, at, None, "the connection", patience).await?;
    if code != 220 {
        return Err(refused(words));
    }
    let (code, words) = say(tcp, at, Some(format!("EHLO {hello}\r\n")), "EHLO", patience).await?;
    if code != 250 {
        return Err(refused(words));
    }
    if !words.lines().any(|line| line.trim().eq_ignore_ascii_case("STARTTLS")) {
        return Err(GreetTrouble::NoStartTls { at: at.to_owned() });
    }
    match say(tcp, at, Some("STARTTLS\r\n".to_owned()), "STARTTLS", patience).await? {
        (220, _) => Ok(()),
        (_, words) => Err(refused(words)),
    }
}

/// Says a command and reads the answer: its code, and its lines without codes.
async fn say(
    tcp: &mut Timed,
    at: &str,
    command: Option<String>,
    what: &'static str,
    patience: Duration,
) -> Result<(u16, String), GreetTrouble> {
    let lost = |why: String| GreetTrouble::Lost { at: at.to_owned(), what, why };
    let talk = async {
        if let Some(command) = command {
            tcp.write_all(command.as_bytes()).await?;
            tcp.flush().await?;
        }
        answer(tcp).await
    };
    match timeout(patience, talk).await {
        Err(_) => Err(lost(format!("silent for {} s", patience.as_secs()))),
        Ok(Err(e)) => Err(lost(e.to_string())),
        Ok(Ok(answer)) => Ok(answer),
    }
}

/// Reads byte by byte, so that nothing beyond the answer is taken from the connection: what follows is TLS.
async fn answer(tcp: &mut Timed) -> io::Result<(u16, String)> {
    let bad = |why: &'static str| io::Error::new(io::ErrorKind::InvalidData, why);
    let (mut line, mut words, mut read) = (Vec::new(), String::new(), 0);
    loop {
        let byte = tcp.read_u8().await?;
        read += 1;
        if read > ANSWER_MAX {
            return Err(bad("its answer has no end"));
        }
        if byte != b'\n' {
            line.push(byte);
            continue;
        }
        let text = String::from_utf8_lossy(&line).trim_end().to_owned();
        line.clear();
        let code = text.get(..3).and_then(|c| c.parse().ok()).ok_or_else(|| bad("it does not speak SMTP"))?;
        words.push_str(text.get(4..).unwrap_or(""));
        if text.as_bytes().get(3) != Some(&b'-') {
            return Ok((code, words));
        }
        words.push('\n');
    }
}

/// An encrypted connection, before which a greeting is read.
#[derive(Debug)]
pub(super) struct Greeted {
    greeting: io::Cursor<Vec<u8>>,
    line: Line,
}

impl AsyncTokioStream for Greeted {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.line.peer_addr()
    }
}

impl AsyncRead for Greeted {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.greeting.position() < this.greeting.get_ref().len() as u64 {
            return Pin::new(&mut this.greeting).poll_read(cx, buf);
        }
        Pin::new(&mut this.line).poll_read(cx, buf)
    }
}

impl AsyncWrite for Greeted {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.line).poll_write(cx, buf)
    }
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.line).poll_flush(cx)
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.line).poll_shutdown(cx)
    }
}
